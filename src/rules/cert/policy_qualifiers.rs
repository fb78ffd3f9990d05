//! The qualifiers in certificatePolicies (RFC 5280 §4.2.1.4; RFC 6818 §3 on explicitText).
//!
//! Path validation hands qualifiers to the application and does not judge them (RFC 5280 §6.1), so no finding here is an error.

use unicode_normalization::is_nfc;

use crate::analysis::{Analysis, CertificateId};
use crate::cert::der::{Tlv, tag};
use crate::cert::extension::policies::{DisplayText, Qualifier};
use crate::cert::oid::{self, Oid};
use crate::cert::{Certificate, Field};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &CP_ANY_POLICY_BAD_QUALIFIER,
    &CP_UNKNOWN_QUALIFIER,
    &CP_QUALIFIER_PRESENT,
    &CP_CPS_URI_INVALID,
    &CP_NOTICE_REF_USED,
    &CP_EXPLICIT_TEXT_BAD_TYPE,
    &CP_EXPLICIT_TEXT_NOT_UTF8,
    &CP_EXPLICIT_TEXT_TOO_LONG,
    &CP_EXPLICIT_TEXT_CONTROL_CHARACTER,
    &CP_EXPLICIT_TEXT_NOT_NFC,
];

/// The bit of a tag that stands for several parts in the place of a string.
const CONSTRUCTED: u8 = 0x20;

/// How many parts of one certificate are shown.
const SHOWN: usize = 5;

/// A part of certificatePolicies that a rule reports, and the policy that it belongs to.
struct Part<'a, T> {
    policy: Oid<'a>,
    tlv: Tlv<'a>,
    found: T,
}

/// What a rule says of the parts it found.
struct Report<M> {
    /// The part of the field that the finding points at.
    part: &'static str,
    /// The message, given the certificate's label.
    message: M,
    help: &'static str,
}

impl<M: Fn(&str) -> String> Report<M> {
    /// Reports all parts of a certificate in one finding, at the first of them.
    fn of<'a, T>(
        self,
        analysis: &Analysis,
        id: CertificateId,
        findings: &mut Findings,
        mut parts: impl Iterator<Item = Part<'a, T>>,
        describe: impl Fn(&T) -> String,
    ) {
        let Some(first) = parts.next() else { return };
        let field = Field::Extension(oid::CERTIFICATE_POLICIES);
        let place = analysis.place_within(id, field, first.tlv.range());
        let finding = findings.at(place.inside(self.part));
        finding
            .message((self.message)(&analysis.certificate(id).label()))
            .help(self.help);
        let mut more = 0_usize;
        for (index, part) in std::iter::once(first).chain(parts).enumerate() {
            if index < SHOWN {
                let found = describe(&part.found);
                finding.evidence(format!("policy {}: {found}", part.policy.name()));
            } else {
                more += 1;
            }
        }
        if more > 0 {
            finding.evidence(format!("and {more} more"));
        }
    }
}

fn qualifiers<'s, 'a>(
    certificate: &'s Certificate<'a>,
) -> impl Iterator<Item = Part<'a, Qualifier<'a>>> + use<'s, 'a> {
    let policies = certificate.values.policies.iter().flatten();
    policies.flat_map(|policy| {
        let policy_oid = policy.oid;
        policy.qualifiers().map(move |qualifier| Part {
            policy: policy_oid,
            tlv: qualifier.tlv,
            found: qualifier,
        })
    })
}

fn explicit_texts<'s, 'a>(
    certificate: &'s Certificate<'a>,
) -> impl Iterator<Item = Part<'a, DisplayText<'a>>> + use<'s, 'a> {
    qualifiers(certificate).filter_map(|qualifier| {
        let text = qualifier.found.explicit_text()?;
        // Of one in parts, der-constructed-string says what is wrong.
        if text.0.tag & CONSTRUCTED != 0 {
            return None;
        }
        Some(Part {
            policy: qualifier.policy,
            tlv: text.0,
            found: text,
        })
    })
}

/// Text or octets as evidence shows them, cut where they are long.
fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut cut: String = text.chars().take(LONGEST).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    format!("\"{cut}\"")
}

fn is_defined(id: Oid<'_>) -> bool {
    matches!(id, oid::CPS_QUALIFIER | oid::USER_NOTICE_QUALIFIER)
}

static CP_ANY_POLICY_BAD_QUALIFIER: Rule = Rule {
    name: "cp-any-policy-bad-qualifier",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.4",
    summary: "anyPolicy has a qualifier other than a CPS pointer or a user notice.",
    explanation: "anyPolicy stands for every policy, so no policy says what a qualifier of its own means: RFC 5280 allows only the two \
        that it defines. TLS servers read no qualifiers; software that shows or enforces them may refuse the certificate. \
        Leave the qualifier out.",
    check: Check::Certificate(cp_any_policy_bad_qualifier),
};

