//! Object identifiers as they stand in DER, and the names of those that matter here.

use std::fmt;

/// An object identifier, as its content octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Oid<'a>(pub &'a [u8]);

impl fmt::Display for Oid<'_> {
    /// Writes dotted decimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut arc: u128 = 0;
        let mut first = true;
        for &octet in self.0 {
            // A component over 121 bits keeps its low bits: display only, never compared.
            arc = (arc << 7) | u128::from(octet & 0x7f);
            if octet & 0x80 == 0 {
                if first {
                    let top = (arc / 40).min(2);
                    write!(f, "{top}.{}", arc - top * 40)?;
                    first = false;
                } else {
                    write!(f, ".{arc}")?;
                }
                arc = 0;
            }
        }
        Ok(())
    }
}

impl Oid<'_> {
    /// Whether it is the same; most that are not differ in their last octet, so that is looked at first.
    #[must_use]
    pub fn is(self, other: Oid<'_>) -> bool {
        self.0.len() == other.0.len() && self.0.last() == other.0.last() && self.0 == other.0
    }

    /// The identifier's usual name, or dotted decimal.
    #[must_use]
    pub fn name(self) -> String {
        self.known_name()
            .map_or_else(|| self.to_string(), str::to_owned)
    }

    /// The identifier's usual name, where this tool knows one.
    #[must_use]
    pub fn known_name(self) -> Option<&'static str> {
        let known = NAMES.iter().find(|(oid, _)| *oid == self.0);
        known.map(|(_, name)| *name)
    }

    /// Whether this tool knows a name for it.
    #[must_use]
    pub fn is_known(self) -> bool {
        self.known_name().is_some()
    }
}

