//! What a certificate says about revocation without a CRL: noRevAvail (RFC 9608), id-pkix-ocsp-nocheck (RFC 6960), tlsFeature (RFC 7633).

use crate::analysis::{Analysis, CertificateId};
use crate::cert::der::tag;
use crate::cert::extension::Extension;
use crate::cert::{Field, oid};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &NO_REV_AVAIL_CRITICAL,
    &NO_REV_AVAIL_IN_CA,
    &NO_REV_AVAIL_WITH_REVOCATION_INFO,
    &OCSP_NOCHECK_INVALID,
    &TLS_FEATURE_INVALID,
];

const NO_REV_AVAIL: Field<'static> = Field::Extension(oid::NO_REV_AVAIL);

/// Whether the value of an extension is NULL, and nothing else.
fn is_null(extension: &Extension) -> bool {
    extension.value.value() == [tag::NULL, 0]
}

static NO_REV_AVAIL_CRITICAL: Rule = Rule {
    name: "no-rev-avail-critical",
    severity: Severity::Error,
    citation: "RFC 9608 §2",
    summary: "noRevAvail is critical, or its value is not NULL.",
    explanation: "The extension only says that no revocation information exists. RFC 9608 demands that it is not critical, so that software that does not \
        know it goes on; OpenSSL and rustls reject the certificate for a critical extension that they do not handle. \
        Issue the certificate with the extension not critical and the value NULL.",
    check: Check::Certificate(no_rev_avail_critical),
};

fn no_rev_avail_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(extension) = certificate.extension(oid::NO_REV_AVAIL) else {
        return;
    };
    // A value of another type is extension-value-malformed, one with something after it extension-value-trailing-data.
    let is_odd_null = extension.value.value().first() == Some(&tag::NULL)
        && extension.value.value().get(1) != Some(&0);
    if !extension.critical && !is_odd_null {
        return;
    }
    let label = certificate.label();
    let finding = findings.at(analysis.place(id, NO_REV_AVAIL));
    if extension.critical {
        finding
            .message(format!("noRevAvail of `{label}` is critical"))
            .evidence("critical TRUE; expected FALSE");
    } else {
        finding
            .severity(Severity::Warning)
            .message(format!("noRevAvail of `{label}` is a NULL with content"))
            .evidence("expected a NULL, which has no content");
    }
    finding
        .help("issue the certificate again with noRevAvail not critical and with the value NULL");
}

static NO_REV_AVAIL_IN_CA: Rule = Rule {
    name: "no-rev-avail-in-ca",
    severity: Severity::Warning,
    citation: "RFC 9608 §2",
    summary: "A CA certificate has noRevAvail.",
    explanation: "A CA has to be revocable, so RFC 9608 forbids the extension in CA certificates. \
        Software that follows it skips the check for revocation, or rejects the CA. \
        Issue the CA without the extension.",
    check: Check::Certificate(no_rev_avail_in_ca),
};

fn no_rev_avail_in_ca(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if certificate.extension(oid::NO_REV_AVAIL).is_none() || !certificate.says_ca() {
        return;
    }
    findings
        .at(analysis.place(id, NO_REV_AVAIL))
        .message(format!("the CA `{}` has noRevAvail", certificate.label()))
        .evidence("basicConstraints says cA TRUE; noRevAvail is for end-entity certificates")
        .help("issue the CA certificate again without noRevAvail");
}

static NO_REV_AVAIL_WITH_REVOCATION_INFO: Rule = Rule {
    name: "no-rev-avail-with-revocation-info",
    severity: Severity::Warning,
    citation: "RFC 9608 §3",
    summary: "noRevAvail stands beside a CRL distribution point, a freshestCRL or an OCSP responder.",
    explanation: "The certificate says both that no revocation information exists and where it is. \
        Software that knows noRevAvail does not look, the rest does. \
        Issue the certificate with one or the other.",
    check: Check::Certificate(no_rev_avail_with_revocation_info),
};

