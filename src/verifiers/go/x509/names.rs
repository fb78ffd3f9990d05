//! General names in subjectAltName and nameConstraints.
//!
//! Source: `parseSANExtension` and `parseNameConstraintsExtension` in `src/crypto/x509/parser.go`.

use super::super::Release;
use super::super::der::Input;
use super::super::quote::quote;
use super::GoError;
use super::domain::{domain_is_valid, mailbox};
use super::url::{Url, is_ip};
use crate::cert::der::tag;

const EMAIL: u8 = 0x81;
const DNS: u8 = 0x82;
const URI: u8 = 0x86;
const IP: u8 = 0x87;

/// The names of a subjectAltName that Go looks at, as they stand.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Names {
    pub(in super::super) dns: Vec<Vec<u8>>,
    pub(in super::super) emails: Vec<Vec<u8>>,
    pub(in super::super) uris: Vec<Url>,
    /// Of 4 or 16 octets each.
    pub(in super::super) ips: Vec<Vec<u8>>,
}

impl Names {
    pub(super) fn is_empty(&self) -> bool {
        let Self {
            dns,
            emails,
            uris,
            ips,
        } = self;
        dns.is_empty() && emails.is_empty() && uris.is_empty() && ips.is_empty()
    }
}

/// Reads the value of a subjectAltName.
pub(super) fn subject_alt_name(mut value: Input<'_>, release: Release) -> Result<Names, GoError> {
    let mut names = Names::default();
    let mut list = value
        .read(tag::SEQUENCE)
        .ok_or("x509: invalid subject alternative names")?;
    while !list.is_empty() {
        let (found, _, name) = list.any().ok_or("x509: invalid subject alternative name")?;
        match found {
            EMAIL if !name.is_ascii() => return Err("x509: SAN rfc822Name is malformed".into()),
            EMAIL => names.emails.push(name.to_vec()),
            DNS if !name.is_ascii() => return Err("x509: SAN dNSName is malformed".into()),
            DNS => names.dns.push(name.to_vec()),
            URI if !name.is_ascii() => {
                return Err("x509: SAN uniformResourceIdentifier is malformed".into());
            }
            URI => names.uris.push(uri(name, release)?),
            IP => match name.len() {
                16 if release >= Release::V1_27 && is_mapped(name) => {
                    return Err("x509: SAN iPAddress contains IPv4-mapped IPv6 address".into());
                }
                4 | 16 => names.ips.push(name.to_vec()),
                length => {
                    return Err(format!("x509: cannot parse IP address of length {length}").into());
                }
            },
            _ => {}
        }
    }
    Ok(names)
}

fn uri(text: &[u8], release: Release) -> Result<Url, GoError> {
    let refused = |what: &str| format!("x509: cannot parse URI {}: {what}", quote(text));
    let url = Url::parse(text, release).map_err(|why| refused(&why))?;
    if !url.host.is_empty() && !domain_is_valid(&url.host, false, release) {
        return Err(refused("invalid domain").into());
    }
    Ok(url)
}

/// Whether an IPv6 address stands for an IPv4 address (RFC 4291 §2.5.5.2).
fn is_mapped(address: &[u8]) -> bool {
    address.starts_with(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff])
}

/// A range of addresses: an address and a mask, of 4 or 16 octets both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Network {
    pub(in super::super) address: Vec<u8>,
    pub(in super::super) mask: Vec<u8>,
}

/// The permitted or the excluded subtrees of nameConstraints.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Subtrees {
    pub(in super::super) dns: Vec<Vec<u8>>,
    pub(in super::super) ips: Vec<Network>,
    pub(in super::super) emails: Vec<Vec<u8>>,
    pub(in super::super) uris: Vec<Vec<u8>>,
}

