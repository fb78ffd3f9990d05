//! What OpenSSL thinks of keys and signature algorithms: which it knows, and how strong they are.
//!
//! Source: `EVP_PKEY_get_security_bits` and its methods (`crypto/rsa/rsa_lib.c`, `crypto/ec/ec_ameth.c`, `crypto/bn/bn_lib.c` of 1.1.1),
//! `x509_sig_info_init` (`crypto/x509/x509_set.c`), `OBJ_find_sigid_algs` (`crypto/objects/obj_xref.txt`).

use super::curves::order_bits;
use crate::analysis::OpensslRelease;
use crate::cert::der::{Reader, tag};
use crate::cert::key::{Algorithm, KeyKind, PublicKey};
use crate::cert::oid::{self, Oid};
use crate::crypto::is_point;

/// A key that OpenSSL can decode.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// Its strength in bits.
    pub(super) security_bits: u32,
    /// Whether it is an EC key whose curve is spelt out instead of named.
    pub(super) explicit_curve: bool,
}

impl Key {
    /// None where `X509_get0_pubkey` gives nothing.
    pub(super) fn of(key: &PublicKey<'_>, release: OpensslRelease) -> Option<Self> {
        let named = |security_bits| Self {
            security_bits,
            explicit_curve: false,
        };
        match key.kind {
            KeyKind::Rsa | KeyKind::RsaPss => {
                let bits = key.rsa_bits()?;
                Some(named(rsa_security_bits(bits, release)))
            }
            KeyKind::Ec if !is_point(key) => None,
            KeyKind::Ec => match key.curve() {
                Some(curve) => Some(named(order_bits(curve).map(ec_security_bits)?)),
                None => Some(Self {
                    security_bits: explicit_order_bits(key).map(ec_security_bits)?,
                    explicit_curve: true,
                }),
            },
            KeyKind::Dsa => dsa_security_bits(key).map(named),
            KeyKind::EdDsa | KeyKind::Xdh => Some(named(match key.algorithm.oid {
                oid::ED25519 | oid::X25519 => 128,
                _ => 224,
            })),
            KeyKind::MlDsa | KeyKind::SlhDsa | KeyKind::MlKem
                if release >= OpensslRelease::V3_5 =>
            {
                Some(named(post_quantum_bits(key.algorithm.oid)))
            }
            _ => None,
        }
    }
}

/// Whether signatures of this algorithm are made by such keys: `check_sig_alg_match`.
pub(super) fn signs(
    key: &PublicKey<'_>,
    algorithm: &Algorithm<'_>,
    release: OpensslRelease,
) -> bool {
    let Some(signer) = algorithm.signer() else {
        return false;
    };
    match signer {
        // No release has DSA with these in its table of signatures (`crypto/objects/obj_xref.txt`).
        _ if matches!(algorithm.oid, oid::DSA_WITH_SHA384 | oid::DSA_WITH_SHA512) => false,
        // 1.1.1 has the two kinds of RSA key under one name there. A signature that the kind of key does not make fails later.
        KeyKind::Rsa if release == OpensslRelease::V1_1_1 => {
            matches!(key.kind, KeyKind::Rsa | KeyKind::RsaPss)
        }
        KeyKind::RsaPss => matches!(key.kind, KeyKind::Rsa | KeyKind::RsaPss),
        KeyKind::EdDsa => key.algorithm.oid == algorithm.oid,
        KeyKind::MlDsa | KeyKind::SlhDsa => {
            release >= OpensslRelease::V3_5 && key.algorithm.oid == algorithm.oid
        }
        other => key.kind == other,
    }
}

/// The strength of a signature algorithm: that of its digest against collisions. None where OpenSSL does not know it.
pub(super) fn signature_security_bits(
    algorithm: &Algorithm<'_>,
    release: OpensslRelease,
) -> Option<u32> {
    // Since 3.0 what attacks on MD5 and SHA-1 cost is counted, not half of the digest's length.
    let old = release == OpensslRelease::V1_1_1;
    let (md5, sha1) = if old { (64, 80) } else { (39, 63) };
    match algorithm.oid {
        oid::MD2_WITH_RSA => None,
        oid::MD4_WITH_RSA => Some(64),
        oid::MD5_WITH_RSA => Some(md5),
        oid::SHA1_WITH_RSA | oid::ECDSA_WITH_SHA1 | oid::DSA_WITH_SHA1 => Some(sha1),
        oid::SHA224_WITH_RSA | oid::ECDSA_WITH_SHA224 | oid::DSA_WITH_SHA224 => Some(112),
        oid::SHA256_WITH_RSA | oid::ECDSA_WITH_SHA256 | oid::DSA_WITH_SHA256 | oid::ED25519 => {
            Some(128)
        }
        oid::SHA384_WITH_RSA | oid::ECDSA_WITH_SHA384 => Some(192),
        oid::SHA512_WITH_RSA | oid::ECDSA_WITH_SHA512 => Some(256),
        oid::ED448 => Some(224),
        oid::RSASSA_PSS => pss_security_bits(algorithm, sha1),
        other => {
            let known = matches!(algorithm.signer(), Some(KeyKind::MlDsa | KeyKind::SlhDsa));
            (known && release >= OpensslRelease::V3_5).then(|| post_quantum_bits(other))
        }
    }
}

