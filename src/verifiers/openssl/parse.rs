//! What `d2i_X509`, `d2i_X509_AUX` and `d2i_X509_CRL` refuse beyond what this crate's parser does.
//!
//! `crypto/asn1/tasn_dec.c` with the templates of `crypto/x509`. The one-octet checks are those of
//! `c2i_ASN1_INTEGER`, `c2i_ASN1_OBJECT`, `c2i_ASN1_BIT_STRING` and `asn1_ex_c2i`. OpenSSL reads BER as
//! well: what this crate cannot read for its indefinite
//! lengths alone is passed on whole, and is then a certificate
//! that only OpenSSL knows. Strings made of parts are not modelled.

use super::name;
use crate::analysis::OpensslRelease;
use crate::cert::crl::Crl;
use crate::cert::der::{Reader, Tlv, tag};
use crate::cert::extension::GeneralName;
use crate::cert::name::Name;
use crate::cert::{Certificate, Unreadable};

/// Why OpenSSL refuses to decode something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The element's header cannot be read.
    HeaderTooLong,
    /// The element runs past the end.
    TooLong,
    /// Another element was expected.
    WrongTag,
    /// The rest, by its reason.
    Content(&'static str, u32),
}

/// The kind of a registeredID.
const REGISTERED_ID: u8 = 8;

const LENGTH_MISMATCH: Refusal = Refusal::Content("sequence length mismatch", 148);
const ILLEGAL_PADDING: Refusal = Refusal::Content("illegal padding", 221);
const ZERO_CONTENT: Refusal = Refusal::Content("illegal zero content", 222);
const BAD_OBJECT: Refusal = Refusal::Content("invalid object encoding", 216);
const BAD_BITS_LEFT: Refusal = Refusal::Content("invalid bit string bits left", 220);
const TOO_SHORT: Refusal = Refusal::Content("string too short", 152);
const UTC_TIME_TOO_SHORT: Refusal = Refusal::Content("utctime is too short", 233);
const GENERALIZED_TIME_TOO_SHORT: Refusal = Refusal::Content("generalizedtime is too short", 232);
const BAD_BOOLEAN: Refusal = Refusal::Content("boolean is wrong length", 106);
const FIELD_MISSING: Refusal = Refusal::Content("field missing", 121);
pub(super) const NESTED: Refusal = Refusal::Content("nested asn1 error", 58);

/// `X509_CERT_AUX` as far as verification asks for it: the content octets of OIDs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::verifiers) struct Trust {
    /// The purposes it is trusted for; none where the list is absent.
    pub trusted: Option<Vec<Vec<u8>>>,
    /// The purposes it is rejected for.
    pub rejected: Vec<Vec<u8>>,
}

/// `d2i_X509`: how many octets the certificate takes of `block`.
pub(super) fn certificate(block: &[u8], release: OpensslRelease) -> Result<usize, Refusal> {
    top(block)?;
    let certificate = match Certificate::parse(block) {
        Ok(certificate) => certificate,
        Err(error) => {
            return only_for_openssl(&error, block)
                .then_some(block.len())
                .ok_or(NESTED);
        }
    };
    let mut outer = children(certificate.der)?;
    let tbs = outer.read().map_err(|_| NESTED)?;
    signed_tail(&mut outer)?;

    let mut fields = tbs.children();
    if let Some(version) = optional(&mut fields, 0xa0)? {
        integer(&only(&version)?)?;
    }
    integer(&next(&mut fields)?)?;
    algorithm(&next(&mut fields)?)?;
    names(&next(&mut fields)?, &certificate.issuer)?;
    let mut dates = next(&mut fields)?.children();
    time(&next(&mut dates)?, release)?;
    time(&next(&mut dates)?, release)?;
    finished(&dates)?;
    names(&next(&mut fields)?, &certificate.subject)?;
    let mut key = next(&mut fields)?.children();
    algorithm(&next(&mut key)?)?;
    bit_string(&next(&mut key)?)?;
    finished(&key)?;
    for tag in [0x81, 0x82] {
        if let Some(id) = optional(&mut fields, tag)? {
            bit_string(&id)?;
        }
    }
    extensions(&mut fields, 0xa3)?;
    finished(&fields)?;
    Ok(certificate.der.len())
}

