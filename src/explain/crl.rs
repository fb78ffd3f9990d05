//! Revocation lists.

use super::Entry;

/// The options for a check with a list.
const WITH_CRL: &str = "--as nginx --ca ca.pem --crl crl.pem --client client.pem";

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        title: "a certificate of the path is revoked",
        constants: &["CERT_REVOKED"],
        texts: &[
            "invalid peer certificate: Revoked",
            "Certificate has been revoked",
            "The certificate chain is revoked.",
        ],
        meaning: "A CRL that the server was given lists the client's certificate or a CA above it.",
        says: &[
            (
                "nginx, ingress-nginx, httpd, haproxy, openssl",
                "check the whole path against the CRLs that they are given",
            ),
            (
                "envoy",
                "says `certificate revocation check against provided CRLs failed` before it; a CRL inside the CA file is enough to make it check",
            ),
            (
                "go, java",
                "do not check revocation unless the application does",
            ),
        ],
        causes: &["crl-certificate-revoked"],
        check: WITH_CRL,
        wraps: false,
    },
    Entry {
        title: "a CRL is missing for a CA of the path",
        constants: &[
            "UNABLE_TO_GET_CRL",
            "UNABLE_TO_GET_CRL_ISSUER",
            "DIFFERENT_CRL_SCOPE",
        ],
        texts: &["UnknownRevocationStatus"],
        meaning: "Revocation is switched on, and then every CA of the path needs a CRL, the root too: one for the issuing CA alone is not enough. \
            A CRL for another issuer or another scope does not count.",
        says: &[
            (
                "nginx, ingress-nginx, httpd, haproxy, openssl",
                "need one for every certificate of the path (`ssl_crl` with all of them in one file)",
            ),
            (
                "envoy",
                "checks as soon as any CRL is there, one inside the CA file too; `only_verify_leaf_cert_crl` limits it to the client",
            ),
            ("rustls", "says UnknownRevocationStatus"),
        ],
        causes: &[
            "crl-missing",
            "crl-unreadable",
            "crl-issuer-cannot-sign",
            "pem-unexpected-block",
        ],
        check: WITH_CRL,
        wraps: false,
    },
    Entry {
        title: "a CRL has expired",
        constants: &["CRL_HAS_EXPIRED"],
        texts: &["The revocation or OCSP data are old and have been superseded."],
        meaning: "A CRL's nextUpdate is past. Until a new one is loaded, every client of that CA is rejected. nginx reads its CRL file at start and reload only.",
        says: &[
            (
                "nginx, ingress-nginx",
                "go on, and log 23 where the client is listed as revoked as well",
            ),
            ("rustls", "does not look at nextUpdate by default"),
        ],
        causes: &["crl-expired"],
        check: WITH_CRL,
        wraps: false,
    },
    Entry {
        title: "a CRL is not valid yet",
        constants: &["CRL_NOT_YET_VALID"],
        texts: &["The revocation or OCSP data are issued with a future date."],
        meaning: "A CRL's thisUpdate lies in the future of the server's clock. Compare the clocks first.",
        says: &[],
        causes: &["crl-not-yet-valid"],
        check: WITH_CRL,
        wraps: false,
    },
    Entry {
        title: "a CRL's signature does not verify",
        constants: &["CRL_SIGNATURE_FAILURE", "UNABLE_TO_DECRYPT_CRL_SIGNATURE"],
        texts: &["invalid certificate revocation list: BadSignature"],
        meaning: "The CRL was not signed by the key of the CA that it names: mostly the CA got a new key, and the CRL is of the old one.",
        says: &[],
        causes: &["crl-signature-invalid"],
        check: WITH_CRL,
        wraps: false,
    },
    Entry {
        title: "the CA may not sign CRLs",
        constants: &["KEYUSAGE_NO_CRL_SIGN"],
        texts: &["IssuerNotCrlSigner"],
        meaning: "The CA that signed the CRL has a keyUsage without cRLSign.",
        says: &[],
        causes: &[
            "crl-issuer-cannot-sign",
            "chain-crl-issuer-cannot-sign",
            "ku-ca-without-crlsign",
        ],
        check: WITH_CRL,
        wraps: false,
    },
    Entry {
        title: "a CRL cannot be used",
        constants: &[
            "ERROR_IN_CRL_LAST_UPDATE_FIELD",
            "ERROR_IN_CRL_NEXT_UPDATE_FIELD",
            "UNHANDLED_CRITICAL_CRL_EXTENSION",
            "CRL_PATH_VALIDATION_ERROR",
            "CRL_VERIFY_FAILED",
        ],
        texts: &["no valid PEM formatted block found in CRL"],
        meaning: "A CRL is there, but its dates, extensions or the path of its signer do not hold.",
        says: &[("ingress-nginx", "refuses a Secret whose `ca.crl` is no PEM")],
        causes: &[
            "crl-unreadable",
            "crl-no-next-update",
            "crl-number-invalid",
            "crl-issuer-cannot-sign",
        ],
        check: WITH_CRL,
        wraps: false,
    },
];
