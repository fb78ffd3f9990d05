//! Who issued whom, what each certificate is, and what each source is for.

mod graph;
mod roles;

pub use graph::{CANDIDATE_LIMIT, FAILED_CHECKS_LIMIT, Graph, KeyIdMatch, Link, NameMatch};
pub(crate) use roles::{role_of, source_roles};
