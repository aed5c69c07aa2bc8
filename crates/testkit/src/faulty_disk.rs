//! A disk that fails, is slow, or waits until the test lets it go on (Linux, by FUSE).
//!
//! The files exist only in code. The kernel keeps what was read in its page cache as it does for
//! any disk, so a server meets the same paths as with a failing drive: `sendfile` that stops,
//! reads that give EIO, reads that do not return.
//!
//! Drop what waits for a held file first: a process that sleeps in a read cannot be killed before
//! the read is answered. A [`Held`] that is made last is dropped first, also when a test fails.

use std::{
    io,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use fuser::{BackgroundSession, Config, MountOption};
use tempfile::TempDir;

use crate::{Pattern, tools, wait::DEADLINE};

/// Set to 1 it lets the tests of failing disks pass untested where no disk can be mounted.
const WITHOUT: &str = "VIDICON_TEST_WITHOUT_FUSE";

mod filesystem;
mod gate;

use filesystem::Disk;
use gate::Gate;

/// A file of the disk and its faults.
#[derive(Debug)]
pub struct FaultyFile {
    name: String,
    size: u64,
    pattern: Pattern,
    delay: Duration,
    fails_from: Option<u64>,
    open_fails: bool,
    gate: Gate,
}

impl FaultyFile {
    /// A healthy file of `size` bytes of a pattern.
    pub fn new(name: &str, size: u64, pattern: Pattern) -> Self {
        Self {
            name: name.to_owned(),
            size,
            pattern,
            delay: Duration::ZERO,
            fails_from: None,
            open_fails: false,
            gate: Gate::default(),
        }
    }

    /// Each read of the disk (at most 128 KiB or so, as the kernel asks) takes this long.
    #[must_use]
    pub fn delay(mut self, each: Duration) -> Self {
        self.delay = each;
        self
    }

    /// Reads from this offset on fail with EIO.
    #[must_use]
    pub fn fails_from(mut self, offset: u64) -> Self {
        self.fails_from = Some(offset);
        self
    }

    /// Opening the file fails with EIO, though it is listed and has a size.
    #[must_use]
    pub fn open_fails(mut self) -> Self {
        self.open_fails = true;
        self
    }
}

/// A mounted disk. Dropping it lets all held reads go and unmounts it.
#[derive(Debug)]
pub struct FaultyDisk {
    session: Option<BackgroundSession>,
    files: Arc<[FaultyFile]>,
    folder: TempDir,
}

impl FaultyDisk {
    /// Whether the test can run: true where this machine lets us mount one. Where it does not, the
    /// test fails, unless the variable `VIDICON_TEST_WITHOUT_FUSE=1` says that this is known: then
    /// this is false, and the test should return.
    #[track_caller]
    pub fn available() -> bool {
        let Err(error) = Self::try_mount(Vec::new()) else { return true };
        assert!(
            std::env::var_os(WITHOUT).is_some_and(|value| value == "1"),
            "no FUSE file system can be mounted here, so failing disks cannot be tested: {error}. \
             Install the package fuse3 and allow /dev/fuse, or set {WITHOUT}=1 to do without"
        );
        eprintln!("not tested, as {WITHOUT}=1 allows: no FUSE file system can be mounted: {error}");
        false
    }

    /// Mounts a disk with these files in its root.
    #[track_caller]
    pub fn mount(files: Vec<FaultyFile>) -> Self {
        Self::try_mount(files).expect("available() was asked before")
    }

    fn try_mount(files: Vec<FaultyFile>) -> io::Result<Self> {
        let folder = TempDir::with_prefix("vidicon-disk-")?;
        let files: Arc<[FaultyFile]> = files.into();
        let mut config = Config::default();
        config.mount_options = vec![MountOption::RO, MountOption::FSName("faulty".to_owned())];
        let disk = Disk::new(Arc::clone(&files));
        let session = fuser::spawn_mount(disk, folder.path(), &config)?;
        Ok(Self { session: Some(session), files, folder })
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Holds every read of a file that reaches `offset` or beyond, until the value is dropped.
    #[must_use]
    #[track_caller]
    pub fn hold(&self, name: &str, offset: u64) -> Held {
        let file = self.index(name);
        self.files[file].gate.close(offset);
        Held { files: Arc::clone(&self.files), file }
    }

    /// How many reads of a file have reached the disk so far.
    #[track_caller]
    pub fn reads(&self, name: &str) -> u64 {
        self.files[self.index(name)].gate.reads()
    }

    fn index(&self, name: &str) -> usize {
        self.files.iter().position(|file| file.name == name).expect("a file of this disk")
    }
}

impl Drop for FaultyDisk {
    fn drop(&mut self) {
        for file in self.files.iter() {
            file.gate.open();
        }
        detach(self.folder.path());
        // Ends when nobody has a file open any more, which may be after us: not waited for.
        drop(self.session.take());
    }
}

/// Takes the mount out of the tree at once, even while a server has a file of it open.
fn detach(path: &Path) {
    let detached = rustix::mount::unmount(path, rustix::mount::UnmountFlags::DETACH);
    if detached.is_err()
        && let Some(program) = helper()
    {
        let _ = Command::new(program).arg("-uz").arg(path).status();
    }
}

/// The program through which a user other than root unmounts.
fn helper() -> Option<PathBuf> {
    tools::find("fusermount3").or_else(|| tools::find("fusermount"))
}

/// Reads that wait; dropping it lets them go on.
#[derive(Debug)]
pub struct Held {
    files: Arc<[FaultyFile]>,
    file: usize,
}

impl Held {
    /// Waits until at least one read is held: somebody is now stuck on the disk.
    #[track_caller]
    pub fn wait_for_reader(&self) {
        let started = Instant::now();
        let came = self.files[self.file].gate.wait_for_waiting(DEADLINE);
        assert!(came, "nobody read the held file in {:?}", started.elapsed());
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.files[self.file].gate.open();
    }
}
