//! Files of certificates and CRLs, as the servers built on OpenSSL load them.
//!
//! - [`cert_crl_file`]: `X509_load_cert_crl_file` (`crypto/x509/by_file.c`) over `PEM_X509_INFO_read_bio`
//!   (`crypto/pem/pem_info.c`), behind `SSL_CTX_load_verify_locations` and `X509_LOOKUP_load_file`.
//! - [`verify_ca_file`]: `setup_verify` (`apps/lib/apps.c`), which from 3.2 on tries DER as well.
//! - [`client_ca_file`]: `SSL_load_client_CA_file` (`ssl/ssl_cert.c`).
//! - [`x509_aux_file`], [`crl_file`]: `ngx_ssl_cache_ca_create` and `ngx_ssl_cache_crl_create` of nginx
//!   (`src/event/ngx_event_openssl_cache.c`, since 1.27.2).
//!
//! Not modelled: blocks that are encrypted (they fail here, as they do without the pass phrase), private
//! keys beyond their outermost header, and the errors between the innermost and the outermost one where
//! DER is wrong deep inside.

use super::parse::{self, Refusal, Trust};
use super::pem::{PemBlock, PemError, Reader};
use super::raised::{Caller, LoadError, Raised};
use crate::analysis::OpensslRelease;

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::verifiers) struct Loaded {
    pub certificates: Vec<LoadedCertificate>,
    /// Each CRL's DER, without what follows it.
    pub crls: Vec<Vec<u8>>,
    /// CRLs that do not go to the store, but are handed to each verification.
    pub given_crls: Vec<Vec<u8>>,
}

/// A certificate of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::verifiers) struct LoadedCertificate {
    /// The certificate alone, without what follows it.
    pub der: Vec<u8>,
    /// The trust settings of a `TRUSTED CERTIFICATE`.
    pub trust: Option<Trust>,
}

/// `X509_load_cert_crl_file` for PEM: one bad block refuses the file.
pub(in crate::verifiers) fn cert_crl_file(
    bytes: &[u8],
    release: OpensslRelease,
) -> Result<Loaded, LoadError> {
    let mut reader = Reader::new(bytes, release);
    let mut loaded = Loaded::default();
    loop {
        let block = match reader.next_block() {
            Ok(Some(block)) => block,
            Ok(None) => break,
            Err(error) => return Err(in_lookup(of_pem(error), release)),
        };
        if let Err(raised) = add_info(&block, release, &mut loaded) {
            return Err(in_lookup(raised, release));
        }
    }
    if loaded.certificates.is_empty() && loaded.crls.is_empty() {
        return Err(LoadError::new(&[Raised::NothingFound], release));
    }
    Ok(loaded)
}

/// `openssl verify -CAfile`.
pub(in crate::verifiers) fn verify_ca_file(
    bytes: &[u8],
    release: OpensslRelease,
) -> Result<Loaded, LoadError> {
    let as_pem = cert_crl_file(bytes, release);
    if as_pem.is_ok() || release < OpensslRelease::V3_2 {
        return as_pem;
    }
    // The errors of the first attempt are dropped.
    match parse::certificate(bytes, release) {
        Ok(length) => Ok(Loaded {
            certificates: vec![LoadedCertificate {
                der: bytes[..length].to_vec(),
                trust: None,
            }],
            ..Loaded::default()
        }),
        Err(refusal) => {
            let mut raised = of_der(refusal, "X509");
            raised.push(Raised::NoCertificateFound);
            Err(LoadError::new(&raised, release))
        }
    }
}

/// `SSL_load_client_CA_file`: whether one certificate can be read before the first error.
pub(in crate::verifiers) fn client_ca_file(
    bytes: &[u8],
    release: OpensslRelease,
) -> Result<(), LoadError> {
    let mut reader = Reader::new(bytes, release);
    let block = labelled(&mut reader, &CERTIFICATE, release)?;
    match parse::certificate(&block.der, release) {
        Ok(_) => Ok(()),
        Err(refusal) => Err(in_asn1_read(refusal, "X509", release)),
    }
}

