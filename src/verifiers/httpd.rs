//! Apache httpd with `mod_ssl`: OpenSSL, stopped at the first error, and a depth that counts the root.
//!
//! Source: `ssl_callback_SSLVerify` (`modules/ssl/ssl_engine_kernel.c`). OpenSSL itself is not told the depth: the callback compares the
//! place of every certificate with it, so that a chain that is too long fails at its root.

use super::openssl::{Handshake, LoadError, Loaded, Server, errors, load};
use super::{DepthSetting, Event, Judge, Library, Model, Outcome, SettingValue, Verdict, Verifier};
use crate::analysis::{Analysis, Client, VerifyClient};
use crate::source::Role;

/// httpd with `SSLVerifyClient`.
pub static HTTPD: Verifier = Verifier {
    name: "httpd",
    library: Library::Openssl,
    depth: Some(DEPTH),
    model: &Httpd,
};

/// `SSLVerifyDepth`, 1 by default (`ssl_config_server_merge`, `modules/ssl/ssl_engine_config.c`).
const DEPTH: DepthSetting = DepthSetting {
    directive: "SSLVerifyDepth",
    default: 1,
    counts_root: true,
};

/// The depth that OpenSSL starts with (`crypto/x509/x509_vpm.c`).
const OPENSSL_DEPTH: u32 = 100;

/// `X509_V_ERR_CERT_CHAIN_TOO_LONG`.
const CHAIN_TOO_LONG: i32 = 22;

#[derive(Debug)]
struct Httpd;

impl Model for Httpd {
    fn start<'a>(&self, analysis: &'a Analysis<'_>) -> Box<dyn Judge + 'a> {
        Box::new(Started {
            server: Server::start(&HTTPD, analysis, read_files(analysis)),
        })
    }
}

/// `ssl_init_ctx_verify` and `ssl_init_ctx_crl` (`modules/ssl/ssl_engine_init.c`).
fn read_files(analysis: &Analysis<'_>) -> [Result<Loaded, String>; 2] {
    let release = analysis.settings.openssl;
    let bundle = Server::bytes(analysis, Role::Bundle);
    let failed = |log: &'static str| move |error: LoadError| format!("{log}: {}", error.text);
    let loaded = load::cert_crl_file(&bundle, release).map_err(failed(
        "AH01895: Unable to configure verify locations for client authentication",
    ));
    let loaded = loaded.and_then(|loaded| {
        load::client_ca_file(&bundle, release).map_err(failed(
            "AH01896: Unable to determine list of acceptable CA certificates for client authentication",
        ))?;
        Ok(loaded)
    });
    let crls = Server::crls(analysis, |bytes| load::cert_crl_file(bytes, release));
    let crls = crls.map_err(failed(
        "AH01900: Unable to configure X.509 CRL storage for certificate revocation",
    ));
    [loaded, crls]
}

struct Started<'s> {
    server: Server<'s>,
}

impl Judge for Started<'_> {
    fn judge(&self, client: &Client) -> Verdict {
        let settings = self.server.analysis.settings;
        let depth = settings.depth.unwrap_or(DEPTH.default);
        let mode = settings.verify_client;
        let mut verdict = self.decide(client, depth, mode);
        let word = match mode {
            VerifyClient::On => "require",
            other => other.name(),
        };
        let values = &mut verdict.settings;
        values.insert("depth", SettingValue::Number(depth));
        values.insert("verify_client", SettingValue::Text(word.to_owned()));
        verdict
    }
}

impl Started<'_> {
    fn decide(&self, client: &Client, depth: u32, mode: VerifyClient) -> Verdict {
        let server = &self.server;
        if let Some(verdict) = server.not_a_client(client) {
            return verdict;
        }
        // The place at which the depth was exceeded.
        let mut too_deep = None;
        let mut passed_over = None;
        let mut callback = |call: super::openssl::Call| {
            let optional = mode == VerifyClient::OptionalNoCa && is_optional(call.error);
            if optional && !call.ok {
                passed_over = Some(call.error);
            }
            if call.depth > depth as usize {
                too_deep = Some(call.depth);
                return false;
            }
            call.ok || optional
        };
        match server.verify(client, true, OPENSSL_DEPTH, &mut callback) {
            Handshake::Ended(verdict) => *verdict,
            Handshake::NoCertificate(why) if mode == VerifyClient::On => Verdict {
                outcome: Outcome::Reject,
                text:
                    "AH02008: SSL library error 1 in handshake: peer did not return a certificate"
                        .to_owned(),
                explanation: why.explanation,
                causes: why.causes,
                response: Some("TLS alert certificate required".to_owned()),
                ..server.accept(client)
            },
            Handshake::NoCertificate(why) => Verdict {
                explanation: format!(
                    "{}; the request is let in as one without a certificate",
                    why.explanation
                ),
                ..server.accept(client)
            },
            Handshake::Verified(mut verified) => {
                if let Some(at) = too_deep {
                    verified.events.push(Event {
                        code: CHAIN_TOO_LONG,
                        depth: at,
                        certificate: verified.chain.get(at).copied(),
                    });
                    let mut verdict = server.verdict(client, &verified, CHAIN_TOO_LONG);
                    verdict.text = format!(
                        "AH02040: Certificate Verification: Certificate Chain too long (chain has {at} certificates, but maximum allowed are only {depth})"
                    );
                    verdict.explanation = format!(
                        "SSLVerifyDepth counts the root as well: this chain needs {}",
                        verified.chain.len() - 1
                    );
                    return verdict;
                }
                if let (false, Some(error)) = (verified.stopped, passed_over) {
                    return Verdict {
                        explanation: format!(
                            "optional_no_ca passes over error {error}: nobody has verified who the client is (SSL_CLIENT_VERIFY is GENEROUS)"
                        ),
                        ..server.verdict(client, &verified, 0)
                    };
                }
                let mut verdict = server.verdict(client, &verified, verified.error);
                if let (Outcome::Reject, Some(code)) = (verdict.outcome, verdict.code) {
                    let text = errors::text(server.release(), code);
                    verdict.text =
                        format!("AH02276: Certificate Verification: Error ({code}): {text}");
                }
                verdict
            }
        }
    }
}

/// The errors that `optional_no_ca` passes over: `ssl_verify_error_is_optional` (`modules/ssl/ssl_private.h`).
fn is_optional(error: i32) -> bool {
    matches!(error, 18 | 19 | 20 | 21 | 27)
}
