//! Generated files are what the code generates. `CHAINLINT_UPDATE=1 cargo test --test docs` writes them.

use std::fs;
use std::path::Path;

fn assert_current(file: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("CHAINLINT_UPDATE").is_some() {
        fs::write(&path, wanted).unwrap_or_else(|error| panic!("cannot write {file}: {error}"));
        return;
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "{file} is stale: run CHAINLINT_UPDATE=1 cargo test --test docs"
    );
}

#[test]
fn the_rules_page_is_current() {
    assert_current("docs/rules.md", &chainlint::render::rules::page());
}

#[test]
fn the_schema_is_current() {
    assert_current(
        "docs/report.schema.json",
        &chainlint::render::json::schema(),
    );
}
