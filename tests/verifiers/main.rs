//! Every verdict against what the real server did on the same files: `fixtures/scenarios`.
//!
//! One module a verifier; each names the server's entry in the scenarios and the settings that it ran with.

mod causes;
mod envoy;
mod gnutls;
mod go;
mod haproxy;
mod httpd;
mod ingress_nginx;
mod ingress_secret;
mod java;
mod nginx;
mod openssl;
mod rustls;
mod scenarios;
mod unreadable;
