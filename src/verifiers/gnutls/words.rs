//! What GnuTLS's errors mean, in our words, and the rules whose findings can be their cause.

use super::failure::Failure;
use super::status::Status;
use crate::analysis::{Analysis, CertificateId};
use crate::source::Role;

/// The rules that say why a client has no signature scheme to use.
pub(super) const NO_SCHEME: &[&str] = &[
    "mtls-leaf-key-not-offered",
    "mtls-leaf-key-not-usable-in-tls",
    "spki-algorithm-unknown",
    "spki-prehash-pq-key",
    "spki-pre-standard-pq-oid",
    "mtls-leaf-curve-not-in-tls13",
    "spki-ec-curve-not-allowed",
    "spki-ec-point-not-uncompressed",
    "spki-ec-point-invalid",
    "spki-ec-params-not-named-curve",
    "spki-ec-params-missing",
];

/// The rules on text that is not what GnuTLS's reader takes for PEM.
const PEM: &[&str] = &[
    "pem-unterminated-block",
    "pem-escaped-newlines",
    "pem-invalid-base64",
    "pem-invalid-padding",
    "pem-empty-block",
    "pem-empty-input",
    "pem-der-input",
    "pem-headers-in-block",
    "pem-label-mismatch",
    "pem-boundary-malformed",
    "pem-boundary-not-uppercase",
    "pem-missing-newline-between-blocks",
    "pem-nested-begin",
    "pem-not-ascii-text",
    "pem-unexpected-block",
];

/// The alert for an error in the handshake (`gnutls_error_to_alert` in `lib/alert.c`).
pub(super) fn alert(failure: Failure) -> &'static str {
    match failure {
        Failure::Der
        | Failure::Tag
        | Failure::ElementNotFound
        | Failure::ValueNotValid
        | Failure::Certificate => "bad certificate",
        _ => "internal error",
    }
}

/// The rules for a file or certificate that GnuTLS does not read.
pub(super) fn unreadable(failure: Failure, role: Role) -> Vec<&'static str> {
    if role == Role::Crl {
        let rules = ["crl-unreadable", "pem-no-certificate"].iter().chain(PEM);
        return rules.copied().collect();
    }
    let rules: &[&str] = match failure {
        Failure::Base64 | Failure::Base64Header => PEM,
        Failure::Certificate => &[
            "signature-algorithm-mismatch",
            "version-extensions-need-v3",
            "version-invalid",
            "unique-identifier-needs-v2",
        ],
        Failure::DuplicateExtension => &["extension-duplicate"],
        Failure::Time | Failure::Dates => crate::path::problem::UNREADABLE_DATE,
        Failure::UnknownName => &[
            "gn-empty-value",
            "extension-empty-sequence",
            "extension-value-malformed",
        ],
        Failure::Der | Failure::Tag | Failure::ElementNotFound | Failure::ValueNotValid => &[
            "der-parse-failure",
            "der-trailing-data",
            "extension-value-malformed",
            "extension-empty-sequence",
            "pem-unexpected-block",
            "pem-headers-in-block",
            "pem-label-mismatch",
            "pem-nested-begin",
            "pem-trusted-certificate-label",
            "version-invalid",
        ],
    };
    rules.to_vec()
}

/// Our explanation of a status, and the rules whose findings can be its cause, most telling first.
pub(super) fn explain(
    status: Status,
    analysis: &Analysis<'_>,
    failed: Option<CertificateId>,
) -> (String, Vec<&'static str>) {
    let who = failed.map_or_else(
        || "a certificate of the chain".to_owned(),
        |id| analysis.describe(id),
    );
    let reasons = REASONS
        .iter()
        .filter(|reason| status.has(reason.flag))
        .collect::<Vec<_>>();
    let mut sentences: Vec<String> = reasons
        .iter()
        .map(|reason| reason.what.replace('@', &who))
        .collect();
    let mut causes: Vec<&'static str> = reasons
        .iter()
        .flat_map(|reason| reason.causes)
        .copied()
        .collect();
    if reasons.is_empty() {
        sentences.push(format!(
            "GnuTLS cannot read the keyUsage of the issuer of {who}, or does not know the algorithm of the signature or the issuer's kind of key"
        ));
        causes.extend(UNKNOWN_ALGORITHM);
    }
    (sentences.join("; "), causes)
}

/// One flag of a status.
struct Reason {
    flag: Status,
    /// What it means; `@` stands for the certificate.
    what: &'static str,
    causes: &'static [&'static str],
}

