//! What can be wrong with a PKI. One file a topic; each fault is a function that changes a plan and says what it did.

mod content;
mod dates;
mod extensions;
mod issuers;
mod keys;
mod lists;
mod names;
mod presence;
mod usage;

use super::plan::Plan;

/// A fault: how often it comes up, and what it does. It says nothing where it does not fit.
type Fault = (usize, fn(&mut Plan) -> Option<String>);

/// Changes a plan by none to five faults.
pub fn apply(plan: &mut Plan) {
    let faults: Vec<Fault> = [
        dates::FAULTS,
        usage::FAULTS,
        presence::FAULTS,
        issuers::FAULTS,
        names::FAULTS,
        keys::FAULTS,
        extensions::FAULTS,
        lists::FAULTS,
        content::FAULTS,
    ]
    .concat();
    let weights: Vec<usize> = faults.iter().map(|(weight, _)| *weight).collect();
    let wanted = plan.random.weighted(&[4, 40, 30, 16, 7, 3]);
    // Some do not fit: a chain may have no intermediate.
    for _ in 0..4 * wanted {
        if plan.faults.len() == wanted {
            break;
        }
        let chosen = plan.random.weighted(&weights);
        if let Some(description) = faults[chosen].1(plan) {
            plan.faults.push(description);
        }
    }
}
