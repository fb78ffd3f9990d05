//! The names in subjectAltName and issuerAltName (RFC 5280 §4.2.1.6, §4.2.1.7); URIs are in `uris`.

use std::net::IpAddr;

use super::uris;
use crate::analysis::{Analysis, CertificateId};
use crate::cert::der::tag;
use crate::cert::extension::GeneralName;
use crate::cert::{Field, hex, oid};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &GN_EMPTY_VALUE,
    &GN_DNS_SPACE,
    &GN_DNS_NOT_IA5,
    &GN_DNS_EMPTY_LABEL,
    &GN_DNS_LABEL_TOO_LONG,
    &GN_DNS_NAME_TOO_LONG,
    &GN_DNS_UNDERSCORE,
    &GN_DNS_INVALID_SYNTAX,
    &GN_DNS_WILDCARD_MISPLACED,
    &GN_EMAIL_INVALID,
    &GN_IP_WRONG_LENGTH,
    &GN_DNS_IP_LITERAL,
    &GN_DIRECTORY_NAME_EMPTY,
    &GN_UNSUPPORTED_TYPE,
];

const EMAIL: u8 = GeneralName::RFC822_NAME;
const DNS: u8 = GeneralName::DNS_NAME;
const URI: u8 = GeneralName::URI;
const IP: u8 = GeneralName::IP_ADDRESS;

/// How many names of one certificate are shown.
const SHOWN: usize = 5;

/// A name as evidence shows it: its kind and its text, cut where it is long.
pub(super) fn show(name: &GeneralName) -> String {
    const LONGEST: usize = 80;
    let kind = match name.kind {
        URI => "URI",
        _ => name.form(),
    };
    let quoted = |octets: &[u8]| {
        let cut = &octets[..octets.len().min(LONGEST)];
        let rest = if cut.len() < octets.len() { "…" } else { "" };
        format!("\"{}{rest}\"", String::from_utf8_lossy(cut))
    };
    let text = match name.kind {
        EMAIL | DNS | URI => Some(quoted(name.value)),
        GeneralName::DIRECTORY_NAME => {
            let directory = name.directory_name().ok();
            directory.map(|directory| quoted(directory.to_string().as_bytes()))
        }
        GeneralName::OTHER_NAME => match name.other_name() {
            Ok((kind, value)) if value.tag == tag::UTF8_STRING => {
                Some(format!("{} {}", kind.name(), quoted(value.value())))
            }
            _ => None,
        },
        _ => None,
    };
    let text = text.unwrap_or_else(|| {
        let cut = &name.value[..name.value.len().min(LONGEST)];
        let rest = if cut.len() < name.value.len() {
            "…"
        } else {
            ""
        };
        format!("{}{rest}", hex(cut))
    });
    format!("{kind} {text}")
}

/// Reports the names that are `wrong`, all of an extension in one finding.
pub(super) fn report(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
    wrong: impl Fn(&GeneralName) -> bool,
    what: &str,
    help: &str,
) {
    let wrong = |name: &GeneralName| wrong(name).then_some("");
    let severity = findings.rule.severity;
    report_why(analysis, id, findings, wrong, what, help, severity);
}

/// Reports the names for which `wrong` has a reason, with the reason, all of an extension in one finding.
pub(super) fn report_why(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
    wrong: impl Fn(&GeneralName) -> Option<&'static str>,
    what: &str,
    help: &str,
    severity: Severity,
) {
    if analysis.entry(id).has_plain_alternative_names {
        return;
    }
    let certificate = analysis.certificate(id);
    let values = &certificate.values;
    for (extension, names) in [
        (oid::SUBJECT_ALT_NAME, &values.subject_alt_names),
        (oid::ISSUER_ALT_NAME, &values.issuer_alt_names),
    ] {
        let with_reason = names.iter().map(|name| (name, wrong(name)));
        let wrong: Vec<(&GeneralName, &str)> = with_reason
            .filter_map(|(name, reason)| Some((name, reason?)))
            .collect();
        let Some((first, _)) = wrong.first() else {
            continue;
        };
        let field = Field::Extension(extension);
        let place = analysis.place_within(id, field, first.tlv.range());
        let finding = findings.at(place.inside(first.form()));
        finding
            .severity(severity)
            .message(format!(
                "{} of `{}` has {what}",
                extension.name(),
                certificate.label()
            ))
            .help(help);
        for (name, reason) in wrong.iter().take(SHOWN) {
            let separator = if reason.is_empty() { "" } else { ": " };
            finding.evidence(format!("{}{separator}{reason}", show(name)));
        }
        if wrong.len() > SHOWN {
            finding.evidence(format!("and {} more", wrong.len() - SHOWN));
        }
    }
}

