//! A certificate as OpenSSL sees it: what `ossl_x509v3_cache_extensions` (`crypto/x509/v3_purp.c`) derives from it.

use std::rc::Rc;

use super::extension::decodes;
use super::key;
use super::name::canonical;
use super::parse::Trust;
use super::proxy::{self, Proxy};
use crate::analysis::{Analysis, CertificateId, Entry, OpensslRelease};
use crate::cert::conformance::Kind;
use crate::cert::der::{Reader, tag};
use crate::cert::extension::KeyUsage;
use crate::cert::oid::{self, Oid};
use crate::cert::{Certificate, Field};
use crate::path::Purpose;

/// netscapeCertType: a BIT STRING of what the certificate is for, older than extKeyUsage.
pub(super) const NETSCAPE_CERT_TYPE: Oid<'static> =
    Oid(&[0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 0x01, 0x01]);
/// proxyCertInfo (RFC 3820 §3.8).
pub(super) const PROXY_CERT_INFO: Oid<'static> = Oid(&[0x2b, 6, 1, 5, 5, 7, 1, 14]);
/// id-pe-ipAddrBlocks (RFC 3779 §2.2.1).
pub(super) const IP_ADDRESS_BLOCKS: Oid<'static> = Oid(&[0x2b, 6, 1, 5, 5, 7, 1, 7]);
/// id-pe-autonomousSysIds (RFC 3779 §3.2.1).
pub(super) const AUTONOMOUS_SYSTEM_IDS: Oid<'static> = Oid(&[0x2b, 6, 1, 5, 5, 7, 1, 8]);
/// id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1).
const OCSP_NO_CHECK: Oid<'static> = Oid(&[0x2b, 6, 1, 5, 5, 7, 0x30, 1, 5]);

/// The extensions that may be critical: `supported_nids` of `X509_supported_extension`.
const SUPPORTED: [Oid<'static>; 15] = [
    NETSCAPE_CERT_TYPE,
    oid::KEY_USAGE,
    oid::SUBJECT_ALT_NAME,
    oid::BASIC_CONSTRAINTS,
    oid::CERTIFICATE_POLICIES,
    oid::CRL_DISTRIBUTION_POINTS,
    oid::EXTENDED_KEY_USAGE,
    IP_ADDRESS_BLOCKS,
    AUTONOMOUS_SYSTEM_IDS,
    OCSP_NO_CHECK,
    oid::POLICY_CONSTRAINTS,
    PROXY_CERT_INFO,
    oid::NAME_CONSTRAINTS,
    oid::POLICY_MAPPINGS,
    oid::INHIBIT_ANY_POLICY,
];

/// The extensions that make the certificate invalid where they do not decode or stand there twice.
const DECODED: [Oid<'static>; 12] = [
    oid::BASIC_CONSTRAINTS,
    PROXY_CERT_INFO,
    oid::KEY_USAGE,
    oid::EXTENDED_KEY_USAGE,
    NETSCAPE_CERT_TYPE,
    oid::SUBJECT_KEY_IDENTIFIER,
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::SUBJECT_ALT_NAME,
    oid::NAME_CONSTRAINTS,
    oid::CRL_DISTRIBUTION_POINTS,
    IP_ADDRESS_BLOCKS,
    AUTONOMOUS_SYSTEM_IDS,
];

/// How a certificate may be a CA: the results of `check_ca`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CaKind {
    /// 0: it is none.
    No,
    /// 1: basicConstraints says so.
    Yes,
    /// 3 and 4: without basicConstraints, but self-signed of version 1, or with keyCertSign.
    Tolerated,
    /// 5: by netscapeCertType.
    Netscape,
}

