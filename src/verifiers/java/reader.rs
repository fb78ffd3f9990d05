//! The bundle as `CertificateFactory.generateCertificates` reads it (`sun.security.provider.X509Factory` of JDK 17).
//!
//! A file is a row of blocks, each DER or text between two boundaries whose labels need only be the same; a first block
//! that is PKCS #7 is all that is read. One block that is no certificate refuses the whole file.

use super::certificate::Certificate;
use super::der::{Thrown, Value};

/// The certificates of a file; what Java throws where it refuses it.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Certificate>, Thrown> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let mut blocks = Blocks { rest: bytes };
    let mut block = blocks.next().map_err(wrapped)?;
    let Some(first) = &block else {
        return Err(Thrown::certificate("No certificate data found"));
    };
    if let Some(certificates) = pkcs7(first) {
        let read = certificates.iter().map(|der| Certificate::read(der));
        // What cannot be read as PKCS #7 is read as a certificate, which it is not.
        return read
            .collect::<Result<_, _>>()
            .or_else(|_| Certificate::read(first).map(|certificate| vec![certificate]));
    }
    let mut certificates = Vec::new();
    while let Some(der) = block {
        certificates.push(Certificate::read(&der)?);
        block = blocks.next().map_err(wrapped)?;
    }
    Ok(certificates)
}

/// One certificate, and what follows it is not looked at (`engineGenerateCertificate`).
pub(super) fn read_one(bytes: &[u8]) -> Result<Certificate, Thrown> {
    let mut blocks = Blocks { rest: bytes };
    match blocks.next() {
        Ok(Some(der)) => Certificate::read(&der),
        Ok(None) => Err(could_not_parse("java.io.IOException: Empty input")),
        Err(thrown) if thrown.is_io() => Err(could_not_parse(&thrown.text())),
        Err(thrown) => Err(thrown),
    }
}

fn could_not_parse(why: &str) -> Thrown {
    Thrown::certificate(format!("Could not parse certificate: {why}"))
}

fn wrapped(thrown: Thrown) -> Thrown {
    if thrown.is_io() {
        Thrown::certificate(thrown.text())
    } else {
        thrown
    }
}

/// The certificates of a PKCS #7 `SignedData`; none where it is something else, or has none.
///
/// Java reads the whole structure. Where a certificate in it cannot be read, it takes the block for a certificate, and
/// refuses the file.
fn pkcs7(block: &[u8]) -> Option<Vec<Vec<u8>>> {
    const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
    let parts = Value::only(block).ok()?.elements(0x30).ok()?;
    let [kind, content] = &parts[..] else {
        return None;
    };
    if kind.oid().ok()? != SIGNED_DATA {
        return None;
    }
    let [signed_data] = &content.input().all().ok()?[..] else {
        return None;
    };
    // version, digestAlgorithms, contentInfo, then certificates [0], crls [1] and signerInfos.
    let fields = signed_data.elements(0x30).ok()?;
    let [_, _, _, rest @ ..] = &fields[..] else {
        return None;
    };
    let certificates = rest.first().filter(|field| field.tag == 0xa0);
    let certificates = certificates.map_or(Ok(Vec::new()), |field| field.input().all());
    let certificates = certificates.ok()?.into_iter();
    let ders = certificates.filter(|certificate| certificate.tag == 0x30);
    Some(ders.map(|certificate| certificate.raw.to_vec()).collect())
}

/// The blocks of a file, one after the other (`readOneBlock`).
pub(super) struct Blocks<'a> {
    rest: &'a [u8],
}

