//! Makes random PKIs with faults, and compares the verdict of `openssl` with what `openssl verify` says.
//!
//!     cargo run --release --example differential -- --cases 5000 --seed 1 [--openssl PATH] [--only CASE]
//!
//! A case is the same for its seed and number, on every machine. Each disagreement is printed, and its files are kept.
//! The exit code is 1 if fewer verdicts agree than asked for.

#![allow(
    clippy::unnecessary_wraps,
    reason = "every fault has one signature, and some can always be made"
)]

mod answer;
mod openssl;
mod pki;

#[path = "../../fixtures/generator/mod.rs"]
mod generator;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use answer::{Answer, Comparison};
use chainlint::analysis::Settings;
use chainlint::cert::time::Time;
use chainlint::verifiers::openssl::OPENSSL;
use clap::Parser;
use openssl::Openssl;
use pki::{Case, When};

/// 2026-11-23T18:00:00Z: the time that every case is made for.
const AT: i64 = 1_795_456_800;

/// Compares the verdict of `openssl` with what `openssl verify` says about random PKIs.
#[derive(Parser)]
struct Arguments {
    /// How many cases to make
    #[arg(long, default_value_t = 1000)]
    cases: u64,
    /// What the random choices depend on
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Only this case, with everything that was said about it; its files are kept
    #[arg(long, value_name = "CASE")]
    only: Option<u64>,
    /// The program to compare with
    #[arg(long, value_name = "PATH", default_value = "openssl")]
    openssl: PathBuf,
    /// Where the files of disagreements are kept
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
    /// Fail if fewer outcomes agree, in percent of those that are known
    #[arg(long, value_name = "PERCENT", default_value_t = 99.9)]
    min_outcome: f64,
    /// Fail if fewer codes agree, in percent of the outcomes that are known
    #[arg(long, value_name = "PERCENT", default_value_t = 99.5)]
    min_code: f64,
    /// Fail if more verdicts are unknown, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 1.0)]
    max_unknown: f64,
    /// Print how often each code came up
    #[arg(long)]
    histogram: bool,
}

/// What came of one case.
struct Outcome {
    case: u64,
    faults: Vec<String>,
    real: Answer,
    ours: Answer,
    comparison: Comparison,
    folder: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("differential: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool, String> {
    let openssl = Openssl::find(&arguments.openssl)?;
    let Some(release) = openssl.release else {
        println!(
            "SKIPPED: {} is not a release that is modelled",
            openssl.version
        );
        return Ok(true);
    };
    let keep = arguments.keep.clone().unwrap_or_else(|| {
        let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
        target.join(format!(
            "differential/seed-{}-{}",
            arguments.seed,
            release.name()
        ))
    });
    let numbers = match arguments.only {
        Some(only) => only..only + 1,
        None => 0..arguments.cases,
    };
    println!(
        "{} against the verdict for {}",
        openssl.version,
        release.name()
    );
    let work = Work {
        seed: arguments.seed,
        keep_all: arguments.only.is_some(),
        openssl,
        keep,
    };
    let outcomes = work.all(numbers)?;
    for outcome in &outcomes {
        if outcome.comparison != Comparison::Same || arguments.only.is_some() {
            print(outcome, arguments.only.is_some());
        }
    }
    if arguments.histogram {
        histogram(&outcomes);
    }
    Ok(summary(arguments, &outcomes))
}

fn print(outcome: &Outcome, everything: bool) {
    println!("case {}: {:?}", outcome.case, outcome.comparison);
    println!("    faults: {}", outcome.faults.join("; "));
    println!("    real:   {}", outcome.real.line());
    println!("    ours:   {}", outcome.ours.line());
    if let Some(folder) = &outcome.folder {
        println!("    files:  {}", folder.display());
    }
    if everything {
        println!("real: {}\nours: {}", outcome.real.text, outcome.ours.text);
    }
}

fn histogram(outcomes: &[Outcome]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for outcome in outcomes {
        let real = &outcome.real;
        let code = real.code.map(|code| format!(" {code:>3}"));
        let key = format!("{}{}", real.outcome, code.unwrap_or_default());
        *counts.entry(key).or_default() += 1;
    }
    for (key, count) in counts {
        println!("{count:>6} {key}");
    }
}

/// Prints the last line; whether that is good enough.
fn summary(arguments: &Arguments, outcomes: &[Outcome]) -> bool {
    let count = |wanted| {
        let has = |outcome: &&Outcome| outcome.comparison == wanted;
        outcomes.iter().filter(has).count()
    };
    let unknown = count(Comparison::Unknown);
    let known = outcomes.len() - unknown;
    let outcome = known - count(Comparison::Outcome);
    let code = outcome - count(Comparison::Code);
    let all_errors = outcomes
        .iter()
        .filter(|each| each.comparison == Comparison::Same && each.real.errors == each.ours.errors)
        .count();
    println!(
        "outcome agreement {outcome} of {known} ({:.2}%), code agreement {code} of {known} ({:.2}%), \
         every error the same in {all_errors}, unknown {unknown} of {}",
        percent(outcome, known),
        percent(code, known),
        outcomes.len()
    );
    percent(outcome, known) >= arguments.min_outcome
        && percent(code, known) >= arguments.min_code
        && percent(unknown, outcomes.len()) <= arguments.max_unknown
}

#[allow(clippy::cast_precision_loss, reason = "there are not that many cases")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        return 100.0;
    }
    100.0 * part as f64 / whole as f64
}

