//! Lines: ended by LF, CRLF or CR.

use crate::source::Span;

/// White space inside a line.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | 0x0B | 0x0C)
}

/// Where the line that holds `at` ends, and where the next one starts.
///
/// A run of carriage returns ends one line, with or without a line feed: `CR CR LF` is what two
/// conversions in a row make.
pub(super) fn line_end(text: &[u8], at: usize) -> (usize, usize) {
    let Some(found) = memchr::memchr2(b'\n', b'\r', &text[at..]) else {
        return (text.len(), text.len());
    };
    let end = at + found;
    let returns = text[end..]
        .iter()
        .take_while(|&&byte| byte == b'\r')
        .count();
    let next = end + returns + usize::from(text.get(end + returns) == Some(&b'\n'));
    (end, next)
}

/// The lines of `span`, without their line endings.
pub(super) fn lines(text: &[u8], span: Span) -> impl Iterator<Item = Span> + '_ {
    let text = &text[..span.end];
    let mut at = span.start;
    std::iter::from_fn(move || {
        (at < text.len()).then(|| {
            let (end, next) = line_end(text, at);
            let line = Span::new(at, end);
            at = next;
            line
        })
    })
}

/// The span without white space at its ends.
pub(super) fn trim(text: &[u8], span: Span) -> Span {
    let bytes = &text[span.start..span.end];
    let Some(first) = bytes.iter().position(|&byte| !is_space(byte)) else {
        return Span::new(span.start, span.start);
    };
    let last = bytes
        .iter()
        .rposition(|&byte| !is_space(byte))
        .unwrap_or(first);
    Span::new(span.start + first, span.start + last + 1)
}

/// A line that is commented out, as people do with a certificate that they want to keep at hand.
pub(super) fn is_comment(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    line.starts_with(b"#") || line.starts_with(b";") || line.starts_with(b"//")
}
