//! Envoy, and what is built on it: BoringSSL as Envoy sets it up.

use super::{DepthSetting, Library, Verifier};

/// Envoy, and what is built on it: BoringSSL as Envoy sets it up.
pub static ENVOY: Verifier = Verifier {
    name: "envoy",
    library: Library::Boringssl,
    depth: Some(DepthSetting {
        directive: "max_verify_depth",
        default: 100,
        counts_root: false,
    }),
    model: None,
};
