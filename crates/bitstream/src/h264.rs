//! H.264: the configuration record, the sequence parameter set, and what kind of picture begins an
//! access unit [Rec. ITU-T H.264; ISO/IEC 14496-15, 5].

use media::{Colour, Ratio, Video};

use crate::{
    Described, RandomAccess,
    bits::Bits,
    nal, rfc6381, sei,
    vui::{Common, plausible_rate},
};

/// NAL unit type of a slice that is no IDR picture's.
pub const SLICE: u8 = 1;
/// NAL unit type of a slice of an IDR picture.
pub const IDR: u8 = 5;
/// NAL unit type of supplemental enhancement information.
pub const SEI: u8 = 6;
/// NAL unit type of a sequence parameter set.
pub const SPS: u8 = 7;
/// NAL unit type of a picture parameter set.
pub const PPS: u8 = 8;
/// NAL unit type of an access unit delimiter.
pub const DELIMITER: u8 = 9;

/// The type of a NAL unit [Table 7-1].
pub fn unit_type(unit: &[u8]) -> Option<u8> {
    unit.first().map(|header| header & 0x1f)
}

/// `AVCDecoderConfigurationRecord` [ISO/IEC 14496-15, 5.3.3.1].
#[derive(Clone, Debug)]
pub struct Record<'a> {
    /// `AVCProfileIndication`, `profile_compatibility`, `AVCLevelIndication`.
    pub profile: [u8; 3],
    /// Bytes of the length before each NAL unit: 1, 2 or 4.
    pub length_size: usize,
    /// Sequence parameter sets.
    pub sps: Vec<&'a [u8]>,
    /// Picture parameter sets.
    pub pps: Vec<&'a [u8]>,
}

impl<'a> Record<'a> {
    /// What can be read of a record; `None` if not even its head can.
    pub fn parse(config: &'a [u8]) -> Option<Self> {
        let [_, a, b, c, lengths, sps_count] = *config.first_chunk()?;
        let mut rest = config.get(6..)?;
        let sps = take_units(&mut rest, sps_count & 0x1f);
        let pps_count = rest.first().copied().unwrap_or(0);
        rest = rest.get(1..).unwrap_or_default();
        let pps = take_units(&mut rest, pps_count);
        Some(Self { profile: [a, b, c], length_size: usize::from(lengths & 3) + 1, sps, pps })
    }
}

/// `count` units, each behind its length in two bytes, or as many as there are whole.
pub(crate) fn take_units<'a>(rest: &mut &'a [u8], count: impl Into<u16>) -> Vec<&'a [u8]> {
    let mut units = Vec::new();
    for _ in 0..count.into() {
        let Some((length, after)) = rest.split_first_chunk() else { break };
        let length = usize::from(u16::from_be_bytes(*length));
        let Some((unit, after)) = after.split_at_checked(length) else { break };
        units.push(unit);
        *rest = after;
    }
    units
}

/// A sequence parameter set [7.3.2.1.1].
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::struct_excessive_bools)] // the standard's flags
pub struct Sps {
    /// `profile_idc`, the constraint flags, `level_idc`.
    pub profile: [u8; 3],
    /// `seq_parameter_set_id`.
    pub id: u32,
    /// 0 grey, 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4.
    pub chroma_format: u8,
    /// Bits of a luma sample.
    pub bit_depth_luma: u8,
    /// Bits of a chroma sample.
    pub bit_depth_chroma: u8,
    /// Width in pixels, cropping applied.
    pub width: u32,
    /// Height of a frame in pixels, cropping applied.
    pub height: u32,
    /// Whether every picture is a whole frame; if not, it may be fields of two moments.
    pub frames_only: bool,
    /// The shape of a pixel; `None` for square or unknown.
    pub pixel_aspect: Option<Ratio>,
    /// How colours are meant.
    pub colour: Colour,
    /// Frames a second by the timing of the VUI, if that can be true.
    pub frame_rate: Option<Ratio>,
    /// Whether frames come evenly at that rate.
    pub fixed_rate: bool,
    /// By how many frames the order of coding and of showing may differ at most, if stated:
    /// `max_num_reorder_frames`.
    pub reorder: Option<u32>,
    /// Bits of `frame_num` in slice headers.
    pub frame_num_bits: u32,
    /// Whether colour planes are coded as three pictures.
    pub separate_planes: bool,
}

