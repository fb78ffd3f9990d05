//! The cases of x509-limbo that break the profile of RFC 5280 and not path validation: each must give an error
//! on the certificate at fault.
//!
//! The cases are third-party data, which live in `../shared/x509-limbo`.

use std::fs::File;
use std::path::{Path, PathBuf};

use chainlint::analysis::{Input, Settings};
use chainlint::cert::time::Time;
use chainlint::report::{FailOn, Report};
use chainlint::rules::{self, Severity};
use chainlint::source::{Role, Source};
use flate2::read::GzDecoder;

/// 2026-11-23T18:00:00Z: when a case is judged that names no time.
const CHECKED_AT: Time = Time(1_795_456_800);

/// Which certificate of a case is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Root,
    Intermediate,
    Leaf,
}

use Fault::{Intermediate, Leaf, Root};

/// The cases of the class `profile`, the certificate at fault, and the rule that names the fault.
const CASES: [(&str, Fault, &str); 19] = [
    ("rfc5280::aki::critical-aki", Root, "aki-critical"),
    (
        "rfc5280::aki::cross-signed-root-missing-aki",
        Root,
        "aki-missing",
    ),
    (
        "rfc5280::nc::permitted-dns-match-noncritical",
        Root,
        "nc-not-critical",
    ),
    (
        "rfc5280::nc::invalid-dnsname-leading-period",
        Root,
        "nc-dns-invalid",
    ),
    (
        "rfc5280::nc::not-allowed-in-ee-noncritical",
        Leaf,
        "nc-in-end-entity",
    ),
    (
        "rfc5280::nc::not-allowed-in-ee-critical",
        Leaf,
        "nc-in-end-entity",
    ),
    (
        "rfc5280::pc::ica-noncritical-pc",
        Intermediate,
        "pc-not-critical",
    ),
    (
        "rfc5280::san::noncritical-with-empty-subject",
        Leaf,
        "san-not-critical-without-subject",
    ),
    ("rfc5280::san::underscore-dns", Leaf, "gn-dns-underscore"),
    ("rfc5280::serial::too-long", Leaf, "serial-too-long"),
    ("rfc5280::serial::zero", Leaf, "serial-not-positive"),
    ("rfc5280::ski::critical-ski", Root, "ski-critical"),
    ("rfc5280::ski::root-missing-ski", Root, "ski-missing-in-ca"),
    ("rfc5280::ca-empty-subject", Root, "subject-empty-in-ca"),
    (
        "rfc5280::leaf-ku-keycertsign",
        Leaf,
        "ku-keycertsign-without-ca",
    ),
    (
        "webpki::nc::intermediate-permitted-excluded-subtrees-both-empty-sequences",
        Intermediate,
        "nc-empty",
    ),
    ("webpki::malformed-aia", Leaf, "extension-value-malformed"),
    ("webpki::v1-cert", Leaf, "version-not-v3"),
    // Of another class, but nothing about paths either.
    ("rfc5280::duplicate-extensions", Leaf, "extension-duplicate"),
];

fn limbo() -> Option<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/x509-limbo");
    if directory.is_dir() {
        return Some(directory);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "CI must have ../shared/x509-limbo"
    );
    eprintln!("SKIPPED: ../shared/x509-limbo is not here, so no case was checked");
    None
}

fn cases(directory: &Path) -> Vec<serde_json::Value> {
    let file = File::open(directory.join("limbo-dev.json.gz")).expect("the cases are there");
    let limbo: serde_json::Value =
        serde_json::from_reader(GzDecoder::new(file)).expect("the cases are JSON");
    limbo["testcases"]
        .as_array()
        .expect("there is a list of cases")
        .clone()
}

fn texts(value: &serde_json::Value) -> Vec<&str> {
    let list = value.as_array().expect("a list of certificates");
    list.iter()
        .map(|text| text.as_str().expect("a certificate is PEM"))
        .collect()
}

fn check(case: &serde_json::Value) -> Report {
    let bundle = texts(&case["trusted_certs"]).join("\n");
    let mut client = vec![
        case["peer_certificate"]
            .as_str()
            .expect("a case has a peer certificate"),
    ];
    client.extend(texts(&case["untrusted_intermediates"]));
    let input = |name: &str, text: String, role: Role| {
        Input::read(Source::new(name, text.into_bytes()), Some(role))
    };
    let inputs = [
        input("bundle.pem", bundle, Role::Bundle),
        input("client.pem", client.join("\n"), Role::Client),
    ];
    let at = case["validation_time"].as_str().map_or(CHECKED_AT, |text| {
        let time: jiff::Timestamp = text.parse().expect("a time is RFC 3339");
        Time(time.as_second())
    });
    // Without a verifier there is no verdict, so no finding is an error only for being the cause of one.
    let settings = Settings {
        verifiers: Vec::new(),
        ..Settings::at(at)
    };
    let rules: Vec<_> = rules::all().collect();
    chainlint::check(
        &inputs,
        &settings,
        &rules,
        &[],
        FailOn::Severity(Severity::Warning),
    )
}

#[test]
fn every_fault_of_the_profile_is_an_error() {
    let Some(directory) = limbo() else { return };
    let cases = cases(&directory);
    let mut wrong = Vec::new();
    for (id, fault, rule) in CASES {
        let case = cases
            .iter()
            .find(|case| case["id"] == id)
            .unwrap_or_else(|| panic!("there is no case {id}"));
        let roots = texts(&case["trusted_certs"]).len();
        let index = match fault {
            Root => 0,
            Leaf => roots,
            Intermediate => roots + 1,
        };
        let report = check(case);
        let errors: Vec<_> = report
            .findings
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| (finding.rule, finding.certificate))
            .collect();
        if !errors.contains(&(rule, Some(index))) {
            wrong.push(format!("{id}: wanted {rule} on {index}, found {errors:?}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn no_case_of_the_class_is_left_out() {
    let Some(directory) = limbo() else { return };
    let classes = std::fs::read_to_string(directory.join("classes.tsv"))
        .expect("the classes of the cases are there");
    let profile = classes.lines().filter_map(|line| {
        let mut fields = line.split('\t');
        let id = fields.next()?;
        (fields.next()? == "profile").then_some(id)
    });
    for id in profile {
        assert!(
            CASES.iter().any(|(case, _, _)| *case == id),
            "{id} is not listed"
        );
    }
}
