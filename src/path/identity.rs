//! Peer names: whether a certificate is for the one that is expected (RFC 9525).
//!
//! Only subjectAltName counts. A commonName names nobody (RFC 9525 §2).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::names::domain::{DnsName, host_name, is_one_label_below};
use super::names::email::Mailbox;
use super::names::uri::Uri;
use super::names::{describe, smtp_utf8_mailbox};
use crate::cert::extension::GeneralName;
use crate::cert::name::Attribute;
use crate::cert::{Certificate, oid};

/// How many of a certificate's names a problem lists.
const LISTED: usize = 4;

/// Whom a certificate is expected to be for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PeerName {
    /// A host, in A-labels.
    Dns(String),
    /// An IP address.
    Ip(IpAddr),
    /// A mailbox.
    Email(String),
    /// A URI, such as a SPIFFE ID.
    Uri(String),
}

/// Schemes of URIs that have no `//` after them.
const OPAQUE_SCHEMES: [&str; 7] = ["spiffe", "urn", "tag", "did", "sip", "sips", "mailto"];

impl FromStr for PeerName {
    type Err = String;

    /// Tells the kind by the form: an IP address, a URI, a mailbox, else a host.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bracketed = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
            .unwrap_or(text);
        if let Ok(address) = bracketed.parse() {
            return Ok(Self::Ip(address));
        }
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
        let is_opaque = OPAQUE_SCHEMES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(scheme));
        let (kind, result) = if text.contains("://") || is_opaque {
            (
                "a URI",
                Uri::parse(text.as_bytes()).map(|_| Self::Uri(text.to_owned())),
            )
        } else if text.contains('@') {
            let mailbox = Mailbox::parse_utf8(text.as_bytes());
            ("a mailbox", mailbox.map(|_| Self::Email(text.to_owned())))
        } else {
            (
                "a host name",
                host(text).map(|host| Self::Dns(host.to_owned())),
            )
        };
        result.map_err(|why| format!("`{text}` is not {kind}: {why}"))
    }
}

/// Reads the name of one host.
fn host(text: &str) -> Result<&str, &'static str> {
    if !text.is_ascii() {
        return Err("it has characters outside ASCII; write its A-labels, which begin with `xn--`");
    }
    if text.contains('*') {
        return Err("a wildcard stands for many hosts, and one is expected");
    }
    if text.contains(':') {
        return Err("it has a colon; give the host without a port");
    }
    // A final dot says that nothing follows, and is no part of the name in a certificate.
    let host = text.strip_suffix('.').unwrap_or(text);
    host_name(host.as_bytes())
}

impl fmt::Display for PeerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(text) | Self::Email(text) | Self::Uri(text) => f.write_str(text),
            Self::Ip(address) => write!(f, "{address}"),
        }
    }
}

/// Whom a certificate is for, where it is not the one that is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProblem {
    /// The first names of its subjectAltName, each with its form.
    pub names: Vec<String>,
    /// How many more there are.
    pub more: usize,
    /// Whether subjectAltName does not decode, so that it names nobody.
    pub malformed: bool,
    /// Whether the expected name is the commonName, which does not count.
    pub in_common_name: bool,
}

impl fmt::Display for IdentityProblem {
    /// One sentence without its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.malformed {
            return f.write_str("the certificate's subjectAltName cannot be read");
        }
        let Some((last, names)) = self.names.split_last() else {
            return f.write_str("the certificate has no name in subjectAltName");
        };
        f.write_str("the certificate is for ")?;
        f.write_str(&names.join(", "))?;
        let comma = if names.is_empty() { "" } else { ", " };
        match (self.more, names.is_empty()) {
            (0, true) => f.write_str(last),
            (0, false) => write!(f, " and {last}"),
            (more, _) => write!(f, "{comma}{last} and {more} more"),
        }
    }
}

impl std::error::Error for IdentityProblem {}

/// Tells whether a certificate is for `name`.
///
/// # Errors
/// No name of its subjectAltName is the one that is expected.
pub fn identify(certificate: &Certificate<'_>, name: &PeerName) -> Result<(), IdentityProblem> {
    let san = oid::SUBJECT_ALT_NAME;
    let values = &certificate.values;
    let malformed = values.malformed.iter().any(|(kind, _)| *kind == san);
    let names = &values.subject_alt_names;
    if !malformed && names.iter().any(|own| is(own, name)) {
        return Ok(());
    }
    let expected = name.to_string();
    let in_common_name = certificate
        .subject
        .attributes(oid::COMMON_NAME)
        .filter_map(Attribute::text)
        .any(|text| text.eq_ignore_ascii_case(&expected));
    Err(IdentityProblem {
        names: names.iter().take(LISTED).map(describe).collect(),
        more: names.len().saturating_sub(LISTED),
        malformed,
        in_common_name,
    })
}

