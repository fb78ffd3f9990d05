//! Text that is not what the source's bytes say literally: UTF-16, base64 of a PEM document,
//! backslash-n for line breaks.

use super::{Accident, AccidentKind, BYTE_ORDER_MARK, Encoding, body, boundary, contains, lines};
use crate::source::Span;

/// Text made from a source's bytes, with the way back.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) text: Vec<u8>,
    /// For each byte of the text, the bytes of the source that stand for it.
    map: Vec<Span>,
}

impl View {
    /// The bytes of the source that stand for a span of the text.
    #[must_use]
    pub(crate) fn to_source(&self, span: Span) -> Span {
        let end_of = |at: usize| at.checked_sub(1).and_then(|last| self.map.get(last));
        let end = end_of(span.end.min(self.map.len())).map_or(0, |last| last.end);
        match self.map.get(span.start) {
            Some(first) if span.start < span.end => Span::new(first.start, end),
            Some(first) => Span::new(first.start, first.start),
            None => Span::new(end, end),
        }
    }

    fn with_capacity(capacity: usize) -> Self {
        Self {
            text: Vec::with_capacity(capacity),
            map: Vec::with_capacity(capacity),
        }
    }

    fn push(&mut self, byte: u8, from: Span) {
        self.text.push(byte);
        self.map.push(from);
    }

    /// A view of this view's text, as a view of the source.
    fn through(mut self, outer: Option<&Self>) -> Self {
        if let Some(outer) = outer {
            for span in &mut self.map {
                *span = outer.to_source(*span);
            }
        }
        self
    }
}

/// The text that the source means, where it is not the source's bytes.
pub(super) fn normalise(bytes: &[u8], accidents: &mut Vec<Accident>) -> Option<View> {
    let mut view: Option<View> = None;
    let steps = [from_utf16, from_base64, from_escaped];
    for step in steps {
        let text = view.as_ref().map_or(bytes, |view| &view.text);
        if let Some((inner, kind, span)) = step(text) {
            let span = view.as_ref().map_or(span, |view| view.to_source(span));
            accidents.push(Accident {
                kind,
                span,
                block: None,
            });
            view = Some(inner.through(view.as_ref()));
        }
    }
    view
}

type Step = Option<(View, AccidentKind, Span)>;

/// UTF-16 with a byte order mark, or text in which every other byte is NUL.
fn from_utf16(bytes: &[u8]) -> Step {
    let zeros = |first: usize| {
        let head = &bytes[..bytes.len().min(32)];
        head.len() >= 8
            && head
                .chunks_exact(2)
                .all(|pair| pair[first] == 0 && pair[1 - first] != 0 && pair[1 - first].is_ascii())
    };
    let (little, start) = match bytes {
        [0xFF, 0xFE, ..] => (true, 2),
        [0xFE, 0xFF, ..] => (false, 2),
        _ if zeros(1) => (true, 0),
        _ if zeros(0) => (false, 0),
        _ => return None,
    };
    let mut view = View::with_capacity(bytes.len() / 2);
    let mut at = start;
    let units = bytes[start..].chunks_exact(2).map(|pair| {
        let pair = [pair[0], pair[1]];
        if little {
            u16::from_le_bytes(pair)
        } else {
            u16::from_be_bytes(pair)
        }
    });
    for char in char::decode_utf16(units) {
        let char = char.unwrap_or(char::REPLACEMENT_CHARACTER);
        // A replaced unit is one unit, as is the replacement character itself.
        let end = at + 2 * char.len_utf16();
        for &byte in char.encode_utf8(&mut [0; 4]).as_bytes() {
            view.push(byte, Span::new(at, end));
        }
        at = end;
    }
    let encoding = if little {
        Encoding::Utf16Le
    } else {
        Encoding::Utf16Be
    };
    Some((
        view,
        AccidentKind::NotAsciiText { encoding },
        Span::new(0, 2),
    ))
}

/// Nothing but base64, of something with a BEGIN boundary in it.
fn from_base64(text: &[u8]) -> Step {
    let text = text
        .strip_prefix(BYTE_ORDER_MARK)
        .map_or((text, 0), |rest| (rest, 3));
    let (rest, offset) = text;
    let unquoted = |&byte: &u8| {
        body::is_base64(byte)
            || byte == b'='
            || byte.is_ascii_whitespace()
            || byte == b'"'
            || byte == b'\''
    };
    if !rest.iter().all(unquoted) {
        return None;
    }
    let mut view = View::with_capacity(rest.len() / 4 * 3);
    let mut bits = 0_u32;
    let mut previous = 0;
    for (count, (at, value)) in rest
        .iter()
        .enumerate()
        .filter_map(|(at, &byte)| body::value(byte).map(|value| (at + offset, value)))
        .enumerate()
    {
        bits = bits << 6 | u32::from(value);
        // A byte ends in every character but the first of four, and starts in the one before.
        let shift = match count % 4 {
            0 => None,
            1 => Some(4),
            2 => Some(2),
            _ => Some(0),
        };
        if let Some(shift) = shift {
            view.push((bits >> shift & 0xFF) as u8, Span::new(previous, at + 1));
        }
        previous = at;
    }
    if !contains(&view.text, b"-----BEGIN ") {
        return None;
    }
    let span = view.to_source(Span::new(0, view.text.len()));
    Some((
        view,
        AccidentKind::DoubleBase64,
        Span::new(span.start, span.start + 1),
    ))
}

/// The first backslash-n (or backslash-r) that stands next to a boundary.
fn first_escape(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'\\', &text[at..]) {
        let start = at + found;
        let letter = start + backslashes(&text[start..]);
        if matches!(text.get(letter), Some(b'n' | b'r'))
            && (boundary::ends_in_dash(&text[..start]) || text[letter + 1..].starts_with(b"-----"))
        {
            let line_start =
                memchr::memrchr2(b'\n', b'\r', &text[at..start]).map_or(at, |end| at + end + 1);
            if !lines::is_comment(&text[line_start..start]) {
                return Some(start);
            }
            at = lines::line_end(text, start).1;
        } else {
            at = letter;
        }
    }
    None
}

/// How many backslashes the text starts with: escaping twice doubles them.
fn backslashes(text: &[u8]) -> usize {
    text.iter().take_while(|&&byte| byte == b'\\').count()
}

/// Text with literal backslash-n (or backslash-r) next to a boundary.
fn from_escaped(text: &[u8]) -> Step {
    let first = first_escape(text)?;

    let mut view = View::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'\\' {
            let run = backslashes(&text[at..]);
            match text.get(at + run) {
                Some(b'n') => view.push(b'\n', Span::new(at, at + run + 1)),
                Some(b'r') => view.push(b'\r', Span::new(at, at + run + 1)),
                _ => {
                    for offset in at..at + run {
                        view.push(b'\\', Span::new(offset, offset + 1));
                    }
                    at += run;
                    continue;
                }
            }
            at += run + 1;
        } else {
            // The quotes of a string that holds the document are not part of it.
            let quote = matches!(text[at], b'"' | b'\'')
                && (text[at + 1..].starts_with(b"-----BEGIN")
                    || view.text.ends_with(b"-----\n")
                    || view.text.ends_with(b"-----"));
            if !quote {
                view.push(text[at], Span::new(at, at + 1));
            }
            at += 1;
        }
    }
    Some((
        view,
        AccidentKind::EscapedNewlines,
        Span::new(first, first + 2),
    ))
}
