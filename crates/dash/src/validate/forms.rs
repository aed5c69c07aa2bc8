//! How values are written [ISO/IEC 23009-1, annex B; XML Schema part 2].

/// A type of the schema.
#[derive(Clone, Copy)]
pub(super) enum Form {
    Text,
    /// A string without white space.
    Word,
    Uri,
    U32,
    U64,
    Integer,
    Bool,
    Double,
    Duration,
    /// `16:9`.
    Ratio,
    /// `24000/1001`.
    Rate,
    Language,
    Sap,
    /// One or two numbers.
    SamplingRate,
    /// Codecs, or profiles, divided by commas.
    List,
    OneOf(&'static [&'static str]),
}

impl Form {
    pub(super) fn fits(self, value: &str) -> bool {
        let number =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match self {
            Self::Text => true,
            Self::Word => !value.chars().any(char::is_whitespace),
            Self::Uri => !value.chars().any(|letter| letter.is_whitespace() || letter.is_control()),
            Self::U32 => number(value) && value.parse::<u32>().is_ok(),
            Self::U64 => number(value) && value.parse::<u64>().is_ok(),
            Self::Integer => number(value.strip_prefix('-').unwrap_or(value)),
            Self::Bool => matches!(value, "true" | "false" | "1" | "0"),
            Self::Double => value.parse::<f64>().is_ok(),
            Self::Duration => micros(value).is_some(),
            Self::Ratio => {
                let parts = value.split_once(':');
                parts.is_some_and(|(width, height)| number(width) && number(height))
            }
            Self::Rate => {
                let (above, below) = value.split_once('/').unwrap_or((value, "1"));
                number(above) && number(below) && !below.starts_with('0')
            }
            Self::Language => value.split('-').enumerate().all(|(place, part)| {
                let plain =
                    |byte: u8| byte.is_ascii_alphabetic() || (place > 0 && byte.is_ascii_digit());
                matches!(part.len(), 1..=8) && part.bytes().all(plain)
            }),
            Self::Sap => matches!(value, "0" | "1" | "2" | "3" | "4" | "5" | "6"),
            Self::SamplingRate => {
                matches!(value.split(' ').count(), 1 | 2)
                    && value.split(' ').all(|rate| Self::U32.fits(rate))
            }
            Self::List => {
                let part = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
                value.split(',').map(|one| one.trim_matches(' ')).all(part)
            }
            Self::OneOf(words) => words.contains(&value),
        }
    }
}

/// `PT1H2M3.5S` in microseconds; days count, months and years do not occur.
pub(super) fn micros(text: &str) -> Option<u64> {
    let body = text.strip_prefix('P')?;
    let (days, time) = body.split_once('T').unwrap_or((body, ""));
    if body.ends_with('T') || body.is_empty() {
        return None;
    }
    let mut total: u64 = 0;
    if !days.is_empty() {
        total = days.strip_suffix('D')?.parse::<u64>().ok()?.checked_mul(86_400_000_000)?;
    }
    let mut rest = time;
    for (unit, micros) in [('H', 3_600_000_000), ('M', 60_000_000)] {
        if let Some((number, after)) = rest.split_once(unit) {
            total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(micros)?)?;
            rest = after;
        }
    }
    if !rest.is_empty() {
        let seconds = rest.strip_suffix('S')?;
        let (whole, decimals) = seconds.split_once('.').unwrap_or((seconds, "0"));
        let decimals = decimals.get(..6).unwrap_or(decimals);
        let fraction: u64 = format!("{decimals:0<6}").parse().ok()?;
        total = total.checked_add(whole.parse::<u64>().ok()?.checked_mul(1_000_000)?)?;
        total = total.checked_add(fraction)?;
    }
    Some(total)
}
