//! rustls: the verdict of rustls-webpki itself, as `WebPkiClientVerifier` calls it.
//!
//! The bundle is read as rustls-pki-types reads PEM, every certificate in it that rustls-webpki can
//! read is a trust anchor, and what it cannot read is left out (`RootCertStore::add_parsable_certificates`).
//! Source: rustls 0.23 `src/webpki/client_verifier.rs` and `src/webpki/mod.rs`.

mod words;

use std::time::Duration;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{
    CertificateDer, CertificateRevocationListDer, ServerName, SignatureVerificationAlgorithm,
    TrustAnchor, UnixTime,
};
use webpki::{
    CertRevocationList, EndEntityCert, Error, KeyUsage, OwnedCertRevocationList,
    RevocationOptionsBuilder, VerifiedPath, anchor_from_trusted_cert,
};

use super::{Judge, Library, Model, Outcome, Verdict, Verifier};
use crate::analysis::{Analysis, CertificateId, Client};
use crate::cert::key::{KeyKind, PublicKey};
use crate::cert::oid;
use crate::path::Purpose;
use crate::source::Role;

/// rustls with `WebPkiClientVerifier`.
pub static RUSTLS: Verifier = Verifier {
    name: "rustls",
    library: Library::Webpki,
    depth: None,
    model: &Rustls,
};

#[derive(Debug)]
struct Rustls;

impl Model for Rustls {
    fn offers_scheme_for(&self, key: &PublicKey<'_>) -> bool {
        has_signature_scheme(key)
    }

    fn start<'a>(&self, analysis: &'a Analysis<'_>) -> Box<dyn Judge + 'a> {
        let trusted = read_bundle(analysis);
        let anchors = trusted
            .iter()
            .filter_map(|der| anchor_from_trusted_cert(der).ok());
        Box::new(Started {
            analysis,
            trusted: analysis
                .distinct()
                .filter(|id| analysis.in_bundle(*id))
                .collect(),
            anchors: anchors.map(|anchor| anchor.to_owned()).collect(),
            crls: read_crls(analysis),
        })
    }
}

/// A client verifier with its trust anchors.
struct Started<'s, 'a> {
    analysis: &'s Analysis<'a>,
    /// The bundle's distinct certificates, in the order of reading.
    trusted: Vec<CertificateId>,
    anchors: Vec<TrustAnchor<'static>>,
    crls: Vec<CertRevocationList<'static>>,
}

impl Judge for Started<'_, '_> {
    fn judge(&self, client: &Client) -> Verdict {
        let verdict = |outcome, text: &str, explanation: &str, causes: &[&'static str]| Verdict {
            outcome,
            text: text.to_owned(),
            explanation: explanation.to_owned(),
            causes: causes.to_vec(),
            ..Verdict::accept(&RUSTLS, "rustls-webpki 0.103", client)
        };
        if self.anchors.is_empty() {
            return verdict(
                Outcome::ConfigRefused,
                "no usable trust anchor",
                "rustls finds no certificate in the bundle that it can read, so no client verifier can be built",
                NO_ANCHOR,
            );
        }
        let certificates = client.certificates.iter();
        let presented: Vec<CertificateDer<'_>> = certificates
            .map(|id| CertificateDer::from(self.analysis.certificate(*id).der))
            .collect();
        let Some((end_entity, intermediates)) = presented.split_first() else {
            return verdict(
                Outcome::Reject,
                "peer sent no certificates",
                "the client has no certificate to send",
                super::NO_CERTIFICATE,
            );
        };
        let key = &self.analysis.certificate(client.certificates[0]).key;
        if !has_signature_scheme(key) {
            return verdict(
                Outcome::Reject,
                "peer sent no certificates",
                "rustls offers no signature scheme for the client's kind of key, so the client sends no certificate",
                NO_SCHEME,
            );
        }
        let purpose = self.analysis.settings.purpose;
        if purpose == Purpose::Any {
            return verdict(
                Outcome::Unknown,
                "rustls verifies a certificate as that of a client or of a server",
                "--purpose client or --purpose server gives a verdict",
                &[],
            );
        }
        match self.verify(end_entity, intermediates) {
            Ok(_)
                if key
                    .rsa_bits()
                    .is_some_and(|bits| !(2048..=8192).contains(&bits)) =>
            {
                verdict(
                    Outcome::Reject,
                    "invalid peer certificate: BadSignature",
                    "rustls verifies the handshake only with RSA keys of 2048 to 8192 bits",
                    NO_SCHEME,
                )
            }
            Ok(path) => Verdict {
                path,
                ..verdict(Outcome::Accept, "", "", &[])
            },
            Err(error) => {
                let (explanation, causes) = words::explain(&error);
                verdict(Outcome::Reject, &words::text(&error), explanation, causes)
            }
        }
    }
}

