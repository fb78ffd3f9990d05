//! Extensions and the values that rules ask for.

pub mod access;
mod name_constraints;
pub mod policies;

use super::der::{DerError, Reader, Tlv, tag};
use super::distribution::DistributionPoint;
use super::name::Name;
use super::oid::{self, Oid};
pub use name_constraints::{NameConstraints, Subtree};

use access::AccessDescription;
use policies::{Mapping, Policy, PolicyConstraints};

/// One extension as it stands in the certificate.
#[derive(Clone, Copy, Debug)]
pub struct Extension<'a> {
    /// Its identifier.
    pub oid: Oid<'a>,
    /// Whether it is critical.
    pub critical: bool,
    /// The whole extension.
    pub tlv: Tlv<'a>,
    /// Its value: the content of the OCTET STRING.
    pub value: Tlv<'a>,
}

impl<'a> Extension<'a> {
    pub(super) fn parse(sequence: Tlv<'a>) -> Result<Self, DerError> {
        let mut fields = sequence.children();
        let oid = fields.expect(tag::OID, "an extension without an OID")?;
        let critical = fields
            .optional(tag::BOOLEAN)?
            .is_some_and(|boolean| boolean.value() != [0]);
        let value = fields.expect(tag::OCTET_STRING, "an extension without a value")?;
        Ok(Self {
            oid: Oid(oid.value()),
            critical,
            tlv: sequence,
            value,
        })
    }

    /// The entries of authorityInfoAccess or subjectInfoAccess, as far as they decode.
    pub fn access_descriptions(&self) -> impl Iterator<Item = AccessDescription<'a>> + use<'a> {
        let list = self.value.children().optional(tag::SEQUENCE).ok().flatten();
        list.into_iter()
            .flat_map(|list| list.children().elements())
            .filter_map(AccessDescription::of)
    }
}

/// keyUsage (RFC 5280 §4.2.1.3): bit 0 is digitalSignature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUsage(pub u16);

impl KeyUsage {
    /// The names of the bits, by number.
    pub const NAMES: [&'static str; 9] = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
        "encipherOnly",
        "decipherOnly",
    ];
    /// The bit digitalSignature.
    pub const DIGITAL_SIGNATURE: u32 = 0;
    /// The bit nonRepudiation.
    pub const NON_REPUDIATION: u32 = 1;
    /// The bit keyEncipherment.
    pub const KEY_ENCIPHERMENT: u32 = 2;
    /// The bit dataEncipherment.
    pub const DATA_ENCIPHERMENT: u32 = 3;
    /// The bit keyAgreement.
    pub const KEY_AGREEMENT: u32 = 4;
    /// The bit keyCertSign.
    pub const KEY_CERT_SIGN: u32 = 5;
    /// The bit cRLSign.
    pub const CRL_SIGN: u32 = 6;
    /// The bit encipherOnly.
    pub const ENCIPHER_ONLY: u32 = 7;
    /// The bit decipherOnly.
    pub const DECIPHER_ONLY: u32 = 8;

    /// Whether a bit is set.
    #[must_use]
    pub fn has(self, bit: u32) -> bool {
        self.0 >> bit & 1 == 1
    }

    /// The names of the bits that are set.
    #[must_use]
    pub fn describe(self) -> String {
        let names: Vec<&str> = (0..9)
            .filter(|&bit| self.has(bit))
            .map(|bit| Self::NAMES[bit as usize])
            .collect();
        if names.is_empty() {
            "nothing".to_owned()
        } else {
            names.join(", ")
        }
    }
}

/// basicConstraints (RFC 5280 §4.2.1.9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BasicConstraints<'a> {
    /// cA.
    pub ca: bool,
    /// pathLenConstraint; values beyond `i64` are clamped.
    pub path_len: Option<i64>,
    /// Where pathLenConstraint stands.
    pub path_len_tlv: Option<Tlv<'a>>,
}

/// authorityKeyIdentifier (RFC 5280 §4.2.1.1).
#[derive(Clone, Debug, Default)]
pub struct AuthorityKeyIdentifier<'a> {
    /// keyIdentifier.
    pub key_id: Option<&'a [u8]>,
    /// The first directoryName of authorityCertIssuer.
    pub issuer: Option<Name<'a>>,
    /// authorityCertSerialNumber: the INTEGER's content octets.
    pub serial: Option<&'a [u8]>,
}

