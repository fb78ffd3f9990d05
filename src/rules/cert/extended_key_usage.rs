//! extKeyUsage (RFC 5280 §4.2.1.12): what its list says by itself. What it means for clients is in `client::usage`.

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::extension::KeyUsage;
use crate::cert::oid::{self, Oid};
use crate::cert::{Certificate, Field};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &EKU_CRITICAL_WITH_ANY,
    &EKU_ANY_WITH_SPECIFIC,
    &EKU_DUPLICATE_OID,
    &EKU_UNKNOWN_PURPOSE,
    &EKU_KU_INCONSISTENT,
    &EKU_TIMESTAMPING_NOT_CRITICAL,
    &EKU_IN_ROOT,
    &EKU_OCSP_SIGNING_IN_CA,
];

const EXTENDED_KEY_USAGE: Field<'static> = Field::Extension(oid::EXTENDED_KEY_USAGE);

/// `extKeyUsage: serverAuth, codeSigning`: the purposes of a certificate by name, as evidence.
pub(in crate::rules) fn describe(certificate: &Certificate<'_>) -> String {
    match certificate.values.extended_key_usage.as_deref() {
        None => "there is no extKeyUsage".to_owned(),
        Some([]) => "extKeyUsage lists no purpose".to_owned(),
        Some(purposes) => format!("extKeyUsage: {}", names(purposes)),
    }
}

/// The purposes by name; a list that is longer than any real one is cut off.
fn names(purposes: &[Oid<'_>]) -> String {
    const MOST: usize = 16;
    let names: Vec<String> = purposes
        .iter()
        .take(MOST)
        .map(|purpose| purpose.name())
        .collect();
    let more = purposes.len().saturating_sub(MOST);
    let suffix = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{}{suffix}", names.join(", "))
}

fn purposes<'s, 'a>(analysis: &'s Analysis<'a>, id: CertificateId) -> &'s [Oid<'a>] {
    let purposes = &analysis.certificate(id).values.extended_key_usage;
    purposes.as_deref().unwrap_or_default()
}

fn is_critical(analysis: &Analysis, id: CertificateId) -> bool {
    let extension = analysis.certificate(id).extension(oid::EXTENDED_KEY_USAGE);
    extension.is_some_and(|extension| extension.critical)
}

static EKU_CRITICAL_WITH_ANY: Rule = Rule {
    name: "eku-critical-with-any",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.12",
    summary: "extKeyUsage is critical and contains anyExtendedKeyUsage.",
    explanation: "A critical list restricts the key to its purposes, and anyExtendedKeyUsage takes the restriction back: \
        RFC 5280 says that the two should not be combined. \
        Verifiers differ in what they make of it. List the purposes that are meant.",
    check: Check::Certificate(eku_critical_with_any),
};

fn eku_critical_with_any(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    if !is_critical(analysis, id) || !purposes(analysis, id).contains(&oid::ANY_EXTENDED_KEY_USAGE)
    {
        return;
    }
    let certificate = analysis.certificate(id);
    findings
        .at(analysis.place(id, EXTENDED_KEY_USAGE))
        .message(format!(
            "extKeyUsage of `{}` is critical, but allows any purpose",
            certificate.label()
        ))
        .evidence(describe(certificate))
        .help("list the purposes that are meant instead of anyExtendedKeyUsage");
}

static EKU_ANY_WITH_SPECIFIC: Rule = Rule {
    name: "eku-any-with-specific",
    severity: Severity::Info,
    citation: "RFC 5280 §4.2.1.12",
    summary: "anyExtendedKeyUsage stands beside specific purposes.",
    explanation: "RFC 5280 allows the combination for software that needs to see one specific purpose. \
        For verifiers that honour anyExtendedKeyUsage the rest of the list is without effect, so the key is good for more than it seems. \
        Leave anyExtendedKeyUsage out unless something needs it.",
    check: Check::Certificate(eku_any_with_specific),
};

fn eku_any_with_specific(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let purposes = purposes(analysis, id);
    let is_any = |purpose: &Oid| *purpose == oid::ANY_EXTENDED_KEY_USAGE;
    if !purposes.iter().any(is_any) || purposes.iter().all(is_any) {
        return;
    }
    let certificate = analysis.certificate(id);
    findings
        .at(analysis.place(id, EXTENDED_KEY_USAGE))
        .message(format!(
            "`{}` lists specific purposes, and anyExtendedKeyUsage beside them",
            certificate.label()
        ))
        .evidence(describe(certificate))
        .help("leave anyExtendedKeyUsage out");
}

static EKU_DUPLICATE_OID: Rule = Rule {
    name: "eku-duplicate-oid",
    severity: Severity::Warning,
    citation: "Practice; RFC 5280 §4.2.1.12",
    summary: "extKeyUsage lists one purpose twice.",
    explanation: "No verifier minds, but a purpose that stands there twice usually means that another one was meant: \
        serverAuth where clientAuth was wanted, for example. Check the profile that the CA issues from.",
    check: Check::Certificate(eku_duplicate_oid),
};

