//! What there is to say of a file, for people and for programs: tracks, key pictures, words, and
//! how each class of client plays it.

mod gops;
mod track;

use media::{Timescale, rescale_ceil};
use serde::Serialize;

pub use {
    gops::Gops,
    track::{AudioReport, DolbyVisionReport, TrackReport, VideoReport},
};

use crate::{
    Presentation,
    playback::{CLASSES, Decision, decide},
};

/// What there is to say of a file. As JSON it is the answer of `vidicon probe --json`, whose names
/// and meanings stay: see docs/commands.md.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The container: `mp4`, `matroska`.
    pub container: &'static str,
    /// How long the longest track is, in seconds.
    pub duration_seconds: f64,
    /// The title that the file gives itself.
    pub title: Option<String>,
    /// When it says that it was made: seconds since 1970, UTC.
    pub created_unix: Option<i64>,
    /// Whether playing over a network can begin before the file is there to its end.
    pub fast_start: bool,
    /// The tracks, in the order of the file.
    pub tracks: Vec<TrackReport>,
    /// Files of subtitles beside it.
    pub side_files: Vec<SideReport>,
    /// Chapters, in order of time.
    pub chapters: Vec<ChapterReport>,
    /// Files inside the file.
    pub attachments: Vec<AttachmentReport>,
    /// What is odd about it.
    pub notes: Vec<NoteReport>,
    /// What each class of client can do with it.
    pub clients: Vec<ClientReport>,
}

/// A file of subtitles beside the video.
#[derive(Clone, Debug, Serialize)]
pub struct SideReport {
    /// The number in names of renditions.
    pub number: u32,
    /// The name of the file.
    pub file: String,
    /// Its language (BCP 47), if the name says so.
    pub language: Option<String>,
    /// Its title, if the name says so.
    pub title: Option<String>,
    /// What it is for.
    pub roles: Vec<&'static str>,
}

/// A chapter.
#[derive(Clone, Debug, Serialize)]
pub struct ChapterReport {
    /// When it begins.
    pub start_seconds: f64,
    /// When it ends, if stated.
    pub end_seconds: Option<f64>,
    /// Its title.
    pub title: String,
}

/// A file inside the file.
#[derive(Clone, Debug, Serialize)]
pub struct AttachmentReport {
    /// Its name.
    pub name: String,
    /// Its media type, as stated.
    pub media_type: String,
    /// Its length in bytes.
    pub size: u64,
}

/// Something odd.
#[derive(Clone, Debug, Serialize)]
pub struct NoteReport {
    /// What and where, as a sentence.
    pub text: String,
    /// Whether media are missing because of it.
    pub loss: bool,
}

/// What a class of client can do with the file.
#[derive(Clone, Debug, Serialize)]
pub struct ClientReport {
    /// The name of the class: `browser`, `apple`, `player`, `tv`, `older_hls`.
    pub class: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// How it plays the file, and why.
    #[serde(flatten)]
    pub decision: Decision,
}

/// What there is to say of a file.
pub fn report(presentation: &Presentation) -> Report {
    let index = &presentation.index;
    let micros = |micros: i64| Timescale::MICROS.seconds(micros);
    let sides = (index.tracks.len() + 1..).zip(&presentation.sides);
    Report {
        container: index.container.name(),
        duration_seconds: micros(presentation.duration),
        title: index.title.clone(),
        created_unix: index.created,
        fast_start: index.fast_start,
        tracks: track::reports(presentation),
        side_files: sides
            .map(|(number, side)| SideReport {
                number: u32::try_from(number).unwrap_or(u32::MAX),
                file: side.name.clone(),
                language: side.language.as_ref().map(ToString::to_string),
                title: side.title.clone(),
                roles: track::roles(side.roles),
            })
            .collect(),
        chapters: index
            .chapters
            .iter()
            .map(|chapter| ChapterReport {
                start_seconds: micros(chapter.start),
                end_seconds: chapter.end.map(micros),
                title: chapter.title.clone(),
            })
            .collect(),
        attachments: index
            .attachments
            .iter()
            .map(|file| AttachmentReport {
                name: file.name.clone(),
                media_type: file.media_type.clone(),
                size: file.size,
            })
            .collect(),
        notes: index
            .notes
            .iter()
            .map(|note| NoteReport { text: note.text.clone(), loss: note.loss })
            .collect(),
        clients: CLASSES
            .iter()
            .map(|class| ClientReport {
                class: class.name,
                title: class.title,
                decision: decide(presentation, &class.client()),
            })
            .collect(),
    }
}

/// Ticks in microseconds, never negative.
fn micros_of(ticks: i64, scale: Timescale) -> u64 {
    rescale_ceil(ticks, scale, Timescale::MICROS).max(0).cast_unsigned()
}
