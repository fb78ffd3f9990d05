//! One run of `X509_verify_cert` (`crypto/x509/x509_vfy.c)`: its order of checks, and who is told what.

use std::rc::Rc;

use super::store::Store;
use super::x509::X509;
use crate::analysis::{Analysis, CertificateId};
use crate::cert::time::Time;
use crate::path::Purpose;
use crate::verifiers::Event;

/// What the program that verifies has set.
#[derive(Clone, Copy, Debug)]
pub(in crate::verifiers) struct Parameters {
    /// The most intermediates (`X509_VERIFY_PARAM_set_depth`).
    pub(in crate::verifiers) depth: u32,
    /// How strong keys and digests must be.
    pub(in crate::verifiers) auth_level: u8,
    /// The moment of verification.
    pub(in crate::verifiers) at: Time,
    /// `sslclient` or `sslserver`.
    pub(in crate::verifiers) purpose: Purpose,
    /// `X509_V_FLAG_CRL_CHECK` with `X509_V_FLAG_CRL_CHECK_ALL`.
    pub(in crate::verifiers) crls: bool,
}

/// What the verify callback is told.
#[derive(Clone, Copy, Debug)]
pub(in crate::verifiers) struct Call {
    /// False for an error, true for a certificate whose signature and dates are in order.
    pub(in crate::verifiers) ok: bool,
    /// The last error so far.
    pub(in crate::verifiers) error: i32,
    /// The place in the chain, from 0 for the end-entity.
    pub(in crate::verifiers) depth: usize,
}

/// What came of a verification.
#[derive(Debug)]
pub(in crate::verifiers) struct Verified {
    /// The chain that was built, end-entity first.
    pub(in crate::verifiers) chain: Vec<CertificateId>,
    /// The last error; 0 where there was none.
    pub(in crate::verifiers) error: i32,
    /// Every error that the callback was told of.
    pub(in crate::verifiers) events: Vec<Event>,
    /// Whether the verification ended early: the callback said so, or OpenSSL could not go on.
    pub(in crate::verifiers) stopped: bool,
    /// A certificate that OpenSSL asks something of that is not asked here, so that it may find an error that we do not.
    pub(in crate::verifiers) unmodelled: Option<(CertificateId, Unmodelled)>,
    /// A certificate in the chain, or one that may belong there, with an extension that OpenSSL may read and this tool cannot.
    pub(in crate::verifiers) undecodable: Option<CertificateId>,
}

/// What OpenSSL asks and this model does not.
#[derive(Clone, Copy, Debug)]
pub(in crate::verifiers) enum Unmodelled {
    /// A signature, or that of a CRL about the certificate.
    Signature,
    /// Whether the addresses and numbers of RFC 3779 are among those of the certificates above.
    Resources,
}

/// The verification ends here.
pub(super) struct Stop;

/// `X509_STORE_CTX`.
pub(super) struct Verification<'v, 's> {
    pub(super) analysis: &'s Analysis<'s>,
    pub(super) store: &'v Store<'s>,
    pub(super) untrusted: &'v [Rc<X509<'s>>],
    pub(super) parameters: Parameters,
    callback: &'v mut dyn FnMut(Call) -> bool,
    pub(super) chain: Vec<Rc<X509<'s>>>,
    pub(super) num_untrusted: usize,
    pub(super) error: i32,
    events: Vec<Event>,
    pub(super) unmodelled: Option<(CertificateId, Unmodelled)>,
}

/// Verifies a certificate with what was sent beside it.
pub(in crate::verifiers) fn verify<'s>(
    analysis: &'s Analysis<'s>,
    store: &Store<'s>,
    leaf: &Rc<X509<'s>>,
    untrusted: &[Rc<X509<'s>>],
    parameters: Parameters,
    callback: &mut dyn FnMut(Call) -> bool,
) -> Verified {
    let mut verification = Verification {
        analysis,
        store,
        untrusted,
        parameters,
        callback,
        chain: vec![leaf.clone()],
        num_untrusted: 1,
        error: 0,
        events: Vec::new(),
        unmodelled: None,
    };
    let stopped = verification.run().is_err();
    if stopped && verification.error == 0 {
        // X509_V_ERR_UNSPECIFIED
        verification.error = 1;
    }
    let undecodable = verification.undecodable();
    Verified {
        chain: verification.chain.iter().map(|x509| x509.id).collect(),
        error: verification.error,
        events: verification.events,
        stopped,
        unmodelled: verification.unmodelled,
        undecodable,
    }
}

impl Verification<'_, '_> {
    /// `x509_verify_x509` and `verify_chain`.
    fn run(&mut self) -> Result<(), Stop> {
        if !self.key_is_strong(0) {
            self.fail(0, errors::EE_KEY_TOO_SMALL)?;
        }
        self.build_chain()?;
        self.check_extensions()?;
        self.check_auth_level()?;
        self.require_public_key()?;
        if self.parameters.crls {
            self.check_revocation()?;
        }
        self.internal_verify()?;
        self.check_name_constraints()?;
        // `X509v3_asid_validate_path` and `X509v3_addr_validate_path` begin with what the end-entity has.
        if self.chain[0].has_resources() {
            let id = self.chain[0].id;
            self.unmodelled.get_or_insert((id, Unmodelled::Resources));
        }
        Ok(())
    }

