//! Rules about the text of a source: what stands between the bytes and the certificates.
//!
//! What servers do is from runs of the real programs with damaged files: OpenSSL stands for nginx,
//! httpd, `HAProxy` and `PostgreSQL`, which load CA files with it.

pub(super) mod base64;
pub(super) mod boundaries;
pub(super) mod content;
pub(super) mod encoding;
pub(super) mod labels;
pub(super) mod lines;

use crate::analysis::{Analysis, InputId};
use crate::input::pem::{Accident, AccidentKind};
use crate::rules::{Finding, Findings};
use crate::source::Span;

/// The accidents of a source that are of one kind.
fn accidents<'a>(
    analysis: &Analysis<'a>,
    input: InputId,
    is: impl Fn(&AccidentKind) -> bool,
) -> Vec<&'a Accident> {
    let all = analysis.accidents(input).iter();
    all.filter(|accident| is(&accident.kind)).collect()
}

/// Starts one finding for all of these accidents: at the first, the others related.
fn group<'f>(
    analysis: &Analysis,
    input: InputId,
    accidents: &[&Accident],
    findings: &'f mut Findings<'_>,
) -> Option<&'f mut Finding> {
    let (first, others) = accidents.split_first()?;
    let finding = findings.at(analysis.place_in_source(input, first.span));
    for other in others {
        finding.related(analysis.place_in_source(input, other.span));
    }
    Some(finding)
}

/// `1 line`, `3 lines`.
fn count(count: usize, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {one}{plural}")
}

fn line(analysis: &Analysis, input: InputId, span: Span) -> usize {
    analysis.source(input).position(span.start).line
}

/// The one action that repairs all that stands around the base64.
fn fix(analysis: &Analysis, input: InputId) -> String {
    format!("run `chainlint fix {}`", analysis.source(input).name)
}
