//! The work folder: the files that are served, made once, and whether the page cache holds them.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use rustix::fs::{Advice, fadvise, statvfs};

use crate::procfs::parse_named;
use crate::stop::Stop;

/// The large file: 1 GiB of random bytes.
pub(crate) const BIG: &str = "/rand1g.bin";
/// Its length in bytes.
pub(crate) const BIG_BYTES: u64 = 1 << 30;
/// The small file: one page.
pub(crate) const SMALL: &str = "/small4k.bin";
/// Its length in bytes.
pub(crate) const SMALL_BYTES: u64 = 4 << 10;

/// Space that stays free on the disk beside the files, for logs and the data folders of the servers.
const SPARE_BYTES: u64 = 256 << 20;

/// The work folder. One run at a time holds it.
#[derive(Debug)]
pub(crate) struct WorkDir {
    root: PathBuf,
    /// The random files in it, with their lengths.
    made: &'static [(&'static str, u64)],
    /// Locked for as long as the run lasts.
    _lock: File,
}

impl WorkDir {
    /// Opens the folder, making it and these random files where they are missing.
    pub(crate) fn open(
        root: &Path,
        made: &'static [(&'static str, u64)],
        stop: &Stop,
    ) -> Result<Self> {
        let make = || -> std::io::Result<(PathBuf, File)> {
            fs::create_dir_all(root.join("files"))?;
            Ok((root.canonicalize()?, File::create(root.join("lock"))?))
        };
        let (root, lock) =
            make().with_context(|| format!("could not make the work folder {}", root.display()))?;
        if lock.try_lock().is_err() {
            bail!(
                "another run uses {}; wait for it, or name another folder with --work",
                root.display()
            );
        }
        let dir = Self { root, made, _lock: lock };
        dir.check_space()?;
        for (name, length) in made {
            let path = dir.file(name);
            if !is_whole(&path, *length) {
                make_random(&path, *length, stop)?;
            }
        }
        Ok(dir)
    }

    /// The folder that every server serves.
    pub(crate) fn files(&self) -> PathBuf {
        self.root.join("files")
    }

    /// A served file by its URL path.
    pub(crate) fn file(&self, path: &str) -> PathBuf {
        self.files().join(path.trim_start_matches('/'))
    }

    /// A folder for one server's own files.
    pub(crate) fn own(&self, server: &str) -> Result<PathBuf> {
        let path = self.root.join(server);
        fs::create_dir_all(&path).with_context(|| format!("could not make {}", path.display()))?;
        Ok(path)
    }

    fn check_space(&self) -> Result<()> {
        let disk = statvfs(&self.root).context("could not ask for the free space")?;
        let free = disk.f_bavail * disk.f_frsize;
        let missing = self
            .made
            .iter()
            .filter(|(name, length)| !is_whole(&self.file(name), *length))
            .map(|(_, length)| length)
            .sum::<u64>();
        if free < missing + SPARE_BYTES {
            bail!(
                "{} has {} MB free and {} MB are needed; free some, or name a folder on another disk with --work",
                self.root.display(),
                free / 1_000_000,
                (missing + SPARE_BYTES) / 1_000_000
            );
        }
        Ok(())
    }

    /// Reads the made files once, so that the page cache holds them.
    pub(crate) fn warm(&self, stop: &Stop) -> Result<()> {
        self.made.iter().try_for_each(|(name, _)| warm(&self.file(name), stop))
    }

    /// Drops the large file from the page cache.
    pub(crate) fn evict(&self) -> Result<()> {
        evict(&self.file(BIG))
    }
}

/// Reads a file once, so that the page cache holds it.
pub(crate) fn warm(path: &Path, stop: &Stop) -> Result<()> {
    let mut space = vec![0; 1 << 20];
    let mut file =
        File::open(path).with_context(|| format!("could not open {}", path.display()))?;
    while file.read(&mut space).with_context(|| format!("could not read {}", path.display()))? > 0 {
        stop.check()?;
    }
    Ok(())
}

/// Drops a file from the page cache.
pub(crate) fn evict(path: &Path) -> Result<()> {
    let evict = || -> std::io::Result<()> {
        let file = File::open(path)?;
        // Pages that still have to be written cannot be dropped.
        file.sync_all()?;
        Ok(fadvise(&file, 0, None, Advice::DontNeed)?)
    };
    evict().with_context(|| format!("could not drop {} from the page cache", path.display()))
}

/// Memory that the page cache can use, in bytes; none where the kernel does not say.
pub(crate) fn memory_available() -> Option<u64> {
    parse_named(&fs::read_to_string("/proc/meminfo").ok()?, "MemAvailable").map(|kib| kib * 1024)
}

/// Whether the file is there in full length, and on the disk rather than a hole.
fn is_whole(path: &Path, length: u64) -> bool {
    fs::metadata(path).is_ok_and(|file| file.len() == length && file.blocks() * 512 >= length)
}

/// Writes random bytes under another name first, so that a run that was broken off leaves no half file.
fn make_random(path: &Path, length: u64, stop: &Stop) -> Result<()> {
    let part = path.with_extension("part");
    let make = || -> Result<()> {
        let mut source = File::open("/dev/urandom")?;
        let mut file = File::create(&part)?;
        let mut block = vec![0; 1 << 20];
        let mut left = length;
        while left > 0 {
            stop.check()?;
            let most = usize::try_from(left).unwrap_or(block.len()).min(block.len());
            let some = block.get_mut(..most).unwrap_or_default();
            source.read_exact(some)?;
            file.write_all(some)?;
            left -= u64::try_from(most)?;
        }
        file.sync_all()?;
        Ok(fs::rename(&part, path)?)
    };
    make().with_context(|| format!("could not make {}", path.display()))
}

/// Bytes `from..to` of a file.
pub(crate) fn slice(path: &Path, from: u64, to: u64) -> Result<Vec<u8>> {
    let read = || -> Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(to - from)?];
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes)
    };
    read().with_context(|| format!("could not read {}", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_file_with_a_hole_or_another_length_is_made_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.bin");
        assert!(!is_whole(&path, 8192));
        File::create(&path).unwrap().set_len(8192).unwrap();
        assert!(!is_whole(&path, 8192), "a hole");
        make_random(&path, 8192, &Stop::default()).unwrap();
        assert!(is_whole(&path, 8192));
        assert!(!is_whole(&path, 8193));
        assert!(!path.with_extension("part").exists());
    }

    #[test]
    fn a_slice_is_the_bytes_of_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.bin");
        fs::write(&path, b"0123456789").unwrap();
        assert_eq!(slice(&path, 3, 6).unwrap(), b"345");
        assert!(slice(&path, 8, 11).is_err());
    }
}
