//! Signature algorithms by Go's names.
//!
//! Source: `signatureAlgorithmDetails` and `getSignatureAlgorithmFromAI` in `src/crypto/x509/x509.go`. Parameters are
//! looked at for RSASSA-PSS, Ed25519 and ML-DSA only.

use super::super::Release;
use super::super::der::Input;
use super::key::{AlgorithmIdentifier, KeyAlgorithm, algorithm};
use crate::cert::der::tag;

/// An algorithm that Go knows, or `Unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are Go's")]
pub(in super::super) enum SignatureAlgorithm {
    Unknown,
    Md5Rsa,
    Sha1Rsa,
    Sha256Rsa,
    Sha384Rsa,
    Sha512Rsa,
    DsaSha1,
    DsaSha256,
    EcdsaSha1,
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
    Sha256RsaPss,
    Sha384RsaPss,
    Sha512RsaPss,
    Ed25519,
    MlDsa44,
    MlDsa65,
    MlDsa87,
}

impl SignatureAlgorithm {
    pub(super) fn of(identifier: &AlgorithmIdentifier<'_>, release: Release) -> Self {
        let bare = identifier.parameters.is_empty();
        match identifier.oid.arcs() {
            [1, 2, 840, 113_549, 1, 1, 4] => Self::Md5Rsa,
            [1, 2, 840, 113_549, 1, 1, 5] | [1, 3, 14, 3, 2, 29] => Self::Sha1Rsa,
            [1, 2, 840, 113_549, 1, 1, 11] => Self::Sha256Rsa,
            [1, 2, 840, 113_549, 1, 1, 12] => Self::Sha384Rsa,
            [1, 2, 840, 113_549, 1, 1, 13] => Self::Sha512Rsa,
            [1, 2, 840, 113_549, 1, 1, 10] => {
                pss(Input(identifier.parameters), release).unwrap_or(Self::Unknown)
            }
            [1, 2, 840, 10040, 4, 3] => Self::DsaSha1,
            [2, 16, 840, 1, 101, 3, 4, 3, 2] => Self::DsaSha256,
            [1, 2, 840, 10045, 4, 1] => Self::EcdsaSha1,
            [1, 2, 840, 10045, 4, 3, 2] => Self::EcdsaSha256,
            [1, 2, 840, 10045, 4, 3, 3] => Self::EcdsaSha384,
            [1, 2, 840, 10045, 4, 3, 4] => Self::EcdsaSha512,
            [1, 3, 101, 112] if bare => Self::Ed25519,
            [2, 16, 840, 1, 101, 3, 4, 3, 17] if bare => Self::MlDsa44,
            [2, 16, 840, 1, 101, 3, 4, 3, 18] if bare => Self::MlDsa65,
            [2, 16, 840, 1, 101, 3, 4, 3, 19] if bare => Self::MlDsa87,
            _ => Self::Unknown,
        }
    }

