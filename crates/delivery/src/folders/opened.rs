//! An open regular file and what was true of it when it was opened.

use std::{
    ffi::{OsStr, OsString},
    fs::{File, Metadata},
    os::unix::fs::MetadataExt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use super::error::{self, Fault};
use crate::gate::Gate;

/// Which file this is, whatever its name: device and inode.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct FileIdentity {
    /// The device number. May change when a drive is plugged in again.
    pub dev: u64,
    /// The inode number.
    pub ino: u64,
}

impl FileIdentity {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self { dev: metadata.dev(), ino: metadata.ino() }
    }
}

/// A regular file, open for reading.
#[derive(Clone, Debug)]
pub struct OpenFile {
    /// The file. Read it at offsets only; its cursor means nothing.
    pub file: Arc<File>,
    /// Its size in bytes when it was opened: the length that is announced.
    pub len: u64,
    /// When its content was changed last.
    pub modified: SystemTime,
    /// Which file it is.
    pub identity: FileIdentity,
    /// The name it was asked for by, which decides its media type.
    pub name: OsString,
    /// Where to wait for the disk it is on.
    pub(crate) gate: Gate,
}

impl OpenFile {
    /// A regular file that somebody opened himself, with a gate of its own.
    pub(crate) fn of(file: File, name: &OsStr) -> std::io::Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self {
            file: Arc::new(file),
            len: metadata.len(),
            modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
            identity: FileIdentity::of(&metadata),
            name: name.to_owned(),
            gate: Gate::default(),
        })
    }
}

/// An open regular file before it has a name.
#[derive(Debug)]
pub(super) struct Opened {
    file: File,
    len: u64,
    modified: SystemTime,
    pub(super) identity: FileIdentity,
    /// When the inode was changed last, be it by a rename: `ctime`. `None` if it is before 1970.
    pub(super) changed: Option<SystemTime>,
}

impl Opened {
    /// Looks at what was opened; anything but a regular file is missing.
    pub(super) fn new(file: File) -> Result<Self, Fault> {
        let metadata = file.metadata().map_err(error::of_file)?;
        if !metadata.is_file() {
            return Err(Fault::Missing);
        }
        Ok(Self {
            file,
            len: metadata.len(),
            modified: metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH),
            identity: FileIdentity::of(&metadata),
            changed: changed(&metadata),
        })
    }

    pub(super) fn into_file(self, name: &OsStr, gate: &Gate) -> OpenFile {
        OpenFile {
            file: Arc::new(self.file),
            len: self.len,
            modified: self.modified,
            identity: self.identity,
            name: name.to_owned(),
            gate: gate.clone(),
        }
    }
}

fn changed(metadata: &Metadata) -> Option<SystemTime> {
    let seconds = u64::try_from(metadata.ctime()).ok()?;
    let nanos = u32::try_from(metadata.ctime_nsec()).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::new(seconds, nanos))
}
