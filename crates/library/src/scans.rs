//! When the media folders are looked through: at the start, when the system tells of a change, at
//! intervals, and when somebody asks. One scan runs at a time.

use std::{
    collections::{HashSet, VecDeque},
    path::{Path, PathBuf},
    sync::{Mutex, atomic::Ordering},
    time::Duration,
};

use serde_json::json;
use store::JobRow;
use tokio::{
    sync::{mpsc, watch},
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Library,
    error::LibraryError,
    jobs::{Ended, Job, JobKind, Shown},
    lock, now_ms,
    scan::{Progress, ScanState, ScanStatus, Scope, Tally},
    watch::{Changed, Mode, Need, Noticed, Watch, Watcher, gather},
};

/// Folders that are not watched by notifications are looked through so often at most that it takes
/// a twentieth of the time.
const POLLS: u32 = 20;
/// How often listeners hear how far a scan is.
const TOLD_EVERY: Duration = Duration::from_millis(500);
/// How often it is seen whether the watchers still watch what they should.
const LOOKED_AFTER: Duration = Duration::from_secs(15);
/// How often the system is asked again for watching that it did not allow.
const WATCH_AGAIN: Duration = Duration::from_mins(5);
/// The most closed files that are remembered; a scan of everything comes to all of them anyway.
const CLOSED: usize = 10_000;

/// Where watchers tell what they notice.
type Notices = mpsc::UnboundedSender<(usize, Noticed)>;

/// The scans that run and wait.
pub(crate) struct Scans {
    /// What is to be looked through, together.
    pub(crate) requests: mpsc::UnboundedSender<Vec<Scope>>,
    pub(crate) progress: Progress,
    waiting: Mutex<Option<mpsc::UnboundedReceiver<Vec<Scope>>>>,
    status: watch::Sender<ScanStatus>,
    watches: Mutex<Vec<Watch>>,
    /// What is looked at again in a while.
    pub(crate) later: Mutex<HashSet<Scope>>,
    /// Files that somebody wrote to and has closed, so that nobody need wait to see whether they grow.
    pub(crate) closed: Mutex<HashSet<Scope>>,
    /// A job for the next scan of all media folders.
    asked: Mutex<Option<Job>>,
    /// Ends the scan that runs.
    stop: Mutex<CancellationToken>,
}

impl Default for Scans {
    fn default() -> Self {
        let (requests, waiting) = mpsc::unbounded_channel();
        Self {
            requests,
            progress: Progress::default(),
            waiting: Mutex::new(Some(waiting)),
            status: watch::Sender::default(),
            watches: Mutex::default(),
            later: Mutex::default(),
            closed: Mutex::default(),
            asked: Mutex::default(),
            stop: Mutex::default(),
        }
    }
}

impl Library {
    /// Asks for a scan of all media folders. It begins when one that runs has ended.
    pub fn scan_all(&self) {
        let roots = 0..self.0.folders.roots().len();
        let all = roots.map(|root| Scope { root, path: PathBuf::new() }).collect();
        // Nobody listens any more when the server stops.
        let _ = self.0.scans.requests.send(all);
    }

    /// The same as a job that somebody has asked for; as it is now. One that waits already is the same.
    pub async fn ask_scan(&self) -> Result<JobRow, LibraryError> {
        let jobs = &self.0.jobs;
        if let Some(row) = jobs.waiting(JobKind::Scan) {
            return Ok(row);
        }
        let job = jobs.begin(JobKind::Scan, None, CancellationToken::new()).await?;
        let row = jobs.live(job.id()).ok_or(LibraryError::Cancelled)?;
        *lock(&self.0.scans.asked) = Some(job);
        self.scan_all();
        Ok(row)
    }

    /// Asks for a scan of a file or folder of a media folder.
    pub(crate) fn scan_below(&self, root: &str, path: PathBuf) {
        let same = |folder: &PathBuf| folder.display().to_string() == root;
        if let Some(root) = self.0.folders.roots().iter().position(same) {
            let _ = self.0.scans.requests.send(vec![Scope { root, path }]);
        }
    }

