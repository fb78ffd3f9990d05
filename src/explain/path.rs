//! From the client's certificate to a root: issuers, depth, path length.

use super::{AS_NGINX, Entry};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        title: "the issuer of the client's certificate was not found",
        constants: &["UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
        texts: &[],
        meaning: "The path that was built holds the client's own certificate and nothing else. \
            What issued it is neither in the CA file nor among what the client sent, or does not count as its issuer.",
        says: &[
            (
                "nginx, ingress-nginx",
                "go on after 20 and then log 21, their last error; the client gets `400 The SSL certificate error`",
            ),
            (
                "httpd, haproxy, openssl, envoy",
                "stop at 20 and never say 21; look there as well",
            ),
        ],
        causes: &[
            "chain-issuer-not-found",
            "bundle-only-root",
            "chain-aki-ski-mismatch",
            "chain-aki-issuer-serial-mismatch",
            "chain-issuer-name-mismatch",
            "pem-boundary-indented",
            "pem-boundary-malformed",
        ],
        check: AS_NGINX,
        wraps: false,
    },
    Entry {
        title: "an issuer is not in the server's CA file",
        constants: &["UNABLE_TO_GET_ISSUER_CERT_LOCALLY"],
        texts: &[],
        meaning: "Somewhere on the way up from the client's certificate the next issuer is missing: \
            it is not in the CA file, or what is there does not count as the issuer (other key id, other name).",
        says: &[
            (
                "nginx, ingress-nginx",
                "log 20 where the client sent intermediates; where it sent one certificate only, 21 follows, and that is what they log",
            ),
            (
                "httpd, haproxy, openssl",
                "stop here: it is their first error and the one they report",
            ),
            (
                "envoy",
                "says 20 for a path longer than `max_verify_depth` too, and for an issuer without keyCertSign",
            ),
        ],
        causes: &[
            "chain-issuer-not-found",
            "bundle-missing-intermediate",
            "mtls-verify-depth-exceeded",
            "chain-issuer-rekeyed",
            "chain-aki-ski-mismatch",
            "chain-aki-issuer-serial-mismatch",
            "chain-issuer-name-mismatch",
            "chain-issuer-no-keycertsign",
            "extension-duplicate",
            "pem-byte-order-mark",
            "pem-boundary-indented",
        ],
        check: "--as nginx,httpd,envoy --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "a CA of the server's CA file has no issuer there",
        constants: &["UNABLE_TO_GET_ISSUER_CERT"],
        texts: &[],
        meaning: "The issuer of the client was found, but the way up ends before a self-signed root. \
            OpenSSL accepts nothing less than a root in the CA file. A depth that is too small ends it as well.",
        says: &[
            (
                "nginx, ingress-nginx",
                "also log 2, as their last error, where ssl_verify_depth is too small and 22 came before",
            ),
            (
                "httpd, haproxy, openssl",
                "say 2 where the root is missing; httpd checks the depth by itself (AH02040)",
            ),
            (
                "envoy, go, java, rustls",
                "take any CA of their file as the end, and accept such clients",
            ),
        ],
        causes: &[
            "bundle-missing-root",
            "mtls-verify-depth-exceeded",
            "bundle-missing-intermediate",
            "chain-cross-signed",
            "chain-aki-ski-mismatch",
        ],
        check: "--as nginx,envoy --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "the client's certificate is taken for self-signed, and is not trusted",
        constants: &["DEPTH_ZERO_SELF_SIGNED_CERT"],
        texts: &[],
        meaning: "Subject and issuer of the client's certificate are the same, so no CA is looked for, \
            and this very certificate is not in the CA file.",
        says: &[
            (
                "nginx, ingress-nginx",
                "let it pass under `optional_no_ca`; otherwise the client gets `400 The SSL certificate error`",
            ),
            (
                "httpd, haproxy, openssl",
                "say the same; 1.1.1 writes `self signed`",
            ),
        ],
        causes: &[
            "mtls-leaf-self-signed",
            "mtls-client-shares-ca-name",
            "chain-untrusted-root",
        ],
        check: AS_NGINX,
        wraps: false,
    },
    Entry {
        title: "the path ends in a root that the server does not trust",
        constants: &["SELF_SIGNED_CERT_IN_CHAIN"],
        texts: &[],
        meaning: "The client sent its chain up to a self-signed root, and that root is not in the server's CA file. \
            Sending a root never makes it trusted.",
        says: &[
            ("nginx, ingress-nginx", "let it pass under `optional_no_ca`"),
            (
                "httpd, haproxy, openssl, envoy",
                "say the same; 1.1.1 and BoringSSL write `self signed`",
            ),
        ],
        causes: &[
            "chain-untrusted-root",
            "chain-issuer-rekeyed",
            "bundle-missing-root",
        ],
        check: AS_NGINX,
        wraps: false,
    },
    Entry {
        title: "the path is longer than the server's depth setting allows",
        constants: &["CERT_CHAIN_TOO_LONG"],
        texts: &["AH02040", "Certificate Chain too long … maximum allowed"],
        meaning: "There are more CAs between the client and the root than the setting allows. \
            Nothing is wrong with the certificates: raise the setting.",
        says: &[
            (
                "nginx, ingress-nginx",
                "count intermediates, 1 by default (`ssl_verify_depth`, `auth-tls-verify-depth`); since OpenSSL 3.0 another error follows, and they log that: 2, 19, 20 or 21",
            ),
            (
                "httpd",
                "counts the root as well, 1 by default (`SSLVerifyDepth`), so one intermediate already needs 2; it logs AH02040",
            ),
            (
                "openssl",
                "counts intermediates, 100 by default (`-verify_depth`)",
            ),
            ("haproxy", "has no setting for it"),
            ("envoy", "says 20 instead (`max_verify_depth`)"),
        ],
        causes: &["mtls-verify-depth-exceeded"],
        check: "--as nginx,httpd --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "a CA allows fewer CAs below it than there are",
        constants: &["PATH_LENGTH_EXCEEDED"],
        texts: &[
            "x509: too many intermediates for path length constraint",
            "basic constraints check failed: pathLenConstraint violated",
            "PathLenConstraintViolated",
        ],
        meaning: "pathLenConstraint in a CA limits how many CAs may follow. No setting of the server changes that.",
        says: &[
            (
                "nginx, ingress-nginx, httpd, haproxy, openssl",
                "apply it to roots as well",
            ),
            (
                "envoy",
                "does not apply it to CAs that stand in its own file",
            ),
            (
                "go",
                "says `too many intermediates for path length constraint`",
            ),
        ],
        causes: &["chain-pathlen-exceeded", "chain-pathlen-inconsistent"],
        check: AS_NGINX,
        wraps: false,
    },
    Entry {
        title: "the path runs in a circle",
        constants: &["PATH_LOOP"],
        texts: &[],
        meaning: "CAs certify each other, and no root was reached.",
        says: &[],
        causes: &["chain-loop", "chain-cross-signed"],
        check: AS_NGINX,
        wraps: false,
    },
    Entry {
        title: "what stands as issuer is no CA",
        constants: &["INVALID_CA"],
        texts: &[
            "parent certificate cannot sign this kind of certificate",
            "x509: certificate is not authorized to sign other certificates",
            "this is not a CA certificate",
            "TrustAnchor with subject … is not a CA certificate",
            "EndEntityUsedAsCa",
            "The certificate issuer is not a CA.",
        ],
        meaning: "A certificate of the path is used as CA, but its basicConstraints, version, keyUsage or extKeyUsage says that it is none.",
        says: &[
            (
                "nginx, ingress-nginx",
                "log it only where no error follows; mostly 26 or 32 does",
            ),
            (
                "httpd, haproxy",
                "stop here: 79 since OpenSSL 3.0, 24 in 1.1.1",
            ),
            (
                "envoy",
                "has it as 24; it asks this of CAs that the client sent, not of those in its file",
            ),
            (
                "go",
                "says `parent certificate cannot sign this kind of certificate`, inside `signed by unknown authority`",
            ),
        ],
        causes: &[
            "chain-issuer-not-ca",
            "bc-missing-in-ca",
            "chain-issuer-not-v3",
            "chain-issuer-no-keycertsign",
            "mtls-intermediate-excludes-client-auth",
        ],
        check: "--as nginx,haproxy,go --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "a CA's keyUsage does not allow it to sign certificates",
        constants: &["KEYUSAGE_NO_CERTSIGN"],
        texts: &[
            "CA key usage check failed: keyCertSign bit is not set",
            "does not have keyCertSign bit set in KeyUsage extension",
        ],
        meaning: "The issuer has a keyUsage without keyCertSign.",
        says: &[
            ("nginx, ingress-nginx", "log 32, after 79 and 26"),
            ("httpd, haproxy", "stop at 79 for the same certificate"),
            ("envoy", "does not take it for the issuer: 20"),
            (
                "java",
                "says `keyCertSign bit is not set`, for anchors as well",
            ),
        ],
        causes: &["chain-issuer-no-keycertsign", "ku-ca-without-keycertsign"],
        check: AS_NGINX,
        wraps: false,
    },
    Entry {
        title: "a candidate was not the issuer",
        constants: &[
            "SUBJECT_ISSUER_MISMATCH",
            "AKID_SKID_MISMATCH",
            "AKID_ISSUER_SERIAL_MISMATCH",
        ],
        texts: &["Path does not chain with any of the trust anchors"],
        meaning: "While the issuer was looked for, a CA was passed over: its name, key id or serial number is not the one named. \
            Servers do not report these numbers; the search goes on and ends with 20 or 21.",
        says: &[(
            "java",
            "says `Path does not chain with any of the trust anchors` where a CA's authorityKeyIdentifier does not fit",
        )],
        causes: &[
            "chain-aki-ski-mismatch",
            "chain-aki-issuer-serial-mismatch",
            "chain-issuer-name-mismatch",
            "chain-issuer-rekeyed",
        ],
        check: AS_NGINX,
        wraps: false,
    },
];
