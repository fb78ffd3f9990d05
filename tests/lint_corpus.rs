//! What zlint and pkilint say of the certificates in their own tests, beside what is found here.
//!
//! `../shared/catalog.tsv` says which rule stands for which of their lints. Every lint that fires must have its finding, but
//! for [`NOT_SHARED`]; every finding of a rule whose lints do not fire must be in [`OWN_ALARMS`]. Both give reasons: the RFC
//! decides, not another linter. The certificates are third-party data, which live in `../shared/lint-corpus`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use chainlint::analysis::{Input, Settings};
use chainlint::cert::time::Time;
use chainlint::path::Purpose;
use chainlint::report::FailOn;
use chainlint::source::Source;

/// Lints that fire where no finding should: the lint, the certificates (every one where there is none), and why.
const NOT_SHARED: &[(&str, &[&str], &str)] = &[
    (
        "e_ext_cannot_be_empty_sequence",
        &[],
        "a value of NULL, or an INTEGER without octets, is no empty SEQUENCE: extension-value-malformed",
    ),
    (
        "e_key_usage_and_extended_key_usage_inconsistent",
        &[],
        "keyCertSign has ku-keycertsign-without-ca, and keyEncipherment for clients is too common to tell anything",
    ),
    (
        "e_rsa_allowed_ku_ee",
        &[],
        "keyCertSign without cA TRUE is ku-keycertsign-without-ca; RFC 3279 §2.3.1 allows the bit for RSA",
    ),
    (
        "e_ext_authority_key_identifier_no_key_identifier",
        &[],
        "the certificate is self-signed, which was verified: RFC 5280 §4.2.1.1 lets it do without",
    ),
    (
        "pkix.authority_key_identifier_extension_absent",
        &[],
        "the same",
    ),
    (
        "pkix.aki_absent_self_issued_and_unsupported_algorithm",
        &[],
        "the algorithm is supported here, so that the certificate is known to be self-signed",
    ),
    (
        "w_ext_subject_key_identifier_missing_sub_cert",
        &[],
        "it is a root, or has keyCertSign: not an end-entity's",
    ),
    ("pkix.certificate_skid_end_entity_missing", &[], "the same"),
    (
        "e_ext_san_uri_host_not_fqdn_or_ip",
        &[],
        "there is no URI, an empty one (gn-empty-value), or one whose host is a whole domain name without its scheme (gn-uri-relative)",
    ),
    ("e_ext_ian_uri_host_not_fqdn_or_ip", &[], "the same"),
    (
        "e_ext_san_uri_relative",
        &[],
        "the URI is empty: gn-empty-value",
    ),
    ("e_ext_san_uri_format_invalid", &[], "the same"),
    (
        "e_ext_policy_map_any_policy",
        &["empty_seq_of_pms.pem"],
        "there is no mapping in it: extension-empty-sequence",
    ),
    (
        "w_ext_policy_map_not_in_cert_policy",
        &["empty_seq_of_pms.pem", "policyMapToAnyPolicy.pem"],
        "there is no mapping, and one of anyPolicy, which is pm-any-policy",
    ),
    (
        "w_ext_cert_policy_explicit_text_not_nfc",
        &["explicitTextBMPNotNFC.pem"],
        "the text is a BMPString, which decodes to U+0561 U+CC80 U+6364: that is NFC",
    ),
    (
        "pkix.subject_key_identifier_method_1_identified",
        &[],
        "a method that was identified is the opposite of one that was not",
    ),
    (
        "pkix.subject_key_identifier_method_2_identified",
        &[],
        "the same",
    ),
    (
        "pkix.subject_key_identifier_rfc7093_method_1_identified",
        &[],
        "the same",
    ),
    (
        "pkix.unknown_subject_key_identifier_calculation_method",
        &[],
        "the key id is SHA-1 of the whole SubjectPublicKeyInfo: RFC 7093 §2 (4)",
    ),
    (
        "pkix.invalid_domain_name_syntax",
        &[],
        "wildcards in the first label, which RFC 9525 has, and internal names of one label",
    ),
    (
        "pkix.invalid_uri_syntax",
        &[],
        "`test://user@www.example.com:1337/test`, `sip:…` and `file:…` are URIs by RFC 3986",
    ),
    ("pkix.ldap_uri_not_validated", &[], "no fault is reported"),
    (
        "pkix.invalid_time_syntax",
        &["utcNoSeconds.pem"],
        "utc-time-no-seconds names it",
    ),
    (
        "pkix.rfc5280_certificate_policies_invalid_explicit_text_encoding",
        &[],
        "RFC 6818 §3 allows BMPString and VisibleString: cp-explicit-text-not-utf8",
    ),
    (
        "pkix.ee_certificate_keycertsign_keyusage_set",
        &["caMaxPathNegative.pem"],
        "it has cA TRUE",
    ),
    (
        "pkix.end_entity_inhibit_anypolicy_extension_present",
        &["caMaxPathNegative.pem"],
        "it has cA TRUE",
    ),
    (
        "itu.invalid_asn1_syntax",
        &[],
        "rules name what pyasn1 does not decode: extension-empty-sequence, spki-mldsa-key-length, \
            name-malformed-rdn, signature-dsa-params-present, signature-rsa-params-not-null, cp-unknown-qualifier",
    ),
];

