//! `GeneralName`, and the structures that hold lists of it.
//!
//! Source: BoringSSL `crypto/x509/v3_genn.cc` and `v3_crld.cc`.

use super::der::{self, Integer, Reader, constructed, context};
use super::name::{Entry, Name};

/// A `GeneralName`. What is kept of a form is what is compared.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum GeneralName {
    Other(Vec<u8>),
    Email(Vec<u8>),
    Dns(Vec<u8>),
    X400(Vec<u8>),
    Directory(Name),
    Edi(Vec<u8>),
    Uri(Vec<u8>),
    Ip(Vec<u8>),
    RegisteredId(Vec<u8>),
}

impl GeneralName {
    fn parse(reader: &mut Reader<'_>) -> Option<Self> {
        let element = reader.any()?;
        let mut value = Reader(element.value);
        let octets = || element.value.to_vec();
        let name = match element.tag {
            tag if tag == constructed(0) => {
                value.oid(der::OID)?;
                let mut explicit = value.take(constructed(0))?;
                explicit.any_value()?;
                explicit.end()?;
                value.end()?;
                Self::Other(octets())
            }
            tag if tag == context(1) => Self::Email(octets()),
            tag if tag == context(2) => Self::Dns(octets()),
            tag if tag == constructed(3) => Self::X400(octets()),
            tag if tag == constructed(4) => {
                let name = Name::parse(&mut value)?;
                value.end()?;
                Self::Directory(name)
            }
            tag if tag == constructed(5) => {
                if let Some(mut assigner) = value.optional(constructed(0))? {
                    directory_string(&mut assigner)?;
                    assigner.end()?;
                }
                let mut party = value.take(constructed(1))?;
                directory_string(&mut party)?;
                party.end()?;
                value.end()?;
                Self::Edi(octets())
            }
            tag if tag == context(6) => Self::Uri(octets()),
            tag if tag == context(7) => Self::Ip(octets()),
            tag if tag == context(8) => Self::RegisteredId(Reader(element.raw).oid(context(8))?),
            _ => return None,
        };
        Some(name)
    }

    /// Whether the two are of one form.
    pub(super) fn is_same_form(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// The content of a SEQUENCE OF `GeneralName`.
pub(super) fn general_names(mut list: Reader<'_>) -> Option<Vec<GeneralName>> {
    let mut names = Vec::new();
    while !list.is_empty() {
        names.push(GeneralName::parse(&mut list)?);
    }
    Some(names)
}

fn directory_string(reader: &mut Reader<'_>) -> Option<()> {
    let value = reader.any_value()?;
    matches!(
        value.tag,
        der::T61_STRING
            | der::BMP_STRING
            | der::UNIVERSAL_STRING
            | der::PRINTABLE_STRING
            | der::UTF8_STRING
    )
    .then_some(())
}

/// `DistributionPointName`.
#[derive(Clone, Debug)]
pub(super) enum PointName {
    Full(Vec<GeneralName>),
    /// Relative to the issuer, which is put before it.
    Relative(Name),
}

impl PointName {
    /// Reads what is inside of the explicit tag; a relative name is completed with `issuer`.
    fn parse(mut explicit: Reader<'_>, issuer: &Name) -> Option<Self> {
        let name = if let Some(list) = explicit.optional(constructed(0))? {
            Self::Full(general_names(list)?)
        } else {
            let mut set = explicit.take(constructed(1))?;
            let mut entries = Vec::new();
            while !set.is_empty() {
                entries.push(Entry::parse(&mut set)?);
            }
            Self::Relative(issuer.with_rdn(entries))
        };
        explicit.end()?;
        Some(name)
    }

    /// Whether the two name one point (`idp_check_dp`).
    pub(super) fn matches(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Relative(one), Self::Relative(other)) => one == other,
            (Self::Full(list), Self::Relative(name)) | (Self::Relative(name), Self::Full(list)) => {
                list.iter().any(
                    |one| matches!(one, GeneralName::Directory(directory) if directory == name),
                )
            }
            (Self::Full(one), Self::Full(other)) => one.iter().any(|name| other.contains(name)),
        }
    }
}

