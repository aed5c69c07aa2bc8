//! One file as players see it: open, indexed, cut into segments.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use media::{ContentId, Index, Kind, Sample};
use packager::{
    Piece, Policy, Presentation, Rendition, Span, clip::Stretch, names::Resource,
    playlists::Flavour, ts,
};
use subtitles::Document;

use super::{error::FilmError, sides::SideText, source::FileSource};
use crate::{Folders, OpenFile, RelativePath, gate::Gate};

/// One file as players see it.
#[derive(Debug)]
pub struct Film {
    /// The identity of its content.
    pub id: ContentId,
    /// Where it was asked for.
    pub path: RelativePath,
    /// Its index, renditions, and where segments begin.
    pub presentation: Presentation,
    /// The open file.
    pub source: FileSource,
    /// When the file was changed last.
    pub modified: SystemTime,
    pub(super) sides: Vec<SideText>,
    pub(super) folders: Folders,
    pub(super) gate: Gate,
    pub(super) rendered: RwLock<HashMap<(Flavour, Resource, bool), Rendered>>,
    windows: Mutex<Windows>,
    clips: Mutex<Vec<(Stretch, Pieces)>>,
    side_cues: Mutex<HashMap<usize, Arc<Document>>>,
    /// When subtitles beside the file were looked for last.
    looked: Mutex<Instant>,
}

/// A playlist or manifest as it is sent.
#[derive(Clone, Debug)]
pub(super) struct Rendered {
    pub(super) bytes: Bytes,
    pub(super) tag: String,
}

/// The samples of segments that were asked for lately, of files whose samples must be searched.
#[derive(Debug, Default)]
struct Windows {
    /// By track and number of the segment; the newest last.
    kept: Vec<(Segment, Arc<Vec<Sample>>)>,
}

/// How many clips of one film are remembered: that of a whole film takes some megabytes.
const CLIPS: usize = 2;
/// How long the list of subtitles beside a file is taken for unchanged.
const SIDES_FRESH: Duration = Duration::from_secs(5);
/// The pieces of a clip, each with the position of its track. Not a plan: that would hold the film
/// that holds it.
pub(super) type Pieces = Arc<Vec<(usize, Piece)>>;

/// A segment of a track: the track's position in the index, the segment's number.
type Segment = (usize, u32);

/// How many segments' samples are kept of one film: a few kilobytes each.
const WINDOWS: usize = 48;

impl Film {
    pub(super) fn new(
        id: ContentId,
        path: RelativePath,
        file: &OpenFile,
        index: Arc<Index>,
        sides: Vec<SideText>,
        folders: Folders,
        policy: Policy,
    ) -> Self {
        // Of the same shape and with other media in it, it is another.
        let modified = file.modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let state = format!("{id} {:x} {modified:x}", file.len);
        let known = sides.iter().map(|text| text.side.clone()).collect();
        Self {
            id,
            path,
            presentation: Presentation::new(index, known, policy).in_state(&state),
            source: FileSource { file: Arc::clone(&file.file), len: file.len },
            modified: file.modified,
            sides,
            folders,
            gate: file.gate.clone(),
            rendered: RwLock::default(),
            windows: Mutex::default(),
            clips: Mutex::default(),
            side_cues: Mutex::default(),
            looked: Mutex::new(Instant::now()),
        }
    }

    /// Whether it is time to look for subtitles beside the file again; if so, it is being done.
    pub(super) fn sides_are_old(&self) -> bool {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let old = looked.elapsed() > SIDES_FRESH;
        if old {
            *looked = Instant::now();
        }
        old
    }

    /// The index.
    pub fn index(&self) -> &Arc<Index> {
        &self.presentation.index
    }

    /// Runs something that reads the file where it may wait for the disk.
    pub(super) async fn reading<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, FilmError> + Send + 'static,
    ) -> Result<T, FilmError> {
        let film = Arc::clone(self);
        self.gate.run(move || work(&film)).await?
    }

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
        if let Some(samples) = self.windows().get((track, number)) {
            return Ok(samples);
        }
        let wants = self.wants_around(rendition, number);
        self.reading(move |film| film.search(&wants, (track, number))).await
    }

    /// The pieces of a clip that was asked for lately: players ask for many ranges of one.
    pub(super) fn kept_clip(&self, stretch: Stretch) -> Option<Pieces> {
        let clips = lock(&self.clips);
        clips.iter().find(|(kept, _)| *kept == stretch).map(|(_, pieces)| Arc::clone(pieces))
    }

    pub(super) fn keep_clip(&self, stretch: Stretch, pieces: Pieces) {
        let mut clips = lock(&self.clips);
        clips.retain(|(kept, _)| *kept != stretch);
        if clips.len() >= CLIPS {
            clips.remove(0);
        }
        clips.push((stretch, pieces));
    }

    pub(super) fn kept_side_cues(&self, position: usize) -> Option<Arc<Document>> {
        lock(&self.side_cues).get(&position).cloned()
    }

    pub(super) fn keep_side_cues(&self, position: usize, cues: Arc<Document>) {
        lock(&self.side_cues).insert(position, cues);
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

    fn windows(&self) -> std::sync::MutexGuard<'_, Windows> {
        lock(&self.windows)
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
        let mut windows = self.windows();
        for ((track, number, _), samples) in wants.iter().zip(found) {
            let samples = Arc::new(samples);
            if (*track, *number) == asked_for {
                wanted = Some(Arc::clone(&samples));
            }
            windows.keep((*track, *number), samples);
        }
        wanted.ok_or(FilmError::NoSuchPart)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Windows {
    fn get(&self, key: Segment) -> Option<Arc<Vec<Sample>>> {
        let found = self.kept.iter().find(|(kept, _)| *kept == key)?;
        Some(Arc::clone(&found.1))
    }

    fn keep(&mut self, key: Segment, samples: Arc<Vec<Sample>>) {
        self.kept.retain(|(kept, _)| *kept != key);
        if self.kept.len() >= WINDOWS {
            self.kept.remove(0);
        }
        self.kept.push((key, samples));
    }
}

/// The segment with this number, from 1.
pub(super) fn span(rendition: &Rendition, number: u32) -> Option<Span> {
    let place = usize::try_from(number.checked_sub(1)?).ok()?;
    rendition.spans.get(place).copied()
}

/// Where the samples of a segment are searched: the first and the last segment have whatever is
/// before and behind them.
fn search_range(rendition: &Rendition, number: u32) -> Option<std::ops::Range<i64>> {
    let span = span(rendition, number)?;
    let first = number == 1 && rendition.kind != Kind::Video;
    let last = usize::try_from(number).is_ok_and(|number| number == rendition.spans.len());
    let start = if first { i64::MIN } else { span.start };
    Some(start..if last { i64::MAX } else { span.end })
}
