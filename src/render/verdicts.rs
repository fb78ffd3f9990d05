//! What was decided: the verdict, its cause and what to do about it, in that order, because many read no further.
//!
//! One or two verifiers have a few lines each, more of them a table for each client. Where there are many clients, those
//! that everyone accepts share a line.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use colored::{ColoredString, Colorize};

use super::human::{count, list};
use super::wrap::{cut, wrap};
use crate::cert::time::Time;
use crate::report::{Report, ReportFinding, ReportVerdict};
use crate::verifiers::SettingValue;

/// The most verifiers whose verdicts are written as lines.
const MOST_LINES: usize = 2;

/// The most verdicts that are all written out.
const MANY: usize = 10;

/// From how many characters on the last columns of a table are two.
const WIDE: usize = 90;

/// The most names in a line of accepted clients.
const MOST_NAMES: usize = 8;

/// The most servers whose own ways to put something right are shown in one line.
const MOST_FIXES: usize = 3;

pub(super) fn write(report: &Report, width: usize, output: &mut dyn Write) -> io::Result<()> {
    let by_client = report
        .verdicts
        .chunk_by(|one, other| one.client == other.client);
    let (accepted, rest): (Vec<_>, Vec<_>) = by_client.partition(|verdicts| is_accepted(verdicts));
    let many = report.verdicts.len() > MANY && accepted.len() > 1;
    let mut is_first = true;
    for verdicts in rest {
        write_client(report, verdicts, width, is_first, output)?;
        is_first = false;
    }
    if many {
        return write_accepted(report, &accepted, is_first, output);
    }
    for verdicts in accepted {
        write_client(report, verdicts, width, is_first, output)?;
        is_first = false;
    }
    Ok(())
}

/// Whether all accept, and there is nothing to add to that.
fn is_accepted(verdicts: &[ReportVerdict]) -> bool {
    let mut verdicts = verdicts.iter();
    verdicts.all(|verdict| verdict.outcome == "accept" && verdict.explanation.is_empty())
}

fn write_client(
    report: &Report,
    verdicts: &[ReportVerdict],
    width: usize,
    is_first: bool,
    output: &mut dyn Write,
) -> io::Result<()> {
    if verdicts.len() <= MOST_LINES {
        write_lines(report, verdicts, output)?;
    } else {
        if !is_first {
            writeln!(output)?;
        }
        write_table(report, verdicts, width, output)?;
    }
    write_disagreements(report, verdicts[0].client, width, output)
}

/// The clients that everyone accepts.
fn write_accepted(
    report: &Report,
    clients: &[&[ReportVerdict]],
    is_first: bool,
    output: &mut dyn Write,
) -> io::Result<()> {
    let Some(first) = clients.first() else {
        return Ok(());
    };
    if !is_first {
        writeln!(output)?;
    }
    let names: Vec<String> = clients
        .iter()
        .map(|verdicts| report.sources[verdicts[0].client].name.clone())
        .collect();
    writeln!(
        output,
        "{} {} {}: {}",
        joined(first.iter().map(|verdict| verdict.verifier)),
        if first.len() == 1 {
            "accepts"
        } else {
            "accept"
        }
        .green()
        .bold(),
        count(names.len(), "client"),
        list(&names, MOST_NAMES)
    )
}