fn no_rev_avail_with_revocation_info(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
) {
    let certificate = analysis.certificate(id);
    if certificate.extension(oid::NO_REV_AVAIL).is_none() {
        return;
    }
    let has = |oid| certificate.extension(oid).is_some();
    let lists = [oid::CRL_DISTRIBUTION_POINTS, oid::FRESHEST_CRL];
    let beside = lists.into_iter().filter(|oid| has(*oid));
    let beside = beside.map(oid::Oid::name);
    let ocsp = certificate.values.has_ocsp;
    let beside: Vec<String> = beside
        .chain(ocsp.then(|| "authorityInfoAccess with an OCSP responder".to_owned()))
        .collect();
    if beside.is_empty() {
        return;
    }
    findings
        .at(analysis.place(id, NO_REV_AVAIL))
        .message(format!(
            "`{}` says that it cannot be revoked, and where to check whether it was",
            certificate.label()
        ))
        .evidence(format!("beside noRevAvail: {}", beside.join(", ")))
        .help("issue the certificate again without noRevAvail, or without the addresses");
}

static OCSP_NOCHECK_INVALID: Rule = Rule {
    name: "ocsp-nocheck-invalid",
    severity: Severity::Warning,
    citation: "RFC 6960 §4.2.2.2.1",
    summary: "id-pkix-ocsp-nocheck is in a certificate without OCSPSigning, or its value is not NULL.",
    explanation: "The extension tells clients not to ask whether the certificate of an OCSP responder was revoked. \
        Elsewhere it has no meaning; some software skips the check there, too. \
        Issue the certificate without it, or, if it is a responder's, with OCSPSigning.",
    check: Check::Certificate(ocsp_nocheck_invalid),
};

fn ocsp_nocheck_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(extension) = certificate.extension(oid::OCSP_NOCHECK) else {
        return;
    };
    let is_responder = certificate.has_purpose(oid::OCSP_SIGNING) == Some(true);
    if is_responder && is_null(extension) {
        return;
    }
    let finding = findings.at(analysis.place(id, Field::Extension(oid::OCSP_NOCHECK)));
    if is_responder {
        finding
            .message(format!(
                "ocspNoCheck of `{}` has a value",
                certificate.label()
            ))
            .evidence("the value is not NULL; expected NULL")
            .help("issue the certificate again with NULL as the value of ocspNoCheck");
    } else {
        finding
            .message(format!(
                "`{}` has ocspNoCheck, but is no OCSP responder's certificate",
                certificate.label()
            ))
            .evidence(super::extended_key_usage::describe(certificate))
            .help("issue the certificate again without ocspNoCheck");
    }
}

static TLS_FEATURE_INVALID: Rule = Rule {
    name: "tls-feature-invalid",
    severity: Severity::Warning,
    citation: "RFC 7633 §4",
    summary: "tlsFeature is critical, empty, or lists what is no TLS extension.",
    explanation: "tlsFeature lists the TLS extensions that the holder must be able to use, by number; 5 asks for a stapled OCSP response. \
        An empty list asks for nothing, and numbers beyond 65535 do not exist. \
        Where it is critical, OpenSSL and rustls reject the certificate for a critical extension that they do not handle. \
        Issue the certificate with `tlsfeature = status_request`, or without the extension.",
    check: Check::Certificate(tls_feature_invalid),
};

fn tls_feature_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(extension) = certificate.extension(oid::TLS_FEATURE) else {
        return;
    };
    let features = certificate.values.tls_features.as_deref();
    let is_illegal = |feature: &&i64| !(0..=0xffff).contains(*feature);
    let illegal = features.and_then(|features| features.iter().find(is_illegal));
    let fault = if extension.critical {
        "critical TRUE; expected FALSE".to_owned()
    } else if features.is_some_and(<[i64]>::is_empty) {
        "it lists no feature; expected at least one".to_owned()
    } else if let Some(number) = illegal {
        format!("found feature {number}; expected 0 to 65535")
    } else {
        return;
    };
    let finding = findings.at(analysis.place(id, Field::Extension(oid::TLS_FEATURE)));
    if extension.critical {
        finding.severity(Severity::Error);
    }
    finding
        .message(format!(
            "tlsFeature of `{}` is not as it should be",
            certificate.label()
        ))
        .evidence(fault)
        .help("issue the certificate again with status_request alone in tlsFeature, or without the extension");
}
