//! Where the order of certificates decides.
//!
//! These rules ask the chosen verifiers again, with the same certificates in another order. That is only worth it where two
//! certificates can take each other's place, or what is sent is out of order.

use std::collections::HashMap;

use crate::analysis::{Analysis, CertificateId, Client};
use crate::cert::Field;
use crate::path::PathEnd;
use crate::rules::{Check, Findings, Rule, Severity};
use crate::verifiers::reordered::{Changed, compare};
use crate::verifiers::{Outcome, Verdict};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &BUNDLE_ORDER_CHANGES_VERDICT,
    &PRESENTED_ORDER_CHANGES_VERDICT,
];

/// How many certificates of one name are tried in front, how many names, and for how many clients.
const TRIED: (usize, usize, usize) = (4, 4, 16);

/// The largest bundle, and the most certificates in a client's file, that other orders are tried of.
const LARGEST: usize = 200;

static BUNDLE_ORDER_CHANGES_VERDICT: Rule = Rule {
    name: "bundle-order-changes-verdict",
    severity: Severity::Warning,
    citation: "OpenSSL X509_STORE_CTX_get1_issuer",
    summary: "A verifier accepts or rejects a client depending on the order of the certificates in the bundle.",
    explanation: "Two CAs in the bundle have one name, and nothing in the certificate below tells which of them is meant. OpenSSL takes the first one that is \
        valid now and does not come back to try the other, so the wrong one in front rejects the client, mostly with error 7, 20 or 2. \
        It works until somebody sorts the file, or adds a CA at its top. Issue certificates with authorityKeyIdentifier, or keep only the CA that is in use.",
    check: Check::Client(bundle_order_changes_verdict),
};

fn bundle_order_changes_verdict(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let (members, names, clients) = TRIED;
    let bundle = analysis.distinct_bundle();
    if client.index >= clients || client.leaf.is_none() || bundle.len() > LARGEST {
        return;
    }
    for group in same_names(analysis, &bundle).into_iter().take(names) {
        for &front in group.iter().take(members) {
            let mut other = vec![front];
            other.extend(bundle.iter().filter(|id| **id != front));
            let sent = client.certificates.as_slice();
            let changed = compare(analysis, client, [&bundle, &other], [sent, sent]);
            let Some(first) = worst(&changed) else {
                continue;
            };
            let rival = group.iter().copied().find(|id| *id != front);
            let rejected = first.given.outcome != Outcome::Accept;
            let finding = findings.at(analysis.place(front, Field::Subject));
            finding.message(format!(
                "the order of the bundle decides about `{}`: {} {} it as it is, and {} it with {} in front",
                client_label(analysis, client),
                list(&changed),
                verb(&first.given),
                verb(&first.other),
                analysis.describe(front),
            ));
            for changed in &changed {
                finding.evidence(evidence(changed));
            }
            if let Some(rival) = rival {
                finding
                    .evidence(format!(
                        "{} and {} have the same name",
                        analysis.describe(front),
                        analysis.describe(rival)
                    ))
                    .related(analysis.place(rival, Field::Subject));
            }
            if rejected {
                finding.severity(Severity::Error).blocking().help(format!(
                    "put {} before the other CA of this name, or remove the one that is not in use",
                    analysis.describe(front)
                ));
            } else {
                finding.help("remove the CA of this name that is not in use, or issue the certificates below with authorityKeyIdentifier");
            }
            return;
        }
    }
}

static PRESENTED_ORDER_CHANGES_VERDICT: Rule = Rule {
    name: "presented-order-changes-verdict",
    severity: Severity::Warning,
    citation: "RFC 8446 §4.4.2",
    summary: "A verifier accepts or rejects a client depending on the order of the certificates that it sends.",
    explanation: "The first certificate that a client sends is taken for its own, and the rest for help on the way to a root. Where the rest holds two \
        CAs of one name, most verifiers take the first that fits and do not come back. \
        Put the client's certificate first, then each issuer after what it issued, and leave the others out.",
    check: Check::Client(presented_order_changes_verdict),
};

fn presented_order_changes_verdict(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(path) = analysis.client_path(client) else {
        return;
    };
    let sent = client.certificates.as_slice();
    let (_, _, clients) = TRIED;
    if client.index >= clients || sent.len() < 2 || sent.len() > LARGEST {
        return;
    }
    let first = |id: CertificateId| analysis.entry(id).first;
    let place = |id: CertificateId| {
        path.certificates
            .iter()
            .position(|on| first(*on) == first(id))
    };
    let mut ordered: Vec<CertificateId> = sent.to_vec();
    // What is on the path in its order, then the rest as it stands.
    ordered.sort_by_key(|id| place(*id).unwrap_or(usize::MAX));
    let ends_well = matches!(path.end, PathEnd::Root | PathEnd::Partial);
    let bundle = analysis.distinct_bundle();
    if ordered == sent || !ends_well || bundle.len() > LARGEST {
        return;
    }
    let changed = compare(analysis, client, [&bundle, &bundle], [sent, &ordered]);
    let Some(worst) = worst(&changed) else { return };
    let rejected = worst.given.outcome != Outcome::Accept;
    let finding = findings.at(analysis.place(sent[0], Field::Certificate));
    finding.message(format!(
        "the order in which `{}` sends its certificates decides: {} {} it as it is, and {} it in order",
        client_label(analysis, client),
        list(&changed),
        verb(&worst.given),
        verb(&worst.other),
    ));
    for changed in &changed {
        finding.evidence(evidence(changed));
    }
    finding.help(
        "put the client's certificate first, then each issuer after what it issued (chainlint fix --client)",
    );
    if rejected {
        finding.severity(Severity::Error).blocking();
    }
}

/// The groups of certificates of the bundle that have one subject.
fn same_names(analysis: &Analysis, bundle: &[CertificateId]) -> Vec<Vec<CertificateId>> {
    let mut index: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut groups: Vec<Vec<CertificateId>> = Vec::new();
    for &id in bundle {
        let key = analysis.certificate(id).subject.comparison_key();
        let at = *index.entry(key).or_insert(groups.len());
        if at == groups.len() {
            groups.push(Vec::new());
        }
        groups[at].push(id);
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// The change to report: a reject that another order would mend, else the first.
fn worst(changed: &[Changed]) -> Option<&Changed> {
    let rejected = |changed: &&Changed| changed.given.outcome != Outcome::Accept;
    changed.iter().find(rejected).or(changed.first())
}

fn client_label(analysis: &Analysis, client: &Client) -> String {
    let leaf = client.leaf.map(|leaf| analysis.certificate(leaf).label());
    leaf.unwrap_or_default()
}

fn list(changed: &[Changed]) -> String {
    let names: Vec<&str> = changed.iter().map(|one| one.given.verifier.name).collect();
    names.join(", ")
}

fn verb(verdict: &Verdict) -> &'static str {
    if verdict.outcome == Outcome::Accept {
        "accepts"
    } else {
        "rejects"
    }
}

fn evidence(changed: &Changed) -> String {
    let told = |verdict: &Verdict| match (verdict.outcome, verdict.code) {
        (Outcome::Accept, _) => "accepted".to_owned(),
        (_, Some(code)) => format!("rejected with error {code} ({})", verdict.text),
        (_, None) => format!("rejected ({})", verdict.text),
    };
    format!(
        "{}: {} as it is, {} in the other order",
        changed.given.verifier.name,
        told(&changed.given),
        told(&changed.other)
    )
}
