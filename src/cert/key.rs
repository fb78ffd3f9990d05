//! Public keys: what kind, how strong, and what can be signed with them.

use super::der::{DerError, Tlv, tag};
use super::oid::{self, Oid};
use super::pss::PssParameters;

/// The family of a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// RSA, `rsaEncryption`.
    Rsa,
    /// RSA restricted to PSS, `id-RSASSA-PSS` (RFC 4055 §1.2).
    RsaPss,
    /// Elliptic curve, `id-ecPublicKey` (RFC 5480).
    Ec,
    /// DSA (RFC 3279 §2.3.2).
    Dsa,
    /// Ed25519 or Ed448 (RFC 8410).
    EdDsa,
    /// X25519 or X448: key agreement only (RFC 8410).
    Xdh,
    /// ML-DSA (RFC 9881).
    MlDsa,
    /// SLH-DSA (RFC 9909).
    SlhDsa,
    /// ML-KEM: encapsulation only (RFC 9935).
    MlKem,
    /// An algorithm this tool does not know.
    Unknown,
}

impl KeyKind {
    fn of(algorithm: Oid<'_>) -> Self {
        match algorithm {
            oid::RSA_ENCRYPTION => Self::Rsa,
            oid::RSASSA_PSS => Self::RsaPss,
            oid::EC_PUBLIC_KEY => Self::Ec,
            oid::DSA => Self::Dsa,
            oid::ED25519 | oid::ED448 => Self::EdDsa,
            oid::X25519 | oid::X448 => Self::Xdh,
            oid::ML_DSA_44 | oid::ML_DSA_65 | oid::ML_DSA_87 => Self::MlDsa,
            oid::ML_KEM_512 | oid::ML_KEM_768 | oid::ML_KEM_1024 => Self::MlKem,
            other if oid::is_slh_dsa(other) => Self::SlhDsa,
            _ => Self::Unknown,
        }
    }

    /// Whether the key can sign at all.
    #[must_use]
    pub fn can_sign(self) -> bool {
        !matches!(self, Self::Xdh | Self::MlKem)
    }

    /// Whether the key is of a post-quantum algorithm.
    #[must_use]
    pub fn is_post_quantum(self) -> bool {
        matches!(self, Self::MlDsa | Self::SlhDsa | Self::MlKem)
    }
}

/// The length in octets of a public key, and of a signature; none where the algorithm has no fixed one.
///
/// RFC 8032 §5.1, §5.2; RFC 7748 §5; FIPS 204 table 2; FIPS 205 table 2; FIPS 203 table 3.
#[must_use]
pub fn fixed_lengths(algorithm: Oid<'_>) -> (Option<usize>, Option<usize>) {
    match algorithm {
        oid::ED25519 => (Some(32), Some(64)),
        oid::ED448 => (Some(57), Some(114)),
        oid::X25519 => (Some(32), None),
        oid::X448 => (Some(56), None),
        oid::ML_DSA_44 => (Some(1312), Some(2420)),
        oid::ML_DSA_65 => (Some(1952), Some(3309)),
        oid::ML_DSA_87 => (Some(2592), Some(4627)),
        oid::ML_KEM_512 => (Some(800), None),
        oid::ML_KEM_768 => (Some(1184), None),
        oid::ML_KEM_1024 => (Some(1568), None),
        oid::SLH_DSA_SHA2_128S | oid::SLH_DSA_SHAKE_128S => (Some(32), Some(7856)),
        oid::SLH_DSA_SHA2_128F | oid::SLH_DSA_SHAKE_128F => (Some(32), Some(17088)),
        oid::SLH_DSA_SHA2_192S | oid::SLH_DSA_SHAKE_192S => (Some(48), Some(16224)),
        oid::SLH_DSA_SHA2_192F | oid::SLH_DSA_SHAKE_192F => (Some(48), Some(35664)),
        oid::SLH_DSA_SHA2_256S | oid::SLH_DSA_SHAKE_256S => (Some(64), Some(29792)),
        oid::SLH_DSA_SHA2_256F | oid::SLH_DSA_SHAKE_256F => (Some(64), Some(49856)),
        _ => (None, None),
    }
}

/// An algorithm identifier: its object identifier and its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Algorithm<'a> {
    /// The content of the SEQUENCE: object identifier and parameters as they are encoded.
    pub content: &'a [u8],
    /// The algorithm.
    pub oid: Oid<'a>,
    /// The parameters, if there are any.
    pub parameters: Option<Tlv<'a>>,
}

impl<'a> Algorithm<'a> {
    /// Reads an AlgorithmIdentifier.
    ///
    /// # Errors
    /// It does not start with an object identifier.
    pub fn parse(sequence: &Tlv<'a>) -> Result<Self, DerError> {
        let mut fields = sequence.children();
        let oid = fields.expect(tag::OID, "an algorithm identifier without an OID")?;
        let parameters = if fields.is_empty() {
            None
        } else {
            Some(fields.read()?)
        };
        Ok(Self {
            content: sequence.value(),
            oid: Oid(oid.value()),
            parameters,
        })
    }

