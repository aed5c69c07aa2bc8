//! Text of a film: cues from its tracks or from files beside it, as `WebVTT` and in boxes.

use std::{ops::Range, sync::Arc};

use bytes::Bytes;
use isobmff::write::{self, Fragment};
use media::{Kind, Sample};
use packager::{Origin, Rendition, playlists::Flavour, text};
use subtitles::{Cue, Document};

use super::{
    error::FilmError,
    film::{self, Film},
    sides,
};

impl Film {
    fn text(&self, number: u32) -> Result<&Rendition, FilmError> {
        self.presentation.rendition(Kind::Text, number).ok_or(FilmError::NoSuchPart)
    }

    /// A segment of text as `WebVTT`.
    pub(super) async fn text_segment(
        self: &Arc<Self>,
        number: u32,
        segment: u32,
        flavour: Flavour,
    ) -> Result<Bytes, FilmError> {
        let (text, window) = self.cues_of(number, segment).await?;
        let window = window.start * 1000..window.end * 1000;
        let map = (flavour == Flavour::Ts).then_some(mpegts::mux::ZERO);
        Ok(text.webvtt(window, map).into())
    }

    /// The init of text in boxes.
    pub(super) fn boxed_text_init(&self, number: u32) -> Result<Bytes, FilmError> {
        let track = self.boxed_track(self.text(number)?);
        let init = write::init(&track);
        init.map(Bytes::from).map_err(|error| FilmError::NotCarried(error.to_string()))
    }

    /// A segment of text in boxes.
    pub(super) async fn boxed_text_segment(
        self: &Arc<Self>,
        number: u32,
        segment: u32,
    ) -> Result<Bytes, FilmError> {
        let (text, window) = self.cues_of(number, segment).await?;
        let track = self.boxed_track(self.text(number)?);
        let make = move |_: &Self| {
            let (samples, media) = packager::text::boxed(&text.cues, window);
            let fragment =
                Fragment { sequence: segment, track: &track, samples: &samples, skips: &[] };
            let mut bytes = write::fragment(&fragment);
            bytes.extend_from_slice(&media);
            Ok(Bytes::from(bytes))
        };
        self.reading(make).await
    }

    fn boxed_track(&self, rendition: &Rendition) -> media::Track {
        let end = rendition.spans.last().map_or(0, |span| span.end);
        text::boxed_track(self.presentation.words(rendition), rendition.number, end)
    }

    /// The cues that are shown in a segment, and its window in milliseconds.
    async fn cues_of(
        self: &Arc<Self>,
        number: u32,
        segment: u32,
    ) -> Result<(Document, Range<i64>), FilmError> {
        let rendition = self.text(number)?;
        let span = film::span(rendition, segment).ok_or(FilmError::NoSuchPart)?;
        let window = span.start..span.end;
        let micros = window.start * 1000..window.end * 1000;
        let all = match rendition.origin {
            Origin::Side(position) => Document::clone(&*self.side_cues(position).await?),
            Origin::Track(position) => {
                let micros = micros.clone();
                self.reading(move |film| film.track_cues(position, &micros)).await?
            }
        };
        let shown = |cue: &Cue| cue.start < micros.end && cue.end > micros.start;
        let Document { header, cues } = all;
        Ok((Document { header, cues: cues.into_iter().filter(shown).collect() }, window))
    }

    /// The cues of a file beside the video: read once.
    async fn side_cues(&self, position: usize) -> Result<Arc<Document>, FilmError> {
        if let Some(cues) = self.kept_side_cues(position) {
            return Ok(cues);
        }
        let side = self.sides.get(position).ok_or(FilmError::NoSuchPart)?;
        let cues = Arc::new(sides::read(&self.folders, side).await?);
        self.keep_side_cues(position, Arc::clone(&cues));
        Ok(cues)
    }

    /// The cues of a track around a window, in microseconds. Blocks.
    fn track_cues(&self, position: usize, window: &Range<i64>) -> Result<Document, FilmError> {
        let index = self.index();
        let track = index.tracks.get(position).ok_or(FilmError::NoSuchPart)?;
        let range = text::search_range(index, track, window);
        let want = demux::Want { track: position, range, numbers: None };
        let budget = media::Budget::default();
        let found = demux::samples(&self.source, index, &[want], &budget)?;
        let samples: Vec<(Sample, i64)> = found
            .into_iter()
            .flatten()
            .map(|sample| (sample, i64::from(sample.duration)))
            .collect();
        Ok(text::cues(&self.source, track, &samples)?)
    }
}
