//! What a search looked at: a tree of candidates, and what ended each.

use super::problem::Found;
use super::search::Limit;
use crate::analysis::{Analysis, CertificateId};
use crate::bundle::Link;
use crate::crypto::SignatureCheck;

/// How many steps are kept.
pub const MAX_STEPS: usize = 1_000;

/// One candidate in its place below the certificate whose issuer was looked for.
#[derive(Clone, Debug)]
pub struct Step {
    /// The step of the certificate whose issuer was looked for; none for the first.
    pub parent: Option<usize>,
    /// The candidate.
    pub certificate: CertificateId,
    /// What became of it.
    pub kind: StepKind,
    /// What it brings against the path.
    pub problems: Vec<Found>,
}

/// What became of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The search went on from it.
    Followed,
    /// A valid path ends in it.
    Anchor,
    /// The search did not go on from it.
    Dropped(Dropped),
}

/// Why a candidate was not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// Only its key id fits.
    NameDiffers,
    /// It is on the path already.
    OnPath,
    /// A certificate with its name and key is on the path already.
    SameNameAndKey(CertificateId),
    /// Its key did not make the signature.
    WrongKey(SignatureCheck),
    /// Another candidate's key made the signature.
    OtherKeySigned,
    /// No certificate of the bundle can be reached from it.
    LeadsNowhere,
    /// Another path has less against it already.
    Worse,
    /// A bound ended the search.
    Limit(Limit),
}

/// The steps of a search, each after its parent.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// The steps.
    pub steps: Vec<Step>,
    /// How many more there were.
    pub left_out: usize,
}

impl Trace {
    pub(super) fn add(
        &mut self,
        parent: Option<usize>,
        certificate: CertificateId,
        kind: StepKind,
    ) -> usize {
        if self.steps.len() < MAX_STEPS {
            self.steps.push(Step {
                parent,
                certificate,
                kind,
                problems: Vec::new(),
            });
            self.steps.len() - 1
        } else {
            self.left_out += 1;
            usize::MAX
        }
    }

    pub(super) fn problems(&mut self, step: usize, problems: &[Found]) {
        if let Some(step) = self.steps.get_mut(step) {
            step.problems.extend_from_slice(problems);
        }
    }

    pub(super) fn mark(&mut self, step: usize, kind: StepKind) {
        if let Some(step) = self.steps.get_mut(step) {
            step.kind = kind;
        }
    }
}

impl Dropped {
    /// The reason in words.
    #[must_use]
    pub fn describe(self, analysis: &Analysis<'_>) -> String {
        match self {
            Self::NameDiffers => "only its key id fits, not its name".to_owned(),
            Self::OnPath => "it is on the path already".to_owned(),
            Self::SameNameAndKey(other) => format!(
                "it has the name and key of {}, which is on the path already",
                analysis.describe(other)
            ),
            Self::WrongKey(SignatureCheck::WrongKeyType) => {
                "its kind of key cannot make such a signature".to_owned()
            }
            Self::WrongKey(SignatureCheck::Unsupported) => {
                "its key cannot be checked here, and its key id differs".to_owned()
            }
            Self::WrongKey(_) => "its key did not make the signature".to_owned(),
            Self::OtherKeySigned => "another key made the signature".to_owned(),
            Self::LeadsNowhere => "it leads to no certificate of the bundle".to_owned(),
            Self::Worse => "another path has less against it".to_owned(),
            Self::Limit(limit) => format!("the search ended: {}", limit.describe()),
        }
    }
}

/// The link between a step's certificate and the one whose issuer was looked for.
#[must_use]
pub fn link_of<'s>(analysis: &'s Analysis<'_>, trace: &Trace, step: &Step) -> Option<&'s Link> {
    let child = trace.steps.get(step.parent?)?.certificate;
    let mut links = analysis.graph.candidates(child).iter();
    links.find(|link| link.issuer == step.certificate)
}
