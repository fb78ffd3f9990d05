//! Go: crypto/x509 behind crypto/tls, as in Caddy and Traefik.
//!
//! Source: Go 1.27.3 `src/crypto/tls/handshake_server.go`, `processCertsFromClient`, with `src/crypto/x509`; the bundle is
//! read by `AppendCertsFromPEM` (`src/crypto/x509/cert_pool.go`), and every certificate in it is a trust anchor. No CRL is
//! looked at. Which certificates a client sends is OpenSSL's choice here: `check_cert_usable` in `ssl/t1_lib.c`.

mod constraints;
mod der;
pub mod pem;
mod policies;
mod quote;
mod signature;
mod time;
mod verify;
mod words;
pub mod x509;

use std::cell::Cell;
use std::collections::{BTreeMap, HashSet};

use super::{Judge, Library, Model, NO_CERTIFICATE, Outcome, SettingValue, Verdict, Verifier};
use crate::analysis::{Analysis, CertificateId, Client, VerifyClient};
use crate::cert::key::{Algorithm, KeyKind, PublicKey};
use crate::cert::oid;
use crate::crypto::Sha256;
use crate::path::Purpose;
use crate::source::Role;
use verify::{Pool, Problem, Verification, VerifyError};
use words::Words;
use x509::{Certificate, GoError};

/// Go: crypto/x509 behind crypto/tls, as in Caddy and Traefik.
pub static GO: Verifier = Verifier {
    name: "go",
    library: Library::Go,
    depth: None,
    model: &Go,
};

/// A release of Go; each stands for those that read alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Release {
    /// Go 1.19.
    V1_19,
    /// Go 1.27.3.
    V1_27,
}

/// The certificates that `AppendCertsFromPEM` takes from a bundle, as DER, each once; every one is a trust anchor.
///
/// Blocks with another label or with headers, and certificates that Go cannot read, are passed over without a word.
#[must_use]
pub fn pool(bundle: &[u8], release: Release) -> Vec<Vec<u8>> {
    let mut seen = HashSet::new();
    read_pool(bundle, release)
        .filter(|certificate| seen.insert(Sha256::of(&certificate.raw)))
        .map(|certificate| certificate.raw)
        .collect()
}

fn read_pool(bundle: &[u8], release: Release) -> impl Iterator<Item = Certificate> {
    pem::blocks(bundle, release)
        .filter(|block| block.label == b"CERTIFICATE" && block.headers.is_empty())
        .filter_map(move |block| Certificate::parse(&block.der, release).ok())
}

#[derive(Debug)]
struct Go;

impl Model for Go {
    fn offers_scheme_for(&self, key: &PublicKey<'_>) -> bool {
        is_offered(key)
    }

    fn start<'a>(&self, analysis: &'a Analysis<'_>) -> Box<dyn Judge + 'a> {
        let mut anchors = Pool::default();
        for input in analysis.inputs_with(Role::Bundle) {
            for certificate in read_pool(&analysis.source(input).bytes, Release::V1_27) {
                anchors.add(certificate);
            }
        }
        let left_out = analysis.distinct_bundle().into_iter().filter_map(|id| {
            let der = analysis.certificate(id).der;
            let why = || x509::parses(der, Release::V1_27).err().unwrap_or_default();
            (!anchors.contains(der)).then(|| (id, why()))
        });
        Box::new(Started {
            analysis,
            left_out: left_out.collect(),
            anchors,
        })
    }
}

/// A server with its `ClientCAs`.
struct Started<'s, 'a> {
    analysis: &'s Analysis<'a>,
    anchors: Pool,
    /// The certificates of the bundle that this tool reads and Go does not, with Go's error; an empty one where Go could
    /// read the certificate, but passes its block over.
    left_out: Vec<(CertificateId, GoError)>,
}

impl Judge for Started<'_, '_> {
    fn judge(&self, client: &Client) -> Verdict {
        let verify_client = self.analysis.settings.verify_client;
        let mode = match verify_client {
            VerifyClient::On => "RequireAndVerifyClientCert",
            VerifyClient::Optional => "VerifyClientCertIfGiven",
            VerifyClient::OptionalNoCa => "RequestClientCert",
        };
        let answer = self.answer(client, verify_client);
        Verdict {
            outcome: answer.outcome,
            text: answer.text,
            explanation: answer.words.explanation,
            causes: answer.words.causes.to_vec(),
            certificate: answer.certificate,
            path: answer.path,
            response: answer.alert.map(|alert| format!("TLS alert {alert}")),
            settings: BTreeMap::from([("ClientAuth", SettingValue::Text(mode.to_owned()))]),
            ..Verdict::accept(&GO, "Go 1.27", client)
        }
    }
}

