//! `GeneralName` and the relation of two of them (`GeneralNameInterface.constrains`), as JDK 17 has them.

mod hosts;

use std::net::IpAddr;

use super::der::{Input, Thrown, Value};
use super::name::Name;

use hosts::Uri;
pub(super) use hosts::dns_name;

/// A name of a subjectAltName, or the base of a subtree.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum GeneralName {
    Other(Vec<u8>),
    Rfc822(String),
    Dns(String),
    X400(Vec<u8>),
    Directory(Name),
    Edi(Vec<u8>),
    Uri(Uri),
    Ip(Vec<u8>),
    RegisteredId(Vec<u8>),
}

/// How a name stands to the base of a subtree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    /// They are of different types.
    OtherType,
    /// They are the same.
    Match,
    /// The name is inside the subtree.
    Narrows,
    /// The subtree is inside the name.
    Widens,
    /// They are of one type and apart.
    Apart,
}

impl GeneralName {
    /// Reads a name; the base of a subtree has URIs of another form.
    pub(super) fn read(value: &Value<'_>, is_base: bool) -> Result<Self, Thrown> {
        const FORMS: [(&str, bool); 9] = [
            ("Other-Name", true),
            ("RFC822 name", false),
            ("DNSName", false),
            ("X400Address name", true),
            ("Directory name", true),
            ("EDI name", true),
            ("URI", false),
            ("IP address", false),
            ("OID name", false),
        ];
        let number = value.tag & 0x1f;
        let Some((form, constructed)) = FORMS.get(usize::from(number)) else {
            return Err(Thrown::io(format!(
                "Unrecognized GeneralName tag, ({number})"
            )));
        };
        if value.tag & 0xc0 != 0x80 || value.is_constructed() != *constructed {
            return Err(Thrown::io(format!("Invalid encoding of {form}")));
        }
        let ia5 = || -> String {
            let octets = value.content.iter();
            let ascii = |&octet: &u8| {
                if octet.is_ascii() {
                    char::from(octet)
                } else {
                    char::REPLACEMENT_CHARACTER
                }
            };
            octets.map(ascii).collect()
        };
        Ok(match number {
            0 => {
                let mut fields = value.input();
                fields.read()?.oid()?;
                fields.read()?;
                Self::Other(value.content.to_vec())
            }
            1 => Self::Rfc822(rfc822_name(ia5())?),
            2 => Self::Dns(ia5()),
            3 => Self::X400(value.content.to_vec()),
            4 => Self::Directory(Name::read(&mut value.input())?),
            5 => {
                let parts = value.input().all()?;
                if !matches!(parts.len(), 1 | 2) {
                    return Err(Thrown::io("Invalid encoding of EDIPartyName"));
                }
                Self::Edi(value.content.to_vec())
            }
            6 if is_base => Self::Uri(Uri::base(&ia5())?),
            6 => Self::Uri(Uri::parse(&ia5())?),
            7 => Self::Ip(ip_address(value.content)?),
            _ => Self::RegisteredId(value.content_as_oid()?.to_vec()),
        })
    }

    /// Reads a `GeneralNames`.
    pub(super) fn read_list(list: &Value<'_>) -> Result<Vec<Self>, Thrown> {
        if list.content.is_empty() {
            return Err(Thrown::io("No data available in passed DER encoded value."));
        }
        let names = Input::new(list.content).all()?;
        names.iter().map(|name| Self::read(name, false)).collect()
    }

    /// Whether both are of one type.
    pub(super) fn same_type(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// How `name` stands to this base (`constrains`); it throws where Java has not implemented the question.
    pub(super) fn constrains(&self, name: &Self) -> Result<Relation, Thrown> {
        let unsupported = |message: &str| {
            Err(Thrown {
                class: "java.lang.UnsupportedOperationException",
                message: message.to_owned(),
            })
        };
        match (self, name) {
            (Self::Rfc822(base), Self::Rfc822(name)) => Ok(rfc822_relation(base, name)),
            (Self::Dns(base), Self::Dns(name)) => hosts::dns_relation(base, name),
            (Self::Directory(base), Self::Directory(name)) => Ok(directory_relation(base, name)),
            (Self::Uri(base), Self::Uri(name)) => base.relation(name),
            (Self::Ip(base), Self::Ip(name)) => ip_relation(base, name),
            (Self::RegisteredId(base), Self::RegisteredId(name)) if base == name => {
                Ok(Relation::Match)
            }
            (Self::RegisteredId(_), Self::RegisteredId(_)) => {
                unsupported("Narrowing and widening are not supported for OIDNames")
            }
            (Self::Other(_), Self::Other(_)) => {
                unsupported("Narrowing, widening, and matching are not supported for OtherName.")
            }
            (Self::X400(_), Self::X400(_)) => {
                unsupported("Narrowing, widening, and match are not supported for X400Address.")
            }
            (Self::Edi(_), Self::Edi(_)) => unsupported(
                "Narrowing, widening, and matching of names not supported for EDIPartyName",
            ),
            _ => Ok(Relation::OtherType),
        }
    }

    /// The subtree that holds every name of this type (`createWidestSubtree`); only directory names have one that
    /// Java can make.
    pub(super) fn widest(&self) -> Result<Self, Thrown> {
        let unexpected = |message: &str| {
            Err(Thrown {
                class: "java.lang.RuntimeException",
                message: format!("Unexpected error: java.io.IOException: {message}"),
            })
        };
        match self {
            Self::Directory(_) => Ok(Self::Directory(Name::empty())),
            Self::Rfc822(_) => unexpected("RFC822Name may not be null or empty"),
            Self::Dns(_) => unexpected("DNSName must not be null or empty"),
            Self::Uri(_) => unexpected("URI name must include scheme:"),
            Self::RegisteredId(_) => {
                unexpected("Unable to create OIDName: java.lang.StringIndexOutOfBoundsException")
            }
            Self::X400(_) => Ok(Self::X400(Vec::new())),
            Self::Other(_) | Self::Edi(_) | Self::Ip(_) => Err(Thrown {
                class: "java.lang.NullPointerException",
                message: "no subtree of this type is the widest".to_owned(),
            }),
        }
    }

    /// The IP address that a text is (`new IPAddressName(String)`).
    pub(super) fn of_ip(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::Ip(address.octets().to_vec()),
            IpAddr::V6(address) => Self::Ip(match address.to_ipv4_mapped() {
                Some(mapped) => mapped.octets().to_vec(),
                None => address.octets().to_vec(),
            }),
        }
    }
}

