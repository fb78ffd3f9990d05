//! authorityKeyIdentifier and subjectKeyIdentifier (RFC 5280 §4.2.1.1, §4.2.1.2).

use super::access::report_critical;
use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::der::tag;
use crate::cert::key::PublicKey;
use crate::cert::{Certificate, Field, hex, oid};
use crate::crypto::KeyIdDigest;
use crate::rules::bundle::content::ambiguous_issuers;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &AKI_CRITICAL,
    &AKI_MISSING,
    &AKI_NO_KEY_IDENTIFIER,
    &AKI_ISSUER_SERIAL_UNPAIRED,
    &AKI_ISSUER_SERIAL_PRESENT,
    &SKI_CRITICAL,
    &SKI_MISSING_IN_CA,
    &SKI_MISSING_IN_LEAF,
    &SKI_EMPTY,
    &SKI_METHOD_NOT_IDENTIFIED,
];

const AKI: Field<'static> = Field::Extension(oid::AUTHORITY_KEY_IDENTIFIER);

/// Which fields of an authorityKeyIdentifier are there, whatever is in them.
#[derive(Clone, Copy, Debug, Default)]
struct AkiFields {
    key_id: bool,
    issuer: bool,
    serial: bool,
}

/// The fields of the authorityKeyIdentifier; none where the extension is absent or does not decode.
fn aki_fields(certificate: &Certificate) -> Option<AkiFields> {
    certificate.values.authority_key_id.as_ref()?;
    let extension = certificate.extension(oid::AUTHORITY_KEY_IDENTIFIER)?;
    let sequence = extension.value.children().optional(tag::SEQUENCE).ok()??;
    let mut fields = AkiFields::default();
    for field in sequence.children().elements() {
        match field.tag {
            0x80 => fields.key_id = true,
            0xa1 => fields.issuer = true,
            0x82 => fields.serial = true,
            _ => {}
        }
    }
    Some(fields)
}

/// Whether the certificate signed itself, so that it needs no help to find its issuer.
fn is_self_signed(analysis: &Analysis, id: CertificateId) -> bool {
    let first = analysis.entry(id).first;
    analysis.certificate_role(id) == CertificateRole::Root || analysis.graph.is_self_signed(first)
}

static AKI_CRITICAL: Rule = Rule {
    name: "aki-critical",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.1",
    summary: "authorityKeyIdentifier is critical.",
    explanation: "The key id helps to find the issuer; nothing is to be enforced by it, so RFC 5280 demands that it is not critical. \
        OpenSSL 3.0 rejects a client certificate with it as one whose critical extension it does not handle (34), and its strict mode has an error of its own (90). \
        Issue the certificate with the extension not critical.",
    check: Check::Certificate(aki_critical),
};

fn aki_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_critical(analysis, id, oid::AUTHORITY_KEY_IDENTIFIER, findings);
}

static AKI_MISSING: Rule = Rule {
    name: "aki-missing",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.1",
    summary: "A certificate that another CA signed has no authorityKeyIdentifier.",
    explanation: "The key id tells which key of the issuer signed. Without it, a verifier that meets two CA certificates of the same name \
        can only try one after the other, and OpenSSL does not try the second. \
        OpenSSL's strict mode refuses such a certificate (85), and Python 3.13 and later check strictly by default. \
        Only self-signed certificates may leave it out. Issue the certificate with `authorityKeyIdentifier = keyid`.",
    check: Check::Certificate(aki_missing),
};

fn aki_missing(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    if certificate
        .extension(oid::AUTHORITY_KEY_IDENTIFIER)
        .is_some()
        || analysis.graph.is_self_signed(analysis.entry(id).first)
        // Where its absence leaves the issuer open, bundle-ambiguous-issuer says so.
        || !ambiguous_issuers(analysis, id).is_empty()
    {
        return;
    }
    let finding = findings.at(analysis.place(id, Field::Extensions));
    // Before version 3 there is no place for it; who names itself as issuer needs no help to find it.
    if certificate.version < 3 || is_self_signed(analysis, id) {
        finding.severity(Severity::Info);
    }
    finding
        .message(format!(
            "`{}` does not say which key of its issuer signed it: it has no authorityKeyIdentifier",
            certificate.label()
        ))
        .evidence(format!("issuer: {}", certificate.issuer))
        .help("issue it again with an authorityKeyIdentifier that holds the issuer's key id");
}

