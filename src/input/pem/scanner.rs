//! From text to blocks: boundaries in their order, and what stands between them.

use super::super::{Block, BlockKind, Body};
use super::body::Layout;
use super::boundary::{self, Boundary};
use super::lines::{is_comment, is_space, line_end, lines};
use super::{Accident, AccidentKind, BYTE_ORDER_MARK, BoundaryFault, Encoding, body};
use crate::source::Span;

/// Scans `text` from `start` on; `made_up` says that its line endings are not the source's.
pub(super) fn scan_text(
    text: &[u8],
    start: usize,
    made_up: bool,
    blocks: &mut Vec<Block>,
    accidents: &mut Vec<Accident>,
) {
    let mut scanner = Scanner {
        text,
        blocks,
        accidents,
        open: None,
        outside_from: start,
        explanatory: (0, None),
        binary: None,
        boundary_at_return: false,
        ends_in_block: false,
    };
    scanner.run(start);
    if !made_up {
        scanner.line_endings(start);
    }
}

/// A block whose END boundary has not been met.
#[derive(Debug)]
struct Open {
    begin: Boundary,
    layout: Layout,
    body_start: usize,
}

struct Scanner<'a> {
    text: &'a [u8],
    blocks: &'a mut Vec<Block>,
    accidents: &'a mut Vec<Accident>,
    open: Option<Open>,
    /// Where the text outside blocks starts that has not been looked at.
    outside_from: usize,
    /// Lines of text outside blocks, and the first of them.
    explanatory: (usize, Option<Span>),
    /// The first control octet outside blocks.
    binary: Option<usize>,
    /// Whether a boundary's line ends in CR, or the line before it does.
    boundary_at_return: bool,
    /// Whether nothing but an END boundary stands on the last line.
    ends_in_block: bool,
}

