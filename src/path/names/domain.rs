//! Host names, and the parts of their name space that constraints and wildcards span.

/// Reads a host name: letters, digits, hyphens and, as hosts inside companies have them, underscores.
pub(crate) fn host_name(octets: &[u8]) -> Result<&str, &'static str> {
    let text = std::str::from_utf8(octets)
        .ok()
        .filter(|text| text.is_ascii())
        .ok_or("it has characters outside ASCII")?;
    if text.is_empty() {
        return Err("it is empty");
    }
    if text.len() > 253 {
        return Err("it is longer than 253 characters");
    }
    for label in text.split('.') {
        if label.is_empty() {
            return Err("it has an empty label");
        }
        if label.len() > 63 {
            return Err("it has a label of more than 63 characters");
        }
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !label.bytes().all(legal) {
            return Err("it has a character that host names do not have");
        }
    }
    Ok(text)
}

/// Whether `name` is `domain` with labels before it.
fn is_below(name: &str, domain: &str) -> bool {
    let Some(at) = name.len().checked_sub(domain.len()) else {
        return false;
    };
    // Both are ASCII, so every index is a boundary.
    at > 1 && name.as_bytes()[at - 1] == b'.' && name[at..].eq_ignore_ascii_case(domain)
}

/// Whether `name` is `domain` with exactly one label before it; the root, `""`, counts as a domain.
pub(crate) fn is_one_label_below(name: &str, domain: &str) -> bool {
    if domain.is_empty() {
        return !name.contains('.');
    }
    is_below(name, domain) && !name[..name.len() - domain.len() - 1].contains('.')
}

/// A dNSName of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DnsName<'a> {
    /// One host.
    Host(&'a str),
    /// A wildcard in the left-most label, and the domain after it, which is empty for `*` alone.
    Wildcard {
        /// The label with the asterisk.
        label: &'a str,
        /// What follows the label's dot.
        domain: &'a str,
    },
}

