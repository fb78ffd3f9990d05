//! The structures that GnuTLS reads, as its `lib/pkix.asn` has them.

use super::asn1::{Field, Kind};

pub(super) static CERTIFICATE: Field =
    Field::new("certificate", Kind::Sequence(&CERTIFICATE_FIELDS));
static CERTIFICATE_FIELDS: [Field; 3] = [
    Field::new("tbsCertificate", Kind::Sequence(&TBS_FIELDS)),
    Field::new("signatureAlgorithm", ALGORITHM),
    Field::new("signature", Kind::BitString),
];
static TBS_FIELDS: [Field; 10] = [
    Field::new("version", Kind::Integer).explicit(0).optional(),
    Field::new("serialNumber", Kind::Integer),
    Field::new("signature", ALGORITHM),
    Field::new("issuer", NAME),
    Field::new("validity", Kind::Sequence(&VALIDITY_FIELDS)),
    Field::new("subject", NAME),
    Field::new("subjectPublicKeyInfo", Kind::Sequence(&KEY_FIELDS)),
    Field::new("issuerUniqueID", Kind::BitString)
        .implicit(1)
        .optional(),
    Field::new("subjectUniqueID", Kind::BitString)
        .implicit(2)
        .optional(),
    Field::new("extensions", EXTENSIONS).explicit(3).optional(),
];
static VALIDITY_FIELDS: [Field; 2] = [Field::new("notBefore", TIME), Field::new("notAfter", TIME)];
static KEY_FIELDS: [Field; 2] = [
    Field::new("algorithm", ALGORITHM),
    Field::new("subjectPublicKey", Kind::BitString),
];

const ALGORITHM: Kind = Kind::Sequence(&ALGORITHM_FIELDS);
static ALGORITHM_FIELDS: [Field; 2] = [
    Field::new("algorithm", Kind::Oid),
    Field::new("parameters", Kind::Any).optional(),
];

const NAME: Kind = Kind::Choice(&NAME_ALTERNATIVES);
static NAME_ALTERNATIVES: [Field; 1] = [Field::new("rdnSequence", Kind::SequenceOf(&RDN))];
static RDN: Field = Field::new("rdn", Kind::SetOf(&ATTRIBUTE));
static ATTRIBUTE: Field = Field::new("attribute", Kind::Sequence(&ATTRIBUTE_FIELDS));
static ATTRIBUTE_FIELDS: [Field; 2] = [
    Field::new("type", Kind::Oid),
    Field::new("value", Kind::Any),
];

const TIME: Kind = Kind::Choice(&TIME_ALTERNATIVES);
static TIME_ALTERNATIVES: [Field; 2] = [
    Field::new("utcTime", Kind::UtcTime),
    Field::new("generalTime", Kind::GeneralizedTime),
];

const EXTENSIONS: Kind = Kind::SequenceOf(&EXTENSION);
static EXTENSION: Field = Field::new("extension", Kind::Sequence(&EXTENSION_FIELDS));
static EXTENSION_FIELDS: [Field; 3] = [
    Field::new("extnID", Kind::Oid),
    Field::new("critical", Kind::Boolean).optional(),
    Field::new("extnValue", Kind::OctetString),
];

pub(super) static CRL: Field = Field::new("crl", Kind::Sequence(&CRL_FIELDS));
static CRL_FIELDS: [Field; 3] = [
    Field::new("tbsCertList", Kind::Sequence(&CRL_TBS_FIELDS)),
    Field::new("signatureAlgorithm", ALGORITHM),
    Field::new("signature", Kind::BitString),
];
static CRL_TBS_FIELDS: [Field; 7] = [
    Field::new("version", Kind::Integer).optional(),
    Field::new("signature", ALGORITHM),
    Field::new("issuer", NAME),
    Field::new("thisUpdate", TIME),
    Field::new("nextUpdate", TIME).optional(),
    Field::new("revokedCertificates", Kind::SequenceOf(&REVOKED)).optional(),
    Field::new("crlExtensions", EXTENSIONS)
        .explicit(0)
        .optional(),
];
static REVOKED: Field = Field::new("revoked", Kind::Sequence(&REVOKED_FIELDS));
static REVOKED_FIELDS: [Field; 3] = [
    Field::new("userCertificate", Kind::Integer),
    Field::new("revocationDate", TIME),
    Field::new("crlEntryExtensions", EXTENSIONS).optional(),
];

