//! Texts that say that verification failed and not why.

use super::{AS_NGINX, Entry};

/// What is mostly behind it.
const USUAL: &[&str] = &[
    "chain-issuer-not-found",
    "mtls-verify-depth-exceeded",
    "bundle-missing-root",
    "mtls-leaf-no-client-auth",
    "validity-expired",
    "chain-untrusted-root",
];

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        title: "nginx rejects the client's certificate",
        constants: &[],
        texts: &[
            "The SSL certificate error",
            "client SSL certificate verify error",
        ],
        meaning: "The client sent a certificate and nginx does not accept it. \
            The page does not say why: the error log does at level info, `client SSL certificate verify error: (21:…)`. Explain that number.",
        says: &[(
            "nginx, ingress-nginx",
            "finish the handshake and answer 400; $ssl_client_verify is `FAILED:` with the text",
        )],
        causes: USUAL,
        check: AS_NGINX,
        wraps: true,
    },
    Entry {
        title: "httpd rejects the client's certificate",
        constants: &[],
        texts: &[
            "AH02039",
            "AH02276",
            "AH02008",
            "AH02261",
            "Certificate Verification: Error",
        ],
        meaning: "httpd stopped at the first error. Its number stands in the line AH02276 (with the certificate) or AH02039, at level info: `Error (20): …`. Explain that number.",
        says: &[("httpd", "answers with a TLS alert; the client sees no page")],
        causes: USUAL,
        check: "--as httpd --ca ca.pem --client client.pem",
        wraps: true,
    },
    Entry {
        title: "httpd accepts the client without verifying it",
        constants: &[],
        texts: &[
            "AH02009",
            "SSL client authentication failed, accepting certificate based on",
        ],
        meaning: "Under `SSLVerifyClient optional_no_ca` errors about the issuer are passed over. The application must look at SSL_CLIENT_VERIFY.",
        says: &[("httpd", "sets SSL_CLIENT_VERIFY to `FAILED:` with the text")],
        causes: &[
            "chain-issuer-not-found",
            "chain-untrusted-root",
            "mtls-leaf-self-signed",
        ],
        check: "--as httpd --verify-client optional_no_ca --ca ca.pem --client client.pem",
        wraps: true,
    },
    Entry {
        title: "HAProxy rejects the client's certificate",
        constants: &[],
        texts: &[
            "SSL client certificate not trusted",
            "SSL client CA chain cannot be verified",
        ],
        meaning: "`client certificate` is an error about the certificate itself, `CA chain` one about a CA above it. \
            Log ssl_c_err or ssl_c_ca_err to have the number, and explain that.",
        says: &[(
            "haproxy",
            "stops at the first error and answers with a TLS alert, unless `crt-ignore-err` or `ca-ignore-err` names it",
        )],
        causes: USUAL,
        check: "--as haproxy --ca ca.pem --client client.pem",
        wraps: true,
    },
    Entry {
        title: "a TLS library rejects the peer's certificate",
        constants: &[],
        texts: &[
            "certificate verify failed",
            "CERTIFICATE_VERIFY_FAILED",
            "X509_verify_cert: certificate verification error at depth",
            "verify cert failed",
            "certificate revocation check against provided CRLs failed",
        ],
        meaning: "The reason stands beside it: after the last colon (Envoy, Python), or in the line before. \
            `at depth 0` is the client's own certificate, 1 its issuer.",
        says: &[
            (
                "envoy",
                "writes `verify cert failed: X509_verify_cert: certificate verification error at depth 0:` and the reason; numbers are BoringSSL's",
            ),
            (
                "httpd, haproxy, openssl",
                "write the reason in a line of its own, with its number",
            ),
        ],
        causes: USUAL,
        check: "--as envoy,haproxy --ca ca.pem --client client.pem",
        wraps: true,
    },
    Entry {
        title: "Go rejects the client's certificate",
        constants: &[],
        texts: &[
            "tls: failed to verify client certificate",
            "tls: failed to verify certificate",
            "tls: failed to verify client's certificate",
        ],
        meaning: "The reason stands after `x509:`. Caddy and Traefik log it at debug level.",
        says: &[(
            "go",
            "answers with the alert `bad certificate`, whatever the reason",
        )],
        causes: USUAL,
        check: "--as go --ca ca.pem --client client.pem",
        wraps: true,
    },
    Entry {
        title: "GnuTLS does not trust the certificate",
        constants: &[],
        texts: &["The certificate is NOT trusted."],
        meaning: "The reasons follow, each in a sentence of its own.",
        says: &[(
            "gnutls",
            "gnutls-serv logs `Error in the certificate`; `certtool --verify` names the reasons",
        )],
        causes: USUAL,
        check: "--as gnutls --ca ca.pem --client client.pem",
        wraps: true,
    },
    Entry {
        title: "rustls rejects the client's certificate",
        constants: &[],
        texts: &["invalid peer certificate"],
        meaning: "The reason stands after the colon.",
        says: &[("rustls", "names one reason, of the path that came furthest")],
        causes: USUAL,
        check: "--as rustls --ca ca.pem --client client.pem",
        wraps: true,
    },
];
