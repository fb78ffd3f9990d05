//! Envoy, and what is built on it: BoringSSL as Envoy sets it up.
//!
//! Source: Envoy 1.40 `source/common/tls/cert_validator/default_validator.cc` (`DefaultCertValidator`), with
//! `trusted_ca`, `crl`, `max_verify_depth` and `require_client_certificate`, and BoringSSL 0.20260813.0, which that release
//! is built with. Each module names the functions that it follows. BoringSSL's verifier comes from OpenSSL 1.0.2 and has
//! gone its own way: the files here share nothing with the model of OpenSSL.

#![allow(
    clippy::option_option,
    reason = "of what is read, none is what BoringSSL refuses, and none inside what is absent"
)]

mod chain;
mod code;
mod crl;
mod der;
mod general_name;
mod key;
mod name;
mod name_constraints;
mod pem;
mod policy;
mod revocation;
mod store;
mod words;
mod x509;

use super::{DepthSetting, Judge, Library, Model, Outcome, SettingValue, Verdict, Verifier};
use crate::analysis::{Analysis, CertificateId, Client, InputId, VerifyClient};
use crate::cert::key::{KeyKind, PublicKey};
use crate::cert::oid;
use crate::path::Purpose;
use crate::source::Role;
use chain::{Chain, Context, End};
use pem::{Contents, Refusal};
use store::{Choices, MOST_TRIES, Store};
use x509::X509;

/// Envoy, and what is built on it: BoringSSL as Envoy sets it up.
pub static ENVOY: Verifier = Verifier {
    name: "envoy",
    library: Library::Boringssl,
    depth: Some(DepthSetting {
        directive: "max_verify_depth",
        // BoringSSL's default is 100 without the anchor.
        default: 101,
        counts_root: true,
    }),
    model: &Envoy,
};

#[derive(Debug)]
struct Envoy;

impl Model for Envoy {
    fn offers_scheme_for(&self, key: &PublicKey<'_>) -> bool {
        is_offered(key)
    }

    fn start<'a>(&self, analysis: &'a Analysis<'_>) -> Box<dyn Judge + 'a> {
        Box::new(Started {
            analysis,
            store: read_store(analysis),
        })
    }
}

/// A listener with its validation context, or what keeps Envoy from taking it.
struct Started<'s, 'a> {
    analysis: &'s Analysis<'a>,
    store: Result<Store, Refused>,
}

/// A configuration that Envoy does not take, or of which it is not known.
#[derive(Debug)]
struct Refused {
    outcome: Outcome,
    text: String,
    explanation: String,
    causes: &'static [&'static str],
}

impl Judge for Started<'_, '_> {
    fn judge(&self, client: &Client) -> Verdict {
        let mut verdict = self.decide(client);
        let settings = &self.analysis.settings;
        let depth = match settings.depth {
            Some(depth) => SettingValue::Number(depth),
            None => SettingValue::Text("not set".to_owned()),
        };
        verdict.settings.insert("max_verify_depth", depth);
        // There is nothing like nginx's `optional_no_ca`; it is taken for `optional`.
        let required = settings.verify_client == VerifyClient::On;
        let required = SettingValue::Text(required.to_string());
        verdict
            .settings
            .insert("require_client_certificate", required);
        if self.store.as_ref().is_ok_and(|store| store.checks_crls) {
            let given = SettingValue::Text("every certificate of a path".to_owned());
            verdict.settings.insert("crl", given);
        }
        verdict
    }
}

