//! Certificates as BoringSSL reads them, and what it keeps of their extensions.
//!
//! Source: BoringSSL `crypto/x509/x_x509.cc` (`X509_parse_with_algorithms`) and `v3_purp.cc`
//! (`x509v3_cache_extensions`).

use super::der::{self, BitString, DerTime, Integer, Reader, constructed, context};
use super::general_name::{AuthorityKeyId, DistributionPoint, GeneralName, general_names};
use super::key::Key;
use super::name::Name;
use super::name_constraints::NameConstraints;
use crate::cert::oid::{self, Oid};

/// The bits of keyUsage, in the order of octets that BoringSSL keeps them in.
pub(super) mod usage {
    pub(in super::super) const DIGITAL_SIGNATURE: u16 = 0x80;
    pub(in super::super) const KEY_AGREEMENT: u16 = 0x08;
    pub(in super::super) const KEY_CERT_SIGN: u16 = 0x04;
    pub(in super::super) const CRL_SIGN: u16 = 0x02;
}

/// An AlgorithmIdentifier: its parameters are kept as they are encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AlgorithmId {
    pub(super) oid: Vec<u8>,
    pub(super) parameters: Option<Vec<u8>>,
}

impl AlgorithmId {
    pub(super) fn parse(reader: &mut Reader<'_>) -> Option<Self> {
        let mut sequence = reader.take(der::SEQUENCE)?;
        let oid = sequence.oid(der::OID)?;
        let parameters = if sequence.is_empty() {
            None
        } else {
            Some(sequence.any_value()?.raw.to_vec())
        };
        sequence.end()?;
        Some(Self { oid, parameters })
    }

    /// Whether the parameters are absent or NULL.
    pub(super) fn has_no_parameters(&self) -> bool {
        self.parameters.as_deref().is_none_or(|raw| raw == [5, 0])
    }
}

/// One extension.
#[derive(Clone, Debug)]
pub(super) struct Extension {
    pub(super) oid: Vec<u8>,
    pub(super) is_critical: bool,
    pub(super) value: Vec<u8>,
}

impl Extension {
    /// Reads a SEQUENCE OF Extension.
    pub(super) fn parse_all(reader: &mut Reader<'_>) -> Option<Vec<Self>> {
        let mut list = reader.take(der::SEQUENCE)?;
        let mut extensions = Vec::new();
        while !list.is_empty() {
            let mut fields = list.take(der::SEQUENCE)?;
            let oid = fields.oid(der::OID)?;
            let is_critical = if fields.is_next(der::BOOLEAN) {
                fields.boolean(der::BOOLEAN)?
            } else {
                false
            };
            let value = fields.take(der::OCTET_STRING)?.0.to_vec();
            fields.end()?;
            extensions.push(Self {
                oid,
                is_critical,
                value,
            });
        }
        Some(extensions)
    }
}

/// What looking for an extension gives (`X509V3_get_d2i`).
#[derive(Clone, Debug)]
pub(super) enum Decoded<T> {
    Absent,
    /// It stands there twice, or its value does not decode.
    Invalid,
    Present(T),
}

