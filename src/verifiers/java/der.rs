//! DER as `sun.security.util.DerValue` reads it: tolerant of lengths that BER allows, strict about what is left over.

/// An exception that Java throws while it reads or validates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Thrown {
    /// The class, as `Throwable.toString` prints it.
    pub(super) class: &'static str,
    /// The message.
    pub(super) message: String,
}

impl Thrown {
    /// An `IOException`, which is what every reader of DER throws.
    pub(super) fn io(message: impl Into<String>) -> Self {
        Self {
            class: "java.io.IOException",
            message: message.into(),
        }
    }

    /// A `CertificateParsingException`.
    pub(super) fn parsing(message: impl Into<String>) -> Self {
        Self {
            class: "java.security.cert.CertificateParsingException",
            message: message.into(),
        }
    }

    /// A `CertificateException`.
    pub(super) fn certificate(message: impl Into<String>) -> Self {
        Self {
            class: "java.security.cert.CertificateException",
            message: message.into(),
        }
    }

    /// Something that this model does not read, and Java may.
    pub(super) fn not_modelled(what: impl Into<String>) -> Self {
        Self {
            class: NOT_MODELLED,
            message: what.into(),
        }
    }

    /// Whether it stands for something that is not modelled, rather than for an exception.
    pub(super) fn is_not_modelled(&self) -> bool {
        self.class == NOT_MODELLED
    }

    /// Whether a reader wraps it: an `IOException` or one of its subclasses.
    pub(super) fn is_io(&self) -> bool {
        self.class.starts_with("java.io.")
    }

    /// What `Throwable.toString` prints.
    pub(super) fn text(&self) -> String {
        format!("{}: {}", self.class, self.message)
    }
}

const NOT_MODELLED: &str = "not modelled";

/// One element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value<'a> {
    /// The identifier octet.
    pub(super) tag: u8,
    /// The content octets.
    pub(super) content: &'a [u8],
    /// Identifier, length and content octets.
    pub(super) raw: &'a [u8],
}

impl<'a> Value<'a> {
    /// Reads the one element that `bytes` hold (`new DerValue(byte[])`).
    pub(super) fn only(bytes: &'a [u8]) -> Result<Self, Thrown> {
        let mut input = Input::new(bytes);
        let value = input.read()?;
        if input.is_empty() {
            Ok(value)
        } else {
            Err(Thrown::io("extra data at the end"))
        }
    }

    /// The elements inside.
    pub(super) fn input(&self) -> Input<'a> {
        Input::new(self.content)
    }

    /// Whether it has this context-specific tag, constructed or not.
    pub(super) fn is_context(&self, number: u8) -> bool {
        self.tag & 0xc0 == 0x80 && self.tag & 0x1f == number
    }

    /// Whether it is constructed.
    pub(super) fn is_constructed(&self) -> bool {
        self.tag & 0x20 != 0
    }

    /// Its content as an object identifier (`ObjectIdentifier.check`).
    pub(super) fn oid(&self) -> Result<&'a [u8], Thrown> {
        if self.tag != 0x06 {
            let tag = i32::from(self.tag.cast_signed());
            return Err(Thrown::io(format!("DerValue.getOID, not an OID {tag}")));
        }
        self.content_as_oid()
    }

    /// The same, whatever its tag is.
    pub(super) fn content_as_oid(&self) -> Result<&'a [u8], Thrown> {
        const LONGEST: usize = 4096;
        let octets = self.content;
        if octets.len() > LONGEST {
            return Err(Thrown::io(
                "ObjectIdentifier encoded length exceeds the restriction in JDK",
            ));
        }
        if octets.last().is_none_or(|last| last & 0x80 != 0) {
            return Err(Thrown::io(
                "ObjectIdentifier() -- Invalid DER encoding, not ended",
            ));
        }
        let mut begins = true;
        for &octet in octets {
            if begins && octet == 0x80 {
                return Err(Thrown::io(
                    "ObjectIdentifier() -- Invalid DER encoding, useless extra octet detected",
                ));
            }
            begins = octet & 0x80 == 0;
        }
        Ok(octets)
    }

    /// Its content as an `int`.
    pub(super) fn int(&self) -> Result<i32, Thrown> {
        if self.tag == 0x02 {
            self.content_as_int()
        } else {
            let tag = i32::from(self.tag.cast_signed());
            Err(Thrown::io(format!(
                "DerValue.getBigIntegerInternal, not expected {tag}"
            )))
        }
    }

    /// The same, whatever its tag is.
    pub(super) fn content_as_int(&self) -> Result<i32, Thrown> {
        let octets = integer(self.content)?;
        let negative = octets[0] & 0x80 != 0;
        if octets.len() > 4 {
            return Err(Thrown::io(if negative {
                "Integer below minimum valid value"
            } else {
                "Integer exceeds maximum valid value"
            }));
        }
        let start = if negative { -1 } else { 0 };
        Ok(octets
            .iter()
            .fold(start, |sum: i32, &octet| (sum << 8) | i32::from(octet)))
    }

    /// The bits of a BIT STRING: the octets, and how many of their last bits do not count.
    pub(super) fn bit_string(&self) -> Result<(&'a [u8], u8), Thrown> {
        if self.tag != 0x03 {
            let tag = i32::from(self.tag.cast_signed());
            return Err(Thrown::io(format!(
                "DerValue.getBitString, not a bit string {tag}"
            )));
        }
        let Some((&unused, octets)) = self.content.split_first() else {
            return Err(Thrown::io("Invalid encoding: zero length bit string"));
        };
        if unused > 7 {
            return Err(Thrown::io("Invalid number of padding bits"));
        }
        if unused > 0 && octets.is_empty() {
            return Err(Thrown::io("Not enough bytes in BitString"));
        }
        Ok((octets, unused))
    }

    /// The octets of an OCTET STRING.
    pub(super) fn octet_string(&self) -> Result<&'a [u8], Thrown> {
        match self.tag {
            0x04 => Ok(self.content),
            0x24 => Err(Thrown::not_modelled("a constructed OCTET STRING")),
            tag => Err(Thrown::io(format!(
                "DerValue.getOctetString, not an Octet String: {}",
                i32::from(tag.cast_signed())
            ))),
        }
    }

    /// A SEQUENCE or SET as a stream of its elements (`toDerInputStream`).
    pub(super) fn as_stream(&self) -> Result<Input<'a>, Thrown> {
        if matches!(self.tag, 0x30 | 0x31) {
            Ok(self.input())
        } else {
            Err(Thrown::io(format!(
                "toDerInputStream rejects tag type {}",
                i32::from(self.tag.cast_signed())
            )))
        }
    }

    /// The elements of a SEQUENCE or SET with this tag (`subs`).
    pub(super) fn elements(&self, tag: u8) -> Result<Vec<Value<'a>>, Thrown> {
        if self.tag != tag {
            return Err(Thrown::io("Not the correct tag"));
        }
        self.input().all()
    }
}

