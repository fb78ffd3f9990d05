//! Keys of ML-DSA, SLH-DSA and ML-KEM: how they are encoded, and identifiers that are not meant for certificates.

use super::key_encoding::{report_length, report_parameters};
use crate::analysis::{Analysis, CertificateId};
use crate::cert::key::KeyKind;
use crate::cert::{Field, oid};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &SPKI_PREHASH_PQ_KEY,
    &SPKI_PRE_STANDARD_PQ_OID,
    &SPKI_MLDSA_PARAMS_PRESENT,
    &SPKI_MLDSA_KEY_LENGTH,
    &SPKI_SLHDSA_INVALID,
    &SPKI_MLKEM_INVALID,
];

const KEY: Field<'static> = Field::SubjectPublicKeyInfo;

static SPKI_PREHASH_PQ_KEY: Rule = Rule {
    name: "spki-prehash-pq-key",
    severity: Severity::Error,
    citation: "RFC 9881 §1, §8.3; RFC 9909",
    summary: "The public key is a HashML-DSA or HashSLH-DSA key.",
    explanation: "HashML-DSA and HashSLH-DSA sign what was hashed before. RFC 9881 keeps HashML-DSA out of certificates, \
        a CA must have neither, and verifiers know only the pure algorithms. Make a new ML-DSA or SLH-DSA key, and have the certificate issued again for it.",
    check: Check::Certificate(spki_prehash_pq_key),
};

fn spki_prehash_pq_key(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let algorithm = certificate.key.algorithm.oid;
    if certificate.key.kind != KeyKind::Unknown || !oid::is_pre_hash(algorithm) {
        return;
    }
    findings
        .at(analysis.place(id, KEY).inside("algorithm"))
        .message(format!(
            "the key of `{}` signs what is hashed before, which verifiers of certificates do not know",
            certificate.label()
        ))
        .evidence(format!(
            "algorithm: {}; expected pure ML-DSA or SLH-DSA",
            algorithm.known_name().unwrap_or("HashSLH-DSA")
        ))
        .help("make a new key of pure ML-DSA or SLH-DSA, and have the certificate issued again for it");
}

static SPKI_PRE_STANDARD_PQ_OID: Rule = Rule {
    name: "spki-pre-standard-pq-oid",
    severity: Severity::Error,
    citation: "FIPS 203, FIPS 204, FIPS 205",
    summary: "The public key is of a post-quantum algorithm as it was before its standard.",
    explanation: "Kyber, Dilithium and SPHINCS+ changed on their way to ML-KEM, ML-DSA and SLH-DSA: keys and signatures of then are not those of the standard. \
        No verifier in use knows the identifiers of that time; experimental builds did. \
        Make a new key of the standardised algorithm, and have the certificate issued again for it.",
    check: Check::Certificate(spki_pre_standard_pq_oid),
};

fn spki_pre_standard_pq_oid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let algorithm = certificate.key.algorithm.oid;
    if certificate.key.kind != KeyKind::Unknown {
        return;
    }
    let Some(name) = oid::before_the_standard(algorithm) else {
        return;
    };
    findings
        .at(analysis.place(id, KEY).inside("algorithm"))
        .message(format!(
            "the key of `{}` is of a post-quantum algorithm as it was before its standard",
            certificate.label()
        ))
        .evidence(format!("OID {algorithm}: {name}"))
        .help("make a new key of the standardised algorithm, and have the certificate issued again for it");
}

static SPKI_MLDSA_PARAMS_PRESENT: Rule = Rule {
    name: "spki-mldsa-params-present",
    severity: Severity::Error,
    citation: "RFC 9881 §2, §4",
    summary: "The algorithm of an ML-DSA key has parameters.",
    explanation: "RFC 9881 demands that there are none, NULL included. Go does not read such a certificate. \
        Have the certificate issued again by software that leaves the parameters out.",
    check: Check::Certificate(spki_mldsa_params_present),
};

fn spki_mldsa_params_present(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_parameters(analysis, id, findings, |kind| kind == KeyKind::MlDsa);
}

static SPKI_MLDSA_KEY_LENGTH: Rule = Rule {
    name: "spki-mldsa-key-length",
    severity: Severity::Error,
    citation: "RFC 9881 §4; FIPS 204 table 2",
    summary: "An ML-DSA key has the wrong length.",
    explanation: "A key of ML-DSA-44 has 1312 octets, of ML-DSA-65 1952 and of ML-DSA-87 2592, with nothing around them. \
        Of another length it is no key, and no verifier can use it. Often it was wrapped in an OCTET STRING once more, as drafts did. \
        Have the certificate issued again for the key as RFC 9881 encodes it.",
    check: Check::Certificate(spki_mldsa_key_length),
};

fn spki_mldsa_key_length(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_length(analysis, id, findings, |kind| kind == KeyKind::MlDsa);
}

static SPKI_SLHDSA_INVALID: Rule = Rule {
    name: "spki-slhdsa-invalid",
    severity: Severity::Error,
    citation: "RFC 9909; FIPS 205 table 2",
    summary: "An SLH-DSA key has the wrong length, or its algorithm has parameters.",
    explanation: "A key of SLH-DSA has 32, 48 or 64 octets with nothing around them, and its algorithm has no parameters. \
        Other keys no verifier can use. Have the certificate issued again for the key as RFC 9909 encodes it.",
    check: Check::Certificate(spki_slhdsa_invalid),
};

fn spki_slhdsa_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_parameters(analysis, id, findings, |kind| kind == KeyKind::SlhDsa);
    report_length(analysis, id, findings, |kind| kind == KeyKind::SlhDsa);
}

static SPKI_MLKEM_INVALID: Rule = Rule {
    name: "spki-mlkem-invalid",
    severity: Severity::Error,
    citation: "RFC 9935; FIPS 203 table 3",
    summary: "An ML-KEM key has the wrong length, or its algorithm has parameters.",
    explanation: "A key of ML-KEM-512 has 800 octets, of ML-KEM-768 1184 and of ML-KEM-1024 1568, with nothing around them, and its algorithm has no parameters. \
        Other keys nobody can encapsulate to. Have the certificate issued again for the key as RFC 9935 encodes it.",
    check: Check::Certificate(spki_mlkem_invalid),
};

fn spki_mlkem_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_parameters(analysis, id, findings, |kind| kind == KeyKind::MlKem);
    report_length(analysis, id, findings, |kind| kind == KeyKind::MlKem);
}
