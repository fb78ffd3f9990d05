//! What an error means, and which rules can be its cause.

use super::chain::{Chain, Failure};
use super::code;
use super::x509::X509;
use crate::analysis::Analysis;

/// An error in our words, and the rules whose findings can be its cause, most telling first.
#[expect(clippy::too_many_lines, reason = "a table: one arm for each error")]
pub(super) fn explain(
    analysis: &Analysis<'_>,
    chain: &Chain<'_>,
    failure: &Failure,
) -> (String, &'static [&'static str]) {
    let describe = |depth: usize| match chain.certificates.get(depth) {
        Some(certificate) => describe(analysis, certificate),
        None => "the certificate".to_owned(),
    };
    let about = describe(failure.about);
    let detail = &failure.detail;
    match failure.code {
        code::UNABLE_TO_GET_ISSUER_CERT_LOCALLY => (
            format!(
                "{about} is not in the bundle, and no certificate of the bundle or sent by the client fits as its issuer: subject, authorityKeyIdentifier and keyCertSign all have to fit"
            ),
            NO_ISSUER,
        ),
        code::DEPTH_ZERO_SELF_SIGNED_CERT => (
            format!("{about} is self-signed, and the bundle does not hold it"),
            NOT_TRUSTED,
        ),
        code::SELF_SIGNED_CERT_IN_CHAIN => (
            format!("the client sends its root, {about}, which the bundle does not hold"),
            NOT_TRUSTED,
        ),
        code::CERT_SIGNATURE_FAILURE => {
            let issuer = describe(failure.about + 1);
            (
                format!(
                    "the key of {issuer}, the first that fits by name and key id, did not sign {about}, or its algorithm is refused (MD5); Envoy tries no other"
                ),
                WRONG_SIGNATURE,
            )
        }
        code::UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY => (
            format!("the public key of {about} is of a kind or form that BoringSSL cannot read"),
            &[
                "spki-ec-params-not-named-curve",
                "spki-ec-params-missing",
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
                "chain-signature-not-checked",
            ],
        ),
        code::CERT_HAS_EXPIRED => (format!("{about} has expired"), EXPIRED),
        code::CERT_NOT_YET_VALID => (format!("{about} is not valid yet"), NOT_YET_VALID),
        code::ERROR_IN_CERT_NOT_BEFORE_FIELD | code::ERROR_IN_CERT_NOT_AFTER_FIELD => (
            format!("a date of {about} has an offset from UTC, which BoringSSL does not accept"),
            crate::path::problem::UNREADABLE_DATE,
        ),
        code::UNHANDLED_CRITICAL_EXTENSION => (
            format!("{about}, which the client sends, has the critical extension {detail}"),
            &[
                "chain-critical-extension-unprocessed",
                "aki-critical",
                "ski-critical",
                "crldp-critical",
                "aia-critical",
                "sia-critical",
                "ian-critical",
            ],
        ),
        code::INVALID_CA => (
            format!(
                "{about}, which the client sends, issued another certificate and is no CA: basicConstraints with cA and, where there is keyUsage, keyCertSign are required"
            ),
            &[
                "chain-issuer-not-ca",
                "chain-issuer-not-v3",
                "chain-issuer-no-keycertsign",
                "bc-missing-in-ca",
            ],
        ),
        code::INVALID_PURPOSE => (
            format!(
                "extKeyUsage or keyUsage of {about} excludes TLS clients; anyExtendedKeyUsage does not count"
            ),
            PURPOSE,
        ),
        code::PATH_LENGTH_EXCEEDED => (
            format!("{about} allows {detail} CAs below it, and there are more"),
            &["chain-pathlen-exceeded"],
        ),
        code::CERT_REJECTED => (
            format!("the trust settings of {about} forbid its use for TLS clients"),
            &["pem-trusted-certificate-label"],
        ),
        code::INVALID_EXTENSION => (
            format!("an extension of {about} does not decode, is there twice, or makes no sense"),
            INVALID_EXTENSION,
        ),
        code::PERMITTED_VIOLATION
        | code::EXCLUDED_VIOLATION
        | code::SUBTREE_MINMAX
        | code::UNSUPPORTED_CONSTRAINT_TYPE
        | code::UNSUPPORTED_CONSTRAINT_SYNTAX
        | code::UNSUPPORTED_NAME_SYNTAX
        | code::UNSPECIFIED => (constraints(failure, &about), CONSTRAINTS),
        code::NAME_CONSTRAINTS_WITHOUT_SANS => (
            format!(
                "a CA has name constraints, and {about} has no subjectAltName while its commonName `{detail}` looks like a host name"
            ),
            &[
                "chain-name-constraints-cn-outside",
                "mtls-leaf-identity-missing",
            ],
        ),
        code::INVALID_POLICY_EXTENSION => (
            format!("an extension about policies in {about} does not decode or makes no sense"),
            &[
                "extension-value-malformed",
                "extension-duplicate",
                "cp-duplicate-oid",
                "pc-empty",
                "pm-any-policy",
            ],
        ),
        code::NO_EXPLICIT_POLICY => (
            "a CA demands a certificate policy, and the path is valid for none".to_owned(),
            &[
                "chain-policy-no-valid-path",
                "chain-policy-extension-absent",
            ],
        ),
        _ => revocation(failure, &about, &describe(failure.depth)),
    }
}

