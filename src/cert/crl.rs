//! Certificate revocation lists (RFC 5280 §5): a tolerant walk that keeps the place of every field.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use super::der::{DerError, Reader, Tlv, tag};
use super::distribution::{DistributionPointName, Reasons, general_names};
use super::extension::{Extension, GeneralName, authority_key_id};
use super::key::Algorithm;
use super::name::{self, Name};
use super::oid::{self, Oid};
use super::time::Time;
use super::{InField, Unreadable};

/// A field of a CRL that a finding can point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of RFC 5280 §5.1")]
pub enum CrlField<'a> {
    CertificateList,
    Version,
    Issuer,
    ThisUpdate,
    NextUpdate,
    RevokedCertificates,
    Extension(Oid<'a>),
    SignatureAlgorithm,
    SignatureValue,
}

impl CrlField<'_> {
    /// The dotted path that reports use.
    #[must_use]
    pub fn path(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::CertificateList => "certificateList",
            Self::Version => "tbsCertList.version",
            Self::Issuer => "tbsCertList.issuer",
            Self::ThisUpdate => "tbsCertList.thisUpdate",
            Self::NextUpdate => "tbsCertList.nextUpdate",
            Self::RevokedCertificates => "tbsCertList.revokedCertificates",
            Self::SignatureAlgorithm => "signatureAlgorithm",
            Self::SignatureValue => "signatureValue",
            Self::Extension(oid) => {
                return Cow::Owned(format!("tbsCertList.crlExtensions.{}", oid.name()));
            }
        })
    }
}

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

/// The certificates that a CRL is only about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnlyContains {
    /// onlyContainsUserCerts.
    UserCertificates,
    /// onlyContainsCACerts.
    CaCertificates,
    /// onlyContainsAttributeCerts.
    AttributeCertificates,
}

/// issuingDistributionPoint (RFC 5280 §5.2.5).
#[derive(Clone, Debug, Default)]
pub struct IssuingDistributionPoint<'a> {
    /// The whole value as it is encoded: a delta must have the same as its base.
    pub raw: &'a [u8],
    /// distributionPoint.
    pub name: Option<DistributionPointName<'a>>,
    /// Which certificates the CRL is limited to.
    pub only_contains: Option<OnlyContains>,
    /// onlySomeReasons.
    pub only_some_reasons: Option<Reasons>,
    /// indirectCRL: entries may be of other issuers.
    pub indirect: bool,
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

/// A CRL. It borrows the bytes of its block.
#[derive(Clone, Debug)]
pub struct Crl<'a> {
    /// The DER, without anything that follows it in its block.
    pub der: &'a [u8],
    /// `TBSCertList`: what the signature covers.
    pub tbs: &'a [u8],
    /// The version as the standard counts: 1 or 2 (other numbers as they are encoded, plus one).
    pub version: u32,
    /// The issuer's name.
    pub issuer: Name<'a>,
    /// thisUpdate; none where it is no date.
    pub this_update: Option<Time>,
    /// nextUpdate; none where it is absent or no date.
    pub next_update: Option<Time>,
    /// The extensions of the CRL in their order.
    pub extensions: Vec<Extension<'a>>,
    /// authorityKeyIdentifier's keyIdentifier.
    pub authority_key_id: Option<&'a [u8]>,
    /// cRLNumber: the octets of its magnitude.
    pub number: Option<&'a [u8]>,
    /// deltaCRLIndicator: the number of the CRL that this one is the difference to.
    pub delta_base: Option<&'a [u8]>,
    /// issuingDistributionPoint.
    pub distribution_point: Option<IssuingDistributionPoint<'a>>,
    /// signatureAlgorithm, outside `TBSCertList`.
    pub signature_algorithm: Algorithm<'a>,
    /// The signature: the BIT STRING without its count of unused bits.
    pub signature: &'a [u8],
    /// The first critical extension of any entry that is not known.
    pub unknown_critical_in_entry: Option<Oid<'a>>,
    block: &'a [u8],
    revoked: Option<Tlv<'a>>,
    index: Index<'a>,
    places: Places,
}

#[derive(Clone, Debug)]
struct Places {
    version: Option<Range<usize>>,
    issuer: Range<usize>,
    this_update: Range<usize>,
    next_update: Option<Range<usize>>,
    signature_algorithm: Range<usize>,
    signature: Range<usize>,
}

/// The entries by serial number, so that a lookup does not walk a list of a million.
#[derive(Clone, Debug, Default)]
struct Index<'a> {
    /// In the order of the serials; entries with one serial in that of the list.
    entries: Vec<Indexed<'a>>,
    /// The certificateIssuer names in the order of the list.
    issuers: Vec<Name<'a>>,
}

