//! ingress-nginx: its check of the Secret beside nginx 1.27.1 with OpenSSL 3.5, which its image has.

use chainlint::analysis::{OpensslRelease, Settings};
use chainlint::verifiers::ingress_nginx::INGRESS_NGINX;

use crate::scenarios::{self, CHECKED_AT, Server};

/// The outcome is the Secret's where it is refused, else nginx's; its text says which of the three it is.
#[test]
fn as_the_check_of_the_secret_and_nginx() {
    let server = Server {
        setting: Some("on_d1"),
        settings: Settings {
            openssl: OpensslRelease::V3_5,
            ..Settings::at(CHECKED_AT)
        },
        ..Server::new(&INGRESS_NGINX, "nginx-1.27.1+openssl-3.5.5")
    };
    let mut wrong = Vec::new();
    let mut compared = 0;
    for folder in scenarios::folders() {
        let scenario = scenarios::scenario(&folder);
        let secret = &scenario["servers"]["ingress-secret-check(go1.19)"]["outcome"];
        let nginx = &scenario["servers"]["nginx-1.27.1+openssl-3.5.5"];
        let (Some(secret @ ("secret-ok" | "secret-rejected")), false) =
            (secret.as_str(), nginx.is_null())
        else {
            continue;
        };
        let nginx = nginx.get("on_d1").unwrap_or(&nginx["config"]);
        let wanted = match (secret, nginx["outcome"].as_str()) {
            ("secret-rejected", _) => ["config-refused", "Secret refused: "],
            (_, Some("server-refuses-config")) => ["config-refused", "reload breaks: "],
            (_, Some("reject")) => ["reject", "client rejected: "],
            _ => ["accept", ""],
        };
        // Go 1.27 refuses a negative serial number, which the 1.19 of the check took.
        let newer = folder.to_string_lossy().contains("serial-")
            && folder.to_string_lossy().contains("negative");
        let report = server.check(&folder);
        let verdict = &report.verdicts[0];
        compared += 1;
        let same = verdict.outcome == wanted[0] && verdict.text.starts_with(wanted[1]);
        if !same && !newer {
            wrong.push(format!(
                "{}: {wanted:?}, ours {} {}",
                folder.display(),
                verdict.outcome,
                verdict.text
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(compared > 100, "only {compared} were compared");
}