/// The text of a dNSName that other rules have nothing against: ASCII, with something in it.
pub(super) fn dns_text<'a>(name: &GeneralName<'a>) -> Option<&'a str> {
    let text = std::str::from_utf8(name.value).ok()?;
    (name.kind == DNS && text.is_ascii() && !text.is_empty() && text != " ").then_some(text)
}

/// The labels of a dNSName without a wildcard in front.
pub(super) fn labels(text: &str) -> impl Iterator<Item = &str> {
    text.strip_prefix("*.").unwrap_or(text).split('.')
}

static GN_EMPTY_VALUE: Rule = Rule {
    name: "gn-empty-value",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.6",
    summary: "A name in subjectAltName or issuerAltName is empty.",
    explanation: "An empty dNSName, rfc822Name or URI names nobody, and is no name by the syntax that RFC 5280 demands of each. \
        It often comes from a template whose variable was not set. Issue the certificate with the name, or without the entry.",
    check: Check::Certificate(gn_empty_value),
};

fn gn_empty_value(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong =
        |name: &GeneralName| matches!(name.kind, EMAIL | DNS | URI) && name.value.is_empty();
    let help = "issue the certificate again with the name, or without the entry";
    report(analysis, id, findings, wrong, "an empty name", help);
}

static GN_DNS_SPACE: Rule = Rule {
    name: "gn-dns-space",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.6",
    summary: "A dNSName is a single space.",
    explanation: "The old DNS standards allow \" \" as a name; RFC 5280 forbids it in a certificate, because it names no host. \
        Issue the certificate with the name, or without the entry.",
    check: Check::Certificate(gn_dns_space),
};

fn gn_dns_space(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| name.kind == DNS && name.value == b" ";
    let help = "issue the certificate again with the name, or without the entry";
    report(analysis, id, findings, wrong, "a blank dNSName", help);
}

static GN_DNS_NOT_IA5: Rule = Rule {
    name: "gn-dns-not-ia5",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.6, §7.2",
    summary: "A dNSName has characters beyond ASCII.",
    explanation: "dNSName is an IA5String. An international name is written with A-labels: `xn--bcher-kva.example`, not `bücher.example`. \
        Issue the certificate with the name in that form.",
    check: Check::Certificate(gn_dns_not_ia5),
};

fn gn_dns_not_ia5(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| name.kind == DNS && !name.value.is_ascii();
    let what = "a dNSName that is not ASCII";
    let help = "issue the certificate again with the name written with xn-- labels";
    report(analysis, id, findings, wrong, what, help);
}

static GN_DNS_EMPTY_LABEL: Rule = Rule {
    name: "gn-dns-empty-label",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.6; RFC 1034 §3.5",
    summary: "A dNSName begins or ends with a period, or has two in a row.",
    explanation: "Between two periods there has to be a label, and RFC 5280 demands names without the period of the DNS root at their end. \
        Issue the certificate with the plain name.",
    check: Check::Certificate(gn_dns_empty_label),
};

fn gn_dns_empty_label(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong =
        |name: &GeneralName| dns_text(name).is_some_and(|text| labels(text).any(str::is_empty));
    let what = "a dNSName with an empty label";
    let help = "issue the certificate again with the name without the extra period";
    report(analysis, id, findings, wrong, what, help);
}

/// The longest label of a domain name in octets (RFC 1035 §2.3.4).
const LONGEST_LABEL: usize = 63;

/// The longest domain name as text: 255 octets on the wire hold 253 characters (RFC 1035 §2.3.4).
const LONGEST_NAME: usize = 253;

static GN_DNS_LABEL_TOO_LONG: Rule = Rule {
    name: "gn-dns-label-too-long",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.6; RFC 1035 §2.3.4",
    summary: "A dNSName has a label of more than 63 characters.",
    explanation: "No such name exists in the DNS, so the entry is no domain name. \
        Put an identifier that is no host name into the subject, or into a URI. Issue the certificate with a shorter label.",
    check: Check::Certificate(gn_dns_label_too_long),
};

fn gn_dns_label_too_long(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let is_long = |label: &str| label.len() > LONGEST_LABEL;
    let wrong = |name: &GeneralName| dns_text(name).is_some_and(|text| labels(text).any(is_long));
    let what = "a dNSName with a label of more than 63 characters";
    let help = "issue the certificate again with a shorter label";
    report(analysis, id, findings, wrong, what, help);
}

static GN_DNS_NAME_TOO_LONG: Rule = Rule {
    name: "gn-dns-name-too-long",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.6; RFC 1035 §2.3.4",
    summary: "A dNSName, a mail domain or the host of a URI is longer than 253 characters.",
    explanation: "No such name exists in the DNS, so the entry names no host. Issue the certificate with a shorter name.",
    check: Check::Certificate(gn_dns_name_too_long),
};

