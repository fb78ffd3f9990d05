//! How a signature and its algorithm are encoded: parameters, the shape of ECDSA and DSA values, and fixed lengths.

use crate::analysis::{Analysis, CertificateId};
use crate::cert::Field;
use crate::cert::der::{Reader, tag};
use crate::cert::key::{KeyKind, fixed_lengths};
use crate::cert::oid;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &SIGNATURE_ALGORITHM_UNKNOWN,
    &SIGNATURE_RSA_PARAMS_NOT_NULL,
    &SIGNATURE_ECDSA_PARAMS_PRESENT,
    &SIGNATURE_DSA_PARAMS_PRESENT,
    &SIGNATURE_EDDSA_PARAMS_PRESENT,
    &SIGNATURE_MLDSA_PARAMS_PRESENT,
    &SIGNATURE_SLHDSA_PARAMS_PRESENT,
    &SIGNATURE_ECDSA_VALUE_MALFORMED,
    &SIGNATURE_LENGTH_INVALID,
];

const ALGORITHM: Field<'static> = Field::SignatureAlgorithm;

static SIGNATURE_ALGORITHM_UNKNOWN: Rule = Rule {
    name: "signature-algorithm-unknown",
    severity: Severity::Info,
    citation: "RFC 5280 §4.1.1.2",
    summary: "The signature algorithm is not known here.",
    explanation: "Nothing can be said about the signature, and verifiers that do not know the algorithm either cannot check it. \
        If the object identifier is a typing error, or that of a key or a digest, no verifier can. Compare it with the algorithm's definition.",
    check: Check::Certificate(signature_algorithm_unknown),
};

fn signature_algorithm_unknown(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let algorithm = &certificate.signature_algorithm;
    if algorithm.signer().is_some() || oid::is_other_signature(algorithm.oid) {
        return;
    }
    findings
        .at(analysis.place(id, ALGORITHM))
        .message(format!(
            "`{}` is signed with an algorithm that is not known here",
            certificate.label()
        ))
        .evidence(match algorithm.oid.known_name() {
            Some(name) => format!(
                "OID {}: {name}, which is no signature algorithm",
                algorithm.oid
            ),
            None => format!("OID {}", algorithm.oid),
        })
        .help("check that the object identifier is the one that is meant, and that your servers know it");
}

static SIGNATURE_RSA_PARAMS_NOT_NULL: Rule = Rule {
    name: "signature-rsa-params-not-null",
    severity: Severity::Error,
    citation: "RFC 4055 §5, RFC 3279 §2.2.1",
    summary: "The parameters of an RSA signature algorithm are not NULL.",
    explanation: "With PKCS #1 v1.5 the algorithm identifier has the parameters NULL. RFC 4055 tells verifiers to take their absence as well, \
        and OpenSSL and rustls do, so then it is a warning; anything else rustls does not know. \
        Have the certificate issued again by software that writes NULL.",
    check: Check::Certificate(signature_rsa_params_not_null),
};

fn signature_rsa_params_not_null(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    for (algorithm, field) in [
        (certificate.inner_algorithm, Field::Signature),
        (certificate.signature_algorithm, ALGORITHM),
    ] {
        if algorithm.signer() != Some(KeyKind::Rsa) {
            continue;
        }
        let (place, found) = match algorithm.parameters {
            Some(found) if found.tag == tag::NULL && found.value().is_empty() => continue,
            Some(found) => (
                analysis.place_within(id, field, found.range()),
                format!("an element with tag 0x{:02x}", found.tag),
            ),
            None => (analysis.place(id, field), "no parameters".to_owned()),
        };
        let finding = findings.at(place.inside("parameters"));
        finding
            .message(format!(
                "the signature algorithm of `{}` lacks the parameters NULL",
                certificate.label()
            ))
            .evidence(format!(
                "{}: {found}; expected NULL (05 00)",
                algorithm.oid.name()
            ))
            .help("have the certificate issued again by software that writes NULL");
        if algorithm.parameters.is_none() {
            finding.severity(Severity::Warning);
        }
        // Where the two differ, another rule tells.
        return;
    }
}

