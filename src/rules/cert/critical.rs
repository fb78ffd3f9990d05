//! Extensions that verifiers do not process, and that are critical nevertheless (RFC 5280 §4.2).

use std::collections::HashSet;

use super::access::report_critical;
use crate::analysis::{Analysis, CertificateId};
use crate::cert::Field;
use crate::cert::oid;
use crate::path::judge;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &EXTENSION_UNKNOWN_CRITICAL,
    &FRESHEST_CRL_CRITICAL,
    &SDA_CRITICAL,
    &SMIME_CAPABILITIES_CRITICAL,
];

static EXTENSION_UNKNOWN_CRITICAL: Rule = Rule {
    name: "extension-unknown-critical",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2, §6.1.4(o), §6.1.5(f)",
    summary: "A certificate outside of every path has a critical extension that is not known here.",
    explanation: "Critical means: reject rather than ignore. Where the certificate comes into use, OpenSSL and nginx answer error 34, rustls \
        UnsupportedCriticalExtension, Go \"unhandled critical extension\". On a client's path, chain-critical-extension-unprocessed says the same. \
        Reissue the certificate without the extension, or with the extension not critical.",
    check: Check::Bundle(extension_unknown_critical),
};

fn extension_unknown_critical(analysis: &Analysis, findings: &mut Findings) {
    // Known extensions that may not be critical have rules of their own.
    let is_unknown = |oid: &oid::Oid<'_>| !oid.is_known();
    let suspects: Vec<CertificateId> = analysis
        .distinct()
        .filter(|id| {
            judge::unprocessed_critical(analysis.certificate(*id)).any(|oid| is_unknown(&oid))
        })
        .collect();
    if suspects.is_empty() {
        return;
    }
    let paths = analysis.paths();
    let on_path: HashSet<CertificateId> = paths
        .flat_map(|path| path.certificates.iter().copied())
        .collect();
    for id in suspects.into_iter().filter(|id| !on_path.contains(id)) {
        let certificate = analysis.certificate(id);
        for extension in judge::unprocessed_critical(certificate).filter(is_unknown) {
            findings
                .at(analysis.place(id, Field::Extension(extension)))
                .message(format!(
                    "`{}` has the critical extension {extension}, which verifiers do not know",
                    certificate.label()
                ))
                .evidence(format!("OID {extension}, critical"))
                .evidence("the certificate is on no client's path")
                .help("reissue the certificate without this extension, or with it not critical");
        }
    }
}

static FRESHEST_CRL_CRITICAL: Rule = Rule {
    name: "freshest-crl-critical",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.15",
    summary: "freshestCRL is critical.",
    explanation: "The extension says where delta CRLs are. RFC 5280 demands that it is not critical, \
        and OpenSSL and rustls reject the certificate for a critical extension that they do not handle. \
        Issue the certificate with the extension not critical.",
    check: Check::Certificate(freshest_crl_critical),
};

fn freshest_crl_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_critical(analysis, id, oid::FRESHEST_CRL, findings);
}

static SDA_CRITICAL: Rule = Rule {
    name: "sda-critical",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.8",
    summary: "subjectDirectoryAttributes is critical.",
    explanation: "The extension holds attributes of the subject, such as a nationality. RFC 5280 demands that it is not critical, \
        and OpenSSL and rustls reject the certificate for a critical extension that they do not handle. \
        Issue the certificate with the extension not critical.",
    check: Check::Certificate(sda_critical),
};

fn sda_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_critical(analysis, id, oid::SUBJECT_DIRECTORY_ATTRIBUTES, findings);
}

static SMIME_CAPABILITIES_CRITICAL: Rule = Rule {
    name: "smime-capabilities-critical",
    severity: Severity::Error,
    citation: "RFC 4262 §2",
    summary: "smimeCapabilities is critical.",
    explanation: "The extension lists the ciphers that the subject's mail program can read. RFC 4262 demands that it is not critical, \
        and OpenSSL and rustls reject the certificate for a critical extension that they do not handle. \
        Issue the certificate with the extension not critical.",
    check: Check::Certificate(smime_capabilities_critical),
};

fn smime_capabilities_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_critical(analysis, id, oid::SMIME_CAPABILITIES, findings);
}
