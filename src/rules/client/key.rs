//! The client's key: whether TLS can use it, and whether the private key is the right one.

use crate::analysis::{Analysis, CertificateId, Client, InputId};
use crate::cert::key::KeyKind;
use crate::cert::{Field, oid};
use crate::crypto::private_key_matches;
use crate::input::BlockKind;
use crate::rules::{Check, Findings, Rule, Severity};
use crate::source::Role;

pub(in crate::rules) static RULES: &[&Rule] = &[
    &MTLS_LEAF_KEY_NOT_USABLE_IN_TLS,
    &MTLS_LEAF_CURVE_NOT_IN_TLS13,
    &MTLS_LEAF_KEY_NOT_OFFERED,
    &KEY_CERTIFICATE_MISMATCH,
];

static MTLS_LEAF_KEY_NOT_USABLE_IN_TLS: Rule = Rule {
    name: "mtls-leaf-key-not-usable-in-tls",
    severity: Severity::Error,
    citation: "RFC 8446 §4.2.3, §4.4.3",
    summary: "TLS has no signature with the client's kind of key.",
    explanation: "A client signs the handshake with its key. X25519, X448 and ML-KEM keys cannot sign at all, \
        and TLS 1.3 has no signature scheme for DSA or SLH-DSA, so the client sends no certificate or the server ends the handshake. \
        Use ECDSA with P-256, or RSA.",
    check: Check::Client(mtls_leaf_key_not_usable_in_tls),
};

fn mtls_leaf_key_not_usable_in_tls(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = client.leaf else { return };
    let certificate = analysis.certificate(leaf);
    let reason = match certificate.key.kind {
        kind if !kind.can_sign() => "keys of this kind cannot sign",
        KeyKind::Dsa | KeyKind::SlhDsa => "TLS 1.3 has no signature scheme for keys of this kind",
        _ => return,
    };
    findings
        .at(analysis.place(leaf, Field::SubjectPublicKeyInfo))
        .blocking()
        .message(format!(
            "the key of `{}` is of no use to a TLS client: {}",
            certificate.label(),
            certificate.key.describe()
        ))
        .evidence(reason)
        .help("issue a certificate for a P-256 or RSA key");
}

static MTLS_LEAF_CURVE_NOT_IN_TLS13: Rule = Rule {
    name: "mtls-leaf-curve-not-in-tls13",
    severity: Severity::Error,
    citation: "RFC 8446 §4.2.3, RFC 8734 §2",
    summary: "TLS 1.3 has no signature scheme for the curve of the client's key.",
    explanation: "TLS 1.3 ties each ECDSA signature scheme to a curve: P-256, P-384 or P-521. \
        With another curve, such as P-224 or secp256k1, nginx, Envoy, Go, Java, GnuTLS and rustls all end the handshake. \
        RFC 8734 has schemes for brainpool curves that few implement, so they are a warning. Use P-256.",
    check: Check::Client(mtls_leaf_curve_not_in_tls13),
};

fn mtls_leaf_curve_not_in_tls13(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = client.leaf else { return };
    let certificate = analysis.certificate(leaf);
    let curve = certificate.key.curve();
    if certificate.key.kind != KeyKind::Ec
        || matches!(curve, Some(oid::P256 | oid::P384 | oid::P521))
    {
        return;
    }
    let finding = findings.at(analysis.place(leaf, Field::SubjectPublicKeyInfo));
    finding
        .message(format!(
            "TLS 1.3 cannot use the key of `{}`: {}",
            certificate.label(),
            certificate.key.describe()
        ))
        .evidence("TLS 1.3 has ECDSA with P-256, P-384 and P-521")
        .help("issue a certificate for a P-256 key");
    if matches!(
        curve,
        Some(oid::BRAINPOOL_P256R1 | oid::BRAINPOOL_P384R1 | oid::BRAINPOOL_P512R1)
    ) {
        finding.severity(Severity::Warning).evidence(
            "RFC 8734 adds schemes for brainpool curves, but few implementations have them",
        );
    } else {
        finding.blocking();
    }
}

static MTLS_LEAF_KEY_NOT_OFFERED: Rule = Rule {
    name: "mtls-leaf-key-not-offered",
    severity: Severity::Error,
    citation: "RFC 8446 §4.2.3, §4.4.2.3; BoringSSL ssl/extensions.cc; rustls src/crypto/ring/mod.rs",
    summary: "A server offers no signature scheme for the client's kind of key.",
    explanation: "A server lists the signature schemes that it can verify, and a client whose key fits none of them sends no certificate: the server then says that \
        the client has none. TLS 1.3 has the scheme, but not every library: Envoy offers neither Ed25519, Ed448, P-521 nor RSASSA-PSS keys, rustls with ring \
        neither P-521 nor Ed448, Go not Ed448. Use P-256 or RSA, which everybody has.",
    check: Check::Client(mtls_leaf_key_not_offered),
};

