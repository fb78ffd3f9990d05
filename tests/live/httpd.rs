//! Apache httpd: one `VirtualHost` a case.

use std::fs;
use std::path::Path;
use std::process::Command;

use chainlint::analysis::{Settings, VerifyClient};
use chainlint::verifiers::httpd::HTTPD;

use crate::answer::Answer;
use crate::client::Seen;
use crate::nginx::path_with_sbin;
use crate::pki::Case;
use crate::server::{
    Running, Site, answer, are_there, compare, folder, outcomes, output_of, server_certificate,
    taken,
};

#[test]
fn httpd() {
    if !are_there(&["apache2", "openssl"]) {
        return;
    }
    let files = folder("httpd");
    server_certificate(&files);
    fs::create_dir_all(files.join("htdocs")).expect("target can be written");
    fs::write(files.join("htdocs/index.html"), "ok").expect("target can be written");
    let sites = Site::all(&files, &HTTPD, settings);
    let refusals: Vec<Option<String>> = sites.iter().map(|site| refusal(&files, site)).collect();
    let good = taken(&sites, &refusals);
    let hosts: String = good.iter().map(|site| host(site)).collect();
    write_configuration(&files.join("httpd.conf"), &files, &hosts);
    let running = start(&files, &files.join("httpd.conf"), &files.join("output"));
    let running = running.expect("httpd starts with files that it has tested");
    let real = outcomes(&sites, refusals, seen);
    drop(running);
    compare("httpd", &sites, real);
}

/// Depth 1 to 4, and every mode.
fn settings(case: &Case, settings: &mut Settings) {
    settings.depth = Some(1 + u32::try_from(case.number % 4).expect("below 4"));
    settings.verify_client = match case.number % 5 {
        3 => VerifyClient::Optional,
        4 => VerifyClient::OptionalNoCa,
        _ => VerifyClient::On,
    };
}

fn host(site: &Site) -> String {
    let folder = site.folder.display();
    let mode = match site.settings.verify_client {
        VerifyClient::On => "require",
        other => other.name(),
    };
    let crl = match site.case.crl {
        Some(_) => format!("SSLCARevocationFile {folder}/crl.pem\nSSLCARevocationCheck chain"),
        None => String::new(),
    };
    format!(
        "Listen 127.0.0.1:{port}
<VirtualHost 127.0.0.1:{port}>
SSLEngine on
SSLCACertificateFile {folder}/bundle.pem
SSLVerifyClient {mode}
SSLVerifyDepth {depth}
{crl}
ErrorLog {folder}/error.log
LogLevel ssl:info
</VirtualHost>\n",
        port = site.port,
        depth = site.settings.depth.unwrap_or(1),
    )
}

fn write_configuration(file: &Path, folder: &Path, hosts: &str) {
    let folder = folder.display();
    let text = format!(
        "ServerRoot {folder}
ServerName localhost
PidFile {folder}/pid
ErrorLog {folder}/error.log
DefaultRuntimeDir {folder}
Mutex file:{folder} default
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule socache_shmcb_module /usr/lib/apache2/modules/mod_socache_shmcb.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
SSLCertificateFile {folder}/server.pem
SSLCertificateKeyFile {folder}/server.key
StartServers 1
User www-data
Group www-data
DocumentRoot {folder}/htdocs
<Directory />
Require all granted
</Directory>
{hosts}"
    );
    fs::write(file, text).expect("target can be written");
}

fn command(configuration: &Path) -> Command {
    let mut command = Command::new("apache2");
    command.arg("-f").arg(configuration);
    command.env("PATH", path_with_sbin());
    command.env("OPENSSL_CONF", "/dev/null");
    command
}

/// httpd listens before it loads the files, and writes its pid after.
fn start(files: &Path, configuration: &Path, output: &Path) -> Option<Running> {
    let pid = files.join("pid");
    let _ = fs::remove_file(&pid);
    let mut command = command(configuration);
    command.arg("-DFOREGROUND");
    Running::start(command, output, || pid.is_file())
}

/// Why httpd does not start with the files of a case. Its test of the syntax does not load them, so it is started.
fn refusal(files: &Path, site: &Site) -> Option<String> {
    let configuration = site.folder.join("httpd.conf");
    write_configuration(&configuration, files, &host(site));
    let mut command = command(&configuration);
    command.arg("-t");
    let told = output_of(command, b"");
    if !told.contains("Syntax OK") {
        return Some(told);
    }
    start(files, &configuration, &site.folder.join("output"))
        .is_none()
        .then(|| fs::read_to_string(site.folder.join("error.log")).unwrap_or_default())
}

fn seen(site: &Site) -> Option<Answer> {
    let _ = fs::write(site.folder.join("error.log"), "");
    let seen = site.connect();
    let log = fs::read_to_string(site.folder.join("error.log")).unwrap_or_default();
    let number = |line: &str| {
        if line.contains("AH02040") {
            return Some(22);
        }
        let (_, rest) = line.split_once("Certificate Verification: Error (")?;
        rest.split(')').next()?.parse().ok()
    };
    let code = log.lines().filter_map(number).next_back();
    match seen {
        Seen::NotUsable => None,
        Seen::Status(200) => Some(answer("accept", None, "200")),
        Seen::Status(status) => Some(answer("reject", code, &format!("{status} {log}"))),
        Seen::Refused(told) => Some(answer("reject", code, &format!("{told} {log}"))),
    }
}
