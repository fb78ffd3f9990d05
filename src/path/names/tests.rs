//! Certificates that are made of nothing but names and constraints.

use super::*;
use crate::cert::oid::Oid;

/// One element with a definite length.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a test is small");
    let mut der = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => der.push(short),
        _ => {
            der.push(0x84);
            der.extend(length.to_be_bytes());
        }
    }
    der.extend(content);
    der
}

fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// A name with one attribute in each RDN.
fn name(attributes: &[(Oid<'_>, &str)]) -> Vec<u8> {
    let rdns: Vec<_> = attributes
        .iter()
        .map(|(oid, text)| {
            let pair = sequence(&[element(6, oid.0), element(0x0c, text.as_bytes())]);
            element(0x31, &pair)
        })
        .collect();
    sequence(&rdns)
}

fn extension(oid: Oid<'_>, value: &[u8]) -> Vec<u8> {
    sequence(&[element(6, oid.0), element(1, &[0xff]), element(4, value)])
}

/// A certificate with these names; nothing else in it makes sense.
fn certificate(subject: &[u8], extensions: &[Vec<u8>]) -> Vec<u8> {
    let algorithm = sequence(&[element(6, &[0x2a, 3])]);
    let time = element(0x17, b"260101000000Z");
    let key = sequence(&[algorithm.clone(), element(3, &[0])]);
    let tbs = sequence(&[
        element(0xa0, &element(2, &[2])),
        element(2, &[1]),
        algorithm.clone(),
        name(&[]),
        sequence(&[time.clone(), time]),
        subject.to_vec(),
        key,
        element(0xa3, &sequence(extensions)),
    ]);
    sequence(&[tbs, algorithm, element(3, &[0])])
}

fn with_names(subject: &[(Oid<'_>, &str)], names: &[Vec<u8>]) -> Vec<u8> {
    let san = extension(oid::SUBJECT_ALT_NAME, &sequence(names));
    certificate(&name(subject), &[san])
}

/// A CA with these subtrees, each the content of a `GeneralSubtree`.
fn with_constraints(permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> Vec<u8> {
    let list = |tag, list: &[Vec<u8>]| {
        if list.is_empty() {
            return Vec::new();
        }
        let subtrees: Vec<u8> = list.iter().flat_map(|base| element(0x30, base)).collect();
        element(tag, &subtrees)
    };
    let value = sequence(&[list(0xa0, permitted), list(0xa1, excluded)]);
    certificate(&name(&[]), &[extension(oid::NAME_CONSTRAINTS, &value)])
}

fn judge(ca: &[u8], leaf: &[u8]) -> Result<(), NameProblem> {
    let ca = Certificate::parse(ca).expect("the CA can be read");
    let leaf = Certificate::parse(leaf).expect("the leaf can be read");
    assert!(ca.values.malformed.is_empty(), "{:?}", ca.values.malformed);
    let constraints = ca.values.name_constraints.expect("it has constraints");
    violation(&constraints, &leaf, &mut 1000)
}

fn dns(text: &str) -> Vec<u8> {
    element(0x82, text.as_bytes())
}

fn email(text: &str) -> Vec<u8> {
    element(0x81, text.as_bytes())
}

fn uri_of(text: &str) -> Vec<u8> {
    element(0x86, text.as_bytes())
}

fn address(octets: &[u8]) -> Vec<u8> {
    element(0x87, octets)
}

fn directory_of(attributes: &[(Oid<'_>, &str)]) -> Vec<u8> {
    element(0xa4, &name(attributes))
}

fn other(kind: &[u8], value: &[u8]) -> Vec<u8> {
    let parts = [element(6, kind), element(0xa0, value)];
    element(0xa0, &parts.concat())
}

#[test]
fn dns_names_are_permitted_or_excluded() {
    let ca = with_constraints(&[dns("example.com")], &[dns("bad.example.com")]);
    assert_eq!(
        judge(&ca, &with_names(&[], &[dns("a.example.com")])),
        Ok(())
    );
    // Forms without a constraint are free.
    assert_eq!(judge(&ca, &with_names(&[], &[email("a@b")])), Ok(()));
    let outside = judge(
        &ca,
        &with_names(&[], &[dns("a.example.com"), dns("b.test")]),
    );
    assert!(matches!(outside, Err(NameProblem::NotPermitted { .. })));
    let text = outside.expect_err("it is outside").to_string();
    assert_eq!(text, "dNSName `b.test` is outside of dNSName `example.com`");
    for excluded in ["x.BAD.example.com", "*.example.com"] {
        let problem = judge(&ca, &with_names(&[], &[dns(excluded)]));
        assert!(matches!(problem, Err(NameProblem::Excluded { .. })));
    }
    for malformed in ["", "a..example.com", "a.example.com,b.example.com"] {
        let problem = judge(&ca, &with_names(&[], &[dns(malformed)]));
        assert!(matches!(problem, Err(NameProblem::MalformedName { .. })));
    }
    let ca = with_constraints(&[], &[dns("")]);
    assert!(judge(&ca, &with_names(&[], &[dns("a.test")])).is_err());
}

#[test]
fn a_problem_says_where_the_name_and_the_constraint_stand() {
    let ca = with_constraints(&[dns("example.com")], &[]);
    let leaf = with_names(&[], &[dns("a.test")]);
    let problem = judge(&ca, &leaf).expect_err("it is outside");
    let name = problem.name().expect("it is about a name");
    assert_eq!(leaf[name.range.clone()], dns("a.test"));
    assert_eq!(name.field, Field::Extension(oid::SUBJECT_ALT_NAME));
    let constraint = problem.constraint().expect("it is about a constraint");
    assert_eq!(
        ca[constraint.range.clone()],
        sequence(&[dns("example.com")])
    );
}

#[test]
fn mailboxes_stand_in_names_and_in_the_subject() {
    let ca = with_constraints(&[email("example.com")], &[]);
    let bob: &[(Oid<'_>, &str)] = &[(oid::EMAIL_ADDRESS, "bob@test")];
    assert_eq!(
        judge(&ca, &with_names(&[], &[email("a@example.com")])),
        Ok(())
    );
    assert!(judge(&ca, &with_names(&[], &[email("a@b@example.com")])).is_err());
    let problem = judge(&ca, &with_names(bob, &[dns("a.test")])).expect_err("bob is outside");
    assert_eq!(problem.name().map(|name| name.field), Some(Field::Subject));
    // With an rfc822Name, that one counts.
    assert_eq!(
        judge(&ca, &with_names(bob, &[email("a@example.com")])),
        Ok(())
    );

    let mailbox = |text: &str| {
        let value = element(0x0c, text.as_bytes());
        with_names(&[], &[other(oid::SMTP_UTF8_MAILBOX.0, &value)])
    };
    assert_eq!(judge(&ca, &mailbox("bärbel@example.com")), Ok(()));
    assert!(judge(&ca, &mailbox("bärbel@test")).is_err());

    let ca = with_constraints(&[email("invalid@invalid@example.com")], &[]);
    let problem = judge(&ca, &with_names(&[], &[email("a@example.com")]));
    assert!(matches!(
        problem,
        Err(NameProblem::MalformedConstraint { .. })
    ));
}

#[test]
fn directory_names_are_prefixes() {
    let base = [(oid::COUNTRY, "de"), (oid::ORGANIZATION, "Lab")];
    let inside = [
        (oid::COUNTRY, "DE"),
        (oid::ORGANIZATION, "lab "),
        (oid::COMMON_NAME, "a"),
    ];
    let ca = with_constraints(&[directory_of(&base)], &[]);
    assert_eq!(judge(&ca, &with_names(&inside, &[])), Ok(()));
    // No subject, no name to judge.
    assert_eq!(judge(&ca, &with_names(&[], &[dns("a.test")])), Ok(()));
    assert!(judge(&ca, &with_names(&inside[1..], &[])).is_err());
    // The subject counts even where a directoryName is inside, and the other way round.
    assert!(judge(&ca, &with_names(&inside[1..], &[directory_of(&inside)])).is_err());
    assert!(judge(&ca, &with_names(&inside, &[directory_of(&inside[1..])])).is_err());
    let ca = with_constraints(&[], &[directory_of(&[])]);
    assert!(judge(&ca, &with_names(&inside, &[])).is_err());
}

#[test]
fn uris_are_judged_by_their_host() {
    let ca = with_constraints(&[uri_of("example.com")], &[]);
    let leaf = |uri| with_names(&[], &[uri_of(uri)]);
    assert_eq!(judge(&ca, &leaf("spiffe://Example.com/a")), Ok(()));
    assert!(judge(&ca, &leaf("spiffe://a.example.com/a")).is_err());
    assert!(judge(&ca, &leaf("urn:uuid:1")).is_err());
    let ca = with_constraints(&[], &[uri_of(".example.com")]);
    assert_eq!(judge(&ca, &leaf("https://example.com")), Ok(()));
    assert!(judge(&ca, &leaf("https://a.example.com")).is_err());
    assert!(judge(&ca, &leaf("https://192.0.2.1/")).is_err());
}

#[test]
fn addresses_stand_in_networks() {
    let network = address(&[192, 0, 2, 0, 255, 255, 255, 0]);
    let ca = with_constraints(&[network], &[]);
    let leaf = |octets: &[u8]| with_names(&[], &[address(octets)]);
    assert_eq!(judge(&ca, &leaf(&[192, 0, 2, 7])), Ok(()));
    assert!(judge(&ca, &leaf(&[192, 0, 3, 7])).is_err());
    assert!(judge(&ca, &leaf(&[0; 16])).is_err());
    assert!(judge(&ca, &leaf(&[192, 0, 2, 0, 255, 255, 255, 0])).is_err());
    let ca = with_constraints(&[address(&[127, 0, 0, 1])], &[]);
    assert!(judge(&ca, &leaf(&[127, 0, 0, 1])).is_err());
    assert_eq!(judge(&ca, &with_names(&[], &[dns("a.test")])), Ok(()));
}

#[test]
fn what_cannot_be_judged_is_refused_where_it_is_there() {
    let value = element(0x0c, b"x");
    let ca = with_constraints(&[], &[other(&[0x2a, 3], &value)]);
    let same = with_names(&[], &[other(&[0x2a, 3], &value)]);
    let another = with_names(&[], &[other(&[0x2a, 4], &value)]);
    let problem = judge(&ca, &same);
    assert!(matches!(problem, Err(NameProblem::NotProcessed { .. })));
    assert_eq!(judge(&ca, &another), Ok(()));
    assert_eq!(judge(&ca, &with_names(&[], &[dns("a.test")])), Ok(()));

    let bounded = [dns("example.com"), element(0x80, &[1])].concat();
    let ca = with_constraints(&[bounded], &[]);
    let problem = judge(&ca, &with_names(&[], &[dns("a.example.com")]));
    assert!(matches!(problem, Err(NameProblem::NotProcessed { .. })));

    // A tag that no GeneralName has: the names cannot be told.
    let ca = with_constraints(&[dns("example.com")], &[]);
    let problem = judge(&ca, &with_names(&[], &[element(0x89, b"a.example.com")]));
    assert!(matches!(problem, Err(NameProblem::MalformedName { .. })));
}

#[test]
fn the_budget_bounds_the_work() {
    let many: Vec<_> = (0..2048)
        .map(|number| dns(&format!("x{number}.test")))
        .collect();
    let ca = with_constraints(&many, &many);
    let names: Vec<_> = (0..2048)
        .map(|number| dns(&format!("t{number}.test")))
        .collect();
    let leaf = with_names(&[], &names);
    let ca = Certificate::parse(&ca).expect("the CA can be read");
    let leaf = Certificate::parse(&leaf).expect("the leaf can be read");
    let constraints = ca.values.name_constraints.expect("it has constraints");
    let mut budget = 5000;
    let problem = violation(&constraints, &leaf, &mut budget);
    assert_eq!(problem, Err(NameProblem::BudgetExhausted));
    assert_eq!(budget, 0);
}

#[test]
fn constraints_decode_or_are_malformed() {
    let read = |value: &[u8]| {
        let ca = certificate(&name(&[]), &[extension(oid::NAME_CONSTRAINTS, value)]);
        let ca = Certificate::parse(&ca).expect("the CA can be read");
        let lists = ca.values.name_constraints.as_ref().map(|constraints| {
            (
                constraints.permitted.as_ref().map(Vec::len),
                constraints.excluded.as_ref().map(Vec::len),
            )
        });
        (lists, ca.values.malformed.len())
    };
    assert_eq!(read(&sequence(&[])), (Some((None, None)), 0));
    let empty = sequence(&[element(0xa0, &[]), element(0xa1, &[])]);
    assert_eq!(read(&empty), (Some((Some(0), Some(0))), 0));
    for value in [
        element(4, &[]),
        sequence(&[element(0xa2, &[])]),
        sequence(&[element(0xa0, &element(4, &[]))]),
        sequence(&[element(0xa0, &element(0x30, &[]))]),
        sequence(&[element(0xa0, &element(0x30, &element(0x89, &[])))]),
        sequence(&[element(
            0xa0,
            &element(0x30, &[dns("a"), dns("b")].concat()),
        )]),
    ] {
        assert_eq!(read(&value), (None, 1), "{value:02x?}");
    }
}

#[test]
fn only_alternative_names_identify() {
    use crate::path::identity::{PeerName, identify};

    let value = element(0x0c, "bärbel@example.com".as_bytes());
    let names = [
        address(&[192, 0, 2, 1]),
        other(oid::SMTP_UTF8_MAILBOX.0, &value),
        email("Bob@example.com"),
        dns("192.0.2.2"),
        uri_of("spiffe://example.com/a"),
    ];
    let leaf = with_names(&[(oid::COMMON_NAME, "a.example.com")], &names);
    let leaf = Certificate::parse(&leaf).expect("the leaf can be read");
    let is = |text: &str| identify(&leaf, &text.parse::<PeerName>().expect("a peer name"));
    for text in [
        "192.0.2.1",
        "bärbel@Example.com",
        "Bob@EXAMPLE.com",
        "spiffe://example.com/a",
    ] {
        assert_eq!(is(text), Ok(()), "{text}");
    }
    for text in ["192.0.2.2", "::ffff:192.0.2.1", "bob@example.com", "b.test"] {
        assert!(is(text).is_err(), "{text}");
    }
    let problem = is("a.example.com").expect_err("the commonName does not count");
    assert!(problem.in_common_name);
    assert_eq!((problem.names.len(), problem.more), (4, 1));

    let leaf = with_names(&[], &[dns("a.test"), element(0x89, b"x")]);
    let leaf = Certificate::parse(&leaf).expect("the leaf can be read");
    let problem = identify(&leaf, &PeerName::Dns("a.test".into()));
    assert!(problem.expect_err("it is malformed").malformed);
}

#[test]
fn what_is_wider_than_above_is_found() {
    let above = with_constraints(&[dns("example.com"), email("example.com")], &[]);
    let lower = [
        dns("a.example.com"),
        dns("test"),
        uri_of("test"),
        email("a@example.com"),
    ];
    let own = with_constraints(&lower, &[]);
    let above = Certificate::parse(&above).expect("the CA can be read");
    let own = Certificate::parse(&own).expect("the CA can be read");
    let above = above.values.name_constraints.expect("it has constraints");
    let own = own.values.name_constraints.expect("it has constraints");
    let wider = widened(&above, &own, &mut 100);
    let texts: Vec<_> = wider
        .iter()
        .map(|subtree| describe(&subtree.base))
        .collect();
    assert_eq!(texts, ["dNSName `test`"]);
    assert!(widened(&above, &own, &mut 1).is_empty());
}
