//! CRLs as BoringSSL reads them.
//!
//! Source: BoringSSL `crypto/x509/x_crl.cc` (`crl_cb`, `crl_parse_entry_extensions`, `crl_lookup`).

use std::collections::HashSet;

use super::der::{self, BitString, DerTime, Integer, Reader, constructed};
use super::general_name::{AuthorityKeyId, IssuingPoint};
use super::name::Name;
use super::x509::{AlgorithmId, Decoded, Extension};
use crate::cert::oid;

/// A revocation list.
#[derive(Clone, Debug)]
pub(super) struct Crl {
    /// The list, without anything that follows it.
    pub(super) der: Vec<u8>,
    pub(super) tbs: Vec<u8>,
    pub(super) tbs_algorithm: AlgorithmId,
    pub(super) algorithm: AlgorithmId,
    pub(super) signature: BitString,
    pub(super) issuer: Name,
    pub(super) this_update: DerTime,
    pub(super) next_update: Option<DerTime>,
    pub(super) authority_key_id: Option<AuthorityKeyId>,
    pub(super) issuing_point: Option<IssuingPoint>,
    /// A critical extension that is not known, in the list or in an entry.
    pub(super) has_unknown_critical: bool,
    revoked: HashSet<Vec<u8>>,
}

impl Crl {
    /// Reads the list at the start of `block`; none where BoringSSL cannot.
    pub(super) fn parse(block: &[u8]) -> Option<Self> {
        let whole = Reader(block).any()?;
        if whole.tag != der::SEQUENCE {
            return None;
        }
        let mut outer = Reader(whole.value);
        let tbs_element = outer.any()?;
        if tbs_element.tag != der::SEQUENCE {
            return None;
        }
        let algorithm = AlgorithmId::parse(&mut outer)?;
        let signature = outer.bit_string(der::BIT_STRING)?;
        outer.end()?;

        let mut tbs = Reader(tbs_element.value);
        let is_v2 = if tbs.is_next(der::INTEGER) {
            // Version 1 is the default and must not be written.
            if tbs.integer(der::INTEGER)?.to_u64()? != 1 {
                return None;
            }
            true
        } else {
            false
        };
        let tbs_algorithm = AlgorithmId::parse(&mut tbs)?;
        let issuer = Name::parse(&mut tbs)?;
        let this_update = tbs.time()?;
        let next_update = if is_time_next(tbs) {
            Some(tbs.time()?)
        } else {
            None
        };
        let mut entries = Entries::default();
        if let Some(list) = tbs.optional(der::SEQUENCE)? {
            entries.read(list, is_v2)?;
        }
        let extensions = match tbs.optional(constructed(0))? {
            Some(mut explicit) => {
                let extensions = Extension::parse_all(&mut explicit)?;
                explicit.end()?;
                if !is_v2 || extensions.is_empty() {
                    return None;
                }
                extensions
            }
            None => Vec::new(),
        };
        tbs.end()?;
        let point = Decoded::find(&extensions, oid::ISSUING_DISTRIBUTION_POINT, |value| {
            IssuingPoint::parse(value, &issuer)
        });
        let authority = Decoded::find(
            &extensions,
            oid::AUTHORITY_KEY_IDENTIFIER,
            AuthorityKeyId::parse,
        );
        let known = [
            oid::ISSUING_DISTRIBUTION_POINT.0,
            oid::AUTHORITY_KEY_IDENTIFIER.0,
        ];
        let has_unknown = extensions
            .iter()
            .any(|one| one.is_critical && !known.contains(&one.oid.as_slice()));
        Some(Self {
            der: whole.raw.to_vec(),
            tbs: tbs_element.raw.to_vec(),
            tbs_algorithm,
            algorithm,
            signature,
            this_update,
            next_update,
            authority_key_id: present(authority)?,
            issuing_point: present(point)?,
            issuer,
            has_unknown_critical: has_unknown || entries.has_critical,
            revoked: entries.serials,
        })
    }

    /// Whether the list names this serial number, whatever the reason.
    pub(super) fn revokes(&self, serial: &Integer) -> bool {
        self.revoked.contains(&serial.0)
    }
}

/// None where an extension that must decode does not.
fn present<T>(decoded: Decoded<T>) -> Option<Option<T>> {
    match decoded {
        Decoded::Present(value) => Some(Some(value)),
        Decoded::Absent => Some(None),
        Decoded::Invalid => None,
    }
}

fn is_time_next(reader: Reader<'_>) -> bool {
    reader.is_next(der::UTC_TIME) || reader.is_next(der::GENERALIZED_TIME)
}

#[derive(Debug, Default)]
struct Entries {
    serials: HashSet<Vec<u8>>,
    has_critical: bool,
}

impl Entries {
    fn read(&mut self, mut list: Reader<'_>, is_v2: bool) -> Option<()> {
        // BoringSSL looks at no extension after the first entry whose reasonCode does not decode.
        let mut looks_at_extensions = true;
        while !list.is_empty() {
            let mut fields = list.take(der::SEQUENCE)?;
            self.serials.insert(fields.integer(der::INTEGER)?.0);
            fields.time()?;
            if fields.is_next(der::SEQUENCE) {
                let extensions = Extension::parse_all(&mut fields)?;
                if looks_at_extensions {
                    if !is_v2 || extensions.is_empty() {
                        return None;
                    }
                    let reason = Decoded::find(&extensions, oid::REASON_CODE, |value| {
                        value.integer(der::ENUMERATED)
                    });
                    looks_at_extensions = !matches!(reason, Decoded::Invalid);
                    self.has_critical |=
                        looks_at_extensions && extensions.iter().any(|one| one.is_critical);
                }
            }
            fields.end()?;
        }
        Some(())
    }
}
