//! The verdicts against running servers, on random PKIs with faults, made anew for each run.
//!
//! `.ci/run` installs the programs. Where they are absent, and it is not CI, the tests say `SKIPPED` and pass. Servers listen on loopback only
//! where they can be told to, on ports that were free, and are stopped by their own process.

mod client;
mod gnutls;
mod haproxy;
mod httpd;
mod nginx;
mod server;
mod verify;

#[path = "../../examples/differential/answer.rs"]
mod answer;
#[path = "../../fixtures/generator/mod.rs"]
mod generator;
#[path = "../../examples/differential/openssl.rs"]
mod openssl;
#[allow(clippy::unnecessary_wraps, reason = "faults share a signature")]
#[path = "../../examples/differential/pki/mod.rs"]
mod pki;