    /// An algorithm without an identifier, for one that does not decode.
    pub(super) fn nothing(sequence: &Tlv<'a>) -> Self {
        Self {
            content: sequence.value(),
            oid: Oid(&[]),
            parameters: None,
        }
    }

    /// The kind of key that makes signatures of this algorithm; none where it is not known.
    #[must_use]
    pub fn signer(&self) -> Option<KeyKind> {
        match self.oid {
            oid::MD2_WITH_RSA
            | oid::MD4_WITH_RSA
            | oid::MD5_WITH_RSA
            | oid::SHA1_WITH_RSA
            | oid::SHA224_WITH_RSA
            | oid::SHA256_WITH_RSA
            | oid::SHA384_WITH_RSA
            | oid::SHA512_WITH_RSA => Some(KeyKind::Rsa),
            oid::RSASSA_PSS => Some(KeyKind::RsaPss),
            oid::ECDSA_WITH_SHA1
            | oid::ECDSA_WITH_SHA224
            | oid::ECDSA_WITH_SHA256
            | oid::ECDSA_WITH_SHA384
            | oid::ECDSA_WITH_SHA512 => Some(KeyKind::Ec),
            oid::DSA_WITH_SHA1
            | oid::DSA_WITH_SHA224
            | oid::DSA_WITH_SHA256
            | oid::DSA_WITH_SHA384
            | oid::DSA_WITH_SHA512 => Some(KeyKind::Dsa),
            other => match KeyKind::of(other) {
                kind @ (KeyKind::EdDsa | KeyKind::MlDsa | KeyKind::SlhDsa) => Some(kind),
                _ => None,
            },
        }
    }

    /// The digest that is signed; none where the algorithm signs the message itself, or is not known.
    #[must_use]
    pub fn digest(&self) -> Option<Oid<'a>> {
        Some(match self.oid {
            oid::MD2_WITH_RSA => oid::MD2,
            oid::MD4_WITH_RSA => oid::MD4,
            oid::MD5_WITH_RSA => oid::MD5,
            oid::SHA1_WITH_RSA | oid::ECDSA_WITH_SHA1 | oid::DSA_WITH_SHA1 => oid::SHA1,
            oid::SHA224_WITH_RSA | oid::ECDSA_WITH_SHA224 | oid::DSA_WITH_SHA224 => oid::SHA224,
            oid::SHA256_WITH_RSA | oid::ECDSA_WITH_SHA256 | oid::DSA_WITH_SHA256 => oid::SHA256,
            oid::SHA384_WITH_RSA | oid::ECDSA_WITH_SHA384 | oid::DSA_WITH_SHA384 => oid::SHA384,
            oid::SHA512_WITH_RSA | oid::ECDSA_WITH_SHA512 | oid::DSA_WITH_SHA512 => oid::SHA512,
            oid::RSASSA_PSS => PssParameters::parse(self.parameters.as_ref()?)?.hash,
            _ => return None,
        })
    }

    /// The digest's strength against collisions in bits, where the algorithm has a digest.
    #[must_use]
    pub fn digest_strength(&self) -> Option<u32> {
        match self.oid {
            oid::MD5_WITH_RSA => Some(64),
            oid::SHA1_WITH_RSA | oid::ECDSA_WITH_SHA1 => Some(80),
            oid::SHA224_WITH_RSA | oid::ECDSA_WITH_SHA224 => Some(112),
            oid::SHA256_WITH_RSA | oid::ECDSA_WITH_SHA256 => Some(128),
            oid::SHA384_WITH_RSA | oid::ECDSA_WITH_SHA384 => Some(192),
            oid::SHA512_WITH_RSA | oid::ECDSA_WITH_SHA512 => Some(256),
            _ => None,
        }
    }
}

/// A SubjectPublicKeyInfo.
#[derive(Clone, Copy, Debug)]
pub struct PublicKey<'a> {
    /// The whole structure as it is encoded.
    pub spki: &'a [u8],
    /// The key's algorithm.
    pub algorithm: Algorithm<'a>,
    /// The family of the algorithm.
    pub kind: KeyKind,
    /// The key itself: the BIT STRING without its count of unused bits.
    pub bits: &'a [u8],
    /// subjectPublicKey: the BIT STRING as it is encoded.
    pub subject_public_key: Tlv<'a>,
}

