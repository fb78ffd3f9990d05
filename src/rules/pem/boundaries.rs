//! Boundaries: whether they pair up.

use crate::analysis::{Analysis, InputId};
use crate::input::pem::{Accident, AccidentKind};
use crate::rules::{Check, Findings, Rule, Severity};

use super::{accidents, line};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &PEM_MISSING_NEWLINE_BETWEEN_BLOCKS,
    &PEM_UNTERMINATED_BLOCK,
    &PEM_END_WITHOUT_BEGIN,
    &PEM_NESTED_BEGIN,
    &PEM_LABEL_MISMATCH,
];

static PEM_MISSING_NEWLINE_BETWEEN_BLOCKS: Rule = Rule {
    name: "pem-missing-newline-between-blocks",
    severity: Severity::Error,
    citation: "RFC 7468 §3",
    summary: "An END and a BEGIN boundary share one line.",
    explanation: "It comes from joining files of which the first has no line break at its end. OpenSSL refuses the whole file (\"bad end \
        line\"), so nginx, httpd and HAProxy do not start; rustls drops the second block without a word. Put a line break between the two.",
    check: Check::Source(pem_missing_newline_between_blocks),
};

fn pem_missing_newline_between_blocks(
    analysis: &Analysis,
    input: InputId,
    findings: &mut Findings,
) {
    let is = |kind: &AccidentKind| matches!(kind, AccidentKind::MissingNewlineBetweenBlocks);
    for accident in accidents(analysis, input, is) {
        findings
            .at(analysis.place_in_source(input, accident.span))
            .message("END and BEGIN stand on one line")
            .evidence(
                "OpenSSL refuses the whole file: \"bad end line\"; rustls drops the second block",
            )
            .help(format!(
                "put a line break before BEGIN on line {}",
                line(analysis, input, accident.span)
            ))
            .blocking();
    }
}

/// ``the `CERTIFICATE` block``: the block of an accident.
fn block_name(analysis: &Analysis, input: InputId, accident: &Accident) -> String {
    let block = accident
        .block
        .and_then(|block| analysis.contents(input).blocks.get(block));
    block.map_or_else(
        || "the block".to_owned(),
        |block| format!("the `{}` block", block.label),
    )
}

static PEM_UNTERMINATED_BLOCK: Rule = Rule {
    name: "pem-unterminated-block",
    severity: Severity::Error,
    citation: "RFC 7468 §3",
    summary: "The source ends inside a block.",
    explanation: "The file was cut off, or its last line was lost in copying. OpenSSL (\"bad end line\"), Envoy, Java and GnuTLS refuse the \
        whole file; Go and rustls drop the block without a word, and its CA is not trusted. Replace the block by a complete copy.",
    check: Check::Source(pem_unterminated_block),
};

fn pem_unterminated_block(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let is = |kind: &AccidentKind| matches!(kind, AccidentKind::Unterminated);
    for accident in accidents(analysis, input, is) {
        let name = block_name(analysis, input, accident);
        let finding = findings.at(analysis.place_in_source(input, accident.span));
        finding.message(format!(
            "{name} has no END boundary: the file ends inside it"
        ));
        let block = accident
            .block
            .and_then(|block| analysis.contents(input).blocks.get(block));
        if let Some(block) = block {
            finding.evidence(format!(
                "{} could be decoded",
                super::count(block.der.len(), "byte")
            ));
        }
        finding.evidence(
            "OpenSSL, Envoy and Java refuse the whole file; Go and rustls drop the block",
        );
        finding
            .help("replace the block by a complete copy")
            .blocking();
    }
}

static PEM_END_WITHOUT_BEGIN: Rule = Rule {
    name: "pem-end-without-begin",
    severity: Severity::Error,
    citation: "RFC 7468 §3",
    summary: "An END boundary outside any block.",
    explanation: "The BEGIN line before it is missing or too damaged to be recognised, and with it the block. OpenSSL and rustls read on \
        and say nothing; Java refuses the whole file. Restore the block, or remove what is left of it.",
    check: Check::Source(pem_end_without_begin),
};

fn pem_end_without_begin(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    for accident in analysis.accidents(input) {
        if let AccidentKind::EndWithoutBegin { label } = &accident.kind {
            findings
                .at(analysis.place_in_source(input, accident.span))
                .message(format!("END `{label}` without a BEGIN before it"))
                .evidence(
                    "OpenSSL and rustls skip what stands before it; Java refuses the whole file",
                )
                .help("restore the BEGIN line, or remove the rest of the block")
                .blocking();
        }
    }
}

static PEM_NESTED_BEGIN: Rule = Rule {
    name: "pem-nested-begin",
    severity: Severity::Error,
    citation: "RFC 7468 §3",
    summary: "A BEGIN boundary inside an open block.",
    explanation: "The END line of the block before it is missing. OpenSSL takes both blocks for one and loses the second certificate \
        without a word, or refuses the file; rustls loses both; Java refuses the file. Put the END line back.",
    check: Check::Source(pem_nested_begin),
};

fn pem_nested_begin(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let is = |kind: &AccidentKind| matches!(kind, AccidentKind::NestedBegin);
    for accident in accidents(analysis, input, is) {
        let outer = accident
            .block
            .and_then(|block| analysis.contents(input).blocks.get(block));
        let Some(outer) = outer else { continue };
        let begins = line(analysis, input, outer.begin);
        findings
            .at(analysis.place_in_source(input, accident.span))
            .message(format!(
                "BEGIN inside the `{}` block that begins on line {begins}",
                outer.label
            ))
            .evidence(format!("the block of line {begins} has no END boundary"))
            .evidence("OpenSSL loses the second block or refuses the whole file; rustls loses both")
            .related(analysis.place_in_source(input, outer.begin))
            .help(format!(
                "put `-----END {}-----` on a line of its own before this one",
                outer.label
            ))
            .blocking();
    }
}

static PEM_LABEL_MISMATCH: Rule = Rule {
    name: "pem-label-mismatch",
    severity: Severity::Error,
    citation: "RFC 7468 §3",
    summary: "The labels of a BEGIN and its END boundary differ.",
    explanation: "A reader looks for the END that belongs to the BEGIN. OpenSSL and Java refuse the whole file at another one; rustls \
        reads past it and loses the blocks on both sides. Write the same label in both.",
    check: Check::Source(pem_label_mismatch),
};

fn pem_label_mismatch(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    for accident in analysis.accidents(input) {
        if let AccidentKind::LabelMismatch { begin, end } = &accident.kind {
            let finding = findings.at(analysis.place_in_source(input, accident.span));
            finding.message(format!("BEGIN says `{begin}`, END says `{end}`"));
            let block = accident
                .block
                .and_then(|block| analysis.contents(input).blocks.get(block));
            if let Some(block) = block {
                finding.evidence(format!(
                    "the block begins on line {}",
                    line(analysis, input, block.begin)
                ));
                finding.related(analysis.place_in_source(input, block.begin));
            }
            finding.evidence("OpenSSL refuses the whole file: \"bad end line\"; rustls loses this block and the next");
            finding
                .help("write the same label in both boundaries")
                .blocking();
        }
    }
}