impl<'a> DnsName<'a> {
    /// Reads a dNSName; an asterisk may stand in the left-most label only (RFC 9525 §6.3).
    pub(crate) fn parse(octets: &'a [u8]) -> Result<Self, &'static str> {
        let end = octets.iter().position(|&byte| byte == b'.');
        let (label, domain) = match end {
            Some(end) => (&octets[..end], &octets[end + 1..]),
            None => (octets, &[][..]),
        };
        if !label.contains(&b'*') {
            return host_name(octets).map(Self::Host);
        }
        let label = std::str::from_utf8(label).map_err(|_| "it has characters outside ASCII")?;
        let domain = if end.is_none() {
            ""
        } else {
            host_name(domain)?
        };
        Ok(Self::Wildcard { label, domain })
    }
}

/// What a constraint on host names spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope<'a> {
    /// Every name: the constraint is empty.
    All,
    /// One host.
    Host(&'a str),
    /// A domain, itself included.
    Within(&'a str),
    /// A domain's subdomains, without itself.
    Below(&'a str),
}

impl<'a> Scope<'a> {
    /// Reads a constraint on dNSName. RFC 5280 knows no leading period there, but servers take it for
    /// "subdomains only", so it is judged like that.
    pub(crate) fn of_dns(octets: &'a [u8]) -> Result<Self, &'static str> {
        Self::parse(octets, Self::Within)
    }

    /// Reads a constraint on the host of a URI or a mailbox: a host, or a domain after a period.
    pub(crate) fn of_host(octets: &'a [u8]) -> Result<Self, &'static str> {
        Self::parse(octets, Self::Host)
    }

    fn parse(octets: &'a [u8], plain: fn(&'a str) -> Self) -> Result<Self, &'static str> {
        match octets {
            [] => Ok(Self::All),
            [b'.', domain @ ..] => host_name(domain).map(Self::Below),
            host => host_name(host).map(plain),
        }
    }

    /// Whether the host is inside.
    pub(crate) fn covers(&self, host: &str) -> bool {
        match self {
            Self::All => true,
            Self::Host(own) => own.eq_ignore_ascii_case(host),
            Self::Within(domain) => domain.eq_ignore_ascii_case(host) || is_below(host, domain),
            Self::Below(domain) => is_below(host, domain),
        }
    }

    /// Whether every host that the name stands for is inside.
    pub(super) fn covers_dns(&self, name: DnsName<'_>) -> bool {
        match (name, self) {
            (DnsName::Host(host), _) => self.covers(host),
            (DnsName::Wildcard { .. }, Self::All) => true,
            (DnsName::Wildcard { .. }, Self::Host(_)) => false,
            (DnsName::Wildcard { domain, .. }, Self::Within(own) | Self::Below(own)) => {
                own.eq_ignore_ascii_case(domain) || is_below(domain, own)
            }
        }
    }

    /// Whether some host that the name stands for is inside.
    pub(super) fn touches_dns(&self, name: DnsName<'_>) -> bool {
        let DnsName::Wildcard { domain, .. } = name else {
            return self.covers_dns(name);
        };
        match self {
            Self::All | Self::Below(_) => self.covers_dns(name),
            Self::Host(own) => is_one_label_below(own, domain),
            Self::Within(own) => self.covers_dns(name) || is_one_label_below(own, domain),
        }
    }

    /// Whether all of another scope is inside.
    pub(super) fn contains(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (_, Self::All) | (Self::Host(_), Self::Within(_) | Self::Below(_)) => false,
            (_, Self::Host(host)) => self.covers(host),
            (_, Self::Within(domain)) => self.covers(domain),
            (Self::Within(own) | Self::Below(own), Self::Below(domain)) => {
                own.eq_ignore_ascii_case(domain) || is_below(domain, own)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(constraint: &str, name: &str) -> bool {
        let scope = Scope::of_dns(constraint.as_bytes()).expect("a constraint");
        scope.covers_dns(DnsName::parse(name.as_bytes()).expect("a name"))
    }

    fn touches(constraint: &str, name: &str) -> bool {
        let scope = Scope::of_dns(constraint.as_bytes()).expect("a constraint");
        scope.touches_dns(DnsName::parse(name.as_bytes()).expect("a name"))
    }

    #[test]
    fn a_domain_spans_itself_and_its_subdomains() {
        assert!(covers("example.com", "example.com"));
        assert!(covers("Example.com", "a.b.eXample.COM"));
        assert!(!covers("example.com", "badexample.com"));
        assert!(!covers("example.com", "com"));
        assert!(covers("", "anything.at.all"));
        assert!(covers(".example.com", "a.example.com"));
        assert!(!covers(".example.com", "example.com"));
    }

    #[test]
    fn a_wildcard_is_excluded_by_what_it_could_be() {
        assert!(touches("bar.example.com", "*.example.com"));
        assert!(!touches("foo.bar.example.com", "*.example.com"));
        assert!(touches("example.com", "*.example.com"));
        assert!(touches("example.com", "*.a.example.com"));
        assert!(!touches("example.org", "*.example.com"));
        assert!(!touches(".bar.example.com", "*.example.com"));
        assert!(touches("com", "*"));
        assert!(!touches("example.com", "*"));
        assert!(touches("bar.example.com", "b*.example.com"));
    }

    #[test]
    fn a_wildcard_is_permitted_only_as_a_whole() {
        assert!(covers("example.com", "*.example.com"));
        assert!(covers(".example.com", "*.example.com"));
        assert!(!covers("bar.example.com", "*.example.com"));
        assert!(!covers("com", "*"));
        assert!(covers("", "*"));
    }

    #[test]
    fn what_is_no_host_name_is_refused() {
        for text in ["", "a..b", "a.b.", "a b", "*.a", "a,b", "http://a"] {
            assert!(host_name(text.as_bytes()).is_err(), "{text}");
        }
        assert!(host_name("ä.example".as_bytes()).is_err());
        assert!(host_name(&[b'a'; 64]).is_err());
        assert!(host_name("a.".repeat(200).as_bytes()).is_err());
        assert!(DnsName::parse(b"foo.*.example.com").is_err());
        assert!(DnsName::parse(b"*.").is_err());
        assert!(DnsName::parse(b"").is_err());
        assert!(Scope::of_dns(b".").is_err());
        assert!(Scope::of_dns(b"*.example.com").is_err());
    }

    #[test]
    fn scopes_contain_scopes() {
        let contains = |outer: &str, inner: &str| {
            let outer = Scope::of_dns(outer.as_bytes()).expect("a constraint");
            outer.contains(&Scope::of_dns(inner.as_bytes()).expect("a constraint"))
        };
        assert!(contains("example.com", "a.example.com"));
        assert!(contains("example.com", ".example.com"));
        assert!(!contains(".example.com", "example.com"));
        assert!(!contains("example.com", ""));
        assert!(contains("", ""));
        assert!(!Scope::Host("a").contains(&Scope::Below("a")));
    }
}
