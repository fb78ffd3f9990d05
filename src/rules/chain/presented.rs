//! What the client sends besides its certificate.

use std::collections::HashSet;

use crate::analysis::{Analysis, CertificateId, CertificateRole, Client};
use crate::cert::Field;
use crate::path::PathEnd;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &PRESENTED_CHAIN_ORDER_WRONG,
    &PRESENTED_CHAIN_STRAY_CERTIFICATE,
    &PRESENTED_ROOT_SENT,
];

static PRESENTED_CHAIN_ORDER_WRONG: Rule = Rule {
    name: "presented-chain-order-wrong",
    severity: Severity::Warning,
    citation: "RFC 5246 §7.4.2; RFC 8446 §4.4.2",
    summary: "The certificates that the client sends do not each certify the one before.",
    explanation: "TLS 1.2 demands the order end-entity, its issuer, the issuer's issuer. TLS 1.3 only advises it. The servers \
        measured (nginx, httpd, HAProxy, Envoy, Go, Java, GnuTLS, rustls) all sort what they get; a strict TLS 1.2 server need not. Put the client's file into that order.",
    check: Check::Client(presented_chain_order_wrong),
};

fn presented_chain_order_wrong(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(path) = analysis.client_path(client) else {
        return;
    };
    let first = |id: &CertificateId| analysis.entry(*id).first;
    let on_path: HashSet<CertificateId> = path.issuers().iter().map(first).collect();
    let sent = client
        .certificates
        .iter()
        .filter(|id| on_path.contains(&first(id)));
    let sent: Vec<CertificateId> = sent.copied().collect();
    let sent_set: HashSet<CertificateId> = sent.iter().map(first).collect();
    let wanted: Vec<CertificateId> = path
        .issuers()
        .iter()
        .filter(|id| sent_set.contains(&first(id)))
        .copied()
        .collect();
    let Some(wrong) = sent
        .iter()
        .zip(&wanted)
        .find(|(sent, wanted)| first(sent) != first(wanted))
    else {
        return;
    };
    let finding = findings.at(analysis.place(*wrong.0, Field::Certificate));
    finding.message(format!(
        "`{}` is sent where `{}` belongs",
        analysis.certificate(*wrong.0).label(),
        analysis.certificate(*wrong.1).label()
    ));
    finding.evidence(format!("sent:     {}", subjects(analysis, &sent)));
    finding.evidence(format!("in order: {}", subjects(analysis, &wanted)));
    finding.help(
        "put the client's file into order: its certificate, then each issuer after what it issued",
    );
}

static PRESENTED_CHAIN_STRAY_CERTIFICATE: Rule = Rule {
    name: "presented-chain-stray-certificate",
    severity: Severity::Warning,
    citation: "RFC 8446 §4.4.2",
    summary: "The client sends a certificate that has no part in its path.",
    explanation: "A certificate that issued nothing else in the client's file is dead weight at best. The servers measured \
        (nginx, httpd, HAProxy, Envoy, Go, Java, GnuTLS, rustls) ignore it; a strict TLS 1.2 server may reject. Remove it from the client's file.",
    check: Check::Client(presented_chain_stray_certificate),
};

fn presented_chain_stray_certificate(
    analysis: &Analysis,
    client: &Client,
    findings: &mut Findings,
) {
    let Some(leaf) = client.leaf else { return };
    let mut reached: HashSet<CertificateId> = HashSet::from([analysis.entry(leaf).first]);
    let mut open = vec![analysis.entry(leaf).first];
    while let Some(id) = open.pop() {
        for link in analysis.graph.candidates(id) {
            if link.is_claimed() && reached.insert(link.issuer) {
                open.push(link.issuer);
            }
        }
    }
    for id in &client.certificates {
        let entry = analysis.entry(*id);
        // A second end-entity is bundle-multiple-leaves.
        if entry.role == CertificateRole::EndEntity || reached.contains(&entry.first) {
            continue;
        }
        findings
            .at(analysis.place(*id, Field::Certificate))
            .message(format!(
                "the client sends `{}`, which is no part of its path",
                entry.certificate.label()
            ))
            .evidence(format!(
                "its key id and name lead from nothing that stands before it; the client is {}",
                analysis.describe(leaf)
            ))
            .help("remove it from the client's file");
    }
}

static PRESENTED_ROOT_SENT: Rule = Rule {
    name: "presented-root-sent",
    severity: Severity::Info,
    citation: "RFC 8446 §4.4.2",
    summary: "The client sends the self-signed root, which the server ignores.",
    explanation: "The server trusts its own copy of the root, not the one that the client sends. Sending it costs bytes in every \
        handshake and nothing else. Leave it out of the client's file.",
    check: Check::Client(presented_root_sent),
};

fn presented_root_sent(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    // A root that is not in the bundle is chain-untrusted-root.
    let trusted_end = analysis
        .client_path(client)
        .is_some_and(|path| path.end != PathEnd::UntrustedRoot);
    for id in &client.certificates {
        let entry = analysis.entry(*id);
        if entry.role == CertificateRole::Root
            && Some(*id) != client.leaf
            && trusted_end
            && analysis.in_bundle(*id)
        {
            findings
                .at(analysis.place(*id, Field::Certificate))
                .message(format!(
                    "the client sends the root `{}`",
                    entry.certificate.label()
                ))
                .evidence("the server uses the root in its own bundle")
                .help("remove the root from the client's file");
        }
    }
}

fn subjects(analysis: &Analysis, ids: &[CertificateId]) -> String {
    let names: Vec<String> = ids
        .iter()
        .map(|id| analysis.certificate(*id).label())
        .collect();
    names.join("; then ")
}
