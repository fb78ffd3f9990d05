//! Java: JSSE, as in Tomcat, Spring Boot and Kafka.
//!
//! The bundle is read by `CertificateFactory.generateCertificates`, every certificate in it is a trust anchor, and the
//! default trust manager (`PKIX`) decides, without revocation checking. Modelled on JDK 17.0.15, package by package:
//!
//! | module | source |
//! |---|---|
//! | `reader` | `sun.security.provider.X509Factory` |
//! | `pem` | the readers of Kafka and Spring Boot |
//! | `der`, `time`, `key`, `name`, `extensions`, `certificate` | `sun.security.util`, `sun.security.x509` |
//! | `validator` | `sun.security.validator.PKIXValidator`, `EndEntityChecker` |
//! | `path` | `sun.security.provider.certpath.PKIXCertPathValidator` and its checkers |
//! | `policy` | `sun.security.provider.certpath.PolicyChecker` |
//! | `builder` | `sun.security.provider.certpath.SunCertPathBuilder`, `ForwardBuilder` |
//! | `constraints`, `general` | `sun.security.x509.NameConstraintsExtension`, `GeneralSubtrees`, the names |
//! | `algorithms` | `AlgorithmChecker`, `SSLAlgorithmConstraints`, `conf/security/java.security` |

mod algorithms;
mod builder;
mod certificate;
mod constraints;
mod der;
mod extensions;
mod failure;
mod general;
mod key;
mod name;
mod path;
mod pem;
mod policy;
mod reader;
mod time;
mod validator;

use std::collections::BTreeMap;

use super::{Judge, Library, Model, Outcome, SettingValue, Verdict, Verifier};
use crate::analysis::{Analysis, CertificateId, Client};
use crate::cert::key::{KeyKind, PublicKey};
use crate::cert::oid;
use crate::path::Purpose;
use crate::source::Role;
use certificate::Certificate;
use der::Thrown;
use failure::Stop;
use path::Checks;
use pem::PemReader;
use validator::{Validator, Way};

/// Java: JSSE, as in Tomcat, Spring Boot and Kafka.
pub static JAVA: Verifier = Verifier {
    name: "java",
    library: Library::Jsse,
    depth: None,
    model: &Java,
};

/// The release that is modelled.
const VERSION: &str = "JDK 17.0.15";

#[derive(Debug)]
struct Java;

impl Model for Java {
    fn offers_scheme_for(&self, key: &PublicKey<'_>) -> bool {
        has_signature_scheme(key)
    }

    fn start<'a>(&self, analysis: &'a Analysis<'_>) -> Box<dyn Judge + 'a> {
        let bundle = read_bundle(analysis, reader::read);
        let readers = PemReader::ALL
            .into_iter()
            .map(|reader| (reader, read_bundle(analysis, |bytes| reader.read(bytes))))
            .collect();
        Box::new(Started {
            analysis,
            bundle,
            readers,
        })
    }
}

/// The distinct certificates of a bundle, or what is thrown where it is refused.
type Bundle = Result<Vec<Certificate>, Thrown>;

/// A trust manager with its anchors.
struct Started<'s, 'a> {
    analysis: &'s Analysis<'a>,
    bundle: Bundle,
    /// The bundle as servers read it that have a PEM reader of their own.
    readers: Vec<(PemReader, Bundle)>,
}

fn read_bundle(analysis: &Analysis<'_>, read: impl Fn(&[u8]) -> Bundle) -> Bundle {
    let mut anchors: Vec<Certificate> = Vec::new();
    let mut known = std::collections::HashSet::new();
    for input in analysis.inputs_with(Role::Bundle) {
        for mut certificate in read(&analysis.source(input).bytes)? {
            if known.insert(certificate.der.clone()) {
                certificate.id = analysis.by_der(&certificate.der);
                anchors.push(certificate);
            }
        }
    }
    Ok(anchors)
}

