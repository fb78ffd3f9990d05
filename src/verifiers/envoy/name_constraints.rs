//! Name constraints as BoringSSL applies them.
//!
//! Source: BoringSSL `crypto/x509/v3_ncons.cc` (`NAME_CONSTRAINTS_check` and what it calls), and `x509_vfy.cc`
//! (`reject_dns_name_in_common_name`). Constraints on IP addresses are not supported: a certificate below that has an
//! address is refused.

use super::code;
use super::der::{self, Reader, constructed, context};
use super::general_name::GeneralName;
use super::general_name::general_names;
use super::name::Name;
use super::x509::X509;
use crate::cert::oid;

/// nameConstraints.
#[derive(Clone, Debug)]
pub(super) struct NameConstraints {
    permitted: Vec<Subtree>,
    excluded: Vec<Subtree>,
}

#[derive(Clone, Debug)]
struct Subtree {
    base: GeneralName,
    /// Whether minimum or maximum is there, whatever it says.
    has_bounds: bool,
}

/// Names times constraints that BoringSSL compares at most.
const MOST_COMPARISONS: usize = 1 << 20;

/// Why a name does not pass: BoringSSL's number, and the name.
#[derive(Clone, Debug)]
pub(super) struct Violation {
    pub(super) code: i32,
    pub(super) name: String,
}

impl NameConstraints {
    pub(super) fn parse(value: &mut Reader<'_>) -> Option<Self> {
        let mut fields = value.take(der::SEQUENCE)?;
        let mut subtrees = |number| match fields.optional(constructed(number))? {
            Some(list) => Subtree::parse_all(list),
            None => Some(Vec::new()),
        };
        let permitted = subtrees(0)?;
        let excluded = subtrees(1)?;
        fields.end()?;
        Some(Self {
            permitted,
            excluded,
        })
    }

    /// Applies the constraints to the names of a certificate.
    pub(super) fn check(&self, certificate: &X509) -> Result<(), Violation> {
        let subject = &certificate.subject;
        let alternatives = certificate.alternative_names.as_deref().unwrap_or_default();
        let names = subject.entries.len() + alternatives.len();
        if names * (self.permitted.len() + self.excluded.len()) > MOST_COMPARISONS {
            return Err(Violation {
                code: code::UNSPECIFIED,
                name: "too many names".to_owned(),
            });
        }
        if !subject.entries.is_empty() {
            self.check_name(&GeneralName::Directory(subject.clone()), false)?;
            let emails = subject.entries.iter();
            for entry in emails.filter(|entry| entry.oid == oid::EMAIL_ADDRESS.0) {
                if entry.tag != der::IA5_STRING {
                    return Err(Violation {
                        code: code::UNSUPPORTED_NAME_SYNTAX,
                        name: text(&entry.value),
                    });
                }
                self.check_name(&GeneralName::Email(entry.value.clone()), true)?;
            }
        }
        alternatives
            .iter()
            .try_for_each(|name| self.check_name(name, false))
    }

    /// Addresses in the subject are excluded whatever the case of their local part.
    fn check_name(&self, name: &GeneralName, in_subject: bool) -> Result<(), Violation> {
        let fail = |code| {
            Err(Violation {
                code,
                name: describe(name),
            })
        };
        let mut matched = None;
        for subtree in self
            .permitted
            .iter()
            .filter(|one| one.base.is_same_form(name))
        {
            if subtree.has_bounds {
                return fail(code::SUBTREE_MINMAX);
            }
            if matched == Some(true) {
                continue;
            }
            match is_within(name, &subtree.base, Rules::default()) {
                Ok(within) => matched = Some(within),
                Err(code) => return fail(code),
            }
        }
        if matched == Some(false) {
            return fail(code::PERMITTED_VIOLATION);
        }
        let rules = Rules {
            is_excluding: true,
            ignores_case: in_subject,
        };
        for subtree in self
            .excluded
            .iter()
            .filter(|one| one.base.is_same_form(name))
        {
            if subtree.has_bounds {
                return fail(code::SUBTREE_MINMAX);
            }
            match is_within(name, &subtree.base, rules) {
                Ok(false) => {}
                Ok(true) => return fail(code::EXCLUDED_VIOLATION),
                Err(code) => return fail(code),
            }
        }
        Ok(())
    }
}

/// Whether a commonName of the subject could be taken for a host name (`x509v3_looks_like_dns_name`).
pub(super) fn has_host_name(subject: &Name) -> Option<String> {
    let names = subject.entries.iter();
    let mut texts = names
        .filter(|entry| entry.oid == oid::COMMON_NAME.0)
        .filter_map(super::name::Entry::text);
    texts.find(|text| looks_like_host(text.as_bytes()))
}

fn looks_like_host(name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    let name = name.strip_prefix(b"*.").unwrap_or(name);
    if name.is_empty() {
        return false;
    }
    let mut label_start = 0;
    for (at, &octet) in name.iter().enumerate() {
        match octet {
            b'_' | b':' => {}
            b'-' if at > label_start => {}
            b'.' if at > label_start && at < name.len() - 1 => label_start = at + 1,
            _ if octet.is_ascii_alphanumeric() => {}
            _ => return false,
        }
    }
    true
}

