//! The issuer graph: every candidate of every certificate, and which one's key made the signature.

use std::collections::HashSet;
use std::num::NonZero;
use std::ops::Range;
use std::thread::{self, available_parallelism};

use crate::analysis::{CertificateId, Entry};
use crate::crypto::{SignatureCheck, Signatures};
use crate::hashing::HashMap;

/// How many candidates are kept for one certificate; the best fitting ones, where there are more.
pub const CANDIDATE_LIMIT: usize = 256;

/// How many checks may fail while the issuers of all certificates are looked for, and how many more for each
/// certificate. Those that succeed are at most one for each certificate.
pub const FAILED_CHECKS_LIMIT: (usize, usize) = (200, 2);

/// From how many certificates on it is worth to start threads.
const WORTH_THREADS: usize = 64;

/// How the issuer's name and the candidate's subject compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameMatch {
    /// Octet for octet.
    Exact,
    /// Equal by RFC 5280 §7.1, encoded differently.
    EncodingDiffers,
    /// Different names; only the key id led here.
    Differs,
}

/// How what authorityKeyIdentifier says compares with the candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyIdMatch {
    /// They are the same.
    Same,
    /// There is nothing to compare on one side.
    Absent,
    /// They differ.
    Differs,
}

/// A certificate that may be the issuer of another, with what speaks for and against it.
///
/// Ids are those of first occurrences.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    /// The certificate whose issuer is looked for.
    pub subject: CertificateId,
    /// The candidate.
    pub issuer: CertificateId,
    /// Issuer name against subject name.
    pub name: NameMatch,
    /// AKI keyIdentifier against SKI.
    pub key_id: KeyIdMatch,
    /// AKI issuer and serial against the candidate's.
    pub issuer_serial: KeyIdMatch,
    /// The signature, checked with the candidate's key; none where a better fitting candidate's key had
    /// made it already, and beyond [`FAILED_CHECKS_LIMIT`].
    pub signature: Option<SignatureCheck>,
}

impl Link {
    /// Whether the candidate's name fits and its key made the signature.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.name != NameMatch::Differs && self.signature == Some(SignatureCheck::Valid)
    }

    /// Whether the certificate names this candidate, even if the signature is bad or unchecked.
    #[must_use]
    pub fn is_claimed(&self) -> bool {
        self.name != NameMatch::Differs
            && match self.signature {
                Some(SignatureCheck::Valid) => true,
                Some(SignatureCheck::Invalid) | None => {
                    self.key_id == KeyIdMatch::Same || self.issuer_serial == KeyIdMatch::Same
                }
                Some(_) => self.key_id != KeyIdMatch::Differs,
            }
    }

    /// Whether subject and issuer are the same certificate.
    #[must_use]
    pub fn is_self(&self) -> bool {
        self.subject == self.issuer
    }
}

/// Every candidate of every certificate.
#[derive(Debug, Default)]
pub struct Graph {
    links: Vec<Link>,
    /// By the subject's id.
    of_subject: Vec<Range<usize>>,
    /// By the issuer's id.
    of_issuer: Vec<Vec<usize>>,
    unfinished: HashSet<CertificateId>,
    truncated: HashSet<CertificateId>,
}

