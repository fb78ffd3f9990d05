//! What the bundle holds, and what does not belong into it or into a client's file.

use std::collections::{HashMap, HashSet};

use crate::analysis::{Analysis, CertificateId, CertificateRole, Client, InputId};
use crate::bundle::{KeyIdMatch, Link, NameMatch};
use crate::cert::Field;
use crate::rules::chain::issuer::{bundle_name, describe_ca};
use crate::rules::{Check, Findings, Rule, Severity};
use crate::source::{Role, Span};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &BUNDLE_CONTAINS_END_ENTITY,
    &BUNDLE_DUPLICATE_CERTIFICATE,
    &BUNDLE_AMBIGUOUS_ISSUER,
    &BUNDLE_MULTIPLE_CHAINS,
    &BUNDLE_ONLY_ROOT,
    &BUNDLE_TOO_LARGE,
    &BUNDLE_LEAF_NOT_FIRST,
    &BUNDLE_MULTIPLE_LEAVES,
];

static BUNDLE_CONTAINS_END_ENTITY: Rule = Rule {
    name: "bundle-contains-end-entity",
    severity: Severity::Error,
    citation: "Practice; nginx ssl_client_certificate",
    summary: "The bundle of CAs holds a certificate that is no CA.",
    explanation: "Only CA certificates belong here. Go, Java and rustls make a trust anchor of every certificate in the bundle, and \
        servers send its name to clients as a CA to choose from. Often it is the server's own certificate, put there by mistake. \
        Remove it.",
    check: Check::Bundle(bundle_contains_end_entity),
};

fn bundle_contains_end_entity(analysis: &Analysis, findings: &mut Findings) {
    for id in analysis.distinct_bundle() {
        if analysis.certificate_role(id) == CertificateRole::EndEntity {
            let certificate = analysis.certificate(id);
            let finding = findings.at(analysis.place(id, Field::Certificate));
            finding.message(format!(
                "the bundle holds `{}`, which is no CA",
                certificate.label()
            ));
            finding.evidence(match certificate.values.basic_constraints {
                Some(_) => "basicConstraints says cA FALSE",
                None => "there is no basicConstraints, and it issued nothing given",
            });
            if analysis.clients.iter().any(|client| {
                client
                    .leaf
                    .is_some_and(|leaf| analysis.entry(leaf).first == analysis.entry(id).first)
            }) {
                finding.evidence("it is the client's own certificate");
            }
            finding.help(format!("remove it from {}", bundle_name(analysis)));
        }
    }
}

static BUNDLE_DUPLICATE_CERTIFICATE: Rule = Rule {
    name: "bundle-duplicate-certificate",
    severity: Severity::Warning,
    citation: "Practice; RFC 8446 §4.4.2",
    summary: "The same certificate stands in one file more than once.",
    explanation: "The servers measured accept a bundle with copies in it. It hides what the bundle really holds. Remove the copy.",
    check: Check::Bundle(bundle_duplicate_certificate),
};

fn bundle_duplicate_certificate(analysis: &Analysis, findings: &mut Findings) {
    let entries = || analysis.certificates.iter().enumerate();
    let copied: HashSet<CertificateId> = entries()
        .filter(|(index, entry)| entry.first != CertificateId(*index))
        .map(|(_, entry)| entry.first)
        .collect();
    let mut seen: HashMap<(InputId, CertificateId), CertificateId> = HashMap::new();
    for (index, entry) in entries().filter(|(_, entry)| copied.contains(&entry.first)) {
        let id = CertificateId(index);
        let earlier = *seen.entry((entry.input, entry.first)).or_insert(id);
        if earlier != id {
            findings
                .at(analysis.place(id, Field::Certificate))
                .message(format!(
                    "`{}` is a copy of a certificate before it",
                    entry.certificate.label()
                ))
                .evidence(format!("first at: {}", analysis.place_text(earlier)))
                .evidence(format!("SHA-256: {}", entry.sha256))
                .related(analysis.place(earlier, Field::Certificate))
                .help(format!(
                    "run `chainlint fix {}`, or remove the copy",
                    analysis.source(entry.input).name
                ));
        }
    }
}

static BUNDLE_AMBIGUOUS_ISSUER: Rule = Rule {
    name: "bundle-ambiguous-issuer",
    severity: Severity::Warning,
    citation: "RFC 4158 §3.5.12; OpenSSL X509_STORE lookup",
    summary: "Two CAs with one name and different keys could be the issuer, and no key id decides.",
    explanation: "The certificate names its issuer by name only, and two keys stand behind that name. OpenSSL, and so nginx, takes \
        the first that is valid now and does not try the other: whether the client is accepted depends on the order in the file. \
        Have the certificate reissued with a key id, or keep only the CA that signed it.",
    check: Check::Bundle(bundle_ambiguous_issuer),
};