fn constraints(failure: &Failure, about: &str) -> String {
    let name = &failure.detail;
    match failure.code {
        code::PERMITTED_VIOLATION => {
            format!("{name} in {about} is outside of what a CA above permits")
        }
        code::EXCLUDED_VIOLATION => format!("{name} in {about} is among what a CA above excludes"),
        code::SUBTREE_MINMAX => {
            format!("a name constraint that concerns {name} in {about} has minimum or maximum")
        }
        code::UNSUPPORTED_CONSTRAINT_TYPE => format!(
            "a CA above constrains names of the form of {name} in {about}, and BoringSSL cannot compare this form (iPAddress is one of them)"
        ),
        code::UNSUPPORTED_CONSTRAINT_SYNTAX => {
            format!("a name constraint that concerns {name} in {about} is malformed")
        }
        code::UNSUPPORTED_NAME_SYNTAX => format!(
            "{name} in {about} or a constraint on it has a form that BoringSSL does not compare"
        ),
        _ => format!("{about} has more names than BoringSSL compares with constraints"),
    }
}

/// The errors of CRLs: `about` is the CRL's issuer, or the certificate.
fn revocation(
    failure: &Failure,
    about: &str,
    certificate: &str,
) -> (String, &'static [&'static str]) {
    match failure.code {
        code::UNABLE_TO_GET_CRL => (
            format!(
                "CRLs are given, so Envoy wants one for every certificate of the path, the last included; there is none that fits for {certificate}"
            ),
            &[
                "crl-missing",
                "crl-unreadable",
                "pem-unexpected-block",
                "pem-no-certificate",
                "bundle-missing-root",
                "mtls-verify-depth-exceeded",
            ],
        ),
        code::CERT_REVOKED => (
            format!("a CRL revokes {certificate}"),
            &["crl-certificate-revoked"],
        ),
        code::CRL_HAS_EXPIRED => (
            format!("the CRL for {certificate} has expired"),
            &["crl-expired"],
        ),
        code::CRL_NOT_YET_VALID => (
            format!("the CRL for {certificate} is not valid yet"),
            &["crl-not-yet-valid"],
        ),
        code::CRL_SIGNATURE_FAILURE => (
            format!("the key of {about} did not sign the CRL for {certificate}"),
            &["crl-signature-invalid", "crl-missing"],
        ),
        code::KEYUSAGE_NO_CRL_SIGN => (
            format!("keyUsage of {about} does not allow it to sign the CRL for {certificate}"),
            &[
                "crl-issuer-cannot-sign",
                "chain-crl-issuer-cannot-sign",
                "ku-ca-without-crlsign",
            ],
        ),
        code::DIFFERENT_CRL_SCOPE => (
            format!("the CRLs of the issuer of {certificate} are for other certificates"),
            &["crl-missing"],
        ),
        code::UNHANDLED_CRITICAL_CRL_EXTENSION => (
            format!(
                "the CRL for {certificate} has a critical extension that BoringSSL does not know"
            ),
            &["crl-unreadable", "crl-missing", "crl-number-invalid"],
        ),
        _ => (
            format!("a date of the CRL for {certificate} has an offset from UTC"),
            &["crl-unreadable", "crl-expired"],
        ),
    }
}

fn describe(analysis: &Analysis<'_>, certificate: &X509) -> String {
    match analysis.by_der(&certificate.der) {
        Some(id) => analysis.describe(id),
        None => "a certificate".to_owned(),
    }
}

const NO_ISSUER: &[&str] = &[
    "chain-untrusted-root",
    "chain-issuer-rekeyed",
    "chain-issuer-not-found",
    "chain-aki-ski-mismatch",
    "chain-aki-issuer-serial-mismatch",
    "chain-root-aki-not-own-ski",
    "chain-issuer-no-keycertsign",
    "chain-issuer-name-mismatch",
    "mtls-verify-depth-exceeded",
    "bundle-missing-intermediate",
    "bundle-missing-root",
    "mtls-leaf-self-signed",
    "pem-byte-order-mark",
    "pem-boundary-indented",
    "pem-boundary-malformed",
    "pem-boundary-not-uppercase",
    "pem-missing-newline-between-blocks",
    "pem-legacy-label",
    "pem-unexpected-block",
    "extension-value-malformed",
    "extension-duplicate",
    "bc-pathlen-without-ca",
    "bc-pathlen-negative",
];

const NOT_TRUSTED: &[&str] = &[
    "chain-untrusted-root",
    "mtls-leaf-self-signed",
    "chain-issuer-not-found",
    "presented-root-sent",
    "chain-issuer-rekeyed",
    "bundle-missing-root",
    "bundle-missing-intermediate",
    "pem-byte-order-mark",
    "pem-boundary-indented",
    "pem-boundary-malformed",
];

