//! X.509-SVIDs: client certificates whose name is a SPIFFE ID.

use super::identity::uris;
use super::is_first_path_with;
use crate::analysis::{Analysis, CertificateId, Client};
use crate::cert::extension::KeyUsage;
use crate::cert::{Certificate, Field, oid};
use crate::path::Path;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &MTLS_SPIFFE_MULTIPLE_URI,
    &MTLS_SPIFFE_ID_INVALID,
    &MTLS_SPIFFE_LEAF_PATH_MISSING,
    &MTLS_SPIFFE_LEAF_KEY_USAGE,
    &MTLS_SPIFFE_TRUST_DOMAIN_MISMATCH,
];

const SUBJECT_ALT_NAME: Field<'static> = Field::Extension(oid::SUBJECT_ALT_NAME);

/// A SPIFFE ID: `spiffe://` trust domain, then a path that is empty or begins with a slash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct SpiffeId<'a> {
    trust_domain: &'a str,
    path: &'a str,
}

impl<'a> SpiffeId<'a> {
    /// Reads a SPIFFE ID by the rules of the SPIFFE-ID standard, §2.
    fn parse(uri: &'a [u8]) -> Result<Self, &'static str> {
        if uri.len() > 2048 {
            return Err("it is longer than 2048 bytes");
        }
        let uri = std::str::from_utf8(uri).map_err(|_| "it is not ASCII")?;
        let rest = uri
            .strip_prefix("spiffe://")
            .ok_or("it does not begin with `spiffe://`")?;
        let (trust_domain, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if trust_domain.is_empty() {
            return Err("it has no trust domain");
        }
        if trust_domain.len() > 255 {
            return Err("its trust domain is longer than 255 bytes");
        }
        let in_domain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
        if !trust_domain.bytes().all(in_domain) {
            return Err("its trust domain has other characters than a-z, 0-9, `.`, `-` and `_`");
        }
        for segment in path.split('/').skip(1) {
            match segment {
                "" => return Err("its path has an empty segment"),
                "." | ".." => return Err("its path has a segment of dots"),
                _ => {}
            }
            if !segment
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
            {
                return Err("its path has other characters than a-z, A-Z, 0-9, `.`, `-` and `_`");
            }
        }
        Ok(Self { trust_domain, path })
    }
}

/// Whether a URI means to be a SPIFFE ID, right or wrong.
fn is_spiffe(uri: &[u8]) -> bool {
    uri.get(..7)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"spiffe:"))
}

/// The URIs of a certificate that mean to be SPIFFE IDs.
fn spiffe_uris<'s>(certificate: &'s Certificate<'_>) -> impl Iterator<Item = &'s [u8]> {
    uris(certificate).filter(|uri| is_spiffe(uri))
}

/// The first SPIFFE ID of a certificate that is right.
fn spiffe_id<'s>(certificate: &'s Certificate<'_>) -> Option<SpiffeId<'s>> {
    spiffe_uris(certificate).find_map(|uri| SpiffeId::parse(uri).ok())
}

/// The client's certificate where it is an SVID.
fn svid(analysis: &Analysis, client: &Client) -> Option<CertificateId> {
    client
        .leaf
        .filter(|leaf| spiffe_uris(analysis.certificate(*leaf)).next().is_some())
}

/// A URI for people; SPIFFE IDs end at 2048 bytes, and the beginning tells one from another.
fn text(uri: &[u8]) -> String {
    String::from_utf8_lossy(uri.get(..256).unwrap_or(uri)).into_owned()
}

static MTLS_SPIFFE_MULTIPLE_URI: Rule = Rule {
    name: "mtls-spiffe-multiple-uri",
    severity: Severity::Error,
    citation: "SPIFFE X509-SVID §2, §5.2",
    summary: "A certificate with a SPIFFE ID has more than one URI name.",
    explanation: "An SVID has exactly one URI, so that nobody has to guess which identity counts. \
        SPIFFE validators must reject a certificate with more, and go-spiffe and the others do. \
        Issue one certificate for each SPIFFE ID.",
    check: Check::Client(mtls_spiffe_multiple_uri),
};

fn mtls_spiffe_multiple_uri(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = svid(analysis, client) else {
        return;
    };
    let certificate = analysis.certificate(leaf);
    let count = uris(certificate).count();
    if count < 2 {
        return;
    }
    let finding = findings.at(analysis.place(leaf, SUBJECT_ALT_NAME));
    finding
        .message(format!(
            "the client certificate has a SPIFFE ID and {count} URIs, where one is allowed"
        ))
        .help("issue one certificate for each SPIFFE ID");
    for uri in uris(certificate).take(4) {
        finding.evidence(format!("URI: {}", text(uri)));
    }
}

