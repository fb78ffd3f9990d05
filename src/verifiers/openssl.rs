//! OpenSSL: what `openssl verify -purpose sslclient` says, and the model that nginx, ingress-nginx, httpd and HAProxy share.
//!
//! It follows `X509_verify_cert` of the releases 1.1.1w, 3.0.22, 3.2.1, 3.5.5 and 4.0.3. What those decide differently stands beside
//! each other in the functions that decide it; `docs/verifiers/openssl.md` lists it.

mod causes;
mod chain;
mod check;
mod constraints;
mod crl;
mod curves;
pub mod errors;
mod extension;
mod key;
pub(in crate::verifiers) mod load;
mod name;
mod parse;
mod pem;
mod proxy;
mod raised;
mod server;
mod store;
mod tls;
mod uri;
mod verification;
mod x509;

pub(in crate::verifiers) use load::Loaded;
pub(in crate::verifiers) use raised::LoadError;
pub(in crate::verifiers) use server::{Handshake, REFUSED, Server};
pub(in crate::verifiers) use verification::Call;

use super::{DepthSetting, Judge, Library, Model, Outcome, Verdict, Verifier};
use crate::analysis::{Analysis, Client, OpensslRelease};
use crate::path::Purpose;
use crate::source::Role;

/// OpenSSL's own command, with its default of 100 intermediates.
pub static OPENSSL: Verifier = Verifier {
    name: "openssl",
    library: Library::Openssl,
    depth: Some(DepthSetting {
        directive: "-verify_depth",
        default: 100,
        counts_root: false,
    }),
    model: &Openssl,
};

#[derive(Debug)]
struct Openssl;

impl Model for Openssl {
    fn start<'a>(&self, analysis: &'a Analysis<'_>) -> Box<dyn Judge + 'a> {
        let release = analysis.settings.openssl;
        let name = Server::file_name(analysis, Role::Bundle);
        let loaded = load::verify_ca_file(&Server::bytes(analysis, Role::Bundle), release);
        let loaded = loaded.map_err(|error| format!("Error loading file {name}: {}", error.text));
        let crl_file = Server::file_name(analysis, Role::Crl);
        let loaded_crls = Server::crls(analysis, |bytes| {
            let loaded = load::cert_crl_file(bytes, release).ok();
            let crls = loaded.map(|loaded| loaded.crls).unwrap_or_default();
            if crls.is_empty() {
                return Err(format!("Could not read any CRLs from {crl_file}"));
            }
            Ok(Loaded {
                given_crls: crls,
                ..Loaded::default()
            })
        });
        // 1.1.1 loads the CRLs before it looks at any certificate.
        let old = release == OpensslRelease::V1_1_1;
        let no_crls = !old && loaded.is_ok() && loaded_crls.is_err();
        let server = Server::start(&OPENSSL, analysis, [loaded_crls, loaded]);
        Box::new(Started { server, no_crls })
    }
}

struct Started<'s> {
    server: Server<'s>,
    /// Whether the CRLs could not be read: the command then fails for each certificate.
    no_crls: bool,
}

impl Judge for Started<'_> {
    fn judge(&self, client: &Client) -> Verdict {
        let analysis = self.server.analysis;
        let depth = analysis.settings.depth.unwrap_or(100);
        let with_depth = |mut verdict: Verdict| {
            verdict
                .settings
                .insert("depth", super::SettingValue::Number(depth));
            verdict
        };
        if analysis.settings.purpose == Purpose::Any {
            return with_depth(self.server.unknown(
                client,
                "OpenSSL verifies a certificate as that of a client or of a server",
                "--purpose client or --purpose server gives a verdict",
            ));
        }
        let handshake = self.server.verify(client, false, depth, &mut |call| {
            call.ok || PASSED_OVER.contains(&call.error)
        });
        match handshake {
            Handshake::Ended(verdict) if self.no_crls => with_depth(Verdict {
                outcome: Outcome::Reject,
                ..*verdict
            }),
            Handshake::Ended(verdict) => with_depth(*verdict),
            Handshake::NoCertificate(why) => with_depth(Verdict {
                outcome: Outcome::Reject,
                text: "unable to load certificate".to_owned(),
                explanation: why.explanation,
                causes: why.causes,
                ..self.server.accept(client)
            }),
            Handshake::Verified(verified) => {
                with_depth(self.server.verdict(client, &verified, verified.error))
            }
        }
    }
}

/// The errors after which `openssl verify` goes on, to report all of them (`cb` in apps/verify.c).
///
/// Of those that can come up here; the number of an invalid CA changed with 3.0.
const PASSED_OVER: [i32; 10] = [10, 11, 12, 18, 24, 25, 26, 34, 37, 79];
