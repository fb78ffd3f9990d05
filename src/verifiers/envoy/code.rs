//! BoringSSL's numbers for why a certificate is not accepted, and its words for them.
//!
//! Source: BoringSSL `include/openssl/x509.h` (`X509_V_ERR_*`), `crypto/x509/x509_txt.cc`
//! (`X509_verify_cert_error_string`) and `ssl/ssl_x509.cc` (`SSL_alert_from_verify_result`). Some numbers mean something
//! else in OpenSSL.

pub(super) const UNSPECIFIED: i32 = 1;
pub(super) const UNABLE_TO_GET_CRL: i32 = 3;
pub(super) const UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: i32 = 6;
pub(super) const CERT_SIGNATURE_FAILURE: i32 = 7;
pub(super) const CRL_SIGNATURE_FAILURE: i32 = 8;
pub(super) const CERT_NOT_YET_VALID: i32 = 9;
pub(super) const CERT_HAS_EXPIRED: i32 = 10;
pub(super) const CRL_NOT_YET_VALID: i32 = 11;
pub(super) const CRL_HAS_EXPIRED: i32 = 12;
pub(super) const ERROR_IN_CERT_NOT_BEFORE_FIELD: i32 = 13;
pub(super) const ERROR_IN_CERT_NOT_AFTER_FIELD: i32 = 14;
pub(super) const ERROR_IN_CRL_LAST_UPDATE_FIELD: i32 = 15;
pub(super) const ERROR_IN_CRL_NEXT_UPDATE_FIELD: i32 = 16;
pub(super) const DEPTH_ZERO_SELF_SIGNED_CERT: i32 = 18;
pub(super) const SELF_SIGNED_CERT_IN_CHAIN: i32 = 19;
pub(super) const UNABLE_TO_GET_ISSUER_CERT_LOCALLY: i32 = 20;
pub(super) const CERT_REVOKED: i32 = 23;
pub(super) const INVALID_CA: i32 = 24;
pub(super) const PATH_LENGTH_EXCEEDED: i32 = 25;
pub(super) const INVALID_PURPOSE: i32 = 26;
pub(super) const CERT_REJECTED: i32 = 28;
pub(super) const UNHANDLED_CRITICAL_EXTENSION: i32 = 34;
pub(super) const KEYUSAGE_NO_CRL_SIGN: i32 = 35;
pub(super) const UNHANDLED_CRITICAL_CRL_EXTENSION: i32 = 36;
pub(super) const INVALID_EXTENSION: i32 = 41;
pub(super) const INVALID_POLICY_EXTENSION: i32 = 42;
pub(super) const NO_EXPLICIT_POLICY: i32 = 43;
pub(super) const DIFFERENT_CRL_SCOPE: i32 = 44;
pub(super) const PERMITTED_VIOLATION: i32 = 47;
pub(super) const EXCLUDED_VIOLATION: i32 = 48;
pub(super) const SUBTREE_MINMAX: i32 = 49;
pub(super) const UNSUPPORTED_CONSTRAINT_TYPE: i32 = 51;
pub(super) const UNSUPPORTED_CONSTRAINT_SYNTAX: i32 = 52;
pub(super) const UNSUPPORTED_NAME_SYNTAX: i32 = 53;
pub(super) const NAME_CONSTRAINTS_WITHOUT_SANS: i32 = 67;

