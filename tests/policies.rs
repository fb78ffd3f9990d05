//! Policy processing by RFC 5280 §6.1 and RFC 9618 on paths made for it. Paths are written from below the trust anchor
//! downwards, as people draw them.

#[path = "../fixtures/generator/mod.rs"]
mod generator;

use std::time::{Duration, Instant};

use chainlint::cert::Certificate;
use chainlint::cert::oid::{self, Oid};
use chainlint::path::policy::{Evaluation, Failure, Ignored, Inputs, evaluate};
use generator::extension as ext;
use generator::key::Key;
use generator::pki::{self, Builder, same};
use generator::policy::{
    ANY_POLICY, CERTIFICATE_POLICIES, GOLD, SILVER, constraints, inhibit_any, mappings, policies,
};

// 2.999.1 and 2.999.2 as they are encoded.
const GOLD_OID: Oid<'static> = Oid(&[0x88, 0x37, 1]);
const SILVER_OID: Oid<'static> = Oid(&[0x88, 0x37, 2]);

/// A CA, with what is in it about policies.
type Part = Box<dyn Fn(Builder) -> Builder>;

fn part(change: impl Fn(Builder) -> Builder + 'static) -> Part {
    Box::new(change)
}

/// A CA or a client certificate with these policies and nothing else.
fn with(list: &[&str]) -> Part {
    let extension = policies(list);
    part(move |builder| builder.with(extension.clone()))
}

/// The certificates of a path, end-entity first; those that are in `self_issued` have their issuer's name.
fn build(parts: &[Part], self_issued: &[usize]) -> Vec<pki::Certificate> {
    let mut issuer = Builder::root("CN=Root,O=Example", Key::p256("Root")).build();
    let mut path = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let key = Key::p256(&format!("policy {index}"));
        let subject = format!("CN={index},O=Example");
        let mut builder = if index + 1 == parts.len() {
            Builder::leaf(&subject, key, &issuer)
        } else {
            Builder::intermediate(&subject, key, &issuer).with(ext::basic_constraints(true, None))
        };
        if self_issued.contains(&index) {
            builder = builder.subject(issuer.subject.clone());
        }
        issuer = part(builder).build();
        path.insert(0, issuer.clone());
    }
    path
}

/// Evaluates and hands the result to `check`, which may borrow from the certificates.
fn evaluated(
    parts: &[Part],
    self_issued: &[usize],
    inputs: &Inputs<'static>,
    check: impl FnOnce(Evaluation<'_>),
) {
    let built = build(parts, self_issued);
    let read: Vec<Certificate> = built
        .iter()
        .map(|each| Certificate::parse(&each.der).expect("the generator writes certificates"))
        .collect();
    let path: Vec<&Certificate> = read.iter().collect();
    check(evaluate(&path, inputs));
}

fn is_valid(parts: &[Part]) -> bool {
    is_valid_for(parts, &[], &Inputs::default())
}

fn is_valid_for(parts: &[Part], self_issued: &[usize], inputs: &Inputs<'static>) -> bool {
    let mut valid = None;
    evaluated(parts, self_issued, inputs, |evaluation| {
        valid = Some(evaluation.is_valid());
    });
    valid.expect("the check ran")
}

fn explicit() -> Inputs<'static> {
    Inputs {
        explicit: true,
        ..Inputs::default()
    }
}

