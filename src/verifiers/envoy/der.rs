//! DER as BoringSSL reads it: no leniency in tags and lengths, and none in most values.
//!
//! Source: BoringSSL `crypto/bytestring/cbs.cc` (`cbs_get_any_asn1_element`) and `crypto/asn1/` (`asn1_parse_*`).

use crate::cert::time::Time;

/// An identifier: class and constructed bit in the top byte, the number below, as BoringSSL's `CBS_ASN1_TAG`.
pub(super) type Tag = u32;

pub(super) const CONSTRUCTED: Tag = 0x20 << 24;
const CONTEXT: Tag = 0x80 << 24;
const CLASS: Tag = 0xc0 << 24;
const NUMBER: Tag = (1 << 24) - 1;

pub(super) const BOOLEAN: Tag = 1;
pub(super) const INTEGER: Tag = 2;
pub(super) const BIT_STRING: Tag = 3;
pub(super) const OCTET_STRING: Tag = 4;
pub(super) const NULL: Tag = 5;
pub(super) const OID: Tag = 6;
pub(super) const ENUMERATED: Tag = 10;
pub(super) const UTF8_STRING: Tag = 12;
pub(super) const PRINTABLE_STRING: Tag = 19;
pub(super) const T61_STRING: Tag = 20;
pub(super) const IA5_STRING: Tag = 22;
pub(super) const UTC_TIME: Tag = 23;
pub(super) const GENERALIZED_TIME: Tag = 24;
pub(super) const VISIBLE_STRING: Tag = 26;
pub(super) const UNIVERSAL_STRING: Tag = 28;
pub(super) const BMP_STRING: Tag = 30;
pub(super) const SEQUENCE: Tag = CONSTRUCTED | 0x10;
pub(super) const SET: Tag = CONSTRUCTED | 0x11;

/// The primitive tag `[number]`.
pub(super) const fn context(number: Tag) -> Tag {
    CONTEXT | number
}

/// The constructed tag `[number]`.
pub(super) const fn constructed(number: Tag) -> Tag {
    CONTEXT | CONSTRUCTED | number
}

/// One element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    pub(super) tag: Tag,
    /// Identifier, length and content octets.
    pub(super) raw: &'a [u8],
    /// The content octets.
    pub(super) value: &'a [u8],
}

