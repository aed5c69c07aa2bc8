//! The sequence parameter set of H.264 [7.3.2.1.1], VUI included [E.1.1].

use media::{Colour, Ratio, Video};

use super::{SPS, unit_type};
use crate::{
    bits::Bits,
    nal,
    vui::{Common, plausible_rate},
};

/// A sequence parameter set.
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
