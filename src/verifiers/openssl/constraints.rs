//! Name constraints: `NAME_CONSTRAINTS_check` and `NAME_CONSTRAINTS_check_CN`.
//!
//! `crypto/x509/v3_ncons.c` (1.1.1: `crypto/x509v3/v3_ncons.c`). The releases differ in three things:
//!
//! - 1.1.1 refuses a minimum or maximum that is there at all, the others allow a minimum of 0;
//! - 1.1.1 knows no `SmtpUTF8Mailbox`, and refuses every otherName that meets an otherName constraint,
//!   where the others refuse only one of the same type;
//! - from 3.5 on `OSSL_parse_url` takes URIs apart (`uri.rs`).
//!
//! Not modelled: internationalised domain names (`xn--`) in a constraint that a `SmtpUTF8Mailbox` meets are
//! compared as they stand.

use super::name;
use super::uri;
use crate::analysis::OpensslRelease;
use crate::cert::Certificate;
use crate::cert::der::{Tlv, tag};
use crate::cert::extension::{GeneralName, NameConstraints, Subtree};
use crate::cert::name::{Attribute, Name};
use crate::cert::oid;

/// `X509_V_ERR_UNSPECIFIED`.
const UNSPECIFIED: i32 = 1;
/// `X509_V_ERR_OUT_OF_MEM`, which also stands for a string that does not convert; it ends the verification.
const OUT_OF_MEMORY: i32 = 17;
/// `X509_V_ERR_PERMITTED_VIOLATION`.
const PERMITTED_VIOLATION: i32 = 47;
/// `X509_V_ERR_EXCLUDED_VIOLATION`.
const EXCLUDED_VIOLATION: i32 = 48;
/// `X509_V_ERR_SUBTREE_MINMAX`.
const SUBTREE_MINMAX: i32 = 49;
/// `X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE`.
const UNSUPPORTED_CONSTRAINT_TYPE: i32 = 51;
/// `X509_V_ERR_UNSUPPORTED_NAME_SYNTAX`.
const UNSUPPORTED_NAME_SYNTAX: i32 = 53;

/// `NAME_CHECK_MAX`: names times subtrees.
const MOST_CHECKS: usize = 1 << 20;

/// Whether a certificate obeys the constraints of one above it; the error is OpenSSL's number.
///
/// The commonNames of an end-entity count as dNSNames where its subjectAltName has none
/// (`check_name_constraints` of `crypto/x509/x509_vfy.c`).
pub(in crate::verifiers) fn violation(
    release: OpensslRelease,
    certificate: &Certificate<'_>,
    constraints: &NameConstraints<'_>,
    end_entity: bool,
) -> Result<(), i32> {
    let checker = Checker {
        release,
        constraints,
    };
    checker.check(certificate)?;
    let alternatives = &certificate.values.subject_alt_names;
    let has_dns = alternatives
        .iter()
        .any(|name| name.kind == GeneralName::DNS_NAME);
    if end_entity && !has_dns {
        checker.check_common_names(&certificate.subject)?;
    }
    Ok(())
}

/// A name that is checked.
#[derive(Clone, Copy)]
enum Checked<'a> {
    Directory(&'a Name<'a>),
    Email(&'a [u8]),
    Dns(&'a [u8]),
    Alternative(&'a GeneralName<'a>),
}

impl Checked<'_> {
    fn kind(self) -> u8 {
        match self {
            Self::Directory(_) => GeneralName::DIRECTORY_NAME,
            Self::Email(_) => GeneralName::RFC822_NAME,
            Self::Dns(_) => GeneralName::DNS_NAME,
            Self::Alternative(name) => name.kind,
        }
    }
}

struct Checker<'a> {
    release: OpensslRelease,
    constraints: &'a NameConstraints<'a>,
}

