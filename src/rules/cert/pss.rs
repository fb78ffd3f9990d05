//! The parameters of RSASSA-PSS (RFC 4055 §3.1), of the signature and of a key that is restricted to it.

use crate::analysis::{Analysis, CertificateId};
use crate::cert::Field;
use crate::cert::key::Algorithm;
use crate::cert::oid::{self, Oid};
use crate::cert::pss::PssParameters;
use crate::rules::{Check, Finding, Findings, Place, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &SIGNATURE_PSS_PARAMS_INVALID,
    &SIGNATURE_PSS_MGF_NOT_MGF1,
    &SIGNATURE_PSS_HASH_MGF_DIFFER,
    &SIGNATURE_PSS_SALT_LENGTH,
    &SIGNATURE_PSS_TRAILER_FIELD,
    &SIGNATURE_PSS_WEAK_HASH,
];

const USUAL: &str = "have it issued again with SHA-256, MGF1 over SHA-256 and 32 octets of salt";

/// The parameters of a certificate's signature; none for other algorithms and where they do not decode.
fn parameters<'a>(algorithm: &Algorithm<'a>) -> Option<PssParameters<'a>> {
    if algorithm.oid != oid::RSASSA_PSS {
        return None;
    }
    PssParameters::parse(&algorithm.parameters?)
}

/// The length of a digest of SHA-2 or SHA-3 in octets; none for other digests.
fn digest_length(hash: Oid<'_>) -> Option<usize> {
    Some(match hash {
        oid::SHA224 | oid::SHA512_224 | oid::SHA3_224 => 28,
        oid::SHA256 | oid::SHA512_256 | oid::SHA3_256 | oid::SHAKE128 => 32,
        oid::SHA384 | oid::SHA3_384 => 48,
        oid::SHA512 | oid::SHA3_512 | oid::SHAKE256 => 64,
        _ => return None,
    })
}

fn name(digest: Oid<'_>) -> String {
    if digest.0.is_empty() {
        "nothing".to_owned()
    } else {
        digest.name()
    }
}

fn place(analysis: &Analysis, id: CertificateId) -> Place {
    let algorithm = &analysis.certificate(id).signature_algorithm;
    let place = analysis.place(id, Field::SignatureAlgorithm);
    match algorithm.parameters {
        Some(parameters) => analysis
            .place_within(id, Field::SignatureAlgorithm, parameters.range())
            .inside("parameters"),
        None => place,
    }
}

/// Starts a finding about the parameters of the signature.
fn report<'f>(
    analysis: &Analysis,
    id: CertificateId,
    findings: &'f mut Findings,
    message: &str,
    evidence: String,
) -> &'f mut Finding {
    let label = analysis.certificate(id).label();
    findings
        .at(place(analysis, id))
        .message(format!("the RSASSA-PSS signature of `{label}` {message}"))
        .evidence(evidence)
        .help(USUAL)
}

static SIGNATURE_PSS_PARAMS_INVALID: Rule = Rule {
    name: "signature-pss-params-invalid",
    severity: Severity::Error,
    citation: "RFC 4055 §3.1",
    summary: "The parameters of RSASSA-PSS are absent in a signature, or do not decode.",
    explanation: "Digest, mask and salt of RSASSA-PSS stand in the parameters, so a signature without them cannot be checked; \
        only a key may leave them out. No verifier accepts such a signature. \
        Have the certificate issued again with complete parameters, or with sha256WithRSAEncryption.",
    check: Check::Certificate(signature_pss_params_invalid),
};

fn signature_pss_params_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let algorithm = &certificate.signature_algorithm;
    if algorithm.oid == oid::RSASSA_PSS && parameters(algorithm).is_none() {
        let found = match algorithm.parameters {
            Some(found) => format!(
                "an element with tag 0x{:02x}, {} bytes; expected RSASSA-PSS-params",
                found.tag,
                found.raw().len()
            ),
            None => "no parameters; expected RSASSA-PSS-params".to_owned(),
        };
        report(
            analysis,
            id,
            findings,
            "has no parameters that decode",
            found,
        );
    }
    let key = &certificate.key.algorithm;
    if let Some(found) = key.parameters.filter(|_| key.oid == oid::RSASSA_PSS)
        && PssParameters::parse(&found).is_none()
    {
        let place = analysis.place_within(id, Field::SubjectPublicKeyInfo, found.range());
        findings
            .at(place.inside("algorithm.parameters"))
            .message(format!(
                "the parameters of the RSASSA-PSS key of `{}` do not decode",
                certificate.label()
            ))
            .evidence(format!(
                "an element with tag 0x{:02x}, {} bytes; expected RSASSA-PSS-params or none",
                found.tag,
                found.raw().len()
            ))
            .help("have the certificate issued again for the key as rsaEncryption");
    }
}

static SIGNATURE_PSS_MGF_NOT_MGF1: Rule = Rule {
    name: "signature-pss-mgf-not-mgf1",
    severity: Severity::Error,
    citation: "RFC 4055 §2.2, §3.1",
    summary: "The mask of an RSASSA-PSS signature is not made by MGF1.",
    explanation: "MGF1 is the only mask function that RFC 4055 has, and the only one that verifiers know: OpenSSL, Go, rustls and Java reject any other. \
        Have the certificate issued again with MGF1.",
    check: Check::Certificate(signature_pss_mgf_not_mgf1),
};

