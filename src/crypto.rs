//! Digests and signature checks: by the crypto provider that was built in, and what it leaves out by pure Rust.
//!
//! webpki and the provider verify what today's certificates have. Servers verify more: MD5, RSA of any size, RSASSA-PSS
//! with any parameters, Ed448, DSA, and ECDSA on other curves. Those are verified by `own`, which only ever sees public keys.

#[cfg(feature = "aws-lc-rs")]
use aws_lc_rs as provider;
#[cfg(not(feature = "aws-lc-rs"))]
use ring as provider;

use provider::digest;

mod own;
mod plan;
mod private_key;
mod rsa_weakness;
mod signatures;

pub use own::is_point;
pub use private_key::private_key_matches;
pub use rsa_weakness::RsaWeakness;
pub use signatures::{Remembering, Signatures};

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

/// The digests that key ids are made with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum KeyIdDigest {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl KeyIdDigest {
    /// The digest of `bytes`.
    pub(crate) fn of(self, bytes: &[u8]) -> impl AsRef<[u8]> + use<> {
        let algorithm = match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, bytes)
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
