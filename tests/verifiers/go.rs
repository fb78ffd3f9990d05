//! Go.

use std::fs;

use chainlint::analysis::{Input, Settings};
use chainlint::report::FailOn;
use chainlint::source::{Role, Source};
use chainlint::verifiers::go::GO;

use crate::scenarios::{self, CHECKED_AT, Server};

fn server() -> Server {
    Server {
        codes: false,
        crls: false,
        ..Server::new(&GO, "go-1.27.3")
    }
}

#[test]
fn as_go() {
    server().hold(&[]);
}

/// The words, too, but for the time that Go prints: the servers' is written as `<NOW>`.
#[test]
fn in_the_words_of_go() {
    let masked = |text: &str| match text.split_once("current time ") {
        Some((before, after)) => {
            let (_, after) = after.split_once(' ').expect("a time ends in a blank");
            format!("{before}current time <NOW> {after}")
        }
        None => text.to_owned(),
    };
    let mut compared = 0;
    for folder in scenarios::folders() {
        let scenario = scenarios::scenario(&folder);
        let Some(wanted) = scenario["servers"]["go-1.27.3"]["text"].as_str() else {
            continue;
        };
        let inputs = [("bundle.pem", Role::Bundle), ("client.pem", Role::Client)];
        let inputs = inputs.map(|(name, role)| {
            let bytes = fs::read(folder.join(name)).expect("a scenario has both files");
            Input::read(Source::new(name, bytes), Some(role))
        });
        let settings = Settings {
            verifiers: vec![&GO],
            ..Settings::at(CHECKED_AT)
        };
        let report = chainlint::check(&inputs, &settings, &[], &[], FailOn::Never);
        assert_eq!(
            masked(&report.verdicts[0].text),
            wanted,
            "{}",
            folder.display()
        );
        compared += 1;
    }
    assert!(compared > 90, "only {compared} were compared");
}
