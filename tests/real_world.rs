//! No false alarms on certificates that are in use: Debian's bundle of public roots, and the chains of real sites in x509-limbo.
//!
//! Every error there is listed with the reason why it is true.

use std::fs::File;
use std::path::Path;

use chainlint::analysis::{Input, Settings};
use chainlint::cert::time::Time;
use chainlint::path::Purpose;
use chainlint::report::{FailOn, Report};
use chainlint::rules::Severity;
use chainlint::source::{Role, Source};
use flate2::read::GzDecoder;

/// 2026-11-23T18:00:00Z.
const CHECKED_AT: Time = Time(1_795_456_800);

/// A rule, the subject's end that it is about, and why the finding is true.
const TRUE_ERRORS: [(&str, &str, &str); 9] = [
    (
        "validity-expired",
        "Baltimore CyberTrust Root",
        "notAfter 2025-05-12",
    ),
    (
        "validity-expired",
        "E-Tugra Certification Authority",
        "notAfter 2023-03-03",
    ),
    (
        "validity-expired",
        "Hongkong Post Root CA 1",
        "notAfter 2023-05-15",
    ),
    (
        "validity-expired",
        "Security Communication RootCA1",
        "notAfter 2023-09-30",
    ),
    (
        "bc-not-critical-in-ca",
        "Go Daddy Class 2 Certification Authority",
        "no critical mark; RFC 5280 §4.2.1.9 demands it",
    ),
    (
        "bc-not-critical-in-ca",
        "Starfield Class 2 Certification Authority",
        "no critical mark",
    ),
    (
        "bc-not-critical-in-ca",
        "ePKI Root Certification Authority",
        "no critical mark",
    ),
    (
        "ski-missing-in-ca",
        "Hongkong Post Root CA 1",
        "no such extension; RFC 5280 §4.2.1.2 demands it",
    ),
    (
        "ski-missing-in-ca",
        "TWCA Global Root CA",
        "no such extension",
    ),
];

fn check(inputs: &[Input], at: Time) -> Report {
    let settings = Settings {
        verifiers: Vec::new(),
        purpose: Purpose::Server,
        ..Settings::at(at)
    };
    let rules: Vec<_> = chainlint::rules::all().collect();
    chainlint::check(inputs, &settings, &rules, &[], FailOn::Never)
}

fn input(name: &str, text: impl Into<Vec<u8>>, role: Role) -> Input {
    Input::read(Source::new(name, text.into()), Some(role))
}

/// The errors that are not listed.
fn false_alarms(report: &Report) -> Vec<String> {
    let errors = report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    let listed = |rule: &str, subject: &str| {
        TRUE_ERRORS
            .iter()
            .any(|(listed, name, _)| *listed == rule && subject.contains(name))
    };
    errors
        .filter(|finding| {
            let subject = finding
                .certificate
                .map(|index| &report.certificates[index].subject);
            !subject.is_some_and(|subject| listed(finding.rule, subject))
        })
        .map(|finding| {
            format!(
                "{}: {} {:?}",
                finding.rule, finding.message, finding.evidence
            )
        })
        .collect()
}

#[test]
fn public_roots() {
    let path = "/etc/ssl/certs/ca-certificates.crt";
    let Ok(bytes) = std::fs::read(path) else {
        assert!(std::env::var_os("CI").is_none(), "CI must have {path}");
        eprintln!("SKIPPED: there is no {path}");
        return;
    };
    let report = check(&[input("roots.pem", bytes, Role::Bundle)], CHECKED_AT);
    assert!(report.certificates.len() > 100, "it holds the public roots");
    let alarms = false_alarms(&report);
    assert!(alarms.is_empty(), "{}", alarms.join("\n"));
}

#[test]
fn chains_of_real_sites() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/x509-limbo/limbo-dev.json.gz");
    let Ok(file) = File::open(path) else {
        assert!(
            std::env::var_os("CI").is_none(),
            "CI must have ../shared/x509-limbo"
        );
        eprintln!("SKIPPED: ../shared/x509-limbo is not here, so no chain was checked");
        return;
    };
    let limbo: serde_json::Value =
        serde_json::from_reader(GzDecoder::new(file)).expect("the cases are JSON");
    let cases = limbo["testcases"]
        .as_array()
        .expect("there is a list of cases");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let texts = |value: &serde_json::Value| -> String {
        value.as_array().into_iter().flatten().map(text).collect()
    };
    let mut checked = 0;
    let mut alarms = Vec::new();
    for case in cases
        .iter()
        .filter(|case| text(&case["id"]).starts_with("online::"))
    {
        let client = text(&case["peer_certificate"]) + &texts(&case["untrusted_intermediates"]);
        let inputs = [
            input("bundle.pem", texts(&case["trusted_certs"]), Role::Bundle),
            input("site.pem", client, Role::Client),
        ];
        let at: jiff::Timestamp = text(&case["validation_time"])
            .parse()
            .expect("a time is RFC 3339");
        let found = false_alarms(&check(&inputs, Time(at.as_second())));
        alarms.extend(
            found
                .into_iter()
                .map(|alarm| format!("{}: {alarm}", case["id"])),
        );
        checked += 1;
    }
    assert!(checked >= 10, "only {checked} chains");
    assert!(alarms.is_empty(), "{}", alarms.join("\n"));
}
