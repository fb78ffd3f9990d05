//! Why Java refuses a client: its own words, ours, and the rules that can be the cause.

use super::der::Thrown;
use crate::analysis::CertificateId;

/// One reason against a path, or against a client.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) reason: Reason,
    /// The exception, without what wraps it.
    pub(super) thrown: Thrown,
    /// The certificate that it is about.
    pub(super) certificate: Option<CertificateId>,
}

/// What ends the validation of a path.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    /// An exception that says what is wrong; another path or anchor may still do.
    Failure(Failure),
    /// An exception that nothing on the way catches.
    Uncaught(Failure),
    /// It cannot be told here what Java decides.
    Unknown(String),
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Validity,
    NameChaining,
    Signature,
    NotCa,
    KeyCertSign,
    PathLength,
    Names,
    NamesUnsupported,
    Policies,
    CriticalExtension,
    Algorithm,
    KeyUsageBits,
    NoAnchorFits,
    NoPath,
    AnchorNotCa,
    AnchorKeyUsage,
    LeafKeyUsage,
    LeafPurpose,
    LeafNetscapeType,
}

impl Failure {
    /// A `CertPathValidatorException`.
    pub(super) fn path(
        reason: Reason,
        message: impl Into<String>,
        certificate: Option<CertificateId>,
    ) -> Self {
        Self {
            reason,
            thrown: Thrown {
                class: "java.security.cert.CertPathValidatorException",
                message: message.into(),
            },
            certificate,
        }
    }

