//! Which values of extensions OpenSSL decodes (`x509v3_cache_extensions`, `crypto/x509/v3_purp.c`, and the templates of
//! crypto/x509). Where one does not, the certificate is invalid: neither an issuer nor a good end-entity.

use super::parse::{self, takes_general_name};
use super::proxy;
use super::x509::{AUTONOMOUS_SYSTEM_IDS, IP_ADDRESS_BLOCKS, NETSCAPE_CERT_TYPE, PROXY_CERT_INFO};
use crate::cert::Certificate;
use crate::cert::der::{Reader, Tlv, tag};
use crate::cert::distribution::DistributionPointName;
use crate::cert::extension::GeneralName;
use crate::cert::oid::{self, Oid};

/// Whether an extension is absent, or there once with a value that decodes.
pub(super) fn decodes(certificate: &Certificate<'_>, oid: Oid<'_>) -> bool {
    let mut all = certificate.extensions.iter().filter(|one| one.oid == oid);
    let Some(first) = all.next() else { return true };
    if oid == oid::CRL_DISTRIBUTION_POINTS {
        return all.next().is_none() && are_distribution_points(first.value.value());
    }
    let malformed = certificate.values.malformed.iter();
    let structured = match oid {
        NETSCAPE_CERT_TYPE | oid::KEY_USAGE => is_bit_string(first.value.value()),
        oid::BASIC_CONSTRAINTS => is_basic_constraints(first.value.value()),
        oid::AUTHORITY_KEY_IDENTIFIER => is_authority_key_id(first.value.value()),
        oid::EXTENDED_KEY_USAGE => Reader::new(first.value.value())
            .read()
            .is_ok_and(|list| parse::objects(&list).is_ok()),
        PROXY_CERT_INFO => proxy::read(first.value.value()).is_some(),
        IP_ADDRESS_BLOCKS | AUTONOMOUS_SYSTEM_IDS => Reader::new(first.value.value())
            .read()
            .is_ok_and(|value| value.tag == tag::SEQUENCE),
        _ => true,
    };
    all.next().is_none()
        && structured
        && !malformed
            .into_iter()
            .any(|(malformed, _)| *malformed == oid)
        && general_names_decode(certificate, oid)
}

/// Whether the names in the extension decode, too.
fn general_names_decode(certificate: &Certificate<'_>, oid: Oid<'_>) -> bool {
    let values = &certificate.values;
    match oid {
        oid::SUBJECT_ALT_NAME => values.subject_alt_names.iter().all(takes_general_name),
        oid::NAME_CONSTRAINTS => {
            let mut constraints = values.name_constraints.iter();
            constraints.all(|constraints| {
                let mut subtrees = constraints.subtrees();
                subtrees.all(|subtree| takes_general_name(&subtree.base))
            })
        }
        _ => true,
    }
}

/// A BIT STRING with its count of unused bits (`c2i_ASN1_BIT_STRING`).
fn is_bit_string(der: &[u8]) -> bool {
    let value = Reader::new(der).expect(tag::BIT_STRING, "a BIT STRING");
    value.is_ok_and(|value| value.value().first().is_some_and(|unused| *unused <= 7))
}

/// A BOOLEAN of one octet, an INTEGER without padding (`c2i_ASN1_INTEGER`), and nothing else; both may be absent.
fn is_basic_constraints(der: &[u8]) -> bool {
    let Ok(value) = Reader::new(der).expect(tag::SEQUENCE, "basicConstraints") else {
        return false;
    };
    let mut fields = value.children();
    let (Ok(ca), Ok(path_len)) = (fields.optional(tag::BOOLEAN), fields.optional(tag::INTEGER))
    else {
        return false;
    };
    ca.is_none_or(|ca| ca.value().len() == 1)
        && path_len.is_none_or(|length| !is_padded(length.value()))
        && fields.is_empty()
}

/// Whether an INTEGER's octets are none that `c2i_ASN1_INTEGER` takes: there are none, or one in front is superfluous.
fn is_padded(integer: &[u8]) -> bool {
    matches!(integer, [] | [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..])
}

/// keyIdentifier, authorityCertIssuer and authorityCertSerialNumber, each at most once, in that order.
fn is_authority_key_id(der: &[u8]) -> bool {
    /// authorityCertSerialNumber.
    const SERIAL: u8 = 0x82;
    let Ok(value) = Reader::new(der).expect(tag::SEQUENCE, "authorityKeyIdentifier") else {
        return false;
    };
    let mut allowed = [0x80, 0xa1, SERIAL].iter();
    let mut fields = value.children().elements();
    fields.all(|field| {
        let is_serial = field.tag == SERIAL;
        allowed.any(|tag| *tag == field.tag) && !(is_serial && is_padded(field.value()))
    })
}

/// `CRL_DIST_POINTS`.
fn are_distribution_points(der: &[u8]) -> bool {
    let Ok(list) = Reader::new(der).expect(tag::SEQUENCE, "cRLDistributionPoints") else {
        return false;
    };
    let mut points = list.children();
    while !points.is_empty() {
        match points.expect(tag::SEQUENCE, "a distribution point") {
            Ok(point) if is_distribution_point(&point) => {}
            _ => return false,
        }
    }
    true
}

/// The first content octet of an element, or of the first part where it is put together from parts (BER).
fn first_octet(element: &Tlv<'_>) -> Option<u8> {
    let mut part = *element;
    while part.tag & CONSTRUCTED != 0 {
        part = part.children().read().ok()?;
    }
    part.value().first().copied()
}

/// The bit of a tag that says that elements are inside.
const CONSTRUCTED: u8 = 0x20;

/// distributionPoint, reasons and cRLIssuer, each at most once, in that order, and nothing else.
fn is_distribution_point(point: &Tlv<'_>) -> bool {
    let mut fields = point.children();
    let mut last = None;
    while !fields.is_empty() {
        let Ok(field) = fields.read() else {
            return false;
        };
        let number = field.tag & !CONSTRUCTED;
        let is_fine = match number {
            0x80 => field.tag == 0xa0 && is_point_name(&field),
            // A BIT STRING: the count of its unused bits comes first.
            0x81 => first_octet(&field).is_some_and(|unused| unused <= 7),
            0x82 => are_general_names(&field),
            _ => false,
        };
        if !is_fine || last.is_some_and(|last| number <= last) {
            return false;
        }
        last = Some(number);
    }
    true
}

/// A fullName, or a nameRelativeToCRLIssuer, in an explicit tag of its own.
fn is_point_name(field: &Tlv<'_>) -> bool {
    let mut content = field.children();
    let Ok(choice) = content.read() else {
        return false;
    };
    content.is_empty()
        && match choice.tag & !CONSTRUCTED {
            0x80 => are_general_names(&choice),
            0x81 => matches!(
                DistributionPointName::parse(field),
                Ok(DistributionPointName::RelativeToCrlIssuer(_))
            ),
            _ => false,
        }
}

fn are_general_names(list: &Tlv<'_>) -> bool {
    let mut names = list.children();
    while !names.is_empty() {
        match names.read() {
            Ok(name) => {
                let name = GeneralName::of(name);
                if !name.is_legal() || !takes_general_name(&name) {
                    return false;
                }
            }
            Err(_) => return false,
        }
    }
    true
}
