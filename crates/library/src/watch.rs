//! Noticing that something changed in the media folders: by the system's notifications where it
//! has some, else by looking again and again; which of the two, and why, is always known.
//!
//! What is told are paths, not what happened to them: whoever listens looks for himself.

use std::{
    collections::BTreeSet,
    fs::Metadata,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime},
};

use notify::{
    Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{AccessKind, AccessMode},
};
use rustix::fs::statfs;
use serde::{Deserialize, Serialize};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

/// How one media folder is watched.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Watch {
    /// The media folder.
    pub root: String,
    /// How.
    pub mode: Mode,
    /// Why it is not watched by notifications, and what could be done; in a sentence.
    pub reason: Option<String>,
}

/// How a folder is watched.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// The system tells at once.
    Notified,
    /// It is looked through at intervals.
    Polled,
    /// It is not there.
    Missing,
}

/// Paths in which something changed, gathered for a moment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Changed {
    /// The media folder's position.
    pub(crate) root: usize,
    /// Paths below it; the empty one means all.
    pub(crate) paths: BTreeSet<PathBuf>,
    /// Those of them that somebody wrote to and has closed.
    pub(crate) closed: BTreeSet<PathBuf>,
}

/// How long changes are gathered after the last one, and after the first one at most.
const QUIET: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(1);
/// The most paths that are told one by one; of more, the folder is looked through.
const PATHS: usize = 1_000;

/// Watches one media folder as long as it is kept.
pub(crate) struct Watcher {
    by_system: Option<RecommendedWatcher>,
    /// How it is watched.
    pub(crate) watch: Watch,
    /// Which folder it is: another one may come to its path.
    which: Option<Which>,
    /// Why a part of it is not watched.
    full: Arc<OnceLock<String>>,
}

/// What tells a folder from any other that has its path before or after it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Which {
    device: u64,
    inode: u64,
    /// Numbers are given again.
    born: Option<SystemTime>,
}

/// What is at a path, if it is a folder. Blocks, on a drive that hangs for ever.
fn which(folder: &Path) -> Option<Which> {
    let found = folder.metadata().ok().filter(Metadata::is_dir)?;
    let (device, inode) = (found.dev(), found.ino());
    Some(Which { device, inode, born: found.created().ok() })
}

/// What is to be done about a watcher.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Need {
    /// Nothing.
    Nothing,
    /// Its folder is another one now, or part of it is not watched: begin again at once.
    Again,
    /// The system allowed no watching; it may do so after a while.
    Later,
}

impl Watcher {
    /// Begins to watch a folder and tells of changes. What cannot be watched is said in `watch`.
    /// Reads all folders below it: blocks.
    pub(crate) fn begin(
        root: usize,
        folder: &Path,
        changes: mpsc::UnboundedSender<(usize, Noticed)>,
    ) -> Self {
        // Before watching: what comes in between is another one.
        let (which, full) = (which(folder), Arc::new(OnceLock::new()));
        let new = |by_system, mode, reason, full| {
            let watch = Watch { root: folder.display().to_string(), mode, reason };
            Self { by_system, watch, which, full }
        };
        if which.is_none() {
            let reason =
                "it is not there: plug the drive in, or mend the path in `folders`".to_owned();
            return new(None, Mode::Missing, Some(reason), full);
        }
        if let Some(kind) = silent(folder) {
            let reason = format!(
                "it is on a drive of kind {kind}, which does not tell of changes made elsewhere"
            );
            return new(None, Mode::Polled, Some(reason), full);
        }
        let (own, overflown) = (folder.to_owned(), full.clone());
        let tell = move |event: notify::Result<Event>| {
            let noticed = match event {
                Ok(event) if event.need_rescan() => Noticed::Lost,
                Ok(event) if is_closed(&event) => Noticed::Closed(below(&own, &event)),
                Ok(event) => Noticed::Paths(below(&own, &event)),
                Err(error) => {
                    if matches!(error.kind, notify::ErrorKind::MaxFilesWatch) {
                        // What came to be later is not watched.
                        let _ = overflown.set(why(&error));
                    }
                    let paths = error.paths.iter();
                    let below = paths.filter_map(|path| Some(path.strip_prefix(&own).ok()?.into()));
                    match below.collect::<Vec<PathBuf>>() {
                        paths if paths.is_empty() => Noticed::Lost,
                        paths => Noticed::Paths(paths),
                    }
                }
            };
            // Nobody listens any more when the server stops.
            let _ = changes.send((root, noticed));
        };
        let watcher = RecommendedWatcher::new(tell, Config::default()).and_then(|mut watcher| {
            watcher.watch(folder, RecursiveMode::Recursive).map(|()| watcher)
        });
        match watcher {
            Ok(watcher) => new(Some(watcher), Mode::Notified, None, full),
            Err(error) => new(None, Mode::Polled, Some(why(&error)), full),
        }
    }

