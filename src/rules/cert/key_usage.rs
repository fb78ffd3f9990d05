//! keyUsage (RFC 5280 §4.2.1.3) in CA certificates, and keyCertSign where there is no CA.

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::extension::KeyUsage;
use crate::cert::key::KeyKind;
use crate::cert::{Field, oid};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &KU_MISSING_IN_CA,
    &KU_CA_WITHOUT_KEYCERTSIGN,
    &KU_KEYCERTSIGN_WITHOUT_CA,
    &KU_CA_WITHOUT_CRLSIGN,
    &KU_CA_MIXES_ENCIPHERMENT,
];

const KEY_USAGE: Field<'static> = Field::Extension(oid::KEY_USAGE);

/// Whether this is a CA, and not one only by mistake: chain-issuer-not-ca is for issuers that say cA FALSE.
fn is_ca(analysis: &Analysis, id: CertificateId) -> bool {
    let constraints = analysis.certificate(id).values.basic_constraints;
    analysis.certificate_role(id) != CertificateRole::EndEntity
        && constraints.is_none_or(|constraints| constraints.ca)
}

/// The keyUsage of a CA certificate; none for other certificates and where it is absent.
fn usage_of_ca(analysis: &Analysis, id: CertificateId) -> Option<KeyUsage> {
    let usage = analysis.certificate(id).values.key_usage;
    usage.filter(|_| is_ca(analysis, id))
}

static KU_MISSING_IN_CA: Rule = Rule {
    name: "ku-missing-in-ca",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.3",
    summary: "A CA certificate has no keyUsage.",
    explanation: "RFC 5280 demands keyUsage in every CA certificate. \
        nginx, Envoy, Go, Java and rustls take its absence for permission, but OpenSSL's strict mode refuses it (92), and Python 3.13 and later \
        check strictly by default. A root is trusted for being in the bundle, so there it is a warning. \
        Issue the CA with keyCertSign and cRLSign.",
    check: Check::Certificate(ku_missing_in_ca),
};

fn ku_missing_in_ca(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let role = analysis.certificate_role(id);
    // Before version 3 there is no place for it.
    if !is_ca(analysis, id)
        || certificate.version < 3
        || certificate.extension(oid::KEY_USAGE).is_some()
    {
        return;
    }
    let finding = findings.at(analysis.place(id, Field::Extensions));
    finding
        .message(format!("the CA `{}` has no keyUsage", certificate.label()))
        .evidence(format!("it is used as {}", role.name()))
        .help("issue the CA certificate again with a critical keyUsage of keyCertSign and cRLSign");
    if role == CertificateRole::Root {
        finding.severity(Severity::Warning);
    }
}

static KU_CA_WITHOUT_KEYCERTSIGN: Rule = Rule {
    name: "ku-ca-without-keycertsign",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.3, §4.2.1.9",
    summary: "A CA certificate's keyUsage lacks keyCertSign.",
    explanation: "Without keyCertSign the key may not sign certificates: nginx, HAProxy, Envoy, Go, Java and GnuTLS reject every client below such an intermediate, \
        and nginx and HAProxy below such a root as well. rustls does not ask for it. Issue the CA with keyCertSign.",
    check: Check::Certificate(ku_ca_without_keycertsign),
};

fn ku_ca_without_keycertsign(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let Some(usage) = usage_of_ca(analysis, id) else {
        return;
    };
    if usage.has(KeyUsage::KEY_CERT_SIGN) {
        return;
    }
    let subject = analysis.certificate(id).label();
    findings
        .at(analysis.place(id, KEY_USAGE))
        .message(format!(
            "the CA `{subject}` may not sign certificates: its keyUsage lacks keyCertSign"
        ))
        .evidence(format!("keyUsage: {}", usage.describe()))
        .help("issue the CA certificate again with keyCertSign in keyUsage");
}

