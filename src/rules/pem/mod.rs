//! Rules about the text of a source.
use super::Rule;
pub(super) static RULES: &[&Rule] = &[];
