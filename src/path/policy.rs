//! Certificate policies along a path: RFC 5280 §6.1 with the graph of RFC 9618 §5.
//!
//! RFC 5280 describes a tree, in which policy mappings can double the number of nodes at every certificate. RFC 9618
//! merges nodes of one depth that have the same policy, so that the work is bounded by what the certificates hold.

mod graph;

use std::collections::BTreeSet;

use crate::cert::Certificate;
use crate::cert::oid::{self, Oid};
use graph::Graph;

/// More nodes than this in the tree of RFC 5280 are an attack, or a PKI that old verifiers choke on.
pub const TREE_BOUND: u64 = 1000;

/// What RFC 5280 §6.1.1 (c), (e), (f) and (g) let the verifier choose.
#[derive(Clone, Debug, Default)]
pub struct Inputs<'a> {
    /// The policies that the verifier accepts; none is any-policy.
    pub user_initial_policy_set: Option<Vec<Oid<'a>>>,
    /// initial-explicit-policy: the path must be valid for at least one accepted policy.
    pub explicit: bool,
    /// initial-policy-mapping-inhibit.
    pub mapping_inhibited: bool,
    /// initial-any-policy-inhibit.
    pub any_policy_inhibited: bool,
}

/// What policy processing finds. Certificates are named by their index in the path, end-entity 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evaluation<'a> {
    /// Why the path is not valid; none where it is.
    pub failure: Option<Failure<'a>>,
    /// The user-constrained policy set: what the path is valid for. It holds anyPolicy where every policy will do.
    pub policies: BTreeSet<Oid<'a>>,
    /// The certificates whose mappings do not count, because mapping is inhibited there.
    pub mappings_ignored: Vec<Ignored>,
    /// The certificates whose anyPolicy does not count, because it is inhibited there.
    pub any_policy_ignored: Vec<Ignored>,
    /// How many nodes the tree of RFC 5280 would have had before anything was pruned.
    pub tree_nodes: u64,
}

impl Evaluation<'_> {
    /// Whether the path is valid as far as policies go.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.failure.is_none()
    }

    /// Whether the tree of RFC 5280 would have grown over [`TREE_BOUND`].
    #[must_use]
    pub fn grows(&self) -> bool {
        self.tree_nodes > TREE_BOUND
    }
}

/// A part of a certificate that does not count because of one above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ignored {
    /// The certificate.
    pub certificate: usize,
    /// The certificate that inhibits it; none where the verifier's own settings do.
    pub inhibited_by: Option<usize>,
}

/// Why a path is not valid for any policy.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure<'a> {
    /// An extension about policies does not decode.
    Malformed {
        /// The certificate.
        certificate: usize,
        /// The extension.
        extension: Oid<'a>,
    },
    /// policyMappings has anyPolicy in it (RFC 5280 §6.1.4(a)).
    MapsAnyPolicy {
        /// The certificate.
        certificate: usize,
    },
    /// An explicit policy is required and none is left (RFC 5280 §6.1.3(f), §6.1.5(g)).
    NoPolicy {
        /// The certificate after which no policy was left; the end-entity where the verifier accepts none of the rest.
        certificate: usize,
        /// The certificate whose requireExplicitPolicy asks for one; none where the verifier's own settings do.
        required_by: Option<usize>,
        /// The policies that would have fitted.
        expected: BTreeSet<Oid<'a>>,
    },
}

/// One of the three counters of RFC 5280 §6.1.2 (d), (e) and (f), with the certificate that set it.
struct Counter {
    left: u64,
    set_by: Option<usize>,
}

impl Counter {
    fn new(at_once: bool, length: usize) -> Self {
        let never = u64::try_from(length).map_or(u64::MAX, |length| length.saturating_add(1));
        Self {
            left: if at_once { 0 } else { never },
            set_by: None,
        }
    }

    fn is_zero(&self) -> bool {
        self.left == 0
    }

    fn step(&mut self) {
        self.left = self.left.saturating_sub(1);
    }

    fn limit(&mut self, value: Option<u64>, certificate: usize) {
        if let Some(value) = value
            && value < self.left
        {
            self.left = value;
            self.set_by = Some(certificate);
        }
    }
}

const EXTENSIONS: [Oid<'static>; 4] = [
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_MAPPINGS,
    oid::POLICY_CONSTRAINTS,
    oid::INHIBIT_ANY_POLICY,
];

/// Whether a certificate has an extension about policies that does not decode, and which.
fn malformed<'a>(certificate: &Certificate<'a>) -> Option<Oid<'a>> {
    let mut malformed = certificate.values.malformed.iter().map(|(oid, _)| *oid);
    malformed.find(|oid| EXTENSIONS.contains(oid))
}

/// Whether anything in a certificate can make a path invalid for policies, or is reported in [`Evaluation`]. Where no
/// certificate of a path has such an extension, any path is valid under the default [`Inputs`].
#[must_use]
pub fn constrains(certificate: &Certificate<'_>) -> bool {
    let values = &certificate.values;
    values.policy_constraints.is_some()
        || values.inhibit_any_policy.is_some()
        || !values.policy_mappings.is_empty()
        || malformed(certificate).is_some()
}

