//! What somebody says about a case.

use chainlint::analysis::{Input, Settings};
use chainlint::report::FailOn;
use chainlint::source::{Role, Source};

use crate::pki::Case;

/// An outcome with its reasons, of the real program or of this one.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// `accept`, `reject`, `config-refused` or `unknown`.
    pub(crate) outcome: String,
    pub(crate) code: Option<i32>,
    /// Every error with its depth.
    pub(crate) errors: Vec<(i32, usize)>,
    pub(crate) text: String,
}

/// How two answers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Comparison {
    Same,
    /// This program cannot tell.
    Unknown,
    Code,
    Outcome,
}

impl Answer {
    /// What the first of the settings' verifiers is said to decide.
    pub(crate) fn of_chainlint(case: &Case, settings: &Settings) -> Self {
        let input = |name: &str, bytes: &[u8], role| {
            Input::read(Source::new(name, bytes.to_vec()), Some(role))
        };
        let mut inputs = vec![
            input("bundle.pem", &case.bundle, Role::Bundle),
            input("client.pem", &case.client(), Role::Client),
        ];
        if let Some(crl) = &case.crl {
            inputs.push(input("crl.pem", crl, Role::Crl));
        }
        let report = chainlint::check(&inputs, settings, &[], &[], FailOn::Never);
        let Some(verdict) = report.verdicts.first() else {
            return Self {
                outcome: "unknown".to_owned(),
                code: None,
                errors: Vec::new(),
                text: "there is no verdict".to_owned(),
            };
        };
        let errors = verdict.errors.iter();
        Self {
            outcome: verdict.outcome.to_owned(),
            code: verdict.code,
            errors: errors.map(|error| (error.code, error.depth)).collect(),
            text: format!("{}\n{}", verdict.text, verdict.explanation),
        }
    }

    /// Compares this program's answer with the real one.
    pub(crate) fn against(&self, real: &Self) -> Comparison {
        if self.outcome == "unknown" {
            Comparison::Unknown
        } else if self.outcome != real.outcome {
            Comparison::Outcome
        } else if real.outcome == "reject" && self.code != real.code {
            Comparison::Code
        } else {
            Comparison::Same
        }
    }

    /// One line: outcome, code, and the errors where there are several.
    pub(crate) fn line(&self) -> String {
        let code = self.code.map(|code| format!(" {code}")).unwrap_or_default();
        let errors: Vec<String> = self
            .errors
            .iter()
            .map(|(code, depth)| format!("{code}@{depth}"))
            .collect();
        if errors.is_empty() {
            let first = self.text.lines().next().unwrap_or_default();
            format!("{}{code} ({first})", self.outcome)
        } else {
            format!("{}{code} ({})", self.outcome, errors.join(" "))
        }
    }
}
