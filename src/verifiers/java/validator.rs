//! `sun.security.validator.PKIXValidator` of JDK 17, as the trust manager calls it for clients.
//!
//! 1. A first certificate that is an anchor is accepted as it is.
//! 2. Where each sent certificate issued the one before, by name, the chain is cut at the first anchor (or subject and
//!    key of one), or ends where an anchor has the issuer's name: it is validated as it is, and nothing else is tried.
//! 3. Else `SunCertPathBuilder` searches among the anchors and what was sent.
//! 4. The anchor must be a CA, unless it is older than version 3.
//! 5. `EndEntityChecker`: keyUsage, extKeyUsage and nsCertType of the end-entity.

use std::collections::HashSet;

use super::builder::{Builder, Ties};
use super::certificate::Certificate;
use super::failure::{Failure, Reason, Stop};
use super::path::{Checks, KEY_CERT_SIGN, Walker};
use crate::cert::oid;

/// The trust store with what is asked of it.
pub(super) struct Validator<'v, 'a> {
    /// The distinct certificates of the bundle.
    pub(super) anchors: &'v [Certificate],
    pub(super) checks: Checks<'v, 'a>,
}

/// A path that Java accepts, the anchor last.
pub(super) type Accepted<'c> = Vec<&'c Certificate>;

/// Which of its two ways Java took; its exceptions begin differently.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Validation,
    Building,
    EndEntity,
}

