//! How a client can play a file: as it is, as HLS or DASH with its own coding, or only after
//! transcoding; and why, in words.

use media::{Container, Kind, Track};
use serde::{Deserialize, Serialize};

use crate::{Presentation, presentation::codec_string};

/// What a client can do. Empty lists mean that it said nothing: a browser of today is assumed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Client {
    /// Codec strings of pictures that it can decode: `avc1.640028`, or only the coding: `avc1`.
    pub video: Vec<String>,
    /// Codec strings of sound that it can decode.
    pub audio: Vec<String>,
    /// What it can open: `mp4`, `mov`, `webm`, `matroska`, `mpegts`, `hls`, `hls-ts`, `dash`.
    pub containers: Vec<String>,
}

impl Client {
    /// A browser of today: what every one of them has.
    pub fn browser() -> Self {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Self {
            video: list(&["avc1", "vp8", "vp09", "av01"]),
            audio: list(&["mp4a.40", "mp4a.6B", "mp4a.69", "mp3", "opus", "vorbis", "flac"]),
            containers: list(&["mp4", "webm", "hls", "dash"]),
        }
    }

    /// What it said, completed by what a browser has.
    #[must_use]
    pub fn or_browser(self) -> Self {
        let browser = Self::browser();
        let or = |own: Vec<String>, other| if own.is_empty() { other } else { own };
        Self {
            video: or(self.video, browser.video),
            audio: or(self.audio, browser.audio),
            containers: or(self.containers, browser.containers),
        }
    }
}

/// How to play it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The file as it is.
    Direct,
    /// The media as they are, in segments.
    Copy,
    /// Pictures or sound must be coded anew.
    NeedsTranscoding,
}

/// The answer, with its reasons.
#[derive(Clone, Debug, Serialize)]
pub struct Decision {
    /// How to play it.
    pub method: Method,
    /// How it is sent: `file`, `hls`, `dash`, `hls-ts`; none if it must be transcoded.
    pub delivery: Option<&'static str>,
    /// The numbers of the tracks that the client can play, from 1, as in the names of renditions.
    pub tracks: Vec<u32>,
    /// Why, in the order in which it was decided.
    pub reasons: Vec<String>,
}

/// Decides how a client can play a file.
pub fn decide(presentation: &Presentation, client: &Client) -> Decision {
    let index = &presentation.index;
    let mut reasons = Vec::new();
    let container = index.container.name();
    let opens = client.containers.iter().any(|one| opens(one, index.container));
    let video = chosen(presentation, Kind::Video, &client.video, &mut reasons);
    let audio = chosen(presentation, Kind::Audio, &client.audio, &mut reasons);
    let kinds = [(Kind::Video, &video), (Kind::Audio, &audio)];
    let lacking: Vec<&str> = kinds
        .iter()
        .filter(|(kind, tracks)| has(presentation, *kind) && tracks.is_empty())
        .map(|(kind, _)| if *kind == Kind::Video { "pictures" } else { "sound" })
        .collect();
    let mut tracks: Vec<u32> = video.iter().chain(&audio).copied().collect();
    tracks.sort_unstable();
    if !lacking.is_empty() {
        reasons.push(format!(
            "so the {} must be transcoded for this client",
            lacking.join(" and the ")
        ));
        return Decision { method: Method::NeedsTranscoding, delivery: None, tracks, reasons };
    }
    let default_is_playable =
        presentation.default_audio().is_none_or(|default| audio.contains(&default.number));
    if opens && default_is_playable && is_whole(presentation, &mut reasons) {
        reasons.push(format!("the client opens {container} files, so it gets the file as it is"));
        return Decision { method: Method::Direct, delivery: Some("file"), tracks, reasons };
    }
    if opens && !default_is_playable {
        reasons.push(
            "the sound that players would choose in the file cannot be decoded by this client; \
             in segments another can be chosen"
                .to_owned(),
        );
    } else if !opens {
        reasons.push(format!("the client did not say that it opens {container} files"));
    }
    let accepts = |name: &str| client.containers.iter().any(|one| one == name);
    for (name, possible) in
        [("hls", true), ("dash", true), ("hls-ts", crate::ts::check(presentation).is_ok())]
    {
        if accepts(name) && possible {
            reasons.push(format!("its media are sent as they are, in segments, by {name}"));
            let delivery = Some(name);
            return Decision { method: Method::Copy, delivery, tracks, reasons };
        }
    }
    reasons.push("the client accepts neither HLS nor DASH, and no file like this one".to_owned());
    Decision { method: Method::NeedsTranscoding, delivery: None, tracks, reasons }
}

/// Whether a client that says it opens `known` opens this container.
fn opens(known: &str, container: Container) -> bool {
    let alias = match container {
        Container::Mp4 => "m4v",
        Container::Mov => "quicktime",
        Container::Matroska => "mkv",
        // Whoever opens Matroska opens its subset.
        Container::WebM => "matroska",
        Container::MpegTs => "ts",
    };
    known == container.name() || known == alias
}

/// Whether the file has tracks of a kind at all, playable or not.
fn has(presentation: &Presentation, kind: Kind) -> bool {
    presentation.index.tracks.iter().any(|track| track.kind() == kind)
}