    /// The first certificate whose BER may have led OpenSSL elsewhere.
    fn undecodable(&self) -> Option<CertificateId> {
        let names = self.chain.iter().map(|on| &on.issuer);
        let candidates = names
            .flat_map(|name| self.store.named(name))
            .chain(self.untrusted);
        let issues = |one: &&Rc<X509<'_>>| self.chain.iter().any(|on| on.issuer == one.subject);
        let mut all = self.chain.iter().chain(candidates.filter(issues));
        all.find(|one| one.ber).map(|one| one.id)
    }

    /// Tells the callback of an error in the chain's certificate at `depth`.
    pub(super) fn fail(&mut self, depth: usize, error: i32) -> Result<(), Stop> {
        self.error = error;
        self.events.push(Event {
            code: error,
            depth,
            certificate: self.chain.get(depth).map(|x509| x509.id),
        });
        self.call(false, depth)
    }

    /// Tells the callback that the certificate at `depth` is in order.
    pub(super) fn succeed(&mut self, depth: usize) -> Result<(), Stop> {
        self.call(true, depth)
    }

    fn call(&mut self, ok: bool, depth: usize) -> Result<(), Stop> {
        let call = Call {
            ok,
            error: self.error,
            depth,
        };
        if (self.callback)(call) {
            Ok(())
        } else {
            Err(Stop)
        }
    }
}

/// The numbers of `X509_V_ERR_*` that do not change between releases (`include/openssl/x509_vfy.h`).
pub(super) mod errors {
    pub(crate) const UNSPECIFIED: i32 = 1;
    pub(crate) const UNABLE_TO_GET_ISSUER_CERT: i32 = 2;
    pub(crate) const UNABLE_TO_GET_CRL: i32 = 3;
    pub(crate) const UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: i32 = 6;
    pub(crate) const CERT_SIGNATURE_FAILURE: i32 = 7;
    pub(crate) const CRL_SIGNATURE_FAILURE: i32 = 8;
    pub(crate) const CERT_NOT_YET_VALID: i32 = 9;
    pub(crate) const CERT_HAS_EXPIRED: i32 = 10;
    pub(crate) const CRL_NOT_YET_VALID: i32 = 11;
    pub(crate) const CRL_HAS_EXPIRED: i32 = 12;
    pub(crate) const ERROR_IN_CERT_NOT_BEFORE_FIELD: i32 = 13;
    pub(crate) const ERROR_IN_CERT_NOT_AFTER_FIELD: i32 = 14;
    pub(crate) const ERROR_IN_CRL_LAST_UPDATE_FIELD: i32 = 15;
    pub(crate) const ERROR_IN_CRL_NEXT_UPDATE_FIELD: i32 = 16;
    pub(crate) const DEPTH_ZERO_SELF_SIGNED_CERT: i32 = 18;
    pub(crate) const SELF_SIGNED_CERT_IN_CHAIN: i32 = 19;
    pub(crate) const UNABLE_TO_GET_ISSUER_CERT_LOCALLY: i32 = 20;
    pub(crate) const UNABLE_TO_VERIFY_LEAF_SIGNATURE: i32 = 21;
    pub(crate) const CERT_CHAIN_TOO_LONG: i32 = 22;
    pub(crate) const CERT_REVOKED: i32 = 23;
    pub(crate) const INVALID_CA_1_1_1: i32 = 24;
    pub(crate) const PATH_LENGTH_EXCEEDED: i32 = 25;
    pub(crate) const INVALID_PURPOSE: i32 = 26;
    pub(crate) const CERT_REJECTED: i32 = 28;
    pub(crate) const UNABLE_TO_GET_CRL_ISSUER: i32 = 33;
    pub(crate) const UNHANDLED_CRITICAL_EXTENSION: i32 = 34;
    pub(crate) const KEYUSAGE_NO_CRL_SIGN: i32 = 35;
    pub(crate) const UNHANDLED_CRITICAL_CRL_EXTENSION: i32 = 36;
    pub(crate) const INVALID_NON_CA: i32 = 37;
    pub(crate) const PROXY_PATH_LENGTH_EXCEEDED: i32 = 38;
    pub(crate) const PROXY_CERTIFICATES_NOT_ALLOWED: i32 = 40;
    pub(crate) const INVALID_EXTENSION: i32 = 41;
    pub(crate) const DIFFERENT_CRL_SCOPE: i32 = 44;
    pub(crate) const EE_KEY_TOO_SMALL: i32 = 66;
    pub(crate) const CA_KEY_TOO_SMALL: i32 = 67;
    pub(crate) const CA_MD_TOO_WEAK: i32 = 68;
    pub(crate) const PROXY_SUBJECT_NAME_VIOLATION: i32 = 72;
    pub(crate) const INVALID_CA: i32 = 79;
    pub(crate) const EC_KEY_EXPLICIT_PARAMS: i32 = 94;
}
