//! The arguments. No logic.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::when::{Duration, Moment};
use crate::analysis::{OpensslRelease, VerifyClient};
use crate::path::identity::PeerName;
use crate::verifiers::{self, Verifier};

/// Says why mutual TLS fails: checks CA bundles and client certificates before a server does.
#[derive(Debug, Parser)]
#[command(name = "chainlint", version, max_term_width = 100)]
pub(crate) struct Arguments {
    /// When to use colours [default: on a terminal, unless `NO_COLOR` is set]
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, hide_default_value = true, value_name = "WHEN")]
    pub(crate) color: ColorChoice,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check bundles and client certificates
    ///
    /// Exit code: 0 clean; 1 a verdict is not an accept, or a finding reaches --fail-on; 2 the check could not be done.
    #[command(
        after_help = "Examples:\n  chainlint check ca-certificates.pem client.pem\n  chainlint check --as nginx --depth 2 --ca ca.pem --client client.pem\n  chainlint check --as all --ca ca/ --client client.pem --at +30d\n  cat ca.pem | chainlint check -"
    )]
    Check(Box<CheckArguments>),
    /// Print a bundle put right: issuing CA to root, no copies, nothing but CA certificates
    ///
    /// The corrected PEM goes to standard output, what was changed to standard error; no file is touched.
    /// Nothing is printed where a certificate cannot be read.
    #[command(
        after_help = "Examples:\n  chainlint fix ca-certificates.pem > fixed.pem\n  chainlint fix --client client.pem > fixed.pem"
    )]
    Fix(FixArguments),
    /// List every rule
    Rules {
        /// How to write the list
        #[arg(long, value_enum, default_value_t = RulesFormat::Human)]
        format: RulesFormat,
    },
    /// Explain an error number or text of a server, or a rule: what it means, its causes, what to do
    ///
    /// Numbers are those of OpenSSL and BoringSSL. A text may be a whole line of a log, or the title of an error page.
    #[command(
        after_help = "Examples:\n  chainlint explain 21\n  chainlint explain \"unable to verify the first certificate\"\n  chainlint explain \"400 The SSL certificate error\"\n  chainlint explain \"x509: certificate signed by unknown authority\"\n  chainlint explain mtls-leaf-no-client-auth"
    )]
    Explain {
        /// An error number, its constant, an error text with whatever stands around it, or a rule's name
        #[arg(
            required = true,
            value_name = "NUMBER|TEXT|RULE",
            allow_hyphen_values = true
        )]
        what: Vec<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CheckArguments {
    /// Files or directories; `-` is standard input. What each is for is told from its content
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// CA certificates that the server trusts
    #[arg(long, value_name = "PATH")]
    pub(crate) ca: Vec<PathBuf>,
    /// A client's certificate, with the intermediates that it sends after it
    #[arg(long, value_name = "PATH")]
    pub(crate) client: Vec<PathBuf>,
    /// Certificate revocation lists that the server is given
    #[arg(long, value_name = "PATH")]
    pub(crate) crl: Vec<PathBuf>,
    /// Who will verify: rfc5280 (the standard), openssl, nginx, ingress-nginx, httpd, haproxy, envoy, go, java, gnutls, rustls, or
    /// all. Each verdict is in that server's own terms; three and more are shown as a table
    #[arg(long = "as", value_name = "VERIFIER", value_delimiter = ',', value_parser = verifier, default_value = "rfc5280,nginx,rustls")]
    pub(crate) verifiers: Vec<Verifiers>,
    /// What the client's certificate is checked for; with `server`, servers' certificates are given as clients.
    /// Rules of the topic mtls apply to clients only
    #[arg(long, value_enum, default_value_t = PurposeChoice::Client, value_name = "PURPOSE")]
    pub(crate) purpose: PurposeChoice,
    /// Whom the client's certificate must be for: a DNS name, IP address, mail address or URI (such as a SPIFFE ID).
    /// Repeated, every one of them
    #[arg(long = "name", value_name = "NAME")]
    pub(crate) names: Vec<PeerName>,
    /// The server's own depth setting (nginx `ssl_verify_depth`, httpd `SSLVerifyDepth`, Envoy `max_verify_depth`): the most
    /// intermediates between client and root; httpd and Envoy count the root, too [default: the server's own, 1 for nginx and httpd]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100))]
    pub(crate) depth: Option<u32>,
    /// What the server does about clients without an accepted certificate (nginx `ssl_verify_client`; httpd's `require` is `on`)
    #[arg(long, value_enum, default_value_t = VerifyClientChoice::On, value_name = "MODE")]
    pub(crate) verify_client: VerifyClientChoice,
    /// The release of OpenSSL behind nginx, ingress-nginx, httpd, HAProxy and openssl
    #[arg(long, value_enum, default_value_t = OpensslChoice::V3_5, value_name = "RELEASE")]
    pub(crate) openssl: OpensslChoice,
    /// OpenSSL's security level: how weak keys and digests may be [default: the release's, 2 from 3.2 on, else 1]
    #[arg(long, value_name = "0..5", value_parser = clap::value_parser!(u8).range(0..=5))]
    pub(crate) security_level: Option<u8>,
    /// The moment to check for: RFC 3339, a date, or relative to now as `+30d`, `-12h` [default: now]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) at: Option<Moment>,
    /// Report certificates that expire within this time: `30d`, `12h`, `2w`
    #[arg(long, value_name = "DURATION", default_value = "30d")]
    pub(crate) expires_within: Duration,
    /// How to write the report
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Write the report to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Print the verdicts and the summary only (human format)
    #[arg(long, short, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Show for accepted clients, too, which candidates were tried for the path
    #[arg(long)]
    pub(crate) explain: bool,
    /// As --explain, and every candidate that was tried, not only those that tell most
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// Apply only these rules: names, or topics such as `pem` or `chain-`
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Leave these rules out: names, or topics
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) ignore: Vec<String>,
    /// The lowest severity of a finding that makes the exit code 1; verdicts always count
    #[arg(long, value_enum, default_value_t = FailOn::Warning, value_name = "SEVERITY")]
    pub(crate) fail_on: FailOn,
}

