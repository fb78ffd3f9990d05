//! gnutls-serv.

use chainlint::verifiers::gnutls::GNUTLS;

use crate::scenarios::Server;

#[test]
fn as_gnutls_serv() {
    // It prints no error number, and it was given the CRLs.
    Server::new(&GNUTLS, "gnutls-serv-3.7.9").hold(&[]);
}
