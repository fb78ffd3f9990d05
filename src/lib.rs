//! `chainlint` checks CA bundles and client certificates, and says why mutual TLS fails.
//!
//! Data flows one way: bytes become blocks ([`input`]), blocks become certificates ([`cert`]), those
//! become a bundle, clients and paths ([`analysis`]), from which rules make findings ([`rules`]) and
//! verifiers make verdicts ([`verifiers`]); the [`report`] orders both, and [`render`] shows it.
//!
//! ```
//! use chainlint::analysis::{Input, Settings};
//! use chainlint::cert::time::Time;
//! use chainlint::report::FailOn;
//! use chainlint::rules::Severity;
//! use chainlint::source::{Role, Source};
//!
//! let bundle = Source::new("ca.pem", Vec::new());
//! let inputs = [Input::read(bundle, Some(Role::Bundle))];
//! let settings = Settings::at(Time(1_795_456_800));
//! let rules: Vec<_> = chainlint::rules::all().collect();
//! let report = chainlint::check(&inputs, &settings, &rules, &[], FailOn::Severity(Severity::Warning));
//! assert_eq!(report.findings[0].rule, "pem-empty-input");
//! assert_eq!(report.exit_code, 1);
//! ```

#[cfg(not(any(feature = "aws-lc-rs", feature = "ring")))]
compile_error!("one of the features `aws-lc-rs` and `ring` is needed to verify signatures");

pub mod analysis;
pub mod bundle;
pub mod cert;
pub mod cli;
pub mod crypto;
pub mod explain;
pub mod fix;
mod hashing;
pub mod input;
pub mod order;
pub mod path;
pub mod render;
pub mod report;
pub mod rules;
pub mod source;
mod spelling;
pub mod verifiers;

use analysis::{Analysis, Input, Settings};
use report::{FailOn, Report};
use rules::Rule;

/// Checks what was read, and reports.
///
/// `rules` are the rules to apply; verdicts do not depend on them. `skipped` are the names of files
/// that were left out while a directory was walked.
#[must_use]
pub fn check(
    inputs: &[Input],
    settings: &Settings,
    rules: &[&'static Rule],
    skipped: &[String],
    fail_on: FailOn,
) -> Report {
    report_on(&Analysis::new(inputs, settings), rules, skipped, fail_on)
}

/// Applies rules and verifiers to what was analysed.
fn report_on(
    analysis: &Analysis<'_>,
    rules: &[&'static Rule],
    skipped: &[String],
    fail_on: FailOn,
) -> Report {
    let findings = rules::run(analysis, rules);
    let verdicts = verifiers::verdicts(analysis);
    Report::new(analysis, findings, &verdicts, skipped, fail_on)
}
