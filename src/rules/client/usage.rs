//! What a client certificate, and the CAs above it, may be used for.

use super::{chose_any, is_first_path_with};
use crate::analysis::{Analysis, CertificateId, CertificateRole, Client};
use crate::cert::extension::KeyUsage;
use crate::cert::{Field, oid};
use crate::path::Path;
use crate::rules::cert::extended_key_usage::describe;
use crate::rules::{Check, Finding, Findings, Rule, Severity};
use crate::verifiers::Library;

pub(in crate::rules) static RULES: &[&Rule] = &[
    &MTLS_LEAF_NO_CLIENT_AUTH,
    &MTLS_LEAF_NO_EKU,
    &MTLS_LEAF_ANY_EKU_ONLY,
    &MTLS_LEAF_CLIENT_AND_SERVER_AUTH,
    &MTLS_LEAF_NO_DIGITAL_SIGNATURE,
    &MTLS_LEAF_IS_CA,
    &MTLS_LEAF_SELF_SIGNED,
    &MTLS_INTERMEDIATE_EXCLUDES_CLIENT_AUTH,
    &MTLS_ROOT_EXCLUDES_CLIENT_AUTH,
];

const EXTENDED_KEY_USAGE: Field<'static> = Field::Extension(oid::EXTENDED_KEY_USAGE);

static MTLS_LEAF_NO_CLIENT_AUTH: Rule = Rule {
    name: "mtls-leaf-no-client-auth",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.12, RFC 8446 §4.4.2.4",
    summary: "The client certificate's extKeyUsage does not allow client authentication.",
    explanation: "Every verifier rejects the client: nginx and the others on OpenSSL with `unsuitable certificate purpose` (26), \
        Go with `incompatible key usage`, rustls with a missing extended key usage. \
        Mostly a server certificate was taken, or the CA issues from a server profile; most public CAs no longer issue for clients. \
        Issue the certificate with extKeyUsage clientAuth.",
    check: Check::Client(mtls_leaf_no_client_auth),
};

fn mtls_leaf_no_client_auth(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = client.leaf else { return };
    let certificate = analysis.certificate(leaf);
    let has = |purpose| certificate.has_purpose(purpose);
    if has(oid::CLIENT_AUTH) != Some(false) || has(oid::ANY_EXTENDED_KEY_USAGE) != Some(false) {
        return;
    }
    let only_server = certificate.values.extended_key_usage.as_deref() == Some(&[oid::SERVER_AUTH]);
    findings
        .at(analysis.place(leaf, EXTENDED_KEY_USAGE))
        .blocking()
        .message(if only_server {
            format!(
                "`{}` is a server certificate: it does not allow client authentication",
                certificate.label()
            )
        } else {
            format!(
                "`{}` does not allow client authentication",
                certificate.label()
            )
        })
        .evidence(describe(certificate))
        .evidence("servers look for clientAuth (1.3.6.1.5.5.7.3.2)")
        .help("issue a certificate with extKeyUsage clientAuth for this client");
}

static MTLS_LEAF_NO_EKU: Rule = Rule {
    name: "mtls-leaf-no-eku",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.12",
    summary: "The client certificate has no extKeyUsage.",
    explanation: "Without extKeyUsage every verifier accepts the certificate, for this purpose and for any other: as a server certificate, too. \
        Stricter profiles refuse it. Issue it with clientAuth alone.",
    check: Check::Client(mtls_leaf_no_eku),
};

fn mtls_leaf_no_eku(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = client.leaf else { return };
    let certificate = analysis.certificate(leaf);
    // version-not-v3 says it for certificates that cannot have extensions.
    if certificate.version < 3
        || certificate.extensions.is_empty()
        || certificate.extension(oid::EXTENDED_KEY_USAGE).is_some()
    {
        return;
    }
    findings
        .at(analysis.place(leaf, Field::Extensions))
        .message(format!(
            "`{}` does not say what it is for: it has no extKeyUsage",
            certificate.label()
        ))
        .evidence("a verifier takes that as permission for every purpose")
        .help("issue it again with extKeyUsage clientAuth");
}

static MTLS_LEAF_ANY_EKU_ONLY: Rule = Rule {
    name: "mtls-leaf-any-eku-only",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.12",
    summary: "The client certificate relies on anyExtendedKeyUsage instead of clientAuth.",
    explanation: "RFC 5280 lets a verifier demand the specific purpose, and many do: nginx and everything else on OpenSSL, Envoy and rustls reject the client, \
        while Go, Java and GnuTLS accept it. It is an error where a verifier that was chosen rejects. \
        List clientAuth.",
    check: Check::Client(mtls_leaf_any_eku_only),
};

