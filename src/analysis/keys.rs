//! What is worked out once for each distinct key.

use crate::hashing::HashMap;

use super::{Analysis, CertificateId};
use crate::crypto::RsaWeakness;

impl Analysis<'_> {
    /// What gives the modulus of a certificate's RSA key away; none for other keys, and where nothing does.
    #[must_use]
    pub fn rsa_weakness(&self, id: CertificateId) -> Option<&RsaWeakness> {
        if !self.certificate(id).key.is_rsa() {
            return None;
        }
        let known = self.rsa_weaknesses.get_or_init(|| {
            let mut of_modulus = HashMap::default();
            let mut of_certificate = HashMap::default();
            for id in (0..self.certificates.len() + self.damaged.len()).map(CertificateId) {
                let Some(modulus) = self.certificate(id).key.rsa_modulus() else {
                    continue;
                };
                let weakness = of_modulus
                    .entry(modulus)
                    .or_insert_with(|| RsaWeakness::of(modulus));
                if weakness.is_any() {
                    of_certificate.insert(id, *weakness);
                }
            }
            of_certificate
        });
        known.get(&id)
    }
}
