//! Certificate policies along a path (RFC 5280 §6.1, RFC 9618).

use std::collections::BTreeSet;

use crate::analysis::{Analysis, CertificateId};
use crate::cert::oid::{self, Oid};
use crate::cert::{Certificate, Field};
use crate::path::policy::{self, Evaluation, Failure, Ignored, Inputs};
use crate::path::{Path, PathEnd};
use crate::rules::cert::policies::{describe, names};
use crate::rules::{Check, Finding, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &CHAIN_POLICY_NO_VALID_PATH,
    &CHAIN_POLICY_MAPPING_INHIBITED,
    &CHAIN_ANY_POLICY_INHIBITED,
    &CHAIN_POLICY_GRAPH_GROWTH,
    &CHAIN_POLICY_NOT_IN_ISSUER,
    &CHAIN_POLICY_EXTENSION_ABSENT,
];

const POLICIES: Field<'static> = Field::Extension(oid::CERTIFICATE_POLICIES);

/// The certificates whose policies count: all but the trust anchor, whose extensions RFC 5280 §6.1 does not look at.
fn below_anchor(path: &Path) -> &[CertificateId] {
    let has_anchor = matches!(
        path.end,
        PathEnd::Root | PathEnd::UntrustedRoot | PathEnd::Partial
    );
    let count = path.certificates.len() - usize::from(has_anchor);
    &path.certificates[..count]
}

/// The certificates below the anchor, and what policy processing makes of them; none in a path without constraints,
/// which any policies will do for.
fn evaluate<'a>(
    analysis: &Analysis<'a>,
    path: &Path,
) -> Option<(Vec<CertificateId>, Evaluation<'a>)> {
    let ids = below_anchor(path);
    let certificates = ids.iter().map(|id| analysis.certificate(*id));
    let certificates: Vec<&Certificate<'a>> = certificates.collect();
    let constrained = certificates.iter().any(|each| policy::constrains(each));
    constrained.then(|| {
        let evaluation = policy::evaluate(&certificates, &Inputs::default());
        (ids.to_vec(), evaluation)
    })
}

static CHAIN_POLICY_NO_VALID_PATH: Rule = Rule {
    name: "chain-policy-no-valid-path",
    severity: Severity::Error,
    citation: "RFC 5280 §6.1.3(f), §6.1.5(g); RFC 9618 §5",
    summary: "A CA in the path requires an explicit certificate policy, and the path is valid for none.",
    explanation: "requireExplicitPolicy says that every path through the CA must be valid for some certificate policy. A policy is \
        valid if every certificate below the trust anchor asserts it, or anyPolicy, or what a CA above maps it to. A verifier \
        that processes policies rejects the path. Reissue the certificate with a policy that its issuer asserts.",
    check: Check::Path(chain_policy_no_valid_path),
};

fn chain_policy_no_valid_path(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    let Some((ids, evaluation)) = evaluate(analysis, path) else {
        return;
    };
    let Some(failure) = evaluation.failure else {
        return;
    };
    let label = |index: usize| analysis.certificate(ids[index]).label();
    let finding = match failure {
        Failure::Malformed {
            certificate,
            extension,
        } => {
            let finding =
                findings.at(analysis.place(ids[certificate], Field::Extension(extension)));
            let malformed = &analysis.certificate(ids[certificate]).values.malformed;
            if let Some((_, error)) = malformed.iter().find(|(oid, _)| *oid == extension) {
                finding.evidence(format!(
                    "at byte {} of the certificate: {}",
                    error.offset, error.what
                ));
            }
            finding
                .message(format!(
                    "{} of `{}` cannot be read, so that the path is valid for no policy",
                    extension.name(),
                    label(certificate)
                ))
                .help(format!(
                    "reissue the certificate with a valid {}",
                    extension.name()
                ))
        }
        Failure::MapsAnyPolicy { certificate } => findings
            .at(analysis.place(ids[certificate], Field::Extension(oid::POLICY_MAPPINGS)))
            .message(format!(
                "`{}` maps anyPolicy, so that the path is valid for no policy",
                label(certificate)
            ))
            .evidence("RFC 5280 allows no mapping to or from anyPolicy")
            .help("reissue the CA certificate with mappings between the policies that are meant"),
        Failure::NoPolicy {
            certificate,
            required_by,
            expected,
        } => {
            let is_mapped = evaluation
                .mappings_ignored
                .iter()
                .any(|ignored| ignored.certificate == certificate);
            let required_by = required_by.map(|index| ids[index]);
            let id = ids[certificate];
            let finding = findings.at(analysis.place(id, POLICIES));
            no_policy(analysis, finding, id, required_by, &expected);
            if is_mapped {
                finding.evidence("it maps them, which a CA above it inhibits");
            }
            finding
        }
    };
    let search = path
        .client
        .and_then(|client| analysis.searches[client].as_ref());
    if search.is_some_and(|search| search.valid.is_some()) {
        finding
            .severity(Severity::Warning)
            .evidence("the path to the root is meant; one to a CA of the bundle below it is valid");
    } else if search.is_some() {
        finding.blocking();
    }
}

