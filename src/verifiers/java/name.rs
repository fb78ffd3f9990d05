//! Distinguished names as `sun.security.x509.X500Name` reads, prints and compares them.
//!
//! Two names are the same if their canonical strings are (`AVA.toRFC2253CanonicalString`): UTF8String and
//! PrintableString are one, case and repeated spaces do not count. Any other string type, and any attribute
//! without a keyword of RFC 2253, is compared by its encoding.

use super::der::{Input, Thrown, Value};
use crate::cert::der::tag;
use crate::cert::oid::{self, Oid};

/// One attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Attribute {
    oid: Vec<u8>,
    tag: u8,
    value: Vec<u8>,
}

/// A distinguished name.
#[derive(Clone, Debug)]
pub(super) struct Name {
    /// The relative distinguished names in the order of the encoding.
    rdns: Vec<Vec<Attribute>>,
    /// The canonical string of each.
    canonical: Vec<String>,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Name {
    /// Reads the name that comes next (`parseDER`).
    pub(super) fn read(input: &mut Input<'_>) -> Result<Self, Thrown> {
        let mut rdns = Vec::new();
        for set in input.read()?.elements(tag::SEQUENCE)? {
            if set.tag != tag::SET {
                return Err(Thrown::io("X500 RDN"));
            }
            let pairs = set.input().all()?;
            rdns.push(
                pairs
                    .iter()
                    .map(Attribute::read)
                    .collect::<Result<Vec<_>, _>>()?,
            );
        }
        Ok(Self::new(rdns))
    }

    fn new(rdns: Vec<Vec<Attribute>>) -> Self {
        let canonical = rdns.iter().map(|rdn| canonical_rdn(rdn)).collect();
        Self { rdns, canonical }
    }

    /// The name without any attribute.
    pub(super) fn empty() -> Self {
        Self::new(Vec::new())
    }

    /// Whether it has no attribute.
    pub(super) fn is_empty(&self) -> bool {
        self.rdns.iter().all(Vec::is_empty)
    }

    /// Whether it has no relative distinguished name.
    pub(super) fn has_no_rdn(&self) -> bool {
        self.rdns.is_empty()
    }

    /// How many relative distinguished names it has.
    pub(super) fn depth(&self) -> usize {
        self.rdns.len()
    }

    /// How many relative distinguished names are the same from the top.
    pub(super) fn common_depth(&self, other: &Self) -> usize {
        let pairs = self.canonical.iter().zip(&other.canonical);
        pairs.take_while(|(own, other)| own == other).count()
    }

    /// Whether it is `other` or below it (`isWithinSubtree`).
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.canonical.starts_with(&other.canonical)
    }

    /// The canonical string of the whole (`getRFC2253CanonicalName`).
    pub(super) fn canonical(&self) -> String {
        let reversed: Vec<&str> = self.canonical.iter().rev().map(String::as_str).collect();
        reversed.join(",")
    }

    /// Every emailAddress as text.
    pub(super) fn email_addresses(&self) -> impl Iterator<Item = String> {
        let attributes = self.rdns.iter().flatten();
        attributes
            .filter(|attribute| attribute.oid == oid::EMAIL_ADDRESS.0)
            .filter_map(Attribute::text)
    }

    /// The last commonName as text (`findMostSpecificAttribute`).
    pub(super) fn common_name(&self) -> Option<String> {
        let is_common_name = |attribute: &&Attribute| attribute.oid == oid::COMMON_NAME.0;
        let rdns = self.rdns.iter().rev();
        let mut found = rdns.filter_map(|rdn| rdn.iter().find(is_common_name));
        found.next()?.text()
    }
}

impl std::fmt::Display for Name {
    /// Writes what `X500Principal.toString` does.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rdns = self.rdns.iter().rev().map(|rdn| {
            let attributes: Vec<String> = rdn.iter().map(Attribute::display).collect();
            attributes.join(" + ")
        });
        f.write_str(&rdns.collect::<Vec<_>>().join(", "))
    }
}

fn canonical_rdn(rdn: &[Attribute]) -> String {
    let mut attributes: Vec<(bool, String)> = rdn
        .iter()
        .map(|attribute| (attribute.keyword().is_none(), attribute.canonical()))
        .collect();
    attributes.sort();
    let strings: Vec<String> = attributes.into_iter().map(|(_, text)| text).collect();
    strings.join("+")
}

/// A type of string that certificates do not use.
const GENERAL_STRING: u8 = 0x1b;

impl Attribute {
    fn read(pair: &Value<'_>) -> Result<Self, Thrown> {
        if pair.tag != tag::SEQUENCE {
            return Err(Thrown::io("AVA not a sequence"));
        }
        let mut fields = pair.input();
        let oid = fields.read()?.oid()?;
        let value = fields.read()?;
        if !fields.is_empty() {
            let extra = fields.available();
            return Err(Thrown::io(format!("AVA, extra bytes = {extra}")));
        }
        let attribute = Self {
            oid: oid.to_vec(),
            tag: value.tag,
            value: value.content.to_vec(),
        };
        if value.tag == tag::BMP_STRING {
            let units = value.content.chunks_exact(2);
            let mut units = units.map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            if let Some(index) = units.position(|unit| (0xd800..0xe000).contains(&unit)) {
                return Err(Thrown::io(format!(
                    "Illegal character in BMPString, index: {index}"
                )));
            }
        }
        Ok(attribute)
    }