/// The domain name in a name of any kind: the name itself, the domain of an address, the host of a URI.
fn domain<'n>(name: &GeneralName<'n>) -> Option<&'n [u8]> {
    let after_at = |octets: &'n [u8]| octets.rsplit(|&octet| octet == b'@').next();
    match name.kind {
        DNS => Some(name.value),
        EMAIL => after_at(name.value),
        URI => uris::host(name.value).map(str::as_bytes),
        GeneralName::OTHER_NAME => {
            let (kind, value) = name.other_name().ok()?;
            let is_mailbox = kind == oid::SMTP_UTF8_MAILBOX;
            is_mailbox.then(|| after_at(value.value())).flatten()
        }
        _ => None,
    }
}

fn gn_dns_name_too_long(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| {
        name.value.len() > LONGEST_NAME
            && domain(name).is_some_and(|domain| domain.len() > LONGEST_NAME)
    };
    let what = "a domain name of more than 253 characters";
    let help = "issue the certificate again with a shorter name";
    report(analysis, id, findings, wrong, what, help);
}

static GN_DNS_UNDERSCORE: Rule = Rule {
    name: "gn-dns-underscore",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.6; RFC 1034 §3.5",
    summary: "A dNSName has an underscore.",
    explanation: "RFC 5280 demands names of letters, digits and hyphens. Names of containers and services often have underscores, and many verifiers \
        let them pass, but those that hold certificates to the profile refuse the certificate. \
        Issue it with a hyphen instead, or put an identifier that is no host name into a URI.",
    check: Check::Certificate(gn_dns_underscore),
};

fn gn_dns_underscore(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| dns_text(name).is_some_and(|text| text.contains('_'));
    let what = "a dNSName with an underscore";
    let help = "issue the certificate again with a hyphen in place of the underscore";
    report(analysis, id, findings, wrong, what, help);
}

/// Whether a label has a character other than letters, digits and hyphens, or a hyphen at its edge
/// (RFC 1034 §3.5, RFC 1123 §2.1). Underscores and wildcards have rules of their own.
pub(super) fn is_malformed_label(label: &str) -> bool {
    let legal = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'*');
    !label.bytes().all(legal) || label.starts_with('-') || label.ends_with('-')
}

static GN_DNS_INVALID_SYNTAX: Rule = Rule {
    name: "gn-dns-invalid-syntax",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.6; RFC 1034 §3.5; RFC 1123 §2.1",
    summary: "A dNSName is no domain name.",
    explanation: "A domain name is made of letters, digits and hyphens, with no hyphen at the edge of a label. \
        Often a URL, a path, a mail address or a person's name was put into the wrong kind of entry. \
        Issue the certificate with the right kind: URI, rfc822Name, or the subject.",
    check: Check::Certificate(gn_dns_invalid_syntax),
};

fn gn_dns_invalid_syntax(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| {
        dns_text(name).is_some_and(|text| labels(text).any(is_malformed_label))
    };
    let what = "a dNSName that is no domain name";
    let help = "issue the certificate again with a domain name, or with another kind of entry";
    report(analysis, id, findings, wrong, what, help);
}

static GN_DNS_WILDCARD_MISPLACED: Rule = Rule {
    name: "gn-dns-wildcard-misplaced",
    severity: Severity::Warning,
    citation: "RFC 9525 §6.3",
    summary: "A dNSName has a `*` that is not the whole of its first label.",
    explanation: "Only `*.example.com` is a wildcard: `*` alone, `a*.example.com` and `a.*.example.com` match nothing, \
        or more than was meant, depending on who compares. Issue the certificate with the names that are meant.",
    check: Check::Certificate(gn_dns_wildcard_misplaced),
};

fn gn_dns_wildcard_misplaced(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| {
        dns_text(name).is_some_and(|text| text.strip_prefix("*.").unwrap_or(text).contains('*'))
    };
    let what = "a dNSName with a wildcard in the wrong place";
    let help = "issue the certificate again with the names that are meant";
    report(analysis, id, findings, wrong, what, help);
}

/// Whether the text has the form of a Mailbox, as far as RFC 5280 needs it: a local part, `@`, a domain.
pub(super) fn is_mailbox(value: &[u8]) -> bool {
    let Some((local, domain)) = std::str::from_utf8(value)
        .ok()
        .filter(|text| text.is_ascii())
        .and_then(|text| text.rsplit_once('@'))
    else {
        return false;
    };
    let is_quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let is_atom = |octet: u8| octet.is_ascii_graphic() && !b"()<>[]:;@\\,\"".contains(&octet);
    let is_local = is_quoted || (!local.is_empty() && local.bytes().all(is_atom));
    let is_address = domain.starts_with('[') && domain.ends_with(']');
    let is_label = |label: &str| !label.is_empty() && !is_malformed_label(label);
    is_local && (is_address || domain.split('.').all(is_label))
}

