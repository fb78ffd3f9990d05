//! PEM as BoringSSL reads it for Envoy, in which one bad block makes the whole file unusable.
//!
//! Source: BoringSSL `crypto/pem/pem_info.cc` (`PEM_X509_INFO_read_bio`), `pem_lib.cc` (`PEM_read_bio_inner`,
//! `PEM_get_EVP_CIPHER_INFO`) and `crypto/base64/base64.cc` (`EVP_DecodeUpdate`).

use super::crl::Crl;
use super::der::{self, Reader, constructed, context};
use super::x509::X509;

/// The longest piece of a line that is read at once (`BIO_gets` with 254 octets for it).
const LONGEST_PIECE: usize = 253;

/// What a file holds for Envoy.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) certificates: Vec<Trusted>,
    pub(super) crls: Vec<Crl>,
}

/// A certificate with the trust settings of a `TRUSTED CERTIFICATE` block.
#[derive(Debug)]
pub(super) struct Trusted {
    pub(super) certificate: X509,
    /// Purposes that it is trusted for, and those that it is not to be used for; none without settings.
    pub(super) settings: Option<TrustSettings>,
}

/// `X509_CERT_AUX`; the alias and key id do not matter.
#[derive(Clone, Debug, Default)]
pub(super) struct TrustSettings {
    pub(super) trusted: Option<Vec<Vec<u8>>>,
    pub(super) rejected: Option<Vec<Vec<u8>>>,
}

/// Why a file cannot be used: what, and the line on which the block begins.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal {
    pub(super) line: usize,
    pub(super) why: &'static str,
}

impl Contents {
    /// Reads a file. Blocks with labels that it does not know are left out, but must be sound.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut contents = Self::default();
        let mut lines = Pieces {
            bytes,
            at: 0,
            line: 0,
        };
        while let Some(block) = Block::read(&mut lines)? {
            contents.add(&block)?;
        }
        Ok(contents)
    }

    fn add(&mut self, block: &Block) -> Result<(), Refusal> {
        let refuse = |why| Refusal {
            line: block.line,
            why,
        };
        let label = block.label.as_slice();
        let is_key = matches!(
            label,
            b"RSA PRIVATE KEY" | b"DSA PRIVATE KEY" | b"EC PRIVATE KEY"
        );
        let is_other = matches!(
            label,
            b"CERTIFICATE" | b"X509 CERTIFICATE" | b"TRUSTED CERTIFICATE" | b"X509 CRL"
        );
        if !is_key && !is_other {
            return Ok(());
        }
        if is_key && block.header.len() > 10 {
            return is_encryption_header(&block.header)
                .then_some(())
                .ok_or(refuse(
                    "a private key has headers that do not say how it is encrypted",
                ));
        }
        if !matches!(block.header.first(), None | Some(b'\n' | 0)) {
            return Err(refuse(
                "a block has headers, or a blank line within it, which makes headers of what is above",
            ));
        }
        if is_key {
            return is_private_key(label, &block.data)
                .then_some(())
                .ok_or(refuse("a private key cannot be read"));
        }
        if label == b"X509 CRL" {
            let crl = Crl::parse(&block.data).ok_or(refuse("a CRL cannot be read"))?;
            self.crls.push(crl);
            return Ok(());
        }
        let (certificate, rest) =
            X509::parse(&block.data).ok_or(refuse("a certificate cannot be read"))?;
        let settings = if label == b"TRUSTED CERTIFICATE" && !rest.is_empty() {
            let settings = TrustSettings::parse(rest);
            Some(settings.ok_or(refuse("the trust settings of a certificate cannot be read"))?)
        } else {
            None
        };
        self.certificates.push(Trusted {
            certificate,
            settings,
        });
        Ok(())
    }
}

impl TrustSettings {
    fn parse(rest: &[u8]) -> Option<Self> {
        let mut fields = Reader(rest).take(der::SEQUENCE)?;
        let mut list = |tag| match fields.optional(tag)? {
            Some(mut list) => {
                let mut purposes = Vec::new();
                while !list.is_empty() {
                    purposes.push(list.oid(der::OID)?);
                }
                Some(Some(purposes))
            }
            None => Some(None),
        };
        let trusted = list(der::SEQUENCE)?;
        let rejected = list(constructed(0))?;
        if let Some(alias) = fields.optional(der::UTF8_STRING)? {
            der::characters(der::UTF8_STRING, alias.0)?;
        }
        fields.optional(der::OCTET_STRING)?;
        fields.end()?;
        Some(Self { trusted, rejected })
    }
}

