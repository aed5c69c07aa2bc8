//! Reading a small stretch of a file whole, without making anybody wait for a disk.

use std::{fs::File, io, ops::Range, os::unix::fs::FileExt, sync::Arc};

use bytes::Bytes;
use extents::read_now;

use crate::gate::Gate;

/// Why a stretch could not be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// The file ended first.
    Shrank,
    /// The system says so.
    System(io::Error),
}

/// Reads a half-open range: on this thread what lies in the page cache, and the rest on a thread
/// that `gate` gives. Meant for ranges of a few KiB; the buffer is as large as the range.
pub(crate) async fn read_range(
    file: &Arc<File>,
    range: Range<u64>,
    gate: &Gate,
) -> Result<Bytes, ReadError> {
    let len = usize::try_from(range.end.saturating_sub(range.start))
        .map_err(|error| ReadError::System(io::Error::other(error)))?;
    let mut buffer = vec![0; len];
    // An error counts as nothing: the thorough read meets it again, if it is real.
    let have = read_now(file, &mut buffer, range.start).unwrap_or(0);
    if have < len {
        let file = Arc::clone(file);
        let read = gate.run(move || {
            let rest = buffer.get_mut(have..).unwrap_or_default();
            file.read_exact_at(rest, range.start + have as u64).map(|()| buffer)
        });
        buffer = read.await.flatten().map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => ReadError::Shrank,
            _ => ReadError::System(error),
        })?;
    }
    Ok(Bytes::from(buffer))
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
        assert_eq!(read_range(&file, 2..5, &Gate::default()).await.unwrap(), "234");
        assert_eq!(read_range(&file, 0..10, &Gate::default()).await.unwrap(), "0123456789");
        assert_eq!(read_range(&file, 4..4, &Gate::default()).await.unwrap(), "");
    }

    #[tokio::test]
    async fn a_file_that_became_shorter_is_an_error_and_not_less_data() {
        let file = file(b"0123456789");
        file.set_len(4).unwrap();
        assert!(matches!(read_range(&file, 2..8, &Gate::default()).await, Err(ReadError::Shrank)));
        assert!(matches!(read_range(&file, 6..8, &Gate::default()).await, Err(ReadError::Shrank)));
    }

    #[tokio::test]
    async fn a_read_error_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let file = Arc::new(File::open(directory.path()).unwrap());
        assert!(matches!(
            read_range(&file, 0..8, &Gate::default()).await,
            Err(ReadError::System(_))
        ));
    }
}
