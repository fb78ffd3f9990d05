//! Names, keys, key ids and serial numbers that two certificates share and should not, and loops.

use std::collections::BTreeSet;
use std::hash::Hash;

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::bundle::Link;
use crate::cert::{Certificate, Field, hex, oid};
use crate::hashing::HashMap;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &CHAIN_SUBJECT_KEY_SAME_AS_ISSUER,
    &CHAIN_DUPLICATE_SERIAL,
    &CHAIN_SAME_KEY_DIFFERENT_SUBJECT,
    &CHAIN_SAME_SUBJECT_DIFFERENT_KEY,
    &CHAIN_SAME_KEY_DIFFERENT_SKI,
    &CHAIN_SAME_SKI_DIFFERENT_KEY,
    &CHAIN_CROSS_SIGNED,
    &CHAIN_LOOP,
];

/// For each of `ids` that shares `key` with an earlier one, the pair of both.
fn pairs<'a, K: Hash + Eq>(
    analysis: &'a Analysis<'_>,
    ids: impl Iterator<Item = CertificateId>,
    key: impl Fn(&'a Certificate<'a>) -> Option<K>,
    differ: impl Fn(&Certificate<'_>, &Certificate<'_>) -> bool,
) -> Vec<(CertificateId, CertificateId)> {
    let mut seen: HashMap<K, CertificateId> = HashMap::default();
    seen.reserve(ids.size_hint().1.unwrap_or_default());
    let mut pairs = Vec::new();
    for id in ids {
        let certificate = analysis.certificate(id);
        let Some(key) = key(certificate) else {
            continue;
        };
        let earlier = *seen.entry(key).or_insert(id);
        if earlier != id && differ(analysis.certificate(earlier), certificate) {
            pairs.push((earlier, id));
        }
    }
    pairs
}

/// The certificates whose key another one has, too.
fn with_shared_key(analysis: &Analysis<'_>) -> Vec<CertificateId> {
    let shared = analysis.shared_keys.get_or_init(|| {
        let distinct = analysis.distinct();
        let pairs = pairs(analysis, distinct, |one| Some(one.key.spki), |_, _| true);
        let both = pairs.into_iter().flat_map(|(earlier, id)| [earlier, id]);
        let both: BTreeSet<CertificateId> = both.collect();
        both.into_iter().collect()
    });
    shared.clone()
}

fn other_name(a: &Certificate<'_>, b: &Certificate<'_>) -> bool {
    a.subject.comparison_key() != b.subject.comparison_key()
}

static CHAIN_SUBJECT_KEY_SAME_AS_ISSUER: Rule = Rule {
    name: "chain-subject-key-same-as-issuer",
    severity: Severity::Error,
    citation: "Practice",
    summary: "A certificate and its issuer, of different names, share one public key.",
    explanation: "Whoever holds the lower certificate's private key is the CA, and can sign anything. Usually the same key file \
        was used twice by mistake. Make a new key for the lower certificate and have it issued again.",
    check: Check::Link(chain_subject_key_same_as_issuer),
};

fn chain_subject_key_same_as_issuer(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    let (certificate, issuer) = (
        analysis.certificate(link.subject),
        analysis.certificate(link.issuer),
    );
    if link.is_self()
        || !link.is_valid()
        || certificate.key.spki != issuer.key.spki
        || !other_name(certificate, issuer)
    {
        return;
    }
    findings
        .at(analysis.place(link.subject, Field::SubjectPublicKeyInfo))
        .message(format!(
            "`{}` has the same key as its issuer `{}`",
            certificate.label(),
            issuer.label()
        ))
        .evidence(format!("key: {}", certificate.key.describe()))
        .evidence(format!("issuer: {}", analysis.describe(link.issuer)))
        .related(analysis.place(link.issuer, Field::SubjectPublicKeyInfo))
        .help("make a new key for the lower certificate and have it issued again");
}

