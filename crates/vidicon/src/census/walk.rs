//! Every file below a folder that may be a video.

use std::{
    collections::HashSet,
    fs, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use packager::census::is_worth_a_look;

/// Visits every file below `root` until `visit` says no. Hidden names are passed over, links are
/// followed, and a folder that is reached a second time is not entered again. Folders that cannot
/// be read are told to `trouble`.
pub(super) fn files(
    root: &Path,
    visit: &mut dyn FnMut(PathBuf) -> bool,
    trouble: &mut dyn FnMut(PathBuf, io::Error),
) {
    let mut entered = HashSet::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let opened = fs::metadata(&folder).and_then(|metadata| {
            let is_new = entered.insert((metadata.dev(), metadata.ino()));
            Ok(if is_new { Some(fs::read_dir(&folder)?) } else { None })
        });
        let entries = match opened {
            Ok(Some(entries)) => entries,
            Ok(None) => continue,
            Err(error) => {
                trouble(folder, error);
                continue;
            }
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let Ok(mut kind) = entry.file_type() else { continue };
            if name.starts_with('.') {
                continue;
            }
            let path = entry.path();
            if kind.is_symlink() {
                // One that leads nowhere is no file.
                let Ok(metadata) = fs::metadata(&path) else { continue };
                kind = metadata.file_type();
            }
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() && is_worth_a_look(&name) && !visit(path) {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn names(root: &Path) -> Vec<String> {
        let mut found = Vec::new();
        files(
            root,
            &mut |path| {
                found.push(path.strip_prefix(root).unwrap().display().to_string());
                true
            },
            &mut |_, _| {},
        );
        found.sort();
        found
    }

    #[test]
    fn hidden_names_are_passed_over_and_loops_end() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("shows/one")).unwrap();
        fs::create_dir_all(root.join(".trash")).unwrap();
        for name in ["a.mkv", "shows/one/b.mp4", ".hidden.mp4", ".trash/c.mp4", "a.srt"] {
            fs::write(root.join(name), "").unwrap();
        }
        std::os::unix::fs::symlink("..", root.join("shows/up")).unwrap();
        std::os::unix::fs::symlink("a.mkv", root.join("link.mkv")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.join("gone.mkv")).unwrap();
        assert_eq!(names(root), ["a.mkv", "link.mkv", "shows/one/b.mp4"]);
    }

    #[test]
    fn whoever_has_enough_ends_the_walk() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..10 {
            fs::write(folder.path().join(format!("{number}.mp4")), "").unwrap();
        }
        let mut seen = 0;
        let mut visit = |_| {
            seen += 1;
            seen < 3
        };
        files(folder.path(), &mut visit, &mut |_, _| {});
        assert_eq!(seen, 3);
    }
}
