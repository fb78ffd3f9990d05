//! What holds for every report: the JSON keeps to its schema, both formats say the same, nothing
//! raw reaches the output, and no private key does.

#[path = "../fixtures/generator/mod.rs"]
mod generator;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use generator::pki::{Chain, name, pem};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn chainlint(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chainlint"));
    command.current_dir(root()).args(arguments);
    command.output().expect("the command can be started")
}

fn check(arguments: &[&str]) -> Output {
    let mut all = vec!["check", "--at", "2026-11-23T18:00:00Z"];
    all.extend(arguments);
    chainlint(&all)
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).expect("the output is JSON")
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("the output is UTF-8")
}

/// A file of this test's own.
fn scratch(name: &str, bytes: &[u8]) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = directory.join(name);
    fs::write(&path, bytes).expect("the scratch directory can be written");
    path
}

/// Every directory of fixtures that holds a case.
fn cases() -> Vec<PathBuf> {
    let mut cases = Vec::new();
    for rule in fs::read_dir(root().join("fixtures/rules")).expect("the fixtures are there") {
        let rule = rule.expect("an entry can be read").path();
        cases.extend(["good", "bad"].map(|kind| rule.join(kind)));
    }
    for chain in fs::read_dir(root().join("fixtures/chains")).expect("the fixtures are there") {
        cases.push(chain.expect("an entry can be read").path());
    }
    cases.sort();
    cases
}

#[test]
fn json_keeps_to_its_schema_and_says_what_people_read() {
    let schema =
        fs::read_to_string(root().join("docs/report.schema.json")).expect("the schema is there");
    let schema: serde_json::Value = serde_json::from_str(&schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    for case in cases() {
        let case = case.to_string_lossy().into_owned();
        let machine = check(&["--format", "json", &case]);
        let human = check(&["--format", "human", &case]);
        assert_eq!(machine.status.code(), human.status.code(), "{case}");
        if machine.status.code() == Some(2) {
            continue;
        }
        let report = json(&machine);
        let problems: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| error.to_string())
            .collect();
        assert!(problems.is_empty(), "{case}: {problems:?}");
        assert_eq!(
            report["exit_code"].as_i64(),
            machine.status.code().map(i64::from),
            "{case}"
        );
        let from_json: Vec<String> = report["findings"]
            .as_array()
            .expect("a report has findings")
            .iter()
            .map(|finding| format!("{}[{}]", finding["severity"], finding["rule"]).replace('"', ""))
            .collect();
        let human = text(&human);
        let from_text: Vec<String> = human
            .lines()
            .filter_map(|line| line.split_once("]: ").map(|(head, _)| format!("{head}]")))
            .filter(|head| {
                ["error[", "warning[", "info["]
                    .iter()
                    .any(|severity| head.starts_with(severity))
            })
            .collect();
        assert_eq!(from_json, from_text, "{case}");
    }
}

#[test]
fn output_is_the_same_on_a_second_run() {
    let run = || check(&["--format", "json", "fixtures/chains"]).stdout;
    assert_eq!(run(), run());
}

#[test]
fn names_cannot_steer_the_terminal() {
    let hostile = "CN=a\u{1b}[31m\u{202e}\r\nerror[x]: y\u{7}<script>";
    let chain = Chain::new(
        |root| root,
        |issuing| issuing.subject(name(hostile)),
        |leaf| leaf.subject(name(hostile)),
    );
    let bundle = scratch("hostile-bundle.pem", chain.bundle().as_bytes());
    let client = scratch("hostile-client.pem", pem(&[&chain.leaf]).as_bytes());
    for format in ["human", "json"] {
        let output = check(&[
            "--format",
            format,
            &bundle.to_string_lossy(),
            &client.to_string_lossy(),
        ]);
        let shown = text(&output);
        let raw = |character: char| {
            character.is_control() && character != '\n' || character == '\u{202e}'
        };
        assert!(!shown.contains(raw), "{format}: {shown:?}");
        assert!(!shown.contains("\nerror[x]"), "{format}: {shown}");
        assert!(
            shown.contains("script"),
            "{format}: the name is still shown"
        );
    }
}

/// The text up to its last END line.
fn without_end(text: &str) -> &str {
    let end = text
        .rfind("-----END")
        .expect("the fixture ends in a boundary");
    text[..end].trim_end()
}

/// A certificate with a whole short private key after it in its block: that of the fixture's first 48 octets.
fn ed25519_variant(bundle: &str) -> String {
    let key = fs::read_to_string(root().join("fixtures/chains/ekeca/alice.key"))
        .expect("the fixture is there");
    let line = key.lines().nth(1).expect("a key has a body");
    format!(
        "{}\n{line}\n-----END CERTIFICATE-----\n",
        without_end(bundle)
    )
}

