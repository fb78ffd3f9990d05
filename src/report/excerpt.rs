//! The line that a finding points at, where it may be shown.
//!
//! A source may hold private keys, and text around the blocks may hold anything. Shown are only
//! boundary lines, and lines that encode a certificate which could be read, and nothing besides.

use std::ops::Range;

use super::visible;
use crate::analysis::Analysis;
use crate::input::pem::is_plain_label;
use crate::rules::Place;

/// The longest line that is shown whole, in characters.
const WIDTH: usize = 80;

/// One line of a source, with what is pointed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The line's text; nothing in it can steer a terminal.
    pub text: String,
    /// The characters of `text` that are pointed at; never empty.
    pub marked: Range<usize>,
}

pub(super) fn of(analysis: &Analysis, place: &Place) -> Option<Excerpt> {
    let source = analysis.source(place.input);
    let line = source.line_span(source.position(place.span.start).line);
    let bytes = source.bytes.get(line.start..line.end)?;
    if bytes.len() > 4 * WIDTH
        || !(is_boundary(bytes) || analysis.is_certificate_text(place.input, line))
    {
        return None;
    }
    let part = |range: Range<usize>| {
        let range = range.start.clamp(line.start, line.end)..range.end.clamp(line.start, line.end);
        visible(&String::from_utf8_lossy(
            &source.bytes[range.start..range.end.max(range.start)],
        ))
    };
    let before = part(line.start..place.span.start);
    let marked = part(place.span.start..place.span.end);
    let after = part(place.span.end..line.end);
    let start = before.chars().count();
    let end = start + marked.chars().count().max(1);
    let text = format!("{before}{marked}{after}");
    (text.chars().count() <= WIDTH).then_some(Excerpt {
        text,
        marked: start..end,
    })
}

/// Whether the line holds boundaries of blocks that are in use, and nothing else.
fn is_boundary(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    let text = text.trim().trim_start_matches('\u{feff}');
    let dash = |character: char| matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let is_words = |part: &str| {
        let mut words = part.split_whitespace();
        let starts = words
            .next()
            .is_some_and(|word| ["BEGIN", "END"].contains(&word.to_uppercase().as_str()));
        let label: Vec<&str> = words.collect();
        starts && is_plain_label(&label.join(" "))
    };
    let mut parts = text
        .split(dash)
        .map(str::trim)
        .filter(|part| !part.is_empty());
    text.starts_with(dash) && parts.all(is_words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_a_line_of_its_own() {
        assert!(is_boundary(b"  -----BEGIN CERTIFICATE-----"));
        assert!(is_boundary("———BEGIN CERTIFICATE———".as_bytes()));
        assert!(!is_boundary(b"-----BEGIN PRIVATE KEY-----MIIEvQ=="));
        assert!(is_boundary(
            b"-----END CERTIFICATE----------BEGIN CERTIFICATE-----"
        ));
        assert!(!is_boundary(b"password: x"));
        assert!(!is_boundary(b"-----MC4CAQAwBQYDK2VwBCIE-----"));
        assert!(!is_boundary(b"-----BEGIN secret hunter2 pass-----"));
    }
}