/// `ngx_ssl_cache_ca_create`: the errors as nginx shows them behind
/// `cannot load certificate "…": PEM_read_bio_X509_AUX() failed`.
pub(in crate::verifiers) fn x509_aux_file(
    bytes: &[u8],
    release: OpensslRelease,
) -> Result<Loaded, LoadError> {
    let mut reader = Reader::new(bytes, release);
    let mut loaded = Loaded::default();
    loop {
        let block = match labelled(&mut reader, &TRUSTED_CERTIFICATE, release) {
            Ok(block) => block,
            Err(error) if error.is_end_of_file && !loaded.certificates.is_empty() => break,
            Err(error) => return Err(error),
        };
        let (length, trust) = parse::certificate_aux(&block.der, release)
            .map_err(|(refusal, in_aux)| in_asn1_read(refusal, item(in_aux), release))?;
        loaded.certificates.push(LoadedCertificate {
            der: block.der[..length].to_vec(),
            trust,
        });
    }
    Ok(loaded)
}

/// `ngx_ssl_cache_crl_create`: the errors as nginx shows them behind
/// `cannot load CRL "…": PEM_read_bio_X509_CRL() failed`.
pub(in crate::verifiers) fn crl_file(
    bytes: &[u8],
    release: OpensslRelease,
) -> Result<Loaded, LoadError> {
    let mut reader = Reader::new(bytes, release);
    let mut loaded = Loaded::default();
    loop {
        let block = match labelled(&mut reader, &X509_CRL, release) {
            Ok(block) => block,
            Err(error) if error.is_end_of_file && !loaded.crls.is_empty() => break,
            Err(error) => return Err(error),
        };
        let length = parse::crl(&block.der, release)
            .map_err(|refusal| in_asn1_read(refusal, "X509_CRL", release))?;
        loaded.crls.push(block.der[..length].to_vec());
    }
    Ok(loaded)
}

/// A label that is asked for, and the labels that `check_pem` takes for it.
struct Label {
    expecting: &'static str,
    accepted: &'static [&'static [u8]],
}

const CERTIFICATE: Label = Label {
    expecting: "CERTIFICATE",
    accepted: &[b"CERTIFICATE", b"X509 CERTIFICATE"],
};
const TRUSTED_CERTIFICATE: Label = Label {
    expecting: "TRUSTED CERTIFICATE",
    accepted: &[b"TRUSTED CERTIFICATE", b"CERTIFICATE", b"X509 CERTIFICATE"],
};
const X509_CRL: Label = Label {
    expecting: "X509 CRL",
    accepted: &[b"X509 CRL"],
};

/// `PEM_bytes_read_bio`: the next block of this label; others are skipped, if they can be read.
fn labelled(
    reader: &mut Reader<'_>,
    label: &Label,
    release: OpensslRelease,
) -> Result<PemBlock, LoadError> {
    loop {
        let block = match reader.next_block() {
            Ok(Some(block)) => block,
            Ok(None) => {
                let raised = [Raised::NoStartLine(label.expecting)];
                let mut error = LoadError::new(&raised, release);
                error.is_end_of_file = true;
                return Err(error);
            }
            Err(error) => return Err(LoadError::new(&of_pem(error), release)),
        };
        if label.accepted.contains(&&block.name[..]) {
            unencrypted(&block).map_err(|raised| LoadError::new(&raised, release))?;
            return Ok(block);
        }
    }
}

