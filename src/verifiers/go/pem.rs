//! PEM as Go's encoding/pem reads it.
//!
//! Source: `src/encoding/pem/pem.go`, `Decode`, and `src/encoding/base64/base64.go`, `Encoding.Decode`, of Go 1.27.3
//! and Go 1.19. A block begins at the start of the text or of a line; text around blocks, and blocks that cannot be
//! read, are passed over without a word. The releases differ in which BEGIN line belongs to an END line: Go 1.19 takes
//! the first, so that a block without an end takes the next one with it; Go 1.27 the last before the END line.

use std::collections::BTreeMap;

use memchr::memmem;

use super::Release;

/// One block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What stands between `-----BEGIN ` and the dashes.
    pub label: Vec<u8>,
    /// The lines with a colon before the base64, by key.
    pub headers: BTreeMap<Vec<u8>, Vec<u8>>,
    /// What the base64 encodes.
    pub der: Vec<u8>,
}

/// The blocks of `text`, one after the other, until no more is found.
pub fn blocks(text: &[u8], release: Release) -> impl Iterator<Item = Block> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (block, after) = decode(rest, release)?;
        rest = after;
        Some(block)
    })
}

/// The next block, and what follows it.
#[must_use]
pub fn decode(text: &[u8], release: Release) -> Option<(Block, &[u8])> {
    match release {
        Release::V1_19 => decode_first_begin(text),
        Release::V1_27 => decode_last_begin(text),
    }
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const END_LINE: &[u8] = b"\n-----END ";
const DASHES: &[u8] = b"-----";

/// Go 1.27: the first END line, then the last BEGIN line before it.
fn decode_last_begin(text: &[u8]) -> Option<(Block, &[u8])> {
    let mut rest = text;
    // Where the END line last looked at stops, counted in what is left.
    let mut after_end = Some(0);
    loop {
        rest = rest.get(after_end?..)?;
        let end = memmem::find(rest, END_LINE)?;
        after_end = Some(end + END_LINE.len());
        let Some(begin) = memmem::rfind(&rest[..end], BEGIN) else {
            continue;
        };
        if begin > 0 && rest[begin - 1] != b'\n' {
            continue;
        }
        // Offsets are counted from what is left, which moves on; before it they are lost.
        let mut read = begin + BEGIN.len();
        let whole = rest;
        let (label, left) = line(&whole[read..]);
        rest = left;
        read = whole.len() - left.len();
        let back = |at: usize, read: usize| at.checked_sub(read);
        after_end = back(end + END_LINE.len(), read);
        let Some(label) = label.strip_suffix(DASHES) else {
            continue;
        };
        let mut headers = BTreeMap::new();
        loop {
            if rest.is_empty() {
                return None;
            }
            let (text, next) = line(rest);
            let Some((key, value)) = header(text) else {
                break;
            };
            headers.insert(key, value);
            rest = next;
            read = whole.len() - next.len();
            after_end = back(end + END_LINE.len(), read);
        }
        let body = match end.checked_sub(read) {
            Some(end) => &rest[..end],
            None if headers.is_empty() => b"",
            None => continue,
        };
        let trailer = after_end?;
        if let Some((der, left)) = finish(label, rest, trailer, body) {
            let label = label.to_vec();
            return Some((
                Block {
                    label,
                    headers,
                    der,
                },
                left,
            ));
        }
    }
}

/// Go 1.19: the first BEGIN line, then the first END line after it.
fn decode_first_begin(text: &[u8]) -> Option<(Block, &[u8])> {
    let mut rest = text;
    loop {
        rest = match rest.strip_prefix(BEGIN) {
            Some(after) => after,
            None => &rest[memmem::find(rest, b"\n-----BEGIN ")? + 1 + BEGIN.len()..],
        };
        let (label, left) = line(rest);
        rest = left;
        let Some(label) = label.strip_suffix(DASHES) else {
            continue;
        };
        let mut headers = BTreeMap::new();
        loop {
            if rest.is_empty() {
                return None;
            }
            let (text, next) = line(rest);
            let Some((key, value)) = header(text) else {
                break;
            };
            headers.insert(key, value);
            rest = next;
        }
        let (body, trailer) = if headers.is_empty() && rest.starts_with(END) {
            (&rest[..0], END.len())
        } else if let Some(end) = memmem::find(rest, END_LINE) {
            (&rest[..end], end + END_LINE.len())
        } else {
            continue;
        };
        if let Some((der, left)) = finish(label, rest, trailer, body) {
            let label = label.to_vec();
            return Some((
                Block {
                    label,
                    headers,
                    der,
                },
                left,
            ));
        }
    }
}

/// The body decoded and the text after the END line, if that line ends as it must: at `trailer` in `rest` the label
/// again, dashes, and at most blanks.
fn finish<'t>(
    label: &[u8],
    rest: &'t [u8],
    trailer: usize,
    body: &[u8],
) -> Option<(Vec<u8>, &'t [u8])> {
    let after = rest.get(trailer..)?;
    let after = after.strip_prefix(label)?.strip_prefix(DASHES)?;
    let (blank, left) = line(after);
    if !blank.is_empty() {
        return None;
    }
    Some((base64(body)?, left))
}

/// The line at the start of `text`, without blanks at its end, and what follows it.
fn line(text: &[u8]) -> (&[u8], &[u8]) {
    let (mut line, rest) = match memchr::memchr(b'\n', text) {
        None => (text, &text[text.len()..]),
        Some(end) => {
            let line = &text[..end];
            (line.strip_suffix(b"\r").unwrap_or(line), &text[end + 1..])
        }
    };
    while let [head @ .., b' ' | b'\t'] = line {
        line = head;
    }
    (line, rest)
}

/// The key and the value of a line with a colon.
fn header(line: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let colon = memchr::memchr(b':', line)?;
    Some((trim(&line[..colon]), trim(&line[colon + 1..])))
}

/// `bytes.TrimSpace`: without white space at both ends, which is that of Unicode.
fn trim(bytes: &[u8]) -> Vec<u8> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim().as_bytes().to_vec(),
        Err(_) => bytes.trim_ascii().to_vec(),
    }
}

/// Standard base64 as Go decodes it: padding is needed and ends the text, the last digit's spare bits are not looked
/// at, and carriage returns and newlines may stand anywhere, as may here blanks and tabs.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut digits = text
        .iter()
        .copied()
        .filter(|byte| !matches!(byte, b'\r' | b'\n' | b' ' | b'\t'));
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut group = 0_u32;
    let mut held = 0;
    while let Some(digit) = digits.next() {
        if digit == b'=' {
            let whole = match held {
                2 => digits.next() == Some(b'=') && digits.next().is_none(),
                3 => digits.next().is_none(),
                _ => false,
            };
            if !whole {
                return None;
            }
            let [_, first, second, _] = (group << (6 * (4 - held))).to_be_bytes();
            bytes.extend_from_slice(&[first, second][..held - 1]);
            return Some(bytes);
        }
        group = (group << 6) | u32::from(value(digit)?);
        held += 1;
        if held == 4 {
            bytes.extend_from_slice(&group.to_be_bytes()[1..]);
            (group, held) = (0, 0);
        }
    }
    (held == 0).then_some(bytes)
}

/// The value of a base64 digit.
fn value(digit: u8) -> Option<u8> {
    Some(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}
