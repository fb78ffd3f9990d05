//! Certificate policies as Go checks them.
//!
//! Source: `policiesValid` in `src/crypto/x509/verify.go` of Go 1.27.3: RFC 5280 §6.1 as changed by RFC 9618, with no
//! policy asked for. Go has done so since 1.23.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::x509::Certificate;

const ANY_POLICY: &[u8] = &[0x55, 0x1d, 0x20, 0];

/// Whether a chain, end-entity first, has a valid policy or needs none.
pub(super) fn are_valid(chain: &[&Certificate]) -> bool {
    let Some((_, below)) = chain.split_last() else {
        return true;
    };
    let length = below.len();
    if length == 0 {
        return true;
    }
    let mut state = State {
        graph: Some(Graph::new()),
        explicit_policy: length + 1,
        policy_mapping: length + 1,
        inhibit_any: length + 1,
    };
    for (index, certificate) in below.iter().enumerate().rev() {
        if !state.take(certificate, index) {
            return false;
        }
    }
    let explicit = state.explicit_policy.saturating_sub(1);
    let explicit_by_leaf = chain[0].extensions.require_explicit_policy == Some(0);
    let needed = explicit == 0 || explicit_by_leaf;
    !needed || state.graph.is_some_and(|graph| graph.has_valid_policy())
}

/// The variables of RFC 5280 §6.1.2.
struct State {
    graph: Option<Graph>,
    explicit_policy: usize,
    policy_mapping: usize,
    inhibit_any: usize,
}

impl State {
    /// Takes in the certificate at `index` in the chain; false where the chain fails at once.
    fn take(&mut self, certificate: &Certificate, index: usize) -> bool {
        let extensions = &certificate.extensions;
        let self_issued = certificate.issuer == certificate.subject;
        if extensions.policies.is_empty() {
            self.graph = None;
        }
        if self.explicit_policy == 0 && self.graph.is_none() {
            return false;
        }
        if let Some(graph) = &mut self.graph {
            graph.descend();
            // Go asks whether the certificate is the end-entity's by an index that counts from there.
            let any_counts = self.inhibit_any > 0 || (index > 0 && self_issued);
            graph.add(&extensions.policies, any_counts);
            graph.prune();
            let mappings = &extensions.policy_mappings;
            if index != 0 && !mappings.is_empty() && !graph.map(mappings, self.policy_mapping > 0) {
                return false;
            }
        }
        if index != 0 {
            self.tighten(certificate, self_issued);
        }
        true
    }

    /// RFC 5280 §6.1.4 (h) to (j).
    fn tighten(&mut self, certificate: &Certificate, self_issued: bool) {
        let extensions = &certificate.extensions;
        for (counter, limit) in [
            (
                &mut self.explicit_policy,
                extensions.require_explicit_policy,
            ),
            (&mut self.policy_mapping, extensions.inhibit_policy_mapping),
            (&mut self.inhibit_any, extensions.inhibit_any_policy),
        ] {
            if !self_issued {
                *counter = counter.saturating_sub(1);
            }
            // A negative number is passed over.
            if let Some(limit) = limit.and_then(|limit| usize::try_from(limit).ok()) {
                *counter = limit.min(*counter);
            }
        }
    }
}

/// A policy at one depth of the graph.
#[derive(Debug, Default)]
struct Node {
    expected: Vec<Vec<u8>>,
    /// The policies of the depth above that it hangs from.
    parents: BTreeSet<Vec<u8>>,
    /// The policies of the depth below that hang from it.
    children: BTreeSet<Vec<u8>>,
}

/// The policy graph (RFC 9618 §5.1): the nodes of each depth by their policies.
struct Graph {
    strata: Vec<BTreeMap<Vec<u8>, Node>>,
}

impl Graph {
    fn new() -> Self {
        let root = Node {
            expected: vec![ANY_POLICY.to_vec()],
            ..Node::default()
        };
        Self {
            strata: vec![BTreeMap::from([(ANY_POLICY.to_vec(), root)])],
        }
    }

    fn descend(&mut self) {
        self.strata.push(BTreeMap::new());
    }

    fn depth(&self) -> usize {
        self.strata.len() - 1
    }

    fn leaves(&mut self) -> &mut BTreeMap<Vec<u8>, Node> {
        let depth = self.depth();
        &mut self.strata[depth]
    }