/// Reads the value of a nameConstraints: what is permitted, what is excluded, and whether Go knows all kinds in them.
pub(super) fn name_constraints(
    mut value: Input<'_>,
    release: Release,
) -> Result<(Subtrees, Subtrees, bool), GoError> {
    const PERMITTED: u8 = 0xa0;
    const EXCLUDED: u8 = 0xa1;
    let mut read = || {
        let mut fields = value.read(tag::SEQUENCE).filter(|_| value.is_empty())?;
        let permitted = fields.optional(PERMITTED)?;
        let excluded = fields.optional(EXCLUDED)?;
        let both = (permitted.unwrap_or_default(), excluded.unwrap_or_default());
        fields.is_empty().then_some(both)
    };
    let (permitted, excluded) = read().ok_or("x509: invalid NameConstraints extension")?;
    if permitted.is_empty() && excluded.is_empty() {
        return Err("x509: empty name constraints extension".into());
    }
    let mut handled = true;
    let permitted = Subtrees::parse(permitted, release, &mut handled)?;
    let excluded = Subtrees::parse(excluded, release, &mut handled)?;
    Ok((permitted, excluded, handled))
}

impl Subtrees {
    fn parse(mut list: Input<'_>, release: Release, handled: &mut bool) -> Result<Self, GoError> {
        let mut subtrees = Self::default();
        while !list.is_empty() {
            let subtree = list.read(tag::SEQUENCE);
            let base = subtree.and_then(|mut subtree| subtree.any());
            let (found, _, base) = base.ok_or("x509: invalid NameConstraints extension")?;
            match found {
                DNS => subtrees.dns.push(dns(base, release)?),
                IP => subtrees.ips.push(network(base, release)?),
                EMAIL => subtrees.emails.push(email(base, release)?),
                URI => subtrees.uris.push(uri_domain(base, release)?),
                _ => *handled = false,
            }
        }
        Ok(subtrees)
    }
}

fn ia5(text: &[u8]) -> Result<(), GoError> {
    if text.is_ascii() {
        return Ok(());
    }
    let quoted = quote(text);
    Err(
        format!("x509: invalid constraint value: x509: {quoted} cannot be encoded as an IA5String")
            .into(),
    )
}

fn dns(domain: &[u8], release: Release) -> Result<Vec<u8>, GoError> {
    ia5(domain)?;
    if !domain_is_valid(domain, true, release) {
        let quoted = quote(domain);
        return Err(format!("x509: failed to parse dnsName constraint {quoted}").into());
    }
    Ok(domain.to_vec())
}

fn network(octets: &[u8], release: Release) -> Result<Network, GoError> {
    if !matches!(octets.len(), 8 | 32) {
        let length = octets.len();
        return Err(format!("x509: IP constraint contained value of length {length}").into());
    }
    let (address, mask) = octets.split_at(octets.len() / 2);
    let ones = mask.iter().take_while(|&&octet| octet == 0xff).count();
    let partial = mask
        .get(ones)
        .is_none_or(|octet| octet.leading_ones() + octet.trailing_zeros() >= 8);
    let rest = mask.get(ones + 1..).unwrap_or_default();
    if !partial || rest.iter().any(|&octet| octet != 0) {
        let mask = crate::cert::hex_digits(mask);
        return Err(format!("x509: IP constraint contained invalid mask {mask}").into());
    }
    if release >= Release::V1_27 && address.len() == 16 && is_mapped(address) {
        return Err("x509: IP constraint contained IPv4-mapped IPv6 address".into());
    }
    Ok(Network {
        address: address.to_vec(),
        mask: mask.to_vec(),
    })
}

fn email(constraint: &[u8], release: Release) -> Result<Vec<u8>, GoError> {
    ia5(constraint)?;
    let is_valid = if constraint.contains(&b'@') {
        mailbox(constraint, release).is_some()
    } else {
        domain_is_valid(constraint, true, release)
    };
    if !is_valid {
        let quoted = quote(constraint);
        return Err(format!("x509: failed to parse rfc822Name constraint {quoted}").into());
    }
    Ok(constraint.to_vec())
}

fn uri_domain(domain: &[u8], release: Release) -> Result<Vec<u8>, GoError> {
    ia5(domain)?;
    let quoted = || quote(domain);
    // An address with a zone is none to `net.ParseIP`.
    if is_ip(domain) && !domain.contains(&b'%') {
        let quoted = quoted();
        return Err(
            format!("x509: failed to parse URI constraint {quoted}: cannot be IP address").into(),
        );
    }
    if !domain_is_valid(domain, true, release) {
        let quoted = quoted();
        return Err(format!("x509: failed to parse URI constraint {quoted}").into());
    }
    Ok(domain.to_vec())
}
