//! A bounded walk over DER that keeps the offset of everything it reads.

use std::ops::Range;

/// What stops a walk, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DerError {
    /// Offset of the offending byte in the bytes that are walked.
    pub offset: usize,
    /// What is wrong there.
    pub what: &'static str,
}

/// One tag-length-value with its place in the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tlv<'a> {
    bytes: &'a [u8],
    // Certificates hold many of these, so they are small.
    start: u32,
    content: u32,
    end: u32,
    /// The identifier octet.
    pub tag: u8,
}

impl<'a> Tlv<'a> {
    /// Offset of the identifier octet.
    #[must_use]
    pub fn start(&self) -> usize {
        self.start as usize
    }

    /// Offset of the first content octet.
    #[must_use]
    pub fn content(&self) -> usize {
        self.content as usize
    }

    /// Offset after the last content octet.
    #[must_use]
    pub fn end(&self) -> usize {
        self.end as usize
    }

    /// None where it lies beyond the first 4 GiB.
    fn new(bytes: &'a [u8], tag: u8, [start, content, end]: [usize; 3]) -> Option<Self> {
        Some(Self {
            bytes,
            start: u32::try_from(start).ok()?,
            content: u32::try_from(content).ok()?,
            end: u32::try_from(end).ok()?,
            tag,
        })
    }

    /// The content octets.
    #[must_use]
    pub fn value(&self) -> &'a [u8] {
        &self.bytes[self.content()..self.end()]
    }

    /// Identifier, length and content octets.
    #[must_use]
    pub fn raw(&self) -> &'a [u8] {
        &self.bytes[self.start()..self.end()]
    }

    /// Where it stands.
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start()..self.end()
    }

    /// A reader over the octets of a BIT STRING, after its count of unused bits.
    #[must_use]
    pub fn bits(&self) -> Reader<'a> {
        Reader {
            bytes: self.bytes,
            at: (self.content() + 1).min(self.end()),
            end: self.end(),
        }
    }

    /// A reader over the content.
    #[must_use]
    pub fn children(&self) -> Reader<'a> {
        Reader {
            bytes: self.bytes,
            at: self.content(),
            end: self.end(),
        }
    }
}

/// Reads one element after the other, without recursion.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    end: usize,
}

/// Universal tags that certificates use.
pub mod tag {
    #![allow(missing_docs, reason = "the names are X.680's own")]
    pub const BOOLEAN: u8 = 0x01;
    pub const INTEGER: u8 = 0x02;
    pub const BIT_STRING: u8 = 0x03;
    pub const OCTET_STRING: u8 = 0x04;
    pub const NULL: u8 = 0x05;
    pub const OID: u8 = 0x06;
    pub const ENUMERATED: u8 = 0x0a;
    pub const UTF8_STRING: u8 = 0x0c;
    pub const NUMERIC_STRING: u8 = 0x12;
    pub const PRINTABLE_STRING: u8 = 0x13;
    pub const TELETEX_STRING: u8 = 0x14;
    pub const IA5_STRING: u8 = 0x16;
    pub const UTC_TIME: u8 = 0x17;
    pub const GENERALIZED_TIME: u8 = 0x18;
    pub const VISIBLE_STRING: u8 = 0x1a;
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    pub const BMP_STRING: u8 = 0x1e;
    pub const SEQUENCE: u8 = 0x30;
    pub const SET: u8 = 0x31;
}