static MTLS_SPIFFE_ID_INVALID: Rule = Rule {
    name: "mtls-spiffe-id-invalid",
    severity: Severity::Error,
    citation: "SPIFFE-ID §2.1, §2.2, §2.3",
    summary: "A SPIFFE ID breaks the rules for trust domains and paths.",
    explanation: "Trust domains are lower case, paths have no empty or dotted segments, and nothing in a SPIFFE ID is percent-encoded. \
        SPIFFE libraries do not read an ID that breaks these rules, and so reject the client. \
        Correct the registration entry or the issuing profile.",
    check: Check::Client(mtls_spiffe_id_invalid),
};

fn mtls_spiffe_id_invalid(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = client.leaf else { return };
    for uri in spiffe_uris(analysis.certificate(leaf)) {
        if let Err(reason) = SpiffeId::parse(uri) {
            findings
                .at(analysis.place(leaf, SUBJECT_ALT_NAME))
                .message(format!("the client's SPIFFE ID is not valid: {reason}"))
                .evidence(format!("URI: {}", text(uri)))
                .help("issue the certificate with a valid SPIFFE ID");
        }
    }
}

static MTLS_SPIFFE_LEAF_PATH_MISSING: Rule = Rule {
    name: "mtls-spiffe-leaf-path-missing",
    severity: Severity::Error,
    citation: "SPIFFE X509-SVID §3.1, §3.2, §5.2",
    summary: "A client's SPIFFE ID has no path, or a CA's has one.",
    explanation: "The path names the workload; an ID without one stands for the whole trust domain and belongs to its CA. \
        Validators must reject a client without a path, and some libraries do. \
        A CA with a path breaks the standard as well, but goes unnoticed, so that is a warning.",
    check: Check::Path(mtls_spiffe_leaf_path_missing),
};

fn mtls_spiffe_leaf_path_missing(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    if path.client.is_none() {
        return;
    }
    let leaf = path.certificates[0];
    let certificate = analysis.certificate(leaf);
    if let Some(id) = spiffe_id(certificate).filter(|id| id.path.is_empty()) {
        findings
            .at(analysis.place(leaf, SUBJECT_ALT_NAME))
            .message(format!(
                "the client's SPIFFE ID names the trust domain {}, but no workload",
                id.trust_domain
            ))
            .evidence(format!("URI: spiffe://{}", id.trust_domain))
            .help("issue the certificate with a SPIFFE ID that has a path");
    }
    for ca in path.issuers() {
        let certificate = analysis.certificate(*ca);
        let Some(id) = spiffe_id(certificate).filter(|id| !id.path.is_empty()) else {
            continue;
        };
        if is_first_path_with(analysis, path, *ca) {
            findings
                .at(analysis.place(*ca, SUBJECT_ALT_NAME))
                .severity(Severity::Warning)
                .message(format!(
                    "the SPIFFE ID of the CA `{}` has a path",
                    certificate.label()
                ))
                .evidence(format!("URI: spiffe://{}{}", id.trust_domain, id.path))
                .help("issue the CA certificate with the trust domain alone as SPIFFE ID");
        }
    }
}

static MTLS_SPIFFE_LEAF_KEY_USAGE: Rule = Rule {
    name: "mtls-spiffe-leaf-key-usage",
    severity: Severity::Error,
    citation: "SPIFFE X509-SVID §4.3",
    summary: "The keyUsage of a certificate with a SPIFFE ID is not that of a leaf SVID.",
    explanation: "A leaf SVID has a critical keyUsage with digitalSignature and without keyCertSign and cRLSign. \
        go-spiffe and Envoy's SPIFFE validator reject a client with the wrong bits; that keyUsage is merely not critical goes unnoticed, \
        so that is a warning. Issue the certificate with `keyUsage = critical, digitalSignature`.",
    check: Check::Client(mtls_spiffe_leaf_key_usage),
};

