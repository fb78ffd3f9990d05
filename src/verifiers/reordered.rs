//! What the verifiers would decide if certificates stood in another order.

use super::{Outcome, Verdict};
use crate::analysis::{Analysis, CertificateId, Client, Input, Settings};
use crate::source::{Role, Source};

/// A verdict that is another one in another order.
#[derive(Debug)]
pub(crate) struct Changed {
    /// The verdict in the order as given.
    pub(crate) given: Verdict,
    /// The verdict in the other order.
    pub(crate) other: Verdict,
}

/// The verdicts that change from accept to reject, or back, where a client's file and the bundle hold the same
/// certificates in another order. Both orders are written anew, so that nothing but the order differs.
pub(crate) fn compare(
    analysis: &Analysis<'_>,
    client: &Client,
    bundle: [&[CertificateId]; 2],
    sent: [&[CertificateId]; 2],
) -> Vec<Changed> {
    let settings = Settings {
        names: Vec::new(),
        explain: false,
        ..analysis.settings.clone()
    };
    let [given, other] = [0, 1].map(|order| {
        let inputs = inputs(analysis, bundle[order], sent[order]);
        super::verdicts(&Analysis::new(&inputs, &settings))
    });
    let decided = |verdict: &Verdict| match verdict.outcome {
        Outcome::Accept => Some(true),
        Outcome::Reject | Outcome::ConfigRefused => Some(false),
        Outcome::Unknown => None,
    };
    let pairs = given.into_iter().zip(other);
    pairs
        .filter(|(given, other)| {
            let both = decided(given).zip(decided(other));
            both.is_some_and(|(given, other)| given != other)
        })
        .map(|(given, other)| Changed {
            given: Verdict {
                client: client.index,
                ..given
            },
            other: Verdict {
                client: client.index,
                ..other
            },
        })
        .collect()
}

fn inputs(analysis: &Analysis<'_>, bundle: &[CertificateId], sent: &[CertificateId]) -> Vec<Input> {
    let write = |ids: &[CertificateId]| {
        let blocks = ids.iter().map(|id| {
            let block = analysis.block(*id);
            // With its label, and with the trust settings that may follow the certificate.
            pem::encode(&pem::Pem::new(block.label.clone(), block.der.clone()))
        });
        blocks.collect::<String>().into_bytes()
    };
    let mut inputs = vec![
        Input::read(Source::new("bundle", write(bundle)), Some(Role::Bundle)),
        Input::read(Source::new("client", write(sent)), Some(Role::Client)),
    ];
    for input in analysis.inputs_with(Role::Crl) {
        let bytes = analysis.source(input).bytes.clone();
        inputs.push(Input::read(Source::new("crl", bytes), Some(Role::Crl)));
    }
    inputs
}
