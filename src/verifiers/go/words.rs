//! What Go's errors mean, and the rules that find their causes.

mod parse;

use super::verify::{Problem, VerifyError};
use crate::analysis::Analysis;

/// An explanation, and the rules whose findings can be the cause.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    pub(super) explanation: String,
    pub(super) causes: &'static [&'static str],
}

fn words(explanation: impl Into<String>, causes: &'static [&'static str]) -> Words {
    Words {
        explanation: explanation.into(),
        causes,
    }
}

pub(super) fn no_anchor() -> Words {
    words(
        "Go finds no block labelled CERTIFICATE in the bundle that it can read; Traefik refuses the file, Caddy starts and rejects every client",
        NO_ANCHOR,
    )
}

pub(super) fn no_certificate(causes: &'static [&'static str]) -> Words {
    words("the client has no certificate to send", causes)
}

/// `what`: what the server does not offer a scheme for.
pub(super) fn not_sent(what: &str) -> Words {
    words(
        format!(
            "Go offers no signature scheme for {what}, so a client built on OpenSSL sends no certificate"
        ),
        &[
            "mtls-leaf-key-not-offered",
            "mtls-leaf-key-not-usable-in-tls",
            "spki-algorithm-unknown",
            "spki-prehash-pq-key",
            "spki-pre-standard-pq-oid",
            "mtls-leaf-curve-not-in-tls13",
            "spki-ec-curve-not-allowed",
            "spki-ec-point-not-uncompressed",
            "spki-ec-point-invalid",
            "spki-rsa-key-too-small",
            "spki-rsa-key-unusual",
            "spki-rsa-exponent-invalid",
            "spki-rsa-modulus-invalid",
            "spki-rsa-params-not-null",
            "spki-malformed",
            "spki-rsa-pss-oid",
            "signature-md2-md4-md5",
            "signature-rarely-supported",
            "signature-pss-hash-mgf-differ",
            "signature-pss-salt-length",
            "signature-pss-weak-hash",
            "signature-pss-params-invalid",
            "signature-pss-mgf-not-mgf1",
            "signature-pss-trailer-field",
            "signature-ecdsa-params-present",
            "signature-eddsa-params-present",
            "signature-rsa-params-not-null",
            "signature-algorithm-unknown",
            "signature-sha1",
            "der-parse-failure",
        ],
    )
}

pub(super) fn admitted_without(words: &Words) -> Words {
    Words {
        explanation: format!("{}; the setting lets it in without one", words.explanation),
        causes: &[],
    }
}

pub(super) fn not_verified() -> Words {
    words(
        "with RequestClientCert Go verifies no client certificate; what the program does with it is its own affair",
        &[],
    )
}

pub(super) fn other_purpose() -> Words {
    words("--purpose client gives a verdict", &[])
}

pub(super) fn undecided() -> Words {
    words(
        "the outcome hangs on that signature, which Go verifies",
        &["chain-signature-not-checked"],
    )
}

pub(super) fn large_key(who: &str) -> Words {
    words(
        format!("the RSA key of {who} is larger than Go takes from a client"),
        &[
            "mtls-leaf-key-not-offered",
            "mtls-leaf-key-not-usable-in-tls",
            "spki-algorithm-unknown",
            "spki-prehash-pq-key",
            "spki-pre-standard-pq-oid",
        ],
    )
}

pub(super) fn weak_key() -> Words {
    words(
        "the certificate is good, but Go verifies the client's handshake signature only with RSA keys from 1024 bits and with odd exponents",
        &[
            "spki-rsa-key-too-small",
            "mtls-leaf-key-not-offered",
            "spki-rsa-key-unusual",
            "spki-rsa-exponent-invalid",
            "spki-rsa-modulus-invalid",
            "spki-rsa-params-not-null",
            "spki-malformed",
            "spki-rsa-pss-oid",
            "mtls-leaf-key-not-usable-in-tls",
            "spki-algorithm-unknown",
            "spki-prehash-pq-key",
            "spki-pre-standard-pq-oid",
        ],
    )
}

/// A certificate that the client sent and Go cannot read.
pub(super) fn unreadable(who: &str, error: &str) -> Words {
    words(
        format!("Go cannot read {who}, which the client sends, and ends the handshake"),
        parse::causes(error),
    )
}

