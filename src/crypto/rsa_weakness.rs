//! RSA moduli that can be factored: those with a small factor, with two primes close together (Fermat), or from chips
//! that made their primes by one formula (ROCA, CVE-2017-15361).

use std::sync::LazyLock;

use crypto_bigint::{BoxedUint, Resize};

/// What gives a modulus away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RsaWeakness {
    /// The smallest odd prime below 752 that divides it.
    pub small_factor: Option<u64>,
    /// In which round Fermat's method finds its factors, counted from 1.
    pub fermat_round: Option<u32>,
    /// Whether it has the fingerprint of ROCA.
    pub roca: bool,
}

/// Larger moduli are not looked at.
const LARGEST_BITS: u32 = 16384;
/// SP 800-89 §5.3.3 asks for primes below 752.
const PRIMES_BELOW: u64 = 752;
/// The primes up to which moduli with ROCA are powers of 65537.
const ROCA_PRIMES_UP_TO: u64 = 167;
/// Primes that are close by accident, as in CVE-2022-26320, are found in the first rounds.
const FERMAT_ROUNDS: u32 = 100;

impl RsaWeakness {
    /// Looks at a modulus, big-endian and without leading zeros.
    #[must_use]
    pub fn of(modulus: &[u8]) -> Self {
        let octets = modulus.len();
        let even = modulus.last().is_none_or(|last| last % 2 == 0);
        if even || octets < 16 || octets > LARGEST_BITS as usize / 8 {
            return Self::default();
        }
        let modulus = BoxedUint::from_be_slice_vartime(modulus);
        let words = words(&modulus);
        let mut found = Self {
            roca: true,
            ..Self::default()
        };
        for (product, primes) in PRIMES.iter() {
            let rest = remainder(&words, *product);
            for &prime in primes {
                let rest = rest % prime;
                if rest == 0 && found.small_factor.is_none() {
                    found.small_factor = Some(prime);
                }
                found.roca &= prime > ROCA_PRIMES_UP_TO || is_power_of_65537(rest, prime);
            }
        }
        found.fermat_round = fermat_round(&modulus);
        found
    }

    /// Whether there is anything.
    #[must_use]
    pub fn is_any(&self) -> bool {
        *self != Self::default()
    }
}

/// The odd primes in groups, each with its product, which fits in 32 bits.
static PRIMES: LazyLock<Vec<(u64, Vec<u64>)>> = LazyLock::new(|| {
    let mut groups: Vec<(u64, Vec<u64>)> = Vec::new();
    let is_prime = |number: &u64| {
        (3..*number)
            .step_by(2)
            .all(|factor| !number.is_multiple_of(factor))
    };
    for prime in (3..PRIMES_BELOW).step_by(2).filter(is_prime) {
        match groups.last_mut() {
            Some((product, primes)) if u32::try_from(*product * prime).is_ok() => {
                *product *= prime;
                primes.push(prime);
            }
            _ => groups.push((prime, vec![prime])),
        }
    }
    groups
});

/// The number in 32-bit words, the least significant last.
fn words(number: &BoxedUint) -> Vec<u32> {
    let octets = number.to_be_bytes();
    octets
        .chunks_exact(4)
        .map(|word| u32::from_be_bytes([word[0], word[1], word[2], word[3]]))
        .collect()
}

/// What is left after division by a number of at most 32 bits.
fn remainder(words: &[u32], divisor: u64) -> u64 {
    words
        .iter()
        .fold(0, |rest, &word| (rest << 32 | u64::from(word)) % divisor)
}

fn is_power_of_65537(rest: u64, prime: u64) -> bool {
    let mut power = 1;
    loop {
        if power == rest {
            return true;
        }
        power = power * 65537 % prime;
        if power == 1 {
            return false;
        }
    }
}

/// Fermat's method: n = a² - b², with a from the square root of n upwards.
fn fermat_round(modulus: &BoxedUint) -> Option<u32> {
    // a² is little more than n; a word on top is enough for it.
    let modulus = modulus.resize(modulus.bits_precision() + 64);
    let one = BoxedUint::one_with_precision(modulus.bits_precision());
    let mut a = modulus.floor_sqrt_vartime();
    if a.wrapping_mul(&a) < modulus {
        a.wrapping_add_assign(&one);
    }
    let mut rest = a.wrapping_mul(&a).wrapping_sub(&modulus);
    for round in 1..=FERMAT_ROUNDS {
        if is_square(&rest) {
            return Some(round);
        }
        rest.wrapping_add_assign(&a);
        a.wrapping_add_assign(&one);
        rest.wrapping_add_assign(&a);
    }
    None
}

/// Most numbers are told apart from squares by a remainder.
fn is_square(number: &BoxedUint) -> bool {
    const PRIMES: [u64; 8] = [3, 5, 7, 11, 13, 17, 19, 23];
    let words = words(number);
    let low = words.last().copied().unwrap_or_default() % 64;
    if !(0..32).any(|root: u32| root * root % 64 == low) {
        return false;
    }
    let rest = remainder(&words, PRIMES.iter().product());
    let fits = |prime: u64| (0..prime).any(|root| root * root % prime == rest % prime);
    if !PRIMES.into_iter().all(fits) {
        return false;
    }
    let root = number.floor_sqrt_vartime();
    root.wrapping_mul(&root) == *number
}

#[cfg(test)]
mod tests {
    use super::*;
    use crypto_bigint::ConcatenatingMul;

    #[test]
    fn squares_are_told_apart() {
        for number in 0_u64..5000 {
            let boxed = BoxedUint::from(number);
            assert_eq!(
                is_square(&boxed),
                number.isqrt().pow(2) == number,
                "{number}"
            );
        }
    }

    #[test]
    fn small_factors_and_close_primes() {
        // 2^127 - 1 is prime.
        let prime = BoxedUint::from((1_u128 << 127) - 1);
        let times = |factor: u64| {
            let product = prime.concatenating_mul(&BoxedUint::from(factor));
            let octets = product.to_be_bytes();
            let zeros = octets.iter().take_while(|&&octet| octet == 0).count();
            RsaWeakness::of(&octets[zeros..])
        };
        assert_eq!(times(743).small_factor, Some(743));
        assert_eq!(times(757).small_factor, None);
        assert_eq!(times(757).fermat_round, None);
        let square = prime.concatenating_mul(&prime).to_be_bytes();
        assert_eq!(RsaWeakness::of(&square).fermat_round, Some(1));
    }
}
