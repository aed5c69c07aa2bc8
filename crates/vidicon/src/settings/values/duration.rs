//! A length of time as people write it: `30s`, `1m30s`, `500ms`, `7d`, and a bare `0`.

use std::{fmt, str::FromStr, time};

use super::BadValue;

/// A length of time, in whole milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(time::Duration);

/// Units from the longest to the shortest, in milliseconds: the order in which they are written.
const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

impl Duration {
    /// So many milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(time::Duration::from_millis(millis))
    }

    /// So many seconds.
    pub const fn from_secs(secs: u64) -> Self {
        Self(time::Duration::from_secs(secs))
    }

    /// The same length as the standard library's type.
    pub const fn get(self) -> time::Duration {
        self.0
    }
}

impl FromStr for Duration {
    type Err = BadValue;

    fn from_str(text: &str) -> Result<Self, BadValue> {
        let text = text.trim();
        if text == "0" {
            return Ok(Self::default());
        }
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(BadValue(format!(
                "\"{text}\" has no unit: write it like \"30s\", \"1m30s\" or \"500ms\" (units: ms, s, m, h, d)"
            )));
        }
        parts(text).ok_or_else(|| {
            BadValue(format!(
                "{text:?} is not a duration: write whole numbers with their units, the longest first, \
                 like \"30s\", \"1m30s\" or \"500ms\" (units: ms, s, m, h, d)"
            ))
        })
    }
}

/// Sums `number unit` pairs whose units grow shorter; nothing when the text is not that.
fn parts(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut units = UNITS.iter();
    let mut total = 0_u64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        // Going on from where the last pair stopped refuses both "30s1m" and "1s1s".
        let (_, millis) = units.by_ref().find(|(name, _)| *name == unit)?;
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(*millis)?)?;
        rest = tail;
    }
    Some(Duration::from_millis(total))
}

impl fmt::Display for Duration {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        if rest == 0 {
            return out.write_str("0s");
        }
        for (unit, millis) in UNITS {
            let count = rest / millis;
            if count > 0 {
                write!(out, "{count}{unit}")?;
            }
            rest %= millis;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<u128, String> {
        text.parse::<Duration>().map(|value| value.get().as_millis()).map_err(|why| why.0)
    }

    #[test]
    fn durations_are_read_with_their_units() {
        assert_eq!(read("30s"), Ok(30_000));
        assert_eq!(read("1m30s"), Ok(90_000));
        assert_eq!(read("500ms"), Ok(500));
        assert_eq!(read("2d12h"), Ok(216_000_000));
        assert_eq!(read("0"), Ok(0));
        assert_eq!(read("0s"), Ok(0));
        assert_eq!(read(" 5s "), Ok(5_000));
    }

    #[test]
    fn a_bare_number_is_refused_with_the_units_named() {
        assert_eq!(
            read("10").unwrap_err(),
            "\"10\" has no unit: write it like \"30s\", \"1m30s\" or \"500ms\" (units: ms, s, m, h, d)"
        );
    }

    #[test]
    fn what_is_not_a_duration_is_refused() {
        for text in [
            "",
            "s",
            "1.5s",
            "30s1m",
            "1s1s",
            "10 s",
            "10sec",
            "-5s",
            "1m30",
            "99999999999999999999s",
        ] {
            assert!(read(text).is_err(), "{text:?} was read as {:?}", read(text));
        }
        assert_eq!(
            read("10sec").unwrap_err(),
            "\"10sec\" is not a duration: write whole numbers with their units, the longest first, like \
             \"30s\", \"1m30s\" or \"500ms\" (units: ms, s, m, h, d)"
        );
    }

    proptest! {
        #[test]
        fn a_displayed_duration_reads_back_the_same(millis in 0_u64..10_000_000_000) {
            let value = Duration::from_millis(millis);
            prop_assert_eq!(value.to_string().parse::<Duration>().unwrap(), value);
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "\\PC{0,20}") {
            let _ = text.parse::<Duration>();
        }
    }
}
