//! Files, directories and standard input.

use std::collections::HashSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::Error;
use crate::analysis::Input;
use crate::source::{Role, Source};

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    pub(crate) inputs: Vec<Input>,
    /// Files of directories that hold nothing to check.
    pub(crate) skipped: Vec<String>,
}

impl Inputs {
    /// Reads `path`: a file, a directory with everything below it, or standard input.
    pub(crate) fn add(&mut self, path: &Path, role: Option<Role>) -> Result<(), Error> {
        if path == Path::new("-") {
            let mut bytes = Vec::new();
            std::io::stdin()
                .lock()
                .read_to_end(&mut bytes)
                .map_err(|error| Error(format!("cannot read standard input: {error}")))?;
            self.inputs
                .push(Input::read(Source::new("<stdin>", bytes), role));
            return Ok(());
        }
        let metadata = fs::metadata(path).map_err(|error| cannot_read(path, &error))?;
        if metadata.is_dir() {
            return self.add_directory(path, role);
        }
        self.inputs.push(Input::read(read_file(path)?, role));
        Ok(())
    }

    /// Reads every file below a directory, in the order of their names.
    fn add_directory(&mut self, directory: &Path, role: Option<Role>) -> Result<(), Error> {
        let mut files: Vec<PathBuf> = Vec::new();
        // A mounted Secret shows each file twice, through a link and in the directory behind it.
        let mut seen = HashSet::new();
        for entry in WalkDir::new(directory)
            .follow_links(true)
            .sort_by_file_name()
        {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) if error.loop_ancestor().is_some() => continue,
                // A link that leads nowhere is named; the rest of the directory is still read.
                Err(error) if is_dangling(&error) => {
                    let path = error.path().unwrap_or(directory);
                    self.skipped
                        .push(format!("{} (a link that leads nowhere)", path.display()));
                    continue;
                }
                Err(error) => return Err(Error(format!("cannot read the directory: {error}"))),
            };
            let real = fs::canonicalize(entry.path()).unwrap_or_else(|_| entry.path().to_owned());
            if entry.file_type().is_file() && seen.insert(real) {
                files.push(entry.into_path());
            }
        }
        let before = self.inputs.len();
        for file in files {
            let source = read_file(&file)?;
            let input = Input::read(source, role);
            if input.contents.blocks.is_empty() && !looks_meant(&file, &input) {
                self.skipped.push(input.source.name);
            } else {
                self.inputs.push(input);
            }
        }
        if self.inputs.len() == before {
            return Err(Error(format!(
                "there is no certificate, key or CRL in the directory {}",
                directory.display()
            )));
        }
        Ok(())
    }
}

fn is_dangling(error: &walkdir::Error) -> bool {
    let is_link = error.path().is_some_and(Path::is_symlink);
    is_link
        && error
            .io_error()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

/// Whether a file without a single block was still meant to hold certificates.
fn looks_meant(path: &Path, input: &Input) -> bool {
    let by_name = path
        .extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| matches!(extension, "pem" | "crt" | "cer" | "der"));
    by_name || memchr::memmem::find(&input.source.bytes, b"-----BEGIN").is_some()
}

fn read_file(path: &Path) -> Result<Source, Error> {
    let bytes = fs::read(path).map_err(|error| cannot_read(path, &error))?;
    Ok(Source::new(path.display().to_string(), bytes))
}

fn cannot_read(path: &Path, error: &std::io::Error) -> Error {
    Error(format!("cannot read {}: {error}", path.display()))
}