/// What is still to be read. Every method that reads gives none where BoringSSL refuses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Whether the next element has this tag.
    pub(super) fn is_next(self, tag: Tag) -> bool {
        let mut ahead = self;
        ahead.tag() == Some(tag)
    }

    /// The next element, whatever it is.
    pub(super) fn any(&mut self) -> Option<Element<'a>> {
        self.element(false)
    }

    /// The content of the next element, which must have this tag.
    pub(super) fn take(&mut self, tag: Tag) -> Option<Reader<'a>> {
        let element = self.any()?;
        (element.tag == tag).then_some(Reader(element.value))
    }

    /// The content of the next element if it has this tag; nothing is read otherwise.
    pub(super) fn optional(&mut self, tag: Tag) -> Option<Option<Reader<'a>>> {
        if self.is_next(tag) {
            self.take(tag).map(Some)
        } else {
            Some(None)
        }
    }

    /// None unless everything was read.
    pub(super) fn end(self) -> Option<()> {
        self.is_empty().then_some(())
    }

    /// An INTEGER, ENUMERATED or one with an implicit tag: its content octets, which are minimal.
    pub(super) fn integer(&mut self, tag: Tag) -> Option<Integer> {
        let octets = self.take(tag)?.0;
        match octets {
            [] | [0, 0..0x80, ..] | [0xff, 0x80..=0xff, ..] => None,
            _ => Some(Integer(octets.to_vec())),
        }
    }

    /// An object identifier's content octets.
    pub(super) fn oid(&mut self, tag: Tag) -> Option<Vec<u8>> {
        let octets = self.take(tag)?.0;
        is_oid(octets).then(|| octets.to_vec())
    }

    /// A BOOLEAN of one octet; any that is not zero is true.
    pub(super) fn boolean(&mut self, tag: Tag) -> Option<bool> {
        match self.take(tag)?.0 {
            [octet] => Some(*octet != 0),
            _ => None,
        }
    }

    /// A BIT STRING whose unused bits are zero.
    pub(super) fn bit_string(&mut self, tag: Tag) -> Option<BitString> {
        BitString::parse(self.take(tag)?.0)
    }

    /// The BIT STRING of a certificate's signature, whose length alone need not be minimal
    /// (`asn1_parse_bit_string_with_bad_length`).
    pub(super) fn signature(&mut self) -> Option<BitString> {
        let element = self.element(true)?;
        if element.tag != BIT_STRING {
            return None;
        }
        BitString::parse(element.value)
    }

    /// A UTCTime or GeneralizedTime.
    pub(super) fn time(&mut self) -> Option<DerTime> {
        let element = self.any()?;
        match element.tag {
            UTC_TIME => DerTime::parse(element.value, true),
            GENERALIZED_TIME => DerTime::parse(element.value, false),
            _ => None,
        }
    }

    /// A value of type ANY, whose content is checked where its type is known (`asn1_parse_any`).
    pub(super) fn any_value(&mut self) -> Option<Element<'a>> {
        let element = self.any()?;
        let number = element.tag & NUMBER;
        if element.tag & CLASS == 0 {
            let is_constructed = element.tag & CONSTRUCTED != 0;
            let is_constructed_type = matches!(number, 8 | 11 | 16 | 17 | 29);
            if number <= 36 && number != 15 && is_constructed != is_constructed_type {
                return None;
            }
            // V_ASN1_MAX_UNIVERSAL
            if number > 0xff {
                return None;
            }
        }
        let value = element.value;
        let is_valid = match element.tag {
            OID => is_oid(value),
            NULL => value.is_empty(),
            BOOLEAN => matches!(value, [0 | 0xff]),
            INTEGER | ENUMERATED => Reader(element.raw).integer(element.tag).is_some(),
            BIT_STRING => BitString::parse(value).is_some(),
            UTC_TIME => DerTime::parse(value, true).is_some(),
            GENERALIZED_TIME => DerTime::parse(value, false).is_some(),
            UTF8_STRING | BMP_STRING | UNIVERSAL_STRING => characters(element.tag, value).is_some(),
            _ => true,
        };
        is_valid.then_some(element)
    }

    fn octet(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn tag(&mut self) -> Option<Tag> {
        let first = self.octet()?;
        let mut number = Tag::from(first & 0x1f);
        if number == 0x1f {
            number = 0;
            let mut is_first = true;
            loop {
                let octet = self.octet()?;
                // Minimal, and within BoringSSL's bounds.
                if is_first && octet == 0x80 || number > NUMBER >> 7 {
                    return None;
                }
                is_first = false;
                number = number << 7 | Tag::from(octet & 0x7f);
                if octet & 0x80 == 0 {
                    break;
                }
            }
            if number < 0x1f {
                return None;
            }
        }
        let tag = Tag::from(first & 0xe0) << 24 | number;
        // [UNIVERSAL 0] is refused.
        (tag & !CONSTRUCTED != 0).then_some(tag)
    }

    fn element(&mut self, any_length: bool) -> Option<Element<'a>> {
        let whole = self.0;
        let mut rest = *self;
        let tag = rest.tag()?;
        let first = rest.octet()?;
        let length = if first & 0x80 == 0 {
            usize::from(first)
        } else {
            let count = usize::from(first & 0x7f);
            if !(1..=4).contains(&count) {
                return None;
            }
            let mut length = 0_u64;
            for _ in 0..count {
                length = length << 8 | u64::from(rest.octet()?);
            }
            let is_minimal = length >= 128 && length >> ((count - 1) * 8) != 0;
            if !is_minimal && !any_length {
                return None;
            }
            usize::try_from(length).ok()?
        };
        let (value, after) = rest.0.split_at_checked(length)?;
        self.0 = after;
        Some(Element {
            tag,
            raw: &whole[..whole.len() - after.len()],
            value,
        })
    }
}

/// `CBS_is_valid_asn1_oid`
fn is_oid(octets: &[u8]) -> bool {
    let mut starts = true;
    for &octet in octets {
        if starts && octet == 0x80 {
            return false;
        }
        starts = octet & 0x80 == 0;
    }
    !octets.is_empty() && starts
}

/// An INTEGER's content octets. They are minimal, so two are equal if their octets are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Integer(pub(super) Vec<u8>);

