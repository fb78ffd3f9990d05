//! Writes a plan: signatures, then PEM.

use std::collections::BTreeMap;

use super::Case;
use super::plan::{Plan, Planned};
use crate::generator::der;
use crate::generator::key::{Key, Scheme};
use crate::generator::pki::block;
use crate::generator::rsa::PssHash;
use crate::generator::stored::Hash;

/// How this signer signs with this hash, where it can.
fn scheme(signer: &Key, hash: Option<Hash>, pss: bool) -> Scheme {
    let own = signer.scheme();
    match (&own, hash) {
        (Scheme::EcdsaSha256, Some(Hash::Sha1)) => Scheme::EcdsaSha1,
        (Scheme::Pkcs1(_), Some(hash)) => Scheme::Pkcs1(hash),
        (Scheme::EcdsaSha384, Some(Hash::Sha256)) => Scheme::EcdsaSha256,
        (Scheme::Pkcs1Sha256, _) if pss => Scheme::Pss(PssHash::Sha256),
        _ => own,
    }
}

fn certificate(planned: &Planned) -> Vec<u8> {
    let mut builder = planned.builder.clone();
    builder.scheme = Some(scheme(&builder.issuer_key, planned.hash, planned.pss));
    let issued = builder.build().der;
    if planned.signature_of_zero_length {
        let children = chainlint::cert::der::Reader::new(&issued)
            .read()
            .expect("what was built can be read")
            .children();
        let mut parts: Vec<Vec<u8>> = children
            .elements()
            .map(|element| element.raw().to_vec())
            .collect();
        parts[2] = der::bit_string(&[]);
        return der::sequence(&parts);
    }
    issued
}

impl Plan {
    /// The files.
    pub fn write(mut self, seed: u64, number: u64) -> Case {
        let mut written: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
        let leaf = self.leaf();
        for index in self.bundle.iter().chain(&self.sent).chain([&leaf]) {
            written
                .entry(*index)
                .or_insert_with(|| certificate(&self.certificates[*index]));
        }
        let mut bundle: Vec<String> = self
            .bundle
            .iter()
            .map(|index| match &self.certificates[*index].trust {
                Some(trust) => {
                    let both = [written[index].as_slice(), trust].concat();
                    block("TRUSTED CERTIFICATE", &both)
                }
                None => block("CERTIFICATE", &written[index]),
            })
            .collect();
        for list in &self.bundled_lists {
            let at = self.random.below(bundle.len() + 1);
            bundle.insert(at, list.clone().pem());
        }
        let mut bundle = bundle.concat().into_bytes();
        for accident in &self.accidents {
            bundle = accident(bundle);
        }
        let sent: String = self
            .sent
            .iter()
            .map(|index| block("CERTIFICATE", &written[index]))
            .collect();
        let crl = self.lists.map(|lists| {
            let text: String = lists
                .into_iter()
                .map(crate::generator::crl::Crl::pem)
                .collect();
            text.into_bytes()
        });
        let key = &self.certificates[leaf].builder.key;
        let key = key.has_secret().then(|| block("PRIVATE KEY", &key.pkcs8()));
        Case {
            seed,
            number,
            faults: self.faults,
            bundle,
            leaf: block("CERTIFICATE", &written[&leaf]).into_bytes(),
            sent: sent.into_bytes(),
            crl,
            key: key.unwrap_or_default().into_bytes(),
            depth: self.depth,
            level: self.level,
        }
    }
}
