//! Verifying a chain against CAs: `_gnutls_verify_crt_status` and `verify_crt` of `lib/x509/verify.c`.

use super::algorithms::{self, Strength};
use super::constraints::Constraints;
use super::crt::{Crt, Unavailable};
use super::status::Status;
use crate::cert::key::{Algorithm, KeyKind, PublicKey};
use crate::cert::oid;
use crate::cert::pss::PssParameters;
use crate::crypto::{SignatureCheck, Signatures};

/// GnuTLS's own bound on the length of a chain (`MAX_VERIFY_DEPTH`).
const MOST_CERTIFICATES: u32 = 4096;

/// keyCertSign in the first octet of keyUsage.
const KEY_CERT_SIGN: u8 = 0x04;

/// What a chain is verified with.
#[derive(Clone, Copy)]
pub(super) struct Context<'s> {
    pub(super) signatures: &'s Signatures,
    /// Seconds since 1970.
    pub(super) now: i64,
    /// What a signature that cannot be checked here is taken for.
    pub(super) unchecked: bool,
}

/// What verifying gave.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    pub(super) status: Status,
    /// The certificate that did not pass: its DER.
    pub(super) failed: Option<Vec<u8>>,
    /// The CA of the trust list that the chain was verified against.
    pub(super) anchor: Option<Vec<u8>>,
    /// Whether a signature was met that cannot be checked here.
    pub(super) unchecked: bool,
    /// Whether a serial number was met that does not fit into GnuTLS's buffer, which ends verification with an error.
    pub(super) gave_up: bool,
}

/// Verifies a chain, end-entity first, against the CAs of one bucket of the trust list.
///
/// It is cut at the first certificate that a CA stands for; the last one that is left needs a CA as its issuer, which is checked
/// less than one that was sent. Then each is verified with the next. The first that fails ends it.
pub(super) fn verify(chain: &[&Crt], trusted: &[Crt], context: Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let mut chain = chain;
    if let [before @ .., last] = chain
        && !before.is_empty()
        && last.is_self_issued()
    {
        chain = before;
    }
    let stands_for = |index: usize, crt: &Crt| {
        trusted.iter().find(|ca| {
            if index == 0 {
                crt.equals(ca)
            } else {
                crt.subject.is_same(&ca.subject) && crt.spki() == ca.spki()
            }
        })
    };
    let found = chain
        .iter()
        .enumerate()
        .find_map(|(index, crt)| Some((index, stands_for(index, crt)?)));
    if let Some((index, ca)) = found {
        outcome.anchor = Some(ca.der.clone());
        outcome.status |= ca_sanity(ca, context.now);
        if !outcome.status.is_empty() {
            outcome.failed = Some(ca.der.clone());
            return outcome;
        }
        chain = &chain[..index];
    }
    let Some((last, before)) = chain.split_last() else {
        return outcome;
    };
    let mut state = State {
        context,
        max_path: MOST_CERTIFICATES,
        constraints: Constraints::default(),
        features: Vec::new(),
        unchecked: false,
    };
    let issuer = find_issuer(last, trusted, context.now);
    outcome.anchor = issuer.map(|issuer| issuer.der.clone()).or(outcome.anchor);
    let first = Link {
        crt: last,
        issuer,
        is_end: before.is_empty(),
        version_1: true,
    };
    let others = chain.windows(2).enumerate().rev();
    let others = others.map(|(index, pair)| Link {
        crt: pair[0],
        // What was sent has gaps where it could not be put in order.
        issuer: Some(pair[1]).filter(|issuer| pair[0].is_issued_by(issuer)),
        is_end: index == 0,
        version_1: false,
    });
    for link in std::iter::once(first).chain(others) {
        let status = state.verify(&link);
        if !status.is_empty() {
            outcome.status |= status;
            outcome.failed = Some(link.crt.der.clone());
            break;
        }
    }
    outcome.unchecked = state.unchecked;
    outcome
}

