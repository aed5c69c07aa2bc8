//! The multivariant playlist: which versions of a film there are.

use media::Ratio;

use crate::{Key, Start, Variable};

/// A multivariant playlist (bis 4.4.6).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct MultivariantPlaylist {
    /// EXT-X-INDEPENDENT-SEGMENTS: decoding can begin with every segment.
    pub independent_segments: bool,
    /// EXT-X-START.
    pub start: Option<Start>,
    /// EXT-X-DEFINE.
    pub variables: Vec<Variable>,
    /// EXT-X-CONTENT-STEERING.
    pub content_steering: Option<ContentSteering>,
    /// EXT-X-SESSION-DATA.
    pub session_data: Vec<SessionData>,
    /// EXT-X-SESSION-KEY.
    pub session_keys: Vec<Key>,
    /// EXT-X-MEDIA.
    pub renditions: Vec<Rendition>,
    /// EXT-X-STREAM-INF. Players begin with the first.
    pub variants: Vec<Variant>,
    /// EXT-X-I-FRAME-STREAM-INF.
    pub iframe_variants: Vec<IFrameVariant>,
}

/// What a rendition is: TYPE of EXT-X-MEDIA.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum RenditionKind {
    /// Pictures.
    Video,
    /// Sound.
    Audio,
    /// Text in files of its own.
    Subtitles,
    /// Text inside the pictures.
    ClosedCaptions,
}

impl RenditionKind {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Video => "VIDEO",
            Self::Audio => "AUDIO",
            Self::Subtitles => "SUBTITLES",
            Self::ClosedCaptions => "CLOSED-CAPTIONS",
        }
    }
}

/// One of several alternatives: EXT-X-MEDIA (bis 4.4.6.1).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[allow(clippy::struct_excessive_bools)] // attributes of the standard
pub struct Rendition {
    /// TYPE.
    pub kind: RenditionKind,
    /// GROUP-ID.
    pub group: String,
    /// NAME: what people choose it by; unique in its group.
    pub name: String,
    /// LANGUAGE, as BCP 47 writes it.
    pub language: Option<String>,
    /// ASSOC-LANGUAGE.
    pub assoc_language: Option<String>,
    /// DEFAULT: played when nobody chose another. At most one in a group; implies `autoselect`.
    pub default: bool,
    /// AUTOSELECT: may be chosen because of the system's language.
    pub autoselect: bool,
    /// FORCED: essential subtitles. Only for subtitles.
    pub forced: bool,
    /// URI of its media playlist. `None` for closed captions, and for what is in the variant.
    pub uri: Option<String>,
    /// INSTREAM-ID: `CC1` to `CC4`, `SERVICE1` to `SERVICE63`.
    pub instream_id: Option<String>,
    /// CHARACTERISTICS: uniform type identifiers, separated by commas.
    pub characteristics: Option<String>,
    /// CHANNELS: their number; what follows a `/` tells of spatial sound (`16/JOC`).
    pub channels: Option<String>,
    /// BIT-DEPTH of sound.
    pub bit_depth: Option<u32>,
    /// SAMPLE-RATE of sound in hertz.
    pub sample_rate: Option<u32>,
    /// STABLE-RENDITION-ID.
    pub stable_id: Option<String>,
}

impl Rendition {
    /// One with nothing but what every rendition must have.
    pub fn new(kind: RenditionKind, group: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            kind,
            group: group.into(),
            name: name.into(),
            language: None,
            assoc_language: None,
            default: false,
            autoselect: false,
            forced: false,
            uri: None,
            instream_id: None,
            characteristics: None,
            channels: None,
            bit_depth: None,
            sample_rate: None,
            stable_id: None,
        }
    }
}

/// How bright pictures are meant: VIDEO-RANGE.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum VideoRange {
    /// Standard.
    Sdr,
    /// Hybrid log-gamma.
    Hlg,
    /// Perceptual quantiser: HDR10, Dolby Vision.
    Pq,
}

impl VideoRange {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sdr => "SDR",
            Self::Hlg => "HLG",
            Self::Pq => "PQ",
        }
    }
}

