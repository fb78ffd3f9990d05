//! cRLDistributionPoints, and the addresses at which a certificate's status and issuer are found (RFC 5280 §4.2.1.13, §4.2.2.1, §8).

use super::general_names::show;
use crate::analysis::{Analysis, CertificateId};
use crate::cert::distribution::{DistributionPoint, DistributionPointName, Reasons};
use crate::cert::extension::{Extension, GeneralName};
use crate::cert::oid::{self, Oid};
use crate::cert::{Certificate, Field};
use crate::rules::{Check, Finding, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &CRLDP_INCOMPLETE,
    &CRLDP_NO_HTTP_OR_LDAP_URI,
    &CRLDP_CRL_ISSUER_INVALID,
    &CRLDP_RELATIVE_NAME,
    &CRLDP_REASONS_INCOMPLETE,
    &AIA_CA_ISSUERS_NO_HTTP_OR_LDAP,
    &AIA_CRLDP_HTTPS_CIRCULAR,
];

/// How many parts of one certificate are shown.
const SHOWN: usize = 5;

fn points<'s, 'a>(analysis: &'s Analysis<'a>, id: CertificateId) -> &'s [DistributionPoint<'a>] {
    &analysis.certificate(id).values.crl_distribution_points
}

/// The names of a point that has full names.
fn full_names<'s, 'a>(point: &'s DistributionPoint<'a>) -> Option<&'s [GeneralName<'a>]> {
    match point.name.as_ref()? {
        DistributionPointName::Full(names) => Some(names),
        DistributionPointName::RelativeToCrlIssuer(_) => None,
    }
}

/// Whether a name is a URI of one of these schemes, which are written in lower case.
fn has_scheme(name: &GeneralName, schemes: &[&str]) -> bool {
    let mut parts = name.value.splitn(2, |&octet| octet == b':');
    let scheme = parts.next().unwrap_or_default();
    let is_uri = name.kind == GeneralName::URI && parts.next().is_some();
    is_uri
        && schemes
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known.as_bytes()))
}

/// Shows names as evidence, each after what it is for; of many the first.
fn show_names<'a>(
    finding: &mut Finding,
    names: impl IntoIterator<Item = (&'static str, GeneralName<'a>)>,
) {
    let mut names = names.into_iter();
    for (what, name) in names.by_ref().take(SHOWN) {
        finding.evidence(format!("{what}: {}", show(&name)));
    }
    let more = names.count();
    if more > 0 {
        finding.evidence(format!("and {more} more"));
    }
}

/// The schemes that RFC 5280 asks for, with and without TLS: aia-crldp-https-circular is about that.
const FETCHABLE: &[&str] = &["http", "https", "ldap", "ldaps"];

/// Starts a finding for the points that are `wrong`, at the first of them; none if there is none.
fn report_points<'f, 'a>(
    analysis: &Analysis<'a>,
    id: CertificateId,
    findings: &'f mut Findings,
    wrong: impl Fn(&DistributionPoint<'a>) -> bool,
) -> Option<&'f mut Finding> {
    let points = points(analysis, id);
    let first = points.iter().find(|point| wrong(point))?;
    let field = Field::Extension(oid::CRL_DISTRIBUTION_POINTS);
    let finding = findings.at(analysis.place_within(id, field, first.tlv.range()));
    if points.len() > 1 {
        let count = points.iter().filter(|point| wrong(point)).count();
        finding.evidence(format!("{count} of {} distribution points", points.len()));
    }
    Some(finding)
}

static CRLDP_INCOMPLETE: Rule = Rule {
    name: "crldp-incomplete",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.13",
    summary: "A distribution point names neither a place nor a CRL issuer.",
    explanation: "Such a point says nothing about where the CRL is, and RFC 5280 forbids it. \
        rustls skips the point, and Java cannot decode the extension: neither finds a CRL by it once revocation is checked. \
        Issue the certificate with the address of the CRL, or without the point.",
    check: Check::Certificate(crldp_incomplete),
};

fn crldp_incomplete(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let wrong = |point: &DistributionPoint| point.name.is_none() && point.crl_issuer.is_none();
    if let Some(finding) = report_points(analysis, id, findings, wrong) {
        finding
            .message(format!(
                "a distribution point of `{}` does not say where the CRL is",
                analysis.certificate(id).label()
            ))
            .evidence("found neither distributionPoint nor cRLIssuer; expected one of them")
            .help("issue the certificate again with the address of the CRL");
    }
}

static CRLDP_NO_HTTP_OR_LDAP_URI: Rule = Rule {
    name: "crldp-no-http-or-ldap-uri",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.13",
    summary: "No distribution point has an HTTP or LDAP URI.",
    explanation: "Software that fetches CRLs does so by HTTP, and some by LDAP. \
        A directory name, a file path or another scheme leaves it without the CRL. \
        Issue the certificate with an `http://` address.",
    check: Check::Certificate(crldp_no_http_or_ldap_uri),
};

