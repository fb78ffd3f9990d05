//! The trace of a search, as reports hold it.

use std::collections::HashSet;

use super::model::{ReportLink, ReportStep};
use super::visible;
use crate::analysis::{Analysis, CertificateId};
use crate::bundle::{KeyIdMatch, Link, NameMatch};
use crate::crypto::SignatureCheck;
use crate::path::Search;
use crate::path::trace::{self, Dropped, Step, StepKind};

/// The steps of a search, in their order.
pub(super) fn report(analysis: &Analysis<'_>, search: &Search) -> Vec<ReportStep> {
    let trace = &search.trace;
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); trace.steps.len()];
    for (index, step) in trace.steps.iter().enumerate() {
        if let Some(parent) = step.parent {
            children[parent].push(index);
        }
    }
    let steps = trace.steps.iter().enumerate();
    steps
        .map(|(index, step)| {
            let mut reasons: Vec<String> = step
                .problems
                .iter()
                .map(|found| problem_text(analysis, search, step, found))
                .collect();
            if let StepKind::Dropped(dropped) = step.kind {
                reasons.push(dropped.describe(analysis));
            }
            // The caller's occurrence, as in the path.
            let certificate = match step.parent {
                None => search.best.certificates[0],
                Some(_) => step.certificate,
            };
            ReportStep {
                parent: step.parent,
                certificate: certificate.0,
                outcome: match step.kind {
                    StepKind::Followed => "followed",
                    StepKind::Anchor => "trusted",
                    StepKind::Dropped(_) => "dropped",
                },
                reasons: reasons.iter().map(|reason| visible(reason)).collect(),
                link: trace::link_of(analysis, trace, step).map(report_link),
                note: order_note(analysis, search, &children[index]).map(|note| visible(&note)),
            }
        })
        .collect()
}

/// A problem in words. One that is of the certificate below names it.
fn problem_text(
    analysis: &Analysis<'_>,
    search: &Search,
    step: &Step,
    found: &crate::path::Found,
) -> String {
    let steps = &search.trace.steps;
    // The certificate `found.at` places from the start, on the way up to this step.
    let mut way = vec![step.certificate];
    let mut parent = step.parent;
    while let Some(index) = parent {
        way.push(steps[index].certificate);
        parent = steps[index].parent;
    }
    way.reverse();
    let id = way.get(found.at).copied().unwrap_or(step.certificate);
    let text = found.problem.describe(analysis, id);
    if id == step.certificate {
        text
    } else {
        format!("{}: {text}", analysis.describe(id))
    }
}

fn report_link(link: &Link) -> ReportLink {
    let key_id = |matching| match matching {
        KeyIdMatch::Same => "same",
        KeyIdMatch::Absent => "absent",
        KeyIdMatch::Differs => "differs",
    };
    ReportLink {
        name: match link.name {
            NameMatch::Exact => "same",
            NameMatch::EncodingDiffers => "encoding-differs",
            NameMatch::Differs => "differs",
        },
        key_id: key_id(link.key_id),
        issuer_serial: key_id(link.issuer_serial),
        signature: match link.signature {
            Some(SignatureCheck::Valid) => "valid",
            Some(SignatureCheck::Invalid) => "invalid",
            Some(SignatureCheck::Unsupported) => "unsupported",
            Some(SignatureCheck::WrongKeyType) => "wrong-key-type",
            Some(SignatureCheck::PssParametersForbidden) => "pss-parameters-forbidden",
            None => "not-checked",
        },
    }
}

/// Whether a root of the bundle stands above the certificate: what OpenSSL asks of a path.
fn reaches_root(analysis: &Analysis<'_>, id: CertificateId) -> bool {
    let mut reached = HashSet::from([id]);
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if analysis.graph.is_self_signed(id) && analysis.in_bundle(id) {
            return true;
        }
        let links = analysis.graph.candidates(id).iter();
        for link in links.filter(|link| link.is_valid()) {
            if reached.insert(link.issuer) {
                open.push(link.issuer);
            }
        }
    }
    false
}

/// Says where candidates of the bundle fit equally well, and not all of them lead on: servers that take one of them
/// by its place in the file and do not come back then depend on the order.
///
/// What the servers do was seen with nginx and OpenSSL 1.1.1 to 4.0, Envoy and GnuTLS (the scenarios `rekey-int-both-*`
/// and `cross-deadend-first`).
fn order_note(analysis: &Analysis<'_>, search: &Search, candidates: &[usize]) -> Option<String> {
    let trace = &search.trace;
    let mut fits: Vec<(CertificateId, bool)> = Vec::new();
    let mut first_fit = None;
    for index in candidates {
        let step = &trace.steps[*index];
        let link = trace::link_of(analysis, trace, step)?;
        let fit = (
            link.name == NameMatch::Exact,
            link.key_id,
            link.issuer_serial,
        );
        let misfit = link.name == NameMatch::Differs
            || link.key_id == KeyIdMatch::Differs
            || link.issuer_serial == KeyIdMatch::Differs;
        let certificate = analysis.certificate(step.certificate);
        let usable = analysis.in_bundle(step.certificate)
            && certificate.is_valid_at(analysis.settings.at)
            && step.kind != StepKind::Dropped(Dropped::OnPath);
        if misfit || !usable || *first_fit.get_or_insert(fit) != fit {
            continue;
        }
        let leads_on = link.signature == Some(SignatureCheck::Valid) && step.problems.is_empty();
        fits.push((step.certificate, leads_on));
    }
    if fits.len() < 2 {
        return None;
    }
    for (id, leads_on) in &mut fits {
        *leads_on &= reaches_root(analysis, *id);
    }
    let leads = fits.iter().filter(|(_, leads_on)| *leads_on).count();
    if leads == 0 || leads == fits.len() {
        return None;
    }
    fits.sort();
    let places: Vec<String> = fits
        .iter()
        .take(5)
        .map(|(id, _)| analysis.place_text(*id))
        .collect();
    Some(format!(
        "{} fit by name and key id alike, only their order differs: OpenSSL, nginx and Envoy take the first, GnuTLS the last, \
         and they do not try the others",
        places.join(" and ")
    ))
}
