//! The `chainlint` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(chainlint::cli::run())
}
