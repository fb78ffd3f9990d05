//! What `chainlint fix` prints is a bundle that `chainlint check` has nothing to say against.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn chainlint(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chainlint"));
    command.current_dir(root()).args(arguments);
    command.output().expect("the command can be started")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the output is UTF-8")
}

#[test]
fn a_reversed_bundle_is_put_into_order() {
    let output = chainlint(&["fix", "fixtures/chains/ekeca/ca-certificates-reversed.pem"]);
    assert_eq!(output.status.code(), Some(0));
    let wanted = fs::read_to_string(root().join("fixtures/chains/ekeca/ca-certificates.pem"))
        .expect("the fixture is there");
    assert_eq!(text(&output.stdout), wanted);
    assert!(
        text(&output.stderr).contains("put into order: Everish Intermediate CA, Everish Root CA")
    );
}

#[test]
fn mechanical_faults_are_gone() {
    let rules = [
        "bundle-order-reversed",
        "bundle-order-wrong",
        "bundle-root-not-last",
        "bundle-duplicate-certificate",
        "bundle-contains-end-entity",
        "pem-byte-order-mark",
        "pem-not-ascii-text",
        "pem-escaped-newlines",
        "pem-double-base64",
        "pem-boundary-indented",
        "pem-boundary-not-uppercase",
        "pem-missing-newline-between-blocks",
        "pem-line-endings-cr",
        "pem-legacy-label",
        "pem-trusted-certificate-label",
        "pem-headers-in-block",
        "pem-blank-line-in-block",
        "pem-private-key-present",
        "pem-unexpected-block",
        "pem-der-input",
        "der-trailing-data",
    ];
    for rule in rules {
        let bundle = format!("fixtures/rules/{rule}/bad/bundle.pem");
        let output = chainlint(&["fix", "--ca", &bundle]);
        assert_eq!(
            output.status.code(),
            Some(0),
            "{rule}: {}",
            text(&output.stderr)
        );
        let fixed: PathBuf =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fixed-{rule}.pem"));
        fs::write(&fixed, &output.stdout).expect("the scratch directory can be written");
        let again = chainlint(&[
            "check",
            "--at",
            "2026-11-23T18:00:00Z",
            "--ca",
            &fixed.to_string_lossy(),
            "--select",
            "pem,bundle,der",
            "--ignore",
            "bundle-only-root",
        ]);
        assert_eq!(
            again.status.code(),
            Some(0),
            "{rule}: {}",
            text(&again.stdout)
        );
        assert!(
            !text(&again.stdout).contains('['),
            "{rule}: {}",
            text(&again.stdout)
        );
    }
}

#[test]
fn what_a_client_sends_is_put_into_order() {
    let client = "fixtures/chains/chain-sent-unordered/client.pem";
    let refused = chainlint(&["fix", client]);
    assert_eq!(
        refused.status.code(),
        Some(2),
        "a client's file is not taken for a bundle"
    );
    assert!(refused.stdout.is_empty());
    let output = chainlint(&["fix", "--client", client]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        text(&output.stderr).contains("sent in this order: client1, Lab Issuing CA, Lab Root CA"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(text(&output.stdout).matches("BEGIN CERTIFICATE").count(), 3);
}

#[test]
fn nothing_is_written_where_a_certificate_cannot_be_read() {
    let output = chainlint(&["fix", "fixtures/rules/der-parse-failure/bad/bundle.pem"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(
        text(&output.stderr).contains("nothing was written: "),
        "{}",
        text(&output.stderr)
    );
}
