//! Several candidates for one issuer: re-keyed, renewed, cross-signed and self-issued CAs; key identifiers.

use super::Fault;
use crate::generator::der;
use crate::generator::extension::{self as ext, Extension};
use crate::pki::plan::{Plan, time};

pub(super) const FAULTS: &[Fault] = &[
    (40, rekeyed),
    (35, renewed),
    (40, cross_signed),
    (15, self_issued),
    (12, same_name_as_issuer),
    (40, authority_key_identifier),
    (20, subject_key_identifier),
    (15, no_key_identifiers),
    (25, corrupt_signature),
    (8, loops),
];

const DAY: i64 = 86_400;

/// Another certificate of a CA's name, with another key; one of the two made what is below.
fn rekeyed(plan: &mut Plan) -> Option<String> {
    let old = plan.any_ca();
    let new = plan.add_copy(old);
    let key = plan.fresh_key();
    let is_self_issued = plan.certificates[old].is_self_issued();
    plan.change(new, |builder| {
        let builder = builder.key(key.clone());
        if is_self_issued {
            let identifier = ext::authority_key_identifier(&key.identifier());
            let names_key = builder
                .extensions
                .iter()
                .any(|extension| extension.oid == ext::AUTHORITY_KEY_IDENTIFIER);
            let builder = builder.issuer_key(key);
            if names_key {
                builder.with(identifier)
            } else {
                builder
            }
        } else {
            builder
        }
    });
    let mut what = format!("re-keyed: {}", plan.place(old));
    if plan.random.chance(30) {
        // Only the wrong one is there.
        for list in [&mut plan.bundle, &mut plan.sent] {
            for index in list.iter_mut().filter(|index| **index == old) {
                *index = new;
            }
        }
        what += ", the right one missing";
    } else if plan.random.chance(70) {
        plan.insert_beside(new, old);
    } else {
        plan.insert_anywhere(new);
    }
    if plan.random.chance(50) {
        let name = plan.certificates[old].builder.subject.clone();
        for planned in &mut plan.certificates {
            if planned.builder.issuer == name {
                planned.change(|builder| builder.without(ext::AUTHORITY_KEY_IDENTIFIER));
            }
        }
        what += ", unnamed by what is below";
    }
    if plan.random.chance(25) {
        plan.certificates[new].builder.not_after = time(plan.when.at - 10 * DAY);
        what += ", expired";
    }
    Some(what)
}

/// Another certificate of the same name and key, with other dates.
fn renewed(plan: &mut Plan) -> Option<String> {
    let old = plan.any_ca();
    let new = plan.add_copy(old);
    let now = plan.when.at;
    let mut what = format!("renewed: {}", plan.place(old));
    let kind = plan.random.below(5);
    let (expired, future) = (time(now - 10 * DAY), time(now + 10 * DAY));
    match kind {
        0 | 1 => {
            plan.certificates[new].builder.not_after = expired;
            what += ", an expired twin";
        }
        2 => {
            plan.certificates[new].builder.not_before = future;
            what += ", a twin of the future";
        }
        3 => {
            plan.certificates[old].builder.not_after = expired;
            plan.certificates[new].builder.not_after = time(now - 20 * DAY);
            what += ", both expired";
        }
        _ => {
            plan.certificates[new].builder.not_after = time(now + 900 * DAY);
        }
    }
    if plan.random.chance(60) {
        plan.insert_beside(new, old);
    } else {
        plan.insert_anywhere(new);
    }
    Some(what)
}

/// A CA of the chain that another root certified, too.
fn cross_signed(plan: &mut Plan) -> Option<String> {
    let ca = plan.any_ca();
    let root = plan.add_root("CN=Cross Root CA,O=Cross");
    let cross = plan.add_copy(ca);
    let reference = plan.certificates[root].reference();
    plan.change(cross, |builder| {
        builder
            .issuer(reference.subject)
            .with(ext::authority_key_identifier(&reference.key.identifier()))
            .issuer_key(reference.key)
    });
    let mut what = format!("cross-signed: {}", plan.place(ca));
    if plan.random.chance(60) {
        plan.insert_beside(cross, ca);
    } else {
        plan.insert_anywhere(cross);
    }
    match plan.random.below(4) {
        0 | 1 => {
            let at = plan.random.below(plan.bundle.len() + 1);
            plan.bundle.insert(at, root);
        }
        2 => {
            plan.sent.push(root);
            what += ", its root sent";
        }
        _ => what += ", its root missing",
    }
    if plan.random.chance(30) {
        // The other way is gone.
        for list in [&mut plan.bundle, &mut plan.sent] {
            list.retain(|index| *index != ca);
        }
        what += ", and nothing else";
    }
    if plan.bundle.is_empty() {
        plan.bundle.push(root);
    }
    Some(what)
}

