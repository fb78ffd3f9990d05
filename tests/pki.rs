//! Random PKIs: what holds for each, whatever is wrong with it.

mod random_pki;

use chainlint::analysis::{Analysis, Input, Settings};
use chainlint::cert::time::Time;
use chainlint::source::{Role, Source};
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
}