impl Subtree {
    fn parse_all(mut list: Reader<'_>) -> Option<Vec<Self>> {
        let mut subtrees = Vec::new();
        while !list.is_empty() {
            let mut fields = list.take(der::SEQUENCE)?;
            let base = general_names(Reader(fields.any()?.raw))?.pop()?;
            let mut has_bounds = false;
            for number in [0, 1] {
                if fields.is_next(context(number)) {
                    fields.integer(context(number))?;
                    has_bounds = true;
                }
            }
            fields.end()?;
            subtrees.push(Self { base, has_bounds });
        }
        Some(subtrees)
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Rules {
    is_excluding: bool,
    ignores_case: bool,
}

/// Whether a name is within a constraint of the same form (`nc_match_single`).
fn is_within(name: &GeneralName, base: &GeneralName, rules: Rules) -> Result<bool, i32> {
    match (name, base) {
        (GeneralName::Directory(name), GeneralName::Directory(base)) => {
            Ok(name.canonical.starts_with(&base.canonical))
        }
        (GeneralName::Dns(name), GeneralName::Dns(base)) => {
            Ok(is_dns_within(name, base, rules.is_excluding))
        }
        (GeneralName::Email(name), GeneralName::Email(base)) => is_email_within(name, base, rules),
        (GeneralName::Uri(name), GeneralName::Uri(base)) => is_uri_within(name, base),
        _ => Err(code::UNSUPPORTED_CONSTRAINT_TYPE),
    }
}

fn is_dns_within(name: &[u8], base: &[u8], is_excluding: bool) -> bool {
    if base.is_empty() {
        return true;
    }
    let name = name.strip_suffix(b".").unwrap_or(name);
    let base = base.strip_suffix(b".").unwrap_or(base);
    if is_excluding
        && let Some(below) = name.strip_prefix(b"*.")
        && let Some((_, parent)) = split_once(base, b'.')
        && below.eq_ignore_ascii_case(parent)
    {
        return true;
    }
    if base.starts_with(b".") {
        return ends_with(name, base);
    }
    ends_with(name, base) && (name.len() == base.len() || name[name.len() - base.len() - 1] == b'.')
}

fn is_email_within(name: &[u8], base: &[u8], rules: Rules) -> Result<bool, i32> {
    let syntax = code::UNSUPPORTED_NAME_SYNTAX;
    let (local, domain) = split_once(name, b'@').ok_or(syntax)?;
    if domain.contains(&b'@') || !is_local_part(local) || !is_mail_domain(domain) {
        return Err(syntax);
    }
    let Some((base_local, base_domain)) = split_once(base, b'@') else {
        if !is_mail_domain(base) {
            return Err(syntax);
        }
        return Ok(if base.starts_with(b".") {
            ends_with(domain, base)
        } else {
            domain.eq_ignore_ascii_case(base)
        });
    };
    if base_domain.contains(&b'@') || !is_local_part(base_local) || !is_mail_domain(base_domain) {
        return Err(syntax);
    }
    let is_same_local = if rules.ignores_case {
        local.eq_ignore_ascii_case(base_local)
    } else {
        local == base_local
    };
    Ok(is_same_local && domain.eq_ignore_ascii_case(base_domain))
}

fn is_local_part(local: &[u8]) -> bool {
    let is_allowed =
        |octet: &u8| octet.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(octet);
    !local.is_empty() && local.iter().all(is_allowed)
}

fn is_mail_domain(domain: &[u8]) -> bool {
    let is_allowed = |octet: &u8| octet.is_ascii_alphanumeric() || b"-.".contains(octet);
    !domain.is_empty() && domain.iter().all(is_allowed)
}

fn is_uri_within(name: &[u8], base: &[u8]) -> Result<bool, i32> {
    let host = uri_host(name).ok_or(code::UNSUPPORTED_NAME_SYNTAX)?;
    let base = base.strip_suffix(b".").unwrap_or(base);
    let domain = base.strip_prefix(b".").unwrap_or(base);
    if !is_host_name(domain) {
        return Err(code::UNSUPPORTED_CONSTRAINT_SYNTAX);
    }
    Ok(if base.starts_with(b".") {
        ends_with(host, base)
    } else {
        host.eq_ignore_ascii_case(base)
    })
}

/// The host name in a URI's authority; none where there is none (`nc_get_valid_uri_host`).
fn uri_host(uri: &[u8]) -> Option<&[u8]> {
    let (scheme, rest) = split_once(uri, b':')?;
    let (first, others) = scheme.split_first()?;
    let is_allowed = |octet: &u8| octet.is_ascii_alphanumeric() || b"+-.".contains(octet);
    if !first.is_ascii_alphabetic() || !others.iter().all(is_allowed) {
        return None;
    }
    let rest = rest.strip_prefix(b"//")?;
    let ends = |octet: &u8| b"/?#".contains(octet);
    let authority = rest.split(ends).next()?;
    let host = match split_once(authority, b':') {
        Some((host, port)) if port.iter().all(u8::is_ascii_digit) => host,
        Some(_) => return None,
        None => authority,
    };
    let host = host.strip_suffix(b".").unwrap_or(host);
    is_host_name(host).then_some(host)
}

/// A host name that is no IP address (`nc_uri_is_fqdn`).
fn is_host_name(host: &[u8]) -> bool {
    let is_label = |label: &[u8]| {
        label.len() <= 63
            && label.first().is_some_and(u8::is_ascii_alphanumeric)
            && label.last().is_some_and(u8::is_ascii_alphanumeric)
            && label
                .iter()
                .all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
    };
    let mut labels = host.split(|octet| *octet == b'.');
    if !labels.clone().all(is_label) {
        return false;
    }
    let last = labels.next_back().unwrap_or_default();
    let is_number = match last {
        [b'0', b'x' | b'X', digits @ ..] => digits.iter().all(u8::is_ascii_hexdigit),
        _ => last.iter().all(u8::is_ascii_digit),
    };
    !is_number
}

fn split_once(octets: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let position = octets.iter().position(|octet| *octet == at)?;
    Some((&octets[..position], &octets[position + 1..]))
}

fn ends_with(octets: &[u8], end: &[u8]) -> bool {
    octets
        .len()
        .checked_sub(end.len())
        .is_some_and(|start| octets[start..].eq_ignore_ascii_case(end))
}

fn describe(name: &GeneralName) -> String {
    match name {
        GeneralName::Email(octets) => format!("rfc822Name {}", text(octets)),
        GeneralName::Dns(octets) => format!("dNSName {}", text(octets)),
        GeneralName::Uri(octets) => format!("URI {}", text(octets)),
        GeneralName::Ip(octets) => match crate::path::names::ip::address(octets) {
            Ok(address) => format!("iPAddress {address}"),
            Err(_) => "an iPAddress".to_owned(),
        },
        GeneralName::Directory(_) => "the subject or a directoryName".to_owned(),
        GeneralName::Other(_) => "an otherName".to_owned(),
        GeneralName::X400(_) => "an x400Address".to_owned(),
        GeneralName::Edi(_) => "an ediPartyName".to_owned(),
        GeneralName::RegisteredId(_) => "a registeredID".to_owned(),
    }
}

fn text(octets: &[u8]) -> String {
    format!("`{}`", String::from_utf8_lossy(octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dns_names() {
        let within =
            |name: &str, base: &str| is_dns_within(name.as_bytes(), base.as_bytes(), false);
        assert!(within("a.example.com", "example.com"));
        assert!(within("EXAMPLE.com.", "example.COM"));
        assert!(within("a.example.com", ".example.com"));
        assert!(within("anything", ""));
        assert!(!within("example.com", ".example.com"));
        assert!(!within("evilexample.com", "example.com"));
        assert!(!within("*.example.com", "a.example.com"));
        assert!(is_dns_within(b"*.example.com", b"a.example.com", true));
    }

    #[test]
    fn mail_addresses() {
        let rules = Rules::default();
        let within =
            |name: &str, base: &str| is_email_within(name.as_bytes(), base.as_bytes(), rules);
        assert_eq!(within("u@example.com", "EXAMPLE.com"), Ok(true));
        assert_eq!(within("u@a.example.com", ".example.com"), Ok(true));
        assert_eq!(within("u@a.example.com", "example.com"), Ok(false));
        assert_eq!(within("U@example.com", "u@example.com"), Ok(false));
        let fails = Err(code::UNSUPPORTED_NAME_SYNTAX);
        for (name, base) in [
            ("u", "a"),
            ("a@b@c", "a"),
            ("u@a", ""),
            ("u@a", "a@b@c"),
            ("\"u\"@a", "a"),
        ] {
            assert_eq!(within(name, base), fails, "{name} {base}");
        }
    }

    #[test]
    fn hosts_of_uris() {
        let host = |uri: &str| uri_host(uri.as_bytes()).map(text);
        assert_eq!(
            host("spiffe://example.com/x").as_deref(),
            Some("`example.com`")
        );
        assert_eq!(host("https://a.b.:443?x#y").as_deref(), Some("`a.b`"));
        for none in [
            "urn:uuid:1",
            "https:///x",
            "https://u@a/",
            "https://1.2.3.4/",
            "https://a.0x1f/",
            "https://[::1]/",
            "https://a:b/",
            "1https://a/",
            "https://a..b/",
        ] {
            assert_eq!(host(none), None, "{none}");
        }
    }

    #[test]
    fn common_names_that_look_like_hosts() {
        for host in ["host", "*.example.com", "a_b:c.", "x-y"] {
            assert!(looks_like_host(host.as_bytes()), "{host}");
        }
        for other in ["", "two words", "a..b", "-a", "*.", "a/b"] {
            assert!(!looks_like_host(other.as_bytes()), "{other}");
        }
    }
}