static AKI_NO_KEY_IDENTIFIER: Rule = Rule {
    name: "aki-no-key-identifier",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.1",
    summary: "authorityKeyIdentifier holds no keyIdentifier.",
    explanation: "RFC 5280 demands the key id; the issuer's name and serial number alone name one certificate, not a key, \
        and no longer fit once the CA certificate is renewed. \
        OpenSSL's strict mode treats the certificate as one without the extension (85). \
        Self-signed certificates may do without. Issue the certificate with `authorityKeyIdentifier = keyid`.",
    check: Check::Certificate(aki_no_key_identifier),
};

fn aki_no_key_identifier(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(fields) = aki_fields(certificate).filter(|fields| !fields.key_id) else {
        return;
    };
    // Self-signed certificates may do without the whole extension.
    if is_self_signed(analysis, id) {
        return;
    }
    findings
        .at(analysis.place(id, AKI))
        .message(format!(
            "authorityKeyIdentifier of `{}` holds no key id",
            certificate.label()
        ))
        .evidence(match (fields.issuer, fields.serial) {
            (false, false) => "it is empty",
            (true, true) => "it holds the issuer's name and serial number",
            (true, false) => "it holds authorityCertIssuer",
            (false, true) => "it holds authorityCertSerialNumber",
        })
        .help("issue it again with the issuer's key id in authorityKeyIdentifier");
}

static AKI_ISSUER_SERIAL_UNPAIRED: Rule = Rule {
    name: "aki-issuer-serial-unpaired",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.1, appendix A.2",
    summary: "authorityKeyIdentifier holds only one of authorityCertIssuer and authorityCertSerialNumber.",
    explanation: "The two name a certificate together; RFC 5280 allows both or neither. \
        A serial number alone is compared nevertheless by verifiers such as OpenSSL. \
        Issue the certificate with the key id alone.",
    check: Check::Certificate(aki_issuer_serial_unpaired),
};

fn aki_issuer_serial_unpaired(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(fields) = aki_fields(certificate).filter(|fields| fields.issuer != fields.serial)
    else {
        return;
    };
    let (there, lacking) = if fields.issuer {
        ("authorityCertIssuer", "authorityCertSerialNumber")
    } else {
        ("authorityCertSerialNumber", "authorityCertIssuer")
    };
    findings
        .at(analysis.place(id, AKI))
        .message(format!(
            "authorityKeyIdentifier of `{}` holds {there} without {lacking}",
            certificate.label()
        ))
        .evidence("expected both or neither")
        .help("issue it again with the key id alone in authorityKeyIdentifier");
}

static AKI_ISSUER_SERIAL_PRESENT: Rule = Rule {
    name: "aki-issuer-serial-present",
    severity: Severity::Info,
    citation: "RFC 5280 §4.2.1.1",
    summary: "authorityKeyIdentifier names its issuer's certificate by name and serial number.",
    explanation: "The pair names one certificate of the CA. When the CA certificate is renewed with the same key, the new one has another serial \
        number, and nginx, Envoy and other verifiers built on OpenSSL no longer take it for the issuer. `authorityKeyIdentifier = keyid` is enough; OpenSSL \
        adds the pair for `issuer:always`.",
    check: Check::Bundle(aki_issuer_serial_present),
};

/// One finding for all: a PKI that does so does it in every certificate.
fn aki_issuer_serial_present(analysis: &Analysis, findings: &mut Findings) {
    const SHOWN: usize = 5;
    // A self-signed certificate is its own issuer: renewed, it names itself again.
    let is_bound = |id: &CertificateId| {
        aki_fields(analysis.certificate(*id)).is_some_and(|fields| fields.issuer && fields.serial)
            && !is_self_signed(analysis, *id)
    };
    let bound: Vec<CertificateId> = analysis.distinct().filter(is_bound).collect();
    let Some(first) = bound.first() else { return };
    let finding = findings.at(analysis.place(*first, AKI));
    finding
        .message(match bound.len() {
            1 => format!(
                "`{}` names its issuer's certificate by serial number",
                analysis.certificate(*first).label()
            ),
            count => {
                format!("{count} certificates name their issuer's certificate by serial number")
            }
        })
        .help("let authorityKeyIdentifier hold the key id alone when they are issued again");
    for id in bound.iter().take(SHOWN) {
        let aki = analysis.certificate(*id).values.authority_key_id.as_ref();
        let serial = aki.and_then(|aki| aki.serial).unwrap_or_default();
        finding.evidence(format!(
            "authorityCertSerialNumber {}: {}",
            hex(serial),
            analysis.describe(*id)
        ));
    }
    if bound.len() > SHOWN {
        finding.evidence(format!("and {} more", bound.len() - SHOWN));
    }
}

