//! The checks on a chain that was built: extensions, strength, signatures and dates, names.

use super::constraints;
use super::key;
use super::proxy;
use super::store::{dates, has_passed};
use super::verification::{Stop, Unmodelled, Verification, errors};
use super::x509::{CaKind, Trusted};
use crate::analysis::OpensslRelease;
use crate::crypto::SignatureCheck;

/// Bits of strength for each security level from 1 to 5 (`minbits_table`).
const LEVELS: [u32; 5] = [80, 112, 128, 192, 256];

impl Verification<'_, '_> {
    /// `check_extensions` (`check_chain_extensions` in 1.1.1).
    pub(super) fn check_extensions(&mut self) -> Result<(), Stop> {
        let release = self.store.release;
        let old = release == OpensslRelease::V1_1_1;
        let num = self.chain.len();
        let mut path_len = 0;
        let mut proxies = 0;
        // None for the end-entity, which may be both.
        let mut must_be_ca: Option<bool> = None;
        for depth in 0..num {
            let x509 = self.chain[depth].clone();
            if x509.unhandled_critical {
                self.fail(depth, errors::UNHANDLED_CRITICAL_EXTENSION)?;
            }
            if x509.proxy.is_some() {
                self.fail(depth, errors::PROXY_CERTIFICATES_NOT_ALLOWED)?;
            }
            let kind = x509.ca_kind(release);
            match must_be_ca {
                Some(false) if kind != CaKind::No => self.fail(depth, errors::INVALID_NON_CA)?,
                // basicConstraints is a must for all but the root.
                Some(true) if kind == CaKind::No || depth + 1 < num && kind != CaKind::Yes => {
                    let error = if old {
                        errors::INVALID_CA_1_1_1
                    } else {
                        errors::INVALID_CA
                    };
                    self.fail(depth, error)?;
                }
                _ => {}
            }
            if num > 1 && !old {
                match x509.key {
                    None => self.fail(depth, errors::UNSPECIFIED)?,
                    Some(key) if key.explicit_curve => {
                        self.fail(depth, errors::EC_KEY_EXPLICIT_PARAMS)?;
                    }
                    Some(_) => {}
                }
            }
            self.check_purpose(depth, must_be_ca == Some(true))?;
            if depth > 1
                && x509
                    .path_len
                    .is_some_and(|limit| path_len > limit + proxies)
            {
                self.fail(depth, errors::PATH_LENGTH_EXCEEDED)?;
            }
            if depth > 0 && !x509.self_issued {
                path_len += 1;
            }
            if let Some(proxy) = x509.proxy {
                if let Some(limit) = proxy.path_len {
                    if proxies > limit {
                        self.fail(depth, errors::PROXY_PATH_LENGTH_EXCEEDED)?;
                    }
                    proxies = limit;
                }
                proxies += 1;
            }
            must_be_ca = Some(x509.proxy.is_none());
        }
        Ok(())
    }

    /// `check_purpose`: the trust settings of a certificate of the store go before its extensions.
    fn check_purpose(&mut self, depth: usize, as_ca: bool) -> Result<(), Stop> {
        let x509 = &self.chain[depth];
        let purpose = self.parameters.purpose;
        let trusted = if depth >= self.num_untrusted {
            x509.trusted(purpose, false)
        } else {
            Trusted::Undecided
        };
        let fits = match trusted {
            Trusted::Yes => true,
            Trusted::Rejected => false,
            Trusted::Undecided => x509.fits_purpose(purpose, as_ca),
        };
        if fits {
            Ok(())
        } else {
            self.fail(depth, errors::INVALID_PURPOSE)
        }
    }

    /// `check_auth_level`: keys of issuers, and signatures but for the last certificate's.
    pub(super) fn check_auth_level(&mut self) -> Result<(), Stop> {
        let Some(least) = self.least_bits() else {
            return Ok(());
        };
        let num = self.chain.len();
        for depth in 0..num {
            if depth > 0 && !self.key_is_strong(depth) {
                self.fail(depth, errors::CA_KEY_TOO_SMALL)?;
            }
            let algorithm = &self.chain[depth].certificate.signature_algorithm;
            let bits = key::signature_security_bits(algorithm, self.store.release);
            if depth + 1 < num && bits.is_none_or(|bits| bits < least) {
                self.fail(depth, errors::CA_MD_TOO_WEAK)?;
            }
        }
        Ok(())
    }

    /// `check_key_level`.
    pub(super) fn key_is_strong(&self, depth: usize) -> bool {
        let key = self.chain[depth].key;
        self.least_bits()
            .is_none_or(|least| key.is_some_and(|key| key.security_bits >= least))
    }

