//! The last step of every open: a descriptor to read from, whatever the way to the file is.

use std::os::fd::OwnedFd;

use rustix::{
    fs::OFlags,
    io::{Errno, Result},
};

/// For reading only; `NONBLOCK` so that a pipe without a writer does not hold us up, `NOCTTY` so
/// that no device becomes our terminal.
pub(super) const FLAGS: OFlags =
    OFlags::RDONLY.union(OFlags::CLOEXEC).union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

/// Opens for reading by `open`, which is given the flags. May wait for a disk, and for another
/// program to give up its lease.
///
/// A lease (`F_SETLEASE` in fcntl(2)) lets a program write to a regular file alone until somebody
/// else opens it: Samba takes one for a client's oplock. With `NONBLOCK` the kernel asks the
/// holder to let go, but says EAGAIN instead of waiting until it has. So we come back to wait, for
/// the kernel ends the lease after `/proc/sys/fs/lease-break-time` (45 s) at the latest.
#[cfg(target_os = "linux")]
pub(super) fn for_reading(open: impl Fn(OFlags) -> Result<OwnedFd>) -> Result<OwnedFd> {
    use rustix::fs::{FileType, fstat};
    match open(FLAGS) {
        Err(Errno::AGAIN) => {}
        done => return done,
    }
    // As a place, which asks no holder and wakes no device.
    let place = open(OFlags::PATH.union(OFlags::CLOEXEC))?;
    // Should a pipe take its place in between, one of the folder's threads waits in vain.
    if FileType::from_raw_mode(fstat(&place)?.st_mode) == FileType::RegularFile {
        open(FLAGS.difference(OFlags::NONBLOCK))
    } else {
        // A device that is busy: not served, like any device.
        Err(Errno::NXIO)
    }
}

/// Opens for reading by `open`, which is given the flags. May wait for a disk. There are no leases
/// here.
#[cfg(not(target_os = "linux"))]
pub(super) fn for_reading(open: impl Fn(OFlags) -> Result<OwnedFd>) -> Result<OwnedFd> {
    open(FLAGS)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{fs::File, io::Read, path::Path};

    use rustix::fs::{CWD, FileType, Mode, mknodat, openat};

    use super::*;

    /// Opens as the kernel does while another program holds a lease on the file.
    fn open_leased(path: &Path) -> Result<OwnedFd> {
        for_reading(|flags| {
            if flags.contains(OFlags::NONBLOCK) {
                return Err(Errno::AGAIN);
            }
            openat(CWD, path, flags, Mode::empty())
        })
    }

    #[test]
    fn a_file_that_another_program_has_leased_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.mp4");
        std::fs::write(&path, "film").unwrap();
        let mut content = String::new();
        File::from(open_leased(&path).unwrap()).read_to_string(&mut content).unwrap();
        assert_eq!(content, "film");
    }

    #[test]
    fn only_regular_files_are_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR, 0).unwrap();
        // Waiting for the pipe's writer would never end.
        assert_eq!(open_leased(&pipe).unwrap_err(), Errno::NXIO);
        assert_eq!(open_leased(Path::new("/dev/null")).unwrap_err(), Errno::NXIO);
        assert_eq!(open_leased(&folder.path().join("none")).unwrap_err(), Errno::NOENT);
    }
}
