//! Boundaries and what stands between them.

use super::*;

#[test]
fn dashes_are_counted() {
    let malformed = |fault| BoundaryMalformed { fault };
    let dashes = malformed(BoundaryFault::Dashes);
    for begin in [
        "----BEGIN CERTIFICATE-----",
        "------BEGIN CERTIFICATE-----",
        "-----BEGIN CERTIFICATE----",
        "——-BEGIN CERTIFICATE-----",
        "–––––BEGIN CERTIFICATE–––––",
        "-----BEGIN CERTIFICATE",
        "BEGIN CERTIFICATE-----",
        "−BEGIN CERTIFICATE-",
    ] {
        let text = format!("{begin}\nQUJD\n{END}\n");
        assert_accidents(&text, &[(dashes.clone(), begin)]);
        assert_ders(text.as_bytes(), &[b"ABC"]);
    }
    let spacing = malformed(BoundaryFault::Spacing);
    for begin in [
        "----- BEGIN CERTIFICATE -----",
        "-----BEGIN  CERTIFICATE-----",
        "-----BEGIN\tCERTIFICATE-----",
        "-----BEGIN TRUSTED  CERTIFICATE-----",
    ] {
        let found = accidents(format!("{begin}\nQUJD\n{END}\n").as_bytes());
        assert_eq!(found[0], (spacing.clone(), begin.into()));
    }
    let end = "-----END CERTIFICATE----";
    assert_accidents(&format!("{BEGIN}\nQUJD\n{end}\n"), &[(dashes, end)]);
}

#[test]
fn text_around_boundaries() {
    let malformed = |fault| BoundaryMalformed { fault };
    let after = malformed(BoundaryFault::TextAfter);
    assert_accidents(&format!("{BEGIN}QUJD\n{END}\n"), &[(after.clone(), BEGIN)]);
    assert_accidents(&format!("{BEGIN}\nQUJD\n{END},\n"), &[(after.clone(), END)]);
    assert_accidents(
        &format!("{BEGIN}\nQUJD{END}\n"),
        &[(malformed(BoundaryFault::TextBefore), END)],
    );
    // Line breaks that became spaces.
    let one_line = format!("{BEGIN} QUJD QUJD {END}");
    let found = accidents(one_line.as_bytes());
    assert_eq!(found[0], (after, BEGIN.into()));
    assert_eq!(found[1].0, NoFinalNewline);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_ders(one_line.as_bytes(), &[b"ABCABC"]);
    assert_accidents(
        &format!("ca: {BEGIN}\nQUJD\n{END}\n"),
        &[(Indented { text: true }, "ca: ")],
    );
    assert_accidents(
        &format!("{BEGIN}\t\nQUJD\n{END}\n"),
        &[(TrailingSpace { lines: 1 }, "\t")],
    );
}

#[test]
fn indentation_is_named_once_a_block() {
    let text = block("QUJD\n");
    let indented = text
        .lines()
        .fold(String::new(), |text, line| text + "    " + line + "\n");
    assert_accidents(&indented, &[(Indented { text: false }, "    ")]);
    assert_ders(indented.as_bytes(), &[b"ABC"]);
    assert_accidents(&format!(" {text}"), &[(Indented { text: false }, " ")]);
    assert_accidents(
        &format!("{BEGIN}\nQUJD\n\t{END}\n"),
        &[(Indented { text: false }, "\t")],
    );
}

#[test]
fn prose_and_comments_are_no_boundaries() {
    for text in [
        "It starts with -----BEGIN CERTIFICATE----- and so on.\n",
        "# -----BEGIN CERTIFICATE-----\n# QUJD\n# -----END CERTIFICATE-----\n",
        "-----------\n--- begin of the list ---\n- BEGINNER\n-----BEGINNER CERTIFICATE-----\n",
    ] {
        let found = accidents(text.as_bytes());
        assert!(
            matches!(found[..], [(ExplanatoryText { .. }, _)]),
            "{found:?}"
        );
    }
}

#[test]
fn lower_case() {
    let begin = "-----begin certificate-----";
    assert_accidents(&format!("{begin}\nQUJD\n{END}\n"), &[(NotUppercase, begin)]);
    let begin = "-----BEGIN Certificate-----";
    assert_accidents(&format!("{begin}\nQUJD\n{END}\n"), &[(NotUppercase, begin)]);
}

