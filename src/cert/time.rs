//! Points in time: as certificates encode them, and as reports show them.

use std::fmt;

use jiff::SignedDuration;
use jiff::civil::DateTime;

use super::der::{Tlv, tag};

/// Seconds in a day.
pub const DAY: i64 = 86_400;

/// A moment, in seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(pub i64);

/// 9999-12-31T23:59:59Z, which RFC 5280 §4.1.2.5 gives to certificates without an end.
pub const NO_EXPIRY: Time = Time(253_402_300_799);

/// What seconds are counted from. A civil date, because jiff's time stamps end a day before [`NO_EXPIRY`].
const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

impl fmt::Display for Time {
    /// Writes RFC 3339 in UTC, to the second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match EPOCH.checked_add(SignedDuration::from_secs(self.0)) {
            Ok(civil) => write!(f, "{civil}Z"),
            // Outside jiff's years -9999..9999.
            Err(_) => write!(f, "{}s since 1970", self.0),
        }
    }
}

impl Time {
    /// How far this is from `now`, in whole days: `in 12 days`, `3 days ago`, `today`.
    #[must_use]
    pub fn relative_to(self, now: Self) -> String {
        let days = (self.0 - now.0).abs() / DAY;
        let unit = if days == 1 { "day" } else { "days" };
        match (days, self >= now) {
            (0, true) => "in less than a day".to_owned(),
            (0, false) => "less than a day ago".to_owned(),
            (_, true) => format!("in {days} {unit}"),
            (_, false) => format!("{days} {unit} ago"),
        }
    }

    /// Reads a UTCTime or GeneralizedTime, also where it is not in the form that RFC 5280 wants:
    /// without seconds, with a fraction, or with an offset. None where it is no date.
    #[must_use]
    pub fn parse(time: &Tlv<'_>) -> Option<Self> {
        let (local, form) = read(time)?;
        match form.zone {
            Zone::Zulu => Some(local),
            Zone::Offset(seconds) => Some(Self(local.0 - seconds)),
            Zone::Absent => None,
        }
    }
}

/// What follows the time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// `Z`: UTC.
    Zulu,
    /// `+hhmm` or `-hhmm`, in seconds east of UTC.
    Offset(i64),
    /// Nothing, so that nobody knows which moment is meant.
    Absent,
}

/// How a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// Whether it has seconds.
    pub has_seconds: bool,
    /// Whether it has a fraction.
    pub has_fraction: bool,
    /// Its zone.
    pub zone: Zone,
}

impl Form {
    /// The form of a UTCTime or GeneralizedTime; none where it is no date that its type can have (X.680 §46, §47).
    #[must_use]
    pub fn of(time: &Tlv<'_>) -> Option<Self> {
        let (_, form) = read(time)?;
        (time.tag == tag::GENERALIZED_TIME || !form.has_fraction).then_some(form)
    }
}

/// The date as if it were in UTC, and how it is written.
fn read(time: &Tlv<'_>) -> Option<(Time, Form)> {
    let text = std::str::from_utf8(time.value()).ok()?;
    let (year, rest) = match time.tag {
        tag::UTC_TIME => {
            let short: i16 = digits(text.get(..2)?)?;
            // RFC 5280 §4.1.2.5.1: 50 and above is the twentieth century.
            let century = if short >= 50 { 1900 } else { 2000 };
            (century + short, text.get(2..)?)
        }
        tag::GENERALIZED_TIME => (digits(text.get(..4)?)?, text.get(4..)?),
        _ => return None,
    };
    let month = digits(rest.get(..2)?)?;
    let day = digits(rest.get(2..4)?)?;
    let hour = digits(rest.get(4..6)?)?;
    let minute = digits(rest.get(6..8)?)?;
    let mut rest = rest.get(8..)?;
    let second = rest.get(..2).and_then(digits);
    if second.is_some() {
        rest = &rest[2..];
    }
    let fraction = rest.strip_prefix(['.', ',']);
    if let Some(fraction) = fraction {
        rest = fraction.trim_start_matches(|character: char| character.is_ascii_digit());
    }
    let zone = match rest.split_at_checked(1) {
        None => Zone::Absent,
        Some(("Z", "")) => Zone::Zulu,
        Some((sign @ ("+" | "-"), offset)) if offset.len() == 4 => {
            let hours: i64 = digits(offset.get(..2)?)?;
            let minutes: i64 = digits(offset.get(2..)?)?;
            let seconds = hours * 3600 + minutes * 60;
            Zone::Offset(if sign == "+" { seconds } else { -seconds })
        }
        Some(_) => return None,
    };
    let civil = DateTime::new(year, month, day, hour, minute, second.unwrap_or(0), 0).ok()?;
    let form = Form {
        has_seconds: second.is_some(),
        has_fraction: fraction.is_some(),
        zone,
    };
    Some((Time(civil.duration_since(EPOCH).as_secs()), form))
}

