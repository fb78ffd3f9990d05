//! Random PKIs with faults: what a server is given, what a client sends, and the CRLs.
//!
//! A plan starts as a chain without a fault. Faults change it, any of them after any other, so that they combine; only then is
//! it written. Nothing here knows what a verifier should say.

// Each program that includes this module uses a part of it, and none publishes it.
#![allow(dead_code, unreachable_pub, missing_docs)]

mod faults;
mod plan;
mod random;
mod write;

pub use plan::{Plan, When};
pub use random::Random;

/// The files and settings of one case.
#[derive(Clone, Debug)]
pub struct Case {
    pub seed: u64,
    pub number: u64,
    /// What is wrong with it, in the order of making.
    pub faults: Vec<String>,
    /// The server's CA file.
    pub bundle: Vec<u8>,
    /// The client's certificate.
    pub leaf: Vec<u8>,
    /// What the client sends beside it; empty if nothing.
    pub sent: Vec<u8>,
    /// The server's CRLs, if it checks revocation.
    pub crl: Option<Vec<u8>>,
    /// The client's private key.
    pub key: Vec<u8>,
    /// The depth setting as OpenSSL counts: intermediates.
    pub depth: Option<u32>,
    pub level: u8,
}

impl Case {
    /// The case of this number; dates are around `when`.
    pub fn new(seed: u64, number: u64, when: When) -> Self {
        let mut plan = Plan::new(Random::of(seed, number), when);
        faults::apply(&mut plan);
        plan.write(seed, number)
    }

    /// What is in the client's file: its certificate, then what it sends beside it.
    pub fn client(&self) -> Vec<u8> {
        [self.leaf.as_slice(), &self.sent].concat()
    }

    /// The files by name.
    pub fn files(&self) -> Vec<(&'static str, Vec<u8>)> {
        let mut files = vec![
            ("bundle.pem", self.bundle.clone()),
            ("leaf.pem", self.leaf.clone()),
            ("client.pem", self.client()),
            ("client.key", self.key.clone()),
        ];
        if !self.sent.is_empty() {
            files.push(("sent.pem", self.sent.clone()));
        }
        if let Some(crl) = &self.crl {
            files.push(("crl.pem", crl.clone()));
        }
        files
    }
}