/// One name of a subjectAltName or an issuerAltName: the context tag's number and the content.
#[derive(Clone, Copy, Debug)]
pub struct GeneralName<'a> {
    /// 0 otherName, 1 rfc822Name, 2 dNSName, 4 directoryName, 6 URI, 7 iPAddress.
    pub kind: u8,
    /// The content octets.
    pub value: &'a [u8],
    /// The whole name.
    pub tlv: Tlv<'a>,
}

impl<'a> GeneralName<'a> {
    /// The kind of an otherName.
    pub const OTHER_NAME: u8 = 0;
    /// The kind of an rfc822Name.
    pub const RFC822_NAME: u8 = 1;
    /// The kind of a dNSName.
    pub const DNS_NAME: u8 = 2;
    /// The kind of an x400Address.
    pub const X400_ADDRESS: u8 = 3;
    /// The kind of a directoryName.
    pub const DIRECTORY_NAME: u8 = 4;
    /// The kind of an ediPartyName.
    pub const EDI_PARTY_NAME: u8 = 5;
    /// The kind of a uniformResourceIdentifier.
    pub const URI: u8 = 6;
    /// The kind of an iPAddress.
    pub const IP_ADDRESS: u8 = 7;
    /// The kind of a registeredID.
    pub const REGISTERED_ID: u8 = 8;

    pub(crate) fn of(name: Tlv<'a>) -> Self {
        Self {
            kind: name.tag & 0x1f,
            value: name.value(),
            tlv: name,
        }
    }

    /// Whether no rule on names can have anything against it: a dNSName of at least two labels in lower-case letters and digits.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        const LONGEST: usize = 63;
        let legal =
            |octet: &u8| octet.is_ascii_lowercase() || octet.is_ascii_digit() || *octet == b'-';
        let is_plain = |label: &[u8]| {
            (1..=LONGEST).contains(&label.len())
                && label.iter().all(legal)
                && !label.starts_with(b"-")
                && !label.ends_with(b"-")
                // An A-label, or what looks like one.
                && label.get(2..4) != Some(b"--")
        };
        let mut labels = self.value.split(|octet| *octet == b'.');
        let last = labels.next_back().unwrap_or_default();
        self.tlv.tag == 0x82
            && self.value.len() <= 253
            && self.value.contains(&b'.')
            && is_plain(last)
            && last.iter().all(u8::is_ascii_lowercase)
            && labels.all(is_plain)
    }

    /// Whether the tag is one that `GeneralName` has, with the form that goes with it.
    pub(crate) fn is_legal(&self) -> bool {
        // otherName, x400Address, directoryName and ediPartyName are constructed, the rest primitive.
        matches!(
            self.tlv.tag,
            0xa0 | 0x81 | 0x82 | 0xa3 | 0xa4 | 0xa5 | 0x86 | 0x87 | 0x88
        )
    }

    /// The name of the form, as RFC 5280 §4.2.1.6 has it.
    #[must_use]
    pub fn form(&self) -> &'static str {
        const FORMS: [&str; 9] = [
            "otherName",
            "rfc822Name",
            "dNSName",
            "x400Address",
            "directoryName",
            "ediPartyName",
            "uniformResourceIdentifier",
            "iPAddress",
            "registeredID",
        ];
        FORMS
            .get(usize::from(self.kind))
            .copied()
            .unwrap_or("name of no known form")
    }

    /// A directoryName's name.
    ///
    /// # Errors
    /// It is no distinguished name.
    pub fn directory_name(&self) -> Result<Name<'a>, DerError> {
        // Name is a CHOICE, so its tag is explicit.
        let name = self
            .tlv
            .children()
            .expect(tag::SEQUENCE, "a directoryName without a name")?;
        Name::parse(&name)
    }

    /// An otherName's type, and the element that is its value.
    ///
    /// # Errors
    /// It is not a type and an explicitly tagged value.
    pub fn other_name(&self) -> Result<(Oid<'a>, Tlv<'a>), DerError> {
        let mut fields = self.tlv.children();
        let kind = fields.expect(tag::OID, "an otherName without a type")?;
        let explicit = fields.expect(0xa0, "an otherName without a value")?;
        Ok((Oid(kind.value()), explicit.children().read()?))
    }
}

