//! The curves that Go knows, and whether a point is on one.
//!
//! Source: `src/crypto/internal/fips140/nistec` of Go 1.27.3, `SetBytes`: a point is refused when the certificate is
//! read, so that a bundle loses the certificate without a word. A crypto provider tells this only with a signature.

use super::super::der::Oid;
use super::GoError;

/// A NIST curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Curve {
    P224,
    P256,
    P384,
    P521,
}

impl Curve {
    pub(super) fn of(oid: &Oid) -> Option<Self> {
        match oid.arcs() {
            [1, 3, 132, 0, 33] => Some(Self::P224),
            [1, 2, 840, 10045, 3, 1, 7] => Some(Self::P256),
            [1, 3, 132, 0, 34] => Some(Self::P384),
            [1, 3, 132, 0, 35] => Some(Self::P521),
            _ => None,
        }
    }

    /// The identifier's content octets.
    pub(super) fn oid(self) -> &'static [u8] {
        match self {
            Self::P224 => &[0x2b, 0x81, 0x04, 0, 0x21],
            Self::P256 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
            Self::P384 => &[0x2b, 0x81, 0x04, 0, 0x22],
            Self::P521 => &[0x2b, 0x81, 0x04, 0, 0x23],
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::P224 => "P224",
            Self::P256 => "P256",
            Self::P384 => "P384",
            Self::P521 => "P521",
        }
    }

    /// How many octets a coordinate takes.
    fn octets(self) -> usize {
        match self {
            Self::P224 => 28,
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// Whether `point` is an uncompressed point of this curve, or why not, in Go's words.
    pub(super) fn check(self, point: &[u8]) -> Result<(), GoError> {
        let Some(coordinates) = point.strip_prefix(&[4]) else {
            return Err("ecdsa: invalid uncompressed public key".into());
        };
        let name = self.name();
        if coordinates.len() != 2 * self.octets() {
            return Err(format!("invalid {name} point encoding").into());
        }
        let (x, y) = coordinates.split_at(self.octets());
        let field = Field::of(self);
        let (Some(x), Some(y)) = (field.element(x), field.element(y)) else {
            // P-256 has an implementation of its own, with a space of its own.
            let space = if self == Self::P256 { " e" } else { "E" };
            return Err(format!("invalid {name}{space}lement encoding").into());
        };
        if !field.is_on_curve(&x, &y) {
            return Err(format!("{name} point not on curve").into());
        }
        Ok(())
    }
}

/// Enough words for 521 bits, and one to spare.
const WORDS: usize = 10;

/// A number, least significant word first.
type Number = [u64; WORDS];

/// The numbers below a prime, and the constant of the curve `y² = x³ - 3x + b` over them (FIPS 186-4, D.1.2).
struct Field {
    prime: Number,
    b: Number,
    bits: usize,
}

impl Field {
    fn of(curve: Curve) -> Self {
        let (bits, prime, b) = match curve {
            Curve::P224 => (
                224,
                "ffffffffffffffffffffffffffffffff000000000000000000000001",
                "b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4",
            ),
            Curve::P256 => (
                256,
                "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
                "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
            ),
            Curve::P384 => (
                384,
                "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
                "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
            ),
            Curve::P521 => (
                521,
                "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
                "0051953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
            ),
        };
        Self {
            prime: number(&hexadecimal(prime)),
            b: number(&hexadecimal(b)),
            bits,
        }
    }

    /// The number, if it is below the prime.
    fn element(&self, octets: &[u8]) -> Option<Number> {
        let value = number(octets);
        is_below(&value, &self.prime).then_some(value)
    }

    fn is_on_curve(&self, x: &Number, y: &Number) -> bool {
        let three_x = self.add(x, &self.add(x, x));
        let cube = self.multiply(x, &self.multiply(x, x));
        let right = self.add(&cube, &self.b);
        self.add(&self.multiply(y, y), &three_x) == right
    }

    fn add(&self, left: &Number, right: &Number) -> Number {
        let mut sum = [0; WORDS];
        let mut carry = false;
        for (word, (a, b)) in sum.iter_mut().zip(left.iter().zip(right)) {
            let (part, first) = a.overflowing_add(*b);
            let (part, second) = part.overflowing_add(u64::from(carry));
            (*word, carry) = (part, first || second);
        }
        if is_below(&sum, &self.prime) {
            return sum;
        }
        let mut borrow = false;
        for (word, prime) in sum.iter_mut().zip(&self.prime) {
            let (part, first) = word.overflowing_sub(*prime);
            let (part, second) = part.overflowing_sub(u64::from(borrow));
            (*word, borrow) = (part, first || second);
        }
        sum
    }

    /// By doubling and adding: slow, but a certificate needs three.
    fn multiply(&self, left: &Number, right: &Number) -> Number {
        let mut product = [0; WORDS];
        for bit in (0..self.bits).rev() {
            product = self.add(&product, &product);
            if right[bit / 64] >> (bit % 64) & 1 == 1 {
                product = self.add(&product, left);
            }
        }
        product
    }
}

fn is_below(value: &Number, limit: &Number) -> bool {
    value.iter().rev().lt(limit.iter().rev())
}

fn number(octets: &[u8]) -> Number {
    let mut number = [0; WORDS];
    for (index, octet) in octets.iter().rev().enumerate().take(8 * WORDS) {
        number[index / 8] |= u64::from(*octet) << (8 * (index % 8));
    }
    number
}

fn hexadecimal(digits: &str) -> Vec<u8> {
    let value = |digit: &u8| char::from(*digit).to_digit(16).unwrap_or(0);
    let octet =
        |pair: &[u8]| u8::try_from(pair.iter().fold(0, |sum, digit| 16 * sum + value(digit)));
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| octet(pair).unwrap_or(0)).collect()
}
