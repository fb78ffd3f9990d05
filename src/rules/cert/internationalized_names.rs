//! Names with characters beyond ASCII: A-labels in dNSName (RFC 5890, RFC 9549), and mailboxes in `SmtpUTF8Mailbox` (RFC 9598).

use unicode_normalization::char::is_combining_mark;
use unicode_normalization::is_nfc;

use super::general_names::{dns_text, is_malformed_label, labels, report_why};
use crate::analysis::{Analysis, CertificateId};
use crate::cert::der::tag;
use crate::cert::extension::GeneralName;
use crate::cert::oid;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[&GN_DNS_IDN_INVALID, &GN_SMTP_UTF8_MAILBOX_INVALID];

/// The characters that a label of Punycode stands for (RFC 3492 §6.2); none where it stands for none.
///
/// The work grows with the square of the length, so the caller keeps it short.
fn decode_punycode(text: &str) -> Option<Vec<char>> {
    const BASE: u32 = 36;
    const T_MIN: u32 = 1;
    const T_MAX: u32 = 26;
    let (basic, extended) = text.rsplit_once('-').unwrap_or(("", text));
    let mut output: Vec<char> = basic.chars().collect();
    let (mut code, mut index, mut bias): (u32, u32, u32) = (128, 0, 72);
    let mut digits = extended.bytes();
    let mut is_first = true;
    while digits.len() > 0 {
        let before = index;
        let mut weight = 1_u32;
        let mut k = BASE;
        loop {
            let digit = match digits.next()? {
                octet @ b'a'..=b'z' => octet - b'a',
                octet @ b'A'..=b'Z' => octet - b'A',
                octet @ b'0'..=b'9' => octet - b'0' + 26,
                _ => return None,
            };
            let digit = u32::from(digit);
            index = index.checked_add(digit.checked_mul(weight)?)?;
            let threshold = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
            k += BASE;
        }
        let count = u32::try_from(output.len()).ok()? + 1;
        // Adapting the bias (RFC 3492 §6.1).
        let mut delta = (index - before) / if is_first { 700 } else { 2 };
        delta += delta / count;
        let mut steps = 0;
        while delta > (BASE - T_MIN) * T_MAX / 2 {
            delta /= BASE - T_MIN;
            steps += BASE;
        }
        bias = steps + (BASE - T_MIN + 1) * delta / (delta + 38);
        is_first = false;
        code = code.checked_add(index / count)?;
        index %= count;
        output.insert(index as usize, char::from_u32(code)?);
        index += 1;
    }
    Some(output)
}

/// What is wrong with a label, if it begins with `xn--`.
fn a_label_fault(label: &str) -> Option<&'static str> {
    let prefix = label.get(..4)?;
    // What is longer than a label can be has a rule of its own.
    if !prefix.eq_ignore_ascii_case("xn--") || label.len() > 63 {
        return None;
    }
    let Some(characters) = decode_punycode(&label[4..]) else {
        return Some("it does not decode");
    };
    let u_label: String = characters.iter().collect();
    if characters.iter().all(char::is_ascii) {
        return Some("it has no character beyond ASCII");
    }
    if !is_nfc(&u_label) {
        return Some("what it stands for is not in Unicode normalization form C");
    }
    if characters.first().copied().is_some_and(is_combining_mark) {
        return Some("what it stands for begins with a combining mark");
    }
    let is_illegal = |&character: &char| {
        character.is_control()
            || character.is_whitespace()
            // The case of ASCII does not count in the DNS.
            || !character.is_ascii() && character.is_uppercase()
    };
    let is_illegal = characters.iter().any(is_illegal);
    is_illegal
        .then_some("what it stands for has an upper-case letter, a space or a control character")
}

static GN_DNS_IDN_INVALID: Rule = Rule {
    name: "gn-dns-idn-invalid",
    // A MUST, but verifiers take a dNSName for ASCII, and do not look behind `xn--`.
    severity: Severity::Warning,
    citation: "RFC 9549 §2; RFC 5890 §2.3.2.1; RFC 5891 §4.2",
    summary: "A label in a dNSName begins with xn--, but stands for no international label.",
    explanation: "What follows `xn--` is Punycode for a label in Unicode: normalized, in lower case, with something beyond ASCII in it. \
        No resolver makes a label that breaks this, so nothing that is looked up matches the name, and what shows the name shows garbage. \
        It happens where names are made up or cut off. Issue the certificate with the name as a converter for IDNA gives it.",
    check: Check::Certificate(gn_dns_idn_invalid),
};

fn gn_dns_idn_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| labels(dns_text(name)?).find_map(a_label_fault);
    let what = "a dNSName with an invalid xn-- label";
    let help = "issue the certificate again with the name as a converter for IDNA gives it";
    report_why(analysis, id, findings, wrong, what, help, Severity::Warning);
}

