//! GnuTLS, as in gnutls-serv.

use super::{Library, Verifier};

/// GnuTLS, as in gnutls-serv.
pub static GNUTLS: Verifier = Verifier {
    name: "gnutls",
    library: Library::Gnutls,
    depth: None,
    model: None,
};
