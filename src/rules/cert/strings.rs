//! The characters in names: strings that their type cannot hold, and text that is not what was meant (RFC 5280 §4.1.2.4, X.680 §41).

use super::attribute_walk::{find, report};
use super::general_names;
use crate::analysis::{Analysis, CertificateId};
use crate::cert::der::tag;
use crate::cert::extension::GeneralName;
use crate::cert::name::Attribute;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &STRING_PRINTABLE_BAD_CHARACTER,
    &STRING_INVALID_UTF8,
    &STRING_INVALID_BMP_OR_UNIVERSAL,
    &STRING_EMBEDDED_NUL,
    &STRING_CONTROL_CHARACTER,
    &STRING_DEPRECATED_TYPE,
    &STRING_MOJIBAKE,
];

/// Whether PrintableString has the character (X.680 §41.4).
fn is_printable(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&octet)
}

static STRING_PRINTABLE_BAD_CHARACTER: Rule = Rule {
    name: "string-printable-bad-character",
    severity: Severity::Error,
    citation: "RFC 5280 App. B; X.680 §41.4",
    summary: "A PrintableString has a character that the type does not have.",
    explanation: "PrintableString has letters, digits, the space and ' ( ) + , - . / : = ? and nothing else: no `@`, `_`, `&`, `*`, no umlaut. \
        Go does not read a certificate with another character, and rejects the handshake; it makes an exception for `*` and `&`, \
        which alone are a warning. Issue the certificate with the text as UTF8String.",
    check: Check::Certificate(string_printable_bad_character),
};

fn string_printable_bad_character(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let found = find(analysis, id, |attribute| {
        attribute.tag == tag::PRINTABLE_STRING
            && !attribute.value.iter().all(|&octet| is_printable(octet))
    });
    let is_lenient = |octet: &u8| is_printable(*octet) || b"*&".contains(octet);
    let all_lenient = found
        .iter()
        .all(|(_, attribute)| attribute.value.iter().all(is_lenient));
    let what = "a PrintableString with a character that the type does not have";
    let detail = |attribute: &Attribute<'_>| {
        let mut wrong = attribute
            .value
            .iter()
            .filter(|&&octet| !is_printable(octet));
        match wrong.next() {
            Some(&octet) if octet.is_ascii_graphic() => format!("found `{}`", char::from(octet)),
            Some(octet) => format!("found the octet {octet:#04x}"),
            None => String::new(),
        }
    };
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        if all_lenient {
            finding.severity(Severity::Warning);
        }
        finding.help("issue the certificate again with the text as UTF8String");
    }
}

static STRING_INVALID_UTF8: Rule = Rule {
    name: "string-invalid-utf8",
    severity: Severity::Error,
    citation: "RFC 3629 §3; X.690 §8.23",
    summary: "A UTF8String is not UTF-8.",
    explanation: "Mostly the text was in Latin-1 or another old encoding when it was put into the request. \
        OpenSSL, Envoy and Go do not read such a certificate: as a CA it keeps nginx from starting, as a client it ends the handshake. \
        Issue the certificate with the text in UTF-8.",
    check: Check::Certificate(string_invalid_utf8),
};

fn string_invalid_utf8(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let found = find(analysis, id, |attribute| {
        attribute.tag == tag::UTF8_STRING && std::str::from_utf8(attribute.value).is_err()
    });
    let what = "a UTF8String that is not UTF-8";
    let detail = |attribute: &Attribute<'_>| match std::str::from_utf8(attribute.value) {
        Ok(_) => String::new(),
        Err(error) => format!("it stops being UTF-8 at octet {}", error.valid_up_to() + 1),
    };
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help("issue the certificate again with the text in UTF-8");
    }
}

static STRING_INVALID_BMP_OR_UNIVERSAL: Rule = Rule {
    name: "string-invalid-bmp-or-universal",
    severity: Severity::Error,
    citation: "X.690 §8.23.7, §8.23.8",
    summary: "A BMPString or UniversalString is not whole characters.",
    explanation: "A BMPString is two octets a character and has no surrogates, a UniversalString is four. \
        Text of another length was cut off, or is no text of this type. \
        OpenSSL, Envoy and Go do not read a certificate where the length does not fit. \
        Issue it with the text as UTF8String.",
    check: Check::Certificate(string_invalid_bmp_or_universal),
};