/// `d2i_X509_AUX`: what follows the certificate must be an `X509_CERT_AUX`.
pub(super) fn certificate_aux(
    block: &[u8],
    release: OpensslRelease,
) -> Result<(usize, Option<Trust>), (Refusal, bool)> {
    let length = certificate(block, release).map_err(|refusal| (refusal, false))?;
    let rest = &block[length..];
    if rest.is_empty() {
        return Ok((length, None));
    }
    match aux(rest) {
        Ok(trust) => Ok((length, Some(trust))),
        Err(refusal) => Err((refusal, true)),
    }
}

/// `d2i_X509_CRL`.
pub(super) fn crl(block: &[u8], release: OpensslRelease) -> Result<usize, Refusal> {
    top(block)?;
    let crl = match Crl::parse(block) {
        Ok(crl) => crl,
        Err(error) => {
            // Two kinds at once only make the distribution point invalid (`setup_idp`): the CRL is never chosen.
            let only_unusable = error
                .error
                .what
                .starts_with("the CRL is limited to two kinds");
            return (only_unusable || only_for_openssl(&error, block))
                .then_some(block.len())
                .ok_or(NESTED);
        }
    };
    let mut outer = children(crl.der)?;
    let tbs = outer.read().map_err(|_| NESTED)?;
    signed_tail(&mut outer)?;

    let mut fields = tbs.children();
    if let Some(version) = optional(&mut fields, tag::INTEGER)? {
        integer(&version)?;
    }
    algorithm(&next(&mut fields)?)?;
    names(&next(&mut fields)?, &crl.issuer)?;
    time(&next(&mut fields)?, release)?;
    if let Some(tag::UTC_TIME | tag::GENERALIZED_TIME) = fields.peek() {
        time(&next(&mut fields)?, release)?;
    }
    if let Some(revoked) = optional(&mut fields, tag::SEQUENCE)? {
        let mut entries = revoked.children();
        while !entries.is_empty() {
            let mut entry = entries
                .expect(tag::SEQUENCE, "")
                .map_err(|_| Refusal::WrongTag)?
                .children();
            integer(&next(&mut entry)?)?;
            time(&next(&mut entry)?, release)?;
            if let Some(list) = optional(&mut entry, tag::SEQUENCE)? {
                extension_list(list.children())?;
            }
            finished(&entry)?;
        }
    }
    extensions(&mut fields, 0xa0)?;
    finished(&fields)?;
    Ok(crl.der.len())
}

/// Whether `d2i_GENERAL_NAME` takes a name of a subjectAltName or of a nameConstraints subtree.
///
/// Where it does not, the extension does not decode: `x509v3_cache_extensions` marks the certificate with
/// `EXFLAG_INVALID`, and it is then neither an issuer nor a valid end-entity.
pub(in crate::verifiers) fn takes_general_name(name: &GeneralName<'_>) -> bool {
    let checked = match name.kind {
        GeneralName::OTHER_NAME => other_name(name),
        GeneralName::DIRECTORY_NAME => directory_name(name),
        REGISTERED_ID => object_content(name.value),
        _ => Ok(()),
    };
    checked.is_ok()
}

fn other_name(name: &GeneralName<'_>) -> Result<(), Refusal> {
    let mut fields = name.tlv.children();
    object(&next(&mut fields)?)?;
    let value = next(&mut fields)?;
    (value.tag == 0xa0).then_some(()).ok_or(Refusal::WrongTag)?;
    only(&value)?;
    finished(&fields)
}

fn directory_name(name: &GeneralName<'_>) -> Result<(), Refusal> {
    let sequence = only(&name.tlv)?;
    let name = name.directory_name().map_err(|_| NESTED)?;
    names(&sequence, &name)
}

/// Whether a private key looks like one of PKCS #8, PKCS #1 or RFC 5915: no more of it is looked at.
pub(super) fn private_key(block: &[u8]) -> Result<(), Refusal> {
    top(block)?;
    let mut fields = children(block)?;
    integer(&next(&mut fields)?)?;
    let second = next(&mut fields)?.tag;
    let is_key = matches!(second, tag::SEQUENCE | tag::INTEGER | tag::OCTET_STRING);
    is_key.then_some(()).ok_or(Refusal::WrongTag)
}