/// The bundle as rustls-pki-types reads it; reading a source ends at its first PEM error.
fn read_bundle(analysis: &Analysis<'_>) -> Vec<CertificateDer<'static>> {
    let sources = analysis.inputs_with(Role::Bundle);
    sources
        .flat_map(|input| {
            CertificateDer::pem_slice_iter(&analysis.source(input).bytes).map_while(Result::ok)
        })
        .collect()
}

/// The CRLs as rustls-pki-types reads them; those that webpki cannot read are left out.
fn read_crls(analysis: &Analysis<'_>) -> Vec<CertRevocationList<'static>> {
    let sources = analysis.inputs_with(Role::Crl);
    let ders = sources.flat_map(|input| {
        CertificateRevocationListDer::pem_slice_iter(&analysis.source(input).bytes)
            .map_while(Result::ok)
    });
    let read = |der: CertificateRevocationListDer<'_>| OwnedCertRevocationList::from_der(&der).ok();
    ders.filter_map(read)
        .map(CertRevocationList::from)
        .collect()
}

/// Whether a rustls server offers a signature scheme that this key can sign with.
///
/// P-521 is offered by the aws-lc-rs provider only. The servers measured use ring, and a verdict
/// must not promise what only some servers do. Source: rustls 0.23 `src/crypto/ring/mod.rs`,
/// `SUPPORTED_SIG_ALGS`.
fn has_signature_scheme(key: &PublicKey<'_>) -> bool {
    match key.kind {
        KeyKind::Rsa => true,
        KeyKind::Ec => matches!(key.curve(), Some(oid::P256 | oid::P384)) || key.curve().is_none(),
        KeyKind::EdDsa => key.algorithm.oid == oid::ED25519,
        _ => false,
    }
}

impl Started<'_, '_> {
    fn verify(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
    ) -> Result<Vec<CertificateId>, Error> {
        let end_entity = EndEntityCert::try_from(end_entity)?;
        let seconds = u64::try_from(self.analysis.settings.at.0).unwrap_or(0);
        let crls: Vec<&CertRevocationList<'_>> = self.crls.iter().collect();
        // rustls' defaults: the whole path, unknown status denied, expiry not looked at.
        let revocation = RevocationOptionsBuilder::new(&crls)
            .ok()
            .map(RevocationOptionsBuilder::build);
        let usage = match self.analysis.settings.purpose {
            Purpose::Server => KeyUsage::server_auth(),
            Purpose::Client | Purpose::Any => KeyUsage::client_auth(),
        };
        let algorithms = self.analysis.signatures.webpki_algorithms();
        let algorithms: Vec<&dyn SignatureVerificationAlgorithm> = algorithms
            .iter()
            .map(|algorithm| algorithm as &dyn SignatureVerificationAlgorithm)
            .collect();
        let path = end_entity.verify_for_usage(
            &algorithms,
            &self.anchors,
            intermediates,
            UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            usage,
            revocation,
            None,
        )?;
        if self.analysis.settings.purpose == Purpose::Server {
            // A client's names are no question that rustls asks.
            for name in &self.analysis.settings.names {
                if let Ok(name) = ServerName::try_from(name.to_string()) {
                    end_entity.verify_is_valid_for_subject_name(&name)?;
                }
            }
        }
        Ok(certificates_of(&path, self.analysis, &self.trusted))
    }
}

/// The certificates of a path that webpki found. An anchor has no DER: name and key identify it.
fn certificates_of(
    path: &VerifiedPath<'_>,
    analysis: &Analysis<'_>,
    trusted: &[CertificateId],
) -> Vec<CertificateId> {
    let by_der = |der: &[u8]| analysis.by_der(der);
    let anchor = path.anchor();
    let is_anchor = |id: &CertificateId| {
        let certificate = analysis.certificate(*id);
        // webpki keeps the contents without the outer SEQUENCE header.
        certificate.subject.raw.ends_with(&anchor.subject)
            && certificate
                .key
                .spki
                .ends_with(&anchor.subject_public_key_info)
    };
    by_der(&path.end_entity().der())
        .into_iter()
        .chain(
            path.intermediate_certificates()
                .filter_map(|certificate| by_der(&certificate.der())),
        )
        .chain(trusted.iter().copied().find(is_anchor))
        .collect()
}

const NO_ANCHOR: &[&str] = &[
    "pem-empty-input",
    "pem-double-base64",
    "pem-escaped-newlines",
    "pem-not-ascii-text",
    "pem-der-input",
    "pem-legacy-label",
    "pem-trusted-certificate-label",
    "pem-boundary-indented",
    "pem-boundary-malformed",
    "pem-boundary-not-uppercase",
    "pem-byte-order-mark",
    "pem-no-certificate",
    "pem-unexpected-block",
    "pem-unterminated-block",
    "pem-label-mismatch",
    "pem-invalid-base64",
    "der-parse-failure",
    "der-trailing-data",
    "unique-identifier-present",
];

const NO_SCHEME: &[&str] = &[
    "mtls-leaf-key-not-offered",
    "mtls-leaf-key-not-usable-in-tls",
    "spki-algorithm-unknown",
    "spki-prehash-pq-key",
    "spki-pre-standard-pq-oid",
    "mtls-leaf-curve-not-in-tls13",
    "spki-rsa-key-too-small",
    "spki-rsa-key-unusual",
    "spki-rsa-exponent-invalid",
    "spki-rsa-modulus-invalid",
    "spki-rsa-params-not-null",
    "spki-malformed",
    "spki-rsa-pss-oid",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_signature_is_verified_twice() {
        use crate::analysis::{Input, Settings};
        use crate::cert::time::Time;
        use crate::source::Source;

        // The client sends an intermediate, so webpki verifies two signatures on its way to the root.
        let read = |name: &str, role: Role| {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/chains/ekeca/");
            let bytes = std::fs::read([folder, name].concat()).expect("the fixture is there");
            Input::read(Source::new(name, bytes), Some(role))
        };
        let inputs = [
            read("root-ca.pem", Role::Bundle),
            read("alice-chain.pem", Role::Client),
        ];
        let settings = Settings::at(Time(1_796_083_200));
        let analysis = Analysis::new(&inputs, &settings);
        let made = analysis.signatures.made();
        assert_eq!(made, 3, "the client, the intermediate and the root");
        let verdicts = super::super::verdicts(&analysis);
        assert!(
            verdicts
                .iter()
                .all(|verdict| verdict.outcome == Outcome::Accept)
        );
        assert_eq!(analysis.signatures.made(), made);
    }
}
