//! Certificate policies, which matter only where a certificate of the path demands one.
//!
//! Source: BoringSSL `crypto/x509/policy.cc` (`X509_policy_check`), which follows RFC 9618. No policy is asked for, so it
//! is enough to know whether any is left.

use std::collections::BTreeSet;

use super::code;
use super::der::{self, Integer, Reader, context};
use super::x509::{Decoded, X509};
use crate::cert::oid;

/// The policies that are valid so far (a level of the graph without its edges).
#[derive(Clone, Debug, Default)]
struct Level {
    has_any: bool,
    policies: BTreeSet<Vec<u8>>,
}

/// What counts down along the path (RFC 5280 §6.1.2).
struct Counters {
    explicit_policy: u64,
    policy_mapping: u64,
    inhibit_any: u64,
}

/// Checks a path, end-entity first. An error comes with the certificate at fault, where there is one.
pub(super) fn check(chain: &[&X509]) -> Result<(), (i32, Option<usize>)> {
    let Some((_anchor, below)) = chain.split_last() else {
        return Ok(());
    };
    let start = chain.len() as u64 + 1;
    let mut counters = Counters {
        explicit_policy: start,
        policy_mapping: start,
        inhibit_any: start,
    };
    let mut level = Level {
        has_any: true,
        policies: BTreeSet::new(),
    };
    for (at, certificate) in below.iter().enumerate().rev() {
        let invalid = (code::INVALID_POLICY_EXTENSION, Some(at));
        let is_self_issued = certificate.is_self_issued;
        let allows_any = counters.inhibit_any > 0 || at > 0 && is_self_issued;
        level.intersect(certificate, allows_any).ok_or(invalid)?;
        if counters.explicit_policy == 0 && level.is_empty() {
            return Err((code::NO_EXPLICIT_POLICY, None));
        }
        if at != 0 {
            let allows_mapping = counters.policy_mapping > 0;
            level = level.map(certificate, allows_mapping).ok_or(invalid)?;
        }
        if at == 0 || !is_self_issued {
            counters.count_down();
        }
        counters.apply(certificate).ok_or(invalid)?;
    }
    if counters.explicit_policy == 0 && level.is_empty() && !below.is_empty() {
        return Err((code::NO_EXPLICIT_POLICY, None));
    }
    Ok(())
}

impl Level {
    fn is_empty(&self) -> bool {
        !self.has_any && self.policies.is_empty()
    }

    /// `process_certificate_policies`
    fn intersect(&mut self, certificate: &X509, allows_any: bool) -> Option<()> {
        let policies = match Decoded::find(
            &certificate.extensions,
            oid::CERTIFICATE_POLICIES,
            certificate_policies,
        ) {
            Decoded::Present(policies) => policies,
            Decoded::Invalid => return None,
            Decoded::Absent => {
                *self = Self::default();
                return Some(());
            }
        };
        let distinct: BTreeSet<Vec<u8>> = policies.iter().cloned().collect();
        if policies.is_empty() || distinct.len() != policies.len() {
            return None;
        }
        let had_any = self.has_any;
        if !distinct.contains(oid::ANY_POLICY.0) || !allows_any {
            self.policies.retain(|policy| distinct.contains(policy));
            self.has_any = false;
        }
        if had_any {
            let concrete = distinct
                .into_iter()
                .filter(|policy| policy != oid::ANY_POLICY.0);
            self.policies.extend(concrete);
        }
        Some(())
    }

    /// What the policies of this level are called in the certificate below (`process_policy_mappings`).
    fn map(mut self, certificate: &X509, allows_mapping: bool) -> Option<Self> {
        let mappings = match Decoded::find(
            &certificate.extensions,
            oid::POLICY_MAPPINGS,
            policy_mappings,
        ) {
            Decoded::Present(mappings) => mappings,
            Decoded::Invalid => return None,
            Decoded::Absent => return Some(self),
        };
        let is_any =
            |(from, to): &(Vec<u8>, Vec<u8>)| from == oid::ANY_POLICY.0 || to == oid::ANY_POLICY.0;
        if mappings.is_empty() || mappings.iter().any(is_any) {
            return None;
        }
        let mapped: BTreeSet<&Vec<u8>> = mappings.iter().map(|(from, _)| from).collect();
        let mut next = self.clone();
        next.policies.retain(|policy| !mapped.contains(policy));
        if !allows_mapping {
            return Some(next);
        }
        if self.has_any {
            self.policies.extend(mapped.iter().copied().cloned());
        }
        let reached = mappings
            .iter()
            .filter(|(from, _)| self.policies.contains(from));
        next.policies.extend(reached.map(|(_, to)| to.clone()));
        Some(next)
    }
}