/// A few lines for each verdict; what two verdicts have in common is written once.
fn write_lines(
    report: &Report,
    verdicts: &[ReportVerdict],
    output: &mut dyn Write,
) -> io::Result<()> {
    let mut before: Option<&ReportVerdict> = None;
    for verdict in verdicts {
        let client = &report.sources[verdict.client].name;
        let (outcome, _) = outcome(verdict);
        write!(output, "{} {outcome} {client}", verdict.verifier.bold())?;
        if verdict.outcome == "accept" {
            writeln!(output, "{}", accepted_path(report, verdict))?;
            if !verdict.explanation.is_empty() {
                writeln!(output, "  {} {}", "note:".bold(), verdict.explanation)?;
            }
            continue;
        }
        if let Some(code) = verdict.code {
            write!(output, ": error {code}")?;
        }
        writeln!(output, ": {}", verdict.text)?;
        let same = before.is_some_and(|before| {
            !verdict.findings.is_empty()
                && before.findings.first() == verdict.findings.first()
                && before.fix == verdict.fix
        });
        if same {
            writeln!(output, "  for the same reason")?;
        } else {
            write_cause(report, verdict, output)?;
            if let Some(fix) = &verdict.fix {
                writeln!(output, "  {} {fix}", "fix:".green().bold())?;
            }
        }
        write_circumstances(verdict, output)?;
        before = Some(verdict);
    }
    Ok(())
}

fn write_cause(report: &Report, verdict: &ReportVerdict, output: &mut dyn Write) -> io::Result<()> {
    if let Some(cause) = cause(report, verdict) {
        writeln!(output, "  because {}", with_place(report, cause))
    } else if verdict.explanation.is_empty() {
        Ok(())
    } else {
        let word = if verdict.outcome == "unknown" {
            "note:"
        } else {
            "because"
        };
        writeln!(output, "  {word} {}", verdict.explanation)
    }
}

/// What the client sees of a reject, and what the verdict rests on.
fn write_circumstances(verdict: &ReportVerdict, output: &mut dyn Write) -> io::Result<()> {
    let mut parts = Vec::new();
    if let Some(response) = &verdict.response {
        parts.push(format!("the client sees: {response}"));
    }
    if verdict.outcome != "unknown" && !verdict.settings.is_empty() {
        let mut settings = Vec::new();
        // The release of OpenSSL is a setting, and asking for a certificate is what this is about.
        if !verdict.settings.contains_key("openssl") {
            settings.push(verdict.version.clone());
        }
        for (name, value) in &verdict.settings {
            let words = name.replace('_', " ");
            settings.push(match value {
                SettingValue::Number(number) => format!("{words} {number}"),
                SettingValue::Text(text) if *name == "verify_client" && text == "on" => continue,
                SettingValue::Text(text) => format!("{words} {text}"),
            });
        }
        settings.retain(|setting| !setting.is_empty());
        if !settings.is_empty() {
            parts.push(format!("with {}", settings.join(", ")));
        }
    }
    if parts.is_empty() {
        return Ok(());
    }
    writeln!(output, "  {}", parts.join("; ").dimmed())
}

/// Who decides what about one client, the causes with what to do about them, and a line for each verifier.
fn write_table(
    report: &Report,
    verdicts: &[ReportVerdict],
    width: usize,
    output: &mut dyn Write,
) -> io::Result<()> {
    write_heading(report, verdicts, output)?;
    write_causes(report, verdicts, width, output)?;
    let name_width = column(verdicts.iter().map(|verdict| verdict.verifier), "verifier");
    let outcome_width = column(verdicts.iter().map(|verdict| verdict.outcome), "outcome");
    let codes: Vec<String> = verdicts
        .iter()
        .map(|verdict| {
            verdict
                .code
                .map(|code| code.to_string())
                .unwrap_or_default()
        })
        .collect();
    let code_width = column(codes.iter().map(String::as_str), "code");
    let left = width.saturating_sub(2 + name_width + 2 + outcome_width + 2 + code_width + 2);
    // The server's own words have room in a wide terminal only.
    let words = verdicts.iter().map(|verdict| verdict.text.chars().count());
    let says_width = if left < WIDE {
        0
    } else {
        words.max().unwrap_or(0).min(left / 2)
    };
    let says = |text: &str| match says_width {
        0 => String::new(),
        width => format!("{:width$}  ", cut(text, width)),
    };
    let head = format!(
        "  {:name_width$}  {:outcome_width$}  {:>code_width$}  {}cause",
        "verifier",
        "outcome",
        "code",
        says("text")
    );
    writeln!(output, "{}", head.dimmed())?;
    for (verdict, code) in verdicts.iter().zip(&codes) {
        let (_, paint) = outcome(verdict);
        let name = format!("{:name_width$}", verdict.verifier);
        let word = paint(&format!("{:outcome_width$}", verdict.outcome));
        let says = says(&verdict.text);
        let cause = cut(&short_cause(report, verdict), left - says.chars().count());
        let line = format!("{code:>code_width$}  {says}{cause}");
        writeln!(output, "  {}  {word}  {}", name.bold(), line.trim_end())?;
    }
    Ok(())
}

