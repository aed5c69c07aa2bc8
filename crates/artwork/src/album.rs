//! What becomes of the pictures that come out of ffmpeg: each is judged, made small and put into
//! its sheet; the best is kept.

use fast_image_resize::FilterType;
use tokio::sync::mpsc;

use crate::{
    NoPicture, Pictures, Poster, Stills, Storyboard, colour,
    judge::{Score, judge},
    kinds::{Form, Origin},
    pixels::{self, Pixels, fit},
};

/// Tiles of a sheet beside and above each other.
const COLUMNS: u32 = 10;
const ROWS: u32 = 10;
/// A tile fits into this, in pixels.
const TILE: (u32, u32) = (160, 200);
/// How many moments a preview is offered.
const MOMENTS: usize = 4;

/// Pictures with the moments at which they are shown, in milliseconds.
pub(crate) type Shown = (u64, Pixels);

/// The pictures of one video.
#[derive(Debug)]
pub(crate) struct Album {
    duration_ms: u64,
    interval_ms: u64,
    best: Option<(Score, Pixels)>,
    /// The best moment of each quarter.
    moments: [Option<(Score, u64)>; MOMENTS],
    sheets: Vec<Pixels>,
    tile: (u32, u32),
    times_ms: Vec<u64>,
}

impl Album {
    /// An empty one of a video of this length.
    pub(crate) fn new(duration_ms: u64, interval_ms: u64) -> Self {
        Self {
            duration_ms,
            interval_ms,
            best: None,
            moments: [None; MOMENTS],
            sheets: Vec::new(),
            tile: (0, 0),
            times_ms: Vec::new(),
        }
    }

    /// Takes pictures until there are no more. Blocks.
    pub(crate) fn fill(mut self, mut from: mpsc::Receiver<Shown>) -> Self {
        while let Some((time, picture)) = from.blocking_recv() {
            self.add(time, picture);
        }
        self
    }

    /// The video is taken to last as long as the pictures that came of it.
    pub(crate) fn ends_with_its_last(&mut self) {
        let last = self.times_ms.last().copied().unwrap_or(0);
        self.duration_ms = last.saturating_add(self.interval_ms);
    }

    fn add(&mut self, time: u64, picture: Pixels) {
        self.tile(time, &picture);
        self.consider(time, picture);
    }

    /// Takes a picture for the poster if it is better than what there is.
    pub(crate) fn consider(&mut self, time: u64, picture: Pixels) {
        let score = judge(&picture, time, self.duration_ms);
        let quarter = time.saturating_mul(MOMENTS as u64) / self.duration_ms.max(1);
        let quarter = usize::try_from(quarter).unwrap_or(MOMENTS).min(MOMENTS - 1);
        if let Some(moment) = self.moments.get_mut(quarter)
            && moment.is_none_or(|(best, _)| score > best)
        {
            *moment = Some((score, time));
        }
        if self.best.as_ref().is_none_or(|(best, _)| score > *best) {
            self.best = Some((score, picture));
        }
    }

    /// Whether the best of them shows something.
    pub(crate) fn shows(&self) -> bool {
        self.best.as_ref().is_some_and(|(score, _)| score.shows)
    }

    fn tile(&mut self, time: u64, picture: &Pixels) {
        if self.times_ms.is_empty() {
            self.tile = fit((picture.width, picture.height), TILE);
        }
        let (width, height) = self.tile;
        let Some(tile) = picture.scaled(width, height, FilterType::Hamming) else { return };
        let number = u32::try_from(self.times_ms.len()).unwrap_or(u32::MAX);
        let place = number % (COLUMNS * ROWS);
        if place == 0 {
            self.sheets.push(Pixels::black(width * COLUMNS, height * ROWS));
        }
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.put(&tile, place % COLUMNS * width, place / COLUMNS * height);
            self.times_ms.push(time);
        }
    }

    /// Puts poster and sheets into files. Blocks.
    pub(crate) fn keep(self, pictures: &Pictures) -> Result<Stills, NoPicture> {
        let Some((_, best)) = &self.best else {
            return Err(NoPicture::Damaged("no picture came of it".to_owned()));
        };
        let poster = poster(best, pixels::POSTER, Origin::Auto, pictures)?;
        let moments_ms = self.moments.iter().flatten().map(|(_, time)| *time).collect();
        let storyboard =
            if self.times_ms.len() < 2 { None } else { Some(self.storyboard(pictures)?) };
        Ok(Stills { poster, storyboard, moments_ms })
    }

    fn storyboard(mut self, pictures: &Pictures) -> Result<Storyboard, NoPicture> {
        let count = u32::try_from(self.times_ms.len()).unwrap_or(u32::MAX);
        let (tile_width, tile_height) = self.tile;
        // A single sheet ends with its last row, and one row with its last tile.
        let rows = if self.sheets.len() > 1 { ROWS } else { count.div_ceil(COLUMNS) };
        let columns = COLUMNS.min(count);
        let mut sheets = Vec::new();
        for sheet in &mut self.sheets {
            let mut cut = Pixels::black(tile_width * columns, tile_height * rows);
            cut.put(sheet, 0, 0);
            sheets.push(pictures.keep(&cut.jpeg(pixels::TILES)?, Form::Jpeg)?);
        }
        Ok(Storyboard {
            sheets,
            columns,
            rows,
            tile_width,
            tile_height,
            interval_ms: self.interval_ms,
            count,
            times_ms: self.times_ms,
            duration_ms: self.duration_ms,
        })
    }
}

/// Puts a poster into its file. Blocks.
pub(crate) fn poster(
    picture: &Pixels,
    quality: u8,
    from: Origin,
    pictures: &Pictures,
) -> Result<Poster, NoPicture> {
    let file = pictures.keep(&picture.jpeg(quality)?, Form::Jpeg)?;
    let (width, height) = (picture.width, picture.height);
    Ok(Poster { file, width, height, colour: colour::dominant(picture), from })
}
