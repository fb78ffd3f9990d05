//! Properties of the PEM scanner, over arbitrary and over damaged input.

use chainlint::input::{Contents, read};
use chainlint::source::{Source, Span};
use proptest::prelude::*;

fn scan(bytes: &[u8]) -> (Source, Contents) {
    let source = Source::new("x", bytes.to_vec());
    let contents = read(&source);
    (source, contents)
}

/// Every span lies in the source, and the accidents are in its order.
fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let (source, contents) = scan(bytes);
    let inside = |span: Span| span.start <= span.end && span.end <= bytes.len();
    let mut before = 0;
    for accident in &contents.accidents {
        prop_assert!(inside(accident.span), "{accident:?}");
        prop_assert!(accident.span.start >= before, "{accident:?}");
        prop_assert!(
            accident
                .block
                .is_none_or(|block| block < contents.blocks.len()),
            "{accident:?}"
        );
        before = accident.span.start;
    }
    for block in &contents.blocks {
        prop_assert!(inside(block.span) && inside(block.begin), "{block:?}");
        prop_assert!(
            block.span.start <= block.begin.start && block.begin.end <= block.span.end,
            "{block:?}"
        );
        for range in [
            0..0,
            0..1,
            block.der.len() / 2..block.der.len(),
            0..usize::MAX,
        ] {
            prop_assert!(inside(contents.span_of(&source, block, range)), "{block:?}");
        }
    }
    Ok(())
}

/// A well-formed document of blocks with these labels and contents.
fn document(blocks: &[(String, Vec<u8>)]) -> String {
    blocks
        .iter()
        .map(|(label, der)| pem::encode(&pem::Pem::new(label.as_str(), der.clone())))
        .collect()
}

fn blocks() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let label = prop::sample::select(vec![
        "CERTIFICATE",
        "TRUSTED CERTIFICATE",
        "X509 CRL",
        "EC PRIVATE KEY",
        "SOMETHING ELSE",
    ]);
    let der = prop::collection::vec(any::<u8>(), 1..200);
    prop::collection::vec((label.prop_map(str::to_owned), der), 1..5)
}

/// Pieces that break documents.
const PIECES: &[&str] = &[
    "-----BEGIN CERTIFICATE-----",
    "-----END CERTIFICATE-----",
    "-----BEGIN ",
    "END",
    "-",
    "-----",
    "----------",
    "\n",
    "\r",
    "\r\n",
    "\\n",
    "\\",
    "=",
    "==",
    " ",
    "\t",
    "\u{feff}",
    "\u{2014}",
    "Proc-Type: 4,ENCRYPTED\n",
    "# ",
    "\"",
    "\0",
    "QUJD",
    "begin certificate-----",
    "\u{e4}",
    "0\u{82}",
];

#[derive(Clone, Debug)]
enum Damage {
    Delete(prop::sample::Index, usize),
    Insert(prop::sample::Index, &'static str),
    Replace(prop::sample::Index, u8),
    Splice(prop::sample::Index, prop::sample::Index, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        (at(), 1_usize..80).prop_map(|(at, length)| Damage::Delete(at, length)),
        (at(), prop::sample::select(PIECES)).prop_map(|(at, piece)| Damage::Insert(at, piece)),
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Replace(at, byte)),
        (at(), at(), 1_usize..80).prop_map(|(from, to, length)| Damage::Splice(from, to, length)),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: &Damage) {
    if bytes.is_empty() {
        return;
    }
    let size = bytes.len();
    match damage {
        Damage::Delete(at, length) => {
            let at = at.index(size);
            bytes.drain(at..size.min(at + length));
        }
        Damage::Insert(at, piece) => {
            let at = at.index(size);
            bytes.splice(at..at, piece.bytes());
        }
        Damage::Replace(at, byte) => bytes[at.index(size)] = *byte,
        Damage::Splice(from, to, length) => {
            let from = from.index(size);
            let part = bytes[from..size.min(from + length)].to_vec();
            let to = to.index(size);
            bytes.splice(to..to, part);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        check(&bytes)?;
    }

    #[test]
    fn pieces_never_panic(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..30)) {
        check(pieces.concat().as_bytes())?;
    }

    #[test]
    fn damaged_documents_never_panic(
        blocks in blocks(),
        damages in prop::collection::vec(damage(), 1..6),
        form in 0..4,
    ) {
        let text = document(&blocks);
        let mut bytes = match form {
            0 => text.replace("\r\n", "\\n").into_bytes(),
            1 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            2 => pem::encode(&pem::Pem::new("X", text)).lines().filter(|line| !line.starts_with('-')).collect::<String>().into_bytes(),
            _ => text.into_bytes(),
        };
        for damage in &damages {
            apply(&mut bytes, damage);
            check(&bytes)?;
        }
    }

    #[test]
    fn well_formed_documents_agree_with_the_pem_crate(blocks in blocks(), lf in any::<bool>()) {
        let mut text = document(&blocks);
        if lf {
            text = text.replace("\r\n", "\n");
        }
        let expected = pem::parse_many(&text).expect("written by the same crate");
        let (_, contents) = scan(text.as_bytes());
        prop_assert_eq!(contents.blocks.len(), expected.len());
        for (block, expected) in contents.blocks.iter().zip(&expected) {
            // A label that nothing uses may be a secret: only its length is kept.
            let label = expected.tag().replace("SOMETHING ELSE", "unknown label, 14 characters");
            prop_assert_eq!(&block.label, &label);
            prop_assert_eq!(&block.der[..], expected.contents());
            prop_assert!(block.intact);
            let written = &text[block.span.start..block.span.end];
            prop_assert_eq!(pem::parse(written).expect("one block"), expected.clone());
        }
    }

    /// The characters that a span covers, decoded from their place in the quantum, hold the bytes.
    #[test]
    fn spans_cover_the_bytes(
        der in prop::collection::vec(any::<u8>(), 1..300),
        from in any::<prop::sample::Index>(),
        length in 1_usize..100,
        spoil in prop::sample::select(vec!["", "\n\n", " ", "!", "\u{2014}"]),
        at in any::<prop::sample::Index>(),
        headers in prop::sample::select(vec!["", "A: b\n", "A: b,\n  c\n\n"]),
    ) {
        let text = pem::encode(&pem::Pem::new("CERTIFICATE", der.clone())).replace("\r\n", "\n");
        let body = text.find('\n').expect("lines") + 1;
        let body_end = text.rfind("-----END").expect("an END boundary") - 1;
        let mut text = text;
        text.insert_str(body + at.index(body_end - body), spoil);
        text.insert_str(body, headers);
        let (source, contents) = scan(text.as_bytes());
        let block = &contents.blocks[0];
        prop_assert_eq!(&block.der, &der);
        let start = from.index(der.len());
        let end = der.len().min(start + length);
        let span = contents.span_of(&source, block, start..end);
        let characters = |part: &str| part.bytes().filter(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte)).count();
        let skipped = characters(&text[body + headers.len()..span.start]);
        let covered = characters(&text[span.start..span.end]);
        // The first character holds the first bit, the last character the last one.
        prop_assert_eq!(skipped, start * 8 / 6);
        prop_assert_eq!(skipped + covered, (end * 8).div_ceil(6));
    }
}

#[test]
fn a_distribution_bundle_is_clean() {
    let Ok(bytes) = std::fs::read("/etc/ssl/certs/ca-certificates.crt") else {
        return;
    };
    let (_, contents) = scan(&bytes);
    assert!(contents.blocks.len() > 50);
    assert!(contents.blocks.iter().all(|block| block.intact));
    assert_eq!(contents.accidents, []);
}