static REASONS: [Reason; 9] = [
    Reason {
        flag: Status::REVOKED,
        what: "a CRL of its issuer lists the serial number of @",
        // The others are why this tool's own engine may not count the CRL; GnuTLS looks at nothing but the name and the number.
        causes: &[
            "crl-certificate-revoked",
            "crl-signature-invalid",
            "crl-not-yet-valid",
            "crl-expired",
            "crl-issuer-cannot-sign",
            "crl-missing",
            "crl-no-next-update",
            "crl-number-invalid",
            "serial-not-positive",
        ],
    },
    Reason {
        flag: Status::SIGNER_NOT_FOUND,
        what: "no CA of the bundle has the issuer's name of @ in the same encoding, and its key id",
        causes: &[
            "chain-issuer-rekeyed",
            "chain-untrusted-root",
            "chain-issuer-not-found",
            "chain-issuer-name-encoding-differs",
            "chain-issuer-name-mismatch",
            "chain-aki-ski-mismatch",
            "bundle-missing-intermediate",
            "bundle-missing-root",
            "mtls-leaf-self-signed",
            "chain-cross-signed",
            "presented-chain-order-wrong",
            "presented-chain-stray-certificate",
            "pem-empty-input",
            "pem-no-certificate",
            "pem-der-input",
            "pem-double-base64",
            "pem-not-ascii-text",
            "pem-trusted-certificate-label",
            "pem-legacy-label",
            "pem-boundary-malformed",
            "pem-boundary-not-uppercase",
            "pem-unexpected-block",
            "pem-escaped-newlines",
            "pem-label-mismatch",
        ],
    },
    Reason {
        flag: Status::SIGNER_NOT_CA,
        what: "the issuer of @ is no CA by its basicConstraints",
        causes: &[
            "chain-issuer-not-ca",
            "bc-missing-in-ca",
            "chain-issuer-not-v3",
            "version-not-v3",
            "ku-keycertsign-without-ca",
            "extension-value-malformed",
        ],
    },
    Reason {
        flag: Status::INSECURE_ALGORITHM,
        what: "@ or its issuer has a signature or key that is too weak, or a key that GnuTLS does not know",
        causes: &[
            "signature-md2-md4-md5",
            "signature-sha1",
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
            "spki-ec-params-missing",
        ],
    },
    Reason {
        flag: Status::SIGNER_CONSTRAINTS_FAILURE,
        what: "the issuer of @ may not issue it: by its keyUsage, pathLenConstraint, name constraints, TLS features or kind of key",
        causes: &[
            "chain-name-constraints-violated",
            "chain-name-constraints-not-processed",
            "chain-name-constraints-cn-outside",
            "chain-pathlen-exceeded",
            "chain-issuer-no-keycertsign",
            "ku-ca-without-keycertsign",
            "chain-tls-feature-not-superset",
            "chain-signature-key-type-mismatch",
            "chain-pss-key-params-conflict",
            "nc-unsupported-type",
            "nc-ip-invalid-mask",
            "nc-ip-wrong-length",
            "nc-dns-invalid",
            "nc-email-invalid",
            "nc-uri-invalid",
            "nc-empty",
            "chain-pathlen-inconsistent",
        ],
    },
    Reason {
        flag: Status::NOT_ACTIVATED,
        what: "@ or its issuer is not valid yet",
        causes: &["validity-not-yet-valid"],
    },
    Reason {
        flag: Status::EXPIRED,
        what: "@ or its issuer has expired",
        causes: &["validity-expired"],
    },
    Reason {
        flag: Status::SIGNATURE_FAILURE,
        what: "the key of the CA that GnuTLS took for the issuer of @ did not make the signature",
        causes: &[
            "chain-signature-invalid",
            "chain-issuer-rekeyed",
            "chain-untrusted-root",
            "bundle-ambiguous-issuer",
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
            "signature-sha1",
            "chain-same-subject-different-key",
            "mtls-duplicate-ca-subject",
        ],
    },
    Reason {
        flag: Status::UNKNOWN_CRIT_EXTENSIONS,
        what: "@ or its issuer has a critical extension that GnuTLS does not know",
        causes: &[
            "chain-critical-extension-unprocessed",
            "chain-policy-no-valid-path",
            "pm-in-end-entity",
            "pc-in-end-entity",
            "pc-empty",
            "extension-value-malformed",
            "extension-empty-sequence",
        ],
    },
];

const UNKNOWN_ALGORITHM: &[&str] = &[
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
    "signature-sha1",
    "chain-signature-not-checked",
    "chain-issuer-no-keycertsign",
    "ku-ca-without-keycertsign",
    "spki-ec-params-not-named-curve",
    "spki-ec-curve-not-allowed",
    "spki-ec-point-not-uncompressed",
    "spki-ec-point-invalid",
    "spki-ec-params-missing",
    "extension-value-malformed",
    "chain-signature-invalid",
];