/// A certificate with the flags that OpenSSL caches in it.
#[derive(Debug)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "they are OpenSSL's own flags"
)]
pub(super) struct X509<'s> {
    pub(super) id: CertificateId,
    pub(super) certificate: &'s Certificate<'s>,
    /// The trust settings of a `TRUSTED CERTIFICATE`.
    trust: Option<Trust>,
    /// The canonical encodings that `X509_NAME_cmp` compares.
    pub(super) subject: Vec<u8>,
    pub(super) issuer: Vec<u8>,
    authority_issuer: Option<Vec<u8>>,
    /// `EXFLAG_INVALID`: an extension does not decode, or says what cannot be.
    invalid: bool,
    /// Whether an extension that does not decode here may decode for OpenSSL.
    pub(super) ber: bool,
    /// `EXFLAG_SI`: issuer and subject are one name.
    pub(super) self_issued: bool,
    /// `EXFLAG_SS`: and the key ids and the kind of key fit, too.
    pub(super) self_signed: bool,
    /// `EXFLAG_CRITICAL`: a critical extension is not known.
    pub(super) unhandled_critical: bool,
    /// `EXFLAG_PROXY`, with what proxyCertInfo says.
    pub(super) proxy: Option<Proxy>,
    /// `EXFLAG_CA`.
    pub(super) ca: bool,
    /// `ex_pathlen`.
    pub(super) path_len: Option<i64>,
    netscape: Option<u8>,
    /// What the key is worth, where it could be decoded at all.
    pub(super) key: Option<key::Key>,
}

impl<'s> X509<'s> {
    /// None where OpenSSL would not read it.
    pub(super) fn new(
        analysis: &'s Analysis<'_>,
        id: CertificateId,
        trust: Option<Trust>,
        release: OpensslRelease,
    ) -> Option<Rc<Self>> {
        let certificate: &Certificate<'s> = analysis.certificate(id);
        let subject = canonical(&certificate.subject)?;
        let issuer = canonical(&certificate.issuer)?;
        let values = &certificate.values;
        let authority = values.authority_key_id.as_ref();
        let authority_issuer = authority.and_then(|aki| canonical(aki.issuer.as_ref()?));
        let old = release == OpensslRelease::V1_1_1;
        let constraints = values.basic_constraints;
        let ca = constraints.is_some_and(|constraints| constraints.ca);
        let path_len = constraints.and_then(|constraints| constraints.path_len);
        let mut invalid = DECODED.iter().any(|oid| !decodes(certificate, *oid))
            || path_len.is_some_and(|length| length < 0)
            || old && !ca && path_len.is_some_and(|length| length != 0);
        // 3.0 and later refuse a keyUsage without a bit.
        if !old && values.key_usage == Some(KeyUsage(0)) {
            invalid = true;
        }
        let proxy = certificate.extension(PROXY_CERT_INFO);
        let proxy = proxy.and_then(|extension| proxy::read(extension.value.value()));
        if proxy.is_some()
            && (ca
                || certificate.extension(oid::SUBJECT_ALT_NAME).is_some()
                || certificate.extension(oid::ISSUER_ALT_NAME).is_some())
        {
            invalid = true;
        }
        let mut x509 = Self {
            id,
            certificate,
            trust,
            self_issued: subject == issuer,
            subject,
            issuer,
            authority_issuer,
            invalid,
            ber: may_decode_as_ber(analysis.entry(id)),
            self_signed: false,
            unhandled_critical: has_unhandled_critical(certificate, release),
            proxy,
            ca,
            path_len: path_len.filter(|length| *length >= 0),
            netscape: netscape(certificate),
            key: key::Key::of(&certificate.key, release),
        };
        x509.self_signed = x509.self_issued
            && x509.authority_fits(&x509)
            && x509.signature_fits_key(&x509, release);
        Some(Rc::new(x509))
    }

    /// Whether it has addresses or AS numbers of RFC 3779.
    pub(super) fn has_resources(&self) -> bool {
        [IP_ADDRESS_BLOCKS, AUTONOMOUS_SYSTEM_IDS]
            .iter()
            .any(|oid| self.certificate.extension(*oid).is_some())
    }

    /// `X509_check_akid(issuer, self->akid)`.
    pub(super) fn authority_fits(&self, issuer: &X509<'_>) -> bool {
        let Some(aki) = &self.certificate.values.authority_key_id else {
            return true;
        };
        let key_id = match (aki.key_id, issuer.certificate.values.subject_key_id) {
            (Some(wanted), Some(own)) => wanted == own,
            _ => true,
        };
        key_id
            && aki
                .serial
                .is_none_or(|serial| serial == issuer.certificate.serial)
            && self
                .authority_issuer
                .as_ref()
                .is_none_or(|name| *name == issuer.issuer)
    }

