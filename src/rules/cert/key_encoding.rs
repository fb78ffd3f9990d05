//! SubjectPublicKeyInfo (RFC 5280 §4.1.2.7): keys that do not decode, and those of few verifiers.

use crate::analysis::{Analysis, CertificateId};
use crate::cert::der::{Reader, tag};
use crate::cert::key::{KeyKind, PublicKey, fixed_lengths};
use crate::cert::{Field, oid};
use crate::crypto::is_point;
use crate::rules::{Check, Findings, Place, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &SPKI_ALGORITHM_UNKNOWN,
    &SPKI_MALFORMED,
    &SPKI_EC_POINT_INVALID,
    &SPKI_EDDSA_PARAMS_PRESENT,
    &SPKI_EDDSA_KEY_LENGTH,
    &SPKI_DSA_KEY,
    &SPKI_DSA_PARAMS_MISSING,
];

const KEY: Field<'static> = Field::SubjectPublicKeyInfo;

/// The place of the key itself.
pub(super) fn value_place(analysis: &Analysis, id: CertificateId) -> Place {
    let range = analysis.certificate(id).key.subject_public_key.range();
    analysis
        .place_within(id, KEY, range)
        .inside("subjectPublicKey")
}

/// Reports a key whose algorithm identifier has parameters though the algorithm has none.
pub(super) fn report_parameters(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
    kind: impl Fn(KeyKind) -> bool,
) {
    let certificate = analysis.certificate(id);
    let key = &certificate.key;
    let Some(parameters) = key.algorithm.parameters.filter(|_| kind(key.kind)) else {
        return;
    };
    let place = analysis.place_within(id, KEY, parameters.range());
    findings
        .at(place.inside("algorithm.parameters"))
        .message(format!(
            "the algorithm of the key of `{}` has parameters, which {} does not have",
            certificate.label(),
            key.algorithm.oid.name()
        ))
        .evidence(format!(
            "an element with tag 0x{:02x}, {} bytes; expected none",
            parameters.tag,
            parameters.raw().len()
        ))
        .help("have the certificate issued again by software that leaves the parameters out");
}

/// Reports a key that is not as long as its algorithm's keys are.
pub(super) fn report_length(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
    kind: impl Fn(KeyKind) -> bool,
) {
    let certificate = analysis.certificate(id);
    let key = &certificate.key;
    if !kind(key.kind) {
        return;
    }
    let Some(expected) = fixed_lengths(key.algorithm.oid)
        .0
        .filter(|&expected| key.bits.len() != expected)
    else {
        return;
    };
    findings
        .at(value_place(analysis, id))
        .message(format!(
            "the key of `{}` does not have the length of a key of {}",
            certificate.label(),
            key.algorithm.oid.name()
        ))
        .evidence(format!("{} octets; expected {expected}", key.bits.len()))
        .help("have the certificate issued again for the key as its algorithm encodes it");
}

static SPKI_ALGORITHM_UNKNOWN: Rule = Rule {
    name: "spki-algorithm-unknown",
    severity: Severity::Info,
    citation: "RFC 5280 §4.1.2.7",
    summary: "The public key is of an algorithm that is not known here.",
    explanation: "Nothing can be said about the key, and verifiers that do not know the algorithm either cannot use it. \
        If the object identifier is a typing error, no verifier can. Compare it with the algorithm's definition.",
    check: Check::Certificate(spki_algorithm_unknown),
};

fn spki_algorithm_unknown(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let algorithm = certificate.key.algorithm.oid;
    if certificate.key.kind != KeyKind::Unknown || oid::is_other_key(algorithm) {
        return;
    }
    findings
        .at(analysis.place(id, KEY).inside("algorithm"))
        .message(format!(
            "the public key of `{}` is of an algorithm that is not known here",
            certificate.label()
        ))
        .evidence(match algorithm.known_name() {
            Some(name) => format!("OID {algorithm}: {name}, which is no public key algorithm"),
            None => format!("OID {algorithm}"),
        })
        .help("check that the object identifier is the one that is meant, and that your servers know it");
}

