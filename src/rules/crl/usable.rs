//! What keeps the CRL of a CA from being used: dates, signature, the right to sign.

use super::{place_text, undetermined, weigh};
use crate::analysis::{Analysis, CertificateId};
use crate::cert::crl::{Crl, CrlField};
use crate::cert::extension::KeyUsage;
use crate::cert::{Field, oid};
use crate::path::revocation::{Checked, Unusable};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &CRL_EXPIRED,
    &CRL_NOT_YET_VALID,
    &CRL_SIGNATURE_INVALID,
    &CRL_ISSUER_CANNOT_SIGN,
];

static CRL_EXPIRED: Rule = Rule {
    name: "crl-expired",
    severity: Severity::Error,
    citation: "RFC 5280 §5.1.2.5, §6.3.3(a)",
    summary: "The latest CRL of a CA in the path is past its nextUpdate.",
    explanation: "A CRL counts until its nextUpdate. After that nginx, httpd, HAProxy, PostgreSQL and Envoy reject every \
        client under the CA (error 12, \"CRL has expired\"); GnuTLS and rustls were seen to accept. Nothing has to be \
        revoked for that: it is enough that nobody replaced the file. Fetch the current CRL, and renew it by a job well before \
        nextUpdate.",
    check: Check::Bundle(crl_expired),
};

fn crl_expired(analysis: &Analysis, findings: &mut Findings) {
    for (checked, considered) in undetermined(analysis, &[Unusable::Expired]) {
        let entry = &analysis.crls[considered.crl];
        let Ok(crl) = &entry.crl else { continue };
        let Some(next_update) = crl.next_update else {
            continue;
        };
        let now = analysis.settings.at;
        let finding = findings.at(analysis.place_in_crl(entry, CrlField::NextUpdate));
        finding
            .message(format!("the CRL of `{}` has expired", crl.issuer_label()))
            .evidence(format!(
                "nextUpdate was {next_update}, {}",
                next_update.relative_to(now)
            ))
            .evidence(needed_for(analysis, checked))
            .related(analysis.place(checked.issuer, Field::Subject))
            .help("fetch the current CRL from the CA, and renew it before each nextUpdate");
        weigh(analysis, checked, finding);
    }
}

static CRL_NOT_YET_VALID: Rule = Rule {
    name: "crl-not-yet-valid",
    severity: Severity::Error,
    citation: "RFC 5280 §5.1.2.4, §6.3.3",
    summary: "The thisUpdate of a CRL that a path depends on is in the future.",
    explanation: "The CRL was issued ahead of time, or a clock is wrong. nginx, httpd, HAProxy and Envoy reject every client under \
        the CA until then (error 11, \"CRL is not yet valid\"); GnuTLS and rustls were seen to accept. Compare the clocks of \
        the CA and of the server, or keep the previous CRL until its nextUpdate.",
    check: Check::Bundle(crl_not_yet_valid),
};

fn crl_not_yet_valid(analysis: &Analysis, findings: &mut Findings) {
    for (checked, considered) in undetermined(analysis, &[Unusable::NotYetValid]) {
        let entry = &analysis.crls[considered.crl];
        let Ok(crl) = &entry.crl else { continue };
        let Some(this_update) = crl.this_update else {
            continue;
        };
        let now = analysis.settings.at;
        let finding = findings.at(analysis.place_in_crl(entry, CrlField::ThisUpdate));
        finding
            .message(format!(
                "the CRL of `{}` is not valid yet",
                crl.issuer_label()
            ))
            .evidence(format!(
                "thisUpdate is {this_update}, {}; checked for {now}",
                this_update.relative_to(now)
            ))
            .evidence(needed_for(analysis, checked))
            .related(analysis.place(checked.issuer, Field::Subject))
            .help(
                "use the CRL that is valid now, and compare the clocks of the CA and of the server",
            );
        weigh(analysis, checked, finding);
    }
}

static CRL_SIGNATURE_INVALID: Rule = Rule {
    name: "crl-signature-invalid",
    severity: Severity::Error,
    citation: "RFC 5280 §6.3.3(g)",
    summary: "The signature of a CRL does not verify with the key of the CA that it is of.",
    explanation: "Its issuer, and its key id if it has one, lead to this CA, but the CA's key did not make the signature: the CRL was \
        damaged or changed, or another key signed it. nginx, httpd, HAProxy and Envoy reject every client under the \
        CA (error 8, \"CRL signature failure\"), and so does rustls; GnuTLS was seen to accept. Fetch the CRL again from the CA.",
    check: Check::Bundle(crl_signature_invalid),
};