impl Counters {
    fn count_down(&mut self) {
        self.explicit_policy = self.explicit_policy.saturating_sub(1);
        self.policy_mapping = self.policy_mapping.saturating_sub(1);
        self.inhibit_any = self.inhibit_any.saturating_sub(1);
    }

    /// `process_policy_constraints`
    fn apply(&mut self, certificate: &X509) -> Option<()> {
        let extensions = &certificate.extensions;
        match Decoded::find(extensions, oid::POLICY_CONSTRAINTS, policy_constraints) {
            Decoded::Invalid | Decoded::Present((None, None)) => return None,
            Decoded::Absent => {}
            Decoded::Present((explicit, mapping)) => {
                limit(&mut self.explicit_policy, explicit.as_ref())?;
                limit(&mut self.policy_mapping, mapping.as_ref())?;
            }
        }
        match Decoded::find(extensions, oid::INHIBIT_ANY_POLICY, |value| {
            value.integer(der::INTEGER)
        }) {
            Decoded::Invalid => None,
            Decoded::Absent => Some(()),
            Decoded::Present(skip) => limit(&mut self.inhibit_any, Some(&skip)),
        }
    }
}

/// `apply_skip_certs`
fn limit(counter: &mut u64, skip: Option<&Integer>) -> Option<()> {
    let Some(skip) = skip else {
        return Some(());
    };
    if skip.is_negative() {
        return None;
    }
    if let Some(skip) = skip.to_u64() {
        *counter = skip.min(*counter);
    }
    Some(())
}

fn certificate_policies(value: &mut Reader<'_>) -> Option<Vec<Vec<u8>>> {
    let mut list = value.take(der::SEQUENCE)?;
    let mut policies = Vec::new();
    while !list.is_empty() {
        let mut information = list.take(der::SEQUENCE)?;
        policies.push(information.oid(der::OID)?);
        if let Some(mut qualifiers) = information.optional(der::SEQUENCE)? {
            while !qualifiers.is_empty() {
                let mut qualifier = qualifiers.take(der::SEQUENCE)?;
                match qualifier.oid(der::OID)?.as_slice() {
                    // id-qt-cps
                    [0x2b, 6, 1, 5, 5, 7, 2, 1] => {
                        qualifier.take(der::IA5_STRING)?;
                    }
                    // id-qt-unotice
                    [0x2b, 6, 1, 5, 5, 7, 2, 2] => user_notice(&mut qualifier)?,
                    _ => {
                        qualifier.any_value()?;
                    }
                }
                qualifier.end()?;
            }
        }
        information.end()?;
    }
    Some(policies)
}

fn user_notice(reader: &mut Reader<'_>) -> Option<()> {
    let mut notice = reader.take(der::SEQUENCE)?;
    if let Some(mut reference) = notice.optional(der::SEQUENCE)? {
        display_text(&mut reference)?;
        let mut numbers = reference.take(der::SEQUENCE)?;
        while !numbers.is_empty() {
            numbers.integer(der::INTEGER)?;
        }
        reference.end()?;
    }
    if !notice.is_empty() {
        display_text(&mut notice)?;
    }
    notice.end()
}

fn display_text(reader: &mut Reader<'_>) -> Option<()> {
    let text = reader.any_value()?;
    let tags = [
        der::IA5_STRING,
        der::VISIBLE_STRING,
        der::BMP_STRING,
        der::UTF8_STRING,
    ];
    tags.contains(&text.tag).then_some(())
}

fn policy_mappings(value: &mut Reader<'_>) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut list = value.take(der::SEQUENCE)?;
    let mut mappings = Vec::new();
    while !list.is_empty() {
        let mut mapping = list.take(der::SEQUENCE)?;
        mappings.push((mapping.oid(der::OID)?, mapping.oid(der::OID)?));
        mapping.end()?;
    }
    Some(mappings)
}

fn policy_constraints(value: &mut Reader<'_>) -> Option<(Option<Integer>, Option<Integer>)> {
    let mut fields = value.take(der::SEQUENCE)?;
    let mut number = |tag| {
        if fields.is_next(tag) {
            fields.integer(tag).map(Some)
        } else {
            Some(None)
        }
    };
    let explicit = number(context(0))?;
    let mapping = number(context(1))?;
    fields.end()?;
    Some((explicit, mapping))
}
