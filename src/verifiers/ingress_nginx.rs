//! ingress-nginx: its own check of the Secret, then nginx.

pub mod secret;

use super::{DepthSetting, Library, Verifier};

/// ingress-nginx: its own check of the Secret, then nginx.
pub static INGRESS_NGINX: Verifier = Verifier {
    name: "ingress-nginx",
    library: Library::Openssl,
    depth: Some(DepthSetting {
        directive: "auth-tls-verify-depth",
        default: 1,
        counts_root: false,
    }),
    model: None,
};
