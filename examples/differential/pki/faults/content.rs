//! Accidents in the bundle's file, and trust settings.

use super::Fault;
use crate::generator::der;
use crate::generator::extension as ext;
use crate::generator::key::Key;
use crate::generator::pki::block;
use crate::pki::plan::{Accident, Plan};

pub(super) const FAULTS: &[Fault] = &[(18, trust_settings), (14, accident)];

/// `X509_CERT_AUX` of OpenSSL: purposes that are trusted, and those that are rejected as [0].
fn trust_settings(plan: &mut Plan) -> Option<String> {
    let bundle = plan.bundle.clone();
    let index = *plan.random.pick(&bundle);
    let oids = |purposes: &[&str]| -> Vec<u8> {
        purposes
            .iter()
            .flat_map(|purpose| der::oid(purpose))
            .collect()
    };
    let trusted = |purposes: &[&str]| der::element(0x30, &oids(purposes));
    let rejected = |purposes: &[&str]| der::context(0, &oids(purposes));
    let (what, fields) = match plan.random.below(8) {
        0 => ("client trusted", vec![trusted(&[ext::CLIENT_AUTH])]),
        1 => ("server trusted", vec![trusted(&[ext::SERVER_AUTH])]),
        2 => ("any trusted", vec![trusted(&[ext::ANY_EXTENDED_KEY_USAGE])]),
        3 => ("client rejected", vec![rejected(&[ext::CLIENT_AUTH])]),
        4 => ("server rejected", vec![rejected(&[ext::SERVER_AUTH])]),
        5 => (
            "any rejected",
            vec![rejected(&[ext::ANY_EXTENDED_KEY_USAGE])],
        ),
        6 => (
            "client trusted and rejected",
            vec![trusted(&[ext::CLIENT_AUTH]), rejected(&[ext::CLIENT_AUTH])],
        ),
        _ => ("nothing said", vec![der::utf8_string("alias")]),
    };
    plan.certificates[index].trust = Some(der::sequence(&fields));
    Some(format!("trust settings, {what}: {}", plan.place(index)))
}

const ACCIDENTS: [(&str, Accident); 14] = [
    ("CRLF", |bytes| replaced(&bytes, "\n", "\r\n")),
    ("text between", |bytes| {
        replaced(&bytes, "-----BEGIN", "Subject: a CA\n-----BEGIN")
    }),
    ("another label", |bytes| {
        replaced(&bytes, " CERTIFICATE-", " X509 CERTIFICATE-")
    }),
    ("spaces at the ends", |bytes| replaced(&bytes, "\n", "  \n")),
    ("blank lines", |bytes| {
        replaced(&bytes, "-----BEGIN", "\n\n-----BEGIN")
    }),
    ("a key", |bytes| {
        let key = block("PRIVATE KEY", &Key::p256("differential stray").pkcs8());
        [key.as_bytes(), &bytes].concat()
    }),
    ("BOM", |bytes| [b"\xef\xbb\xbf".as_slice(), &bytes].concat()),
    ("leading space", |bytes| [b" ".as_slice(), &bytes].concat()),
    ("cut off", |mut bytes| {
        bytes.truncate(bytes.len() - 40);
        bytes
    }),
    ("no last line end", |mut bytes| {
        bytes.truncate(bytes.len() - 1);
        bytes
    }),
    ("no line end between blocks", |bytes| {
        replaced(&bytes, "-----\n-----BEGIN", "----------BEGIN")
    }),
    ("a broken block", |mut bytes| {
        bytes.extend(block("CERTIFICATE", &[0x30, 0x03, 0x02, 0x01, 0x05]).bytes());
        bytes
    }),
    ("headers", |bytes| {
        replaced(
            &bytes,
            "CERTIFICATE-----\nMI",
            "CERTIFICATE-----\nName: x\n\nMI",
        )
    }),
    ("one long line", |bytes| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let joined = text.replace('\n', "");
        let split = joined.replace("-----BEGIN", "\n-----BEGIN");
        let split = split.replace("CERTIFICATE-----", "CERTIFICATE-----\n");
        split.replace("-----END", "\n-----END").into_bytes()
    }),
];

fn replaced(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    String::from_utf8_lossy(bytes)
        .replace(from, to)
        .into_bytes()
}

fn accident(plan: &mut Plan) -> Option<String> {
    let (name, accident) = *plan.random.pick(&ACCIDENTS);
    plan.accidents.push(accident);
    Some(format!("bundle with {name}"))
}
