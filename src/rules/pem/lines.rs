//! Lines: how boundaries stand on them, how they end, how long they are.

use super::{accidents, count, fix, group, line};
use crate::analysis::{Analysis, InputId};
use crate::input::pem::{Accident, AccidentKind, BoundaryFault};
use crate::rules::{Check, Finding, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &PEM_BOUNDARY_MALFORMED,
    &PEM_BOUNDARY_INDENTED,
    &PEM_BOUNDARY_NOT_UPPERCASE,
    &PEM_LINE_ENDINGS_CR,
    &PEM_MIXED_LINE_ENDINGS,
    &PEM_NO_FINAL_NEWLINE,
    &PEM_BLANK_LINE_IN_BLOCK,
    &PEM_LINE_LENGTH,
    &PEM_TRAILING_SPACE,
    &PEM_EXPLANATORY_TEXT,
];

/// Whether an accident at a boundary is at BEGIN.
fn is_begin(analysis: &Analysis, input: InputId, accident: &Accident) -> bool {
    let block = accident
        .block
        .and_then(|block| analysis.contents(input).blocks.get(block));
    block.is_some_and(|block| accident.span.start <= block.begin.start)
}

static PEM_BOUNDARY_MALFORMED: Rule = Rule {
    name: "pem-boundary-malformed",
    severity: Severity::Error,
    citation: "RFC 7468 §3",
    summary: "A boundary does not have exactly five hyphens on each side, or is not alone on its line.",
    explanation: "Word processors and chat programs turn hyphens into dashes, and copying loses some. A BEGIN that is not exact is skipped by \
        OpenSSL, Go, rustls and Envoy without a word, and its CA is not trusted; Java refuses the file. An END that is not exact makes \
        OpenSSL refuse the file, or lose the certificate after it. Write the boundary exactly, alone on its line.",
    check: Check::Source(pem_boundary_malformed),
};

fn pem_boundary_malformed(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    for accident in analysis.accidents(input) {
        let AccidentKind::BoundaryMalformed { fault } = accident.kind else {
            continue;
        };
        let begin = is_begin(analysis, input, accident);
        let word = if begin { "BEGIN" } else { "END" };
        let finding = findings.at(analysis.place_in_source(input, accident.span));
        finding.message(match fault {
            BoundaryFault::Dashes => {
                format!("the {word} boundary does not have exactly five hyphens on each side")
            }
            BoundaryFault::Spacing => {
                format!("the {word} boundary has more or other white space than one space")
            }
            BoundaryFault::TextBefore => {
                format!("text stands before the {word} boundary on its line")
            }
            BoundaryFault::TextAfter => format!("text follows the {word} boundary on its line"),
        });
        finding.evidence(match (begin, fault) {
            (true, BoundaryFault::TextAfter) => "OpenSSL and rustls drop the block; Java refuses the whole file",
            (true, _) => "OpenSSL, Go, rustls and Envoy drop the block, or lose the ones after it; Java refuses the whole file",
            (false, BoundaryFault::TextBefore) => "OpenSSL and rustls read on to the next END and lose the certificate after it",
            (false, BoundaryFault::TextAfter) => "OpenSSL and Java refuse the whole file: \"bad end line\"",
            (false, _) => "OpenSSL refuses the whole file or loses the certificate after it; so does rustls",
        });
        finding.help(fix(analysis, input)).blocking();
    }
}

static PEM_BOUNDARY_INDENTED: Rule = Rule {
    name: "pem-boundary-indented",
    severity: Severity::Error,
    citation: "RFC 7468 §2, §3",
    summary: "White space or text stands before a boundary.",
    explanation: "It comes from pasting out of YAML or a mail. OpenSSL, Go, rustls and Envoy look for BEGIN at the start of a line and skip an \
        indented block without a word: its CA is not trusted, or, if all are indented, the server does not start. Before END it makes \
        OpenSSL lose the certificate that follows. GnuTLS reads it, so `certtool` shows nothing wrong. Remove the indentation.",
    check: Check::Source(pem_boundary_indented),
};

fn pem_boundary_indented(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let found = accidents(analysis, input, |kind| {
        matches!(kind, AccidentKind::Indented { .. })
    });
    let Some(finding) = group(analysis, input, &found, findings) else {
        return;
    };
    let text = AccidentKind::Indented { text: true };
    let what = if found.iter().any(|accident| accident.kind == text) {
        "text stands"
    } else {
        "white space stands"
    };
    finding.message(match found.len() {
        1 => format!("{what} before a boundary"),
        many => format!("{what} before {many} boundaries"),
    });
    let begins = found
        .iter()
        .filter(|accident| is_begin(analysis, input, accident))
        .count();
    if begins > 0 {
        let blocks = count(begins, "block");
        finding.evidence(format!(
            "OpenSSL, Go, rustls and Envoy do not see the BEGIN of {blocks}"
        ));
    }
    if found.len() > begins {
        finding
            .evidence("OpenSSL does not see the END, reads on and loses the certificate after it");
    }
    finding.help(fix(analysis, input)).blocking();
}

