//! Issuer and subject that are empty (RFC 5280 §4.1.2.4, §4.1.2.6).

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::{Field, oid};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &ISSUER_EMPTY,
    &SUBJECT_EMPTY_IN_CA,
    &SUBJECT_EMPTY_WITHOUT_SAN,
];

static ISSUER_EMPTY: Rule = Rule {
    name: "issuer-empty",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.4",
    summary: "The issuer's name is empty.",
    explanation: "Verifiers find the issuer by its name, so RFC 5280 demands one. \
        OpenSSL's strict mode refuses the certificate (83), and Python 3.13 and later check strictly by default. \
        Give the CA a name, and issue its certificate and all below it again.",
    check: Check::Certificate(issuer_empty),
};

fn issuer_empty(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if !certificate.issuer.is_empty() {
        return;
    }
    findings
        .at(analysis.place(id, Field::Issuer))
        .message(format!(
            "the certificate at {} names no issuer",
            analysis.place_text(id)
        ))
        .evidence(format!("subject: {}", certificate.subject))
        .help("give the CA a name, and issue its certificate and all below it again");
}

static SUBJECT_EMPTY_IN_CA: Rule = Rule {
    name: "subject-empty-in-ca",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.6",
    summary: "A CA certificate has an empty subject.",
    explanation: "What a CA issues names it by its subject, so RFC 5280 demands one. \
        OpenSSL's strict mode refuses the CA (84), and Python 3.13 and later check strictly by default. \
        Give the CA a name, and issue its certificate and all below it again.",
    check: Check::Certificate(subject_empty_in_ca),
};

fn subject_empty_in_ca(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let role = analysis.certificate_role(id);
    let is_ca = role != CertificateRole::EndEntity || certificate.says_ca();
    if !certificate.subject.is_empty() || !is_ca {
        return;
    }
    findings
        .at(analysis.place(id, Field::Subject))
        .message(format!(
            "the CA certificate at {} has no name",
            analysis.place_text(id)
        ))
        .evidence(format!("it is used as {}", role.name()))
        .evidence(format!("issuer: {}", certificate.issuer))
        .help("give the CA a name, and issue its certificate and all below it again");
}

static SUBJECT_EMPTY_WITHOUT_SAN: Rule = Rule {
    name: "subject-empty-without-san",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.6, §4.2.1.6",
    summary: "Neither subject nor subjectAltName says whose certificate this is.",
    explanation: "A certificate without a subject must name its owner in subjectAltName. \
        OpenSSL's strict mode refuses it (84), and Python 3.13 and later check strictly by default. \
        Issue it with a subject, or with a critical subjectAltName.",
    check: Check::Certificate(subject_empty_without_san),
};

fn subject_empty_without_san(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    // An empty subject in a CA is wrong with or without a subjectAltName.
    if !certificate.subject.is_empty()
        || certificate.extension(oid::SUBJECT_ALT_NAME).is_some()
        || certificate.says_ca()
        || analysis.certificate_role(id) != CertificateRole::EndEntity
    {
        return;
    }
    findings
        .at(analysis.place(id, Field::Subject))
        .message(format!(
            "the certificate at {} does not say whose it is",
            analysis.place_text(id)
        ))
        .evidence("the subject is empty, and there is no subjectAltName")
        .evidence(format!("issuer: {}", certificate.issuer))
        .help("issue it again with a subject, or with a critical subjectAltName");
}
