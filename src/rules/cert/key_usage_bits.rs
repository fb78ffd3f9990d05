//! The bits of keyUsage (RFC 5280 §4.2.1.3) by themselves: none, unknown ones, and those that do not go together.

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::extension::KeyUsage;
use crate::cert::key::KeyKind;
use crate::cert::{Field, oid};
use crate::rules::{Check, Finding, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &KU_NOT_CRITICAL,
    &KU_NO_BITS_SET,
    &KU_UNKNOWN_BITS,
    &KU_ENCIPHER_AND_DECIPHER_ONLY,
    &KU_ENCIPHER_ONLY_WITHOUT_AGREEMENT,
];

const KEY_USAGE: Field<'static> = Field::Extension(oid::KEY_USAGE);

/// The two bits that narrow keyAgreement.
pub(super) const ONLY: u16 = 1 << KeyUsage::ENCIPHER_ONLY | 1 << KeyUsage::DECIPHER_ONLY;

/// Starts a finding at keyUsage, with what it says.
pub(super) fn at_usage<'f>(
    analysis: &Analysis,
    id: CertificateId,
    findings: &'f mut Findings,
    usage: KeyUsage,
    message: &str,
) -> &'f mut Finding {
    let certificate = analysis.certificate(id);
    findings
        .at(analysis.place(id, KEY_USAGE))
        .message(format!("keyUsage of `{}` {message}", certificate.label()))
        .evidence(format!("keyUsage: {}", usage.describe()))
}

static KU_NOT_CRITICAL: Rule = Rule {
    name: "ku-not-critical",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.3",
    summary: "keyUsage is not critical.",
    explanation: "RFC 5280 advises CAs to mark keyUsage as critical, so that software which does not know it does not use the key for something else. \
        Every verifier on servers knows it, and honours it either way. \
        Mark it as critical when the certificate is renewed.",
    check: Check::Certificate(ku_not_critical),
};

fn ku_not_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let extension = certificate.extension(oid::KEY_USAGE);
    if extension.is_none_or(|extension| extension.critical) {
        return;
    }
    findings
        .at(analysis.place(id, KEY_USAGE))
        .message(format!(
            "keyUsage of `{}` is not critical",
            certificate.label()
        ))
        .evidence("critical: false; expected true")
        .help("mark keyUsage as critical when the certificate is renewed");
}

static KU_NO_BITS_SET: Rule = Rule {
    name: "ku-no-bits-set",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.3",
    summary: "keyUsage allows nothing.",
    explanation: "At least one bit has to be set. OpenSSL 3 takes a certificate whose keyUsage is empty for invalid and rejects it, \
        whether it is a client's or a CA's; others find that the key may not be used for what they want. \
        Have the certificate issued again with the uses that are meant: digitalSignature for a TLS client.",
    check: Check::Certificate(ku_no_bits_set),
};

fn ku_no_bits_set(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    if let Some(usage) = analysis.certificate(id).values.key_usage
        && usage.0 == 0
        && unknown_bits(analysis, id).next().is_none()
    {
        let help = if analysis.certificate_role(id) == CertificateRole::EndEntity {
            "have the certificate issued again with digitalSignature in keyUsage"
        } else {
            "issue the CA certificate again with keyCertSign and cRLSign in keyUsage"
        };
        at_usage(analysis, id, findings, usage, "has no bit set")
            .evidence("expected at least one bit")
            .help(help);
    }
}

/// The numbers of the bits that are set and have no meaning.
fn unknown_bits<'s>(
    analysis: &'s Analysis,
    id: CertificateId,
) -> impl Iterator<Item = usize> + use<'s> {
    const KNOWN: usize = KeyUsage::NAMES.len();
    let extension = analysis.certificate(id).extension(oid::KEY_USAGE);
    let bits = extension.and_then(|extension| extension.value.children().read().ok());
    let octets = bits
        .and_then(|bits| bits.value().get(1..))
        .unwrap_or_default();
    let set = octets.iter().enumerate().flat_map(|(index, octet)| {
        let set = move |bit: &usize| octet >> (7 - bit) & 1 == 1;
        (0..8).filter(set).map(move |bit| 8 * index + bit)
    });
    set.filter(|&bit| bit >= KNOWN)
}

static KU_UNKNOWN_BITS: Rule = Rule {
    name: "ku-unknown-bits",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.3",
    summary: "keyUsage sets bits that have no meaning.",
    explanation: "keyUsage has nine bits, and decipherOnly is the last. Verifiers skip others, so the certificate works, \
        but a bit that stands there usually means that the value was made by hand or shifted, and that another one was meant. \
        Check the profile that the CA issues from.",
    check: Check::Certificate(ku_unknown_bits),
};

fn ku_unknown_bits(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    const MOST: usize = 5;
    let Some(usage) = analysis.certificate(id).values.key_usage else {
        return;
    };
    let mut unknown = unknown_bits(analysis, id);
    let shown: Vec<String> = unknown
        .by_ref()
        .take(MOST)
        .map(|bit| bit.to_string())
        .collect();
    if shown.is_empty() {
        return;
    }
    let more = unknown.count();
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    at_usage(analysis, id, findings, usage, "sets bits without a meaning")
        .evidence(format!(
            "bits {}{more}; expected none after 8 (decipherOnly)",
            shown.join(", ")
        ))
        .help("have the certificate issued again with the bits that are meant");
}

static KU_ENCIPHER_AND_DECIPHER_ONLY: Rule = Rule {
    name: "ku-encipher-and-decipher-only",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.3; RFC 3279 §2.3.3",
    summary: "keyUsage has encipherOnly and decipherOnly.",
    explanation: "Each of the two says that an agreed key may be used in one direction only, so together they leave none. \
        Servers do not look at either. Leave both out, or the one that is not meant.",
    check: Check::Certificate(ku_encipher_and_decipher_only),
};

fn ku_encipher_and_decipher_only(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    if let Some(usage) = analysis.certificate(id).values.key_usage
        && usage.0 & ONLY == ONLY
    {
        at_usage(
            analysis,
            id,
            findings,
            usage,
            "has both encipherOnly and decipherOnly",
        )
        .help("have the certificate issued again without encipherOnly and decipherOnly");
    }
}

static KU_ENCIPHER_ONLY_WITHOUT_AGREEMENT: Rule = Rule {
    name: "ku-encipher-only-without-agreement",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.3",
    summary: "keyUsage has encipherOnly or decipherOnly, but not keyAgreement.",
    explanation: "The two bits narrow keyAgreement, and without it they are undefined. Servers do not look at them. \
        Leave them out, or add keyAgreement if the key is meant for it.",
    check: Check::Certificate(ku_encipher_only_without_agreement),
};

fn ku_encipher_only_without_agreement(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
) {
    let certificate = analysis.certificate(id);
    let Some(usage) = certificate.values.key_usage else {
        return;
    };
    // For keys that cannot agree on anything, another rule says that neither bit fits.
    let agrees = matches!(
        certificate.key.kind,
        KeyKind::Ec | KeyKind::Xdh | KeyKind::Unknown
    );
    if usage.0 & ONLY == 0 || usage.has(KeyUsage::KEY_AGREEMENT) || !agrees {
        return;
    }
    at_usage(
        analysis,
        id,
        findings,
        usage,
        "narrows keyAgreement, which it does not have",
    )
    .help("have the certificate issued again without encipherOnly and decipherOnly");
}