static PEM_BOUNDARY_NOT_UPPERCASE: Rule = Rule {
    name: "pem-boundary-not-uppercase",
    severity: Severity::Error,
    citation: "RFC 7468 §3",
    summary: "A boundary is not in upper case.",
    explanation: "Labels are compared byte by byte. OpenSSL and rustls skip a block whose BEGIN line is not in upper case, without a word: \
        its CA is not trusted. Write BEGIN, END and the label in upper case.",
    check: Check::Source(pem_boundary_not_uppercase),
};

fn pem_boundary_not_uppercase(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let found = accidents(analysis, input, |kind| {
        matches!(kind, AccidentKind::NotUppercase)
    });
    if let Some(finding) = group(analysis, input, &found, findings) {
        finding.message(match found.len() {
            1 => "the boundary is not in upper case".to_owned(),
            many => format!("{many} boundaries are not in upper case"),
        });
        finding.evidence("OpenSSL and rustls drop the block");
        finding.help(fix(analysis, input)).blocking();
    }
}

static PEM_LINE_ENDINGS_CR: Rule = Rule {
    name: "pem-line-endings-cr",
    severity: Severity::Error,
    citation: "RFC 7468 §2",
    summary: "Lines end in CR alone.",
    explanation: "To OpenSSL, Go and Envoy the whole file is one line: nginx, httpd and HAProxy report \"no certificate or crl found\" and do \
        not start. rustls and Java read it, so the same file works there. Old Mac programs and some exports of spreadsheets write \
        such files. End lines in LF.",
    check: Check::Source(pem_line_endings_cr),
};

fn pem_line_endings_cr(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    for accident in analysis.accidents(input) {
        if let AccidentKind::CarriageReturns { count: found } = accident.kind {
            findings
                .at(analysis.place_in_source(input, accident.span))
                .message("lines end in CR alone")
                .evidence(count(found, "line"))
                .evidence("OpenSSL, Go and Envoy find no block in them; rustls and Java do")
                .help(fix(analysis, input))
                .blocking();
        }
    }
}

static PEM_MIXED_LINE_ENDINGS: Rule = Rule {
    name: "pem-mixed-line-endings",
    severity: Severity::Info,
    citation: "RFC 7468 §3",
    summary: "Lines end in more than one way.",
    explanation: "Every reader takes LF and CRLF, also side by side. It shows that the file was put together from several, by hand or by a \
        script: a look at where the parts come from may pay.",
    check: Check::Source(pem_mixed_line_endings),
};

fn pem_mixed_line_endings(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    for accident in analysis.accidents(input) {
        if let AccidentKind::MixedLineEndings { lf, crlf, cr } = accident.kind {
            let endings = [("LF", lf), ("CRLF", crlf), ("CR", cr)];
            let used: Vec<_> = endings
                .iter()
                .filter(|(_, count)| *count > 0)
                .map(|(name, count)| format!("{count} × {name}"))
                .collect();
            findings
                .at(analysis.place_in_source(input, accident.span))
                .message("lines end in more than one way")
                .evidence(used.join(", "))
                .help(fix(analysis, input));
        }
    }
}

static PEM_NO_FINAL_NEWLINE: Rule = Rule {
    name: "pem-no-final-newline",
    severity: Severity::Info,
    citation: "RFC 7468 §3",
    summary: "The last line has no line break.",
    explanation: "It does no harm by itself. But `cat a.pem b.pem` then puts END and BEGIN on one line, at which OpenSSL refuses the file. \
        End the file with a line break.",
    check: Check::Source(pem_no_final_newline),
};

fn pem_no_final_newline(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let found = accidents(analysis, input, |kind| {
        matches!(kind, AccidentKind::NoFinalNewline)
    });
    if let Some(finding) = group(analysis, input, &found, findings) {
        finding.message("the last line has no line break");
        finding.evidence("joining the file with another puts END and BEGIN on one line");
        finding.help("end the file with a line break");
    }
}

static PEM_BLANK_LINE_IN_BLOCK: Rule = Rule {
    name: "pem-blank-line-in-block",
    severity: Severity::Error,
    citation: "RFC 7468 §3",
    summary: "Blank lines or white space stand between the boundaries of a block.",
    explanation: "To OpenSSL a blank line ends the headers of a block: it takes what stands before it for headers, and refuses the whole file. \
        Only one right after BEGIN does no harm. Go, Java, Envoy and rustls read past blank lines, so the same file works there. White space \
        inside a line is read past by all of them, but RFC 7468 does not allow it. Remove it.",
    check: Check::Source(pem_blank_line_in_block),
};

