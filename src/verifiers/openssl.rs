//! OpenSSL: what `openssl verify -purpose sslclient` says.

pub(in crate::verifiers) mod constraints;
pub(in crate::verifiers) mod load;
pub(in crate::verifiers) mod name;
pub(in crate::verifiers) mod parse;
pub(in crate::verifiers) mod pem;
pub(in crate::verifiers) mod raised;
mod uri;

use super::{DepthSetting, Library, Verifier};

/// OpenSSL: what `openssl verify -purpose sslclient` says.
pub static OPENSSL: Verifier = Verifier {
    name: "openssl",
    library: Library::Openssl,
    depth: Some(DepthSetting {
        directive: "-verify_depth",
        default: 100,
        counts_root: false,
    }),
    model: None,
};

