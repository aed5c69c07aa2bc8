//! The sequence parameter set of HEVC [7.3.2.2].

use media::{Colour, Ratio};

use super::{ProfileTierLevel, SPS, unit_type};
use crate::{
    bits::Bits,
    nal,
    vui::{Common, plausible_rate},
};

/// A sequence parameter set.
#[derive(Clone, Debug, PartialEq)]
pub struct Sps {
    /// Profile, tier and level.
    pub general: ProfileTierLevel,
    /// Temporal sub-layers: 1 to 7.
    pub sub_layers: u8,
    /// `sps_temporal_id_nesting_flag`.
    pub nested: bool,
    /// 0 grey, 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4.
    pub chroma_format: u8,
    /// Bits of a luma sample.
    pub bit_depth_luma: u8,
    /// Bits of a chroma sample.
    pub bit_depth_chroma: u8,
    /// Width in pixels, cropping applied.
    pub width: u32,
    /// Height in pixels, cropping applied; of one field if pictures are fields.
    pub height: u32,
    /// By how many pictures the order of coding and of showing may differ at most.
    pub reorder: u32,
    /// The shape of a pixel; `None` for square or unknown.
    pub pixel_aspect: Option<Ratio>,
    /// How colours are meant.
    pub colour: Colour,
    /// Whether pictures are single fields.
    pub fields: bool,
    /// Pictures a second by the timing of the VUI, if that can be true.
    pub frame_rate: Option<Ratio>,
}

impl Sps {
    /// From a NAL unit, header included.
    pub fn parse(unit: &[u8]) -> Option<Self> {
        if unit_type(unit)? != SPS {
            return None;
        }
        let payload = nal::unescape(unit, 8192);
        let general = ProfileTierLevel::parse(payload.get(3..)?)?;
        let mut bits = Bits::new(payload.get(2..)?);
        bits.skip(4)?; // sps_video_parameter_set_id
        let more_sub_layers = bits.read(3)?;
        let nested = bits.flag()?;
        skip_profile_tier_level(&mut bits, more_sub_layers)?;
        bits.ue()?; // sps_seq_parameter_set_id
        let chroma_format = u8::try_from(bits.ue()?).ok().filter(|format| *format <= 3)?;
        let separate_planes = chroma_format == 3 && bits.flag()?;
        let (width, height) = size(&mut bits, if separate_planes { 0 } else { chroma_format })?;
        let mut sps = Self {
            general,
            sub_layers: u8::try_from(more_sub_layers + 1).ok()?,
            nested,
            chroma_format,
            bit_depth_luma: depth(&mut bits)?,
            bit_depth_chroma: depth(&mut bits)?,
            width,
            height,
            reorder: 0,
            pixel_aspect: None,
            colour: Colour::default(),
            fields: false,
            frame_rate: None,
        };
        // What damage follows takes nothing from what is known already.
        let _ = sps.parse_coding(&mut bits, more_sub_layers);
        Some(sps)
    }

    /// From the length of order counts on.
    fn parse_coding(&mut self, bits: &mut Bits, more_sub_layers: u32) -> Option<()> {
        let order_count_bits = bits.ue()?.checked_add(4).filter(|bits| *bits <= 16)?;
        let info_for_all = bits.flag()?;
        for _ in 0..if info_for_all { more_sub_layers + 1 } else { 1 } {
            bits.ue()?; // sps_max_dec_pic_buffering_minus1
            self.reorder = bits.ue()?;
            bits.ue()?; // sps_max_latency_increase_plus1
        }
        for _ in 0..6 {
            bits.ue()?; // sizes of blocks and depths of trees
        }
        if bits.flag()? && bits.flag()? {
            skip_scaling_lists(bits)?;
        }
        bits.skip(2)?; // amp_enabled_flag, sample_adaptive_offset_enabled_flag
        if bits.flag()? {
            bits.skip(8)?; // bit depths of PCM
            bits.ue()?;
            bits.ue()?;
            bits.skip(1)?;
        }
        skip_reference_sets(bits)?;
        if bits.flag()? {
            let count = bits.ue()?.min(32);
            for _ in 0..count {
                bits.read(order_count_bits)?;
                bits.skip(1)?;
            }
        }
        bits.skip(2)?; // sps_temporal_mvp_enabled_flag, strong_intra_smoothing_enabled_flag
        if bits.flag()? { self.parse_vui(bits) } else { Some(()) }
    }

