//! Whatever the bytes are: no panic, every location inside its source, and a report that holds together.

#[path = "../fixtures/generator/mod.rs"]
mod generator;

use std::sync::LazyLock;

use chainlint::analysis::{Input, Settings};
use chainlint::cert::time::Time;
use chainlint::render::human::{Detail, Style};
use chainlint::report::{FailOn, Report};
use chainlint::rules::Severity;
use chainlint::source::{Role, Source};
use generator::crl::{Crl, Entry, issuing_distribution_point};
use generator::der;
use generator::pki::{Chain, pem};
use proptest::collection::vec;
use proptest::prelude::*;

const STYLE: Style = Style {
    detail: Detail::Verbose,
    width: 100,
};

/// A chain as PEM, and the DER of its issuing CA.
static CHAIN: LazyLock<(String, Vec<u8>)> = LazyLock::new(|| {
    let chain = Chain::test();
    let text = pem(&[&chain.leaf, &chain.issuing, &chain.root]);
    let der = der_of(&pem(&[&chain.issuing]));
    (text, der)
});

/// An indirect CRL of the chain's issuing CA that lists its client.
static CRL: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let chain = Chain::test();
    let indirect = der::context_primitive(4, &[0xff]);
    Crl::of(&chain.issuing)
        .with(issuing_distribution_point(&[indirect]))
        .entry(Entry::new(&chain.root).issuer(&chain.root.subject))
        .entry(
            Entry::new(&chain.leaf)
                .reason(1)
                .issuer(&chain.issuing.subject),
        )
        .der()
});

/// The DER of a text's first block.
fn der_of(text: &str) -> Vec<u8> {
    ::pem::parse(text)
        .expect("the generator writes PEM")
        .into_contents()
}

fn report(sources: Vec<(Vec<u8>, Option<Role>)>) -> Report {
    let read = |(index, (bytes, role)): (usize, (Vec<u8>, Option<Role>))| {
        Input::read(Source::new(format!("{index}.pem"), bytes), role)
    };
    let inputs: Vec<Input> = sources.into_iter().enumerate().map(read).collect();
    let rules: Vec<_> = chainlint::rules::all().collect();
    let settings = Settings::at(Time(1_795_456_800));
    let report = chainlint::check(
        &inputs,
        &settings,
        &rules,
        &[],
        FailOn::Severity(Severity::Warning),
    );
    for finding in &report.findings {
        assert!(
            !finding.message.is_empty() && !finding.help.is_empty(),
            "{finding:?}"
        );
        for location in &finding.locations {
            let length = inputs[location.source].source.bytes.len();
            assert!(
                location.byte_start <= location.byte_end && location.byte_end <= length,
                "{location:?}"
            );
            assert!(
                (location.line, location.column) <= (location.end_line, location.end_column),
                "{location:?}"
            );
        }
    }
    for verdict in &report.verdicts {
        assert!(
            verdict
                .path
                .iter()
                .all(|index| *index < report.certificates.len())
        );
        assert!(
            verdict
                .findings
                .iter()
                .all(|index| *index < report.findings.len())
        );
    }
    let mut shown = Vec::new();
    chainlint::render::human::render(&report, STYLE, &mut shown)
        .expect("writing to memory does not fail");
    let shown = String::from_utf8(shown).expect("the report is UTF-8");
    assert!(!shown.contains(|character: char| character.is_control() && character != '\n'));
    report
}

/// One change to some bytes: replaced, removed or inserted at a place.
fn changed(mut bytes: Vec<u8>, changes: &[(prop::sample::Index, u8, u8)]) -> Vec<u8> {
    for (at, kind, byte) in changes {
        if bytes.is_empty() {
            break;
        }
        let at = at.index(bytes.len());
        match kind % 3 {
            0 => bytes[at] = *byte,
            1 => drop(bytes.remove(at)),
            _ => bytes.insert(at, *byte),
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes(bytes in vec(any::<u8>(), 0..400)) {
        report(vec![(bytes.clone(), None), (bytes, Some(Role::Client))]);
    }

    #[test]
    fn changed_text(changes in vec(any::<(prop::sample::Index, u8, u8)>(), 1..12)) {
        colored::control::set_override(false);
        let text = changed(CHAIN.0.clone().into_bytes(), &changes);
        report(vec![(CHAIN.0.clone().into_bytes(), Some(Role::Bundle)), (text, Some(Role::Client))]);
    }

    #[test]
    fn changed_der(changes in vec(any::<(prop::sample::Index, u8, u8)>(), 1..6)) {
        let der = changed(CHAIN.1.clone(), &changes);
        let block = ::pem::encode(&::pem::Pem::new("CERTIFICATE", der.clone()));
        report(vec![(der, Some(Role::Bundle)), (block.clone().into_bytes(), Some(Role::Bundle)), (CHAIN.0.clone().into_bytes(), Some(Role::Client))]);
    }

    #[test]
    fn changed_crl(changes in vec(any::<(prop::sample::Index, u8, u8)>(), 1..4)) {
        let der = changed(CRL.clone(), &changes);
        let block = ::pem::encode(&::pem::Pem::new("X509 CRL", der.clone()));
        let chain = CHAIN.0.clone().into_bytes();
        let bundle = [&chain[..], block.as_bytes()].concat();
        report(vec![(bundle, Some(Role::Bundle)), (chain, Some(Role::Client)), (der, Some(Role::Crl)), (block.into_bytes(), Some(Role::Crl))]);
    }
}
