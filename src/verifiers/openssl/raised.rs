//! OpenSSL's error queue as servers log it: `error:0480006C:PEM routines::no start line:Expecting: …`.
//!
//! 1.1.1 puts the function between library and reason, and its number into the code.

use super::parse::Refusal;
use crate::analysis::OpensslRelease;

/// Why a file could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::verifiers) struct LoadError {
    /// The first error without its code, such as `PEM routines::bad end line`; of the libraries' own
    /// closing remarks (`no certificate or crl found`) the reason alone. Empty where no reason is given.
    pub text: String,
    /// The reason of the first error, which is all that HAProxy shows.
    pub reason: &'static str,
    /// The whole queue with its codes, as nginx shows it behind `SSL: `. Empty where no reason is given.
    pub queue: String,
    /// Whether it only says that no other block follows.
    pub(super) is_end_of_file: bool,
}

/// One entry of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Raised {
    /// A reason of the PEM library.
    Pem(&'static str),
    /// No other block, and the label that was looked for.
    NoStartLine(&'static str),
    /// A reason of the decoder.
    Der(Refusal),
    /// The item that was being decoded.
    Nested(&'static str),
    /// `ERR_R_ASN1_LIB`.
    Asn1Lib(Caller),
    /// `ERR_R_PEM_LIB` of `X509_load_cert_crl_file`.
    PemLib,
    /// `X509_R_NO_CERTIFICATE_OR_CRL_FOUND`.
    NothingFound,
    /// `X509_R_NO_CERTIFICATE_FOUND`.
    NoCertificateFound,
}

/// Who says that the decoder failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// `PEM_X509_INFO_read_bio`.
    InfoRead,
    /// `PEM_ASN1_read_bio`.
    Asn1Read,
}

impl LoadError {
    pub(super) fn new(raised: &[Raised], release: OpensslRelease) -> Self {
        let lines: Vec<Line> = raised.iter().flat_map(|raised| raised.lines()).collect();
        let shown: Vec<String> = lines.iter().map(|line| line.shown(release)).collect();
        let first = lines.first();
        let text = first.map(|line| match raised {
            [Raised::NothingFound | Raised::NoCertificateFound] => line.reason.to_owned(),
            _ => format!("{}::{}{}", line.library(), line.reason, line.data()),
        });
        Self {
            text: text.unwrap_or_default(),
            reason: first.map(|line| line.reason).unwrap_or_default(),
            queue: shown.join(" "),
            is_end_of_file: false,
        }
    }
}

/// Numbers of libraries.
const ASN1: u32 = 13;
const PEM: u32 = 9;
const X509: u32 = 11;
/// `ERR_RFLAG_COMMON`: a reason that every library has.
const COMMON: u32 = 0x80000;

/// What one line shows.
struct Line {
    library: u32,
    reason: &'static str,
    /// The reason's number, with [`COMMON`] from 3.0 on.
    code: u32,
    /// The reason's number in 1.1.1 where it is another.
    old_code: Option<u32>,
    /// 1.1.1's function, and its number.
    function: (&'static str, u32),
    data: Option<(&'static str, &'static str)>,
}

impl Raised {
    fn lines(self) -> Vec<Line> {
        let line = |library, reason, code, function| Line {
            library,
            reason,
            code,
            old_code: None,
            function,
            data: None,
        };
        match self {
            Self::Pem(reason) => vec![line(PEM, reason, pem_code(reason), pem_function(reason))],
            Self::NoStartLine(label) => vec![Line {
                data: Some(("Expecting: ", label)),
                ..line(PEM, "no start line", 108, ("get_name", 0x90))
            }],
            Self::Der(refusal) => {
                let (in_header, in_check) = (("ASN1_get_object", 0x72), ("asn1_check_tlen", 0x68));
                let bad_header = line(ASN1, "bad object header", 102, in_check);
                match refusal {
                    Refusal::TooLong => {
                        vec![line(ASN1, "too long", 155, in_header), bad_header]
                    }
                    Refusal::HeaderTooLong => {
                        vec![line(ASN1, "header too long", 123, in_header), bad_header]
                    }
                    Refusal::WrongTag => vec![line(ASN1, "wrong tag", 168, in_check)],
                    Refusal::Content(reason, code) => {
                        vec![line(ASN1, reason, code, ("asn1_item_embed_d2i", 0x78))]
                    }
                }
            }
            Self::Nested(item) => vec![Line {
                old_code: Some(58),
                data: Some(("Type=", item)),
                ..line(
                    ASN1,
                    "nested asn1 error",
                    COMMON | 0x10a,
                    ("asn1_item_embed_d2i", 0x78),
                )
            }],
            Self::Asn1Lib(caller) => {
                let function = match caller {
                    Caller::InfoRead => ("PEM_X509_INFO_read_bio", 0x74),
                    Caller::Asn1Read => ("PEM_ASN1_read_bio", 0x67),
                };
                vec![line(PEM, "ASN1 lib", COMMON + ASN1, function)]
            }
            Self::PemLib => vec![line(
                X509,
                "PEM lib",
                COMMON + PEM,
                ("X509_load_cert_crl_file", 0x84),
            )],
            Self::NothingFound => vec![line(
                X509,
                "no certificate or crl found",
                136,
                ("X509_load_cert_crl_file", 0x84),
            )],
            Self::NoCertificateFound => vec![line(
                X509,
                "no certificate found",
                135,
                ("X509_load_cert_file", 0x6f),
            )],
        }
    }
}

fn pem_code(reason: &str) -> u32 {
    match reason {
        "bad base64 decode" => 100,
        "bad decrypt" => 101,
        "bad end line" => 102,
        "not dek info" => 105,
        "not encrypted" => 106,
        _ => 107,
    }
}

fn pem_function(reason: &str) -> (&'static str, u32) {
    match reason {
        "bad base64 decode" => ("PEM_read_bio_ex", 0x91),
        "bad decrypt" => ("PEM_do_header", 0x6a),
        "bad end line" => ("get_header_and_data", 0x8f),
        _ => ("PEM_get_EVP_CIPHER_INFO", 0x6b),
    }
}

impl Line {
    fn library(&self) -> &'static str {
        match self.library {
            ASN1 => "asn1 encoding routines",
            PEM => "PEM routines",
            _ => "x509 certificate routines",
        }
    }

    fn data(&self) -> String {
        match self.data {
            Some((key, value)) => format!(":{key}{value}"),
            None => String::new(),
        }
    }

    fn shown(&self, release: OpensslRelease) -> String {
        let (library, reason, data) = (self.library(), self.reason, self.data());
        if release == OpensslRelease::V1_1_1 {
            let (function, number) = self.function;
            let reason_code = self.old_code.unwrap_or(self.code & !COMMON);
            let code = self.library << 24 | number << 12 | reason_code;
            return format!("error:{code:08X}:{library}:{function}:{reason}{data}");
        }
        let code = self.library << 23 | self.code;
        format!("error:{code:08X}:{library}::{reason}{data}")
    }
}
