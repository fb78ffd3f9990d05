//! Public keys that BoringSSL can use, and signatures that it verifies with them.
//!
//! Source: BoringSSL `crypto/evp/internal.h` (`GetDefaultEVPAlgorithms`), `p_rsa.cc`, `p_ec.cc`,
//! `crypto/fipsmodule/rsa/rsa_impl.cc.inc` (`rsa_check_public_key`), `crypto/x509/algorithm.cc`
//! (`x509_digest_verify_init`) and `crypto/rsa/rsa_asn1.cc` (`rsa_parse_pss_params`).

use super::der::{self, BitString, Integer, Reader, constructed};
use super::x509::AlgorithmId;
use crate::cert::der::Reader as Walk;
use crate::cert::key::{Algorithm, PublicKey};
use crate::cert::oid::{self, Oid};
use crate::crypto::{SignatureCheck, Signatures};

/// A key that BoringSSL can decode.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) kind: Kind,
    /// The SubjectPublicKeyInfo.
    spki: Vec<u8>,
}

/// What can be done with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// With the length of the modulus in octets.
    Rsa(usize),
    Ec(Curve),
    Ed25519,
    /// DSA, ML-DSA, ML-KEM and X25519: read by BoringSSL, and not looked at any closer here.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Curve {
    P224,
    P256,
    P384,
    P521,
}

/// What verifying a signature gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verified {
    Yes,
    No,
    /// BoringSSL may verify it; this tool cannot.
    Unknown,
}

impl Key {
    /// Reads a SubjectPublicKeyInfo. None where it has no such form; some without a key where BoringSSL goes on, and
    /// only fails when it needs the key.
    pub(super) fn parse(reader: &mut Reader<'_>) -> Option<Option<Self>> {
        let element = reader.any()?;
        if element.tag != der::SEQUENCE {
            return None;
        }
        let mut fields = Reader(element.value);
        let algorithm = AlgorithmId::parse(&mut fields)?;
        let bits = fields.bit_string(der::BIT_STRING)?;
        fields.end()?;
        let kind = Kind::decode(&algorithm, &bits);
        Some(kind.map(|kind| Self {
            kind,
            spki: element.raw.to_vec(),
        }))
    }

    /// Verifies a signature over `message`, made with the algorithm that `inner` and `outer` both have to name.
    pub(super) fn verify(
        &self,
        signatures: &Signatures,
        (inner, outer): (&AlgorithmId, &AlgorithmId),
        message: &[u8],
        signature: &BitString,
    ) -> Verified {
        if inner != outer || signature.unused != 0 {
            return Verified::No;
        }
        let Some(algorithm) = self.canonical(outer) else {
            return Verified::No;
        };
        let read = |der| Walk::new(der).read().ok();
        let parsed = (|| {
            let key = PublicKey::parse(&read(&self.spki)?).ok()?;
            Some((key, Algorithm::parse(&read(algorithm)?).ok()?))
        })();
        let Some((key, algorithm)) = parsed else {
            return Verified::Unknown;
        };
        match signatures.check(&key, &algorithm, message, &signature.octets) {
            // Not every build has ML-DSA, however well it is verified here.
            SignatureCheck::Valid | SignatureCheck::Invalid if matches!(self.kind, Kind::Other) => {
                Verified::Unknown
            }
            SignatureCheck::Valid => Verified::Yes,
            SignatureCheck::Unsupported => Verified::Unknown,
            _ => Verified::No,
        }
    }

    /// The AlgorithmIdentifier in the one form that everyone verifies; none where BoringSSL refuses the algorithm, its
    /// parameters, or this kind of key for it.
    fn canonical<'s>(&self, algorithm: &'s AlgorithmId) -> Option<&'s [u8]> {
        let oid = Oid(&algorithm.oid);
        if oid == oid::RSASSA_PSS {
            let parameters = algorithm.parameters.as_deref()?;
            let Kind::Rsa(_) = self.kind else {
                return None;
            };
            return PSS
                .into_iter()
                .find(|one| is_pss(one, parameters))
                .map(|one| one.whole);
        }
        let (_, signer, canonical) = ALGORITHMS.iter().find(|(name, ..)| *name == oid)?;
        let is_signer = match self.kind {
            Kind::Rsa(_) => *signer == Signer::Rsa,
            Kind::Ec(_) => *signer == Signer::Ec,
            Kind::Ed25519 => *signer == Signer::Ed25519,
            Kind::Other => *signer == Signer::Other,
        };
        let has_right_parameters = match signer {
            Signer::Rsa | Signer::Ec => algorithm.has_no_parameters(),
            Signer::Ed25519 | Signer::Other => algorithm.parameters.is_none(),
        };
        (is_signer && has_right_parameters).then_some(*canonical)
    }
}

