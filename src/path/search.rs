//! The search for a path: depth first over every candidate, best first, loops cut, bounded.

mod place;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::judge;
use super::problem::{Found, Problem};
use super::revocation::Lists;
use super::trace::{Dropped, StepKind, Trace};
use super::{Path, PathEnd};
use crate::analysis::{Analysis, CertificateId, CertificateRole, Client};
use crate::bundle::{KeyIdMatch, Link, NameMatch};
use crate::crypto::SignatureCheck;
use crate::source::Role;

/// The longest path that is looked at, in certificates.
pub const MAX_LENGTH: usize = 128;

/// How many candidates the search for one certificate's path may follow.
pub const SEARCH_BUDGET: usize = 10_000;

/// How many names are compared with constraints in one search.
pub const COMPARISON_BUDGET: usize = 250_000;

/// What is known about the ways from one certificate.
#[derive(Debug)]
pub struct Search {
    /// The path with the least against it, extended to a root where there is one.
    pub best: Path,
    /// The certificates of a valid path, end-entity first and trust anchor last, if there is one.
    pub valid: Option<Vec<CertificateId>>,
    /// A path that may be valid: all that speaks against it is a signature that cannot be verified here.
    pub undecided: Option<Path>,
    /// Every candidate that was looked at.
    pub trace: Trace,
    /// The bound that ended the search, if one did.
    pub limit: Option<Limit>,
}

/// A bound that was reached, so that a valid path may have been missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`SEARCH_BUDGET`].
    Candidates,
    /// [`MAX_LENGTH`].
    Length,
    /// [`COMPARISON_BUDGET`].
    Names,
    /// A limit of the issuer graph: some certificate's candidates were not all tried.
    Signatures,
}

impl Limit {
    /// The bound in words.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::Candidates => format!("{SEARCH_BUDGET} candidates were followed"),
            Self::Length => format!("a path reached {MAX_LENGTH} certificates"),
            Self::Names => format!("{COMPARISON_BUDGET} names were compared with constraints"),
            Self::Signatures => "too many keys would have to be tried on one signature".to_owned(),
        }
    }
}

/// What every search over one input shares.
#[derive(Debug)]
pub(super) struct Ground<'s, 'a> {
    analysis: &'s Analysis<'a>,
    /// The bundle's certificates: each is a trust anchor.
    bundle: HashSet<CertificateId>,
    /// The certificates from which some certificate of the bundle can be reached.
    leads_to_bundle: HashSet<CertificateId>,
    /// The certificates from which one can be reached whose issuer was not found because a limit left candidates
    /// untried, and from which names lead to the bundle.
    uncertain: HashSet<CertificateId>,
    /// The CRLs that the server is given.
    crls: Lists<'s, 'a>,
    /// Whether the server is given CRLs, readable or not.
    checks_revocation: bool,
    /// What speaks against each CA as an issuer: the same for all that it issued.
    of_issuers: RefCell<HashMap<CertificateId, Vec<Problem>>>,
}

impl<'s, 'a> Ground<'s, 'a> {
    pub(super) fn new(analysis: &'s Analysis<'a>) -> Self {
        let bundle: HashSet<CertificateId> = analysis
            .bundle
            .iter()
            .map(|id| analysis.entry(*id).first)
            .collect();
        let unfinished = analysis.graph.unfinished();
        let leads_to_bundle = reaching(analysis, &bundle, Link::is_claimed);
        let uncertain = if unfinished.is_empty() {
            HashSet::new()
        } else {
            let may_be_issuer = |link: &Link| {
                let untried = link.signature.is_none() && unfinished.contains(&link.subject);
                link.is_claimed() || untried && link.name != NameMatch::Differs
            };
            // The candidates that were not kept may be anything.
            let mut goals = bundle.clone();
            goals.extend(analysis.graph.truncated());
            let may_lead = reaching(analysis, &goals, may_be_issuer);
            let gaps = unfinished.intersection(&may_lead).copied().collect();
            reaching(analysis, &gaps, may_be_issuer)
        };
        Self {
            analysis,
            bundle,
            leads_to_bundle,
            uncertain,
            // A CRL inside the bundle is of no use to most servers.
            crls: Lists::new(analysis, |entry| !entry.in_bundle),
            checks_revocation: analysis.inputs_with(Role::Crl).next().is_some(),
            of_issuers: RefCell::default(),
        }
    }

    /// Searches from a client's certificate, over the bundle and what the client sends.
    pub(super) fn of_client(&self, client: &Client, leaf: CertificateId) -> Search {
        let sent = client.certificates.iter();
        let sent = sent.map(|id| self.analysis.entry(*id).first).collect();
        let problems = judge::of_end_entity(self.analysis, leaf);
        self.search(leaf, sent, Some(client.index), problems)
    }

    /// Searches from a CA of the bundle, over the bundle alone.
    pub(super) fn of_ca(&self, id: CertificateId) -> Search {
        self.search(id, HashSet::new(), None, Vec::new())
    }

