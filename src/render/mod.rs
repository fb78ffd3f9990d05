//! Formats: one file each. A renderer only renders: order, counts and the exit code are the report's.

pub mod explain;
pub mod human;
pub mod json;
pub mod rules;
mod trace;
mod verdicts;
mod wrap;
