//! The line that a finding points at, where it may be shown.
//!
//! A source may hold private keys, and text around the blocks may hold anything. Shown are only
//! boundary lines and the bodies of blocks that hold no secret.

use std::ops::Range;

use super::visible;
use crate::analysis::Analysis;
use crate::input::{Block, BlockKind};
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
    let blocks = &analysis.contents(place.input).blocks;
    let in_public_block = || {
        blocks.iter().any(|block| {
            block.span.start <= line.start && line.end <= block.span.end && is_public(block)
        })
    };
    if bytes.len() > 4 * WIDTH || !(is_boundary(bytes) || in_public_block()) {
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

/// Whether the block's body may be shown: it is of a public kind, and decodes to nothing that a
/// private key could look like.
fn is_public(block: &Block) -> bool {
    match block.kind {
        BlockKind::Certificate | BlockKind::TrustedCertificate => {
            let mut outer = crate::cert::der::Reader::new(&block.der);
            let tbs = outer.read().and_then(|whole| whole.children().read());
            // version [0] or, in version 1, the serial number.
            tbs.is_ok_and(|tbs| {
                tbs.tag == 0x30 && matches!(tbs.children().peek(), Some(0xa0 | 0x02))
            })
        }
        BlockKind::Crl | BlockKind::CertificateRequest => true,
        _ => false,
    }
}

/// Whether the line is a boundary and nothing else.
fn is_boundary(line: &[u8]) -> bool {
    let text = String::from_utf8_lossy(line);
    let text = text.trim().trim_start_matches('\u{feff}');
    let dash = |character: char| matches!(character, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let letters =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, ' ' | '.' | '_');
    text.starts_with(dash)
        && text.ends_with(dash)
        && text.chars().count() <= WIDTH
        && text
            .chars()
            .all(|character| dash(character) || letters(character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_a_line_of_its_own() {
        assert!(is_boundary(b"  -----BEGIN CERTIFICATE-----"));
        assert!(is_boundary("———BEGIN CERTIFICATE———".as_bytes()));
        assert!(!is_boundary(b"-----BEGIN PRIVATE KEY-----MIIEvQ=="));
        assert!(!is_boundary(b"password: x"));
    }
}
