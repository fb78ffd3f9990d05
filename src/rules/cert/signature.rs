//! Signature algorithms: named twice, those whose digest is broken, and those that few verifiers have.

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::Field;
use crate::cert::key::Algorithm;
use crate::cert::oid::{self, Oid};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &SIGNATURE_ALGORITHM_MISMATCH,
    &SIGNATURE_MD2_MD4_MD5,
    &SIGNATURE_SHA1,
    &SIGNATURE_RARELY_SUPPORTED,
];

static SIGNATURE_ALGORITHM_MISMATCH: Rule = Rule {
    name: "signature-algorithm-mismatch",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.1.2, §4.1.2.3",
    summary: "The certificate names two different signature algorithms.",
    explanation: "The algorithm stands in the signed part and beside the signature, and both have to be the same, parameters included: \
        otherwise the one outside could be exchanged. OpenSSL's strict mode refuses the certificate (78), and rustls does so always. \
        Have the certificate issued again by software that writes the same in both places.",
    check: Check::Certificate(signature_algorithm_mismatch),
};

fn signature_algorithm_mismatch(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let outer = certificate.signature_algorithm;
    let inner = certificate.inner_algorithm;
    if inner.content == outer.content {
        return;
    }
    findings
        .at(analysis.place(id, Field::SignatureAlgorithm))
        .message(format!(
            "`{}` names two different signature algorithms",
            certificate.label()
        ))
        .evidence(if inner.oid == outer.oid {
            format!("both are {}, with different parameters", outer.oid.name())
        } else {
            format!(
                "in the signed part: {}; beside the signature: {}",
                inner.oid.name(),
                outer.oid.name()
            )
        })
        .help("have the certificate issued again with the same algorithm in both places");
}

/// Reports a certificate whose signature is over one of the `broken` digests; a root with `for_root`, as nobody relies on its signature.
fn report_digest(
    analysis: &Analysis,
    id: CertificateId,
    broken: &[Oid<'static>],
    for_root: Severity,
    findings: &mut Findings,
) {
    let certificate = analysis.certificate(id);
    let algorithm = &certificate.signature_algorithm;
    let Some(digest) = algorithm.digest().filter(|digest| broken.contains(digest)) else {
        return;
    };
    let is_root = analysis.certificate_role(id) == CertificateRole::Root;
    let finding = findings.at(analysis.place(id, Field::SignatureAlgorithm));
    finding
        .message(format!(
            "`{}` is signed with {}",
            certificate.label(),
            digest.name()
        ))
        .evidence(format!("algorithm: {}", algorithm.oid.name()));
    if is_root {
        finding
            .severity(for_root)
            .evidence("it is a root, whose signature on itself is not relied upon")
            .help("nothing for now; sign with SHA-256 when the root is replaced");
    } else {
        finding.help("have it issued again with SHA-256 or better");
    }
}

static SIGNATURE_MD2_MD4_MD5: Rule = Rule {
    name: "signature-md2-md4-md5",
    severity: Severity::Error,
    citation: "RFC 6149, RFC 6150, RFC 6151",
    summary: "The certificate is signed with MD2, MD4 or MD5.",
    explanation: "These digests are broken: certificates have been forged with MD5. \
        A client certificate signed with MD5 is rejected by nginx (68), httpd (68), Envoy, Go, GnuTLS and rustls. \
        On a root, whose own signature nobody relies on, every server that was tried accepts it, so there it is a warning: \
        it tells how old the root is. Have the certificate issued again with SHA-256.",
    check: Check::Certificate(signature_md2_md4_md5),
};

fn signature_md2_md4_md5(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let broken = [oid::MD2, oid::MD4, oid::MD5];
    report_digest(analysis, id, &broken, Severity::Warning, findings);
}

static SIGNATURE_SHA1: Rule = Rule {
    name: "signature-sha1",
    severity: Severity::Error,
    citation: "RFC 6194, RFC 9155",
    summary: "The certificate is signed with SHA-1.",
    explanation: "Collisions for SHA-1 are within reach, and nginx and httpd with OpenSSL 3 reject such a certificate (68); \
        Envoy, Go, Java and rustls accept an issuing CA that is signed so and stands in the bundle. \
        On a root it is only for information: nobody relies on the root's own signature. \
        Have the certificate issued again with SHA-256.",
    check: Check::Certificate(signature_sha1),
};

fn signature_sha1(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_digest(analysis, id, &[oid::SHA1], Severity::Info, findings);
}

static SIGNATURE_RARELY_SUPPORTED: Rule = Rule {
    name: "signature-rarely-supported",
    severity: Severity::Warning,
    citation: "RFC 8446 §4.2.3",
    summary: "The certificate is signed with an algorithm that not every verifier has.",
    explanation: "Ed448, DSA, ML-DSA, SLH-DSA and SHA-224: \
        OpenSSL, and so nginx, httpd and HAProxy, verifies most of them, and so do GnuTLS and Java; rustls and Go reject them, and Envoy all \
        but SHA-224. Have the certificate issued again with ECDSA P-256 and SHA-256 or RSA and SHA-256.",
    check: Check::Certificate(signature_rarely_supported),
};

fn signature_rarely_supported(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let algorithm = &certificate.signature_algorithm;
    let is_root = analysis.certificate_role(id) == CertificateRole::Root;
    if is_root || algorithm.signer().is_none() || !is_rare(algorithm) {
        return;
    }
    findings
        .at(analysis.place(id, Field::SignatureAlgorithm))
        .message(format!(
            "`{}` is signed with {}, which not every verifier has",
            certificate.label(),
            algorithm.oid.name()
        ))
        .help("have it issued again with ECDSA P-256 and SHA-256 or RSA and SHA-256");
}

/// Whether it is none of those that all verifiers have. Of broken digests other rules tell.
fn is_rare(algorithm: &Algorithm<'_>) -> bool {
    match algorithm.oid {
        oid::SHA256_WITH_RSA
        | oid::SHA384_WITH_RSA
        | oid::SHA512_WITH_RSA
        | oid::ECDSA_WITH_SHA256
        | oid::ECDSA_WITH_SHA384
        | oid::ECDSA_WITH_SHA512
        | oid::ED25519 => return false,
        _ => {}
    }
    match algorithm.digest() {
        Some(oid::MD2 | oid::MD4 | oid::MD5 | oid::SHA1) => false,
        // What else is unusual in the parameters of RSASSA-PSS has rules of its own.
        digest if algorithm.oid == oid::RSASSA_PSS => digest == Some(oid::SHA224),
        _ => true,
    }
}
