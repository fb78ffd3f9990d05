//! Which algorithms and keys GnuTLS knows, and which are too weak for it.
//!
//! Source: `lib/algorithms/sign.c`, `lib/algorithms/publickey.c`, `lib/algorithms/ecc.c`, `_gnutls_get_asn_mpis` in
//! `lib/x509/mpi.c`, `is_level_acceptable` in `lib/x509/verify.c` with the profile LOW, which the priority `NORMAL` sets.

use crate::cert::der::Reader;
use crate::cert::key::{Algorithm, KeyKind, PublicKey};
use crate::cert::oid::{self, Oid};

/// The fewest bits of an RSA or DSA key by the profile LOW.
const FEWEST_BITS: usize = 1024;

/// How far GnuTLS trusts a signature algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    /// It is one that GnuTLS does not know.
    Unknown,
    /// It does not verify (`_INSECURE`).
    Broken,
    /// It verifies, and is not accepted in certificates (`_INSECURE_FOR_CERTS`).
    Weak,
    /// It is accepted.
    Secure,
}

/// How strong a signature algorithm is for GnuTLS.
pub(super) fn strength(algorithm: &[u8]) -> Strength {
    // Obsolete identifiers of SHA-1 and MD5 with RSA and DSA (OIW), and RSA with RIPEMD-160.
    const OLD_MD5_RSA: Oid<'_> = Oid(&[0x2b, 0x0e, 3, 2, 25]);
    const OLD_SHA1_DSA: Oid<'_> = Oid(&[0x2b, 0x0e, 3, 2, 27]);
    const OLD_SHA1_RSA: Oid<'_> = Oid(&[0x2b, 0x0e, 3, 2, 29]);
    const RIPEMD_RSA: Oid<'_> = Oid(&[0x2b, 0x24, 3, 3, 1, 2]);
    let Some(algorithm) = parse_algorithm(algorithm) else {
        return Strength::Unknown;
    };
    match algorithm.oid {
        oid::MD2_WITH_RSA | oid::MD5_WITH_RSA | OLD_MD5_RSA => Strength::Broken,
        oid::SHA1_WITH_RSA
        | oid::ECDSA_WITH_SHA1
        | oid::DSA_WITH_SHA1
        | OLD_SHA1_DSA
        | OLD_SHA1_RSA
        | RIPEMD_RSA => Strength::Weak,
        oid::RSASSA_PSS if pss_hash(&algorithm).is_none() => Strength::Unknown,
        oid::SHA224_WITH_RSA
        | oid::SHA256_WITH_RSA
        | oid::SHA384_WITH_RSA
        | oid::SHA512_WITH_RSA
        | oid::ECDSA_WITH_SHA224
        | oid::ECDSA_WITH_SHA256
        | oid::ECDSA_WITH_SHA384
        | oid::ECDSA_WITH_SHA512
        | oid::RSASSA_PSS
        | oid::ED25519
        | oid::ED448
        // DSA with SHA-2, and RSA, DSA and ECDSA with SHA-3 (NIST's arc 2.16.840.1.101.3.4.3, 1 to 16).
        | Oid([0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 1..=16]) => Strength::Secure,
        _ => Strength::Unknown,
    }
}

/// The hash of RSASSA-PSS parameters, where GnuTLS has an algorithm for it: SHA-256, SHA-384 or SHA-512, for the mask as well.
fn pss_hash<'a>(algorithm: &Algorithm<'a>) -> Option<Oid<'a>> {
    let mut hash = None;
    let mut mask = None;
    for field in algorithm.parameters.as_ref()?.children().elements() {
        let inner = field.children().read().ok()?;
        match field.tag {
            0xa0 => hash = Some(Algorithm::parse(&inner).ok()?.oid),
            0xa1 => {
                let function = Algorithm::parse(&inner).ok()?;
                if function.oid != oid::MGF1 {
                    return None;
                }
                mask = Some(Algorithm::parse(&function.parameters?).ok()?.oid);
            }
            _ => {}
        }
    }
    let known = |hash: &Oid<'_>| matches!(*hash, oid::SHA256 | oid::SHA384 | oid::SHA512);
    hash.filter(known)
        .filter(|hash| mask.is_none_or(|mask| mask == *hash))
}

/// The SubjectPublicKeyInfo, where it can be read.
pub(super) fn parse_key(spki: &[u8]) -> Option<PublicKey<'_>> {
    PublicKey::parse(&Reader::new(spki).read().ok()?).ok()
}

/// The AlgorithmIdentifier, where it can be read.
pub(super) fn parse_algorithm(algorithm: &[u8]) -> Option<Algorithm<'_>> {
    Algorithm::parse(&Reader::new(algorithm).read().ok()?).ok()
}

/// Whether GnuTLS can take the key's numbers from its encoding.
pub(super) fn is_readable(key: &PublicKey<'_>) -> bool {
    match key.kind {
        KeyKind::Rsa | KeyKind::RsaPss => key.rsa_bits().is_some(),
        // The point has to be uncompressed, and its length odd.
        KeyKind::Ec => has_curve(key) && key.bits.len() % 2 == 1 && key.bits[0] == 4,
        KeyKind::EdDsa if key.algorithm.oid == oid::ED25519 => key.bits.len() == 32,
        KeyKind::EdDsa => key.bits.len() == 57,
        KeyKind::Xdh if key.algorithm.oid == oid::X25519 => key.bits.len() == 32,
        KeyKind::Xdh => key.bits.len() == 56,
        KeyKind::Dsa => key.algorithm.parameters.is_some(),
        _ => false,
    }
}

fn has_curve(key: &PublicKey<'_>) -> bool {
    matches!(
        key.curve(),
        Some(oid::P192 | oid::P224 | oid::P256 | oid::P384 | oid::P521)
    )
}

/// Whether the key has the strength that the profile LOW asks for: every curve that GnuTLS knows has.
pub(super) fn is_strong(key: &PublicKey<'_>) -> bool {
    match key.kind {
        KeyKind::Rsa | KeyKind::RsaPss => key.rsa_bits().is_some_and(|bits| bits >= FEWEST_BITS),
        KeyKind::Dsa => dsa_bits(key).is_some_and(|bits| bits >= FEWEST_BITS),
        // Their size is known by their name, before the key itself is read.
        KeyKind::EdDsa | KeyKind::Xdh => true,
        _ => is_readable(key),
    }
}

/// The size of a DSA key's prime.
fn dsa_bits(key: &PublicKey<'_>) -> Option<usize> {
    let prime = key.algorithm.parameters?.children().read().ok()?;
    let zeros = prime.value().iter().take_while(|octet| **octet == 0);
    let digits = &prime.value()[zeros.count()..];
    Some(digits.len() * 8 - digits.first()?.leading_zeros() as usize)
}

/// Whether the server offers a signature scheme for which a client has such a key (`_sign_priority_default` in `lib/priority.c`).
///
/// In TLS 1.3 an ECDSA scheme names its curve.
pub(super) fn is_offered(key: &PublicKey<'_>) -> bool {
    match key.kind {
        KeyKind::Rsa | KeyKind::RsaPss | KeyKind::EdDsa => true,
        KeyKind::Ec => matches!(key.curve(), Some(oid::P256 | oid::P384 | oid::P521)),
        _ => false,
    }
}
