//! Texts of Go's crypto/x509 and of rustls and GnuTLS that stand for several conditions: no path was found.

use super::Entry;

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        title: "Go found no path to a certificate of the CA file",
        constants: &[],
        texts: &[
            "x509: certificate signed by unknown authority",
            "x509: no valid chains built",
        ],
        meaning: "No CA of the file, and none that the client sent, has the issuer's name and a key that fits. \
            Where a candidate was there, the text goes on in brackets: `possibly because of`.",
        says: &[(
            "go",
            "compares names byte for byte, takes every certificate of the file as an anchor, and leaves out blocks that it cannot read without a word; it answers with the alert `bad certificate`",
        )],
        causes: &[
            "chain-issuer-not-found",
            "chain-untrusted-root",
            "chain-issuer-rekeyed",
            "chain-issuer-name-encoding-differs",
            "bundle-missing-intermediate",
            "pem-byte-order-mark",
            "pem-trusted-certificate-label",
            "der-parse-failure",
        ],
        check: "--as go --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "Go cannot read the client's certificate",
        constants: &[],
        texts: &[
            "tls: failed to parse client certificate",
            "tls: failed to parse certificate",
            "x509: negative serial number",
            "x509: malformed certificate",
            "x509: malformed tbs certificate",
            "x509: trailing data",
        ],
        meaning: "Go's parser is strict about the encoding; the text after `x509:` says what it met.",
        says: &[
            (
                "go",
                "rejects the client; in the CA file it leaves such a certificate out",
            ),
            (
                "ingress-nginx",
                "refuses the Secret: every PEM block of ca.crt must be a certificate for Go's parser, a key or CRL is not",
            ),
        ],
        causes: &[
            "der-parse-failure",
            "serial-not-positive",
            "der-trailing-data",
            "pem-private-key-present",
            "pem-unexpected-block",
            "pem-trusted-certificate-label",
            "spki-ec-params-not-named-curve",
            "extension-duplicate",
        ],
        check: "--as go,ingress-nginx --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "rustls found no issuer",
        constants: &[],
        texts: &["UnknownIssuer"],
        meaning: "No certificate of the CA file, and none that the client sent, is the issuer. The bundle may have lost a block: rustls stops reading at the first PEM error.",
        says: &[(
            "rustls",
            "compares names byte for byte, and takes every certificate of the file as an anchor; it answers with the alert `unknown ca`",
        )],
        causes: &[
            "chain-issuer-not-found",
            "chain-untrusted-root",
            "chain-issuer-rekeyed",
            "chain-issuer-name-encoding-differs",
            "bundle-missing-intermediate",
            "pem-byte-order-mark",
            "pem-unterminated-block",
            "pem-trusted-certificate-label",
        ],
        check: "--as rustls --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "rustls cannot read a certificate",
        constants: &[],
        texts: &["invalid peer certificate: BadEncoding", "BadEncoding"],
        meaning: "The encoding of a certificate that the client sent is not one that rustls-webpki reads.",
        says: &[(
            "rustls",
            "leaves such a certificate out of the CA file without a word",
        )],
        causes: &[
            "der-parse-failure",
            "der-trailing-data",
            "validity-wrong-time-type",
            "utc-time-no-seconds",
            "utc-time-not-zulu",
            "generalized-time-no-seconds",
            "generalized-time-fractional-seconds",
            "generalized-time-not-zulu",
            "extension-duplicate",
        ],
        check: "--as rustls --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "GnuTLS found no issuer",
        constants: &[],
        texts: &["The certificate issuer is unknown."],
        meaning: "No certificate of the CA file issued the client's, or one that it sent.",
        says: &[(
            "gnutls",
            "ignores key ids that do not fit; it answers with an alert that says little",
        )],
        causes: &[
            "chain-issuer-not-found",
            "chain-untrusted-root",
            "chain-issuer-rekeyed",
            "chain-issuer-name-encoding-differs",
            "bundle-missing-intermediate",
        ],
        check: "--as gnutls --ca ca.pem --client client.pem",
        wraps: false,
    },
];
