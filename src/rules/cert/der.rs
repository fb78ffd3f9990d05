//! Encodings that are BER and not DER (X.690 §10, §11): one rule for each kind of departure.

use crate::analysis::{Analysis, CertificateId};
use crate::cert::conformance::Kind;
use crate::cert::hex;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &DER_INDEFINITE_LENGTH,
    &DER_NON_MINIMAL_LENGTH,
    &DER_NON_MINIMAL_TAG,
    &DER_NON_MINIMAL_INTEGER,
    &DER_BOOLEAN_NOT_CANONICAL,
    &DER_DEFAULT_VALUE_ENCODED,
    &DER_NAMED_BITS_TRAILING_ZEROS,
    &DER_BIT_STRING_PADDING_NOT_ZERO,
    &DER_SET_OF_NOT_SORTED,
    &DER_CONSTRUCTED_STRING,
    &DER_OID_NOT_CANONICAL,
];

/// What to do about every one of them.
const HELP: &str =
    "issue the certificate again with software that writes DER; the signature covers these octets";

/// How many octets of an element are shown.
const SHOWN: usize = 12;

/// Reports the elements of one kind, all of a certificate in one finding.
fn report(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
    kind: Kind,
    expected: &str,
) {
    let all = analysis.entry(id).irregularities.iter();
    let mut of_kind = all.filter(|one| one.kind == kind);
    let Some(first) = of_kind.next() else { return };
    let certificate = analysis.certificate(id);
    let field = certificate.field_at(first.range.start);
    let finding = findings.at(analysis.place_within(id, field, first.range.clone()));
    finding.message(format!(
        "{} of `{}` has {}",
        field.path(),
        certificate.label(),
        kind.describe()
    ));
    let octets = &certificate.der[first.range.clone()];
    let shown = &octets[..octets.len().min(SHOWN)];
    let rest = if shown.len() < octets.len() {
        ":…"
    } else {
        ""
    };
    finding.evidence(format!(
        "byte {} of the certificate: {}{rest}; expected {expected}",
        first.range.start,
        hex(shown)
    ));
    let mut more = 0;
    for other in of_kind {
        more += 1;
        if more <= 4 {
            let field = certificate.field_at(other.range.start);
            finding.related(analysis.place_within(id, field, other.range.clone()));
        }
    }
    if more > 0 {
        finding.evidence(format!("the same {more} more times in this certificate"));
    }
    finding.help(HELP);
}

static DER_INDEFINITE_LENGTH: Rule = Rule {
    name: "der-indefinite-length",
    severity: Severity::Error,
    citation: "X.690 §10.1",
    summary: "A length has the indefinite form, which is BER.",
    explanation: "OpenSSL reads it; Envoy, Go and rustls reject where it stands in something that they look at. \
        The signature was made over these octets, so converting the file does not help: issue the certificate again.",
    check: Check::Certificate(der_indefinite_length),
};

fn der_indefinite_length(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let expected = "the definite form";
    report(analysis, id, findings, Kind::IndefiniteLength, expected);
}

static DER_NON_MINIMAL_LENGTH: Rule = Rule {
    name: "der-non-minimal-length",
    severity: Severity::Error,
    citation: "X.690 §10.1",
    summary: "A length takes more octets than it needs.",
    explanation: "OpenSSL, Java and GnuTLS read it; Envoy, Go and rustls reject where it stands in something that they look at. \
        Issue the certificate again.",
    check: Check::Certificate(der_non_minimal_length),
};

fn der_non_minimal_length(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let expected = "the shortest form";
    report(analysis, id, findings, Kind::NonMinimalLength, expected);
}

static DER_NON_MINIMAL_TAG: Rule = Rule {
    name: "der-non-minimal-tag",
    severity: Severity::Error,
    citation: "X.690 §8.1.2.4",
    summary: "A tag number takes more octets than it needs.",
    explanation: "Tag numbers below 31 fit into one octet, and larger ones have no leading zeros. \
        OpenSSL reads other forms; Envoy and Go reject where one stands in something that they look at. Issue the certificate again.",
    check: Check::Certificate(der_non_minimal_tag),
};

fn der_non_minimal_tag(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let expected = "the shortest form";
    report(analysis, id, findings, Kind::NonMinimalTag, expected);
}

static DER_NON_MINIMAL_INTEGER: Rule = Rule {
    name: "der-non-minimal-integer",
    severity: Severity::Error,
    citation: "X.690 §8.3.2",
    summary: "An INTEGER is empty, or begins with a superfluous octet.",
    explanation: "OpenSSL (`illegal padding`), Envoy and Go do not read such a certificate: nginx does not start with such a CA, and a handshake with such a client ends. \
        Often a serial number was padded to a fixed width. Issue the certificate again.",
    check: Check::Certificate(der_non_minimal_integer),
};

