//! Paths that end without an issuer, and names that almost fit.

use crate::analysis::{Analysis, CertificateId};
use crate::bundle::{KeyIdMatch, Link, NameMatch};
use crate::cert::{Field, hex};
use crate::crypto::SignatureCheck;
use crate::input::BlockKind;
use crate::path::problem::wanted;
use crate::path::{Path, PathEnd};
use crate::rules::{Check, Findings, Rule, Severity};
use crate::source::Role;

pub(in crate::rules) static RULES: &[&Rule] = &[
    &CHAIN_ISSUER_NOT_FOUND,
    &CHAIN_ISSUER_REKEYED,
    &CHAIN_UNTRUSTED_ROOT,
    &CHAIN_ISSUER_NAME_MISMATCH,
    &CHAIN_ISSUER_NAME_ENCODING_DIFFERS,
];

static CHAIN_ISSUER_NOT_FOUND: Rule = Rule {
    name: "chain-issuer-not-found",
    severity: Severity::Error,
    citation: "RFC 5280 §6.1; RFC 4158 §2",
    summary: "No certificate in the bundle, or sent by the client, can be the issuer of a certificate in the client's path.",
    explanation: "The server cannot connect the client to any CA that it trusts. Either the bundle belongs to another PKI, \
        or an intermediate is missing. OpenSSL and nginx then say error 20 or 21, rustls UnknownIssuer. \
        Find the CA certificate by the subject and key id that the finding names. An intermediate may come from the client \
        or from the bundle; a root must be in the bundle.",
    check: Check::Path(chain_issuer_not_found),
};

fn chain_issuer_not_found(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    let Some(index) = path.client else { return };
    // An end-entity that is itself in the bundle is no anchor of its own path.
    let ends_at_client = path.end == PathEnd::MissingIssuer
        || path.end == PathEnd::Partial && path.certificates.len() == 1;
    let last = path.last();
    // A key that fits under another name is chain-issuer-name-mismatch.
    let mut candidates = analysis.graph.candidates(analysis.entry(last).first).iter();
    let misnamed = candidates.any(|link| {
        link.name == NameMatch::Differs && link.signature == Some(SignatureCheck::Valid)
    });
    if !analysis.has_bundle()
        || !ends_at_client
        || misnamed
        || !named_candidates(analysis, path).is_empty()
    {
        return;
    }
    let certificate = analysis.certificate(last);
    let place = analysis.place(last, Field::Issuer);
    let wanted = wanted(analysis, last);
    let bundle = analysis.distinct_bundle();
    let finding = findings.at(place).blocking();
    finding
        .message(format!(
            "the issuer of `{}` is neither in the bundle nor sent by the client",
            certificate.label()
        ))
        .evidence(format!("looked for: {wanted}"));
    if bundle.is_empty() {
        finding.evidence("the bundle holds no certificate that can be read");
    }
    for id in bundle.iter().take(5) {
        finding.evidence(format!("the bundle holds: {}", describe_ca(analysis, *id)));
    }
    if bundle.len() > 5 {
        finding.evidence(format!(
            "and {} more, none with that name",
            bundle.len() - 5
        ));
    }
    let sent = &analysis.clients[index].certificates;
    for id in sent
        .iter()
        .filter(|id| analysis.entry(**id).first != path.certificates[0])
        .take(5)
    {
        finding.evidence(format!("the client sends: {}", describe_ca(analysis, *id)));
    }
    for (input, block, _) in &analysis.unreadable {
        let source = analysis.source(*input);
        let line = source
            .position(analysis.contents(*input).blocks[*block].span.start)
            .line;
        finding.evidence(format!(
            "{}:{line} holds a certificate that cannot be read; it may be the one",
            source.name
        ));
    }
    let to = bundle_name(analysis);
    finding.help(format!(
        "add the certificate of `{}` to {to}; an intermediate may also be sent by the client, after its own certificate",
        certificate.issuer_label()
    ));
}

static CHAIN_ISSUER_REKEYED: Rule = Rule {
    name: "chain-issuer-rekeyed",
    severity: Severity::Error,
    citation: "RFC 5280 §4.2.1.1, §6.1.3(a)(1)",
    summary: "A CA certificate with the issuer's name is there, but it has another key than the one that signed.",
    explanation: "The CA got a new key under its old name, or two CAs share a name. Only one of the certificates is in the \
        bundle, and it is not the one whose key signed here. OpenSSL says \"certificate signature failure\" or \"unable to get \
        issuer certificate\", rustls BadSignature. Put the certificate with the right key next to the other until everything \
        signed by the old key has expired.",
    check: Check::Path(chain_issuer_rekeyed),
};

