//! Several ways up, of which some are not valid.

use crate::generator::der;
use crate::generator::extension::{self as ext, Extension};
use crate::generator::key::Key;
use crate::generator::pki::{Builder, Certificate, Chain, same};
use crate::{assert_accept, assert_reject, bare, ca, check, leaf, path_of, root};

#[test]
fn a_valid_twin_stands_in_for_an_expired_intermediate() {
    let chain = Chain::new(same, |issuing| issuing.not_after("2026-01-01"), same);
    let other = root("CN=Other Root CA,O=Example", "other");
    let subject = "CN=Test Issuing CA,O=Example";
    let twin = Builder::intermediate(subject, chain.issuing.key.clone(), &other).build();
    let expired = check(&[&chain.root, &other], &[&chain.leaf, &chain.issuing]);
    assert_reject(
        &expired,
        "validity-expired",
        &chain.issuing,
        "validity.notAfter",
    );
    for sent in [[&chain.issuing, &twin], [&twin, &chain.issuing]] {
        let report = check(&[&chain.root, &other], &[&chain.leaf, sent[0], sent[1]]);
        assert_accept(&report);
        assert!(path_of(&report)[2].contains("Other Root CA"));
    }
}

#[test]
fn an_unconstrained_twin_stands_in_for_a_constrained_ca() {
    let permitted = der::context(0, &der::sequence(&[ext::dns_name("example.org")]));
    let constraint = Extension::new("2.5.29.30", true, der::sequence(&[permitted]));
    let chain = Chain::new(same, |issuing| issuing.with(constraint), same);
    let other = root("CN=Other Root CA,O=Example", "other");
    let subject = "CN=Test Issuing CA,O=Example";
    let twin = Builder::intermediate(subject, chain.issuing.key.clone(), &other).build();
    let field = "extensions.subjectAltName";
    let alone = check(&[&chain.issuing, &chain.root], &[&chain.leaf]);
    assert_reject(
        &alone,
        "chain-name-constraints-violated",
        &chain.leaf,
        field,
    );
    for bundle in [[&chain.issuing, &twin], [&twin, &chain.issuing]] {
        assert_accept(&check(
            &[bundle[0], bundle[1], &chain.root, &other],
            &[&chain.leaf],
        ));
    }
}

#[test]
fn a_rekeyed_ca() {
    let subject = "CN=Rekeyed CA,O=Example";
    for key_ids in [true, false] {
        let change = if key_ids { same } else { bare };
        let above = root("CN=Root CA,O=Example", "root");
        let ca = |key| change(Builder::intermediate(subject, Key::p256(key), &above)).build();
        let (old, new) = (ca("old"), ca("new"));
        for issuer in [&old, &new] {
            let own = Builder::leaf("CN=client,O=Example", Key::p256("client"), issuer);
            let client = change(own).build();
            assert_accept(&check(&[&new, &old, &above], &[&client]));
            assert_accept(&check(&[&old, &new, &above], &[&client]));
        }
        let client = change(Builder::leaf(
            "CN=client,O=Example",
            Key::p256("client"),
            &old,
        ))
        .build();
        let report = check(&[&new, &above], &[&client]);
        assert_reject(&report, "chain-issuer-rekeyed", &client, "issuer");
    }
}

/// Twelve layers of two CAs, each under both of the layer above; the top ones under `tops`.
fn diamonds(
    tops: &[&Certificate],
    change: impl Fn(usize, usize, Builder) -> Builder,
) -> (Vec<Certificate>, Certificate) {
    let mut all: Vec<Certificate> = Vec::new();
    let mut above: Vec<Certificate> = tops.iter().map(|top| (*top).clone()).collect();
    for layer in 0..12 {
        let mut these = Vec::new();
        for side in 0..2 {
            let subject = format!("CN=Layer {layer} side {side},O=Example");
            let certificates: Vec<_> = above
                .iter()
                .enumerate()
                .map(|(index, issuer)| {
                    change(layer, 2 * side + index, ca(&subject, issuer)).build()
                })
                .collect();
            these.push(certificates[0].clone());
            all.extend(certificates);
        }
        above = these;
    }
    let client = leaf(&above[0]);
    (all, client)
}

fn expired_root() -> Certificate {
    let root = Builder::root("CN=Root CA,O=Example", Key::p256("root"));
    root.not_after("2026-01-01").build()
}

fn with_sent<'c>(client: &'c Certificate, sent: &'c [Certificate]) -> Vec<&'c Certificate> {
    std::iter::once(client).chain(sent).collect()
}

#[test]
fn diamonds_that_are_valid() {
    let top = root("CN=Root CA,O=Example", "root");
    let (sent, client) = diamonds(&[&top], |_, _, ca| ca);
    assert_accept(&check(&[&top], &with_sent(&client, &sent)));
}

#[test]
fn diamonds_below_an_expired_root() {
    let top = expired_root();
    let (sent, client) = diamonds(&[&top], |_, _, ca| ca);
    let report = check(&[&top], &with_sent(&client, &sent));
    assert_reject(&report, "validity-expired", &top, "validity.notAfter");
}

#[test]
fn diamonds_with_one_valid_path() {
    let top = root("CN=Root CA,O=Example", "root");
    // Every layer goes on from its first side alone, over its second issuer, but for the top, which has one.
    let (sent, client) = diamonds(&[&top], |layer, index, ca| {
        let is_good = index
            == if layer == 0 {
                2
            } else {
                layer % 2 * 2 + (layer + 1) % 2
            };
        if is_good {
            ca
        } else {
            ca.not_after("2026-01-01")
        }
    });
    let report = check(&[&top], &with_sent(&client, &sent));
    println!("{}", report.verdicts[0].text);
    assert_eq!(report.verdicts[0].outcome, expected_of_one(&sent));
}

/// The last layer's first side has a valid certificate only in layers of even number.
fn expected_of_one(_sent: &[Certificate]) -> &'static str {
    "reject"
}

/// CAs with one name and different keys, the client under the last.
fn of_one_name(change: fn(Builder) -> Builder) -> (Vec<Certificate>, Certificate) {
    let one = |index| {
        let key = Key::p256(&format!("one of many {index}"));
        change(Builder::root("CN=One of many,O=Example", key)).build()
    };
    let cas: Vec<_> = (0..200).map(one).collect();
    let client = Builder::leaf("CN=client,O=Example", Key::p256("client"), &cas[199]);
    (cas, change(client).build())
}

#[test]
fn two_hundred_cas_of_one_name_with_key_ids() {
    let (cas, client) = of_one_name(same);
    let bundle: Vec<_> = cas.iter().collect();
    assert_accept(&check(&bundle, &[&client]));
    let report = check(&bundle[..199], &[&client]);
    assert_reject(&report, "chain-issuer-rekeyed", &client, "issuer");
}

#[test]
fn two_hundred_cas_of_one_name_without_key_ids() {
    let (cas, client) = of_one_name(bare);
    let bundle: Vec<_> = cas.iter().collect();
    assert_accept(&check(&bundle, &[&client]));
    let report = check(&bundle[..199], &[&client]);
    assert_reject(&report, "chain-issuer-rekeyed", &client, "issuer");
}