/// Findings that the other linter does not have: the rule, the certificates (every one where there is none), and why.
const OWN_ALARMS: &[(&str, &[&str], &str)] = &[
    (
        "name-malformed-rdn",
        &[],
        "an RDN without attributes, which zlint's parser drops and pkilint cannot decode",
    ),
    (
        "string-mojibake",
        &[],
        "`NÃ¼rnberg`, and an en dash whose UTF-8 was read as Latin-1",
    ),
    (
        "gn-dns-invalid-syntax",
        &[],
        "control characters, a question mark, and `Not a dns` in a dNSName",
    ),
    (
        "gn-dns-underscore",
        &["SANDNSTooLong.pem"],
        "there is one in the name",
    ),
    (
        "gn-dns-idn-invalid",
        &["dnsNamesNFC.pem"],
        "the A-label stands for an upper-case letter, which IDNA2008 disallows (RFC 5892 §2.2)",
    ),
    (
        "gn-uri-host-not-fqdn-or-ip",
        &["SANURIHostWildcardFQDN.pem"],
        "`*.example.com` is no domain name",
    ),
    (
        "gn-email-invalid",
        &["pkix__bad_san_encoding.pem"],
        "the rfc822Name is not ASCII; pkilint says that the extension does not decode",
    ),
    (
        "der-default-value-encoded",
        &["ncMinZero.pem"],
        "minimum is 0, its default (RFC 5280 §4.2.1.10)",
    ),
    (
        "extension-empty-sequence",
        &[],
        "the list of extensions itself, or one of their values, is empty",
    ),
    (
        "extension-value-malformed",
        &[
            "SANWithInvalidEmail.pem",
            "SANWithInvalidEmail2.pem",
            "SANWithValidEmail.pem",
            "inhibitAnyNotCrit.pem",
        ],
        "the INTEGER of inhibitAnyPolicy runs past its end",
    ),
    (
        "ct-precertificate-deployed",
        &[],
        "they are precertificates; the lints look for the poison beside something else",
    ),
    (
        "cp-explicit-text-bad-type",
        &["userNoticeExpTextNotIA5String.pem"],
        "GeneralString is no DisplayText; zlint looks for IA5String alone",
    ),
    (
        "cp-notice-ref-used",
        &["withValidPoliciesRegardingAnyPolicy.pem"],
        "there is one; pkilint stopped at another qualifier",
    ),
    (
        "cp-qualifier-present",
        &["withValidPoliciesRegardingAnyPolicy.pem"],
        "the same",
    ),
    (
        "crldp-incomplete",
        &["pkix__crldp_dp_reasons_not_der.pem"],
        "reasons alone: pkilint does not decode the extension",
    ),
    (
        "ku-ca-without-keycertsign",
        &["keyUsageNoBits.pem"],
        "cA TRUE, and no keyCertSign; pkilint does not decode keyUsage",
    ),
    (
        "ku-missing-in-ca",
        &[],
        "self-signed, so that it can only be used as a root; pkilint wants cA TRUE as well",
    ),
    (
        "ku-keycertsign-without-ca",
        &["keyUsageWithoutTrailingZeroes.pem"],
        "keyUsage has keyCertSign, and there is no basicConstraints; pkilint does not decode keyUsage",
    ),
    (
        "ku-no-bits-set",
        &["keyUsageNoBits.pem"],
        "pkilint does not decode the extension",
    ),
    (
        "ku-not-critical",
        &[],
        "pkilint does not decode keyUsage, whose bit list ends in zeros",
    ),
    ("ku-rsa-incompatible", &[], "the same"),
    (
        "nc-empty",
        &["noNameConstraint.pem"],
        "an empty SEQUENCE, which pkilint does not decode",
    ),
    (
        "signature-algorithm-unknown",
        &["pkix__dilithium_round3.pem"],
        "the algorithm of the third round is no signature that a standard names",
    ),
    (
        "signature-ecdsa-params-present",
        &["mismatchingSigAlgsBadParams.pem"],
        "NULL beside the signature; pkilint names the mismatch",
    ),
];

/// The rules of tier 1 that a lint stands for.
struct Catalog {
    zlint: BTreeMap<String, BTreeSet<String>>,
    pkilint: BTreeMap<String, BTreeSet<String>>,
}

fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared")
        .join(name);
    if path.exists() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "CI must have ../shared/{name}"
    );
    eprintln!("SKIPPED: ../shared/{name} is not here, so no lint was compared");
    None
}

