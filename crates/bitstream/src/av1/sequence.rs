//! The sequence header of AV1 [5.5].

use media::{Colour, Ratio};

use crate::{
    bits::Bits,
    rfc6381::{self, Sampling},
    vui::plausible_rate,
};

/// A sequence header.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::struct_excessive_bools)] // the standard's flags
pub struct Sequence {
    /// `seq_profile`: 0 Main, 1 High, 2 Professional.
    pub profile: u8,
    /// `seq_level_idx[0]`: 0 for 2.0, 31 for no limit.
    pub level: u8,
    /// `seq_tier[0]`.
    pub high_tier: bool,
    /// Whether frame headers are the short ones of still pictures.
    pub reduced: bool,
    /// The largest width of a frame in pixels.
    pub width: u32,
    /// The largest height of a frame in pixels.
    pub height: u32,
    /// Bits of one colour component.
    pub bit_depth: u8,
    /// Whether there is no colour.
    pub monochrome: bool,
    /// Whether chroma is halved across and down, and where its samples lie.
    pub chroma: [u8; 3],
    /// How colours are meant.
    pub colour: Colour,
    /// Pictures a second, if they are stated to come evenly.
    pub frame_rate: Option<Ratio>,
}

impl Sequence {
    /// From the payload of its OBU.
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let mut bits = Bits::new(payload);
        let mut sequence = Self {
            profile: bits.byte(3)?,
            level: 0,
            high_tier: false,
            reduced: false,
            width: 0,
            height: 0,
            bit_depth: 8,
            monochrome: false,
            chroma: [1, 1, 0],
            colour: Colour::default(),
            frame_rate: None,
        };
        bits.skip(1)?; // still_picture
        sequence.reduced = bits.flag()?;
        if sequence.reduced {
            sequence.level = bits.byte(5)?;
        } else {
            sequence.parse_operation(&mut bits)?;
        }
        let width_bits = bits.read(4)? + 1;
        let height_bits = bits.read(4)? + 1;
        sequence.width = bits.read(width_bits)? + 1;
        sequence.height = bits.read(height_bits)? + 1;
        sequence.skip_tools(&mut bits)?;
        sequence.parse_colour(&mut bits)?;
        Some(sequence)
    }

    /// Timing and operating points; the first of these is the whole stream.
    fn parse_operation(&mut self, bits: &mut Bits) -> Option<()> {
        let mut delay_bits = None;
        if bits.flag()? {
            let (tick, scale) = (bits.read(32)?, bits.read(32)?);
            if bits.flag()? {
                let ticks = u64::from(bits.uvlc()?) + 1;
                self.frame_rate = plausible_rate(scale.into(), ticks.checked_mul(tick.into())?);
            }
            if bits.flag()? {
                delay_bits = Some(bits.read(5)? + 1);
                bits.skip(32 + 5 + 5)?;
            }
        }
        let initial_delay = bits.flag()?;
        for point in 0..=bits.read(5)? {
            bits.skip(12)?; // operating_point_idc
            let level = bits.byte(5)?;
            let high_tier = level > 7 && bits.flag()?;
            if point == 0 {
                (self.level, self.high_tier) = (level, high_tier);
            }
            if let Some(delay_bits) = delay_bits
                && bits.flag()?
            {
                bits.read(delay_bits)?;
                bits.read(delay_bits)?;
                bits.skip(1)?;
            }
            if initial_delay && bits.flag()? {
                bits.skip(4)?;
            }
        }
        Some(())
    }

    /// From frame numbers to film tools: what decoders need and nobody else.
    fn skip_tools(&self, bits: &mut Bits) -> Option<()> {
        if !self.reduced && bits.flag()? {
            bits.skip(4 + 3)?; // lengths of frame numbers
        }
        bits.skip(3)?; // 128x128 superblocks, filter intra, intra edge filter
        if !self.reduced {
            bits.skip(4)?; // interintra, masked compound, warped motion, dual filter
            let order_hint = bits.flag()?;
            if order_hint {
                bits.skip(2)?;
            }
            let screen_content = bits.flag()? || bits.flag()?; // chosen by frame, or for all
            if screen_content && !bits.flag()? {
                bits.skip(1)?; // seq_force_integer_mv
            }
            if order_hint {
                bits.skip(3)?;
            }
        }
        bits.skip(3) // superres, cdef, restoration
    }

    /// `color_config()` [5.5.2].
    fn parse_colour(&mut self, bits: &mut Bits) -> Option<()> {
        const RGB: [u8; 3] = [1, 13, 0];
        let high = bits.flag()?;
        let twelve = self.profile == 2 && high && bits.flag()?;
        self.bit_depth = if twelve { 12 } else { 8 + 2 * u8::from(high) };
        self.monochrome = self.profile != 1 && bits.flag()?;
        let mut codes = [2, 2, 2];
        if bits.flag()? {
            codes = [bits.byte(8)?, bits.byte(8)?, bits.byte(8)?];
        }
        let [primaries, transfer, matrix] = codes;
        self.colour = Colour { primaries, transfer, matrix, full_range: false };
        if self.monochrome {
            self.colour.full_range = bits.flag()?;
            return Some(());
        }
        if codes == RGB {
            self.colour.full_range = true;
            self.chroma = [0, 0, 0];
            return Some(());
        }
        self.colour.full_range = bits.flag()?;
        let (across, down) = match self.profile {
            0 => (true, true),
            1 => (false, false),
            _ if twelve => {
                let across = bits.flag()?;
                (across, across && bits.flag()?)
            }
            _ => (true, false),
        };
        let position = if across && down { bits.byte(2)? } else { 0 };
        self.chroma = [across.into(), down.into(), position];
        Some(())
    }

    pub(super) fn codec_string(&self) -> String {
        let Self { profile, level, bit_depth, colour, .. } = *self;
        let base = Sampling { profile, level, bit_depth, colour };
        rfc6381::av1(base, self.high_tier, self.monochrome, self.chroma)
    }

    /// `av1C` [AV1 in ISOBMFF, 2.3] for this header; `obu` is all of it, header and size included.
    pub fn record(&self, obu: &[u8]) -> Vec<u8> {
        let [across, down, position] = self.chroma;
        let depth = u8::from(self.bit_depth > 8) << 6 | u8::from(self.bit_depth > 10) << 5;
        let chroma = across << 3 | down << 2 | position & 3;
        let tier = u8::from(self.high_tier) << 7;
        let mono = u8::from(self.monochrome) << 4;
        let mut out = vec![0x81, self.profile << 5 | self.level & 31, tier | depth | mono | chroma];
        out.push(0); // initial_presentation_delay: not stated
        out.extend_from_slice(obu);
        out
    }
}
