//! Names of other kinds than distinguished: subjectAltName, and what name constraints are about.

use super::asn1::{Node, decode};
use super::dn;
use super::failure::Failure;
use super::schema;

/// The kind of a name (`gnutls_x509_subject_alt_name_t`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Dns = 1,
    Email = 2,
    Uri = 3,
    Ip = 4,
    Other = 5,
    Directory = 6,
    RegisteredId = 7,
    /// An otherName that GnuTLS has a kind of its own for.
    Xmpp = 1000,
    Kerberos = 1001,
    MsPrincipal = 1002,
    Srv = 1003,
}

/// A name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AltName {
    pub(super) kind: Kind,
    /// The octets; the text of a directoryName; what stands in the string of an otherName of a known kind.
    pub(super) value: Vec<u8>,
}

impl AltName {
    /// Whether it fits into the buffer in which GnuTLS compares names (`MAX_CN` octets, a NUL after most).
    pub(super) fn fits(&self) -> bool {
        const MOST: usize = 256;
        let binary = matches!(
            self.kind,
            Kind::Ip | Kind::Directory | Kind::Kerberos | Kind::MsPrincipal
        );
        self.value.len() + usize::from(!binary) <= MOST
    }
}

/// The names of a subjectAltName or issuerAltName. One that GnuTLS cannot read spoils the certificate.
///
/// Source: `gnutls_x509_ext_import_subject_alt_names` in `lib/x509/x509_ext.c`.
pub(super) fn alt_names(value: &[u8]) -> Result<Vec<AltName>, Failure> {
    let names = read_list(&decode(&schema::GENERAL_NAMES, value)?)?;
    if names
        .iter()
        .any(|name| name.value.is_empty() && name.kind <= Kind::RegisteredId)
    {
        return Err(Failure::UnknownName);
    }
    Ok(names)
}

/// The names of a `GeneralNames` up to an empty directoryName, at which GnuTLS stops as if the list ended there.
pub(super) fn read_list(names: &Node<'_>) -> Result<Vec<AltName>, Failure> {
    let names = names.children.iter().map(read);
    names.map_while(Result::transpose).collect()
}

/// One name; none for an empty directoryName. Source: `_gnutls_parse_general_name2` in `lib/x509/x509.c`.
pub(super) fn read(name: &Node<'_>) -> Result<Option<AltName>, Failure> {
    let name = name.children.first().ok_or(Failure::ElementNotFound)?;
    let kind = match name.name {
        "dNSName" => Kind::Dns,
        "rfc822Name" => Kind::Email,
        "uniformResourceIdentifier" => Kind::Uri,
        "iPAddress" => Kind::Ip,
        "registeredID" => Kind::RegisteredId,
        "directoryName" => {
            let text = dn::text(name)?;
            return Ok(text.map(|value| AltName {
                kind: Kind::Directory,
                value,
            }));
        }
        "otherName" => return other_name(name).map(Some),
        _ => return Err(Failure::UnknownName),
    };
    Ok(Some(AltName {
        kind,
        value: name.content.to_vec(),
    }))
}

/// Source: `gnutls_x509_othername_to_virtual` in `lib/x509/virt-san.c`.
fn other_name(name: &Node<'_>) -> Result<AltName, Failure> {
    let field = |field| name.get(field).ok_or(Failure::ElementNotFound);
    let value = field("value")?.content;
    let string = match field("type-id")?.content {
        [0x2b, 6, 1, 5, 5, 7, 8, 5] => Some((Kind::Xmpp, &schema::UTF8_TEXT)),
        [0x2b, 6, 1, 5, 5, 7, 8, 7] => Some((Kind::Srv, &schema::IA5_TEXT)),
        [0x2b, 6, 1, 4, 1, 0x82, 0x37, 20, 2, 3] => Some((Kind::MsPrincipal, &schema::UTF8_TEXT)),
        _ => None,
    };
    if let Some((kind, schema)) = string
        && let Ok(text) = decode(schema, value)
        && !text.content.contains(&0)
    {
        return Ok(AltName {
            kind,
            value: text.content.to_vec(),
        });
    }
    let kind = match field("type-id")?.content {
        [0x2b, 6, 1, 5, 2, 2] => Kind::Kerberos,
        _ => Kind::Other,
    };
    Ok(AltName {
        kind,
        value: value.to_vec(),
    })
}
