//! One call to the system: a file of our own in memory, page by page as it is read.
//!
//! Only for files that Vidicon wrote whole, gave their name when they were whole, and never
//! changes again: the indexes in its data folder.

use std::{fs::File, io};

use bytes::Bytes;

/// The bytes of `file`, mapped. They stay readable when the file is renamed or removed.
///
/// The file must never be changed or shortened afterwards, by anybody: it is private to Vidicon,
/// written once and renamed into place.
///
/// # Errors
///
/// What the system says when it cannot be mapped.
#[allow(unsafe_code)]
pub fn map(file: &File) -> io::Result<Bytes> {
    if file.metadata()?.len() == 0 {
        return Ok(Bytes::new());
    }
    // SAFETY: the bytes of a mapping must not change while they are borrowed, and reading behind
    // the end of a file that was shortened ends the process. Files that are mapped here lie in a
    // folder of our own, are complete before they have their name, and are replaced by renaming
    // another over them or removed, which leaves mapped bytes as they are; no code of ours opens
    // one for writing. Whoever else may write there may also replace the program itself.
    let map = unsafe { memmap2::Mmap::map(file)? };
    Ok(Bytes::from_owner(map))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_mapped_file_stays_readable_when_it_is_removed() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(b"an index").unwrap();
        let bytes = map(file.as_file()).unwrap();
        drop(file);
        assert_eq!(bytes, "an index");
    }

    #[test]
    fn an_empty_file_is_no_bytes() {
        assert!(map(&tempfile::tempfile().unwrap()).unwrap().is_empty());
    }
}
