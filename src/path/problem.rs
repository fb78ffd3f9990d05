//! What keeps a path from being valid (RFC 5280 §6.1), and how that reads.

use crate::analysis::{Analysis, CertificateId};
use crate::cert::extension::KeyUsage;
use crate::cert::oid::Oid;
use crate::cert::time::Time;
use crate::cert::{Field, oid};
use crate::crypto::SignatureCheck;

/// The rules that say why a verifier cannot read a date.
pub(crate) const UNREADABLE_DATE: &[&str] = &[
    "validity-invalid-date",
    "utc-time-no-seconds",
    "utc-time-not-zulu",
    "generalized-time-no-seconds",
    "generalized-time-fractional-seconds",
    "generalized-time-not-zulu",
    "validity-wrong-time-type",
];

/// One reason against a path.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// A date is unreadable.
    NoDate,
    /// notBefore is to come (§6.1.3(a)(2)).
    NotYetValid(Time),
    /// notAfter is past (§6.1.3(a)(2)).
    Expired(Time),
    /// Its signature is over a digest that can be forged.
    BrokenDigest(&'static str),
    /// It stands above another, and its key is one whose private key can be found: which key.
    BrokenKey(String),
    /// It stands above another, and its key describes its curve instead of naming it (RFC 5480 §2.1.1).
    DescribedCurve,
    /// The issuer's name is empty (§4.1.2.4).
    EmptyIssuer,
    /// The same extension stands there twice (§4.2).
    DuplicateExtension(String),
    /// An extension that path validation needs does not decode.
    MalformedExtension(String),
    /// A critical extension that is not processed (§6.1.4(o), §6.1.5(f)).
    UnprocessedCritical(String),
    /// extKeyUsage lacks the purpose (§4.2.1.12).
    ExcludesPurpose,
    /// The end-entity's keyUsage does not fit TLS (RFC 8446 §4.4.2.2).
    UnfitKeyUsage,
    /// It stands above another, and basicConstraints does not say that it is a CA (§6.1.4(k)).
    NotCa,
    /// It stands above another below the root, and is of version 1 or 2 (§6.1.4(k)).
    NotVersion3,
    /// It stands above another, and its keyUsage lacks keyCertSign (§6.1.4(n)).
    NoKeyCertSign,
    /// More intermediates stand below it than pathLenConstraint allows (§6.1.4(l), (m)).
    PathLenExceeded {
        /// The limit.
        limit: i64,
        /// How many there are that are not self-issued.
        below: i64,
    },
    /// The issuer that was taken did not, or not provably, sign it (§6.1.3(a)(1)).
    Signature(Option<SignatureCheck>),
    /// A name stands where a CA above does not allow it (§6.1.3(b), (c)): which name and which constraint.
    NameConstraint(String),
    /// There are more names and constraints than are compared.
    TooManyNames,
    /// No certificate policy is valid for the path (§6.1.3(f), §6.1.5(g)).
    Policy(String),
    /// It is revoked (§6.3).
    Revoked(String),
    /// CRLs are given, and none tells its status (§6.3.3).
    RevocationUnknown(String),
    /// It is not for the peer that was asked for (RFC 9525 §6).
    Identity(String),
    /// There are more intermediates than the depth that was asked for.
    TooDeep {
        /// The most intermediates.
        limit: u32,
        /// How many there are that are not self-issued.
        intermediates: usize,
    },
    /// No certificate that is there issued it.
    NoIssuer,
    /// It is self-signed, and not in the bundle.
    UntrustedRoot,
    /// It could only be issued by certificates that are on the path already.
    Loop,
}

/// A problem and the certificate that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its place on the path: 0 is the end-entity.
    pub at: usize,
    /// The problem.
    pub problem: Problem,
}

