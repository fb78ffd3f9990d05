//! nameConstraints (RFC 5280 §4.2.1.10).

use crate::analysis::{Analysis, CertificateId, CertificateRole};
use crate::cert::der::Tlv;
use crate::cert::extension::{Extension, GeneralName, NameConstraints, Subtree};
use crate::cert::{Field, oid};
use crate::path::names;
use crate::rules::{Check, Finding, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &NC_NOT_CRITICAL,
    &NC_IN_END_ENTITY,
    &NC_EMPTY,
    &NC_MINIMUM_NOT_ZERO,
    &NC_MAXIMUM_PRESENT,
    &NC_IP_WRONG_LENGTH,
    &NC_IP_INVALID_MASK,
    &NC_DNS_INVALID,
    &NC_URI_INVALID,
    &NC_EMAIL_INVALID,
    &NC_UNSUPPORTED_TYPE,
    &NC_EXCLUDES_ALL_PERMITTED,
];

const NAME_CONSTRAINTS: Field<'static> = Field::Extension(oid::NAME_CONSTRAINTS);

/// How many faulty subtrees of one certificate are reported, each by itself.
const REPORTED: usize = 8;

fn constraints<'s, 'a>(
    analysis: &'s Analysis<'a>,
    id: CertificateId,
) -> Option<&'s NameConstraints<'a>> {
    analysis.certificate(id).values.name_constraints.as_ref()
}