impl<'v> Validator<'v, '_> {
    /// `engineValidate`, then `EndEntityChecker.check`. The chain is not empty.
    pub(super) fn validate(&self, chain: &'v [Certificate]) -> Result<Accepted<'v>, (Way, Stop)> {
        let Some(leaf) = chain.first() else {
            return Ok(Vec::new());
        };
        if self.anchors.contains(leaf) {
            return Ok(vec![leaf]);
        }
        let path = match self.ordered(chain) {
            Some(part) => self
                .validate_as_sent(part)
                .map_err(|stop| (Way::Validation, stop)),
            None => self.build(chain).map_err(|stop| (Way::Building, stop)),
        };
        if let Ok(_) | Err((_, Stop::Unknown(_))) = path {
            // What cannot be told of the path does not matter to a client that is refused anyway.
            check_end_entity(leaf).map_err(|failure| (Way::EndEntity, failure.into()))?;
        }
        path
    }

    /// The part of the chain below the first anchor, where it is in order and reaches one by name.
    fn ordered(&self, chain: &'v [Certificate]) -> Option<&'v [Certificate]> {
        for (index, pair) in chain.windows(2).enumerate() {
            let [below, certificate] = pair else {
                return None;
            };
            if certificate.subject != below.issuer {
                return None;
            }
            let is_trusted = self.anchors.iter().any(|anchor| {
                anchor == certificate
                    || anchor.subject == certificate.subject && anchor.key == certificate.key
            });
            if is_trusted {
                return Some(&chain[..=index]);
            }
        }
        let last = chain.last()?;
        let by_name = self
            .anchors
            .iter()
            .any(|anchor| anchor.subject == last.issuer);
        by_name.then_some(chain)
    }

    /// `PKIXCertPathValidator.validate`: the anchors that fit are tried in turn, in an order that changes from run to
    /// run.
    fn validate_as_sent(&self, chain: &'v [Certificate]) -> Result<Accepted<'v>, Stop> {
        let path: Vec<&Certificate> = chain.iter().rev().collect();
        let Some(top) = path.first() else {
            return Ok(Vec::new());
        };
        let mut last = Failure::path(
            Reason::NoAnchorFits,
            "Path does not chain with any of the trust anchors",
            top.id,
        );
        let mut unknown = None;
        let mut accepted: Option<&Certificate> = None;
        let mut refused = None;
        for anchor in self.anchors.iter().filter(|anchor| fits(top, anchor)) {
            match self.checks.check(anchor, &path, Walker::Validator) {
                Ok(()) => match check_anchor(anchor) {
                    Ok(()) => accepted = Some(anchor),
                    Err(failure) => refused = Some(failure),
                },
                Err(Stop::Failure(failure)) => last = failure,
                Err(Stop::Unknown(why)) => unknown = Some(Stop::Unknown(why)),
                Err(uncaught @ Stop::Uncaught(_)) => return Err(uncaught),
            }
        }
        match (accepted, refused, unknown) {
            (Some(_), Some(_), _) => Err(Stop::Unknown(
                "two anchors fit, of which Java takes one by chance; it refuses one of them, which is no CA"
                    .to_owned(),
            )),
            (Some(anchor), None, _) => Ok(chain.iter().chain([anchor]).collect()),
            (None, _, Some(unknown)) => Err(unknown),
            (None, Some(failure), None) => Err(failure.into()),
            (None, None, None) => Err(last.into()),
        }
    }

    /// `SunCertPathBuilder.build`. Where anchors meet in one place of a hash table, their order changes from run to run.
    fn build(&self, chain: &'v [Certificate]) -> Result<Accepted<'v>, Stop> {
        let build = |ties| {
            let path = Builder::new(self.anchors, chain, self.checks, ties).build()?;
            if let Some(anchor) = path.last() {
                check_anchor(anchor)?;
            }
            Ok(path)
        };
        let first: Result<Accepted<'v>, Stop> = build(Ties::AsRead);
        if self.anchors.len() > 1 && build(Ties::Reversed).is_ok() != first.is_ok() {
            return Err(Stop::Unknown(
                "several paths are possible, of which Java takes one by chance; the anchor of one is no CA"
                    .to_owned(),
            ));
        }
        first
    }
}

/// `AdaptableX509CertSelector.match` of an anchor for the certificate below it: the name, the key id, the serial number.
/// An anchor without a key id fits any; the serial number counts from version 3 on.
fn fits(below: &Certificate, anchor: &Certificate) -> bool {
    let extensions = &below.extensions;
    let key_id = match (&extensions.issuer_key_id, &anchor.extensions.subject_key_id) {
        (Some(wanted), Some(own)) => super::der::Value::only(own)
            .and_then(|value| value.octet_string().map(|id| id == wanted))
            .unwrap_or(false),
        _ => true,
    };
    let serial = match &extensions.issuer_serial {
        Some(serial) if anchor.version > 2 => *serial == anchor.serial,
        _ => true,
    };
    key_id && serial && anchor.subject == below.issuer
}

/// `PKIXValidator.verifyTrustAnchor`.
fn check_anchor(anchor: &Certificate) -> Result<(), Failure> {
    let subject = &anchor.subject;
    if anchor.version < 3 {
        Ok(())
    } else if anchor.basic_constraints() == -1 {
        let message = format!("TrustAnchor with subject \"{subject}\" is not a CA certificate");
        Err(Failure::validator(Reason::AnchorNotCa, message, anchor.id))
    } else if !anchor.allows_usage(KEY_CERT_SIGN) {
        let message = format!(
            "TrustAnchor with subject \"{subject}\" does not have keyCertSign bit set in KeyUsage extension"
        );
        Err(Failure::validator(
            Reason::AnchorKeyUsage,
            message,
            anchor.id,
        ))
    } else {
        Ok(())
    }
}

/// `EndEntityChecker.checkTLSClient`.
fn check_end_entity(leaf: &Certificate) -> Result<(), Failure> {
    const DIGITAL_SIGNATURE: usize = 0;
    let extensions = &leaf.extensions;
    let fail = |reason, message: &str| Err(Failure::validator(reason, message, leaf.id));
    if !leaf.allows_usage(DIGITAL_SIGNATURE) {
        return fail(
            Reason::LeafKeyUsage,
            "KeyUsage does not allow digital signatures",
        );
    }
    if let Some(purposes) = &extensions.extended_key_usage {
        let allowed: HashSet<&[u8]> = purposes.iter().map(Vec::as_slice).collect();
        if !allowed.contains(oid::CLIENT_AUTH.0) && !allowed.contains(oid::ANY_EXTENDED_KEY_USAGE.0)
        {
            return fail(
                Reason::LeafPurpose,
                "Extended key usage does not permit use for TLS client authentication",
            );
        }
    }
    if extensions.netscape_client == Some(false) {
        return fail(
            Reason::LeafNetscapeType,
            "Netscape cert type does not permit use for SSL client",
        );
    }
    Ok(())
}
