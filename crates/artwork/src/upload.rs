//! Posters that people upload: decoded here, within bounds, and written anew, so that nothing of
//! what came along (places, names of cameras, tricks for decoders) is kept.

use std::io::Cursor;

use bytes::Bytes;
use fast_image_resize::FilterType;
use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage,
    metadata::Orientation,
};

use crate::{
    NoPicture, Poster, Workshop, album,
    kinds::Origin,
    pixels::{self, Pixels, fit},
};

/// The largest upload, in bytes.
pub const UPLOAD_MAX: usize = 20 << 20;
/// The most pixels, whatever the shape; in our eight bits a colour they take as much as [`MEMORY`].
const PIXELS_MAX: u64 = 44_000_000;
/// The longest side, in pixels.
const SIDE_MAX: u32 = 20_000;
/// The most memory for its pixels as they are in the file, in bytes. Decoding, and turning them to
/// eight bits a colour, takes as much again, twice at worst.
const MEMORY: u64 = 128 << 20;
/// What becomes of it fits into this, however it is turned.
const POSTER: (u32, u32) = (1280, 1280);

impl Workshop {
    /// The poster out of a picture that somebody uploaded: JPEG, PNG or WebP of at most
    /// [`UPLOAD_MAX`] bytes, 44 million pixels, and 128 MiB when it is unpacked. Turned as its own
    /// notes say; made smaller where it is larger than 1280 pixels. One after the other.
    pub async fn poster_from_image(&self, bytes: Bytes) -> Result<Poster, NoPicture> {
        let only = self.uploads().await?;
        let keep = move |pictures: &_| {
            let picture = decode(&bytes)?;
            drop((bytes, only));
            album::poster(&picture, pixels::POSTER, Origin::Upload, pictures)
        };
        self.desk(keep).await
    }
}

fn refused(why: impl std::fmt::Display) -> NoPicture {
    NoPicture::Upload(format!("this picture cannot be used: {why}"))
}

fn decode(bytes: &[u8]) -> Result<Pixels, NoPicture> {
    if bytes.len() > UPLOAD_MAX {
        return Err(refused("it is larger than 20 MiB"));
    }
    let mut reader = ImageReader::new(Cursor::new(bytes));
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let reader = reader.with_guessed_format().map_err(refused)?;
    let known = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP];
    if !reader.format().is_some_and(|format| known.contains(&format)) {
        return Err(refused("only JPEG, PNG and WebP are read"));
    }
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(refused(format_args!("{width} by {height} are more than 44 million pixels")));
    }
    if decoder.total_bytes() > MEMORY {
        return Err(refused(format_args!(
            "{width} by {height} pixels of this depth take more than 128 MiB"
        )));
    }
    let orientation = decoder.orientation().map_err(refused)?;
    let whole = flat(DynamicImage::from_decoder(decoder).map_err(refused)?);
    let (width, height) = fit((whole.width, whole.height), POSTER);
    let small = if (width, height) == (whole.width, whole.height) {
        whole
    } else {
        let smaller = whole.scaled(width, height, FilterType::Lanczos3);
        smaller.ok_or_else(|| refused("it has no pixels"))?
    };
    turned(small, orientation).ok_or_else(|| refused("it has no pixels"))
}

/// Without transparency: on black, as videos are. Keeps what it gets as long as it needs it and no
/// longer, for it is large.
fn flat(image: DynamicImage) -> Pixels {
    let (width, height) = (image.width(), image.height());
    if !image.color().has_alpha() {
        return Pixels { width, height, rgb: image.into_rgb8().into_raw() };
    }
    // In its place: what is written lies before what is still to be read.
    let mut bytes = image.into_rgba8().into_raw();
    let count = bytes.len() / 4;
    for number in 0..count {
        let Some([red, green, blue, alpha]) = bytes.get(number * 4..).and_then(<[u8]>::first_chunk)
        else {
            break;
        };
        let over = |part: &u8| u8::try_from(u16::from(*part) * u16::from(*alpha) / 255);
        let flat = [red, green, blue].map(|part| over(part).unwrap_or(u8::MAX));
        if let Some(to) = bytes.get_mut(number * 3..number * 3 + 3) {
            to.copy_from_slice(&flat);
        }
    }
    bytes.truncate(count * 3);
    Pixels { width, height, rgb: bytes }
}

