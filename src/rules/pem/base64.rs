//! The text between the boundaries: whether it is base64.

use super::{accidents, count, group, line};
use crate::analysis::{Analysis, InputId};
use crate::input::pem::{Accident, AccidentKind, PaddingFault};
use crate::input::{Block, BlockKind};
use crate::rules::{Check, Findings, Rule, Severity};
use crate::source::Role;

pub(in crate::rules) static RULES: &[&Rule] = &[
    &PEM_INVALID_BASE64,
    &PEM_INVALID_PADDING,
    &PEM_EMPTY_BLOCK,
    &PEM_HEADERS_IN_BLOCK,
];

fn block<'a>(analysis: &Analysis<'a>, input: InputId, accident: &Accident) -> Option<&'a Block> {
    analysis.contents(input).blocks.get(accident.block?)
}

/// Whether a block that cannot be decoded costs a certificate: its own, or those of a whole bundle,
/// since OpenSSL decodes every block of a CA file and refuses the file at the first that is broken.
fn costs_certificate(analysis: &Analysis, input: InputId, block: &Block) -> bool {
    let is_certificate = matches!(
        block.kind,
        BlockKind::Certificate | BlockKind::TrustedCertificate
    );
    is_certificate || analysis.role(input) == Role::Bundle
}

static PEM_INVALID_BASE64: Rule = Rule {
    name: "pem-invalid-base64",
    severity: Severity::Error,
    citation: "RFC 7468 §3; RFC 4648 §4",
    summary: "A block holds characters that are not base64.",
    explanation: "The block was damaged in copying, edited, or cut by a tool that marks what it leaves out. OpenSSL refuses the whole file \
        (\"bad base64 decode\"), even where the block is no certificate; rustls drops the block without a word. Base64 holds only \
        letters, digits, `+`, `/` and `=` at the end. Replace the block by an intact copy.",
    check: Check::Source(pem_invalid_base64),
};

fn pem_invalid_base64(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    for accident in analysis.accidents(input) {
        let AccidentKind::InvalidBase64 { byte, count: found } = accident.kind else {
            continue;
        };
        let Some(block) = block(analysis, input, accident) else {
            continue;
        };
        let label = &block.label;
        let finding = findings.at(analysis.place_in_source(input, accident.span));
        finding.message(match byte {
            Some(byte @ 0x21..0x7F) => format!(
                "`{}` in the `{label}` block is not base64",
                char::from(byte)
            ),
            Some(byte) => format!("the byte 0x{byte:02x} in the `{label}` block is not base64"),
            None => format!("the `{label}` block holds a character that is not base64"),
        });
        let at = line(analysis, input, accident.span);
        finding.evidence(format!(
            "{} outside the alphabet, the first on line {at}",
            count(found, "character")
        ));
        finding.evidence(
            "OpenSSL refuses the whole file: \"bad base64 decode\"; rustls drops the block",
        );
        finding.help("replace the block by an intact copy");
        if costs_certificate(analysis, input, block) {
            finding.blocking();
        }
    }
}

static PEM_INVALID_PADDING: Rule = Rule {
    name: "pem-invalid-padding",
    severity: Severity::Error,
    citation: "RFC 4648 §3.2, §3.5",
    summary: "The base64 of a block does not end as it should.",
    explanation: "Base64 comes in groups of four characters, and `=` fills the last one. Where `=` is missing, OpenSSL refuses the whole file \
        (\"bad base64 decode\") though Java and rustls read it; where there are too many, or one stands in the middle, none reads it. \
        Unused bits that are not zero are read by all, but two texts then stand for one certificate. Encode the block again.",
    check: Check::Source(pem_invalid_padding),
};

