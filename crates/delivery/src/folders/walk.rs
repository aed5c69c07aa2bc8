//! All files of one media folder, with their lengths.

use std::{
    collections::HashSet,
    fs::{self, DirEntry, Metadata},
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::Instant,
};

use super::{Folders, Symlinks};

/// Where a walk ends, whatever is left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct End {
    /// The most files.
    pub(crate) files: usize,
    /// The latest time.
    pub(crate) time: Instant,
}

/// How many folders deep a walk goes.
const DEPTH: usize = 32;

impl Folders {
    /// The files of one root: length, and path below the root. Hidden ones are left out; whether
    /// one is served is told by opening it. One thread reads one folder after the other, as one of
    /// those that may read for long.
    pub(crate) async fn walk(&self, root: usize, end: End) -> io::Result<Vec<(u64, PathBuf)>> {
        let (Some(folder), Some(way)) = (self.0.roots.get(root), self.0.ways.get(root)) else {
            return Ok(Vec::new());
        };
        let (root, follow) = (folder.clone(), self.0.symlinks == Symlinks::Follow);
        let walk = move || {
            let mut walk = Walk { root, follow, end, seen: HashSet::new(), found: Vec::new() };
            walk.all();
            walk.found
        };
        way.gate.run_long(walk).await
    }
}

struct Walk {
    root: PathBuf,
    follow: bool,
    end: End,
    /// Folders that links led to: a link may lead to where it lies.
    seen: HashSet<(u64, u64)>,
    found: Vec<(u64, PathBuf)>,
}

impl Walk {
    fn all(&mut self) {
        let mut folders = vec![(PathBuf::new(), 0)];
        while let Some((folder, depth)) = folders.pop() {
            for entry in fs::read_dir(self.root.join(&folder)).into_iter().flatten().flatten() {
                if self.found.len() >= self.end.files || Instant::now() > self.end.time {
                    return;
                }
                let name = entry.file_name();
                if name.as_encoded_bytes().starts_with(b".") {
                    continue;
                }
                let path = folder.join(name);
                let Ok(metadata) = self.look(&entry, &path) else { continue };
                if metadata.is_file() {
                    self.found.push((metadata.len(), path));
                } else if metadata.is_dir() && depth < DEPTH {
                    folders.push((path, depth + 1));
                }
            }
        }
    }

    /// What an entry is, or what a link leads to, if links are followed; each such folder once.
    fn look(&mut self, entry: &DirEntry, path: &Path) -> io::Result<Metadata> {
        let metadata = entry.metadata()?;
        if !metadata.is_symlink() || !self.follow {
            return Ok(metadata);
        }
        let metadata = fs::metadata(self.root.join(path))?;
        if metadata.is_dir() && !self.seen.insert((metadata.dev(), metadata.ino())) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        Ok(metadata)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::{os::unix::fs::symlink, time::Duration};

    use super::*;

    async fn found(folder: &Path, symlinks: Symlinks, files: usize) -> Vec<(u64, PathBuf)> {
        let folders = Folders::new(vec![folder.to_owned()], symlinks).unwrap();
        let end = End { files, time: Instant::now() + Duration::from_mins(1) };
        let mut found = folders.walk(0, end).await.unwrap();
        found.sort();
        found
    }

    #[tokio::test]
    async fn every_file_is_found_once_and_links_in_a_circle_end() {
        let folder = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let write = |root: &Path, name: &str, len: usize| {
            fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            fs::write(root.join(name), vec![0; len]).unwrap();
        };
        write(folder.path(), "a.mp4", 1);
        write(folder.path(), "deep/er/b.mp4", 2);
        write(folder.path(), ".hidden/c.mp4", 3);
        write(elsewhere.path(), "d.mp4", 4);
        symlink(elsewhere.path(), folder.path().join("drive")).unwrap();
        symlink(folder.path(), folder.path().join("deep/circle")).unwrap();
        let list = found(folder.path(), Symlinks::Follow, 100).await;
        let has = |path: &str| list.iter().filter(|(_, found)| found == Path::new(path)).count();
        assert_eq!([has("a.mp4"), has("deep/er/b.mp4"), has("drive/d.mp4")], [1; 3]);
        assert!(list.len() <= 6, "{list:?}");
        let list = found(folder.path(), Symlinks::Refuse, 100).await;
        assert_eq!(list, [(1, "a.mp4".into()), (2, "deep/er/b.mp4".into())]);
        assert_eq!(found(folder.path(), Symlinks::Refuse, 1).await.len(), 1);
    }
}
