//! Long paths, large bundles, loops.

use crate::generator::key::Key;
use crate::generator::pki::{Builder, Certificate, Chain};
use crate::{assert_accept, assert_reject, ca, check, check_with, leaf, root, settings};
use chainlint::analysis::Settings;

/// A root, so many intermediates under it, and a client: what it sends, itself first, and the root.
fn chain_of(intermediates: usize) -> (Vec<Certificate>, Certificate) {
    let top = root("CN=Root CA,O=Example", "root");
    let mut chain = vec![top];
    for number in 0..intermediates {
        let subject = format!("CN=CA {number},O=Example");
        let next = ca(&subject, &chain[number]).build();
        chain.push(next);
    }
    chain.push(leaf(&chain[intermediates]));
    let top = chain.remove(0);
    chain.reverse();
    (chain, top)
}

#[test]
fn ten_intermediates_and_depth() {
    let (sent, top) = chain_of(10);
    let sent: Vec<_> = sent.iter().collect();
    let with_depth = |depth| {
        let settings = Settings {
            depth,
            ..settings()
        };
        check_with(&[&top], &sent, &settings)
    };
    assert_accept(&with_depth(None));
    assert_accept(&with_depth(Some(10)));
    for depth in [0, 9] {
        let report = with_depth(Some(depth));
        assert_eq!(report.verdicts[0].outcome, "reject");
        let first = &report.findings[report.verdicts[0].findings[0]];
        assert_eq!(first.rule, "mtls-verify-depth-exceeded");
    }
}

#[test]
fn a_path_that_is_too_long_to_follow() {
    let (sent, top) = chain_of(128);
    let sent: Vec<_> = sent.iter().collect();
    let report = check(&[&top], &sent);
    let verdict = &report.verdicts[0];
    assert_eq!(verdict.outcome, "unknown", "{}", verdict.text);
    let rules: Vec<_> = verdict
        .findings
        .iter()
        .map(|index| report.findings[*index].rule)
        .collect();
    assert_eq!(rules, ["chain-search-limit-reached"]);
    let (sent, top) = chain_of(126);
    let sent: Vec<_> = sent.iter().collect();
    assert_accept(&check(&[&top], &sent));
}

/// Ten thousand unrelated CAs, all with one key: making keys would take most of the time.
#[test]
fn ten_thousand_unrelated_cas() {
    let chain = Chain::test();
    let key = Key::p256("unrelated");
    let unrelated: Vec<_> = (0..10_000)
        .map(|number| {
            Builder::root(&format!("CN=Unrelated {number},O=Example"), key.clone()).build()
        })
        .collect();
    let mut bundle: Vec<_> = unrelated.iter().collect();
    bundle.insert(3_000, &chain.issuing);
    bundle.insert(7_000, &chain.root);
    assert_accept(&check(&bundle, &[&chain.leaf]));
}

/// CAs of which each is under the next, and the last under the first.
fn ring(size: usize) -> Vec<Certificate> {
    let subject = |number: usize| format!("CN=Ring {},O=Example", number % size);
    let above = |number: usize| root(&subject(number + 1), &subject(number + 1));
    (0..size)
        .map(|number| ca(&subject(number), &above(number)).build())
        .collect()
}

#[test]
fn loops() {
    for size in [2, 3] {
        let cas = ring(size);
        let client = leaf(&cas[0]);
        let mut sent = vec![&client];
        sent.extend(&cas);
        let unrelated = root("CN=Root CA,O=Example", "root");
        let report = check(&[&unrelated], &sent);
        assert_reject(&report, "chain-loop", &cas[0], "issuer");
        // A CA of the bundle is an anchor, whoever issued it.
        let bundle: Vec<_> = cas.iter().collect();
        assert_accept(&check(&bundle, &[&client]));
    }
}
