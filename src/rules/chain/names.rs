//! Names of certificates against the name constraints of the CAs above them (RFC 5280 §4.2.1.10).

use crate::analysis::{Analysis, CertificateId};
use crate::cert::extension::{GeneralName, NameConstraints};
use crate::cert::name::Attribute;
use crate::cert::{Certificate, Field, oid};
use crate::path::Path;
use crate::path::names::{self, NameProblem};
use crate::rules::{Check, Finding, Findings, Place, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &CHAIN_NAME_CONSTRAINTS_VIOLATED,
    &CHAIN_NAME_CONSTRAINTS_NOT_PROCESSED,
    &CHAIN_NAME_CONSTRAINTS_CN_OUTSIDE,
    &CHAIN_NAME_CONSTRAINTS_WIDENED,
];

const NAME_CONSTRAINTS: Field<'static> = Field::Extension(oid::NAME_CONSTRAINTS);

/// How many comparisons of a name with a constraint are made on one path: fewer where there are
/// many paths, so that all of them together are bounded, too.
fn budget(analysis: &Analysis) -> usize {
    let paths = analysis.searches.len() + analysis.bundle_paths.len();
    (2_500_000 / paths.max(1)).clamp(20_000, 250_000)
}

/// The CAs of a path that constrain names, each with the certificates that its constraints are on.
fn constrained<'p, 'a>(
    analysis: &'p Analysis<'a>,
    path: &'p Path,
) -> impl Iterator<Item = (CertificateId, &'p NameConstraints<'a>, Vec<CertificateId>)> {
    let certificates = path.certificates.iter().enumerate().skip(1);
    certificates.filter_map(move |(index, id)| {
        let constraints = analysis.certificate(*id).values.name_constraints.as_ref()?;
        let below = path.certificates[..index].iter().enumerate();
        // RFC 5280 §6.1.3(b): a CA's new certificate for itself is not held to its own constraints.
        let judged = below.filter(|(position, below)| {
            let is_final = *position == 0 && path.client.is_some();
            is_final || !analysis.certificate(**below).is_self_issued()
        });
        Some((*id, constraints, judged.map(|(_, below)| *below).collect()))
    })
}

/// The first problem of each certificate with each CA above it.
fn problems(
    analysis: &Analysis,
    path: &Path,
    mut report: impl FnMut(CertificateId, CertificateId, NameProblem),
) {
    let mut budget = budget(analysis);
    for (ca, constraints, below) in constrained(analysis, path) {
        for id in below {
            let certificate = analysis.certificate(id);
            if let Err(problem) = names::violation(constraints, certificate, &mut budget) {
                let exhausted = problem == NameProblem::BudgetExhausted;
                report(ca, id, problem);
                if exhausted {
                    return;
                }
            }
        }
    }
}

/// The place of a constraint, or of the whole extension.
fn constraint_place(analysis: &Analysis, ca: CertificateId, problem: &NameProblem) -> Place {
    match problem.constraint() {
        Some(constraint) => analysis.place_within(ca, NAME_CONSTRAINTS, constraint.range.clone()),
        None => analysis.place(ca, NAME_CONSTRAINTS),
    }
}

/// The place of the name that a problem is about.
fn name_place(analysis: &Analysis, id: CertificateId, problem: &NameProblem) -> Place {
    match problem.name() {
        Some(name) => analysis.place_within(id, name.field, name.range.clone()),
        None => analysis.place(id, Field::Extension(oid::SUBJECT_ALT_NAME)),
    }
}

fn block(finding: &mut Finding, path: &Path) {
    if path.client.is_some() {
        finding.blocking();
    }
}

static CHAIN_NAME_CONSTRAINTS_VIOLATED: Rule = Rule {
    name: "chain-name-constraints-violated",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.10, §6.1.3(b), (c)",
    summary: "A name of a certificate is outside of what a CA above it permits, or inside of what it excludes.",
    explanation: "nameConstraints limits the names in every certificate below a CA. OpenSSL and nginx answer error 47, \"permitted subtree \
        violation\", or 48, \"excluded subtree violation\"; rustls answers NameConstraintViolation, Go says that a CA is not authorized \
        to sign for this name. Java looks at no constraints of an anchor, and rustls, Go and GnuTLS accepted where the root, not the \
        intermediate that was their anchor, had them. Issue the certificate with a name that the CA permits, or under another CA.",
    check: Check::Path(chain_name_constraints_violated),
};

