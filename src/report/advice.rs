//! What to do about a verdict, in the words of the server's configuration, and why verifiers disagree.

use std::fmt::Write as _;

use super::model::{ReportDisagreement, ReportFinding, ReportVerdict};
use super::visible;
use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::source::Role;
use crate::verifiers::{Outcome, Verdict, Verifier, differences};

/// The one thing to do about a verdict whose first cause is `cause`.
pub(super) fn fix(analysis: &Analysis, verdict: &Verdict, cause: &ReportFinding) -> String {
    let verifier = verdict.verifier;
    if let ("mtls-verify-depth-exceeded", Some(setting)) = (cause.rule, verifier.depth) {
        let client = &analysis.clients[verdict.client];
        if let Some(path) = analysis.client_path(client) {
            let needed = path.intermediates().len() + usize::from(setting.counts_root);
            return format!("set {} to {needed}", setting.directive);
        }
    }
    let Some(setting) = differences::bundle_setting(verifier) else {
        return cause.help.clone();
    };
    let bundles = analysis.inputs_with(Role::Bundle);
    let mut names = bundles.map(|input| visible(&analysis.source(input).name));
    let found = names.find_map(|name| {
        let (before, after) = cause.help.split_once(&name)?;
        let is_whole = after.chars().next().is_none_or(|next| !is_in_name(next))
            && before
                .chars()
                .next_back()
                .is_none_or(|last| !is_in_name(last));
        is_whole.then(|| (before.to_owned(), name.clone(), after.to_owned()))
    });
    let Some((before, name, after)) = found else {
        return cause.help.clone();
    };
    let more = if cause.rule == "chain-issuer-not-found" && verifier.library.needs_root() {
        up_to_root(analysis, verifier)
    } else {
        String::new()
    };
    format!("{before}{name} ({setting}){more}{after}")
}

/// What else a verifier that needs a root needs, where the issuer that is missing is no root: the way up to it, and a depth.
fn up_to_root(analysis: &Analysis, verifier: &Verifier) -> String {
    let bundle = analysis.distinct_bundle();
    let with = |role| {
        let is_role = move |id: &&CertificateId| analysis.certificate_role(**id) == role;
        bundle.iter().filter(is_role)
    };
    let mut more = String::new();
    if with(CertificateRole::Root).next().is_none() {
        more.push_str(", up to its self-signed root");
    }
    let mut intermediates = with(CertificateRole::Intermediate);
    let too_few = verifier
        .most_intermediates(analysis.settings.depth)
        .is_some_and(|most| most < 2);
    if let (true, Some(above), Some(setting)) = (too_few, intermediates.next(), verifier.depth) {
        let above = match intermediates.next() {
            None => format!("`{}`", visible(&analysis.certificate(*above).label())),
            Some(_) => "another intermediate".to_owned(),
        };
        let depth = 2 + u32::from(setting.counts_root);
        let _ = write!(
            more,
            ", with {} {depth} if it is below {above}",
            setting.directive
        );
    }
    more
}

fn is_in_name(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '.' | '/' | '_' | '-')
}

/// Where verifiers that could decide do not decide alike about a client, one entry for each cause.
pub(super) fn disagreements(
    verdicts: &[Verdict],
    reported: &[ReportVerdict],
    findings: &[ReportFinding],
) -> Vec<ReportDisagreement> {
    let mut disagreements = Vec::new();
    let mut rest: Vec<(&Verdict, &ReportVerdict)> = verdicts.iter().zip(reported).collect();
    rest.sort_by_key(|(verdict, _)| verdict.client);
    for of_client in rest.chunk_by(|(one, _), (other, _)| one.client == other.client) {
        let accepted_by: Vec<&'static str> = of_client
            .iter()
            .filter(|(verdict, _)| verdict.outcome == Outcome::Accept)
            .map(|(verdict, _)| verdict.verifier.name)
            .collect();
        if accepted_by.is_empty() {
            continue;
        }
        let mut by_cause: Vec<ReportDisagreement> = Vec::new();
        for (verdict, report) in of_client {
            if !matches!(verdict.outcome, Outcome::Reject | Outcome::ConfigRefused) {
                continue;
            }
            let mut rules = report.findings.iter().map(|index| findings[*index].rule);
            let first = rules.clone().next();
            let known = rules.find_map(|rule| Some((rule, differences::why(rule)?)));
            let rule = known.map(|(rule, _)| rule).or(first);
            if let Some(same) = by_cause.iter_mut().find(|same| same.rule == rule) {
                same.rejected_by.push(verdict.verifier.name);
                continue;
            }
            by_cause.push(ReportDisagreement {
                client: report.client,
                accepted_by: accepted_by.clone(),
                rejected_by: vec![verdict.verifier.name],
                rule,
                why: known.map(|(_, why)| why.to_owned()),
            });
        }
        disagreements.extend(by_cause);
    }
    disagreements
}
