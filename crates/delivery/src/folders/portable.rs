//! Opening a file below a media folder without `openat2`: on older kernels, in containers that
//! forbid it, and on other Unix systems. Every call may wait for a disk. The one thing it cannot
//! do is tell the magic links of `/proc` from others; they are followed where links are.

use std::{
    fs::File,
    io,
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};

use rustix::fs::{CWD, Mode, OFlags, openat};

use super::{Symlinks, reading::for_reading};

/// Opens the file at `path` below `root`; `roots` are all media folders.
pub(super) fn open(
    root: &Path,
    path: &Path,
    symlinks: Symlinks,
    roots: &[PathBuf],
) -> io::Result<File> {
    match symlinks {
        Symlinks::Follow => plain(&root.join(path)),
        Symlinks::Inside => inside(&root.join(path), roots),
        Symlinks::Refuse => without_links(root, path),
    }
}

fn outside() -> io::Error {
    io::ErrorKind::NotFound.into()
}

/// Whether a resolved path lies in one of the media folders, resolved now: a folder may itself be
/// a link that was pointed elsewhere.
fn lies_inside(real: &Path, roots: &[PathBuf]) -> bool {
    // By name first: that asks no disk, so a folder whose drive hangs is asked only if none has
    // the file by name. A resolved path has no links in it, so the name is proof.
    roots.iter().any(|root| real.starts_with(root))
        || roots.iter().any(|root| root.canonicalize().is_ok_and(|root| real.starts_with(root)))
}

fn plain(path: &Path) -> io::Result<File> {
    Ok(for_reading(|flags| openat(CWD, path, flags, Mode::empty()))?.into())
}

fn inside(path: &Path, roots: &[PathBuf]) -> io::Result<File> {
    let file = plain(path)?;
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    return verify_inside(file, roots);
    #[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
    return verify_by_name(file, path, roots);
}

/// Gives an open file back if its real path lies in one of the media folders. The descriptor
/// is asked, so nothing that is renamed meanwhile can make another file of it.
#[cfg(target_os = "linux")]
pub(super) fn verify_inside(file: File, roots: &[PathBuf]) -> io::Result<File> {
    use std::os::fd::AsRawFd;
    // Without /proc nothing can be verified and the error says so: the file stays closed.
    let real = std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
    if lies_inside(&real, roots) { Ok(file) } else { Err(outside()) }
}

#[cfg(target_vendor = "apple")]
fn verify_inside(file: File, roots: &[PathBuf]) -> io::Result<File> {
    use std::{ffi::OsString, os::unix::ffi::OsStringExt};
    let real = PathBuf::from(OsString::from_vec(rustix::fs::getpath(&file)?.into_bytes()));
    if lies_inside(&real, roots) { Ok(file) } else { Err(outside()) }
}

/// Resolves the path a second time and accepts the file if that leads inside and to the file
/// that is open.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn verify_by_name(file: File, path: &Path, roots: &[PathBuf]) -> io::Result<File> {
    use super::opened::FileIdentity;
    let real = path.canonicalize()?;
    let same = FileIdentity::of(&real.symlink_metadata()?) == FileIdentity::of(&file.metadata()?);
    if same && lies_inside(&real, roots) { Ok(file) } else { Err(outside()) }
}

/// Goes down one component at a time and follows no link.
fn without_links(root: &Path, path: &Path) -> io::Result<File> {
    // On Linux, as a place only: folders that may be searched but not read are fine.
    #[cfg(target_os = "linux")]
    let directory = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    #[cfg(not(target_os = "linux"))]
    let directory = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let mut here: OwnedFd = openat(CWD, root, directory, Mode::empty())?;
    let mut components = path.components().peekable();
    while let Some(component) = components.next() {
        let next = |flags: OFlags| {
            openat(&here, component.as_os_str(), flags | OFlags::NOFOLLOW, Mode::empty())
        };
        let last = components.peek().is_none();
        here = if last { for_reading(next) } else { next(directory) }?;
    }
    Ok(here.into())
}
