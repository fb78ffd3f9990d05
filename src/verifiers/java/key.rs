//! Public keys and algorithms as JDK 17 reads and names them (`X509Key`, `AlgorithmId`, `ECPublicKeyImpl`,
//! `RSAPublicKeyImpl`).

use super::der::{Thrown, Value, integer};
use crate::cert::oid::{self, Oid};

/// An AlgorithmIdentifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Algorithm {
    pub(super) oid: Vec<u8>,
    /// The parameters as they are encoded; NULL counts as none.
    pub(super) parameters: Option<Vec<u8>>,
}

impl Algorithm {
    /// `AlgorithmId.parse`.
    pub(super) fn read(value: &Value<'_>) -> Result<Self, Thrown> {
        if value.tag != 0x30 {
            return Err(Thrown::io("algid parse error, not a sequence"));
        }
        let mut fields = value.input();
        let oid = fields.read()?.oid()?.to_vec();
        let mut parameters = None;
        if !fields.is_empty() {
            let field = fields.read()?;
            if field.tag == 0x05 {
                if !field.content.is_empty() {
                    return Err(Thrown::io("invalid NULL"));
                }
            } else {
                parameters = Some(field.raw.to_vec());
            }
            if !fields.is_empty() {
                return Err(Thrown::io("Invalid AlgorithmIdentifier: extra data"));
            }
        }
        let algorithm = Self { oid, parameters };
        if Oid(&algorithm.oid) == oid::EC_PUBLIC_KEY
            && let Some(parameters) = &algorithm.parameters
        {
            curve(parameters)?;
        }
        Ok(algorithm)
    }

    /// The standard name of a signature algorithm; its dotted identifier where Java has none.
    pub(super) fn name(&self) -> String {
        let oid = Oid(&self.oid);
        let name = match oid {
            oid::MD2_WITH_RSA => "MD2withRSA",
            oid::MD5_WITH_RSA => "MD5withRSA",
            oid::SHA1_WITH_RSA => "SHA1withRSA",
            oid::SHA224_WITH_RSA => "SHA224withRSA",
            oid::SHA256_WITH_RSA => "SHA256withRSA",
            oid::SHA384_WITH_RSA => "SHA384withRSA",
            oid::SHA512_WITH_RSA => "SHA512withRSA",
            oid::ECDSA_WITH_SHA1 => "SHA1withECDSA",
            oid::ECDSA_WITH_SHA224 => "SHA224withECDSA",
            oid::ECDSA_WITH_SHA256 => "SHA256withECDSA",
            oid::ECDSA_WITH_SHA384 => "SHA384withECDSA",
            oid::ECDSA_WITH_SHA512 => "SHA512withECDSA",
            oid::DSA_WITH_SHA1 => "SHA1withDSA",
            oid::DSA_WITH_SHA256 => "SHA256withDSA",
            oid::RSASSA_PSS => "RSASSA-PSS",
            oid::ED25519 => "Ed25519",
            oid::ED448 => "Ed448",
            _ => match (oid.0.split_last(), oid.0) {
                (Some((&last, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1])), _) => match last {
                    15 => "SHA512/224withRSA",
                    16 => "SHA512/256withRSA",
                    _ => return oid.to_string(),
                },
                // The NIST arc of signature algorithms: DSA and those with SHA-3.
                (Some((&last, [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3])), _) => match last {
                    1 => "SHA224withDSA",
                    3 => "SHA384withDSA",
                    4 => "SHA512withDSA",
                    5 => "SHA3-224withDSA",
                    6 => "SHA3-256withDSA",
                    7 => "SHA3-384withDSA",
                    8 => "SHA3-512withDSA",
                    9 => "SHA3-224withECDSA",
                    10 => "SHA3-256withECDSA",
                    11 => "SHA3-384withECDSA",
                    12 => "SHA3-512withECDSA",
                    13 => "SHA3-224withRSA",
                    14 => "SHA3-256withRSA",
                    15 => "SHA3-384withRSA",
                    16 => "SHA3-512withRSA",
                    _ => return oid.to_string(),
                },
                _ => return oid.to_string(),
            },
        };
        name.to_owned()
    }
}

