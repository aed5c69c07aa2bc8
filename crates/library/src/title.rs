//! Titles: what a file's name or tag says once the noise of releases is taken away. Pure.

/// The title that a file name tells, extension and all. Never empty unless the name is.
///
/// `Some.Movie.2019.1080p.BluRay.x264-GRP.mkv` becomes `Some Movie (2019)`, `my_holiday_2.mp4`
/// becomes `my holiday 2`; a name with spaces in it was written for people and stays as it is.
pub(crate) fn of_name(name: &str) -> String {
    let stem = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() && extension.len() <= 5 => stem,
        _ => name,
    };
    let cleaned = clean(stem);
    if cleaned.is_empty() { stem.trim().to_owned() } else { cleaned }
}

/// The title that a file gives itself, if it is worth more than the file's name.
pub(crate) fn of_tag(tag: &str) -> Option<String> {
    let tag = squeeze(tag);
    let lower = tag.to_lowercase();
    let says_nothing = tag.chars().count() < 2
        || !tag.chars().any(char::is_alphabetic)
        || NOTHING.contains(&lower.as_str())
        || lower.contains("://")
        || lower.starts_with("www.")
        || ["encoded by", "lavf", "handbrake", "x264 -", "created by"]
            .iter()
            .any(|word| lower.starts_with(word));
    // What looks like a release's file name is cleaned as one.
    let is_release = !tag.contains(' ') && tag.matches(['.', '_']).count() >= 2;
    match (says_nothing, is_release) {
        (true, _) => None,
        (false, true) => Some(of_name(&format!("{tag}.mkv"))),
        (false, false) => Some(truncate(&tag)),
    }
}

const NOTHING: &[&str] = &[
    "untitled",
    "no title",
    "unknown",
    "video",
    "movie",
    "title",
    "default",
    "test",
    "new project",
    "sequence 01",
];

/// The longest title, in characters.
const LONGEST: usize = 300;

fn truncate(title: &str) -> String {
    title.chars().take(LONGEST).collect()
}

fn clean(stem: &str) -> String {
    let spaced =
        if stem.contains(' ') { stem.replace('_', " ") } else { stem.replace(['.', '_'], " ") };
    let words: Vec<&str> = spaced.split_whitespace().collect();
    // From the first word that only releases use, nothing is title; a year just before it is one.
    let noise = words.iter().position(|word| is_noise(word)).filter(|at| *at > 0);
    let mut title: Vec<String> =
        words.iter().take(noise.unwrap_or(words.len())).map(|word| (*word).to_owned()).collect();
    if noise.is_some()
        && let [_, .., last] = title.as_mut_slice()
        && let Some(year) = year(last)
    {
        *last = format!("({year})");
    }
    let joined = title.join(" ");
    truncate(joined.trim_matches([' ', '-', '[', '(', '.']))
}

/// A year of films, with or without brackets.
fn year(word: &str) -> Option<&str> {
    let digits = word.trim_matches(['(', ')', '[', ']']);
    let is_year =
        digits.len() == 4 && digits.parse::<u16>().is_ok_and(|year| (1888..=2099).contains(&year));
    is_year.then_some(digits)
}

/// A word that only the names of releases use.
fn is_noise(word: &str) -> bool {
    let word = word.trim_matches(['(', ')', '[', ']']).to_lowercase();
    let first = word.split('-').next().unwrap_or_default();
    matches!(
        first,
        "2160p"
            | "1440p"
            | "1080p"
            | "1080i"
            | "720p"
            | "576p"
            | "480p"
            | "4k"
            | "uhd"
            | "bluray"
            | "bdrip"
            | "brrip"
            | "bdremux"
            | "remux"
            | "webrip"
            | "webdl"
            | "hdtv"
            | "hdrip"
            | "dvdrip"
            | "dvdscr"
            | "x264"
            | "x265"
            | "h264"
            | "h265"
            | "hevc"
            | "avc"
            | "xvid"
            | "10bit"
            | "ddp5"
            | "dd5"
            | "dts"
            | "aac2"
            | "aac5"
            | "truehd"
            | "hdr10"
            | "hdr10plus"
            | "proper"
            | "repack"
    ) || word == "web-dl"
}

/// Without control characters and with single spaces.
fn squeeze(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noise_of_releases_is_taken_away() {
        assert_eq!(of_name("Some.Movie.2019.1080p.BluRay.x264-GRP.mkv"), "Some Movie (2019)");
        assert_eq!(of_name("Show.S01E02.The.Pilot.720p.HDTV.mkv"), "Show S01E02 The Pilot");
        assert_eq!(of_name("Blade Runner (1982) [1080p].mp4"), "Blade Runner (1982)");
        assert_eq!(of_name("1917.2019.2160p.mkv"), "1917 (2019)");
    }

    #[test]
    fn what_was_written_for_people_stays() {
        assert_eq!(of_name("my_holiday_2.mp4"), "my holiday 2");
        assert_eq!(of_name("Dr. Strangelove.mp4"), "Dr. Strangelove");
        assert_eq!(of_name("2001.mp4"), "2001");
        assert_eq!(of_name("VID_20240101_120000.mp4"), "VID 20240101 120000");
        assert_eq!(of_name("1080p.mp4"), "1080p");
        assert_eq!(of_name("…"), "…");
    }

    #[test]
    fn a_tag_that_says_nothing_is_none() {
        for tag in ["", "a", "Untitled", "http://example.org", "12345", "Lavf58.29"] {
            assert_eq!(of_tag(tag), None, "{tag}");
        }
        assert_eq!(of_tag(" The\tGeneral "), Some("The General".to_owned()));
        assert_eq!(of_tag("The.General.1926.1080p.x264"), Some("The General (1926)".to_owned()));
    }
}
