//! The tree of candidates that were tried for a client's path.

use std::io::{self, Write};

use colored::Colorize;

use super::human::{Detail, count};
use crate::report::{Report, ReportStep, ReportVerdict};

/// How many dropped candidates of one certificate are shown unless everything is.
const MOST_DROPPED: usize = 3;

/// Writes the tree of a client, where one of its verdicts has a trace.
pub(super) fn write(
    report: &Report,
    client: usize,
    detail: Detail,
    output: &mut dyn Write,
) -> io::Result<()> {
    let of_client = |verdict: &&ReportVerdict| verdict.client == client;
    let mut verdicts = report.verdicts.iter().filter(of_client);
    let Some(verdict) = verdicts.find(|verdict| !verdict.trace.is_empty()) else {
        return Ok(());
    };
    let mut children = vec![Vec::new(); verdict.trace.len()];
    for (index, step) in verdict.trace.iter().enumerate() {
        if let Some(parent) = step.parent {
            children[parent].push(index);
        }
    }
    let tree = Tree {
        report,
        verdict,
        children,
        detail,
    };
    writeln!(
        output,
        "{} {}",
        "paths by RFC 5280 for".bold(),
        report.sources[client].name
    )?;
    tree.write_step(0, "  ", "  ", Some(0), output)?;
    if verdict.trace_left_out > 0 {
        let more = count(verdict.trace_left_out, "more candidate");
        writeln!(output, "  and {more} that the trace does not keep")?;
    }
    Ok(())
}

struct Tree<'r> {
    report: &'r Report,
    verdict: &'r ReportVerdict,
    children: Vec<Vec<usize>>,
    detail: Detail,
}

impl Tree<'_> {
    /// Writes a step and what is below it. `first` stands before its own line, `rest` before those below; `best` is its
    /// place on the best path, if it is on it.
    fn write_step(
        &self,
        index: usize,
        first: &str,
        rest: &str,
        best: Option<usize>,
        output: &mut dyn Write,
    ) -> io::Result<()> {
        let step = &self.verdict.trace[index];
        let folded = self.detail != Detail::Verbose && best.is_none();
        let reasons = if folded {
            self.first_reason(index)
        } else {
            step.reasons.join("; ")
        };
        write!(output, "{first}{}", self.name(step))?;
        match (step.outcome, reasons.as_str()) {
            ("trusted", "") => writeln!(output, ": {}", "trusted, the path is valid".green())?,
            (_, "") => writeln!(output)?,
            (_, reasons) => writeln!(output, ": {}", reasons.red())?,
        }
        if let Some(note) = &step.note {
            writeln!(output, "{rest}{} {note}", "note:".bold())?;
        }
        if folded {
            return Ok(());
        }
        let children = &self.children[index];
        let next = best.and_then(|place| self.next_on_path(children, place));
        let everything = self.detail == Detail::Verbose;
        let mut room = MOST_DROPPED;
        let shown = |child: &&usize| {
            if everything || Some(**child) == next {
                return true;
            }
            let show = room > 0;
            room = room.saturating_sub(1);
            show
        };
        let shown: Vec<usize> = children.iter().filter(shown).copied().collect();
        let hidden = children.len() - shown.len();
        for (place, child) in shown.iter().enumerate() {
            let is_last = place + 1 == shown.len() && hidden == 0;
            let (branch, below) = if is_last {
                ("└─ ", "   ")
            } else {
                ("├─ ", "│  ")
            };
            let on_path = best.filter(|_| Some(*child) == next).map(|place| place + 1);
            self.write_step(
                *child,
                &format!("{rest}{branch}"),
                &format!("{rest}{below}"),
                on_path,
                output,
            )?;
        }
        if hidden > 0 {
            let more = count(hidden, "more candidate");
            writeln!(output, "{rest}└─ {more}; -v shows all")?;
        }
        Ok(())
    }

    /// The child that the best path goes on to.
    fn next_on_path(&self, children: &[usize], place: usize) -> Option<usize> {
        let wanted = self.verdict.path.get(place + 1)?;
        let mut children = children.iter().copied();
        children.find(|child| {
            let step = &self.verdict.trace[*child];
            step.certificate == *wanted && !self.is_dropped_at_once(*child)
        })
    }

    /// Whether the candidate was not even put on the path.
    fn is_dropped_at_once(&self, index: usize) -> bool {
        let step = &self.verdict.trace[index];
        step.outcome == "dropped" && self.children[index].is_empty() && step.reasons.len() == 1
    }

    /// The first reason in a part of the tree: what a line that stands for all of it says.
    fn first_reason(&self, index: usize) -> String {
        let step = &self.verdict.trace[index];
        if !step.reasons.is_empty() {
            return step.reasons.join("; ");
        }
        let mut open: Vec<usize> = self.children[index].iter().rev().copied().collect();
        while let Some(below) = open.pop() {
            let step = &self.verdict.trace[below];
            if let Some(reason) = step.reasons.first() {
                return format!("above it, {}: {reason}", self.name(step));
            }
            open.extend(self.children[below].iter().rev());
        }
        String::new()
    }

    fn name(&self, step: &ReportStep) -> String {
        let certificate = &self.report.certificates[step.certificate];
        let source = &self.report.sources[certificate.source].name;
        format!("`{}` ({source}:{})", certificate.name, certificate.line)
    }
}
