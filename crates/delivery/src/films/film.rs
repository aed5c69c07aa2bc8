//! One file as players see it: open, indexed, cut into segments.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use media::{ContentId, Index, Sample};
use packager::{Piece, Policy, Presentation, Rendition, Span, clip::Stretch};
use subtitles::Document;

use super::{
    error::FilmError,
    kept::Latest,
    laid::{self, Layouts},
    lock,
    rendered::Texts,
    sides::SideText,
    source::FileSource,
};
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
    /// What tells it from other films that are or were open.
    pub(super) number: u64,
    pub(super) layouts: Layouts,
    pub(super) sides: Vec<SideText>,
    pub(super) folders: Folders,
    pub(super) gate: Gate,
    /// Its playlists and manifests.
    pub(super) texts: Texts,
    /// The samples of segments that were asked for lately, of files whose samples are searched.
    pub(super) windows: Latest<Segment, Arc<Vec<Sample>>, WINDOWS>,
    /// Clips that were asked for lately: players ask for many ranges of one.
    pub(super) clips: Latest<Stretch, Pieces, CLIPS>,
    /// The cues of files beside it, by their position.
    side_cues: Mutex<HashMap<usize, Arc<Document>>>,
    /// When subtitles beside the file were looked for last.
    looked: Mutex<Instant>,
}

/// How many clips of one film are remembered: that of a whole film takes some megabytes.
const CLIPS: usize = 2;
/// How long the list of subtitles beside a file is taken for unchanged.
const SIDES_FRESH: Duration = Duration::from_secs(5);
/// The pieces of a clip, each with the position of its track. Not a plan: that would hold the film
/// that holds it.
pub(super) type Pieces = Arc<Vec<(usize, Piece)>>;

/// A segment of a track: the track's position in the index, the segment's number.
pub(super) type Segment = (usize, u32);

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
            number: laid::number(),
            layouts: Layouts::default(),
            sides,
            folders,
            gate: file.gate.clone(),
            texts: Texts::default(),
            windows: Latest::default(),
            clips: Latest::default(),
            side_cues: Mutex::default(),
            looked: Mutex::new(Instant::now()),
        }
    }

    /// With the room for what is laid out that it shares with others.
    #[must_use]
    pub(super) fn beside(self, layouts: &Layouts) -> Self {
        Self { layouts: layouts.clone(), ..self }
    }

    /// Whether it is time to look for subtitles beside the file again; if so, it is being done.
    pub(super) fn sides_are_old(&self) -> bool {
        let mut looked = lock(&self.looked);
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

    /// Runs something that reads the file where it may wait for the disk, on one of the threads of
    /// its folder.
    pub async fn reading<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, FilmError> + Send + 'static,
    ) -> Result<T, FilmError> {
        let film = Arc::clone(self);
        self.gate.run(move || work(&film)).await?
    }

    pub(super) fn kept_side_cues(&self, position: usize) -> Option<Arc<Document>> {
        lock(&self.side_cues).get(&position).cloned()
    }

    pub(super) fn keep_side_cues(&self, position: usize, cues: Arc<Document>) {
        lock(&self.side_cues).insert(position, cues);
    }
}

/// The segment with this number, from 1.
pub(super) fn span(rendition: &Rendition, number: u32) -> Option<Span> {
    let place = usize::try_from(number.checked_sub(1)?).ok()?;
    rendition.spans.get(place).copied()
}
