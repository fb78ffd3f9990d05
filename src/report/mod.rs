//! The report: findings and verdicts in their order, what was read, the summary and the exit code.
//!
//! A report owns everything and is the same for every format. Its strings hold no control
//! character: what stands in a certificate or a file name is escaped here, once.

mod advice;
mod escape;
mod excerpt;
mod model;
mod trace;

use escape::into_visible;
pub use escape::visible;
pub use excerpt::Excerpt;
pub use model::{
    Location, Report, ReportCertificate, ReportDisagreement, ReportError, ReportFinding,
    ReportLink, ReportSource, ReportStep, ReportVerdict, Summary,
};

use std::collections::HashMap;
use std::sync::Arc;

use crate::analysis::{Analysis, CertificateId, InputId};
use crate::cert::hex_digits;
use crate::crypto::Sha256;
use crate::rules::{Check, Finding, Place, Severity};
use crate::source::Role;
use crate::verifiers::{Outcome, Verdict};

/// The lowest severity of a finding that makes the exit code 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// Findings of this severity or above.
    Severity(Severity),
    /// No finding; verdicts still count.
    Never,
}

impl Report {
    /// Puts everything together.
    #[must_use]
    pub fn new(
        analysis: &Analysis,
        findings: Vec<Finding>,
        verdicts: &[Verdict],
        skipped: &[String],
        fail_on: FailOn,
    ) -> Self {
        let mut drafts: Vec<Draft> = without_repeats(findings)
            .into_iter()
            .enumerate()
            .map(|(order, finding)| Draft {
                order,
                verdicts: Vec::new(),
                finding,
            })
            .collect();
        let by_source = DraftsBySource::new(analysis, &drafts);
        for (index, verdict) in verdicts.iter().enumerate() {
            for cause in causes(analysis, verdict, &drafts, &by_source) {
                let draft = &mut drafts[cause];
                draft.verdicts.push(index);
                if verdict.outcome == Outcome::Reject || verdict.outcome == Outcome::ConfigRefused {
                    draft.finding.severity = Severity::Error;
                }
            }
        }
        drafts.sort_by_key(Draft::rank);
        let mut report = Self {
            checked_at: analysis.settings.at.to_string(),
            exit_code: 0,
            summary: Summary::default(),
            sources: analysis
                .inputs()
                .map(|input| ReportSource {
                    name: visible(&analysis.source(input).name),
                    role: analysis.role(input).name(),
                    sha256: Sha256::of(&analysis.source(input).bytes).to_string(),
                })
                .collect(),
            certificates: report_certificates(analysis),
            verdicts: Vec::new(),
            disagreements: Vec::new(),
            findings: drafts.iter().map(|draft| draft.report(analysis)).collect(),
            skipped: skipped.iter().map(|name| visible(name)).collect(),
        };
        let mut of_verdict: Vec<Vec<usize>> = vec![Vec::new(); verdicts.len()];
        for (index, finding) in report.findings.iter().enumerate() {
            for verdict in &finding.verdicts {
                of_verdict[*verdict].push(index);
            }
        }
        for (verdict, mut causes) in verdicts.iter().zip(of_verdict) {
            // A block that was lost explains what follows from the loss; else the verifier's own error tells most.
            causes.sort_by_key(|&index| {
                let finding = &drafts[index].finding;
                let is_loss = finding.blocks && matches!(finding.rule.check, Check::Source(_));
                let mut rules = verdict.causes.iter();
                (!is_loss, rules.position(|rule| *rule == finding.rule.name))
            });
            let verdict = report_verdict(analysis, verdict, causes, &report.findings);
            report.verdicts.push(verdict);
        }
        report.disagreements = advice::disagreements(verdicts, &report.verdicts, &report.findings);
        report.summary = summary(&report);
        report.exit_code = exit_code(&report, fail_on);
        report
    }
}

/// A finding on its way into the report.
struct Draft {
    /// Its place in the order of the rules.
    order: usize,
    verdicts: Vec<usize>,
    finding: Finding,
}

impl Draft {
    /// Causes of verdicts first, then what blocks a path, then by severity; blocks that were lost
    /// before what follows from the loss; then by place.
    fn rank(&self) -> impl Ord + use<> {
        let primary = &self.finding.places[0];
        let about_text = matches!(self.finding.rule.check, Check::Source(_));
        (
            self.verdicts.is_empty(),
            !self.finding.blocks,
            std::cmp::Reverse(self.finding.severity),
            !about_text,
            primary.input,
            primary.span,
            self.order,
        )
    }