    fn insert(
        &mut self,
        policy: &[u8],
        expected: Vec<Vec<u8>>,
        parents: BTreeSet<Vec<u8>>,
        at: usize,
    ) {
        if let Some(above) = at.checked_sub(1) {
            for parent in &parents {
                if let Some(parent) = self.strata[above].get_mut(parent) {
                    parent.children.insert(policy.to_vec());
                }
            }
        }
        let node = Node {
            expected,
            parents,
            children: BTreeSet::new(),
        };
        self.strata[at].insert(policy.to_vec(), node);
    }

    /// RFC 5280 §6.1.3 (d) (1) and (2).
    fn add(&mut self, policies: &[Vec<u8>], any_counts: bool) {
        let depth = self.depth();
        let mut by_expected: HashMap<Vec<u8>, BTreeSet<Vec<u8>>> = HashMap::new();
        for (policy, node) in &self.strata[depth - 1] {
            for expected in &node.expected {
                let parents = by_expected.entry(expected.clone()).or_default();
                parents.insert(policy.clone());
            }
        }
        let any_above = self.strata[depth - 1].contains_key(ANY_POLICY);
        for policy in policies.iter().filter(|policy| *policy != ANY_POLICY) {
            let parents = match by_expected.get(policy) {
                Some(parents) => parents.clone(),
                None if any_above => BTreeSet::from([ANY_POLICY.to_vec()]),
                None => continue,
            };
            self.insert(policy, vec![policy.clone()], parents, depth);
        }
        if any_counts && policies.iter().any(|policy| policy == ANY_POLICY) {
            for (policy, parents) in by_expected {
                if !self.strata[depth].contains_key(&policy) {
                    self.insert(&policy, vec![policy.clone()], parents, depth);
                }
            }
        }
    }

    /// Drops nodes without children, from the second depth up to below the root.
    fn prune(&mut self) {
        for depth in (1..self.depth()).rev() {
            let childless: Vec<Vec<u8>> = self.strata[depth]
                .iter()
                .filter(|(_, node)| node.children.is_empty())
                .map(|(policy, _)| policy.clone())
                .collect();
            for policy in childless {
                self.remove(depth, &policy);
            }
        }
    }

    fn remove(&mut self, depth: usize, policy: &[u8]) {
        if self.strata[depth].remove(policy).is_none() {
            return;
        }
        for parent in self.strata[depth - 1].values_mut() {
            parent.children.remove(policy);
        }
    }

    /// RFC 5280 §6.1.4 (a) and (b); false where anyPolicy is mapped.
    fn map(&mut self, mappings: &[(Vec<u8>, Vec<u8>)], allowed: bool) -> bool {
        let depth = self.depth();
        let mut mapped: BTreeMap<&[u8], Vec<Vec<u8>>> = BTreeMap::new();
        for (issuer, subject) in mappings {
            if !allowed {
                self.remove(depth, issuer);
            } else if issuer == ANY_POLICY || subject == ANY_POLICY {
                return false;
            } else {
                mapped.entry(issuer).or_default().push(subject.clone());
            }
        }
        self.prune();
        for (issuer, subjects) in mapped {
            if let Some(node) = self.leaves().get_mut(issuer) {
                node.expected = subjects;
            } else if self.leaves().contains_key(ANY_POLICY) {
                // Go hangs it from the leaf anyPolicy, and not from that one's parents.
                self.hang_from_any(issuer, subjects);
            }
        }
        true
    }

    fn hang_from_any(&mut self, policy: &[u8], expected: Vec<Vec<u8>>) {
        let leaves = self.leaves();
        if let Some(any) = leaves.get_mut(ANY_POLICY) {
            any.children.insert(policy.to_vec());
        }
        let node = Node {
            expected,
            parents: BTreeSet::from([ANY_POLICY.to_vec()]),
            children: BTreeSet::new(),
        };
        leaves.insert(policy.to_vec(), node);
    }

    /// Whether a policy is left: a node other than anyPolicy whose one parent is anyPolicy, or anyPolicy at the end.
    fn has_valid_policy(&self) -> bool {
        let hangs_from_any =
            |node: &Node| node.parents.len() == 1 && node.parents.contains(ANY_POLICY);
        self.strata[self.depth()].contains_key(ANY_POLICY)
            || self.strata.iter().any(|stratum| {
                stratum
                    .iter()
                    .any(|(policy, node)| policy != ANY_POLICY && hangs_from_any(node))
            })
    }
}
