//! Certificates that stand above others without the right to.

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::bundle::Link;
use crate::cert::extension::KeyUsage;
use crate::cert::{Field, oid};
use crate::path::Path;
use crate::path::{Problem, judge};
use crate::rules::{Check, Finding, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &CHAIN_ISSUER_NOT_CA,
    &CHAIN_ISSUER_NOT_V3,
    &CHAIN_ISSUER_NO_KEYCERTSIGN,
    &CHAIN_PATHLEN_EXCEEDED,
    &CHAIN_PATHLEN_INCONSISTENT,
    &CHAIN_SELF_ISSUED_INTERMEDIATE,
];

/// Starts a finding for each issuer on the path that has this fault.
fn each_issuer(
    analysis: &Analysis,
    path: &Path,
    fault: &Problem,
    field: Field<'_>,
    findings: &mut Findings,
    describe: impl Fn(&mut Finding, CertificateId, CertificateId),
) {
    for (below, issuer) in path.certificates.iter().zip(path.issuers()) {
        if judge::of_issuer(analysis, *issuer).contains(fault) {
            let finding = findings.at(analysis.place(*issuer, field));
            describe(finding, *issuer, *below);
            finding.evidence(format!(
                "it stands above `{}`",
                analysis.certificate(*below).label()
            ));
            if path.client.is_some() {
                finding.blocking();
            }
        }
    }
}

static CHAIN_ISSUER_NOT_CA: Rule = Rule {
    name: "chain-issuer-not-ca",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.9, §6.1.4(k)",
    summary: "A certificate that issued another is not marked as a CA by basicConstraints.",
    explanation: "Only a certificate with basicConstraints cA TRUE may stand above another. OpenSSL and nginx answer error 24 \
        or 79, \"invalid CA certificate\"; rustls answers EndEntityUsedAsCa when the client sends it. Reissue the CA certificate \
        with critical basicConstraints, cA TRUE; its key may stay, and what it signed stays valid.",
    check: Check::Path(chain_issuer_not_ca),
};

fn chain_issuer_not_ca(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    let field = Field::Extension(oid::BASIC_CONSTRAINTS);
    each_issuer(
        analysis,
        path,
        &Problem::NotCa,
        field,
        findings,
        |finding, issuer, _| {
            let certificate = analysis.certificate(issuer);
            let found = match certificate.values.basic_constraints {
                Some(_) => "basicConstraints says cA FALSE",
                None => "there is no basicConstraints",
            };
            finding
            .message(format!("`{}` issued a certificate but is not marked as a CA", certificate.label()))
            .evidence(format!("{found}; expected cA TRUE"))
            .help("reissue the CA certificate with critical basicConstraints, cA TRUE, keeping its key");
        },
    );
}

static CHAIN_ISSUER_NOT_V3: Rule = Rule {
    name: "chain-issuer-not-v3",
    severity: Severity::Error,
    citation: "RFC 5280 §6.1.4(k)",
    summary: "An intermediate is a version 1 or 2 certificate, which cannot say that it is a CA.",
    explanation: "Before version 3 there is no basicConstraints, so verifiers cannot tell a CA from any other certificate. \
        OpenSSL, nginx, httpd and HAProxy reject (error 79, 26 or 24). Go, Java, GnuTLS and rustls accept it in the bundle and \
        reject it when the client sends it (rustls: UnsupportedCertVersion). This is what `openssl x509 -req` makes without an extension \
        file. Reissue the intermediate as version 3 with critical basicConstraints and keyUsage.",
    check: Check::Path(chain_issuer_not_v3),
};

fn chain_issuer_not_v3(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    each_issuer(
        analysis,
        path,
        &Problem::NotVersion3,
        Field::Version,
        findings,
        |finding, issuer, _| {
            let certificate = analysis.certificate(issuer);
            finding
            .message(format!(
                "the intermediate `{}` is a version {} certificate",
                certificate.label(), certificate.version
            ))
            .evidence("expected version 3 with basicConstraints cA TRUE")
            .help("reissue the intermediate as version 3 with critical basicConstraints and keyUsage keyCertSign");
        },
    );
}

static CHAIN_ISSUER_NO_KEYCERTSIGN: Rule = Rule {
    name: "chain-issuer-no-keycertsign",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.3, §6.1.4(n)",
    summary: "A certificate that issued another has a keyUsage without keyCertSign.",
    explanation: "keyUsage restricts what the key is for, and signing certificates is not listed. OpenSSL and nginx answer \
        error 24, 32 or 79 depending on the release, Go and Java reject, rustls ignores it. Reissue the CA certificate with keyCertSign; its key \
        may stay.",
    check: Check::Path(chain_issuer_no_keycertsign),
};

fn chain_issuer_no_keycertsign(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    let field = Field::Extension(oid::KEY_USAGE);
    each_issuer(
        analysis,
        path,
        &Problem::NoKeyCertSign,
        field,
        findings,
        |finding, issuer, _| {
            let certificate = analysis.certificate(issuer);
            let usage = certificate.values.key_usage.map(KeyUsage::describe);
            finding
                .message(format!(
                    "`{}` issued a certificate but may not sign certificates",
                    certificate.label()
                ))
                .evidence(format!(
                    "keyUsage is {}; expected keyCertSign",
                    usage.unwrap_or_default()
                ))
                .help("reissue the CA certificate with keyCertSign in keyUsage, keeping its key");
        },
    );
}

