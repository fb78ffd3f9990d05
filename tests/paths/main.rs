//! Paths: what rfc5280 decides on PKIs made for it, and which finding it gives as the cause.

#[path = "../../fixtures/generator/mod.rs"]
mod generator;

mod alternatives;
mod bounds;
mod issuers;
mod leaves;
mod trace;

use chainlint::analysis::{Input, Settings};
use chainlint::cert::time::Time;
use chainlint::report::{FailOn, Report};
use chainlint::source::{Role, Source};
use chainlint::verifiers::rfc5280::RFC5280;
use generator::key::Key;
use generator::pki::{Builder, Certificate, pem};

/// 2026-11-23T18:00:00Z, when every certificate without a fault is valid.
fn settings() -> Settings {
    Settings {
        verifiers: vec![&RFC5280],
        ..Settings::at(Time(1_795_456_800))
    }
}

/// Checks sources; each is named by its place.
fn check_sources(sources: &[(Role, String)], settings: &Settings) -> Report {
    let read = |(index, (role, text)): (usize, &(Role, String))| {
        let source = Source::new(format!("{index}.pem"), text.clone().into_bytes());
        Input::read(source, Some(*role))
    };
    let inputs: Vec<Input> = sources.iter().enumerate().map(read).collect();
    let rules: Vec<_> = chainlint::rules::all().collect();
    chainlint::check(&inputs, settings, &rules, &[], FailOn::Never)
}

fn check_with(bundle: &[&Certificate], client: &[&Certificate], settings: &Settings) -> Report {
    let sources = [(Role::Bundle, pem(bundle)), (Role::Client, pem(client))];
    check_sources(&sources, settings)
}

fn check(bundle: &[&Certificate], client: &[&Certificate]) -> Report {
    check_with(bundle, client, &settings())
}

/// The subjects of the path that a verdict is about, end-entity first.
fn path_of(report: &Report) -> Vec<&str> {
    let path = report.verdicts[0].path.iter();
    path.map(|index| report.certificates[*index].subject.as_str())
        .collect()
}

#[track_caller]
fn assert_accept(report: &Report) {
    let verdict = &report.verdicts[0];
    assert_eq!(verdict.outcome, "accept", "{}", verdict.text);
    assert!(verdict.findings.is_empty());
}

/// The first finding that is linked to the verdict is of this rule, at this certificate and field of its `tbsCertificate`.
#[track_caller]
fn assert_reject(report: &Report, rule: &str, at: &Certificate, field: &str) {
    let verdict = &report.verdicts[0];
    assert_eq!(verdict.outcome, "reject", "{}", verdict.text);
    let first = verdict.findings.first();
    let finding = &report.findings[*first.expect("a reject has a cause")];
    let index = finding.certificate.expect("the cause is in a certificate");
    let place = finding.locations[0].field.as_deref();
    let found = (
        finding.rule,
        report.certificates[index].sha256,
        place.and_then(|place| place.strip_prefix("tbsCertificate.")),
    );
    let sha256 = chainlint::crypto::Sha256::of(&at.der);
    assert_eq!(found, (rule, sha256, Some(field)), "{}", verdict.text);
}

fn root(subject: &str, key: &str) -> Certificate {
    Builder::root(subject, Key::p256(key)).build()
}

/// A CA that may have CAs below it.
fn ca(subject: &str, issuer: &Certificate) -> Builder {
    use generator::extension::basic_constraints;
    Builder::intermediate(subject, Key::p256(subject), issuer).with(basic_constraints(true, None))
}

fn leaf(issuer: &Certificate) -> Certificate {
    Builder::leaf("CN=client,O=Example", Key::p256("client"), issuer).build()
}

/// Without key ids.
fn bare(builder: Builder) -> Builder {
    use generator::extension::{AUTHORITY_KEY_IDENTIFIER, SUBJECT_KEY_IDENTIFIER};
    builder
        .without(SUBJECT_KEY_IDENTIFIER)
        .without(AUTHORITY_KEY_IDENTIFIER)
}
