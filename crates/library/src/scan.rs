//! Looking through the media folders: what is there, what has changed, what is gone. What is found
//! is written down in batches, so a scan that is cut short goes on where it was.
//!
//! ```text
//! walk ─► is its state known? ─yes─► still there
//!                └─no─► survey, side files ─► facts ─► store ─► catalogue, events
//! ```

mod known;
mod look;
mod readers;
mod status;

use std::{
    collections::VecDeque,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::atomic::Ordering,
    time::Duration,
};

use store::Found;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, sleep_until},
};

pub(crate) use self::status::Progress;
pub use self::status::{ScanState, ScanStatus};
use self::{
    known::{KnownFiles, Met},
    readers::Readers,
};
use crate::{
    Library,
    error::LibraryError,
    lock, now_ms,
    walk::{self, FileState, Place, Step},
};

/// The most files that are written down at once, and how long one that was found may wait for
/// others.
const BATCH: usize = 500;
const BATCH_TIME: Duration = Duration::from_millis(400);
/// A file that was written to more recently than this may still be growing.
const SETTLED: Duration = Duration::from_secs(2);
/// When such a file is looked at again.
const AGAIN: Duration = Duration::from_secs(1);

/// What is to be looked through.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Scope {
    /// The media folder's position.
    pub(crate) root: usize,
    /// A file or folder below it; empty for all.
    pub(crate) path: PathBuf,
}

/// How a scan of one scope went.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Tally {
    /// Files whose state is that of the last time.
    pub(crate) unchanged: u64,
    /// Files that were looked into.
    pub(crate) read: u64,
    /// Files that are gone.
    pub(crate) gone: u64,
    /// Files that were away and are back as they were.
    pub(crate) back: u64,
}

impl Library {
    /// Looks through one scope. What cannot be read is left as it was. Whoever drops the future
    /// stops the scan; what was written down stays.
    pub(crate) async fn scan(&self, scope: &Scope) -> Result<Tally, LibraryError> {
        let Some(folder) = self.0.folders.roots().get(scope.root).cloned() else {
            return Ok(Tally::default());
        };
        let root = folder.display().to_string();
        let prefix = walk::url_of(&scope.path);
        let mut known = KnownFiles::load(&self.0.store, &root, &prefix).await?;
        let mut pass = Pass::new(self, scope.root, root);
        let mut steps = steps(folder, scope.path.clone(), self.0.links);
        let (mut places, mut has_more) = (VecDeque::new(), true);
        loop {
            while pass.readers.have_room()
                && let Some(place) = places.pop_front()
            {
                pass.place(place, &mut known).await?;
            }
            if !has_more && places.is_empty() && pass.readers.are_done() {
                break;
            }
            tokio::select! {
                step = steps.recv(), if has_more && places.is_empty() => match step {
                    Some(Step::Folder(found)) => places.extend(found),
                    Some(Step::Unreadable(path, error)) => {
                        // Its files are not gone: nobody knows. A root that is not there has none.
                        if path.is_empty() && !is_absent(&error) || !path.is_empty() {
                            known.spare(&path);
                        }
                        if !is_absent(&error) {
                            tracing::warn!(folder = path, %error, "a folder cannot be looked through");
                        }
                    }
                    None => has_more = false,
                },
                looked = pass.readers.next(), if !pass.readers.are_done() => pass.take(looked).await?,
                () = sleep_until(pass.write_at), if !pass.batch.is_empty() => pass.write().await?,
            }
        }
        pass.write().await?;
        pass.bring_back().await?;
        let gone = known.gone();
        pass.tally.gone = gone.len() as u64;
        for some in gone.chunks(BATCH) {
            let done = self.0.store.gone(some, now_ms()).await?;
            self.follow(done).await?;
        }
        // A whole scan comes to the other folders in any case.
        if !scope.path.as_os_str().is_empty()
            && (pass.came || pass.tally.back + pass.tally.gone > 0)
        {
            self.look_elsewhere(scope);
        }
        Ok(pass.tally)
    }
}

fn is_absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.unchanged += other.unchanged;
        self.read += other.read;
        self.gone += other.gone;
        self.back += other.back;
    }
}

/// The walk on a thread of its own, no further ahead than a few folders.
fn steps(folder: PathBuf, start: PathBuf, links: walk::Links) -> mpsc::Receiver<Step> {
    let (tell, steps) = mpsc::channel(32);
    tokio::task::spawn_blocking(move || {
        let mut tell = |step| match tell.blocking_send(step) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        };
        if start.as_os_str().is_empty() || folder.join(&start).is_dir() {
            walk::walk(&folder, &start, links, &mut tell);
            return;
        }
        match walk::look(&folder, &start, links) {
            Ok(places) => {
                let _ = tell(Step::Folder(places));
            }
            Err(error) => {
                let path = walk::url_of(start.parent().unwrap_or(Path::new("")));
                let _ = tell(Step::Unreadable(path, error));
            }
        }
    });
    steps
}