    /// Go's name for it.
    pub(in super::super) fn name(self) -> &'static str {
        match self {
            Self::Unknown => "0",
            Self::Md5Rsa => "MD5-RSA",
            Self::Sha1Rsa => "SHA1-RSA",
            Self::Sha256Rsa => "SHA256-RSA",
            Self::Sha384Rsa => "SHA384-RSA",
            Self::Sha512Rsa => "SHA512-RSA",
            Self::DsaSha1 => "DSA-SHA1",
            Self::DsaSha256 => "DSA-SHA256",
            Self::EcdsaSha1 => "ECDSA-SHA1",
            Self::EcdsaSha256 => "ECDSA-SHA256",
            Self::EcdsaSha384 => "ECDSA-SHA384",
            Self::EcdsaSha512 => "ECDSA-SHA512",
            Self::Sha256RsaPss => "SHA256-RSAPSS",
            Self::Sha384RsaPss => "SHA384-RSAPSS",
            Self::Sha512RsaPss => "SHA512-RSAPSS",
            Self::Ed25519 => "Ed25519",
            Self::MlDsa44 => "ML-DSA-44",
            Self::MlDsa65 => "ML-DSA-65",
            Self::MlDsa87 => "ML-DSA-87",
        }
    }

    /// The kind of key that makes such signatures; none where Go does not know the algorithm.
    pub(in super::super) fn signer(self) -> Option<KeyAlgorithm> {
        Some(match self {
            Self::Unknown => return None,
            Self::Md5Rsa
            | Self::Sha1Rsa
            | Self::Sha256Rsa
            | Self::Sha384Rsa
            | Self::Sha512Rsa
            | Self::Sha256RsaPss
            | Self::Sha384RsaPss
            | Self::Sha512RsaPss => KeyAlgorithm::Rsa,
            Self::DsaSha1 | Self::DsaSha256 => KeyAlgorithm::Dsa,
            Self::EcdsaSha1 | Self::EcdsaSha256 | Self::EcdsaSha384 | Self::EcdsaSha512 => {
                KeyAlgorithm::Ecdsa
            }
            Self::Ed25519 => KeyAlgorithm::Ed25519,
            Self::MlDsa44 => KeyAlgorithm::MlDsa(44),
            Self::MlDsa65 => KeyAlgorithm::MlDsa(65),
            Self::MlDsa87 => KeyAlgorithm::MlDsa(87),
        })
    }

    /// The AlgorithmIdentifier in its usual form, for whoever checks a signature.
    pub(in super::super) fn canonical(self) -> &'static [u8] {
        match self {
            Self::Sha256Rsa => &[48, 13, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 11, 5, 0],
            Self::Sha384Rsa => &[48, 13, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 12, 5, 0],
            Self::Sha512Rsa => &[48, 13, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 13, 5, 0],
            Self::EcdsaSha256 => &[48, 10, 6, 8, 42, 134, 72, 206, 61, 4, 3, 2],
            Self::EcdsaSha384 => &[48, 10, 6, 8, 42, 134, 72, 206, 61, 4, 3, 3],
            Self::EcdsaSha512 => &[48, 10, 6, 8, 42, 134, 72, 206, 61, 4, 3, 4],
            Self::Ed25519 => &[48, 5, 6, 3, 43, 101, 112],
            Self::MlDsa44 => &[48, 11, 6, 9, 96, 134, 72, 1, 101, 3, 4, 3, 17],
            Self::MlDsa65 => &[48, 11, 6, 9, 96, 134, 72, 1, 101, 3, 4, 3, 18],
            Self::MlDsa87 => &[48, 11, 6, 9, 96, 134, 72, 1, 101, 3, 4, 3, 19],
            Self::Sha256RsaPss => &PSS_SHA256,
            Self::Sha384RsaPss => &PSS_SHA384,
            Self::Sha512RsaPss => &PSS_SHA512,
            _ => &[],
        }
    }
}

const PSS_SHA256: [u8; 67] = pss_identifier(1, 32);
const PSS_SHA384: [u8; 67] = pss_identifier(2, 48);
const PSS_SHA512: [u8; 67] = pss_identifier(3, 64);

/// RSASSA-PSS with one hash for both uses and a salt of its length (RFC 4055 §3.1).
const fn pss_identifier(hash: u8, salt: u8) -> [u8; 67] {
    [
        48, 65, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 10, 48, 52, 160, 15, 48, 13, 6, 9, 96, 134,
        72, 1, 101, 3, 4, 2, hash, 5, 0, 161, 28, 48, 26, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 8,
        48, 13, 6, 9, 96, 134, 72, 1, 101, 3, 4, 2, hash, 5, 0, 162, 3, 2, 1, salt,
    ]
}

/// RSASSA-PSS with parameters of one of three forms; none for others.
fn pss(mut parameters: Input<'_>, release: Release) -> Option<SignatureAlgorithm> {
    let mut fields = parameters.read(tag::SEQUENCE)?;
    let hash = identifier(fields.read(0xa0)?, release)?;
    let mask = identifier(fields.read(0xa1)?, release)?;
    let salt = fields.read(0xa2)?.int64()?;
    if let Some(mut trailer) = fields.optional(0xa3)?
        && trailer.int64()? != 1
    {
        return None;
    }
    let mask_hash = identifier(Input(mask.parameters), release)?;
    let plain = |parameters: &[u8]| parameters.is_empty() || parameters == [tag::NULL, 0];
    let matches = plain(hash.parameters)
        && plain(mask_hash.parameters)
        && mask.oid.arcs() == [1, 2, 840, 113_549, 1, 1, 8]
        && mask_hash.oid == hash.oid;
    match (hash.oid.arcs(), salt) {
        _ if !matches => None,
        ([2, 16, 840, 1, 101, 3, 4, 2, 1], 32) => Some(SignatureAlgorithm::Sha256RsaPss),
        ([2, 16, 840, 1, 101, 3, 4, 2, 2], 48) => Some(SignatureAlgorithm::Sha384RsaPss),
        ([2, 16, 840, 1, 101, 3, 4, 2, 3], 64) => Some(SignatureAlgorithm::Sha512RsaPss),
        _ => None,
    }
}

fn identifier(mut input: Input<'_>, release: Release) -> Option<AlgorithmIdentifier<'_>> {
    algorithm(input.read(tag::SEQUENCE)?, release).ok()
}
