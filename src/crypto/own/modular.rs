//! Exponentiation of numbers given as octets.

use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

/// An odd modulus.
#[derive(Debug)]
pub(super) struct Modulus {
    number: Odd<BoxedUint>,
    parameters: BoxedMontyParams,
}

impl Modulus {
    /// None where it is even, or not above 1.
    pub(super) fn new(octets: &[u8]) -> Option<Self> {
        let number = BoxedUint::from_be_slice_vartime(octets);
        if number.bit_width_vartime() < 2 {
            return None;
        }
        let number: Odd<BoxedUint> = Odd::new(number).into_option()?;
        let parameters = BoxedMontyParams::new_vartime(number.clone());
        Some(Self { number, parameters })
    }

    /// The number, if it is below the modulus.
    pub(super) fn residue(&self, octets: &[u8]) -> Option<BoxedMontyForm> {
        let zeros = octets.iter().take_while(|&&octet| octet == 0).count();
        let number = BoxedUint::from_be_slice(&octets[zeros..], self.number.bits_precision());
        let number = number.ok().filter(|number| number < self.number.as_ref())?;
        Some(BoxedMontyForm::new(number, &self.parameters))
    }

    /// What is left of the number after division by the modulus.
    pub(super) fn reduce(&self, number: &BoxedUint) -> BoxedMontyForm {
        let rest = number.rem_vartime(self.number.as_nz_ref());
        BoxedMontyForm::new(rest, &self.parameters)
    }
}

/// `base` to the power of `exponent`.
pub(super) fn power(base: &BoxedMontyForm, exponent: &BoxedUint) -> BoxedMontyForm {
    base.pow_bounded_exp(exponent, exponent.bit_width_vartime())
}
