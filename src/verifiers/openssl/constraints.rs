//! stub
use crate::analysis::OpensslRelease;
use crate::cert::Certificate;
pub(in crate::verifiers) fn violation(
    _r: OpensslRelease,
    _c: &Certificate<'_>,
    _n: &crate::cert::extension::NameConstraints<'_>,
    _e: bool,
) -> Result<(), i32> {
    Ok(())
}