    /// `check_sig_alg_match`: whether a key like the issuer's makes signatures of the algorithm that this names.
    fn signature_fits_key(&self, issuer: &X509<'_>, release: OpensslRelease) -> bool {
        let algorithm = self.certificate.inner_algorithm;
        issuer.key.is_some() && key::signs(&issuer.certificate.key, &algorithm, release)
    }

    /// `ossl_x509_likely_issued(issuer, self) == X509_V_OK`.
    pub(super) fn likely_issued_by(&self, issuer: &X509<'_>, release: OpensslRelease) -> bool {
        if issuer.subject != self.issuer || issuer.invalid || self.invalid {
            return false;
        }
        // 4.0 takes the same issuer and serial number for the same certificate.
        if release >= OpensslRelease::V4_0
            && issuer.issuer == self.issuer
            && issuer.certificate.serial == self.certificate.serial
        {
            return issuer.self_signed;
        }
        self.authority_fits(issuer) && self.signature_fits_key(issuer, release)
    }

    /// `X509_self_signed(self, 0)`: an invalid certificate counts as an internal error, which is no yes.
    pub(super) fn is_self_signed(&self) -> bool {
        self.self_signed && !self.invalid
    }

    /// `X509_check_ca`.
    pub(super) fn ca_kind(&self, release: OpensslRelease) -> CaKind {
        if self.invalid && release != OpensslRelease::V1_1_1 {
            return CaKind::No;
        }
        self.check_ca()
    }

    fn check_ca(&self) -> CaKind {
        let values = &self.certificate.values;
        let usage = self.certificate.has_usage(KeyUsage::KEY_CERT_SIGN);
        if usage == Some(false) {
            CaKind::No
        } else if values.basic_constraints.is_some() {
            if self.ca { CaKind::Yes } else { CaKind::No }
        } else if self.certificate.version == 1 && self.self_signed || usage.is_some() {
            CaKind::Tolerated
        } else if self.netscape.is_some_and(|bits| bits & 0x07 != 0) {
            CaKind::Netscape
        } else {
            CaKind::No
        }
    }

    /// `X509_check_purpose` for `sslclient` or `sslserver`.
    pub(super) fn fits_purpose(&self, purpose: Purpose, as_ca: bool) -> bool {
        // An invalid certificate is -1, which only strict checking minds.
        if self.invalid {
            return true;
        }
        let wanted: &[Oid<'static>] = match purpose {
            Purpose::Client => &[oid::CLIENT_AUTH],
            Purpose::Server => &[oid::SERVER_AUTH, MS_SGC, NS_SGC],
            Purpose::Any => return true,
        };
        let purposes = self.certificate.values.extended_key_usage.as_ref();
        if purposes.is_some_and(|list| !list.iter().any(|one| wanted.contains(one))) {
            return false;
        }
        if as_ca {
            return match self.check_ca() {
                CaKind::No => false,
                CaKind::Netscape => self.netscape.is_some_and(|bits| bits & 0x04 != 0),
                CaKind::Yes | CaKind::Tolerated => true,
            };
        }
        let (usages, netscape): (&[u32], u8) = match purpose {
            Purpose::Client => (
                &[KeyUsage::DIGITAL_SIGNATURE, KeyUsage::KEY_AGREEMENT],
                0x80,
            ),
            _ => (
                &[
                    KeyUsage::DIGITAL_SIGNATURE,
                    KeyUsage::KEY_ENCIPHERMENT,
                    KeyUsage::KEY_AGREEMENT,
                ],
                0x40,
            ),
        };
        let key_usage = self.certificate.values.key_usage;
        key_usage.is_none_or(|usage| usages.iter().any(|bit| usage.has(*bit)))
            && self.netscape.is_none_or(|bits| bits & netscape != 0)
    }