/// Whether a string of two or four octets a character cannot be read. Pairs of surrogates are wrong, too: with two octets
/// there are no characters beyond the Basic Multilingual Plane.
fn is_broken_wide(attribute: &Attribute<'_>) -> bool {
    match attribute.tag {
        tag::BMP_STRING => {
            let mut units = attribute.value.chunks(2);
            units.any(|unit| unit.len() < 2 || (0xd8..0xe0).contains(&unit[0]))
        }
        tag::UNIVERSAL_STRING => attribute.text().is_none(),
        _ => false,
    }
}

fn string_invalid_bmp_or_universal(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
) {
    let found = find(analysis, id, is_broken_wide);
    let what = "a BMPString or UniversalString that is not whole characters";
    let detail = |attribute: &Attribute<'_>| format!("{} octets", attribute.value.len());
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help("issue the certificate again with the text as UTF8String");
    }
}

static STRING_EMBEDDED_NUL: Rule = Rule {
    name: "string-embedded-nul",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.4, §4.2.1.6; CVE-2009-2408",
    summary: "A name has a NUL character.",
    explanation: "A program in C takes the name to end there, so that `admin\\0.evil.example` passes for `admin`. \
        That was an attack once, and verifiers are on their guard since: OpenSSL refuses such a commonName under name constraints (53), \
        GnuTLS does not match such a name. Do not trust the certificate before you know why it has one.",
    check: Check::Certificate(string_embedded_nul),
};

fn string_embedded_nul(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let help = "find out who asked for this name, and issue the certificate again without it";
    let found = find(analysis, id, |attribute| match attribute.tag {
        tag::BMP_STRING | tag::UNIVERSAL_STRING => {
            attribute.text().is_some_and(|text| text.contains('\0'))
        }
        _ => attribute.string_type() != "another type" && attribute.value.contains(&0),
    });
    let what = "a NUL character in a name";
    let detail = |_: &Attribute<'_>| String::new();
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help(help);
    }
    let wrong = |name: &GeneralName| {
        matches!(
            name.kind,
            GeneralName::RFC822_NAME | GeneralName::DNS_NAME | GeneralName::URI
        ) && name.value.contains(&0)
    };
    general_names::report(analysis, id, findings, wrong, what, help);
}

static STRING_CONTROL_CHARACTER: Rule = Rule {
    name: "string-control-character",
    // RFC 5280 has no MUST against it, and no verifier minds.
    severity: Severity::Warning,
    citation: "RFC 4518 §2.2",
    summary: "A name has a control character.",
    explanation: "A line break, a tab or an escape in a name breaks log lines, headers such as nginx's `$ssl_client_s_dn`, and access lists \
        that compare text. It mostly comes from a form or a script that did not trim its input. \
        Issue the certificate with plain text.",
    check: Check::Certificate(string_control_character),
};

/// Control characters other than NUL, which has its own rule.
fn is_control(character: char) -> bool {
    character.is_control() && character != '\0'
}

fn string_control_character(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let found = find(analysis, id, |attribute| {
        if attribute.is_plain_ascii() && attribute.string_type() != "another type" {
            let mut octets = attribute.value.iter();
            return octets.any(|&octet| is_control(char::from(octet)));
        }
        let text = attribute.text();
        text.is_some_and(|text| text.chars().any(is_control))
    });
    let what = "a control character in a name";
    let detail = |attribute: &Attribute<'_>| {
        let text = attribute.text().unwrap_or_default();
        let first = text.chars().find(|&character| is_control(character));
        first.map_or_else(String::new, |first| {
            format!("found U+{:04X}", u32::from(first))
        })
    };
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help("issue the certificate again with plain text");
    }
}

static STRING_DEPRECATED_TYPE: Rule = Rule {
    name: "string-deprecated-type",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.1.2.4",
    summary: "A name has a TeletexString, a BMPString or a UniversalString.",
    explanation: "These types are kept for names that were given before 2004; a new name is PrintableString or UTF8String. \
        Each library reads TeletexString in its own way, and Go compares names by their octets, so that the same name in another type \
        is another issuer to it. Go does not read a certificate with a UniversalString, which is an error for that reason. \
        Use UTF8String where the CA gets a new name.",
    check: Check::Certificate(string_deprecated_type),
};