impl Graph {
    /// Finds the candidates for each distinct certificate, and checks signatures until one fits.
    #[must_use]
    pub fn build(certificates: &[Entry<'_>], signatures: &Signatures) -> Self {
        let candidates = Candidates::new(certificates);
        check_ahead(certificates, &candidates, signatures);
        let mut graph = Self {
            links: Vec::with_capacity(certificates.len()),
            of_subject: vec![0..0; certificates.len()],
            of_issuer: vec![Vec::new(); certificates.len()],
            unfinished: HashSet::new(),
            truncated: HashSet::new(),
        };
        let (base, each) = FAILED_CHECKS_LIMIT;
        let mut may_fail = base + each * certificates.len();
        // Who signed the last certificate with this issuer's name most likely signed the next one.
        let mut last_issuer: HashMap<&[u8], CertificateId> = HashMap::default();
        let mut found = Vec::new();
        for id in distinct(certificates) {
            let certificate = &certificates[id.0].certificate;
            let likely = last_issuer.get(certificate.issuer.raw).copied();
            let all_fit = candidates.of(certificates, id, likely, &mut found);
            let mut links: Vec<Link> = found
                .iter()
                .map(|candidate| compare(certificates, id, *candidate))
                .collect();
            // A self-signed certificate is best checked with its own key first.
            links.sort_by_key(|link| {
                let name_differs = link.name == NameMatch::Differs;
                let unlikely = !link.is_self() && Some(link.issuer) != likely;
                (name_differs, link.key_id, unlikely, link.issuer)
            });
            let all_tried = check_signatures(certificates, &mut links, signatures, &mut may_fail);
            let valid = links.iter().find(|link| link.is_valid());
            if valid.is_none() && !(all_fit && all_tried) {
                graph.unfinished.insert(id);
                if !all_fit {
                    graph.truncated.insert(id);
                }
            }
            if let Some(valid) = valid.filter(|link| !link.is_self())
                && likely != Some(valid.issuer)
            {
                last_issuer.insert(certificate.issuer.raw, valid.issuer);
            }
            // What order the keys were tried in is nobody's business.
            links.sort_by_key(|link| (link.name == NameMatch::Differs, link.key_id, link.issuer));
            let start = graph.links.len();
            for (index, link) in links.iter().enumerate() {
                graph.of_issuer[link.issuer.0].push(start + index);
            }
            graph.links.extend(links);
            graph.of_subject[id.0] = start..graph.links.len();
        }
        graph
    }

    /// Every candidate link.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// The candidates for the issuer of `subject`, best fitting first. `subject` is a first occurrence.
    #[must_use]
    pub fn candidates(&self, subject: CertificateId) -> &[Link] {
        self.of_subject
            .get(subject.0)
            .map_or(&[], |range| &self.links[range.clone()])
    }

    /// The certificates whose issuer was not found, and for which a limit left candidates untried.
    #[must_use]
    pub fn unfinished(&self) -> &HashSet<CertificateId> {
        &self.unfinished
    }

    /// Those of [`Self::unfinished`] that have more candidates than are kept.
    #[must_use]
    pub fn truncated(&self) -> &HashSet<CertificateId> {
        &self.truncated
    }

    /// The links in which `issuer` is the candidate, other than with itself.
    pub fn issued(&self, issuer: CertificateId) -> impl Iterator<Item = &Link> {
        let indices = self.of_issuer.get(issuer.0).into_iter().flatten();
        indices
            .map(|&index| &self.links[index])
            .filter(|link| !link.is_self())
    }

    /// The certificate's link with itself, where subject and issuer have one name.
    #[must_use]
    pub fn self_link(&self, id: CertificateId) -> Option<&Link> {
        self.candidates(id)
            .iter()
            .find(|link| link.is_self() && link.name != NameMatch::Differs)
    }

    /// Whether the certificate is signed by its own key under its own name.
    #[must_use]
    pub fn is_self_signed(&self, id: CertificateId) -> bool {
        self.self_link(id).is_some_and(Link::is_valid)
    }
}

/// The ids of the first occurrences.
fn distinct(certificates: &[Entry<'_>]) -> impl Iterator<Item = CertificateId> {
    let indices = (0..certificates.len()).map(CertificateId);
    indices.filter(|id| certificates[id.0].first == *id)
}

/// The certificates that some certificate looks for, by name and by key id.
struct Candidates<'c> {
    /// The comparison key of each issuer's name, by the name as it is encoded: most certificates share an issuer.
    issuers: HashMap<&'c [u8], Vec<u8>>,
    by_name: HashMap<Vec<u8>, Vec<CertificateId>>,
    by_key_id: HashMap<&'c [u8], Vec<CertificateId>>,
}

impl<'c> Candidates<'c> {
    fn new(certificates: &[Entry<'c>]) -> Self {
        let mut candidates = Self {
            issuers: HashMap::default(),
            by_name: HashMap::default(),
            by_key_id: HashMap::default(),
        };
        for id in distinct(certificates) {
            let certificate = &certificates[id.0].certificate;
            let issuer = &certificate.issuer;
            if !candidates.issuers.contains_key(issuer.raw) {
                let key = issuer.comparison_key();
                candidates.by_name.entry(key.clone()).or_default();
                candidates.issuers.insert(issuer.raw, key);
            }
            if let Some(key_id) = certificate.issuer_key_id() {
                candidates.by_key_id.entry(key_id).or_default();
            }
        }
        let mut key = Vec::new();
        for id in distinct(certificates) {
            let certificate = &certificates[id.0].certificate;
            key.clear();
            certificate.subject.write_comparison_key(&mut key);
            if let Some(wanted) = candidates.by_name.get_mut(&key) {
                wanted.push(id);
            }
            let key_id = certificate.values.subject_key_id;
            if let Some(wanted) = key_id.and_then(|id| candidates.by_key_id.get_mut(id)) {
                wanted.push(id);
            }
        }
        candidates
    }

    /// Puts up to [`CANDIDATE_LIMIT`] candidates for a certificate's issuer into `found`. Returns whether that is all of
    /// them. Where there are more, those that fit by key id, itself and the `likely` one are among them.
    fn of(
        &self,
        certificates: &[Entry<'_>],
        id: CertificateId,
        likely: Option<CertificateId>,
        found: &mut Vec<CertificateId>,
    ) -> bool {
        let certificate = &certificates[id.0].certificate;
        let by_name = self.issuers.get(certificate.issuer.raw);
        let by_name = by_name.and_then(|key| self.by_name.get(key));
        let by_name = by_name.map_or(&[][..], Vec::as_slice);
        let by_key_id = certificate
            .issuer_key_id()
            .and_then(|id| self.by_key_id.get(id));
        let by_key_id = by_key_id.map_or(&[][..], Vec::as_slice);
        found.clear();
        if by_name.len() + by_key_id.len() <= CANDIDATE_LIMIT {
            found.extend(by_name);
            found.extend(by_key_id.iter().filter(|id| !by_name.contains(id)));
            return true;
        }
        let itself = by_name.binary_search(&id).ok().map(|_| id);
        let first = itself.into_iter().chain(likely);
        let rest = by_key_id.iter().chain(by_name).copied();
        for candidate in first.chain(rest) {
            if found.len() == CANDIDATE_LIMIT {
                return false;
            }
            if !found.contains(&candidate) {
                found.push(candidate);
            }
        }
        true
    }
}

fn compare(certificates: &[Entry<'_>], subject: CertificateId, issuer: CertificateId) -> Link {
    let child = &certificates[subject.0].certificate;
    let candidate = &certificates[issuer.0].certificate;
    let name = if child.issuer.raw == candidate.subject.raw {
        NameMatch::Exact
    } else if child.issuer.is_same(&candidate.subject) {
        NameMatch::EncodingDiffers
    } else {
        NameMatch::Differs
    };
    let same = |equal: bool| {
        if equal {
            KeyIdMatch::Same
        } else {
            KeyIdMatch::Differs
        }
    };
    let key_id = match (child.issuer_key_id(), candidate.values.subject_key_id) {
        (Some(wanted), Some(own)) => same(wanted == own),
        _ => KeyIdMatch::Absent,
    };
    let aki = child.values.authority_key_id.as_ref();
    let issuer_serial = match aki.and_then(|aki| Some((aki.issuer.as_ref()?, aki.serial?))) {
        Some((name, serial)) => same(serial == candidate.serial && name.is_same(&candidate.issuer)),
        None => KeyIdMatch::Absent,
    };
    Link {
        subject,
        issuer,
        name,
        key_id,
        issuer_serial,
        signature: None,
    }
}

/// Checks, on all cores, what will be asked first: the signature of each certificate that has one candidate only.
///
/// The answers are remembered, so that the graph is the same however many threads there are.
fn check_ahead(certificates: &[Entry<'_>], candidates: &Candidates<'_>, signatures: &Signatures) {
    let threads = available_parallelism().map_or(1, NonZero::get);
    let ids: Vec<CertificateId> = distinct(certificates).collect();
    if threads == 1 || ids.len() < WORTH_THREADS {
        return;
    }
    let check = |ids: &[CertificateId]| {
        let mut found = Vec::new();
        for id in ids {
            candidates.of(certificates, *id, None, &mut found);
            if let [issuer] = found[..] {
                let child = &certificates[id.0].certificate;
                let key = &certificates[issuer.0].certificate.key;
                let algorithm = &child.signature_algorithm;
                let _ = signatures.check(key, algorithm, child.tbs, child.signature);
            }
        }
    };
    thread::scope(|scope| {
        for part in ids.chunks(ids.len().div_ceil(threads)) {
            scope.spawn(move || check(part));
        }
    });
}

/// Checks the links' signatures until one is valid; links whose issuers share a key share the check.
///
/// A second key that fits the same signature exists only where someone made it on purpose. Returns false where a
/// limit left keys untried.
fn check_signatures(
    certificates: &[Entry<'_>],
    links: &mut [Link],
    signatures: &Signatures,
    may_fail: &mut usize,
) -> bool {
    let mut checked: HashMap<&[u8], SignatureCheck> = HashMap::default();
    let mut found = false;
    let mut complete = true;
    for link in links {
        let child = &certificates[link.subject.0].certificate;
        let key = &certificates[link.issuer.0].certificate.key;
        link.signature = checked.get(key.spki).copied();
        if link.signature.is_some() || found {
            continue;
        }
        // The best fitting key is tried whatever others cost.
        if *may_fail == 0 && !checked.is_empty() {
            complete = false;
            continue;
        }
        let check = signatures.check(key, &child.signature_algorithm, child.tbs, child.signature);
        checked.insert(key.spki, check);
        link.signature = Some(check);
        if check == SignatureCheck::Valid {
            found = true;
        } else {
            *may_fail = may_fail.saturating_sub(1);
        }
    }
    complete
}
