//! The certificates and CRLs of Envoy's configuration, in the order in which BoringSSL looks at them.
//!
//! Source: BoringSSL `crypto/x509/x509_lu.cc` (`x509_store_add`, `X509_STORE_CTX_get1_issuer`) and
//! `crypto/stack/stack.cc`. The store is sorted by name; among equal names the order is that of adding, as long as
//! `std::sort` works by insertion.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::crl::Crl;
use super::pem::{Contents, Trusted};
use super::x509::X509;

/// `std::sort` keeps the order of equal elements below this many: it sorts up to 16 of them by insertion in libstdc++, and
/// up to 23 in libc++. Beyond, candidates of one name may come in any order.
const SORTED_BY_INSERTION: usize = 17;

/// Ways of choosing between candidates that are tried where their order is not known.
pub(super) const MOST_TRIES: usize = 256;

/// Which of several candidates is taken at each place of the path, and how many there were.
///
/// The default takes the first everywhere: the order of the file.
#[derive(Debug, Default)]
pub(super) struct Choices {
    taken: Vec<usize>,
    seen: RefCell<Vec<usize>>,
    /// Among CRLs that fit equally well, the last is looked at first.
    is_crl_order_reversed: bool,
}

impl Choices {
    /// The next way of choosing, after a path was built in this one; none when all were tried.
    pub(super) fn next(self) -> Option<Self> {
        let seen = self.seen.into_inner();
        let at = |list: &[usize], place: usize| list.get(place).copied().unwrap_or(0);
        let open = (0..seen.len())
            .rev()
            .find(|place| at(&self.taken, *place) + 1 < seen[*place]);
        let Some(place) = open else {
            return (!self.is_crl_order_reversed).then(|| Self {
                is_crl_order_reversed: true,
                ..Self::default()
            });
        };
        let mut taken: Vec<usize> = (0..=place).map(|place| at(&self.taken, place)).collect();
        taken[place] += 1;
        Some(Self {
            taken,
            seen: RefCell::default(),
            is_crl_order_reversed: self.is_crl_order_reversed,
        })
    }

    /// Takes one of the candidates for the issuer of the certificate at `depth`.
    fn take<'s>(
        &self,
        depth: usize,
        mut candidates: impl Iterator<Item = &'s Trusted>,
    ) -> Option<&'s Trusted> {
        let taken = self.taken.get(depth).copied().unwrap_or(0);
        let found = candidates.nth(taken)?;
        let mut seen = self.seen.borrow_mut();
        if seen.len() <= depth {
            seen.resize(depth + 1, 0);
        }
        // Whether there is one more is all that matters.
        seen[depth] = taken + 1 + usize::from(candidates.next().is_some());
        Some(found)
    }
}

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

    /// The first certificate that may have issued this one, which is at `depth` in the path.
    pub(super) fn issuer_of(
        &self,
        certificate: &X509,
        choices: &Choices,
        depth: usize,
    ) -> Option<&Trusted> {
        let named = self.by_subject.get(&certificate.issuer.canonical)?;
        let named = named.iter().map(|index| &self.certificates[*index]);
        let candidates = named.filter(|one| one.certificate.may_have_issued(certificate));
        choices.take(depth, candidates)
    }

    /// This very certificate.
    pub(super) fn find(&self, certificate: &X509) -> Option<&Trusted> {
        let named = self.by_subject.get(&certificate.subject.canonical)?;
        let mut named = named.iter().map(|index| &self.certificates[*index]);
        named.find(|one| one.certificate.der == certificate.der)
    }

    /// The CRLs whose issuer is that of this certificate.
    pub(super) fn crls_for(&self, certificate: &X509, choices: &Choices) -> Vec<&Crl> {
        let crls = self.crls.iter();
        let mut named: Vec<&Crl> = crls
            .filter(|crl| crl.issuer == certificate.issuer)
            .collect();
        if choices.is_crl_order_reversed {
            named.reverse();
        }
        named
    }

    /// Whether certificates of one name are in the order of the file.
    pub(super) fn keeps_order(&self) -> bool {
        self.certificates.len() + self.crls.len() < SORTED_BY_INSERTION
    }
}
