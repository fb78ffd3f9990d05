//! Every signature algorithm that is verified here, on certificates that OpenSSL made: `fixtures/signatures`.

use std::fs;
use std::path::Path;

use chainlint::cert::Certificate;
use chainlint::cert::der::Reader;
use chainlint::cert::key::PublicKey;
use chainlint::crypto::{SignatureCheck, Signatures};

/// The files' names, without those that only one of the providers verifies.
fn names() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/signatures");
    let files = fs::read_dir(folder).expect("the folder is there");
    let mut names: Vec<String> = files
        .map(|file| file.expect("an entry can be read").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "pem"))
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| cfg!(feature = "aws-lc-rs") || !name.starts_with("ml-dsa"))
        .collect();
    names.sort();
    names
}

/// The root and what it issued.
fn ders(name: &str) -> [Vec<u8>; 2] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/signatures");
    let text = fs::read(folder.join(name).with_extension("pem")).expect("the file is there");
    let blocks = pem::parse_many(text).expect("OpenSSL writes PEM");
    let ders: Vec<Vec<u8>> = blocks.into_iter().map(pem::Pem::into_contents).collect();
    ders.try_into().expect("two certificates")
}

fn parse(der: &[u8]) -> Certificate<'_> {
    Certificate::parse(der).expect("OpenSSL writes certificates")
}

fn check(
    root: &Certificate<'_>,
    message: &[u8],
    issued: &Certificate<'_>,
    signature: &[u8],
) -> SignatureCheck {
    Signatures::default().check(&root.key, &issued.signature_algorithm, message, signature)
}

#[test]
fn what_openssl_signed_is_valid_and_one_flipped_bit_is_not() {
    let mut wrong = Vec::new();
    let mut verified = 0;
    for name in names() {
        let [root_der, issued_der] = ders(&name);
        let (root, issued) = (parse(&root_der), parse(&issued_der));
        let expected = if name.starts_with("unsupported") {
            [SignatureCheck::Unsupported; 2]
        } else {
            verified += 1;
            [SignatureCheck::Valid, SignatureCheck::Invalid]
        };
        let mut expect = |what: &str, expected: SignatureCheck, found: SignatureCheck| {
            if found != expected {
                wrong.push(format!("{name}, {what}: {found:?}, expected {expected:?}"));
            }
        };
        for certificate in [&root, &issued] {
            expect(
                "as it is",
                expected[0],
                check(&root, certificate.tbs, certificate, certificate.signature),
            );
        }
        for bit in [1, 7, 8 * issued.tbs.len() - 2] {
            let message = flipped(issued.tbs, bit);
            expect(
                "message flipped",
                expected[1],
                check(&root, &message, &issued, issued.signature),
            );
        }
        let length = 8 * issued.signature.len();
        for bit in [0, 4, length / 3, length / 2, length - 9, length - 1] {
            let signature = flipped(issued.signature, bit);
            expect(
                "signature flipped",
                expected[1],
                check(&root, issued.tbs, &issued, &signature),
            );
        }
        for signature in [
            &issued.signature[1..],
            &issued.signature[..issued.signature.len() - 1],
            &[],
        ] {
            expect(
                "signature cut",
                expected[1],
                check(&root, issued.tbs, &issued, signature),
            );
        }
        let longer = [issued.signature, &[0]].concat();
        expect(
            "signature longer",
            expected[1],
            check(&root, issued.tbs, &issued, &longer),
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(verified > 95, "only {verified} were verified");
}

fn flipped(octets: &[u8], bit: usize) -> Vec<u8> {
    let mut flipped = octets.to_vec();
    flipped[bit / 8] ^= 0x80 >> (bit % 8);
    flipped
}

#[test]
fn a_check_is_made_once() {
    let signatures = Signatures::default();
    for name in [
        "rsa-512-md5",
        "ecdsa-secp224r1-explicit",
        "ed448",
        "dsa-1024-160-sha1",
    ] {
        let [root, issued] = ders(name);
        let (root, issued) = (parse(&root), parse(&issued));
        let made = signatures.made();
        for _ in 0..3 {
            let check = signatures.check(
                &root.key,
                &issued.signature_algorithm,
                issued.tbs,
                issued.signature,
            );
            assert_eq!(check, SignatureCheck::Valid, "{name}");
        }
        assert_eq!(signatures.made(), made + 1, "{name}");
    }
}

/// CVE-2020-0601: with another generator anyone can sign for the same point.
#[test]
fn a_curve_with_one_other_parameter_is_unknown() {
    for name in [
        "ecdsa-P-256-explicit",
        "ecdsa-secp384r1-explicit-compressed",
    ] {
        let [root_der, issued_der] = ders(name);
        let (root, issued) = (parse(&root_der), parse(&issued_der));
        let parameters = root.key.algorithm.parameters.expect("they are explicit");
        // The seed is not compared: it only says where the rest came from.
        let fields: Vec<_> = parameters.children().elements().collect();
        let curve: Vec<_> = fields[2].children().elements().collect();
        let values = [
            fields[0], fields[1], curve[0], curve[1], fields[3], fields[4], fields[5],
        ];
        let offset = parameters.raw().as_ptr() as usize - root.key.spki.as_ptr() as usize;
        for value in values {
            let spki = flipped(
                root.key.spki,
                8 * (offset + value.range().end - parameters.range().start) - 1,
            );
            let mut reader = Reader::new(&spki);
            let key = PublicKey::parse(&reader.read().expect("lengths are the same"))
                .expect("it is a key");
            let check = Signatures::default().check(
                &key,
                &issued.signature_algorithm,
                issued.tbs,
                issued.signature,
            );
            assert_eq!(
                check,
                SignatureCheck::Unsupported,
                "{name}, {:?}",
                value.range()
            );
        }
    }
}
