//! `openssl verify`.

use std::fs;
use std::path::Path;

use chainlint::analysis::Settings;
use chainlint::cert::time::Time;
use chainlint::verifiers::openssl::OPENSSL;

use crate::answer::{Answer, Comparison};
use crate::openssl::Openssl;
use crate::pki::{Case, When};
use crate::server::{are_there, folder, now};

/// How many combinations of faults.
const CASES: u64 = 500;

#[test]
fn openssl_verify() {
    if !are_there(&["openssl"]) {
        return;
    }
    let openssl = Openssl::find(Path::new("openssl")).expect("openssl is installed");
    let Some(release) = openssl.release else {
        eprintln!("SKIPPED: {} is not modelled", openssl.version);
        return;
    };
    let (at, seed) = now();
    let files = folder("verify");
    let mut wrong = Vec::new();
    let mut unknown = 0;
    for number in 0..CASES {
        let case = Case::new(seed, number, When { at, exact: true });
        let folder = files.join(number.to_string());
        fs::create_dir_all(&folder).expect("target can be written");
        for (name, bytes) in case.files() {
            fs::write(folder.join(name), bytes).expect("target can be written");
        }
        let real = openssl.verify(&case, at, &folder).expect("openssl answers");
        let settings = Settings {
            verifiers: vec![&OPENSSL],
            depth: case.depth,
            security_level: Some(case.level),
            openssl: release,
            ..Settings::at(Time(at))
        };
        let ours = Answer::of_chainlint(&case, &settings);
        match ours.against(&real) {
            Comparison::Same => {
                let _ = fs::remove_dir_all(&folder);
            }
            Comparison::Unknown => unknown += 1,
            difference => wrong.push(format!(
                "case {number} of seed {seed}: {difference:?}\n    faults: {}\n    real:   {}\n    ours:   {}\n    files:  {}",
                case.faults.join("; "),
                real.line(),
                ours.line(),
                folder.display()
            )),
        }
    }
    println!(
        "openssl verify: {} of {CASES} cases differ, {unknown} are unknown",
        wrong.len()
    );
    // The seed is today's, so an outcome that was never seen may come up: that is what the test is for.
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(unknown * 50 <= CASES, "{unknown} are unknown");
}
