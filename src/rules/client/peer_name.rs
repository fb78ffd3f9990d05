//! Whom the end-entity certificate is for, where a name was asked for.

use crate::analysis::{Analysis, Client};
use crate::cert::{Field, oid};
use crate::path::identity;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[&IDENTITY_MISMATCH];

static IDENTITY_MISMATCH: Rule = Rule {
    name: "identity-mismatch",
    severity: Severity::Error,
    citation: "RFC 9525 §6; RFC 5280 §7.2 to §7.5",
    summary: "The certificate is not for a name that --name asks for.",
    explanation: "Only subjectAltName counts: dNSName and iPAddress for servers, rfc822Name and URI, such as a SPIFFE ID, for clients. The \
        commonName does not. `*` stands for one whole label at the beginning of a DNS name. Who compares names rejects the peer, or takes \
        it for someone else. Issue the certificate with the name in subjectAltName.",
    check: Check::Client(identity_mismatch),
};

fn identity_mismatch(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = client.leaf else { return };
    let certificate = analysis.certificate(leaf);
    for name in &analysis.settings.names {
        let Err(problem) = identity::identify(certificate, name) else {
            continue;
        };
        let finding = findings
            .at(analysis.place(leaf, Field::Extension(oid::SUBJECT_ALT_NAME)))
            .blocking();
        finding
            .message(format!("`{}` is not for {name}", certificate.label()))
            .evidence(format!("{problem}; expected {name}"));
        if problem.in_common_name {
            finding.evidence("the name is the commonName, which does not count");
        }
        finding.help(format!(
            "issue the certificate with {name} in subjectAltName"
        ));
    }
}
