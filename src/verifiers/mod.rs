//! Verifiers: what each server decides about a client. One file a verifier, behind `Model`.

pub mod differences;
pub mod envoy;
pub mod gnutls;
pub mod go;
pub mod haproxy;
pub mod httpd;
pub mod ingress_nginx;
pub mod java;
pub mod nginx;
pub mod openssl;
pub(crate) mod reordered;
pub mod rfc5280;
pub mod rustls;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::analysis::{Analysis, CertificateId, Client};
use crate::cert::key::PublicKey;

/// Every verifier that can be named, in the order of reports.
pub static ALL: &[&Verifier] = &[
    &rfc5280::RFC5280,
    &openssl::OPENSSL,
    &nginx::NGINX,
    &ingress_nginx::INGRESS_NGINX,
    &httpd::HTTPD,
    &haproxy::HAPROXY,
    &envoy::ENVOY,
    &go::GO,
    &java::JAVA,
    &gnutls::GNUTLS,
    &rustls::RUSTLS,
];

/// The verifier that `--as` calls `name`.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Verifier> {
    ALL.iter().copied().find(|verifier| verifier.name == name)
}

/// A program or standard that accepts or rejects. Two are equal if they have one name.
#[derive(Debug)]
pub struct Verifier {
    /// The name that `--as` takes and reports use.
    pub name: &'static str,
    /// What builds and checks paths for it.
    pub library: Library,
    /// Its depth setting, where it has one.
    pub depth: Option<DepthSetting>,
    pub(crate) model: &'static dyn Model,
}

impl PartialEq for Verifier {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Verifier {
    /// Whether it offers, in TLS 1.3, a signature scheme that a client can use this key with.
    pub(crate) fn offers_scheme_for(&self, key: &PublicKey<'_>) -> bool {
        self.model.offers_scheme_for(key)
    }

    /// The most intermediates between client and root, where the depth setting is `depth`, or its default.
    #[must_use]
    pub fn most_intermediates(&self, depth: Option<u32>) -> Option<u32> {
        let setting = self.depth?;
        let depth = depth.unwrap_or(setting.default);
        Some(depth.saturating_sub(u32::from(setting.counts_root)))
    }
}

/// What builds and checks paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names are the libraries' own")]
pub enum Library {
    /// This tool's own engine.
    Chainlint,
    Openssl,
    Boringssl,
    Go,
    Jsse,
    Gnutls,
    Webpki,
}

impl Library {
    /// Whether it accepts only paths that end in a self-signed certificate of the bundle.
    ///
    /// OpenSSL does unless `X509_V_FLAG_PARTIAL_CHAIN` is set, which the servers here do not set.
    #[must_use]
    pub fn needs_root(self) -> bool {
        self == Self::Openssl
    }
}

/// A server's setting for how long paths may be.
#[derive(Clone, Copy, Debug)]
pub struct DepthSetting {
    /// What it is called in the server's configuration.
    pub directive: &'static str,
    /// Its value where the configuration does not say.
    pub default: u32,
    /// Whether it counts the root beside the intermediates.
    pub counts_root: bool,
}

/// What a verifier decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It accepts the client.
    Accept,
    /// It rejects the client.
    Reject,
    /// It does not start, or drops the listener, because of the bundle.
    ConfigRefused,
    /// It cannot be told here what it decides.
    Unknown,
}

impl Outcome {
    /// The outcome's name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::ConfigRefused => "config-refused",
            Self::Unknown => "unknown",
        }
    }
}

/// The value of a setting that a verdict rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
#[non_exhaustive]
pub enum SettingValue {
    /// A number.
    Number(u32),
    /// A word.
    Text(String),
}

/// One error that a verifier met on its way to a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The verifier's error number.
    pub code: i32,
    /// The place in the path that the verifier built, from 0 for the end-entity.
    pub depth: usize,
    /// The certificate, where it is one of those that were read.
    pub certificate: Option<CertificateId>,
}

