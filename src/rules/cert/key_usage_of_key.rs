//! What keyUsage may say for a key of a kind.

use super::key_usage_bits::{ONLY, at_usage};
use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::extension::KeyUsage;
use crate::cert::key::{KeyKind, PublicKey};
use crate::cert::oid;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &KU_RSA_INCOMPATIBLE,
    &KU_RSA_PSS_INCOMPATIBLE,
    &KU_EC_INCOMPATIBLE,
    &KU_EC_UNUSUAL_IN_LEAF,
    &KU_EDDSA_INCOMPATIBLE,
    &KU_X25519_INCOMPATIBLE,
    &KU_MLDSA_INCOMPATIBLE,
    &KU_SLHDSA_INCOMPATIBLE,
    &KU_MLKEM_INCOMPATIBLE,
    &KU_HASH_BASED_INCOMPATIBLE,
];

/// The bits by which a key is used for signatures.
const SIGNING: u16 = 1 << KeyUsage::DIGITAL_SIGNATURE
    | 1 << KeyUsage::NON_REPUDIATION
    | 1 << KeyUsage::KEY_CERT_SIGN
    | 1 << KeyUsage::CRL_SIGN;
const ENCIPHERMENT: u16 = 1 << KeyUsage::KEY_ENCIPHERMENT | 1 << KeyUsage::DATA_ENCIPHERMENT;
const AGREEMENT: u16 = 1 << KeyUsage::KEY_AGREEMENT | ONLY;

