//! Times and durations as people type them.

use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cert::time::Time;

/// A moment: a point in time, or one relative to now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    At(Time),
    FromNow(i64),
}

impl Moment {
    /// The moment itself; reads the clock only where it is relative.
    pub(crate) fn resolve(self) -> Time {
        match self {
            Self::At(time) => time,
            Self::FromNow(seconds) => Time(now().0.saturating_add(seconds)),
        }
    }
}

/// The clock, to the second.
pub(crate) fn now() -> Time {
    // A clock before 1970 reads as 1970.
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Time(i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX))
}

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(rest) = text.strip_prefix('+') {
            return rest.parse().map(|Duration(seconds)| Self::FromNow(seconds));
        }
        if let Some(Ok(Duration(seconds))) = text.strip_prefix('-').map(str::parse) {
            return Ok(Self::FromNow(-seconds));
        }
        if text == "now" {
            return Ok(Self::FromNow(0));
        }
        if let Ok(timestamp) = text.parse::<Timestamp>() {
            return Ok(Self::At(Time(timestamp.as_second())));
        }
        let midnight = text
            .parse::<Date>()
            .ok()
            .filter(|_| text.len() == 10)
            .and_then(|date| TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok());
        midnight
            .map(|timestamp| Self::At(Time(timestamp.as_second())))
            .ok_or_else(|| {
                "expected a time such as 2026-12-01T00:00:00Z, a date such as 2026-12-01, or +30d"
                    .to_owned()
            })
    }
}

/// A duration in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Duration(pub(crate) i64);

impl FromStr for Duration {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = || "expected a number and a unit, such as 30d, 12h, 2w or 90m".to_owned();
        let digits = text.trim_end_matches(|character: char| character.is_ascii_alphabetic());
        let unit = match &text[digits.len()..] {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            "w" => 7 * 86_400,
            "y" => 365 * 86_400,
            _ => return Err(expected()),
        };
        let number: u32 = digits.parse().map_err(|_| expected())?;
        Ok(Self(i64::from(number) * unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments() {
        assert_eq!("1970-01-02".parse(), Ok(Moment::At(Time(86_400))));
        assert_eq!("1970-01-01T01:00:00+01:00".parse(), Ok(Moment::At(Time(0))));
        assert_eq!("+30d".parse(), Ok(Moment::FromNow(30 * 86_400)));
        assert_eq!("-2h".parse(), Ok(Moment::FromNow(-7200)));
        assert!("tomorrow".parse::<Moment>().is_err());
        assert!("+30".parse::<Moment>().is_err());
        assert!("2026-13-01".parse::<Moment>().is_err());
    }
}
