//! Why verifiers disagree about one client: for the rules that find it, who does what.
//!
//! The facts are those of `fixtures/scenarios`; see `docs/verifiers.md`.

use super::Verifier;

/// What verifiers do differently about one thing.
#[derive(Debug)]
pub struct Difference {
    /// The rules whose findings are the cause of a reject by some of them.
    pub rules: &'static [&'static str],
    /// Who does what, in one sentence without a period.
    pub why: &'static str,
}

/// Everything that is known to be decided differently.
pub static ALL: &[Difference] = &[
    Difference {
        rules: &["bundle-missing-root"],
        why: "OpenSSL (openssl, nginx, ingress-nginx, httpd, HAProxy) builds every path up to a self-signed certificate of the bundle; \
            Envoy, Go, Java, GnuTLS and rustls take any CA of the bundle as its end",
    },
    Difference {
        rules: &["bundle-missing-intermediate"],
        why: "OpenSSL (openssl, nginx, ingress-nginx, httpd, HAProxy) needs every CA up to the root; \
            Envoy, Go, Java, GnuTLS and rustls stop at the first CA of the bundle that they reach",
    },
    Difference {
        rules: &["mtls-verify-depth-exceeded"],
        why: "nginx and ingress-nginx allow one intermediate unless they are told otherwise, httpd none, for it counts the root; \
            the others have no such limit, or a high one",
    },
    Difference {
        rules: &["mtls-leaf-any-eku-only"],
        why: "OpenSSL, Envoy and rustls want clientAuth itself; Go, Java and GnuTLS take anyExtendedKeyUsage for it",
    },
    Difference {
        rules: &[
            "mtls-intermediate-excludes-client-auth",
            "chain-purpose-excluded",
        ],
        why: "OpenSSL and Go apply extKeyUsage of every CA in the path, Envoy and rustls that of CAs which the client sends; Java and GnuTLS look at the client's own alone",
    },
    Difference {
        rules: &["mtls-root-excludes-client-auth"],
        why: "OpenSSL applies extKeyUsage of the root, Go where its path ends there; Envoy, Java, GnuTLS and rustls do not look at it",
    },
    Difference {
        rules: &["mtls-leaf-no-digital-signature", "eku-ku-inconsistent"],
        why: "OpenSSL, Envoy, Java and GnuTLS want digitalSignature in the client's keyUsage (OpenSSL lets keyAgreement pass); Go and rustls do not look at it",
    },
    Difference {
        rules: &["chain-aki-ski-mismatch"],
        why: "OpenSSL and Envoy take no CA for the issuer whose key id differs, nor Java under an anchor; Go, GnuTLS and rustls ignore key ids that differ",
    },
    Difference {
        rules: &["chain-aki-issuer-serial-mismatch"],
        why: "OpenSSL and Envoy compare issuer and serial number in authorityKeyIdentifier, Java where an anchor issued; Go, GnuTLS and rustls do not",
    },
    Difference {
        rules: &["chain-issuer-name-encoding-differs"],
        why: "Go, GnuTLS and rustls compare names byte for byte; OpenSSL, Envoy and Java by their text",
    },
    Difference {
        rules: &["validity-expired", "validity-not-yet-valid"],
        why: "Java and rustls do not look at the dates of what stands in the bundle, GnuTLS not at those of roots; OpenSSL and Envoy do, up to the root, Go up to the CA where its path ends",
    },
    Difference {
        rules: &["signature-sha1"],
        why: "OpenSSL refuses SHA-1 on everything below the root, Go, GnuTLS and rustls on what the client sends; Envoy and Java accept it",
    },
    Difference {
        rules: &["signature-md2-md4-md5"],
        why: "all refuse MD5 where they verify the signature; how a CA that they take from the bundle as anchor is signed, only OpenSSL asks",
    },
    Difference {
        rules: &["spki-rsa-key-too-small"],
        why: "OpenSSL refuses RSA keys below 2048 bits at level 2, and rustls does not verify with them; Envoy, Go, Java and GnuTLS accept 1024 bits",
    },
    Difference {
        rules: &["spki-ec-params-not-named-curve"],
        why: "only a named curve is read by all; which of them refuse the client and which the whole bundle differs",
    },
    Difference {
        rules: &[
            "spki-ec-curve-not-allowed",
            "spki-ec-point-not-uncompressed",
            "mtls-leaf-curve-not-in-tls13",
            "mtls-leaf-key-not-offered",
            "mtls-leaf-key-not-usable-in-tls",
        ],
        why: "each server offers its own signature schemes, and a client without one that fits sends no certificate: \
            Envoy offers none for Ed25519 and P-521, rustls with ring none for P-521, Go and rustls none for Ed448",
    },
    Difference {
        rules: &["mtls-leaf-is-ca"],
        why: "rustls takes no CA certificate for a client; the others do",
    },
    Difference {
        rules: &["mtls-client-shares-ca-name", "mtls-leaf-self-signed"],
        why: "OpenSSL takes a certificate for self-signed where subject and issuer are equal, and looks for no issuer; others look at the signature",
    },
    Difference {
        rules: &["version-not-v3", "version-invalid", "chain-issuer-not-v3"],
        why: "rustls reads version 3 only; the others accept a client of version 1, but none of them such an intermediate",
    },
    Difference {
        rules: &["chain-issuer-not-ca", "bc-missing-in-ca"],
        why: "OpenSSL, Go, Java and GnuTLS ask every issuer whether it is a CA; Envoy and rustls ask those that the client sends, not those of the bundle",
    },
    Difference {
        rules: &["chain-issuer-no-keycertsign", "ku-ca-without-keycertsign"],
        why: "rustls does not ask for keyCertSign; OpenSSL, Envoy, Go, Java and GnuTLS do",
    },
    Difference {
        rules: &["chain-pathlen-exceeded"],
        why: "OpenSSL applies pathLenConstraint of every CA up to the root, Go and GnuTLS up to the CA where their path ends; Envoy, Java and rustls not that of what they take from the bundle",
    },
    Difference {
        rules: &["chain-critical-extension-unprocessed"],
        why: "OpenSSL asks this of every certificate up to the root, Go and GnuTLS up to the CA where their path ends; Envoy, Java and rustls only of what the client sends",
    },
    Difference {
        rules: &[
            "chain-name-constraints-violated",
            "chain-name-constraints-cn-outside",
        ],
        why: "OpenSSL and Envoy apply the constraints of every CA up to the root, Go, GnuTLS and rustls up to the CA where their path ends, Java not those of its anchor; OpenSSL checks a commonName as well where there is no dNSName",
    },
    Difference {
        rules: &[
            "chain-name-constraints-not-processed",
            "nc-unsupported-type",
            "nc-dns-invalid",
        ],
        why: "each library processes its own kinds of name constraints, and rejects or passes over the rest: Go and rustls reject directoryName, Go and GnuTLS registeredID",
    },
    Difference {
        rules: &["serial-not-positive"],
        why: "Go does not read certificates with a negative serial number; the others do",
    },
    Difference {
        rules: &[
            "chain-issuer-rekeyed",
            "bundle-ambiguous-issuer",
            "bundle-order-changes-verdict",
        ],
        why: "OpenSSL and Envoy take the first CA that fits by name and key id and try no other; Go, Java, GnuTLS and rustls try all",
    },
    Difference {
        rules: &["chain-untrusted-root", "chain-issuer-not-found"],
        why: "they do not take the same certificates for anchors, or not all of them could read every certificate of the bundle",
    },
    Difference {
        rules: &[
            "crl-missing",
            "crl-expired",
            "crl-not-yet-valid",
            "crl-issuer-cannot-sign",
            "crl-signature-invalid",
            "crl-unreadable",
            "crl-no-next-update",
            "crl-number-invalid",
        ],
        why: "OpenSSL and Envoy want a valid CRL of every CA in the path, the root included; rustls does not look at nextUpdate, GnuTLS uses what CRLs there are, and Go and Java check none by themselves",
    },
    Difference {
        rules: &["crl-certificate-revoked"],
        why: "Go and Java check no CRLs by themselves; the others check those that they are given",
    },
    Difference {
        rules: &["pem-byte-order-mark"],
        why: "a byte order mark hides the first block from Envoy, Go and rustls, and Java refuses the file; OpenSSL and GnuTLS read it",
    },
    Difference {
        rules: &[
            "pem-boundary-indented",
            "pem-boundary-malformed",
            "pem-boundary-not-uppercase",
        ],
        why: "a BEGIN line that is not exactly one hides its block from most, without a word; Java refuses the file, and GnuTLS finds indented ones",
    },
    Difference {
        rules: &[
            "pem-unterminated-block",
            "pem-invalid-base64",
            "pem-invalid-padding",
            "pem-blank-line-in-block",
            "pem-missing-newline-between-blocks",
            "pem-nested-begin",
            "pem-label-mismatch",
            "pem-headers-in-block",
            "der-parse-failure",
        ],
        why: "OpenSSL, Envoy, Java and GnuTLS refuse a whole file for one bad block; Go passes over the block, rustls passes over it or stops reading there",
    },
    Difference {
        rules: &["der-trailing-data"],
        why: "OpenSSL and Envoy read the certificate and ignore what follows it; Go and rustls leave the certificate out, Java and GnuTLS refuse the file",
    },
    Difference {
        rules: &["pem-trusted-certificate-label"],
        why: "openssl, HAProxy and Envoy read `TRUSTED CERTIFICATE`; nginx and httpd cannot make their list of CA names of it; Go, Java, GnuTLS and rustls do not read it",
    },
    Difference {
        rules: &["pem-legacy-label"],
        why: "Go and rustls read no label but CERTIFICATE; OpenSSL, Envoy, Java and GnuTLS read `X509 CERTIFICATE` as well",
    },
    Difference {
        rules: &["pem-private-key-present", "pem-unexpected-block"],
        why: "most servers pass over blocks that are no certificates; ingress-nginx refuses a Secret with one, Java the file, and a CRL in the bundle makes Envoy check revocation",
    },
    Difference {
        rules: &[
            "pem-no-certificate",
            "pem-empty-input",
            "pem-der-input",
            "pem-double-base64",
            "pem-escaped-newlines",
            "pem-line-endings-cr",
            "pem-mixed-line-endings",
        ],
        why: "most servers refuse to start without a certificate in the bundle; others start, and reject every client",
    },
];

