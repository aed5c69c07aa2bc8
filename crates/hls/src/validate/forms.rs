//! How values are written (bis 4.2).

use super::tags::Form;
use crate::syntax::{Attribute, byte_range, decimal, integer, resolution, signed_decimal};

/// What is wrong with how the value of an attribute is written.
pub(super) fn fault(attribute: &Attribute<'_>, form: Form) -> Option<String> {
    let Attribute { name, value, quoted } = *attribute;
    // A variable may stand for anything (bis 4.3), within quotes and for hexadecimal sequences.
    let variable = value.contains("{$");
    let wants_quotes = match form {
        Form::Quoted | Form::Uri | Form::Date | Form::Range | Form::StableId => true,
        Form::QuotedOr(word) => value != word || quoted,
        _ => false,
    };
    if quoted != wants_quotes {
        let should = if wants_quotes { "must stand in quotes" } else { "must not stand in quotes" };
        return Some(format!("the value of {name} {should}"));
    }
    if variable {
        return None;
    }
    let fits = match form {
        Form::Integer => integer(value).is_some(),
        Form::Decimal => decimal(value).is_some(),
        Form::Signed => signed_decimal(value).is_some(),
        Form::Resolution => resolution(value).is_some(),
        Form::Hexadecimal => is_hexadecimal(value),
        Form::Word(words) => words.contains(&value),
        Form::Range => byte_range(value).is_some(),
        Form::Date => micros(value).is_some(),
        Form::Uri => return bad_uri(value).map(|why| format!("the {name} {why}")),
        Form::StableId => {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=.-_".contains(&byte);
            !value.is_empty() && value.bytes().all(allowed)
        }
        Form::Nothing | Form::Free | Form::Quoted | Form::QuotedOr(_) | Form::List(_) => true,
    };
    (!fits).then(|| format!("{name} cannot be `{value}`"))
}

fn is_hexadecimal(value: &str) -> bool {
    let digits = value.strip_prefix("0x").or_else(|| value.strip_prefix("0X"));
    digits.is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Why something is no reference to a resource (RFC 3986).
pub(super) fn bad_uri(uri: &str) -> Option<String> {
    if uri.is_empty() {
        return Some("is empty".to_owned());
    }
    // Variables are put in before it is looked at.
    let bytes = uri.replace("{$", "").replace('}', "");
    let bad = |byte: &u8| !byte.is_ascii_graphic() || b"\"<>\\^`{|}".contains(byte);
    if let Some(byte) = bytes.bytes().find(|byte| bad(byte)) {
        return Some(format!("contains the byte {byte:#04x}, which addresses must have encoded"));
    }
    let encoded = bytes.split('%').skip(1).all(|after| {
        after.get(..2).is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
    });
    (!encoded).then(|| "has a % that two hexadecimal digits do not follow".to_owned())
}

/// A moment as ISO 8601 writes it, `2026-01-02T03:04:05.678+01:00`, in microseconds since 1970.
/// Without a zone it is taken to be UTC.
pub(super) fn micros(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    let number = |text: &str, length: usize| {
        let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<i64>().ok()).flatten()
    };
    let mut parts = date.split('-');
    let (year, month, day) =
        (number(parts.next()?, 4)?, number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let (time, zone) = split_zone(time)?;
    let mut parts = time.split(':');
    let (hour, minute) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let second = parts.next().unwrap_or("00");
    let (whole, fraction) = second.split_once('.').unwrap_or((second, "0"));
    let second = number(whole, 2)?;
    let micros = i64::try_from(decimal(&format!("0.{fraction}"))?).ok()?;
    if parts.next().is_some() || hour > 24 || minute > 59 || second > 60 {
        return None;
    }
    let days = days(year, month, day);
    Some(((days * 24 + hour) * 3600 + (minute - zone) * 60 + second) * 1_000_000 + micros)
}

/// The time, and how many minutes its zone is ahead of UTC.
fn split_zone(time: &str) -> Option<(&str, i64)> {
    if let Some(time) = time.strip_suffix('Z') {
        return Some((time, 0));
    }
    let Some(at) = time.find(['+', '-']) else { return Some((time, 0)) };
    let (time, zone) = time.split_at_checked(at)?;
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits = zone.get(1..)?.replace(':', "");
    let plain = matches!(digits.len(), 2 | 4) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let digits: i64 = plain.then(|| digits.parse().ok()).flatten()?;
    let minutes = if zone.len() == 3 { digits * 60 } else { digits / 100 * 60 + digits % 100 };
    Some((time, sign * minutes))
}

/// Days since 1970, in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years that begin in March have their odd day at the end.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year
        - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_iso_8601_writes_them() {
        assert_eq!(micros("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(micros("2026-01-02T03:04:05.678Z"), Some(1_767_323_045_678_000));
        assert_eq!(micros("2026-01-02T04:04:05.678+01:00"), Some(1_767_323_045_678_000));
        assert_eq!(micros("2026-01-01T22:04:05.678-0500"), Some(1_767_323_045_678_000));
        assert_eq!(micros("2024-02-29T00:00:00+01"), Some(1_709_161_200_000_000));
        for text in ["", "2026-01-02", "2026-13-02T00:00:00Z", "2026-1-2T0:0:0Z", "yesterdayTnoon"]
        {
            assert_eq!(micros(text), None, "{text}");
        }
    }
}
