//! validity (RFC 5280 §4.1.2.5): the two dates, and the moment of the check between them.

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::der::{Tlv, tag};
use crate::cert::time::{DAY, Form, NO_EXPIRY, Time};
use crate::cert::{Certificate, Field};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &VALIDITY_EXPIRED,
    &VALIDITY_NOT_YET_VALID,
    &VALIDITY_EXPIRES_SOON,
    &VALIDITY_NO_EXPIRY,
    &VALIDITY_TOO_LONG,
    &VALIDITY_NOT_POSITIVE,
    &VALIDITY_WRONG_TIME_TYPE,
    &VALIDITY_INVALID_DATE,
];

/// The days that a validity of so many years may have at most, however the leap days fall.
const fn years(count: i64) -> i64 {
    count * 366
}

/// The two dates with their fields.
pub(super) fn dates<'a>(
    certificate: &Certificate<'a>,
) -> [(Field<'static>, &'static str, Tlv<'a>, Option<Time>); 2] {
    let [not_before, not_after] = certificate.validity;
    [
        (
            Field::NotBefore,
            "notBefore",
            not_before,
            certificate.not_before,
        ),
        (
            Field::NotAfter,
            "notAfter",
            not_after,
            certificate.not_after,
        ),
    ]
}

/// Whether both dates are dates, in the one form that RFC 5280 §4.1.2.5 gives to each type.
pub(super) fn has_standard_dates(certificate: &Certificate<'_>) -> bool {
    dates(certificate)
        .iter()
        .all(|(_, _, tlv, time)| time.is_some() && has_standard_form(tlv))
}

/// Whether the date is written to the second, in UTC, without a fraction.
fn has_standard_form(date: &Tlv<'_>) -> bool {
    let length = if date.tag == tag::UTC_TIME { 12 } else { 14 };
    date.value().split_last().is_some_and(|(last, digits)| {
        *last == b'Z' && digits.len() == length && digits.iter().all(u8::is_ascii_digit)
    })
}

/// The date as it stands there; a date has at most 15 characters, so what is much longer is cut off.
pub(super) fn text_of(date: &Tlv<'_>) -> String {
    let octets = date.value();
    let shown = octets.get(..40).unwrap_or(octets);
    String::from_utf8_lossy(shown).into_owned()
}

static VALIDITY_EXPIRED: Rule = Rule {
    name: "validity-expired",
    severity: Severity::Error,
    citation: "RFC 5280 §6.1.3(a)(2)",
    summary: "The certificate is expired at the time of the check.",
    explanation: "Every verifier rejects a client certificate that has expired. nginx, HAProxy and Envoy do so for each CA above it up to the root; \
        rustls and Java do not look at the dates of what the bundle holds. \
        An expired CA does harm even beside its renewal: nginx prefers the valid one, but Envoy takes whichever stands first. Remove it, or replace it.",
    check: Check::Certificate(validity_expired),
};

fn validity_expired(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let at = analysis.settings.at;
    let Some(not_after) = certificate.not_after.filter(|date| *date < at) else {
        return;
    };
    let subject = certificate.label();
    let on_client_path = analysis.on_client_path(id);
    let finding = findings.at(analysis.place(id, Field::NotAfter));
    finding
        .message(format!("`{subject}` expired {}", not_after.relative_to(at)))
        .evidence(format!("notAfter {not_after}, checked at {at}"));
    if on_client_path {
        finding.blocking();
    }
    let renewed = if on_client_path {
        None
    } else {
        valid_twin(analysis, id)
    };
    if let Some(twin) = renewed {
        finding
            .evidence(format!(
                "{} has the same name and key and is valid until {}",
                analysis.describe(twin),
                date_text(analysis.certificate(twin).not_after)
            ))
            .related(analysis.place(twin, Field::NotAfter))
            .help("remove the expired certificate: the renewed one is there");
    } else if analysis.certificate_role(id) == CertificateRole::EndEntity {
        finding.help(format!("issue a new certificate for `{subject}`"));
    } else if on_client_path {
        finding.help(format!(
            "replace it by a renewed certificate of `{subject}`"
        ));
    } else {
        finding.help("remove it, or replace it by a renewed certificate");
    }
}

/// A certificate with the same subject and key that is valid now.
fn valid_twin(analysis: &Analysis, id: CertificateId) -> Option<CertificateId> {
    let certificate = analysis.certificate(id);
    analysis.distinct().find(|other| {
        let twin = analysis.certificate(*other);
        twin.key.spki == certificate.key.spki
            && twin.is_valid_at(analysis.settings.at)
            && twin.subject.comparison_key() == certificate.subject.comparison_key()
    })
}

fn date_text(date: Option<Time>) -> String {
    date.map_or_else(|| "no date".to_owned(), |date| date.to_string())
}

static VALIDITY_NOT_YET_VALID: Rule = Rule {
    name: "validity-not-yet-valid",
    severity: Severity::Error,
    citation: "RFC 5280 §6.1.3(a)(2)",
    summary: "The certificate is not valid yet at the time of the check.",
    explanation: "Verifiers reject a path with a certificate whose time has not come; nginx, HAProxy and Envoy do so for roots, too. \
        The usual cause is a clock that is wrong on the machine that issued it or on the one that checks. \
        Compare the clocks first, then wait or issue again.",
    check: Check::Certificate(validity_not_yet_valid),
};

fn validity_not_yet_valid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let at = analysis.settings.at;
    let Some(not_before) = certificate.not_before.filter(|date| at < *date) else {
        return;
    };
    let finding = findings.at(analysis.place(id, Field::NotBefore));
    finding
        .message(format!(
            "`{}` becomes valid {}",
            certificate.label(),
            not_before.relative_to(at)
        ))
        .evidence(format!("notBefore {not_before}, checked at {at}"))
        .help("compare the clocks of the issuer and the server; if both are right, issue it with an earlier notBefore");
    if analysis.on_client_path(id) {
        finding.blocking();
    }
}

