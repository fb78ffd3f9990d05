//! The attributes of names, each by itself: its type, its length, and what it holds (RFC 5280 App. A.1).

use super::attribute_walk::{Found, find, report};
use super::general_names::{is_mailbox, is_malformed_label};
use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::der::tag;
use crate::cert::extension::GeneralName;
use crate::cert::name::Attribute;
use crate::cert::oid::{self, Oid};
use crate::cert::{Certificate, Field};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &NAME_ATTRIBUTE_EMPTY,
    &NAME_ATTRIBUTE_TOO_LONG,
    &NAME_PERSONAL_NAME_RECOMMENDED_LENGTH,
    &NAME_COUNTRY_NOT_PRINTABLE_STRING,
    &NAME_COUNTRY_LENGTH,
    &NAME_COUNTRY_NOT_UPPERCASE,
    &NAME_SERIAL_NUMBER_NOT_PRINTABLE_STRING,
    &NAME_IA5_ATTRIBUTE_WRONG_TYPE,
    &NAME_DOMAIN_COMPONENT_INVALID,
    &NAME_EMAIL_ATTRIBUTE_INVALID,
    &NAME_SURROUNDING_WHITESPACE,
    &SUBJECT_EMAIL_NOT_IN_SAN,
];

/// Whether the value is a string of any type.
pub(super) fn is_string(attribute: &Attribute<'_>) -> bool {
    attribute.string_type() != "another type"
}

fn nothing(_: &Attribute<'_>) -> String {
    String::new()
}

static NAME_ATTRIBUTE_EMPTY: Rule = Rule {
    name: "name-attribute-empty",
    severity: Severity::Warning,
    citation: "RFC 5280 App. A.1",
    summary: "An attribute of a name is empty.",
    explanation: "Each text in a name has at least one character. An empty one mostly comes from a template whose variable was not set, \
        such as `OU=` in an OpenSSL configuration. Rules that look for the attribute find it, and compare with nothing. \
        Issue the certificate with the value, or without the attribute.",
    check: Check::Certificate(name_attribute_empty),
};

fn name_attribute_empty(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let found = find(analysis, id, |attribute| {
        attribute.value.is_empty() && is_string(attribute)
    });
    if let Some(finding) = report(
        analysis,
        id,
        findings,
        &found,
        "an empty attribute",
        nothing,
    ) {
        finding.help("issue the certificate again with the value, or without the attribute");
    }
}

/// The most characters of each attribute: RFC 5280 App. A.1, then X.520 and RFC 2985 for those that are not there.
static UPPER_BOUNDS: &[(Oid<'static>, usize)] = &[
    (oid::COMMON_NAME, 64),
    (oid::ORGANIZATION, 64),
    (oid::ORGANIZATIONAL_UNIT, 64),
    (oid::LOCALITY, 128),
    (oid::STATE, 128),
    (oid::SERIAL_NUMBER, 64),
    (oid::TITLE, 64),
    (oid::PSEUDONYM, 128),
    (oid::SURNAME, LONGEST_NAME),
    (oid::GIVEN_NAME, LONGEST_NAME),
    (oid::NAME, LONGEST_NAME),
    (oid::INITIALS, LONGEST_NAME),
    (oid::GENERATION_QUALIFIER, LONGEST_NAME),
    (oid::EMAIL_ADDRESS, 255),
    (oid::UNSTRUCTURED_NAME, 255),
    (oid::STREET, 128),
    (oid::POSTAL_CODE, 40),
    (oid::POST_OFFICE_BOX, 40),
    (oid::BUSINESS_CATEGORY, 128),
    (oid::DN_QUALIFIER, 64),
];

/// `ub-name` (RFC 5280 App. A.1).
const LONGEST_NAME: usize = 32_768;

/// The bound of an attribute's type.
fn upper_bound(attribute: &Attribute<'_>) -> Option<usize> {
    let bound = UPPER_BOUNDS.iter().find(|(oid, _)| *oid == attribute.oid);
    bound.map(|(_, bound)| *bound)
}

/// Whether the values of this type of attribute are strings and nothing else.
pub(super) fn is_text_attribute(kind: Oid<'_>) -> bool {
    UPPER_BOUNDS.iter().any(|(oid, _)| *oid == kind)
        || matches!(kind, oid::COUNTRY | oid::DOMAIN_COMPONENT)
}

/// How many characters the value has; its octets where it is no text.
fn length(attribute: &Attribute<'_>) -> usize {
    if attribute.is_plain_ascii() {
        return attribute.value.len();
    }
    let text = attribute.text();
    text.map_or(attribute.value.len(), |text| text.chars().count())
}

static NAME_ATTRIBUTE_TOO_LONG: Rule = Rule {
    name: "name-attribute-too-long",
    // A MUST, but no verifier in use counts: they all accept such names.
    severity: Severity::Warning,
    citation: "RFC 5280 App. A.1; X.520 Annex C",
    summary: "An attribute of a name is longer than its type allows.",
    explanation: "A commonName has at most 64 characters, as have an organizationName and an organizationalUnitName; a localityName has 128. \
        Verifiers do not count, but directories, databases, and tools that issue or request certificates do: `openssl req` refuses the text. \
        Put long identifiers into subjectAltName, as a URI for example.",
    check: Check::Certificate(name_attribute_too_long),
};

fn name_attribute_too_long(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let found = find(analysis, id, |attribute| {
        // No bound is smaller, and a character is an octet at least.
        attribute.value.len() > 40
            && upper_bound(attribute).is_some_and(|bound| {
                attribute.value.len() > bound && is_string(attribute) && length(attribute) > bound
            })
    });
    let detail = |attribute: &Attribute<'_>| {
        format!(
            "found {} characters, expected at most {}",
            length(attribute),
            upper_bound(attribute).unwrap_or_default()
        )
    };
    let what = "an attribute that is longer than its type allows";
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help("issue the certificate again with a shorter text, and put long identifiers into subjectAltName");
    }
    let found = find(analysis, id, |attribute| {
        attribute.oid == oid::POSTAL_CODE
            && attribute.value.len() > POSTAL_CODE_OF_X400
            && is_string(attribute)
            && upper_bound(attribute).is_some_and(|bound| length(attribute) <= bound)
    });
    let detail = |attribute: &Attribute<'_>| format!("found {} characters", length(attribute));
    let what = "a postalCode of more than 16 characters";
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding
            .severity(Severity::Info)
            .evidence("X.520 allows 40; the bound of 16 in RFC 5280 is that of X.400, and some linters apply it")
            .help("nothing, unless another system cuts it off");
    }
}

