//! stub
use crate::analysis::OpensslRelease;
use crate::cert::der::Reader;
#[derive(Clone, Debug, Default)]
pub(in crate::verifiers) struct Loaded {
    pub certificates: Vec<LoadedCertificate>,
    pub crls: Vec<Vec<u8>>,
}
#[derive(Clone, Debug)]
pub(in crate::verifiers) struct LoadedCertificate {
    pub der: Vec<u8>,
    pub trust: Option<Trust>,
}
#[derive(Clone, Debug)]
pub(in crate::verifiers) struct Trust {
    pub trusted: Option<Vec<Vec<u8>>>,
    pub rejected: Vec<Vec<u8>>,
}
#[derive(Clone, Debug)]
pub(in crate::verifiers) struct LoadError {
    pub text: String,
}
impl LoadError {
    pub(in crate::verifiers) fn after(mut self, what: &str) -> Self {
        self.text.insert_str(0, what);
        self
    }
}
pub(in crate::verifiers) fn cert_crl_file(
    bytes: &[u8],
    _r: OpensslRelease,
) -> Result<Loaded, LoadError> {
    let mut l = Loaded::default();
    for p in pem::parse_many(bytes).unwrap_or_default() {
        let der = Reader::new(p.contents())
            .read()
            .map(|t| t.raw().to_vec())
            .unwrap_or_default();
        if p.tag().ends_with("CERTIFICATE") {
            l.certificates.push(LoadedCertificate { der, trust: None });
        } else if p.tag() == "X509 CRL" {
            l.crls.push(der);
        }
    }
    if l.certificates.is_empty() && l.crls.is_empty() {
        return Err(LoadError {
            text: "no certificate or crl found".to_owned(),
        });
    }
    Ok(l)
}
pub(in crate::verifiers) fn verify_ca_file(
    b: &[u8],
    r: OpensslRelease,
) -> Result<Loaded, LoadError> {
    cert_crl_file(b, r)
}
pub(in crate::verifiers) fn x509_aux_file(
    b: &[u8],
    r: OpensslRelease,
) -> Result<Loaded, LoadError> {
    cert_crl_file(b, r)
}
pub(in crate::verifiers) fn crl_file(b: &[u8], r: OpensslRelease) -> Result<Loaded, LoadError> {
    cert_crl_file(b, r)
}
pub(in crate::verifiers) fn client_ca_file(_b: &[u8], _r: OpensslRelease) -> Result<(), LoadError> {
    Ok(())
}