#[test]
fn private_keys_reach_no_output() {
    let key = fs::read_to_string(root().join("fixtures/chains/ekeca/alice.key"))
        .expect("the fixture is there");
    let body: Vec<&str> = key
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let joined = body.concat();
    let bundle = fs::read_to_string(root().join("fixtures/chains/ekeca/ca-certificates.pem"))
        .expect("the fixture is there");
    // Each way in which a key's text can stand where it should not.
    let variants = [
        key.clone(),
        format!("{bundle}{key}"),
        key.replace("PRIVATE KEY", "CERTIFICATE"),
        key.replace("-----END PRIVATE KEY-----", ""),
        key.replace("-----BEGIN PRIVATE KEY-----", ""),
        key.replace(
            "-----BEGIN PRIVATE KEY-----\n",
            "-----BEGIN PRIVATE KEY-----",
        ),
        key.replace('\n', "\\n"),
        format!("-----BEGIN PRIVATE KEY-----{joined}-----END PRIVATE KEY-----"),
        key.replacen('M', "*", 1),
        body.join("\n"),
        format!("{bundle}password: {joined}"),
        // A certificate that lost its END, and the key after it its BEGIN.
        format!(
            "{}\n{}\n-----END PRIVATE KEY-----\n",
            without_end(&bundle),
            body.join("\n")
        ),
        format!(
            "{}\n{}\n-----END CERTIFICATE-----\n",
            without_end(&bundle),
            body.join("\n")
        ),
        format!("{}\n{}", without_end(&bundle), body.join("\n")),
        format!("{}\n{}", &bundle[..bundle.len() / 2], body.join("\n")),
        format!(
            "-----BEGIN X509 CRL-----\n!{} \n-----END X509 CRL-----\n",
            body.join("\n")
        ),
        format!(
            "-----BEGIN CERTIFICATE REQUEST-----\n{} \n-----END CERTIFICATE REQUEST-----\n",
            body.join("\n")
        ),
        format!(
            "-----BEGIN {}-----\n{joined}\n-----END {}-----\n",
            body[0], body[1]
        ),
        format!("-----{}-----\n", body.join("-----\n-----")),
        ed25519_variant(&bundle),
    ];
    for (index, variant) in variants.iter().enumerate() {
        let path = scratch(&format!("key-{index}.pem"), variant.as_bytes());
        let path = path.to_string_lossy();
        for role in ["--ca", "--client", "--crl"] {
            for format in ["human", "json"] {
                let output = check(&["--format", format, role, &path]);
                let shown = text(&output) + &String::from_utf8_lossy(&output.stderr);
                for line in body.iter().filter(|line| line.len() > 20) {
                    let part = &line[..20];
                    assert!(
                        !shown.contains(part),
                        "variant {index} as {role} in {format} shows {part}"
                    );
                }
            }
        }
    }
}

#[test]
fn standard_input_is_a_source() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_chainlint"))
        .args(["check", "--at", "2026-12-01", "--format", "json", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command can be started");
    let bundle = fs::read(root().join("fixtures/chains/ekeca/ca-certificates.pem"))
        .expect("the fixture is there");
    child
        .stdin
        .take()
        .expect("standard input is a pipe")
        .write_all(&bundle)
        .expect("the pipe takes the bundle");
    let output = child.wait_with_output().expect("the command ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(json(&output)["sources"][0]["name"], "<stdin>");
}

#[test]
fn colours_are_asked_for() {
    let files = [
        "fixtures/chains/ekeca/ca-certificates.pem",
        "fixtures/chains/ekeca/srv.pem",
    ];
    let with = |color: &str| text(&check(&["--color", color, files[0], files[1]]));
    assert!(with("always").contains("\u{1b}["));
    assert!(!with("never").contains('\u{1b}'));
    assert!(!with("auto").contains('\u{1b}'), "a pipe is no terminal");
}

#[test]
fn the_system_bundle_has_no_malformed_certificate() {
    let path = "/etc/ssl/certs/ca-certificates.crt";
    if !Path::new(path).exists() {
        assert!(
            std::env::var_os("CI").is_none(),
            "CI must have the package ca-certificates"
        );
        eprintln!("SKIPPED: {path} is not here");
        return;
    }
    let output = check(&["--format", "json", "--ca", path]);
    let report = json(&output);
    let text = fs::read_to_string(path).expect("the system bundle is text");
    let blocks = text.matches("-----BEGIN CERTIFICATE-----").count();
    assert!(blocks > 100, "only {blocks} certificates");
    assert_eq!(
        report["certificates"].as_array().map(Vec::len),
        Some(blocks),
        "every certificate is read"
    );
    // Every other error is a fault of the test or of Debian; these are true and not about the encoding.
    let is_known = |finding: &serde_json::Value| {
        let subject = finding["certificate"]
            .as_u64()
            .and_then(|index| usize::try_from(index).ok())
            .and_then(|index| report["certificates"][index]["subject"].as_str())
            .unwrap_or_default();
        match finding["rule"].as_str() {
            // Debian keeps roots until Mozilla drops them, some beyond their dates.
            Some("validity-expired") => true,
            // Roots from 2004 without the mark that RFC 5280 §4.2.1.9 demands; OpenSSL's strict mode refuses them (89).
            Some("bc-not-critical-in-ca") => [
                "OU=Go Daddy Class 2 Certification Authority,",
                "OU=Starfield Class 2 Certification Authority,",
                "OU=ePKI Root Certification Authority,",
            ]
            .iter()
            .any(|known| subject.starts_with(known)),
            // Roots without the key id that RFC 5280 §4.2.1.2 demands; OpenSSL's strict mode refuses them (86).
            Some("ski-missing-in-ca") => ["CN=Hongkong Post Root CA 1,", "CN=TWCA Global Root CA,"]
                .iter()
                .any(|known| subject.starts_with(known)),
            _ => false,
        }
    };
    let errors: Vec<&serde_json::Value> = report["findings"]
        .as_array()
        .expect("a report has findings")
        .iter()
        .filter(|finding| finding["severity"] == "error" && !is_known(finding))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_readme_shows_a_real_output() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README is there");
    let (_, shown) = readme
        .split_once("$ chainlint ")
        .expect("the README shows a command");
    let (command, _) = shown.split_once('\n').expect("the command is a line");
    let arguments: Vec<&str> = command.split(' ').collect();
    let output = text(&chainlint(&arguments));
    assert!(
        readme.contains(&output),
        "the README shows something else than:\n{output}"
    );
}
