//! What lies in a media folder: videos by their names, the state of each, and what lies beside
//! them. Reads folders, opens nothing. Blocks.

use std::{
    collections::HashSet,
    ffi::OsStr,
    fs::{self, DirEntry, Metadata},
    hash::Hasher as _,
    io,
    ops::ControlFlow,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use delivery::RelativePath;

use crate::{kinds::Kind, sidecar};

/// A file that may be a video.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Place {
    /// Where it is below the media folder.
    pub(crate) path: RelativePath,
    /// Its name, as text.
    pub(crate) name: String,
    /// What its name promises: whether it is a mistake if it holds no video.
    pub(crate) promised: bool,
    /// Whether the store knows a video there; the scan says so.
    pub(crate) is_known: bool,
    /// Which file it is, and in which state.
    pub(crate) state: FileState,
    /// The names of files beside it that may say more about it.
    pub(crate) beside: Vec<String>,
}

/// Which file it is, and in which state; what lies beside it counts.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct FileState {
    /// Bytes.
    pub(crate) size: u64,
    /// When it was changed last, in nanoseconds since 1970.
    pub(crate) modified_ns: i64,
    /// The number of the inode.
    pub(crate) inode: u64,
    /// The number of the device. Drives that are plugged in again get another.
    pub(crate) device: u64,
    /// A digest of the names and states of what lies beside it; 0 for nothing.
    pub(crate) beside: i64,
}

impl FileState {
    /// Whether nothing has happened to the file in between. Drives in the network make inodes up
    /// when they are mounted, so another inode alone says nothing.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        (self.size, self.modified_ns, self.beside) == (other.size, other.modified_ns, other.beside)
    }
}

/// What a walk tells.
#[derive(Debug)]
pub(crate) enum Step {
    /// All that may be videos in one folder.
    Folder(Vec<Place>),
    /// A folder that cannot be read: of what is below it nothing is known. Its path as in a URL.
    Unreadable(String, io::Error),
}

/// What to do with symbolic links.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Links {
    /// Follow them.
    Follow,
    /// Leave them out.
    Leave,
}

/// How many folders deep a walk goes.
const DEPTH: usize = 32;

/// Walks through what is below `start`, a folder below `root`, or the root itself if empty. Each
/// folder is told as a whole, in no particular order. `tell` may stop it.
pub(crate) fn walk(
    root: &Path,
    start: &Path,
    links: Links,
    tell: &mut dyn FnMut(Step) -> ControlFlow<()>,
) {
    let mut walk = Walk { root, links, seen: HashSet::new() };
    let mut folders = vec![(start.to_owned(), start.components().count())];
    while let Some((folder, depth)) = folders.pop() {
        let step = match walk.folder(&folder) {
            Ok((places, below)) => {
                if depth < DEPTH {
                    folders.extend(below.into_iter().map(|folder| (folder, depth + 1)));
                }
                Step::Folder(places)
            }
            Err(error) => Step::Unreadable(url_of(&folder), error),
        };
        if tell(step).is_break() {
            return;
        }
    }
}

/// What a changed path, below the root, is about: the file itself if it may be a video, or the videos
/// that a file beside them speaks of. None if it is not there or is neither.
pub(crate) fn look(root: &Path, path: &Path, links: Links) -> io::Result<Vec<Place>> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
    let mut walk = Walk { root, links, seen: HashSet::new() };
    let (mut places, _) = walk.folder(folder)?;
    if Kind::of(&name) == Kind::Beside {
        // Also of one that is gone.
        places.retain(|place| name == sidecar::OF_THE_FOLDER || speaks_of(&name, &place.name));
    } else {
        places.retain(|place| place.path.as_path() == path);
    }
    Ok(places)
}

/// Whether a file with this name may speak of the video with that name.
fn speaks_of(name: &str, video: &str) -> bool {
    let stem = video.rsplit_once('.').map_or(video, |(stem, _)| stem);
    name.strip_prefix(stem).is_some_and(|rest| rest.starts_with('.'))
}

/// The path of a folder as in a URL; "" for the root.
pub(crate) fn url_of(folder: &Path) -> String {
    RelativePath::of_path(folder).map_or_else(|_| String::new(), |path| path.to_url_path())
}

struct Walk<'a> {
    root: &'a Path,
    links: Links,
    /// Folders that links led to: a link may lead to where it lies.
    seen: HashSet<(u64, u64)>,
}

/// A file beside a video.
struct Beside {
    name: String,
    size: u64,
    modified: i64,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path) -> io::Result<(Vec<Place>, Vec<PathBuf>)> {
        let (mut places, mut beside, mut below) = (Vec::new(), Vec::new(), Vec::new());
        for entry in fs::read_dir(self.root.join(folder))? {
            let entry = entry?;
            let os_name = entry.file_name();
            if os_name.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let name = os_name.to_string_lossy();
            let kind = Kind::of(&name);
            // Whatever is called like a video and is a folder is a folder.
            if kind == Kind::Other && entry.file_type().is_ok_and(|kind| kind.is_file()) {
                continue;
            }
            let path = folder.join(&os_name);
            let Ok(metadata) = self.look(&entry, &path) else { continue };
            if metadata.is_dir() {
                below.push(path);
            } else if metadata.is_file() {
                match kind {
                    Kind::Video | Kind::Perhaps => {
                        let Ok(path) = RelativePath::of_path(&path) else { continue };
                        let (name, promised) = (name.into_owned(), kind == Kind::Video);
                        let state = state_of(&metadata);
                        let (is_known, beside) = (false, Vec::new());
                        places.push(Place { path, name, promised, is_known, state, beside });
                    }
                    Kind::Beside => beside.push(Beside {
                        name: name.into_owned(),
                        size: metadata.len(),
                        modified: modified_ns(&metadata),
                    }),
                    Kind::Other => {}
                }
            }
        }
        beside.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let alone = places.len() == 1;
        for place in &mut places {
            place.note(&beside, alone);
        }
        Ok((places, below))
    }

    /// What an entry is, or what a link leads to, if links are followed; each such folder once.
    fn look(&mut self, entry: &DirEntry, path: &Path) -> io::Result<Metadata> {
        let metadata = entry.metadata()?;
        if !metadata.is_symlink() {
            return Ok(metadata);
        }
        if self.links == Links::Leave {
            return Err(io::ErrorKind::NotFound.into());
        }
        let metadata = fs::metadata(self.root.join(path))?;
        if metadata.is_dir() && !self.seen.insert((metadata.dev(), metadata.ino())) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        Ok(metadata)
    }
}

