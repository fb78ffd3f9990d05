//! The trust list: `lib/x509/verify-high.c`, and `_gnutls_sort_clist` in `lib/x509/common.c`, as in Debian's 3.7.9.
//!
//! CAs and CRLs lie in 127 buckets by a hash of the encoded name, so a CA is found only by the same encoding of its name, although
//! names are compared by their text after that.

use std::collections::HashSet;
use std::iter::repeat_with;

use super::chain::{self, Context, Outcome};
use super::crl::{Crl, Revoked};
use super::crt::Crt;
use super::status::Status;
use crate::crypto::Sha256;

/// The number of buckets (`DEFAULT_SIZE`).
const BUCKETS: usize = 127;
/// The most certificates that are sorted, and that a peer may send (`DEFAULT_MAX_VERIFY_DEPTH`).
pub(super) const MOST_SENT: usize = 16;

/// The CAs and CRLs of a server.
#[derive(Debug)]
pub(super) struct TrustList {
    buckets: Vec<Bucket>,
    known: HashSet<Sha256>,
    /// The octets of the CAs' names in the certificate request, each with its length before it.
    pub(super) names: usize,
}

#[derive(Debug, Default)]
struct Bucket {
    cas: Vec<Crt>,
    crls: Vec<Crl>,
}

impl TrustList {
    pub(super) fn new() -> Self {
        Self {
            buckets: repeat_with(Bucket::default).take(BUCKETS).collect(),
            known: HashSet::new(),
            names: 0,
        }
    }

    /// Adds a CA, unless it is there already.
    pub(super) fn add(&mut self, ca: Crt) {
        if self.known.insert(Sha256::of(&ca.der)) {
            self.names += 2 + ca.subject.raw.len();
            self.buckets[hash(&ca.subject.raw)].cas.push(ca);
        }
    }

    /// Adds a CRL. Of two with one issuer the later is kept. Source: `gnutls_x509_trust_list_add_crls`.
    pub(super) fn add_crl(&mut self, crl: Crl) {
        let crls = &mut self.buckets[hash(&crl.issuer.raw)].crls;
        match crls
            .iter_mut()
            .find(|other| other.issuer.raw == crl.issuer.raw)
        {
            None => crls.push(crl),
            Some(older) if older.this_update <= crl.this_update => *older = crl,
            Some(_) => {}
        }
    }

    fn bucket(&self, name: &[u8]) -> &Bucket {
        &self.buckets[hash(name)]
    }

