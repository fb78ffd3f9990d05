//! HAProxy: one `frontend` a case.

use std::fs;
use std::path::Path;
use std::process::Command;

use chainlint::analysis::{Settings, VerifyClient};
use chainlint::verifiers::haproxy::HAPROXY;

use crate::answer::Answer;
use crate::client::Seen;
use crate::nginx::path_with_sbin;
use crate::pki::Case;
use crate::server::{
    Running, Site, answer, answers, are_there, compare, folder, outcomes, output_of,
    server_certificate, taken,
};

#[test]
fn haproxy() {
    if !are_there(&["haproxy", "openssl"]) {
        return;
    }
    let files = folder("haproxy");
    server_certificate(&files);
    let sites = Site::all(&files, &HAPROXY, settings);
    let refusals: Vec<Option<String>> = sites.iter().map(|site| refusal(&files, site)).collect();
    let good = taken(&sites, &refusals);
    let frontends: String = good.iter().map(|site| frontend(&files, site)).collect();
    write_configuration(&files.join("haproxy.cfg"), &frontends);
    let ports: Vec<u16> = good.iter().map(|site| site.port).collect();
    let output = files.join("output");
    let mut command = command();
    command.arg("-db").arg("-f").arg(files.join("haproxy.cfg"));
    let running = Running::start(command, &output, || answers(&ports));
    let running = running.expect("HAProxy starts with files that it has tested");
    let seen: Vec<Seen> = good.iter().map(|site| site.connect()).collect();
    drop(running);
    let log = fs::read_to_string(output).unwrap_or_default();
    let mut seen = seen.into_iter();
    let real = outcomes(&sites, refusals, |site| judge(site, seen.next()?, &log));
    compare("HAProxy", &sites, real);
}

fn settings(case: &Case, settings: &mut Settings) {
    settings.verify_client = if case.number % 3 == 2 {
        VerifyClient::Optional
    } else {
        VerifyClient::On
    };
}

fn frontend(files: &Path, site: &Site) -> String {
    let folder = site.folder.display();
    let mode = match site.settings.verify_client {
        VerifyClient::On => "required",
        _ => "optional",
    };
    let crl = match site.case.crl {
        Some(_) => format!("crl-file {folder}/crl.pem"),
        None => String::new(),
    };
    format!(
        "frontend case{number}
  bind 127.0.0.1:{port} ssl crt {files}/server-both.pem ca-file {folder}/bundle.pem verify {mode} {crl}
  http-request return status 200\n",
        number = site.case.number,
        port = site.port,
        files = files.display()
    )
}

fn write_configuration(file: &Path, frontends: &str) {
    let text = format!(
        "global
  log stdout format raw local0
defaults
  mode http
  log global
  timeout client 10s
  timeout server 10s
  timeout connect 10s
  error-log-format \"%ft; client %[ssl_c_err] CA %[ssl_c_ca_err]\"
{frontends}"
    );
    fs::write(file, text).expect("target can be written");
}

fn command() -> Command {
    let mut command = Command::new("haproxy");
    command.env("PATH", path_with_sbin());
    command.env("OPENSSL_CONF", "/dev/null");
    command
}

fn refusal(files: &Path, site: &Site) -> Option<String> {
    let configuration = site.folder.join("haproxy.cfg");
    write_configuration(&configuration, &frontend(files, site));
    let mut command = command();
    command.arg("-c").arg("-f").arg(&configuration);
    let told = output_of(command, b"");
    (!told.contains("Configuration file is valid")).then_some(told)
}

/// What HAProxy did: it logs the first error in the client's certificate, or in those above it.
fn judge(site: &Site, seen: Seen, log: &str) -> Option<Answer> {
    let name = format!("case{}", site.case.number);
    let lines = log.lines().filter(|line| {
        let frontend = line.split([';', '~']).next();
        frontend == Some(name.as_str())
    });
    let numbers = |line: &str| {
        let (_, rest) = line.split_once("client ")?;
        let (client, ca) = rest.split_once(" CA ")?;
        let client: i32 = client.trim().parse().ok()?;
        let ca: i32 = ca.trim().parse().ok()?;
        [ca, client].into_iter().find(|number| *number != 0)
    };
    let code = lines.filter_map(numbers).next_back();
    match seen {
        Seen::NotUsable => None,
        Seen::Status(200) => Some(answer("accept", None, "200")),
        Seen::Status(status) => Some(answer("reject", code, &status.to_string())),
        Seen::Refused(told) => Some(answer("reject", code, &told)),
    }
}
