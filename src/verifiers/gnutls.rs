//! GnuTLS, as in gnutls-serv with `--require-client-cert --verify-client-cert --x509cafile`, and `--x509crlfile` where CRLs are given.
//!
//! The release is 3.7.9 with the patches that Debian 12 has for it (`3.7.9-2+deb12u7`), among them the rework of name constraints from
//! 3.8.12 and 3.8.13. The order is that of a TLS 1.3 handshake: `_gnutls13_recv_certificate`, `_gnutls13_recv_certificate_verify`, then
//! gnutls-serv's `cert_verify_callback`, which calls `gnutls_certificate_verify_peers` without a purpose or name
//! (`src/serv.c`, `src/common.c`, `lib/cert-session.c`).

mod algorithms;
mod asn1;
mod chain;
mod constraints;
mod crl;
mod crt;
mod dn;
mod failure;
mod names;
mod pem;
mod schema;
mod status;
mod time;
mod trust;
mod words;

use super::{Judge, Library, Model, Outcome, SettingValue, Verdict, Verifier};
use crate::analysis::{Analysis, CertificateId, Client};
use crate::cert::key::PublicKey;
use crate::path::Purpose;
use crate::source::Role;
use chain::Context;
use crl::Crl;
use crt::Crt;
use failure::Failure;
use trust::TrustList;

/// GnuTLS, as in gnutls-serv.
pub static GNUTLS: Verifier = Verifier {
    name: "gnutls",
    library: Library::Gnutls,
    depth: None,
    model: &Gnutls,
};

/// The most octets of CA names that leave the extensions of a certificate request within 65535; measured at a server.
const MOST_NAMES: usize = 65_487;
/// Session tickets hold what the client sent. Well below 65535 octets of it they are in order.
const MOST_IN_TICKET: usize = 60_000;
/// digitalSignature in the first octet of keyUsage.
const DIGITAL_SIGNATURE: u8 = 0x80;

#[derive(Debug)]
struct Gnutls;

impl Model for Gnutls {
    fn offers_scheme_for(&self, key: &PublicKey<'_>) -> bool {
        algorithms::is_offered(key)
    }

    fn start<'a>(&self, analysis: &'a Analysis<'_>) -> Box<dyn Judge + 'a> {
        Box::new(Started {
            analysis,
            loaded: load(analysis),
        })
    }
}

/// A server that has read its files.
struct Started<'s, 'a> {
    analysis: &'s Analysis<'a>,
    loaded: Result<TrustList, Refusal>,
}

/// Why it does not start: a file that it cannot read.
struct Refusal {
    name: String,
    failure: Failure,
    role: Role,
}

/// Reads the CAs and CRLs, as gnutls-serv does when it starts. Sources are read as if they were one file.
fn load(analysis: &Analysis<'_>) -> Result<TrustList, Refusal> {
    let refusal = |role, failure| {
        let first = analysis.inputs_with(role).next();
        Refusal {
            name: first.map_or_else(String::new, |input| analysis.source(input).name.clone()),
            failure,
            role,
        }
    };
    let read = |role| -> Vec<u8> {
        let sources = analysis.inputs_with(role);
        sources
            .flat_map(|input| analysis.source(input).bytes.iter().copied())
            .collect()
    };
    let mut list = TrustList::new();
    for der in pem::certificates(&read(Role::Bundle)) {
        let ca = der.and_then(|der| Crt::import(&der, analysis));
        let ca = ca.map_err(|failure| refusal(Role::Bundle, failure))?;
        list.add(ca);
    }
    if analysis.inputs_with(Role::Crl).next().is_some() {
        for der in pem::crls(&read(Role::Crl)) {
            let crl = der.and_then(|der| Crl::import(&der));
            list.add_crl(crl.map_err(|failure| refusal(Role::Crl, failure))?);
        }
    }
    Ok(list)
}

impl Judge for Started<'_, '_> {
    fn judge(&self, client: &Client) -> Verdict {
        match &self.loaded {
            Err(refusal) => refuse(refusal, client),
            Ok(list) => self.judge_with(list, client),
        }
    }
}

/// The settings that every verdict rests on.
fn verdict(client: &Client) -> Verdict {
    let priority = SettingValue::Text("NORMAL".to_owned());
    Verdict {
        settings: [("priority", priority)].into(),
        ..Verdict::accept(&GNUTLS, "GnuTLS 3.7.9", client)
    }
}