macro_rules! oids {
    ($($constant:ident = $bytes:expr, $name:expr;)*) => {
        $(#[doc = concat!("`", $name, "`")] pub const $constant: Oid<'static> = Oid(&$bytes);)*
        static NAMES: &[(&[u8], &str)] = &[$((&$bytes, $name)),*];
    };
}

oids! {
    COMMON_NAME = [0x55, 4, 3], "CN";
    SURNAME = [0x55, 4, 4], "SN";
    SERIAL_NUMBER = [0x55, 4, 5], "serialNumber";
    COUNTRY = [0x55, 4, 6], "C";
    LOCALITY = [0x55, 4, 7], "L";
    STATE = [0x55, 4, 8], "ST";
    STREET = [0x55, 4, 9], "STREET";
    ORGANIZATION = [0x55, 4, 10], "O";
    ORGANIZATIONAL_UNIT = [0x55, 4, 11], "OU";
    TITLE = [0x55, 4, 12], "title";
    BUSINESS_CATEGORY = [0x55, 4, 15], "businessCategory";
    POSTAL_CODE = [0x55, 4, 17], "postalCode";
    POST_OFFICE_BOX = [0x55, 4, 18], "postOfficeBox";
    NAME = [0x55, 4, 41], "name";
    GIVEN_NAME = [0x55, 4, 42], "GN";
    INITIALS = [0x55, 4, 43], "initials";
    GENERATION_QUALIFIER = [0x55, 4, 44], "generationQualifier";
    DN_QUALIFIER = [0x55, 4, 46], "dnQualifier";
    PSEUDONYM = [0x55, 4, 65], "pseudonym";
    ORGANIZATION_IDENTIFIER = [0x55, 4, 97], "organizationIdentifier";
    EMAIL_ADDRESS = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], "emailAddress";
    UNSTRUCTURED_NAME = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 2], "unstructuredName";
    DOMAIN_COMPONENT = [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 25], "DC";
    USER_ID = [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 1, 1], "UID";

    SUBJECT_DIRECTORY_ATTRIBUTES = [0x55, 0x1d, 9], "subjectDirectoryAttributes";
    SUBJECT_KEY_IDENTIFIER = [0x55, 0x1d, 14], "subjectKeyIdentifier";
    KEY_USAGE = [0x55, 0x1d, 15], "keyUsage";
    SUBJECT_ALT_NAME = [0x55, 0x1d, 17], "subjectAltName";
    ISSUER_ALT_NAME = [0x55, 0x1d, 18], "issuerAltName";
    BASIC_CONSTRAINTS = [0x55, 0x1d, 19], "basicConstraints";
    CRL_NUMBER = [0x55, 0x1d, 20], "cRLNumber";
    REASON_CODE = [0x55, 0x1d, 21], "reasonCode";
    INVALIDITY_DATE = [0x55, 0x1d, 24], "invalidityDate";
    DELTA_CRL_INDICATOR = [0x55, 0x1d, 27], "deltaCRLIndicator";
    ISSUING_DISTRIBUTION_POINT = [0x55, 0x1d, 28], "issuingDistributionPoint";
    CERTIFICATE_ISSUER = [0x55, 0x1d, 29], "certificateIssuer";
    NAME_CONSTRAINTS = [0x55, 0x1d, 30], "nameConstraints";
    CRL_DISTRIBUTION_POINTS = [0x55, 0x1d, 31], "cRLDistributionPoints";
    CERTIFICATE_POLICIES = [0x55, 0x1d, 32], "certificatePolicies";
    POLICY_MAPPINGS = [0x55, 0x1d, 33], "policyMappings";
    AUTHORITY_KEY_IDENTIFIER = [0x55, 0x1d, 35], "authorityKeyIdentifier";
    POLICY_CONSTRAINTS = [0x55, 0x1d, 36], "policyConstraints";
    EXTENDED_KEY_USAGE = [0x55, 0x1d, 37], "extKeyUsage";
    FRESHEST_CRL = [0x55, 0x1d, 46], "freshestCRL";
    INHIBIT_ANY_POLICY = [0x55, 0x1d, 54], "inhibitAnyPolicy";
    NO_REV_AVAIL = [0x55, 0x1d, 56], "noRevAvail";
    AUTHORITY_INFO_ACCESS = [0x2b, 6, 1, 5, 5, 7, 1, 1], "authorityInfoAccess";
    SUBJECT_INFO_ACCESS = [0x2b, 6, 1, 5, 5, 7, 1, 11], "subjectInfoAccess";
    TLS_FEATURE = [0x2b, 6, 1, 5, 5, 7, 1, 24], "tlsFeature";
    OCSP_ACCESS = [0x2b, 6, 1, 5, 5, 7, 0x30, 1], "ocsp";

    CA_ISSUERS_ACCESS = [0x2b, 6, 1, 5, 5, 7, 0x30, 2], "caIssuers";
    OCSP_NOCHECK = [0x2b, 6, 1, 5, 5, 7, 0x30, 1, 5], "ocspNoCheck";
    QC_STATEMENTS = [0x2b, 6, 1, 5, 5, 7, 1, 3], "qcStatements";
    QCS_PKIX_SYNTAX_V1 = [0x2b, 6, 1, 5, 5, 7, 11, 1], "pkixQCSyntax-v1";
    SMIME_CAPABILITIES = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 15], "smimeCapabilities";
    SCT_LIST = [0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 2], "signedCertificateTimestampList";
    CT_POISON = [0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 3], "ctPoison";
    NETSCAPE_CERT_TYPE = [0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, 1], "netscapeCertType";
    NETSCAPE_COMMENT = [0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, 13], "netscapeComment";
    CPS_QUALIFIER = [0x2b, 6, 1, 5, 5, 7, 2, 1], "cPSuri";
    USER_NOTICE_QUALIFIER = [0x2b, 6, 1, 5, 5, 7, 2, 2], "userNotice";

    SMTP_UTF8_MAILBOX = [0x2b, 6, 1, 5, 5, 7, 8, 9], "smtpUTF8Mailbox";

    ANY_POLICY = [0x55, 0x1d, 32, 0], "anyPolicy";
    ANY_EXTENDED_KEY_USAGE = [0x55, 0x1d, 37, 0], "anyExtendedKeyUsage";
    SERVER_AUTH = [0x2b, 6, 1, 5, 5, 7, 3, 1], "serverAuth";
    CLIENT_AUTH = [0x2b, 6, 1, 5, 5, 7, 3, 2], "clientAuth";
    CODE_SIGNING = [0x2b, 6, 1, 5, 5, 7, 3, 3], "codeSigning";
    EMAIL_PROTECTION = [0x2b, 6, 1, 5, 5, 7, 3, 4], "emailProtection";
    IPSEC_END_SYSTEM = [0x2b, 6, 1, 5, 5, 7, 3, 5], "ipsecEndSystem";
    IPSEC_TUNNEL = [0x2b, 6, 1, 5, 5, 7, 3, 6], "ipsecTunnel";
    IPSEC_USER = [0x2b, 6, 1, 5, 5, 7, 3, 7], "ipsecUser";
    TIME_STAMPING = [0x2b, 6, 1, 5, 5, 7, 3, 8], "timeStamping";
    OCSP_SIGNING = [0x2b, 6, 1, 5, 5, 7, 3, 9], "OCSPSigning";
    EAP_OVER_PPP = [0x2b, 6, 1, 5, 5, 7, 3, 13], "eapOverPPP";
    EAP_OVER_LAN = [0x2b, 6, 1, 5, 5, 7, 3, 14], "eapOverLAN";
    IPSEC_IKE = [0x2b, 6, 1, 5, 5, 7, 3, 17], "ipsecIKE";
    SSH_CLIENT = [0x2b, 6, 1, 5, 5, 7, 3, 21], "secureShellClient";
    SSH_SERVER = [0x2b, 6, 1, 5, 5, 7, 3, 22], "secureShellServer";
    DOCUMENT_SIGNING = [0x2b, 6, 1, 5, 5, 7, 3, 36], "documentSigning";
    SMARTCARD_LOGON = [0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2, 2], "smartcardLogon";
    PKINIT_CLIENT = [0x2b, 6, 1, 5, 2, 3, 4], "pkinitClientAuth";
    PKINIT_KDC = [0x2b, 6, 1, 5, 2, 3, 5], "pkinitKDC";

    RSA_ENCRYPTION = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1], "rsaEncryption";
    MD2_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 2], "md2WithRSAEncryption";
    MD4_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 3], "md4WithRSAEncryption";
    MD5_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 4], "md5WithRSAEncryption";
    SHA1_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5], "sha1WithRSAEncryption";
    MGF1 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8], "mgf1";
    RSASSA_PSS = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10], "rsassaPss";
    SHA256_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11], "sha256WithRSAEncryption";
    SHA384_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12], "sha384WithRSAEncryption";
    SHA512_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13], "sha512WithRSAEncryption";
    SHA224_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 14], "sha224WithRSAEncryption";
    EC_PUBLIC_KEY = [0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1], "ecPublicKey";
    ECDSA_WITH_SHA1 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1], "ecdsa-with-SHA1";
    ECDSA_WITH_SHA224 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 1], "ecdsa-with-SHA224";
    ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2], "ecdsa-with-SHA256";
    ECDSA_WITH_SHA384 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3], "ecdsa-with-SHA384";
    ECDSA_WITH_SHA512 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4], "ecdsa-with-SHA512";
    P192 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 1], "P-192";
    P224 = [0x2b, 0x81, 4, 0, 33], "P-224";
    P256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7], "P-256";
    P384 = [0x2b, 0x81, 4, 0, 34], "P-384";
    P521 = [0x2b, 0x81, 4, 0, 35], "P-521";
    SECP256K1 = [0x2b, 0x81, 4, 0, 10], "secp256k1";
    BRAINPOOL_P256R1 = [0x2b, 0x24, 3, 3, 2, 8, 1, 1, 7], "brainpoolP256r1";
    BRAINPOOL_P384R1 = [0x2b, 0x24, 3, 3, 2, 8, 1, 1, 11], "brainpoolP384r1";
    BRAINPOOL_P512R1 = [0x2b, 0x24, 3, 3, 2, 8, 1, 1, 13], "brainpoolP512r1";
    DSA = [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1], "DSA";
    DSA_WITH_SHA1 = [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3], "dsa-with-SHA1";
    DSA_WITH_SHA256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 2], "dsa-with-SHA256";
    DSA_WITH_SHA224 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 1], "dsa-with-SHA224";
    DSA_WITH_SHA384 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 3], "dsa-with-SHA384";
    DSA_WITH_SHA512 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 4], "dsa-with-SHA512";
    X25519 = [0x2b, 0x65, 110], "X25519";
    X448 = [0x2b, 0x65, 111], "X448";
    ED25519 = [0x2b, 0x65, 112], "Ed25519";
    ED448 = [0x2b, 0x65, 113], "Ed448";
    RIPEMD_160 = [0x2b, 0x24, 3, 2, 1], "RIPEMD-160";
    SHA512_224 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 5], "SHA-512/224";
    SHA512_256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 6], "SHA-512/256";
    SHA3_224 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 7], "SHA3-224";
    SHA3_256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 8], "SHA3-256";
    SHA3_384 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 9], "SHA3-384";
    SHA3_512 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 10], "SHA3-512";
    SHAKE128 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 11], "SHAKE128";
    SHAKE256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 12], "SHAKE256";
    DSA_WITH_SHA3_224 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 5], "dsa-with-SHA3-224";
    DSA_WITH_SHA3_256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 6], "dsa-with-SHA3-256";
    DSA_WITH_SHA3_384 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 7], "dsa-with-SHA3-384";
    DSA_WITH_SHA3_512 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 8], "dsa-with-SHA3-512";
    ECDSA_WITH_SHA3_224 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 9], "ecdsa-with-SHA3-224";
    ECDSA_WITH_SHA3_256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 10], "ecdsa-with-SHA3-256";
    ECDSA_WITH_SHA3_384 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 11], "ecdsa-with-SHA3-384";
    ECDSA_WITH_SHA3_512 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 12], "ecdsa-with-SHA3-512";
    RSA_WITH_SHA3_224 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 13], "rsa-with-SHA3-224";
    RSA_WITH_SHA3_256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 14], "rsa-with-SHA3-256";
    RSA_WITH_SHA3_384 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 15], "rsa-with-SHA3-384";
    RSA_WITH_SHA3_512 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 16], "rsa-with-SHA3-512";
    SHA512_224_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 15], "sha512-224WithRSAEncryption";
    SHA512_256_WITH_RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 16], "sha512-256WithRSAEncryption";
    SHA1_WITH_RSA_OIW = [0x2b, 0x0e, 3, 2, 29], "sha1WithRSA";
    RSASSA_PSS_SHAKE128 = [0x2b, 6, 1, 5, 5, 7, 6, 30], "RSASSA-PSS-SHAKE128";
    RSASSA_PSS_SHAKE256 = [0x2b, 6, 1, 5, 5, 7, 6, 31], "RSASSA-PSS-SHAKE256";
    ECDSA_WITH_SHAKE128 = [0x2b, 6, 1, 5, 5, 7, 6, 32], "ecdsa-with-SHAKE128";
    ECDSA_WITH_SHAKE256 = [0x2b, 6, 1, 5, 5, 7, 6, 33], "ecdsa-with-SHAKE256";
    XMSS = [0x2b, 6, 1, 5, 5, 7, 6, 34], "XMSS";
    XMSS_MT = [0x2b, 6, 1, 5, 5, 7, 6, 35], "XMSS^MT";
    HSS_LMS = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 3, 17], "HSS/LMS";
    SM2_WITH_SM3 = [0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75], "SM2-with-SM3";
    GOST_2012_256 = [0x2a, 0x85, 3, 7, 1, 1, 1, 1], "GOST R 34.10-2012 (256 bits)";
    GOST_2012_512 = [0x2a, 0x85, 3, 7, 1, 1, 1, 2], "GOST R 34.10-2012 (512 bits)";
    GOST_2012_256_SIGNATURE = [0x2a, 0x85, 3, 7, 1, 1, 3, 2], "GOST R 34.10-2012 with a digest of 256 bits";
    GOST_2012_512_SIGNATURE = [0x2a, 0x85, 3, 7, 1, 1, 3, 3], "GOST R 34.10-2012 with a digest of 512 bits";
    DIFFIE_HELLMAN = [0x2a, 0x86, 0x48, 0xce, 0x3e, 2, 1], "DH";
    EC_DH = [0x2b, 0x81, 4, 1, 12], "ecDH";
    RSAES_OAEP = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 7], "rsaesOaep";
    HASH_ML_DSA_44 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 32], "HashML-DSA-44 with SHA-512";
    HASH_ML_DSA_65 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 33], "HashML-DSA-65 with SHA-512";
    HASH_ML_DSA_87 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 34], "HashML-DSA-87 with SHA-512";
    SLH_DSA_SHA2_128S = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 20], "SLH-DSA-SHA2-128s";
    SLH_DSA_SHA2_128F = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 21], "SLH-DSA-SHA2-128f";
    SLH_DSA_SHA2_192S = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 22], "SLH-DSA-SHA2-192s";
    SLH_DSA_SHA2_192F = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 23], "SLH-DSA-SHA2-192f";
    SLH_DSA_SHA2_256S = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 24], "SLH-DSA-SHA2-256s";
    SLH_DSA_SHA2_256F = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 25], "SLH-DSA-SHA2-256f";
    SLH_DSA_SHAKE_128S = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 26], "SLH-DSA-SHAKE-128s";
    SLH_DSA_SHAKE_128F = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 27], "SLH-DSA-SHAKE-128f";
    SLH_DSA_SHAKE_192S = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 28], "SLH-DSA-SHAKE-192s";
    SLH_DSA_SHAKE_192F = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 29], "SLH-DSA-SHAKE-192f";
    SLH_DSA_SHAKE_256S = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 30], "SLH-DSA-SHAKE-256s";
    SLH_DSA_SHAKE_256F = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 31], "SLH-DSA-SHAKE-256f";
    PRIME_FIELD = [0x2a, 0x86, 0x48, 0xce, 0x3d, 1, 1], "prime-field";
    MD2 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 2], "MD2";
    MD4 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 4], "MD4";
    MD5 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5], "MD5";
    SHA1 = [0x2b, 0x0e, 3, 2, 26], "SHA-1";
    SHA256 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1], "SHA-256";
    SHA384 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2], "SHA-384";
    SHA512 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3], "SHA-512";
    SHA224 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 4], "SHA-224";
    ML_DSA_44 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 17], "ML-DSA-44";
    ML_DSA_65 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 18], "ML-DSA-65";
    ML_DSA_87 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 19], "ML-DSA-87";
    ML_KEM_512 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 4, 1], "ML-KEM-512";
    ML_KEM_768 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 4, 2], "ML-KEM-768";
    ML_KEM_1024 = [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 4, 3], "ML-KEM-1024";
}