/// An INTEGER's octets without redundant leading ones; two's complement, never empty.
pub(super) fn integer(octets: &[u8]) -> Result<&[u8], Thrown> {
    let mut rest = octets;
    while let [first, second, ..] = rest {
        let redundant = matches!((first, second & 0x80), (0, 0) | (0xff, 0x80));
        if !redundant {
            break;
        }
        rest = &rest[1..];
    }
    if rest.is_empty() {
        return Err(Thrown::io("Invalid encoding: zero length Int value"));
    }
    Ok(rest)
}

/// Elements, one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Input<'a> {
    rest: &'a [u8],
}

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Whether everything was read.
    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// How many octets are left.
    pub(super) fn available(&self) -> usize {
        self.rest.len()
    }

    /// The next element (the constructor of `DerValue`, BER allowed).
    pub(super) fn read(&mut self) -> Result<Value<'a>, Thrown> {
        let bytes = self.rest;
        let [tag, first, after @ ..] = bytes else {
            return Err(Thrown::io("Too short"));
        };
        if tag & 0x1f == 0x1f {
            return Err(Thrown::io("Tag number over 30 is not supported"));
        }
        let (length, header) = match first {
            0..=0x7f => (usize::from(*first), 2),
            0x80 => return Err(Thrown::not_modelled("an indefinite length")),
            0x81..=0x84 => {
                let count = usize::from(first & 0x7f);
                let Some(octets) = after.get(..count) else {
                    return Err(Thrown::io("Not enough length bytes"));
                };
                let length = octets
                    .iter()
                    .fold(0_usize, |sum, &octet| (sum << 8) | usize::from(octet));
                if length > 0x7fff_ffff {
                    return Err(Thrown::io("Invalid length bytes"));
                }
                (length, 2 + count)
            }
            _ => return Err(Thrown::io("Invalid lenByte")),
        };
        let Some(raw) = bytes.get(..header + length) else {
            return Err(Thrown {
                class: "java.io.EOFException",
                message: "not enough content".to_owned(),
            });
        };
        self.rest = &bytes[header + length..];
        Ok(Value {
            tag: *tag,
            content: &raw[header..],
            raw,
        })
    }

    /// All that are left.
    pub(super) fn all(mut self) -> Result<Vec<Value<'a>>, Thrown> {
        let mut values = Vec::new();
        while !self.is_empty() {
            values.push(self.read()?);
        }
        Ok(values)
    }
}
