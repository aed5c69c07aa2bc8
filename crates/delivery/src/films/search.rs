//! Looking for content whose file is no longer where it was: among the files of the same length.
//!
//! The media folders are walked through, their names and lengths noted, and one such list answers
//! for every content that is looked for, until it is old. So however many ask for what is gone, a
//! disk is busy with it for a twentieth of the time at most, and no more than one thread of each
//! folder is.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use media::ContentId;
use tokio::{
    sync::watch,
    time::{sleep, timeout_at},
};

use super::{Film, FilmError, Films, lock};
use crate::{Folders, RelativePath, folders::End};

/// How long a client waits for a walk before it is told to ask again.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a walk through one folder may take. What it has by then is what there is.
const LONGEST: Duration = Duration::from_mins(10);
/// The most files of one folder: a list of them takes a hundred bytes each.
const FILES: usize = 500_000;
/// The shortest time from the end of one walk to the next; and how many times as long as the walk
/// took it is at least.
const PAUSE: Duration = Duration::from_secs(10);
const PAUSES: u32 = 20;
/// The most files of the same length that are looked into.
const CANDIDATES: usize = 16;

/// The lists of the media folders, one for each.
#[derive(Clone, Debug, Default)]
pub(super) struct Searches(Arc<Mutex<HashMap<usize, Walk>>>);

/// A walk through a folder, under way or done.
#[derive(Clone, Debug)]
struct Walk {
    begun: Instant,
    list: watch::Receiver<Option<Arc<List>>>,
}

/// What a walk found: lengths and paths, in this order.
#[derive(Debug)]
struct List(Vec<(u64, PathBuf)>);

impl List {
    fn of_length(&self, len: u64) -> impl Iterator<Item = &PathBuf> {
        let first = self.0.partition_point(|(other, _)| *other < len);
        let rest = self.0.get(first..).unwrap_or_default();
        rest.iter().take_while(move |(other, _)| *other == len).map(|(_, path)| path)
    }
}

impl Searches {
    /// The walk through a folder that answers for something that was there at `seen`: the last one,
    /// or a new one. `None`: it is not yet time for a new one.
    fn walk(&self, folders: &Folders, root: usize, seen: Option<Instant>) -> Option<Walk> {
        let mut walks = lock(&self.0);
        if let Some(walk) = walks.get(&root) {
            // Also of a folder on a drive that hangs, of which nobody knows more; but not of one whose
            // walk ended by a fault.
            let is_lost = walk.list.borrow().is_none() && walk.list.has_changed().is_err();
            if !is_lost {
                let is_late = seen.is_none_or(|seen| walk.begun > seen);
                return is_late.then(|| walk.clone());
            }
        }
        let walk = self.begin(folders.clone(), root);
        walks.insert(root, walk.clone());
        Some(walk)
    }

    /// Walks through a folder, and forgets the list when it is old.
    fn begin(&self, folders: Folders, root: usize) -> Walk {
        let begun = Instant::now();
        let (done, list) = watch::channel(None);
        let walks = Arc::clone(&self.0);
        tokio::spawn(async move {
            let end = End { files: FILES, time: begun + LONGEST };
            let mut files = folders.walk(root, end).await.unwrap_or_default();
            files.sort_unstable();
            done.send_replace(Some(Arc::new(List(files))));
            sleep(PAUSE.max(begun.elapsed() * PAUSES)).await;
            lock(&walks).remove(&root);
        });
        Walk { begun, list }
    }
}

impl Films {
    /// The film with this content, of files that are as long as it was; it was there at `seen`.
    pub(super) async fn search(
        &self,
        id: ContentId,
        lengths: &[u64],
        seen: Option<Instant>,
    ) -> Result<Option<Arc<Film>>, FilmError> {
        let folders = &self.0.folders;
        let roots = 0..folders.roots().len();
        let walks: Vec<_> = roots.map(|root| self.0.searches.walk(folders, root, seen)).collect();
        let until = tokio::time::Instant::now() + PATIENCE;
        let mut whole = true;
        for walk in walks {
            let Some(mut walk) = walk else {
                whole = false;
                continue;
            };
            if walk.begun.elapsed() > LONGEST + PATIENCE && walk.list.borrow().is_none() {
                // It hangs; what is there is as good as gone.
                continue;
            }
            let Ok(list) = timeout_at(until, walk.list.wait_for(Option::is_some)).await else {
                whole = false;
                continue;
            };
            let Some(list) = list.ok().and_then(|list| list.clone()) else { continue };
            let candidates = lengths.iter().flat_map(|len| list.of_length(*len)).take(CANDIDATES);
            for path in candidates {
                let Ok(path) = RelativePath::of_path(path) else { continue };
                if let Some(film) = self.with_id(id, &path).await? {
                    return Ok(Some(film));
                }
            }
        }
        if whole { Ok(None) } else { Err(FilmError::Searching) }
    }
}
