//! Name constraints: `lib/x509/name_constraints.c` of Debian's 3.7.9, which has the rework that came with 3.8.12 and 3.8.13.
//!
//! The lists are kept sorted by a comparison that also tells which constraint includes which. Permitted lists of several CAs are
//! intersected in one pass over both; what that pass lets fall is lost, so its order matters and is kept here.

mod compare;

use compare::{Relation, compare};

use super::asn1::{Node, decode};
use super::crt::{Crt, Unavailable};
use super::names::{self, AltName, Kind};
use super::schema;
use crate::cert::oid;

/// More comparisons of names and constraints than this are not made (`MAX_NC_CHECKS`).
const MOST_CHECKS: usize = 1 << 20;

/// The kinds in the order in which `verify_crt` checks them.
const CHECKED: [Kind; 5] = [Kind::Dns, Kind::Email, Kind::Directory, Kind::Uri, Kind::Ip];

/// What the CAs met so far permit and exclude.
#[derive(Debug, Default)]
pub(super) struct Constraints {
    permitted: Vec<AltName>,
    excluded: Vec<AltName>,
}

/// A constraint that GnuTLS cannot read, which it counts as one that is violated.
#[derive(Debug)]
pub(super) struct Unreadable;

impl Constraints {
    /// Adds those of an issuer. Source: `gnutls_x509_ext_import_name_constraints`.
    pub(super) fn append(&mut self, issuer: &Crt) -> Result<(), Unreadable> {
        let value = match issuer.extension(oid::NAME_CONSTRAINTS) {
            Ok(value) => value,
            Err(Unavailable::Absent) => return Ok(()),
            Err(Unavailable::Broken) => return Err(Unreadable),
        };
        let node = decode(&schema::NAME_CONSTRAINTS, value).map_err(|_| Unreadable)?;
        if self.permitted.is_empty() && self.excluded.is_empty() {
            // What was read before an unreadable one stays.
            extract(node.get("permittedSubtrees"), &mut self.permitted)?;
            return extract(node.get("excludedSubtrees"), &mut self.excluded);
        }
        let mut new = Self::default();
        extract(node.get("permittedSubtrees"), &mut new.permitted)?;
        extract(node.get("excludedSubtrees"), &mut new.excluded)?;
        self.intersect(&new.permitted);
        self.excluded = union(&self.excluded, &new.excluded);
        Ok(())
    }

    /// Whether a certificate's names are all within the constraints. Source: `gnutls_x509_name_constraints_check_crt`.
    pub(super) fn permit(&self, crt: &Crt) -> bool {
        CHECKED.iter().all(|&kind| self.permit_kind(kind, crt))
    }

    fn permit_kind(&self, kind: Kind, crt: &Crt) -> bool {
        let all = self.permitted.iter().chain(&self.excluded);
        if all.clone().all(|constraint| constraint.kind != kind) {
            return true;
        }
        if (self.permitted.len() + self.excluded.len()) * crt.alt_names.len() > MOST_CHECKS {
            return false;
        }
        let excludes = |kind| self.excluded.iter().any(|one| one.kind == kind);
        match kind {
            Kind::Dns | Kind::Email | Kind::Ip => {}
            // Any constraint that excludes some of a kind excludes all of it; the URI only where there is one.
            Kind::Uri => {
                let uri = crt.alt_names.iter().position(|name| name.kind == kind);
                let looked_at = uri.map_or(&crt.alt_names[..], |uri| &crt.alt_names[..=uri]);
                return looked_at.iter().all(AltName::fits) && (uri.is_none() || !excludes(kind));
            }
            _ => return !excludes(kind),
        }
        if !crt.alt_names.iter().all(AltName::fits) {
            return false;
        }
        let mut names = crt
            .alt_names
            .iter()
            .filter(|name| name.kind == kind)
            .peekable();
        if names.peek().is_some() {
            return names.all(|name| self.permit_name(kind, &name.value));
        }
        // The subject stands in where there is no such alternative name.
        let in_subject = match kind {
            Kind::Email => &crt.emails[..],
            Kind::Dns if crt.is_for_servers() => &crt.common_names[..],
            _ => &[],
        };
        match in_subject {
            [] => true,
            [only] => only.len() < 256 && self.permit_name(kind, only),
            _ => false,
        }
    }

