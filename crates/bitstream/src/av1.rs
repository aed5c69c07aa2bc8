//! AV1: the configuration record, the sequence header, and what kind of picture begins a temporal
//! unit [AV1 Bitstream & Decoding Process Specification; AV1 in ISOBMFF].

use media::{Colour, Ratio, Video};

use crate::{
    Described, RandomAccess,
    bits::Bits,
    rfc6381::{self, Sampling},
    sei::HighDynamicRange,
    vui::plausible_rate,
};

const SEQUENCE_HEADER: u8 = 1;
const FRAME_HEADER: u8 = 3;
const METADATA: u8 = 5;
const FRAME: u8 = 6;

/// Type and payload of each OBU; the last may be cut off. Ends at what is no OBU.
pub fn obus(data: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = data;
    std::iter::from_fn(move || {
        let (header, after) = rest.split_first()?;
        if header & 0x80 != 0 {
            return None; // obu_forbidden_bit
        }
        let mut after = after.get(usize::from(header & 4 != 0)..)?; // the extension header
        if header & 2 == 0 {
            rest = &[]; // obu_has_size_field is not set: it goes on to the end
        } else {
            let size = leb128(&mut after)?;
            let (payload, others) = after.split_at(size.min(after.len()));
            (after, rest) = (payload, others);
        }
        Some((header >> 3 & 0xf, after))
    })
}

/// A number in groups of seven bits, the lowest first [4.10.5].
fn leb128(rest: &mut &[u8]) -> Option<usize> {
    let mut value = 0_u64;
    for at in 0..8 {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        value |= u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return usize::try_from(value).ok();
        }
    }
    None
}

/// A sequence header [5.5].
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

    fn codec_string(&self) -> String {
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

pub(crate) fn describe(config: &[u8]) -> Described {
    let Some([0x81, profile_level, flags, _]) = config.first_chunk().copied() else {
        return Described::default();
    };
    let body = config.get(4..).unwrap_or_default();
    let sequence = obus(body)
        .find(|(kind, _)| *kind == SEQUENCE_HEADER)
        .and_then(|(_, payload)| Sequence::parse(payload));
    let Some(sequence) = sequence else {
        // Only the head of the record is there.
        let bit_depth = match (flags & 0x40 != 0, flags & 0x20 != 0) {
            (false, _) => 8,
            (true, false) => 10,
            (true, true) => 12,
        };
        let (profile, level) = (profile_level >> 5, profile_level & 31);
        let base = Sampling { profile, level, bit_depth, colour: Colour::default() };
        let chroma = [flags >> 3 & 1, flags >> 2 & 1, flags & 3];
        let string = rfc6381::av1(base, flags & 0x80 != 0, flags & 0x10 != 0, chroma);
        return Described {
            codec_string: Some(string),
            video: Some(Video { bit_depth, ..Video::default() }),
            ..Described::default()
        };
    };
    let range = high_dynamic_range(body);
    let video = Video {
        width: sequence.width,
        height: sequence.height,
        frame_rate: sequence.frame_rate,
        bit_depth: sequence.bit_depth,
        colour: sequence.colour,
        mastering: range.mastering,
        light_level: range.light_level,
        ..Video::default()
    };
    let codec_string = Some(sequence.codec_string());
    Described { codec_string, video: Some(video), ..Described::default() }
}

/// `av1C` with the sequence header of a key sample, where the record has none and the sample has.
pub(crate) fn complete(config: &[u8], sample: &[u8]) -> Option<Vec<u8>> {
    let body = config.get(4..).unwrap_or_default();
    if obus(body).any(|(kind, _)| kind == SEQUENCE_HEADER) {
        return None;
    }
    let (_, payload) = obus(sample).find(|(kind, _)| *kind == SEQUENCE_HEADER)?;
    // Headers have some tens of bytes: the size fits one byte of seven bits.
    let size = u8::try_from(payload.len()).ok().filter(|size| *size < 0x80)?;
    let mut obu = vec![SEQUENCE_HEADER << 3 | 2, size];
    obu.extend_from_slice(payload);
    let mut record = Sequence::parse(payload)?.record(&obu);
    if let (Some(delay), Some(stated)) = (record.get_mut(3), config.get(3)) {
        *delay = *stated;
    }
    Some(record)
}

/// What metadata OBUs say of high dynamic range [5.8], in the layout of the boxes.
pub fn high_dynamic_range(data: &[u8]) -> HighDynamicRange {
    const LIGHT_LEVEL: u8 = 1;
    const MASTERING_DISPLAY: u8 = 2;
    let mut found = HighDynamicRange::default();
    for (kind, payload) in obus(data) {
        match payload.split_first() {
            Some((&LIGHT_LEVEL, body)) if kind == METADATA => {
                found.light_level = body.get(..4).map(<[u8]>::to_vec).or(found.light_level);
            }
            Some((&MASTERING_DISPLAY, body)) if kind == METADATA => {
                found.mastering = mastering(body).or(found.mastering);
            }
            _ => {}
        }
    }
    found
}

/// From red, green, blue in 65536ths to green, blue, red in 50000ths, and luminances from 256ths
/// and 16384ths to 10000ths.
fn mastering(body: &[u8]) -> Option<Vec<u8>> {
    let mut bits = Bits::new(body);
    let mut points = [[0_u16; 2]; 4];
    for point in &mut points {
        for coordinate in point {
            let scaled = (u64::from(bits.read(16)?) * 50_000 + (1 << 15)) >> 16;
            *coordinate = u16::try_from(scaled).ok()?;
        }
    }
    let brightest = u64::from(bits.read(32)?).saturating_mul(10_000) >> 8;
    let darkest = u64::from(bits.read(32)?).saturating_mul(10_000) >> 14;
    let [red, green, blue, white] = points;
    let mut out = Vec::with_capacity(24);
    for coordinate in [green, blue, red, white].as_flattened() {
        out.extend_from_slice(&coordinate.to_be_bytes());
    }
    for luminance in [brightest, darkest] {
        out.extend_from_slice(&u32::try_from(luminance).unwrap_or(u32::MAX).to_be_bytes());
    }
    Some(out)
}

pub(crate) fn random_access(config: &[u8], start: &[u8]) -> Option<RandomAccess> {
    let in_record = config.get(4..).unwrap_or_default();
    let header = |data: &[u8]| {
        let mut found = obus(data).filter(|(kind, _)| *kind == SEQUENCE_HEADER);
        found.next().and_then(|(_, payload)| Sequence::parse(payload))
    };
    // Matroska leaves out headers that are the same as that of the record.
    let Some(sequence) = header(start).or_else(|| header(in_record)) else {
        return Some(RandomAccess::No);
    };
    let mut frames = obus(start).filter(|(kind, _)| matches!(*kind, FRAME_HEADER | FRAME));
    let (_, frame) = frames.next()?;
    if sequence.reduced {
        return Some(RandomAccess::Closed);
    }
    Some(match frame.first()? {
        // show_existing_frame, frame_type (0: key frame), show_frame
        first if first & 0xf0 == 0x10 => RandomAccess::Closed,
        // A key frame to be shown later: what is shown before it refers to what came before.
        first if first & 0xf0 == 0 => RandomAccess::Open,
        _ => RandomAccess::No,
    })
}
