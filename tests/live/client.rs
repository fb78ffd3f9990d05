//! A client: `openssl s_client`, which sends a request and shows what comes back.

use std::path::Path;
use std::process::Command;

use crate::pki::Case;
use crate::server::output_of;

/// What the client saw.
#[derive(Debug)]
pub(crate) enum Seen {
    /// The client cannot load its own certificate or key: the case is none for a running server.
    NotUsable,
    /// The status of the response.
    Status(u16),
    /// The handshake or the connection ended without a response.
    Refused(String),
}

/// Connects to a port of this machine as the client of a case whose files are in `folder`.
pub(crate) fn connect(port: u16, case: &Case, folder: &Path) -> Seen {
    let mut command = Command::new("openssl");
    command
        .args([
            "s_client",
            "-connect",
            &format!("127.0.0.1:{port}"),
            "-quiet",
        ])
        .args(["-cert", "leaf.pem", "-key", "client.key"])
        // The client's own taste in keys is not the question.
        .args(["-cipher", "DEFAULT@SECLEVEL=0"])
        .current_dir(folder)
        .env("OPENSSL_CONF", "/dev/null");
    if !case.sent.is_empty() {
        command.args(["-cert_chain", "sent.pem"]);
    }
    let request = b"GET / HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let told = output_of(command, request);
    let cannot_load = [
        "Could not read",
        "Could not find",
        "unable to load",
        "key values mismatch",
        "Error loading",
        "error setting certificate",
        "SSL_CTX_use_",
        "Unable to load",
        "no certificate assigned",
        // It sends a chain with a key that it cannot decode, and then takes its own error for the connection's.
        "X509_PUBKEY_get0:decode error",
    ];
    if cannot_load.iter().any(|words| told.contains(words)) {
        return Seen::NotUsable;
    }
    let status = told.lines().find_map(|line| {
        let rest = line.split_once("HTTP/1.")?.1;
        rest.split(' ').nth(1)?.parse().ok()
    });
    status.map_or(Seen::Refused(told), Seen::Status)
}
