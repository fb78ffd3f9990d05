//! What certificates may be used for: extKeyUsage, keyUsage, basicConstraints, pathLenConstraint, version.

use super::Fault;
use crate::generator::der;
use crate::generator::extension::{self as ext, Extension};
use crate::pki::plan::Plan;

pub(super) const FAULTS: &[Fault] = &[
    (50, purposes),
    (45, key_usage),
    (30, path_length),
    (40, basic_constraints),
    (15, version),
    (12, netscape_type),
];

const NETSCAPE_CERT_TYPE: &str = "2.16.840.1.113730.1.1";
const CODE_SIGNING: &str = "1.3.6.1.5.5.7.3.3";
const NETSCAPE_SGC: &str = "2.16.840.1.113730.4.1";

fn purposes(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let sets: [&[&str]; 10] = [
        &[ext::SERVER_AUTH],
        &[ext::SERVER_AUTH],
        &[ext::ANY_EXTENDED_KEY_USAGE],
        &[ext::ANY_EXTENDED_KEY_USAGE, ext::CLIENT_AUTH],
        &[ext::CLIENT_AUTH],
        &[ext::SERVER_AUTH, ext::CLIENT_AUTH],
        &[CODE_SIGNING, ext::EMAIL_PROTECTION],
        &[NETSCAPE_SGC],
        &["1.2.3.4"],
        &[],
    ];
    let chosen = plan.random.below(sets.len() + 1);
    let critical = plan.random.chance(20);
    let place = plan.place(index);
    if let Some(set) = sets.get(chosen) {
        let extension = ext::extended_key_usage(set).critical(critical);
        plan.change(index, |builder| builder.with(extension));
        Some(format!("extKeyUsage {set:?}: {place}"))
    } else {
        plan.change(index, |builder| builder.without(ext::EXTENDED_KEY_USAGE));
        Some(format!("no extKeyUsage: {place}"))
    }
}

fn key_usage(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let sets: [&[u8]; 9] = [
        &[ext::DIGITAL_SIGNATURE],
        &[ext::KEY_CERT_SIGN],
        &[ext::CRL_SIGN],
        &[ext::KEY_ENCIPHERMENT],
        &[ext::KEY_AGREEMENT],
        &[1],
        &[ext::DIGITAL_SIGNATURE, ext::KEY_CERT_SIGN, ext::CRL_SIGN],
        &[8],
        &[],
    ];
    let chosen = plan.random.below(sets.len() + 1);
    let critical = plan.random.chance(70);
    let place = plan.place(index);
    if let Some(set) = sets.get(chosen) {
        let extension = ext::key_usage(set).critical(critical);
        plan.change(index, |builder| builder.with(extension));
        Some(format!("keyUsage {set:?}: {place}"))
    } else {
        plan.change(index, |builder| builder.without(ext::KEY_USAGE));
        Some(format!("no keyUsage: {place}"))
    }
}

fn path_length(plan: &mut Plan) -> Option<String> {
    let index = if plan.random.chance(92) {
        plan.any_ca()
    } else {
        plan.leaf()
    };
    let length = plan.random.weighted(&[50, 20, 10, 7, 7, 6]);
    let octets: Vec<u8> = match length {
        0..3 => vec![u8::try_from(length).expect("it is below 3")],
        3 => vec![0xff],
        4 => vec![0x7f, 0xff, 0xff, 0xff, 0xff],
        _ => vec![0x00, 0x80],
    };
    let is_ca = index != plan.leaf();
    let extension = ext::basic_constraints_raw(is_ca, der::integer(&octets));
    plan.change(index, |builder| builder.with(extension));
    if plan.random.chance(10) {
        plan.change(index, |builder| builder.without(ext::KEY_USAGE));
    }
    Some(format!(
        "pathLenConstraint {octets:?}: {}",
        plan.place(index)
    ))
}

fn basic_constraints(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let place = plan.place(index);
    let explicit_false = der::sequence(&[der::boolean(false)]);
    let (what, extension) = match plan.random.below(7) {
        0 | 1 => ("none", None),
        2 => ("false", Some(ext::basic_constraints(false, None))),
        3 => (
            "false, written out",
            Some(Extension::new(ext::BASIC_CONSTRAINTS, true, explicit_false)),
        ),
        4 => (
            "not critical",
            Some(ext::basic_constraints(true, None).critical(false)),
        ),
        5 => (
            "false with a length",
            Some(ext::basic_constraints(false, Some(0))),
        ),
        _ => ("true", Some(ext::basic_constraints(true, None))),
    };
    let without_usage = plan.random.chance(40);
    plan.change(index, |builder| {
        let builder = if without_usage {
            builder.without(ext::KEY_USAGE)
        } else {
            builder
        };
        match extension {
            Some(extension) => builder.with(extension),
            None => builder.without(ext::BASIC_CONSTRAINTS),
        }
    });
    let usage = if without_usage { ", no keyUsage" } else { "" };
    Some(format!("basicConstraints {what}{usage}: {place}"))
}

fn version(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let version = *plan.random.pick(&[None, None, Some(0), Some(1), Some(3)]);
    let keeps_extensions = plan.random.chance(35);
    plan.change(index, |mut builder| {
        if !keeps_extensions {
            builder.extensions.clear();
        }
        builder.version(version)
    });
    let with = if keeps_extensions { "with" } else { "without" };
    Some(format!(
        "version {version:?} {with} extensions: {}",
        plan.place(index)
    ))
}

/// nsCertType: client 0, server 1, S/MIME 2, object signing 3, TLS CA 5, S/MIME CA 6, object signing CA 7.
fn netscape_type(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let sets: [&[u8]; 6] = [&[0], &[1], &[5], &[6, 7], &[0, 5], &[]];
    let set = *plan.random.pick(&sets);
    let critical = plan.random.chance(20);
    let extension = Extension::new(NETSCAPE_CERT_TYPE, critical, der::named_bits(set));
    let without_constraints = plan.random.chance(40);
    plan.change(index, |builder| {
        let builder = builder.with(extension);
        if without_constraints {
            builder
                .without(ext::BASIC_CONSTRAINTS)
                .without(ext::KEY_USAGE)
        } else {
            builder
        }
    });
    Some(format!("nsCertType {set:?}: {}", plan.place(index)))
}
