//! Every scenario that real servers were run on, against the findings and the rustls verdict.
//!
//! The verdicts of the servers are held to theirs by the test `verifiers`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chainlint::analysis::{Input, Settings};
use chainlint::cert::time::Time;
use chainlint::report::{FailOn, Report};
use chainlint::rules::Severity;
use chainlint::source::{Role, Source};
use chainlint::verifiers::{Verifier, nginx::NGINX, rfc5280::RFC5280, rustls::RUSTLS};

/// 2026-11-23T18:00:00Z, when the servers were run.
const CHECKED_AT: Time = Time(1_795_456_800);

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scenarios")
}

fn check(folder: &Path, verifier: &'static Verifier) -> Report {
    let read = |name: &str, role: Role| {
        let bytes = fs::read(folder.join(name)).ok()?;
        Some(Input::read(Source::new(name, bytes), Some(role)))
    };
    let inputs: Vec<Input> = [
        read("bundle.pem", Role::Bundle),
        read("client.pem", Role::Client),
        read("crl.pem", Role::Crl),
    ]
    .into_iter()
    .flatten()
    .collect();
    let settings = Settings {
        depth: Some(3),
        verifiers: vec![verifier],
        ..Settings::at(CHECKED_AT)
    };
    let rules: Vec<_> = chainlint::rules::all().collect();
    chainlint::check(
        &inputs,
        &settings,
        &rules,
        &[],
        FailOn::Severity(Severity::Warning),
    )
}

fn group(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("scenario.json"))
        .expect("every scenario has its description");
    let scenario: serde_json::Value = serde_json::from_str(&text).expect("the description is JSON");
    scenario["group"]
        .as_str()
        .expect("a scenario has a group")
        .to_owned()
}

/// The groups whose causes, told for nginx, are rustls' as well. Of the others it does not mind some.
const GROUPS: [&str; 7] = ["chain", "time", "eku-ku", "ca", "key", "format", "crl"];

/// Advice that does not count as a first finding (README of the scenarios).
const ADVICE: [&str; 3] = [
    "validity-too-long",
    "mtls-leaf-long-lived-no-revocation",
    "chain-revocation-info-absent",
];

#[test]
fn the_first_finding_is_the_cause() {
    let scenarios = scenarios();
    let causes = fs::read_to_string(scenarios.join("causes.tsv")).expect("the causes are there");
    let mut wrong = Vec::new();
    let mut checked = 0;
    for line in causes.lines().skip(1) {
        let (id, wanted) = line.split_once('\t').expect("a line is an id and a cause");
        let folder = scenarios.join(id);
        let group = group(&folder);
        let verifiers: &[&'static Verifier] = if GROUPS.contains(&group.as_str()) {
            &[&NGINX, &RUSTLS]
        } else {
            &[&NGINX]
        };
        for &verifier in verifiers {
            let report = check(&folder, verifier);
            let first = report
                .findings
                .iter()
                .find(|finding| !ADVICE.contains(&finding.rule));
            let errors = report
                .findings
                .iter()
                .any(|finding| finding.severity == Severity::Error);
            let right = wanted.split('|').any(|wanted| match wanted {
                "none" => !errors,
                rule => first.is_some_and(|first| first.rule == rule),
            });
            checked += 1;
            if !right {
                let found: Vec<_> = report.findings.iter().map(|finding| finding.rule).collect();
                wrong.push(format!(
                    "{id} as {}: wanted {wanted}, found {found:?}",
                    verifier.name
                ));
            }
        }
    }
    println!(
        "{} of {checked} scenarios and verifiers name the cause first",
        checked - wrong.len()
    );
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(checked > 100, "only {checked} were checked");
}

