//! How a client can play a file: as it is, as HLS or DASH with its own coding, or only after
//! transcoding; and why, in words.

use media::{Codec, Container, Kind, Track};
use serde::{Deserialize, Serialize};

use crate::{Presentation, presentation::codec_string};

mod classes;
mod covers;
mod unread;

pub use classes::{CLASSES, Class};
use covers::covers;
pub use unread::decide_unread;

/// What a client can do. Empty lists mean that it said nothing: a browser of today is assumed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Client {
    /// Codec strings of pictures that it can decode: `avc1.640028`, only the coding: `avc1`, or
    /// `*` for whatever there is.
    pub video: Vec<String>,
    /// Codec strings of sound that it can decode.
    pub audio: Vec<String>,
    /// What it can open: `mp4`, `mov`, `webm`, `matroska`, `mpegts`, `hls`, `hls-ts`, `dash`, or
    /// `*` for every kind of file.
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
    /// What must be coded anew: the kind, and the coding of its first track.
    #[serde(skip)]
    pub lacking: Vec<(Kind, String)>,
}

/// Decides how a client can play a file.
pub fn decide(presentation: &Presentation, client: &Client) -> Decision {
    let index = &presentation.index;
    let mut reasons = Vec::new();
    let container = index.container.name();
    let opens = client.containers.iter().any(|one| opens(one, index.container));
    let video = chosen(presentation, Kind::Video, &client.video, &mut reasons);
    let audio = chosen(presentation, Kind::Audio, &client.audio, &mut reasons);
    let whole = [&video, &audio].map(|one| one.in_file.as_slice());
    if opens && lacking(presentation, whole).is_empty() {
        let default_is_playable =
            default_in_file(presentation).is_none_or(|default| audio.in_file.contains(&default));
        if default_is_playable && is_whole(presentation, &mut reasons) {
            let text = format!("the client opens {container} files, so it gets the file as it is");
            reasons.push(text);
            let tracks = sorted(whole);
            let delivery = Some("file");
            let method = Method::Direct;
            return Decision { method, delivery, tracks, reasons, lacking: Vec::new() };
        }
        if !default_is_playable {
            reasons.push(
                "the sound that players would choose in the file cannot be decoded by this \
                 client; in segments another can be chosen"
                    .to_owned(),
            );
        }
    } else if !opens {
        reasons.push(format!("the client did not say that it opens {container} files"));
    }
    let sent = [&video, &audio].map(|one| one.sent.as_slice());
    let tracks = sorted(sent);
    let lacking = lacking(presentation, sent);
    if !lacking.is_empty() {
        let kinds: Vec<&str> = lacking
            .iter()
            .map(|(kind, _)| if *kind == Kind::Video { "pictures" } else { "sound" })
            .collect();
        let text = format!("so the {} must be transcoded for this client", kinds.join(" and the "));
        reasons.push(text);
        let method = Method::NeedsTranscoding;
        return Decision { method, delivery: None, tracks, reasons, lacking };
    }
    let accepts = |name: &str| client.containers.iter().any(|one| one == name);
    let in_ts = crate::ts::check(presentation).is_ok();
    // Browsers play MP3 in a file and in a transport stream, but not in segments of MP4.
    let mp3 = presentation.default_audio().and_then(|audio| presentation.track(audio));
    let only_ts = mp3.is_some_and(|track| track.codec == Codec::Mp3) && in_ts;
    if only_ts && (accepts("hls") || accepts("hls-ts")) {
        reasons.push(
            "its media are sent as they are, in transport streams: players do not take MP3 sound \
             in segments of MP4"
                .to_owned(),
        );
        let delivery = Some("hls-ts");
        return Decision { method: Method::Copy, delivery, tracks, reasons, lacking };
    }
    for (name, possible) in [("hls", true), ("dash", true), ("hls-ts", in_ts)] {
        if accepts(name) && possible {
            reasons.push(format!("its media are sent as they are, in segments, by {name}"));
            let delivery = Some(name);
            return Decision { method: Method::Copy, delivery, tracks, reasons, lacking };
        }
    }
    reasons.push("the client accepts neither HLS nor DASH, and no file like this one".to_owned());
    Decision { method: Method::NeedsTranscoding, delivery: None, tracks, reasons, lacking }
}

/// The numbers of tracks of both kinds, in order.
fn sorted(tracks: [&[u32]; 2]) -> Vec<u32> {
    let mut all = tracks.concat();
    all.sort_unstable();
    all
}

/// The kinds of which the file has tracks and the client none of these; with the coding of the
/// first track of that kind.
fn lacking(presentation: &Presentation, [video, audio]: [&[u32]; 2]) -> Vec<(Kind, String)> {
    let kinds = [(Kind::Video, video), (Kind::Audio, audio)];
    let without = kinds.into_iter().filter(|(_, tracks)| tracks.is_empty());
    let first = |kind| presentation.index.tracks.iter().find(move |track| track.kind() == kind);
    without.filter_map(|(kind, _)| Some((kind, first(kind)?.codec.name().to_owned()))).collect()
}

/// The number of the sound that players choose in the file itself, be it sent in segments or not.
fn default_in_file(presentation: &Presentation) -> Option<u32> {
    let tracks = || (1..).zip(&presentation.index.tracks).filter(|(_, t)| t.kind() == Kind::Audio);
    let is_default = |track: &Track| track.roles.default && !track.roles.commentary;
    let default = tracks().find(|(_, track)| is_default(track)).or_else(|| tracks().next());
    default.map(|(number, _)| number)
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
    known == container.name() || known == alias || known == "*"
}

/// Whether the file itself can be played from its beginning without the rest.
fn is_whole(presentation: &Presentation, reasons: &mut Vec<String>) -> bool {
    let lost = presentation.index.notes.iter().find(|note| note.loss);
    if let Some(note) = lost {
        reasons.push(format!("the file is damaged ({}), and segments get around that", note.text));
    }
    lost.is_none()
}

/// The numbers of the tracks of a kind that a client can decode.
#[derive(Debug, Default)]
struct Chosen {
    /// In the file itself.
    in_file: Vec<u32>,
    /// Of those, the ones that can be sent in segments.
    sent: Vec<u32>,
}

/// The tracks of a kind that a client can decode, and why not the others.
fn chosen(
    presentation: &Presentation,
    kind: Kind,
    decodes: &[String],
    reasons: &mut Vec<String>,
) -> Chosen {
    let mut chosen = Chosen::default();
    for (position, track) in presentation.index.tracks.iter().enumerate() {
        if track.kind() != kind {
            continue;
        }
        let number = u32::try_from(position + 1).unwrap_or(u32::MAX);
        let name = codec_string(track).unwrap_or_else(|| track.codec.name());
        let is_decoded = decodes.iter().any(|known| covers(known, track, name));
        let left_out = presentation.left_out.iter().find(|left| left.track == position);
        if is_decoded {
            chosen.in_file.push(number);
        }
        match left_out {
            Some(left_out) if is_decoded => reasons.push(format!(
                "track {number}: the client decodes {name} in the file; in segments it is not \
                 sent: {}",
                left_out.reason
            )),
            Some(left_out) => reasons.push(format!("track {number}: {}", left_out.reason)),
            None if is_decoded => {
                reasons.push(format!("track {number}: the client decodes {name}"));
                chosen.sent.push(number);
            }
            None => reasons.push(format!("track {number}: the client does not decode {name}")),
        }
    }
    chosen
}
