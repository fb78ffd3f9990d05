//! Revocation: `check_revocation` and what it asks of each CRL (`crypto/x509/x509_vfy.c`, `x_crl.c`).
//!
//! Without `X509_V_FLAG_EXTENDED_CRL_SUPPORT` and `X509_V_FLAG_USE_DELTAS`, which none of the servers here sets: no indirect
//! CRL, none limited to some reasons, no delta, and the CRL's issuer must stand in the chain.

use std::rc::Rc;

use super::name::canonical;
use super::store::is_comparable;
use super::verification::{Stop, Unmodelled, Verification, errors};
use super::x509::X509;
use crate::analysis::OpensslRelease;
use crate::cert::crl::{Crl, CrlField, Reason};
use crate::cert::der::Reader;
use crate::cert::distribution::{DistributionPoint, DistributionPointName, OnlyContains, Reasons};
use crate::cert::extension::{
    AuthorityKeyIdentifier, GeneralName, KeyUsage, read_authority_key_id,
};
use crate::cert::name::Name;
use crate::cert::oid;
use crate::cert::time::Time;
use crate::crypto::SignatureCheck;

/// The parts of a CRL's score, which chooses among several (`CRL_SCORE_*`).
mod score {
    pub(super) const NO_CRITICAL: u32 = 0x100;
    pub(super) const SCOPE: u32 = 0x080;
    pub(super) const TIME: u32 = 0x040;
    pub(super) const ISSUER_NAME: u32 = 0x020;
    pub(super) const ISSUER_CERT: u32 = 0x018;
    pub(super) const SAME_PATH: u32 = 0x008;
    pub(super) const AKID: u32 = 0x004;
    /// What a CRL that is beyond doubt has.
    pub(super) const VALID: u32 = NO_CRITICAL | TIME | SCOPE;
}

/// A CRL with what OpenSSL derives from it when it is read.
#[derive(Debug)]
pub(in crate::verifiers) struct StoredCrl<'s> {
    pub(super) crl: &'s Crl<'s>,
    issuer: Vec<u8>,
    authority: Option<AuthorityKeyIdentifier<'s>>,
    authority_issuer: Option<Vec<u8>>,
    /// `EXFLAG_CRITICAL`: a critical extension, of the CRL or an entry, is not known.
    unhandled_critical: bool,
}

impl<'s> StoredCrl<'s> {
    /// None where OpenSSL would never choose it, whatever the certificate.
    pub(super) fn new(crl: &'s Crl<'s>, release: OpensslRelease) -> Option<Self> {
        let scope = crl.distribution_point.as_ref();
        if scope.is_some_and(|scope| scope.indirect || scope.only_some_reasons.is_some()) {
            return None;
        }
        // Since 3.5 a distribution point that says nothing is invalid (`setup_idp`).
        let says_nothing =
            scope.is_some_and(|scope| scope.name.is_none() && scope.only_contains.is_none());
        if says_nothing && release >= OpensslRelease::V3_5 {
            return None;
        }
        // Deltas were taken for complete CRLs until a fix that 3.0.22 and 4.0.3 have.
        let refuses_deltas = matches!(release, OpensslRelease::V3_0 | OpensslRelease::V4_0);
        if crl.delta_base.is_some() && refuses_deltas {
            return None;
        }
        let authority = crl
            .extensions
            .iter()
            .find(|extension| extension.oid == oid::AUTHORITY_KEY_IDENTIFIER)
            .and_then(|extension| {
                let value = extension.value.children().read().ok()?;
                read_authority_key_id(&value).ok()
            });
        let handled = [
            oid::ISSUING_DISTRIBUTION_POINT,
            oid::AUTHORITY_KEY_IDENTIFIER,
            oid::DELTA_CRL_INDICATOR,
        ];
        let mut extensions = crl.extensions.iter();
        Some(Self {
            crl,
            issuer: canonical(&crl.issuer)?,
            authority_issuer: authority
                .as_ref()
                .and_then(|authority| canonical(authority.issuer.as_ref()?)),
            authority,
            unhandled_critical: extensions
                .any(|extension| extension.critical && !handled.contains(&extension.oid))
                || crl.unknown_critical_in_entry().is_some(),
        })
    }

