//! basicConstraints (RFC 5280 §4.2.1.9).

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::extension::{BasicConstraints, KeyUsage};
use crate::cert::{Field, oid};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &BC_MISSING_IN_CA,
    &BC_NOT_CRITICAL_IN_CA,
    &BC_PATHLEN_WITHOUT_CA,
    &BC_PATHLEN_WITHOUT_KEYCERTSIGN,
    &BC_PATHLEN_NEGATIVE,
];

const BASIC_CONSTRAINTS: Field<'static> = Field::Extension(oid::BASIC_CONSTRAINTS);

static BC_MISSING_IN_CA: Rule = Rule {
    name: "bc-missing-in-ca",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.9, §6.1.4(k)",
    summary: "A certificate that is used as CA has no basicConstraints.",
    explanation: "What does not say that it is a CA is not taken for one: nginx (79 invalid CA certificate), Go, Java and GnuTLS reject every client below. \
        A root with keyCertSign passes all of them nevertheless, so there it is a warning. \
        Issue the CA with a critical basicConstraints, cA TRUE.",
    check: Check::Certificate(bc_missing_in_ca),
};

fn bc_missing_in_ca(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let role = analysis.certificate_role(id);
    // Before version 3 there is no place for it.
    if role == CertificateRole::EndEntity
        || certificate.version < 3
        || certificate.extension(oid::BASIC_CONSTRAINTS).is_some()
    {
        return;
    }
    let first = analysis.entry(id).first;
    let signs = certificate.has_usage(KeyUsage::KEY_CERT_SIGN) == Some(true);
    let issued = analysis.graph.issued(first).find(|link| link.is_valid());
    // A bare self-signed certificate may as well be a client's that is trusted by itself.
    if !signs && issued.is_none() && (!analysis.in_bundle(id) || is_leaf(analysis, id)) {
        return;
    }
    let finding = findings.at(analysis.place(id, Field::Extensions));
    finding
        .message(format!(
            "`{}` is used as a CA, but has no basicConstraints to say so",
            certificate.label()
        ))
        .help("issue the CA certificate again with a critical basicConstraints, cA TRUE");
    if signs {
        finding.evidence("keyUsage has keyCertSign");
    }
    if let Some(issued) = issued {
        finding.evidence(format!("it issued {}", analysis.describe(issued.subject)));
    }
    if role == CertificateRole::Root && signs {
        finding.severity(Severity::Warning);
    } else if is_issuer_of_client(analysis, first) {
        finding.blocking();
    }
}

/// Whether the certificate is some client's own.
fn is_leaf(analysis: &Analysis, id: CertificateId) -> bool {
    let first = analysis.entry(id).first;
    let mut leaves = analysis.clients.iter().filter_map(|client| client.leaf);
    leaves.any(|leaf| analysis.entry(leaf).first == first)
}

/// Whether the certificate stands above another on some client's path.
fn is_issuer_of_client(analysis: &Analysis, first: CertificateId) -> bool {
    let mut paths = analysis.client_paths();
    paths.any(|path| path.issuers().contains(&first))
}

static BC_NOT_CRITICAL_IN_CA: Rule = Rule {
    name: "bc-not-critical-in-ca",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.9",
    summary: "basicConstraints is not critical in a CA certificate.",
    explanation: "RFC 5280 demands that a CA marks basicConstraints critical. \
        nginx, Envoy, Go, Java and rustls do not look at the mark, but OpenSSL's strict mode refuses it (89), and Python 3.13 and later \
        check strictly by default. That holds for roots, too: some old public ones lack the mark. \
        Issue the CA with `basicConstraints = critical, CA:TRUE`.",
    check: Check::Certificate(bc_not_critical_in_ca),
};

fn bc_not_critical_in_ca(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(extension) = certificate.extension(oid::BASIC_CONSTRAINTS) else {
        return;
    };
    if !certificate.says_ca() || extension.critical {
        return;
    }
    findings
        .at(analysis.place(id, BASIC_CONSTRAINTS))
        .message(format!(
            "basicConstraints of the CA `{}` is not critical",
            certificate.label()
        ))
        .evidence("cA TRUE, critical FALSE")
        .help("issue the CA certificate again with basicConstraints marked critical");
}