/// The first CA that may be the issuer, or the last such that is valid now. Source: `find_issuer`.
fn find_issuer<'c>(crt: &Crt, trusted: &'c [Crt], now: i64) -> Option<&'c Crt> {
    let mut candidates = trusted.iter().filter(|ca| crt.is_issued_by(ca));
    let first = candidates.next();
    let valid = |ca: &&Crt| now < ca.not_after && now >= ca.not_before;
    candidates.rfind(valid).or(first)
}

/// Source: `check_ca_sanity`.
fn ca_sanity(ca: &Crt, now: i64) -> Status {
    let mut status = time_status(ca, now);
    if algorithms::strength(ca.algorithm()) != Strength::Unknown && !is_strong(ca) {
        status |= Status::INSECURE_ALGORITHM | Status::INVALID;
    }
    status
}

fn time_status(crt: &Crt, now: i64) -> Status {
    if now < crt.not_before {
        Status::NOT_ACTIVATED | Status::INVALID
    } else if now > crt.not_after {
        Status::EXPIRED | Status::INVALID
    } else {
        Status::default()
    }
}

fn is_strong(crt: &Crt) -> bool {
    algorithms::parse_key(crt.spki()).is_some_and(|key| algorithms::is_strong(&key))
}

/// A certificate and its issuer.
struct Link<'c> {
    crt: &'c Crt,
    issuer: Option<&'c Crt>,
    /// Whether it is the end-entity's.
    is_end: bool,
    /// Whether the issuer may be of version 1: only one of the trust list may.
    version_1: bool,
}

/// What is carried from the CA down.
struct State<'s> {
    context: Context<'s>,
    max_path: u32,
    constraints: Constraints,
    features: Vec<u32>,
    unchecked: bool,
}

impl State<'_> {
    /// Source: `verify_crt`.
    fn verify(&mut self, link: &Link<'_>) -> Status {
        let crt = link.crt;
        let mut status = Status::default();
        if self.max_path == 0 {
            return Status::SIGNER_CONSTRAINTS_FAILURE | Status::INVALID;
        }
        self.max_path -= 1;
        if crt.signature().is_none() {
            status |= Status::INVALID;
        }
        let strength = algorithms::strength(crt.algorithm());
        if strength == Strength::Unknown {
            status |= Status::INVALID;
        }
        match link.issuer {
            None => status |= Status::SIGNER_NOT_FOUND | Status::INVALID,
            Some(issuer) => status |= self.verify_with(link, issuer, strength),
        }
        let unknown_critical = link.issuer.is_some_and(Crt::has_unknown_critical)
            || link.is_end && crt.has_unknown_critical();
        if unknown_critical {
            status |= Status::UNKNOWN_CRIT_EXTENSIONS | Status::INVALID;
        }
        if strength != Strength::Unknown {
            let strong_digest = strength != Strength::Broken;
            let strong = strong_digest && is_strong(crt) && link.issuer.is_none_or(is_strong);
            let accepted = strength == Strength::Secure || crt.is_self_issued();
            if !strong || !accepted {
                status |= Status::INSECURE_ALGORITHM | Status::INVALID;
            }
        }
        if let Some(issuer) = link.issuer {
            status |= time_status(issuer, self.context.now);
        }
        status | time_status(crt, self.context.now)
    }

    fn verify_with(&mut self, link: &Link<'_>, issuer: &Crt, strength: Strength) -> Status {
        let crt = link.crt;
        let mut status = Status::default();
        let constrained = Status::SIGNER_CONSTRAINTS_FAILURE | Status::INVALID;
        let permitted = self.constraints.append(issuer).is_ok()
            && (!link.is_end || self.constraints.permit(crt));
        if !permitted {
            status |= constrained;
        }
        if !self.has_features(crt, issuer) {
            status |= constrained;
        }
        if !link.version_1 || issuer.version != 1 {
            if !self.is_ca(link, issuer) {
                status |= Status::SIGNER_NOT_CA | Status::INVALID;
            }
            match issuer.key_usage() {
                Ok([first, _]) if first & KEY_CERT_SIGN == 0 => status |= constrained,
                Ok(_) | Err(Unavailable::Absent) => {}
                Err(Unavailable::Broken) => status |= Status::INVALID,
            }
        }
        if strength != Strength::Unknown {
            status |= self.verify_signature(crt, issuer, strength);
        }
        status
    }

    /// Whether the certificate has every TLS feature that a CA above it has.
    fn has_features(&mut self, crt: &Crt, issuer: &Crt) -> bool {
        match issuer.tls_features() {
            Ok(features) => self.features.extend(features),
            Err(Unavailable::Absent) => {}
            Err(Unavailable::Broken) => return false,
        }
        self.features.is_empty()
            || crt
                .tls_features()
                .is_ok_and(|own| self.features.iter().all(|feature| own.contains(feature)))
    }

    /// Source: `check_if_ca`. One that is the certificate itself need not be a CA, nor one of the trust list that says nothing and is
    /// self-issued.
    fn is_ca(&mut self, link: &Link<'_>, issuer: &Crt) -> bool {
        let crt = link.crt;
        if crt.signature().is_none() || issuer.signature().is_none() {
            return false;
        }
        if crt.tbs() == issuer.tbs() && crt.signature() == issuer.signature() {
            return true;
        }
        match issuer.basic_constraints() {
            Ok((true, path_len)) => {
                self.max_path = path_len.map_or(self.max_path, |most| most.min(self.max_path));
                true
            }
            Ok((false, _)) | Err(Unavailable::Broken) => false,
            Err(Unavailable::Absent) => link.version_1 && issuer.is_self_issued(),
        }
    }

    /// Source: `_gnutls_x509_verify_data`.
    fn verify_signature(&mut self, crt: &Crt, issuer: &Crt, strength: Strength) -> Status {
        let Some(signature) = crt.signature() else {
            return Status::default();
        };
        let key = algorithms::parse_key(issuer.spki());
        let Some(key) = key.filter(algorithms::is_readable) else {
            return Status::INVALID;
        };
        let Some(algorithm) = algorithms::parse_algorithm(crt.algorithm()) else {
            return Status::INVALID;
        };
        if let Some(refusal) = refused_pss(&key, &algorithm) {
            return refusal;
        }
        let signatures = self.context.signatures;
        let checked = signatures.check(&key, &algorithm, crt.tbs(), signature);
        let valid = match checked {
            SignatureCheck::Valid => true,
            SignatureCheck::Invalid => false,
            SignatureCheck::WrongKeyType | SignatureCheck::PssParametersForbidden => {
                return Status::SIGNER_CONSTRAINTS_FAILURE | Status::INVALID;
            }
            SignatureCheck::Unsupported => {
                self.unchecked = true;
                self.context.unchecked
            }
        };
        if !valid {
            Status::SIGNATURE_FAILURE | Status::INVALID
        } else if strength == Strength::Broken {
            Status::INVALID
        } else {
            Status::default()
        }
    }
}