    /// `X509_check_akid(issuer, crl->akid)`.
    fn authority_fits(&self, issuer: &X509<'_>) -> bool {
        let Some(authority) = &self.authority else {
            return true;
        };
        let key_id = match (authority.key_id, issuer.certificate.values.subject_key_id) {
            (Some(wanted), Some(own)) => wanted == own,
            _ => true,
        };
        key_id
            && authority
                .serial
                .is_none_or(|serial| serial == issuer.certificate.serial)
            && self
                .authority_issuer
                .as_ref()
                .is_none_or(|name| *name == issuer.issuer)
    }

    /// Whether it may say something of this certificate: `crl_crldp_check`. Returns the reasons that it covers.
    fn covers(&self, x509: &X509<'_>) -> Option<Reasons> {
        let scope = self.crl.distribution_point.as_ref();
        let only = scope.and_then(|scope| scope.only_contains);
        let excluded = match only {
            Some(OnlyContains::AttributeCertificates) => true,
            Some(OnlyContains::UserCertificates) => x509.ca,
            Some(OnlyContains::CaCertificates) => !x509.ca,
            None => false,
        };
        if excluded {
            return None;
        }
        let own = scope.and_then(|scope| scope.name.as_ref());
        for point in &x509.certificate.values.crl_distribution_points {
            let names_issuer = match &point.crl_issuer {
                None => true,
                Some(names) => names.iter().any(|name| self.is_called(name)),
            };
            if names_issuer && own.is_none_or(|own| self.same_point(point, own, x509)) {
                return Some(point.reasons.unwrap_or(Reasons::ALL));
            }
        }
        own.is_none().then_some(Reasons::ALL)
    }

    fn is_called(&self, name: &GeneralName<'_>) -> bool {
        name.kind == GeneralName::DIRECTORY_NAME
            && name
                .directory_name()
                .is_ok_and(|name| canonical(&name).as_ref() == Some(&self.issuer))
    }

    /// `idp_check_dp`: whether the certificate's point and the CRL's have a name in common.
    fn same_point(
        &self,
        point: &DistributionPoint<'_>,
        own: &DistributionPointName<'_>,
        x509: &X509<'_>,
    ) -> bool {
        let Some(name) = &point.name else { return true };
        let directory = |names: &Option<Vec<GeneralName<'_>>>| {
            names.iter().flatten().find_map(|name| {
                (name.kind == GeneralName::DIRECTORY_NAME).then(|| point_name(name))?
            })
        };
        let base = directory(&point.crl_issuer)
            .unwrap_or_else(|| PointName::Directory(x509.issuer.clone()));
        let theirs = point_names(name, &base);
        let ours = point_names(own, &PointName::Directory(self.issuer.clone()));
        theirs.iter().any(|name| ours.contains(name))
    }
}

/// A name of a distribution point in a form that is equal for equal names (`GENERAL_NAME_cmp`).
#[derive(PartialEq)]
enum PointName {
    Directory(Vec<u8>),
    Other(u8, Vec<u8>),
}

fn point_name(name: &GeneralName<'_>) -> Option<PointName> {
    if name.kind != GeneralName::DIRECTORY_NAME {
        return Some(PointName::Other(name.kind, name.value.to_vec()));
    }
    let name = name.directory_name().ok()?;
    canonical(&name).map(PointName::Directory)
}

fn point_names(name: &DistributionPointName<'_>, base: &PointName) -> Vec<PointName> {
    match name {
        DistributionPointName::Full(names) => names.iter().filter_map(point_name).collect(),
        DistributionPointName::RelativeToCrlIssuer(rdn) => {
            let PointName::Directory(base) = base else {
                return Vec::new();
            };
            let last = Name {
                raw: &[],
                rdns: vec![rdn.clone()],
            };
            let whole = canonical(&last).map(|last| [base.as_slice(), &last].concat());
            whole.map(PointName::Directory).into_iter().collect()
        }
    }
}

