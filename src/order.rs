//! The order of a bundle: for every chain in it, the issuing CA before its issuer and the root last.

use std::collections::HashMap;

use crate::analysis::{Analysis, CertificateId};

/// How a chain departs from the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disorder {
    /// Every issuer stands before what it issued.
    Reversed,
    /// Only roots stand too early.
    RootNotLast,
    /// Anything else.
    Mixed,
}

/// The certificates of the bundle that hang together, in both orders.
#[derive(Debug)]
pub struct Chain {
    /// How it departs from the order; none where it does not.
    pub disorder: Option<Disorder>,
    /// Its certificates as they stand.
    pub now: Vec<CertificateId>,
    /// Its certificates as they should stand.
    pub wanted: Vec<CertificateId>,
}

/// The bundle's chains, by their first certificate. Duplicates count at their first place.
#[must_use]
pub fn chains(analysis: &Analysis) -> Vec<Chain> {
    let bundle = analysis.distinct_bundle();
    let firsts = bundle
        .iter()
        .map(|id| analysis.entry(*id).first)
        .enumerate();
    let place: HashMap<CertificateId, usize> =
        firsts.map(|(index, first)| (first, index)).collect();
    // For each place, the places of the issuers.
    let issuers: Vec<Vec<usize>> = bundle
        .iter()
        .map(|id| {
            let first = analysis.entry(*id).first;
            if analysis.graph.is_self_signed(first) {
                return Vec::new();
            }
            let links = analysis
                .graph
                .candidates(first)
                .iter()
                .filter(|link| link.is_valid());
            links
                .filter_map(|link| place.get(&link.issuer).copied())
                .collect()
        })
        .collect();
    let is_root = |index: usize| {
        analysis
            .graph
            .is_self_signed(analysis.entry(bundle[index]).first)
    };
    let chain = |members: Vec<usize>| {
        let pairs = || {
            members
                .iter()
                .flat_map(|below| issuers[*below].iter().map(move |above| (*below, *above)))
        };
        // Sources have no order among them: a directory's is that of its names.
        let together = |below: usize, above: usize| {
            analysis.entry(bundle[below]).input == analysis.entry(bundle[above]).input
        };
        let wrong = || pairs().filter(|(below, above)| below > above && together(*below, *above));
        let disorder = if wrong().next().is_none() {
            None
        } else if wrong().count() == pairs().count() {
            Some(Disorder::Reversed)
        } else if wrong().all(|(_, above)| is_root(above)) {
            Some(Disorder::RootNotLast)
        } else {
            Some(Disorder::Mixed)
        };
        Chain {
            disorder,
            now: members.iter().map(|index| bundle[*index]).collect(),
            wanted: sorted(&members, &issuers)
                .into_iter()
                .map(|index| bundle[index])
                .collect(),
        }
    };
    components(&issuers).into_iter().map(chain).collect()
}

/// The connected components, each in ascending order, by their least member.
fn components(issuers: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut leader: Vec<usize> = (0..issuers.len()).collect();
    for (below, above) in issuers.iter().enumerate() {
        for above in above {
            let (a, b) = (find(&mut leader, below), find(&mut leader, *above));
            leader[a.max(b)] = a.min(b);
        }
    }
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); issuers.len()];
    for index in 0..issuers.len() {
        groups[find(&mut leader, index)].push(index);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// The component's least member so far (union-find with path halving).
fn find(leader: &mut [usize], mut index: usize) -> usize {
    while leader[index] != index {
        leader[index] = leader[leader[index]];
        index = leader[index];
    }
    index
}

/// Each certificate before its issuers, otherwise as they stand; what is on a loop comes last, as it stands.
fn sorted(members: &[usize], issuers: &[Vec<usize>]) -> Vec<usize> {
    // How many that must come before are still to come.
    let mut waiting_for: HashMap<usize, usize> = members.iter().map(|index| (*index, 0)).collect();
    for above in members.iter().flat_map(|below| &issuers[*below]) {
        *waiting_for.entry(*above).or_default() += 1;
    }
    let free = members
        .iter()
        .copied()
        .filter(|index| waiting_for[index] == 0);
    let mut ready: std::collections::BTreeSet<usize> = free.collect();
    let mut order = Vec::with_capacity(members.len());
    while let Some(next) = ready.pop_first() {
        order.push(next);
        for above in &issuers[next] {
            let count = waiting_for.entry(*above).or_default();
            *count = count.saturating_sub(1);
            if *count == 0 {
                ready.insert(*above);
            }
        }
    }
    let placed: std::collections::HashSet<usize> = order.iter().copied().collect();
    order.extend(members.iter().filter(|index| !placed.contains(index)));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_are_told_apart_and_sorted() {
        // 0 ← 1 ← 2 (2 is the issuing CA) and 3 alone.
        let issuers = [vec![], vec![0], vec![1], vec![]];
        assert_eq!(components(&issuers), vec![vec![0, 1, 2], vec![3]]);
        assert_eq!(sorted(&[0, 1, 2], &issuers), vec![2, 1, 0]);
    }

    #[test]
    fn a_loop_ends() {
        assert_eq!(sorted(&[0, 1], &[vec![1], vec![0]]), vec![0, 1]);
    }
}
