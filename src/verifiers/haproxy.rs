//! HAProxy: OpenSSL, stopped at the first error.
//!
//! `ssl_sock_bind_verifycbk` (`src/ssl_sock.c`) ends the handshake with the first error that neither `ca-ignore-err` nor
//! `crt-ignore-err` names. There is no depth setting; OpenSSL's own limit is 100.

use super::openssl::{Handshake, LoadError, Server, load};
use super::{Judge, Library, Model, Outcome, SettingValue, Verdict, Verifier};
use crate::analysis::{Analysis, Client, VerifyClient};
use crate::source::Role;

/// HAProxy with `verify required` on a bind line.
pub static HAPROXY: Verifier = Verifier {
    name: "haproxy",
    library: Library::Openssl,
    depth: None,
    model: &Haproxy,
};

/// The depth that OpenSSL starts with (`crypto/x509/x509_vpm.c`).
const DEPTH: u32 = 100;

#[derive(Debug)]
struct Haproxy;

impl Model for Haproxy {
    fn start<'a>(&self, analysis: &'a Analysis<'_>) -> Box<dyn Judge + 'a> {
        let release = analysis.settings.openssl;
        let failed = |role| {
            let name = Server::file_name(analysis, role);
            move |error: LoadError| {
                format!("Couldn't open the ca-file '{name}' ({}).", error.reason)
            }
        };
        let bundle = load::cert_crl_file(&Server::bytes(analysis, Role::Bundle), release);
        let crls = Server::crls(analysis, |bytes| load::cert_crl_file(bytes, release));
        let files = [
            bundle.map_err(failed(Role::Bundle)),
            crls.map_err(failed(Role::Crl)),
        ];
        Box::new(Started {
            server: Server::start(&HAPROXY, analysis, files),
        })
    }
}

struct Started<'s> {
    server: Server<'s>,
}

impl Judge for Started<'_> {
    fn judge(&self, client: &Client) -> Verdict {
        let mode = self.server.analysis.settings.verify_client;
        // There are `required` and `optional`; the nearest to optional_no_ca is the latter.
        let required = mode == VerifyClient::On;
        let mut verdict = self.decide(client, required);
        let mode = if required { "required" } else { "optional" };
        let mode = SettingValue::Text(mode.to_owned());
        verdict.settings.insert("verify_client", mode);
        verdict
    }
}

impl Started<'_> {
    fn decide(&self, client: &Client, required: bool) -> Verdict {
        let server = &self.server;
        if let Some(verdict) = server.not_a_client(client) {
            return verdict;
        }
        match server.verify(client, true, DEPTH, &mut |call| call.ok) {
            Handshake::Ended(verdict) => *verdict,
            Handshake::NoCertificate(why) if required => Verdict {
                outcome: Outcome::Reject,
                text: "SSL handshake failure: peer did not return a certificate".to_owned(),
                explanation: why.explanation,
                causes: why.causes,
                response: Some("TLS alert certificate required".to_owned()),
                ..server.accept(client)
            },
            Handshake::NoCertificate(why) => Verdict {
                explanation: format!(
                    "{}; the connection is let in as one without a certificate",
                    why.explanation
                ),
                ..server.accept(client)
            },
            Handshake::Verified(verified) => server.verdict(client, &verified, verified.error),
        }
    }
}