#[derive(Debug, Args)]
pub(crate) struct FixArguments {
    /// The bundle's files, in their order; `-` is standard input
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// The files are a bundle, whatever they hold: what is no CA certificate is left out
    #[arg(long, conflicts_with = "client")]
    pub(crate) ca: bool,
    /// The file is a client's: its certificate comes first, then the intermediates in order
    #[arg(long)]
    pub(crate) client: bool,
}

/// One value of `--as`.
#[derive(Clone, Debug)]
pub(crate) enum Verifiers {
    One(&'static Verifier),
    All,
}

fn verifier(text: &str) -> Result<Verifiers, String> {
    if text == "all" {
        return Ok(Verifiers::All);
    }
    verifiers::by_name(text).map(Verifiers::One).ok_or_else(|| {
        let names: Vec<&str> = verifiers::ALL
            .iter()
            .map(|verifier| verifier.name)
            .collect();
        format!("known are {} and all", names.join(", "))
    })
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum PurposeChoice {
    Client,
    Server,
    Any,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ColorChoice {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    Human,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RulesFormat {
    Human,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum VerifyClientChoice {
    #[value(alias = "require")]
    On,
    Optional,
    OptionalNoCa,
}

impl From<VerifyClientChoice> for VerifyClient {
    fn from(choice: VerifyClientChoice) -> Self {
        match choice {
            VerifyClientChoice::On => Self::On,
            VerifyClientChoice::Optional => Self::Optional,
            VerifyClientChoice::OptionalNoCa => Self::OptionalNoCa,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum OpensslChoice {
    #[value(name = "1.1.1")]
    V1_1_1,
    #[value(name = "3.0")]
    V3_0,
    #[value(name = "3.2")]
    V3_2,
    #[value(name = "3.5")]
    V3_5,
    #[value(name = "4.0")]
    V4_0,
}

impl From<OpensslChoice> for OpensslRelease {
    fn from(choice: OpensslChoice) -> Self {
        match choice {
            OpensslChoice::V1_1_1 => Self::V1_1_1,
            OpensslChoice::V3_0 => Self::V3_0,
            OpensslChoice::V3_2 => Self::V3_2,
            OpensslChoice::V3_5 => Self::V3_5,
            OpensslChoice::V4_0 => Self::V4_0,
        }
    }
}
