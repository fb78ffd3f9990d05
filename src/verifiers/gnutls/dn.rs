//! Distinguished names as GnuTLS compares them: by their bytes, else by the text that it makes of them.
//!
//! Source: `_gnutls_x509_compare_raw_dn` and `append_elements` in `lib/x509/dn.c`, `_gnutls_x509_dn_to_string` in
//! `lib/x509/common.c`.

use super::asn1::{Field, Node, decode};
use super::failure::Failure;
use super::schema;
use crate::cert::hex_digits;
use crate::cert::oid::Oid;

/// A name in both forms.
#[derive(Clone, Debug)]
pub(super) struct Dn {
    /// The SEQUENCE as it is encoded: what the trust list hashes.
    pub(super) raw: Vec<u8>,
    /// Its text; none where GnuTLS cannot write it.
    text: Option<Vec<u8>>,
}

impl Dn {
    /// `rdns` is the `rdnSequence` in `der`.
    pub(super) fn new(der: &[u8], rdns: &Node<'_>) -> Self {
        Self {
            raw: der[rdns.range.clone()].to_vec(),
            text: text(rdns).ok().flatten(),
        }
    }

    /// Whether they are one name: case and white space count, the types of most strings do not.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.raw == other.raw || self.text.is_some() && self.text == other.text
    }
}

/// The name's text; none where it has no attribute.
pub(super) fn text(rdns: &Node<'_>) -> Result<Option<Vec<u8>>, Failure> {
    if rdns.children.is_empty() {
        return Ok(None);
    }
    let mut text = Vec::new();
    for (index, rdn) in rdns.children.iter().enumerate().rev() {
        for (position, attribute) in rdn.children.iter().enumerate() {
            // Nothing of an RDN is written after an attribute without a type.
            let Some((kind, value)) = type_and_value(attribute) else {
                break;
            };
            match Attribute::of(kind) {
                Some(known) => text.extend(known.name.as_bytes()),
                None => text.extend(Oid(kind).to_string().as_bytes()),
            }
            text.push(b'=');
            text.extend(value_text(kind, value)?);
            if position + 1 < rdn.children.len() {
                text.push(b'+');
            } else if index > 0 {
                text.push(b',');
            }
        }
    }
    Ok(Some(text))
}

/// The texts of the attributes of one type in their order. Source: `_gnutls_x509_parse_dn_oid`.
pub(super) fn values(rdns: &Node<'_>, wanted: Oid<'_>) -> Vec<Vec<u8>> {
    let attributes = rdns.children.iter().flat_map(|rdn| {
        let attributes = rdn.children.iter();
        attributes.map_while(type_and_value)
    });
    attributes
        .filter(|(kind, _)| *kind == wanted.0)
        .map(|(kind, value)| to_string(kind, value))
        .collect()
}

fn type_and_value<'a>(attribute: &Node<'a>) -> Option<(&'a [u8], &'a [u8])> {
    let kind = attribute.get("type")?.content;
    let value = attribute.get("value")?.content;
    Some((kind, value))
}

fn value_text(kind: &[u8], value: &[u8]) -> Result<Vec<u8>, Failure> {
    let directory = Attribute::of(kind).is_some_and(|known| known.syntax == Syntax::Directory);
    if directory && value.get(1) == Some(&0) {
        return Err(Failure::ValueNotValid);
    }
    Ok(to_string(kind, value))
}

/// Source: `_gnutls_x509_dn_to_string`. What cannot be decoded becomes a number sign and hexadecimal digits.
fn to_string(kind: &[u8], value: &[u8]) -> Vec<u8> {
    let decoded = Attribute::of(kind).and_then(|known| match known.syntax {
        Syntax::Directory => directory_string(value),
        Syntax::Printable => plain_string(&schema::PRINTABLE_STRING, value),
        Syntax::Ia5 => plain_string(&schema::IA5_TEXT, value),
        Syntax::Utf8 => plain_string(&schema::UTF8_TEXT, value),
        Syntax::Numeric => plain_string(&schema::NUMERIC_STRING, value),
    });
    decoded.map_or_else(|| hexadecimal(value), |decoded| escape(&decoded))
}

fn plain_string(schema: &'static Field, value: &[u8]) -> Option<Vec<u8>> {
    let node = decode(schema, value).ok()?;
    (!node.content.contains(&0)).then(|| node.content.to_vec())
}

/// Source: `decode_complex_string` and `make_printable_string`.
fn directory_string(value: &[u8]) -> Option<Vec<u8>> {
    let node = decode(&schema::DIRECTORY_STRING, value).ok()?;
    let string = node.children.first()?;
    let content = string.content;
    if content.is_empty() {
        return None;
    }
    let printable = |octet: &u8| (b' '..=b'~').contains(octet);
    let text = match string.name {
        "bmpString" => utf16(content).unwrap_or_else(|| hexadecimal(content)),
        "universalString" => hexadecimal(content),
        "teletexString" if !content.iter().all(printable) => hexadecimal(content),
        _ => content.to_vec(),
    };
    (!text.contains(&0)).then_some(text)
}