impl<T> Decoded<T> {
    /// Decodes the one extension with this identifier; everything of its value must be read.
    pub(super) fn find(
        extensions: &[Extension],
        oid: Oid<'_>,
        decode: impl FnOnce(&mut Reader<'_>) -> Option<T>,
    ) -> Self {
        let mut found = extensions.iter().filter(|one| one.oid == oid.0);
        let (Some(extension), other) = (found.next(), found.next()) else {
            return Self::Absent;
        };
        if other.is_some() {
            return Self::Invalid;
        }
        let mut reader = Reader(&extension.value);
        let value = decode(&mut reader);
        match value.filter(|_| reader.is_empty()) {
            Some(value) => Self::Present(value),
            None => Self::Invalid,
        }
    }

    /// The value; an invalid extension clears `valid`.
    fn or_mark(self, valid: &mut bool) -> Option<T> {
        match self {
            Self::Present(value) => Some(value),
            Self::Absent => None,
            Self::Invalid => {
                *valid = false;
                None
            }
        }
    }
}

/// basicConstraints.
#[derive(Clone, Copy, Debug)]
pub(super) struct BasicConstraints {
    pub(super) is_ca: bool,
    /// pathLenConstraint; none where it is absent or too large for BoringSSL to count.
    pub(super) path_length: Option<u64>,
}

/// A certificate.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are BoringSSL's flags of a certificate"
)]
pub(super) struct X509 {
    /// The certificate, without anything that follows it.
    pub(super) der: Vec<u8>,
    pub(super) tbs: Vec<u8>,
    /// As it is encoded: 0 stands for version 1.
    version: u64,
    pub(super) serial: Integer,
    pub(super) tbs_algorithm: AlgorithmId,
    pub(super) algorithm: AlgorithmId,
    pub(super) signature: BitString,
    pub(super) issuer: Name,
    pub(super) subject: Name,
    pub(super) not_before: DerTime,
    pub(super) not_after: DerTime,
    pub(super) key: Option<Key>,
    pub(super) extensions: Vec<Extension>,

    /// Whether every extension that BoringSSL looks at decodes (not `EXFLAG_INVALID`).
    pub(super) is_valid: bool,
    /// Subject and issuer are one name (`EXFLAG_SI`).
    pub(super) is_self_issued: bool,
    /// It may have been signed by its own key; no signature is checked for it (`EXFLAG_SS`).
    pub(super) is_self_signed: bool,
    /// The first critical extension that is not known (`EXFLAG_CRITICAL`).
    pub(super) unknown_critical: Option<Vec<u8>>,
    pub(super) basic_constraints: Option<BasicConstraints>,
    pub(super) key_usage: Option<u16>,
    /// Whether extKeyUsage, where it is there, has clientAuth.
    pub(super) allows_client_auth: bool,
    subject_key_id: Option<Vec<u8>>,
    authority_key_id: Option<AuthorityKeyId>,
    pub(super) alternative_names: Option<Vec<GeneralName>>,
    pub(super) name_constraints: Option<NameConstraints>,
    pub(super) distribution_points: Vec<DistributionPoint>,
}

impl X509 {
    /// Reads the certificate at the start of `block`; none where BoringSSL cannot. What follows it is given back.
    pub(super) fn parse(block: &[u8]) -> Option<(Self, &[u8])> {
        let mut reader = Reader(block);
        let whole = reader.any()?;
        if whole.tag != der::SEQUENCE {
            return None;
        }
        let mut outer = Reader(whole.value);
        let tbs_element = outer.any()?;
        if tbs_element.tag != der::SEQUENCE {
            return None;
        }
        let algorithm = AlgorithmId::parse(&mut outer)?;
        let signature = outer.signature()?;
        outer.end()?;

        let mut tbs = Reader(tbs_element.value);
        let version = match tbs.optional(constructed(0))? {
            None => 0,
            Some(mut explicit) => {
                let version = explicit.integer(der::INTEGER)?.to_u64()?;
                explicit.end()?;
                if version > 2 {
                    return None;
                }
                version
            }
        };
        let serial = tbs.integer(der::INTEGER)?;
        let tbs_algorithm = AlgorithmId::parse(&mut tbs)?;
        let issuer = Name::parse(&mut tbs)?;
        let mut validity = tbs.take(der::SEQUENCE)?;
        let not_before = validity.time()?;
        let not_after = validity.time()?;
        validity.end()?;
        let subject = Name::parse(&mut tbs)?;
        let key = Key::parse(&mut tbs)?;
        for number in [1, 2] {
            if version >= 1 && tbs.is_next(context(number)) {
                tbs.bit_string(context(number))?;
            }
        }
        let extensions = match tbs.optional(constructed(3))? {
            Some(mut explicit) if version >= 2 => {
                let extensions = Extension::parse_all(&mut explicit)?;
                explicit.end()?;
                extensions
            }
            Some(_) => return None,
            None => Vec::new(),
        };
        tbs.end()?;

        let mut certificate = Self {
            der: whole.raw.to_vec(),
            tbs: tbs_element.raw.to_vec(),
            version,
            serial,
            tbs_algorithm,
            algorithm,
            signature,
            issuer,
            subject,
            not_before,
            not_after,
            key,
            extensions,
            is_valid: true,
            is_self_issued: false,
            is_self_signed: false,
            unknown_critical: None,
            basic_constraints: None,
            key_usage: None,
            allows_client_auth: true,
            subject_key_id: None,
            authority_key_id: None,
            alternative_names: None,
            name_constraints: None,
            distribution_points: Vec::new(),
        };
        certificate.decode_extensions();
        Some((certificate, reader.0))
    }

