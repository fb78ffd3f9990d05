//! RSA keys (RFC 8017 §3.1): what makes one invalid, weak or unusual. Size has its rules in `public_key`.

use crate::analysis::{Analysis, CertificateId};
use crate::cert::der::{Tlv, tag};
use crate::cert::key::KeyKind;
use crate::cert::{Field, hex};
use crate::rules::{Check, Finding, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &SPKI_RSA_PARAMS_NOT_NULL,
    &SPKI_RSA_PSS_OID,
    &SPKI_RSA_MODULUS_INVALID,
    &SPKI_RSA_MODULUS_ODD_SIZE,
    &SPKI_RSA_EXPONENT_INVALID,
    &SPKI_RSA_EXPONENT_OUT_OF_RANGE,
    &SPKI_RSA_SMALL_FACTOR,
    &SPKI_RSA_FERMAT_WEAK,
    &SPKI_RSA_ROCA,
];

const KEY: Field<'static> = Field::SubjectPublicKeyInfo;
const NEW_KEY: &str =
    "make a new key of 2048 bits or more, and have the certificate issued again for it";

/// A number as it stands in the key; long ones by their first and last octets.
fn number(integer: &Tlv<'_>) -> String {
    match integer.value() {
        [] => "nothing".to_owned(),
        octets @ [.., last] if octets.len() > 16 => {
            format!(
                "{} … {last:02x} ({} octets)",
                hex(&octets[..4]),
                octets.len()
            )
        }
        octets => hex(octets),
    }
}

fn is_negative(integer: &Tlv<'_>) -> bool {
    integer.value().first().is_some_and(|&octet| octet >= 0x80)
}

fn is_even(integer: &Tlv<'_>) -> bool {
    integer.value().last().is_none_or(|octet| octet % 2 == 0)
}

/// A finding at one of the two numbers.
fn at_number<'f>(
    analysis: &Analysis,
    id: CertificateId,
    findings: &'f mut Findings,
    integer: &Tlv<'_>,
    name: &str,
) -> &'f mut Finding {
    let place = analysis.place_within(id, KEY, integer.range());
    findings.at(place.inside("subjectPublicKey").inside(name))
}

static SPKI_RSA_PARAMS_NOT_NULL: Rule = Rule {
    name: "spki-rsa-params-not-null",
    severity: Severity::Error,
    citation: "RFC 4055 §1.2, RFC 3279 §2.3.1",
    summary: "The parameters of an rsaEncryption key are not NULL.",
    explanation: "The algorithm identifier of an RSA key has the parameters NULL: not absent, and nothing else. \
        Go and Envoy refuse a certificate without them, and rustls verifies nothing with its key; OpenSSL takes both forms. \
        Have the certificate issued again by software that writes NULL.",
    check: Check::Certificate(spki_rsa_params_not_null),
};

fn spki_rsa_params_not_null(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if certificate.key.kind != KeyKind::Rsa {
        return;
    }
    let parameters = certificate.key.algorithm.parameters;
    if parameters.is_some_and(|found| found.tag == tag::NULL && found.value().is_empty()) {
        return;
    }
    let (place, found) = match parameters {
        Some(found) => (
            analysis.place_within(id, KEY, found.range()),
            format!("an element with tag 0x{:02x}", found.tag),
        ),
        None => (analysis.place(id, KEY), "no parameters".to_owned()),
    };
    findings
        .at(place.inside("algorithm.parameters"))
        .message(format!(
            "the algorithm of the RSA key of `{}` lacks the parameters NULL",
            certificate.label()
        ))
        .evidence(format!("{found}; expected NULL (05 00)"))
        .help("have the certificate issued again by software that writes NULL");
}

static SPKI_RSA_PSS_OID: Rule = Rule {
    name: "spki-rsa-pss-oid",
    severity: Severity::Warning,
    citation: "RFC 4055 §1.2, §3.1",
    summary: "The RSA key is restricted to RSASSA-PSS.",
    explanation: "rustls, Go and Envoy do not know keys of id-RSASSA-PSS; OpenSSL, GnuTLS and Java do. \
        A key of rsaEncryption makes RSASSA-PSS signatures as well, and TLS 1.3 uses nothing else for it. \
        Have the certificate issued again for the same key as rsaEncryption.",
    check: Check::Certificate(spki_rsa_pss_oid),
};

fn spki_rsa_pss_oid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if certificate.key.kind != KeyKind::RsaPss {
        return;
    }
    findings
        .at(analysis.place(id, KEY).inside("algorithm"))
        .message(format!(
            "the RSA key of `{}` is one that not every verifier knows",
            certificate.label()
        ))
        .evidence("algorithm: rsassaPss; expected rsaEncryption")
        .help("have the certificate issued again for the key as rsaEncryption");
}