fn accepting(policy: Oid<'static>) -> Inputs<'static> {
    Inputs {
        user_initial_policy_set: Some(vec![policy]),
        ..explicit()
    }
}

/// A CA for gold that requires a policy at once, or after some certificates.
fn requiring(skip: u8) -> Part {
    part(move |builder| {
        builder
            .with(policies(&[GOLD]))
            .with(constraints(Some(skip), None))
    })
}

fn mapping(pairs: &'static [(&'static str, &'static str)], list: &'static [&'static str]) -> Part {
    part(move |builder| builder.with(policies(list)).with(mappings(pairs)))
}

#[test]
fn an_empty_path_is_valid() {
    assert!(evaluate(&[], &Inputs::default()).is_valid());
    assert!(evaluate(&[], &explicit()).is_valid());
}

#[test]
fn paths_without_policies_are_valid_unless_one_is_required() {
    assert!(is_valid(&[part(same), part(same)]));
    assert!(!is_valid_for(&[part(same), part(same)], &[], &explicit()));
    assert!(is_valid(&[with(&[GOLD]), part(same)]));
}

#[test]
fn every_certificate_must_assert_the_policy() {
    for (parts, valid) in [
        (vec![with(&[GOLD]), with(&[GOLD])], true),
        (vec![with(&[GOLD]), with(&[SILVER])], false),
        (vec![with(&[GOLD]), part(same), with(&[GOLD])], false),
        (vec![with(&[ANY_POLICY]), with(&[SILVER])], true),
        (vec![with(&[GOLD]), with(&[ANY_POLICY])], true),
        (vec![with(&[GOLD, SILVER]), with(&[SILVER])], true),
    ] {
        assert_eq!(is_valid_for(&parts, &[], &explicit()), valid);
    }
}

#[test]
fn an_intermediate_can_require_a_policy() {
    evaluated(
        &[requiring(0), part(same)],
        &[],
        &Inputs::default(),
        |evaluation| {
            let expected = Failure::NoPolicy {
                certificate: 0,
                required_by: Some(1),
                expected: [GOLD_OID].into(),
            };
            assert_eq!(evaluation.failure, Some(expected));
        },
    );
    assert!(is_valid(&[requiring(0), with(&[GOLD])]));
    // The certificate at fault is the one without a policy, not the one at which that is noticed.
    evaluated(
        &[requiring(2), part(same), with(&[GOLD]), with(&[GOLD])],
        &[],
        &Inputs::default(),
        |evaluation| {
            let failure = evaluation.failure.expect("a policy is required");
            assert!(
                matches!(
                    failure,
                    Failure::NoPolicy {
                        certificate: 2,
                        required_by: Some(3),
                        ..
                    }
                ),
                "{failure:?}"
            );
        },
    );
}

#[test]
fn the_count_of_require_explicit_policy() {
    // With `skip` certificates between, and the one in the wrap-up (§6.1.5(a)).
    assert!(!is_valid(&[requiring(1), part(same)]));
    assert!(is_valid(&[requiring(2), part(same)]));
    assert!(!is_valid(&[requiring(2), part(same), part(same)]));
    assert!(is_valid(&[requiring(3), part(same), part(same)]));
    // A later certificate can only make it less.
    let more = part(|builder| builder.with(constraints(Some(9), None)));
    assert!(!is_valid(&[requiring(1), more, part(same)]));
}

#[test]
fn the_end_entity_can_require_a_policy_of_its_own_path() {
    let asks = |skip| part(move |builder| builder.with(constraints(Some(skip), None)));
    assert!(!is_valid(&[part(same), asks(0)]));
    assert!(is_valid(&[part(same), asks(1)]));
}

#[test]
fn self_issued_certificates_do_not_count() {
    let path = [requiring(2), part(same), part(same)];
    assert!(!is_valid(&path));
    assert!(is_valid_for(&path, &[1], &Inputs::default()));
    // But they need policies like any other.
    let path = [requiring(0), part(same), with(&[GOLD])];
    assert!(!is_valid_for(&path, &[1], &Inputs::default()));
}

#[test]
fn policies_are_mapped() {
    let maps = || mapping(&[(GOLD, SILVER)], &[GOLD]);
    assert!(is_valid_for(&[maps(), with(&[SILVER])], &[], &explicit()));
    assert!(!is_valid_for(&[maps(), with(&[GOLD])], &[], &explicit()));
    // The verifier asks for policies by the names that the trust anchor knows.
    let path = [maps(), with(&[SILVER])];
    assert!(is_valid_for(&path, &[], &accepting(GOLD_OID)));
    assert!(!is_valid_for(&path, &[], &accepting(SILVER_OID)));
    evaluated(&path, &[], &explicit(), |evaluation| {
        assert_eq!(evaluation.policies, [GOLD_OID].into());
    });
    // One policy to two.
    let both = || mapping(&[(GOLD, "2.999.3"), (GOLD, SILVER)], &[GOLD]);
    assert!(is_valid_for(&[both(), with(&[SILVER])], &[], &explicit()));
    // Two to one: both names are valid at the end.
    let merges = mapping(&[(GOLD, "2.999.3"), (SILVER, "2.999.3")], &[GOLD, SILVER]);
    evaluated(
        &[merges, with(&["2.999.3"])],
        &[],
        &explicit(),
        |evaluation| {
            assert_eq!(evaluation.policies, [GOLD_OID, SILVER_OID].into());
        },
    );
    // anyPolicy stands for the policy that is mapped, and what it is mapped to is then that policy alone.
    let any = mapping(&[(GOLD, SILVER)], &[ANY_POLICY]);
    evaluated(&[any, with(&[SILVER])], &[], &explicit(), |evaluation| {
        assert_eq!(evaluation.policies, [GOLD_OID].into());
    });
}

#[test]
fn mapping_to_or_from_any_policy_is_invalid() {
    for maps in [
        mapping(&[(GOLD, ANY_POLICY)], &[GOLD]),
        mapping(&[(ANY_POLICY, GOLD)], &[ANY_POLICY]),
    ] {
        evaluated(
            &[maps, with(&[GOLD])],
            &[],
            &Inputs::default(),
            |evaluation| {
                let failure = Failure::MapsAnyPolicy { certificate: 1 };
                assert_eq!(evaluation.failure, Some(failure));
            },
        );
    }
}

#[test]
fn mapping_can_be_inhibited() {
    let upper = |skip| {
        part(move |builder| {
            builder
                .with(policies(&[GOLD]))
                .with(constraints(None, Some(skip)))
        })
    };
    let path = |skip| {
        [
            upper(skip),
            mapping(&[(GOLD, SILVER)], &[GOLD]),
            with(&[SILVER]),
        ]
    };
    assert!(is_valid_for(&path(1), &[], &explicit()));
    evaluated(&path(0), &[], &explicit(), |evaluation| {
        assert!(!evaluation.is_valid());
        let ignored = Ignored {
            certificate: 1,
            inhibited_by: Some(2),
        };
        assert_eq!(evaluation.mappings_ignored, [ignored]);
        let failure = evaluation.failure.expect("the policy is lost");
        assert!(
            matches!(
                failure,
                Failure::NoPolicy {
                    certificate: 1,
                    required_by: None,
                    ..
                }
            ),
            "{failure:?}"
        );
    });
    // By the verifier, from the start; what is not mapped stays.
    let inhibited = Inputs {
        mapping_inhibited: true,
        ..explicit()
    };
    let path = [mapping(&[(GOLD, SILVER)], &[GOLD, SILVER]), with(&[SILVER])];
    evaluated(&path, &[], &inhibited, |evaluation| {
        assert_eq!(evaluation.policies, [SILVER_OID].into());
        assert_eq!(evaluation.mappings_ignored[0].inhibited_by, None);
    });
}

#[test]
fn any_policy_can_be_inhibited() {
    let upper = || part(|builder| builder.with(policies(&[GOLD])).with(inhibit_any(0)));
    assert!(is_valid_for(&[upper(), with(&[GOLD])], &[], &explicit()));
    evaluated(
        &[upper(), with(&[ANY_POLICY])],
        &[],
        &explicit(),
        |evaluation| {
            assert!(!evaluation.is_valid());
            let ignored = Ignored {
                certificate: 0,
                inhibited_by: Some(1),
            };
            assert_eq!(evaluation.any_policy_ignored, [ignored]);
        },
    );
    // A self-issued CA certificate may assert it all the same (§6.1.3(d)(2)(b)), an end-entity's may not.
    let path = [upper(), with(&[ANY_POLICY]), with(&[GOLD])];
    assert!(!is_valid_for(&path, &[], &explicit()));
    assert!(is_valid_for(&path, &[1], &explicit()));
    let path = [upper(), with(&[ANY_POLICY])];
    assert!(!is_valid_for(&path, &[1], &explicit()));
    // By the verifier, from the start.
    let inhibited = Inputs {
        any_policy_inhibited: true,
        ..explicit()
    };
    let path = [with(&[ANY_POLICY]), with(&[GOLD])];
    assert!(!is_valid_for(&path, &[], &inhibited));
}

#[test]
fn any_policy_at_the_end_is_every_policy() {
    let path = [with(&[ANY_POLICY]), with(&[ANY_POLICY])];
    evaluated(&path, &[], &explicit(), |evaluation| {
        assert_eq!(evaluation.policies, [oid::ANY_POLICY].into());
    });
    evaluated(&path, &[], &accepting(GOLD_OID), |evaluation| {
        assert_eq!(evaluation.policies, [GOLD_OID].into());
    });
}

#[test]
fn the_verifier_accepts_some_policies_only() {
    let path = [with(&[GOLD]), with(&[GOLD])];
    assert!(is_valid_for(&path, &[], &accepting(GOLD_OID)));
    evaluated(&path, &[], &accepting(SILVER_OID), |evaluation| {
        let expected = Failure::NoPolicy {
            certificate: 0,
            required_by: None,
            expected: [SILVER_OID].into(),
        };
        assert_eq!(evaluation.failure, Some(expected));
        assert!(evaluation.policies.is_empty());
    });
    // Without the demand for an explicit policy it is valid for none, and that is no fault.
    let lenient = Inputs {
        explicit: false,
        ..accepting(SILVER_OID)
    };
    assert!(is_valid_for(&path, &[], &lenient));
}

#[test]
fn extensions_that_cannot_be_read_make_the_path_invalid() {
    let broken = part(|builder| {
        builder.with(ext::Extension::new(
            CERTIFICATE_POLICIES,
            false,
            vec![0x30, 0],
        ))
    });
    evaluated(
        &[broken, part(same)],
        &[],
        &Inputs::default(),
        |evaluation| {
            let failure = Failure::Malformed {
                certificate: 1,
                extension: oid::CERTIFICATE_POLICIES,
            };
            assert_eq!(evaluation.failure, Some(failure));
        },
    );
}

#[test]
fn crossed_mappings_cost_no_more_than_they_hold() {
    const CROSSED: &[(&str, &str)] = &[
        (GOLD, GOLD),
        (GOLD, SILVER),
        (SILVER, GOLD),
        (SILVER, SILVER),
    ];
    let mut parts: Vec<Part> = (0..29).map(|_| mapping(CROSSED, &[GOLD, SILVER])).collect();
    parts.push(with(&[GOLD, SILVER]));
    let built = build(&parts, &[]);
    let read: Vec<Certificate> = built
        .iter()
        .map(|each| Certificate::parse(&each.der).expect("the generator writes certificates"))
        .collect();
    let path: Vec<&Certificate> = read.iter().collect();
    let start = Instant::now();
    let evaluation = evaluate(&path, &explicit());
    assert!(start.elapsed() < Duration::from_secs(1));
    assert!(evaluation.is_valid() && evaluation.grows());
    // The root, and 2 to the power of the depth at each depth.
    assert_eq!(evaluation.tree_nodes, (1 << 31) - 1);
}

#[test]
fn many_policies_are_no_growth() {
    let names: Vec<String> = (1..=60).map(|arc| format!("2.999.{arc}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let parts: Vec<Part> = (0..4).map(|_| with(&names)).collect();
    evaluated(&parts, &[], &explicit(), |evaluation| {
        assert!(evaluation.is_valid() && !evaluation.grows());
        assert_eq!(evaluation.tree_nodes, 241);
    });
}
