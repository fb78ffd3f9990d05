//! Key identifiers that do not lead from a certificate to its issuer.

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::bundle::{KeyIdMatch, Link};
use crate::cert::{Field, hex, oid};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &CHAIN_AKI_SKI_MISMATCH,
    &CHAIN_AKI_ISSUER_SERIAL_MISMATCH,
    &CHAIN_AKI_WITHOUT_ISSUER_SKI,
    &CHAIN_ROOT_AKI_NOT_OWN_SKI,
];

static CHAIN_AKI_SKI_MISMATCH: Rule = Rule {
    name: "chain-aki-ski-mismatch",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.1, §4.2.1.2",
    summary: "The key id in authorityKeyIdentifier is not the subjectKeyIdentifier of the certificate that signed.",
    explanation: "The signature is right, but the key id points elsewhere. OpenSSL, and so nginx and httpd, then does not take \
        this CA as the issuer and reports error 20 or 21; Envoy and Java reject too. Go and rustls ignore key ids. Reissue the \
        certificate, so that its key id equals the issuer's.",
    check: Check::Link(chain_aki_ski_mismatch),
};

fn chain_aki_ski_mismatch(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    if !link.is_valid()
        || link.is_self()
        || link.key_id != KeyIdMatch::Differs
        || has_link(analysis, link, |other| other.key_id == KeyIdMatch::Same)
    {
        return;
    }
    let (certificate, issuer) = (
        analysis.certificate(link.subject),
        analysis.certificate(link.issuer),
    );
    let wanted = certificate
        .values
        .authority_key_id
        .as_ref()
        .and_then(|aki| aki.key_id);
    let finding = findings.at(analysis.place(
        link.subject,
        Field::Extension(oid::AUTHORITY_KEY_IDENTIFIER),
    ));
    finding
        .message(format!(
            "`{}` names another key id than its issuer `{}` has",
            certificate.label(), issuer.label()
        ))
        .evidence(format!("authorityKeyIdentifier: {}", hex(wanted.unwrap_or_default())))
        .evidence(format!("subjectKeyIdentifier of the issuer: {}", hex(issuer.values.subject_key_id.unwrap_or_default())))
        .evidence("the signature verifies with the issuer's key")
        .related(analysis.place(link.issuer, Field::Extension(oid::SUBJECT_KEY_IDENTIFIER)))
        .help("have the certificate reissued with the issuer's key id, or use the CA certificate that has this key id");
    if analysis.on_client_path(link.subject) {
        finding.blocking();
    }
}

static CHAIN_AKI_ISSUER_SERIAL_MISMATCH: Rule = Rule {
    name: "chain-aki-issuer-serial-mismatch",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.1",
    summary: "authorityKeyIdentifier names another issuing certificate by issuer and serial number.",
    explanation: "The CA certificate was reissued with a new serial number, and this certificate still names the old one. \
        OpenSSL, and so nginx, Envoy and Java then do not take the CA as the issuer (error 20 or 21); Go, GnuTLS and rustls \
        do not look at it. Reissue the certificate without issuer \
        and serial in authorityKeyIdentifier: the key id is enough.",
    check: Check::Link(chain_aki_issuer_serial_mismatch),
};

fn chain_aki_issuer_serial_mismatch(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    if !link.is_valid()
        || link.is_self()
        || link.issuer_serial != KeyIdMatch::Differs
        || has_link(analysis, link, |other| {
            other.issuer_serial == KeyIdMatch::Same
        })
    {
        return;
    }
    let (certificate, issuer) = (
        analysis.certificate(link.subject),
        analysis.certificate(link.issuer),
    );
    let aki = certificate.values.authority_key_id.as_ref();
    let named = aki
        .and_then(|aki| aki.issuer.as_ref())
        .map(ToString::to_string)
        .unwrap_or_default();
    let serial = hex(aki.and_then(|aki| aki.serial).unwrap_or_default());
    let finding = findings.at(analysis.place(
        link.subject,
        Field::Extension(oid::AUTHORITY_KEY_IDENTIFIER),
    ));
    finding
        .message(format!(
            "`{}` names another certificate of its issuer by serial number",
            certificate.label()
        ))
        .evidence(format!(
            "authorityKeyIdentifier: serial {serial}, issued by `{named}`"
        ))
        .evidence(format!(
            "the issuer's certificate: serial {}, issued by `{}` ({})",
            hex(issuer.serial),
            issuer.issuer,
            analysis.place_text(link.issuer)
        ))
        .related(analysis.place(link.issuer, Field::SerialNumber))
        .help("have the certificate reissued, with the key id alone in authorityKeyIdentifier");
    if analysis.on_client_path(link.subject) {
        finding.blocking();
    }
}

