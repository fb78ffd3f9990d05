//! What x509-parser refuses, some finding names: on certificates of the fixtures with octets changed at random.

use std::fs;
use std::path::{Path, PathBuf};

use chainlint::analysis::{Analysis, Input, Settings};
use chainlint::cert::time::Time;
use chainlint::report::FailOn;
use chainlint::source::Source;

/// How many certificates are changed and checked.
const CASES: usize = 40_000;

/// A small generator of pseudo-random numbers (xorshift64), so that each run is the same.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).expect("it is below a usize")
    }
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(folder).expect("the fixtures are there");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry can be read").path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            files(&path, found);
        } else if path.file_name().is_some_and(|name| name == "client.pem") {
            found.push(path);
        }
    }
}

/// Certificates of clients that x509-parser reads.
fn certificates() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules");
    let mut paths = Vec::new();
    files(&folder, &mut paths);
    let mut ders: Vec<Vec<u8>> = paths
        .iter()
        .filter_map(|path| pem::parse_many(fs::read(path).expect("a fixture can be read")).ok())
        .flatten()
        .map(pem::Pem::into_contents)
        .filter(|der| x509_parser::parse_x509_certificate(der).is_ok())
        .collect();
    ders.sort();
    ders.dedup();
    ders
}

/// The certificate with one to three octets changed, mostly where tags, lengths and small numbers stand.
fn change(der: &[u8], random: &mut Random) -> Vec<u8> {
    const OCTETS: [u8; 12] = [0, 1, 2, 3, 5, 6, 0x0c, 0x17, 0x30, 0x31, 0x80, 0xff];
    let mut changed = der.to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(changed.len());
        changed[at] = match random.below(3) {
            0 => OCTETS[random.below(OCTETS.len())],
            1 => changed[at].wrapping_add(1),
            _ => changed[at] ^ (1 << random.below(8)),
        };
    }
    changed
}

#[test]
fn what_a_strict_parser_refuses_has_a_finding() {
    let ders = certificates();
    assert!(ders.len() > 100, "{} certificates", ders.len());
    let rules: Vec<_> = chainlint::rules::all()
        .filter(|rule| !rule.name.starts_with("chain-"))
        .collect();
    let settings = Settings {
        verifiers: Vec::new(),
        ..Settings::at(Time(1_795_456_800))
    };
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut refused = 0;
    let mut silent = Vec::new();
    for case in 0..CASES {
        let der = change(&ders[random.below(ders.len())], &mut random);
        let Err(error) = x509_parser::parse_x509_certificate(&der) else {
            continue;
        };
        refused += 1;
        let text = pem::encode(&pem::Pem::new("CERTIFICATE", der));
        let inputs = [Input::read(Source::new("it.pem", text.into_bytes()), None)];
        let report = chainlint::check(&inputs, &settings, &rules, &[], FailOn::Never);
        let about = |rule: &str| {
            [
                "der-",
                "extension-",
                "validity-",
                "utc-",
                "generalized-",
                "version-",
                "name-",
                "spki-",
            ]
            .iter()
            .any(|topic| rule.starts_with(topic))
        };
        if !report.findings.iter().any(|finding| about(finding.rule)) {
            let text = inputs[0].source.bytes.clone();
            silent.push(format!(
                "case {case}: {error}\n{}",
                String::from_utf8_lossy(&text)
            ));
        }
    }
    assert!(refused > CASES / 4, "only {refused} were refused");
    assert!(
        silent.is_empty(),
        "{} of {refused} refused without a finding\n{}",
        silent.len(),
        silent
            .iter()
            .take(5)
            .map(String::as_str)
            .collect::<String>()
    );
}

/// Names that are plain are passed over by the rules on names. Without that note the rules must say the same.
#[test]
fn rules_have_nothing_against_plain_names() {
    let ders = certificates();
    let rules: Vec<_> = chainlint::rules::all().collect();
    let settings = Settings {
        verifiers: Vec::new(),
        ..Settings::at(Time(1_795_456_800))
    };
    let mut random = Random(0x5851_f42d_4c95_7f2d);
    let mut plain = 0;
    for _ in 0..CASES / 10 {
        let der = change(&ders[random.below(ders.len())], &mut random);
        let text = pem::encode(&pem::Pem::new("CERTIFICATE", der));
        let inputs = [Input::read(Source::new("it.pem", text.into_bytes()), None)];
        let mut analysis = Analysis::new(&inputs, &settings);
        let said = |analysis: &Analysis| {
            let findings = chainlint::rules::run(analysis, &rules);
            let said = findings
                .iter()
                .map(|one| (one.rule.name, one.message.clone()));
            said.collect::<Vec<_>>()
        };
        let quick = said(&analysis);
        for entry in &mut analysis.certificates {
            plain += usize::from(entry.has_plain_names && entry.has_plain_alternative_names);
            entry.has_plain_names = false;
            entry.has_plain_alternative_names = false;
        }
        assert_eq!(
            quick,
            said(&analysis),
            "{}",
            String::from_utf8_lossy(&inputs[0].source.bytes)
        );
    }
    assert!(plain > CASES / 50, "only {plain} were plain");
}

#[test]
fn fields_that_decode_are_checked_beside_one_that_does_not() {
    let path = "fixtures/rules/serial-not-positive/bad/client.pem";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = fs::read(path).expect("the fixture can be read");
    let mut der = pem::parse(text).expect("it is PEM").into_contents();
    // The first SET is an RDN of the issuer.
    let set = der.iter().position(|&octet| octet == 0x31);
    der[set.expect("the issuer has an RDN")] = 0x30;
    let text = pem::encode(&pem::Pem::new("CERTIFICATE", der));
    let inputs = [Input::read(Source::new("it.pem", text.into_bytes()), None)];
    let rules: Vec<_> = chainlint::rules::all().collect();
    let settings = Settings {
        verifiers: Vec::new(),
        ..Settings::at(Time(1_795_456_800))
    };
    let report = chainlint::check(&inputs, &settings, &rules, &[], FailOn::Never);
    let found: Vec<(&str, Option<&str>)> = report
        .findings
        .iter()
        .map(|finding| (finding.rule, finding.locations[0].field.as_deref()))
        .collect();
    let expected = [
        ("der-parse-failure", Some("tbsCertificate.issuer")),
        ("serial-not-positive", Some("tbsCertificate.serialNumber")),
    ];
    assert_eq!(found, expected);
}
