//! What a scan tells of a file.

use catalogue::VideoId;
use media::ContentId;
use serde_json::Value;

/// A file that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The media folder, as the configuration names it.
    pub root: String,
    /// The path below it, percent-encoded as in URLs, without slashes at the ends.
    pub path: String,
    /// The path without the name; "" is the media folder itself.
    pub folder: String,
    /// Bytes.
    pub size: u64,
    /// When it was modified, in nanoseconds since 1970.
    pub modified_ns: i64,
    /// Its number on its device.
    pub inode: u64,
    /// The device.
    pub device: u64,
    /// A digest of the files that lie beside it and speak of it; 0 for none.
    pub beside: i64,
    /// A file of an earlier media folder has the same path, so that this one cannot be asked for.
    pub shadowed: bool,
    /// What it is.
    pub what: What,
}

/// What a file is.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// It was read.
    Video(Box<Content>),
    /// It was not read, because a file in the same state was known: it was renamed or moved.
    Same {
        /// What that file held.
        video: VideoId,
        /// The way in which that file's content id was made.
        identity_version: u32,
    },
    /// It is no video, and nobody said that it was one.
    Nothing,
    /// It cannot be read as a video, for this reason, which is written for a person.
    Problem(String),
}

/// A content that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// Its id.
    pub id: ContentId,
    /// The way in which the id was made; a later way has a greater number. From 1.
    pub identity_version: u32,
    /// What it is like.
    pub facts: Facts,
}

/// What a video is like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    /// Its title.
    pub title: String,
    /// Where the title is from; never [`TitleFrom::User`].
    pub title_from: TitleFrom,
    /// What is said about it.
    pub description: Option<String>,
    /// How long it lasts, in milliseconds.
    pub duration_ms: u64,
    /// The container's name: `mp4`.
    pub container: String,
    /// Pixels across; 0 without pictures.
    pub width: u32,
    /// Pixels down; 0 without pictures.
    pub height: u32,
    /// Pictures in 1,000 seconds.
    pub frame_rate_milli: Option<u32>,
    /// Bits per second.
    pub bit_rate: Option<u64>,
    /// The coding of its pictures: `h264`.
    pub video_codec: Option<String>,
    /// The codings of its sound, without commas, like the lists below.
    pub audio_codecs: Vec<String>,
    /// The languages of its sound (BCP 47).
    pub audio_languages: Vec<String>,
    /// The languages of its subtitles.
    pub text_languages: Vec<String>,
    /// The kind of high dynamic range: `hdr10`.
    pub hdr: Option<String>,
    /// What only a page about this video shows: tracks, chapters.
    pub details: Value,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: Option<i64>,
    /// The tags that files beside it give. A video gets them when it comes, and never again: who takes
    /// one away does not want it.
    pub tags: Vec<String>,
}

/// Where a title is from, the least telling first.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum TitleFrom {
    /// The cleaned name of the file.
    #[default]
    Name,
    /// A tag in the file.
    Tag,
    /// A file beside it.
    Sidecar,
    /// Somebody wrote it.
    User,
}

impl TitleFrom {
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Name => 0,
            Self::Tag => 1,
            Self::Sidecar => 2,
            Self::User => 3,
        }
    }

    pub(crate) fn of(number: i64) -> Self {
        match number {
            1 => Self::Tag,
            2 => Self::Sidecar,
            3 => Self::User,
            _ => Self::Name,
        }
    }
}

/// How a file stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FileState {
    /// It can be asked for.
    Present,
    /// It is not there.
    Away,
    /// It is there, but a file of an earlier media folder has its path.
    Shadowed,
}

impl FileState {
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Present => 0,
            Self::Away => 1,
            Self::Shadowed => 2,
        }
    }

    pub(crate) fn of(number: i64) -> Self {
        match number {
            0 => Self::Present,
            2 => Self::Shadowed,
            _ => Self::Away,
        }
    }
}

/// Bits of `videos.edited`: what somebody wrote is not replaced by what a scan finds.
pub(crate) mod edited {
    pub(crate) const TITLE: i64 = 1;
    pub(crate) const DESCRIPTION: i64 = 2;
    pub(crate) const MADE: i64 = 4;
}
