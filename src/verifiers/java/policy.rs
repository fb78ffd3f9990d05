//! Certificate policies: `sun.security.provider.certpath.PolicyChecker` of JDK 17, with any policy accepted and none
//! required from the start.
//!
//! Of Java's tree only the last level counts: branches that end above it are pruned, and the tree is null when the
//! level is empty.

use std::collections::BTreeSet;

use super::certificate::Certificate;
use crate::cert::oid;

/// A level with more nodes than this is an attack on the verifier, and is not followed here.
const MOST_NODES: usize = 4096;

/// What ends the processing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The message of Java's exception.
    Thrown(&'static str),
    /// The tree is larger than what is followed here.
    TooLarge,
}

/// A node of the last level.
#[derive(Clone, Debug)]
struct Node {
    /// The place of its parent in the level above.
    parent: usize,
    valid: Vec<u8>,
    expected: BTreeSet<Vec<u8>>,
    /// Whether no mapping has changed what it expects.
    unmapped: bool,
}

impl Node {
    fn new(parent: usize, policy: &[u8]) -> Self {
        Self {
            parent,
            valid: policy.to_vec(),
            expected: BTreeSet::from([policy.to_vec()]),
            unmapped: true,
        }
    }
}

/// The state between two certificates.
#[derive(Clone, Debug)]
pub(super) struct Policies {
    /// `explicit_policy`, `policy_mapping` and `inhibit_anyPolicy` of RFC 5280 §6.1.2.
    explicit: i32,
    mapping: i32,
    any_policy: i32,
    level: Option<Vec<Node>>,
}

impl Policies {
    /// Before the first certificate of a path of this length.
    pub(super) fn new(length: usize) -> Self {
        let never = i32::try_from(length).map_or(i32::MAX, |length| length.saturating_add(1));
        Self {
            explicit: never,
            mapping: never,
            any_policy: never,
            level: Some(vec![Node::new(0, oid::ANY_POLICY.0)]),
        }
    }

    /// The next certificate.
    pub(super) fn check(
        &mut self,
        certificate: &Certificate,
        is_last: bool,
    ) -> Result<(), Refusal> {
        let extensions = &certificate.extensions;
        let self_issued = certificate.is_self_issued();
        self.level = match (self.level.take(), &extensions.policies) {
            (Some(above), Some(policies)) => {
                let takes_any = self.any_policy > 0 || (!is_last && self_issued);
                let level = next_level(&above, policies, takes_any)?;
                (!level.is_empty()).then_some(level)
            }
            _ => None,
        };
        if !is_last && let Some(mappings) = &extensions.policy_mappings {
            self.map(mappings)?;
        }
        if is_last {
            self.merge_explicit(certificate, self_issued, is_last);
        }
        if self.explicit == 0 && self.level.is_none() {
            return Err(Refusal::Thrown(
                "non-null policy tree required and policy tree is null",
            ));
        }
        if !is_last {
            self.merge_explicit(certificate, self_issued, is_last);
            let step = |counter: &mut i32| *counter -= i32::from(*counter > 0 && !self_issued);
            step(&mut self.mapping);
            step(&mut self.any_policy);
            let inhibit = extensions.inhibit_mapping;
            if inhibit != -1 && (self.mapping == -1 || inhibit < self.mapping) {
                self.mapping = inhibit;
            }
            let skip = extensions.inhibit_any_policy;
            if skip != -1 && skip < self.any_policy {
                self.any_policy = skip;
            }
        }
        Ok(())
    }

    fn merge_explicit(&mut self, certificate: &Certificate, self_issued: bool, is_last: bool) {
        if self.explicit > 0 && !self_issued {
            self.explicit -= 1;
        }
        let require = certificate.extensions.require_explicit;
        let applies = if is_last {
            require == 0
        } else {
            require != -1 && (self.explicit == -1 || require < self.explicit)
        };
        if applies {
            self.explicit = require;
        }
    }

    /// `processPolicyMappings`.
    fn map(&mut self, mappings: &[(Vec<u8>, Vec<u8>)]) -> Result<(), Refusal> {
        let Some(level) = &mut self.level else {
            return Ok(());
        };
        for (issuer, subject) in mappings {
            for (policy, message) in [
                (issuer, "encountered an issuerDomainPolicy of ANY_POLICY"),
                (subject, "encountered a subjectDomainPolicy of ANY_POLICY"),
            ] {
                if policy == oid::ANY_POLICY.0 {
                    return Err(Refusal::Thrown(message));
                }
            }
            let is_mapped = |node: &Node| node.valid == *issuer;
            if level.iter().any(is_mapped) {
                if self.mapping == 0 {
                    level.retain(|node| !is_mapped(node));
                    continue;
                }
                for node in level.iter_mut().filter(|node| is_mapped(node)) {
                    if node.unmapped {
                        node.expected.clear();
                        node.unmapped = false;
                    }
                    node.expected.insert(subject.clone());
                }
            } else if self.mapping != 0 {
                let any = level.iter().filter(|node| node.valid == oid::ANY_POLICY.0);
                let new: Vec<Node> = any
                    .map(|node| Node {
                        parent: node.parent,
                        valid: issuer.clone(),
                        expected: BTreeSet::from([subject.clone()]),
                        unmapped: false,
                    })
                    .collect();
                level.extend(new);
            }
            if level.len() > MOST_NODES {
                return Err(Refusal::TooLarge);
            }
        }
        if level.is_empty() {
            self.level = None;
        }
        Ok(())
    }
}

/// `processPolicies` of one certificate: the nodes below `above`.
fn next_level(above: &[Node], policies: &[Vec<u8>], takes_any: bool) -> Result<Vec<Node>, Refusal> {
    let mut level: Vec<Node> = Vec::new();
    for policy in policies
        .iter()
        .filter(|policy| *policy != oid::ANY_POLICY.0)
    {
        let before = level.len();
        for wanted in [policy.as_slice(), oid::ANY_POLICY.0] {
            let parents = above.iter().enumerate();
            let fits = parents.filter(|(_, parent)| parent.expected.contains(wanted));
            level.extend(fits.map(|(index, _)| Node::new(index, policy)));
            if level.len() > before {
                break;
            }
        }
        if level.len() > MOST_NODES {
            return Err(Refusal::TooLarge);
        }
    }
    let has_any = policies.iter().any(|policy| policy == oid::ANY_POLICY.0);
    if has_any && takes_any {
        for (index, parent) in above.iter().enumerate() {
            for expected in &parent.expected {
                let is_there = |node: &Node| node.parent == index && node.valid == *expected;
                if !level.iter().any(is_there) {
                    level.push(Node::new(index, expected));
                }
            }
            if level.len() > MOST_NODES {
                return Err(Refusal::TooLarge);
            }
        }
    }
    // `copyTree` forgets which expectations come from mappings.
    Ok(level)
}
