//! Extensions that say where to find more about a certificate; none of them is to be critical.

use crate::analysis::{Analysis, CertificateId};
use crate::cert::Field;
use crate::cert::oid::{self, Oid};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] =
    &[&AIA_CRITICAL, &SIA_CRITICAL, &CRLDP_CRITICAL, &IAN_CRITICAL];

/// Reports an extension that is critical and should not be.
pub(super) fn report_critical(
    analysis: &Analysis,
    id: CertificateId,
    oid: Oid<'static>,
    findings: &mut Findings,
) {
    let certificate = analysis.certificate(id);
    let Some(extension) = certificate.extension(oid) else {
        return;
    };
    if !extension.critical {
        return;
    }
    findings
        .at(analysis.place(id, Field::Extension(oid)))
        .message(format!(
            "{} of `{}` is critical",
            oid.name(),
            certificate.label()
        ))
        .evidence("critical TRUE; expected FALSE")
        .help("issue the certificate again with this extension not critical");
}

static AIA_CRITICAL: Rule = Rule {
    name: "aia-critical",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.2.1",
    summary: "authorityInfoAccess is critical.",
    explanation: "The extension says where the issuer's certificate and its OCSP responder are. RFC 5280 demands that it is not critical, \
        and OpenSSL and rustls reject the certificate for a critical extension that they do not handle. \
        Issue the certificate with the extension not critical.",
    check: Check::Certificate(aia_critical),
};

fn aia_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_critical(analysis, id, oid::AUTHORITY_INFO_ACCESS, findings);
}

static SIA_CRITICAL: Rule = Rule {
    name: "sia-critical",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.2.2",
    summary: "subjectInfoAccess is critical.",
    explanation: "The extension says where the subject offers more. RFC 5280 demands that it is not critical, \
        and OpenSSL and rustls reject the certificate for a critical extension that they do not handle. \
        Issue the certificate with the extension not critical.",
    check: Check::Certificate(sia_critical),
};

fn sia_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_critical(analysis, id, oid::SUBJECT_INFO_ACCESS, findings);
}

static CRLDP_CRITICAL: Rule = Rule {
    name: "crldp-critical",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.13",
    summary: "cRLDistributionPoints is critical.",
    explanation: "Where the CRL is found should not decide whether the certificate is accepted: RFC 5280 advises against the mark, \
        and a verifier that does not read the extension must reject the certificate for it. \
        Issue the certificate with the extension not critical.",
    check: Check::Certificate(crldp_critical),
};

fn crldp_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_critical(analysis, id, oid::CRL_DISTRIBUTION_POINTS, findings);
}

static IAN_CRITICAL: Rule = Rule {
    name: "ian-critical",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.7",
    summary: "issuerAltName is critical.",
    explanation: "Path validation does not use other names of the issuer, and RFC 5280 advises against the mark. \
        OpenSSL 3.0 rejects a client certificate with it as one whose critical extension it does not handle (34). \
        Issue the certificate with the extension not critical.",
    check: Check::Certificate(ian_critical),
};

fn ian_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_critical(analysis, id, oid::ISSUER_ALT_NAME, findings);
}