/// `client.pem: nginx rejects, rfc5280 and rustls accept`.
fn write_heading(
    report: &Report,
    verdicts: &[ReportVerdict],
    output: &mut dyn Write,
) -> io::Result<()> {
    let groups = [
        ("reject", "rejects", "reject"),
        ("config-refused", "refuses the bundle", "refuse the bundle"),
        ("unknown", "is unknown", "are unknown"),
        ("accept", "accepts", "accept"),
    ];
    let mut parts = Vec::new();
    for (name, one, many) in groups {
        let of_group: Vec<&ReportVerdict> = verdicts
            .iter()
            .filter(|verdict| verdict.outcome == name)
            .collect();
        let Some(first) = of_group.first() else {
            continue;
        };
        let (_, paint) = outcome(first);
        let word = paint(if of_group.len() == 1 { one } else { many });
        let names = if of_group.len() == verdicts.len() {
            format!("all {}", verdicts.len())
        } else {
            joined(of_group.iter().map(|verdict| verdict.verifier))
        };
        parts.push(format!("{names} {word}"));
    }
    let client = &report.sources[verdicts[0].client].name;
    writeln!(output, "{}: {}", client.bold(), parts.join("; "))
}

/// Each finding that is the first cause of a verdict, that of most verifiers first, and what to do about it.
fn write_causes(
    report: &Report,
    verdicts: &[ReportVerdict],
    width: usize,
    output: &mut dyn Write,
) -> io::Result<()> {
    let mut by_cause: BTreeMap<usize, Vec<&ReportVerdict>> = BTreeMap::new();
    for verdict in verdicts {
        if let Some(&first) = verdict.findings.first() {
            by_cause.entry(first).or_default().push(verdict);
        }
    }
    let mut by_cause: Vec<_> = by_cause.into_iter().collect();
    by_cause.sort_by_key(|(_, verdicts)| Reverse(verdicts.len()));
    for (finding, verdicts) in by_cause {
        let cause = &report.findings[finding];
        writeln!(output, "  because {}", with_place(report, cause))?;
        if let Some(fix) = fix(cause, &verdicts, width) {
            writeln!(output, "  {} {fix}", "fix:".green().bold())?;
        }
    }
    Ok(())
}

/// What to do about a cause: the ways of several servers in one line where they are short, else the first.
fn fix(cause: &ReportFinding, verdicts: &[&ReportVerdict], width: usize) -> Option<String> {
    let of_verdicts = || verdicts.iter().filter_map(|verdict| verdict.fix.as_deref());
    let mut own: Vec<&str> = Vec::new();
    for fix in of_verdicts() {
        if fix != cause.help && !own.contains(&fix) {
            own.push(fix);
        }
    }
    let line = own.join(", or ");
    if !own.is_empty() && own.len() <= MOST_FIXES && line.chars().count() < width {
        return Some(line);
    }
    let nginx = verdicts.iter().find(|verdict| verdict.verifier == "nginx");
    let of_nginx = nginx.and_then(|verdict| verdict.fix.as_deref());
    of_nginx
        .or(own.first().copied())
        .or_else(|| of_verdicts().next())
        .map(str::to_owned)
}

