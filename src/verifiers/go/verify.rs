//! Building and judging chains.
//!
//! Source: `src/crypto/x509/verify.go`, `Certificate.Verify` and `buildChains`, and `cert_pool.go`,
//! `findPotentialParents`, of Go 1.27.3. All candidates are followed, anchors first, within a bound; what spoke against the last candidate
//! that was looked at closely is the error, and the first failed one is its hint.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use super::constraints;
use super::policies;
use super::quote::quote;
use super::signature::{self, Check};
use super::time::Moment;
use super::x509::{Certificate, Key, Usage};
use crate::crypto::{Sha256, Signatures};

/// Certificates by their subjects, each once.
#[derive(Debug, Default)]
pub(super) struct Pool {
    certificates: Vec<Certificate>,
    by_subject: HashMap<Vec<u8>, Vec<usize>>,
    seen: HashSet<Sha256>,
}

impl Pool {
    pub(super) fn add(&mut self, certificate: Certificate) {
        if !self.seen.insert(Sha256::of(&certificate.raw)) {
            return;
        }
        let same_subject = self
            .by_subject
            .entry(certificate.subject.clone())
            .or_default();
        same_subject.push(self.certificates.len());
        self.certificates.push(certificate);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    pub(super) fn contains(&self, der: &[u8]) -> bool {
        self.seen.contains(&Sha256::of(der))
    }

    /// Those with the issuer's name: first where the key ids match, then where one has none, then the rest.
    fn potential_parents(&self, certificate: &Certificate) -> Vec<&Certificate> {
        let authority = &certificate.extensions.authority_key_id;
        let rank = |candidate: &&Certificate| {
            let subject = &candidate.extensions.subject_key_id;
            match (
                subject == authority,
                subject.is_empty() != authority.is_empty(),
            ) {
                (true, _) => 0,
                (false, true) => 1,
                (false, false) => 2,
            }
        };
        let same_name = self.by_subject.get(&certificate.issuer);
        let mut candidates: Vec<&Certificate> = same_name
            .into_iter()
            .flatten()
            .map(|&index| &self.certificates[index])
            .collect();
        candidates.sort_by_key(rank);
        candidates
    }
}

/// Why there is no chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    UnhandledCritical,
    /// With the two dates.
    Expired(String),
    NotAuthorizedToSign,
    TooManyIntermediates,
    /// extKeyUsage without clientAuth somewhere in every chain.
    IncompatibleUsage,
    /// With the name and the constraint.
    Names(String),
    /// With the counts of chains by reason.
    NoValidChains(String),
    UnknownAuthority(Option<Hint>),
    SignatureLimit,
}

/// What spoke against the first candidate for the issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hint {
    pub(super) error: String,
    /// What the candidate is called.
    pub(super) called: String,
    /// The candidate's DER.
    pub(super) candidate: Vec<u8>,
}

/// A problem with the certificate that Go names with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VerifyError {
    pub(super) problem: Problem,
    /// The certificate's DER.
    pub(super) certificate: Vec<u8>,
    /// The chain in which it was met, end-entity first, as DER.
    pub(super) chain: Vec<Vec<u8>>,
}

impl VerifyError {
    fn new(certificate: &Certificate, problem: Problem, chain: &[&Certificate]) -> Self {
        let raw = |certificate: &&Certificate| certificate.raw.clone();
        Self {
            problem,
            certificate: certificate.raw.clone(),
            chain: chain.iter().map(raw).collect(),
        }
    }

    /// The error as Go writes it.
    pub(super) fn text(&self) -> String {
        let text = match &self.problem {
            Problem::UnhandledCritical => "unhandled critical extension",
            Problem::Expired(detail) => {
                return format!("x509: certificate has expired or is not yet valid: {detail}");
            }
            Problem::NotAuthorizedToSign => {
                "certificate is not authorized to sign other certificates"
            }
            Problem::TooManyIntermediates => "too many intermediates for path length constraint",
            Problem::IncompatibleUsage => "certificate specifies an incompatible key usage",
            Problem::Names(detail) => {
                return format!(
                    "x509: a root or intermediate certificate is not authorized to sign for this name: {detail}"
                );
            }
            Problem::NoValidChains(detail) if !detail.is_empty() => {
                return format!("x509: no valid chains built: {detail}");
            }
            Problem::NoValidChains(_) => "no valid chains built",
            Problem::UnknownAuthority(Some(hint)) => {
                let error = quote(hint.error.as_bytes());
                let called = quote(hint.called.as_bytes());
                return format!(
                    "x509: certificate signed by unknown authority (possibly because of {error} while trying to verify candidate authority certificate {called})"
                );
            }
            Problem::UnknownAuthority(None) => "certificate signed by unknown authority",
            Problem::SignatureLimit => {
                "signature check attempts limit reached while verifying certificate chain"
            }
        };
        format!("x509: {text}")
    }
}

