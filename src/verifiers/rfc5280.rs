//! rfc5280: the verdict of this tool's own engine, which follows RFC 5280 §6.
//!
//! Every certificate of the bundle is a trust anchor, self-signed or not, and is checked like every other issuer. It
//! accepts when any path is valid. When none is, it reports the path with the least against it.

use super::{Judge, Library, Model, Outcome, Verdict, Verifier};
use crate::analysis::{Analysis, Client};
use crate::path::{Found, Path};

/// The standard.
pub static RFC5280: Verifier = Verifier {
    name: "rfc5280",
    library: Library::Chainlint,
    depth: None,
    model: &Rfc5280,
};

#[derive(Debug)]
struct Rfc5280;

impl Model for Rfc5280 {
    fn start<'a>(&self, analysis: &'a Analysis<'_>) -> Box<dyn Judge + 'a> {
        Box::new(Started { analysis })
    }
}

struct Started<'s, 'a> {
    analysis: &'s Analysis<'a>,
}

impl Judge for Started<'_, '_> {
    fn judge(&self, client: &Client) -> Verdict {
        let verdict = Verdict::accept(&RFC5280, "RFC 5280, RFC 9618", client);
        let Some(search) = self.analysis.search(client) else {
            return Verdict {
                outcome: Outcome::Reject,
                text: "there is no certificate to validate".to_owned(),
                explanation: "the client has no certificate to send".to_owned(),
                causes: super::NO_CERTIFICATE.to_vec(),
                ..verdict
            };
        };
        if let Some(path) = &search.valid {
            return Verdict {
                // Extended to the root where that is valid as well.
                path: if search.best.problems.is_empty() {
                    search.best.certificates.clone()
                } else {
                    path.clone()
                },
                ..verdict
            };
        }
        if let Some(limit) = search.limit {
            return Verdict {
                outcome: Outcome::Unknown,
                text: format!("the search for a path was cut short: {}", limit.describe()),
                explanation: "a valid path may be among those that were not tried".to_owned(),
                causes: vec!["chain-search-limit-reached"],
                ..verdict
            };
        }
        let describe = |path: &Path, found: &Found| {
            let id = path.certificates[found.at];
            let what = found.problem.describe(self.analysis, id);
            format!("{}: {what}", self.analysis.describe(id))
        };
        if let Some(path) = &search.undecided {
            let first = path.problems.first();
            return Verdict {
                outcome: Outcome::Unknown,
                text: first.map(|found| describe(path, found)).unwrap_or_default(),
                explanation: "everything else about the path is in order".to_owned(),
                certificate: first.map(|found| path.certificates[found.at]),
                causes: vec!["chain-signature-not-checked"],
                ..verdict
            };
        }
        let problems = in_order(&search.best);
        let mut lines = problems.iter().map(|found| describe(&search.best, found));
        let text = lines.next().unwrap_or_default();
        let others: Vec<String> = lines.collect();
        let explanation = if others.is_empty() {
            "no path to a certificate of the bundle is valid; this one has the least against it"
                .to_owned()
        } else {
            format!(
                "no path is valid; the best one also has: {}",
                others.join("; ")
            )
        };
        let rules = search.best.problems.iter();
        let mut causes: Vec<&'static str> = rules
            .flat_map(|found| found.problem.rules())
            .copied()
            .collect();
        causes.dedup();
        Verdict {
            outcome: Outcome::Reject,
            text,
            explanation,
            certificate: problems
                .first()
                .map(|found| search.best.certificates[found.at]),
            causes,
            ..verdict
        }
    }
}

/// The problems of a path in the order of RFC 5280 §6.1: from the anchor down.
fn in_order(path: &Path) -> Vec<&Found> {
    let mut problems: Vec<_> = path.problems.iter().collect();
    problems.sort_by_key(|found| std::cmp::Reverse((found.problem.ends_path(), found.at)));
    problems
}
