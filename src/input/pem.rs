//! The PEM scanner: bytes in, blocks and accidents out.
//!
//! It reads everything that people mean by PEM, and names every departure from RFC 7468 as an
//! [`Accident`]. A broken block never hides the ones after it. Time and memory are linear in the
//! size of the source.

mod body;
mod boundary;
mod der;
mod lines;
mod scanner;
mod view;

#[cfg(test)]
mod tests;

use memchr::memmem;

use super::{BlockKind, Contents};
use crate::source::{Source, Span};

pub(crate) use body::base64_span;
pub(crate) use boundary::is_plain_label;
pub(crate) use view::View;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Something out of the ordinary that was met while scanning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accident {
    /// What it is.
    pub kind: AccidentKind,
    /// Where it stands, in the source's bytes.
    pub span: Span,
    /// The index of the block that it is in or at, if any.
    pub block: Option<usize>,
}

/// What can be out of the ordinary. Whether it matters is for the rules to say.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccidentKind {
    /// No bytes at all, or only white space.
    EmptyInput,
    /// Neither a certificate nor a trusted certificate was found.
    NoCertificate {
        /// Whether the source is base64 of a DER object, without boundaries around it.
        bare_base64: bool,
    },
    /// The source is binary DER.
    DerInput {
        /// What its first object is.
        kind: BlockKind,
    },
    /// The source is not text in ASCII or a superset of it.
    NotAsciiText {
        /// What it is instead.
        encoding: Encoding,
    },
    /// A UTF-8 byte order mark stands at the start of the source, or before a BEGIN boundary.
    ByteOrderMark,
    /// Backslash and `n` stand where line breaks should be.
    EscapedNewlines,
    /// The source is base64 of a PEM document.
    DoubleBase64,
    /// Lines end in more than one way; boundaries, and the lines before them, not in CR alone.
    MixedLineEndings {
        /// Lines that end in LF.
        lf: usize,
        /// Lines that end in CRLF.
        crlf: usize,
        /// Carriage returns without a line feed.
        cr: usize,
    },
    /// Lines end in CR alone: all of them, or some next to a boundary.
    CarriageReturns {
        /// How many.
        count: usize,
    },
    /// The last line, an END boundary or text after it, has no line break.
    NoFinalNewline,
    /// A BEGIN boundary follows an END boundary on the same line.
    MissingNewlineBetweenBlocks,
    /// The source ends before the block does.
    Unterminated,
    /// An END boundary outside any block.
    EndWithoutBegin {
        /// Its label as written.
        label: String,
    },
    /// A BEGIN boundary before the END boundary of the block; the accident's block is the outer one.
    NestedBegin,
    /// The labels of a block's boundaries differ.
    LabelMismatch {
        /// The label of the BEGIN boundary as written.
        begin: String,
        /// The label of the END boundary as written.
        end: String,
    },
    /// A boundary is recognisable but not as RFC 7468 has it.
    BoundaryMalformed {
        /// What is wrong with it.
        fault: BoundaryFault,
    },
    /// White space or text stands before a boundary.
    Indented {
        /// Whether it is more than white space.
        text: bool,
    },
    /// Lower-case letters in a boundary.
    NotUppercase,
    /// `X509 CERTIFICATE` or `X.509 CERTIFICATE`.
    LegacyLabel,
    /// `TRUSTED CERTIFICATE`.
    TrustedCertificate,
    /// A private key.
    PrivateKey,
    /// Neither a certificate nor a private key.
    UnexpectedBlock {
        /// What it is.
        kind: BlockKind,
    },
    /// Bytes that are not in the base64 alphabet. They were skipped.
    InvalidBase64 {
        /// The first of them; none in a private key.
        byte: Option<u8>,
        /// How many there are.
        count: usize,
    },
    /// The base64 text does not end as RFC 4648 has it.
    InvalidPadding {
        /// What is wrong with its end.
        fault: PaddingFault,
    },
    /// No base64 between the boundaries.
    EmptyBlock,
    /// A line longer than 64 characters, or a shorter one that is not the last.
    LineLength {
        /// The length of the first such line.
        length: usize,
    },
    /// Blank lines between the boundaries.
    BlankLine {
        /// How many.
        count: usize,
    },
    /// White space before or between the characters of a line.
    InnerSpace {
        /// In how many lines.
        lines: usize,
    },
    /// Header lines as in RFC 1421.
    Headers {
        /// How many.
        count: usize,
    },
    /// White space at the end of lines.
    TrailingSpace {
        /// Of how many lines.
        lines: usize,
    },
    /// Text outside blocks; once for each source.
    ExplanatoryText {
        /// How many lines.
        lines: usize,
    },
}