/// `asn1_check_tlen` of the outermost SEQUENCE: the header comes before the tag.
fn top(block: &[u8]) -> Result<(), Refusal> {
    let mut reader = Reader::new(block);
    match reader.read() {
        Ok(whole) if whole.tag == tag::SEQUENCE => Ok(()),
        Ok(_) => Err(Refusal::WrongTag),
        Err(_) => match block {
            [] | [_] => Err(Refusal::HeaderTooLong),
            [tag, ..] if tag & 0x1f == 0x1f => Err(Refusal::WrongTag),
            [tag::SEQUENCE, 0x80, ..] => Ok(()),
            [_, 0x85..=0xff, ..] => Err(Refusal::HeaderTooLong),
            [_, length @ 0x81..=0x84, rest @ ..] if rest.len() < usize::from(length & 0x7f) => {
                Err(Refusal::HeaderTooLong)
            }
            _ => Err(Refusal::TooLong),
        },
    }
}

/// Whether only indefinite lengths, which are well formed, kept this crate from reading it.
fn only_for_openssl(error: &Unreadable, block: &[u8]) -> bool {
    error.error.what.starts_with("an indefinite length") && is_ber(block)
}

/// Whether the block begins with an element whose elements all end where they should.
fn is_ber(block: &[u8]) -> bool {
    /// `ASN1_MAX_CONSTRUCTED_NEST` of `tasn_dec.c`.
    const DEEPEST: usize = 30;
    // The end of every open element; none where its length is indefinite.
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut at = 0;
    loop {
        while open.last() == Some(&Some(at)) {
            open.pop();
        }
        if at > 0 && open.is_empty() {
            return true;
        }
        if open.last() == Some(&None) && block[at..].starts_with(&[0, 0]) {
            open.pop();
            at += 2;
            continue;
        }
        let Some((constructed, header, length)) = ber_header(&block[at..]) else {
            return false;
        };
        at += header;
        let end = length.map(|length| at + length);
        let outer = open.iter().rev().flatten().next();
        if end.is_some_and(|end| end > *outer.unwrap_or(&block.len())) || open.len() > DEEPEST {
            return false;
        }
        match end {
            Some(end) if !constructed => at = end,
            None if !constructed => return false,
            _ => open.push(end),
        }
    }
}

/// Whether the element is constructed, how long its header is, and its length if it has one.
fn ber_header(bytes: &[u8]) -> Option<(bool, usize, Option<usize>)> {
    let (&tag, &first) = (bytes.first()?, bytes.get(1)?);
    let count = usize::from(first & 0x7f);
    let length = match first {
        _ if tag & 0x1f == 0x1f => return None,
        0..=0x7f => return Some((tag & 0x20 != 0, 2, Some(count))),
        0x80 => None,
        0x81..=0x84 => {
            let octets = bytes.get(2..2 + count)?;
            Some(
                octets
                    .iter()
                    .fold(0, |sum, &octet| sum << 8 | usize::from(octet)),
            )
        }
        _ => return None,
    };
    Some((tag & 0x20 != 0, 2 + count, length))
}

fn children(der: &[u8]) -> Result<Reader<'_>, Refusal> {
    Ok(Reader::new(der).read().map_err(|_| NESTED)?.children())
}

fn next<'a>(reader: &mut Reader<'a>) -> Result<Tlv<'a>, Refusal> {
    reader.read().map_err(|_| FIELD_MISSING)
}

fn optional<'a>(reader: &mut Reader<'a>, tag: u8) -> Result<Option<Tlv<'a>>, Refusal> {
    reader.optional(tag).map_err(|_| Refusal::TooLong)
}

fn finished(reader: &Reader<'_>) -> Result<(), Refusal> {
    reader.is_empty().then_some(()).ok_or(LENGTH_MISMATCH)
}

/// The one element in an explicit tag.
fn only<'a>(explicit: &Tlv<'a>) -> Result<Tlv<'a>, Refusal> {
    let mut inside = explicit.children();
    let element = next(&mut inside)?;
    finished(&inside)?;
    Ok(element)
}

/// signatureAlgorithm and signatureValue, and nothing after them.
fn signed_tail(outer: &mut Reader<'_>) -> Result<(), Refusal> {
    algorithm(&next(outer)?)?;
    bit_string(&next(outer)?)?;
    finished(outer)
}

fn integer(element: &Tlv<'_>) -> Result<(), Refusal> {
    match element.value() {
        _ if element.tag != tag::INTEGER => Err(Refusal::WrongTag),
        [] => Err(ZERO_CONTENT),
        [0, second, ..] if second & 0x80 == 0 => Err(ILLEGAL_PADDING),
        [0xff, second, ..] if second & 0x80 != 0 => Err(ILLEGAL_PADDING),
        _ => Ok(()),
    }
}