/// What a line of the table has room for.
fn short_cause(report: &Report, verdict: &ReportVerdict) -> String {
    if let Some(cause) = cause(report, verdict) {
        return cause.message.clone();
    }
    if !verdict.explanation.is_empty() {
        return verdict.explanation.clone();
    }
    if verdict.outcome == "accept" {
        return match (anchor(report, verdict), end(report, verdict)) {
            (Some(anchor), Some(end)) => format!("until {end}, trusting `{}`", anchor.name),
            _ => String::new(),
        };
    }
    verdict.text.clone()
}

fn write_disagreements(
    report: &Report,
    client: usize,
    width: usize,
    output: &mut dyn Write,
) -> io::Result<()> {
    let of_client = report
        .disagreements
        .iter()
        .filter(|disagreement| disagreement.client == client);
    let mut seen: Vec<&str> = Vec::new();
    for why in of_client.filter_map(|disagreement| disagreement.why.as_deref()) {
        if seen.contains(&why) {
            continue;
        }
        seen.push(why);
        let mut text = String::new();
        wrap(
            &mut text,
            &format!("they differ: {why}"),
            "  ",
            "    ",
            width,
        );
        write!(
            output,
            "{}",
            text.replacen("they differ:", &"they differ:".bold().to_string(), 1)
        )?;
    }
    Ok(())
}

fn cause<'r>(report: &'r Report, verdict: &ReportVerdict) -> Option<&'r ReportFinding> {
    verdict
        .findings
        .first()
        .map(|finding| &report.findings[*finding])
}

/// A finding in a line: what is wrong, the rule, and where.
fn with_place(report: &Report, finding: &ReportFinding) -> String {
    let place = finding.locations.first().map(|location| {
        let name = &report.sources[location.source].name;
        format!(", {name}:{}", location.line)
    });
    format!(
        "{} ({}{})",
        finding.message,
        finding.rule,
        place.unwrap_or_default()
    )
}

type Paint = fn(&str) -> ColoredString;

/// The outcome as a verb, and its colour.
fn outcome(verdict: &ReportVerdict) -> (ColoredString, Paint) {
    let (word, paint): (&str, Paint) = match verdict.outcome {
        "accept" => ("accepts", |text| text.green().bold()),
        "reject" => ("rejects", |text| text.red().bold()),
        "config-refused" => ("refuses the bundle for", |text| text.red().bold()),
        _ => ("unknown for", |text| text.yellow().bold()),
    };
    (paint(word), paint)
}

/// The accepted path's end, and until when it holds.
fn accepted_path(report: &Report, verdict: &ReportVerdict) -> String {
    match (anchor(report, verdict), end(report, verdict)) {
        (Some(anchor), Some(end)) => format!(" until {end}, trusting {}", anchor.subject),
        (Some(anchor), None) => format!(", trusting {}", anchor.subject),
        (None, _) => String::new(),
    }
}

fn anchor<'r>(
    report: &'r Report,
    verdict: &ReportVerdict,
) -> Option<&'r crate::report::ReportCertificate> {
    verdict
        .path
        .last()
        .map(|index| &report.certificates[*index])
}

/// The moment at which the first certificate of the path ends.
fn end(report: &Report, verdict: &ReportVerdict) -> Option<Time> {
    let on_path = verdict
        .path
        .iter()
        .map(|index| &report.certificates[*index]);
    on_path
        .filter_map(|certificate| certificate.not_after)
        .min()
}

/// How wide a column is.
fn column<'t>(texts: impl Iterator<Item = &'t str>, head: &str) -> usize {
    texts.map(str::len).max().unwrap_or(0).max(head.len())
}

/// `a`, `a and b`, `a, b and c`.
fn joined<'t>(names: impl Iterator<Item = &'t str>) -> String {
    let names: Vec<&str> = names.collect();
    match names.split_last() {
        None => String::new(),
        Some((only, [])) => (*only).to_owned(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}
