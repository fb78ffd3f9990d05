//! Name constraints as Go checks them.
//!
//! Source: `src/crypto/x509/constraints.go` of Go 1.27.3, `checkChainConstraints`. Constraints are kept sorted, those
//! inside others dropped, and a name is held against its nearest neighbour alone.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::Release;
use super::quote::quote;
use super::x509::{Certificate, Mailbox, Network, Subtrees, Url, domain_is_valid, is_ip, mailbox};

const RELEASE: Release = Release::V1_27;

/// What speaks against the names of a chain, end-entity first, in Go's words.
pub(super) fn check(chain: &[&Certificate]) -> Result<(), String> {
    let constraints: Vec<(usize, Constraints)> = chain
        .iter()
        .enumerate()
        .filter_map(|(index, certificate)| {
            let (permitted, excluded) = certificate.extensions.name_constraints.as_ref()?;
            Some((index, Constraints::new(permitted, excluded)))
        })
        .collect();
    if constraints.is_empty() {
        return Ok(());
    }
    for (index, certificate) in chain.iter().enumerate() {
        if certificate.extensions.subject_alt_name.is_none() {
            continue;
        }
        let above = constraints.partition_point(|(place, _)| *place <= index);
        if above == constraints.len() {
            return Ok(());
        }
        let names = SubjectNames::of(certificate)?;
        for (_, constraints) in &constraints[above..] {
            constraints.check(&names)?;
        }
    }
    Ok(())
}

/// The names of a certificate, ready to be compared.
struct SubjectNames<'c> {
    ips: &'c [Vec<u8>],
    dns: &'c [Vec<u8>],
    /// Each with its host in lower case.
    uris: Vec<(&'c Url, Vec<u8>)>,
    /// With their domains in lower case.
    emails: Vec<Mailbox>,
}

impl<'c> SubjectNames<'c> {
    fn of(certificate: &'c Certificate) -> Result<Self, String> {
        let names = &certificate.extensions.names;
        let uris = names.uris.iter().map(|uri| Ok((uri, host(uri)?)));
        let uris = uris.collect::<Result<_, String>>()?;
        let emails = names.emails.iter().map(|email| {
            let mut mailbox = mailbox(email, RELEASE)
                .ok_or_else(|| format!("cannot parse rfc822Name {}", quote(email)))?;
            mailbox.domain.make_ascii_lowercase();
            Ok(mailbox)
        });
        Ok(Self {
            ips: &names.ips,
            dns: &names.dns,
            uris,
            emails: emails.collect::<Result<_, String>>()?,
        })
    }
}

/// The host of a URI in lower case and without its port.
fn host(uri: &Url) -> Result<Vec<u8>, String> {
    let quoted = || quote(&uri.to_bytes());
    let mut host = uri.host.to_ascii_lowercase();
    if host.is_empty() {
        let quoted = quoted();
        return Err(format!(
            "URI with empty host ({quoted}) cannot be matched against constraints"
        ));
    }
    if host.contains(&b':') && !host.ends_with(b"]") {
        // Here the case is kept: Go splits the host as it stands.
        host = split_port(&uri.host).map_err(|why| {
            let address = String::from_utf8_lossy(&uri.host);
            let host = quote(&uri.host);
            format!("cannot parse URI host {host}: address {address}: {why}")
        })?;
    }
    if is_ip(&host) || (host.starts_with(b"[") && host.ends_with(b"]")) {
        let quoted = quoted();
        return Err(format!(
            "URI with IP ({quoted}) cannot be matched against constraints"
        ));
    }
    Ok(host)
}

/// The host of `host:port` (`net.SplitHostPort` in `src/net/ipsock.go`).
fn split_port(text: &[u8]) -> Result<Vec<u8>, &'static str> {
    let colon = memchr::memrchr(b':', text).ok_or("missing port in address")?;
    let host = if text.starts_with(b"[") {
        let end = memchr::memchr(b']', text).ok_or("missing ']' in address")?;
        if end + 1 != colon {
            let after_colon = text.get(end + 1) == Some(&b':');
            return Err(if after_colon {
                "too many colons in address"
            } else {
                "missing port in address"
            });
        }
        &text[1..end]
    } else {
        let host = &text[..colon];
        if host.contains(&b':') {
            return Err("too many colons in address");
        }
        host
    };
    let after = if text.starts_with(b"[") {
        (&text[1..], &text[host.len() + 2..])
    } else {
        (text, text)
    };
    if after.0.contains(&b'[') {
        return Err("unexpected '[' in address");
    }
    if after.1.contains(&b']') {
        return Err("unexpected ']' in address");
    }
    Ok(host.to_vec())
}

/// The constraints of one certificate.
struct Constraints {
    permitted: Set,
    excluded: Set,
}

/// What is permitted, or what is excluded; a kind of name without constraints is none.
struct Set {
    ips: Option<[Vec<Network>; 2]>,
    dns: Option<Domains>,
    uris: Option<Domains>,
    emails: Option<Emails>,
}