/// A verifier's decision about one client.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Who decides.
    pub verifier: &'static Verifier,
    /// The release that the decision is true for; empty where there is none.
    pub version: String,
    /// The settings that it rests on, by name.
    pub settings: BTreeMap<&'static str, SettingValue>,
    /// The client, by its index.
    pub client: usize,
    /// The decision.
    pub outcome: Outcome,
    /// The verifier's own error number, where it has one.
    pub code: Option<i32>,
    /// The verifier's own words.
    pub text: String,
    /// What those words mean, in ours.
    pub explanation: String,
    /// The certificate that the decision is about, where the verifier tells.
    pub certificate: Option<CertificateId>,
    /// The path that it accepted, or the one that it built, end-entity first.
    pub path: Vec<CertificateId>,
    /// Every error that the verifier meets, in its order, where it goes on after the first.
    pub events: Vec<Event>,
    /// What the client sees of it: an HTTP status with its title, or a TLS alert.
    pub response: Option<String>,
    /// The rules whose findings can be the cause of a reject, most telling first.
    pub causes: Vec<&'static str>,
}

impl Verdict {
    /// The acceptance of a client, on which other verdicts are based.
    #[must_use]
    pub(crate) fn accept(
        verifier: &'static Verifier,
        version: impl Into<String>,
        client: &Client,
    ) -> Self {
        Self {
            verifier,
            version: version.into(),
            settings: BTreeMap::new(),
            client: client.index,
            outcome: Outcome::Accept,
            code: None,
            text: String::new(),
            explanation: String::new(),
            certificate: None,
            path: Vec::new(),
            events: Vec::new(),
            response: None,
            causes: Vec::new(),
        }
    }
}

/// The rules that say why there is no certificate to judge.
const NO_CERTIFICATE: &[&str] = &[
    "der-parse-failure",
    "pem-empty-input",
    "mtls-no-client-certificate",
    "pem-no-certificate",
];

/// A model of one verifier.
pub(crate) trait Model: Sync + std::fmt::Debug {
    /// Reads the bundle as the verifier does when it starts, once for all clients.
    fn start<'a>(&self, analysis: &'a Analysis<'_>) -> Box<dyn Judge + 'a>;

    /// Whether it offers, in TLS 1.3, a signature scheme that a client can use this key with.
    fn offers_scheme_for(&self, _key: &PublicKey<'_>) -> bool {
        true
    }
}

/// A verifier that has read its bundle.
pub(crate) trait Judge {
    /// What it decides about one client.
    fn judge(&self, client: &Client) -> Verdict;
}

/// The verdicts of every chosen verifier on every client; none where there is no bundle.
#[must_use]
pub(crate) fn verdicts(analysis: &Analysis<'_>) -> Vec<Verdict> {
    if !analysis.has_bundle() {
        return Vec::new();
    }
    let chosen = analysis.settings.verifiers.iter();
    let judges: Vec<Box<dyn Judge + '_>> = chosen
        .map(|verifier| verifier.model.start(analysis))
        .collect();
    let decide = |client: &Client| {
        let verdicts = judges.iter().map(|judge| judge.judge(client));
        verdicts
            .map(|verdict| hold_back(analysis, client, verdict))
            .collect::<Vec<_>>()
    };
    analysis.clients.iter().flat_map(decide).collect()
}

/// No acceptance of a client whose file has a certificate that cannot be read: nobody can tell what it sends.
fn hold_back(analysis: &Analysis<'_>, client: &Client, verdict: Verdict) -> Verdict {
    let mut unreadable = analysis.unreadable.iter();
    if verdict.outcome != Outcome::Accept
        || client.certificates.is_empty()
        || !unreadable.any(|(input, ..)| *input == client.input)
    {
        return verdict;
    }
    Verdict {
        outcome: Outcome::Unknown,
        text: "what the client sends cannot be told".to_owned(),
        explanation:
            "a certificate in the client's file cannot be read; most clients do not start with such a file"
                .to_owned(),
        causes: UNREADABLE_BLOCK.to_vec(),
        ..verdict
    }
}

/// The rules that say why a block with a certificate cannot be read.
const UNREADABLE_BLOCK: &[&str] = &[
    "der-parse-failure",
    "pem-unterminated-block",
    "pem-invalid-base64",
    "pem-invalid-padding",
    "pem-blank-line-in-block",
    "pem-unexpected-block",
];
