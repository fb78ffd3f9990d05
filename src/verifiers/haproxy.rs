//! HAProxy.

use super::{Library, Verifier};

/// HAProxy.
pub static HAPROXY: Verifier = Verifier {
    name: "haproxy",
    library: Library::Openssl,
    depth: None,
    model: None,
};
