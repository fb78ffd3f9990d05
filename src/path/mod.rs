//! Paths: from a certificate over its issuers to a trust anchor, or to where that ends.

pub mod faults;
pub(crate) mod revocation;

use std::collections::HashSet;

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::bundle::{KeyIdMatch, Link, NameMatch};
use crate::crypto::SignatureCheck;

/// The longest path that is looked at, in certificates.
pub const MAX_LENGTH: usize = 128;

/// How many steps the search for one certificate's best path may take.
pub const SEARCH_BUDGET: usize = 10_000;

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

/// The best path of each client's certificate, then of each CA in the bundle that issues no other.
#[must_use]
pub(crate) fn best_paths(analysis: &Analysis<'_>) -> Vec<Path> {
    let bundle: HashSet<CertificateId> = analysis
        .bundle
        .iter()
        .map(|id| analysis.entry(*id).first)
        .collect();
    let mut paths = Vec::new();
    let mut pool = bundle.clone();
    for (index, client) in analysis.clients.iter().enumerate() {
        let Some(leaf) = client.leaf else { continue };
        let sent = client.certificates.iter();
        let sent: Vec<_> = sent.map(|id| analysis.entry(*id).first).collect();
        pool.extend(&sent);
        let mut path = search(analysis, leaf, &pool, &bundle);
        path.client = Some(index);
        paths.push(path);
        // Back to the bundle alone: another client does not send what this one does.
        for id in sent.iter().filter(|id| !bundle.contains(id)) {
            pool.remove(id);
        }
    }
    for id in analysis.distinct_bundle() {
        let first = analysis.entry(id).first;
        let issues = |link: &Link| {
            link.is_valid()
                && bundle.contains(&link.subject)
                && !analysis.graph.is_self_signed(link.subject)
        };
        if !analysis.graph.issued(first).any(issues) {
            paths.push(search(analysis, id, &bundle, &bundle));
        }
    }
    paths
}

/// Finds the path with the least against it, depth first.
fn search(
    analysis: &Analysis<'_>,
    start: CertificateId,
    pool: &HashSet<CertificateId>,
    bundle: &HashSet<CertificateId>,
) -> Path {
    let mut search = Search {
        analysis,
        pool,
        bundle,
        budget: SEARCH_BUDGET,
        best: None,
    };
    let mut path = Path {
        certificates: vec![analysis.entry(start).first],
        links: Vec::new(),
        end: PathEnd::MissingIssuer,
        client: None,
    };
    let cost = search.certificate_cost(&path);
    search.extend(&mut path, cost);
    let mut best = search.best.map_or(path, |(_, best)| best);
    // The caller's occurrence, so that findings point into the client's file.
    best.certificates[0] = start;
    best
}

struct Search<'s, 'a> {
    analysis: &'s Analysis<'a>,
    pool: &'s HashSet<CertificateId>,
    bundle: &'s HashSet<CertificateId>,
    budget: usize,
    best: Option<(u32, Path)>,
}

impl Search<'_, '_> {
    fn extend(&mut self, path: &mut Path, cost: u32) {
        let graph = &self.analysis.graph;
        let last = path.last();
        let ends_here = graph.is_self_signed(last)
            || self.analysis.certificate_role(last) == CertificateRole::Root;
        let mut went_on = false;
        let mut looped = false;
        if !ends_here && path.certificates.len() < MAX_LENGTH {
            for link in graph.candidates(last) {
                if !link.is_claimed() || !self.pool.contains(&link.issuer) {
                    continue;
                }
                if path.certificates.contains(&link.issuer) {
                    looped = true;
                    continue;
                }
                if self.budget == 0 {
                    break;
                }
                self.budget -= 1;
                went_on = true;
                path.certificates.push(link.issuer);
                path.links.push(*link);
                let next = cost + link_cost(link) + self.certificate_cost(path);
                if self.best.as_ref().is_none_or(|(best, _)| next < *best) {
                    self.extend(path, next);
                }
                path.certificates.pop();
                path.links.pop();
            }
        }
        let trusted = self.bundle.contains(&last);
        let (end, end_cost) = match (ends_here, trusted, looped) {
            (true, true, _) => (PathEnd::Root, 0),
            (true, false, _) => (PathEnd::UntrustedRoot, 500),
            (false, true, _) => (PathEnd::Partial, 100),
            (false, false, true) => (PathEnd::Loop, 700),
            (false, false, false) => (PathEnd::MissingIssuer, 600),
        };
        // A path that could go on ends here only if every way on is worse.
        let total = cost + end_cost + u32::from(went_on);
        if self.best.as_ref().is_none_or(|(best, _)| total < *best) {
            let mut found = path.clone();
            found.end = end;
            self.best = Some((total, found));
        }
    }

    /// What speaks against the last certificate of the path standing there.
    fn certificate_cost(&self, path: &Path) -> u32 {
        let last = path.last();
        let mut cost = 0;
        if !self
            .analysis
            .certificate(last)
            .is_valid_at(self.analysis.settings.at)
        {
            cost += 20;
        }
        if path.certificates.len() > 1 {
            let count = faults::of_issuer(self.analysis, last).len();
            cost += 20 * u32::try_from(count).unwrap_or(u32::MAX / 64);
        }
        cost
    }
}

fn link_cost(link: &Link) -> u32 {
    let signature = match link.signature {
        Some(SignatureCheck::Valid) => 0,
        Some(SignatureCheck::Unsupported) => 30,
        None => 40,
        Some(_) => 300,
    };
    let differs = |matching: KeyIdMatch| 5 * u32::from(matching == KeyIdMatch::Differs);
    signature
        + differs(link.key_id)
        + differs(link.issuer_serial)
        + u32::from(link.name == NameMatch::EncodingDiffers)
}