fn object(element: &Tlv<'_>) -> Result<(), Refusal> {
    if element.tag != tag::OID {
        return Err(Refusal::WrongTag);
    }
    object_content(element.value())
}

/// `c2i_ASN1_OBJECT`.
fn object_content(octets: &[u8]) -> Result<(), Refusal> {
    let ends = octets.last().is_some_and(|last| last & 0x80 == 0);
    // No subidentifier may begin with 0x80.
    let padded = octets
        .iter()
        .enumerate()
        .any(|(index, &octet)| octet == 0x80 && (index == 0 || octets[index - 1] & 0x80 == 0));
    (ends && !padded).then_some(()).ok_or(BAD_OBJECT)
}

fn bit_string(element: &Tlv<'_>) -> Result<(), Refusal> {
    match element.value().first() {
        None => Err(TOO_SHORT),
        Some(&unused) if unused > 7 => Err(BAD_BITS_LEFT),
        Some(_) => Ok(()),
    }
}

/// `ASN1_TIME`: what it says is not looked at here.
/// A UTCTime or GeneralizedTime; since 3.5 it must be long enough (`asn1_ex_c2i`).
fn time(element: &Tlv<'_>, release: OpensslRelease) -> Result<(), Refusal> {
    let (least, too_short) = match element.tag {
        tag::UTC_TIME => (13, UTC_TIME_TOO_SHORT),
        tag::GENERALIZED_TIME => (15, GENERALIZED_TIME_TOO_SHORT),
        _ => return Err(Refusal::WrongTag),
    };
    if release >= OpensslRelease::V3_5 && element.value().len() < least {
        return Err(too_short);
    }
    Ok(())
}

fn algorithm(element: &Tlv<'_>) -> Result<(), Refusal> {
    if element.tag != tag::SEQUENCE {
        return Err(Refusal::WrongTag);
    }
    let mut fields = element.children();
    object(&next(&mut fields)?)?;
    if !fields.is_empty() {
        next(&mut fields)?;
    }
    finished(&fields)
}

fn names(element: &Tlv<'_>, name: &Name<'_>) -> Result<(), Refusal> {
    let mut sets = element.children();
    while !sets.is_empty() {
        let mut pairs = next(&mut sets)?.children();
        while !pairs.is_empty() {
            let mut fields = next(&mut pairs)?.children();
            object(&next(&mut fields)?)?;
            next(&mut fields)?;
            finished(&fields)?;
        }
    }
    name::canonical(name).map(|_| ()).ok_or(NESTED)
}

fn extensions(fields: &mut Reader<'_>, tag: u8) -> Result<(), Refusal> {
    match optional(fields, tag)? {
        Some(explicit) => extension_list(only(&explicit)?.children()),
        None => Ok(()),
    }
}

fn extension_list(mut list: Reader<'_>) -> Result<(), Refusal> {
    while !list.is_empty() {
        let mut fields = next(&mut list)?.children();
        object(&next(&mut fields)?)?;
        if let Some(critical) = optional(&mut fields, tag::BOOLEAN)? {
            (critical.value().len() == 1)
                .then_some(())
                .ok_or(BAD_BOOLEAN)?;
        }
        let value = next(&mut fields)?;
        (value.tag == tag::OCTET_STRING)
            .then_some(())
            .ok_or(Refusal::WrongTag)?;
        finished(&fields)?;
    }
    Ok(())
}

/// `d2i_X509_CERT_AUX`; what follows it is ignored.
fn aux(rest: &[u8]) -> Result<Trust, Refusal> {
    top(rest)?;
    let mut fields = children(rest)?;
    let trusted = optional(&mut fields, tag::SEQUENCE)?;
    let rejected = optional(&mut fields, 0xa0)?;
    for tag in [tag::UTF8_STRING, tag::OCTET_STRING, 0xa1] {
        optional(&mut fields, tag)?;
    }
    finished(&fields)?;
    Ok(Trust {
        trusted: trusted.as_ref().map(objects).transpose()?,
        rejected: rejected
            .as_ref()
            .map(objects)
            .transpose()?
            .unwrap_or_default(),
    })
}

pub(super) fn objects(list: &Tlv<'_>) -> Result<Vec<Vec<u8>>, Refusal> {
    let mut elements = list.children();
    let mut objects = Vec::new();
    while !elements.is_empty() {
        let element = next(&mut elements)?;
        object(&element)?;
        objects.push(element.value().to_vec());
    }
    Ok(objects)
}

#[cfg(test)]
mod tests;
