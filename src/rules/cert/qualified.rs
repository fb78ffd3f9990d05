//! The statements of qualified certificates (RFC 3739 §3.2.6).

use crate::analysis::{Analysis, CertificateId};
use crate::cert::der::tag;
use crate::cert::{Field, oid};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[&QC_OBSOLETE_STATEMENT];

static QC_OBSOLETE_STATEMENT: Rule = Rule {
    name: "qc-obsolete-statement",
    severity: Severity::Warning,
    citation: "RFC 3739 §3.2.6.1",
    summary: "qcStatements holds the statement of RFC 3039.",
    explanation: "The statement says that the certificate follows RFC 3039, which RFC 3739 replaced together with its statement. \
        No TLS software reads it; software for qualified certificates may take the certificate for one of the old profile. \
        Issue the certificate with pkixQCSyntax-v2, or without the statement.",
    check: Check::Certificate(qc_obsolete_statement),
};

fn qc_obsolete_statement(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(extension) = certificate.extension(oid::QC_STATEMENTS) else {
        return;
    };
    let Ok(Some(list)) = extension.value.children().optional(tag::SEQUENCE) else {
        return;
    };
    let mut statements = list.children().elements();
    let obsolete = statements.find(|statement| {
        let statement_id = statement.children().optional(tag::OID);
        matches!(statement_id, Ok(Some(found)) if found.value() == oid::QCS_PKIX_SYNTAX_V1.0)
    });
    let Some(statement) = obsolete else { return };
    let field = Field::Extension(oid::QC_STATEMENTS);
    findings
        .at(analysis.place_within(id, field, statement.range()))
        .message(format!(
            "`{}` claims to follow RFC 3039, which is obsolete",
            certificate.label()
        ))
        .evidence(format!(
            "found statement {} (OID {})",
            oid::QCS_PKIX_SYNTAX_V1.name(),
            oid::QCS_PKIX_SYNTAX_V1
        ))
        .help("issue the certificate again without the statement, or with pkixQCSyntax-v2");
}
