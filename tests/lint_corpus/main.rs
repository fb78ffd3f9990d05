//! What zlint and pkilint say of the certificates in their own tests, beside what is found here.
//!
//! `../shared/catalog.tsv` says which rule stands for which of their lints. Every lint that fires must have its finding, but
//! for those in `exceptions.tsv`, and so must every finding of a rule whose lints do not fire. Each has its reason there: the RFC
//! decides, not another linter. The certificates are third-party data, which live in `../shared/lint-corpus`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chainlint::analysis::{Input, Settings};
use chainlint::cert::time::Time;
use chainlint::path::Purpose;
use chainlint::report::FailOn;
use chainlint::source::Source;

/// Where the two differ, for which certificates, and why: `not-shared` is a lint that fires where no finding should,
/// `own-alarm` a finding that the other linter does not have. A `*` stands for every certificate.
const EXCEPTIONS: &str = include_str!("exceptions.tsv");

/// The rules of tier 1 that a lint stands for.
struct Catalog {
    zlint: BTreeMap<String, BTreeSet<String>>,
    pkilint: BTreeMap<String, BTreeSet<String>>,
}

fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared")
        .join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "CI must have ../shared/{name}"
    );
    eprintln!("SKIPPED: ../shared/{name} is not here, so no lint was compared");
    None
}

fn catalog() -> Option<Catalog> {
    let text = fs::read_to_string(shared("catalog.tsv")?).expect("the catalog can be read");
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name| {
        header
            .iter()
            .position(|title| *title == name)
            .expect("the column is there")
    };
    let (rule, zlint, pkilint, tier) = (
        column("rule"),
        column("zlint"),
        column("pkilint"),
        column("tier"),
    );
    let mut catalog = Catalog {
        zlint: BTreeMap::new(),
        pkilint: BTreeMap::new(),
    };
    for line in lines {
        let fields: Vec<&str> = line.split('\t').collect();
        if fields[tier] != "1" {
            continue;
        }
        for (map, column) in [(&mut catalog.zlint, zlint), (&mut catalog.pkilint, pkilint)] {
            for lint in fields[column].split_whitespace() {
                map.entry(lint.to_owned())
                    .or_default()
                    .insert(fields[rule].to_owned());
            }
        }
    }
    Some(catalog)
}

/// The rules that fire on a certificate by itself. There must be a report, whatever the file holds.
fn fired(file: &Path) -> BTreeSet<String> {
    let bytes = fs::read(file).expect("a certificate can be read");
    let inputs = [Input::read(Source::new("certificate.pem", bytes), None)];
    let settings = Settings {
        verifiers: Vec::new(),
        purpose: Purpose::Any,
        ..Settings::at(Time(1_795_456_800))
    };
    let rules: Vec<_> = chainlint::rules::all().collect();
    let report = chainlint::check(&inputs, &settings, &rules, &[], FailOn::Never);
    assert!(
        !report.certificates.is_empty() || !report.findings.is_empty(),
        "{} has no report",
        file.display()
    );
    report
        .findings
        .iter()
        .map(|finding| finding.rule.to_owned())
        .collect()
}

/// The exceptions that were met, each as it is listed.
type Met = BTreeSet<(&'static str, &'static str, &'static str)>;

/// Whether a difference is listed; notes that it was met.
fn is_listed(kind: &str, name: &str, certificate: &str, met: &mut Met) -> bool {
    for (listed_kind, listed, certificates) in exceptions() {
        let mut certificates = certificates.split(' ');
        let found = certificates.find(|one| *one == "*" || *one == certificate);
        if let Some(found) = found.filter(|_| listed_kind == kind && listed == name) {
            met.insert((listed_kind, listed, found));
            return true;
        }
    }
    false
}

/// Kind, name and certificates of each exception.
fn exceptions() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    EXCEPTIONS.lines().skip(1).map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let [kind, name, certificates, reason] = fields[..] else {
            panic!("an exception has four fields: {line}");
        };
        assert!(!reason.is_empty(), "{name} has a reason");
        (kind, name, certificates)
    })
}

