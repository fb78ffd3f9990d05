//! The rules that find what Go refuses in a certificate.

/// The rules whose findings can be why Go says this of a certificate.
pub(super) fn causes(error: &str) -> &'static [&'static str] {
    let known = CAUSES.iter().find(|(part, _)| error.contains(part));
    known.map_or(OTHERS, |(_, causes)| *causes)
}

/// Parts of Go's errors.
const CAUSES: &[(&str, &[&str])] = &[
    ("negative serial number", &["serial-not-positive"]),
    ("RSA key missing NULL", &["spki-rsa-params-not-null"]),
    ("RSA modulus", &["spki-rsa-modulus-invalid"]),
    ("invalid RSA public key", &["spki-malformed"]),
    ("not on curve", &["spki-ec-point-invalid"]),
    ("wrong Ed25519 public key", &["spki-eddsa-key-length"]),
    ("wrong X25519 public key", &["spki-eddsa-key-length"]),
    ("Ed25519 key encoded with", &["spki-eddsa-params-present"]),
    ("X25519 key encoded with", &["spki-eddsa-params-present"]),
    ("mldsa: invalid public key", &["spki-mldsa-key-length"]),
    ("ML-DSA key encoded with", &["spki-mldsa-params-present"]),
    ("invalid ECDSA parameters", CURVE),
    ("unsupported elliptic curve", CURVE),
    (
        "unmarshal elliptic curve point",
        &["spki-ec-point-not-uncompressed", "spki-ec-point-invalid"],
    ),
    ("point encoding", &["spki-ec-point-not-uncompressed"]),
    (
        "RSA public exponent",
        &["spki-rsa-key-unusual", "spki-rsa-exponent-invalid"],
    ),
    ("invalid version", &["version-invalid"]),
    (
        "empty name constraints",
        &["nc-empty", "extension-empty-sequence"],
    ),
    ("dnsName constraint", &["nc-dns-invalid"]),
    ("rfc822Name constraint", &["nc-email-invalid"]),
    ("URI constraint", &["nc-uri-invalid"]),
    ("constraint contained value", &["nc-ip-wrong-length"]),
    ("constraint contained invalid mask", &["nc-ip-invalid-mask"]),
    (
        "cannot parse URI",
        &["gn-uri-invalid", "gn-uri-relative", "gn-dns-invalid-syntax"],
    ),
    ("cannot parse IP address", &["gn-ip-wrong-length"]),
    (
        "uniformResourceIdentifier is malformed",
        &["gn-uri-not-ia5"],
    ),
    ("dNSName is malformed", &["gn-dns-not-ia5"]),
    ("rfc822Name is malformed", &["gn-email-invalid"]),
    ("authority info access incorrectly", &["aia-critical"]),
    ("authority key identifier incorrectly", &["aki-critical"]),
    ("subject key identifier incorrectly", &["ski-critical"]),
    (
        "certificate policies",
        &["cp-duplicate-oid", "extension-value-malformed"],
    ),
    (
        "basic constraints",
        &["bc-pathlen-negative", "extension-value-malformed"],
    ),
    ("invalid RDNSequence", NAME),
    ("Time", DATE),
    ("time format", DATE),
    (
        "duplicate extension",
        &["extension-duplicate", "extension-value-malformed"],
    ),
    (
        "signature algorithm identifiers don't match",
        &["signature-algorithm-mismatch"],
    ),
    (
        "trailing data",
        &["der-trailing-data", "pem-trusted-certificate-label"],
    ),
];

const CURVE: &[&str] = &[
    "spki-ec-params-not-named-curve",
    "spki-ec-params-missing",
    "spki-ec-curve-not-allowed",
];

const DATE: &[&str] = crate::path::problem::UNREADABLE_DATE;

const NAME: &[&str] = &[
    "string-printable-bad-character",
    "string-invalid-utf8",
    "string-invalid-bmp-or-universal",
    "string-deprecated-type",
    "name-malformed-rdn",
    "der-parse-failure",
];

const OTHERS: &[&str] = &[
    "extension-value-malformed",
    "extension-empty-sequence",
    "der-parse-failure",
    "der-trailing-data",
];
