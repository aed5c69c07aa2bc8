//! What there is to say of a track.

use media::{Audio, DolbyVision, Kind, Roles, Timescale, Track, Video};
use serde::Serialize;

use super::{Gops, micros_of};
use crate::{Origin, Presentation, Rendition, playlists, presentation::codec_string};

/// What there is to say of a track.
#[derive(Clone, Debug, Serialize)]
pub struct TrackReport {
    /// The number in names of renditions, from 1.
    pub number: u32,
    /// `video`, `audio`, `text` or `other`.
    pub kind: &'static str,
    /// The coding, as ffmpeg spells it: `h264`, `aac`.
    pub codec: String,
    /// The codec string (RFC 6381).
    pub codec_string: Option<String>,
    /// The language (BCP 47), if stated.
    pub language: Option<String>,
    /// Its title, if it has one.
    pub title: Option<String>,
    /// What it is for: `default`, `forced`, `hearing_impaired`, `visual_impaired`, `commentary`,
    /// `original`.
    pub roles: Vec<&'static str>,
    /// When it begins and how long it is.
    pub start_seconds: f64,
    /// How long it is.
    pub duration_seconds: f64,
    /// Bits a second over all; null if nobody counted.
    pub bit_rate: Option<u64>,
    /// How many pictures, packets or texts it has; null if nobody counted.
    pub samples: Option<u64>,
    /// Of pictures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video: Option<VideoReport>,
    /// Of sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<AudioReport>,
    /// Why it is not sent in segments; null if it is.
    pub left_out: Option<String>,
}

/// What is particular to pictures.
#[derive(Clone, Debug, Serialize)]
pub struct VideoReport {
    /// Coded width in pixels.
    pub width: u32,
    /// Coded height in pixels.
    pub height: u32,
    /// The width at which it is seen: upright, with square pixels.
    pub display_width: u32,
    /// The height at which it is seen.
    pub display_height: u32,
    /// The shape of a pixel: `1:1`.
    pub pixel_aspect: String,
    /// By how many degrees it is turned clockwise.
    pub rotation: u16,
    /// Pictures a second: `24000/1001`.
    pub frame_rate: Option<String>,
    /// Bits of a colour component; null if unknown.
    pub bit_depth: Option<u8>,
    /// `sdr`, `pq` or `hlg`.
    pub range: &'static str,
    /// Dolby Vision, if it is that.
    pub dolby_vision: Option<DolbyVisionReport>,
    /// Whether it is stored as fields.
    pub interlaced: bool,
    /// Closed captions inside the pictures: `CC1`, `SERVICE1`.
    pub captions: Vec<String>,
    /// How far apart key frames are.
    pub gops: Option<Gops>,
    /// How many segments it is cut into; null if it is not sent in segments.
    pub segments: Option<u64>,
    /// The longest of them.
    pub longest_segment_seconds: Option<f64>,
    /// A sentence about key frames that are very far apart.
    pub remark: Option<String>,
}

/// Dolby Vision.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct DolbyVisionReport {
    /// The profile.
    pub profile: u8,
    /// The level.
    pub level: u8,
    /// What the base layer is for other players: 1 HDR10, 2 SDR, 4 HLG, 0 nothing.
    pub compatibility: u8,
}

/// What is particular to sound.
#[derive(Clone, Debug, Serialize)]
pub struct AudioReport {
    /// How many channels are heard.
    pub channels: u16,
    /// Samples a second as they are heard.
    pub sample_rate: u32,
    /// Bits of a sample where that is fixed.
    pub bits: Option<u16>,
    /// Whether it is Dolby Atmos.
    pub atmos: bool,
}

/// All tracks.
pub(super) fn reports(presentation: &Presentation) -> Vec<TrackReport> {
    let tracks = presentation.index.tracks.iter().enumerate();
    tracks.map(|(position, track)| one(presentation, position, track)).collect()
}