impl Sps {
    /// From a NAL unit, header included.
    pub fn parse(unit: &[u8]) -> Option<Self> {
        if unit_type(unit)? != SPS {
            return None;
        }
        let payload = nal::unescape(unit, 4096);
        let mut bits = Bits::new(payload.get(1..)?);
        let profile = [bits.byte(8)?, bits.byte(8)?, bits.byte(8)?];
        let id = bits.ue()?;
        let mut sps = Self {
            profile,
            id,
            chroma_format: 1,
            bit_depth_luma: 8,
            bit_depth_chroma: 8,
            width: 0,
            height: 0,
            frames_only: true,
            pixel_aspect: None,
            colour: Colour::default(),
            frame_rate: None,
            fixed_rate: false,
            reorder: None,
            frame_num_bits: 4,
            separate_planes: false,
        };
        if is_high(profile[0]) {
            sps.parse_high(&mut bits)?;
        }
        sps.frame_num_bits = bits.ue()?.checked_add(4).filter(|bits| *bits <= 16)?;
        parse_order_count(&mut bits)?;
        bits.ue()?; // max_num_ref_frames
        bits.skip(1)?; // gaps_in_frame_num_value_allowed_flag
        sps.parse_size(&mut bits)?;
        // A damaged VUI takes nothing from what is known already.
        if bits.flag() == Some(true) {
            let _ = sps.parse_vui(&mut bits);
        }
        Some(sps)
    }

    fn parse_high(&mut self, bits: &mut Bits) -> Option<()> {
        self.chroma_format = u8::try_from(bits.ue()?).ok().filter(|format| *format <= 3)?;
        if self.chroma_format == 3 {
            self.separate_planes = bits.flag()?;
        }
        self.bit_depth_luma = u8::try_from(bits.ue()?.checked_add(8)?).ok().filter(|d| *d <= 16)?;
        self.bit_depth_chroma =
            u8::try_from(bits.ue()?.checked_add(8)?).ok().filter(|d| *d <= 16)?;
        bits.skip(1)?; // qpprime_y_zero_transform_bypass_flag
        if bits.flag()? {
            let lists = if self.chroma_format == 3 { 12 } else { 8 };
            for list in 0..lists {
                if bits.flag()? {
                    skip_scaling_list(bits, if list < 6 { 16 } else { 64 })?;
                }
            }
        }
        Some(())
    }

    fn parse_size(&mut self, bits: &mut Bits) -> Option<()> {
        let width = bits.ue()?.checked_add(1)?.checked_mul(16)?;
        let map_units = bits.ue()?.checked_add(1)?;
        self.frames_only = bits.flag()?;
        let fields = if self.frames_only { 1 } else { 2 };
        let height = map_units.checked_mul(16 * fields)?;
        if !self.frames_only {
            bits.skip(1)?; // mb_adaptive_frame_field_flag
        }
        bits.skip(1)?; // direct_8x8_inference_flag
        let (mut across, mut down) = (0_u32, 0_u32);
        if bits.flag()? {
            let crop = [bits.ue()?, bits.ue()?, bits.ue()?, bits.ue()?];
            let subsampled = !self.separate_planes;
            let unit_x = if subsampled && matches!(self.chroma_format, 1 | 2) { 2 } else { 1 };
            let unit_y = if subsampled && self.chroma_format == 1 { 2 } else { 1 };
            across = crop[0].checked_add(crop[1])?.checked_mul(unit_x)?;
            down = crop[2].checked_add(crop[3])?.checked_mul(unit_y * fields)?;
        }
        self.width = width.checked_sub(across).filter(|width| *width > 0)?;
        self.height = height.checked_sub(down).filter(|height| *height > 0)?;
        Some(())
    }

    fn parse_vui(&mut self, bits: &mut Bits) -> Option<()> {
        let common = Common::parse(bits)?;
        self.pixel_aspect = common.pixel_aspect;
        self.colour = common.colour;
        if bits.flag()? {
            let tick = bits.read(32)?;
            let scale = bits.read(32)?;
            self.fixed_rate = bits.flag()?;
            // A tick is the time of one field.
            self.frame_rate = plausible_rate(scale.into(), u64::from(tick) * 2);
        }
        let nal_hrd = bits.flag()?;
        if nal_hrd {
            skip_hrd(bits)?;
        }
        let vcl_hrd = bits.flag()?;
        if vcl_hrd {
            skip_hrd(bits)?;
        }
        if nal_hrd || vcl_hrd {
            bits.skip(1)?; // low_delay_hrd_flag
        }
        bits.skip(1)?; // pic_struct_present_flag
        if bits.flag()? {
            bits.skip(1)?; // motion_vectors_over_pic_boundaries_flag
            for _ in 0..4 {
                bits.ue()?;
            }
            self.reorder = Some(bits.ue()?);
        }
        Some(())
    }

