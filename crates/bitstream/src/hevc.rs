//! HEVC: the configuration record, profile and level, the sequence parameter set, and what kind of
//! picture begins an access unit [Rec. ITU-T H.265; ISO/IEC 14496-15, 8].

mod sps;

use media::{Codec, Ratio, Video};

pub use self::sps::Sps;
use crate::{
    Described, RandomAccess, bits::Bits, h264::take_units, nal, rfc6381, sei::HighDynamicRange,
    vui::plausible_rate,
};

/// NAL unit type of a video parameter set.
pub const VPS: u8 = 32;
/// NAL unit type of a sequence parameter set.
pub const SPS: u8 = 33;
/// NAL unit type of a picture parameter set.
pub const PPS: u8 = 34;
/// NAL unit type of an access unit delimiter.
pub const DELIMITER: u8 = 35;
/// NAL unit type of supplemental information before the pictures it is about.
pub const PREFIX_SEI: u8 = 39;
/// NAL unit type of supplemental information after the pictures it is about.
pub const SUFFIX_SEI: u8 = 40;

/// The type of a NAL unit [Table 7-1].
pub fn unit_type(unit: &[u8]) -> Option<u8> {
    unit.first().map(|header| header >> 1 & 0x3f)
}

/// Profile, tier and level [7.3.3], as far as they are general.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ProfileTierLevel {
    /// `general_profile_space`: 0 to 3.
    pub space: u8,
    /// `general_tier_flag`.
    pub high_tier: bool,
    /// `general_profile_idc`: 1 Main, 2 Main 10, 4 range extensions.
    pub profile: u8,
    /// `general_profile_compatibility_flag[0]` is the highest bit.
    pub compatibility: u32,
    /// The six bytes from `general_progressive_source_flag` on.
    pub constraints: [u8; 6],
    /// `general_level_idc`: thirty times the level.
    pub level: u8,
}

impl ProfileTierLevel {
    /// From its twelve bytes, as they stand in a parameter set and in a record.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let [first, b, c, d, e, constraints @ .., level] = *bytes.first_chunk::<12>()?;
        Some(Self {
            space: first >> 6,
            high_tier: first & 0x20 != 0,
            profile: first & 0x1f,
            compatibility: u32::from_be_bytes([b, c, d, e]),
            constraints,
            level,
        })
    }
}

/// `HEVCDecoderConfigurationRecord` [ISO/IEC 14496-15, 8.3.3.1].
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// Profile, tier and level.
    pub general: ProfileTierLevel,
    /// Bits of a luma sample.
    pub bit_depth: u8,
    /// Frames in 256 seconds, 0 if not stated.
    pub average_rate: u16,
    /// Bytes of the length before each NAL unit: 1, 2 or 4.
    pub length_size: usize,
    /// NAL units by their type.
    pub arrays: Vec<(u8, Vec<&'a [u8]>)>,
}

impl<'a> Record<'a> {
    /// What can be read of a record; `None` if not even its head can.
    pub fn parse(config: &'a [u8]) -> Option<Self> {
        let (head, mut rest) = config.split_first_chunk::<23>()?;
        // The last bytes: depth of luma, of chroma, average rate, layers and lengths, arrays.
        let [_, .., bit_depth, _, rate_high, rate_low, last, count] = *head;
        let mut arrays = Vec::new();
        for _ in 0..count {
            let Some(([kind, high, low], after)) = rest.split_first_chunk() else { break };
            rest = after;
            arrays.push((kind & 0x3f, take_units(&mut rest, u16::from_be_bytes([*high, *low]))));
        }
        Some(Self {
            general: ProfileTierLevel::parse(head.get(1..)?)?,
            bit_depth: (bit_depth & 7) + 8,
            average_rate: u16::from_be_bytes([rate_high, rate_low]),
            length_size: usize::from(last & 3) + 1,
            arrays,
        })
    }

    /// The NAL units of one type.
    pub fn units(&self, kind: u8) -> impl Iterator<Item = &'a [u8]> {
        let of_kind = self.arrays.iter().filter(move |(of, _)| *of == kind);
        of_kind.flat_map(|(_, units)| units.iter().copied())
    }
}

pub(crate) fn describe(config: &[u8]) -> Described {
    let Some(record) = Record::parse(config) else { return Described::default() };
    let sps = record.units(SPS).find_map(Sps::parse);
    // Some muxers leave half of the record empty; decoders believe the parameter set.
    let general = sps.as_ref().map_or(record.general, |sps| sps.general);
    let video = sps.map(|sps| {
        let rate = sps
            .frame_rate
            .or_else(|| record.units(VPS).find_map(vps_rate))
            .or_else(|| plausible_rate(record.average_rate.into(), 256));
        let all = record.arrays.iter().flat_map(|(_, units)| units.iter().copied());
        let range = HighDynamicRange::of_units(&Codec::Hevc, all);
        let mut video = Video { frame_rate: rate, ..sps.video() };
        video.colour.transfer = range.transfer.unwrap_or(video.colour.transfer);
        Video { mastering: range.mastering, light_level: range.light_level, ..video }
    });
    Described { codec_string: Some(rfc6381::hevc(&general)), video, ..Described::default() }
}