/// Where a certificate stands in a chain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Leaf,
    Intermediate,
    Root,
}

type Chain<'c> = Vec<&'c Certificate>;

/// The most candidates that are looked at, over all chains (`maxChainSignatureChecks`).
const MOST_CHECKS: usize = 100;

/// What a verification rests on.
pub(super) struct Verification<'p> {
    pub(super) anchors: &'p Pool,
    pub(super) intermediates: &'p Pool,
    pub(super) now: i64,
    pub(super) signatures: &'p Signatures,
    /// What to take a signature for that only Go can verify.
    pub(super) assumed_valid: bool,
    /// Whether there was such a signature.
    pub(super) undecided: Cell<bool>,
}

impl<'p> Verification<'p> {
    /// `Certificate.Verify` for a client: the chains that are valid, end-entity first.
    pub(super) fn verify(&self, leaf: &'p Certificate) -> Result<Vec<Chain<'p>>, VerifyError> {
        self.is_valid(leaf, Place::Leaf, &[])?;
        let mut chains = if self.anchors.contains(&leaf.raw) {
            vec![vec![leaf]]
        } else {
            self.build(&[leaf], &mut 0)?
        };
        let (mut policies, mut usages, mut names) = (0, 0, None);
        let mut dropped = chains.first().cloned().unwrap_or_default();
        chains.retain(|chain| {
            if !policies::are_valid(chain) {
                policies += 1;
            } else if !allows_client_auth(chain) {
                usages += 1;
            } else if let Err(error) = constraints::check(chain) {
                if names.is_none() {
                    names = Some(error);
                    dropped.clone_from(chain);
                }
            } else {
                return !chain.iter().any(|certificate| is_distrusted(certificate));
            }
            false
        });
        if !chains.is_empty() {
            return Ok(chains);
        }
        let problem = match (names, usages, policies) {
            (Some(names), ..) => Problem::Names(names),
            (None, 1.., 0) => Problem::IncompatibleUsage,
            (None, usages, policies) => {
                let counted = [
                    (usages, "incompatible key usage"),
                    (policies, "invalid policies"),
                ];
                let counted: Vec<String> = counted
                    .iter()
                    .filter(|(count, _)| *count > 0)
                    .map(|(count, what)| format!("{count} candidate chains with {what}"))
                    .collect();
                Problem::NoValidChains(counted.join(", "))
            }
        };
        Err(VerifyError::new(leaf, problem, &dropped))
    }

    /// The chains from the last certificate of `chain` to an anchor; `checks` bounds the recursion.
    fn build(
        &self,
        chain: &[&'p Certificate],
        checks: &mut usize,
    ) -> Result<Vec<Chain<'p>>, VerifyError> {
        let Some(&certificate) = chain.last() else {
            return Ok(Vec::new());
        };
        let mut chains = Vec::new();
        let mut hint: Option<Hint> = None;
        let mut last: Option<VerifyError> = None;
        let anchors = self.anchors.potential_parents(certificate);
        let intermediates = self.intermediates.potential_parents(certificate);
        let anchors = anchors.into_iter().map(|anchor| (Place::Root, anchor));
        let intermediates = intermediates
            .into_iter()
            .map(|intermediate| (Place::Intermediate, intermediate));
        for (place, candidate) in anchors.chain(intermediates) {
            *checks += 1;
            if *checks > MOST_CHECKS {
                last = Some(VerifyError::new(
                    certificate,
                    Problem::SignatureLimit,
                    chain,
                ));
                break;
            }
            if matches!(candidate.key, Key::Unknown) || is_in(candidate, chain) {
                continue;
            }
            let mut give_hint = |error: String| {
                hint.get_or_insert_with(|| Hint {
                    error,
                    called: candidate.called().into_owned(),
                    candidate: candidate.raw.clone(),
                });
            };
            if let Err(error) = self.check_signature(certificate, candidate) {
                give_hint(error);
                continue;
            }
            last = self.is_valid(candidate, place, chain).err();
            if let Some(error) = &last {
                give_hint(error.text());
                continue;
            }
            let longer = [chain, &[candidate]].concat();
            if place == Place::Root {
                chains.push(longer);
                continue;
            }
            match self.build(&longer, checks) {
                Ok(found) => chains.extend(found),
                Err(error) => last = Some(error),
            }
            let limit = |error: &VerifyError| error.problem == Problem::SignatureLimit;
            if last.as_ref().is_some_and(limit) {
                break;
            }
        }
        if !chains.is_empty() {
            return Ok(chains);
        }
        Err(last.unwrap_or_else(|| {
            VerifyError::new(certificate, Problem::UnknownAuthority(hint), chain)
        }))
    }

    fn check_signature(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
    ) -> Result<(), String> {
        match signature::check(certificate, issuer, self.signatures) {
            Check::Valid => Ok(()),
            Check::Invalid(error) => Err(error.into_owned()),
            Check::Undecided => {
                self.undecided.set(true);
                if self.assumed_valid {
                    Ok(())
                } else {
                    Err("x509: verification failure".to_owned())
                }
            }
        }
    }

    /// `Certificate.isValid`: a certificate in its place above `chain`. keyUsage is not looked at.
    fn is_valid(
        &self,
        certificate: &Certificate,
        place: Place,
        chain: &[&Certificate],
    ) -> Result<(), VerifyError> {
        let fail = |problem| {
            let longer = [chain, &[certificate]].concat();
            Err(VerifyError::new(certificate, problem, &longer))
        };
        if certificate.extensions.unhandled_critical {
            return fail(Problem::UnhandledCritical);
        }
        let now = Moment::utc(self.now).rfc3339();
        if self.now < certificate.not_before.seconds {
            let limit = certificate.not_before.rfc3339();
            return fail(Problem::Expired(format!(
                "current time {now} is before {limit}"
            )));
        }
        if self.now > certificate.not_after.seconds {
            let limit = certificate.not_after.rfc3339();
            return fail(Problem::Expired(format!(
                "current time {now} is after {limit}"
            )));
        }
        let constraints = certificate.extensions.basic_constraints;
        if place == Place::Intermediate && !constraints.is_some_and(|constraints| constraints.is_ca)
        {
            return fail(Problem::NotAuthorizedToSign);
        }
        let most = constraints.and_then(|constraints| constraints.path_length);
        let intermediates = chain.len().saturating_sub(1);
        // The end-entity stands above -1 intermediates for Go, and so passes.
        if let Some(most) = most.and_then(|most| usize::try_from(most).ok())
            && intermediates > most
        {
            return fail(Problem::TooManyIntermediates);
        }
        Ok(())
    }
}

/// Whether a certificate with its subject, key and subjectAltName is in the chain (`alreadyInChain`).
fn is_in(candidate: &Certificate, chain: &[&Certificate]) -> bool {
    let alike = chain.iter().filter(|certificate| {
        certificate.subject == candidate.subject && certificate.spki == candidate.spki
    });
    for certificate in alike {
        match (
            &candidate.extensions.subject_alt_name,
            &certificate.extensions.subject_alt_name,
        ) {
            (None, None) => return true,
            (Some(left), Some(right)) if left == right => return true,
            (Some(_), Some(_)) => {}
            // Go does not look further down the chain.
            _ => return false,
        }
    }
    false
}

/// Whether every certificate that lists usages lists clientAuth or any (`checkChainForKeyUsage`).
fn allows_client_auth(chain: &[&Certificate]) -> bool {
    chain.iter().all(|certificate| {
        let usages = &certificate.extensions.usages;
        usages.is_empty() || usages.contains(&Usage::Any) || usages.contains(&Usage::ClientAuth)
    })
}

/// Keys that Go trusts in no chain (`distrustedSPKIHashes`).
const DISTRUSTED: &[&str] = &[
    "ebed6475c2c2d80fcb199f3fe8dd6e6b3ce60b77eb15d4e42c3dec0c6f5b5105",
    "49dd353dc2b919a3770645117d0e60c16115e7d1bc259eefe734b00ea434fe5f",
    "e0254c7fcdc265e2f0f8a428dabb75ab4ae039b4872d62f5ee57f0877d5a8a41",
    "5c0660a2b164910d8ff589c18e14552e9e0ec237dcefe2cb736d41a4811f81a0",
    "43bffa19d6ef651451f6841e019931e96f6f2eaeff28ab4b6f1ce4576de2717b",
    "63ecefee431d49523bc1136c4e72d0206a477086caf606cd5cf025686c109cf8",
    "ec4ffa1ad0ac88081314b7aaffef6a91f97cd57291bb5ba686c5415f5eb4f6b6",
    "92c063d67e8f14db71d288e11266ffdaf69cbf115f7bab14f3bc2f68d25e0e30",
];

fn is_distrusted(certificate: &Certificate) -> bool {
    let digest = Sha256::of(&certificate.spki).to_string();
    DISTRUSTED.contains(&digest.as_str())
}
