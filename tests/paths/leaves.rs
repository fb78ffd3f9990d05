//! The end-entity: its purposes, its names, and its place in the bundle.

use crate::generator::extension as ext;
use crate::generator::key::Key;
use crate::generator::pki::{Builder, Chain, pem, same};
use crate::{assert_accept, assert_reject, check, check_sources, check_with, root, settings};
use chainlint::analysis::Settings;
use chainlint::path::Purpose;
use chainlint::source::Role;

fn with_purpose(purpose: &str) -> Chain {
    Chain::new(same, same, |leaf| {
        leaf.with(ext::extended_key_usage(&[purpose]))
    })
}

#[test]
fn purposes_of_a_client() {
    const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
    for purpose in [ext::SERVER_AUTH, CODE_SIGNING] {
        let chain = with_purpose(purpose);
        let report = check(&[&chain.issuing, &chain.root], &[&chain.leaf]);
        let field = "extensions.extKeyUsage";
        assert_reject(&report, "mtls-leaf-no-client-auth", &chain.leaf, field);
    }
    for purpose in [ext::CLIENT_AUTH, ext::ANY_EXTENDED_KEY_USAGE] {
        let chain = with_purpose(purpose);
        assert_accept(&check(&[&chain.issuing, &chain.root], &[&chain.leaf]));
    }
}

#[test]
fn other_purposes() {
    let check_for = |purpose, chain: &Chain| {
        let settings = Settings {
            purpose,
            ..settings()
        };
        check_with(&[&chain.issuing, &chain.root], &[&chain.leaf], &settings)
    };
    let (server, client) = (with_purpose(ext::SERVER_AUTH), Chain::test());
    assert_accept(&check_for(Purpose::Server, &server));
    assert_accept(&check_for(Purpose::Any, &server));
    assert_accept(&check_for(Purpose::Any, &client));
    let report = check_for(Purpose::Server, &client);
    let field = "extensions.extKeyUsage";
    assert_reject(&report, "chain-purpose-excluded", &client.leaf, field);
}

#[test]
fn names() {
    let names = [
        ext::dns_name("client.example.com"),
        ext::ip_address(&[192, 0, 2, 1]),
        ext::email("client@example.com"),
        ext::uri("spiffe://example.com/client"),
    ];
    let chain = Chain::new(same, same, |leaf| leaf.with(ext::subject_alt_name(&names)));
    let check_for = |name: &str| {
        let settings = Settings {
            names: vec![name.parse().expect("a peer name")],
            ..settings()
        };
        check_with(&[&chain.issuing, &chain.root], &[&chain.leaf], &settings)
    };
    for (own, other) in [
        ("CLIENT.example.com", "server.example.com"),
        ("192.0.2.1", "192.0.2.2"),
        ("client@example.com", "server@example.com"),
        ("spiffe://example.com/client", "spiffe://example.com/server"),
    ] {
        assert_accept(&check_for(own));
        let field = "extensions.subjectAltName";
        assert_reject(&check_for(other), "identity-mismatch", &chain.leaf, field);
    }
}

#[test]
fn the_leaf_in_the_bundle_is_no_anchor() {
    let chain = Chain::test();
    let report = check(&[&chain.leaf], &[&chain.leaf]);
    assert_eq!(report.verdicts[0].outcome, "reject");
    assert!(!report.verdicts[0].findings.is_empty());
    let above = root("CN=client,O=Example", "client");
    let own = Builder::leaf("CN=client,O=Example", Key::p256("client"), &above).build();
    assert_accept(&check(&[&own], &[&own]));
}

#[test]
fn what_one_client_sends_helps_no_other() {
    let (one, two) = (Chain::test(), Chain::other("Other"));
    let client = |certificates: &[_]| (Role::Client, pem(certificates));
    let sources = [
        (Role::Bundle, pem(&[&one.root, &two.root])),
        client(&[&one.leaf, &one.issuing]),
        client(&[&two.leaf]),
        client(&[&one.leaf]),
        client(&[&two.leaf, &two.issuing]),
        client(&[&two.leaf, &one.issuing]),
    ];
    let report = check_sources(&sources, &settings());
    let outcomes: Vec<_> = report.verdicts.iter().map(|it| it.outcome).collect();
    assert_eq!(outcomes, ["accept", "reject", "reject", "accept", "reject"]);
    for verdict in report.verdicts.iter().filter(|it| it.outcome == "reject") {
        assert!(!verdict.findings.is_empty());
    }
}
