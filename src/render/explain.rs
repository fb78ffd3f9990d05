//! What an error number or an error text means.

use std::fmt::Write as _;

use colored::Colorize;

use super::wrap::wrap;
use crate::analysis::OpensslRelease;
use crate::explain::{Entry, Found, boringssl_text};
use crate::rules;
use crate::verifiers::openssl::errors::VerifyError;

/// Every entry that was found, in lines of at most `width` characters.
#[must_use]
pub fn explain(found: &Found, width: usize) -> String {
    let (asked, entries) = match found {
        Found::Number(code, entries) => (Some(*code), entries),
        Found::Text(entries) => (None, entries),
    };
    let mut text = String::new();
    if let (Some(code), [_, _, ..]) = (asked, entries.as_slice()) {
        let _ = writeln!(
            text,
            "{code} means different things, by library and release.\n"
        );
    }
    for (index, entry) in entries.iter().enumerate() {
        if index > 0 {
            let _ = writeln!(text, "\n{}\n", "-".repeat(width.min(60)));
        }
        write_entry(&mut text, entry, asked, width);
    }
    text
}

fn write_entry(text: &mut String, entry: &Entry, asked: Option<i32>, width: usize) {
    let _ = writeln!(text, "{}\n", entry.title.bold());
    let numbers = numbers(entry, asked);
    for line in &numbers {
        wrap(text, line, "  ", "     ", width);
    }
    if !numbers.is_empty() {
        text.push('\n');
    }
    wrap(text, entry.meaning, "", "", width);
    if !entry.says.is_empty() {
        let _ = writeln!(text, "\n{}", "who says it, and how".bold());
        for (who, what) in entry.says {
            wrap(text, &format!("{who}: {what}"), "  ", "    ", width);
        }
    }
    let _ = writeln!(text, "\n{}", "usual causes, most frequent first".bold());
    for (index, rule) in entry
        .causes
        .iter()
        .filter_map(|name| rules::find(name))
        .enumerate()
    {
        let cause = format!("{} ({})", rule.summary, rule.name);
        wrap(text, &cause, &format!("{:3}. ", index + 1), "     ", width);
    }
    let _ = writeln!(
        text,
        "\n{}\n  chainlint check {}",
        "see which one it is".bold(),
        entry.check
    );
}

/// A line for each number, constant and text that the libraries have for an entry; of an entry that stands for several
/// constants only those with the number that was asked for.
fn numbers(entry: &Entry, asked: Option<i32>) -> Vec<String> {
    let openssl: Vec<&VerifyError> = entry.openssl().collect();
    let mut names: Vec<&str> = Vec::new();
    for error in &openssl {
        if asked.is_none_or(|code| error.code == code) && !names.contains(&error.name) {
            names.push(error.name);
        }
    }
    let mut lines: Vec<String> = openssl
        .iter()
        .filter(|error| names.contains(&error.name))
        .map(|error| {
            let releases = releases(error);
            let same = entry.boringssl().any(|code| code == error.code)
                && boringssl_text(error.code) == error.text;
            let who = if same {
                format!("{releases}, BoringSSL")
            } else {
                releases
            };
            format!("{} {} ({who}: {})", error.code, error.text, error.name)
        })
        .collect();
    let own = entry.boringssl().filter(|code| {
        let same =
            |error: &&VerifyError| error.code == *code && error.text == boringssl_text(*code);
        !openssl.iter().any(same) && asked.is_none_or(|asked| asked == *code || !names.is_empty())
    });
    lines.extend(own.map(|code| format!("{code} {} (BoringSSL)", boringssl_text(code))));
    lines
}

fn releases(error: &VerifyError) -> String {
    let [first, .., last] = OpensslRelease::ALL;
    match (error.since == first, error.until == last) {
        (true, true) => "OpenSSL".to_owned(),
        (false, true) => format!("OpenSSL {} and later", error.since.name()),
        _ if error.since == error.until => format!("OpenSSL {}", error.since.name()),
        _ => format!("OpenSSL {} to {}", error.since.name(), error.until.name()),
    }
}