    fn report(&self, analysis: &Analysis) -> ReportFinding {
        let finding = &self.finding;
        ReportFinding {
            rule: finding.rule.name,
            severity: finding.severity,
            message: visible(&finding.message),
            evidence: finding.evidence.iter().map(|line| visible(line)).collect(),
            help: visible(&finding.help),
            // A finding in a CRL is about the certificate that stands beside it.
            certificate: finding
                .places
                .iter()
                .find_map(|place| place.certificate)
                .map(|id| id.0),
            locations: finding
                .places
                .iter()
                .map(|place| location(analysis, place))
                .collect(),
            verdicts: self.verdicts.clone(),
        }
    }
}

/// Two paths may lead a rule to the same place; one finding is enough.
fn without_repeats(findings: Vec<Finding>) -> Vec<Finding> {
    let mut seen: HashMap<(&'static str, Vec<Place>, String), usize> = HashMap::new();
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        let places = finding.places[..1].to_vec();
        let key = (finding.rule.name, places, finding.message.clone());
        if let Some(&index) = seen.get(&key) {
            kept[index].blocks |= finding.blocks;
        } else {
            seen.insert(key, kept.len());
            kept.push(finding);
        }
    }
    kept
}

/// The indices of the findings by the source of their primary place, so that a verdict's causes are
/// looked for only where they can be.
#[derive(Default)]
struct DraftsBySource {
    /// Those in any source of the bundle or of CRLs: what every client is verified with.
    bundle: Vec<usize>,
    /// Those in each other source.
    others: HashMap<InputId, Vec<usize>>,
}

impl DraftsBySource {
    fn new(analysis: &Analysis, drafts: &[Draft]) -> Self {
        let mut by_source = Self::default();
        for (index, draft) in drafts.iter().enumerate() {
            let input = draft.finding.places[0].input;
            if matches!(analysis.role(input), Role::Bundle | Role::Crl) {
                by_source.bundle.push(index);
            } else {
                by_source.others.entry(input).or_default().push(index);
            }
        }
        by_source
    }
}

/// The indices of the findings that are the cause of a verdict.
fn causes(
    analysis: &Analysis,
    verdict: &Verdict,
    drafts: &[Draft],
    by_source: &DraftsBySource,
) -> Vec<usize> {
    if verdict.causes.is_empty() {
        return Vec::new();
    }
    let client = &analysis.clients[verdict.client];
    let path = analysis.client_path(client);
    let concerns = |finding: &Finding| {
        let place = &finding.places[0];
        // A certificate that is neither on this client's path nor on the one that the verifier built cannot be why
        // it is rejected, unless there is no path; a block that was lost may be.
        // A place in a CRL is about the certificate beside it.
        let mut places = finding.places.iter();
        let certificate = match analysis.role(place.input) {
            Role::Crl => places.find_map(|place| place.certificate),
            _ => certificate_at(analysis, place),
        };
        match certificate {
            Some(id) => {
                let first = analysis.entry(id).first;
                let on_path = path.is_some_and(|path| {
                    path.certificates
                        .iter()
                        .any(|on| analysis.entry(*on).first == first)
                });
                let mut in_verdict = verdict.path.iter().chain(&verdict.certificate);
                on_path
                    || in_verdict.any(|on| analysis.entry(*on).first == first)
                    || place.input == client.input
                    || verdict.outcome == Outcome::ConfigRefused
            }
            None => true,
        }
    };
    let own = by_source.others.get(&client.input).into_iter().flatten();
    let indices = by_source.bundle.iter().chain(own).copied();
    indices
        .filter(|&index| {
            let finding = &drafts[index].finding;
            verdict.causes.contains(&finding.rule.name) && concerns(finding)
        })
        .collect()
}

/// The certificate that a place is in, also where the finding is about its text.
fn certificate_at(analysis: &Analysis, place: &Place) -> Option<CertificateId> {
    place.certificate.or_else(|| {
        let inside = |id: &CertificateId| {
            // An empty span at a block's edge belongs to it.
            let block = analysis.block(*id).span;
            place.span.start <= block.end && block.start <= place.span.end
        };
        let mut ids = analysis.certificates_of(place.input);
        let found = ids.find(inside)?;
        // What spans several certificates is about the whole source.
        ids.find(inside).is_none().then_some(found)
    })
}

