//! Who the client is, by its certificate.

use std::collections::HashMap;

use super::chose_any;
use crate::verifiers::Library;
use std::borrow::Cow;

use crate::analysis::{Analysis, CertificateId, CertificateRole, Client};
use crate::cert::extension::GeneralName;
use crate::cert::name::{Attribute, Name};
use crate::cert::{Certificate, Field, hex, oid};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &MTLS_LEAF_IDENTITY_MISSING,
    &MTLS_LEAF_WILDCARD_IDENTITY,
    &MTLS_CLIENT_SHARES_CA_NAME,
];

static MTLS_LEAF_IDENTITY_MISSING: Rule = Rule {
    name: "mtls-leaf-identity-missing",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.1.2.6, §4.2.1.6",
    summary: "The client certificate has neither a commonName nor a subjectAltName.",
    explanation: "The server accepts the client, but cannot tell it from others: authorisation goes by the name in subjectAltName, \
        or by the commonName, as nginx's $ssl_client_s_dn and ingress-nginx's match-cn do. \
        Issue the certificate with a name of this client in it.",
    check: Check::Client(mtls_leaf_identity_missing),
};

fn mtls_leaf_identity_missing(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = client.leaf else { return };
    let certificate = analysis.certificate(leaf);
    let has_common_name =
        common_name(&certificate.subject).is_some_and(|name| !name.trim().is_empty());
    let has_alternative = certificate
        .values
        .subject_alt_names
        .iter()
        .any(|name| !name.value.is_empty());
    if has_common_name || has_alternative {
        return;
    }
    findings
        .at(analysis.place(leaf, Field::Subject))
        .message("the client certificate does not say whose it is")
        .evidence(format!("subject: {}", certificate.subject))
        .evidence("it has no commonName and no subjectAltName")
        .help("issue it again with a commonName or a subjectAltName");
}

static MTLS_LEAF_WILDCARD_IDENTITY: Rule = Rule {
    name: "mtls-leaf-wildcard-identity",
    severity: Severity::Info,
    citation: "Practice; RFC 9525 §6.3",
    summary: "The client certificate's name is a wildcard.",
    explanation: "Wildcards are for servers, where the client knows the name that it looks for. \
        A server that authorises clients by name compares it as it stands, so `*.example.com` is everyone or no one. \
        Give each client its own name.",
    check: Check::Client(mtls_leaf_wildcard_identity),
};

fn mtls_leaf_wildcard_identity(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = client.leaf else { return };
    let certificate = analysis.certificate(leaf);
    let alternatives = certificate.values.subject_alt_names.iter();
    let wildcard = alternatives
        .filter(|name| name.kind == DNS_NAME)
        .map(|name| String::from_utf8_lossy(name.value).into_owned())
        .find(|name| is_wildcard(name));
    let (field, kind, name) = if let Some(name) = wildcard {
        (Field::Extension(oid::SUBJECT_ALT_NAME), "dNSName", name)
    } else if let Some(name) = common_name(&certificate.subject).filter(|name| is_wildcard(name)) {
        (Field::Subject, "commonName", name)
    } else {
        return;
    };
    findings
        .at(analysis.place(leaf, field))
        .message(format!("the client certificate is for a wildcard: {name}"))
        .evidence(format!("{kind}: {name}"))
        .help("issue a certificate with the name of this one client");
}

/// The text of the last commonName, if there is one.
fn common_name(name: &Name<'_>) -> Option<String> {
    name.attributes(oid::COMMON_NAME)
        .last()
        .and_then(Attribute::text)
        .map(Cow::into_owned)
}

/// The tag of `dNSName` in `GeneralName`.
const DNS_NAME: u8 = 2;

/// Whether the first label of a host name has an asterisk in it.
fn is_wildcard(name: &str) -> bool {
    let (label, rest) = name.split_once('.').unwrap_or((name, ""));
    label == "*"
        || (label.contains('*') && rest.contains('.') && !name.contains(char::is_whitespace))
}

static MTLS_CLIENT_SHARES_CA_NAME: Rule = Rule {
    name: "mtls-client-shares-ca-name",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.6; OpenSSL `x509v3_cache_extensions`",
    summary: "The client certificate has the same subject as its CA.",
    explanation: "Where subject and issuer are equal, OpenSSL takes the certificate for self-signed, and nginx, httpd and HAProxy reject the client (18); \
        only an authorityKeyIdentifier that differs from the certificate's own subjectKeyIdentifier tells it otherwise. \
        It is a warning where that is so. It comes from answering the questions of `openssl req` alike for the CA and the client. \
        Give the client a subject of its own.",
    check: Check::Bundle(mtls_client_shares_ca_name),
};

