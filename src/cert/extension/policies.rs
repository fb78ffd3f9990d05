//! The extensions about certificate policies (RFC 5280 §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14).

use std::borrow::Cow;

use super::sequence;
use crate::cert::der::{DerError, Reader, Tlv, tag};
use crate::cert::name::Attribute;
use crate::cert::oid::{self, Oid};

/// One entry of certificatePolicies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy<'a> {
    /// policyIdentifier.
    pub oid: Oid<'a>,
    /// The whole entry.
    pub tlv: Tlv<'a>,
    /// policyQualifiers; none where the field is absent.
    pub qualifiers: Option<Tlv<'a>>,
}

impl<'a> Policy<'a> {
    /// The qualifiers, as far as they decode.
    pub fn qualifiers(&self) -> impl Iterator<Item = Qualifier<'a>> + use<'a> {
        let list = self.qualifiers.into_iter();
        list.flat_map(|list| list.children().elements())
            .filter_map(Qualifier::of)
    }
}

/// `PolicyQualifierInfo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Qualifier<'a> {
    /// policyQualifierId.
    pub id: Oid<'a>,
    /// qualifier.
    pub value: Option<Tlv<'a>>,
    /// The whole entry.
    pub tlv: Tlv<'a>,
}

impl<'a> Qualifier<'a> {
    fn of(tlv: Tlv<'a>) -> Option<Self> {
        let mut fields = tlv.children();
        let id = fields.optional(tag::OID).ok()??;
        Some(Self {
            id: Oid(id.value()),
            value: fields.read().ok(),
            tlv,
        })
    }

    /// noticeRef of a userNotice.
    #[must_use]
    pub fn notice_reference(&self) -> Option<Tlv<'a>> {
        // The one field of a UserNotice that is a SEQUENCE.
        self.notice_fields()
            .find(|field| field.tag == tag::SEQUENCE)
    }

    /// explicitText of a userNotice, whatever string type it has.
    #[must_use]
    pub fn explicit_text(&self) -> Option<DisplayText<'a>> {
        let text = self
            .notice_fields()
            .find(|field| field.tag != tag::SEQUENCE);
        text.map(DisplayText)
    }

    fn notice_fields(&self) -> impl Iterator<Item = Tlv<'a>> + use<'a> {
        let is_notice = self.id == oid::USER_NOTICE_QUALIFIER;
        let notice = self
            .value
            .filter(|value| is_notice && value.tag == tag::SEQUENCE);
        notice
            .into_iter()
            .flat_map(|notice| notice.children().elements())
    }
}

/// A `DisplayText`, or what stands in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DisplayText<'a>(pub Tlv<'a>);

impl<'a> DisplayText<'a> {
    /// The tag of `VisibleString`.
    pub const VISIBLE_STRING: u8 = 0x1a;
    /// The tag of `GeneralString`, which a `DisplayText` may not have.
    pub const GENERAL_STRING: u8 = 0x1b;

    /// The text, where its type is a string that decodes.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'a, str>> {
        // VisibleString is ASCII like IA5String.
        let tag = match self.0.tag {
            Self::VISIBLE_STRING => tag::IA5_STRING,
            other => other,
        };
        let string = Attribute {
            oid: Oid(&[]),
            tag,
            value: self.0.value(),
            tlv: self.0,
        };
        string.text()
    }

    /// The name of its type.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self.0.tag {
            tag::UTF8_STRING => "UTF8String",
            tag::PRINTABLE_STRING => "PrintableString",
            tag::IA5_STRING => "IA5String",
            tag::TELETEX_STRING => "TeletexString",
            tag::BMP_STRING => "BMPString",
            tag::UNIVERSAL_STRING => "UniversalString",
            Self::VISIBLE_STRING => "VisibleString",
            Self::GENERAL_STRING => "GeneralString",
            _ => "another type",
        }
    }
}

/// One pair of policyMappings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping<'a> {
    /// issuerDomainPolicy.
    pub issuer: Oid<'a>,
    /// subjectDomainPolicy.
    pub subject: Oid<'a>,
}

/// policyConstraints: each field counts the certificates that may still follow; values beyond `u64` are clamped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PolicyConstraints {
    /// requireExplicitPolicy.
    pub require_explicit: Option<u64>,
    /// inhibitPolicyMapping.
    pub inhibit_mapping: Option<u64>,
}

