//! The named curves that OpenSSL has built in (`curve_list` in `crypto/ec/ec_curve.c`): how many bits their orders have.
//!
//! Some distributions leave most of them out; Debian's packages have all. SM2 is left out: its keys are of a kind of their own.

use crate::cert::oid::Oid;

/// The bits of a named curve's order; none for curves that are not built in.
pub(super) fn order_bits(curve: Oid<'_>) -> Option<u32> {
    let (last, family) = curve.0.split_last()?;
    let mut rows = CURVES.iter();
    let row = rows.find(|(known, lasts, _)| *known == family && lasts.contains(last));
    row.map(|(_, _, bits)| *bits)
}

const X9_62_BINARY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 0];
const X9_62_PRIME: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1];
const SEC_2: &[u8] = &[0x2b, 0x81, 4, 0];
const WAP: &[u8] = &[0x67, 0x2b, 1, 4];
const BRAINPOOL: &[u8] = &[0x2b, 0x24, 3, 3, 2, 8, 1, 1];

/// The identifier without its last octet, the last octets, and the bits.
type Row = (&'static [u8], &'static [u8], u32);

static CURVES: &[Row] = &[
    (X9_62_BINARY, &[1], 163),
    (X9_62_BINARY, &[2, 3], 162),
    (X9_62_BINARY, &[4], 161),
    (X9_62_BINARY, &[5], 191),
    (X9_62_BINARY, &[6], 190),
    (X9_62_BINARY, &[7], 189),
    (X9_62_BINARY, &[10], 193),
    (X9_62_BINARY, &[11], 238),
    (X9_62_BINARY, &[12], 237),
    (X9_62_BINARY, &[13], 236),
    (X9_62_BINARY, &[16], 257),
    (X9_62_BINARY, &[17], 289),
    (X9_62_BINARY, &[18, 19], 353),
    (X9_62_BINARY, &[20], 418),
    (X9_62_PRIME, &[1, 2, 3], 192),
    (X9_62_PRIME, &[4, 5, 6], 239),
    (X9_62_PRIME, &[7], 256),
    (SEC_2, &[1, 15], 163),
    (SEC_2, &[2], 162),
    (SEC_2, &[3], 238),
    (SEC_2, &[4, 5], 113),
    (SEC_2, &[6], 112),
    (SEC_2, &[7], 110),
    (SEC_2, &[8, 9, 30], 161),
    (SEC_2, &[10], 256),
    (SEC_2, &[16], 281),
    (SEC_2, &[17], 282),
    (SEC_2, &[22, 23], 131),
    (SEC_2, &[24, 25], 193),
    (SEC_2, &[26], 232),
    (SEC_2, &[27], 233),
    (SEC_2, &[28], 128),
    (SEC_2, &[29], 126),
    (SEC_2, &[31], 192),
    (SEC_2, &[32], 225),
    (SEC_2, &[33], 224),
    (SEC_2, &[34], 384),
    (SEC_2, &[35], 521),
    (SEC_2, &[36], 407),
    (SEC_2, &[37], 409),
    (SEC_2, &[38, 39], 570),
    (WAP, &[1, 6], 112),
    (WAP, &[3, 5], 163),
    (WAP, &[4, 8], 113),
    (WAP, &[7, 9], 161),
    (WAP, &[10], 232),
    (WAP, &[11], 233),
    (WAP, &[12], 224),
    (BRAINPOOL, &[1, 2], 160),
    (BRAINPOOL, &[3, 4], 192),
    (BRAINPOOL, &[5, 6], 224),
    (BRAINPOOL, &[7, 8], 256),
    (BRAINPOOL, &[9, 10], 320),
    (BRAINPOOL, &[11, 12], 384),
    (BRAINPOOL, &[13, 14], 512),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cert::oid;

    #[test]
    fn the_usual_curves_are_there() {
        for (curve, bits) in [
            (oid::P192, 192),
            (oid::P224, 224),
            (oid::P256, 256),
            (oid::P384, 384),
            (oid::P521, 521),
            (oid::SECP256K1, 256),
            (oid::BRAINPOOL_P512R1, 512),
        ] {
            assert_eq!(order_bits(curve), Some(bits), "{}", curve.name());
        }
        assert_eq!(order_bits(oid::ED25519), None);
    }
}
