//! Counting a folder: every file that may be a video is read for its index, by two threads.
//!
//! ```text
//! walk (counts ahead) ─► length of the bar
//! walk ─► 256 paths ─► two readers ─► the tally
//! ```
//!
//! What is kept does not grow with the folder, but for the files that cannot be read when all of
//! them are asked for, and a few bytes for each folder.

mod walk;

use std::{
    fmt::Write,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc::{Receiver, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use packager::census::{self, Found, Tally};

use crate::in_words::count;

/// How many files are read at a time: more would make one disk slower.
const READERS: usize = 2;
/// How many paths wait for a reader.
const AHEAD: usize = 256;
/// The longest time that reading one file may take.
const TIME_LIMIT: Duration = Duration::from_mins(30);
/// How often a line is printed where there is no bar.
const LINES: Duration = Duration::from_secs(10);

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Counted {
    /// The sum.
    pub tally: Tally,
    /// The files that cannot be read and why, by path; no more than asked for.
    pub unreadable: Vec<(PathBuf, String)>,
    /// The folders that cannot be read and why.
    pub folders: Vec<(PathBuf, String)>,
    /// Whether it was stopped before the end.
    pub stopped: bool,
}

/// Counts a folder until `stop` is set. At most `list` of the files that cannot be read are kept.
pub fn run(root: &Path, list: usize, stop: &Arc<AtomicBool>) -> Counted {
    let (sender, receiver) = sync_channel(AHEAD);
    let shared = Shared {
        paths: Mutex::new(receiver),
        counted: Mutex::default(),
        done: AtomicU64::new(0),
        total: AtomicU64::new(0),
        finished: AtomicBool::new(false),
        list,
        stop,
    };
    let go_on = || !stop.load(Ordering::Relaxed);
    let counted_ahead = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let finished = || shared.finished.load(Ordering::Relaxed);
            walk::files(
                root,
                &mut |_| {
                    shared.total.fetch_add(1, Ordering::Relaxed);
                    go_on() && !finished()
                },
                &mut |_, _| {},
            );
            counted_ahead.store(true, Ordering::Relaxed);
        });
        let readers: Vec<_> = (0..READERS).map(|_| scope.spawn(|| shared.read())).collect();
        scope.spawn(|| shared.tell(&counted_ahead));
        walk::files(root, &mut |path| sender.send(path).is_ok() && go_on(), &mut |path, error| {
            let mut counted = lock(&shared.counted);
            if counted.folders.len() < list {
                counted.folders.push((path, error.to_string()));
            }
        });
        drop(sender);
        for reader in readers {
            let _ = reader.join();
        }
        shared.finished.store(true, Ordering::Relaxed);
    });
    let mut counted = shared.counted.into_inner().unwrap_or_else(PoisonError::into_inner);
    counted.unreadable.sort();
    counted.stopped = !go_on();
    counted
}

struct Shared<'a> {
    paths: Mutex<Receiver<PathBuf>>,
    counted: Mutex<Counted>,
    done: AtomicU64,
    total: AtomicU64,
    finished: AtomicBool,
    list: usize,
    stop: &'a AtomicBool,
}

impl Shared<'_> {
    /// Reads files until there are no more.
    fn read(&self) {
        loop {
            let next = lock(&self.paths).recv();
            let Ok(path) = next else { return };
            if self.stopped() {
                // The rest is taken off the queue, so that nobody waits to put something there.
                continue;
            }
            let until = Instant::now() + TIME_LIMIT;
            let stop = || self.stopped() || Instant::now() > until;
            let budget = media::Budget { stop: &stop, ..media::Budget::default() };
            let size = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
            let index = delivery::films::read_index(&path, &budget).map(|(index, _)| index);
            if self.stopped() {
                continue;
            }
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let found = census::found(&name, index);
            let mut counted = lock(&self.counted);
            counted.tally.add(&found, size);
            if let Found::Unreadable(why) = found
                && counted.unreadable.len() < self.list
            {
                counted.unreadable.push((path, why));
            }
            drop(counted);
            self.done.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Tells how far it is: a bar on a terminal, else a line now and then.
    fn tell(&self, counted_ahead: &AtomicBool) {
        let bar = io::stderr().is_terminal().then(|| {
            let style = "{bar:30} {pos} of {len} files  {rate} files/s  {eta} left";
            let style = ProgressStyle::with_template(style);
            let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
            let rate = |state: &ProgressState, out: &mut dyn Write| {
                let _ = write!(out, "{:.0}", state.per_sec());
            };
            ProgressBar::new(0).with_style(style.with_key("rate", rate))
        });
        let mut told = Instant::now();
        while !self.finished.load(Ordering::Relaxed) {
            thread::sleep(Duration::from_millis(50));
            let (done, total) =
                (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
            if let Some(bar) = &bar {
                bar.set_length(total.max(done));
                bar.set_position(done);
            } else if told.elapsed() > LINES {
                told = Instant::now();
                let more = if counted_ahead.load(Ordering::Relaxed) { "" } else { " or more" };
                eprintln!("{} of {}{more} files", count(done), count(total));
            }
        }
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..1_000 {
            std::fs::write(folder.path().join(format!("{number}.mkv")), "no film").unwrap();
        }
        folder
    }

    #[test]
    fn more_files_than_may_wait_are_all_counted_and_few_are_kept() {
        let folder = folder();
        let counted = run(folder.path(), 3, &Arc::default());
        assert_eq!(counted.tally.unreadable.files, 1_000);
        assert_eq!((counted.unreadable.len(), counted.stopped), (3, false));
    }

    #[test]
    fn a_census_that_is_stopped_ends_and_says_so() {
        let folder = folder();
        let counted = run(folder.path(), 3, &Arc::new(AtomicBool::new(true)));
        assert_eq!((counted.tally.videos.files, counted.stopped), (0, true));
    }
}