impl Kind {
    fn decode(algorithm: &AlgorithmId, bits: &BitString) -> Option<Self> {
        if bits.unused != 0 {
            return None;
        }
        let key = bits.octets.as_slice();
        let parameters = algorithm.parameters.as_deref();
        match Oid(&algorithm.oid) {
            oid::RSA_ENCRYPTION if parameters == Some(&[5, 0]) => decode_rsa(key).map(Self::Rsa),
            oid::EC_PUBLIC_KEY => {
                let mut named = Reader(parameters?);
                let curve = named.oid(der::OID)?;
                let (curve, size) = match Oid(&curve) {
                    oid::P224 => (Curve::P224, 28),
                    oid::P256 => (Curve::P256, 32),
                    oid::P384 => (Curve::P384, 48),
                    oid::P521 => (Curve::P521, 66),
                    _ => return None,
                };
                let is_point = match key.first()? {
                    4 => key.len() == 1 + 2 * size,
                    2 | 3 => key.len() == 1 + size,
                    _ => false,
                };
                is_point.then_some(Self::Ec(curve))
            }
            oid::ED25519 => (parameters.is_none() && key.len() == 32).then_some(Self::Ed25519),
            oid::X25519 => (parameters.is_none() && key.len() == 32).then_some(Self::Other),
            oid::DSA
            | oid::ML_DSA_44
            | oid::ML_DSA_65
            | oid::ML_DSA_87
            | oid::ML_KEM_768
            | oid::ML_KEM_1024 => Some(Self::Other),
            _ => None,
        }
    }
}

/// The length of an RSA modulus in octets, where BoringSSL takes the key.
fn decode_rsa(key: &[u8]) -> Option<usize> {
    let mut reader = Reader(key);
    let mut fields = reader.take(der::SEQUENCE)?;
    let modulus = magnitude(&fields.integer(der::INTEGER)?)?;
    let exponent = magnitude(&fields.integer(der::INTEGER)?)?;
    fields.end()?;
    reader.end()?;
    let is_odd = |octets: &[u8]| octets.last().is_some_and(|last| last & 1 == 1);
    let sizes_fit = (512..=16 * 1024).contains(&bit_length(&modulus))
        && (2..=33).contains(&bit_length(&exponent));
    (sizes_fit && is_odd(&modulus) && is_odd(&exponent)).then_some(modulus.len())
}

fn magnitude(integer: &Integer) -> Option<Vec<u8>> {
    if integer.is_negative() {
        return None;
    }
    let zeros = usize::from(integer.0.first() == Some(&0));
    Some(integer.0[zeros..].to_vec())
}

fn bit_length(octets: &[u8]) -> usize {
    let leading = octets.first().map_or(0, |first| first.leading_zeros());
    octets.len() * 8 - leading as usize
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signer {
    Rsa,
    Ec,
    Ed25519,
    Other,
}

/// The algorithms of `kTriples` (`crypto/obj/obj_xref.cc`) without MD4 and MD5, which are refused.
type Row = (Oid<'static>, Signer, &'static [u8]);

macro_rules! identifier {
    ($oid:expr) => {{
        const CONTENT: &[u8] = $oid.0;
        const LENGTH: usize = CONTENT.len();
        const WHOLE: [u8; LENGTH + 4] = identifier(CONTENT, &[]);
        &WHOLE
    }};
    ($oid:expr, null) => {{
        const CONTENT: &[u8] = $oid.0;
        const LENGTH: usize = CONTENT.len();
        const WHOLE: [u8; LENGTH + 6] = identifier(CONTENT, &[5, 0]);
        &WHOLE
    }};
}

/// An AlgorithmIdentifier of `N` octets.
const fn identifier<const N: usize>(oid: &[u8], parameters: &[u8]) -> [u8; N] {
    let mut whole = [0; N];
    let mut at = 0;
    while at < N {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "identifiers are shorter than 20 octets"
        )]
        let octet = match at {
            0 => 0x30,
            1 => N as u8 - 2,
            2 => 0x06,
            3 => oid.len() as u8,
            _ if at - 4 < oid.len() => oid[at - 4],
            _ => parameters[at - 4 - oid.len()],
        };
        whole[at] = octet;
        at += 1;
    }
    whole
}

