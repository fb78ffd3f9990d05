//! Public keys.
//!
//! Source: `parsePublicKey` and `parseAI` in `src/crypto/x509/parser.go`, `getPublicKeyAlgorithmFromOID` and
//! `namedCurveFromOID` in `x509.go`, `ParseUncompressedPublicKey` in `src/crypto/ecdsa/ecdsa.go`,
//! `newPublicKey` in `src/crypto/internal/fips140/mldsa/mldsa.go`.

use super::super::Release;
use super::super::der::{Input, Oid};
use super::GoError;
use super::curve::Curve;
use crate::cert::der::tag;
use crate::cert::oid;

/// An AlgorithmIdentifier: what it names, and its parameters as they are encoded; anything after those is passed over.
#[derive(Debug)]
pub(super) struct AlgorithmIdentifier<'a> {
    pub(super) oid: Oid,
    pub(super) parameters: &'a [u8],
}

/// Reads the content of an AlgorithmIdentifier.
pub(super) fn algorithm(
    mut content: Input<'_>,
    release: Release,
) -> Result<AlgorithmIdentifier<'_>, GoError> {
    let oid = content.oid(release).ok_or("x509: malformed OID")?;
    let parameters = if content.is_empty() {
        &[]
    } else {
        let element = content.any().map(|(_, whole, _)| whole);
        element.ok_or("x509: malformed parameters")?
    };
    Ok(AlgorithmIdentifier { oid, parameters })
}

/// The kinds of keys that Go knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum KeyAlgorithm {
    Rsa,
    Dsa,
    Ecdsa,
    Ed25519,
    /// By the security category's number: 44, 65 or 87.
    MlDsa(u8),
}

/// A public key.
#[derive(Clone, Debug)]
pub(in super::super) enum Key {
    /// The modulus without leading zeros, and the exponent.
    Rsa {
        modulus: Vec<u8>,
        exponent: i64,
    },
    Dsa,
    Ecdsa {
        curve: Curve,
        point: Vec<u8>,
    },
    Ed25519(Vec<u8>),
    MlDsa(u8, Vec<u8>),
    /// A key that Go does not know: Ed448, RSASSA-PSS and others.
    Unknown,
}

impl Key {
    /// The kind; none where Go does not know it.
    pub(in super::super) fn algorithm(&self) -> Option<KeyAlgorithm> {
        Some(match self {
            Self::Rsa { .. } => KeyAlgorithm::Rsa,
            Self::Dsa => KeyAlgorithm::Dsa,
            Self::Ecdsa { .. } => KeyAlgorithm::Ecdsa,
            Self::Ed25519(_) => KeyAlgorithm::Ed25519,
            Self::MlDsa(category, _) => KeyAlgorithm::MlDsa(*category),
            Self::Unknown => return None,
        })
    }

    /// The size of an RSA modulus in bits.
    pub(in super::super) fn rsa_bits(&self) -> Option<usize> {
        let Self::Rsa { modulus, .. } = self else {
            return None;
        };
        let first = modulus.first()?;
        Some(modulus.len() * 8 - first.leading_zeros() as usize)
    }

    /// The key as a SubjectPublicKeyInfo of the usual form, for whoever checks a signature.
    pub(in super::super) fn canonical_spki(&self) -> Option<Vec<u8>> {
        const RSA: &[u8] = &[
            0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 0x05, 0,
        ];
        const EC: &[u8] = &[0x06, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
        const ED25519: &[u8] = &[0x06, 3, 0x2b, 0x65, 0x70];
        let (algorithm, bits) = match self {
            Self::Rsa { modulus, exponent } => {
                let exponent = exponent.to_be_bytes();
                let numbers = [unsigned(modulus), unsigned(&exponent)].concat();
                (RSA.to_vec(), element(tag::SEQUENCE, &numbers))
            }
            Self::Ecdsa { curve, point } => {
                let curve = element(tag::OID, curve.oid());
                ([EC, &curve].concat(), point.clone())
            }
            Self::Ed25519(bits) => (ED25519.to_vec(), bits.clone()),
            Self::MlDsa(category, bits) => {
                let algorithm = match category {
                    44 => oid::ML_DSA_44,
                    65 => oid::ML_DSA_65,
                    _ => oid::ML_DSA_87,
                };
                (element(tag::OID, algorithm.0), bits.clone())
            }
            Self::Dsa | Self::Unknown => return None,
        };
        let bits = [&[0], bits.as_slice()].concat();
        let fields = [
            element(tag::SEQUENCE, &algorithm),
            element(tag::BIT_STRING, &bits),
        ];
        Some(element(tag::SEQUENCE, &fields.concat()))
    }
}

fn unsigned(octets: &[u8]) -> Vec<u8> {
    let zeros = octets.iter().take_while(|&&octet| octet == 0).count();
    element(
        tag::INTEGER,
        &[&[0], &octets[zeros..]].concat()
            [usize::from(octets.get(zeros).is_some_and(|first| first & 0x80 == 0))..],
    )
}

fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let zeros = length.iter().take_while(|&&octet| octet == 0).count();
    let mut element = vec![tag];
    if let 0..=0x7f = content.len() {
        element.push(length[length.len() - 1]);
    } else {
        let octets = &length[zeros..];
        // At most eight.
        element.push(0x80 | u8::try_from(octets.len()).unwrap_or(0));
        element.extend_from_slice(octets);
    }
    element.extend_from_slice(content);
    element
}

