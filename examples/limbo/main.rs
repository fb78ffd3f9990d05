//! Runs x509-limbo's cases and says where the verdict differs from what they expect.
//!
//!     cargo run --release --example limbo -- FILE.json[.gz] [--classes classes.tsv] [--as rfc5280|rustls]
//!
//! For each class: cases, agreements, false accepts, false rejects, the slowest case, and the disagreements. Without
//! `--classes` all cases are one class. The last line is the sum.

mod runner;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use chainlint::cert::time::Time;
use chainlint::verifiers::{rfc5280::RFC5280, rustls::RUSTLS};
use clap::Parser;

/// Runs x509-limbo's cases and says where the verdict differs from what they expect.
#[derive(Parser)]
struct Arguments {
    /// The cases, in x509-limbo's own schema; `.gz` is decompressed
    file: PathBuf,
    /// A table of ids and classes, separated by tabs, below a line of headings
    #[arg(long, value_name = "FILE")]
    classes: Option<PathBuf>,
    /// Whose verdict is compared
    #[arg(long = "as", default_value = "rfc5280", value_parser = ["rfc5280", "rustls"])]
    verifier: String,
}

/// What one class came to.
#[derive(Default)]
struct Tally {
    cases: usize,
    false_accepts: Vec<String>,
    false_rejects: Vec<String>,
    slowest: Option<(Duration, String)>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("limbo: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let suite = runner::read(&arguments.file)?;
    let classes = match &arguments.classes {
        Some(path) => runner::read_classes(path)?,
        None => BTreeMap::new(),
    };
    let verifier = match arguments.verifier.as_str() {
        "rustls" => &RUSTLS,
        _ => &RFC5280,
    };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let now = now.map_err(|error| error.to_string())?.as_secs();
    let now = Time(i64::try_from(now).map_err(|error| error.to_string())?);
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for case in &suite.testcases {
        let class = classes.get(&case.id).map_or("all", String::as_str);
        let outcome = case.run(verifier, class, now)?;
        let tally = tallies.entry(class).or_default();
        tally.cases += 1;
        let line = || format!("{} ({})", case.id, outcome.text);
        if !outcome.agrees() && outcome.expected {
            tally.false_rejects.push(line());
        } else if !outcome.agrees() {
            tally.false_accepts.push(line());
        }
        if tally
            .slowest
            .as_ref()
            .is_none_or(|(slowest, _)| outcome.took > *slowest)
        {
            tally.slowest = Some((outcome.took, case.id.clone()));
        }
    }
    let (mut accepts, mut rejects, mut cases) = (0, 0, 0);
    for (class, tally) in &tallies {
        let wrong = tally.false_accepts.len() + tally.false_rejects.len();
        let slowest = tally.slowest.as_ref().map(|(took, id)| {
            let milliseconds = took.as_secs_f64() * 1000.0;
            format!("; slowest {milliseconds:.1} ms, {id}")
        });
        println!(
            "{class}: {} cases, {} agree, {} false accepts, {} false rejects{}",
            tally.cases,
            tally.cases - wrong,
            tally.false_accepts.len(),
            tally.false_rejects.len(),
            slowest.unwrap_or_default()
        );
        for line in &tally.false_accepts {
            println!("    false accept: {line}");
        }
        for line in &tally.false_rejects {
            println!("    false reject: {line}");
        }
        accepts += tally.false_accepts.len();
        rejects += tally.false_rejects.len();
        cases += tally.cases;
    }
    println!("false accepts {accepts}, false rejects {rejects}, of {cases}");
    Ok(())
}