/// What a source is encoded in, other than ASCII or a superset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Encoding {
    /// UTF-16, least significant byte first.
    Utf16Le,
    /// UTF-16, most significant byte first.
    Utf16Be,
    /// Control octets that no text has.
    Binary {
        /// The first of them.
        byte: u8,
    },
}

/// What is wrong with a boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BoundaryFault {
    /// Not exactly five hyphens on each side, or dashes that are no hyphens.
    Dashes,
    /// White space between the dashes and the words, or more than one space between the words.
    Spacing,
    /// Data stands before the END boundary on its line.
    TextBefore,
    /// Text follows the boundary on its line.
    TextAfter,
}

/// What is wrong with the end of base64 text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PaddingFault {
    /// Too few `=`; the bytes are certain.
    Missing,
    /// Too many `=`; the bytes are certain.
    Excess,
    /// A `=` before the last character.
    Misplaced,
    /// The unused bits of the last character are not zero; the bytes are certain.
    TrailingBits,
    /// One character is left over: something is missing.
    Length,
}

/// Reads a source: PEM with anything around it, or DER.
#[must_use]
pub fn scan(source: &Source) -> Contents {
    let bytes = &source.bytes[..];
    let mut contents = Contents::default();
    if is_blank(bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes)) {
        contents.accidents.push(Accident {
            kind: AccidentKind::EmptyInput,
            span: Span::new(0, bytes.len()),
            block: None,
        });
        return contents;
    }

    let objects_end = der::read_objects(bytes, &mut contents);
    if objects_end == 0 {
        contents.view = view::normalise(bytes, &mut contents.accidents);
    }
    let from_der = contents.blocks.len();
    let noticed = contents.accidents.len();
    let text = contents.view.as_ref().map_or(bytes, |view| &view.text);
    scanner::scan_text(
        text,
        objects_end,
        contents.view.is_some(),
        &mut contents.blocks,
        &mut contents.accidents,
    );
    if let Some(view) = &contents.view {
        for block in &mut contents.blocks[from_der..] {
            block.span = view.to_source(block.span);
            block.begin = view.to_source(block.begin);
        }
        for accident in &mut contents.accidents[noticed..] {
            accident.span = view.to_source(accident.span);
        }
    }

    let is_certificate =
        |kind| matches!(kind, BlockKind::Certificate | BlockKind::TrustedCertificate);
    if !contents
        .blocks
        .iter()
        .any(|block| is_certificate(block.kind))
    {
        let bare_base64 = contents.blocks.is_empty() && is_bare_base64(text);
        contents.accidents.push(Accident {
            kind: AccidentKind::NoCertificate { bare_base64 },
            span: first_line(bytes),
            block: None,
        });
    }
    contents
        .accidents
        .sort_by_key(|accident| accident.span.start);
    contents
}

/// Whether the text is base64 that begins as a certificate's does: a SEQUENCE with a long length.
fn is_bare_base64(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    text.starts_with(b"MII")
        && text
            .iter()
            .all(|&byte| body::is_base64(byte) || byte == b'=' || byte.is_ascii_whitespace())
}

/// The first line that is not blank, without its line ending.
fn first_line(bytes: &[u8]) -> Span {
    let start = bytes.len() - bytes.trim_ascii_start().len();
    let (end, _) = lines::line_end(bytes, start);
    Span::new(start, end)
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .all(|&byte| lines::is_space(byte) || byte == b'\r' || byte == b'\n')
}

fn contains(text: &[u8], needle: &[u8]) -> bool {
    memmem::find(text, needle).is_some()
}