    /// `ossl_x509_signing_allowed(self, subject)`: the error number where keyUsage forbids it.
    pub(super) fn signing_forbidden(&self, subject: &X509<'_>) -> Option<i32> {
        let (bit, error) = if subject.proxy.is_some() {
            (KeyUsage::DIGITAL_SIGNATURE, 39)
        } else {
            (KeyUsage::KEY_CERT_SIGN, 32)
        };
        (self.certificate.has_usage(bit) == Some(false)).then_some(error)
    }

    /// `X509_check_trust` for `X509_TRUST_SSL_CLIENT`; `compat` is whether a self-signed certificate is trusted by itself.
    pub(super) fn trusted(&self, purpose: Purpose, compat: bool) -> Trusted {
        let id = match purpose {
            Purpose::Server => oid::SERVER_AUTH,
            Purpose::Client | Purpose::Any => oid::CLIENT_AUTH,
        };
        let named = |list: &[Vec<u8>]| {
            list.iter()
                .any(|one| *one == id.0 || *one == oid::ANY_EXTENDED_KEY_USAGE.0)
        };
        if let Some(trust) = &self.trust {
            if named(&trust.rejected) {
                return Trusted::Rejected;
            }
            if let Some(trusted) = &trust.trusted {
                return if named(trusted) {
                    Trusted::Yes
                } else {
                    Trusted::Rejected
                };
            }
        }
        if compat && self.self_signed && !self.invalid {
            Trusted::Yes
        } else {
            Trusted::Undecided
        }
    }
}

/// What the trust settings say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trusted {
    Yes,
    Rejected,
    Undecided,
}

/// Server Gated Cryptography, which counts as serverAuth.
const MS_SGC: Oid<'static> = Oid(&[0x2b, 6, 1, 4, 1, 0x82, 0x37, 10, 3, 3]);
const NS_SGC: Oid<'static> = Oid(&[0x60, 0x86, 0x48, 0x01, 0x86, 0xf8, 0x42, 4, 1]);

fn has_unhandled_critical(certificate: &Certificate<'_>, release: OpensslRelease) -> bool {
    // 1.1.1 does not know id-pkix-ocsp-nocheck.
    let old = release == OpensslRelease::V1_1_1;
    let supported = |oid| SUPPORTED.contains(&oid) && !(old && oid == OCSP_NO_CHECK);
    let mut extensions = certificate.extensions.iter();
    extensions.any(|extension| extension.critical && !supported(extension.oid))
}

/// The first octet of netscapeCertType.
fn netscape(certificate: &Certificate<'_>) -> Option<u8> {
    let extension = certificate.extension(NETSCAPE_CERT_TYPE)?;
    let bits = bit_string(extension.value.value())?;
    Some(bits.first().copied().unwrap_or(0))
}

/// Whether something in the certificate that OpenSSL looks at is BER: it takes indefinite lengths (X.690 §8.1.3.6), strings put
/// together from parts and long forms of tags, and does not look whether the tag of a SEQUENCE OF is that of a constructed
/// element (`asn1_template_noexp_d2i`). What it makes of that is not modelled.
pub(super) fn may_decode_as_ber(entry: &Entry<'_>) -> bool {
    const PRIMITIVE_SEQUENCE: u8 = 0x10;
    let certificate = &entry.certificate;
    let mut malformed = certificate.values.malformed.iter();
    let mut irregularities = entry.irregularities.iter();
    irregularities.any(|one| {
        let is_ber = matches!(
            one.kind,
            Kind::IndefiniteLength | Kind::ConstructedString | Kind::NonMinimalTag
        );
        is_ber
            && match certificate.field_at(one.range.start) {
                Field::Extension(oid) => DECODED.contains(&oid),
                _ => true,
            }
    }) || malformed.any(|(oid, error)| {
        let value = certificate.extension(*oid).map(|one| one.value.value());
        let is_primitive = value.is_some_and(|value| value.first() == Some(&PRIMITIVE_SEQUENCE));
        DECODED.contains(oid) && (error.what.starts_with("an indefinite length") || is_primitive)
    })
}

/// The octets of a BIT STRING without its count of unused bits.
fn bit_string(der: &[u8]) -> Option<&[u8]> {
    let value = Reader::new(der)
        .expect(tag::BIT_STRING, "a BIT STRING")
        .ok()?;
    value.value().get(1..)
}