/// A CA's certificate of its new key, by its old one.
fn self_issued(plan: &mut Plan) -> Option<String> {
    let old = plan.any_ca();
    let key = plan.fresh_key();
    let new = plan.add_copy(old);
    let old_key = plan.certificates[old].builder.key.clone();
    plan.change(new, |mut builder| {
        builder.issuer.clone_from(&builder.subject);
        builder
            .issuer_key(old_key.clone())
            .with(ext::authority_key_identifier(&old_key.identifier()))
            .key(key.clone())
    });
    // What was below the old key is below the new one now.
    for index in 0..plan.certificates.len() {
        let builder = &plan.certificates[index].builder;
        let below = builder.issuer_key == old_key && index != new && index != old;
        if below && builder.issuer == plan.certificates[old].builder.subject {
            plan.change(index, |builder| {
                let names_key = builder
                    .extensions
                    .contains(&ext::authority_key_identifier(&old_key.identifier()));
                let builder = builder.issuer_key(key.clone());
                if names_key {
                    builder.with(ext::authority_key_identifier(&key.identifier()))
                } else {
                    builder
                }
            });
        }
    }
    if plan.random.chance(60) {
        plan.insert_beside(new, old);
    } else {
        plan.insert_anywhere(new);
    }
    Some(format!("self-issued: {}", plan.place(old)))
}

/// A certificate whose subject is its issuer's, with its own key.
fn same_name_as_issuer(plan: &mut Plan) -> Option<String> {
    let at = plan.random.below(plan.chain.len() - 1);
    let (below, index) = (at.checked_sub(1), plan.chain[at]);
    let name = plan.certificates[index].builder.issuer.clone();
    plan.change(index, |builder| builder.subject(name.clone()));
    if let Some(below) = below {
        let below = plan.chain[below];
        plan.change(below, |builder| builder.issuer(name));
    }
    Some(format!("named as its issuer: {}", plan.place(index)))
}

fn authority_key_identifier(plan: &mut Plan) -> Option<String> {
    let at = plan.random.below(plan.chain.len());
    let index = plan.chain[at];
    let issuer = plan.chain[(at + 1).min(plan.chain.len() - 1)];
    let above = plan.certificates[issuer].reference();
    let key = above.key.identifier();
    let serial = der::context_primitive(2, &above.serial);
    let name = der::context(1, &der::context(4, &above.issuer));
    let wrong_name = der::context(1, &der::context(4, &above.subject));
    let other_kind = der::context(1, &ext::dns_name("ca.example.com"));
    let wrong_serial = der::context_primitive(2, &[1, 2, 3]);
    let right_key = der::context_primitive(0, &key);
    let (what, fields) = match plan.random.below(10) {
        0 | 1 => ("wrong", vec![der::context_primitive(0, &[7; 20])]),
        2 => ("short", vec![der::context_primitive(0, &key[..8])]),
        3 => ("with name and serial", vec![right_key, name, serial]),
        4 => ("with a wrong serial", vec![right_key, name, wrong_serial]),
        5 => ("with a wrong name", vec![right_key, wrong_name, serial]),
        6 => ("of name and serial", vec![name, serial]),
        7 => ("of a wrong name and serial", vec![wrong_name, wrong_serial]),
        8 => (
            "with another kind of name",
            vec![right_key, other_kind, serial],
        ),
        _ => ("empty", vec![]),
    };
    let critical = plan.random.chance(10);
    let extension = Extension::new(
        ext::AUTHORITY_KEY_IDENTIFIER,
        critical,
        der::sequence(&fields),
    );
    plan.change(index, |builder| builder.with(extension));
    Some(format!(
        "authorityKeyIdentifier {what}: {}",
        plan.place(index)
    ))
}

fn subject_key_identifier(plan: &mut Plan) -> Option<String> {
    let index = plan.any_ca();
    let place = plan.place(index);
    if plan.random.chance(50) {
        let identifier = plan.random.octets(20);
        let critical = plan.random.chance(10);
        let extension = ext::subject_key_identifier(&identifier).critical(critical);
        plan.change(index, |builder| builder.with(extension));
        Some(format!("another subjectKeyIdentifier: {place}"))
    } else {
        plan.change(index, |builder| {
            builder.without(ext::SUBJECT_KEY_IDENTIFIER)
        });
        Some(format!("no subjectKeyIdentifier: {place}"))
    }
}

fn no_key_identifiers(plan: &mut Plan) -> Option<String> {
    for planned in &mut plan.certificates {
        planned.change(|builder| {
            builder
                .without(ext::AUTHORITY_KEY_IDENTIFIER)
                .without(ext::SUBJECT_KEY_IDENTIFIER)
        });
    }
    Some("no key identifiers".to_owned())
}

fn corrupt_signature(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let planned = &mut plan.certificates[index];
    if plan.random.chance(85) {
        planned.builder.damaged_signature = true;
    } else {
        planned.signature_of_zero_length = true;
    }
    Some(format!("corrupt signature: {}", plan.place(index)))
}

/// Two CAs that certify each other.
fn loops(plan: &mut Plan) -> Option<String> {
    let ca = plan.any_ca();
    let reference = plan.certificates[ca].reference();
    let other = plan.add_intermediate("CN=Loop CA,O=Example", ca);
    let back = plan.add_copy(ca);
    let other = (other, plan.certificates[other].reference());
    plan.change(back, |builder| {
        builder
            .issuer(other.1.subject)
            .with(ext::authority_key_identifier(&other.1.key.identifier()))
            .issuer_key(other.1.key)
    });
    plan.insert_beside(back, ca);
    plan.insert_anywhere(other.0);
    drop(reference);
    Some(format!("in a loop: {}", plan.place(ca)))
}
