//! From what was asked to the entries that explain it.

use super::{Entry, all, boringssl, short};
use crate::spelling::distance;
use crate::verifiers::openssl::errors;

/// What is shown at most of a text that holds several errors.
const MOST: usize = 3;

/// What was asked for.
#[derive(Debug)]
pub enum Found {
    /// An error number, which may mean several things.
    Number(i32, Vec<&'static Entry>),
    /// A constant or a text, which may hold several errors.
    Text(Vec<&'static Entry>),
}

/// The entries for an error number, a constant, or a text with an error in it.
#[must_use]
pub fn find(asked: &str) -> Option<Found> {
    let asked = asked.trim();
    if let Ok(code) = asked.parse::<i32>() {
        let entries = of_number(code);
        return (!entries.is_empty()).then_some(Found::Number(code, entries));
    }
    let constant = asked.to_uppercase();
    let of_constant = all().find(|entry| entry.constants.contains(&short(&constant)));
    if let Some(entry) = of_constant {
        return Some(Found::Text(vec![entry]));
    }
    let entries = in_text(asked);
    if !entries.is_empty() {
        return Some(Found::Text(entries));
    }
    let code = number_in(&normal(asked))?;
    let entries = of_number(code);
    (!entries.is_empty()).then_some(Found::Number(code, entries))
}

/// Every meaning of a number; OpenSSL's newest first.
fn of_number(code: i32) -> Vec<&'static Entry> {
    let openssl = errors::ALL.iter().rev();
    let names = openssl
        .filter(|error| error.code == code)
        .map(|error| error.name)
        .chain(boringssl::name(code));
    let mut entries: Vec<&Entry> = Vec::new();
    for name in names {
        let entry = all().find(|entry| entry.constants.contains(&short(name)));
        let is_new = |entry: &&Entry| !entries.iter().any(|known| std::ptr::eq(*known, *entry));
        entries.extend(entry.filter(is_new));
    }
    entries
}

/// The entries whose texts stand in `asked`, in their order there: the longest text counts where several overlap, and
/// what only wraps another error counts where it is alone.
fn in_text(asked: &str) -> Vec<&'static Entry> {
    let asked = normal(asked);
    let mut matches: Vec<(usize, std::ops::Range<usize>, &'static Entry)> = all()
        .flat_map(|entry| phrases(entry).map(move |phrase| (entry, phrase)))
        .filter_map(|(entry, phrase)| {
            let (length, range) = locate(&normal(phrase), &asked)?;
            Some((length, range, entry))
        })
        .collect();
    matches.sort_by_key(|(length, range, _)| (std::cmp::Reverse(*length), range.start));
    let mut kept: Vec<(std::ops::Range<usize>, &'static Entry)> = Vec::new();
    for (_, range, entry) in matches {
        let overlaps = |(other, known): &(std::ops::Range<usize>, &Entry)| {
            std::ptr::eq(*known, entry) || (range.start < other.end && other.start < range.end)
        };
        if !kept.iter().any(overlaps) {
            kept.push((range, entry));
        }
    }
    if kept.iter().any(|(_, entry)| !entry.wraps) {
        kept.retain(|(_, entry)| !entry.wraps);
    }
    kept.sort_by_key(|(range, _)| range.start);
    kept.into_iter()
        .map(|(_, entry)| entry)
        .take(MOST)
        .collect()
}

/// Everything that is printed for an entry.
fn phrases(entry: &'static Entry) -> impl Iterator<Item = &'static str> {
    // What a server calls unknown is no text to know an error by.
    let of_openssl = entry.openssl().map(|error| error.text);
    let of_boringssl = entry.boringssl().map(boringssl::text);
    entry
        .texts
        .iter()
        .copied()
        .chain(of_openssl)
        .chain(of_boringssl)
        .filter(|text| *text != errors::UNKNOWN)
}

/// Lower case, one space between words, one kind of quotes, and `self-signed` as the older releases wrote it.
fn normal(text: &str) -> String {
    let text = text.to_lowercase().replace(['"', '\'', '`', '’', '‘'], "'");
    let text = text.replace("self-signed", "self signed");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where `phrase` stands in `text`, in whole words, and how many characters of it do.
fn locate(phrase: &str, text: &str) -> Option<(usize, std::ops::Range<usize>)> {
    let mut length = 0;
    let mut range: Option<std::ops::Range<usize>> = None;
    for part in phrase.split(" … ") {
        let from = range.as_ref().map_or(0, |range| range.end);
        let start = whole_words(part, &text[from..])? + from;
        let end = start + part.len();
        range = Some(range.map_or(start..end, |range| range.start..end));
        length += part.len();
    }
    range.map(|range| (length, range))
}

fn whole_words(part: &str, text: &str) -> Option<usize> {
    let is_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    text.match_indices(part).map(|(at, _)| at).find(|at| {
        let before = is_word(text[..*at].chars().next_back()) && is_word(part.chars().next());
        let after =
            is_word(text[at + part.len()..].chars().next()) && is_word(part.chars().next_back());
        !before && !after
    })
}

/// The number after a word that says that it is an error's: `num=20`, `verify error 20`, `return code: 20`.
fn number_in(text: &str) -> Option<i32> {
    let words: Vec<&str> = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let mut pairs = words.windows(2);
    let pair = pairs.find(|pair| {
        matches!(pair[0], "num" | "error" | "code" | "err") && pair[1].parse::<i32>().is_ok()
    })?;
    pair[1].parse().ok()
}

/// The known texts that are most like `asked`, best first.
#[must_use]
pub fn nearest(asked: &str) -> Vec<&'static str> {
    let asked = normal(asked);
    // A whole log is no text to compare with.
    let words: Vec<&str> = asked.split(' ').take(60).collect();
    let mut scored: Vec<(usize, &'static str)> = all()
        .flat_map(phrases)
        .map(|phrase| (likeness(&words, &normal(phrase)), phrase))
        .filter(|(score, _)| *score > 0)
        .collect();
    scored.sort_by_key(|(score, phrase)| (std::cmp::Reverse(*score), *phrase));
    let mut phrases: Vec<&str> = scored.into_iter().map(|(_, phrase)| phrase).collect();
    phrases.dedup_by_key(|phrase| normal(phrase));
    phrases.truncate(MOST);
    phrases
}

/// How much a phrase has in common with some words, in thousandths: letters of words that both have, or nearly have.
fn likeness(asked: &[&str], phrase: &str) -> usize {
    let known: Vec<&str> = phrase.split(' ').collect();
    let letters = |words: &[&str]| words.iter().map(|word| word.chars().count()).sum::<usize>();
    let is_like = |word: &&&str| {
        let close = |other: &&str| {
            let distance = distance(word, other);
            distance == 0 || (word.len() > 4 && distance <= word.len() / 4)
        };
        known.iter().any(close)
    };
    let common: Vec<&str> = asked.iter().filter(is_like).copied().collect();
    let all = letters(asked) + letters(&known);
    2000 * letters(&common) / all.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(asked: &str) -> Vec<&'static str> {
        match find(asked) {
            Some(Found::Number(_, entries) | Found::Text(entries)) => {
                entries.iter().map(|entry| entry.title).collect()
            }
            None => Vec::new(),
        }
    }

    fn constants(asked: &str) -> Vec<&'static str> {
        match find(asked) {
            Some(Found::Number(_, entries) | Found::Text(entries)) => entries
                .iter()
                .flat_map(|entry| entry.constants)
                .copied()
                .collect(),
            None => Vec::new(),
        }
    }

    #[test]
    fn every_text_finds_its_own_entry() {
        for entry in all() {
            for phrase in phrases(entry) {
                let phrase = phrase.replace(" … ", " something ");
                let found = in_text(&phrase);
                assert!(
                    found.iter().any(|found| std::ptr::eq(*found, entry)),
                    "{phrase}: {:?}",
                    found.iter().map(|entry| entry.title).collect::<Vec<_>>()
                );
            }
        }
    }

    #[test]
    fn log_lines_are_found_by_the_error_in_them() {
        let nginx = "2026/11/23 18:00:00 [info] 7#7: *1 client SSL certificate verify error: (21:unable to verify the \
            first certificate) while reading client request headers, client: 127.0.0.1, server: localhost";
        assert_eq!(constants(nginx), ["UNABLE_TO_VERIFY_LEAF_SIGNATURE"]);
        let httpd = "[ssl:info] AH02276: Certificate Verification: Error (19): self-signed certificate in certificate chain \
            [subject: CN=a] | AH02040: Certificate Verification: Certificate Chain too long (chain has 2 certificates)";
        assert_eq!(
            constants(httpd),
            ["SELF_SIGNED_CERT_IN_CHAIN", "CERT_CHAIN_TOO_LONG"]
        );
        let go = "http: TLS handshake error from 127.0.0.1: tls: failed to verify certificate: x509: certificate has expired \
            or is not yet valid: current time 2026-11-23T18:00:00Z is after 2021-01-01T00:00:00Z";
        assert_eq!(constants(go), ["CERT_HAS_EXPIRED"]);
        assert_eq!(
            constants("verify error:num=20"),
            ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY"]
        );
        assert_eq!(
            constants("SELF SIGNED CERTIFICATE"),
            ["DEPTH_ZERO_SELF_SIGNED_CERT"]
        );
    }

    #[test]
    fn numbers_mean_what_they_mean_in_each_library() {
        assert_eq!(constants("21"), ["UNABLE_TO_VERIFY_LEAF_SIGNATURE"]);
        assert_eq!(titles("24").len(), 2);
        assert_eq!(titles("67").len(), 2);
        assert!(find("104").is_none());
        assert!(find("0").is_none());
    }

    #[test]
    fn what_is_unknown_has_neighbours() {
        assert!(find("unable to verfy the first certificate").is_none());
        let near = nearest("unable to verfy the first certificate");
        assert_eq!(
            near.first(),
            Some(&"unable to verify the first certificate")
        );
        assert!(nearest("qqq").is_empty());
    }
}
