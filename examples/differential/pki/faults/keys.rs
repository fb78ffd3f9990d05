//! Weak and odd keys, and hashes of signatures.

use super::Fault;
use crate::generator::der;
use crate::generator::extension as ext;
use crate::generator::key::{Key, SECP384R1};
use crate::generator::stored::Hash;
use crate::pki::plan::Plan;

pub(super) const FAULTS: &[Fault] = &[
    (45, key_of_ca),
    (25, key_of_leaf),
    (30, old_hash),
    (6, no_key),
    (8, wrong_algorithm),
    (20, level),
];

fn replace(plan: &mut Plan, index: usize, new: &Key) {
    let old = plan.certificates[index].builder.key.clone();
    plan.replace_key(&old, new);
}

fn key_of_ca(plan: &mut Plan) -> Option<String> {
    let index = plan.any_ca();
    let names = [
        "rsa1024-1",
        "rsa1024-2",
        "rsa2048-1",
        "rsa2048-2",
        "p521-1",
        "ed25519-1",
    ];
    let (name, key) = match plan.random.weighted(&[16, 8, 16, 8, 8, 8, 10, 10, 10]) {
        6 => ("P-384", Key::p384("differential")),
        7 => {
            let planned = &mut plan.certificates;
            for each in planned {
                each.pss = true;
            }
            ("RSA 3072, PSS", Key::rsa())
        }
        8 => ("P-256, explicit", Key::stored("p256-explicit")),
        stored => (names[stored], Key::stored(names[stored])),
    };
    replace(plan, index, &key);
    Some(format!("key {name}: {}", plan.place(index)))
}

fn key_of_leaf(plan: &mut Plan) -> Option<String> {
    let names = [
        "rsa1024-2",
        "rsa2048-2",
        "p224",
        "p521-2",
        "ed25519-2",
        "ed448",
        "secp256k1",
        "p256-explicit",
        "rsa2048-pss",
    ];
    let name = *plan.random.pick(&names);
    let leaf = plan.leaf();
    replace(plan, leaf, &Key::stored(name));
    Some(format!("key {name}: client"))
}

fn old_hash(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let hash = match plan.random.weighted(&[80, 10, 10]) {
        0 => Hash::Sha1,
        // No verifier in this tool knows MD5, which makes the verdict unknown where it matters.
        1 => Hash::Md5,
        _ => Hash::Sha512,
    };
    plan.certificates[index].hash = Some(hash);
    let signer = plan.certificates[index].builder.issuer_key.clone();
    if hash != Hash::Sha1 || plan.random.chance(30) {
        // Only RSA keys sign with these here.
        let name = *plan.random.pick(&["rsa2048-1", "rsa2048-2"]);
        plan.replace_key(&signer, &Key::stored(name));
    }
    Some(format!("{hash:?}: {}", plan.place(index)))
}

/// A public key that is none.
fn no_key(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let ec = |curve: &str| der::sequence(&[der::oid("1.2.840.10045.2.1"), der::oid(curve)]);
    let key = match plan.random.below(4) {
        0 => Key::public_only(ec("1.2.840.10045.3.1.7"), vec![4; 65]),
        1 => Key::public_only(ec(SECP384R1), vec![2, 1]),
        2 => Key::public_only(
            der::sequence(&[der::oid("1.2.840.113549.1.1.1"), der::null()]),
            vec![0x30, 0],
        ),
        _ => Key::opaque("1.2.3.4.5", 32),
    };
    // Whoever it certified keeps the signature of the key that there was.
    plan.change(index, |builder| {
        let identifier = ext::subject_key_identifier(&builder.key.identifier());
        builder.key(key).with(identifier)
    });
    Some(format!("no key: {}", plan.place(index)))
}

/// Another signature algorithm than the one that was used is named, in one place or in both.
fn wrong_algorithm(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let algorithm = match plan.random.below(5) {
        0 => der::sequence(&[der::oid(Hash::Sha256.with_rsa()), der::null()]),
        1 => der::sequence(&[der::oid("1.2.840.10045.4.3.3")]),
        2 => der::sequence(&[der::oid("1.2.840.10045.4.3.2"), der::null()]),
        3 => der::sequence(&[der::oid("1.2.3.4.5")]),
        _ => der::sequence(&[der::oid("1.2.840.10045.4.1")]),
    };
    let inside_only = plan.random.chance(50);
    let builder = &mut plan.certificates[index].builder;
    if inside_only {
        builder.inner_algorithm = Some(algorithm);
    } else {
        builder.claimed_algorithm = Some(algorithm);
    }
    let inside = if inside_only { ", inside only" } else { "" };
    Some(format!("another algorithm{inside}: {}", plan.place(index)))
}

fn level(plan: &mut Plan) -> Option<String> {
    let levels = [1, 2, 2, 3, 4];
    plan.level = *plan.random.pick(&levels);
    Some(format!("security level {}", plan.level))
}
