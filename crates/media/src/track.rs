//! A track: its coding, what it is for, and its samples.

use serde::{Deserialize, Serialize};

use crate::{Codec, KeyPoint, Kind, Language, Ratio, SampleTable, Timescale, rescale_ceil};

/// One track of a file.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Track {
    /// The container's own number of it: track ID, track number, PID.
    pub number: u32,
    /// The coding.
    pub codec: Codec,
    /// The decoder configuration record; [`Codec`] tells the layout for each coding. May be empty.
    pub config: Vec<u8>,
    /// The codec string (RFC 6381) that the coding has in MP4, derived from `config`.
    pub codec_string: Option<String>,
    /// The unit of every time in this track.
    pub timescale: Timescale,
    /// Presentation time of the first sample. Negative only for sound that primes the decoder.
    pub start: i64,
    /// Presentation time at which the last sample ends.
    pub end: i64,
    /// Ticks from one sample to the next where that is always the same: 1001 of 24000 for a film,
    /// 1024 for AAC.
    pub cadence: Option<u32>,
    /// How many samples there are, if known.
    pub count: Option<u64>,
    /// How many bytes they have together, if known.
    pub bytes: Option<u64>,
    /// The language, if stated.
    pub language: Option<Language>,
    /// Its title, if it has one: "Director's commentary".
    pub title: Option<String>,
    /// What it is for.
    pub roles: Roles,
    /// What is particular to pictures or sound.
    pub detail: Detail,
    /// How samples lie in the file.
    pub framing: Framing,
    /// Where decoding can begin, in the order of the file: of pictures. Of sound without cadence
    /// whose samples are searched, times at which frames are known to begin, about one for each
    /// cluster at which reading can begin; of other sound nothing.
    pub keys: Vec<KeyPoint>,
    /// The samples.
    pub samples: Samples,
}

impl Track {
    /// What it is for the person who watches.
    pub fn kind(&self) -> Kind {
        match self.detail {
            Detail::Video(_) => Kind::Video,
            Detail::Audio(_) => Kind::Audio,
            Detail::Text => Kind::Text,
            Detail::Other => Kind::Other,
        }
    }

    /// What is particular to pictures.
    pub fn video(&self) -> Option<&Video> {
        if let Detail::Video(video) = &self.detail { Some(video) } else { None }
    }

    /// What is particular to sound.
    pub fn audio(&self) -> Option<&Audio> {
        if let Detail::Audio(audio) = &self.detail { Some(audio) } else { None }
    }

    /// How many ticks a picture is shown before its decode time at most.
    ///
    /// In a table it is known. Where samples are searched it is the time of three pictures, which
    /// encoders rarely exceed; a picture that would is decoded that much sooner than
    /// [`timeline`](crate::timeline) has it.
    pub fn earliness(&self) -> u32 {
        const PICTURES: i64 = 3;
        match &self.samples {
            _ if self.kind() != Kind::Video => 0,
            Samples::Table(table) => table.earliness(),
            Samples::None => 0,
            // Of the others each sample is shown when it is decoded.
            Samples::Clusters if !matches!(self.codec, Codec::H264 | Codec::Hevc) => 0,
            Samples::Clusters => {
                let rate = self.video().and_then(|video| video.frame_rate);
                let Ratio { num, den } = rate.unwrap_or(Ratio { num: 25, den: 1 });
                let of_a_second = Timescale::new(num).unwrap_or(Timescale::MILLIS);
                let ticks = rescale_ceil(i64::from(den) * PICTURES, of_a_second, self.timescale);
                // Ten seconds, lest a strange rate delay everything.
                let most = i64::from(self.timescale.get()).saturating_mul(10);
                u32::try_from(ticks.clamp(0, most)).unwrap_or(0)
            }
        }
    }

    /// The table of samples, if the container has one.
    pub fn table(&self) -> Option<&SampleTable> {
        if let Samples::Table(table) = &self.samples { Some(table) } else { None }
    }
}

/// What a track is for, as the container's flags say.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[allow(clippy::struct_excessive_bools)] // independent flags of the containers
pub struct Roles {
    /// To be chosen when nobody chose another.
    pub default: bool,
    /// Subtitles to be shown even when subtitles are off: signs, foreign dialogue.
    pub forced: bool,
    /// For people who cannot hear: captions with sounds described.
    pub hearing_impaired: bool,
    /// For people who cannot see: sound with pictures described.
    pub visual_impaired: bool,
    /// Somebody talks about the film.
    pub commentary: bool,
    /// In the language of the film itself.
    pub original: bool,
}

