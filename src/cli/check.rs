//! `chainlint check`.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use super::arguments::{CheckArguments, FailOn, Format, PurposeChoice, Verifiers};
use super::read::Inputs;
use super::{Error, unknown_rule, when};
use crate::analysis::{Analysis, Settings};
use crate::path::Purpose;
use crate::render::human::{Detail, Style};
use crate::report::{FailOn as ReportFailOn, Report};
use crate::rules::{self, Rule, Severity};
use crate::source::Role;
use crate::verifiers::{self, Verifier};

pub(crate) fn run(arguments: &CheckArguments, output: &mut dyn Write) -> Result<u8, Error> {
    let rules = selected(arguments)?;
    // The process ends after this: to free every certificate by itself would take a tenth of the time for many.
    let inputs = ManuallyDrop::new(read(arguments)?);
    let settings = Settings {
        at: arguments.at.map_or_else(when::now, when::Moment::resolve),
        expires_within: arguments.expires_within.0,
        depth: arguments.depth,
        verifiers: chosen(&arguments.verifiers),
        verify_client: arguments.verify_client.into(),
        openssl: arguments.openssl.into(),
        security_level: arguments.security_level,
        purpose: purpose(arguments.purpose),
        names: arguments.names.clone(),
        explain: arguments.explain || arguments.verbose,
    };
    let analysis = ManuallyDrop::new(Analysis::new(&inputs.inputs, &settings));
    let fail_on = fail_on(arguments.fail_on);
    let report = crate::report_on(&analysis, &rules, &inputs.skipped, fail_on);
    let report = ManuallyDrop::new(report);
    match &arguments.output {
        None => render(&report, arguments, output)?,
        Some(path) => {
            // Truncating an input would lose it.
            let same = |input: &&PathBuf| {
                fs::canonicalize(input)
                    .is_ok_and(|input| fs::canonicalize(path).is_ok_and(|output| input == output))
            };
            if let Some(input) = paths(arguments).map(|(input, _)| input).find(same) {
                return Err(Error(format!(
                    "--output would overwrite the input {}",
                    input.display()
                )));
            }
            colored::control::set_override(false);
            let cannot =
                |error: std::io::Error| Error(format!("cannot write {}: {error}", path.display()));
            let mut file = BufWriter::new(File::create(path).map_err(cannot)?);
            render(&report, arguments, &mut file)?;
            file.flush().map_err(cannot)?;
        }
    }
    Ok(report.exit_code)
}

/// The paths that were given, each with the role that its flag gives it.
fn paths(arguments: &CheckArguments) -> impl Iterator<Item = (&PathBuf, Option<Role>)> {
    let given = [
        (&arguments.ca, Some(Role::Bundle)),
        (&arguments.paths, None),
        (&arguments.client, Some(Role::Client)),
        (&arguments.crl, Some(Role::Crl)),
    ];
    given
        .into_iter()
        .flat_map(|(paths, role)| paths.iter().map(move |path| (path, role)))
}

fn read(arguments: &CheckArguments) -> Result<Inputs, Error> {
    let paths = || paths(arguments);
    if paths().next().is_none() {
        return Err(Error(
            "nothing to check: give a file, a directory, or `-` for standard input".to_owned(),
        ));
    }
    if paths().filter(|(path, _)| path.as_os_str() == "-").count() > 1 {
        return Err(Error(
            "standard input can be read only once: give `-` once".to_owned(),
        ));
    }
    let mut inputs = Inputs::default();
    for (path, role) in paths() {
        inputs.add(path, role)?;
    }
    Ok(inputs)
}

fn render(
    report: &Report,
    arguments: &CheckArguments,
    output: &mut dyn Write,
) -> Result<(), Error> {
    match arguments.format {
        Format::Human => {
            let detail = match (arguments.quiet, arguments.verbose) {
                (true, _) => Detail::Quiet,
                (false, false) => Detail::Normal,
                (false, true) => Detail::Verbose,
            };
            let width = match arguments.output {
                None => super::width(),
                Some(_) => super::WIDTH,
            };
            crate::render::human::render(report, Style { detail, width }, output)?;
        }
        Format::Json => crate::render::json::render(report, output)?,
    }
    Ok(())
}

/// The verifiers in the order of the command line, each once.
fn chosen(arguments: &[Verifiers]) -> Vec<&'static Verifier> {
    let mut list = Vec::new();
    for argument in arguments {
        let named: &[&Verifier] = match argument {
            Verifiers::All => verifiers::ALL,
            Verifiers::One(verifier) => std::slice::from_ref(verifier),
        };
        for verifier in named {
            if !list.contains(verifier) {
                list.push(*verifier);
            }
        }
    }
    list
}

fn selected(arguments: &CheckArguments) -> Result<Vec<&'static Rule>, Error> {
    for pattern in arguments.select.iter().chain(&arguments.ignore) {
        if !rules::all().any(|rule| matches(pattern, rule)) {
            return Err(unknown_rule(pattern));
        }
    }
    let any =
        |patterns: &[String], rule: &Rule| patterns.iter().any(|pattern| matches(pattern, rule));
    Ok(rules::all()
        .filter(|rule| arguments.select.is_empty() || any(&arguments.select, rule))
        .filter(|rule| !any(&arguments.ignore, rule))
        .collect())
}

/// Whether a pattern is the rule's name or its topic: whole words from the name's beginning.
fn matches(pattern: &str, rule: &Rule) -> bool {
    let pattern = pattern.strip_suffix('-').unwrap_or(pattern);
    let rest = rule.name.strip_prefix(pattern);
    !pattern.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

fn purpose(argument: PurposeChoice) -> Purpose {
    match argument {
        PurposeChoice::Client => Purpose::Client,
        PurposeChoice::Server => Purpose::Server,
        PurposeChoice::Any => Purpose::Any,
    }
}

fn fail_on(argument: FailOn) -> ReportFailOn {
    match argument {
        FailOn::Error => ReportFailOn::Severity(Severity::Error),
        FailOn::Warning => ReportFailOn::Severity(Severity::Warning),
        FailOn::Info => ReportFailOn::Severity(Severity::Info),
        FailOn::Never => ReportFailOn::Never,
    }
}