fn no_policy(
    analysis: &Analysis,
    finding: &mut Finding,
    id: CertificateId,
    required_by: Option<CertificateId>,
    expected: &BTreeSet<Oid<'_>>,
) {
    let certificate = analysis.certificate(id);
    let required = required_by.map_or("a policy is required".to_owned(), |required_by| {
        let label = analysis.certificate(required_by).label();
        format!("`{label}` requires a certificate policy")
    });
    finding
        .message(format!(
            "{required}, and `{}` has none that fits",
            certificate.label()
        ))
        .evidence(format!(
            "expected of `{}`: {}",
            certificate.label(),
            names(expected.iter().copied())
        ))
        .evidence(format!("found: {}", describe(certificate)));
    if let Some(required_by) = required_by {
        finding
            .evidence(format!(
                "policyConstraints with requireExplicitPolicy: {}",
                analysis.describe(required_by)
            ))
            .related(analysis.place(required_by, Field::Extension(oid::POLICY_CONSTRAINTS)));
    }
    finding.help(format!(
        "reissue `{}` with a policy that is expected of it",
        certificate.label()
    ));
}

static CHAIN_POLICY_MAPPING_INHIBITED: Rule = Rule {
    name: "chain-policy-mapping-inhibited",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.11, §6.1.4(b)(2)",
    summary: "A CA maps policies where a CA above it inhibits mapping.",
    explanation: "Below the limit that inhibitPolicyMapping sets, a policy that is mapped counts neither under its old name nor \
        under the new one. Certificates that rely on the mapping are valid for no policy. Remove the mapping, or have the CA \
        above reissued with a larger limit.",
    check: Check::Path(chain_policy_mapping_inhibited),
};

fn chain_policy_mapping_inhibited(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    let Some((ids, evaluation)) = evaluate(analysis, path) else {
        return;
    };
    for ignored in &evaluation.mappings_ignored {
        let certificate = analysis.certificate(ids[ignored.certificate]);
        let mappings = &certificate.values.policy_mappings;
        let lost: BTreeSet<Oid> = mappings.iter().map(|mapping| mapping.issuer).collect();
        let field = Field::Extension(oid::POLICY_MAPPINGS);
        let finding = findings.at(analysis.place(ids[ignored.certificate], field));
        finding
            .message(format!(
                "`{}` maps policies, but a CA above it inhibits that",
                certificate.label()
            ))
            .evidence(format!("mapped, and therefore lost: {}", names(lost)));
        inhibited_by(
            analysis,
            finding,
            &ids,
            *ignored,
            oid::POLICY_CONSTRAINTS,
            "inhibitPolicyMapping",
        );
        finding.help("have the CA certificate reissued without policyMappings");
    }
}

/// Names the certificate that inhibits something.
fn inhibited_by(
    analysis: &Analysis,
    finding: &mut Finding,
    ids: &[CertificateId],
    ignored: Ignored,
    extension: Oid<'static>,
    field: &str,
) {
    if let Some(index) = ignored.inhibited_by {
        finding
            .evidence(format!(
                "{field} of {} has run out",
                analysis.describe(ids[index])
            ))
            .related(analysis.place(ids[index], Field::Extension(extension)));
    }
}

static CHAIN_ANY_POLICY_INHIBITED: Rule = Rule {
    name: "chain-any-policy-inhibited",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.14, §6.1.3(d)(2)",
    summary: "A certificate asserts anyPolicy where a CA above it inhibits that.",
    explanation: "Below the limit that inhibitAnyPolicy sets, anyPolicy stands for no policy at all, except in self-issued CA \
        certificates. If the certificate asserts nothing else, nothing below it is valid for any policy. \
        Reissue it with the policies that are meant.",
    check: Check::Path(chain_any_policy_inhibited),
};

fn chain_any_policy_inhibited(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    let Some((ids, evaluation)) = evaluate(analysis, path) else {
        return;
    };
    for ignored in &evaluation.any_policy_ignored {
        let certificate = analysis.certificate(ids[ignored.certificate]);
        let finding = findings.at(analysis.place(ids[ignored.certificate], POLICIES));
        finding
            .message(format!(
                "`{}` asserts anyPolicy, but a CA above it inhibits that",
                certificate.label()
            ))
            .evidence(describe(certificate));
        inhibited_by(
            analysis,
            finding,
            &ids,
            *ignored,
            oid::INHIBIT_ANY_POLICY,
            "inhibitAnyPolicy",
        );
        finding.help("reissue it with the policies that are meant in the place of anyPolicy");
    }
}

static CHAIN_POLICY_GRAPH_GROWTH: Rule = Rule {
    name: "chain-policy-graph-growth",
    severity: Severity::Warning,
    citation: "RFC 9618 §3",
    summary: "Policy mappings would make a policy tree as in RFC 5280 grow very large.",
    explanation: "RFC 5280 describes policy processing as a tree in which mappings can multiply the nodes at every CA, so that a \
        few certificates cost a verifier all its memory. RFC 9618 replaces the tree, but verifiers that follow the older text \
        may reject the path or break on it. Where this is no attack, map fewer policies.",
    check: Check::Path(chain_policy_graph_growth),
};

