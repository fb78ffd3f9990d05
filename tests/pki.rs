//! Random PKIs: what holds for each, whatever is wrong with it.

mod random_pki;

use chainlint::analysis::{Analysis, Input, Settings};
use chainlint::cert::time::Time;
use chainlint::report::{FailOn, Report};
use chainlint::source::{Role, Source};
use chainlint::verifiers::rfc5280::RFC5280;
use proptest::prelude::*;
use random_pki::{AT, Der, Fault, RandomPki, plan, random_pki};

fn input(name: &str, certificates: &[Der], role: Role) -> Input {
    let text: String = certificates
        .iter()
        .map(|der| ::pem::encode(&::pem::Pem::new("CERTIFICATE", der.as_slice())))
        .collect();
    Input::read(Source::new(name, text.into_bytes()), Some(role))
}

fn inputs(pki: &RandomPki) -> [Input; 2] {
    [
        input("ca.pem", &pki.bundle, Role::Bundle),
        input("client.pem", &pki.client, Role::Client),
    ]
}

fn check(pki: &RandomPki) -> Report {
    let settings = Settings {
        verifiers: vec![&RFC5280],
        ..Settings::at(Time(AT))
    };
    let rules: Vec<_> = chainlint::rules::all().collect();
    chainlint::check(&inputs(pki), &settings, &rules, &[], FailOn::Never)
}

/// The certificates of the report by their index in `issued`.
fn issued_indices(pki: &RandomPki) -> Vec<usize> {
    let read = pki.bundle.iter().chain(&pki.client);
    let index = |der| pki.issued.iter().position(|issued| issued == der);
    read.map(|der| index(der).expect("what is given was issued"))
        .collect()
}

/// Whether an issuer of the certificate is missing.
fn is_below_missing(pki: &RandomPki, index: usize) -> bool {
    let read = |index: usize| {
        chainlint::cert::Certificate::parse(&pki.issued[index]).expect("rcgen writes certificates")
    };
    let below = read(index);
    pki.faults.iter().any(|(missing, fault)| {
        matches!(fault, Fault::MissingIntermediate | Fault::MissingAnchor)
            && read(*missing).subject.raw == below.issuer.raw
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn without_faults_the_client_is_acceptable(plan in plan()) {
        let pki = plan.without_faults().build();
        prop_assert!(pki.acceptable && pki.faults.is_empty());
        let inputs = inputs(&pki);
        let settings = Settings::at(Time(AT));
        let analysis = Analysis::new(&inputs, &settings);
        prop_assert_eq!(analysis.certificates.len(), pki.issued.len());
        let path = analysis.client_path(&analysis.clients[0]).expect("there is a client");
        prop_assert!(path.links.iter().all(chainlint::bundle::Link::is_valid));
        prop_assert!(analysis.in_bundle(path.last()));
    }

    #[test]
    fn faults_stand_where_they_are_said_to(pki in random_pki()) {
        let at = Time(AT);
        for (index, der) in pki.issued.iter().enumerate() {
            let certificate = chainlint::cert::Certificate::parse(der).expect("rcgen writes certificates");
            let has = |fault| pki.faults.contains(&(index, fault));
            let in_time = !has(Fault::Expired) && !has(Fault::NotYetValid);
            prop_assert_eq!(certificate.is_valid_at(at), in_time);
            let is_leaf = index + 1 == pki.issued.len();
            prop_assert_eq!(certificate.says_ca(), !is_leaf && !has(Fault::NotCa));
        }
    }

    #[test]
    fn rfc5280_accepts_what_is_acceptable_and_names_the_fault(plan in plan()) {
        let pki = plan.build();
        let report = check(&pki);
        let verdict = &report.verdicts[0];
        let wanted = if pki.acceptable { "accept" } else { "reject" };
        prop_assert_eq!(verdict.outcome, wanted, "{}\n{:?}", &verdict.text, &pki.faults);
        if pki.acceptable {
            return Ok(());
        }
        prop_assert!(!verdict.findings.is_empty(), "{}\n{:?}", &verdict.text, &pki.faults);
        let indices = issued_indices(&pki);
        for finding in verdict.findings.iter().map(|index| &report.findings[*index]) {
            let certificate = finding.certificate.map(|read| indices[read]);
            let named = |(at, fault): &(usize, Fault)| {
                let is_there = certificate.is_none_or(|index| match fault {
                    Fault::MissingIntermediate | Fault::MissingAnchor => is_below_missing(&pki, index),
                    // The client's name is what the constraint excludes.
                    Fault::ExcludesName => index + 1 == pki.issued.len(),
                    _ => index == *at,
                });
                is_there && fault.rules().contains(&finding.rule)
            };
            prop_assert!(
                pki.faults.iter().any(named),
                "{} on {:?}\n{}\n{:?}",
                finding.rule, certificate, &verdict.text, &pki.faults
            );
        }
    }
}
