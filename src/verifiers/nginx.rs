//! nginx: OpenSSL, and what nginx adds.
//!
//! Its verify callback lets OpenSSL go on after every error, so what counts is the last one (`ngx_ssl_verify_callback`,
//! `src/event/ngx_event_openssl.c`); the request is then answered with 400 (`ngx_http_process_request`, `src/http/ngx_http_request.c`).

use super::openssl::{Handshake, LoadError, Loaded, Server, load};
use super::{DepthSetting, Judge, Library, Model, Outcome, SettingValue, Verdict, Verifier};
use crate::analysis::{Analysis, Client, OpensslRelease, VerifyClient};
use crate::source::Role;

/// nginx with `ssl_verify_client`.
pub static NGINX: Verifier = Verifier {
    name: "nginx",
    library: Library::Openssl,
    depth: Some(DEPTH),
    model: &Nginx,
};

/// `ssl_verify_depth`, merged with the default 1 in `ngx_http_ssl_merge_srv_conf`.
const DEPTH: DepthSetting = DepthSetting {
    directive: "ssl_verify_depth",
    default: 1,
    counts_root: false,
};

#[derive(Debug)]
struct Nginx;

impl Model for Nginx {
    fn start<'a>(&self, analysis: &'a Analysis<'_>) -> Box<dyn Judge + 'a> {
        let files = read_files(analysis, &Server::bytes(analysis, Role::Bundle));
        Box::new(Started::new(&NGINX, analysis, files))
    }
}

/// The CA file and the CRLs as nginx reads them.
///
/// Up to 1.27.1 `SSL_CTX_load_verify_locations` takes certificates, and `SSL_load_client_CA_file` then their names; later releases
/// read certificates with their trust settings (`ngx_ssl_cache_ca_create`). Only those run with OpenSSL 4.0.
pub(super) fn read_files(analysis: &Analysis<'_>, bundle: &[u8]) -> [Result<Loaded, String>; 2] {
    let release = analysis.settings.openssl;
    let ca = Server::file_name(analysis, Role::Bundle);
    let crl = Server::file_name(analysis, Role::Crl);
    let failed =
        |call: String| move |error: LoadError| format!("{call} failed (SSL: {})", error.queue);
    if release >= OpensslRelease::V4_0 {
        let call = format!("cannot load certificate \"{ca}\": PEM_read_bio_X509_AUX()");
        let loaded = load::x509_aux_file(bundle, release).map_err(failed(call));
        let call = format!("cannot load CRL \"{crl}\": PEM_read_bio_X509_CRL()");
        let crls = Server::crls(analysis, |bytes| {
            load::crl_file(bytes, release).map_err(failed(call))
        });
        return [loaded, crls];
    }
    let call = format!("SSL_CTX_load_verify_locations(\"{ca}\")");
    let loaded = load::cert_crl_file(bundle, release).map_err(failed(call));
    let loaded = loaded.and_then(|loaded| {
        let call = format!("SSL_load_client_CA_file(\"{ca}\")");
        load::client_ca_file(bundle, release).map_err(failed(call))?;
        Ok(loaded)
    });
    let call = format!("X509_LOOKUP_load_file(\"{crl}\")");
    let crls = Server::crls(analysis, |bytes| {
        load::cert_crl_file(bytes, release).map_err(failed(call))
    });
    [loaded, crls]
}

/// An nginx that has read its files.
pub(super) struct Started<'s> {
    server: Server<'s>,
}

impl<'s> Started<'s> {
    pub(super) fn new(
        verifier: &'static Verifier,
        analysis: &'s Analysis<'_>,
        files: [Result<Loaded, String>; 2],
    ) -> Self {
        Self {
            server: Server::start(verifier, analysis, files),
        }
    }
}

impl Judge for Started<'_> {
    fn judge(&self, client: &Client) -> Verdict {
        let settings = self.server.analysis.settings;
        let depth = settings.depth.unwrap_or(DEPTH.default);
        let mode = settings.verify_client;
        let mut verdict = self.decide(client, depth, mode);
        let values = &mut verdict.settings;
        values.insert("depth", SettingValue::Number(depth));
        values.insert("verify_client", SettingValue::Text(mode.name().to_owned()));
        verdict
    }
}

impl Started<'_> {
    fn decide(&self, client: &Client, depth: u32, mode: VerifyClient) -> Verdict {
        let server = &self.server;
        if let Some(verdict) = server.not_a_client(client) {
            return verdict;
        }
        match server.verify(client, true, depth, &mut |_| true) {
            Handshake::Ended(verdict) => *verdict,
            Handshake::NoCertificate(why) if mode == VerifyClient::On => Verdict {
                outcome: Outcome::Reject,
                text: "client sent no required SSL certificate".to_owned(),
                explanation: why.explanation,
                causes: why.causes,
                response: Some("400 No required SSL certificate was sent".to_owned()),
                ..server.accept(client)
            },
            Handshake::NoCertificate(why) => Verdict {
                explanation: format!(
                    "{}; the request is let in as one without a certificate ($ssl_client_verify is NONE)",
                    why.explanation
                ),
                ..server.accept(client)
            },
            // OpenSSL itself could not go on, whatever the callback says.
            Handshake::Verified(verified) if verified.stopped => Verdict {
                response: Some("TLS alert internal error".to_owned()),
                ..server.verdict(client, &verified, verified.error)
            },
            Handshake::Verified(verified)
                if mode == VerifyClient::OptionalNoCa && is_optional(verified.error) =>
            {
                Verdict {
                    explanation: format!(
                        "optional_no_ca passes over error {}: nobody has verified who the client is ($ssl_client_verify is FAILED)",
                        verified.error
                    ),
                    ..server.verdict(client, &verified, 0)
                }
            }
            Handshake::Verified(verified) => {
                let verdict = server.verdict(client, &verified, verified.error);
                let response = (verdict.outcome == Outcome::Reject)
                    .then(|| "400 The SSL certificate error".to_owned());
                Verdict {
                    response,
                    ..verdict
                }
            }
        }
    }
}

/// The errors that `optional_no_ca` passes over: `ngx_ssl_verify_error_optional` (`src/event/ngx_event_openssl.h`).
fn is_optional(error: i32) -> bool {
    matches!(error, 18 | 19 | 20 | 21 | 27)
}
