//! The CRLs among what was read, and what they say.

use std::ops::Range;

use super::{Analysis, Input, InputId};
use crate::cert::Unreadable;
use crate::cert::crl::{Crl, CrlField};
use crate::crypto::Sha256;
use crate::input::BlockKind;
use crate::path::revocation::Checked;
use crate::rules::Place;
use crate::source::Role;

/// A block that holds, or should hold, a CRL.
#[derive(Debug)]
pub struct CrlEntry<'a> {
    /// The source that it stands in.
    pub input: InputId,
    /// Its block's index in the source.
    pub block: usize,
    /// The decoded CRL, or what keeps it from being read.
    pub crl: Result<Crl<'a>, Unreadable>,
    /// The digest of the block's bytes.
    pub sha256: Sha256,
    /// Whether it stands in a bundle of CA certificates, not in a source of CRLs.
    pub in_bundle: bool,
}

impl<'a> Analysis<'a> {
    /// The place of a field of a CRL.
    #[must_use]
    pub fn place_in_crl(&self, entry: &CrlEntry<'a>, field: CrlField<'_>) -> Place {
        let range = match &entry.crl {
            Ok(crl) if field != CrlField::CertificateList => crl.range(field),
            _ => return self.place_of_block(entry.input, entry.block, &field.path()),
        };
        self.place_of_bytes(entry.input, entry.block, range, &field.path())
    }

    /// The place of bytes in a block.
    #[must_use]
    pub fn place_of_bytes(
        &self,
        input: InputId,
        block: usize,
        range: Range<usize>,
        field: &str,
    ) -> Place {
        let contents = self.contents(input);
        let block = &contents.blocks[block];
        Place {
            input,
            span: contents.span_of(self.source(input), block, range),
            field: Some(field.to_owned()),
            certificate: None,
        }
    }

    /// The place of a whole block: its BEGIN boundary.
    pub(super) fn place_of_block(&self, input: InputId, block: usize, field: &str) -> Place {
        Place {
            input,
            span: self.contents(input).blocks[block].begin,
            field: Some(field.to_owned()),
            certificate: None,
        }
    }

    /// Whether each certificate of each path is revoked, by the CRLs that are given; empty without any.
    pub(crate) fn revocation(&self) -> &[Checked] {
        self.revocation
            .get_or_init(|| crate::path::revocation::check_paths(self))
    }
}

/// Reads the CRLs of the sources that are for CRLs, and those that stand in bundles.
pub(super) fn read<'a>(inputs: &'a [Input], roles: &[Role]) -> Vec<CrlEntry<'a>> {
    let mut crls = Vec::new();
    for (index, (input, role)) in inputs.iter().zip(roles).enumerate() {
        if !matches!(role, Role::Crl | Role::Bundle) {
            continue;
        }
        let blocks = input.contents.blocks.iter().enumerate();
        for (block, found) in blocks.filter(|(_, block)| block.kind == BlockKind::Crl) {
            crls.push(CrlEntry {
                input: InputId(index),
                block,
                crl: Crl::parse(&found.der),
                sha256: Sha256::of(&found.der),
                in_bundle: *role == Role::Bundle,
            });
        }
    }
    crls
}
