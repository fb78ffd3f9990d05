//! Certificates as `sun.security.x509.X509CertImpl` of JDK 17 reads them: what it refuses, and with which exception.

use std::ops::Range;

use super::der::{Input, Thrown, Value, integer};
use super::extensions::Extensions;
use super::key::{Algorithm, Key};
use super::name::Name;
use crate::analysis::CertificateId;
use crate::cert::der::Reader;
use crate::cert::key as raw;
use crate::crypto::{SignatureCheck, Signatures};

/// A certificate that Java has read.
#[derive(Clone, Debug)]
pub(super) struct Certificate {
    pub(super) der: Vec<u8>,
    /// The same certificate among those that this tool has read.
    pub(super) id: Option<CertificateId>,
    pub(super) version: i32,
    /// The serial number: two's complement without redundant octets.
    pub(super) serial: Vec<u8>,
    pub(super) issuer: Name,
    pub(super) subject: Name,
    /// notBefore and notAfter in milliseconds since 1970.
    pub(super) validity: [i64; 2],
    pub(super) key: Key,
    /// The standard name of the algorithm of its signature.
    pub(super) signature_algorithm: String,
    pub(super) extensions: Extensions,
    places: Places,
}

/// Where the parts stand that a signature check needs.
#[derive(Clone, Debug)]
struct Places {
    tbs: Range<usize>,
    spki: Range<usize>,
    algorithm: Range<usize>,
    signature: Range<usize>,
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Certificate {
    /// `new X509CertImpl(byte[])`.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Thrown> {
        Value::only(bytes)
            .and_then(|whole| Self::parse(&whole))
            .map_err(|thrown| {
                if thrown.is_io() {
                    let text = thrown.text();
                    Thrown::certificate(format!("Unable to initialize, {text}"))
                } else {
                    thrown
                }
            })
    }

    /// `X509CertImpl.parse`.
    fn parse(whole: &Value<'_>) -> Result<Self, Thrown> {
        if whole.tag != 0x30 {
            return Err(Thrown::parsing("invalid DER-encoded certificate data"));
        }
        let mut fields = whole.input();
        let tbs = fields.read()?;
        let algorithm_value = fields.read()?;
        let signature_value = fields.read()?;
        if !fields.is_empty() {
            let extra = fields.available();
            return Err(Thrown::parsing(format!("signed overrun, bytes = {extra}")));
        }
        if tbs.tag != 0x30 {
            return Err(Thrown::parsing("signed fields invalid"));
        }
        let algorithm = Algorithm::read(&algorithm_value)?;
        let (signature, _) = signature_value.bit_string()?;
        let (mut certificate, inner, spki) = Self::parse_info(&tbs).map_err(|thrown| {
            // `new X509CertInfo` wraps what its parts throw.
            if thrown.is_io() {
                Thrown::parsing(thrown.text())
            } else {
                thrown
            }
        })?;
        if inner != algorithm {
            return Err(Thrown::certificate("Signature algorithm mismatch"));
        }
        certificate.signature_algorithm = algorithm.name();
        certificate.places = Places {
            tbs: place(whole.raw, tbs.raw),
            spki: place(whole.raw, spki),
            algorithm: place(whole.raw, algorithm_value.raw),
            signature: place(whole.raw, signature),
        };
        certificate.der = whole.raw.to_vec();
        Ok(certificate)
    }

