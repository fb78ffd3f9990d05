//! The rules: one registry of checks, and the runner that applies them.
//!
//! A rule is one `static` next to its check function. Each file has one list of its rules, and
//! `FILES` is the one list of files. `chainlint rules`, `chainlint explain` and `docs/rules.md`
//! are read from here.

mod bundle;
mod cert;
mod chain;
mod client;
mod crl;
mod pem;

use crate::analysis::{Analysis, CertificateId, Client, InputId};
use crate::bundle::Link;
use crate::path::{Path, Purpose};
use crate::source::Span;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// A SHOULD is not followed, or a trap that bites later.
    Warning,
    /// A verifier rejects or drops it, or a MUST is broken in a way that some verifier enforces.
    Error,
}

impl Severity {
    /// The severity's name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One check: what it is called, how much it matters, where it comes from, and the check itself.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case name, unique; its first word is the topic.
    pub name: &'static str,
    /// The severity unless a finding has a reason for another.
    pub severity: Severity,
    /// Where the requirement stands: RFC and section, or a server's own source.
    pub citation: &'static str,
    /// One sentence: what the rule reports.
    pub summary: &'static str,
    /// Why it matters and what to do about it, for a person who has just met it.
    pub explanation: &'static str,
    /// The check, by what it looks at.
    pub check: Check,
}

impl Rule {
    /// What it is about: the first word of its name.
    #[must_use]
    pub fn topic(&self) -> &'static str {
        self.name
            .split_once('-')
            .map_or(self.name, |(topic, _)| topic)
    }
}

/// A check function, by what it is called for.
#[derive(Debug)]
#[non_exhaustive]
pub enum Check {
    /// Once for each source.
    Source(fn(&Analysis, InputId, &mut Findings)),
    /// Once for each certificate that could be walked, duplicates excepted.
    Certificate(fn(&Analysis, CertificateId, &mut Findings)),
    /// Once for each certificate and each issuer whose name or key id fits and whose key verifies it.
    Link(fn(&Analysis, &Link, &mut Findings)),
    /// Once for each path: the best one of each client, and of each CA in the bundle.
    Path(fn(&Analysis, &Path, &mut Findings)),
    /// Once for each client.
    Client(fn(&Analysis, &Client, &mut Findings)),
    /// Once for everything together.
    Bundle(fn(&Analysis, &mut Findings)),
}

/// Where a finding points.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The source.
    pub input: InputId,
    /// The bytes in it.
    pub span: Span,
    /// The field of the certificate, as a dotted path; none for text outside certificates.
    pub field: Option<String>,
    /// The certificate that the place is in.
    pub certificate: Option<CertificateId>,
}

impl Place {
    /// The same place, named as a part of its field: `subject` becomes `subject.commonName`.
    #[must_use]
    pub fn inside(mut self, part: &str) -> Self {
        if let Some(field) = &mut self.field {
            field.push('.');
            field.push_str(part);
        }
        self
    }
}

/// A finding as a rule reports it; the runner and the report complete it.
#[derive(Debug)]
pub struct Finding {
    /// The rule that reports.
    pub rule: &'static Rule,
    /// How much it matters here.
    pub severity: Severity,
    /// Whether this alone keeps a client from having a valid path, or a certificate from being read.
    pub blocks: bool,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The facts: names, key ids, dates.
    pub evidence: Vec<String>,
    /// The one thing to do.
    pub help: String,
    /// The primary place, then related ones.
    pub places: Vec<Place>,
}

impl Finding {
    /// Says what is wrong, in one sentence.
    pub fn message(&mut self, text: impl Into<String>) -> &mut Self {
        self.message = text.into();
        self
    }

    /// Adds one fact.
    pub fn evidence(&mut self, text: impl Into<String>) -> &mut Self {
        self.evidence.push(text.into());
        self
    }

    /// Says the one thing to do.
    pub fn help(&mut self, text: impl Into<String>) -> &mut Self {
        self.help = text.into();
        self
    }

    /// Replaces the rule's own severity.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }

    /// Marks the finding as one that keeps a certificate from being read, or a path from being valid.
    pub fn blocking(&mut self) -> &mut Self {
        self.blocks = true;
        self
    }

    /// Adds a related place.
    pub fn related(&mut self, place: Place) -> &mut Self {
        self.places.push(place);
        self
    }
}

/// Where check functions put their findings.
#[derive(Debug)]
pub struct Findings<'a> {
    rule: &'static Rule,
    list: &'a mut Vec<Finding>,
}

impl Findings<'_> {
    /// Starts a finding of the running rule at `place`.
    ///
    /// # Panics
    /// Never: a finding was just pushed.
    pub fn at(&mut self, place: Place) -> &mut Finding {
        self.list.push(Finding {
            rule: self.rule,
            severity: self.rule.severity,
            blocks: false,
            message: String::new(),
            evidence: Vec::new(),
            help: String::new(),
            places: vec![place],
        });
        self.list.last_mut().expect("a finding was just pushed")
    }
}