impl Place {
    /// Notes what lies beside it, out of the sorted list of its folder.
    fn note(&mut self, all: &[Beside], alone: bool) {
        let stem = self.name.rsplit_once('.').map_or(self.name.as_str(), |(stem, _)| stem);
        let first = all.partition_point(|one| one.name.as_str() < stem);
        let called_so = all.get(first..).unwrap_or_default().iter();
        let own = called_so
            .take_while(|one| one.name.starts_with(stem))
            .filter(|one| one.name.as_bytes().get(stem.len()) == Some(&b'.'));
        let of_folder = all.iter().filter(|one| alone && one.name == sidecar::OF_THE_FOLDER);
        let mut digest = Fnv::default();
        for one in own.chain(of_folder).take(64) {
            digest.write(one.name.as_bytes());
            digest.write(&one.size.to_le_bytes());
            digest.write(&one.modified.to_le_bytes());
            self.beside.push(one.name.clone());
        }
        if !self.beside.is_empty() {
            // Never zero, which is for nothing.
            self.state.beside = (digest.finish() | 1).cast_signed();
        }
    }
}

fn state_of(metadata: &Metadata) -> FileState {
    FileState {
        size: metadata.len(),
        modified_ns: modified_ns(metadata),
        inode: metadata.ino(),
        device: metadata.dev(),
        beside: 0,
    }
}

fn modified_ns(metadata: &Metadata) -> i64 {
    metadata.mtime().saturating_mul(1_000_000_000).saturating_add(metadata.mtime_nsec())
}

/// FNV-1a: the same in every version and on every machine, which a stored digest must be.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl std::hash::Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::symlink;

    use super::*;

    fn names(root: &Path, start: &str, links: Links) -> Vec<String> {
        let mut found = Vec::new();
        walk(root, Path::new(start), links, &mut |step| {
            if let Step::Folder(places) = step {
                found.extend(places.into_iter().map(|place| place.path.to_url_path()));
            }
            ControlFlow::Continue(())
        });
        found.sort();
        found
    }

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        folder
    }

    #[test]
    fn videos_are_found_by_their_names_and_hidden_ones_are_not() {
        let folder = folder(&[
            "a.mp4",
            "b/c d.MKV",
            "b/c.txt",
            ".d.mp4",
            ".e/f.mp4",
            "g.jpg",
            "new\nline.webm",
        ]);
        assert_eq!(
            names(folder.path(), "", Links::Follow),
            ["a.mp4", "b/c%20d.MKV", "new%0Aline.webm"]
        );
        assert_eq!(names(folder.path(), "b", Links::Follow), ["b/c%20d.MKV"]);
    }

    #[test]
    fn links_are_followed_once_or_left_out() {
        let folder = folder(&["a/b.mp4"]);
        symlink(folder.path(), folder.path().join("a/loop")).unwrap();
        symlink(folder.path().join("a/b.mp4"), folder.path().join("c.mp4")).unwrap();
        assert!(names(folder.path(), "", Links::Follow).contains(&"c.mp4".to_owned()));
        assert!(names(folder.path(), "", Links::Follow).len() < 8);
        assert_eq!(names(folder.path(), "", Links::Leave), ["a/b.mp4"]);
    }

    #[test]
    fn what_lies_beside_a_video_is_part_of_its_state() {
        let folder = folder(&["film.mkv", "film.en.srt", "filmed.mkv", "filmed.txt", "film.nfo"]);
        let place = || look(folder.path(), Path::new("film.mkv"), Links::Follow).unwrap().remove(0);
        let before = place();
        assert_eq!(before.beside, ["film.en.srt", "film.nfo"]);
        fs::write(folder.path().join("film.nfo"), "changed").unwrap();
        assert!(!place().state.is_as(&before.state));
        assert_eq!(look(folder.path(), Path::new("gone.mkv"), Links::Follow).unwrap(), []);
        let about = look(folder.path(), Path::new("film.de.srt"), Links::Follow).unwrap();
        assert_eq!(about.len(), 1);
    }

    #[test]
    fn a_folder_that_cannot_be_read_is_told() {
        let folder = folder(&["a.mp4"]);
        let mut told = Vec::new();
        walk(folder.path(), Path::new("gone"), Links::Follow, &mut |step| {
            told.push(matches!(step, Step::Unreadable(path, _) if path == "gone"));
            ControlFlow::Continue(())
        });
        assert_eq!(told, [true]);
    }
}