fn mtls_leaf_key_not_offered(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(&leaf) = client.certificates.first() else {
        return;
    };
    let certificate = analysis.certificate(leaf);
    let key = &certificate.key;
    // What TLS 1.3 itself has no scheme for is said by the rules above.
    let has_scheme = match key.kind {
        KeyKind::Rsa | KeyKind::RsaPss | KeyKind::EdDsa => true,
        KeyKind::Ec => matches!(key.curve(), Some(oid::P256 | oid::P384 | oid::P521)),
        _ => false,
    };
    let chosen = analysis.settings.verifiers.iter();
    let without: Vec<&str> = chosen
        .filter(|verifier| has_scheme && !verifier.offers_scheme_for(key))
        .map(|verifier| verifier.name)
        .collect();
    if without.is_empty() {
        return;
    }
    findings
        .at(analysis.place(leaf, Field::SubjectPublicKeyInfo))
        .blocking()
        .message(format!(
            "{} cannot use the key of `{}`: {}",
            without.join(" and "),
            certificate.label(),
            key.describe()
        ))
        .evidence(
            "the server offers no signature scheme for it, so the client sends no certificate",
        )
        .help("issue a certificate for a P-256 key");
}

static KEY_CERTIFICATE_MISMATCH: Rule = Rule {
    name: "key-certificate-mismatch",
    severity: Severity::Error,
    citation: "RFC 8446 §4.4.3",
    summary: "The private key does not belong to the client certificate.",
    explanation: "A client that loads a certificate with another's key stops with an error (OpenSSL: `key values mismatch`), \
        or the server finds the signature of the handshake wrong. \
        It happens where the certificate was renewed with a new key and only one of the two files was replaced.",
    check: Check::Bundle(key_certificate_mismatch),
};

fn key_certificate_mismatch(analysis: &Analysis, findings: &mut Findings) {
    for client in &analysis.clients {
        if let Some(leaf) = client.leaf {
            check_keys(analysis, client.input, &[leaf], findings);
        }
    }
    let leaves: Vec<CertificateId> = analysis
        .clients
        .iter()
        .filter_map(|client| client.leaf)
        .collect();
    for input in analysis.inputs_with(Role::Key) {
        check_keys(analysis, input, &leaves, findings);
    }
}

/// Reports the private keys of a source that surely belong to none of these certificates.
fn check_keys(
    analysis: &Analysis,
    input: InputId,
    leaves: &[CertificateId],
    findings: &mut Findings,
) {
    let blocks = analysis.contents(input).blocks.iter();
    for block in blocks.filter(|block| block.kind == BlockKind::PrivateKey) {
        let matches =
            |id: CertificateId| private_key_matches(&block.der, &analysis.certificate(id).key);
        let Some(&leaf) = leaves.first() else { return };
        let results: Vec<Option<bool>> = leaves.iter().map(|id| matches(*id)).collect();
        if results.contains(&Some(true)) {
            continue;
        }
        // Said, so that nobody takes silence for a match.
        if results.contains(&None) {
            findings
                .at(analysis.place_in_source(input, block.begin))
                .severity(Severity::Info)
                .message("this private key could not be compared with the client certificate")
                .evidence("it is encrypted, damaged, without its public part, or of a kind that is not known here")
                .help("decrypt it for the check, for example with `openssl pkey`, or compare the public keys by hand");
            continue;
        }
        let certificate = analysis.certificate(leaf);
        let finding = findings.at(analysis.place_in_source(input, block.begin));
        if leaves.len() == 1 {
            finding.message(format!(
                "this private key does not belong to {}",
                analysis.describe(leaf)
            ));
        } else {
            finding.message(format!(
                "this private key belongs to none of the {} client certificates",
                leaves.len()
            ));
        }
        finding.related(analysis.place(leaf, Field::SubjectPublicKeyInfo));
        let owner = analysis.distinct().find(|id| matches(*id) == Some(true));
        if let Some(owner) = owner {
            finding.evidence(format!("it belongs to {}", analysis.describe(owner)));
        }
        if leaves.len() == 1 {
            finding.evidence(format!(
                "the certificate's key: {}",
                certificate.key.describe()
            ));
        }
        finding.help("take the private key that was made for this certificate, or issue a certificate for this key");
    }
}
