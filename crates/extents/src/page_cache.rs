//! Reading without waiting for a disk, and waiting for a disk where that delays nobody.
//!
//! The threads that drive connections must never wait for a disk: one cold file on a slow drive
//! would hold up every other client of that thread. So they ask the page cache first, and hand
//! what it lacks to the pool of blocking threads.

use std::{fs::File, io, os::unix::fs::FileExt};

/// How far apart the pages lie that are looked at to judge a stretch. Read-ahead fills the cache
/// in runs of about this much, so holes are rarely smaller; one that is costs a short wait.
#[cfg(target_os = "linux")]
const STRIDE: u64 = 256 << 10;

/// Reads into `buffer` at `offset` only what the page cache holds, without waiting.
///
/// `Ok(n)` is what was there, as little as 0 at the end of the file; an error of kind
/// `WouldBlock` means that the disk would have to be asked, or that the file system cannot tell.
#[cfg(target_os = "linux")]
pub fn read_now(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    use rustix::io::{Errno, ReadWriteFlags, preadv2};
    match preadv2(file, &mut [io::IoSliceMut::new(buffer)], offset, ReadWriteFlags::NOWAIT) {
        Ok(count) => Ok(count),
        // FUSE, some network file systems, and kernels that do not know the flag.
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL | Errno::INTR) => {
            Err(io::ErrorKind::WouldBlock.into())
        }
        Err(errno) => Err(errno.into()),
    }
}

/// Elsewhere there is no way to ask: the disk has to be asked.
#[cfg(not(target_os = "linux"))]
pub fn read_now(_file: &File, _buffer: &mut [u8], _offset: u64) -> io::Result<usize> {
    Err(io::ErrorKind::WouldBlock.into())
}

/// Whether the half-open stretch `from..to` seems to be in the page cache, judged by samples.
///
/// An end of file or an error counts as "in the cache": sending will meet it and say so.
#[cfg(target_os = "linux")]
pub(crate) fn is_cached(file: &File, from: u64, to: u64) -> bool {
    let mut byte = [0];
    let mut at = from;
    loop {
        match read_now(file, &mut byte, at) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return false,
            Ok(0) | Err(_) => return true,
            Ok(_) => {}
        }
        if at + 1 >= to {
            return true;
        }
        at = (at + STRIDE).min(to - 1);
    }
}

/// Brings `from..to` into the page cache by reading it; blocks. Returns how far it got, which is
/// less than `to` when the file ends.
#[cfg(target_os = "linux")]
pub(crate) fn fill(file: &File, from: u64, to: u64) -> io::Result<u64> {
    let mut scratch = vec![0; 256 << 10];
    let mut at = from;
    while at < to {
        let want = usize::try_from(to - at).unwrap_or(usize::MAX).min(scratch.len());
        let count = read_at(file, scratch.get_mut(..want).unwrap_or_default(), at)?;
        if count == 0 {
            break;
        }
        at += count as u64;
    }
    Ok(at)
}

/// One blocking read, begun again when a signal interrupts it.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    loop {
        match file.read_at(buffer, offset) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}