/// Every file of rules. A new file is one line here.
static FILES: &[&[&Rule]] = &[
    pem::content::RULES,
    pem::encoding::RULES,
    pem::boundaries::RULES,
    pem::lines::RULES,
    pem::labels::RULES,
    pem::base64::RULES,
    cert::structure::RULES,
    cert::der::RULES,
    cert::serial::RULES,
    cert::signature::RULES,
    cert::signature_encoding::RULES,
    cert::pss::RULES,
    cert::names::RULES,
    cert::rdns::RULES,
    cert::attributes::RULES,
    cert::strings::RULES,
    cert::unique_ids::RULES,
    cert::public_key::RULES,
    cert::rsa_key::RULES,
    cert::key_encoding::RULES,
    cert::post_quantum::RULES,
    cert::extensions::RULES,
    cert::key_ids::RULES,
    cert::subject_alt_name::RULES,
    cert::general_names::RULES,
    cert::uris::RULES,
    cert::internationalized_names::RULES,
    cert::access::RULES,
    cert::validity::RULES,
    cert::time_format::RULES,
    cert::key_usage::RULES,
    cert::key_usage_bits::RULES,
    cert::key_usage_of_key::RULES,
    cert::basic_constraints::RULES,
    cert::extended_key_usage::RULES,
    cert::name_constraints::RULES,
    cert::policies::RULES,
    cert::policy_qualifiers::RULES,
    cert::distribution_points::RULES,
    cert::critical::RULES,
    cert::no_revocation::RULES,
    cert::qualified::RULES,
    cert::transparency::RULES,
    bundle::order::RULES,
    bundle::missing::RULES,
    bundle::content::RULES,
    chain::issuer::RULES,
    chain::signature::RULES,
    chain::key_ids::RULES,
    chain::constraints::RULES,
    chain::names::RULES,
    chain::extensions::RULES,
    chain::policies::RULES,
    chain::dates::RULES,
    chain::strength::RULES,
    chain::collisions::RULES,
    chain::presented::RULES,
    chain::order_verdict::RULES,
    chain::search::RULES,
    crl::content::RULES,
    crl::status::RULES,
    crl::usable::RULES,
    client::usage::RULES,
    client::key::RULES,
    client::identity::RULES,
    client::peer_name::RULES,
    client::spiffe::RULES,
    client::settings::RULES,
    client::trust::RULES,
];

/// Every rule, in the order of the registry.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    FILES.iter().flat_map(|file| file.iter().copied())
}

/// The rule with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.name == name)
}

/// Applies a check to what decodes of the certificates that could not be read. What it says about a field that does
/// not decode, or is not there, may follow from the damage, and does not count.
fn check_damaged(
    analysis: &Analysis,
    check: fn(&Analysis, CertificateId, &mut Findings),
    findings: &mut Findings,
) {
    for (id, damaged) in analysis.damaged_ids().zip(&analysis.damaged) {
        let start = findings.list.len();
        check(analysis, id, findings);
        let mut index = 0;
        findings.list.retain(|finding| {
            index += 1;
            index <= start || {
                let field = finding.places[0].field.as_deref().unwrap_or_default();
                damaged.has(field)
            }
        });
    }
}

/// Applies the rules to what was read. Findings come in the order of the rules.
#[must_use]
pub fn run(analysis: &Analysis, rules: &[&'static Rule]) -> Vec<Finding> {
    // The topic mtls is about clients.
    let left_out = |rule: &Rule| {
        analysis.settings.purpose != Purpose::Client && rule.name.starts_with("mtls-")
    };
    let rules = rules.iter().copied().filter(|rule| !left_out(rule));
    let (of_certificates, others): (Vec<_>, Vec<_>) = rules
        .enumerate()
        .partition(|(_, rule)| matches!(rule.check, Check::Certificate(_)));
    let mut list = Vec::new();
    // The place of each finding's rule.
    let mut places: Vec<usize> = Vec::new();
    // All rules on one certificate, then on the next: each is read from memory once.
    for id in analysis.distinct() {
        for &(place, rule) in &of_certificates {
            if let Check::Certificate(check) = rule.check {
                let list = &mut list;
                check(analysis, id, &mut Findings { rule, list });
            }
            places.resize(list.len(), place);
        }
    }
    for &(place, rule) in &of_certificates {
        if let Check::Certificate(check) = rule.check {
            let list = &mut list;
            check_damaged(analysis, check, &mut Findings { rule, list });
        }
        places.resize(list.len(), place);
    }
    for (place, rule) in others {
        let list_of_all = &mut list;
        apply(
            analysis,
            &mut Findings {
                rule,
                list: list_of_all,
            },
        );
        places.resize(list.len(), place);
    }
    let mut ordered: Vec<(usize, Finding)> = places.into_iter().zip(list).collect();
    ordered.sort_by_key(|(place, _)| *place);
    ordered.into_iter().map(|(_, finding)| finding).collect()
}

/// Applies a rule that is not about single certificates.
fn apply(analysis: &Analysis, findings: &mut Findings) {
    match findings.rule.check {
        Check::Certificate(_) => {}
        Check::Source(check) => analysis
            .inputs()
            .for_each(|input| check(analysis, input, findings)),
        Check::Link(check) => {
            for link in analysis.graph.links() {
                check(analysis, link, findings);
            }
        }
        Check::Path(check) => {
            for path in analysis.paths() {
                check(analysis, path, findings);
            }
        }
        Check::Client(check) => {
            for client in &analysis.clients {
                check(analysis, client, findings);
            }
        }
        Check::Bundle(check) => check(analysis, findings),
    }
}