/// The issuer is in the bundle, and Go has not read it from there; `without` is what is said if it is not.
pub(super) fn left_out(issuer: &str, error: &str, without: &Words) -> Words {
    if error.is_empty() {
        return words(
            format!(
                "{issuer} is the issuer by its name, but Go passes over its block in the bundle"
            ),
            without.causes,
        );
    }
    words(
        format!("{issuer} is the issuer by its name, but Go leaves it out of the bundle: {error}"),
        parse::causes(error),
    )
}

/// An error of `Certificate.Verify`.
pub(super) fn of_error(error: &VerifyError, analysis: &Analysis<'_>) -> Words {
    let describe = |der: &[u8]| match analysis.by_der(der) {
        Some(id) => analysis.describe(id),
        None => "a certificate that this tool could not read".to_owned(),
    };
    let who = describe(&error.certificate);
    match &error.problem {
        Problem::UnhandledCritical => words(
            format!("{who} has a critical extension that Go does not process, or a part of one"),
            &[
                "chain-critical-extension-unprocessed",
                "chain-name-constraints-not-processed",
                "nc-unsupported-type",
                "san-critical-with-subject",
            ],
        ),
        Problem::Expired(_) => words(format!("{who} is not valid at that time"), VALIDITY),
        Problem::NotAuthorizedToSign => words(
            format!("{who} was sent as an intermediate, and its basicConstraints do not say cA"),
            NOT_CA,
        ),
        Problem::TooManyIntermediates => words(
            format!(
                "there are more CAs below {who} than its pathLenConstraint allows; Go counts self-issued ones, too"
            ),
            &["chain-pathlen-exceeded", "chain-pathlen-inconsistent"],
        ),
        Problem::IncompatibleUsage => words(
            "in every chain a certificate, anchors included, has an extKeyUsage without clientAuth",
            &[
                "mtls-leaf-no-client-auth",
                "mtls-intermediate-excludes-client-auth",
                "mtls-root-excludes-client-auth",
                "chain-purpose-excluded",
                "chain-eku-not-nested",
            ],
        ),
        Problem::Names(_) => words(
            "a CA of the chain, anchors included, does not allow that name; Go checks no distinguished names",
            &[
                "chain-name-constraints-violated",
                "chain-name-constraints-not-processed",
                "gn-email-invalid",
                "gn-uri-invalid",
                "gn-dns-invalid-syntax",
                "gn-dns-empty-label",
            ],
        ),
        Problem::NoValidChains(_) => words(
            "chains were found, and each was dropped, for its policies or a key that Go distrusts",
            &[
                "chain-policy-no-valid-path",
                "chain-policy-extension-absent",
                "chain-policy-not-in-issuer",
                "chain-policy-mapping-inhibited",
                "chain-any-policy-inhibited",
                "pm-any-policy",
            ],
        ),
        Problem::SignatureLimit => words(
            "there are so many certificates with the same names that Go gave up after 100 candidates",
            &[
                "chain-search-limit-reached",
                "chain-same-subject-different-key",
                "bundle-ambiguous-issuer",
            ],
        ),
        Problem::UnknownAuthority(None) => words(
            format!(
                "neither the bundle nor the client has a certificate whose subject is, byte by byte, the issuer of {who}"
            ),
            NO_ISSUER,
        ),
        Problem::UnknownAuthority(Some(hint)) => {
            let candidate = describe(&hint.candidate);
            let (what, causes) = of_hint(&hint.error);
            words(
                format!("{candidate} has the name of the issuer of {who}, but {what}"),
                causes,
            )
        }
    }
}