fn pem_blank_line_in_block(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let blocks = &analysis.contents(input).blocks;
    let mut harmful = Vec::new();
    let mut harmless = Vec::new();
    let mut spaces = Vec::new();
    for accident in analysis.accidents(input) {
        match accident.kind {
            AccidentKind::BlankLine { count } => {
                let begin = accident
                    .block
                    .and_then(|block| blocks.get(block))
                    .map(|block| line(analysis, input, block.begin));
                let is_first = begin == line(analysis, input, accident.span).checked_sub(1);
                if count == 1 && is_first {
                    &mut harmless
                } else {
                    &mut harmful
                }
                .push(accident);
            }
            AccidentKind::InnerSpace { .. } => spaces.push(accident),
            _ => {}
        }
    }
    if let Some(finding) = blank_lines(analysis, input, &harmful, findings) {
        finding.evidence("OpenSSL refuses the whole file: \"bad end line\"; Go, Java, Envoy and rustls read past them");
        finding.blocking();
    }
    if let Some(finding) = blank_lines(analysis, input, &harmless, findings) {
        finding.evidence("OpenSSL reads past one blank line right after BEGIN, and past no other");
        finding.severity(Severity::Warning);
    }
    if let Some(finding) = group(analysis, input, &spaces, findings) {
        let lines = spaces.iter().map(|accident| match accident.kind {
            AccidentKind::InnerSpace { lines } => lines,
            _ => 0,
        });
        finding.message("white space stands inside the lines of a block");
        finding.evidence(count(lines.sum(), "line"));
        finding.evidence("OpenSSL, Java and rustls read past it");
        finding
            .severity(Severity::Warning)
            .help(fix(analysis, input));
    }
}

fn blank_lines<'f>(
    analysis: &Analysis,
    input: InputId,
    found: &[&Accident],
    findings: &'f mut Findings<'_>,
) -> Option<&'f mut Finding> {
    let finding = group(analysis, input, found, findings)?;
    let lines = found.iter().map(|accident| match accident.kind {
        AccidentKind::BlankLine { count } => count,
        _ => 0,
    });
    let lines = count(lines.sum(), "blank line");
    finding.message(match found.len() {
        1 => format!("{lines} inside a block"),
        many => format!("{lines} inside {many} blocks"),
    });
    finding.evidence(format!(
        "the first is line {}",
        line(analysis, input, found[0].span)
    ));
    finding.help(fix(analysis, input));
    Some(finding)
}

static PEM_LINE_LENGTH: Rule = Rule {
    name: "pem-line-length",
    severity: Severity::Info,
    citation: "RFC 7468 §2",
    summary: "A line of base64 is longer than 64 characters, or shorter and not the last.",
    explanation: "RFC 7468 has lines of exactly 64 characters. OpenSSL, Java and rustls read lines of 20, of 76 and a whole certificate in \
        one line, so nothing fails; the file was written by another tool, or wrapped by a mail program.",
    check: Check::Source(pem_line_length),
};

fn pem_line_length(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let found = accidents(analysis, input, |kind| {
        matches!(kind, AccidentKind::LineLength { .. })
    });
    let Some(first) = found.first() else { return };
    let AccidentKind::LineLength { length } = first.kind else {
        return;
    };
    findings
        .at(analysis.place_in_source(input, first.span))
        .message(format!(
            "lines of base64 do not have 64 characters in {}",
            count(found.len(), "block")
        ))
        .evidence(format!(
            "line {} has {length}",
            line(analysis, input, first.span)
        ))
        .help(fix(analysis, input));
}

static PEM_TRAILING_SPACE: Rule = Rule {
    name: "pem-trailing-space",
    severity: Severity::Info,
    citation: "RFC 7468 §2",
    summary: "Lines of a block end in white space.",
    explanation: "OpenSSL, Java and rustls read past white space at the end of a line, also after a boundary. Strict readers need not. \
        Remove it when the file is edited next.",
    check: Check::Source(pem_trailing_space),
};

fn pem_trailing_space(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    let found = accidents(analysis, input, |kind| {
        matches!(kind, AccidentKind::TrailingSpace { .. })
    });
    let lines = found.iter().map(|accident| match accident.kind {
        AccidentKind::TrailingSpace { lines } => lines,
        _ => 0,
    });
    if let Some(first) = found.first() {
        findings
            .at(analysis.place_in_source(input, first.span))
            .message(format!(
                "white space at the end of {}",
                count(lines.sum(), "line")
            ))
            .evidence(format!(
                "the first is line {}",
                line(analysis, input, first.span)
            ))
            .help(fix(analysis, input));
    }
}

static PEM_EXPLANATORY_TEXT: Rule = Rule {
    name: "pem-explanatory-text",
    severity: Severity::Info,
    citation: "RFC 7468 §5.2",
    summary: "Text stands outside the blocks.",
    explanation: "Every server reads past it: comments, and what `openssl x509 -text` prints, do no harm. It is worth knowing only because \
        the text may say something else than the certificates below it, and because a damaged block looks like text.",
    check: Check::Source(pem_explanatory_text),
};

fn pem_explanatory_text(analysis: &Analysis, input: InputId, findings: &mut Findings) {
    // Where there are no blocks, the text is no explanation of anything; other rules say so.
    if analysis.contents(input).blocks.is_empty() {
        return;
    }
    for accident in analysis.accidents(input) {
        if let AccidentKind::ExplanatoryText { lines } = accident.kind {
            let stand = if lines == 1 { "stands" } else { "stand" };
            findings
                .at(analysis.place_in_source(input, accident.span))
                .message(format!(
                    "{} of text {stand} outside the blocks",
                    count(lines, "line")
                ))
                .evidence("servers read past it")
                .help("nothing to do, unless the text should be something else");
        }
    }
}