fn cp_any_policy_bad_qualifier(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = qualifiers(analysis.certificate(id))
        .filter(|part| part.policy == oid::ANY_POLICY && !is_defined(part.found.id));
    let report = Report {
        part: "policyQualifiers",
        message: |label: &str| {
            format!("anyPolicy of `{label}` has a qualifier that it may not have")
        },
        help: "issue the certificate again without the qualifier",
    };
    report.of(analysis, id, findings, wrong, |found| {
        format!("qualifier {}; expected cPSuri or userNotice", found.id)
    });
}

static CP_UNKNOWN_QUALIFIER: Rule = Rule {
    name: "cp-unknown-qualifier",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.4",
    summary: "A policy has a qualifier that is neither a CPS pointer nor a user notice.",
    explanation: "RFC 5280 strongly recommends to use no other qualifiers than the two that it defines: software that is to process \
        another one has to know it. Often the object identifier is mistyped. Use the policy alone, or one of the two.",
    check: Check::Certificate(cp_unknown_qualifier),
};

fn cp_unknown_qualifier(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    // Of anyPolicy, cp-any-policy-bad-qualifier says more.
    let wrong = qualifiers(analysis.certificate(id))
        .filter(|part| part.policy != oid::ANY_POLICY && !is_defined(part.found.id));
    let report = Report {
        part: "policyQualifiers",
        message: |label: &str| {
            format!("a policy of `{label}` has a qualifier that RFC 5280 does not define")
        },
        help: "issue the certificate again without the qualifier, or with the object identifier that is meant",
    };
    report.of(analysis, id, findings, wrong, |found| {
        format!("qualifier {}; expected cPSuri or userNotice", found.id)
    });
}

static CP_QUALIFIER_PRESENT: Rule = Rule {
    name: "cp-qualifier-present",
    severity: Severity::Info,
    citation: "RFC 5280 §4.2.1.4",
    summary: "A policy has qualifiers.",
    explanation: "RFC 5280 recommends policies that consist of the object identifier alone. \
        Pointers to a CPS and notices make every certificate larger, and TLS software shows them to nobody. \
        They do no harm; a new profile can do without.",
    check: Check::Certificate(cp_qualifier_present),
};

fn cp_qualifier_present(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let report = Report {
        part: "policyQualifiers",
        message: |label: &str| format!("a policy of `{label}` has qualifiers"),
        help: "nothing, or leave the qualifiers out when it is issued again",
    };
    // The others have rules of their own.
    let defined = qualifiers(analysis.certificate(id)).filter(|part| is_defined(part.found.id));
    report.of(analysis, id, findings, defined, |found| {
        format!("qualifier {}", found.id.name())
    });
}

static CP_CPS_URI_INVALID: Rule = Rule {
    name: "cp-cps-uri-invalid",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.4; RFC 3986 §3",
    summary: "A CPS pointer is not a URI in an IA5String.",
    explanation: "The qualifier points to the certification practice statement: an IA5String with a URI, such as \
        `https://ca.example.com/cps`. A host name without a scheme leads nowhere, and of another string type OpenSSL cannot decode \
        the whole extension where it checks policies. Correct the CA's profile.",
    check: Check::Certificate(cp_cps_uri_invalid),
};

/// Whether a URI begins with a scheme that is followed by something (RFC 3986 §3.1).
fn has_scheme(uri: &[u8]) -> bool {
    let mut parts = uri.splitn(2, |&octet| octet == b':');
    let scheme = parts.next().unwrap_or_default();
    let legal = |octet: &u8| octet.is_ascii_alphanumeric() || b"+-.".contains(octet);
    scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(legal)
        && parts.next().is_some_and(|rest| !rest.is_empty())
}

/// Whether a URI may have the character as it is (RFC 3986 §2).
fn is_uri_character(octet: u8) -> bool {
    octet.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&octet)
}

/// What is wrong with a CPS pointer.
fn cps_fault(value: Option<Tlv<'_>>) -> Option<&'static str> {
    let Some(value) = value else {
        return Some("there is no value");
    };
    let octets = value.value();
    if value.tag == tag::IA5_STRING | CONSTRUCTED {
        // der-constructed-string says what is wrong with it.
        None
    } else if value.tag != tag::IA5_STRING {
        Some("it is not an IA5String")
    } else if !octets.is_ascii() {
        Some("it has characters beyond ASCII")
    } else if !octets.iter().all(|octet| is_uri_character(*octet)) {
        Some("a character has to be percent-encoded")
    } else if !has_scheme(octets) {
        Some("it has no scheme, or nothing after it")
    } else {
        None
    }
}

fn cp_cps_uri_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = qualifiers(analysis.certificate(id))
        .filter(|part| part.found.id == oid::CPS_QUALIFIER)
        .filter_map(|part| {
            let fault = cps_fault(part.found.value)?;
            Some(Part {
                policy: part.policy,
                tlv: part.found.value.unwrap_or(part.tlv),
                found: (fault, part.found.value),
            })
        });
    let report = Report {
        part: "policyQualifiers.cPSuri",
        message: |label: &str| format!("the CPS pointer of `{label}` is no URI"),
        help: "issue the certificate again with the whole URI of the CPS, or without the qualifier",
    };
    report.of(analysis, id, findings, wrong, |(fault, value)| {
        let octets = value.map(|value| value.value()).unwrap_or_default();
        format!("{}: {fault}", shown(&String::from_utf8_lossy(octets)))
    });
}

