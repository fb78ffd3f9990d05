//! Every verdict against what the real server did on the same files: `fixtures/scenarios`.
//!
//! One module a verifier; each names the server's entry in the scenarios and the settings that it ran with.

mod java;
mod rustls;
mod scenarios;
