//! The base64 text between two boundaries: decoding it, and finding one's way back.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;

use super::lines::{is_space, line_end, lines, trim};
use super::{AccidentKind, PaddingFault};
use crate::source::Span;

/// Decodes whatever is left when everything outside the alphabet is gone.
const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// The six bits that a base64 character stands for.
pub(super) fn value(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}

pub(super) fn is_base64(byte: u8) -> bool {
    value(byte).is_some()
}

/// What the decoder has to know about the block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    /// No byte of the body may appear in an accident.
    pub(super) secret: bool,
    /// How the block is laid out, which white space in it follows from.
    pub(super) layout: Layout,
    /// The END boundary is there.
    pub(super) terminated: bool,
}

/// What the boundaries say already about white space between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Nothing.
    Lines,
    /// The BEGIN boundary is indented, and so are the lines.
    Indented,
    /// The whole block is one line, with spaces for line breaks.
    OneLine,
}

/// A decoded body.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) der: Vec<u8>,
    pub(super) intact: bool,
    pub(super) accidents: Vec<(AccidentKind, Span)>,
}

impl Decoded {
    fn note(&mut self, kind: AccidentKind, span: Span) {
        self.accidents.push((kind, span));
    }
}

/// Decodes a body.
pub(super) fn decode(text: &[u8], body: Span, context: Context) -> Decoded {
    strict(text, body, context).unwrap_or_else(|| tolerant(text, body, context))
}

/// The ordinary body: base64 in lines that end in LF or CRLF, and nothing else.
fn strict(text: &[u8], body: Span, context: Context) -> Option<Decoded> {
    let mut characters = Vec::with_capacity(body.end - body.start);
    let mut length = LineLengths::default();
    let mut at = body.start;
    while at < body.end {
        let rest = &text[at..body.end];
        let next = memchr::memchr(b'\n', rest).map_or(rest.len(), |found| found + 1);
        let line = rest[..next].strip_suffix(b"\n").unwrap_or(&rest[..next]);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            return None;
        }
        characters.extend_from_slice(line);
        length.add(Span::new(at, at + line.len()));
        at += next;
    }
    if characters.is_empty() {
        return None;
    }
    let der = BASE64_STANDARD.decode(&characters).ok()?;
    let mut decoded = Decoded {
        der,
        intact: context.terminated,
        ..Decoded::default()
    };
    length.report(&mut decoded);
    Some(decoded)
}

/// The first line of a length that RFC 7468 does not have: over 64, or under 64 and not the last.
#[derive(Debug, Default)]
struct LineLengths {
    previous: Option<Span>,
    odd: Option<Span>,
}

impl LineLengths {
    fn add(&mut self, line: Span) {
        if let Some(previous) = self.previous.replace(line)
            && previous.end - previous.start < 64
        {
            self.odd.get_or_insert(previous);
        }
        if line.end - line.start > 64 {
            self.odd.get_or_insert(line);
        }
    }

    fn report(self, decoded: &mut Decoded) {
        if let Some(span) = self.odd {
            let length = span.end - span.start;
            decoded.note(AccidentKind::LineLength { length }, span);
        }
    }
}

/// A count with the first place that was counted.
#[derive(Debug, Default)]
struct Tally {
    count: usize,
    first: Option<Span>,
}

impl Tally {
    fn add(&mut self, span: Span) {
        self.count += 1;
        self.first.get_or_insert(span);
    }
}

/// Every other body: takes the characters of the alphabet and names everything else.
fn tolerant(text: &[u8], body: Span, context: Context) -> Decoded {
    let mut decoded = Decoded::default();
    let (start, headers) = headers(text, body);
    if headers > 0 {
        let end = text[body.start..start].trim_ascii_end().len() + body.start;
        let count = headers;
        decoded.note(AccidentKind::Headers { count }, Span::new(body.start, end));
    }

    let mut base64 = Base64::default();
    let mut length = LineLengths::default();
    let [mut blank, mut inner, mut trailing] =
        [Tally::default(), Tally::default(), Tally::default()];
    for line in lines(text, Span::new(start, body.end)) {
        let data = trim(text, line);
        if data.start == data.end {
            blank.add(line);
            continue;
        }
        if data.end < line.end {
            trailing.add(Span::new(data.end, line.end));
        }
        if data.start > line.start && context.layout != Layout::Indented {
            inner.add(Span::new(line.start, data.start));
        } else if let Some(at) = text[data.start..data.end]
            .iter()
            .position(|&byte| is_space(byte))
        {
            inner.add(Span::new(data.start + at, data.start + at + 1));
        }
        length.add(data);
        base64.take(text, data);
    }

    base64.report(context, body, &mut decoded);
    if let (Some(span), false) = (blank.first, base64.is_empty()) {
        decoded.note(AccidentKind::BlankLine { count: blank.count }, span);
    }
    if context.layout == Layout::OneLine {
        // Said of the boundaries.
    } else if let Some(span) = inner.first {
        decoded.note(AccidentKind::InnerSpace { lines: inner.count }, span);
    } else if base64.invalid.count == 0 {
        length.report(&mut decoded);
    }
    if let Some(span) = trailing.first {
        decoded.note(
            AccidentKind::TrailingSpace {
                lines: trailing.count,
            },
            span,
        );
    }
    decoded.der = base64.decode();
    decoded
}

/// The characters of a body.
#[derive(Debug, Default)]
struct Base64 {
    characters: Vec<u8>,
    /// The `=` after the last character.
    padding: usize,
    last: Option<Span>,
    misplaced: Option<Span>,
    invalid: Tally,
    first_invalid: u8,
}

impl Base64 {
    fn is_empty(&self) -> bool {
        self.characters.is_empty()
    }

