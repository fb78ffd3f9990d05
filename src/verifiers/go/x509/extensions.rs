//! Extensions.
//!
//! Source: `parseExtension`, `processExtensions` and what they call in `src/crypto/x509/parser.go`. An extension that Go
//! knows and cannot decode makes it refuse the certificate, critical or not. Go 1.19 knows fewer.

use super::super::Release;
use super::super::der::{Input, Oid, int64};
use super::GoError;
use super::names::{Names, Subtrees, name_constraints, subject_alt_name};
use crate::cert::der::tag;

/// What Go keeps of the extensions.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Extensions {
    /// The named bits of keyUsage as a number, the first bit least; 0 where there is no such extension.
    pub(in super::super) key_usage: u16,
    pub(in super::super) basic_constraints: Option<BasicConstraints>,
    /// The value of subjectAltName.
    pub(in super::super) subject_alt_name: Option<Vec<u8>>,
    pub(in super::super) names: Names,
    /// The permitted and the excluded subtrees of nameConstraints.
    pub(in super::super) name_constraints: Option<(Subtrees, Subtrees)>,
    /// The usages of extKeyUsage; none where there is no such extension, or it is empty.
    pub(in super::super) usages: Vec<Usage>,
    pub(in super::super) subject_key_id: Vec<u8>,
    pub(in super::super) authority_key_id: Vec<u8>,
    /// The policies' identifiers, as content octets.
    pub(in super::super) policies: Vec<Vec<u8>>,
    /// The policies of the issuer and of the subject that are mapped.
    pub(in super::super) policy_mappings: Vec<(Vec<u8>, Vec<u8>)>,
    pub(in super::super) require_explicit_policy: Option<i64>,
    pub(in super::super) inhibit_policy_mapping: Option<i64>,
    pub(in super::super) inhibit_any_policy: Option<i64>,
    /// Whether there is a critical extension that Go does not process.
    pub(in super::super) unhandled_critical: bool,
}

/// basicConstraints.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct BasicConstraints {
    pub(in super::super) is_ca: bool,
    pub(in super::super) path_length: Option<i64>,
}

/// A usage in extKeyUsage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Usage {
    Any,
    ClientAuth,
    Other,
}

