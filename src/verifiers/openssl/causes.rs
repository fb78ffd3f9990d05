//! What an error of OpenSSL's verification means here: in our words, and the rules whose findings can be its cause.

use crate::analysis::{Analysis, CertificateId, OpensslRelease};
use crate::cert::Certificate;
use crate::path::problem::wanted;
use crate::path::{Problem, Purpose};
use crate::verifiers::Event;
use crate::verifiers::openssl::verification::errors;

/// The rules whose findings can be the cause of an error, most telling first.
pub(in crate::verifiers) fn rules(release: OpensslRelease, code: i32) -> &'static [&'static str] {
    use errors as e;
    if release == OpensslRelease::V1_1_1 && code == e::INVALID_CA_1_1_1 {
        return NOT_CA;
    }
    match code {
        e::UNABLE_TO_GET_ISSUER_CERT
        | e::UNABLE_TO_GET_ISSUER_CERT_LOCALLY
        | e::UNABLE_TO_VERIFY_LEAF_SIGNATURE => NO_ISSUER,
        e::DEPTH_ZERO_SELF_SIGNED_CERT | e::SELF_SIGNED_CERT_IN_CHAIN => &[
            "chain-untrusted-root",
            "chain-issuer-rekeyed",
            "mtls-leaf-self-signed",
            "mtls-client-shares-ca-name",
            "chain-issuer-not-found",
        ],
        e::CERT_CHAIN_TOO_LONG => &[
            "mtls-verify-depth-exceeded",
            "chain-issuer-rekeyed",
            "chain-untrusted-root",
            "chain-issuer-not-found",
        ],
        e::UNABLE_TO_GET_CRL => &["crl-missing", "crl-unreadable", "crl-number-invalid"],
        e::UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY => KEY,
        e::CERT_SIGNATURE_FAILURE => &[
            "chain-signature-invalid",
            "bundle-order-changes-verdict",
            "presented-order-changes-verdict",
            "chain-issuer-rekeyed",
            "bundle-ambiguous-issuer",
            "chain-self-signature-invalid",
            "chain-signature-key-type-mismatch",
            "chain-pss-key-params-conflict",
        ],
        e::CRL_SIGNATURE_FAILURE => &["crl-signature-invalid"],
        e::CERT_NOT_YET_VALID => &["validity-not-yet-valid"],
        e::CERT_HAS_EXPIRED => &["validity-expired"],
        e::CRL_NOT_YET_VALID => &["crl-not-yet-valid"],
        e::CRL_HAS_EXPIRED => &["crl-expired"],
        e::ERROR_IN_CERT_NOT_BEFORE_FIELD | e::ERROR_IN_CERT_NOT_AFTER_FIELD => {
            crate::path::problem::UNREADABLE_DATE
        }
        e::CERT_REVOKED => &["crl-certificate-revoked"],
        e::PATH_LENGTH_EXCEEDED => &["chain-pathlen-exceeded"],
        e::INVALID_PURPOSE => &[
            "mtls-leaf-no-client-auth",
            "mtls-leaf-any-eku-only",
            "mtls-intermediate-excludes-client-auth",
            "mtls-root-excludes-client-auth",
            "mtls-leaf-no-digital-signature",
            "chain-issuer-not-ca",
            "chain-issuer-no-keycertsign",
            "bc-missing-in-ca",
            "chain-issuer-not-v3",
            "version-not-v3",
            "pem-trusted-certificate-label",
        ],
        e::CERT_REJECTED => &["pem-trusted-certificate-label"],
        // subject and issuer mismatch of nested errors, keyUsage without keyCertSign
        32 => &["chain-issuer-no-keycertsign", "chain-issuer-not-ca"],
        e::UNHANDLED_CRITICAL_EXTENSION => &["chain-critical-extension-unprocessed"],
        e::KEYUSAGE_NO_CRL_SIGN => &["crl-issuer-cannot-sign", "chain-crl-issuer-cannot-sign"],
        47..=54 => &[
            "chain-name-constraints-violated",
            "chain-name-constraints-cn-outside",
            "chain-name-constraints-not-processed",
        ],
        e::EE_KEY_TOO_SMALL | e::CA_KEY_TOO_SMALL => KEY,
        e::CA_MD_TOO_WEAK => &[
            "signature-sha1",
            "signature-md2-md4-md5",
            "signature-pss-weak-hash",
            "signature-pss-params-invalid",
        ],
        e::INVALID_CA => NOT_CA,
        e::EC_KEY_EXPLICIT_PARAMS => &["spki-ec-params-not-named-curve"],
        e::UNABLE_TO_GET_CRL_ISSUER
        | e::UNHANDLED_CRITICAL_CRL_EXTENSION
        | e::INVALID_EXTENSION
        | e::DIFFERENT_CRL_SCOPE
        | e::ERROR_IN_CRL_LAST_UPDATE_FIELD
        | e::ERROR_IN_CRL_NEXT_UPDATE_FIELD => &["crl-missing", "crl-unreadable"],
        e::PROXY_CERTIFICATES_NOT_ALLOWED
        | e::PROXY_PATH_LENGTH_EXCEEDED
        | e::PROXY_SUBJECT_NAME_VIOLATION => &["chain-critical-extension-unprocessed"],
        e::UNSPECIFIED => &[
            "spki-ec-curve-not-allowed",
            "spki-ec-point-not-uncompressed",
            "spki-ec-point-invalid",
            "mtls-leaf-key-not-usable-in-tls",
            "spki-algorithm-unknown",
            "spki-prehash-pq-key",
            "spki-pre-standard-pq-oid",
        ],
        _ => &[],
    }
}

