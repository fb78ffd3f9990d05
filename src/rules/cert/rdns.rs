//! How names are put together: their relative distinguished names and what those hold (RFC 5280 §4.1.2.4, X.501 §9.3).

use super::attribute_walk::{Found, called, find, report, show, visit_names};
use super::attributes::{is_string, is_text_attribute};
use super::general_names;
use crate::analysis::{Analysis, CertificateId};
use crate::cert::Field;
use crate::cert::extension::GeneralName;
use crate::cert::name::Attribute;
use crate::cert::oid;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &NAME_MALFORMED_RDN,
    &NAME_DUPLICATE_ATTRIBUTE_IN_RDN,
    &NAME_MULTI_VALUED_RDN,
    &NAME_MULTIPLE_COMMON_NAMES,
];

static NAME_MALFORMED_RDN: Rule = Rule {
    name: "name-malformed-rdn",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.4; X.501 §9.2",
    summary: "A name has an empty RDN, or an attribute that is not one type and one text.",
    explanation: "A name is a list of sets, each with one attribute at least, and an attribute is a type and a value, which is a string \
        where the type says so. Envoy does not read a certificate whose name has an empty set, and Go none whose attribute has no string \
        in it; strict parsers refuse the rest. Issue the certificate with software that encodes names as it should.",
    check: Check::Certificate(name_malformed_rdn),
};

/// Whether the attribute has more than a type and a value, or a value that is no string where its type wants one.
fn is_malformed(attribute: &Attribute<'_>) -> bool {
    let value_is_last = attribute.tlv.children().elements().count() == 2;
    !value_is_last || (!is_string(attribute) && is_text_attribute(attribute.oid))
}

fn name_malformed_rdn(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let mut empty: Option<(Field<'_>, usize)> = None;
    visit_names(analysis, id, |field, name| {
        let index = name.rdns.iter().position(Vec::is_empty);
        if empty.is_none() {
            empty = index.map(|index| (field, index + 1));
        }
    });
    let label = || analysis.certificate(id).label();
    if let Some((field, number)) = empty {
        findings
            .at(analysis.place(id, field))
            .message(format!(
                "{} of `{}` has an empty RDN",
                called(field),
                label()
            ))
            .evidence(format!(
                "RDN {number} is a SET with nothing in it; expected one attribute at least"
            ))
            .help("issue the certificate again without the empty SET in the name");
    }
    let found = find(analysis, id, is_malformed);
    let what = "an attribute that is not one type and one text";
    let detail = |attribute: &Attribute<'_>| match attribute.tlv.children().elements().count() {
        2 => format!("found a value with the tag {:#04x}", attribute.tag),
        count => format!("found {count} elements, expected 2"),
    };
    let help = "issue the certificate again with software that encodes names as it should";
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help(help);
    }
    let wrong = |name: &GeneralName| {
        name.kind == GeneralName::DIRECTORY_NAME && name.directory_name().is_err()
    };
    let what = "a directoryName that is no name";
    general_names::report(analysis, id, findings, wrong, what, help);
}

/// The attributes whose type stands in their RDN already.
fn repeated<'a>(analysis: &Analysis<'a>, id: CertificateId) -> Vec<Found<'a>> {
    let mut found: Vec<Found<'a>> = Vec::new();
    visit_names(analysis, id, |field, name| {
        for rdn in name.rdns.iter().filter(|rdn| rdn.len() > 1) {
            let mut sorted: Vec<&Attribute<'a>> = rdn.iter().collect();
            sorted.sort_by_key(|attribute| attribute.oid);
            let pairs = sorted.windows(2);
            let same = pairs.filter(|pair| pair[0].oid == pair[1].oid);
            found.extend(same.map(|pair| (field, *pair[1])));
        }
    });
    found
}

static NAME_DUPLICATE_ATTRIBUTE_IN_RDN: Rule = Rule {
    name: "name-duplicate-attribute-in-rdn",
    // A MUST of X.501, but no verifier in use looks.
    severity: Severity::Warning,
    citation: "X.501 §9.3",
    summary: "One RDN has two attributes of the same type.",
    explanation: "X.501 allows each type once in an RDN. Two values of a type, such as two OU, are two RDNs. \
        Verifiers do not mind, but directories cannot keep such a name, and tools that read the name may show one of the two. \
        Issue the certificate with an RDN for each.",
    check: Check::Certificate(name_duplicate_attribute_in_rdn),
};

fn name_duplicate_attribute_in_rdn(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
) {
    let found = repeated(analysis, id);
    let what = "two attributes of the same type in one RDN";
    let detail = |_: &Attribute<'_>| String::new();
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help("issue the certificate again with an RDN for each value");
    }
}

static NAME_MULTI_VALUED_RDN: Rule = Rule {
    name: "name-multi-valued-rdn",
    severity: Severity::Info,
    citation: "RFC 4514 §2.2; X.501 §9.3",
    summary: "An RDN has more than one attribute.",
    explanation: "It is allowed, and verifiers compare it. As text such a name has a `+`, as in `CN=client+UID=42`, which rules that \
        take the name apart at commas do not expect: check them. Use one attribute for each RDN unless a directory needs the other.",
    check: Check::Certificate(name_multi_valued_rdn),
};

fn name_multi_valued_rdn(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let mut found: Vec<Found<'_>> = Vec::new();
    visit_names(analysis, id, |field, name| {
        let several = name.rdns.iter().filter(|rdn| rdn.len() > 1);
        found.extend(several.flatten().map(|attribute| (field, *attribute)));
    });
    let what = "more than one attribute in one RDN";
    let detail = |_: &Attribute<'_>| String::new();
    if let Some(finding) = report(analysis, id, findings, &found, what, detail) {
        finding.help("check the rules that take the name apart, or use one attribute for each RDN");
    }
}

static NAME_MULTIPLE_COMMON_NAMES: Rule = Rule {
    name: "name-multiple-common-names",
    severity: Severity::Info,
    citation: "Practice",
    summary: "The subject has more than one commonName.",
    explanation: "It is allowed, but programs take one of them, and not the same one: some the first, some the last. \
        A server that authorizes clients by commonName may see another client than was meant. \
        Keep one, and put further names into subjectAltName.",
    check: Check::Certificate(name_multiple_common_names),
};

fn name_multiple_common_names(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    /// More than this are not shown.
    const SHOWN: usize = 5;
    let subject = &analysis.certificate(id).subject;
    let mut names = subject.attributes(oid::COMMON_NAME);
    let (Some(first), Some(second)) = (names.next(), names.next()) else {
        return;
    };
    let place = analysis.place_within(id, Field::Subject, second.tlv.range());
    let finding = findings.at(place.inside("commonName"));
    finding
        .message(format!(
            "the subject of `{}` has more than one commonName",
            analysis.certificate(id).label()
        ))
        .help("keep one commonName, and put further names into subjectAltName");
    let all = [first, second].into_iter().chain(names);
    for attribute in all.take(SHOWN) {
        finding.evidence(show(Field::Subject, attribute));
    }
}