fn chain_name_constraints_violated(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    problems(analysis, path, |ca, id, problem| {
        let certificate = analysis.certificate(id).label();
        let issuer = analysis.certificate(ca).label();
        let (message, help) = match &problem {
            // That one is chain-name-constraints-not-processed.
            NameProblem::NotProcessed { .. } => return,
            NameProblem::Excluded { .. } => (
                format!("`{certificate}` has a name that `{issuer}` excludes"),
                "issue the certificate with a name that the CA does not exclude, or under another CA",
            ),
            NameProblem::NotPermitted { .. } => (
                format!("`{certificate}` has a name that `{issuer}` does not permit"),
                "issue the certificate with a name that the CA permits, or under another CA",
            ),
            NameProblem::MalformedConstraint { .. } => (
                format!("a name of `{certificate}` meets a malformed constraint of `{issuer}`"),
                "issue the CA certificate again with a well-formed nameConstraints, keeping its key",
            ),
            NameProblem::MalformedName { .. } => (
                format!("`{certificate}` has a malformed name where `{issuer}` constrains names"),
                "issue the certificate with well-formed names",
            ),
            NameProblem::BudgetExhausted => (
                format!(
                    "`{certificate}` and `{issuer}` have too many names and constraints to compare"
                ),
                "use fewer names in the certificate, or fewer constraints in the CA",
            ),
        };
        let finding = findings.at(name_place(analysis, id, &problem));
        finding
            .message(message)
            .evidence(problem.to_string())
            .related(constraint_place(analysis, ca, &problem))
            .help(help);
        block(finding, path);
    });
}

static CHAIN_NAME_CONSTRAINTS_NOT_PROCESSED: Rule = Rule {
    name: "chain-name-constraints-not-processed",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.10, §6.1.4(g)",
    summary: "A CA constrains a form of names that verifiers, some or all, do not evaluate.",
    explanation: "Where a certificate below has a name of such a form, a verifier must reject it if nameConstraints is critical: an error. \
        Nothing defines how to compare otherName, x400Address, ediPartyName and registeredID, nor what minimum and maximum mean. \
        directoryName, rfc822Name and URI are defined, but rustls rejects every name of a form that is constrained so, and Go \
        refused a critical directoryName constraint; that is an info here. Use dNSName or iPAddress constraints where that matters.",
    check: Check::Path(chain_name_constraints_not_processed),
};

fn chain_name_constraints_not_processed(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    problems(analysis, path, |ca, id, problem| {
        if !matches!(problem, NameProblem::NotProcessed { .. }) {
            return;
        }
        let finding = findings.at(constraint_place(analysis, ca, &problem));
        finding
            .severity(Severity::Error)
            .message(format!(
                "`{}` constrains names of `{}` in a way that no verifier can evaluate",
                analysis.certificate(ca).label(),
                analysis.certificate(id).label()
            ))
            .evidence(problem.to_string())
            .related(name_place(analysis, id, &problem))
            .help("issue the CA certificate again without this constraint, keeping its key");
        block(finding, path);
    });
    for (ca, constraints, below) in constrained(analysis, path) {
        for (kind, who) in [
            (GeneralName::DIRECTORY_NAME, "rustls and Go"),
            (GeneralName::RFC822_NAME, "rustls"),
            (GeneralName::URI, "rustls"),
        ] {
            let constraint = constraints
                .subtrees()
                .find(|subtree| subtree.base.kind == kind);
            let named = below
                .iter()
                .find(|id| has_name(analysis.certificate(**id), kind));
            let (Some(constraint), Some(named)) = (constraint, named) else {
                continue;
            };
            let range = constraint.tlv.range();
            findings
                .at(analysis.place_within(ca, NAME_CONSTRAINTS, range))
                .severity(Severity::Info)
                .message(format!(
                    "`{}` constrains {}, which {who} cannot evaluate",
                    analysis.certificate(ca).label(),
                    constraint.base.form()
                ))
                .evidence(format!("constraint: {}", names::describe(&constraint.base)))
                .evidence(format!(
                    "below it with such a name: {}",
                    analysis.describe(*named)
                ))
                .help(
                    "constrain dNSName or iPAddress instead, if these have to accept the clients",
                );
        }
    }
}

