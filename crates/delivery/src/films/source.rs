//! An open file as a source of bytes: one that may wait for the disk, and one that never does.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use media::Source;

/// The file, read by whoever may wait.
#[derive(Clone, Debug)]
pub struct FileSource {
    /// The file.
    pub file: Arc<File>,
    /// Its length when it was opened.
    pub len: u64,
}

impl Source for FileSource {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(buffer, offset)
    }

    #[cfg(target_os = "linux")]
    fn soon(&self, bytes: std::ops::Range<u64>) {
        use std::num::NonZeroU64;

        use rustix::fs::{Advice, fadvise};
        // To look for what is there already takes longer than to try the middle and both ends.
        let is_there = |at: &u64| extents::read_now(&self.file, &mut [0], *at).is_ok();
        let places = [bytes.start, bytes.start.midpoint(bytes.end), bytes.end.saturating_sub(1)];
        if let Some(length) = NonZeroU64::new(bytes.end.saturating_sub(bytes.start))
            && !places.iter().all(is_there)
        {
            // Where it cannot be had, reading takes as long as it takes.
            let _ = fadvise(&self.file, bytes.start, Some(length), Advice::WillNeed);
        }
    }
}

/// The part of a file that is in the page cache. What is not fails with
/// [`io::ErrorKind::WouldBlock`].
pub(crate) struct Cached<'a>(pub(crate) &'a FileSource);

impl Source for Cached<'_> {
    fn len(&self) -> u64 {
        self.0.len
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let count = extents::read_now(&self.0.file, buffer, offset)?;
        // Short: the rest is on the disk, or the file ends here. Whoever may wait finds out.
        if count < buffer.len() { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(count) }
    }
}

/// A source that remembers whether reading from it ever failed: what was concluded from a disk
/// that failed is not to be remembered.
pub(super) struct Watched<'a> {
    pub(super) source: &'a FileSource,
    pub(super) failed: AtomicBool,
}

impl Source for Watched<'_> {
    fn len(&self) -> u64 {
        self.source.len
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        self.source.read_at(buffer, offset).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                self.failed.store(true, Ordering::Relaxed);
            }
        })
    }
}