/// Whether the identifier names an SLH-DSA parameter set (RFC 9909 §3: arcs 20 to 31).
#[must_use]
pub fn is_slh_dsa(oid: Oid<'_>) -> bool {
    matches!(oid.0, [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 20..=31])
}

/// Whether the identifier names an extension that Netscape defined.
#[must_use]
pub fn is_netscape(oid: Oid<'_>) -> bool {
    matches!(oid.0, [0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1, _])
}

/// Whether the identifier names HashML-DSA or HashSLH-DSA (NIST's arcs 32 to 34, and 35 to 46).
#[must_use]
pub fn is_pre_hash(oid: Oid<'_>) -> bool {
    matches!(oid.0, [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 32..=46])
}

/// Whether the identifier names stateful hash-based signatures (RFC 9802 §3).
#[must_use]
pub fn is_hash_based(oid: Oid<'_>) -> bool {
    matches!(oid, HSS_LMS | XMSS | XMSS_MT)
}

/// Whether the identifier names a signature algorithm that is known by name only: nothing here verifies it.
#[must_use]
pub fn is_other_signature(oid: Oid<'_>) -> bool {
    // NIST's arcs 5 to 16: DSA, ECDSA and RSA with SHA-3.
    is_pre_hash(oid)
        || is_hash_based(oid)
        || matches!(oid.0, [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 5..=16])
        || matches!(
            oid,
            SHA512_224_WITH_RSA
                | SHA512_256_WITH_RSA
                | SHA1_WITH_RSA_OIW
                | RSASSA_PSS_SHAKE128
                | RSASSA_PSS_SHAKE256
                | ECDSA_WITH_SHAKE128
                | ECDSA_WITH_SHAKE256
                | SM2_WITH_SM3
                | GOST_2012_256_SIGNATURE
                | GOST_2012_512_SIGNATURE
        )
}

