//! Smaller versions of posters, made when somebody asks for one, and kept beside the original.

use std::{fs::File, io::Read as _};

use fast_image_resize::FilterType;
use tokio::task::spawn_blocking;

use crate::{NoPicture, PictureFile, Pictures, Poster, Workshop, pictures, pixels, upload};

/// The widths that there are, in pixels.
pub const WIDTHS: [u32; 3] = [160, 320, 640];

impl Workshop {
    /// A poster in the smallest of [`WIDTHS`] that is at least `width` pixels wide, or as it is if
    /// that is not smaller; the open file and its length. Made at the first time.
    pub async fn sized(&self, poster: &Poster, width: u32) -> Result<(File, u64), NoPicture> {
        let (file, step) = (poster.file.clone(), step(width, poster.width));
        // Most are there already: they need no desk.
        let (pictures, known) = (self.pictures().clone(), file.clone());
        let look = move || pictures::open_whole(&place(&pictures, &known, step));
        let gone = |_| NoPicture::Cancelled;
        match (spawn_blocking(look).await.map_err(gone)?, step) {
            (Ok(found), _) => Ok(found),
            (Err(error), None) => Err(NoPicture::unkept(&error)),
            (Err(_), Some(step)) => self.desk(move |pictures| make(pictures, &file, step)).await,
        }
    }
}

/// The width that is made; none for as it is.
fn step(width: u32, of: u32) -> Option<u32> {
    WIDTHS.into_iter().find(|step| *step >= width).filter(|step| *step < of)
}

fn place(pictures: &Pictures, file: &PictureFile, step: Option<u32>) -> std::path::PathBuf {
    match step {
        Some(step) => pictures.named(file, &format!("{}-{step}.jpg", file.digits())),
        None => pictures.path(file),
    }
}

fn make(pictures: &Pictures, file: &PictureFile, step: u32) -> Result<(File, u64), NoPicture> {
    let unkept = |error: std::io::Error| NoPicture::unkept(&error);
    let path = place(pictures, file, Some(step));
    if let Ok(found) = pictures::open_whole(&path) {
        return Ok(found);
    }
    let mut bytes = Vec::new();
    pictures.open(file).map_err(unkept)?.0.read_to_end(&mut bytes).map_err(unkept)?;
    let broken = || NoPicture::Unkept(format!("{file} is damaged; have it made again"));
    let picture = upload::decode_own(&bytes).ok_or_else(broken)?;
    let (width, height) = pixels::fit((picture.width, picture.height), (step, u32::MAX));
    let smaller = picture.scaled(width, height, FilterType::Lanczos3).ok_or_else(broken)?;
    pictures::keep_at(&path, &smaller.jpeg(pixels::POSTER)?)?;
    pictures::open_whole(&path).map_err(unkept)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{Origin, Settings, kinds::Form, pixels::Pixels};

    #[tokio::test]
    async fn a_poster_has_the_sizes_that_are_asked_for_but_none_larger_than_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let pictures = Pictures::new(folder.path().to_owned());
        let whole = Pixels::black(400, 200).jpeg(80).unwrap();
        let file = pictures.keep(&whole, Form::Jpeg).unwrap();
        let workshop = Workshop::new(pictures, Settings::default());
        let (colour, from) = ("#000000".to_owned(), Origin::Upload);
        let poster = Poster { file, width: 400, height: 200, colour, from };
        for (asked, wide) in [(1, 160), (160, 160), (161, 320), (640, 400), (9_000, 400)] {
            let (mut smaller, length) = workshop.sized(&poster, asked).await.unwrap();
            let mut bytes = Vec::new();
            smaller.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes.len() as u64, length);
            let picture = upload::decode_own(&bytes).unwrap();
            assert_eq!((picture.width, picture.height), (wide, wide / 2), "{asked}");
        }
        let missing = PictureFile::of(b"missing", Form::Jpeg);
        assert!(workshop.sized(&Poster { file: missing, ..poster }, 160).await.is_err());
    }
}