fn one(presentation: &Presentation, position: usize, track: &Track) -> TrackReport {
    let left_out = presentation.left_out.iter().find(|left| left.track == position);
    let rendition = presentation
        .renditions
        .iter()
        .find(|rendition| rendition.origin == Origin::Track(position));
    let unsent = matches!(track.kind(), Kind::Other).then(|| "nothing to see or hear".to_owned());
    TrackReport {
        number: u32::try_from(position + 1).unwrap_or(u32::MAX),
        kind: match track.kind() {
            Kind::Video => "video",
            Kind::Audio => "audio",
            Kind::Text => "text",
            Kind::Other => "other",
        },
        codec: track.codec.name().to_owned(),
        codec_string: codec_string(track).map(str::to_owned),
        language: track.language.as_ref().map(ToString::to_string),
        title: track.title.clone(),
        roles: roles(track.roles),
        start_seconds: track.timescale.seconds(track.start),
        duration_seconds: track.timescale.seconds(track.end.saturating_sub(track.start.max(0))),
        bit_rate: bit_rate(track),
        samples: track.count.or_else(|| track.table().map(|table| u64::from(table.len()))),
        video: track.video().map(|video| pictures(track, video, rendition)),
        audio: track.audio().map(sound),
        left_out: left_out.map(|left| left.reason.clone()).or(unsent),
    }
}

/// What a track is for, in words.
pub(super) fn roles(roles: Roles) -> Vec<&'static str> {
    let all = [
        (roles.default, "default"),
        (roles.forced, "forced"),
        (roles.hearing_impaired, "hearing_impaired"),
        (roles.visual_impaired, "visual_impaired"),
        (roles.commentary, "commentary"),
        (roles.original, "original"),
    ];
    all.into_iter().filter(|(is_so, _)| *is_so).map(|(_, word)| word).collect()
}

fn bit_rate(track: &Track) -> Option<u64> {
    let bytes = track.bytes.or_else(|| track.table().map(media::SampleTable::total_bytes))?;
    let micros = micros_of(track.end.saturating_sub(track.start), track.timescale);
    let rate = u128::from(bytes) * 8 * 1_000_000 / u128::from(micros.max(1));
    (micros > 0).then(|| u64::try_from(rate).unwrap_or(u64::MAX))
}

fn pictures(track: &Track, video: &Video, rendition: Option<&Rendition>) -> VideoReport {
    let (display_width, display_height) = playlists::resolution(video);
    let captions = video.captions.as_ref();
    let fields = captions.iter().flat_map(|all| &all.channels).map(|one| format!("CC{one}"));
    let services = captions.iter().flat_map(|all| &all.services);
    let gops = Gops::of(track);
    let longest = rendition
        .and_then(|rendition| rendition.spans.iter().map(crate::Span::duration).max())
        .map(|ticks| micros_of(ticks.cast_signed(), track.timescale));
    VideoReport {
        width: video.width,
        height: video.height,
        display_width,
        display_height,
        pixel_aspect: video
            .pixel_aspect
            .map_or_else(|| "1:1".to_owned(), |ratio| format!("{}:{}", ratio.num, ratio.den)),
        rotation: video.rotation,
        frame_rate: video.frame_rate.map(|rate| format!("{}/{}", rate.num, rate.den)),
        bit_depth: Some(video.bit_depth).filter(|depth| *depth > 0),
        range: match video.colour.transfer {
            16 => "pq",
            18 => "hlg",
            _ => "sdr",
        },
        dolby_vision: video.dolby_vision.as_ref().map(dolby_vision),
        interlaced: video.interlaced,
        captions: fields.chain(services.map(|one| format!("SERVICE{one}"))).collect(),
        remark: gops.as_ref().and_then(Gops::remark),
        gops,
        segments: rendition.map(|rendition| rendition.spans.len() as u64),
        longest_segment_seconds: longest
            .map(|micros| Timescale::MICROS.seconds(micros.cast_signed())),
    }
}

fn dolby_vision(vision: &DolbyVision) -> DolbyVisionReport {
    let DolbyVision { profile, level, compatibility, .. } = *vision;
    DolbyVisionReport { profile, level, compatibility }
}

fn sound(audio: &Audio) -> AudioReport {
    AudioReport {
        channels: audio.channels,
        sample_rate: audio.sample_rate,
        bits: Some(audio.bits).filter(|bits| *bits > 0),
        atmos: audio.atmos,
    }
}
