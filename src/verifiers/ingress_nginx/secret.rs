//! ingress-nginx's own check of the Secret that holds the CAs, before nginx sees a file.
//!
//! Source: kubernetes/ingress-nginx v1.15.0 `internal/ingress/controller/store/backend_ssl.go`, `getPemCertificate`,
//! and `internal/net/ssl/ssl.go`, `CheckCACert`, `ConfigureCACert` and `ConfigureCRL`. Every PEM block of `ca.crt`,
//! whatever its label and headers, must be a certificate that Go can read; text that is no PEM block to Go is not seen.
//! What passes is written to the file for nginx as it is: nginx reads all of it, and not only what Go has read.

use crate::verifiers::go::x509::{self, GoError};
use crate::verifiers::go::{Release, pem};

/// What the check lets pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed<'b> {
    /// What is written to the file that nginx reads as `ssl_client_certificate`.
    pub file: &'b [u8],
    /// How many certificates Go has read; a repeated one counts each time.
    pub certificates: usize,
}

/// Why the check refuses the Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The error, in the words of `CheckCACert` or `ConfigureCRL`.
    ///
    /// The controller logs it behind `error obtaining X.509 certificate: unexpected error creating SSL Cert: `, and a
    /// CRL's error with the Secret's name where this tool cannot know it.
    pub text: GoError,
    /// How many certificates Go had read before; the next block is the one that it refuses.
    pub certificates: usize,
}

/// Checks a Secret that holds `ca.crt` and perhaps `ca.crl`, but no `tls.crt`.
///
/// # Errors
/// The Secret is refused; no file is written.
pub fn check<'b>(
    bundle: &'b [u8],
    crl: Option<&[u8]>,
    release: Release,
) -> Result<Passed<'b>, Refused> {
    let certificates = check_ca(bundle, release)?;
    if let Some(crl) = crl.filter(|crl| !crl.is_empty()) {
        check_crl(crl, release).map_err(|text| Refused { text, certificates })?;
    }
    Ok(Passed {
        file: bundle,
        certificates,
    })
}

/// `CheckCACert`: how many certificates there are, if every block is one.
fn check_ca(bundle: &[u8], release: Release) -> Result<usize, Refused> {
    let mut certificates = 0;
    for block in pem::blocks(bundle, release) {
        x509::parses(&block.der, release).map_err(|text| Refused { text, certificates })?;
        certificates += 1;
    }
    if certificates == 0 {
        let text = "error decoding CA certificate/s".into();
        return Err(Refused { text, certificates });
    }
    Ok(certificates)
}

/// `ConfigureCRL`: whether the first block is a CRL; what follows it is not looked at.
fn check_crl(crl: &[u8], release: Release) -> Result<(), GoError> {
    let Some((block, _)) = pem::decode(crl, release) else {
        return Err("no valid PEM formatted block found in CRL".into());
    };
    if block.label != b"X509 CRL" {
        return Err(
            "CRL file contains invalid data, and must be created only with PEM formatted certificates"
                .into(),
        );
    }
    x509::crl::parses(&block.der, release)
}
