//! Text in quotes as Go's `%q` writes it.
//!
//! Source: `src/strconv/quote.go`, `Quote`, of Go 1.27.3.

use std::fmt::Write;

/// `text` in double quotes; what is no UTF-8 or cannot be printed is written as an escape.
pub(super) fn quote(text: &[u8]) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            push(&mut quoted, character);
        }
        for octet in chunk.invalid() {
            escape(&mut quoted, format_args!("\\x{octet:02x}"));
        }
    }
    quoted.push('"');
    quoted
}

fn push(quoted: &mut String, character: char) {
    match character {
        '"' | '\\' => quoted.extend(['\\', character]),
        '\x07' => quoted.push_str("\\a"),
        '\x08' => quoted.push_str("\\b"),
        '\x0c' => quoted.push_str("\\f"),
        '\n' => quoted.push_str("\\n"),
        '\r' => quoted.push_str("\\r"),
        '\t' => quoted.push_str("\\t"),
        '\x0b' => quoted.push_str("\\v"),
        '\x00'..=' ' | '\x7f' if character != ' ' => {
            escape(quoted, format_args!("\\x{:02x}", u32::from(character)));
        }
        _ if printable(character) => quoted.push(character),
        '\u{10000}'.. => escape(quoted, format_args!("\\U{:08x}", u32::from(character))),
        _ => escape(quoted, format_args!("\\u{:04x}", u32::from(character))),
    }
}

/// Whether it is a letter, mark, number, punctuation, symbol or the ASCII space (`unicode.IsPrint`).
///
/// Rust escapes the same characters where it writes text for programmers, and marks at the start of a text.
fn printable(character: char) -> bool {
    let escaped = format!("a{character}").escape_debug().to_string();
    !escaped.starts_with("a\\u")
}

fn escape(quoted: &mut String, escape: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = quoted.write_fmt(escape);
}
