//! Distinguished names: display, and comparison by RFC 5280 §7.1.

use std::borrow::Cow;
use std::fmt;

use super::der::{DerError, Reader, Tlv, tag};
use super::oid::{self, Oid};

/// One attribute of a name.
#[derive(Clone, Copy, Debug)]
pub struct Attribute<'a> {
    /// The attribute's type.
    pub oid: Oid<'a>,
    /// The tag of its value.
    pub tag: u8,
    /// The content octets of its value.
    pub value: &'a [u8],
    /// Where the attribute stands: its type and its value.
    pub tlv: Tlv<'a>,
}

impl PartialEq for Attribute<'_> {
    /// Two are equal if type and value are encoded the same.
    fn eq(&self, other: &Self) -> bool {
        (self.oid, self.tag, self.value) == (other.oid, other.tag, other.value)
    }
}

impl Eq for Attribute<'_> {}

impl<'a> Attribute<'a> {
    /// The attribute's type by its full name, `commonName` for example, or in dotted decimal.
    #[must_use]
    pub fn type_name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self.oid {
            oid::COMMON_NAME => "commonName",
            oid::SURNAME => "surname",
            oid::COUNTRY => "countryName",
            oid::LOCALITY => "localityName",
            oid::STATE => "stateOrProvinceName",
            oid::STREET => "streetAddress",
            oid::ORGANIZATION => "organizationName",
            oid::ORGANIZATIONAL_UNIT => "organizationalUnitName",
            oid::GIVEN_NAME => "givenName",
            oid::DOMAIN_COMPONENT => "domainComponent",
            oid::USER_ID => "userId",
            other => return Cow::Owned(other.name()),
        })
    }

    /// The name of the value's string type.
    #[must_use]
    pub fn string_type(&self) -> &'static str {
        match self.tag {
            tag::UTF8_STRING => "UTF8String",
            tag::PRINTABLE_STRING => "PrintableString",
            tag::NUMERIC_STRING => "NumericString",
            tag::IA5_STRING => "IA5String",
            tag::VISIBLE_STRING => "VisibleString",
            tag::TELETEX_STRING => "TeletexString",
            tag::BMP_STRING => "BMPString",
            tag::UNIVERSAL_STRING => "UniversalString",
            _ => "another type",
        }
    }

    /// Whether the value is of one of the string types whose octets are ASCII where the text is, and is ASCII.
    #[must_use]
    pub fn is_plain_ascii(&self) -> bool {
        !matches!(self.tag, tag::BMP_STRING | tag::UNIVERSAL_STRING) && self.value.is_ascii()
    }

    /// Whether it is what [`Name::is_plain`] wants of each attribute.
    fn is_plain(&self) -> bool {
        // The least upper bound of these types (RFC 5280 appendix A.1).
        const LONGEST: usize = 64;
        let plain = |octet: &u8| octet.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(octet);
        let ends_with_value = self.tlv.raw().ends_with(self.value);
        let is_text = matches!(self.tag, tag::UTF8_STRING | tag::PRINTABLE_STRING)
            && (1..=LONGEST).contains(&self.value.len())
            && !self.value.starts_with(b" ")
            && !self.value.ends_with(b" ")
            && self.value.iter().all(plain);
        ends_with_value
            && is_text
            && match self.oid {
                oid::COMMON_NAME
                | oid::ORGANIZATION
                | oid::ORGANIZATIONAL_UNIT
                | oid::LOCALITY
                | oid::STATE => true,
                oid::COUNTRY => {
                    self.tag == tag::PRINTABLE_STRING
                        && self.value.len() == 2
                        && self.value.iter().all(u8::is_ascii_uppercase)
                }
                _ => false,
            }
    }

    /// The value as text, where its type is a string that decodes.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'a, str>> {
        match self.tag {
            tag::UTF8_STRING => std::str::from_utf8(self.value).ok().map(Cow::Borrowed),
            tag::PRINTABLE_STRING | tag::IA5_STRING => {
                let text = std::str::from_utf8(self.value).ok();
                text.filter(|text| text.is_ascii()).map(Cow::Borrowed)
            }
            // T.61 is treated as Latin-1, as every implementation does.
            tag::TELETEX_STRING => Some(self.value.iter().map(|&byte| char::from(byte)).collect()),
            tag::BMP_STRING if self.value.len().is_multiple_of(2) => {
                let units = self
                    .value
                    .chunks_exact(2)
                    .map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                char::decode_utf16(units).collect::<Result<_, _>>().ok()
            }
            tag::UNIVERSAL_STRING if self.value.len().is_multiple_of(4) => self
                .value
                .chunks_exact(4)
                .map(|four| {
                    char::from_u32(u32::from_be_bytes([four[0], four[1], four[2], four[3]]))
                })
                .collect(),
            _ => None,
        }
    }
}

