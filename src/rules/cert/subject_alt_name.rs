//! subjectAltName as a whole (RFC 5280 §4.2.1.6); the names in it are in `general_names`.

use std::borrow::Cow;
use std::collections::HashSet;

use super::general_names::show;
use crate::analysis::{Analysis, CertificateId};
use crate::cert::extension::GeneralName;
use crate::cert::{Field, oid};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &SAN_NOT_CRITICAL_WITHOUT_SUBJECT,
    &SAN_CRITICAL_WITH_SUBJECT,
    &SAN_DUPLICATE_ENTRY,
];

const SAN: Field<'static> = Field::Extension(oid::SUBJECT_ALT_NAME);

static SAN_NOT_CRITICAL_WITHOUT_SUBJECT: Rule = Rule {
    name: "san-not-critical-without-subject",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.6, §4.2.1.6",
    summary: "The subject is empty, and subjectAltName is not critical.",
    explanation: "Where subjectAltName is all that names the owner, no verifier may pass over it, so RFC 5280 demands that it is critical. \
        OpenSSL's strict mode refuses the certificate (88), and Python 3.13 and later check strictly by default. \
        Issue it with a critical subjectAltName, or with a subject.",
    check: Check::Certificate(san_not_critical_without_subject),
};

fn san_not_critical_without_subject(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
) {
    let certificate = analysis.certificate(id);
    let Some(san) = certificate.extension(oid::SUBJECT_ALT_NAME) else {
        return;
    };
    if !certificate.subject.is_empty() || san.critical {
        return;
    }
    findings
        .at(analysis.place(id, SAN))
        .message(format!(
            "the certificate at {} is named by subjectAltName alone, which is not critical",
            analysis.place_text(id)
        ))
        .evidence("the subject is empty; subjectAltName: critical FALSE")
        .related(analysis.place(id, Field::Subject))
        .help("issue it again with a critical subjectAltName, or with a subject");
}

static SAN_CRITICAL_WITH_SUBJECT: Rule = Rule {
    name: "san-critical-with-subject",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.6",
    summary: "There is a subject, and subjectAltName is critical all the same.",
    explanation: "RFC 5280 advises against the mark where a subject names the owner. \
        A verifier that does not read every kind of name in it must reject the certificate then. \
        Issue it with subjectAltName not critical.",
    check: Check::Certificate(san_critical_with_subject),
};

fn san_critical_with_subject(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let critical = certificate
        .extension(oid::SUBJECT_ALT_NAME)
        .is_some_and(|san| san.critical);
    if certificate.subject.is_empty() || !critical {
        return;
    }
    findings
        .at(analysis.place(id, SAN))
        .message(format!(
            "subjectAltName of `{}` is critical",
            certificate.label()
        ))
        .evidence(format!(
            "critical TRUE; expected FALSE, as there is a subject: {}",
            certificate.subject
        ))
        .help("let subjectAltName be not critical when the certificate is issued again");
}

static SAN_DUPLICATE_ENTRY: Rule = Rule {
    name: "san-duplicate-entry",
    severity: Severity::Info,
    citation: "RFC 5280 §4.2.1.6",
    summary: "subjectAltName lists a name twice.",
    explanation: "The second adds nothing. It often means that a template and a request both set the name. \
        No verifier minds. List each name once.",
    check: Check::Certificate(san_duplicate_entry),
};

fn san_duplicate_entry(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if certificate.values.subject_alt_names.len() < 2 {
        return;
    }
    let mut seen = HashSet::new();
    let names = certificate.values.subject_alt_names.iter();
    let repeated: Vec<_> = names
        .filter(|name| {
            // Case does not count in host names.
            let is_host = name.kind == GeneralName::DNS_NAME;
            let value = if is_host && name.value.iter().any(u8::is_ascii_uppercase) {
                Cow::Owned(name.value.to_ascii_lowercase())
            } else {
                Cow::Borrowed(name.value)
            };
            !seen.insert((name.kind, value))
        })
        .collect();
    let Some(first) = repeated.first() else {
        return;
    };
    findings
        .at(analysis.place(id, SAN))
        .message(format!(
            "subjectAltName of `{}` lists a name twice",
            certificate.label()
        ))
        .evidence(format!(
            "repeated: {}{}",
            show(first),
            match repeated.len() {
                1 => String::new(),
                more => format!(", and {} more", more - 1),
            }
        ))
        .help("list each name once when the certificate is issued again");
}
