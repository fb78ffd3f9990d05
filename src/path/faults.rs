//! What makes a certificate unfit to stand above another in a client's path.

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::extension::KeyUsage;
use crate::cert::oid::{self, Oid};

/// One reason against a certificate as an issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IssuerFault {
    /// basicConstraints is absent or says that it is no CA (RFC 5280 §6.1.4(k)).
    NotCa,
    /// Version 1 or 2 below the root (RFC 5280 §6.1.4(k)).
    NotVersion3,
    /// keyUsage lacks keyCertSign (RFC 5280 §6.1.4(n)).
    NoKeyCertSign,
    /// extKeyUsage excludes client authentication.
    ExcludesClientAuth,
    /// A critical extension that verifiers do not process (RFC 5280 §6.1.4(o)).
    UnknownCriticalExtension,
}

/// The faults of a certificate that stands above another.
#[must_use]
pub fn of_issuer(analysis: &Analysis<'_>, id: CertificateId) -> Vec<IssuerFault> {
    let certificate = analysis.certificate(id);
    let is_root = analysis.certificate_role(id) == CertificateRole::Root;
    let mut faults = Vec::new();
    if certificate.version < 3 {
        // A version 1 root is a trust anchor like any other; it has no place for basicConstraints.
        if !is_root {
            faults.push(IssuerFault::NotVersion3);
        }
    } else if !certificate.says_ca() {
        faults.push(IssuerFault::NotCa);
    }
    if certificate.has_usage(KeyUsage::KEY_CERT_SIGN) == Some(false) {
        faults.push(IssuerFault::NoKeyCertSign);
    }
    if certificate.has_purpose(oid::CLIENT_AUTH) == Some(false) {
        faults.push(IssuerFault::ExcludesClientAuth);
    }
    if unprocessed_critical(analysis, id).next().is_some() {
        faults.push(IssuerFault::UnknownCriticalExtension);
    }
    faults
}

/// The critical extensions of a certificate that verifiers in general do not process.
pub fn unprocessed_critical<'s>(
    analysis: &'s Analysis<'_>,
    id: CertificateId,
) -> impl Iterator<Item = Oid<'s>> {
    let extensions = analysis.certificate(id).extensions.iter();
    extensions
        .filter(|extension| extension.critical && !PROCESSED.contains(&extension.oid))
        .map(|extension| extension.oid)
}

/// The extensions that RFC 5280 §6.1 processes, and those that mean nothing to path validation but
/// that every implementation knows.
const PROCESSED: [Oid<'static>; 13] = [
    oid::BASIC_CONSTRAINTS,
    oid::KEY_USAGE,
    oid::EXTENDED_KEY_USAGE,
    oid::SUBJECT_ALT_NAME,
    oid::ISSUER_ALT_NAME,
    oid::NAME_CONSTRAINTS,
    oid::CERTIFICATE_POLICIES,
    oid::POLICY_MAPPINGS,
    oid::POLICY_CONSTRAINTS,
    oid::INHIBIT_ANY_POLICY,
    oid::CRL_DISTRIBUTION_POINTS,
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::SUBJECT_KEY_IDENTIFIER,
];
