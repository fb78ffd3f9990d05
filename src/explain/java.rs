//! Texts of Java's PKIX validation (JSSE: Tomcat, Spring Boot, Kafka) that stand for several conditions.

use super::Entry;

/// The options for a check as Java.
const AS_JAVA: &str = "--as java --ca ca.pem --client client.pem";

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        title: "Java found no path to a certificate of the trust store",
        constants: &[],
        texts: &[
            "PKIX path building failed",
            "unable to find valid certification path to requested target",
            "SunCertPathBuilderException",
        ],
        meaning: "No certificate of the trust store is the issuer of the client's certificate, or of the last one that it sent. \
            On a client, the same text is about the server's certificate and the client's trust store.",
        says: &[(
            "java",
            "takes every certificate of the trust store as an anchor: no root is needed, but the CA that issued must be there or be sent",
        )],
        causes: &[
            "chain-issuer-not-found",
            "chain-untrusted-root",
            "chain-issuer-rekeyed",
            "bundle-missing-intermediate",
            "chain-issuer-name-mismatch",
        ],
        check: AS_JAVA,
        wraps: false,
    },
    Entry {
        title: "Java found a path, and it is not valid",
        constants: &[],
        texts: &["PKIX path validation failed", "CertPathValidatorException"],
        meaning: "A path to an anchor was found. What is wrong with it stands at the end of the line.",
        says: &[(
            "java",
            "checks the certificates below the anchor, and of the anchor cA and keyCertSign",
        )],
        causes: &[
            "validity-expired",
            "chain-signature-invalid",
            "chain-issuer-rekeyed",
            "chain-name-constraints-violated",
            "chain-issuer-not-ca",
            "chain-critical-extension-unprocessed",
        ],
        check: AS_JAVA,
        wraps: true,
    },
    Entry {
        title: "Java's trust store is empty",
        constants: &[],
        texts: &["the trustAnchors parameter must be non-empty"],
        meaning: "No certificate was read into the trust store: the path is wrong, the file is empty, or nothing in it is a certificate.",
        says: &[(
            "java",
            "starts nevertheless, and fails at the first handshake",
        )],
        causes: &["pem-empty-input", "pem-no-certificate"],
        check: AS_JAVA,
        wraps: false,
    },
];