fn crldp_no_http_or_ldap_uri(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let points = points(analysis, id);
    let can_fetch = |point: &DistributionPoint| {
        let names = full_names(point).unwrap_or_default();
        names.iter().any(|name| has_scheme(name, FETCHABLE))
    };
    // A CRL may also be known by its issuer's name alone; a relative name has a rule of its own.
    let needs_uri = |point: &DistributionPoint| {
        full_names(point).is_some() || point.crl_issuer.is_none() && point.name.is_none()
    };
    if points.iter().any(can_fetch) {
        return;
    }
    let Some(finding) = report_points(analysis, id, findings, needs_uri) else {
        return;
    };
    finding
        .message(format!(
            "no distribution point of `{}` can be fetched by HTTP or LDAP",
            analysis.certificate(id).label()
        ))
        .help("issue the certificate again with the http:// address of the CRL");
    let names = points.iter().filter_map(full_names).flatten();
    show_names(finding, names.map(|name| ("distributionPoint", *name)));
}

static CRLDP_CRL_ISSUER_INVALID: Rule = Rule {
    name: "crldp-crl-issuer-invalid",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.13",
    summary: "cRLIssuer is empty, or holds something else than a directoryName.",
    explanation: "cRLIssuer is the distinguished name of the authority that signs the CRL, as in the CRL itself. \
        A verifier cannot match anything else, so no CRL fits, and once revocation is checked the certificate is rejected. \
        Issue the certificate with that name, or without cRLIssuer where the CA signs its CRLs itself.",
    check: Check::Certificate(crldp_crl_issuer_invalid),
};

fn crldp_crl_issuer_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let is_wrong = |name: &GeneralName| {
        name.kind != GeneralName::DIRECTORY_NAME
            || name.directory_name().is_ok_and(|name| name.is_empty())
    };
    let wrong = |point: &DistributionPoint| {
        let issuer = point.crl_issuer.as_ref();
        issuer.is_some_and(|names| names.is_empty() || names.iter().any(is_wrong))
    };
    let Some(finding) = report_points(analysis, id, findings, wrong) else {
        return;
    };
    finding
        .message(format!(
            "cRLIssuer of `{}` is no distinguished name",
            analysis.certificate(id).label()
        ))
        .help("issue the certificate again with the CRL issuer's distinguished name in cRLIssuer, or without cRLIssuer");
    let issuers = points(analysis, id)
        .iter()
        .filter_map(|point| point.crl_issuer.as_ref());
    let mut wrong = issuers.flatten().filter(|name| is_wrong(name)).peekable();
    if wrong.peek().is_none() {
        finding.evidence("it is empty; expected a directoryName");
    }
    let what = "expected a directoryName, found";
    show_names(finding, wrong.map(|name| (what, *name)));
}

static CRLDP_RELATIVE_NAME: Rule = Rule {
    name: "crldp-relative-name",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.13",
    summary: "A distribution point is named relative to the CRL issuer.",
    explanation: "nameRelativeToCRLIssuer is a fragment of a directory name; few verifiers put it together, and RFC 5280 advises CAs against it. \
        Beside a cRLIssuer of several names it is forbidden. Issue the certificate with the full address of the CRL.",
    check: Check::Certificate(crldp_relative_name),
};

fn crldp_relative_name(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let is_relative = |point: &DistributionPoint| {
        matches!(
            point.name,
            Some(DistributionPointName::RelativeToCrlIssuer(_))
        )
    };
    let Some(finding) = report_points(analysis, id, findings, is_relative) else {
        return;
    };
    finding
        .message(format!(
            "a distribution point of `{}` is relative to the CRL issuer's name",
            analysis.certificate(id).label()
        ))
        .evidence("found nameRelativeToCRLIssuer; expected fullName")
        .help("issue the certificate again with the full address of the CRL");
    let several = |point: &DistributionPoint| {
        is_relative(point)
            && point
                .crl_issuer
                .as_ref()
                .is_some_and(|names| names.len() > 1)
    };
    if points(analysis, id).iter().any(several) {
        finding
            .evidence("cRLIssuer holds several names, so it is open what the name is relative to");
    }
}

static CRLDP_REASONS_INCOMPLETE: Rule = Rule {
    name: "crldp-reasons-incomplete",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.13",
    summary: "No distribution point covers every reason of revocation, or reasons has a bit that stands for none.",
    explanation: "A CRL for some reasons leaves it open whether the certificate was revoked for another one, so a verifier that checks \
        revocation has no answer. RFC 5280 demands one point whose CRL covers all reasons. \
        Leave the field reasons out.",
    check: Check::Certificate(crldp_reasons_incomplete),
};