fn mtls_leaf_any_eku_only(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = client.leaf else { return };
    let certificate = analysis.certificate(leaf);
    let has = |purpose| certificate.has_purpose(purpose);
    if has(oid::CLIENT_AUTH) != Some(false) || has(oid::ANY_EXTENDED_KEY_USAGE) != Some(true) {
        return;
    }
    let finding = findings.at(analysis.place(leaf, EXTENDED_KEY_USAGE));
    finding
        .message(format!(
            "`{}` allows any purpose, but does not name client authentication",
            certificate.label()
        ))
        .evidence(describe(certificate))
        .evidence(
            "OpenSSL (nginx, httpd, HAProxy), Envoy and rustls do not count anyExtendedKeyUsage",
        )
        .help("issue it again with clientAuth in extKeyUsage");
    if chose_any(
        analysis,
        &[Library::Openssl, Library::Boringssl, Library::Webpki],
    ) {
        finding.severity(Severity::Error).blocking();
    }
}

static MTLS_LEAF_CLIENT_AND_SERVER_AUTH: Rule = Rule {
    name: "mtls-leaf-client-and-server-auth",
    severity: Severity::Info,
    citation: "Practice; RFC 5280 §4.2.1.12",
    summary: "The client certificate is for clients and for servers.",
    explanation: "It works with every verifier. But whoever steals the key of this client can also pose as a server under its names. \
        Peers that call each other, as in a service mesh, need both; a mere client does not.",
    check: Check::Client(mtls_leaf_client_and_server_auth),
};

fn mtls_leaf_client_and_server_auth(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = client.leaf else { return };
    let certificate = analysis.certificate(leaf);
    let has = |purpose| certificate.has_purpose(purpose) == Some(true);
    if !has(oid::CLIENT_AUTH) || !has(oid::SERVER_AUTH) {
        return;
    }
    findings
        .at(analysis.place(leaf, EXTENDED_KEY_USAGE))
        .message(format!(
            "`{}` is good as client and as server",
            certificate.label()
        ))
        .evidence(describe(certificate))
        .help("leave serverAuth out unless this client is a server, too");
}

static MTLS_LEAF_NO_DIGITAL_SIGNATURE: Rule = Rule {
    name: "mtls-leaf-no-digital-signature",
    severity: Severity::Error,
    citation: "RFC 8446 §4.4.2.2, RFC 5280 §4.2.1.3",
    summary: "The client certificate's keyUsage lacks digitalSignature.",
    explanation: "A TLS client proves that it has the key by signing, so the key must be for digitalSignature. \
        nginx and the others on OpenSSL reject the client (26), unless it has keyAgreement, which TLS 1.3 has no use for; \
        Java, Envoy and GnuTLS reject it as well, Go and rustls do not look. Issue it with digitalSignature.",
    check: Check::Client(mtls_leaf_no_digital_signature),
};

fn mtls_leaf_no_digital_signature(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = client.leaf else { return };
    let certificate = analysis.certificate(leaf);
    let Some(usage) = certificate.values.key_usage else {
        return;
    };
    if usage.has(KeyUsage::DIGITAL_SIGNATURE) {
        return;
    }
    let finding = findings.at(analysis.place(leaf, Field::Extension(oid::KEY_USAGE)));
    finding
        .blocking()
        .message(format!(
            "`{}` may not sign, which is how a TLS client authenticates: its keyUsage lacks digitalSignature",
            certificate.label()))
        .evidence(format!("keyUsage: {}", usage.describe()))
        .help("issue it again with digitalSignature in keyUsage");
    if usage.has(KeyUsage::KEY_AGREEMENT) {
        finding.evidence("OpenSSL lets keyAgreement pass; other verifiers do not");
    }
}

static MTLS_LEAF_IS_CA: Rule = Rule {
    name: "mtls-leaf-is-ca",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.9; rustls-webpki `CaUsedAsEndEntity`",
    summary: "The client authenticates with a CA certificate.",
    explanation: "rustls rejects it, and SPIFFE validators do. Where it is accepted, as by nginx, Envoy, Go and Java, every such client can issue more clients \
        that the server accepts. `openssl req -x509` makes a CA certificate unless it is told otherwise. \
        Issue an end-entity certificate, basicConstraints cA FALSE.",
    check: Check::Client(mtls_leaf_is_ca),
};

fn mtls_leaf_is_ca(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = client.leaf else { return };
    let certificate = analysis.certificate(leaf);
    if !certificate.says_ca() {
        return;
    }
    let usage = certificate.values.key_usage;
    findings
        .at(analysis.place(leaf, Field::Extension(oid::BASIC_CONSTRAINTS)))
        .blocking()
        .message(format!(
            "the client certificate `{}` is a CA certificate",
            certificate.label()
        ))
        .evidence("basicConstraints: cA TRUE")
        .evidence(usage.map_or_else(
            || "there is no keyUsage".to_owned(),
            |usage| format!("keyUsage: {}", usage.describe()),
        ))
        .help("give the client an end-entity certificate");
}

static MTLS_LEAF_SELF_SIGNED: Rule = Rule {
    name: "mtls-leaf-self-signed",
    severity: Severity::Warning,
    citation: "Practice; RFC 5280 §3.2",
    summary: "The client certificate is signed by its own key.",
    explanation: "No CA vouches for it, so the server must have this very certificate in its bundle, and a new one with every renewal. \
        OpenSSL says `self-signed certificate` (18) where it is missing. \
        Issue the client's certificate from a CA that the servers trust.",
    check: Check::Client(mtls_leaf_self_signed),
};