/// Starts a finding for each subtree that `is_faulty`, with its constraint as evidence.
fn each_subtree<T>(
    analysis: &Analysis,
    id: CertificateId,
    findings: &mut Findings,
    is_faulty: impl Fn(&Subtree<'_>) -> Option<T>,
    describe: impl Fn(&mut Finding, T, &str),
) {
    let Some(constraints) = constraints(analysis, id) else {
        return;
    };
    let faulty = constraints
        .subtrees()
        .filter_map(|subtree| Some((subtree, is_faulty(subtree)?)));
    for (subtree, fault) in faulty.take(REPORTED) {
        let range = subtree.tlv.range();
        let finding = findings.at(analysis.place_within(id, NAME_CONSTRAINTS, range));
        describe(finding, fault, &analysis.certificate(id).label());
        finding.evidence(format!("constraint: {}", names::describe(&subtree.base)));
    }
}

/// What is wrong with the base of a subtree, if it has this form.
fn fault(subtree: &Subtree<'_>, kind: u8) -> Option<&'static str> {
    (subtree.base.kind == kind)
        .then(|| names::fault(&subtree.base))
        .flatten()
}

static NC_NOT_CRITICAL: Rule = Rule {
    name: "nc-not-critical",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.10",
    summary: "nameConstraints is not critical.",
    explanation: "RFC 5280 demands the mark, so that a verifier that does not know the extension rejects instead of looking past it. \
        nginx, Envoy, Go, GnuTLS and rustls evaluate the constraints with the mark and without. \
        Issue the CA with `nameConstraints = critical, ...`; the key may stay.",
    check: Check::Certificate(nc_not_critical),
};

fn nc_not_critical(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let extension = analysis.certificate(id).extension(oid::NAME_CONSTRAINTS);
    if extension.is_none_or(|extension| extension.critical) {
        return;
    }
    findings
        .at(analysis.place(id, NAME_CONSTRAINTS))
        .message(format!(
            "nameConstraints of `{}` is not critical",
            analysis.certificate(id).label()
        ))
        .evidence("critical FALSE")
        .help("issue the CA certificate again with nameConstraints marked critical");
}

static NC_IN_END_ENTITY: Rule = Rule {
    name: "nc-in-end-entity",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.10",
    summary: "A certificate that is no CA has nameConstraints.",
    explanation: "nameConstraints limits what stands below a CA, and is allowed in CA certificates only. \
        In an end-entity certificate it limits nothing; it is there because the certificate was issued with the extensions of a CA. \
        Issue the certificate without it.",
    check: Check::Certificate(nc_in_end_entity),
};

fn is_ca(analysis: &Analysis, id: CertificateId) -> bool {
    analysis.certificate(id).says_ca()
        || analysis.certificate_role(id) != CertificateRole::EndEntity
}

fn nc_in_end_entity(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let extension = analysis.certificate(id).extension(oid::NAME_CONSTRAINTS);
    if extension.is_none() || is_ca(analysis, id) {
        return;
    }
    findings
        .at(analysis.place(id, NAME_CONSTRAINTS))
        .message(format!(
            "`{}` is no CA, but has nameConstraints",
            analysis.certificate(id).label()
        ))
        .help("issue the certificate again without nameConstraints");
}

static NC_EMPTY: Rule = Rule {
    name: "nc-empty",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.10",
    summary: "nameConstraints has no subtree, or an empty list of them.",
    explanation: "RFC 5280 forbids a CA to issue an empty nameConstraints, and its lists have at least one subtree each. \
        It is unclear what an empty one means: everything, or nothing. \
        Issue the CA with the subtrees that are meant, or without the extension.",
    check: Check::Certificate(nc_empty),
};

fn nc_empty(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let Some(constraints) = constraints(analysis, id) else {
        return;
    };
    let lists = [
        ("permittedSubtrees", &constraints.permitted),
        ("excludedSubtrees", &constraints.excluded),
    ];
    let empty: Vec<&str> = lists
        .iter()
        .filter(|(_, list)| list.as_ref().is_some_and(Vec::is_empty))
        .map(|(name, _)| *name)
        .collect();
    let found = if !empty.is_empty() {
        format!("{} without a subtree", empty.join(" and "))
    } else if constraints.permitted.is_none() && constraints.excluded.is_none() {
        "neither permittedSubtrees nor excludedSubtrees".to_owned()
    } else {
        return;
    };
    findings
        .at(analysis.place(id, NAME_CONSTRAINTS))
        .message(format!(
            "nameConstraints of `{}` is empty",
            analysis.certificate(id).label()
        ))
        .evidence(found)
        .help("issue the CA certificate again with the subtrees that are meant, or without the extension");
}

static NC_MINIMUM_NOT_ZERO: Rule = Rule {
    name: "nc-minimum-not-zero",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.10",
    summary: "A subtree of nameConstraints has a minimum other than 0.",
    explanation: "RFC 5280 uses minimum with no name form, so it has to be 0. \
        A verifier that cannot process the field must reject certificates with such a name. \
        Issue the CA without it.",
    check: Check::Certificate(nc_minimum_not_zero),
};

fn nc_minimum_not_zero(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let minimum = |subtree: &Subtree<'_>| subtree.minimum.filter(|minimum| *minimum != 0);
    each_subtree(
        analysis,
        id,
        findings,
        minimum,
        |finding, minimum, label| {
            finding
                .message(format!("a constraint of `{label}` has a minimum"))
                .evidence(format!("minimum {minimum}; expected 0"))
                .help("issue the CA certificate again without minimum");
        },
    );
}

static NC_MAXIMUM_PRESENT: Rule = Rule {
    name: "nc-maximum-present",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.10",
    summary: "A subtree of nameConstraints has a maximum.",
    explanation: "RFC 5280 uses maximum with no name form, so it has to be absent. \
        A verifier that cannot process the field must reject certificates with such a name. \
        Issue the CA without it.",
    check: Check::Certificate(nc_maximum_present),
};

fn nc_maximum_present(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let maximum = |subtree: &Subtree<'_>| subtree.maximum;
    each_subtree(
        analysis,
        id,
        findings,
        maximum,
        |finding, maximum, label| {
            finding
                .message(format!("a constraint of `{label}` has a maximum"))
                .evidence(format!("maximum {maximum}; expected none"))
                .help("issue the CA certificate again without maximum");
        },
    );
}

static NC_IP_WRONG_LENGTH: Rule = Rule {
    name: "nc-ip-wrong-length",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.10",
    summary: "An iPAddress constraint is not 8 or 32 octets long.",
    explanation: "An iPAddress constraint is an address and a mask: 8 octets for IPv4, 32 for IPv6. \
        With another length it says nothing, and certificates with an IP address below this CA are rejected. \
        Issue the CA with address and mask.",
    check: Check::Certificate(nc_ip_wrong_length),
};

fn has_ip_length(base: &GeneralName<'_>) -> bool {
    matches!(base.value.len(), 8 | 32)
}

fn nc_ip_wrong_length(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let length = |subtree: &Subtree<'_>| {
        let base = &subtree.base;
        let wrong = base.kind == GeneralName::IP_ADDRESS && !has_ip_length(base);
        wrong.then_some(base.value.len())
    };
    each_subtree(analysis, id, findings, length, |finding, length, label| {
        finding
            .message(format!(
                "an iPAddress constraint of `{label}` is no address with a mask"
            ))
            .evidence(format!("{length} octets; expected 8 or 32"))
            .help("issue the CA certificate again with an address and a mask");
    });
}

static NC_IP_INVALID_MASK: Rule = Rule {
    name: "nc-ip-invalid-mask",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.10; RFC 4632 §3.1",
    summary: "The mask of an iPAddress constraint is not ones followed by zeros.",
    explanation: "RFC 5280 takes masks in the style of CIDR, which are a prefix of ones. \
        rustls answers InvalidNetworkMaskConstraint to a client with an IP address below this CA. \
        Issue the CA with the mask of a network.",
    check: Check::Certificate(nc_ip_invalid_mask),
};

fn nc_ip_invalid_mask(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let why = |subtree: &Subtree<'_>| {
        fault(subtree, GeneralName::IP_ADDRESS).filter(|_| has_ip_length(&subtree.base))
    };
    each_subtree(analysis, id, findings, why, |finding, why, label| {
        finding
            .message(format!(
                "an iPAddress constraint of `{label}` is no network"
            ))
            .evidence(why)
            .help("issue the CA certificate again with a mask of ones followed by zeros");
    });
}