    fn decode_extensions(&mut self) {
        let all = std::mem::take(&mut self.extensions);
        let mut valid = true;
        let basic = Decoded::find(&all, oid::BASIC_CONSTRAINTS, basic_constraints);
        self.basic_constraints = basic.or_mark(&mut valid).map(|(basic, is_consistent)| {
            valid &= is_consistent;
            basic
        });
        let usage = Decoded::find(&all, oid::KEY_USAGE, |value| {
            value.bit_string(der::BIT_STRING)
        });
        self.key_usage = usage
            .or_mark(&mut valid)
            .map(|bits| u16::from(bits.octet(1)) << 8 | u16::from(bits.octet(0)));
        let purposes = Decoded::find(&all, oid::EXTENDED_KEY_USAGE, object_identifiers);
        self.allows_client_auth = purposes.or_mark(&mut valid).is_none_or(|purposes| {
            purposes
                .iter()
                .any(|purpose| *purpose == oid::CLIENT_AUTH.0)
        });
        let key_id = Decoded::find(&all, oid::SUBJECT_KEY_IDENTIFIER, |value| {
            Some(value.take(der::OCTET_STRING)?.0.to_vec())
        });
        self.subject_key_id = key_id.or_mark(&mut valid);
        let authority = Decoded::find(&all, oid::AUTHORITY_KEY_IDENTIFIER, AuthorityKeyId::parse);
        self.authority_key_id = authority.or_mark(&mut valid);
        self.is_self_issued = self.subject == self.issuer;
        self.is_self_signed = self.is_self_issued
            && self.fits(self.authority_key_id.as_ref())
            && self.may(usage::KEY_CERT_SIGN);
        let names = Decoded::find(&all, oid::SUBJECT_ALT_NAME, |value| {
            general_names(value.take(der::SEQUENCE)?)
        });
        self.alternative_names = names.or_mark(&mut valid);
        let constraints = Decoded::find(&all, oid::NAME_CONSTRAINTS, NameConstraints::parse);
        self.name_constraints = constraints.or_mark(&mut valid);
        let points = Decoded::find(&all, oid::CRL_DISTRIBUTION_POINTS, |value| {
            DistributionPoint::parse_all(value, &self.issuer)
        });
        self.distribution_points = points.or_mark(&mut valid).unwrap_or_default();
        let is_known = |one: &Extension| SUPPORTED.iter().any(|known| known.0 == one.oid);
        let unknown = all.iter().find(|one| one.is_critical && !is_known(one));
        self.unknown_critical = unknown.map(|one| one.oid.clone());
        self.is_valid = valid;
        self.extensions = all;
    }

    /// Whether keyUsage, where it is there, has one of these bits.
    pub(super) fn may(&self, bits: u16) -> bool {
        self.key_usage.is_none_or(|usage| usage & bits != 0)
    }

