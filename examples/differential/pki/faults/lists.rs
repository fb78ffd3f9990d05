//! Revocation.

use super::Fault;
use crate::generator::crl::{self, Crl, Entry};
use crate::generator::der;
use crate::generator::extension::{self as ext, Extension};
use crate::generator::key::Key;
use crate::pki::plan::{Plan, time};

pub(super) const FAULTS: &[Fault] = &[
    (20, checked),
    (30, missing),
    (30, dates),
    (18, corrupt),
    (45, revoked),
    (22, several),
    (15, delta),
    (20, distribution_point),
    (10, critical),
    (12, signer),
    (10, issuer_without_crl_sign),
    (10, key_identifier),
    (8, in_bundle),
    (10, version),
];

const DAY: i64 = 86_400;

fn checked(plan: &mut Plan) -> Option<String> {
    plan.need_lists();
    Some("revocation is checked".to_owned())
}

/// One of the lists, with what it is called.
fn one(plan: &mut Plan) -> Option<(usize, String)> {
    let count = plan.need_lists().len();
    if count == 0 {
        return None;
    }
    let index = plan.random.below(count);
    Some((index, format!("CRL {index} of {count}")))
}

fn change(plan: &mut Plan, index: usize, change: impl FnOnce(Crl) -> Crl) {
    let list = &mut plan.need_lists()[index];
    *list = change(list.clone());
}

fn missing(plan: &mut Plan) -> Option<String> {
    let (index, what) = one(plan)?;
    plan.need_lists().remove(index);
    if plan.need_lists().is_empty() {
        let stray = plan.add_root("CN=Other Root CA,O=Other");
        let mut list = Crl::of(&plan.certificates[stray].reference());
        list.this_update = time(plan.when.at - DAY);
        plan.need_lists().push(list);
    }
    Some(format!("missing: {what}"))
}

fn dates(plan: &mut Plan) -> Option<String> {
    let (index, what) = one(plan)?;
    let now = plan.when.at;
    let kind = plan.random.below(6);
    change(plan, index, |mut list| {
        match kind {
            0..=2 => list.next_update = Some(time(now - DAY)),
            3 => {
                list.this_update = time(now + DAY);
                list.next_update = Some(time(now + 30 * DAY));
            }
            4 => list.next_update = None,
            _ => list.next_update = Some(der::utc_time("270101000000+0100")),
        }
        list
    });
    let kind = [
        "expired",
        "expired",
        "expired",
        "of the future",
        "without nextUpdate",
        "with no date",
    ][kind];
    Some(format!("{kind}: {what}"))
}

fn corrupt(plan: &mut Plan) -> Option<String> {
    let (index, what) = one(plan)?;
    change(plan, index, Crl::damaged_signature);
    Some(format!("corrupt signature: {what}"))
}

/// The entry of a certificate of the chain goes into the list of its issuer.
fn revoked(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let planned = &plan.certificates[index];
    let (issuer, reference) = (planned.builder.issuer.clone(), planned.reference());
    let mut entry = Entry::new(&reference);
    entry.date = time(plan.when.at - 2 * DAY);
    let kind = plan.random.below(8);
    let entry = match kind {
        0 => entry.reason(crl::KEY_COMPROMISE),
        1 => entry.reason(crl::REMOVE_FROM_CRL),
        2 => entry.reason(6),
        3 => entry.with(Extension::new("2.999.8", true, der::null())),
        4 => {
            entry.date = time(plan.when.at + DAY);
            entry
        }
        _ => entry,
    };
    let lists = plan.need_lists();
    let list = lists.iter_mut().find(|list| list.issuer == issuer)?;
    list.entries.push(entry);
    Some(format!("revoked, kind {kind}: {}", plan.place(index)))
}

/// A second list of one CA.
fn several(plan: &mut Plan) -> Option<String> {
    let (index, what) = one(plan)?;
    let mut second = plan.need_lists()[index].clone();
    let now = plan.when.at;
    let kind = plan.random.below(5);
    match kind {
        0 => {
            second.this_update = time(now - 60 * DAY);
            second.next_update = Some(time(now - 30 * DAY));
            second.entries.clear();
        }
        1 => {
            second.this_update = time(now - DAY);
            second = second.with(crl::number(9));
            second.entries.clear();
        }
        2 => {
            second.this_update = time(now - DAY);
            let below = plan.leaf();
            let entry = Entry::new(&plan.certificates[below].reference());
            second.entries.push(entry);
        }
        3 => second = second.damaged_signature(),
        _ => {}
    }
    let lists = plan.need_lists().len();
    let at = plan.random.below(lists + 1);
    plan.need_lists().insert(at, second);
    Some(format!("a second list, kind {kind}: {what}"))
}

