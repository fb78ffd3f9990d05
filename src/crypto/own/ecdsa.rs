//! ECDSA (FIPS 186-5 §6.4.2) on the curves for which there is a crate.

use ecdsa::signature::hazmat::PrehashVerifier;

use super::described_curve;
use crate::cert::key::PublicKey;
use crate::cert::oid::{self, Oid};

/// A curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::crypto) enum Curve {
    P192,
    P224,
    P256,
    P384,
    P521,
    Secp256k1,
    BrainpoolP256r1,
    BrainpoolP384r1,
}

/// Evaluates an expression in which a type stands for the curve; a generic function would need a page of bounds.
macro_rules! on_curve {
    ($curve:expr, $name:ident => $value:expr) => {
        match $curve {
            Curve::P192 => on_curve!(@ p192::NistP192, $name, $value),
            Curve::P224 => on_curve!(@ p224::NistP224, $name, $value),
            Curve::P256 => on_curve!(@ p256::NistP256, $name, $value),
            Curve::P384 => on_curve!(@ p384::NistP384, $name, $value),
            Curve::P521 => on_curve!(@ p521::NistP521, $name, $value),
            Curve::Secp256k1 => on_curve!(@ k256::Secp256k1, $name, $value),
            Curve::BrainpoolP256r1 => on_curve!(@ bp256::BrainpoolP256r1, $name, $value),
            Curve::BrainpoolP384r1 => on_curve!(@ bp384::BrainpoolP384r1, $name, $value),
        }
    };
    (@ $type:ty, $name:ident, $value:expr) => {{
        type $name = $type;
        $value
    }};
}

impl Curve {
    pub(super) fn of(curve: Oid<'_>) -> Option<Self> {
        Some(match curve {
            oid::P192 => Self::P192,
            oid::P224 => Self::P224,
            oid::P256 => Self::P256,
            oid::P384 => Self::P384,
            oid::P521 => Self::P521,
            oid::SECP256K1 => Self::Secp256k1,
            oid::BRAINPOOL_P256R1 => Self::BrainpoolP256r1,
            oid::BRAINPOOL_P384R1 => Self::BrainpoolP384r1,
            _ => return None,
        })
    }

    /// Whether the key at `point` signed what has this digest.
    pub(super) fn verify(self, point: &[u8], digest: &[u8], signature: &[u8]) -> bool {
        // RFC 5480 §2.2: uncompressed or compressed, and no other form.
        if !matches!(point, [2..=4, ..]) {
            return false;
        }
        on_curve!(self, C => {
            let key = ecdsa::VerifyingKey::<C>::from_sec1_bytes(point);
            let signature = ecdsa::Signature::<C>::from_der(signature);
            key.and_then(|key| {
                // Of s and n - s some crates take the lower one only. The standard and all servers take both.
                key.verify_prehash(digest, &signature?.normalize_s())
            })
            .is_ok()
        })
    }

    /// Whether the octets, uncompressed or compressed, are a point of the curve.
    fn has_point(self, octets: &[u8]) -> bool {
        on_curve!(self, C => ecdsa::VerifyingKey::<C>::from_sec1_bytes(octets).is_ok())
    }
}

/// Whether ECDSA on the curve is verified here.
pub(in crate::crypto) fn knows_curve(curve: Oid<'_>) -> bool {
    Curve::of(curve).is_some()
}

/// Whether the public key of an EC key is a point of its curve; true where that cannot be told here.
#[must_use]
pub fn is_point(key: &PublicKey<'_>) -> bool {
    let Some(curve) = key.curve().or_else(|| described_curve(key)) else {
        return true;
    };
    let coordinates = key.bits.get(1..).unwrap_or_default();
    match (key.bits.first(), Curve::of(curve)) {
        (Some(2..=4), Some(curve)) => curve.has_point(key.bits),
        // X9.62's hybrid form: both coordinates, and whether the second is odd.
        (Some(form @ (6 | 7)), Some(curve)) => {
            let odd = coordinates.last().is_some_and(|last| last % 2 == 1);
            odd == (*form == 7) && curve.has_point(&[&[4], coordinates].concat())
        }
        (_, Some(_)) => false,
        (form, None) if curve == oid::BRAINPOOL_P512R1 => match form {
            Some(2 | 3) => coordinates.len() == 64,
            Some(4 | 6 | 7) => coordinates.len() == 2 * 64,
            _ => false,
        },
        _ => true,
    }
}
