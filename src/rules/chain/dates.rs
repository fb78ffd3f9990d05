//! Dates along a path.

use crate::analysis::{Analysis, CertificateId};
use crate::bundle::Link;
use crate::cert::Field;
use crate::cert::time::Time;
use crate::path::Path;
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &CHAIN_NO_COMMON_VALIDITY,
    &CHAIN_EFFECTIVE_EXPIRY_SOON,
    &CHAIN_VALIDITY_NOT_NESTED,
    &CHAIN_ISSUED_BEFORE_ISSUER,
];

/// The latest notBefore and the earliest notAfter of a path, each with its certificate; of several
/// that end together, the one nearest to the root.
fn common_validity(analysis: &Analysis, path: &Path) -> Option<[(Time, CertificateId); 2]> {
    let dates = |id: &CertificateId| {
        let certificate = analysis.certificate(*id);
        Some((certificate.not_before?, certificate.not_after?, *id))
    };
    let all: Vec<_> = path.certificates.iter().map(dates).collect::<Option<_>>()?;
    let begin = all
        .iter()
        .map(|(begin, _, id)| (*begin, *id))
        .reduce(|a, b| if b.0 > a.0 { b } else { a })?;
    let end = all
        .iter()
        .map(|(_, end, id)| (*end, *id))
        .reduce(|a, b| if b.0 <= a.0 { b } else { a })?;
    Some([begin, end])
}

static CHAIN_NO_COMMON_VALIDITY: Rule = Rule {
    name: "chain-no-common-validity",
    severity: Severity::Error,
    citation: "RFC 5280 §6.1.3(a)(2)",
    summary: "There is no moment at which every certificate in the path is valid.",
    explanation: "One certificate of the path ends before another begins, so the path was never valid and never will be, \
        whatever the clock says. Reissue the certificate that ends first from the CA as it is now.",
    check: Check::Path(chain_no_common_validity),
};

fn chain_no_common_validity(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    let Some([(begin, late), (end, early)]) = common_validity(analysis, path) else {
        return;
    };
    // A certificate that ends before it begins is validity-not-positive.
    if begin <= end || late == early {
        return;
    }
    let finding = findings.at(analysis.place(early, Field::NotAfter));
    finding
        .message(format!(
            "`{}` ends before `{}` begins",
            analysis.certificate(early).label(),
            analysis.certificate(late).label()
        ))
        .evidence(format!("ends:   {end} ({})", analysis.place_text(early)))
        .evidence(format!("begins: {begin} ({})", analysis.place_text(late)))
        .related(analysis.place(late, Field::NotBefore))
        .help("have the certificate that ends first reissued");
    if path.client.is_some() {
        finding.blocking();
    }
}

static CHAIN_EFFECTIVE_EXPIRY_SOON: Rule = Rule {
    name: "chain-effective-expiry-soon",
    severity: Severity::Warning,
    citation: "RFC 5280 §6.1.3(a)(2)",
    summary: "The path ends soon, because a certificate above the first one expires.",
    explanation: "A path is valid only while all of its certificates are. The client's own certificate may be good for years: \
        when a CA above it expires, every client below fails at that moment. Renew the CA that expires first, with the same key, \
        and put it into the bundle before that day.",
    check: Check::Path(chain_effective_expiry_soon),
};

fn chain_effective_expiry_soon(analysis: &Analysis, path: &Path, findings: &mut Findings) {
    let Some([_, (end, early)]) = common_validity(analysis, path) else {
        return;
    };
    let now = analysis.settings.at;
    if early == path.certificates[0]
        || end < now
        || end.0 - now.0 > analysis.settings.expires_within
    {
        return;
    }
    findings
        .at(analysis.place(early, Field::NotAfter))
        .message(format!(
            "the path of `{}` ends {}, with `{}`",
            analysis.certificate(path.certificates[0]).label(),
            end.relative_to(now),
            analysis.certificate(early).label()
        ))
        .evidence(format!("effective end of the path: {end}"))
        .help(format!(
            "renew `{}` with the same key and replace it in the bundle",
            analysis.certificate(early).label()
        ));
}