fn report_certificates(analysis: &Analysis) -> Vec<ReportCertificate> {
    // Certificates that follow each other mostly share an issuer.
    let mut last: (&[u8], Arc<str>) = (&[], Arc::from(""));
    let ids = (0..analysis.certificates.len()).map(CertificateId);
    ids.map(|id| {
        let issuer = &analysis.certificate(id).issuer;
        if last.0 != issuer.raw {
            last = (issuer.raw, into_visible(issuer.to_string()).into());
        }
        report_certificate(analysis, id, Arc::clone(&last.1))
    })
    .collect()
}

fn report_certificate(
    analysis: &Analysis,
    id: CertificateId,
    issuer: Arc<str>,
) -> ReportCertificate {
    let entry = analysis.entry(id);
    let certificate = &entry.certificate;
    ReportCertificate {
        source: entry.input.0,
        position: entry.position,
        line: analysis.line(id),
        role: entry.role.name(),
        sha256: entry.sha256,
        name: into_visible(certificate.label()),
        subject: into_visible(certificate.subject.to_string()),
        issuer,
        serial: hex_digits(certificate.serial),
        not_before: certificate.not_before,
        not_after: certificate.not_after,
    }
}

fn report_verdict(
    analysis: &Analysis,
    verdict: &Verdict,
    causes: Vec<usize>,
    findings: &[ReportFinding],
) -> ReportVerdict {
    let client = &analysis.clients[verdict.client];
    let best = analysis.client_path(client);
    let rejected = verdict.outcome != Outcome::Accept;
    let path: Vec<usize> = if verdict.path.is_empty() {
        best.map(|path| path.certificates.iter().map(|id| id.0).collect())
            .unwrap_or_default()
    } else {
        verdict.path.iter().map(|id| id.0).collect()
    };
    let search = analysis
        .search(client)
        .filter(|_| rejected || analysis.settings.explain);
    ReportVerdict {
        verifier: verdict.verifier.name,
        version: verdict.version.clone(),
        settings: verdict.settings.clone(),
        client: client.input.0,
        outcome: verdict.outcome.name(),
        code: verdict.code,
        text: visible(&verdict.text),
        explanation: visible(&verdict.explanation),
        errors: verdict
            .events
            .iter()
            .map(|event| ReportError {
                code: event.code,
                depth: event.depth,
                certificate: event.certificate.map(|id| id.0),
            })
            .collect(),
        response: verdict.response.clone(),
        fix: causes
            .first()
            .filter(|_| rejected)
            .map(|cause| advice::fix(analysis, verdict, &findings[*cause])),
        certificate: verdict
            .certificate
            .map(|id| id.0)
            .or_else(|| {
                let mut causes = causes.iter();
                causes.find_map(|finding| findings[*finding].certificate)
            })
            .or(client.leaf.map(|id| id.0)),
        path,
        findings: causes,
        trace: search
            .map(|search| trace::report(analysis, search))
            .unwrap_or_default(),
        trace_left_out: search.map_or(0, |search| search.trace.left_out),
    }
}

fn location(analysis: &Analysis, place: &Place) -> Location {
    let source = analysis.source(place.input);
    let start = source.position(place.span.start);
    let end = source.position(place.span.end);
    Location {
        source: place.input.0,
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        byte_start: place.span.start.min(source.bytes.len()),
        byte_end: place.span.end.min(source.bytes.len()),
        field: place.field.clone(),
        excerpt: excerpt::of(analysis, place),
    }
}

fn summary(report: &Report) -> Summary {
    let severity = |severity| {
        report
            .findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let outcome = |outcome: Outcome| {
        report
            .verdicts
            .iter()
            .filter(|verdict| verdict.outcome == outcome.name())
            .count()
    };
    Summary {
        errors: severity(Severity::Error),
        warnings: severity(Severity::Warning),
        infos: severity(Severity::Info),
        accepted: outcome(Outcome::Accept),
        rejected: outcome(Outcome::Reject) + outcome(Outcome::ConfigRefused),
        unknown: outcome(Outcome::Unknown),
    }
}

/// A verdict that could not be told is no accept: a gate must not open on it.
fn exit_code(report: &Report, fail_on: FailOn) -> u8 {
    let reached = match fail_on {
        FailOn::Severity(least) => report
            .findings
            .iter()
            .any(|finding| finding.severity >= least),
        FailOn::Never => false,
    };
    u8::from(reached || report.summary.rejected > 0 || report.summary.unknown > 0)
}