/// A distinguished name.
#[derive(Clone, Debug)]
pub struct Name<'a> {
    /// The whole name as it is encoded, its SEQUENCE header included.
    pub raw: &'a [u8],
    /// The relative distinguished names in the order of the encoding.
    pub rdns: Vec<Vec<Attribute<'a>>>,
}

impl<'a> Name<'a> {
    /// Reads a name.
    ///
    /// # Errors
    /// It is no sequence of sets of type and value pairs.
    pub fn parse(name: &Tlv<'a>) -> Result<Self, DerError> {
        let mut sets = name.children();
        let mut rdns = Vec::with_capacity(sets.count());
        while !sets.is_empty() {
            let set = sets.expect(tag::SET, "an RDN is not a SET")?;
            rdns.push(Self::parse_rdn(set.children())?);
        }
        Ok(Self {
            raw: name.raw(),
            rdns,
        })
    }

    /// A name without attributes, for one that does not decode.
    pub(super) fn nothing(name: &Tlv<'a>) -> Self {
        Self {
            raw: name.raw(),
            rdns: Vec::new(),
        }
    }

    /// Reads the content of one relative distinguished name.
    pub(super) fn parse_rdn(mut pairs: Reader<'a>) -> Result<Vec<Attribute<'a>>, DerError> {
        // Nearly every one holds a single attribute.
        let mut rdn = Vec::with_capacity(1);
        while !pairs.is_empty() {
            let pair = pairs.expect(tag::SEQUENCE, "an attribute is not a SEQUENCE")?;
            let mut fields = pair.children();
            let oid = fields.expect(tag::OID, "an attribute has no type")?;
            let value = fields.read()?;
            rdn.push(Attribute {
                oid: Oid(oid.value()),
                tag: value.tag,
                value: value.value(),
                tlv: pair,
            });
        }
        Ok(rdn)
    }

    /// Whether the name is the same by RFC 5280 §7.1.
    #[must_use]
    pub fn is_same(&self, other: &Name<'_>) -> bool {
        let same_rdn = |(own, other): (&Vec<Attribute<'_>>, &Vec<Attribute<'_>>)| {
            let (mut own_key, mut other_key) = (Vec::new(), Vec::new());
            own == other || {
                write_rdn_key(own, &mut own_key);
                write_rdn_key(other, &mut other_key);
                own_key == other_key
            }
        };
        self.raw == other.raw
            || self.rdns.len() == other.rdns.len()
                && self.rdns.iter().zip(&other.rdns).all(same_rdn)
    }

    /// Whether no rule on names can have anything against it: single attributes of the most usual types, each a short
    /// PrintableString or UTF8String in letters, digits and the punctuation of a PrintableString, and one commonName at most.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let mut common_names = 0;
        self.rdns.iter().all(|rdn| {
            let [attribute] = rdn.as_slice() else {
                return false;
            };
            common_names += u32::from(attribute.oid == oid::COMMON_NAME);
            common_names < 2 && attribute.is_plain()
        })
    }

    /// Whether the name has no attribute.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rdns.iter().all(Vec::is_empty)
    }

    /// Every attribute of this type, in order.
    pub fn attributes<'s>(&'s self, oid: Oid<'s>) -> impl Iterator<Item = &'s Attribute<'a>> + 's {
        self.rdns
            .iter()
            .flatten()
            .filter(move |attribute| attribute.oid == oid)
    }

    /// A form that is equal exactly for names that RFC 5280 §7.1 calls equal.
    ///
    /// String types do not count, nor does case, nor the amount of white space; RDNs are sets.
    /// Values that are no strings compare by their octets.
    #[must_use]
    pub fn comparison_key(&self) -> Vec<u8> {
        let mut key = Vec::with_capacity(self.raw.len() + 16 * self.rdns.len());
        self.write_comparison_key(&mut key);
        key
    }

    /// Appends [`Self::comparison_key`] to `key`.
    pub fn write_comparison_key(&self, key: &mut Vec<u8>) {
        for rdn in &self.rdns {
            key.push(b'{');
            write_rdn_key(rdn, key);
            key.push(b'}');
        }
    }

    /// The same for each RDN by itself, in the order of the encoding.
    pub fn rdn_keys(&self) -> impl Iterator<Item = Vec<u8>> {
        self.rdns.iter().map(|rdn| {
            let mut key = Vec::new();
            write_rdn_key(rdn, &mut key);
            key
        })
    }
}

