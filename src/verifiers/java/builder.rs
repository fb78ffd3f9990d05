//! `SunCertPathBuilder` and `ForwardBuilder` of JDK 17: depth first from the client to an anchor, with a step back where
//! a path does not hold.
//!
//! Candidates are matched by name, not by key id. Those that were sent must be CAs, valid now, and have a path length
//! for the CAs below. Anchors need not be valid under the client; one level up they must, because the selector that
//! looks for them keeps the date it was given for the sent ones.

mod order;
mod tree;

pub(super) use order::Ties;

use super::certificate::Certificate;
use super::failure::{Failure, Reason, Stop};
use super::path::{Checks, KEY_CERT_SIGN, Walker};
use super::validator::Accepted;

/// `PKIXBuilderParameters.getMaxPathLength`: as many CAs that were sent are followed.
const MAX_PATH_LENGTH: i32 = 5;
/// More certificates than this are not followed in one search.
const STEPS: usize = 10_000;

/// One search.
pub(super) struct Builder<'v, 'a> {
    anchors: &'v [Certificate],
    sent: &'v [Certificate],
    checks: Checks<'v, 'a>,
    order: order::Order,
    /// The anchors in the order of Java's hash table.
    anchor_order: Vec<usize>,
    /// Whether the selector has been given the date.
    looks_at_dates: bool,
    steps: usize,
    /// The certificates on the way, the client first.
    path: Vec<&'v Certificate>,
    undecided: Option<Stop>,
}

/// `ForwardState`.
#[derive(Clone, Copy)]
struct State<'v> {
    below: &'v Certificate,
    /// How many CAs were sent and followed, self-issued ones not counted.
    traversed: i32,
    self_issued: bool,
}

/// How a level of the search ended.
enum Level<'v> {
    Found(&'v Certificate),
    Nothing,
}

impl<'v, 'a> Builder<'v, 'a> {
    pub(super) fn new(
        anchors: &'v [Certificate],
        sent: &'v [Certificate],
        checks: Checks<'v, 'a>,
        ties: Ties,
    ) -> Self {
        let hashes = anchors.iter().map(order::certificate_hash);
        Self {
            anchors,
            sent,
            checks,
            order: order::Order::new(anchors, ties),
            anchor_order: order::hash_order(hashes, anchors.len(), ties),
            looks_at_dates: false,
            steps: 0,
            path: Vec::new(),
            undecided: None,
        }
    }

    /// The first path that holds, the anchor last.
    pub(super) fn build(mut self) -> Result<Accepted<'v>, Stop> {
        let not_found = Failure {
            reason: Reason::NoPath,
            thrown: super::der::Thrown {
                class: "sun.security.provider.certpath.SunCertPathBuilderException",
                message: "unable to find valid certification path to requested target".to_owned(),
            },
            certificate: self.sent.first().and_then(|leaf| leaf.id),
        };
        let Some(leaf) = self.sent.first() else {
            return Err(not_found.into());
        };
        // The target is matched by its bytes and its dates; a CA also by a path length that is not negative.
        let matches = leaf.is_valid_at(self.checks.time) && leaf.basic_constraints() >= -1;
        if !matches || leaf.extensions.has_unprocessed() {
            return Err(not_found.into());
        }
        self.path.push(leaf);
        let state = State {
            below: leaf,
            traversed: 0,
            self_issued: leaf.is_self_issued(),
        };
        match self.search(state)? {
            Level::Found(anchor) => {
                let mut path = self.path;
                path.push(anchor);
                Ok(path)
            }
            Level::Nothing => Err(self.undecided.unwrap_or_else(|| not_found.into())),
        }
    }

    /// `depthFirstSearchForward` above the target. It goes no deeper than the path length and one self-issued
    /// certificate for each CA.
    fn search(&mut self, state: State<'v>) -> Result<Level<'v>, Stop> {
        for candidate in self.candidates(state) {
            self.steps += 1;
            if self.steps > STEPS {
                return Err(Stop::Unknown(
                    "the search for a path was cut short".to_owned(),
                ));
            }
            if self.anchors.contains(candidate) {
                let path: Vec<&Certificate> = self.path.iter().rev().copied().collect();
                match self.checks.check(candidate, &path, Walker::Builder) {
                    Ok(()) => return Ok(Level::Found(candidate)),
                    Err(Stop::Failure(_)) => continue,
                    Err(unknown @ Stop::Unknown(_)) => {
                        self.undecided.get_or_insert(unknown);
                        continue;
                    }
                    Err(uncaught) => return Err(uncaught),
                }
            }
            let is_ca =
                candidate.basic_constraints() != -1 && candidate.allows_usage(KEY_CERT_SIGN);
            if candidate.extensions.has_unprocessed() || !is_ca {
                continue;
            }
            let self_issued = candidate.is_self_issued();
            if state.self_issued && self_issued {
                // Java gives up the whole level here, and not only this candidate.
                return Ok(Level::Nothing);
            }
            self.path.push(candidate);
            let next = State {
                below: candidate,
                traversed: state.traversed + i32::from(!self_issued),
                self_issued,
            };
            if let Level::Found(anchor) = self.search(next)? {
                return Ok(Level::Found(anchor));
            }
            self.path.pop();
        }
        Ok(Level::Nothing)
    }

    /// `getMatchingCACerts`, and what `addVertices` leaves of it.
    fn candidates(&mut self, state: State<'v>) -> Vec<&'v Certificate> {
        let below = state.below;
        let matches = |candidate: &Certificate| {
            // Without extensions, dates tell an old certificate of a CA from its new one.
            let surrounds = candidate.version >= 3
                || below
                    .validity
                    .iter()
                    .all(|date| candidate.is_valid_at(*date));
            candidate.subject == below.issuer && surrounds
        };
        let time = self.checks.time;
        let mut found = tree::Tree::new();
        let compare =
            |one: &Certificate, other: &Certificate| self.order.compare(one, other, below);
        let anchors = self.anchor_order.iter().map(|index| &self.anchors[*index]);
        for anchor in anchors.filter(|anchor| matches(anchor)) {
            if !self.looks_at_dates || anchor.is_valid_at(time) {
                found.insert(anchor, compare);
            }
        }
        if state.traversed < MAX_PATH_LENGTH {
            let sent: Vec<&'v Certificate> = self
                .sent
                .iter()
                .filter(|sent| {
                    matches(sent)
                        && sent.is_valid_at(time)
                        && sent.basic_constraints() >= state.traversed
                })
                .collect();
            let hashes = sent.iter().map(|sent| order::certificate_hash(sent));
            for index in order::hash_order(hashes, order::DEFAULT_CAPACITY, Ties::AsRead) {
                found.insert(sent[index], compare);
            }
        }
        self.looks_at_dates = true;
        let mut found = found.into_keys();
        found.retain(|candidate| !self.path.iter().any(|on_path| repeats(on_path, candidate)));
        found
    }
}

/// `SunCertPathBuilder.repeated`.
fn repeats(on_path: &Certificate, candidate: &Certificate) -> bool {
    on_path == candidate
        || on_path.subject == candidate.subject
            && on_path.key == candidate.key
            && on_path.extensions.alt_names_value == candidate.extensions.alt_names_value
}