static SPKI_MALFORMED: Rule = Rule {
    name: "spki-malformed",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.7; RFC 8017 appendix A.1.1; RFC 3279 §2.3.2",
    summary: "The public key does not decode as a key of its algorithm.",
    explanation: "The key stands in a BIT STRING, and its algorithm says what is inside: for RSA two numbers. \
        Where that does not decode no verifier can use the key, and Envoy and Java refuse what merely follows it as well. \
        Have the certificate issued again for the key as the tool that made it exports it.",
    check: Check::Certificate(spki_malformed),
};

/// What is wrong with the encoding of the key; none where that is for other rules to say.
fn malformation(key: &PublicKey<'_>) -> Option<&'static str> {
    match key.subject_public_key.value().first() {
        Some(0) => {}
        Some(_) => return Some("the BIT STRING counts unused bits; expected whole octets"),
        None => {
            return Some("the BIT STRING is empty; expected a count of unused bits and the key");
        }
    }
    match key.kind {
        KeyKind::Rsa | KeyKind::RsaPss => not_two_integers(key.bits),
        KeyKind::Dsa => {
            let mut reader = Reader::new(key.bits);
            let number = reader.expect(tag::INTEGER, "");
            (number.is_err() || !reader.is_empty())
                .then_some("no single INTEGER inside the BIT STRING, as a DSA key is")
        }
        _ => None,
    }
}

/// Why the octets are not a SEQUENCE of two INTEGERs (RFC 8017 appendix A.1.1).
fn not_two_integers(octets: &[u8]) -> Option<&'static str> {
    let mut outer = Reader::new(octets);
    let Ok(sequence) = outer.expect(tag::SEQUENCE, "") else {
        return Some("no SEQUENCE inside the BIT STRING; expected modulus and exponent");
    };
    let mut fields = sequence.children();
    for _ in 0..2 {
        match fields.expect(tag::INTEGER, "") {
            Err(_) => return Some("not two INTEGERs; expected modulus and exponent"),
            Ok(integer) => match integer.value() {
                [] => return Some("an INTEGER without octets; expected modulus and exponent"),
                [0, next, ..] if *next < 0x80 => {
                    return Some(
                        "an INTEGER with needless zeros in front; expected the shortest form",
                    );
                }
                _ => {}
            },
        }
    }
    (!fields.is_empty() || !outer.is_empty())
        .then_some("something follows modulus and exponent; expected nothing")
}

fn spki_malformed(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let key = &certificate.key;
    let end = certificate.range(KEY).end;
    let fault = if key.subject_public_key.end() < end {
        Some("something follows the BIT STRING; expected nothing")
    } else {
        malformation(key)
    };
    let Some(fault) = fault else { return };
    findings
        .at(value_place(analysis, id))
        .message(format!(
            "the public key of `{}` does not decode",
            certificate.label()
        ))
        .evidence(format!("algorithm: {}", key.algorithm.oid.name()))
        .evidence(fault)
        .help("have the certificate issued again for the key as the tool that made it exports it");
}

static SPKI_EC_POINT_INVALID: Rule = Rule {
    name: "spki-ec-point-invalid",
    severity: Severity::Error,
    citation: "RFC 5480 §2.2; SEC 1 §2.3.4, §3.2.2",
    summary: "The EC key is no point of its curve.",
    explanation: "The coordinates have the wrong length, or do not satisfy the curve's equation, so there is no private key to it. \
        Go does not read such a certificate, nginx rejects it (66), and nobody verifies anything with its key. \
        The key was damaged, or the curve is not the one that it was made on. Have the certificate issued again for the right key.",
    check: Check::Certificate(spki_ec_point_invalid),
};

fn spki_ec_point_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let key = &certificate.key;
    // Other forms than these have a rule of their own; 0 alone is the point at infinity.
    if key.kind != KeyKind::Ec || !matches!(key.bits, [0] | [2..=4 | 6 | 7, ..]) || is_point(key) {
        return;
    }
    findings
        .at(value_place(analysis, id))
        .message(format!(
            "the EC key of `{}` is no point of its curve",
            certificate.label()
        ))
        .evidence(format!(
            "curve: {}; {} octets, the first {:02x}",
            key.describe(),
            key.bits.len(),
            key.bits.first().copied().unwrap_or_default()
        ))
        .help("make a new key, and have the certificate issued again for it");
}