static ALGORITHMS: [Row; 17] = [
    (
        oid::SHA1_WITH_RSA,
        Signer::Rsa,
        identifier!(oid::SHA1_WITH_RSA, null),
    ),
    (
        oid::SHA224_WITH_RSA,
        Signer::Rsa,
        identifier!(oid::SHA224_WITH_RSA, null),
    ),
    (
        oid::SHA256_WITH_RSA,
        Signer::Rsa,
        identifier!(oid::SHA256_WITH_RSA, null),
    ),
    (
        oid::SHA384_WITH_RSA,
        Signer::Rsa,
        identifier!(oid::SHA384_WITH_RSA, null),
    ),
    (
        oid::SHA512_WITH_RSA,
        Signer::Rsa,
        identifier!(oid::SHA512_WITH_RSA, null),
    ),
    (
        oid::ECDSA_WITH_SHA1,
        Signer::Ec,
        identifier!(oid::ECDSA_WITH_SHA1),
    ),
    (
        oid::ECDSA_WITH_SHA224,
        Signer::Ec,
        identifier!(oid::ECDSA_WITH_SHA224),
    ),
    (
        oid::ECDSA_WITH_SHA256,
        Signer::Ec,
        identifier!(oid::ECDSA_WITH_SHA256),
    ),
    (
        oid::ECDSA_WITH_SHA384,
        Signer::Ec,
        identifier!(oid::ECDSA_WITH_SHA384),
    ),
    (
        oid::ECDSA_WITH_SHA512,
        Signer::Ec,
        identifier!(oid::ECDSA_WITH_SHA512),
    ),
    (oid::ED25519, Signer::Ed25519, identifier!(oid::ED25519)),
    (
        oid::DSA_WITH_SHA1,
        Signer::Other,
        identifier!(oid::DSA_WITH_SHA1),
    ),
    (
        oid::DSA_WITH_SHA256,
        Signer::Other,
        identifier!(oid::DSA_WITH_SHA256),
    ),
    (oid::DSA, Signer::Other, identifier!(oid::DSA)),
    (oid::ML_DSA_44, Signer::Other, identifier!(oid::ML_DSA_44)),
    (oid::ML_DSA_65, Signer::Other, identifier!(oid::ML_DSA_65)),
    (oid::ML_DSA_87, Signer::Other, identifier!(oid::ML_DSA_87)),
];

/// RSASSA-PSS with one hash throughout, a salt as long as it, and nothing left to a default.
struct Pss {
    hash: Oid<'static>,
    salt: u64,
    /// The AlgorithmIdentifier.
    whole: &'static [u8],
}

/// A hash's PSS parameters are the same octets but for the last of its identifier and the salt's length.
macro_rules! pss {
    ($hash:expr, $last:expr, $salt:expr) => {
        Pss {
            hash: $hash,
            salt: $salt,
            #[rustfmt::skip]
            whole: &[
                0x30, 0x41, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10, 0x30, 0x34,
                0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, $last, 5, 0,
                0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8,
                0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, $last, 5, 0,
                0xa2, 0x03, 0x02, 0x01, $salt,
            ],
        }
    };
}

const PSS: [Pss; 3] = [
    pss!(oid::SHA256, 1, 32),
    pss!(oid::SHA384, 2, 48),
    pss!(oid::SHA512, 3, 64),
];

/// Whether these are the parameters of `pss`; an explicit trailer is tolerated.
fn is_pss(pss: &Pss, parameters: &[u8]) -> bool {
    let read = || -> Option<bool> {
        let mut outer = Reader(parameters);
        let mut fields = outer.take(der::SEQUENCE)?;
        outer.end()?;
        let mut hash = fields.take(constructed(0))?;
        let is_hash = is_digest(&mut hash, pss.hash)?;
        hash.end()?;
        let mut mask = fields.take(constructed(1))?;
        let mut mask_fields = mask.take(der::SEQUENCE)?;
        mask.end()?;
        let is_mgf1 = mask_fields.oid(der::OID)? == oid::MGF1.0;
        let is_mask_hash = is_digest(&mut mask_fields, pss.hash)?;
        mask_fields.end()?;
        let mut salt = fields.take(constructed(2))?;
        let is_salt = salt.integer(der::INTEGER)?.to_u64()? == pss.salt;
        salt.end()?;
        let is_trailer = match fields.optional(constructed(3))? {
            Some(mut trailer) => trailer.integer(der::INTEGER)?.to_u64()? == 1,
            None => true,
        };
        fields.end()?;
        Some(is_hash && is_mgf1 && is_mask_hash && is_salt && is_trailer)
    };
    read().unwrap_or(false)
}

/// Whether a digest's AlgorithmIdentifier names `hash`; its parameters may be absent or NULL.
fn is_digest(reader: &mut Reader<'_>, hash: Oid<'_>) -> Option<bool> {
    let algorithm = AlgorithmId::parse(reader)?;
    Some(algorithm.oid == hash.0 && algorithm.has_no_parameters())
}