/// Checks a mail address, a host or a domain (`RFC822Name.parseName`).
pub(super) fn rfc822_name(name: String) -> Result<String, Thrown> {
    if name.is_empty() {
        return Err(Thrown::io("RFC822Name may not be null or empty"));
    }
    let domain = name.split_once('@').map_or(&*name, |(_, domain)| domain);
    match domain {
        "" => Err(Thrown::io("RFC822Name may not end with @")),
        "." => Err(Thrown::io("RFC822Name domain may not be just .")),
        _ => Ok(name),
    }
}

fn rfc822_relation(base: &str, name: &str) -> Relation {
    let base = base.to_lowercase();
    let name = name.to_lowercase();
    let inside = |outer: &str, inner: &str, relation: Relation| {
        let before = inner.strip_suffix(outer)?;
        let is_below = !outer.contains('@') && (outer.starts_with('.') || before.ends_with('@'));
        Some(if is_below { relation } else { Relation::Apart })
    };
    if base == name {
        Relation::Match
    } else {
        inside(&name, &base, Relation::Widens)
            .or_else(|| inside(&base, &name, Relation::Narrows))
            .unwrap_or(Relation::Apart)
    }
}

fn directory_relation(base: &Name, name: &Name) -> Relation {
    if base == name {
        Relation::Match
    } else if name.has_no_rdn() {
        Relation::Widens
    } else if base.has_no_rdn() || name.is_within(base) {
        Relation::Narrows
    } else if base.is_within(name) {
        Relation::Widens
    } else {
        Relation::Apart
    }
}

/// Checks the octets of an address or a network.
fn ip_address(octets: &[u8]) -> Result<Vec<u8>, Thrown> {
    match octets.len() {
        4 | 8 | 16 | 32 => Ok(octets.to_vec()),
        _ => Err(Thrown::io("Invalid IPAddressName")),
    }
}

/// `IPAddressName.constrains`: addresses have 4 or 16 octets, networks twice that. Java does not look whether both are
/// of one version: it compares as many octets as the network has, and throws where the address has fewer.
fn ip_relation(base: &[u8], name: &[u8]) -> Result<Relation, Thrown> {
    let is_network = |octets: &[u8]| matches!(octets.len(), 8 | 32);
    if base.len() == name.len() {
        return Ok(if is_network(base) {
            network_relation(base, name)
        } else if base == name {
            Relation::Match
        } else {
            Relation::Apart
        });
    }
    let holds = |network: &[u8], address: &[u8]| {
        let (prefix, mask) = network.split_at(network.len() / 2);
        for (index, (prefix, mask)) in prefix.iter().zip(mask).enumerate() {
            let Some(octet) = address.get(index) else {
                let length = address.len();
                return Err(Thrown {
                    class: "java.lang.ArrayIndexOutOfBoundsException",
                    message: format!("Index {index} out of bounds for length {length}"),
                });
            };
            if octet & mask != *prefix {
                return Ok(false);
            }
        }
        Ok(true)
    };
    Ok(if is_network(name) {
        if holds(name, base)? {
            Relation::Widens
        } else {
            Relation::Apart
        }
    } else if is_network(base) && holds(base, name)? {
        Relation::Narrows
    } else {
        Relation::Apart
    })
}

fn network_relation(base: &[u8], name: &[u8]) -> Relation {
    let (prefix, mask) = base.split_at(base.len() / 2);
    let (other_prefix, other_mask) = name.split_at(name.len() / 2);
    let indices = || 0..mask.len();
    if mask == other_mask && indices().all(|i| prefix[i] & mask[i] == other_prefix[i] & mask[i]) {
        return Relation::Match;
    }
    // A prefix with bits outside its mask holds no address.
    let empty = indices().any(|i| prefix[i] & mask[i] != prefix[i]);
    let other_empty = indices().any(|i| other_prefix[i] & other_mask[i] != other_prefix[i]);
    let other_inside = indices().all(|i| {
        mask[i] & other_mask[i] == mask[i] && prefix[i] & mask[i] == other_prefix[i] & mask[i]
    });
    let inside_other = indices().all(|i| {
        other_mask[i] & mask[i] == other_mask[i]
            && other_prefix[i] & other_mask[i] == prefix[i] & other_mask[i]
    });
    match (empty, other_empty) {
        (true, true) => Relation::Match,
        (true, false) => Relation::Widens,
        (false, true) => Relation::Narrows,
        (false, false) if other_inside => Relation::Narrows,
        (false, false) if inside_other => Relation::Widens,
        (false, false) => Relation::Apart,
    }
}
