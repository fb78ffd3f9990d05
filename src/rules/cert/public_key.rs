//! Public keys that are too small, or not described as they should be (RFC 5480 §2.1.1).

use crate::analysis::{Analysis, CertificateId};
use crate::cert::key::KeyKind;
use crate::cert::oid::{self, Oid};
use crate::cert::{Certificate, Field};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &SPKI_RSA_KEY_TOO_SMALL,
    &SPKI_RSA_KEY_UNUSUAL,
    &SPKI_EC_PARAMS_NOT_NAMED_CURVE,
    &SPKI_EC_PARAMS_MISSING,
    &SPKI_EC_CURVE_NOT_ALLOWED,
    &SPKI_EC_POINT_NOT_UNCOMPRESSED,
];

const KEY: Field<'static> = Field::SubjectPublicKeyInfo;

/// The smallest RSA modulus that gives 112 bits of strength (SP 800-57 part 1, table 2).
const SMALLEST_RSA: usize = 2048;

static SPKI_RSA_KEY_TOO_SMALL: Rule = Rule {
    name: "spki-rsa-key-too-small",
    severity: Severity::Error,
    citation: "SP 800-131A §3; SP 800-57 part 1 §5.6.1",
    summary: "The RSA key has fewer than 2048 bits.",
    explanation: "nginx and httpd with OpenSSL 3 reject an RSA key of 1024 bits, in a client certificate (66) as in a root (67), \
        and rustls takes signatures of such keys for bad; Envoy, Go, Java and GnuTLS accept them. \
        Make a new key of 2048 bits or more, or one on the curve P-256, and have the certificate issued again.",
    check: Check::Certificate(spki_rsa_key_too_small),
};

fn spki_rsa_key_too_small(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(bits) = certificate
        .key
        .rsa_bits()
        .filter(|&bits| bits < SMALLEST_RSA)
    else {
        return;
    };
    findings
        .at(analysis.place(id, KEY))
        .message(format!(
            "the RSA key of `{}` is too small",
            certificate.label()
        ))
        .evidence(format!("{bits} bits; expected {SMALLEST_RSA} or more"))
        .help("make a new key of 2048 bits or more, and have the certificate issued again for it");
}

/// The largest modulus, and the largest exponent, that every verifier takes, in bits.
const LARGEST_RSA: usize = 8192;
const LARGEST_EXPONENT: usize = 31;

static SPKI_RSA_KEY_UNUSUAL: Rule = Rule {
    name: "spki-rsa-key-unusual",
    severity: Severity::Warning,
    citation: "RFC 8017 §3.1; SP 800-89 §5.3.3",
    summary: "The RSA key is larger than 8192 bits, or its exponent is larger than 31 bits.",
    explanation: "rustls takes no larger key, and Go none in the handshake; exponents of 32 bits and more Go refuses, of 34 bits and more \
        rustls and Envoy as well. OpenSSL and GnuTLS take what is large. \
        Make a new key of 2048 to 4096 bits with the exponent 65537, or one on the curve P-256, and have the certificate issued again.",
    check: Check::Certificate(spki_rsa_key_unusual),
};

fn spki_rsa_key_unusual(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let (Some(bits), Some(exponent)) = (certificate.key.rsa_bits(), certificate.key.rsa_exponent())
    else {
        return;
    };
    let leading = exponent.first().map_or(0, |first| first.leading_zeros());
    let exponent_bits = exponent.len() * 8 - leading as usize;
    if bits <= LARGEST_RSA && exponent_bits <= LARGEST_EXPONENT {
        return;
    }
    findings
        .at(analysis.place(id, KEY))
        .message(format!(
            "the RSA key of `{}` is one that not every verifier takes",
            certificate.label()
        ))
        .evidence(format!(
            "a modulus of {bits} bits; expected {SMALLEST_RSA} to {LARGEST_RSA}"
        ))
        .evidence(format!(
            "an exponent of {exponent_bits} bits; expected 65537"
        ))
        .help(
            "make a new key with the exponent 65537, and have the certificate issued again for it",
        );
}

/// Whether the key is an EC key whose curve is not named.
fn lacks_curve(certificate: &Certificate) -> bool {
    certificate.key.kind == KeyKind::Ec && certificate.key.curve().is_none()
}

static SPKI_EC_PARAMS_NOT_NAMED_CURVE: Rule = Rule {
    name: "spki-ec-params-not-named-curve",
    severity: Severity::Error,
    citation: "RFC 5480 §2.1.1",
    summary: "The EC key describes its curve instead of naming it.",
    explanation: "RFC 5480 allows only named curves: a curve given by its numbers can be chosen to make forgeries verify (CVE-2020-0601). \
        nginx, httpd and HAProxy with OpenSSL 3 reject the path (94), Envoy, Go, GnuTLS and rustls as well, and Java does not start with such a CA in its bundle. \
        Have the certificate issued again for a key made with `-pkeyopt ec_param_enc:named_curve`.",
    check: Check::Certificate(spki_ec_params_not_named_curve),
};