fn chain_policy_graph_growth(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    let Some((ids, evaluation)) = evaluate(analysis, path) else {
        return;
    };
    if !evaluation.grows() {
        return;
    }
    let maps = |id: &&CertificateId| {
        let certificate = analysis.certificate(**id);
        !certificate.values.policy_mappings.is_empty()
    };
    let mapping: Vec<CertificateId> = ids.iter().filter(maps).copied().collect();
    // Only mappings multiply nodes, so that there is one.
    let Some(highest) = mapping.last() else {
        return;
    };
    let count = match evaluation.tree_nodes {
        u64::MAX => "more than 2^64".to_owned(),
        count => count.to_string(),
    };
    findings
        .at(analysis.place(*highest, Field::Extension(oid::POLICY_MAPPINGS)))
        .message(format!(
            "the policy mappings of this path make a tree of {count} nodes"
        ))
        .evidence(format!(
            "{} certificates of the path map policies, from `{}` downwards",
            mapping.len(),
            analysis.certificate(*highest).label()
        ))
        .evidence(format!(
            "reported when there are more than {} nodes",
            policy::TREE_BOUND
        ))
        .help("map each policy to one, or remove the mappings");
}

static CHAIN_POLICY_NOT_IN_ISSUER: Rule = Rule {
    name: "chain-policy-not-in-issuer",
    severity: Severity::Info,
    citation: "RFC 5280 §6.1.3(d)",
    summary: "A certificate asserts a policy that its issuer neither asserts nor maps to.",
    explanation: "A policy counts if every certificate below the trust anchor asserts it. Where the issuer leaves it out, it is \
        worth nothing to a verifier that asks for it; verifiers that ask for no policy do not mind. Add the policy, or anyPolicy, \
        to the issuer.",
    check: Check::Path(chain_policy_not_in_issuer),
};

fn chain_policy_not_in_issuer(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    let ids = below_anchor(path);
    for (subject, issuer) in ids.iter().zip(ids.iter().skip(1)) {
        let above = &analysis.certificate(*issuer).values;
        let (Some(own), Some(allowed)) = (
            &analysis.certificate(*subject).values.policies,
            &above.policies,
        ) else {
            continue;
        };
        let targets = above.policy_mappings.iter().map(|mapping| mapping.subject);
        let allowed: BTreeSet<Oid> = allowed.iter().map(|each| each.oid).chain(targets).collect();
        let lost: BTreeSet<Oid> = own
            .iter()
            .map(|each| each.oid)
            .filter(|each| *each != oid::ANY_POLICY && !allowed.contains(each))
            .collect();
        if allowed.contains(&oid::ANY_POLICY) || lost.is_empty() {
            continue;
        }
        let certificate = analysis.certificate(*subject);
        findings
            .at(analysis.place(*subject, POLICIES))
            .message(format!(
                "`{}` asserts a policy that its issuer does not: {}",
                certificate.label(),
                names(lost)
            ))
            .evidence(format!("its own {}", describe(certificate)))
            .evidence(format!(
                "that of its issuer {}: {}",
                analysis.describe(*issuer),
                names(allowed)
            ))
            .related(analysis.place(*issuer, POLICIES))
            .help("nothing, unless a verifier asks for the policy; otherwise have the issuer reissued with it");
    }
}

static CHAIN_POLICY_EXTENSION_ABSENT: Rule = Rule {
    name: "chain-policy-extension-absent",
    severity: Severity::Info,
    citation: "RFC 5280 §6.1.3(e)",
    summary: "In a path whose CAs constrain policies, a certificate has no certificatePolicies.",
    explanation: "One certificate without certificatePolicies makes the whole path valid for no policy. Nothing here requires one, so \
        the path is good; a verifier that is set to ask for a policy rejects it. Add the policies of the issuer.",
    check: Check::Path(chain_policy_extension_absent),
};

fn chain_policy_extension_absent(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    // Most private PKIs know no policies, or name them in some certificates only, and mean nothing by it: only where a
    // CA constrains policies are they in use.
    let Some((ids, evaluation)) = evaluate(analysis, path) else {
        return;
    };
    if !evaluation.is_valid() {
        return;
    }
    let lacks = |id: &&CertificateId| {
        let certificate = analysis.certificate(**id);
        certificate.extension(oid::CERTIFICATE_POLICIES).is_none()
    };
    let constrains = |id: &&CertificateId| policy::constrains(analysis.certificate(**id));
    // The highest one: below it nothing changes any more.
    let (Some(id), Some(constraining)) = (
        ids.iter().rev().find(lacks),
        ids.iter().rev().find(constrains),
    ) else {
        return;
    };
    findings
        .at(analysis.place(*id, Field::Extensions))
        .message(format!(
            "`{}` has no certificatePolicies, in a path whose CAs constrain policies",
            analysis.certificate(*id).label()
        ))
        .evidence(format!(
            "policies are constrained by {}",
            analysis.describe(*constraining)
        ))
        .related(analysis.place(*constraining, Field::Extensions))
        .help("nothing, unless a verifier asks for a policy; otherwise have it reissued with the policies of its issuer");
}
