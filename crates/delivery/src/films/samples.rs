//! The samples of a segment: taken from the table of the index, or searched in the file.

use std::{ops::Range, sync::Arc};

use media::{Kind, Sample};
use packager::{Rendition, ts};

use super::{
    error::FilmError,
    film::{Film, Segment, span},
};

impl Film {
    /// The samples of one segment of a rendition that comes from a track.
    pub(super) async fn samples(
        self: &Arc<Self>,
        track: usize,
        rendition: &Rendition,
        number: u32,
    ) -> Result<Arc<Vec<Sample>>, FilmError> {
        let span = span(rendition, number).ok_or(FilmError::NoSuchPart)?;
        let index = self.index();
        if let Some(table) = index.tracks.get(track).and_then(media::Track::table) {
            return Ok(Arc::new(table.samples(span.first..span.last)));
        }
        if let Some(samples) = self.windows.get(&(track, number)) {
            return Ok(samples);
        }
        let wants = self.wants_around(rendition, number);
        self.reading(move |film| film.search(&wants, (track, number))).await
    }

    /// The samples of the parts of a transport stream's segment.
    pub(super) async fn ts_samples(
        self: &Arc<Self>,
        parts: &ts::Parts,
    ) -> Result<ts::Samples, FilmError> {
        let want = |part: &ts::Part| demux::Want {
            track: part.track,
            range: part.range.clone(),
            numbers: part.numbers.clone(),
        };
        let wants: Vec<demux::Want> = parts.video.iter().chain(&parts.audio).map(want).collect();
        let find = move |film: &Self| {
            Ok(demux::samples(&film.source, film.index(), &wants, &media::Budget::default())?)
        };
        // Only a search waits for the disk.
        let searched = self.index().clusters.is_some();
        let found = if searched { self.reading(find).await? } else { find(self)? };
        let mut found = found.into_iter();
        let mut next =
            |part: &Option<ts::Part>| part.as_ref().and_then(|_| found.next()).unwrap_or_default();
        Ok(ts::Samples { video: next(&parts.video), audio: next(&parts.audio) })
    }

    /// This segment, and those of other renditions that players will ask for with it: one pass
    /// over the clusters finds them all.
    fn wants_around(&self, wanted: &Rendition, number: u32) -> Vec<(usize, u32, demux::Want)> {
        let Some(at) = span(wanted, number) else { return Vec::new() };
        let mut wants = Vec::new();
        for rendition in &self.presentation.renditions {
            let packager::Origin::Track(track) = rendition.origin else { continue };
            if rendition.kind == Kind::Text {
                continue;
            }
            let number = if rendition.number == wanted.number {
                number
            } else {
                let scale = rendition.timescale;
                let start = media::rescale_ceil(at.start.max(0), wanted.timescale, scale);
                let place = rendition.spans.partition_point(|span| span.end <= start);
                u32::try_from(place + 1).unwrap_or(u32::MAX)
            };
            if let Some(range) = search_range(rendition, number) {
                wants.push((track, number, demux::Want { track, range, numbers: None }));
            }
        }
        wants
    }

    /// Searches the clusters and keeps what was found. Blocks.
    fn search(
        &self,
        wants: &[(usize, u32, demux::Want)],
        asked_for: Segment,
    ) -> Result<Arc<Vec<Sample>>, FilmError> {
        let asked: Vec<demux::Want> = wants.iter().map(|(_, _, want)| want.clone()).collect();
        let found = demux::samples(&self.source, self.index(), &asked, &media::Budget::default())?;
        let mut wanted = None;
        for ((track, number, _), samples) in wants.iter().zip(found) {
            let samples = Arc::new(samples);
            if (*track, *number) == asked_for {
                wanted = Some(Arc::clone(&samples));
            }
            self.windows.keep((*track, *number), samples);
        }
        wanted.ok_or(FilmError::NoSuchPart)
    }
}

/// Where the samples of a segment are searched: the first and the last segment have whatever is
/// before and behind them.
fn search_range(rendition: &Rendition, number: u32) -> Option<Range<i64>> {
    let span = span(rendition, number)?;
    let first = number == 1 && rendition.kind != Kind::Video;
    let last = usize::try_from(number).is_ok_and(|number| number == rendition.spans.len());
    let start = if first { i64::MIN } else { span.start };
    Some(start..if last { i64::MAX } else { span.end })
}
