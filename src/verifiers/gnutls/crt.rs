//! A certificate as GnuTLS holds it: `gnutls_x509_crt_import` of `lib/x509/x509.c`, and what it asks of it later.

use std::ops::Range;

use super::asn1::{Node, decode};
use super::dn::{self, Dn};
use super::failure::Failure;
use super::names::{self, AltName};
use super::schema;
use super::time;
use crate::analysis::{Analysis, CertificateId};
use crate::cert::oid::{self, Oid};

/// An imported certificate.
#[derive(Debug)]
pub(super) struct Crt {
    /// The whole of it.
    pub(super) der: Vec<u8>,
    /// The same certificate among those that were analysed.
    pub(super) id: Option<CertificateId>,
    pub(super) version: u32,
    /// The serial number's content octets.
    pub(super) serial: Vec<u8>,
    pub(super) issuer: Dn,
    pub(super) subject: Dn,
    pub(super) not_before: i64,
    pub(super) not_after: i64,
    /// The names of subjectAltName, up to one that ends GnuTLS's reading.
    pub(super) alt_names: Vec<AltName>,
    /// The texts of the subject's emailAddress and commonName attributes.
    pub(super) emails: Vec<Vec<u8>>,
    pub(super) common_names: Vec<Vec<u8>>,
    /// The identifiers of the extensions, and whether each is critical.
    extensions: Vec<Extension>,
    tbs: Range<usize>,
    spki: Range<usize>,
    algorithm: Range<usize>,
    /// None where its bits are no whole octets.
    signature: Option<Vec<u8>>,
}

#[derive(Debug)]
struct Extension {
    oid: Vec<u8>,
    critical: bool,
    value: Vec<u8>,
}

/// Why an extension gives no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unavailable {
    /// It is not there.
    Absent,
    /// It cannot be read.
    Broken,
}

/// The critical extensions that GnuTLS lets pass (`lib/x509/supported_exts.gperf`).
const SUPPORTED: [Oid<'static>; 14] = [
    oid::SUBJECT_KEY_IDENTIFIER,
    oid::KEY_USAGE,
    oid::SUBJECT_ALT_NAME,
    oid::ISSUER_ALT_NAME,
    oid::BASIC_CONSTRAINTS,
    oid::NAME_CONSTRAINTS,
    oid::CRL_DISTRIBUTION_POINTS,
    oid::AUTHORITY_KEY_IDENTIFIER,
    oid::EXTENDED_KEY_USAGE,
    oid::AUTHORITY_INFO_ACCESS,
    // proxyCertInfo (RFC 3820 §3.8).
    Oid(&[0x2b, 6, 1, 5, 5, 7, 1, 14]),
    oid::TLS_FEATURE,
    oid::CERTIFICATE_POLICIES,
    oid::INHIBIT_ANY_POLICY,
];

/// GnuTLS's buffer for key ids (`MAX_KEY_ID_SIZE`).
const MOST_KEY_ID: usize = 128;
/// The purposes of an extKeyUsage that are looked at (`MAX_ENTRIES`).
const MOST_PURPOSES: usize = 64;

