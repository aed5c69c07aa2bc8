//! What can be asked, and how it is answered.

use serde::{Deserialize, Serialize};

use crate::{PlaylistId, TagId, UserId, VideoId};

/// Which videos, in which order, for whom.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Query {
    /// Whose ratings, favourites and so on are meant.
    pub user: UserId,
    /// Words that must all be in title, file names, tags, folders or description; the last one may
    /// be unfinished. Case and accents do not matter. Words in quotes are exact; words behind `-`
    /// must not be there. No words: everything. What is behind 1,000 bytes or 24 words of either
    /// sort is not looked at.
    pub text: String,
    /// What must be so.
    pub filters: Filters,
    /// The order.
    pub sort: Sort,
    /// The other way round. What is unknown stays last, and equals stay in the order of their titles.
    pub descending: bool,
    /// Makes one random order of many.
    pub seed: u64,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            user: UserId::HOUSEHOLD,
            text: String::new(),
            filters: Filters::default(),
            sort: Sort::Title,
            descending: false,
            seed: 0,
        }
    }
}

/// What must be so of a video; all of it.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Filters {
    /// It has all of these tags.
    pub all_tags: Vec<TagId>,
    /// It has one of these tags, if there are any.
    pub any_tags: Vec<TagId>,
    /// It has none of these tags.
    pub no_tags: Vec<TagId>,
    /// Stars; 0 is unrated.
    pub rating: Range<u8>,
    /// Milliseconds.
    pub duration_ms: Range<u64>,
    /// Pixels of the smaller side, which is what a resolution is called by; 0 without pictures.
    pub height: Range<u32>,
    /// When it was added, in milliseconds since 1970.
    pub added_ms: Range<i64>,
    /// One of these codings of pictures, if any are named.
    pub video_codecs: Vec<String>,
    /// One of these codings of sound.
    pub audio_codecs: Vec<String>,
    /// One of these languages of sound.
    pub audio_languages: Vec<String>,
    /// One of these languages of subtitles.
    pub text_languages: Vec<String>,
    /// One of these containers.
    pub containers: Vec<String>,
    /// In this folder or below it.
    pub folder: Option<String>,
    /// How far it was watched.
    pub watched: Option<Watched>,
    /// Whether it is a favourite.
    pub favourite: Option<bool>,
    /// Hidden ones.
    pub hidden: Hidden,
    /// Ones whose files are gone.
    pub away: Away,
    /// Whether something is wrong with it.
    pub problem: Option<bool>,
    /// It is in this playlist: these videos, as the store knows them.
    pub playlist: Option<(PlaylistId, Vec<VideoId>)>,
}

/// From, up to and including; without bounds it is everything.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Range<T> {
    /// The least.
    pub from: Option<T>,
    /// The most.
    pub to: Option<T>,
}

impl<T> Default for Range<T> {
    fn default() -> Self {
        Self { from: None, to: None }
    }
}

/// How far somebody watched a video.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Watched {
    /// To the end, or said so.
    Yes,
    /// Neither begun nor watched.
    No,
    /// There is a place to go on from.
    Begun,
}

/// What to do with hidden videos.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Hidden {
    /// Leave them out.
    #[default]
    No,
    /// Only them.
    Only,
    /// As any other.
    Too,
}

/// What to do with videos whose files are all gone.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Away {
    /// Leave them out.
    #[default]
    No,
    /// Only them.
    Only,
    /// As any other.
    Too,
}

/// An order. Ties are broken by title, then by number. Of titles 240 bytes count.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// Natural order: "Part 2" before "Part 10"; case and accents aside.
    Title,
    /// The user's stars; unrated last, either way round.
    Rating,
    /// Views.
    Views,
    /// When it was added.
    Added,
    /// How long it lasts.
    Duration,
    /// When the user played it last; never played last, either way round.
    Played,
    /// When it was made; unknown last, either way round.
    Made,
    /// Bytes.
    Size,
    /// Shuffled by the seed: the same seed, the same order, whatever is added.
    Random,
    /// Best match of the text first: in the title before elsewhere, whole words before beginnings.
    Relevance,
}

/// Where a page begins.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Position {
    /// At the beginning.
    #[default]
    Start,
    /// After so many.
    Offset(usize),
    /// Behind what an earlier page said. It is opaque, and holds although videos come and go.
    After(String),
}

/// A stretch of an answer.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Page {
    /// The videos, in order.
    pub videos: Vec<VideoId>,
    /// How many there are in all.
    pub total: u64,
    /// Where to go on, if there are more.
    pub next: Option<String>,
}

/// What facets there are.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FacetKind {
    /// By tag; the value is the tag's number.
    Tags,
    /// By stars: `0` to `5`.
    Rating,
    /// By length, as ranges in seconds: `..600`, `600..1800`, `1800..3600`, `3600..7200`, `7200..`.
    Duration,
    /// By resolution, as ranges of the smaller side: `..479`, `480..719`, `720..1079`, `1080..1439`, `1440..2159`, `2160..`.
    Height,
    /// By coding of pictures.
    VideoCodec,
    /// By coding of sound.
    AudioCodec,
    /// By language of sound.
    AudioLanguage,
    /// By language of subtitles.
    TextLanguage,
    /// By folder directly below the one that is filtered by.
    Folder,
    /// By container.
    Container,
    /// `yes`, `no`, `begun`.
    Watched,
    /// `favourite`: yes or no.
    Favourite,
    /// `1d`, `7d`, `30d`, `365d`: added within.
    Added,
}

/// One value of a facet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Facet {
    /// What the filter would be.
    pub value: String,
    /// How many videos have it, all other filters applied. A facet's own filter is left aside, for
    /// another value would take its place or stand beside it; those of tags and folders stay, for
    /// there another value narrows.
    pub count: u64,
}

/// How many videos have what.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Facets {
    /// How many the query means.
    pub total: u64,
    /// The facets, the most frequent value first, at most 200 of each; values without videos are left out.
    pub all: Vec<(FacetKind, Vec<Facet>)>,
}