static CP_NOTICE_REF_USED: Rule = Rule {
    name: "cp-notice-ref-used",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.4",
    summary: "A user notice refers to a text by number.",
    explanation: "noticeRef names an organisation and numbers of its notices, which software would have to hold in a file of its own. \
        None does, so RFC 5280 says that CAs should not use it. Write the notice as explicitText, or leave it out.",
    check: Check::Certificate(cp_notice_ref_used),
};

fn cp_notice_ref_used(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = qualifiers(analysis.certificate(id)).filter_map(|part| {
        let reference = part.found.notice_reference()?;
        Some(Part {
            policy: part.policy,
            tlv: reference,
            found: reference,
        })
    });
    let report = Report {
        part: "policyQualifiers.userNotice.noticeRef",
        message: |label: &str| format!("a user notice of `{label}` refers to a text by number"),
        help: "issue the certificate again without noticeRef",
    };
    report.of(analysis, id, findings, wrong, |reference| {
        let organization = reference.children().read().ok().map(DisplayText);
        let organization = organization.and_then(|name| name.text());
        match organization {
            Some(name) => format!("noticeRef of organization {}", shown(&name)),
            None => "noticeRef".to_owned(),
        }
    });
}

static CP_EXPLICIT_TEXT_BAD_TYPE: Rule = Rule {
    name: "cp-explicit-text-bad-type",
    severity: Severity::Warning,
    citation: "RFC 6818 §3",
    summary: "explicitText is of a string type that it may not have.",
    explanation: "The text of a user notice is a UTF8String; VisibleString and BMPString are allowed as well, IA5String no longer is. \
        Of a type that DisplayText does not have at all, such as PrintableString, OpenSSL cannot decode the whole extension where it checks policies. \
        Write the text as UTF8String.",
    check: Check::Certificate(cp_explicit_text_bad_type),
};

// RFC 5280 allowed IA5String and forbade VisibleString and BMPString; RFC 6818 turned that round, and counts here.
fn cp_explicit_text_bad_type(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let allowed = [
        tag::UTF8_STRING,
        tag::BMP_STRING,
        DisplayText::VISIBLE_STRING,
    ];
    let wrong = explicit_texts(analysis.certificate(id))
        .filter(|part| !allowed.contains(&part.found.0.tag));
    let report = Report {
        part: "policyQualifiers.userNotice.explicitText",
        message: |label: &str| format!("a user notice of `{label}` has a forbidden string type"),
        help: "issue the certificate again with the text as UTF8String, or without it",
    };
    report.of(analysis, id, findings, wrong, |text| {
        format!(
            "explicitText is of {} (tag {:#04x}); expected UTF8String",
            text.type_name(),
            text.0.tag
        )
    });
}

static CP_EXPLICIT_TEXT_NOT_UTF8: Rule = Rule {
    name: "cp-explicit-text-not-utf8",
    severity: Severity::Info,
    citation: "RFC 6818 §3",
    summary: "explicitText is not a UTF8String.",
    explanation: "RFC 6818 recommends UTF8String for the text of a user notice. VisibleString and BMPString are acceptable, \
        but RFC 5280 still forbade them, so that older software may not show the text. Write new certificates with UTF8String.",
    check: Check::Certificate(cp_explicit_text_not_utf8),
};

fn cp_explicit_text_not_utf8(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let found = explicit_texts(analysis.certificate(id))
        .filter(|part| part.found.0.tag != tag::UTF8_STRING);
    let report = Report {
        part: "policyQualifiers.userNotice.explicitText",
        message: |label: &str| format!("a user notice of `{label}` is not a UTF8String"),
        help: "nothing, or write the text as UTF8String when it is issued again",
    };
    report.of(analysis, id, findings, found, |text| {
        format!(
            "explicitText is of {} (tag {:#04x}); UTF8String is recommended",
            text.type_name(),
            text.0.tag
        )
    });
}

/// The longest explicitText in characters.
const LONGEST_TEXT: usize = 200;

