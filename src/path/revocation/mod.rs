//! Whether a certificate is revoked, by the CRLs that are given (RFC 5280 §6.3).

mod checked;

pub(crate) use checked::{Checked, Lists, check_paths};

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::ops::Range;

use crate::cert::Certificate;
use crate::cert::crl::{Crl, Reason, RevokedCertificate};
use crate::cert::distribution::{
    DistributionPoint, IssuingDistributionPoint, OnlyContains, Reasons, directory_key,
};
use crate::cert::extension::{GeneralName, KeyUsage};
use crate::cert::key::{Algorithm, PublicKey};
use crate::cert::time::Time;
use crate::crypto::SignatureCheck;

/// How many certificates are tried as the signer of one CRL.
const SIGNER_LIMIT: usize = 64;

/// Checks a signature: the key, the algorithm, what is signed, the signature.
pub(crate) type Verify<'v> =
    dyn Fn(&PublicKey<'_>, &Algorithm<'_>, &[u8], &[u8]) -> SignatureCheck + 'v;

/// Whether a certificate is revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RevocationStatus {
    /// Usable CRLs cover every reason, and none of them lists it.
    Good,
    /// A usable CRL lists it.
    Revoked(Revocation),
    /// No usable CRL tells. A strict verifier takes that for not valid.
    Undetermined(Vec<Considered>),
}

/// The entry that revokes a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Revocation {
    /// The CRL, by its index.
    pub(crate) crl: usize,
    /// The entry's reasonCode.
    pub(crate) reason: Option<Reason>,
    /// The entry's revocationDate.
    pub(crate) date: Option<Time>,
    /// Where the entry stands in the CRL's DER.
    pub(crate) range: Range<usize>,
}

/// A CRL of the right issuer that does not settle the status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Considered {
    /// The CRL, by its index.
    pub(crate) crl: usize,
    /// Why it does not.
    pub(crate) why: Unusable,
    /// Its entry for the certificate, if it has one.
    pub(crate) lists: Option<Revocation>,
}

/// Why a CRL does not settle the status of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Unusable {
    /// Its issuingDistributionPoint leaves the certificate out.
    OutOfScope,
    /// It covers some reasons only, and no other CRL covers the rest.
    SomeReasonsOnly,
    /// It is a delta, and the complete CRL that it belongs to is not there.
    DeltaWithoutBase,
    /// A critical extension of the CRL is not known (RFC 5280 §5.2).
    UnknownCriticalExtension,
    /// A critical extension of an entry is not known (RFC 5280 §5.3).
    UnknownCriticalInEntry,
    /// thisUpdate or nextUpdate is no date.
    UnreadableDate,
    /// thisUpdate is in the future.
    NotYetValid,
    /// nextUpdate is past.
    Expired,
    /// Its authorityKeyIdentifier names a key that no certificate of its issuer has.
    OtherKey,
    /// The key of its issuer did not make the signature.
    SignatureInvalid,
    /// The signature cannot be verified here.
    SignatureNotChecked,
    /// The issuer's keyUsage lacks cRLSign (RFC 5280 §6.3.3(f)).
    IssuerMayNotSign,
    /// There is no cRLNumber (RFC 5280 §5.2.3).
    NumberMissing,
    /// cRLNumber is critical (RFC 5280 §5.2.3).
    NumberCritical,
}

impl Unusable {
    /// The reason in words, about the CRL.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::OutOfScope => "the CRL's scope leaves it out",
            Self::SomeReasonsOnly => "the CRLs cover some reasons only",
            Self::DeltaWithoutBase => "the CRL is a delta, and its base is not given",
            Self::UnknownCriticalExtension => "the CRL has an unknown critical extension",
            Self::UnknownCriticalInEntry => "an entry of the CRL has an unknown critical extension",
            Self::UnreadableDate => "the CRL has a date that cannot be read",
            Self::NotYetValid => "the CRL is not valid yet",
            Self::Expired => "the CRL has expired",
            Self::OtherKey => "the CRL names another key of its issuer",
            Self::SignatureInvalid => "the CRL's signature is invalid",
            Self::SignatureNotChecked => "the CRL's signature cannot be verified here",
            Self::IssuerMayNotSign => "the CRL's issuer may not sign CRLs",
            Self::NumberMissing => "the CRL has no cRLNumber",
            Self::NumberCritical => "the CRL's cRLNumber is critical",
        }
    }
}

