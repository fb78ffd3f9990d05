//! Rules about one certificate: one file a field.

pub(super) mod access;
pub(super) mod basic_constraints;
pub(super) mod der;
pub(super) mod extended_key_usage;
pub(super) mod extensions;
pub(super) mod general_names;
pub(super) mod key_ids;
pub(super) mod key_usage;
pub(super) mod name_constraints;
pub(super) mod names;
pub(in crate::rules) mod policies;
pub(super) mod public_key;
pub(super) mod serial;
pub(super) mod signature;
pub(super) mod structure;
pub(super) mod subject_alt_name;
pub(super) mod validity;
