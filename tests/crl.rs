//! What CRLs mean for a report: which clients a finding concerns, and what a CRL in the bundle does.

#[path = "../fixtures/generator/mod.rs"]
mod generator;

use chainlint::analysis::{Input, Settings};
use chainlint::cert::time::Time;
use chainlint::report::{FailOn, Report, ReportFinding};
use chainlint::rules::Severity;
use chainlint::source::{Role, Source};
use chainlint::verifiers::{Verifier, envoy::ENVOY, nginx::NGINX, rustls::RUSTLS};
use generator::crl::{Crl, Entry, issuing_distribution_point};
use generator::der;
use generator::extension::{self as ext, Extension};
use generator::key::Key;
use generator::pki::{Builder, Chain, name, pem, same};

/// 2026-11-23T18:00:00Z.
const CHECKED_AT: Time = Time(1_795_456_800);

fn check(verifier: &'static Verifier, sources: &[(Role, String)]) -> Report {
    let read = |(index, (role, text)): (usize, &(Role, String))| {
        let source = Source::new(format!("{index}.pem"), text.clone().into_bytes());
        Input::read(source, Some(*role))
    };
    let inputs: Vec<Input> = sources.iter().enumerate().map(read).collect();
    let settings = Settings {
        depth: Some(3),
        verifiers: vec![verifier],
        ..Settings::at(CHECKED_AT)
    };
    let rules: Vec<_> = chainlint::rules::all().collect();
    chainlint::check(&inputs, &settings, &rules, &[], FailOn::Never)
}

fn of<'r>(report: &'r Report, rule: &str) -> Vec<&'r ReportFinding> {
    let findings = report.findings.iter();
    findings.filter(|finding| finding.rule == rule).collect()
}

fn severities(report: &Report, topic: &str) -> Vec<(&'static str, Severity)> {
    let findings = report.findings.iter();
    findings
        .filter(|finding| finding.rule.starts_with(topic))
        .map(|finding| (finding.rule, finding.severity))
        .collect()
}

#[test]
fn a_revocation_concerns_the_client_that_is_revoked() {
    let chain = Chain::test();
    let other = Builder::leaf("CN=other,O=Example", Key::p256("other"), &chain.issuing).build();
    let crls = Crl::of(&chain.issuing).entry(Entry::new(&other)).pem();
    let report = check(
        &RUSTLS,
        &[
            (Role::Bundle, chain.bundle()),
            (Role::Client, chain.client()),
            (Role::Client, pem(&[&other])),
            (Role::Crl, crls + &Crl::of(&chain.root).pem()),
        ],
    );
    let outcomes: Vec<_> = report.verdicts.iter().map(|it| it.outcome).collect();
    assert_eq!(outcomes, ["accept", "reject"]);
    let found = of(&report, "crl-certificate-revoked");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].verdicts, [1]);
    assert_eq!(found[0].locations[0].source, 3);
}

#[test]
fn a_missing_crl_concerns_the_clients_of_that_ca() {
    let chain = Chain::test();
    let report = check(
        &NGINX,
        &[
            (Role::Bundle, chain.bundle()),
            (Role::Client, chain.client()),
            (Role::Crl, Crl::of(&chain.root).pem()),
        ],
    );
    assert_eq!(
        severities(&report, "crl-"),
        [("crl-missing", Severity::Error)]
    );
    let rustls = [
        (Role::Bundle, chain.bundle()),
        (Role::Client, chain.client()),
        (Role::Crl, Crl::of(&chain.issuing).pem()),
    ];
    // The root answers for itself, so that it is named once.
    let report = check(&RUSTLS, &rustls);
    assert_eq!(
        severities(&report, "crl-"),
        [("crl-missing", Severity::Error)]
    );
}

#[test]
fn a_crl_in_the_bundle_counts_for_envoy() {
    let chain = Chain::test();
    let listed = Crl::of(&chain.issuing).entry(Entry::new(&chain.leaf));
    let bundle = chain.bundle() + &listed.pem() + &Crl::of(&chain.root).pem();
    let sources = [(Role::Bundle, bundle), (Role::Client, chain.client())];
    let rule = "crl-certificate-revoked";
    let severity = |verifier| severities(&check(verifier, &sources), "crl-");
    assert_eq!(severity(&NGINX), [(rule, Severity::Warning)]);
    assert_eq!(severity(&ENVOY), [(rule, Severity::Error)]);
}

#[test]
fn a_source_of_crls_without_one_is_told() {
    let chain = Chain::test();
    for text in ["", "hello\n", &chain.bundle()] {
        let report = check(
            &NGINX,
            &[
                (Role::Bundle, chain.bundle()),
                (Role::Client, chain.client()),
                (Role::Crl, text.to_owned()),
            ],
        );
        let found = severities(&report, "crl-");
        assert_eq!(found, [("crl-unreadable", Severity::Error)], "{text:?}");
    }
}

#[test]
fn a_crl_without_a_number_is_no_missing_crl() {
    // The CA made by hand: `openssl ca -gencrl` without a crlnumber file.
    let chain = Chain::new(same, same, |leaf| {
        leaf.without(ext::CRL_DISTRIBUTION_POINTS)
    });
    let plain = |crl: Crl| Crl {
        version: None,
        extensions: Vec::new(),
        ..crl
    };
    let crls = plain(Crl::of(&chain.issuing)).pem() + &plain(Crl::of(&chain.root)).pem();
    let report = check(
        &NGINX,
        &[
            (Role::Bundle, chain.bundle()),
            (Role::Client, chain.client()),
            (Role::Crl, crls),
        ],
    );
    let found = severities(&report, "crl-");
    assert_eq!(found, [("crl-number-invalid", Severity::Warning); 2]);
}

#[test]
fn an_indirect_crl_needs_a_signer_under_the_bundle() {
    let authority_name = "CN=CRL Authority,O=Example";
    let chain = Chain::new(same, same, |leaf| {
        let issuer = der::context(2, &der::context(4, &name(authority_name)));
        let points = der::sequence(&[der::sequence(&[issuer])]);
        leaf.with(Extension::new(ext::CRL_DISTRIBUTION_POINTS, false, points))
    });
    let signed_by = |issuer| {
        Builder::leaf(authority_name, Key::p256("authority"), issuer)
            .with(ext::key_usage(&[ext::CRL_SIGN]))
            .build()
    };
    let check = |authority: &_| {
        let indirect = der::context_primitive(4, &[0xff]);
        let entry = Entry::new(&chain.leaf).issuer(&chain.issuing.subject);
        let crl = Crl::of(authority)
            .with(issuing_distribution_point(&[indirect]))
            .entry(entry);
        let report = check(
            &NGINX,
            &[
                (Role::Bundle, chain.bundle()),
                (Role::Client, pem(&[&chain.leaf, authority])),
                (Role::Crl, crl.pem() + &Crl::of(&chain.root).pem()),
            ],
        );
        severities(&report, "crl-")
    };
    assert_eq!(
        check(&signed_by(&chain.root)),
        [("crl-certificate-revoked", Severity::Error)]
    );
    assert_eq!(
        check(&signed_by(&Chain::other("Other").root)),
        [("crl-missing", Severity::Error)]
    );
}
