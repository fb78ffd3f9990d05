//! What a path must fulfil below its anchor: the checkers of `PKIXCertPathValidator` and of `SunCertPathBuilder`.
//!
//! The anchor's own certificate gives its name and its key, and nothing else counts: not its dates, not its
//! pathLenConstraint, not its name constraints.

use super::algorithms::{self, Constraints};
use super::certificate::Certificate;
use super::constraints::NameConstraints;
use super::der::Thrown;
use super::failure::{Failure, Reason, Stop};
use super::policy::{Policies, Refusal};
use crate::analysis::Analysis;
use crate::crypto::SignatureCheck;

/// keyCertSign in keyUsage.
pub(super) const KEY_CERT_SIGN: usize = 5;

/// Who walks the path, which decides on the order of the checks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Walker {
    /// `PKIXCertPathValidator.validate`.
    Validator,
    /// The end of `SunCertPathBuilder.depthFirstSearchForward`, after the selectors have looked at dates, names, CA and
    /// keyUsage.
    Builder,
}

/// The time, and what is remembered of signatures.
#[derive(Clone, Copy)]
pub(super) struct Checks<'s, 'a> {
    pub(super) analysis: &'s Analysis<'a>,
    /// Milliseconds since 1970.
    pub(super) time: i64,
}

/// What changes from certificate to certificate.
struct State<'c> {
    issuer: &'c Certificate,
    /// How many more CAs may follow.
    path_length: i64,
    names: Option<NameConstraints>,
    policies: Policies,
    /// A signature that cannot be checked here, though Java could.
    undecided: Option<String>,
}

impl Checks<'_, '_> {
    /// Checks `path`, the certificate under the anchor first.
    pub(super) fn check(
        &self,
        anchor: &Certificate,
        path: &[&Certificate],
        walker: Walker,
    ) -> Result<(), Stop> {
        let mut state = State {
            issuer: anchor,
            path_length: i64::try_from(path.len()).unwrap_or(i64::MAX),
            names: None,
            policies: Policies::new(path.len()),
            undecided: None,
        };
        let constrained = path.iter().any(|one| one.extensions.constrains_policies());
        for (index, &certificate) in path.iter().enumerate() {
            let above = (index > 0).then_some(&state.issuer.key);
            let is_first = index == 0;
            let is_last = index + 1 == path.len();
            let anchor_key = Some(&state.issuer.key);
            match walker {
                Walker::Validator => {
                    algorithms::check(certificate, anchor_key, Constraints::CertificatePath)?;
                    if !is_last && !certificate.allows_usage(KEY_CERT_SIGN) {
                        return Err(no_key_cert_sign(certificate).into());
                    }
                    check_constraints(&mut state, certificate, is_first, is_last)?;
                    if constrained {
                        check_policies(&mut state, certificate, is_last)?;
                    }
                    self.check_basics(&state, certificate)?;
                    self.check_signature(&mut state, certificate)?;
                }
                Walker::Builder => {
                    self.check_signature(&mut state, certificate)?;
                    if constrained {
                        check_policies(&mut state, certificate, is_last)?;
                    }
                    check_constraints(&mut state, certificate, is_first, is_last)?;
                    algorithms::check(certificate, anchor_key, Constraints::CertificatePath)?;
                }
            }
            algorithms::check(certificate, above, Constraints::Handshake)?;
            if certificate.extensions.has_unprocessed() {
                return Err(Failure::path(
                    Reason::CriticalExtension,
                    "unrecognized critical extension(s)",
                    certificate.id,
                )
                .into());
            }
            state.issuer = certificate;
        }
        match state.undecided {
            Some(why) => Err(Stop::Unknown(why)),
            None => Ok(()),
        }
    }

    /// `BasicChecker`: dates, then names.
    fn check_basics(&self, state: &State<'_>, certificate: &Certificate) -> Result<(), Failure> {
        if !certificate.is_valid_at(self.time) {
            return Err(Failure::path(
                Reason::Validity,
                "validity check failed",
                certificate.id,
            ));
        }
        if certificate.issuer != state.issuer.subject {
            return Err(Failure::path(
                Reason::NameChaining,
                "subject/issuer name chaining check failed",
                certificate.id,
            ));
        }
        Ok(())
    }