/// The digest of RSASSA-PSS parameters; SHA-1 where they do not name one (RFC 4055 §3.1).
fn pss_security_bits(algorithm: &Algorithm<'_>, sha1: u32) -> Option<u32> {
    let parameters = algorithm.parameters?;
    let named = parameters
        .children()
        .elements()
        .find(|field| field.tag == 0xa0);
    let digest = match named {
        None => oid::SHA1,
        Some(field) => Algorithm::parse(&field.children().read().ok()?).ok()?.oid,
    };
    match digest {
        oid::SHA1 => Some(sha1),
        oid::SHA224 => Some(112),
        oid::SHA256 => Some(128),
        oid::SHA384 => Some(192),
        oid::SHA512 => Some(256),
        _ => None,
    }
}

/// `BN_security_bits` in 1.1.1; the formula of SP 800-56B appendix D since 3.0.
fn rsa_security_bits(bits: usize, release: OpensslRelease) -> u32 {
    if release == OpensslRelease::V1_1_1 {
        return match bits {
            15360.. => 256,
            7680.. => 192,
            3072.. => 128,
            2048.. => 112,
            1024.. => 80,
            _ => 0,
        };
    }
    match bits {
        2048 => return 112,
        3072 => return 128,
        4096 => return 152,
        6144 => return 176,
        7680 => return 192,
        8192 => return 200,
        15360 => return 256,
        687_737.. => return 1200,
        ..8 => return 0,
        _ => {}
    }
    let cap = match bits {
        ..7681 => 192,
        7681..15361 => 256,
        _ => 1200,
    };
    #[allow(
        clippy::cast_precision_loss,
        reason = "below 687737, which a double holds exactly"
    )]
    let x = bits as f64 * std::f64::consts::LN_2;
    let logarithm = x.ln();
    let strength = (1.923 * (x * logarithm * logarithm).cbrt() - 4.690) / std::f64::consts::LN_2;
    // Rounded to the nearest multiple of eight.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 1200"
    )]
    let rounded = (strength.max(0.0) as u32 + 4) & !7;
    rounded.min(cap)
}

/// `ec_security_bits`.
fn ec_security_bits(order: u32) -> u32 {
    match order {
        512.. => 256,
        384.. => 192,
        256.. => 128,
        224.. => 112,
        160.. => 80,
        _ => order / 2,
    }
}

/// The bits of the order in `ECParameters` (RFC 3279 §2.3.5).
fn explicit_order_bits(key: &PublicKey<'_>) -> Option<u32> {
    let parameters = key.algorithm.parameters?;
    if parameters.tag != tag::SEQUENCE {
        return None;
    }
    // version, fieldID, curve, base, order
    let order = parameters.children().elements().nth(4)?;
    (order.tag == tag::INTEGER).then(|| integer_bits(order.value()))
}

fn dsa_security_bits(key: &PublicKey<'_>) -> Option<u32> {
    let parameters = key.algorithm.parameters?;
    let mut numbers = parameters.children();
    let modulus = numbers.expect(tag::INTEGER, "p").ok()?;
    let order = numbers.expect(tag::INTEGER, "q").ok()?;
    Reader::new(key.bits).expect(tag::INTEGER, "y").ok()?;
    let by_modulus = match integer_bits(modulus.value()) {
        15360.. => 256,
        7680.. => 192,
        3072.. => 128,
        2048.. => 112,
        1024.. => 80,
        _ => 0,
    };
    let by_order = integer_bits(order.value()) / 2;
    Some(if by_order < 80 {
        0
    } else {
        by_modulus.min(by_order)
    })
}

fn integer_bits(octets: &[u8]) -> u32 {
    let zeros = octets.iter().take_while(|&&octet| octet == 0).count();
    let rest = &octets[zeros..];
    let Some(first) = rest.first() else { return 0 };
    let bits = rest.len() * 8 - first.leading_zeros() as usize;
    u32::try_from(bits).unwrap_or(u32::MAX)
}

/// The security category of FIPS 203, 204 and 205 in bits.
fn post_quantum_bits(algorithm: Oid<'_>) -> u32 {
    match algorithm {
        oid::ML_DSA_44 | oid::ML_KEM_512 => 128,
        oid::ML_DSA_65 | oid::ML_KEM_768 => 192,
        oid::ML_DSA_87 | oid::ML_KEM_1024 => 256,
        // SLH-DSA: by twos 128s, 128f, 192s, 192f, 256s, 256f; SHA-2 from 20, SHAKE from 26.
        other => match other.0.last() {
            Some(20 | 21 | 26 | 27) => 128,
            Some(22 | 23 | 28 | 29) => 192,
            _ => 256,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rsa_strength_by_release() {
        let bits = |size| {
            [OpensslRelease::V1_1_1, OpensslRelease::V3_5]
                .map(|release| rsa_security_bits(size, release))
        };
        assert_eq!(bits(512), [0, 56]);
        assert_eq!(bits(1024), [80, 80]);
        assert_eq!(bits(2048), [112, 112]);
        assert_eq!(bits(4096), [128, 152]);
    }
}