/// BoringSSL's words for a number.
pub(super) fn text(code: i32) -> &'static str {
    match code {
        UNABLE_TO_GET_CRL => "unable to get certificate CRL",
        UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY => "unable to decode issuer public key",
        CERT_SIGNATURE_FAILURE => "certificate signature failure",
        CRL_SIGNATURE_FAILURE => "CRL signature failure",
        CERT_NOT_YET_VALID => "certificate is not yet valid",
        CERT_HAS_EXPIRED => "certificate has expired",
        CRL_NOT_YET_VALID => "CRL is not yet valid",
        CRL_HAS_EXPIRED => "CRL has expired",
        ERROR_IN_CERT_NOT_BEFORE_FIELD => "format error in certificate's notBefore field",
        ERROR_IN_CERT_NOT_AFTER_FIELD => "format error in certificate's notAfter field",
        ERROR_IN_CRL_LAST_UPDATE_FIELD => "format error in CRL's lastUpdate field",
        ERROR_IN_CRL_NEXT_UPDATE_FIELD => "format error in CRL's nextUpdate field",
        DEPTH_ZERO_SELF_SIGNED_CERT => "self signed certificate",
        SELF_SIGNED_CERT_IN_CHAIN => "self signed certificate in certificate chain",
        UNABLE_TO_GET_ISSUER_CERT_LOCALLY => "unable to get local issuer certificate",
        CERT_REVOKED => "certificate revoked",
        INVALID_CA => "invalid CA certificate",
        PATH_LENGTH_EXCEEDED => "path length constraint exceeded",
        INVALID_PURPOSE => "unsupported certificate purpose",
        CERT_REJECTED => "certificate rejected",
        UNHANDLED_CRITICAL_EXTENSION => "unhandled critical extension",
        KEYUSAGE_NO_CRL_SIGN => "key usage does not include CRL signing",
        UNHANDLED_CRITICAL_CRL_EXTENSION => "unhandled critical CRL extension",
        INVALID_EXTENSION => "invalid or inconsistent certificate extension",
        INVALID_POLICY_EXTENSION => "invalid or inconsistent certificate policy extension",
        NO_EXPLICIT_POLICY => "no explicit policy",
        DIFFERENT_CRL_SCOPE => "Different CRL scope",
        PERMITTED_VIOLATION => "permitted subtree violation",
        EXCLUDED_VIOLATION => "excluded subtree violation",
        SUBTREE_MINMAX => "name constraints minimum and maximum not supported",
        UNSUPPORTED_CONSTRAINT_TYPE => "unsupported name constraint type",
        UNSUPPORTED_CONSTRAINT_SYNTAX => "unsupported or invalid name constraint syntax",
        UNSUPPORTED_NAME_SYNTAX => "unsupported or invalid name syntax",
        NAME_CONSTRAINTS_WITHOUT_SANS => "Issuer has name constraints but leaf has no SANs",
        _ => "unknown certificate verification error",
    }
}

/// Whether Envoy puts before the words that a CRL is at fault.
///
/// Seen for 3, 11, 12 and 23, and not for 8; the others are taken to be like those.
pub(super) fn is_about_crls(code: i32) -> bool {
    matches!(
        code,
        UNABLE_TO_GET_CRL | CRL_NOT_YET_VALID | CRL_HAS_EXPIRED | CERT_REVOKED
    )
}

/// The TLS alert that the client gets.
pub(super) fn alert(code: i32) -> &'static str {
    match code {
        DEPTH_ZERO_SELF_SIGNED_CERT
        | INVALID_CA
        | PATH_LENGTH_EXCEEDED
        | SELF_SIGNED_CERT_IN_CHAIN
        | UNABLE_TO_GET_CRL
        | UNABLE_TO_GET_ISSUER_CERT_LOCALLY => "unknown_ca",
        UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY
        | ERROR_IN_CERT_NOT_BEFORE_FIELD
        | ERROR_IN_CERT_NOT_AFTER_FIELD
        | ERROR_IN_CRL_LAST_UPDATE_FIELD
        | ERROR_IN_CRL_NEXT_UPDATE_FIELD
        | CERT_REJECTED => "bad_certificate",
        CERT_SIGNATURE_FAILURE | CRL_SIGNATURE_FAILURE => "decrypt_error",
        CERT_HAS_EXPIRED | CERT_NOT_YET_VALID | CRL_HAS_EXPIRED | CRL_NOT_YET_VALID => {
            "certificate_expired"
        }
        CERT_REVOKED => "certificate_revoked",
        UNSPECIFIED => "internal_error",
        INVALID_PURPOSE => "unsupported_certificate",
        _ => "certificate_unknown",
    }
}
