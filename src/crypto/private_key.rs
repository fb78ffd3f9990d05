//! Whether a private key belongs to a public one.

use super::provider::signature;
use crate::cert::der::{Reader, Tlv, tag};
use crate::cert::key::{Algorithm, KeyKind, PublicKey};
use crate::cert::oid::{self, Oid};

/// Whether the private key in `der` (PKCS#8, SEC 1 or PKCS#1) belongs to `public`.
///
/// None where the key is encrypted, of a kind that cannot be compared, or unreadable. Nothing of
/// the private key leaves this function.
#[must_use]
pub fn private_key_matches(der: &[u8], public: &PublicKey<'_>) -> Option<bool> {
    let whole = Reader::new(der)
        .expect(tag::SEQUENCE, "a private key")
        .ok()?;
    let mut fields = whole.children();
    let version = fields.expect(tag::INTEGER, "a version").ok()?;
    match fields.peek()? {
        // PKCS#8 (RFC 5958 §2): the algorithm, then the key in an OCTET STRING.
        tag::SEQUENCE => {
            let algorithm = Algorithm::parse(&fields.read().ok()?).ok()?;
            let inner = fields.expect(tag::OCTET_STRING, "a key").ok()?;
            match algorithm.oid {
                oid::RSA_ENCRYPTION | oid::RSASSA_PSS | oid::EC_PUBLIC_KEY => {
                    private_key_matches_inner(inner.value(), algorithm.parameters.as_ref(), public)
                }
                oid::ED25519 => {
                    let pair = signature::Ed25519KeyPair::from_pkcs8_maybe_unchecked(der).ok()?;
                    Some(public.algorithm.oid == oid::ED25519 && same_public(&pair, public))
                }
                _ => None,
            }
        }
        _ if version.value() == [0] || version.value() == [1] => {
            private_key_matches_inner(der, None, public)
        }
        _ => None,
    }
}

fn private_key_matches_inner(
    der: &[u8],
    curve: Option<&Tlv<'_>>,
    public: &PublicKey<'_>,
) -> Option<bool> {
    let mut fields = Reader::new(der).read().ok()?.children();
    fields.expect(tag::INTEGER, "a version").ok()?;
    match fields.read().ok()? {
        // PKCS#1 (RFC 8017 appendix A.1.2): the modulus.
        modulus if modulus.tag == tag::INTEGER => {
            let zeros = modulus
                .value()
                .iter()
                .take_while(|&&octet| octet == 0)
                .count();
            Some(public.rsa_modulus() == Some(&modulus.value()[zeros..]))
        }
        // SEC 1 (RFC 5915 §3): the scalar, then [0] the curve and [1] the public key, both optional.
        scalar if scalar.tag == tag::OCTET_STRING => {
            if public.kind != KeyKind::Ec {
                return Some(false);
            }
            let rest: Vec<Tlv<'_>> = fields.elements().collect();
            let own_curve = rest
                .iter()
                .find(|field| field.tag == 0xa0)
                .and_then(|field| field.children().read().ok());
            let curve = own_curve.as_ref().or(curve).map(|curve| Oid(curve.value()));
            if curve.is_some() && curve != public.curve() {
                return Some(false);
            }
            let point = rest.iter().find(|field| field.tag == 0xa1)?;
            let point = point.children().expect(tag::BIT_STRING, "a point").ok()?;
            Some(point.value().get(1..) == Some(public.bits))
        }
        _ => None,
    }
}

fn same_public<K: signature::KeyPair>(pair: &K, public: &PublicKey<'_>) -> bool {
    pair.public_key().as_ref() == public.bits
}