#[derive(Clone, Copy, Debug)]
struct Indexed<'a> {
    serial: &'a [u8],
    /// Where the entry starts in the block.
    at: usize,
    /// How many of the issuers were named up to this entry; 0 stands for the CRL's own.
    issuer: usize,
}

/// The fields of `TBSCertList`, before their values are looked at.
struct Fields<'a> {
    version: Option<Tlv<'a>>,
    issuer: Tlv<'a>,
    this_update: Tlv<'a>,
    next_update: Option<Tlv<'a>>,
    revoked: Option<Tlv<'a>>,
    extensions: Vec<Extension<'a>>,
}

impl<'a> Fields<'a> {
    fn parse(tbs: &Tlv<'a>) -> Result<Self, Unreadable> {
        let is_time = |tag: Option<u8>| matches!(tag, Some(tag::UTC_TIME | tag::GENERALIZED_TIME));
        let mut fields = tbs.children();
        let version = fields
            .optional(tag::INTEGER)
            .in_field("tbsCertList.version")?;
        fields
            .expect(tag::SEQUENCE, "it is not a SEQUENCE")
            .in_field("tbsCertList.signature")?;
        let issuer = fields
            .expect(tag::SEQUENCE, "it is not a SEQUENCE")
            .in_field("tbsCertList.issuer")?;
        if !is_time(fields.peek()) {
            return Err(DerError {
                offset: fields.offset(),
                what: "it is not a time",
            })
            .in_field("tbsCertList.thisUpdate");
        }
        let this_update = fields.read().in_field("tbsCertList.thisUpdate")?;
        let next_update = if is_time(fields.peek()) {
            Some(fields.read().in_field("tbsCertList.nextUpdate")?)
        } else {
            None
        };
        let revoked = fields
            .optional(tag::SEQUENCE)
            .in_field("tbsCertList.revokedCertificates")?;
        let mut extensions = Vec::new();
        while !fields.is_empty() {
            let field = fields.read().in_field("tbsCertList")?;
            if field.tag == 0xa0 {
                let list = field
                    .children()
                    .expect(tag::SEQUENCE, "it is not a SEQUENCE");
                extensions = list
                    .and_then(|list| parse_extensions(&list))
                    .in_field("tbsCertList.crlExtensions")?;
            }
        }
        Ok(Self {
            version,
            issuer,
            this_update,
            next_update,
            revoked,
            extensions,
        })
    }
}

impl<'a> Crl<'a> {
    /// Reads the CRL at the start of `block`; what follows it is not looked at.
    ///
    /// # Errors
    /// Structure that DER does not allow anywhere in the CRL, its entries included, and known
    /// extensions that do not decode. Dates that are no dates are no errors.
    pub fn parse(block: &'a [u8]) -> Result<Self, Unreadable> {
        let sequence = "it is not a SEQUENCE";
        let whole = Reader::new(block)
            .expect(tag::SEQUENCE, sequence)
            .in_field("certificateList")?;
        let mut outer = whole.children();
        let tbs = outer
            .expect(tag::SEQUENCE, sequence)
            .in_field("tbsCertList")?;
        let algorithm = outer
            .expect(tag::SEQUENCE, sequence)
            .in_field("signatureAlgorithm")?;
        let signature = outer
            .expect(tag::BIT_STRING, "it is not a BIT STRING")
            .in_field("signatureValue")?;
        let fields = Fields::parse(&tbs)?;
        let version = fields.version.map_or(1, |version| {
            let octets = version.value().iter();
            octets
                .fold(0_u32, |sum, &octet| {
                    sum.saturating_mul(256).saturating_add(octet.into())
                })
                .saturating_add(1)
        });
        let mut crl = Self {
            der: whole.raw(),
            tbs: tbs.raw(),
            version,
            issuer: Name::parse(&fields.issuer).in_field("tbsCertList.issuer")?,
            this_update: Time::parse(&fields.this_update),
            next_update: fields.next_update.as_ref().and_then(Time::parse),
            authority_key_id: None,
            number: None,
            delta_base: None,
            distribution_point: None,
            signature_algorithm: Algorithm::parse(&algorithm).in_field("signatureAlgorithm")?,
            signature: signature.value().get(1..).unwrap_or_default(),
            unknown_critical_in_entry: None,
            block,
            revoked: fields.revoked,
            index: Index::default(),
            places: Places {
                version: fields.version.map(|tlv| tlv.range()),
                issuer: fields.issuer.range(),
                this_update: fields.this_update.range(),
                next_update: fields.next_update.map(|tlv| tlv.range()),
                signature_algorithm: algorithm.range(),
                signature: signature.range(),
            },
            extensions: fields.extensions,
        };
        crl.decode_extensions()
            .in_field("tbsCertList.crlExtensions")?;
        crl.build_index()
            .in_field("tbsCertList.revokedCertificates")?;
        Ok(crl)
    }

