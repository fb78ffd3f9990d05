//! Where an encoding is BER, or no ASN.1 at all, and not DER (X.690 §8, §10, §11): one walk over every element.

use std::ops::Range;

use super::der::tag;
use super::{Certificate, Field, oid};

/// What DER has against an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A length of the indefinite form (X.690 §10.1).
    IndefiniteLength,
    /// A length with more octets than it takes (§10.1).
    NonMinimalLength,
    /// A tag number in the high form that is below 31, or has leading zeros (§8.1.2.4).
    NonMinimalTag,
    /// An INTEGER or ENUMERATED without octets, or with a redundant one in front (§8.3).
    NonMinimalInteger,
    /// A BOOLEAN that is not one octet of 00 or FF (§11.1).
    Boolean,
    /// A component that is encoded though it has its default value (§11.5).
    DefaultValue,
    /// A named bit list that ends in zero bits (§11.2.2).
    TrailingZeroBits,
    /// A BIT STRING whose unused bits are not zero, or not 0 to 7 (§8.6.2, §11.2.1).
    BitStringPadding,
    /// A SET OF whose elements do not ascend (§11.6).
    UnsortedSet,
    /// A string in the constructed form (§10.2).
    ConstructedString,
    /// An OBJECT IDENTIFIER with leading zeros in a number, or cut off in one (§8.19.2).
    ObjectIdentifier,
    /// An element whose length runs past the end of what it stands in.
    Overrun,
}

impl Kind {
    /// What it is, as what something has: `a BOOLEAN that is no DER`.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::IndefiniteLength => "a length of the indefinite form",
            Self::NonMinimalLength => "a length with superfluous octets",
            Self::NonMinimalTag => "a tag with superfluous octets",
            Self::NonMinimalInteger => "an INTEGER that is not minimal",
            Self::Boolean => "a BOOLEAN that is no DER",
            Self::DefaultValue => "a default value written out",
            Self::TrailingZeroBits => "a bit list that ends in zeros",
            Self::BitStringPadding => "a BIT STRING with bad unused bits",
            Self::UnsortedSet => "a SET that is not sorted",
            Self::ConstructedString => "a string in the constructed form",
            Self::ObjectIdentifier => "an OBJECT IDENTIFIER that is no DER",
            Self::Overrun => "a length that runs past the end",
        }
    }
}

/// An element that is not encoded as DER wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Irregularity {
    /// What is wrong.
    pub kind: Kind,
    /// The element's octets in the certificate's DER.
    pub range: Range<usize>,
}

/// How deep elements are followed; certificates have some ten levels.
const DEEPEST: usize = 40;

/// The most irregularities that are kept of one certificate.
const MOST: usize = 64;

/// Everything in a certificate that is not DER, in the order of its bytes where nothing is amiss with lengths. Values of
/// extensions are looked into where the extension is known.
#[must_use]
pub fn irregularities(certificate: &Certificate<'_>) -> Vec<Irregularity> {
    let mut walk = Walk {
        bytes: certificate.der,
        found: Vec::new(),
    };
    walk.elements(0..certificate.der.len(), Within::Certificate);
    let version = certificate.range(Field::Version);
    if certificate.der[version.clone()] == [0xa0, 3, tag::INTEGER, 1, 0] {
        walk.report(Kind::DefaultValue, version);
    }
    for extension in &certificate.extensions {
        let within = match extension.oid {
            oid::KEY_USAGE => Within::NamedBits,
            oid::BASIC_CONSTRAINTS => Within::BasicConstraints,
            oid::NAME_CONSTRAINTS => Within::NameConstraints,
            oid::CRL_DISTRIBUTION_POINTS | oid::FRESHEST_CRL => Within::DistributionPoints,
            oid::SUBJECT_KEY_IDENTIFIER
            | oid::AUTHORITY_KEY_IDENTIFIER
            | oid::SUBJECT_ALT_NAME
            | oid::ISSUER_ALT_NAME
            | oid::EXTENDED_KEY_USAGE
            | oid::CERTIFICATE_POLICIES
            | oid::POLICY_MAPPINGS
            | oid::POLICY_CONSTRAINTS
            | oid::INHIBIT_ANY_POLICY
            | oid::AUTHORITY_INFO_ACCESS
            | oid::SUBJECT_INFO_ACCESS
            | oid::TLS_FEATURE => Within::Other,
            _ => continue,
        };
        walk.elements(extension.value.content()..extension.value.end(), within);
    }
    walk.found
}

/// What the elements are part of, where that says more than their tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Within {
    Certificate,
    NamedBits,
    BasicConstraints,
    NameConstraints,
    DistributionPoints,
    Other,
}

struct Walk<'a> {
    bytes: &'a [u8],
    found: Vec<Irregularity>,
}

/// An element's tag, and where its content stands.
struct Header {
    tag: u8,
    content: usize,
    end: usize,
}

