//! nameConstraints (RFC 5280 §4.2.1.10).

use super::{GeneralName, clamped, not_a_general_name};
use crate::cert::der::{DerError, Tlv, tag};

/// nameConstraints (RFC 5280 §4.2.1.10).
#[derive(Clone, Debug)]
pub struct NameConstraints<'a> {
    /// Whether the extension is critical.
    pub critical: bool,
    /// permittedSubtrees; none where the field is absent.
    pub permitted: Option<Vec<Subtree<'a>>>,
    /// excludedSubtrees; none where the field is absent.
    pub excluded: Option<Vec<Subtree<'a>>>,
}

impl<'a> NameConstraints<'a> {
    pub(super) fn parse(value: &Tlv<'a>, critical: bool) -> Result<Self, DerError> {
        let mut fields = value.children();
        let permitted = fields.optional(0xa0)?;
        let excluded = fields.optional(0xa1)?;
        if !fields.is_empty() {
            return Err(DerError {
                offset: fields.offset(),
                what: "an element that NameConstraints does not have",
            });
        }
        Ok(Self {
            critical,
            permitted: permitted.as_ref().map(subtrees).transpose()?,
            excluded: excluded.as_ref().map(subtrees).transpose()?,
        })
    }

    /// Every subtree, those that are permitted first.
    pub fn subtrees(&self) -> impl Iterator<Item = &Subtree<'a>> {
        self.permitted.iter().chain(&self.excluded).flatten()
    }
}

/// `GeneralSubtree`: a part of the name space of one name form.
#[derive(Clone, Copy, Debug)]
pub struct Subtree<'a> {
    /// base.
    pub base: GeneralName<'a>,
    /// minimum where it is there, clamped to what `i64` holds; its default is 0.
    pub minimum: Option<i64>,
    /// maximum where it is there, clamped to what `i64` holds.
    pub maximum: Option<i64>,
    /// The whole subtree.
    pub tlv: Tlv<'a>,
}

fn subtrees<'a>(list: &Tlv<'a>) -> Result<Vec<Subtree<'a>>, DerError> {
    let mut elements = list.children();
    let mut subtrees = Vec::new();
    while !elements.is_empty() {
        let tlv = elements.expect(tag::SEQUENCE, "a subtree is not a SEQUENCE")?;
        let mut fields = tlv.children();
        let base = GeneralName::of(fields.read()?);
        if !base.is_legal() {
            return Err(not_a_general_name(base.tlv));
        }
        let minimum = fields.optional(0x80)?;
        let maximum = fields.optional(0x81)?;
        if !fields.is_empty() {
            return Err(DerError {
                offset: fields.offset(),
                what: "an element that GeneralSubtree does not have",
            });
        }
        subtrees.push(Subtree {
            base,
            minimum: minimum.map(|integer| clamped(integer.value())),
            maximum: maximum.map(|integer| clamped(integer.value())),
            tlv,
        });
    }
    Ok(subtrees)
}
