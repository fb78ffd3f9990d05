//! Digests and signature checks, by the crypto provider that was built in.

#[cfg(feature = "aws-lc-rs")]
use aws_lc_rs as provider;
#[cfg(not(feature = "aws-lc-rs"))]
use ring as provider;

use provider::digest;
use provider::signature::{self, UnparsedPublicKey, VerificationAlgorithm};

use crate::cert::der::{Reader, Tlv, tag};
use crate::cert::key::{Algorithm, KeyKind, PublicKey};
use crate::cert::oid::{self, Oid};

/// A SHA-256 digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// The digest of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let digest = digest::digest(&digest::SHA256, bytes);
        let mut octets = [0; 32];
        octets.copy_from_slice(digest.as_ref());
        Self(octets)
    }
}

impl std::fmt::Display for Sha256 {
    /// Writes 64 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

/// What checking a signature with a key gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureCheck {
    /// The key made the signature.
    Valid,
    /// The key did not make the signature.
    Invalid,
    /// The algorithm, curve, key size or parameters cannot be verified here.
    Unsupported,
    /// A key of this kind cannot make signatures of this algorithm.
    WrongKeyType,
    /// The key is restricted to other RSASSA-PSS parameters (RFC 4055 §3.3).
    PssParametersForbidden,
}

/// Checks `signature` over `message`, said to be made by `key` with `algorithm`.
#[must_use]
pub fn check_signature(
    key: &PublicKey<'_>,
    algorithm: &Algorithm<'_>,
    message: &[u8],
    signature: &[u8],
) -> SignatureCheck {
    let Some(signer) = algorithm.signer() else {
        return SignatureCheck::Unsupported;
    };
    let pss_by_rsa = signer == KeyKind::RsaPss && key.kind == KeyKind::Rsa;
    if key.kind == KeyKind::Unknown {
        return SignatureCheck::Unsupported;
    }
    if signer != key.kind && !pss_by_rsa {
        return SignatureCheck::WrongKeyType;
    }
    if matches!(signer, KeyKind::EdDsa | KeyKind::MlDsa | KeyKind::SlhDsa)
        && algorithm.oid != key.algorithm.oid
    {
        return SignatureCheck::WrongKeyType;
    }
    if signer == KeyKind::RsaPss {
        return check_pss(key, algorithm, message, signature);
    }
    let verified = if let Some(legacy) = legacy_algorithm(key, algorithm) {
        UnparsedPublicKey::new(legacy, key.bits)
            .verify(message, signature)
            .is_ok()
    } else if let Some(modern) = webpki::ALL_VERIFICATION_ALGS.iter().find(|candidate| {
        candidate.signature_alg_id().as_ref() == algorithm.content
            && candidate.public_key_alg_id().as_ref() == key.algorithm.content
    }) {
        modern
            .verify_signature(key.bits, message, signature)
            .is_ok()
    } else {
        return SignatureCheck::Unsupported;
    };
    if verified {
        SignatureCheck::Valid
    } else {
        SignatureCheck::Invalid
    }
}

/// What webpki leaves out: SHA-1, RSA below 2048 bits, and secp256k1.
fn legacy_algorithm(
    key: &PublicKey<'_>,
    algorithm: &Algorithm<'_>,
) -> Option<&'static dyn VerificationAlgorithm> {
    let small = key.rsa_bits().is_some_and(|bits| bits < 2048);
    Some(match algorithm.oid {
        oid::SHA1_WITH_RSA => &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        oid::SHA256_WITH_RSA if small => &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        oid::SHA512_WITH_RSA if small => &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        #[cfg(feature = "aws-lc-rs")]
        oid::ECDSA_WITH_SHA1 if key.curve() == Some(oid::P256) => &signature::ECDSA_P256_SHA1_ASN1,
        #[cfg(feature = "aws-lc-rs")]
        oid::ECDSA_WITH_SHA256 if key.curve() == Some(oid::SECP256K1) => {
            &signature::ECDSA_P256K1_SHA256_ASN1
        }
        _ => return None,
    })
}

/// The parameters of RSASSA-PSS (RFC 4055 §3.1), defaults filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PssParameters<'a> {
    hash: Oid<'a>,
    mask_hash: Oid<'a>,
    salt_length: usize,
}

impl<'a> PssParameters<'a> {
    fn parse(parameters: &Tlv<'a>) -> Option<Self> {
        let mut pss = PssParameters {
            hash: oid::SHA1,
            mask_hash: oid::SHA1,
            salt_length: 20,
        };
        for field in parameters.children().elements() {
            let inner = field.children().read().ok()?;
            match field.tag {
                0xa0 => pss.hash = Algorithm::parse(&inner).ok()?.oid,
                0xa1 => {
                    let mask = Algorithm::parse(&inner).ok()?;
                    pss.mask_hash = Algorithm::parse(&mask.parameters?).ok()?.oid;
                }
                0xa2 if inner.tag == tag::INTEGER => {
                    pss.salt_length = inner.value().iter().try_fold(0_usize, |sum, &octet| {
                        sum.checked_mul(256)?.checked_add(octet.into())
                    })?;
                }
                _ => {}
            }
        }
        Some(pss)
    }
}

fn check_pss(
    key: &PublicKey<'_>,
    algorithm: &Algorithm<'_>,
    message: &[u8],
    signature: &[u8],
) -> SignatureCheck {
    let Some(used) = algorithm.parameters.as_ref().and_then(PssParameters::parse) else {
        return SignatureCheck::Unsupported;
    };
    if key.kind == KeyKind::RsaPss {
        let allowed = key
            .algorithm
            .parameters
            .as_ref()
            .and_then(PssParameters::parse);
        if let Some(allowed) = allowed
            && (allowed.hash != used.hash
                || allowed.mask_hash != used.mask_hash
                || used.salt_length < allowed.salt_length)
        {
            return SignatureCheck::PssParametersForbidden;
        }
    }
    let (verifier, digest_length): (&dyn VerificationAlgorithm, usize) = match used.hash {
        oid::SHA256 => (&signature::RSA_PSS_2048_8192_SHA256, 32),
        oid::SHA384 => (&signature::RSA_PSS_2048_8192_SHA384, 48),
        oid::SHA512 => (&signature::RSA_PSS_2048_8192_SHA512, 64),
        _ => return SignatureCheck::Unsupported,
    };
    let large_enough = key.rsa_bits().is_some_and(|bits| bits >= 2048);
    if used.mask_hash != used.hash || used.salt_length != digest_length || !large_enough {
        return SignatureCheck::Unsupported;
    }
    match UnparsedPublicKey::new(verifier, key.bits).verify(message, signature) {
        Ok(()) => SignatureCheck::Valid,
        Err(_) => SignatureCheck::Invalid,
    }
}

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