/// Processes the policies of `path`, end-entity first and without the trust anchor.
#[must_use]
pub fn evaluate<'a>(path: &[&Certificate<'a>], inputs: &Inputs<'a>) -> Evaluation<'a> {
    let mut evaluation = Evaluation::default();
    for (index, certificate) in path.iter().enumerate().rev() {
        if let Some(extension) = malformed(certificate) {
            evaluation.failure = Some(Failure::Malformed {
                certificate: index,
                extension,
            });
            return evaluation;
        }
    }
    let mut walk = Walk {
        graph: Graph::new(),
        explicit: Counter::new(inputs.explicit, path.len()),
        mapping: Counter::new(inputs.mapping_inhibited, path.len()),
        any_policy: Counter::new(inputs.any_policy_inhibited, path.len()),
        emptied: None,
        evaluation,
    };
    let failure = walk.run(path, inputs);
    let mut evaluation = walk.evaluation;
    evaluation.failure = failure;
    evaluation.tree_nodes = walk.graph.tree_nodes();
    evaluation
}

struct Walk<'a> {
    graph: Graph<'a>,
    explicit: Counter,
    mapping: Counter,
    any_policy: Counter,
    /// Where the graph became empty, and what would have fitted there.
    emptied: Option<(usize, BTreeSet<Oid<'a>>)>,
    evaluation: Evaluation<'a>,
}

impl<'a> Walk<'a> {
    fn run(&mut self, path: &[&Certificate<'a>], inputs: &Inputs<'a>) -> Option<Failure<'a>> {
        for (index, certificate) in path.iter().enumerate().rev() {
            self.add_policies(index, certificate);
            if self.explicit.is_zero() && self.graph.is_empty() {
                return Some(self.no_policy());
            }
            if index > 0 {
                if certificate.values.policy_mappings.iter().any(|mapping| {
                    mapping.issuer == oid::ANY_POLICY || mapping.subject == oid::ANY_POLICY
                }) {
                    return Some(Failure::MapsAnyPolicy { certificate: index });
                }
                self.map_policies(index, certificate);
                self.count(index, certificate);
            }
        }
        self.wrap_up(path, inputs)
    }

    /// RFC 5280 §6.1.3 (d) and (e).
    fn add_policies(&mut self, index: usize, certificate: &Certificate<'a>) {
        if self.graph.is_empty() {
            return;
        }
        let expected = self.graph.expected();
        let policies = certificate.values.policies.as_deref().unwrap_or_default();
        let asserts_any = policies.iter().any(|policy| policy.oid == oid::ANY_POLICY);
        // A self-issued CA certificate is a key rollover, not a step away from the anchor.
        let exempt = index > 0 && certificate.is_self_issued();
        let takes_any = asserts_any && (!self.any_policy.is_zero() || exempt);
        if asserts_any && !takes_any {
            self.evaluation.any_policy_ignored.push(Ignored {
                certificate: index,
                inhibited_by: self.any_policy.set_by,
            });
        }
        self.graph.extend(
            policies
                .iter()
                .map(|policy| policy.oid)
                .filter(|policy| *policy != oid::ANY_POLICY),
            takes_any,
        );
        self.note_empty(index, expected);
    }

    /// RFC 5280 §6.1.4 (b).
    fn map_policies(&mut self, index: usize, certificate: &Certificate<'a>) {
        let mappings = &certificate.values.policy_mappings;
        if mappings.is_empty() || self.graph.is_empty() {
            return;
        }
        if !self.mapping.is_zero() {
            self.graph.map(mappings);
            return;
        }
        self.evaluation.mappings_ignored.push(Ignored {
            certificate: index,
            inhibited_by: self.mapping.set_by,
        });
        let before = self.graph.expected();
        self.graph.remove(mappings);
        self.note_empty(index, before);
    }

    fn note_empty(&mut self, index: usize, expected: BTreeSet<Oid<'a>>) {
        if self.graph.is_empty() && self.emptied.is_none() {
            self.emptied = Some((index, expected));
        }
    }

    /// RFC 5280 §6.1.4 (h), (i) and (j).
    fn count(&mut self, index: usize, certificate: &Certificate<'a>) {
        if !certificate.is_self_issued() {
            self.explicit.step();
            self.mapping.step();
            self.any_policy.step();
        }
        let constraints = certificate.values.policy_constraints.unwrap_or_default();
        self.explicit.limit(constraints.require_explicit, index);
        self.mapping.limit(constraints.inhibit_mapping, index);
        self.any_policy
            .limit(certificate.values.inhibit_any_policy, index);
    }

    /// RFC 5280 §6.1.5 (a), (b) and (g).
    fn wrap_up(&mut self, path: &[&Certificate<'a>], inputs: &Inputs<'a>) -> Option<Failure<'a>> {
        self.explicit.step();
        if let Some(constraints) = path
            .first()
            .and_then(|leaf| leaf.values.policy_constraints)
            .filter(|constraints| constraints.require_explicit == Some(0))
        {
            self.explicit.limit(constraints.require_explicit, 0);
        }
        let authority = self.graph.authority_constrained();
        self.evaluation.policies = match &inputs.user_initial_policy_set {
            None => authority.clone(),
            Some(accepted) => accepted
                .iter()
                .copied()
                .filter(|policy| authority.contains(policy) || authority.contains(&oid::ANY_POLICY))
                .collect(),
        };
        if !self.explicit.is_zero() || !self.evaluation.policies.is_empty() {
            return None;
        }
        if self.emptied.is_none() {
            let accepted = inputs.user_initial_policy_set.iter().flatten().copied();
            self.emptied = Some((0, accepted.collect()));
        }
        Some(self.no_policy())
    }

    fn no_policy(&mut self) -> Failure<'a> {
        let (certificate, expected) = self.emptied.take().unwrap_or_default();
        Failure::NoPolicy {
            certificate,
            required_by: self.explicit.set_by,
            expected,
        }
    }
}
