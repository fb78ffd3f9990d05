//! Distinguished names, and the string types in them.
//!
//! Source: `parseName`, `readASN1Any` and `parseASN1String` in `src/crypto/x509/parser.go`; which parts make the name of
//! a certificate: `Name.FillFromRDNSequence` in `src/crypto/x509/pkix/pkix.go`. Go 1.19 takes strings only; Go 1.27
//! other types as well.

use super::super::Release;
use super::super::der::Input;
use super::super::time;
use super::GoError;
use crate::cert::der::tag;

const NUMERIC_STRING: u8 = 0x12;

/// The parts of a subject that errors mention.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Subject {
    /// The last commonName.
    pub(in super::super) common_name: String,
    /// The first organizationName, which may be empty.
    pub(in super::super) organization: Option<String>,
}

/// Reads a name.
pub(super) fn parse(name: &[u8], release: Release) -> Result<Subject, GoError> {
    let invalid = "x509: invalid RDNSequence";
    let mut subject = Subject::default();
    let mut rdns = Input(name).read(tag::SEQUENCE).ok_or(invalid)?;
    while !rdns.is_empty() {
        let mut set = rdns.read(tag::SET).ok_or(invalid)?;
        while !set.is_empty() {
            let mut attribute = set
                .read(tag::SEQUENCE)
                .ok_or("x509: invalid RDNSequence: invalid attribute")?;
            let oid = attribute
                .oid(release)
                .ok_or("x509: invalid RDNSequence: invalid attribute type")?;
            let Some(text) = value(&mut attribute, release)? else {
                continue;
            };
            match oid.arcs() {
                [2, 5, 4, 3] => subject.common_name = text,
                [2, 5, 4, 10] => {
                    subject.organization.get_or_insert(text);
                }
                _ => {}
            }
        }
    }
    Ok(subject)
}

/// The next element as text; none where it is of a type that is no string.
fn value(attribute: &mut Input<'_>, release: Release) -> Result<Option<String>, GoError> {
    let invalid = "x509: invalid RDNSequence: invalid attribute value";
    let Some((found, whole, content)) = attribute.any() else {
        return Err(match release {
            Release::V1_19 => invalid.into(),
            Release::V1_27 => format!("{invalid}: invalid ASN.1 element").into(),
        });
    };
    let read = match string(found, content, release) {
        Some(text) => text.map(Some),
        None if release == Release::V1_19 => {
            return Err(format!("{invalid}: unsupported string type: {found}").into());
        }
        None => other(found, Input(whole)).map(|()| None),
    };
    read.map_err(|what| format!("{invalid}: {what}").into())
}

/// The text of a string type; the outer none where the type is no string.
fn string(found: u8, content: &[u8], release: Release) -> Option<Result<String, &'static str>> {
    let ascii = |allowed: fn(&u8) -> bool| {
        content
            .iter()
            .all(allowed)
            .then(|| content.iter().copied().map(char::from).collect())
    };
    Some(match found {
        // Read as Latin-1; Go 1.19 keeps the octets, which no error shows.
        tag::TELETEX_STRING => Ok(content.iter().copied().map(char::from).collect()),
        tag::PRINTABLE_STRING => ascii(is_printable).ok_or("invalid PrintableString"),
        tag::UTF8_STRING => std::str::from_utf8(content)
            .map(str::to_owned)
            .map_err(|_| "invalid UTF-8 string"),
        tag::BMP_STRING => bmp(content, release).ok_or("invalid BMPString"),
        tag::IA5_STRING => ascii(u8::is_ascii).ok_or("invalid IA5String"),
        NUMERIC_STRING => {
            ascii(|octet| octet.is_ascii_digit() || *octet == b' ').ok_or("invalid NumericString")
        }
        _ => return None,
    })
}

/// The set of PrintableString, and `*` and `&`.
#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "it is called over a slice"
)]
fn is_printable(octet: &u8) -> bool {
    octet.is_ascii_alphanumeric()
        || matches!(octet, b'\''..=b')' | b'+'..=b'/')
        || matches!(octet, b' ' | b':' | b'=' | b'?' | b'*' | b'&')
}

/// A `BMPString` without a zero at its end. Go 1.19 takes surrogates and noncharacters as well.
fn bmp(content: &[u8], release: Release) -> Option<String> {
    if !content.len().is_multiple_of(2) {
        return None;
    }
    let content = content.strip_suffix(&[0, 0]).unwrap_or(content);
    let units: Vec<u16> = content
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
        .collect();
    let refused = |unit: &u16| matches!(unit, 0xfffe | 0xffff | 0xfdd0..=0xfdef | 0xd800..=0xdfff);
    if release >= Release::V1_27 && units.iter().any(refused) {
        return None;
    }
    Some(String::from_utf16_lossy(&units))
}

/// A value that is no string, which Go 1.27 reads and names do not show.
fn other(found: u8, mut whole: Input<'_>) -> Result<(), &'static str> {
    let read = |good: bool, what| if good { Ok(()) } else { Err(what) };
    match found {
        tag::INTEGER => read(whole.int64().is_some(), "invalid ASN.1 integer"),
        tag::BIT_STRING => read(whole.bit_string().is_some(), "invalid ASN.1 BIT STRING"),
        tag::OID => {
            let oid = whole.oid(Release::V1_27);
            read(oid.is_some(), "invalid ASN.1 OBJECT IDENTIFIER")
        }
        tag::UTC_TIME | tag::GENERALIZED_TIME => time::read(&mut whole, Release::V1_27).map(|_| ()),
        tag::BOOLEAN => read(whole.boolean().is_some(), "invalid ASN.1 BOOLEAN"),
        _ => Ok(()),
    }
}
