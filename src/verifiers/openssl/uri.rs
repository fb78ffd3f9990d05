//! The host of a URI, as name constraints see it: `nc_uri` of `crypto/x509/v3_ncons.c`, and from 3.5 on
//! `OSSL_parse_url` of `crypto/http/http_lib.c`.

use crate::analysis::OpensslRelease;

/// The host; none where the URI has none, or is not taken apart.
pub(super) fn host(release: OpensslRelease, uri: &[u8]) -> Option<&[u8]> {
    if release >= OpensslRelease::V3_5 {
        parsed(release, uri)
    } else {
        scanned(uri)
    }
}

/// Up to 3.2: what follows `://`, up to a colon, else up to a slash.
fn scanned(uri: &[u8]) -> Option<&[u8]> {
    let colon = uri.iter().position(|&octet| octet == b':')?;
    let rest = uri[colon..].strip_prefix(b"://")?;
    let end = position(rest, b':').or_else(|| position(rest, b'/'));
    let host = &rest[..end.unwrap_or(rest.len())];
    (!host.is_empty()).then_some(host)
}

/// `OSSL_parse_url`, for a URI with a scheme; the host may be empty.
fn parsed(release: OpensslRelease, uri: &[u8]) -> Option<&[u8]> {
    // It is a C string.
    let uri = uri.split(|&octet| octet == 0).next()?;
    let separator = if release >= OpensslRelease::V4_0 {
        scheme_length(uri)?
    } else {
        uri.windows(3).position(|octets| octets == b"://")?
    };
    if separator == 0 {
        return None;
    }
    let rest = &uri[separator + 3..];
    // 3.5 takes an at sign anywhere for the end of the user information, even in the path.
    let authority = if release >= OpensslRelease::V4_0 {
        &rest[..end_of(rest, b"/?#")]
    } else {
        rest
    };
    let user = position(authority, b'@').map_or(0, |at| at + 1);
    let (authority, rest) = (&authority[user..], &rest[user..]);
    let end = if rest.first() == Some(&b'[') {
        position(authority, b']')? + 1
    } else {
        end_of(rest, b":/?#")
    };
    let (host, mut rest) = rest.split_at(end);
    if let Some(port) = rest.strip_prefix(b":") {
        rest = past_port(port)?;
    }
    matches!(rest.first(), None | Some(b'/' | b'?' | b'#')).then_some(host)
}

/// Where `://` stands after a scheme of RFC 3986 §3.1.
fn scheme_length(uri: &[u8]) -> Option<usize> {
    let is_scheme = |octet: &u8| octet.is_ascii_alphanumeric() || b"+-.".contains(octet);
    let length = uri.iter().take_while(|octet| is_scheme(octet)).count();
    let starts = uri.first().is_some_and(u8::is_ascii_alphabetic);
    (starts && uri[length..].starts_with(b"://")).then_some(length)
}

/// What follows the digits, which must make a port: `sscanf` takes them modulo 2³².
fn past_port(text: &[u8]) -> Option<&[u8]> {
    let digits = text.iter().take_while(|octet| octet.is_ascii_digit());
    let count = digits.clone().count();
    let number = digits.fold(0_u64, |number, &digit| {
        number
            .saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'))
    });
    let is_port = count > 0 && number & 0xffff_ffff <= 65535;
    is_port.then(|| &text[count..])
}

fn end_of(text: &[u8], ends: &[u8]) -> usize {
    let end = text.iter().position(|octet| ends.contains(octet));
    end.unwrap_or(text.len())
}

fn position(text: &[u8], wanted: u8) -> Option<usize> {
    text.iter().position(|&octet| octet == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(release: OpensslRelease, uri: &str) -> Option<&str> {
        host(release, uri.as_bytes()).map(|host| std::str::from_utf8(host).unwrap())
    }

    #[test]
    fn old_releases_end_the_host_at_a_colon_or_slash() {
        let old = |uri| of(OpensslRelease::V3_0, uri);
        assert_eq!(old("spiffe://a.example/x"), Some("a.example"));
        assert_eq!(old("https://a.example:1/x"), Some("a.example"));
        assert_eq!(old("https://a.example/x:y"), Some("a.example/x"));
        assert_eq!(old("https://user@a.example"), Some("user@a.example"));
        assert_eq!(old("https://[::1]/"), Some("["));
        assert_eq!(old("urn:a"), None);
        assert_eq!(old("x:///"), None);
    }

    #[test]
    fn new_releases_parse_the_authority() {
        for release in [OpensslRelease::V3_5, OpensslRelease::V4_0] {
            let new = |uri| of(release, uri);
            assert_eq!(new("https://user@a.example:443?q"), Some("a.example"));
            assert_eq!(new("https://a.example/x:y"), Some("a.example"));
            assert_eq!(new("https://[::1]:80/"), Some("[::1]"));
            assert_eq!(new("x:///"), Some(""));
            assert_eq!(new("https://a.example:/"), None);
            assert_eq!(new("https://a.example:65536"), None);
            assert_eq!(new("https://a.example:80x"), None);
            assert_eq!(new("://a"), None);
            assert_eq!(new("urn:a"), None);
        }
        let uri = "https://a.example/x@b.example";
        assert_eq!(of(OpensslRelease::V3_5, uri), Some("b.example"));
        assert_eq!(of(OpensslRelease::V4_0, uri), Some("a.example"));
        assert_eq!(of(OpensslRelease::V3_5, "1:2://a"), Some("a"));
        assert_eq!(of(OpensslRelease::V4_0, "1:2://a"), None);
    }
}
