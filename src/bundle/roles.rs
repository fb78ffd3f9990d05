//! What each certificate is, and what each source is for.

use std::ops::Range;

use super::{Graph, Link};
use crate::analysis::{CertificateId, CertificateRole, Entry, Input};
use crate::cert::extension::KeyUsage;
use crate::cert::{Certificate, oid};
use crate::input::BlockKind;
use crate::source::Role;

/// Tells what a certificate is: from what it says, and where it says nothing, from what it issued.
#[must_use]
pub(crate) fn role_of(
    certificates: &[Entry<'_>],
    graph: &Graph,
    id: CertificateId,
) -> CertificateRole {
    let id = certificates[id.0].first;
    let certificate = &certificates[id.0].certificate;
    let issued_something = graph.issued(id).any(Link::is_valid);
    let signs = certificate.has_usage(KeyUsage::KEY_CERT_SIGN);
    let is_ca = match certificate.values.basic_constraints {
        Some(constraints) if constraints.ca => true,
        Some(_) => issued_something,
        None => issued_something || signs == Some(true) || looks_like_a_bare_root(certificate),
    };
    if !is_ca {
        return CertificateRole::EndEntity;
    }
    // A self-issued certificate that names another key is an intermediate: a key rollover.
    let own_key =
        graph.self_link(id).is_some_and(Link::is_claimed) || own_key_is_possible(certificate);
    if certificate.is_self_issued() && own_key {
        CertificateRole::Root
    } else {
        CertificateRole::Intermediate
    }
}

/// A self-issued certificate without anything that end-entities have, as version 1 roots are.
fn looks_like_a_bare_root(certificate: &Certificate<'_>) -> bool {
    let values = &certificate.values;
    values.extended_key_usage.is_none()
        && values.subject_alt_names.is_empty()
        && values.key_usage.is_none()
        && certificate.is_self_issued()
}

/// Whether nothing in the certificate speaks against its having signed itself.
fn own_key_is_possible(certificate: &Certificate<'_>) -> bool {
    certificate.issuer_key_id().is_none_or(|wanted| {
        certificate
            .values
            .subject_key_id
            .is_none_or(|own| own == wanted)
    })
}

/// Tells what each source is for: what the user says, then what it holds.
///
/// CA certificates alone are a bundle; a source with an end-entity is a client. Where that leaves
/// no bundle, the first source is taken for it, because bundles are named first. `of_input` is the
/// range of each source's certificates.
#[must_use]
pub(crate) fn source_roles(
    inputs: &[Input],
    certificates: &[Entry<'_>],
    of_input: &[Range<usize>],
    graph: &Graph,
) -> Vec<Role> {
    let entries = |index: usize| certificates[of_input[index].clone()].iter();
    let mut roles: Vec<Option<Role>> = inputs
        .iter()
        .enumerate()
        .map(|(index, input)| {
            let only_a_key = entries(index).next().is_none()
                && role_without_certificates(input) == Some(Role::Key);
            let others = || {
                inputs.iter().enumerate().filter(|(other, input)| {
                    *other != index && input.given_role == Some(Role::Client)
                })
            };
            if only_a_key
                && input.given_role == Some(Role::Client)
                && others().any(|(other, _)| entries(other).next().is_some())
            {
                // A directory or a list of a client's files: the key belongs to the certificate.
                return Some(Role::Key);
            }
            input.given_role.or_else(|| {
                let mut own = entries(index).peekable();
                if own.peek().is_none() {
                    return role_without_certificates(input);
                }
                let ca_only = own.all(|entry| entry.role != CertificateRole::EndEntity);
                Some(if ca_only { Role::Bundle } else { Role::Client })
            })
        })
        .collect();
    let open = |index: usize| inputs[index].given_role.is_none();
    let has = |roles: &[Option<Role>], wanted: Role| roles.contains(&Some(wanted));

    if !has(&roles, Role::Bundle) {
        let holds_ca =
            |index: usize| entries(index).any(|entry| entry.role != CertificateRole::EndEntity);
        // The client's own certificate given as the bundle, too.
        let digests = |index: usize| entries(index).map(|entry| entry.sha256).collect::<Vec<_>>();
        let repeats = |index: usize| {
            (0..inputs.len()).any(|other| other != index && digests(other) == digests(index))
        };
        let is_candidate = |index: &usize| matches!(roles[*index], Some(Role::Client) | None);
        let candidates: Vec<usize> = (0..inputs.len()).filter(is_candidate).collect();
        let first = candidates.iter().copied().find(|&index| open(index));
        if let Some(first) = first
            && candidates.len() > 1
            && (roles[first].is_none() || holds_ca(first) || repeats(first))
        {
            roles[first] = Some(Role::Bundle);
        }
    }
    if !has(&roles, Role::Client) {
        // A CA certificate may be what the client was given by mistake.
        let bundles = roles
            .iter()
            .filter(|role| **role == Some(Role::Bundle))
            .count();
        let client = (0..inputs.len()).rev().find(|&index| {
            open(index)
                && roles[index] == Some(Role::Bundle)
                && bundles > 1
                && entries(index)
                    .next()
                    .is_some_and(|entry| looks_like_a_client(entry, graph))
        });
        if let Some(client) = client {
            roles[client] = Some(Role::Client);
        }
    }
    let bundle_known = has(&roles, Role::Bundle);
    roles
        .into_iter()
        .map(|role| {
            role.unwrap_or(if bundle_known {
                Role::Client
            } else {
                Role::Bundle
            })
        })
        .collect()
}

fn role_without_certificates(input: &Input) -> Option<Role> {
    let blocks = &input.contents.blocks;
    if blocks.iter().any(|block| {
        matches!(
            block.kind,
            BlockKind::Certificate | BlockKind::TrustedCertificate
        )
    }) {
        return None;
    }
    if blocks.iter().any(|block| block.kind == BlockKind::Crl) {
        return Some(Role::Crl);
    }
    let key = blocks
        .iter()
        .any(|block| block.kind == BlockKind::PrivateKey);
    key.then_some(Role::Key)
}

/// A CA that issued nothing here and has what only clients need.
fn looks_like_a_client(entry: &Entry<'_>, graph: &Graph) -> bool {
    let certificate = &entry.certificate;
    !graph.issued(entry.first).any(Link::is_valid)
        && !certificate.is_self_issued()
        && (certificate.has_purpose(oid::CLIENT_AUTH) == Some(true)
            || certificate.has_usage(KeyUsage::DIGITAL_SIGNATURE) == Some(true)
                && !certificate.values.subject_alt_names.is_empty())
}