static SPKI_RSA_MODULUS_INVALID: Rule = Rule {
    name: "spki-rsa-modulus-invalid",
    severity: Severity::Error,
    citation: "RFC 8017 §3.1",
    summary: "The RSA modulus is negative, zero or even.",
    explanation: "A modulus is the product of two odd primes, so it is positive and odd. Go reads no certificate whose modulus is not positive, \
        neither Go nor Envoy takes an even one, and whoever sees one can factor it. A negative one comes from octets without a leading zero. \
        Make a new key, and have the certificate issued again for it.",
    check: Check::Certificate(spki_rsa_modulus_invalid),
};

fn spki_rsa_modulus_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some([modulus, _]) = certificate.key.rsa_integers() else {
        return;
    };
    let fault = match modulus.value() {
        // What does not decode has a rule of its own.
        [] => return,
        _ if is_negative(&modulus) => "negative",
        octets if octets.iter().all(|&octet| octet == 0) => "zero",
        _ if is_even(&modulus) => "even",
        _ => return,
    };
    at_number(analysis, id, findings, &modulus, "modulus")
        .message(format!(
            "the modulus of the RSA key of `{}` is {fault}",
            certificate.label()
        ))
        .evidence(format!(
            "{}; expected a positive odd number",
            number(&modulus)
        ))
        .help(NEW_KEY);
}

static SPKI_RSA_MODULUS_ODD_SIZE: Rule = Rule {
    name: "spki-rsa-modulus-odd-size",
    severity: Severity::Info,
    citation: "Mozilla Root Store Policy §5.1",
    summary: "The size of the RSA modulus in bits is not a multiple of 8.",
    explanation: "Key generators make moduli of whole octets. Another size comes from a generator that does not fix the highest bits of the primes, \
        and Mozilla takes no such CA into its root store. Verifiers on servers do not mind. \
        When the key is replaced, make one of 2048, 3072 or 4096 bits.",
    check: Check::Certificate(spki_rsa_modulus_odd_size),
};

fn spki_rsa_modulus_odd_size(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(bits) = certificate.key.rsa_bits().filter(|bits| bits % 8 != 0) else {
        return;
    };
    let Some([modulus, _]) = certificate.key.rsa_integers() else {
        return;
    };
    at_number(analysis, id, findings, &modulus, "modulus")
        .message(format!(
            "the RSA key of `{}` has an unusual size",
            certificate.label()
        ))
        .evidence(format!("{bits} bits; expected a multiple of 8"))
        .help("make a key of 2048, 3072 or 4096 bits when it is replaced");
}

static SPKI_RSA_EXPONENT_INVALID: Rule = Rule {
    name: "spki-rsa-exponent-invalid",
    severity: Severity::Error,
    citation: "RFC 8017 §3.1",
    summary: "The RSA exponent is negative, even or below 3.",
    explanation: "The exponent is odd and at least 3. With 1 anyone can forge signatures, and an even number belongs to no key pair. \
        Go reads no certificate whose exponent is not positive, and BoringSSL, so Envoy, no key whose exponent is even or 1. \
        Make a new key with the exponent 65537, and have the certificate issued again for it.",
    check: Check::Certificate(spki_rsa_exponent_invalid),
};

fn spki_rsa_exponent_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some([_, exponent]) = certificate.key.rsa_integers() else {
        return;
    };
    let significant = certificate.key.rsa_exponent().unwrap_or_default();
    let fault = match significant {
        // What does not decode has a rule of its own.
        _ if exponent.value().is_empty() => return,
        _ if is_negative(&exponent) => "negative",
        [] => "zero",
        [1] => "1",
        _ if is_even(&exponent) => "even",
        _ => return,
    };
    at_number(analysis, id, findings, &exponent, "publicExponent")
        .message(format!(
            "the exponent of the RSA key of `{}` is {fault}",
            certificate.label()
        ))
        .evidence(format!("{}; expected 01:00:01 (65537)", number(&exponent)))
        .help(
            "make a new key with the exponent 65537, and have the certificate issued again for it",
        );
}

static SPKI_RSA_EXPONENT_OUT_OF_RANGE: Rule = Rule {
    name: "spki-rsa-exponent-out-of-range",
    severity: Severity::Warning,
    citation: "FIPS 186-5 appendix A.1.1; SP 800-89 §5.3.3",
    summary: "The RSA exponent is below 65537.",
    explanation: "With an exponent such as 3, software that checks the padding of a signature carelessly can be fooled, \
        and FIPS 186-5 allows nothing below 65537. Verifiers accept it, but policies such as FIPS mode need not. \
        Make new keys with the exponent 65537.",
    check: Check::Certificate(spki_rsa_exponent_out_of_range),
};