impl Constraints {
    fn new(permitted: &Subtrees, excluded: &Subtrees) -> Self {
        Self {
            permitted: Set::new(permitted, true),
            excluded: Set::new(excluded, false),
        }
    }

    /// In Go's order: addresses, DNS names, URIs, email addresses.
    fn check(&self, names: &SubjectNames<'_>) -> Result<(), String> {
        let Self {
            permitted,
            excluded,
        } = self;
        for ip in names.ips {
            let found = |set: &Set| set.ips.as_ref().map(|sets| network_of(sets, ip));
            judge(
                "IP address",
                || ip_text(ip),
                found(permitted),
                || found(excluded),
            )?;
        }
        for name in names.dns {
            if !domain_is_valid(name, false, RELEASE) {
                return Err(format!("x509: cannot parse dnsName {}", quote(name)));
            }
            let found = |set: &Set| set.dns.as_ref().map(|domains| domains.query(name));
            judge(
                "DNS name",
                || name.clone(),
                found(permitted),
                || found(excluded),
            )?;
        }
        for (uri, host) in &names.uris {
            if !domain_is_valid(host, false, RELEASE) {
                let uri = quote(&uri.to_bytes());
                return Err(format!(
                    "x509: internal error: URI SAN {uri} failed to parse"
                ));
            }
            let found = |set: &Set| set.uris.as_ref().map(|domains| domains.query(host));
            judge(
                "URI",
                || uri.to_bytes(),
                found(permitted),
                || found(excluded),
            )?;
        }
        for email in &names.emails {
            let found = |set: &Set| set.emails.as_ref().map(|emails| emails.query(email));
            judge(
                "email address",
                || joined(email),
                found(permitted),
                || found(excluded),
            )?;
        }
        Ok(())
    }
}

/// What the permitted and the excluded constraints found say about a name; none where there are no constraints of its
/// kind (`checkConstraints`).
#[allow(
    clippy::option_option,
    clippy::needless_pass_by_value,
    reason = "whether there are constraints, and which one was found"
)]
fn judge(
    kind: &str,
    name: impl Fn() -> Vec<u8>,
    permitted: Option<Option<Vec<u8>>>,
    excluded: impl Fn() -> Option<Option<Vec<u8>>>,
) -> Result<(), String> {
    if permitted == Some(None) {
        let name = quote(&name());
        return Err(format!("{kind} {name} is not permitted by any constraint"));
    }
    if let Some(Some(constraint)) = excluded() {
        let (name, constraint) = (quote(&name()), quote(&constraint));
        return Err(format!(
            "{kind} {name} is excluded by constraint {constraint}"
        ));
    }
    Ok(())
}

impl Set {
    fn new(subtrees: &Subtrees, permitted: bool) -> Self {
        Self {
            ips: networks(&subtrees.ips),
            dns: Domains::new(&subtrees.dns, permitted),
            uris: Domains::new(&subtrees.uris, permitted),
            emails: Emails::new(&subtrees.emails, permitted),
        }
    }
}

/// Sorts, and drops what lies within the one before it.
fn sort_and_prune<T>(
    mut set: Vec<T>,
    compare: impl Fn(&T, &T) -> Ordering,
    contains: impl Fn(&T, &T) -> bool,
) -> Vec<T> {
    set.sort_by(compare);
    set.dedup_by(|later, kept| contains(kept, later));
    set
}

/// The constraint that matches, if the nearest one at or below does.
fn search<T>(
    set: &[T],
    compare: impl Fn(&T) -> Ordering,
    matches: impl Fn(&T) -> bool,
) -> Option<&T> {
    let index = set.partition_point(|constraint| compare(constraint) == Ordering::Less);
    if let Some(found) = set
        .get(index)
        .filter(|found| compare(found) == Ordering::Equal)
    {
        return Some(found);
    }
    set.get(index.saturating_sub(1))
        .filter(|nearest| matches(nearest))
}

/// The networks of 4 octets, and those of 16.
fn networks(networks: &[Network]) -> Option<[Vec<Network>; 2]> {
    if networks.is_empty() {
        return None;
    }
    let masked = |network: &Network| Network {
        address: masked(&network.address, &network.mask),
        mask: network.mask.clone(),
    };
    let of_length = |length: usize| {
        let fitting = networks
            .iter()
            .filter(|network| network.address.len() == length);
        let compare = |left: &Network, right: &Network| {
            (&left.address, &left.mask).cmp(&(&right.address, &right.mask))
        };
        sort_and_prune(fitting.map(masked).collect(), compare, |outer, inner| {
            let last = inner.address.iter().zip(&inner.mask);
            let last: Vec<u8> = last.map(|(octet, mask)| octet | !mask).collect();
            outer.contains(&inner.address) && outer.contains(&last)
        })
    };
    Some([of_length(4), of_length(16)])
}

fn masked(address: &[u8], mask: &[u8]) -> Vec<u8> {
    address
        .iter()
        .zip(mask)
        .map(|(octet, mask)| octet & mask)
        .collect()
}

