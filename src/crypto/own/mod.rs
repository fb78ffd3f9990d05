//! Signatures that webpki and the provider do not verify.
//!
//! Field and curve arithmetic are the crates'; what is here is what the standards say around it. Only public keys and
//! signatures come here, so nothing needs to be constant-time; but they come from anyone, so the work is bounded:
//! a key beyond the bounds is none that can be verified.

mod curves;
mod digest;
mod dsa;
mod ecdsa;
mod modular;
mod rsa;

use ed448_goldilocks::{Signature, VerifyingKey};

pub(super) use curves::described_curve;
pub use ecdsa::is_point;
pub(super) use ecdsa::knows_curve;
pub(super) use rsa::RsaKey;

use crate::cert::der::{Tlv, tag};
use crate::cert::key::{Algorithm, PublicKey};
use crate::cert::oid::Oid;
use crate::cert::pss::PssParameters;
use digest::Digest;
use dsa::DsaKey;
use ecdsa::Curve;
use rsa::Pss;

/// A key and how it signs.
#[derive(Debug)]
pub(in crate::crypto) enum Own<'k> {
    Pkcs1(RsaKey<'k>, Digest),
    Pss(RsaKey<'k>, Pss),
    Ecdsa(Curve, Digest, &'k [u8]),
    Dsa(DsaKey<'k>, Digest),
    Ed448(&'k [u8]),
}

impl<'k> Own<'k> {
    pub(in crate::crypto) fn pkcs1(key: RsaKey<'k>, digest: Oid<'_>) -> Option<Self> {
        let digest = Digest::of(digest)?;
        key.is_bounded().then_some(Self::Pkcs1(key, digest))
    }

    pub(in crate::crypto) fn pss(key: RsaKey<'k>, parameters: &PssParameters<'_>) -> Option<Self> {
        let pss = Pss::new(parameters)?;
        key.is_bounded().then_some(Self::Pss(key, pss))
    }

    pub(in crate::crypto) fn ecdsa(
        curve: Oid<'_>,
        digest: Oid<'_>,
        point: &'k [u8],
    ) -> Option<Self> {
        Some(Self::Ecdsa(Curve::of(curve)?, Digest::of(digest)?, point))
    }

    pub(in crate::crypto) fn dsa(key: &PublicKey<'k>, algorithm: &Algorithm<'_>) -> Option<Self> {
        Some(Self::Dsa(
            DsaKey::parse(key)?,
            Digest::of(algorithm.digest()?)?,
        ))
    }

    pub(in crate::crypto) fn ed448(key: &PublicKey<'k>) -> Self {
        Self::Ed448(key.bits)
    }

    /// Whether the key made `signature` over `message`.
    pub(in crate::crypto) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Pkcs1(key, digest) => rsa::verify_pkcs1(key, *digest, message, signature),
            Self::Pss(key, pss) => rsa::verify_pss(key, pss, message, signature),
            Self::Ecdsa(curve, digest, point) => {
                curve.verify(point, &digest.of_message(message), signature)
            }
            Self::Dsa(key, digest) => key.verify(&digest.of_message(message), signature),
            Self::Ed448(key) => verify_ed448(key, message, signature).unwrap_or(false),
        }
    }
}

/// Ed448 without a context (RFC 8032 §5.2.7).
fn verify_ed448(key: &[u8], message: &[u8], signature: &[u8]) -> Option<bool> {
    let key = VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
    let signature = Signature::try_from(signature).ok()?;
    Some(key.verify_raw(&signature, message).is_ok())
}

/// The octets of a positive INTEGER in DER, without the leading zero.
fn positive<'a>(integer: &Tlv<'a>) -> Option<&'a [u8]> {
    if integer.tag != tag::INTEGER {
        return None;
    }
    match integer.value() {
        [0, rest @ ..] => rest
            .first()
            .is_some_and(|&first| first >= 0x80)
            .then_some(rest),
        value => value
            .first()
            .is_some_and(|&first| first < 0x80)
            .then_some(value),
    }
}

/// How many bits a number without leading zeros has.
fn bits(number: &[u8]) -> usize {
    let unused = number.first().map_or(0, |first| first.leading_zeros());
    number.len() * 8 - unused as usize
}
