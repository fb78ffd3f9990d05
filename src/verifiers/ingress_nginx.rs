//! ingress-nginx: its own check of the Secret, then nginx with the settings of the annotations.
//!
//! A Secret that the check refuses denies every request to the host (`authtls` annotation, `return 403` in rootfs/etc/nginx/template/nginx.tmpl of
//! v1.15). One that passes the check, but not nginx, breaks the reload of the whole controller. Else the client is judged as by nginx.

pub mod secret;

use super::go::Release;
use super::nginx;
use super::openssl::{REFUSED, Server};
use super::{DepthSetting, Judge, Library, Model, Outcome, Verdict, Verifier};
use crate::analysis::{Analysis, Client};
use crate::source::Role;

/// ingress-nginx with `auth-tls-secret`.
pub static INGRESS_NGINX: Verifier = Verifier {
    name: "ingress-nginx",
    library: Library::Openssl,
    depth: Some(DepthSetting {
        directive: "auth-tls-verify-depth",
        default: 1,
        counts_root: false,
    }),
    model: &IngressNginx,
};

#[derive(Debug)]
struct IngressNginx;

impl Model for IngressNginx {
    fn start<'a>(&self, analysis: &'a Analysis<'_>) -> Box<dyn Judge + 'a> {
        let bundle = Server::bytes(analysis, Role::Bundle);
        let has_crl = analysis.inputs_with(Role::Crl).next().is_some();
        let crl = has_crl.then(|| Server::bytes(analysis, Role::Crl));
        let checked = secret::check(&bundle, crl.as_deref(), Release::V1_27);
        let refused = checked.as_ref().err().map(|refused| {
            format!(
                "Secret refused: {} (in block {} of ca.crt)",
                refused.text,
                refused.certificates + 1
            )
        });
        let files = nginx::read_files(analysis, &bundle);
        Box::new(Started {
            refused,
            nginx: nginx::Started::new(&INGRESS_NGINX, analysis, files),
        })
    }
}

struct Started<'s> {
    /// Why the Secret is refused, if it is.
    refused: Option<String>,
    nginx: nginx::Started<'s>,
}

impl Judge for Started<'_> {
    fn judge(&self, client: &Client) -> Verdict {
        let verdict = self.nginx.judge(client);
        if let Some(refused) = &self.refused {
            return Verdict {
                outcome: Outcome::ConfigRefused,
                code: None,
                text: refused.clone(),
                explanation: "every block of ca.crt must be a certificate that Go can read, whatever its label; until it is mended, \
                    every request to the host is denied"
                    .to_owned(),
                certificate: None,
                path: Vec::new(),
                events: Vec::new(),
                response: Some("403 Forbidden, whatever the client".to_owned()),
                causes: REFUSED.to_vec(),
                ..verdict
            };
        }
        if verdict.outcome == Outcome::ConfigRefused {
            return Verdict {
                text: format!("reload breaks: {}", verdict.text),
                explanation: "the controller's own check lets the Secret pass, and nginx then refuses the file: no change to any Ingress takes effect until it is mended"
                    .to_owned(),
                ..verdict
            };
        }
        if verdict.outcome == Outcome::Reject {
            return Verdict {
                text: format!("client rejected: {}", verdict.text),
                ..verdict
            };
        }
        verdict
    }
}
