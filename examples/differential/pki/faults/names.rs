//! How names are written, and name constraints.

use super::Fault;
use crate::generator::der;
use crate::generator::extension::{self as ext, Extension};
use crate::pki::plan::{Plan, name_from};

pub(super) const FAULTS: &[Fault] = &[
    (25, encoding),
    (75, name_constraints),
    (20, alternative_names),
    (10, subject_of_leaf),
];

const NAME_CONSTRAINTS: &str = "2.5.29.30";
const COMMON_NAME: &str = "2.5.4.3";
const ORGANIZATION: &str = "2.5.4.10";
const EMAIL_ADDRESS: &str = "1.2.840.113549.1.9.1";

fn attribute(oid: &str, tag: u8, value: &[u8]) -> Vec<u8> {
    der::sequence(&[der::oid(oid), der::element(tag, value)])
}

fn rdn(oid: &str, tag: u8, value: &[u8]) -> Vec<u8> {
    der::set(&[attribute(oid, tag, value)])
}

/// The issuer in a certificate, or the subject of a CA, written otherwise.
fn encoding(plan: &mut Plan) -> Option<String> {
    let at = plan.random.below(plan.chain.len());
    let index = plan.chain[at];
    let name = plan.certificates[index].builder.issuer.clone();
    let values = values(&name);
    let form = plan.random.below(10);
    let written: Vec<Vec<u8>> = values
        .iter()
        .map(|(oid, value)| {
            let text = String::from_utf8_lossy(value).into_owned();
            let (tag, value) = match form {
                0 | 1 => (0x13, text),
                2 => (0x0c, text.to_uppercase()),
                3 => (0x0c, text.replace(' ', "  ")),
                4 => (0x0c, format!(" {text} ")),
                5 => (0x14, text),
                6 => (0x1e, text.chars().flat_map(|char| ['\0', char]).collect()),
                7 => (0x16, text),
                8 => (0x0c, text.replace(' ', "\t")),
                _ => (0x0c, format!("{text}é")),
            };
            der::set(&[der::sequence(&[
                oid.clone(),
                der::element(tag, value.as_bytes()),
            ])])
        })
        .collect();
    let written = der::sequence(&written);
    let place = plan.place(index);
    if plan.random.chance(60) {
        plan.change(index, |builder| builder.issuer(written));
        Some(format!("issuer in form {form}: {place}"))
    } else {
        let above = plan.chain[(at + 1).min(plan.chain.len() - 1)];
        plan.change(above, |builder| builder.subject(written));
        Some(format!("subject in form {form}: {}", plan.place(above)))
    }
}

/// The attributes of a name: type as DER, value.
fn values(name: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let whole = chainlint::cert::der::Reader::new(name).read();
    let rdns = whole.expect("names are DER").children();
    rdns.elements()
        .flat_map(|rdn| rdn.children().elements().collect::<Vec<_>>())
        .map(|attribute| {
            let fields: Vec<_> = attribute.children().elements().collect();
            (fields[0].raw().to_vec(), fields[1].value().to_vec())
        })
        .collect()
}

fn subtree(base: &[u8]) -> Vec<u8> {
    der::sequence(&[base.to_vec()])
}

/// Bases that some of the clients' names are in, and some are not.
fn base(plan: &mut Plan) -> (&'static str, Vec<u8>) {
    let organization = |text: &str| {
        let name = der::sequence(&[rdn(ORGANIZATION, 0x0c, text.as_bytes())]);
        der::context(4, &name)
    };
    match plan.random.below(22) {
        0 | 1 => ("DNS example.com", ext::dns_name("example.com")),
        2 | 3 => ("DNS example.net", ext::dns_name("example.net")),
        4 => ("DNS .example.com", ext::dns_name(".example.com")),
        5 => ("DNS any", ext::dns_name("")),
        6 => (
            "DNS CLIENT.example.com",
            ext::dns_name("CLIENT.example.com"),
        ),
        7 => ("email example.com", ext::email("example.com")),
        8 => ("email .example.com", ext::email(".example.com")),
        9 => ("email user@example.com", ext::email("user@example.com")),
        10 => ("URI example.com", ext::uri("example.com")),
        11 => ("URI .example.com", ext::uri(".example.com")),
        12 => (
            "IP 10.0.0.0/8",
            ext::ip_address(&[10, 0, 0, 0, 255, 0, 0, 0]),
        ),
        13 => (
            "IP 192.0.2.0/24",
            ext::ip_address(&[192, 0, 2, 0, 255, 255, 255, 0]),
        ),
        14 => ("IPv6", ext::ip_address(&[[0x20; 16], [0xff; 16]].concat())),
        15 => ("IP of a wrong length", ext::ip_address(&[10, 0, 0])),
        16 | 17 => ("O=Example", organization("Example")),
        18 => ("O=EXAMPLE", organization("EXAMPLE")),
        19 => ("O=Other", organization("Other")),
        20 => ("registered id", der::element(0x88, &[0x2a, 3])),
        _ => (
            "otherName",
            der::context(
                0,
                &[der::oid("1.2.3.4"), der::context(0, &der::utf8_string("x"))].concat(),
            ),
        ),
    }
}

