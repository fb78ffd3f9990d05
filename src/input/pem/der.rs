//! Binary input: DER objects in a row, told apart by a quick look.

use super::super::{Block, BlockKind, Body, Contents};
use super::{Accident, AccidentKind};
use crate::source::Span;

const SEQUENCE: u8 = 0x30;
/// 1.2.840.113549.1.7, the arc of PKCS #7 content types.
const PKCS7_ARC: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07];

/// One tag-length-value, without looking inside.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    /// Length with the header.
    length: usize,
    complete: bool,
}

/// The element at the start of `bytes`; its content is cut where the bytes end.
fn element(bytes: &[u8]) -> Option<Element<'_>> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, header) = match first {
        0..0x80 => (usize::from(first), 2),
        // Indefinite: BER only; everything that follows belongs to it.
        0x80 => (rest.len(), 2),
        0x81..=0x84 => {
            let octets = usize::from(first & 0x7F);
            let length = rest
                .get(..octets)?
                .iter()
                .fold(0_usize, |length, &octet| length << 8 | usize::from(octet));
            (length, 2 + octets)
        }
        _ => return None,
    };
    let content = &bytes[header..];
    let complete = length <= content.len();
    let content = &content[..length.min(content.len())];
    Some(Element {
        tag,
        content,
        length: header + content.len(),
        complete,
    })
}

/// Whether the bytes begin with a DER SEQUENCE and cannot be text.
///
/// A SEQUENCE's tag is the digit `0`, so its length has to tell: a long form is no ASCII. A short
/// form is taken for DER only where an INTEGER follows and the file ends with the object.
fn is_der(bytes: &[u8]) -> bool {
    match bytes {
        [SEQUENCE, 0x80..=0x84, ..] => element(bytes).is_some(),
        [SEQUENCE, length @ 0..0x80, 0x02, ..] => bytes.len() == usize::from(*length) + 2,
        _ => false,
    }
}

/// Reads the DER objects at the start of a source, and returns where text may start: 0 if there
/// are no objects.
pub(super) fn read_objects(bytes: &[u8], contents: &mut Contents) -> usize {
    if !is_der(bytes) {
        return 0;
    }
    // A PEM document after the objects is read too.
    let text = memchr::memmem::find(bytes, b"-----BEGIN ").unwrap_or(bytes.len());
    let mut at = 0;
    while let Some(object) = element(&bytes[at..]).filter(|object| object.tag == SEQUENCE) {
        if at > 0 && !matches!(bytes[at + 1], 0x80..=0x84) {
            break;
        }
        // Signed data may hold the words of a boundary: an object that is complete wins.
        let mut end = at + object.length;
        if !object.complete && end > text && text > at {
            end = text;
        }
        let index = contents.blocks.len();
        let kind = kind(&object);
        contents.blocks.push(Block {
            kind,
            label: String::new(),
            span: Span::new(at, end),
            begin: Span::new(at, at + 2),
            der: bytes[at..end].to_vec(),
            intact: object.complete,
            body: Body::Der(at),
        });
        let mut accident = |kind| {
            contents.accidents.push(Accident {
                kind,
                span: Span::new(at, at + 2),
                block: Some(index),
            });
        };
        if at == 0 {
            accident(AccidentKind::DerInput { kind });
        }
        match kind {
            BlockKind::Certificate | BlockKind::TrustedCertificate => {}
            BlockKind::PrivateKey => accident(AccidentKind::PrivateKey),
            kind => accident(AccidentKind::UnexpectedBlock { kind }),
        }
        at = end;
    }
    let text =
        memchr::memmem::find(&bytes[at..], b"-----BEGIN ").map_or(bytes.len(), |found| at + found);
    // What is neither an object nor text belongs to the last object, whose reader will complain.
    if let Some(last) = contents.blocks.last_mut() {
        last.der.extend_from_slice(&bytes[at..text]);
        last.span.end = text;
    }
    text
}

/// What an object is, from the tags of its first elements.
fn kind(object: &Element) -> BlockKind {
    const INTEGER: u8 = 0x02;
    const BIT_STRING: u8 = 0x03;
    const OCTET_STRING: u8 = 0x04;
    const OBJECT_IDENTIFIER: u8 = 0x06;
    const UTC_TIME: u8 = 0x17;
    const GENERALIZED_TIME: u8 = 0x18;
    const CONTEXT_0: u8 = 0xA0;

    let Some(first) = element(object.content) else {
        return BlockKind::Other;
    };
    match first.tag {
        // PKCS #8 and PKCS #1 have version 0 (1 with a public key or more primes), SEC 1 has 1.
        INTEGER if matches!(first.content, [0 | 1]) => BlockKind::PrivateKey,
        OBJECT_IDENTIFIER if first.content.starts_with(PKCS7_ARC) => BlockKind::Pkcs7,
        SEQUENCE => match &tags(first.content)[..] {
            [OBJECT_IDENTIFIER, ..] => match tags(object.content)[..] {
                // EncryptedPrivateKeyInfo against SubjectPublicKeyInfo.
                [_, OCTET_STRING, ..] => BlockKind::PrivateKey,
                [_, BIT_STRING, ..] => BlockKind::Other,
                _ => BlockKind::Certificate,
            },
            [INTEGER, SEQUENCE, SEQUENCE, UTC_TIME | GENERALIZED_TIME, ..]
            | [SEQUENCE, SEQUENCE, UTC_TIME | GENERALIZED_TIME, ..] => BlockKind::Crl,
            [INTEGER, SEQUENCE, SEQUENCE, CONTEXT_0, ..] => BlockKind::CertificateRequest,
            _ => BlockKind::Certificate,
        },
        _ => BlockKind::Other,
    }
}

/// The tags of the first four elements.
fn tags(mut content: &[u8]) -> Vec<u8> {
    let mut tags = Vec::with_capacity(4);
    while let Some(next) = element(content).filter(|_| tags.len() < 4) {
        tags.push(next.tag);
        content = &content[next.length..];
    }
    tags
}
