//! What rustls says, what that means, and which rules can be the cause.

use webpki::Error;

/// What rustls logs for an error (rustls 0.23 `src/webpki/mod.rs`, `pki_error`, and `src/error.rs`).
pub(super) fn text(error: &Error) -> String {
    let certificate = match error {
        Error::InvalidCrlSignatureForPublicKey => {
            return "invalid certificate revocation list: BadSignature".to_owned();
        }
        Error::IssuerNotCrlSigner => {
            return "invalid certificate revocation list: IssuerInvalidForCrl".to_owned();
        }
        Error::BadDer | Error::BadDerTime | Error::TrailingData(_) => "BadEncoding".to_owned(),
        Error::UnknownIssuer => "UnknownIssuer".to_owned(),
        Error::InvalidSignatureForPublicKey => "BadSignature".to_owned(),
        Error::InvalidCertValidity => "Expired".to_owned(),
        Error::CertRevoked => "Revoked".to_owned(),
        Error::UnknownRevocationStatus => "UnknownRevocationStatus".to_owned(),
        // rustls prints the octets of every algorithm behind these two.
        Error::UnsupportedSignatureAlgorithmContext(_) => {
            "UnsupportedSignatureAlgorithmContext".to_owned()
        }
        Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            "UnsupportedSignatureAlgorithmForPublicKeyContext".to_owned()
        }
        Error::CertExpired { time, not_after } => format!(
            "certificate expired: verification time {} (UNIX), but certificate is not valid after {} ({} seconds ago)",
            time.as_secs(),
            not_after.as_secs(),
            time.as_secs().saturating_sub(not_after.as_secs())
        ),
        Error::CertNotValidYet { time, not_before } => format!(
            "certificate not valid yet: verification time {} (UNIX), but certificate is not valid before {} ({} seconds in future)",
            time.as_secs(),
            not_before.as_secs(),
            not_before.as_secs().saturating_sub(time.as_secs())
        ),
        Error::RequiredEkuNotFoundContext(context) => {
            let present: Vec<String> = context
                .present
                .iter()
                .map(|purpose| purpose_text(purpose))
                .collect();
            let allows = if present.is_empty() {
                String::new()
            } else {
                format!(", allows {}", present.join(", "))
            };
            format!(
                "certificate does not allow extended key usage for client authentication{allows}"
            )
        }
        Error::CertNotValidForName(context) => {
            let presented = match context.presented.split_last() {
                None => "is not valid for any names (according to its subjectAltName extension)"
                    .to_owned(),
                Some((only, [])) => format!("is only valid for {only}"),
                Some((last, others)) => {
                    format!("is only valid for {} or {last}", others.join(", "))
                }
            };
            format!(
                "certificate not valid for name {:?}; certificate {presented}",
                context.expected.to_str()
            )
        }
        other => format!("Other(OtherError({other:?}))"),
    };
    format!("invalid peer certificate: {certificate}")
}