/// What is particular to pictures or sound.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[allow(clippy::large_enum_variant)] // a handful of tracks for each file
pub enum Detail {
    /// Pictures.
    Video(Video),
    /// Sound.
    Audio(Audio),
    /// Text or subtitles as pictures.
    Text,
    /// Anything else.
    Other,
}

/// What is particular to pictures.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Video {
    /// Coded width in pixels, cropping applied.
    pub width: u32,
    /// Coded height in pixels, cropping applied.
    pub height: u32,
    /// The shape of a pixel; `None` for square ones.
    pub pixel_aspect: Option<Ratio>,
    /// By how many degrees the picture is turned clockwise to be seen upright: 0, 90, 180, 270.
    pub rotation: u16,
    /// Pictures a second, if they come evenly, or on average.
    pub frame_rate: Option<Ratio>,
    /// Bits of one colour component; 0 if unknown.
    pub bit_depth: u8,
    /// How colours are meant.
    pub colour: Colour,
    /// The mastering display, as the body of an `mdcv` box [ISO/IEC 14496-12, 12.1.7].
    pub mastering: Option<Vec<u8>>,
    /// The content's light level, as the body of a `clli` box [ISO/IEC 14496-12, 12.1.6].
    pub light_level: Option<Vec<u8>>,
    /// Dolby Vision, if it is that.
    pub dolby_vision: Option<DolbyVision>,
    /// Whether it is stored as fields of two moments.
    pub interlaced: bool,
    /// Closed captions inside the pictures, if any were seen.
    pub captions: Option<Captions>,
}

/// How colours are meant, by the code points of ISO/IEC 23091-2; 2 is "unspecified".
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Colour {
    /// 1 for BT.709, 9 for BT.2020.
    pub primaries: u8,
    /// 1 for BT.709, 16 for PQ, 18 for HLG.
    pub transfer: u8,
    /// 1 for BT.709, 9 for BT.2020.
    pub matrix: u8,
    /// Whether components use the full range of numbers.
    pub full_range: bool,
}

impl Default for Colour {
    fn default() -> Self {
        Self { primaries: 2, transfer: 2, matrix: 2, full_range: false }
    }
}

/// Dolby Vision [Dolby Vision streams within ISOBMFF].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DolbyVision {
    /// The profile: 5 has no picture for other players, 8 has.
    pub profile: u8,
    /// The level.
    pub level: u8,
    /// What the base layer is for other players: 1 HDR10, 2 SDR, 4 HLG, 0 nothing.
    pub compatibility: u8,
    /// The configuration record of 24 bytes, body of `dvcC` or `dvvC`.
    pub record: Vec<u8>,
}

/// Closed captions inside the pictures.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Captions {
    /// The fields of CEA-608 that carry some: `CC1` to `CC4`.
    pub channels: Vec<u8>,
    /// The services of CEA-708.
    pub services: Vec<u8>,
}

/// What is particular to sound.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Audio {
    /// Samples a second as they are heard: twice that of the core for HE-AAC.
    pub sample_rate: u32,
    /// How many channels are heard.
    pub channels: u16,
    /// Bits of one sample where that is fixed, else 0.
    pub bits: u16,
    /// Samples, of the coding's own rate, that only prime the decoder and are not heard.
    pub priming: u32,
    /// Whether it is Dolby Atmos (joint object coding in E-AC-3) [ETSI TS 103 420].
    pub atmos: bool,
}

/// How the bytes of samples lie in the file.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub enum Framing {
    /// As they are sent, each in one piece.
    #[default]
    Plain,
    /// Each in one piece, but for these bytes that all begin with and that were left out (Matroska
    /// header stripping). `Sample::size` counts them, `Sample::offset` is that of the rest.
    Stripped(Vec<u8>),
    /// Each compressed by zlib (Matroska). `Sample::size` is the compressed length.
    Zlib,
    /// Scattered over packets of a transport stream.
    Transport {
        /// Bytes from one packet to the next: 188, or 192 with an arrival time before each.
        stride: u16,
        /// The PID.
        pid: u16,
    },
}

/// Where the samples of a track are known from.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub enum Samples {
    /// All are known.
    Table(SampleTable),
    /// They are found in the clusters of the file when asked for: see
    /// [`Clusters`](crate::Clusters).
    Clusters,
    /// They are not for us.
    None,
}