impl Started<'_, '_> {
    fn decide(&self, client: &Client) -> Verdict {
        let accept = Verdict::accept(&ENVOY, "Envoy 1.40, BoringSSL 0.20260813.0", client);
        let verdict = |outcome, text: &str, explanation: &str, causes: &[&'static str]| Verdict {
            outcome,
            text: text.to_owned(),
            explanation: explanation.to_owned(),
            causes: causes.to_vec(),
            ..accept.clone()
        };
        let settings = self.analysis.settings;
        let store = match &self.store {
            Ok(store) => store,
            Err(refused) => {
                return verdict(
                    refused.outcome,
                    &refused.text,
                    &refused.explanation,
                    refused.causes,
                );
            }
        };
        if settings.purpose != Purpose::Client {
            return verdict(
                Outcome::Unknown,
                "only the verification of clients is modelled",
                "--purpose client gives a verdict",
                &[],
            );
        }
        let rejected = |text: &str, alert: &str, explanation: &str, causes| Verdict {
            response: Some(format!("TLS alert {alert}")),
            ..verdict(Outcome::Reject, text, explanation, causes)
        };
        let without_certificate = |explanation: &str, causes| {
            if settings.verify_client == VerifyClient::On {
                rejected(
                    NO_CERTIFICATE_SENT,
                    "certificate_required",
                    explanation,
                    causes,
                )
            } else {
                verdict(Outcome::Accept, "", explanation, &[])
            }
        };
        let Some(leaf) = client.certificates.first() else {
            return without_certificate(
                "the client has no certificate to send",
                super::NO_CERTIFICATE,
            );
        };
        let leaf = &self.analysis.certificate(*leaf);
        if !is_offered(&leaf.key) {
            return without_certificate(
                "Envoy offers no signature scheme for the client's kind of key (ECDSA with P-256 and P-384, and RSA, it does), so the client sends no certificate",
                words::NO_SCHEME,
            );
        }
        let ids = client.certificates.iter();
        let parsed: Option<Vec<X509>> = ids
            .map(|id| Some(X509::parse(self.analysis.certificate(*id).der)?.0))
            .collect();
        let Some(sent) = parsed.filter(|sent| sent[0].key.is_some()) else {
            return rejected(
                UNREADABLE,
                "decode_error",
                "BoringSSL cannot read a certificate that the client sends, or the client's key; the handshake ends before any path is built",
                words::UNREADABLE,
            );
        };
        if !sent[0].may_sign_handshake() {
            return rejected(
                KEY_USAGE,
                "illegal_parameter",
                "keyUsage of the client's certificate lacks digitalSignature, or does not decode; the handshake ends before any path is built",
                &[
                    "mtls-leaf-no-digital-signature",
                    "extension-value-malformed",
                    "eku-ku-inconsistent",
                ],
            );
        }
        self.verify(&accept, store, &sent)
    }

    fn verify(&self, accept: &Verdict, store: &Store, sent: &[X509]) -> Verdict {
        let settings = self.analysis.settings;
        // Envoy counts the anchor, which BoringSSL does not.
        let intermediates = settings.depth.map_or(100, |depth| depth.saturating_sub(1));
        let longest =
            usize::try_from(intermediates).map_or(usize::MAX, |most| most.saturating_add(2));
        let judge = |choices: &Choices| {
            let context = Context {
                store,
                signatures: &self.analysis.signatures,
                at: settings.at,
                longest,
                choices,
            };
            let (chain, result) = chain::verify(context, sent);
            self.verdict(accept, &chain, result)
        };
        let mut choices = Choices::default();
        let first = judge(&choices);
        if store.keeps_order() {
            return first;
        }
        for _ in 0..MOST_TRIES {
            let Some(next) = choices.next() else {
                return first;
            };
            let other = judge(&next);
            if (other.outcome, other.code) != (first.outcome, first.code) {
                break;
            }
            choices = next;
        }
        Verdict {
            outcome: Outcome::Unknown,
            text: "the bundle has several candidates for an issuer, and it cannot be told which one comes first".to_owned(),
            explanation: "BoringSSL sorts bundles of more than 16 certificates and CRLs in a way that does not keep the order of equal names, and tries one candidate only".to_owned(),
            causes: vec!["bundle-ambiguous-issuer", "chain-same-subject-different-key"],
            ..accept.clone()
        }
    }

    fn verdict(&self, accept: &Verdict, chain: &Chain<'_>, result: Result<(), End>) -> Verdict {
        let id = |certificate: &&X509| self.analysis.by_der(&certificate.der);
        let path: Vec<CertificateId> = chain.certificates.iter().filter_map(id).collect();
        let at = |depth: usize| chain.certificates.get(depth).and_then(id);
        match result {
            Ok(()) => Verdict {
                path,
                ..accept.clone()
            },
            Err(End::Unverifiable(depth)) => Verdict {
                outcome: Outcome::Unknown,
                text: "a signature that cannot be verified here".to_owned(),
                explanation: "BoringSSL may be able to verify a signature on the path that chainlint cannot; everything that comes before is in order".to_owned(),
                certificate: at(depth),
                path,
                causes: vec!["chain-signature-not-checked", "spki-rsa-key-too-small"],
                ..accept.clone()
            },
            Err(End::Error(failure)) => {
                let (explanation, causes) = words::explain(self.analysis, chain, &failure);
                let crls = if code::is_about_crls(failure.code) {
                    "certificate revocation check against provided CRLs failed: "
                } else {
                    ""
                };
                Verdict {
                    outcome: Outcome::Reject,
                    code: Some(failure.code),
                    text: format!(
                        "verify cert failed: X509_verify_cert: certificate verification error at depth {}: {crls}{}",
                        failure.depth,
                        code::text(failure.code)
                    ),
                    explanation,
                    certificate: at(failure.about),
                    path,
                    response: Some(format!("TLS alert {}", code::alert(failure.code))),
                    causes: causes.to_vec(),
                    ..accept.clone()
                }
            }
        }
    }
}

