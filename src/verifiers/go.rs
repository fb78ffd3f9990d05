//! Go: crypto/x509 behind crypto/tls, as in Caddy and Traefik.

use super::{Library, Verifier};

/// Go: crypto/x509 behind crypto/tls, as in Caddy and Traefik.
pub static GO: Verifier = Verifier {
    name: "go",
    library: Library::Go,
    depth: None,
    model: None,
};