    /// The keyword that RFC 2253 has for it.
    fn keyword(&self) -> Option<&'static str> {
        Some(match Oid(&self.oid) {
            oid::COMMON_NAME => "CN",
            oid::COUNTRY => "C",
            oid::LOCALITY => "L",
            oid::STATE => "ST",
            oid::ORGANIZATION => "O",
            oid::ORGANIZATIONAL_UNIT => "OU",
            oid::STREET => "STREET",
            oid::DOMAIN_COMPONENT => "DC",
            oid::USER_ID => "UID",
            _ => return None,
        })
    }

    fn hex(&self) -> String {
        let length = self.value.len();
        let mut der = vec![self.tag];
        if let Ok(short @ 0..=0x7f) = u8::try_from(length) {
            der.push(short);
        } else {
            let octets = length.to_be_bytes();
            let zeros = octets.iter().take_while(|&&octet| octet == 0).count();
            let count = octets.len() - zeros;
            der.push(0x80 | u8::try_from(count).unwrap_or(0));
            der.extend(&octets[zeros..]);
        }
        der.extend(&self.value);
        format!("#{}", crate::cert::hex_digits(&der))
    }

    fn canonical(&self) -> String {
        let text = match (self.keyword(), self.tag) {
            (Some(keyword), tag::UTF8_STRING | tag::PRINTABLE_STRING) => {
                let value = self.text().unwrap_or_default();
                format!("{keyword}={}", canonical_value(&value))
            }
            (keyword, _) => {
                let dotted = Oid(&self.oid).to_string();
                format!("{}={}", keyword.unwrap_or(&dotted), self.hex())
            }
        };
        // Java folds case in both directions and takes NFKD of the result, which changes nothing in ASCII.
        text.to_uppercase().to_lowercase()
    }

    /// The value as a string (`getAsString`); none where its type is no string.
    fn text(&self) -> Option<String> {
        let ascii = |octets: &[u8]| {
            let characters = octets.iter().map(|&octet| {
                if octet.is_ascii() {
                    char::from(octet)
                } else {
                    char::REPLACEMENT_CHARACTER
                }
            });
            characters.collect()
        };
        Some(match self.tag {
            tag::UTF8_STRING => String::from_utf8_lossy(&self.value).into_owned(),
            tag::PRINTABLE_STRING | tag::IA5_STRING | GENERAL_STRING => ascii(&self.value),
            tag::TELETEX_STRING => self.value.iter().map(|&octet| char::from(octet)).collect(),
            tag::BMP_STRING => {
                let units = self.value.chunks_exact(2);
                let units = units.map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                char::decode_utf16(units)
                    .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect()
            }
            tag::UNIVERSAL_STRING => self
                .value
                .chunks_exact(4)
                .map(|four| u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
                .map(|unit| char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect(),
            _ => return None,
        })
    }

    /// `AVA.toString`: keyword and value, in quotes where that is needed.
    fn display(&self) -> String {
        let keyword = match self.keyword() {
            Some(keyword) => keyword.to_owned(),
            None => match Oid(&self.oid) {
                oid::TITLE => "T".to_owned(),
                oid::DN_QUALIFIER => "DNQ".to_owned(),
                oid::SURNAME => "SURNAME".to_owned(),
                oid::GIVEN_NAME => "GIVENNAME".to_owned(),
                oid::EMAIL_ADDRESS => "EMAILADDRESS".to_owned(),
                oid::SERIAL_NUMBER => "SERIALNUMBER".to_owned(),
                other => format!("OID.{other}"),
            },
        };
        let Some(text) = self.text() else {
            return format!("{keyword}={}", self.hex());
        };
        let quotes = text.starts_with([' ', '\n'])
            || text.ends_with([' ', '\n'])
            || text.contains("  ")
            || text.contains([',', '+', '=', '\n', '<', '>', '#', ';', '\\', '"']);
        if quotes {
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
            format!("{keyword}=\"{escaped}\"")
        } else {
            format!("{keyword}={text}")
        }
    }
}

fn canonical_value(value: &str) -> String {
    let mut canonical = String::with_capacity(value.len());
    for (index, character) in value.chars().enumerate() {
        let special = matches!(character, ',' | '+' | '<' | '>' | ';' | '"' | '\\');
        if special || (index == 0 && character == '#') {
            canonical.push('\\');
        }
        if character == ' ' && canonical.ends_with(' ') {
            continue;
        }
        canonical.push(character);
    }
    // `String.trim` takes every character up to the space.
    canonical
        .trim_matches(|character| character <= ' ')
        .to_owned()
}
