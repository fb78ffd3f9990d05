//! What is asked of a check.

use crate::cert::time::{DAY, Time};
use crate::path::Purpose;
use crate::path::identity::PeerName;
use crate::verifiers::Verifier;

/// What is asked: when, for which verifiers, with which thresholds.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The moment for which validity is judged.
    pub at: Time,
    /// Certificates that expire within this many seconds are reported.
    pub expires_within: i64,
    /// The server's depth setting, counted in intermediates as nginx does; none if not given.
    pub depth: Option<u32>,
    /// Who will verify.
    pub verifiers: Vec<Verifier>,
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
            verifiers: vec![Verifier::Rfc5280, Verifier::Rustls],
            purpose: Purpose::Client,
            names: Vec::new(),
            explain: false,
        }
    }
}