impl<'a> Reader<'a> {
    /// A reader over all of `bytes`.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            end: bytes.len(),
        }
    }

    /// A reader over what follows `at` in `bytes`.
    #[must_use]
    pub fn starting_at(bytes: &'a [u8], at: usize) -> Self {
        Self {
            bytes,
            at,
            end: bytes.len(),
        }
    }

    /// Whether everything was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.at >= self.end
    }

    /// The offset of the next element.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// The next element's tag, if there is one.
    #[must_use]
    pub fn peek(&self) -> Option<u8> {
        (self.at < self.end).then(|| self.bytes[self.at])
    }

    /// The next element.
    ///
    /// # Errors
    /// The input ends inside the element, or its tag or length has a form that DER does not allow.
    pub fn read(&mut self) -> Result<Tlv<'a>, DerError> {
        let start = self.at;
        let fail = |offset, what| Err(DerError { offset, what });
        if start >= self.end {
            return fail(start, "an element is missing");
        }
        let tag = self.bytes[start];
        if tag & 0x1f == 0x1f {
            return fail(start, "a tag number above 30");
        }
        if start + 1 >= self.end {
            return fail(start, "the length is missing");
        }
        let first = self.bytes[start + 1];
        let (length, content) = match first {
            0..=0x7f => (usize::from(first), start + 2),
            0x80 => return fail(start + 1, "an indefinite length, which DER does not allow"),
            0x81..=0x84 => {
                let count = usize::from(first & 0x7f);
                if start + 2 + count > self.end {
                    return fail(start + 1, "the length is cut off");
                }
                let octets = &self.bytes[start + 2..start + 2 + count];
                let length = octets
                    .iter()
                    .fold(0_usize, |sum, &octet| (sum << 8) | usize::from(octet));
                (length, start + 2 + count)
            }
            _ => return fail(start + 1, "a length of more than four octets"),
        };
        let Some(end) = content.checked_add(length).filter(|&end| end <= self.end) else {
            return fail(start + 1, "a length that runs past the end");
        };
        let Some(tlv) = Tlv::new(self.bytes, tag, [start, content, end]) else {
            return fail(start, "an element beyond the first 4 GiB");
        };
        self.at = end;
        Ok(tlv)
    }

    /// Passes over everything that remains.
    pub(super) fn skip_all(&mut self) {
        self.at = self.end;
    }

    /// An element without content where the next one should be.
    pub(super) fn nothing(&self) -> Tlv<'a> {
        let at = self.at.min(self.end);
        let at = u32::try_from(at).unwrap_or(u32::MAX);
        Tlv {
            bytes: self.bytes,
            start: at,
            content: at,
            end: at,
            tag: 0,
        }
    }

    /// The next element if it has this tag and a length, as far as there are bytes of it.
    pub(super) fn cut(&self, tag: u8) -> Option<Tlv<'a>> {
        let &[found, first, ..] = self.bytes.get(self.at..self.end)? else {
            return None;
        };
        let more = if first > 0x80 {
            usize::from(first & 0x7f)
        } else {
            0
        };
        let content = self.at + 2 + more;
        let is_there = found == tag && content < self.end;
        is_there
            .then(|| Tlv::new(self.bytes, tag, [self.at, content, self.end]))
            .flatten()
    }

    /// The next element, which must have this tag.
    ///
    /// # Errors
    /// As [`Self::read`], and when the tag is another; `what` names what was expected.
    pub fn expect(&mut self, tag: u8, what: &'static str) -> Result<Tlv<'a>, DerError> {
        let offset = self.at;
        match self.peek() {
            Some(found) if found == tag => self.read(),
            _ => Err(DerError { offset, what }),
        }
    }

    /// The next element if it has this tag.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn optional(&mut self, tag: u8) -> Result<Option<Tlv<'a>>, DerError> {
        if self.peek() == Some(tag) {
            self.read().map(Some)
        } else {
            Ok(None)
        }
    }

    /// How many elements remain, up to the first that cannot be read.
    #[must_use]
    pub fn count(self) -> usize {
        self.elements().count()
    }

    /// All remaining elements; stops at the first that cannot be read.
    pub fn elements(mut self) -> impl Iterator<Item = Tlv<'a>> {
        std::iter::from_fn(move || {
            if self.is_empty() {
                None
            } else {
                self.read().ok()
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_checked_against_the_end() {
        let error = Reader::new(&[0x30, 0x82, 0x01, 0x00, 0x00]).read();
        assert_eq!(error.map_err(|error| error.offset), Err(1));
        let error = Reader::new(&[0x30, 0x80, 0, 0]).read();
        assert_eq!(error.map_err(|error| error.offset), Err(1));
        assert!(Reader::new(&[0x30]).read().is_err());
    }
}
