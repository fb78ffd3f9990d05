//! The canonical encoding of names: what `X509_NAME_cmp` and `nc_dn` compare.
//!
//! `crypto/x509/x_name.c` is the same from 1.1.1 to 4.0, but for what a character is: 1.1.1 also takes
//! surrogates, and UTF-8 of five and six octets. Names with those convert for no release here.

use crate::cert::der::tag;
use crate::cert::name::{Attribute, Name};

/// Tags of the string types that `der::tag` has no name for.
const NUMERIC_STRING: u8 = 0x12;

/// `x509_name_canon`: the RDNs one after the other, with no header around them.
///
/// None where a value is of a type that names cannot have, or is a string with a character that does
/// not exist: `d2i_X509` refuses such a certificate.
pub(in crate::verifiers) fn canonical(name: &Name<'_>) -> Option<Vec<u8>> {
    let mut encoding = Vec::with_capacity(name.raw.len());
    // Entries without attributes leave no trace: the sets are made anew from the attributes.
    for rdn in name.rdns.iter().filter(|rdn| !rdn.is_empty()) {
        let mut attributes = rdn.iter().map(encoded).collect::<Option<Vec<_>>>()?;
        // `asn1_set_seq_out` sorts a SET OF by its encodings; a shorter one that is a prefix comes first.
        attributes.sort();
        push_element(tag::SET, &attributes.concat(), &mut encoding);
    }
    Some(encoding)
}

fn encoded(attribute: &Attribute<'_>) -> Option<Vec<u8>> {
    let (tag, value) = canonical_value(attribute)?;
    let mut content = Vec::with_capacity(attribute.oid.0.len() + value.len() + 8);
    push_element(tag::OID, attribute.oid.0, &mut content);
    push_element(tag, &value, &mut content);
    let mut encoding = Vec::with_capacity(content.len() + 4);
    push_element(tag::SEQUENCE, &content, &mut encoding);
    Some(encoding)
}

/// `asn1_string_canon`, and before it what `ASN1_PRINTABLE` lets a value be.
fn canonical_value(attribute: &Attribute<'_>) -> Option<(u8, Vec<u8>)> {
    match attribute.tag {
        tag::UTF8_STRING
        | tag::PRINTABLE_STRING
        | tag::TELETEX_STRING
        | tag::IA5_STRING
        | tag::UNIVERSAL_STRING
        | tag::BMP_STRING => {
            let text = to_utf8(attribute.tag, attribute.value)?;
            Some((tag::UTF8_STRING, folded(text.as_bytes())))
        }
        tag::BIT_STRING => {
            let (&unused, bits) = attribute.value.split_first()?;
            if unused > 7 {
                return None;
            }
            let mut value = vec![if bits.is_empty() { 0 } else { unused }];
            value.extend(bits);
            if let Some(last) = value[1..].last_mut() {
                *last &= 0xff << unused;
            }
            Some((attribute.tag, value))
        }
        // The last ones are numbers that `tag2bit` knows as B_ASN1_UNKNOWN, which ASN1_PRINTABLE includes.
        NUMERIC_STRING | tag::SEQUENCE | 0x07..=0x09 | 0x0b | 0x0d..=0x0f | 0x1d => {
            Some((attribute.tag, attribute.value.to_vec()))
        }
        _ => None,
    }
}

/// `ASN1_STRING_to_UTF8`: every one-octet type but UTF8String is read as Latin-1.
pub(super) fn to_utf8(tag: u8, value: &[u8]) -> Option<String> {
    match tag {
        tag::UTF8_STRING => std::str::from_utf8(value).ok().map(str::to_owned),
        tag::BMP_STRING => units(value, 2),
        tag::UNIVERSAL_STRING => units(value, 4),
        _ => Some(value.iter().map(|&octet| char::from(octet)).collect()),
    }
}

/// Characters of a fixed size; a surrogate is none, not even in a pair.
fn units(value: &[u8], size: usize) -> Option<String> {
    let whole = value.len().is_multiple_of(size);
    let number = |unit: &[u8]| {
        unit.iter()
            .fold(0_u32, |sum, &octet| sum << 8 | u32::from(octet))
    };
    let characters = value.chunks_exact(size).map(number).map(char::from_u32);
    characters.collect::<Option<String>>().filter(|_| whole)
}