impl Judge for Started<'_, '_> {
    fn judge(&self, client: &Client) -> Verdict {
        let purpose = self.analysis.settings.purpose;
        if purpose != Purpose::Client {
            return Verdict {
                outcome: Outcome::Unknown,
                text: "this models how Java verifies a client".to_owned(),
                explanation: "--purpose client gives a verdict".to_owned(),
                ..verdict(client)
            };
        }
        let mut decided = self.judge_with(&self.bundle, client);
        for (reader, bundle) in &self.readers {
            if same_bundle(bundle, &self.bundle) {
                continue;
            }
            let other = self.judge_with(bundle, client);
            if other.outcome == decided.outcome {
                continue;
            }
            let difference = match other.outcome {
                Outcome::Accept => "reads this file, and the client is accepted",
                Outcome::Reject => "reads this file, and the client is rejected",
                Outcome::ConfigRefused => "refuses this file",
                _ => "reads this file, and it cannot be told here what follows",
            };
            let name = reader.name();
            if !decided.explanation.is_empty() {
                decided.explanation.push_str("; ");
            }
            decided.explanation.push_str(name);
            decided.explanation.push_str("'s PEM reader ");
            decided.explanation.push_str(difference);
        }
        decided
    }
}

fn same_bundle(one: &Bundle, other: &Bundle) -> bool {
    match (one, other) {
        (Ok(one), Ok(other)) => one == other,
        (Err(_), Err(_)) => true,
        _ => false,
    }
}

/// An acceptance, with the settings that every verdict rests on.
fn verdict(client: &Client) -> Verdict {
    let text = |value: &str| SettingValue::Text(value.to_owned());
    Verdict {
        settings: BTreeMap::from([
            ("trustManager", text("PKIX")),
            ("clientAuth", text("need")),
            ("com.sun.net.ssl.checkRevocation", text("false")),
            ("jdk.security.allowNonCaAnchor", text("false")),
        ]),
        ..Verdict::accept(&JAVA, VERSION, client)
    }
}

/// A handshake that fails with this exception.
fn handshake_exception(message: &str) -> String {
    format!("javax.net.ssl.SSLHandshakeException: {message}")
}

impl Started<'_, '_> {
    fn judge_with(&self, bundle: &Bundle, client: &Client) -> Verdict {
        let anchors = match bundle {
            Ok(anchors) => anchors,
            Err(thrown) if thrown.is_not_modelled() => {
                return not_modelled(client, "the bundle", thrown);
            }
            Err(thrown) => {
                return Verdict {
                    outcome: Outcome::ConfigRefused,
                    text: thrown.text(),
                    explanation:
                        "Java reads the whole file or nothing: one block that is no certificate refuses it"
                            .to_owned(),
                    causes: REFUSED.to_vec(),
                    ..verdict(client)
                };
            }
        };
        let Some(leaf) = client.certificates.first() else {
            return no_certificate(
                client,
                "the client has no certificate to send",
                super::NO_CERTIFICATE,
            );
        };
        if let Some(why) = self.keeps_back(*leaf) {
            return no_certificate(client, why, NO_SCHEME);
        }
        let mut chain = Vec::with_capacity(client.certificates.len());
        for id in &client.certificates {
            match reader::read_one(self.analysis.certificate(*id).der) {
                Ok(mut certificate) => {
                    certificate.id = Some(*id);
                    chain.push(certificate);
                }
                Err(thrown) if thrown.is_not_modelled() => {
                    return not_modelled(client, "a certificate that the client sends", &thrown);
                }
                Err(thrown) => {
                    return Verdict {
                        outcome: Outcome::Reject,
                        text: handshake_exception("Failed to parse client certificates"),
                        explanation: format!(
                            "Java cannot read {}: {}",
                            self.analysis.describe(*id),
                            thrown.text()
                        ),
                        certificate: Some(*id),
                        response: Some("TLS alert bad_certificate".to_owned()),
                        causes: UNREADABLE.to_vec(),
                        ..verdict(client)
                    };
                }
            }
        }
        if anchors.is_empty() {
            return Verdict {
                outcome: Outcome::Reject,
                text: "javax.net.ssl.SSLException: Unexpected error: java.security.InvalidAlgorithmParameterException: the trustAnchors parameter must be non-empty".to_owned(),
                explanation: "the trust store is empty, which Java minds only when a client comes"
                    .to_owned(),
                response: Some("TLS alert internal_error".to_owned()),
                causes: REFUSED.to_vec(),
                ..verdict(client)
            };
        }
        let validator = Validator {
            anchors,
            checks: Checks {
                analysis: self.analysis,
                time: self.analysis.settings.at.0.saturating_mul(1000),
            },
        };
        match validator.validate(&chain) {
            Ok(path) => Verdict {
                path: path
                    .iter()
                    .filter_map(|certificate| certificate.id)
                    .collect(),
                ..verdict(client)
            },
            Err((way, stop)) => rejected(client, way, stop),
        }
    }

