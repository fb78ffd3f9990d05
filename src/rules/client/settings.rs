//! What the server's settings and its list of CAs mean for clients.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use crate::analysis::{Analysis, CertificateId, CertificateRole, Client};
use crate::cert::der::Reader;
use crate::cert::time::DAY;
use crate::cert::{Certificate, Field, oid};
use crate::path::{Path, PathEnd};
use crate::rules::{Check, Findings, Rule, Severity};
use crate::verifiers::{DepthSetting, Verifier};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &MTLS_NO_CLIENT_CERTIFICATE,
    &MTLS_VERIFY_DEPTH_EXCEEDED,
    &MTLS_CA_NAMES_TOO_LARGE,
    &MTLS_CA_NAMES_LARGE,
    &MTLS_DUPLICATE_CA_SUBJECT,
    &MTLS_PUBLIC_CA_IN_BUNDLE,
    &MTLS_LEAF_LONG_LIVED_NO_REVOCATION,
];

static MTLS_NO_CLIENT_CERTIFICATE: Rule = Rule {
    name: "mtls-no-client-certificate",
    severity: Severity::Error,
    citation: "RFC 8446 §4.4.2.4",
    summary: "The client's file holds no certificate that can be read.",
    explanation: "A client without a certificate sends an empty list, and a server that requires one ends the handshake; \
        nginx answers 400 `No required SSL certificate was sent`. \
        Mostly the key, or a request, was taken for the certificate.",
    check: Check::Client(mtls_no_client_certificate),
};

fn mtls_no_client_certificate(analysis: &Analysis, client: &Client, findings: &mut Findings) {
    if client.leaf.is_some() {
        return;
    }
    let source = analysis.source(client.input);
    let finding = findings.at(analysis.place_in_source(client.input, source.line_span(1)));
    finding
        .blocking()
        .message(format!(
            "{} holds no client certificate that can be read",
            source.name
        ))
        .help("give the file with the client's certificate");
    let labels: Vec<&str> = analysis
        .contents(client.input)
        .blocks
        .iter()
        .map(|block| block.label.as_str())
        .collect();
    if labels.is_empty() {
        finding.evidence("there is no block in it");
    } else {
        let more = if labels.len() > 4 { ", …" } else { "" };
        let some = labels[..labels.len().min(4)].join(", ");
        finding.evidence(format!("it holds: {some}{more}"));
    }
}

static MTLS_VERIFY_DEPTH_EXCEEDED: Rule = Rule {
    name: "mtls-verify-depth-exceeded",
    severity: Severity::Error,
    citation: "nginx `ssl_verify_depth`, ingress-nginx `auth-tls-verify-depth`",
    summary: "A path has more intermediates than the server's depth setting allows.",
    explanation: "nginx stops after ssl_verify_depth intermediates, 1 by default, and then says `certificate chain too long` (22) \
        or that an issuer is missing, though all of them are there. \
        ingress-nginx has auth-tls-verify-depth for it, also 1; httpd's SSLVerifyDepth counts the root as well, so it needs one more. \
        Set the depth to the number of intermediates.",
    check: Check::Path(mtls_verify_depth_exceeded),
};

