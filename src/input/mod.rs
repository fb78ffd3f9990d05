//! Bytes to blocks: what stands in a source, with the position of everything.

pub mod pem;

use std::ops::Range;

use crate::source::{Source, Span};

/// What a block's label says it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BlockKind {
    /// `CERTIFICATE`, and the legacy `X509 CERTIFICATE` and `X.509 CERTIFICATE`.
    Certificate,
    /// `TRUSTED CERTIFICATE`: a certificate followed by OpenSSL's trust settings.
    TrustedCertificate,
    /// Any label that ends in `PRIVATE KEY`.
    PrivateKey,
    /// `X509 CRL` or `CRL`.
    Crl,
    /// `CERTIFICATE REQUEST` or `NEW CERTIFICATE REQUEST`.
    CertificateRequest,
    /// `PKCS7` or `CMS`.
    Pkcs7,
    /// Anything else: parameters, public keys, unknown labels.
    Other,
}

/// One PEM block, or one DER object, with the bytes it decodes to.
#[derive(Debug)]
pub struct Block {
    /// What it holds, from its label (PEM) or its content (DER).
    pub kind: BlockKind,
    /// The label between the dashes of the BEGIN boundary; empty for DER.
    pub label: String,
    /// From the first byte of the BEGIN line to the last of the END line, in the source's bytes.
    pub span: Span,
    /// The BEGIN boundary's span.
    pub begin: Span,
    /// The decoded bytes; as many as could be decoded.
    pub der: Vec<u8>,
    /// Whether `der` is complete: base64 and padding were in order up to the end of the block.
    pub intact: bool,
    pub(crate) body: Body,
}

/// Where the bytes of a block come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// The source's own bytes, from this offset.
    Der(usize),
    /// Base64 characters inside this span of the scanned text.
    Base64(Span),
}

/// What was found in one source.
#[derive(Debug, Default)]
pub struct Contents {
    /// The blocks in the order of the source.
    pub blocks: Vec<Block>,
    /// Everything out of the ordinary that was met while scanning, in the order of the source.
    pub accidents: Vec<pem::Accident>,
    /// The text that was scanned, where it is not the source's bytes themselves.
    pub(crate) view: Option<pem::View>,
}

impl Contents {
    /// The span in the source's bytes that encodes the bytes `der` of `block`.
    ///
    /// The span covers whole base64 characters; it is never empty and never leaves the source.
    #[must_use]
    pub fn span_of(&self, source: &Source, block: &Block, der: Range<usize>) -> Span {
        match block.body {
            Body::Der(start) => {
                let end = (start + der.end).min(source.bytes.len());
                Span::new((start + der.start).min(end.saturating_sub(1)), end)
            }
            Body::Base64(body) => {
                let text = self
                    .view
                    .as_ref()
                    .map_or(&source.bytes[..], |view| &view.text);
                let span = pem::base64_span(text, body, der);
                self.view.as_ref().map_or(span, |view| view.to_source(span))
            }
        }
    }
}

/// Reads a source: PEM with anything around it, or DER.
#[must_use]
pub fn read(source: &Source) -> Contents {
    pem::scan(source)
}