pub(super) fn certificate_policies<'a>(
    reader: &mut Reader<'a>,
) -> Result<Vec<Policy<'a>>, DerError> {
    let list = sequence(reader)?;
    let mut entries = list.children();
    let mut policies = Vec::new();
    while !entries.is_empty() {
        let tlv = entries.expect(tag::SEQUENCE, "a policy is not a SEQUENCE")?;
        let mut fields = tlv.children();
        let oid = fields.expect(tag::OID, "a policy without an OID")?;
        policies.push(Policy {
            oid: Oid(oid.value()),
            tlv,
            qualifiers: fields.read().ok(),
        });
    }
    not_empty(policies, &list, "certificatePolicies lists no policy")
}

pub(super) fn policy_mappings<'a>(reader: &mut Reader<'a>) -> Result<Vec<Mapping<'a>>, DerError> {
    let list = sequence(reader)?;
    let mut pairs = list.children();
    let mut mappings = Vec::new();
    while !pairs.is_empty() {
        let pair = pairs.expect(tag::SEQUENCE, "a mapping is not a SEQUENCE")?;
        let mut fields = pair.children();
        let issuer = fields.expect(tag::OID, "a mapping without an issuerDomainPolicy")?;
        let subject = fields.expect(tag::OID, "a mapping without a subjectDomainPolicy")?;
        mappings.push(Mapping {
            issuer: Oid(issuer.value()),
            subject: Oid(subject.value()),
        });
    }
    not_empty(mappings, &list, "policyMappings lists no mapping")
}

pub(super) fn policy_constraints(reader: &mut Reader<'_>) -> Result<PolicyConstraints, DerError> {
    let mut fields = sequence(reader)?.children();
    // Both are INTEGERs with an IMPLICIT tag.
    let require_explicit = fields.optional(0x80)?;
    let inhibit_mapping = fields.optional(0x81)?;
    if !fields.is_empty() {
        return Err(DerError {
            offset: fields.offset(),
            what: "a field that policyConstraints does not have",
        });
    }
    Ok(PolicyConstraints {
        require_explicit: require_explicit.as_ref().map(skip_certs).transpose()?,
        inhibit_mapping: inhibit_mapping.as_ref().map(skip_certs).transpose()?,
    })
}

pub(super) fn inhibit_any_policy(reader: &mut Reader<'_>) -> Result<u64, DerError> {
    skip_certs(&reader.expect(tag::INTEGER, "inhibitAnyPolicy is not an INTEGER")?)
}

/// `SkipCerts`, which is no less than 0.
fn skip_certs(integer: &Tlv<'_>) -> Result<u64, DerError> {
    let octets = integer.value();
    if octets.first().is_none_or(|&first| first & 0x80 != 0) {
        return Err(DerError {
            offset: integer.start(),
            what: "a count of certificates that is negative or empty",
        });
    }
    Ok(octets.iter().fold(0_u64, |sum, &octet| {
        let shifted = sum.checked_mul(256).map(|sum| sum | u64::from(octet));
        shifted.unwrap_or(u64::MAX)
    }))
}

fn not_empty<T>(list: Vec<T>, tlv: &Tlv<'_>, what: &'static str) -> Result<Vec<T>, DerError> {
    if list.is_empty() {
        return Err(DerError {
            offset: tlv.start(),
            what,
        });
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_clamped_and_not_negative() {
        let read = |der: &[u8]| inhibit_any_policy(&mut Reader::new(der));
        assert_eq!(read(&[2, 1, 0]), Ok(0));
        assert_eq!(read(&[2, 2, 1, 0]), Ok(256));
        assert_eq!(
            read(&[2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0]),
            Ok(u64::MAX),
            "beyond u64"
        );
        assert!(read(&[2, 1, 0xff]).is_err());
        assert!(read(&[2, 0]).is_err());
    }

    #[test]
    fn constraints_have_two_fields() {
        let read = |der: &[u8]| policy_constraints(&mut Reader::new(der));
        let both = PolicyConstraints {
            require_explicit: Some(0),
            inhibit_mapping: Some(3),
        };
        assert_eq!(read(&[0x30, 6, 0x80, 1, 0, 0x81, 1, 3]), Ok(both));
        assert_eq!(read(&[0x30, 0]), Ok(PolicyConstraints::default()));
        assert!(read(&[0x30, 3, 0x82, 1, 0]).is_err());
    }
}