/// The values of the extensions that rules ask for, decoded once.
#[derive(Clone, Debug, Default)]
pub struct Values<'a> {
    /// basicConstraints.
    pub basic_constraints: Option<BasicConstraints<'a>>,
    /// keyUsage.
    pub key_usage: Option<KeyUsage>,
    /// extKeyUsage.
    pub extended_key_usage: Option<Vec<Oid<'a>>>,
    /// subjectKeyIdentifier.
    pub subject_key_id: Option<&'a [u8]>,
    /// authorityKeyIdentifier.
    pub authority_key_id: Option<AuthorityKeyIdentifier<'a>>,
    /// subjectAltName.
    pub subject_alt_names: Vec<GeneralName<'a>>,
    /// issuerAltName.
    pub issuer_alt_names: Vec<GeneralName<'a>>,
    /// nameConstraints.
    pub name_constraints: Option<NameConstraints<'a>>,
    /// The features of tlsFeature (RFC 7633 §4).
    pub tls_features: Option<Vec<i64>>,
    /// certificatePolicies.
    pub policies: Option<Vec<Policy<'a>>>,
    /// policyMappings.
    pub policy_mappings: Vec<Mapping<'a>>,
    /// policyConstraints.
    pub policy_constraints: Option<PolicyConstraints>,
    /// inhibitAnyPolicy; a value beyond `u64` is clamped.
    pub inhibit_any_policy: Option<u64>,
    /// cRLDistributionPoints.
    pub crl_distribution_points: Vec<DistributionPoint<'a>>,
    /// Whether authorityInfoAccess names an OCSP responder.
    pub has_ocsp: bool,
    /// The extensions whose value does not decode, with the offset in the certificate.
    pub malformed: Vec<(Oid<'a>, DerError)>,
}

impl<'a> Values<'a> {
    pub(super) fn decode(extensions: &[Extension<'a>]) -> Self {
        let mut values = Self::default();
        for extension in extensions {
            if let Err(error) = values.add(extension) {
                values.malformed.push((extension.oid, error));
            }
        }
        values
    }

    /// Whether every cRLDistributionPoints entry leaves the CRL to the issuer itself.
    #[must_use]
    pub fn crl_by_issuer(&self) -> bool {
        let points = &self.crl_distribution_points;
        !points.is_empty() && points.iter().all(|point| point.crl_issuer.is_none())
    }

    fn add(&mut self, extension: &Extension<'a>) -> Result<(), DerError> {
        let mut reader = extension.value.children();
        match extension.oid {
            oid::BASIC_CONSTRAINTS => {
                let mut fields = sequence(&mut reader)?.children();
                let ca = fields
                    .optional(tag::BOOLEAN)?
                    .is_some_and(|ca| ca.value() != [0]);
                let path_len_tlv = fields.optional(tag::INTEGER)?;
                self.basic_constraints = Some(BasicConstraints {
                    ca,
                    path_len: path_len_tlv.map(|integer| clamped(integer.value())),
                    path_len_tlv,
                });
            }
            oid::KEY_USAGE => {
                let bits = reader.expect(tag::BIT_STRING, "keyUsage is not a BIT STRING")?;
                let (unused, octets) = bits.value().split_first().unwrap_or((&0, &[]));
                // The unused bits at the end are none, whatever they are.
                let used = (8 * octets.len()).saturating_sub(usize::from(*unused));
                let word = (0..used.min(9)).fold(0_u16, |word, bit| {
                    let set = octets[bit / 8] >> (7 - bit % 8) & 1;
                    word | u16::from(set) << bit
                });
                self.key_usage = Some(KeyUsage(word));
            }
            oid::EXTENDED_KEY_USAGE => {
                let mut fields = sequence(&mut reader)?.children();
                let mut purposes = Vec::with_capacity(fields.count());
                while !fields.is_empty() {
                    let purpose = fields.expect(tag::OID, "a key purpose is not an OID")?;
                    purposes.push(Oid(purpose.value()));
                }
                self.extended_key_usage = Some(purposes);
            }
            oid::SUBJECT_KEY_IDENTIFIER => {
                let id = reader.expect(tag::OCTET_STRING, "the key id is not an OCTET STRING")?;
                self.subject_key_id = Some(id.value());
            }
            oid::AUTHORITY_KEY_IDENTIFIER => {
                self.authority_key_id = Some(read_authority_key_id(&sequence(&mut reader)?)?);
            }
            oid::SUBJECT_ALT_NAME => {
                general_names(&sequence(&mut reader)?, &mut self.subject_alt_names)?;
            }
            oid::ISSUER_ALT_NAME => {
                general_names(&sequence(&mut reader)?, &mut self.issuer_alt_names)?;
            }
            oid::NAME_CONSTRAINTS => {
                let value = sequence(&mut reader)?;
                self.name_constraints = Some(NameConstraints::parse(&value, extension.critical)?);
            }
            oid::TLS_FEATURE => {
                let mut fields = sequence(&mut reader)?.children();
                let mut features = Vec::new();
                while !fields.is_empty() {
                    let feature = fields.expect(tag::INTEGER, "a feature is not an INTEGER")?;
                    features.push(clamped(feature.value()));
                }
                self.tls_features = Some(features);
            }
            oid::CERTIFICATE_POLICIES => {
                self.policies = Some(policies::certificate_policies(&mut reader)?);
            }
            oid::POLICY_MAPPINGS => {
                self.policy_mappings = policies::policy_mappings(&mut reader)?;
            }
            oid::POLICY_CONSTRAINTS => {
                self.policy_constraints = Some(policies::policy_constraints(&mut reader)?);
            }
            oid::INHIBIT_ANY_POLICY => {
                self.inhibit_any_policy = Some(policies::inhibit_any_policy(&mut reader)?);
            }
            oid::CRL_DISTRIBUTION_POINTS => {
                self.crl_distribution_points =
                    DistributionPoint::parse_list(&sequence(&mut reader)?)?;
            }
            oid::AUTHORITY_INFO_ACCESS => {
                self.has_ocsp = sequence(&mut reader)?.children().elements().any(|access| {
                    access
                        .children()
                        .elements()
                        .any(|field| field.tag == tag::OID && field.value() == oid::OCSP_ACCESS.0)
                });
            }
            _ => {}
        }
        Ok(())
    }
}

fn sequence<'a>(reader: &mut Reader<'a>) -> Result<Tlv<'a>, DerError> {
    reader.expect(tag::SEQUENCE, "the extension's value is not a SEQUENCE")
}