/// Reports a signature algorithm that has parameters though there are none for it.
fn report_parameters(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
    signer: KeyKind,
) {
    let certificate = analysis.certificate(id);
    let outer = (&certificate.signature_algorithm, ALGORITHM);
    let inner = (&certificate.inner_algorithm, Field::Signature);
    for (algorithm, field) in [outer, inner] {
        let Some(parameters) = algorithm.parameters else {
            continue;
        };
        if algorithm.signer() != Some(signer) {
            continue;
        }
        let place = analysis.place_within(id, field, parameters.range());
        findings
            .at(place.inside("parameters"))
            .message(format!(
                "the signature algorithm of `{}` has parameters, which {} does not have",
                certificate.label(),
                algorithm.oid.name()
            ))
            .evidence(format!(
                "an element with tag 0x{:02x}, {} bytes; expected none",
                parameters.tag,
                parameters.raw().len()
            ))
            .help("have the certificate issued again by software that leaves the parameters out");
        // Where the two differ, another rule tells.
        return;
    }
}

static SIGNATURE_ECDSA_PARAMS_PRESENT: Rule = Rule {
    name: "signature-ecdsa-params-present",
    severity: Severity::Error,
    citation: "RFC 5758 §3.2, RFC 3279 §2.2.3",
    summary: "The signature algorithm is ECDSA and has parameters.",
    explanation: "ECDSA algorithm identifiers have no parameters; the curve stands in the key. rustls does not know one with NULL or anything else, \
        OpenSSL accepts it. The mistake comes from software that writes NULL as for RSA. \
        Have the certificate issued again without them.",
    check: Check::Certificate(signature_ecdsa_params_present),
};

fn signature_ecdsa_params_present(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_parameters(analysis, id, findings, KeyKind::Ec);
}

static SIGNATURE_DSA_PARAMS_PRESENT: Rule = Rule {
    name: "signature-dsa-params-present",
    severity: Severity::Warning,
    citation: "RFC 3279 §2.2.2, RFC 5758 §3.1",
    summary: "The signature algorithm is DSA and has parameters.",
    explanation: "DSA algorithm identifiers have no parameters; p, q and g stand in the key. \
        The mistake comes from software that writes NULL as for RSA. Few verifiers have DSA at all. \
        Have the certificate issued again with ECDSA P-256 and SHA-256.",
    check: Check::Certificate(signature_dsa_params_present),
};

fn signature_dsa_params_present(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_parameters(analysis, id, findings, KeyKind::Dsa);
}

static SIGNATURE_EDDSA_PARAMS_PRESENT: Rule = Rule {
    name: "signature-eddsa-params-present",
    severity: Severity::Error,
    citation: "RFC 8410 §3",
    summary: "The signature algorithm is Ed25519 or Ed448 and has parameters.",
    explanation: "RFC 8410 demands that there are none, NULL included, and rustls does not know one with parameters. \
        Have the certificate issued again without them.",
    check: Check::Certificate(signature_eddsa_params_present),
};

fn signature_eddsa_params_present(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_parameters(analysis, id, findings, KeyKind::EdDsa);
}

static SIGNATURE_MLDSA_PARAMS_PRESENT: Rule = Rule {
    name: "signature-mldsa-params-present",
    severity: Severity::Error,
    citation: "RFC 9881 §2",
    summary: "The signature algorithm is ML-DSA and has parameters.",
    explanation: "RFC 9881 demands that there are none, NULL included, and rustls, where it has ML-DSA, does not know one with parameters. \
        Have the certificate issued again without them.",
    check: Check::Certificate(signature_mldsa_params_present),
};

fn signature_mldsa_params_present(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_parameters(analysis, id, findings, KeyKind::MlDsa);
}