static SPKI_EDDSA_PARAMS_PRESENT: Rule = Rule {
    name: "spki-eddsa-params-present",
    severity: Severity::Error,
    citation: "RFC 8410 §3",
    summary: "The algorithm of an Ed25519, Ed448, X25519 or X448 key has parameters.",
    explanation: "RFC 8410 demands that there are none, NULL included. Go does not read such a certificate, and rustls verifies nothing with the key. \
        Have the certificate issued again by software that leaves the parameters out.",
    check: Check::Certificate(spki_eddsa_params_present),
};

fn spki_eddsa_params_present(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_parameters(analysis, id, findings, |kind| {
        matches!(kind, KeyKind::EdDsa | KeyKind::Xdh)
    });
}

static SPKI_EDDSA_KEY_LENGTH: Rule = Rule {
    name: "spki-eddsa-key-length",
    severity: Severity::Error,
    citation: "RFC 8410 §4; RFC 8032 §5.1.5, §5.2.5",
    summary: "An Ed25519, Ed448, X25519 or X448 key has the wrong length.",
    explanation: "Such a key is its octets and nothing else: 32, 57, 32 or 56 of them. Of another length it is no key, and no verifier can use it. \
        Often it was wrapped in an OCTET STRING once more, as private keys are. \
        Have the certificate issued again for the key as RFC 8410 encodes it.",
    check: Check::Certificate(spki_eddsa_key_length),
};

fn spki_eddsa_key_length(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_length(analysis, id, findings, |kind| {
        matches!(kind, KeyKind::EdDsa | KeyKind::Xdh)
    });
}

static SPKI_DSA_KEY: Rule = Rule {
    name: "spki-dsa-key",
    severity: Severity::Warning,
    citation: "FIPS 186-5 §4; RFC 8446 §4.2.3",
    summary: "The public key is a DSA key.",
    explanation: "FIPS 186-5 withdrew DSA, and TLS 1.3 has no signature for it, so no client can log in with such a key. \
        As a CA's key OpenSSL, Java and GnuTLS still verify with it; Go and rustls do not. \
        Make a new key on P-256, and have the certificate issued again for it.",
    check: Check::Certificate(spki_dsa_key),
};

fn spki_dsa_key(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if certificate.key.kind != KeyKind::Dsa {
        return;
    }
    findings
        .at(analysis.place(id, KEY).inside("algorithm"))
        .message(format!(
            "the key of `{}` is a DSA key, which TLS 1.3 does not have",
            certificate.label()
        ))
        .evidence("algorithm: DSA; expected an EC, RSA or Ed25519 key")
        .help("make a new key on P-256, and have the certificate issued again for it");
}

static SPKI_DSA_PARAMS_MISSING: Rule = Rule {
    name: "spki-dsa-params-missing",
    severity: Severity::Error,
    citation: "RFC 3279 §2.3.2",
    summary: "The DSA key does not state its domain parameters.",
    explanation: "A DSA key without p, q and g takes them from its issuer's key, which few verifiers do: \
        the signatures of the key cannot be checked with the certificate alone. \
        Make a new key on P-256, and have the certificate issued again for it.",
    check: Check::Certificate(spki_dsa_params_missing),
};

fn spki_dsa_params_missing(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let parameters = certificate.key.algorithm.parameters;
    if certificate.key.kind != KeyKind::Dsa
        || parameters.is_some_and(|parameters| parameters.tag == tag::SEQUENCE)
    {
        return;
    }
    findings
        .at(analysis.place(id, KEY).inside("algorithm"))
        .message(format!(
            "the DSA key of `{}` does not state its domain parameters",
            certificate.label()
        ))
        .evidence(match parameters {
            Some(found) => format!(
                "an element with tag 0x{:02x}; expected p, q and g",
                found.tag
            ),
            None => "no parameters; expected p, q and g".to_owned(),
        })
        .help("make a new key on P-256, and have the certificate issued again for it");
}
