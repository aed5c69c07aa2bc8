//! What a track of pictures says of them: the `Video` element [RFC 9559, 5.1.4.1.28].

use media::{Colour, Ratio, Video};

use crate::{ebml::Element, ids};

/// What is said of pictures.
#[derive(Clone, Debug, Default)]
pub(crate) struct Picture {
    /// Coded size.
    width: u32,
    height: u32,
    /// Left, right, top, bottom.
    crop: [u32; 4],
    /// In units of `display_unit`.
    display: [Option<u32>; 2],
    display_unit: u64,
    /// 1: fields of two moments; 2: whole pictures; 0: not said.
    interlaced: u64,
    colour: Option<Colour>,
    bits: u8,
    mastering: Option<Vec<u8>>,
    light_level: Option<Vec<u8>>,
    /// Degrees, counter-clockwise.
    roll: f64,
}

impl Picture {
    pub(crate) fn read(element: &Element<'_>) -> Self {
        let mut picture = Self::default();
        for child in element.children() {
            match child.id {
                ids::PIXEL_WIDTH => picture.width = child.small(),
                ids::PIXEL_HEIGHT => picture.height = child.small(),
                ids::PIXEL_CROP_LEFT => picture.crop[0] = child.small(),
                ids::PIXEL_CROP_RIGHT => picture.crop[1] = child.small(),
                ids::PIXEL_CROP_TOP => picture.crop[2] = child.small(),
                ids::PIXEL_CROP_BOTTOM => picture.crop[3] = child.small(),
                ids::DISPLAY_WIDTH => picture.display[0] = Some(child.small()),
                ids::DISPLAY_HEIGHT => picture.display[1] = Some(child.small()),
                ids::DISPLAY_UNIT => picture.display_unit = child.uint(),
                ids::FLAG_INTERLACED => picture.interlaced = child.uint(),
                ids::COLOUR => picture.colour(&child),
                ids::PROJECTION => {
                    let roll = child.children().find(|child| child.id == ids::PROJECTION_POSE_ROLL);
                    picture.roll = roll.map_or(0.0, |roll| roll.float());
                }
                _ => {}
            }
        }
        picture
    }

    fn colour(&mut self, element: &Element<'_>) {
        let mut colour = Colour::default();
        let (mut most, mut average) = (0, 0);
        let point = |child: &Element<'_>| u8::try_from(child.uint()).unwrap_or(2);
        let short = |child: &Element<'_>| u16::try_from(child.uint()).unwrap_or(u16::MAX);
        for child in element.children() {
            match child.id {
                ids::MATRIX_COEFFICIENTS => colour.matrix = point(&child),
                ids::TRANSFER_CHARACTERISTICS => colour.transfer = point(&child),
                ids::PRIMARIES => colour.primaries = point(&child),
                ids::RANGE => colour.full_range = child.uint() == 2,
                ids::BITS_PER_CHANNEL => self.bits = u8::try_from(child.uint()).unwrap_or(0),
                ids::MAX_CLL => most = short(&child),
                ids::MAX_FALL => average = short(&child),
                ids::MASTERING_METADATA => self.mastering = mastering(&child),
                _ => {}
            }
        }
        self.colour = Some(colour);
        if (most, average) != (0, 0) {
            self.light_level = Some([most.to_be_bytes(), average.to_be_bytes()].concat());
        }
    }