    /// The bits of strength that the security level asks for; none at level 0.
    fn least_bits(&self) -> Option<u32> {
        let level = usize::from(self.parameters.auth_level).min(LEVELS.len());
        level.checked_sub(1).map(|index| LEVELS[index])
    }

    /// `X509_get_pubkey_parameters`: since 3.0 a key that does not decode ends the verification without a callback.
    pub(super) fn require_public_key(&self) -> Result<(), Stop> {
        let old = self.store.release == OpensslRelease::V1_1_1;
        if self.chain[0].key.is_none() && !old {
            Err(Stop)
        } else {
            Ok(())
        }
    }

    /// `internal_verify`: signatures and dates from the top down.
    pub(super) fn internal_verify(&mut self) -> Result<(), Stop> {
        let release = self.store.release;
        let mut depth = self.chain.len() - 1;
        let mut issuer = self.chain[depth].clone();
        // Where the last certificate issued itself, its own signature is not verified.
        let mut above = depth;
        if !issuer.likely_issued_by(&issuer, release) {
            if depth > 0 {
                depth -= 1;
            } else {
                self.fail(0, errors::UNABLE_TO_VERIFY_LEAF_SIGNATURE)?;
            }
        }
        loop {
            let subject = self.chain[depth].clone();
            if above != depth {
                if let Some(error) = issuer.signing_forbidden(&subject) {
                    self.fail(above, error)?;
                }
                if issuer.key.is_none() {
                    self.fail(above, errors::UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY)?;
                } else {
                    match self.check_signature(depth, above) {
                        SignatureCheck::Valid => {}
                        SignatureCheck::Unsupported => {
                            self.unmodelled
                                .get_or_insert((subject.id, Unmodelled::Signature));
                        }
                        _ => self.fail(depth, errors::CERT_SIGNATURE_FAILURE)?,
                    }
                }
            }
            self.check_dates(depth)?;
            self.succeed(depth)?;
            let Some(next) = depth.checked_sub(1) else {
                return Ok(());
            };
            above = depth;
            issuer = subject;
            depth = next;
        }
    }

    /// `X509_verify`: the algorithm must stand the same inside and outside of what is signed.
    fn check_signature(&self, depth: usize, above: usize) -> SignatureCheck {
        let x509 = &self.chain[depth];
        let subject = x509.certificate;
        if x509.certificate.inner_algorithm.content != subject.signature_algorithm.content {
            return SignatureCheck::Invalid;
        }
        let key = &self.chain[above].certificate.key;
        let signatures = &self.analysis.signatures;
        signatures.check(
            key,
            &subject.signature_algorithm,
            subject.tbs,
            subject.signature,
        )
    }

    /// `ossl_x509_check_cert_time`.
    fn check_dates(&mut self, depth: usize) -> Result<(), Stop> {
        let now = self.parameters.at;
        let [not_before, not_after] = dates(&self.chain[depth]);
        match not_before {
            None => self.fail(depth, errors::ERROR_IN_CERT_NOT_BEFORE_FIELD)?,
            Some(date) if date > now => self.fail(depth, errors::CERT_NOT_YET_VALID)?,
            Some(_) => {}
        }
        match not_after {
            None => self.fail(depth, errors::ERROR_IN_CERT_NOT_AFTER_FIELD),
            Some(date) if has_passed(date, now, self.store.release) => {
                self.fail(depth, errors::CERT_HAS_EXPIRED)
            }
            Some(_) => Ok(()),
        }
    }

    /// `check_name_constraints`: each certificate against every one above it, the root's constraints included.
    pub(super) fn check_name_constraints(&mut self) -> Result<(), Stop> {
        let release = self.store.release;
        for depth in (0..self.chain.len()).rev() {
            let x509 = self.chain[depth].clone();
            if depth != 0 && x509.self_issued {
                continue;
            }
            if x509.proxy.is_some() && !proxy::is_named_after_issuer(&x509) {
                self.fail(depth, errors::PROXY_SUBJECT_NAME_VIOLATION)?;
            }
            for above in (depth + 1..self.chain.len()).rev() {
                let constraints = &self.chain[above].certificate.values.name_constraints;
                let Some(constraints) = constraints else {
                    continue;
                };
                let found =
                    constraints::violation(release, x509.certificate, constraints, depth == 0);
                if let Err(error) = found {
                    self.fail(depth, error)?;
                }
            }
        }
        Ok(())
    }
}