    /// `X509CertInfo.parse`: the certificate, the algorithm inside it, and its SubjectPublicKeyInfo.
    fn parse_info<'a>(tbs: &Value<'a>) -> Result<(Self, Algorithm, &'a [u8]), Thrown> {
        let mut input = tbs.input();
        let mut field = input.read()?;
        let mut version = 1;
        if field.is_context(0) {
            if field.is_constructed() {
                let mut inner = field.input();
                version = inner.read()?.int()?.saturating_add(1);
                if !inner.is_empty() {
                    return Err(Thrown::io("X.509 version, bad format"));
                }
            }
            field = input.read()?;
        }
        if field.tag != 0x02 {
            let tag = i32::from(field.tag.cast_signed());
            return Err(Thrown::io(format!(
                "DerValue.getBigIntegerInternal, not expected {tag}"
            )));
        }
        let serial = integer(field.content)?.to_vec();
        let algorithm = Algorithm::read(&input.read()?)?;
        let issuer = Name::read(&mut input)?;
        if issuer.is_empty() {
            return Err(Thrown::parsing(
                "Empty issuer DN not allowed in X509Certificates",
            ));
        }
        let validity = super::time::read_validity(&input.read()?)?;
        let subject = Name::read(&mut input)?;
        if version == 1 && subject.is_empty() {
            return Err(Thrown::parsing(
                "Empty subject DN not allowed in v1 certificate",
            ));
        }
        let spki = input.read()?;
        let key = Key::read(&spki)?;
        let extensions = parse_rest(&mut input, version, &subject)?;
        let certificate = Self {
            der: Vec::new(),
            id: None,
            version,
            serial,
            issuer,
            subject,
            validity,
            key,
            signature_algorithm: String::new(),
            extensions,
            places: Places {
                tbs: 0..0,
                spki: 0..0,
                algorithm: 0..0,
                signature: 0..0,
            },
        };
        Ok((certificate, algorithm, spki.raw))
    }

    /// Whether subject and issuer are the same name.
    pub(super) fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// `getBasicConstraints`: the path length of a CA, `i32::MAX` where it has none; -1 for all others.
    pub(super) fn basic_constraints(&self) -> i32 {
        self.extensions.basic_constraints
    }

    /// Whether the time, in milliseconds, is within the dates.
    pub(super) fn is_valid_at(&self, time: i64) -> bool {
        self.validity[0] <= time && time <= self.validity[1]
    }

    /// Whether the keyUsage, if there is one, has this bit.
    pub(super) fn allows_usage(&self, bit: usize) -> bool {
        self.extensions.key_usage.is_none_or(|usage| usage[bit])
    }

    /// Checks its signature with the key of `issuer`.
    pub(super) fn check_signature(&self, issuer: &Self, signatures: &Signatures) -> SignatureCheck {
        let key = Reader::new(&issuer.der[issuer.places.spki.clone()]).read();
        let key = key.and_then(|spki| raw::PublicKey::parse(&spki));
        let algorithm = Reader::new(&self.der[self.places.algorithm.clone()]).read();
        let algorithm = algorithm.and_then(|algorithm| raw::Algorithm::parse(&algorithm));
        let (Ok(key), Ok(algorithm)) = (key, algorithm) else {
            return SignatureCheck::Unsupported;
        };
        let tbs = &self.der[self.places.tbs.clone()];
        signatures.check(
            &key,
            &algorithm,
            tbs,
            &self.der[self.places.signature.clone()],
        )
    }
}

/// What follows the key: the unique identifiers and the extensions.
fn parse_rest(input: &mut Input<'_>, version: i32, subject: &Name) -> Result<Extensions, Thrown> {
    if input.is_empty() {
        return Ok(Extensions::default());
    }
    if version == 1 {
        return Err(Thrown::parsing(
            "no more data allowed for version 1 certificate",
        ));
    }
    let mut field = input.read()?;
    for number in [1, 2] {
        if field.is_context(number) {
            if input.is_empty() {
                return Ok(Extensions::default());
            }
            field = input.read()?;
        }
    }
    if version != 3 {
        return Err(Thrown::parsing("Extensions not allowed in v2 certificate"));
    }
    let extensions = if field.tag == 0xa3 {
        Some(Extensions::read(&mut field.input())?)
    } else {
        None
    };
    if subject.is_empty() {
        let incomplete = |why: &str| {
            Err(Thrown::parsing(format!(
                "X.509 Certificate is incomplete: {why}"
            )))
        };
        let Some(extensions) = &extensions else {
            return incomplete("subject field is empty, and certificate has no extensions");
        };
        if extensions.alt_names.is_none() {
            return incomplete(
                "subject field is empty, and SubjectAlternativeName extension is absent",
            );
        }
        if !extensions.alt_names_critical {
            return incomplete(
                "SubjectAlternativeName extension MUST be marked critical when subject field is empty",
            );
        }
    }
    Ok(extensions.unwrap_or_default())
}

/// Where `part`, a subslice of `whole`, stands in it.
fn place(whole: &[u8], part: &[u8]) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
    start..start + part.len()
}