/// `ub-postal-code-length` (RFC 5280 App. A.1), which is about addresses of X.400.
const POSTAL_CODE_OF_X400: usize = 16;

static NAME_PERSONAL_NAME_RECOMMENDED_LENGTH: Rule = Rule {
    name: "name-personal-name-recommended-length",
    severity: Severity::Info,
    citation: "RFC 5280 App. A.1; X.411 ub-common-name-length",
    summary: "A givenName or surname has more than 64 characters.",
    explanation: "The type allows 32768 characters, but much software has fields of 64, the bound of a commonName. \
        Nothing refuses the certificate. Use a shorter form of the name if it must go into another system.",
    check: Check::Certificate(name_personal_name_recommended_length),
};

fn name_personal_name_recommended_length(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
) {
    const RECOMMENDED: usize = 64;
    let found = find(analysis, id, |attribute| {
        attribute.value.len() > RECOMMENDED
            && matches!(attribute.oid, oid::GIVEN_NAME | oid::SURNAME)
            && is_string(attribute)
            && length(attribute) > RECOMMENDED
    });
    let detail = |attribute: &Attribute<'_>| format!("found {} characters", length(attribute));
    let what = "a personal name of more than 64 characters";
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help("use a shorter form of the name if another system has to take it");
    }
}

static NAME_COUNTRY_NOT_PRINTABLE_STRING: Rule = Rule {
    name: "name-country-not-printable-string",
    severity: Severity::Warning,
    citation: "RFC 5280 App. A.1",
    summary: "countryName is not a PrintableString.",
    explanation: "A country is two letters in a PrintableString, whatever type the rest of the name has. Verifiers take other types, but Go \
        compares names by their octets: the same CA name in two encodings is two issuers to it. \
        The usual cause is software that makes every attribute a UTF8String. Issue the certificate with software that does not.",
    check: Check::Certificate(name_country_not_printable_string),
};

fn name_country_not_printable_string(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
) {
    let found = find(analysis, id, |attribute| {
        attribute.oid == oid::COUNTRY && attribute.tag != tag::PRINTABLE_STRING
    });
    let detail = |_: &Attribute<'_>| "expected PrintableString".to_owned();
    let what = "a countryName of the wrong string type";
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help("issue the certificate again with countryName as PrintableString");
    }
}

static NAME_COUNTRY_LENGTH: Rule = Rule {
    name: "name-country-length",
    severity: Severity::Warning,
    citation: "RFC 5280 App. A.1",
    summary: "countryName is not two characters long.",
    explanation: "A country is the code of two letters of ISO 3166-1, `DE` and not `Germany` or `DEU`. Verifiers do not look at it, but \
        `openssl req` and other tools that issue or request certificates refuse the text. Issue the certificate with the code.",
    check: Check::Certificate(name_country_length),
};

fn name_country_length(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let found = find(analysis, id, |attribute| {
        // An empty one is named by name-attribute-empty.
        attribute.oid == oid::COUNTRY && !matches!(length(attribute), 0 | 2)
    });
    let detail =
        |attribute: &Attribute<'_>| format!("found {} characters, expected 2", length(attribute));
    let what = "a countryName that is no code of two letters";
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help("issue the certificate again with the country's code of two letters");
    }
}