/// Whether the identifier names a public key that is known by name only.
#[must_use]
pub fn is_other_key(oid: Oid<'_>) -> bool {
    is_pre_hash(oid)
        || is_hash_based(oid)
        || matches!(
            oid,
            DIFFIE_HELLMAN
                | EC_DH
                | RSAES_OAEP
                | RSASSA_PSS_SHAKE128
                | RSASSA_PSS_SHAKE256
                | GOST_2012_256
                | GOST_2012_512
        )
}

/// What post-quantum algorithms were called by before they were standardised: the first octets of the identifiers.
const BEFORE_THE_STANDARD: &[(&[u8], &str)] = &[
    (
        &[0x2b, 6, 1, 4, 1, 2, 0x82, 0x0b, 1],
        "Dilithium, NIST round 2",
    ),
    (&[0x2b, 6, 1, 4, 1, 2, 0x82, 0x0b, 5], "Kyber, NIST round 2"),
    (
        &[0x2b, 6, 1, 4, 1, 2, 0x82, 0x0b, 7],
        "Dilithium, NIST round 3",
    ),
    (&[0x2b, 6, 1, 4, 1, 2, 0x82, 0x0b, 8], "Kyber, NIST round 3"),
    (
        &[0x2b, 6, 1, 4, 1, 2, 0x82, 0x0b, 11],
        "Dilithium with AES, NIST round 3",
    ),
    (
        &[0x2b, 6, 1, 4, 1, 2, 0x82, 0x0b, 12],
        "ML-DSA, draft of FIPS 204",
    ),
    (
        &[0x2b, 6, 1, 4, 1, 0x81, 0xb0, 0x1a, 5, 6],
        "Kyber or ML-KEM, before FIPS 203",
    ),
    // The arcs of Open Quantum Safe.
    (&[0x2b, 0xce, 0x0f, 3], "Falcon, NIST round 3"),
    (&[0x2b, 0xce, 0x0f, 6], "SPHINCS+, NIST round 3"),
];

