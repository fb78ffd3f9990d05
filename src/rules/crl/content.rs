//! What stands in a CRL: whether it can be read at all, and the fields that every CRL should have.

use crate::analysis::{Analysis, InputId};
use crate::cert::crl::CrlField;
use crate::cert::oid;
use crate::path::revocation::Unusable;
use crate::rules::{Check, Findings, Rule, Severity};
use crate::source::Role;

pub(in crate::rules) static RULES: &[&Rule] =
    &[&CRL_UNREADABLE, &CRL_NO_NEXT_UPDATE, &CRL_NUMBER_INVALID];

static CRL_UNREADABLE: Rule = Rule {
    name: "crl-unreadable",
    severity: Severity::Error,
    citation: "RFC 5280 §5.1; RFC 7468 §6",
    summary: "A CRL cannot be decoded, or a file that is given as CRLs holds none.",
    explanation: "nginx, httpd, HAProxy and PostgreSQL do not start with a CRL file in which they find no CRL. Envoy starts, \
        and rejects every client because it has no CRL for it; rustls does without. The finding names the field and the byte at which \
        reading stops. Fetch the CRL again from the CA, and write it as PEM: BEGIN X509 CRL.",
    check: Check::Source(crl_unreadable),
};

fn crl_unreadable(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let mut entries = analysis
        .crls
        .iter()
        .filter(|entry| entry.input == input)
        .peekable();
    if analysis.role(input) == Role::Crl && entries.peek().is_none() {
        let source = analysis.source(input);
        let blocks = &analysis.contents(input).blocks;
        let found = blocks.first().map_or("no block of any kind", |block| {
            if block.label.is_empty() {
                "an object that is no CRL"
            } else {
                "blocks with other labels"
            }
        });
        findings
            .at(analysis.place_in_source(input, source.line_span(1)))
            .message(format!("`{}` holds no CRL", source.name))
            .evidence(format!("expected a block `X509 CRL`; found {found}"))
            .help("check that this is the right file, and that the CRLs are in it as PEM")
            .blocking();
    }
    for entry in entries {
        let Err(problem) = &entry.crl else { continue };
        let offset = problem.error.offset;
        let length = analysis.contents(input).blocks[entry.block].der.len();
        let finding =
            findings.at(analysis.place_in_block(input, entry.block, offset, problem.field));
        finding
            .message(format!(
                "this block is no readable CRL: {}: {}",
                problem.field, problem.error.what
            ))
            .evidence(format!(
                "reading stopped at byte {offset} of the {length} bytes that the block holds"
            ))
            .help("replace the block by a fresh export of the CRL");
        if !entry.in_bundle {
            finding.blocking();
        }
    }
}

static CRL_NO_NEXT_UPDATE: Rule = Rule {
    name: "crl-no-next-update",
    severity: Severity::Warning,
    citation: "RFC 5280 §5.1.2.5",
    summary: "A CRL has no nextUpdate.",
    explanation: "nextUpdate says by when the next CRL is out. Without it nobody can tell that a CRL is out of date: one that was \
        forgotten on a server goes on to say that nothing was revoked since. RFC 5280 requires it. Have the CA issue CRLs with a nextUpdate, and \
        replace them in time.",
    check: Check::Bundle(crl_no_next_update),
};

fn crl_no_next_update(analysis: &Analysis, findings: &mut Findings) {
    for entry in &analysis.crls {
        let Ok(crl) = &entry.crl else { continue };
        if crl.has_next_update() {
            continue;
        }
        let finding = findings.at(analysis.place_in_crl(entry, CrlField::ThisUpdate));
        finding.message(format!(
            "the CRL of `{}` does not say when the next one comes",
            crl.issuer_label()
        ));
        if let Some(this_update) = crl.this_update {
            let age = this_update.relative_to(analysis.settings.at);
            finding.evidence(format!("thisUpdate is {this_update}, {age}; no nextUpdate"));
        }
        finding.help("have the CA issue its CRLs with nextUpdate");
    }
}

static CRL_NUMBER_INVALID: Rule = Rule {
    name: "crl-number-invalid",
    severity: Severity::Warning,
    citation: "RFC 5280 §5.2.3",
    summary: "A CRL that a path depends on has no cRLNumber, or a critical one.",
    explanation: "RFC 5280 wants a cRLNumber in every CRL, and not critical. A validator that holds CRLs to that does not use this \
        one, and then no certificate of the CA has a status. The number also tells which of two CRLs is the later, and to which \
        one a delta belongs. Have the CA number its CRLs.",
    check: Check::Bundle(crl_number_invalid),
};

fn crl_number_invalid(analysis: &Analysis, findings: &mut Findings) {
    let why = [Unusable::NumberMissing, Unusable::NumberCritical];
    for (checked, considered) in super::undetermined(analysis, &why) {
        let entry = &analysis.crls[considered.crl];
        let Ok(crl) = &entry.crl else { continue };
        let field = CrlField::Extension(oid::CRL_NUMBER);
        let (field, found) = match considered.why {
            Unusable::NumberCritical => (field, "a critical cRLNumber".to_owned()),
            _ => (
                CrlField::CertificateList,
                format!("a version {} CRL without a cRLNumber", crl.version),
            ),
        };
        findings
            .at(analysis.place_in_crl(entry, field))
            .message(format!(
                "the CRL of `{}` is not numbered as RFC 5280 wants it",
                crl.issuer_label()
            ))
            .evidence(format!(
                "found {found}; expected version 2 and a cRLNumber that is not critical"
            ))
            .related(analysis.place(checked.issuer, crate::cert::Field::Subject))
            .help("have the CA issue its CRLs as version 2 with a cRLNumber, not critical");
    }
}