fn eku_duplicate_oid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let mut sorted = purposes(analysis, id).to_vec();
    sorted.sort_unstable();
    let mut twice: Vec<Oid> = sorted
        .windows(2)
        .filter(|pair| pair[0] == pair[1])
        .map(|pair| pair[0])
        .collect();
    twice.dedup();
    if twice.is_empty() {
        return;
    }
    let certificate = analysis.certificate(id);
    findings
        .at(analysis.place(id, EXTENDED_KEY_USAGE))
        .message(format!(
            "`{}` lists a purpose more than once: {}",
            certificate.label(),
            names(&twice)
        ))
        .evidence(describe(certificate))
        .help("list each purpose once, and check that none is missing");
}

static EKU_UNKNOWN_PURPOSE: Rule = Rule {
    name: "eku-unknown-purpose",
    severity: Severity::Info,
    citation: "RFC 5280 §4.2.1.12",
    summary: "extKeyUsage lists a purpose that is not known here.",
    explanation: "Organisations may define purposes of their own, and verifiers skip those that they do not know. \
        If the number is a typing error, the purpose that was meant is missing. Compare it with the definition.",
    check: Check::Certificate(eku_unknown_purpose),
};

fn eku_unknown_purpose(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let unknown: Vec<Oid> = purposes(analysis, id)
        .iter()
        .copied()
        .filter(|purpose| !purpose.is_known())
        .collect();
    if unknown.is_empty() {
        return;
    }
    let certificate = analysis.certificate(id);
    findings
        .at(analysis.place(id, EXTENDED_KEY_USAGE))
        .message(format!(
            "`{}` lists a purpose that is not known here: {}",
            certificate.label(),
            names(&unknown)
        ))
        .evidence(describe(certificate))
        .help("check that the object identifier is the one that is meant");
}

static EKU_KU_INCONSISTENT: Rule = Rule {
    name: "eku-ku-inconsistent",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.12",
    summary: "keyUsage and extKeyUsage do not fit each other.",
    explanation: "A key may only be used where both extensions allow it. Where keyUsage has a bit that no purpose needs, that is worth knowing and no more; \
        where no bit fits any purpose, the certificate is good for nothing: \
        nginx and every other server on OpenSSL rejects such a client certificate (26 unsuitable certificate purpose), and Java and GnuTLS reject it, too. \
        For TLS clients set digitalSignature.",
    check: Check::Certificate(eku_ku_inconsistent),
};

fn eku_ku_inconsistent(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    // In a CA certificate the list limits what is below, and the key only signs certificates.
    if analysis.certificate_role(id) != CertificateRole::EndEntity {
        return;
    }
    let certificate = analysis.certificate(id);
    let Some(usage) = certificate.values.key_usage else {
        return;
    };
    let purposes = purposes(analysis, id);
    let fits = |purpose: &Oid| {
        usages_of(*purpose).is_none_or(|bits| bits.iter().any(|&bit| usage.has(bit)))
    };
    if purposes.is_empty() {
        return;
    }
    if purposes.iter().any(fits) {
        let unused = unused(usage, purposes);
        if unused != KeyUsage(0) {
            findings
                .at(analysis.place(id, Field::Extension(oid::KEY_USAGE)))
                .severity(Severity::Info)
                .message(format!(
                    "keyUsage of `{}` allows what none of the purposes in its extKeyUsage needs",
                    certificate.label()
                ))
                .evidence(format!("keyUsage: {}", unused.describe()))
                .evidence(describe(certificate))
                .related(analysis.place(id, EXTENDED_KEY_USAGE))
                .help("nothing, or leave it out when the certificate is issued again");
        }
        return;
    }
    findings
        .at(analysis.place(id, Field::Extension(oid::KEY_USAGE)))
        .message(format!(
            "keyUsage of `{}` allows none of the purposes in its extKeyUsage",
            certificate.label()
        ))
        .evidence(format!("keyUsage: {}", usage.describe()))
        .evidence(describe(certificate))
        .related(analysis.place(id, EXTENDED_KEY_USAGE))
        .help("issue it again with digitalSignature in keyUsage");
}

