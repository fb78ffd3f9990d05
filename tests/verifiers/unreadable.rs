//! What a client sends that OpenSSL cannot decode, or decodes where nobody else does: seen with `openssl s_server` of 3.0.22, 3.5.4 and 4.0.3.

#[path = "../../fixtures/generator/mod.rs"]
mod generator;

use chainlint::analysis::{Input, OpensslRelease, Settings};
use chainlint::report::{FailOn, ReportVerdict};
use chainlint::source::{Role, Source};
use chainlint::verifiers::{self, Verifier};
use generator::der;
use generator::extension::{self, Extension};
use generator::pki::{Chain, pem, same};

use crate::scenarios::CHECKED_AT;

/// What a verifier says of a chain that the client sends without its root.
fn judge(verifier: &'static Verifier, chain: &Chain, release: OpensslRelease) -> ReportVerdict {
    let client = pem(&[&chain.leaf, &chain.issuing]);
    judge_file(verifier, chain, client, release)
}

fn judge_file(
    verifier: &'static Verifier,
    chain: &Chain,
    client: String,
    release: OpensslRelease,
) -> ReportVerdict {
    let sources = [(Role::Bundle, pem(&[&chain.root])), (Role::Client, client)];
    let inputs: Vec<Input> = sources
        .into_iter()
        .map(|(role, text)| Input::read(Source::new(role.name(), text.into_bytes()), Some(role)))
        .collect();
    let settings = Settings {
        verifiers: vec![verifier],
        openssl: release,
        ..Settings::at(CHECKED_AT)
    };
    let rules: Vec<_> = chainlint::rules::all().collect();
    let report = chainlint::check(&inputs, &settings, &rules, &[], FailOn::Never);
    report.verdicts.into_iter().next().expect("a verdict")
}

#[test]
fn nobody_accepts_a_file_with_a_block_that_cannot_be_read() {
    let chain = Chain::test();
    let whole = pem(&[&chain.leaf, &chain.issuing]);
    let damaged = pem(&[&chain.root]).replace("MII", "AII");
    for verifier in verifiers::ALL {
        let judge = |text: String| judge_file(verifier, &chain, text, OpensslRelease::V3_5);
        let good = judge(whole.clone());
        // httpd allows no intermediate unless it is told to.
        let expected = if verifier.name == "httpd" {
            ["reject", "reject"]
        } else {
            ["accept", "unknown"]
        };
        let bad = judge(whole.clone() + &damaged);
        let outcomes = [good.outcome, bad.outcome];
        assert_eq!(outcomes, expected, "{}: {}", verifier.name, bad.text);
    }
}

#[test]
fn an_identifier_that_is_no_der_keeps_openssl_from_reading_ext_key_usage() {
    let list = |last: &[u8]| {
        let purposes = [der::oid(extension::CLIENT_AUTH), der::element(6, last)];
        let value = der::sequence(&purposes);
        Chain::new(same, same, |leaf| {
            leaf.with(Extension::new(extension::EXTENDED_KEY_USAGE, false, value))
        })
    };
    let openssl = &verifiers::openssl::OPENSSL;
    let release = OpensslRelease::V3_5;
    assert_eq!(judge(openssl, &list(&[0x2a, 3]), release).outcome, "accept");
    let bad = judge(openssl, &list(&[0x2a, 0x80, 3]), release);
    assert_eq!((bad.outcome, bad.code), ("reject", Some(20)));
}

#[test]
fn what_openssl_makes_of_ber_is_unknown() {
    let key_id = der::element(0x24, &der::octet_string(&[7; 20]));
    let chain = Chain::new(same, same, |leaf| {
        leaf.with(Extension::new(
            extension::SUBJECT_KEY_IDENTIFIER,
            false,
            key_id,
        ))
    });
    let text = der::element(0x2c, &der::utf8_string("client"));
    let attribute = der::sequence(&[der::oid("2.5.4.3"), text]);
    let subject = der::sequence(&[der::set(&[attribute])]);
    let named = Chain::new(same, same, |leaf| leaf.subject(subject));
    for chain in [chain, named] {
        let verdict = judge(&verifiers::nginx::NGINX, &chain, OpensslRelease::V3_5);
        assert_eq!(verdict.outcome, "unknown", "{}", verdict.text);
    }
}

fn short_date() -> Vec<u8> {
    der::utc_time("2807280000Z")
}

#[test]
fn a_date_without_seconds_ends_the_handshake_since_3_5() {
    let chains = [
        Chain::new(same, |issuing| issuing.not_after_raw(short_date()), same),
        Chain::new(same, same, |leaf| leaf.not_after_raw(short_date())),
    ];
    for chain in chains {
        for release in [OpensslRelease::V3_5, OpensslRelease::V4_0] {
            let verdict = judge(&verifiers::nginx::NGINX, &chain, release);
            assert_eq!(verdict.outcome, "reject");
            assert_eq!(verdict.code, None);
            assert_eq!(verdict.text, "asn1 encoding routines::utctime is too short");
            assert_eq!(verdict.response.as_deref(), Some("TLS alert decode error"));
            let command = judge(&verifiers::openssl::OPENSSL, &chain, release);
            assert_eq!(
                (command.outcome, command.code),
                ("reject", None),
                "{}",
                command.text
            );
        }
        let verdict = judge(&verifiers::nginx::NGINX, &chain, OpensslRelease::V3_0);
        assert_eq!((verdict.outcome, verdict.code), ("reject", Some(14)));
    }
}