impl Network {
    fn contains(&self, address: &[u8]) -> bool {
        masked(address, &self.mask) == self.address
    }

    /// `10.0.0.0/8`.
    fn to_bytes(&self) -> Vec<u8> {
        let ones: u32 = self.mask.iter().map(|octet| octet.count_ones()).sum();
        [ip_text(&self.address), format!("/{ones}").into_bytes()].concat()
    }
}

fn network_of(sets: &[Vec<Network>; 2], address: &[u8]) -> Option<Vec<u8>> {
    let set = if address.len() == 4 {
        &sets[0]
    } else {
        &sets[1]
    };
    let compare = |network: &Network| network.address.as_slice().cmp(address);
    search(set, compare, |network| network.contains(address)).map(Network::to_bytes)
}

fn ip_text(address: &[u8]) -> Vec<u8> {
    if let Ok(octets) = <[u8; 4]>::try_from(address) {
        Ipv4Addr::from(octets).to_string().into_bytes()
    } else if let Ok(octets) = <[u8; 16]>::try_from(address) {
        Ipv6Addr::from(octets).to_string().into_bytes()
    } else {
        b"?".to_vec()
    }
}

/// Constraints on domains, for DNS names, the hosts of URIs and the domains of mailboxes.
enum Domains {
    /// One of them is empty: it is in every name.
    All,
    Some {
        sorted: Vec<Vec<u8>>,
        /// For excluded constraints, each without its first label: a wildcard may stand for that.
        parents: HashMap<Vec<u8>, Vec<u8>>,
    },
}

impl Domains {
    fn new(constraints: &[Vec<u8>], permitted: bool) -> Option<Self> {
        if constraints.is_empty() {
            return None;
        }
        if constraints.iter().any(Vec::is_empty) {
            return Some(Self::All);
        }
        let sorted = sort_and_prune(
            constraints.to_vec(),
            |left, right| compare_domains(left, right),
            |outer, inner| is_within(outer, inner),
        );
        let mut parents = HashMap::new();
        if !permitted {
            for constraint in &sorted {
                let constraint = constraint.to_ascii_lowercase();
                if let Some(dot) = memchr::memchr(b'.', &constraint) {
                    parents.insert(constraint[dot..].to_vec(), constraint);
                }
            }
        }
        Some(Self::Some { sorted, parents })
    }

    fn query(&self, name: &[u8]) -> Option<Vec<u8>> {
        let Self::Some { sorted, parents } = self else {
            return Some(Vec::new());
        };
        let compare = |constraint: &Vec<u8>| compare_domains(constraint, name);
        if let Some(found) = search(sorted, compare, |nearest| is_within(nearest, name)) {
            return Some(found.clone());
        }
        if !name.starts_with(b"*") {
            return None;
        }
        let name = name.to_ascii_lowercase();
        let dot = memchr::memchr(b'.', &name)?;
        parents.get(&name[dot..]).cloned()
    }
}

/// Whether `domain` is `constraint` or below it; a constraint that begins with a period is only above
/// (`dnsHasSuffix`).
fn is_within(constraint: &[u8], domain: &[u8]) -> bool {
    let Some(start) = domain.len().checked_sub(constraint.len()) else {
        return false;
    };
    domain[start..].eq_ignore_ascii_case(constraint)
        && (constraint.starts_with(b".") || start == 0 || domain[start - 1] == b'.')
}

/// From the end, without case, the period before every other character (`dnsCompare`).
fn compare_domains(left: &[u8], right: &[u8]) -> Ordering {
    let rank = |octet: &u8| match octet {
        b'.' => 0,
        octet => octet.to_ascii_lowercase(),
    };
    left.iter()
        .rev()
        .map(rank)
        .cmp(right.iter().rev().map(rank))
}

/// Constraints on mailboxes: whole ones, and domains.
struct Emails {
    whole: Vec<Mailbox>,
    domains: Option<Domains>,
}

impl Emails {
    fn new(constraints: &[Vec<u8>], permitted: bool) -> Option<Self> {
        if constraints.is_empty() {
            return None;
        }
        let (whole, domains): (Vec<_>, Vec<_>) = constraints
            .iter()
            .cloned()
            .partition(|constraint| constraint.contains(&b'@'));
        let whole = whole.iter().filter_map(|constraint| {
            let mut mailbox = mailbox(constraint, RELEASE)?;
            mailbox.domain.make_ascii_lowercase();
            Some(mailbox)
        });
        Some(Self {
            whole: whole.collect(),
            domains: Domains::new(&domains, permitted),
        })
    }

    fn query(&self, email: &Mailbox) -> Option<Vec<u8>> {
        if self.whole.contains(email) {
            return Some(joined(email));
        }
        self.domains.as_ref()?.query(&email.domain)
    }
}

fn joined(email: &Mailbox) -> Vec<u8> {
    [email.local.as_slice(), b"@", &email.domain].concat()
}