/// What a verdict is made from.
struct Answer {
    outcome: Outcome,
    text: String,
    words: Words,
    alert: Option<&'static str>,
    certificate: Option<CertificateId>,
    path: Vec<CertificateId>,
}

impl Answer {
    fn new(outcome: Outcome, text: impl Into<String>, words: Words) -> Self {
        Self {
            outcome,
            text: text.into(),
            words,
            alert: None,
            certificate: None,
            path: Vec::new(),
        }
    }

    fn reject(text: impl Into<String>, words: Words, alert: &'static str) -> Self {
        Self {
            alert: Some(alert),
            ..Self::new(Outcome::Reject, text, words)
        }
    }
}

impl Started<'_, '_> {
    fn answer(&self, client: &Client, verify_client: VerifyClient) -> Answer {
        if self.anchors.is_empty() {
            let text = "AppendCertsFromPEM returned false (no certificate parsed)";
            return Answer::new(Outcome::ConfigRefused, text, words::no_anchor());
        }
        let Some(&leaf) = client.certificates.first() else {
            return without_certificate(verify_client, words::no_certificate(NO_CERTIFICATE));
        };
        let end_entity = self.analysis.certificate(leaf);
        if let Some(why) = is_not_sent(&end_entity.key, &end_entity.signature_algorithm) {
            return without_certificate(verify_client, words::not_sent(&why));
        }
        let mut sent = Vec::with_capacity(client.certificates.len());
        for id in &client.certificates {
            match self.read_sent(*id) {
                Ok(certificate) => sent.push(certificate),
                Err(answer) => return answer,
            }
        }
        let mut sent = sent.into_iter();
        let Some(leaf) = sent.next() else {
            return without_certificate(verify_client, words::no_certificate(NO_CERTIFICATE));
        };
        let mut intermediates = Pool::default();
        sent.for_each(|certificate| intermediates.add(certificate));
        let answer = match verify_client {
            VerifyClient::OptionalNoCa => Answer::new(Outcome::Accept, "", words::not_verified()),
            _ if self.analysis.settings.purpose != Purpose::Client => {
                return Answer::new(
                    Outcome::Unknown,
                    "Go's server verifies a certificate as that of a client",
                    words::other_purpose(),
                );
            }
            _ => self.verify(&leaf, &intermediates),
        };
        if answer.outcome == Outcome::Accept {
            return handshake_fails(&leaf).unwrap_or(answer);
        }
        answer
    }

