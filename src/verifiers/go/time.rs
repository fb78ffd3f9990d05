//! Dates as Go reads and writes them.
//!
//! Source: `ReadASN1UTCTime` and `ReadASN1GeneralizedTime` in `golang.org/x/crypto/cryptobyte/asn1.go`: what is read
//! must be what Go would write, so that offsets from UTC are taken, and seconds may be absent from a UTCTime.

use super::Release;
use super::der::Input;
use crate::cert::der::tag;

/// A moment, and the offset from UTC that it was given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Seconds since 1970-01-01 UTC.
    pub(super) seconds: i64,
    offset: i64,
}

impl Moment {
    pub(super) fn utc(seconds: i64) -> Self {
        Self { seconds, offset: 0 }
    }

    /// As `time.RFC3339`: `2006-01-02T15:04:05Z07:00`.
    pub(super) fn rfc3339(self) -> String {
        let local = self.seconds + self.offset;
        let (days, second) = (local.div_euclid(DAY), local.rem_euclid(DAY));
        let (year, month, day) = date(days);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let zone = match self.offset {
            0 => "Z".to_owned(),
            offset => {
                let sign = if offset < 0 { '-' } else { '+' };
                let minutes = offset.abs() / 60;
                format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        };
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{zone}")
    }
}

const DAY: i64 = 86_400;

/// The next element as a date, or Go's error.
pub(super) fn read(input: &mut Input<'_>, release: Release) -> Result<Moment, &'static str> {
    if input.peek(tag::UTC_TIME) {
        let text = input.read(tag::UTC_TIME).map(|content| content.0);
        return text
            .and_then(|text| utc(text, release))
            .ok_or("x509: malformed UTCTime");
    }
    if input.peek(tag::GENERALIZED_TIME) {
        let text = input.read(tag::GENERALIZED_TIME).map(|content| content.0);
        let moment = text.and_then(|text| {
            let (year, rest) = number(text, 4)?;
            moment(year, rest, true, release)
        });
        return moment.ok_or("x509: malformed GeneralizedTime");
    }
    Err("x509: unsupported time format")
}

fn utc(text: &[u8], release: Release) -> Option<Moment> {
    let (year, rest) = number(text, 2)?;
    let read =
        |year| moment(year, rest, true, release).or_else(|| moment(year, rest, false, release));
    // Go's layout puts years from 69 into the last century, and the profile those from 50; leap years fall alike.
    read(if year < 50 { 2000 } else { 1900 } + year)
}

/// What follows the year: month, day, hour, minute, second, offset.
fn moment(year: i64, text: &[u8], seconds: bool, release: Release) -> Option<Moment> {
    let (month, rest) = number(text, 2)?;
    let (day, rest) = number(rest, 2)?;
    let (hour, rest) = number(rest, 2)?;
    let (minute, rest) = number(rest, 2)?;
    let (second, rest) = if seconds { number(rest, 2)? } else { (0, rest) };
    let offset = match rest {
        [b'Z'] => 0,
        [sign @ (b'+' | b'-'), digits @ ..] => {
            let (hours, digits) = number(digits, 2)?;
            let (minutes, digits) = number(digits, 2)?;
            let offset = 3600 * hours + 60 * minutes;
            // Go 1.19 takes hours up to 99.
            let refused = hours > 24 && release >= Release::V1_27;
            if !digits.is_empty() || refused || minutes > 59 || offset == 0 {
                return None;
            }
            if *sign == b'-' { -offset } else { offset }
        }
        _ => return None,
    };
    let fits = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    fits.then(|| Moment {
        seconds: days(year, month, day) * DAY + 3600 * hour + 60 * minute + second - offset,
        offset,
    })
}

fn number(text: &[u8], digits: usize) -> Option<(i64, &[u8])> {
    let (number, rest) = text.split_at_checked(digits)?;
    let add = |sum: i64, digit: &u8| {
        digit
            .is_ascii_digit()
            .then(|| 10 * sum + i64::from(digit - b'0'))
    };
    Some((number.iter().try_fold(0, add)?, rest))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years are counted from March, so that the leap day is their last.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day
        - 719_469
}

/// The date of a day since 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    let day = days + 719_468;
    let era = day.div_euclid(146_097);
    let day = day.rem_euclid(146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = year + 400 * era;
    if month < 10 {
        (year, month + 3, day)
    } else {
        (year + 1, month - 9, day)
    }
}