/// Pictures a second by the timing of a video parameter set [7.3.2.1].
pub(crate) fn vps_rate(unit: &[u8]) -> Option<Ratio> {
    if unit_type(unit)? != VPS {
        return None;
    }
    let payload = nal::unescape(unit, 1024);
    let mut bits = Bits::new(payload.get(2..)?);
    bits.skip(12)?;
    let sub_layers = bits.read(3)?;
    bits.skip(17)?;
    sps::skip_profile_tier_level(&mut bits, sub_layers)?;
    let info_for_all = bits.flag()?;
    for _ in 0..if info_for_all { sub_layers + 1 } else { 1 } {
        for _ in 0..3 {
            bits.ue()?;
        }
    }
    let layer_ids = usize::try_from(bits.read(6)?).ok()? + 1;
    let layer_sets = usize::try_from(bits.ue()?).ok()?;
    bits.skip(layer_ids.checked_mul(layer_sets)?)?;
    if !bits.flag()? {
        return None;
    }
    let tick = bits.read(32)?;
    plausible_rate(bits.read(32)?.into(), tick.into())
}

/// The type of the first picture of an access unit, if one is there.
fn first_picture<'a>(units: impl IntoIterator<Item = &'a [u8]>) -> Option<u8> {
    units.into_iter().filter_map(unit_type).find(|kind| *kind < VPS)
}

pub(crate) fn random_access<'a>(units: impl IntoIterator<Item = &'a [u8]>) -> Option<RandomAccess> {
    Some(match first_picture(units)? {
        // BLA pictures tell decoders to leave their RASL pictures out; IDR pictures have none.
        16..=20 => RandomAccess::Closed,
        21 => RandomAccess::Open,
        _ => RandomAccess::No,
    })
}

/// Whether a leading picture can be decoded when decoding begins at the picture it leads to: RADL
/// pictures can, RASL cannot. `None` for pictures that are not leading.
pub(crate) fn leading_decodable<'a>(units: impl IntoIterator<Item = &'a [u8]>) -> Option<bool> {
    match first_picture(units)? {
        6 | 7 => Some(true),
        8 | 9 => Some(false),
        _ => None,
    }
}

impl Sps {
    /// What is to be known of its pictures.
    pub fn video(&self) -> Video {
        Video {
            width: self.width,
            height: self.height,
            pixel_aspect: self.pixel_aspect,
            frame_rate: self.frame_rate,
            bit_depth: self.bit_depth_luma,
            colour: self.colour,
            interlaced: self.fields,
            ..Video::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use media::Colour;

    use super::*;

    /// 1920x1080, Main 10, HLG, from a phone.
    const PHONE: &[u8] = &[
        0x42, 0x01, 0x01, 0x02, 0x20, 0x00, 0x00, 0x03, 0x00, 0xb0, 0x00, 0x00, 0x03, 0x00, 0x00,
        0x03, 0x00, 0x78, 0xa0, 0x03, 0xc0, 0x80, 0x11, 0x07, 0xca, 0xd8, 0x81, 0x5e, 0xe4, 0x59,
        0x54, 0xd4, 0x24, 0x48, 0x24, 0x02, 0xa2, 0x00, 0x01,
    ];

    #[test]
    fn a_parameter_set_tells_size_depth_and_colours() {
        let sps = Sps::parse(PHONE).unwrap();
        assert_eq!((sps.width, sps.height, sps.bit_depth_luma), (1920, 1080, 10));
        assert_eq!((sps.chroma_format, sps.sub_layers, sps.nested), (1, 1, true));
        assert_eq!(sps.colour, Colour { primaries: 9, transfer: 18, matrix: 9, full_range: false });
        assert_eq!(rfc6381::hevc(&sps.general), "hvc1.2.4.L120.B0");
        let record = crate::records::hvcc(&[], &[PHONE], &[&[0x44, 1, 0xc0]]);
        assert_eq!(record[..13], [1, 2, 0x20, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 0x78]);
        assert_eq!(describe(&record).codec_string.unwrap(), "hvc1.2.4.L120.B0");
    }

    #[test]
    fn random_access_pictures_are_told_by_their_type() {
        let access = |kind: u8| {
            let unit = [kind << 1, 1, 0x80];
            let units: [&[u8]; 2] = [&[PREFIX_SEI << 1, 1, 0], &unit];
            (random_access(units), leading_decodable(units))
        };
        assert_eq!(access(19), (Some(RandomAccess::Closed), None));
        assert_eq!(access(16), (Some(RandomAccess::Closed), None));
        assert_eq!(access(21), (Some(RandomAccess::Open), None));
        assert_eq!(access(1), (Some(RandomAccess::No), None));
        assert_eq!(access(6), (Some(RandomAccess::No), Some(true)));
        assert_eq!(access(9), (Some(RandomAccess::No), Some(false)));
        assert_eq!(access(VPS), (None, None));
    }
}
