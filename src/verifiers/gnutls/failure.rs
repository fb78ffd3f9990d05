//! GnuTLS's errors while it reads something, in its words (`lib/errors.c`).

use super::asn1::Asn1Error;

/// Why something could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// `GNUTLS_E_BASE64_DECODING_ERROR`.
    Base64,
    /// `GNUTLS_E_BASE64_UNEXPECTED_HEADER_ERROR`.
    Base64Header,
    /// `GNUTLS_E_ASN1_DER_ERROR`.
    Der,
    /// `GNUTLS_E_ASN1_TAG_ERROR`.
    Tag,
    /// `GNUTLS_E_ASN1_TIME_ERROR`.
    Time,
    /// `GNUTLS_E_ASN1_ELEMENT_NOT_FOUND`.
    ElementNotFound,
    /// `GNUTLS_E_ASN1_VALUE_NOT_VALID`.
    ValueNotValid,
    /// `GNUTLS_E_CERTIFICATE_ERROR`: the two signature algorithms differ, or what only a later version may have.
    Certificate,
    /// `GNUTLS_E_X509_DUPLICATE_EXTENSION`.
    DuplicateExtension,
    /// `GNUTLS_E_CERTIFICATE_TIME_ERROR`.
    Dates,
    /// `GNUTLS_E_X509_UNKNOWN_SAN`.
    UnknownName,
}

impl From<Asn1Error> for Failure {
    fn from(error: Asn1Error) -> Self {
        match error {
            Asn1Error::Der => Self::Der,
            Asn1Error::Tag => Self::Tag,
            Asn1Error::Time => Self::Time,
        }
    }
}

impl Failure {
    /// What `gnutls_strerror` says.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Base64 => "Base64 decoding error.",
            Self::Base64Header => "Base64 unexpected header error.",
            Self::Der => "ASN1 parser: Error in DER parsing.",
            Self::Tag => "ASN1 parser: Error in TAG.",
            Self::Time => "The DER time encoding is invalid.",
            Self::ElementNotFound => "ASN1 parser: Element was not found.",
            Self::ValueNotValid => "ASN1 parser: Value is not valid.",
            Self::Certificate => "Error in the certificate.",
            Self::DuplicateExtension => "Duplicate extension in X.509 certificate.",
            Self::Dates => "Error in the time fields of certificate.",
            Self::UnknownName => "Unknown Subject Alternative name in X.509 certificate.",
        }
    }
}