    fn take(&mut self, text: &[u8], line: Span) {
        for (offset, &byte) in text[line.start..line.end].iter().enumerate() {
            let at = line.start + offset;
            let here = Span::new(at, at + 1);
            if is_base64(byte) {
                if self.padding > 0 {
                    self.misplaced = self.misplaced.or(self.last);
                    self.padding = 0;
                }
                self.characters.push(byte);
                self.last = Some(here);
            } else if byte == b'=' {
                self.padding += 1;
                self.last = Some(here);
            } else if !is_space(byte) {
                if self.invalid.count == 0 {
                    self.first_invalid = byte;
                }
                if byte & 0xC0 == 0x80 && self.invalid.first.is_some_and(|first| first.end == at) {
                    // The rest of a UTF-8 character.
                    self.invalid.first = self
                        .invalid
                        .first
                        .map(|first| Span::new(first.start, at + 1));
                } else if byte & 0xC0 != 0x80 || self.invalid.count == 0 {
                    self.invalid.add(here);
                }
            }
        }
    }

    /// Names what is wrong with the characters, and decides whether the bytes are certain.
    fn report(&self, context: Context, body: Span, decoded: &mut Decoded) {
        if let Some(span) = self.invalid.first {
            let byte = (!context.secret).then_some(self.first_invalid);
            let count = self.invalid.count;
            decoded.note(AccidentKind::InvalidBase64 { byte, count }, span);
        }
        if !context.terminated {
            return;
        }
        if self.is_empty() {
            if self.invalid.count == 0 {
                decoded.note(AccidentKind::EmptyBlock, body);
            }
            return;
        }
        if self.invalid.count > 0 {
            return;
        }
        if let Some(fault) = self.padding_fault() {
            decoded.intact = !matches!(fault, PaddingFault::Misplaced | PaddingFault::Length);
            let place = self.misplaced.or(self.last).unwrap_or(body);
            decoded.note(AccidentKind::InvalidPadding { fault }, place);
        } else {
            decoded.intact = true;
        }
    }

    fn padding_fault(&self) -> Option<PaddingFault> {
        let rest = self.characters.len() % 4;
        let expected = (4 - rest) % 4;
        let unused = match rest {
            2 => 0x0F,
            3 => 0x03,
            _ => 0,
        };
        let last = self
            .characters
            .last()
            .and_then(|&byte| value(byte))
            .unwrap_or(0);
        if self.misplaced.is_some() {
            Some(PaddingFault::Misplaced)
        } else if rest == 1 {
            Some(PaddingFault::Length)
        } else if self.padding < expected {
            Some(PaddingFault::Missing)
        } else if self.padding > expected {
            Some(PaddingFault::Excess)
        } else if last & unused != 0 {
            Some(PaddingFault::TrailingBits)
        } else {
            None
        }
    }

    fn decode(mut self) -> Vec<u8> {
        if self.characters.len() % 4 == 1 {
            self.characters.pop();
        }
        TOLERANT
            .decode(&self.characters)
            .expect("only characters of the alphabet, in a length that base64 can have")
    }
}

/// Where the base64 of a body starts, and how many header lines stand before it.
fn headers(text: &[u8], body: Span) -> (usize, usize) {
    let mut start = body.start;
    let mut count = 0;
    let mut continues = false;
    while start < body.end {
        let (end, next) = line_end(&text[..body.end], start);
        let line = &text[start..end];
        let content = line.trim_ascii();
        let indented = line.first().is_some_and(|&byte| is_space(byte));
        let folded = count > 0
            && indented
            && !content.is_empty()
            && (continues || !content.iter().all(|&byte| is_base64(byte) || byte == b'='));
        if content.is_empty() && count > 0 {
            return (next, count);
        }
        if !folded && !is_header(content) {
            break;
        }
        continues = content.ends_with(b",");
        count += 1;
        start = next;
    }
    (start, count)
}

/// A field name and a colon, as in RFC 1421 §4.6.
fn is_header(line: &[u8]) -> bool {
    let name = line
        .iter()
        .take_while(|&&byte| byte.is_ascii_alphanumeric() || byte == b'-')
        .count();
    name > 0 && line.get(name) == Some(&b':')
}

/// The part of a body without END boundary that can be base64: up to the first line that is not.
pub(super) fn unterminated(text: &[u8], body: Span) -> Span {
    let (start, _) = headers(text, body);
    let mut end = start;
    for line in lines(text, Span::new(start, body.end)) {
        let data = trim(text, line);
        let encoded = text[data.start..data.end]
            .iter()
            .all(|&byte| is_base64(byte) || byte == b'=');
        if !encoded {
            break;
        }
        if data.start < data.end {
            end = data.end;
        }
    }
    Span::new(body.start, end)
}

/// The span of the base64 characters that encode the bytes `der` of a body.
///
/// It is never empty: an empty range gives the character at its start, and a range past the end
/// the last character.
pub(crate) fn base64_span(text: &[u8], body: Span, der: Range<usize>) -> Span {
    let (start, _) = headers(text, body);
    let first = der.start.saturating_mul(8) / 6;
    let end = der
        .end
        .saturating_mul(8)
        .div_ceil(6)
        .max(first.saturating_add(1));
    let mut places = (start..body.end).filter(|&at| is_base64(text[at]));
    let mut span = None;
    let mut last = None;
    let mut index = 0;
    while index < end {
        let Some(at) = places.next() else { break };
        last = Some(at);
        if index == first {
            span = Some(at);
        }
        index += 1;
    }
    match (span, last) {
        (Some(start), Some(last)) => Span::new(start, last + 1),
        (None, Some(last)) => Span::new(last, last + 1),
        // Nothing is encoded: the boundary before the body has to do.
        _ => Span::new(body.start.saturating_sub(1), body.end.max(1)),
    }
}
