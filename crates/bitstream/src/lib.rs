//! The headers inside coded media: what a decoder configuration says, its codec string, and what
//! kind of picture a sample is.
//!
//! One file for each coding, named after it; [`nal`], [`sei`] and [`bits`] are what several of them
//! share, [`rfc6381`] has all codec strings, [`records`] makes configurations from parameter sets.
//! Nothing here fails loudly: what cannot be read is left out.
//!
//! This room has never heard of containers.

pub mod aac;
pub mod ac3;
pub mod av1;
pub mod bits;
pub mod captions;
#[doc(hidden)]
pub mod exercise;
pub mod flac;
pub mod h264;
pub mod hevc;
pub mod mpeg_audio;
pub mod nal;
pub mod opus;
pub mod records;
pub mod rfc6381;
pub mod sei;
pub mod vorbis;
pub mod vpx;
mod vui;

use media::{Audio, Captions, Codec, DolbyVision, Video};

pub use self::{
    rfc6381::{dolby_vision_brand, dolby_vision_string},
    vpx::vpc_config,
};

/// What a decoder configuration record says.
#[derive(Clone, Debug, Default)]
pub struct Described {
    /// The codec string (RFC 6381) in MP4: `avc1.640028`, `hvc1.2.4.L120.B0`, `mp4a.40.2`.
    pub codec_string: Option<String>,
    /// Pictures: size, pixel shape, frame rate, colours, bit depth, as far as the record says.
    /// What it does not say stays at its default.
    pub video: Option<Video>,
    /// Sound: rate, channels, bits as they are heard.
    pub audio: Option<Audio>,
    /// Samples of sound in one coded frame, if always the same: 1024, 960, 1152, 1536.
    pub frame_samples: Option<u32>,
    /// Sampling rate of the coding itself, where frames are counted in it (AAC core rate).
    pub coded_rate: Option<u32>,
}

/// Reads a decoder configuration record, in the layout that [`Codec`] gives.
pub fn describe(codec: &Codec, config: &[u8]) -> Described {
    match codec {
        Codec::H264 => h264::describe(config),
        Codec::Hevc => hevc::describe(config),
        Codec::Av1 => av1::describe(config),
        Codec::Vp8 | Codec::Vp9 => vpx::describe(codec, config),
        Codec::Aac => aac::describe(config),
        Codec::Mp3 | Codec::Mp2 => mpeg_audio::describe(codec, config),
        Codec::Ac3 | Codec::Eac3 => ac3::describe(codec, config),
        Codec::Opus => opus::describe(config),
        Codec::Vorbis => vorbis::describe(config),
        Codec::Flac => flac::describe(config),
        Codec::Pcm { bits, .. } => Described {
            codec_string: rfc6381::plain(codec).map(str::to_owned),
            audio: Some(Audio { bits: (*bits).into(), ..Audio::default() }),
            frame_samples: Some(1),
            ..Described::default()
        },
        other => Described {
            codec_string: rfc6381::plain(other).map(str::to_owned),
            ..Described::default()
        },
    }
}

/// A configuration that says more, where a record says too little and a key sample (of its file's
/// framing) has the rest: AV1 without sequence header, H.264 and HEVC without parameter sets (`avc3`,
/// `hev1`), VP8 and VP9 without record. `None` where there is nothing to add.
pub fn complete(codec: &Codec, config: &[u8], sample: &[u8]) -> Option<Vec<u8>> {
    match codec {
        Codec::Av1 => av1::complete(config, sample),
        Codec::H264 | Codec::Hevc => records::complete(codec, config, sample),
        Codec::Vp8 | Codec::Vp9 if config.len() < 6 => {
            let key = vpx::KeyFrame::parse(codec, sample)?;
            Some(vpc_config(codec, sample, key.width, key.height, None))
        }
        _ => None,
    }
}

/// What kind of picture a key sample is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RandomAccess {
    /// Everything from here on can be decoded (IDR; a recovery point or CRA as far as it tells).
    Closed,
    /// Decoding can begin, but pictures that are shown before it may refer to what came before
    /// (CRA, recovery point).
    Open,
    /// Decoding cannot begin here.
    No,
}