static CHAIN_AKI_WITHOUT_ISSUER_SKI: Rule = Rule {
    name: "chain-aki-without-issuer-ski",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.2",
    summary: "A certificate names a key id, and its issuer has none.",
    explanation: "The key id leads nowhere, so verifiers fall back to the name. That works until a second CA with the same \
        name and a key id appears. Reissue the CA certificate with subjectKeyIdentifier; its key may stay.",
    check: Check::Link(chain_aki_without_issuer_ski),
};

fn chain_aki_without_issuer_ski(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    let issuer = analysis.certificate(link.issuer);
    let certificate = analysis.certificate(link.subject);
    let names_key = certificate
        .values
        .authority_key_id
        .as_ref()
        .is_some_and(|aki| aki.key_id.is_some());
    // A version 1 root has no place for a key id.
    if !link.is_valid()
        || link.is_self()
        || !names_key
        || issuer.values.subject_key_id.is_some()
        || issuer.version < 3
    {
        return;
    }
    findings
        .at(analysis.place(link.issuer, Field::Extensions))
        .message(format!(
            "`{}` has no key id, but certificates that it issued name one",
            issuer.label()
        ))
        .evidence(format!("named by: {}", analysis.describe(link.subject)))
        .related(analysis.place(
            link.subject,
            Field::Extension(oid::AUTHORITY_KEY_IDENTIFIER),
        ))
        .help("reissue the CA certificate with subjectKeyIdentifier, keeping its key");
}

static CHAIN_ROOT_AKI_NOT_OWN_SKI: Rule = Rule {
    name: "chain-root-aki-not-own-ski",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.1",
    summary: "A self-signed certificate names another key id than its own.",
    explanation: "The certificate is signed by its own key, and says that another key signed it. OpenSSL then looks for an \
        issuer that does not exist and rejects with error 2 or 20. Reissue the root: leave authorityKeyIdentifier out, or give its \
        own key id.",
    check: Check::Certificate(chain_root_aki_not_own_ski),
};

fn chain_root_aki_not_own_ski(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let Some(link) = analysis.graph.self_link(id) else {
        return;
    };
    if !link.is_valid()
        || link.key_id != KeyIdMatch::Differs
        || analysis.certificate_role(id) == CertificateRole::EndEntity
    {
        return;
    }
    let root = analysis.certificate(id);
    let wanted = root
        .values
        .authority_key_id
        .as_ref()
        .and_then(|aki| aki.key_id);
    let finding = findings.at(analysis.place(id, Field::Extension(oid::AUTHORITY_KEY_IDENTIFIER)));
    finding
        .message(format!(
            "the self-signed `{}` names another key id than its own",
            root.label()
        ))
        .evidence(format!(
            "authorityKeyIdentifier: {}",
            hex(wanted.unwrap_or_default())
        ))
        .evidence(format!(
            "subjectKeyIdentifier:   {}",
            hex(root.values.subject_key_id.unwrap_or_default())
        ))
        .help("reissue the root without authorityKeyIdentifier, or with its own key id");
    if analysis.on_client_path(id) {
        finding.blocking();
    }
}

/// Whether another certificate with a valid signature on the same subject fits better.
fn has_link(analysis: &Analysis, link: &Link, fits: impl Fn(&Link) -> bool) -> bool {
    let candidates = analysis.graph.candidates(link.subject).iter();
    candidates.filter(|other| other.is_valid()).any(fits)
}