    /// What is to be known of its pictures.
    pub fn video(&self) -> Video {
        Video {
            width: self.width,
            height: self.height,
            pixel_aspect: self.pixel_aspect,
            frame_rate: self.frame_rate,
            bit_depth: self.bit_depth_luma,
            colour: self.colour,
            interlaced: !self.frames_only,
            ..Video::default()
        }
    }
}

/// Whether the profile has chroma format and bit depths in its parameter set.
pub(crate) fn is_high(profile: u8) -> bool {
    matches!(profile, 100 | 110 | 122 | 244 | 44 | 83 | 86 | 118 | 128 | 134 | 135 | 138 | 139)
}

fn parse_order_count(bits: &mut Bits) -> Option<()> {
    match bits.ue()? {
        0 => {
            bits.ue()?; // log2_max_pic_order_cnt_lsb_minus4
        }
        1 => {
            bits.skip(1)?; // delta_pic_order_always_zero_flag
            bits.se()?;
            bits.se()?;
            let cycle = bits.ue()?;
            for _ in 0..cycle.min(256) {
                bits.se()?;
            }
        }
        _ => {}
    }
    Some(())
}

fn skip_scaling_list(bits: &mut Bits, size: usize) -> Option<()> {
    let (mut last, mut next) = (8_i64, 8_i64);
    for _ in 0..size {
        if next != 0 {
            next = (last + i64::from(bits.se()?)).rem_euclid(256);
        }
        last = if next == 0 { last } else { next };
    }
    Some(())
}

/// `hrd_parameters()` [E.1.2].
fn skip_hrd(bits: &mut Bits) -> Option<()> {
    let count = bits.ue()?.checked_add(1).filter(|count| *count <= 32)?;
    bits.skip(8)?;
    for _ in 0..count {
        bits.ue()?;
        bits.ue()?;
        bits.skip(1)?;
    }
    bits.skip(20)
}

pub(crate) fn describe(config: &[u8]) -> Described {
    let Some(record) = Record::parse(config) else { return Described::default() };
    let sps = record.sps.iter().find_map(|unit| Sps::parse(unit));
    // The record repeats what the parameter set says; decoders believe the parameter set.
    let profile = sps.as_ref().map_or(record.profile, |sps| sps.profile);
    Described {
        codec_string: Some(rfc6381::avc(profile)),
        video: sps.map(|sps| sps.video()),
        ..Described::default()
    }
}

/// What an access unit begins with, for those who want to know more than [`RandomAccess`] tells.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Picture {
    /// An IDR picture.
    Idr,
    /// A recovery point: so many frames later everything is right.
    Recovery(u32),
    /// Only I slices, but nothing promises that later pictures do not refer to earlier ones.
    Intra,
    /// It refers to other pictures.
    Other,
}

/// What kind of picture an access unit is; `None` if no slice of it is there.
pub fn picture<'a>(units: impl IntoIterator<Item = &'a [u8]>) -> Option<Picture> {
    let mut recovery = None;
    let mut intra = None;
    for unit in units {
        match unit_type(unit)? {
            IDR => return Some(Picture::Idr),
            SEI => recovery = recovery.or_else(|| sei::recovery_frames(unit.get(1..)?)),
            SLICE | 2 => {
                if let Some(frames) = recovery {
                    return Some(Picture::Recovery(frames));
                }
                let Some(slice) = Slice::parse(unit) else { continue };
                match intra {
                    // The second field of the frame may refer to the first.
                    Some(true) if slice.first_macroblock == 0 => return Some(Picture::Intra),
                    _ if !slice.intra => return Some(Picture::Other),
                    _ if slice.all_alike => return Some(Picture::Intra),
                    _ => intra = Some(true),
                }
            }
            _ => {}
        }
    }
    intra.map(|_| Picture::Intra)
}

/// The first words of a slice header [7.3.3].
struct Slice {
    first_macroblock: u32,
    intra: bool,
    /// Whether all slices of the picture are of this kind.
    all_alike: bool,
}

impl Slice {
    fn parse(unit: &[u8]) -> Option<Self> {
        let payload = nal::unescape(unit, 24);
        let mut bits = Bits::new(payload.get(1..)?);
        let first_macroblock = bits.ue()?;
        let kind = bits.ue()?;
        Some(Self { first_macroblock, intra: matches!(kind % 5, 2 | 4), all_alike: kind >= 5 })
    }
}

pub(crate) fn random_access<'a>(units: impl IntoIterator<Item = &'a [u8]>) -> Option<RandomAccess> {
    Some(match picture(units)? {
        Picture::Idr => RandomAccess::Closed,
        Picture::Recovery(0) | Picture::Intra => RandomAccess::Open,
        _ => RandomAccess::No,
    })
}