/// The bits for signing documents and enciphering data that no purpose makes use of. Those for key exchange are often set
/// for clients, too, and tell nothing.
fn unused(usage: KeyUsage, purposes: &[Oid<'_>]) -> KeyUsage {
    let bits = [KeyUsage::NON_REPUDIATION, KeyUsage::DATA_ENCIPHERMENT];
    let is_unused = |bit: &u32| {
        let uses = |purpose: &Oid| usages_of(*purpose).is_none_or(|bits| bits.contains(bit));
        usage.has(*bit) && !purposes.iter().any(uses)
    };
    let unused = bits.into_iter().filter(is_unused);
    KeyUsage(unused.fold(0, |word, bit| word | 1 << bit))
}

/// The bits of which a purpose needs one (RFC 5280 §4.2.1.12); none where the purpose has no such list.
fn usages_of(purpose: Oid<'_>) -> Option<&'static [u32]> {
    Some(match purpose {
        oid::SERVER_AUTH => &[
            KeyUsage::DIGITAL_SIGNATURE,
            KeyUsage::KEY_ENCIPHERMENT,
            KeyUsage::KEY_AGREEMENT,
        ],
        oid::CLIENT_AUTH => &[KeyUsage::DIGITAL_SIGNATURE, KeyUsage::KEY_AGREEMENT],
        oid::CODE_SIGNING => &[KeyUsage::DIGITAL_SIGNATURE],
        oid::EMAIL_PROTECTION => &[
            KeyUsage::DIGITAL_SIGNATURE,
            KeyUsage::NON_REPUDIATION,
            KeyUsage::KEY_ENCIPHERMENT,
            KeyUsage::KEY_AGREEMENT,
        ],
        oid::TIME_STAMPING | oid::OCSP_SIGNING => {
            &[KeyUsage::DIGITAL_SIGNATURE, KeyUsage::NON_REPUDIATION]
        }
        _ => return None,
    })
}

static EKU_TIMESTAMPING_NOT_CRITICAL: Rule = Rule {
    name: "eku-timestamping-not-critical",
    severity: Severity::Error,
    citation: "RFC 3161 §2.3",
    summary: "timeStamping is not alone in extKeyUsage, or extKeyUsage is not critical.",
    explanation: "RFC 3161 wants timeStamping to be the only purpose, in a critical extension, and OpenSSL refuses any other certificate for time stamps. \
        TLS servers do not care, so it is the time stamps that fail. \
        Use one certificate for time stamps and another for TLS.",
    check: Check::Certificate(eku_timestamping_not_critical),
};

fn eku_timestamping_not_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let purposes = purposes(analysis, id);
    let is_ca = analysis.certificate_role(id) != CertificateRole::EndEntity;
    // In a CA certificate the list limits what is below.
    if is_ca || !purposes.contains(&oid::TIME_STAMPING) {
        return;
    }
    let critical = is_critical(analysis, id);
    if critical && purposes.len() == 1 {
        return;
    }
    let certificate = analysis.certificate(id);
    findings
        .at(analysis.place(id, EXTENDED_KEY_USAGE))
        .message(format!(
            "`{}` lists timeStamping, but {}",
            certificate.label(),
            if purposes.len() == 1 { "not as a critical extension" } else { "not as the only purpose" }
        ))
        .evidence(describe(certificate))
        .evidence(format!("critical: {critical}"))
        .help("issue a certificate of its own for time stamps, and leave timeStamping out of this one");
}

static EKU_IN_ROOT: Rule = Rule {
    name: "eku-in-root",
    severity: Severity::Info,
    citation: "Practice; RFC 5280 §4.2.1.12",
    summary: "A root has an extKeyUsage.",
    explanation: "RFC 5280 gives extKeyUsage no meaning in a root. Servers on OpenSSL apply it to everything below nevertheless, \
        Java, rustls and Envoy ignore it, so the same client passes here and fails there. \
        Put the limit into the intermediates.",
    check: Check::Certificate(eku_in_root),
};

fn eku_in_root(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if analysis.certificate_role(id) != CertificateRole::Root
        || certificate.extension(oid::EXTENDED_KEY_USAGE).is_none()
    {
        return;
    }
    findings
        .at(analysis.place(id, EXTENDED_KEY_USAGE))
        .message(format!(
            "the root `{}` has an extKeyUsage",
            certificate.label()
        ))
        .evidence(describe(certificate))
        .help("leave extKeyUsage out of the root, and put it into the intermediates");
}

static EKU_OCSP_SIGNING_IN_CA: Rule = Rule {
    name: "eku-ocsp-signing-in-ca",
    severity: Severity::Warning,
    citation: "RFC 6960 §4.2.2.2",
    summary: "A CA certificate lists OCSPSigning.",
    explanation: "OCSPSigning makes the holder of the key a responder for whoever issued it: \
        an intermediate with it can answer that its own siblings, and itself, are not revoked. \
        A CA answers for what it issued without that purpose. Leave it out.",
    check: Check::Certificate(eku_ocsp_signing_in_ca),
};

fn eku_ocsp_signing_in_ca(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let is_ca = analysis.certificate_role(id) != CertificateRole::EndEntity;
    if !is_ca || !purposes(analysis, id).contains(&oid::OCSP_SIGNING) {
        return;
    }
    let certificate = analysis.certificate(id);
    findings
        .at(analysis.place(id, EXTENDED_KEY_USAGE))
        .message(format!(
            "the CA `{}` is also an OCSP responder for its own issuer",
            certificate.label()
        ))
        .evidence(describe(certificate))
        .evidence(format!("issued by {}", certificate.issuer))
        .help("issue the CA certificate again without OCSPSigning");
}
