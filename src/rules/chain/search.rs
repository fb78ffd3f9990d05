//! What the search for a path found out, beside the faults of single certificates.

use crate::analysis::{Analysis, CertificateId};
use crate::bundle::{CANDIDATE_LIMIT, FAILED_CHECKS_LIMIT};
use crate::cert::Field;
use crate::path::{Path, Problem, Purpose};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] =
    &[&CHAIN_SEARCH_LIMIT_REACHED, &CHAIN_PURPOSE_EXCLUDED];

static CHAIN_SEARCH_LIMIT_REACHED: Rule = Rule {
    name: "chain-search-limit-reached",
    severity: Severity::Warning,
    citation: "RFC 4158 §2.4.2; rustls-webpki `verify_cert.rs` (`Budget`)",
    summary: "So many certificates could be issuers that not all of them were tried.",
    explanation: "Many CA certificates share a name, and no key id tells them apart. Every verifier bounds the work on such input: rustls \
        gives up after 100 signatures, and chainlint has limits of its own. A path may exist that was not found, so \
        there is no verdict of rfc5280. Remove CA certificates that nothing needs, or reissue them with subjectKeyIdentifier and what they \
        sign with authorityKeyIdentifier.",
    check: Check::Bundle(chain_search_limit_reached),
};

fn chain_search_limit_reached(analysis: &Analysis, findings: &mut Findings) {
    let help = "remove CA certificates that nothing needs, or tell those that share a name apart by key ids";
    let mut unfinished: Vec<CertificateId> = analysis.graph.unfinished().iter().copied().collect();
    unfinished.sort();
    if let Some(first) = unfinished.first() {
        let (base, each) = FAILED_CHECKS_LIMIT;
        let finding = findings.at(analysis.place(*first, Field::Issuer));
        finding
            .message(format!(
                "not every possible issuer of `{}` was tried",
                analysis.certificate(*first).label()
            ))
            .evidence(format!(
                "issuer: `{}`; candidates here: {}{}",
                analysis.certificate(*first).issuer,
                analysis.graph.candidates(*first).len(),
                if analysis.graph.truncated().contains(first) {
                    " and more"
                } else {
                    ""
                }
            ))
            .evidence(format!(
                "limits: {CANDIDATE_LIMIT} candidates for one certificate; {base} failed signature checks, and {each} more for each certificate"
            ));
        for id in unfinished.iter().skip(1).take(4) {
            finding.evidence(format!("the same holds for {}", analysis.describe(*id)));
        }
        if unfinished.len() > 5 {
            finding.evidence(format!("and for {} more", unfinished.len() - 5));
        }
        finding.help(help);
    }
    for search in analysis.searches.iter().flatten() {
        let Some(limit) = search.limit else { continue };
        let leaf = search.best.certificates[0];
        findings
            .at(analysis.place(leaf, Field::Issuer))
            .message(format!(
                "the search for a path of `{}` was cut short",
                analysis.certificate(leaf).label()
            ))
            .evidence(limit.describe())
            .help(help);
    }
}

static CHAIN_PURPOSE_EXCLUDED: Rule = Rule {
    name: "chain-purpose-excluded",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.3, §4.2.1.12; RFC 8446 §4.4.2.2",
    summary: "A certificate of the path may not be used for what --purpose says.",
    explanation: "extKeyUsage lists what a certificate is for, and in a CA it limits what stands below. keyUsage says what the key does: a TLS \
        server's signs, or agrees on or encrypts keys in TLS 1.2. Verifiers reject a server certificate without serverAuth. \
        Reissue the certificate with the purpose. For clients, rules of the topic mtls say this.",
    check: Check::Path(chain_purpose_excluded),
};

fn chain_purpose_excluded(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    if analysis.settings.purpose == Purpose::Client {
        return;
    }
    for found in &path.problems {
        if !matches!(
            found.problem,
            Problem::ExcludesPurpose | Problem::UnfitKeyUsage
        ) {
            continue;
        }
        let id = path.certificates[found.at];
        let finding = findings.at(analysis.place(id, found.problem.field()));
        finding
            .message(format!(
                "`{}` may not be used for what it is checked for",
                analysis.certificate(id).label()
            ))
            .evidence(found.problem.describe(analysis, id))
            .help(
                "reissue the certificate with the purpose, or check it for another with --purpose",
            );
        if path.client.is_some() {
            finding.blocking();
        }
    }
}