/// One of a certificate's CRL distribution points.
#[derive(Clone, Debug)]
pub(super) struct DistributionPoint {
    pub(super) name: Option<PointName>,
    pub(super) has_reasons: bool,
    pub(super) has_crl_issuer: bool,
}

impl DistributionPoint {
    /// Reads the value of cRLDistributionPoints in a certificate that `issuer` issued.
    pub(super) fn parse_all(value: &mut Reader<'_>, issuer: &Name) -> Option<Vec<Self>> {
        let mut list = value.take(der::SEQUENCE)?;
        let mut points = Vec::new();
        while !list.is_empty() {
            let mut point = list.take(der::SEQUENCE)?;
            let name = point.optional(constructed(0))?;
            let has_reasons = point.is_next(context(1));
            if has_reasons {
                point.bit_string(context(1))?;
            }
            let crl_issuer = match point.optional(constructed(2))? {
                Some(names) => Some(general_names(names)?),
                None => None,
            };
            point.end()?;
            let first = crl_issuer.iter().flatten().find_map(|name| match name {
                GeneralName::Directory(name) => Some(name),
                _ => None,
            });
            points.push(Self {
                name: match name {
                    Some(name) => Some(PointName::parse(name, first.unwrap_or(issuer))?),
                    None => None,
                },
                has_reasons,
                has_crl_issuer: crl_issuer.is_some(),
            });
        }
        Some(points)
    }
}

/// issuingDistributionPoint of a CRL.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are the fields of RFC 5280 §5.2.5"
)]
pub(super) struct IssuingPoint {
    pub(super) name: Option<PointName>,
    pub(super) only_user: bool,
    pub(super) only_ca: bool,
    pub(super) some_reasons: bool,
    pub(super) is_indirect: bool,
    pub(super) only_attributes: bool,
}

impl IssuingPoint {
    pub(super) fn parse(value: &mut Reader<'_>, issuer: &Name) -> Option<Self> {
        let mut fields = value.take(der::SEQUENCE)?;
        let name = match fields.optional(constructed(0))? {
            Some(name) => Some(PointName::parse(name, issuer)?),
            None => None,
        };
        let flag = |fields: &mut Reader<'_>, number| {
            if fields.is_next(context(number)) {
                fields.boolean(context(number))
            } else {
                Some(false)
            }
        };
        let only_user = flag(&mut fields, 1)?;
        let only_ca = flag(&mut fields, 2)?;
        let some_reasons = fields.is_next(context(3));
        if some_reasons {
            fields.bit_string(context(3))?;
        }
        let is_indirect = flag(&mut fields, 4)?;
        let only_attributes = flag(&mut fields, 5)?;
        fields.end()?;
        Some(Self {
            name,
            only_user,
            only_ca,
            some_reasons,
            is_indirect,
            only_attributes,
        })
    }

    /// Whether at most one of the three onlyContains is set (RFC 5280 §5.2.5).
    pub(super) fn is_valid(&self) -> bool {
        let set = [self.only_user, self.only_ca, self.only_attributes];
        set.into_iter().filter(|one| *one).count() <= 1
    }
}

/// authorityKeyIdentifier.
#[derive(Clone, Debug)]
pub(super) struct AuthorityKeyId {
    pub(super) key_id: Option<Vec<u8>>,
    pub(super) issuer: Option<Vec<GeneralName>>,
    pub(super) serial: Option<Integer>,
}

impl AuthorityKeyId {
    pub(super) fn parse(value: &mut Reader<'_>) -> Option<Self> {
        let mut fields = value.take(der::SEQUENCE)?;
        let key_id = fields.optional(context(0))?.map(|octets| octets.0.to_vec());
        let issuer = match fields.optional(constructed(1))? {
            Some(names) => Some(general_names(names)?),
            None => None,
        };
        let serial = if fields.is_next(context(2)) {
            Some(fields.integer(context(2))?)
        } else {
            None
        };
        fields.end()?;
        Some(Self {
            key_id,
            issuer,
            serial,
        })
    }
}
