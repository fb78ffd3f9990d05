//! Verifiers: what each server decides about a client. One file a verifier, behind `Model`.

mod rfc5280;
mod rustls;

use crate::analysis::{Analysis, CertificateId, Client};

/// A program or standard that accepts or rejects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the names are the programs' own")]
pub enum Verifier {
    Rfc5280,
    Rustls,
    Openssl,
    Nginx,
    IngressNginx,
    Httpd,
    Haproxy,
    Envoy,
    Go,
    Java,
    Gnutls,
}

impl Verifier {
    /// Every verifier that can be named.
    pub const ALL: [Self; 11] = [
        Self::Rfc5280,
        Self::Rustls,
        Self::Openssl,
        Self::Nginx,
        Self::IngressNginx,
        Self::Httpd,
        Self::Haproxy,
        Self::Envoy,
        Self::Go,
        Self::Java,
        Self::Gnutls,
    ];

    /// The name that `--as` takes and reports use.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rfc5280 => "rfc5280",
            Self::Rustls => "rustls",
            Self::Openssl => "openssl",
            Self::Nginx => "nginx",
            Self::IngressNginx => "ingress-nginx",
            Self::Httpd => "httpd",
            Self::Haproxy => "haproxy",
            Self::Envoy => "envoy",
            Self::Go => "go",
            Self::Java => "java",
            Self::Gnutls => "gnutls",
        }
    }

    /// The depth that the server has unless it is configured, counted in intermediates.
    #[must_use]
    pub fn default_depth(self) -> Option<u32> {
        match self {
            // ngx_http_ssl_module.c merges verify_depth with the default 1; httpd's SSLVerifyDepth
            // is 1 as well (ssl_engine_config.c) but counts the root, too.
            Self::Nginx | Self::IngressNginx => Some(1),
            Self::Httpd => Some(0),
            _ => None,
        }
    }

    /// Whether it accepts only paths that end in a self-signed certificate of the bundle.
    ///
    /// OpenSSL does unless `X509_V_FLAG_PARTIAL_CHAIN` is set, which these servers do not set.
    #[must_use]
    pub fn needs_root(self) -> bool {
        matches!(
            self,
            Self::Openssl | Self::Nginx | Self::IngressNginx | Self::Httpd | Self::Haproxy
        )
    }

    fn model(self) -> Option<&'static dyn Model> {
        match self {
            Self::Rfc5280 => Some(&rfc5280::Rfc5280),
            Self::Rustls => Some(&rustls::Rustls),
            _ => None,
        }
    }
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

/// A verifier's decision about one client.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Who decides.
    pub verifier: Verifier,
    /// The release that the decision is true for.
    pub version: &'static str,
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
    /// The path that it accepted, end-entity first.
    pub path: Vec<CertificateId>,
    /// The rules whose findings can be the cause of a reject, most telling first.
    pub causes: Vec<&'static str>,
}

/// The rules that say why there is no certificate to judge.
const NO_CERTIFICATE: &[&str] = &[
    "der-parse-failure",
    "pem-empty-input",
    "mtls-no-client-certificate",
    "pem-no-certificate",
];

/// A model of one verifier.
pub(crate) trait Model: Sync {
    /// Reads the bundle as the verifier does when it starts, once for all clients.
    fn start<'a>(&self, analysis: &'a Analysis<'_>) -> Box<dyn Judge + 'a>;
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
    let judges: Vec<(Verifier, Option<Box<dyn Judge + '_>>)> = analysis
        .settings
        .verifiers
        .iter()
        .map(|verifier| {
            (
                *verifier,
                verifier.model().map(|model| model.start(analysis)),
            )
        })
        .collect();
    let decide = |client: &Client| {
        judges
            .iter()
            .map(|(verifier, judge)| match judge {
                Some(judge) => judge.judge(client),
                None => not_modelled(*verifier, client.index),
            })
            .collect::<Vec<_>>()
    };
    analysis.clients.iter().flat_map(decide).collect()
}

fn not_modelled(verifier: Verifier, client: usize) -> Verdict {
    Verdict {
        verifier,
        version: "",
        client,
        outcome: Outcome::Unknown,
        code: None,
        text: format!(
            "this version of chainlint cannot tell what {} decides",
            verifier.name()
        ),
        explanation: "the findings still hold; --as rfc5280,rustls gives verdicts".to_owned(),
        certificate: None,
        path: Vec::new(),
        causes: Vec::new(),
    }
}
