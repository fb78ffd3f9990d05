//! Dates.

use super::Fault;
use crate::generator::der;
use crate::pki::plan::{Plan, time};

pub(super) const FAULTS: &[Fault] = &[
    (60, expired),
    (30, not_yet_valid),
    (8, to_the_second),
    (8, odd_form),
    (6, no_date),
];

const HOUR: i64 = 3_600;

fn expired(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let ago = [HOUR, 24 * HOUR, 4_000 * HOUR][plan.random.below(3)];
    let end = time(plan.when.at - ago);
    plan.certificates[index].builder.not_after = end;
    Some(format!("expired: {}", plan.place(index)))
}

fn not_yet_valid(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let start = time(plan.when.at + 24 * HOUR);
    plan.certificates[index].builder.not_before = start;
    Some(format!("not yet valid: {}", plan.place(index)))
}

fn to_the_second(plan: &mut Plan) -> Option<String> {
    if !plan.when.exact {
        return None;
    }
    let index = plan.any_of_chain();
    let offset = [-1, 0, 1][plan.random.below(3)];
    let moment = time(plan.when.at + offset);
    let is_start = plan.random.chance(50);
    let builder = &mut plan.certificates[index].builder;
    let field = if is_start {
        builder.not_before = moment;
        "notBefore"
    } else {
        builder.not_after = moment;
        "notAfter"
    };
    Some(format!("{field} at {offset:+} s: {}", plan.place(index)))
}

/// The same moments, in a form that RFC 5280 does not allow for them.
fn odd_form(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let form = plan.random.below(4);
    let builder = &mut plan.certificates[index].builder;
    match form {
        0 => builder.not_before = der::generalized_time("20240101000000Z"),
        1 => builder.not_after = der::generalized_time("20490101000000Z"),
        2 => builder.not_after = der::generalized_time("99991231235959Z"),
        _ => builder.not_before = der::utc_time("500101000000Z"),
    }
    Some(format!("odd form {form} of a date: {}", plan.place(index)))
}

fn no_date(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    let text = *plan.random.pick(&[
        "2601010000Z",
        "270101000000+0100",
        "279901000000Z",
        "270230000000Z",
        "2701010000000",
        "",
    ]);
    let is_start = plan.random.chance(40);
    let builder = &mut plan.certificates[index].builder;
    if is_start {
        builder.not_before = der::utc_time(text);
    } else {
        builder.not_after = der::utc_time(text);
    }
    Some(format!("date {text:?}: {}", plan.place(index)))
}