fn digits<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::super::der::Reader;
    use super::*;

    fn parse(tag: u8, text: &str) -> Option<String> {
        let mut der = vec![tag, u8::try_from(text.len()).unwrap()];
        der.extend(text.as_bytes());
        let tlv = Reader::new(&der).read().unwrap();
        Time::parse(&tlv).map(|time| time.to_string())
    }

    #[test]
    fn both_types_and_the_century() {
        assert_eq!(
            parse(tag::UTC_TIME, "490101000000Z").as_deref(),
            Some("2049-01-01T00:00:00Z")
        );
        assert_eq!(
            parse(tag::UTC_TIME, "500101000000Z").as_deref(),
            Some("1950-01-01T00:00:00Z")
        );
        assert_eq!(
            parse(tag::GENERALIZED_TIME, "99991231235959Z").as_deref(),
            Some("9999-12-31T23:59:59Z")
        );
        assert_eq!(NO_EXPIRY.to_string(), "9999-12-31T23:59:59Z");
    }

    #[test]
    fn unusual_forms_still_give_the_moment() {
        assert_eq!(
            parse(tag::UTC_TIME, "2601010000Z").as_deref(),
            Some("2026-01-01T00:00:00Z")
        );
        assert_eq!(
            parse(tag::GENERALIZED_TIME, "20260101000000.5+0100").as_deref(),
            Some("2025-12-31T23:00:00Z")
        );
    }

    fn form(tag: u8, text: &str) -> Option<(bool, bool, Zone)> {
        let mut der = vec![tag, u8::try_from(text.len()).unwrap()];
        der.extend(text.as_bytes());
        let form = Form::of(&Reader::new(&der).read().unwrap())?;
        Some((form.has_seconds, form.has_fraction, form.zone))
    }

    #[test]
    fn the_form_is_told_from_the_moment() {
        let (utc, generalized) = (tag::UTC_TIME, tag::GENERALIZED_TIME);
        let zulu = Zone::Zulu;
        assert_eq!(form(utc, "260101000000Z"), Some((true, false, zulu)));
        assert_eq!(form(utc, "2601010000Z"), Some((false, false, zulu)));
        let offset = Zone::Offset(-18_000);
        assert_eq!(form(utc, "260101000000-0500"), Some((true, false, offset)));
        assert_eq!(form(utc, "260101000000"), Some((true, false, Zone::Absent)));
        assert_eq!(form(utc, "260101000000.5Z"), None);
        assert_eq!(
            form(generalized, "20260101000000.5Z"),
            Some((true, true, zulu))
        );
        assert_eq!(form(generalized, "20260230000000Z"), None);
        assert_eq!(form(generalized, "20260101000000+é00"), None);
    }

    #[test]
    fn what_is_no_date_is_none() {
        assert_eq!(parse(tag::UTC_TIME, "260230000000Z"), None);
        assert_eq!(parse(tag::UTC_TIME, "yyyy"), None);
        assert_eq!(parse(tag::UTC_TIME, "260101000000"), None);
    }
}
