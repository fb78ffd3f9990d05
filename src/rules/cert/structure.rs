//! The encoding as a whole: what cannot be read, what follows it, and the version.

use x509_parser::error::X509Error;

use super::validity;
use crate::analysis::{Analysis, CertificateId, CertificateRole, Damaged, InputId};
use crate::cert::{Certificate, Field};
use crate::input::BlockKind;
use crate::rules::{Check, Finding, Findings, Place, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &DER_PARSE_FAILURE,
    &DER_TRAILING_DATA,
    &VERSION_NOT_V3,
    &VERSION_INVALID,
    &VERSION_EXTENSIONS_NEED_V3,
];

static DER_PARSE_FAILURE: Rule = Rule {
    name: "der-parse-failure",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1, X.690",
    summary: "A block cannot be decoded as a certificate.",
    explanation: "nginx, httpd, HAProxy, Envoy, Java and GnuTLS refuse the whole file: the server does not start, or keeps its old configuration. \
        rustls and Go leave the block out instead, so the CA in it is simply not trusted. \
        The finding names the field and the byte at which reading stops: export the certificate again from where it came.",
    check: Check::Source(der_parse_failure),
};

fn der_parse_failure(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let unreadable = analysis.unreadable.iter();
    for (_, index, problem) in unreadable.filter(|(of, _, _)| *of == input) {
        let block = &analysis.contents(input).blocks[*index];
        // Damaged base64 and empty blocks have findings of their own, which name the cause.
        if !block.intact || block.der.is_empty() {
            continue;
        }
        let offset = problem.error.offset;
        let finding = findings.at(analysis.place_in_block(input, *index, offset, problem.field));
        finding
            .blocking()
            .message(format!(
                "this block is no readable certificate: {}: {}",
                problem.field, problem.error.what
            ))
            .evidence(format!(
                "byte {offset} of the {} bytes that the block holds",
                block.der.len()
            ))
            .help("replace the block by a fresh export of the certificate");
        let mut damaged = analysis.damaged.iter();
        let is_it = |one: &&Damaged| one.entry.input == input && one.entry.block == *index;
        if let Some(damaged) = damaged.find(is_it) {
            describe_damage(damaged, finding);
        }
    }
    for id in analysis.certificates_of(input) {
        if analysis.entry(id).first == id {
            report_refusal(analysis, id, findings);
        }
    }
}

/// Says whose certificate it is, as far as that decodes, and what else does not.
fn describe_damage(damaged: &Damaged, finding: &mut Finding) {
    /// How many further defects are shown.
    const SHOWN: usize = 4;
    let subject = &damaged.entry.certificate.subject;
    if damaged.has(&Field::Subject.path()) && !subject.is_empty() {
        finding.evidence(format!("subject: {subject}"));
    }
    let mut others = damaged.defects.iter().skip(1);
    for defect in others.by_ref().take(SHOWN) {
        finding.evidence(format!(
            "byte {}: {}: {}",
            defect.error.offset, defect.field, defect.error.what
        ));
    }
    let more = others.count();
    if more > 0 {
        finding.evidence(format!("and {more} more"));
    }
    finding.evidence("no server can use it; the fields that do decode were checked all the same");
}

/// Reports a certificate that our walk reads, but that x509-parser refuses.
fn report_refusal(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    // What is DER throughout, with values that decode, x509-parser does not refuse: a test holds it to that.
    let is_in_order = analysis.entry(id).irregularities.is_empty()
        && certificate.values.malformed.is_empty()
        && validity::has_standard_dates(certificate);
    if is_in_order {
        return;
    }
    let error = match x509_parser::parse_x509_certificate(certificate.der) {
        Ok(_) => return,
        Err(error) => X509Error::from(error),
    };
    // The rules on dates name the date and show it.
    if error == X509Error::InvalidDate && !validity::has_standard_dates(certificate) {
        return;
    }
    let field = refused_field(&error);
    findings
        .at(analysis.place(id, field))
        .message(format!(
            "`{}` is not encoded as RFC 5280 wants it: {}",
            certificate.label(),
            field.path()
        ))
        .evidence(format!(
            "a strict parser refuses the certificate: {error} (byte {} and what follows)",
            certificate.range(field).start
        ))
        .help("have the certificate issued again with a correct encoding of this field");
}

/// The field that x509-parser means; the whole certificate where it does not say.
fn refused_field(error: &X509Error) -> Field<'static> {
    match error {
        X509Error::InvalidVersion => Field::Version,
        X509Error::InvalidSerial => Field::SerialNumber,
        X509Error::InvalidAlgorithmIdentifier => Field::SignatureAlgorithm,
        X509Error::InvalidX509Name
        | X509Error::InvalidAttributes
        | X509Error::DuplicateAttributes => Field::Subject,
        X509Error::InvalidDate => Field::NotBefore,
        X509Error::InvalidSPKI => Field::SubjectPublicKeyInfo,
        X509Error::InvalidExtensions | X509Error::DuplicateExtensions => Field::Extensions,
        X509Error::InvalidSignatureValue => Field::SignatureValue,
        _ => Field::Certificate,
    }
}

