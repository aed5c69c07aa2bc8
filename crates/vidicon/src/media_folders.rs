//! The media folders at start: which ones there are, and which are missing now and why.
//!
//! What happens to a folder later, a drive that goes away and comes back, is `delivery`'s.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::platform::Surroundings;

/// A folder that was named but cannot be read now.
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
    /// All of them: absolute, each once, in the order named, those that are missing now included. Links
    /// are not resolved, so that a folder that is one can be pointed elsewhere.
    pub roots: Vec<PathBuf>,
    /// Those that are missing now.
    pub missing: Vec<Missing>,
}

/// Looks at every folder. One that is missing does not keep the others from being served, because a drive
/// that is unplugged must not end everything: it keeps its place and is served when it is there. None at
/// all that can be read is an error, and so is a name that is a file's: those are mistakes in what was
/// written.
pub fn resolve(folders: &[PathBuf], around: &Surroundings) -> Result<MediaFolders, String> {
    let mut resolved = MediaFolders::default();
    let mut real_paths = Vec::new();
    let mut files = Vec::new();
    for folder in folders {
        let root = around.absolute(folder);
        let real = match look(&root) {
            Ok(real) => real,
            Err(error) => {
                let why = in_words(folder, &error);
                if error.kind() == io::ErrorKind::NotADirectory && root.is_file() {
                    files.push(why);
                    continue;
                }
                resolved.missing.push(Missing { folder: folder.clone(), why });
                root.clone()
            }
        };
        if !real_paths.contains(&real) {
            real_paths.push(real);
            resolved.roots.push(root);
        }
    }
    let nothing_to_read = resolved.missing.len() == folders.len();
    if files.is_empty() && !nothing_to_read {
        return Ok(resolved);
    }
    if nothing_to_read {
        files.extend(resolved.missing.into_iter().map(|missing| missing.why));
    }
    Err(files.join("\n"))
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
        let base = base.path().canonicalize().unwrap();
        let roots = |named: &[&str]| {
            let named: Vec<PathBuf> = named.iter().map(PathBuf::from).collect();
            let resolved = resolve(&named, &around(&base)).unwrap();
            assert_eq!(resolved.missing, []);
            resolved.roots
        };
        assert_eq!(roots(&["films", "./films/old/..", "link"]), [base.join("films")]);
        assert_eq!(roots(&["link", "films"]), [base.join("link")], "a link stays one");
    }

    #[test]
    fn a_missing_folder_keeps_its_place_and_does_not_stop_the_others() {
        let base = tempfile::tempdir().unwrap();
        fs::create_dir(base.path().join("films")).unwrap();
        let named = ["drive", "films", "./drive", "nas"].map(PathBuf::from);
        let resolved = resolve(&named, &around(base.path())).unwrap();
        let base = base.path().canonicalize().unwrap();
        assert_eq!(resolved.roots, ["drive", "films", "nas"].map(|name| base.join(name)));
        assert_eq!(
            resolved.missing.first().unwrap().why,
            "media folder drive does not exist: create it, plug in its drive, or name another, like `vidicon serve ~/Videos`"
        );
    }

    #[test]
    fn a_file_in_place_of_a_folder_is_an_error() {
        let base = tempfile::tempdir().unwrap();
        fs::create_dir(base.path().join("films")).unwrap();
        fs::write(base.path().join("a.mp4"), "x").unwrap();
        let named = ["films", "a.mp4", "drive"].map(PathBuf::from);
        assert_eq!(
            resolve(&named, &around(base.path())).unwrap_err(),
            "media folder a.mp4 is not a folder: name the folder that the file lies in"
        );
    }

    #[test]
    fn no_folder_at_all_is_an_error() {
        let base = tempfile::tempdir().unwrap();
        let named = ["./videos", "nas"].map(PathBuf::from);
        let error = resolve(&named, &around(base.path())).unwrap_err();
        assert!(error.starts_with("media folder ./videos does not exist"), "{error}");
        assert_eq!(error.lines().count(), 2, "each is told: {error}");
    }
}
