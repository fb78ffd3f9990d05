//! ingress-nginx's check of the Secret.

use std::fs;

use chainlint::verifiers::go::{self, Release};
use chainlint::verifiers::ingress_nginx::secret;
use serde_json::Value;

use crate::scenarios;

/// The check as ingress-nginx has it, built with Go 1.19, on every scenario: outcome, error text and numbers of certificates.
#[test]
fn as_go_1_19() {
    let mut compared = 0;
    for folder in scenarios::folders() {
        let scenario = scenarios::scenario(&folder);
        let real = &scenario["servers"]["ingress-secret-check(go1.19)"];
        let wanted = match real["outcome"].as_str() {
            Some("secret-ok") => None,
            Some("secret-rejected") => Some(real["text"].as_str().expect("a reject has a text")),
            _ => continue,
        };
        let id = folder.display();
        let bundle = fs::read(folder.join("bundle.pem")).expect("a scenario has a bundle");
        let crl = fs::read(folder.join("crl.pem")).ok();
        let checked = secret::check(&bundle, crl.as_deref(), Release::V1_19);
        let (refused, certificates) = match &checked {
            Ok(passed) => {
                assert_eq!(passed.file, bundle, "{id}: nginx reads the whole Secret");
                (None, passed.certificates)
            }
            Err(refused) => (Some(refused.text.as_ref()), refused.certificates),
        };
        assert_eq!(refused, wanted, "{id}");
        assert_eq!(Value::from(certificates), real["certs"], "{id}");
        let pool = go::pool(&bundle, Release::V1_19).len();
        assert_eq!(Value::from(pool), real["append_n"], "{id}");
        assert_eq!(Value::from(pool > 0), real["append_ok"], "{id}");
        compared += 1;
    }
    assert!(compared > 100, "only {compared} were compared");
}
