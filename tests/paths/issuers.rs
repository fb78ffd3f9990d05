//! One fault in an intermediate, which the client sends or the bundle holds.

use crate::generator::crl::{Crl, Entry};
use crate::generator::extension as ext;
use crate::generator::pki::{Builder, Certificate, Chain, pem, same};
use crate::generator::policy;
use crate::{assert_accept, assert_reject, check, check_sources, settings};
use chainlint::source::Role;

/// A fault in the issuing CA gives the same cause wherever the CA stands.
fn at_issuing(change: fn(Builder) -> Builder, rule: &str, field: &str) {
    let chain = Chain::new(same, change, same);
    let Chain {
        root,
        issuing,
        leaf,
    } = &chain;
    let sent = check(&[root], &[leaf, issuing]);
    assert_reject(&sent, rule, issuing, field);
    let held = check(&[issuing, root], &[leaf]);
    assert_reject(&held, rule, issuing, field);
}

#[test]
fn without_basic_constraints() {
    let change = |issuing: Builder| issuing.without(ext::BASIC_CONSTRAINTS);
    at_issuing(change, "bc-missing-in-ca", "extensions");
}

#[test]
fn with_ca_false() {
    let change = |issuing: Builder| issuing.with(ext::basic_constraints(false, None));
    at_issuing(change, "chain-issuer-not-ca", "extensions.basicConstraints");
}

#[test]
fn without_key_cert_sign() {
    let change = |issuing: Builder| issuing.with(ext::key_usage(&[ext::CRL_SIGN]));
    at_issuing(change, "chain-issuer-no-keycertsign", "extensions.keyUsage");
}

#[test]
fn of_version_1() {
    let change = |issuing: Builder| Builder {
        version: None,
        extensions: Vec::new(),
        ..issuing
    };
    at_issuing(change, "chain-issuer-not-v3", "version");
}

#[test]
fn for_servers_only() {
    let change = |issuing: Builder| issuing.with(ext::extended_key_usage(&[ext::SERVER_AUTH]));
    let rule = "mtls-intermediate-excludes-client-auth";
    at_issuing(change, rule, "extensions.extKeyUsage");
}

#[test]
fn require_explicit_policy() {
    let with_policy = |builder: Builder| builder.with(policy::policies(&[policy::GOLD]));
    let require = |issuing: Builder| issuing.with(policy::constraints(Some(0), None));
    let good = Chain::new(same, |issuing| with_policy(require(issuing)), with_policy);
    assert_accept(&check(&[&good.root], &[&good.leaf, &good.issuing]));
    let bad = Chain::new(same, require, same);
    let report = check(&[&bad.root], &[&bad.leaf, &bad.issuing]);
    assert_eq!(report.verdicts[0].outcome, "reject");
    let first = &report.findings[report.verdicts[0].findings[0]];
    assert_eq!(first.rule, "chain-policy-no-valid-path");
}

#[test]
fn a_revoked_ca_and_its_twin() {
    let chain = Chain::test();
    let Chain {
        root,
        issuing,
        leaf,
    } = &chain;
    let twin = &Chain::new(same, |issuing| issuing.serial(&[7]), same).issuing;
    let crls = Crl::of(root).entry(Entry::new(issuing)).pem() + &Crl::of(issuing).pem();
    let check = |bundle: &[&Certificate], client: &[&Certificate]| {
        let sources = [
            (Role::Bundle, pem(bundle)),
            (Role::Client, pem(client)),
            (Role::Crl, crls.clone()),
        ];
        check_sources(&sources, &settings())
    };
    assert_accept(&check(&[root], &[leaf, issuing, twin]));
    assert_accept(&check(&[root], &[leaf, twin, issuing]));
    // In the bundle it would be an anchor of its own, were it not revoked.
    for report in [
        check(&[root], &[leaf, issuing]),
        check(&[issuing, root], &[leaf]),
    ] {
        let verdict = &report.verdicts[0];
        assert_eq!(verdict.outcome, "reject", "{}", verdict.text);
        let first = &report.findings[verdict.findings[0]];
        assert_eq!(first.rule, "crl-certificate-revoked");
        assert!(
            first.message.contains("Test Issuing CA"),
            "{}",
            first.message
        );
    }
}
