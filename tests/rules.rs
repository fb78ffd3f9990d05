//! Every rule fires on its `bad` fixture and not on its `good`, and nothing undeclared fires.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use chainlint::rules::{self, Rule};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules")
}

/// The words of a side file of a case; empty where there is none.
fn words(case: &Path, name: &str) -> Vec<String> {
    let text = fs::read_to_string(case.join(name)).unwrap_or_default();
    text.split_whitespace().map(str::to_owned).collect()
}

/// Runs the command on a case and gives its JSON.
fn run(case: &Path) -> serde_json::Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chainlint"));
    command
        .current_dir(case)
        .args(["check", "--format", "json", "--at", "2026-11-23T18:00:00Z"]);
    let args = words(case, "args");
    // By default nginx is asked as well, whose depth is reported in every case with two intermediates.
    if !args.iter().any(|arg| arg == "--as") {
        command.args(["--as", "rfc5280,rustls"]);
    }
    command.args(args);
    let mut names: Vec<String> = fs::read_dir(case)
        .unwrap_or_else(|error| panic!("{}: {error}", case.display()))
        .map(|entry| {
            entry
                .expect("an entry can be read")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| name != "args" && name != "also")
        .collect();
    names.sort();
    for name in names {
        match name.as_str() {
            "bundle.pem" => command.args(["--ca", &name]),
            "client.pem" => command.args(["--client", &name]),
            _ => command.arg(&name),
        };
    }
    let output = command.output().expect("the command can be started");
    assert!(
        output.stderr.is_empty(),
        "{}: {}",
        case.display(),
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{}: {error}", case.display()))
}

fn fired(report: &serde_json::Value) -> BTreeSet<String> {
    let findings = report["findings"]
        .as_array()
        .expect("a report has findings");
    findings
        .iter()
        .map(|finding| {
            finding["rule"]
                .as_str()
                .expect("a finding has a rule")
                .to_owned()
        })
        .collect()
}

/// What is wrong with one rule's fixtures.
fn problems(rule: &Rule) -> Vec<String> {
    let mut problems = Vec::new();
    for (kind, must_fire) in [("good", false), ("bad", true)] {
        let case = fixtures().join(rule.name).join(kind);
        if !case.is_dir() {
            problems.push(format!("{}: no {kind} fixture", rule.name));
            continue;
        }
        let report = run(&case);
        let mut wanted: BTreeSet<String> = words(&case, "also").into_iter().collect();
        if must_fire {
            wanted.insert(rule.name.to_owned());
        }
        let fired = fired(&report);
        if fired != wanted {
            let missing: Vec<_> = wanted.difference(&fired).collect();
            let undeclared: Vec<_> = fired.difference(&wanted).collect();
            problems.push(format!(
                "{}/{kind}: missing {missing:?}, undeclared {undeclared:?}",
                rule.name
            ));
        }
        for finding in report["findings"].as_array().into_iter().flatten() {
            let complete = ["message", "help"]
                .iter()
                .all(|key| finding[key].as_str().is_some_and(|text| !text.is_empty()));
            let placed = finding["locations"]
                .as_array()
                .is_some_and(|places| !places.is_empty());
            if !complete || !placed {
                problems.push(format!(
                    "{}/{kind}: incomplete finding {finding}",
                    rule.name
                ));
            }
        }
    }
    problems
}

#[test]
fn every_rule_fires_on_bad_and_only_there() {
    let problems: Vec<String> = rules::all().flat_map(problems).collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn every_fixture_belongs_to_a_rule() {
    for entry in fs::read_dir(fixtures()).expect("the fixtures are there") {
        let name = entry
            .expect("an entry can be read")
            .file_name()
            .to_string_lossy()
            .into_owned();
        assert!(
            rules::find(&name).is_some(),
            "fixtures/rules/{name} is of no rule"
        );
    }
}

#[test]
fn rules_are_complete_and_unique() {
    let mut names = BTreeSet::new();
    for rule in rules::all() {
        assert!(names.insert(rule.name), "{} is registered twice", rule.name);
        let legal = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-'
        };
        assert!(
            rule.name.chars().all(legal),
            "{}: names are kebab-case",
            rule.name
        );
        for text in [rule.citation, rule.summary, rule.explanation] {
            assert!(!text.trim().is_empty(), "{} lacks a text", rule.name);
            assert!(
                !text.contains("  "),
                "{}: two spaces in a row: {text}",
                rule.name
            );
        }
        assert!(
            rule.summary.ends_with('.') && rule.explanation.ends_with('.'),
            "{}: sentences end",
            rule.name
        );
    }
}
