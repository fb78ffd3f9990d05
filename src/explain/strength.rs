//! Signatures and keys.

use super::{AS_NGINX, Entry};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        title: "a signature is not that of the issuer that was found",
        constants: &["CERT_SIGNATURE_FAILURE"],
        texts: &[
            "x509: ECDSA verification failure",
            "crypto/rsa: verification error",
            "CertPathValidatorException: signature check failed",
            "invalid peer certificate: BadSignature",
            "The signature in the certificate is invalid.",
        ],
        meaning: "A CA with the right name is there, but its key did not make the signature: mostly the CA got a new key under its old name.",
        says: &[
            (
                "nginx, ingress-nginx, httpd, haproxy, openssl, envoy",
                "take the first CA that fits by name and key id, and do not try another: with two keys under one name the order in the file decides",
            ),
            ("go, rustls", "try every CA of that name"),
        ],
        causes: &[
            "chain-issuer-rekeyed",
            "bundle-ambiguous-issuer",
            "chain-signature-invalid",
            "chain-self-signature-invalid",
            "signature-md2-md4-md5",
        ],
        check: "--as nginx,go --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "a signature or key cannot be used",
        constants: &[
            "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
            "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
            "NO_ISSUER_PUBLIC_KEY",
            "UNSUPPORTED_SIGNATURE_ALGORITHM",
            "SIGNATURE_ALGORITHM_MISMATCH",
        ],
        texts: &[
            "UnsupportedSignatureAlgorithmContext",
            "UnsupportedSignatureAlgorithmForPublicKeyContext",
            "x509: cannot verify signature",
            "x509: unsupported elliptic curve",
        ],
        meaning: "The issuer's key cannot be decoded, or the signature is of a kind that the verifier does not have or that does not fit the key.",
        says: &[
            (
                "envoy",
                "says 6 for an issuer whose EC key spells out its curve",
            ),
            (
                "rustls",
                "says so for MD5, SHA-1 and for curves that it does not have",
            ),
            ("go", "says `insecure algorithm` for MD5 and SHA-1"),
        ],
        causes: &[
            "spki-ec-params-not-named-curve",
            "spki-ec-curve-not-allowed",
            "chain-signature-key-type-mismatch",
            "signature-sha1",
            "signature-md2-md4-md5",
            "chain-pss-key-params-conflict",
            "spki-ec-params-missing",
        ],
        check: "--as all --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "a key is too weak for the security level",
        constants: &["EE_KEY_TOO_SMALL", "CA_KEY_TOO_SMALL"],
        texts: &["ee key too small", "ca key too small"],
        meaning: "66 is the client's key, 67 that of a CA, the root included. Level 2 wants RSA of 2048 bits or more, level 1 1024.",
        says: &[
            (
                "nginx, ingress-nginx, httpd, haproxy, openssl",
                "run at level 2 with OpenSSL 3.2 and later and on Debian, otherwise at 1",
            ),
            (
                "envoy",
                "has no security levels: its 67 is about name constraints",
            ),
            ("go, java, gnutls", "accepted RSA of 1024 bits"),
            ("rustls", "takes signatures of such keys for bad"),
        ],
        causes: &["spki-rsa-key-too-small", "spki-ec-curve-not-allowed"],
        check: "--as nginx --security-level 2 --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "a certificate is signed with a digest that is too weak",
        constants: &["CA_MD_TOO_WEAK"],
        texts: &[
            "ca md too weak",
            "insecure algorithm",
            "The certificate chain uses insecure algorithm.",
        ],
        meaning: "The client's certificate or an intermediate is signed with SHA-1 or MD5. The root's own signature does not count.",
        says: &[
            (
                "nginx, ingress-nginx, httpd, haproxy, openssl",
                "SHA-1 is refused from level 1 on since 3.0, from level 2 on in 1.1.1",
            ),
            (
                "go",
                "says `insecure algorithm SHA1-RSA`, inside `signed by unknown authority`",
            ),
            ("envoy, java", "accepted SHA-1"),
        ],
        causes: &["signature-sha1", "signature-md2-md4-md5"],
        check: "--as nginx,go --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "an EC key spells out its curve",
        constants: &["EC_KEY_EXPLICIT_PARAMS"],
        texts: &[
            "x509: invalid ECDSA parameters",
            "Only named ECParameters supported",
        ],
        meaning: "A key of the path describes its curve by numbers instead of naming it.",
        says: &[
            (
                "nginx, ingress-nginx, httpd, haproxy, openssl",
                "94 since OpenSSL 3.0, 79 in 1.1.1",
            ),
            ("envoy", "says 6, unable to decode issuer public key"),
            ("java", "does not start with such a CA in its trust store"),
            ("go, rustls", "do not read or use such a key"),
        ],
        causes: &["spki-ec-params-not-named-curve"],
        check: AS_NGINX,
        wraps: false,
    },
    Entry {
        title: "a certificate names two signature algorithms",
        constants: &["SIGNATURE_ALGORITHM_INCONSISTENCY"],
        texts: &[
            "SignatureAlgorithmMismatch",
            "x509: inner and outer signature algorithm identifiers don't match",
        ],
        meaning: "The algorithm inside the signed part and the one beside the signature differ.",
        says: &[("openssl", "says 78 in strict mode only")],
        causes: &["signature-algorithm-mismatch"],
        check: "--as rfc5280,go,rustls --ca ca.pem --client client.pem",
        wraps: false,
    },
];