/// Source: `_gnutls_ucs2_to_utf8`: one NUL at the end does not count, nor does an odd octet.
fn utf16(content: &[u8]) -> Option<Vec<u8>> {
    let content = match content {
        [text @ .., 0, 0] if !text.is_empty() => text,
        text => text,
    };
    let units = content
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units).collect::<Result<_, _>>().ok()?;
    Some(text.into_bytes())
}

fn hexadecimal(octets: &[u8]) -> Vec<u8> {
    format!("#{}", hex_digits(octets)).into_bytes()
}

/// Source: `str_escape`.
fn escape(text: &[u8]) -> Vec<u8> {
    let mut escaped = Vec::with_capacity(text.len());
    for (index, &octet) in text.iter().enumerate() {
        let special = matches!(octet, b',' | b'+' | b'"' | b'\\' | b'<' | b'>' | b';')
            || index == 0 && matches!(octet, b'#' | b' ')
            || index + 1 == text.len() && octet == b' ';
        if special {
            escaped.push(b'\\');
        }
        escaped.push(octet);
    }
    escaped
}

/// An attribute type that GnuTLS knows (`_oid2str` in `lib/x509/common.c`).
struct Attribute {
    oid: &'static [u8],
    name: &'static str,
    syntax: Syntax,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    /// `DirectoryString`: all its string types compare by their text.
    Directory,
    Printable,
    Ia5,
    Utf8,
    Numeric,
}

impl Attribute {
    fn of(kind: &[u8]) -> Option<&'static Self> {
        ATTRIBUTES.iter().find(|attribute| attribute.oid == kind)
    }
}

macro_rules! attributes {
    ($($syntax:ident { $($oid:expr, $name:expr;)* })*) => {
        static ATTRIBUTES: &[Attribute] = &[$($(
            Attribute { oid: &$oid, name: $name, syntax: Syntax::$syntax },
        )*)*];
    };
}

attributes! {
    Directory {
        [0x55, 4, 9], "street";
        [0x55, 4, 12], "title";
        [0x55, 4, 10], "O";
        [0x55, 4, 11], "OU";
        [0x55, 4, 3], "CN";
        [0x55, 4, 7], "L";
        [0x55, 4, 8], "ST";
        [0x55, 4, 13], "description";
        [0x55, 4, 4], "surName";
        [0x55, 4, 43], "initials";
        [0x55, 4, 44], "generationQualifier";
        [0x55, 4, 42], "givenName";
        [0x55, 4, 65], "pseudonym";
        [0x55, 4, 17], "postalCode";
        [0x55, 4, 41], "name";
        [0x55, 4, 15], "businessCategory";
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1], "UID";
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x14, 1, 4, 0x85, 0x10], "userPrincipalName";
        [0x2b, 6, 1, 5, 5, 7, 9, 2], "placeOfBirth";
        [0x2b, 6, 1, 4, 1, 0x82, 0x37, 60, 2, 1, 1], "jurisdictionOfIncorporationLocalityName";
        [0x2b, 6, 1, 4, 1, 0x82, 0x37, 60, 2, 1, 2], "jurisdictionOfIncorporationStateOrProvinceName";
    }
    Printable {
        [0x55, 4, 6], "C";
        [0x55, 4, 5], "serialNumber";
        [0x55, 4, 20], "telephoneNumber";
        [0x55, 4, 46], "dnQualifier";
        [0x2b, 6, 1, 5, 5, 7, 9, 3], "gender";
        [0x2b, 6, 1, 5, 5, 7, 9, 4], "countryOfCitizenship";
        [0x2b, 6, 1, 5, 5, 7, 9, 5], "countryOfResidence";
        [0x2b, 6, 1, 4, 1, 0x82, 0x37, 60, 2, 1, 3], "jurisdictionOfIncorporationCountryName";
    }
    Ia5 {
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC";
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], "EMAIL";
    }
    Utf8 {
        [0x2b, 6, 1, 5, 5, 7, 8, 5], "XmppAddr";
    }
    Numeric {
        [0x2a, 0x85, 0x03, 100, 1], "OGRN";
        [0x2a, 0x85, 0x03, 100, 3], "SNILS";
        [0x2a, 0x85, 0x03, 100, 5], "OGRNIP";
        [0x2a, 0x85, 0x03, 3, 0x81, 3, 1, 1], "INN";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn string_types_do_not_count_where_the_type_allows_several() {
        let of = |kind: &[u8], tag: u8, text: &[u8]| {
            let mut value = vec![tag, u8::try_from(text.len()).unwrap()];
            value.extend(text);
            String::from_utf8(to_string(kind, &value)).unwrap()
        };
        let (name, country) = ([0x55, 4, 3], [0x55, 4, 6]);
        assert_eq!(of(&name, 12, b"a,b"), "a\\,b");
        assert_eq!(of(&name, 19, b"a,b"), "a\\,b");
        assert_eq!(of(&name, 30, b"\0a\0,\0b"), "a\\,b");
        assert_eq!(of(&name, 22, b"ab"), "#16026162");
        assert_eq!(of(&country, 19, b"DE"), "DE");
        assert_eq!(of(&country, 12, b"DE"), "#0c024445");
        assert_eq!(of(&[0x55, 4, 97], 12, b"x"), "#0c0178");
        assert_eq!(of(&name, 12, b" x "), "\\ x\\ ");
    }
}
