//! certificatePolicies, policyMappings, policyConstraints and inhibitAnyPolicy, each by itself
//! (RFC 5280 §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14). What they mean along a path is in `chain::policies`.

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::extension::policies::{Mapping, PolicyConstraints};
use crate::cert::oid::{self, Oid};
use crate::cert::{Certificate, Field};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &CP_DUPLICATE_OID,
    &PM_NOT_CRITICAL,
    &PM_ANY_POLICY,
    &PM_NOT_IN_CERTIFICATE_POLICIES,
    &PM_IN_END_ENTITY,
    &PC_EMPTY,
    &PC_NOT_CRITICAL,
    &PC_IN_END_ENTITY,
    &IAP_NOT_CRITICAL,
    &IAP_IN_END_ENTITY,
];

/// More policies than this are not listed.
const MOST: usize = 8;

/// The policies by number, as evidence; a long list is cut off.
pub(in crate::rules) fn names<'a>(policies: impl IntoIterator<Item = Oid<'a>>) -> String {
    let names: Vec<String> = policies.into_iter().map(Oid::name).collect();
    match names.len() {
        0 => "none".to_owned(),
        count if count > MOST => {
            format!("{} and {} more", names[..MOST].join(", "), count - MOST)
        }
        _ => names.join(", "),
    }
}

/// `certificatePolicies: …`: what a certificate asserts, as evidence.
pub(in crate::rules) fn describe(certificate: &Certificate<'_>) -> String {
    match &certificate.values.policies {
        None => "there is no certificatePolicies".to_owned(),
        Some(policies) => {
            let names = names(policies.iter().map(|policy| policy.oid));
            format!("certificatePolicies: {names}")
        }
    }
}

fn describe_constraints(constraints: PolicyConstraints) -> String {
    let field = |name, value: Option<u64>| value.map(|value| format!("{name} {value}"));
    let fields = [
        field("requireExplicitPolicy", constraints.require_explicit),
        field("inhibitPolicyMapping", constraints.inhibit_mapping),
    ];
    let fields: Vec<String> = fields.into_iter().flatten().collect();
    if fields.is_empty() {
        "policyConstraints has no field".to_owned()
    } else {
        fields.join(", ")
    }
}

fn describe_mapping(mapping: &Mapping<'_>) -> String {
    format!("{} to {}", mapping.issuer.name(), mapping.subject.name())
}

/// Whether the certificate has this extension, and without the mark critical.
fn is_uncritical(certificate: &Certificate<'_>, oid: Oid<'_>) -> bool {
    let extension = certificate.extension(oid);
    extension.is_some_and(|extension| !extension.critical)
}

/// Whether an end-entity has this extension, which is for CAs.
fn is_misplaced(analysis: &Analysis, id: CertificateId, oid: Oid<'_>) -> bool {
    let certificate = analysis.certificate(id);
    analysis.certificate_role(id) == CertificateRole::EndEntity
        && !certificate.says_ca()
        && certificate.extension(oid).is_some()
}

static CP_DUPLICATE_OID: Rule = Rule {
    name: "cp-duplicate-oid",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.4",
    summary: "certificatePolicies lists one policy twice.",
    explanation: "RFC 5280 forbids to list a policy more than once, and a verifier that processes policies may take the whole \
        extension for invalid. Check the profile that the CA issues from, and list each policy once.",
    check: Check::Certificate(cp_duplicate_oid),
};

fn cp_duplicate_oid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let policies = certificate.values.policies.as_deref().unwrap_or_default();
    let mut sorted: Vec<Oid> = policies.iter().map(|policy| policy.oid).collect();
    sorted.sort_unstable();
    let pairs = sorted.windows(2).filter(|pair| pair[0] == pair[1]);
    let mut twice: Vec<Oid> = pairs.map(|pair| pair[0]).collect();
    twice.dedup();
    if twice.is_empty() {
        return;
    }
    findings
        .at(analysis.place(id, Field::Extension(oid::CERTIFICATE_POLICIES)))
        .message(format!(
            "`{}` lists a policy more than once: {}",
            certificate.label(),
            names(twice)
        ))
        .evidence(describe(certificate))
        .help("issue it again with each policy listed once");
}