    /// Stops the scan that runs; what it has written down stays, and the next one goes on there.
    pub fn stop_scan(&self) {
        lock(&self.0.scans.stop).cancel();
    }

    /// How the scan is getting on.
    pub fn scan_status(&self) -> ScanStatus {
        let mut status = self.0.scans.status.borrow().clone();
        if status.state == ScanState::Running {
            status.seen = self.0.scans.progress.seen.load(Ordering::Relaxed);
            status.read = self.0.scans.progress.read.load(Ordering::Relaxed);
        }
        status
    }

    /// Waits until no scan runs and none is asked for.
    pub async fn scanned(&self) {
        let mut status = self.0.scans.status.subscribe();
        // Fails only when the library is gone.
        let _ = status
            .wait_for(|status| status.state == ScanState::Idle && status.took_ms.is_some())
            .await;
    }

    /// Waits until a scan that runs or is asked for now has ended.
    pub async fn scan_ended(&self) {
        let mut status = self.0.scans.status.subscribe();
        // Fails only when the library is gone.
        let _ = status.wait_for(|status| status.state == ScanState::Running).await;
        let _ = status.wait_for(|status| status.state == ScanState::Idle).await;
    }

    /// How each media folder is watched.
    pub fn watches(&self) -> Vec<Watch> {
        lock(&self.0.scans.watches).clone()
    }

    /// Looks through the folders now and whenever there is a reason to, until it is dropped.
    pub(crate) async fn keep_scanning(self) {
        let Some(mut requests) = lock(&self.0.scans.waiting).take() else { return };
        let (notice, noticed) = mpsc::unbounded_channel();
        // In a task of its own: what is being gathered must not be dropped for something else.
        tokio::spawn(self.clone().tell_changes(noticed));
        let mut watchers = Vec::new();
        for root in 0..self.0.folders.roots().len() {
            watchers.push(self.watch(root, &notice).await);
        }
        self.tell_watches(&watchers);
        self.scan_all();
        let mut waiting = VecDeque::new();
        let mut schedule = interval(self.0.times.scan_every);
        schedule.set_missed_tick_behavior(MissedTickBehavior::Delay);
        schedule.reset();
        let mut look_after = interval(LOOKED_AFTER);
        look_after.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut begun_again = Instant::now();
        let mut poll_at = Instant::now() + self.0.times.poll_every;
        loop {
            tokio::select! {
                scopes = requests.recv() => match scopes {
                    Some(scopes) => {
                        for scope in scopes {
                            add(&mut waiting, scope);
                        }
                    }
                    None => return,
                },
                _ = schedule.tick() => self.scan_all(),
                _ = look_after.tick() => {
                    let is_time = begun_again.elapsed() >= WATCH_AGAIN;
                    if is_time {
                        begun_again = Instant::now();
                    }
                    watchers = self.look_after(watchers, is_time, &notice).await;
                }
                () = sleep_until(poll_at) => {
                    for (root, watcher) in watchers.iter().enumerate() {
                        if watcher.as_ref().is_none_or(|one| one.watch.mode != Mode::Notified) {
                            add(&mut waiting, Scope { root, path: PathBuf::new() });
                        }
                    }
                }
            }
            while let Ok(scopes) = requests.try_recv() {
                for scope in scopes {
                    add(&mut waiting, scope);
                }
            }
            let begun = Instant::now();
            self.run(&mut waiting).await;
            poll_at = Instant::now() + self.0.times.poll_every.max(begun.elapsed() * POLLS);
        }
    }

    /// Begins to watch a folder. None only if that failed without a reason.
    async fn watch(&self, root: usize, notice: &Notices) -> Option<Watcher> {
        let (folder, notice) = (self.0.folders.roots().get(root)?.clone(), notice.clone());
        // Every folder below is looked at; on a drive that hangs that takes for ever.
        let begin = tokio::task::spawn_blocking(move || Watcher::begin(root, &folder, notice));
        let watcher = begin.await.ok()?;
        if watcher.watch.mode != Mode::Notified {
            let Watch { root: folder, reason, .. } = &watcher.watch;
            let reason = reason.as_deref().unwrap_or_default();
            tracing::warn!(folder, reason, "a media folder is looked through at intervals");
        }
        Some(watcher)
    }