    fn search(
        &self,
        start: CertificateId,
        sent: HashSet<CertificateId>,
        client: Option<usize>,
        problems: Vec<Problem>,
    ) -> Search {
        let cost = problems.iter().map(Problem::weight).sum();
        let fits = problems.is_empty();
        let problems = problems
            .into_iter()
            .map(|problem| Found { at: 0, problem })
            .collect();
        let path = Path {
            certificates: vec![self.analysis.entry(start).first],
            links: Vec::new(),
            end: PathEnd::MissingIssuer,
            client,
            problems,
        };
        let mut walk = Walk {
            ground: self,
            sent,
            budget: SEARCH_BUDGET,
            comparisons: COMPARISON_BUDGET,
            best: None,
            valid: None,
            undecided: None,
            limit: None,
            trace: Trace::default(),
        };
        let root = walk
            .trace
            .add(None, path.certificates[0], StepKind::Followed);
        walk.trace.problems(root, &path.problems);
        let mut path = path;
        walk.extend(&mut path, cost, root);
        let mut best = walk.best.map_or(path, |(_, best)| best);
        // The caller's occurrence, so that findings point into the client's file.
        best.certificates[0] = start;
        // A reject is certain where the first certificate itself is at fault, or not even names lead to the bundle:
        // then no bound hid a valid path.
        let first = self.analysis.entry(start).first;
        let leads = self.leads_to_bundle.contains(&first);
        let uncertain = self.uncertain.contains(&first);
        let limit = walk.limit.or(uncertain.then_some(Limit::Signatures));
        let limit = limit.filter(|_| walk.valid.is_none() && fits && (leads || uncertain));
        Search {
            best,
            valid: walk.valid,
            undecided: walk.undecided,
            trace: walk.trace,
            limit,
        }
    }
}

/// The certificates from which one of `goals` can be reached over links of this kind, and `goals` themselves.
fn reaching(
    analysis: &Analysis<'_>,
    goals: &HashSet<CertificateId>,
    follows: impl Fn(&Link) -> bool,
) -> HashSet<CertificateId> {
    let mut reached = goals.clone();
    let mut open: Vec<CertificateId> = goals.iter().copied().collect();
    while let Some(issuer) = open.pop() {
        for link in analysis.graph.issued(issuer) {
            if follows(link) && reached.insert(link.subject) {
                open.push(link.subject);
            }
        }
    }
    reached
}

/// One search on its way.
struct Walk<'g, 's, 'a> {
    ground: &'g Ground<'s, 'a>,
    sent: HashSet<CertificateId>,
    budget: usize,
    comparisons: usize,
    best: Option<(u32, Path)>,
    valid: Option<Vec<CertificateId>>,
    undecided: Option<Path>,
    limit: Option<Limit>,
    trace: Trace,
}

