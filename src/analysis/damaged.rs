//! Certificates that could not be read as a whole.

use super::Entry;
use crate::cert::{Field, Unreadable};

/// A block that holds a certificate that could not be read, with what could be read of it.
#[derive(Debug)]
pub struct Damaged<'a> {
    /// The parts that decode; the others are empty.
    pub entry: Entry<'a>,
    /// What does not decode, in the order of the DER; never empty.
    pub defects: Vec<Unreadable>,
}

impl Damaged<'_> {
    /// Whether the field that a dotted path leads to is there and decodes.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        let certificate = &self.entry.certificate;
        let extensions = Field::Extensions.path();
        let within = |field: &str| {
            let rest = path.strip_prefix(field);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        if within(&extensions) {
            let mut present = certificate.extensions.iter();
            return present.any(|one| within(&Field::Extension(one.oid).path()));
        }
        // A field that is absent stands for the whole.
        let is_there =
            |field: &&Field<'_>| certificate.range(**field).len() < certificate.der.len();
        let mut fields = Field::ALL.iter().filter(is_there);
        fields.any(|field| within(&field.path()))
            && !self
                .defects
                .iter()
                .any(|defect| within(defect.field) && !defect.is_frame())
    }
}