    /// Begins those watchers again that need it; `is_time` says whether the system may be asked again
    /// for what it did not allow. Folders that are watched anew are looked through.
    async fn look_after(
        &self,
        watchers: Vec<Option<Watcher>>,
        is_time: bool,
        notice: &Notices,
    ) -> Vec<Option<Watcher>> {
        let mut kept = Vec::with_capacity(watchers.len());
        for (root, watcher) in watchers.into_iter().enumerate() {
            let folder = self.0.folders.roots().get(root).cloned().unwrap_or_default();
            let look = tokio::task::spawn_blocking(move || {
                let mut watcher = watcher?;
                let need = watcher.need(&folder);
                // Dropped first: what it holds may be what the next one lacks.
                (need == Need::Nothing || need == Need::Later && !is_time).then_some(watcher)
            });
            let watcher = match look.await.ok().flatten() {
                None => {
                    let _ = self.0.scans.requests.send(vec![Scope { root, path: PathBuf::new() }]);
                    self.watch(root, notice).await
                }
                watcher => watcher,
            };
            kept.push(watcher);
        }
        self.tell_watches(&kept);
        kept
    }

    /// Tells those who listen how folders are watched, if that is news.
    fn tell_watches(&self, watchers: &[Option<Watcher>]) {
        let watches: Vec<Watch> = watchers.iter().flatten().map(|one| one.watch.clone()).collect();
        let is_news =
            std::mem::replace(&mut *lock(&self.0.scans.watches), watches.clone()) != watches;
        if is_news {
            self.0.listeners.tell_now("watcher", json!(watches));
        }
    }