/// Why verifiers disagree where a finding of this rule is the cause for some of them.
#[must_use]
pub fn why(rule: &str) -> Option<&'static str> {
    ALL.iter()
        .find(|difference| difference.rules.contains(&rule))
        .map(|difference| difference.why)
}

/// What in a verifier's configuration names its bundle.
#[must_use]
pub fn bundle_setting(verifier: &Verifier) -> Option<&'static str> {
    Some(match verifier.name {
        "openssl" => "-CAfile",
        "nginx" => "ssl_client_certificate",
        "ingress-nginx" => "ca.crt in the Secret of auth-tls-secret",
        "httpd" => "SSLCACertificateFile",
        "haproxy" => "ca-file",
        "envoy" => "trusted_ca",
        "go" => "ClientCAs",
        "java" => "the trust store",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::rules;

    #[test]
    fn each_rule_exists_and_stands_once() {
        let mut seen = HashSet::new();
        for rule in ALL.iter().flat_map(|difference| difference.rules) {
            assert!(rules::find(rule).is_some(), "{rule}");
            assert!(seen.insert(rule), "{rule}");
        }
    }

    #[test]
    fn sentences_go_on_in_a_line() {
        for Difference { why, .. } in ALL {
            assert!(!why.ends_with('.') && !why.contains("  "), "{why}");
        }
    }

    #[test]
    fn settings_are_those_of_verifiers() {
        let known = super::super::ALL
            .iter()
            .filter_map(|verifier| bundle_setting(verifier));
        assert_eq!(known.count(), 8);
    }
}
