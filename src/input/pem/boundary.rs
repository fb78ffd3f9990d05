//! Boundaries: `-----BEGIN X-----`, `-----END X-----`, and what people make of them.

use super::super::BlockKind;
use super::BoundaryFault;
use super::lines::is_space;
use crate::source::Span;

/// Labels are short; anything longer is text that happens to look like a boundary.
const MAX_LABEL: usize = 64;

/// A boundary, or what is meant as one.
#[derive(Clone, Debug)]
pub(super) struct Boundary {
    pub(super) is_begin: bool,
    /// As written, without white space around it.
    label: String,
    /// From the first dash to the last.
    pub(super) span: Span,
    /// How the dashes and spaces depart from RFC 7468.
    pub(super) fault: Option<BoundaryFault>,
    pub(super) uppercase: bool,
}

impl Boundary {
    /// The label in upper case, with single spaces.
    pub(super) fn normal_label(&self) -> String {
        normal(&self.label)
    }

    /// The label as reports may show it: one that nothing uses is told by its length alone.
    pub(super) fn shown_label(&self) -> String {
        if self.label.is_empty() || is_plain_label(&self.label) {
            return self.label.clone();
        }
        format!("unknown label, {} characters", self.label.chars().count())
    }
}

fn normal(label: &str) -> String {
    let words: Vec<_> = label.split_ascii_whitespace().collect();
    words.join(" ").to_ascii_uppercase()
}

/// What a block with this label (in upper case) holds; none for labels that nothing uses.
fn known_kind(label: &str) -> Option<BlockKind> {
    Some(match label {
        "CERTIFICATE" | "X509 CERTIFICATE" | "X.509 CERTIFICATE" => BlockKind::Certificate,
        "TRUSTED CERTIFICATE" => BlockKind::TrustedCertificate,
        "X509 CRL" | "CRL" => BlockKind::Crl,
        "CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST" => BlockKind::CertificateRequest,
        "PKCS7" | "PKCS #7 SIGNED DATA" | "CMS" => BlockKind::Pkcs7,
        _ if label.ends_with("PRIVATE KEY") => BlockKind::PrivateKey,
        _ if label.ends_with("PARAMETERS") || label.ends_with("PUBLIC KEY") => BlockKind::Other,
        _ => return None,
    })
}

/// The words of the labels that are in use. Anything else between dashes may be a secret.
const LABEL_WORDS: &[&str] = &[
    "#7",
    "ANY",
    "ATTRIBUTE",
    "BLOCK",
    "CERTIFICATE",
    "CHAIN",
    "CMS",
    "CRL",
    "DATA",
    "DH",
    "DSA",
    "EC",
    "ECHCONFIG",
    "ED25519",
    "ENCRYPTED",
    "FILE",
    "KEY",
    "LIST",
    "MESSAGE",
    "NEW",
    "OPENSSH",
    "OPENVPN",
    "PARAMETERS",
    "PGP",
    "PKCS",
    "PKCS7",
    "PRIVATE",
    "PUBLIC",
    "REQUEST",
    "REVOCATION",
    "RSA",
    "SESSION",
    "SIGNATURE",
    "SIGNED",
    "SM2",
    "SSH2",
    "SSL",
    "STATIC",
    "TRUSTED",
    "TSS2",
    "V1",
    "X.509",
    "X509",
    "X9.42",
];

/// Whether the label is made of words that labels are made of.
pub(crate) fn is_plain_label(label: &str) -> bool {
    let label = normal(label);
    label.split(' ').all(|word| LABEL_WORDS.contains(&word))
}

/// What a block with this label (in upper case) holds.
pub(super) fn kind(label: &str) -> BlockKind {
    known_kind(label).unwrap_or(BlockKind::Other)
}

/// The length of the dash at the start of `text`: a hyphen, or one of the characters that word
/// processors replace it with (U+2010 to U+2015, U+2212).
fn dash(text: &[u8]) -> usize {
    match text {
        [b'-', ..] => 1,
        [0xE2, 0x80, 0x90..=0x95, ..] | [0xE2, 0x88, 0x92, ..] => 3,
        _ => 0,
    }
}

/// Whether text ends in a dash.
pub(super) fn ends_in_dash(text: &[u8]) -> bool {
    text.ends_with(b"-") || (text.len() >= 3 && dash(&text[text.len() - 3..]) == 3)
}

fn dashes_end(text: &[u8], mut at: usize) -> usize {
    loop {
        match dash(&text[at..]) {
            0 => return at,
            length => at += length,
        }
    }
}

fn spaces_end(text: &[u8], at: usize) -> usize {
    at + text[at..]
        .iter()
        .take_while(|&&byte| is_space(byte))
        .count()
}

/// The words of a boundary: BEGIN or END, and a label.
struct Words {
    is_begin: bool,
    label: Span,
    /// Where the words end; dashes follow, or nothing.
    end: usize,
    exact_spaces: bool,
    uppercase: bool,
}