fn name_constraints(plan: &mut Plan) -> Option<String> {
    let index = plan.any_ca();
    let mut what = Vec::new();
    let mut lists = [Vec::new(), Vec::new()];
    for _ in 0..=plan.random.below(2) {
        let is_excluded = plan.random.chance(40);
        let (name, base) = base(plan);
        let limits = match plan.random.below(20) {
            0 => der::context_primitive(0, &[1]),
            1 => der::context_primitive(1, &[3]),
            2 => der::context_primitive(0, &[0]),
            _ => Vec::new(),
        };
        let bounded = if limits.is_empty() { "" } else { ", bounded" };
        let subtree = if limits.is_empty() {
            subtree(&base)
        } else {
            der::sequence(&[base, limits])
        };
        lists[usize::from(is_excluded)].push(subtree);
        let kind = if is_excluded { "excluded" } else { "permitted" };
        what.push(format!("{kind} {name}{bounded}"));
    }
    let list = |number: u8, subtrees: &[Vec<u8>]| {
        if subtrees.is_empty() {
            Vec::new()
        } else {
            der::context(number, &subtrees.concat())
        }
    };
    let value = der::sequence(&[list(0, &lists[0]), list(1, &lists[1])]);
    let critical = plan.random.chance(70);
    let extension = Extension::new(NAME_CONSTRAINTS, critical, value);
    plan.change(index, |builder| builder.with(extension));
    if plan.random.chance(50)
        && let Some(names) = alternative_names(plan)
    {
        what.push(names);
    }
    Some(format!(
        "name constraints {}: {}",
        what.join(", "),
        plan.place(index)
    ))
}

/// Other names of the client.
fn alternative_names(plan: &mut Plan) -> Option<String> {
    let leaf = plan.leaf();
    let directory = der::context(4, &name_from("CN=client,O=Other"));
    let choices = [
        ("DNS example.com", ext::dns_name("example.com")),
        (
            "DNS client.EXAMPLE.com",
            ext::dns_name("client.EXAMPLE.com"),
        ),
        ("DNS *.example.net", ext::dns_name("*.example.net")),
        ("DNS badexample.com", ext::dns_name("badexample.com")),
        ("email user@example.com", ext::email("user@example.com")),
        ("email User@EXAMPLE.com", ext::email("User@EXAMPLE.com")),
        (
            "email user@mail.example.com",
            ext::email("user@mail.example.com"),
        ),
        ("email without @", ext::email("user")),
        ("URI example.com", ext::uri("https://example.com/x")),
        (
            "URI www.example.com",
            ext::uri("https://user@www.example.com:8443/x"),
        ),
        ("URI of an address", ext::uri("https://[2001:db8::1]/")),
        ("URI without a host", ext::uri("urn:example:client")),
        ("IP 10.0.0.1", ext::ip_address(&[10, 0, 0, 1])),
        ("IP 192.0.3.1", ext::ip_address(&[192, 0, 3, 1])),
        ("IPv6", ext::ip_address(&[0x20; 16])),
        ("directory O=Other", directory),
        ("registered id", der::element(0x88, &[0x2a, 3])),
    ];
    let count = plan.random.below(3);
    let chosen: Vec<_> = (0..count)
        .map(|_| plan.random.pick(&choices).clone())
        .collect();
    if chosen.is_empty() {
        plan.change(leaf, |builder| builder.without(ext::SUBJECT_ALT_NAME));
        return Some("no subjectAltName".to_owned());
    }
    let names: Vec<Vec<u8>> = chosen.iter().map(|(_, name)| name.clone()).collect();
    let critical = plan.random.chance(10);
    let extension = ext::subject_alt_name(&names).critical(critical);
    plan.change(leaf, |builder| builder.with(extension));
    let described: Vec<&str> = chosen.iter().map(|(what, _)| *what).collect();
    Some(format!("subjectAltName {}", described.join(", ")))
}

fn subject_of_leaf(plan: &mut Plan) -> Option<String> {
    let leaf = plan.leaf();
    let (what, subject) = match plan.random.below(7) {
        0 => ("empty", der::sequence(&[])),
        1 => ("a host", name_from("CN=client.example.net,O=Example")),
        2 => (
            "a host in capitals",
            name_from("CN=CLIENT.example.com,O=Example"),
        ),
        3 => (
            "with an address",
            der::sequence(&[
                rdn(ORGANIZATION, 0x0c, b"Example"),
                rdn(EMAIL_ADDRESS, 0x16, b"user@example.net"),
            ]),
        ),
        4 => (
            "of one RDN",
            der::sequence(&[der::set(&[
                attribute(COMMON_NAME, 0x0c, b"client"),
                attribute(ORGANIZATION, 0x0c, b"Example"),
            ])]),
        ),
        5 => ("an address", name_from("CN=10.1.2.3,O=Example")),
        _ => (
            "of another organization",
            name_from("CN=client_1.example.com,O=Other"),
        ),
    };
    plan.change(leaf, |builder| builder.subject(subject));
    if plan.random.chance(50) {
        plan.change(leaf, |builder| builder.without(ext::SUBJECT_ALT_NAME));
        return Some(format!("client's name {what}, no subjectAltName"));
    }
    Some(format!("client's name {what}"))
}
