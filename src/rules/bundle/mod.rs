//! Rules about the bundle as a whole: order, completeness, what does not belong.

pub(super) mod content;
pub(super) mod missing;
pub(super) mod order;
