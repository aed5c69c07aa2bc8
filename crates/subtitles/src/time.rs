//! Times as subtitles write them.

/// The latest time that is believed, in microseconds: ten thousand hours.
pub const MAX_TIME: i64 = 36_000_000_000_000;

/// Hours, minutes and seconds with a fraction, in microseconds, to the millisecond. Hours may be
/// missing; before the fraction stands a comma, a point or a colon; any part may have a sign and
/// any number of digits. What is later than [`MAX_TIME`] is [`MAX_TIME`].
pub(crate) fn read(text: &str) -> Option<i64> {
    let text = text.trim();
    let negative = text.contains('-');
    let (whole, fraction) = match text.find([',', '.']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?),
        // `00:00:01:500`, as some programs write it.
        None if text.matches(':').count() == 3 => text.rsplit_once(':')?,
        None => (text, ""),
    };
    let mut seconds: i64 = 0;
    let mut parts = 0;
    for part in whole.split(':') {
        let digits = part.trim().trim_start_matches('-');
        parts += 1;
        if parts > 3 || digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number = digits.parse().unwrap_or(MAX_TIME);
        seconds = seconds.saturating_mul(60).saturating_add(number);
    }
    if parts < 2 {
        return None;
    }
    let fraction = fraction.trim().trim_start_matches('-');
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut digits = fraction.bytes().map(|digit| i64::from(digit - b'0'));
    let mut millis = 0;
    for _ in 0..3 {
        millis = millis * 10 + digits.next().unwrap_or(0);
    }
    let micros = seconds.saturating_mul(1_000_000).saturating_add(millis * 1_000).min(MAX_TIME);
    Some(if negative { -micros } else { micros })
}

/// `hh:mm:ss.ttt` [WebVTT, 4.1], to the nearest millisecond. Nothing is before zero.
pub(crate) fn write(out: &mut String, micros: i64) {
    use std::fmt::Write as _;
    let millis = millis(micros);
    let (seconds, millis) = (millis / 1000, millis % 1000);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let _ = write!(out, "{hours:02}:{minutes:02}:{seconds:02}.{millis:03}");
}

/// The nearest millisecond.
pub(crate) fn millis(micros: i64) -> i64 {
    micros.clamp(0, MAX_TIME).saturating_add(500) / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_however_they_are_written() {
        for (text, millis) in [
            ("00:00:01,500", 1_500),
            ("00:00:01.500", 1_500),
            (" 0:00:01.50 ", 1_500),
            ("00:01", 1_000),
            ("00:00:01:500", 1_500),
            ("01:02,5", 62_500),
            ("123:00:00.000", 442_800_000),
            ("00:00:-1,500", -1_500),
            ("-00:00:01,500", -1_500),
            ("0:90:00.00", 5_400_000),
            ("99999999999999999999:00:00.0", MAX_TIME / 1_000),
        ] {
            assert_eq!(read(text), Some(millis * 1_000), "{text}");
        }
        for text in ["", "1", "a:b", "1:2:3:4:5", "::", "1:2,x", "00:00:0\u{661},0"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn times_are_written_to_the_nearest_millisecond() {
        let written = |micros| {
            let mut out = String::new();
            write(&mut out, micros);
            out
        };
        assert_eq!(written(3_723_004_499), "01:02:03.004");
        assert_eq!(written(3_723_004_500), "01:02:03.005");
        assert_eq!(written(-1), "00:00:00.000");
        assert_eq!(written(360_000_000_000), "100:00:00.000");
    }
}