impl Crt {
    /// Imports a certificate.
    pub(super) fn import(der: &[u8], analysis: &Analysis<'_>) -> Result<Self, Failure> {
        let root = decode(&schema::CERTIFICATE, der)?;
        let find = |path: &[&str]| root.path(path).ok_or(Failure::ElementNotFound);
        let algorithm = find(&["signatureAlgorithm"])?;
        compare_algorithms(algorithm, find(&["tbsCertificate", "signature"])?)?;
        let issuer = find(&["tbsCertificate", "issuer", "rdnSequence"])?;
        let subject = find(&["tbsCertificate", "subject", "rdnSequence"])?;
        let spki = find(&["tbsCertificate", "subjectPublicKeyInfo"])?;
        let tbs = find(&["tbsCertificate"])?;
        let extensions = extensions(tbs.get("extensions"));
        let value = |wanted: Oid<'_>| get(&extensions, wanted);
        let alternative = |wanted| match value(wanted) {
            Ok(value) => names::alt_names(value),
            Err(Unavailable::Absent) => Ok(Vec::new()),
            Err(Unavailable::Broken) => Err(Failure::Der),
        };
        let alt_names = alternative(oid::SUBJECT_ALT_NAME)?;
        alternative(oid::ISSUER_ALT_NAME)?;
        let version = match tbs.get("version").map(|version| version.content) {
            None => 1,
            Some(&[number @ 0..=0x7f]) => u32::from(number) + 1,
            Some(_) => return Err(Failure::Der),
        };
        check_version(version, tbs, &extensions)?;
        let date = |name| time::read(tbs.path(&["validity", name])).ok_or(Failure::Dates);
        let signature = root.get("signature").and_then(whole_octets);
        Ok(Self {
            id: analysis.by_der(der),
            version,
            serial: find(&["tbsCertificate", "serialNumber"])?.content.to_vec(),
            issuer: Dn::new(der, issuer),
            subject: Dn::new(der, subject),
            not_after: date("notAfter")?,
            not_before: date("notBefore")?,
            alt_names,
            emails: dn::values(subject, oid::EMAIL_ADDRESS),
            common_names: dn::values(subject, oid::COMMON_NAME),
            tbs: tbs.range.clone(),
            spki: spki.range.clone(),
            algorithm: algorithm.range.clone(),
            signature: signature.map(<[u8]>::to_vec),
            extensions,
            der: der.to_vec(),
        })
    }

    /// TBSCertificate: what the signature covers.
    pub(super) fn tbs(&self) -> &[u8] {
        &self.der[self.tbs.clone()]
    }

    /// SubjectPublicKeyInfo.
    pub(super) fn spki(&self) -> &[u8] {
        &self.der[self.spki.clone()]
    }

    /// signatureAlgorithm.
    pub(super) fn algorithm(&self) -> &[u8] {
        &self.der[self.algorithm.clone()]
    }

    /// The signature's octets.
    pub(super) fn signature(&self) -> Option<&[u8]> {
        self.signature.as_deref()
    }

    /// Whether it is the other, octet for octet.
    pub(super) fn equals(&self, other: &Self) -> bool {
        self.der == other.der
    }

    /// Whether `issuer` has the issuer's name and, where both say, the issuer's key id. Source: `is_issuer` in `lib/x509/verify.c`.
    pub(super) fn is_issued_by(&self, issuer: &Self) -> bool {
        self.issuer.is_same(&issuer.subject)
            && match (self.authority_key_id(), issuer.subject_key_id()) {
                (Some(wanted), Some(found)) => wanted == found,
                _ => true,
            }
    }

    /// Whether it could have issued itself; nothing is verified.
    pub(super) fn is_self_issued(&self) -> bool {
        self.is_issued_by(self)
    }

    fn authority_key_id(&self) -> Option<Vec<u8>> {
        let node = decode(
            &schema::AUTHORITY_KEY_ID,
            self.extension(oid::AUTHORITY_KEY_IDENTIFIER).ok()?,
        )
        .ok()?;
        // An authorityCertIssuer that GnuTLS cannot read spoils the extension.
        if let Some(issuer) = node.get("authorityCertIssuer") {
            names::read_list(issuer).or_else(ends_quietly).ok()?;
        }
        let empty = |field: &&Node<'_>| field.content.is_empty();
        if node
            .get("authorityCertSerialNumber")
            .as_ref()
            .is_some_and(empty)
        {
            return None;
        }
        key_id(node.get("keyIdentifier")?.content)
    }

    fn subject_key_id(&self) -> Option<Vec<u8>> {
        let value = self.extension(oid::SUBJECT_KEY_IDENTIFIER).ok()?;
        key_id(decode(&schema::SUBJECT_KEY_ID, value).ok()?.content)
    }