/// The constraints of a certificate with the value of pathLenConstraint, where there is one.
fn path_length<'a>(
    analysis: &Analysis<'a>,
    id: CertificateId,
) -> Option<(BasicConstraints<'a>, i64)> {
    let constraints = analysis.certificate(id).values.basic_constraints?;
    Some((constraints, constraints.path_len?))
}

static BC_PATHLEN_WITHOUT_CA: Rule = Rule {
    name: "bc-pathlen-without-ca",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.9",
    summary: "pathLenConstraint is there while cA is FALSE.",
    explanation: "A path length only means something for a CA. \
        OpenSSL's strict mode, which Python 3.13 and later use by default, rejects the certificate, and some parsers do not read it. \
        Leave pathLenConstraint out.",
    check: Check::Certificate(bc_pathlen_without_ca),
};

fn bc_pathlen_without_ca(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let Some((constraints, length)) = path_length(analysis, id) else {
        return;
    };
    if constraints.ca {
        return;
    }
    findings
        .at(analysis.place(id, BASIC_CONSTRAINTS))
        .message(format!(
            "`{}` is no CA, but has a pathLenConstraint",
            analysis.certificate(id).label()
        ))
        .evidence(format!("cA FALSE, pathLenConstraint {length}"))
        .help("issue it again without pathLenConstraint");
}

static BC_PATHLEN_WITHOUT_KEYCERTSIGN: Rule = Rule {
    name: "bc-pathlen-without-keycertsign",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.9",
    summary: "A CA has a pathLenConstraint while its keyUsage lacks keyCertSign.",
    explanation: "RFC 5280 allows a path length only where keyUsage lets the CA sign certificates. \
        Without keyCertSign nothing below the CA is accepted anyway, whatever length is allowed. \
        Issue the CA with keyCertSign.",
    check: Check::Certificate(bc_pathlen_without_keycertsign),
};

fn bc_pathlen_without_keycertsign(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let Some((constraints, length)) = path_length(analysis, id) else {
        return;
    };
    let certificate = analysis.certificate(id);
    // Where cA is FALSE, that is the fault. Without keyUsage every use is allowed.
    let Some(usage) = certificate.values.key_usage.filter(|_| constraints.ca) else {
        return;
    };
    if usage.has(KeyUsage::KEY_CERT_SIGN) {
        return;
    }
    findings
        .at(analysis.place(id, BASIC_CONSTRAINTS))
        .message(format!(
            "the CA `{}` has a pathLenConstraint, but may not sign certificates",
            certificate.label()
        ))
        .evidence(format!(
            "pathLenConstraint {length}, keyUsage: {}",
            usage.describe()
        ))
        .related(analysis.place(id, Field::Extension(oid::KEY_USAGE)))
        .help("issue the CA certificate again with keyCertSign in keyUsage");
}

static BC_PATHLEN_NEGATIVE: Rule = Rule {
    name: "bc-pathlen-negative",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.9",
    summary: "pathLenConstraint is negative.",
    explanation: "pathLenConstraint counts certificates, from 0. \
        OpenSSL marks a certificate with a negative one as invalid and rejects its paths; other verifiers cannot read it. \
        Issue the CA with a length of 0 or more, or without one.",
    check: Check::Certificate(bc_pathlen_negative),
};

fn bc_pathlen_negative(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let Some((_, length)) = path_length(analysis, id).filter(|(_, length)| *length < 0) else {
        return;
    };
    findings
        .at(analysis.place(id, BASIC_CONSTRAINTS))
        .message(format!(
            "pathLenConstraint of `{}` is negative",
            analysis.certificate(id).label()
        ))
        .evidence(format!("pathLenConstraint {length}"))
        .help("issue it again with a pathLenConstraint of 0 or more, or without one");
}