/// The bundle's CAs that fit a certificate by name and are not ruled out by a key id; empty where one key is
/// left, or where none of them signed.
pub(in crate::rules) fn ambiguous_issuers<'s>(
    analysis: &'s Analysis,
    id: CertificateId,
) -> Vec<&'s Link> {
    let fits = |link: &&Link| {
        let decided =
            link.key_id == KeyIdMatch::Differs || link.issuer_serial == KeyIdMatch::Differs;
        link.name != NameMatch::Differs
            && !decided
            && !link.is_self()
            && analysis.in_bundle(link.issuer)
    };
    let mut links: Vec<&Link> = analysis.graph.candidates(id).iter().filter(fits).collect();
    let key = |link: &Link| analysis.certificate(link.issuer).key.spki;
    let several = links.iter().any(|link| key(link) != key(links[0]));
    if !several || analysis.graph.is_self_signed(id) || !links.iter().any(|link| link.is_valid()) {
        links.clear();
    }
    links
}

fn bundle_ambiguous_issuer(analysis: &Analysis, findings: &mut Findings) {
    for id in analysis.distinct() {
        let links = ambiguous_issuers(analysis, id);
        if links.is_empty() {
            continue;
        }
        let certificate = analysis.certificate(id);
        let finding = findings.at(analysis.place(id, Field::Issuer));
        finding.message(format!(
            "`{}` may be issued by {} different keys named `{}`",
            certificate.label(),
            links.len(),
            certificate.issuer
        ));
        for link in &links {
            let made = if link.is_valid() {
                "its key signed"
            } else {
                "its key did not sign"
            };
            finding.evidence(format!("{}: {made}", describe_ca(analysis, link.issuer)));
            finding.related(analysis.place(link.issuer, Field::Subject));
        }
        finding.help("have the certificate reissued with authorityKeyIdentifier, or keep only the CA certificate that signed it");
    }
}

static BUNDLE_MULTIPLE_CHAINS: Rule = Rule {
    name: "bundle-multiple-chains",
    severity: Severity::Info,
    citation: "Practice",
    summary: "The bundle holds several independent roots.",
    explanation: "Clients of every one of them are let in. That is right during a change of CA, or when several PKIs are meant. \
        Remove a root when its clients are gone.",
    check: Check::Bundle(bundle_multiple_chains),
};

fn bundle_multiple_chains(analysis: &Analysis, findings: &mut Findings) {
    let roots: Vec<CertificateId> = analysis
        .distinct_bundle()
        .into_iter()
        .filter(|id| analysis.certificate_role(*id) == CertificateRole::Root)
        .collect();
    // A renewed root is one root.
    let mut identities: HashSet<(Vec<u8>, &[u8])> = HashSet::new();
    let mut distinct = Vec::new();
    for id in &roots {
        let certificate = analysis.certificate(*id);
        let identity = (certificate.subject.comparison_key(), certificate.key.spki);
        if identities.insert(identity) {
            distinct.push(*id);
        }
    }
    if distinct.len() < 2 {
        return;
    }
    let finding = findings.at(analysis.place(distinct[1], Field::Certificate));
    finding.message(format!(
        "the bundle holds {} independent roots",
        distinct.len()
    ));
    for id in distinct.iter().take(5) {
        finding.evidence(analysis.describe(*id));
    }
    if distinct.len() > 5 {
        finding.evidence(format!("and {} more", distinct.len() - 5));
    }
    finding.help("nothing, if clients of each of them are to be let in; otherwise remove the roots that are not meant");
}

static BUNDLE_ONLY_ROOT: Rule = Rule {
    name: "bundle-only-root",
    severity: Severity::Info,
    citation: "Practice",
    summary: "The bundle holds only roots, so clients must send every intermediate.",
    explanation: "That is good practice where clients send their chain. A client that sends only its own certificate, as many \
        do, is rejected with OpenSSL error 20 or 21 unless a root issued it directly. Add the issuing CAs if clients do not send them.",
    check: Check::Bundle(bundle_only_root),
};

fn bundle_only_root(analysis: &Analysis, findings: &mut Findings) {
    let bundle = analysis.distinct_bundle();
    let only_roots = bundle
        .iter()
        .all(|id| analysis.certificate_role(*id) == CertificateRole::Root);
    if bundle.is_empty() || !only_roots || !analysis.clients.is_empty() {
        return;
    }
    findings
        .at(analysis.place(bundle[0], Field::Certificate))
        .message("the bundle holds only roots, so clients must send every intermediate")
        .evidence(match bundle.len() {
            1 => format!("the one certificate is {}", analysis.describe(bundle[0])),
            count => format!("{count} self-signed certificates, no intermediate"),
        })
        .help("nothing, if clients send their chain; otherwise add the CAs that issue clients");
}

