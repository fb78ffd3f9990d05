//! The order of the bundle: the issuing CA before its issuer, the root last, for every chain in it.

use std::collections::{HashMap, HashSet};

use crate::analysis::{Analysis, CertificateId};
use crate::cert::Field;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &BUNDLE_ORDER_REVERSED,
    &BUNDLE_ORDER_WRONG,
    &BUNDLE_ROOT_NOT_LAST,
];

/// How a chain of the bundle departs from the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disorder {
    /// Every issuer stands before what it issued.
    Reversed,
    /// Only roots stand too early.
    RootNotLast,
    /// Anything else.
    Mixed,
}

/// A chain of the bundle that is not in order.
#[derive(Debug)]
struct Disordered {
    disorder: Disorder,
    /// The chain's certificates as they stand.
    now: Vec<CertificateId>,
    /// The chain's certificates as they should stand.
    wanted: Vec<CertificateId>,
}

/// The chains of the bundle that are not in order. Duplicates count at their first place.
fn disordered(analysis: &Analysis) -> Vec<Disordered> {
    let bundle = analysis.distinct_bundle();
    let place: HashMap<CertificateId, usize> = bundle
        .iter()
        .enumerate()
        .map(|(index, id)| (analysis.entry(*id).first, index))
        .collect();
    // Pairs of places: a certificate and its issuer.
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for id in &bundle {
        let first = analysis.entry(*id).first;
        if analysis.graph.is_self_signed(first) {
            continue;
        }
        for link in analysis
            .graph
            .candidates(first)
            .iter()
            .filter(|link| link.is_valid())
        {
            if let Some(&issuer) = place.get(&link.issuer) {
                pairs.push((place[&first], issuer));
            }
        }
    }
    let mut result = Vec::new();
    for members in components(bundle.len(), &pairs) {
        let own: Vec<(usize, usize)> = pairs
            .iter()
            .copied()
            .filter(|(below, _)| members.contains(below))
            .collect();
        let wrong: Vec<(usize, usize)> = own
            .iter()
            .copied()
            .filter(|(below, above)| below > above)
            .collect();
        if wrong.is_empty() {
            continue;
        }
        let is_root = |index: usize| {
            analysis
                .graph
                .is_self_signed(analysis.entry(bundle[index]).first)
        };
        let disorder = if wrong.len() == own.len() {
            Disorder::Reversed
        } else if wrong.iter().all(|(_, above)| is_root(*above)) {
            Disorder::RootNotLast
        } else {
            Disorder::Mixed
        };
        result.push(Disordered {
            disorder,
            now: members.iter().map(|index| bundle[*index]).collect(),
            wanted: sorted(&members, &own)
                .into_iter()
                .map(|index| bundle[index])
                .collect(),
        });
    }
    result
}

/// The connected components of two or more places, each in ascending order.
fn components(count: usize, pairs: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut leader: Vec<usize> = (0..count).collect();
    for (a, b) in pairs {
        let (a, b) = (find(&mut leader, *a), find(&mut leader, *b));
        leader[a.max(b)] = a.min(b);
    }
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); count];
    for index in 0..count {
        groups[find(&mut leader, index)].push(index);
    }
    groups.retain(|group| group.len() > 1);
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

/// Each certificate before its issuers, otherwise as they stand. Certificates on a loop come last.
fn sorted(members: &[usize], pairs: &[(usize, usize)]) -> Vec<usize> {
    let mut left: Vec<usize> = members.to_vec();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waiting: HashSet<usize> = pairs
            .iter()
            .filter(|(below, _)| left.contains(below))
            .map(|(_, above)| *above)
            .collect();
        let next = left
            .iter()
            .position(|index| !waiting.contains(index))
            .unwrap_or(0);
        order.push(left.remove(next));
    }
    order
}