fn spki_ec_params_not_named_curve(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(parameters) = certificate
        .key
        .algorithm
        .parameters
        .filter(|_| lacks_curve(certificate))
    else {
        return;
    };
    findings
        .at(analysis.place(id, KEY))
        .message(format!(
            "the EC key of `{}` does not name its curve",
            certificate.label()
        ))
        .evidence(if parameters.tag == crate::cert::der::tag::NULL {
            "the parameters are NULL, which means that the issuer's curve is inherited; expected the OID of a curve".to_owned()
        } else {
            format!(
                "the parameters describe a curve in {} bytes; expected the OID of a curve",
                parameters.raw().len()
            )
        })
        .help("write the key with a named curve, and have the certificate issued again for it");
}

static SPKI_EC_PARAMS_MISSING: Rule = Rule {
    name: "spki-ec-params-missing",
    severity: Severity::Error,
    citation: "RFC 5480 §2.1.1",
    summary: "The EC key does not say on which curve it is.",
    explanation: "Without the curve's name the point means nothing, and no verifier can use the key. \
        Have the certificate issued again for a key whose algorithm identifier names the curve.",
    check: Check::Certificate(spki_ec_params_missing),
};

fn spki_ec_params_missing(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if !lacks_curve(certificate) || certificate.key.algorithm.parameters.is_some() {
        return;
    }
    findings
        .at(analysis.place(id, KEY))
        .message(format!(
            "the EC key of `{}` does not say on which curve it is",
            certificate.label()
        ))
        .evidence("the algorithm identifier has no parameters; expected the OID of a curve")
        .help("write the key with a named curve, and have the certificate issued again for it");
}

/// The curves that every verifier knows (RFC 8446 §4.2.3).
const COMMON_CURVES: [Oid<'static>; 3] = [oid::P256, oid::P384, oid::P521];

static SPKI_EC_CURVE_NOT_ALLOWED: Rule = Rule {
    name: "spki-ec-curve-not-allowed",
    severity: Severity::Warning,
    citation: "RFC 5480 §2.1.1.1; SP 800-186",
    summary: "The EC key is on a curve other than P-256, P-384 and P-521.",
    explanation: "Few verifiers know other curves: a client certificate on P-224 or secp256k1 is rejected by every server that was tried, \
        nginx, Envoy, Go, Java and rustls among them, because TLS 1.3 offers no signature for it. \
        Make a new key on P-256, and have the certificate issued again.",
    check: Check::Certificate(spki_ec_curve_not_allowed),
};

fn spki_ec_curve_not_allowed(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(curve) = certificate
        .key
        .curve()
        .filter(|curve| !COMMON_CURVES.contains(curve))
    else {
        return;
    };
    findings
        .at(analysis.place(id, KEY))
        .message(format!(
            "the key of `{}` is on a curve that few verifiers know",
            certificate.label()
        ))
        .evidence(format!(
            "curve: {}; expected P-256, P-384 or P-521",
            curve.name()
        ))
        .help("make a new key on P-256, and have the certificate issued again for it");
}

static SPKI_EC_POINT_NOT_UNCOMPRESSED: Rule = Rule {
    name: "spki-ec-point-not-uncompressed",
    severity: Severity::Warning,
    citation: "RFC 5480 §2.2",
    summary: "The EC key is a compressed point, or in a form that is not allowed.",
    explanation: "RFC 5480 leaves it to an implementation whether it reads compressed points. OpenSSL and Envoy do; Go, Java and GnuTLS do not, \
        and take no such CA from a bundle. Every verifier reads uncompressed points: have the certificate issued again for the key as \
        `openssl ec -conv_form uncompressed` writes it.",
    check: Check::Certificate(spki_ec_point_not_uncompressed),
};

fn spki_ec_point_not_uncompressed(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    const UNCOMPRESSED: u8 = 4;
    let certificate = analysis.certificate(id);
    let form = certificate.key.bits.first();
    if certificate.key.kind != KeyKind::Ec || form == Some(&UNCOMPRESSED) {
        return;
    }
    findings
        .at(analysis.place(id, KEY))
        .message(format!(
            "the EC key of `{}` is not an uncompressed point",
            certificate.label()
        ))
        .evidence(match form {
            Some(form) => format!("its first octet is {form:02x}; expected 04"),
            None => "it is empty".to_owned(),
        })
        .help("have the certificate issued again for the key with an uncompressed point");
}
