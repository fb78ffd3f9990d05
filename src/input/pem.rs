//! stub
use super::*;
#[derive(Debug)] pub struct View { pub(crate) text: Vec<u8> }
impl View { pub(crate) fn to_source(&self, span: Span) -> Span { span } }
/// x
#[derive(Debug, Clone)] pub struct Accident { /// k
 pub kind: AccidentKind, /// s
 pub span: Span, /// b
 pub block: Option<usize> }
/// k
#[derive(Debug, Clone)] pub enum AccidentKind { /// x
 EmptyInput }
pub fn scan(_s: &Source) -> Contents { Contents::default() }
pub(crate) fn base64_span(_t: &[u8], body: Span, _d: Range<usize>) -> Span { body }