fn pem_invalid_padding(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    for accident in analysis.accidents(input) {
        let AccidentKind::InvalidPadding { fault } = accident.kind else {
            continue;
        };
        let Some(block) = block(analysis, input, accident) else {
            continue;
        };
        let label = &block.label;
        let (message, readers, help) = match fault {
            PaddingFault::Missing => (
                format!("the base64 of the `{label}` block lacks `=` at its end"),
                "OpenSSL refuses the whole file: \"bad base64 decode\"; Java and rustls read it",
                "fill the last line with `=` to a multiple of four characters",
            ),
            PaddingFault::Excess => (
                format!("the base64 of the `{label}` block has too many `=` at its end"),
                "OpenSSL and Java refuse the whole file; rustls drops the block",
                "remove `=` until the base64 has a multiple of four characters",
            ),
            PaddingFault::Misplaced => (
                format!("`=` stands inside the base64 of the `{label}` block"),
                "OpenSSL and Java refuse the whole file; rustls drops the block",
                "replace the block by an intact copy",
            ),
            PaddingFault::TrailingBits => (
                format!("the base64 of the `{label}` block ends in bits that are not zero"),
                "OpenSSL, Java and rustls read it; a strict decoder does not",
                "encode the block again",
            ),
            PaddingFault::Length => (
                format!(
                    "the base64 of the `{label}` block is one character too long, or is cut off"
                ),
                "OpenSSL and Java refuse the whole file; rustls drops the block",
                "replace the block by an intact copy",
            ),
        };
        let finding = findings.at(analysis.place_in_source(input, accident.span));
        finding.message(message).evidence(readers).help(help);
        if fault == PaddingFault::TrailingBits {
            finding.severity(Severity::Warning);
        } else if costs_certificate(analysis, input, block) {
            finding.blocking();
        }
    }
}

static PEM_EMPTY_BLOCK: Rule = Rule {
    name: "pem-empty-block",
    severity: Severity::Error,
    citation: "RFC 7468 §3",
    summary: "Nothing stands between the boundaries of a block.",
    explanation: "A template was rendered without its value, or the content was removed and the boundaries were not. OpenSSL and Java refuse \
        the whole file for it, with an error that does not name the block. Fill the block or remove its boundaries.",
    check: Check::Source(pem_empty_block),
};

fn pem_empty_block(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let found = accidents(analysis, input, |kind| {
        matches!(kind, AccidentKind::EmptyBlock)
    });
    for accident in found {
        let Some(block) = block(analysis, input, accident) else {
            continue;
        };
        let finding = findings.at(analysis.place_in_source(input, block.span));
        finding.message(format!("the `{}` block is empty", block.label));
        finding.evidence("OpenSSL and Java refuse the whole file for it");
        finding.help("fill the block, or remove its boundaries");
        if costs_certificate(analysis, input, block) {
            finding.blocking();
        }
    }
}

static PEM_HEADERS_IN_BLOCK: Rule = Rule {
    name: "pem-headers-in-block",
    severity: Severity::Error,
    citation: "RFC 7468 §2",
    summary: "Header lines as in RFC 1421 stand inside a block that is no private key.",
    explanation: "Headers such as `Proc-Type:` belong to encrypted private keys of old. In a certificate OpenSSL refuses the whole file at \
        them (\"not proc type\"), and so does Java; Go and rustls skip the block without a word. Move comments above the BEGIN line.",
    check: Check::Source(pem_headers_in_block),
};

fn pem_headers_in_block(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let found = accidents(analysis, input, |kind| {
        matches!(kind, AccidentKind::Headers { .. })
    });
    let found: Vec<_> = found
        .into_iter()
        .filter(|accident| {
            block(analysis, input, accident)
                .is_some_and(|block| block.kind != BlockKind::PrivateKey)
        })
        .collect();
    if let Some(finding) = group(analysis, input, &found, findings) {
        finding.message(match found.len() {
            1 => "header lines stand inside the block".to_owned(),
            many => format!("header lines stand inside {many} blocks"),
        });
        let lines = found.iter().map(|accident| match accident.kind {
            AccidentKind::Headers { count } => count,
            _ => 0,
        });
        let at = line(analysis, input, found[0].span);
        finding.evidence(format!(
            "{}, the first on line {at}",
            count(lines.sum(), "header line")
        ));
        finding.evidence(
            "OpenSSL refuses the whole file: \"not proc type\"; Go and rustls skip the block",
        );
        finding
            .help("move the lines above BEGIN, or remove them")
            .blocking();
    }
}
