//! Whether a client sends its certificate to a server built on OpenSSL, by TLS 1.3.
//!
//! The server offers the signature schemes of `tls12_sigalgs` (`ssl/t1_lib.c`); a client without a fitting one sends an empty list of
//! certificates. TLS 1.3 ties ECDSA to the curves P-256, P-384 and P-521 (RFC 8446 §4.2.3).

use crate::analysis::OpensslRelease;
use crate::cert::key::{KeyKind, PublicKey};
use crate::cert::oid;

/// What a client can do with the schemes that a server offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// There is a scheme for its key.
    Sends,
    /// There is none.
    SendsNone,
    /// It depends on the client.
    Unknown(&'static str),
}

/// What the client does whose key this is.
pub(super) fn offer(key: &PublicKey<'_>, release: OpensslRelease) -> Offer {
    match key.kind {
        KeyKind::Rsa | KeyKind::RsaPss | KeyKind::EdDsa => Offer::Sends,
        KeyKind::Ec => match key.curve() {
            Some(oid::P256 | oid::P384 | oid::P521) => Offer::Sends,
            Some(oid::BRAINPOOL_P256R1 | oid::BRAINPOOL_P384R1 | oid::BRAINPOOL_P512R1)
                if release >= OpensslRelease::V3_2 =>
            {
                Offer::Unknown(
                    "this OpenSSL offers schemes for brainpool curves (RFC 8734), which few clients know",
                )
            }
            Some(_) => Offer::SendsNone,
            None => Offer::Unknown(
                "the client's key spells out its curve; what clients make of that differs",
            ),
        },
        KeyKind::MlDsa if release >= OpensslRelease::V3_5 => Offer::Sends,
        _ => Offer::SendsNone,
    }
}