static CHAIN_PATHLEN_EXCEEDED: Rule = Rule {
    name: "chain-pathlen-exceeded",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.9, §6.1.4(l), (m)",
    summary: "More intermediates stand below a CA than its pathLenConstraint allows.",
    explanation: "pathLenConstraint counts the CA certificates that may follow before the end-entity; self-issued ones do not \
        count. OpenSSL and nginx answer error 25, rustls PathLenConstraintViolated when the CA is not itself the anchor. Reissue the CA \
        with a larger limit or none, or issue the client from a CA higher up.",
    check: Check::Path(chain_pathlen_exceeded),
};

fn chain_pathlen_exceeded(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    let mut below = 0_i64;
    for (index, id) in path.certificates.iter().enumerate() {
        let certificate = analysis.certificate(*id);
        let limit = certificate
            .values
            .basic_constraints
            .and_then(|constraints| constraints.path_len);
        if index > 0
            && let Some(limit) = limit
            && below > limit
        {
            let finding =
                findings.at(analysis.place(*id, Field::Extension(oid::BASIC_CONSTRAINTS)));
            finding
                .message(format!(
                    "`{}` allows {limit} intermediates below it, and there are {below}",
                    certificate.label()
                ))
                .evidence(format!("pathLenConstraint is {limit}"));
            for between in &path.certificates[..index] {
                if analysis.certificate_role(*between) == CertificateRole::Intermediate {
                    finding.evidence(format!("below it: {}", analysis.describe(*between)));
                }
            }
            finding.help("issue the client from a CA higher up, or reissue this CA with a larger pathLenConstraint");
            if path.client.is_some() {
                finding.blocking();
            }
        }
        // The path of a client starts with an end-entity; that of a bundle with a CA, which counts.
        let counts = index > 0
            || path.client.is_none()
                && analysis.certificate_role(*id) == CertificateRole::Intermediate;
        if counts && !certificate.is_self_issued() {
            below += 1;
        }
    }
}

static CHAIN_PATHLEN_INCONSISTENT: Rule = Rule {
    name: "chain-pathlen-inconsistent",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.9",
    summary: "A CA's pathLenConstraint is absent or not smaller than that of its issuer.",
    explanation: "The issuer's limit applies anyway, so a CA that claims more misleads whoever plans the next CA below it. \
        That CA will then be rejected. Give each CA a limit below its issuer's.",
    check: Check::Link(chain_pathlen_inconsistent),
};

fn chain_pathlen_inconsistent(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    let limit = |id| {
        let constraints = analysis.certificate(id).values.basic_constraints?;
        constraints.ca.then_some(constraints.path_len)
    };
    let (Some(own), Some(Some(above))) = (limit(link.subject), limit(link.issuer)) else {
        return;
    };
    let subject = analysis.certificate(link.subject);
    // A limit of 0 allows no CA at all: that is chain-pathlen-exceeded.
    if !link.is_valid()
        || link.is_self()
        || subject.is_self_issued()
        || above == 0
        || own.is_some_and(|own| own < above)
    {
        return;
    }
    let own = own.map_or("none".to_owned(), |own| own.to_string());
    findings
        .at(analysis.place(link.subject, Field::Extension(oid::BASIC_CONSTRAINTS)))
        .message(format!(
            "`{}` claims more CAs below it than its issuer allows",
            subject.label()
        ))
        .evidence(format!("its pathLenConstraint: {own}"))
        .evidence(format!(
            "that of its issuer `{}`: {above}",
            analysis.certificate(link.issuer).label()
        ))
        .related(analysis.place(link.issuer, Field::Extension(oid::BASIC_CONSTRAINTS)))
        .help(format!(
            "reissue it with pathLenConstraint {} or less",
            above - 1
        ));
}

static CHAIN_SELF_ISSUED_INTERMEDIATE: Rule = Rule {
    name: "chain-self-issued-intermediate",
    severity: Severity::Info,
    citation: "RFC 5280 §3.2, §6.1",
    summary: "A certificate in the path has equal subject and issuer but is signed by another key.",
    explanation: "This is how a CA certifies its new key with its old one. It is allowed and does not count against \
        pathLenConstraint, but rustls does not accept it as an intermediate. Keep it only until everything under the old key \
        has expired.",
    check: Check::Path(chain_self_issued_intermediate),
};

fn chain_self_issued_intermediate(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    for id in &path.certificates {
        let certificate = analysis.certificate(*id);
        if analysis.certificate_role(*id) == CertificateRole::Intermediate
            && certificate.is_self_issued()
        {
            findings
                .at(analysis.place(*id, Field::Subject))
                .message(format!(
                    "`{}` is self-issued but not self-signed: a key rollover",
                    certificate.label()
                ))
                .evidence(format!(
                    "issuer and subject are both `{}`",
                    certificate.label()
                ))
                .help("remove it when nothing under the old key is in use any more");
        }
    }
}
