//! The extensions of Certificate Transparency (RFC 6962 §3).

use crate::analysis::{Analysis, CertificateId};
use crate::cert::der::tag;
use crate::cert::extension::Extension;
use crate::cert::{Field, oid};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[&CT_PRECERTIFICATE_DEPLOYED, &CT_SCT_LIST_INVALID];

static CT_PRECERTIFICATE_DEPLOYED: Rule = Rule {
    name: "ct-precertificate-deployed",
    severity: Severity::Error,
    citation: "RFC 6962 §3.1",
    summary: "This is a precertificate.",
    explanation: "A precertificate goes to the logs of Certificate Transparency before the certificate itself is issued. \
        Its poison extension is critical and processed by nobody, so that no verifier accepts it. \
        It was taken from a log or a CA's archive by mistake. Use the certificate that was issued after it.",
    check: Check::Certificate(ct_precertificate_deployed),
};

fn ct_precertificate_deployed(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(poison) = certificate.extension(oid::CT_POISON) else {
        return;
    };
    let finding = findings.at(analysis.place(id, Field::Extension(oid::CT_POISON)));
    finding
        .message(format!(
            "`{}` is a precertificate, which no verifier accepts",
            certificate.label()
        ))
        .evidence(format!(
            "it has the poison extension (OID {}), critical: {}",
            oid::CT_POISON,
            poison.critical
        ))
        .help("use the certificate that the CA issued after this precertificate");
    if certificate.extension(oid::SCT_LIST).is_some() {
        finding.evidence("it also has SCTs, which only the certificate itself can have");
    }
}

static CT_SCT_LIST_INVALID: Rule = Rule {
    name: "ct-sct-list-invalid",
    severity: Severity::Warning,
    citation: "RFC 6962 §3.3",
    summary: "The list of SCTs is empty or malformed.",
    explanation: "The extension holds the logs' promises to publish the certificate. TLS servers do not read it, \
        but a browser takes the certificate for one that was never logged. \
        A CA that logs nothing leaves the extension out; another has a fault in how it encodes the list.",
    check: Check::Certificate(ct_sct_list_invalid),
};

/// Takes a vector of TLS with a length of two octets off the front (RFC 8446 §3.4).
fn vector<'a>(octets: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = octets.split_first_chunk::<2>()?;
    let (vector, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    *octets = rest;
    Some(vector)
}

/// What is wrong with one SCT. Of versions after the first nothing is known.
fn sct_fault(sct: &[u8]) -> Option<&'static str> {
    // Version, log id, timestamp.
    const HEAD: usize = 1 + 32 + 8;
    let Some((&version, _)) = sct.split_first() else {
        return Some("an SCT is empty");
    };
    if version != 0 {
        return None;
    }
    let mut rest = sct.get(HEAD..).unwrap_or_default();
    let signature = vector(&mut rest).and_then(|_extensions| {
        rest = rest.get(2..)?;
        vector(&mut rest)
    });
    if signature.is_none() {
        Some("an SCT is cut off")
    } else if rest.is_empty() {
        None
    } else {
        Some("octets follow the signature of an SCT")
    }
}

/// What is wrong with the list, and nothing if all is well.
fn fault(extension: &Extension) -> Option<&'static str> {
    let mut value = extension.value.children();
    let Ok(Some(list)) = value.optional(tag::OCTET_STRING) else {
        return Some("the value is not an OCTET STRING");
    };
    let mut octets = list.value();
    let Some(mut scts) = vector(&mut octets) else {
        return Some("the list is shorter than it says");
    };
    if !octets.is_empty() {
        return Some("octets follow the list");
    }
    if scts.is_empty() {
        return Some("the list is empty");
    }
    while !scts.is_empty() {
        let Some(sct) = vector(&mut scts) else {
            return Some("an SCT is longer than the list");
        };
        if let Some(fault) = sct_fault(sct) {
            return Some(fault);
        }
    }
    None
}

fn ct_sct_list_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let Some(fault) = certificate.extension(oid::SCT_LIST).and_then(fault) else {
        return;
    };
    findings
        .at(analysis.place(id, Field::Extension(oid::SCT_LIST)))
        .message(format!(
            "the list of SCTs of `{}` cannot be used",
            certificate.label()
        ))
        .evidence(format!("{fault}; expected a list of at least one SCT"))
        .help("issue the certificate again with the SCTs of the logs, or without the extension");
}

#[cfg(test)]
mod tests {
    use super::sct_fault;

    #[test]
    fn an_sct_ends_with_its_signature() {
        let mut sct = vec![0; 41];
        sct.extend([0, 1, 9, 4, 3, 0, 2, 7, 7]);
        assert_eq!(sct_fault(&sct), None);
        assert!(sct_fault(&sct[..49]).is_some());
        assert!(sct_fault(&[0]).is_some());
        assert!(sct_fault(&[]).is_some());
        sct.push(0);
        assert!(sct_fault(&sct).is_some());
        assert_eq!(sct_fault(&[1, 2, 3]), None, "a later version");
    }
}
