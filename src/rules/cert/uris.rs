//! URIs in subjectAltName and issuerAltName (RFC 5280 §4.2.1.6, RFC 3986).

use std::net::{Ipv4Addr, Ipv6Addr};

use super::general_names::{is_malformed_label, report, report_why};
use crate::analysis::{Analysis, CertificateId};
use crate::cert::extension::GeneralName;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &GN_URI_NOT_IA5,
    &GN_URI_RELATIVE,
    &GN_URI_INVALID,
    &GN_URI_HOST_NOT_FQDN_OR_IP,
];

const URI: u8 = GeneralName::URI;

static GN_URI_NOT_IA5: Rule = Rule {
    name: "gn-uri-not-ia5",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.6, §7.4",
    summary: "A URI has characters beyond ASCII.",
    explanation: "A URI is an IA5String. Characters beyond ASCII are percent-encoded, and host names written with A-labels. \
        Issue the certificate with the URI in that form.",
    check: Check::Certificate(gn_uri_not_ia5),
};

fn gn_uri_not_ia5(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| name.kind == URI && !name.value.is_ascii();
    let what = "a URI that is not ASCII";
    let help = "issue the certificate again with the URI percent-encoded";
    report(analysis, id, findings, wrong, what, help);
}

/// What follows the scheme of a URI; none where there is no scheme (RFC 3986 §3.1).
fn after_scheme(value: &[u8]) -> Option<&[u8]> {
    let colon = value.iter().position(|&octet| octet == b':')?;
    let (scheme, rest) = (&value[..colon], &value[colon + 1..]);
    let legal = |octet: &u8| octet.is_ascii_alphanumeric() || b"+-.".contains(octet);
    let is_scheme = scheme.first().is_some_and(u8::is_ascii_alphabetic) && scheme.iter().all(legal);
    is_scheme.then_some(rest)
}

static GN_URI_RELATIVE: Rule = Rule {
    name: "gn-uri-relative",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.6",
    summary: "A URI has no scheme.",
    explanation: "RFC 5280 demands an absolute URI, with a scheme such as `https:` or `urn:`. \
        A host name alone belongs into a dNSName. Issue the certificate with the whole URI.",
    check: Check::Certificate(gn_uri_relative),
};

fn gn_uri_relative(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| {
        name.kind == URI && !name.value.is_empty() && after_scheme(name.value).is_none()
    };
    let what = "a URI without a scheme";
    let help = "issue the certificate again with the whole URI";
    report(analysis, id, findings, wrong, what, help);
}

/// Whether an ASCII URI has no scheme, nothing after it, or a character that RFC 3986 §2 does not allow.
fn is_malformed_uri(value: &[u8]) -> bool {
    let illegal = |&octet: &u8| !octet.is_ascii_graphic() || b"\"<>\\^`{|}".contains(&octet);
    // `https://` alone has no more in it than `https:`.
    let is_bare = after_scheme(value).is_none_or(|rest| matches!(rest, b"" | b"//"));
    is_bare || value.iter().any(illegal)
}

static GN_URI_INVALID: Rule = Rule {
    name: "gn-uri-invalid",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.6; RFC 3986 §2, §3",
    summary: "A URI is not one by its syntax.",
    explanation: "There has to be a scheme and something after it, so neither `host/path` nor `https://` alone is a URI; spaces, quotes, angle brackets, braces and \
        control characters are percent-encoded. \
        A verifier that reads the URI cannot make sense of it otherwise. Issue the certificate with a correct URI.",
    check: Check::Certificate(gn_uri_invalid),
};

fn gn_uri_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| {
        // Nothing at all has a rule of its own.
        let is_text = name.value.is_ascii() && !name.value.is_empty();
        name.kind == URI && is_text && is_malformed_uri(name.value)
    };
    let what = "a URI that is none by its syntax";
    let help = "issue the certificate again with a correct URI";
    report(analysis, id, findings, wrong, what, help);
}

static GN_URI_HOST_NOT_FQDN_OR_IP: Rule = Rule {
    name: "gn-uri-host-not-fqdn-or-ip",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.6",
    summary: "The host of a URI is neither a whole domain name nor an IP address.",
    explanation: "RFC 5280 wants a host that means the same everywhere. A host with a wildcard or an illegal character names nothing, \
        and a name constraint that permits URIs does not match it. \
        A name of one label, such as `https://vault/`, is good inside one network only, which may be what you want: it is worth knowing no more. \
        The trust domain of a SPIFFE ID is no host, and not looked at here.",
    check: Check::Certificate(gn_uri_host_not_fqdn_or_ip),
};