/// Lower case and single spaces, for ASCII only.
fn folded(text: &[u8]) -> Vec<u8> {
    let is_space = |octet: u8| matches!(octet, b'\t'..=b'\r' | b' ');
    let mut folded = Vec::with_capacity(text.len());
    for &octet in text {
        if !is_space(octet) {
            folded.push(octet.to_ascii_lowercase());
        } else if folded.last().is_some_and(|&last| last != b' ') {
            folded.push(b' ');
        }
    }
    if folded.last() == Some(&b' ') {
        folded.pop();
    }
    folded
}

/// Appends tag, length and content in DER.
fn push_element(tag: u8, content: &[u8], encoding: &mut Vec<u8>) {
    encoding.push(tag);
    let length = content.len().to_be_bytes();
    let zeros = length.iter().take_while(|&&octet| octet == 0).count();
    if content.len() < 0x80 {
        encoding.push(length[length.len() - 1]);
    } else {
        let octets = &length[zeros..];
        encoding.push(0x80 | u8::try_from(octets.len()).unwrap_or(0x7f));
        encoding.extend(octets);
    }
    encoding.extend(content);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cert::der::Reader;

    /// A name of one RDN with these commonNames.
    fn name(values: &[(u8, &[u8])]) -> Option<Vec<u8>> {
        let mut pairs = Vec::new();
        for (tag, value) in values {
            let mut content = vec![0x06, 0x03, 0x55, 0x04, 0x03];
            push_element(*tag, value, &mut content);
            push_element(tag::SEQUENCE, &content, &mut pairs);
        }
        let mut set = Vec::new();
        push_element(tag::SET, &pairs, &mut set);
        let mut der = Vec::new();
        push_element(tag::SEQUENCE, &set, &mut der);
        let parsed = Name::parse(&Reader::new(&der).read().unwrap()).unwrap();
        canonical(&parsed)
    }

    #[test]
    fn strings_are_folded_and_become_utf8_strings() {
        let expected = b"\x31\x0e\x30\x0c\x06\x03\x55\x04\x03\x0c\x05my ca".to_vec();
        for (tag, value) in [
            (tag::PRINTABLE_STRING, &b" My  CA "[..]),
            (tag::UTF8_STRING, b"MY\t\x0b ca"),
            (tag::BMP_STRING, b"\0m\0y\0 \0C\0A"),
        ] {
            assert_eq!(name(&[(tag, value)]), Some(expected.clone()));
        }
    }

    #[test]
    fn types_without_letters_keep_their_type() {
        assert_ne!(
            name(&[(NUMERIC_STRING, b"1")]),
            name(&[(tag::UTF8_STRING, b"1")])
        );
        assert_eq!(
            name(&[(tag::BIT_STRING, b"\x04\xff")]),
            name(&[(tag::BIT_STRING, b"\x04\xf0")])
        );
    }

    #[test]
    fn only_ascii_is_folded() {
        let (upper, lower) = ("\u{c4}".as_bytes(), "\u{e4}".as_bytes());
        let utf8 = |value| name(&[(tag::UTF8_STRING, value)]);
        assert_ne!(utf8(upper), utf8(lower));
        assert_eq!(name(&[(tag::TELETEX_STRING, b"\xc4")]), utf8(upper));
    }

    #[test]
    fn what_does_not_convert_is_no_name() {
        assert_eq!(name(&[(tag::UTF8_STRING, b"\xff")]), None);
        assert_eq!(name(&[(tag::BMP_STRING, b"\xd8\x3d\xde\x00")]), None);
        assert_eq!(name(&[(tag::BMP_STRING, b"a")]), None);
        assert_eq!(name(&[(tag::OCTET_STRING, b"a")]), None);
        // VisibleString is canonicalised, but ASN1_PRINTABLE does not include it.
        assert_eq!(name(&[(0x1a, b"a")]), None);
    }

    #[test]
    fn the_attributes_of_an_rdn_are_a_set() {
        #[allow(clippy::type_complexity, reason = "two pairs of tag and content")]
        let (a, b): ((u8, &[u8]), (u8, &[u8])) =
            ((tag::UTF8_STRING, b"a"), (tag::IA5_STRING, b"B"));
        assert_eq!(name(&[a, b]), name(&[b, a]));
        assert_eq!(name(&[]), Some(Vec::new()));
    }
}