fn signature_pss_mgf_not_mgf1(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let Some(pss) = parameters(&analysis.certificate(id).signature_algorithm) else {
        return;
    };
    if pss.mask != oid::MGF1 {
        let evidence = format!("mask function: {}; expected mgf1", pss.mask.name());
        report(
            analysis,
            id,
            findings,
            "has a mask function that no verifier knows",
            evidence,
        );
    }
}

static SIGNATURE_PSS_HASH_MGF_DIFFER: Rule = Rule {
    name: "signature-pss-hash-mgf-differ",
    severity: Severity::Warning,
    citation: "RFC 4055 §3.1; RFC 8446 §4.2.3",
    summary: "An RSASSA-PSS signature has another digest in its mask than for the message.",
    explanation: "RFC 4055 recommends the same digest for both. OpenSSL, GnuTLS and Java verify two different ones; rustls, Go and Envoy do not. \
        Where the parameters leave the mask out it is over SHA-1. \
        Have the certificate issued again with one digest.",
    check: Check::Certificate(signature_pss_hash_mgf_differ),
};

fn signature_pss_hash_mgf_differ(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let Some(pss) = parameters(&analysis.certificate(id).signature_algorithm) else {
        return;
    };
    if pss.mask == oid::MGF1 && pss.mask_hash != pss.hash {
        let evidence = format!(
            "digest of the message: {}; of the mask: {}; expected the same",
            name(pss.hash),
            name(pss.mask_hash)
        );
        report(analysis, id, findings, "has two digests", evidence);
    }
}

static SIGNATURE_PSS_SALT_LENGTH: Rule = Rule {
    name: "signature-pss-salt-length",
    severity: Severity::Warning,
    citation: "RFC 4055 §3.1; RFC 8446 §4.2.3",
    summary: "The salt of an RSASSA-PSS signature is not as long as the digest.",
    explanation: "A salt as long as the digest is what RFC 4055 recommends, and all that TLS has. \
        OpenSSL, GnuTLS and Java verify other lengths; rustls, Go and Envoy do not. OpenSSL makes the longest salt that fits unless told otherwise \
        (`-sigopt rsa_pss_saltlen:digest`). Have the certificate issued again with a salt of the digest's length.",
    check: Check::Certificate(signature_pss_salt_length),
};

fn signature_pss_salt_length(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let Some(pss) = parameters(&analysis.certificate(id).signature_algorithm) else {
        return;
    };
    let expected = if pss.hash == oid::SHA1 {
        Some(20)
    } else {
        digest_length(pss.hash)
    };
    if let Some(expected) = expected.filter(|&expected| expected != pss.salt_length) {
        let evidence = format!(
            "{} octets of salt with {}; expected {expected}",
            pss.salt_length,
            name(pss.hash)
        );
        report(
            analysis,
            id,
            findings,
            "has a salt that is not as long as its digest",
            evidence,
        );
    }
}

static SIGNATURE_PSS_TRAILER_FIELD: Rule = Rule {
    name: "signature-pss-trailer-field",
    severity: Severity::Error,
    citation: "RFC 4055 §3.1",
    summary: "The trailerField of an RSASSA-PSS signature is not 1.",
    explanation: "1 stands for the octet bc at the end of the padding, and there is no other value: OpenSSL, Go, rustls and Java reject it. \
        Have the certificate issued again without trailerField, as 1 is its default.",
    check: Check::Certificate(signature_pss_trailer_field),
};

fn signature_pss_trailer_field(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let Some(pss) = parameters(&analysis.certificate(id).signature_algorithm) else {
        return;
    };
    if pss.trailer != 1 {
        let evidence = format!("trailerField: {}; expected 1", pss.trailer);
        report(analysis, id, findings, "has an undefined trailer", evidence);
    }
}

static SIGNATURE_PSS_WEAK_HASH: Rule = Rule {
    name: "signature-pss-weak-hash",
    severity: Severity::Error,
    citation: "RFC 4055 §2.1, §3.1",
    summary: "An RSASSA-PSS signature has a digest that is neither SHA-2 nor SHA-3.",
    explanation: "RFC 4055 has SHA-1 and SHA-2 for RSASSA-PSS, and rustls, Go and Java verify nothing else. \
        SHA-1 and MD5 have rules of their own. Have the certificate issued again with SHA-256.",
    check: Check::Certificate(signature_pss_weak_hash),
};

fn signature_pss_weak_hash(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let Some(pss) = parameters(&analysis.certificate(id).signature_algorithm) else {
        return;
    };
    // The rules signature-sha1 and signature-md2-md4-md5 tell of these.
    let told = matches!(pss.hash, oid::SHA1 | oid::MD2 | oid::MD4 | oid::MD5);
    if !told && digest_length(pss.hash).is_none() {
        let evidence = format!("digest: {}; expected SHA-256 or better", name(pss.hash));
        report(
            analysis,
            id,
            findings,
            "has a digest that few verifiers know",
            evidence,
        );
    }
}
