//! Digests and signature checks, by the crypto provider that was built in.

#[cfg(feature = "aws-lc-rs")]
use aws_lc_rs as provider;
#[cfg(not(feature = "aws-lc-rs"))]
use ring as provider;

use provider::digest;
use provider::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use rustls_pki_types::SignatureVerificationAlgorithm;

mod signatures;

pub use signatures::{Remembering, Signatures};

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
        Self::from_digest(&digest::digest(&digest::SHA256, bytes))
    }

    /// The digest of several parts, each preceded by its length.
    #[must_use]
    pub fn of_parts(parts: &[&[u8]]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        Self::from_digest(&context.finish())
    }

    fn from_digest(digest: &digest::Digest) -> Self {
        let mut octets = [0; 32];
        octets.copy_from_slice(digest.as_ref());
        Self(octets)
    }
}

impl std::fmt::Display for Sha256 {
    /// Writes 64 lower-case hexadecimal digits.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::cert::hex_digits(&self.0))
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

/// What it takes to check a signature.
enum Check {
    /// It cannot be checked, or cannot be valid, whatever was signed.
    Impossible(SignatureCheck),
    /// This verifies it.
    Verify(Verification),
}

/// What verifies a signature.
enum Verification {
    /// One of webpki's own algorithms.
    Webpki(&'static dyn SignatureVerificationAlgorithm),
    /// One of the provider's that webpki does not use, and a name for it.
    Provider(&'static [u8], &'static dyn VerificationAlgorithm),
}

/// How a signature that `key` is said to have made with `algorithm` is checked.
fn plan(key: &PublicKey<'_>, algorithm: &Algorithm<'_>) -> Check {
    let Some(signer) = algorithm.signer() else {
        return Check::Impossible(SignatureCheck::Unsupported);
    };
    let pss_by_rsa = signer == KeyKind::RsaPss && key.kind == KeyKind::Rsa;
    if key.kind == KeyKind::Unknown {
        return Check::Impossible(SignatureCheck::Unsupported);
    }
    if signer != key.kind && !pss_by_rsa {
        return Check::Impossible(SignatureCheck::WrongKeyType);
    }
    if matches!(signer, KeyKind::EdDsa | KeyKind::MlDsa | KeyKind::SlhDsa)
        && algorithm.oid != key.algorithm.oid
    {
        return Check::Impossible(SignatureCheck::WrongKeyType);
    }
    if signer == KeyKind::RsaPss {
        return plan_pss(key, algorithm);
    }
    if let Some((name, legacy)) = legacy_algorithm(key, algorithm) {
        return Check::Verify(Verification::Provider(name, legacy));
    }
    let modern = webpki::ALL_VERIFICATION_ALGS.iter().find(|candidate| {
        candidate.signature_alg_id().as_ref() == algorithm.content
            && candidate.public_key_alg_id().as_ref() == key.algorithm.content
    });
    match modern {
        Some(modern) => Check::Verify(Verification::Webpki(*modern)),
        None => Check::Impossible(SignatureCheck::Unsupported),
    }
}

fn verify(
    algorithm: &'static dyn VerificationAlgorithm,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    UnparsedPublicKey::new(algorithm, key)
        .verify(message, signature)
        .is_ok()
}

/// What webpki leaves out: SHA-1, RSA below 2048 bits, and secp256k1. Each with a name.
fn legacy_algorithm(
    key: &PublicKey<'_>,
    algorithm: &Algorithm<'_>,
) -> Option<(&'static [u8], &'static dyn VerificationAlgorithm)> {
    let small = key.rsa_bits().is_some_and(|bits| bits < 2048);
    Some(match algorithm.oid {
        oid::SHA1_WITH_RSA => (
            b"RSA SHA-1",
            &signature::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        ),
        oid::SHA256_WITH_RSA if small => (
            b"small RSA SHA-256",
            &signature::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
        ),
        oid::SHA512_WITH_RSA if small => (
            b"small RSA SHA-512",
            &signature::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        ),
        #[cfg(feature = "aws-lc-rs")]
        oid::ECDSA_WITH_SHA1 if key.curve() == Some(oid::P256) => {
            (b"P-256 SHA-1", &signature::ECDSA_P256_SHA1_ASN1)
        }
        #[cfg(feature = "aws-lc-rs")]
        oid::ECDSA_WITH_SHA256 if key.curve() == Some(oid::SECP256K1) => {
            (b"secp256k1 SHA-256", &signature::ECDSA_P256K1_SHA256_ASN1)
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

fn plan_pss(key: &PublicKey<'_>, algorithm: &Algorithm<'_>) -> Check {
    let unsupported = Check::Impossible(SignatureCheck::Unsupported);
    let Some(used) = algorithm.parameters.as_ref().and_then(PssParameters::parse) else {
        return unsupported;
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
            return Check::Impossible(SignatureCheck::PssParametersForbidden);
        }
    }
    let (name, verifier, digest_length): (&[u8], &dyn VerificationAlgorithm, usize) =
        match used.hash {
            oid::SHA256 => (b"RSA-PSS SHA-256", &signature::RSA_PSS_2048_8192_SHA256, 32),
            oid::SHA384 => (b"RSA-PSS SHA-384", &signature::RSA_PSS_2048_8192_SHA384, 48),
            oid::SHA512 => (b"RSA-PSS SHA-512", &signature::RSA_PSS_2048_8192_SHA512, 64),
            _ => return unsupported,
        };
    let large_enough = key.rsa_bits().is_some_and(|bits| bits >= 2048);
    if used.mask_hash != used.hash || used.salt_length != digest_length || !large_enough {
        return unsupported;
    }
    Check::Verify(Verification::Provider(name, verifier))
}

/// Whether the public key of an EC key is a point of its named curve; true where that cannot be told here.
#[must_use]
pub fn is_point(key: &PublicKey<'_>) -> bool {
    let Some(curve) = key.curve() else {
        return true;
    };
    let octets = match curve {
        oid::P192 => 24,
        oid::P224 => 28,
        oid::P256 | oid::SECP256K1 | oid::BRAINPOOL_P256R1 => 32,
        oid::P384 | oid::BRAINPOOL_P384R1 => 48,
        oid::BRAINPOOL_P512R1 => 64,
        oid::P521 => 66,
        _ => return true,
    };
    // SEC 1 §2.3.3: compressed, uncompressed, and X9.62's hybrid form.
    let (form, length) = match key.bits.split_first() {
        Some((form @ (2 | 3), rest)) => (*form, rest.len() == octets),
        Some((form @ (4 | 6 | 7), rest)) => (*form, rest.len() == 2 * octets),
        _ => return false,
    };
    length && (form != 4 || is_on_curve(curve, key.bits))
}

#[cfg(feature = "aws-lc-rs")]
fn is_on_curve(curve: Oid<'_>, point: &[u8]) -> bool {
    let algorithm = match curve {
        oid::P256 => &signature::ECDSA_P256_SHA256_ASN1,
        oid::P384 => &signature::ECDSA_P384_SHA384_ASN1,
        oid::P521 => &signature::ECDSA_P521_SHA512_ASN1,
        oid::SECP256K1 => &signature::ECDSA_P256K1_SHA256_ASN1,
        _ => return true,
    };
    signature::ParsedPublicKey::new(algorithm, point).is_ok()
}

#[cfg(not(feature = "aws-lc-rs"))]
fn is_on_curve(_curve: Oid<'_>, _point: &[u8]) -> bool {
    // ring tells only together with a signature.
    true
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
