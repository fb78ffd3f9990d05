//! The checks of single elements.

use super::*;

fn element(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut element = vec![tag, u8::try_from(value.len()).unwrap()];
    element.extend(value);
    element
}

fn checked(
    check: fn(&Tlv<'_>) -> Result<(), Refusal>,
    tag: u8,
    value: &[u8],
) -> Result<(), Refusal> {
    let der = element(tag, value);
    check(&Reader::new(&der).read().unwrap())
}

#[test]
fn integers_have_no_padding() {
    assert_eq!(checked(integer, tag::INTEGER, &[0, 0x80]), Ok(()));
    assert_eq!(checked(integer, tag::INTEGER, &[0]), Ok(()));
    assert_eq!(
        checked(integer, tag::INTEGER, &[0, 1]),
        Err(ILLEGAL_PADDING)
    );
    assert_eq!(
        checked(integer, tag::INTEGER, &[0xff, 0xff]),
        Err(ILLEGAL_PADDING)
    );
    assert_eq!(checked(integer, tag::INTEGER, &[]), Err(ZERO_CONTENT));
}

#[test]
fn object_identifiers_end_and_are_minimal() {
    assert_eq!(checked(object, tag::OID, &[0x2a, 0x86, 0x48]), Ok(()));
    assert_eq!(checked(object, tag::OID, &[0x2a, 0x86]), Err(BAD_OBJECT));
    assert_eq!(checked(object, tag::OID, &[0x2a, 0x80, 1]), Err(BAD_OBJECT));
    assert_eq!(checked(object, tag::OID, &[]), Err(BAD_OBJECT));
}

#[test]
fn the_outermost_header_comes_first() {
    assert_eq!(top(&[0x30]), Err(Refusal::HeaderTooLong));
    assert_eq!(top(&[0x04, 0x05, 0]), Err(Refusal::TooLong));
    assert_eq!(top(&[0x04, 0x01, 0]), Err(Refusal::WrongTag));
}

#[test]
fn indefinite_lengths_must_end() {
    assert!(is_ber(&[0x30, 0x80, 0x02, 1, 1, 0, 0]));
    assert!(is_ber(&[0x30, 7, 0x30, 0x80, 0x02, 1, 1, 0, 0]));
    assert!(!is_ber(&[0x30, 0x80, 0x02, 1, 1]));
    assert!(!is_ber(&[0x30, 4, 0x30, 0x80, 0x02, 1, 1, 0, 0]));
    assert!(!is_ber(&[0x30, 0x80, 0x02, 0x80, 0, 0]));
}

#[test]
fn trust_settings_are_read() {
    let purpose = element(tag::OID, &[0x2b, 6, 1]);
    let rest = element(tag::SEQUENCE, &element(0xa0, &purpose));
    let expected = Trust {
        trusted: None,
        rejected: vec![vec![0x2b, 6, 1]],
    };
    assert_eq!(aux(&rest), Ok(expected));
    assert_eq!(
        aux(&element(tag::SEQUENCE, &element(tag::INTEGER, &[1]))),
        Err(LENGTH_MISMATCH)
    );
    assert_eq!(aux(&[0, 0]), Err(Refusal::WrongTag));
}
