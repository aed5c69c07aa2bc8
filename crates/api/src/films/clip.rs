//! The query of a clip.

use delivery::{
    Made,
    films::{FilmError, Films},
};
use packager::clip::{Cut, Stretch};

/// The clip that a path and a query ask for.
pub(super) async fn made(
    films: &Films,
    below: &str,
    query: Option<&str>,
) -> Result<Made, FilmError> {
    let stretch = stretch(query.unwrap_or_default())?;
    let stem = below.strip_suffix(".mp4");
    let film = match stem {
        // `film.mp4` is the clip of `film`, or of the file of that very name.
        Some(stem) => match films.named(stem).await {
            Err(error) if error.status() == http::StatusCode::NOT_FOUND => films.named(below).await,
            named => named,
        },
        None => films.named(below).await,
    }?;
    film.clip(stretch).await
}

fn stretch(query: &str) -> Result<Stretch, FilmError> {
    let mut stretch = Stretch { start: 0, end: i64::MAX, cut: Cut::AtKeyPicture };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, "1"));
        match name {
            "start" => stretch.start = time(name, value)?,
            "end" => stretch.end = time(name, value)?,
            "exact" if matches!(value, "1" | "true") => stretch.cut = Cut::Exact,
            // The key and `download` are read elsewhere; players add what they like.
            _ => {}
        }
    }
    Ok(stretch)
}

/// Seconds (`90.5`) or hours, minutes and seconds (`1:30.5`, `0:01:30.5`), in microseconds.
fn time(name: &str, text: &str) -> Result<i64, FilmError> {
    let text = text.replace("%3A", ":").replace("%3a", ":");
    let parsed = text
        .split(':')
        .try_fold(0i64, |sum, part| sum.checked_mul(60)?.checked_add(seconds(part)?));
    parsed.filter(|_| text.split(':').count() <= 3).ok_or_else(|| {
        FilmError::Malformed(format!(
            "{name}={text} is no time: give seconds, as in {name}=90.5, or h:mm:ss"
        ))
    })
}

/// A decimal number of seconds in microseconds, exactly; what is finer is left out.
fn seconds(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut micros = whole.checked_mul(1_000_000)?;
    for (place, digit) in (0..6u32).zip(fraction.bytes()) {
        micros = micros.checked_add(i64::from(digit - b'0') * 10i64.pow(5 - place))?;
    }
    Some(micros)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn times_are_read_exactly() {
        let read = |text| time("start", text).ok();
        assert_eq!(read("90.5"), Some(90_500_000));
        assert_eq!(read("0.1234567"), Some(123_456));
        assert_eq!(read("1:30"), Some(90_000_000));
        assert_eq!(read("1%3A00%3A00.25"), Some(3_600_250_000));
        for text in ["", ".", "-1", "1e3", "1:2:3:4", "9999999999999999999", "one"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_clip_is_the_whole_film_unless_told() {
        let whole = stretch("").unwrap();
        assert_eq!((whole.start, whole.end, whole.cut), (0, i64::MAX, Cut::AtKeyPicture));
        let part = stretch("start=3&end=4.5&exact=1&api_key=x&download").unwrap();
        assert_eq!((part.start, part.end, part.cut), (3_000_000, 4_500_000, Cut::Exact));
    }
}
