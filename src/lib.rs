//! `chainlint` checks CA bundles and client certificates, and says why mutual TLS fails.
