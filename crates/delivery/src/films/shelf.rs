//! Indexes on disk, so that a file is read for its index once.
//!
//! ```text
//! index/files/<state of the file>.vidx   id, path, and the index or why there is none
//! index/ids/<content id>/<state>         empty: which files have this content
//! index/unfinished/…                     being written, or left behind by a process that was killed
//! ```
//!
//! The state of a file is made of its inode, length and date of change, so a file that was renamed
//! keeps its index and one that was changed gets another. A record is written whole and then
//! named; one of another version, or damaged, is not there. A shelf that cannot be written to (a
//! full disk) is a shelf that forgets. A record's own date of change is when it was used last; now
//! and then those of no use are removed (see `tidy`).

mod tidy;

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Mutex,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use media::{ContentId, Index, Unreadable};
use serde::{Deserialize, Serialize};

use self::tidy::Bounds;
use super::lock;
use crate::OpenFile;

/// Which file it is, and in which state.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct State(String);

impl State {
    pub(crate) fn of(file: &OpenFile) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&file.identity.ino.to_le_bytes());
        hasher.update(&file.len.to_le_bytes());
        let nanos = match file.modified.duration_since(UNIX_EPOCH) {
            Ok(after) => i128::try_from(after.as_nanos()).unwrap_or(i128::MAX),
            Err(before) => -i128::try_from(before.duration().as_nanos()).unwrap_or(i128::MAX),
        };
        hasher.update(&nanos.to_le_bytes());
        Self(ContentId::of(&hasher).to_string())
    }

    #[cfg(test)]
    pub(crate) fn named(name: &str) -> Self {
        Self(name.to_owned())
    }
}

/// What is known of a file.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// The identity of its content.
    pub(crate) id: ContentId,
    /// Where it was seen last: a path below the media folders, as a URL has it.
    pub(crate) path: String,
    /// Its index, or why there is none.
    pub(crate) index: Result<Index, Unreadable>,
    /// How long the file is, in bytes.
    pub(crate) len: u64,
    /// Whether it will be the same the next time: not if the disk failed while it was read.
    pub(crate) lasting: bool,
}

/// A record in its file: this, then the index.
#[derive(Deserialize, Serialize)]
struct Head {
    version: u32,
    id: ContentId,
    path: String,
    len: u64,
    unreadable: Option<Unreadable>,
}

/// Of the head, counted up when it changes, and of the index.
const VERSION: u32 = media::FORMAT_VERSION << 8 | 1;

/// How often the shelf is tidied, and how long a record is taken for used just now.
const DAY: Duration = Duration::from_hours(24);

/// The shelf.
#[derive(Debug)]
pub(crate) struct Shelf {
    /// The folder with the records; none: nothing is kept.
    folder: Option<PathBuf>,
    /// When it was tidied last, and how many bytes were added since.
    tidied: Mutex<(Option<Instant>, u64)>,
}

