//! Extensions that are unknown, twice there, or no ASN.1; serial numbers.

use super::Fault;
use crate::generator::der;
use crate::generator::extension::{self as ext, Extension};
use crate::pki::plan::Plan;

pub(super) const FAULTS: &[Fault] = &[
    (25, unknown_critical),
    (20, known_critical),
    (12, twice),
    (35, not_asn1),
    (60, octet_changed),
    (20, serial),
    (15, policies),
    (6, proxy),
    (6, empty_list),
];

fn unknown_critical(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let critical = plan.random.chance(80);
    let extension = Extension::new("2.999.9", critical, der::null());
    plan.change(index, |builder| builder.with(extension));
    Some(format!(
        "unknown extension, critical {critical}: {}",
        plan.place(index)
    ))
}

/// Extensions that verifiers know, or not, made critical.
fn known_critical(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let place = plan.place(index);
    let uri = ext::uri("http://example.com/");
    let extension = match plan.random.below(8) {
        0 => ext::crl_distribution_point("http://crl.example.com/x.crl"),
        1 => ext::access(
            ext::AUTHORITY_INFO_ACCESS,
            "1.3.6.1.5.5.7.48.1",
            "http://ocsp.example.com",
        ),
        2 => Extension::new(ext::ISSUER_ALT_NAME, true, der::sequence(&[uri])),
        3 => ext::tls_feature_status_request(),
        // freshestCRL
        4 => Extension::new(
            "2.5.29.46",
            true,
            ext::crl_distribution_point("http://x/").value,
        ),
        // inhibitAnyPolicy
        5 => Extension::new("2.5.29.54", true, der::unsigned(&[0])),
        // OCSP no check
        6 => Extension::new("1.3.6.1.5.5.7.48.1.5", true, der::null()),
        _ => ext::subject_alt_name(&[ext::dns_name("ca.example.com")]),
    };
    let extension = extension.critical(true);
    let oid = extension.oid;
    plan.change(index, |builder| builder.with(extension));
    Some(format!("critical {oid}: {place}"))
}

fn twice(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let extensions = plan.certificates[index].builder.extensions.clone();
    if extensions.is_empty() {
        return None;
    }
    let twice = plan.random.pick(&extensions).clone();
    let oid = twice.oid;
    plan.certificates[index].builder.extensions.push(twice);
    Some(format!("{oid} twice: {}", plan.place(index)))
}

fn not_asn1(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let oid = *plan.random.pick(&[
        ext::BASIC_CONSTRAINTS,
        ext::KEY_USAGE,
        ext::EXTENDED_KEY_USAGE,
        ext::AUTHORITY_KEY_IDENTIFIER,
        ext::SUBJECT_KEY_IDENTIFIER,
        ext::SUBJECT_ALT_NAME,
        ext::CRL_DISTRIBUTION_POINTS,
        ext::ISSUER_ALT_NAME,
        "2.5.29.30",
        "2.5.29.32",
        "2.16.840.1.113730.1.1",
        ext::AUTHORITY_INFO_ACCESS,
        "2.999.9",
    ]);
    let values = [
        vec![0x30, 0x03, 0x01],
        vec![0x05, 0x00],
        vec![],
        vec![0xff, 0xff],
        vec![0x30, 0x02, 0x02, 0x00],
        vec![0x30, 0x80, 0x00, 0x00],
    ];
    let value = match plan.random.below(values.len() + 1) {
        known if known < values.len() => values[known].clone(),
        // What is right, and more behind it.
        _ => {
            let extensions = &plan.certificates[index].builder.extensions;
            let right = extensions.iter().find(|extension| extension.oid == oid);
            [right?.value.as_slice(), &[0x05, 0x00]].concat()
        }
    };
    let critical = plan.random.chance(40);
    let described = format!("{oid} is {value:02x?}, critical {critical}");
    plan.change(index, |builder| {
        builder.with(Extension::new(oid, critical, value))
    });
    Some(format!("{described}: {}", plan.place(index)))
}

/// An extension whose value has one octet changed, signed all the same.
fn octet_changed(plan: &mut Plan) -> Option<String> {
    const OCTETS: [u8; 12] = [0, 1, 2, 3, 4, 5, 6, 0x13, 0x30, 0x7f, 0x80, 0xff];
    let index = plan.any_of_chain();
    let extensions = &plan.certificates[index].builder.extensions;
    if extensions.is_empty() {
        return None;
    }
    let chosen = plan.random.below(extensions.len());
    let at = plan.random.below(extensions[chosen].value.len().max(1));
    let changed = match plan.random.below(3) {
        0 => *plan.random.pick(&OCTETS),
        1 => 1 << plan.random.below(8) ^ *extensions[chosen].value.get(at)?,
        _ => extensions[chosen].value.get(at)?.wrapping_add(1),
    };
    let place = plan.place(index);
    let extension = &mut plan.certificates[index].builder.extensions[chosen];
    *extension.value.get_mut(at)? = changed;
    Some(format!(
        "octet {at} of {} is {changed:02x}: {place}",
        extension.oid
    ))
}

fn serial(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let serials: [&[u8]; 6] = [&[0], &[0xff], &[0x80, 1, 2], &[0x7f; 21], &[0x11; 64], &[1]];
    let serial = (*plan.random.pick(&serials)).to_vec();
    plan.change(index, |builder| builder.serial(&serial));
    Some(format!(
        "serial of {} octets {:02x}…: {}",
        serial.len(),
        serial[0],
        plan.place(index)
    ))
}

fn policies(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let place = plan.place(index);
    let policy = |oid: &str| der::sequence(&[der::oid(oid)]);
    let (what, extension) = match plan.random.below(6) {
        0 => (
            "one",
            Extension::new("2.5.29.32", true, der::sequence(&[policy("1.2.3.1")])),
        ),
        1 => (
            "one twice",
            Extension::new(
                "2.5.29.32",
                true,
                der::sequence(&[policy("1.2.3.1"), policy("1.2.3.1")]),
            ),
        ),
        2 => (
            "any",
            Extension::new("2.5.29.32", false, der::sequence(&[policy("2.5.29.32.0")])),
        ),
        3 => (
            "required",
            Extension::new(
                "2.5.29.36",
                true,
                der::sequence(&[der::context_primitive(0, &[0])]),
            ),
        ),
        4 => (
            "mapped",
            Extension::new(
                "2.5.29.33",
                true,
                der::sequence(&[der::sequence(&[der::oid("1.2.3.1"), der::oid("1.2.3.2")])]),
            ),
        ),
        _ => (
            "empty",
            Extension::new("2.5.29.36", true, der::sequence(&[])),
        ),
    };
    plan.change(index, |builder| builder.with(extension));
    Some(format!("policies {what}: {place}"))
}

/// proxyCertInfo (RFC 3820 §3.8).
fn proxy(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let language = der::sequence(&[der::oid("1.3.6.1.5.5.7.21.1")]);
    let extension = Extension::new("1.3.6.1.5.5.7.1.14", true, der::sequence(&[language]));
    plan.change(index, |builder| builder.with(extension));
    Some(format!("proxyCertInfo: {}", plan.place(index)))
}

/// A certificate without any extension, but of version 3.
fn empty_list(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    plan.certificates[index].builder.extensions.clear();
    Some(format!("no extensions: {}", plan.place(index)))
}
