//! Work in the background, for whoever watches it or wants it to end: scans, pictures, imports,
//! backups, load tests.
//!
//! The store has a row for each job, written when it is asked for, when it begins and when it ends.
//! How far it is changes more often than that and is kept here. What a job does, and how it is ended in the
//! middle, is the business of whoever does it.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::json;
use store::{Done, JobEnd, JobRow, JobState, Store, StoreError};
use tokio_util::sync::CancellationToken;

use crate::{error::LibraryError, events::Listeners, lock, now_ms};

/// How often listeners hear how far a job is.
const TOLD_EVERY: Duration = Duration::from_millis(500);
/// What nobody asked for is shown as a job when it has lasted so long: most of it is over by then.
const SHOWN_AFTER: Duration = Duration::from_secs(2);
/// The most jobs that are listed.
const LISTED: u32 = 200;

/// What is done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JobKind {
    /// The media folders are looked through.
    Scan,
    /// Posters and storyboards are made.
    Pictures,
    /// What an older installation knew is taken over.
    Import,
    /// The library is backed up.
    Backup,
    /// Simulated users ask this server.
    LoadTest,
}

impl JobKind {
    /// Its name, as the store has it: `scan`, `pictures`, `import`, `backup`, `load-test`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::Pictures => "pictures",
            Self::Import => "import",
            Self::Backup => "backup",
            Self::LoadTest => "load-test",
        }
    }
}

/// How a job ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Ended {
    /// It did what it should; what came of it, for a person.
    Done(String),
    /// It could not; why.
    Failed(String),
    /// Somebody called it off; what is left of it.
    Cancelled(String),
}

/// What came of calling a job off.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Dismissed {
    /// It was told to end; as it is now.
    Told(JobRow),
    /// It was over, and is off the list.
    Removed,
}

/// All jobs. Cloning is cheap.
#[derive(Clone)]
pub struct Jobs(Arc<Book>);

struct Book {
    store: Store,
    listeners: Listeners,
    /// The lines of the journal that were written here; see [`crate::Library`].
    own: Arc<Mutex<HashSet<i64>>>,
    /// Those of this process that are not over.
    live: Mutex<BTreeMap<i64, Live>>,
}

struct Live {
    row: JobRow,
    stop: CancellationToken,
}

impl Jobs {
    pub(crate) fn new(store: Store, listeners: Listeners, own: Arc<Mutex<HashSet<i64>>>) -> Self {
        Self(Arc::new(Book { store, listeners, own, live: Mutex::default() }))
    }

    /// The newest jobs, those that are not over first.
    pub async fn list(&self) -> Result<Vec<JobRow>, LibraryError> {
        let mut rows = self.0.store.jobs(LISTED).await?;
        let live = lock(&self.0.live);
        for row in &mut rows {
            if let Some(live) = live.get(&row.id) {
                row.clone_from(&live.row);
            }
        }
        Ok(rows)
    }

    /// A job that waits. `stop` is cancelled when somebody calls it off.
    pub async fn begin(
        &self,
        kind: JobKind,
        subject: Option<&str>,
        stop: CancellationToken,
    ) -> Result<Job, LibraryError> {
        let row = self.follow(self.0.store.new_job(kind.name(), subject, None, now_ms()).await?);
        let id = row.id;
        lock(&self.0.live).insert(id, Live { row, stop: stop.clone() });
        Ok(Job { jobs: self.clone(), id, stop, told: Instant::now(), over: false })
    }

    /// Calls a job off that waits or runs, or takes one off the list that is over.
    ///
    /// # Errors
    /// [`LibraryError::NotFound`] if there is no such job, [`LibraryError::Busy`] if another process does it.
    pub async fn dismiss(&self, id: i64) -> Result<Dismissed, LibraryError> {
        let told = lock(&self.0.live).get(&id).map(|live| {
            live.stop.cancel();
            live.row.clone()
        });
        if let Some(row) = told.as_ref().filter(|row| row.state.is_over()) {
            // Its end could not be written down when it came.
            self.write_end(row).await?;
            lock(&self.0.live).remove(&id);
        }
        let Some(row) = told.filter(|row| !row.state.is_over()) else {
            return match self.0.store.forget_job(id, now_ms()).await {
                Ok(done) => {
                    self.follow(done);
                    Ok(Dismissed::Removed)
                }
                Err(StoreError::Taken { .. }) => Err(LibraryError::Busy(
                    "another Vidicon process does this; end it there".to_owned(),
                )),
                Err(error) => Err(error.into()),
            };
        };
        if row.state == JobState::Waiting {
            // Whoever would have begun it finds it called off.
            self.close(id, Ended::Cancelled("it had not begun".to_owned())).await;
            let now = self.0.store.job(id).await?;
            return Ok(Dismissed::Told(now.unwrap_or(row)));
        }
        Ok(Dismissed::Told(row))
    }

