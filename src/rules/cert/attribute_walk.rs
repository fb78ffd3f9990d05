//! The attributes of every name in a certificate, and the one finding about those that are wrong.

use crate::analysis::{Analysis, CertificateId};
use crate::bundle::NameMatch;
use crate::cert::extension::GeneralName;
use crate::cert::name::{Attribute, Name};
use crate::cert::{Field, hex, oid};
use crate::rules::{Finding, Findings};

/// How many attributes of one certificate are shown.
const SHOWN: usize = 5;

/// An attribute, and the field whose name has it.
pub(super) type Found<'a> = (Field<'static>, Attribute<'a>);

/// Calls `visit` with the subject, the issuer, and each directoryName in the alternative names.
///
/// An issuer's name is left out where it stands in the same octets as a subject: its own, or that of the issuer's certificate,
/// which is checked, too. Plain names are not visited at all.
pub(super) fn visit_names<'a>(
    analysis: &Analysis<'a>,
    id: CertificateId,
    mut visit: impl FnMut(Field<'static>, &Name<'a>),
) {
    if analysis.entry(id).has_plain_names {
        return;
    }
    let certificate = analysis.certificate(id);
    visit(Field::Subject, &certificate.subject);
    let is_subject_elsewhere = || {
        let best = analysis.graph.candidates(id).first();
        best.is_some_and(|link| link.name == NameMatch::Exact)
    };
    if certificate.issuer.raw != certificate.subject.raw && !is_subject_elsewhere() {
        visit(Field::Issuer, &certificate.issuer);
    }
    let values = &certificate.values;
    let subject = (oid::SUBJECT_ALT_NAME, &values.subject_alt_names);
    let issuer = (oid::ISSUER_ALT_NAME, &values.issuer_alt_names);
    for (extension, names) in [subject, issuer] {
        let directory = names
            .iter()
            .filter(|name| name.kind == GeneralName::DIRECTORY_NAME);
        for name in directory.filter_map(|name| name.directory_name().ok()) {
            visit(Field::Extension(extension), &name);
        }
    }
}

/// The attributes that are `wrong`, in the names that [`visit_names`] visits.
pub(super) fn find<'a>(
    analysis: &Analysis<'a>,
    id: CertificateId,
    wrong: impl Fn(&Attribute<'a>) -> bool,
) -> Vec<Found<'a>> {
    let mut found = Vec::new();
    visit_names(analysis, id, |field, name| {
        let attributes = name.rdns.iter().flatten();
        let wrong = attributes.filter(|attribute| wrong(attribute));
        found.extend(wrong.map(|attribute| (field, *attribute)));
    });
    found
}

/// How a message calls the name in a field.
pub(super) fn called(field: Field<'_>) -> &'static str {
    match field {
        Field::Issuer => "the issuer's name",
        Field::Subject => "the subject",
        Field::Extension(oid::ISSUER_ALT_NAME) => "issuerAltName",
        _ => "subjectAltName",
    }
}

/// An attribute as evidence shows it: `subject: commonName = "client" (UTF8String)`, cut where it is long.
pub(super) fn show(field: Field<'_>, attribute: &Attribute<'_>) -> String {
    const LONGEST: usize = 80;
    let name = match field {
        Field::Issuer => "issuer",
        Field::Subject => "subject",
        other => called(other),
    };
    let value = if let Some(text) = attribute.text() {
        let end = text.char_indices().nth(LONGEST);
        let end = end.map_or(text.len(), |(at, _)| at);
        let rest = if end < text.len() { "…" } else { "" };
        format!("\"{}{rest}\"", &text[..end])
    } else {
        let cut = &attribute.value[..attribute.value.len().min(LONGEST / 2)];
        let is_whole = cut.len() == attribute.value.len();
        let rest = if is_whole { "" } else { "…" };
        format!("octets {}{rest}", hex(cut))
    };
    format!(
        "{name}: {} = {value} ({})",
        attribute.type_name(),
        attribute.string_type()
    )
}

/// Reports what was found in one finding; `detail` follows each attribute in the evidence. None where nothing was found.
pub(super) fn report<'f>(
    analysis: &Analysis<'_>,
    id: CertificateId,
    findings: &'f mut Findings<'_>,
    found: &[Found<'_>],
    what: &str,
    detail: impl Fn(&Attribute<'_>) -> String,
) -> Option<&'f mut Finding> {
    let (field, first) = found.first()?;
    let place = analysis.place_within(id, *field, first.tlv.range());
    let finding = findings.at(place.inside(&first.type_name()));
    finding.message(format!(
        "{} of `{}` has {what}",
        called(*field),
        analysis.certificate(id).label()
    ));
    for (field, attribute) in found.iter().take(SHOWN) {
        let detail = detail(attribute);
        let separator = if detail.is_empty() { "" } else { "; " };
        finding.evidence(format!("{}{separator}{detail}", show(*field, attribute)));
    }
    if found.len() > SHOWN {
        finding.evidence(format!("and {} more", found.len() - SHOWN));
    }
    Some(finding)
}
