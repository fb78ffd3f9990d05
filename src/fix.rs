//! The corrected bundle: each chain from its issuing CA to its root, every certificate once, nothing
//! that does not belong. And the corrected file of a client.

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::input::BlockKind;
use crate::order;

/// What a corrected file holds, and what was left out of it.
#[derive(Debug)]
pub struct Fixed {
    /// The certificates as PEM with LF line endings, 64 characters a line.
    pub pem: String,
    /// One line for each change, for people.
    pub changes: Vec<String>,
}

/// Corrects the bundle of an analysis.
///
/// # Errors
/// A block that holds, or may hold, a certificate cannot be read: leaving it out could lose a CA.
/// Or no CA would be left. The text says where and why.
pub fn bundle(analysis: &Analysis) -> Result<Fixed, String> {
    all_readable(analysis)?;
    let mut changes = Vec::new();
    let mut kept: Vec<CertificateId> = Vec::new();
    for chain in order::chains(analysis) {
        if chain.disorder.is_some() {
            changes.push(format!(
                "put into order: {}",
                labels(analysis, &chain.wanted)
            ));
        }
        for id in chain.wanted {
            if analysis.certificate_role(id) == CertificateRole::EndEntity {
                changes.push(format!("left out, no CA: {}", analysis.describe(id)));
            } else {
                kept.push(id);
            }
        }
    }
    let copies = analysis.bundle.len() - analysis.distinct_bundle().len();
    if copies > 0 {
        changes.push(format!("left out, copies: {copies}"));
    }
    if kept.is_empty() {
        return Err("there is no CA certificate to keep".to_owned());
    }
    Ok(fixed(analysis, &kept, changes))
}

/// Corrects what a client sends: its certificate first, then each issuer after what it issued.
///
/// # Errors
/// As [`bundle`], and where there is not exactly one client with a certificate.
pub fn client(analysis: &Analysis) -> Result<Fixed, String> {
    all_readable(analysis)?;
    let [client] = &analysis.clients[..] else {
        return Err("give the file of one client".to_owned());
    };
    let path = analysis
        .client_path(client)
        .ok_or("there is no certificate to keep")?;
    let kept = &path.certificates;
    let mut changes = Vec::new();
    if client.certificates != *kept {
        changes.push(format!("sent in this order: {}", labels(analysis, kept)));
    }
    for id in &client.certificates {
        let first = analysis.entry(*id).first;
        if !kept.iter().any(|kept| analysis.entry(*kept).first == first) {
            changes.push(format!(
                "left out, no part of the client's path: {}",
                analysis.describe(*id)
            ));
        }
    }
    Ok(fixed(analysis, kept, changes))
}

fn all_readable(analysis: &Analysis) -> Result<(), String> {
    let Some((input, block, problem)) = analysis.unreadable.first() else {
        return Ok(());
    };
    let source = analysis.source(*input);
    let line = source
        .position(analysis.contents(*input).blocks[*block].span.start)
        .line;
    Err(format!(
        "{}:{line}: the certificate cannot be read ({}: {}); repair or remove that block first",
        source.name, problem.field, problem.error.what
    ))
}

fn labels(analysis: &Analysis, ids: &[CertificateId]) -> String {
    let labels: Vec<String> = ids
        .iter()
        .map(|id| analysis.certificate(*id).label())
        .collect();
    labels.join(", ")
}

fn fixed(analysis: &Analysis, kept: &[CertificateId], mut changes: Vec<String>) -> Fixed {
    for input in analysis.inputs() {
        let source = analysis.source(input);
        for block in &analysis.contents(input).blocks {
            if !matches!(
                block.kind,
                BlockKind::Certificate | BlockKind::TrustedCertificate
            ) {
                let line = source.position(block.span.start).line;
                changes.push(format!(
                    "left out, no certificate: `{}` ({}:{line})",
                    block.label, source.name
                ));
            }
        }
    }
    let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    let block = |id: &CertificateId| {
        let block = pem::Pem::new("CERTIFICATE", analysis.certificate(*id).der);
        pem::encode_config(&block, config)
    };
    Fixed {
        pem: kept.iter().map(block).collect(),
        changes,
    }
}
