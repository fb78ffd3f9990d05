//! Names as people read them.

use super::ip;
use super::smtp_utf8_mailbox;
use crate::cert::extension::GeneralName;
use crate::cert::hex;
use crate::cert::oid::Oid;

/// How many characters of a name are shown.
const SHOWN: usize = 120;

/// The beginning of a text, with dots where more follows.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Octets as text between grave accents, with as many as are shown.
pub(super) fn quoted(octets: &[u8]) -> String {
    let octets = octets.get(..4 * SHOWN).unwrap_or(octets);
    format!("`{}`", shortened(&String::from_utf8_lossy(octets)))
}

/// A name, or the base of a constraint, with its form: ``dNSName `a.example` ``.
pub(crate) fn describe(name: &GeneralName<'_>) -> String {
    let octets = || shortened(&hex(name.value.get(..SHOWN).unwrap_or(name.value)));
    let value = match name.kind {
        GeneralName::RFC822_NAME | GeneralName::DNS_NAME | GeneralName::URI => quoted(name.value),
        GeneralName::DIRECTORY_NAME => match name.directory_name() {
            Ok(name) => format!("`{}`", shortened(&name.to_string())),
            Err(_) => octets(),
        },
        GeneralName::IP_ADDRESS => {
            match (ip::address(name.value), ip::Network::parse(name.value)) {
                (Ok(address), _) => format!("`{address}`"),
                (_, Ok(network)) => format!("`{}`", network.text()),
                _ => octets(),
            }
        }
        GeneralName::OTHER_NAME => match (smtp_utf8_mailbox(name), name.other_name()) {
            (Some(mailbox), _) => format!("smtpUTF8Mailbox {}", quoted(mailbox)),
            (None, Ok((kind, _))) => shortened(&kind.name()),
            (None, Err(_)) => octets(),
        },
        8 => shortened(&Oid(name.value.get(..SHOWN).unwrap_or(name.value)).to_string()),
        _ => return name.form().to_owned(),
    };
    format!("{} {value}", name.form())
}
