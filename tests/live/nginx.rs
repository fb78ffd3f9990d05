//! nginx: one `server` a case.

use std::fs;
use std::path::Path;
use std::process::Command;

use chainlint::analysis::{Settings, VerifyClient};
use chainlint::verifiers::nginx::NGINX;

use crate::answer::Answer;
use crate::client::Seen;
use crate::pki::Case;
use crate::server::{
    Running, Site, answer, answers, are_there, compare, folder, outcomes, output_of,
    server_certificate, taken,
};

#[test]
fn nginx() {
    if !are_there(&["nginx", "openssl"]) {
        return;
    }
    let files = folder("nginx");
    server_certificate(&files);
    let sites = Site::all(&files, &NGINX, settings);
    // One file that cannot be loaded would keep all of them from starting.
    let refusals: Vec<Option<String>> = sites.iter().map(|site| refusal(&files, site)).collect();
    let good = taken(&sites, &refusals);
    let servers: String = good.iter().map(|site| server(site)).collect();
    write_configuration(&files.join("nginx.conf"), &files, &servers);
    let ports: Vec<u16> = good.iter().map(|site| site.port).collect();
    let running = Running::start(command(&files, "nginx.conf"), &files.join("output"), || {
        answers(&ports)
    });
    let running = running.expect("nginx starts with files that it has tested");
    let real = outcomes(&sites, refusals, seen);
    drop(running);
    compare("nginx", &sites, real);
}

/// Depth 1 to 3, and every mode; revocation where the case has CRLs.
fn settings(case: &Case, settings: &mut Settings) {
    settings.depth = Some(1 + u32::try_from(case.number % 3).expect("below 3"));
    settings.verify_client = match case.number % 4 {
        2 => VerifyClient::Optional,
        3 => VerifyClient::OptionalNoCa,
        _ => VerifyClient::On,
    };
}

fn server(site: &Site) -> String {
    let folder = site.folder.display();
    let crl = match site.case.crl {
        Some(_) => format!("ssl_crl {folder}/crl.pem;"),
        None => String::new(),
    };
    format!(
        "server {{ listen 127.0.0.1:{port} ssl; error_log {folder}/error.log info;
           ssl_client_certificate {folder}/bundle.pem; ssl_verify_client {mode}; ssl_verify_depth {depth}; {crl}
           location / {{ return 200 ok; }} }}\n",
        port = site.port,
        mode = site.settings.verify_client.name(),
        depth = site.settings.depth.unwrap_or(1),
    )
}

fn write_configuration(file: &Path, folder: &Path, servers: &str) {
    let folder = folder.display();
    let text = format!(
        "daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log info;
events {{ worker_connections 512; }}
http {{ access_log off; ssl_protocols TLSv1.2 TLSv1.3; ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
{servers} }}\n"
    );
    fs::write(file, text).expect("target can be written");
}

fn command(folder: &Path, configuration: &str) -> Command {
    let mut command = Command::new("nginx");
    command
        .arg("-c")
        .arg(folder.join(configuration))
        .arg("-p")
        .arg(folder);
    command.env("OPENSSL_CONF", "/dev/null");
    command.env("PATH", path_with_sbin());
    command
}

/// Where distributions keep servers.
pub(crate) fn path_with_sbin() -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    format!("{path}:/usr/sbin:/sbin")
}

/// Why nginx does not start with the files of a case.
fn refusal(files: &Path, site: &Site) -> Option<String> {
    write_configuration(&site.folder.join("nginx.conf"), files, &server(site));
    let mut command = command(files, "nginx.conf");
    command
        .args(["-t", "-c"])
        .arg(site.folder.join("nginx.conf"));
    let told = output_of(command, b"");
    (!told.contains("test is successful")).then_some(told)
}

/// What nginx did, by its answer and its log.
fn seen(site: &Site) -> Option<Answer> {
    let seen = site.connect();
    let log = fs::read_to_string(site.folder.join("error.log")).unwrap_or_default();
    let code = log.lines().rev().find_map(|line| {
        let (_, rest) = line.split_once("client SSL certificate verify error: (")?;
        rest.split(':').next()?.parse().ok()
    });
    match seen {
        Seen::NotUsable => None,
        Seen::Status(200) => Some(answer("accept", None, "200")),
        Seen::Status(status) => Some(answer("reject", code, &format!("{status} {log}"))),
        Seen::Refused(told) => Some(answer("reject", code, &format!("{told} {log}"))),
    }
}
