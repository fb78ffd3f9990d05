//! The certificates of all sources, taken out of their blocks.

use std::ops::Range;

use super::{CertificateId, CertificateRole, Damaged, Entry, Input, InputId};
use crate::cert::extension::GeneralName;
use crate::cert::{Certificate, Unreadable, conformance};
use crate::crypto::Sha256;
use crate::hashing::HashMap;
use crate::input::{Block, BlockKind};

/// What was read; the fields are those of [`super::Analysis`].
#[derive(Default)]
pub(super) struct Read<'a> {
    pub(super) certificates: Vec<Entry<'a>>,
    pub(super) damaged: Vec<Damaged<'a>>,
    pub(super) unreadable: Vec<(InputId, usize, Unreadable)>,
    pub(super) of_input: Vec<Range<usize>>,
    pub(super) firsts: HashMap<Sha256, CertificateId>,
}

impl<'a> Read<'a> {
    pub(super) fn of(inputs: &'a [Input]) -> Self {
        let blocks = inputs.iter().map(|input| input.contents.blocks.len()).sum();
        let mut read = Self {
            certificates: Vec::with_capacity(blocks),
            ..Self::default()
        };
        read.firsts.reserve(blocks);
        for (index, input) in inputs.iter().enumerate() {
            let start = read.certificates.len();
            let blocks = input.contents.blocks.iter().enumerate();
            let of_certificates = blocks.filter(|(_, block)| {
                matches!(
                    block.kind,
                    BlockKind::Certificate | BlockKind::TrustedCertificate
                )
            });
            for (position, (block_index, block)) in of_certificates.enumerate() {
                read.add(InputId(index), block_index, block, position + 1);
            }
            read.of_input.push(start..read.certificates.len());
        }
        let readable = read.certificates.len();
        for (index, one) in read.damaged.iter_mut().enumerate() {
            one.entry.first = CertificateId(readable + index);
            if one.entry.certificate.says_ca() {
                one.entry.role = CertificateRole::Intermediate;
            }
        }
        read
    }

    fn add(&mut self, input: InputId, block_index: usize, block: &'a Block, position: usize) {
        let (certificate, defects) = match Certificate::parse_what_decodes(&block.der) {
            Ok(parsed) => parsed,
            Err(problem) => {
                self.unreadable.push((input, block_index, problem));
                return;
            }
        };
        let id = CertificateId(self.certificates.len());
        let sha256 = Sha256::of(certificate.der);
        let has_plain_alternative_names =
            alternative_names(&certificate).all(GeneralName::is_plain);
        let mut entry = Entry {
            irregularities: conformance::irregularities(&certificate),
            has_plain_names: has_plain_names(&certificate),
            has_plain_alternative_names,
            certificate,
            input,
            block: block_index,
            position,
            sha256,
            first: id,
            role: CertificateRole::EndEntity,
        };
        if let Some(problem) = defects.first() {
            self.unreadable.push((input, block_index, problem.clone()));
            // Of damaged base64 nobody can say what its octets were.
            if block.intact {
                self.damaged.push(Damaged { entry, defects });
            }
        } else {
            entry.first = *self.firsts.entry(sha256).or_insert(id);
            self.certificates.push(entry);
        }
    }
}

fn has_plain_names(certificate: &Certificate<'_>) -> bool {
    certificate.subject.is_plain()
        && certificate.issuer.is_plain()
        && !alternative_names(certificate).any(|name| name.kind == GeneralName::DIRECTORY_NAME)
}

fn alternative_names<'c, 'a>(
    certificate: &'c Certificate<'a>,
) -> impl Iterator<Item = &'c GeneralName<'a>> {
    let values = &certificate.values;
    values
        .subject_alt_names
        .iter()
        .chain(&values.issuer_alt_names)
}