fn chain_issuer_rekeyed(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    if !analysis.has_bundle() || !matches!(path.end, PathEnd::MissingIssuer | PathEnd::Partial) {
        return;
    }
    let last = path.last();
    let candidates = named_candidates(analysis, path);
    let Some(first) = candidates.first() else {
        return;
    };
    // The right key may be among those that were not tried: chain-search-limit-reached.
    let is_unfinished = analysis
        .graph
        .unfinished()
        .contains(&analysis.entry(last).first);
    if is_unfinished {
        return;
    }
    let certificate = analysis.certificate(last);
    let finding = findings.at(analysis.place(last, Field::Issuer));
    finding.message(format!(
        "`{}` is there, but with another key than the one that signed `{}`",
        certificate.issuer_label(),
        certificate.label()
    ));
    finding.evidence(format!("looked for: {}", wanted(analysis, last)));
    for link in candidates.iter().take(5) {
        let against = match link.key_id {
            KeyIdMatch::Differs => "its key id differs, and its key did not make the signature",
            _ => "its key did not make the signature",
        };
        finding.evidence(format!(
            "found: {}; {against}",
            describe_ca(analysis, link.issuer)
        ));
    }
    finding.related(analysis.place(first.issuer, Field::SubjectPublicKeyInfo));
    finding.help(format!(
        "add the certificate of `{}` whose key signed this one to {} (or have `{}` reissued under the key that is there)",
        certificate.issuer_label(),
        bundle_name(analysis),
        certificate.label()
    ));
    if path.client.is_some() {
        finding.blocking();
    }
}

/// Candidates for the issuer of the path's last certificate that fit by name but not by key.
fn named_candidates<'s>(analysis: &'s Analysis<'_>, path: &Path) -> Vec<&'s Link> {
    let last = path.last();
    let first = analysis.entry(last).first;
    let sent: &[CertificateId] = path
        .client
        .map_or(&[], |index| &analysis.clients[index].certificates);
    let is_here = |id: CertificateId| {
        analysis.in_bundle(id) || sent.iter().any(|sent| analysis.entry(*sent).first == id)
    };
    let links = analysis.graph.candidates(first).iter();
    links
        .filter(|link| {
            link.name != NameMatch::Differs
                && !link.is_claimed()
                && !link.is_self()
                && is_here(link.issuer)
        })
        .collect()
}

static CHAIN_UNTRUSTED_ROOT: Rule = Rule {
    name: "chain-untrusted-root",
    severity: Severity::Error,
    citation: "RFC 5280 §6.1.1(d)",
    summary: "The client's path ends in a self-signed certificate that is not in the bundle.",
    explanation: "A root that the client sends proves nothing: the server trusts only what is in its own bundle. \
        OpenSSL says error 18 or 19, \"self-signed certificate in certificate chain\". If this root is to be trusted, add it to \
        the bundle; otherwise the client needs a certificate from a CA that is there.",
    check: Check::Path(chain_untrusted_root),
};

fn chain_untrusted_root(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    if !analysis.has_bundle() || path.client.is_none() || path.end != PathEnd::UntrustedRoot {
        return;
    }
    let last = path.last();
    let root = analysis.certificate(last);
    let finding = findings.at(analysis.place(last, Field::Subject)).blocking();
    finding.message(format!(
        "the client's path ends in `{}`, which is self-signed and not in the bundle",
        root.label()
    ));
    finding.evidence(format!("this root: {}", describe_ca(analysis, last)));
    let key = root.subject.comparison_key();
    let bundle = analysis.distinct_bundle();
    let (same_name, others): (Vec<_>, Vec<_>) = bundle
        .iter()
        .partition(|id| analysis.certificate(**id).subject.comparison_key() == key);
    for id in same_name.iter().take(3) {
        finding.evidence(format!(
            "the bundle holds the same name with another key: {}",
            describe_ca(analysis, *id)
        ));
    }
    for id in others.iter().take(3) {
        finding.evidence(format!("the bundle holds: {}", describe_ca(analysis, *id)));
    }
    finding.help(format!(
        "use a client certificate from a CA in the bundle, or add `{}` to {} if that root is to be trusted",
        root.label(),
        bundle_name(analysis)
    ));
}

static CHAIN_ISSUER_NAME_MISMATCH: Rule = Rule {
    name: "chain-issuer-name-mismatch",
    severity: Severity::Error,
    citation: "RFC 5280 §6.1.3(a)(4), §7.1",
    summary: "The key that made the signature belongs to a certificate whose subject is not the issuer's name.",
    explanation: "Verifiers find issuers by name first. Here the key fits and the name does not, so no verifier connects the \
        two. This happens when a CA was renamed and its certificate reissued. Add the CA certificate that carries the name in \
        the issuer field, or reissue the certificate.",
    check: Check::Link(chain_issuer_name_mismatch),
};

