mod blocks;

use super::AccidentKind::{self, *};
use super::{BoundaryFault, Encoding, PaddingFault, scan};
use crate::input::{BlockKind, Contents};
use crate::source::{Source, Span};

fn read(bytes: &[u8]) -> (Source, Contents) {
    let source = Source::new("x", bytes.to_vec());
    let contents = scan(&source);
    (source, contents)
}

/// The accidents of `bytes`, each with the text that its span covers; `NoCertificate` excepted.
fn accidents(bytes: &[u8]) -> Vec<(AccidentKind, String)> {
    let (source, contents) = read(bytes);
    contents
        .accidents
        .into_iter()
        .filter(|accident| !matches!(accident.kind, NoCertificate { .. }))
        .map(|accident| {
            let text = &source.bytes[accident.span.start..accident.span.end];
            (accident.kind, String::from_utf8_lossy(text).into_owned())
        })
        .collect()
}

#[track_caller]
fn assert_accidents(text: &str, expected: &[(AccidentKind, &str)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(kind, text)| (kind.clone(), (*text).to_owned()))
        .collect();
    assert_eq!(accidents(text.as_bytes()), expected, "{text}");
}

#[track_caller]
fn assert_ders(text: &[u8], expected: &[&[u8]]) {
    let (_, contents) = read(text);
    let ders: Vec<_> = contents.blocks.iter().map(|block| &block.der[..]).collect();
    assert_eq!(ders, expected, "{}", String::from_utf8_lossy(text));
}

/// A block of the label CERTIFICATE around `body`, which brings its own line endings.
fn block(body: &str) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n")
}

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

#[test]
fn a_plain_block_has_no_accidents() {
    for text in [
        block("QUJD\n"),
        block("QUI=\n"),
        block("QQ==\n"),
        block("QUJD\n").replace('\n', "\r\n"),
    ] {
        assert_accidents(&text, &[]);
    }
    let full = format!("{}\n", "QUJD".repeat(16));
    assert_accidents(&block(&format!("{full}{full}QUJD\n")), &[]);
    let (_, contents) = read(block("QUJD\n").as_bytes());
    let block = &contents.blocks[0];
    assert_eq!(block.kind, BlockKind::Certificate);
    assert_eq!(block.label, "CERTIFICATE");
    assert_eq!(block.begin, Span::new(0, 27));
    assert_eq!(block.span, Span::new(0, 58));
    assert_eq!(block.der, b"ABC");
    assert!(block.intact);
}

#[test]
fn nothing_to_read() {
    assert_accidents("", &[(EmptyInput, "")]);
    assert_accidents(" \r\n\t", &[(EmptyInput, " \r\n\t")]);
    assert_accidents("\u{feff}\n", &[(EmptyInput, "\u{feff}\n")]);
    let (_, contents) = read(b"\nnot a certificate\n");
    assert_eq!(contents.accidents[0].kind, ExplanatoryText { lines: 1 });
    assert_eq!(
        contents.accidents[1].kind,
        NoCertificate { bare_base64: false }
    );
    assert_eq!(contents.accidents[1].span, Span::new(1, 18));
    let (_, contents) = read(b"MIIBpzCC\nAUyg\n");
    assert!(
        contents
            .accidents
            .iter()
            .any(|a| a.kind == NoCertificate { bare_base64: true })
    );
}

#[test]
fn byte_order_marks() {
    let one = block("QUJD\n");
    assert_accidents(&format!("\u{feff}{one}"), &[(ByteOrderMark, "\u{feff}")]);
    assert_accidents(
        &format!("{one}\u{feff}{one}"),
        &[(ByteOrderMark, "\u{feff}")],
    );
    assert_ders(format!("{one}\u{feff}{one}").as_bytes(), &[b"ABC", b"ABC"]);
}

#[test]
fn utf_16_is_transcoded() {
    let text = block("QUJD\n");
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = [b"\xFF\xFE", &little[..]].concat();
    for (bytes, encoding, offset) in [
        (little, Encoding::Utf16Le, 0),
        (big, Encoding::Utf16Be, 0),
        (marked, Encoding::Utf16Le, 2),
    ] {
        assert_eq!(accidents(&bytes)[0].0, NotAsciiText { encoding });
        assert_eq!(accidents(&bytes).len(), 1);
        let (source, contents) = read(&bytes);
        let block = &contents.blocks[0];
        assert_eq!(block.der, b"ABC");
        assert_eq!(block.begin, Span::new(offset, offset + 54));
        let span = contents.span_of(&source, block, 1..2);
        assert_eq!(span, Span::new(offset + 2 * 29, offset + 2 * 31));
    }
}

#[test]
fn control_octets_are_named_once() {
    let text = format!("a\0b\u{1}\n{}", block("QUJD\n"));
    let found = accidents(text.as_bytes());
    assert!(found.contains(&(
        NotAsciiText {
            encoding: Encoding::Binary { byte: 0 }
        },
        "\0".into()
    )));
    assert_eq!(found.len(), 2, "{found:?}");
    assert_ders(text.as_bytes(), &[b"ABC"]);
}

#[test]
fn latin_1_in_the_text_is_text() {
    let bytes = [b"M\xFCller\n", block("QUJD\n").as_bytes()].concat();
    assert_eq!(accidents(&bytes)[0].0, ExplanatoryText { lines: 1 });
    assert_eq!(accidents(&bytes).len(), 1);
}

