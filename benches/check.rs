//! What each stage costs for many client certificates under one CA, beside the plain cost of the
//! library that does the same without positions, findings and reports.
//!
//! `cargo bench --bench check` measures; `docs/performance.md` says what each line means.

#[path = "../fixtures/generator/mod.rs"]
mod generator;

use std::sync::LazyLock;

use chainlint::analysis::{Input, Settings};
use chainlint::cert::time::Time;
use chainlint::report::{FailOn, Report};
use chainlint::rules::Rule;
use chainlint::source::{Role, Source};
use chainlint::verifiers::Verifier;
use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use generator::key::Key;
use generator::pki::{Builder, Chain, pem};

/// How many client certificates there are; without optimisation, where only whether the benches run
/// is of interest, few.
const LEAVES: usize = if cfg!(debug_assertions) { 100 } else { 10_000 };

/// Smaller and full: where a stage is linear, both lines show the same items per second.
const SIZES: [usize; 2] = [LEAVES / 10, LEAVES];

/// 2026-11-23T18:00:00Z, when every certificate here is valid.
const AT: u32 = 1_795_456_800;

/// Client certificates with a key, a subject and a serial number each, and the CAs above them.
struct Corpus {
    chain: Chain,
    leaves: Vec<Vec<u8>>,
    /// All client certificates in one file.
    one_file: Source,
    /// The bundle, then a file for each client certificate.
    files: Vec<Input>,
}

static CORPUS: LazyLock<Corpus> = LazyLock::new(|| {
    let chain = Chain::test();
    let leaves: Vec<_> = (0..LEAVES)
        .map(|index| {
            let subject = format!("CN=client {index},O=Example");
            let key = Key::p256(&format!("client {index}"));
            Builder::leaf(&subject, key, &chain.issuing).build()
        })
        .collect();
    let one_file = pem(&leaves.iter().collect::<Vec<_>>());
    let bundle = Source::new("ca.pem", chain.bundle().into_bytes());
    let clients = leaves.iter().enumerate().map(|(index, leaf)| {
        let source = Source::new(format!("client-{index}.pem"), pem(&[leaf]).into_bytes());
        Input::read(source, Some(Role::Client))
    });
    let files = std::iter::once(Input::read(bundle, Some(Role::Bundle)))
        .chain(clients)
        .collect();
    Corpus {
        one_file: Source::new("clients.pem", one_file.into_bytes()),
        files,
        leaves: leaves.into_iter().map(|leaf| leaf.der).collect(),
        chain,
    }
});

/// Checks the bundle and the first `count` client certificates.
fn check(count: usize, verifiers: &[&'static Verifier], rules: &[&'static Rule]) -> Report {
    let settings = Settings {
        verifiers: verifiers.to_vec(),
        ..Settings::at(Time(i64::from(AT)))
    };
    let inputs = &CORPUS.files[..=count];
    let report = chainlint::check(inputs, &settings, rules, &[], FailOn::Never);
    assert_eq!(report.exit_code, 0, "every client is accepted");
    report
}

#[divan::bench_group(name = "1 PEM to blocks", sample_count = 20, sample_size = 1)]
mod pem_to_blocks {
    use super::{Bencher, CORPUS, ItemsCount, LEAVES};

    #[divan::bench]
    fn chainlint(bencher: Bencher) {
        let source = &CORPUS.one_file;
        assert_eq!(chainlint::input::read(source).blocks.len(), LEAVES);
        bencher
            .counter(ItemsCount::new(LEAVES))
            .bench(|| chainlint::input::read(source));
    }

    #[divan::bench]
    fn plain_pem(bencher: Bencher) {
        let bytes = &CORPUS.one_file.bytes;
        bencher
            .counter(ItemsCount::new(LEAVES))
            .bench(|| pem::parse_many(bytes).expect("the file is in order"));
    }
}

#[divan::bench_group(name = "2 blocks to certificates", sample_count = 20, sample_size = 1)]
mod blocks_to_certificates {
    use super::{Bencher, CORPUS, ItemsCount, LEAVES, black_box};

