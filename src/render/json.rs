//! JSON, schema version 1. Within one version, fields are only added.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use crate::report::Report;

/// The document that `--format json` writes.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Document<'a> {
    /// The version of this format: 1.
    pub schema_version: u32,
    /// What wrote it.
    pub tool: Tool,
    /// The report.
    #[serde(flatten)]
    pub report: &'a Report,
}

/// The program that wrote a document.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Tool {
    /// Always `chainlint`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

/// Writes the report as one JSON document.
///
/// # Errors
/// The output cannot be written.
pub fn render(report: &Report, output: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        schema_version: 1,
        tool: Tool {
            name: "chainlint",
            version: env!("CARGO_PKG_VERSION"),
        },
        report,
    };
    serde_json::to_writer_pretty(&mut *output, &document)?;
    writeln!(output)
}

/// The JSON schema of what [`render`] writes, as JSON text.
#[must_use]
pub fn schema() -> String {
    let schema = schemars::schema_for!(Document<'_>);
    let mut text = serde_json::to_string_pretty(schema.as_value()).unwrap_or_default();
    text.push('\n');
    text
}
