//! nginx: OpenSSL, and what nginx adds.

use super::{DepthSetting, Library, Verifier};

/// nginx: OpenSSL, and what nginx adds.
pub static NGINX: Verifier = Verifier {
    name: "nginx",
    library: Library::Openssl,
    depth: Some(DepthSetting {
        directive: "ssl_verify_depth",
        default: 1,
        counts_root: false,
    }),
    model: None,
};
