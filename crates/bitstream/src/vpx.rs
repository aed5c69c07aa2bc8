//! VP8 and VP9: the configuration record, and headers of key frames from which one can be made
//! [RFC 6386; VP9 Bitstream & Decoding Process Specification; VP codec ISO media binding].

use media::{Codec, Colour, Ratio, Video};

use crate::{
    Described, RandomAccess,
    bits::Bits,
    rfc6381::{self, Sampling},
};

/// What the header of a key frame says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct KeyFrame {
    /// The profile: 0 to 3.
    pub profile: u8,
    /// Bits of one colour component: 8, 10 or 12.
    pub bit_depth: u8,
    /// 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4, as in `vpcC`.
    pub chroma: u8,
    /// How colours are meant, as far as the header says.
    pub colour: Colour,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl KeyFrame {
    /// From the first bytes of a VP8 frame, if it is a key frame [RFC 6386, 9.1].
    pub fn parse_vp8(frame: &[u8]) -> Option<Self> {
        let [tag, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1] = *frame.first_chunk()? else {
            return None;
        };
        if tag & 1 != 0 {
            return None;
        }
        // The two highest bits ask for scaling, which nobody does.
        let size = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
        Some(Self {
            profile: tag >> 1 & 3,
            bit_depth: 8,
            chroma: 1,
            colour: Colour::default(),
            width: size(w0, w1),
            height: size(h0, h1),
        })
    }

    /// From the first bytes of a VP9 frame, if it is a key frame [6.2].
    pub fn parse_vp9(frame: &[u8]) -> Option<Self> {
        const SYNC: u32 = 0x49_83_42;
        let mut bits = Bits::new(frame);
        if bits.read(2)? != 2 {
            return None; // frame_marker
        }
        let profile = bits.byte(1)? | bits.byte(1)? << 1;
        if profile == 3 {
            bits.skip(1)?;
        }
        let (shows_existing, is_no_key) = (bits.flag()?, bits.flag()?);
        if shows_existing || is_no_key {
            return None;
        }
        bits.skip(2)?; // show_frame, error_resilient_mode
        if bits.read(24)? != SYNC {
            return None;
        }
        let bit_depth = if profile < 2 { 8 } else { 10 + 2 * bits.byte(1)? };
        let (colour, chroma) = vp9_colour(&mut bits, profile)?;
        let (width, height) = (bits.read(16)? + 1, bits.read(16)? + 1);
        Some(Self { profile, bit_depth, chroma, colour, width, height })
    }

    /// From the first bytes of a frame of `codec`, if it is a key frame.
    pub fn parse(codec: &Codec, frame: &[u8]) -> Option<Self> {
        match codec {
            Codec::Vp8 => Self::parse_vp8(frame),
            Codec::Vp9 => Self::parse_vp9(frame),
            _ => None,
        }
    }
}

/// `color_config()` [7.2.2]: colours, and chroma as `vpcC` writes it.
fn vp9_colour(bits: &mut Bits, profile: u8) -> Option<(Colour, u8)> {
    const RGB: u8 = 7;
    let space = bits.byte(3)?;
    let odd = profile & 1 == 1; // other than 4:2:0
    let (primaries, transfer, matrix) = match space {
        1 => (5, 6, 5), // BT.601
        2 => (1, 1, 1),
        3 => (6, 6, 6),
        4 => (7, 7, 7),
        5 => (9, 2, 9), // BT.2020, of whatever transfer
        RGB => (1, 13, 0),
        _ => (2, 2, 2),
    };
    let mut colour = Colour { primaries, transfer, matrix, full_range: true };
    if space == RGB {
        if odd {
            bits.skip(1)?;
        }
        return Some((colour, 3));
    }
    colour.full_range = bits.flag()?;
    if !odd {
        return Some((colour, 1));
    }
    let (across, down) = (bits.flag()?, bits.flag()?);
    bits.skip(1)?;
    let chroma = match (across, down) {
        (true, false) => 2,
        (false, false) => 3,
        _ => 1, // 4:4:0, for which there is no number
    };
    Some((colour, chroma))
}

/// The body of `vpcC`, without version and flags, for a stream that begins with this sample;
/// Matroska has none. Width and height are those of the container, and stand in for a first sample
/// that cannot be read. The level comes from size and rate, 30 pictures a second if that is
/// unknown.
pub fn vpc_config(
    codec: &Codec,
    first_sample: &[u8],
    width: u32,
    height: u32,
    frame_rate: Option<Ratio>,
) -> Vec<u8> {
    let key = KeyFrame::parse(codec, first_sample).unwrap_or(KeyFrame {
        profile: 0,
        bit_depth: 8,
        chroma: 1,
        colour: Colour::default(),
        width,
        height,
    });
    let Colour { primaries, transfer, matrix, full_range } = key.colour;
    let format = key.bit_depth << 4 | key.chroma << 1 | u8::from(full_range);
    let level = level(key.width, key.height, frame_rate);
    vec![key.profile, level, format, primaries, transfer, matrix, 0, 0]
}

