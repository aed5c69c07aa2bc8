//! A folder of files for one test.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

use crate::Pattern;

/// A temporary folder; goes away with the value.
#[derive(Debug)]
pub struct Folder(TempDir);

impl Folder {
    /// A new, empty one.
    #[expect(clippy::new_without_default, reason = "it makes a folder on disk")]
    pub fn new() -> Self {
        Self(TempDir::with_prefix("vidicon-media-").unwrap())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The path of something in it.
    pub fn join(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path().join(name)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> &Self {
        fs::write(self.parents(name.as_ref()), bytes).unwrap();
        self
    }

    /// Writes a file of `len` bytes of the pattern of this seed.
    pub fn pattern(&self, name: impl AsRef<Path>, seed: u64, len: u64) -> &Self {
        Pattern::new(seed).write_file(&self.parents(name.as_ref()), len).unwrap();
        self
    }

    /// Makes a file of `len` bytes that has no bytes on disk yet.
    pub fn sparse(&self, name: impl AsRef<Path>, len: u64) -> File {
        let path = self.parents(name.as_ref());
        let file = File::options().read(true).write(true).create_new(true).open(path).unwrap();
        file.set_len(len).unwrap();
        file
    }

    /// Sets the time of the last modification, in seconds since 1970.
    pub fn modified(&self, name: impl AsRef<Path>, seconds: u64) -> &Self {
        let file = File::options().write(true).open(self.join(name)).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).unwrap();
        self
    }

    /// Makes a symbolic link to a target as it is given.
    pub fn link(&self, name: impl AsRef<Path>, target: impl AsRef<Path>) -> &Self {
        std::os::unix::fs::symlink(target, self.parents(name.as_ref())).unwrap();
        self
    }

    /// Makes a pipe with a name: opening it for reading waits for a writer that never comes.
    #[cfg(target_os = "linux")]
    pub fn fifo(&self, name: impl AsRef<Path>) -> &Self {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        mknodat(CWD, self.parents(name.as_ref()), FileType::Fifo, Mode::from(0o644), 0).unwrap();
        self
    }

    fn parents(&self, name: &Path) -> PathBuf {
        let path = self.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }
}
