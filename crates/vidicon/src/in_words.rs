//! Numbers as people read them.

/// A number of bytes: `1.4 GiB`.
pub fn bytes(count: u64) -> String {
    let units = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];
    for (unit, shift) in units {
        if count >> shift > 0 {
            return format!("{:.1} {unit}", about(count) / about(1 << shift));
        }
    }
    format!("{count} bytes")
}

/// Bits a second: `4.21 Mbit/s`.
pub fn bits(rate: u64) -> String {
    if rate >= 1_000_000 {
        return format!("{:.2} Mbit/s", about(rate) / 1e6);
    }
    format!("{} kbit/s", rate.div_ceil(1000))
}

/// Seconds as `1:02:03.4`; days of film as many hours.
pub fn clock(seconds: f64) -> String {
    // No film lasts so long that this is inexact.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let tenths = (seconds.max(0.0) * 10.0).round() as u64;
    let (whole, tenth) = (tenths / 10, tenths % 10);
    format!("{}:{:02}:{:02}.{tenth}", whole / 3600, whole / 60 % 60, whole % 60)
}

/// A whole number with its thousands apart: `100,000`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Text in lines of at most so many characters, broken at spaces; a longer word stays whole.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let Some(line) = lines.last_mut() else { break };
        let length = line.chars().count();
        if length > 0 && length + 1 + word.chars().count() > width {
            lines.push(word.to_owned());
            continue;
        }
        if length > 0 {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines
}

/// What a file says of itself, without what would act on a terminal.
pub fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

#[allow(clippy::cast_precision_loss)] // for text that people read
fn about(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_easily() {
        assert_eq!(bytes(900), "900 bytes");
        assert_eq!(bytes(1_610_612_736), "1.5 GiB");
        assert_eq!(bits(4_212_000), "4.21 Mbit/s");
        assert_eq!(bits(128_001), "129 kbit/s");
        assert_eq!(clock(3723.44), "1:02:03.4");
        assert_eq!(clock(59.96), "0:01:00.0");
        assert_eq!((count(999), count(1_234_567)), ("999".to_owned(), "1,234,567".to_owned()));
    }

    #[test]
    fn lines_break_at_spaces() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a-very-long-word b", 4), ["a-very-long-word", "b"]);
        assert_eq!(wrapped("", 4), [""]);
    }
}
