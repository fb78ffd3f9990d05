//! The hosts of URIs, and constraints on them.

use std::net::Ipv4Addr;

use super::domain::{Scope, host_name};

/// The parts of a URI that matter for comparison (RFC 3986 §3).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Uri<'a> {
    /// The scheme.
    pub(crate) scheme: &'a str,
    /// What stands between the scheme's `://` and the host: empty, or user information and an `@`.
    pub(crate) user: &'a str,
    /// The host; none where there is no authority.
    pub(crate) host: Option<&'a str>,
    /// What follows the host, or the scheme's colon where there is no authority.
    pub(crate) rest: &'a str,
}

impl<'a> Uri<'a> {
    /// Takes a URI apart.
    pub(crate) fn parse(octets: &'a [u8]) -> Result<Self, &'static str> {
        let text = std::str::from_utf8(octets)
            .ok()
            .filter(|text| text.is_ascii())
            .ok_or("it has characters outside ASCII")?;
        if text.bytes().any(|byte| !byte.is_ascii_graphic()) {
            return Err("it has a character that URIs do not have");
        }
        let (scheme, after) = text.split_once(':').ok_or("it has no scheme")?;
        let in_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        if !scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            || !scheme.bytes().all(in_scheme)
        {
            return Err("it has no scheme");
        }
        let Some(after) = after.strip_prefix("//") else {
            return Ok(Self {
                scheme,
                user: "",
                host: None,
                rest: after,
            });
        };
        let end = after.find(['/', '?', '#']).unwrap_or(after.len());
        let start = after[..end].rfind('@').map_or(0, |at| at + 1);
        let authority = &after[start..end];
        let length = if authority.starts_with('[') {
            authority.find(']').map_or(authority.len(), |at| at + 1)
        } else {
            authority.find(':').unwrap_or(authority.len())
        };
        Ok(Self {
            scheme,
            user: &after[..start],
            host: Some(&authority[..length]),
            rest: &after[start + length..],
        })
    }

    /// The host as a name. RFC 5280 §4.2.1.10 has no URI pass a constraint without one.
    pub(super) fn host_name(&self) -> Result<&'a str, &'static str> {
        let host = self
            .host
            .filter(|host| !host.is_empty())
            .ok_or("it has no host")?;
        if host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok() {
            return Err("its host is an IP address, not a name");
        }
        host_name(host.as_bytes()).map_err(|_| "its host is no host name")
    }
}

/// Reads a constraint: a host, or a domain after a period.
pub(crate) fn constraint(octets: &[u8]) -> Result<Scope<'_>, &'static str> {
    let scope = Scope::of_host(octets)?;
    match scope {
        Scope::Host(host) if host.parse::<Ipv4Addr>().is_ok() => {
            Err("it is an IP address, not a host name")
        }
        _ => Ok(scope),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(uri: &str) -> Result<&str, &'static str> {
        Uri::parse(uri.as_bytes())?.host_name()
    }

    #[test]
    fn the_host_is_found() {
        assert_eq!(host("https://example.com"), Ok("example.com"));
        assert_eq!(host("spiffe://example.com/a@b:c"), Ok("example.com"));
        assert_eq!(
            host("ldap://user:pass@Example.com:389?x"),
            Ok("Example.com")
        );
        assert_eq!(host("http://a@b@example.com#x"), Ok("example.com"));
    }

    #[test]
    fn without_a_host_name_there_is_none() {
        for uri in [
            "urn:uuid:1",
            "example.com",
            "http://",
            "http:///x",
            "http://127.0.0.1/",
            "http://[::1]:80/",
            "http://[::1",
            "://x",
            "http://ex ample",
            "http://ex,ample/",
        ] {
            assert!(host(uri).is_err(), "{uri}");
        }
    }

    #[test]
    fn constraints_are_hosts() {
        assert_eq!(constraint(b"example.com"), Ok(Scope::Host("example.com")));
        assert_eq!(constraint(b".example.com"), Ok(Scope::Below("example.com")));
        assert!(constraint(b"spiffe://example.com").is_err());
        assert!(constraint(b"192.0.2.1").is_err());
    }
}
