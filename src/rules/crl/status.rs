//! What the CRLs say of the certificates of a path: revoked, or nothing.

use super::{is_on, place_text, weigh};
use crate::analysis::{Analysis, CertificateRole};
use crate::cert::{Field, hex};
use crate::path::revocation::{Considered, Revocation, RevocationStatus, Unusable};
use crate::rules::{Check, Findings, Rule, Severity};
use crate::verifiers::{Library, Verifier};

pub(in crate::rules) static RULES: &[&Rule] = &[&CRL_CERTIFICATE_REVOKED, &CRL_MISSING];

static CRL_CERTIFICATE_REVOKED: Rule = Rule {
    name: "crl-certificate-revoked",
    severity: Severity::Error,
    citation: "RFC 5280 §6.3.3",
    summary: "A certificate in the path is listed in a CRL of its issuer.",
    explanation: "The CA has taken the certificate back. nginx, httpd, HAProxy and Envoy reject it and all below it (error 23, \
        \"certificate revoked\"); rustls rejects it where the client sends it, and does not look at a CA that is in the bundle. A CRL that has \
        expired still counts here: nginx and rustls were seen to reject by one. Issue a new certificate with a new key; only \
        certificateHold is ever lifted.",
    check: Check::Bundle(crl_certificate_revoked),
};

fn crl_certificate_revoked(analysis: &Analysis, findings: &mut Findings) {
    for checked in analysis.revocation() {
        let revocation = match &checked.status {
            RevocationStatus::Good => None,
            RevocationStatus::Revoked(revocation) => Some(revocation),
            RevocationStatus::Undetermined(considered) => considered.iter().find_map(still_lists),
        };
        let Some(revocation) = revocation else {
            continue;
        };
        let entry = &analysis.crls[revocation.crl];
        let Ok(crl) = &entry.crl else { continue };
        let issuer = crl.issuer_label();
        let certificate = analysis.certificate(checked.certificate);
        let place = analysis.place_of_bytes(
            entry.input,
            entry.block,
            revocation.range.clone(),
            "tbsCertList.revokedCertificates",
        );
        let is_ca = analysis.certificate_role(checked.certificate) != CertificateRole::EndEntity;
        let date = revocation.date.map(|date| date.to_string());
        let finding = findings.at(place);
        finding
            .message(format!("`{}` is revoked", certificate.label()))
            .evidence(format!(
                "serial number {}, revoked {}, reason: {}",
                hex(certificate.serial),
                date.as_deref().unwrap_or("at an unreadable date"),
                revocation
                    .reason
                    .map_or("none given", |reason| reason.name())
            ))
            .evidence(format!(
                "by the CRL of `{issuer}` ({})",
                place_text(analysis, entry)
            ))
            .related(analysis.place(checked.certificate, Field::SerialNumber))
            .help(if is_ca {
                "replace the CA: everything under it is rejected with it"
            } else {
                "issue a new certificate with a new key"
            });
        weigh(analysis, checked, finding);
    }
}

/// The entry of a CRL that cannot settle the status, where its word still counts against the certificate.
fn still_lists(considered: &Considered) -> Option<&Revocation> {
    // What the CA did not sign says nothing.
    let unsigned = [
        Unusable::OtherKey,
        Unusable::SignatureInvalid,
        Unusable::SignatureNotChecked,
    ];
    let lists = considered.lists.as_ref();
    lists.filter(|_| !unsigned.contains(&considered.why))
}

static CRL_MISSING: Rule = Rule {
    name: "crl-missing",
    severity: Severity::Error,
    citation: "nginx ssl_crl; OpenSSL X509_V_FLAG_CRL_CHECK_ALL; RFC 5280 §6.3.3",
    summary: "CRLs are given, and there is none for a certificate in the path.",
    explanation: "Once a server is given CRLs, nginx, httpd, HAProxy and Envoy want one from every CA in the path, the root \
        included, and reject clients without (error 3, \"unable to get certificate CRL\"). rustls wants one for the client \
        and each intermediate that the client sends (UnknownRevocationStatus). Put the current CRLs of all CAs into the file, those \
        that revoke nothing as well.",
    check: Check::Bundle(crl_missing),
};