    fn parse_vui(&mut self, bits: &mut Bits) -> Option<()> {
        let common = Common::parse(bits)?;
        self.pixel_aspect = common.pixel_aspect;
        self.colour = common.colour;
        bits.skip(1)?; // neutral_chroma_indication_flag
        self.fields = bits.flag()?;
        bits.skip(1)?; // frame_field_info_present_flag
        if bits.flag()? {
            for _ in 0..4 {
                bits.ue()?; // the default display window, which players do not apply
            }
        }
        if bits.flag()? {
            let tick = bits.read(32)?;
            self.frame_rate = plausible_rate(bits.read(32)?.into(), tick.into());
        }
        Some(())
    }
}

/// Width and height, conformance window applied.
fn size(bits: &mut Bits, chroma: u8) -> Option<(u32, u32)> {
    let (width, height) = (bits.ue()?, bits.ue()?);
    let (mut across, mut down) = (0_u32, 0_u32);
    if bits.flag()? {
        let window = [bits.ue()?, bits.ue()?, bits.ue()?, bits.ue()?];
        let unit_x = if matches!(chroma, 1 | 2) { 2 } else { 1 };
        let unit_y = if chroma == 1 { 2 } else { 1 };
        across = window[0].checked_add(window[1])?.checked_mul(unit_x)?;
        down = window[2].checked_add(window[3])?.checked_mul(unit_y)?;
    }
    let width = width.checked_sub(across).filter(|width| *width > 0)?;
    let height = height.checked_sub(down).filter(|height| *height > 0)?;
    Some((width, height))
}

fn depth(bits: &mut Bits) -> Option<u8> {
    u8::try_from(bits.ue()?.checked_add(8)?).ok().filter(|depth| *depth <= 16)
}

/// `profile_tier_level(1, more_sub_layers)` [7.3.3].
pub(super) fn skip_profile_tier_level(bits: &mut Bits, more_sub_layers: u32) -> Option<()> {
    bits.skip(96)?;
    if more_sub_layers == 0 {
        return Some(());
    }
    let mut length = 0;
    for layer in 0..8 {
        let (profile, level) = (bits.flag()?, bits.flag()?);
        if layer < more_sub_layers {
            length += if profile { 88 } else { 0 } + if level { 8 } else { 0 };
        }
    }
    bits.skip(length)
}

/// `scaling_list_data()` [7.3.4].
fn skip_scaling_lists(bits: &mut Bits) -> Option<()> {
    for size in 0..4_u32 {
        for _ in (0..6).step_by(if size == 3 { 3 } else { 1 }) {
            if !bits.flag()? {
                bits.ue()?; // scaling_list_pred_matrix_id_delta
                continue;
            }
            if size > 1 {
                bits.se()?; // scaling_list_dc_coef_minus8
            }
            for _ in 0..(16_u32 << (2 * size)).min(64) {
                bits.se()?;
            }
        }
    }
    Some(())
}

/// All `st_ref_pic_set()` of a sequence parameter set [7.3.7].
fn skip_reference_sets(bits: &mut Bits) -> Option<()> {
    let count = bits.ue()?.min(64);
    let mut pictures = 0_u32; // in the set before
    for index in 0..count {
        if index > 0 && bits.flag()? {
            bits.skip(1)?; // delta_rps_sign
            bits.ue()?; // abs_delta_rps_minus1
            let mut used = 0;
            for _ in 0..=pictures {
                // used_by_curr_pic_flag, and where that is not set, use_delta_flag
                if bits.flag()? || bits.flag()? {
                    used += 1;
                }
            }
            pictures = used;
        } else {
            let (negative, positive) = (bits.ue()?, bits.ue()?);
            pictures = negative.checked_add(positive).filter(|pictures| *pictures <= 32)?;
            for _ in 0..pictures {
                bits.ue()?;
                bits.skip(1)?;
            }
        }
    }
    Some(())
}
