//! The entries of authorityInfoAccess and subjectInfoAccess (RFC 5280 §4.2.2).

use super::GeneralName;
use crate::cert::der::{Tlv, tag};
use crate::cert::oid::Oid;

/// `AccessDescription` (RFC 5280 §4.2.2.1).
#[derive(Clone, Copy, Debug)]
pub struct AccessDescription<'a> {
    /// accessMethod.
    pub method: Oid<'a>,
    /// accessLocation.
    pub location: GeneralName<'a>,
    /// The whole entry.
    pub tlv: Tlv<'a>,
}

impl<'a> AccessDescription<'a> {
    pub(super) fn of(tlv: Tlv<'a>) -> Option<Self> {
        let mut fields = tlv.children();
        let method = fields.optional(tag::OID).ok()??;
        Some(Self {
            method: Oid(method.value()),
            location: GeneralName::of(fields.read().ok()?),
            tlv,
        })
    }
}
