//! The `valid_policy_graph` (RFC 9618 §5): for each depth the policies that are valid there, each once.
//!
//! RFC 9618 deletes nodes without children as it goes. Whether the graph is empty, and what comes next, depends on the
//! last depth alone, so that here dead ends stay until the end, where they are not reached from the last depth.

use std::collections::{BTreeMap, BTreeSet};

use crate::cert::extension::policies::Mapping;
use crate::cert::oid::{self, Oid};

#[derive(Debug)]
struct Node<'a> {
    /// The policies of the depth above that it comes from.
    parents: BTreeSet<Oid<'a>>,
    /// `expected_policy_set`.
    expected: BTreeSet<Oid<'a>>,
    /// How many nodes the tree of RFC 5280 has in its place.
    copies: u64,
}

type Level<'a> = BTreeMap<Oid<'a>, Node<'a>>;

#[derive(Debug)]
pub(super) struct Graph<'a> {
    levels: Vec<Level<'a>>,
    tree_nodes: u64,
}

impl<'a> Graph<'a> {
    /// One node for anyPolicy at depth 0 (§6.1.2(a)).
    pub(super) fn new() -> Self {
        let root = Node {
            parents: BTreeSet::new(),
            expected: BTreeSet::from([oid::ANY_POLICY]),
            copies: 1,
        };
        Self {
            levels: vec![BTreeMap::from([(oid::ANY_POLICY, root)])],
            tree_nodes: 1,
        }
    }

    /// Whether no policy is left at the last depth: the graph is NULL.
    pub(super) fn is_empty(&self) -> bool {
        self.levels.last().is_none_or(BTreeMap::is_empty)
    }

    /// The policies that the next certificate may assert.
    pub(super) fn expected(&self) -> BTreeSet<Oid<'a>> {
        let nodes = self.levels.last().into_iter().flat_map(BTreeMap::values);
        nodes
            .flat_map(|node| node.expected.iter().copied())
            .collect()
    }

    pub(super) fn tree_nodes(&self) -> u64 {
        self.tree_nodes
    }

    /// Adds a depth for a certificate with these policies (§6.1.3(d)); `takes_any` is whether its anyPolicy counts.
    pub(super) fn extend(&mut self, policies: impl Iterator<Item = Oid<'a>>, takes_any: bool) {
        let above = self.levels.last();
        // Each pair of a node and a policy that it expects is one edge at most: this bounds the work.
        let mut waiting: BTreeMap<Oid<'a>, BTreeSet<Oid<'a>>> = BTreeMap::new();
        for (policy, node) in above.into_iter().flatten() {
            for expected in &node.expected {
                waiting.entry(*expected).or_default().insert(*policy);
            }
        }
        let any = waiting.get(&oid::ANY_POLICY).cloned();
        let mut chosen: BTreeMap<Oid<'a>, BTreeSet<Oid<'a>>> = BTreeMap::new();
        for policy in policies {
            if let Some(parents) = waiting.remove(&policy).or_else(|| {
                let known = chosen.contains_key(&policy);
                any.clone().filter(|_| !known)
            }) {
                chosen.insert(policy, parents);
            }
        }
        if takes_any {
            chosen.append(&mut waiting);
        }
        let copies = |parents: &BTreeSet<Oid<'a>>| {
            let parents = parents.iter().filter_map(|parent| above?.get(parent));
            parents.fold(0_u64, |sum, parent| sum.saturating_add(parent.copies))
        };
        let level: Level<'a> = chosen
            .into_iter()
            .map(|(policy, parents)| {
                let node = Node {
                    copies: copies(&parents),
                    expected: BTreeSet::from([policy]),
                    parents,
                };
                (policy, node)
            })
            .collect();
        for node in level.values() {
            self.tree_nodes = self.tree_nodes.saturating_add(node.copies);
        }
        self.levels.push(level);
    }

    /// What each policy is mapped to.
    fn targets(mappings: &[Mapping<'a>]) -> BTreeMap<Oid<'a>, BTreeSet<Oid<'a>>> {
        let mut targets: BTreeMap<Oid<'a>, BTreeSet<Oid<'a>>> = BTreeMap::new();
        for mapping in mappings {
            targets
                .entry(mapping.issuer)
                .or_default()
                .insert(mapping.subject);
        }
        targets
    }

    /// Applies the mappings of the certificate that was added last (§6.1.4(b)(1)).
    pub(super) fn map(&mut self, mappings: &[Mapping<'a>]) {
        let Some(level) = self.levels.last_mut() else {
            return;
        };
        let has_any = level.contains_key(&oid::ANY_POLICY);
        for (policy, expected) in Self::targets(mappings) {
            if let Some(node) = level.get_mut(&policy) {
                node.expected = expected;
            } else if has_any {
                let node = Node {
                    parents: BTreeSet::from([oid::ANY_POLICY]),
                    expected,
                    copies: 1,
                };
                level.insert(policy, node);
                self.tree_nodes = self.tree_nodes.saturating_add(1);
            }
        }
    }

    /// Takes out what is mapped while mapping is inhibited (§6.1.4(b)(2)).
    pub(super) fn remove(&mut self, mappings: &[Mapping<'a>]) {
        if let Some(level) = self.levels.last_mut() {
            for mapping in mappings {
                level.remove(&mapping.issuer);
            }
        }
    }

    /// The authority-constrained policy set: the policies as the trust anchor names them, which are those directly under
    /// anyPolicy, and anyPolicy if it reaches the last depth (RFC 9618 §5.4).
    pub(super) fn authority_constrained(&self) -> BTreeSet<Oid<'a>> {
        let mut policies = BTreeSet::new();
        let Some(last) = self.levels.last() else {
            return policies;
        };
        let mut reached: BTreeSet<Oid<'a>> = last.keys().copied().collect();
        if reached.contains(&oid::ANY_POLICY) {
            policies.insert(oid::ANY_POLICY);
        }
        for level in self.levels.iter().rev() {
            let mut above = BTreeSet::new();
            for (policy, node) in reached.iter().filter_map(|oid| level.get_key_value(oid)) {
                if *policy != oid::ANY_POLICY && node.parents.contains(&oid::ANY_POLICY) {
                    policies.insert(*policy);
                }
                above.extend(node.parents.iter().copied());
            }
            reached = above;
        }
        policies
    }
}
