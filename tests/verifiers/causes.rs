//! Every reject names its cause, whoever rejects.

use std::collections::BTreeMap;
use std::fs;

use chainlint::analysis::{Input, Settings};
use chainlint::report::FailOn;
use chainlint::source::{Role, Source};
use chainlint::verifiers;

use crate::scenarios::{CHECKED_AT, folders};

#[test]
fn every_reject_has_a_finding_with_an_action() {
    let rules: Vec<_> = chainlint::rules::all().collect();
    let mut without: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut rejects = 0;
    for folder in folders() {
        let inputs: Vec<Input> = [
            ("bundle.pem", Role::Bundle),
            ("client.pem", Role::Client),
            ("crl.pem", Role::Crl),
        ]
        .into_iter()
        .filter_map(|(name, role)| {
            let bytes = fs::read(folder.join(name)).ok()?;
            Some(Input::read(Source::new(name, bytes), Some(role)))
        })
        .collect();
        let settings = Settings {
            verifiers: verifiers::ALL.to_vec(),
            ..Settings::at(CHECKED_AT)
        };
        let report = chainlint::check(&inputs, &settings, &rules, &[], FailOn::Never);
        for verdict in &report.verdicts {
            if verdict.outcome == "accept" {
                continue;
            }
            rejects += 1;
            let first = verdict
                .findings
                .first()
                .map(|index| &report.findings[*index]);
            if first.is_none_or(|first| first.help.is_empty()) {
                let id = folder.file_name().unwrap_or_default().to_string_lossy();
                let key = format!("{id}: {:?} {}", verdict.code, verdict.text);
                without.entry(key).or_default().push(verdict.verifier);
            }
        }
    }
    assert!(without.is_empty(), "\n{without:#?}");
    assert!(rejects > 1000, "only {rejects} rejects");
}
