//! Whether one certificate's key made another's signature, in Go's words.
//!
//! Source: `CheckSignatureFrom` and `checkSignature` in `src/crypto/x509/x509.go`; `src/crypto/rsa/rsa.go`,
//! `checkKeySize`, and `src/crypto/internal/fips140/rsa/rsa.go`, `checkPublicKey`, of Go 1.27.3.

use super::x509::{Certificate, GoError, Key, KeyAlgorithm, SignatureAlgorithm};
use crate::cert::der::Reader;
use crate::cert::key::{Algorithm, PublicKey};
use crate::crypto::{SignatureCheck, Signatures};

const CANNOT_SIGN: &str =
    "x509: invalid signature: parent certificate cannot sign this kind of certificate";
const UNIMPLEMENTED: &str = "x509: cannot verify signature: algorithm unimplemented";

/// The bit of keyUsage that says keyCertSign.
const CERT_SIGN: u16 = 1 << 5;

/// What a check gave.
pub(super) enum Check {
    Valid,
    /// Go's error.
    Invalid(GoError),
    /// Go can verify it, and this tool cannot.
    Undecided,
}

/// Whether `issuer` may sign, and made the signature of `certificate`.
pub(super) fn check(
    certificate: &Certificate,
    issuer: &Certificate,
    signatures: &Signatures,
) -> Check {
    let extensions = &issuer.extensions;
    let may_sign = match extensions.basic_constraints {
        Some(constraints) => constraints.is_ca,
        None => issuer.version != 3,
    };
    let usage = extensions.key_usage;
    if !may_sign || (usage != 0 && usage & CERT_SIGN == 0) {
        return Check::Invalid(CANNOT_SIGN.into());
    }
    let algorithm = certificate.signature_algorithm;
    match refused(algorithm, &issuer.key) {
        Some(error) => Check::Invalid(error),
        None => verify(certificate, issuer, signatures),
    }
}

/// What Go says before it looks at the signature.
fn refused(algorithm: SignatureAlgorithm, key: &Key) -> Option<GoError> {
    use SignatureAlgorithm::{DsaSha1, EcdsaSha1, Md5Rsa, Sha1Rsa};
    let Some(key_algorithm) = key.algorithm() else {
        return Some(UNIMPLEMENTED.into());
    };
    let Some(signer) = algorithm.signer() else {
        return Some(UNIMPLEMENTED.into());
    };
    if matches!(algorithm, Md5Rsa | Sha1Rsa | EcdsaSha1 | DsaSha1) {
        let name = algorithm.name();
        return Some(format!("x509: cannot verify signature: insecure algorithm {name}").into());
    }
    let Some(key_type) = go_type(key_algorithm) else {
        return Some(UNIMPLEMENTED.into());
    };
    match (signer, key_algorithm) {
        (KeyAlgorithm::MlDsa(wanted), KeyAlgorithm::MlDsa(found)) => (wanted != found).then(|| {
            format!("x509: signature algorithm specifies an ML-DSA public key with ML-DSA-{wanted} parameters, but have a public key with ML-DSA-{found} parameters").into()
        }),
        (wanted, found) if wanted == found => rsa_refused(key).map(GoError::from),
        (wanted, _) => {
            let wanted = go_name(wanted);
            Some(format!("x509: signature algorithm specifies an {wanted} public key, but have public key of type {key_type}").into())
        }
    }
}

/// Go's name of the kind of key (`PublicKeyAlgorithm.String`).
fn go_name(algorithm: KeyAlgorithm) -> &'static str {
    match algorithm {
        KeyAlgorithm::Rsa => "RSA",
        KeyAlgorithm::Dsa => "DSA",
        KeyAlgorithm::Ecdsa => "ECDSA",
        KeyAlgorithm::Ed25519 => "Ed25519",
        KeyAlgorithm::MlDsa(_) => "ML-DSA",
    }
}

/// The Go type of the key; none where Go verifies nothing with it.
fn go_type(algorithm: KeyAlgorithm) -> Option<&'static str> {
    match algorithm {
        KeyAlgorithm::Rsa => Some("*rsa.PublicKey"),
        KeyAlgorithm::Ecdsa => Some("*ecdsa.PublicKey"),
        KeyAlgorithm::Ed25519 => Some("ed25519.PublicKey"),
        KeyAlgorithm::MlDsa(_) => Some("*mldsa.PublicKey"),
        KeyAlgorithm::Dsa => None,
    }
}

/// What Go says of an RSA key before it verifies with it.
pub(super) fn rsa_refused(key: &Key) -> Option<String> {
    let Key::Rsa { modulus, exponent } = key else {
        return None;
    };
    let bits = key.rsa_bits()?;
    if bits < 1024 {
        return Some(format!(
            "crypto/rsa: {bits}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)"
        ));
    }
    let what = if modulus.last().is_some_and(|last| last & 1 == 0) {
        "public modulus is even"
    } else if *exponent < 2 {
        "public exponent too small or negative"
    } else if exponent & 1 == 0 {
        "public exponent is even"
    } else if *exponent > i64::from(i32::MAX) {
        "public exponent too large"
    } else {
        return None;
    };
    Some(format!("crypto/rsa: {what}"))
}

/// Verifies with key and algorithm in their usual forms: Go does not look at what else stands in them.
fn verify(certificate: &Certificate, issuer: &Certificate, signatures: &Signatures) -> Check {
    let invalid = match &issuer.key {
        Key::Rsa { .. } => "crypto/rsa: verification error",
        Key::Ecdsa { .. } => "x509: ECDSA verification failure",
        Key::MlDsa(..) => "x509: ML-DSA verification failure: mldsa: invalid signature",
        _ => "x509: Ed25519 verification failure",
    };
    let Some(spki) = issuer.key.canonical_spki() else {
        return Check::Undecided;
    };
    let algorithm = certificate.signature_algorithm.canonical();
    let key = Reader::new(&spki)
        .read()
        .and_then(|spki| PublicKey::parse(&spki));
    let algorithm = Reader::new(algorithm)
        .read()
        .and_then(|algorithm| Algorithm::parse(&algorithm));
    let (Ok(key), Ok(algorithm)) = (key, algorithm) else {
        return Check::Undecided;
    };
    match signatures.check(&key, &algorithm, &certificate.tbs, &certificate.signature) {
        SignatureCheck::Valid => Check::Valid,
        SignatureCheck::Unsupported => Check::Undecided,
        SignatureCheck::Invalid
        | SignatureCheck::WrongKeyType
        | SignatureCheck::PssParametersForbidden => Check::Invalid(invalid.into()),
    }
}