fn mtls_spiffe_leaf_key_usage(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    let Some(leaf) = svid(analysis, client) else {
        return;
    };
    let certificate = analysis.certificate(leaf);
    let extension = certificate.extension(oid::KEY_USAGE);
    let usage = certificate.values.key_usage;
    let bits = match usage {
        None => Some("there is no keyUsage"),
        Some(usage) if !usage.has(KeyUsage::DIGITAL_SIGNATURE) => {
            Some("digitalSignature is missing")
        }
        Some(usage) if usage.has(KeyUsage::KEY_CERT_SIGN) => Some("keyCertSign is for CAs only"),
        Some(usage) if usage.has(KeyUsage::CRL_SIGN) => Some("cRLSign is for CAs only"),
        Some(_) => None,
    };
    let not_critical = extension.is_some_and(|extension| !extension.critical);
    let Some(problem) = bits.or(not_critical.then_some("it is not critical")) else {
        return;
    };
    let finding = findings.at(analysis.place(leaf, Field::Extension(oid::KEY_USAGE)));
    finding
        .message(format!("keyUsage of the client's SVID is wrong: {problem}"))
        .help("issue the certificate with a critical keyUsage of digitalSignature");
    if let Some(usage) = usage {
        finding.evidence(format!(
            "keyUsage: {}, critical: {}",
            usage.describe(),
            !not_critical
        ));
    }
    if let Some(id) = spiffe_id(certificate) {
        finding.evidence(format!("URI: spiffe://{}{}", id.trust_domain, id.path));
    }
    if bits.is_none() {
        finding.severity(Severity::Warning);
    }
}

static MTLS_SPIFFE_TRUST_DOMAIN_MISMATCH: Rule = Rule {
    name: "mtls-spiffe-trust-domain-mismatch",
    severity: Severity::Warning,
    citation: "SPIFFE X509-SVID §3.2",
    summary: "The client's SPIFFE ID and its CA's are in different trust domains.",
    explanation: "A CA should be in the trust domain of what it issues. \
        SPIFFE validators choose the bundle by the client's trust domain, so a CA of another one is not looked at. \
        Issue the client from the CA of its own trust domain.",
    check: Check::Path(mtls_spiffe_trust_domain_mismatch),
};

fn mtls_spiffe_trust_domain_mismatch(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    // A CA may certify a CA of another trust domain, so only the one that issued the client counts.
    let [leaf, issuer, ..] = path.certificates[..] else {
        return;
    };
    if path.client.is_none() {
        return;
    }
    let ids = (
        spiffe_id(analysis.certificate(leaf)),
        spiffe_id(analysis.certificate(issuer)),
    );
    let (Some(own), Some(signer)) = ids else {
        return;
    };
    if own.trust_domain == signer.trust_domain {
        return;
    }
    findings
        .at(analysis.place(leaf, SUBJECT_ALT_NAME))
        .message(format!(
            "the client is in the trust domain {}, its CA in {}",
            own.trust_domain, signer.trust_domain
        ))
        .evidence(format!("client: spiffe://{}{}", own.trust_domain, own.path))
        .evidence(format!(
            "CA {}: spiffe://{}{}",
            analysis.describe(issuer),
            signer.trust_domain,
            signer.path
        ))
        .related(analysis.place(issuer, SUBJECT_ALT_NAME))
        .help("issue the client's certificate from the CA of its trust domain");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_trust_domain_and_a_path() {
        let id = SpiffeId::parse(b"spiffe://example.org/ns/Prod/sa/db-1").unwrap();
        assert_eq!(id.trust_domain, "example.org");
        assert_eq!(id.path, "/ns/Prod/sa/db-1");
        assert_eq!(SpiffeId::parse(b"spiffe://example.org").unwrap().path, "");
    }

    #[test]
    fn what_breaks_the_rules_is_refused() {
        for uri in [
            "spiffe://",
            "spiffe:///path",
            "SPIFFE://example.org/a",
            "spiffe:example.org",
            "spiffe://Example.org/a",
            "spiffe://example.org:443/a",
            "spiffe://user@example.org/a",
            "spiffe://example.org/",
            "spiffe://example.org/a/",
            "spiffe://example.org//a",
            "spiffe://example.org/a/../b",
            "spiffe://example.org/./b",
            "spiffe://example.org/a?b",
            "spiffe://example.org?b",
            "spiffe://example.org/a#b",
            "spiffe://example.org/%61",
            "spiffe://example.org/\u{e4}",
        ] {
            assert!(SpiffeId::parse(uri.as_bytes()).is_err(), "{uri}");
        }
    }

    #[test]
    fn lengths_have_limits() {
        let domain = |length: usize| format!("spiffe://{}/a", "a".repeat(length));
        assert!(SpiffeId::parse(domain(255).as_bytes()).is_ok());
        assert!(SpiffeId::parse(domain(256).as_bytes()).is_err());
        let whole = |length: usize| format!("spiffe://a/{}", "b".repeat(length - 11));
        assert!(SpiffeId::parse(whole(2048).as_bytes()).is_ok());
        assert!(SpiffeId::parse(whole(2049).as_bytes()).is_err());
    }
}
