//! Revocation: which CRL BoringSSL takes for a certificate, and what it then says.
//!
//! Source: BoringSSL `crypto/x509/x509_vfy.cc` (`check_cert`, `get_crl_sk`, `get_crl_score`, `check_crl`, `cert_crl`).
//! Every certificate of the path needs a CRL, the anchor too. There are no delta and no indirect CRLs.

use super::chain::{Context, End, Failure, failure, is_past};
use super::code;
use super::crl::Crl;
use super::key::Verified;
use super::x509::{X509, usage};
use crate::cert::time::Time;

/// `CRL_SCORE_*`
mod score {
    pub(super) const NO_CRITICAL: u16 = 0x100;
    pub(super) const SCOPE: u16 = 0x080;
    pub(super) const TIME: u16 = 0x040;
    pub(super) const ISSUER_NAME: u16 = 0x020;
    pub(super) const ISSUER_CERT: u16 = 0x018;
    pub(super) const SAME_PATH: u16 = 0x008;
    pub(super) const AKID: u16 = 0x004;
}

/// A CRL that may be taken, with how well it fits and the place of its issuer in the path.
struct Candidate<'s> {
    crl: &'s Crl,
    score: u16,
    issuer: usize,
}

/// Checks the certificate at `depth`.
pub(super) fn check(context: Context<'_>, chain: &[&X509], depth: usize) -> Result<(), End> {
    let certificate = chain[depth];
    let Some(best) = best_crl(context, chain, depth) else {
        return Err(failure(code::UNABLE_TO_GET_CRL, depth).into());
    };
    let fail = |code, about| {
        Err(Failure {
            about,
            ..failure(code, depth)
        }
        .into())
    };
    let issuer = chain[best.issuer];
    if !issuer.may(usage::CRL_SIGN) {
        return fail(code::KEYUSAGE_NO_CRL_SIGN, best.issuer);
    }
    if best.score & score::SCOPE == 0 {
        return fail(code::DIFFERENT_CRL_SCOPE, depth);
    }
    if best.score & score::TIME == 0
        && let Err(code) = check_dates(best.crl, context.at)
    {
        return fail(code, depth);
    }
    let Some(key) = &issuer.key else {
        return fail(code::UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, best.issuer);
    };
    let verified = key.verify(
        context.signatures,
        (&best.crl.tbs_algorithm, &best.crl.algorithm),
        &best.crl.tbs,
        &best.crl.signature,
    );
    match verified {
        Verified::Yes => {}
        Verified::No => return fail(code::CRL_SIGNATURE_FAILURE, best.issuer),
        Verified::Unknown => return Err(End::Unverifiable(best.issuer)),
    }
    if best.crl.has_unknown_critical {
        return fail(code::UNHANDLED_CRITICAL_CRL_EXTENSION, depth);
    }
    if best.crl.revokes(&certificate.serial) {
        return fail(code::CERT_REVOKED, depth);
    }
    Ok(())
}

/// The CRL that fits best; among equals the newest, then the first.
fn best_crl<'s>(context: Context<'s>, chain: &[&'s X509], depth: usize) -> Option<Candidate<'s>> {
    let certificate = chain[depth];
    let mut best: Option<Candidate<'s>> = None;
    for crl in context.store.crls_for(certificate, context.choices) {
        let Some((score, issuer)) = score(context, chain, depth, crl) else {
            continue;
        };
        let is_better = best.as_ref().is_none_or(|best| {
            let is_newer = crl.this_update.at > best.crl.this_update.at;
            score > best.score || score == best.score && is_newer
        });
        if is_better {
            best = Some(Candidate { crl, score, issuer });
        }
    }
    best
}

/// How well a CRL with the issuer's name fits, with the place of the certificate that may have signed it. None where it
/// does not fit at all.
fn score(context: Context<'_>, chain: &[&X509], depth: usize, crl: &Crl) -> Option<(u16, usize)> {
    let point = crl.issuing_point.as_ref();
    if point.is_some_and(|point| !point.is_valid() || point.is_indirect || point.some_reasons) {
        return None;
    }
    let mut score = score::ISSUER_NAME;
    if !crl.has_unknown_critical {
        score |= score::NO_CRITICAL;
    }
    if check_dates(crl, context.at).is_ok() {
        score |= score::TIME;
    }
    let authority = crl.authority_key_id.as_ref();
    // The anchor's CRL must be its own.
    let next = (depth + 1).min(chain.len() - 1);
    let issuer = if chain[next].fits(authority) {
        score |= score::AKID | score::ISSUER_CERT;
        next
    } else {
        let above = next + 1..chain.len();
        let mut above = above.filter(|place| chain[*place].subject == crl.issuer);
        let place = above.find(|place| chain[*place].fits(authority))?;
        score |= score::AKID | score::SAME_PATH;
        place
    };
    if is_in_scope(chain[depth], crl) {
        score |= score::SCOPE;
    }
    Some((score, issuer))
}

/// `crl_crldp_check`
fn is_in_scope(certificate: &X509, crl: &Crl) -> bool {
    let Some(point) = &crl.issuing_point else {
        return true;
    };
    let excludes = if certificate.says_ca() {
        point.only_user
    } else {
        point.only_ca
    };
    if point.only_attributes || excludes {
        return false;
    }
    let Some(name) = &point.name else {
        return true;
    };
    let mut usable = certificate
        .distribution_points
        .iter()
        .filter(|one| !one.has_reasons && !one.has_crl_issuer);
    usable.any(|one| one.name.as_ref().is_none_or(|other| other.matches(name)))
}

/// `check_crl_time`
fn check_dates(crl: &Crl, at: Time) -> Result<(), i32> {
    match is_past(crl.this_update, at) {
        None => return Err(code::ERROR_IN_CRL_LAST_UPDATE_FIELD),
        Some(false) => return Err(code::CRL_NOT_YET_VALID),
        Some(true) => {}
    }
    match crl.next_update.map(|next| is_past(next, at)) {
        Some(None) => Err(code::ERROR_IN_CRL_NEXT_UPDATE_FIELD),
        Some(Some(true)) => Err(code::CRL_HAS_EXPIRED),
        _ => Ok(()),
    }
}