static CHAIN_DUPLICATE_SERIAL: Rule = Rule {
    name: "chain-duplicate-serial",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.2",
    summary: "Two different certificates of one issuer have the same serial number.",
    explanation: "Revocation works by issuer and serial number: revoking one revokes both, and NSS refuses the second outright. \
        The CA's serial file was reset or copied. Reissue one of the two with a new serial number.",
    check: Check::Bundle(chain_duplicate_serial),
};

fn chain_duplicate_serial(analysis: &Analysis, findings: &mut Findings) {
    // The issuers' names are compared where serial numbers are the same, which is rare.
    let distinct = analysis.distinct();
    let shared = pairs(analysis, distinct, |one| Some(one.serial), |_, _| true);
    let shared: BTreeSet<CertificateId> = shared
        .into_iter()
        .flat_map(|(earlier, id)| [earlier, id])
        .collect();
    let key = |certificate: &Certificate<'_>| {
        Some((
            certificate.issuer.comparison_key(),
            certificate.serial.to_vec(),
        ))
    };
    for (earlier, id) in pairs(analysis, shared.into_iter(), key, |_, _| true) {
        let certificate = analysis.certificate(id);
        findings
            .at(analysis.place(id, Field::SerialNumber))
            .message(format!(
                "`{}` has the same issuer and serial number as another certificate",
                certificate.label()
            ))
            .evidence(format!(
                "serial {}, issued by `{}`",
                hex(certificate.serial),
                certificate.issuer
            ))
            .evidence(format!("the other: {}", analysis.describe(earlier)))
            .related(analysis.place(earlier, Field::SerialNumber))
            .help("have one of the two reissued with a new serial number");
    }
}

static CHAIN_SAME_KEY_DIFFERENT_SUBJECT: Rule = Rule {
    name: "chain-same-key-different-subject",
    severity: Severity::Warning,
    citation: "Practice",
    summary: "One public key appears under different names.",
    explanation: "Two identities share a private key, so each can act as the other, and losing one key loses both. Usually a \
        key file was used twice. Give each certificate its own key.",
    check: Check::Bundle(chain_same_key_different_subject),
};

fn chain_same_key_different_subject(analysis: &Analysis, findings: &mut Findings) {
    let shared = with_shared_key(analysis).into_iter();
    for (earlier, id) in pairs(analysis, shared, |one| Some(one.key.spki), other_name) {
        let certificate = analysis.certificate(id);
        findings
            .at(analysis.place(id, Field::SubjectPublicKeyInfo))
            .message(format!(
                "the key of `{}` also belongs to another name",
                certificate.label()
            ))
            .evidence(format!("the other: {}", analysis.describe(earlier)))
            .related(analysis.place(earlier, Field::SubjectPublicKeyInfo))
            .help("make a new key for one of the two and have it issued again");
    }
}

static CHAIN_SAME_SUBJECT_DIFFERENT_KEY: Rule = Rule {
    name: "chain-same-subject-different-key",
    severity: Severity::Info,
    citation: "RFC 4158 §2.2",
    summary: "Two CA certificates have one name but different keys.",
    explanation: "This is what a CA's key rollover looks like, and it works while certificates name their issuer by key id. If \
        it is no rollover, two CAs collide, and verifiers that pick by name alone may pick the wrong one.",
    check: Check::Bundle(chain_same_subject_different_key),
};

fn chain_same_subject_different_key(analysis: &Analysis, findings: &mut Findings) {
    let key = |certificate: &Certificate<'_>| Some(certificate.subject.comparison_key());
    let differ = |a: &Certificate<'_>, b: &Certificate<'_>| a.key.spki != b.key.spki;
    for (earlier, id) in pairs(analysis, cas(analysis), key, differ) {
        let certificate = analysis.certificate(id);
        findings
            .at(analysis.place(id, Field::Subject))
            .message(format!("`{}` stands for two CA keys", certificate.label()))
            .evidence(format!(
                "here: {}",
                super::issuer::describe_ca(analysis, id)
            ))
            .evidence(format!(
                "there: {}",
                super::issuer::describe_ca(analysis, earlier)
            ))
            .related(analysis.place(earlier, Field::Subject))
            .help("nothing, if this is a key rollover; otherwise give one of the CAs another name");
    }
}

