//! What is judged where a certificate is put on a path, and where the path reaches an anchor.

use super::{Limit, Walk};
use crate::bundle::Link;
use crate::cert::Certificate;
use crate::crypto::SignatureCheck;
use crate::path::names::{self, NameProblem};
use crate::path::policy::{self, Failure};
use crate::path::revocation::RevocationStatus;
use crate::path::{Found, Path, Problem, judge};

impl Walk<'_, '_, '_> {
    /// What the last certificate brings against the path, in its place as issuer of the one before.
    pub(super) fn judge_last(&mut self, path: &mut Path, link: &Link) {
        let analysis = self.ground.analysis;
        let at = path.certificates.len() - 1;
        if link.signature != Some(SignatureCheck::Valid) {
            path.problems.push(Found {
                at: at - 1,
                problem: Problem::Signature(link.signature),
            });
        }
        let here = |problem| Found { at, problem };
        let mut of_issuers = self.ground.of_issuers.borrow_mut();
        let own = of_issuers
            .entry(link.issuer)
            .or_insert_with(|| judge::of_issuer(analysis, link.issuer));
        path.problems.extend(own.iter().cloned().map(here));
        drop(of_issuers);
        let below: Vec<_> = path.certificates[..at]
            .iter()
            .map(|id| analysis.certificate(*id))
            .collect();
        let issuer = analysis.certificate(link.issuer);
        if let Some(problem) = judge::path_length(issuer, &below) {
            path.problems.push(here(problem));
        }
        if let Some(problem) = self.revocation(link) {
            path.problems.push(Found {
                at: at - 1,
                problem,
            });
        }
        self.judge_names(path, &below);
    }

    /// What the CRLs say of the certificate below the last one; nothing where none is given.
    fn revocation(&self, link: &Link) -> Option<Problem> {
        if !self.ground.checks_revocation {
            return None;
        }
        let crls = &self.ground.crls;
        match crls.status(link.subject, link.issuer) {
            RevocationStatus::Good => None,
            RevocationStatus::Revoked(revocation) => {
                let date = revocation.date.map(|date| format!(" on {date}"));
                let why = revocation.reason;
                let why = why.map(|reason| format!(" ({})", reason.name()));
                Some(Problem::Revoked(format!(
                    "it was revoked{}{}",
                    date.unwrap_or_default(),
                    why.unwrap_or_default()
                )))
            }
            RevocationStatus::Undetermined(considered) => {
                let text = match considered.first() {
                    None => "CRLs are given, and none that can be read is of its issuer".to_owned(),
                    Some(first) => format!(
                        "no CRL tells whether it is revoked: {}",
                        first.why.describe()
                    ),
                };
                Some(Problem::RevocationUnknown(text))
            }
        }
    }

    /// Whether a CRL revokes the CA that a path ends in. The root above it is in the bundle as well, or the client
    /// sends it; that nothing tells the CA's status is no reason against an anchor, that it is revoked is.
    fn anchor_is_revoked(&self, path: &Path) -> Option<Problem> {
        let last = path.last();
        let graph = &self.ground.analysis.graph;
        if graph.is_self_signed(last) {
            return None;
        }
        let mut links = graph.candidates(last).iter().filter(|link| link.is_valid());
        links.find_map(|link| {
            let is_there =
                self.ground.bundle.contains(&link.issuer) || self.sent.contains(&link.issuer);
            let problem = self.revocation(link).filter(|_| is_there);
            problem.filter(|problem| matches!(problem, Problem::Revoked(_)))
        })
    }

    /// Holds the names below against the last certificate's constraints.
    fn judge_names(&mut self, path: &mut Path, below: &[&Certificate<'_>]) {
        let analysis = self.ground.analysis;
        let issuer = analysis.certificate(path.last());
        let Some(constraints) = &issuer.values.name_constraints else {
            return;
        };
        for (at, certificate) in below.iter().enumerate() {
            // RFC 5280 §6.1.3(b): self-issued CAs are exempt, the end-entity is not.
            let is_final = at == 0 && path.client.is_some();
            if !is_final && certificate.is_self_issued() {
                continue;
            }
            let problem = match names::violation(constraints, certificate, &mut self.comparisons) {
                Ok(()) => continue,
                Err(NameProblem::BudgetExhausted) => {
                    self.limit.get_or_insert(Limit::Names);
                    Problem::TooManyNames
                }
                Err(problem) => Problem::NameConstraint(problem.to_string()),
            };
            path.problems.push(Found { at, problem });
        }
    }

    /// What speaks against a path that ends in its anchor, as a whole.
    pub(super) fn of_whole_path(&self, path: &Path) -> Vec<Found> {
        let analysis = self.ground.analysis;
        let mut found = Vec::new();
        if let Some(limit) = analysis.settings.depth
            && path.client.is_some()
        {
            let between = &path.certificates[1..path.certificates.len().max(2) - 1];
            let counted = between
                .iter()
                .filter(|id| !analysis.certificate(**id).is_self_issued());
            let intermediates = counted.count();
            if intermediates > limit as usize {
                let problem = Problem::TooDeep {
                    limit,
                    intermediates,
                };
                found.push(Found { at: 0, problem });
            }
        }
        if let Some(problem) = self.anchor_is_revoked(path) {
            let at = path.certificates.len() - 1;
            found.push(Found { at, problem });
        }
        let below: Vec<&Certificate<'_>> = path.certificates[..path.certificates.len() - 1]
            .iter()
            .map(|id| analysis.certificate(*id))
            .collect();
        if below
            .iter()
            .any(|certificate| policy::constrains(certificate))
            && let Some(failure) = policy::evaluate(&below, &policy::Inputs::default()).failure
        {
            let (at, text) = match failure {
                Failure::Malformed {
                    certificate,
                    extension,
                } => (
                    certificate,
                    format!("its extension {} does not decode", extension.name()),
                ),
                Failure::MapsAnyPolicy { certificate } => {
                    (certificate, "it maps to or from anyPolicy".to_owned())
                }
                Failure::NoPolicy { certificate, .. } => (
                    certificate,
                    "an explicit certificate policy is required, and none is left from here down"
                        .to_owned(),
                ),
            };
            let problem = Problem::Policy(text);
            found.push(Found { at, problem });
        }
        found
    }
}
