//! Envoy, as it was run: without a depth, and with `max_verify_depth` from 0 to 3.

use chainlint::analysis::Settings;
use chainlint::verifiers::envoy::ENVOY;

use crate::scenarios::{CHECKED_AT, Server};

fn hold(setting: &'static str, depth: Option<u32>) {
    Server {
        setting: Some(setting),
        settings: Settings {
            depth,
            ..Settings::at(CHECKED_AT)
        },
        ..Server::new(&ENVOY, "envoy-1.40.0")
    }
    .hold(&[]);
}

#[test]
fn without_a_depth() {
    hold("default", None);
}

#[test]
fn with_depth_0() {
    hold("depth0", Some(0));
}

#[test]
fn with_depth_1() {
    hold("depth1", Some(1));
}

#[test]
fn with_depth_2() {
    hold("depth2", Some(2));
}

#[test]
fn with_depth_3() {
    hold("depth3", Some(3));
}
