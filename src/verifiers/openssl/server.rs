//! What every program built on OpenSSL does: load a store, take what the client sends, verify, and say what came of it.

use std::rc::Rc;

use super::load::Loaded;
use super::raised::{LoadError, Raised};
use super::store::Store;
use super::tls::{self, Offer};
use super::verification::{Call, Parameters, Unmodelled, Verified, verify};
use super::x509::{X509, may_decode_as_ber};
use super::{causes, errors, parse};
use crate::analysis::{Analysis, CertificateId, Client, OpensslRelease};
use crate::path::Purpose;
use crate::source::Role;
use crate::verifiers::{NO_CERTIFICATE, Outcome, SettingValue, Verdict, Verifier};

/// A program with its store.
pub(in crate::verifiers) struct Server<'s> {
    verifier: &'static Verifier,
    pub(in crate::verifiers) analysis: &'s Analysis<'s>,
    release: OpensslRelease,
    auth_level: u8,
    store: Result<Store<'s>, String>,
}

/// How far it comes with a client.
pub(in crate::verifiers) enum Handshake {
    /// The verdict is there already.
    Ended(Box<Verdict>),
    /// The client sends no certificate.
    NoCertificate(Missing),
    /// OpenSSL has verified.
    Verified(Verified),
}

/// Why there is no certificate.
pub(in crate::verifiers) struct Missing {
    pub(in crate::verifiers) explanation: String,
    pub(in crate::verifiers) causes: Vec<&'static str>,
}

impl<'s> Server<'s> {
    /// The bytes of all sources of a role, one after the other.
    pub(in crate::verifiers) fn bytes(analysis: &Analysis<'_>, role: Role) -> Vec<u8> {
        let mut all = Vec::new();
        for input in analysis.inputs_with(role) {
            if all.last().is_some_and(|last| *last != b'\n') {
                all.push(b'\n');
            }
            all.extend_from_slice(&analysis.source(input).bytes);
        }
        all
    }

    /// What is read from the files of CRLs; nothing where none is given.
    pub(in crate::verifiers) fn crls<E>(
        analysis: &Analysis<'_>,
        load: impl FnOnce(&[u8]) -> Result<Loaded, E>,
    ) -> Result<Loaded, E> {
        if analysis.inputs_with(Role::Crl).next().is_none() {
            return Ok(Loaded::default());
        }
        load(&Self::bytes(analysis, Role::Crl))
    }

    /// The name of the first source of a role.
    pub(in crate::verifiers) fn file_name(analysis: &Analysis<'_>, role: Role) -> String {
        let first = analysis.inputs_with(role).next();
        first.map_or_else(String::new, |input| analysis.source(input).name.clone())
    }

    /// A program that has read its files. One that could not be read keeps it from starting.
    pub(in crate::verifiers) fn start(
        verifier: &'static Verifier,
        analysis: &'s Analysis<'_>,
        files: [Result<Loaded, String>; 2],
    ) -> Self {
        let settings = analysis.settings;
        let release = settings.openssl;
        let mut store = Ok(Store::new(release));
        for file in files {
            match file {
                Ok(loaded) => {
                    if let Ok(store) = &mut store {
                        store.add(analysis, loaded);
                    }
                }
                Err(error) => {
                    store = store.and(Err(error));
                }
            }
        }
        Self {
            verifier,
            analysis,
            release,
            auth_level: settings
                .security_level
                .unwrap_or_else(|| default_level(release)),
            store,
        }
    }

    /// The release of OpenSSL.
    pub(in crate::verifiers) fn release(&self) -> OpensslRelease {
        self.release
    }