impl Extensions {
    /// Reads the content of the list.
    pub(super) fn parse(mut list: Input<'_>, release: Release) -> Result<Self, GoError> {
        let mut raw: Vec<Extension<'_>> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while !list.is_empty() {
            let extension = list
                .read(tag::SEQUENCE)
                .ok_or("x509: malformed extension")?;
            let extension = Extension::parse(extension, release)?;
            if !seen.insert(extension.oid.clone()) {
                return Err(match release {
                    Release::V1_19 => "x509: certificate contains duplicate extensions".into(),
                    Release::V1_27 => format!(
                        "x509: certificate contains duplicate extension with OID \"{}\"",
                        extension.oid
                    )
                    .into(),
                });
            }
            raw.push(extension);
        }
        let mut extensions = Self::default();
        for extension in &raw {
            let handled = extensions.process(extension, release)?;
            extensions.unhandled_critical |= extension.critical && !handled;
        }
        Ok(extensions)
    }

    /// Takes in one extension; says whether Go processes it.
    fn process(&mut self, extension: &Extension<'_>, release: Release) -> Result<bool, GoError> {
        let value = Input(extension.value);
        let newer = release >= Release::V1_27;
        match extension.oid.arcs() {
            [2, 5, 29, 15] => self.key_usage = key_usage(value)?,
            [2, 5, 29, 19] => self.basic_constraints = Some(basic_constraints(value, release)?),
            [2, 5, 29, 17] => {
                self.subject_alt_name = Some(extension.value.to_vec());
                self.names = subject_alt_name(value, release)?;
                return Ok(!self.names.is_empty());
            }
            [2, 5, 29, 30] => {
                let (permitted, excluded, handled) = name_constraints(value, release)?;
                self.name_constraints = Some((permitted, excluded));
                return Ok(handled);
            }
            [2, 5, 29, 31] => distribution_points(value)?,
            [2, 5, 29, 35] => {
                if extension.critical && newer {
                    return Err("x509: authority key identifier incorrectly marked critical".into());
                }
                self.authority_key_id = authority_key_id(value)?;
            }
            [2, 5, 29, 36] if newer => self.policy_constraints(value)?,
            [2, 5, 29, 37] => self.usages = usages(value, release)?,
            [2, 5, 29, 14] => {
                if extension.critical && newer {
                    return Err("x509: subject key identifier incorrectly marked critical".into());
                }
                self.subject_key_id = read(value, tag::OCTET_STRING)
                    .ok_or("x509: invalid subject key identifier")?
                    .0
                    .to_vec();
            }
            [2, 5, 29, 32] => self.policies = policies(value, release)?,
            [2, 5, 29, 33] if newer => {
                self.policy_mappings =
                    mappings(value).ok_or("x509: invalid policy mappings extension")?;
            }
            [2, 5, 29, 54] if newer => {
                let mut value = value;
                let number = value.int64();
                self.inhibit_any_policy =
                    Some(number.ok_or("x509: invalid inhibit any policy extension")?);
            }
            [1, 3, 6, 1, 5, 5, 7, 1, 1] => {
                if extension.critical && newer {
                    return Err("x509: authority info access incorrectly marked critical".into());
                }
                access(value, release).ok_or("x509: invalid authority info access")?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn policy_constraints(&mut self, value: Input<'_>) -> Result<(), GoError> {
        let invalid = "x509: invalid policy constraints extension";
        let mut fields = read(value, tag::SEQUENCE).ok_or(invalid)?;
        for (tag, field) in [
            (0x80, &mut self.require_explicit_policy),
            (0x81, &mut self.inhibit_policy_mapping),
        ] {
            if fields.peek(tag) {
                let number = fields.integer_tagged(tag).and_then(int64);
                *field = Some(number.ok_or(invalid)?);
            }
        }
        Ok(())
    }
}

/// One extension.
pub(super) struct Extension<'a> {
    pub(super) oid: Oid,
    pub(super) critical: bool,
    pub(super) value: &'a [u8],
}

impl<'a> Extension<'a> {
    pub(super) fn parse(mut content: Input<'a>, release: Release) -> Result<Self, GoError> {
        let oid = content
            .oid(release)
            .ok_or("x509: malformed extension OID field")?;
        let critical = content.peek(tag::BOOLEAN)
            && content
                .boolean()
                .ok_or("x509: malformed extension critical field")?;
        let value = content
            .read(tag::OCTET_STRING)
            .ok_or("x509: malformed extension value field")?;
        Ok(Self {
            oid,
            critical,
            value: value.0,
        })
    }
}

fn read(mut value: Input<'_>, tag: u8) -> Option<Input<'_>> {
    value.read(tag)
}

fn key_usage(mut value: Input<'_>) -> Result<u16, GoError> {
    let bits = value.bit_string().ok_or("x509: invalid key usage")?;
    Ok((0..9).fold(0, |usage, bit| usage | (u16::from(bits.at(bit)) << bit)))
}

fn basic_constraints(value: Input<'_>, release: Release) -> Result<BasicConstraints, GoError> {
    let invalid = |step: &str| match release {
        Release::V1_19 => format!("x509: invalid basic constraints {step}").into(),
        Release::V1_27 => GoError::from("x509: invalid basic constraints"),
    };
    let mut fields = read(value, tag::SEQUENCE).ok_or_else(|| invalid("a"))?;
    let is_ca = fields.peek(tag::BOOLEAN) && fields.boolean().ok_or_else(|| invalid("b"))?;
    let mut path_length = None;
    if fields.peek(tag::INTEGER) {
        let number = fields.int64();
        let number = number.filter(|&length| length >= 0 || release < Release::V1_27);
        path_length = Some(number.ok_or_else(|| invalid("c"))?);
    }
    Ok(BasicConstraints { is_ca, path_length })
}

fn usages(value: Input<'_>, release: Release) -> Result<Vec<Usage>, GoError> {
    let invalid = "x509: invalid extended key usages";
    let mut list = read(value, tag::SEQUENCE).ok_or(invalid)?;
    let mut usages = Vec::new();
    while !list.is_empty() {
        usages.push(match list.oid(release).ok_or(invalid)?.arcs() {
            [2, 5, 29, 37, 0] => Usage::Any,
            [1, 3, 6, 1, 5, 5, 7, 3, 2] => Usage::ClientAuth,
            _ => Usage::Other,
        });
    }
    Ok(usages)
}

pub(super) fn authority_key_id(value: Input<'_>) -> Result<Vec<u8>, GoError> {
    const KEY_ID: u8 = 0x80;
    let invalid = "x509: invalid authority key identifier";
    let mut fields = read(value, tag::SEQUENCE).ok_or(invalid)?;
    let key_id = fields.optional(KEY_ID).ok_or(invalid)?;
    Ok(key_id.unwrap_or_default().0.to_vec())
}

fn policies(value: Input<'_>, release: Release) -> Result<Vec<Vec<u8>>, GoError> {
    let invalid = "x509: invalid certificate policies";
    let mut list = read(value, tag::SEQUENCE).ok_or(invalid)?;
    let mut policies: Vec<Vec<u8>> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    while !list.is_empty() {
        let mut policy = list.read(tag::SEQUENCE).ok_or(invalid)?;
        if release == Release::V1_19 {
            policy.oid(release).ok_or(invalid)?;
            continue;
        }
        let oid = policy.read(tag::OID).ok_or(invalid)?.0;
        if !seen.insert(oid) || !is_oid(oid) {
            return Err(invalid.into());
        }
        policies.push(oid.to_vec());
    }
    Ok(policies)
}

/// Whether these are the octets of an object identifier, of numbers of any size (`newOIDFromDER` in `oid.go`).
fn is_oid(octets: &[u8]) -> bool {
    let ended = |index: usize| index == 0 || octets[index - 1] & 0x80 == 0;
    octets.last().is_some_and(|last| last & 0x80 == 0)
        && !(0..octets.len()).any(|index| octets[index] == 0x80 && ended(index))
}

fn mappings(value: Input<'_>) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let mut list = read(value, tag::SEQUENCE)?;
    let mut mappings = Vec::new();
    while !list.is_empty() {
        let mut mapping = list.read(tag::SEQUENCE)?;
        let issuer = mapping.read(tag::OID)?.0.to_vec();
        let subject = mapping.read(tag::OID)?.0.to_vec();
        mappings.push((issuer, subject));
    }
    Some(mappings)
}

const URI: u8 = 0x86;

fn distribution_points(value: Input<'_>) -> Result<(), GoError> {
    let mut list = read(value, tag::SEQUENCE).ok_or("x509: invalid CRL distribution points")?;
    while !list.is_empty() {
        distribution_point(&mut list).ok_or("x509: invalid CRL distribution point")?;
    }
    Ok(())
}

fn distribution_point(list: &mut Input<'_>) -> Option<()> {
    const NAME: u8 = 0xa0;
    const FULL_NAME: u8 = 0xa0;
    let mut point = list.read(tag::SEQUENCE)?;
    let Some(mut name) = point.optional(NAME)? else {
        return Some(());
    };
    let mut names = name.read(FULL_NAME)?;
    while names.peek(URI) {
        names.read(URI)?;
    }
    Some(())
}

fn access(value: Input<'_>, release: Release) -> Option<()> {
    let mut list = read(value, tag::SEQUENCE)?;
    while !list.is_empty() {
        let mut description = list.read(tag::SEQUENCE)?;
        description.oid(release)?;
        description.optional(URI)?;
    }
    Some(())
}
