//! How the text is encoded: UTF-16, byte order marks, escapes, base64 twice.

use super::{accidents, fix, group, line};
use crate::analysis::{Analysis, InputId};
use crate::input::pem::{AccidentKind, Encoding};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &PEM_NOT_ASCII_TEXT,
    &PEM_BYTE_ORDER_MARK,
    &PEM_ESCAPED_NEWLINES,
    &PEM_DOUBLE_BASE64,
];

static PEM_NOT_ASCII_TEXT: Rule = Rule {
    name: "pem-not-ascii-text",
    severity: Severity::Error,
    citation: "RFC 7468 §2",
    summary: "The source is UTF-16, or holds control octets.",
    explanation: "Readers look for the ASCII bytes of `-----BEGIN`. UTF-16 has a NUL between every two of them, so no reader finds a \
        block; PowerShell's `>` writes such files. Control octets between the blocks do no harm by themselves, but say that the file \
        is not what it seems: a keystore, an archive, a damaged copy. Save the file as ASCII or UTF-8 without a byte order mark.",
    check: Check::Source(pem_not_ascii_text),
};

fn pem_not_ascii_text(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    for accident in analysis.accidents(input) {
        let AccidentKind::NotAsciiText { encoding } = accident.kind else {
            continue;
        };
        let name = &analysis.source(input).name;
        let finding = findings.at(analysis.place_in_source(input, accident.span));
        match encoding {
            Encoding::Utf16Le | Encoding::Utf16Be => {
                let order = if encoding == Encoding::Utf16Le {
                    "little-endian"
                } else {
                    "big-endian"
                };
                finding.message(format!("`{name}` is UTF-16 ({order}), not ASCII text"));
                finding.evidence("no server finds a boundary in it");
                finding.help(fix(analysis, input)).blocking();
            }
            Encoding::Binary { byte } => {
                finding.message(format!("`{name}` holds the control octet 0x{byte:02x}"));
                finding.evidence(format!(
                    "line {}, offset {}",
                    line(analysis, input, accident.span),
                    accident.span.start
                ));
                if analysis.contents(input).blocks.is_empty() {
                    finding.evidence("no block was found: the file is something else than PEM");
                    finding.help("give the certificates as PEM").blocking();
                } else {
                    finding.evidence(
                        "it stands outside the blocks, where OpenSSL, Java and rustls read past it",
                    );
                    finding.severity(Severity::Warning);
                    finding.help(fix(analysis, input));
                }
            }
        }
    }
}

static PEM_BYTE_ORDER_MARK: Rule = Rule {
    name: "pem-byte-order-mark",
    severity: Severity::Error,
    citation: "RFC 7468 §2",
    summary: "A UTF-8 byte order mark stands before a block.",
    explanation: "The mark is three bytes that no editor shows. With it, the line does not start with `-----BEGIN`, and Envoy, Go, \
        rustls and OpenSSL 1.1.1 skip the block without a word: its CA is not trusted. OpenSSL 3.0 and later skip the mark instead, so \
        the same file works on one server and not on the next. Java refuses the whole file. Remove the mark.",
    check: Check::Source(pem_byte_order_mark),
};

fn pem_byte_order_mark(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let found = accidents(analysis, input, |kind| {
        matches!(kind, AccidentKind::ByteOrderMark)
    });
    let Some(finding) = group(analysis, input, &found, findings) else {
        return;
    };
    let at = line(analysis, input, found[0].span);
    finding.message(match found.len() {
        1 if at == 1 => "the file begins with a UTF-8 byte order mark".to_owned(),
        1 => format!("a UTF-8 byte order mark stands on line {at}"),
        many => format!("{many} UTF-8 byte order marks, the first on line {at}"),
    });
    if at > 1 || found.len() > 1 {
        finding.evidence("marks inside a file come from joining files that begin with one");
    }
    finding.evidence("Envoy, Go, rustls and OpenSSL 1.1.1 drop the block after it; OpenSSL 3.0 and later read it");
    finding.help(fix(analysis, input)).blocking();
}

static PEM_ESCAPED_NEWLINES: Rule = Rule {
    name: "pem-escaped-newlines",
    severity: Severity::Error,
    citation: "RFC 7468 §2",
    summary: "The two characters `\\n` stand where line breaks should be.",
    explanation: "The whole file is one line, which no server reads: nginx and HAProxy report \"no certificate or crl found\", Envoy does \
        not load it, Go and rustls find no CA. It happens when a value goes from JSON, YAML or an environment variable into a file \
        without being unescaped: single quotes in YAML, `echo` without `-e`. Write real line breaks.",
    check: Check::Source(pem_escaped_newlines),
};

fn pem_escaped_newlines(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let found = accidents(analysis, input, |kind| {
        matches!(kind, AccidentKind::EscapedNewlines)
    });
    if let Some(finding) = group(analysis, input, &found, findings) {
        finding.message("the two characters `\\n` stand where line breaks should be");
        finding.evidence("OpenSSL, Envoy, Go, Java and rustls find no certificate in it");
        finding.help(fix(analysis, input)).blocking();
    }
}

static PEM_DOUBLE_BASE64: Rule = Rule {
    name: "pem-double-base64",
    severity: Severity::Error,
    citation: "RFC 7468 §2; Kubernetes Secret `data` and `stringData`",
    summary: "The source is base64 of a PEM document.",
    explanation: "PEM is base64 already, and this is base64 around it. Kubernetes decodes the `data` of a Secret once, so a value that \
        was encoded twice, or encoded by hand and put into `stringData`, reaches the server like this. No server reads it: nginx \
        reports \"no certificate or crl found\", ingress-nginx refuses the Secret. Decode it once.",
    check: Check::Source(pem_double_base64),
};

fn pem_double_base64(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let found = accidents(analysis, input, |kind| {
        matches!(kind, AccidentKind::DoubleBase64)
    });
    if let Some(finding) = group(analysis, input, &found, findings) {
        let name = &analysis.source(input).name;
        finding.message(format!(
            "`{name}` is a PEM document that was base64-encoded once more"
        ));
        finding.evidence("no server finds a certificate in it");
        finding
            .help(format!("decode it once: `base64 -d {name}`"))
            .blocking();
    }
}
