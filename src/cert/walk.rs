//! A walk through a certificate that goes on after what does not decode.

use std::ops::Range;

use super::Unreadable;
use super::der::{DerError, Reader, Tlv, tag};
use super::extension::Extension;

/// What follows the public key in TBSCertificate.
#[derive(Default)]
pub(super) struct Tail<'a> {
    pub(super) unique_ids: [Option<Tlv<'a>>; 2],
    pub(super) extensions: Vec<Extension<'a>>,
    pub(super) extensions_range: Option<Range<usize>>,
}

/// A walk that goes on after a field that does not decode, and keeps what was wrong.
#[derive(Default)]
pub(super) struct Walk {
    pub(super) defects: Vec<Unreadable>,
}

impl Walk {
    /// What `result` gives, or `otherwise` and one more defect.
    pub(super) fn or<T>(
        &mut self,
        field: &'static str,
        result: Result<T, DerError>,
        otherwise: T,
    ) -> T {
        result.unwrap_or_else(|error| {
            self.defects.push(Unreadable { field, error });
            otherwise
        })
    }

    /// The next element of `reader`; an empty one where it is none of this tag.
    pub(super) fn element<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        tag: u8,
        what: &'static str,
        field: &'static str,
    ) -> Tlv<'a> {
        let nothing = reader.nothing();
        let what = if reader.is_empty() {
            "it is missing"
        } else {
            what
        };
        let element = reader.expect(tag, what);
        if element.is_err() {
            // It may be of another type; what follows is in its place then.
            let _ = reader.read();
        }
        self.or(field, element, nothing)
    }

    /// A sequence; where its end is missing, or beyond the end of what is there, as much of it as there is.
    pub(super) fn frame<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        field: &'static str,
    ) -> Option<Tlv<'a>> {
        let cut = reader.cut(tag::SEQUENCE);
        match reader.expect(tag::SEQUENCE, "it is not a SEQUENCE") {
            Ok(sequence) => Some(sequence),
            Err(error) => {
                self.defects.push(Unreadable { field, error });
                // What follows it, if anything does, cannot be told from what is in it.
                reader.skip_all();
                cut
            }
        }
    }

    pub(super) fn sequence<'a>(&mut self, reader: &mut Reader<'a>, field: &'static str) -> Tlv<'a> {
        self.element(reader, tag::SEQUENCE, "it is not a SEQUENCE", field)
    }

    /// The version as the standard counts.
    pub(super) fn version(&mut self, explicit: Option<Tlv<'_>>) -> u32 {
        let Some(explicit) = explicit else { return 1 };
        let field = "tbsCertificate.version";
        let mut content = explicit.children();
        let number = self.element(&mut content, tag::INTEGER, "it is not an INTEGER", field);
        let octets = number.value().iter();
        let sum = octets.fold(0_u32, |sum, &octet| {
            sum.saturating_mul(256).saturating_add(octet.into())
        });
        sum.saturating_add(1)
    }

    pub(super) fn tail<'a>(&mut self, mut fields: Reader<'a>) -> Tail<'a> {
        let mut tail = Tail::default();
        let mut last = 0;
        while !fields.is_empty() {
            let field = match fields.read() {
                Ok(field) => field,
                Err(error) => {
                    let field = "tbsCertificate";
                    self.defects.push(Unreadable { field, error });
                    break;
                }
            };
            let number = field.tag & 0x1f;
            if !matches!(field.tag, 0x81 | 0xa1 | 0x82 | 0xa2 | 0xa3) || number <= last {
                self.defects.push(Unreadable {
                    field: "tbsCertificate",
                    error: DerError {
                        offset: field.start(),
                        what: "an element that does not belong here, after the public key",
                    },
                });
                continue;
            }
            last = number;
            match field.tag {
                0x81 | 0xa1 => tail.unique_ids[0] = Some(field),
                0x82 | 0xa2 => tail.unique_ids[1] = Some(field),
                0xa3 => {
                    tail.extensions_range = Some(field.range());
                    tail.extensions = self.extensions(&field);
                }
                _ => {}
            }
        }
        tail
    }

    /// The extensions, as far as they can be told apart.
    pub(super) fn extensions<'a>(&mut self, field: &Tlv<'a>) -> Vec<Extension<'a>> {
        const FIELD: &str = "tbsCertificate.extensions";
        let mut list = self.sequence(&mut field.children(), FIELD).children();
        let mut extensions = Vec::with_capacity(list.count());
        while !list.is_empty() {
            let sequence = list.expect(tag::SEQUENCE, "an extension is not a SEQUENCE");
            let is_lost = sequence.is_err();
            match sequence.and_then(Extension::parse) {
                Ok(extension) => extensions.push(extension),
                Err(error) => self.defects.push(Unreadable {
                    field: FIELD,
                    error,
                }),
            }
            if is_lost && list.read().is_err() {
                break;
            }
        }
        extensions
    }
}