impl<'a> PublicKey<'a> {
    /// Reads a SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// It is no sequence of an algorithm identifier and a BIT STRING.
    pub fn parse(sequence: &Tlv<'a>) -> Result<Self, DerError> {
        let mut fields = sequence.children();
        let algorithm = fields.expect(tag::SEQUENCE, "a public key without an algorithm")?;
        let algorithm = Algorithm::parse(&algorithm)?;
        let bits = fields.expect(tag::BIT_STRING, "a public key without a BIT STRING")?;
        Ok(Self {
            spki: sequence.raw(),
            algorithm,
            kind: KeyKind::of(algorithm.oid),
            bits: bits.value().get(1..).unwrap_or_default(),
            subject_public_key: bits,
        })
    }

    /// A key of no known kind, for one that does not decode.
    pub(super) fn nothing(sequence: &Tlv<'a>) -> Self {
        Self {
            spki: sequence.raw(),
            algorithm: Algorithm::nothing(sequence),
            kind: KeyKind::Unknown,
            bits: &[],
            subject_public_key: *sequence,
        }
    }

    /// The named curve of an EC key; none for other keys and for explicit parameters.
    #[must_use]
    pub fn curve(&self) -> Option<Oid<'a>> {
        let parameters = self.algorithm.parameters?;
        (self.kind == KeyKind::Ec && parameters.tag == tag::OID).then(|| Oid(parameters.value()))
    }

    /// The modulus of an RSA key, without leading zeros.
    #[must_use]
    pub fn rsa_modulus(&self) -> Option<&'a [u8]> {
        self.rsa_number(0)
    }

    /// The public exponent of an RSA key, without leading zeros.
    #[must_use]
    pub fn rsa_exponent(&self) -> Option<&'a [u8]> {
        self.rsa_number(1)
    }

    /// Whether the key is an RSA key, restricted to PSS or not.
    #[must_use]
    pub fn is_rsa(&self) -> bool {
        matches!(self.kind, KeyKind::Rsa | KeyKind::RsaPss)
    }

    /// Modulus and exponent of an RSA key as they are encoded (RFC 8017 appendix A.1.1).
    #[must_use]
    pub fn rsa_integers(&self) -> Option<[Tlv<'a>; 2]> {
        Some([self.rsa_integer(0)?, self.rsa_integer(1)?])
    }

    fn rsa_integer(&self, index: usize) -> Option<Tlv<'a>> {
        if !self.is_rsa() {
            return None;
        }
        let key = self.subject_public_key.bits().read().ok()?;
        let number = key.children().elements().nth(index)?;
        (number.tag == tag::INTEGER).then_some(number)
    }

    /// A number of an RSA key, without leading zeros.
    fn rsa_number(&self, index: usize) -> Option<&'a [u8]> {
        let octets = self.rsa_integer(index)?.value();
        let zeros = octets.iter().take_while(|&&octet| octet == 0).count();
        Some(&octets[zeros..])
    }

    /// The size of an RSA modulus in bits.
    #[must_use]
    pub fn rsa_bits(&self) -> Option<usize> {
        let modulus = self.rsa_modulus()?;
        let first = modulus.first()?;
        Some(modulus.len() * 8 - first.leading_zeros() as usize)
    }

    /// The security strength in bits (SP 800-57 part 1, table 2), where it is known.
    #[must_use]
    pub fn strength(&self) -> Option<u32> {
        match self.kind {
            KeyKind::Rsa | KeyKind::RsaPss => Some(match self.rsa_bits()? {
                ..1024 => 0,
                1024..2048 => 80,
                2048..3072 => 112,
                3072..7680 => 128,
                7680..15360 => 192,
                _ => 256,
            }),
            KeyKind::Ec => match self.curve()? {
                oid::P192 => Some(80),
                oid::P224 => Some(112),
                oid::P256 | oid::SECP256K1 | oid::BRAINPOOL_P256R1 => Some(128),
                oid::P384 | oid::BRAINPOOL_P384R1 => Some(192),
                oid::P521 | oid::BRAINPOOL_P512R1 => Some(256),
                _ => None,
            },
            KeyKind::EdDsa if self.algorithm.oid == oid::ED25519 => Some(128),
            KeyKind::EdDsa => Some(224),
            KeyKind::MlDsa => match self.algorithm.oid {
                oid::ML_DSA_44 => Some(128),
                oid::ML_DSA_65 => Some(192),
                _ => Some(256),
            },
            _ => None,
        }
    }

    /// The key in a few words: `RSA 2048`, `P-256`, `Ed25519`.
    #[must_use]
    pub fn describe(&self) -> String {
        match self.kind {
            KeyKind::Rsa => match self.rsa_bits() {
                Some(bits) => format!("RSA {bits}"),
                None => "RSA".to_owned(),
            },
            KeyKind::Ec => match self.curve() {
                Some(curve) => curve.name(),
                None => "EC with explicit parameters".to_owned(),
            },
            _ => self.algorithm.oid.name(),
        }
    }
}
