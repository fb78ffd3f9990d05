//! What there is to say about rules: the list, one explanation, and `docs/rules.md`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::rules::{self, Check, Rule};

/// What a rule looks at, in a word.
fn scope(rule: &Rule) -> &'static str {
    match rule.check {
        Check::Source(_) => "source",
        Check::Certificate(_) => "certificate",
        Check::Link(_) => "link",
        Check::Path(_) => "path",
        Check::Client(_) => "client",
        Check::Bundle(_) => "bundle",
    }
}

/// One line a rule: name, severity, summary.
#[must_use]
pub fn list() -> String {
    let width = rules::all().map(|rule| rule.name.len()).max().unwrap_or(0);
    rules::all().fold(String::new(), |mut text, rule| {
        writeln!(
            text,
            "{:width$}  {:7}  {}",
            rule.name,
            rule.severity.name(),
            rule.summary
        )
        .expect("writing to a string does not fail");
        text
    })
}

/// Everything about one rule.
#[must_use]
pub fn explain(rule: &Rule) -> String {
    format!(
        "{}\n\n{}\n\n{}\n\nseverity: {}\nlooks at: {}\nsource:   {}\n",
        rule.name,
        rule.summary,
        rule.explanation,
        rule.severity.name(),
        scope(rule),
        rule.citation
    )
}

/// Every rule as JSON: name, topic, severity, scope, source, summary, explanation.
#[must_use]
pub fn list_json() -> String {
    let rules: Vec<serde_json::Value> = rules::all()
        .map(|rule| {
            serde_json::json!({
                "name": rule.name,
                "topic": rule.topic(),
                "severity": rule.severity.name(),
                "scope": scope(rule),
                "source": rule.citation,
                "summary": rule.summary,
                "explanation": rule.explanation,
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::Array(rules))
}

/// The page `docs/rules.md`: the rules by topic, which is the first word of their names.
#[must_use]
pub fn page() -> String {
    let mut topics: BTreeMap<&str, Vec<&Rule>> = BTreeMap::new();
    for rule in rules::all() {
        topics.entry(rule.topic()).or_default().push(rule);
    }
    let mut text = String::from(
        "# Rules\n\n\
         This page is generated from the rules themselves: `CHAINLINT_UPDATE=1 cargo test --test docs` writes it.\n\
         `chainlint explain RULE` prints one of them.\n",
    );
    for (topic, mut rules) in topics {
        rules.sort_by_key(|rule| rule.name);
        let _ = write!(text, "\n## {topic}\n");
        for rule in rules {
            let _ = write!(
                text,
                "\n### {}\n\n{}\n\n{}\n\n- severity: {}\n- looks at: {}\n- source: {}\n",
                rule.name,
                rule.summary,
                rule.explanation,
                rule.severity.name(),
                scope(rule),
                rule.citation
            );
        }
    }
    text
}