    /// What is to be done about it. A part that the system would not watch is noted: from then on its
    /// folder is looked through at intervals too. Blocks, on a drive that hangs for ever.
    pub(crate) fn need(&mut self, folder: &Path) -> Need {
        if which(folder) != self.which {
            return Need::Again;
        }
        if self.watch.mode == Mode::Notified
            && let Some(reason) = self.full.get()
        {
            (self.watch.mode, self.watch.reason) = (Mode::Polled, Some(reason.clone()));
        }
        let is_silent = self.by_system.is_none() && silent(folder).is_some();
        match self.watch.mode {
            Mode::Polled if !is_silent => Need::Later,
            Mode::Polled | Mode::Notified | Mode::Missing => Need::Nothing,
        }
    }
}

/// What a watcher noticed.
#[derive(Clone, Debug)]
pub(crate) enum Noticed {
    /// Something happened to these paths.
    Paths(Vec<PathBuf>),
    /// Somebody wrote to these files, and has closed them.
    Closed(Vec<PathBuf>),
    /// Something happened, and the system does not know where.
    Lost,
}

fn why(error: &notify::Error) -> String {
    match &error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            "the system allows no more watches: raise fs.inotify.max_user_watches \
             (sysctl fs.inotify.max_user_watches=524288)"
                .to_owned()
        }
        notify::ErrorKind::Io(error) if error.raw_os_error() == Some(24) => {
            "the system allows no more watchers: raise fs.inotify.max_user_instances".to_owned()
        }
        _ => format!("the system does not tell of changes in it: {error}"),
    }
}

fn is_closed(event: &Event) -> bool {
    event.kind == EventKind::Access(AccessKind::Close(AccessMode::Write))
}

/// The paths of an event, below the folder. Reading a file changes nothing; writing to it is
/// waited for until whoever writes closes it.
fn below(folder: &Path, event: &Event) -> Vec<PathBuf> {
    let matters = match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        // Of a file that grows a notice comes with every write; the one that counts is the last.
        EventKind::Modify(notify::event::ModifyKind::Data(_)) => !cfg!(target_os = "linux"),
        _ => true,
    };
    let paths = event.paths.iter().filter(|_| matters);
    paths
        .filter_map(|path| path.strip_prefix(folder).ok())
        .filter(|path| {
            !path.components().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."))
        })
        .map(Path::to_owned)
        .collect()
}

/// The kind of a file system whose changes the system does not tell, since other machines make them.
#[cfg(target_os = "linux")]
fn silent(folder: &Path) -> Option<&'static str> {
    // <linux/magic.h>; FUSE is as silent as what is behind it, which may be a network.
    match statfs(folder).ok()?.f_type {
        0x6969 => Some("NFS"),
        0xFF53_4D42 | 0xFE53_4D42 | 0x517B => Some("SMB"),
        0x6573_5546 => Some("FUSE"),
        0x0102_1997 => Some("9P"),
        0x0BD0_0BD0 => Some("Lustre"),
        0x5346_414F => Some("AFS"),
        0x00C3_6400 => Some("Ceph"),
        _ => None,
    }
}

#[cfg(not(target_os = "linux"))]
fn silent(_folder: &Path) -> Option<&'static str> {
    None
}

/// Gathers what was noticed until it is quiet, and tells of it folder by folder.
pub(crate) async fn gather(
    noticed: &mut mpsc::UnboundedReceiver<(usize, Noticed)>,
) -> Option<Vec<Changed>> {
    let first = noticed.recv().await?;
    let until = Instant::now() + LONGEST;
    let mut gathered: Vec<Changed> = Vec::new();
    add(&mut gathered, first);
    loop {
        let quiet = (Instant::now() + QUIET).min(until);
        tokio::select! {
            biased;
            more = noticed.recv(), if Instant::now() < until => match more {
                Some(more) => add(&mut gathered, more),
                None => break,
            },
            () = sleep_until(quiet) => break,
        }
    }
    gathered.retain(|changed| !changed.paths.is_empty());
    Some(gathered)
}