/// A block whose base64 is sound.
struct Block {
    line: usize,
    label: Vec<u8>,
    header: Vec<u8>,
    data: Vec<u8>,
}

impl Block {
    /// The next block; none at the end of the file.
    fn read(lines: &mut Pieces<'_>) -> Result<Option<Self>, Refusal> {
        let label = loop {
            let Some(line) = lines.next() else {
                return Ok(None);
            };
            let label = line
                .strip_prefix(b"-----BEGIN ")
                .and_then(|rest| rest.strip_suffix(b"-----"));
            // To C a string ends at a zero octet.
            if let Some(label) = label.filter(|label| !label.contains(&0)) {
                break label.to_vec();
            }
        };
        let begin = lines.line;
        let refuse = |why| Refusal { line: begin, why };
        let mut header = Vec::new();
        let mut body = Vec::new();
        let mut has_header = false;
        let mut last: Vec<u8> = Vec::new();
        for line in lines.by_ref() {
            last.clone_from(&line);
            if line.starts_with(b"-----END ") {
                break;
            }
            if line.is_empty() && !has_header {
                // What was read so far is the header.
                has_header = true;
                header = std::mem::take(&mut body);
                continue;
            }
            body.extend(line);
            body.push(b'\n');
        }
        let end = last
            .strip_prefix(b"-----END ")
            .and_then(|rest| rest.strip_prefix(label.as_slice()));
        let is_end = end == Some(b"-----");
        if !is_end {
            return Err(refuse(
                "a block does not end with an END line of its own label",
            ));
        }
        let data = decode(&body).ok_or(refuse("the base64 of a block cannot be decoded"))?;
        if data.is_empty() {
            return Err(refuse("a block is empty"));
        }
        Ok(Some(Self {
            line: begin,
            label,
            header,
            data,
        }))
    }
}

/// The lines of a file without the white space at their ends; long ones in pieces.
struct Pieces<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The line of the last piece, from 1.
    line: usize,
}

impl Iterator for Pieces<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let rest = &self.bytes[self.at..];
        if rest.is_empty() {
            return None;
        }
        if self.at == 0 || self.bytes[self.at - 1] == b'\n' {
            self.line += 1;
        }
        let piece = &rest[..rest.len().min(LONGEST_PIECE)];
        let end = piece.iter().position(|octet| *octet == b'\n');
        let piece = end.map_or(piece, |end| &piece[..=end]);
        self.at += piece.len();
        // Octets are signed characters there: those above 0x7f count as white space.
        let is_trimmed = |octet: &u8| *octet <= b' ' || *octet >= 0x80;
        let length = piece
            .iter()
            .rposition(|octet| !is_trimmed(octet))
            .map_or(0, |last| last + 1);
        Some(piece[..length].to_vec())
    }
}

/// Base64 in which white space may stand anywhere, and bits that padding leaves over may have any value.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let mut data = Vec::with_capacity(text.len() / 4 * 3);
    let mut quad = [0; 4];
    let mut used = 0;
    let mut is_over = false;
    for &octet in text {
        if matches!(octet, b' ' | b'\t' | b'\r' | b'\n') {
            continue;
        }
        if is_over {
            return None;
        }
        quad[used] = octet;
        used += 1;
        if used < 4 {
            continue;
        }
        used = 0;
        let padding = match quad {
            [_, _, b'=', b'='] => 2,
            [_, _, _, b'='] => 1,
            _ => 0,
        };
        let mut value = 0_u32;
        for &one in &quad[..4 - padding] {
            value = value << 6 | u32::from(digit(one)?);
        }
        value <<= 6 * padding;
        data.extend(&value.to_be_bytes()[1..4 - padding]);
        is_over = padding > 0;
    }
    (used == 0).then_some(data)
}

