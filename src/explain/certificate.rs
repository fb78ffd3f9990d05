//! What a certificate itself says: dates, purposes, names, extensions.

use super::{AS_NGINX, Entry};

pub(super) const ENTRIES: &[Entry] = &[
    Entry {
        title: "a certificate has expired",
        constants: &["CERT_HAS_EXPIRED"],
        texts: &[
            "x509: certificate has expired or is not yet valid: current time … is after",
            "certificate expired: verification time",
            "CertificateExpiredException",
            "The certificate chain uses expired certificate.",
        ],
        meaning: "The client's certificate or a CA above it is past its notAfter. \
            Look at every certificate of the path: the client's own is often the one that is still good.",
        says: &[
            (
                "nginx, ingress-nginx, httpd, haproxy, openssl, envoy",
                "check every certificate up to the root",
            ),
            (
                "go",
                "checks up to the CA of its file where the path ends; its text says which moment was passed",
            ),
            (
                "java, rustls",
                "do not look at the dates of what stands in the CA file; gnutls does not look at those of roots",
            ),
        ],
        causes: &["validity-expired", "validity-not-positive"],
        check: "--as nginx,java,rustls --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "a certificate is not valid yet",
        constants: &["CERT_NOT_YET_VALID"],
        texts: &[
            "x509: certificate has expired or is not yet valid: current time … is before",
            "certificate not valid yet: verification time",
            "CertificateNotYetValidException",
            "The certificate chain uses not yet valid certificate.",
        ],
        meaning: "The notBefore of a certificate in the path lies in the future of the server's clock. Compare the clocks first.",
        says: &[
            (
                "nginx, ingress-nginx, httpd, haproxy, openssl, envoy",
                "check every certificate up to the root",
            ),
            (
                "java, rustls",
                "do not look at the dates of what stands in the CA file",
            ),
        ],
        causes: &["validity-not-yet-valid"],
        check: AS_NGINX,
        wraps: false,
    },
    Entry {
        title: "a certificate has expired or is not valid yet",
        constants: &[],
        texts: &[
            "x509: certificate has expired or is not yet valid",
            "CertPathValidatorException: validity check failed",
        ],
        meaning: "The time of the check is outside the validity of a certificate in the path.",
        says: &[
            (
                "go",
                "says after the colon which it is: `is after` or `is before`; the CA where the path ends counts",
            ),
            (
                "java",
                "says `validity check failed`; certificates of the trust store do not count",
            ),
        ],
        causes: &[
            "validity-expired",
            "validity-not-yet-valid",
            "validity-not-positive",
        ],
        check: "--as go,java --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "a date cannot be read",
        constants: &[
            "ERROR_IN_CERT_NOT_BEFORE_FIELD",
            "ERROR_IN_CERT_NOT_AFTER_FIELD",
        ],
        texts: &[
            "BadDerTime",
            "x509: malformed validity",
            "x509: malformed UTCTime",
            "x509: malformed GeneralizedTime",
        ],
        meaning: "notBefore or notAfter is not written as RFC 5280 wants it, or is no date that exists.",
        says: &[("go, rustls", "do not read such a certificate at all")],
        causes: crate::path::problem::UNREADABLE_DATE,
        check: AS_NGINX,
        wraps: false,
    },
    Entry {
        title: "a certificate of the path is not for TLS clients",
        constants: &["INVALID_PURPOSE"],
        texts: &[
            "x509: certificate specifies an incompatible key usage",
            "Extended key usage does not permit use for TLS client authentication",
            "certificate does not allow extended key usage for client authentication",
            "The certificate chain does not match the intended purpose.",
        ],
        meaning: "extKeyUsage or keyUsage of a certificate rules out client authentication. \
            It need not be the client's own: purposes of the CAs above count for most verifiers.",
        says: &[
            (
                "nginx, ingress-nginx, httpd, haproxy, openssl",
                "check client, intermediates and root; anyExtendedKeyUsage is not enough; 1.1.1 writes `unsupported certificate purpose`",
            ),
            (
                "envoy",
                "checks the client and the CAs that it sent; the text is `unsupported certificate purpose`",
            ),
            (
                "go",
                "says `incompatible key usage`, for CAs of the file as well; anyExtendedKeyUsage is enough",
            ),
            (
                "java",
                "checks the client's certificate; anyExtendedKeyUsage is enough",
            ),
            (
                "rustls",
                "checks the client and the CAs that it sent; anyExtendedKeyUsage is not enough",
            ),
            (
                "gnutls",
                "checks the client's certificate; anyExtendedKeyUsage is enough",
            ),
        ],
        causes: &[
            "mtls-leaf-no-client-auth",
            "mtls-intermediate-excludes-client-auth",
            "mtls-leaf-any-eku-only",
            "mtls-leaf-no-digital-signature",
            "mtls-root-excludes-client-auth",
            "chain-issuer-not-ca",
            "eku-ku-inconsistent",
        ],
        check: "--as nginx,go,rustls --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "the client's key may not sign a handshake",
        constants: &["KEYUSAGE_NO_DIGITAL_SIGNATURE"],
        texts: &[
            "KEY_USAGE_BIT_INCORRECT",
            "KeyUsage does not allow digital signatures",
            "Key usage violation in certificate has been detected.",
        ],
        meaning: "keyUsage of the client's certificate lacks digitalSignature.",
        says: &[
            (
                "nginx, ingress-nginx, httpd, haproxy, openssl",
                "say 26 instead, and let keyAgreement pass; 39 is for CMS and proxies",
            ),
            ("envoy", "ends the handshake with KEY_USAGE_BIT_INCORRECT"),
            ("java", "says `KeyUsage does not allow digital signatures`"),
            ("gnutls", "says `Key usage violation in certificate`"),
            ("go, rustls", "do not look at it"),
        ],
        causes: &["mtls-leaf-no-digital-signature"],
        check: "--as nginx,envoy,java --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "the CA file itself says that a certificate is not trusted for this",
        constants: &["CERT_UNTRUSTED", "CERT_REJECTED"],
        texts: &[],
        meaning: "A block `BEGIN TRUSTED CERTIFICATE` carries trust settings of OpenSSL, and they exclude TLS clients.",
        says: &[
            (
                "nginx, ingress-nginx, httpd, haproxy, openssl",
                "apply the settings (28)",
            ),
            ("go, rustls", "do not read blocks of that label"),
        ],
        causes: &["pem-trusted-certificate-label"],
        check: AS_NGINX,
        wraps: false,
    },
    Entry {
        title: "a critical extension is not understood",
        constants: &["UNHANDLED_CRITICAL_EXTENSION"],
        texts: &[
            "x509: unhandled critical extension",
            "unrecognized critical extension(s)",
            "UnsupportedCriticalExtension",
            "The certificate contains an unknown critical extension.",
        ],
        meaning: "Critical means: reject rather than ignore. A certificate of the path has such an extension that the server does not process.",
        says: &[
            (
                "nginx, ingress-nginx, httpd, haproxy, openssl",
                "check the root as well",
            ),
            (
                "envoy",
                "checks the certificates that the client sent; those of its file are not asked",
            ),
            (
                "go",
                "also says so for name constraints on names that it does not process, such as directoryName",
            ),
        ],
        causes: &[
            "chain-critical-extension-unprocessed",
            "nc-unsupported-type",
            "aki-critical",
            "ski-critical",
            "ian-critical",
        ],
        check: "--as nginx,envoy,go --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "an extension contradicts itself or another one",
        constants: &[
            "INVALID_EXTENSION",
            "UNSUPPORTED_EXTENSION_FEATURE",
            "UNNESTED_RESOURCE",
        ],
        texts: &[
            "ExtensionValueInvalid",
            "x509: certificate contains duplicate extension",
        ],
        meaning: "The value of an extension cannot be used as it stands.",
        says: &[],
        causes: &[
            "extension-value-malformed",
            "extension-duplicate",
            "bc-pathlen-negative",
        ],
        check: AS_NGINX,
        wraps: false,
    },
    Entry {
        title: "a name is outside what a CA may sign for",
        constants: &["PERMITTED_VIOLATION", "EXCLUDED_VIOLATION"],
        texts: &[
            "x509: a root or intermediate certificate is not authorized to sign for this name",
            "is not permitted by any constraint",
            "is excluded by constraint",
            "name constraints check failed",
            "NameConstraintViolation",
            "The certificate chain violates the signer's constraints.",
        ],
        meaning: "A CA's nameConstraints permit or exclude names, and a name in the client's certificate is on the wrong side.",
        says: &[
            (
                "nginx, ingress-nginx, httpd, haproxy, openssl",
                "47 is a name that no subtree permits, 48 one that is excluded; a host name in commonName counts where there is no dNSName",
            ),
            ("envoy", "has the same numbers"),
            ("java", "does not apply constraints of anchors"),
            ("gnutls", "says the same text for a CA without keyCertSign"),
        ],
        causes: &[
            "chain-name-constraints-violated",
            "chain-name-constraints-cn-outside",
            "chain-issuer-no-keycertsign",
        ],
        check: "--as nginx,go,java --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "name constraints that the verifier cannot process",
        constants: &[
            "SUBTREE_MINMAX",
            "UNSUPPORTED_CONSTRAINT_TYPE",
            "UNSUPPORTED_CONSTRAINT_SYNTAX",
            "UNSUPPORTED_NAME_SYNTAX",
        ],
        texts: &["MalformedNameConstraint", "InvalidNetworkMaskConstraint"],
        meaning: "A CA's nameConstraints, or a name they are compared with, is of a kind or form that is not processed, so the path is rejected.",
        says: &[],
        causes: &[
            "chain-name-constraints-not-processed",
            "nc-unsupported-type",
            "nc-dns-invalid",
            "nc-email-invalid",
            "nc-uri-invalid",
            "nc-minimum-not-zero",
            "nc-maximum-present",
            "nc-ip-wrong-length",
            "nc-ip-invalid-mask",
        ],
        check: AS_NGINX,
        wraps: false,
    },
    Entry {
        title: "name constraints above a client without subjectAltName",
        constants: &["NAME_CONSTRAINTS_WITHOUT_SANS"],
        texts: &[],
        meaning: "A CA has nameConstraints, and the client's certificate has no subjectAltName but a commonName that looks like a host name. \
            BoringSSL rejects that instead of guessing.",
        says: &[(
            "envoy",
            "says so with BoringSSL's own number 67, which is another error in OpenSSL",
        )],
        causes: &[
            "chain-name-constraints-cn-outside",
            "mtls-leaf-identity-missing",
        ],
        check: "--as envoy --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "the certificate is for another name",
        constants: &["HOSTNAME_MISMATCH", "EMAIL_MISMATCH", "IP_ADDRESS_MISMATCH"],
        texts: &[
            "NotValidForName",
            "certificate not valid for name",
            "x509: certificate is valid for … not",
        ],
        meaning: "The peer's name was compared, and subjectAltName does not hold it. \
            Servers do not ask this of clients unless they are told which name to expect.",
        says: &[],
        causes: &["identity-mismatch"],
        check: "--as rfc5280 --name client.example.com --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "a certificate of version 1 where version 3 is needed",
        constants: &[],
        texts: &["UnsupportedCertVersion"],
        meaning: "Only version 3 has extensions. `openssl x509 -req` makes version 1 unless it is given some.",
        says: &[(
            "rustls",
            "refuses every certificate of version 1 that a client sends",
        )],
        causes: &["version-not-v3", "version-invalid", "chain-issuer-not-v3"],
        check: "--as rustls,nginx --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "the client's certificate is a CA certificate",
        constants: &["INVALID_NON_CA"],
        texts: &["CaUsedAsEndEntity"],
        meaning: "The certificate that the client sends first says that it is a CA.",
        says: &[
            ("rustls", "rejects it"),
            (
                "nginx, httpd, haproxy, openssl, envoy, go, java",
                "accept it; 37 is for proxy certificates",
            ),
        ],
        causes: &["mtls-leaf-is-ca", "bundle-leaf-not-first"],
        check: "--as rustls,nginx --ca ca.pem --client client.pem",
        wraps: false,
    },
    Entry {
        title: "certificate policies leave nothing valid",
        constants: &["INVALID_POLICY_EXTENSION", "NO_EXPLICIT_POLICY"],
        texts: &[],
        meaning: "A CA demands an explicit policy, and no policy is valid along the whole path; or a policy extension cannot be read. \
            OpenSSL looks at policies only where it is told to.",
        says: &[],
        causes: &[
            "chain-policy-no-valid-path",
            "chain-policy-extension-absent",
            "chain-policy-not-in-issuer",
            "chain-policy-graph-growth",
            "pc-empty",
        ],
        check: "--as rfc5280,java --ca ca.pem --client client.pem",
        wraps: false,
    },
];
