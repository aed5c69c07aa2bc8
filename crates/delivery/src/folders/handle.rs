//! A media folder held open for a moment, so that a hot file costs one system call to open.
//!
//! A handle pins its file system: while it is held a drive cannot be unmounted, and a folder that
//! was renamed away would still be served. So it is dropped after a second, and the next request
//! opens the folder anew.

use std::{
    io,
    os::fd::OwnedFd,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use rustix::{
    fs::{CWD, Mode, OFlags, fstat, fstatfs, openat},
    io::Errno,
};

use super::{Symlinks, error::Fault, linux, opened::Opened};

/// How long a handle lives.
const LIFE: Duration = Duration::from_secs(1);

/// File systems whose `open` does its work in this kernel, without asking a network or a daemon
/// (as NFS, SMB and FUSE do): magic numbers as in statfs(2).
const LOCAL: [u64; 20] = [
    0xEF53,      // ext2, ext3, ext4
    0x5846_5342, // XFS
    0x9123_683E, // Btrfs
    0x2FC1_2FC1, // ZFS
    0xCA45_1A4E, // bcachefs
    0xF2F5_2010, // F2FS
    0x0102_1994, // tmpfs
    0x8584_58F6, // ramfs
    0x794C_7630, // overlayfs
    0x4D44,      // FAT
    0x2011_BAB0, // exFAT
    0x7366_746E, // ntfs3
    0x482B,      // HFS+
    0x9660,      // ISO 9660
    0x1501_3346, // UDF
    0x7371_7368, // SquashFS
    0xE0F5_E1E2, // EROFS
    0x3153_464A, // JFS
    0x5265_4973, // ReiserFS
    0x3434,      // NILFS2
];

/// An open media folder.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) fd: OwnedFd,
    /// Whether files on the folder's own file system open without asking a network or a daemon.
    local: bool,
}

impl Folder {
    /// Opens a media folder. May wait for a disk.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let fd =
            openat(CWD, path, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        // The width and sign of the number differ between architectures.
        #[allow(clippy::cast_sign_loss, clippy::unnecessary_cast)]
        let local = fstatfs(&fd).is_ok_and(|fs| LOCAL.contains(&(fs.f_type as u64)));
        Ok(Self { fd, local })
    }

    /// Whether the folder has been removed since it was opened.
    fn is_removed(&self) -> bool {
        fstat(&self.fd).map_or(true, |folder| folder.st_nlink == 0)
    }
}

/// What a folder says without waiting for anything.
pub(super) enum Try {
    /// A regular file.
    Found(Opened),
    /// Certainly nothing that is served.
    Missing,
    /// Ask again where waiting is allowed.
    Unsure,
}

/// Where a folder's handle is kept.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot(Arc<Mutex<Option<Arc<Folder>>>>);

impl Slot {
    /// Opens a file with what the kernel has in its caches, on the folder's own file system.
    pub(super) fn open(&self, path: &Path, symlinks: Symlinks) -> Try {
        let Some(folder) = self.lock().clone() else {
            return Try::Unsure;
        };
        match linux::open_cached(&folder, path, symlinks) {
            Ok(file) => match Opened::new(file) {
                Ok(opened) => Try::Found(opened),
                Err(Fault::Missing) => Try::Missing,
                Err(_) => Try::Unsure,
            },
            Err(Errno::NOENT | Errno::NOTDIR) if !folder.is_removed() => Try::Missing,
            Err(_) => Try::Unsure,
        }
    }

    /// Keeps a handle for a moment, if opening through it never waits.
    pub(super) fn keep(&self, folder: Folder, runtime: &tokio::runtime::Handle) {
        if !folder.local {
            return;
        }
        let mut slot = self.lock();
        if slot.is_some() {
            return;
        }
        *slot = Some(Arc::new(folder));
        let this = Arc::downgrade(&self.0);
        runtime.spawn(async move {
            tokio::time::sleep(LIFE).await;
            if let Some(slot) = this.upgrade() {
                Self(slot).drop_handle();
            }
        });
    }

    fn drop_handle(&self) {
        *self.lock() = None;
    }

    /// Whether the folder is held open now.
    #[cfg(test)]
    pub(super) fn is_held(&self) -> bool {
        self.lock().is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Folder>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
