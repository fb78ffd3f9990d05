//! The cases of x509-limbo about name constraints and peer names, read from `../shared`.
//!
//! Paths are built by name alone: in these cases everything but the names is in order.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::violation;
use crate::cert::Certificate;
use crate::path::identity::{PeerName, identify};

/// What a path is allowed to cost, as in the rules.
const BUDGET: usize = 250_000;

fn der(pem: &serde_json::Value) -> Vec<u8> {
    let text = pem.as_str().expect("a certificate is text");
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(body).expect("a certificate is base64")
}

fn read(der: &[u8]) -> Certificate<'_> {
    Certificate::parse(der).expect("a certificate can be read")
}

fn peer(name: &serde_json::Value) -> PeerName {
    let value = name["value"].as_str().expect("a name is text").to_owned();
    match name["kind"].as_str().expect("a kind is text") {
        "IP" => PeerName::Ip(value.parse().expect("an address")),
        "RFC822" => PeerName::Email(value),
        _ => PeerName::Dns(value),
    }
}

/// Whether some path from the last certificate of `path` to an anchor keeps all constraints.
fn has_path<'a>(
    path: &mut Vec<&'a Certificate<'a>>,
    intermediates: &'a [Certificate<'a>],
    anchors: &'a [Certificate<'a>],
) -> bool {
    let last = path[path.len() - 1];
    for (issuer, is_anchor) in anchors
        .iter()
        .map(|anchor| (anchor, true))
        .chain(intermediates.iter().map(|issuer| (issuer, false)))
    {
        let on_path = path.iter().any(|other| other.der == issuer.der);
        if issuer.subject.raw != last.issuer.raw || on_path {
            continue;
        }
        let mut budget = BUDGET;
        let kept = issuer.values.name_constraints.as_ref().is_none_or(|own| {
            path.iter().enumerate().all(|(index, below)| {
                index > 0 && below.is_self_issued() || violation(own, below, &mut budget).is_ok()
            })
        });
        if !kept {
            continue;
        }
        if is_anchor {
            return true;
        }
        path.push(issuer);
        let found = has_path(path, intermediates, anchors);
        path.pop();
        if found {
            return true;
        }
    }
    false
}

#[test]
fn limbo_agrees() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/x509-limbo");
    if !folder.is_dir() {
        assert!(std::env::var_os("CI").is_none(), "CI must have x509-limbo");
        eprintln!("SKIPPED: ../shared/x509-limbo is not here");
        return;
    }
    let unpacked = Command::new("gzip")
        .arg("-dc")
        .arg(folder.join("limbo-dev.json.gz"))
        .output()
        .expect("gzip can be started");
    let limbo: serde_json::Value = serde_json::from_slice(&unpacked.stdout).expect("it is JSON");
    let classes = std::fs::read_to_string(folder.join("classes.tsv")).expect("it can be read");
    let classes: BTreeMap<&str, &str> = classes
        .lines()
        .filter_map(|line| {
            let mut fields = line.split('\t');
            Some((fields.next()?, fields.next()?))
        })
        .collect();
    let mut checked = 0;
    let mut wrong = Vec::new();
    for case in limbo["testcases"].as_array().expect("there are cases") {
        let id = case["id"].as_str().expect("a case has an id");
        let class = classes.get(id).copied().unwrap_or_default();
        let is_about_names = id.contains("::nc::")
            || matches!(
                class,
                "btls-nc-path" | "btls-nc-name" | "btls-nc-parse" | "nc-dos" | "name"
            );
        if !is_about_names || class == "profile" {
            continue;
        }
        checked += 1;
        let list = |key: &str| -> Vec<Vec<u8>> {
            let list = case[key].as_array().expect("there is a list");
            list.iter().map(der).collect()
        };
        let (anchors, intermediates) = (list("trusted_certs"), list("untrusted_intermediates"));
        let peer_der = der(&case["peer_certificate"]);
        let anchors: Vec<_> = anchors.iter().map(|der| read(der)).collect();
        let intermediates: Vec<_> = intermediates.iter().map(|der| read(der)).collect();
        let leaf = read(&peer_der);
        let single = Some(&case["expected_peer_name"]).filter(|name| !name.is_null());
        let names = case["expected_peer_names"].as_array();
        let identified = names
            .into_iter()
            .flatten()
            .chain(single)
            .all(|name| identify(&leaf, &peer(name)).is_ok());
        let has_path = has_path(&mut vec![&leaf], &intermediates, &anchors);
        let wanted = case["expected_result"] == "SUCCESS";
        // What is about the path alone must not depend on the peer's name.
        let decides_path = class == "core" || class == "btls-nc-path" || class == "nc-dos";
        let found = has_path && (decides_path && !wanted || identified);
        if found != wanted {
            wrong.push(format!(
                "{id} ({class}): path {has_path}, identity {identified}"
            ));
        }
    }
    assert!(checked > 700, "only {checked} cases were found");
    assert!(
        wrong.is_empty(),
        "{} of {checked} are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
