//! DER as libtasn1 reads it: `asn1_der_decoding2` of libtasn1 4.19 with `ASN1_DECODE_FLAG_STRICT_DER`.
//!
//! It reads along a schema. It accepts what DER forbids (lengths with leading zeros, an explicit tag whose length is wrong, a
//! SEQUENCE without any of its fields) and stops at what other readers pass over, such as an element that the schema does not have.

use std::ops::Range;

/// Why libtasn1 stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asn1Error {
    /// `ASN1_DER_ERROR`.
    Der,
    /// `ASN1_TAG_ERROR`.
    Tag,
    /// `ASN1_TIME_ENCODING_ERROR`.
    Time,
}

/// One element of a schema.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    kind: Kind,
    tag: Tagging,
    /// Neither OPTIONAL nor DEFAULT.
    required: bool,
}

/// What an element holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Sequence(&'static [Field]),
    SequenceOf(&'static Field),
    SetOf(&'static Field),
    Choice(&'static [Field]),
    Boolean,
    Integer,
    BitString,
    OctetString,
    Oid,
    /// A string type, by its tag number.
    Text(u8),
    UtcTime,
    GeneralizedTime,
    Any,
}

#[derive(Clone, Copy, Debug)]
enum Tagging {
    Plain,
    Explicit(u8),
    Implicit(u8),
}

impl Field {
    pub(super) const fn new(name: &'static str, kind: Kind) -> Self {
        Self {
            name,
            kind,
            tag: Tagging::Plain,
            required: true,
        }
    }

    pub(super) const fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    pub(super) const fn explicit(mut self, number: u8) -> Self {
        self.tag = Tagging::Explicit(number);
        self
    }

    pub(super) const fn implicit(mut self, number: u8) -> Self {
        self.tag = Tagging::Implicit(number);
        self
    }
}

/// An element that was read.
#[derive(Debug)]
pub(super) struct Node<'a> {
    /// Its name in the schema; for the element of a list, that of the list's items.
    pub(super) name: &'static str,
    /// Where it stands, tags included.
    pub(super) range: Range<usize>,
    /// The content octets of a primitive; the whole element of an ANY; empty for a structure.
    pub(super) content: &'a [u8],
    /// The fields that are there, the items of a list, or the alternative of a CHOICE.
    pub(super) children: Vec<Node<'a>>,
}

impl<'a> Node<'a> {
    /// The field with this name.
    pub(super) fn get(&self, name: &str) -> Option<&Node<'a>> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The field at the end of a path of names.
    pub(super) fn path(&self, names: &[&str]) -> Option<&Node<'a>> {
        names.iter().try_fold(self, |node, name| node.get(name))
    }
}

/// Reads `bytes`, all of them, as the schema has it.
pub(super) fn decode<'a>(schema: &'static Field, bytes: &'a [u8]) -> Result<Node<'a>, Asn1Error> {
    let mut decoder = Decoder { bytes, at: 0 };
    let node = decoder.element(schema, None)?.ok_or(Asn1Error::Tag)?;
    if decoder.at == bytes.len() {
        Ok(node)
    } else {
        Err(Asn1Error::Der)
    }
}

/// The octets of a length field, and the length; none where libtasn1 reports an error. Source: `asn1_get_length_der`.
pub(super) fn length(bytes: &[u8]) -> Option<(usize, usize)> {
    let Some(&first) = bytes.first() else {
        return Some((0, 0));
    };
    let (size, value) = if first < 0x80 {
        (1, usize::from(first))
    } else {
        let count = usize::from(first & 0x7f);
        if count == 0 {
            return None;
        }
        let mut octets = bytes.iter().skip(1).take(count);
        let size = 1 + octets.len();
        let limit = u32::MAX as usize;
        let value = octets.try_fold(0_usize, |sum, &octet| {
            Some(sum * 256 + usize::from(octet)).filter(|sum| *sum <= limit)
        })?;
        (size, value)
    };
    let fits = value < i32::MAX as usize && size + value <= bytes.len();
    fits.then_some((size, value))
}

/// Walks along the schema. The recursion is as deep as the schema, which has no cycles.
struct Decoder<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// A tag that matched: where its content (the length field) begins, and the last identifier octet's place.
#[derive(Clone, Copy)]
struct Matched {
    content: usize,
    inner: usize,
}