fn mtls_client_shares_ca_name(analysis: &Analysis, findings: &mut Findings) {
    if analysis.clients.is_empty() {
        return;
    }
    let mut bundle_cas: HashMap<Vec<u8>, CertificateId> = HashMap::new();
    for id in analysis.distinct_bundle() {
        if analysis.certificate_role(id) != CertificateRole::EndEntity {
            let key = analysis.certificate(id).subject.comparison_key();
            bundle_cas.entry(key).or_insert(id);
        }
    }
    for client in &analysis.clients {
        let Some(leaf) = client.leaf else { continue };
        let first = analysis.entry(leaf).first;
        if analysis.graph.is_self_signed(first) {
            continue;
        }
        let subject = analysis.certificate(leaf).subject.comparison_key();
        let is_other = |id: &CertificateId| analysis.entry(*id).first != first;
        let sent = client
            .certificates
            .iter()
            .copied()
            .filter(is_other)
            .find(|id| {
                analysis.certificate_role(*id) != CertificateRole::EndEntity
                    && analysis.certificate(*id).subject.comparison_key() == subject
            });
        if let Some(ca) = bundle_cas.get(&subject).copied().filter(is_other).or(sent) {
            report_shared_name(analysis, leaf, ca, findings);
        }
    }
}

fn report_shared_name(
    analysis: &Analysis,
    leaf: CertificateId,
    ca: CertificateId,
    findings: &mut Findings,
) {
    let certificate = analysis.certificate(leaf);
    let finding = findings.at(analysis.place(leaf, Field::Subject));
    finding
        .message(format!(
            "the client certificate has the same subject as the CA {}",
            analysis.describe(ca)
        ))
        .evidence(format!("both: {}", certificate.subject))
        .related(analysis.place(ca, Field::Subject))
        .help("issue the client's certificate with a subject of its own");
    let ids = (
        certificate
            .values
            .authority_key_id
            .as_ref()
            .and_then(|aki| aki.key_id),
        certificate.values.subject_key_id,
    );
    if let (Some(issuer), Some(own)) = ids {
        finding.evidence(format!(
            "authorityKeyIdentifier {}, subjectKeyIdentifier {}",
            hex(issuer),
            hex(own)
        ));
    }
    if looks_self_signed(certificate) {
        finding.evidence("nothing in it tells OpenSSL that it is not self-signed");
        if chose_any(analysis, &[Library::Openssl]) {
            finding.blocking();
        }
    } else {
        finding.severity(Severity::Warning);
    }
}

/// Whether OpenSSL takes the certificate for self-signed: by its names, unless `authorityKeyIdentifier`
/// speaks against it (`X509_check_akid`). The signature itself is not checked there.
fn looks_self_signed(certificate: &Certificate<'_>) -> bool {
    let values = &certificate.values;
    let Some(aki) = &values.authority_key_id else {
        return certificate.is_self_issued();
    };
    let differs = |wanted: Option<&[u8]>, own: Option<&[u8]>| {
        wanted.zip(own).is_some_and(|(wanted, own)| wanted != own)
    };
    let other_issuer = aki
        .issuer
        .as_ref()
        .is_some_and(|issuer| issuer.comparison_key() != certificate.issuer.comparison_key());
    certificate.is_self_issued()
        && !differs(aki.key_id, values.subject_key_id)
        && !differs(aki.serial, Some(certificate.serial))
        && !other_issuer
}

/// The URIs among the alternative names of a certificate.
pub(super) fn uris<'s>(certificate: &'s Certificate<'_>) -> impl Iterator<Item = &'s [u8]> {
    /// The tag of `uniformResourceIdentifier` in `GeneralName`.
    const URI: u8 = 6;
    let names = certificate.values.subject_alt_names.iter();
    names
        .filter(|name: &&GeneralName| name.kind == URI)
        .map(|name| name.value)
}

#[cfg(test)]
mod tests {
    use super::is_wildcard;

    #[test]
    fn wildcards_are_told_from_text() {
        assert!(is_wildcard("*.example.com"));
        assert!(is_wildcard("*"));
        assert!(is_wildcard("db*.example.com"));
        assert!(!is_wildcard("client.example.com"));
        assert!(!is_wildcard("the *first* client"));
        assert!(!is_wildcard(""));
    }
}
