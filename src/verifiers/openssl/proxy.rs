//! Proxy certificates (RFC 3820), which none of the servers here allows, but which some of them ask more of once they pass
//! over that (`crypto/x509/x509_vfy.c`, `v3_purp.c`).

use super::name::canonical;
use super::x509::X509;
use crate::cert::der::{Reader, tag};
use crate::cert::extension::clamped;
use crate::cert::name::Name;
use crate::cert::oid;

/// What proxyCertInfo says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proxy {
    /// pCPathLenConstraint (`ex_pcpathlen`).
    pub(super) path_len: Option<i64>,
}

/// Reads the value of proxyCertInfo (RFC 3820 §3.8). None where OpenSSL does not decode it.
pub(super) fn read(value: &[u8]) -> Option<Proxy> {
    let mut fields = Reader::new(value)
        .expect(tag::SEQUENCE, "proxyCertInfo")
        .ok()?
        .children();
    let path_len = fields.optional(tag::INTEGER).ok()?;
    let mut policy = fields.expect(tag::SEQUENCE, "proxyPolicy").ok()?.children();
    policy.expect(tag::OID, "policyLanguage").ok()?;
    policy.optional(tag::OCTET_STRING).ok()?;
    // What ASN1_INTEGER_get answers with -1 counts as absent.
    let path_len = path_len.map_or(-1, |integer| clamped(integer.value()));
    (fields.is_empty() && policy.is_empty()).then_some(Proxy {
        path_len: Some(path_len).filter(|length| *length != -1),
    })
}

/// Whether the subject is the issuer's name and one commonName more (RFC 3820 §3.4).
pub(super) fn is_named_after_issuer(x509: &X509<'_>) -> bool {
    let subject = &x509.certificate.subject;
    let rdns = subject.rdns.iter().filter(|rdn| !rdn.is_empty());
    let mut rdns: Vec<_> = rdns.cloned().collect();
    let Some([last]) = rdns
        .pop()
        .as_deref()
        .map(<[_; 1]>::try_from)
        .and_then(Result::ok)
    else {
        return false;
    };
    let rest = Name { raw: &[], rdns };
    !rest.rdns.is_empty()
        && last.oid == oid::COMMON_NAME
        && canonical(&rest).is_some_and(|rest| rest == x509.issuer)
}
