//! rustls.

use chainlint::verifiers::rustls::RUSTLS;

use crate::scenarios::Server;

#[test]
fn as_rustls() {
    Server {
        codes: false,
        ..Server::new(&RUSTLS, "rustls-0.23.46")
    }
    .hold(&[]);
}
