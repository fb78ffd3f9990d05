#[path = "../../../fixtures/generator/mod.rs"]
mod generator;
mod lists;

use generator::crl::{self, Crl as Builder, Entry, issuing_distribution_point};
use generator::der;
use generator::extension::{self as ext, Extension};
use generator::key::Key;
use generator::pki::{self, Chain, same};

use super::*;
use crate::crypto::Signatures;

/// 2026-11-23T18:00:00Z.
const NOW: Time = Time(1_795_456_800);

/// The status of the client of `chain`.
fn client(chain: &Chain, others: &[&pki::Certificate], crls: Vec<Builder>) -> RevocationStatus {
    ask(&chain.leaf, &chain.issuing, others, crls)
}

fn ask(
    certificate: &pki::Certificate,
    issuer: &pki::Certificate,
    others: &[&pki::Certificate],
    crls: Vec<Builder>,
) -> RevocationStatus {
    let ders: Vec<Vec<u8>> = crls.into_iter().map(Builder::der).collect();
    let crls: Vec<Crl<'_>> = ders.iter().map(|der| Crl::parse(der).unwrap()).collect();
    let crls: Vec<&Crl<'_>> = crls.iter().collect();
    let others: Vec<Certificate<'_>> = others
        .iter()
        .map(|other| Certificate::parse(&other.der).unwrap())
        .collect();
    let others: Vec<&Certificate<'_>> = others.iter().collect();
    status(
        &Certificate::parse(&certificate.der).unwrap(),
        &Certificate::parse(&issuer.der).unwrap(),
        &others,
        &crls,
        NOW,
        &|key, algorithm, tbs, signature| {
            Signatures::default().check(key, algorithm, tbs, signature)
        },
    )
}

/// The index of the CRL that revokes, and the reason.
fn revoked(status: &RevocationStatus) -> Option<(usize, Option<Reason>)> {
    match status {
        RevocationStatus::Revoked(revocation) => Some((revocation.crl, revocation.reason)),
        _ => None,
    }
}

/// Why each CRL that was considered does not settle the status.
fn why(status: &RevocationStatus) -> Vec<(usize, Unusable)> {
    match status {
        RevocationStatus::Undetermined(considered) => considered
            .iter()
            .map(|considered| (considered.crl, considered.why))
            .collect(),
        other => panic!("{other:?}"),
    }
}

fn issuing(chain: &Chain) -> Builder {
    Builder::of(&chain.issuing)
}

/// A CRL of the issuing CA that lists the client.
fn listing(chain: &Chain) -> Builder {
    issuing(chain).entry(Entry::new(&chain.leaf))
}

#[test]
fn a_current_crl_settles_it() {
    let chain = Chain::test();
    assert_eq!(
        client(&chain, &[], vec![issuing(&chain)]),
        RevocationStatus::Good
    );
    let entry = Entry::new(&chain.leaf).reason(crl::KEY_COMPROMISE);
    let status = client(&chain, &[], vec![issuing(&chain).entry(entry)]);
    assert_eq!(revoked(&status), Some((0, Some(Reason(1)))));
    let RevocationStatus::Revoked(revocation) = status else {
        unreachable!("it was revoked");
    };
    assert_eq!(
        revocation.date.map(|date| date.to_string()).as_deref(),
        Some("2026-11-01T00:00:00Z")
    );
    assert!(!revocation.range.is_empty());
}

#[test]
fn a_crl_of_another_issuer_tells_nothing() {
    let chain = Chain::test();
    let root = Builder::of(&chain.root).entry(Entry::new(&chain.leaf));
    assert_eq!(why(&client(&chain, &[], vec![root])), []);
    assert_eq!(why(&client(&chain, &[], Vec::new())), []);
    // A root answers for itself.
    let root = Builder::of(&chain.root);
    assert_eq!(
        ask(&chain.root, &chain.root, &[], vec![root]),
        RevocationStatus::Good
    );
}

#[test]
fn redundant_zeros_of_a_serial_do_not_count() {
    let chain = Chain::test();
    let mut entry = Entry::new(&chain.leaf);
    entry.serial.insert(0, 0);
    assert!(revoked(&client(&chain, &[], vec![issuing(&chain).entry(entry)])).is_some());
    // 00 9f is not 9f, which is negative.
    let chain = Chain::new(same, same, |leaf| leaf.serial(&[0x00, 0x9f]));
    let mut entry = Entry::new(&chain.leaf);
    entry.serial.remove(0);
    let crls = vec![issuing(&chain).entry(entry)];
    assert_eq!(client(&chain, &[], crls), RevocationStatus::Good);
}

