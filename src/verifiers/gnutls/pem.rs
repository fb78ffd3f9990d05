//! PEM as GnuTLS reads it: it searches for byte strings and does not know lines.
//!
//! Source: `gnutls_x509_crt_list_import` in `lib/x509/x509.c`, `gnutls_x509_crl_list_import` in `lib/x509/crl.c`,
//! `_gnutls_fbase64_decode` in `lib/x509_b64.c`, and nettle's `base64-decode.c`.

use memchr::memmem;

use super::failure::Failure;

const CERTIFICATE: &[u8] = b"-----BEGIN CERTIFICATE";
const X509_CERTIFICATE: &[u8] = b"-----BEGIN X509 CERTIFICATE";
const CRL: &[u8] = b"-----BEGIN X509 CRL";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// The certificates of a list in their order, up to the first that cannot be decoded; empty where there is none at all.
///
/// Blocks that say `X509 CERTIFICATE` are taken only where no `CERTIFICATE` follows any more, and `CERTIFICATE` is a prefix:
/// a `CERTIFICATE REQUEST` is taken for a certificate.
pub(super) fn certificates(text: &[u8]) -> impl Iterator<Item = Result<Vec<u8>, Failure>> {
    let next =
        |from: usize| find(text, CERTIFICATE, from).or_else(|| find(text, X509_CERTIFICATE, from));
    let starts = std::iter::successors(next(0), move |start| next(start + 1));
    until_failure(starts.map(|start| {
        let rest = &text[start..];
        // Where this block cannot be decoded, the next one with the other label stands in.
        block(rest, CERTIFICATE).or_else(|_| block(rest, X509_CERTIFICATE))
    }))
}

/// The CRLs of a list in their order; a list without any is an error.
pub(super) fn crls(text: &[u8]) -> impl Iterator<Item = Result<Vec<u8>, Failure>> {
    let first = find(text, CRL, 0);
    let none = first.is_none().then_some(Err(Failure::Base64));
    let starts = std::iter::successors(first, |start| find(text, CRL, start + 1));
    until_failure(starts.map(|start| block(&text[start..], CRL)).chain(none))
}

fn until_failure(
    blocks: impl Iterator<Item = Result<Vec<u8>, Failure>>,
) -> impl Iterator<Item = Result<Vec<u8>, Failure>> {
    blocks.scan(false, |failed, block| {
        let before = std::mem::replace(failed, block.is_err());
        (!before).then_some(block)
    })
}

fn find(text: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    memmem::find(text.get(from..)?, wanted).map(|at| from + at)
}

/// Decodes the first block with this boundary. Source: `_gnutls_fbase64_decode`.
fn block(text: &[u8], boundary: &[u8]) -> Result<Vec<u8>, Failure> {
    let start = find(text, boundary, 0).ok_or(Failure::Base64Header)?;
    if text.len() - start < 4 + END.len() {
        return Err(Failure::Base64);
    }
    let dashes = find(text, DASHES, start + 1).ok_or(Failure::Base64)?;
    let body = dashes + DASHES.len();
    let end = find(text, END, body).ok_or(Failure::Base64)?;
    if end - body < 4 {
        return Err(Failure::Base64);
    }
    base64(&text[body..end]).ok_or(Failure::Base64)
}

/// Decodes up to the first `-`. White space counts for nothing; leftover bits and more than the padding that fits are errors.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.split(|&octet| octet == b'-').next()?;
    let mut octets = Vec::with_capacity(text.len() / 4 * 3);
    let (mut word, mut bits, mut padding) = (0_u32, 0_u32, 0_u32);
    for &octet in text {
        let digit = match octet {
            b'A'..=b'Z' => octet - b'A',
            b'a'..=b'z' => octet - b'a' + 26,
            b'0'..=b'9' => octet - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'\t'..=b'\r' | b' ' => continue,
            b'=' => {
                if bits == 0 || padding > 2 || word & ((1 << bits) - 1) != 0 {
                    return None;
                }
                padding += 1;
                bits -= 2;
                continue;
            }
            _ => return None,
        };
        if padding > 0 {
            return None;
        }
        word = word << 6 | u32::from(digit);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            let [.., octet] = (word >> bits).to_be_bytes();
            octets.push(octet);
        }
        word &= 0xffff;
    }
    (bits == 0 && !octets.is_empty()).then_some(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Result<Vec<u8>, Failure>> {
        certificates(text.as_bytes()).collect()
    }

    #[test]
    fn lines_labels_and_what_stands_between_count_for_little() {
        let text = "x-----BEGIN CERTIFICATE-----TU\r\n sx\n\n-----END x";
        assert_eq!(read(text), [Ok(b"MK1".to_vec())]);
        let unterminated =
            "-----BEGIN CERTIFICATE-----\nTUsx\n-----BEGIN CERTIFICATE-----\nTUsx\n-----END X-----";
        assert_eq!(read(unterminated).len(), 2);
        assert_eq!(read("nothing"), []);
    }

    #[test]
    fn the_other_label_comes_last() {
        let text = "-----BEGIN X509 CERTIFICATE-----\nTUsx\n-----END X-----\n\
                    -----BEGIN CERTIFICATE-----\nTUsy\n-----END X-----\n\
                    -----BEGIN X509 CERTIFICATE-----\nTUsz\n-----END X-----\n";
        assert_eq!(read(text), [Ok(b"MK2".to_vec()), Ok(b"MK3".to_vec())]);
    }

    #[test]
    fn a_block_that_cannot_be_decoded_ends_the_list() {
        let cut = "-----BEGIN CERTIFICATE-----\nTUsx\n";
        assert_eq!(read(cut), [Err(Failure::Base64Header)]);
        let list: Vec<_> = crls(b"no CRL").collect();
        assert_eq!(list, [Err(Failure::Base64)]);
    }

    #[test]
    fn padding_is_exact() {
        assert_eq!(base64(b"TQ=="), Some(b"M".to_vec()));
        assert_eq!(base64(b"TQ="), None);
        assert_eq!(base64(b"TQ==="), None);
        assert_eq!(base64(b"TR=="), None);
        assert_eq!(base64(b"TQ==TQ=="), None);
    }
}