impl Checker<'_> {
    /// `NAME_CONSTRAINTS_check`.
    fn check(&self, certificate: &Certificate<'_>) -> Result<(), i32> {
        let subject = &certificate.subject;
        let alternatives = &certificate.values.subject_alt_names;
        let attributes = subject.rdns.iter().flatten().count();
        let names = attributes + alternatives.len();
        let subtrees = self.constraints.subtrees().count();
        if names > 0 && subtrees > MOST_CHECKS / names {
            return Err(UNSPECIFIED);
        }
        if attributes > 0 {
            self.match_name(Checked::Directory(subject))?;
            for email in subject.attributes(oid::EMAIL_ADDRESS) {
                if email.tag != tag::IA5_STRING {
                    return Err(UNSUPPORTED_NAME_SYNTAX);
                }
                self.match_name(Checked::Email(email.value))?;
            }
        }
        alternatives
            .iter()
            .try_for_each(|name| self.match_name(Checked::Alternative(name)))
    }

    /// `NAME_CONSTRAINTS_check_CN`.
    fn check_common_names(&self, subject: &Name<'_>) -> Result<(), i32> {
        for attribute in subject.attributes(oid::COMMON_NAME) {
            if let Some(host) = dns_id(attribute)? {
                self.match_name(Checked::Dns(&host))?;
            }
        }
        Ok(())
    }

    /// `nc_match`: one permitted subtree of the name's type must match, and no excluded one.
    fn match_name(&self, name: Checked<'_>) -> Result<(), i32> {
        let mut found = None;
        for subtree in self.constraints.permitted.iter().flatten() {
            if !self.is_of_type(name, subtree) {
                continue;
            }
            self.no_range(subtree)?;
            // Later ones are not compared once one has matched.
            if found != Some(true) {
                found = Some(self.matches(name, &subtree.base)?);
            }
        }
        if found == Some(false) {
            return Err(PERMITTED_VIOLATION);
        }
        for subtree in self.constraints.excluded.iter().flatten() {
            if self.is_of_type(name, subtree) {
                self.no_range(subtree)?;
                if self.matches(name, &subtree.base)? {
                    return Err(EXCLUDED_VIOLATION);
                }
            }
        }
        Ok(())
    }

    fn is_of_type(&self, name: Checked<'_>, subtree: &Subtree<'_>) -> bool {
        if self.release > OpensslRelease::V1_1_1
            && let Checked::Alternative(alternative) = name
            && alternative.kind == GeneralName::OTHER_NAME
        {
            if is_smtp_utf8_mailbox(alternative) {
                return subtree.base.kind == GeneralName::RFC822_NAME;
            }
            return subtree.base.kind == GeneralName::OTHER_NAME
                && other_name_type(alternative) == other_name_type(&subtree.base);
        }
        name.kind() == subtree.base.kind
    }

    /// `nc_minmax_valid`.
    fn no_range(&self, subtree: &Subtree<'_>) -> Result<(), i32> {
        let minimum_allowed = match subtree.minimum {
            None => true,
            Some(minimum) => minimum == 0 && self.release > OpensslRelease::V1_1_1,
        };
        if minimum_allowed && subtree.maximum.is_none() {
            Ok(())
        } else {
            Err(SUBTREE_MINMAX)
        }
    }

    /// `nc_match_single`, for a base of the name's type.
    fn matches(&self, name: Checked<'_>, base: &GeneralName<'_>) -> Result<bool, i32> {
        let alternative = match name {
            Checked::Directory(subject) => return directory(subject, base),
            Checked::Email(email) => return email_matches(email, base.value),
            Checked::Dns(host) => return Ok(dns(host, base.value)),
            Checked::Alternative(alternative) => alternative,
        };
        match alternative.kind {
            GeneralName::OTHER_NAME if base.kind == GeneralName::RFC822_NAME => {
                mailbox(alternative, base.value)
            }
            GeneralName::DIRECTORY_NAME => {
                let name = alternative.directory_name().map_err(|_| OUT_OF_MEMORY)?;
                directory(&name, base)
            }
            GeneralName::DNS_NAME => Ok(dns(alternative.value, base.value)),
            GeneralName::RFC822_NAME => email_matches(alternative.value, base.value),
            GeneralName::URI => {
                let host =
                    uri::host(self.release, alternative.value).ok_or(UNSUPPORTED_NAME_SYNTAX)?;
                Ok(host_matches(host, base.value))
            }
            GeneralName::IP_ADDRESS => ip(alternative.value, base.value),
            _ => Err(UNSUPPORTED_CONSTRAINT_TYPE),
        }
    }
}