/// Adds the names of a `GeneralNames`, as far as they decode, to `names`.
fn general_names<'a>(list: &Tlv<'a>, names: &mut Vec<GeneralName<'a>>) -> Result<(), DerError> {
    let mut fields = list.children();
    names.reserve_exact(fields.count());
    while !fields.is_empty() {
        names.push(GeneralName::of(fields.read()?));
    }
    let illegal = names.iter().find(|name| !name.is_legal());
    illegal.map_or(Ok(()), |name| Err(not_a_general_name(name.tlv)))
}

pub(crate) fn read_authority_key_id<'a>(
    value: &Tlv<'a>,
) -> Result<AuthorityKeyIdentifier<'a>, DerError> {
    let mut id = AuthorityKeyIdentifier::default();
    let mut fields = value.children();
    while !fields.is_empty() {
        let field = fields.read()?;
        match field.tag {
            0x80 => id.key_id = Some(field.value()),
            0xa1 => {
                // directoryName is [4], and explicitly tagged because Name is a CHOICE.
                let directory = field.children().elements().find(|name| name.tag == 0xa4);
                if let Some(directory) = directory {
                    let name = directory
                        .children()
                        .expect(tag::SEQUENCE, "a directoryName without a name")?;
                    id.issuer = Some(Name::parse(&name)?);
                }
            }
            0x82 => id.serial = Some(field.value()),
            _ => {}
        }
    }
    Ok(id)
}

fn not_a_general_name(name: Tlv<'_>) -> DerError {
    DerError {
        offset: name.start(),
        what: "a tag that GeneralName does not have",
    }
}

/// A two's complement INTEGER, clamped to what `i64` holds.
pub(crate) fn clamped(octets: &[u8]) -> i64 {
    let negative = octets.first().is_some_and(|&octet| octet & 0x80 != 0);
    let redundant = if negative { 0xff } else { 0 };
    let significant = octets.iter().skip_while(|&&octet| octet == redundant);
    if significant.clone().count() > 7 {
        return if negative { i64::MIN } else { i64::MAX };
    }
    let start = if negative { -1 } else { 0 };
    significant.fold(start, |value, &octet| value << 8 | i64::from(octet))
}