/// The host of a URI that has an authority (RFC 3986 §3.2).
///
/// What follows `//` is taken for one even where the colon after the scheme is missing, and so is a text that looks like
/// nothing but a host: it was meant so.
pub(super) fn host(value: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(value)
        .ok()
        .filter(|text| text.is_ascii())?;
    if !text.contains([':', '/', '?', '#', '@']) {
        return Some(text);
    }
    let (scheme, rest) = text.split_once("//")?;
    let is_scheme = |text: &str| {
        text.bytes()
            .all(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet))
    };
    if !is_scheme(scheme.strip_suffix(':').unwrap_or(scheme))
        || scheme.eq_ignore_ascii_case("spiffe:")
    {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    if host.starts_with('[') {
        let end = host.find(']').map_or(host.len(), |at| at + 1);
        return Some(&host[..end]);
    }
    Some(host.split_once(':').map_or(host, |(host, _)| host))
}

/// What is wrong with a host; nothing where there is none, as in `file:///path`.
fn host_fault(host: &str) -> Option<&'static str> {
    if let Some(literal) = host.strip_prefix('[') {
        let address = literal.strip_suffix(']');
        let is_address = address.is_some_and(|address| {
            address.parse::<Ipv6Addr>().is_ok() || address.starts_with(['v', 'V'])
        });
        return (!is_address).then_some("the host is no IP address");
    }
    if host.is_empty() || host.parse::<Ipv4Addr>().is_ok() {
        return None;
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let is_fine = |label: &str| {
        !label.is_empty() && label.len() <= 63 && !label.contains('*') && !is_malformed_label(label)
    };
    // The length of the whole has a rule of its own.
    if !name.split('.').all(is_fine) {
        Some("the host is no domain name")
    } else if name.contains('.') {
        None
    } else {
        Some(ONE_LABEL)
    }
}

const ONE_LABEL: &str = "the host is one label";

fn gn_uri_host_not_fqdn_or_ip(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let fault = |name: &GeneralName| {
        let host = (name.kind == URI).then(|| host(name.value)).flatten();
        host.and_then(host_fault)
    };
    let wrong = |name: &GeneralName| fault(name).filter(|fault| *fault != ONE_LABEL);
    let what = "a URI whose host is neither a whole domain name nor an IP address";
    let help = "issue the certificate again with the host's whole domain name, or its address";
    report_why(analysis, id, findings, wrong, what, help, Severity::Warning);
    let local = |name: &GeneralName| fault(name).filter(|fault| *fault == ONE_LABEL);
    let what = "a URI whose host is good inside one network only";
    let help = "use the host's whole domain name if the URI has to mean the same everywhere";
    report_why(analysis, id, findings, local, what, help, Severity::Info);
}

#[cfg(test)]
mod tests {
    use super::{ONE_LABEL, after_scheme, host, host_fault, is_malformed_uri};

    #[test]
    fn uris_follow_their_grammar() {
        assert_eq!(after_scheme(b"spiffe://a/b"), Some(&b"//a/b"[..]));
        assert_eq!(after_scheme(b"//host/path"), None);
        assert_eq!(after_scheme(b"1a:b"), None);
        assert!(is_malformed_uri(b"urn:"));
        assert!(is_malformed_uri(b"https://"));
        assert!(is_malformed_uri(b"https://a b"));
        assert!(!is_malformed_uri(b"https://[2001:db8::1]/a?b#c"));
    }

    #[test]
    fn hosts_are_names_or_addresses() {
        for fine in [
            "https://a.example:8443/p",
            "https://u@192.0.2.1/",
            "ldap://[2001:db8::1]:389",
            "file:///etc",
            "urn:a//b",
            "spiffe://x/y",
            "mailto:a@b",
        ] {
            let fault = host(fine.as_bytes()).and_then(host_fault);
            assert_eq!(fault, None, "{fine}");
        }
        assert_eq!(
            host(b"https://vault/x").and_then(host_fault),
            Some(ONE_LABEL)
        );
        for bad in [
            "test//user@*:1/x",
            "https://*.a.example",
            "https://a..b",
            "https://[::g]",
        ] {
            assert!(host(bad.as_bytes()).and_then(host_fault).is_some(), "{bad}");
        }
    }
}
