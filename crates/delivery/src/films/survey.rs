//! What a file holds, for whoever keeps a list of all files rather than plays one.

use std::{
    sync::{Arc, atomic::AtomicBool, atomic::Ordering},
    time::{Duration, Instant, SystemTime},
};

use media::{Budget, ContentId, Index, Unreadable};

use super::{
    FileSource, FilmError, Films,
    shelf::{Record, State},
    source::Watched,
    unknown,
};
use crate::{FileIdentity, OpenFile, RelativePath};

/// Reading that took longer than this is remembered on the shelf. Most files are read again as
/// quickly as a record of them is, and a hundred thousand records would only fill the disk.
const WORTH_KEEPING: Duration = Duration::from_millis(40);

/// What a file holds.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The identity of its content.
    pub id: ContentId,
    /// Its index, or why there is none.
    pub index: Result<Index, Unreadable>,
    /// Which file was opened.
    pub identity: FileIdentity,
    /// How long it is, in bytes.
    pub len: u64,
    /// When it was changed last.
    pub modified: SystemTime,
    /// Whether the next reading would find the same: not if the disk failed or time ran out.
    pub lasting: bool,
}

impl Films {
    /// What the file at this path holds: from the shelf, or read now, as one of the few of its
    /// folder that are read at a time. Nothing is kept open. However many files are surveyed, those
    /// that play have a reader left.
    ///
    /// It is read on the thread that polls this, which must be one that may wait and that drives no
    /// connections: a scan has such threads, and going from one thread to another for each of a
    /// hundred thousand files would cost more than reading them.
    pub async fn survey(&self, path: &RelativePath) -> Result<Survey, FilmError> {
        let file = self.0.folders.open(path).await?;
        let name = path.to_url_path();
        let record = file.gate.run_long_here(|| self.look_into(&file, name)).await?;
        self.0.ids.saw(record.id, path, file.len);
        Ok(Survey {
            id: record.id,
            index: record.index,
            identity: file.identity,
            len: file.len,
            modified: file.modified,
            lasting: record.lasting,
        })
    }

    fn look_into(&self, file: &OpenFile, path: String) -> Record {
        let state = State::of(file);
        if let Some(record) = self.0.shelf.load(&state) {
            return record;
        }
        let begun = Instant::now();
        let until = begun + self.0.settings.time_limit;
        let record = read_now(file, path, until, &|_| ());
        if record.lasting && begun.elapsed() > WORTH_KEEPING {
            // Where it cannot be kept it is read again; whoever plays it will hear of it.
            let _ = self.0.shelf.save(&state, &record);
        }
        record
    }
}

/// Reads a file for its index until a time, and tells how far it is. Blocks.
pub(super) fn read_now(
    file: &OpenFile,
    path: String,
    until: Instant,
    progress: &(dyn Fn(u64) + Sync),
) -> Record {
    let source = FileSource { file: Arc::clone(&file.file), len: file.len };
    let stop = || Instant::now() > until;
    let budget = Budget { stop: &stop, progress, ..Budget::default() };
    let source = Watched { source: &source, failed: AtomicBool::new(false) };
    let index = demux::read(&source, &budget);
    let id = match &index {
        Ok(index) => demux::of_index(&source, index),
        Err(_) => demux::of_bytes(&source).unwrap_or_else(|_| unknown(&path)),
    };
    // What a failing disk or too little time left unread is read again the next time.
    let lasting = !source.failed.load(Ordering::Relaxed) && !stop();
    Record { id, path, index, len: file.len, lasting }
}