/// The algorithm by name, where the identifier is one that was in use before NIST's standard had its own.
#[must_use]
pub fn before_the_standard(oid: Oid<'_>) -> Option<&'static str> {
    let known = BEFORE_THE_STANDARD
        .iter()
        .find(|(prefix, _)| oid.0.starts_with(prefix));
    known.map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_decimal() {
        assert_eq!(Oid(RSA_ENCRYPTION.0).to_string(), "1.2.840.113549.1.1.1");
        assert_eq!(Oid(&[0x88, 0x37]).to_string(), "2.999");
        assert_eq!(CLIENT_AUTH.name(), "clientAuth");
        assert_eq!(Oid(SM2_WITH_SM3.0).to_string(), "1.2.156.10197.1.501");
        assert_eq!(Oid(DIFFIE_HELLMAN.0).to_string(), "1.2.840.10046.2.1");
        assert_eq!(Oid(GOST_2012_256.0).to_string(), "1.2.643.7.1.1.1.1");
        let prefixes: Vec<String> = BEFORE_THE_STANDARD
            .iter()
            .map(|(prefix, _)| Oid(prefix).to_string())
            .collect();
        assert_eq!(prefixes[0], "1.3.6.1.4.1.2.267.1");
        assert_eq!(prefixes[6], "1.3.6.1.4.1.22554.5.6");
        assert_eq!(prefixes[7], "1.3.9999.3");
    }
}