static NC_DNS_INVALID: Rule = Rule {
    name: "nc-dns-invalid",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.10",
    summary: "A dNSName constraint is not a domain name.",
    explanation: "A dNSName constraint is a domain, and spans its subdomains by itself: it takes neither a wildcard nor a leading period. \
        A leading period belongs to URI and mailbox constraints; nginx, Envoy, Go, Java, GnuTLS and rustls accepted a client under one, \
        but what it spans is not defined. \
        Issue the CA with the domain alone; the key may stay.",
    check: Check::Certificate(nc_dns_invalid),
};

fn nc_dns_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let why = |subtree: &Subtree<'_>| {
        let leading =
            subtree.base.kind == GeneralName::DNS_NAME && subtree.base.value.first() == Some(&b'.');
        fault(subtree, GeneralName::DNS_NAME)
            .or(leading
                .then_some("it begins with a period, which is for URI and mailbox constraints"))
    };
    each_subtree(analysis, id, findings, why, |finding, why, label| {
        finding
            .message(format!(
                "a dNSName constraint of `{label}` is no domain name"
            ))
            .evidence(why)
            .help("issue the CA certificate again with the domain alone, such as `example.com`");
    });
}

static NC_URI_INVALID: Rule = Rule {
    name: "nc-uri-invalid",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.10",
    summary: "A URI constraint is not a host name, or a domain with a leading period.",
    explanation: "A URI constraint is on the host of the URI alone: `example.com` for one host, `.example.com` for those below it. \
        With a scheme or a path in it, it fits no name. For SPIFFE IDs it is the trust domain. \
        Issue the CA with the host name.",
    check: Check::Certificate(nc_uri_invalid),
};

fn nc_uri_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let why = |subtree: &Subtree<'_>| fault(subtree, GeneralName::URI);
    each_subtree(analysis, id, findings, why, |finding, why, label| {
        finding
            .message(format!("a URI constraint of `{label}` is no host name"))
            .evidence(why)
            .help("issue the CA certificate again with the host name alone");
    });
    let is_one_label = |subtree: &Subtree<'_>| {
        let base = &subtree.base;
        let is_name = base.kind == GeneralName::URI && names::fault(base).is_none();
        (is_name && !base.value.is_empty() && !base.value.contains(&b'.')).then_some(())
    };
    each_subtree(
        analysis,
        id,
        findings,
        is_one_label,
        |finding, (), label| {
            finding
            .severity(Severity::Info)
            .message(format!(
                "a URI constraint of `{label}` is a name of one label"
            ))
            .evidence("RFC 5280 wants a fully qualified domain name; a SPIFFE trust domain may be one label")
            .help("nothing, if it is a trust domain; otherwise issue the CA certificate again with the whole name");
        },
    );
}

static NC_EMAIL_INVALID: Rule = Rule {
    name: "nc-email-invalid",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.10",
    summary: "An rfc822Name constraint is not a mailbox, a host name, or a domain with a leading period.",
    explanation: "An rfc822Name constraint is one mailbox, a host for all of its mailboxes, or `.example.com` for those on hosts below a domain. \
        There are no wildcards: an asterisk before the `@` is that character. What is none of these fits no name. \
        Issue the CA with one of the three forms.",
    check: Check::Certificate(nc_email_invalid),
};

