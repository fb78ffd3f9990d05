//! x509-limbo's cases: both verdicts come out as the cases expect, but for the exceptions that are listed here.
//!
//! The cases are third-party data, which live in `../shared/x509-limbo`.

#[path = "../examples/limbo/runner.rs"]
mod runner;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chainlint::cert::time::Time;
use chainlint::verifiers::Verifier;
use chainlint::verifiers::rfc5280::RFC5280;
use chainlint::verifiers::rustls::RUSTLS;

/// 2026-11-23T18:00:00Z: when a case is judged that names no time.
const NOW: Time = Time(1_795_456_800);

/// Cases in which these verifiers decide otherwise than expected, for one reason.
struct Exceptions {
    verifiers: &'static [&'static Verifier],
    reason: &'static str,
    ids: &'static [&'static str],
}

const EXCEPTIONS: [Exceptions; 8] = [
    Exceptions {
        verifiers: &[&RFC5280, &RUSTLS],
        reason: "policy of the public Web PKI (CA/Browser Forum), which private PKIs need not follow",
        ids: &[
            "webpki::aki::root-with-aki-all-fields",
            "webpki::aki::root-with-aki-authoritycertserialnumber",
            "webpki::aki::root-with-aki-missing-keyidentifier",
            "webpki::cn::case-mismatch",
            "webpki::cn::ipv4-leading-zeros-mismatch",
            "webpki::cn::ipv6-non-rfc5952-mismatch",
            "webpki::cn::ipv6-uncompressed-mismatch",
            "webpki::cn::ipv6-uppercase-mismatch",
            "webpki::cn::not-in-san",
            "webpki::cn::utf8-vs-punycode-mismatch",
            "webpki::eku::ee-anyeku",
            "webpki::eku::ee-critical-eku",
            "webpki::eku::root-has-eku",
            "webpki::forbidden-rsa-not-divisible-by-8-in-root",
            "webpki::san::public-suffix-multi-label-wildcard-san",
            "webpki::san::san-critical-with-nonempty-subject",
        ],
    },
    Exceptions {
        verifiers: &[&RFC5280],
        reason: "policy of the public Web PKI that rustls enforces as well, by the keys and wildcards that it supports",
        ids: &[
            "webpki::forbidden-dsa-leaf",
            "webpki::forbidden-dsa-root",
            "webpki::forbidden-weak-rsa-in-leaf",
            "webpki::forbidden-weak-rsa-key-in-root",
            "webpki::san::public-suffix-wildcard-san",
        ],
    },
    Exceptions {
        verifiers: &[&RFC5280],
        reason: "RFC 5280 forbids no end-entity to be a CA; two cases expect that it may be one, and this that it may not",
        ids: &["webpki::ee-basicconstraints-ca"],
    },
    Exceptions {
        verifiers: &[&RFC5280, &RUSTLS],
        reason: "a CA as end-entity: its keyUsage lacks digitalSignature, which TLS needs (RFC 8446 §4.4.2.2), and webpki \
            takes no CA as end-entity",
        ids: &[
            "pathlen::validation-ignores-pathlen-in-leaf",
            "rfc5280::ca-as-leaf",
        ],
    },
    Exceptions {
        verifiers: &[&RUSTLS],
        reason: "webpki reads nothing of a trust anchor but its name, its key and its name constraints",
        ids: &[
            "rfc5280::root-inconsistent-ca-extensions",
            "rfc5280::root-missing-basic-constraints",
        ],
    },
    Exceptions {
        verifiers: &[&RUSTLS],
        reason: "webpki counts self-issued intermediates, and permits no directoryName and no mailbox",
        ids: &[
            "pathlen::self-issued-certs-pathlen",
            "rfc5280::nc::nc-permits-email-domain",
            "rfc5280::nc::nc-permits-email-literal-asterisk-exact-match",
            "rfc5280::nc::nc-permits-email-literal-double-asterisk",
            "rfc5280::nc::nc-permits-email-literal-mid-asterisk",
            "rfc5280::nc::permitted-dn-match",
        ],
    },
    Exceptions {
        verifiers: &[&RUSTLS],
        reason: "webpki does not look at cRLNumber",
        ids: &["crl::crlnumber-critical", "crl::crlnumber-missing"],
    },
    Exceptions {
        verifiers: &[&RUSTLS],
        reason: "rustls has no setting for the depth",
        ids: &["pathlen::max-chain-depth-0-exhausted"],
    },
];

/// The classes in which the path alone decides, whatever the peer's name is.
const PATH_CLASSES: [&str; 5] = [
    "core",
    "core-pathbuilding",
    "btls-nc-path",
    "nc-dos",
    "anchor",
];

fn limbo() -> Option<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/x509-limbo");
    if directory.is_dir() {
        return Some(directory);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "CI must have ../shared/x509-limbo"
    );
    eprintln!("SKIPPED: ../shared/x509-limbo is not here, so no case was checked");
    None
}

/// Runs all cases and holds the disagreements against the exceptions.
fn agrees(verifier: &'static Verifier) {
    let Some(directory) = limbo() else { return };
    let suite = runner::read(&directory.join("limbo-dev.json.gz")).expect("there are cases");
    let classes = runner::read_classes(&directory.join("classes.tsv")).expect("there are classes");
    let mut excepted: BTreeMap<&str, &str> = EXCEPTIONS
        .iter()
        .filter(|exceptions| exceptions.verifiers.contains(&verifier))
        .flat_map(|exceptions| exceptions.ids.iter().map(|id| (*id, exceptions.reason)))
        .collect();
    let mut wrong = Vec::new();
    let mut slowest = (Duration::ZERO, String::new());
    for mut case in suite.testcases {
        let id = case.id.clone();
        let class = classes.get(&id).expect("every case has a class").as_str();
        let outcome = case.run(verifier, class, NOW).expect("a case can be run");
        slowest = slowest.max((outcome.took, id.clone()));
        match (outcome.agrees(), excepted.remove(id.as_str())) {
            (true, Some(reason)) => {
                wrong.push(format!("{id} agrees, and is an exception: {reason}"));
            }
            (false, None) => wrong.push(format!(
                "{id} ({class}): accept {}, expected {}: {}",
                outcome.accepted, outcome.expected, outcome.text
            )),
            _ => {}
        }
        if PATH_CLASSES.contains(&class) && !outcome.expected && !outcome.accepted {
            case.expected_peer_name = None;
            case.expected_peer_names.clear();
            let outcome = case.run(verifier, class, NOW).expect("a case can be run");
            if !outcome.agrees() {
                wrong.push(format!("{id} ({class}) is rejected for its name alone"));
            }
        }
    }
    println!("slowest: {} in {:?}", slowest.1, slowest.0);
    wrong.extend(excepted.keys().map(|id| format!("{id} is no case")));
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn rfc5280_agrees() {
    agrees(&RFC5280);
}

#[test]
fn rustls_agrees() {
    agrees(&RUSTLS);
}
