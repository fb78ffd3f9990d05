//! DER as Go reads it, and object identifiers and numbers in it.
//!
//! Source: `golang.org/x/crypto/cryptobyte/asn1.go` as vendored in Go 1.27.3 and Go 1.19. Lengths must be minimal, and
//! what follows the elements that a caller asks for is looked at only where the caller does. This tool's own reader
//! takes lengths that are not minimal, and so cannot stand in.

use std::fmt;

use super::Release;
use crate::cert::der::tag;

/// Octets that are read from the front.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Input<'a>(pub(super) &'a [u8]);

impl<'a> Input<'a> {
    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn peek(self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// The next element: its tag, the whole of it, and its content.
    pub(super) fn any(&mut self) -> Option<(u8, &'a [u8], &'a [u8])> {
        let (&tag, &first) = (self.0.first()?, self.0.get(1)?);
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (header, length) = match first {
            0..=0x7f => (2, usize::from(first)),
            0x81..=0x84 => {
                let count = usize::from(first & 0x7f);
                let octets = self.0.get(2..2 + count)?;
                let length = octets
                    .iter()
                    .fold(0_u64, |sum, &octet| (sum << 8) | u64::from(octet));
                if length < 128 || octets[0] == 0 {
                    return None;
                }
                (2 + count, usize::try_from(length).ok()?)
            }
            _ => return None,
        };
        let whole = self.0.get(..header.checked_add(length)?)?;
        self.0 = &self.0[whole.len()..];
        Some((tag, whole, &whole[header..]))
    }

    /// The content of the next element, which must have this tag.
    pub(super) fn read(&mut self, tag: u8) -> Option<Input<'a>> {
        let (found, _, content) = self.any()?;
        (found == tag).then_some(Input(content))
    }

    /// The whole of the next element, which must have this tag.
    pub(super) fn element(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (found, whole, _) = self.any()?;
        (found == tag).then_some(whole)
    }

    /// The content of the next element if it has this tag; the outer none is an error.
    #[allow(
        clippy::option_option,
        reason = "an element that cannot be read is not one that is absent"
    )]
    pub(super) fn optional(&mut self, tag: u8) -> Option<Option<Input<'a>>> {
        if self.peek(tag) {
            self.read(tag).map(Some)
        } else {
            Some(None)
        }
    }

    pub(super) fn boolean(&mut self) -> Option<bool> {
        match self.read(tag::BOOLEAN)?.0 {
            [0] => Some(false),
            [0xff] => Some(true),
            _ => None,
        }
    }

    /// The octets of an INTEGER, which must be minimal.
    pub(super) fn integer(&mut self) -> Option<&'a [u8]> {
        self.integer_tagged(tag::INTEGER)
    }

    pub(super) fn integer_tagged(&mut self, tag: u8) -> Option<&'a [u8]> {
        let octets = self.read(tag)?.0;
        match octets {
            [] | [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => None,
            _ => Some(octets),
        }
    }

    pub(super) fn int64(&mut self) -> Option<i64> {
        int64(self.integer()?)
    }

    pub(super) fn oid(&mut self, release: Release) -> Option<Oid> {
        Oid::parse(self.read(tag::OID)?.0, release)
    }

    /// A BIT STRING: its octets, and how many bits of the last are unused.
    pub(super) fn bit_string(&mut self) -> Option<BitString<'a>> {
        let (&unused, octets) = self.read(tag::BIT_STRING)?.0.split_first()?;
        let spare = match octets.last() {
            None => unused,
            Some(last) if unused <= 7 => last & ((1 << unused) - 1),
            Some(_) => return None,
        };
        (spare == 0).then_some(BitString { octets, unused })
    }
}

/// A number as Go's `int64`; none where it does not fit.
pub(super) fn int64(octets: &[u8]) -> Option<i64> {
    if octets.len() > 8 {
        return None;
    }
    let sign = if octets.first()? & 0x80 == 0 { 0 } else { -1 };
    Some(
        octets
            .iter()
            .fold(sign, |sum: i64, &octet| (sum << 8) | i64::from(octet)),
    )
}

/// A BIT STRING.
#[derive(Clone, Copy, Debug)]
pub(super) struct BitString<'a> {
    pub(super) octets: &'a [u8],
    unused: u8,
}

impl BitString<'_> {
    /// The bit with this number, counted from the most significant; false where there is none.
    pub(super) fn at(self, bit: usize) -> bool {
        self.octets
            .get(bit / 8)
            .is_some_and(|octet| octet & (0x80 >> (bit % 8)) != 0)
    }

    /// The bits moved to the end of the octets (`asn1.BitString.RightAlign`).
    pub(super) fn right_aligned(self) -> Vec<u8> {
        if self.unused == 0 {
            return self.octets.to_vec();
        }
        let mut above = 0;
        let shift = |&octet: &u8| {
            let moved = (octet >> self.unused) | above;
            above = octet << (8 - self.unused);
            moved
        };
        self.octets.iter().map(shift).collect()
    }
}

/// An object identifier by its numbers, each below 2^31.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Oid(Vec<u32>);

impl Oid {
    fn parse(octets: &[u8], release: Release) -> Option<Self> {
        let mut rest = octets;
        let mut arcs = Vec::with_capacity(octets.len() + 1);
        let first = arc(&mut rest, release)?;
        let top = (first / 40).min(2);
        arcs.extend([top, first - 40 * top]);
        while !rest.is_empty() {
            arcs.push(arc(&mut rest, release)?);
        }
        Some(Self(arcs))
    }

    pub(super) fn arcs(&self) -> &[u32] {
        &self.0
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arcs: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&arcs.join("."))
    }
}

/// One number of an object identifier. Go 1.19 lets it begin with zero bits.
fn arc(rest: &mut &[u8], release: Release) -> Option<u32> {
    let mut value = 0_u32;
    for index in 0..5 {
        if value >= 1 << 24 {
            return None;
        }
        let (&octet, after) = rest.split_first()?;
        *rest = after;
        if index == 0 && octet == 0x80 && release >= Release::V1_27 {
            return None;
        }
        value = (value << 7) | u32::from(octet & 0x7f);
        if octet & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