impl<'a> Decoder<'a> {
    /// Reads one element; none where it is optional and absent. `end` is where the structure around it ends.
    fn element(
        &mut self,
        field: &'static Field,
        end: Option<usize>,
    ) -> Result<Option<Node<'a>>, Asn1Error> {
        let start = self.at;
        if !field.required && end == Some(start) {
            return Ok(None);
        }
        let past_end = end.is_some_and(|end| start > end);
        if let Kind::Choice(alternatives) = field.kind {
            let fitting = alternatives.iter().find_map(|alternative| {
                let matched = self.match_tag(alternative)?;
                Some((alternative, matched))
            });
            return match fitting {
                None if field.required => Err(Asn1Error::Der),
                None => Ok(None),
                Some(_) if !field.required && past_end => Ok(None),
                Some((alternative, matched)) => {
                    let child = self.content(alternative, start, matched)?;
                    Ok(Some(Node {
                        name: field.name,
                        range: start..self.at,
                        content: &[],
                        children: vec![child],
                    }))
                }
            };
        }
        let matched = self
            .match_tag(field)
            .filter(|_| field.required || !past_end);
        match matched {
            Some(matched) => self.content(field, start, matched).map(Some),
            None if field.required => Err(Asn1Error::Tag),
            None => Ok(None),
        }
    }

    /// Source: `_asn1_extract_tag_der`.
    fn match_tag(&self, field: &Field) -> Option<Matched> {
        let mut at = self.at;
        if let Tagging::Explicit(number) = field.tag {
            let (class, found, size) = identifier(self.bytes.get(at..)?)?;
            at += size;
            // Only that there is a length; whether it is that of what follows is not looked at.
            let (size, _) = length(self.bytes.get(at..)?)?;
            at += size;
            if (class, found) != (0xa0, u32::from(number)) {
                return None;
            }
        }
        let inner = at;
        let (class, found, size) = identifier(self.bytes.get(at..)?)?;
        let content = at + size;
        let structured = matches!(
            field.kind,
            Kind::Sequence(_) | Kind::SequenceOf(_) | Kind::SetOf(_)
        );
        let is_octets = matches!(field.kind, Kind::OctetString);
        let wanted = if let Tagging::Implicit(number) = field.tag {
            (if structured { 0xa0 } else { 0x80 }, u32::from(number))
        } else {
            match field.kind {
                Kind::Any | Kind::Choice(_) => return Some(Matched { content: at, inner }),
                Kind::Sequence(_) | Kind::SequenceOf(_) => (0x20, 16),
                Kind::SetOf(_) => (0x20, 17),
                Kind::Boolean => (0, 1),
                Kind::Integer => (0, 2),
                Kind::BitString => (0, 3),
                Kind::OctetString => (0, 4),
                Kind::Oid => (0, 6),
                Kind::UtcTime => (0, 23),
                Kind::GeneralizedTime => (0, 24),
                Kind::Text(number) => (0, u32::from(number)),
            }
        };
        let same = (class, found) == wanted
            // A constructed OCTET STRING passes here and fails when its content is read.
            || is_octets && (class, found) == (wanted.0 | 0x20, wanted.1);
        same.then_some(Matched { content, inner })
    }

    fn content(
        &mut self,
        field: &'static Field,
        start: usize,
        matched: Matched,
    ) -> Result<Node<'a>, Asn1Error> {
        self.at = matched.content;
        let mut node = Node {
            name: field.name,
            range: start..start,
            content: &[],
            children: Vec::new(),
        };
        match field.kind {
            Kind::Sequence(fields) => {
                if let Some(end) = self.open()? {
                    for inner in fields {
                        node.children.extend(self.element(inner, Some(end))?);
                    }
                    self.close(end)?;
                }
            }
            Kind::SequenceOf(item) | Kind::SetOf(item) => {
                if let Some(end) = self.open()? {
                    while self.at < end {
                        node.children.extend(self.element(item, Some(end))?);
                    }
                    self.close(end)?;
                }
            }
            Kind::Any | Kind::Choice(_) => {
                let whole = self.at;
                let rest = &self.bytes[whole..];
                let (_, _, size) = identifier(rest).ok_or(Asn1Error::Der)?;
                let (octets, value) = length(&rest[size..]).ok_or(Asn1Error::Der)?;
                self.at = whole + size + octets + value;
                node.content = &self.bytes[whole..self.at];
            }
            Kind::OctetString if self.bytes[matched.inner] & 0x20 != 0 => {
                return Err(Asn1Error::Der);
            }
            _ => {
                let (octets, value) = length(&self.bytes[self.at..]).ok_or(Asn1Error::Der)?;
                let content = self.at + octets;
                self.at = content + value;
                node.content = &self.bytes[content..self.at];
                check_primitive(field.kind, node.content)?;
            }
        }
        node.range.end = self.at;
        Ok(node)
    }

    /// Reads the length of a structure: where it ends, or none where it is empty, whatever it should hold.
    fn open(&mut self) -> Result<Option<usize>, Asn1Error> {
        let (octets, value) = length(&self.bytes[self.at..]).ok_or(Asn1Error::Der)?;
        self.at += octets;
        Ok((value > 0).then_some(self.at + value))
    }

    fn close(&self, end: usize) -> Result<(), Asn1Error> {
        if self.at == end {
            Ok(())
        } else {
            Err(Asn1Error::Der)
        }
    }
}

