//! What the blocks are called, and which of them do not belong here.

use super::{accidents, count, fix, group};
use crate::analysis::{Analysis, InputId};
use crate::input::pem::AccidentKind;
use crate::input::{Block, BlockKind};
use crate::rules::{Check, Findings, Rule, Severity};
use crate::source::Role;

pub(in crate::rules) static RULES: &[&Rule] = &[
    &PEM_LEGACY_LABEL,
    &PEM_TRUSTED_CERTIFICATE_LABEL,
    &PEM_PRIVATE_KEY_PRESENT,
    &PEM_UNEXPECTED_BLOCK,
];

static PEM_LEGACY_LABEL: Rule = Rule {
    name: "pem-legacy-label",
    severity: Severity::Error,
    citation: "RFC 7468 §5.1",
    summary: "The label is `X509 CERTIFICATE` or `X.509 CERTIFICATE`.",
    explanation: "Both names are older than RFC 7468. OpenSSL, Envoy and Java read `X509 CERTIFICATE`, Go and rustls skip the block without \
        a word; `X.509 CERTIFICATE` is skipped by OpenSSL too. The content is the same: write `CERTIFICATE`.",
    check: Check::Source(pem_legacy_label),
};

fn pem_legacy_label(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let found = accidents(analysis, input, |kind| {
        matches!(kind, AccidentKind::LegacyLabel)
    });
    let Some(finding) = group(analysis, input, &found, findings) else {
        return;
    };
    let blocks = &analysis.contents(input).blocks;
    let labels = || {
        found
            .iter()
            .filter_map(|found| Some(&blocks.get(found.block?)?.label[..]))
    };
    let label = labels().next().unwrap_or("X509 CERTIFICATE");
    finding.message(match found.len() {
        1 => format!("the block is labelled `{label}`, not `CERTIFICATE`"),
        many => format!("{many} blocks are labelled `{label}` or alike, not `CERTIFICATE`"),
    });
    finding.evidence(if labels().any(|label| label.contains('.')) {
        "OpenSSL, Go and rustls skip the block"
    } else {
        "Go and rustls skip the block; OpenSSL, Envoy and Java read it"
    });
    finding.help(fix(analysis, input)).blocking();
}

static PEM_TRUSTED_CERTIFICATE_LABEL: Rule = Rule {
    name: "pem-trusted-certificate-label",
    severity: Severity::Error,
    citation: "RFC 7468 §5.1; OpenSSL PEM_read_bio_X509_AUX",
    summary: "The label is `TRUSTED CERTIFICATE`: OpenSSL's trust settings follow the certificate.",
    explanation: "The block says for which purposes OpenSSL may trust the certificate, and OpenSSL obeys: a root that is trusted for servers \
        only makes nginx reject every client (\"unsuitable certificate purpose\"). nginx and httpd refuse a file that holds no plain \
        CERTIFICATE block; Go and rustls skip the block; Java and ingress-nginx refuse the file. Write it as a plain CERTIFICATE.",
    check: Check::Source(pem_trusted_certificate_label),
};

fn pem_trusted_certificate_label(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let found = accidents(analysis, input, |kind| {
        matches!(kind, AccidentKind::TrustedCertificate)
    });
    let Some(finding) = group(analysis, input, &found, findings) else {
        return;
    };
    finding.message(match found.len() {
        1 => "the block is labelled `TRUSTED CERTIFICATE`".to_owned(),
        many => format!("{many} blocks are labelled `TRUSTED CERTIFICATE`"),
    });
    finding.evidence("Go and rustls skip the block, Java refuses the file, OpenSSL obeys the trust settings in it");
    let plain = |block: &Block| block.kind == BlockKind::Certificate;
    if analysis.role(input) == Role::Bundle && !analysis.contents(input).blocks.iter().any(plain) {
        finding.evidence(
            "there is no plain `CERTIFICATE` block: nginx and httpd do not start with this file",
        );
    }
    finding
        .help("write it as a plain certificate: `openssl x509 -in FILE`")
        .blocking();
}

static PEM_PRIVATE_KEY_PRESENT: Rule = Rule {
    name: "pem-private-key-present",
    severity: Severity::Error,
    citation: "RFC 7468 §10, §13",
    summary: "A private key stands in a file that is for certificates only.",
    explanation: "A CA file is copied to every server, put into ConfigMaps and sent to colleagues: a key in it is known to all who can read \
        it. nginx, Envoy, Go and rustls read past the key, so nothing fails and nobody notices; Java and ingress-nginx refuse the file. \
        Remove the key and, since it may have been read, replace it. A client's certificate and key in one file are no finding.",
    check: Check::Source(pem_private_key_present),
};

