//! How two names of one kind stand to each other, as GnuTLS has it.

use std::cmp::Ordering;

use super::super::names::Kind;

/// `enum name_constraint_relation`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// Unrelated, and sorts before.
    Before,
    /// Within the other; sorts before.
    IncludedBy,
    /// The same.
    Equal,
    /// The other is within; sorts after.
    Includes,
    /// Unrelated, and sorts after.
    After,
}

/// Compares two names, or a name and a constraint, of this kind.
pub(super) fn compare(kind: Kind, one: &[u8], other: &[u8]) -> Relation {
    match kind {
        Kind::Dns => compare_dns(one, other),
        Kind::Email => compare_emails(one, other),
        Kind::Ip => compare_ranges(one, other),
        _ => of_order(one.cmp(other)),
    }
}

fn of_order(order: Ordering) -> Relation {
    match order {
        Ordering::Less => Relation::Before,
        Ordering::Equal => Relation::Equal,
        Ordering::Greater => Relation::After,
    }
}

/// From the last label to the first, case not minded, dots at the end neither. Source: `compare_dns_names`.
///
/// A dot at the start stands for any label before it.
fn compare_dns(one: &[u8], other: &[u8]) -> Relation {
    let mut one = without_dots(one);
    let mut other = without_dots(other);
    loop {
        let (one_rest, one_label) = last_label(one);
        let (other_rest, other_label) = last_label(other);
        match compare_labels(one_label, other_label) {
            Ordering::Less => return Relation::Before,
            Ordering::Greater => return Relation::After,
            Ordering::Equal => {}
        }
        // The rest ends in the dot before the label.
        match (one_rest.split_last(), other_rest.split_last()) {
            (None, None) => return Relation::Equal,
            (None, Some(_)) => return Relation::Includes,
            (Some(_), None) => return Relation::IncludedBy,
            (Some((_, one_rest)), Some((_, other_rest))) => {
                match (one_rest.is_empty(), other_rest.is_empty()) {
                    (true, false) => return Relation::Includes,
                    (false, true) => return Relation::IncludedBy,
                    _ => {
                        one = one_rest;
                        other = other_rest;
                    }
                }
            }
        }
    }
}

fn without_dots(name: &[u8]) -> &[u8] {
    let dots = name.iter().rev().take_while(|octet| **octet == b'.');
    &name[..name.len() - dots.count()]
}

/// What stands before the last label, its dot included, and the label.
fn last_label(name: &[u8]) -> (&[u8], &[u8]) {
    let dot = name.iter().rposition(|octet| *octet == b'.');
    name.split_at(dot.map_or(0, |dot| dot + 1))
}

/// Source: `compare_strings_case_insensitive`; a NUL in both ends the comparison of octets.
fn compare_labels(one: &[u8], other: &[u8]) -> Ordering {
    let pairs = one.iter().zip(other);
    let lower = pairs.map(|(a, b)| (a.to_ascii_lowercase(), b.to_ascii_lowercase()));
    lower
        .take_while(|(a, b)| a != b || *a != 0)
        .map(|(a, b)| a.cmp(&b))
        .find(|order| order.is_ne())
        .unwrap_or_else(|| one.len().cmp(&other.len()))
}

/// Source: `compare_emails`.
fn compare_emails(one: &[u8], other: &[u8]) -> Relation {
    let (one_local, one_domain) = split_at_sign(one);
    let (other_local, other_domain) = split_at_sign(other);
    let mut domains = compare_dns(one_domain, other_domain);
    // A domain without a dot at its start does not stand for those below it.
    if domains == Relation::IncludedBy && !other_domain.starts_with(b".") {
        domains = Relation::Before;
    }
    if domains == Relation::Includes && !one_domain.starts_with(b".") {
        domains = Relation::After;
    }
    match (one_local, other_local) {
        (None, None) => domains,
        (Some(_), None) => match domains {
            Relation::Includes => Relation::After,
            Relation::Equal => Relation::IncludedBy,
            other => other,
        },
        (None, Some(_)) => match domains {
            Relation::Includes => Relation::After,
            Relation::Equal => Relation::Includes,
            Relation::IncludedBy => Relation::Before,
            other => other,
        },
        (Some(one), Some(other)) => match domains {
            Relation::Includes => Relation::After,
            Relation::IncludedBy => Relation::Before,
            Relation::Equal => of_order(one.cmp(other)),
            unrelated => unrelated,
        },
    }
}

/// The local part, where there is an at sign, and the domain.
fn split_at_sign(name: &[u8]) -> (Option<&[u8]>, &[u8]) {
    match name.iter().rposition(|octet| *octet == b'@') {
        Some(at) => (Some(&name[..at]), &name[at + 1..]),
        None => (None, name),
    }
}

/// Source: `compare_ip_ncs`.
fn compare_ranges(one: &[u8], other: &[u8]) -> Relation {
    let sizes = one.len().cmp(&other.len());
    if sizes.is_ne() {
        return of_order(sizes);
    }
    let (one, one_mask) = one.split_at(one.len() / 2);
    let (other, other_mask) = other.split_at(one.len());
    let masked = |address: &[u8], mask: &[u8]| -> Vec<u8> {
        address.iter().zip(mask).map(|(a, m)| a & m).collect()
    };
    match one_mask.cmp(other_mask) {
        Ordering::Less if masked(one, one_mask) == masked(other, one_mask) => Relation::Includes,
        Ordering::Greater if masked(one, other_mask) == masked(other, other_mask) => {
            Relation::IncludedBy
        }
        _ => of_order(masked(one, one_mask).cmp(&masked(other, other_mask))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_from_the_end() {
        let dns = |one: &str, other: &str| compare(Kind::Dns, one.as_bytes(), other.as_bytes());
        assert_eq!(dns("z.x.a", "x.a"), Relation::IncludedBy);
        assert_eq!(dns("x.a", "X.A."), Relation::Equal);
        assert_eq!(dns("x.a", "y.a"), Relation::Before);
        assert_eq!(dns("xx.a", "x.a"), Relation::After);
        assert_eq!(dns("x.a", ".a"), Relation::IncludedBy);
        assert_eq!(dns("a", ".a"), Relation::Includes);
        assert_eq!(dns("a", "z.a"), Relation::Includes);
    }

    #[test]
    fn a_mail_domain_stands_for_its_hosts_only_with_a_dot() {
        let email = |one: &str, other: &str| compare(Kind::Email, one.as_bytes(), other.as_bytes());
        assert_eq!(email("z@x.a", "x.a"), Relation::IncludedBy);
        assert_eq!(email("z@x.a", "a"), Relation::Before);
        assert_eq!(email("z@x.a", ".a"), Relation::IncludedBy);
        assert_eq!(email("z@x.a", "z@x.a"), Relation::Equal);
        assert_eq!(email("Z@x.a", "z@X.a"), Relation::Before);
    }
}