/// CLOSED-CAPTIONS of a variant.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum ClosedCaptions {
    /// There are none in any variant.
    None,
    /// The renditions of this group.
    Group(String),
}

/// One version of the film: EXT-X-STREAM-INF (bis 4.4.6.2).
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Variant {
    /// The address of its media playlist.
    pub uri: String,
    /// BANDWIDTH: the peak of any combination of its renditions, in bits a second.
    pub bandwidth: u64,
    /// AVERAGE-BANDWIDTH in bits a second.
    pub average_bandwidth: Option<u64>,
    /// SCORE, in thousandths: the more, the better.
    pub score_thousandths: Option<u64>,
    /// CODECS (RFC 6381), of all renditions it may be played with.
    pub codecs: Option<String>,
    /// SUPPLEMENTAL-CODECS: what players that can may take instead (`dvh1.08.07/db4h`).
    pub supplemental_codecs: Option<String>,
    /// RESOLUTION in pixels.
    pub resolution: Option<(u32, u32)>,
    /// FRAME-RATE in pictures a second.
    pub frame_rate: Option<Ratio>,
    /// HDCP-LEVEL.
    pub hdcp_level: Option<String>,
    /// ALLOWED-CPC.
    pub allowed_cpc: Option<String>,
    /// VIDEO-RANGE.
    pub video_range: Option<VideoRange>,
    /// REQ-VIDEO-LAYOUT.
    pub required_video_layout: Option<String>,
    /// STABLE-VARIANT-ID.
    pub stable_id: Option<String>,
    /// AUDIO: a group.
    pub audio: Option<String>,
    /// VIDEO: a group.
    pub video: Option<String>,
    /// SUBTITLES: a group.
    pub subtitles: Option<String>,
    /// CLOSED-CAPTIONS.
    pub closed_captions: Option<ClosedCaptions>,
    /// PATHWAY-ID.
    pub pathway_id: Option<String>,
}

/// Key pictures only, for seeking: EXT-X-I-FRAME-STREAM-INF (bis 4.4.6.3).
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct IFrameVariant {
    /// URI of its media playlist.
    pub uri: String,
    /// BANDWIDTH: the peak, in bits a second.
    pub bandwidth: u64,
    /// AVERAGE-BANDWIDTH in bits a second.
    pub average_bandwidth: Option<u64>,
    /// SCORE, in thousandths.
    pub score_thousandths: Option<u64>,
    /// CODECS (RFC 6381).
    pub codecs: Option<String>,
    /// SUPPLEMENTAL-CODECS.
    pub supplemental_codecs: Option<String>,
    /// RESOLUTION in pixels.
    pub resolution: Option<(u32, u32)>,
    /// HDCP-LEVEL.
    pub hdcp_level: Option<String>,
    /// ALLOWED-CPC.
    pub allowed_cpc: Option<String>,
    /// VIDEO-RANGE.
    pub video_range: Option<VideoRange>,
    /// REQ-VIDEO-LAYOUT.
    pub required_video_layout: Option<String>,
    /// STABLE-VARIANT-ID.
    pub stable_id: Option<String>,
    /// VIDEO: a group.
    pub video: Option<String>,
    /// PATHWAY-ID.
    pub pathway_id: Option<String>,
}

/// Anything else that is worth telling: EXT-X-SESSION-DATA (bis 4.4.6.4). Either `value` or `uri`.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct SessionData {
    /// DATA-ID: a name in reverse order of domains.
    pub id: String,
    /// VALUE.
    pub value: Option<String>,
    /// URI.
    pub uri: Option<String>,
    /// FORMAT of what is at the URI: whether it is `RAW` instead of `JSON`.
    pub raw: bool,
    /// LANGUAGE of the value.
    pub language: Option<String>,
}

/// Who tells players where to load from: EXT-X-CONTENT-STEERING (bis 4.4.6.6).
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct ContentSteering {
    /// SERVER-URI.
    pub server_uri: String,
    /// PATHWAY-ID to begin with.
    pub pathway_id: Option<String>,
}