fn refuse(refusal: &Refusal, client: &Client) -> Verdict {
    let Refusal {
        name,
        failure,
        role,
    } = refusal;
    let what = if *role == Role::Crl {
        "CRL"
    } else {
        "certificate"
    };
    Verdict {
        outcome: Outcome::ConfigRefused,
        text: format!("Error reading '{name}': {}", failure.text()),
        explanation: format!(
            "gnutls-serv does not start: it reads every {what} of the file, and stops at the first that it cannot read"
        ),
        causes: words::unreadable(*failure, *role),
        ..verdict(client)
    }
}

impl Started<'_, '_> {
    fn judge_with(&self, list: &TrustList, client: &Client) -> Verdict {
        if self.analysis.settings.purpose != Purpose::Client {
            return Verdict {
                outcome: Outcome::Unknown,
                text: "gnutls-serv verifies clients".to_owned(),
                explanation: "--purpose client gives a verdict".to_owned(),
                ..verdict(client)
            };
        }
        if list.names > MOST_NAMES {
            let explanation = format!(
                "the names of the bundle's CAs take {} octets in the certificate request, and {MOST_NAMES} fit; no client gets further",
                list.names
            );
            let text = "The handshake data size is too large.";
            let causes = vec!["mtls-ca-names-too-large", "bundle-too-large"];
            return failed(text, "decode error", explanation, causes, client);
        }
        let sent = match self.receive(client) {
            Ok(sent) => sent,
            Err(rejected) => return *rejected,
        };
        let verify = |unchecked| {
            let context = Context {
                signatures: &self.analysis.signatures,
                now: self.analysis.settings.at.0,
                unchecked,
            };
            list.verify(&sent, context)
        };
        let (outcome, chain) = verify(true);
        let id = |der: &Option<Vec<u8>>| self.analysis.by_der(der.as_deref()?);
        let failed = id(&outcome.failed);
        let mut path: Vec<CertificateId> = chain.iter().filter_map(|crt| crt.id).collect();
        let anchor = id(&outcome.anchor).filter(|anchor| !path.contains(anchor));
        path.extend(anchor);
        if outcome.unchecked && outcome.status.is_empty() != verify(false).0.status.is_empty() {
            return Verdict {
                outcome: Outcome::Unknown,
                text: "a signature of the chain cannot be verified here".to_owned(),
                explanation:
                    "GnuTLS knows its algorithm; everything else about the chain is in order"
                        .to_owned(),
                path,
                causes: vec!["chain-signature-not-checked"],
                ..verdict(client)
            };
        }
        if outcome.gave_up && outcome.status.is_empty() {
            let text = "Could not verify certificate (err: The given memory buffer is too short to hold parameters.)";
            let explanation = format!(
                "a serial number in a CRL, or the certificate's own, is longer than {} octets",
                crl::LONGEST_SERIAL
            );
            return Verdict {
                path,
                ..denied(
                    text,
                    explanation,
                    vec!["serial-too-long", "crl-certificate-revoked", "crl-missing"],
                    client,
                )
            };
        }
        let octets: usize = sent.iter().map(|crt| crt.der.len()).sum();
        if outcome.status.is_empty() && octets > MOST_IN_TICKET {
            return Verdict {
                outcome: Outcome::Unknown,
                text: "the client's certificates may not fit into the handshake".to_owned(),
                explanation: format!(
                    "GnuTLS trusts them; with {octets} octets they may be too large for the handshake or a session ticket"
                ),
                path,
                ..verdict(client)
            };
        }
        if outcome.status.is_empty() {
            return Verdict {
                path,
                ..verdict(client)
            };
        }
        let (explanation, causes) = words::explain(outcome.status, self.analysis, failed);
        Verdict {
            certificate: failed,
            path,
            ..denied(&outcome.status.text(), explanation, causes, client)
        }
    }