fn delta(plan: &mut Plan) -> Option<String> {
    let (index, what) = one(plan)?;
    let leaf = plan.leaf();
    let mut list = plan.need_lists()[index]
        .clone()
        .with(crl::delta_indicator(1));
    if plan.random.chance(60) {
        list = list.with(crl::number(2));
        list.entries
            .push(Entry::new(&plan.certificates[leaf].reference()));
        let beside = plan.random.chance(50);
        let at = index + usize::from(beside);
        plan.need_lists().insert(at, list);
        Some(format!("a delta beside {what}"))
    } else {
        plan.need_lists()[index] = list;
        Some(format!("a delta only: {what}"))
    }
}

/// issuingDistributionPoint (RFC 5280 §5.2.5).
fn distribution_point(plan: &mut Plan) -> Option<String> {
    let (index, what) = one(plan)?;
    let full = |address: &str| der::context(0, &der::context(0, &ext::uri(address)));
    let yes = [0xff];
    let point = full("http://crl.example.com/issuing.crl");
    let (kind, fields) = match plan.random.below(10) {
        0 => ("users only", vec![der::context_primitive(1, &yes)]),
        1 => ("CAs only", vec![der::context_primitive(2, &yes)]),
        2 => ("attributes only", vec![der::context_primitive(5, &yes)]),
        3 => ("indirect", vec![der::context_primitive(4, &yes)]),
        4 => ("some reasons", vec![der::context_primitive(3, &[1, 0x60])]),
        5 | 6 => ("the client's point", vec![point]),
        7 => (
            "another point",
            vec![full("http://crl.example.com/other.crl")],
        ),
        8 => (
            "users and CAs only",
            vec![
                der::context_primitive(1, &yes),
                der::context_primitive(2, &yes),
            ],
        ),
        _ => ("empty", vec![]),
    };
    let critical = plan.random.chance(90);
    let extension = crl::issuing_distribution_point(&fields).critical(critical);
    change(plan, index, |list| list.with(extension));
    if kind == "indirect" && plan.random.chance(60) {
        let leaf = plan.leaf();
        let leaf = plan.certificates[leaf].reference();
        let entry = Entry::new(&leaf).issuer(&leaf.issuer);
        change(plan, index, |list| list.entry(entry));
    }
    Some(format!("issuingDistributionPoint {kind}: {what}"))
}

fn critical(plan: &mut Plan) -> Option<String> {
    let (index, what) = one(plan)?;
    let extension = Extension::new("2.999.7", plan.random.chance(80), der::null());
    change(plan, index, |list| list.with(extension));
    Some(format!("unknown extension: {what}"))
}

fn signer(plan: &mut Plan) -> Option<String> {
    let (index, what) = one(plan)?;
    let key = if plan.random.chance(70) {
        plan.fresh_key()
    } else {
        Key::stored("rsa2048-1")
    };
    change(plan, index, |list| list.key(key));
    Some(format!("another signer: {what}"))
}

fn issuer_without_crl_sign(plan: &mut Plan) -> Option<String> {
    plan.need_lists();
    let index = plan.any_ca();
    let usage = ext::key_usage(&[ext::KEY_CERT_SIGN]);
    plan.change(index, |builder| builder.with(usage));
    Some(format!("no cRLSign: {}", plan.place(index)))
}

fn key_identifier(plan: &mut Plan) -> Option<String> {
    let (index, what) = one(plan)?;
    if plan.random.chance(50) {
        let other = ext::authority_key_identifier(&[9; 20]);
        change(plan, index, |list| list.with(other));
        Some(format!("another authorityKeyIdentifier: {what}"))
    } else {
        change(plan, index, |list| {
            list.without(ext::AUTHORITY_KEY_IDENTIFIER)
        });
        Some(format!("no authorityKeyIdentifier: {what}"))
    }
}

/// Lists in the CA file, where OpenSSL reads them, too.
fn in_bundle(plan: &mut Plan) -> Option<String> {
    let was_checked = plan.lists.is_some();
    let (index, what) = one(plan)?;
    let list = if plan.random.chance(50) && plan.need_lists().len() > 1 {
        plan.need_lists().remove(index)
    } else {
        plan.need_lists()[index].clone()
    };
    plan.bundled_lists.push(list);
    if !was_checked && plan.random.chance(40) {
        plan.lists = None;
    }
    Some(format!("in the bundle: {what}"))
}

fn version(plan: &mut Plan) -> Option<String> {
    let (index, what) = one(plan)?;
    let keeps = plan.random.chance(40);
    change(plan, index, |mut list| {
        list.version = None;
        if !keeps {
            list.extensions.clear();
        }
        list
    });
    Some(format!("version 1: {what}"))
}