    /// cA and pathLenConstraint. Source: `gnutls_x509_crt_get_basic_constraints`.
    pub(super) fn basic_constraints(&self) -> Result<(bool, Option<u32>), Unavailable> {
        let value = self.extension(oid::BASIC_CONSTRAINTS)?;
        let node = decode(&schema::BASIC_CONSTRAINTS, value).map_err(|_| Unavailable::Broken)?;
        let path_len = match node.get("pathLenConstraint") {
            None => None,
            // It is kept in an int, in which -1 stands for none.
            Some(number) => Some(unsigned(number.content)?).filter(|number| *number != u32::MAX),
        };
        let ca = node.get("cA").is_some_and(|ca| ca.content != [0]);
        Ok((ca, path_len))
    }

    /// The two octets of keyUsage. Source: `gnutls_x509_ext_import_key_usage`.
    pub(super) fn key_usage(&self) -> Result<[u8; 2], Unavailable> {
        let value = self.extension(oid::KEY_USAGE)?;
        let node = decode(&schema::KEY_USAGE, value).map_err(|_| Unavailable::Broken)?;
        let (unused, octets) = node.content.split_first().ok_or(Unavailable::Broken)?;
        if usize::from(*unused) > 8 * octets.len() {
            return Err(Unavailable::Broken);
        }
        match *octets {
            [] => Ok([0, 0]),
            [first] => Ok([first, 0]),
            [first, second] => Ok([first, second]),
            _ => Err(Unavailable::Broken),
        }
    }

    /// Whether GnuTLS takes it for that of a server: it asks only where it looks at a commonName.
    ///
    /// Source: `_gnutls_check_key_purpose`.
    pub(super) fn is_for_servers(&self) -> bool {
        const NETSCAPE: Oid<'_> = Oid(&[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 4, 1]);
        const VERISIGN: Oid<'_> = Oid(&[0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x45, 1, 8, 1]);
        let value = match self.extension(oid::EXTENDED_KEY_USAGE) {
            Ok(value) => value,
            Err(why) => return why == Unavailable::Absent,
        };
        let Ok(node) = decode(&schema::EXT_KEY_USAGE, value) else {
            return false;
        };
        let is_ca = self.basic_constraints().is_ok_and(|(ca, _)| ca);
        let purposes = node.children.iter().take(MOST_PURPOSES);
        node.children.is_empty()
            || purposes.map(|purpose| Oid(purpose.content)).any(|purpose| {
                purpose == oid::SERVER_AUTH
                    || purpose == oid::ANY_EXTENDED_KEY_USAGE
                    || is_ca && (purpose == NETSCAPE || purpose == VERISIGN)
            })
    }

    /// The features of tlsFeature. Source: `parse_tlsfeatures`.
    pub(super) fn tls_features(&self) -> Result<Vec<u32>, Unavailable> {
        let value = self.extension(oid::TLS_FEATURE)?;
        let node = decode(&schema::TLS_FEATURES, value).map_err(|_| Unavailable::Broken)?;
        let features = node.children.iter().map(|number| {
            let feature = unsigned(number.content)?;
            (feature <= 0xffff)
                .then_some(feature)
                .ok_or(Unavailable::Broken)
        });
        features.collect()
    }

    /// Whether a critical extension is not one that GnuTLS lets pass.
    pub(super) fn has_unknown_critical(&self) -> bool {
        self.extensions
            .iter()
            .any(|extension| extension.critical && !SUPPORTED.contains(&Oid(&extension.oid)))
    }

    /// The value of the first extension with this identifier.
    pub(super) fn extension(&self, wanted: Oid<'_>) -> Result<&[u8], Unavailable> {
        get(&self.extensions, wanted)
    }
}

