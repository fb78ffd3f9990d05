//! How Kafka and Spring Boot read a PEM file: with a regular expression of their own, and each match by
//! `CertificateFactory.generateCertificate`.
//!
//! Source: Kafka 3.9 `DefaultSslEngineFactory.PemParser`, Spring Boot 3.3 `PemCertificateParser`.

use super::certificate::Certificate;
use super::der::Thrown;
use super::reader::{self, Blocks};

/// Who reads the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PemReader {
    Kafka,
    Spring,
}

impl PemReader {
    pub(super) const ALL: [Self; 2] = [Self::Kafka, Self::Spring];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Kafka => "Kafka",
            Self::Spring => "Spring Boot",
        }
    }

    /// The certificates of a file; what is thrown where it is refused.
    pub(super) fn read(self, bytes: &[u8]) -> Result<Vec<Certificate>, Thrown> {
        let illegal = |why| Thrown {
            class: "java.lang.IllegalArgumentException",
            message: why,
        };
        let mut certificates = Vec::new();
        let mut at = 0;
        while let Some((body, end)) = self.find(bytes, at) {
            at = end;
            let text: Vec<u8> = body
                .iter()
                .copied()
                .filter(|byte| !byte.is_ascii_whitespace())
                .collect();
            let der = reader::base64(&text).map_err(illegal)?;
            match self {
                Self::Kafka => certificates.push(reader::read_one(&der)?),
                // Spring goes on behind the first certificate of a block.
                Self::Spring => {
                    let mut blocks = Blocks::new(&der);
                    while !blocks.is_empty() {
                        let block = blocks.next().map(Option::unwrap_or_default)?;
                        certificates.push(reader::read_one(&block)?);
                    }
                }
            }
        }
        if certificates.is_empty() {
            let message = match self {
                Self::Kafka => {
                    "InvalidConfigurationException: No matching CERTIFICATE entries in PEM file"
                }
                Self::Spring => "Missing certificates or unrecognized format",
            };
            return Err(Thrown {
                class: "java.lang.IllegalStateException",
                message: message.to_owned(),
            });
        }
        Ok(certificates)
    }

    /// The next match from `from` on: the base64 between the boundaries, and where the match ends.
    fn find(self, bytes: &[u8], from: usize) -> Option<(&[u8], usize)> {
        let mut start = from;
        loop {
            let begin = start + self.find_word(bytes.get(start..)?, b"-BEGIN")?;
            if let Some(found) = self.match_at(bytes, begin) {
                return Some(found);
            }
            start = begin + 1;
        }
    }

    fn match_at(self, bytes: &[u8], begin: usize) -> Option<(&[u8], usize)> {
        let mut at = self.boundary(bytes, begin, b"-BEGIN")?;
        at = skip_blank(bytes, at, true)?;
        if self == Self::Kafka {
            at = skip_headers(bytes, at);
        }
        let in_body = |byte: &u8| {
            let is_base64 = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
            is_base64
                || match self {
                    Self::Kafka => is_blank(*byte),
                    Self::Spring => matches!(byte, b'\r' | b'\n'),
                }
        };
        let length = bytes[at..].iter().take_while(|byte| in_body(byte)).count();
        let body = &bytes[at..at + length];
        at += length;
        // The hyphens before END.
        let hyphens = bytes[at..].iter().take_while(|byte| **byte == b'-').count();
        if hyphens == 0 {
            return None;
        }
        let end = self.boundary(bytes, at + hyphens - 1, b"-END")?;
        match self {
            // Kafka adds a line end to the text, and wants one here.
            Self::Kafka if end == bytes.len() => Some((body, end)),
            Self::Kafka => Some((body, skip_blank(bytes, end, true)?)),
            Self::Spring if body.is_empty() => None,
            Self::Spring => Some((body, end)),
        }
    }

    /// A boundary: the word, `CERTIFICATE` later on the same line, and hyphens after it. Gives where the hyphens end.
    fn boundary(self, bytes: &[u8], at: usize, word: &[u8]) -> Option<usize> {
        if self.find_word(bytes.get(at..at + word.len())?, word) != Some(0) {
            return None;
        }
        let mut start = at + word.len();
        // Spring wants white space after the word.
        start = skip_blank(bytes, start, self == Self::Spring)?;
        let is_line_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
        let line = bytes[start..].iter().position(is_line_end);
        let line_end = line.map_or(bytes.len(), |length| start + length);
        // The last CERTIFICATE of the line that has hyphens behind it, with nothing but other characters between.
        let name = b"CERTIFICATE";
        let mut last = line_end;
        loop {
            let line = &bytes[start..last];
            let found = (0..line.len().saturating_sub(name.len() - 1))
                .rev()
                .find(|at| self.is_word(&line[*at..*at + name.len()], name))?;
            let after = start + found + name.len();
            let to_hyphen = bytes[after..].iter().position(|byte| *byte == b'-');
            if let Some(skipped) = to_hyphen {
                let hyphens = bytes[after + skipped..].iter();
                let count = hyphens.take_while(|byte| **byte == b'-').count();
                return Some(after + skipped + count);
            }
            last = start + found + name.len() - 1;
        }
    }

    fn find_word(self, bytes: &[u8], word: &[u8]) -> Option<usize> {
        bytes
            .windows(word.len())
            .position(|part| self.is_word(part, word))
    }

    /// Spring's expression does not look at case.
    fn is_word(self, part: &[u8], word: &[u8]) -> bool {
        match self {
            Self::Kafka => part == word,
            Self::Spring => part.eq_ignore_ascii_case(word),
        }
    }
}

/// What `\s` matches.
fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

fn skip_blank(bytes: &[u8], at: usize, required: bool) -> Option<usize> {
    let count = bytes
        .get(at..)?
        .iter()
        .take_while(|byte| is_blank(**byte))
        .count();
    (count > 0 || !required).then_some(at + count)
}

/// Skips lines with a colon, which Kafka takes for headers.
fn skip_headers(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let rest = &bytes[at..];
        let is_line_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
        let Some(length) = rest.iter().position(is_line_end) else {
            return at;
        };
        if length > 0 && !rest[..length].contains(&b':') {
            return at;
        }
        let ends = rest[length..]
            .iter()
            .take_while(|byte| is_line_end(byte))
            .count();
        if length == 0 {
            return at;
        }
        at += length + ends;
    }
}
