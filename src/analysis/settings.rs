//! What is asked of a check.

use crate::cert::time::{DAY, Time};
use crate::path::Purpose;
use crate::path::identity::PeerName;
use crate::verifiers::{Verifier, rfc5280, rustls};

/// What is asked: when, for which verifiers, with which thresholds.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The moment for which validity is judged.
    pub at: Time,
    /// Certificates that expire within this many seconds are reported.
    pub expires_within: i64,
    /// The server's own depth setting, counted as it counts; none if not given.
    pub depth: Option<u32>,
    /// Who will verify.
    pub verifiers: Vec<&'static Verifier>,
    /// What the server does about clients without an acceptable certificate.
    pub verify_client: VerifyClient,
    /// The release of OpenSSL behind the verifiers that are built on it.
    pub openssl: OpensslRelease,
    /// OpenSSL's security level, 0 to 5; that of the release if not given.
    pub security_level: Option<u8>,
    /// What the end-entity certificate is to be used for.
    pub purpose: Purpose,
    /// Whom the end-entity certificate must be for; every one of them.
    pub names: Vec<PeerName>,
    /// Whether accepted clients' traces are reported as well.
    pub explain: bool,
}

impl Settings {
    /// The defaults, for the moment `at`: 30 days of warning, a client for the verifiers rfc5280 and rustls.
    #[must_use]
    pub fn at(at: Time) -> Self {
        Self {
            at,
            expires_within: 30 * DAY,
            depth: None,
            verifiers: vec![&rfc5280::RFC5280, &rustls::RUSTLS],
            verify_client: VerifyClient::On,
            openssl: OpensslRelease::V3_5,
            security_level: None,
            purpose: Purpose::Client,
            names: Vec::new(),
            explain: false,
        }
    }
}

/// What a server does about clients that have no certificate, or none that it accepts.
///
/// The words are nginx's (`ssl_verify_client`); httpd says `require` for `on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyClient {
    /// A certificate is required, and must be accepted.
    On,
    /// There may be none; one that is sent must be accepted.
    Optional,
    /// As `Optional`, and some errors in finding the issuer are passed over.
    OptionalNoCa,
}

impl VerifyClient {
    /// The word for it in nginx's configuration.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Optional => "optional",
            Self::OptionalNoCa => "optional_no_ca",
        }
    }
}

/// A release of OpenSSL. Verdicts are held to its latest patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names are the releases' own")]
pub enum OpensslRelease {
    V1_1_1,
    V3_0,
    V3_2,
    V3_5,
    V4_0,
}

impl OpensslRelease {
    /// Every release, oldest first.
    pub const ALL: [Self; 5] = [Self::V1_1_1, Self::V3_0, Self::V3_2, Self::V3_5, Self::V4_0];

    /// The release's number.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V1_1_1 => "1.1.1",
            Self::V3_0 => "3.0",
            Self::V3_2 => "3.2",
            Self::V3_5 => "3.5",
            Self::V4_0 => "4.0",
        }
    }
}