/// What GnuTLS says of RSASSA-PSS parameters other than those that it verifies with.
///
/// Source: `_gnutls_x509_read_rsa_pss_params` (`lib/x509/key_decode.c`), `_rsa_pss_verify_digest` (`lib/nettle/pk.c`) and
/// `fixup_spki_params` (`lib/pubkey.c`), which puts its own length of salt in the place of the one that is stated.
fn refused_pss(key: &PublicKey<'_>, algorithm: &Algorithm<'_>) -> Option<Status> {
    const MASK: u8 = 0xa1;
    if algorithm.oid != oid::RSASSA_PSS {
        return None;
    }
    let fields = algorithm.parameters?;
    let parameters = PssParameters::parse(&fields)?;
    if parameters.mask_hash != parameters.hash
        && fields.children().elements().any(|field| field.tag == MASK)
    {
        return Some(Status::INVALID);
    }
    let digest = match parameters.hash {
        oid::SHA256 => 32,
        oid::SHA384 => 48,
        oid::SHA512 => 64,
        _ => return Some(Status::SIGNATURE_FAILURE | Status::INVALID),
    };
    let most = key.rsa_modulus()?.len().saturating_sub(digest + 2);
    let own_salt = key.kind == KeyKind::Rsa && parameters.salt_length != digest.min(most);
    // A mask function that is not stated is taken for one with the digest of the message.
    (own_salt || parameters.mask_hash != parameters.hash)
        .then_some(Status::SIGNATURE_FAILURE | Status::INVALID)
}