fn add(gathered: &mut Vec<Changed>, (root, noticed): (usize, Noticed)) {
    let at = gathered.iter().position(|changed| changed.root == root).unwrap_or_else(|| {
        gathered.push(Changed { root, paths: BTreeSet::new(), closed: BTreeSet::new() });
        gathered.len() - 1
    });
    let Some(Changed { paths: changed, closed, .. }) = gathered.get_mut(at) else { return };
    match noticed {
        Noticed::Paths(paths) => changed.extend(paths),
        Noticed::Closed(paths) => {
            closed.extend(paths.iter().cloned());
            changed.extend(paths);
        }
        Noticed::Lost => drop(changed.insert(PathBuf::new())),
    }
    if changed.len() > PATHS || changed.contains(Path::new("")) {
        *changed = BTreeSet::from([PathBuf::new()]);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn watch(folder: &Path) -> (Watcher, mpsc::UnboundedReceiver<(usize, Noticed)>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Watcher::begin(3, folder, sender), receiver)
    }

    #[tokio::test]
    async fn a_file_is_told_of_when_it_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let (watcher, mut noticed) = watch(folder.path());
        assert_eq!(watcher.watch.mode, Mode::Notified, "{:?}", watcher.watch);
        std::fs::write(folder.path().join("a.mp4"), "a").unwrap();
        let told = gather(&mut noticed).await.unwrap();
        let paths = BTreeSet::from(["a.mp4".into()]);
        assert_eq!(told, [Changed { root: 3, closed: paths.clone(), paths }]);
    }

    #[tokio::test]
    async fn of_very_many_changes_only_the_folder_is_told() {
        let mut gathered = Vec::new();
        for number in 0..=PATHS {
            add(&mut gathered, (0, Noticed::Paths(vec![number.to_string().into()])));
        }
        assert_eq!(gathered.first().unwrap().paths, BTreeSet::from([PathBuf::new()]));
    }

    #[test]
    fn another_folder_at_the_same_path_wants_another_watcher() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("m");
        let (mut watcher, _noticed) = watch(&folder);
        assert_eq!((watcher.watch.mode, watcher.need(&folder)), (Mode::Missing, Need::Nothing));
        std::fs::create_dir(&folder).unwrap();
        assert_eq!(watcher.need(&folder), Need::Again);
        let (mut watcher, _noticed) = watch(&folder);
        assert_eq!(watcher.need(&folder), Need::Nothing);
        std::fs::rename(&folder, place.path().join("old")).unwrap();
        std::fs::create_dir(&folder).unwrap();
        assert_eq!(watcher.need(&folder), Need::Again);
    }

    #[test]
    fn what_the_system_would_not_watch_is_said_and_looked_through() {
        let folder = tempfile::tempdir().unwrap();
        let (mut watcher, _noticed) = watch(folder.path());
        watcher.full.set("no more".to_owned()).unwrap();
        assert_eq!(watcher.need(folder.path()), Need::Later);
        assert_eq!(watcher.watch.mode, Mode::Polled);
        assert_eq!(watcher.watch.reason.as_deref(), Some("no more"));
    }

    #[test]
    fn a_folder_that_is_not_there_is_said_to_be_missing() {
        let (watcher, _noticed) = watch(Path::new("/nonexistent"));
        assert_eq!(watcher.watch.mode, Mode::Missing);
        assert!(watcher.watch.reason.unwrap().contains("not there"));
    }

    #[test]
    fn hidden_paths_and_reading_are_no_changes() {
        let event = |kind, path: &str| Event::new(kind).add_path(path.into());
        let folder = Path::new("/m");
        let reading = EventKind::Access(AccessKind::Open(AccessMode::Read));
        assert!(below(folder, &event(reading, "/m/a.mp4")).is_empty());
        let made = EventKind::Create(notify::event::CreateKind::File);
        assert!(below(folder, &event(made, "/m/.a.mp4.X1")).is_empty());
        assert_eq!(below(folder, &event(made, "/m/b/a.mp4")), [PathBuf::from("b/a.mp4")]);
    }
}