fn mtls_leaf_self_signed(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = client.leaf else { return };
    if !analysis.graph.is_self_signed(analysis.entry(leaf).first) {
        return;
    }
    let certificate = analysis.certificate(leaf);
    findings
        .at(analysis.place(leaf, Field::Issuer))
        .message(format!(
            "the client certificate `{}` is self-signed",
            certificate.label()
        ))
        .evidence(if analysis.in_bundle(leaf) {
            "the bundle holds this very certificate"
        } else {
            "the bundle does not hold it"
        })
        .help("issue the client's certificate from a CA of the bundle");
}

static MTLS_INTERMEDIATE_EXCLUDES_CLIENT_AUTH: Rule = Rule {
    name: "mtls-intermediate-excludes-client-auth",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.12; OpenSSL `check_chain`, Go crypto/x509",
    summary: "An intermediate's extKeyUsage does not allow client authentication.",
    explanation: "OpenSSL and Go apply the purposes of an intermediate to everything below it, and reject the client even if its own certificate is right: \
        nginx says `invalid CA certificate` (79) and then `unsuitable certificate purpose` (26). Envoy and rustls do so where the client sends the intermediate. \
        anyExtendedKeyUsage is enough for Go and Java, but not for OpenSSL. Issue the intermediate with clientAuth, or without extKeyUsage.",
    check: Check::Path(mtls_intermediate_excludes_client_auth),
};

fn mtls_intermediate_excludes_client_auth(
    analysis: &Analysis,
    path: &Path,
    findings: &mut Findings,
) {
    for id in excluding(analysis, path, CertificateRole::Intermediate) {
        let certificate = analysis.certificate(id);
        let finding = findings.at(analysis.place(id, EXTENDED_KEY_USAGE));
        finding
            .message(format!(
                "the intermediate `{}` does not allow client authentication below it",
                certificate.label()))
            .help("issue the intermediate again with clientAuth in extKeyUsage, or without extKeyUsage");
        add_evidence(finding, analysis, path, id);
        if path.client.is_some() {
            finding.blocking();
        } else {
            // No client is under it yet.
            finding.severity(Severity::Warning);
        }
    }
}

static MTLS_ROOT_EXCLUDES_CLIENT_AUTH: Rule = Rule {
    name: "mtls-root-excludes-client-auth",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.12; OpenSSL `check_chain`",
    summary: "A root's extKeyUsage does not allow client authentication.",
    explanation: "RFC 5280 does not look at a root's purposes, and Java, Envoy and rustls do not either. \
        nginx and everything else on OpenSSL do, and reject every client below it (26); Go does where its path ends in this root. \
        It is an error where a verifier that was chosen rejects. Issue the root without extKeyUsage.",
    check: Check::Path(mtls_root_excludes_client_auth),
};

fn mtls_root_excludes_client_auth(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    for id in excluding(analysis, path, CertificateRole::Root) {
        let certificate = analysis.certificate(id);
        let finding = findings.at(analysis.place(id, EXTENDED_KEY_USAGE));
        finding
            .message(format!(
                "the root `{}` does not allow client authentication below it",
                certificate.label()
            ))
            .help("issue the root again without extKeyUsage");
        add_evidence(finding, analysis, path, id);
        if path.client.is_some() && chose_any(analysis, &[Library::Openssl, Library::Go]) {
            finding.severity(Severity::Error).blocking();
        }
    }
}

/// The CAs of this role on the path whose purposes leave out client authentication, each on its first path only.
///
/// Under a client anyExtendedKeyUsage does not make up for it, because OpenSSL does not count it.
fn excluding(analysis: &Analysis, path: &Path, role: CertificateRole) -> Vec<CertificateId> {
    let cas = if path.client.is_some() {
        path.issuers()
    } else {
        &path.certificates
    };
    let excludes = |id: &&CertificateId| {
        let certificate = analysis.certificate(**id);
        let any_is_enough = path.client.is_none()
            && certificate.has_purpose(oid::ANY_EXTENDED_KEY_USAGE) == Some(true);
        analysis.certificate_role(**id) == role
            && certificate.has_purpose(oid::CLIENT_AUTH) == Some(false)
            && !any_is_enough
            && is_first_path_with(analysis, path, **id)
    };
    cas.iter().filter(excludes).copied().collect()
}

fn add_evidence(finding: &mut Finding, analysis: &Analysis, path: &Path, id: CertificateId) {
    let certificate = analysis.certificate(id);
    finding.evidence(describe(certificate));
    if certificate.has_purpose(oid::ANY_EXTENDED_KEY_USAGE) == Some(true) {
        finding.evidence("OpenSSL does not count anyExtendedKeyUsage, Go and Java do");
    }
    if path.client.is_some() {
        let leaf = path.certificates[0];
        finding
            .evidence(format!("it is on the path of {}", analysis.describe(leaf)))
            .related(analysis.place(leaf, Field::Certificate));
    }
}
