//! RSA signatures (RFC 8017 §8) with keys and parameters that the provider does not take.

use crypto_bigint::BoxedUint;

use super::digest::Digest;
use super::modular::{self, Modulus};
use super::{bits, positive};
use crate::cert::der::{Reader, tag};
use crate::cert::pss::PssParameters;

/// The sizes of a modulus that are verified, in bits. OpenSSL's limit above (`OPENSSL_RSA_MAX_MODULUS_BITS`).
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 512..=16384;

/// The largest exponent that is verified, in bits: OpenSSL's limit for large moduli (`OPENSSL_RSA_MAX_PUBEXP_BITS`).
const EXPONENT_BITS: usize = 64;

/// The providers' largest exponent, in bits.
const COMMON_EXPONENT_BITS: usize = 33;

/// The providers' largest modulus, in bits.
const COMMON_MODULUS_BITS: usize = 8192;

/// An RSA public key (RFC 8017 appendix A.1.1).
#[derive(Clone, Copy, Debug)]
pub(in crate::crypto) struct RsaKey<'k> {
    modulus: &'k [u8],
    exponent: &'k [u8],
}

impl<'k> RsaKey<'k> {
    pub(in crate::crypto) fn parse(key: &'k [u8]) -> Option<Self> {
        let mut outer = Reader::new(key);
        let mut fields = outer.expect(tag::SEQUENCE, "an RSA key").ok()?.children();
        let modulus = positive(&fields.read().ok()?)?;
        let exponent = positive(&fields.read().ok()?)?;
        let whole = outer.is_empty() && fields.is_empty();
        whole.then_some(Self { modulus, exponent })
    }

    /// Whether the providers take it, from this many bits on.
    pub(in crate::crypto) fn is_common(&self, least: usize) -> bool {
        (least..=COMMON_MODULUS_BITS).contains(&bits(self.modulus))
            && bits(self.exponent) <= COMMON_EXPONENT_BITS
    }

    /// Whether it is one that can be verified with, at a bounded cost. With an exponent of 1 anyone can sign.
    pub(super) fn is_bounded(&self) -> bool {
        let odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
        MODULUS_BITS.contains(&bits(self.modulus))
            && (2..=EXPONENT_BITS).contains(&bits(self.exponent))
            && odd(self.modulus)
            && odd(self.exponent)
    }

    /// RSAVP1 (RFC 8017 §5.2.2): the encoded message, as long as the modulus.
    fn encoded_message(&self, signature: &[u8]) -> Option<Vec<u8>> {
        if signature.len() != self.modulus.len() {
            return None;
        }
        let base = Modulus::new(self.modulus)?.residue(signature)?;
        let exponent = BoxedUint::from_be_slice_vartime(self.exponent);
        let octets = modular::power(&base, &exponent).retrieve().to_be_bytes();
        // Whole machine words are more than the modulus may have.
        Some(octets[octets.len().checked_sub(self.modulus.len())?..].to_vec())
    }
}

/// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2): there is one right encoding, to which the signature's is compared.
pub(super) fn verify_pkcs1(
    key: &RsaKey<'_>,
    digest: Digest,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let expected = encode_pkcs1(digest, message, key.modulus.len());
    expected.is_some() && expected == key.encoded_message(signature)
}

/// EMSA-PKCS1-v1_5 (RFC 8017 §9.2); none where the modulus is too short.
fn encode_pkcs1(digest: Digest, message: &[u8], length: usize) -> Option<Vec<u8>> {
    const NULL: [u8; 2] = [tag::NULL, 0];
    let algorithm = [&element(tag::OID, digest.oid().0)?, &NULL[..]].concat();
    let info = [
        element(tag::SEQUENCE, &algorithm)?,
        element(tag::OCTET_STRING, &digest.of_message(message))?,
    ];
    let info = element(tag::SEQUENCE, &info.concat())?;
    let padding = length
        .checked_sub(info.len() + 3)
        .filter(|&padding| padding >= 8)?;
    Some([&[0, 1], &vec![0xff; padding][..], &[0], &info].concat())
}

/// A DER element of less than 128 octets.
fn element(tag: u8, content: &[u8]) -> Option<Vec<u8>> {
    let length = u8::try_from(content.len())
        .ok()
        .filter(|&length| length < 0x80)?;
    Some([&[tag, length], content].concat())
}

/// The parameters of RSASSA-PSS.
#[derive(Clone, Copy, Debug)]
pub(in crate::crypto) struct Pss {
    digest: Digest,
    mask: Digest,
    salt_length: usize,
}

impl Pss {
    pub(super) fn new(parameters: &PssParameters<'_>) -> Option<Self> {
        Some(Self {
            digest: Digest::of(parameters.hash)?,
            mask: Digest::of(parameters.mask_hash)?,
            salt_length: parameters.salt_length,
        })
    }
}

/// RSASSA-PSS (RFC 8017 §8.1.2).
pub(super) fn verify_pss(key: &RsaKey<'_>, pss: &Pss, message: &[u8], signature: &[u8]) -> bool {
    key.encoded_message(signature)
        .and_then(|encoded| is_pss_of(pss, message, &encoded, bits(key.modulus) - 1))
        .unwrap_or(false)
}

/// EMSA-PSS-VERIFY (RFC 8017 §9.1.2); none where the encoding cannot be any message's.
fn is_pss_of(pss: &Pss, message: &[u8], encoded: &[u8], encoded_bits: usize) -> Option<bool> {
    // Where the modulus has one bit more than whole octets, the encoded message has one octet less than it.
    let (surplus, encoded) = encoded.split_at(encoded.len().checked_sub(encoded_bits.div_ceil(8))?);
    let digest_length = pss.digest.length();
    let zeros = encoded
        .len()
        .checked_sub(digest_length.checked_add(pss.salt_length)?.checked_add(2)?)?;
    let (masked, rest) = encoded.split_at(encoded.len() - digest_length - 1);
    let (hash, trailer) = rest.split_at(digest_length);
    let unused = 8 * encoded.len() - encoded_bits;
    let used = 0xff_u8 >> unused;
    if surplus.iter().any(|&octet| octet != 0) || trailer != [0xbc] || masked.first()? & !used != 0
    {
        return None;
    }
    let mut block = masked.to_vec();
    unmask(&mut block, pss.mask, hash);
    block[0] &= used;
    let (padding, salt) = block.split_at(zeros + 1);
    let (one, padding) = padding.split_last()?;
    if *one != 1 || padding.iter().any(|&octet| octet != 0) {
        return None;
    }
    let message = pss.digest.of_message(message);
    Some(
        pss.digest
            .of_message(&[&[0; 8], &message[..], salt].concat())
            == hash,
    )
}

/// Takes MGF1's mask off the block (RFC 8017 appendix B.2.1).
fn unmask(block: &mut [u8], digest: Digest, seed: &[u8]) {
    for (counter, part) in (0_u32..).zip(block.chunks_mut(digest.length())) {
        let mask = digest.of_message(&[seed, &counter.to_be_bytes()].concat());
        for (octet, mask) in part.iter_mut().zip(mask) {
            *octet ^= mask;
        }
    }
}