static NAME_COUNTRY_NOT_UPPERCASE: Rule = Rule {
    name: "name-country-not-uppercase",
    severity: Severity::Warning,
    citation: "X.520 §6.3.1; ISO 3166-1",
    summary: "countryName is not two upper-case letters.",
    explanation: "ISO 3166-1 writes its codes in upper case. OpenSSL compares names without regard to case, but Go, and rules that compare text, \
        take `de` and `DE` for two countries. Issue the certificate with the code in upper case.",
    check: Check::Certificate(name_country_not_uppercase),
};

fn name_country_not_uppercase(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let found = find(analysis, id, |attribute| {
        // Another length is named by name-country-length.
        attribute.oid == oid::COUNTRY
            && length(attribute) == 2
            && attribute
                .text()
                .is_none_or(|text| !text.chars().all(|character| character.is_ascii_uppercase()))
    });
    let detail = |_: &Attribute<'_>| "expected two letters from A to Z".to_owned();
    let what = "a countryName that is not two upper-case letters";
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help("issue the certificate again with the country's code in upper case");
    }
}

static NAME_SERIAL_NUMBER_NOT_PRINTABLE_STRING: Rule = Rule {
    name: "name-serial-number-not-printable-string",
    severity: Severity::Warning,
    citation: "RFC 5280 App. A.1",
    summary: "The attribute serialNumber or dnQualifier is not a PrintableString.",
    explanation: "Both have one string type only, whatever type the rest of the name has. Verifiers take other types, but Go compares names by \
        their octets: the same name in two encodings is two names to it. Issue the certificate with the attribute as PrintableString.",
    check: Check::Certificate(name_serial_number_not_printable_string),
};

fn name_serial_number_not_printable_string(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
) {
    let found = find(analysis, id, |attribute| {
        attribute.tag != tag::PRINTABLE_STRING
            && matches!(attribute.oid, oid::SERIAL_NUMBER | oid::DN_QUALIFIER)
    });
    let detail = |_: &Attribute<'_>| "expected PrintableString".to_owned();
    let what = "an attribute of the wrong string type";
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help("issue the certificate again with the attribute as PrintableString");
    }
}

static NAME_IA5_ATTRIBUTE_WRONG_TYPE: Rule = Rule {
    name: "name-ia5-attribute-wrong-type",
    severity: Severity::Warning,
    citation: "RFC 5280 App. A.1; RFC 4519 §2.4; RFC 2985 §5.2.1",
    summary: "domainComponent or emailAddress is not an IA5String.",
    explanation: "Both have one string type only, whatever type the rest of the name has. Under name constraints OpenSSL refuses a certificate \
        whose emailAddress has another (53), and Go takes the same name in two encodings for two names. \
        Issue the certificate with the attribute as IA5String.",
    check: Check::Certificate(name_ia5_attribute_wrong_type),
};

fn name_ia5_attribute_wrong_type(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let found = find(analysis, id, |attribute| {
        attribute.tag != tag::IA5_STRING
            && matches!(attribute.oid, oid::DOMAIN_COMPONENT | oid::EMAIL_ADDRESS)
    });
    let detail = |_: &Attribute<'_>| "expected IA5String".to_owned();
    let what = "an attribute of the wrong string type";
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help("issue the certificate again with the attribute as IA5String");
    }
}

static NAME_DOMAIN_COMPONENT_INVALID: Rule = Rule {
    name: "name-domain-component-invalid",
    severity: Severity::Warning,
    citation: "RFC 4519 §2.4; RFC 2247 §4",
    summary: "A domainComponent is not one label of a domain name.",
    explanation: "Each domainComponent holds one label: `DC=example,DC=com`, not `DC=example.com`. Verifiers do not look into it, but directories \
        and tools that make a domain name of the attributes go wrong. Issue the certificate with one attribute for each label.",
    check: Check::Certificate(name_domain_component_invalid),
};

/// Whether text is no label: letters, digits and hyphens, at most 63 of them.
fn is_no_label(text: &str) -> bool {
    text.len() > 63 || text.contains(['*', '_']) || is_malformed_label(text)
}

fn name_domain_component_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let found = find(analysis, id, |attribute| {
        attribute.oid == oid::DOMAIN_COMPONENT
            && attribute.text().is_none_or(|text| is_no_label(&text))
    });
    let detail = |attribute: &Attribute<'_>| {
        let text = attribute.text().unwrap_or_default();
        if text.contains('.') {
            "expected one attribute for each label".to_owned()
        } else {
            "expected at most 63 letters, digits and hyphens".to_owned()
        }
    };
    let what = "a domainComponent that is not one label of a domain name";
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help("issue the certificate again with one domainComponent for each label of the domain name");
    }
}

