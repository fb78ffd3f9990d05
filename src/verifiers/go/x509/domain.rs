//! Domain names and mailboxes, as far as Go checks their form.
//!
//! Source: `domainNameValid` in `src/crypto/x509/parser.go` and `parseRFC2821Mailbox` in `src/crypto/x509/verify.go` of
//! Go 1.27.3; in Go 1.19 `domainToReverseLabels` stands in for the first.

use super::super::Release;

/// Whether a domain's labels are not empty and of printable ASCII; an empty name passes.
///
/// A constraint may begin with a period. Go 1.19 takes one period more in front.
pub(in super::super) fn domain_is_valid(domain: &[u8], constraint: bool, release: Release) -> bool {
    let mut labels = domain;
    let older = release == Release::V1_19;
    if constraint {
        labels = labels.strip_prefix(b".").unwrap_or(labels);
    }
    if labels.is_empty() {
        return domain.is_empty() || older;
    }
    if older {
        labels = labels.strip_prefix(b".").unwrap_or(labels);
    }
    let is_valid = |label: &[u8]| !label.is_empty() && label.iter().all(u8::is_ascii_graphic);
    labels.split(|&octet| octet == b'.').all(is_valid)
}

/// A mailbox in its two parts, without quotes and escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Mailbox {
    pub(in super::super) local: Vec<u8>,
    pub(in super::super) domain: Vec<u8>,
}

/// Reads a mailbox (RFC 2821 §4.1.2, and some that RFC 3696 mentions).
pub(in super::super) fn mailbox(text: &[u8], release: Release) -> Option<Mailbox> {
    let (local, rest) = match text.split_first()? {
        (b'"', quoted) => quoted_local(quoted)?,
        _ => plain_local(text)?,
    };
    let domain = rest.strip_prefix(b"@")?;
    let second_at = release >= Release::V1_27 && domain.contains(&b'@');
    (domain_is_valid(domain, false, release) && !second_at).then(|| Mailbox {
        local,
        domain: domain.to_vec(),
    })
}

fn quoted_local(mut text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut local = Vec::new();
    loop {
        let (&octet, rest) = text.split_first()?;
        text = rest;
        match octet {
            b'"' => return Some((local, text)),
            b'\\' => {
                let (&escaped, rest) = text.split_first()?;
                text = rest;
                if !matches!(escaped, 1..=9 | 11 | 12 | 14..=127) {
                    return None;
                }
                local.push(escaped);
            }
            1..=8 | 11 | 12 | 14..=33 | 35..=91 | 93..=127 => local.push(octet),
            _ => return None,
        }
    }
}

fn plain_local(mut text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut local = Vec::new();
    while let Some((&octet, rest)) = text.split_first() {
        if octet == b'\\' {
            let (&escaped, rest) = rest.split_first()?;
            local.push(escaped);
            text = rest;
        } else if octet.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&octet) {
            local.push(octet);
            text = rest;
        } else {
            break;
        }
    }
    let dots = local.starts_with(b".")
        || local.ends_with(b".")
        || local.windows(2).any(|pair| pair == b"..");
    (!local.is_empty() && !dots).then_some((local, text))
}
