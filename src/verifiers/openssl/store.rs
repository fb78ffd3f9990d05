//! The certificates and CRLs that OpenSSL trusts: `X509_STORE`, and how an issuer is looked up in it.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::crl::StoredCrl;
use super::load::Loaded;
use super::x509::X509;
use crate::analysis::{Analysis, OpensslRelease};
use crate::cert::crl::Crl;
use crate::cert::time::{NO_EXPIRY, Time};

/// A store with what the server's files hold.
#[derive(Debug)]
pub(in crate::verifiers) struct Store<'s> {
    pub(super) release: OpensslRelease,
    /// By canonical subject; those of one subject in the order in which they were added.
    by_subject: HashMap<Vec<u8>, Vec<Rc<X509<'s>>>>,
    pub(super) crls: Vec<StoredCrl<'s>>,
    /// CRLs that are handed to the verification beside the store (`X509_STORE_CTX_set0_crls`).
    pub(super) given_crls: Vec<StoredCrl<'s>>,
}

impl<'s> Store<'s> {
    /// An empty store.
    pub(in crate::verifiers) fn new(release: OpensslRelease) -> Self {
        Self {
            release,
            by_subject: HashMap::new(),
            crls: Vec::new(),
            given_crls: Vec::new(),
        }
    }

    /// Adds what was read from a file. A second copy of a certificate is left out (`x509_store_add`).
    pub(in crate::verifiers) fn add(&mut self, analysis: &'s Analysis<'_>, loaded: Loaded) {
        for one in loaded.certificates {
            let Some(id) = analysis.by_der(&one.der) else {
                continue;
            };
            let Some(x509) = X509::new(analysis, id, one.trust, self.release) else {
                continue;
            };
            let same_name = self.by_subject.entry(x509.subject.clone()).or_default();
            if !same_name.iter().any(|other| other.id == id) {
                same_name.push(x509);
            }
        }
        let readable = by_der(analysis);
        let mut seen: HashSet<&[u8]> = self.crls.iter().map(|crl| crl.crl.der).collect();
        for der in &loaded.crls {
            if let Some(crl) = readable.get(der.as_slice())
                && seen.insert(crl.der)
                && let Some(crl) = StoredCrl::new(crl, self.release)
            {
                self.crls.push(crl);
            }
        }
        for der in &loaded.given_crls {
            let crl = readable.get(der.as_slice());
            let stored = crl.and_then(|crl| StoredCrl::new(crl, self.release));
            self.given_crls.extend(stored);
        }
    }

    /// The certificates with this canonical subject.
    pub(super) fn named(&self, subject: &[u8]) -> &[Rc<X509<'s>>] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }

    /// `X509_STORE_CTX_get1_issuer`: the first certificate of that name that may be the issuer and is valid now, else
    /// the one that expires last (in 1.1.1 the last one).
    pub(super) fn issuer_of(&self, x509: &X509<'_>, now: Time) -> Option<Rc<X509<'s>>> {
        let candidates = self.by_subject.get(&x509.issuer)?;
        best_issuer(candidates.iter(), x509, now, self.release)
    }
}

fn by_der<'s>(analysis: &'s Analysis<'_>) -> HashMap<&'s [u8], &'s Crl<'s>> {
    let crls = analysis.crls.iter();
    crls.filter_map(|entry| entry.crl.as_ref().ok())
        .map(|crl| (crl.der, crl))
        .collect()
}

/// The choice among several possible issuers: `get0_best_issuer_sk`.
pub(super) fn best_issuer<'c, 's: 'c>(
    candidates: impl Iterator<Item = &'c Rc<X509<'s>>>,
    x509: &X509<'_>,
    now: Time,
    release: OpensslRelease,
) -> Option<Rc<X509<'s>>> {
    let mut best: Option<&Rc<X509<'s>>> = None;
    for candidate in candidates {
        if !x509.likely_issued_by(candidate, release) {
            continue;
        }
        if is_valid_at(candidate, now, release) {
            return Some(candidate.clone());
        }
        let end = |one: &X509<'_>| one.certificate.not_after;
        let later = |best: &Rc<X509<'s>>| end(candidate) > end(best);
        if release == OpensslRelease::V1_1_1 || best.is_none_or(later) {
            best = Some(candidate);
        }
    }
    best.cloned()
}

/// `ossl_x509_check_cert_time` without a callback.
fn is_valid_at(x509: &X509<'_>, now: Time, release: OpensslRelease) -> bool {
    let [not_before, not_after] = dates(x509);
    not_before.is_some_and(|date| date <= now)
        && not_after.is_some_and(|date| !has_passed(date, now, release))
}

/// notBefore and notAfter, where they have the form that OpenSSL compares.
pub(super) fn dates(x509: &X509<'_>) -> [Option<Time>; 2] {
    let certificate = x509.certificate;
    let [before, after] = &certificate.validity;
    [
        certificate
            .not_before
            .filter(|_| is_comparable(before.value())),
        certificate
            .not_after
            .filter(|_| is_comparable(after.value())),
    ]
}

/// `X509_cmp_time`: digits and a Z, with seconds, nothing else. The tag is looked at where the date is read.
pub(super) fn is_comparable(text: &[u8]) -> bool {
    let digits = text.strip_suffix(b"Z").unwrap_or_default();
    matches!(digits.len(), 12 | 14) && digits.iter().all(u8::is_ascii_digit)
}

/// Whether a notAfter is over. Before 4.0 the last second does not count.
pub(super) fn has_passed(not_after: Time, now: Time, release: OpensslRelease) -> bool {
    if release >= OpensslRelease::V4_0 {
        not_after != NO_EXPIRY && not_after < now
    } else {
        not_after <= now
    }
}