static CHAIN_VALIDITY_NOT_NESTED: Rule = Rule {
    name: "chain-validity-not-nested",
    severity: Severity::Warning,
    citation: "RFC 5280 §6.1.3(a)(2) (practice: the shell model)",
    summary: "A certificate's notAfter is later than that of every issuer there is for it.",
    explanation: "The certificate looks valid longer than it is: it stops working when its issuer expires. Monitoring that \
        watches only the client certificate will not see it coming. Renew the CA before then, or issue certificates that end with it.",
    check: Check::Link(chain_validity_not_nested),
};

fn chain_validity_not_nested(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    let ends_first = |link: &Link| {
        let (certificate, issuer) = (
            analysis.certificate(link.subject),
            analysis.certificate(link.issuer),
        );
        certificate.not_after > issuer.not_after && issuer.not_after.is_some()
    };
    if !is_first_of_all(analysis, link, ends_first) {
        return;
    }
    let (certificate, issuer) = (
        analysis.certificate(link.subject),
        analysis.certificate(link.issuer),
    );
    let (Some(own), Some(above)) = (certificate.not_after, issuer.not_after) else {
        return;
    };
    findings
        .at(analysis.place(link.subject, Field::NotAfter))
        .message(format!(
            "`{}` outlives its issuer `{}`",
            certificate.label(),
            issuer.label()
        ))
        .evidence(format!("notAfter:           {own}"))
        .evidence(format!(
            "its issuer's:       {above} ({})",
            above.relative_to(analysis.settings.at)
        ))
        .related(analysis.place(link.issuer, Field::NotAfter))
        .help(format!("renew `{}` before {above}", issuer.label()));
}

static CHAIN_ISSUED_BEFORE_ISSUER: Rule = Rule {
    name: "chain-issued-before-issuer",
    severity: Severity::Info,
    citation: "Practice; RFC 5280 §6.1.3(a)(2)",
    summary: "A certificate's notBefore is earlier than that of every issuer there is for it.",
    explanation: "The certificate claims to have begun before its issuer did. That is usual when a CA was renewed with the same \
        key, and no verifier minds while all are valid now. Otherwise a clock or a date was wrong at issuance.",
    check: Check::Link(chain_issued_before_issuer),
};

fn chain_issued_before_issuer(analysis: &Analysis, link: &Link, findings: &mut Findings) {
    let begins_first = |link: &Link| {
        let (certificate, issuer) = (
            analysis.certificate(link.subject),
            analysis.certificate(link.issuer),
        );
        certificate.not_before.is_some() && certificate.not_before < issuer.not_before
    };
    if !is_first_of_all(analysis, link, begins_first) {
        return;
    }
    let (certificate, issuer) = (
        analysis.certificate(link.subject),
        analysis.certificate(link.issuer),
    );
    let (Some(own), Some(above)) = (certificate.not_before, issuer.not_before) else {
        return;
    };
    findings
        .at(analysis.place(link.subject, Field::NotBefore))
        .message(format!("`{}` begins before its issuer `{}`", certificate.label(), issuer.label()))
        .evidence(format!("notBefore:          {own}"))
        .evidence(format!("its issuer's:       {above}"))
        .related(analysis.place(link.issuer, Field::NotBefore))
        .help("check that the CA was renewed with the same key; if it was not, have the certificate reissued");
}

/// Whether `fails` holds for every valid link of the subject, and `link` is the first of them.
fn is_first_of_all(analysis: &Analysis, link: &Link, fails: impl Fn(&Link) -> bool) -> bool {
    if !link.is_valid() || link.is_self() || analysis.graph.is_self_signed(link.subject) {
        return false;
    }
    let mut valid = analysis
        .graph
        .candidates(link.subject)
        .iter()
        .filter(|other| other.is_valid());
    valid
        .clone()
        .next()
        .is_some_and(|first| first.issuer == link.issuer)
        && valid.all(fails)
}