fn report(
    analysis: &Analysis,
    disorder: Disorder,
    findings: &mut Findings,
    message: impl Fn(&str, usize, &str, usize) -> String,
) {
    for chain in disordered(analysis)
        .iter()
        .filter(|chain| chain.disorder == disorder)
    {
        let misplaced = chain
            .now
            .iter()
            .zip(&chain.wanted)
            .find(|(now, wanted)| now != wanted);
        let Some((now, wanted)) = misplaced else {
            continue;
        };
        let name = |id: CertificateId| analysis.certificate(id).label();
        let position = |id: CertificateId| analysis.entry(id).position;
        let finding = findings.at(analysis.place(*now, Field::Certificate));
        finding.message(message(
            &name(*now),
            position(*now),
            &name(*wanted),
            position(*wanted),
        ));
        for (title, list) in [("now", &chain.now), ("in order", &chain.wanted)] {
            for (index, id) in list.iter().take(8).enumerate() {
                let title = if index == 0 {
                    format!("{title}:")
                } else {
                    String::new()
                };
                finding.evidence(format!("{title:<9} {}", analysis.describe(*id)));
            }
            if list.len() > 8 {
                finding.evidence(format!("{:<9} and {} more", "", list.len() - 8));
            }
        }
        let bundle = super::super::chain::issuer::bundle_name(analysis);
        finding.help(format!("run `chainlint fix {bundle}`, or move the blocks by hand: each CA before its issuer, the root last"));
    }
}

static BUNDLE_ORDER_REVERSED: Rule = Rule {
    name: "bundle-order-reversed",
    severity: Severity::Warning,
    citation: "RFC 8446 §4.4.2; RFC 5246 §7.4.2",
    summary: "The bundle runs from the root down to the issuing CA; the reverse is the convention.",
    explanation: "nginx, httpd and most servers load the bundle as a set and do not mind. Tools that read only the first \
        certificate, or that send the file as a chain, take the wrong one, and with CAs of the same name OpenSSL picks by order. \
        Put the issuing CA first and the root last.",
    check: Check::Bundle(bundle_order_reversed),
};

fn bundle_order_reversed(analysis: &Analysis, findings: &mut Findings) {
    report(
        analysis,
        Disorder::Reversed,
        findings,
        |now, position, wanted, _| {
            format!(
                "the chain runs from root to issuing CA: certificate {position} is `{now}`, where `{wanted}` belongs"
            )
        },
    );
}

static BUNDLE_ORDER_WRONG: Rule = Rule {
    name: "bundle-order-wrong",
    severity: Severity::Warning,
    citation: "RFC 8446 §4.4.2; RFC 5246 §7.4.2",
    summary: "A CA certificate in the bundle stands after its issuer.",
    explanation: "The order is issuing CA, its issuer, and so on to the root; several chains may follow each other or be mixed. \
        nginx and most servers load the bundle as a set and do not mind. Tools that send the file as a chain or stop at the first \
        certificate do, and with CAs of the same name OpenSSL picks by order.",
    check: Check::Bundle(bundle_order_wrong),
};

fn bundle_order_wrong(analysis: &Analysis, findings: &mut Findings) {
    report(
        analysis,
        Disorder::Mixed,
        findings,
        |now, position, wanted, belongs| {
            format!(
                "certificate {position} is `{now}`, where `{wanted}` belongs, which stands at {belongs}"
            )
        },
    );
}

static BUNDLE_ROOT_NOT_LAST: Rule = Rule {
    name: "bundle-root-not-last",
    severity: Severity::Warning,
    citation: "RFC 8446 §4.4.2",
    summary: "A root in the bundle is followed by certificates that it issued.",
    explanation: "The rest of the chain is in order, only the root stands too early. nginx and most servers do not mind; tools \
        that send the file as a chain, or that stop reading at a self-signed certificate, lose what follows. Put the root last.",
    check: Check::Bundle(bundle_root_not_last),
};

fn bundle_root_not_last(analysis: &Analysis, findings: &mut Findings) {
    report(
        analysis,
        Disorder::RootNotLast,
        findings,
        |now, position, _, _| {
            format!(
                "the root `{now}` is certificate {position} and is followed by certificates that it issued"
            )
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_are_told_apart_and_sorted() {
        // 0 ← 1 ← 2 (2 is the issuing CA) and 3 alone.
        let pairs = [(2, 1), (1, 0)];
        assert_eq!(components(4, &pairs), vec![vec![0, 1, 2]]);
        assert_eq!(sorted(&[0, 1, 2], &pairs), vec![2, 1, 0]);
    }

    #[test]
    fn a_loop_ends() {
        assert_eq!(sorted(&[0, 1], &[(0, 1), (1, 0)]).len(), 2);
    }
}
