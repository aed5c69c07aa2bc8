//! The data folder: made safe, proved writable, and held by one running Vidicon.
//!
//! What lies in it belongs to others; they make their own folders below it.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    os::unix::fs::DirBuilderExt as _,
    path::{Component, Path, PathBuf},
    time::{Duration, Instant},
};

use rustix::fs::{Access, access};

/// The file whose lock says that the folder is in use; it holds the process id of who holds it.
pub const LOCK_FILE: &str = "vidicon.lock";

/// How long a lock is waited for.
const LOCK_PATIENCE: Duration = Duration::from_secs(1);

/// A data folder held by this process, until this is dropped.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

/// Why a data folder cannot be used. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// It would be published.
    #[error(
        "the data folder {} lies inside the media folder {}: everything in it, keys and certificates too, could be \
         fetched by anybody. Name a folder outside by --data, or one whose name begins with a dot, like {}",
        .data.display(), .media.display(), .media.join(".vidicon").display()
    )]
    Published {
        /// The data folder.
        data: PathBuf,
        /// The media folder around it.
        media: PathBuf,
    },
    /// Another process holds it.
    #[error(
        "the data folder {} is in use by another Vidicon{}: stop that one first, or give this one a folder of its own by --data",
        .folder.display(), .pid.map_or_else(String::new, |pid| format!(" (process {pid})"))
    )]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// The process that holds it, as far as it is known.
        pid: Option<u32>,
    },
    /// It is a file.
    #[error("the data folder {} is not a folder: move that file away, or name another folder by --data", .0.display())]
    NotAFolder(PathBuf),
    /// It cannot be made or written.
    #[error(
        "cannot {doing} the data folder {}: {error}. Make it writable for this user, or name another folder by --data",
        .folder.display()
    )]
    Unusable {
        /// What was tried: `create`, `write to`.
        doing: &'static str,
        /// The data folder.
        folder: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl DataFolder {
    /// Creates the folder where needed (mode 0700, with its parents), proves that it can be written and
    /// takes its lock. `path` is absolute.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        if path.exists() && !path.is_dir() {
            return Err(DataError::NotAFolder(path.to_owned()));
        }
        let unusable = |doing| {
            move |error: io::Error| match error.kind() {
                io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists => {
                    DataError::NotAFolder(path.to_owned())
                }
                _ => DataError::Unusable { doing, folder: path.to_owned(), error },
            }
        };
        create(path).map_err(unusable("create"))?;
        let path = path.canonicalize().map_err(unusable("create"))?;
        let mut lock = open_lock(&path).map_err(unusable("write to"))?;
        match patient_lock(&lock) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(DataError::InUse { folder: path, pid: read_pid(&mut lock) });
            }
            Err(TryLockError::Error(error)) => return Err(unusable("lock")(error)),
        }
        write_pid(&mut lock).map_err(unusable("write to"))?;
        probe(&path).map_err(unusable("write to"))?;
        Ok(Self { path, _lock: lock })
    }

    /// The folder: absolute, free of symbolic links.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of its lock file.
    pub fn lock(&self) -> PathBuf {
        self.path.join(LOCK_FILE)
    }
}

/// Creates a data folder where needed, with its parents, for its user alone (mode 0700).
pub fn create(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Whether [`DataFolder::open`] could write an existing folder and take its lock, as far as permissions
/// tell: nothing is created or changed.
pub fn check_writable(path: &Path) -> Result<(), DataError> {
    if !path.is_dir() {
        return Err(DataError::NotAFolder(path.to_owned()));
    }
    let allowed = |path: &Path, wanted| access(path, wanted).map_err(io::Error::from);
    let lock = path.join(LOCK_FILE);
    allowed(path, Access::WRITE_OK | Access::EXEC_OK)
        .and_then(|()| match allowed(&lock, Access::READ_OK | Access::WRITE_OK) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        })
        .map_err(|error| DataError::Unusable { doing: "write to", folder: path.to_owned(), error })
}

/// Who holds a data folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Nobody.
    None,
    /// A process that has not written its id, or not yet.
    Unknown,
    /// The process of this id.
    Process(u32),
}

/// Who holds this data folder now, without taking or creating anything.
pub fn holder(path: &Path) -> Holder {
    let Ok(mut lock) = File::open(path.join(LOCK_FILE)) else { return Holder::None };
    match lock.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {
            read_pid(&mut lock).map_or(Holder::Unknown, Holder::Process)
        }
        // Dropping the handle gives the shared lock back.
        Ok(()) | Err(TryLockError::Error(_)) => Holder::None,
    }
}

/// Refuses a data folder that a media folder would publish: one that lies in it, unless a part of the way
/// down is hidden (hidden files are never served). All are absolute; none of them need exist yet.
pub fn refuse_published(data: &Path, media: &[PathBuf]) -> Result<(), DataError> {
    let real = future_path(data);
    for folder in media {
        if let Ok(below) = real.strip_prefix(future_path(folder))
            && !below.components().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."))
        {
            return Err(DataError::Published { data: data.to_owned(), media: folder.clone() });
        }
    }
    Ok(())
}