const NOT_CA: &[&str] = &[
    "chain-issuer-not-ca",
    "bc-missing-in-ca",
    "chain-issuer-not-v3",
    "chain-issuer-no-keycertsign",
    "version-not-v3",
    "mtls-leaf-is-ca",
];

const KEY: &[&str] = &[
    "spki-rsa-key-too-small",
    "spki-rsa-key-unusual",
    "spki-rsa-exponent-invalid",
    "spki-rsa-modulus-invalid",
    "spki-rsa-params-not-null",
    "spki-malformed",
    "spki-rsa-pss-oid",
    "spki-ec-curve-not-allowed",
    "spki-ec-point-not-uncompressed",
    "spki-ec-point-invalid",
    "spki-ec-params-not-named-curve",
    "mtls-leaf-key-not-usable-in-tls",
    "spki-algorithm-unknown",
    "spki-prehash-pq-key",
    "spki-pre-standard-pq-oid",
    "signature-rarely-supported",
    "signature-pss-hash-mgf-differ",
    "signature-pss-salt-length",
    "signature-pss-weak-hash",
    "signature-pss-params-invalid",
    "signature-pss-mgf-not-mgf1",
    "signature-pss-trailer-field",
    "signature-ecdsa-params-present",
    "signature-eddsa-params-present",
    "signature-rsa-params-not-null",
    "signature-algorithm-unknown",
];

/// Why an issuer is not found, or found and not taken.
const NO_ISSUER: &[&str] = &[
    "chain-issuer-rekeyed",
    "chain-untrusted-root",
    "mtls-verify-depth-exceeded",
    "chain-issuer-not-found",
    "bundle-missing-intermediate",
    "bundle-missing-root",
    "chain-aki-issuer-serial-mismatch",
    "chain-aki-ski-mismatch",
    "chain-issuer-name-mismatch",
    "chain-signature-key-type-mismatch",
    "signature-rarely-supported",
    "signature-pss-hash-mgf-differ",
    "signature-pss-salt-length",
    "signature-pss-weak-hash",
    "signature-pss-params-invalid",
    "signature-pss-mgf-not-mgf1",
    "signature-pss-trailer-field",
    "signature-ecdsa-params-present",
    "signature-eddsa-params-present",
    "signature-rsa-params-not-null",
    "signature-algorithm-unknown",
    "extension-value-malformed",
    "extension-duplicate",
    "mtls-client-shares-ca-name",
    "chain-self-signature-invalid",
    "bundle-contains-end-entity",
    "pem-byte-order-mark",
    "pem-boundary-indented",
    "pem-boundary-malformed",
    "pem-legacy-label",
    "der-parse-failure",
    "der-trailing-data",
];