/// What all threads need.
struct Work {
    seed: u64,
    openssl: Openssl,
    keep: PathBuf,
    keep_all: bool,
}

impl Work {
    /// Runs the cases on all cores; what came of them is in the order of their numbers.
    fn all(&self, numbers: std::ops::Range<u64>) -> Result<Vec<Outcome>, String> {
        let next = AtomicU64::new(numbers.start);
        let done = Mutex::new(Vec::new());
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let (next, done, end) = (&next, &done, numbers.end);
                scope.spawn(move || {
                    let folder = self.keep.join(format!("running-{thread}"));
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= end {
                            break;
                        }
                        let outcome = self.one(number, &folder);
                        done.lock()
                            .expect("no thread panics with the list")
                            .push(outcome);
                    }
                    // What is left there is no disagreement.
                    let _ = fs::remove_dir_all(&folder);
                });
            }
        });
        let done = done.into_inner().expect("no thread panicked with the list");
        let mut outcomes = done.into_iter().collect::<Result<Vec<_>, String>>()?;
        outcomes.sort_by_key(|outcome| outcome.case);
        Ok(outcomes)
    }

    fn one(&self, number: u64, folder: &Path) -> Result<Outcome, String> {
        let when = When {
            at: AT,
            exact: true,
        };
        let case = Case::new(self.seed, number, when);
        write(folder, &case)?;
        let real = self.openssl.verify(&case, AT, folder)?;
        let settings = Settings {
            verifiers: vec![&OPENSSL],
            depth: case.depth,
            security_level: Some(case.level),
            openssl: self.openssl.release.expect("it was found to be modelled"),
            ..Settings::at(Time(AT))
        };
        let ours = Answer::of_chainlint(&case, &settings);
        let comparison = ours.against(&real);
        let is_disagreement = matches!(comparison, Comparison::Code | Comparison::Outcome);
        let kept = (is_disagreement || self.keep_all).then(|| self.keep.join(number.to_string()));
        if let Some(kept) = &kept {
            write(kept, &case)?;
            let command = self.openssl.arguments(&case, AT).join(" ");
            let told = format!(
                "{}\n\nopenssl {command}\n{}\nchainlint: {}\n{}\n",
                case.faults.join("\n"),
                real.text,
                ours.line(),
                ours.text
            );
            let file = kept.join("case.txt");
            fs::write(&file, told).map_err(|error| cannot(&file, &error))?;
        }
        Ok(Outcome {
            case: number,
            faults: case.faults,
            real,
            ours,
            comparison,
            folder: kept,
        })
    }
}

/// Writes the files of a case.
fn write(folder: &Path, case: &Case) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| cannot(folder, &error))?;
    for (name, bytes) in case.files() {
        let file = folder.join(name);
        fs::write(&file, bytes).map_err(|error| cannot(&file, &error))?;
    }
    Ok(())
}

fn cannot(path: &Path, error: &std::io::Error) -> String {
    format!("cannot write {}: {error}", path.display())
}