    /// Reads what the client sends. An error that the handshake meets before it asks gnutls-serv is told in other words.
    fn receive(&self, client: &Client) -> Result<Vec<Crt>, Box<Verdict>> {
        let certificates = client.certificates.iter();
        let ders: Vec<&[u8]> = certificates
            .map(|id| self.analysis.certificate(*id).der)
            .collect();
        let Some((first, rest)) = ders.split_first() else {
            let explanation = "the client has no certificate to send";
            let causes = super::NO_CERTIFICATE.to_vec();
            return Err(Box::new(no_certificate(explanation, causes, client)));
        };
        let leaf = client.certificates[0];
        if !algorithms::is_offered(&self.analysis.certificate(leaf).key) {
            let explanation = "gnutls-serv offers no signature scheme for the client's kind of key, so the client sends no certificate";
            let causes = words::NO_SCHEME.to_vec();
            return Err(Box::new(no_certificate(explanation, causes, client)));
        }
        let reject = |text: &str, alert: &str, explanation: String, causes| {
            Err(Box::new(Verdict {
                certificate: Some(leaf),
                ..failed(text, alert, explanation, causes, client)
            }))
        };
        let end_entity = match Crt::import(first, self.analysis) {
            Ok(end_entity) => end_entity,
            Err(failure) => {
                let explanation = format!(
                    "{} is encoded in a way that GnuTLS does not read",
                    self.analysis.describe(leaf)
                );
                let causes = words::unreadable(failure, Role::Client);
                return reject(failure.text(), words::alert(failure), explanation, causes);
            }
        };
        let key = algorithms::parse_key(end_entity.spki());
        if !key.is_some_and(|key| algorithms::is_readable(&key)) {
            let explanation = "GnuTLS cannot read the client's public key".to_owned();
            let causes = words::NO_SCHEME.to_vec();
            return reject("Error in parsing.", "internal error", explanation, causes);
        }
        if let Ok(usage) = end_entity.key_usage()
            && usage != [0, 0]
            && usage[0] & DIGITAL_SIGNATURE == 0
        {
            let explanation = format!(
                "keyUsage of {} is without digitalSignature, which the handshake needs",
                self.analysis.describe(leaf)
            );
            let text = "Key usage violation in certificate has been detected.";
            let causes = vec!["mtls-leaf-no-digital-signature"];
            return reject(text, "internal error", explanation, causes);
        }
        if ders.len() > trust::MOST_SENT {
            let explanation = format!(
                "the client sends {} certificates; GnuTLS takes at most {}",
                ders.len(),
                trust::MOST_SENT
            );
            let text = "Could not verify certificate (err: Some constraint limits were reached.)";
            let causes = vec![
                "mtls-verify-depth-exceeded",
                "bundle-duplicate-certificate",
                "presented-chain-stray-certificate",
            ];
            return Err(Box::new(denied(text, explanation, causes, client)));
        }
        let mut sent = vec![end_entity];
        for (der, id) in rest.iter().zip(&client.certificates[1..]) {
            match Crt::import(der, self.analysis) {
                Ok(crt) => sent.push(crt),
                Err(failure) => {
                    let text = format!("Could not verify certificate (err: {})", failure.text());
                    let explanation = format!(
                        "{} is encoded in a way that GnuTLS does not read",
                        self.analysis.describe(*id)
                    );
                    let causes = words::unreadable(failure, Role::Client);
                    return Err(Box::new(Verdict {
                        certificate: Some(*id),
                        ..denied(&text, explanation, causes, client)
                    }));
                }
            }
        }
        Ok(sent)
    }
}

/// gnutls-serv's own check rejects: it prints why, and the handshake ends as with any bad certificate.
fn denied(why: &str, explanation: String, causes: Vec<&'static str>, client: &Client) -> Verdict {
    let mut denied = failed(
        "Error in the certificate.",
        "access denied",
        explanation,
        causes,
        client,
    );
    denied.text = format!("{why} {}", denied.text);
    denied
}

fn no_certificate(explanation: &str, causes: Vec<&'static str>, client: &Client) -> Verdict {
    let text = "Certificate is required.";
    let alert = "certificate required";
    failed(text, alert, explanation.to_owned(), causes, client)
}

/// The handshake ends with an error.
fn failed(
    error: &str,
    alert: &str,
    explanation: String,
    causes: Vec<&'static str>,
    client: &Client,
) -> Verdict {
    Verdict {
        outcome: Outcome::Reject,
        text: format!("Error in handshake: {error}"),
        explanation,
        response: Some(format!("TLS alert {alert}")),
        causes,
        ..verdict(client)
    }
}
