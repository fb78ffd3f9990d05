//! For people: the verdicts, each finding with the line that it points at, and a summary.

use std::fmt::Write as _;
use std::io::{self, Write};

use colored::{ColoredString, Colorize};

use super::{trace, verdicts};
use crate::report::{Location, Report, ReportFinding};
use crate::rules::Severity;

/// How much is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Verdicts and the summary.
    Quiet,
    /// Findings, and of each trace what tells most.
    Normal,
    /// Everything.
    Verbose,
}

/// How a report is shown.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// How much is written.
    pub detail: Detail,
    /// How many characters a line of a table has.
    pub width: usize,
}

/// Writes the report as text: what was decided and what to do about it, then everything that was found. Colours follow
/// `colored`'s switch, which the caller sets.
///
/// # Errors
/// The output cannot be written.
pub fn render(report: &Report, style: Style, output: &mut dyn Write) -> io::Result<()> {
    let quiet = style.detail == Detail::Quiet;
    verdicts::write(report, style.width, output)?;
    let has = |role: &str| report.sources.iter().any(|source| source.role == role);
    let missing = match (has("bundle"), has("client")) {
        (false, true) => {
            Some("there is no bundle; name the CA file that the server trusts with --ca")
        }
        (true, false) => Some("no client certificate is given; name one with --client"),
        _ => None,
    };
    if let Some(missing) = missing {
        writeln!(output, "no verdict: {missing}")?;
    }
    if (missing.is_some() || !report.verdicts.is_empty()) && !quiet {
        writeln!(output)?;
    }
    if !quiet {
        for finding in &report.findings {
            write_finding(report, finding, output)?;
        }
        write_traces(report, style.detail, output)?;
    }
    if !report.skipped.is_empty() && !quiet {
        writeln!(
            output,
            "{} skipped, without anything to check: {}",
            count(report.skipped.len(), "file"),
            list(&report.skipped, 5)
        )?;
    }
    write_summary(report, output)
}

/// The tree of each client that has one; the verdicts on a client share it.
fn write_traces(report: &Report, detail: Detail, output: &mut dyn Write) -> io::Result<()> {
    let of_clients = report
        .verdicts
        .chunk_by(|one, other| one.client == other.client);
    for verdicts in of_clients {
        if verdicts.iter().any(|verdict| !verdict.trace.is_empty()) {
            trace::write(report, verdicts[0].client, detail, output)?;
            writeln!(output)?;
        }
    }
    Ok(())
}

fn paint(severity: Severity, text: &str) -> ColoredString {
    match severity {
        Severity::Error => text.red().bold(),
        Severity::Warning => text.yellow().bold(),
        Severity::Info => text.cyan().bold(),
    }
}

fn write_finding(
    report: &Report,
    finding: &ReportFinding,
    output: &mut dyn Write,
) -> io::Result<()> {
    let head = format!("{}[{}]", finding.severity.name(), finding.rule);
    writeln!(
        output,
        "{}{}",
        paint(finding.severity, &head),
        format!(": {}", finding.message).bold()
    )?;
    let gutter = finding
        .locations
        .iter()
        .map(|location| location.line.to_string().len())
        .max()
        .unwrap_or(1);
    for (index, location) in finding.locations.iter().enumerate() {
        let arrow = if index == 0 { "-->" } else { ":::" };
        let name = &report.sources[location.source].name;
        let field = location
            .field
            .as_ref()
            .map(|field| format!(" {field}"))
            .unwrap_or_default();
        writeln!(
            output,
            "{:gutter$}{} {name}:{}:{}{field}",
            "",
            arrow.blue().bold(),
            location.line,
            location.column
        )?;
        // Related places are named; only the primary one is shown.
        if index == 0 {
            write_excerpt(finding.severity, location, gutter, output)?;
        }
    }
    for line in &finding.evidence {
        writeln!(output, "{:gutter$} {} {line}", "", "=".blue().bold())?;
    }
    writeln!(
        output,
        "{:gutter$} {} {} {}",
        "",
        "=".blue().bold(),
        "help:".bold(),
        finding.help
    )?;
    writeln!(output)
}

fn write_excerpt(
    severity: Severity,
    location: &Location,
    gutter: usize,
    output: &mut dyn Write,
) -> io::Result<()> {
    let Some(excerpt) = &location.excerpt else {
        return Ok(());
    };
    let bar = "|".blue().bold();
    let number = format!("{:>gutter$}", location.line).blue().bold();
    let marks = "^".repeat(excerpt.marked.len());
    let more = match location.end_line - location.line {
        0 => String::new(),
        lines => format!(" and {} more", count(lines, "line")),
    };
    writeln!(output, "{:gutter$} {bar}", "")?;
    writeln!(output, "{number} {bar} {}", excerpt.text)?;
    let marks = format!("{marks}{more}");
    writeln!(
        output,
        "{:gutter$} {bar} {}{}",
        "",
        " ".repeat(excerpt.marked.start),
        paint(severity, &marks)
    )?;
    writeln!(output, "{:gutter$} {bar}", "")
}

fn write_summary(report: &Report, output: &mut dyn Write) -> io::Result<()> {
    let summary = &report.summary;
    let mut parts = vec![format!(
        "{} in {}",
        count(report.certificates.len(), "certificate"),
        count(report.sources.len(), "source")
    )];
    let findings = [
        (summary.errors, "error"),
        (summary.warnings, "warning"),
        (summary.infos, "info"),
    ];
    let found: Vec<String> = findings
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, name)| count(*number, name))
        .collect();
    parts.push(if found.is_empty() {
        "no findings".to_owned()
    } else {
        found.join(", ")
    });
    let verdicts = [
        (summary.accepted, "accepted"),
        (summary.rejected, "rejected"),
        (summary.unknown, "unknown"),
    ];
    let decided: Vec<String> = verdicts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, name)| format!("{number} {name}"))
        .collect();
    if !decided.is_empty() {
        parts.push(decided.join(", "));
    }
    let line = parts.join("; ");
    let line = if report.exit_code == 0 {
        line.green()
    } else {
        line.red()
    };
    writeln!(output, "{}", line.bold())
}

/// `1 file`, `3 files`.
pub(super) fn count(number: usize, noun: &str) -> String {
    if number == 1 {
        format!("1 {noun}")
    } else {
        format!("{number} {noun}s")
    }
}

pub(super) fn list(names: &[String], most: usize) -> String {
    let mut text = names
        .iter()
        .take(most)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > most {
        let _ = write!(text, " and {} more", names.len() - most);
    }
    text
}
