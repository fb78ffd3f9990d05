//! URLs as Go's net/url reads and writes them, as far as names in certificates need it.
//!
//! Source: `src/net/url/url.go` of Go 1.27.3 and Go 1.19, `Parse` and `URL.String`; `src/net/netip/netip.go`,
//! `ParseAddr`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::Release;
use super::super::quote::quote;

/// A URL in its parts, decoded.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Url {
    scheme: String,
    opaque: Vec<u8>,
    user: Option<(Vec<u8>, Option<Vec<u8>>)>,
    /// With the port.
    pub(in super::super) host: Vec<u8>,
    path: Escaped,
    fragment: Escaped,
    query: Vec<u8>,
    /// Whether there is a question mark with nothing behind it.
    empty_query: bool,
    omit_host: bool,
}

/// A part decoded, and as it stood.
#[derive(Clone, Debug, Default)]
struct Escaped {
    decoded: Vec<u8>,
    raw: Vec<u8>,
}

/// Which part of a URL is read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Path,
    Host,
    Zone,
    User,
    Fragment,
}

impl Url {
    /// Reads a URL of ASCII; the error is Go's.
    pub(super) fn parse(text: &[u8], release: Release) -> Result<Self, String> {
        let (before, fragment) = cut(text, b'#');
        let fail = |of: &[u8], why: String| format!("parse {}: {why}", quote(of));
        let mut url =
            Self::parse_without_fragment(before, release).map_err(|why| fail(before, why))?;
        if let Some(fragment) = fragment.filter(|fragment| !fragment.is_empty()) {
            url.fragment = Escaped {
                decoded: unescape(fragment, Part::Fragment).map_err(|why| fail(text, why))?,
                raw: fragment.to_vec(),
            };
        }
        Ok(url)
    }

