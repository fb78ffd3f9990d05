//! HAProxy, with Debian's OpenSSL 3.0.

use chainlint::analysis::{OpensslRelease, Settings};
use chainlint::verifiers::haproxy::HAPROXY;

use crate::scenarios::{CHECKED_AT, Server};

#[test]
fn as_haproxy() {
    let settings = Settings {
        openssl: OpensslRelease::V3_0,
        ..Settings::at(CHECKED_AT)
    };
    Server {
        settings,
        ..Server::new(&HAPROXY, "haproxy-2.6.12")
    }
    .hold(&[]);
}
