//! Extensions as such: repeated, undecodable, empty (RFC 5280 §4.2).

use std::collections::HashSet;

use crate::analysis::{Analysis, CertificateId};
use crate::cert::der::tag;
use crate::cert::extension::{Extension, GeneralName};
use crate::cert::oid::{self, Oid};
use crate::cert::{Certificate, Field, hex};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &EXTENSION_DUPLICATE,
    &EXTENSION_VALUE_MALFORMED,
    &EXTENSION_EMPTY_SEQUENCE,
    &EXTENSION_VALUE_TRAILING_DATA,
    &EXTENSION_NETSCAPE,
];

static EXTENSION_DUPLICATE: Rule = Rule {
    name: "extension-duplicate",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2",
    summary: "An extension appears twice.",
    explanation: "Which of the two counts is open, so RFC 5280 forbids it, and path validation must not go on. \
        rustls does not accept a certificate that repeats an extension it reads, and OpenSSL finds no issuer for it (20). \
        Issue the certificate with each extension once.",
    check: Check::Certificate(extension_duplicate),
};

fn extension_duplicate(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if certificate.repeated_extension().is_none() {
        return;
    }
    let mut seen = HashSet::new();
    let mut reported = HashSet::new();
    for extension in &certificate.extensions {
        let oid = extension.oid;
        if seen.insert(oid) || !reported.insert(oid) {
            continue;
        }
        let same = certificate.extensions.iter().filter(|one| one.oid == oid);
        findings
            .at(analysis.place(id, Field::Extension(oid)))
            .message(format!(
                "`{}` has the extension {} more than once",
                certificate.label(),
                oid.name()
            ))
            .evidence(format!("OID {oid}: {} times; expected once", same.count()))
            .help("issue the certificate again with each extension once");
    }
}

/// The extensions whose value is a SEQUENCE, and which nothing here decodes further.
const SEQUENCES: [Oid<'static>; 8] = [
    oid::ISSUER_ALT_NAME,
    oid::NAME_CONSTRAINTS,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_MAPPINGS,
    oid::POLICY_CONSTRAINTS,
    oid::FRESHEST_CRL,
    oid::SUBJECT_INFO_ACCESS,
    oid::SUBJECT_DIRECTORY_ATTRIBUTES,
];

/// The tag that the value of an extension has to have.
fn expected_tag(oid: Oid<'_>) -> Option<(u8, &'static str)> {
    match oid {
        oid::INHIBIT_ANY_POLICY => Some((tag::INTEGER, "the value is not an INTEGER")),
        oid::NO_REV_AVAIL => Some((tag::NULL, "the value is not NULL")),
        oid if SEQUENCES.contains(&oid) => Some((tag::SEQUENCE, "the value is not a SEQUENCE")),
        _ => None,
    }
}

/// What keeps the value of an extension from being read, and where in the certificate.
fn malformation(certificate: &Certificate, extension: &Extension) -> Option<(usize, &'static str)> {
    let known = certificate.values.malformed.iter();
    for (oid, error) in known {
        // Of a repeated extension either may be meant: the byte tells.
        if *oid == extension.oid
            && extension
                .tlv
                .range()
                .contains(&error.offset.saturating_sub(1))
        {
            return Some((error.offset, error.what));
        }
    }
    let (tag, what) = expected_tag(extension.oid)?;
    let error = extension.value.children().expect(tag, what).err()?;
    Some((error.offset, error.what))
}

static EXTENSION_VALUE_MALFORMED: Rule = Rule {
    name: "extension-value-malformed",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2",
    summary: "The value of a known extension does not decode.",
    explanation: "Verifiers that read the extension cannot tell what it says; some refuse the certificate, others go on as if it were not there. \
        The finding names the byte at which reading stops. Issue the certificate with a correct value, or without the extension.",
    check: Check::Certificate(extension_value_malformed),
};

fn extension_value_malformed(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    for extension in &certificate.extensions {
        let Some((offset, what)) = malformation(certificate, extension) else {
            continue;
        };
        findings
            .at(analysis.place(id, Field::Extension(extension.oid)))
            .message(format!(
                "{} of `{}` does not decode",
                extension.oid.name(),
                certificate.label()
            ))
            .evidence(format!("byte {offset} of the certificate: {what}"))
            .help("issue the certificate again with a correct value, or without this extension");
    }
    report_doubtful(analysis, id, findings);
}

/// Reports values that decode here, but are not of their type by the letter: parsers that are strict refuse them. What is wrong
/// with them has rules of its own.
fn report_doubtful(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let irregularities = &analysis.entry(id).irregularities;
    let values = &certificate.values;
    let mut names = values.subject_alt_names.iter();
    let has_mail =
        names.any(|name| name.kind == GeneralName::RFC822_NAME && !name.value.is_ascii());
    if irregularities.is_empty() && !has_mail {
        return;
    }
    for extension in &certificate.extensions {
        let range = extension.value.content()..extension.value.end();
        let mut of_value = irregularities.iter();
        let irregularity = of_value.find(|one| range.contains(&one.range.start));
        let (what, place) = if let Some(one) = irregularity {
            (one.kind.describe(), one.range.clone())
        } else if has_mail && extension.oid == oid::SUBJECT_ALT_NAME {
            ("an rfc822Name that is no IA5String", range)
        } else {
            continue;
        };
        if malformation(certificate, extension).is_some() {
            continue;
        }
        findings
            .at(analysis.place_within(id, Field::Extension(extension.oid), place.clone()))
            .severity(Severity::Info)
            .message(format!(
                "{} of `{}` has {what}: strict parsers do not read it",
                extension.oid.name(),
                certificate.label()
            ))
            .evidence(format!("byte {} of the certificate", place.start))
            .help("issue the certificate again with a correct value");
    }
}

