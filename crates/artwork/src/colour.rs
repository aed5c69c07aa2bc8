//! The dominant colour of a picture. Pure.

use crate::pixels::Pixels;

/// Bits of each component that tell one group of colours from another.
const BITS: u32 = 4;
/// At most about so many pixels are looked at.
const LOOKED_AT: usize = 20_000;

/// The mean of the largest group of similar colours as `#rrggbb`; vivid ones count more, as one
/// remembers a picture by them.
pub(crate) fn dominant(picture: &Pixels) -> String {
    let mut groups = vec![(0u64, [0u64; 3], 0u64); 1 << (3 * BITS)];
    let pixels = picture.rgb.len() / 3;
    let step = (pixels / LOOKED_AT).max(1);
    for pixel in picture.rgb.chunks_exact(3).step_by(step) {
        let [red, green, blue] = pixel else { continue };
        let top = |byte: &u8| usize::from(byte >> (8 - BITS));
        let group = (top(red) << (2 * BITS)) | (top(green) << BITS) | top(blue);
        let most = red.max(green).max(blue);
        let least = red.min(green).min(blue);
        let weight = 16 + u64::from(most - least) / 4;
        if let Some((weights, sums, count)) = groups.get_mut(group) {
            *weights += weight;
            *count += 1;
            for (sum, byte) in sums.iter_mut().zip(pixel) {
                *sum += u64::from(*byte);
            }
        }
    }
    let largest = groups.iter().max_by_key(|(weights, ..)| *weights);
    let (sums, count) = largest.map_or(([0; 3], 1), |(_, sums, count)| (*sums, (*count).max(1)));
    let [red, green, blue] = sums.map(|sum| sum / count);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colour_of_most_of_the_picture_wins() {
        let mut picture = Pixels { width: 10, height: 10, rgb: [200, 30, 40].repeat(100) };
        picture.put(&Pixels { width: 3, height: 3, rgb: [0, 0, 255].repeat(9) }, 0, 0);
        assert_eq!(dominant(&picture), "#c81e28");
        assert_eq!(dominant(&Pixels::black(0, 0)), "#000000");
    }
}
