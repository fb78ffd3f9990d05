//! Whom a root lets in besides those that it was meant for.

use crate::analysis::{Analysis, CertificateRole};
use crate::cert::Field;
use crate::path::{Path, PathEnd};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[&CLIENT_ROOT_OVER_TRUST];

static CLIENT_ROOT_OVER_TRUST: Rule = Rule {
    name: "client-root-over-trust",
    severity: Severity::Info,
    citation: "RFC 5280 §6.1; OpenSSL X509_V_FLAG_PARTIAL_CHAIN",
    summary: "A client is accepted although its issuing CA is not in the bundle: the root lets it in.",
    explanation: "The bundle lists issuing CAs, but it holds their root as well, and the root admits every CA under it: a client of another one only has to send \
        that CA's certificate. nginx, httpd and HAProxy need the root, so there a list of issuing CAs restricts nothing; check the issuer of the client's \
        certificate in the server's configuration ($ssl_client_i_dn in nginx). Envoy, Go, Java and rustls take an issuing CA without its root: leave the root out there.",
    check: Check::Path(client_root_over_trust),
};

fn client_root_over_trust(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    if path.client.is_none() || path.end != PathEnd::Root || !path.problems.is_empty() {
        return;
    }
    let [leaf, issuing, .., root] = path.certificates[..] else {
        return;
    };
    let listed = analysis.distinct_bundle().into_iter().find(|id| {
        analysis.certificate_role(*id) == CertificateRole::Intermediate
            && analysis
                .certificate(*id)
                .issuer
                .is_same(&analysis.certificate(root).subject)
    });
    let Some(listed) = listed.filter(|_| !analysis.in_bundle(issuing)) else {
        return;
    };
    findings
        .at(analysis.place(leaf, Field::Issuer))
        .message(format!(
            "`{}` is accepted, and its issuing CA `{}` is not in the bundle",
            analysis.certificate(leaf).label(),
            analysis.certificate(issuing).label()
        ))
        .evidence(format!("trusted: {}, which issued that CA, too", analysis.describe(root)))
        .evidence(format!("listed:  {}", analysis.describe(listed)))
        .related(analysis.place(root, Field::Subject))
        .help("if only clients of the listed CA may pass, check the issuer in the server's configuration, too");
}