fn is_smtp_utf8_mailbox(name: &GeneralName<'_>) -> bool {
    other_name_type(name) == Some(oid::SMTP_UTF8_MAILBOX.0)
}

/// The type of an otherName.
fn other_name_type<'a>(name: &GeneralName<'a>) -> Option<&'a [u8]> {
    let kind: Option<Tlv<'a>> = name.tlv.children().read().ok();
    kind.filter(|kind| kind.tag == tag::OID)
        .map(|kind| kind.value())
}

/// `cn2dnsid`: the commonName if it looks like a host name of two labels at least.
fn dns_id(attribute: &Attribute<'_>) -> Result<Option<Vec<u8>>, i32> {
    // ASN1_STRING_to_UTF8 knows the string types alone.
    if !matches!(attribute.tag, 0x0c | 0x12..=0x14 | 0x16..=0x18 | 0x1a | 0x1c | 0x1e) {
        return Err(OUT_OF_MEMORY);
    }
    let text = name::to_utf8(attribute.tag, attribute.value).ok_or(OUT_OF_MEMORY)?;
    let text = text.trim_end_matches('\0').as_bytes();
    if text.contains(&0) {
        return Err(UNSUPPORTED_NAME_SYNTAX);
    }
    let mut has_dot = false;
    for (index, &octet) in text.iter().enumerate() {
        if octet.is_ascii_alphanumeric() || octet == b'_' {
            continue;
        }
        if index == 0 || index + 1 == text.len() {
            return Ok(None);
        }
        let (before, after) = (text[index - 1], text[index + 1]);
        match octet {
            b'-' => {}
            b'.' if after != b'.' && before != b'-' && after != b'-' => has_dot = true,
            _ => return Ok(None),
        }
    }
    Ok(has_dot.then(|| text.to_vec()))
}

/// `nc_dn`: the constraint is a prefix of the name, in the canonical encoding.
fn directory(subject: &Name<'_>, base: &GeneralName<'_>) -> Result<bool, i32> {
    let base = base.directory_name().map_err(|_| OUT_OF_MEMORY)?;
    let base = name::canonical(&base).ok_or(OUT_OF_MEMORY)?;
    let subject = name::canonical(subject).ok_or(OUT_OF_MEMORY)?;
    Ok(subject.starts_with(&base))
}

/// `nc_dns`.
fn dns(host: &[u8], base: &[u8]) -> bool {
    let Some(&first) = base.first() else {
        return true;
    };
    let Some(left) = host.len().checked_sub(base.len()) else {
        return false;
    };
    (left == 0 || first == b'.' || host[left - 1] == b'.')
        && host[left..].eq_ignore_ascii_case(base)
}

/// `nc_email`.
fn email_matches(email: &[u8], base: &[u8]) -> Result<bool, i32> {
    let at = |text: &[u8]| text.iter().rposition(|&octet| octet == b'@');
    let email_at = at(email).ok_or(UNSUPPORTED_NAME_SYNTAX)?;
    let base_at = at(base);
    if base_at.is_none() && base.first() == Some(&b'.') {
        return Ok(ends_with(email, base));
    }
    let mut host = base;
    if let Some(base_at) = base_at {
        let (local, base_local) = (&email[..email_at], &base[..base_at]);
        if !base_local.is_empty() {
            if local.len() != base_local.len() {
                return Ok(false);
            }
            if local.contains(&0) || base_local.contains(&0) {
                return Err(UNSUPPORTED_NAME_SYNTAX);
            }
            if local != base_local {
                return Ok(false);
            }
        }
        host = &base[base_at + 1..];
    }
    Ok(email[email_at + 1..].eq_ignore_ascii_case(host))
}