fn crldp_reasons_incomplete(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let points = points(analysis, id);
    if points.iter().all(|point| point.reasons.is_none()) {
        return;
    }
    let is_odd = |point: &DistributionPoint| {
        let bits = point.reasons_tlv.as_ref();
        bits.is_some_and(|bits| Reasons::has_undefined(bits.value()))
    };
    let is_whole = |point: &DistributionPoint| {
        let reasons = point.reasons.unwrap_or(Reasons::ALL);
        reasons.contains(Reasons::ALL)
    };
    let odd = points.iter().any(is_odd);
    if !odd && points.iter().any(is_whole) {
        return;
    }
    let wrong = |point: &DistributionPoint| if odd { is_odd(point) } else { true };
    let Some(finding) = report_points(analysis, id, findings, wrong) else {
        return;
    };
    let label = analysis.certificate(id).label();
    if odd {
        finding
            .message(format!(
                "a distribution point of `{label}` has a reason that does not exist"
            ))
            .evidence("expected bits 1 (keyCompromise) to 8 (aACompromise) only");
    } else {
        finding
            .message(format!(
                "no distribution point of `{label}` covers every reason of revocation"
            ))
            .evidence("each has the field reasons, and none of them all of its bits");
    }
    finding.help("issue the certificate again without the field reasons");
}

static AIA_CA_ISSUERS_NO_HTTP_OR_LDAP: Rule = Rule {
    name: "aia-ca-issuers-no-http-or-ldap",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.2.1",
    summary: "caIssuers is there, but no HTTP or LDAP URI.",
    explanation: "Software that fetches a missing intermediate does so by HTTP, and some by LDAP. \
        A directory name or another scheme leaves it without the certificate. \
        Issue the certificate with an `http://` address.",
    check: Check::Certificate(aia_ca_issuers_no_http_or_ldap),
};

fn access<'s, 'a>(
    certificate: &'s Certificate<'a>,
    method: Oid<'static>,
) -> impl Iterator<Item = GeneralName<'a>> + use<'s, 'a> {
    let extension = certificate.extension(oid::AUTHORITY_INFO_ACCESS);
    extension
        .into_iter()
        .flat_map(Extension::access_descriptions)
        .filter(move |access| access.method == method)
        .map(|access| access.location)
}

fn aia_ca_issuers_no_http_or_ldap(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let issuers = || access(certificate, oid::CA_ISSUERS_ACCESS);
    let Some(first) = issuers().next() else {
        return;
    };
    if issuers().any(|name| has_scheme(&name, FETCHABLE)) {
        return;
    }
    let field = Field::Extension(oid::AUTHORITY_INFO_ACCESS);
    let place = analysis.place_within(id, field, first.tlv.range());
    let finding = findings.at(place.inside("caIssuers"));
    finding
        .message(format!(
            "no caIssuers address of `{}` can be fetched by HTTP or LDAP",
            certificate.label()
        ))
        .help("issue the certificate again with the http:// address of the issuer's certificate");
    show_names(finding, issuers().map(|name| ("caIssuers", name)));
}

static AIA_CRLDP_HTTPS_CIRCULAR: Rule = Rule {
    name: "aia-crldp-https-circular",
    severity: Severity::Warning,
    citation: "RFC 5280 §8",
    summary: "A CRL, OCSP responder or issuer is to be fetched over TLS.",
    explanation: "To fetch it, the server's certificate has to be checked first, which may need the same CRL or OCSP responder: \
        RFC 5280 advises CAs against https and ldaps here, and much software does not follow such addresses. \
        CRLs, OCSP responses and certificates are signed, so plain HTTP is enough.",
    check: Check::Certificate(aia_crldp_https_circular),
};

fn aia_crldp_https_circular(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let certificate = analysis.certificate(id);
    let in_points = || {
        let names = points(analysis, id).iter().filter_map(full_names).flatten();
        names.map(|name| ("CRL", oid::CRL_DISTRIBUTION_POINTS, *name))
    };
    let in_access = |what, method| {
        access(certificate, method).map(move |name| (what, oid::AUTHORITY_INFO_ACCESS, name))
    };
    let mut circular = in_points()
        .chain(in_access("OCSP", oid::OCSP_ACCESS))
        .chain(in_access("caIssuers", oid::CA_ISSUERS_ACCESS))
        .filter(|(_, _, name)| has_scheme(name, &["https", "ldaps"]));
    let Some(first) = circular.next() else { return };
    let (_, extension, name) = first;
    let place = analysis.place_within(id, Field::Extension(extension), name.tlv.range());
    let finding = findings.at(place);
    finding
        .message(format!(
            "`{}` says to fetch what proves its status over TLS",
            certificate.label()
        ))
        .help("issue the certificate again with plain http:// addresses");
    let all = std::iter::once(first).chain(circular);
    show_names(finding, all.map(|(what, _, name)| (what, name)));
}
