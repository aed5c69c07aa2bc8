//! Video usability information, as far as H.264 and HEVC write it alike [Rec. ITU-T H.264, E.1.1;
//! Rec. ITU-T H.265, E.2.1].

use media::{Colour, Ratio};

use crate::bits::Bits;

/// What both say of their pictures.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Common {
    /// The shape of a pixel; `None` for square or unknown.
    pub(crate) pixel_aspect: Option<Ratio>,
    pub(crate) colour: Colour,
}

impl Common {
    /// From the first bit of the VUI; afterwards `bits` is behind the location of chroma samples.
    pub(crate) fn parse(bits: &mut Bits) -> Option<Self> {
        let (num, den) = if bits.flag()? { aspect(bits)? } else { (1, 1) };
        if bits.flag()? {
            bits.skip(1)?; // overscan_appropriate_flag
        }
        let mut colour = Colour::default();
        if bits.flag()? {
            bits.skip(3)?; // video_format
            colour.full_range = bits.flag()?;
            if bits.flag()? {
                colour.primaries = bits.byte(8)?;
                colour.transfer = bits.byte(8)?;
                colour.matrix = bits.byte(8)?;
            }
        }
        if bits.flag()? {
            bits.ue()?; // chroma_sample_loc_type_top_field
            bits.ue()?;
        }
        Some(Self { pixel_aspect: not_square(num, den), colour })
    }
}

/// The shape of a pixel: width by height.
fn aspect(bits: &mut Bits) -> Option<(u32, u32)> {
    const EXTENDED: u8 = 255;
    // Table E-1, from 2 on: 1 is square, 0 unspecified.
    const SHAPES: [(u32, u32); 15] = [
        (12, 11),
        (10, 11),
        (16, 11),
        (40, 33),
        (24, 11),
        (20, 11),
        (32, 11),
        (80, 33),
        (18, 11),
        (15, 11),
        (64, 33),
        (160, 99),
        (4, 3),
        (3, 2),
        (2, 1),
    ];
    Some(match bits.byte(8)? {
        EXTENDED => (bits.read(16)?, bits.read(16)?),
        shape => {
            let known = usize::from(shape).checked_sub(2).and_then(|at| SHAPES.get(at));
            *known.unwrap_or(&(1, 1))
        }
    })
}

/// The shape of a pixel, unless it is square or makes no sense.
fn not_square(num: u32, den: u32) -> Option<Ratio> {
    Ratio::new(num, den).filter(|ratio| ratio.num != ratio.den)
}

/// Pictures a second, if so many are to be believed: recorders write all sorts of ticks there.
pub(crate) fn plausible_rate(num: u64, den: u64) -> Option<Ratio> {
    let mut pair = (num, den);
    while pair.0 > u64::from(u32::MAX) || pair.1 > u64::from(u32::MAX) {
        pair = (pair.0 / 2, pair.1 / 2);
    }
    let (num, den) = (u32::try_from(pair.0).ok()?, u32::try_from(pair.1).ok()?);
    let rate = Ratio::new(num, den)?;
    let (low, high) = (u64::from(rate.den), u64::from(rate.den) * 480);
    (low..=high).contains(&u64::from(rate.num)).then_some(rate)
}
