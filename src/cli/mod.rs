//! The command line: arguments, the clock, the terminal and the file system. Nothing below reads those.

mod arguments;
mod check;
mod fix;
mod read;
mod when;

use std::io::{self, IsTerminal, Write};

use clap::Parser;
use clap::error::ErrorKind;

use crate::render;
use crate::rules;
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
        Command::Explain { rule } => {
            let Some(found) = rules::find(rule) else {
                return Err(unknown_rule(rule));
            };
            output.write_all(render::rules::explain(found).as_bytes())?;
            Ok(0)
        }
    }
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

/// The number of single-character edits between two names (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(100).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("pem-bom", "pem-boom"), 1);
        assert_eq!(distance("", "abc"), 3);
    }
}