impl Walk<'_> {
    #[cold]
    fn report(&mut self, kind: Kind, range: Range<usize>) {
        if self.found.len() < MOST {
            self.found.push(Irregularity { kind, range });
        }
    }

    /// Walks all elements in a range, and what they contain.
    fn elements(&mut self, range: Range<usize>, within: Within) {
        let mut ends = [0_usize; DEEPEST];
        let mut depth = 0;
        ends[0] = range.end;
        let mut at = range.start;
        loop {
            while at >= ends[depth] {
                if depth == 0 {
                    return;
                }
                depth -= 1;
            }
            let end = ends[depth];
            let Some(header) = self.header(at, end) else {
                at = end;
                continue;
            };
            let is_constructed = header.tag & 0x20 != 0;
            if is_constructed {
                self.constructed(&header, at);
                if depth + 1 < DEEPEST {
                    depth += 1;
                    ends[depth] = header.end;
                    at = header.content;
                    continue;
                }
            } else {
                self.primitive(&header, at, within, depth);
            }
            at = header.end;
        }
    }

    /// The header at an offset; none where the rest cannot be told apart.
    fn header(&mut self, start: usize, end: usize) -> Option<Header> {
        let bytes = &self.bytes[..end];
        let tag = bytes[start];
        let mut at = start + 1;
        if tag & 0x1f == 0x1f {
            let first = *bytes.get(at)?;
            let digits = bytes[at..].iter().take_while(|&&octet| octet & 0x80 != 0);
            let length = digits.count() + 1;
            if first == 0x80 || length == 1 && first < 0x1f {
                self.report(Kind::NonMinimalTag, start..(at + length).min(end));
            }
            at += length;
        }
        let Some(&first) = bytes.get(at) else {
            self.report(Kind::Overrun, start..end);
            return None;
        };
        at += 1;
        let length = match first {
            0..=0x7f => usize::from(first),
            0x80 => {
                self.report(Kind::IndefiniteLength, start..at);
                // The content ends with two zero octets, somewhere before the end of what is around it.
                return Some(Header {
                    tag: tag | 0x20,
                    content: at,
                    end,
                });
            }
            _ => {
                let count = usize::from(first & 0x7f);
                let Some(octets) = bytes.get(at..at + count).filter(|_| count <= 8) else {
                    self.report(Kind::Overrun, start..end);
                    return None;
                };
                let length = octets
                    .iter()
                    .fold(0_u64, |sum, &octet| sum << 8 | u64::from(octet));
                if octets[0] == 0 || length < 0x80 {
                    self.report(Kind::NonMinimalLength, start..at + count);
                }
                at += count;
                usize::try_from(length).unwrap_or(usize::MAX)
            }
        };
        let Some(stop) = at.checked_add(length).filter(|&stop| stop <= end) else {
            self.report(Kind::Overrun, start..end);
            return None;
        };
        Some(Header {
            tag,
            content: at,
            end: stop,
        })
    }

    fn constructed(&mut self, header: &Header, start: usize) {
        // A universal string type with the constructed bit.
        if matches!(header.tag, 0x23 | 0x24 | 0x2c | 0x32..=0x3e) {
            self.report(Kind::ConstructedString, start..header.end);
        }
        if header.tag == tag::SET && !self.ascends(header.content..header.end) {
            self.report(Kind::UnsortedSet, start..header.end);
        }
    }

    /// Whether the elements in a range stand in ascending order of their octets.
    fn ascends(&self, range: Range<usize>) -> bool {
        let mut previous: &[u8] = &[];
        let mut at = range.start;
        while at < range.end {
            let [_, length, ..] = self.bytes[at..range.end] else {
                return true;
            };
            let (head, length) = match length {
                0..=0x7f => (2, usize::from(length)),
                0x81 => (3, self.bytes.get(at + 2).copied().unwrap_or(0).into()),
                // Longer attributes than 255 octets are not ordinary: let them be.
                _ => return true,
            };
            let end = (at + head + length).min(range.end);
            let element = &self.bytes[at..end];
            if element < previous {
                return false;
            }
            previous = element;
            at = end;
        }
        true
    }

    fn primitive(&mut self, header: &Header, start: usize, within: Within, depth: usize) {
        let range = start..header.end;
        let value = &self.bytes[header.content..header.end];
        match (header.tag, within) {
            (tag::BOOLEAN, _) => match value {
                [0] if matches!(within, Within::Certificate | Within::BasicConstraints) => {
                    self.report(Kind::DefaultValue, range);
                }
                [0 | 0xff] => {}
                _ => self.report(Kind::Boolean, range),
            },
            (tag::INTEGER | tag::ENUMERATED, _) => {
                let is_minimal = match value {
                    [] => false,
                    [0, next, ..] => next & 0x80 != 0,
                    [0xff, next, ..] => next & 0x80 == 0,
                    _ => true,
                };
                if !is_minimal {
                    self.report(Kind::NonMinimalInteger, range);
                }
            }
            (tag::BIT_STRING, _) => {
                self.bits(value, range, within == Within::NamedBits && depth == 0);
            }
            // reasons.
            (0x81, Within::DistributionPoints) if depth == 2 => self.bits(value, range, true),
            // minimum.
            (0x80, Within::NameConstraints) if depth == 3 && value == [0] => {
                self.report(Kind::DefaultValue, range);
            }
            (tag::OID, _) => {
                let starts = value
                    .iter()
                    .enumerate()
                    .filter(|(index, _)| *index == 0 || value[index - 1] & 0x80 == 0);
                let has_zeros = || starts.clone().any(|(_, &octet)| octet == 0x80);
                let is_cut = value.last().is_none_or(|last| last & 0x80 != 0);
                if is_cut || value.contains(&0x80) && has_zeros() {
                    self.report(Kind::ObjectIdentifier, range);
                }
            }
            _ => {}
        }
    }

    /// A BIT STRING's content: the number of unused bits, and the bits.
    fn bits(&mut self, value: &[u8], range: Range<usize>, named: bool) {
        let is_padded = match value {
            [] => false,
            [unused, rest @ ..] => match rest.last() {
                None => *unused == 0,
                Some(last) => *unused < 8 && last & ((1 << unused) - 1) == 0,
            },
        };
        if !is_padded {
            self.report(Kind::BitStringPadding, range);
        } else if let (true, [unused, .., last]) = (named, value) {
            // The last bit that is kept must be one.
            if last >> unused & 1 == 0 {
                self.report(Kind::TrailingZeroBits, range);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(bytes: &[u8], within: Within) -> Vec<Kind> {
        let mut walk = Walk {
            bytes,
            found: Vec::new(),
        };
        walk.elements(0..bytes.len(), within);
        walk.found.into_iter().map(|one| one.kind).collect()
    }

    #[test]
    fn each_departure_has_its_kind() {
        let cases: [(&[u8], Within, &[Kind]); 22] = [
            (&[0x30, 0x03, 0x01, 0x01, 0xff], Within::Other, &[]),
            (
                &[0x30, 0x80, 0, 0],
                Within::Other,
                &[Kind::IndefiniteLength],
            ),
            (
                &[0x30, 0x81, 0x02, 5, 0],
                Within::Other,
                &[Kind::NonMinimalLength],
            ),
            (&[0x1f, 0x05, 0], Within::Other, &[Kind::NonMinimalTag]),
            (
                &[0x1f, 0x80, 0x40, 0],
                Within::Other,
                &[Kind::NonMinimalTag],
            ),
            (&[0x1f, 0x40, 0], Within::Other, &[]),
            (&[2, 2, 0, 0x7f], Within::Other, &[Kind::NonMinimalInteger]),
            (&[2, 2, 0, 0x80], Within::Other, &[]),
            (&[2, 0], Within::Other, &[Kind::NonMinimalInteger]),
            (&[1, 1, 1], Within::Other, &[Kind::Boolean]),
            (
                &[0x30, 3, 1, 1, 0],
                Within::BasicConstraints,
                &[Kind::DefaultValue],
            ),
            (&[3, 2, 1, 1], Within::Other, &[Kind::BitStringPadding]),
            (&[3, 2, 8, 0], Within::Other, &[Kind::BitStringPadding]),
            (&[3, 1, 0], Within::NamedBits, &[]),
            (&[3, 2, 5, 0xa0], Within::NamedBits, &[]),
            (
                &[3, 2, 0, 0xa0],
                Within::NamedBits,
                &[Kind::TrailingZeroBits],
            ),
            (
                &[0x31, 4, 2, 0, 1, 0],
                Within::Other,
                &[Kind::UnsortedSet, Kind::NonMinimalInteger, Kind::Boolean],
            ),
            (&[0x24, 2, 4, 0], Within::Other, &[Kind::ConstructedString]),
            (
                &[6, 3, 0x2a, 0x80, 1],
                Within::Other,
                &[Kind::ObjectIdentifier],
            ),
            (
                &[6, 2, 0x2a, 0x81],
                Within::Other,
                &[Kind::ObjectIdentifier],
            ),
            (
                &[6, 3, 0x2a, 0x81, 0x80],
                Within::Other,
                &[Kind::ObjectIdentifier],
            ),
            (&[0x30, 5, 0], Within::Other, &[Kind::Overrun]),
        ];
        for (bytes, within, expected) in cases {
            assert_eq!(kinds(bytes, within), expected, "{bytes:02x?}");
        }
    }

    #[test]
    fn deep_nesting_ends() {
        let bytes: Vec<u8> = (0..200_u8).rev().flat_map(|_| [0x30, 0x80]).collect();
        assert_eq!(kinds(&bytes, Within::Other).len(), MOST.min(DEEPEST));
    }
}
