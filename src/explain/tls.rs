//! TLS alerts, which are all that a client sees of most servers, and handshakes without a certificate.

use super::Entry;

const AS_ALL: &str = "--as all --ca ca.pem --client client.pem";

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        title: "the client sent no certificate",
        constants: &[],
        texts: &[
            "No required SSL certificate was sent",
            "client sent no required SSL certificate",
            "peer did not return a certificate",
            "PEER_DID_NOT_RETURN_A_CERTIFICATE",
            "tls: client didn't provide a certificate",
            "peer sent no certificates",
            "Empty client certificate chain",
            "Error in handshake: Certificate is required.",
            "certificate required",
            "TLSV13_ALERT_CERTIFICATE_REQUIRED",
            "alert number 116",
        ],
        meaning: "The server wanted a certificate and got none. The client has none configured, holds none from a CA that the server names, \
            or has a key for which the server offers no signature scheme.",
        says: &[
            (
                "nginx, ingress-nginx",
                "answer `400 No required SSL certificate was sent`",
            ),
            (
                "httpd, haproxy, openssl",
                "say `peer did not return a certificate`, and the client sees the alert `certificate required`",
            ),
            (
                "envoy",
                "offers no scheme for Ed25519, P-521 and RSA-PSS keys",
            ),
            (
                "rustls",
                "with ring offers none for P-521; neither it nor others do for P-224 and secp256k1",
            ),
        ],
        causes: &[
            "mtls-no-client-certificate",
            "chain-issuer-not-found",
            "mtls-leaf-curve-not-in-tls13",
            "mtls-leaf-key-not-usable-in-tls",
            "mtls-ca-names-too-large",
        ],
        check: AS_ALL,
        wraps: false,
    },
    Entry {
        title: "alert: the server does not know the CA",
        constants: &[],
        texts: &[
            "alert unknown ca",
            "ALERT_UNKNOWN_CA",
            "unknown_ca",
            "alert number 48",
            "UnknownCA",
            "remote error: tls: unknown certificate authority",
        ],
        meaning: "The server found no path to its CA file, or a CA on the way is none. The alert holds no more; the server's log does.",
        says: &[
            (
                "httpd, haproxy, openssl",
                "send it for 2, 3, 18, 19, 20, 25 and 79",
            ),
            (
                "rustls",
                "sends it for UnknownIssuer and UnknownRevocationStatus",
            ),
            (
                "nginx, ingress-nginx",
                "never send it: they finish the handshake and answer 400",
            ),
        ],
        causes: &[
            "chain-issuer-not-found",
            "bundle-missing-root",
            "mtls-verify-depth-exceeded",
            "chain-untrusted-root",
            "chain-issuer-not-ca",
            "chain-pathlen-exceeded",
        ],
        check: "--as httpd,haproxy,rustls --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "alert: the server takes the certificate for bad",
        constants: &[],
        texts: &[
            "alert bad certificate",
            "ALERT_BAD_CERTIFICATE",
            "bad_certificate",
            "alert number 42",
            "remote error: tls: bad certificate",
        ],
        meaning: "It depends on the server how much that says: for Go it is every reason.",
        says: &[
            (
                "go",
                "sends it whatever is wrong, an absent certificate included",
            ),
            (
                "httpd, haproxy, openssl",
                "send it for weak keys and digests (66, 67, 68), explicit curves (94), trust settings (28) and times in the future (9, 11)",
            ),
        ],
        causes: &[
            "chain-issuer-not-found",
            "mtls-leaf-no-client-auth",
            "validity-expired",
            "spki-rsa-key-too-small",
            "signature-sha1",
            "validity-not-yet-valid",
        ],
        check: "--as go,httpd --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "alert: the certificate is not for this use",
        constants: &[],
        texts: &[
            "alert unsupported certificate",
            "ALERT_UNSUPPORTED_CERTIFICATE",
            "unsupported_certificate",
            "alert number 43",
        ],
        meaning: "A certificate of the path is not for TLS clients.",
        says: &[(
            "httpd, haproxy, openssl, rustls",
            "send it for extKeyUsage and keyUsage (26)",
        )],
        causes: &[
            "mtls-leaf-no-client-auth",
            "mtls-intermediate-excludes-client-auth",
            "mtls-leaf-any-eku-only",
            "mtls-leaf-no-digital-signature",
            "mtls-root-excludes-client-auth",
        ],
        check: "--as httpd,rustls --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "alert: a certificate or CRL is out of date",
        constants: &[],
        texts: &[
            "alert certificate expired",
            "ALERT_CERTIFICATE_EXPIRED",
            "certificate_expired",
            "alert number 45",
        ],
        meaning: "A certificate of the path has expired, or the CRL that the server checks has.",
        says: &[
            ("httpd, haproxy, openssl", "send it for 10 and 12"),
            (
                "rustls",
                "sends it for certificates that are not valid yet, too",
            ),
        ],
        causes: &["validity-expired", "crl-expired", "validity-not-yet-valid"],
        check: "--as httpd,rustls --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "alert: a certificate is revoked",
        constants: &[],
        texts: &[
            "alert certificate revoked",
            "ALERT_CERTIFICATE_REVOKED",
            "certificate_revoked",
            "alert number 44",
        ],
        meaning: "A CRL that the server was given lists the client's certificate or a CA above it.",
        says: &[(
            "httpd, haproxy, openssl, rustls",
            "send it for nothing else",
        )],
        causes: &["crl-certificate-revoked"],
        check: "--as httpd,rustls --ca ca.pem --crl crl.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "alert: something else about the certificate",
        constants: &[],
        texts: &[
            "alert certificate unknown",
            "ALERT_CERTIFICATE_UNKNOWN",
            "certificate_unknown",
            "alert number 46",
        ],
        meaning: "The server rejects for a reason that has no alert of its own.",
        says: &[
            (
                "httpd, haproxy, openssl",
                "send it for critical extensions (34) and name constraints (47, 48)",
            ),
            ("java", "sends it for whatever the trust manager objects to"),
            (
                "rustls",
                "sends it for name constraints, versions, and CAs used as clients or the reverse",
            ),
        ],
        causes: &[
            "chain-name-constraints-violated",
            "chain-critical-extension-unprocessed",
            "chain-issuer-not-found",
            "version-not-v3",
            "mtls-leaf-is-ca",
        ],
        check: "--as java,httpd,rustls --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "alert: a signature is wrong",
        constants: &[],
        texts: &[
            "alert decrypt error",
            "ALERT_DECRYPT_ERROR",
            "decrypt_error",
            "alert number 51",
        ],
        meaning: "A signature of a certificate or CRL does not verify, or the client signed the handshake with another key than its certificate's.",
        says: &[(
            "httpd, haproxy, openssl, rustls",
            "send it for 7 and 8, and for a CA that has another key than the one that signed",
        )],
        causes: &[
            "key-certificate-mismatch",
            "chain-issuer-rekeyed",
            "bundle-ambiguous-issuer",
            "chain-signature-invalid",
            "crl-signature-invalid",
        ],
        check: "--as httpd,rustls --ca ca.pem client.pem client.key",
        wraps: false,
    },
    Entry {
        title: "alert: access denied",
        constants: &[],
        texts: &[
            "alert access denied",
            "ALERT_ACCESS_DENIED",
            "access_denied",
            "alert number 49",
            "Error in handshake: Error in the certificate.",
        ],
        meaning: "gnutls-serv sends it for every certificate that does not verify. Its log says no more than `Error in the certificate`.",
        says: &[("gnutls", "`certtool --verify` names the reason")],
        causes: &[
            "chain-issuer-not-found",
            "validity-expired",
            "mtls-leaf-no-client-auth",
            "chain-issuer-not-ca",
            "chain-name-constraints-violated",
        ],
        check: "--as gnutls --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "alert: no common ground in the handshake",
        constants: &[],
        texts: &[
            "alert handshake failure",
            "ALERT_HANDSHAKE_FAILURE",
            "handshake_failure",
            "alert number 40",
        ],
        meaning: "Up to TLS 1.2 this is also what a client without an acceptable certificate gets; otherwise versions, ciphers or key types do not meet.",
        says: &[
            (
                "haproxy, httpd, openssl",
                "send it in TLS 1.2 where no certificate came",
            ),
            ("rustls", "sends it where a CRL's signature does not verify"),
        ],
        causes: &[
            "mtls-no-client-certificate",
            "mtls-leaf-key-not-usable-in-tls",
            "mtls-leaf-curve-not-in-tls13",
            "crl-signature-invalid",
        ],
        check: AS_ALL,
        wraps: false,
    },
];