    #[divan::bench]
    fn chainlint(bencher: Bencher) {
        let leaves = &CORPUS.leaves;
        bencher.counter(ItemsCount::new(LEAVES)).bench(|| {
            for der in leaves {
                let parsed = chainlint::cert::Certificate::parse(der);
                black_box(parsed.expect("the certificate is in order"));
            }
        });
    }

    #[divan::bench]
    fn plain_x509_parser(bencher: Bencher) {
        let leaves = &CORPUS.leaves;
        bencher.counter(ItemsCount::new(LEAVES)).bench(|| {
            for der in leaves {
                let parsed = x509_parser::parse_x509_certificate(der);
                black_box(parsed.expect("the certificate is in order"));
            }
        });
    }
}

#[divan::bench_group(name = "3 all rules", sample_count = 3, sample_size = 1)]
mod all_rules {
    use super::{Bencher, CORPUS, ItemsCount, SIZES, black_box, check};
    use rustls_pki_types::CertificateDer;
    use webpki::EndEntityCert;
    #[cfg(feature = "aws-lc-rs")]
    use webpki::aws_lc_rs::ECDSA_P256_SHA256;
    #[cfg(not(feature = "aws-lc-rs"))]
    use webpki::ring::ECDSA_P256_SHA256;

    #[divan::bench(args = SIZES)]
    fn chainlint(bencher: Bencher, count: usize) {
        let rules: Vec<_> = chainlint::rules::all().collect();
        check(1, &[], &rules);
        bencher
            .counter(ItemsCount::new(count))
            .bench(|| check(count, &[], &rules));
    }

    /// What every rule stands on: the bundle and paths, with each signature verified once.
    #[divan::bench(args = SIZES)]
    fn chainlint_without_rules(bencher: Bencher, count: usize) {
        check(1, &[], &[]);
        bencher
            .counter(ItemsCount::new(count))
            .bench(|| check(count, &[], &[]));
    }

    /// The least that a linter of signed certificates must do: parse each, and verify its signature.
    #[divan::bench(args = SIZES)]
    fn plain_x509_parser_and_signature(bencher: Bencher, count: usize) {
        let leaves = &CORPUS.leaves[..count];
        let issuer = CertificateDer::from(CORPUS.chain.issuing.der.as_slice());
        let issuer = EndEntityCert::try_from(&issuer).expect("the CA is in order");
        bencher.counter(ItemsCount::new(count)).bench(|| {
            for der in leaves {
                let (_, parsed) =
                    x509_parser::parse_x509_certificate(der).expect("the certificate is in order");
                issuer
                    .verify_signature(
                        ECDSA_P256_SHA256,
                        parsed.tbs_certificate.as_ref(),
                        &parsed.signature_value.data,
                    )
                    .expect("the CA signed it");
                black_box(parsed);
            }
        });
    }
}

#[divan::bench_group(name = "4 rustls verdicts", sample_count = 3, sample_size = 1)]
mod rustls_verdicts {
    use std::time::Duration;

    use super::{AT, Bencher, CORPUS, ItemsCount, SIZES, black_box, check};
    use rustls_pki_types::{CertificateDer, UnixTime};
    use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

    #[divan::bench(args = SIZES)]
    fn chainlint(bencher: Bencher, count: usize) {
        let verifiers = [&chainlint::verifiers::rustls::RUSTLS];
        assert_eq!(check(count, &verifiers, &[]).summary.accepted, count);
        bencher
            .counter(ItemsCount::new(count))
            .bench(|| check(count, &verifiers, &[]));
    }

