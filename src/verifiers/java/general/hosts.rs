//! DNS names and URIs as `sun.security.x509.DNSName` and `URIName` read and compare them.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{Relation, Thrown};

/// A URI of a subjectAltName, or the host or domain that is the base of a subtree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Uri {
    text: String,
    host: Option<String>,
    /// The host without a leading dot, where it is a DNS name and no address.
    dns: Option<String>,
}

impl Uri {
    /// The base of a subtree: a host, or a domain with a leading dot (`URIName.nameConstraint`).
    pub(super) fn base(text: &str) -> Result<Self, Thrown> {
        let invalid = || Thrown::io(format!("invalid URI name constraint:{text}"));
        if text.bytes().any(|byte| !is_uri_byte(byte)) {
            return Err(invalid());
        }
        if scheme(text).is_some() {
            return Err(Thrown::io(format!(
                "invalid URI name constraint (should not include scheme):{text}"
            )));
        }
        let host = text.split('#').next().unwrap_or_default();
        let dns = dns_name(host.strip_prefix('.').unwrap_or(host)).map_err(|_| invalid())?;
        Ok(Self {
            text: text.to_owned(),
            host: Some(host.to_owned()),
            dns: Some(dns),
        })
    }

    /// A URI (`new URIName`): what `java.net.URI` takes, with a scheme.
    pub(super) fn parse(text: &str) -> Result<Self, Thrown> {
        let invalid = || Thrown::io(format!("invalid URI name:{text}"));
        if text.is_empty() || text.bytes().any(|byte| !is_uri_byte(byte)) {
            return Err(invalid());
        }
        let Some((_, rest)) = scheme(text) else {
            // A colon before any slash would end a scheme that is none.
            let first = text.find([':', '/', '?', '#']);
            let is_broken = first.is_some_and(|at| text.as_bytes()[at] == b':');
            return Err(if is_broken {
                invalid()
            } else {
                Thrown::io(format!("URI name must include scheme:{text}"))
            });
        };
        if rest.is_empty() || rest.starts_with('#') {
            return Err(invalid());
        }
        let Some(rest) = rest.strip_prefix("//") else {
            return Ok(Self {
                text: text.to_owned(),
                host: None,
                dns: None,
            });
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = &rest[..end];
        if authority.is_empty() && end == rest.len() {
            return Err(invalid());
        }
        let host = host_of(authority);
        let mut dns = None;
        if let Some(host) = host {
            let no_host = || {
                Thrown::io(format!(
                    "invalid URI name (host portion is not a valid DNSName or IPv4 address):{text}"
                ))
            };
            if !host.starts_with('[') {
                match dns_name(host) {
                    Ok(name) => dns = Some(name),
                    Err(_) if host.parse::<Ipv4Addr>().is_ok() => {}
                    Err(_) => return Err(no_host()),
                }
            }
        }
        Ok(Self {
            text: text.to_owned(),
            host: host.map(str::to_owned),
            dns,
        })
    }

    /// `URIName.constrains`: this is the base.
    pub(super) fn relation(&self, name: &Self) -> Result<Relation, Thrown> {
        let Some(other) = &name.host else {
            return Err(Thrown {
                class: "java.lang.NullPointerException",
                message: "Cannot invoke \"String.equalsIgnoreCase(String)\" because \"otherHost\" is null"
                    .to_owned(),
            });
        };
        let Some(host) = &self.host else {
            return Ok(Relation::Apart);
        };
        if other.eq_ignore_ascii_case(host) {
            return Ok(Relation::Match);
        }
        let (Some(dns), Some(other_dns)) = (&self.dns, &name.dns) else {
            return Ok(Relation::Apart);
        };
        let domain = host.starts_with('.');
        let other_domain = other.starts_with('.');
        let relation = dns_relation(dns, other_dns)?;
        Ok(match relation {
            Relation::Widens | Relation::Narrows if !domain && !other_domain => Relation::Apart,
            Relation::Match if domain != other_domain => {
                if domain {
                    Relation::Widens
                } else {
                    Relation::Narrows
                }
            }
            other => other,
        })
    }
}

/// What `java.net.URI` lets stand somewhere in a URI; characters outside ASCII are replaced before.
fn is_uri_byte(byte: u8) -> bool {
    byte.is_ascii_graphic()
        && !matches!(
            byte,
            b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{' | b'|' | b'}'
        )
}

fn scheme(text: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let begins = scheme.starts_with(|first: char| first.is_ascii_alphabetic());
    (begins && scheme.bytes().all(legal)).then_some((scheme, rest))
}

/// The host of an authority that names a server; none where it is some other authority.
fn host_of(authority: &str) -> Option<&str> {
    let server = authority
        .rsplit_once('@')
        .map_or(authority, |(_, server)| server);
    if let Some(address) = server.strip_prefix('[') {
        let end = address.find(']')?;
        address[..end].parse::<Ipv6Addr>().ok()?;
        return Some(&server[..end + 2]);
    }
    let (host, port) = server.split_once(':').unwrap_or((server, ""));
    if !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if host.parse::<Ipv4Addr>().is_ok() {
        return Some(host);
    }
    // A host name of RFC 2396: labels of letters, digits and hyphens, the last one begins with a letter.
    let labels = host.strip_suffix('.').unwrap_or(host).split('.');
    let is_label = |label: &str| {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty()
            && label.bytes().all(legal)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = labels.clone().next_back()?;
    let begins = last.starts_with(|first: char| first.is_ascii_alphabetic());
    (begins && labels.clone().all(is_label)).then_some(host)
}

/// Checks a host name (`new DNSName(String)`).
pub(in super::super) fn dns_name(name: &str) -> Result<String, Thrown> {
    if name.is_empty() {
        return Err(Thrown::io("DNSName must not be null or empty"));
    }
    if name.contains(' ') {
        return Err(Thrown::io("DNSName with blank components is not permitted"));
    }
    if name.starts_with('.') || name.ends_with('.') {
        return Err(Thrown::io("DNSName may not begin or end with a ."));
    }
    for label in name.split('.') {
        let mut bytes = label.bytes();
        let Some(first) = bytes.next() else {
            return Err(Thrown::io(
                "DNSName with empty components are not permitted",
            ));
        };
        if !first.is_ascii_alphanumeric() {
            return Err(Thrown::io(
                "DNSName components must begin with a letter or digit",
            ));
        }
        if !bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(Thrown::io(
                "DNSName components must consist of letters, digits, and hyphens",
            ));
        }
    }
    Ok(name.to_owned())
}

/// `DNSName.constrains`: by the end of the text, where a dot stands on exactly one side of the cut.
pub(super) fn dns_relation(base: &str, name: &str) -> Result<Relation, Thrown> {
    let base = base.to_lowercase();
    let name = name.to_lowercase();
    let inside =
        |outer: &str, inner: &str, relation: Relation| -> Option<Result<Relation, Thrown>> {
            let before = inner.strip_suffix(outer)?;
            if outer.is_empty() {
                // Java asks for the first character of the empty name.
                return Some(Err(Thrown {
                    class: "java.lang.StringIndexOutOfBoundsException",
                    message: "String index out of range: 0".to_owned(),
                }));
            }
            let is_below = before.ends_with('.') != outer.starts_with('.');
            Some(Ok(if is_below { relation } else { Relation::Apart }))
        };
    if base == name {
        return Ok(Relation::Match);
    }
    inside(&name, &base, Relation::Widens)
        .or_else(|| inside(&base, &name, Relation::Narrows))
        .unwrap_or(Ok(Relation::Apart))
}