fn pem_private_key_present(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let role = analysis.role(input);
    if matches!(role, Role::Client | Role::Key) {
        return;
    }
    let found = accidents(analysis, input, |kind| {
        matches!(kind, AccidentKind::PrivateKey)
    });
    let Some(finding) = group(analysis, input, &found, findings) else {
        return;
    };
    let place = match role {
        Role::Bundle => "the bundle of CA certificates",
        Role::Crl => "the file of CRLs",
        _ => "the file",
    };
    finding.message(match found.len() {
        1 => format!("a private key stands in {place}"),
        many => format!("{many} private keys stand in {place}"),
    });
    let blocks = &analysis.contents(input).blocks;
    for found in found.iter().take(5) {
        if let Some(block) = found.block.and_then(|block| blocks.get(block)) {
            let line = super::line(analysis, input, found.span);
            let label = if block.label.is_empty() {
                "DER"
            } else {
                &block.label
            };
            finding.evidence(format!("line {line}: `{label}`"));
        }
    }
    if role == Role::Bundle {
        finding.evidence(
            "OpenSSL, Envoy, Go and rustls read past it; Java and ingress-nginx refuse the file",
        );
    }
    finding
        .help("remove the key from the file, and replace it: whoever could read the file has it");
}

static PEM_UNEXPECTED_BLOCK: Rule = Rule {
    name: "pem-unexpected-block",
    severity: Severity::Warning,
    citation: "RFC 7468 §5",
    summary: "A CRL, certificate request, PKCS #7 file, public key or parameters stand among the certificates.",
    explanation: "What is no certificate is read differently by every server. A CRL in the bundle makes Envoy check revocation for every CA of \
        the path, and reject where a CRL is missing or old; nginx loads it and ignores it. Certificates inside a PKCS #7 block are read \
        by none. Java and ingress-nginx refuse a file with any such block. Move it into a file of its own.",
    check: Check::Source(pem_unexpected_block),
};

fn pem_unexpected_block(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let role = analysis.role(input);
    let blocks = &analysis.contents(input).blocks;
    for accident in analysis.accidents(input) {
        let AccidentKind::UnexpectedBlock { kind } = accident.kind else {
            continue;
        };
        let Some(block) = accident.block.and_then(|block| blocks.get(block)) else {
            continue;
        };
        // A DER file is one finding, by its own rule.
        if block.label.is_empty() || belongs(role, block) {
            continue;
        }
        let label = &block.label;
        let finding = findings.at(analysis.place_in_source(input, accident.span));
        match kind {
            BlockKind::Crl => {
                finding.message("a CRL stands among the certificates");
                if role == Role::Bundle {
                    finding.evidence("Envoy then checks revocation for every CA of the path; nginx ignores the CRL; Java refuses the file");
                }
                finding.help("move it into a file of its own: `ssl_crl` in nginx, `--crl` here");
            }
            BlockKind::Pkcs7 => {
                finding.message(format!(
                    "the certificates inside the `{label}` block are read by no server"
                ));
                finding.evidence(format!(
                    "the block holds {}",
                    count(block.der.len(), "byte")
                ));
                finding.severity(Severity::Error).blocking();
                finding.help("take the certificates out: `openssl pkcs7 -print_certs`");
            }
            BlockKind::CertificateRequest => {
                finding.message("a certificate request is no certificate");
                finding.evidence(
                    "OpenSSL and rustls read past it; Java and ingress-nginx refuse the file",
                );
                finding.help(
                    "put the certificate that the CA issued for it here, and remove the request",
                );
            }
            _ => {
                finding.message(format!("a `{label}` block does not belong here"));
                finding.evidence(
                    "OpenSSL and rustls read past it; Java and ingress-nginx refuse the file",
                );
                finding.help("remove the block");
            }
        }
    }
}

/// Whether a block that is no certificate belongs into a source with this role.
fn belongs(role: Role, block: &Block) -> bool {
    match role {
        Role::Crl => block.kind == BlockKind::Crl,
        // `openssl ecparam -genkey` writes the parameters before the key.
        Role::Key | Role::Client => block.label.ends_with("PARAMETERS"),
        _ => false,
    }
}
