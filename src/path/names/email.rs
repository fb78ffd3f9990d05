//! Mailboxes (RFC 5280 §4.2.1.6, RFC 9598), and constraints on them.

use super::domain::{Scope, host_name};

/// A mailbox: what stands before the last `@`, and after it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mailbox<'a> {
    local: &'a str,
    host: &'a str,
}

impl PartialEq for Mailbox<'_> {
    /// RFC 5280 §7.5: the local part counts letter by letter, the host without case.
    fn eq(&self, other: &Self) -> bool {
        self.local == other.local && self.host.eq_ignore_ascii_case(other.host)
    }
}

impl<'a> Mailbox<'a> {
    /// Reads an rfc822Name.
    pub(crate) fn parse(octets: &'a [u8]) -> Result<Self, &'static str> {
        if !octets.is_ascii() {
            return Err("it has characters outside ASCII");
        }
        Self::parse_utf8(octets)
    }

    /// Reads a `SmtpUTF8Mailbox` (RFC 9598 §3): the local part may be any text, the host is in A-labels.
    pub(crate) fn parse_utf8(octets: &'a [u8]) -> Result<Self, &'static str> {
        let text = std::str::from_utf8(octets).map_err(|_| "it is not UTF-8")?;
        let (local, host) = text.rsplit_once('@').ok_or("it has no `@`")?;
        if local.is_empty() {
            return Err("it has nothing before the `@`");
        }
        if !is_local_part(local) {
            return Err("it has a character before the `@` that mailboxes do not have");
        }
        let literal = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'));
        match literal {
            Some(address) if address.bytes().all(|byte| byte.is_ascii_graphic()) => {}
            _ => _ = host_name(host.as_bytes())?,
        }
        Ok(Self { local, host })
    }
}

/// Whether the text can stand before the `@`: atoms with dots, or a quoted string (RFC 5321 §4.1.2).
fn is_local_part(local: &str) -> bool {
    if let Some(quoted) = local
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        let mut escaped = false;
        let plain = quoted.chars().all(|character| {
            let legal = escaped || character != '"';
            escaped = !escaped && character == '\\';
            legal && !character.is_control()
        });
        return plain && !escaped;
    }
    local.chars().all(|character| {
        !character.is_ascii()
            || character.is_ascii_alphanumeric()
            || "!#$%&'*+-/=?^_`{|}~.".contains(character)
    })
}

/// What a constraint on mailboxes spans.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Base<'a> {
    /// One mailbox.
    Mailbox(Mailbox<'a>),
    /// Every mailbox on these hosts.
    Hosts(Scope<'a>),
}

impl<'a> Base<'a> {
    /// Reads a constraint: a mailbox, a host, or a domain after a period. Nothing is a wildcard.
    pub(crate) fn parse(octets: &'a [u8]) -> Result<Self, &'static str> {
        if octets.contains(&b'@') {
            Mailbox::parse(octets).map(Self::Mailbox)
        } else {
            Scope::of_host(octets).map(Self::Hosts)
        }
    }

    pub(super) fn covers(&self, mailbox: &Mailbox<'_>) -> bool {
        match self {
            Self::Mailbox(own) => own == mailbox,
            Self::Hosts(scope) => scope.covers(mailbox.host),
        }
    }

    pub(super) fn contains(&self, other: &Self) -> bool {
        match (self, other) {
            (_, Self::Mailbox(mailbox)) => self.covers(mailbox),
            (Self::Hosts(own), Self::Hosts(other)) => own.contains(other),
            (Self::Mailbox(_), Self::Hosts(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(constraint: &str, mailbox: &str) -> bool {
        let base = Base::parse(constraint.as_bytes()).expect("a constraint");
        base.covers(&Mailbox::parse(mailbox.as_bytes()).expect("a mailbox"))
    }

    #[test]
    fn a_constraint_is_a_mailbox_a_host_or_a_domain() {
        assert!(covers("bob@example.com", "bob@EXAMPLE.com"));
        assert!(!covers("bob@example.com", "Bob@example.com"));
        assert!(covers("example.com", "bob@example.com"));
        assert!(!covers("example.com", "bob@mail.example.com"));
        assert!(covers(".example.com", "bob@mail.example.com"));
        assert!(!covers(".example.com", "bob@example.com"));
        assert!(covers("", "bob@example.com"));
    }

    #[test]
    fn an_asterisk_is_an_asterisk() {
        assert!(covers("*@example.com", "*@example.com"));
        assert!(!covers("*@example.com", "user@example.com"));
        assert!(!covers("*@example.com", "*@a.example.com"));
    }

    #[test]
    fn what_is_no_mailbox_is_refused() {
        for text in [
            "", "a", "@b", "a@", "a@b@c", "a b@c", "a@b c", "a@[", "\"a@b",
        ] {
            assert!(Mailbox::parse(text.as_bytes()).is_err(), "{text}");
        }
        assert!(Mailbox::parse("bärbel@example.com".as_bytes()).is_err());
        assert!(Mailbox::parse_utf8("bärbel@example.com".as_bytes()).is_ok());
        assert!(Mailbox::parse(b"\"a@b\"@example.com").is_ok());
        assert!(Mailbox::parse(b"a@[192.0.2.1]").is_ok());
        assert!(Base::parse(b"invalid@invalid@example.com").is_err());
        assert!(Base::parse(b"*.example.com").is_err());
    }
}
