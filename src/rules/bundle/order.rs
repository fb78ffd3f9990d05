//! The order of the bundle: the issuing CA before its issuer, the root last, for every chain in it.

use crate::analysis::{Analysis, CertificateId};
use crate::cert::Field;
use crate::order::{self, Disorder};
use crate::rules::{Check, Findings, Rule, Severity};

pub(in crate::rules) static RULES: &[&Rule] = &[
    &BUNDLE_ORDER_REVERSED,
    &BUNDLE_ORDER_WRONG,
    &BUNDLE_ROOT_NOT_LAST,
];

fn report(
    analysis: &Analysis,
    disorder: Disorder,
    findings: &mut Findings,
    message: impl Fn(&str, usize, &str, usize) -> String,
) {
    for chain in order::chains(analysis)
        .iter()
        .filter(|chain| chain.disorder == Some(disorder))
    {
        let misplaced = chain
            .now
            .iter()
            .zip(&chain.wanted)
            .find(|(now, wanted)| now != wanted);
        let Some((now, wanted)) = misplaced else {
            continue;
        };
        let name = |id: CertificateId| analysis.certificate(id).label();
        let position = |id: CertificateId| analysis.entry(id).position;
        let finding = findings.at(analysis.place(*now, Field::Certificate));
        finding.message(message(
            &name(*now),
            position(*now),
            &name(*wanted),
            position(*wanted),
        ));
        for (title, list) in [("now", &chain.now), ("in order", &chain.wanted)] {
            for (index, id) in list.iter().take(8).enumerate() {
                let title = if index == 0 {
                    format!("{title}:")
                } else {
                    String::new()
                };
                finding.evidence(format!("{title:<9} {}", analysis.describe(*id)));
            }
            if list.len() > 8 {
                finding.evidence(format!("{:<9} and {} more", "", list.len() - 8));
            }
        }
        let bundle = &analysis.source(analysis.entry(*now).input).name;
        finding.help(format!("run `chainlint fix {bundle}`, or move the blocks by hand: each CA before its issuer, the root last"));
    }
}

static BUNDLE_ORDER_REVERSED: Rule = Rule {
    name: "bundle-order-reversed",
    severity: Severity::Warning,
    citation: "RFC 8446 §4.4.2; RFC 5246 §7.4.2",
    summary: "The bundle runs from the root down to the issuing CA; the reverse is the convention.",
    explanation: "nginx, httpd and most servers load the bundle as a set and do not mind. Tools that read only the first \
        certificate, or that send the file as a chain, take the wrong one, and with CAs of the same name OpenSSL picks by order. \
        Put the issuing CA first and the root last.",
    check: Check::Bundle(bundle_order_reversed),
};

fn bundle_order_reversed(analysis: &Analysis, findings: &mut Findings) {
    report(
        analysis,
        Disorder::Reversed,
        findings,
        |now, position, wanted, _| {
            format!(
                "the chain runs from root to issuing CA: certificate {position} is `{now}`, where `{wanted}` belongs"
            )
        },
    );
}

static BUNDLE_ORDER_WRONG: Rule = Rule {
    name: "bundle-order-wrong",
    severity: Severity::Warning,
    citation: "RFC 8446 §4.4.2; RFC 5246 §7.4.2",
    summary: "A CA certificate in the bundle stands after its issuer.",
    explanation: "The order is issuing CA, its issuer, and so on to the root; several chains may follow each other or be mixed. \
        nginx and most servers load the bundle as a set and do not mind. Tools that send the file as a chain or stop at the first \
        certificate do, and with CAs of the same name OpenSSL picks by order.",
    check: Check::Bundle(bundle_order_wrong),
};

fn bundle_order_wrong(analysis: &Analysis, findings: &mut Findings) {
    report(
        analysis,
        Disorder::Mixed,
        findings,
        |now, position, wanted, belongs| {
            format!(
                "certificate {position} is `{now}`, where `{wanted}` belongs, which stands at {belongs}"
            )
        },
    );
}

static BUNDLE_ROOT_NOT_LAST: Rule = Rule {
    name: "bundle-root-not-last",
    severity: Severity::Warning,
    citation: "RFC 8446 §4.4.2",
    summary: "A root in the bundle is followed by certificates that it issued.",
    explanation: "The rest of the chain is in order, only the root stands too early. nginx and most servers do not mind; tools \
        that send the file as a chain, or that stop reading at a self-signed certificate, lose what follows. Put the root last.",
    check: Check::Bundle(bundle_root_not_last),
};

fn bundle_root_not_last(analysis: &Analysis, findings: &mut Findings) {
    report(
        analysis,
        Disorder::RootNotLast,
        findings,
        |now, position, _, _| {
            format!(
                "the root `{now}` is certificate {position} and is followed by certificates that it issued"
            )
        },
    );
}