/// Reads the SubjectPublicKeyInfo that is next; gives it as it is encoded, and the key.
pub(super) fn parse<'a>(
    fields: &mut Input<'a>,
    release: Release,
) -> Result<(&'a [u8], Key), GoError> {
    let malformed = "x509: malformed spki";
    let spki = fields.element(tag::SEQUENCE).ok_or(malformed)?;
    let mut inner = Input(spki).read(tag::SEQUENCE).ok_or(malformed)?;
    let malformed = "x509: malformed public key algorithm identifier";
    let identifier = algorithm(inner.read(tag::SEQUENCE).ok_or(malformed)?, release)?;
    let bits = inner
        .bit_string()
        .ok_or("x509: malformed subjectPublicKey")?;
    let bits = bits.right_aligned();
    let key = match identifier.oid.arcs() {
        [1, 2, 840, 113_549, 1, 1, 1] => rsa(&identifier, &bits)?,
        [1, 2, 840, 10040, 4, 1] => dsa(&identifier, &bits)?,
        [1, 2, 840, 10045, 2, 1] => ecdsa(&identifier, bits, release)?,
        [1, 3, 101, 112] => ed25519(&identifier, bits)?,
        [2, 16, 840, 1, 101, 3, 4, 3, set @ 17..=19] if release >= Release::V1_27 => {
            ml_dsa(&identifier, bits, *set)?
        }
        _ => Key::Unknown,
    };
    Ok((spki, key))
}

fn rsa(identifier: &AlgorithmIdentifier<'_>, bits: &[u8]) -> Result<Key, GoError> {
    if identifier.parameters != [tag::NULL, 0] {
        return Err("x509: RSA key missing NULL parameters".into());
    }
    let mut numbers = Input(bits)
        .read(tag::SEQUENCE)
        .ok_or("x509: invalid RSA public key")?;
    let modulus = numbers.integer().ok_or("x509: invalid RSA modulus")?;
    let exponent = numbers.int64().ok_or("x509: invalid RSA public exponent")?;
    if !is_positive(modulus) {
        return Err("x509: RSA modulus is not a positive number".into());
    }
    if exponent <= 0 {
        return Err("x509: RSA public exponent is not a positive number".into());
    }
    let modulus = modulus.strip_prefix(&[0]).unwrap_or(modulus).to_vec();
    Ok(Key::Rsa { modulus, exponent })
}

fn is_positive(integer: &[u8]) -> bool {
    integer != [0] && integer.first().is_some_and(|first| first & 0x80 == 0)
}

fn dsa(identifier: &AlgorithmIdentifier<'_>, bits: &[u8]) -> Result<Key, GoError> {
    let value = Input(bits)
        .integer()
        .ok_or("x509: invalid DSA public key")?;
    let invalid = "x509: invalid DSA parameters";
    let mut parameters = Input(identifier.parameters)
        .read(tag::SEQUENCE)
        .ok_or(invalid)?;
    let mut positive = is_positive(value);
    for _ in 0..3 {
        positive &= is_positive(parameters.integer().ok_or(invalid)?);
    }
    if !positive {
        return Err("x509: zero or negative DSA parameter".into());
    }
    Ok(Key::Dsa)
}

fn ecdsa(
    identifier: &AlgorithmIdentifier<'_>,
    point: Vec<u8>,
    release: Release,
) -> Result<Key, GoError> {
    let curve = Input(identifier.parameters)
        .oid(release)
        .ok_or("x509: invalid ECDSA parameters")?;
    let curve = Curve::of(&curve).ok_or("x509: unsupported elliptic curve")?;
    match (curve.check(&point), release) {
        (Ok(()), _) => Ok(Key::Ecdsa { curve, point }),
        (Err(_), Release::V1_19) => Err("x509: failed to unmarshal elliptic curve point".into()),
        (Err(why), Release::V1_27) => Err(why),
    }
}

fn ed25519(identifier: &AlgorithmIdentifier<'_>, bits: Vec<u8>) -> Result<Key, GoError> {
    if !identifier.parameters.is_empty() {
        return Err("x509: Ed25519 key encoded with illegal parameters".into());
    }
    if bits.len() != 32 {
        return Err("x509: wrong Ed25519 public key size".into());
    }
    Ok(Key::Ed25519(bits))
}

fn ml_dsa(identifier: &AlgorithmIdentifier<'_>, bits: Vec<u8>, set: u32) -> Result<Key, GoError> {
    if !identifier.parameters.is_empty() {
        return Err("x509: ML-DSA key encoded with illegal parameters".into());
    }
    let (category, size) = match set {
        17 => (44, 1312),
        18 => (65, 1952),
        _ => (87, 2592),
    };
    if bits.len() != size {
        return Err("mldsa: invalid public key length".into());
    }
    Ok(Key::MlDsa(category, bits))
}
