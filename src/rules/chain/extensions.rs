//! Extensions of one certificate that do not go with those of another.

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::bundle::Link;
use crate::cert::extension::KeyUsage;
use crate::cert::oid::Oid;
use crate::cert::{Field, oid};
use crate::path::{Path, judge};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &CHAIN_CRITICAL_EXTENSION_UNPROCESSED,
    &CHAIN_EKU_NOT_NESTED,
    &CHAIN_TLS_FEATURE_NOT_SUPERSET,
    &CHAIN_CRL_ISSUER_CANNOT_SIGN,
    &CHAIN_REVOCATION_INFO_ABSENT,
];

static CHAIN_CRITICAL_EXTENSION_UNPROCESSED: Rule = Rule {
    name: "chain-critical-extension-unprocessed",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2, §6.1.4(o), §6.1.5(f)",
    summary: "A certificate in the path has a critical extension that verifiers do not process.",
    explanation: "Critical means: reject rather than ignore. OpenSSL and nginx answer error 34, rustls \
        UnsupportedCriticalExtension, Go \"unhandled critical extension\". Reissue the certificate without the extension, or with \
        the extension not critical.",
    check: Check::Path(chain_critical_extension_unprocessed),
};

fn chain_critical_extension_unprocessed(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    for id in &path.certificates {
        for extension in judge::unprocessed_critical(analysis.certificate(*id)) {
            let finding = findings.at(analysis.place(*id, Field::Extension(extension)));
            finding
                .message(format!(
                    "`{}` has the critical extension {}, which verifiers do not know",
                    analysis.certificate(*id).label(),
                    extension.name()
                ))
                .evidence(format!("OID {extension}, critical"))
                .help("reissue the certificate without this extension, or with it not critical");
            if path.client.is_some() {
                finding.blocking();
            }
        }
    }
}

static CHAIN_EKU_NOT_NESTED: Rule = Rule {
    name: "chain-eku-not-nested",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.12; Go crypto/x509 Verify; OpenSSL check_chain",
    summary: "A CA's extKeyUsage lacks a purpose that a certificate below it asserts.",
    explanation: "OpenSSL, Go, Envoy and rustls take extKeyUsage in a CA as a limit on everything below. The purpose that the \
        CA lacks is then worth nothing in the certificate. Reissue the CA with the purpose, or without extKeyUsage.",
    check: Check::Link(chain_eku_not_nested),
};

fn chain_eku_not_nested(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    let purposes = |id| {
        analysis
            .certificate(id)
            .values
            .extended_key_usage
            .as_deref()
    };
    let (Some(own), Some(allowed)) = (purposes(link.subject), purposes(link.issuer)) else {
        return;
    };
    if !link.is_valid() || link.is_self() || allowed.contains(&oid::ANY_EXTENDED_KEY_USAGE) {
        return;
    }
    // Client authentication has rules of its own.
    let exempt = [oid::CLIENT_AUTH, oid::ANY_EXTENDED_KEY_USAGE];
    let is_lost = |purpose: &&Oid<'_>| !allowed.contains(purpose) && !exempt.contains(purpose);
    let lost: Vec<String> = own
        .iter()
        .filter(is_lost)
        .map(|purpose| purpose.name())
        .collect();
    if lost.is_empty() {
        return;
    }
    let names = |list: &[Oid<'_>]| {
        list.iter()
            .map(|purpose| purpose.name())
            .collect::<Vec<_>>()
            .join(", ")
    };
    findings
        .at(analysis.place(link.subject, Field::Extension(oid::EXTENDED_KEY_USAGE)))
        .message(format!(
            "`{}` asserts {}, which its issuer `{}` may not pass on",
            analysis.certificate(link.subject).label(),
            lost.join(", "),
            analysis.certificate(link.issuer).label()
        ))
        .evidence(format!("its extKeyUsage: {}", names(own)))
        .evidence(format!("its issuer's: {}", names(allowed)))
        .related(analysis.place(link.issuer, Field::Extension(oid::EXTENDED_KEY_USAGE)))
        .help("issue it from a CA whose extKeyUsage has the purpose, or that has no extKeyUsage");
}

static CHAIN_TLS_FEATURE_NOT_SUPERSET: Rule = Rule {
    name: "chain-tls-feature-not-superset",
    severity: Severity::Error,
    citation: "RFC 7633 §4.2.2",
    summary: "A certificate lacks a TLS feature that its issuer's tlsFeature extension requires.",
    explanation: "A tlsFeature extension in a CA obliges everything below it to list at least the same features. A verifier \
        that follows RFC 7633, as GnuTLS does, rejects the rest. Reissue the certificate with the features of its issuer.",
    check: Check::Link(chain_tls_feature_not_superset),
};

