//! Dates as GnuTLS reads them (`lib/x509/time.c`).

use super::asn1::Node;

const DAY: i64 = 86_400;
const MONTH_DAYS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// The date of a `Time`, in seconds since 1970; none where it is no date.
///
/// There may be more days than a month has, up to 31, and what is before 1970 is 1970.
pub(super) fn read(time: Option<&Node<'_>>) -> Option<i64> {
    let time = time?.children.first()?;
    let text = time.content;
    // GnuTLS's buffer has 63 octets.
    if text.len() > 63 {
        return None;
    }
    let (year, rest) = if time.name == "generalTime" {
        if text.len() < 12 || text.contains(&b'.') {
            return None;
        }
        (number(&text[..4]), &text[4..])
    } else {
        if text.len() < 10 {
            return None;
        }
        let short = number(&text[..2]);
        (short + if short > 49 { 1900 } else { 2000 }, &text[2..])
    };
    if rest.len() < 8 {
        return None;
    }
    if year < 1970 {
        return Some(0);
    }
    let part = |at: usize| number(&rest[at..at + 2]);
    let second = if rest.len() >= 10 { part(8) } else { 0 };
    seconds(year, [part(0), part(2), part(4), part(6), second])
}

/// The digits at the start, as `atoi` reads them.
fn number(text: &[u8]) -> i64 {
    let digits = text.iter().take_while(|octet| octet.is_ascii_digit());
    digits.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
}

/// Source: `mktime_utc`.
fn seconds(year: i64, [month, day, hour, minute, second]: [i64; 5]) -> Option<i64> {
    let before = MONTH_DAYS.get(..usize::try_from(month - 1).ok()?)?;
    if month > 12 || second > 60 || minute > 59 || !(1..=31).contains(&day) || hour > 23 {
        return None;
    }
    let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let leaps = (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 - 477;
    let mut days = 365 * (year - 1970) + leaps + before.iter().sum::<i64>() + day - 1;
    if month > 2 && leap(year) {
        days += 1;
    }
    Some(days * DAY + hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_seconds() {
        assert_eq!(seconds(1970, [1, 1, 0, 0, 0]), Some(0));
        assert_eq!(seconds(2026, [11, 23, 18, 0, 0]), Some(1_795_456_800));
        assert_eq!(seconds(9999, [12, 31, 23, 59, 59]), Some(253_402_300_799));
        assert_eq!(
            seconds(2026, [2, 31, 0, 0, 0]),
            seconds(2026, [3, 3, 0, 0, 0])
        );
        assert_eq!(seconds(2026, [13, 1, 0, 0, 0]), None);
        assert_eq!(seconds(2026, [0, 1, 0, 0, 0]), None);
    }
}