    /// Verifies a client. In TLS the client must have a signature scheme, and what it sends includes its own certificate;
    /// `openssl verify` is given the rest only.
    pub(in crate::verifiers) fn verify(
        &self,
        client: &Client,
        in_tls: bool,
        depth: u32,
        callback: &mut dyn FnMut(Call) -> bool,
    ) -> Handshake {
        let ended = |verdict| Handshake::Ended(Box::new(verdict));
        let unreadable = |explanation: &str| {
            Handshake::NoCertificate(Missing {
                explanation: explanation.to_owned(),
                causes: UNREADABLE.to_vec(),
            })
        };
        let store = match &self.store {
            Ok(store) => store,
            Err(error) => {
                let mut bundle = self.analysis.bundle.iter();
                return ended(match bundle.find(|id| self.may_be_ber(**id)) {
                    Some(id) => self.ber(client, *id),
                    None => self.refuse(client, error),
                });
            }
        };
        let mut sent = client.certificates.iter();
        if let Some(id) = sent.find(|id| self.may_be_ber(**id) && self.refuses(**id)) {
            return ended(self.ber(client, *id));
        }
        let Some(&first) = client.certificates.first() else {
            return Handshake::NoCertificate(Missing {
                explanation: "the client has no certificate to send".to_owned(),
                causes: NO_CERTIFICATE.to_vec(),
            });
        };
        let key = &self.analysis.certificate(first).key;
        match tls::offer(key, self.release) {
            Offer::SendsNone if in_tls => {
                return Handshake::NoCertificate(Missing {
                    explanation: format!(
                        "the server offers no signature scheme of TLS 1.3 for the client's key ({}), so the client sends no certificate",
                        key.describe()
                    ),
                    causes: NO_SCHEME.to_vec(),
                });
            }
            Offer::Unknown(why) if in_tls => {
                return ended(self.unknown(
                    client,
                    "whether the client sends its certificate cannot be told",
                    why,
                ));
            }
            _ => {}
        }
        let read = |id| {
            parse::certificate(self.analysis.certificate(id).der, self.release)?;
            X509::new(self.analysis, id, None, self.release).ok_or(parse::NESTED)
        };
        let leaf = match read(first) {
            Ok(leaf) => leaf,
            Err(refusal) if in_tls => return ended(self.undecodable(client, first, refusal)),
            Err(_) => return unreadable("this release of OpenSSL cannot read the certificate"),
        };
        let mut untrusted: Vec<Rc<X509<'s>>> = Vec::new();
        let sent = &client.certificates[usize::from(!in_tls)..];
        for &id in sent {
            match read(id) {
                Ok(certificate) => untrusted.push(certificate),
                Err(refusal) if in_tls => return ended(self.undecodable(client, id, refusal)),
                Err(_) if self.release == OpensslRelease::V1_1_1 => {
                    return unreadable(
                        "this release of OpenSSL cannot read all that the client sends",
                    );
                }
                Err(_) => {}
            }
        }
        if untrusted.is_empty() && !sent.is_empty() {
            return unreadable("this release of OpenSSL cannot read what the client sends with it");
        }
        let parameters = Parameters {
            depth,
            auth_level: self.auth_level,
            at: self.analysis.settings.at,
            purpose: self.analysis.settings.purpose,
            crls: self.analysis.inputs_with(Role::Crl).next().is_some(),
        };
        Handshake::Verified(verify(
            self.analysis,
            store,
            &leaf,
            &untrusted,
            parameters,
            callback,
        ))
    }

    /// The verdict that follows from the error that the program is left with; 0 for none.
    pub(in crate::verifiers) fn verdict(
        &self,
        client: &Client,
        verified: &Verified,
        error: i32,
    ) -> Verdict {
        let accept = Verdict {
            path: verified.chain.clone(),
            events: verified.events.clone(),
            ..self.accept(client)
        };
        if let Some(id) = verified.undecodable {
            return Verdict {
                path: verified.chain.clone(),
                events: verified.events.clone(),
                ..self.ber(client, id)
            };
        }
        if error == 0 && !verified.stopped {
            let Some((id, what)) = verified.unmodelled else {
                return accept;
            };
            let name = self.analysis.describe(id);
            let (text, causes) = match what {
                Unmodelled::Signature => (
                    format!("the signature of {name} cannot be verified here"),
                    vec!["chain-signature-not-checked"],
                ),
                Unmodelled::Resources => (
                    format!(
                        "{name} holds IP addresses or AS numbers of RFC 3779, which are not checked here"
                    ),
                    Vec::new(),
                ),
            };
            return Verdict {
                outcome: Outcome::Unknown,
                text,
                explanation: "everything else about the chain is in order".to_owned(),
                certificate: Some(id),
                causes,
                ..accept
            };
        }
        let mut telling = verified.events.iter().rev();
        let event = telling
            .find(|event| event.code == error)
            .or(verified.events.last());
        let mut rules: Vec<&'static str> = Vec::new();
        let others = verified.events.iter().map(|event| event.code);
        for code in std::iter::once(error).chain(others) {
            for rule in causes::rules(self.release, code) {
                if !rules.contains(rule) {
                    rules.push(rule);
                }
            }
        }
        Verdict {
            outcome: Outcome::Reject,
            // Where OpenSSL cannot go on by itself, it tells no error.
            code: event.map(|_| error),
            text: errors::text(self.release, error).to_owned(),
            explanation: event.map_or_else(
                || "the client's key cannot be decoded".to_owned(),
                |event| causes::explain(self.analysis, self.release, event, &verified.chain),
            ),
            certificate: event.and_then(|event| event.certificate),
            causes: rules,
            ..accept
        }
    }

    /// The acceptance of a client, with the settings that every program here has.
    pub(in crate::verifiers) fn accept(&self, client: &Client) -> Verdict {
        let release = self.release.name();
        let mut verdict = Verdict::accept(self.verifier, format!("openssl-{release}"), client);
        verdict
            .settings
            .insert("openssl", SettingValue::Text(release.to_owned()));
        let level = SettingValue::Number(self.auth_level.into());
        verdict.settings.insert("security_level", level);
        verdict
    }

    /// That it cannot be told.
    pub(in crate::verifiers) fn unknown(
        &self,
        client: &Client,
        text: &str,
        explanation: &str,
    ) -> Verdict {
        Verdict {
            outcome: Outcome::Unknown,
            text: text.to_owned(),
            explanation: explanation.to_owned(),
            ..self.accept(client)
        }
    }