fn crl_signature_invalid(analysis: &Analysis, findings: &mut Findings) {
    let why = [Unusable::SignatureInvalid, Unusable::SignatureNotChecked];
    for (checked, considered) in undetermined(analysis, &why) {
        let entry = &analysis.crls[considered.crl];
        let Ok(crl) = &entry.crl else { continue };
        let issuer = signer(analysis, checked, crl, |_| true);
        let key = &analysis.certificate(issuer).key;
        let finding = findings.at(analysis.place_in_crl(entry, CrlField::SignatureValue));
        finding
            .evidence(format!(
                "algorithm: {}, key of the CA: {}",
                crl.signature_algorithm.oid.name(),
                key.describe()
            ))
            .evidence(format!("the CA: {}", analysis.describe(issuer)))
            .evidence(needed_for(analysis, checked))
            .related(analysis.place(issuer, Field::SubjectPublicKeyInfo));
        let ca = crl.issuer_label();
        if considered.why == Unusable::SignatureInvalid {
            finding
                .message(format!(
                    "the signature of the CRL of `{ca}` does not verify with the CA's key"
                ))
                .help("fetch the CRL again from the CA: these bytes are not what it signed");
            weigh(analysis, checked, finding);
        } else {
            finding
                .message(format!(
                    "the signature of the CRL of `{ca}` cannot be verified here"
                ))
                .severity(Severity::Warning)
                .help("check that the server supports the algorithm with which the CRL is signed");
        }
    }
}

static CRL_ISSUER_CANNOT_SIGN: Rule = Rule {
    name: "crl-issuer-cannot-sign",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.3, §6.3.3(f)",
    summary: "A CRL is signed by a CA whose keyUsage lacks cRLSign.",
    explanation: "keyUsage lists what the key is for, and signing CRLs is not among it. A verifier that checks revocation then \
        does not take the CRL, and without a CRL it rejects every client under the CA. Reissue the CA certificate with cRLSign; its key \
        may stay, and the CRL too.",
    check: Check::Bundle(crl_issuer_cannot_sign),
};

fn crl_issuer_cannot_sign(analysis: &Analysis, findings: &mut Findings) {
    for (checked, considered) in undetermined(analysis, &[Unusable::IssuerMayNotSign]) {
        let entry = &analysis.crls[considered.crl];
        let Ok(crl) = &entry.crl else { continue };
        let issuer = signer(analysis, checked, crl, |id| {
            analysis.certificate(id).has_usage(KeyUsage::CRL_SIGN) == Some(false)
        });
        let certificate = analysis.certificate(issuer);
        let usage = certificate.values.key_usage.map(KeyUsage::describe);
        let finding = findings.at(analysis.place(issuer, Field::Extension(oid::KEY_USAGE)));
        finding
            .message(format!(
                "`{}` signed a CRL but may not sign CRLs",
                certificate.label()
            ))
            .evidence(format!(
                "keyUsage is {}; expected cRLSign",
                usage.unwrap_or_default()
            ))
            .evidence(format!("the CRL: {}", place_text(analysis, entry)))
            .evidence(needed_for(analysis, checked))
            .related(analysis.place_in_crl(entry, CrlField::Issuer))
            .help("reissue the CA certificate with cRLSign in keyUsage, keeping its key");
        weigh(analysis, checked, finding);
    }
}

fn needed_for(analysis: &Analysis, checked: &Checked) -> String {
    format!("needed for: {}", analysis.describe(checked.certificate))
}

/// The certificate that stands for a CRL's issuer: the next of the path, or for an indirect CRL
/// another with that name.
fn signer(
    analysis: &Analysis,
    checked: &Checked,
    crl: &Crl<'_>,
    fits: impl Fn(CertificateId) -> bool,
) -> CertificateId {
    let is_signer =
        |id: &CertificateId| analysis.certificate(*id).subject.is_same(&crl.issuer) && fits(*id);
    let first = Some(checked.issuer).filter(is_signer);
    first
        .or_else(|| analysis.distinct().find(is_signer))
        .unwrap_or(checked.issuer)
}
