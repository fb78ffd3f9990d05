//! Links that are weaker than the keys they join.

use crate::analysis::Analysis;
use crate::bundle::Link;
use crate::cert::Field;
use crate::path::Path;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &CHAIN_HASH_WEAKER_THAN_KEY,
    &CHAIN_ISSUER_KEY_WEAKER_THAN_SUBJECT,
    &CHAIN_MIXED_PQ_CLASSICAL,
];

static CHAIN_HASH_WEAKER_THAN_KEY: Rule = Rule {
    name: "chain-hash-weaker-than-key",
    severity: Severity::Info,
    citation: "RFC 5480 §4; SP 800-57 part 1 §5.6.2",
    summary: "The hash of a signature is weaker than the issuer's key.",
    explanation: "A P-384 key with SHA-256 gives 128 bits of strength, not 192. Servers accept it. If the larger key was chosen \
        for its strength, sign with SHA-384.",
    check: Check::Link(chain_hash_weaker_than_key),
};

fn chain_hash_weaker_than_key(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    let (certificate, issuer) = (
        analysis.certificate(link.subject),
        analysis.certificate(link.issuer),
    );
    let (Some(hash), Some(key)) = (
        certificate.signature_algorithm.digest_strength(),
        issuer.key.strength(),
    ) else {
        return;
    };
    if !link.is_valid() || hash >= key {
        return;
    }
    findings
        .at(analysis.place(link.subject, Field::SignatureAlgorithm))
        .message(format!(
            "`{}` is signed with a hash of {hash} bits of strength by a key of {key}",
            certificate.label()
        ))
        .evidence(format!(
            "algorithm: {}, issuer key: {}",
            certificate.signature_algorithm.oid.name(),
            issuer.key.describe()
        ))
        .help("nothing, if 128 bits are enough for you; otherwise reissue with the hash that fits the key");
}

static CHAIN_ISSUER_KEY_WEAKER_THAN_SUBJECT: Rule = Rule {
    name: "chain-issuer-key-weaker-than-subject",
    severity: Severity::Info,
    citation: "SP 800-57 part 1 §5.6.2",
    summary: "An issuer's key is weaker than the key that it certifies.",
    explanation: "A path is as strong as its weakest key. The stronger key below gains nothing. Servers accept it.",
    check: Check::Link(chain_issuer_key_weaker_than_subject),
};

fn chain_issuer_key_weaker_than_subject(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    let (certificate, issuer) = (
        analysis.certificate(link.subject),
        analysis.certificate(link.issuer),
    );
    let (Some(own), Some(above)) = (certificate.key.strength(), issuer.key.strength()) else {
        return;
    };
    if !link.is_valid() || link.is_self() || above >= own {
        return;
    }
    findings
        .at(analysis.place(link.subject, Field::SubjectPublicKeyInfo))
        .message(format!(
            "the key of `{}` is stronger than that of its issuer `{}`",
            certificate.label(),
            issuer.label()
        ))
        .evidence(format!(
            "key: {} ({own} bits of strength)",
            certificate.key.describe()
        ))
        .evidence(format!(
            "issuer key: {} ({above} bits of strength)",
            issuer.key.describe()
        ))
        .related(analysis.place(link.issuer, Field::SubjectPublicKeyInfo))
        .help("nothing, if the issuer's strength is enough for you");
}

static CHAIN_MIXED_PQ_CLASSICAL: Rule = Rule {
    name: "chain-mixed-pq-classical",
    severity: Severity::Info,
    citation: "Practice; RFC 9881 §1",
    summary: "A path mixes post-quantum and classical keys.",
    explanation: "Against a quantum computer the path is as weak as its classical keys, and servers without the new algorithms \
        reject it. That is fine during a migration that is planned so.",
    check: Check::Path(chain_mixed_pq_classical),
};

fn chain_mixed_pq_classical(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    let quantum_safe =
        |id: &crate::analysis::CertificateId| analysis.certificate(*id).key.kind.is_post_quantum();
    let Some(safe) = path.certificates.iter().find(|id| quantum_safe(id)) else {
        return;
    };
    if path.certificates.iter().all(quantum_safe) {
        return;
    }
    let finding = findings.at(analysis.place(*safe, Field::SubjectPublicKeyInfo));
    finding.message(format!(
        "the path of `{}` mixes post-quantum and classical keys",
        analysis.certificate(path.certificates[0]).label()
    ));
    for id in &path.certificates {
        let certificate = analysis.certificate(*id);
        finding.evidence(format!(
            "{}: {}",
            certificate.label(),
            certificate.key.describe()
        ));
    }
    finding.help("check that every server in use knows the post-quantum algorithm");
}