fn write_rdn_key(rdn: &[Attribute<'_>], key: &mut Vec<u8>) {
    let write = |attribute: &Attribute<'_>, key: &mut Vec<u8>| {
        let start = key.len();
        key.extend([0; size_of::<u64>()]);
        write_attribute_key(attribute, key);
        let length = (key.len() - start - size_of::<u64>()) as u64;
        key[start..start + size_of::<u64>()].copy_from_slice(&length.to_be_bytes());
    };
    if let [only] = rdn {
        write(only, key);
    } else {
        let mut attributes: Vec<Vec<u8>> = vec![Vec::new(); rdn.len()];
        for (attribute, key) in rdn.iter().zip(&mut attributes) {
            write(attribute, key);
        }
        attributes.sort();
        key.extend(attributes.concat());
    }
}

fn write_attribute_key(attribute: &Attribute<'_>, key: &mut Vec<u8>) {
    key.push(u8::try_from(attribute.oid.0.len()).unwrap_or(u8::MAX));
    key.extend(attribute.oid.0);
    let is_one_octet = matches!(
        attribute.tag,
        tag::UTF8_STRING | tag::PRINTABLE_STRING | tag::IA5_STRING | tag::TELETEX_STRING
    );
    if is_one_octet && attribute.value.is_ascii() {
        // What nearly every name is made of, without a detour over strings.
        key.push(0);
        let start = key.len();
        for &octet in attribute.value {
            if !matches!(octet, b'\t'..=b'\r' | b' ') {
                key.push(octet.to_ascii_lowercase());
            } else if key.len() > start && key.last() != Some(&b' ') {
                key.push(b' ');
            }
        }
        if key.len() > start && key.last() == Some(&b' ') {
            key.pop();
        }
    } else if let Some(text) = attribute.text() {
        key.push(0);
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        key.extend(words.join(" ").into_bytes());
    } else {
        key.push(attribute.tag);
        key.extend(attribute.value);
    }
}

impl fmt::Display for Name<'_> {
    /// Writes the name as RFC 4514 does: the last RDN first, specials escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("(empty name)");
        }
        for (index, rdn) in self.rdns.iter().rev().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            for (index, attribute) in rdn.iter().enumerate() {
                if index > 0 {
                    f.write_str("+")?;
                }
                match attribute.oid.known_name() {
                    Some(name) => f.write_str(name)?,
                    None => write!(f, "{}", attribute.oid)?,
                }
                f.write_str("=")?;
                if let Some(text) = attribute.text() {
                    write_escaped(f, &text)?;
                } else {
                    f.write_str("#")?;
                    attribute
                        .value
                        .iter()
                        .try_for_each(|byte| write!(f, "{byte:02x}"))?;
                }
            }
        }
        Ok(())
    }
}

/// Escapes by RFC 4514 §2.4; control characters are left to the report, which shows none raw.
fn write_escaped(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    // Most values have nothing to escape.
    let special = |byte: u8| matches!(byte, b'"' | b'+' | b',' | b';' | b'<' | b'>' | b'\\');
    if !text.starts_with([' ', '#']) && !text.ends_with(' ') && !text.bytes().any(special) {
        return f.write_str(text);
    }
    let last = text.chars().count().saturating_sub(1);
    for (index, character) in text.chars().enumerate() {
        let special = matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\')
            || (index == 0 && matches!(character, ' ' | '#'))
            || (index == last && character == ' ');
        if special {
            f.write_str("\\")?;
        }
        write!(f, "{character}")?;
    }
    Ok(())
}

/// A name as people call it: the commonName if there is one, else the whole.
#[must_use]
pub fn label(name: &Name<'_>) -> String {
    let common_name = name
        .attributes(oid::COMMON_NAME)
        .last()
        .and_then(Attribute::text);
    common_name
        .filter(|text| !text.trim().is_empty())
        .map_or_else(|| name.to_string(), Cow::into_owned)
}

/// The string types of a name's attributes in their order, for people who compare encodings.
#[must_use]
pub fn string_types(name: &Name<'_>) -> String {
    let attributes = name.rdns.iter().flatten();
    let types: Vec<&str> = attributes.map(Attribute::string_type).collect();
    types.join(", ")
}
