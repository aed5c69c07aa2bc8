//! How much of a library plays as it is, and what the rest needs: what one file is, and the sum.

mod names;

use std::{collections::BTreeMap, sync::Arc};

use media::{Index, Kind, Unreadable};
use serde::Serialize;

use names::is_called_like_a_video;
pub use names::is_worth_a_look;

use crate::{
    Policy, Presentation,
    playback::{CLASSES, Method, decide},
    report::Gops,
};

/// What a file is to a library.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// A video whose inside is known.
    Video(Video),
    /// A video in a container that must be prepared first: its name.
    Preparation(String),
    /// A video, by its name or content, that cannot be read: why.
    Unreadable(String),
    /// Something else.
    Other,
}

/// What counts of a video.
#[derive(Clone, Debug, PartialEq)]
pub struct Video {
    method: Method,
    /// What keeps it from being sent as it is: `video hevc`, `audio dts`.
    reasons: Vec<String>,
    container: &'static str,
    codecs: Vec<(Kind, String)>,
    seconds: f64,
    gops: Option<Gops>,
}

/// What a file is, after it was read or not.
pub fn found(file_name: &str, read: Result<Index, Unreadable>) -> Found {
    match read {
        Ok(index) => Found::Video(video(index)),
        // Sound alone, and pictures that move a little.
        Err(Unreadable::NeedsPreparation(name))
            if matches!(name.as_str(), "MP3" | "FLAC" | "WAV" | "GIF") =>
        {
            Found::Other
        }
        Err(Unreadable::NeedsPreparation(name)) => Found::Preparation(name),
        Err(Unreadable::Unknown(_)) if !is_called_like_a_video(file_name) => Found::Other,
        Err(why) => Found::Unreadable(why.to_string()),
    }
}

fn video(index: Index) -> Video {
    let presentation = Presentation::new(Arc::new(index), Vec::new(), Policy::default());
    let [browser, ..] = &CLASSES;
    let decision = decide(&presentation, &browser.client());
    let word = |kind: &Kind| if *kind == Kind::Video { "video" } else { "audio" };
    let tracks = &presentation.index.tracks;
    let lead = presentation.lead().and_then(|lead| presentation.track(lead));
    let pictures = lead.or_else(|| tracks.iter().find(|track| track.kind() == Kind::Video));
    Video {
        method: decision.method,
        reasons: decision
            .lacking
            .iter()
            .map(|(kind, codec)| format!("{} {codec}", word(kind)))
            .collect(),
        container: presentation.index.container.name(),
        codecs: tracks.iter().map(|track| (track.kind(), track.codec.name().to_owned())).collect(),
        seconds: media::Timescale::MICROS.seconds(presentation.duration),
        gops: pictures.and_then(Gops::of),
    }
}

/// The edges of the histogram, in seconds.
const EDGES: [u32; 6] = [0, 1, 2, 5, 10, 30];
/// The most codings that are counted by their names: a file can claim any.
const NAMES: usize = 200;

/// The sum. As JSON it is the answer of `vidicon census --json`: see docs/commands.md.
#[derive(Clone, Debug, Serialize)]
pub struct Tally {
    /// All videos, readable or not.
    pub videos: Sum,
    /// Files that are no videos.
    pub other_files: u64,
    /// Browsers play the file itself.
    pub direct: Sum,
    /// Browsers play its media as they are, as HLS or DASH.
    pub copy: Sum,
    /// Pictures or sound must be coded anew for browsers.
    pub transcoding: Sum,
    /// The container must be prepared.
    pub preparation: Sum,
    /// It cannot be read.
    pub unreadable: Sum,
    /// What must be coded anew: `audio ac3`, and in how many files.
    pub transcoding_reasons: BTreeMap<String, u64>,
    /// Which containers must be prepared.
    pub preparation_reasons: BTreeMap<String, u64>,
    /// Containers of videos.
    pub containers: BTreeMap<String, u64>,
    /// Codings of pictures, counted once a track.
    pub video_codecs: BTreeMap<String, u64>,
    /// Codings of sound, counted once a track.
    pub audio_codecs: BTreeMap<String, u64>,
    /// Codings of subtitles, counted once a track.
    pub text_codecs: BTreeMap<String, u64>,
    /// Videos by the median distance of their key frames.
    pub gops: Vec<Bin>,
    /// Videos that have key frames more than 10 s apart.
    pub very_long_gops: u64,
    /// Videos with an open GOP.
    pub open_gops: u64,
}

/// So many files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Sum {
    /// How many.
    pub files: u64,
    /// Their bytes.
    pub size: u64,
    /// How long they are together, as far as that is known.
    pub duration_seconds: f64,
}

/// One bar of the histogram: half-open.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// From so many seconds.
    pub from_seconds: u32,
    /// To less than so many; null for whatever is longer.
    pub to_seconds: Option<u32>,
    /// How many videos.
    pub files: u64,
}

impl Sum {
    fn add(&mut self, size: u64, seconds: f64) {
        self.files += 1;
        self.size = self.size.saturating_add(size);
        self.duration_seconds += seconds;
    }
}