fn chain_tls_feature_not_superset(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    let features = |id| analysis.certificate(id).values.tls_features.as_deref();
    let Some(required) = features(link.issuer) else {
        return;
    };
    if !link.is_valid() || link.is_self() {
        return;
    }
    let own = features(link.subject).unwrap_or_default();
    let lacking: Vec<String> = required
        .iter()
        .filter(|feature| !own.contains(feature))
        .map(ToString::to_string)
        .collect();
    if lacking.is_empty() {
        return;
    }
    findings
        .at(analysis.place(link.subject, Field::Extension(oid::TLS_FEATURE)))
        .message(format!(
            "`{}` lacks the TLS feature {} that its issuer requires",
            analysis.certificate(link.subject).label(),
            lacking.join(", ")
        ))
        .evidence(format!("issuer: {}", analysis.describe(link.issuer)))
        .evidence("feature 5 is status_request: a stapled OCSP response")
        .related(analysis.place(link.issuer, Field::Extension(oid::TLS_FEATURE)))
        .help("have it reissued with the same tlsFeature extension as its issuer");
}

static CHAIN_CRL_ISSUER_CANNOT_SIGN: Rule = Rule {
    name: "chain-crl-issuer-cannot-sign",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.3, §6.3.3(f)",
    summary: "A certificate leaves its CRL to its issuer, whose keyUsage lacks cRLSign.",
    explanation: "The distribution point names no other CRL issuer, so the CA must sign the CRL itself, and its keyUsage \
        forbids that. Once revocation is checked (ssl_crl in nginx), every certificate under it is rejected with error 35. Reissue \
        the CA with cRLSign, or name another cRLIssuer.",
    check: Check::Link(chain_crl_issuer_cannot_sign),
};

fn chain_crl_issuer_cannot_sign(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    let certificate = analysis.certificate(link.subject);
    let issuer = analysis.certificate(link.issuer);
    let points_to_issuer = certificate.values.crl_by_issuer();
    if !link.is_valid()
        || link.is_self()
        || !points_to_issuer
        || issuer.has_usage(KeyUsage::CRL_SIGN) != Some(false)
    {
        return;
    }
    let usage = issuer.values.key_usage.map(KeyUsage::describe);
    findings
        .at(analysis.place(link.issuer, Field::Extension(oid::KEY_USAGE)))
        .message(format!(
            "`{}` may not sign the CRL that its certificates point to",
            issuer.label()
        ))
        .evidence(format!(
            "keyUsage is {}; expected cRLSign",
            usage.unwrap_or_default()
        ))
        .evidence(format!(
            "the CRL is expected from it by: {}",
            analysis.describe(link.subject)
        ))
        .related(analysis.place(link.subject, Field::Extension(oid::CRL_DISTRIBUTION_POINTS)))
        .help("reissue the CA certificate with cRLSign in keyUsage, keeping its key");
}

static CHAIN_REVOCATION_INFO_ABSENT: Rule = Rule {
    name: "chain-revocation-info-absent",
    severity: Severity::Info,
    citation: "RFC 5280 §4.2.1.13, §4.2.2.1; RFC 9608",
    summary: "A certificate below the root tells no way to learn whether it was revoked.",
    explanation: "There is no CRL distribution point, no OCSP responder and no noRevAvail. That is common in private PKIs, and \
        servers do not mind. If the key is lost, the certificate stays good until it expires, unless the server is given a CRL by \
        hand. Keep lifetimes short, or add a CRL distribution point.",
    check: Check::Bundle(chain_revocation_info_absent),
};

fn chain_revocation_info_absent(analysis: &Analysis, findings: &mut Findings) {
    let is_silent = |id: &CertificateId| {
        let certificate = analysis.certificate(*id);
        let has = |oid| certificate.extension(oid).is_some();
        let told = has(oid::CRL_DISTRIBUTION_POINTS)
            || has(oid::NO_REV_AVAIL)
            || certificate.values.has_ocsp;
        // Version 1 has no place for it; a root is not revoked but removed.
        !told
            && certificate.version >= 3
            && !certificate.is_self_issued()
            && analysis.certificate_role(*id) != CertificateRole::Root
    };
    let silent: Vec<CertificateId> = analysis.distinct().filter(is_silent).collect();
    let Some(first) = silent.first() else { return };
    let finding = findings.at(analysis.place(*first, Field::Extensions));
    finding.message(match silent.len() {
        1 => format!(
            "`{}` tells no way to check whether it was revoked",
            analysis.certificate(*first).label()
        ),
        count => format!("{count} certificates tell no way to check whether they were revoked"),
    });
    for id in silent.iter().take(5) {
        finding.evidence(format!(
            "no CRL distribution point, OCSP responder or noRevAvail: {}",
            analysis.describe(*id)
        ));
    }
    if silent.len() > 5 {
        finding.evidence(format!("and {} more", silent.len() - 5));
    }
    finding.help("nothing, if their lifetimes are short enough for you; otherwise have them issued with a CRL distribution point");
}
