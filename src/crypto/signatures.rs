//! Signature checks that are remembered, for our own links and inside rustls-webpki.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use rustls_pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};

use super::plan::{self, Check, Verification};
use super::{Sha256, SignatureCheck};
use crate::cert::key::{Algorithm, PublicKey};

/// Every signature check that was made, so that none is made twice.
///
/// A check is known by its algorithm, the issuer's key, what was signed, and the signature; it holds for every
/// client and every verifier.
#[derive(Debug, Default)]
pub struct Signatures {
    known: Mutex<HashMap<Sha256, bool>>,
}

impl Signatures {
    /// Checks `signature` over `message`, said to be made by `key` with `algorithm`.
    #[must_use]
    pub fn check(
        &self,
        key: &PublicKey<'_>,
        algorithm: &Algorithm<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> SignatureCheck {
        match plan::plan(key, algorithm) {
            Check::Impossible(why) => why,
            Check::Verify(verification) => {
                let valid = match verification {
                    Verification::Webpki(modern) => {
                        self.by_webpki(modern, key.bits, message, signature)
                    }
                    // Under names of their own: webpki refuses what these accept.
                    Verification::Provider(name, algorithm) => {
                        let parts = [name, key.bits, message, signature];
                        self.remember(parts, || {
                            plan::verify(algorithm, key.bits, message, signature)
                        })
                    }
                    // The two identifiers, whole, say which of them it is, and with what parameters.
                    Verification::Own(own) => {
                        let name = [b"own", algorithm.content].concat();
                        self.remember([&name, key.spki, message, signature], || {
                            own.verify(message, signature)
                        })
                    }
                };
                if valid {
                    SignatureCheck::Valid
                } else {
                    SignatureCheck::Invalid
                }
            }
        }
    }

    fn by_webpki(
        &self,
        algorithm: &'static dyn SignatureVerificationAlgorithm,
        key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        // The digest in the signature's algorithm and the curve in the key's tell all algorithms of webpki apart.
        let signature_algorithm = algorithm.signature_alg_id();
        let key_algorithm = algorithm.public_key_alg_id();
        let name = [signature_algorithm.as_ref(), key_algorithm.as_ref()].concat();
        self.remember([&name, key, message, signature], || {
            algorithm.verify_signature(key, message, signature).is_ok()
        })
    }

    fn remember(&self, parts: [&[u8]; 4], check: impl FnOnce() -> bool) -> bool {
        let id = Sha256::of_parts(&parts);
        // A check that panicked has written nothing.
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(valid) = known().get(&id).copied() {
            return valid;
        }
        let valid = check();
        known().insert(id, valid);
        valid
    }

    /// How many checks were made; what was remembered does not count.
    #[must_use]
    pub fn made(&self) -> usize {
        let known = self.known.lock();
        known.unwrap_or_else(PoisonError::into_inner).len()
    }

    /// webpki's algorithms, each of which asks here first.
    #[must_use]
    pub fn webpki_algorithms(&self) -> Vec<Remembering<'_>> {
        let all = webpki::ALL_VERIFICATION_ALGS.iter();
        all.map(|algorithm| Remembering {
            algorithm: *algorithm,
            signatures: self,
        })
        .collect()
    }
}

/// One of webpki's algorithms that remembers what it verified.
#[derive(Debug)]
pub struct Remembering<'s> {
    algorithm: &'static dyn SignatureVerificationAlgorithm,
    signatures: &'s Signatures,
}

impl SignatureVerificationAlgorithm for Remembering<'_> {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let valid = self
            .signatures
            .by_webpki(self.algorithm, public_key, message, signature);
        valid.then_some(()).ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.signature_alg_id()
    }
}