static SIGNATURE_SLHDSA_PARAMS_PRESENT: Rule = Rule {
    name: "signature-slhdsa-params-present",
    severity: Severity::Error,
    citation: "RFC 9909 §3",
    summary: "The signature algorithm is SLH-DSA and has parameters.",
    explanation: "RFC 9909 demands that there are none, NULL included, and hardly any verifier has SLH-DSA at all. \
        Have the certificate issued again without them.",
    check: Check::Certificate(signature_slhdsa_params_present),
};

fn signature_slhdsa_params_present(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
) {
    report_parameters(analysis, id, findings, KeyKind::SlhDsa);
}

static SIGNATURE_ECDSA_VALUE_MALFORMED: Rule = Rule {
    name: "signature-ecdsa-value-malformed",
    severity: Severity::Error,
    citation: "RFC 3279 §2.2.2, §2.2.3; RFC 5480 appendix A",
    summary: "An ECDSA or DSA signature is not a SEQUENCE of two positive INTEGERs.",
    explanation: "The signature holds r and s as DER. Every verifier rejects another encoding. \
        Hardware and some libraries return the two numbers one after the other (IEEE P1363), which has to be encoded before it is put into a certificate. \
        Have the certificate issued again by software that does so.",
    check: Check::Certificate(signature_ecdsa_value_malformed),
};

/// What is wrong with `Ecdsa-Sig-Value` or `Dss-Sig-Value`.
fn value_fault(octets: &[u8]) -> Option<&'static str> {
    let mut outer = Reader::new(octets);
    let Ok(sequence) = outer.expect(tag::SEQUENCE, "") else {
        return Some("no SEQUENCE");
    };
    let mut fields = sequence.children();
    for _ in 0..2 {
        let Ok(integer) = fields.expect(tag::INTEGER, "") else {
            return Some("not two INTEGERs");
        };
        match integer.value() {
            [] => return Some("an INTEGER without octets"),
            [0x80..=0xff, ..] => return Some("a negative number"),
            [0] => return Some("a zero"),
            [0, 0..=0x7f, ..] => return Some("an INTEGER with needless zeros in front"),
            _ => {}
        }
    }
    (!fields.is_empty() || !outer.is_empty()).then_some("something after r and s")
}

fn signature_ecdsa_value_malformed(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
) {
    let certificate = analysis.certificate(id);
    let signer = certificate.signature_algorithm.signer();
    if !matches!(signer, Some(KeyKind::Ec | KeyKind::Dsa)) {
        return;
    }
    let Some(fault) = value_fault(certificate.signature) else {
        return;
    };
    findings
        .at(analysis.place(id, Field::SignatureValue))
        .message(format!(
            "the signature of `{}` is not encoded as {} signatures are",
            certificate.label(),
            if signer == Some(KeyKind::Ec) {
                "ECDSA"
            } else {
                "DSA"
            }
        ))
        .evidence(format!(
            "{fault} in {} octets; expected a SEQUENCE of two positive INTEGERs",
            certificate.signature.len()
        ))
        .help("have the certificate issued again by software that encodes r and s in DER");
}

static SIGNATURE_LENGTH_INVALID: Rule = Rule {
    name: "signature-length-invalid",
    severity: Severity::Error,
    citation: "RFC 8032 §5.1.6, §5.2.6; FIPS 204 table 2; FIPS 205 table 2",
    summary: "An EdDSA, ML-DSA or SLH-DSA signature has the wrong length.",
    explanation: "These signatures have one length, which the algorithm and its parameter set give. Of another length it is no signature, \
        and every verifier rejects it. Often it was wrapped in an OCTET STRING, or cut off. \
        Have the certificate issued again.",
    check: Check::Certificate(signature_length_invalid),
};

fn signature_length_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let algorithm = certificate.signature_algorithm.oid;
    let found = certificate.signature.len();
    let Some(expected) = fixed_lengths(algorithm).1.filter(|&length| length != found) else {
        return;
    };
    findings
        .at(analysis.place(id, Field::SignatureValue))
        .message(format!(
            "the signature of `{}` does not have the length of a signature of {}",
            certificate.label(),
            algorithm.name()
        ))
        .evidence(format!("{found} octets; expected {expected}"))
        .help("have the certificate issued again");
}