/// Whether the file itself can be played from its beginning without the rest.
fn is_whole(presentation: &Presentation, reasons: &mut Vec<String>) -> bool {
    let lost = presentation.index.notes.iter().find(|note| note.loss);
    if let Some(note) = lost {
        reasons.push(format!("the file is damaged ({}), and segments get around that", note.text));
    }
    lost.is_none()
}

/// The tracks of a kind that a client can decode, and why not the others.
fn chosen(
    presentation: &Presentation,
    kind: Kind,
    decodes: &[String],
    reasons: &mut Vec<String>,
) -> Vec<u32> {
    let mut numbers = Vec::new();
    for (position, track) in presentation.index.tracks.iter().enumerate() {
        if track.kind() != kind {
            continue;
        }
        let number = u32::try_from(position + 1).unwrap_or(u32::MAX);
        let left_out = presentation.left_out.iter().find(|left| left.track == position);
        if let Some(left_out) = left_out {
            reasons.push(format!("track {number}: {}", left_out.reason));
            continue;
        }
        let name = codec_string(track).unwrap_or_else(|| track.codec.name());
        if decodes.iter().any(|known| covers(known, track, name)) {
            reasons.push(format!("track {number}: the client decodes {name}"));
            numbers.push(number);
        } else {
            reasons.push(format!("track {number}: the client does not decode {name}"));
        }
    }
    numbers
}

/// Whether a client that says it decodes `known` decodes this track. A coding without a profile
/// covers all; one with a profile and level covers what asks for no more.
fn covers(known: &str, track: &Track, name: &str) -> bool {
    let known = known.trim();
    let coding = |text: &str| text.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let same = |one: &str, other: &str| {
        one == other
            || matches!(
                (one, other),
                ("avc1" | "avc3" | "h264", "avc1")
                    | ("hvc1" | "hev1" | "hevc" | "h265", "hvc1")
                    | ("vp9", "vp09")
                    | ("vp8", "vp08")
                    | ("av1", "av01")
                    | ("ac3", "ac-3")
                    | ("eac3", "ec-3")
                    | ("aac" | "mp3", "mp4a")
            )
    };
    let (one, other) = (coding(known), coding(name));
    if !same(&one, &other) {
        return known.eq_ignore_ascii_case(track.codec.name());
    }
    match one.as_str() {
        "aac" => name.starts_with("mp4a.40"),
        "mp3" => matches!(name, "mp4a.6B" | "mp4a.69" | "mp3"),
        "mp4a" => name.len() >= known.len() && name.get(..known.len()) == Some(known),
        "avc1" | "avc3" if known.contains('.') => avc_covers(known, name),
        "hvc1" | "hev1" | "av01" | "vp09" if known.contains('.') => profile_covers(known, name),
        _ => true,
    }
}

/// H.264: a profile covers those below it, a level those below it.
fn avc_covers(known: &str, name: &str) -> bool {
    let parts = |text: &str| -> Option<(u8, u8)> {
        let hex = text.split('.').nth(1)?;
        let byte = |at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
        Some((byte(0)?, byte(4)?))
    };
    // Baseline, Main, High; each decodes what the one before does.
    let rank = |profile| match profile {
        66 => 1,
        77 => 2,
        100 => 3,
        110 => 4,
        122 => 5,
        244 => 6,
        _ => 7,
    };
    match (parts(known), parts(name)) {
        (Some((known, level)), Some((wanted, at))) => rank(wanted) <= rank(known) && at <= level,
        _ => known == name,
    }
}

/// The others: the same profile, and no higher level (which is the part with the level's number).
fn profile_covers(known: &str, name: &str) -> bool {
    let level = |text: &str| -> Option<(String, u32)> {
        let parts: Vec<&str> = text.split('.').collect();
        let digits = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
        let (profile, level) = match parts.first().copied()? {
            "av01" | "vp09" => (parts.get(1).copied()?, parts.get(2).copied()?),
            _ => (parts.get(1).copied()?, parts.get(3).copied()?),
        };
        Some((profile.to_owned(), digits(level).parse().ok()?))
    };
    match (level(known), level(name)) {
        (Some((known, most)), Some((wanted, at))) => wanted == known && at <= most,
        _ => known == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers_video(known: &str, name: &str) -> bool {
        covers(known, &crate::testing::track(), name)
    }

    #[test]
    fn a_coding_without_a_profile_covers_all_of_it() {
        assert!(covers_video("avc1", "avc1.640028"));
        assert!(covers_video("hev1", "hvc1.2.4.L120.B0"));
        assert!(covers_video("mp4a.40", "mp4a.40.2"));
        assert!(!covers_video("mp4a.40", "mp4a.6B"));
        assert!(!covers_video("vp09", "av01.0.04M.08"));
    }

    #[test]
    fn a_profile_and_level_cover_what_asks_for_no_more() {
        assert!(covers_video("avc1.640028", "avc1.42E01E"), "high decodes baseline");
        assert!(!covers_video("avc1.42E01E", "avc1.640028"));
        assert!(!covers_video("avc1.64001f", "avc1.640028"), "a higher level");
        assert!(covers_video("hvc1.2.4.L150.B0", "hvc1.2.4.L120.90"));
        assert!(!covers_video("hvc1.1.6.L150.B0", "hvc1.2.4.L120.90"), "ten bits");
    }
}
