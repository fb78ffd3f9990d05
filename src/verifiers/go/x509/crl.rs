//! CRLs, as far as Go refuses them.
//!
//! Source: `ParseRevocationList` in `src/crypto/x509/parser.go`. Only ingress-nginx asks: Go's TLS checks no CRL.

use super::super::Release;
use super::super::der::{Input, int64};
use super::super::time;
use super::extensions::{Extension, authority_key_id};
use super::{GoError, key, name};
use crate::cert::der::tag;

/// What Go's `ParseRevocationList` says against a CRL, if anything; what follows the CRL is not looked at.
///
/// # Errors
/// Go's error text.
pub fn parses(der: &[u8], release: Release) -> Result<(), GoError> {
    let malformed = "x509: malformed crl";
    let mut outer = Input(der).read(tag::SEQUENCE).ok_or(malformed)?;
    let mut fields = outer.read(tag::SEQUENCE).ok_or("x509: malformed tbs crl")?;
    if !fields.peek(tag::INTEGER) {
        return Err("x509: unsupported crl version".into());
    }
    let version = fields.int64().ok_or(malformed)?;
    if version != 1 {
        return Err(format!("x509: unsupported crl version: {version}").into());
    }
    let inner = fields
        .read(tag::SEQUENCE)
        .ok_or("x509: malformed signature algorithm identifier")?;
    let identifier = outer
        .read(tag::SEQUENCE)
        .ok_or("x509: malformed algorithm identifier")?;
    if identifier.0 != inner.0 {
        return Err("x509: inner and outer signature algorithm identifiers don't match".into());
    }
    key::algorithm(inner, release)?;
    outer.bit_string().ok_or("x509: malformed signature")?;
    let issuer = fields
        .element(tag::SEQUENCE)
        .ok_or("x509: malformed issuer")?;
    name::parse(issuer, release)?;
    time::read(&mut fields, release)?;
    if fields.peek(tag::GENERALIZED_TIME) || fields.peek(tag::UTC_TIME) {
        time::read(&mut fields, release)?;
    }
    if fields.peek(tag::SEQUENCE) {
        let mut revoked = fields.read(tag::SEQUENCE).ok_or(malformed)?;
        while !revoked.is_empty() {
            entry(revoked.read(tag::SEQUENCE).ok_or(malformed)?, release)?;
        }
    }
    let malformed = "x509: malformed extensions";
    if let Some(mut extensions) = fields.optional(0xa0).ok_or(malformed)? {
        let list = extensions.read(tag::SEQUENCE).ok_or(malformed)?;
        each_extension(list, release, crl_extension)?;
    }
    Ok(())
}

fn entry(mut entry: Input<'_>, release: Release) -> Result<(), GoError> {
    entry.integer().ok_or("x509: malformed serial number")?;
    time::read(&mut entry, release)?;
    let extensions = entry
        .optional(tag::SEQUENCE)
        .ok_or("x509: malformed extensions")?;
    match extensions {
        Some(list) => each_extension(list, release, entry_extension),
        None => Ok(()),
    }
}

fn each_extension(
    mut list: Input<'_>,
    release: Release,
    check: fn(&Extension<'_>, Release) -> Result<(), GoError>,
) -> Result<(), GoError> {
    while !list.is_empty() {
        let extension = list
            .read(tag::SEQUENCE)
            .ok_or("x509: malformed extension")?;
        check(&Extension::parse(extension, release)?, release)?;
    }
    Ok(())
}

fn entry_extension(extension: &Extension<'_>, release: Release) -> Result<(), GoError> {
    if extension.oid.arcs() == [2, 5, 29, 21] && release >= Release::V1_27 {
        let reason = Input(extension.value).integer_tagged(tag::ENUMERATED);
        reason
            .and_then(int64)
            .ok_or("x509: malformed reasonCode extension")?;
    }
    Ok(())
}

fn crl_extension(extension: &Extension<'_>, release: Release) -> Result<(), GoError> {
    match extension.oid.arcs() {
        [2, 5, 29, 35] if release >= Release::V1_27 => {
            if extension.critical {
                return Err("x509: authority key identifier incorrectly marked critical".into());
            }
            authority_key_id(Input(extension.value)).map(|_| ())
        }
        [2, 5, 29, 20] => {
            let number = Input(extension.value).integer();
            number
                .map(|_| ())
                .ok_or("x509: malformed crl number".into())
        }
        _ => Ok(()),
    }
}