fn mtls_verify_depth_exceeded(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    let limits = depth_limits(analysis, path);
    let Some((limit, _)) = limits.first_key_value() else {
        return;
    };
    let first = path.certificates[0];
    let ends_in_bundle = matches!(path.end, PathEnd::Root | PathEnd::Partial);
    if !ends_in_bundle || (path.client.is_none() && analysis.on_client_path(first)) {
        return;
    }
    // The bundle's own paths begin with a CA, which is an intermediate of every client below it.
    let begins_with_ca =
        path.client.is_none() && analysis.certificate_role(first) == CertificateRole::Intermediate;
    let intermediates: Vec<CertificateId> = begins_with_ca
        .then_some(first)
        .into_iter()
        .chain(path.intermediates().iter().copied())
        .collect();
    let needed = intermediates.len();
    let Some(beyond) = intermediates.get(*limit as usize).copied() else {
        return;
    };
    let finding = findings.at(analysis.place(first, Field::Certificate));
    let label = analysis.certificate(first).label();
    let whose = if path.client.is_some() {
        format!("the path of `{label}`")
    } else {
        format!("a client of `{label}`")
    };
    let exceeded: Vec<(u32, &[&Verifier])> = limits
        .iter()
        .filter(|(limit, _)| (**limit as usize) < needed)
        .map(|(limit, verifiers)| (*limit, verifiers.as_slice()))
        .collect();
    let has = if needed == 1 {
        "an intermediate".to_owned()
    } else {
        format!("{needed} intermediates")
    };
    finding.message(format!("{whose} has {has}, but {}", allowance(&exceeded)));
    let settings = exceeded.iter().flat_map(|(_, verifiers)| *verifiers);
    let settings: Vec<(&str, &DepthSetting)> = settings
        .filter_map(|verifier| Some((verifier.name, verifier.depth.as_ref()?)))
        .collect();
    for (name, setting) in &settings {
        let counts = if setting.counts_root {
            ", which counts the root"
        } else {
            ""
        };
        let directive = setting.directive;
        finding.evidence(match analysis.settings.depth {
            None => format!(
                "{directive} {}{counts}: the default of {name}",
                setting.default
            ),
            Some(depth) => format!("{directive} {depth}{counts}: --depth for {name}"),
        });
    }
    for (index, id) in intermediates.iter().enumerate() {
        finding.evidence(format!(
            "intermediate {}: {}",
            index + 1,
            analysis.describe(*id)
        ));
    }
    let set: Vec<String> = settings
        .iter()
        .map(|(_, setting)| {
            let needed = needed + usize::from(setting.counts_root);
            format!("{} to {needed}", setting.directive)
        })
        .collect();
    finding.help(if set.is_empty() {
        format!("let the server allow {needed}: in nginx set ssl_verify_depth to {needed}")
    } else {
        format!("set {}", set.join(", "))
    });
    if beyond != first {
        finding.related(analysis.place(beyond, Field::Certificate));
    }
    if path.client.is_some() {
        finding.blocking();
    }
}

/// Who allows how many intermediates: `nginx and ingress-nginx allow 1, httpd none`.
fn allowance(limits: &[(u32, &[&Verifier])]) -> String {
    let mut text = String::new();
    for (index, (limit, verifiers)) in limits.iter().enumerate() {
        let names: Vec<&str> = verifiers.iter().map(|verifier| verifier.name).collect();
        let names = match names.as_slice() {
            [] => "--depth".to_owned(),
            [name] => (*name).to_owned(),
            [names @ .., last] => format!("{} and {last}", names.join(", ")),
        };
        let verb = match (index, verifiers.len()) {
            (0, ..2) => " allows",
            (0, _) => " allow",
            _ => "",
        };
        let separator = if index == 0 { "" } else { ", " };
        let number = if *limit == 0 {
            "none".to_owned()
        } else {
            limit.to_string()
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "{separator}{names}{verb} {number}");
    }
    text
}

/// How many intermediates are allowed, and by whom, the fewest first; one entry for each number.
fn depth_limits(analysis: &Analysis, path: &Path) -> BTreeMap<u32, Vec<&'static Verifier>> {
    let given = analysis.settings.depth;
    // Who needs no root ends the path at the first certificate of the bundle that the depth still reaches (Envoy).
    let mut issuers = path.issuers().iter();
    let sent = issuers.position(|id| analysis.in_bundle(*id));
    let mut limits: BTreeMap<u32, Vec<&'static Verifier>> = BTreeMap::new();
    for verifier in &analysis.settings.verifiers {
        let Some(limit) = verifier.most_intermediates(given) else {
            continue;
        };
        let ends_early = !verifier.library.needs_root();
        if !(ends_early && sent.is_some_and(|sent| sent <= limit as usize)) {
            limits.entry(limit).or_default().push(verifier);
        }
    }
    if let (true, Some(depth)) = (limits.is_empty(), given) {
        limits.insert(depth, Vec::new());
    }
    limits
}

/// The octets of `certificate_authorities` (RFC 8446 §4.2.4): each name once, with a length of two octets before it.
fn octets_of_names(analysis: &Analysis) -> usize {
    let mut seen = HashSet::new();
    let subjects = analysis
        .bundle
        .iter()
        .map(|id| analysis.certificate(*id).subject.raw);
    subjects
        .filter(|raw| seen.insert(*raw))
        .map(|raw| raw.len() + 2)
        .sum()
}