    /// A job of this kind that waits, if there is one: who asks once more need not wait twice.
    pub(crate) fn waiting(&self, kind: JobKind) -> Option<JobRow> {
        let live = lock(&self.0.live);
        let waits = |row: &&JobRow| row.kind == kind.name() && row.state == JobState::Waiting;
        live.values().map(|live| &live.row).find(waits).cloned()
    }

    /// As a job is now, if it is not over.
    pub(crate) fn live(&self, id: i64) -> Option<JobRow> {
        lock(&self.0.live).get(&id).map(|live| live.row.clone())
    }

    /// What the last process left is interrupted.
    pub(crate) async fn interrupt_lost(&self) {
        match self.0.store.interrupt_jobs(now_ms()).await {
            Ok(done) => drop(self.follow(done)),
            Err(error) => tracing::warn!(%error, "jobs that were interrupted cannot be marked"),
        }
    }

    /// Tells of what was written. No list changes with it.
    fn follow<T>(&self, done: Done<T>) -> T {
        lock(&self.0.own).extend(done.changes.iter().map(|change| change.seq));
        for change in done.changes {
            self.0.listeners.tell(change);
        }
        done.value
    }

    async fn close(&self, id: i64, ended: Ended) {
        let Some(Live { row, .. }) = lock(&self.0.live).remove(&id) else { return };
        let (state, note, error) = match ended {
            Ended::Done(note) => (JobState::Done, Some(note), None),
            Ended::Failed(why) => (JobState::Failed, None, Some(why)),
            Ended::Cancelled(note) => (JobState::Cancelled, Some(note), None),
        };
        let row = JobRow { state, note, error, ended_ms: Some(now_ms()), ..row };
        if let Err(error) = self.write_end(&row).await {
            tracing::warn!(id, kind = row.kind, %error, "the end of a job cannot be written down");
            // It is listed as it is for as long as this process lives.
            lock(&self.0.live).insert(id, Live { row, stop: CancellationToken::new() });
        }
    }

    async fn write_end(&self, row: &JobRow) -> Result<(), StoreError> {
        let JobRow { state, done, total, note, error, .. } = row.clone();
        let end = JobEnd { state, done, total, note, error };
        let ended = self.0.store.end_job(row.id, end, row.ended_ms.unwrap_or_else(now_ms)).await?;
        self.follow(ended);
        Ok(())
    }
}

impl std::fmt::Debug for Jobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Jobs").finish_non_exhaustive()
    }
}

/// A job in the hands of whoever does it. One that is dropped without an end has failed.
#[derive(Debug)]
pub struct Job {
    jobs: Jobs,
    id: i64,
    stop: CancellationToken,
    told: Instant,
    over: bool,
}

impl Job {
    /// Its number.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// Cancelled when somebody calls it off.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// It begins; false if somebody has called it off before.
    pub async fn start(&mut self) -> bool {
        if self.stop.is_cancelled() {
            self.over = true;
            self.jobs.close(self.id, Ended::Cancelled("it had not begun".to_owned())).await;
            return false;
        }
        match self.jobs.0.store.start_job(self.id, now_ms()).await {
            Ok(done) => {
                let row = self.jobs.follow(done);
                if let Some(live) = lock(&self.jobs.0.live).get_mut(&self.id) {
                    live.row = row;
                }
            }
            Err(error) => {
                tracing::warn!(id = self.id, %error, "the beginning of a job cannot be written down");
            }
        }
        true
    }

    /// How far it is. Listeners hear of it now and then.
    pub fn progress(&mut self, done: u64, total: Option<u64>) {
        let row = {
            let mut live = lock(&self.jobs.0.live);
            let Some(live) = live.get_mut(&self.id) else { return };
            (live.row.done, live.row.total) = (done, total);
            live.row.clone()
        };
        let listeners = &self.jobs.0.listeners;
        if self.told.elapsed() >= TOLD_EVERY && listeners.are_there() {
            self.told = Instant::now();
            listeners.tell_now("job", json!(row));
        }
    }

    /// It is over.
    pub async fn end(mut self, ended: Ended) {
        self.over = true;
        self.jobs.close(self.id, ended).await;
    }

    /// Does it from its beginning to its end, or until somebody calls it off; `told` puts what came of it in words.
    ///
    /// # Errors
    /// Those of the work; [`LibraryError::Cancelled`] if it was called off.
    pub async fn run<T>(
        mut self,
        work: impl Future<Output = Result<T, LibraryError>>,
        told: impl FnOnce(&T) -> String,
    ) -> Result<T, LibraryError> {
        if !self.start().await {
            return Err(LibraryError::Cancelled);
        }
        let stop = self.stop.clone();
        let worked = tokio::select! {
            worked = work => worked,
            () = stop.cancelled() => Err(LibraryError::Cancelled),
        };
        let ended = match &worked {
            Ok(value) => Ended::Done(told(value)),
            Err(LibraryError::Cancelled) => Ended::Cancelled("nothing of it was done".to_owned()),
            Err(error) => Ended::Failed(error.to_string()),
        };
        self.end(ended).await;
        worked
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        // A runtime that ends writes nothing: the next start finds the job interrupted.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            let (jobs, id) = (self.jobs.clone(), self.id);
            runtime.spawn(async move {
                jobs.close(id, Ended::Failed("it ended unexpectedly".to_owned())).await;
            });
        }
    }
}

