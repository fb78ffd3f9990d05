//! Name constraints along a path: `NameConstraintsExtension` and `GeneralSubtrees` of JDK 17.
//!
//! The constraints of all certificates above are merged into one set. Merging two permitted sets that have nothing in
//! common throws for most types of names, because Java cannot make the subtree that excludes them all.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::certificate::Certificate;
use super::der::{Thrown, Value};
use super::general::{GeneralName, Relation, dns_name, rfc822_name};

/// More comparisons than this in one merge are an attack on the verifier, and are not made here.
const COMPARISONS: usize = 250_000;

/// A part of the name space.
#[derive(Clone, Debug, PartialEq)]
struct Subtree {
    base: GeneralName,
    /// Whether minimum is not 0.
    has_minimum: bool,
    /// Whether maximum is there.
    has_maximum: bool,
}

impl Subtree {
    fn read(value: &Value<'_>) -> Result<Self, Thrown> {
        if value.tag != 0x30 {
            return Err(Thrown::io("Invalid encoding for GeneralSubtree."));
        }
        let mut fields = value.input();
        let mut subtree = Self::of(GeneralName::read(&fields.read()?, true)?);
        while !fields.is_empty() {
            let field = fields.read()?;
            match field.tag {
                0x80 => subtree.has_minimum = field.content_as_int()? != 0,
                0x81 => subtree.has_maximum = field.content_as_int()? != -1,
                _ => return Err(Thrown::io("Invalid encoding of GeneralSubtree.")),
            }
        }
        Ok(subtree)
    }

    fn of(base: GeneralName) -> Self {
        Self {
            base,
            has_minimum: false,
            has_maximum: false,
        }
    }

    fn constrains(&self, other: &Self) -> Result<Relation, Thrown> {
        self.base.constrains(&other.base)
    }
}

/// `GeneralSubtrees`.
#[derive(Clone, Debug, Default)]
struct Subtrees {
    bases: Vec<Subtree>,
}

/// A nameConstraints extension, or several merged into one.
#[derive(Clone, Debug, Default)]
pub(super) struct NameConstraints {
    permitted: Option<Subtrees>,
    excluded: Option<Subtrees>,
}

impl Subtrees {
    fn read(list: &Value<'_>) -> Result<Self, Thrown> {
        let bases = list.input().all()?;
        Ok(Self {
            bases: bases.iter().map(Subtree::read).collect::<Result<_, _>>()?,
        })
    }

    /// Leaves out what another subtree holds (`minimize`).
    fn minimize(&mut self) -> Result<(), Thrown> {
        let mut index = 0;
        while index + 1 < self.bases.len() {
            let mut later = index + 1;
            let mut remove = false;
            while later < self.bases.len() {
                match self.bases[index].constrains(&self.bases[later])? {
                    Relation::OtherType | Relation::Apart => later += 1,
                    Relation::Narrows => {
                        self.bases.remove(later);
                    }
                    Relation::Match | Relation::Widens => {
                        remove = true;
                        break;
                    }
                }
            }
            if remove {
                self.bases.remove(index);
            } else {
                index += 1;
            }
        }
        Ok(())
    }

    fn union(&mut self, other: &Self) -> Result<(), Thrown> {
        self.bases.extend(other.bases.iter().cloned());
        self.minimize()
    }

