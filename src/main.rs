//! The `chainlint` command.

fn main() {}