static CP_EXPLICIT_TEXT_TOO_LONG: Rule = Rule {
    name: "cp-explicit-text-too-long",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.4; RFC 6818 §3",
    summary: "explicitText is longer than 200 characters.",
    explanation: "RFC 5280 limits the text to 200 characters. Its definition notes that some CAs exceed that, and advises readers to cope; \
        strict decoders refuse the extension all the same. Shorten the text, or publish it and point to it.",
    check: Check::Certificate(cp_explicit_text_too_long),
};

/// How many characters a text has; of an undecodable one, how many octets.
fn length(text: &DisplayText<'_>) -> usize {
    let octets = text.0.value().len();
    if octets <= LONGEST_TEXT {
        // There are no more characters than octets.
        return octets;
    }
    text.text().map_or(octets, |text| text.chars().count())
}

fn cp_explicit_text_too_long(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong =
        explicit_texts(analysis.certificate(id)).filter(|part| length(&part.found) > LONGEST_TEXT);
    let report = Report {
        part: "policyQualifiers.userNotice.explicitText",
        message: |label: &str| format!("a user notice of `{label}` is too long"),
        help: "issue the certificate again with a text of at most 200 characters, or without it",
    };
    report.of(analysis, id, findings, wrong, |text| {
        format!(
            "explicitText has {} characters; expected at most {LONGEST_TEXT}",
            length(text)
        )
    });
}

static CP_EXPLICIT_TEXT_CONTROL_CHARACTER: Rule = Rule {
    name: "cp-explicit-text-control-character",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.4; RFC 6818 §3",
    summary: "explicitText has a control character.",
    explanation: "The text is meant to be shown. Line feeds, escapes and other control characters (U+0000 to U+001F, U+007F to U+009F) \
        show as something else than was meant, and can disturb a terminal. Write the text without them.",
    check: Check::Certificate(cp_explicit_text_control_character),
};

fn cp_explicit_text_control_character(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
) {
    let wrong = explicit_texts(analysis.certificate(id)).filter_map(|part| {
        let text = part.found.text()?;
        let control = text.chars().find(|character| character.is_control())?;
        Some(Part {
            policy: part.policy,
            tlv: part.tlv,
            found: (control, part.found),
        })
    });
    let report = Report {
        part: "policyQualifiers.userNotice.explicitText",
        message: |label: &str| format!("a user notice of `{label}` has a control character"),
        help: "issue the certificate again with a text without control characters",
    };
    report.of(analysis, id, findings, wrong, |(control, text)| {
        let text = text.text().unwrap_or_default();
        format!("U+{:04X} in {}", u32::from(*control), shown(&text))
    });
}

static CP_EXPLICIT_TEXT_NOT_NFC: Rule = Rule {
    name: "cp-explicit-text-not-nfc",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.4; RFC 6818 §3",
    summary: "explicitText is not in Unicode normalization form C.",
    explanation: "The same text can be written with composed characters (`é`) or with combining ones (`e` and an accent). \
        RFC 5280 asks for the composed form, so that equal texts have equal octets. Normalize the text to NFC before it is encoded.",
    check: Check::Certificate(cp_explicit_text_not_nfc),
};

fn cp_explicit_text_not_nfc(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = explicit_texts(analysis.certificate(id)).filter(|part| {
        // Only these two hold more than ASCII.
        let is_unicode = matches!(part.found.0.tag, tag::UTF8_STRING | tag::BMP_STRING);
        let text = part.found.text().filter(|_| is_unicode);
        text.is_some_and(|text| !text.is_ascii() && !is_nfc(&text))
    });
    let report = Report {
        part: "policyQualifiers.userNotice.explicitText",
        message: |label: &str| format!("a user notice of `{label}` is not in normalization form C"),
        help: "issue the certificate again with the text in NFC",
    };
    report.of(analysis, id, findings, wrong, |text| {
        format!("explicitText {}", shown(&text.text().unwrap_or_default()))
    });
}

#[cfg(test)]
mod tests {
    use super::cps_fault;
    use crate::cert::der::Reader;

    #[test]
    fn a_cps_pointer_is_an_absolute_uri() {
        let fault = |tag: u8, text: &str| {
            let length = u8::try_from(text.len()).expect("the text is short");
            let der = [&[tag, length], text.as_bytes()].concat();
            cps_fault(Reader::new(&der).read().ok())
        };
        assert_eq!(fault(0x16, "https://ca.example.com/cps"), None);
        assert_eq!(fault(0x16, "urn:oid:2.999"), None);
        assert!(fault(0x0c, "https://ca.example.com/cps").is_some());
        for bad in ["", "ca.example.com/cps", "http:", "1a:b", "http://a b"] {
            assert!(fault(0x16, bad).is_some(), "{bad}");
        }
        assert!(cps_fault(None).is_some());
    }
}