/// An INTEGER of one to four octets, the sign not minded. Source: `_gnutls_x509_read_uint`.
fn unsigned(octets: &[u8]) -> Result<u32, Unavailable> {
    match octets.len() {
        1..=4 => Ok(octets
            .iter()
            .fold(0, |sum, octet| sum << 8 | u32::from(*octet))),
        _ => Err(Unavailable::Broken),
    }
}

/// Whether what stopped a list of names only means that it is at its end.
fn ends_quietly(failure: Failure) -> Result<Vec<AltName>, Failure> {
    if failure == Failure::ElementNotFound {
        Ok(Vec::new())
    } else {
        Err(failure)
    }
}

fn key_id(octets: &[u8]) -> Option<Vec<u8>> {
    (1..=MOST_KEY_ID)
        .contains(&octets.len())
        .then(|| octets.to_vec())
}

fn get<'e>(extensions: &'e [Extension], wanted: Oid<'_>) -> Result<&'e [u8], Unavailable> {
    let found = extensions
        .iter()
        .find(|extension| extension.oid == wanted.0);
    let extension = found.ok_or(Unavailable::Absent)?;
    if extension.value.is_empty() {
        Err(Unavailable::Broken)
    } else {
        Ok(&extension.value)
    }
}

/// An extension that is an empty SEQUENCE ends GnuTLS's list.
fn extensions(list: Option<&Node<'_>>) -> Vec<Extension> {
    let list = list.map(|list| &list.children[..]).unwrap_or_default();
    let read = |extension: &Node<'_>| {
        let critical = extension.get("critical");
        Some(Extension {
            oid: extension.get("extnID")?.content.to_vec(),
            critical: critical.is_some_and(|critical| critical.content != [0]),
            value: extension.get("extnValue")?.content.to_vec(),
        })
    };
    list.iter().map_while(read).collect()
}

/// The two signature algorithms have to be the same; NULL and no parameters are. Source: `compare_sig_algorithm`.
fn compare_algorithms(outer: &Node<'_>, inner: &Node<'_>) -> Result<(), Failure> {
    let oid = |algorithm: &Node<'_>| {
        let oid = algorithm.get("algorithm");
        oid.map(|oid| oid.content.to_vec())
            .ok_or(Failure::ElementNotFound)
    };
    let parameters = |algorithm: &Node<'_>| {
        let parameters = algorithm.get("parameters").map(|any| any.content.to_vec());
        parameters.filter(|parameters| *parameters != [5, 0])
    };
    if oid(outer)? == oid(inner)? && parameters(outer) == parameters(inner) {
        Ok(())
    } else {
        Err(Failure::Certificate)
    }
}

/// Source: `_gnutls_check_cert_sanity`, as built without `STRICT_X509`.
fn check_version(version: u32, tbs: &Node<'_>, extensions: &[Extension]) -> Result<(), Failure> {
    if version < 3 {
        if tbs.get("extensions").is_some() {
            return Err(Failure::Certificate);
        }
    } else {
        let mut oids: Vec<&[u8]> = extensions.iter().map(|one| &one.oid[..]).collect();
        oids.sort_unstable();
        if oids.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Failure::DuplicateExtension);
        }
    }
    let unique_id = |name| tbs.get(name).is_some();
    if version < 2 && (unique_id("issuerUniqueID") || unique_id("subjectUniqueID")) {
        return Err(Failure::Certificate);
    }
    Ok(())
}

/// A BIT STRING's octets, where it has whole ones. Source: `_gnutls_x509_get_signature`.
fn whole_octets<'a>(bits: &Node<'a>) -> Option<&'a [u8]> {
    let (unused, octets) = bits.content.split_first()?;
    // 16 unused bits of three octets are two octets for GnuTLS: it drops them from the end.
    let unused = usize::from(*unused);
    let whole = unused % 8 == 0 && octets.len() > unused / 8;
    whole.then(|| &octets[..octets.len() - unused / 8])
}