/// Whether a certificate has a name of this form.
fn has_name(certificate: &Certificate<'_>, kind: u8) -> bool {
    let mut names = certificate.values.subject_alt_names.iter();
    kind == GeneralName::DIRECTORY_NAME && !certificate.subject.is_empty()
        || names.any(|name| name.kind == kind)
}

static CHAIN_NAME_CONSTRAINTS_CN_OUTSIDE: Rule = Rule {
    name: "chain-name-constraints-cn-outside",
    severity: Severity::Info,
    citation: "RFC 5280 §4.2.1.10; OpenSSL `NAME_CONSTRAINTS_check_CN`",
    summary: "A client without a dNSName has a host name as commonName that is outside of a CA's dNSName constraints.",
    explanation: "By RFC 5280 constraints on dNSName do not concern the commonName. OpenSSL applies them to it nevertheless \
        and answers error 47 or 48, where the certificate has no dNSName and the commonName looks like a host name. \
        Put the host name into subjectAltName, inside of what the CA permits, or give the client a commonName that is no host name.",
    check: Check::Path(chain_name_constraints_cn_outside),
};

fn chain_name_constraints_cn_outside(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    let (Some(leaf), Some(_)) = (path.certificates.first(), path.client) else {
        return;
    };
    let certificate = analysis.certificate(*leaf);
    let mut names = certificate.values.subject_alt_names.iter();
    if names.any(|name| name.kind == GeneralName::DNS_NAME) {
        return;
    }
    let common_names = certificate.subject.attributes(oid::COMMON_NAME);
    let hosts: Vec<_> = common_names
        .filter_map(Attribute::text)
        .filter(|text| text.contains('.') && names::domain::host_name(text.as_bytes()).is_ok())
        .collect();
    let mut budget = budget(analysis);
    for (ca, constraints, _) in constrained(analysis, path) {
        for host in &hosts {
            if let Some(range) = names::host_outside(constraints, host, &mut budget) {
                findings
                    .at(analysis.place(*leaf, Field::Subject))
                    .message(format!(
                        "the commonName is a host name that `{}` does not permit",
                        analysis.certificate(ca).label()
                    ))
                    .evidence(format!("CN `{host}`, and no dNSName in subjectAltName"))
                    .related(analysis.place_within(ca, NAME_CONSTRAINTS, range))
                    .help(
                        "use a commonName that is no host name, or a host name that the CA permits",
                    );
            }
        }
    }
}

static CHAIN_NAME_CONSTRAINTS_WIDENED: Rule = Rule {
    name: "chain-name-constraints-widened",
    severity: Severity::Info,
    citation: "RFC 5280 §6.1.4(g)",
    summary: "A CA permits names that a CA above it does not permit.",
    explanation: "What counts is what every CA on the path permits, so the wider constraint has no effect, and certificates that rely on it \
        are rejected. It is likely a mistake in one of the two CAs. Permit in the lower CA only what the upper one permits.",
    check: Check::Path(chain_name_constraints_widened),
};

fn chain_name_constraints_widened(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    let mut budget = budget(analysis);
    for (ca, above, below) in constrained(analysis, path) {
        for id in below {
            let Some(own) = &analysis.certificate(id).values.name_constraints else {
                continue;
            };
            for subtree in names::widened(above, own, &mut budget) {
                findings
                    .at(analysis.place_within(id, NAME_CONSTRAINTS, subtree.tlv.range()))
                    .message(format!(
                        "`{}` permits names that `{}` above it does not permit",
                        analysis.certificate(id).label(),
                        analysis.certificate(ca).label()
                    ))
                    .evidence(format!("permitted: {}", names::describe(&subtree.base)))
                    .related(analysis.place(ca, NAME_CONSTRAINTS))
                    .help("permit in the lower CA only what the upper one permits");
            }
        }
    }
}
