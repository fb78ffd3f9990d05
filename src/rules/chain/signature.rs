//! Signatures that do not verify, or cannot be verified.

use crate::analysis::{Analysis, CertificateRole};
use crate::bundle::Link;
use crate::cert::{Field, hex};
use crate::crypto::SignatureCheck;
use crate::rules::{Check, Findings, Rule, Severity};

use super::issuer::has_valid_issuer;

pub(in crate::rules) static RULES: &[&Rule] = &[
    &CHAIN_SIGNATURE_INVALID,
    &CHAIN_SELF_SIGNATURE_INVALID,
    &CHAIN_SIGNATURE_KEY_TYPE_MISMATCH,
    &CHAIN_PSS_KEY_PARAMS_CONFLICT,
    &CHAIN_SIGNATURE_NOT_CHECKED,
];

static CHAIN_SIGNATURE_INVALID: Rule = Rule {
    name: "chain-signature-invalid",
    severity: Severity::Error,
    citation: "RFC 5280 §6.1.3(a)(1)",
    summary: "The signature of a certificate does not verify with the key of the issuer that it names.",
    explanation: "Name and key id lead to this issuer, but its key did not make the signature over these bytes. The \
        certificate was changed after it was signed: a bad copy, an edit, or a forgery. OpenSSL, nginx and Envoy reject it (error 7); Go, Java, GnuTLS and rustls do not check \
        it in a certificate of the bundle, and reject it in one that the client sends. \
        Fetch the certificate again from the CA.",
    check: Check::Link(chain_signature_invalid),
};

fn chain_signature_invalid(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    if link.is_self()
        || !link.is_claimed()
        || link.signature != Some(SignatureCheck::Invalid)
        || has_valid_issuer(analysis, link.subject)
    {
        return;
    }
    let (certificate, issuer) = (
        analysis.certificate(link.subject),
        analysis.certificate(link.issuer),
    );
    let finding = findings.at(analysis.place(link.subject, Field::SignatureValue));
    finding
        .message(format!(
            "the signature of `{}` does not verify with the key of `{}`",
            certificate.label(),
            issuer.label()
        ))
        .evidence(format!(
            "issuer: {}",
            super::issuer::describe_ca(analysis, link.issuer)
        ))
        .evidence(format!(
            "algorithm: {}, issuer key: {}",
            certificate.signature_algorithm.oid.name(),
            issuer.key.describe()
        ))
        .related(analysis.place(link.issuer, Field::SubjectPublicKeyInfo))
        .help("get the certificate again from the CA: these bytes are not what it signed");
    if analysis.on_client_path(link.subject) {
        finding.blocking();
    }
}

static CHAIN_SELF_SIGNATURE_INVALID: Rule = Rule {
    name: "chain-self-signature-invalid",
    severity: Severity::Error,
    citation: "RFC 5280 §3.2",
    summary: "A root does not verify under its own key.",
    explanation: "The root's bytes are not what its key signed. Verifiers that trust it as it stands do not notice, because \
        the signature of a trust anchor is not checked: every server measured accepts. A root that does not verify was \
        damaged or edited. Fetch it again, and compare its fingerprint.",
    check: Check::Link(chain_self_signature_invalid),
};

fn chain_self_signature_invalid(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    let is_root = analysis.certificate_role(link.subject) == CertificateRole::Root;
    if !link.is_self()
        || !is_root
        || link.signature != Some(SignatureCheck::Invalid)
        || has_valid_issuer(analysis, link.subject)
    {
        return;
    }
    let root = analysis.certificate(link.subject);
    let finding = findings.at(analysis.place(link.subject, Field::SignatureValue));
    finding
        .message(format!(
            "the root `{}` does not verify under its own key",
            root.label()
        ))
        .evidence(format!(
            "SHA-256 of the certificate: {}",
            analysis.entry(link.subject).sha256
        ));
    if let Some(key_id) = root.values.subject_key_id {
        finding.evidence(format!("its key id: {}", hex(key_id)));
    }
    finding.help("get the root again from its owner and compare the fingerprint");
}

static CHAIN_SIGNATURE_KEY_TYPE_MISMATCH: Rule = Rule {
    name: "chain-signature-key-type-mismatch",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.1.2, §6.1.3(a)(1)",
    summary: "The signature's algorithm is not one that the issuer's kind of key can make.",
    explanation: "An RSA signature cannot come from an EC key, nor the other way round. Either the issuer was re-keyed with \
        another kind of key under the same name, or the certificate was assembled wrongly. No verifier accepts it. Find the CA \
        certificate whose key fits, or reissue.",
    check: Check::Link(chain_signature_key_type_mismatch),
};