/// The most octets that `certificate_authorities` can have.
const NAMES_LIMIT: usize = 0xffff;

/// The most octets of a TLS record.
const RECORD_LIMIT: usize = 1 << 14;

static MTLS_CA_NAMES_TOO_LARGE: Rule = Rule {
    name: "mtls-ca-names-too-large",
    severity: Severity::Error,
    citation: "RFC 8446 §4.2.4, RFC 5246 §7.4.4",
    summary: "The subjects of the bundle do not fit into the list of CA names that a server sends.",
    explanation: "A server tells clients the names of its CAs in a list of at most 65535 bytes. \
        With more, the server cannot write its message, and every handshake fails. \
        In nginx put the CAs into ssl_trusted_certificate, whose names are not sent, and a few into ssl_client_certificate; or take CAs out.",
    check: Check::Bundle(mtls_ca_names_too_large),
};

fn mtls_ca_names_too_large(analysis: &Analysis, findings: &mut Findings) {
    let octets = octets_of_names(analysis);
    if octets > NAMES_LIMIT {
        report_names(analysis, octets, NAMES_LIMIT, findings);
    }
}

static MTLS_CA_NAMES_LARGE: Rule = Rule {
    name: "mtls-ca-names-large",
    severity: Severity::Warning,
    citation: "Practice; RFC 8446 §4.2.4, §5.1",
    summary: "The list of CA names that a server sends is larger than one TLS record.",
    explanation: "The names of all CAs go over the wire in every handshake. \
        Past 16 KiB the message is split over records, which some clients do not read, and every connection gets slower. \
        In nginx names of CAs in ssl_trusted_certificate are not sent.",
    check: Check::Bundle(mtls_ca_names_large),
};

fn mtls_ca_names_large(analysis: &Analysis, findings: &mut Findings) {
    let octets = octets_of_names(analysis);
    if octets > RECORD_LIMIT && octets <= NAMES_LIMIT {
        report_names(analysis, octets, RECORD_LIMIT, findings);
    }
}

fn report_names(analysis: &Analysis, octets: usize, limit: usize, findings: &mut Findings) {
    let Some(&first) = analysis.bundle.first() else {
        return;
    };
    findings
        .at(analysis.place(first, Field::Subject))
        .message(format!(
            "the names of the bundle's CAs take {octets} bytes in the handshake, over {limit}"
        ))
        .evidence(format!(
            "{} certificates in the bundle, each name counted once",
            analysis.bundle.len()
        ))
        .help("move CAs whose names clients need not see into ssl_trusted_certificate, or remove them");
}

static MTLS_DUPLICATE_CA_SUBJECT: Rule = Rule {
    name: "mtls-duplicate-ca-subject",
    severity: Severity::Info,
    citation: "RFC 8446 §4.2.4",
    summary: "Two CAs of the bundle have the same subject.",
    explanation: "Clients choose their certificate by the names of CAs that the server sends, and cannot tell two CAs of one name apart. \
        It is normal while a CA is renewed or re-keyed. Remove the old one when no client needs it any more.",
    check: Check::Bundle(mtls_duplicate_ca_subject),
};

fn mtls_duplicate_ca_subject(analysis: &Analysis, findings: &mut Findings) {
    let mut first_of: HashMap<&[u8], CertificateId> = HashMap::new();
    for id in analysis.distinct_bundle() {
        let certificate = analysis.certificate(id);
        if analysis.certificate_role(id) == CertificateRole::EndEntity {
            continue;
        }
        let first = *first_of.entry(certificate.subject.raw).or_insert(id);
        if first == id {
            continue;
        }
        let same_key = analysis.certificate(first).key.spki == certificate.key.spki;
        findings
            .at(analysis.place(id, Field::Subject))
            .message(format!(
                "the bundle holds another CA called `{}`",
                certificate.label()
            ))
            .evidence(format!("the other: {}", analysis.describe(first)))
            .evidence(if same_key {
                "both have the same key"
            } else {
                "they have different keys"
            })
            .related(analysis.place(first, Field::Subject))
            .help("remove the one that no client needs any more");
    }
}