    fn decode_extensions(&mut self) -> Result<(), DerError> {
        for extension in &self.extensions {
            let mut value = extension.value.children();
            match extension.oid {
                oid::AUTHORITY_KEY_IDENTIFIER => {
                    let fields = value.expect(tag::SEQUENCE, "the key id is not a SEQUENCE")?;
                    self.authority_key_id = authority_key_id(&fields)?.key_id;
                }
                oid::CRL_NUMBER => {
                    let number = value.expect(tag::INTEGER, "cRLNumber is not an INTEGER")?;
                    self.number = Some(significant(number.value()));
                }
                oid::DELTA_CRL_INDICATOR => {
                    let number = value.expect(tag::INTEGER, "BaseCRLNumber is not an INTEGER")?;
                    self.delta_base = Some(significant(number.value()));
                }
                oid::ISSUING_DISTRIBUTION_POINT => {
                    let fields =
                        value.expect(tag::SEQUENCE, "the distribution point is not a SEQUENCE")?;
                    self.distribution_point = Some(IssuingDistributionPoint::parse(&fields)?);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn build_index(&mut self) -> Result<(), DerError> {
        let Some(list) = self.revoked else {
            return Ok(());
        };
        let mut list = list.children();
        while !list.is_empty() {
            let entry = RevokedCertificate::read(&mut list)?;
            self.index.issuers.extend(entry.certificate_issuer);
            self.index.entries.push(Indexed {
                serial: significant(entry.serial),
                at: entry.range.start,
                issuer: self.index.issuers.len(),
            });
            if self.unknown_critical_in_entry.is_none() {
                self.unknown_critical_in_entry = entry.unknown_critical;
            }
        }
        // Stable, so that entries with one serial keep their order.
        self.index.entries.sort_by_key(|entry| entry.serial);
        Ok(())
    }

    /// How many certificates the list names.
    #[must_use]
    pub fn entry_count(&self) -> usize {
        self.index.entries.len()
    }

    /// The entries in their order, each with the certificateIssuer that it has or inherits.
    pub fn entries(&self) -> impl Iterator<Item = RevokedCertificate<'a>> + use<'a> {
        let mut list = self.revoked.map(|list| list.children());
        let mut issuer: Option<Name<'a>> = None;
        std::iter::from_fn(move || {
            let list = list.as_mut().filter(|list| !list.is_empty())?;
            let mut entry = RevokedCertificate::read(list).ok()?;
            if entry.certificate_issuer.is_some() {
                issuer.clone_from(&entry.certificate_issuer);
            } else {
                entry.certificate_issuer.clone_from(&issuer);
            }
            Some(entry)
        })
    }

    /// The first entry for the certificate with this serial number and issuer.
    ///
    /// Redundant leading zeros of a serial number do not count.
    #[must_use]
    pub fn find(&self, serial: &[u8], issuer: &Name<'_>) -> Option<RevokedCertificate<'a>> {
        let serial = significant(serial);
        let entries = &self.index.entries;
        let start = entries.partition_point(|entry| entry.serial < serial);
        let same = entries[start..]
            .iter()
            .take_while(|entry| entry.serial == serial);
        let entry = same.into_iter().find(|entry| {
            let named = entry.issuer.checked_sub(1);
            let own = named.map_or(&self.issuer, |index| &self.index.issuers[index]);
            own.is_same(issuer)
        })?;
        let mut reader = Reader::starting_at(self.block, entry.at);
        RevokedCertificate::read(&mut reader).ok()
    }

    /// Whether nextUpdate is there, readable or not.
    #[must_use]
    pub fn has_next_update(&self) -> bool {
        self.places.next_update.is_some()
    }

    /// The first critical extension of the CRL itself that RFC 5280 §6.3 does not process.
    #[must_use]
    pub fn unknown_critical(&self) -> Option<Oid<'a>> {
        let unknown =
            |extension: &&Extension<'a>| extension.critical && !PROCESSED.contains(&extension.oid);
        self.extensions
            .iter()
            .find(unknown)
            .map(|extension| extension.oid)
    }

    /// Whether cRLNumber is there and critical, which RFC 5280 §5.2.3 forbids.
    #[must_use]
    pub fn number_is_critical(&self) -> bool {
        let number = |extension: &&Extension<'_>| extension.oid == oid::CRL_NUMBER;
        self.extensions
            .iter()
            .find(number)
            .is_some_and(|number| number.critical)
    }

    /// How this CRL's number compares with that of another; one without a number comes first.
    #[must_use]
    pub fn compare_numbers(&self, other: &Self) -> Ordering {
        compare(self.number, other.number)
    }

    /// Whether a delta CRL with this number and base applies to this complete CRL (RFC 5280 §5.2.4).
    #[must_use]
    pub fn takes_delta(&self, delta: &Crl<'_>) -> bool {
        self.number.is_some()
            && compare(self.number, delta.delta_base) != Ordering::Less
            && compare(self.number, delta.number) == Ordering::Less
    }

    /// The issuer as people call it: its commonName, else the whole name.
    #[must_use]
    pub fn issuer_label(&self) -> String {
        name::label(&self.issuer)
    }

    /// The bytes of a field in the DER; the whole CRL where the field is absent.
    #[must_use]
    pub fn range(&self, field: CrlField<'_>) -> Range<usize> {
        let places = &self.places;
        let range = match field {
            CrlField::CertificateList => None,
            CrlField::Version => places.version.clone(),
            CrlField::Issuer => Some(places.issuer.clone()),
            CrlField::ThisUpdate => Some(places.this_update.clone()),
            CrlField::NextUpdate => places.next_update.clone(),
            CrlField::RevokedCertificates => self.revoked.map(|list| list.range()),
            CrlField::Extension(oid) => {
                let mut extensions = self.extensions.iter();
                let found = extensions.find(|extension| extension.oid == oid);
                found.map(|extension| extension.tlv.range())
            }
            CrlField::SignatureAlgorithm => Some(places.signature_algorithm.clone()),
            CrlField::SignatureValue => Some(places.signature.clone()),
        };
        range.unwrap_or(0..self.der.len())
    }
}

/// The extensions of a CRL that §6.3 processes, and those that say nothing about status.
const PROCESSED: [Oid<'static>; 6] = [
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::CRL_NUMBER,
    oid::DELTA_CRL_INDICATOR,
    oid::ISSUING_DISTRIBUTION_POINT,
    oid::FRESHEST_CRL,
    oid::ISSUER_ALT_NAME,
];

impl<'a> IssuingDistributionPoint<'a> {
    fn parse(value: &Tlv<'a>) -> Result<Self, DerError> {
        let mut point = Self {
            raw: value.raw(),
            ..Self::default()
        };
        let mut fields = value.children();
        while !fields.is_empty() {
            let field = fields.read()?;
            let is_set = || field.value() != [0];
            let only = match field.tag {
                0x81 => Some(OnlyContains::UserCertificates),
                0x82 => Some(OnlyContains::CaCertificates),
                0x85 => Some(OnlyContains::AttributeCertificates),
                _ => None,
            };
            match field.tag {
                0xa0 => point.name = Some(DistributionPointName::parse(&field)?),
                0x83 => point.only_some_reasons = Some(Reasons::parse(field.value())),
                0x84 => point.indirect = is_set(),
                _ if only.is_some() && is_set() => {
                    if point.only_contains.is_some() {
                        return Err(DerError {
                            offset: field.start,
                            what: "the CRL is limited to two kinds of certificates at once",
                        });
                    }
                    point.only_contains = only;
                }
                _ => {}
            }
        }
        Ok(point)
    }
}

impl<'a> RevokedCertificate<'a> {
    /// Reads the next entry of a list; certificateIssuer is not inherited here.
    fn read(list: &mut Reader<'a>) -> Result<Self, DerError> {
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
                let name = names.iter().find_map(GeneralName::directory_name);
                // Without a name it is not known whose certificates this and the next entries are.
                self.certificate_issuer = Some(name.ok_or(DerError {
                    offset: extension.value.start,
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

fn parse_extensions<'a>(list: &Tlv<'a>) -> Result<Vec<Extension<'a>>, DerError> {
    let mut extensions = Vec::new();
    let mut list = list.children();
    while !list.is_empty() {
        let extension = list.expect(tag::SEQUENCE, "an extension is not a SEQUENCE")?;
        extensions.push(Extension::parse(extension)?);
    }
    Ok(extensions)
}

/// An INTEGER's content octets without redundant leading zeros.
fn significant(mut octets: &[u8]) -> &[u8] {
    while let [0, rest @ ..] = octets
        && rest.first().is_some_and(|&next| next < 0x80)
    {
        octets = rest;
    }
    octets
}

/// Compares two non-negative INTEGERs by value.
fn compare(left: Option<&[u8]>, right: Option<&[u8]>) -> Ordering {
    let key = |octets: &[u8]| octets.len();
    left.map(|octets| (key(octets), octets))
        .cmp(&right.map(|octets| (key(octets), octets)))
}