    /// A certificate that the client sent, as Go reads it.
    #[allow(
        clippy::result_large_err,
        reason = "called once for each certificate sent"
    )]
    fn read_sent(&self, id: CertificateId) -> Result<Certificate, Answer> {
        let der = self.analysis.certificate(id).der;
        let about = |answer: Answer| Answer {
            certificate: Some(id),
            ..answer
        };
        let certificate = Certificate::parse(der, Release::V1_27).map_err(|error: GoError| {
            let text = format!("tls: failed to parse client certificate: {error}");
            let words = words::unreadable(&self.analysis.describe(id), &error);
            about(Answer::reject(text, words, "decode_error"))
        })?;
        if certificate.key.rsa_bits().is_some_and(|bits| bits > 8192) {
            let text = "tls: client sent certificate containing RSA key larger than 8192 bits";
            return Err(about(Answer::reject(
                text,
                words::large_key(&self.analysis.describe(id)),
                "bad_certificate",
            )));
        }
        Ok(certificate)
    }

    /// `Certificate.Verify`. A signature that only Go can verify matters only if the outcome hangs on it.
    fn verify(&self, leaf: &Certificate, intermediates: &Pool) -> Answer {
        let undecided = Cell::new(false);
        let verify = |assumed_valid| {
            let verification = Verification {
                anchors: &self.anchors,
                intermediates,
                now: self.analysis.settings.at.0,
                signatures: &self.analysis.signatures,
                assumed_valid,
                undecided: Cell::new(false),
            };
            let result = verification.verify(leaf);
            undecided.set(undecided.get() || verification.undecided.get());
            self.answer_of(result)
        };
        let answer = verify(true);
        if undecided.get() && verify(false).outcome != answer.outcome {
            let text = "a signature on the chain is of an algorithm that this tool cannot verify";
            return Answer::new(Outcome::Unknown, text, words::undecided());
        }
        answer
    }

    fn answer_of(&self, result: Result<Vec<Vec<&Certificate>>, VerifyError>) -> Answer {
        let id = |der: &[u8]| self.analysis.by_der(der);
        match result {
            Ok(chains) => Answer {
                path: chains
                    .first()
                    .into_iter()
                    .flatten()
                    .filter_map(|certificate| id(&certificate.raw))
                    .collect(),
                ..Answer::new(Outcome::Accept, "", Words::default())
            },
            Err(error) => self.answer_to(&error),
        }
    }

    fn answer_to(&self, error: &VerifyError) -> Answer {
        let id = |der: &[u8]| self.analysis.by_der(der);
        let alert = match error.problem {
            Problem::UnknownAuthority(_) => "unknown_ca",
            Problem::Expired(_) => "certificate_expired",
            _ => "bad_certificate",
        };
        let text = format!("tls: failed to verify certificate: {}", error.text());
        let certificate = id(&error.certificate);
        let mut path: Vec<CertificateId> = error.chain.iter().filter_map(|der| id(der)).collect();
        let mut words = words::of_error(error, self.analysis);
        if let Problem::UnknownAuthority(hint) = &error.problem {
            path.extend(hint.iter().filter_map(|hint| id(&hint.candidate)));
            if let Some((issuer, why)) = certificate.and_then(|id| self.left_out_issuer(id)) {
                path.push(issuer);
                words = words::left_out(&self.analysis.describe(issuer), why, &words);
            }
        }
        Answer {
            certificate,
            path,
            ..Answer::reject(text, words, alert)
        }
    }

    /// A certificate with the issuer's name that the bundle holds, and that Go has not read from it.
    fn left_out_issuer(&self, certificate: CertificateId) -> Option<(CertificateId, &str)> {
        let issuer = self.analysis.certificate(certificate).issuer.raw;
        self.left_out
            .iter()
            .find(|(id, _)| self.analysis.certificate(*id).subject.raw == issuer)
            .map(|(id, why)| (*id, why.as_ref()))
    }
}

/// What becomes of a client that sends no certificate.
fn without_certificate(verify_client: VerifyClient, words: Words) -> Answer {
    if verify_client == VerifyClient::On {
        let text = "tls: client didn't provide a certificate";
        return Answer::reject(text, words, "certificate_required");
    }
    Answer::new(Outcome::Accept, "", words::admitted_without(&words))
}

/// Whether Go offers a signature scheme for such a key.
fn is_offered(key: &PublicKey<'_>) -> bool {
    match key.kind {
        // The smallest of the schemes for RSA needs 66 octets.
        KeyKind::Rsa => key.rsa_bits().is_none_or(|bits| bits > 8 * 65),
        KeyKind::Ec => key
            .curve()
            .is_none_or(|curve| matches!(curve, oid::P256 | oid::P384 | oid::P521)),
        KeyKind::EdDsa => key.algorithm.oid == oid::ED25519,
        KeyKind::MlDsa => true,
        _ => false,
    }
}

/// Why a client that is built on OpenSSL does not send its certificate in TLS 1.3, if it does not.
///
/// The server offers signature schemes for keys and, apart from them, for the signatures on certificates: those of
/// `defaultSupportedSignatureAlgorithms` in `src/crypto/tls/defaults.go`.
fn is_not_sent(key: &PublicKey<'_>, signature: &Algorithm<'_>) -> Option<String> {
    let offered = is_offered(key);
    if !offered {
        return Some(format!("a {} key", key.describe()));
    }
    let listed = matches!(
        signature.oid,
        oid::SHA1_WITH_RSA
            | oid::SHA256_WITH_RSA
            | oid::SHA384_WITH_RSA
            | oid::SHA512_WITH_RSA
            | oid::RSASSA_PSS
            | oid::ECDSA_WITH_SHA1
            | oid::ECDSA_WITH_SHA256
            | oid::ECDSA_WITH_SHA384
            | oid::ECDSA_WITH_SHA512
            | oid::ED25519
    ) || signature.signer() == Some(KeyKind::MlDsa);
    (!listed).then(|| format!("a certificate signed with {}", signature.oid.name()))
}

/// What ends the handshake of a client whose certificate is good.
fn handshake_fails(leaf: &Certificate) -> Option<Answer> {
    let error = signature::rsa_refused(&leaf.key)?;
    let text = format!("tls: invalid signature by the client certificate: {error}");
    Some(Answer::reject(text, words::weak_key(), "decrypt_error"))
}