fn der_non_minimal_integer(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let expected = "no redundant 00 or ff in front";
    report(analysis, id, findings, Kind::NonMinimalInteger, expected);
}

static DER_BOOLEAN_NOT_CANONICAL: Rule = Rule {
    name: "der-boolean-not-canonical",
    severity: Severity::Error,
    citation: "X.690 §11.1",
    summary: "A BOOLEAN is neither 00 nor FF.",
    explanation: "OpenSSL and Envoy take every octet but 00 for TRUE. Go does not read the certificate, so ingress-nginx refuses a Secret with such a CA, \
        and rustls rejects one that a client sends. Issue it again.",
    check: Check::Certificate(der_boolean_not_canonical),
};

fn der_boolean_not_canonical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let expected = "01:01:ff for TRUE";
    report(analysis, id, findings, Kind::Boolean, expected);
}

static DER_DEFAULT_VALUE_ENCODED: Rule = Rule {
    name: "der-default-value-encoded",
    severity: Severity::Warning,
    citation: "X.690 §11.5; RFC 5280 §4.1",
    summary: "A component is encoded though it has its default value.",
    explanation: "DER leaves out `critical FALSE`, `cA FALSE`, `minimum 0` and version 1. \
        The servers measured read them all the same; strict linters and some readers refuse them. \
        Leave the component out when the certificate is issued again.",
    check: Check::Certificate(der_default_value_encoded),
};

fn der_default_value_encoded(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let expected = "nothing here";
    report(analysis, id, findings, Kind::DefaultValue, expected);
}

static DER_NAMED_BITS_TRAILING_ZEROS: Rule = Rule {
    name: "der-named-bits-trailing-zeros",
    severity: Severity::Warning,
    citation: "X.690 §11.2.2; RFC 5280 §4.2.1.3, §4.2.1.13",
    summary: "A named bit list, such as keyUsage, ends in zero bits.",
    explanation: "DER cuts the list after its last one bit. The servers measured read it all the same; strict linters and some readers refuse it. \
        Issue the certificate again with software that writes DER.",
    check: Check::Certificate(der_named_bits_trailing_zeros),
};

fn der_named_bits_trailing_zeros(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let expected = "an end after the last one bit";
    report(analysis, id, findings, Kind::TrailingZeroBits, expected);
}

static DER_BIT_STRING_PADDING_NOT_ZERO: Rule = Rule {
    name: "der-bit-string-padding-not-zero",
    severity: Severity::Error,
    citation: "X.690 §8.6.2, §11.2.1",
    summary: "The unused bits of a BIT STRING are not zero, or their number is not 0 to 7.",
    explanation: "Envoy and Go reject it; OpenSSL passes over the bits, but not over a number above 7. Issue the certificate again.",
    check: Check::Certificate(der_bit_string_padding_not_zero),
};

fn der_bit_string_padding_not_zero(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
) {
    let expected = "0 to 7 unused bits, all zero";
    report(analysis, id, findings, Kind::BitStringPadding, expected);
}

static DER_SET_OF_NOT_SORTED: Rule = Rule {
    name: "der-set-of-not-sorted",
    severity: Severity::Warning,
    citation: "X.690 §11.6",
    summary: "The attributes of a multi-valued RDN are not in DER's order.",
    explanation: "DER sorts the elements of a SET OF by their octets. Verifiers that compare names by octets (Go, GnuTLS, rustls) tell it apart from \
        the same name in the right order, so a certificate issued by other software may not find its issuer. \
        Issue the certificate again, or avoid multi-valued RDNs.",
    check: Check::Certificate(der_set_of_not_sorted),
};

fn der_set_of_not_sorted(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let expected = "its elements in ascending order";
    report(analysis, id, findings, Kind::UnsortedSet, expected);
}

static DER_CONSTRUCTED_STRING: Rule = Rule {
    name: "der-constructed-string",
    severity: Severity::Error,
    citation: "X.690 §10.2",
    summary: "A string is put together from parts, which is BER.",
    explanation: "OpenSSL reads it; Envoy and Go reject where it stands in something that they look at. Issue the certificate again.",
    check: Check::Certificate(der_constructed_string),
};

fn der_constructed_string(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let expected = "the primitive form";
    report(analysis, id, findings, Kind::ConstructedString, expected);
}

static DER_OID_NOT_CANONICAL: Rule = Rule {
    name: "der-oid-not-canonical",
    severity: Severity::Error,
    citation: "X.690 §8.19.2",
    summary: "An OBJECT IDENTIFIER has leading zeros, or is cut off.",
    explanation: "OpenSSL (`invalid object encoding`), Envoy and Go do not read such a certificate, or take it for none that may be used: nginx does not start with such a CA. \
        Issue it again.",
    check: Check::Certificate(der_oid_not_canonical),
};

fn der_oid_not_canonical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let expected = "numbers without leading 80, all whole";
    report(analysis, id, findings, Kind::ObjectIdentifier, expected);
}
