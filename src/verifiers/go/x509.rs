//! Certificates as Go's crypto/x509 reads them, with Go's own words for what it refuses.
//!
//! Source: `src/crypto/x509/parser.go`, `ParseCertificate`, of Go 1.27.3 and Go 1.19. It is read anew here, beside
//! `crate::cert`: Go refuses much that the tolerant reader takes (lengths that are not minimal, extensions that do not
//! decode, points off their curve), and takes some that it does not.

pub mod crl;
mod curve;
mod domain;
mod extensions;
mod key;
mod name;
mod names;
mod signature_algorithm;
mod url;

use std::borrow::Cow;

pub(super) use domain::{Mailbox, domain_is_valid, mailbox};
pub(super) use extensions::{Extensions, Usage};
pub(super) use key::{Key, KeyAlgorithm};
pub(super) use name::Subject;
pub(super) use names::{Network, Subtrees};
pub(super) use signature_algorithm::SignatureAlgorithm;
pub(super) use url::{Url, is_ip};

use super::Release;
use super::der::Input;
use super::time::{self, Moment};
use crate::cert::der::tag;

/// An error in Go's own words.
pub type GoError = Cow<'static, str>;

/// What Go's `ParseCertificate` says against a certificate, if anything.
///
/// # Errors
/// Go's error text; it begins with `x509: `, but for some keys.
pub fn parses(der: &[u8], release: Release) -> Result<(), GoError> {
    Certificate::parse(der, release).map(|_| ())
}

/// A certificate as Go has read it, as far as `Verify` looks at it.
#[derive(Clone, Debug)]
pub(super) struct Certificate {
    pub(super) raw: Vec<u8>,
    pub(super) tbs: Vec<u8>,
    /// 1, 2 or 3.
    pub(super) version: i64,
    /// The serial number's octets.
    pub(super) serial: Vec<u8>,
    pub(super) signature_algorithm: SignatureAlgorithm,
    /// The issuer's name as it is encoded.
    pub(super) issuer: Vec<u8>,
    pub(super) not_before: Moment,
    pub(super) not_after: Moment,
    /// The subject's name as it is encoded.
    pub(super) subject: Vec<u8>,
    /// What an error calls the subject.
    pub(super) called: Subject,
    pub(super) spki: Vec<u8>,
    pub(super) key: Key,
    pub(super) extensions: Extensions,
    pub(super) signature: Vec<u8>,
}

const VERSION: u8 = 0xa0;
const ISSUER_UNIQUE_ID: u8 = 0x81;
const SUBJECT_UNIQUE_ID: u8 = 0x82;
const EXTENSIONS: u8 = 0xa3;

impl Certificate {
    /// `ParseCertificate`; the order of the checks decides which error is told.
    pub(super) fn parse(der: &[u8], release: Release) -> Result<Self, GoError> {
        let malformed = "x509: malformed certificate";
        let raw = Input(der).element(tag::SEQUENCE).ok_or(malformed)?;
        let mut outer = Input(raw).read(tag::SEQUENCE).ok_or(malformed)?;
        let malformed = "x509: malformed tbs certificate";
        let tbs = outer.element(tag::SEQUENCE).ok_or(malformed)?;
        let mut fields = Input(tbs).read(tag::SEQUENCE).ok_or(malformed)?;
        let version = version(&mut fields)?;
        let serial = fields.integer().ok_or("x509: malformed serial number")?;
        if serial[0] & 0x80 != 0 && release >= Release::V1_27 {
            return Err("x509: negative serial number".into());
        }
        let malformed = "x509: malformed signature algorithm identifier";
        let inner = fields.read(tag::SEQUENCE).ok_or(malformed)?;
        let malformed = "x509: malformed algorithm identifier";
        if outer.read(tag::SEQUENCE).ok_or(malformed)?.0 != inner.0 {
            return Err("x509: inner and outer signature algorithm identifiers don't match".into());
        }
        let signature_algorithm = key::algorithm(inner, release)?;
        let signature_algorithm = SignatureAlgorithm::of(&signature_algorithm, release);
        let issuer = fields
            .element(tag::SEQUENCE)
            .ok_or("x509: malformed issuer")?;
        name::parse(issuer, release)?;
        let malformed = "x509: malformed validity";
        let mut validity = fields.read(tag::SEQUENCE).ok_or(malformed)?;
        let not_before = time::read(&mut validity, release)?;
        let not_after = time::read(&mut validity, release)?;
        // The word is Go's: it says issuer for the subject, too.
        let subject = fields
            .element(tag::SEQUENCE)
            .ok_or("x509: malformed issuer")?;
        let called = name::parse(subject, release)?;
        let (spki, key) = key::parse(&mut fields, release)?;
        let extensions = if version > 1 {
            extensions(&mut fields, version, release)?
        } else {
            Extensions::default()
        };
        let signature = outer.bit_string().ok_or("x509: malformed signature")?;
        if raw.len() != der.len() {
            return Err("x509: trailing data".into());
        }
        Ok(Self {
            raw: raw.to_vec(),
            tbs: tbs.to_vec(),
            version,
            serial: serial.to_vec(),
            signature_algorithm,
            issuer: issuer.to_vec(),
            not_before,
            not_after,
            subject: subject.to_vec(),
            called,
            spki: spki.to_vec(),
            key,
            extensions,
            signature: signature.right_aligned(),
        })
    }