impl Walk<'_, '_, '_> {
    /// Looks at every way on from the path's last certificate, whose step in the trace is `step`.
    fn extend(&mut self, path: &mut Path, cost: u32, step: usize) {
        let analysis = self.ground.analysis;
        let last = path.last();
        let trusted = self.ground.bundle.contains(&last);
        let self_signed = analysis.graph.is_self_signed(last);
        // The client's own certificate is no anchor of its path, unless it is self-signed.
        let is_anchor = trusted && (path.certificates.len() > 1 || self_signed);
        if is_anchor && self.is_open(path) {
            let against = self.of_whole_path(path);
            if !against.is_empty() {
                self.trace.problems(step, &against);
            } else if path.problems.is_empty() {
                self.valid = Some(path.certificates.clone());
                self.trace.mark(step, StepKind::Anchor);
            } else {
                self.undecided = Some(path.clone());
            }
        }
        let ends_here = self_signed || analysis.certificate_role(last) == CertificateRole::Root;
        let (has_issuer, looped) = if ends_here {
            (false, false)
        } else {
            self.try_candidates(path, cost, step)
        };
        // What can go on does not end here, unless it may: the fault is further up.
        if has_issuer && !trusted {
            return;
        }
        let (end, end_cost) = match (ends_here, trusted, looped) {
            (true, true, _) => (PathEnd::Root, 0),
            (true, false, _) => (PathEnd::UntrustedRoot, 500),
            (false, true, _) => (PathEnd::Partial, 100),
            (false, false, true) => (PathEnd::Loop, 700),
            (false, false, false) => (PathEnd::MissingIssuer, 600),
        };
        // A path that could go on ends here only if every way on is worse.
        let total = cost + end_cost + u32::from(has_issuer);
        if self.best.as_ref().is_none_or(|(best, _)| total < *best) {
            let mut found = path.clone();
            found.end = end;
            let at = found.certificates.len() - 1;
            let problem = match end {
                PathEnd::UntrustedRoot => Some(Problem::UntrustedRoot),
                PathEnd::MissingIssuer => Some(Problem::NoIssuer),
                PathEnd::Loop => Some(Problem::Loop),
                // A client's certificate that stands in the bundle without its issuer.
                PathEnd::Partial if !is_anchor => Some(Problem::NoIssuer),
                PathEnd::Root | PathEnd::Partial => None,
            };
            if let Some(problem) = problem {
                found.problems.push(Found { at, problem });
                let ends = found.problems.len() - 1;
                self.trace.problems(step, &found.problems[ends..]);
            } else {
                let against = self.of_whole_path(&found);
                found.problems.extend(against);
            }
            self.best = Some((total, found));
        }
    }

    /// Follows the candidates for the last certificate's issuer. Returns whether any fits, and whether any is on the
    /// path already.
    fn try_candidates(&mut self, path: &mut Path, cost: u32, step: usize) -> (bool, bool) {
        let analysis = self.ground.analysis;
        let last = path.last();
        let mut has_issuer = false;
        let mut looped = false;
        let candidates = analysis.graph.candidates(last);
        // Those whose key made the signature first; the graph has put the best fitting first already.
        let valid = |link: &&Link| link.signature == Some(SignatureCheck::Valid);
        let in_order = candidates.iter().filter(valid);
        let in_order = in_order.chain(candidates.iter().filter(|link| !valid(link)));
        for link in in_order {
            if !self.ground.bundle.contains(&link.issuer) && !self.sent.contains(&link.issuer) {
                continue;
            }
            let dropped = self.reason_to_drop(path, link);
            if let Some(dropped) = dropped {
                has_issuer |= dropped == Dropped::LeadsNowhere;
                looped |= matches!(dropped, Dropped::OnPath | Dropped::SameNameAndKey(_));
                self.trace
                    .add(Some(step), link.issuer, StepKind::Dropped(dropped));
                continue;
            }
            has_issuer = true;
            if path.certificates.len() >= MAX_LENGTH || self.budget == 0 {
                let limit = match self.budget {
                    0 => Limit::Candidates,
                    _ => Limit::Length,
                };
                self.limit.get_or_insert(limit);
                let kind = StepKind::Dropped(Dropped::Limit(limit));
                self.trace.add(Some(step), link.issuer, kind);
                break;
            }
            self.budget -= 1;
            self.follow(path, link, cost, step);
        }
        (has_issuer, looped)
    }

    /// Puts a candidate on the path, and goes on from it.
    fn follow(&mut self, path: &mut Path, link: &Link, cost: u32, step: usize) {
        let known = path.problems.len();
        path.certificates.push(link.issuer);
        path.links.push(*link);
        self.judge_last(path, link);
        let added = &path.problems[known..];
        let weight: u32 = added.iter().map(|found| found.problem.weight()).sum();
        let next = cost + link_cost(link) + weight;
        let step = self.trace.add(Some(step), link.issuer, StepKind::Followed);
        self.trace.problems(step, added);
        if self.is_open(path) || self.best.as_ref().is_none_or(|(best, _)| next < *best) {
            self.extend(path, next, step);
        } else {
            self.trace.mark(step, StepKind::Dropped(Dropped::Worse));
        }
        path.certificates.pop();
        path.links.pop();
        path.problems.truncate(known);
    }

    /// Whether the path may become the first of its kind: valid, or undecided. Such a path is followed, however
    /// long it is.
    fn is_open(&self, path: &Path) -> bool {
        let undecided = |found: &Found| found.problem.is_undecided();
        if path.problems.is_empty() {
            self.valid.is_none()
        } else {
            self.valid.is_none() && self.undecided.is_none() && path.problems.iter().all(undecided)
        }
    }

    fn reason_to_drop(&self, path: &Path, link: &Link) -> Option<Dropped> {
        if link.name == NameMatch::Differs {
            return Some(Dropped::NameDiffers);
        }
        if path.certificates.contains(&link.issuer) {
            return Some(Dropped::OnPath);
        }
        if !link.is_claimed() {
            return Some(match link.signature {
                None => Dropped::OtherKeySigned,
                Some(check) => Dropped::WrongKey(check),
            });
        }
        let analysis = self.ground.analysis;
        let candidate = analysis.certificate(link.issuer);
        let same = |on: &&CertificateId| {
            let on = analysis.certificate(**on);
            on.key.spki == candidate.key.spki && on.subject.raw == candidate.subject.raw
        };
        // RFC 4158 §2.4.2: the same name and key twice adds nothing.
        if let Some(same) = path.certificates.iter().find(same) {
            return Some(Dropped::SameNameAndKey(*same));
        }
        // One way to a dead end is enough to explain it.
        if !self.ground.leads_to_bundle.contains(&link.issuer) && self.best.is_some() {
            return Some(Dropped::LeadsNowhere);
        }
        None
    }
}

/// What speaks against a link without making the path invalid: only the order of the search depends on it.
fn link_cost(link: &Link) -> u32 {
    let differs = |matching: KeyIdMatch| 5 * u32::from(matching == KeyIdMatch::Differs);
    differs(link.key_id)
        + differs(link.issuer_serial)
        + u32::from(link.name == NameMatch::EncodingDiffers)
}
