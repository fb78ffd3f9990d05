//! Sources, spans and positions: where in the input something stands.

use std::sync::OnceLock;

/// A byte range in a source, half open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset of the byte after the last.
    pub end: usize,
}

impl Span {
    /// The span of the bytes `start..end`.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// Whether `other` shares at least one byte with this span.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// A place as editors show it: line and column, both counted from 1.
///
/// A column counts characters; a byte that is not UTF-8 counts as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// What a source is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// CA certificates that the server trusts.
    Bundle,
    /// What a client sends: its certificate first, then intermediates.
    Client,
    /// Certificate revocation lists.
    Crl,
    /// A private key, only compared with a certificate.
    Key,
    /// Nothing that could be told from the content.
    Unknown,
}

impl Role {
    /// The role's name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bundle => "bundle",
            Self::Client => "client",
            Self::Crl => "crl",
            Self::Key => "key",
            Self::Unknown => "unknown",
        }
    }
}

/// One input with its bytes: a file or standard input.
#[derive(Debug)]
pub struct Source {
    /// The name that reports use: the path as it was given, or `<stdin>`.
    pub name: String,
    /// The bytes as they were read.
    pub bytes: Vec<u8>,
    line_starts: OnceLock<Vec<usize>>,
}

impl Source {
    /// A source called `name` with these bytes.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self {
            name: name.into(),
            bytes,
            line_starts: OnceLock::new(),
        }
    }

    /// The position of a byte offset; offsets past the end give the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.bytes.len());
        let starts = self.line_starts();
        let line = starts.partition_point(|&start| start <= offset);
        let start = starts[line - 1];
        let column = String::from_utf8_lossy(&self.bytes[start..offset])
            .chars()
            .count()
            + 1;
        Position { line, column }
    }

    /// The span of a line (counted from 1) without its line ending; empty past the end.
    #[must_use]
    pub fn line_span(&self, line: usize) -> Span {
        let starts = self.line_starts();
        let Some(&start) = line.checked_sub(1).and_then(|index| starts.get(index)) else {
            return Span::new(self.bytes.len(), self.bytes.len());
        };
        let mut end = starts.get(line).copied().unwrap_or(self.bytes.len());
        while end > start && matches!(self.bytes[end - 1], b'\n' | b'\r') {
            end -= 1;
        }
        Span::new(start, end)
    }

    /// Where each line starts. Lines end in LF or CRLF; in a file without any LF, in CR.
    fn line_starts(&self) -> &[usize] {
        self.line_starts.get_or_init(|| {
            let newline = if memchr::memchr(b'\n', &self.bytes).is_some() {
                b'\n'
            } else {
                b'\r'
            };
            let mut starts = vec![0];
            starts.extend(memchr::memchr_iter(newline, &self.bytes).map(|at| at + 1));
            starts
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_from_one() {
        let source = Source::new("x", b"ab\r\nc\xffd\n".to_vec());
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(4), Position { line: 2, column: 1 });
        assert_eq!(source.position(6), Position { line: 2, column: 3 });
        assert_eq!(source.line_span(1), Span::new(0, 2));
        assert_eq!(source.position(99), Position { line: 3, column: 1 });
    }

    #[test]
    fn a_lone_carriage_return_ends_a_line_only_without_line_feeds() {
        let source = Source::new("x", b"a\rb\rc".to_vec());
        assert_eq!(source.position(4), Position { line: 3, column: 1 });
    }
}