static SKI_CRITICAL: Rule = Rule {
    name: "ski-critical",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.2",
    summary: "subjectKeyIdentifier is critical.",
    explanation: "The key id helps to find a certificate; nothing is to be enforced by it, so RFC 5280 demands that it is not critical. \
        OpenSSL 3.0 rejects a client certificate with it as one whose critical extension it does not handle (34), and its strict mode has an error of its own (91). \
        Issue the certificate with the extension not critical.",
    check: Check::Certificate(ski_critical),
};

fn ski_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    report_critical(analysis, id, oid::SUBJECT_KEY_IDENTIFIER, findings);
}

static SKI_MISSING_IN_CA: Rule = Rule {
    name: "ski-missing-in-ca",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.2",
    summary: "A CA certificate has no subjectKeyIdentifier.",
    explanation: "RFC 5280 demands a key id in every CA certificate, roots included: what the CA issues refers to it. \
        OpenSSL's strict mode refuses paths with such a CA (86), and Python 3.13 and later check strictly by default; \
        other verifiers find it by its name. Issue the CA with `subjectKeyIdentifier = hash`, keeping its key.",
    check: Check::Certificate(ski_missing_in_ca),
};

fn ski_missing_in_ca(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    // RFC 5280 asks it of certificates with cA TRUE; before version 3 there is no place for it.
    if certificate.version < 3
        || !certificate.says_ca()
        || certificate.extension(oid::SUBJECT_KEY_IDENTIFIER).is_some()
    {
        return;
    }
    findings
        .at(analysis.place(id, Field::Extensions))
        .message(format!(
            "the CA `{}` has no subjectKeyIdentifier",
            certificate.label()
        ))
        .evidence("cA TRUE, and no key id that certificates below could refer to")
        .help("issue the CA certificate again with a subjectKeyIdentifier, keeping its key");
}

static SKI_MISSING_IN_LEAF: Rule = Rule {
    name: "ski-missing-in-leaf",
    severity: Severity::Info,
    citation: "RFC 5280 §4.2.1.2",
    summary: "An end-entity certificate has no subjectKeyIdentifier.",
    explanation: "RFC 5280 recommends a key id for end-entity certificates, too: it finds all certificates of one key. \
        No verifier asks for it.",
    check: Check::Certificate(ski_missing_in_leaf),
};

fn ski_missing_in_leaf(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let is_leaf = analysis.certificate_role(id) == CertificateRole::EndEntity;
    // Of version 1 and 2 nobody can tell what is a CA.
    if !is_leaf && certificate.version >= 3
        || certificate.says_ca()
        || certificate.extension(oid::SUBJECT_KEY_IDENTIFIER).is_some()
    {
        return;
    }
    findings
        .at(analysis.place(id, Field::Extensions))
        .message(format!(
            "`{}` has no subjectKeyIdentifier",
            certificate.label()
        ))
        .help("nothing, or add a subjectKeyIdentifier when it is issued again");
}

/// No digest in use makes a longer key id: SHA-512 has 64 octets.
const LONGEST_KEY_ID: usize = 64;

static SKI_EMPTY: Rule = Rule {
    name: "ski-empty",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.2",
    summary: "A key id is empty, or longer than any digest.",
    explanation: "A key id is meant to tell one key from another: an empty one tells nothing, and one of more than 64 octets is no digest of a key. \
        Two CAs with an empty key id look like one and the same. Issue the certificate with `subjectKeyIdentifier = hash`.",
    check: Check::Certificate(ski_empty),
};

fn ski_empty(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let values = &certificate.values;
    let aki = values.authority_key_id.as_ref();
    let ids = [
        (oid::SUBJECT_KEY_IDENTIFIER, values.subject_key_id),
        (
            oid::AUTHORITY_KEY_IDENTIFIER,
            aki.and_then(|aki| aki.key_id),
        ),
    ];
    for (extension, key_id) in ids {
        let Some(length) = key_id.map(<[u8]>::len) else {
            continue;
        };
        if (1..=LONGEST_KEY_ID).contains(&length) {
            continue;
        }
        findings
            .at(analysis.place(id, Field::Extension(extension)))
            .message(format!(
                "the key id in {} of `{}` is {}",
                extension.name(),
                certificate.label(),
                if length == 0 { "empty" } else { "too long" }
            ))
            .evidence(format!(
                "{length} octets; expected 1 to {LONGEST_KEY_ID}, usually 20"
            ))
            .help("issue it again with a digest of the key as key id");
    }
}