    fn may_be_ber(&self, id: CertificateId) -> bool {
        may_decode_as_ber(self.analysis.entry(id))
    }

    /// Whether a certificate would be refused if it were DER.
    fn refuses(&self, id: CertificateId) -> bool {
        let der = self.analysis.certificate(id).der;
        parse::certificate(der, self.release).is_err()
            || X509::new(self.analysis, id, None, self.release).is_none()
    }

    /// That a certificate is BER, of which OpenSSL reads more than is modelled.
    fn ber(&self, client: &Client, id: CertificateId) -> Verdict {
        Verdict {
            certificate: Some(id),
            causes: BER.to_vec(),
            ..self.unknown(
                client,
                &format!("{} is BER, and no DER", self.analysis.describe(id)),
                "OpenSSL reads some of BER; what it makes of this certificate is not modelled",
            )
        }
    }

    /// A verdict for what the program is not for, if that is asked.
    pub(in crate::verifiers) fn not_a_client(&self, client: &Client) -> Option<Verdict> {
        (self.analysis.settings.purpose != Purpose::Client).then(|| {
            self.unknown(
                client,
                "it verifies clients only",
                "--purpose client gives a verdict, and --as openssl one for servers",
            )
        })
    }

    /// What comes of a certificate that the client sends and `d2i_X509` refuses (`tls_process_client_certificate`).
    fn undecodable(&self, client: &Client, id: CertificateId, refusal: parse::Refusal) -> Verdict {
        Verdict {
            outcome: Outcome::Reject,
            text: LoadError::new(&[Raised::Der(refusal)], self.release).text,
            explanation: format!(
                "OpenSSL {} cannot decode {}; the handshake ends before any path is built",
                self.release.name(),
                self.analysis.describe(id)
            ),
            certificate: Some(id),
            causes: UNREADABLE.to_vec(),
            response: Some("TLS alert decode error".to_owned()),
            ..self.accept(client)
        }
    }

    fn refuse(&self, client: &Client, error: &str) -> Verdict {
        Verdict {
            outcome: Outcome::ConfigRefused,
            text: error.to_owned(),
            explanation: "it does not start with this file".to_owned(),
            causes: REFUSED.to_vec(),
            ..self.accept(client)
        }
    }
}

/// The security level of a release: of its source for 1.1.1, and from 3.2 on; Debian, Ubuntu and RHEL ship 3.0 with 2, too.
fn default_level(release: OpensslRelease) -> u8 {
    if release == OpensslRelease::V1_1_1 {
        1
    } else {
        2
    }
}

/// The rules that say why no signature scheme fits.
const NO_SCHEME: &[&str] = &[
    "mtls-leaf-key-not-offered",
    "mtls-leaf-key-not-usable-in-tls",
    "spki-algorithm-unknown",
    "spki-prehash-pq-key",
    "spki-pre-standard-pq-oid",
    "mtls-leaf-curve-not-in-tls13",
    "spki-ec-curve-not-allowed",
    "spki-ec-point-not-uncompressed",
    "spki-ec-point-invalid",
];

/// The rules that say what is BER in a certificate.
const BER: &[&str] = &[
    "der-indefinite-length",
    "der-constructed-string",
    "der-non-minimal-tag",
    "extension-value-malformed",
    "der-parse-failure",
];

/// The rules that say why a certificate that was read here cannot be read by OpenSSL.
const UNREADABLE: &[&str] = &[
    "validity-wrong-time-type",
    "utc-time-no-seconds",
    "utc-time-not-zulu",
    "generalized-time-no-seconds",
    "generalized-time-fractional-seconds",
    "generalized-time-not-zulu",
    "der-parse-failure",
    "der-trailing-data",
    "serial-not-positive",
    "string-invalid-utf8",
    "string-invalid-bmp-or-universal",
];

/// The rules that say why a file cannot be loaded.
pub(in crate::verifiers) const REFUSED: &[&str] = &[
    "pem-empty-input",
    "pem-double-base64",
    "pem-escaped-newlines",
    "pem-not-ascii-text",
    "pem-der-input",
    "pem-trusted-certificate-label",
    "pem-boundary-indented",
    "pem-boundary-malformed",
    "pem-boundary-not-uppercase",
    "pem-no-certificate",
    "pem-unexpected-block",
    "pem-unterminated-block",
    "pem-label-mismatch",
    "pem-invalid-base64",
    "pem-invalid-padding",
    "pem-blank-line-in-block",
    "pem-headers-in-block",
    "pem-line-endings-cr",
    "pem-byte-order-mark",
    "der-parse-failure",
    "der-trailing-data",
    "crl-unreadable",
    "pem-private-key-present",
    "spki-ec-params-not-named-curve",
    "serial-not-positive",
    "string-invalid-utf8",
    "string-invalid-bmp-or-universal",
    "utc-time-no-seconds",
    "utc-time-not-zulu",
    "generalized-time-no-seconds",
    "generalized-time-fractional-seconds",
    "generalized-time-not-zulu",
];