    #[divan::bench(args = SIZES)]
    fn plain_webpki(bencher: Bencher, count: usize) {
        let leaves = &CORPUS.leaves[..count];
        let chain = &CORPUS.chain;
        let cas = [&chain.issuing, &chain.root].map(|ca| CertificateDer::from(&ca.der[..]));
        let anchors = cas
            .each_ref()
            .map(|ca| anchor_from_trusted_cert(ca).expect("the CA is in order"));
        let at = UnixTime::since_unix_epoch(Duration::from_secs(u64::from(AT)));
        bencher.counter(ItemsCount::new(count)).bench(|| {
            for der in leaves {
                let der = CertificateDer::from(der.as_slice());
                let leaf = EndEntityCert::try_from(&der).expect("the certificate is in order");
                let path = leaf.verify_for_usage(
                    webpki::ALL_VERIFICATION_ALGS,
                    &anchors,
                    &[],
                    at,
                    KeyUsage::client_auth(),
                    None,
                    None,
                );
                assert!(black_box(path).is_ok(), "the certificate is accepted");
            }
        });
    }
}

#[divan::bench_group(name = "5 rfc5280 verdicts", sample_count = 5, sample_size = 1)]
mod rfc5280_verdicts {
    use super::{Bencher, CORPUS, ItemsCount, SIZES, black_box, check};
    use chainlint::cert::Certificate;
    #[cfg(feature = "aws-lc-rs")]
    use webpki::aws_lc_rs::ECDSA_P256_SHA256;
    #[cfg(not(feature = "aws-lc-rs"))]
    use webpki::ring::ECDSA_P256_SHA256;

    #[divan::bench(args = SIZES)]
    fn chainlint(bencher: Bencher, count: usize) {
        let verifiers = [&chainlint::verifiers::rfc5280::RFC5280];
        assert_eq!(check(count, &verifiers, &[]).summary.accepted, count);
        bencher
            .counter(ItemsCount::new(count))
            .bench(|| check(count, &verifiers, &[]));
    }

    /// One signature check for each certificate, on bytes that are parsed already, and nothing else.
    #[divan::bench(args = SIZES)]
    fn raw_signatures(bencher: Bencher, count: usize) {
        let leaves: Vec<Certificate<'_>> = CORPUS.leaves[..count]
            .iter()
            .map(|der| Certificate::parse(der).expect("the certificate is in order"))
            .collect();
        let issuer = Certificate::parse(&CORPUS.chain.issuing.der).expect("the CA is in order");
        bencher.counter(ItemsCount::new(count)).bench(|| {
            for leaf in &leaves {
                let verified =
                    ECDSA_P256_SHA256.verify_signature(issuer.key.bits, leaf.tbs, leaf.signature);
                assert!(black_box(verified).is_ok(), "the CA signed it");
            }
        });
    }
}

/// One file of certificates, no CA: what `chainlint check certificates.pem` does.
#[divan::bench_group(name = "6 rules on certificates", sample_count = 20, sample_size = 1)]
mod rules_on_certificates {
    use super::{
        AT, Bencher, CORPUS, FailOn, Input, ItemsCount, LEAVES, Settings, Source, Time, black_box,
    };
    use chainlint::cert::Certificate;

    fn source() -> Source {
        Source::new("clients.pem", CORPUS.one_file.bytes.clone())
    }

    /// From the file's bytes to the report, every rule on.
    #[divan::bench]
    fn chainlint(bencher: Bencher) {
        let rules: Vec<_> = chainlint::rules::all().collect();
        let settings = Settings {
            verifiers: Vec::new(),
            ..Settings::at(Time(i64::from(AT)))
        };
        bencher
            .counter(ItemsCount::new(LEAVES))
            .with_inputs(source)
            .bench_values(|source| {
                let inputs = [Input::read(source, None)];
                chainlint::check(&inputs, &settings, &rules, &[], FailOn::Never)
            });
    }

    /// From the file's bytes to decoded certificates.
    #[divan::bench]
    fn parse_only(bencher: Bencher) {
        bencher
            .counter(ItemsCount::new(LEAVES))
            .with_inputs(source)
            .bench_values(|source| {
                let input = Input::read(source, None);
                for block in &input.contents.blocks {
                    let parsed = Certificate::parse(&block.der);
                    black_box(parsed.expect("the certificate is in order"));
                }
            });
    }
}

fn main() {
    divan::main();
}
