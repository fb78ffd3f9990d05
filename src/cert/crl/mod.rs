//! Certificate revocation lists (RFC 5280 §5): a tolerant walk that keeps the place of every field.

mod entry;

pub use entry::{Reason, RevokedCertificate};

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use super::Unreadable;
use super::der::{DerError, Reader, Tlv, tag};
use super::distribution::IssuingDistributionPoint;
use super::extension::{Extension, read_authority_key_id};
use super::key::Algorithm;
use super::name::{self, Name};
use super::oid::{self, Oid};
use super::time::Time;
use entry::{Index, significant};

/// Names the field that a step of the walk was in.
trait InField<T> {
    fn in_field(self, field: &'static str) -> Result<T, Unreadable>;
}

impl<T> InField<T> for Result<T, DerError> {
    fn in_field(self, field: &'static str) -> Result<T, Unreadable> {
        self.map_err(|error| Unreadable { field, error })
    }
}

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
        if let Some(list) = &crl.revoked {
            crl.index = Index::build(list).in_field("tbsCertList.revokedCertificates")?;
        }
        Ok(crl)
    }

    fn decode_extensions(&mut self) -> Result<(), DerError> {
        for extension in &self.extensions {
            let mut value = extension.value.children();
            match extension.oid {
                oid::AUTHORITY_KEY_IDENTIFIER => {
                    let fields = value.expect(tag::SEQUENCE, "the key id is not a SEQUENCE")?;
                    self.authority_key_id = read_authority_key_id(&fields)?.key_id;
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

    /// How many certificates the list names.
    #[must_use]
    pub fn entry_count(&self) -> usize {
        self.index.len()
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
        let (at, named) = self.index.find(serial, |named| {
            named.unwrap_or(&self.issuer).is_same(issuer)
        })?;
        let mut reader = Reader::starting_at(self.block, at);
        let mut entry = RevokedCertificate::read(&mut reader).ok()?;
        entry.certificate_issuer = named.cloned();
        Some(entry)
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

    /// The first critical extension of any entry that is not known.
    #[must_use]
    pub fn unknown_critical_in_entry(&self) -> Option<Oid<'a>> {
        self.index.unknown_critical
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

fn parse_extensions<'a>(list: &Tlv<'a>) -> Result<Vec<Extension<'a>>, DerError> {
    let mut extensions = Vec::new();
    let mut list = list.children();
    while !list.is_empty() {
        let extension = list.expect(tag::SEQUENCE, "an extension is not a SEQUENCE")?;
        extensions.push(Extension::parse(extension)?);
    }
    Ok(extensions)
}

/// Compares two non-negative INTEGERs by value.
fn compare(left: Option<&[u8]>, right: Option<&[u8]>) -> Ordering {
    let key = |octets: &[u8]| octets.len();
    left.map(|octets| (key(octets), octets))
        .cmp(&right.map(|octets| (key(octets), octets)))
}
