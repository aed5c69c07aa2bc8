//! The truth: what the source file shows and sounds like, by ffmpeg.

use std::{
    cell::OnceCell,
    path::{Path, PathBuf},
};

use serde_json::Value;

use super::probe::{self, Input, Nanos, Units};

/// What a stream is for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
    /// Subtitles.
    Text,
}

impl Kind {
    /// How ffmpeg chooses streams of it.
    pub(super) fn letter(self) -> char {
        match self {
            Self::Video => 'v',
            Self::Audio => 'a',
            Self::Text => 's',
        }
    }
}

/// A stream of the source.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) index: usize,
    pub(super) kind: Option<Kind>,
    pub(super) json: Value,
    truth: OnceCell<Truth>,
    packets: OnceCell<Vec<probe::Packet>>,
}

impl Stream {
    pub(super) fn codec(&self) -> &str {
        self.json["codec_name"].as_str().unwrap_or_default()
    }
}

/// Everything in a stream, and which part of it the file wants shown.
#[derive(Debug)]
pub(super) struct Truth {
    /// All pictures or packets, also those that an edit list hides; times as the file means them.
    pub(super) all: Units,
    /// The first that is to be shown, and one after the last.
    pub(super) shown: (usize, usize),
}

/// The source file.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) streams: Vec<Stream>,
    format: String,
    length: Nanos,
}

impl Source {
    pub(super) fn open(path: &Path) -> Self {
        let json = probe::probe(path, &["-show_streams", "-show_format"]);
        let none = Vec::new();
        let streams = json["streams"].as_array().unwrap_or(&none);
        let streams = streams
            .iter()
            .enumerate()
            .map(|(index, stream)| Stream {
                index,
                kind: match stream["codec_type"].as_str() {
                    Some("video") if stream["disposition"]["attached_pic"] != 1 => {
                        Some(Kind::Video)
                    }
                    Some("audio") => Some(Kind::Audio),
                    Some("subtitle") => Some(Kind::Text),
                    _ => None,
                },
                json: stream.clone(),
                truth: OnceCell::new(),
                packets: OnceCell::new(),
            })
            .collect();
        let format = json["format"]["format_name"].as_str().unwrap_or_default().to_owned();
        let length = json["format"]["duration"].as_str().and_then(probe::from_seconds);
        Self { path: path.to_owned(), streams, format, length: length.unwrap_or(0) }
    }

    /// How long it says that it is.
    pub(super) fn length(&self) -> Nanos {
        self.length
    }

    /// Whether any of its sound is AAC.
    pub(super) fn has_aac(&self) -> bool {
        self.streams.iter().any(|stream| stream.codec() == "aac")
    }

    /// Whether its edit lists say where the presentation begins.
    pub(super) fn has_edit_lists(&self) -> bool {
        self.format.contains("mp4")
    }

    /// The stream of this kind at this position of the file, counted from 1; without a position,
    /// the one that is played unless another is chosen.
    pub(super) fn stream(&self, kind: Kind, position: Option<usize>) -> Option<&Stream> {
        if let Some(position) = position {
            let found = self.streams.get(position.checked_sub(1)?);
            return found.filter(|found| found.kind == Some(kind));
        }
        let all = || self.streams.iter().filter(|stream| stream.kind == Some(kind));
        all().find(|stream| stream.json["disposition"]["default"] == 1).or(all().next())
    }

    fn input(&self) -> Input {
        Input::file(&self.path)
    }

    /// The packets of a stream as ffprobe sees them.
    pub(super) fn packets<'a>(&self, stream: &'a Stream) -> &'a [probe::Packet] {
        stream.packets.get_or_init(|| probe::probe_packets(&self.path, &stream.index.to_string()))
    }

    /// What is in the stream: pictures decoded, sound as packets.
    pub(super) fn truth<'a>(&self, stream: &'a Stream) -> &'a Truth {
        stream.truth.get_or_init(|| match stream.kind {
            Some(Kind::Video) => self.pictures(stream),
            _ => self.sound(stream),
        })
    }

    fn pictures(&self, stream: &Stream) -> Truth {
        let map = format!("0:{}", stream.index);
        let shown = probe::pictures(&self.input(), &map);
        let count = shown.list.len();
        let hides = self.packets(stream).iter().any(|packet| packet.discard);
        if !hides {
            return Truth { all: shown, shown: (0, count) };
        }
        let all = probe::pictures(&self.input().with(&["-ignore_editlist", "1"]), &map);
        let Some((all, at)) = unhidden(all, &shown) else {
            // Several edits: only what is shown can be known.
            return Truth { all: shown, shown: (0, count) };
        };
        Truth { all, shown: (at, at + count) }
    }

    fn sound(&self, stream: &Stream) -> Truth {
        let map = format!("0:{}", stream.index);
        let adts = stream.codec() == "aac" && self.format.contains("mpegts");
        let all = probe::packets(&self.input(), &map, adts);
        // What lies after the last edit is not to be heard.
        let packets = self.packets(stream);
        let hidden = packets.iter().rev().take_while(|packet| packet.discard).count();
        let end = all.list.len().saturating_sub(hidden);
        if !packets.iter().any(|packet| packet.discard) {
            return Truth { all, shown: (0, end) };
        }
        // ffmpeg leaves out what lies long before an edit.
        let ignoring = self.input().with(&["-ignore_editlist", "1"]);
        match unhidden(probe::packets(&ignoring, &map, adts), &all) {
            Some((more, at)) => Truth { all: more, shown: (at, at + end) },
            None => Truth { all, shown: (0, end) },
        }
    }

    /// The time of the source at which the presentation begins, by the convention.
    pub(super) fn zero(&self) -> Nanos {
        if !self.has_edit_lists() {
            return self.first();
        }
        let Some(video) = self.stream(Kind::Video, None) else { return 0 };
        let truth = self.truth(video);
        let shown = truth.all.list.get(truth.shown.0).and_then(|unit| unit.at).unwrap_or(0);
        let keys = self.packets(video).iter().filter(|packet| packet.key);
        let keys = keys.filter_map(|packet| packet.at).filter(|at| *at <= shown + truth.all.tick);
        keys.max().unwrap_or(0).min(0)
    }

    /// When the first of all pictures and sounds is to be seen or heard.
    pub(super) fn first(&self) -> Nanos {
        let starts = self.streams.iter().filter_map(|stream| match stream.kind {
            Some(Kind::Video | Kind::Audio) => {
                probe::from_seconds(stream.json["start_time"].as_str()?)
            }
            _ => None,
        });
        starts.min().unwrap_or(0)
    }
}

/// All that a stream has, with the times that an edit list gives, and where that which it shows
/// begins; `None` if that is not in one piece.
fn unhidden(mut all: Units, shown: &Units) -> Option<(Units, usize)> {
    let hashes = |units: &Units| units.list.iter().map(|unit| unit.hash).collect::<Vec<_>>();
    let (wanted, have) = (hashes(shown), hashes(&all));
    let at = have.windows(wanted.len().max(1)).position(|run| run == wanted)?;
    let media = all.list[at].at.unwrap_or(0) - shown.list.first()?.at.unwrap_or(0);
    for unit in &mut all.list {
        unit.at = unit.at.map(|at| at - media);
    }
    Some((all, at))
}
