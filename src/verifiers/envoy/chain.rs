//! How BoringSSL builds a path, and what it checks of it, in its order. The first error ends it.
//!
//! Source: BoringSSL `crypto/x509/x509_vfy.cc` (`X509_verify_cert` and what it calls) and `x509_trs.cc`, with the
//! parameters of Envoy's `DefaultCertValidator`: purpose and trust of a TLS client, partial chains allowed, no callback.

use super::code;
use super::der::DerTime;
use super::key::Verified;
use super::name_constraints::has_host_name;
use super::pem::Trusted;
use super::policy;
use super::revocation;
use super::store::{Choices, Store};
use super::x509::{X509, usage};
use crate::cert::oid;
use crate::cert::time::Time;
use crate::crypto::Signatures;

/// What a path is checked with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'s> {
    pub(super) store: &'s Store,
    pub(super) signatures: &'s Signatures,
    pub(super) at: Time,
    /// The most certificates in a path, client and anchor included.
    pub(super) longest: usize,
    pub(super) choices: &'s Choices,
}

/// A path: the client's certificate first, then what it sent, then what is trusted.
#[derive(Debug)]
pub(super) struct Chain<'s> {
    pub(super) certificates: Vec<&'s X509>,
    /// How many of them are not from the store.
    untrusted: usize,
    /// Those from the store, with their trust settings.
    trusted: Vec<&'s Trusted>,
}

/// What ends the check of a path.
#[derive(Debug)]
pub(super) enum End {
    Error(Failure),
    /// A signature by the certificate at this depth that cannot be verified here.
    Unverifiable(usize),
}

/// An error.
#[derive(Debug)]
pub(super) struct Failure {
    /// BoringSSL's number.
    pub(super) code: i32,
    /// BoringSSL's place in the path.
    pub(super) depth: usize,
    /// The place of the certificate that our words are about.
    pub(super) about: usize,
    /// What else there is to say: a name, a list.
    pub(super) detail: String,
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Error(failure)
    }
}

/// An error at the certificate with this depth.
pub(super) fn failure(code: i32, depth: usize) -> Failure {
    Failure {
        code,
        depth,
        about: depth,
        detail: String::new(),
    }
}

/// Verifies what a client sent, its own certificate first. The path is given back in any case.
pub(super) fn verify<'s>(context: Context<'s>, sent: &'s [X509]) -> (Chain<'s>, Result<(), End>) {
    let mut chain = Chain {
        certificates: Vec::new(),
        untrusted: 0,
        trusted: Vec::new(),
    };
    let result = chain.build(context, sent).map_err(End::Error);
    let result = result.and_then(|()| chain.check(context));
    (chain, result)
}

