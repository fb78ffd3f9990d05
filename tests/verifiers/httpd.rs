//! Apache httpd, with Debian's OpenSSL 3.0 at security level 2.

use chainlint::analysis::{OpensslRelease, Settings, VerifyClient};
use chainlint::verifiers::httpd::HTTPD;

use crate::scenarios::{CHECKED_AT, Server};

#[test]
fn as_httpd() {
    let runs = [
        ("require_d1", VerifyClient::On, 1),
        ("require_d2", VerifyClient::On, 2),
        ("require_d3", VerifyClient::On, 3),
        ("optional_d1", VerifyClient::Optional, 1),
        ("optional_d3", VerifyClient::Optional, 3),
        ("optional_no_ca_d1", VerifyClient::OptionalNoCa, 1),
        ("optional_no_ca_d3", VerifyClient::OptionalNoCa, 3),
    ];
    for (setting, verify_client, depth) in runs {
        let settings = Settings {
            openssl: OpensslRelease::V3_0,
            verify_client,
            depth: Some(depth),
            ..Settings::at(CHECKED_AT)
        };
        Server {
            setting: Some(setting),
            settings,
            ..Server::new(&HTTPD, "httpd-2.4.71+openssl-3.0")
        }
        .hold(&[]);
    }
}