static MTLS_PUBLIC_CA_IN_BUNDLE: Rule = Rule {
    name: "mtls-public-ca-in-bundle",
    severity: Severity::Warning,
    citation: "Practice; RFC 5280 §6.1.1(d)",
    summary: "The bundle for clients trusts a public CA.",
    explanation: "Whoever gets a certificate from that public CA passes the server's check, whatever its name: anyone, for most of them. \
        It happens where the system's CA bundle is taken for the clients' one. \
        Trust only CAs that issue to your own clients, or make sure that the name is checked, too.",
    check: Check::Bundle(mtls_public_ca_in_bundle),
};

fn mtls_public_ca_in_bundle(analysis: &Analysis, findings: &mut Findings) {
    let bundle = analysis.distinct_bundle();
    if bundle.is_empty() {
        return;
    }
    // An anchor has the contents of name and key without the header of their SEQUENCE.
    let anchors = webpki_roots::TLS_SERVER_ROOTS.iter();
    let public: HashSet<(&[u8], &[u8])> = anchors
        .map(|anchor| {
            (
                anchor.subject.as_ref(),
                anchor.subject_public_key_info.as_ref(),
            )
        })
        .collect();
    let is_public = |id: &CertificateId| {
        let Certificate { subject, key, .. } = analysis.certificate(*id);
        contents(subject.raw)
            .zip(contents(key.spki))
            .is_some_and(|pair| public.contains(&pair))
    };
    let found: Vec<CertificateId> = bundle.iter().copied().filter(is_public).collect();
    let Some(&first) = found.first() else { return };
    let finding = findings.at(analysis.place(first, Field::Subject));
    finding
        .message(if found.len() == 1 {
            format!(
                "the bundle trusts the public CA `{}`: it issues to anyone",
                analysis.certificate(first).label())
        } else {
            format!("the bundle trusts {} public CAs, which issue to anyone", found.len())
        })
        .evidence(format!(
            "{} of {} certificates in the bundle are roots that browsers trust",
            found.len(),
            bundle.len()
        ))
        .help("remove public CAs from the bundle, and trust only those that issue to your own clients");
    for id in found.iter().skip(1).take(4) {
        finding.related(analysis.place(*id, Field::Subject));
    }
}

/// What is inside the outermost element.
fn contents(der: &[u8]) -> Option<&[u8]> {
    Reader::new(der).read().ok().map(|tlv| tlv.value())
}

static MTLS_LEAF_LONG_LIVED_NO_REVOCATION: Rule = Rule {
    name: "mtls-leaf-long-lived-no-revocation",
    severity: Severity::Warning,
    citation: "Practice; RFC 5280 §3.3, RFC 9608",
    summary: "A client certificate is valid for over 90 days and says nothing about revocation.",
    explanation: "If this client's key is stolen, verifiers have nowhere to ask whether the certificate is revoked, and it stays good for months. \
        Issue it for 90 days or less, or with a cRLDistributionPoints or an OCSP responder. \
        nginx does not fetch CRLs by itself: its ssl_crl needs a file in any case.",
    check: Check::Client(mtls_leaf_long_lived_no_revocation),
};

fn mtls_leaf_long_lived_no_revocation(
    analysis: &Analysis,
    client: &Client,
    findings: &mut Findings,
) {
    const LIMIT: i64 = 90;
    let Some(leaf) = client.leaf else { return };
    let certificate = analysis.certificate(leaf);
    let (Some(not_before), Some(not_after)) = (certificate.not_before, certificate.not_after)
    else {
        return;
    };
    let length = not_after.0.saturating_sub(not_before.0);
    let has = |extension| certificate.extension(extension).is_some();
    if length <= LIMIT * DAY
        || has(oid::CRL_DISTRIBUTION_POINTS)
        || has(oid::NO_REV_AVAIL)
        || certificate.values.has_ocsp
    {
        return;
    }
    findings
        .at(analysis.place(leaf, Field::NotAfter))
        .message(format!(
            "`{}` is valid for {} days, and cannot be revoked",
            certificate.label(),
            length / DAY
        ))
        .evidence(format!("valid from {not_before} to {not_after}"))
        .evidence("there is no cRLDistributionPoints, no OCSP responder and no noRevAvail")
        .help("issue it for 90 days or less, or with a cRLDistributionPoints");
}
