//! A picture in memory, and JPEG.

use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer, images::Image, images::ImageRef,
};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::NoPicture;

/// Eight bits of red, green and blue for each pixel, row by row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Pixels {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rgb: Vec<u8>,
}

/// Good enough that nobody sees a difference in a poster.
pub(crate) const POSTER: u8 = 80;
/// Tiles are small and many.
pub(crate) const TILES: u8 = 70;

impl Pixels {
    /// A black one.
    pub(crate) fn black(width: u32, height: u32) -> Self {
        let bytes = width as usize * height as usize * 3;
        Self { width, height, rgb: vec![0; bytes] }
    }

    /// Its rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.rgb.chunks_exact((self.width as usize * 3).max(3))
    }

    /// The same in another size.
    pub(crate) fn scaled(&self, width: u32, height: u32, filter: FilterType) -> Option<Self> {
        let source = ImageRef::new(self.width, self.height, &self.rgb, PixelType::U8x3).ok()?;
        let mut target = Image::new(width, height, PixelType::U8x3);
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
        Resizer::new().resize(&source, &mut target, &options).ok()?;
        Some(Self { width, height, rgb: target.into_vec() })
    }

    /// Puts another picture into this one, as much of it as there is room for.
    pub(crate) fn put(&mut self, tile: &Self, x: u32, y: u32) {
        let stride = self.width as usize * 3;
        let width = (tile.width.min(self.width.saturating_sub(x)) as usize) * 3;
        for (row, from) in (y as usize..self.height as usize).zip(tile.rows()) {
            let at = row * stride + x as usize * 3;
            if let (Some(to), Some(from)) = (self.rgb.get_mut(at..at + width), from.get(..width)) {
                to.copy_from_slice(from);
            }
        }
    }

    /// As JPEG with half the colour resolution, without any metadata.
    pub(crate) fn jpeg(&self, quality: u8) -> Result<Vec<u8>, NoPicture> {
        let wrong = |what: &dyn std::fmt::Display| NoPicture::Unkept(what.to_string());
        let side = |length: u32| u16::try_from(length).map_err(|error| wrong(&error));
        let mut bytes = Vec::with_capacity(self.rgb.len() / 10);
        let mut encoder = Encoder::new(&mut bytes, quality);
        encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
        // Tables of its own would save two hundredths; of a black picture they have codes that
        // zune-jpeg (0.5), by which we read our own, takes for green.
        encoder.set_optimized_huffman_tables(false);
        encoder
            .encode(&self.rgb, side(self.width)?, side(self.height)?, ColorType::Rgb)
            .map_err(|error| wrong(&error))?;
        Ok(bytes)
    }
}

/// The largest size of this shape within a box, never larger than it is, each side at least 1.
pub(crate) fn fit(size: (u32, u32), within: (u32, u32)) -> (u32, u32) {
    let (width, height) = (u64::from(size.0.max(1)), u64::from(size.1.max(1)));
    let (most_wide, most_high) = (u64::from(within.0), u64::from(within.1));
    let (mut w, mut h) = (width, height);
    if w > most_wide {
        (w, h) = (most_wide, (height * most_wide + width / 2) / width);
    }
    if h > most_high {
        (w, h) = ((width * most_high + height / 2) / height, most_high);
    }
    let side = |length: u64| u32::try_from(length.max(1)).unwrap_or(u32::MAX);
    (side(w), side(h))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_keeps_its_shape_within_a_box() {
        assert_eq!(fit((640, 360), (160, 200)), (160, 90));
        assert_eq!(fit((360, 640), (160, 200)), (113, 200));
        assert_eq!(fit((100, 50), (160, 200)), (100, 50), "never larger");
        assert_eq!(fit((4000, 2), (160, 200)), (160, 1));
    }

    #[test]
    fn a_tile_at_the_edge_is_cut_off() {
        let mut sheet = Pixels::black(3, 2);
        let white = Pixels { width: 2, height: 2, rgb: vec![255; 12] };
        sheet.put(&white, 2, 1);
        assert_eq!(sheet.rgb.iter().map(|byte| u32::from(byte / 255)).sum::<u32>(), 3);
    }
}
