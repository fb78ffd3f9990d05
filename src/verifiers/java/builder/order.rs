//! The order of candidates: `ForwardBuilder.PKIXCertComparator`, and the hash tables that they come out of.
//!
//! It matters where two paths hold and one anchor is no CA, and where a self-issued certificate ends a level.

use std::cmp::Ordering;

use super::super::certificate::Certificate;
use super::super::der::Value;
use super::super::name::Name;

/// The capacity of a `HashSet` that was made without one.
pub(super) const DEFAULT_CAPACITY: usize = 16;

/// What the comparator knows of the anchors.
pub(super) struct Order {
    /// The anchors' names, each once, in the order of their hash table.
    names: Vec<Name>,
}

/// How one name stands to another, in steps of the hierarchy (`Builder.distance`).
fn distance(base: &Name, name: &Name) -> Option<i64> {
    let related = base == name || name.is_within(base) || base.is_within(name);
    let depth = |name: &Name| i64::try_from(name.depth()).unwrap_or(i64::MAX);
    related.then(|| depth(name) - depth(base))
}

impl Order {
    /// `ties` says how those stand that meet in one place of a hash table; Java leaves that to chance.
    pub(super) fn new(anchors: &[Certificate], ties: Ties) -> Self {
        let mut names: Vec<Name> = Vec::new();
        for anchor in anchors {
            if !names.contains(&anchor.subject) {
                names.push(anchor.subject.clone());
            }
        }
        let hashes = names.iter().map(|name| string_hash(&name.canonical()));
        let order = hash_order(hashes, anchors.len(), ties);
        Self {
            names: order.iter().map(|index| names[*index].clone()).collect(),
        }
    }

    /// `PKIXCertComparator.compare`, which calls no two different certificates equal: the new one goes first.
    pub(super) fn compare(
        &self,
        one: &Certificate,
        other: &Certificate,
        below: &Certificate,
    ) -> Ordering {
        if one == other {
            return Ordering::Equal;
        }
        let has_key_id = |certificate: &Certificate| {
            let wanted = below.extensions.issuer_key_id.as_ref();
            let own = certificate.extensions.subject_key_id.as_ref();
            wanted.zip(own).is_some_and(|(wanted, own)| {
                Value::only(own)
                    .is_ok_and(|value| value.octet_string().is_ok_and(|id| id == wanted))
            })
        };
        if has_key_id(one) {
            return Ordering::Less;
        }
        if has_key_id(other) {
            return Ordering::Greater;
        }
        let trusted = |certificate: &Certificate| self.names.contains(&certificate.issuer);
        if trusted(one) {
            return Ordering::Less;
        }
        if trusted(other) {
            return Ordering::Greater;
        }
        let (issuer, other_issuer) = (&one.issuer, &other.issuer);
        let by = |own: Option<i64>, other: Option<i64>| match (own, other) {
            (None, None) => None,
            (None, Some(_)) => Some(Ordering::Greater),
            (Some(own), Some(other)) if own > other => Some(Ordering::Greater),
            (Some(_), _) => Some(Ordering::Less),
        };
        // Below an anchor's name, the nearest first; then above one.
        let is_below = |steps: &i64| *steps > 0;
        let is_above = |steps: &i64| *steps < 0;
        let by_distance = |filter: fn(&i64) -> bool, sign: i64| {
            self.names.iter().find_map(|name| {
                let steps = |issuer| {
                    distance(name, issuer)
                        .filter(filter)
                        .map(|steps| sign * steps)
                };
                by(steps(issuer), steps(other_issuer))
            })
        };
        by_distance(is_below, 1)
            .or_else(|| by_distance(is_above, -1))
            .or_else(|| self.by_common_ancestor(issuer, other_issuer))
            .unwrap_or_else(|| {
                let steps =
                    |one: &Certificate| distance(&one.subject, &one.issuer).unwrap_or(i64::MAX);
                if steps(other) < steps(one) {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            })
    }

    /// In one name space with an anchor, fewest steps first.
    fn by_common_ancestor(&self, issuer: &Name, other: &Name) -> Option<Ordering> {
        self.names.iter().find_map(|name| {
            match (name.common_depth(issuer), name.common_depth(other)) {
                (0, 0) => None,
                (0, _) => Some(Ordering::Greater),
                (_, 0) => Some(Ordering::Less),
                (own_common, other_common) => {
                    let steps = |issuer: &Name, common| name.depth() + issuer.depth() - 2 * common;
                    let order = steps(issuer, own_common).cmp(&steps(other, other_common));
                    (order != Ordering::Equal).then_some(order)
                }
            }
        })
    }
}

/// `Arrays.hashCode` of the encoding.
pub(super) fn certificate_hash(certificate: &Certificate) -> i32 {
    certificate.der.iter().fold(1_i32, |hash, octet| {
        hash.wrapping_mul(31)
            .wrapping_add(i32::from(octet.cast_signed()))
    })
}

/// `String.hashCode`.
fn string_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0_i32, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(i32::from(unit))
    })
}

/// How keys stand to each other that meet in one place of a hash table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Ties {
    /// In the order of the file.
    AsRead,
    /// The other way round.
    Reversed,
}

/// The order in which a `HashMap` of this first capacity gives its keys.
pub(super) fn hash_order(
    hashes: impl Iterator<Item = i32>,
    capacity: usize,
    ties: Ties,
) -> Vec<usize> {
    let hashes: Vec<u32> = hashes.map(i32::cast_unsigned).collect();
    let mut size = capacity.max(1).next_power_of_two();
    // A table grows when it is more than three quarters full.
    while hashes.len() > size / 4 * 3 + size % 4 * 3 / 4 {
        size *= 2;
    }
    let mut order: Vec<usize> = (0..hashes.len()).collect();
    if ties == Ties::Reversed {
        order.reverse();
    }
    order.sort_by_key(|&index| {
        let spread = hashes[index] ^ (hashes[index] >> 16);
        spread as usize & (size - 1)
    });
    order
}
