//! Who checks a signature: webpki, the provider, or what is here for what both leave out.

use rustls_pki_types::SignatureVerificationAlgorithm;

use super::SignatureCheck;
use super::own::{self, Own};
use super::provider::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use crate::cert::der::tag;
use crate::cert::key::{Algorithm, KeyKind, PublicKey};
use crate::cert::oid::{self, Oid};
use crate::cert::pss::PssParameters;

/// What it takes to check a signature.
pub(super) enum Check<'k> {
    /// It cannot be checked, or cannot be valid, whatever was signed.
    Impossible(SignatureCheck),
    /// This verifies it.
    Verify(Verification<'k>),
}

/// What verifies a signature.
pub(super) enum Verification<'k> {
    /// One of webpki's own algorithms.
    Webpki(&'static dyn SignatureVerificationAlgorithm),
    /// One of the provider's that webpki does not use, and a name for it.
    Provider(&'static [u8], &'static dyn VerificationAlgorithm),
    /// Neither knows it, or takes this key.
    Own(Own<'k>),
}

const UNSUPPORTED: Check<'static> = Check::Impossible(SignatureCheck::Unsupported);

/// How a signature that `key` is said to have made with `algorithm` is checked.
pub(super) fn plan<'k>(key: &PublicKey<'k>, algorithm: &Algorithm<'_>) -> Check<'k> {
    let Some(signer) = algorithm.signer() else {
        return UNSUPPORTED;
    };
    let pss_by_rsa = signer == KeyKind::RsaPss && key.kind == KeyKind::Rsa;
    if key.kind == KeyKind::Unknown {
        return UNSUPPORTED;
    }
    if signer != key.kind && !pss_by_rsa {
        return Check::Impossible(SignatureCheck::WrongKeyType);
    }
    if matches!(signer, KeyKind::EdDsa | KeyKind::MlDsa | KeyKind::SlhDsa)
        && algorithm.oid != key.algorithm.oid
    {
        return Check::Impossible(SignatureCheck::WrongKeyType);
    }
    match signer {
        KeyKind::Rsa => plan_pkcs1(key, algorithm),
        KeyKind::RsaPss => plan_pss(key, algorithm),
        KeyKind::Ec => plan_ecdsa(key, algorithm),
        KeyKind::Dsa => own_or_unsupported(
            no_parameters(algorithm)
                .then(|| Own::dsa(key, algorithm))
                .flatten(),
        ),
        KeyKind::EdDsa if key.algorithm.oid == oid::ED448 => own_or_unsupported(
            // RFC 8410 §3: there are no parameters.
            (algorithm.parameters.is_none() && key.algorithm.parameters.is_none())
                .then(|| Own::ed448(key)),
        ),
        KeyKind::EdDsa => by_webpki(algorithm.content, key.algorithm.content),
        KeyKind::MlDsa => plan_ml_dsa(key, algorithm),
        _ => UNSUPPORTED,
    }
}

pub(super) fn verify(
    algorithm: &'static dyn VerificationAlgorithm,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    UnparsedPublicKey::new(algorithm, key)
        .verify(message, signature)
        .is_ok()
}

fn own_or_unsupported(own: Option<Own<'_>>) -> Check<'_> {
    own.map_or(UNSUPPORTED, |own| Check::Verify(Verification::Own(own)))
}

/// The one of webpki's algorithms that has these identifiers.
fn by_webpki(signature: &[u8], key: &[u8]) -> Check<'static> {
    let mut all = webpki::ALL_VERIFICATION_ALGS.iter();
    let found = all.find(|candidate| {
        candidate.signature_alg_id().as_ref() == signature
            && candidate.public_key_alg_id().as_ref() == key
    });
    found.map_or(UNSUPPORTED, |found| {
        Check::Verify(Verification::Webpki(*found))
    })
}

/// Whether an algorithm whose parameters are to be NULL, or absent, has no others.
///
/// Which of the two a digest's algorithm wants, issuers got wrong so often that most verifiers read both.
fn no_parameters(algorithm: &Algorithm<'_>) -> bool {
    algorithm
        .parameters
        .is_none_or(|parameters| parameters.raw() == [tag::NULL, 0])
}

/// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
fn plan_pkcs1<'k>(key: &PublicKey<'k>, algorithm: &Algorithm<'_>) -> Check<'k> {
    let known = own::RsaKey::parse(key.bits);
    // What is no RSA key at all is the provider's to refuse.
    let is_common = |least| known.as_ref().is_none_or(|known| known.is_common(least));
    if is_common(1024)
        && let Some((name, legacy)) = legacy_rsa(key, algorithm)
    {
        return Check::Verify(Verification::Provider(name, legacy));
    }
    if is_common(2048)
        && let modern @ Check::Verify(_) = by_webpki(algorithm.content, key.algorithm.content)
    {
        return modern;
    }
    own_or_unsupported(
        known
            .filter(|_| no_parameters(algorithm))
            .and_then(|known| Own::pkcs1(known, algorithm.digest()?)),
    )
}

/// What webpki leaves out: SHA-1, and RSA below 2048 bits. Each with a name.
fn legacy_rsa(
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
        _ => return None,
    })
}