/// Reads `trusted_ca` and `crl`.
fn read_store(analysis: &Analysis<'_>) -> Result<Store, Refused> {
    let refused = |text: String, explanation: String, causes| Refused {
        outcome: Outcome::ConfigRefused,
        text,
        explanation,
        causes,
    };
    let bundle = File::of(analysis, Role::Bundle);
    if bundle.bytes.is_empty() {
        return Err(refused(
            format!("file {} is empty", bundle.name()),
            "Envoy takes no empty file as trusted_ca".to_owned(),
            words::REFUSED,
        ));
    }
    let mut store = Store::default();
    let text = || {
        format!(
            "Failed to load trusted CA certificates from {}",
            bundle.name()
        )
    };
    let contents = Contents::read(&bundle.bytes)
        .map_err(|refusal| refused(text(), bundle.explain(refusal), words::REFUSED))?;
    store.add(contents);
    if store.is_empty() {
        return Err(refused(
            text(),
            "BoringSSL finds no certificate in the file".to_owned(),
            words::REFUSED,
        ));
    }
    let crls = File::of(analysis, Role::Crl);
    if crls.sources.is_empty() {
        return Ok(store);
    }
    if crls.bytes.is_empty() {
        return Err(Refused {
            outcome: Outcome::Unknown,
            text: "the file of CRLs is empty".to_owned(),
            explanation:
                "whether Envoy refuses an empty file as crl, or goes on without CRLs, was not seen"
                    .to_owned(),
            causes: words::CRLS_REFUSED,
        });
    }
    let contents = Contents::read(&crls.bytes).map_err(|refusal| {
        refused(
            format!("Failed to load CRL from {}", crls.name()),
            crls.explain(refusal),
            words::CRLS_REFUSED,
        )
    })?;
    store.add_crls(contents.crls);
    store.checks_crls = true;
    Ok(store)
}

/// The sources of one role, one after the other.
struct File {
    bytes: Vec<u8>,
    /// Each with its name and the number of lines before it.
    sources: Vec<(String, usize)>,
}

impl File {
    fn of(analysis: &Analysis<'_>, role: Role) -> Self {
        let mut file = Self {
            bytes: Vec::new(),
            sources: Vec::new(),
        };
        let inputs: Vec<InputId> = analysis.inputs_with(role).collect();
        for input in inputs {
            let source = analysis.source(input);
            let lines = memchr::memchr_iter(b'\n', &file.bytes).count();
            file.sources.push((source.name.clone(), lines));
            file.bytes.extend(&source.bytes);
        }
        file
    }

    fn name(&self) -> &str {
        self.sources.first().map_or("", |(name, _)| name)
    }

    /// Which block keeps the file from being read.
    fn explain(&self, refusal: Refusal) -> String {
        let sources = self.sources.iter();
        let (name, before) = sources
            .rev()
            .find(|(_, before)| *before < refusal.line)
            .map_or((self.name(), 0), |(name, before)| (name.as_str(), *before));
        format!(
            "{name}:{}: {}; one bad block makes Envoy refuse the whole file",
            refusal.line - before,
            refusal.why
        )
    }
}

/// Whether Envoy offers a signature scheme that this key can sign with in TLS 1.3.
///
/// Source: BoringSSL `ssl/extensions.cc` (`kVerifySignatureAlgorithms`). RSASSA-PSS with SHA-256 needs a modulus of 66
/// octets (RFC 8017 §9.1.1).
fn is_offered(key: &PublicKey<'_>) -> bool {
    match key.kind {
        KeyKind::Rsa => key.rsa_modulus().is_none_or(|modulus| modulus.len() >= 66),
        KeyKind::Ec => matches!(key.curve(), Some(oid::P256 | oid::P384)),
        _ => false,
    }
}

const NO_CERTIFICATE_SENT: &str = "TLS_error:|268435648:SSL routines:OPENSSL_internal:PEER_DID_NOT_RETURN_A_CERTIFICATE:peer did not provide required client certificate:TLS_error_end";
const UNREADABLE: &str =
    "TLS_error:|268435593:SSL routines:OPENSSL_internal:DECODE_ERROR:TLS_error_end";
const KEY_USAGE: &str =
    "TLS_error:|268435758:SSL routines:OPENSSL_internal:KEY_USAGE_BIT_INCORRECT:TLS_error_end";
