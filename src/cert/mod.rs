//! Certificates: the raw DER, a decoded view of it, and the place of every field.

pub mod conformance;
pub mod crl;
pub mod der;
pub mod distribution;
pub mod extension;
pub mod key;
pub mod name;
pub mod oid;
pub mod pss;
pub mod time;
mod walk;

use std::borrow::Cow;
use std::ops::Range;

use der::{DerError, Reader, Tlv, tag};
use extension::{Extension, KeyUsage, Values};
use key::{Algorithm, PublicKey};
use name::Name;
use oid::Oid;
use time::Time;
use walk::{Tail, Walk};

/// A field of a certificate that a finding can point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of RFC 5280 §4.1")]
pub enum Field<'a> {
    Certificate,
    Version,
    SerialNumber,
    Signature,
    Issuer,
    NotBefore,
    NotAfter,
    Subject,
    SubjectPublicKeyInfo,
    IssuerUniqueId,
    SubjectUniqueId,
    Extensions,
    Extension(Oid<'a>),
    SignatureAlgorithm,
    SignatureValue,
}

impl Field<'_> {
    /// Every field but the certificate as a whole and its extensions.
    pub const ALL: [Field<'static>; 13] = [
        Field::Version,
        Field::SerialNumber,
        Field::Signature,
        Field::Issuer,
        Field::NotBefore,
        Field::NotAfter,
        Field::Subject,
        Field::SubjectPublicKeyInfo,
        Field::IssuerUniqueId,
        Field::SubjectUniqueId,
        Field::Extensions,
        Field::SignatureAlgorithm,
        Field::SignatureValue,
    ];

    /// The dotted path that reports use.
    #[must_use]
    pub fn path(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Certificate => "certificate",
            Self::Version => "tbsCertificate.version",
            Self::SerialNumber => "tbsCertificate.serialNumber",
            Self::Signature => "tbsCertificate.signature",
            Self::Issuer => "tbsCertificate.issuer",
            Self::NotBefore => "tbsCertificate.validity.notBefore",
            Self::NotAfter => "tbsCertificate.validity.notAfter",
            Self::Subject => "tbsCertificate.subject",
            Self::SubjectPublicKeyInfo => "tbsCertificate.subjectPublicKeyInfo",
            Self::IssuerUniqueId => "tbsCertificate.issuerUniqueID",
            Self::SubjectUniqueId => "tbsCertificate.subjectUniqueID",
            Self::Extensions => "tbsCertificate.extensions",
            Self::SignatureAlgorithm => "signatureAlgorithm",
            Self::SignatureValue => "signatureValue",
            Self::Extension(oid) => {
                return Cow::Owned(format!("tbsCertificate.extensions.{}", oid.name()));
            }
        })
    }
}

/// A problem that keeps a certificate from being read: the field and the byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The field in which reading stopped.
    pub field: &'static str,
    /// The byte, counted in the DER, and what is wrong there.
    pub error: DerError,
}

impl Unreadable {
    /// Whether it is about a length around fields, which may decode all the same.
    #[must_use]
    pub fn is_frame(&self) -> bool {
        matches!(self.field, "certificate" | "tbsCertificate")
    }
}