#[test]
fn dates_decide_whether_a_crl_counts() {
    let chain = Chain::test();
    let expired = listing(&chain).next_update(Some("2026-11-22"));
    let status = client(&chain, &[], vec![expired]);
    assert_eq!(why(&status), [(0, Unusable::Expired)]);
    let RevocationStatus::Undetermined(considered) = status else {
        unreachable!("it expired");
    };
    assert!(considered[0].lists.is_some(), "its entry is told");

    let future = issuing(&chain).this_update("2026-11-24");
    assert_eq!(
        why(&client(&chain, &[], vec![future])),
        [(0, Unusable::NotYetValid)]
    );
    let endless = issuing(&chain).next_update(None);
    assert_eq!(client(&chain, &[], vec![endless]), RevocationStatus::Good);
    for broken in [0, 1] {
        let mut builder = issuing(&chain);
        let no_date = der::utc_time("260230000000Z");
        if broken == 0 {
            builder.this_update = no_date;
        } else {
            builder.next_update = Some(no_date);
        }
        assert_eq!(
            why(&client(&chain, &[], vec![builder])),
            [(0, Unusable::UnreadableDate)]
        );
    }
}

#[test]
fn the_later_of_two_counts() {
    let chain = Chain::test();
    let old = |builder: Builder| builder.this_update("2026-11-01");
    let crls = vec![old(issuing(&chain)), listing(&chain)];
    assert_eq!(revoked(&client(&chain, &[], crls)), Some((1, None)));
    // Released from a hold.
    let crls = vec![old(listing(&chain)), issuing(&chain)];
    assert_eq!(client(&chain, &[], crls), RevocationStatus::Good);
    // Of one date: by the number.
    let crls = vec![listing(&chain), issuing(&chain).with(crl::number(2))];
    assert_eq!(client(&chain, &[], crls), RevocationStatus::Good);
    // An expired one beside it does not matter.
    let crls = vec![
        issuing(&chain).next_update(Some("2026-11-22")),
        issuing(&chain),
    ];
    assert_eq!(client(&chain, &[], crls), RevocationStatus::Good);
}

#[test]
fn the_signature_must_be_the_issuers() {
    let chain = Chain::test();
    let damaged = listing(&chain).damaged_signature();
    assert_eq!(
        why(&client(&chain, &[], vec![damaged])),
        [(0, Unusable::SignatureInvalid)]
    );
    let forged = issuing(&chain).key(Key::p256("of nobody"));
    assert_eq!(
        why(&client(&chain, &[], vec![forged])),
        [(0, Unusable::SignatureInvalid)]
    );
    // The key id says itself that it is another key.
    let other = Key::p256("next");
    let aki = ext::authority_key_identifier(&other.identifier());
    let rekeyed = || issuing(&chain).key(other.clone()).with(aki.clone());
    assert_eq!(
        why(&client(&chain, &[], vec![rekeyed()])),
        [(0, Unusable::OtherKey)]
    );
    // The CA's next certificate, under the same name.
    let next =
        pki::Builder::intermediate("CN=Test Issuing CA,O=Example", other.clone(), &chain.root);
    assert_eq!(
        client(&chain, &[&next.clone().build()], vec![rekeyed()]),
        RevocationStatus::Good
    );
    let expired = next.not_after("2026-11-01").build();
    assert_eq!(
        why(&client(&chain, &[&expired], vec![rekeyed()])),
        [(0, Unusable::OtherKey)]
    );
}

#[test]
fn crl_sign_is_asked_for_where_there_is_key_usage() {
    let without_bit = Chain::new(
        same,
        |issuing| issuing.with(ext::key_usage(&[ext::KEY_CERT_SIGN])),
        same,
    );
    assert_eq!(
        why(&client(&without_bit, &[], vec![issuing(&without_bit)])),
        [(0, Unusable::IssuerMayNotSign)]
    );
    let without_usage = Chain::new(same, |issuing| issuing.without(ext::KEY_USAGE), same);
    assert_eq!(
        client(&without_usage, &[], vec![issuing(&without_usage)]),
        RevocationStatus::Good
    );
}

#[test]
fn a_crl_must_be_numbered() {
    let chain = Chain::test();
    let missing = listing(&chain).without(crl::CRL_NUMBER);
    assert_eq!(
        why(&client(&chain, &[], vec![missing])),
        [(0, Unusable::NumberMissing)]
    );
    let critical = issuing(&chain).with(crl::number(1).critical(true));
    assert_eq!(
        why(&client(&chain, &[], vec![critical])),
        [(0, Unusable::NumberCritical)]
    );
    let mut version_1 = issuing(&chain);
    version_1.version = None;
    version_1.extensions.clear();
    assert_eq!(
        why(&client(&chain, &[], vec![version_1])),
        [(0, Unusable::NumberMissing)]
    );
}