/// One turn of `PEM_X509_INFO_read_bio`.
fn add_info(
    block: &PemBlock,
    release: OpensslRelease,
    loaded: &mut Loaded,
) -> Result<(), Vec<Raised>> {
    let in_info = |refusal, item| {
        let mut raised = of_der(refusal, item);
        raised.push(Raised::Asn1Lib(Caller::InfoRead));
        raised
    };
    match &block.name[..] {
        b"CERTIFICATE" | b"X509 CERTIFICATE" => {
            unencrypted(block)?;
            let length = parse::certificate(&block.der, release)
                .map_err(|refusal| in_info(refusal, "X509"))?;
            loaded.certificates.push(LoadedCertificate {
                der: block.der[..length].to_vec(),
                trust: None,
            });
        }
        b"TRUSTED CERTIFICATE" => {
            unencrypted(block)?;
            let (length, trust) = parse::certificate_aux(&block.der, release)
                .map_err(|(refusal, in_aux)| in_info(refusal, item(in_aux)))?;
            loaded.certificates.push(LoadedCertificate {
                der: block.der[..length].to_vec(),
                trust,
            });
        }
        b"X509 CRL" => {
            unencrypted(block)?;
            let length =
                parse::crl(&block.der, release).map_err(|refusal| in_info(refusal, "X509_CRL"))?;
            loaded.crls.push(block.der[..length].to_vec());
        }
        name if is_private_key(name, release) => {
            // A header of more than ten octets is taken for that of an encrypted key, which is kept as it is.
            let raw = name == b"ENCRYPTED PRIVATE KEY" || block.header.len() > 10;
            if raw {
                cipher_info(&block.header)?;
            } else {
                unencrypted(block)?;
                parse::private_key(&block.der)
                    .map_err(|refusal| in_info(refusal, "PKCS8_PRIV_KEY_INFO"))?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// 1.1.1 knows three labels of keys; the others take every label with the words in it.
fn is_private_key(name: &[u8], release: OpensslRelease) -> bool {
    const WORDS: &[u8] = b"PRIVATE KEY";
    if release == OpensslRelease::V1_1_1 {
        matches!(
            name,
            b"RSA PRIVATE KEY" | b"DSA PRIVATE KEY" | b"EC PRIVATE KEY"
        )
    } else {
        name.windows(WORDS.len()).any(|words| words == WORDS)
    }
}

/// `PEM_get_EVP_CIPHER_INFO`, then `PEM_do_header`, which has no pass phrase.
fn unencrypted(block: &PemBlock) -> Result<(), Vec<Raised>> {
    if cipher_info(&block.header)? {
        return Err(vec![Raised::Pem("bad decrypt")]);
    }
    Ok(())
}

/// `PEM_get_EVP_CIPHER_INFO`: whether the header says that the block is encrypted. The cipher's name and
/// vector are not looked at.
fn cipher_info(header: &[u8]) -> Result<bool, Vec<Raised>> {
    let blank = |octet: &u8| matches!(octet, b' ' | b'\t');
    let skip = |text: &[u8]| {
        let blanks = text.iter().take_while(|octet| blank(octet)).count();
        text[blanks..].to_vec()
    };
    if header.is_empty() || header[0] == b'\n' {
        return Ok(false);
    }
    let Some(rest) = header.strip_prefix(b"Proc-Type:") else {
        return Err(vec![Raised::Pem("not proc type")]);
    };
    let rest = skip(rest);
    let Some(rest) = rest.strip_prefix(b"4,") else {
        return Err(Vec::new());
    };
    let rest = skip(rest);
    let Some(rest) = rest.strip_prefix(b"ENCRYPTED") else {
        return Err(vec![Raised::Pem("not encrypted")]);
    };
    // Trailing blanks are gone: the reader strips them.
    let Some(rest) = rest.strip_prefix(b"\n") else {
        return Err(vec![Raised::Pem("not encrypted")]);
    };
    if !rest.starts_with(b"DEK-Info:") {
        return Err(vec![Raised::Pem("not dek info")]);
    }
    Ok(true)
}

fn item(in_aux: bool) -> &'static str {
    if in_aux { "X509_CERT_AUX" } else { "X509" }
}

fn of_pem(error: PemError) -> Vec<Raised> {
    error.reason.map(Raised::Pem).into_iter().collect()
}

fn of_der(refusal: Refusal, item: &'static str) -> Vec<Raised> {
    vec![Raised::Der(refusal), Raised::Nested(item)]
}

/// An error under `PEM_ASN1_read_bio`.
fn in_asn1_read(refusal: Refusal, item: &'static str, release: OpensslRelease) -> LoadError {
    let mut raised = of_der(refusal, item);
    raised.push(Raised::Asn1Lib(Caller::Asn1Read));
    LoadError::new(&raised, release)
}

/// An error under `X509_load_cert_crl_file`.
fn in_lookup(mut raised: Vec<Raised>, release: OpensslRelease) -> LoadError {
    raised.push(Raised::PemLib);
    LoadError::new(&raised, release)
}

#[cfg(test)]
mod tests;