static PM_NOT_CRITICAL: Rule = Rule {
    name: "pm-not-critical",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.5",
    summary: "policyMappings is not critical.",
    explanation: "A verifier that does not know policy mappings may skip the extension where it is not critical, and then judges \
        the path by other policies than the CA meant. RFC 5280 says that CAs should mark it critical.",
    check: Check::Certificate(pm_not_critical),
};

fn pm_not_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if is_uncritical(certificate, oid::POLICY_MAPPINGS) {
        findings
            .at(analysis.place(id, Field::Extension(oid::POLICY_MAPPINGS)))
            .message(format!(
                "policyMappings of `{}` is not critical",
                certificate.label()
            ))
            .evidence("critical FALSE; RFC 5280 recommends TRUE")
            .help("issue the CA certificate again with policyMappings marked critical");
    }
}

static PM_ANY_POLICY: Rule = Rule {
    name: "pm-any-policy",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.5, §6.1.4(a)",
    summary: "policyMappings maps to or from anyPolicy.",
    explanation: "anyPolicy is no policy of a domain and may not be mapped. Path validation by RFC 5280 rejects every path in which \
        such a certificate stands above another. Name the policies that are meant.",
    check: Check::Certificate(pm_any_policy),
};

fn pm_any_policy(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let mappings = certificate.values.policy_mappings.iter();
    let any: Vec<&Mapping> = mappings
        .filter(|mapping| [mapping.issuer, mapping.subject].contains(&oid::ANY_POLICY))
        .collect();
    if any.is_empty() {
        return;
    }
    let finding = findings.at(analysis.place(id, Field::Extension(oid::POLICY_MAPPINGS)));
    finding
        .message(format!("`{}` maps anyPolicy", certificate.label()))
        .help("issue the CA certificate again with mappings between the policies that are meant");
    for mapping in any.into_iter().take(MOST) {
        finding.evidence(format!("it maps {}", describe_mapping(mapping)));
    }
}

static PM_NOT_IN_CERTIFICATE_POLICIES: Rule = Rule {
    name: "pm-not-in-certificate-policies",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.5",
    summary: "policyMappings maps a policy that certificatePolicies does not assert.",
    explanation: "A mapping starts from a policy of the issuer, which the certificate should assert itself. Where it asserts neither \
        that policy nor anyPolicy, the mapping has no effect. Add the policy to certificatePolicies, or remove the mapping.",
    check: Check::Certificate(pm_not_in_certificate_policies),
};

fn pm_not_in_certificate_policies(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let policies = certificate.values.policies.as_deref().unwrap_or_default();
    // anyPolicy covers it for path validation (RFC 5280 §6.1.4(b)(1)).
    let mut asserted: Vec<Oid> = policies.iter().map(|policy| policy.oid).collect();
    asserted.sort_unstable();
    let has = |policy: &Oid| asserted.binary_search(policy).is_ok();
    if has(&oid::ANY_POLICY) {
        return;
    }
    let mappings = certificate.values.policy_mappings.iter();
    let mut lost: Vec<Oid> = mappings
        .map(|mapping| mapping.issuer)
        .filter(|policy| *policy != oid::ANY_POLICY && !has(policy))
        .collect();
    lost.sort_unstable();
    lost.dedup();
    if lost.is_empty() {
        return;
    }
    findings
        .at(analysis.place(id, Field::Extension(oid::POLICY_MAPPINGS)))
        .message(format!(
            "`{}` maps a policy that it does not assert: {}",
            certificate.label(),
            names(lost)
        ))
        .evidence(describe(certificate))
        .help("issue the CA certificate again with the policy in certificatePolicies, or without the mapping");
}

static PM_IN_END_ENTITY: Rule = Rule {
    name: "pm-in-end-entity",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.5",
    summary: "An end-entity certificate has policyMappings.",
    explanation: "policyMappings translates policies for what a CA issues. In a certificate that issues nothing it has no effect, and \
        usually means that it was issued from the profile of a CA.",
    check: Check::Certificate(pm_in_end_entity),
};

fn pm_in_end_entity(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    if is_misplaced(analysis, id, oid::POLICY_MAPPINGS) {
        misplaced(analysis, id, oid::POLICY_MAPPINGS, findings);
    }
}

