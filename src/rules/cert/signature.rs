//! Signature algorithms: named twice, and those whose digest is broken.

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::der::{Reader, tag};
use crate::cert::key::Algorithm;
use crate::cert::oid::{self, Oid};
use crate::cert::{Certificate, Field};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &SIGNATURE_ALGORITHM_MISMATCH,
    &SIGNATURE_MD2_MD4_MD5,
    &SIGNATURE_SHA1,
];

/// The algorithm that TBSCertificate names: the field after the serial number.
fn inner_algorithm<'a>(certificate: &Certificate<'a>) -> Option<Algorithm<'a>> {
    let tbs = Reader::new(certificate.tbs).read().ok()?;
    let mut fields = tbs.children().elements();
    let sequence = fields.find(|field| field.tag == tag::SEQUENCE)?;
    Algorithm::parse(&sequence).ok()
}

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
    let Some(inner) = inner_algorithm(certificate).filter(|inner| inner.content != outer.content)
    else {
        return;
    };
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

/// Reports a certificate that is signed with one of `algorithms`; a root with `for_root`, as nobody relies on its signature.
fn report_digest(
    analysis: &Analysis,
    id: CertificateId,
    digest: &str,
    algorithms: &[Oid<'static>],
    for_root: Severity,
    findings: &mut Findings,
) {
    let certificate = analysis.certificate(id);
    let algorithm = certificate.signature_algorithm.oid;
    if !algorithms.contains(&algorithm) {
        return;
    }
    let is_root = analysis.certificate_role(id) == CertificateRole::Root;
    let finding = findings.at(analysis.place(id, Field::SignatureAlgorithm));
    finding
        .message(format!("`{}` is signed with {digest}", certificate.label()))
        .evidence(format!("algorithm: {}", algorithm.name()));
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
    let algorithms = [oid::MD2_WITH_RSA, oid::MD4_WITH_RSA, oid::MD5_WITH_RSA];
    let digest = match analysis.certificate(id).signature_algorithm.oid {
        oid::MD2_WITH_RSA => "MD2",
        oid::MD4_WITH_RSA => "MD4",
        _ => "MD5",
    };
    let for_root = Severity::Warning;
    report_digest(analysis, id, digest, &algorithms, for_root, findings);
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
    let algorithms = [oid::SHA1_WITH_RSA, oid::ECDSA_WITH_SHA1, oid::DSA_WITH_SHA1];
    report_digest(analysis, id, "SHA-1", &algorithms, Severity::Info, findings);
}