/// The first boundary in `line` at or after `from`.
pub(super) fn find(text: &[u8], from: usize, line_end: usize) -> Option<Boundary> {
    // Nothing looks past the line.
    let line = &text[..line_end];
    let mut at = from;
    while let Some(found) = memchr::memchr2(b'-', 0xE2, &line[at..]) {
        let start = at + found;
        let end = dashes_end(line, start);
        if end == start {
            at = start + 1;
            continue;
        }
        if let Some(boundary) = with_dashes(line, start, end) {
            return Some(boundary);
        }
        if at == from
            && let Some(boundary) = without_leading_dashes(line, from, start)
        {
            return Some(boundary);
        }
        at = end;
    }
    None
}

/// A boundary whose leading dashes are `start..end`.
fn with_dashes(line: &[u8], start: usize, end: usize) -> Option<Boundary> {
    let words_start = spaces_end(line, end);
    let words = words(line, words_start)?;
    let dashes_start = spaces_end(line, words.end);
    let dashes = trailing_dashes(line, dashes_start);
    let fault = if &line[start..end] != b"-----" || &line[dashes_start..dashes] != b"-----" {
        Some(BoundaryFault::Dashes)
    } else if !words.exact_spaces || words_start != end || dashes_start != words.end {
        Some(BoundaryFault::Spacing)
    } else {
        None
    };
    let span_end = if dashes == dashes_start {
        words.end
    } else {
        dashes
    };
    finish(line, &words, Span::new(start, span_end), fault)
}

/// A boundary that has dashes after its words only, at the start of the rest of a line.
fn without_leading_dashes(line: &[u8], from: usize, dashes_start: usize) -> Option<Boundary> {
    let start = spaces_end(line, from);
    let words = words(line, start)?;
    if spaces_end(line, words.end) != dashes_start {
        return None;
    }
    let span = Span::new(start, trailing_dashes(line, dashes_start));
    finish(line, &words, span, Some(BoundaryFault::Dashes))
}

fn finish(
    line: &[u8],
    words: &Words,
    span: Span,
    fault: Option<BoundaryFault>,
) -> Option<Boundary> {
    let label = std::str::from_utf8(&line[words.label.start..words.label.end]).ok()?;
    // Any label makes a boundary of what is written exactly; a known one excuses mistakes.
    let exact = fault.is_none() && words.uppercase;
    if !exact && known_kind(&normal(label)).is_none() {
        return None;
    }
    Some(Boundary {
        is_begin: words.is_begin,
        label: label.to_owned(),
        span,
        fault,
        uppercase: words.uppercase && !label.bytes().any(|byte| byte.is_ascii_lowercase()),
    })
}

fn words(line: &[u8], start: usize) -> Option<Words> {
    let has = |word: &[u8]| {
        line.get(start..start + word.len())
            .filter(|found| found.eq_ignore_ascii_case(word))
            .map(|found| found == word)
    };
    let (is_begin, length, uppercase) = match (has(b"BEGIN"), has(b"END")) {
        (Some(uppercase), _) => (true, 5, uppercase),
        (None, Some(uppercase)) => (false, 3, uppercase),
        (None, None) => return None,
    };
    let word_end = start + length;
    let label_start = spaces_end(line, word_end);
    let label_end = label_end(line, label_start)?;
    let trimmed = super::lines::trim(line, Span::new(label_start, label_end));
    if label_start == word_end && trimmed.start < trimmed.end {
        return None; // another word: `ENDING`, `BEGINNER`
    }
    Some(Words {
        is_begin,
        label: trimmed,
        end: trimmed.end.max(word_end),
        exact_spaces: &line[word_end..label_start] == b" "
            && !line[trimmed.start..trimmed.end]
                .windows(2)
                .any(|pair| pair == b"  "),
        uppercase,
    })
}

/// Where the label ends: at dashes or at the end of the line. A hyphen between letters is part of it.
fn label_end(line: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    while at < line.len() {
        if dash(&line[at..]) > 0 {
            let inner = line[at] == b'-'
                && at > start
                && line[at - 1].is_ascii_alphanumeric()
                && line.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
            if !inner {
                break;
            }
        } else if !(b' '..0x7F).contains(&line[at]) && line[at] != b'\t' {
            break;
        }
        at += 1;
        if at - start > MAX_LABEL {
            return None;
        }
    }
    Some(at)
}

/// Where the dashes after the words end. Dashes shared with a boundary that follows without a line
/// break are split between the two.
fn trailing_dashes(line: &[u8], start: usize) -> usize {
    let end = dashes_end(line, start);
    let shared = words(line, end).is_some();
    let count = end - start;
    if shared && line[start..end].iter().all(|&byte| byte == b'-') {
        let leading = if count >= 10 { 5 } else { count / 2 };
        return end - leading;
    }
    end
}