/// `nc_email_eai`: a `SmtpUTF8Mailbox` against the host of an rfc822Name constraint.
fn mailbox(name: &GeneralName<'_>, base: &[u8]) -> Result<bool, i32> {
    /// What `ulabel` holds, its final NUL included.
    const LONGEST: usize = 255;
    if base.contains(&0) {
        return Err(UNSUPPORTED_NAME_SYNTAX);
    }
    let value = name
        .other_name()
        .ok()
        .map(|(_, value)| value)
        .filter(|value| value.tag == tag::UTF8_STRING)
        .ok_or(UNSUPPORTED_NAME_SYNTAX)?;
    let email = value.value();
    let at = email
        .iter()
        .rposition(|&octet| octet == b'@')
        .ok_or(UNSUPPORTED_NAME_SYNTAX)?;
    if base.len() >= LONGEST {
        return Err(UNSPECIFIED);
    }
    if base.first() == Some(&b'.') {
        // The conversion keeps the dot, and another one has been put before it.
        let doubled = [b".", base].concat();
        return Ok(ends_with(email, &doubled));
    }
    Ok(email[at + 1..].eq_ignore_ascii_case(base))
}

/// The end of `nc_uri`.
fn host_matches(host: &[u8], base: &[u8]) -> bool {
    if base.first() == Some(&b'.') {
        return ends_with(host, base);
    }
    host.eq_ignore_ascii_case(base)
}

/// Whether `text` is longer than `end`, and ends with it.
fn ends_with(text: &[u8], end: &[u8]) -> bool {
    text.len() > end.len() && text[text.len() - end.len()..].eq_ignore_ascii_case(end)
}

/// `nc_ip`.
fn ip(address: &[u8], base: &[u8]) -> Result<bool, i32> {
    if !matches!(address.len(), 4 | 16) || !matches!(base.len(), 8 | 32) {
        return Err(UNSUPPORTED_NAME_SYNTAX);
    }
    if address.len() * 2 != base.len() {
        return Ok(false);
    }
    let (network, mask) = base.split_at(address.len());
    let mut octets = address.iter().zip(network).zip(mask);
    Ok(octets.all(|((own, network), mask)| own & mask == network & mask))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_match_by_labels() {
        assert!(dns(b"a.example.com", b"Example.com"));
        assert!(dns(b"a.example.com", b".example.com"));
        assert!(!dns(b"example.com", b".example.com"));
        assert!(!dns(b"badexample.com", b"example.com"));
        assert!(dns(b"anything", b""));
    }

    #[test]
    fn addresses_match_by_host_or_by_mailbox() {
        assert_eq!(email_matches(b"a@Example.com", b"example.com"), Ok(true));
        assert_eq!(email_matches(b"a@b.example.com", b"example.com"), Ok(false));
        assert_eq!(email_matches(b"a@b.example.com", b".example.com"), Ok(true));
        assert_eq!(email_matches(b"A@example.com", b"a@example.com"), Ok(false));
        assert_eq!(email_matches(b"a@example.com", b"@example.com"), Ok(true));
        assert_eq!(email_matches(b"nobody", b"example.com"), Err(53));
        assert_eq!(email_matches(b"a@example.com", b""), Ok(false));
    }

    #[test]
    fn networks_are_masked() {
        let base = [10, 0, 0, 0, 255, 0, 0, 0];
        assert_eq!(ip(&[10, 1, 2, 3], &base), Ok(true));
        assert_eq!(ip(&[11, 1, 2, 3], &base), Ok(false));
        assert_eq!(ip(&[0; 16], &base), Ok(false));
        assert_eq!(ip(&[10, 1], &base), Err(53));
    }

    #[test]
    fn common_names_count_where_they_look_like_hosts() {
        let tlv = crate::cert::der::Reader::new(&[0x30, 0]).read().unwrap();
        let of = |value: &'static [u8]| {
            dns_id(&Attribute {
                oid: oid::COMMON_NAME,
                tag: tag::UTF8_STRING,
                value,
                tlv,
            })
        };
        assert_eq!(of(b"a.example"), Ok(Some(b"a.example".to_vec())));
        assert_eq!(of(b"a.example\0"), Ok(Some(b"a.example".to_vec())));
        assert_eq!(of(b"a\0.example"), Err(53));
        for other in [
            &b"localhost"[..],
            b"a b.c",
            b"-a.b",
            b"a..b",
            b"a.-b",
            b"a.b.",
            b"",
        ] {
            assert_eq!(of(other), Ok(None));
        }
    }
}