/// Reports bits that do not fit the key.
fn report_unfit(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
    applies: impl FnOnce(&PublicKey<'_>) -> bool,
    forbidden: u16,
    allowed: &str,
) {
    let certificate = analysis.certificate(id);
    let Some(usage) = certificate.values.key_usage else {
        return;
    };
    let unfit = KeyUsage(usage.0 & forbidden);
    if unfit.0 == 0 || !applies(&certificate.key) {
        return;
    }
    at_usage(
        analysis,
        id,
        findings,
        usage,
        "allows what its key cannot do",
    )
    .evidence(format!(
        "key: {}; does not fit it: {}; expected only {allowed}",
        certificate.key.describe(),
        unfit.describe()
    ))
    .help(format!(
        "have the certificate issued again without {} in keyUsage",
        unfit.describe()
    ));
}

static KU_RSA_INCOMPATIBLE: Rule = Rule {
    name: "ku-rsa-incompatible",
    severity: Severity::Warning,
    citation: "RFC 3279 §2.3.1, RFC 4055 §1.2",
    summary: "keyUsage of an RSA key has keyAgreement, encipherOnly or decipherOnly.",
    explanation: "RSA signs and enciphers, but two sides cannot agree on a key with it, and RFC 3279 does not list these bits. \
        Verifiers do not mind, and the bits are without effect. They usually come from a profile for another kind of key. \
        Leave them out.",
    check: Check::Certificate(ku_rsa_incompatible),
};

fn ku_rsa_incompatible(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_unfit(
        analysis,
        id,
        findings,
        |key| key.kind == KeyKind::Rsa,
        AGREEMENT,
        "signatures and encipherment",
    );
}

static KU_RSA_PSS_INCOMPATIBLE: Rule = Rule {
    name: "ku-rsa-pss-incompatible",
    severity: Severity::Warning,
    citation: "RFC 4055 §1.2",
    summary: "keyUsage of an RSASSA-PSS key has a use other than signatures.",
    explanation: "A key of id-RSASSA-PSS only signs, so bits for encipherment and key agreement contradict it. \
        Verifiers do not mind, but software that takes keyUsage at its word tries what cannot work. Leave the bits out.",
    check: Check::Certificate(ku_rsa_pss_incompatible),
};

fn ku_rsa_pss_incompatible(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_unfit(
        analysis,
        id,
        findings,
        |key| key.kind == KeyKind::RsaPss,
        ENCIPHERMENT | AGREEMENT,
        "signatures",
    );
}

static KU_EC_INCOMPATIBLE: Rule = Rule {
    name: "ku-ec-incompatible",
    severity: Severity::Warning,
    citation: "RFC 8813 §3; RFC 5480 §3",
    summary: "keyUsage of an EC key has keyEncipherment or dataEncipherment.",
    explanation: "An EC key signs and agrees on keys, but enciphers nothing, and RFC 8813 forbids both bits. \
        They usually come from a profile for RSA. nginx, Go, rustls and the others accept the certificate, linters and strict CAs do not. \
        Leave them out: digitalSignature is what TLS needs.",
    check: Check::Certificate(ku_ec_incompatible),
};

fn ku_ec_incompatible(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_unfit(
        analysis,
        id,
        findings,
        |key| key.kind == KeyKind::Ec,
        ENCIPHERMENT,
        "signatures and keyAgreement",
    );
}

static KU_EC_UNUSUAL_IN_LEAF: Rule = Rule {
    name: "ku-ec-unusual-in-leaf",
    severity: Severity::Info,
    citation: "RFC 5480 §3",
    summary: "keyUsage of an end-entity's EC key has uses beyond digitalSignature, nonRepudiation and keyAgreement.",
    explanation: "RFC 5480 names these three for end entities. cRLSign belongs to a CRL issuer, \
        and encipherOnly and decipherOnly are in use nowhere. Verifiers do not mind. Leave out what the key is not meant for.",
    check: Check::Certificate(ku_ec_unusual_in_leaf),
};

fn ku_ec_unusual_in_leaf(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    const UNUSUAL: u16 = 1 << KeyUsage::CRL_SIGN | ENCIPHERMENT | ONLY;
    // Another rule tells of keyCertSign without a CA.
    report_unfit(
        analysis,
        id,
        findings,
        |key| {
            key.kind == KeyKind::Ec && analysis.certificate_role(id) == CertificateRole::EndEntity
        },
        UNUSUAL,
        "digitalSignature, nonRepudiation and keyAgreement",
    );
}

static KU_EDDSA_INCOMPATIBLE: Rule = Rule {
    name: "ku-eddsa-incompatible",
    severity: Severity::Warning,
    citation: "RFC 8410 §5, RFC 9295 §3",
    summary: "keyUsage of an Ed25519 or Ed448 key has a use other than signatures.",
    explanation: "These keys only sign, and RFC 9295 forbids bits for encipherment and key agreement. \
        Verifiers do not mind; the bits usually come from a profile for RSA. Leave them out.",
    check: Check::Certificate(ku_eddsa_incompatible),
};

fn ku_eddsa_incompatible(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_unfit(
        analysis,
        id,
        findings,
        |key| key.kind == KeyKind::EdDsa,
        ENCIPHERMENT | AGREEMENT,
        "signatures",
    );
}

static KU_X25519_INCOMPATIBLE: Rule = Rule {
    name: "ku-x25519-incompatible",
    severity: Severity::Warning,
    citation: "RFC 8410 §5, RFC 9295 §3",
    summary: "keyUsage of an X25519 or X448 key lacks keyAgreement, or has another use.",
    explanation: "These keys agree on keys and do nothing else: they cannot sign, so no TLS client can log in with one. \
        RFC 9295 demands keyAgreement and forbids signatures and encipherment. \
        Have the certificate issued for another key if it is to sign, and otherwise with keyAgreement alone.",
    check: Check::Certificate(ku_x25519_incompatible),
};

fn ku_x25519_incompatible(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(usage) = certificate.values.key_usage else {
        return;
    };
    let unfit = KeyUsage(usage.0 & (SIGNING | ENCIPHERMENT));
    let agrees = usage.has(KeyUsage::KEY_AGREEMENT);
    if certificate.key.kind != KeyKind::Xdh || (unfit.0 == 0 && agrees) {
        return;
    }
    let finding = at_usage(
        analysis,
        id,
        findings,
        usage,
        "does not fit a key that only agrees on keys",
    );
    finding.evidence(format!(
        "key: {}; expected keyAgreement and no more",
        certificate.key.describe()
    ));
    finding.help("have the certificate issued again with keyAgreement alone in keyUsage");
}

static KU_MLDSA_INCOMPATIBLE: Rule = Rule {
    name: "ku-mldsa-incompatible",
    severity: Severity::Warning,
    citation: "RFC 9881 §5",
    summary: "keyUsage of an ML-DSA key has a use other than signatures.",
    explanation: "ML-DSA keys only sign, and RFC 9881 forbids bits for encipherment and key agreement. \
        Verifiers do not mind yet. Leave the bits out.",
    check: Check::Certificate(ku_mldsa_incompatible),
};

fn ku_mldsa_incompatible(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_unfit(
        analysis,
        id,
        findings,
        |key| key.kind == KeyKind::MlDsa,
        ENCIPHERMENT | AGREEMENT,
        "signatures",
    );
}

static KU_SLHDSA_INCOMPATIBLE: Rule = Rule {
    name: "ku-slhdsa-incompatible",
    severity: Severity::Warning,
    citation: "RFC 9909",
    summary: "keyUsage of an SLH-DSA key has a use other than signatures.",
    explanation: "SLH-DSA keys only sign, and RFC 9909 forbids bits for encipherment and key agreement. \
        Verifiers do not mind yet. Leave the bits out.",
    check: Check::Certificate(ku_slhdsa_incompatible),
};

fn ku_slhdsa_incompatible(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_unfit(
        analysis,
        id,
        findings,
        |key| key.kind == KeyKind::SlhDsa,
        ENCIPHERMENT | AGREEMENT,
        "signatures",
    );
}

static KU_MLKEM_INCOMPATIBLE: Rule = Rule {
    name: "ku-mlkem-incompatible",
    severity: Severity::Warning,
    citation: "RFC 9935",
    summary: "keyUsage of an ML-KEM key has a use other than keyEncipherment.",
    explanation: "An ML-KEM key wraps keys and does nothing else: it cannot sign, so no TLS client can log in with one. \
        RFC 9935 allows keyEncipherment alone. \
        Have the certificate issued for another key if it is to sign, and otherwise with keyEncipherment alone.",
    check: Check::Certificate(ku_mlkem_incompatible),
};

fn ku_mlkem_incompatible(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_unfit(
        analysis,
        id,
        findings,
        |key| key.kind == KeyKind::MlKem,
        !(1 << KeyUsage::KEY_ENCIPHERMENT),
        "keyEncipherment",
    );
}

static KU_HASH_BASED_INCOMPATIBLE: Rule = Rule {
    name: "ku-hash-based-incompatible",
    severity: Severity::Warning,
    citation: "RFC 9802",
    summary: "keyUsage of an HSS/LMS or XMSS key has a use other than signatures.",
    explanation: "Stateful hash-based keys only sign, and RFC 9802 forbids bits for encipherment and key agreement. \
        Verifiers on servers do not know such keys. Leave the bits out.",
    check: Check::Certificate(ku_hash_based_incompatible),
};

fn ku_hash_based_incompatible(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_unfit(
        analysis,
        id,
        findings,
        |key| oid::is_hash_based(key.algorithm.oid),
        ENCIPHERMENT | AGREEMENT,
        "signatures",
    );
}