/// Work that becomes a job when somebody has asked for it, or when it has lasted a while.
pub(crate) struct Shown {
    jobs: Jobs,
    kind: JobKind,
    stop: CancellationToken,
    begun: Instant,
    job: Option<Job>,
}

impl Shown {
    /// Work that begins now. A job that was asked for has been started.
    pub(crate) fn new(jobs: &Jobs, kind: JobKind, asked: Option<Job>) -> Self {
        let stop = asked.as_ref().map(|job| job.stop.clone()).unwrap_or_default();
        Self { jobs: jobs.clone(), kind, stop, begun: Instant::now(), job: asked }
    }

    /// Cancelled when somebody calls it off.
    pub(crate) fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Whether it would be shown as a job now.
    pub(crate) fn is_job(&self) -> bool {
        self.job.is_some()
    }

    /// How far it is.
    pub(crate) async fn progress(&mut self, done: u64, total: Option<u64>) {
        if self.job.is_none() && self.begun.elapsed() >= SHOWN_AFTER {
            // Where that cannot be written down, it is done nevertheless.
            if let Ok(mut job) = self.jobs.begin(self.kind, None, self.stop.clone()).await {
                job.start().await;
                self.job = Some(job);
            }
        }
        if let Some(job) = &mut self.job {
            job.progress(done, total);
        }
    }

    /// It is over.
    pub(crate) async fn end(self, ended: Ended) {
        if let Some(job) = self.job {
            job.end(ended).await;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use store::Location;

    use super::*;

    async fn jobs(folder: &tempfile::TempDir) -> Jobs {
        let location = Location::Sqlite(folder.path().join("library.db"));
        let store = Store::open(&location).await.unwrap();
        Jobs::new(store, Listeners::default(), Arc::default())
    }

    #[tokio::test]
    async fn a_job_is_listed_while_it_waits_runs_and_when_it_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let jobs = jobs(&folder).await;
        let mut listener = jobs.0.listeners.listen();
        let mut job = jobs.begin(JobKind::Backup, None, CancellationToken::new()).await.unwrap();
        assert!(jobs.waiting(JobKind::Backup).is_some() && jobs.waiting(JobKind::Scan).is_none());
        assert!(job.start().await);
        job.progress(3, Some(9));
        let row = jobs.list().await.unwrap().remove(0);
        assert_eq!((row.state, row.done, row.total), (JobState::Running, 3, Some(9)));
        job.end(Ended::Done("it is done".to_owned())).await;
        let row = jobs.list().await.unwrap().remove(0);
        assert_eq!((row.state, row.done), (JobState::Done, 3), "how far it was stays");
        assert_eq!(row.note.as_deref(), Some("it is done"));
        for state in ["waiting", "running", "done"] {
            assert_eq!(listener.recv().await.unwrap().body["state"], state);
        }
        assert_eq!(jobs.dismiss(row.id).await.unwrap(), Dismissed::Removed);
        assert!(jobs.list().await.unwrap().is_empty());
        assert!(matches!(jobs.dismiss(row.id).await, Err(LibraryError::NotFound(_))));
    }

    #[tokio::test]
    async fn what_is_called_off_ends_whether_it_waits_or_runs() {
        let folder = tempfile::tempdir().unwrap();
        let jobs = jobs(&folder).await;
        let mut waits = jobs.begin(JobKind::Scan, None, CancellationToken::new()).await.unwrap();
        let Dismissed::Told(row) = jobs.dismiss(waits.id()).await.unwrap() else {
            unreachable!("it was not over");
        };
        assert_eq!(row.state, JobState::Cancelled);
        assert!(!waits.start().await);

        let job = jobs.begin(JobKind::Import, None, CancellationToken::new()).await.unwrap();
        let id = job.id();
        let work = job.run(std::future::pending::<Result<(), LibraryError>>(), |()| String::new());
        let call_off = async {
            while jobs.live(id).is_none_or(|row| row.state != JobState::Running) {
                tokio::task::yield_now().await;
            }
            assert!(matches!(jobs.dismiss(id).await, Ok(Dismissed::Told(_))));
        };
        let (worked, ()) = tokio::join!(work, call_off);
        assert!(matches!(worked, Err(LibraryError::Cancelled)));
        assert_eq!(jobs.list().await.unwrap()[0].state, JobState::Cancelled);
    }

    #[tokio::test]
    async fn what_had_not_ended_is_interrupted_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let before = jobs(&folder).await;
        let mut job = before.begin(JobKind::Scan, None, CancellationToken::new()).await.unwrap();
        job.start().await;
        std::mem::forget(job);
        before.0.store.close().await;
        let after = jobs(&folder).await;
        after.interrupt_lost().await;
        let row = after.list().await.unwrap().remove(0);
        assert_eq!(row.state, JobState::Interrupted);
        assert!(row.ended_ms.is_some());
    }
}
