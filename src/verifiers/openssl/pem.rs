//! PEM as OpenSSL reads it: `PEM_read_bio` of `crypto/pem/pem_lib.c`, and `EVP_Decode*` of
//! `crypto/evp/encode.c`, on a file (`file_gets` of `crypto/bio/bss_file.c`).
//!
//! The releases differ in one thing: all but 1.1.1 drop a byte order mark before a block. Octets above
//! 0x7f at the end of a line are stripped as white space, as where C's `char` is signed (x86).

use crate::analysis::OpensslRelease;

/// One block: its label, the lines before its blank line, and what its base64 stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::verifiers) struct PemBlock {
    pub name: Vec<u8>,
    pub header: Vec<u8>,
    pub der: Vec<u8>,
}

/// Why no block could be read. `PEM_read_bio` fails without a reason in some cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::verifiers) struct PemError {
    /// OpenSSL's reason, such as `bad end line`.
    pub reason: Option<&'static str>,
}

const BAD_END_LINE: PemError = PemError {
    reason: Some("bad end line"),
};
const BAD_BASE64: PemError = PemError {
    reason: Some("bad base64 decode"),
};
const SILENT: PemError = PemError { reason: None };

/// The most octets that one call of `BIO_gets` reads: LINESIZE less the final NUL.
const LINE: usize = 254;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads one block after the other.
pub(in crate::verifiers) struct Reader<'a> {
    bytes: &'a [u8],
    release: OpensslRelease,
}

impl<'a> Reader<'a> {
    pub(in crate::verifiers) fn new(bytes: &'a [u8], release: OpensslRelease) -> Self {
        Self { bytes, release }
    }

    /// The next block; none where no other starts (`no start line`).
    pub(in crate::verifiers) fn next_block(&mut self) -> Result<Option<PemBlock>, PemError> {
        let Some(name) = self.start() else {
            return Ok(None);
        };
        let (header, data) = self.header_and_data(&name)?;
        // Without data, and without an error: `len == 0` in `PEM_read_bio_ex`.
        if data.is_empty() {
            return Err(SILENT);
        }
        let der = decode(&data).ok_or(BAD_BASE64)?;
        // `pem_malloc` of nothing gives nothing, which ends the reading without an error as well.
        if der.is_empty() {
            return Err(SILENT);
        }
        Ok(Some(PemBlock { name, header, der }))
    }

    /// `get_name`: the label of the next line that begins a block.
    fn start(&mut self) -> Option<Vec<u8>> {
        let mut first = true;
        loop {
            let mut line = self.gets()?;
            if std::mem::take(&mut first) && self.release != OpensslRelease::V1_1_1 {
                let marked = line.len() > BYTE_ORDER_MARK.len();
                line = line
                    .strip_prefix(BYTE_ORDER_MARK)
                    .filter(|_| marked)
                    .unwrap_or(line);
            }
            let name = stripped(line)
                .strip_prefix(b"-----BEGIN ")
                .and_then(|rest| rest.strip_suffix(b"-----"));
            if let Some(name) = name {
                return Some(name.to_vec());
            }
        }
    }

    /// `get_header_and_data`.
    fn header_and_data(&mut self, name: &[u8]) -> Result<(Vec<u8>, Vec<u8>), PemError> {
        #[derive(PartialEq)]
        enum Header {
            Maybe,
            In,
            Past,
        }
        let mut state = Header::Maybe;
        // What stands before the blank line, and after it.
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let (mut partial, mut ended) = (false, false);
        loop {
            let line = self.gets().ok_or(BAD_END_LINE)?;
            let was_partial = partial;
            partial = line.len() == LINE && line.last() != Some(&b'\n');
            if state == Header::Maybe && line.contains(&b':') {
                state = Header::In;
            }
            let line = stripped(line);
            if line.is_empty() {
                // The rest of a line that was read up to its line feed is no blank line.
                if !was_partial {
                    if state == Header::Past {
                        return Err(BAD_END_LINE);
                    }
                    state = Header::Past;
                }
                continue;
            }
            if let Some(end) = line.strip_prefix(b"-----END ") {
                if end.strip_prefix(name) != Some(b"-----") {
                    return Err(BAD_END_LINE);
                }
                // Without a blank line all is data, unless a colon made it a header.
                return Ok(if state == Header::Maybe {
                    (after, before)
                } else {
                    (before, after)
                });
            }
            if ended {
                return Err(BAD_END_LINE);
            }
            let text = if state == Header::Past {
                &mut after
            } else {
                &mut before
            };
            text.extend(line);
            text.push(b'\n');
            if state == Header::Past {
                // Past a blank line, lines have 64 octets: a longer one fails, a shorter one is the last.
                match line.len() {
                    0..=63 => ended = true,
                    64 => {}
                    _ => return Err(SILENT),
                }
            }
        }
    }

    /// `BIO_gets` of a file: up to a line feed or [`LINE`] octets, of which C sees those before a NUL.
    fn gets(&mut self) -> Option<&'a [u8]> {
        let window = &self.bytes[..self.bytes.len().min(LINE)];
        let end = window
            .iter()
            .position(|&octet| octet == b'\n')
            .map_or(window.len(), |at| at + 1);
        let (line, rest) = self.bytes.split_at(end);
        self.bytes = rest;
        let line = line.split(|&octet| octet == 0).next().unwrap_or_default();
        Some(line).filter(|line| !line.is_empty())
    }
}

