//! Reading a small stretch of a file whole, without making anybody wait for a disk.

use std::{fs::File, io, ops::Range, sync::Arc};

use bytes::Bytes;

/// Why a stretch could not be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// The file ended first.
    Shrank,
    /// The system says so.
    System(io::Error),
}

/// Reads a half-open range: on this thread what lies in the page cache, and the rest on a thread
/// that may wait. Meant for ranges of a few KiB; the buffer is as large as the range.
pub(crate) async fn read_range(file: &Arc<File>, range: Range<u64>) -> Result<Bytes, ReadError> {
    let len = usize::try_from(range.end.saturating_sub(range.start))
        .map_err(|error| ReadError::System(io::Error::other(error)))?;
    let mut buffer = vec![0; len];
    let have = read_cached(file, &mut buffer, range.start);
    if have < len {
        let file = Arc::clone(file);
        buffer = tokio::task::spawn_blocking(move || {
            let rest = buffer.get_mut(have..).unwrap_or_default();
            read_exact_at(&file, rest, range.start + have as u64).map(|()| buffer)
        })
        .await
        .map_err(|error| ReadError::System(io::Error::other(error)))?
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => ReadError::Shrank,
            _ => ReadError::System(error),
        })?;
    }
    Ok(Bytes::from(buffer))
}

/// Fills the front of the buffer with what the page cache has; returns how much that was. Errors
/// count as nothing: the thorough read meets them again, if they are real.
#[cfg(target_os = "linux")]
fn read_cached(file: &File, buffer: &mut [u8], offset: u64) -> usize {
    use rustix::io::{ReadWriteFlags, preadv2};
    let mut buffers = [io::IoSliceMut::new(buffer)];
    preadv2(file, &mut buffers, offset, ReadWriteFlags::NOWAIT).unwrap_or(0)
}

#[cfg(not(target_os = "linux"))]
fn read_cached(_file: &File, _buffer: &mut [u8], _offset: u64) -> usize {
    0
}

#[cfg(unix)]
fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    use std::os::windows::fs::FileExt;
    while !buffer.is_empty() {
        match file.seek_read(buffer, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                buffer = buffer.get_mut(count..).unwrap_or_default();
                offset += count as u64;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::io::Write;

    use super::*;

    fn file(content: &[u8]) -> Arc<File> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        Arc::new(file)
    }

    #[tokio::test]
    async fn a_range_is_read_whole() {
        let file = file(b"0123456789");
        assert_eq!(read_range(&file, 2..5).await.unwrap(), "234");
        assert_eq!(read_range(&file, 0..10).await.unwrap(), "0123456789");
        assert_eq!(read_range(&file, 4..4).await.unwrap(), "");
    }

    #[tokio::test]
    async fn a_file_that_became_shorter_is_an_error_and_not_less_data() {
        let file = file(b"0123456789");
        file.set_len(4).unwrap();
        assert!(matches!(read_range(&file, 2..8).await, Err(ReadError::Shrank)));
        assert!(matches!(read_range(&file, 6..8).await, Err(ReadError::Shrank)));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_read_error_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let file = Arc::new(File::open(directory.path()).unwrap());
        assert!(matches!(read_range(&file, 0..8).await, Err(ReadError::System(_))));
    }
}