/// The most that Kubernetes stores in one Secret: 1 MiB, in `data` as base64.
const OBJECT_LIMIT: usize = 1_048_576;

static BUNDLE_TOO_LARGE: Rule = Rule {
    name: "bundle-too-large",
    severity: Severity::Warning,
    citation: "Kubernetes core/v1 Secret: `MaxSecretSize`",
    summary: "The bundle does not fit into a Kubernetes Secret, which holds 1 MiB.",
    explanation: "The API server refuses a Secret or ConfigMap over 1 MiB. With a `kubectl apply` the limit is lower still, \
        because the object is stored a second time in an annotation of at most 256 KiB. Remove what is not needed: text between \
        the blocks, expired CAs, CAs of other PKIs.",
    check: Check::Source(bundle_too_large),
};

fn bundle_too_large(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let source = analysis.source(input);
    if analysis.role(input) != Role::Bundle || source.bytes.len() <= OBJECT_LIMIT {
        return;
    }
    findings
        .at(analysis.place_in_source(input, Span::new(0, 0)))
        .message(format!(
            "{} is too large for a Kubernetes Secret",
            source.name
        ))
        .evidence(format!(
            "{} bytes; a Secret holds {OBJECT_LIMIT}",
            source.bytes.len()
        ))
        .help("remove text between the blocks and CAs that issue no clients");
}

static BUNDLE_LEAF_NOT_FIRST: Rule = Rule {
    name: "bundle-leaf-not-first",
    severity: Severity::Error,
    citation: "RFC 8446 §4.4.2; RFC 5246 §7.4.2",
    summary: "In a client's file, the end-entity certificate is not the first.",
    explanation: "A TLS client sends its file in order, and the first certificate is taken for its own. OpenSSL-based clients \
        refuse to start, because the private key does not fit the first certificate; others send a CA certificate and are \
        rejected. Put the client's certificate first.",
    check: Check::Client(bundle_leaf_not_first),
};

fn bundle_leaf_not_first(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let (Some(leaf), Some(first)) = (client.leaf, client.certificates.first()) else {
        return;
    };
    if leaf == *first {
        return;
    }
    findings
        .at(analysis.place(leaf, Field::Certificate))
        .blocking()
        .message(format!(
            "the client's certificate `{}` is number {} in its file",
            analysis.certificate(leaf).label(),
            analysis.entry(leaf).position
        ))
        .evidence(format!("the first is {}", analysis.describe(*first)))
        .related(analysis.place(*first, Field::Certificate))
        .help("put the client's certificate first, then each issuer after what it issued");
}

static BUNDLE_MULTIPLE_LEAVES: Rule = Rule {
    name: "bundle-multiple-leaves",
    severity: Severity::Warning,
    citation: "RFC 8446 §4.4.2",
    summary: "A client's file holds more than one end-entity certificate.",
    explanation: "A client sends one certificate of its own. The others are sent as if they were intermediates, or are ignored, \
        and only the first is checked here. Give each client a file of its own.",
    check: Check::Client(bundle_multiple_leaves),
};

fn bundle_multiple_leaves(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = client.leaf else { return };
    let leaf_first = analysis.entry(leaf).first;
    let is_other = |id: &&CertificateId| {
        let entry = analysis.entry(**id);
        entry.role == CertificateRole::EndEntity && entry.first != leaf_first
    };
    let mut others = client.certificates.iter().filter(is_other);
    let Some(second) = others.next() else { return };
    let label = analysis.certificate(*second).label();
    let finding = findings.at(analysis.place(*second, Field::Certificate));
    let shown: Vec<CertificateId> = others.by_ref().take(MOST_LEAVES).copied().collect();
    let more = shown.len() + others.count();
    finding.message(if more == 0 {
        format!("`{label}` is a second end-entity certificate in one file")
    } else {
        format!("`{label}` is a second end-entity certificate in one file, and {more} more follow")
    });
    finding.evidence(format!(
        "the client is taken to be {}",
        analysis.describe(leaf)
    ));
    for id in shown {
        finding.related(analysis.place(id, Field::Certificate));
    }
    finding.help("give each client certificate a file of its own");
}

/// The most certificates that one finding points at beside the first.
const MOST_LEAVES: usize = 4;
