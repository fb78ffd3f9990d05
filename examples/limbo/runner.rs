//! x509-limbo's cases, checked by this library.
//!
//! The schema is x509-limbo's own (C2SP, `limbo-schema.json`). What a case leaves open is filled in as its README says:
//! the purpose from `validation_kind`, no time means now, a CRL means that revocation is checked.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use chainlint::analysis::{Input, Settings};
use chainlint::cert::time::Time;
use chainlint::path::Purpose;
use chainlint::report::{FailOn, Report};
use chainlint::rules::Severity;
use chainlint::source::{Role, Source};
use chainlint::verifiers::Verifier;
use flate2::read::GzDecoder;
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Suite {
    pub(crate) testcases: Vec<Case>,
}

#[derive(Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    validation_kind: String,
    trusted_certs: Vec<String>,
    untrusted_intermediates: Vec<String>,
    peer_certificate: String,
    validation_time: Option<String>,
    expected_result: String,
    pub(crate) expected_peer_name: Option<PeerName>,
    #[serde(default)]
    pub(crate) expected_peer_names: Vec<PeerName>,
    max_chain_depth: Option<u32>,
    #[serde(default)]
    crls: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct PeerName {
    value: String,
}

/// How one case went.
pub(crate) struct Outcome {
    /// Whether the case expects success.
    pub(crate) expected: bool,
    /// Whether the verifier accepts; for the class `profile`, whether there is no finding of severity error.
    pub(crate) accepted: bool,
    /// The verifier's words, or the errors.
    pub(crate) text: String,
    /// How long the check took.
    pub(crate) took: Duration,
}

impl Outcome {
    /// Whether the case comes out as it expects.
    pub(crate) fn agrees(&self) -> bool {
        self.expected == self.accepted
    }
}

/// The class of cases that are about findings, not about paths.
const PROFILE: &str = "profile";

/// Reads a file of cases, compressed by gzip if its name says so.
pub(crate) fn read(path: &Path) -> Result<Suite, String> {
    let cannot = |error: &dyn std::fmt::Display| format!("cannot read {}: {error}", path.display());
    let bytes = std::fs::read(path).map_err(|error| cannot(&error))?;
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut text = Vec::new();
        let mut decoder = GzDecoder::new(bytes.as_slice());
        decoder
            .read_to_end(&mut text)
            .map_err(|error| cannot(&error))?;
        serde_json::from_slice(&text).map_err(|error| cannot(&error))
    } else {
        serde_json::from_slice(&bytes).map_err(|error| cannot(&error))
    }
}

/// Reads `id`, `class` and further columns, separated by tabs, below a line of headings.
pub(crate) fn read_classes(path: &Path) -> Result<BTreeMap<String, String>, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    let mut classes = BTreeMap::new();
    for line in text.lines().skip(1) {
        let mut columns = line.split('\t');
        if let (Some(id), Some(class)) = (columns.next(), columns.next()) {
            classes.insert(id.to_owned(), class.to_owned());
        }
    }
    Ok(classes)
}

impl Case {
    /// Checks the case as `verifier` does; `now` counts where the case names no time.
    pub(crate) fn run(
        &self,
        verifier: &'static Verifier,
        class: &str,
        now: Time,
    ) -> Result<Outcome, String> {
        let source = |name: &str, blocks: &[String], role: Role| {
            let text = blocks.join("\n");
            Input::read(Source::new(name, text.into_bytes()), Some(role))
        };
        let mut client = vec![self.peer_certificate.clone()];
        client.extend(self.untrusted_intermediates.iter().cloned());
        let mut inputs = vec![
            source("trusted.pem", &self.trusted_certs, Role::Bundle),
            source("peer.pem", &client, Role::Client),
        ];
        if !self.crls.is_empty() {
            inputs.push(source("crl.pem", &self.crls, Role::Crl));
        }
        let at = match &self.validation_time {
            None => now,
            Some(text) => {
                let at: Timestamp = text
                    .parse()
                    .map_err(|error| format!("{}: {text}: {error}", self.id))?;
                Time(at.as_second())
            }
        };
        let names = self.expected_peer_name.iter();
        let names = names
            .chain(&self.expected_peer_names)
            .map(|name| name.value.parse())
            .collect::<Result<_, _>>()
            .map_err(|error| format!("{}: {error}", self.id))?;
        let settings = Settings {
            verifiers: vec![verifier],
            purpose: match self.validation_kind.as_str() {
                "CLIENT" => Purpose::Client,
                _ => Purpose::Server,
            },
            depth: self.max_chain_depth,
            names,
            ..Settings::at(at)
        };
        let rules: Vec<_> = match class {
            PROFILE => chainlint::rules::all().collect(),
            _ => Vec::new(),
        };
        let start = Instant::now();
        let report = chainlint::check(
            &inputs,
            &settings,
            &rules,
            &[],
            FailOn::Severity(Severity::Error),
        );
        let took = start.elapsed();
        let (accepted, text) = match class {
            PROFILE => errors(&report),
            _ => verdict(&report),
        };
        Ok(Outcome {
            expected: self.expected_result == "SUCCESS",
            accepted,
            text,
            took,
        })
    }
}

fn verdict(report: &Report) -> (bool, String) {
    let verdict = &report.verdicts[0];
    (
        verdict.outcome == "accept",
        format!("{}: {}", verdict.outcome, verdict.text),
    )
}

fn errors(report: &Report) -> (bool, String) {
    let errors = report.findings.iter();
    let errors: Vec<_> = errors
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.rule)
        .collect();
    (errors.is_empty(), errors.join(", "))
}
