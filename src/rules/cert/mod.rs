//! Rules about one certificate: one file a field.

pub(super) mod access;
pub(super) mod basic_constraints;
pub(super) mod critical;
pub(super) mod der;
pub(super) mod distribution_points;
pub(super) mod extended_key_usage;
pub(super) mod extensions;
pub(super) mod general_names;
pub(super) mod key_ids;
pub(super) mod key_usage;
pub(super) mod name_constraints;
pub(super) mod names;
pub(super) mod no_revocation;
pub(in crate::rules) mod policies;
pub(super) mod policy_qualifiers;
pub(super) mod public_key;
pub(super) mod qualified;
pub(super) mod serial;
pub(super) mod signature;
pub(super) mod structure;
pub(super) mod subject_alt_name;
pub(super) mod transparency;
pub(super) mod validity;
