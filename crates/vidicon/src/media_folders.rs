//! The media folders at start: which ones can be served, and which cannot and why.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::platform::Surroundings;

/// A folder that was named but cannot be served now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The folder, as it was named.
    pub folder: PathBuf,
    /// Why, and what to do.
    pub why: String,
}

/// The folders of the configuration, looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MediaFolders {
    /// Those that can be served: absolute, free of symbolic links, each once, in the order named.
    pub found: Vec<PathBuf>,
    /// The others.
    pub missing: Vec<Missing>,
}

/// Looks at every folder. One that is missing does not keep the others from being served, because a drive
/// that is unplugged must not end everything; none at all is an error.
pub fn resolve(folders: &[PathBuf], around: &Surroundings) -> Result<MediaFolders, String> {
    let mut resolved = MediaFolders::default();
    for folder in folders {
        match look(&around.absolute(folder)) {
            Ok(path) if resolved.found.contains(&path) => {}
            Ok(path) => resolved.found.push(path),
            Err(error) => {
                resolved
                    .missing
                    .push(Missing { folder: folder.clone(), why: in_words(folder, &error) });
            }
        }
    }
    if resolved.found.is_empty() {
        let whys: Vec<_> = resolved.missing.iter().map(|missing| missing.why.as_str()).collect();
        return Err(whys.join("\n"));
    }
    Ok(resolved)
}

fn look(folder: &Path) -> io::Result<PathBuf> {
    // Reading the folder, not only its metadata: a folder that may not be listed is of no use.
    fs::read_dir(folder)?;
    folder.canonicalize()
}

fn in_words(folder: &Path, error: &io::Error) -> String {
    let shown = folder.display();
    match error.kind() {
        io::ErrorKind::NotFound => format!(
            "media folder {shown} does not exist: create it, plug in its drive, or name another, like `vidicon serve ~/Videos`"
        ),
        io::ErrorKind::NotADirectory => {
            format!("media folder {shown} is not a folder: name the folder that the file lies in")
        }
        io::ErrorKind::PermissionDenied => format!(
            "media folder {shown} may not be read by this user: allow it (chmod o+rx on the folder and those above it), or run as \
             a user who may"
        ),
        _ => format!("media folder {shown} cannot be read: {error}"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn around(folder: &Path) -> Surroundings {
        Surroundings { working_folder: folder.canonicalize().unwrap(), ..Surroundings::default() }
    }

    #[test]
    fn folders_become_absolute_and_come_once() {
        let base = tempfile::tempdir().unwrap();
        fs::create_dir_all(base.path().join("films/old")).unwrap();
        std::os::unix::fs::symlink(base.path().join("films"), base.path().join("link")).unwrap();
        let named = ["films", "./films/old/..", "link"].map(PathBuf::from);
        let resolved = resolve(&named, &around(base.path())).unwrap();
        assert_eq!(resolved.found, [base.path().canonicalize().unwrap().join("films")]);
        assert_eq!(resolved.missing, []);
    }

    #[test]
    fn a_missing_folder_does_not_stop_the_others() {
        let base = tempfile::tempdir().unwrap();
        fs::create_dir(base.path().join("films")).unwrap();
        fs::write(base.path().join("a.mp4"), "x").unwrap();
        let resolved =
            resolve(&["drive".into(), "films".into(), "a.mp4".into()], &around(base.path()))
                .unwrap();
        assert_eq!(resolved.found.len(), 1);
        let whys: Vec<_> = resolved.missing.iter().map(|missing| missing.why.as_str()).collect();
        assert_eq!(
            whys,
            [
                "media folder drive does not exist: create it, plug in its drive, or name another, like `vidicon serve ~/Videos`",
                "media folder a.mp4 is not a folder: name the folder that the file lies in",
            ]
        );
    }

    #[test]
    fn no_folder_at_all_is_an_error() {
        let base = tempfile::tempdir().unwrap();
        let error = resolve(&["./videos".into()], &around(base.path())).unwrap_err();
        assert!(error.starts_with("media folder ./videos does not exist"), "{error}");
    }
}