/// A SubjectPublicKeyInfo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    algorithm: Algorithm,
    bits: Vec<u8>,
    unused: u8,
}

impl Key {
    /// `X509Key.parse`.
    pub(super) fn read(value: &Value<'_>) -> Result<Self, Thrown> {
        if value.tag != 0x30 {
            return Err(Thrown::io("corrupt subject key"));
        }
        let mut fields = value.input();
        let algorithm = Algorithm::read(&fields.read()?)?;
        let (bits, unused) = fields.read()?.bit_string()?;
        let key = Self {
            algorithm,
            bits: bits.to_vec(),
            unused,
        };
        key.check()
            .map_err(|message| Thrown::io(format!("subject key, {message}")))?;
        if !fields.is_empty() {
            return Err(Thrown::io("excess subject key"));
        }
        Ok(key)
    }

    /// What the key factory of its algorithm refuses. An algorithm without one is taken as it is.
    fn check(&self) -> Result<(), String> {
        let wrapped = |message: &str| format!("java.security.InvalidKeyException: {message}");
        match self.oid() {
            oid::RSA_ENCRYPTION | oid::RSASSA_PSS => self.check_rsa().map_err(|why| wrapped(&why)),
            oid::EC_PUBLIC_KEY => {
                let Some(field_octets) = self.curve_bits().map(|bits| bits.div_ceil(8)) else {
                    return Err(wrapped(
                        "EC domain parameters must be encoded in the algorithm identifier",
                    ));
                };
                let is_point = self.bits.first() == Some(&4)
                    && (self.bits.len() - 1) / 2 == field_octets as usize;
                if is_point {
                    Ok(())
                } else {
                    Err(wrapped("Invalid EC key"))
                }
            }
            oid::ED25519 | oid::X25519 if self.bits.len() != 32 => {
                Err(wrapped("key length must be 32"))
            }
            oid::ED448 if self.bits.len() != 57 => Err(wrapped("key length must be 57")),
            oid::X448 if self.bits.len() != 56 => Err(wrapped("key length must be 56")),
            _ => Ok(()),
        }
    }

    fn check_rsa(&self) -> Result<(), String> {
        let Some((modulus, exponent)) = self.rsa() else {
            return Err("Invalid RSA public key".to_owned());
        };
        let length = bit_length(&modulus).next_multiple_of(8);
        if length < 512 {
            return Err("RSA keys must be at least 512 bits long".to_owned());
        }
        if length > 16384 {
            return Err("RSA keys must be no longer than 16384 bits".to_owned());
        }
        if length > 3072 && bit_length(&exponent) > 64 {
            return Err(
                "RSA exponents can be no longer than 64 bits  if modulus is greater than 3072 bits"
                    .to_owned(),
            );
        }
        if (exponent.len(), &exponent) >= (modulus.len(), &modulus) {
            return Err("exponent is larger than modulus".to_owned());
        }
        if exponent.is_empty() || matches!(exponent[..], [..3]) {
            return Err("exponent is smaller than 3".to_owned());
        }
        Ok(())
    }