impl Problem {
    /// The rules that report this problem.
    #[must_use]
    pub fn rules(&self) -> &'static [&'static str] {
        match self {
            Self::NoDate => UNREADABLE_DATE,
            Self::NotYetValid(_) => &["validity-not-yet-valid"],
            Self::Expired(_) => &["validity-expired"],
            Self::BrokenDigest(_) => &["signature-sha1", "signature-md2-md4-md5"],
            Self::BrokenKey(_) => &["spki-rsa-key-too-small"],
            Self::DescribedCurve => &["spki-ec-params-not-named-curve", "spki-ec-params-missing"],
            Self::EmptyIssuer => &["issuer-empty"],
            Self::DuplicateExtension(_) => &["extension-duplicate"],
            Self::MalformedExtension(_) => &["extension-value-malformed", "der-parse-failure"],
            Self::UnprocessedCritical(_) => &["chain-critical-extension-unprocessed"],
            Self::ExcludesPurpose => &[
                "mtls-leaf-no-client-auth",
                "mtls-leaf-any-eku-only",
                "mtls-intermediate-excludes-client-auth",
                "mtls-root-excludes-client-auth",
                "chain-purpose-excluded",
            ],
            Self::UnfitKeyUsage => &["mtls-leaf-no-digital-signature", "chain-purpose-excluded"],
            Self::NotCa => &["bc-missing-in-ca", "chain-issuer-not-ca"],
            Self::NotVersion3 => &["chain-issuer-not-v3"],
            Self::NoKeyCertSign => &["chain-issuer-no-keycertsign"],
            Self::PathLenExceeded { .. } => &["chain-pathlen-exceeded"],
            Self::Signature(check) => match check {
                Some(SignatureCheck::Unsupported) | None => &["chain-signature-not-checked"],
                Some(SignatureCheck::WrongKeyType) => &["chain-signature-key-type-mismatch"],
                Some(SignatureCheck::PssParametersForbidden) => &["chain-pss-key-params-conflict"],
                _ => &["chain-signature-invalid"],
            },
            Self::NameConstraint(_) | Self::TooManyNames => &[
                "chain-name-constraints-violated",
                "chain-name-constraints-not-processed",
            ],
            Self::Policy(_) => &["chain-policy-no-valid-path"],
            Self::Revoked(_) => &["crl-certificate-revoked"],
            Self::RevocationUnknown(_) => &[
                "crl-missing",
                "crl-expired",
                "crl-not-yet-valid",
                "crl-signature-invalid",
                "crl-issuer-cannot-sign",
                "crl-number-invalid",
                "crl-unreadable",
                "crl-certificate-revoked",
            ],
            Self::Identity(_) => &["identity-mismatch"],
            Self::TooDeep { .. } => &["mtls-verify-depth-exceeded"],
            Self::NoIssuer => &[
                "chain-issuer-rekeyed",
                "chain-issuer-not-found",
                "chain-issuer-name-mismatch",
                "bundle-missing-intermediate",
                "bundle-missing-root",
                "chain-signature-invalid",
                "der-parse-failure",
            ],
            Self::UntrustedRoot => &["chain-untrusted-root"],
            Self::Loop => &["chain-loop"],
        }
    }

    /// The field that the problem is in.
    #[must_use]
    pub fn field(&self) -> Field<'static> {
        match self {
            Self::NoDate | Self::NotYetValid(_) => Field::NotBefore,
            Self::Expired(_) => Field::NotAfter,
            Self::BrokenDigest(_) => Field::SignatureAlgorithm,
            Self::BrokenKey(_) | Self::DescribedCurve => Field::SubjectPublicKeyInfo,
            Self::EmptyIssuer | Self::NoIssuer | Self::Loop => Field::Issuer,
            Self::DuplicateExtension(_)
            | Self::MalformedExtension(_)
            | Self::UnprocessedCritical(_) => Field::Extensions,
            Self::ExcludesPurpose => Field::Extension(oid::EXTENDED_KEY_USAGE),
            Self::UnfitKeyUsage | Self::NoKeyCertSign => Field::Extension(oid::KEY_USAGE),
            Self::NotCa | Self::PathLenExceeded { .. } => Field::Extension(oid::BASIC_CONSTRAINTS),
            Self::NotVersion3 => Field::Version,
            Self::Signature(_) => Field::SignatureValue,
            Self::NameConstraint(_) | Self::TooManyNames | Self::Identity(_) => {
                Field::Extension(oid::SUBJECT_ALT_NAME)
            }
            Self::Policy(_) => Field::Extension(oid::CERTIFICATE_POLICIES),
            Self::Revoked(_) | Self::RevocationUnknown(_) => Field::SerialNumber,
            Self::TooDeep { .. } | Self::UntrustedRoot => Field::Subject,
        }
    }

    /// What was found and what was expected, about the certificate `id` that has the problem.
    #[must_use]
    pub fn describe(&self, analysis: &Analysis<'_>, id: CertificateId) -> String {
        let certificate = analysis.certificate(id);
        match self {
            Self::NoDate => "its validity has a date that cannot be read".to_owned(),
            Self::NotYetValid(date) => format!("it is not valid before {date}"),
            Self::Expired(date) => format!("it expired on {date}"),
            Self::BrokenDigest(digest) => {
                format!("its signature is over {digest}, which can be forged")
            }
            Self::BrokenKey(key) => {
                format!("its key is {key}, for which the private key can be computed")
            }
            Self::DescribedCurve => {
                "its key describes a curve by parameters; expected the name of one".to_owned()
            }
            Self::EmptyIssuer => "its issuer is an empty name".to_owned(),
            Self::DuplicateExtension(name) => format!("the extension {name} stands there twice"),
            Self::MalformedExtension(name) => format!("its extension {name} does not decode"),
            Self::UnprocessedCritical(name) => {
                format!("its critical extension {name} is not processed")
            }
            Self::ExcludesPurpose => {
                let purposes = certificate.values.extended_key_usage.as_deref();
                let names: Vec<String> = purposes
                    .unwrap_or_default()
                    .iter()
                    .map(|purpose| purpose.name())
                    .collect();
                format!(
                    "its extKeyUsage is {}; expected {}",
                    or_empty(&names.join(", ")),
                    analysis.settings.purpose.expected()
                )
            }
            Self::UnfitKeyUsage => format!(
                "its keyUsage is {}; expected digitalSignature",
                or_empty(&usage(analysis, id))
            ),
            Self::NotCa => match certificate.values.basic_constraints {
                Some(_) => "its basicConstraints says cA FALSE; expected TRUE".to_owned(),
                None => "it has no basicConstraints; expected cA TRUE".to_owned(),
            },
            Self::NotVersion3 => format!(
                "it is of version {}; expected 3, with basicConstraints",
                certificate.version
            ),
            Self::NoKeyCertSign => format!(
                "its keyUsage is {}; expected keyCertSign",
                or_empty(&usage(analysis, id))
            ),
            Self::PathLenExceeded { limit, below } => format!(
                "its pathLenConstraint allows {limit} intermediates below it, and there are {below}"
            ),
            Self::Signature(check) => {
                describe_signature(*check, certificate.signature_algorithm.oid)
            }
            Self::NameConstraint(text)
            | Self::Policy(text)
            | Self::Revoked(text)
            | Self::RevocationUnknown(text)
            | Self::Identity(text) => text.clone(),
            Self::TooManyNames => {
                "it has more names than can be compared with the name constraints above it"
                    .to_owned()
            }
            Self::TooDeep {
                limit,
                intermediates,
            } => format!(
                "the path above it needs {intermediates} intermediates, and depth {limit} was asked for"
            ),
            Self::NoIssuer => {
                let first = analysis.entry(id).first;
                let which = if analysis.graph.unfinished().contains(&first) {
                    "that was tried"
                } else {
                    "that is there"
                };
                format!(
                    "no certificate {which} issued it: looked for {}",
                    wanted(analysis, id)
                )
            }
            Self::UntrustedRoot => "it is self-signed, and not in the bundle".to_owned(),
            Self::Loop => "its only issuers stand below it on the path".to_owned(),
        }
    }

    /// Whether it may be none: what cannot be verified here may be valid.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        matches!(
            self,
            Self::Signature(Some(SignatureCheck::Unsupported) | None)
        )
    }

    /// Whether the path goes no further because of it.
    #[must_use]
    pub fn ends_path(&self) -> bool {
        matches!(self, Self::NoIssuer | Self::UntrustedRoot | Self::Loop)
    }

    /// How much this speaks against a path, beside others.
    pub(super) fn weight(&self) -> u32 {
        match self {
            Self::Signature(check) => match check {
                Some(SignatureCheck::Valid) => 0,
                Some(SignatureCheck::Unsupported) => 30,
                None => 40,
                Some(_) => 300,
            },
            Self::UntrustedRoot => 500,
            Self::NoIssuer => 600,
            Self::Loop => 700,
            _ => 20,
        }
    }
}