    /// Why an OpenSSL client sends no certificate to this server, if it does not.
    ///
    /// The key must fit a signature scheme of the server, and the leaf's own signature one of those for certificates
    /// (OpenSSL `ssl/t1_lib.c`, `tls_choose_sigalg` and `check_cert_usable`).
    fn keeps_back(&self, leaf: CertificateId) -> Option<&'static str> {
        let certificate = self.analysis.certificate(leaf);
        let algorithm = key::Algorithm {
            oid: certificate.signature_algorithm.oid.0.to_vec(),
            parameters: None,
        };
        if !has_signature_scheme(&certificate.key) {
            Some(
                "Java offers no signature scheme for the client's kind of key, so the client sends no certificate",
            )
        } else if !algorithms::is_offered(&algorithm.name()) {
            Some(
                "Java does not take certificates with this signature algorithm, so the client sends none",
            )
        } else {
            None
        }
    }
}

/// Whether a TLS 1.3 handshake has a signature scheme that this key can sign with (`sun.security.ssl.SignatureScheme`).
fn has_signature_scheme(key: &PublicKey<'_>) -> bool {
    /// RSA-PSS with SHA-256 and a salt as long needs this many octets.
    const LEAST_RSA_BITS: usize = 521;
    match key.kind {
        KeyKind::Rsa | KeyKind::RsaPss => key.rsa_bits().is_some_and(|bits| bits >= LEAST_RSA_BITS),
        KeyKind::Ec => {
            matches!(key.curve(), Some(oid::P256 | oid::P384 | oid::P521)) || key.curve().is_none()
        }
        KeyKind::EdDsa => true,
        _ => false,
    }
}

