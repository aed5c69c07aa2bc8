//! What the catalogue must be told of a video.

use crate::TagId;

/// A video as whoever looks for it sees it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Entry {
    /// Its title.
    pub title: String,
    /// The names of its files, without folders.
    pub names: Vec<String>,
    /// What is said about it. Only its words are kept.
    pub description: String,
    /// The folders of its files, in the form of URLs without slashes at the ends; "" is the top.
    pub folders: Vec<String>,
    /// The names of its tags, for the words, and their numbers.
    pub tags: Vec<(TagId, String)>,
    /// How long it lasts, in milliseconds.
    pub duration_ms: u64,
    /// Pixels across; 0 without pictures.
    pub width: u32,
    /// Pixels down; 0 without pictures.
    pub height: u32,
    /// The bytes of its largest file.
    pub size: u64,
    /// The container's name: `mp4`.
    pub container: String,
    /// The coding of its pictures: `h264`.
    pub video_codec: Option<String>,
    /// The codings of its sound.
    pub audio_codecs: Vec<String>,
    /// The languages of its sound (BCP 47).
    pub audio_languages: Vec<String>,
    /// The languages of its subtitles.
    pub text_languages: Vec<String>,
    /// How often it was viewed, by anybody.
    pub views: u64,
    /// When it came, in milliseconds since 1970.
    pub added_ms: i64,
    /// When it was made, if that is known.
    pub made_ms: Option<i64>,
    /// Whether it is kept out of lists.
    pub hidden: bool,
    /// Whether one of its files is there.
    pub present: bool,
    /// How many files hold it now.
    pub copies: u32,
    /// Whether something is wrong with it.
    pub problem: bool,
}

/// What one user did with a video.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Personal {
    /// 1 to 5.
    pub rating: Option<u8>,
    /// Since when it is a favourite, in milliseconds since 1970.
    pub favourite_ms: Option<i64>,
    /// Since when it counts as watched.
    pub watched_ms: Option<i64>,
    /// Where to go on, in milliseconds from its beginning.
    pub resume_ms: Option<u64>,
    /// When it was played last.
    pub played_ms: Option<i64>,
}
