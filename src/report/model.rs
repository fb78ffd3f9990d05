//! What a report holds. The types are those of the JSON format, version 1.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Serialize, Serializer};

use super::Excerpt;
use crate::cert::time::Time;
use crate::crypto::Sha256;
use crate::rules::Severity;
use crate::verifiers::SettingValue;

/// Everything that a renderer needs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Report {
    /// The moment for which validity was judged, RFC 3339 in UTC.
    pub checked_at: String,
    /// 0 clean, 1 a verdict is no accept or a finding reaches the chosen severity.
    pub exit_code: u8,
    /// How many there are of each.
    pub summary: Summary,
    /// What was read, in the order of reading.
    pub sources: Vec<ReportSource>,
    /// Every certificate that could be read, in the order of reading.
    pub certificates: Vec<ReportCertificate>,
    /// What each verifier decides about each client.
    pub verdicts: Vec<ReportVerdict>,
    /// Where some verifiers accept a client and others reject it: one entry for each client and cause.
    pub disagreements: Vec<ReportDisagreement>,
    /// What is wrong: first what makes a verifier reject, then by severity and place.
    pub findings: Vec<ReportFinding>,
    /// Files of a directory that hold nothing to check.
    pub skipped: Vec<String>,
}

/// How many findings and verdicts there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Summary {
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings of severity info.
    pub infos: usize,
    /// Verdicts that accept.
    pub accepted: usize,
    /// Verdicts that reject, or refuse the configuration.
    pub rejected: usize,
    /// Verdicts that could not be told.
    pub unknown: usize,
}

/// One source.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReportSource {
    /// The path as it was given, or `<stdin>`.
    pub name: String,
    /// `bundle`, `client`, `crl`, `key` or `unknown`.
    pub role: &'static str,
    /// The digest of its bytes, in hexadecimal.
    pub sha256: String,
}

/// One certificate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReportCertificate {
    /// The index of its source.
    pub source: usize,
    /// Its place among the certificates of the source, from 1.
    pub position: usize,
    /// The line on which its block begins, from 1.
    pub line: usize,
    /// `root`, `intermediate` or `end-entity`.
    pub role: &'static str,
    /// The digest of its DER, in hexadecimal.
    #[serde(serialize_with = "as_text")]
    #[schemars(with = "String")]
    pub sha256: Sha256,
    /// The subject's commonName, or the whole subject where it has none.
    pub name: String,
    /// The subject, as RFC 4514 writes names.
    pub subject: String,
    /// The issuer, as RFC 4514 writes names.
    #[serde(serialize_with = "as_text")]
    #[schemars(with = "String")]
    pub issuer: Arc<str>,
    /// The serial number in hexadecimal.
    pub serial: String,
    /// notBefore, RFC 3339 in UTC; null where it is no date.
    #[serde(serialize_with = "as_text_or_null")]
    #[schemars(with = "Option<String>")]
    pub not_before: Option<Time>,
    /// notAfter, RFC 3339 in UTC; null where it is no date.
    #[serde(serialize_with = "as_text_or_null")]
    #[schemars(with = "Option<String>")]
    pub not_after: Option<Time>,
}