fn describe_signature(check: Option<SignatureCheck>, algorithm: Oid<'_>) -> String {
    let algorithm = algorithm.name();
    match check {
        Some(SignatureCheck::Valid) => "its signature is valid".to_owned(),
        Some(SignatureCheck::Invalid) => {
            "its signature was not made by that issuer's key".to_owned()
        }
        Some(SignatureCheck::Unsupported) => format!(
            "its signature algorithm {algorithm} with that issuer's key cannot be verified here"
        ),
        Some(SignatureCheck::WrongKeyType) => format!(
            "its signature algorithm {algorithm} does not go with that issuer's kind of key"
        ),
        Some(SignatureCheck::PssParametersForbidden) => {
            "its signature has RSASSA-PSS parameters that the issuer's key forbids".to_owned()
        }
        None => "its signature was not checked".to_owned(),
    }
}

/// What identifies the issuer that is looked for: its name, and its key id where there is one.
#[must_use]
pub fn wanted(analysis: &Analysis<'_>, id: CertificateId) -> String {
    let certificate = analysis.certificate(id);
    match certificate.issuer_key_id() {
        Some(key_id) => format!(
            "subject `{}`, key id {}",
            certificate.issuer,
            crate::cert::hex(key_id)
        ),
        None => format!("subject `{}` (no key id is given)", certificate.issuer),
    }
}

fn usage(analysis: &Analysis<'_>, id: CertificateId) -> String {
    let usage = analysis.certificate(id).values.key_usage;
    usage.map(KeyUsage::describe).unwrap_or_default()
}

fn or_empty(list: &str) -> &str {
    if list.is_empty() { "empty" } else { list }
}

/// For which end a certificate is to be used: who will verify it as whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Purpose {
    /// As a TLS client: clientAuth.
    #[default]
    Client,
    /// As a TLS server: serverAuth.
    Server,
    /// For anything: extKeyUsage does not count.
    Any,
}

impl Purpose {
    /// The extended key usage that stands for it.
    #[must_use]
    pub fn oid(self) -> Option<Oid<'static>> {
        match self {
            Self::Client => Some(oid::CLIENT_AUTH),
            Self::Server => Some(oid::SERVER_AUTH),
            Self::Any => None,
        }
    }

    fn expected(self) -> String {
        self.oid().map_or_else(|| "any".to_owned(), Oid::name)
    }
}