/// rustls writes known purposes by name and others as a list of numbers.
fn purpose_text(arcs: &[usize]) -> String {
    match arcs {
        [1, 3, 6, 1, 5, 5, 7, 3, 1] => "server authentication".to_owned(),
        [1, 3, 6, 1, 5, 5, 7, 3, 2] => "client authentication".to_owned(),
        _ => arcs
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// Our explanation of an error, and the rules whose findings can be its cause.
#[expect(clippy::too_many_lines, reason = "a table: one arm for each error")]
pub(super) fn explain(error: &Error) -> (&'static str, &'static [&'static str]) {
    match error {
        Error::UnknownIssuer => (
            "no certificate of the bundle, and none that the client sends, is the issuer",
            &[
                "chain-issuer-rekeyed",
                "chain-untrusted-root",
                "chain-issuer-not-found",
                "chain-issuer-name-encoding-differs",
                "chain-issuer-name-mismatch",
                "bundle-missing-intermediate",
                "bundle-missing-root",
                "chain-name-constraints-violated",
                "pem-byte-order-mark",
                "pem-boundary-indented",
                "pem-boundary-malformed",
                "pem-boundary-not-uppercase",
                "pem-missing-newline-between-blocks",
                "pem-unterminated-block",
                "pem-nested-begin",
                "pem-label-mismatch",
                "pem-legacy-label",
                "pem-trusted-certificate-label",
                "pem-invalid-base64",
                "pem-invalid-padding",
                "pem-headers-in-block",
                "pem-blank-line-in-block",
                "pem-escaped-newlines",
                "pem-der-input",
                "der-parse-failure",
                "der-trailing-data",
                "presented-chain-order-wrong",
            ],
        ),
        Error::InvalidSignatureForPublicKey => (
            "no certificate with the issuer's name has a key that verifies the signature (rustls verifies RSA from 2048 bits)",
            &[
                "chain-signature-invalid",
                "chain-issuer-rekeyed",
                "chain-untrusted-root",
                "spki-rsa-key-too-small",
                "spki-rsa-key-unusual",
                "spki-rsa-exponent-invalid",
                "spki-rsa-modulus-invalid",
                "spki-rsa-params-not-null",
                "spki-malformed",
                "spki-rsa-pss-oid",
            ],
        ),
        Error::CertExpired { .. } => (
            "a certificate that the client sends has expired",
            &["validity-expired"],
        ),
        Error::CertNotValidYet { .. } => (
            "a certificate that the client sends is not valid yet",
            &["validity-not-yet-valid"],
        ),
        Error::InvalidCertValidity => (
            "a certificate ends before it begins",
            &["validity-not-positive"],
        ),
        Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => (
            "a certificate that the client sends does not allow client authentication",
            &[
                "mtls-leaf-no-client-auth",
                "mtls-leaf-any-eku-only",
                "mtls-intermediate-excludes-client-auth",
                "chain-purpose-excluded",
                "extension-empty-sequence",
            ],
        ),
        Error::CaUsedAsEndEntity => (
            "the certificate that the client sends first is a CA certificate",
            &["mtls-leaf-is-ca", "bundle-leaf-not-first"],
        ),
        Error::EndEntityUsedAsCa => (
            "a certificate that the client sends as issuer is no CA certificate",
            &["chain-issuer-not-ca", "bc-missing-in-ca"],
        ),
        Error::PathLenConstraintViolated => (
            "more intermediates than a pathLenConstraint allows",
            &["chain-pathlen-exceeded"],
        ),
        Error::UnsupportedCertVersion => (
            "rustls reads version 3 certificates only",
            &["version-not-v3", "version-invalid", "chain-issuer-not-v3"],
        ),
        Error::UnsupportedCriticalExtension => (
            "a critical extension that rustls does not process",
            &["chain-critical-extension-unprocessed"],
        ),
        Error::NameConstraintViolation
        | Error::InvalidNetworkMaskConstraint
        | Error::MalformedNameConstraint => (
            "a name of the client is outside what a CA's name constraints permit",
            &[
                "chain-name-constraints-violated",
                "chain-name-constraints-not-processed",
                "nc-ip-invalid-mask",
            ],
        ),
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => (
            "a certificate is signed with an algorithm or key that rustls does not support",
            &[
                "chain-signature-key-type-mismatch",
                "chain-pss-key-params-conflict",
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
                "signature-sha1",
                "signature-md2-md4-md5",
                "spki-rsa-key-too-small",
                "spki-rsa-key-unusual",
                "spki-rsa-exponent-invalid",
                "spki-rsa-modulus-invalid",
                "spki-rsa-params-not-null",
                "spki-malformed",
                "spki-rsa-pss-oid",
                "spki-ec-curve-not-allowed",
                "spki-ec-point-not-uncompressed",
                "spki-ec-point-invalid",
                "spki-ec-params-not-named-curve",
                "spki-ec-params-missing",
                "spki-rsa-key-unusual",
                "spki-rsa-exponent-invalid",
                "spki-rsa-modulus-invalid",
                "spki-rsa-params-not-null",
                "spki-malformed",
                "spki-rsa-pss-oid",
            ],
        ),
        Error::BadDer
        | Error::BadDerTime
        | Error::TrailingData(_)
        | Error::ExtensionValueInvalid => (
            "a certificate's encoding is one that rustls does not read",
            &[
                "der-parse-failure",
                "der-trailing-data",
                "validity-invalid-date",
                "validity-wrong-time-type",
                "utc-time-no-seconds",
                "utc-time-not-zulu",
                "generalized-time-no-seconds",
                "generalized-time-fractional-seconds",
                "generalized-time-not-zulu",
                "extension-duplicate",
                "extension-value-malformed",
                "unique-identifier-present",
            ],
        ),
        Error::CertRevoked => (
            "a certificate of the path is revoked by one of the CRLs",
            &["crl-certificate-revoked"],
        ),
        Error::UnknownRevocationStatus => (
            "CRLs are given, and none of them covers a certificate of the path",
            &["crl-missing", "crl-number-invalid", "crl-no-next-update"],
        ),
        Error::InvalidCrlSignatureForPublicKey => (
            "a CRL's signature does not verify with the key of the CA that it is of",
            &["crl-signature-invalid"],
        ),
        Error::IssuerNotCrlSigner => (
            "the CA whose CRL is needed may not sign CRLs",
            &["crl-issuer-cannot-sign"],
        ),
        Error::InvalidSerialNumber => (
            "a serial number is negative, zero or longer than 20 octets",
            &["serial-not-positive", "serial-too-long"],
        ),
        Error::CertNotValidForName(_) => (
            "the certificate is for another name",
            &["identity-mismatch"],
        ),
        Error::SignatureAlgorithmMismatch => (
            "a certificate names two signature algorithms",
            &["signature-algorithm-mismatch"],
        ),
        Error::MaximumPathDepthExceeded => (
            "the path is longer than rustls-webpki follows: it allows six intermediates",
            &["mtls-verify-depth-exceeded"],
        ),
        Error::MaximumNameConstraintComparisonsExceeded => (
            "there are more names and name constraints than rustls compares",
            &["chain-name-constraints-violated"],
        ),
        Error::MaximumPathBuildCallsExceeded | Error::MaximumSignatureChecksExceeded => (
            "so many issuers are possible that rustls gives up",
            &["bundle-ambiguous-issuer", "chain-loop"],
        ),
        _ => ("rustls rejects for a reason that has no rule here", &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_read_as_rustls_writes_them() {
        assert_eq!(
            purpose_text(&[1, 3, 6, 1, 5, 5, 7, 3, 1]),
            "server authentication"
        );
        assert_eq!(purpose_text(&[2, 5, 29, 37, 0]), "2, 5, 29, 37, 0");
    }
}
