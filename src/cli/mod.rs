//! The command line: arguments, the clock, the terminal and the file system. Nothing below reads those.

mod arguments;
mod check;
mod fix;
mod read;
mod when;

use std::io::{self, IsTerminal, Write};

use clap::Parser;
use clap::error::ErrorKind;

use crate::explain;
use crate::render;
use crate::rules;
use crate::spelling::distance;
use arguments::{Arguments, ColorChoice, Command, RulesFormat};

/// Why the tool could not do what was asked: one line that says what to do.
#[derive(Debug)]
pub(crate) struct Error(pub(crate) String);

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self(format!("cannot write the output: {error}"))
    }
}

/// Runs the command line of this process and returns its exit code: 0 clean, 1 a verdict is no
/// accept or a finding counts, 2 the tool could not do what was asked.
#[must_use]
pub fn run() -> u8 {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    set_color(arguments.color);
    let mut output = io::BufWriter::new(io::stdout().lock());
    let result = execute(&arguments.command, &mut output).and_then(|code| {
        output.flush()?;
        Ok(code)
    });
    match result {
        Ok(code) => code,
        // A reader that closed the pipe, such as `head`, has seen what it wanted.
        Err(Error(message)) if message.contains("Broken pipe") => 2,
        Err(Error(message)) => {
            eprintln!("chainlint: {}", crate::report::visible(&message));
            2
        }
    }
}

/// Shows help, or says in one line what is wrong with the arguments.
fn usage(error: &clap::Error) -> u8 {
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // Nothing can be done where neither stream can be written.
        let _ = error.print();
        return if error.use_stderr() { 2 } else { 0 };
    }
    let text = error.render().to_string();
    let lines = text
        .lines()
        .map(str::trim)
        .take_while(|line| !line.starts_with("Usage:"));
    let words: Vec<&str> = lines
        .filter(|line| !line.is_empty() && !line.starts_with("For more"))
        .collect();
    let message = words.join(" ");
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    eprintln!("chainlint: {}", crate::report::visible(message));
    2
}

fn execute(command: &Command, output: &mut dyn Write) -> Result<u8, Error> {
    match command {
        Command::Check(arguments) => check::run(arguments, output),
        Command::Fix(arguments) => fix::run(arguments, output),
        Command::Rules { format } => {
            let text = match format {
                RulesFormat::Human => render::rules::list(),
                RulesFormat::Json => render::rules::list_json(),
            };
            output.write_all(text.as_bytes())?;
            Ok(0)
        }
        Command::Explain { what } => {
            let what = what.join(" ");
            let text = if let Some(rule) = rules::find(&what) {
                render::rules::explain(rule)
            } else {
                let found = explain::find(&what).ok_or_else(|| unknown(&what))?;
                render::explain::explain(&found, width())
            };
            output.write_all(text.as_bytes())?;
            Ok(0)
        }
    }
}

/// The error for what is neither a rule nor a known error, with what is most like it.
fn unknown(what: &str) -> Error {
    let is_rule = |part: &str| rules::all().any(|rule| rule.name.starts_with(part));
    let topic = what.split_inclusive('-').next();
    if what.contains('-') && !what.contains(' ') && topic.is_some_and(is_rule) {
        return unknown_rule(what);
    }
    let nearest: Vec<String> = explain::nearest(what)
        .into_iter()
        .map(|text| format!("`{text}`"))
        .collect();
    let hint = if nearest.is_empty() {
        "give an error number (21), a line of a server's log, or a rule (`chainlint rules` lists them)"
            .to_owned()
    } else {
        format!("the nearest that are: {}", nearest.join(", "))
    };
    let shown: String = what.chars().take(80).collect();
    Error(format!(
        "`{shown}` is no rule and no error that is known here; {hint}"
    ))
}

/// How many characters a line has where there is no terminal to fit.
pub(crate) const WIDTH: usize = 100;

/// How many characters a line has: those of the terminal, if there is one.
pub(crate) fn width() -> usize {
    let terminal = io::stdout()
        .is_terminal()
        .then(terminal_size::terminal_size);
    terminal
        .flatten()
        .map_or(WIDTH, |(width, _)| usize::from(width.0).clamp(40, 200))
}

/// The error for a rule name that does not exist, with the nearest that does.
pub(crate) fn unknown_rule(name: &str) -> Error {
    let nearest = rules::all()
        .map(|rule| (distance(rule.name, name), rule.name))
        .min();
    let hint = match nearest {
        Some((distance, nearest)) if distance <= nearest.len() / 2 => {
            format!("; did you mean `{nearest}`?")
        }
        _ => "; `chainlint rules` lists them".to_owned(),
    };
    Error(format!("there is no rule `{name}`{hint}"))
}

/// Colours: as asked, else by `NO_COLOR` and by whether standard output is a terminal.
fn set_color(choice: ColorChoice) {
    let on = match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            !unwanted && io::stdout().is_terminal()
        }
    };
    colored::control::set_override(on);
}
