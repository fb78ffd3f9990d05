//! The parameters of RSASSA-PSS (RFC 4055 §3.1).

use super::der::{Tlv, tag};
use super::key::Algorithm;
use super::oid::{self, Oid};

/// The parameters of RSASSA-PSS, defaults filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PssParameters<'a> {
    /// The digest of the message.
    pub hash: Oid<'a>,
    /// The function that makes the mask; MGF1 is the only one there is.
    pub mask: Oid<'a>,
    /// The digest inside the mask function; empty where the function has none.
    pub mask_hash: Oid<'a>,
    /// How many octets of salt there are.
    pub salt_length: usize,
    /// Which octet ends the padding: 1 stands for 0xbc, the only one there is.
    pub trailer: usize,
}

impl<'a> PssParameters<'a> {
    /// Reads RSASSA-PSS-params; none where a field cannot be read.
    #[must_use]
    pub fn parse(parameters: &Tlv<'a>) -> Option<Self> {
        if parameters.tag != tag::SEQUENCE {
            return None;
        }
        let mut pss = Self {
            hash: oid::SHA1,
            mask: oid::MGF1,
            mask_hash: oid::SHA1,
            salt_length: 20,
            trailer: 1,
        };
        let mut fields = parameters.children();
        while !fields.is_empty() {
            let field = fields.read().ok()?;
            let inner = field.children().read().ok()?;
            match field.tag {
                0xa0 => pss.hash = Algorithm::parse(&inner).ok()?.oid,
                0xa1 => {
                    let mask = Algorithm::parse(&inner).ok()?;
                    pss.mask = mask.oid;
                    pss.mask_hash = match mask.parameters {
                        Some(digest) if digest.tag == tag::SEQUENCE => {
                            Algorithm::parse(&digest).ok()?.oid
                        }
                        _ if mask.oid != oid::MGF1 => Oid(&[]),
                        _ => return None,
                    };
                }
                0xa2 => pss.salt_length = number(&inner)?,
                0xa3 => pss.trailer = number(&inner)?,
                _ => return None,
            }
        }
        Some(pss)
    }
}

fn number(integer: &Tlv<'_>) -> Option<usize> {
    let octets = integer.value();
    let negative = *octets.first()? >= 0x80;
    if integer.tag != tag::INTEGER || negative {
        return None;
    }
    octets.iter().try_fold(0_usize, |sum, &octet| {
        sum.checked_mul(256)?.checked_add(octet.into())
    })
}