    /// Whether keyUsage lets the certificate sign a handshake; where it does not decode, it does not
    /// (`ssl_cert_check_key_usage` in `ssl/ssl_cert.cc`, which reads for itself).
    pub(super) fn may_sign_handshake(&self) -> bool {
        let mut usages = self
            .extensions
            .iter()
            .filter(|one| one.oid == oid::KEY_USAGE.0);
        usages.next().is_none_or(|first| {
            let mut value = Reader(&first.value);
            let bits = value.bit_string(der::BIT_STRING);
            let signs = |bits: BitString| u16::from(bits.octet(0)) & usage::DIGITAL_SIGNATURE != 0;
            value.is_empty() && bits.is_some_and(signs)
        })
    }

    /// Whether it counts as a CA (`check_ca`).
    pub(super) fn is_ca(&self) -> bool {
        self.may(usage::KEY_CERT_SIGN)
            && (self.version == 0 && self.is_self_signed || self.says_ca())
    }

    /// Whether basicConstraints says so (`EXFLAG_CA`).
    pub(super) fn says_ca(&self) -> bool {
        self.basic_constraints.is_some_and(|basic| basic.is_ca)
    }

    /// Whether this may have issued `subject`, by name, key id and keyUsage (`X509_check_issued`).
    pub(super) fn may_have_issued(&self, subject: &Self) -> bool {
        self.subject == subject.issuer
            && self.is_valid
            && subject.is_valid
            && self.fits(subject.authority_key_id.as_ref())
            && self.may(usage::KEY_CERT_SIGN)
    }

    /// Whether an authorityKeyIdentifier names this certificate, or does not say (`X509_check_akid`).
    pub(super) fn fits(&self, authority: Option<&AuthorityKeyId>) -> bool {
        let Some(authority) = authority else {
            return true;
        };
        if let (Some(wanted), Some(own)) = (&authority.key_id, &self.subject_key_id)
            && wanted != own
        {
            return false;
        }
        if authority
            .serial
            .as_ref()
            .is_some_and(|serial| *serial != self.serial)
        {
            return false;
        }
        let mut names = authority.issuer.iter().flatten();
        let directory = names.find_map(|name| match name {
            GeneralName::Directory(name) => Some(name),
            _ => None,
        });
        directory.is_none_or(|name| *name == self.issuer)
    }
}

/// The extensions that may be critical (`X509_supported_extension`).
static SUPPORTED: [Oid<'static>; 9] = [
    oid::KEY_USAGE,
    oid::SUBJECT_ALT_NAME,
    oid::BASIC_CONSTRAINTS,
    oid::CERTIFICATE_POLICIES,
    oid::EXTENDED_KEY_USAGE,
    oid::POLICY_CONSTRAINTS,
    oid::NAME_CONSTRAINTS,
    oid::POLICY_MAPPINGS,
    oid::INHIBIT_ANY_POLICY,
];

/// basicConstraints, and whether a pathLenConstraint that is there makes sense.
fn basic_constraints(value: &mut Reader<'_>) -> Option<(BasicConstraints, bool)> {
    let mut fields = value.take(der::SEQUENCE)?;
    let is_ca = if fields.is_next(der::BOOLEAN) {
        fields.boolean(der::BOOLEAN)?
    } else {
        false
    };
    let length = if fields.is_next(der::INTEGER) {
        Some(fields.integer(der::INTEGER)?)
    } else {
        None
    };
    fields.end()?;
    let is_consistent = length
        .as_ref()
        .is_none_or(|length| is_ca && !length.is_negative());
    // `ASN1_INTEGER_get` gives -1, which stands for no constraint, where it does not fit into a long.
    let path_length = length
        .and_then(|length| length.to_u64())
        .filter(|length| i64::try_from(*length).is_ok());
    Some((BasicConstraints { is_ca, path_length }, is_consistent))
}

fn object_identifiers(value: &mut Reader<'_>) -> Option<Vec<Vec<u8>>> {
    let mut list = value.take(der::SEQUENCE)?;
    let mut identifiers = Vec::new();
    while !list.is_empty() {
        identifiers.push(list.oid(der::OID)?);
    }
    Some(identifiers)
}