fn catalog() -> Option<Catalog> {
    let text = fs::read_to_string(shared("catalog.tsv")?).expect("the catalog can be read");
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
    let column = |name| {
        header
            .iter()
            .position(|title| *title == name)
            .expect("the column is there")
    };
    let (rule, zlint, pkilint, tier) = (
        column("rule"),
        column("zlint"),
        column("pkilint"),
        column("tier"),
    );
    let mut catalog = Catalog {
        zlint: BTreeMap::new(),
        pkilint: BTreeMap::new(),
    };
    for line in lines {
        let fields: Vec<&str> = line.split('\t').collect();
        if fields[tier] != "1" {
            continue;
        }
        for (map, column) in [(&mut catalog.zlint, zlint), (&mut catalog.pkilint, pkilint)] {
            for lint in fields[column].split_whitespace() {
                map.entry(lint.to_owned())
                    .or_default()
                    .insert(fields[rule].to_owned());
            }
        }
    }
    Some(catalog)
}

/// The rules that fire on a certificate by itself. There must be a report, whatever the file holds.
fn fired(file: &Path) -> BTreeSet<String> {
    let bytes = fs::read(file).expect("a certificate can be read");
    let inputs = [Input::read(Source::new("certificate.pem", bytes), None)];
    let settings = Settings {
        verifiers: Vec::new(),
        purpose: Purpose::Any,
        ..Settings::at(Time(1_795_456_800))
    };
    let rules: Vec<_> = chainlint::rules::all().collect();
    let report = chainlint::check(&inputs, &settings, &rules, &[], FailOn::Never);
    assert!(
        !report.certificates.is_empty() || !report.findings.is_empty(),
        "{} has no report",
        file.display()
    );
    report
        .findings
        .iter()
        .map(|finding| finding.rule.to_owned())
        .collect()
}

fn is_listed(list: &[(&str, &[&str], &str)], name: &str, certificate: &str) -> bool {
    list.iter().any(|(listed, certificates, _)| {
        *listed == name && (certificates.is_empty() || certificates.contains(&certificate))
    })
}

/// Compares the lints that fire on each certificate with the findings; `runs` says whether the linter runs a lint at all.
fn compare(
    folder: &Path,
    lints: &BTreeMap<String, BTreeSet<String>>,
    said: &BTreeMap<String, BTreeSet<String>>,
    runs: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut of_rule: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (lint, rules) in lints.iter().filter(|(lint, _)| runs(lint)) {
        for rule in rules {
            of_rule.entry(rule).or_default().insert(lint);
        }
    }
    for (certificate, firing) in said {
        let found = fired(&folder.join(certificate));
        for lint in firing {
            let Some(rules) = lints.get(lint) else {
                continue;
            };
            if rules.is_disjoint(&found) && !is_listed(NOT_SHARED, lint, certificate) {
                wrong.push(format!(
                    "{certificate}: {lint} fires, none of {rules:?} does"
                ));
            }
        }
        for rule in &found {
            let shared = of_rule.get(rule.as_str());
            let fires = |lints: &BTreeSet<&str>| lints.iter().any(|lint| firing.contains(*lint));
            if shared.is_some_and(|lints| !fires(lints))
                && !is_listed(OWN_ALARMS, rule, certificate)
            {
                wrong.push(format!(
                    "{certificate}: {rule} fires, none of its lints does"
                ));
            }
        }
    }
    wrong
}

fn json(path: &Path) -> serde_json::Value {
    let text = fs::read_to_string(path).expect("the expectations can be read");
    serde_json::from_str(&text).expect("the expectations are JSON")
}

#[test]
fn zlint() {
    let (Some(catalog), Some(folder)) = (catalog(), shared("lint-corpus/zlint")) else {
        return;
    };
    let matrix = json(&folder.join("full-matrix.json"));
    let mut said: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (certificate, lints) in matrix.as_object().expect("a table of certificates") {
        let firing = lints.as_object().expect("a table of lints").iter();
        let firing =
            firing.filter(|(_, status)| !matches!(status.as_str(), Some("pass" | "NA" | "NE")));
        said.insert(
            certificate.clone(),
            firing.map(|(lint, _)| lint.clone()).collect(),
        );
    }
    assert!(said.len() > 150);
    let first = matrix.as_object().and_then(|table| table.values().next());
    let runs = |lint: &str| first.is_some_and(|lints| lints.get(lint).is_some());
    let wrong = compare(&folder.join("certs"), &catalog.zlint, &said, runs);
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn pkilint() {
    let (Some(catalog), Some(folder)) = (catalog(), shared("lint-corpus")) else {
        return;
    };
    let codes = |findings: &serde_json::Value| -> BTreeSet<String> {
        let findings = findings.as_array().into_iter().flatten();
        findings
            .filter_map(|finding| Some(finding["code"].as_str()?.to_owned()))
            .collect()
    };
    let mut wrong = Vec::new();
    for (expectations, certificates) in [
        ("pkilint/expectations.json", "pkilint/certs"),
        ("zlint/pkilint-findings.json", "zlint/certs"),
    ] {
        let table = json(&folder.join(expectations));
        let table = table.as_object().expect("a table of certificates");
        // Of those that it cannot parse, pkilint says nothing else.
        let said = table.iter().filter(|(_, findings)| findings.is_array());
        let said = said
            .map(|(certificate, findings)| (certificate.clone(), codes(findings)))
            .collect();
        wrong.extend(compare(
            &folder.join(certificates),
            &catalog.pkilint,
            &said,
            |_| true,
        ));
    }
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