/// The path that this one will have once it exists: symbolic links of the part that does exist resolved.
fn future_path(path: &Path) -> PathBuf {
    let existing =
        path.ancestors().find_map(|ancestor| Some((ancestor, ancestor.canonicalize().ok()?)));
    let Some((ancestor, mut real)) = existing else {
        return path.to_owned();
    };
    for part in path.strip_prefix(ancestor).unwrap_or(path).components() {
        match part {
            Component::ParentDir => {
                real.pop();
            }
            Component::Normal(name) => real.push(name),
            _ => {}
        }
    }
    real
}

fn open_lock(folder: &Path) -> io::Result<File> {
    // Not truncated: the loser of the race must still read the winner's process id.
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(folder.join(LOCK_FILE))
}

/// Takes the lock. A server that was killed while it was starting ffmpeg leaves it for a moment with a process that is
/// about to become ffmpeg, so it is tried again for a while.
fn patient_lock(lock: &File) -> Result<(), TryLockError> {
    let until = Instant::now() + LOCK_PATIENCE;
    loop {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < until => {
                std::thread::sleep(LOCK_PATIENCE / 50);
            }
            taken => return taken,
        }
    }
}

fn write_pid(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    writeln!(lock, "{}", std::process::id())
}

fn read_pid(lock: &mut File) -> Option<u32> {
    let mut text = String::new();
    lock.take(32).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

/// Creates and removes a file: a lock file left by another user may be writable where the folder is not.
fn probe(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!(".write-test-{}", std::process::id()));
    File::create(&path)?;
    fs::remove_file(&path)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_new_folder_belongs_to_its_user_alone() {
        let base = tempfile::tempdir().unwrap();
        let path = base.path().join("a/b/data");
        let data = DataFolder::open(&path).unwrap();
        assert_eq!(fs::metadata(data.path()).unwrap().permissions().mode() & 0o777, 0o700);
        let pid = fs::read_to_string(path.join(LOCK_FILE)).unwrap();
        assert_eq!(pid.trim(), std::process::id().to_string());
        assert_eq!(fs::read_dir(&path).unwrap().count(), 1, "only the lock file stays");
    }

    #[test]
    fn one_process_at_a_time_holds_a_folder() {
        let base = tempfile::tempdir().unwrap();
        assert_eq!(holder(base.path()), Holder::None);
        let first = DataFolder::open(base.path()).unwrap();
        assert_eq!(holder(base.path()), Holder::Process(std::process::id()));
        let second = DataFolder::open(base.path()).unwrap_err();
        assert_eq!(
            second.to_string(),
            format!(
                "the data folder {} is in use by another Vidicon (process {}): stop that one first, or give this one a \
                 folder of its own by --data",
                base.path().canonicalize().unwrap().display(),
                std::process::id()
            )
        );
        drop(first);
        assert_eq!(holder(base.path()), Holder::None);
        DataFolder::open(base.path()).unwrap();
    }

    #[test]
    fn whether_a_folder_can_be_written_is_told_without_writing() {
        let base = tempfile::tempdir().unwrap();
        check_writable(base.path()).unwrap();
        assert_eq!(fs::read_dir(base.path()).unwrap().count(), 0);
        fs::set_permissions(base.path(), fs::Permissions::from_mode(0o500)).unwrap();
        if !rustix::process::geteuid().is_root() {
            let error = check_writable(base.path()).unwrap_err().to_string();
            assert!(error.starts_with("cannot write to the data folder"), "{error}");
        }
        fs::set_permissions(base.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let file = base.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(check_writable(&file), Err(DataError::NotAFolder(_))));
    }

    #[test]
    fn a_file_is_not_a_data_folder() {
        let base = tempfile::tempdir().unwrap();
        let file = base.path().join("file");
        fs::write(&file, "").unwrap();
        for path in [file.clone(), file.join("below")] {
            let error = DataFolder::open(&path).unwrap_err();
            assert!(matches!(error, DataError::NotAFolder(_)), "{error}");
        }
    }

    #[test]
    fn a_data_folder_inside_a_media_folder_is_refused_unless_hidden() {
        let base = tempfile::tempdir().unwrap();
        let base = base.path().canonicalize().unwrap();
        let media = base.join("videos");
        fs::create_dir(&media).unwrap();
        symlink(&media, base.join("link")).unwrap();
        let check = |data: PathBuf| refuse_published(&data, std::slice::from_ref(&media));
        for data in ["videos", "videos/data", "videos/a/b", "link/data", "other/../videos/data"] {
            assert!(matches!(check(base.join(data)), Err(DataError::Published { .. })), "{data}");
        }
        let linked = refuse_published(&media.join("data"), &[base.join("link")]);
        assert!(matches!(linked, Err(DataError::Published { .. })), "a media folder may be a link");
        let later = refuse_published(&base.join("drive/data"), &[base.join("drive")]);
        assert!(matches!(later, Err(DataError::Published { .. })), "or come later");
        for data in ["data", "videos/.vidicon", "videos/.a/b", "videos-data", "videos/../data"] {
            assert!(check(base.join(data)).is_ok(), "{data}");
        }
        let message = check(media.join("data")).unwrap_err().to_string();
        assert!(message.contains("Name a folder outside by --data"), "{message}");
    }
}