/// Which certificate, which field, what was expected and what was found.
pub(in crate::verifiers) fn explain(
    analysis: &Analysis<'_>,
    release: OpensslRelease,
    event: &Event,
    chain: &[CertificateId],
) -> String {
    use errors as e;
    let Some(id) = event.certificate else {
        return String::new();
    };
    let certificate = analysis.certificate(id);
    let above = chain.get(event.depth + 1).map(|id| analysis.describe(*id));
    let old_not_ca = release == OpensslRelease::V1_1_1 && event.code == e::INVALID_CA_1_1_1;
    let what = match event.code {
        e::UNABLE_TO_GET_ISSUER_CERT | e::UNABLE_TO_GET_ISSUER_CERT_LOCALLY => {
            format!(
                "its issuer is not in the bundle: looked for {}",
                wanted(analysis, id)
            )
        }
        e::UNABLE_TO_VERIFY_LEAF_SIGNATURE => {
            "no certificate that could have signed it was found, so its signature was not verified"
                .to_owned()
        }
        e::DEPTH_ZERO_SELF_SIGNED_CERT => "it is self-signed, and not in the bundle".to_owned(),
        e::SELF_SIGNED_CERT_IN_CHAIN => {
            "the chain ends in this self-signed certificate, which is not in the bundle".to_owned()
        }
        e::CERT_CHAIN_TOO_LONG => format!(
            "the chain is longer than the depth allows; it was built up to here, {} certificates above the client's",
            event.depth
        ),
        e::CERT_SIGNATURE_FAILURE => format!(
            "its signature was not made by the key of {}",
            above.as_deref().unwrap_or("its issuer")
        ),
        e::CERT_NOT_YET_VALID => dated(
            certificate.not_before.map(Problem::NotYetValid),
            analysis,
            id,
        ),
        e::CERT_HAS_EXPIRED => dated(certificate.not_after.map(Problem::Expired), analysis, id),
        e::ERROR_IN_CERT_NOT_BEFORE_FIELD | e::ERROR_IN_CERT_NOT_AFTER_FIELD => {
            Problem::NoDate.describe(analysis, id)
        }
        e::PATH_LENGTH_EXCEEDED => {
            let limit = certificate
                .values
                .basic_constraints
                .and_then(|bc| bc.path_len);
            format!(
                "its pathLenConstraint allows {} intermediates below it, and there are more",
                limit.unwrap_or_default()
            )
        }
        e::INVALID_PURPOSE => unfit(analysis, id, event.depth),
        e::CERT_REJECTED => "its trust settings do not allow clientAuth".to_owned(),
        32 => Problem::NoKeyCertSign.describe(analysis, id),
        e::UNHANDLED_CRITICAL_EXTENSION => {
            "it has a critical extension that OpenSSL does not know".to_owned()
        }
        e::EE_KEY_TOO_SMALL | e::CA_KEY_TOO_SMALL => format!(
            "its key, {}, is too weak for the security level",
            certificate.key.describe()
        ),
        e::CA_MD_TOO_WEAK => format!(
            "its signature, {}, is too weak for the security level",
            certificate.signature_algorithm.oid.name()
        ),
        e::EC_KEY_EXPLICIT_PARAMS => {
            "its key spells out its curve; OpenSSL wants it named".to_owned()
        }
        e::INVALID_CA => not_ca(analysis, certificate, id),
        _ if old_not_ca => not_ca(analysis, certificate, id),
        e::CERT_REVOKED => "a CRL lists it as revoked".to_owned(),
        e::UNABLE_TO_GET_CRL => format!(
            "no CRL that can be used was given for it; its issuer is `{}`, and every certificate of the chain needs one",
            certificate.issuer_label()
        ),
        e::CRL_HAS_EXPIRED => "the CRL for it is past its nextUpdate".to_owned(),
        e::CRL_NOT_YET_VALID => "the CRL for it is from the future".to_owned(),
        e::CRL_SIGNATURE_FAILURE => "the signature of the CRL for it is not valid".to_owned(),
        e::KEYUSAGE_NO_CRL_SIGN => {
            "the issuer of the CRL for it has a keyUsage without cRLSign".to_owned()
        }
        47 => "a name in it is outside of what a CA above permits".to_owned(),
        48 => "a name in it is one that a CA above excludes".to_owned(),
        49..=54 => {
            "its names cannot be compared with the name constraints of a CA above".to_owned()
        }
        _ => "see the server's text".to_owned(),
    };
    format!("{}: {what}", analysis.describe(id))
}

fn dated(problem: Option<Problem>, analysis: &Analysis<'_>, id: CertificateId) -> String {
    problem.unwrap_or(Problem::NoDate).describe(analysis, id)
}

fn not_ca(analysis: &Analysis<'_>, certificate: &Certificate<'_>, id: CertificateId) -> String {
    if certificate.says_ca() {
        Problem::NoKeyCertSign.describe(analysis, id)
    } else if certificate.version < 3 {
        Problem::NotVersion3.describe(analysis, id)
    } else {
        Problem::NotCa.describe(analysis, id)
    }
}

/// Why a certificate does not fit the purpose.
fn unfit(analysis: &Analysis<'_>, id: CertificateId, depth: usize) -> String {
    let certificate = analysis.certificate(id);
    let wanted = match analysis.settings.purpose {
        Purpose::Client | Purpose::Any => Purpose::Client,
        Purpose::Server => Purpose::Server,
    };
    let listed = wanted
        .oid()
        .and_then(|purpose| certificate.has_purpose(purpose));
    if listed == Some(false) {
        Problem::ExcludesPurpose.describe(analysis, id)
    } else if depth == 0 {
        Problem::UnfitKeyUsage.describe(analysis, id)
    } else {
        not_ca(analysis, certificate, id)
    }
}