impl Integer {
    pub(super) fn is_negative(&self) -> bool {
        self.0.first().is_some_and(|first| first & 0x80 != 0)
    }

    /// The value, where it is not negative and fits.
    pub(super) fn to_u64(&self) -> Option<u64> {
        if self.is_negative() {
            return None;
        }
        self.0.iter().try_fold(0_u64, |sum, &octet| {
            Some(sum.checked_mul(256)? | u64::from(octet))
        })
    }
}

/// A BIT STRING.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BitString {
    pub(super) unused: u8,
    pub(super) octets: Vec<u8>,
}

impl BitString {
    fn parse(content: &[u8]) -> Option<Self> {
        let (&unused, octets) = content.split_first()?;
        if unused > 7 {
            return None;
        }
        if unused != 0 && octets.last()? & ((1 << unused) - 1) != 0 {
            return None;
        }
        Some(Self {
            unused,
            octets: octets.to_vec(),
        })
    }

    /// The octet at `index`, or 0.
    pub(super) fn octet(&self, index: usize) -> u8 {
        self.octets.get(index).copied().unwrap_or(0)
    }
}

/// A point in time.
#[derive(Clone, Copy, Debug)]
pub(super) struct DerTime {
    /// The moment, with the offset taken into account.
    pub(super) at: Time,
    /// Whether it has an offset, which is read but not accepted (`ASN1_TIME_to_posix`).
    pub(super) has_offset: bool,
}

impl DerTime {
    /// `CBS_parse_utc_time` with offsets, `CBS_parse_generalized_time` without.
    fn parse(text: &[u8], is_utc: bool) -> Option<Self> {
        let (digits, zone) = text.split_at_checked(if is_utc { 12 } else { 14 })?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let has_offset = match zone {
            [b'Z'] => false,
            [b'+' | b'-', offset @ ..] if is_utc && offset.len() == 4 => {
                let number = std::str::from_utf8(offset).ok()?.parse::<u16>().ok()?;
                if !offset.iter().all(u8::is_ascii_digit) || number / 100 > 23 || number % 100 > 59
                {
                    return None;
                }
                true
            }
            _ => return None,
        };
        let tag = if is_utc {
            crate::cert::der::tag::UTC_TIME
        } else {
            crate::cert::der::tag::GENERALIZED_TIME
        };
        let mut der = vec![tag, u8::try_from(text.len()).ok()?];
        der.extend(text);
        let element = crate::cert::der::Reader::new(&der).read().ok()?;
        Some(Self {
            at: Time::parse(&element)?,
            has_offset,
        })
    }
}

/// The characters of a string of one of the types that name comparison decodes; none where they are not valid.
///
/// Source: `CBS_get_utf8`, `CBS_get_ucs2_be`, `CBS_get_utf32_be` and `CBS_get_latin1` in
/// `crypto/bytestring/unicode.cc`: noncharacters are refused.
pub(super) fn characters(tag: Tag, octets: &[u8]) -> Option<Vec<char>> {
    let valid = |code: u32| char::from_u32(code).filter(|_| !is_noncharacter(code));
    match tag {
        UTF8_STRING => {
            let text = std::str::from_utf8(octets).ok()?;
            text.chars().map(|one| valid(one.into())).collect()
        }
        BMP_STRING => {
            let pairs = octets.chunks(2);
            pairs
                .map(|pair| valid(u16::from_be_bytes(pair.try_into().ok()?).into()))
                .collect()
        }
        UNIVERSAL_STRING => {
            let fours = octets.chunks(4);
            fours
                .map(|four| valid(u32::from_be_bytes(four.try_into().ok()?)))
                .collect()
        }
        _ => Some(octets.iter().copied().map(char::from).collect()),
    }
}

fn is_noncharacter(code: u32) -> bool {
    code & 0xfffe == 0xfffe || (0xfdd0..=0xfdef).contains(&code)
}

/// An element with a tag of one octet.
pub(super) fn encode(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut der = vec![tag];
    let length = content.len();
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => der.push(short),
        _ => {
            let octets = length.to_be_bytes();
            let zeros = octets.iter().take_while(|&&octet| octet == 0).count();
            // At most eight octets.
            der.push(0x80 | u8::try_from(octets.len() - zeros).unwrap_or(8));
            der.extend(&octets[zeros..]);
        }
    }
    der.extend(content);
    der
}