#[test]
fn escaped_newlines_are_newlines() {
    let text = block("QUJD\n");
    for escaped in [
        text.replace('\n', "\\n"),
        text.replace('\n', "\\r\\n"),
        text.replace('\n', "\\\\n"),
        format!("\"{}\"\n", text.replace('\n', "\\n")),
        format!("'{}'", text.trim_end().replace('\n', "\\n")),
    ] {
        let found = accidents(escaped.as_bytes());
        assert_eq!(found[0].0, EscapedNewlines, "{escaped}");
        assert!(
            found[1..].iter().all(|(kind, _)| *kind == NoFinalNewline),
            "{found:?} {escaped}"
        );
        let (source, contents) = read(escaped.as_bytes());
        let block = &contents.blocks[0];
        assert_eq!(block.der, b"ABC");
        let begin = &escaped[block.begin.start..block.begin.end];
        assert_eq!(begin, BEGIN);
        let span = contents.span_of(&source, block, 0..3);
        assert_eq!(&escaped[span.start..span.end], "QUJD");
    }
}

#[test]
fn escapes_in_a_comment_are_text() {
    let text = format!("# printf '{BEGIN}\\nQUJD\\n{END}\\n'\n{}", block("QUJD\n"));
    let found = accidents(text.as_bytes());
    assert_eq!(found[0].0, ExplanatoryText { lines: 1 });
    assert_eq!(found.len(), 1, "{found:?}");
}

#[test]
fn base64_of_pem_is_decoded() {
    use base64::Engine as _;
    let inner = block("QUJD\n");
    let encoded = base64::prelude::BASE64_STANDARD.encode(&inner);
    let wrapped = encoded
        .as_bytes()
        .chunks(20)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect::<Vec<_>>()
        .join("\n");
    for text in [encoded, wrapped] {
        assert_accidents(&text, &[(DoubleBase64, &text[..1])]);
        assert_ders(text.as_bytes(), &[b"ABC"]);
        let (source, contents) = read(text.as_bytes());
        let span = contents.span_of(&source, &contents.blocks[0], 0..3);
        // Bytes 28..32 of the document: characters 37 to 43 of its encoding.
        let skipped = text[..span.start].matches('\n').count();
        assert_eq!(span.start - skipped, 37);
        assert_eq!(text[span.start..span.end].replace('\n', "").len(), 6);
    }
}

#[test]
fn der_objects_are_told_apart() {
    // SEQUENCE { SEQUENCE { [0] } }, padded to a long length.
    let certificate = [
        &[0x30, 0x81, 0x84, 0x30, 0x81, 0x81, 0xA0, 0x7F][..],
        &[0; 0x7F],
    ]
    .concat();
    let two = [&certificate[..], &certificate].concat();
    let (source, contents) = read(&two);
    let kinds: Vec<_> = contents.blocks.iter().map(|block| block.kind).collect();
    assert_eq!(kinds, [BlockKind::Certificate; 2]);
    assert_eq!(contents.blocks[1].der, certificate);
    assert_eq!(
        contents.blocks[1].span,
        Span::new(certificate.len(), two.len())
    );
    assert_eq!(
        contents.span_of(&source, &contents.blocks[1], 0..1),
        Span::new(certificate.len(), certificate.len() + 1)
    );
    assert_eq!(contents.accidents.len(), 1);
    assert_eq!(
        contents.accidents[0].kind,
        DerInput {
            kind: BlockKind::Certificate
        }
    );

    let trailing = [&certificate[..], b"tail"].concat();
    let (_, contents) = read(&trailing);
    assert_eq!(contents.blocks[0].der, trailing);

    let mixed = [&certificate[..], block("QUJD\n").as_bytes()].concat();
    assert_ders(&mixed, &[&certificate, b"ABC"]);

    let truncated = &certificate[..40];
    let (_, contents) = read(truncated);
    assert_eq!(contents.blocks[0].der, truncated);
    assert!(!contents.blocks[0].intact);

    let key = b"\x30\x03\x02\x01\x00";
    let (_, contents) = read(key);
    assert_eq!(contents.blocks[0].kind, BlockKind::PrivateKey);
    assert!(
        contents
            .accidents
            .iter()
            .any(|accident| accident.kind == PrivateKey)
    );

    let store = [&[0x30, 0x81, 0x83, 0x02, 0x01, 0x03][..], &[0; 0x80]].concat();
    assert_eq!(read(&store).1.blocks[0].kind, BlockKind::Other);
    let signed = [
        &[
            0x30, 0x81, 0x8B, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2,
        ][..],
        &[0; 0x80],
    ]
    .concat();
    assert_eq!(read(&signed).1.blocks[0].kind, BlockKind::Pkcs7);
    let crl = [
        &[
            0x30, 0x81, 0x8A, 0x30, 0x81, 0x87, 2, 1, 1, 0x30, 0, 0x30, 0, 0x17, 0, 4, 0x7C,
        ][..],
        &[0; 0x7C],
    ]
    .concat();
    assert_eq!(read(&crl).1.blocks[0].kind, BlockKind::Crl);
}

#[test]
fn text_that_starts_with_a_zero_is_no_der() {
    assert_accidents(
        "0. Our CAs\n",
        &[(ExplanatoryText { lines: 1 }, "0. Our CAs")],
    );
}
