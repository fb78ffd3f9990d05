//! Curves that a key describes by their numbers instead of naming them (X9.62, RFC 3279 §2.3.5).
//!
//! RFC 5480 §2.1.1 forbids such keys, but OpenSSL, Java and others read them. A curve is taken for a named one where prime,
//! coefficients, generator and order are all the same: one with another generator verifies what anyone signs (CVE-2020-0601).

use super::positive;
use crate::cert::der::tag;
use crate::cert::hex_digits;
use crate::cert::key::{KeyKind, PublicKey};
use crate::cert::oid::{self, Oid};

/// The domain parameters of a curve over a prime field, in hexadecimal.
struct Parameters {
    oid: Oid<'static>,
    p: &'static str,
    a: &'static str,
    b: &'static str,
    x: &'static str,
    y: &'static str,
    order: &'static str,
}

/// The named curve that has exactly the parameters which the key states.
pub(in crate::crypto) fn described_curve(key: &PublicKey<'_>) -> Option<Oid<'static>> {
    let parameters = key.algorithm.parameters?;
    if key.kind != KeyKind::Ec || parameters.tag != tag::SEQUENCE {
        return None;
    }
    let mut fields = parameters.children();
    let version = fields.expect(tag::INTEGER, "a version").ok()?;
    if !matches!(version.value(), [1..=3]) {
        return None;
    }
    let mut field = fields.expect(tag::SEQUENCE, "a field").ok()?.children();
    if field.expect(tag::OID, "a field's kind").ok()?.value() != oid::PRIME_FIELD.0 {
        return None;
    }
    let prime = positive(&field.read().ok()?)?;
    // The seed that may follow a and b says where they came from.
    let mut curve = fields.expect(tag::SEQUENCE, "a curve").ok()?.children();
    let a = curve.expect(tag::OCTET_STRING, "a").ok()?.value();
    let b = curve.expect(tag::OCTET_STRING, "b").ok()?.value();
    let generator = fields
        .expect(tag::OCTET_STRING, "a generator")
        .ok()?
        .value();
    let order = positive(&fields.read().ok()?)?;
    if let Some(cofactor) = fields.optional(tag::INTEGER).ok()?
        && cofactor.value() != [1]
    {
        return None;
    }
    let found = CURVES.iter().find(|known| {
        is(prime, known.p)
            && is(a, known.a)
            && is(b, known.b)
            && is_point(generator, known)
            && is(order, known.order)
    });
    found.map(|known| known.oid)
}

/// Whether the octets are this number, with leading zeros or without.
fn is(octets: &[u8], number: &str) -> bool {
    // No curve here has more than 66.
    octets.len() <= 80
        && hex_digits(octets).trim_start_matches('0') == number.trim_start_matches('0')
}

/// Whether the octets are the curve's generator (SEC 1 §2.3.3), uncompressed, compressed or both.
fn is_point(octets: &[u8], curve: &Parameters) -> bool {
    let Some((&form, coordinates)) = octets.split_first() else {
        return false;
    };
    let odd = curve.y.ends_with(['1', '3', '5', '7', '9', 'b', 'd', 'f']);
    let length = curve.p.len().div_ceil(2);
    match form {
        2 | 3 => coordinates.len() == length && (form == 3) == odd && is(coordinates, curve.x),
        4 | 6 | 7 => {
            coordinates.len() == 2 * length
                && (form == 4 || (form == 7) == odd)
                && is(&coordinates[..length], curve.x)
                && is(&coordinates[length..], curve.y)
        }
        _ => false,
    }
}

/// NIST SP 800-186 §3.2.1, SEC 2 §2.4.1, RFC 5639 §3.
static CURVES: &[Parameters] = &[
    Parameters {
        oid: oid::P192,
        p: "fffffffffffffffffffffffffffffffeffffffffffffffff",
        a: "fffffffffffffffffffffffffffffffefffffffffffffffc",
        b: "64210519e59c80e70fa7e9ab72243049feb8deecc146b9b1",
        x: "188da80eb03090f67cbf20eb43a18800f4ff0afd82ff1012",
        y: "07192b95ffc8da78631011ed6b24cdd573f977a11e794811",
        order: "ffffffffffffffffffffffff99def836146bc9b1b4d22831",
    },
    Parameters {
        oid: oid::P224,
        p: "ffffffffffffffffffffffffffffffff000000000000000000000001",
        a: "fffffffffffffffffffffffffffffffefffffffffffffffffffffffe",
        b: "b4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4",
        x: "b70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21",
        y: "bd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34",
        order: "ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d",
    },
    Parameters {
        oid: oid::P256,
        p: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        a: "ffffffff00000001000000000000000000000000fffffffffffffffffffffffc",
        b: "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
        x: "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
        y: "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        order: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
    },
    Parameters {
        oid: oid::P384,
        p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffff",
        a: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000fffffffc",
        b: "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875ac656398d8a2ed19d2a85c8edd3ec2aef",
        x: "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
        y: "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
        order: "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    },
    Parameters {
        oid: oid::P521,
        p: "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        a: "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc",
        b: "51953eb9618e1c9a1f929a21a0b68540eea2da725b99b315f3b8b489918ef109e156193951ec7e937b1652c0bd3bb1bf073573df883d2c34f1ef451fd46b503f00",
        x: "c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66",
        y: "011839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650",
        order: "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
    },
    Parameters {
        oid: oid::SECP256K1,
        p: "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
        a: "",
        b: "07",
        x: "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
        y: "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
        order: "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
    },
    Parameters {
        oid: oid::BRAINPOOL_P256R1,
        p: "a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
        a: "7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9",
        b: "26dc5c6ce94a4b44f330b5d9bbd77cbf958416295cf7e1ce6bccdc18ff8c07b6",
        x: "8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
        y: "547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
        order: "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
    },
    Parameters {
        oid: oid::BRAINPOOL_P384R1,
        p: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53",
        a: "7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826",
        b: "04a8c7dd22ce28268b39b55416f0447c2fb77de107dcd2a62e880ea53eeb62d57cb4390295dbc9943ab78696fa504c11",
        x: "1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e",
        y: "8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315",
        order: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
    },
];