    /// Keeps what both hold; what must be excluded because nothing of its type is left is returned (`intersect`).
    fn intersect(&mut self, other: &Self) -> Result<Option<Self>, Thrown> {
        if self.bases.is_empty() {
            self.union(other)?;
            return Ok(None);
        }
        let mut other = other.clone();
        self.minimize()?;
        other.minimize()?;
        let mut narrowed = Vec::new();
        let mut excluded: Option<Self> = None;
        let mut index = 0;
        while index < self.bases.len() {
            let base = self.bases[index].clone();
            let mut apart = false;
            let mut removed = false;
            for candidate in &other.bases {
                match base.constrains(candidate)? {
                    Relation::Narrows => {
                        self.bases.remove(index);
                        removed = true;
                        narrowed.push(candidate.clone());
                        apart = false;
                        break;
                    }
                    Relation::Match | Relation::Widens => {
                        apart = false;
                        break;
                    }
                    Relation::Apart => apart = true,
                    Relation::OtherType => {}
                }
            }
            if apart {
                if !self.meets(&other, &base)? {
                    let widest = Subtree::of(base.base.widest()?);
                    let excluded = excluded.get_or_insert_with(Self::default);
                    if !excluded.bases.contains(&widest) {
                        excluded.bases.push(widest);
                    }
                }
                self.bases.remove(index);
            } else if !removed {
                index += 1;
            }
        }
        if !narrowed.is_empty() {
            self.bases.extend(narrowed);
            self.minimize()?;
        }
        for candidate in &other.bases {
            let mut is_new = false;
            for base in &self.bases {
                if base.constrains(candidate)? == Relation::OtherType {
                    is_new = true;
                } else {
                    is_new = false;
                    break;
                }
            }
            if is_new {
                self.bases.push(candidate.clone());
            }
        }
        Ok(excluded)
    }

