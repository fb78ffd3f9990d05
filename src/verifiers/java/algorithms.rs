//! Which algorithms and key sizes pass: `sun.security.provider.certpath.AlgorithmChecker` of JDK 17 with the defaults of
//! `jdk.certpath.disabledAlgorithms`, `jdk.tls.disabledAlgorithms`, and the signature schemes of the handshake.

use super::certificate::Certificate;
use super::failure::{Failure, Reason};
use super::key::Key;

/// Which of the two checkers looks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Constraints {
    /// `jdk.certpath.disabledAlgorithms`: MD2, MD5, RSA and DSA below 1024 bits, EC below 224.
    CertificatePath,
    /// The same, and only the algorithms that the server has in its signature schemes.
    Handshake,
}

/// What `SSLSession.getLocalSupportedSignatureAlgorithms` says on a server with TLS 1.3 and 1.2.
const OFFERED: [&str; 16] = [
    "SHA256withECDSA",
    "SHA384withECDSA",
    "SHA512withECDSA",
    "Ed25519",
    "Ed448",
    "RSASSA-PSS",
    "SHA256withRSA",
    "SHA384withRSA",
    "SHA512withRSA",
    "SHA256withDSA",
    "SHA224withECDSA",
    "SHA224withRSA",
    "SHA224withDSA",
    "SHA1withECDSA",
    "SHA1withRSA",
    "SHA1withDSA",
];

/// Whether the server takes certificates that are signed with this algorithm.
pub(super) fn is_offered(signature_algorithm: &str) -> bool {
    OFFERED.contains(&signature_algorithm)
}

/// `AlgorithmChecker.check` of one certificate; `issuer` is the key above it, where the checker has seen it.
pub(super) fn check(
    certificate: &Certificate,
    issuer: Option<&Key>,
    constraints: Constraints,
) -> Result<(), Failure> {
    let algorithm = &certificate.signature_algorithm;
    let fail = |message: String| Failure::path(Reason::Algorithm, message, certificate.id);
    let on_signature = || {
        fail(format!(
            "Algorithm constraints check failed on signature algorithm: {algorithm}"
        ))
    };
    if !permits_signature(algorithm, constraints) {
        return Err(on_signature());
    }
    // encipherOnly and decipherOnly alone are no use of a key.
    if let Some(usage) = &certificate.extensions.key_usage
        && !usage[..7].contains(&true)
    {
        return Err(Failure::path(
            Reason::KeyUsageBits,
            "incorrect KeyUsage extension bits",
            certificate.id,
        ));
    }
    if let Some(size) = too_small(&certificate.key, Constraints::CertificatePath) {
        let kind = certificate.key.name();
        let subject = &certificate.subject;
        return Err(fail(format!(
            "Algorithm constraints check failed on keysize limits: {kind} {size} bit key used with certificate: {subject}"
        )));
    }
    if issuer.is_some_and(|key| too_small(key, constraints).is_some()) {
        return Err(on_signature());
    }
    Ok(())
}

fn permits_signature(algorithm: &str, constraints: Constraints) -> bool {
    match constraints {
        Constraints::CertificatePath => {
            !algorithm.starts_with("MD2") && !algorithm.starts_with("MD5")
        }
        Constraints::Handshake => is_offered(algorithm),
    }
}

/// The size of a key below the limit of its kind.
fn too_small(key: &Key, constraints: Constraints) -> Option<u32> {
    let least = match (&*key.name(), constraints) {
        ("RSA" | "DSA", Constraints::CertificatePath) => 1024,
        ("EC", _) => 224,
        _ => return None,
    };
    key.size().filter(|size| *size < least)
}