fn turned(picture: Pixels, orientation: Orientation) -> Option<Pixels> {
    let Pixels { width, height, rgb } = picture;
    let mut image = DynamicImage::ImageRgb8(RgbImage::from_raw(width, height, rgb)?);
    image.apply_orientation(orientation);
    let (width, height) = (image.width(), image.height());
    Some(Pixels { width, height, rgb: image.into_rgb8().into_raw() })
}

/// One of our own JPEGs. Blocks.
pub(crate) fn decode_own(bytes: &[u8]) -> Option<Pixels> {
    let image = image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).ok()?.into_rgb8();
    Some(Pixels { width: image.width(), height: image.height(), rgb: image.into_raw() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use image::{ExtendedColorType, ImageEncoder as _, codecs::png::PngEncoder};

    use super::*;

    fn png(width: u32, height: u32, pixel: &[u8], kind: ExtendedColorType) -> Vec<u8> {
        let mut bytes = Vec::new();
        let pixels = pixel.repeat(width as usize * height as usize);
        PngEncoder::new(&mut bytes).write_image(&pixels, width, height, kind).unwrap();
        bytes
    }

    #[test]
    fn a_large_picture_is_made_smaller_and_keeps_its_shape() {
        let picture = decode(&png(2000, 500, &[9, 200, 9], ExtendedColorType::Rgb8)).unwrap();
        assert_eq!((picture.width, picture.height), (1280, 320));
        assert_eq!(picture.rgb[..3], [9, 200, 9]);
    }

    #[test]
    fn what_is_transparent_lies_on_black() {
        let picture = decode(&png(2, 2, &[200, 100, 0, 51], ExtendedColorType::Rgba8)).unwrap();
        assert_eq!(picture.rgb[..3], [40, 20, 0]);
    }

    #[test]
    fn a_picture_is_turned_as_its_notes_say_and_the_notes_are_dropped() {
        let picture = Pixels { width: 32, height: 16, rgb: vec![90; 32 * 16 * 3] };
        let plain = picture.jpeg(90).unwrap();
        // An APP1 segment with one EXIF tag: orientation 6, a quarter turn clockwise.
        let exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let mut turned = plain[..2].to_vec();
        turned.extend([0xFF, 0xE1]);
        turned.extend(length);
        turned.extend(exif);
        turned.extend(&plain[2..]);
        let upright = decode(&turned).unwrap();
        assert_eq!((upright.width, upright.height), (16, 32));
        let written = upright.jpeg(80).unwrap();
        assert!(!written.windows(4).any(|bytes| bytes == b"Exif"));
    }

    #[test]
    fn a_small_file_of_a_huge_picture_is_refused_before_it_is_unpacked() {
        let flat = |size: &str, kind: &str| {
            let arguments =
                format!("-f lavfi -i color=black:s={size},format={kind} -frames:v 1 -update 1");
            let (_folder, path) = crate::testing::film("flat.png", &arguments);
            std::fs::read(path).unwrap()
        };
        // Seventeen million pixels, which is not many, of eight bytes each.
        let deep = flat("4200x4200", "rgba64be");
        assert!(deep.len() < 1 << 20, "{}", deep.len());
        let why = decode(&deep).unwrap_err().to_string();
        assert!(why.contains("take more than 128 MiB"), "{why}");
        let why = decode(&flat("9000x5000", "gray")).unwrap_err().to_string();
        assert!(why.contains("more than 44 million"), "{why}");
    }

    #[test]
    fn what_is_too_large_or_no_picture_is_refused_with_the_reason() {
        let why = |bytes: &[u8]| decode(bytes).unwrap_err().to_string();
        assert!(why(b"GIF89a").contains("only JPEG, PNG and WebP"));
        assert!(why(b"").contains("only JPEG, PNG and WebP"));
        assert!(why(&vec![0; UPLOAD_MAX + 1]).contains("larger than 20 MiB"));
        let whole = png(50, 50, &[1, 2, 3], ExtendedColorType::Rgb8);
        assert!(why(&whole[..whole.len() / 2]).contains("cannot be used"));
        // A few hundred bytes that say they are enormous.
        let mut bomb = whole.clone();
        bomb[16..20].copy_from_slice(&15_000u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&15_000u32.to_be_bytes());
        assert!(!why(&bomb).is_empty());
        bomb[16..20].copy_from_slice(&90_000u32.to_be_bytes());
        assert!(!why(&bomb).is_empty());
    }
}