/// Writes a value as it is displayed; until then it takes less memory than its text.
fn as_text<S: Serializer>(value: &impl Display, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

#[allow(clippy::ref_option, reason = "serde calls it so")]
fn as_text_or_null<S: Serializer>(
    value: &Option<impl Display>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

/// What a verifier decides about a client.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReportVerdict {
    /// The verifier's name, as `--as` takes it.
    pub verifier: &'static str,
    /// The release that the decision holds for; empty where there is no decision.
    pub version: String,
    /// The server's settings that were assumed.
    pub settings: BTreeMap<&'static str, SettingValue>,
    /// The index of the client's source.
    pub client: usize,
    /// `accept`, `reject`, `config-refused` or `unknown`.
    pub outcome: &'static str,
    /// The verifier's own error number, where it has one.
    pub code: Option<i32>,
    /// The verifier's own words.
    pub text: String,
    /// What they mean, and the cause that was found.
    pub explanation: String,
    /// Every error that the verifier meets, in its order, where it goes on after the first.
    pub errors: Vec<ReportError>,
    /// What the client sees of a reject: an HTTP status with its title, or a TLS alert; null where it is not known.
    pub response: Option<String>,
    /// The one thing to do about a reject, in the words of the server's configuration; null where no finding is its cause.
    pub fix: Option<String>,
    /// The index of the certificate that it is about.
    pub certificate: Option<usize>,
    /// The indices of the path's certificates, end-entity first: the one that was accepted, or the best there is.
    pub path: Vec<usize>,
    /// The indices of the findings that are its cause, the one that tells most first.
    pub findings: Vec<usize>,
    /// For a reject, and with `--explain`: the tree of candidates that were tried for a path, and what ended each. A step
    /// comes after its parent.
    pub trace: Vec<ReportStep>,
    /// How many further steps were left out of the trace.
    pub trace_left_out: usize,
}

/// Verifiers that do not decide alike about a client.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReportDisagreement {
    /// The index of the client's source.
    pub client: usize,
    /// The verifiers that accept it.
    pub accepted_by: Vec<&'static str>,
    /// Those that reject it, or refuse the bundle, for this cause.
    pub rejected_by: Vec<&'static str>,
    /// The rule whose finding is the cause; null where there is none.
    pub rule: Option<&'static str>,
    /// Who does what about it; null where that is not known.
    pub why: Option<String>,
}

/// One error that a verifier met.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReportError {
    /// The verifier's error number.
    pub code: i32,
    /// The place in the path that the verifier built, from 0 for the end-entity.
    pub depth: usize,
    /// The index of the certificate; null where it is none of those that were read.
    pub certificate: Option<usize>,
}

/// One candidate of a trace.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReportStep {
    /// The index in the trace of the step whose certificate's issuer was looked for; null for the end-entity.
    pub parent: Option<usize>,
    /// The index of the candidate.
    pub certificate: usize,
    /// `followed`, `trusted` where a valid path ends in it, or `dropped`.
    pub outcome: &'static str,
    /// What speaks against it, or why it was dropped.
    pub reasons: Vec<String>,
    /// How it fits the certificate below it; null for the end-entity.
    pub link: Option<ReportLink>,
    /// What depends on the order of the candidates for its issuer, if anything does.
    pub note: Option<String>,
}

/// How a candidate fits the certificate whose issuer was looked for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReportLink {
    /// Issuer name against subject: `same`, `encoding-differs` or `differs`.
    pub name: &'static str,
    /// Key ids: `same`, `absent` or `differs`.
    pub key_id: &'static str,
    /// Authority certificate issuer and serial number: `same`, `absent` or `differs`.
    pub issuer_serial: &'static str,
    /// The signature under the candidate's key: `valid`, `invalid`, `unsupported`, `wrong-key-type`,
    /// `pss-parameters-forbidden` or `not-checked`.
    pub signature: &'static str,
}

/// One finding.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReportFinding {
    /// The rule's name.
    pub rule: &'static str,
    /// `error`, `warning` or `info`.
    #[serde(serialize_with = "severity_name")]
    #[schemars(with = "String")]
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The facts.
    pub evidence: Vec<String>,
    /// The one thing to do.
    pub help: String,
    /// The index of the certificate that it is about.
    pub certificate: Option<usize>,
    /// The primary place first, then related ones.
    pub locations: Vec<Location>,
    /// The indices of the verdicts that it is the cause of.
    pub verdicts: Vec<usize>,
}

/// A place in a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Location {
    /// The index of the source.
    pub source: usize,
    /// The first line, from 1.
    pub line: usize,
    /// The first column in characters, from 1.
    pub column: usize,
    /// The last line.
    pub end_line: usize,
    /// The column after the last character.
    pub end_column: usize,
    /// The offset of the first byte.
    pub byte_start: usize,
    /// The offset after the last byte.
    pub byte_end: usize,
    /// The field of the certificate, as a dotted path.
    pub field: Option<String>,
    /// The first line's text, where it may be shown.
    #[serde(skip)]
    pub excerpt: Option<Excerpt>,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature is serde's"
)]
fn severity_name<S: serde::Serializer>(
    severity: &Severity,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(severity.name())
}