/// What speaks against the candidate for an issuer.
fn of_hint(error: &str) -> (&'static str, &'static [&'static str]) {
    if error.contains("cannot sign") {
        ("is no CA, or its keyUsage has no keyCertSign", NOT_CA)
    } else if error.contains("insecure algorithm") {
        (
            "Go takes no signature of that algorithm",
            &["signature-sha1", "signature-md2-md4-md5"],
        )
    } else if error.contains("expired") {
        ("is not valid at that time", VALIDITY)
    } else if error.contains("-bit keys") || error.contains("public exponent") {
        (
            "Go does not verify with its key",
            &[
                "spki-rsa-key-too-small",
                "spki-rsa-key-unusual",
                "spki-rsa-exponent-invalid",
                "spki-rsa-modulus-invalid",
                "spki-rsa-params-not-null",
                "spki-malformed",
                "spki-rsa-pss-oid",
                "chain-signature-not-checked",
            ],
        )
    } else if error.contains("too many intermediates") {
        (
            "its pathLenConstraint is exceeded",
            &["chain-pathlen-exceeded", "chain-pathlen-inconsistent"],
        )
    } else if error.contains("critical extension") {
        (
            "has a critical extension that Go does not process",
            &[
                "chain-critical-extension-unprocessed",
                "chain-name-constraints-not-processed",
                "nc-unsupported-type",
            ],
        )
    } else if error.contains("authorized to sign") {
        ("is no CA", NOT_CA)
    } else if error.contains("specifies an") || error.contains("unimplemented") {
        (
            "its key makes no signatures of that algorithm, or Go does not know it",
            &[
                "chain-signature-key-type-mismatch",
                "chain-signature-invalid",
                "chain-issuer-rekeyed",
                "signature-rarely-supported",
                "signature-pss-hash-mgf-differ",
                "signature-pss-salt-length",
                "signature-pss-weak-hash",
                "signature-pss-params-invalid",
                "signature-pss-mgf-not-mgf1",
                "signature-pss-trailer-field",
                "signature-ecdsa-params-present",
                "signature-eddsa-params-present",
                "signature-rsa-params-not-null",
                "signature-algorithm-unknown",
                "signature-sha1",
                "spki-rsa-key-unusual",
                "spki-rsa-exponent-invalid",
                "spki-rsa-modulus-invalid",
                "spki-rsa-params-not-null",
                "spki-malformed",
                "spki-rsa-pss-oid",
                "chain-signature-not-checked",
            ],
        )
    } else {
        (
            "its key did not make the signature",
            &[
                "chain-issuer-rekeyed",
                "chain-signature-invalid",
                "chain-same-subject-different-key",
                "chain-untrusted-root",
                "bundle-missing-intermediate",
                "chain-issuer-not-found",
            ],
        )
    }
}

const VALIDITY: &[&str] = &[
    "validity-expired",
    "validity-not-yet-valid",
    "chain-no-common-validity",
    "chain-validity-not-nested",
];

const NOT_CA: &[&str] = &[
    "chain-issuer-not-ca",
    "chain-issuer-no-keycertsign",
    "chain-issuer-not-v3",
    "bc-missing-in-ca",
    "ku-ca-without-keycertsign",
];

const NO_ISSUER: &[&str] = &[
    "bundle-missing-intermediate",
    "spki-rsa-key-unusual",
    "spki-rsa-exponent-invalid",
    "spki-rsa-modulus-invalid",
    "spki-rsa-params-not-null",
    "spki-malformed",
    "spki-rsa-pss-oid",
    "bundle-missing-root",
    "chain-issuer-not-found",
    "chain-untrusted-root",
    "chain-issuer-name-encoding-differs",
    "chain-issuer-name-mismatch",
    "bundle-only-root",
    "mtls-leaf-self-signed",
    "pem-byte-order-mark",
    "pem-boundary-indented",
    "pem-boundary-malformed",
    "pem-headers-in-block",
    "pem-legacy-label",
    "pem-trusted-certificate-label",
    "pem-unterminated-block",
    "pem-invalid-base64",
    "serial-not-positive",
    "spki-ec-params-not-named-curve",
    "extension-value-malformed",
    "der-parse-failure",
    "der-trailing-data",
];

const NO_ANCHOR: &[&str] = &[
    "pem-empty-input",
    "pem-double-base64",
    "pem-escaped-newlines",
    "pem-not-ascii-text",
    "pem-der-input",
    "pem-legacy-label",
    "pem-trusted-certificate-label",
    "pem-boundary-indented",
    "pem-boundary-malformed",
    "pem-boundary-not-uppercase",
    "pem-byte-order-mark",
    "pem-line-endings-cr",
    "pem-headers-in-block",
    "pem-no-certificate",
    "pem-unexpected-block",
    "pem-unterminated-block",
    "pem-label-mismatch",
    "pem-invalid-base64",
    "pem-invalid-padding",
    "der-parse-failure",
    "der-trailing-data",
    "serial-not-positive",
    "spki-ec-params-not-named-curve",
    "spki-ec-curve-not-allowed",
    "spki-ec-point-not-uncompressed",
    "spki-ec-point-invalid",
    "spki-rsa-key-unusual",
    "spki-rsa-exponent-invalid",
    "spki-rsa-modulus-invalid",
    "spki-rsa-params-not-null",
    "spki-malformed",
    "spki-rsa-pss-oid",
    "extension-value-malformed",
    "string-printable-bad-character",
    "string-invalid-utf8",
    "string-invalid-bmp-or-universal",
    "string-deprecated-type",
    "name-malformed-rdn",
];