    fn check_signature(
        &self,
        state: &mut State<'_>,
        certificate: &Certificate,
    ) -> Result<(), Failure> {
        // SunEC of JDK 17 reads more curves than it computes on.
        let check = if state.issuer.key.has_usable_curve() {
            certificate.check_signature(state.issuer, &self.analysis.signatures)
        } else {
            SignatureCheck::Invalid
        };
        match check {
            SignatureCheck::Valid => Ok(()),
            SignatureCheck::Unsupported if !is_verifiable(&certificate.signature_algorithm) => {
                Err(bad_signature(certificate))
            }
            SignatureCheck::Unsupported => {
                state.undecided.get_or_insert_with(|| {
                    format!(
                        "this tool cannot check the signature of `{}` ({})",
                        certificate.subject, certificate.signature_algorithm
                    )
                });
                Ok(())
            }
            _ => Err(bad_signature(certificate)),
        }
    }
}

/// `PolicyChecker`.
fn check_policies(
    state: &mut State<'_>,
    certificate: &Certificate,
    is_last: bool,
) -> Result<(), Stop> {
    state
        .policies
        .check(certificate, is_last)
        .map_err(|refusal| match refusal {
            Refusal::Thrown(message) => {
                Failure::path(Reason::Policies, message, certificate.id).into()
            }
            Refusal::TooLarge => {
                Stop::Unknown("the policies of the path make a tree that is too large".to_owned())
            }
        })
}

/// `KeyChecker.verifyCAKeyUsage`.
fn no_key_cert_sign(certificate: &Certificate) -> Failure {
    Failure::path(
        Reason::KeyCertSign,
        "CA key usage check failed: keyCertSign bit is not set",
        certificate.id,
    )
}

fn bad_signature(certificate: &Certificate) -> Failure {
    Failure::path(Reason::Signature, "signature check failed", certificate.id)
}

/// Whether some provider of JDK 17 has a `Signature` of this name.
fn is_verifiable(algorithm: &str) -> bool {
    // Java calls what it does not know by its identifier.
    !algorithm.starts_with(|first: char| first.is_ascii_digit())
}

/// `ConstraintsChecker`: basicConstraints, then the name constraints from above.
fn check_constraints(
    state: &mut State<'_>,
    certificate: &Certificate,
    is_first: bool,
    is_last: bool,
) -> Result<(), Stop> {
    let fail = |reason, message: &str| Failure::path(reason, message, certificate.id);
    let self_issued = certificate.is_self_issued();
    if !is_last {
        let length = match certificate.version {
            // A root of version 1 that was renewed under itself.
            ..3 if is_first && self_issued => i32::MAX,
            ..3 => -1,
            _ => certificate.basic_constraints(),
        };
        if length == -1 {
            let message = "basic constraints check failed: this is not a CA certificate";
            return Err(fail(Reason::NotCa, message).into());
        }
        if !self_issued {
            if state.path_length <= 0 {
                let message = "basic constraints check failed: pathLenConstraint violated - this cert must be the last cert in the certification path";
                return Err(fail(Reason::PathLength, message).into());
            }
            state.path_length -= 1;
        }
        state.path_length = state.path_length.min(i64::from(length));
    }
    if let Some(names) = &state.names
        && (is_last || !self_issued)
    {
        match names.allow(certificate) {
            Ok(true) => {}
            Ok(false) => {
                return Err(fail(Reason::Names, "name constraints check failed").into());
            }
            Err(thrown) => return Err(thrown_by_names(thrown, certificate)),
        }
    }
    match (&mut state.names, &certificate.extensions.name_constraints) {
        (_, None) => {}
        (Some(names), Some(new)) => names
            .merge(new)
            .map_err(|thrown| thrown_by_names(thrown, certificate))?,
        (names @ None, Some(new)) => *names = Some(new.clone()),
    }
    Ok(())
}

fn thrown_by_names(thrown: Thrown, certificate: &Certificate) -> Stop {
    if thrown.is_not_modelled() {
        Stop::Unknown(thrown.message)
    } else if thrown.is_io() {
        Failure::path(Reason::NamesUnsupported, thrown.text(), certificate.id).into()
    } else {
        Stop::Uncaught(Failure {
            reason: Reason::NamesUnsupported,
            thrown,
            certificate: certificate.id,
        })
    }
}
