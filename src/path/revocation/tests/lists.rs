//! Several CRLs together: reasons, deltas, indirect ones; and the list itself.

use super::generator::crl::delta_indicator;
use super::*;

/// onlySomeReasons with these bits of `ReasonFlags`.
fn some_reasons(bits: &[u8]) -> Extension {
    let flags = der::named_bits(bits);
    issuing_distribution_point(&[der::context_primitive(3, &flags[2..])])
}

#[test]
fn several_crls_may_cover_the_reasons_together() {
    let chain = Chain::test();
    let first = || issuing(&chain).with(some_reasons(&[1, 2]));
    let rest = || issuing(&chain).with(some_reasons(&[3, 4, 5, 6, 7, 8]));
    assert_eq!(
        why(&client(&chain, &[], vec![first()])),
        [(0, Unusable::SomeReasonsOnly)]
    );
    assert_eq!(
        client(&chain, &[], vec![first(), rest()]),
        RevocationStatus::Good
    );
    let listed = rest().entry(Entry::new(&chain.leaf));
    assert_eq!(
        revoked(&client(&chain, &[], vec![first(), listed])),
        Some((1, None))
    );
}

#[test]
fn a_delta_applies_to_its_base() {
    let chain = Chain::test();
    let delta = |base| {
        issuing(&chain)
            .with(crl::number(5))
            .with(delta_indicator(base))
    };
    let entry = || Entry::new(&chain.leaf);
    assert_eq!(
        why(&client(&chain, &[], vec![delta(1)])),
        [(0, Unusable::DeltaWithoutBase)]
    );
    assert_eq!(
        client(&chain, &[], vec![issuing(&chain), delta(1)]),
        RevocationStatus::Good
    );
    let crls = vec![issuing(&chain), delta(1).entry(entry())];
    assert_eq!(revoked(&client(&chain, &[], crls)), Some((1, None)));
    let removed = || delta(1).entry(entry().reason(crl::REMOVE_FROM_CRL));
    let crls = vec![listing(&chain), removed()];
    assert_eq!(client(&chain, &[], crls), RevocationStatus::Good);
    // What is wrong with a delta keeps it from being applied, not the base from being used.
    let crls = vec![listing(&chain), removed().damaged_signature()];
    assert_eq!(revoked(&client(&chain, &[], crls)), Some((0, None)));
    // It is the difference to a later CRL than the one that is there.
    let crls = vec![issuing(&chain), delta(3).entry(entry())];
    assert_eq!(client(&chain, &[], crls), RevocationStatus::Good);
    // Of several the latest.
    let later = removed().with(crl::number(6));
    let crls = vec![issuing(&chain), delta(1).entry(entry()), later];
    assert_eq!(client(&chain, &[], crls), RevocationStatus::Good);
}

/// The client leaves its CRL to an authority under the root.
fn delegated() -> (Chain, pki::Certificate) {
    let chain = Chain::new(same, same, |leaf| {
        let issuer = der::context(
            2,
            &der::context(4, &pki::name("CN=CRL Authority,O=Example")),
        );
        let points = der::sequence(&[der::sequence(&[
            named("http://crl.example.com/all.crl"),
            issuer,
        ])]);
        leaf.with(Extension::new(ext::CRL_DISTRIBUTION_POINTS, false, points))
    });
    let key = Key::p256("authority");
    let authority = pki::Builder::leaf("CN=CRL Authority,O=Example", key, &chain.root)
        .with(ext::key_usage(&[ext::CRL_SIGN]))
        .build();
    (chain, authority)
}

#[test]
fn an_indirect_crl_lists_by_issuer() {
    let (chain, authority) = delegated();
    let others = [&authority];
    let indirect = || Builder::of(&authority).with(only(4));
    let own = || Entry::new(&chain.leaf).issuer(&chain.issuing.subject);
    assert_eq!(
        client(&chain, &others, vec![indirect()]),
        RevocationStatus::Good
    );
    let status = client(&chain, &others, vec![indirect().entry(own())]);
    assert_eq!(revoked(&status), Some((0, None)));
    // The issuer of an entry is that of the one before.
    let mut first = own();
    first.serial = vec![1];
    let crls = vec![indirect().entry(first).entry(Entry::new(&chain.leaf))];
    assert_eq!(revoked(&client(&chain, &others, crls)), Some((0, None)));
    // The same serial number of the authority's own, or of another CA.
    let of_root = Entry::new(&chain.leaf).issuer(&chain.root.subject);
    for entry in [Entry::new(&chain.leaf), of_root] {
        let crls = vec![indirect().entry(entry)];
        assert_eq!(client(&chain, &others, crls), RevocationStatus::Good);
    }
}

#[test]
fn an_indirect_crl_must_say_so_and_be_signed() {
    let (chain, authority) = delegated();
    let direct = Builder::of(&authority).entry(Entry::new(&chain.leaf));
    assert_eq!(
        why(&client(&chain, &[&authority], vec![direct])),
        [(0, Unusable::OutOfScope)]
    );
    let indirect = Builder::of(&authority).with(only(4));
    assert_eq!(
        why(&client(&chain, &[], vec![indirect])),
        [(0, Unusable::OtherKey)]
    );
    // The CA's own CRL still counts.
    assert_eq!(
        client(&chain, &[&authority], vec![issuing(&chain)]),
        RevocationStatus::Good
    );
}

#[test]
fn entries_come_in_their_order_with_their_issuers() {
    let chain = Chain::test();
    let first = Entry::new(&chain.root).issuer(&chain.root.subject);
    let der = issuing(&chain)
        .entry(Entry::new(&chain.issuing))
        .entry(first)
        .entry(Entry::new(&chain.leaf))
        .der();
    let crl = Crl::parse(&der).unwrap();
    let issuers: Vec<Option<String>> = crl
        .entries()
        .map(|entry| {
            entry
                .certificate_issuer
                .map(|name| crate::cert::name::label(&name))
        })
        .collect();
    let root = Some("Test Root CA".to_owned());
    assert_eq!(issuers, [None, root.clone(), root]);
    assert_eq!(crl.entry_count(), 3);
}

#[test]
fn cut_off_anywhere_it_is_an_error_with_a_place() {
    let der = listing(&Chain::test()).der();
    for length in 0..der.len() {
        let error = Crl::parse(&der[..length]).unwrap_err();
        assert!(error.error.offset <= length);
    }
    assert!(Crl::parse(&der).is_ok());
}
