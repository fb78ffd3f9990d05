//! The certificates and CRLs of Envoy's configuration, in the order in which BoringSSL looks at them.
//!
//! Source: BoringSSL `crypto/x509/x509_lu.cc` (`x509_store_add`, `X509_STORE_CTX_get1_issuer`) and
//! `crypto/stack/stack.cc`. The store is sorted by name; among equal names the order is that of adding, as long as
//! `std::sort` sorts by insertion.

use std::collections::{HashMap, HashSet};

use super::crl::Crl;
use super::pem::{Contents, Trusted};
use super::x509::X509;

/// libc++'s `std::sort` keeps the order of equal elements below this many. Beyond, candidates of one name may come in
/// any order.
const SORTED_BY_INSERTION: usize = 24;

/// Orders of candidates that are tried where the order is not known.
const MOST_ORDERS: usize = 16;

/// What Envoy trusts.
#[derive(Debug, Default)]
pub(super) struct Store {
    certificates: Vec<Trusted>,
    crls: Vec<Crl>,
    /// The certificates with a subject, in their order.
    by_subject: HashMap<Vec<u8>, Vec<usize>>,
    known: HashSet<Vec<u8>>,
    /// Whether a CRL was given, or stands in the bundle: then every certificate of a path needs one.
    pub(super) checks_crls: bool,
}

impl Store {
    /// Adds what a file of trusted certificates holds; duplicates are left out.
    pub(super) fn add(&mut self, contents: Contents) {
        self.checks_crls |= !contents.crls.is_empty();
        for trusted in contents.certificates {
            if !self.known.insert(trusted.certificate.der.clone()) {
                continue;
            }
            let subject = trusted.certificate.subject.canonical.clone();
            let index = self.certificates.len();
            self.by_subject.entry(subject).or_default().push(index);
            self.certificates.push(trusted);
        }
        self.add_crls(contents.crls);
    }

    /// Adds CRLs; duplicates are left out.
    pub(super) fn add_crls(&mut self, crls: Vec<Crl>) {
        for crl in crls {
            if self.known.insert(crl.der.clone()) {
                self.crls.push(crl);
            }
        }
    }

    /// Whether there is no certificate.
    pub(super) fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// The first certificate that may have issued this one. `order` says which of several comes first where that
    /// cannot be known.
    pub(super) fn issuer_of(&self, certificate: &X509, order: usize) -> Option<&Trusted> {
        let named = self.by_subject.get(&certificate.issuer.canonical)?;
        let start = order % named.len();
        let (later, earlier) = named.split_at(start);
        let mut candidates = earlier
            .iter()
            .chain(later)
            .map(|index| &self.certificates[*index]);
        candidates.find(|candidate| candidate.certificate.may_have_issued(certificate))
    }

    /// This very certificate.
    pub(super) fn find(&self, certificate: &X509) -> Option<&Trusted> {
        let named = self.by_subject.get(&certificate.subject.canonical)?;
        let mut named = named.iter().map(|index| &self.certificates[*index]);
        named.find(|one| one.certificate.der == certificate.der)
    }

    /// The CRLs whose issuer is that of this certificate.
    pub(super) fn crls_for<'s>(&'s self, certificate: &'s X509) -> impl Iterator<Item = &'s Crl> {
        let issuer = &certificate.issuer;
        self.crls.iter().filter(move |crl| crl.issuer == *issuer)
    }

    /// How many orders of candidates are possible and to be tried.
    pub(super) fn orders(&self) -> usize {
        if self.certificates.len() + self.crls.len() < SORTED_BY_INSERTION {
            return 1;
        }
        let most = self.by_subject.values().map(Vec::len).max().unwrap_or(1);
        most.min(MOST_ORDERS)
    }
}
