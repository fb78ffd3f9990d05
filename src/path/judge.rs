//! The checks of RFC 5280 §6.1 on one certificate in its place on a path.

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::Certificate;
use crate::cert::extension::KeyUsage;
use crate::cert::key::{Algorithm, KeyKind, PublicKey};
use crate::cert::oid::{self, Oid};
use crate::path::identity;
use crate::path::problem::{Problem, Purpose};

/// What speaks against a certificate at the beginning of a path: the client's own.
#[must_use]
pub fn of_end_entity(analysis: &Analysis<'_>, id: CertificateId) -> Vec<Problem> {
    let certificate = analysis.certificate(id);
    let mut problems = of_any(analysis, id);
    let signs = |bit| certificate.has_usage(bit) != Some(false);
    let fits = match analysis.settings.purpose {
        Purpose::Client => signs(KeyUsage::DIGITAL_SIGNATURE),
        // TLS 1.2 has key exchanges in which a server's key does not sign (RFC 5246 §7.4.2).
        Purpose::Server => {
            signs(KeyUsage::DIGITAL_SIGNATURE)
                || signs(KeyUsage::KEY_ENCIPHERMENT)
                || signs(KeyUsage::KEY_AGREEMENT)
        }
        Purpose::Any => true,
    };
    if !fits {
        problems.push(Problem::UnfitKeyUsage);
    }
    for name in &analysis.settings.names {
        if let Err(problem) = identity::identify(certificate, name) {
            let text = format!("it is not for {name}: {problem}");
            problems.push(Problem::Identity(text));
        }
    }
    problems
}

/// What speaks against a certificate that stands above another.
///
/// A trust anchor is checked like every other issuer, because what verifies here is given certificates,
/// and the servers that people use check them (RFC 5280 §6.1 leaves the anchor's own certificate to the local policy).
/// A root of version 1 has no place for basicConstraints, and passes without it.
#[must_use]
pub fn of_issuer(analysis: &Analysis<'_>, id: CertificateId) -> Vec<Problem> {
    let certificate = analysis.certificate(id);
    let mut problems = of_any(analysis, id);
    if certificate.version < 3 {
        if analysis.certificate_role(id) != CertificateRole::Root {
            problems.push(Problem::NotVersion3);
        }
    } else if !certificate.says_ca() {
        problems.push(Problem::NotCa);
    }
    if certificate.has_usage(KeyUsage::KEY_CERT_SIGN) == Some(false) {
        problems.push(Problem::NoKeyCertSign);
    }
    problems.extend(broken_key(&certificate.key));
    problems
}

/// What counts wherever a certificate stands.
fn of_any(analysis: &Analysis<'_>, id: CertificateId) -> Vec<Problem> {
    let certificate = analysis.certificate(id);
    let mut problems = Vec::new();
    // Nothing rests on a root's signature on itself.
    if analysis.certificate_role(id) != CertificateRole::Root
        && let Some(digest) = broken_digest(&certificate.signature_algorithm)
    {
        problems.push(Problem::BrokenDigest(digest));
    }
    let at = analysis.settings.at;
    match (certificate.not_before, certificate.not_after) {
        (Some(begin), _) if at < begin => problems.push(Problem::NotYetValid(begin)),
        (_, Some(end)) if end < at => problems.push(Problem::Expired(end)),
        (Some(_), Some(_)) => {}
        _ => problems.push(Problem::NoDate),
    }
    if certificate.issuer.is_empty() {
        problems.push(Problem::EmptyIssuer);
    }
    if excludes_purpose(analysis, certificate) {
        problems.push(Problem::ExcludesPurpose);
    }
    if let Some(twice) = certificate.repeated_extension() {
        problems.push(Problem::DuplicateExtension(twice.name()));
    }
    for (oid, _) in &certificate.values.malformed {
        if PROCESSED.contains(oid) {
            problems.push(Problem::MalformedExtension(oid.name()));
        }
    }
    for oid in unprocessed_critical(certificate) {
        problems.push(Problem::UnprocessedCritical(oid.name()));
    }
    problems
}

/// The digest of a signature, where collisions in it can be made: the signature then proves nothing
/// (RFC 6150 §4, RFC 6151 §2, RFC 9155 §1).
fn broken_digest(algorithm: &Algorithm<'_>) -> Option<&'static str> {
    match algorithm.digest()? {
        oid::MD2 => Some("MD2"),
        oid::MD4 => Some("MD4"),
        oid::MD5 => Some("MD5"),
        oid::SHA1 => Some("SHA-1"),
        _ => None,
    }
}

/// What makes a key's signatures prove nothing: anyone can find the private key, or state the curve to fit one
/// (CVE-2020-0601).
fn broken_key(key: &PublicKey<'_>) -> Option<Problem> {
    if key.strength() == Some(0) {
        return Some(Problem::BrokenKey(key.describe()));
    }
    let described = key.kind == KeyKind::Ec && key.curve().is_none();
    described.then_some(Problem::DescribedCurve)
}

/// Whether extKeyUsage is there and allows neither the purpose nor any.
fn excludes_purpose(analysis: &Analysis<'_>, certificate: &Certificate<'_>) -> bool {
    let Some(purpose) = analysis.settings.purpose.oid() else {
        return false;
    };
    certificate.has_purpose(purpose) == Some(false)
        && certificate.has_purpose(oid::ANY_EXTENDED_KEY_USAGE) == Some(false)
}

/// The critical extensions of a certificate that verifiers in general do not process.
pub fn unprocessed_critical<'c>(certificate: &'c Certificate<'_>) -> impl Iterator<Item = Oid<'c>> {
    let extensions = certificate.extensions.iter();
    extensions
        .filter(|extension| extension.critical && !PROCESSED.contains(&extension.oid))
        .map(|extension| extension.oid)
}

/// The problem of a pathLenConstraint that does not allow for the `below` certificates, end-entity first.
pub(super) fn path_length(
    certificate: &Certificate<'_>,
    below: &[&Certificate<'_>],
) -> Option<Problem> {
    let limit = certificate.values.basic_constraints?.path_len?;
    let intermediates = below.iter().skip(1);
    let counted = intermediates.filter(|between| !between.is_self_issued());
    let below = i64::try_from(counted.count()).unwrap_or(i64::MAX);
    (below > limit).then_some(Problem::PathLenExceeded { limit, below })
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