/// The distinct CA certificates.
fn cas(analysis: &Analysis<'_>) -> impl Iterator<Item = CertificateId> {
    let distinct = analysis.distinct();
    distinct.filter(|id| analysis.certificate_role(*id) != CertificateRole::EndEntity)
}

static CHAIN_SAME_KEY_DIFFERENT_SKI: Rule = Rule {
    name: "chain-same-key-different-ski",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.2",
    summary: "One public key appears with different subject key ids.",
    explanation: "Certificates below name their issuer by one key id only. With the other CA certificate of the same key, \
        OpenSSL and so nginx will not connect them. Reissue one of the two with the other's key id.",
    check: Check::Bundle(chain_same_key_different_ski),
};

fn chain_same_key_different_ski(analysis: &Analysis, findings: &mut Findings) {
    let differ = |a: &Certificate<'_>, b: &Certificate<'_>| {
        a.values.subject_key_id != b.values.subject_key_id
    };
    let has_id = |id: &CertificateId| analysis.certificate(*id).values.subject_key_id.is_some();
    let with_id = with_shared_key(analysis).into_iter().filter(has_id);
    for (earlier, id) in pairs(analysis, with_id, |one| Some(one.key.spki), differ) {
        findings
            .at(analysis.place(id, Field::Extension(oid::SUBJECT_KEY_IDENTIFIER)))
            .message(format!(
                "the key of `{}` has another key id in another certificate",
                analysis.certificate(id).label()
            ))
            .evidence(format!(
                "here: {}",
                super::issuer::describe_ca(analysis, id)
            ))
            .evidence(format!(
                "there: {}",
                super::issuer::describe_ca(analysis, earlier)
            ))
            .related(analysis.place(earlier, Field::Extension(oid::SUBJECT_KEY_IDENTIFIER)))
            .help("have one of the two reissued with the other's key id");
    }
}

static CHAIN_SAME_SKI_DIFFERENT_KEY: Rule = Rule {
    name: "chain-same-ski-different-key",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.2",
    summary: "One subject key id appears with different public keys.",
    explanation: "A key id exists to tell keys apart. Here it points to two, so verifiers may pick the wrong CA and report a \
        signature failure (OpenSSL error 7). Reissue one of the certificates with a key id computed from its own key.",
    check: Check::Bundle(chain_same_ski_different_key),
};

fn chain_same_ski_different_key(analysis: &Analysis, findings: &mut Findings) {
    let differ = |a: &Certificate<'_>, b: &Certificate<'_>| a.key.spki != b.key.spki;
    let distinct = analysis.distinct();
    for (earlier, id) in pairs(analysis, distinct, |one| one.values.subject_key_id, differ) {
        let certificate = analysis.certificate(id);
        findings
            .at(analysis.place(id, Field::Extension(oid::SUBJECT_KEY_IDENTIFIER)))
            .message(format!(
                "the key id of `{}` also belongs to another key",
                certificate.label()
            ))
            .evidence(format!(
                "key id: {}",
                hex(certificate.values.subject_key_id.unwrap_or_default())
            ))
            .evidence(format!("the other: {}", analysis.describe(earlier)))
            .related(analysis.place(earlier, Field::Extension(oid::SUBJECT_KEY_IDENTIFIER)))
            .help("have one of the two reissued with a key id computed from its own key");
    }
}