    fn permit_name(&self, kind: Kind, name: &[u8]) -> bool {
        let matches = |constraint: &&AltName| match kind {
            Kind::Ip => ip_matches(name, &constraint.value),
            _ => Some(is_within(compare(kind, name, &constraint.value))),
        };
        let of_kind = |constraint: &&AltName| constraint.kind == kind;
        let universal = |constraint: &&AltName| kind != Kind::Ip && constraint.value.is_empty();
        let mut excluded = self.excluded.iter().filter(of_kind);
        if excluded.any(|one| universal(&one) || matches(&one) == Some(true)) {
            return false;
        }
        let permitted = self.permitted.iter().filter(of_kind);
        let mut verdicts = permitted
            .filter(|one| !universal(one))
            .filter_map(|one| matches(&one))
            .peekable();
        verdicts.peek().is_none() || verdicts.any(|matched| matched)
    }

    /// Source: `name_constraints_node_list_intersect`.
    fn intersect(&mut self, permitted: &[AltName]) {
        let (own, other) = (sorted(&self.permitted), sorted(permitted));
        let unsupported = |name: &AltName| !is_supported(name.kind);
        let own_start = own.iter().take_while(|name| unsupported(name)).count();
        let other_start = other.iter().take_while(|name| unsupported(name)).count();
        let mut result = union(&own[..own_start], &other[..other_start]);
        let (own, other) = (&own[own_start..], &other[other_start..]);
        let kinds = |list: &[AltName]| -> Vec<Kind> {
            let has = |kind: &Kind| list.iter().any(|name| name.kind == *kind);
            CHECKED.into_iter().filter(has).collect()
        };
        let (own_kinds, other_kinds) = (kinds(own), kinds(other));
        let mut left = Vec::new();
        let (mut i, mut j) = (0, 0);
        while i < own.len() || j < other.len() {
            let relation = relation(own.get(i), other.get(j));
            let taken = match relation {
                // With nothing of its kind on the other side, it stays.
                Relation::Before => own.get(i).filter(|one| !other_kinds.contains(&one.kind)),
                Relation::After => other.get(j).filter(|one| !own_kinds.contains(&one.kind)),
                Relation::IncludedBy | Relation::Equal => own.get(i),
                Relation::Includes => other.get(j),
            };
            if let Some(taken) = taken {
                if !left.contains(&taken.kind) {
                    left.push(taken.kind);
                }
                result.push(taken.clone());
            }
            i += usize::from(!matches!(relation, Relation::After | Relation::Includes));
            j += usize::from(!matches!(relation, Relation::Before | Relation::IncludedBy));
        }
        // Where nothing of a kind is left, all of it is excluded.
        let none = |kind: Kind, length| AltName {
            kind,
            value: vec![0; length],
        };
        for (kind, lengths) in [
            (Kind::Dns, &[0][..]),
            (Kind::Email, &[0]),
            (Kind::Ip, &[8, 32]),
        ] {
            let both = own_kinds.contains(&kind) && other_kinds.contains(&kind);
            if both && !left.contains(&kind) {
                let nothing = lengths.iter().map(|&length| none(kind, length));
                self.excluded.extend(nothing);
            }
        }
        self.permitted = result;
    }
}

/// Reads the bases of subtrees; minimum and maximum are not looked at. Source: `extract_name_constraints`.
fn extract(subtrees: Option<&Node<'_>>, into: &mut Vec<AltName>) -> Result<(), Unreadable> {
    let subtrees = subtrees.map(|list| &list.children[..]).unwrap_or_default();
    for subtree in subtrees {
        let Some(base) = subtree.get("base") else {
            return Ok(());
        };
        // An empty directoryName is taken for the end of the list.
        let Some(name) = names::read(base).map_err(|_| Unreadable)? else {
            return Ok(());
        };
        if !is_valid(&name) {
            return Err(Unreadable);
        }
        into.push(name);
    }
    Ok(())
}