    /// Whether any two subtrees of the type of `base` have something in common.
    fn meets(&self, other: &Self, base: &Subtree) -> Result<bool, Thrown> {
        let same_type = |own: &&Subtree| own.base.same_type(&base.base);
        for own in self.bases.iter().filter(same_type) {
            for candidate in &other.bases {
                let relation = own.constrains(candidate)?;
                if !matches!(relation, Relation::OtherType | Relation::Apart) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Leaves out what is excluded (`reduce`).
    fn reduce(&mut self, excluded: &Self) -> Result<(), Thrown> {
        for base in &excluded.bases {
            let mut index = 0;
            while index < self.bases.len() {
                match base.constrains(&self.bases[index])? {
                    Relation::Match | Relation::Narrows => {
                        self.bases.remove(index);
                    }
                    _ => index += 1,
                }
            }
        }
        Ok(())
    }
}

impl NameConstraints {
    /// Reads the value of the extension.
    pub(super) fn read(value: &Value<'_>) -> Result<Self, Thrown> {
        if value.tag != 0x30 {
            return Err(Thrown::io("Invalid encoding for NameConstraintsExtension."));
        }
        let mut constraints = Self::default();
        for field in value.input().all()? {
            let (place, what) = match field.tag {
                0xa0 => (&mut constraints.permitted, "permitted"),
                0xa1 => (&mut constraints.excluded, "excluded"),
                _ => return Err(Thrown::io("Invalid encoding of NameConstraintsExtension.")),
            };
            if place.is_some() {
                return Err(Thrown::io(format!(
                    "Duplicate {what} GeneralSubtrees in NameConstraintsExtension."
                )));
            }
            *place = Some(Subtrees::read(&field)?);
        }
        Ok(constraints)
    }

    /// Adds the constraints of the next certificate (`merge`).
    pub(super) fn merge(&mut self, new: &Self) -> Result<(), Thrown> {
        let bases =
            |subtrees: &Option<Subtrees>| subtrees.as_ref().map_or(0, |one| one.bases.len());
        let all = [
            &self.permitted,
            &self.excluded,
            &new.permitted,
            &new.excluded,
        ];
        let count: usize = all.into_iter().map(bases).sum();
        if count.saturating_mul(count) > COMPARISONS {
            return Err(Thrown::not_modelled(
                "more name constraints than are merged here",
            ));
        }
        if let Some(excluded) = &new.excluded {
            match &mut self.excluded {
                None => self.excluded = Some(excluded.clone()),
                Some(own) => own.union(excluded)?,
            }
        }
        if let Some(permitted) = &new.permitted {
            match &mut self.permitted {
                None => self.permitted = Some(permitted.clone()),
                Some(own) => {
                    if let Some(excluded) = own.intersect(permitted)? {
                        match &mut self.excluded {
                            None => self.excluded = Some(excluded),
                            Some(own) => own.union(&excluded)?,
                        }
                    }
                }
            }
        }
        if let (Some(permitted), Some(excluded)) = (&mut self.permitted, &self.excluded) {
            permitted.reduce(excluded)?;
        }
        Ok(())
    }

    /// Whether every name of a certificate is allowed (`verify(X509Certificate)`).
    pub(super) fn allow(&self, certificate: &Certificate) -> Result<bool, Thrown> {
        let subtrees = || {
            let lists = [&self.permitted, &self.excluded].into_iter().flatten();
            lists.flat_map(|list| &list.bases)
        };
        if subtrees().any(|subtree| subtree.has_minimum) {
            return Err(Thrown::io(
                "Non-zero minimum BaseDistance in name constraints not supported",
            ));
        }
        if subtrees().any(|subtree| subtree.has_maximum) {
            return Err(Thrown::io(
                "Maximum BaseDistance in name constraints not supported",
            ));
        }
        let subject = &certificate.subject;
        if !subject.is_empty() && !self.allow_name(&GeneralName::Directory(subject.clone()))? {
            return Ok(false);
        }
        for name in &names_of(certificate) {
            if !self.allow_name(name)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn allow_name(&self, name: &GeneralName) -> Result<bool, Thrown> {
        for subtree in self.excluded.iter().flat_map(|excluded| &excluded.bases) {
            if matches!(
                subtree.base.constrains(name)?,
                Relation::Match | Relation::Narrows
            ) {
                return Ok(false);
            }
        }
        let mut same_type = false;
        for subtree in self.permitted.iter().flat_map(|permitted| &permitted.bases) {
            match subtree.base.constrains(name)? {
                Relation::OtherType => {}
                Relation::Widens | Relation::Apart => same_type = true,
                Relation::Match | Relation::Narrows => return Ok(true),
            }
        }
        Ok(!same_type)
    }
}

/// The names beside the subject: the subjectAltName, or the subject's mail addresses; and its commonName, where that
/// reads as an address or a host and there is no name of that type.
fn names_of(certificate: &Certificate) -> Vec<GeneralName> {
    let subject = &certificate.subject;
    let mut names = match &certificate.extensions.alt_names {
        Some(names) => names.clone(),
        None => subject
            .email_addresses()
            .filter_map(|address| rfc822_name(address).ok())
            .map(GeneralName::Rfc822)
            .collect(),
    };
    let Some(common_name) = subject.common_name() else {
        return names;
    };
    let address = ipv4_literal(&common_name)
        .map(Into::into)
        .or_else(|| common_name.parse::<Ipv6Addr>().ok().map(Into::into));
    if let Some(address) = address {
        // `new IPAddressName(String)` wants a dot or a colon.
        let is_address = common_name.contains(['.', ':']);
        if is_address && !names.iter().any(|name| matches!(name, GeneralName::Ip(_))) {
            names.push(GeneralName::of_ip(address));
        }
    } else if !names.iter().any(|name| matches!(name, GeneralName::Dns(_)))
        && let Ok(name) = dns_name(&common_name)
    {
        names.push(GeneralName::Dns(name));
    }
    names
}

/// An address in dotted decimal with up to four parts, of which the last fills what is left
/// (`IPAddressUtil.textToNumericFormatV4`).
fn ipv4_literal(text: &str) -> Option<Ipv4Addr> {
    if text.is_empty() || text.len() > 15 {
        return None;
    }
    let parts: Vec<&str> = text.split('.').collect();
    let is_number =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.len() > 4 || !parts.iter().all(is_number) {
        return None;
    }
    let (last, others) = parts.split_last()?;
    let mut address = 0_u64;
    for part in others {
        let part: u64 = part.parse().ok().filter(|part| *part <= 255)?;
        address = (address << 8) | part;
    }
    let bits = 8 * (4 - others.len());
    let last: u64 = last.parse().ok().filter(|last| last >> bits == 0)?;
    let address = u32::try_from((address << bits) | last).ok()?;
    Some(Ipv4Addr::from(address))
}