impl Scanner<'_> {
    fn run(&mut self, start: usize) {
        let mut at = start;
        if self.text[at..].starts_with(BYTE_ORDER_MARK) {
            self.note(AccidentKind::ByteOrderMark, Span::new(at, at + 3), None);
            at += 3;
            self.outside_from = at;
        }
        // No base64 has a dash in it, so every dash is worth a look at its line.
        while let Some(found) = memchr::memchr2(b'-', 0xE2, &self.text[at..]) {
            let hit = at + found;
            let start =
                memchr::memrchr2(b'\n', b'\r', &self.text[at..hit]).map_or(at, |end| at + end + 1);
            let (end, next) = line_end(self.text, hit);
            self.line(Span::new(start, end), next);
            at = next;
        }
        if let Some(open) = self.open.take() {
            let body = body::unterminated(self.text, Span::new(open.body_start, self.text.len()));
            let block = Some(self.blocks.len());
            self.note(AccidentKind::Unterminated, open.begin.span, block);
            self.outside_from = body.end.max(open.begin.span.end);
            self.close(&open, None, body.end);
        } else if self.ends_in_block && !self.text.ends_with(b"\n") && !self.text.ends_with(b"\r") {
            let end = self.text.len();
            self.note(AccidentKind::NoFinalNewline, Span::new(end - 1, end), None);
        }
        self.outside(self.text.len());
        self.outside_accidents();
    }

    fn note(&mut self, kind: AccidentKind, span: Span, block: Option<usize>) {
        self.accidents.push(Accident { kind, span, block });
    }

    /// One line with a dash in it.
    fn line(&mut self, line: Span, next: usize) {
        self.ends_in_block = false;
        if is_comment(&self.text[line.start..line.end]) {
            return;
        }
        let mut previous: Option<Boundary> = None;
        let mut at = line.start;
        while let Some(boundary) = boundary::find(self.text, at, line.end) {
            let before = Span::new(at, boundary.span.start);
            if previous.is_none() && self.is_prose(before, Span::new(boundary.span.end, line.end)) {
                return;
            }
            at = boundary.span.end;
            if boundary.is_begin {
                self.begin(&boundary, previous.as_ref(), before);
            } else {
                self.end(&boundary, previous.as_ref(), before);
            }
            previous = Some(boundary);
        }
        if let Some(boundary) = previous {
            let before = line.start.checked_sub(1).map(|last| self.text[last]);
            let after = (next > line.end).then(|| self.text[next - 1]);
            self.boundary_at_return |= before == Some(b'\r') || after == Some(b'\r');
            self.rest_of_line(&boundary, Span::new(at, line.end), next);
        }
    }

    /// Whether a boundary is quoted in a sentence: words on both sides of it, outside a block.
    fn is_prose(&self, before: Span, after: Span) -> bool {
        let before = &self.text[before.start..before.end];
        let after = &self.text[after.start..after.end];
        let word = before.trim_ascii_end();
        self.open.is_none()
            && word.len() < before.len()
            && word.last().is_some_and(u8::is_ascii_alphanumeric)
            && after.iter().any(u8::is_ascii_alphabetic)
            && after.first().is_some_and(|&byte| is_space(byte))
            // A whole block on one line has its END there.
            && boundary::find(after, 0, after.len()).is_none_or(|next| next.is_begin)
    }

    fn begin(&mut self, boundary: &Boundary, previous: Option<&Boundary>, before: Span) {
        if let Some(open) = self.open.take() {
            let body = Span::new(open.body_start, before.start.max(open.body_start));
            let body = body::unterminated(self.text, body);
            let block = Some(self.blocks.len());
            self.note(AccidentKind::NestedBegin, boundary.span, block);
            self.outside_from = body.end.max(open.begin.span.end);
            self.close(&open, None, body.end);
        }
        let block = Some(self.blocks.len());
        let prefix = &self.text[before.start..before.end];
        let blank = prefix.iter().all(|&byte| is_space(byte));
        let mut layout = Layout::Lines;
        if let Some(end) = previous.filter(|previous| !previous.is_begin) {
            let span = Span::new(end.span.start, boundary.span.end);
            self.note(AccidentKind::MissingNewlineBetweenBlocks, span, block);
        } else if prefix.trim_ascii_end() == BYTE_ORDER_MARK {
            let span = Span::new(before.start, before.start + 3);
            self.note(AccidentKind::ByteOrderMark, span, block);
        } else if !prefix.is_empty() {
            if blank {
                layout = Layout::Indented;
            }
            self.note(AccidentKind::Indented { text: !blank }, before, block);
        }
        self.outside(before.start);
        self.written(boundary);
        self.open = Some(Open {
            body_start: boundary.span.end,
            layout,
            begin: boundary.clone(),
        });
    }

    fn end(&mut self, boundary: &Boundary, previous: Option<&Boundary>, before: Span) {
        let Some(mut open) = self.open.take() else {
            let label = boundary.shown_label();
            self.note(AccidentKind::EndWithoutBegin { label }, boundary.span, None);
            self.outside(before.start);
            self.outside_from = boundary.span.end;
            return;
        };
        let block = Some(self.blocks.len());
        let prefix = &self.text[before.start..before.end];
        let blank = prefix.iter().all(|&byte| is_space(byte));
        if previous.is_some() {
            // Said once.
            open.layout = Layout::OneLine;
            let fault = BoundaryFault::TextAfter;
            self.note(
                AccidentKind::BoundaryMalformed { fault },
                open.begin.span,
                block,
            );
        } else if !blank {
            let fault = BoundaryFault::TextBefore;
            self.note(
                AccidentKind::BoundaryMalformed { fault },
                boundary.span,
                block,
            );
        } else if !prefix.is_empty() && open.layout != Layout::Indented {
            self.note(AccidentKind::Indented { text: false }, before, block);
        }
        self.written(boundary);
        if open.begin.normal_label() != boundary.normal_label() {
            let begin = open.begin.shown_label();
            let end = boundary.shown_label();
            self.note(
                AccidentKind::LabelMismatch { begin, end },
                boundary.span,
                block,
            );
        }
        // On a line with data, the white space before the boundary is no one's.
        let body_end = before.start
            + if blank {
                0
            } else {
                prefix.trim_ascii_end().len()
            };
        self.outside_from = boundary.span.end;
        self.close(&open, Some(boundary), body_end);
    }

    /// How a boundary itself is written.
    fn written(&mut self, boundary: &Boundary) {
        let block = Some(self.blocks.len());
        if let Some(fault) = boundary.fault {
            self.note(
                AccidentKind::BoundaryMalformed { fault },
                boundary.span,
                block,
            );
        }
        if !boundary.uppercase {
            self.note(AccidentKind::NotUppercase, boundary.span, block);
        }
    }

    /// What follows the last boundary of a line.
    fn rest_of_line(&mut self, boundary: &Boundary, rest: Span, next: usize) {
        let blank = self.text[rest.start..rest.end]
            .iter()
            .all(|&byte| is_space(byte));
        let block = match &self.open {
            Some(_) => Some(self.blocks.len()),
            None => self.blocks.len().checked_sub(1),
        };
        if rest.start < rest.end {
            let kind = if blank {
                AccidentKind::TrailingSpace { lines: 1 }
            } else {
                let fault = BoundaryFault::TextAfter;
                AccidentKind::BoundaryMalformed { fault }
            };
            let span = if blank { rest } else { boundary.span };
            self.note(kind, span, block);
        }
        match &mut self.open {
            Some(open) if blank => open.body_start = next,
            Some(_) => {}
            None => {
                self.outside_from = next;
                self.ends_in_block = true;
            }
        }
    }

    /// Ends the open block: decodes its body and keeps it.
    fn close(&mut self, open: &Open, end: Option<&Boundary>, body_end: usize) {
        let label = open.begin.normal_label();
        let kind = boundary::kind(&label);
        let body = Span::new(open.body_start, body_end.max(open.body_start));
        let decoded = body::decode(
            self.text,
            body,
            body::Context {
                secret: kind == BlockKind::PrivateKey,
                layout: open.layout,
                terminated: end.is_some(),
            },
        );
        let index = Some(self.blocks.len());
        let named = match kind {
            BlockKind::Certificate if label != "CERTIFICATE" => Some(AccidentKind::LegacyLabel),
            BlockKind::Certificate => None,
            BlockKind::TrustedCertificate => Some(AccidentKind::TrustedCertificate),
            BlockKind::PrivateKey => Some(AccidentKind::PrivateKey),
            kind => Some(AccidentKind::UnexpectedBlock { kind }),
        };
        if let Some(named) = named {
            self.note(named, open.begin.span, index);
        }
        for (kind, span) in decoded.accidents {
            self.note(kind, span, index);
        }
        let end = end.map_or(body_end.max(open.begin.span.end), |end| end.span.end);
        self.blocks.push(Block {
            kind,
            label: open.begin.shown_label(),
            span: Span::new(open.begin.span.start, end),
            begin: open.begin.span,
            der: decoded.der,
            intact: decoded.intact,
            body: Body::Base64(body),
        });
    }

    /// Looks at the text outside blocks up to `end`.
    fn outside(&mut self, end: usize) {
        if self.outside_from >= end {
            return;
        }
        for line in lines(self.text, Span::new(self.outside_from, end)) {
            let bytes = &self.text[line.start..line.end];
            if bytes.iter().all(|&byte| is_space(byte)) {
                continue;
            }
            self.explanatory.0 += 1;
            self.explanatory.1.get_or_insert(line);
            if self.binary.is_none() {
                self.binary = bytes
                    .iter()
                    .position(|&byte| matches!(byte, 0..=0x08 | 0x0E..=0x1A | 0x1C..=0x1F))
                    .map(|at| line.start + at);
            }
        }
        self.outside_from = end;
    }

    fn outside_accidents(&mut self) {
        if let (lines, Some(span)) = self.explanatory {
            self.note(AccidentKind::ExplanatoryText { lines }, span, None);
        }
        if let Some(at) = self.binary {
            let byte = self.text[at];
            let encoding = Encoding::Binary { byte };
            self.note(
                AccidentKind::NotAsciiText { encoding },
                Span::new(at, at + 1),
                None,
            );
        }
    }

    /// How lines end, over the whole text.
    fn line_endings(&mut self, start: usize) {
        let text = &self.text[start..];
        let Some(first) = memchr::memchr(b'\r', text) else {
            return;
        };
        let (mut crlf, mut cr) = (0, 0);
        for at in memchr::memchr_iter(b'\r', text) {
            match text.get(at + 1) {
                Some(b'\n') => crlf += 1,
                // A run of carriage returns ends one line.
                Some(b'\r') => {}
                _ => cr += 1,
            }
        }
        let lf = memchr::memchr_iter(b'\n', text).count() - crlf;
        let span = Span::new(start + first, start + first + 1);
        if cr > 0 && self.boundary_at_return {
            self.note(AccidentKind::CarriageReturns { count: cr }, span, None);
        } else if [lf, crlf, cr].iter().filter(|&&count| count > 0).count() > 1 {
            self.note(AccidentKind::MixedLineEndings { lf, crlf, cr }, span, None);
        }
    }
}