#[test]
fn boundaries_that_share_a_line() {
    let text = format!("{BEGIN}\nQUJD\n{END}{BEGIN}\nQUJD\n{END}\n");
    assert_accidents(
        &text,
        &[(MissingNewlineBetweenBlocks, &format!("{END}{BEGIN}"))],
    );
    assert_ders(text.as_bytes(), &[b"ABC", b"ABC"]);
    let shared = text.replace("----------", "-----");
    let found = accidents(shared.as_bytes());
    assert_eq!(
        found[0].0,
        BoundaryMalformed {
            fault: BoundaryFault::Dashes
        }
    );
    assert_ders(shared.as_bytes(), &[b"ABC", b"ABC"]);
}

#[test]
fn blocks_without_an_end() {
    let one = block("QUJD\n");
    let text = format!("{one}{BEGIN}\nQUJD\n");
    assert_accidents(&text, &[(Unterminated, BEGIN)]);
    let (_, contents) = read(text.as_bytes());
    assert_eq!(contents.blocks[1].der, b"ABC");
    assert!(!contents.blocks[1].intact);

    let text = format!("{BEGIN}\nQUJD\n\n# the root\n{one}");
    assert_accidents(
        &text,
        &[
            (ExplanatoryText { lines: 1 }, "# the root"),
            (NestedBegin, BEGIN),
        ],
    );
    let (_, contents) = read(text.as_bytes());
    assert_eq!(contents.accidents[1].block, Some(0));
    assert!(contents.blocks[1].intact);
    assert_ders(text.as_bytes(), &[b"ABC", b"ABC"]);

    let label = "CERTIFICATE".to_owned();
    assert_accidents(
        &format!("{END}\n{one}"),
        &[(EndWithoutBegin { label }, END)],
    );
}

#[test]
fn labels() {
    let with = |label: &str| format!("-----BEGIN {label}-----\nQUJD\n-----END {label}-----\n");
    let kinds = [
        ("X509 CERTIFICATE", LegacyLabel),
        ("X.509 CERTIFICATE", LegacyLabel),
        ("TRUSTED CERTIFICATE", TrustedCertificate),
        ("ENCRYPTED PRIVATE KEY", PrivateKey),
        ("EC PRIVATE KEY", PrivateKey),
        (
            "X509 CRL",
            UnexpectedBlock {
                kind: BlockKind::Crl,
            },
        ),
        (
            "NEW CERTIFICATE REQUEST",
            UnexpectedBlock {
                kind: BlockKind::CertificateRequest,
            },
        ),
        (
            "PKCS7",
            UnexpectedBlock {
                kind: BlockKind::Pkcs7,
            },
        ),
        (
            "CMS",
            UnexpectedBlock {
                kind: BlockKind::Pkcs7,
            },
        ),
        (
            "DH PARAMETERS",
            UnexpectedBlock {
                kind: BlockKind::Other,
            },
        ),
        (
            "SSH-2 THING",
            UnexpectedBlock {
                kind: BlockKind::Other,
            },
        ),
    ];
    for (label, kind) in kinds {
        assert_accidents(&with(label), &[(kind, &format!("-----BEGIN {label}-----"))]);
    }
    let end = "-----END X509 CRL-----";
    assert_accidents(
        &format!("{BEGIN}\nQUJD\n{end}\n"),
        &[(
            LabelMismatch {
                begin: "CERTIFICATE".into(),
                end: "X509 CRL".into(),
            },
            end,
        )],
    );
    // Labels that nothing uses are shown by their length, and still compared as they are written.
    let found = accidents(b"-----BEGIN ABCDEF-----\nQUJD\n-----END UVWXYZ-----\n");
    let shown = "unknown label, 6 characters".to_owned();
    let mismatch = LabelMismatch {
        begin: shown.clone(),
        end: shown,
    };
    assert!(found.iter().any(|(kind, _)| *kind == mismatch), "{found:?}");
}

#[test]
fn line_endings() {
    let text = block("QUJD\n");
    let returns = text.replace('\n', "\r");
    assert_accidents(&returns, &[(CarriageReturns { count: 3 }, "\r")]);
    assert_ders(returns.as_bytes(), &[b"ABC"]);
    assert_accidents(
        &format!("{returns}{text}"),
        &[(CarriageReturns { count: 3 }, "\r")],
    );
    let inside = format!("{BEGIN}\n{}\rQUJD\n{END}\n", "QUJD".repeat(16));
    assert_accidents(
        &inside,
        &[(
            MixedLineEndings {
                lf: 3,
                crlf: 0,
                cr: 1,
            },
            "\r",
        )],
    );
    let mixed = format!("{text}{}", text.replace('\n', "\r\n"));
    assert_accidents(
        &mixed,
        &[(
            MixedLineEndings {
                lf: 3,
                crlf: 3,
                cr: 0,
            },
            "\r",
        )],
    );
    assert_accidents(&text.replace('\n', "\r\r\n"), &[]);
    assert_accidents(text.trim_end(), &[(NoFinalNewline, "-")]);
}