    /// Verifies what a peer sent, and returns the chain that was made of it. Source: `gnutls_x509_trust_list_verify_crt2`.
    pub(super) fn verify<'c>(
        &self,
        sent: &'c [Crt],
        context: Context<'_>,
    ) -> (Outcome, Vec<&'c Crt>) {
        let chain = self.shorten(self.arrange(sent));
        let Some(last) = chain.last() else {
            return (Outcome::default(), chain);
        };
        let mut bucket = self.bucket(&last.issuer.raw);
        let mut outcome = chain::verify(&chain, &bucket.cas, context);
        let old_or_unknown =
            Status::SIGNER_NOT_FOUND | Status::EXPIRED | Status::INSECURE_ALGORITHM;
        if outcome.status.has(old_or_unknown) && last.subject.raw != last.issuer.raw {
            // The last one may be in the trust list itself.
            bucket = self.bucket(&last.subject.raw);
            let mut second = chain::verify(&chain, &bucket.cas, context);
            second.unchecked |= outcome.unchecked;
            if second.status.is_empty() || outcome.status.has(Status::SIGNER_NOT_FOUND) {
                outcome = second;
            }
        }
        if outcome.status.is_empty() {
            self.check_revocation(&chain, bucket, &mut outcome);
        }
        (outcome, chain)
    }

    /// The last certificate comes first, then the others from the end-entity on. What was given up counts only where nothing
    /// is asked after it.
    fn check_revocation(&self, chain: &[&Crt], of_last: &Bucket, outcome: &mut Outcome) {
        let Some((last, others)) = chain.split_last() else {
            return;
        };
        let others = others
            .iter()
            .map(|crt| (*crt, self.bucket(&crt.issuer.raw)));
        for (crt, bucket) in std::iter::once((*last, of_last)).chain(others) {
            let answer = revocation(crt, &bucket.crls);
            outcome.gave_up = answer == Revoked::GivenUp;
            if answer == Revoked::Yes {
                outcome.status = Status::REVOKED | Status::INVALID;
                outcome.failed = Some(crt.der.clone());
                return;
            }
        }
    }

    /// Brings what was sent into order, up to the first whose issuer is in the trust list.
    fn arrange<'c>(&self, sent: &'c [Crt]) -> Vec<&'c Crt> {
        let mut chain: Vec<&Crt> = sent.iter().collect();
        let mut seen: Vec<&Crt> = Vec::new();
        let mut at = 0;
        while at < chain.len() {
            let sorted = sort(&mut chain[at..]);
            let duplicate = (at..at + sorted)
                .find(|&place| seen.iter().any(|other| other.equals(chain[place])));
            if let Some(place) = duplicate {
                // GnuTLS moves only one certificate up, so it loses the last one, too, if there are more.
                if let Some(next) = chain.get(place + 1) {
                    chain[place] = next;
                }
                chain.pop();
                continue;
            }
            seen.extend(&chain[at..at + sorted]);
            at += sorted;
            let last = chain[at - 1];
            let cas = &self.bucket(&last.issuer.raw).cas;
            if cas.iter().any(|ca| last.is_issued_by(ca)) {
                chain.truncate(at);
            }
        }
        chain
    }

    /// Source: `shorten_clist`. It looks for a certificate in the bucket of its issuer, so it finds one that is self-issued.
    fn shorten<'c>(&self, mut chain: Vec<&'c Crt>) -> Vec<&'c Crt> {
        if chain.len() > 1 && chain.last().is_some_and(|last| last.is_self_issued()) {
            chain.pop();
        }
        let trusted = |crt: &&Crt| {
            let cas = &self.bucket(&crt.issuer.raw).cas;
            cas.iter().any(|ca| ca.equals(crt))
        };
        if let Some(place) = chain.iter().skip(1).position(trusted) {
            chain.truncate(place + 2);
        }
        chain
    }
}

/// What the first CRL that says something says. A CRL's signature, dates and extensions are not looked at.
///
/// Source: `_gnutls_x509_crt_check_revocation` in `lib/x509/x509.c`.
fn revocation(crt: &Crt, crls: &[Crl]) -> Revoked {
    let answers = crls.iter().filter(|crl| crl.issuer.is_same(&crt.issuer));
    answers
        .map(|crl| crl.find(&crt.serial))
        .find(|answer| *answer != Revoked::No)
        .unwrap_or(Revoked::No)
}

/// Puts the issuers of the first certificate behind it, each the first that fits; returns how many stand in order then.
///
/// Source: `_gnutls_sort_clist`.
fn sort(chain: &mut [&Crt]) -> usize {
    if chain.len() > MOST_SENT {
        return 1;
    }
    let issuer = |index: usize| {
        if chain[index].is_self_issued() {
            return None;
        }
        (1..chain.len()).find(|&other| other != index && chain[index].is_issued_by(chain[other]))
    };
    let mut order = vec![0];
    while let Some(next) = issuer(order[order.len() - 1])
        && !order.contains(&next)
    {
        order.push(next);
    }
    let sorted = order.len();
    let others: Vec<usize> = (1..chain.len())
        .filter(|index| !order.contains(index))
        .collect();
    order.extend(others);
    let arranged: Vec<&Crt> = order.iter().map(|&index| chain[index]).collect();
    chain.copy_from_slice(&arranged);
    sorted
}

/// Source: `hash_pjw_bare` of gnulib, on 64 bits.
fn hash(name: &[u8]) -> usize {
    let hash = name.iter().fold(0_u64, |hash, &octet| {
        u64::from(octet).wrapping_add(hash.rotate_left(9))
    });
    let buckets = BUCKETS as u64;
    usize::try_from(hash % buckets).unwrap_or_default()
}
