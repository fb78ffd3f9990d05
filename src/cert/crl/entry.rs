//! The entries of a CRL (RFC 5280 §5.3), and the index over them.

use std::ops::Range;

use super::parse_extensions;
use crate::cert::der::{DerError, Reader, Tlv, tag};
use crate::cert::distribution::general_names;
use crate::cert::extension::{Extension, GeneralName};
use crate::cert::name::Name;
use crate::cert::oid::{self, Oid};
use crate::cert::time::Time;

/// `CRLReason` (RFC 5280 §5.3.1), as its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason(pub u8);

impl Reason {
    /// The entry takes a certificate off the list again; only in delta CRLs.
    pub const REMOVE_FROM_CRL: Self = Self(8);

    /// The reason's name in RFC 5280.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self.0 {
            0 => "unspecified",
            1 => "keyCompromise",
            2 => "cACompromise",
            3 => "affiliationChanged",
            4 => "superseded",
            5 => "cessationOfOperation",
            6 => "certificateHold",
            8 => "removeFromCRL",
            9 => "privilegeWithdrawn",
            10 => "aACompromise",
            _ => "unknown reason",
        }
    }
}

/// One entry of revokedCertificates.
#[derive(Clone, Debug)]
pub struct RevokedCertificate<'a> {
    /// The serial number's content octets.
    pub serial: &'a [u8],
    /// reasonCode.
    pub reason: Option<Reason>,
    /// certificateIssuer, of this entry or inherited; none stands for the CRL's issuer.
    pub certificate_issuer: Option<Name<'a>>,
    /// The first critical extension of the entry that is not known.
    pub unknown_critical: Option<Oid<'a>>,
    /// Where the entry stands in the DER.
    pub range: Range<usize>,
    date: Tlv<'a>,
}

impl<'a> RevokedCertificate<'a> {
    /// Reads the next entry of a list; certificateIssuer is not inherited here.
    pub(super) fn read(list: &mut Reader<'a>) -> Result<Self, DerError> {
        let entry = list.expect(tag::SEQUENCE, "an entry is not a SEQUENCE")?;
        let mut fields = entry.children();
        let serial = fields.expect(tag::INTEGER, "a serial number is not an INTEGER")?;
        let mut revoked = Self {
            serial: serial.value(),
            reason: None,
            certificate_issuer: None,
            unknown_critical: None,
            range: entry.range(),
            date: fields.read()?,
        };
        if let Some(list) = fields.optional(tag::SEQUENCE)? {
            for extension in parse_extensions(&list)? {
                revoked.add(&extension)?;
            }
        }
        Ok(revoked)
    }

    /// revocationDate; none where it is no date.
    #[must_use]
    pub fn date(&self) -> Option<Time> {
        Time::parse(&self.date)
    }

    fn add(&mut self, extension: &Extension<'a>) -> Result<(), DerError> {
        let mut value = extension.value.children();
        match extension.oid {
            oid::REASON_CODE => {
                let code = value.expect(tag::ENUMERATED, "reasonCode is not an ENUMERATED")?;
                self.reason = code.value().last().copied().map(Reason);
            }
            oid::CERTIFICATE_ISSUER => {
                let names = value.expect(tag::SEQUENCE, "certificateIssuer is not a SEQUENCE")?;
                let names = general_names(names.children())?;
                let mut names = names
                    .iter()
                    .filter(|name| name.kind == GeneralName::DIRECTORY_NAME);
                let name = names.find_map(|name| name.directory_name().ok());
                // Without a name it is not known whose certificates this and the next entries are.
                self.certificate_issuer = Some(name.ok_or(DerError {
                    offset: extension.value.start(),
                    what: "certificateIssuer has no directoryName",
                })?);
            }
            oid::INVALIDITY_DATE => {}
            other if extension.critical && self.unknown_critical.is_none() => {
                self.unknown_critical = Some(other);
            }
            _ => {}
        }
        Ok(())
    }
}

/// The entries by serial number, so that a lookup does not walk a list of a million.
#[derive(Clone, Debug, Default)]
pub(super) struct Index<'a> {
    /// In the order of the serials; entries with one serial in that of the list.
    entries: Vec<Indexed<'a>>,
    /// The certificateIssuer names in the order of the list.
    issuers: Vec<Name<'a>>,
    /// The first critical extension of any entry that is not known.
    pub(super) unknown_critical: Option<Oid<'a>>,
}

#[derive(Clone, Copy, Debug)]
struct Indexed<'a> {
    serial: &'a [u8],
    /// Where the entry starts in the block.
    at: usize,
    /// How many of the issuers were named up to this entry; 0 stands for the CRL's own.
    issuer: usize,
}

impl<'a> Index<'a> {
    /// Walks the whole list once.
    pub(super) fn build(list: &Tlv<'a>) -> Result<Self, DerError> {
        let mut index = Self::default();
        let mut list = list.children();
        while !list.is_empty() {
            let entry = RevokedCertificate::read(&mut list)?;
            index.issuers.extend(entry.certificate_issuer);
            index.entries.push(Indexed {
                serial: significant(entry.serial),
                at: entry.range.start,
                issuer: index.issuers.len(),
            });
            index.unknown_critical = index.unknown_critical.or(entry.unknown_critical);
        }
        // Stable, so that entries with one serial keep their order.
        index.entries.sort_by_key(|entry| entry.serial);
        Ok(index)
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Where the first entry with this serial starts whose certificateIssuer, its own or inherited,
    /// is the right one; with that name.
    pub(super) fn find(
        &self,
        serial: &[u8],
        is_issuer: impl Fn(Option<&Name<'a>>) -> bool,
    ) -> Option<(usize, Option<&Name<'a>>)> {
        let serial = significant(serial);
        let start = self.entries.partition_point(|entry| entry.serial < serial);
        let same = self.entries[start..]
            .iter()
            .take_while(|entry| entry.serial == serial);
        let mut named = same.map(|entry| {
            let issuer = entry.issuer.checked_sub(1);
            (entry.at, issuer.map(|index| &self.issuers[index]))
        });
        named.find(|(_, issuer)| is_issuer(*issuer))
    }
}

/// An INTEGER's content octets without redundant leading zeros.
pub(super) fn significant(mut octets: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = octets
        && rest.first().is_some_and(|&next| next < 0x80)
    {
        octets = rest;
    }
    octets
}
