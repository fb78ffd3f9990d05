//! Rules about one certificate: one file a field.

pub(super) mod basic_constraints;
pub(super) mod extended_key_usage;
pub(super) mod key_usage;
pub(super) mod name_constraints;
pub(super) mod structure;
pub(super) mod validity;
