//! Java: the outcome, the exception's text, and what other ways of reading the bundle change.

use std::fs;
use std::path::Path;

use chainlint::analysis::{Input, Settings};
use chainlint::report::{FailOn, Report};
use chainlint::source::{Role, Source};
use chainlint::verifiers::java::JAVA;
use serde_json::Value;

use crate::scenarios::{CHECKED_AT, Server, folders};

fn java(name: &'static str) -> Server {
    Server {
        codes: false,
        crls: false,
        ..Server::new(&JAVA, name)
    }
}

#[test]
fn as_java_17() {
    java("java-17.0.15").hold(&[]);
}

#[test]
fn as_java_25() {
    let reader = "its PEM reader takes what the one of 17 refuses";
    java("java-25.0.3").hold(&[
        ("fmt-bom", reader),
        ("fmt-indented", reader),
        ("fmt-leading-space-first-line", reader),
        ("fmt-truncated-last", reader),
    ]);
}

#[test]
fn in_the_words_of_java_17() {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for folder in folders() {
        let real = &servers(&folder)["java-17.0.15"];
        let Some(text) = real["text"].as_str() else {
            continue;
        };
        compared += 1;
        let report = check(&folder);
        let ours = &report.verdicts[0].text;
        if ours != text {
            wrong.push(format!("{}: {text}\n  ours {ours}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 70, "only {compared} were compared");
}

#[test]
fn as_kafka_and_spring_read_the_bundle() {
    let mut wrong = Vec::new();
    let mut differ = 0;
    for folder in folders() {
        let servers = servers(&folder);
        let plain = &servers["java-17.0.15"];
        for (server, name) in [
            ("java-17.0.15[kafka PEM reader]", "Kafka's PEM reader"),
            (
                "java-17.0.15[spring PEM reader]",
                "Spring Boot's PEM reader",
            ),
        ] {
            let Some(real) = servers.get(server) else {
                continue;
            };
            let report = check(&folder);
            let explanation = &report.verdicts[0].explanation;
            let wanted = match real["outcome"].as_str() {
                same if same == plain["outcome"].as_str() => None,
                Some("accept") => Some("reads this file, and the client is accepted"),
                Some("reject") => Some("reads this file, and the client is rejected"),
                _ => Some("refuses this file"),
            };
            differ += usize::from(wanted.is_some());
            let says = match wanted {
                None => !explanation.contains(name),
                Some(wanted) => explanation.contains(&format!("{name} {wanted}")),
            };
            if !says {
                wrong.push(format!("{} {name} {real}: {explanation}", folder.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(differ > 20, "only {differ} differ");
}

fn servers(folder: &Path) -> Value {
    let text = fs::read_to_string(folder.join("scenario.json")).expect("it is described");
    let mut scenario: Value = serde_json::from_str(&text).expect("the description is JSON");
    scenario["servers"].take()
}

fn check(folder: &Path) -> Report {
    let read = |(name, role)| {
        let bytes = fs::read(folder.join(name)).expect("the file is there");
        Input::read(Source::new(name, bytes), Some(role))
    };
    let inputs = [("bundle.pem", Role::Bundle), ("client.pem", Role::Client)].map(read);
    let settings = Settings {
        verifiers: vec![&JAVA],
        ..Settings::at(CHECKED_AT)
    };
    chainlint::check(&inputs, &settings, &[], &[], FailOn::Never)
}