fn chain_signature_key_type_mismatch(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    if link.is_claimed()
        && link.signature == Some(SignatureCheck::WrongKeyType)
        && !has_valid_issuer(analysis, link.subject)
    {
        let (certificate, issuer) = (
            analysis.certificate(link.subject),
            analysis.certificate(link.issuer),
        );
        let finding = findings.at(analysis.place(link.subject, Field::SignatureAlgorithm));
        finding
            .message(format!(
                "`{}` is signed with {}, which the {} key of `{}` cannot make",
                certificate.label(),
                certificate.signature_algorithm.oid.name(),
                issuer.key.describe(),
                issuer.label()
            ))
            .evidence(format!("issuer: {}", super::issuer::describe_ca(analysis, link.issuer)))
            .related(analysis.place(link.issuer, Field::SubjectPublicKeyInfo))
            .help("find the CA certificate whose key made this signature, or have the certificate reissued");
        if analysis.on_client_path(link.subject) {
            finding.blocking();
        }
    }
}

static CHAIN_PSS_KEY_PARAMS_CONFLICT: Rule = Rule {
    name: "chain-pss-key-params-conflict",
    severity: Severity::Error,
    citation: "RFC 4055 §3.3",
    summary: "The issuer's id-RSASSA-PSS key is restricted to other parameters than the signature uses.",
    explanation: "An id-RSASSA-PSS key may carry the only hash, mask function and least salt length that it is to be used \
        with. A signature with others must be refused. Reissue the certificate with the parameters that the CA's key allows.",
    check: Check::Link(chain_pss_key_params_conflict),
};

fn chain_pss_key_params_conflict(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    if link.is_claimed() && link.signature == Some(SignatureCheck::PssParametersForbidden) {
        let (certificate, issuer) = (
            analysis.certificate(link.subject),
            analysis.certificate(link.issuer),
        );
        let finding = findings.at(analysis.place(link.subject, Field::SignatureAlgorithm));
        finding
            .message(format!(
                "`{}` is signed with RSASSA-PSS parameters that the key of `{}` forbids",
                certificate.label(), issuer.label()
            ))
            .evidence(format!("issuer: {}", super::issuer::describe_ca(analysis, link.issuer)))
            .related(analysis.place(link.issuer, Field::SubjectPublicKeyInfo))
            .help("have the certificate reissued with the hash, mask and salt length that the CA's key names");
        if analysis.on_client_path(link.subject) {
            finding.blocking();
        }
    }
}

static CHAIN_SIGNATURE_NOT_CHECKED: Rule = Rule {
    name: "chain-signature-not-checked",
    severity: Severity::Warning,
    citation: "RFC 5280 §6.1.3(a)(1)",
    summary: "The signature is of an algorithm, curve, key size or parameters that cannot be verified here.",
    explanation: "Whether the issuer made this signature is not known, so nothing above rests on a check. Verified here are RSA \
        PKCS#1 v1.5 and PSS with keys of 512 to 16384 bits, ECDSA on the NIST curves, secp256k1, brainpoolP256r1 and P384r1, Ed25519, \
        Ed448, DSA and ML-DSA, over MD5, SHA-1 and SHA-2. What is left, such as MD2, SHA-3 and SLH-DSA, few servers support: \
        rustls and Go reject it, OpenSSL supports more. Check the link with a tool that knows the algorithm, or reissue with ECDSA \
        P-256 and SHA-256 or RSA and SHA-256.",
    check: Check::Link(chain_signature_not_checked),
};

fn chain_signature_not_checked(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    let unchecked = matches!(link.signature, Some(SignatureCheck::Unsupported) | None);
    // A root's signature on itself carries no trust.
    if link.is_self()
        || !link.is_claimed()
        || !unchecked
        || has_valid_issuer(analysis, link.subject)
    {
        return;
    }
    let (certificate, issuer) = (
        analysis.certificate(link.subject),
        analysis.certificate(link.issuer),
    );
    let why = if link.signature.is_none() {
        "too many other signatures had to be tried".to_owned()
    } else {
        format!(
            "algorithm {} with a {} key is not supported here",
            certificate.signature_algorithm.oid.name(),
            issuer.key.describe()
        )
    };
    findings
        .at(analysis.place(link.subject, Field::SignatureAlgorithm))
        .message(format!(
            "whether `{}` signed `{}` could not be checked",
            issuer.label(), certificate.label()
        ))
        .evidence(why)
        .help("check that every server in use supports this algorithm, or have the certificate reissued with a common one");
}