pub(super) static BASIC_CONSTRAINTS: Field = Field::new(
    "basicConstraints",
    Kind::Sequence(&BASIC_CONSTRAINTS_FIELDS),
);
static BASIC_CONSTRAINTS_FIELDS: [Field; 2] = [
    Field::new("cA", Kind::Boolean).optional(),
    Field::new("pathLenConstraint", Kind::Integer).optional(),
];
pub(super) static KEY_USAGE: Field = Field::new("keyUsage", Kind::BitString);
pub(super) static SUBJECT_KEY_ID: Field = Field::new("subjectKeyIdentifier", Kind::OctetString);
pub(super) static AUTHORITY_KEY_ID: Field = Field::new(
    "authorityKeyIdentifier",
    Kind::Sequence(&AUTHORITY_KEY_ID_FIELDS),
);
static AUTHORITY_KEY_ID_FIELDS: [Field; 3] = [
    Field::new("keyIdentifier", Kind::OctetString)
        .implicit(0)
        .optional(),
    Field::new("authorityCertIssuer", Kind::SequenceOf(&GENERAL_NAME))
        .implicit(1)
        .optional(),
    Field::new("authorityCertSerialNumber", Kind::Integer)
        .implicit(2)
        .optional(),
];
pub(super) static EXT_KEY_USAGE: Field = Field::new("extKeyUsage", Kind::SequenceOf(&KEY_PURPOSE));
static KEY_PURPOSE: Field = Field::new("keyPurposeId", Kind::Oid);
pub(super) static TLS_FEATURES: Field = Field::new("tlsFeatures", Kind::SequenceOf(&TLS_FEATURE));
static TLS_FEATURE: Field = Field::new("feature", Kind::Integer);

pub(super) static GENERAL_NAMES: Field =
    Field::new("generalNames", Kind::SequenceOf(&GENERAL_NAME));
static GENERAL_NAME: Field = Field::new("generalName", GENERAL_NAME_KIND);
const GENERAL_NAME_KIND: Kind = Kind::Choice(&GENERAL_NAME_ALTERNATIVES);
static GENERAL_NAME_ALTERNATIVES: [Field; 9] = [
    Field::new("otherName", Kind::Sequence(&OTHER_NAME_FIELDS)).implicit(0),
    Field::new("rfc822Name", IA5_STRING).implicit(1),
    Field::new("dNSName", IA5_STRING).implicit(2),
    Field::new("x400Address", Kind::Any).implicit(3),
    Field::new("directoryName", Kind::SequenceOf(&RDN)).explicit(4),
    Field::new("ediPartyName", Kind::Any).implicit(5),
    Field::new("uniformResourceIdentifier", IA5_STRING).implicit(6),
    Field::new("iPAddress", Kind::OctetString).implicit(7),
    Field::new("registeredID", Kind::Oid).implicit(8),
];
static OTHER_NAME_FIELDS: [Field; 2] = [
    Field::new("type-id", Kind::Oid),
    Field::new("value", Kind::Any).explicit(0),
];
const IA5_STRING: Kind = Kind::Text(22);

pub(super) static NAME_CONSTRAINTS: Field =
    Field::new("nameConstraints", Kind::Sequence(&NAME_CONSTRAINTS_FIELDS));
static NAME_CONSTRAINTS_FIELDS: [Field; 2] = [
    Field::new("permittedSubtrees", Kind::SequenceOf(&SUBTREE))
        .implicit(0)
        .optional(),
    Field::new("excludedSubtrees", Kind::SequenceOf(&SUBTREE))
        .implicit(1)
        .optional(),
];
static SUBTREE: Field = Field::new("generalSubtree", Kind::Sequence(&SUBTREE_FIELDS));
static SUBTREE_FIELDS: [Field; 3] = [
    Field::new("base", GENERAL_NAME_KIND),
    Field::new("minimum", Kind::Integer).implicit(0).optional(),
    Field::new("maximum", Kind::Integer).implicit(1).optional(),
];

/// The string types that a `DirectoryString` may have; what GnuTLS does with each, see `dn.rs`.
pub(super) static DIRECTORY_STRING: Field = Field::new(
    "directoryString",
    Kind::Choice(&DIRECTORY_STRING_ALTERNATIVES),
);
static DIRECTORY_STRING_ALTERNATIVES: [Field; 5] = [
    Field::new("teletexString", Kind::Text(20)),
    Field::new("printableString", Kind::Text(19)),
    Field::new("universalString", Kind::Text(28)),
    Field::new("utf8String", Kind::Text(12)),
    Field::new("bmpString", Kind::Text(30)),
];

pub(super) static PRINTABLE_STRING: Field = Field::new("string", Kind::Text(19));
pub(super) static IA5_TEXT: Field = Field::new("string", IA5_STRING);
pub(super) static UTF8_TEXT: Field = Field::new("string", Kind::Text(12));
pub(super) static NUMERIC_STRING: Field = Field::new("string", Kind::Text(18));