    /// What an error calls it: its commonName, else its first organizationName, else its serial number.
    pub(super) fn called(&self) -> Cow<'_, str> {
        let Subject {
            common_name,
            organization,
        } = &self.called;
        if !common_name.is_empty() {
            Cow::Borrowed(common_name)
        } else if let Some(organization) = organization {
            Cow::Borrowed(organization)
        } else {
            Cow::Owned(format!("serial:{}", decimal(&self.serial)))
        }
    }
}

/// The version, counted from 1.
fn version(fields: &mut Input<'_>) -> Result<i64, GoError> {
    let malformed = "x509: malformed version";
    let version = match fields.optional(VERSION).ok_or(malformed)? {
        None => 0,
        Some(mut inner) => {
            let version = inner.int64().ok_or(malformed)?;
            if !inner.is_empty() || version < 0 {
                return Err(malformed.into());
            }
            version
        }
    };
    if version > 2 {
        return Err("x509: invalid version".into());
    }
    Ok(version + 1)
}

/// The fields after the key; extensions are read in version 3 only.
fn extensions(
    fields: &mut Input<'_>,
    version: i64,
    release: Release,
) -> Result<Extensions, GoError> {
    fields
        .optional(ISSUER_UNIQUE_ID)
        .ok_or("x509: malformed issuerUniqueID")?;
    fields
        .optional(SUBJECT_UNIQUE_ID)
        .ok_or("x509: malformed subjectUniqueID")?;
    if version != 3 {
        return Ok(Extensions::default());
    }
    let malformed = "x509: malformed extensions";
    match fields.optional(EXTENSIONS).ok_or(malformed)? {
        Some(mut extensions) => {
            let list = extensions.read(tag::SEQUENCE).ok_or(malformed)?;
            Extensions::parse(list, release)
        }
        None => Ok(Extensions::default()),
    }
}

/// A signed number in decimal (`big.Int.String`).
fn decimal(octets: &[u8]) -> String {
    let negative = octets.first().is_some_and(|first| first & 0x80 != 0);
    let mut magnitude = octets.to_vec();
    if negative {
        let mut carry = true;
        for octet in magnitude.iter_mut().rev() {
            (*octet, carry) = (!*octet).overflowing_add(u8::from(carry));
        }
        let _ = carry;
    }
    let mut digits = Vec::new();
    while magnitude.iter().any(|&octet| octet != 0) {
        let mut remainder = 0_u16;
        for octet in &mut magnitude {
            let value = (remainder << 8) | u16::from(*octet);
            // Below 256, as the remainder is below 10.
            *octet = u8::try_from(value / 10).unwrap_or(u8::MAX);
            remainder = value % 10;
        }
        digits.push(char::from(b'0' + u8::try_from(remainder).unwrap_or(0)));
    }
    if digits.is_empty() {
        return "0".to_owned();
    }
    if negative {
        digits.push('-');
    }
    digits.iter().rev().collect()
}