static NAME_EMAIL_ATTRIBUTE_INVALID: Rule = Rule {
    name: "name-email-attribute-invalid",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.1.2.6; RFC 2985 §5.2.1",
    summary: "An emailAddress in a name is no mail address.",
    explanation: "The attribute holds a bare address such as `alice@example.com`. Under name constraints on addresses OpenSSL refuses a certificate \
        whose emailAddress has no `@` (53); otherwise nothing matches it. \
        Issue the certificate with the address, and better in subjectAltName than in the subject.",
    check: Check::Certificate(name_email_attribute_invalid),
};

fn name_email_attribute_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let found = find(analysis, id, |attribute| {
        attribute.oid == oid::EMAIL_ADDRESS
            && !attribute.value.is_empty()
            && attribute
                .text()
                .is_none_or(|text| !is_mailbox(text.as_bytes()))
    });
    let what = "an emailAddress that is no mail address";
    if let Some(finding) = report(analysis, id, findings, &found, what, nothing) {
        finding.help(
            "issue the certificate again with the bare address, as rfc822Name in subjectAltName",
        );
    }
}

static NAME_SURROUNDING_WHITESPACE: Rule = Rule {
    name: "name-surrounding-whitespace",
    severity: Severity::Warning,
    citation: "RFC 5280 §7.1; RFC 4518 §2.6.1",
    summary: "An attribute of a name begins or ends with white space.",
    explanation: "RFC 5280 compares names without it, and OpenSSL does so; Go compares octets, and so do access lists that have the name as text. \
        A space that nobody sees makes two names of one. It mostly comes from a form or a configuration file. \
        Issue the certificate with the text trimmed.",
    check: Check::Certificate(name_surrounding_whitespace),
};

fn name_surrounding_whitespace(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let found = find(analysis, id, |attribute| {
        if attribute.is_plain_ascii() {
            let ends = [attribute.value.first(), attribute.value.last()];
            let is_space = |octet: &u8| matches!(octet, b'\t'..=b'\r' | b' ');
            return is_string(attribute) && ends.into_iter().flatten().any(is_space);
        }
        let text = attribute.text();
        text.is_some_and(|text| {
            text.starts_with(char::is_whitespace) || text.ends_with(char::is_whitespace)
        })
    });
    let what = "white space around an attribute";
    if let Some(finding) = report(analysis, id, findings, &found, what, nothing) {
        finding.help("issue the certificate again with the text trimmed");
    }
}

static SUBJECT_EMAIL_NOT_IN_SAN: Rule = Rule {
    name: "subject-email-not-in-san",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.1.2.6, §4.2.1.6",
    summary: "The subject has an emailAddress that subjectAltName does not have.",
    explanation: "The attribute emailAddress is for old software; an address belongs into subjectAltName as rfc822Name, and what reads addresses \
        looks there. Name constraints reach the attribute only in verifiers that go out of their way. In a CA it is worth knowing no more. \
        Issue the certificate with the address in subjectAltName.",
    check: Check::Certificate(subject_email_not_in_san),
};

/// Whether subjectAltName has the address. Case does not count: an owner is told by it nowhere.
fn has_address(certificate: &Certificate<'_>, address: &str) -> bool {
    let mut names = certificate.values.subject_alt_names.iter();
    names.any(|name| match name.kind {
        GeneralName::RFC822_NAME => name.value.eq_ignore_ascii_case(address.as_bytes()),
        GeneralName::OTHER_NAME => name.other_name().is_ok_and(|(kind, value)| {
            kind == oid::SMTP_UTF8_MAILBOX && value.value().eq_ignore_ascii_case(address.as_bytes())
        }),
        _ => false,
    })
}

fn subject_email_not_in_san(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    /// More addresses than this are not compared: each is looked for among all names.
    const COMPARED: usize = 16;
    let certificate = analysis.certificate(id);
    let found: Vec<Found<'_>> = certificate
        .subject
        .attributes(oid::EMAIL_ADDRESS)
        .take(COMPARED)
        .filter(|attribute| {
            let text = attribute.text();
            text.is_some_and(|text| !text.is_empty() && !has_address(certificate, &text))
        })
        .map(|attribute| (Field::Subject, *attribute))
        .collect();
    // Nobody writes to a CA by what its certificate says, and `openssl req` asks for an address for it, too.
    let is_ca =
        certificate.says_ca() || analysis.certificate_role(id) != CertificateRole::EndEntity;
    let what = "an emailAddress that subjectAltName does not have";
    if let Some(finding) = report(analysis, id, findings, &found, what, nothing) {
        if is_ca {
            finding.severity(Severity::Info);
        }
        finding
            .help("issue the certificate again with the address as rfc822Name in subjectAltName");
    }
}
