//! The codecs that can be named.

use serde::{Deserialize, Serialize};

/// What a track is for the person who watches.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Kind {
    /// Moving pictures.
    Video,
    /// Sound.
    Audio,
    /// Subtitles and captions, as text or as pictures.
    Text,
    /// Anything else: time codes, telemetry, chapters as a track, cover art.
    Other,
}

/// A coding of pictures, sound or text. Where a name has a decoder configuration record, its
/// layout in [`Track::config`](crate::Track::config) is given.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Codec {
    /// H.264; `avcC` [ISO/IEC 14496-15, 5.3.3.1]. Samples are length-prefixed NAL units.
    H264,
    /// H.265; `hvcC` [ISO/IEC 14496-15, 8.3.3.1]. Samples are length-prefixed NAL units.
    Hevc,
    /// AV1; `av1C` [AV1 in ISOBMFF, 2.3].
    Av1,
    /// VP8; `vpcC` without its version and flags, or empty [VP codec ISO media binding].
    Vp8,
    /// VP9; `vpcC` without its version and flags [VP codec ISO media binding].
    Vp9,
    /// AAC in all its profiles; `AudioSpecificConfig` [ISO/IEC 14496-3, 1.6.2.1]. Samples are raw
    /// frames, without ADTS.
    Aac,
    /// MPEG audio layer III; no configuration.
    Mp3,
    /// MPEG audio layer I or II; no configuration.
    Mp2,
    /// AC-3; `dac3` [ETSI TS 102 366, F.4].
    Ac3,
    /// Enhanced AC-3; `dec3` [ETSI TS 102 366, F.6].
    Eac3,
    /// Opus; `dOps` [Opus in ISOBMFF, 4.3.2].
    Opus,
    /// Vorbis; the three headers in Xiph lacing, as Matroska keeps them.
    Vorbis,
    /// FLAC; `dfLa` without version and flags: metadata blocks, `STREAMINFO` first.
    Flac,
    /// Uncompressed sound; no configuration.
    Pcm {
        /// Bits of one sample of one channel: 8, 16, 24, 32 or 64.
        bits: u8,
        /// Whether the most significant byte comes first.
        big_endian: bool,
        /// Whether they are floating-point numbers.
        float: bool,
        /// Whether they have a sign; 8-bit samples often have none.
        signed: bool,
    },
    /// 3GPP timed text, as in MP4 [3GPP TS 26.245].
    Tx3g,
    /// WebVTT in MP4 boxes [ISO/IEC 14496-30]; `vttC` body.
    WvttBoxes,
    /// WebVTT cue text, as in Matroska.
    WebVtt,
    /// `SubRip` text, as in Matroska.
    Srt,
    /// Advanced `SubStation` Alpha, as in Matroska; the script's header.
    Ass,
    /// TTML in MP4.
    Stpp,
    /// Subtitles as pictures of Blu-ray discs.
    Pgs,
    /// Subtitles as pictures of DVDs.
    VobSub,
    /// Subtitles as pictures of European television.
    DvbSub,
    /// Teletext pages of television.
    Teletext,
    /// A coding that has a name and no more: it needs preparation, or is only carried. The name
    /// is in lower case and as ffmpeg spells it where it has one: `mpeg2video`, `h263`, `dts`.
    Other(String),
}

impl Codec {
    /// The name in messages and JSON, in lower case, as ffmpeg spells it where it has one.
    pub fn name(&self) -> &str {
        match self {
            Self::H264 => "h264",
            Self::Hevc => "hevc",
            Self::Av1 => "av1",
            Self::Vp8 => "vp8",
            Self::Vp9 => "vp9",
            Self::Aac => "aac",
            Self::Mp3 => "mp3",
            Self::Mp2 => "mp2",
            Self::Ac3 => "ac3",
            Self::Eac3 => "eac3",
            Self::Opus => "opus",
            Self::Vorbis => "vorbis",
            Self::Flac => "flac",
            Self::Pcm { .. } => "pcm",
            Self::Tx3g => "mov_text",
            Self::WvttBoxes | Self::WebVtt => "webvtt",
            Self::Srt => "subrip",
            Self::Ass => "ass",
            Self::Stpp => "ttml",
            Self::Pgs => "hdmv_pgs_subtitle",
            Self::VobSub => "dvd_subtitle",
            Self::DvbSub => "dvb_subtitle",
            Self::Teletext => "dvb_teletext",
            Self::Other(name) => name,
        }
    }

    /// Whether it is text that can become WebVTT.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Tx3g | Self::WvttBoxes | Self::WebVtt | Self::Srt | Self::Ass)
    }
}
