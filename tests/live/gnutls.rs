//! gnutls-serv: one process a case.

use std::fs;
use std::process::Command;

use chainlint::verifiers::gnutls::GNUTLS;

use crate::answer::Answer;
use crate::client::Seen;
use crate::server::{
    Running, Site, answer, answers, are_there, compare, folder, server_certificate,
};

#[test]
fn gnutls_serv() {
    if !are_there(&["gnutls-serv", "openssl"]) {
        return;
    }
    let files = folder("gnutls");
    server_certificate(&files);
    let sites = Site::all(&files, &GNUTLS, |_, _| {});
    let real: Vec<Option<Answer>> = sites
        .iter()
        .map(|site| {
            let mut command = Command::new("gnutls-serv");
            command
                .args(["--http", "--require-client-cert", "--verify-client-cert"])
                .args(["--port", &site.port.to_string()])
                .arg("--x509certfile")
                .arg(files.join("server.pem"))
                .arg("--x509keyfile")
                .arg(files.join("server.key"))
                .arg("--x509cafile")
                .arg(site.folder.join("bundle.pem"));
            if site.case.crl.is_some() {
                command
                    .arg("--x509crlfile")
                    .arg(site.folder.join("crl.pem"));
            }
            let output = site.folder.join("output");
            let Some(running) = Running::start(command, &output, || answers(&[site.port])) else {
                let told = fs::read_to_string(&output).unwrap_or_default();
                return Some(answer("config-refused", None, &told));
            };
            let seen = site.connect();
            drop(running);
            let told = fs::read_to_string(&output).unwrap_or_default();
            match seen {
                Seen::NotUsable => None,
                Seen::Status(200) => Some(answer("accept", None, "200")),
                Seen::Status(status) => Some(answer("reject", None, &status.to_string())),
                Seen::Refused(_) => Some(answer("reject", None, &told)),
            }
        })
        .collect();
    compare("gnutls-serv", &sites, real);
}
