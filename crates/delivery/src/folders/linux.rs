//! Opening a file below a media folder on Linux: one `openat2` (Linux 5.6), whose resolution flags
//! keep the kernel itself within the rules, whatever is renamed meanwhile.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Mode, ResolveFlags, openat2},
    io::Errno,
};

use super::{
    Symlinks,
    handle::Folder,
    portable,
    reading::{FLAGS, for_reading},
};

fn resolve(symlinks: Symlinks) -> ResolveFlags {
    // Magic links are those in /proc/*/fd and the like: they jump without a path.
    ResolveFlags::NO_MAGICLINKS
        | match symlinks {
            Symlinks::Follow => ResolveFlags::empty(),
            Symlinks::Inside => ResolveFlags::BENEATH,
            Symlinks::Refuse => ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS,
        }
}

/// Opens what the kernel can reach from its caches without leaving the folder's file system: on
/// another one, `open` itself might wait for a network or a daemon.
pub(super) fn open_cached(
    folder: &Folder,
    path: &Path,
    symlinks: Symlinks,
) -> rustix::io::Result<File> {
    let resolve = resolve(symlinks) | ResolveFlags::CACHED | ResolveFlags::NO_XDEV;
    openat2(&folder.fd, path, FLAGS, Mode::empty(), resolve).map(File::from)
}

/// Opens a file; may wait for a disk.
pub(super) fn open(
    folder: &Folder,
    path: &Path,
    symlinks: Symlinks,
    roots: &[PathBuf],
) -> io::Result<File> {
    let by = |symlinks| {
        let resolve = resolve(symlinks);
        for_reading(|flags| openat2(&folder.fd, path, flags, Mode::empty(), resolve))
    };
    match by(symlinks) {
        Ok(fd) => Ok(fd.into()),
        // A link leads out of this folder, perhaps into another media folder; or (EAGAIN) the
        // kernel could not be sure because something was renamed on the way.
        Err(Errno::XDEV | Errno::AGAIN) if symlinks == Symlinks::Inside => {
            portable::verify_inside(by(Symlinks::Follow)?.into(), roots)
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the kernel, or a filter that a container puts around us, does not know `openat2`.
/// Older Docker answers EPERM to every call it has never heard of; the portable way then meets
/// the same refusal if it was a true one.
pub(super) fn is_unsupported(error: &io::Error) -> bool {
    matches!(
        Errno::from_io_error(error),
        Some(Errno::NOSYS | Errno::PERM | Errno::INVAL | Errno::TOOBIG)
    )
}