static DER_TRAILING_DATA: Rule = Rule {
    name: "der-trailing-data",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1, RFC 7468 §5.1",
    summary: "Bytes follow the certificate inside its block.",
    explanation: "A CERTIFICATE block holds one certificate and nothing else. nginx and Envoy read the certificate and ignore the rest, \
        rustls and Go leave it out, and Java and GnuTLS refuse the whole file. \
        Write the block again from the certificate alone; `openssl x509 -in FILE` does that.",
    check: Check::Source(der_trailing_data),
};

fn der_trailing_data(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    for id in analysis.certificates_of(input) {
        let entry = analysis.entry(id);
        let block = analysis.block(id);
        let certificate = &entry.certificate;
        let length = certificate.der.len();
        // A TRUSTED CERTIFICATE block holds trust settings after the certificate.
        if block.kind != BlockKind::Certificate || block.der.len() <= length {
            continue;
        }
        let rest = &block.der[length..];
        let place = Place {
            certificate: Some(id),
            ..analysis.place_in_block(
                input,
                entry.block,
                length,
                Field::Certificate.path().as_ref(),
            )
        };
        let finding = findings.at(place).blocking();
        let bytes = if rest.len() == 1 {
            "byte follows"
        } else {
            "bytes follow"
        };
        finding
            .message(format!(
                "{} {bytes} the certificate `{}` in its block",
                rest.len(),
                certificate.label()
            ))
            .evidence(format!(
                "the certificate ends after {length} bytes, its block holds {}",
                block.der.len()
            ));
        if let Ok(second) = Certificate::parse(rest) {
            finding
                .evidence(format!(
                    "what follows is another certificate: {}",
                    second.subject
                ))
                .help("give each certificate a block of its own");
        } else {
            if rest.iter().all(|&octet| octet == 0) {
                finding.evidence("every byte that follows is zero");
            }
            finding.help("write the block again from the certificate alone");
        }
    }
}

static VERSION_NOT_V3: Rule = Rule {
    name: "version-not-v3",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.1",
    summary: "The certificate is not of version 3.",
    explanation: "Only version 3 has extensions: without them a CA cannot say that it is one, and a client certificate cannot say what it is for. \
        rustls refuses every certificate of version 1 or 2 that a client sends, and no verifier takes one as an intermediate; \
        nginx accepts it as client certificate, and an old version 1 root passes nearly everywhere. \
        `openssl x509 -req` makes version 1 unless it is given extensions.",
    check: Check::Certificate(version_not_v3),
};

fn version_not_v3(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if certificate.version >= 3 {
        return;
    }
    let role = analysis.certificate_role(id);
    let finding = findings.at(analysis.place(id, Field::Version));
    if role == CertificateRole::Root {
        finding.severity(Severity::Warning);
    }
    finding
        .message(format!(
            "`{}` is a version {} certificate",
            certificate.label(),
            certificate.version
        ))
        .evidence(format!("it is used as {}", role.name()))
        .help("have it issued again with extensions, which makes it version 3");
    if certificate.extensions.is_empty() {
        finding.evidence("it has no extensions");
    } else {
        finding.evidence(format!(
            "it has {} extensions, which only version 3 may have",
            certificate.extensions.len()
        ));
    }
}

static VERSION_INVALID: Rule = Rule {
    name: "version-invalid",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.1",
    summary: "The version is none of 1, 2 and 3.",
    explanation: "There is no version after 3, so a verifier cannot know what such a certificate means. \
        rustls does not accept one as client certificate or intermediate. Issue it again as version 3, which is encoded as 2.",
    check: Check::Certificate(version_invalid),
};

fn version_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if (1..=3).contains(&certificate.version) {
        return;
    }
    findings
        .at(analysis.place(id, Field::Version))
        .message(format!(
            "the version of `{}` does not exist",
            certificate.label()
        ))
        .evidence(format!(
            "it is encoded as {}; version 3 is encoded as 2",
            certificate.version.saturating_sub(1)
        ))
        .help("issue it again as version 3");
}

static VERSION_EXTENSIONS_NEED_V3: Rule = Rule {
    name: "version-extensions-need-v3",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.1, §4.1.2.9",
    summary: "There are extensions, but the version is not 3.",
    explanation: "Only version 3 has a place for extensions. \
        OpenSSL's strict mode refuses the certificate (93), and Python 3.13 and later check strictly by default; \
        others do not read it, or read the extensions all the same. Issue it again as version 3.",
    check: Check::Certificate(version_extensions_need_v3),
};

fn version_extensions_need_v3(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if certificate.version >= 3 || certificate.extensions.is_empty() {
        return;
    }
    findings
        .at(analysis.place(id, Field::Extensions))
        .message(format!(
            "`{}` has extensions, but is a version {} certificate",
            certificate.label(),
            certificate.version
        ))
        .evidence(format!("extensions: {}", certificate.extensions.len()))
        .related(analysis.place(id, Field::Version))
        .help("have it issued again as version 3");
}