static VALIDITY_EXPIRES_SOON: Rule = Rule {
    name: "validity-expires-soon",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.1.2.5",
    summary: "The certificate expires within the time that --expires-within gives, 30 days by default.",
    explanation: "After that date clients are rejected from one second to the next. \
        Renewing a CA takes longer than renewing a client, because every server must be given the new one first. \
        Renew now, or make the threshold shorter if that is when renewal is planned.",
    check: Check::Certificate(validity_expires_soon),
};

fn validity_expires_soon(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let settings = analysis.settings;
    let Some(not_after) = certificate.not_after.filter(|date| *date >= settings.at) else {
        return;
    };
    if not_after.0.saturating_sub(settings.at.0) > settings.expires_within {
        return;
    }
    findings
        .at(analysis.place(id, Field::NotAfter))
        .message(format!(
            "`{}` expires {}",
            certificate.label(),
            not_after.relative_to(settings.at)
        ))
        .evidence(format!(
            "notAfter {not_after}, checked at {} for expiry within {} days",
            settings.at,
            settings.expires_within / DAY
        ))
        .help(match analysis.certificate_role(id) {
            CertificateRole::EndEntity => "renew the certificate",
            _ => "renew the CA certificate, and give the new one to every server before that date",
        });
}

static VALIDITY_NO_EXPIRY: Rule = Rule {
    name: "validity-no-expiry",
    severity: Severity::Info,
    citation: "RFC 5280 §4.1.2.5",
    summary: "notAfter is 99991231235959Z: the certificate never expires.",
    explanation: "RFC 5280 has this date for devices that cannot be renewed. \
        Every verifier accepts it, but a certificate like this is only ever withdrawn by revocation, or by removing its CA. \
        Give it an end unless that is what you want.",
    check: Check::Certificate(validity_no_expiry),
};

fn validity_no_expiry(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if certificate.not_after != Some(NO_EXPIRY) {
        return;
    }
    findings
        .at(analysis.place(id, Field::NotAfter))
        .message(format!("`{}` never expires", certificate.label()))
        .evidence(format!("notAfter {NO_EXPIRY}"))
        .help("issue it with an end date");
}

static VALIDITY_TOO_LONG: Rule = Rule {
    name: "validity-too-long",
    severity: Severity::Info,
    citation: "Practice; RFC 5280 §4.1.2.5",
    summary: "The validity is over 825 days (end-entity), 15 years (intermediate) or 30 years (root).",
    explanation: "No verifier limits the validity of a client certificate. \
        But a stolen key stays good until the end, and algorithms age: what was strong when it was issued may be refused before it expires. \
        Prefer short lives that renew themselves.",
    check: Check::Certificate(validity_too_long),
};

fn validity_too_long(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let (Some(not_before), Some(not_after)) = (certificate.not_before, certificate.not_after)
    else {
        return;
    };
    let role = analysis.certificate_role(id);
    let limit = match role {
        CertificateRole::EndEntity => 825,
        CertificateRole::Intermediate => years(15),
        CertificateRole::Root => years(30),
    };
    let length = not_after.0.saturating_sub(not_before.0);
    // validity-no-expiry says it better.
    if not_after == NO_EXPIRY || length <= limit * DAY {
        return;
    }
    let limit = match role {
        CertificateRole::EndEntity => "825 days",
        CertificateRole::Intermediate => "15 years",
        CertificateRole::Root => "30 years",
    };
    findings
        .at(analysis.place(id, Field::NotAfter))
        .message(format!(
            "`{}` is valid for {} days, over {limit} for this role: {}",
            certificate.label(),
            length / DAY,
            role.name()
        ))
        .evidence(format!("valid from {not_before} to {not_after}"))
        .help("issue it with a shorter validity when it is renewed");
}