fn nc_email_invalid(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let why = |subtree: &Subtree<'_>| fault(subtree, GeneralName::RFC822_NAME);
    each_subtree(analysis, id, findings, why, |finding, why, label| {
        finding
            .message(format!(
                "an rfc822Name constraint of `{label}` is no mailbox, host or domain"
            ))
            .evidence(why)
            .help(
                "issue the CA certificate again with a mailbox, a host, or a domain after a period",
            );
    });
}

static NC_UNSUPPORTED_TYPE: Rule = Rule {
    name: "nc-unsupported-type",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.10",
    summary: "A constraint is on otherName, x400Address, ediPartyName or registeredID.",
    explanation: "Nothing defines how names of these forms compare with a constraint. \
        Go and GnuTLS refused a client without such a name below a CA with a critical registeredID constraint; nginx, Envoy, Java and \
        rustls accepted it. Constrain the forms that verifiers evaluate, dNSName and iPAddress above all.",
    check: Check::Certificate(nc_unsupported_type),
};

fn nc_unsupported_type(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    let form = |subtree: &Subtree<'_>| {
        let unsupported = matches!(subtree.base.kind, 0 | 3 | 5 | 8);
        unsupported.then(|| subtree.base.form())
    };
    each_subtree(analysis, id, findings, form, |finding, form, label| {
        finding
            .message(format!(
                "`{label}` constrains {form}, which verifiers cannot evaluate"
            ))
            .help("issue the CA certificate again with constraints on dNSName or iPAddress");
    });
    let certificate = analysis.certificate(id);
    if let (None, Some(extension)) = (
        constraints(analysis, id),
        certificate.extension(oid::NAME_CONSTRAINTS),
    ) && let Some(base) = undecoded_x400(extension)
    {
        findings
            .at(analysis.place_within(id, NAME_CONSTRAINTS, base.range()))
            .message(format!(
                "`{}` constrains x400Address, which verifiers cannot evaluate",
                certificate.label()
            ))
            .evidence("and the constraint does not decode")
            .help("issue the CA certificate again with constraints on dNSName or iPAddress");
    }
}

/// The base on an x400Address in nameConstraints that do not decode: encoders that do not know the form make it primitive.
fn undecoded_x400<'a>(extension: &Extension<'a>) -> Option<Tlv<'a>> {
    let value = extension.value.children().read().ok()?;
    let lists = value.children().elements();
    let subtrees = lists.flat_map(|list| list.children().elements());
    let mut bases = subtrees.filter_map(|subtree| subtree.children().read().ok());
    bases.find(|base| base.tag == 0x83)
}

static NC_EXCLUDES_ALL_PERMITTED: Rule = Rule {
    name: "nc-excludes-all-permitted",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.2.1.10",
    summary: "nameConstraints excludes all that it permits of one name form.",
    explanation: "What is excluded is out, whether it is permitted as well or not. Nothing of the form is left, so that no certificate \
        below the CA may have such a name. Usually one of the two lists is meant to be narrower. Issue the CA with the constraints that are meant.",
    check: Check::Certificate(nc_excludes_all_permitted),
};

fn nc_excludes_all_permitted(analysis: &Analysis, id: CertificateId, findings: &mut Findings) {
    /// More comparisons are not made: no CA lists so much.
    const MOST: usize = 10_000;
    let Some(constraints) = constraints(analysis, id) else {
        return;
    };
    for kind in names::without_rest(constraints, MOST) {
        let finding = findings.at(analysis.place(id, NAME_CONSTRAINTS));
        finding
            .message(format!(
                "nameConstraints of `{}` leaves no {}",
                analysis.certificate(id).label(),
                constraints
                    .subtrees()
                    .find(|subtree| subtree.base.kind == kind)
                    .map_or("name", |subtree| subtree.base.form())
            ))
            .help("issue the CA certificate again with the constraints that are meant");
        let lists = [
            ("permitted", &constraints.permitted),
            ("excluded", &constraints.excluded),
        ];
        for (what, list) in lists {
            let same = list.iter().flatten().filter(|one| one.base.kind == kind);
            for subtree in same.take(REPORTED) {
                finding.evidence(format!("{what}: {}", names::describe(&subtree.base)));
            }
        }
    }
}