/// Compares the lints that fire on each certificate with the findings; `runs` says whether the linter runs a lint at all.
fn compare(
    folder: &Path,
    lints: &BTreeMap<String, BTreeSet<String>>,
    said: &BTreeMap<String, BTreeSet<String>>,
    runs: impl Fn(&str) -> bool,
    met: &mut Met,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut of_rule: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (lint, rules) in lints.iter().filter(|(lint, _)| runs(lint)) {
        for rule in rules {
            of_rule.entry(rule).or_default().insert(lint);
        }
    }
    for (certificate, firing) in said {
        let found = fired(&folder.join(certificate));
        for lint in firing {
            let Some(rules) = lints.get(lint) else {
                continue;
            };
            if rules.is_disjoint(&found) && !is_listed("not-shared", lint, certificate, met) {
                wrong.push(format!(
                    "{certificate}: {lint} fires, none of {rules:?} does"
                ));
            }
        }
        for rule in &found {
            let shared = of_rule.get(rule.as_str());
            let fires = |lints: &BTreeSet<&str>| lints.iter().any(|lint| firing.contains(*lint));
            if shared.is_some_and(|lints| !fires(lints))
                && !is_listed("own-alarm", rule, certificate, met)
            {
                wrong.push(format!(
                    "{certificate}: {rule} fires, none of its lints does"
                ));
            }
        }
    }
    wrong
}

fn json(path: &Path) -> serde_json::Value {
    let text = fs::read_to_string(path).expect("the expectations can be read");
    serde_json::from_str(&text).expect("the expectations are JSON")
}

fn zlint(catalog: &Catalog, folder: &Path, met: &mut Met) -> Vec<String> {
    let matrix = json(&folder.join("full-matrix.json"));
    let mut said: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (certificate, lints) in matrix.as_object().expect("a table of certificates") {
        let firing = lints.as_object().expect("a table of lints").iter();
        let firing =
            firing.filter(|(_, status)| !matches!(status.as_str(), Some("pass" | "NA" | "NE")));
        said.insert(
            certificate.clone(),
            firing.map(|(lint, _)| lint.clone()).collect(),
        );
    }
    assert!(said.len() > 150);
    let first = matrix.as_object().and_then(|table| table.values().next());
    let runs = |lint: &str| first.is_some_and(|lints| lints.get(lint).is_some());
    compare(&folder.join("certs"), &catalog.zlint, &said, runs, met)
}

fn pkilint(catalog: &Catalog, folder: &Path, met: &mut Met) -> Vec<String> {
    let codes = |findings: &serde_json::Value| -> BTreeSet<String> {
        let findings = findings.as_array().into_iter().flatten();
        findings
            .filter_map(|finding| Some(finding["code"].as_str()?.to_owned()))
            .collect()
    };
    let mut wrong = Vec::new();
    for (expectations, certificates) in [
        ("pkilint/expectations.json", "pkilint/certs"),
        ("zlint/pkilint-findings.json", "zlint/certs"),
    ] {
        let table = json(&folder.join(expectations));
        let table = table.as_object().expect("a table of certificates");
        // Of those that it cannot parse, pkilint says nothing else.
        let said = table.iter().filter(|(_, findings)| findings.is_array());
        let said = said
            .map(|(certificate, findings)| (certificate.clone(), codes(findings)))
            .collect();
        wrong.extend(compare(
            &folder.join(certificates),
            &catalog.pkilint,
            &said,
            |_| true,
            met,
        ));
    }
    wrong
}

#[test]
fn every_difference_has_its_reason() {
    let (Some(catalog), Some(folder)) = (catalog(), shared("lint-corpus")) else {
        return;
    };
    let mut met = Met::new();
    let mut wrong = zlint(&catalog, &folder.join("zlint"), &mut met);
    wrong.extend(pkilint(&catalog, &folder, &mut met));
    for (kind, name, certificates) in exceptions() {
        for certificate in certificates.split(' ') {
            if !met.contains(&(kind, name, certificate)) {
                wrong.push(format!(
                    "{certificate}: {kind} {name} is listed, and differs no more"
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