static GN_SMTP_UTF8_MAILBOX_INVALID: Rule = Rule {
    name: "gn-smtp-utf8-mailbox-invalid",
    // Verifiers that do not know the form pass over it, and those that do compare it as it stands.
    severity: Severity::Warning,
    citation: "RFC 9598 §3",
    summary: "An SmtpUTF8Mailbox is not written as RFC 9598 wants it.",
    explanation: "An SmtpUTF8Mailbox is a UTF8String with an address whose local part has characters beyond ASCII; any other address is an \
        rfc822Name. Its domain is in lower case and in ASCII, with `xn--` labels, and there is no byte order mark. \
        Addresses are compared octet for octet, so one that is written in another way matches nothing. \
        Issue the certificate with the address in that form.",
    check: Check::Certificate(gn_smtp_utf8_mailbox_invalid),
};

/// What is wrong with an address in an `SmtpUTF8Mailbox`.
fn mailbox_fault(text: &str) -> Option<&'static str> {
    if text.contains('\u{feff}') {
        return Some("it has a byte order mark");
    }
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Some("it has no @");
    };
    let is_quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let is_atom = |character: char| {
        !character.is_ascii()
            || character.is_ascii_graphic() && !"()<>[]:;@\\,\"".contains(character)
    };
    if !is_quoted
        && (local.is_empty()
            || !local
                .split('.')
                .all(|atom| !atom.is_empty() && atom.chars().all(is_atom)))
    {
        return Some("its local part is none by its syntax");
    }
    if local.is_ascii() && domain.is_ascii() {
        return Some("it is all ASCII, which is an rfc822Name");
    }
    if !domain.is_ascii() {
        // RFC 8398 had U-labels here; RFC 9598, which replaces it, has not.
        return Some("its domain is not ASCII; expected xn-- labels");
    }
    if domain.bytes().any(|octet| octet.is_ascii_uppercase()) {
        return Some("its domain has upper-case letters");
    }
    let is_address = domain.starts_with('[') && domain.ends_with(']');
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.contains(['*', '_'])
            && !is_malformed_label(label)
    };
    (!is_address && !domain.split('.').all(is_label)).then_some("its domain is none by its syntax")
}

fn gn_smtp_utf8_mailbox_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |name: &GeneralName| {
        if name.kind != GeneralName::OTHER_NAME {
            return None;
        }
        let (kind, value) = name.other_name().ok()?;
        if kind != oid::SMTP_UTF8_MAILBOX {
            return None;
        }
        if value.tag != tag::UTF8_STRING {
            return Some("it is not a UTF8String");
        }
        match std::str::from_utf8(value.value()) {
            Ok(text) => mailbox_fault(text),
            Err(_) => Some("it is not UTF-8"),
        }
    };
    let what = "an SmtpUTF8Mailbox that is not written as it should be";
    let help = "issue the certificate again with the address in the form of RFC 9598, or as rfc822Name if it is all ASCII";
    report_why(analysis, id, findings, wrong, what, help, Severity::Warning);
}

#[cfg(test)]
mod tests {
    use super::{a_label_fault, decode_punycode, mailbox_fault};

    #[test]
    fn punycode_is_decoded() {
        let decode = |text| decode_punycode(text).map(String::from_iter);
        assert_eq!(decode("bcher-kva").as_deref(), Some("bücher"));
        assert_eq!(decode("p1ai").as_deref(), Some("рф"));
        assert_eq!(
            decode("ihqwcrb4cv8a8dqg056pqjye").as_deref(),
            Some("他们为什么不说中文")
        );
        assert_eq!(decode("12311613412431243"), None);
        assert_eq!(decode("a_b"), None);
        assert_eq!(decode("99999999999999999999999999999999"), None);
    }

    #[test]
    fn labels_that_stand_for_nothing_are_told() {
        for fine in [
            "xn--bcher-kva",
            "XN--BCHER-KVA",
            "xn--fa-hia",
            "xn--i-7iq",
            "client",
            "xn-",
        ] {
            assert_eq!(a_label_fault(fine), None, "{fine}");
        }
        // The last two are `Ücher` and an `e` with a combining acute accent.
        for bad in [
            "xn--",
            "xn--abc-",
            "xn--12311613412431243",
            "xn--cher-fna",
            "xn--e-xbb",
        ] {
            assert!(a_label_fault(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn mailboxes_follow_rfc_9598() {
        for fine in ["médecin@example.com", "\"é é\"@xn--bcher-kva.example"] {
            assert_eq!(mailbox_fault(fine), None, "{fine}");
        }
        for bad in [
            "alice@example.com",
            "\u{feff}é@example.com",
            "é@Example.com",
            "é@bücher.example",
            "é",
            "é..é@example.com",
            "é@a..b",
        ] {
            assert!(mailbox_fault(bad).is_some(), "{bad}");
        }
    }
}