static GN_EMAIL_INVALID: Rule = Rule {
    name: "gn-email-invalid",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.6; RFC 5321 §4.1.2",
    summary: "An rfc822Name is no mail address.",
    explanation: "An rfc822Name is a bare address such as `alice@example.com`: no display name, no angle brackets, ASCII only. \
        What compares the address finds no match otherwise. Issue the certificate with the bare address.",
    check: Check::Certificate(gn_email_invalid),
};

fn gn_email_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| {
        name.kind == EMAIL && !name.value.is_empty() && !is_mailbox(name.value)
    };
    let what = "an rfc822Name that is no mail address";
    let help = "issue the certificate again with the bare address, as in alice@example.com";
    report(analysis, id, findings, wrong, what, help);
}

static GN_IP_WRONG_LENGTH: Rule = Rule {
    name: "gn-ip-wrong-length",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.6",
    summary: "An iPAddress is neither 4 nor 16 octets long.",
    explanation: "An address is 4 octets for IPv4 and 16 for IPv6, in binary. \
        Often the address was written as text, or with a mask, which only name constraints have. \
        Issue the certificate with the address in binary.",
    check: Check::Certificate(gn_ip_wrong_length),
};

fn gn_ip_wrong_length(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| name.kind == IP && !matches!(name.value.len(), 4 | 16);
    let what = "an iPAddress that is neither 4 nor 16 octets long";
    let help = "issue the certificate again with the address as 4 or 16 octets";
    report(analysis, id, findings, wrong, what, help);
}

static GN_DNS_IP_LITERAL: Rule = Rule {
    name: "gn-dns-ip-literal",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.6; RFC 9525 §6.4",
    summary: "A dNSName is an IP address.",
    explanation: "Who connects to an address looks for an iPAddress, and does not find it in a dNSName. Old software accepted the address there; \
        OpenSSL, Go and rustls do not. Issue the certificate with the address as iPAddress.",
    check: Check::Certificate(gn_dns_ip_literal),
};

fn gn_dns_ip_literal(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| {
        let text = dns_text(name).map(|text| text.trim_matches(['[', ']']));
        text.is_some_and(|text| text.parse::<IpAddr>().is_ok())
    };
    let what = "a dNSName that is an IP address";
    let help = "issue the certificate again with the address as iPAddress";
    report(analysis, id, findings, wrong, what, help);
}

static GN_DIRECTORY_NAME_EMPTY: Rule = Rule {
    name: "gn-directory-name-empty",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.6",
    summary: "A directoryName has no attribute.",
    explanation: "It names nobody. It often comes from a template whose variables were not set. \
        Issue the certificate with the name, or without the entry.",
    check: Check::Certificate(gn_directory_name_empty),
};

fn gn_directory_name_empty(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| {
        name.kind == GeneralName::DIRECTORY_NAME
            && name.directory_name().is_ok_and(|name| name.rdns.is_empty())
    };
    let help = "issue the certificate again with the name, or without the entry";
    report(
        analysis,
        id,
        findings,
        wrong,
        "an empty directoryName",
        help,
    );
}

static GN_UNSUPPORTED_TYPE: Rule = Rule {
    name: "gn-unsupported-type",
    severity: Severity::Info,
    citation: "RFC 5280 §4.2.1.6",
    summary: "An alternative name is an x400Address, an ediPartyName or a registeredID.",
    explanation: "Nothing that authorizes clients reads these kinds of names, so the entry is without effect; under name constraints on such \
        a kind the certificate is rejected by most verifiers. Leave the entry out unless software of your own needs it.",
    check: Check::Certificate(gn_unsupported_type),
};

fn gn_unsupported_type(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| {
        matches!(
            name.kind,
            GeneralName::X400_ADDRESS | GeneralName::EDI_PARTY_NAME | GeneralName::REGISTERED_ID
        )
    };
    let what = "a name of a kind that hardly any software reads";
    let help = "leave the entry out unless software of your own needs it";
    report(analysis, id, findings, wrong, what, help);
}

#[cfg(test)]
mod tests {
    use super::{is_mailbox, is_malformed_label};

    #[test]
    fn mailboxes_are_told_from_other_text() {
        for good in [
            "alice@example.com",
            "a.b+c@host",
            "\"a b\"@example.com",
            "a@[192.0.2.1]",
        ] {
            assert!(is_mailbox(good.as_bytes()), "{good}");
        }
        for bad in [
            "alice",
            "@example.com",
            "alice@",
            "Alice <a@example.com>",
            "a@b..c",
            "é@example.com",
        ] {
            assert!(!is_mailbox(bad.as_bytes()), "{bad}");
        }
    }

    #[test]
    fn labels_follow_their_grammar() {
        assert!(!is_malformed_label("client-1"));
        assert!(is_malformed_label("-client"));
        assert!(is_malformed_label("a/b"));
    }
}
