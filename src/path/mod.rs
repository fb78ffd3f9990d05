//! Paths: from a certificate over its issuers to a trust anchor, or to where that ends.
//!
//! The graph knows every candidate (`bundle`), the search follows them (`search`), each certificate is judged in its
//! place (`judge`), what speaks against a path has a name and words (`problem`), and everything looked at is kept (`trace`).

pub mod identity;
pub mod judge;
pub(crate) mod names;
pub mod policy;
pub mod problem;
pub(crate) mod revocation;
pub mod search;
pub mod trace;

use crate::analysis::{Analysis, CertificateId};
use crate::bundle::Link;

pub use problem::{Found, Problem, Purpose};
use search::Ground;
pub use search::{Limit, Search};

/// How a path ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathEnd {
    /// In a self-issued certificate of the bundle.
    Root,
    /// In a self-issued certificate that the bundle does not hold.
    UntrustedRoot,
    /// In a certificate of the bundle whose issuer is not there: a partial chain.
    Partial,
    /// In a certificate outside the bundle whose issuer is not there.
    MissingIssuer,
    /// Where every further issuer was on the path already.
    Loop,
}

/// A path, with how it goes from each certificate to the next.
#[derive(Clone, Debug)]
pub struct Path {
    /// The certificates, end-entity first.
    pub certificates: Vec<CertificateId>,
    /// The link from each certificate to the next.
    pub links: Vec<Link>,
    /// How it ends.
    pub end: PathEnd,
    /// The index of the client whose path it is; none for the bundle's own.
    pub client: Option<usize>,
    /// What speaks against it, in the order of the certificates' addition; none for a valid path.
    pub problems: Vec<Found>,
}

impl Path {
    /// The last certificate.
    ///
    /// # Panics
    /// Never: a path has at least one certificate.
    #[must_use]
    pub fn last(&self) -> CertificateId {
        *self
            .certificates
            .last()
            .expect("a path has a first certificate")
    }

    /// The certificates between the first and the one that ends the path as root.
    #[must_use]
    pub fn intermediates(&self) -> &[CertificateId] {
        let end = match self.end {
            PathEnd::Root | PathEnd::UntrustedRoot => self.certificates.len() - 1,
            _ => self.certificates.len(),
        };
        self.certificates.get(1..end).unwrap_or_default()
    }

    /// The issuers: every certificate but the first.
    #[must_use]
    pub fn issuers(&self) -> &[CertificateId] {
        &self.certificates[1..]
    }
}

/// Searches from each client's certificate, in the order of the clients; none where a client has none.
#[must_use]
pub(crate) fn of_clients(analysis: &Analysis<'_>) -> Vec<Option<Search>> {
    let ground = Ground::new(analysis);
    let clients = analysis.clients.iter();
    clients
        .map(|client| Some(ground.of_client(client, client.leaf?)))
        .collect()
}

/// The best path of each CA in the bundle that issues no other.
#[must_use]
pub(crate) fn of_bundle(analysis: &Analysis<'_>) -> Vec<Path> {
    let ground = Ground::new(analysis);
    let mut paths = Vec::new();
    for id in analysis.distinct_bundle() {
        let issues = |link: &Link| {
            link.is_valid()
                && analysis.in_bundle(link.subject)
                && !analysis.graph.is_self_signed(link.subject)
        };
        let first = analysis.entry(id).first;
        if !analysis.graph.issued(first).any(issues) {
            paths.push(ground.of_ca(id).best);
        }
    }
    paths
}