#[test]
fn unknown_critical_extensions_make_a_crl_unusable() {
    let chain = Chain::test();
    let unknown = |critical| Extension::new("1.3.6.1.4.1.55555.3", critical, der::null());
    let crls = vec![issuing(&chain).with(unknown(true))];
    assert_eq!(
        why(&client(&chain, &[], crls)),
        [(0, Unusable::UnknownCriticalExtension)]
    );
    let crls = vec![issuing(&chain).with(unknown(false))];
    assert_eq!(client(&chain, &[], crls), RevocationStatus::Good);

    let other = Chain::other("Other").leaf;
    let entry = Entry::new(&other).with(unknown(true));
    let crls = vec![issuing(&chain).entry(entry)];
    assert_eq!(
        why(&client(&chain, &[], crls)),
        [(0, Unusable::UnknownCriticalInEntry)]
    );
    // Its own entry speaks against the certificate whatever the extension means.
    let entry = Entry::new(&chain.leaf).with(unknown(true));
    let crls = vec![issuing(&chain).entry(entry)];
    assert_eq!(revoked(&client(&chain, &[], crls)), Some((0, None)));
}

/// issuingDistributionPoint with one BOOLEAN set.
fn only(field: u8) -> Extension {
    issuing_distribution_point(&[der::context_primitive(field, &[0xff])])
}

#[test]
fn a_crl_may_be_about_one_kind_of_certificate() {
    let chain = Chain::test();
    let out = [(0, Unusable::OutOfScope)];
    let of_issuing = |field| vec![issuing(&chain).with(only(field))];
    assert_eq!(client(&chain, &[], of_issuing(1)), RevocationStatus::Good);
    assert_eq!(why(&client(&chain, &[], of_issuing(2))), out);
    assert_eq!(why(&client(&chain, &[], of_issuing(5))), out);
    let of_root = |field| {
        let crl = Builder::of(&chain.root).with(only(field));
        ask(&chain.issuing, &chain.root, &[], vec![crl])
    };
    assert_eq!(why(&of_root(1)), out);
    assert_eq!(of_root(2), RevocationStatus::Good);

    let both = [1, 2].map(|field| der::context_primitive(field, &[0xff]));
    let crl = issuing(&chain)
        .with(issuing_distribution_point(&both))
        .der();
    let error = Crl::parse(&crl).unwrap_err();
    assert_eq!(error.field, "tbsCertList.crlExtensions");
}

/// The field distributionPoint with a fullName of one URI.
fn named(address: &str) -> Vec<u8> {
    der::context(0, &der::context(0, &ext::uri(address)))
}

#[test]
fn a_named_distribution_point_must_be_the_certificates() {
    let chain = Chain::test();
    let crl = |address| {
        let point = issuing_distribution_point(&[named(address)]);
        vec![issuing(&chain).with(point)]
    };
    let own = "http://crl.example.com/issuing.crl";
    assert_eq!(client(&chain, &[], crl(own)), RevocationStatus::Good);
    let other = "http://crl.example.com/other.crl";
    assert_eq!(
        why(&client(&chain, &[], crl(other))),
        [(0, Unusable::OutOfScope)]
    );
    // Without distribution points of its own the certificate's issuer stands for one.
    let silent = Chain::new(same, same, |leaf| {
        leaf.without(ext::CRL_DISTRIBUTION_POINTS)
    });
    let by_issuer = |name: &[u8]| {
        let full_name = der::context(0, &der::context(4, name));
        let point = issuing_distribution_point(&[der::context(0, &full_name)]);
        vec![issuing(&silent).with(point)]
    };
    let subject = &silent.issuing.subject;
    assert_eq!(
        client(&silent, &[], by_issuer(subject)),
        RevocationStatus::Good
    );
    let root = &silent.root.subject;
    assert_eq!(
        why(&client(&silent, &[], by_issuer(root))),
        [(0, Unusable::OutOfScope)]
    );
}

#[test]
fn a_relative_name_is_appended_to_the_issuers() {
    let rdn = |value: &str| {
        let pair = der::sequence(&[der::oid("2.5.4.3"), der::utf8_string(value)]);
        der::context(0, &der::context(1, &pair))
    };
    let chain = Chain::new(same, same, |leaf| {
        let points = der::sequence(&[der::sequence(&[rdn("list 1")])]);
        leaf.with(Extension::new(ext::CRL_DISTRIBUTION_POINTS, false, points))
    });
    let crl = |value| vec![issuing(&chain).with(issuing_distribution_point(&[rdn(value)]))];
    assert_eq!(client(&chain, &[], crl("list 1")), RevocationStatus::Good);
    assert_eq!(
        why(&client(&chain, &[], crl("list 2"))),
        [(0, Unusable::OutOfScope)]
    );
}
