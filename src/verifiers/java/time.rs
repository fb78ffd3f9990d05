//! Dates as `sun.security.util.DerValue.getTimeInternal` reads them.

use super::der::{Thrown, Value};

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// notBefore and notAfter in milliseconds since 1970 (`CertificateValidity.construct`).
pub(super) fn read_validity(value: &Value<'_>) -> Result<[i64; 2], Thrown> {
    if value.tag != 0x30 {
        return Err(Thrown::io(
            "Invalid encoded CertificateValidity, starting sequence tag missing.",
        ));
    }
    if value.content.is_empty() {
        return Err(Thrown::io("No data encoded for CertificateValidity"));
    }
    match &value.input().all()?[..] {
        [before, after] => Ok([read(before)?, read(after)?]),
        _ => Err(Thrown::io("Invalid encoding for CertificateValidity")),
    }
}

fn read(time: &Value<'_>) -> Result<i64, Thrown> {
    let length = time.content.len();
    match time.tag {
        UTC_TIME if !(11..=17).contains(&length) => Err(Thrown::io("DER UTC Time length error")),
        GENERALIZED_TIME if length < 13 => Err(Thrown::io("DER Generalized Time length error")),
        UTC_TIME => parse(time.content, "UTC"),
        GENERALIZED_TIME => parse(time.content, "Generalized"),
        _ => Err(Thrown::io("Invalid encoding for CertificateValidity")),
    }
}

/// Digits, one after the other.
struct Digits<'a> {
    rest: &'a [u8],
    kind: &'static str,
}

impl Digits<'_> {
    fn next(&mut self) -> Result<i64, Thrown> {
        match self.rest.split_first() {
            Some((digit @ b'0'..=b'9', rest)) => {
                self.rest = rest;
                Ok(i64::from(digit - b'0'))
            }
            _ => Err(self.fail("invalid format")),
        }
    }

    fn two(&mut self) -> Result<i64, Thrown> {
        Ok(10 * self.next()? + self.next()?)
    }

    fn fail(&self, what: &str) -> Thrown {
        Thrown::io(format!("Parse {} time, {what}", self.kind))
    }
}

fn parse(content: &[u8], kind: &'static str) -> Result<i64, Thrown> {
    let generalized = kind == "Generalized";
    let mut digits = Digits {
        rest: content,
        kind,
    };
    let year = if generalized {
        100 * digits.two()? + digits.two()?
    } else {
        let year = digits.two()?;
        year + if year < 50 { 2000 } else { 1900 }
    };
    let month = digits.two()?;
    let day = digits.two()?;
    let hour = digits.two()?;
    let minute = digits.two()?;
    let mut second = 0;
    let mut millis = 0;
    // Seconds are left out only before a `Z`; an offset in their place is no digit.
    if digits.rest.len() > 2 {
        second = digits.two()?;
        if generalized && matches!(digits.rest.first(), Some(b'.' | b',')) {
            digits.rest = &digits.rest[1..];
            let mut weight = 100;
            let mut any = false;
            while !matches!(digits.rest.first(), Some(b'Z' | b'+' | b'-')) {
                millis += weight * digits.next()?;
                weight /= 10;
                any = true;
            }
            if !any {
                return Err(digits.fail("empty fractional part"));
            }
        }
    }
    let out_of_range = month == 0
        || day == 0
        || month > 12
        || day > 31
        || hour >= 24
        || minute >= 60
        || second >= 60;
    if out_of_range {
        return Err(digits.fail("invalid format"));
    }
    let offset = match digits.rest {
        [b'Z'] => 0,
        [sign @ (b'+' | b'-'), _, _, _, _] => {
            digits.rest = &digits.rest[1..];
            let hours = digits.two()?;
            let minutes = digits.two()?;
            if hours >= 24 || minutes >= 60 {
                let form = if *sign == b'+' { "+hhmm" } else { "-hhmm" };
                return Err(digits.fail(form));
            }
            let offset = 60 * hours + minutes;
            if *sign == b'+' { offset } else { -offset }
        }
        _ => return Err(digits.fail("invalid offset")),
    };
    let minutes = (days_from_civil(year, month, day) * 24 + hour) * 60 + minute - offset;
    Ok((minutes * 60 + second) * 1000 + millis)
}

/// Days since 1970; a day past the end of its month runs into the next, as Java's calendar has it.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_time(tag: u8, text: &str) -> Option<i64> {
        let mut der = vec![tag, u8::try_from(text.len()).unwrap()];
        der.extend(text.as_bytes());
        read(&Value::only(&der).unwrap()).ok()
    }

    #[test]
    fn dates() {
        assert_eq!(read_time(UTC_TIME, "700101000000Z"), Some(0));
        assert_eq!(read_time(UTC_TIME, "7001010000Z"), Some(0));
        assert_eq!(read_time(UTC_TIME, "7001010100+0100"), None);
        assert_eq!(read_time(UTC_TIME, "700101010000+0100"), Some(0));
        assert_eq!(read_time(GENERALIZED_TIME, "19700101000000.25Z"), Some(250));
        // Java's calendar is lenient: 30 February is 2 March.
        assert_eq!(
            read_time(UTC_TIME, "260230000000Z"),
            read_time(UTC_TIME, "260302000000Z")
        );
        assert_eq!(read_time(UTC_TIME, "261301000000Z"), None);
        assert_eq!(read_time(UTC_TIME, "260101000000"), None);
    }
}
