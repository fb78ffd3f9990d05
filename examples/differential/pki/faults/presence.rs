//! Which certificates there are, in which order, and how long a chain may be.

use super::Fault;
use crate::generator::extension as ext;
use crate::pki::plan::Plan;

pub(super) const FAULTS: &[Fault] = &[
    (50, missing_intermediate),
    (25, missing_root),
    (20, only_one),
    (20, shuffled),
    (12, sent_shuffled),
    (15, duplicates),
    (20, strays),
    (12, leaf_in_bundle),
    (12, self_signed_leaf),
    (15, all_sent),
    (12, nothing_sent),
    (30, shallow),
    (8, another_leaf),
];

fn drop_all(plan: &mut Plan, index: usize) {
    plan.bundle.retain(|each| *each != index);
    plan.sent.retain(|each| *each != index);
    if plan.bundle.is_empty() {
        // A server needs some CA.
        let stray = plan.add_root("CN=Stray Root CA,O=Example");
        plan.bundle.push(stray);
    }
}

fn missing_intermediate(plan: &mut Plan) -> Option<String> {
    let index = plan.any_intermediate()?;
    drop_all(plan, index);
    Some(format!("missing: {}", plan.place(index)))
}

fn missing_root(plan: &mut Plan) -> Option<String> {
    let root = plan.root();
    if plan.random.chance(40) {
        plan.bundle.retain(|each| *each != root);
        if plan.bundle.is_empty() {
            let stray = plan.add_root("CN=Stray Root CA,O=Example");
            plan.bundle.push(stray);
        }
        Some("missing in the bundle: root".to_owned())
    } else {
        drop_all(plan, root);
        Some("missing: root".to_owned())
    }
}

fn only_one(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    plan.bundle = vec![index];
    Some(format!("all the server has: {}", plan.place(index)))
}

fn shuffled(plan: &mut Plan) -> Option<String> {
    let Plan { random, bundle, .. } = plan;
    random.shuffle(bundle);
    Some("bundle shuffled".to_owned())
}

fn sent_shuffled(plan: &mut Plan) -> Option<String> {
    let Plan { random, sent, .. } = plan;
    (sent.len() > 1).then(|| {
        random.shuffle(sent);
        "sent in another order".to_owned()
    })
}

fn duplicates(plan: &mut Plan) -> Option<String> {
    let index = plan.any_of_chain();
    plan.insert_anywhere(index);
    Some(format!("once more: {}", plan.place(index)))
}

fn strays(plan: &mut Plan) -> Option<String> {
    let root = plan.add_root("CN=Other Root CA,O=Other");
    let ca = plan.add_intermediate("CN=Other CA,O=Other", root);
    let leaf = plan.add_leaf("CN=other client,O=Other", ca);
    let count = 1 + plan.random.below(3);
    let strays = [root, ca, leaf];
    for _ in 0..count {
        let stray = *plan.random.pick(&strays);
        plan.insert_anywhere(stray);
    }
    Some(format!("{count} strays"))
}

fn leaf_in_bundle(plan: &mut Plan) -> Option<String> {
    let leaf = plan.leaf();
    let at = plan.random.below(plan.bundle.len() + 1);
    plan.bundle.insert(at, leaf);
    Some("the client's certificate in the bundle".to_owned())
}

fn self_signed_leaf(plan: &mut Plan) -> Option<String> {
    let leaf = plan.leaf();
    plan.change(leaf, |mut builder| {
        builder.issuer.clone_from(&builder.subject);
        builder.issuer_key = builder.key.clone();
        builder.without(ext::AUTHORITY_KEY_IDENTIFIER)
    });
    let mut what = "self-signed client".to_owned();
    if plan.random.chance(50) {
        plan.insert_anywhere(leaf);
        what += ", given";
    }
    if plan.random.chance(20) {
        plan.change(leaf, |builder| {
            builder
                .with(ext::basic_constraints(true, None))
                .with(ext::key_usage(&[
                    ext::KEY_CERT_SIGN,
                    ext::DIGITAL_SIGNATURE,
                ]))
        });
        what += ", a CA";
    }
    Some(what)
}

fn all_sent(plan: &mut Plan) -> Option<String> {
    plan.sent = plan.chain[1..].to_vec();
    Some("all sent".to_owned())
}

fn nothing_sent(plan: &mut Plan) -> Option<String> {
    plan.sent.clear();
    Some("nothing sent".to_owned())
}

fn shallow(plan: &mut Plan) -> Option<String> {
    let most = plan.chain.len() - 1;
    let depth = plan.random.below(most);
    plan.depth = Some(u32::try_from(depth).expect("chains are short"));
    Some(format!("depth {depth}"))
}

/// A second client's certificate with the first one's name, beside it.
fn another_leaf(plan: &mut Plan) -> Option<String> {
    let leaf = plan.leaf();
    let copy = plan.add_copy(leaf);
    let key = plan.fresh_key();
    plan.change(copy, |builder| builder.key(key));
    plan.insert_anywhere(copy);
    Some("another certificate of the client's name".to_owned())
}
