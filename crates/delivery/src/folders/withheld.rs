//! Files that are never served, whatever path or link leads to them.
//!
//! They are known by device and inode. An editor that saves by renaming gives the path a new
//! inode; so when an opened file was changed, linked or renamed after the paths were last looked
//! at (its `ctime` says so), they are looked at again. Every other file costs one comparison.

use std::{
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use super::opened::{FileIdentity, Opened};

/// How far behind our clock a file system's may be: its time stamps are coarse (2 s on FAT), and
/// those of a network drive come from another machine.
const CLOCK_SLACK: Duration = Duration::from_secs(10);

/// The files to keep back.
#[derive(Clone, Debug, Default)]
pub(super) struct Withheld {
    paths: Arc<[PathBuf]>,
    seen: Arc<RwLock<Seen>>,
}

/// Which files the paths led to, and when.
#[derive(Debug)]
struct Seen {
    at: SystemTime,
    files: Vec<FileIdentity>,
}

impl Default for Seen {
    fn default() -> Self {
        Self { at: SystemTime::UNIX_EPOCH, files: Vec::new() }
    }
}

impl Withheld {
    /// Keeps these back. A path that leads nowhere yet is looked at again later.
    pub(super) fn new(paths: Vec<PathBuf>) -> Self {
        let absolute = |path: PathBuf| std::path::absolute(&path).unwrap_or(path);
        let paths: Vec<_> = paths.into_iter().map(absolute).collect();
        let seen = Seen::look(&paths);
        Self { paths: paths.into(), seen: Arc::new(RwLock::new(seen)) }
    }

    /// Whether nothing is kept back.
    pub(super) fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Whether a file is kept back; `None` if the paths have to be looked at to tell.
    pub(super) fn knows(&self, opened: &Opened) -> Option<bool> {
        let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
        if seen.files.contains(&opened.identity) {
            return Some(true);
        }
        let settled = opened.changed.is_some_and(|changed| changed + CLOCK_SLACK < seen.at);
        settled.then_some(false)
    }

    /// Looks at the paths again and says whether they lead to this file. May wait for a disk.
    pub(super) fn look(&self, file: FileIdentity) -> bool {
        let now = Seen::look(&self.paths);
        let held = now.files.contains(&file);
        *self.seen.write().unwrap_or_else(PoisonError::into_inner) = now;
        held
    }
}

impl Seen {
    fn look(paths: &[PathBuf]) -> Self {
        // The time first: what happens while we look counts as later.
        let at = SystemTime::now();
        let files = paths
            .iter()
            .filter_map(|path| std::fs::metadata(path).ok())
            .map(|file| FileIdentity::of(&file));
        Self { at, files: files.collect() }
    }
}