fn no_certificate(client: &Client, why: &str, causes: &[&'static str]) -> Verdict {
    Verdict {
        outcome: Outcome::Reject,
        text: handshake_exception("Empty client certificate chain"),
        explanation: why.to_owned(),
        response: Some("TLS alert certificate_required".to_owned()),
        causes: causes.to_vec(),
        ..verdict(client)
    }
}

fn not_modelled(client: &Client, what: &str, thrown: &Thrown) -> Verdict {
    Verdict {
        outcome: Outcome::Unknown,
        text: format!("{what} has {}", thrown.message),
        explanation: "Java reads that, and this tool does not".to_owned(),
        causes: vec!["der-parse-failure"],
        ..verdict(client)
    }
}

fn rejected(client: &Client, way: Way, stop: Stop) -> Verdict {
    let (text, response, failure) = match stop {
        Stop::Unknown(why) => {
            return Verdict {
                outcome: Outcome::Unknown,
                text: why,
                explanation: "everything else that Java checks was looked at".to_owned(),
                causes: vec!["chain-signature-not-checked", "chain-search-limit-reached"],
                ..verdict(client)
            };
        }
        Stop::Failure(failure) => {
            let thrown = &failure.thrown;
            let text = match way {
                Way::Validation => format!("PKIX path validation failed: {}", thrown.text()),
                Way::Building => format!("PKIX path building failed: {}", thrown.text()),
                Way::EndEntity => thrown.message.clone(),
            };
            (handshake_exception(&text), "certificate_unknown", failure)
        }
        Stop::Uncaught(failure) => {
            let text = format!("javax.net.ssl.SSLException: {}", failure.thrown.message);
            (text, "internal_error", failure)
        }
    };
    Verdict {
        outcome: Outcome::Reject,
        text,
        explanation: failure.reason.explanation().to_owned(),
        certificate: failure.certificate,
        response: Some(format!("TLS alert {response}")),
        causes: failure.reason.causes().to_vec(),
        ..verdict(client)
    }
}

const NO_SCHEME: &[&str] = &[
    "mtls-leaf-key-not-offered",
    "mtls-leaf-key-not-usable-in-tls",
    "spki-algorithm-unknown",
    "spki-prehash-pq-key",
    "spki-pre-standard-pq-oid",
    "mtls-leaf-curve-not-in-tls13",
    "spki-ec-curve-not-allowed",
    "spki-ec-point-not-uncompressed",
    "spki-ec-point-invalid",
    "spki-rsa-key-too-small",
    "spki-rsa-key-unusual",
    "spki-rsa-exponent-invalid",
    "spki-rsa-modulus-invalid",
    "spki-rsa-params-not-null",
    "spki-malformed",
    "spki-rsa-pss-oid",
    "signature-md2-md4-md5",
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
];

/// What keeps a certificate from being read.
const UNREADABLE: &[&str] = &[
    "spki-ec-params-not-named-curve",
    "spki-ec-params-missing",
    "spki-ec-curve-not-allowed",
    "spki-ec-point-not-uncompressed",
    "spki-ec-point-invalid",
    "spki-rsa-key-too-small",
    "spki-rsa-key-unusual",
    "spki-rsa-exponent-invalid",
    "spki-rsa-modulus-invalid",
    "spki-rsa-params-not-null",
    "spki-malformed",
    "spki-eddsa-key-length",
    "spki-rsa-pss-oid",
    "extension-duplicate",
    "extension-value-malformed",
    "extension-empty-sequence",
    "signature-algorithm-mismatch",
    "version-extensions-need-v3",
    "version-invalid",
    "issuer-empty",
    "subject-empty-in-ca",
    "subject-empty-without-san",
    "san-not-critical-without-subject",
    "validity-invalid-date",
    "gn-empty-value",
    "gn-email-invalid",
    "gn-uri-invalid",
    "gn-uri-relative",
    "gn-ip-wrong-length",
    "nc-ip-wrong-length",
    "nc-uri-invalid",
    "nc-email-invalid",
    "nc-dns-invalid",
    "nc-unsupported-type",
    "chain-name-constraints-not-processed",
    "der-trailing-data",
    "der-parse-failure",
    "utc-time-not-zulu",
    "generalized-time-not-zulu",
    "unique-identifier-needs-v2",
];

/// What keeps the bundle from being read.
const REFUSED: &[&str] = &[
    "pem-empty-input",
    "pem-private-key-present",
    "pem-unexpected-block",
    "pem-trusted-certificate-label",
    "pem-byte-order-mark",
    "pem-boundary-indented",
    "pem-boundary-malformed",
    "pem-boundary-not-uppercase",
    "pem-unterminated-block",
    "pem-missing-newline-between-blocks",
    "pem-nested-begin",
    "pem-end-without-begin",
    "pem-label-mismatch",
    "pem-escaped-newlines",
    "pem-double-base64",
    "pem-headers-in-block",
    "pem-invalid-base64",
    "pem-invalid-padding",
    "pem-empty-block",
    "pem-not-ascii-text",
    "pem-no-certificate",
    "pem-explanatory-text",
    "pem-der-input",
    "der-trailing-data",
    "der-parse-failure",
    "spki-ec-params-not-named-curve",
    "spki-ec-params-missing",
    "spki-ec-curve-not-allowed",
    "spki-ec-point-not-uncompressed",
    "spki-ec-point-invalid",
    "spki-rsa-key-too-small",
    "spki-rsa-key-unusual",
    "spki-rsa-exponent-invalid",
    "spki-rsa-modulus-invalid",
    "spki-rsa-params-not-null",
    "spki-malformed",
    "spki-eddsa-key-length",
    "spki-rsa-pss-oid",
    "extension-duplicate",
    "extension-value-malformed",
    "extension-empty-sequence",
    "signature-algorithm-mismatch",
    "version-extensions-need-v3",
    "version-invalid",
    "issuer-empty",
    "subject-empty-in-ca",
    "validity-invalid-date",
    "nc-ip-wrong-length",
    "nc-uri-invalid",
    "nc-email-invalid",
    "nc-dns-invalid",
    "nc-unsupported-type",
    "chain-name-constraints-not-processed",
    "san-not-critical-without-subject",
    "subject-empty-without-san",
    "gn-empty-value",
    "gn-email-invalid",
    "gn-uri-invalid",
    "gn-uri-relative",
    "gn-ip-wrong-length",
    "utc-time-not-zulu",
    "generalized-time-not-zulu",
    "unique-identifier-needs-v2",
];
