//! issuerUniqueID and subjectUniqueID (RFC 5280 §4.1.2.8).

use crate::analysis::{Analysis, CertificateId};
use crate::cert::{Field, hex};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] =
    &[&UNIQUE_IDENTIFIER_PRESENT, &UNIQUE_IDENTIFIER_NEEDS_V2];

/// The unique identifiers that are there, with their names.
fn present<'s>(
    analysis: &'s Analysis<'_>,
    id: CertificateId,
) -> impl Iterator<Item = (Field<'static>, &'static str, &'s [u8])> + use<'s> {
    let [issuer, subject] = &analysis.certificate(id).unique_ids;
    let all = [
        (Field::IssuerUniqueId, "issuerUniqueID", issuer),
        (Field::SubjectUniqueId, "subjectUniqueID", subject),
    ];
    all.into_iter()
        .filter_map(|(field, name, tlv)| Some((field, name, tlv.as_ref()?.value())))
}

static UNIQUE_IDENTIFIER_PRESENT: Rule = Rule {
    name: "unique-identifier-present",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.8",
    summary: "The certificate has an issuerUniqueID or a subjectUniqueID.",
    explanation: "These fields were to tell apart owners of one name at different times. RFC 5280 forbids CAs to set them: \
        names are not used again, and key identifiers do the rest. \
        rustls does not read a certificate that has one: it leaves a CA out of the bundle, and rejects a client (BadEncoding). \
        OpenSSL, Go, Java and GnuTLS read past it. Issue the certificate without.",
    check: Check::Certificate(unique_identifier_present),
};

fn unique_identifier_present(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    const LONGEST: usize = 32;
    let mut fields = present(analysis, id);
    let Some(first) = fields.next() else { return };
    let finding = findings.at(analysis.place(id, first.0));
    finding
        .message(format!(
            "`{}` has the field {}",
            analysis.certificate(id).label(),
            first.1
        ))
        .help("issue the certificate again without the unique identifier");
    for (field, name, value) in std::iter::once(first).chain(fields) {
        let cut = &value[..value.len().min(LONGEST)];
        let rest = if cut.len() < value.len() { "…" } else { "" };
        finding.evidence(format!("found {name}: {}{rest}", hex(cut)));
        if field != first.0 {
            finding.related(analysis.place(id, field));
        }
    }
}

static UNIQUE_IDENTIFIER_NEEDS_V2: Rule = Rule {
    name: "unique-identifier-needs-v2",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.8",
    summary: "A certificate of version 1 has a unique identifier.",
    explanation: "Version 1 ends after the public key; unique identifiers came with version 2. \
        Java, GnuTLS, Envoy and rustls do not read such a certificate. Issue it as version 3, without the identifier.",
    check: Check::Certificate(unique_identifier_needs_v2),
};

fn unique_identifier_needs_v2(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if certificate.version != 1 {
        return;
    }
    let Some((field, name, _)) = present(analysis, id).next() else {
        return;
    };
    findings
        .at(analysis.place(id, field))
        .message(format!(
            "`{}` is of version 1, which has no {name}",
            certificate.label()
        ))
        .evidence(format!(
            "found version 1 with {name}; expected version 2 or 3"
        ))
        .help("issue the certificate again as version 3, without the unique identifier");
}
