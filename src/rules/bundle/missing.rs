//! Certificates that the bundle lacks, and certificates that hang in the air without them.

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::bundle::{Link, NameMatch};
use crate::cert::Field;
use crate::path::problem::wanted;
use crate::rules::chain::issuer::{bundle_lost_a_certificate, bundle_name};
use crate::rules::{Check, Finding, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &BUNDLE_MISSING_ROOT,
    &BUNDLE_MISSING_INTERMEDIATE,
    &BUNDLE_ORPHAN_CERTIFICATE,
];

/// What a CA certificate without an issuer in the bundle most likely means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    /// Its chain ends here: the root is missing.
    Root,
    /// A root that issued nothing here is there: something between the two is missing.
    Intermediate,
    /// Nothing connects it with the rest.
    Orphan,
}

/// The bundle's CAs whose issuer is not in the bundle, with what that means.
fn gaps(analysis: &Analysis) -> Vec<(CertificateId, Gap)> {
    let bundle = analysis.distinct_bundle();
    let issues_here = |id: CertificateId| {
        let mut issued = analysis.graph.issued(analysis.entry(id).first);
        issued.any(|link| {
            link.is_valid()
                && analysis.in_bundle(link.subject)
                && !analysis.graph.is_self_signed(link.subject)
        })
    };
    let is_root = |id: CertificateId| analysis.certificate_role(id) == CertificateRole::Root;
    // A root that issued a client directly is not waiting for an intermediate.
    let waiting_root = bundle
        .iter()
        .any(|id| is_root(*id) && !issues_here(*id) && !analysis.on_client_path(*id));
    let chain_exists = bundle
        .iter()
        .any(|id| issues_here(*id) || analysis.on_client_path(*id));
    let mut gaps = Vec::new();
    for id in &bundle {
        let first = analysis.entry(*id).first;
        if analysis.certificate_role(*id) != CertificateRole::Intermediate {
            continue;
        }
        let links = || {
            analysis
                .graph
                .candidates(first)
                .iter()
                .filter(|link| link.name != NameMatch::Differs && !link.is_self())
        };
        let here = |link: &&Link| analysis.in_bundle(link.issuer);
        // A named issuer that is there is for the chain rules to judge, good or bad.
        if links().any(|link| here(&link)) {
            continue;
        }
        let related = analysis.graph.issued(first).any(Link::is_valid);
        let gap = if waiting_root {
            Gap::Intermediate
        } else if related || !chain_exists {
            Gap::Root
        } else {
            Gap::Orphan
        };
        gaps.push((*id, gap));
    }
    gaps
}

fn start<'f>(
    analysis: &Analysis,
    id: CertificateId,
    findings: &'f mut Findings,
) -> &'f mut Finding {
    let finding = findings.at(analysis.place(id, Field::Issuer));
    finding.evidence(format!("looked for: {}", wanted(analysis, id)));
    if analysis.on_client_path(id) {
        finding.blocking();
    }
    if bundle_lost_a_certificate(analysis) {
        finding.evidence("the bundle holds a block that cannot be read; it may be the one");
    } else if analysis.on_client_path(id)
        && analysis
            .settings
            .verifiers
            .iter()
            .any(|verifier| verifier.library.needs_root())
    {
        finding.severity(Severity::Error);
    }
    finding
}

static BUNDLE_MISSING_ROOT: Rule = Rule {
    name: "bundle-missing-root",
    severity: Severity::Warning,
    citation: "OpenSSL X509_V_FLAG_PARTIAL_CHAIN; nginx ssl_client_certificate",
    summary: "A chain in the bundle does not end in a self-signed root.",
    explanation: "OpenSSL builds every path up to a self-signed certificate, so nginx, ingress-nginx, httpd and HAProxy reject \
        every client of this chain (error 2, 20 or 21). Envoy, Go, Java and rustls accept an intermediate as the end. The root cannot come from \
        the client: it must be in the bundle. Add it as the last certificate of the chain.",
    check: Check::Bundle(bundle_missing_root),
};

fn bundle_missing_root(analysis: &Analysis, findings: &mut Findings) {
    for (id, _) in gaps(analysis)
        .into_iter()
        .filter(|(_, gap)| *gap == Gap::Root)
    {
        let certificate = analysis.certificate(id);
        start(analysis, id, findings)
            .message(format!(
                "the chain of `{}` does not end in a self-signed root: `{}` is not in the bundle",
                certificate.label(), certificate.issuer_label()
            ))
            .evidence("OpenSSL, nginx, httpd and HAProxy need the root in the bundle; Envoy, Go, Java and rustls do not")
            .help(format!(
                "append the certificate of `{}` to {}, up to its self-signed root",
                certificate.issuer_label(),
                bundle_name(analysis)
            ));
    }
}

static BUNDLE_MISSING_INTERMEDIATE: Rule = Rule {
    name: "bundle-missing-intermediate",
    severity: Severity::Warning,
    citation: "RFC 5280 §6.1",
    summary: "A CA in the bundle has no issuer there, though a root that issued nothing is.",
    explanation: "Between this CA and a root of the bundle a certificate is missing. The client may send it, but then every \
        client must; OpenSSL and nginx otherwise reject with error 2, 20 or 21. Put the missing CA between the two.",
    check: Check::Bundle(bundle_missing_intermediate),
};

fn bundle_missing_intermediate(analysis: &Analysis, findings: &mut Findings) {
    for (id, _) in gaps(analysis)
        .into_iter()
        .filter(|(_, gap)| *gap == Gap::Intermediate)
    {
        let certificate = analysis.certificate(id);
        start(analysis, id, findings)
            .message(format!(
                "`{}`, the issuer of `{}`, is missing from the bundle",
                certificate.issuer_label(),
                certificate.label()
            ))
            .help(format!(
                "put the certificate of `{}` after `{}` into {}",
                certificate.issuer_label(),
                certificate.label(),
                bundle_name(analysis)
            ));
    }
}

static BUNDLE_ORPHAN_CERTIFICATE: Rule = Rule {
    name: "bundle-orphan-certificate",
    severity: Severity::Warning,
    citation: "Practice",
    summary: "A CA in the bundle belongs to no chain there: its issuer is missing, and it issued nothing given.",
    explanation: "Either it is a stray from another PKI, and clients of that PKI are let in by servers that accept partial \
        chains (Envoy, Go, Java, rustls), or its root was forgotten. Remove it, or add its chain.",
    check: Check::Bundle(bundle_orphan_certificate),
};

fn bundle_orphan_certificate(analysis: &Analysis, findings: &mut Findings) {
    for (id, _) in gaps(analysis)
        .into_iter()
        .filter(|(_, gap)| *gap == Gap::Orphan)
    {
        let certificate = analysis.certificate(id);
        start(analysis, id, findings)
            .message(format!(
                "`{}` belongs to no chain in the bundle",
                certificate.label()
            ))
            .evidence("it issued neither a CA in the bundle nor a client that was given")
            .help(format!(
                "remove it from {}, or add its issuer `{}`",
                bundle_name(analysis),
                certificate.issuer_label()
            ));
    }
}