impl Shelf {
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, tidied: Mutex::default() }
    }

    /// The file of a record.
    fn place(&self, state: &str) -> Option<PathBuf> {
        let part = state.get(..2)?;
        Some(self.folder.as_ref()?.join("files").join(part).join(format!("{state}.vidx")))
    }

    /// What is kept of a file in this state. Blocks.
    pub(crate) fn load(&self, state: &State) -> Option<Record> {
        let file = File::open(self.place(&state.0)?).ok()?;
        let record = read(&mapped::map(&file).ok()?)?;
        let used = file.metadata().and_then(|metadata| metadata.modified()).ok()?;
        if used.elapsed().is_ok_and(|age| age > DAY) {
            // Where that is not allowed it looks unused, and is made again some day.
            let _ = file.set_modified(SystemTime::now());
        }
        Some(record)
    }

    /// Keeps a record. Blocks. Failing is no harm but to the next start; the caller may say so.
    pub(crate) fn save(&self, state: &State, record: &Record) -> io::Result<()> {
        let (Some(path), Some(root)) = (self.place(&state.0), &self.folder) else { return Ok(()) };
        let bytes = write(record)?;
        write_whole(&unfinished(root), &path, &bytes)?;
        lock(&self.tidied).1 += bytes.len() as u64;
        let folder = root.join("ids").join(record.id.to_string());
        let point = || {
            fs::create_dir_all(&folder)?;
            File::create(folder.join(&state.0)).map(drop)
        };
        // Tidying may have taken the empty folder away in between.
        point().or_else(|_| point())
    }

    /// Removes what a process that was killed has left unfinished. For whoever has the shelf for itself. Blocks.
    pub(crate) fn remove_unfinished(&self) -> io::Result<()> {
        let Some(root) = &self.folder else { return Ok(()) };
        match fs::remove_dir_all(unfinished(root)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Tidies, if it was not done for a day, or much was added since. Blocks; nobody should wait.
    pub(crate) fn tidy_if_due(&self) {
        let bounds = Bounds::USUAL;
        {
            let mut tidied = lock(&self.tidied);
            let long_ago = tidied.0.is_none_or(|last| last.elapsed() > DAY);
            if !long_ago && tidied.1 < bounds.size / 20 {
                return;
            }
            *tidied = (Some(Instant::now()), 0);
        }
        self.tidy(bounds, SystemTime::now());
    }

    /// The paths at which this content was seen, and how long the files are. Blocks.
    pub(crate) fn seen(&self, id: ContentId) -> Vec<(String, u64)> {
        let Some(root) = &self.folder else { return Vec::new() };
        let Ok(entries) = fs::read_dir(root.join("ids").join(id.to_string())) else {
            return Vec::new();
        };
        // Few: as many as there are copies.
        let names =
            entries.flatten().take(64).filter_map(|entry| entry.file_name().into_string().ok());
        let heads = names.filter_map(|name| tidy::head_in(&self.place(&name)?));
        heads.map(|head| (head.path, head.len)).collect()
    }
}

fn read(bytes: &Bytes) -> Option<Record> {
    let length = u32::from_le_bytes(*bytes.first_chunk::<4>()?);
    let length = usize::try_from(length).ok()?;
    let head = bytes.get(4..)?.get(..length)?;
    let head: Head = postcard::from_bytes(head).ok()?;
    if head.version != VERSION {
        return None;
    }
    let index = match head.unreadable {
        Some(unreadable) => Err(unreadable),
        None => Ok(Index::from_bytes(&bytes.slice(4 + length..)).ok()?),
    };
    Some(Record { id: head.id, path: head.path, index, len: head.len, lasting: true })
}

fn write(record: &Record) -> io::Result<Vec<u8>> {
    let head = Head {
        version: VERSION,
        id: record.id,
        path: record.path.clone(),
        len: record.len,
        unreadable: record.index.as_ref().err().cloned(),
    };
    let head = postcard::to_allocvec(&head).map_err(io::Error::other)?;
    let mut bytes = u32::try_from(head.len()).map_err(io::Error::other)?.to_le_bytes().to_vec();
    bytes.extend_from_slice(&head);
    if let Ok(index) = &record.index {
        bytes.extend_from_slice(&index.to_bytes());
    }
    Ok(bytes)
}

/// Where records lie while they are written.
fn unfinished(root: &Path) -> PathBuf {
    root.join("unfinished")
}

/// Writes a file that has its name only when it is whole; until then it lies in `aside`.
fn write_whole(aside: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(path.parent().unwrap_or(path))?;
    fs::create_dir_all(aside)?;
    let unfinished = aside.join(format!("{}-{:x}", std::process::id(), bytes.as_ptr().addr()));
    let written = File::create(&unfinished).and_then(|mut file| {
        file.write_all(bytes)?;
        // After a power cut the name must not lead to half a file; a checksum would notice, but
        // reading again costs more than waiting here.
        file.sync_data()?;
        fs::rename(&unfinished, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written
}