/// What kind of picture a sample is, from its first bytes; `No` if they do not reach it.
///
/// 4 KiB are enough: what encoders say of themselves before the first picture takes up to 1 KiB.
pub fn random_access(codec: &Codec, config: &[u8], start: &[u8]) -> RandomAccess {
    picture(codec, config, start).unwrap_or(RandomAccess::No)
}

/// The same, and `None` if these bytes do not reach the picture: read more of the sample.
pub fn picture(codec: &Codec, config: &[u8], start: &[u8]) -> Option<RandomAccess> {
    let units = nal::length_prefixed(start, nal::length_size(codec, config));
    match codec {
        Codec::H264 => h264::random_access(units),
        Codec::Hevc => hevc::random_access(units),
        Codec::Av1 => av1::random_access(config, start),
        Codec::Vp8 | Codec::Vp9 => vpx::random_access(codec, start),
        _ => Some(RandomAccess::Closed),
    }
}

/// Whether a sample that is shown before the key sample it follows can be decoded when decoding
/// begins there, where the coding tells: RADL pictures of HEVC can, RASL pictures cannot.
pub fn leading_decodable(codec: &Codec, config: &[u8], start: &[u8]) -> Option<bool> {
    let units = nal::length_prefixed(start, nal::length_size(codec, config));
    if *codec == Codec::Hevc { hevc::leading_decodable(units) } else { None }
}

/// The closed captions in the SEI messages of one sample (H.264 and HEVC, length-prefixed).
pub fn captions(codec: &Codec, config: &[u8], sample: &[u8]) -> Option<Captions> {
    if matches!(codec, Codec::H264 | Codec::Hevc) {
        captions::of_sample(codec, config, sample)
    } else {
        None
    }
}

/// A Dolby Vision configuration record, body of `dvcC`, `dvvC` or `dvwC` [Dolby Vision streams
/// within ISOBMFF, 3.2].
pub fn dolby_vision(record: &[u8]) -> Option<DolbyVision> {
    const LENGTH: usize = 24;
    let [_, _, first, second, third] = *record.first_chunk()?;
    let mut record = record.get(..LENGTH).unwrap_or(record).to_vec();
    record.resize(LENGTH, 0); // all that follows is reserved
    Some(DolbyVision {
        profile: first >> 1,
        level: (first & 1) << 5 | second >> 3,
        compatibility: third >> 4,
        record,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_dolby_vision_is_read_and_kept_at_full_length() {
        let phone = [1, 0, 0x10, 0x25, 0x40];
        let vision = dolby_vision(&phone).unwrap();
        assert_eq!((vision.profile, vision.level, vision.compatibility), (8, 4, 4));
        assert_eq!(vision.record.len(), 24);
        assert_eq!(dolby_vision_string(&vision), "dvh1.08.04");
        assert_eq!(dolby_vision(&phone[..4]), None);
    }

    #[test]
    fn codings_without_configuration_have_their_strings() {
        let pcm = |float| Codec::Pcm { bits: 16, big_endian: false, float, signed: true };
        let string = |codec: &Codec| describe(codec, &[]).codec_string;
        assert_eq!(string(&pcm(false)).unwrap(), "ipcm");
        assert_eq!(string(&pcm(true)).unwrap(), "fpcm");
        assert_eq!(string(&Codec::Vp8).unwrap(), "vp08.00.40.08");
        assert_eq!(string(&Codec::WebVtt).unwrap(), "wvtt");
        assert_eq!(string(&Codec::H264), None);
        assert_eq!(string(&Codec::Pgs), None);
        assert_eq!(describe(&pcm(false), &[]).audio.unwrap().bits, 16);
    }

    #[test]
    fn sound_can_begin_anywhere() {
        assert_eq!(random_access(&Codec::Aac, &[], &[]), RandomAccess::Closed);
        assert_eq!(random_access(&Codec::H264, &[], &[]), RandomAccess::No);
    }
}