fn crl_missing(analysis: &Analysis, findings: &mut Findings) {
    for checked in analysis.revocation() {
        let RevocationStatus::Undetermined(considered) = &checked.status else {
            continue;
        };
        // Where there is a CRL for it, another rule says what is wrong with that.
        if considered
            .iter()
            .any(|considered| text(considered.why).is_none())
        {
            continue;
        }
        let issuer = analysis.certificate(checked.issuer).label();
        let certificate = analysis.certificate(checked.certificate).label();
        let finding = findings.at(analysis.place(checked.issuer, Field::Subject));
        if considered.is_empty() {
            finding.message(format!("there is no CRL of `{issuer}`"));
            finding.evidence(given(analysis));
        } else {
            finding.message(format!(
                "no CRL of `{issuer}` is usable for `{certificate}`"
            ));
        }
        for considered in considered {
            let entry = &analysis.crls[considered.crl];
            let why = text(considered.why).unwrap_or_default();
            finding.evidence(format!("{}: {why}", place_text(analysis, entry)));
        }
        finding.evidence(format!(
            "needed for: {}",
            analysis.describe(checked.certificate)
        ));
        finding.help(format!(
            "add the current CRL of `{issuer}` to the CRLs that the server is given"
        ));
        let about_root = checked.certificate == checked.issuer;
        if about_root && !checks_roots(analysis) && is_on(analysis) {
            finding.severity(Severity::Warning);
        } else {
            weigh(analysis, checked, finding);
        }
    }
}

/// Whether a verifier in question holds the root, too, against a CRL.
fn checks_roots(analysis: &Analysis) -> bool {
    let checks = |verifier: &&Verifier| {
        verifier.library.needs_root() || verifier.library == Library::Boringssl
    };
    analysis.settings.verifiers.iter().any(checks)
}

/// Whose CRLs are there.
fn given(analysis: &Analysis) -> String {
    let readable = analysis
        .crls
        .iter()
        .filter_map(|entry| entry.crl.as_ref().ok());
    let mut names: Vec<String> = readable
        .map(|crl| format!("`{}`", crl.issuer_label()))
        .collect();
    names.sort_unstable();
    names.dedup();
    let more = names.len().saturating_sub(5);
    names.truncate(5);
    let more = match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let unreadable = analysis.crls.iter().filter(|entry| entry.crl.is_err());
    let unreadable = match unreadable.count() {
        0 => String::new(),
        count => format!("; {count} cannot be read"),
    };
    format!("CRLs are given of {}{more}{unreadable}", names.join(", "))
}

/// Why a CRL of the right issuer is as good as none; nothing where a rule of its own tells.
fn text(why: Unusable) -> Option<&'static str> {
    match why {
        Unusable::OutOfScope => Some("its issuingDistributionPoint leaves this certificate out"),
        Unusable::SomeReasonsOnly => {
            Some("it covers some revocation reasons only, and no other CRL covers the rest")
        }
        Unusable::DeltaWithoutBase => {
            Some("it is a delta CRL, and the complete CRL that it belongs to is not there")
        }
        Unusable::UnknownCriticalExtension => Some("it has a critical extension that is not known"),
        Unusable::UnknownCriticalInEntry => {
            Some("one of its entries has a critical extension that is not known")
        }
        Unusable::UnreadableDate => Some("its thisUpdate or nextUpdate is no date"),
        Unusable::OtherKey => Some("its key id is that of another key"),
        Unusable::NotYetValid
        | Unusable::Expired
        | Unusable::SignatureInvalid
        | Unusable::SignatureNotChecked
        | Unusable::IssuerMayNotSign
        | Unusable::NumberMissing
        | Unusable::NumberCritical => None,
    }
}