/// A certificate, decoded as far as rules need it. It borrows the bytes of its block.
#[derive(Clone, Debug)]
pub struct Certificate<'a> {
    /// The DER, without anything that follows it in its block.
    pub der: &'a [u8],
    /// TBSCertificate: what the signature covers.
    pub tbs: &'a [u8],
    /// The version as the standard counts: 1, 2 or 3 (other numbers as they are encoded, plus one).
    pub version: u32,
    /// The serial number's content octets.
    pub serial: &'a [u8],
    /// signature, inside TBSCertificate: the same algorithm as [`Self::signature_algorithm`], if all is well.
    pub inner_algorithm: Algorithm<'a>,
    /// The issuer's name.
    pub issuer: Name<'a>,
    /// notBefore; none where it is no date.
    pub not_before: Option<Time>,
    /// notAfter; none where it is no date.
    pub not_after: Option<Time>,
    /// The two dates as they are encoded.
    pub validity: [Tlv<'a>; 2],
    /// The subject's name.
    pub subject: Name<'a>,
    /// The public key.
    pub key: PublicKey<'a>,
    /// issuerUniqueID and subjectUniqueID, which only version 2 and 3 may have.
    pub unique_ids: [Option<Tlv<'a>>; 2],
    /// The extensions in their order.
    pub extensions: Vec<Extension<'a>>,
    /// The decoded values of the extensions.
    pub values: Values<'a>,
    /// signatureAlgorithm, outside TBSCertificate.
    pub signature_algorithm: Algorithm<'a>,
    /// The signature: the BIT STRING without its count of unused bits.
    pub signature: &'a [u8],
    /// A bit for each extension that is there: most that rules ask for are not.
    extension_filter: u64,
    places: Places,
}

#[derive(Clone, Debug)]
struct Places {
    version: Option<Range<usize>>,
    serial: Range<usize>,
    inner_algorithm: Range<usize>,
    issuer: Range<usize>,
    subject: Range<usize>,
    key: Range<usize>,
    extensions: Option<Range<usize>>,
    signature_algorithm: Range<usize>,
    signature: Range<usize>,
}

impl<'a> Certificate<'a> {
    /// Reads the certificate at the start of `block`; what follows it is not looked at.
    ///
    /// # Errors
    /// Structure that DER does not allow, up to the signature. Dates that are no dates and
    /// extensions whose values do not decode are no errors: the rest is still of use.
    pub fn parse(block: &'a [u8]) -> Result<Self, Unreadable> {
        let (certificate, defects) = Self::parse_what_decodes(block)?;
        defects.into_iter().next().map_or(Ok(certificate), Err)
    }

    /// Reads what can be read of the certificate at the start of `block`, and says what cannot; fields that
    /// do not decode are empty.
    ///
    /// # Errors
    /// There is nothing in it that could be a certificate.
    pub fn parse_what_decodes(block: &'a [u8]) -> Result<(Self, Vec<Unreadable>), Unreadable> {
        let mut walk = Walk::default();
        let Some(whole) = walk.frame(&mut Reader::new(block), "certificate") else {
            return Err(walk.defects.remove(0));
        };
        let mut outer = whole.children();
        let nothing = outer.nothing();
        let tbs = walk.frame(&mut outer, "tbsCertificate").unwrap_or(nothing);
        let algorithm_tlv = walk.sequence(&mut outer, "signatureAlgorithm");
        let what = "it is not a BIT STRING";
        let signature_tlv = walk.element(&mut outer, tag::BIT_STRING, what, "signatureValue");

        let mut fields = tbs.children();
        let version_tlv = fields.optional(0xa0);
        let version_tlv = walk.or("tbsCertificate.version", version_tlv, None);
        let version = walk.version(version_tlv);
        let what = "it is not an INTEGER";
        let field = "tbsCertificate.serialNumber";
        let serial = walk.element(&mut fields, tag::INTEGER, what, field);
        let inner_algorithm_tlv = walk.sequence(&mut fields, "tbsCertificate.signature");
        let issuer_tlv = walk.sequence(&mut fields, "tbsCertificate.issuer");
        let validity = walk.sequence(&mut fields, "tbsCertificate.validity");
        let mut dates = validity.children();
        let nothing = dates.nothing();
        let not_before = dates.read();
        let not_before = walk.or("tbsCertificate.validity.notBefore", not_before, nothing);
        let nothing = dates.nothing();
        let not_after = walk.or("tbsCertificate.validity.notAfter", dates.read(), nothing);
        let subject_tlv = walk.sequence(&mut fields, "tbsCertificate.subject");
        let key_tlv = walk.sequence(&mut fields, "tbsCertificate.subjectPublicKeyInfo");

        let Tail {
            unique_ids,
            extensions,
            extensions_range,
        } = walk.tail(fields);

        let inner_algorithm = Algorithm::parse(&inner_algorithm_tlv);
        let issuer = Name::parse(&issuer_tlv);
        let subject = Name::parse(&subject_tlv);
        let key = PublicKey::parse(&key_tlv);
        let signature_algorithm = Algorithm::parse(&algorithm_tlv);
        let certificate = Self {
            der: whole.raw(),
            tbs: tbs.raw(),
            version,
            serial: serial.value(),
            issuer: walk.or("tbsCertificate.issuer", issuer, Name::nothing(&issuer_tlv)),
            not_before: Time::parse(&not_before),
            not_after: Time::parse(&not_after),
            validity: [not_before, not_after],
            subject: walk.or(
                "tbsCertificate.subject",
                subject,
                Name::nothing(&subject_tlv),
            ),
            key: walk.or(
                "tbsCertificate.subjectPublicKeyInfo",
                key,
                PublicKey::nothing(&key_tlv),
            ),
            inner_algorithm: walk.or(
                "tbsCertificate.signature",
                inner_algorithm,
                Algorithm::nothing(&inner_algorithm_tlv),
            ),
            unique_ids,
            extension_filter: extensions
                .iter()
                .fold(0, |filter, extension| filter | filter_bit(extension.oid)),
            values: Values::decode(&extensions),
            extensions,
            signature_algorithm: walk.or(
                "signatureAlgorithm",
                signature_algorithm,
                Algorithm::nothing(&algorithm_tlv),
            ),
            signature: signature_tlv.value().get(1..).unwrap_or_default(),
            places: Places {
                version: version_tlv.map(|tlv| tlv.range()),
                serial: serial.range(),
                inner_algorithm: inner_algorithm_tlv.range(),
                issuer: issuer_tlv.range(),
                subject: subject_tlv.range(),
                key: key_tlv.range(),
                extensions: extensions_range,
                signature_algorithm: algorithm_tlv.range(),
                signature: signature_tlv.range(),
            },
        };
        Ok((certificate, walk.defects))
    }

    /// The bytes of a field in the DER; the whole certificate where the field is absent.
    #[must_use]
    pub fn range(&self, field: Field<'_>) -> Range<usize> {
        let range = match field {
            Field::Certificate => None,
            Field::Version => self.places.version.clone(),
            Field::SerialNumber => Some(self.places.serial.clone()),
            Field::Signature => Some(self.places.inner_algorithm.clone()),
            Field::Issuer => Some(self.places.issuer.clone()),
            Field::NotBefore => Some(self.validity[0].range()),
            Field::NotAfter => Some(self.validity[1].range()),
            Field::Subject => Some(self.places.subject.clone()),
            Field::SubjectPublicKeyInfo => Some(self.places.key.clone()),
            Field::IssuerUniqueId => self.unique_ids[0].map(|id| id.range()),
            Field::SubjectUniqueId => self.unique_ids[1].map(|id| id.range()),
            Field::Extensions => self.places.extensions.clone(),
            Field::Extension(oid) => self
                .extension(oid)
                .map(|extension| extension.tlv.range())
                .or_else(|| self.places.extensions.clone()),
            Field::SignatureAlgorithm => Some(self.places.signature_algorithm.clone()),
            Field::SignatureValue => Some(self.places.signature.clone()),
        };
        range.unwrap_or(0..self.der.len())
    }

    /// The field that a byte of the DER stands in.
    #[must_use]
    pub fn field_at(&self, offset: usize) -> Field<'a> {
        let mut extensions = self.extensions.iter();
        if let Some(extension) = extensions.find(|one| one.tlv.range().contains(&offset)) {
            return Field::Extension(extension.oid);
        }
        let mut fields = Field::ALL.into_iter().filter(|field| {
            let range = self.range(*field);
            range.len() < self.der.len() && range.contains(&offset)
        });
        fields.next().unwrap_or(Field::Certificate)
    }

    /// The first extension with this identifier.
    #[must_use]
    pub fn extension(&self, oid: Oid<'_>) -> Option<&Extension<'a>> {
        if self.extension_filter & filter_bit(oid) == 0 {
            return None;
        }
        self.extensions
            .iter()
            .find(|extension| extension.oid.is(oid))
    }

    /// An extension that stands there twice, if one does.
    #[must_use]
    pub fn repeated_extension(&self) -> Option<Oid<'a>> {
        // Of a few, each pair is compared.
        if self.extensions.len() <= 16 {
            let all = self.extensions.iter().enumerate();
            let mut repeated = all.filter(|(at, one)| {
                self.extensions[..*at]
                    .iter()
                    .any(|other| other.oid.is(one.oid))
            });
            return repeated.next().map(|(_, one)| one.oid);
        }
        let mut oids: Vec<Oid<'a>> = self.extensions.iter().map(|one| one.oid).collect();
        oids.sort_unstable();
        let mut pairs = oids.windows(2);
        pairs.find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
    }

    /// The subject as people call it: its commonName, else the whole name.
    #[must_use]
    pub fn label(&self) -> String {
        name::label(&self.subject)
    }

    /// The issuer as people call it: its commonName, else the whole name.
    #[must_use]
    pub fn issuer_label(&self) -> String {
        name::label(&self.issuer)
    }

    /// The issuer's key id, as authorityKeyIdentifier gives it.
    #[must_use]
    pub fn issuer_key_id(&self) -> Option<&'a [u8]> {
        let id = self.values.authority_key_id.as_ref()?;
        id.key_id
    }

    /// Whether subject and issuer are the same name by RFC 5280 §7.1.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.subject.is_same(&self.issuer)
    }

    /// Whether basicConstraints says that this is a CA.
    #[must_use]
    pub fn says_ca(&self) -> bool {
        self.values
            .basic_constraints
            .is_some_and(|constraints| constraints.ca)
    }

    /// Whether keyUsage has this bit; none without keyUsage.
    #[must_use]
    pub fn has_usage(&self, bit: u32) -> Option<bool> {
        self.values.key_usage.map(|usage: KeyUsage| usage.has(bit))
    }

    /// Whether extKeyUsage lists this purpose; none without extKeyUsage.
    #[must_use]
    pub fn has_purpose(&self, purpose: Oid<'_>) -> Option<bool> {
        let purposes = self.values.extended_key_usage.as_ref()?;
        Some(purposes.contains(&purpose))
    }

    /// Whether the certificate is within its dates at `time`; false where a date is unreadable.
    #[must_use]
    pub fn is_valid_at(&self, time: Time) -> bool {
        self.not_before.is_some_and(|date| date <= time)
            && self.not_after.is_some_and(|date| time <= date)
    }
}

/// The bit of `extension_filter` for an identifier; several share one.
fn filter_bit(oid: Oid<'_>) -> u64 {
    let last = oid.0.last().copied().unwrap_or_default();
    1 << (usize::from(last).wrapping_add(oid.0.len() << 4) & 63)
}

/// Octets as lower-case hexadecimal, with a colon between them: `a1:b2:c3`.
#[must_use]
pub fn hex(octets: &[u8]) -> String {
    let mut text = String::with_capacity(3 * octets.len());
    for (index, octet) in octets.iter().enumerate() {
        if index > 0 {
            text.push(':');
        }
        push_hex(*octet, &mut text);
    }
    text
}

/// Octets as lower-case hexadecimal with nothing between them: `a1b2c3`.
#[must_use]
pub fn hex_digits(octets: &[u8]) -> String {
    let digits = octets.iter().flat_map(|octet| digits_of(*octet));
    String::from_utf8(digits.collect()).unwrap_or_default()
}

fn push_hex(octet: u8, text: &mut String) {
    text.extend(digits_of(octet).map(char::from));
}

fn digits_of(octet: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [
        DIGITS[usize::from(octet >> 4)],
        DIGITS[usize::from(octet & 15)],
    ]
}
