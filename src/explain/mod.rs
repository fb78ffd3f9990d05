//! What the error numbers and error texts of servers mean: `chainlint explain 21`.
//!
//! One static table, one file a topic. An entry is one condition; servers that have it under other numbers and texts are
//! named in it. The facts are what servers logged in `fixtures/scenarios`, and the sources of the verifiers.

mod boringssl;
mod certificate;
mod crl;
mod files;
mod find;
mod go;
mod java;
mod path;
mod rare;
mod strength;
mod tls;
mod wrapper;

pub use boringssl::text as boringssl_text;
pub use find::{Found, find, nearest};

use crate::verifiers::openssl::errors::{self, VerifyError};

/// One condition that servers report.
#[derive(Debug)]
pub struct Entry {
    /// What it is, in a few words.
    pub title: &'static str,
    /// OpenSSL's and BoringSSL's constants for it, without `X509_V_ERR_`. Numbers and texts follow from them.
    pub constants: &'static [&'static str],
    /// What else is printed for it. ` … ` stands for anything between.
    pub texts: &'static [&'static str],
    /// What it means, whoever says it.
    pub meaning: &'static str,
    /// Who says it, and what is particular there: names as `--as` takes them, with commas.
    pub says: &'static [(&'static str, &'static str)],
    /// The rules that find its causes, the usual ones first.
    pub causes: &'static [&'static str],
    /// What to give to `chainlint check` to see which cause it is.
    pub check: &'static str,
    /// Whether it only says that something else failed, which often stands beside it.
    pub wraps: bool,
}

impl Entry {
    /// What OpenSSL calls it, by release.
    pub fn openssl(&self) -> impl Iterator<Item = &'static VerifyError> {
        let is_ours = |error: &&VerifyError| {
            let name = short(error.name);
            self.constants.contains(&name)
        };
        errors::ALL.iter().filter(is_ours)
    }

    /// BoringSSL's numbers for it.
    pub fn boringssl(&self) -> impl Iterator<Item = i32> {
        let is_ours = |code: &i32| {
            boringssl::name(*code).is_some_and(|name| self.constants.contains(&short(name)))
        };
        boringssl::CODES.filter(is_ours)
    }
}

/// A constant without its prefix.
fn short(name: &str) -> &str {
    name.strip_prefix("X509_V_ERR_").unwrap_or(name)
}

const FILES: &[&[Entry]] = &[
    path::ENTRIES,
    certificate::ENTRIES,
    strength::ENTRIES,
    crl::ENTRIES,
    rare::ENTRIES,
    go::ENTRIES,
    java::ENTRIES,
    tls::ENTRIES,
    files::ENTRIES,
    wrapper::ENTRIES,
];

/// Every entry, in the order of the files.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    FILES.iter().copied().flatten()
}

/// The options for a check as a server that is built on OpenSSL.
const AS_NGINX: &str = "--as nginx --ca ca.pem --client client.pem";

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::{rules, verifiers};

    #[test]
    fn causes_are_rules_and_speakers_are_verifiers() {
        for entry in all() {
            assert!(!entry.title.is_empty() && !entry.meaning.is_empty());
            assert!(!entry.causes.is_empty(), "{}", entry.title);
            for (index, cause) in entry.causes.iter().enumerate() {
                assert!(rules::find(cause).is_some(), "{}: {cause}", entry.title);
                assert!(
                    !entry.causes[..index].contains(cause),
                    "{}: {cause}",
                    entry.title
                );
            }
            for name in entry.says.iter().flat_map(|(who, _)| who.split(", ")) {
                assert!(
                    verifiers::by_name(name).is_some(),
                    "{}: {name}",
                    entry.title
                );
            }
        }
    }

    #[test]
    fn every_error_of_openssl_and_boringssl_has_one_entry() {
        let constants = errors::ALL
            .iter()
            .map(|error| error.name)
            .chain(boringssl::CODES.filter_map(boringssl::name));
        for constant in constants.filter(|constant| *constant != "X509_V_OK") {
            let entries = all().filter(|entry| entry.constants.contains(&short(constant)));
            assert_eq!(entries.count(), 1, "{constant}");
        }
        for entry in all() {
            for constant in entry.constants {
                let known = errors::ALL
                    .iter()
                    .any(|error| short(error.name) == *constant)
                    || boringssl::CODES
                        .filter_map(boringssl::name)
                        .any(|name| short(name) == *constant);
                assert!(known, "{constant}");
            }
        }
    }

    #[test]
    fn no_text_stands_twice() {
        let mut seen = HashMap::new();
        for entry in all() {
            for text in entry.texts {
                let before = seen.insert(text.to_lowercase(), entry.title);
                assert_eq!(before, None, "{text}");
            }
        }
    }

    #[test]
    fn commands_are_commands() {
        for entry in all() {
            let words: Vec<&str> = entry.check.split(' ').collect();
            let at = words.iter().position(|word| *word == "--as");
            let names = at
                .and_then(|at| words.get(at + 1))
                .expect("--as has a value");
            for name in names.split(',') {
                assert!(
                    name == "all" || verifiers::by_name(name).is_some(),
                    "{name}"
                );
            }
        }
    }
}