#[test]
fn white_space_in_blocks() {
    let full = "QUJD".repeat(16);
    assert_accidents(&block("\nQUJD\n\n"), &[(BlankLine { count: 2 }, "")]);
    assert_accidents(&block("QUJD \n"), &[(TrailingSpace { lines: 1 }, " ")]);
    assert_accidents(&block("QU JD\n"), &[(InnerSpace { lines: 1 }, " ")]);
    assert_accidents(
        &block(&format!("{full}  \n  QUJD\n")),
        &[
            (TrailingSpace { lines: 1 }, "  "),
            (InnerSpace { lines: 1 }, "  "),
        ],
    );
    assert_accidents(&block("\n \n"), &[(EmptyBlock, "\n \n")]);
    assert_accidents(&block(""), &[(EmptyBlock, "")]);
}

#[test]
fn line_lengths() {
    let long = "QUJD".repeat(19);
    assert_accidents(
        &block(&format!("{long}\n")),
        &[(LineLength { length: 76 }, &long)],
    );
    assert_accidents(
        &block("QUJD\nQUJD\nQUJD\n"),
        &[(LineLength { length: 4 }, "QUJD")],
    );
}

#[test]
fn headers_are_skipped() {
    let text = block("Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,\n  0A0B\n\nQUJD\n");
    let expected = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,\n  0A0B";
    assert_accidents(&text, &[(Headers { count: 3 }, expected)]);
    assert_ders(text.as_bytes(), &[b"ABC"]);
    let text = block("Comment: x\nQUJD\n");
    assert_accidents(&text, &[(Headers { count: 1 }, "Comment: x")]);
    assert_ders(text.as_bytes(), &[b"ABC"]);
    let (source, contents) = read(text.as_bytes());
    let span = contents.span_of(&source, &contents.blocks[0], 0..3);
    assert_eq!(&text[span.start..span.end], "QUJD");
}

#[test]
fn bad_characters_are_skipped() {
    let text = block("QU!J–D*\n");
    assert_accidents(
        &text,
        &[(
            InvalidBase64 {
                byte: Some(b'!'),
                count: 3,
            },
            "!",
        )],
    );
    assert_ders(text.as_bytes(), &[b"ABC"]);
    assert_accidents(
        &block("Q–UJD\n"),
        &[(
            InvalidBase64 {
                byte: Some(0xE2),
                count: 1,
            },
            "–",
        )],
    );
    let (_, contents) = read(text.as_bytes());
    assert!(!contents.blocks[0].intact);
    let text = "-----BEGIN PRIVATE KEY-----\nQU!D\n-----END PRIVATE KEY-----\n";
    assert_eq!(
        accidents(text.as_bytes())[1].0,
        InvalidBase64 {
            byte: None,
            count: 1
        }
    );
}

#[test]
fn padding() {
    for (body, fault, place, der, intact) in [
        ("QQ\n", PaddingFault::Missing, "Q", &b"A"[..], true),
        ("QQ=\n", PaddingFault::Missing, "=", b"A", true),
        ("QUJD=\n", PaddingFault::Excess, "=", b"ABC", true),
        ("QR==\n", PaddingFault::TrailingBits, "=", b"A", true),
        ("QUJDQ\n", PaddingFault::Length, "Q", b"ABC", false),
        (
            "QQ==QUJD\n",
            PaddingFault::Misplaced,
            "=",
            b"A\x04\x14$",
            false,
        ),
    ] {
        let text = block(body);
        assert_accidents(&text, &[(InvalidPadding { fault }, place)]);
        let (_, contents) = read(text.as_bytes());
        assert_eq!(contents.blocks[0].der, der, "{body}");
        assert_eq!(contents.blocks[0].intact, intact, "{body}");
    }
}

#[test]
fn the_way_back_never_fails() {
    let text = block("QUJDQUJD\n");
    let (source, contents) = read(text.as_bytes());
    let of = |range| {
        let span = contents.span_of(&source, &contents.blocks[0], range);
        (span.start - 28, span.end - 28)
    };
    assert_eq!(of(0..1), (0, 2));
    assert_eq!(of(1..2), (1, 3));
    assert_eq!(of(2..4), (2, 6));
    assert_eq!(of(3..3), (4, 5));
    assert_eq!(of(9..12), (7, 8));
    assert_eq!(of(usize::MAX - 1..usize::MAX), (7, 8));
    let text = block("");
    let (source, contents) = read(text.as_bytes());
    let span = contents.span_of(&source, &contents.blocks[0], 0..4);
    assert!(span.start < span.end && span.end <= text.len());
}
