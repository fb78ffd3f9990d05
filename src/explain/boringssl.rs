//! The errors of BoringSSL's certificate verification, which Envoy reports.
//!
//! BoringSSL is an old branch of OpenSSL: up to 64 its numbers and texts are those of 1.1.1, less what was taken out
//! (55 to 61, Suite B). 65 to 67 are its own. Source: `include/openssl/x509.h`, `crypto/x509/x509_txt.cc`.

use std::ops::RangeInclusive;

use crate::analysis::OpensslRelease;
use crate::verifiers::openssl::errors::{self, UNKNOWN};

/// The range in which its numbers are; some of them mean nothing.
pub(super) const CODES: RangeInclusive<i32> = 1..=67;

/// The constant for `code`.
pub(super) fn name(code: i32) -> Option<&'static str> {
    match code {
        65 => Some("X509_V_ERR_INVALID_CALL"),
        66 => Some("X509_V_ERR_STORE_LOOKUP"),
        67 => Some("X509_V_ERR_NAME_CONSTRAINTS_WITHOUT_SANS"),
        1..=54 | 62..=64 => errors::find(OpensslRelease::V1_1_1, code).map(|error| error.name),
        _ => None,
    }
}

/// What BoringSSL says for `code`.
#[must_use]
pub fn text(code: i32) -> &'static str {
    match code {
        65 => "Invalid certificate verification context",
        66 => "Issuer certificate lookup error",
        67 => "Issuer has name constraints but leaf has no SANs",
        2..=54 | 62..=64 => errors::text(OpensslRelease::V1_1_1, code),
        _ => UNKNOWN,
    }
}
