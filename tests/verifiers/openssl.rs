//! `openssl verify`, at security level 0 and 2.

use chainlint::analysis::{OpensslRelease, Settings};
use chainlint::verifiers::openssl::OPENSSL;

use crate::scenarios::{CHECKED_AT, Server};

/// The releases, each with the entries that ran at level 0 and 2.
const RUNS: [(OpensslRelease, &str, &str); 5] = [
    (OpensslRelease::V1_1_1, "verify-1.1.1w", "verify2-1.1.1w"),
    (OpensslRelease::V3_0, "verify-3.0.22", "verify2-3.0.22"),
    (OpensslRelease::V3_2, "verify-3.2.1", "verify2-3.2.1"),
    (OpensslRelease::V3_5, "verify-3.5.5", "verify2-3.5.5"),
    (OpensslRelease::V4_0, "verify-4.0.3", "verify2-4.0.3"),
];

fn hold(level: u8) {
    for (release, level_0, level_2) in RUNS {
        let name = if level == 0 { level_0 } else { level_2 };
        let settings = Settings {
            openssl: release,
            security_level: Some(level),
            ..Settings::at(CHECKED_AT)
        };
        Server {
            settings,
            ..Server::new(&OPENSSL, name)
        }
        .hold(&[]);
    }
}

#[test]
fn as_openssl_at_level_0() {
    hold(0);
}

#[test]
fn as_openssl_at_level_2() {
    hold(2);
}