static KU_KEYCERTSIGN_WITHOUT_CA: Rule = Rule {
    name: "ku-keycertsign-without-ca",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.3, §4.2.1.9",
    summary: "keyUsage has keyCertSign, but basicConstraints does not say that this is a CA.",
    explanation: "keyCertSign belongs to CAs only. Most servers do not mind it in a client certificate, \
        but OpenSSL's strict mode, which Python 3.13 and later use by default, rejects it, and so do SPIFFE validators. \
        A root without cA TRUE passes even there, so for roots it is a warning. \
        Leave keyCertSign out, or say cA TRUE if it is meant to be a CA.",
    check: Check::Certificate(ku_keycertsign_without_ca),
};

fn ku_keycertsign_without_ca(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(usage) = certificate.values.key_usage else {
        return;
    };
    if !usage.has(KeyUsage::KEY_CERT_SIGN) || certificate.says_ca() {
        return;
    }
    let constraints = match certificate.extension(oid::BASIC_CONSTRAINTS) {
        Some(_) => "basicConstraints: cA FALSE",
        None => "there is no basicConstraints",
    };
    let role = analysis.certificate_role(id);
    let finding = findings.at(analysis.place(id, KEY_USAGE));
    finding
        .message(format!(
            "`{}` has keyCertSign, but does not say that it is a CA",
            certificate.label()
        ))
        .evidence(format!("keyUsage: {}", usage.describe()))
        .evidence(constraints)
        .help(if role == CertificateRole::EndEntity {
            "issue it again without keyCertSign"
        } else {
            "issue it again with basicConstraints cA TRUE, critical"
        });
    if role == CertificateRole::Root {
        finding.severity(Severity::Warning);
    }
}

static KU_CA_WITHOUT_CRLSIGN: Rule = Rule {
    name: "ku-ca-without-crlsign",
    severity: Severity::Info,
    citation: "RFC 5280 §4.2.1.3, §6.3.3(f)",
    summary: "A CA certificate's keyUsage lacks cRLSign.",
    explanation: "The CA cannot sign its own CRL: a server with ssl_crl then rejects every client of this CA, or needs a CRL from another signer, \
        which few verifiers support. If you ever want to revoke, issue the CA with cRLSign.",
    check: Check::Certificate(ku_ca_without_crlsign),
};

fn ku_ca_without_crlsign(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let Some(usage) = usage_of_ca(analysis, id) else {
        return;
    };
    if usage.has(KeyUsage::CRL_SIGN) {
        return;
    }
    let subject = analysis.certificate(id).label();
    findings
        .at(analysis.place(id, KEY_USAGE))
        .message(format!(
            "the CA `{subject}` may not sign CRLs: its keyUsage lacks cRLSign"
        ))
        .evidence(format!("keyUsage: {}", usage.describe()))
        .help("add cRLSign to keyUsage when the CA certificate is renewed");
}

static KU_CA_MIXES_ENCIPHERMENT: Rule = Rule {
    name: "ku-ca-mixes-encipherment",
    severity: Severity::Warning,
    citation: "RFC 3279 §2.3.1",
    summary: "An RSA key of a CA is for signing certificates or CRLs and for encipherment, too.",
    explanation: "RFC 3279 advises against signing certificates with an RSA key that also decrypts: \
        a decryption service with that key can be abused to forge signatures. \
        No verifier rejects it. Give the CA a key of its own.",
    check: Check::Certificate(ku_ca_mixes_encipherment),
};

fn ku_ca_mixes_encipherment(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let Some(usage) = usage_of_ca(analysis, id) else {
        return;
    };
    let certificate = analysis.certificate(id);
    let signs = usage.has(KeyUsage::KEY_CERT_SIGN) || usage.has(KeyUsage::CRL_SIGN);
    let enciphers = usage.has(KeyUsage::KEY_ENCIPHERMENT) || usage.has(KeyUsage::DATA_ENCIPHERMENT);
    if certificate.key.kind != KeyKind::Rsa || !signs || !enciphers {
        return;
    }
    findings
        .at(analysis.place(id, KEY_USAGE))
        .message(format!(
            "the RSA key of the CA `{}` is for signing and for encipherment",
            certificate.label()
        ))
        .evidence(format!("keyUsage: {}", usage.describe()))
        .help("issue the CA certificate with keyCertSign and cRLSign only");
}