impl Default for Tally {
    fn default() -> Self {
        let ends = EDGES.iter().skip(1).copied().map(Some).chain([None]);
        let gops = EDGES.iter().zip(ends);
        Self {
            videos: Sum::default(),
            other_files: 0,
            direct: Sum::default(),
            copy: Sum::default(),
            transcoding: Sum::default(),
            preparation: Sum::default(),
            unreadable: Sum::default(),
            transcoding_reasons: BTreeMap::new(),
            preparation_reasons: BTreeMap::new(),
            containers: BTreeMap::new(),
            video_codecs: BTreeMap::new(),
            audio_codecs: BTreeMap::new(),
            text_codecs: BTreeMap::new(),
            gops: gops
                .map(|(from, to)| Bin { from_seconds: *from, to_seconds: to, files: 0 })
                .collect(),
            very_long_gops: 0,
            open_gops: 0,
        }
    }
}

impl Tally {
    /// Counts one file of so many bytes.
    pub fn add(&mut self, found: &Found, size: u64) {
        match found {
            Found::Other => self.other_files += 1,
            Found::Unreadable(_) => {
                self.unreadable.add(size, 0.0);
                self.videos.add(size, 0.0);
            }
            Found::Preparation(name) => {
                self.preparation.add(size, 0.0);
                self.videos.add(size, 0.0);
                count(&mut self.preparation_reasons, name);
                count(&mut self.containers, &name.to_lowercase());
            }
            Found::Video(video) => self.add_video(video, size),
        }
    }

    fn add_video(&mut self, video: &Video, size: u64) {
        self.videos.add(size, video.seconds);
        let sum = match video.method {
            Method::Direct => &mut self.direct,
            Method::Copy => &mut self.copy,
            Method::NeedsTranscoding => &mut self.transcoding,
        };
        sum.add(size, video.seconds);
        for reason in &video.reasons {
            count(&mut self.transcoding_reasons, reason);
        }
        count(&mut self.containers, video.container);
        for (kind, codec) in &video.codecs {
            match kind {
                Kind::Video => count(&mut self.video_codecs, codec),
                Kind::Audio => count(&mut self.audio_codecs, codec),
                Kind::Text => count(&mut self.text_codecs, codec),
                Kind::Other => {}
            }
        }
        let Some(gops) = &video.gops else { return };
        let at = |bin: &&mut Bin| gops.median_seconds >= f64::from(bin.from_seconds);
        if let Some(bin) = self.gops.iter_mut().rev().find(at) {
            bin.files += 1;
        }
        self.very_long_gops += u64::from(gops.is_very_long());
        self.open_gops += u64::from(gops.open > 0);
    }
}

fn count(counts: &mut BTreeMap<String, u64>, name: &str) {
    let name = if counts.len() < NAMES || counts.contains_key(name) { name } else { "others" };
    *counts.entry(name.to_owned()).or_default() += 1;
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn video(method: Method, median: f64, reasons: &[&str]) -> Found {
        let gops = Gops {
            count: 2,
            shortest_seconds: 0.5,
            median_seconds: median,
            longest_seconds: median * 4.0,
            open: 1,
        };
        Found::Video(Video {
            method,
            reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
            container: "mp4",
            codecs: vec![(Kind::Video, "h264".to_owned()), (Kind::Audio, "ac3".to_owned())],
            seconds: 10.0,
            gops: Some(gops),
        })
    }

    #[test]
    fn every_file_is_counted_once_by_what_it_needs() {
        let mut tally = Tally::default();
        tally.add(&video(Method::Direct, 1.0, &[]), 100);
        tally.add(&video(Method::Copy, 0.99, &[]), 100);
        tally.add(&video(Method::NeedsTranscoding, 45.0, &["audio ac3"]), 100);
        tally.add(&Found::Preparation("AVI".to_owned()), 10);
        tally.add(&Found::Unreadable("it is damaged".to_owned()), 1);
        tally.add(&Found::Other, 1_000);
        assert_eq!((tally.videos.files, tally.videos.size, tally.other_files), (5, 311, 1));
        for sum in [tally.direct, tally.copy, tally.transcoding] {
            assert_eq!(sum, Sum { files: 1, size: 100, duration_seconds: 10.0 });
        }
        assert_eq!(tally.transcoding_reasons["audio ac3"], 1);
        assert_eq!(tally.preparation_reasons["AVI"], 1);
        assert_eq!(tally.audio_codecs["ac3"], 3);
        let bins: Vec<u64> = tally.gops.iter().map(|bin| bin.files).collect();
        assert_eq!(bins, [1, 1, 0, 0, 0, 1]);
        assert_eq!((tally.very_long_gops, tally.open_gops), (1, 3));
    }

    #[test]
    fn what_is_called_like_a_video_and_is_none_cannot_be_read() {
        let unknown = || Err(Unreadable::Unknown("nothing known".to_owned()));
        assert!(matches!(found("film.MP4", unknown()), Found::Unreadable(_)));
        assert_eq!(found("notes", unknown()), Found::Other);
        assert_eq!(found("x", Err(Unreadable::NeedsPreparation("MP3".to_owned()))), Found::Other);
        let avi = Err(Unreadable::NeedsPreparation("AVI".to_owned()));
        assert_eq!(found("x", avi), Found::Preparation("AVI".to_owned()));
    }

    #[test]
    fn a_library_of_any_names_takes_bounded_memory() {
        let mut counts = BTreeMap::new();
        for number in 0..10_000 {
            count(&mut counts, &number.to_string());
        }
        assert_eq!(counts.len(), NAMES + 1);
        assert_eq!(counts["others"], 10_000 - NAMES as u64);
    }
}