static VALIDITY_NOT_POSITIVE: Rule = Rule {
    name: "validity-not-positive",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.5",
    summary: "notAfter is before notBefore.",
    explanation: "There is no moment at which such a certificate is valid, so every verifier rejects it; most of them say that it expired. \
        The dates were swapped or miscalculated when it was issued. Issue it again.",
    check: Check::Certificate(validity_not_positive),
};

fn validity_not_positive(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let (Some(not_before), Some(not_after)) = (certificate.not_before, certificate.not_after)
    else {
        return;
    };
    if not_before <= not_after {
        return;
    }
    let finding = findings.at(analysis.place(id, Field::NotAfter));
    finding
        .message(format!("`{}` ends before it begins", certificate.label()))
        .evidence(format!("notBefore {not_before}, notAfter {not_after}"))
        .related(analysis.place(id, Field::NotBefore))
        .help("issue it again with notAfter after notBefore");
    if analysis.on_client_path(id) {
        finding.blocking();
    }
}

static VALIDITY_WRONG_TIME_TYPE: Rule = Rule {
    name: "validity-wrong-time-type",
    // A MUST, but verifiers take either type for the years that both have.
    severity: Severity::Warning,
    citation: "RFC 5280 §4.1.2.5",
    summary: "A date through 2049 is a GeneralizedTime.",
    explanation: "Dates through 2049 are UTCTime, later ones GeneralizedTime. A GeneralizedTime before 2050 passes most verifiers, \
        but software with the profile built in may refuse it. Issue the certificate with software that follows the rule.",
    check: Check::Certificate(validity_wrong_time_type),
};

fn validity_wrong_time_type(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    // 2050-01-01T00:00:00Z (RFC 5280 §4.1.2.5: from 2050 on GeneralizedTime).
    const FIRST_GENERALIZED: Time = Time(2_524_608_000);
    let certificate = analysis.certificate(id);
    for (field, name, tlv, time) in dates(certificate) {
        let early = time.filter(|time| *time < FIRST_GENERALIZED);
        let Some(time) = early.filter(|_| tlv.tag == tag::GENERALIZED_TIME) else {
            continue;
        };
        findings
            .at(analysis.place(id, field))
            .message(format!(
                "{name} of `{}` is a GeneralizedTime, but a date through 2049 is to be a UTCTime",
                certificate.label()
            ))
            .evidence(format!("`{}` means {time}", text_of(&tlv)))
            .help("issue it again with software that encodes dates through 2049 as UTCTime");
    }
}

static VALIDITY_INVALID_DATE: Rule = Rule {
    name: "validity-invalid-date",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.5, X.680 §46",
    summary: "notBefore or notAfter is not a date that exists.",
    explanation: "A verifier that cannot tell when a certificate ends does not accept it: OpenSSL calls it a format error (13 or 14), \
        Go and rustls do not read the certificate at all. Issue it again.",
    check: Check::Certificate(validity_invalid_date),
};

fn validity_invalid_date(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if has_standard_dates(certificate) {
        return;
    }
    for (field, name, tlv, _) in dates(certificate) {
        // How a date that exists is written has rules of its own, in `time_format`.
        if Form::of(&tlv).is_some() {
            continue;
        }
        let kind = match tlv.tag {
            tag::UTC_TIME => "UTCTime",
            tag::GENERALIZED_TIME => "GeneralizedTime",
            _ => "neither UTCTime nor GeneralizedTime",
        };
        let finding = findings.at(analysis.place(id, field));
        finding
            .message(format!(
                "{name} of `{}` is no date: `{}`",
                certificate.label(),
                text_of(&tlv)
            ))
            .evidence(format!("type {kind}"))
            .help("issue it again with a date that exists");
        if analysis.on_client_path(id) {
            finding.blocking();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cert::der::Reader;

    fn standard(tag: u8, text: &str) -> bool {
        let mut der = vec![tag, u8::try_from(text.len()).unwrap()];
        der.extend(text.as_bytes());
        has_standard_form(&Reader::new(&der).read().unwrap())
    }

    #[test]
    fn only_seconds_in_utc_are_the_standard_form() {
        assert!(standard(tag::UTC_TIME, "260101000000Z"));
        assert!(standard(tag::GENERALIZED_TIME, "20500101000000Z"));
        assert!(!standard(tag::UTC_TIME, "2601010000Z"));
        assert!(!standard(tag::UTC_TIME, "260101000000+0000"));
        assert!(!standard(tag::GENERALIZED_TIME, "20500101000000.5Z"));
        assert!(!standard(tag::GENERALIZED_TIME, ""));
    }
}
