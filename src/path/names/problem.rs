//! Why a certificate's names do not pass a CA's constraints.

use std::fmt;
use std::ops::Range;

use super::text::describe;
use crate::cert::Field;
use crate::cert::extension::Subtree;

/// A name of a certificate, for messages, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundName {
    /// Its form and the name: ``dNSName `a.example` ``.
    pub(crate) text: String,
    /// subjectAltName, or the subject.
    pub(crate) field: Field<'static>,
    /// Its bytes in the certificate.
    pub(crate) range: Range<usize>,
}

/// A constraint of a CA, for messages, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Constraint {
    /// Its form and the base.
    pub(crate) text: String,
    /// The subtree's bytes in the CA certificate.
    pub(crate) range: Range<usize>,
}

impl Constraint {
    pub(super) fn of(subtree: &Subtree<'_>) -> Self {
        Self {
            text: describe(&subtree.base),
            range: subtree.tlv.range(),
        }
    }
}

/// Why a certificate's names do not pass a CA's constraints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NameProblem {
    /// An excluded subtree has the name in it (RFC 5280 §6.1.3(c)).
    Excluded { name: FoundName, by: Constraint },
    /// No permitted subtree has the name in it (RFC 5280 §6.1.3(b)).
    NotPermitted {
        name: FoundName,
        /// The first of those of the name's form.
        permitted: Vec<Constraint>,
        /// How many more there are.
        more: usize,
    },
    /// A constraint on the name's form does not decode, so the name cannot be judged.
    MalformedConstraint {
        name: FoundName,
        constraint: Constraint,
        why: &'static str,
    },
    /// The name does not decode, so it is inside of nothing.
    MalformedName { name: FoundName, why: &'static str },
    /// A critical constraint is on a form, or has a bound, that cannot be judged.
    NotProcessed {
        name: FoundName,
        constraint: Constraint,
    },
    /// There are so many names and constraints that judging them was given up.
    BudgetExhausted,
}

impl NameProblem {
    /// The name that it is about; none where it is about all of them.
    pub(crate) fn name(&self) -> Option<&FoundName> {
        match self {
            Self::Excluded { name, .. }
            | Self::NotPermitted { name, .. }
            | Self::MalformedConstraint { name, .. }
            | Self::MalformedName { name, .. }
            | Self::NotProcessed { name, .. } => Some(name),
            Self::BudgetExhausted => None,
        }
    }

    /// The constraint that it is about, or the first of them.
    pub(crate) fn constraint(&self) -> Option<&Constraint> {
        match self {
            Self::Excluded { by, .. } => Some(by),
            Self::NotPermitted { permitted, .. } => permitted.first(),
            Self::MalformedConstraint { constraint, .. }
            | Self::NotProcessed { constraint, .. } => Some(constraint),
            Self::MalformedName { .. } | Self::BudgetExhausted => None,
        }
    }
}

impl fmt::Display for NameProblem {
    /// One sentence without its end; the CA is the one whose constraints were asked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Excluded { name, by } => {
                write!(f, "{} is excluded by {}", name.text, by.text)
            }
            Self::NotPermitted {
                name,
                permitted,
                more,
            } => {
                let texts: Vec<&str> = permitted.iter().map(|base| base.text.as_str()).collect();
                write!(f, "{} is outside of {}", name.text, texts.join(", "))?;
                if *more > 0 {
                    write!(f, " and {more} more that are permitted")?;
                }
                Ok(())
            }
            Self::MalformedConstraint {
                name,
                constraint,
                why,
            } => write!(
                f,
                "{} cannot be judged: of the constraint {}, {why}",
                name.text, constraint.text
            ),
            Self::MalformedName { name, why } => {
                write!(f, "{} is not well-formed: {why}", name.text)
            }
            Self::NotProcessed { name, constraint } => write!(
                f,
                "{} cannot be judged by the critical constraint {}",
                name.text, constraint.text
            ),
            Self::BudgetExhausted => {
                f.write_str("there are more names and constraints than are compared")
            }
        }
    }
}
