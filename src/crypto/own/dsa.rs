//! DSA (FIPS 186-4 §4.7; RFC 3279 §2.2.2, §2.3.2).

use crypto_bigint::BoxedUint;

use super::modular::{Modulus, power};
use super::{bits, positive};
use crate::cert::der::{Reader, tag};
use crate::cert::key::PublicKey;

/// The sizes of the prime p that are verified, in bits. OpenSSL's limit above (`OPENSSL_DSA_MAX_MODULUS_BITS`); below 1024
/// bits logarithms can be taken.
const PRIME_BITS: std::ops::RangeInclusive<usize> = 1024..=10000;

/// The sizes of the prime divisor q (FIPS 186-4 §4.2), in octets.
const DIVISOR_LENGTHS: [usize; 3] = [20, 28, 32];

/// A DSA public key.
#[derive(Clone, Copy, Debug)]
pub(in crate::crypto) struct DsaKey<'k> {
    p: &'k [u8],
    q: &'k [u8],
    g: &'k [u8],
    y: &'k [u8],
}

impl<'k> DsaKey<'k> {
    /// None where the parameters are absent, which would be the issuer's own (RFC 3279 §2.3.2), or out of bounds.
    pub(super) fn parse(key: &PublicKey<'k>) -> Option<Self> {
        let parameters = key.algorithm.parameters?;
        if parameters.tag != tag::SEQUENCE {
            return None;
        }
        let mut fields = parameters.children();
        let mut next = || positive(&fields.read().ok()?);
        let (p, q, g) = (next()?, next()?, next()?);
        let y = positive(&Reader::new(key.bits).read().ok()?)?;
        let bounded = PRIME_BITS.contains(&bits(p))
            && DIVISOR_LENGTHS.contains(&q.len())
            && bits(q) == 8 * q.len();
        bounded.then_some(Self { p, q, g, y })
    }

    pub(super) fn verify(&self, digest: &[u8], signature: &[u8]) -> bool {
        self.recomputed(digest, signature)
            .is_some_and(|(expected, found)| expected == found)
    }

    /// r as the signature has it, and as it follows from the rest; none where the signature cannot be valid.
    fn recomputed(&self, digest: &[u8], signature: &[u8]) -> Option<(BoxedUint, BoxedUint)> {
        let (p, q) = (Modulus::new(self.p)?, Modulus::new(self.q)?);
        let mut outer = Reader::new(signature);
        let mut fields = outer.expect(tag::SEQUENCE, "a signature").ok()?.children();
        let mut next = || positive(&fields.read().ok()?);
        let (r, s) = (q.residue(next()?)?, q.residue(next()?)?);
        if !outer.is_empty() || !fields.is_empty() || bool::from(r.is_zero()) {
            return None;
        }
        // Zero has no inverse.
        let inverse = s.invert_vartime().into_option()?;
        let digest = &digest[..digest.len().min(self.q.len())];
        let digest = q.reduce(&BoxedUint::from_be_slice_vartime(digest));
        let of_g = digest.mul(&inverse).retrieve();
        let of_y = r.mul(&inverse).retrieve();
        let product = power(&p.residue(self.g)?, &of_g).mul(&power(&p.residue(self.y)?, &of_y));
        Some((r.retrieve(), q.reduce(&product.retrieve()).retrieve()))
    }
}
