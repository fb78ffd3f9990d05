//! Name constraints: whether a certificate's names stand where a CA above it allows (RFC 5280 §4.2.1.10).
//!
//! [`violation`] judges one certificate against one CA, so a path is judged by asking for each CA and
//! each certificate below it; that is the intersection of permitted and the union of excluded subtrees
//! that RFC 5280 §6.1.4(g) computes.

pub(crate) mod domain;
pub(crate) mod email;
pub(crate) mod ip;
mod problem;
mod text;
pub(crate) mod uri;

#[cfg(test)]
mod tests;

use std::ops::Range;

pub(crate) use problem::{Constraint, FoundName, NameProblem};
pub(crate) use text::describe;

use crate::cert::extension::{GeneralName, NameConstraints, Subtree};
use crate::cert::name::Name;
use crate::cert::{Certificate, Field, oid};
use domain::{DnsName, Scope};

/// How many permitted subtrees a problem lists.
const LISTED: usize = 4;

/// A constraint's base, read.
#[derive(Clone, Debug)]
enum Base<'a> {
    Dns(Scope<'a>),
    Email(email::Base<'a>),
    Directory(Vec<Vec<u8>>),
    Uri(Scope<'a>),
    Ip(ip::Network<'a>),
}

impl<'a> Base<'a> {
    /// Reads a base; none where its form is one that cannot be judged.
    fn parse(base: &GeneralName<'a>) -> Result<Option<Self>, &'static str> {
        Ok(Some(match base.kind {
            GeneralName::RFC822_NAME => Self::Email(email::Base::parse(base.value)?),
            GeneralName::DNS_NAME => Self::Dns(Scope::of_dns(base.value)?),
            GeneralName::DIRECTORY_NAME => Self::Directory(directory(base)?),
            GeneralName::URI => Self::Uri(uri::constraint(base.value)?),
            GeneralName::IP_ADDRESS => Self::Ip(ip::Network::parse(base.value)?),
            _ => return Ok(None),
        }))
    }

    /// Whether all that the name stands for is inside.
    fn covers(&self, name: &Presented<'_>) -> bool {
        match (self, name) {
            (Self::Dns(scope), Presented::Dns(name)) => scope.covers_dns(*name),
            (Self::Email(base), Presented::Email(mailbox)) => base.covers(mailbox),
            (Self::Directory(base), Presented::Directory(name)) => name.starts_with(base),
            (Self::Uri(scope), Presented::Uri(host)) => scope.covers(host),
            (Self::Ip(network), Presented::Ip(address)) => network.covers(address),
            _ => false,
        }
    }

    /// Whether something that the name stands for is inside.
    fn touches(&self, name: &Presented<'_>) -> bool {
        match (self, name) {
            (Self::Dns(scope), Presented::Dns(name)) => scope.touches_dns(*name),
            _ => self.covers(name),
        }
    }
}

fn directory(name: &GeneralName<'_>) -> Result<Vec<Vec<u8>>, &'static str> {
    let name = name.directory_name().map_err(|error| error.what)?;
    Ok(name.rdn_keys().collect())
}

/// A name of a certificate, read.
enum Presented<'a> {
    Dns(DnsName<'a>),
    Email(email::Mailbox<'a>),
    Directory(Vec<Vec<u8>>),
    Uri(&'a str),
    Ip(&'a [u8]),
}

/// Where a name stands in its certificate.
#[derive(Clone, Copy)]
enum Holder<'c, 'a> {
    Subject(&'c Name<'a>),
    /// An emailAddress in the subject.
    Address(&'c [u8]),
    Alternative(&'c GeneralName<'a>),
    /// A `SmtpUTF8Mailbox`, judged as a mailbox.
    Mailbox(&'c GeneralName<'a>, &'a [u8]),
}

impl Holder<'_, '_> {
    /// Whose constraints are asked.
    fn kind(&self) -> u8 {
        match self {
            Self::Subject(_) => GeneralName::DIRECTORY_NAME,
            Self::Address(_) | Self::Mailbox(..) => GeneralName::RFC822_NAME,
            Self::Alternative(name) => name.kind,
        }
    }

    /// Reads the name; none where its form is one that cannot be judged.
    fn read(&self) -> Result<Option<Presented<'_>>, &'static str> {
        Ok(Some(match self {
            Self::Subject(name) => Presented::Directory(name.rdn_keys().collect()),
            Self::Address(octets) => Presented::Email(email::Mailbox::parse(octets)?),
            Self::Mailbox(_, octets) => Presented::Email(email::Mailbox::parse_utf8(octets)?),
            Self::Alternative(name) => match name.kind {
                GeneralName::RFC822_NAME => Presented::Email(email::Mailbox::parse(name.value)?),
                GeneralName::DNS_NAME => Presented::Dns(DnsName::parse(name.value)?),
                GeneralName::DIRECTORY_NAME => Presented::Directory(directory(name)?),
                GeneralName::URI => Presented::Uri(uri::Uri::parse(name.value)?.host_name()?),
                GeneralName::IP_ADDRESS => {
                    ip::address(name.value)?;
                    Presented::Ip(name.value)
                }
                _ => return Ok(None),
            },
        }))
    }

    fn found(&self, certificate: &Certificate<'_>) -> FoundName {
        let (field, range, text) = match self {
            Self::Subject(name) => (
                Field::Subject,
                certificate.range(Field::Subject),
                format!("subject `{}`", text::shortened(&name.to_string())),
            ),
            Self::Address(octets) => (
                Field::Subject,
                certificate.range(Field::Subject),
                format!("emailAddress {}", text::quoted(octets)),
            ),
            Self::Alternative(name) | Self::Mailbox(name, _) => (
                Field::Extension(oid::SUBJECT_ALT_NAME),
                name.tlv.range(),
                describe(name),
            ),
        };
        FoundName { text, field, range }
    }
}

/// Judges every name of a certificate against the constraints of one CA above it.
///
/// Self-issued certificates that are not the last of their path are exempt (RFC 5280 §6.1.3(b));
/// leaving them out is the caller's part. Every name, every constraint that is read and every
/// comparison costs 1 of `budget`.
///
/// # Errors
/// The first name that may not be there, or that cannot be judged.
pub(crate) fn violation(
    constraints: &NameConstraints<'_>,
    certificate: &Certificate<'_>,
    budget: &mut usize,
) -> Result<(), NameProblem> {
    let constrained = constraints.subtrees().next().is_some();
    let san = oid::SUBJECT_ALT_NAME;
    if let Some((_, error)) = certificate
        .values
        .malformed
        .iter()
        .find(|(extension, _)| constrained && *extension == san)
    {
        let name = FoundName {
            text: "subjectAltName".to_owned(),
            field: Field::Extension(san),
            range: certificate.range(Field::Extension(san)),
        };
        let why = error.what;
        return Err(NameProblem::MalformedName { name, why });
    }
    let mut judge = Judge {
        constraints,
        certificate,
        forms: std::array::from_fn(|_| None),
        budget,
    };
    for holder in holders(certificate) {
        judge.judge(holder)?;
    }
    Ok(())
}

/// Every name of a certificate that constraints can be on.
fn holders<'c, 'a>(certificate: &'c Certificate<'a>) -> impl Iterator<Item = Holder<'c, 'a>> {
    let subject = Some(&certificate.subject).filter(|subject| !subject.is_empty());
    let names = &certificate.values.subject_alt_names;
    let has_mailbox = names
        .iter()
        .any(|name| name.kind == GeneralName::RFC822_NAME);
    let addresses = certificate
        .subject
        .attributes(oid::EMAIL_ADDRESS)
        .filter(move |_| !has_mailbox)
        .map(|attribute| Holder::Address(attribute.value));
    let mailboxes = names
        .iter()
        .filter_map(|name| Some(Holder::Mailbox(name, smtp_utf8_mailbox(name)?)));
    subject
        .map(Holder::Subject)
        .into_iter()
        .chain(addresses)
        .chain(names.iter().map(Holder::Alternative))
        .chain(mailboxes)
}

/// The value of an otherName that is a `SmtpUTF8Mailbox` (RFC 9598 §3).
pub(crate) fn smtp_utf8_mailbox<'a>(name: &GeneralName<'a>) -> Option<&'a [u8]> {
    if name.kind != GeneralName::OTHER_NAME {
        return None;
    }
    let (kind, value) = name.other_name().ok()?;
    (kind == oid::SMTP_UTF8_MAILBOX).then(|| value.value())
}

/// The subtrees of one form, read.
struct Form<'c, 'a> {
    permitted: Vec<(&'c Subtree<'a>, Option<Base<'a>>)>,
    excluded: Vec<(&'c Subtree<'a>, Option<Base<'a>>)>,
    /// The first whose base does not decode.
    malformed: Option<(&'c Subtree<'a>, &'static str)>,
    /// The first that says minimum or maximum, which nothing defines a meaning for.
    bounded: Option<&'c Subtree<'a>>,
}

struct Judge<'c, 'a, 'b> {
    constraints: &'c NameConstraints<'a>,
    certificate: &'c Certificate<'c>,
    /// By kind; read when the first name of that kind is met.
    forms: [Option<Form<'c, 'a>>; 9],
    budget: &'b mut usize,
}

/// Takes from the budget.
fn charge(budget: &mut usize, cost: usize) -> Result<(), NameProblem> {
    *budget = budget.checked_sub(cost).ok_or_else(|| {
        *budget = 0;
        NameProblem::BudgetExhausted
    })?;
    Ok(())
}

impl Judge<'_, '_, '_> {
    fn judge(&mut self, holder: Holder<'_, '_>) -> Result<(), NameProblem> {
        charge(self.budget, 1)?;
        let kind = usize::from(holder.kind());
        let Some(slot) = self.forms.get_mut(kind) else {
            return Ok(());
        };
        let form = match slot {
            Some(form) => form,
            None => slot.insert(read_form(self.constraints, holder.kind(), self.budget)?),
        };
        if form.permitted.is_empty() && form.excluded.is_empty() && form.malformed.is_none() {
            return Ok(());
        }
        let found = || holder.found(self.certificate);
        let presented = match holder.read() {
            Ok(Some(presented)) => presented,
            Ok(None) => return self.unsupported(holder),
            Err(why) => return Err(NameProblem::MalformedName { name: found(), why }),
        };
        if let Some((subtree, why)) = form.malformed {
            let constraint = Constraint::of(subtree);
            return Err(NameProblem::MalformedConstraint {
                name: found(),
                constraint,
                why,
            });
        }
        if let Some(subtree) = form.bounded.filter(|_| self.constraints.critical) {
            return Err(NameProblem::NotProcessed {
                name: found(),
                constraint: Constraint::of(subtree),
            });
        }
        for (subtree, base) in &form.excluded {
            charge(self.budget, 1)?;
            if base.as_ref().is_some_and(|base| base.touches(&presented)) {
                return Err(NameProblem::Excluded {
                    name: found(),
                    by: Constraint::of(subtree),
                });
            }
        }
        for (_, base) in &form.permitted {
            charge(self.budget, 1)?;
            if base.as_ref().is_some_and(|base| base.covers(&presented)) {
                return Ok(());
            }
        }
        if form.permitted.is_empty() {
            return Ok(());
        }
        let listed = form.permitted.iter().take(LISTED);
        Err(NameProblem::NotPermitted {
            name: found(),
            permitted: listed.map(|(subtree, _)| Constraint::of(subtree)).collect(),
            more: form.permitted.len().saturating_sub(LISTED),
        })
    }

    /// A name of a form without a defined comparison: RFC 5280 §4.2.1.10 has it rejected where the
    /// constraint is critical.
    fn unsupported(&mut self, holder: Holder<'_, '_>) -> Result<(), NameProblem> {
        let Holder::Alternative(name) = holder else {
            return Ok(());
        };
        if !self.constraints.critical {
            return Ok(());
        }
        if let Some(subtree) = unprocessed(self.constraints, name, self.budget)? {
            return Err(NameProblem::NotProcessed {
                name: holder.found(self.certificate),
                constraint: Constraint::of(subtree),
            });
        }
        Ok(())
    }
}

/// The constraint that would have to be judged for a name of a form without a defined comparison.
fn unprocessed<'c, 'a>(
    constraints: &'c NameConstraints<'a>,
    name: &GeneralName<'_>,
    budget: &mut usize,
) -> Result<Option<&'c Subtree<'a>>, NameProblem> {
    // Constraints on otherNames of another type say nothing about this one.
    let kind = |name: &GeneralName<'_>| name.other_name().ok().map(|(kind, _)| kind.0.to_vec());
    let own = kind(name);
    for subtree in constraints.subtrees() {
        charge(budget, 1)?;
        let base = &subtree.base;
        let other = base.kind == GeneralName::OTHER_NAME
            && matches!((&own, kind(base)), (Some(own), Some(base)) if *own != base);
        if base.kind == name.kind && !other {
            return Ok(Some(subtree));
        }
    }
    Ok(None)
}

fn read_form<'c, 'a>(
    constraints: &'c NameConstraints<'a>,
    kind: u8,
    budget: &mut usize,
) -> Result<Form<'c, 'a>, NameProblem> {
    let mut malformed = None;
    let mut bounded = None;
    let mut read = |subtrees: &'c Option<Vec<Subtree<'a>>>| {
        let mut form = Vec::new();
        for subtree in subtrees.iter().flatten() {
            if subtree.base.kind != kind {
                continue;
            }
            charge(budget, 1)?;
            if has_bounds(subtree) {
                bounded.get_or_insert(subtree);
            }
            match Base::parse(&subtree.base) {
                Ok(base) => form.push((subtree, base)),
                Err(why) => _ = malformed.get_or_insert((subtree, why)),
            }
        }
        Ok(form)
    };
    Ok(Form {
        permitted: read(&constraints.permitted)?,
        excluded: read(&constraints.excluded)?,
        malformed,
        bounded,
    })
}

/// Whether a subtree has a minimum or maximum that RFC 5280 does not allow.
fn has_bounds(subtree: &Subtree<'_>) -> bool {
    subtree.minimum.is_some_and(|minimum| minimum != 0) || subtree.maximum.is_some()
}

/// What is wrong with the base of a constraint; none too where its form is one that cannot be judged.
pub(crate) fn fault(base: &GeneralName<'_>) -> Option<&'static str> {
    Base::parse(base).err()
}

/// The permitted subtrees that lie outside of what a CA above permits, at most `LISTED` of them.
pub(crate) fn widened<'c>(
    above: &NameConstraints<'_>,
    own: &'c NameConstraints<'c>,
    budget: &mut usize,
) -> Vec<&'c Subtree<'c>> {
    let read = |base: &GeneralName<'_>| matches!(Base::parse(base), Ok(Some(_)));
    let mut outside = Vec::new();
    for subtree in own.permitted.iter().flatten() {
        if outside.len() == LISTED || !read(&subtree.base) {
            continue;
        }
        // A form that the CA above does not permit anything of is free there.
        let mut inside = true;
        for upper in above.permitted.iter().flatten() {
            let Some(rest) = budget.checked_sub(1) else {
                return outside;
            };
            *budget = rest;
            if upper.base.kind == subtree.base.kind {
                inside = contains(&upper.base, &subtree.base);
                if inside {
                    break;
                }
            }
        }
        if !inside {
            outside.push(subtree);
        }
    }
    outside
}

/// The name forms of which something is permitted, and all of it excluded; at most `budget` comparisons are made.
pub(crate) fn without_rest(constraints: &NameConstraints<'_>, budget: usize) -> Vec<u8> {
    let of = |list: &Option<Vec<Subtree<'_>>>| list.as_ref().map_or(0, Vec::len);
    if of(&constraints.permitted).saturating_mul(of(&constraints.excluded)) > budget {
        return Vec::new();
    }
    let read = |base: &GeneralName<'_>| matches!(Base::parse(base), Ok(Some(_)));
    let is_excluded = |permitted: &Subtree<'_>| {
        let mut excluded = constraints.excluded.iter().flatten();
        excluded.any(|excluded| {
            excluded.base.kind == permitted.base.kind
                && read(&excluded.base)
                && read(&permitted.base)
                && contains(&excluded.base, &permitted.base)
        })
    };
    let permitted = |kind: u8| {
        let permitted = constraints.permitted.iter().flatten();
        permitted.filter(move |subtree| subtree.base.kind == kind)
    };
    let mut kinds: Vec<u8> = (0..=8).collect();
    kinds.retain(|&kind| permitted(kind).next().is_some() && permitted(kind).all(is_excluded));
    kinds
}

/// Whether all that one base spans is inside another; true where it cannot be told.
fn contains(upper: &GeneralName<'_>, lower: &GeneralName<'_>) -> bool {
    let (Ok(Some(upper)), Ok(Some(lower))) = (Base::parse(upper), Base::parse(lower)) else {
        return true;
    };
    match (&upper, &lower) {
        (Base::Dns(upper), Base::Dns(lower)) | (Base::Uri(upper), Base::Uri(lower)) => {
            upper.contains(lower)
        }
        (Base::Email(upper), Base::Email(lower)) => upper.contains(lower),
        (Base::Directory(upper), Base::Directory(lower)) => lower.starts_with(upper),
        (Base::Ip(upper), Base::Ip(lower)) => upper.contains(lower),
        _ => true,
    }
}

/// A host that a commonName spells, where it lies outside of the dNSName constraints of a CA.
///
/// RFC 5280 puts no constraint on commonNames.
pub(crate) fn host_outside(
    constraints: &NameConstraints<'_>,
    host: &str,
    budget: &mut usize,
) -> Option<Range<usize>> {
    let form = read_form(constraints, GeneralName::DNS_NAME, budget).ok()?;
    let covering = |list: &[(&Subtree<'_>, Option<Base<'_>>)]| {
        let mut covering = list.iter().filter(|(_, base)| match base {
            Some(Base::Dns(scope)) => scope.covers(host),
            _ => false,
        });
        covering.next().map(|(subtree, _)| subtree.tlv.range())
    };
    if let Some(range) = covering(&form.excluded) {
        return Some(range);
    }
    let (first, _) = form.permitted.first()?;
    covering(&form.permitted)
        .is_none()
        .then(|| first.tlv.range())
}
