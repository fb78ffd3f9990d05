//! `chainlint` checks CA bundles and client certificates, and says why mutual TLS fails.

#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
compile_error!("one of the features `aws-lc-rs` and `ring` is needed to verify signatures");

pub mod analysis;
pub mod bundle;
pub mod cert;
pub mod crypto;
pub mod input;
pub mod path;
pub mod rules;
pub mod source;
pub mod verifiers;
