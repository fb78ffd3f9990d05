//! The status of every certificate on the paths, worked out once.

use std::cell::RefCell;
use std::collections::HashMap;

use super::{RevocationStatus, status};
use crate::analysis::{Analysis, CertificateId, CrlEntry};
use crate::cert::Certificate;
use crate::cert::crl::Crl;
use crate::cert::distribution::directory_key;
use crate::cert::extension::GeneralName;
use crate::cert::key::{Algorithm, PublicKey};
use crate::crypto::SignatureCheck;

/// The status of one certificate of a path.
#[derive(Debug)]
pub(crate) struct Checked {
    /// The client whose path it is on; none for the bundle's own.
    pub(crate) client: Option<usize>,
    /// The certificate.
    pub(crate) certificate: CertificateId,
    /// The next of the path; the certificate itself where it is the root.
    pub(crate) issuer: CertificateId,
    /// By all CRLs that are given; their indices are those of the analysis.
    pub(crate) status: RevocationStatus,
}

/// Checks every certificate of every path against the CRLs that could be read.
///
/// The root is checked by its own CRL, as OpenSSL does. A last certificate that is no root is left
/// out: nothing is known about who issued it.
pub(crate) fn check_paths(analysis: &Analysis<'_>) -> Vec<Checked> {
    let lists = Lists::new(analysis, |_| true);
    if lists.is_empty() {
        return Vec::new();
    }
    let mut checked = Vec::new();
    for path in analysis.paths() {
        for (index, id) in path.certificates.iter().enumerate() {
            let issuer = match path.certificates.get(index + 1) {
                Some(next) => *next,
                None if analysis.graph.is_self_signed(analysis.entry(*id).first) => *id,
                None => continue,
            };
            checked.push(Checked {
                client: path.client,
                certificate: *id,
                issuer,
                status: lists.status(*id, issuer),
            });
        }
    }
    checked
}

/// The CRLs by their issuers, so that a certificate is held against its own only; and what they were asked.
#[derive(Debug)]
pub(crate) struct Lists<'s, 'a> {
    analysis: &'s Analysis<'a>,
    by_issuer: HashMap<Vec<u8>, Vec<usize>>,
    /// The certificates that have the name of a CRL's issuer and are in the bundle or issued from it.
    signers: Vec<&'s Certificate<'a>>,
    /// By the certificate and its issuer.
    known: RefCell<HashMap<(CertificateId, CertificateId), RevocationStatus>>,
    /// By the address of what is signed and the key: a CRL may be large, and its bytes stay where they are.
    signatures: RefCell<HashMap<(usize, Vec<u8>), SignatureCheck>>,
}

impl<'s, 'a> Lists<'s, 'a> {
    /// The CRLs that `counts` chooses.
    pub(crate) fn new(analysis: &'s Analysis<'a>, counts: fn(&CrlEntry<'a>) -> bool) -> Self {
        let mut by_issuer: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
        for (index, entry) in analysis.crls.iter().enumerate() {
            if !counts(entry) {
                continue;
            }
            if let Ok(crl) = &entry.crl {
                let key = directory_key(&crl.issuer);
                by_issuer.entry(key).or_default().push(index);
            }
        }
        let names_issuer = |id: &CertificateId| {
            let subject = &analysis.certificate(*id).subject;
            !by_issuer.is_empty() && by_issuer.contains_key(&directory_key(subject))
        };
        let mut signers = Vec::new();
        for id in analysis.distinct().filter(names_issuer) {
            // RFC 5280 §6.3.3(f) wants a path from the trust anchor. One step is enough for the
            // certificates that CAs sign their CRLs with.
            let mut links = analysis.graph.candidates(id).iter();
            let is_trusted = analysis.in_bundle(id)
                || links.any(|link| link.is_valid() && analysis.in_bundle(link.issuer));
            if is_trusted {
                signers.push(analysis.certificate(id));
            }
        }
        Self {
            analysis,
            by_issuer,
            signers,
            known: RefCell::default(),
            signatures: RefCell::default(),
        }
    }

    /// Whether there is no CRL that could be read.
    pub(crate) fn is_empty(&self) -> bool {
        self.by_issuer.is_empty()
    }

    /// Whether a certificate is revoked, as far as the CRLs tell.
    pub(crate) fn status(&self, id: CertificateId, issuer: CertificateId) -> RevocationStatus {
        let first = |id| self.analysis.entry(id).first;
        let pair = (first(id), first(issuer));
        if let Some(known) = self.known.borrow().get(&pair) {
            return known.clone();
        }
        let status = self.work_out(id, issuer);
        self.known.borrow_mut().insert(pair, status.clone());
        status
    }

    fn verify(
        &self,
        key: &PublicKey<'_>,
        algorithm: &Algorithm<'_>,
        tbs: &[u8],
        signature: &[u8],
    ) -> SignatureCheck {
        let pair = (tbs.as_ptr().addr(), key.spki.to_vec());
        if let Some(known) = self.signatures.borrow().get(&pair) {
            return *known;
        }
        let signatures = &self.analysis.signatures;
        let check = signatures.check(key, algorithm, tbs, signature);
        self.signatures.borrow_mut().insert(pair, check);
        check
    }

    fn work_out(&self, id: CertificateId, issuer: CertificateId) -> RevocationStatus {
        let certificate = self.analysis.certificate(id);
        let points = certificate.values.crl_distribution_points.iter();
        let named = points.flat_map(|point| point.crl_issuer.iter().flatten());
        let mut issuers: Vec<Vec<u8>> = named.map(GeneralName::comparison_key).collect();
        issuers.push(directory_key(&certificate.issuer));
        issuers.sort();
        issuers.dedup();
        let indices = issuers.iter().filter_map(|key| self.by_issuer.get(key));
        let mut indices: Vec<usize> = indices.flatten().copied().collect();
        indices.sort_unstable();
        let crls: Vec<&Crl<'_>> = indices
            .iter()
            .filter_map(|&index| self.analysis.crls[index].crl.as_ref().ok())
            .collect();
        let by_position = status(
            certificate,
            self.analysis.certificate(issuer),
            &self.signers,
            &crls,
            self.analysis.settings.at,
            &|key, algorithm, tbs, signature| self.verify(key, algorithm, tbs, signature),
        );
        with_indices(by_position, &indices)
    }
}

fn with_indices(mut status: RevocationStatus, indices: &[usize]) -> RevocationStatus {
    match &mut status {
        RevocationStatus::Good => {}
        RevocationStatus::Revoked(revocation) => revocation.crl = indices[revocation.crl],
        RevocationStatus::Undetermined(considered) => {
            for considered in considered {
                considered.crl = indices[considered.crl];
                if let Some(lists) = &mut considered.lists {
                    lists.crl = considered.crl;
                }
            }
        }
    }
    status
}