    /// Runs all that wait, one after the other.
    async fn run(&self, waiting: &mut VecDeque<Scope>) {
        if waiting.is_empty() {
            return;
        }
        let scans = &self.0.scans;
        let is_whole = waiting.iter().any(|scope| scope.path.as_os_str().is_empty());
        let asked = if is_whole { lock(&scans.asked).take() } else { None };
        let asked = match asked {
            None => None,
            Some(mut job) => {
                if !job.start().await {
                    waiting.clear();
                    return;
                }
                Some(job)
            }
        };
        let mut shown = Shown::new(&self.0.jobs, JobKind::Scan, asked);
        *lock(&scans.stop) = shown.stop();
        let expected = self.catalogue().len() as u64;
        let begun = Instant::now();
        scans.progress.reset();
        scans.status.send_modify(|status| {
            status.state = ScanState::Running;
            status.expected = expected;
            status.since_ms = now_ms();
            status.error = None;
        });
        let (mut error, mut stopped) = (None, false);
        let mut tally = Tally::default();
        while let Some(scope) = waiting.pop_front() {
            match self.run_one(&scope, &mut shown).await {
                Ok(Some(one)) => tally += one,
                Ok(None) => {
                    waiting.clear();
                    stopped = true;
                    error = Some("it was stopped; what was found so far is kept".to_owned());
                }
                Err(failed) => {
                    tracing::error!(path = %scope.path.display(), error = %failed, "a scan failed");
                    error = Some(failed.to_string());
                }
            }
        }
        let is_complete = error.is_none();
        scans.status.send_modify(|status| {
            status.state = ScanState::Idle;
            status.seen = scans.progress.seen.load(Ordering::Relaxed);
            status.read = scans.progress.read.load(Ordering::Relaxed);
            status.since_ms = now_ms();
            if is_whole && error.is_none() || status.took_ms.is_none() {
                status.took_ms =
                    Some(u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX));
            }
            status.error.clone_from(&error);
        });
        self.told_scan(&mut shown).await;
        shown.end(ended(error.as_deref(), stopped, tally)).await;
        if tally.read > 0 {
            self.0.more_pictures.notify_one();
        }
        // What names a file that was not come to yet would seem to name none.
        if is_complete && (is_whole || tally.read + tally.back > 0) {
            self.import_beside_media().await;
        }
        if is_whole || tally.read + tally.back + tally.gone > 0 {
            self.tell_status();
            let Tally { read, back, gone, unchanged } = tally;
            tracing::info!(
                unchanged,
                read,
                back,
                gone,
                took_ms = begun.elapsed().as_millis(),
                "media folders looked through"
            );
        }
    }

    /// One scope; none if somebody stopped it.
    async fn run_one(
        &self,
        scope: &Scope,
        shown: &mut Shown,
    ) -> Result<Option<Tally>, LibraryError> {
        let (scan, stop) = (self.scan(scope), shown.stop());
        tokio::pin!(scan);
        let mut tell = interval(TOLD_EVERY);
        tell.reset();
        loop {
            tokio::select! {
                ended = &mut scan => return ended.map(Some),
                () = stop.cancelled() => return Ok(None),
                _ = tell.tick() => {
                    self.tell_status();
                    self.told_scan(shown).await;
                }
            }
        }
    }

    /// Asks for scans of what the watchers notice, for as long as there are any.
    async fn tell_changes(self, mut noticed: mpsc::UnboundedReceiver<(usize, Noticed)>) {
        while let Some(changes) = gather(&mut noticed).await {
            for Changed { root, paths, closed } in changes {
                {
                    let mut known = lock(&self.0.scans.closed);
                    if known.len() > CLOSED {
                        known.clear();
                    }
                    known.extend(closed.into_iter().map(|path| Scope { root, path }));
                }
                let scopes = paths.into_iter().map(|path| Scope { root, path }).collect();
                // Nobody listens any more when the server stops.
                let _ = self.0.scans.requests.send(scopes);
            }
        }
    }

    /// Says how far the scan is as a job.
    async fn told_scan(&self, shown: &mut Shown) {
        let ScanStatus { seen, expected, .. } = self.scan_status();
        shown.progress(seen, (expected > 0).then_some(expected.max(seen))).await;
    }

    fn tell_status(&self) {
        if self.0.listeners.are_there() {
            self.0.listeners.tell_now("scan", json!(self.scan_status()));
        }
    }
}

/// What came of a scan.
fn ended(error: Option<&str>, stopped: bool, tally: Tally) -> Ended {
    let Tally { unchanged, read, back, gone } = tally;
    match error {
        Some(_) if stopped => Ended::Cancelled("what was found so far is kept".to_owned()),
        Some(error) => Ended::Failed(error.to_owned()),
        None => Ended::Done(format!(
            "{read} files read, {unchanged} unchanged, {gone} gone, {back} back"
        )),
    }
}

/// Adds a scope unless one that holds it waits already; what it holds itself need not wait.
fn add(waiting: &mut VecDeque<Scope>, scope: Scope) {
    let holds = |outer: &Scope, inner: &Scope| {
        outer.root == inner.root && inner.path.starts_with(Path::new(&outer.path))
    };
    if waiting.iter().any(|other| holds(other, &scope)) {
        return;
    }
    waiting.retain(|other| !holds(&scope, other));
    waiting.push_back(scope);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_part_of_another_scan_does_not_wait_for_itself() {
        let scope = |root, path: &str| Scope { root, path: path.into() };
        let mut waiting = VecDeque::new();
        for (root, path) in
            [(0, "a/b"), (0, "a/c.mp4"), (0, "a"), (0, "a/d"), (1, "a/b"), (0, "ab")]
        {
            add(&mut waiting, scope(root, path));
        }
        assert_eq!(waiting, [scope(0, "a"), scope(1, "a/b"), scope(0, "ab")]);
        add(&mut waiting, scope(0, ""));
        assert_eq!(waiting, [scope(1, "a/b"), scope(0, "")]);
    }
}