/// The extensions whose value is a SEQUENCE of at least one element. nameConstraints and
/// policyConstraints, which may not be empty either, have rules of their own.
const NOT_EMPTY: [Oid<'static>; 10] = [
    oid::SUBJECT_ALT_NAME,
    oid::ISSUER_ALT_NAME,
    oid::EXTENDED_KEY_USAGE,
    oid::CRL_DISTRIBUTION_POINTS,
    oid::FRESHEST_CRL,
    oid::AUTHORITY_INFO_ACCESS,
    oid::SUBJECT_INFO_ACCESS,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_MAPPINGS,
    oid::SUBJECT_DIRECTORY_ATTRIBUTES,
];

/// Whether the value is a SEQUENCE without an element.
fn is_empty_sequence(extension: &Extension) -> bool {
    extension.value.value().starts_with(&[tag::SEQUENCE, 0])
}

static EXTENSION_EMPTY_SEQUENCE: Rule = Rule {
    name: "extension-empty-sequence",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.9, §4.2",
    summary: "An extension that must list something, or the list of extensions itself, is empty.",
    explanation: "An empty list says nothing, and RFC 5280 does not allow it: verifiers differ on whether it means all or nothing. \
        OpenSSL's strict mode refuses an empty subjectAltName (87), and rustls an empty extKeyUsage. \
        Leave the extension out instead.",
    check: Check::Certificate(extension_empty_sequence),
};

fn extension_empty_sequence(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let has_list = certificate.range(Field::Extensions) != certificate.range(Field::Certificate);
    if has_list && certificate.extensions.is_empty() {
        findings
            .at(analysis.place(id, Field::Extensions))
            .message(format!(
                "the list of extensions of `{}` is empty",
                certificate.label()
            ))
            .evidence("expected at least one extension, or no list")
            .help("issue the certificate again with extensions");
    }
    let empty = certificate
        .extensions
        .iter()
        .filter(|extension| is_empty_sequence(extension) && NOT_EMPTY.contains(&extension.oid));
    for extension in empty {
        findings
            .at(analysis.place(id, Field::Extension(extension.oid)))
            .message(format!(
                "{} of `{}` is empty",
                extension.oid.name(),
                certificate.label()
            ))
            .evidence("a SEQUENCE without an element; expected at least one")
            .help("issue the certificate again without this extension, or with something in it");
    }
}

static EXTENSION_VALUE_TRAILING_DATA: Rule = Rule {
    name: "extension-value-trailing-data",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2",
    summary: "Octets follow the value of a known extension.",
    explanation: "The value is one DER element. What follows it means nothing, and may hide something: rustls and Envoy refuse the certificate \
        where they read the extension, OpenSSL looks past it. Issue the certificate with a correct value.",
    check: Check::Certificate(extension_value_trailing_data),
};

fn extension_value_trailing_data(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    /// How many octets are shown.
    const SHOWN: usize = 16;
    let certificate = analysis.certificate(id);
    for extension in &certificate.extensions {
        let mut reader = extension.value.children();
        // A value that does not begin with an element is extension-value-malformed.
        let Ok(value) = reader.read() else { continue };
        // What private extensions hold is not known here.
        if reader.is_empty() || !extension.oid.is_known() {
            continue;
        }
        let rest = reader.offset()..extension.value.end();
        let octets = &certificate.der[rest.clone()];
        let field = Field::Extension(extension.oid);
        findings
            .at(analysis.place_within(id, field, rest.clone()))
            .message(format!(
                "{} of `{}` has {} octets after its value",
                extension.oid.name(),
                certificate.label(),
                rest.len()
            ))
            .evidence(format!(
                "the value is {} octets long; after it: {}{}",
                value.raw().len(),
                hex(&octets[..octets.len().min(SHOWN)]),
                if octets.len() > SHOWN { "…" } else { "" }
            ))
            .help("issue the certificate again with a correct value");
    }
}

static EXTENSION_NETSCAPE: Rule = Rule {
    name: "extension-netscape",
    severity: Severity::Info,
    citation: "Practice; Netscape certificate extensions",
    summary: "The certificate has an extension of Netscape's.",
    explanation: "Netscape's extensions come from the time before RFC 5280; old configuration files of OpenSSL and easy-rsa still set them. \
        Most say nothing to anyone. Only netscapeCertType is obeyed: OpenSSL and Java reject a client whose type lacks the bit for TLS clients. \
        Leave them out of new certificates; extKeyUsage says what a key is for.",
    check: Check::Certificate(extension_netscape),
};

fn extension_netscape(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    const SHOWN: usize = 5;
    let certificate = analysis.certificate(id);
    let extensions = certificate.extensions.iter();
    let mut netscape = extensions.filter(|extension| oid::is_netscape(extension.oid));
    let Some(first) = netscape.next() else { return };
    let finding = findings.at(analysis.place(id, Field::Extension(first.oid)));
    finding
        .message(format!(
            "`{}` has an extension of Netscape's",
            certificate.label()
        ))
        .help("nothing, or leave the extension out when it is issued again");
    for extension in std::iter::once(first).chain(netscape).take(SHOWN) {
        finding.evidence(format!(
            "found {} (OID {})",
            extension.oid.name(),
            extension.oid
        ));
    }
}