static CHAIN_CROSS_SIGNED: Rule = Rule {
    name: "chain-cross-signed",
    severity: Severity::Info,
    citation: "RFC 5280 §3.2; RFC 4158 §2.4",
    summary: "One CA, with one name and key, is certified by more than one issuer.",
    explanation: "Cross-signing lets one client be accepted under two roots. OpenSSL takes the first certificate that fits and \
        does not try the other, so the order in the file matters when one of the roots is missing. Keep both roots in the bundle, \
        or only the certificate whose root is there.",
    check: Check::Bundle(chain_cross_signed),
};

fn chain_cross_signed(analysis: &Analysis, findings: &mut Findings) {
    let key = |certificate: &'_ Certificate<'_>| {
        Some((
            certificate.subject.comparison_key(),
            certificate.key.spki.to_vec(),
        ))
    };
    let differ = |a: &Certificate<'_>, b: &Certificate<'_>| {
        a.issuer.comparison_key() != b.issuer.comparison_key()
    };
    for (earlier, id) in pairs(analysis, cas(analysis), key, differ) {
        let certificate = analysis.certificate(id);
        findings
            .at(analysis.place(id, Field::Issuer))
            .message(format!(
                "`{}` is certified by two issuers",
                certificate.label()
            ))
            .evidence(format!("here by: {}", certificate.issuer))
            .evidence(format!(
                "there by: {} ({})",
                analysis.certificate(earlier).issuer,
                analysis.place_text(earlier)
            ))
            .related(analysis.place(earlier, Field::Issuer))
            .help(
                "keep the roots of both in the bundle, or only the certificate whose root is there",
            );
    }
}

static CHAIN_LOOP: Rule = Rule {
    name: "chain-loop",
    severity: Severity::Error,
    citation: "RFC 4158 §2.4.2",
    summary: "CA certificates certify each other in a circle.",
    explanation: "Following the issuers never reaches a root. Verifiers stop at a limit and report a chain that is too long or \
        an unknown issuer. Take the cross certificates out of the bundle and put the self-signed roots in.",
    check: Check::Bundle(chain_loop),
};

fn chain_loop(analysis: &Analysis, findings: &mut Findings) {
    // Follows the first valid issuer of each certificate; what is passed twice in one walk is on a loop.
    const NEVER: usize = usize::MAX;
    let mut state = vec![NEVER; analysis.certificates.len()];
    for (walk, start) in analysis.distinct().enumerate() {
        let mut at = Some(start);
        while let Some(id) = at {
            if state[id.0] == walk {
                report_loop(analysis, id, findings);
            }
            if state[id.0] != NEVER {
                break;
            }
            state[id.0] = walk;
            at = next_issuer(analysis, id);
        }
    }
}

/// The first valid issuer of a certificate that is not self-signed; none where it could be a root.
fn next_issuer(analysis: &Analysis, id: CertificateId) -> Option<CertificateId> {
    let links = || {
        analysis
            .graph
            .candidates(id)
            .iter()
            .filter(|link| link.is_valid())
    };
    if links().any(|link| analysis.graph.is_self_signed(link.issuer)) {
        return None;
    }
    links().map(|link| link.issuer).next()
}

fn report_loop(analysis: &Analysis, on_loop: CertificateId, findings: &mut Findings) {
    let mut members = vec![on_loop];
    let mut at = next_issuer(analysis, on_loop);
    while let Some(id) = at.filter(|id| *id != on_loop) {
        members.push(id);
        at = next_issuer(analysis, id);
    }
    members.sort_unstable();
    let finding = findings.at(analysis.place(members[0], Field::Issuer));
    finding.message(format!(
        "{} CA certificates certify each other in a circle",
        members.len()
    ));
    for id in &members {
        let certificate = analysis.certificate(*id);
        finding.evidence(format!(
            "{}: issued by `{}`",
            analysis.describe(*id),
            certificate.issuer
        ));
    }
    for id in &members[1..] {
        finding.related(analysis.place(*id, Field::Issuer));
    }
    finding.help("put the self-signed root of one of them into the bundle");
}
