//! Rules about CRLs: whether they can be read, whether they can be used, and what they revoke.

pub(super) mod content;
pub(super) mod status;
pub(super) mod usable;

use crate::analysis::{Analysis, CrlEntry};
use crate::path::revocation::{Checked, Considered, RevocationStatus, Unusable};
use crate::rules::{Finding, Severity};
use crate::verifiers::envoy::ENVOY;

/// `crl.pem:1`: where a CRL's block begins.
fn place_text(analysis: &Analysis, entry: &CrlEntry<'_>) -> String {
    let source = analysis.source(entry.input);
    let start = analysis.contents(entry.input).blocks[entry.block]
        .span
        .start;
    format!("{}:{}", source.name, source.position(start).line)
}

/// Whether the settings lead servers to check revocation: they are given a file of CRLs.
///
/// Envoy checks as soon as a CRL stands anywhere, the bundle included.
fn is_on(analysis: &Analysis) -> bool {
    let has_source = |entry: &CrlEntry<'_>| !entry.in_bundle;
    analysis.crls.iter().any(has_source) || analysis.settings.verifiers.contains(&&ENVOY)
}

/// Gives a finding about the status of a certificate the weight that it has for the clients.
fn weigh(analysis: &Analysis, checked: &Checked, finding: &mut Finding) {
    if !is_on(analysis) {
        finding
            .severity(Severity::Warning)
            .evidence("the CRL stands in the CA bundle, where it makes Envoy check revocation");
    } else if checked.client.is_some() {
        finding.blocking();
    } else if !analysis.clients.is_empty() {
        finding.severity(Severity::Warning);
    }
}

/// The certificates whose status no CRL settles, each with the latest CRL that fails for this reason.
fn undetermined<'s>(
    analysis: &'s Analysis<'_>,
    why: &'s [Unusable],
) -> impl Iterator<Item = (&'s Checked, &'s Considered)> {
    let this_update = |considered: &&Considered| {
        let crl = analysis.crls[considered.crl].crl.as_ref().ok();
        crl.and_then(|crl| crl.this_update)
    };
    analysis.revocation().iter().filter_map(move |checked| {
        let RevocationStatus::Undetermined(considered) = &checked.status else {
            return None;
        };
        let fits = considered.iter().filter(|it| why.contains(&it.why));
        Some((checked, fits.max_by_key(this_update)?))
    })
}
