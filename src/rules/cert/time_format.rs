//! How dates are written (RFC 5280 §4.1.2.5.1, §4.1.2.5.2): to the second, in UTC, and without a fraction.

use super::validity::{dates, has_standard_dates, text_of};
use crate::analysis::{Analysis, CertificateId};
use crate::cert::der::tag;
use crate::cert::time::{Form, Time, Zone};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &UTC_TIME_NO_SECONDS,
    &UTC_TIME_NOT_ZULU,
    &GENERALIZED_TIME_NO_SECONDS,
    &GENERALIZED_TIME_FRACTIONAL_SECONDS,
    &GENERALIZED_TIME_NOT_ZULU,
];

/// Reports the dates of type `tag` whose form is `wrong`, both of a certificate in one finding.
fn report(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
    tag: u8,
    wrong: fn(Form) -> bool,
    [what, expected, help]: [&str; 3],
) {
    let certificate = analysis.certificate(id);
    if has_standard_dates(certificate) {
        return;
    }
    let dates = dates(certificate).into_iter();
    let mut found =
        dates.filter(|(_, _, tlv, _)| tlv.tag == tag && Form::of(tlv).is_some_and(wrong));
    let Some(first) = found.next() else { return };
    let second = found.next();
    let finding = findings.at(analysis.place(id, first.0));
    finding
        .message(format!(
            "{} of `{}` {what}",
            if second.is_some() {
                "validity"
            } else {
                first.1
            },
            certificate.label()
        ))
        .help(help);
    for (field, name, tlv, time) in std::iter::once(first).chain(second) {
        finding.evidence(format!(
            "found {name} `{}`{}; expected {expected}",
            text_of(&tlv),
            time.map_or_else(String::new, |time: Time| format!(", which means {time}"))
        ));
        if field != first.0 {
            finding.related(analysis.place(id, field));
        }
    }
    if analysis.on_client_path(id) {
        finding.blocking();
    }
}

const UTC_TIME: &str = "YYMMDDHHMMSSZ";
const GENERALIZED_TIME: &str = "YYYYMMDDHHMMSSZ";
const HELP: &str = "issue the certificate again with its dates to the second, ending in Z";

static UTC_TIME_NO_SECONDS: Rule = Rule {
    name: "utc-time-no-seconds",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.5.1",
    summary: "A UTCTime has no seconds.",
    explanation: "RFC 5280 demands seconds even where they are 00. rustls and Envoy do not read the certificate, nor does OpenSSL from 3.5 on: \
        as a CA it keeps nginx from starting. Older OpenSSL calls it a format error (13 or 14). \
        Old software and hand-made encoders leave the seconds out. Issue the certificate with another tool.",
    check: Check::Certificate(utc_time_no_seconds),
};

fn utc_time_no_seconds(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let texts = ["is written without seconds", UTC_TIME, HELP];
    report(
        analysis,
        id,
        findings,
        tag::UTC_TIME,
        |form| !form.has_seconds,
        texts,
    );
}

static UTC_TIME_NOT_ZULU: Rule = Rule {
    name: "utc-time-not-zulu",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.5.1",
    summary: "A UTCTime is not in UTC with a Z at its end.",
    explanation: "RFC 5280 demands Greenwich time with a `Z`; an offset such as `+0100` was legal before, and no zone never was. \
        OpenSSL calls it a format error (13 or 14), and Envoy, GnuTLS and rustls reject the certificate, too. \
        Issue it with another tool.",
    check: Check::Certificate(utc_time_not_zulu),
};

fn utc_time_not_zulu(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let texts = ["is not written in UTC with a Z", UTC_TIME, HELP];
    let wrong = |form: Form| form.zone != Zone::Zulu;
    report(analysis, id, findings, tag::UTC_TIME, wrong, texts);
}

static GENERALIZED_TIME_NO_SECONDS: Rule = Rule {
    name: "generalized-time-no-seconds",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.5.2",
    summary: "A GeneralizedTime has no seconds.",
    explanation: "RFC 5280 demands seconds even where they are 00. Go, rustls and Envoy do not read the certificate, nor does OpenSSL from 3.5 on: \
        as a CA it keeps nginx from starting. Older OpenSSL calls it a format error (13 or 14). Issue the certificate with another tool.",
    check: Check::Certificate(generalized_time_no_seconds),
};

fn generalized_time_no_seconds(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let texts = ["is written without seconds", GENERALIZED_TIME, HELP];
    let wrong = |form: Form| !form.has_seconds;
    report(analysis, id, findings, tag::GENERALIZED_TIME, wrong, texts);
}

static GENERALIZED_TIME_FRACTIONAL_SECONDS: Rule = Rule {
    name: "generalized-time-fractional-seconds",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.5.2",
    summary: "A GeneralizedTime has a fraction of a second.",
    explanation: "GeneralizedTime has fractions elsewhere, but not in certificates. OpenSSL calls it a format error (13 or 14), \
        and GnuTLS, Go and Envoy do not read the certificate. It comes from software that encodes a clock's full precision. Issue it with whole seconds.",
    check: Check::Certificate(generalized_time_fractional_seconds),
};

fn generalized_time_fractional_seconds(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
) {
    let texts = ["is written with a fraction", GENERALIZED_TIME, HELP];
    let wrong = |form: Form| form.has_fraction;
    report(analysis, id, findings, tag::GENERALIZED_TIME, wrong, texts);
}

static GENERALIZED_TIME_NOT_ZULU: Rule = Rule {
    name: "generalized-time-not-zulu",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.5.2",
    summary: "A GeneralizedTime is not in UTC with a Z at its end.",
    explanation: "RFC 5280 demands Greenwich time with a `Z`. An offset such as `+0100`, or no zone, which means local time somewhere, is legal \
        elsewhere. OpenSSL, GnuTLS, Go and Envoy refuse it, and Java where the zone is missing. Issue the certificate with another tool.",
    check: Check::Certificate(generalized_time_not_zulu),
};

fn generalized_time_not_zulu(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let texts = ["is not written in UTC with a Z", GENERALIZED_TIME, HELP];
    let wrong = |form: Form| form.zone != Zone::Zulu;
    report(analysis, id, findings, tag::GENERALIZED_TIME, wrong, texts);
}