/// `sanitize_line` under `PEM_FLAG_EAY_COMPATIBLE`, without the line feed that it appends.
fn stripped(line: &[u8]) -> &[u8] {
    let kept = line
        .iter()
        .rposition(|&octet| octet > b' ' && octet.is_ascii());
    &line[..kept.map_or(0, |last| last + 1)]
}

/// `EVP_DecodeUpdate` over all of it, then `EVP_DecodeFinal`.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count, mut padding) = (0_u32, 0_u32, 0_usize);
    for &octet in text {
        let value = match octet {
            b'A'..=b'Z' => octet - b'A',
            b'a'..=b'z' => octet - b'a' + 26,
            b'0'..=b'9' => octet - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => 0,
            b'\t' | b'\n' | b'\r' | b' ' => continue,
            // A hyphen ends the data, wherever it stands.
            b'-' => break,
            _ => return None,
        };
        if octet == b'=' {
            padding += 1;
        } else if padding > 0 {
            return None;
        }
        if padding > 2 {
            return None;
        }
        bits = bits << 6 | u32::from(value);
        count += 1;
        if count == 4 {
            decoded.extend(&bits.to_be_bytes()[1..]);
            (bits, count) = (0, 0);
        }
    }
    // The padding belongs to a block that is whole, and the rest of a block fails.
    (count == 0 && padding <= decoded.len()).then(|| {
        decoded.truncate(decoded.len() - padding);
        decoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Result<Option<PemBlock>, PemError> {
        Reader::new(text, OpensslRelease::V3_5).next_block()
    }

    fn der(text: &str) -> Result<Vec<u8>, Option<&'static str>> {
        match read(text.as_bytes()) {
            Ok(block) => Ok(block.map(|block| block.der).unwrap_or_default()),
            Err(error) => Err(error.reason),
        }
    }

    #[test]
    fn a_block_is_read_past_text_and_trailing_space() {
        let block = read(b"text\n-----BEGIN X----- \r\nAAEC\xff\n Aw= =\t\r\n-----END X-----\n");
        let block = block.unwrap().unwrap();
        assert_eq!((&block.name[..], &block.header[..]), (&b"X"[..], &b""[..]));
        assert_eq!(block.der, [0, 1, 2, 3]);
    }

    #[test]
    fn a_byte_order_mark_is_dropped_but_by_1_1_1() {
        let text = b"\xef\xbb\xbf-----BEGIN X-----\nAAEC\n-----END X-----\n";
        assert!(read(text).unwrap().is_some());
        let mut old = Reader::new(text, OpensslRelease::V1_1_1);
        assert_eq!(old.next_block(), Ok(None));
    }

    #[test]
    fn a_blank_line_makes_a_header_of_what_precedes_it() {
        let block = read(b"-----BEGIN X-----\nAAEC\n\nAwQF\n-----END X-----\n");
        let block = block.unwrap().unwrap();
        assert_eq!(
            (&block.header[..], &block.der[..]),
            (&b"AAEC\n"[..], &[3, 4, 5][..])
        );
        let again = "-----BEGIN X-----\n\nAAEC\n\nAwQF\n-----END X-----\n";
        assert_eq!(der(again), Err(Some("bad end line")));
        let short = "-----BEGIN X-----\n\nAAEC\nAwQF\n-----END X-----\n";
        assert_eq!(der(short), Err(Some("bad end line")));
        let colon = "-----BEGIN X-----\na:b\nAwQF\n-----END X-----\n";
        assert_eq!(der(colon), Err(None));
    }

    #[test]
    fn labels_must_agree_and_blocks_must_end() {
        let other = "-----BEGIN X-----\nAAEC\n-----END Y-----\n";
        assert_eq!(der(other), Err(Some("bad end line")));
        assert_eq!(der("-----BEGIN X-----\nAAEC\n"), Err(Some("bad end line")));
        assert_eq!(
            der(" -----BEGIN X-----\nAAEC\n-----END X-----\n"),
            Ok(vec![])
        );
        assert_eq!(der("-----BEGIN X-----\n-----END X-----\n"), Err(None));
    }

    #[test]
    fn base64_may_stop_at_a_hyphen_but_not_within_a_group() {
        let of = |data: &str| der(&format!("-----BEGIN X-----\n{data}\n-----END X-----\n"));
        assert_eq!(of("AAEC-!"), Ok(vec![0, 1, 2]));
        assert_eq!(of("AAECA"), Err(Some("bad base64 decode")));
        assert_eq!(of("AA==AAEC"), Err(Some("bad base64 decode")));
        assert_eq!(of("A==="), Err(Some("bad base64 decode")));
        assert_eq!(of("AA!="), Err(Some("bad base64 decode")));
    }

    #[test]
    fn long_lines_are_read_in_parts() {
        let data = "AAEC".repeat(200);
        let block = der(&format!("-----BEGIN X-----\n{data}\n-----END X-----\n"));
        assert_eq!(block, Ok([0, 1, 2].repeat(200)));
        let past = format!("-----BEGIN X-----\n\n{data}\n-----END X-----\n");
        assert_eq!(der(&past), Err(None));
    }
}
