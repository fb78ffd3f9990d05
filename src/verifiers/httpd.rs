//! Apache httpd with `mod_ssl`.

use super::{DepthSetting, Library, Verifier};

/// Apache httpd with `mod_ssl`.
pub static HTTPD: Verifier = Verifier {
    name: "httpd",
    library: Library::Openssl,
    depth: Some(DepthSetting {
        directive: "SSLVerifyDepth",
        default: 1,
        counts_root: true,
    }),
    model: None,
};
