//! The serial number (RFC 5280 §4.1.2.2).

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::{Field, hex, oid};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] =
    &[&SERIAL_NOT_POSITIVE, &SERIAL_TOO_LONG, &SERIAL_LOW_ENTROPY];

/// The longest serial number that a CA may assign, in octets of its value.
const LONGEST: usize = 20;

static SERIAL_NOT_POSITIVE: Rule = Rule {
    name: "serial-not-positive",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.2",
    summary: "The serial number is zero or negative.",
    explanation: "RFC 5280 demands a positive number. Go does not read a client certificate with a negative one; \
        zero passes every server that was tried, but is refused by validators that hold certificates to the profile. \
        Negative numbers come from random octets without a leading zero. \
        Nobody looks at the number of a root, and many old roots have 0, so there it is a warning. \
        Issue the certificate with a positive serial number.",
    check: Check::Certificate(serial_not_positive),
};

fn serial_not_positive(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let serial = certificate.serial;
    let is_negative = serial.first().is_some_and(|&octet| octet & 0x80 != 0);
    if !is_negative && serial.iter().any(|&octet| octet != 0) {
        return;
    }
    let finding = findings.at(analysis.place(id, Field::SerialNumber));
    finding
        .message(format!(
            "the serial number of `{}` is {}",
            certificate.label(),
            if is_negative { "negative" } else { "zero" }
        ))
        .evidence(format!(
            "octets: {}; expected a positive number",
            hex(serial)
        ))
        .help("issue it again with a positive serial number");
    if analysis.certificate_role(id) == CertificateRole::Root {
        finding.severity(Severity::Warning);
    }
}

static SERIAL_TOO_LONG: Rule = Rule {
    name: "serial-too-long",
    severity: Severity::Error,
    citation: "RFC 5280 §4.1.2.2",
    summary: "The serial number is longer than 20 octets.",
    explanation: "RFC 5280 forbids longer numbers, and verifiers need not handle them. Every server that was tried accepts one, \
        but validators that hold certificates to the profile do not. \
        A number of 20 octets with its first bit set is encoded in 21, with a zero in front that keeps it positive: \
        whether that is too long is read both ways, so there it is only worth knowing. Issue the certificate with a shorter serial number.",
    check: Check::Certificate(serial_too_long),
};

fn serial_too_long(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if certificate.serial.len() <= LONGEST {
        return;
    }
    let value = match certificate.serial {
        [0, rest @ ..] => rest,
        all => all,
    };
    let finding = findings.at(analysis.place(id, Field::SerialNumber));
    if value.len() == LONGEST {
        finding
            .severity(Severity::Info)
            .message(format!(
                "the serial number of `{}` takes 21 octets",
                certificate.label()
            ))
            .evidence("20 octets, and a zero in front that keeps it positive; some linters count that, too")
            .help("use at most 159 bits for the next serial number");
        return;
    }
    finding
        .message(format!(
            "the serial number of `{}` is too long",
            certificate.label()
        ))
        .evidence(format!(
            "{} octets; at most {LONGEST} are allowed",
            value.len()
        ))
        .help("issue it again with a serial number of at most 20 octets");
}

static SERIAL_LOW_ENTROPY: Rule = Rule {
    name: "serial-low-entropy",
    severity: Severity::Info,
    citation: "Practice; CABF TLS BR §7.1",
    summary: "The serial number is short, and the certificate is signed with SHA-1 or MD5.",
    explanation: "With a digest for which collisions can be made, a random serial number is what keeps a client from having a certificate signed \
        that it can exchange for another: the number has to be unpredictable. 64 random bits are the usual measure. \
        With SHA-256 numbering from 1 upwards is no danger, so there nothing is said. Sign with SHA-256.",
    check: Check::Certificate(serial_low_entropy),
};

fn serial_low_entropy(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    const OCTETS: usize = 8;
    let certificate = analysis.certificate(id);
    let serial = match certificate.serial {
        [0, rest @ ..] => rest,
        all => all,
    };
    // A CA that signs itself needs no protection against those whom it issues to.
    if serial.len() >= OCTETS || analysis.certificate_role(id) == CertificateRole::Root {
        return;
    }
    let digest = certificate.signature_algorithm.digest();
    let Some(digest) = digest.filter(|&digest| matches!(digest, oid::MD5 | oid::SHA1)) else {
        return;
    };
    findings
        .at(analysis.place(id, Field::SerialNumber))
        .message(format!(
            "the serial number of `{}` can be predicted, and its signature is over {}",
            certificate.label(),
            digest.name()
        ))
        .evidence(format!(
            "octets: {}; expected {OCTETS} or more of random",
            hex(certificate.serial)
        ))
        .help("have it issued again with SHA-256");
}