#[test]
fn the_rustls_verdict_is_what_rustls_decided() {
    let scenarios = scenarios();
    let mut wrong = BTreeMap::new();
    let mut checked = 0;
    let mut folders: Vec<PathBuf> = fs::read_dir(&scenarios)
        .expect("the directory can be read")
        .map(|entry| entry.expect("an entry can be read").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    for folder in folders {
        let id = folder
            .file_name()
            .expect("a folder has a name")
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(folder.join("scenario.json"))
            .expect("every scenario has its description");
        let scenario: serde_json::Value =
            serde_json::from_str(&text).expect("the description is JSON");
        let Some(real) = scenario["servers"].get("rustls-0.23.46") else {
            continue;
        };
        let real_outcome = match real["outcome"].as_str().expect("a server has an outcome") {
            "server-refuses-config" => "config-refused",
            other => other,
        };
        let report = check(&folder, &RUSTLS);
        let verdict = &report.verdicts[0];
        checked += 1;
        if verdict.outcome != real_outcome {
            wrong.insert(
                id,
                format!(
                    "real {real_outcome} {}, ours {} {}",
                    real["text"], verdict.outcome, verdict.text
                ),
            );
            continue;
        }
        // Times in the real text are masked; the octets behind an unsupported algorithm are left out here.
        if let Some(text) = real["text"]
            .as_str()
            .map(|text| text.split(" {").next().unwrap_or(text))
            && verdict.outcome == "reject"
            && !text.contains("verification time")
            && text != verdict.text
        {
            wrong.insert(id, format!("real text {text}, ours {}", verdict.text));
        }
    }
    println!(
        "{} of {checked} rustls verdicts agree",
        checked - wrong.len()
    );
    assert!(wrong.is_empty(), "\n{wrong:#?}");
    assert!(checked > 200, "only {checked} were checked");
}

#[test]
fn every_reject_has_a_cause() {
    let scenarios = scenarios();
    let mut without = Vec::new();
    for entry in fs::read_dir(&scenarios).expect("the directory can be read") {
        let folder = entry.expect("an entry can be read").path();
        if !folder.is_dir() {
            continue;
        }
        let report = check(&folder, &RUSTLS);
        for verdict in &report.verdicts {
            if verdict.outcome != "accept" && verdict.findings.is_empty() {
                without.push(format!("{}: {}", folder.display(), verdict.text));
            }
        }
    }
    assert!(without.is_empty(), "\n{}", without.join("\n"));
}

#[test]
fn every_reject_by_rfc5280_names_certificate_field_and_action() {
    let scenarios = scenarios();
    let mut unclear = Vec::new();
    let mut rejects = 0;
    for entry in fs::read_dir(&scenarios).expect("the directory can be read") {
        let folder = entry.expect("an entry can be read").path();
        if !folder.is_dir() {
            continue;
        }
        let report = check(&folder, &RFC5280);
        for verdict in &report.verdicts {
            if verdict.outcome == "accept" {
                continue;
            }
            rejects += 1;
            let causes = verdict
                .findings
                .iter()
                .map(|index| &report.findings[*index]);
            // A bundle of which nothing can be read has no certificate and no field.
            let unreadable = report.certificates.is_empty()
                || !report
                    .certificates
                    .iter()
                    .any(|certificate| report.sources[certificate.source].role == "bundle");
            let clear = causes.clone().next().is_some_and(|first| {
                !first.help.is_empty()
                    && (unreadable
                        || first.rule == "crl-unreadable"
                        || first.certificate.is_some() && first.locations[0].field.is_some())
            });
            if !clear || verdict.trace.is_empty() {
                let causes: Vec<_> = causes.map(|finding| finding.rule).collect();
                let id = folder.file_name().unwrap_or_default().to_string_lossy();
                unclear.push(format!(
                    "{id}: {} {}: {causes:?}",
                    verdict.outcome, verdict.text
                ));
            }
        }
    }
    unclear.sort();
    assert!(unclear.is_empty(), "\n{}", unclear.join("\n"));
    assert!(rejects > 50, "only {rejects} rejects");
}