/// One scan under way.
struct Pass<'a> {
    library: &'a Library,
    root: usize,
    readers: Readers,
    batch: Vec<Found>,
    /// Files that are back as they were.
    back: Vec<i64>,
    /// Whether a file was found that was not known.
    came: bool,
    /// When the batch is written at the latest.
    write_at: Instant,
    tally: Tally,
    /// Which scan this is: when it began.
    began_ms: i64,
}

impl<'a> Pass<'a> {
    fn new(library: &'a Library, root: usize, name: String) -> Self {
        Self {
            library,
            root,
            readers: Readers::new(library, root, name),
            batch: Vec::new(),
            back: Vec::new(),
            came: false,
            write_at: Instant::now(),
            tally: Tally::default(),
            began_ms: now_ms(),
        }
    }

    /// What is known stays, what is not is given to the readers.
    async fn place(
        &mut self,
        mut place: Place,
        known: &mut KnownFiles,
    ) -> Result<(), LibraryError> {
        let status = &self.library.0.scans.progress;
        status.seen.fetch_add(1, Ordering::Relaxed);
        match known.meet(&place) {
            Met::Unchanged => {
                self.tally.unchanged += 1;
                return Ok(());
            }
            Met::Back(file) => {
                self.tally.back += 1;
                self.back.push(file);
                return if self.back.len() >= BATCH { self.bring_back().await } else { Ok(()) };
            }
            Met::Look { is_known } => place.is_known = is_known,
        }
        let at = Scope { root: self.root, path: place.path.as_path().to_owned() };
        let is_closed = lock(&self.library.0.scans.closed).remove(&at);
        if !is_closed && is_growing(&place.state) {
            self.library.look_again(at, AGAIN);
            return Ok(());
        }
        self.came |= !place.is_known;
        self.tally.read += 1;
        let given = self.readers.give(place);
        given.map_err(|error| LibraryError::Failed(format!("no thread to read files: {error}")))
    }

    async fn take(&mut self, looked: Option<Found>) -> Result<(), LibraryError> {
        let Some(looked) = looked else { return Ok(()) };
        self.library.0.scans.progress.read.fetch_add(1, Ordering::Relaxed);
        if self.batch.is_empty() {
            self.write_at = Instant::now() + BATCH_TIME;
        }
        self.batch.push(looked);
        if self.batch.len() >= BATCH { self.write().await } else { Ok(()) }
    }

    /// Files that were away are there again, as they were: a drive that was plugged in.
    async fn bring_back(&mut self) -> Result<(), LibraryError> {
        if self.back.is_empty() {
            return Ok(());
        }
        let done = self.library.0.store.back(&std::mem::take(&mut self.back), now_ms()).await?;
        self.library.follow(done).await
    }

    async fn write(&mut self) -> Result<(), LibraryError> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let batch = std::mem::take(&mut self.batch);
        let done = self.library.0.store.record(batch, self.began_ms, now_ms()).await?;
        self.library.follow(done).await.map(drop)
    }
}

impl Library {
    /// Looks at a scope again in a while, once however often it is asked for until then.
    pub(crate) fn look_again(&self, scope: Scope, after: Duration) {
        if !lock(&self.0.scans.later).insert(scope.clone()) {
            return;
        }
        let library = self.clone();
        tokio::spawn(async move {
            sleep(after).await;
            lock(&library.0.scans.later).remove(&scope);
            // Nobody listens any more when the server stops.
            let _ = library.0.scans.requests.send(vec![scope]);
        });
    }

    /// Looks at the same paths of the other media folders: which of several files of one path can be
    /// asked for may be different now.
    fn look_elsewhere(&self, scope: &Scope) {
        for root in (0..self.0.folders.roots().len()).filter(|root| *root != scope.root) {
            let _ = self.0.scans.requests.send(vec![Scope { root, path: scope.path.clone() }]);
        }
    }
}

/// Whether somebody may still be writing to a file, going by its clock.
fn is_growing(state: &FileState) -> bool {
    let age_ms = now_ms().saturating_sub(state.modified_ns / 1_000_000);
    (0..i64::try_from(SETTLED.as_millis()).unwrap_or(i64::MAX)).contains(&age_ms)
}
