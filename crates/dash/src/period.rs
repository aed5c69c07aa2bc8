//! The presentation, its periods, and what there is to choose from in them.

use media::{Ratio, Timescale};

use crate::{Descriptor, SegmentTemplate};

/// A presentation [ISO/IEC 23009-1, 5.3.1].
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Mpd {
    /// `@profiles`.
    pub profiles: Vec<String>,
    /// `@mediaPresentationDuration` in microseconds.
    pub duration_micros: u64,
    /// `@maxSegmentDuration` in microseconds, if stated.
    pub max_segment_duration_micros: Option<u64>,
    /// `@minBufferTime` in microseconds: with so much at hand, a line of `@bandwidth` suffices.
    pub min_buffer_time_micros: u64,
    /// The title in `ProgramInformation`.
    pub title: Option<String>,
    /// The source in `ProgramInformation`.
    pub source: Option<String>,
    /// `BaseURL`.
    pub base_urls: Vec<String>,
    /// At least one.
    pub periods: Vec<Period>,
}

/// A period [5.3.2].
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Period {
    /// `@id`.
    pub id: Option<String>,
    /// `@start` in microseconds.
    pub start_micros: u64,
    /// `@duration` in microseconds, if stated.
    pub duration_micros: Option<u64>,
    /// `BaseURL`.
    pub base_urls: Vec<String>,
    /// `EventStream`.
    pub event_streams: Vec<EventStream>,
    /// `AdaptationSet`.
    pub adaptation_sets: Vec<AdaptationSet>,
}

/// What happens when [5.10.2].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EventStream {
    /// What kind of events: see [`CHAPTERS`](crate::CHAPTERS).
    pub scheme: Descriptor,
    /// Ticks in a second.
    pub timescale: Timescale,
    /// The events in order of time.
    pub events: Vec<Event>,
}

/// Something that happens [5.10.2.2].
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Event {
    /// `@presentationTime` in ticks from the beginning of the period.
    pub time: u64,
    /// `@duration` in ticks, if known.
    pub duration: Option<u64>,
    /// `@id`: unique in its stream.
    pub id: u32,
    /// Its content.
    pub content: String,
}

/// `@contentType`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ContentType {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
    /// Text.
    Text,
    /// Pictures for seeking.
    Image,
}

impl ContentType {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Text => "text",
            Self::Image => "image",
        }
    }
}

/// Versions of the same content, between which players change as they like [5.3.3].
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AdaptationSet {
    /// `@id`, unique in the period.
    pub id: Option<u32>,
    /// `@contentType`.
    pub content_type: Option<ContentType>,
    /// `@mimeType`: `video/mp4`.
    pub mime_type: Option<String>,
    /// `@lang`, as BCP 47 writes it.
    pub language: Option<String>,
    /// `Label`: what people choose it by.
    pub label: Option<String>,
    /// `Role`.
    pub roles: Vec<Descriptor>,
    /// `Accessibility`.
    pub accessibility: Vec<Descriptor>,
    /// `EssentialProperty`: whoever does not know the scheme must leave the set alone.
    pub essential_properties: Vec<Descriptor>,
    /// `SupplementalProperty`.
    pub supplemental_properties: Vec<Descriptor>,
    /// `@segmentAlignment`: segments of all representations begin at the same times.
    pub segment_alignment: bool,
    /// `@startWithSAP`: 1 if every segment begins with a closed group of pictures.
    pub start_with_sap: Option<u8>,
    /// `@par`: the shape of the picture.
    pub picture_aspect: Option<Ratio>,
    /// `@maxWidth` in pixels.
    pub max_width: Option<u32>,
    /// `@maxHeight` in pixels.
    pub max_height: Option<u32>,
    /// `@maxFrameRate` in pictures a second.
    pub max_frame_rate: Option<Ratio>,
    /// `SegmentTemplate` that all representations share.
    pub template: Option<SegmentTemplate>,
    /// `Representation`.
    pub representations: Vec<Representation>,
}

/// One version [5.3.5].
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Representation {
    /// `@id`: unique in the period. White space is left out of it.
    pub id: String,
    /// `@bandwidth` in bits a second; at most 4,294,967,295 can be written.
    pub bandwidth: u64,
    /// `@codecs` (RFC 6381).
    pub codecs: Option<String>,
    /// `scte214:supplementalCodecs`, as Dolby Vision with a picture for others is told.
    pub supplemental_codecs: Option<String>,
    /// `scte214:supplementalProfiles`: the brand that goes with it (`db1p`).
    pub supplemental_profiles: Option<String>,
    /// `@mimeType`, where it is not that of the set.
    pub mime_type: Option<String>,
    /// `@width` in pixels.
    pub width: Option<u32>,
    /// `@height` in pixels.
    pub height: Option<u32>,
    /// `@sar`: the shape of a pixel.
    pub pixel_aspect: Option<Ratio>,
    /// `@frameRate` in pictures a second.
    pub frame_rate: Option<Ratio>,
    /// `@audioSamplingRate` in hertz.
    pub sampling_rate: Option<u32>,
    /// `@maxPlayoutRate`, for trick modes.
    pub max_playout_rate: Option<u32>,
    /// `@codingDependency`: whether pictures refer to others; `false` for key pictures only.
    pub coding_dependency: Option<bool>,
    /// `AudioChannelConfiguration`: see [`Descriptor::channels`].
    pub channels: Option<Descriptor>,
    /// `EssentialProperty`.
    pub essential_properties: Vec<Descriptor>,
    /// `SupplementalProperty`.
    pub supplemental_properties: Vec<Descriptor>,
    /// `BaseURL`: of its segments, or of all of it if there is no template.
    pub base_urls: Vec<String>,
    /// `SegmentTemplate`.
    pub template: Option<SegmentTemplate>,
}