fn chain_issuer_name_mismatch(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    if link.name != NameMatch::Differs
        || link.signature != Some(SignatureCheck::Valid)
        || has_valid_issuer(analysis, link.subject)
    {
        return;
    }
    let (certificate, issuer) = (
        analysis.certificate(link.subject),
        analysis.certificate(link.issuer),
    );
    let finding = findings.at(analysis.place(link.subject, Field::Issuer));
    finding
        .message(format!(
            "`{}` was signed by the key of `{}`, but names another issuer",
            certificate.label(),
            issuer.label()
        ))
        .evidence(format!("issuer says:  {}", certificate.issuer))
        .evidence(format!(
            "the key is of: {}",
            describe_ca(analysis, link.issuer)
        ))
        .related(analysis.place(link.issuer, Field::Subject))
        .help(format!(
            "add the CA certificate with subject `{}`, or have this one reissued",
            certificate.issuer
        ));
    if analysis.on_client_path(link.subject) {
        finding.blocking();
    }
}

static CHAIN_ISSUER_NAME_ENCODING_DIFFERS: Rule = Rule {
    name: "chain-issuer-name-encoding-differs",
    severity: Severity::Warning,
    citation: "RFC 5280 §4.1.2.4, §4.1.2.6, §7.1",
    summary: "Issuer and subject are equal names that are encoded differently.",
    explanation: "RFC 5280 compares names without regard to case, white space and string type, and OpenSSL, Envoy and Java do \
        so. Go, GnuTLS and rustls compare bytes and find no issuer. A CA must encode its name in the certificates that it issues exactly \
        as in its own. Reissue the certificate from a CA configured with the same encoding.",
    check: Check::Link(chain_issuer_name_encoding_differs),
};

fn chain_issuer_name_encoding_differs(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    if link.name != NameMatch::EncodingDiffers || !link.is_claimed() {
        return;
    }
    let (certificate, issuer) = (
        analysis.certificate(link.subject),
        analysis.certificate(link.issuer),
    );
    findings
        .at(analysis.place(link.subject, Field::Issuer))
        .message(format!(
            "the issuer of `{}` is encoded differently than the subject of its CA",
            certificate.label()
        ))
        .evidence(format!("issuer here:    {} ({})", certificate.issuer, crate::cert::name::string_types(&certificate.issuer)))
        .evidence(format!("subject there:  {} ({})", issuer.subject, crate::cert::name::string_types(&issuer.subject)))
        .evidence("OpenSSL, Envoy and Java take them as equal; Go, GnuTLS and rustls compare bytes and reject")
        .related(analysis.place(link.issuer, Field::Subject))
        .help("have the certificate reissued with the issuer's name byte for byte as in the CA certificate");
}

/// Whether some certificate with the right name made the signature.
pub(super) fn has_valid_issuer(analysis: &Analysis, subject: CertificateId) -> bool {
    let first = analysis.entry(subject).first;
    analysis.graph.candidates(first).iter().any(Link::is_valid)
}

/// A CA by subject, key id and place.
pub(in crate::rules) fn describe_ca(analysis: &Analysis, id: CertificateId) -> String {
    let certificate = analysis.certificate(id);
    let key_id = match certificate.values.subject_key_id {
        Some(key_id) => format!("key id {}", hex(key_id)),
        None => "no key id".to_owned(),
    };
    format!(
        "`{}`, {key_id} ({})",
        certificate.subject,
        analysis.place_text(id)
    )
}

/// The bundle's name, for help texts.
pub(in crate::rules) fn bundle_name(analysis: &Analysis) -> String {
    let mut bundles = analysis.inputs_with(Role::Bundle);
    match (bundles.next(), bundles.next()) {
        (Some(only), None) => analysis.source(only).name.clone(),
        _ => "the bundle".to_owned(),
    }
}

/// Whether the bundle has certificate blocks that could not be read.
pub(in crate::rules) fn bundle_lost_a_certificate(analysis: &Analysis) -> bool {
    analysis.inputs_with(Role::Bundle).any(|input| {
        let lost = analysis.unreadable.iter().any(|(at, _, _)| *at == input);
        let mut blocks = analysis.contents(input).blocks.iter();
        lost || blocks.any(|block| block.kind == BlockKind::Certificate && !block.intact)
    })
}
