//! All that is known of a file without its media.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{ContentId, Language, Samples, Timescale, Track};

/// The version of the index and of everything that is made from it. It is part of every name that
/// caches may keep for ever: whoever changes a byte of an index, an init or a segment counts it up.
pub const FORMAT_VERSION: u32 = 2;

/// What a file looks like inside.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Container {
    /// ISO base media: `.mp4`, `.m4v`, `.3gp`.
    Mp4,
    /// `QuickTime`: `.mov`.
    Mov,
    /// Matroska: `.mkv`.
    Matroska,
    /// `WebM`.
    WebM,
    /// MPEG transport stream: `.ts`, and with arrival times `.m2ts`, `.mts`.
    MpegTs,
}

impl Container {
    /// The name in messages and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Matroska => "matroska",
            Self::WebM => "webm",
            Self::MpegTs => "mpegts",
        }
    }
}

/// All that is known of a file without its media.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Index {
    /// What the file looks like inside.
    pub container: Container,
    /// The tracks, in the order of the file.
    pub tracks: Vec<Track>,
    /// Chapters in order of time.
    pub chapters: Vec<Chapter>,
    /// Files inside the file.
    pub attachments: Vec<Attachment>,
    /// The title that the file gives itself.
    pub title: Option<String>,
    /// When it says that it was made: seconds since 1970, UTC.
    pub created: Option<i64>,
    /// Where clusters are, for a file whose samples are found when asked for.
    pub clusters: Option<Clusters>,
    /// Whether the first byte of its media comes after what is needed to play them.
    pub fast_start: bool,
    /// What was odd.
    pub notes: Vec<Note>,
}

impl Index {
    /// When the last track ends, in microseconds.
    pub fn duration_micros(&self) -> i64 {
        let ends = self.tracks.iter().filter(|track| track.kind() != crate::Kind::Other);
        let micros =
            ends.map(|track| crate::rescale_ceil(track.end, track.timescale, Timescale::MICROS));
        micros.max().unwrap_or(0).max(0)
    }
}

/// A chapter.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Chapter {
    /// When it begins, in microseconds.
    pub start: i64,
    /// When it ends, in microseconds, if stated.
    pub end: Option<i64>,
    /// Its title, and the language of the title.
    pub title: String,
    /// The language of the title, if stated.
    pub language: Option<Language>,
}

/// A file inside the file: a font, a cover.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Attachment {
    /// Its name.
    pub name: String,
    /// Its media type, as stated.
    pub media_type: String,
    /// Its length in bytes.
    pub size: u64,
}

/// Where the clusters of a Matroska file are.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Clusters {
    /// Nanoseconds of a tick of the file.
    pub tick: u64,
    /// What is taken from every time of the file so that the presentation begins at zero, in
    /// nanoseconds.
    pub origin: i64,
    /// Where the first cluster begins.
    pub first: u64,
    /// Where the last cluster ends, at the latest.
    pub end: u64,
    /// Clusters from which reading can begin: time in nanoseconds (`origin` taken away), position.
    /// In order of both.
    pub points: Vec<(i64, u64)>,
}

/// Something odd in a file that plays all the same, or in part.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Note {
    /// What and where, as a sentence for people.
    pub text: String,
    /// Whether media are missing because of it.
    pub loss: bool,
}

/// Why a file has no index.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
pub enum Unreadable {
    /// A container that has to be prepared before it can be packaged: AVI, FLV, Ogg…
    #[error("{0} files need preparation: their media must be put into another container first")]
    NeedsPreparation(String),
    /// No video file at all.
    #[error("it is not a video file that Vidicon knows: {0}")]
    Unknown(String),
    /// A known container, but damaged where it matters.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// It goes beyond a bound.
    #[error("{0}")]
    TooLarge(String),
}

impl From<crate::Exhausted> for Unreadable {
    fn from(exhausted: crate::Exhausted) -> Self {
        Self::TooLarge(exhausted.to_string())
    }
}

/// An index as it is kept in a file.
#[derive(Debug, thiserror::Error)]
pub enum Corrupt {
    /// Not written by this version, or not an index.
    #[error("not an index of version {FORMAT_VERSION}")]
    Version,
    /// Its bytes are not what was written.
    #[error("the index is damaged")]
    Checksum,
    /// Its bytes are whole and mean nothing.
    #[error("the index cannot be read")]
    Meaning(#[source] postcard::Error),
}

const MAGIC: &[u8; 8] = b"VIDXIDX\0";
/// Magic, version, padding, digest.
const HEAD: usize = 8 + 4 + 4 + 16;

impl Index {
    /// The index as bytes. Equal indexes give equal bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Fails only for types that these are not.
        let words = postcard::to_allocvec(self).unwrap_or_default();
        let mut out = Vec::with_capacity(HEAD + 8 + words.len());
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&[0; 16]);
        out.extend_from_slice(&(words.len() as u64).to_le_bytes());
        out.extend_from_slice(&words);
        for table in self.tracks.iter().filter_map(Track::table) {
            out.extend_from_slice(table.as_bytes());
        }
        let digest = digest(out.get(HEAD..).unwrap_or_default());
        if let Some(place) = out.get_mut(16..HEAD) {
            place.copy_from_slice(&digest);
        }
        out
    }

    /// The index in `bytes`; its tables stay in them.
    pub fn from_bytes(bytes: &Bytes) -> Result<Self, Corrupt> {
        let version = bytes.get(8..12).ok_or(Corrupt::Version)?;
        if bytes.get(..8) != Some(MAGIC) || version != FORMAT_VERSION.to_le_bytes() {
            return Err(Corrupt::Version);
        }
        let body = bytes.get(HEAD..).ok_or(Corrupt::Checksum)?;
        if bytes.get(16..HEAD) != Some(&digest(body)) {
            return Err(Corrupt::Checksum);
        }
        let length = body.first_chunk::<8>().ok_or(Corrupt::Checksum)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let words = body.get(8..).and_then(|rest| rest.get(..length)).ok_or(Corrupt::Checksum)?;
        let mut index: Self = postcard::from_bytes(words).map_err(Corrupt::Meaning)?;
        let mut tables = bytes.slice(HEAD + 8 + length..);
        for track in &mut index.tracks {
            if let Samples::Table(table) = &mut track.samples {
                table.attach(&mut tables).ok_or(Corrupt::Checksum)?;
            }
        }
        Ok(index)
    }

    /// A digest of everything in it: equal only for equal indexes.
    pub fn digest(&self) -> ContentId {
        let bytes = self.to_bytes();
        ContentId::from_bytes(
            bytes.get(16..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default(),
        )
    }
}

fn digest(bytes: &[u8]) -> [u8; 16] {
    let mut digest = [0; 16];
    let mut hasher = blake3::Hasher::new();
    hasher.update(bytes).finalize_xof().fill(&mut digest);
    digest
}