    /// Modulus and exponent without leading zeros; a sign does not count.
    fn rsa(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let numbers = Value::only(&self.bits).ok()?.elements(0x30).ok()?;
        let [modulus, exponent] = &numbers[..] else {
            return None;
        };
        let positive = |number: &Value<'_>| {
            let octets = (number.tag == 0x02).then(|| integer(number.content).ok())??;
            let zeros = octets.iter().take_while(|&&octet| octet == 0).count();
            Some(octets[zeros..].to_vec())
        };
        Some((positive(modulus)?, positive(exponent)?))
    }

    /// The key's algorithm.
    pub(super) fn oid(&self) -> Oid<'_> {
        Oid(&self.algorithm.oid)
    }

    /// What `Key.getAlgorithm` says.
    pub(super) fn name(&self) -> String {
        match self.oid() {
            oid::RSA_ENCRYPTION => "RSA".to_owned(),
            oid::RSASSA_PSS => "RSASSA-PSS".to_owned(),
            oid::EC_PUBLIC_KEY => "EC".to_owned(),
            oid::DSA => "DSA".to_owned(),
            oid::ED25519 | oid::ED448 => "EdDSA".to_owned(),
            oid::X25519 | oid::X448 => "XDH".to_owned(),
            other => other.to_string(),
        }
    }

    /// The size of the curve's field in bits; none for keys that name no curve.
    fn curve_bits(&self) -> Option<u32> {
        curve(self.algorithm.parameters.as_ref()?).ok()
    }

    /// Whether the JDK can compute on the key's curve; true for keys of other kinds.
    pub(super) fn has_usable_curve(&self) -> bool {
        self.oid() != oid::EC_PUBLIC_KEY
            || self
                .algorithm
                .parameters
                .as_ref()
                .is_some_and(|parameters| {
                    let curve = parameters.get(2..).map(Oid);
                    matches!(curve, Some(oid::P256 | oid::P384 | oid::P521))
                })
    }

    /// The size in bits that constraints on keys look at (`KeyUtil.getKeySize`).
    pub(super) fn size(&self) -> Option<u32> {
        match self.oid() {
            oid::RSA_ENCRYPTION | oid::RSASSA_PSS => {
                let (modulus, _) = self.rsa()?;
                u32::try_from(bit_length(&modulus)).ok()
            }
            oid::EC_PUBLIC_KEY => self.curve_bits(),
            oid::DSA => {
                let parameters = self.algorithm.parameters.as_ref()?;
                let prime = Value::only(parameters).ok()?.input().read().ok()?;
                let octets = integer(prime.content).ok()?;
                let zeros = octets.iter().take_while(|&&octet| octet == 0).count();
                u32::try_from(bit_length(&octets[zeros..])).ok()
            }
            _ => None,
        }
    }
}

fn bit_length(octets: &[u8]) -> usize {
    octets
        .first()
        .map_or(0, |first| octets.len() * 8 - first.leading_zeros() as usize)
}

/// The size of the field of a named curve in bits (`ECParameters.engineInit`, `CurveDB`).
fn curve(parameters: &[u8]) -> Result<u32, Thrown> {
    let value = Value::only(parameters)?;
    if value.tag != 0x06 {
        return Err(Thrown::io("Only named ECParameters supported"));
    }
    let curve = Oid(value.oid()?);
    let unknown = || Thrown::io(format!("Unknown named curve: {curve}"));
    match curve.0 {
        // SEC 2.
        [0x2b, 0x81, 4, 0, last] => Ok(match last {
            6 | 7 => 112,
            28 | 29 => 128,
            4 | 5 => 113,
            22 | 23 => 131,
            8 | 9 | 30 => 160,
            1 | 2 | 15 => 163,
            31 => 192,
            24 | 25 => 193,
            32 | 33 => 224,
            26 | 27 => 233,
            3 => 239,
            10 => 256,
            16 | 17 => 283,
            34 => 384,
            36 | 37 => 409,
            35 => 521,
            38 | 39 => 571,
            _ => return Err(unknown()),
        }),
        // X9.62, prime fields.
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, last] => Ok(match last {
            1..=3 => 192,
            4..=6 => 239,
            7 => 256,
            _ => return Err(unknown()),
        }),
        // X9.62, binary fields.
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 0, last] => Ok(match last {
            1..=3 => 163,
            4 => 176,
            5..=7 => 191,
            10 => 208,
            11..=13 => 239,
            16 => 272,
            17 => 304,
            18 => 359,
            19 => 368,
            20 => 431,
            _ => return Err(unknown()),
        }),
        // Brainpool; the twisted curves are not there.
        [0x2b, 0x24, 3, 3, 2, 8, 1, 1, last] => Ok(match last {
            1 => 160,
            3 => 192,
            5 => 224,
            7 => 256,
            9 => 320,
            11 => 384,
            13 => 512,
            _ => return Err(unknown()),
        }),
        _ => Err(unknown()),
    }
}
