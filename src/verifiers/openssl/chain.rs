//! `build_chain` and `check_trust`: from the end-entity to a self-signed certificate of the store, without backtracking.

use super::store::best_issuer;
use super::verification::{Stop, Verification, errors};
use super::x509::Trusted;
use crate::analysis::OpensslRelease;

impl Verification<'_, '_> {
    /// Looks for each issuer in the store first (`X509_V_FLAG_TRUSTED_FIRST`), then among what was sent. Once a
    /// certificate of the store is in the chain, only the store is asked.
    pub(super) fn build_chain(&mut self) -> Result<(), Stop> {
        // Chains may get one longer than allowed, so that the error is told.
        let max_depth = self.parameters.depth as usize + 1;
        let release = self.store.release;
        let now = self.parameters.at;
        let mut pool: Vec<_> = self.untrusted.to_vec();
        let mut ask_untrusted = !pool.is_empty();
        loop {
            let mut num = self.chain.len();
            let current = self.chain[num - 1].clone();
            let too_long = num > max_depth;
            let issuer = if too_long {
                None
            } else {
                self.store.issuer_of(&current, now)
            };
            if let Some(issuer) = issuer {
                // Since 3.0 `X509_self_signed` needs the key, and its failure ends everything.
                if current.key.is_none() && release != OpensslRelease::V1_1_1 {
                    return Err(Stop);
                }
                let mut is_match = true;
                let mut self_signed = current.is_self_signed();
                if !self_signed {
                    self_signed = issuer.is_self_signed();
                    self.chain.push(issuer);
                } else if issuer.id == self.analysis.entry(current.id).first {
                    // What was sent is the trusted certificate itself.
                    num -= 1;
                    self.num_untrusted = self.num_untrusted.min(num);
                    self.chain[num] = issuer;
                } else {
                    // It only has the same name.
                    is_match = false;
                }
                if is_match {
                    ask_untrusted = false;
                    match self.check_trust(num)? {
                        Trusted::Yes => return Ok(()),
                        Trusted::Rejected | Trusted::Undecided => {}
                    }
                    if !self_signed {
                        continue;
                    }
                }
            }
            if !ask_untrusted {
                break;
            }
            let current = &self.chain[self.chain.len() - 1];
            let found = if current.is_self_signed() || self.chain.len() > max_depth {
                None
            } else {
                // The end-entity may stand among what was sent once more, if it is self-issued.
                let again = current.self_issued && self.chain.len() == 1;
                let chain = &self.chain;
                let first = |id| self.analysis.entry(id).first;
                let candidates = pool.iter().filter(|candidate| {
                    again || !chain.iter().any(|on| first(on.id) == first(candidate.id))
                });
                best_issuer(candidates, current, now, release)
            };
            let Some(found) = found else {
                ask_untrusted = false;
                continue;
            };
            pool.retain(|other| other.id != found.id);
            self.chain.push(found);
            self.num_untrusted += 1;
        }
        self.report_untrusted(max_depth)
    }

    /// Whether a certificate from the store, at `num` or above, is a trust anchor.
    fn check_trust(&mut self, num: usize) -> Result<Trusted, Stop> {
        let purpose = self.parameters.purpose;
        for depth in num..self.chain.len() {
            match self.chain[depth].trusted(purpose, true) {
                Trusted::Yes => return Ok(Trusted::Yes),
                Trusted::Rejected => {
                    self.fail(depth, errors::CERT_REJECTED)?;
                    return Ok(Trusted::Undecided);
                }
                Trusted::Undecided => {}
            }
        }
        Ok(Trusted::Undecided)
    }

    /// The error of a chain without a trust anchor.
    fn report_untrusted(&mut self, max_depth: usize) -> Result<(), Stop> {
        let num = self.chain.len();
        let top = num - 1;
        let old = self.store.release == OpensslRelease::V1_1_1;
        // Since 3.0 an error that the callback has passed over already is told again instead.
        if !old && self.error != 0 {
            return self.fail(top, self.error);
        }
        if num > max_depth {
            self.fail(top, errors::CERT_CHAIN_TOO_LONG)?;
            if old {
                return Ok(());
            }
        }
        let error = if self.chain[top].is_self_signed() {
            if num == 1 {
                errors::DEPTH_ZERO_SELF_SIGNED_CERT
            } else {
                errors::SELF_SIGNED_CERT_IN_CHAIN
            }
        } else if self.num_untrusted < num {
            errors::UNABLE_TO_GET_ISSUER_CERT
        } else {
            errors::UNABLE_TO_GET_ISSUER_CERT_LOCALLY
        };
        self.fail(top, error)
    }
}
