//! The trace of a reject: every candidate with its reason, and what depends on the order.

use crate::generator::key::Key;
use crate::generator::pki::{Builder, Chain, same};
use crate::{assert_reject, bare, check, root};

#[test]
fn every_candidate_has_its_reason() {
    let chain = Chain::new(same, |issuing| issuing.not_after("2026-01-01"), same);
    let subject = "CN=Test Issuing CA,O=Example";
    let other = Builder::intermediate(subject, Key::p256("another"), &chain.root).build();
    let report = check(&[&other, &chain.root], &[&chain.leaf, &chain.issuing]);
    assert_reject(
        &report,
        "validity-expired",
        &chain.issuing,
        "validity.notAfter",
    );
    let steps: Vec<(usize, &str, String)> = report.verdicts[0]
        .trace
        .iter()
        .map(|step| (step.certificate, step.outcome, step.reasons.join("; ")))
        .collect();
    let reason = |id: usize| {
        let step = steps.iter().find(|step| step.0 == id);
        &step.unwrap_or_else(|| panic!("{id} is not in {steps:?}")).2
    };
    // In the order of reading: the other CA, the root, the client, its CA.
    assert!(reason(0).contains("key"), "{steps:?}");
    assert!(reason(3).contains("expired"), "{steps:?}");
    assert!(steps.iter().any(|step| step.0 == 2) && steps.iter().any(|step| step.0 == 1));
}

#[test]
fn the_order_of_two_cas_that_fit_alike_is_noted() {
    let above = root("CN=Root CA,O=Example", "root");
    let subject = "CN=Rekeyed CA,O=Example";
    let ca = |key| bare(Builder::intermediate(subject, Key::p256(key), &above)).build();
    let (wrong, right) = (ca("wrong"), ca("right"));
    // Expired, so that there is a reject with its trace.
    let client = Builder::leaf("CN=client,O=Example", Key::p256("client"), &right);
    let client = bare(client.not_after("2026-11-01")).build();
    let report = check(&[&wrong, &right, &above], &[&client]);
    assert_reject(&report, "validity-expired", &client, "validity.notAfter");
    let notes: Vec<_> = report.verdicts[0]
        .trace
        .iter()
        .filter_map(|step| step.note.as_ref())
        .collect();
    assert_eq!(notes.len(), 1);
    assert!(
        notes[0].contains("only their order differs"),
        "{}",
        notes[0]
    );
}