    /// A `ValidatorException`, which Java throws about anchors and end-entities.
    pub(super) fn validator(
        reason: Reason,
        message: impl Into<String>,
        certificate: Option<CertificateId>,
    ) -> Self {
        Self {
            reason,
            thrown: Thrown {
                class: "sun.security.validator.ValidatorException",
                message: message.into(),
            },
            certificate,
        }
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl Reason {
    /// What it means, in a sentence.
    pub(super) fn explanation(self) -> &'static str {
        match self {
            Self::Validity => {
                "a certificate that the client sends is outside its dates; those of anchors do not count"
            }
            Self::NameChaining => "a certificate's issuer is not the subject of the one above it",
            Self::Signature => {
                "the key of the certificate above did not make this signature, or Java cannot check it: it follows names, and tries no other key"
            }
            Self::NotCa => "a certificate that the client sends issued another one and is no CA",
            Self::KeyCertSign => "a CA that the client sends has a keyUsage without keyCertSign",
            Self::PathLength => {
                "more CAs follow than a pathLenConstraint among the sent certificates allows"
            }
            Self::Names => {
                "a name is outside the name constraints of a CA that the client sends; those of anchors do not count"
            }
            Self::NamesUnsupported => {
                "Java throws while it compares names with the name constraints of a CA that the client sends"
            }
            Self::Policies => "certificate policies are required, and none is valid along the path",
            Self::CriticalExtension => {
                "a certificate that the client sends has a critical extension that Java does not process"
            }
            Self::Algorithm => {
                "an algorithm or a key size is disabled by jdk.certpath.disabledAlgorithms, or the server does not take it"
            }
            Self::KeyUsageBits => "a keyUsage allows nothing that Java knows a use for",
            Self::NoAnchorFits => {
                "no anchor with the issuer's name fits the authorityKeyIdentifier below it: key id or serial number differ"
            }
            Self::NoPath => {
                "no path of valid certificates leads from the client to a certificate of the bundle"
            }
            Self::AnchorNotCa => {
                "the anchor has version 3 and no basicConstraints that makes it a CA (jdk.security.allowNonCaAnchor is not set)"
            }
            Self::AnchorKeyUsage => {
                "the anchor has a keyUsage without keyCertSign (jdk.security.allowNonCaAnchor is not set)"
            }
            Self::LeafKeyUsage => "the client's keyUsage is without digitalSignature",
            Self::LeafPurpose => {
                "the client's extKeyUsage has neither clientAuth nor anyExtendedKeyUsage"
            }
            Self::LeafNetscapeType => "the client's nsCertType is without SSL client",
        }
    }

    /// The rules whose findings can be the cause, most telling first.
    #[expect(clippy::too_many_lines, reason = "a table: one arm for each reason")]
    pub(super) fn causes(self) -> &'static [&'static str] {
        match self {
            Self::Validity => &[
                "validity-expired",
                "validity-not-yet-valid",
                "validity-not-positive",
                "validity-invalid-date",
            ],
            Self::NameChaining => &["chain-issuer-name-mismatch", "issuer-empty"],
            Self::Signature => &[
                "chain-issuer-rekeyed",
                "chain-signature-invalid",
                "chain-untrusted-root",
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
                "chain-signature-not-checked",
                "chain-pss-key-params-conflict",
                "spki-ec-curve-not-allowed",
                "spki-ec-point-not-uncompressed",
                "spki-ec-point-invalid",
                "chain-same-subject-different-key",
                "mtls-client-shares-ca-name",
                "chain-aki-ski-mismatch",
                "bundle-ambiguous-issuer",
                "bundle-missing-intermediate",
                "mtls-duplicate-ca-subject",
                "spki-rsa-key-too-small",
                "spki-rsa-key-unusual",
                "spki-rsa-exponent-invalid",
                "spki-rsa-modulus-invalid",
                "spki-rsa-params-not-null",
                "spki-malformed",
                "spki-rsa-pss-oid",
            ],
            Self::NotCa => &[
                "chain-issuer-not-ca",
                "chain-issuer-not-v3",
                "bc-missing-in-ca",
                "bc-pathlen-negative",
                "version-not-v3",
                "extension-value-malformed",
                "presented-chain-stray-certificate",
            ],
            Self::KeyCertSign => &[
                "chain-issuer-no-keycertsign",
                "ku-ca-without-keycertsign",
                "chain-issuer-not-ca",
            ],
            Self::PathLength => &["chain-pathlen-exceeded", "bc-pathlen-negative"],
            Self::Names => &[
                "chain-name-constraints-violated",
                "chain-name-constraints-cn-outside",
                "chain-name-constraints-not-processed",
                "chain-name-constraints-widened",
                "nc-dns-invalid",
            ],
            Self::NamesUnsupported => &[
                "nc-minimum-not-zero",
                "nc-maximum-present",
                "nc-unsupported-type",
                "nc-dns-invalid",
                "chain-name-constraints-not-processed",
                "chain-name-constraints-widened",
                "chain-name-constraints-violated",
            ],
            Self::Policies => &[
                "chain-policy-no-valid-path",
                "pm-any-policy",
                "chain-policy-mapping-inhibited",
                "chain-any-policy-inhibited",
            ],
            Self::CriticalExtension => &[
                "chain-critical-extension-unprocessed",
                "aia-critical",
                "sia-critical",
                "aki-critical",
                "ski-critical",
                "crldp-critical",
                "ian-critical",
            ],
            Self::Algorithm => &[
                "signature-md2-md4-md5",
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
                "chain-signature-not-checked",
            ],
            Self::KeyUsageBits => &[
                "mtls-leaf-no-digital-signature",
                "chain-issuer-no-keycertsign",
                "ku-ca-without-keycertsign",
                "extension-value-malformed",
                "extension-empty-sequence",
            ],
            Self::NoAnchorFits => &[
                "chain-aki-ski-mismatch",
                "chain-aki-issuer-serial-mismatch",
                "chain-issuer-rekeyed",
                "chain-same-subject-different-key",
            ],
            Self::NoPath => NO_PATH,
            Self::AnchorNotCa => &[
                "chain-issuer-not-ca",
                "bc-missing-in-ca",
                "bc-pathlen-negative",
                "extension-value-malformed",
                "mtls-duplicate-ca-subject",
            ],
            Self::AnchorKeyUsage => &[
                "chain-issuer-no-keycertsign",
                "ku-ca-without-keycertsign",
                "mtls-duplicate-ca-subject",
            ],
            Self::LeafKeyUsage => &["mtls-leaf-no-digital-signature"],
            Self::LeafPurpose => &["mtls-leaf-no-client-auth", "extension-empty-sequence"],
            Self::LeafNetscapeType => &["chain-purpose-excluded"],
        }
    }
}

/// The builder does not say what it minded on the way.
const NO_PATH: &[&str] = &[
    "chain-issuer-not-found",
    "bundle-missing-intermediate",
    "chain-untrusted-root",
    "chain-issuer-rekeyed",
    "chain-issuer-name-mismatch",
    "bundle-missing-root",
    "validity-expired",
    "validity-not-yet-valid",
    "chain-issuer-not-ca",
    "chain-issuer-not-v3",
    "chain-issuer-no-keycertsign",
    "chain-signature-invalid",
    "chain-pathlen-exceeded",
    "chain-name-constraints-violated",
    "chain-critical-extension-unprocessed",
    "presented-chain-order-wrong",
    "presented-chain-stray-certificate",
    "chain-issuer-name-encoding-differs",
    "chain-policy-no-valid-path",
    "signature-md2-md4-md5",
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
    "bc-pathlen-negative",
    "version-not-v3",
    "mtls-leaf-self-signed",
    "chain-loop",
    "chain-self-issued-intermediate",
    "mtls-verify-depth-exceeded",
];