/// Source: `validate_name_constraints_node`.
fn is_valid(name: &AltName) -> bool {
    match name.kind {
        Kind::Ip => {
            let (8 | 32) = name.value.len() else {
                return false;
            };
            let mask = &name.value[name.value.len() / 2..];
            let bits = |octet: &u8| octet.leading_ones() + octet.trailing_zeros();
            let mut rest = mask.iter().skip_while(|octet| **octet == 0xff);
            rest.next().is_none_or(|octet| bits(octet) >= 8) && rest.all(|octet| *octet == 0)
        }
        Kind::Dns | Kind::Email => {
            name.value != b"." && !name.value.windows(2).any(|pair| pair == b"..")
        }
        Kind::Directory | Kind::Uri | Kind::MsPrincipal | Kind::Srv => true,
        Kind::Other | Kind::RegisteredId | Kind::Xmpp | Kind::Kerberos => false,
    }
}

fn is_supported(kind: Kind) -> bool {
    matches!(kind, Kind::Dns | Kind::Email | Kind::Ip)
}

fn is_within(relation: Relation) -> bool {
    matches!(relation, Relation::Equal | Relation::IncludedBy)
}

/// None where one is IPv4 and the other IPv6.
fn ip_matches(address: &[u8], range: &[u8]) -> Option<bool> {
    if address.len() != range.len() / 2 {
        return None;
    }
    let (network, mask) = range.split_at(address.len());
    let octets = address.iter().zip(network).zip(mask);
    Some(octets.into_iter().all(|((a, n), m)| (a ^ n) & m == 0))
}

/// Source: `compare_name_constraint_nodes`; the end of a list comes after everything.
fn relation(one: Option<&AltName>, other: Option<&AltName>) -> Relation {
    match (one, other) {
        (None, None) => Relation::Equal,
        (None, _) => Relation::After,
        (_, None) => Relation::Before,
        (Some(one), Some(other)) => {
            let key = |name: &AltName| (is_supported(name.kind), name.kind);
            match key(one).cmp(&key(other)) {
                std::cmp::Ordering::Less => Relation::Before,
                std::cmp::Ordering::Greater => Relation::After,
                std::cmp::Ordering::Equal => compare(one.kind, &one.value, &other.value),
            }
        }
    }
}

/// Source: `name_constraints_node_list_union`.
fn union(own: &[AltName], other: &[AltName]) -> Vec<AltName> {
    if other.is_empty() {
        return own.to_vec();
    }
    let (own, other) = (sorted(own), sorted(other));
    let mut result = Vec::with_capacity(own.len() + other.len());
    let (mut i, mut j) = (0, 0);
    while i < own.len() || j < other.len() {
        let relation = relation(own.get(i), other.get(j));
        match relation {
            Relation::After | Relation::IncludedBy => result.extend(other.get(j).cloned()),
            _ => result.extend(own.get(i).cloned()),
        }
        i += usize::from(relation != Relation::After);
        j += usize::from(relation != Relation::Before);
    }
    result
}

/// Sorts as the C library's `qsort` does, by merging halves: the comparison is no total order, so another sort may differ.
fn sorted(names: &[AltName]) -> Vec<AltName> {
    let mut order: Vec<&AltName> = names.iter().collect();
    merge_sort(&mut order);
    order.into_iter().cloned().collect()
}

/// The recursion is as deep as the length has bits.
fn merge_sort<'n>(names: &mut Vec<&'n AltName>) {
    if names.len() < 2 {
        return;
    }
    let mut right = names.split_off(names.len() / 2);
    merge_sort(names);
    merge_sort(&mut right);
    let mut merged: Vec<&'n AltName> = Vec::with_capacity(names.len() + right.len());
    let (mut i, mut j) = (0, 0);
    while i < names.len() && j < right.len() {
        let after = matches!(
            relation(Some(names[i]), Some(right[j])),
            Relation::After | Relation::Includes
        );
        merged.push(if after { right[j] } else { names[i] });
        i += usize::from(!after);
        j += usize::from(after);
    }
    merged.extend(&names[i..]);
    merged.extend(&right[j..]);
    *names = merged;
}
