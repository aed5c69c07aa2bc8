//! What files beside a video say about it: `.nfo` (as Kodi and Jellyfin write it), `.json` (as
//! yt-dlp writes it), `.txt`. Pure.
//!
//! A side file belongs to a video that is called the same but for the extension; `movie.nfo` to the
//! only video of a folder. What cannot be read says nothing and harms nobody.

mod nfo;

use serde_json::Value;

/// The most bytes of a side file that are looked at.
pub(crate) const MOST: usize = 1 << 20;

/// What is said of a video.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Said {
    /// Its title.
    pub(crate) title: Option<String>,
    /// What it is about.
    pub(crate) description: Option<String>,
    /// Its tags.
    pub(crate) tags: Vec<String>,
    /// When it was made, in milliseconds since 1970.
    pub(crate) made_ms: Option<i64>,
}

impl Said {
    /// What this says, and where it is silent what the other says.
    pub(crate) fn or(mut self, other: Self) -> Self {
        self.title = self.title.or(other.title);
        self.description = self.description.or(other.description);
        self.made_ms = self.made_ms.or(other.made_ms);
        if self.tags.is_empty() {
            self.tags = other.tags;
        }
        self
    }
}

/// The side file of a video that is alone in its folder.
pub(crate) const OF_THE_FOLDER: &str = "movie.nfo";

/// The names of side files that may speak of the video with this name, the weightiest first.
pub(crate) fn names_for(video: &str) -> [String; 5] {
    let stem = video.rsplit_once('.').map_or(video, |(stem, _)| stem);
    let called = |ending: &str| format!("{stem}.{ending}");
    [called("nfo"), OF_THE_FOLDER.to_owned(), called("info.json"), called("json"), called("txt")]
}

/// What a side file says.
pub(crate) fn read(name: &str, bytes: &[u8]) -> Said {
    let bytes = bytes.get(..MOST).unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    match name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
        Some("nfo") => nfo::read(text),
        Some("json") => json(text),
        Some("txt") => Said { description: words(text, DESCRIPTION), ..Said::default() },
        _ => Said::default(),
    }
}

const TITLE: usize = 300;
const DESCRIPTION: usize = 20_000;
const TAGS: usize = 50;
const TAG: usize = 100;

/// A text without control characters but line breaks, none if nothing is left of it.
fn words(text: &str, most: usize) -> Option<String> {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() && c != '\n' { ' ' } else { c })
        .take(most)
        .collect();
    let plain = plain.trim();
    (!plain.is_empty()).then(|| plain.to_owned())
}

fn line(text: &str, most: usize) -> Option<String> {
    words(&text.replace('\n', " "), most)
}

fn json(text: &str) -> Said {
    let Ok(Value::Object(object)) = serde_json::from_str::<Value>(text) else {
        return Said::default();
    };
    let text_of = |names: &[&str]| names.iter().find_map(|name| object.get(*name)?.as_str());
    let tags = object.get("tags").and_then(Value::as_array).into_iter().flatten();
    Said {
        title: text_of(&["title", "fulltitle"]).and_then(|text| line(text, TITLE)),
        description: text_of(&["description", "plot"]).and_then(|text| words(text, DESCRIPTION)),
        tags: tags.filter_map(Value::as_str).filter_map(|tag| line(tag, TAG)).take(TAGS).collect(),
        made_ms: text_of(&["upload_date", "date", "aired"]).and_then(day),
    }
}

/// A day as `20240131` or `2024-01-31`, or a year alone, in milliseconds since 1970.
fn day(text: &str) -> Option<i64> {
    let digits: String = text.chars().filter(char::is_ascii_digit).take(8).collect();
    let part = |range: std::ops::Range<usize>| digits.get(range)?.parse::<i8>().ok();
    let year: i16 = digits.get(..4)?.parse().ok()?;
    let (month, day) = (part(4..6).unwrap_or(1), part(6..8).unwrap_or(1));
    let date = jiff::civil::Date::new(year, month, day).ok()?;
    Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn json_of_a_downloader_is_understood() {
        let said = read("a.info.json", br#"{"title":"A\nfilm","description":"One\n\nTwo","tags":["x",3,""],"upload_date":"20240131"}"#);
        assert_eq!(said.title.as_deref(), Some("A film"));
        assert_eq!(said.description.as_deref(), Some("One\n\nTwo"));
        assert_eq!(said.tags, ["x"]);
        assert_eq!(said.made_ms, Some(1_706_659_200_000));
    }

    #[test]
    fn what_cannot_be_read_says_nothing() {
        for (name, bytes) in [
            ("a.json", &b"{"[..]),
            ("a.json", b"[1]"),
            ("a.nfo", b"<movie><title>"),
            ("a.txt", b" \n\0 "),
        ] {
            assert_eq!(read(name, bytes), Said::default(), "{name} {bytes:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_side_file_is_too_odd(bytes: Vec<u8>, kind in 0..3_usize) {
            let _ = read(["a.nfo", "a.json", "a.txt"][kind], &bytes);
        }

        #[test]
        fn no_xml_is_too_odd(text in "(<(movie|title|tag|genre|plot)>|</(movie|title|tag)>|&amp;|&x;|[a-z ]|<!--|]]>){0,40}") {
            let _ = read("a.nfo", text.as_bytes());
        }
    }
}