fn digit(octet: u8) -> Option<u8> {
    match octet {
        b'A'..=b'Z' => Some(octet - b'A'),
        b'a'..=b'z' => Some(octet - b'a' + 26),
        b'0'..=b'9' => Some(octet - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

/// Whether the headers of a private key say how it is encrypted, in a way that BoringSSL knows.
fn is_encryption_header(header: &[u8]) -> bool {
    let read = || {
        let rest = header.strip_prefix(b"Proc-Type: 4,ENCRYPTED")?;
        let end = rest.iter().position(|octet| *octet == b'\n')?;
        let rest = rest[end + 1..].strip_prefix(b"DEK-Info: ")?;
        let is_name = |octet: &u8| matches!(octet, b'A'..=b'Z' | b'-' | b'0'..=b'9');
        let length = rest.iter().position(|octet| !is_name(octet))?;
        let octets = match &rest[..length] {
            b"DES-CBC" | b"DES-EDE3-CBC" => 8,
            b"AES-128-CBC" | b"AES-192-CBC" | b"AES-256-CBC" => 16,
            _ => return None,
        };
        let digits = rest.get(length + 1..length + 1 + 2 * octets)?;
        Some(digits.iter().all(u8::is_ascii_hexdigit))
    };
    read().unwrap_or(false)
}

/// Whether a private key has the structure of one. Whether its numbers fit together is not looked at.
fn is_private_key(label: &[u8], data: &[u8]) -> bool {
    let read = || {
        let mut fields = Reader(data).take(der::SEQUENCE)?;
        fields.integer(der::INTEGER)?;
        if fields.is_next(der::SEQUENCE) {
            // PKCS#8 (RFC 5958 §2)
            fields.take(der::SEQUENCE)?;
            fields.take(der::OCTET_STRING)?;
            fields.optional(constructed(0))?;
            fields.optional(context(1))?;
            return fields.end();
        }
        if label == b"EC PRIVATE KEY" {
            // SEC 1 (RFC 5915 §3). Without the curve it cannot be read alone.
            fields.take(der::OCTET_STRING)?;
            fields.take(constructed(0))?;
            fields.optional(constructed(1))?;
        } else {
            // PKCS#1 (RFC 8017 appendix A.1.2): after the version come eight numbers; of DSA five.
            let numbers = if label == b"RSA PRIVATE KEY" { 8 } else { 5 };
            for _ in 0..numbers {
                fields.integer(der::INTEGER)?;
            }
        }
        fields.end()
    };
    read().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The labels, headers and data of all blocks, or the line of the one that is refused.
    fn read(file: &str) -> Result<Vec<(String, String, Vec<u8>)>, usize> {
        let mut lines = Pieces {
            bytes: file.as_bytes(),
            at: 0,
            line: 0,
        };
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        let mut blocks = Vec::new();
        while let Some(block) = Block::read(&mut lines).map_err(|refusal| refusal.line)? {
            blocks.push((text(&block.label), text(&block.header), block.data));
        }
        Ok(blocks)
    }

    fn block(body: &str) -> String {
        format!("-----BEGIN A B-----\n{body}\n-----END A B-----\n")
    }

    #[test]
    fn white_space_and_leftover_bits_do_not_matter() {
        let plain = vec![("A B".to_owned(), String::new(), vec![1, 2])];
        for body in ["AQI=", "AQJ=", " A Q\tI =  ", "AQ\r\nI=\r", "\nAQI="] {
            assert_eq!(read(&block(body)), Ok(plain.clone()), "{body:?}");
        }
        let long_line = format!("{}\u{e9}", "AQEB".repeat(100));
        assert_eq!(read(&block(&long_line)).unwrap()[0].2.len(), 300);
    }

    #[test]
    fn a_blank_line_makes_a_header_of_what_is_above() {
        let blocks = read(&block("AQI=\n\nAw==")).unwrap();
        assert_eq!(blocks[0].1, "AQI=\n");
        assert_eq!(blocks[0].2, [3]);
    }

    #[test]
    fn one_bad_block_spoils_the_file() {
        for body in ["", "AQI", "AQI=AQI=", "A=Q=", "AQ*=", "=AQI"] {
            let file = format!("text\n{}{}", block("AQI="), block(body));
            assert_eq!(read(&file), Err(5), "{body:?}");
        }
        assert_eq!(read("-----BEGIN A-----\nAQI=\n-----END B-----\n"), Err(1));
        assert_eq!(read("-----BEGIN A-----\nAQI=\n-----END A----- x\n"), Err(1));
        assert_eq!(read("-----BEGIN A-----\nAQI=\n"), Err(1));
    }

    #[test]
    fn what_is_no_boundary_is_passed_over() {
        for begin in [
            " -----BEGIN A-----",
            "\u{feff}-----BEGIN A-----",
            "-----BEGIN A----",
        ] {
            let file = format!("{begin}\nAQI=\n-----END A-----\n");
            assert_eq!(read(&file), Ok(Vec::new()), "{begin:?}");
        }
    }
}
