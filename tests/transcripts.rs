//! Transcripts of the command line in typical situations: `tests/cli/*.trycmd`.
//!
//! `TRYCMD=overwrite cargo test --test transcripts` writes what the command prints now.

#[test]
fn transcripts() {
    trycmd::TestCases::new().case("tests/cli/*.trycmd");
}