    /// The size of what is coded.
    pub(crate) fn coded(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// What it says, completed by what the coding says of itself.
    pub(crate) fn settle(&self, coded: Option<Video>, dolby_vision: Option<&[u8]>) -> Video {
        let coded = coded.unwrap_or_default();
        let mut video = coded.clone();
        let [left, right, top, bottom] = self.crop;
        let width = self.width.saturating_sub(left.saturating_add(right));
        let height = self.height.saturating_sub(top.saturating_add(bottom));
        if width > 0 && height > 0 {
            (video.width, video.height) = (width, height);
            if self.display.iter().any(Option::is_some) {
                video.pixel_aspect = self.pixel_aspect(width, height);
            }
        }
        video.rotation = rotation(self.roll);
        if self.bits > 0 {
            video.bit_depth = self.bits;
        }
        if let Some(colour) = self.colour {
            // What one leaves open, the other may say.
            let or = |this, that| if this == 2 { that } else { this };
            video.colour = Colour {
                primaries: or(colour.primaries, coded.colour.primaries),
                transfer: or(colour.transfer, coded.colour.transfer),
                matrix: or(colour.matrix, coded.colour.matrix),
                full_range: colour.full_range || coded.colour.full_range,
            };
        }
        video.mastering = self.mastering.clone().or(coded.mastering);
        video.light_level = self.light_level.clone().or(coded.light_level);
        video.dolby_vision = dolby_vision.and_then(bitstream::dolby_vision).or(coded.dolby_vision);
        match self.interlaced {
            1 => video.interlaced = true,
            2 => video.interlaced = false,
            _ => {}
        }
        video
    }

    fn pixel_aspect(&self, width: u32, height: u32) -> Option<Ratio> {
        // 0 pixels, 1 and 2 lengths, 3 a ratio; 4 means nothing.
        if self.display_unit > 3 {
            return None;
        }
        let across = u64::from(self.display[0].unwrap_or(width)) * u64::from(height);
        let down = u64::from(self.display[1].unwrap_or(height)) * u64::from(width);
        let (mut a, mut b) = (across, down);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let num = u32::try_from(across / a.max(1)).ok()?;
        let den = u32::try_from(down / a.max(1)).ok()?;
        Ratio::new(num, den).filter(|ratio| ratio.num != ratio.den)
    }
}

/// The body of an `mdcv` box [ISO/IEC 14496-12, 12.1.7].
fn mastering(element: &Element<'_>) -> Option<Vec<u8>> {
    let value = |id| element.children().find(|child| child.id == id).map(|child| child.float());
    // Green, blue, red, white; x before y. Matroska has red first.
    let order = [0x55D3, 0x55D4, 0x55D5, 0x55D6, 0x55D1, 0x55D2, 0x55D7, 0x55D8];
    let mut out = Vec::with_capacity(24);
    for id in order {
        let units = fixed(value(id)? * 50_000.0, f64::from(u16::MAX));
        out.extend_from_slice(&u16::try_from(units).unwrap_or(u16::MAX).to_be_bytes());
    }
    for id in [ids::LUMINANCE_MAX, ids::LUMINANCE_MIN] {
        let units = fixed(value(id).unwrap_or(0.0) * 10_000.0, f64::from(u32::MAX));
        out.extend_from_slice(&units.to_be_bytes());
    }
    Some(out)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within bounds; NaN gives 0
fn fixed(value: f64, most: f64) -> u32 {
    value.round().clamp(0.0, most) as u32
}

/// Clockwise quarter turns, in degrees, from a counter-clockwise angle.
fn rotation(roll: f64) -> u16 {
    if !roll.is_finite() {
        return 0;
    }
    let quarters = fixed((-roll / 90.0).rem_euclid(4.0), 4.0) % 4;
    u16::try_from(quarters * 90).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_shape_of_pixels_comes_from_the_size_of_the_display() {
        let picture = |width, height, unit| Picture {
            width: 720,
            height: 576,
            display: [width, height],
            display_unit: unit,
            ..Picture::default()
        };
        let aspect = |picture: Picture| picture.settle(None, None).pixel_aspect;
        assert_eq!(aspect(picture(Some(1024), Some(576), 0)), Ratio::new(64, 45));
        assert_eq!(aspect(picture(Some(16), Some(9), 3)), Ratio::new(64, 45));
        assert_eq!(aspect(picture(Some(1024), None, 0)), Ratio::new(64, 45));
        assert_eq!(aspect(picture(Some(720), Some(576), 0)), None);
        assert_eq!(aspect(picture(Some(9), Some(9), 4)), None);
        assert_eq!(aspect(picture(None, None, 0)), None);
    }

    #[test]
    fn turns_become_clockwise() {
        let turned = [0.0, 90.0, -90.0, 180.0, 270.0, 359.9, f64::NAN].map(rotation);
        assert_eq!(turned, [0, 270, 90, 180, 90, 0, 0]);
    }
}