/// Whether a name of a certificate is the one that is expected. What is malformed is nobody's.
fn is(own: &GeneralName<'_>, expected: &PeerName) -> bool {
    match (expected, own.kind) {
        (PeerName::Dns(host), GeneralName::DNS_NAME) => is_host(own.value, host),
        (PeerName::Ip(IpAddr::V4(address)), GeneralName::IP_ADDRESS) => {
            own.value == address.octets()
        }
        (PeerName::Ip(IpAddr::V6(address)), GeneralName::IP_ADDRESS) => {
            own.value == address.octets()
        }
        (PeerName::Email(mailbox), GeneralName::RFC822_NAME) => {
            let own = Mailbox::parse(own.value);
            own.is_ok() && own == Mailbox::parse_utf8(mailbox.as_bytes())
        }
        (PeerName::Email(mailbox), GeneralName::OTHER_NAME) => smtp_utf8_mailbox(own)
            .map(Mailbox::parse_utf8)
            .is_some_and(|own| own.is_ok() && own == Mailbox::parse_utf8(mailbox.as_bytes())),
        (PeerName::Uri(uri), GeneralName::URI) => is_uri(own.value, uri),
        _ => false,
    }
}

/// RFC 9525 §6.3: letter case does not count, and a wildcard is a whole label, the left-most one.
fn is_host(own: &[u8], expected: &str) -> bool {
    match DnsName::parse(own) {
        Ok(DnsName::Host(host)) => host.eq_ignore_ascii_case(expected),
        Ok(DnsName::Wildcard { label: "*", domain }) => {
            !domain.is_empty() && is_one_label_below(expected, domain)
        }
        _ => false,
    }
}

/// The whole URI, with scheme and host in any case; or a URI-ID (RFC 9525 §6.5), which says scheme
/// and host and leaves the rest open.
fn is_uri(own: &[u8], expected: &str) -> bool {
    let (Ok(own), Ok(expected)) = (Uri::parse(own), Uri::parse(expected.as_bytes())) else {
        return false;
    };
    if !own.scheme.eq_ignore_ascii_case(expected.scheme) || own.user != expected.user {
        return false;
    }
    let same_host = match (own.host, expected.host) {
        (Some(own), Some(expected)) => own.eq_ignore_ascii_case(expected),
        (None, None) => true,
        _ => false,
    };
    // A SPIFFE ID counts as a whole: a trust domain's is not that of a workload in it.
    let is_uri_id = expected.host.is_some()
        && expected.rest.is_empty()
        && !expected.scheme.eq_ignore_ascii_case("spiffe");
    same_host && (own.rest == expected.rest || is_uri_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(text: &str) -> PeerName {
        text.parse().expect("a peer name")
    }

    #[test]
    fn the_form_tells_the_kind() {
        assert_eq!(
            peer("a.example.com."),
            PeerName::Dns("a.example.com".into())
        );
        assert_eq!(
            peer("[::1]"),
            PeerName::Ip("::1".parse().expect("an address"))
        );
        assert!(matches!(peer("192.0.2.1"), PeerName::Ip(_)));
        assert!(matches!(peer("bob@example.com"), PeerName::Email(_)));
        assert!(matches!(peer("spiffe://example.com/a"), PeerName::Uri(_)));
        assert!(matches!(peer("urn:uuid:1"), PeerName::Uri(_)));
        for (text, why) in [
            ("", "empty"),
            ("a..b", "empty label"),
            ("ä.example", "A-labels"),
            ("*.example.com", "wildcard"),
            ("a.example:443", "port"),
            ("a@b@c", "mailbox"),
            ("http://a b", "URI"),
        ] {
            let error = text.parse::<PeerName>().expect_err(text);
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn wildcards_are_one_whole_label() {
        assert!(is_host(b"*.Example.com", "a.example.com"));
        assert!(is_host(b"A.example.com", "a.example.com"));
        assert!(is_host(b"*.com", "a.com"));
        assert!(!is_host(b"*.example.com", "a.b.example.com"));
        assert!(!is_host(b"*.example.com", "example.com"));
        assert!(!is_host(b"*", "com"));
        assert!(!is_host(b"a*.example.com", "ab.example.com"));
        assert!(!is_host(b"a.*.example.com", "a.b.example.com"));
        assert!(!is_host(
            "😜.example.com".as_bytes(),
            "xn--628h.example.com"
        ));
    }

    #[test]
    fn uris_count_as_a_whole() {
        assert!(is_uri(b"SPIFFE://Example.com/a", "spiffe://example.com/a"));
        assert!(!is_uri(b"spiffe://example.com/a", "spiffe://example.com/A"));
        assert!(!is_uri(b"spiffe://example.com/a", "spiffe://example.com"));
        assert!(is_uri(b"https://example.com/a", "https://EXAMPLE.com"));
        assert!(!is_uri(b"https://example.com:1/", "http://example.com"));
        assert!(is_uri(b"urn:uuid:1", "urn:uuid:1"));
        assert!(!is_uri(b"urn:uuid:1", "urn:uuid:2"));
    }

    #[test]
    fn a_problem_lists_a_few_names() {
        let problem = |count: usize, more| IdentityProblem {
            names: (1..=count).map(|number| format!("`{number}`")).collect(),
            more,
            malformed: false,
            in_common_name: false,
        };
        assert_eq!(
            problem(2, 3).to_string(),
            "the certificate is for `1`, `2` and 3 more"
        );
        assert_eq!(
            problem(2, 0).to_string(),
            "the certificate is for `1` and `2`"
        );
        assert_eq!(problem(1, 0).to_string(), "the certificate is for `1`");
        assert!(problem(0, 0).to_string().contains("no name"));
    }
}
