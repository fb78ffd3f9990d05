//! A CRL as GnuTLS holds it (`lib/x509/crl.c`): gnutls-serv verifies nothing of it.

use std::collections::HashSet;

use super::asn1::{Node, decode};
use super::dn::Dn;
use super::failure::Failure;
use super::schema;
use super::time;

/// The longest serial number that fits into GnuTLS's buffer.
pub(super) const LONGEST_SERIAL: usize = 128;

/// An imported CRL.
#[derive(Debug)]
pub(super) struct Crl {
    pub(super) issuer: Dn,
    /// Seconds since 1970; -1 where it is no date.
    pub(super) this_update: i64,
    /// The serial numbers up to one that ends GnuTLS's reading.
    serials: HashSet<Vec<u8>>,
    /// Whether one that does not fit into the buffer ended it.
    cut: bool,
}

/// What a CRL says of a serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Revoked {
    Yes,
    No,
    /// GnuTLS gives up, whatever other CRLs say.
    GivenUp,
}

impl Crl {
    /// Source: `gnutls_x509_crl_import`.
    pub(super) fn import(der: &[u8]) -> Result<Self, Failure> {
        let root = decode(&schema::CRL, der)?;
        let list = root.get("tbsCertList").ok_or(Failure::ElementNotFound)?;
        let issuer = list.path(&["issuer", "rdnSequence"]);
        let entries = list.get("revokedCertificates");
        let entries = entries.map(|list| &list.children[..]).unwrap_or_default();
        let mut cut = false;
        let serial = |entry: &Node<'_>| {
            let serial = entry.get("userCertificate")?.content;
            cut = serial.len() > LONGEST_SERIAL;
            (!cut).then(|| serial.to_vec())
        };
        Ok(Self {
            issuer: Dn::new(der, issuer.ok_or(Failure::ElementNotFound)?),
            this_update: time::read(list.get("thisUpdate")).unwrap_or(-1),
            serials: entries.iter().map_while(serial).collect(),
            cut,
        })
    }

    /// What it says of a certificate of its issuer; the octets of the number have to be the same.
    pub(super) fn find(&self, serial: &[u8]) -> Revoked {
        if serial.len() > LONGEST_SERIAL {
            Revoked::GivenUp
        } else if self.serials.contains(serial) {
            Revoked::Yes
        } else if self.cut {
            Revoked::GivenUp
        } else {
            Revoked::No
        }
    }
}