fn spki_rsa_exponent_out_of_range(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some([_, exponent]) = certificate.key.rsa_integers() else {
        return;
    };
    // What is no exponent at all, and what is too large for verifiers, have rules of their own.
    let small = match certificate.key.rsa_exponent().unwrap_or_default() {
        [octet] => *octet > 1,
        octets => octets.len() == 2,
    };
    if !small || is_negative(&exponent) || is_even(&exponent) {
        return;
    }
    at_number(analysis, id, findings, &exponent, "publicExponent")
        .message(format!(
            "the exponent of the RSA key of `{}` is very small",
            certificate.label()
        ))
        .evidence(format!("{}; expected 01:00:01 (65537)", number(&exponent)))
        .help("make the next key with the exponent 65537");
}

/// Reports a modulus whose factors can be found.
fn report_weak(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
    message: &str,
    evidence: String,
) {
    let certificate = analysis.certificate(id);
    let Some([modulus, _]) = certificate.key.rsa_integers() else {
        return;
    };
    at_number(analysis, id, findings, &modulus, "modulus")
        .message(format!("the RSA key of `{}` {message}", certificate.label()))
        .evidence(evidence)
        .help("make a new key on another system, have the certificate issued again for it, and revoke this one");
}

static SPKI_RSA_SMALL_FACTOR: Rule = Rule {
    name: "spki-rsa-small-factor",
    severity: Severity::Error,
    citation: "SP 800-89 §5.3.3",
    summary: "The RSA modulus has a prime factor below 752.",
    explanation: "The modulus is the product of two large primes, so a small factor means a broken generator or a damaged key, \
        and often that anyone can work out the private key. Verifiers do not look for it. \
        Make a new key elsewhere, and revoke the certificate.",
    check: Check::Certificate(spki_rsa_small_factor),
};

fn spki_rsa_small_factor(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let weakness = analysis.rsa_weakness(id);
    if let Some(factor) = weakness.and_then(|weakness| weakness.small_factor) {
        let evidence =
            format!("the modulus can be divided by {factor}; expected no prime below 752");
        report_weak(analysis, id, findings, "has a small factor", evidence);
    }
}

static SPKI_RSA_FERMAT_WEAK: Rule = Rule {
    name: "spki-rsa-fermat-weak",
    severity: Severity::Error,
    citation: "CVE-2022-26320; FIPS 186-5 appendix A.1",
    summary: "The primes of the RSA modulus are so close that it can be factored.",
    explanation: "Fermat's method finds two primes that lie close together at once: printers and appliances have made such keys. \
        Whoever has the certificate can work out the private key and log in as its subject. Verifiers do not look for it. \
        Update the software that made the key, make a new one, and revoke the certificate.",
    check: Check::Certificate(spki_rsa_fermat_weak),
};

fn spki_rsa_fermat_weak(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let weakness = analysis.rsa_weakness(id);
    if let Some(round) = weakness.and_then(|weakness| weakness.fermat_round) {
        let evidence = format!("Fermat's method found the factors in round {round} of 100");
        report_weak(analysis, id, findings, "can be factored", evidence);
    }
}

static SPKI_RSA_ROCA: Rule = Rule {
    name: "spki-rsa-roca",
    severity: Severity::Error,
    citation: "CVE-2017-15361",
    summary: "The RSA modulus has the fingerprint of the weak keys of Infineon's library (ROCA).",
    explanation: "Smart cards, TPMs and tokens with Infineon's library made primes by a formula that lets keys of up to 2048 bits be factored \
        at a price that some can pay. The modulus leaves a telling remainder for each small prime; another key has that by chance \
        less than once in a hundred million. Verifiers do not look for it. \
        Update the device's firmware or make the key elsewhere, and revoke the certificate.",
    check: Check::Certificate(spki_rsa_roca),
};

fn spki_rsa_roca(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    if analysis
        .rsa_weakness(id)
        .is_some_and(|weakness| weakness.roca)
    {
        let bits = analysis.certificate(id).key.rsa_bits().unwrap_or_default();
        let evidence = format!(
            "a modulus of {bits} bits that is a power of 65537 modulo every prime up to 167"
        );
        report_weak(
            analysis,
            id,
            findings,
            "has the fingerprint of ROCA",
            evidence,
        );
    }
}
