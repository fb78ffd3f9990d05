//! Rules about clients: what they present, and what the server's settings make of it.

pub(super) mod identity;
pub(super) mod key;
pub(super) mod peer_name;
pub(super) mod settings;
pub(super) mod spiffe;
pub(super) mod trust;
pub(super) mod usage;

use crate::analysis::{Analysis, CertificateId};
use crate::path::Path;
use crate::verifiers::Library;

/// Whether one of the verifiers that the user chose is built on one of these libraries.
fn chose_any(analysis: &Analysis, these: &[Library]) -> bool {
    let chosen = &analysis.settings.verifiers;
    chosen
        .iter()
        .any(|verifier| these.contains(&verifier.library))
}

/// Whether `path` is the first that holds the certificate: a certificate that is on the paths of
/// many clients is reported once.
fn is_first_path_with(analysis: &Analysis, path: &Path, id: CertificateId) -> bool {
    let wanted = analysis.entry(id).first;
    let holds = |path: &&Path| {
        path.certificates
            .iter()
            .any(|id| analysis.entry(*id).first == wanted)
    };
    let first = analysis.paths().find(holds);
    first
        .is_some_and(|first| first.client == path.client && first.certificates == path.certificates)
}
