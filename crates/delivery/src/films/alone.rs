//! One file that somebody names himself, without media folders, an HTTP name or a shelf: for the
//! commands.

use std::{
    ffi::OsStr,
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use media::{Budget, Index, Unreadable};
use packager::Policy as Cutting;

use super::{FileSource, Film, FilmError, sides};
use crate::{Folders, OpenFile, RelativePath, Symlinks};

impl Film {
    /// The film of one file, and of the subtitles beside it: the same names and bytes as when its
    /// folder is served. Also of a file in which nothing can be played, for whoever wants to know
    /// why. Blocks while the file is read; needs a runtime with a clock.
    pub async fn alone(
        path: &Path,
        cutting: Cutting,
        budget: &Budget<'_>,
    ) -> Result<Arc<Self>, FilmError> {
        let file = open(path).map_err(|error| FilmError::Read(told(&error)))?;
        let source = FileSource { file: Arc::clone(&file.file), len: file.len };
        let index = demux::read(&source, budget)?;
        let id = demux::of_index(&source, &index);
        let relative = RelativePath::of_file_name(&file.name);
        let folders = Folders::new(vec![folder_of(path)], Symlinks::Follow)
            .map_err(|error| FilmError::Read(error.to_string()))?;
        let sides = sides::find(&folders, &relative, None).await.all;
        Ok(Arc::new(Self::new(id, relative, &file, Arc::new(index), sides, folders, cutting)))
    }
}

/// Reads one file for its index, and nothing else. Blocks.
pub fn read_index(path: &Path, budget: &Budget<'_>) -> Result<(Index, u64), Unreadable> {
    let cannot = |error: io::Error| Unreadable::Damaged(told(&error));
    let file = open(path).map_err(cannot)?;
    let source = FileSource { file: file.file, len: file.len };
    Ok((demux::read(&source, budget)?, source.len))
}

fn told(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not read it".to_owned(),
        _ => error.to_string(),
    }
}

fn folder_of(path: &Path) -> PathBuf {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new(".")).to_owned()
}

fn open(path: &Path) -> io::Result<OpenFile> {
    // Looked at before it is opened: opening a pipe waits for whoever writes to it.
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::Error::other("it is a folder"));
    }
    if !metadata.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    OpenFile::of(File::open(path)?, path.file_name().unwrap_or(OsStr::new("film")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn what_is_no_video_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".notes.txt");
        std::fs::write(&path, "no film").unwrap();
        let film = |path: PathBuf| async move {
            let budget = Budget::default();
            Film::alone(&path, Cutting::default(), &budget).await.unwrap_err().to_string()
        };
        assert!(film(path).await.contains("not a video file"));
        assert!(film(folder.path().to_owned()).await.contains("it is a folder"));
        assert!(film(folder.path().join("none")).await.contains("there is no such file"));
    }
}
