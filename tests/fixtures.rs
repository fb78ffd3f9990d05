//! The checked-in fixtures are, byte for byte, what the checked-in generator makes.

#[path = "../fixtures/generator/mod.rs"]
mod generator;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn below(directory: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory of fixtures can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            below(&path, found);
        } else {
            found.insert(path);
        }
    }
}

#[test]
fn fixtures_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found = BTreeSet::new();
    below(&root.join("rules"), &mut found);
    let mut stale = Vec::new();
    for (name, bytes) in generator::files() {
        let path = root.join(&name);
        if fs::read(&path).ok().as_deref() != Some(&bytes) {
            stale.push(name);
        }
        found.remove(&path);
    }
    let extra: Vec<_> = found.iter().collect();
    assert!(
        stale.is_empty() && extra.is_empty(),
        "run `cargo run --example fixtures`: stale {stale:?}, not generated {extra:?}"
    );
}