fn string_deprecated_type(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let found = find(analysis, id, |attribute| {
        matches!(
            attribute.tag,
            tag::TELETEX_STRING | tag::BMP_STRING | tag::UNIVERSAL_STRING
        )
    });
    let has_universal =
        |(_, attribute): &(_, Attribute<'_>)| attribute.tag == tag::UNIVERSAL_STRING;
    let is_refused = found.iter().any(has_universal);
    let what = "text in a string type that is kept for old names only";
    let detail = |_: &Attribute<'_>| "expected PrintableString or UTF8String".to_owned();
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        if is_refused {
            finding.severity(Severity::Error);
        }
        finding.help("use UTF8String when this name is given anew");
    }
}

static STRING_MOJIBAKE: Rule = Rule {
    name: "string-mojibake",
    severity: Severity::Info,
    citation: "Practice",
    summary: "A name looks like UTF-8 read as Latin-1, or has an HTML entity.",
    explanation: "`MÃ¼ller` was `Müller` before a program read its UTF-8 as Latin-1, and `&amp;` was `&` on a web page. \
        Verifiers do not mind, but rules that compare the name with the right text do not match. \
        Correct the text where it is entered, and issue the certificate again.",
    check: Check::Certificate(string_mojibake),
};

/// Text that a sequence of UTF-8 makes where each octet is taken for a Latin-1 character, with what it stands for.
fn double_encoded(text: &str) -> Option<(String, char)> {
    let mut characters = text.chars();
    while let Some(first) = characters.next() {
        let count = match u32::from(first) {
            0xc2..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf4 => 3,
            _ => continue,
        };
        let seen: String = std::iter::once(first)
            .chain(characters.clone().take(count))
            .collect();
        let octets: Option<Vec<u8>> = seen
            .chars()
            .map(|character| u8::try_from(u32::from(character)).ok())
            .collect();
        let meant = octets.and_then(|octets| String::from_utf8(octets).ok());
        if let Some(meant) = meant.as_deref().and_then(|meant| meant.chars().next()) {
            return Some((seen, meant));
        }
    }
    None
}

/// An HTML character reference such as `&amp;` or `&#233;`.
fn html_entity(text: &str) -> Option<&str> {
    const LONGEST: usize = 10;
    text.match_indices('&').find_map(|(start, _)| {
        let rest = &text[start + 1..];
        let end = rest.bytes().take(LONGEST).position(|octet| octet == b';')?;
        let body = &rest[..end];
        let is_entity = match body.strip_prefix('#') {
            Some(number) => match number.strip_prefix(['x', 'X']) {
                Some(digits) => is_all(digits, u8::is_ascii_hexdigit),
                None => is_all(number, u8::is_ascii_digit),
            },
            None => body.len() > 1 && is_all(body, u8::is_ascii_alphabetic),
        };
        is_entity.then(|| &text[start..start + end + 2])
    })
}

fn is_all(text: &str, legal: fn(&u8) -> bool) -> bool {
    !text.is_empty() && text.as_bytes().iter().all(legal)
}

fn string_mojibake(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let found = find(analysis, id, |attribute| {
        if attribute.is_plain_ascii() && !attribute.value.contains(&b'&') {
            return false;
        }
        attribute
            .text()
            .is_some_and(|text| html_entity(&text).is_some() || double_encoded(&text).is_some())
    });
    let what = "text in a name that looks garbled";
    let detail = |attribute: &Attribute<'_>| {
        let text = attribute.text().unwrap_or_default();
        match (html_entity(&text), double_encoded(&text)) {
            (Some(entity), _) => format!("`{entity}` is an HTML entity"),
            (None, Some((seen, meant))) => format!("`{seen}` may have been `{meant}`"),
            (None, None) => String::new(),
        }
    };
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help("correct the text where it is entered, and issue the certificate again");
    }
}

#[cfg(test)]
mod tests {
    use super::{double_encoded, html_entity};

    #[test]
    fn garbled_text_is_told_from_unusual_text() {
        assert_eq!(double_encoded("MÃ¼ller"), Some(("Ã¼".to_owned(), 'ü')));
        for fine in ["Müller", "São Paulo", "Škoda", "ÂB", "Ã", "日本"] {
            assert_eq!(double_encoded(fine), None, "{fine}");
        }
        assert_eq!(html_entity("A &amp; B"), Some("&amp;"));
        assert_eq!(html_entity("d&#x27;A"), Some("&#x27;"));
        for fine in ["A & B; C", "R&D;", "&;", "&#;", "&é;", "&"] {
            assert_eq!(html_entity(fine), None, "{fine}");
        }
    }
}