impl<'s> Chain<'s> {
    fn top(&self) -> &'s X509 {
        self.certificates[self.certificates.len() - 1]
    }

    /// Builds the path, and decides whether it ends in something trusted.
    fn build(&mut self, context: Context<'s>, sent: &'s [X509]) -> Result<(), Failure> {
        let store = context.store;
        let leaf = &sent[0];
        self.certificates.push(leaf);
        self.untrusted = 1;
        if !leaf.is_valid {
            return Err(failure(code::INVALID_EXTENSION, 0));
        }
        // The client's own certificate is among what may be taken from.
        let mut unused: Vec<&X509> = sent.iter().collect();
        while self.certificates.len() < context.longest && !self.top().is_self_signed {
            let top = self.top();
            if store
                .issuer_of(top, context.choices, self.certificates.len() - 1)
                .is_some()
            {
                break;
            }
            let position = unused.iter().position(|one| one.may_have_issued(top));
            let Some(position) = position else { break };
            self.certificates.push(unused.remove(position));
            self.untrusted += 1;
        }
        let mut sent_root = None;
        if self.top().is_self_signed {
            if self.certificates.len() == 1 {
                let found = store.issuer_of(leaf, context.choices, 0);
                let Some(found) = found.filter(|found| found.certificate.der == leaf.der) else {
                    return Err(failure(code::DEPTH_ZERO_SELF_SIGNED_CERT, 0));
                };
                self.certificates[0] = &found.certificate;
                self.trusted.push(found);
                self.untrusted = 0;
            } else {
                sent_root = self.certificates.pop();
                self.untrusted -= 1;
            }
        }
        while self.certificates.len() < context.longest && !self.top().is_self_signed {
            let Some(issuer) =
                store.issuer_of(self.top(), context.choices, self.certificates.len() - 1)
            else {
                break;
            };
            self.certificates.push(&issuer.certificate);
            self.trusted.push(issuer);
        }
        if self.is_trusted(store)? {
            return Ok(());
        }
        let Some(root) = sent_root.filter(|root| root.may_have_issued(self.top())) else {
            let depth = self.certificates.len() - 1;
            return Err(failure(code::UNABLE_TO_GET_ISSUER_CERT_LOCALLY, depth));
        };
        self.certificates.push(root);
        let depth = self.certificates.len() - 1;
        Err(failure(code::SELF_SIGNED_CERT_IN_CHAIN, depth))
    }

    /// Whether something of the path is trusted (`check_trust`); an error where trust settings forbid it.
    fn is_trusted(&mut self, store: &'s Store) -> Result<bool, Failure> {
        for (index, trusted) in self.trusted.iter().enumerate() {
            match trusted.is_for_clients() {
                Some(true) => return Ok(true),
                Some(false) => {
                    return Err(failure(code::CERT_REJECTED, self.untrusted + index));
                }
                None => {}
            }
        }
        if !self.trusted.is_empty() {
            return Ok(true);
        }
        // The client's own certificate may be trusted as it is.
        let Some(found) = store.find(self.certificates[0]) else {
            return Ok(false);
        };
        self.certificates[0] = &found.certificate;
        self.untrusted = 0;
        Ok(true)
    }

    fn check(&self, context: Context<'_>) -> Result<(), End> {
        self.check_extensions()?;
        if context.store.checks_crls {
            for depth in 0..self.certificates.len() {
                revocation::check(context, &self.certificates, depth)?;
            }
        }
        self.check_signatures_and_dates(context)?;
        self.check_names()?;
        policy::check(&self.certificates).map_err(|(code, at)| Failure {
            about: at.unwrap_or(0),
            ..failure(code, 0)
        })?;
        Ok(())
    }

    /// What the certificates that the client sent say about themselves (`check_chain_extensions`).
    fn check_extensions(&self) -> Result<(), Failure> {
        let mut length = 0_u64;
        for (depth, certificate) in self.certificates[..self.untrusted].iter().enumerate() {
            if let Some(unknown) = &certificate.unknown_critical {
                return Err(Failure {
                    detail: oid::Oid(unknown).name(),
                    ..failure(code::UNHANDLED_CRITICAL_EXTENSION, depth)
                });
            }
            if depth > 0 && !certificate.is_ca() {
                return Err(failure(code::INVALID_CA, depth));
            }
            let signs = usage::DIGITAL_SIGNATURE | usage::KEY_AGREEMENT;
            if !certificate.allows_client_auth || depth == 0 && !certificate.may(signs) {
                return Err(failure(code::INVALID_PURPOSE, depth));
            }
            let most = certificate
                .basic_constraints
                .and_then(|basic| basic.path_length);
            if depth > 1 && most.is_some_and(|most| length > most.saturating_add(1)) {
                return Err(Failure {
                    detail: most.unwrap_or_default().to_string(),
                    ..failure(code::PATH_LENGTH_EXCEEDED, depth)
                });
            }
            if depth == 0 || !certificate.is_self_issued {
                length += 1;
            }
        }
        Ok(())
    }

    /// From the top down, the signature of each certificate but the top one, and its dates (`internal_verify`).
    fn check_signatures_and_dates(&self, context: Context<'_>) -> Result<(), End> {
        for (depth, certificate) in self.certificates.iter().enumerate().rev() {
            if let Some(issuer) = self.certificates.get(depth + 1) {
                let Some(key) = &issuer.key else {
                    return Err(Failure {
                        about: depth + 1,
                        ..failure(code::UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, depth)
                    }
                    .into());
                };
                let verified = key.verify(
                    context.signatures,
                    (&certificate.tbs_algorithm, &certificate.algorithm),
                    &certificate.tbs,
                    &certificate.signature,
                );
                match verified {
                    Verified::Yes => {}
                    Verified::No => return Err(failure(code::CERT_SIGNATURE_FAILURE, depth).into()),
                    Verified::Unknown => return Err(End::Unverifiable(depth + 1)),
                }
            }
            check_dates(certificate, context.at).map_err(|code| failure(code, depth))?;
        }
        Ok(())
    }

    /// Name constraints of every certificate on those below it, the anchor's included (`check_name_constraints`).
    fn check_names(&self) -> Result<(), Failure> {
        let mut are_there = false;
        for (depth, certificate) in self.certificates.iter().enumerate().rev() {
            if depth > 0 && certificate.is_self_issued {
                continue;
            }
            for above in self.certificates[depth + 1..].iter().rev() {
                let Some(constraints) = &above.name_constraints else {
                    continue;
                };
                are_there = true;
                constraints
                    .check(certificate)
                    .map_err(|violation| Failure {
                        detail: violation.name,
                        ..failure(violation.code, depth)
                    })?;
            }
        }
        let leaf = self.certificates[0];
        if are_there
            && leaf.alternative_names.is_none()
            && let Some(host) = has_host_name(&leaf.subject)
        {
            return Err(Failure {
                detail: host,
                ..failure(code::NAME_CONSTRAINTS_WITHOUT_SANS, 0)
            });
        }
        Ok(())
    }
}

impl Trusted {
    /// What is said about TLS clients (`X509_check_trust`): what the trust settings say, or, without any, that a root is
    /// trusted.
    fn is_for_clients(&self) -> Option<bool> {
        let settings = self.settings.as_ref();
        let settings = settings.filter(|one| one.trusted.is_some() || one.rejected.is_some());
        let Some(settings) = settings else {
            return self.certificate.is_self_signed.then_some(true);
        };
        let has = |list: &Option<Vec<Vec<u8>>>| {
            list.iter()
                .flatten()
                .any(|purpose| *purpose == oid::CLIENT_AUTH.0)
        };
        if has(&settings.rejected) {
            Some(false)
        } else {
            has(&settings.trusted).then_some(true)
        }
    }
}

/// `check_cert_time`
fn check_dates(certificate: &X509, at: Time) -> Result<(), i32> {
    match is_past(certificate.not_before, at) {
        None => return Err(code::ERROR_IN_CERT_NOT_BEFORE_FIELD),
        Some(false) => return Err(code::CERT_NOT_YET_VALID),
        Some(true) => {}
    }
    match is_past(certificate.not_after, at) {
        None => Err(code::ERROR_IN_CERT_NOT_AFTER_FIELD),
        Some(true) => Err(code::CERT_HAS_EXPIRED),
        Some(false) => Ok(()),
    }
}

/// Whether a moment is now or before (`X509_cmp_time_posix`); none where its form is not accepted.
pub(super) fn is_past(moment: DerTime, at: Time) -> Option<bool> {
    (!moment.has_offset).then_some(moment.at <= at)
}
