//! Names, and the form in which BoringSSL compares them.
//!
//! Source: BoringSSL `crypto/x509/x_name.cc` (`x509_parse_name`, `asn1_marshal_string_canon`) and `x509_cmp.cc`
//! (`X509_NAME_cmp`).

use super::der::{self, Reader, Tag};

/// `X509_NAME_MAX`
const LONGEST: usize = 1024 * 1024;

/// A distinguished name.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) entries: Vec<Entry>,
    /// What is compared: the RDNs with strings in lower case, white space collapsed, as UTF-8; without the outer header.
    pub(super) canonical: Vec<u8>,
}

/// One attribute of a name.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) oid: Vec<u8>,
    pub(super) tag: Tag,
    pub(super) value: Vec<u8>,
    /// The attribute as it counts in a comparison.
    canonical: Vec<u8>,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Name {
    /// Reads a Name.
    pub(super) fn parse(reader: &mut Reader<'_>) -> Option<Self> {
        let mut sequence = reader.take(der::SEQUENCE)?;
        if sequence.0.len() > LONGEST {
            return None;
        }
        let mut name = Self {
            entries: Vec::new(),
            canonical: Vec::new(),
        };
        while !sequence.is_empty() {
            let mut rdn = sequence.take(der::SET)?;
            if rdn.is_empty() {
                return None;
            }
            let mut entries = Vec::new();
            while !rdn.is_empty() {
                entries.push(Entry::parse(&mut rdn)?);
            }
            name.push_rdn(entries);
        }
        Some(name)
    }

    /// This name with one more RDN, as `DIST_POINT_set_dpname` makes of a name relative to the CRL's issuer.
    pub(super) fn with_rdn(&self, entries: Vec<Entry>) -> Self {
        let mut name = self.clone();
        if !entries.is_empty() {
            name.push_rdn(entries);
        }
        name
    }

    fn push_rdn(&mut self, entries: Vec<Entry>) {
        let mut sorted: Vec<&[u8]> = entries.iter().map(|one| one.canonical.as_slice()).collect();
        sorted.sort_unstable();
        self.canonical.extend(der::encode(0x31, &sorted.concat()));
        self.entries.extend(entries);
    }
}

impl Entry {
    pub(super) fn parse(reader: &mut Reader<'_>) -> Option<Self> {
        let mut sequence = reader.take(der::SEQUENCE)?;
        let oid = sequence.oid(der::OID)?;
        let value = sequence.any_value()?;
        sequence.end()?;
        let mut content = der::encode(0x06, &oid);
        match canonical_string(value.tag, value.value)? {
            Some(text) => content.extend(der::encode(0x0c, text.as_bytes())),
            None => content.extend(value.raw),
        }
        Some(Self {
            canonical: der::encode(0x30, &content),
            oid,
            tag: value.tag,
            value: value.value.to_vec(),
        })
    }

    /// The value as text, where it is a string (`ASN1_STRING_to_UTF8`).
    pub(super) fn text(&self) -> Option<String> {
        is_text(self.tag).then_some(())?;
        let characters = der::characters(self.tag, &self.value)?;
        Some(characters.into_iter().collect())
    }
}

fn is_text(tag: Tag) -> bool {
    matches!(
        tag,
        der::UTF8_STRING
            | der::BMP_STRING
            | der::UNIVERSAL_STRING
            | der::PRINTABLE_STRING
            | der::T61_STRING
            | der::IA5_STRING
            | der::VISIBLE_STRING
    )
}

/// The string in lower case, without white space at its ends and with single spaces inside; none inside where the type is
/// not one that is compared so.
fn canonical_string(tag: Tag, octets: &[u8]) -> Option<Option<String>> {
    if !is_text(tag) {
        return Some(None);
    }
    let mut text = String::new();
    let mut space = false;
    for one in der::characters(tag, octets)? {
        if matches!(one, '\t'..='\r' | ' ') {
            space = !text.is_empty();
            continue;
        }
        if std::mem::take(&mut space) {
            text.push(' ');
        }
        text.push(one.to_ascii_lowercase());
    }
    Some(Some(text))
}
