//! `openssl verify`: which release it is, and what it says about a case.

use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chainlint::analysis::OpensslRelease;

use crate::answer::Answer;
use crate::pki::Case;

/// How long one process may take. It takes some milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// An `openssl` program.
#[derive(Clone, Debug)]
pub(crate) struct Openssl {
    pub(crate) path: PathBuf,
    /// As it says itself, such as `OpenSSL 3.0.22 ...`.
    pub(crate) version: String,
    /// The release that is modelled, if it is one of those.
    pub(crate) release: Option<OpensslRelease>,
}

impl Openssl {
    /// Asks the program for its release.
    pub(crate) fn find(path: &Path) -> Result<Self, String> {
        let output = Command::new(path).arg("version").output();
        let output = output.map_err(|error| format!("cannot run {}: {error}", path.display()))?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        let number = version.split(' ').nth(1).unwrap_or_default();
        let is_of = |release: &&OpensslRelease| {
            let rest = number.strip_prefix(release.name());
            // 3.0.22 is of 3.0, 1.1.1w of 1.1.1; 3.05 would be of neither.
            rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_digit()))
        };
        Ok(Self {
            path: path.to_owned(),
            release: OpensslRelease::ALL.iter().find(is_of).copied(),
            version,
        })
    }

    /// The arguments for a case whose files are in the current folder.
    pub(crate) fn arguments(&self, case: &Case, at: i64) -> Vec<String> {
        let mut line = format!(
            "verify -attime {at} -purpose sslclient -auth_level {} -CAfile bundle.pem -no-CApath",
            case.level
        );
        if self.release != Some(OpensslRelease::V1_1_1) {
            line += " -no-CAstore";
        }
        if let Some(depth) = case.depth {
            write!(line, " -verify_depth {depth}").expect("strings can be written to");
        }
        if !case.sent.is_empty() {
            line += " -untrusted sent.pem";
        }
        if case.crl.is_some() {
            line += " -crl_check_all -CRLfile crl.pem";
        }
        line += " leaf.pem";
        line.split(' ').map(str::to_owned).collect()
    }

    /// What it says about a case whose files are in `folder`.
    pub(crate) fn verify(&self, case: &Case, at: i64, folder: &Path) -> Result<Answer, String> {
        let mut child = Command::new(&self.path)
            .args(self.arguments(case, at))
            .current_dir(folder)
            // The machine's configuration has no say.
            .env("OPENSSL_CONF", "/dev/null")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run {}: {error}", self.path.display()))?;
        let start = Instant::now();
        let status = loop {
            // What it writes fits into a pipe, so it never waits for a reader.
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if start.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(1));
                }
                _ => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(format!("openssl did not end on case {}", case.number));
                }
            }
        };
        let mut text = String::new();
        if let Some(mut stderr) = child.stderr.take() {
            let mut bytes = Vec::new();
            let read = stderr.read_to_end(&mut bytes);
            read.map_err(|error| error.to_string())?;
            text = String::from_utf8_lossy(&bytes).into_owned();
        }
        if status.code().is_none() {
            return Err(format!(
                "openssl was killed on case {}: {text}",
                case.number
            ));
        }
        Ok(parse(status.success(), &text))
    }
}

/// What `openssl verify` printed: its callback prints each error, and goes on after some; the last is the one that
/// `X509_STORE_CTX_get_error` has at the end.
fn parse(success: bool, text: &str) -> Answer {
    let errors: Vec<(i32, usize)> = text.lines().filter_map(error_line).collect();
    let outcome = if success {
        "accept"
    } else if !errors.is_empty() {
        "reject"
    } else if text.contains("Error loading file bundle.pem") {
        "config-refused"
    } else {
        "reject"
    };
    Answer {
        outcome: outcome.to_owned(),
        code: errors.last().map(|(code, _)| *code),
        errors,
        text: text.to_owned(),
    }
}

/// `error 26 at 0 depth lookup: ...`, and the same behind `[CRL path] `.
fn error_line(line: &str) -> Option<(i32, usize)> {
    let line = line.strip_prefix("[CRL path] ").unwrap_or(line);
    let (code, rest) = line.strip_prefix("error ")?.split_once(" at ")?;
    let (depth, _) = rest.split_once(" depth lookup")?;
    Some((code.parse().ok()?, depth.parse().ok()?))
}
