//! The status that GnuTLS gives a chain (`gnutls_certificate_status_t`), and its words.

use std::ops::{BitOr, BitOrAssign};

/// A set of reasons against a chain; empty for one that is trusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Status(u32);

impl BitOr for Status {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Status {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

impl Status {
    pub(super) const INVALID: Self = Self(1 << 1);
    pub(super) const REVOKED: Self = Self(1 << 5);
    pub(super) const SIGNER_NOT_FOUND: Self = Self(1 << 6);
    pub(super) const SIGNER_NOT_CA: Self = Self(1 << 7);
    pub(super) const INSECURE_ALGORITHM: Self = Self(1 << 8);
    pub(super) const NOT_ACTIVATED: Self = Self(1 << 9);
    pub(super) const EXPIRED: Self = Self(1 << 10);
    pub(super) const SIGNATURE_FAILURE: Self = Self(1 << 11);
    pub(super) const SIGNER_CONSTRAINTS_FAILURE: Self = Self(1 << 16);
    pub(super) const UNKNOWN_CRIT_EXTENSIONS: Self = Self(1 << 21);

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it has any of these.
    pub(super) fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }

    /// What `gnutls_certificate_verification_status_print` says.
    pub(super) fn text(self) -> String {
        if self.is_empty() {
            return "The certificate is trusted.".to_owned();
        }
        let reasons = WORDS.iter().filter(|(flag, _)| self.has(*flag));
        reasons.fold(
            "The certificate is NOT trusted.".to_owned(),
            |text, (_, reason)| text + " " + reason,
        )
    }
}

/// In the order of printing.
const WORDS: [(Status, &str); 9] = [
    (Status::REVOKED, "The certificate chain is revoked."),
    (
        Status::SIGNER_NOT_FOUND,
        "The certificate issuer is unknown.",
    ),
    (Status::SIGNER_NOT_CA, "The certificate issuer is not a CA."),
    (
        Status::INSECURE_ALGORITHM,
        "The certificate chain uses insecure algorithm.",
    ),
    (
        Status::SIGNER_CONSTRAINTS_FAILURE,
        "The certificate chain violates the signer's constraints.",
    ),
    (
        Status::NOT_ACTIVATED,
        "The certificate chain uses not yet valid certificate.",
    ),
    (
        Status::EXPIRED,
        "The certificate chain uses expired certificate.",
    ),
    (
        Status::SIGNATURE_FAILURE,
        "The signature in the certificate is invalid.",
    ),
    (
        Status::UNKNOWN_CRIT_EXTENSIONS,
        "The certificate contains an unknown critical extension.",
    ),
];