static SKI_METHOD_NOT_IDENTIFIED: Rule = Rule {
    name: "ski-method-not-identified",
    severity: Severity::Info,
    citation: "RFC 5280 §4.2.1.2; RFC 7093 §2",
    summary: "The key id is no digest of the key by a known method.",
    explanation: "Every method is allowed, as long as different keys get different ids, and no verifier computes the id again. \
        But a key id that was chosen by hand, or copied with the rest of a certificate to one with a new key, makes two keys look like one, \
        and chains are then built with the wrong issuer. Where you did not choose it on purpose, use `subjectKeyIdentifier = hash`.",
    check: Check::Certificate(ski_method_not_identified),
};

/// Whether the id is made of the key: by a method of RFC 5280 §4.2.1.2 or RFC 7093 §2, or, as some libraries do it, by
/// one of their digests where the RFC has it over the other input, or cut to 160 bits where the RFC has it whole.
fn is_digest_of_key(id: &[u8], key: &PublicKey<'_>) -> bool {
    use KeyIdDigest::{Sha1, Sha256, Sha384, Sha512};
    if id.len() == 8 {
        // Method 2 of RFC 5280: 0100, and the last 60 bits.
        let digest = Sha1.of(key.bits);
        let last = &digest.as_ref()[12..];
        return id[0] == last[0] & 0x0f | 0x40 && id[1..] == last[1..];
    }
    let digests: &[KeyIdDigest] = match id.len() {
        20 => &[Sha1, Sha256, Sha384, Sha512],
        32 => &[Sha256],
        48 => &[Sha384],
        64 => &[Sha512],
        _ => return false,
    };
    let begins = |digest: KeyIdDigest, input: &[u8]| digest.of(input).as_ref().starts_with(id);
    let mut digests = digests.iter();
    digests.any(|&digest| begins(digest, key.bits) || begins(digest, key.spki))
}

fn ski_method_not_identified(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(key_id) = certificate.values.subject_key_id else {
        return;
    };
    // What has no sensible length is ski-empty, and of a damaged certificate there may be no key.
    let is_id = (1..=LONGEST_KEY_ID).contains(&key_id.len());
    let key = &certificate.key;
    if !is_id || key.bits.is_empty() || is_digest_of_key(key_id, key) {
        return;
    }
    let usual = KeyIdDigest::Sha1.of(key.bits);
    findings
        .at(analysis.place(id, Field::Extension(oid::SUBJECT_KEY_IDENTIFIER)))
        .message(format!(
            "the key id of `{}` is no digest of its key by a known method",
            certificate.label()
        ))
        .evidence(format!(
            "found {}; SHA-1 of the key is {}",
            hex(key_id),
            hex(usual.as_ref())
        ))
        .help("nothing, if the key id is meant to be so; otherwise issue it again with `subjectKeyIdentifier = hash`");
}

#[cfg(test)]
mod tests {
    use super::is_digest_of_key;
    use crate::cert::der::Reader;
    use crate::cert::key::PublicKey;
    use crate::crypto::KeyIdDigest;

    #[test]
    fn every_known_method_is_recognised() {
        // Ed25519 with a key of four octets.
        let spki = [
            0x30, 14, 0x30, 5, 6, 3, 0x2b, 0x65, 112, 3, 5, 0, 1, 2, 3, 4,
        ];
        let sequence = Reader::new(&spki).read().expect("an element");
        let key = PublicKey::parse(&sequence).expect("a public key");
        let sha1 = KeyIdDigest::Sha1.of(key.bits).as_ref().to_vec();
        let mut short = sha1[12..].to_vec();
        short[0] = short[0] & 0x0f | 0x40;
        assert!(is_digest_of_key(&sha1, &key));
        assert!(is_digest_of_key(&short, &key));
        for digest in [
            KeyIdDigest::Sha256,
            KeyIdDigest::Sha384,
            KeyIdDigest::Sha512,
        ] {
            assert!(is_digest_of_key(&digest.of(key.bits).as_ref()[..20], &key));
            assert!(is_digest_of_key(digest.of(&spki).as_ref(), &key));
        }
        short[0] ^= 0x80;
        assert!(!is_digest_of_key(&short, &key));
        assert!(!is_digest_of_key(&[7; 20], &key));
        assert!(!is_digest_of_key(&sha1[..19], &key));
    }
}