/// Class with the bit for constructed, number, and the octets of a tag. Source: `asn1_get_tag_der`.
fn identifier(bytes: &[u8]) -> Option<(u8, u32, usize)> {
    if bytes.len() < 2 {
        return None;
    }
    let class = bytes[0] & 0xe0;
    if bytes[0] & 0x1f != 0x1f {
        return Some((class, u32::from(bytes[0] & 0x1f), 1));
    }
    let last = bytes[1..].iter().position(|octet| octet & 0x80 == 0)?;
    let number = bytes[1..=last + 1].iter().try_fold(0_u32, |sum, octet| {
        sum.checked_mul(128)?.checked_add(u32::from(octet & 0x7f))
    })?;
    Some((class, number, last + 2))
}

fn check_primitive(kind: Kind, content: &[u8]) -> Result<(), Asn1Error> {
    let good = match kind {
        Kind::Boolean => content.len() == 1,
        Kind::Oid => is_oid(content),
        Kind::UtcTime | Kind::GeneralizedTime => {
            return check_time(matches!(kind, Kind::GeneralizedTime), content);
        }
        _ => true,
    };
    good.then_some(()).ok_or(Asn1Error::Der)
}

/// Source: `asn1_get_object_id_der`; an arc has to fit in 64 bits.
fn is_oid(content: &[u8]) -> bool {
    let mut arc = 0_u64;
    let mut leading = true;
    !content.is_empty()
        && content.iter().all(|&octet| {
            let fits = !(leading && octet == 0x80) && arc <= u64::MAX >> 7;
            arc = arc << 7 | u64::from(octet & 0x7f);
            leading = octet & 0x80 == 0;
            if leading {
                arc = 0;
            }
            fits
        })
}

/// Source: `_asn1_get_time_der`: digits and a `Z`, in GeneralizedTime also one full stop.
fn check_time(general: bool, content: &[u8]) -> Result<(), Asn1Error> {
    if content.is_empty() || content.len() > 127 {
        return Err(Asn1Error::Der);
    }
    let Some((b'Z', digits)) = content.split_last() else {
        return Err(Asn1Error::Time);
    };
    let others: Vec<u8> = digits
        .iter()
        .copied()
        .filter(|octet| !octet.is_ascii_digit())
        .collect();
    let good = content.len() >= 8 && (others.is_empty() || general && others == b".");
    good.then_some(()).ok_or(Asn1Error::Time)
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;

    #[test]
    fn lengths_may_have_leading_zeros_and_must_fit() {
        assert_eq!(length(&[0x83, 0, 0, 1, 7]), Some((4, 1)));
        assert_eq!(length(&[0x80, 0, 0]), None);
        assert_eq!(length(&[2, 0]), None);
        assert_eq!(length(&[]), Some((0, 0)));
    }

    #[test]
    fn an_empty_sequence_has_no_fields_and_what_follows_an_element_is_an_error() {
        let empty = decode(&schema::BASIC_CONSTRAINTS, &[0x30, 0]).expect("it is read");
        assert!(empty.children.is_empty());
        let trailing = decode(&schema::BASIC_CONSTRAINTS, &[0x30, 0, 0]);
        assert_eq!(trailing.map(|_| ()), Err(Asn1Error::Der));
        let unknown = decode(&schema::BASIC_CONSTRAINTS, &[0x30, 2, 5, 0]);
        assert_eq!(unknown.map(|_| ()), Err(Asn1Error::Der));
        let other = decode(&schema::BASIC_CONSTRAINTS, &[0x31, 0]);
        assert_eq!(other.map(|_| ()), Err(Asn1Error::Tag));
    }

    #[test]
    fn times_are_digits_and_a_z() {
        assert_eq!(check_time(false, b"2601010000Z"), Ok(()));
        assert_eq!(
            check_time(false, b"260101000000+0100"),
            Err(Asn1Error::Time)
        );
        assert_eq!(check_time(true, b"20260101000000.5Z"), Ok(()));
        assert_eq!(check_time(false, b""), Err(Asn1Error::Der));
    }
}
