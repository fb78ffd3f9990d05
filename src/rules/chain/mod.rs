//! Rules about how certificates hang together: links, paths, and what the client sends.

pub(super) mod collisions;
pub(super) mod constraints;
pub(super) mod dates;
pub(super) mod extensions;
pub(super) mod issuer;
pub(super) mod key_ids;
pub(super) mod names;
pub(super) mod order_verdict;
pub(super) mod policies;
pub(super) mod presented;
pub(super) mod search;
pub(super) mod signature;
pub(super) mod strength;