fn misplaced(
    analysis: &Analysis,
    id: CertificateId,
    extension: Oid<'static>,
    findings: &mut Findings,
) {
    findings
        .at(analysis.place(id, Field::Extension(extension)))
        .message(format!(
            "`{}` is no CA, but has {}",
            analysis.certificate(id).label(),
            extension.name()
        ))
        .evidence("the extension is for CA certificates, and this one is an end-entity's")
        .help(format!("issue it again without {}", extension.name()));
}

static PC_EMPTY: Rule = Rule {
    name: "pc-empty",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.11",
    summary: "policyConstraints has neither of its fields.",
    explanation: "RFC 5280 forbids an empty policyConstraints and leaves open what a verifier does with it. \
        Set requireExplicitPolicy or inhibitPolicyMapping, or leave the extension out.",
    check: Check::Certificate(pc_empty),
};

fn pc_empty(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if certificate.values.policy_constraints == Some(PolicyConstraints::default()) {
        findings
            .at(analysis.place(id, Field::Extension(oid::POLICY_CONSTRAINTS)))
            .message(format!(
                "policyConstraints of `{}` is empty",
                certificate.label()
            ))
            .evidence("expected requireExplicitPolicy, inhibitPolicyMapping or both; found neither")
            .help("issue it again with one of the two fields, or without policyConstraints");
    }
}

static PC_NOT_CRITICAL: Rule = Rule {
    name: "pc-not-critical",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.11",
    summary: "policyConstraints is not critical.",
    explanation: "RFC 5280 demands that CAs mark policyConstraints critical: a verifier that skips it would accept paths that \
        the CA meant to exclude. Issue the CA with the mark.",
    check: Check::Certificate(pc_not_critical),
};

fn pc_not_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if is_uncritical(certificate, oid::POLICY_CONSTRAINTS) {
        let finding = findings.at(analysis.place(id, Field::Extension(oid::POLICY_CONSTRAINTS)));
        finding
            .message(format!(
                "policyConstraints of `{}` is not critical",
                certificate.label()
            ))
            .evidence("critical FALSE; expected TRUE")
            .help("issue the CA certificate again with policyConstraints marked critical");
        if let Some(constraints) = certificate.values.policy_constraints {
            finding.evidence(describe_constraints(constraints));
        }
    }
}

static PC_IN_END_ENTITY: Rule = Rule {
    name: "pc-in-end-entity",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.11, §6.1.5(b)",
    summary: "An end-entity certificate has policyConstraints.",
    explanation: "policyConstraints limits what a CA issues. In an end-entity certificate only requireExplicitPolicy 0 has an effect: \
        the certificate's own path then needs a policy. It usually means that the certificate was issued from the profile of a CA.",
    check: Check::Certificate(pc_in_end_entity),
};

fn pc_in_end_entity(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    if is_misplaced(analysis, id, oid::POLICY_CONSTRAINTS) {
        misplaced(analysis, id, oid::POLICY_CONSTRAINTS, findings);
    }
}

static IAP_NOT_CRITICAL: Rule = Rule {
    name: "iap-not-critical",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.14",
    summary: "inhibitAnyPolicy is not critical.",
    explanation: "RFC 5280 demands that CAs mark inhibitAnyPolicy critical: a verifier that skips it would take anyPolicy for every \
        policy where the CA meant to exclude that. Issue the CA with the mark.",
    check: Check::Certificate(iap_not_critical),
};

fn iap_not_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if is_uncritical(certificate, oid::INHIBIT_ANY_POLICY) {
        findings
            .at(analysis.place(id, Field::Extension(oid::INHIBIT_ANY_POLICY)))
            .message(format!(
                "inhibitAnyPolicy of `{}` is not critical",
                certificate.label()
            ))
            .evidence("critical FALSE; expected TRUE")
            .help("issue the CA certificate again with inhibitAnyPolicy marked critical");
    }
}

static IAP_IN_END_ENTITY: Rule = Rule {
    name: "iap-in-end-entity",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.14",
    summary: "An end-entity certificate has inhibitAnyPolicy.",
    explanation: "inhibitAnyPolicy limits what a CA issues. In a certificate that issues nothing it has no effect, and usually \
        means that it was issued from the profile of a CA.",
    check: Check::Certificate(iap_in_end_entity),
};

fn iap_in_end_entity(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    if is_misplaced(analysis, id, oid::INHIBIT_ANY_POLICY) {
        misplaced(analysis, id, oid::INHIBIT_ANY_POLICY, findings);
    }
}