/// Tells whether `certificate`, issued by `issuer`, is revoked at the time `at`.
///
/// `others` are further certificates that may have signed a CRL. Whether they are to be trusted is
/// the caller's to know; their dates are checked here.
/// A CRL of the certificate's own issuer may be signed by another key of that issuer; an indirect
/// one by whom the distribution point names as cRLIssuer. Of two CRLs with the same scope the later
/// counts. A delta CRL counts where its base is there, too.
pub(crate) fn status(
    certificate: &Certificate<'_>,
    issuer: &Certificate<'_>,
    others: &[&Certificate<'_>],
    crls: &[&Crl<'_>],
    at: Time,
    verify: &Verify<'_>,
) -> RevocationStatus {
    Question {
        certificate,
        issuer,
        others,
        crls,
        at,
        verify,
        issuer_key: OnceCell::new(),
    }
    .answer()
}

struct Question<'q, 'a> {
    certificate: &'q Certificate<'a>,
    issuer: &'q Certificate<'a>,
    others: &'q [&'q Certificate<'a>],
    crls: &'q [&'q Crl<'a>],
    at: Time,
    verify: &'q Verify<'q>,
    /// The comparison key of the certificate issuer's name.
    issuer_key: OnceCell<Vec<u8>>,
}

impl<'a> Question<'_, 'a> {
    fn answer(&self) -> RevocationStatus {
        let mut considered = Vec::new();
        let mut usable: Vec<(usize, Reasons)> = Vec::new();
        let complete = self.crls.iter().enumerate();
        for (index, crl) in complete.filter(|(_, crl)| crl.delta_base.is_none()) {
            let Some(reasons) = self.scope(crl) else {
                continue;
            };
            if reasons == Reasons::NONE {
                considered.push(self.considered(index, Unusable::OutOfScope));
            } else if let Some(why) = self.fault(crl) {
                considered.push(self.considered(index, why));
            } else {
                usable.push((index, reasons));
            }
        }
        usable.sort_by(|(left, _), (right, _)| {
            let (left, right) = (self.crls[*left], self.crls[*right]);
            let by_date = Reverse(left.this_update).cmp(&Reverse(right.this_update));
            by_date.then_with(|| right.compare_numbers(left))
        });
        let mut covered = Reasons::NONE;
        let mut used = Vec::new();
        for (index, reasons) in usable {
            // RFC 5280 §6.3.3(e): a CRL that adds no reason is superseded.
            if covered.contains(reasons) {
                continue;
            }
            if let Some(revocation) = self.revocation_with_delta(index) {
                return RevocationStatus::Revoked(revocation);
            }
            covered = covered.or(reasons);
            used.push(index);
        }
        if covered.contains(Reasons::ALL) {
            return RevocationStatus::Good;
        }
        let partly = used.iter();
        considered.extend(partly.map(|&index| self.considered(index, Unusable::SomeReasonsOnly)));
        if considered.is_empty() {
            let deltas = self.crls.iter().enumerate();
            let deltas = deltas
                .filter(|(_, crl)| crl.delta_base.is_some() && self.scope(crl).is_some())
                .map(|(index, _)| self.considered(index, Unusable::DeltaWithoutBase));
            considered.extend(deltas);
        }
        RevocationStatus::Undetermined(considered)
    }

    fn considered(&self, crl: usize, why: Unusable) -> Considered {
        let in_scope = why != Unusable::OutOfScope;
        Considered {
            crl,
            why,
            lists: in_scope.then(|| self.revocation(crl)).flatten(),
        }
    }

    /// The reasons that a CRL covers for the certificate, none of them where it leaves the
    /// certificate out. `None` where it is not of an issuer that the certificate leads to.
    fn scope(&self, crl: &Crl<'a>) -> Option<Reasons> {
        let own = crl.issuer.is_same(&self.certificate.issuer);
        let points = &self.certificate.values.crl_distribution_points;
        let crl_key = OnceCell::new();
        let names_crl_issuer = |point: &&DistributionPoint<'a>| {
            let key = crl_key.get_or_init(|| directory_key(&crl.issuer));
            let names = point.crl_issuer.iter().flatten();
            names.map(GeneralName::comparison_key).any(|it| it == *key)
        };
        let indirect: Vec<&DistributionPoint<'a>> =
            points.iter().filter(names_crl_issuer).collect();
        if !own && indirect.is_empty() {
            return None;
        }
        let scope = crl.distribution_point.as_ref();
        if !self.is_contained(scope) {
            return Some(Reasons::NONE);
        }
        let some = |reasons: Option<Reasons>| reasons.unwrap_or(Reasons::ALL);
        let limit = some(scope.and_then(|scope| scope.only_some_reasons));
        let mut covered = Reasons::NONE;
        // RFC 5280 §6.3.3(b)(1): for cRLIssuer the CRL must say that it is indirect.
        if scope.is_some_and(|scope| scope.indirect) {
            for point in indirect {
                if self.is_named(crl, scope, Some(point)) {
                    covered = covered.or(some(point.reasons));
                }
            }
        }
        if own {
            let direct = points.iter().filter(|point| point.crl_issuer.is_none());
            for point in direct {
                if self.is_named(crl, scope, Some(point)) {
                    covered = covered.or(some(point.reasons));
                }
            }
            // The last paragraph of §6.3.3: any other CRL of the certificate's issuer.
            if self.is_named(crl, scope, None) {
                covered = Reasons::ALL;
            }
        }
        Some(covered.and(limit))
    }

    /// Whether the certificate is of the kind that the CRL is about (RFC 5280 §6.3.3(b)(2)).
    fn is_contained(&self, scope: Option<&IssuingDistributionPoint<'a>>) -> bool {
        match scope.and_then(|scope| scope.only_contains) {
            None => true,
            Some(OnlyContains::UserCertificates) => !self.certificate.says_ca(),
            Some(OnlyContains::CaCertificates) => self.certificate.says_ca(),
            Some(OnlyContains::AttributeCertificates) => false,
        }
    }

    /// Whether the CRL's distribution point, if it names one, is this one of the certificate, or
    /// where that is none, the certificate's issuer (RFC 5280 §6.3.3(b)(2)(i)).
    fn is_named(
        &self,
        crl: &Crl<'a>,
        scope: Option<&IssuingDistributionPoint<'a>>,
        point: Option<&DistributionPoint<'a>>,
    ) -> bool {
        let Some(own) = scope.and_then(|scope| scope.name.as_ref()) else {
            return true;
        };
        let own = own.keys(&crl.issuer);
        let Some(point) = point else {
            let issuer = &self.certificate.issuer;
            return own.contains(self.issuer_key.get_or_init(|| directory_key(issuer)));
        };
        let wanted = match (&point.name, &point.crl_issuer) {
            (Some(name), _) => name.keys(&crl.issuer),
            (None, Some(names)) => names.iter().map(GeneralName::comparison_key).collect(),
            (None, None) => Vec::new(),
        };
        wanted.iter().any(|name| own.contains(name))
    }

    /// What keeps a CRL in scope from being used; none where it can be.
    fn fault(&self, crl: &Crl<'a>) -> Option<Unusable> {
        if crl.unknown_critical().is_some() {
            return Some(Unusable::UnknownCriticalExtension);
        }
        // Whatever the extension means, a certificate that is on the list is not to be trusted.
        if crl.unknown_critical_in_entry().is_some() && self.entry(crl).is_none() {
            return Some(Unusable::UnknownCriticalInEntry);
        }
        let Some(this_update) = crl.this_update else {
            return Some(Unusable::UnreadableDate);
        };
        if this_update > self.at {
            return Some(Unusable::NotYetValid);
        }
        match crl.next_update {
            Some(next_update) if next_update < self.at => return Some(Unusable::Expired),
            None if crl.has_next_update() => return Some(Unusable::UnreadableDate),
            _ => {}
        }
        if let Some(why) = self.signature_fault(crl) {
            return Some(why);
        }
        // Last, because verifiers that do not insist on it use such a CRL.
        if crl.number_is_critical() {
            return Some(Unusable::NumberCritical);
        }
        crl.number.is_none().then_some(Unusable::NumberMissing)
    }

    /// Looks for the certificate whose key signed the CRL (RFC 5280 §6.3.3(f), (g)).
    fn signature_fault(&self, crl: &Crl<'a>) -> Option<Unusable> {
        let is_named = |signer: &&Certificate<'a>| signer.subject.is_same(&crl.issuer);
        let further = self.others.iter().copied();
        let further = further.filter(|signer| signer.is_valid_at(self.at));
        let has_key = |signer: &&Certificate<'a>| {
            let ids = (crl.authority_key_id, signer.values.subject_key_id);
            !matches!(ids, (Some(wanted), Some(own)) if wanted != own)
        };
        let signers = std::iter::once(self.issuer).chain(further);
        let signers = signers.filter(is_named).filter(has_key);
        let mut why = Unusable::OtherKey;
        for signer in signers.take(SIGNER_LIMIT) {
            let check = (self.verify)(
                &signer.key,
                &crl.signature_algorithm,
                crl.tbs,
                crl.signature,
            );
            why = match check {
                SignatureCheck::Valid if signer.has_usage(KeyUsage::CRL_SIGN) == Some(false) => {
                    Unusable::IssuerMayNotSign
                }
                SignatureCheck::Valid => return None,
                _ if why == Unusable::IssuerMayNotSign => why,
                SignatureCheck::Unsupported => Unusable::SignatureNotChecked,
                _ if why == Unusable::SignatureNotChecked => why,
                _ => Unusable::SignatureInvalid,
            };
        }
        Some(why)
    }

    fn entry(&self, crl: &Crl<'a>) -> Option<RevokedCertificate<'a>> {
        crl.find(self.certificate.serial, &self.certificate.issuer)
    }

    /// The entry of one CRL that revokes the certificate.
    fn revocation(&self, index: usize) -> Option<Revocation> {
        let entry = self.entry(self.crls[index])?;
        (entry.reason != Some(Reason::REMOVE_FROM_CRL)).then_some(Revocation {
            crl: index,
            reason: entry.reason,
            date: entry.date(),
            range: entry.range,
        })
    }

    /// The entry that revokes the certificate, in a complete CRL or in the delta to it.
    fn revocation_with_delta(&self, base: usize) -> Option<Revocation> {
        if let Some(delta) = self.delta_of(self.crls[base])
            && self.entry(self.crls[delta]).is_some()
        {
            // Listed anew, or taken off the list.
            return self.revocation(delta);
        }
        self.revocation(base)
    }

    /// The latest usable delta to a complete CRL (RFC 5280 §5.2.4, §6.3.3(c)).
    fn delta_of(&self, base: &Crl<'a>) -> Option<usize> {
        let scope = |crl: &Crl<'a>| crl.distribution_point.as_ref().map(|point| point.raw);
        let belongs = |delta: &Crl<'a>| {
            delta.delta_base.is_some()
                && delta.issuer.is_same(&base.issuer)
                && scope(delta) == scope(base)
                && delta.authority_key_id == base.authority_key_id
                && base.takes_delta(delta)
                && self.fault(delta).is_none()
        };
        let deltas = (0..self.crls.len()).filter(|&index| belongs(self.crls[index]));
        deltas.max_by(|&left, &right| self.crls[left].compare_numbers(self.crls[right]))
    }
}

#[cfg(test)]
mod tests;
