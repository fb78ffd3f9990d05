//! nginx, with four releases of OpenSSL and five settings.

use chainlint::analysis::{OpensslRelease, Settings, VerifyClient};
use chainlint::verifiers::nginx::NGINX;

use crate::scenarios::{CHECKED_AT, Server};

const SETTINGS: [(&str, VerifyClient, u32); 5] = [
    ("on_d1", VerifyClient::On, 1),
    ("on_d2", VerifyClient::On, 2),
    ("on_d3", VerifyClient::On, 3),
    ("optional_d1", VerifyClient::Optional, 1),
    ("optional_no_ca_d1", VerifyClient::OptionalNoCa, 1),
];

fn hold(release: OpensslRelease, name: &'static str) {
    for (setting, verify_client, depth) in SETTINGS {
        let settings = Settings {
            openssl: release,
            verify_client,
            depth: Some(depth),
            ..Settings::at(CHECKED_AT)
        };
        Server {
            setting: Some(setting),
            settings,
            events: true,
            ..Server::new(&NGINX, name)
        }
        .hold(&[]);
    }
}

#[test]
fn as_nginx_with_openssl_1_1_1() {
    hold(OpensslRelease::V1_1_1, "nginx-1.27.1+openssl-1.1.1w");
}

#[test]
fn as_nginx_with_openssl_3_0() {
    hold(OpensslRelease::V3_0, "nginx-1.22.1+openssl-3.0.22");
}

#[test]
fn as_nginx_with_openssl_3_5() {
    hold(OpensslRelease::V3_5, "nginx-1.27.1+openssl-3.5.5");
}

#[test]
fn as_nginx_with_openssl_4_0() {
    hold(OpensslRelease::V4_0, "nginx-HEAD+openssl-4.0.3");
}