    fn parse_without_fragment(text: &[u8], release: Release) -> Result<Self, String> {
        let mut url = Self::default();
        if text.iter().any(u8::is_ascii_control) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        if text == b"*" {
            url.path.decoded = b"*".to_vec();
            return Ok(url);
        }
        let (scheme, rest) = scheme(text)?;
        url.scheme = String::from_utf8_lossy(scheme).to_ascii_lowercase();
        let (mut rest, query) = cut(rest, b'?');
        match query {
            Some([]) => url.empty_query = true,
            Some(query) => url.query = query.to_vec(),
            None => {}
        }
        if !rest.starts_with(b"/") {
            if !url.scheme.is_empty() {
                url.opaque = rest.to_vec();
                return Ok(url);
            }
            if cut(rest, b'/').0.contains(&b':') {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        if let Some(authority) = rest
            .strip_prefix(b"//")
            .filter(|_| !url.scheme.is_empty() || !rest.starts_with(b"///"))
        {
            let end = authority
                .iter()
                .position(|&octet| octet == b'/')
                .unwrap_or(authority.len());
            rest = &authority[end..];
            (url.user, url.host) = parse_authority(&url.scheme, &authority[..end], release)?;
        } else if !url.scheme.is_empty() && rest.starts_with(b"/") {
            url.omit_host = true;
        }
        url.path = Escaped {
            decoded: unescape(rest, Part::Path)?,
            raw: rest.to_vec(),
        };
        Ok(url)
    }

    /// The URL as Go writes it.
    pub(in super::super) fn to_bytes(&self) -> Vec<u8> {
        let mut text = Vec::new();
        if !self.scheme.is_empty() {
            text.extend_from_slice(self.scheme.as_bytes());
            text.push(b':');
        }
        if self.opaque.is_empty() {
            self.push_hierarchy(&mut text);
        } else {
            text.extend_from_slice(&self.opaque);
        }
        if self.empty_query || !self.query.is_empty() {
            text.push(b'?');
            text.extend_from_slice(&self.query);
        }
        if !self.fragment.decoded.is_empty() {
            text.push(b'#');
            text.extend(self.fragment.written(Part::Fragment));
        }
        text
    }

    fn push_hierarchy(&self, text: &mut Vec<u8>) {
        let hostless = self.host.is_empty() && self.user.is_none();
        #[allow(clippy::nonminimal_bool, reason = "as the source has it")]
        if (!self.scheme.is_empty() || !hostless) && !(self.omit_host && hostless) {
            if !hostless || !self.path.decoded.is_empty() {
                text.extend_from_slice(b"//");
            }
            if let Some((name, password)) = &self.user {
                text.extend(escape(name, Part::User));
                if let Some(password) = password {
                    text.push(b':');
                    text.extend(escape(password, Part::User));
                }
                text.push(b'@');
            }
            text.extend(escape(&self.host, Part::Host));
        }
        let path = self.path.written(Part::Path);
        let mut path = path.as_slice();
        if self.omit_host && hostless && path.starts_with(b"//") {
            text.extend_from_slice(b"%2F");
            path = &path[1..];
        }
        if !path.is_empty() && !path.starts_with(b"/") && !self.host.is_empty() {
            text.push(b'/');
        }
        if text.is_empty() && cut(path, b'/').0.contains(&b':') {
            text.extend_from_slice(b"./");
        }
        text.extend_from_slice(path);
    }
}

impl Escaped {
    /// As it stood, if nothing in that must be written otherwise.
    fn written(&self, part: Part) -> Vec<u8> {
        let kept = |octet: &u8| b"!$&'()*+,;=:@[]%".contains(octet) || !must_escape(*octet, part);
        let default = escape(&self.decoded, part);
        let as_it_stood = self.raw != default && !self.raw.is_empty() && self.raw.iter().all(kept);
        if as_it_stood {
            self.raw.clone()
        } else if self.decoded == b"*" {
            b"*".to_vec()
        } else {
            default
        }
    }
}

/// The part before the first `mark`, and the part after it if there is one.
fn cut(text: &[u8], mark: u8) -> (&[u8], Option<&[u8]>) {
    match memchr::memchr(mark, text) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

fn scheme(text: &[u8]) -> Result<(&[u8], &[u8]), String> {
    for (index, octet) in text.iter().enumerate() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if index > 0 => {}
            b':' if index == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => return Ok((&text[..index], &text[index + 1..])),
            _ => break,
        }
    }
    Ok((b"", text))
}

type User = Option<(Vec<u8>, Option<Vec<u8>>)>;

fn parse_authority(
    scheme: &str,
    authority: &[u8],
    release: Release,
) -> Result<(User, Vec<u8>), String> {
    let Some(at) = memchr::memrchr(b'@', authority) else {
        return Ok((None, parse_host(scheme, authority, release)?));
    };
    let host = parse_host(scheme, &authority[at + 1..], release)?;
    let user = &authority[..at];
    let is_valid =
        |octet: &u8| octet.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(octet);
    if !user.iter().all(is_valid) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    let (name, password) = cut(user, b':');
    let name = unescape(name, Part::User)?;
    let password = password
        .map(|password| unescape(password, Part::User))
        .transpose()?;
    Ok((Some((name, password)), host))
}

fn parse_host(scheme: &str, host: &[u8], release: Release) -> Result<Vec<u8>, String> {
    let newer = release >= Release::V1_27;
    if newer && memchr::memrchr(b'[', host).is_some_and(|at| at > 0) {
        return Err("invalid IP-literal".to_owned());
    }
    if host.starts_with(b"[") {
        return bracketed(host, newer);
    }
    let last = memchr::memrchr(b':', host);
    let strict = newer && matches!(scheme, "http" | "https");
    let colon = if strict {
        memchr::memchr(b':', host)
    } else {
        last
    };
    if let Some(colon) = colon {
        check_port(&host[colon..])?;
    }
    unescape(host, Part::Host)
}

/// A host in brackets, which Go 1.27 wants to be an IPv6 address.
fn bracketed(host: &[u8], newer: bool) -> Result<Vec<u8>, String> {
    let close = memchr::memrchr(b']', host).ok_or("missing ']' in host")?;
    let (name, port) = (&host[1..close], &host[close + 1..]);
    check_port(port)?;
    let name = match memchr::memmem::find(name, b"%25") {
        Some(zone) => [
            unescape(&name[..zone], Part::Host)?,
            unescape(&name[zone..], Part::Zone)?,
        ]
        .concat(),
        None => unescape(name, Part::Host)?,
    };
    if newer {
        if !is_ip(&name) {
            let name = quote(&name);
            return Err(format!(
                "invalid host: ParseAddr({name}): unable to parse IP"
            ));
        }
        if !name.contains(&b':') {
            return Err("invalid IP-literal".to_owned());
        }
    }
    Ok([b"[", name.as_slice(), b"]", port].concat())
}

/// Whether it is the text of an IP address, with or without a zone (`netip.ParseAddr`).
pub(in super::super) fn is_ip(text: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(text) else {
        return false;
    };
    match text.split_once('%') {
        Some((address, zone)) => !zone.is_empty() && address.parse::<Ipv6Addr>().is_ok(),
        None => text.parse::<Ipv6Addr>().is_ok() || text.parse::<Ipv4Addr>().is_ok(),
    }
}

fn check_port(port: &[u8]) -> Result<(), String> {
    match port {
        [] => Ok(()),
        [b':', digits @ ..] if digits.iter().all(u8::is_ascii_digit) => Ok(()),
        _ => Err(format!("invalid port {} after host", quote(port))),
    }
}

fn unescape(text: &[u8], part: Part) -> Result<Vec<u8>, String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&octet, after)) = rest.split_first() {
        if octet != b'%' {
            if matches!(part, Part::Host | Part::Zone) && octet < 0x80 && must_escape(octet, part) {
                let quoted = quote(&[octet]);
                return Err(format!("invalid character {quoted} in host name"));
            }
            decoded.push(octet);
            rest = after;
            continue;
        }
        let escape = &rest[..rest.len().min(3)];
        let refused = || format!("invalid URL escape {}", quote(escape));
        let value = hexadecimal(escape).ok_or_else(refused)?;
        let is_percent = escape == b"%25";
        let is_allowed = match part {
            // The first digit tells whether it is ASCII.
            Part::Host => value >= 0x80 || is_percent,
            Part::Zone => is_percent || value == b' ' || !must_escape(value, Part::Host),
            _ => true,
        };
        if !is_allowed {
            return Err(refused());
        }
        decoded.push(value);
        rest = &rest[3..];
    }
    Ok(decoded)
}

/// The value of `%` and two digits.
fn hexadecimal(escape: &[u8]) -> Option<u8> {
    let [b'%', digits @ ..] = escape else {
        return None;
    };
    let digit = |octet: &u8| char::from(*octet).to_digit(16);
    match digits {
        [high, low] => u8::try_from(16 * digit(high)? + digit(low)?).ok(),
        _ => None,
    }
}

fn escape(text: &[u8], part: Part) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(text.len());
    for octet in text {
        if must_escape(*octet, part) {
            escaped.extend_from_slice(format!("%{octet:02X}").as_bytes());
        } else {
            escaped.push(*octet);
        }
    }
    escaped
}

/// Whether Go writes the octet as an escape in this part.
fn must_escape(octet: u8, part: Part) -> bool {
    let kept: &[u8] = match part {
        Part::Host | Part::Zone => b"!$&'()*+,;=:[]<>\"",
        Part::Path => b"$&+,/:;=@",
        Part::User => b"$&+,;=",
        Part::Fragment => b"$&+,/:;=?@!()*",
    };
    !(octet.is_ascii_alphanumeric() || b"-_.~".contains(&octet) || kept.contains(&octet))
}