/// RSASSA-PSS (RFC 8017 §8.1), within what the key allows (RFC 4055 §3.3).
fn plan_pss<'k>(key: &PublicKey<'k>, algorithm: &Algorithm<'_>) -> Check<'k> {
    let Some(used) = algorithm.parameters.as_ref().and_then(PssParameters::parse) else {
        return UNSUPPORTED;
    };
    if key.kind == KeyKind::RsaPss
        && let Some(parameters) = &key.algorithm.parameters
    {
        let Some(allowed) = PssParameters::parse(parameters) else {
            return UNSUPPORTED;
        };
        if allowed.hash != used.hash
            || allowed.mask_hash != used.mask_hash
            || used.salt_length < allowed.salt_length
        {
            return Check::Impossible(SignatureCheck::PssParametersForbidden);
        }
    }
    if used.mask != oid::MGF1 || used.trailer != 1 {
        return UNSUPPORTED;
    }
    let provided: Option<(&[u8], &dyn VerificationAlgorithm, usize)> = match used.hash {
        oid::SHA256 => Some((b"RSA-PSS SHA-256", &signature::RSA_PSS_2048_8192_SHA256, 32)),
        oid::SHA384 => Some((b"RSA-PSS SHA-384", &signature::RSA_PSS_2048_8192_SHA384, 48)),
        oid::SHA512 => Some((b"RSA-PSS SHA-512", &signature::RSA_PSS_2048_8192_SHA512, 64)),
        _ => None,
    };
    let known = own::RsaKey::parse(key.bits);
    if let Some((name, verifier, digest_length)) = provided
        && used.mask_hash == used.hash
        && used.salt_length == digest_length
        && known.as_ref().is_none_or(|known| known.is_common(2048))
    {
        return Check::Verify(Verification::Provider(name, verifier));
    }
    own_or_unsupported(known.and_then(|known| Own::pss(known, &used)))
}

/// ECDSA (RFC 5480 §2.2, appendix A) on a curve that is named, or described exactly.
fn plan_ecdsa<'k>(key: &PublicKey<'k>, algorithm: &Algorithm<'_>) -> Check<'k> {
    let Some(curve) = key.curve().or_else(|| own::described_curve(key)) else {
        return UNSUPPORTED;
    };
    // Compressed points are not every provider's.
    if key.bits.first() == Some(&4) || !own::knows_curve(curve) {
        #[cfg(feature = "aws-lc-rs")]
        if let Some((name, legacy)) = legacy_ecdsa(curve, algorithm) {
            return Check::Verify(Verification::Provider(name, legacy));
        }
        let named = named_curve_identifier(curve);
        if let modern @ Check::Verify(_) = by_webpki(algorithm.content, &named) {
            return modern;
        }
    }
    own_or_unsupported(
        no_parameters(algorithm)
            .then(|| Own::ecdsa(curve, algorithm.digest()?, key.bits))
            .flatten(),
    )
}

/// The content of an EC key's AlgorithmIdentifier that names the curve.
fn named_curve_identifier(curve: Oid<'_>) -> Vec<u8> {
    let mut content = Vec::with_capacity(24);
    for oid in [oid::EC_PUBLIC_KEY, curve] {
        content.push(tag::OID);
        // An identifier this long names no curve that webpki knows.
        content.push(u8::try_from(oid.0.len()).unwrap_or(u8::MAX));
        content.extend(oid.0);
    }
    content
}

/// What webpki leaves out: SHA-1, and secp256k1.
#[cfg(feature = "aws-lc-rs")]
fn legacy_ecdsa(
    curve: Oid<'_>,
    algorithm: &Algorithm<'_>,
) -> Option<(&'static [u8], &'static dyn VerificationAlgorithm)> {
    match (algorithm.oid, curve) {
        (oid::ECDSA_WITH_SHA1, oid::P256) => {
            Some((b"P-256 SHA-1", &signature::ECDSA_P256_SHA1_ASN1))
        }
        (oid::ECDSA_WITH_SHA256, oid::SECP256K1) => {
            Some((b"secp256k1 SHA-256", &signature::ECDSA_P256K1_SHA256_ASN1))
        }
        _ => None,
    }
}

/// ML-DSA (RFC 9881), which only one of the providers has.
#[cfg(feature = "aws-lc-rs")]
fn plan_ml_dsa(key: &PublicKey<'_>, algorithm: &Algorithm<'_>) -> Check<'static> {
    // RFC 9881 §2: there are no parameters.
    if algorithm.parameters.is_some() || key.algorithm.parameters.is_some() {
        return UNSUPPORTED;
    }
    let (name, verifier): (&[u8], &dyn VerificationAlgorithm) = match algorithm.oid {
        oid::ML_DSA_44 => (b"ML-DSA-44", &signature::ML_DSA_44),
        oid::ML_DSA_65 => (b"ML-DSA-65", &signature::ML_DSA_65),
        oid::ML_DSA_87 => (b"ML-DSA-87", &signature::ML_DSA_87),
        _ => return UNSUPPORTED,
    };
    Check::Verify(Verification::Provider(name, verifier))
}

#[cfg(not(feature = "aws-lc-rs"))]
fn plan_ml_dsa(_: &PublicKey<'_>, _: &Algorithm<'_>) -> Check<'static> {
    UNSUPPORTED
}
