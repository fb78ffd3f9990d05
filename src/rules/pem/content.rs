//! Whether there is anything to read: no bytes, no certificate, binary instead of text.

use super::{accidents, count};
use crate::analysis::{Analysis, InputId};
use crate::input::BlockKind;
use crate::input::pem::AccidentKind;
use crate::rules::{Check, Findings, Rule, Severity};
use crate::source::Role;

pub(in crate::rules) static RULES: &[&Rule] =
    &[&PEM_EMPTY_INPUT, &PEM_NO_CERTIFICATE, &PEM_DER_INPUT];

static PEM_EMPTY_INPUT: Rule = Rule {
    name: "pem-empty-input",
    severity: Severity::Error,
    citation: "RFC 7468 §2",
    summary: "The source is empty or only white space.",
    explanation: "There is nothing to trust or to send. nginx and HAProxy refuse to start with an empty CA file (\"no certificate or \
        crl found\"), and so does Envoy; Go and rustls find no CA in it. An empty file is often a Secret or ConfigMap key that was \
        never filled, or a redirect whose command failed. Write the certificates into it.",
    check: Check::Source(pem_empty_input),
};

fn pem_empty_input(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let found = accidents(analysis, input, |kind| {
        matches!(kind, AccidentKind::EmptyInput)
    });
    for accident in found {
        let source = analysis.source(input);
        let message = if source.bytes.is_empty() {
            format!("`{}` is empty", source.name)
        } else {
            format!("`{}` holds nothing but white space", source.name)
        };
        let finding = findings.at(analysis.place_in_source(input, accident.span));
        finding.message(message).blocking();
        finding.evidence(count(source.bytes.len(), "byte"));
        finding.help(match analysis.role(input) {
            Role::Client => {
                "write the client's certificate and its intermediates into the file, as PEM"
            }
            Role::Crl => "write the CRLs into the file, as PEM",
            Role::Key => "write the private key into the file, as PEM",
            _ => "write the CA certificates into the file, as PEM",
        });
    }
}

static PEM_NO_CERTIFICATE: Rule = Rule {
    name: "pem-no-certificate",
    severity: Severity::Error,
    citation: "RFC 7468 §5",
    summary: "The source holds no CERTIFICATE block.",
    explanation: "Every reader skips what is not between BEGIN CERTIFICATE and END CERTIFICATE. With nothing left, nginx, httpd, HAProxy, \
        PostgreSQL and Envoy do not start, Go and rustls have no CA, and every client is rejected. Look at what the file is instead: a \
        key, a PKCS #7 file, base64 without boundaries, an error message of a download.",
    check: Check::Source(pem_no_certificate),
};

fn pem_no_certificate(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let what = match analysis.role(input) {
        Role::Bundle => "CA certificate",
        Role::Client => "client certificate",
        _ => return,
    };
    for accident in analysis.accidents(input) {
        let AccidentKind::NoCertificate { bare_base64 } = accident.kind else {
            continue;
        };
        let blocks = &analysis.contents(input).blocks;
        let finding = findings.at(analysis.place_in_source(input, accident.span));
        let name = &analysis.source(input).name;
        finding
            .message(format!("`{name}` holds no {what}"))
            .blocking();
        if bare_base64 {
            finding
                .evidence("the text is base64 of a DER object, without BEGIN and END boundaries");
            finding.help("put `-----BEGIN CERTIFICATE-----` before it and `-----END CERTIFICATE-----` after it, each on its own line");
            continue;
        }
        let mut labels: Vec<&str> = blocks
            .iter()
            .map(|block| &block.label[..])
            .filter(|label| !label.is_empty())
            .collect();
        labels.sort_unstable();
        labels.dedup();
        if blocks.is_empty() {
            finding.evidence("no block of any kind was found");
        } else if !labels.is_empty() {
            let labels: Vec<_> = labels
                .iter()
                .take(5)
                .map(|label| format!("`{label}`"))
                .collect();
            finding.evidence(format!("blocks found: {}", labels.join(", ")));
        }
        if blocks.iter().any(|block| block.kind == BlockKind::Pkcs7) {
            finding.help(
                "take the certificates out of the PKCS #7 file: `openssl pkcs7 -print_certs`",
            );
        } else {
            finding.help(format!(
                "check that this is the right file, and that the {what}s are in it as PEM"
            ));
        }
    }
}

static PEM_DER_INPUT: Rule = Rule {
    name: "pem-der-input",
    severity: Severity::Error,
    citation: "RFC 7468 §2",
    summary: "The source is binary DER, not PEM.",
    explanation: "Servers read CA files as PEM. In a DER file nginx, httpd, HAProxy and PostgreSQL find \"no certificate or crl\" and do \
        not start, Envoy does not load it, Go and rustls find no CA. Java reads it, which is why the file may have worked elsewhere. \
        Convert it to PEM.",
    check: Check::Source(pem_der_input),
};

fn pem_der_input(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let role = analysis.role(input);
    if role == Role::Key {
        return;
    }
    for accident in analysis.accidents(input) {
        let AccidentKind::DerInput { kind } = accident.kind else {
            continue;
        };
        let name = &analysis.source(input).name;
        let (what, help) = match kind {
            BlockKind::Certificate | BlockKind::TrustedCertificate => (
                "a certificate",
                // openssl converts the first object of a file and drops the others.
                if analysis.contents(input).blocks.len() > 1 {
                    format!("run `chainlint fix {name}`: it prints all of them as PEM")
                } else {
                    format!("convert it: `openssl x509 -inform der -in {name} -out {name}.pem`")
                },
            ),
            BlockKind::Crl => (
                "a CRL",
                format!("convert it: `openssl crl -inform der -in {name} -out {name}.pem`"),
            ),
            BlockKind::Pkcs7 => (
                "a PKCS #7 file",
                format!(
                    "take the certificates out: `openssl pkcs7 -inform der -in {name} -print_certs -out {name}.pem`"
                ),
            ),
            BlockKind::PrivateKey => (
                "a private key",
                "give the certificates instead, as PEM".to_owned(),
            ),
            BlockKind::CertificateRequest => (
                "a certificate request",
                "give the certificate that the CA issued for it, as PEM".to_owned(),
            ),
            BlockKind::Other => (
                "a PKCS #12 keystore or another object",
                format!(
                    "if it is a keystore, take the certificates out: `openssl pkcs12 -in {name} -nokeys -out {name}.pem`"
                ),
            ),
        };
        let finding = findings.at(analysis.place_in_source(input, accident.span));
        finding.message(format!("`{name}` is binary DER ({what}), not PEM"));
        let objects = analysis
            .contents(input)
            .blocks
            .iter()
            .filter(|block| block.label.is_empty());
        finding.evidence(format!(
            "{}, {}",
            count(analysis.source(input).bytes.len(), "byte"),
            count(objects.count(), "object")
        ));
        if role == Role::Client {
            finding.severity(Severity::Info);
        } else {
            finding
                .evidence("OpenSSL, Envoy, Go and rustls read PEM only, and find nothing in it")
                .blocking();
        }
        finding.help(help);
    }
}
