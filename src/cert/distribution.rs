//! CRL distribution points, as certificates and CRLs name them.

use super::der::{DerError, Reader, Tlv, tag};
use super::extension::GeneralName;
use super::name::{Attribute, Name};

/// A set of revocation reasons: the bits of `ReasonFlags` (RFC 5280 §4.2.1.13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reasons(pub u16);

impl Reasons {
    /// No reason.
    pub const NONE: Self = Self(0);
    /// Every reason: keyCompromise (1) to aACompromise (8). Bit 0 is unused.
    pub const ALL: Self = Self(0b1_1111_1110);

    /// Reads the content of a BIT STRING.
    #[must_use]
    pub fn parse(octets: &[u8]) -> Self {
        let octets = octets.get(1..).unwrap_or_default();
        let is_set = |bit: &usize| {
            octets
                .get(bit / 8)
                .is_some_and(|octet| octet >> (7 - bit % 8) & 1 == 1)
        };
        Self((1..9).filter(is_set).fold(0, |set, bit| set | 1 << bit))
    }

    /// Whether the content of a BIT STRING sets a bit that stands for no reason: the unused bit 0, or one beyond
    /// aACompromise (8).
    #[must_use]
    pub fn has_undefined(octets: &[u8]) -> bool {
        let octets = octets.get(1..).unwrap_or_default();
        let beyond = octets.iter().skip(2).any(|&octet| octet != 0);
        let is_set =
            |index: usize, mask: u8| octets.get(index).is_some_and(|octet| octet & mask != 0);
        beyond || is_set(0, 0x80) || is_set(1, 0x7f)
    }

    /// The reasons in both sets.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The reasons in either set.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every reason of `other` is in this set.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// `DistributionPointName` (RFC 5280 §4.2.1.13).
#[derive(Clone, Debug)]
pub enum DistributionPointName<'a> {
    /// fullName.
    Full(Vec<GeneralName<'a>>),
    /// nameRelativeToCRLIssuer: one RDN to be appended to the CRL issuer's name.
    RelativeToCrlIssuer(Vec<Attribute<'a>>),
}

impl<'a> DistributionPointName<'a> {
    /// Reads the content of a `[0]` field.
    ///
    /// # Errors
    /// It is neither a fullName nor a nameRelativeToCRLIssuer.
    pub fn parse(field: &Tlv<'a>) -> Result<Self, DerError> {
        let choice = field.children().read()?;
        match choice.tag {
            0xa0 => Ok(Self::Full(general_names(choice.children())?)),
            // IMPLICIT over the SET OF.
            0xa1 => Ok(Self::RelativeToCrlIssuer(Name::parse_rdn(
                choice.children(),
            )?)),
            _ => Err(DerError {
                offset: choice.start(),
                what: "a distribution point name is neither full nor relative",
            }),
        }
    }

    /// The names it stands for, each in a form that is equal for equal names.
    #[must_use]
    pub fn keys(&self, crl_issuer: &Name<'a>) -> Vec<Vec<u8>> {
        match self {
            Self::Full(names) => names.iter().map(GeneralName::comparison_key).collect(),
            Self::RelativeToCrlIssuer(rdn) => {
                let mut whole = crl_issuer.clone();
                whole.rdns.push(rdn.clone());
                vec![directory_key(&whole)]
            }
        }
    }
}

/// One entry of cRLDistributionPoints (RFC 5280 §4.2.1.13).
#[derive(Clone, Debug)]
pub struct DistributionPoint<'a> {
    /// The whole entry.
    pub tlv: Tlv<'a>,
    /// distributionPoint.
    pub name: Option<DistributionPointName<'a>>,
    /// reasons; all where it is absent.
    pub reasons: Option<Reasons>,
    /// Where reasons stands.
    pub reasons_tlv: Option<Tlv<'a>>,
    /// cRLIssuer; the certificate's own issuer where it is absent.
    pub crl_issuer: Option<Vec<GeneralName<'a>>>,
}

impl<'a> DistributionPoint<'a> {
    /// Reads the entries of a cRLDistributionPoints value.
    ///
    /// # Errors
    /// Structure that is no list of distribution points.
    pub fn parse_list(list: &Tlv<'a>) -> Result<Vec<Self>, DerError> {
        let mut list = list.children();
        let mut points = Vec::with_capacity(list.count());
        while !list.is_empty() {
            let tlv = list.expect(tag::SEQUENCE, "a distribution point is not a SEQUENCE")?;
            let mut fields = tlv.children();
            let mut point = Self {
                tlv,
                name: None,
                reasons: None,
                reasons_tlv: None,
                crl_issuer: None,
            };
            while !fields.is_empty() {
                let field = fields.read()?;
                match field.tag {
                    0xa0 => point.name = Some(DistributionPointName::parse(&field)?),
                    0x81 => {
                        point.reasons = Some(Reasons::parse(field.value()));
                        point.reasons_tlv = Some(field);
                    }
                    0xa2 => point.crl_issuer = Some(general_names(field.children())?),
                    _ => {}
                }
            }
            points.push(point);
        }
        Ok(points)
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

impl<'a> IssuingDistributionPoint<'a> {
    pub(super) fn parse(value: &Tlv<'a>) -> Result<Self, DerError> {
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
                            offset: field.start(),
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

impl GeneralName<'_> {
    /// A form that is equal for equal names; directory names are compared by RFC 5280 §7.1.
    #[must_use]
    pub fn comparison_key(&self) -> Vec<u8> {
        match self.directory_name() {
            Ok(name) if self.kind == Self::DIRECTORY_NAME => directory_key(&name),
            _ => [&[self.kind], self.value].concat(),
        }
    }
}

/// The comparison key of a name as a directoryName.
#[must_use]
pub fn directory_key(name: &Name<'_>) -> Vec<u8> {
    let mut key = vec![4];
    key.extend(name.comparison_key());
    key
}

/// Reads a `GeneralNames`.
pub(super) fn general_names(mut names: Reader<'_>) -> Result<Vec<GeneralName<'_>>, DerError> {
    let mut list = Vec::with_capacity(names.count());
    while !names.is_empty() {
        let name = names.read()?;
        list.push(GeneralName {
            kind: name.tag & 0x1f,
            value: name.value(),
            tlv: name,
        });
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::Reasons;

    #[test]
    fn reasons_are_bits_1_to_8() {
        // The first octet counts unused bits.
        assert_eq!(Reasons::parse(&[7, 0x7f, 0x80]), Reasons::ALL);
        assert!(!Reasons::has_undefined(&[7, 0x7f, 0x80]));
        assert!(!Reasons::has_undefined(&[0]));
        assert!(!Reasons::has_undefined(&[]));
        assert!(Reasons::has_undefined(&[7, 0x80]), "bit 0");
        assert!(Reasons::has_undefined(&[6, 0, 0x40]), "bit 9");
        assert!(Reasons::has_undefined(&[0, 0, 0, 1]), "bit 23");
    }
}
