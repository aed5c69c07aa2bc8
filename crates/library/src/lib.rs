//! Every video known: scanned, watched for changes, identified by its content, described, found
//! again, and what people did with it.
//!
//! ```text
//! media folders ─► walk ─► survey, side files ─► store ─► catalogue ─► lists, facets, words
//!        └─ watch ──┘                              ▲          │
//!                     edits, batches, imports ─────┘          └─► events
//! ```
//!
//! The store has the truth; the catalogue, in memory, finds. Every write goes to the store first
//! and is then followed by the catalogue and told to those who listen (`Library::follow`). This
//! room has never heard of HTTP requests or players.

mod backups;
mod batch;
mod edits;
mod error;
mod events;
mod facts;
mod follow;
mod foreign;
mod import;
mod jobs;
mod kinds;
mod legacy;
mod lists;
mod names;
mod open;
mod pictures;
mod playlists;
mod scan;
mod scans;
mod sidecar;
mod step;
mod tags;
mod title;
mod walk;
mod watch;

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU8, AtomicU64},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use catalogue::Catalogue;
use delivery::{Folders, films::Films};
use store::Store;

pub use artwork::{NoPicture, storyboard_vtt};
pub use store::{JobRow, JobState, PlaylistRow, TagRow, VideoDetails, VideoRow};
pub use {
    backups::{BackupFile, Backups},
    batch::{Action, BATCH_MOST, Batched, Selection, UndoOffer},
    error::LibraryError,
    events::Event,
    import::{ImportReport, Taken, Unmatched},
    jobs::{Dismissed, Ended, Job, JobKind, Jobs},
    legacy::Malformed,
    lists::{CacheStatus, Home, Listed, MOST, Suggestions},
    open::{Options, Times},
    pictures::{OpenPicture, PictureError, VideoPictures},
    scan::{ScanState, ScanStatus},
    watch::{Mode as WatchMode, Watch},
};

/// The library. Cloning is cheap.
#[derive(Clone)]
pub struct Library(Arc<Inner>);

struct Inner {
    store: Store,
    films: Films,
    folders: Folders,
    links: walk::Links,
    times: open::Times,
    catalogue: RwLock<Catalogue>,
    /// Held from reading what was written to having told the catalogue, so that an older state never
    /// comes after a newer one.
    step: tokio::sync::Mutex<()>,
    /// Counted up by every write: what was answered before may be wrong.
    generation: AtomicU64,
    /// How much of the catalogue was read after the start, in per cent.
    opened: AtomicU8,
    /// The lines of the journal that were written here and that the follower has not passed yet.
    own: Arc<Mutex<HashSet<i64>>>,
    answers: lists::Answers,
    listeners: events::Listeners,
    jobs: Jobs,
    scans: scans::Scans,
    studio: artwork::Studio,
    /// Whether pictures are made before somebody asks for them.
    pictures_ahead: bool,
    /// A job for the next pass over all videos without pictures.
    pictures_asked: Mutex<Option<Job>>,
    backups: Backups,
    /// Held while a backup is made: one at a time.
    backing_up: tokio::sync::Mutex<()>,
    /// Held while what is remembered of a video's pictures is changed.
    keeping: tokio::sync::Mutex<()>,
    /// There may be pictures to make.
    more_pictures: tokio::sync::Notify,
}

impl Library {
    pub(crate) fn catalogue(&self) -> RwLockReadGuard<'_, Catalogue> {
        self.0.catalogue.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn catalogue_to_write(&self) -> RwLockWriteGuard<'_, Catalogue> {
        self.0.catalogue.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The store, for what needs no more than it: sessions, settings of the administrator.
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// What is done in the background.
    pub fn jobs(&self) -> &Jobs {
        &self.0.jobs
    }

    /// Hears of everything that happens from now on.
    pub fn listen(&self) -> tokio::sync::broadcast::Receiver<Event> {
        self.0.listeners.listen()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The time, in milliseconds since 1970. Clocks that stand before that are taken for 1970.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl std::fmt::Debug for Library {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Library").finish_non_exhaustive()
    }
}