impl<'s> Verification<'_, 's> {
    /// `check_revocation` with `X509_V_FLAG_CRL_CHECK_ALL`: every certificate of the chain, the root by its own CRL.
    pub(super) fn check_revocation(&mut self) -> Result<(), Stop> {
        for depth in 0..self.chain.len() {
            // 4.0 does not ask about self-signed certificates.
            let is_root = self.chain[depth].self_signed;
            let skipped = is_root && self.store.release >= OpensslRelease::V4_0;
            if self.chain[depth].proxy.is_none() && !skipped {
                self.check_status(depth)?;
            }
        }
        Ok(())
    }

    /// `check_cert`.
    fn check_status(&mut self, depth: usize) -> Result<(), Stop> {
        let mut covered = Reasons::NONE;
        while covered != Reasons::ALL {
            let Some(chosen) = self.best_crl(depth, covered) else {
                return self.fail(depth, errors::UNABLE_TO_GET_CRL);
            };
            let before = covered;
            covered = chosen.reasons;
            self.check_crl(depth, &chosen)?;
            self.look_up(depth, &chosen)?;
            if covered == before {
                return self.fail(depth, errors::UNABLE_TO_GET_CRL);
            }
        }
        Ok(())
    }

    /// `get_crl_delta`: the store is asked only where no CRL that was handed over is beyond doubt.
    fn best_crl(&self, depth: usize, covered: Reasons) -> Option<Chosen<'s>> {
        let given = self.best_of(&self.store.given_crls, depth, covered, 0);
        let (covered, least) = match &given {
            Some(given) if given.score >= score::VALID => return Some(given.clone()),
            Some(given) => (given.reasons, given.score),
            None => (covered, 0),
        };
        let stored = self.best_of(&self.store.crls, depth, covered, least);
        stored.or(given)
    }

    /// `get_crl_sk`: the CRL with the highest score from `least` on; the newest among equals.
    fn best_of(
        &self,
        crls: &[StoredCrl<'s>],
        depth: usize,
        covered: Reasons,
        least: u32,
    ) -> Option<Chosen<'s>> {
        let mut best: Option<Chosen<'s>> = None;
        for stored in crls {
            let found = self.score(depth, stored, covered);
            let Some(found) = found.filter(|found| found.score >= least) else {
                continue;
            };
            let is_better = best.as_ref().is_none_or(|best| {
                found.score > best.score
                    || found.score == best.score && found.crl.this_update > best.crl.this_update
            });
            if is_better {
                best = Some(found);
            }
        }
        best
    }

    /// `get_crl_score`; none where the CRL is of no use.
    fn score(&self, depth: usize, stored: &StoredCrl<'s>, covered: Reasons) -> Option<Chosen<'s>> {
        let x509 = &self.chain[depth];
        if stored.issuer != x509.issuer {
            return None;
        }
        let mut total = score::ISSUER_NAME;
        if !stored.unhandled_critical {
            total |= score::NO_CRITICAL;
        }
        if self.crl_time_error(stored.crl).is_empty() {
            total |= score::TIME;
        }
        // crl_akid_check
        let above = (depth + 1).min(self.chain.len() - 1);
        let issuer = if stored.authority_fits(&self.chain[above]) {
            total |= score::AKID | score::ISSUER_CERT;
            self.chain[above].clone()
        } else {
            let mut further = self.chain.iter().skip(above + 1);
            let found =
                further.find(|one| one.subject == stored.issuer && stored.authority_fits(one))?;
            total |= score::AKID | score::SAME_PATH;
            found.clone()
        };
        let mut reasons = covered;
        if let Some(more) = stored.covers(x509) {
            if covered.contains(more) {
                return None;
            }
            reasons = covered.or(more);
            total |= score::SCOPE;
        }
        Some(Chosen {
            crl: stored.crl,
            unhandled_critical: stored.unhandled_critical,
            issuer,
            score: total,
            reasons,
        })
    }

    /// `check_crl_time`: the errors in the order in which they are told.
    fn crl_time_error(&self, crl: &Crl<'_>) -> Vec<i32> {
        let now = self.parameters.at;
        let release = self.store.release;
        let mut found = Vec::new();
        let [this_update, next_update] = dates(crl);
        match this_update {
            None => found.push(errors::ERROR_IN_CRL_LAST_UPDATE_FIELD),
            Some(date) if date > now => found.push(errors::CRL_NOT_YET_VALID),
            Some(_) => {}
        }
        if crl.has_next_update() {
            // Before 4.0 the last second does not count.
            let over = |date: Time| {
                if release >= OpensslRelease::V4_0 {
                    date < now
                } else {
                    date <= now
                }
            };
            match next_update {
                None => found.push(errors::ERROR_IN_CRL_NEXT_UPDATE_FIELD),
                Some(date) if over(date) => found.push(errors::CRL_HAS_EXPIRED),
                Some(_) => {}
            }
        }
        found
    }

    /// `check_crl`.
    fn check_crl(&mut self, depth: usize, chosen: &Chosen<'s>) -> Result<(), Stop> {
        let issuer = &chosen.issuer;
        // A delta is not asked again what its base was asked.
        if chosen.crl.delta_base.is_none() {
            if issuer.certificate.has_usage(KeyUsage::CRL_SIGN) == Some(false) {
                self.fail(depth, errors::KEYUSAGE_NO_CRL_SIGN)?;
            }
            if chosen.score & score::SCOPE == 0 {
                self.fail(depth, errors::DIFFERENT_CRL_SCOPE)?;
            }
        }
        if chosen.score & score::TIME == 0 {
            for error in self.crl_time_error(chosen.crl) {
                self.fail(depth, error)?;
            }
        }
        if issuer.key.is_none() {
            return self.fail(depth, errors::UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY);
        }
        match self.check_crl_signature(chosen) {
            SignatureCheck::Valid => Ok(()),
            SignatureCheck::Unsupported => {
                let id = self.chain[depth].id;
                self.unmodelled.get_or_insert((id, Unmodelled::Signature));
                Ok(())
            }
            _ => self.fail(depth, errors::CRL_SIGNATURE_FAILURE),
        }
    }

    fn check_crl_signature(&self, chosen: &Chosen<'s>) -> SignatureCheck {
        let crl = chosen.crl;
        let algorithm = &crl.signature_algorithm;
        let inner = Reader::new(crl.tbs).read().ok().and_then(|tbs| {
            let mut fields = tbs.children();
            fields.optional(crate::cert::der::tag::INTEGER).ok()?;
            Some(fields.read().ok()?.value())
        });
        if inner != Some(algorithm.content) {
            return SignatureCheck::Invalid;
        }
        let key = &chosen.issuer.certificate.key;
        self.analysis
            .signatures
            .check(key, algorithm, crl.tbs, crl.signature)
    }

    /// `cert_crl`: whether the certificate is on the list.
    fn look_up(&mut self, depth: usize, chosen: &Chosen<'s>) -> Result<(), Stop> {
        if chosen.unhandled_critical {
            self.fail(depth, errors::UNHANDLED_CRITICAL_CRL_EXTENSION)?;
        }
        let certificate = self.chain[depth].certificate;
        match chosen.crl.find(certificate.serial, &certificate.issuer) {
            Some(entry) if entry.reason != Some(Reason::REMOVE_FROM_CRL) => {
                self.fail(depth, errors::CERT_REVOKED)
            }
            _ => Ok(()),
        }
    }
}

/// thisUpdate and nextUpdate, where they have the form that OpenSSL compares.
fn dates(crl: &Crl<'_>) -> [Option<Time>; 2] {
    let fits = |field| {
        let time = Reader::new(crl.der.get(crl.range(field))?).read().ok()?;
        is_comparable(time.value()).then_some(())
    };
    [
        crl.this_update
            .filter(|_| fits(CrlField::ThisUpdate).is_some()),
        crl.next_update
            .filter(|_| fits(CrlField::NextUpdate).is_some()),
    ]
}

/// A CRL that was chosen for a certificate.
#[derive(Clone)]
struct Chosen<'s> {
    crl: &'s Crl<'s>,
    unhandled_critical: bool,
    issuer: Rc<X509<'s>>,
    score: u32,
    /// The reasons that are covered with it.
    reasons: Reasons,
}