const WRONG_SIGNATURE: &[&str] = &[
    "chain-signature-invalid",
    "chain-issuer-rekeyed",
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
    "spki-rsa-key-unusual",
    "spki-rsa-exponent-invalid",
    "spki-rsa-modulus-invalid",
    "spki-rsa-params-not-null",
    "spki-malformed",
    "spki-rsa-pss-oid",
    "signature-algorithm-mismatch",
    "chain-signature-key-type-mismatch",
    "chain-same-subject-different-key",
    "bundle-ambiguous-issuer",
    "chain-untrusted-root",
    "aki-missing",
];

const EXPIRED: &[&str] = &["validity-expired", "chain-no-common-validity"];

const NOT_YET_VALID: &[&str] = &["validity-not-yet-valid", "chain-no-common-validity"];

const PURPOSE: &[&str] = &[
    "mtls-leaf-no-client-auth",
    "mtls-leaf-any-eku-only",
    "mtls-intermediate-excludes-client-auth",
    "mtls-root-excludes-client-auth",
    "chain-eku-not-nested",
    "mtls-leaf-no-digital-signature",
];

const INVALID_EXTENSION: &[&str] = &[
    "extension-value-malformed",
    "extension-duplicate",
    "bc-pathlen-without-ca",
    "bc-pathlen-negative",
    "der-parse-failure",
];

const CONSTRAINTS: &[&str] = &[
    "chain-name-constraints-violated",
    "chain-name-constraints-not-processed",
    "nc-minimum-not-zero",
    "nc-maximum-present",
    "nc-unsupported-type",
    "nc-email-invalid",
    "nc-uri-invalid",
    "gn-email-invalid",
    "gn-uri-invalid",
];

/// Why the file of trusted certificates cannot be used.
pub(super) const REFUSED: &[&str] = &[
    "pem-empty-input",
    "pem-double-base64",
    "pem-escaped-newlines",
    "pem-not-ascii-text",
    "pem-der-input",
    "pem-line-endings-cr",
    "pem-no-certificate",
    "pem-boundary-indented",
    "pem-boundary-malformed",
    "pem-boundary-not-uppercase",
    "pem-byte-order-mark",
    "pem-unterminated-block",
    "pem-label-mismatch",
    "pem-nested-begin",
    "pem-missing-newline-between-blocks",
    "pem-blank-line-in-block",
    "pem-headers-in-block",
    "pem-invalid-base64",
    "pem-invalid-padding",
    "pem-empty-block",
    "der-parse-failure",
    "pem-unexpected-block",
    "pem-private-key-present",
    "crl-unreadable",
    "version-invalid",
    "version-extensions-need-v3",
    "validity-invalid-date",
    "utc-time-no-seconds",
    "utc-time-not-zulu",
    "generalized-time-no-seconds",
    "generalized-time-fractional-seconds",
    "generalized-time-not-zulu",
    "string-invalid-utf8",
    "string-invalid-bmp-or-universal",
    "name-malformed-rdn",
    "unique-identifier-needs-v2",
];

/// Why the file of CRLs cannot be used.
pub(super) const CRLS_REFUSED: &[&str] = &[
    "crl-unreadable",
    "pem-unterminated-block",
    "pem-label-mismatch",
    "pem-blank-line-in-block",
    "pem-headers-in-block",
    "pem-invalid-base64",
    "pem-invalid-padding",
    "pem-empty-block",
    "pem-empty-input",
    "der-parse-failure",
];

/// Why the client sends no certificate.
pub(super) const NO_SCHEME: &[&str] = &[
    "mtls-leaf-key-not-usable-in-tls",
    "spki-algorithm-unknown",
    "spki-prehash-pq-key",
    "spki-pre-standard-pq-oid",
    "mtls-leaf-key-not-offered",
    "mtls-leaf-curve-not-in-tls13",
    "spki-ec-curve-not-allowed",
    "spki-ec-point-not-uncompressed",
    "spki-ec-point-invalid",
    "spki-ec-params-not-named-curve",
    "spki-rsa-key-too-small",
    "spki-rsa-key-unusual",
    "spki-rsa-exponent-invalid",
    "spki-rsa-modulus-invalid",
    "spki-rsa-params-not-null",
    "spki-malformed",
    "spki-rsa-pss-oid",
];

/// Why a certificate that the client sends cannot be read.
pub(super) const UNREADABLE: &[&str] = &[
    "der-parse-failure",
    "der-trailing-data",
    "version-invalid",
    "version-extensions-need-v3",
    "validity-invalid-date",
    "spki-rsa-key-too-small",
    "spki-rsa-key-unusual",
    "spki-rsa-exponent-invalid",
    "spki-rsa-modulus-invalid",
    "spki-rsa-params-not-null",
    "spki-malformed",
    "spki-rsa-pss-oid",
    "spki-ec-params-not-named-curve",
    "utc-time-no-seconds",
    "utc-time-not-zulu",
    "generalized-time-no-seconds",
    "generalized-time-fractional-seconds",
    "generalized-time-not-zulu",
    "string-invalid-utf8",
    "string-invalid-bmp-or-universal",
    "name-malformed-rdn",
    "unique-identifier-needs-v2",
];
