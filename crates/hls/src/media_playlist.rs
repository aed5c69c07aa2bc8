//! The media playlist: the segments of one rendition.

use crate::{ByteRange, Duration, Start, Variable};

/// A media playlist (bis 4.4.3).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MediaPlaylist {
    /// EXT-X-TARGETDURATION in seconds; `None` for the least that its segments allow. All
    /// playlists of one film should have the same.
    pub target_duration: Option<u32>,
    /// EXT-X-PLAYLIST-TYPE.
    pub playlist_type: Option<PlaylistType>,
    /// EXT-X-MEDIA-SEQUENCE: the number of the first segment.
    pub media_sequence: u64,
    /// EXT-X-DISCONTINUITY-SEQUENCE: how many discontinuities there were before.
    pub discontinuity_sequence: u64,
    /// EXT-X-INDEPENDENT-SEGMENTS: decoding can begin with every segment.
    pub independent_segments: bool,
    /// EXT-X-I-FRAMES-ONLY: each segment is one key picture, and lasts until the next.
    pub iframes_only: bool,
    /// EXT-X-START.
    pub start: Option<Start>,
    /// EXT-X-DEFINE.
    pub variables: Vec<Variable>,
    /// The segments in order.
    pub segments: Vec<Segment>,
    /// EXT-X-ENDLIST: nothing will be added.
    pub end_list: bool,
}

/// What may still change: EXT-X-PLAYLIST-TYPE.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum PlaylistType {
    /// Nothing.
    Vod,
    /// Segments may be added at the end.
    Event,
}

impl PlaylistType {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vod => "VOD",
            Self::Event => "EVENT",
        }
    }
}

/// A segment, and what begins with it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Segment {
    /// EXTINF.
    pub duration: Duration,
    /// The title in EXTINF; empty for none.
    pub title: String,
    /// Its address.
    pub uri: String,
    /// EXT-X-BYTERANGE.
    pub byte_range: Option<ByteRange>,
    /// EXT-X-DISCONTINUITY before it.
    pub discontinuity: bool,
    /// EXT-X-GAP: it is missing and is not to be loaded.
    pub gap: bool,
    /// EXT-X-BITRATE from here on, in kbit/s.
    pub bitrate: Option<u64>,
    /// EXT-X-MAP from here on.
    pub map: Option<Map>,
    /// EXT-X-KEY from here on; empty for no change.
    pub keys: Vec<Key>,
    /// EXT-X-PROGRAM-DATE-TIME of its first sample, as ISO 8601 writes it, with milliseconds and
    /// time zone.
    pub program_date_time: Option<String>,
    /// EXT-X-DATERANGE.
    pub date_ranges: Vec<DateRange>,
}

/// Where the media initialization section is: EXT-X-MAP (bis 4.4.4.5).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Map {
    /// URI.
    pub uri: String,
    /// BYTERANGE; without an offset it begins at 0.
    pub byte_range: Option<ByteRange>,
}

/// How segments are encrypted: EXT-X-KEY (bis 4.4.4.4) or EXT-X-SESSION-KEY.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Key {
    /// METHOD.
    pub method: Method,
    /// URI of the key.
    pub uri: Option<String>,
    /// IV: 128 bits.
    pub iv: Option<u128>,
    /// KEYFORMAT.
    pub key_format: Option<String>,
    /// KEYFORMATVERSIONS.
    pub key_format_versions: Option<String>,
}

/// What is encrypted, and how: METHOD.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Method {
    /// Nothing is.
    #[default]
    None,
    /// Whole segments.
    Aes128,
    /// Samples, by the block.
    SampleAes,
    /// Samples, as a stream.
    SampleAesCtr,
}

impl Method {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Aes128 => "AES-128",
            Self::SampleAes => "SAMPLE-AES",
            Self::SampleAesCtr => "SAMPLE-AES-CTR",
        }
    }
}

/// Something that lasts for a time: EXT-X-DATERANGE (bis 4.4.5.1).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DateRange {
    /// ID.
    pub id: String,
    /// CLASS.
    pub class: Option<String>,
    /// START-DATE, as ISO 8601 writes it.
    pub start_date: String,
    /// CUE: `PRE`, `POST`, `ONCE`, separated by commas.
    pub cue: Option<String>,
    /// END-DATE.
    pub end_date: Option<String>,
    /// DURATION in microseconds.
    pub duration_micros: Option<u64>,
    /// PLANNED-DURATION in microseconds.
    pub planned_duration_micros: Option<u64>,
    /// END-ON-NEXT. Needs a class.
    pub end_on_next: bool,
    /// SCTE35-CMD, SCTE35-OUT, SCTE35-IN, and the client's own (`X-…`): name and value.
    pub others: Vec<(String, Value)>,
}

/// A value of an attribute that the standard leaves to others.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// In quotes.
    Quoted(String),
    /// A number, or bytes as `0x…`: without quotes, spaces or commas.
    Bare(String),
}

impl MediaPlaylist {
    /// The target duration that is written: the given one, or the least that is no less than any
    /// duration of a segment, rounded to the nearest second.
    pub fn target(&self) -> u32 {
        self.target_duration.unwrap_or_else(|| {
            let longest = crate::render::micros(&self.segments).max().unwrap_or(0);
            u32::try_from((longest + 500_000) / 1_000_000).unwrap_or(u32::MAX).max(1)
        })
    }

    /// The lowest version that what is in it needs (bis 8).
    pub fn version(&self) -> u8 {
        let mut version = 3; // durations with decimals
        let mut needs = |needed: u8| version = version.max(needed);
        if self.iframes_only {
            needs(4);
        }
        for segment in &self.segments {
            if segment.byte_range.is_some() {
                needs(4);
            }
            if segment.map.is_some() {
                needs(if self.iframes_only { 5 } else { 6 });
            }
            for key in &segment.keys {
                needs(key.version());
            }
        }
        for variable in &self.variables {
            needs(variable.version());
        }
        version
    }
}

impl Key {
    pub(crate) fn version(&self) -> u8 {
        let formats = self.key_format.is_some() || self.key_format_versions.is_some();
        if formats || matches!(self.method, Method::SampleAes | Method::SampleAesCtr) {
            5
        } else if self.iv.is_some() {
            2
        } else {
            1
        }
    }
}

impl Variable {
    pub(crate) fn version(&self) -> u8 {
        if matches!(self, Self::QueryParameter(_)) { 11 } else { 8 }
    }
}
