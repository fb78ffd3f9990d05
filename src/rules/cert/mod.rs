//! Rules about one certificate: one file a field.

pub(super) mod basic_constraints;
pub(super) mod extended_key_usage;
pub(super) mod key_usage;
pub(in crate::rules) mod policies;
pub(super) mod structure;
pub(super) mod validity;