/// The lowest level that allows pictures of this size at this rate, as ten times its number
/// [VP9 levels, webmproject.org/vp9/levels].
fn level(width: u32, height: u32, frame_rate: Option<Ratio>) -> u8 {
    // Level, luma samples a second, luma samples of a picture, longest side.
    const LEVELS: [(u8, u64, u64, u32); 14] = [
        (10, 829_440, 36_864, 512),
        (11, 2_764_800, 73_728, 768),
        (20, 4_608_000, 122_880, 960),
        (21, 9_216_000, 245_760, 1_344),
        (30, 20_736_000, 552_960, 2_048),
        (31, 36_864_000, 983_040, 2_752),
        (40, 83_558_400, 2_228_224, 4_160),
        (41, 160_432_128, 2_228_224, 4_160),
        (50, 311_951_360, 8_912_896, 8_384),
        (51, 588_251_136, 8_912_896, 8_384),
        (52, 1_176_502_272, 8_912_896, 8_384),
        (60, 1_176_502_272, 35_651_584, 16_832),
        (61, 2_353_004_544, 35_651_584, 16_832),
        (62, 4_706_009_088, 35_651_584, 16_832),
    ];
    let Ratio { num, den } = frame_rate.unwrap_or(Ratio { num: 30, den: 1 });
    let picture = u64::from(width) * u64::from(height);
    let rate = u128::from(picture) * u128::from(num) / u128::from(den.max(1));
    let fits = LEVELS.iter().find(|(_, most_rate, most_picture, longest)| {
        rate <= u128::from(*most_rate) && picture <= *most_picture && width.max(height) <= *longest
    });
    fits.map_or(62, |(level, ..)| *level)
}

pub(crate) fn describe(codec: &Codec, config: &[u8]) -> Described {
    let fourcc = if *codec == Codec::Vp8 { "vp08" } else { "vp09" };
    let Some([profile, level, format, primaries, transfer, matrix]) = config.first_chunk().copied()
    else {
        // Whatever VP8 is in, there is only one way to decode it; the level is that of HD.
        let unknown = (*codec == Codec::Vp8).then(|| "vp08.00.40.08".to_owned());
        return Described { codec_string: unknown, ..Described::default() };
    };
    let bit_depth = format >> 4;
    let colour = Colour { primaries, transfer, matrix, full_range: format & 1 == 1 };
    let base = Sampling { profile, level, bit_depth, colour };
    Described {
        codec_string: Some(rfc6381::vpx(fourcc, base, format >> 1 & 7)),
        video: Some(Video { bit_depth, colour, ..Video::default() }),
        ..Described::default()
    }
}

pub(crate) fn random_access(codec: &Codec, start: &[u8]) -> Option<RandomAccess> {
    start.first()?;
    Some(match KeyFrame::parse(codec, start) {
        Some(_) => RandomAccess::Closed,
        None => RandomAccess::No,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_frames_tell_what_a_record_needs() {
        let vp9 = [0x82, 0x49, 0x83, 0x42, 0x00, 0x0a, 0x00, 0x07, 0x84];
        let key = KeyFrame::parse(&Codec::Vp9, &vp9).unwrap();
        assert_eq!((key.width, key.height, key.profile, key.bit_depth), (161, 121, 0, 8));
        let record = vpc_config(&Codec::Vp9, &vp9, 161, 121, Ratio::new(30, 1));
        assert_eq!(record, [0, 10, 0x82, 2, 2, 2, 0, 0]);
        assert_eq!(describe(&Codec::Vp9, &record).codec_string.unwrap(), "vp09.00.10.08");
        assert_eq!(picture(&[0x86, 0x00]), Some(RandomAccess::No));
        let vp8 = [0x10, 0xb4, 0x03, 0x9d, 0x01, 0x2a, 0xd0, 0x02, 0xe0, 0x01];
        let key = KeyFrame::parse(&Codec::Vp8, &vp8).unwrap();
        assert_eq!((key.width, key.height), (720, 480));
        assert_eq!(KeyFrame::parse(&Codec::Vp8, &[0x11]), None);
    }

    fn picture(start: &[u8]) -> Option<RandomAccess> {
        random_access(&Codec::Vp9, start)
    }

    #[test]
    fn levels_follow_from_size_and_rate() {
        assert_eq!(level(1920, 1080, Ratio::new(30, 1)), 40);
        assert_eq!(level(1920, 1080, Ratio::new(60, 1)), 41);
        assert_eq!(level(3840, 2160, None), 50);
        assert_eq!(level(3840, 2160, Ratio::new(60_000, 1_001)), 51);
        assert_eq!(level(256, 144, Ratio::new(15, 1)), 10);
        assert_eq!(level(u32::MAX, u32::MAX, None), 62);
    }
}