impl<'a> Blocks<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether anything is left to read.
    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next block as DER; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, Thrown> {
        match self.rest.first() {
            None => Ok(None),
            Some(0x30) => self.next_der().map(Some),
            Some(_) => self.next_text(),
        }
    }

    /// A SEQUENCE. Its length decides; what is in it is not looked at (`readBERInternal`).
    fn next_der(&mut self) -> Result<Vec<u8>, Thrown> {
        let bytes = self.rest;
        let cut = || Thrown::io("Incomplete BER/DER length info");
        let (length, header) = match bytes.get(1) {
            None => return Err(Thrown::io("BER/DER length info absent")),
            Some(0x80) => return Err(Thrown::not_modelled("an indefinite length")),
            Some(short @ 0..=0x7f) => (usize::from(*short), 2),
            Some(long @ 0x81..=0x84) => {
                let count = usize::from(long & 0x7f);
                let octets = bytes.get(2..2 + count).ok_or_else(cut)?;
                if count == 4 && octets[0] > 127 {
                    return Err(Thrown::io("Invalid BER/DER data (a little huge?)"));
                }
                let length = octets
                    .iter()
                    .fold(0_usize, |sum, &octet| (sum << 8) | usize::from(octet));
                (length, 2 + count)
            }
            Some(_) => return Err(Thrown::io("Invalid BER/DER data (too huge?)")),
        };
        let Some(block) = bytes.get(..header + length) else {
            return Err(Thrown::io("Incomplete BER/DER data"));
        };
        self.rest = &bytes[header + length..];
        Ok(block.to_vec())
    }

    /// What stands between the next five hyphens at the start of a line, and the end of the line after the next hyphen.
    fn next_text(&mut self) -> Result<Option<Vec<u8>>, Thrown> {
        let Some(start) = header_start(self.rest) else {
            self.rest = &[];
            return Ok(None);
        };
        let incomplete = || Thrown::io("Incomplete data");
        let bytes = self.rest;
        let mut at = start + 5;
        let mut header = b"-----".to_vec();
        let mut data = Vec::new();
        let line_end = loop {
            match *bytes.get(at).ok_or_else(incomplete)? {
                b'\n' => {
                    at += 1;
                    break b'\n';
                }
                b'\r' => {
                    let next = *bytes.get(at + 1).ok_or_else(incomplete)?;
                    at += 2;
                    if next == b'\n' {
                        break b'\n';
                    }
                    push_unless_blank(next, &mut data);
                    break b'\r';
                }
                other => header.push(other),
            }
            at += 1;
        };
        loop {
            let next = *bytes.get(at).ok_or_else(incomplete)?;
            at += 1;
            if next == b'-' {
                break;
            }
            push_unless_blank(next, &mut data);
        }
        let mut footer = b"-".to_vec();
        while let Some(&next) = bytes.get(at) {
            at += 1;
            if next == line_end || next == b'\n' {
                break;
            }
            if next != b'\r' {
                footer.push(next);
            }
        }
        self.rest = &bytes[at..];
        check_boundaries(&latin1(&header), &latin1(&footer))?;
        base64(&data)
            .map(Some)
            .map_err(|why| Thrown::io(format!("java.lang.IllegalArgumentException: {why}")))
    }
}

fn header_start(bytes: &[u8]) -> Option<usize> {
    let mut hyphens = 0;
    let mut before = None;
    for (index, &byte) in bytes.iter().enumerate() {
        if byte == b'-' {
            hyphens += 1;
        } else {
            hyphens = 0;
            before = Some(byte);
        }
        // The first byte of a block is not asked to be the fifth hyphen.
        if index > 0 && hyphens == 5 && matches!(before, None | Some(b'\r' | b'\n')) {
            return Some(index - 4);
        }
    }
    None
}

fn push_unless_blank(byte: u8, data: &mut Vec<u8>) {
    if !matches!(byte, b'\t' | b'\n' | b'\r' | b' ') {
        data.push(byte);
    }
}

/// Each byte as a character, without white space at the end.
fn latin1(bytes: &[u8]) -> String {
    let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    text.trim_end().to_owned()
}

fn check_boundaries(header: &str, footer: &str) -> Result<(), Thrown> {
    let label = |line: &str, begin: &str, shortest: usize| {
        let long_enough = line.chars().count() >= shortest;
        let label = line.strip_prefix(begin)?.strip_suffix("-----")?;
        long_enough.then(|| label.to_owned())
    };
    let Some(header_label) = label(header, "-----BEGIN ", 16) else {
        return Err(Thrown::io(format!("Illegal header: {header}")));
    };
    let Some(footer_label) = label(footer, "-----END ", 14) else {
        return Err(Thrown::io(format!("Illegal footer: {footer}")));
    };
    if header_label == footer_label {
        Ok(())
    } else {
        Err(Thrown::io(format!(
            "Header and footer do not match: {header} {footer}"
        )))
    }
}

/// `Base64.getDecoder`: no characters outside the alphabet; padding may be left out, not be wrong.
pub(super) fn base64(text: &[u8]) -> Result<Vec<u8>, String> {
    match text {
        [] => return Ok(Vec::new()),
        [_] => {
            return Err("Input byte[] should at least have 2 bytes for base64 bytes".to_owned());
        }
        _ => {}
    }
    let mut decoded = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0_u32, 0);
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => {
                let second = count == 2;
                let is_wrong = second && text.get(at) != Some(&b'=') || count == 0;
                if is_wrong {
                    return Err("Input byte array has wrong 4-byte ending unit".to_owned());
                }
                at += usize::from(second);
                break;
            }
            other => {
                // `Integer.toString` of a signed byte.
                let sign = if other.is_ascii() { "" } else { "-" };
                let value = other.cast_signed().unsigned_abs();
                return Err(format!("Illegal base64 character {sign}{value:x}"));
            }
        };
        bits = (bits << 6) | u32::from(value);
        count += 1;
        if count == 4 {
            let [_, octets @ ..] = bits.to_be_bytes();
            decoded.extend(octets);
            (bits, count) = (0, 0);
        }
    }
    match count {
        1 => return Err("Last unit does not have enough valid bits".to_owned()),
        2 => decoded.extend(&(bits << 12).to_be_bytes()[1..2]),
        3 => decoded.extend(&(bits << 6).to_be_bytes()[1..3]),
        _ => {}
    }
    if at < text.len() {
        return Err(format!(
            "Input byte array has incorrect ending byte at {at}"
        ));
    }
    Ok(decoded)
}
