//! What can go wrong between a path and an open file, sorted by what can be done about it.

use std::{
    io::{self, ErrorKind},
    path::PathBuf,
};

use http::StatusCode;
use rustix::io::Errno;

/// A media folder that cannot be served. Names the folder, for the operator who configured it.
#[derive(Debug, thiserror::Error)]
pub enum FoldersError {
    /// Unreadable: a failing disk, a name that no folder can have.
    #[error("the media folder {} cannot be opened: {source}", path.display())]
    Unreadable {
        /// The folder as it was given.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file, perhaps.
    #[error("the media folder {} is not a folder; give the folder that holds the files", path.display())]
    NotAFolder {
        /// The folder as it was given.
        path: PathBuf,
    },
}

/// Why a path gives no file. The text is for the client: it never has a path on disk in it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nothing that is served has this path: no such file, a directory, a device, a link that
    /// leads where it may not or in a circle, a file that is held back.
    #[error("there is no such file")]
    NotFound,
    /// The file may be there, but this process may not read it.
    #[error("the server has no permission to read this file; its owner can grant it")]
    Forbidden(#[source] io::Error),
    /// A media folder is gone, so nobody knows whether it has the file.
    #[error("a media folder is not there at the moment; is its drive connected?")]
    FolderMissing(#[source] io::Error),
    /// This process or the machine has too many open files or too little memory.
    #[error("the server has too many files open; try again in a moment")]
    Exhausted(#[source] io::Error),
    /// The disk or the network behind it fails.
    #[error("the disk reports an error")]
    Disk(#[source] io::Error),
}

impl OpenError {
    /// The status that tells this to a client. A file without permission is 403 and not 404: it is
    /// the owner's own file, and "not found" would send him looking for it elsewhere.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::FolderMissing(_) | Self::Exhausted(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Disk(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// What one folder's failure means for the search through all of them.
#[derive(Debug)]
pub(super) enum Fault {
    /// This folder does not have it.
    Missing,
    /// This folder cannot give it; report this if no other folder has it.
    Skip(OpenError),
    /// Do not look further.
    Stop(OpenError),
}

/// Makes a folder absolute and makes sure that it is one, or may be one later.
pub(super) fn usable_folder(path: PathBuf) -> Result<PathBuf, FoldersError> {
    let usable =
        std::path::absolute(&path).and_then(|absolute| match std::fs::metadata(&absolute) {
            Ok(metadata) => Ok(metadata.is_dir().then_some(absolute)),
            Err(error) if is_away(&error) => Ok(Some(absolute)),
            // One folder behind a door that is shut is no reason to keep the others back; its
            // paths answer 403 until somebody opens the door.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(Some(absolute)),
            Err(error) => Err(error),
        });
    match usable {
        Ok(Some(absolute)) => Ok(absolute),
        Ok(None) => Err(FoldersError::NotAFolder { path }),
        Err(source) => Err(FoldersError::Unreadable { path, source }),
    }
}

/// Whether a media folder that cannot be opened may be there later without anybody mending
/// anything here: it does not exist, or it is a mount point whose drive or server is away.
pub(super) fn is_away(error: &io::Error) -> bool {
    // In order: no such folder or device (NXIO and NODEV: also an automounter without its drive);
    // FUSE without its program; a network drive whose server does not answer, or was restarted.
    matches!(
        Errno::from_io_error(error),
        Some(
            Errno::NOENT
                | Errno::NXIO
                | Errno::NODEV
                | Errno::NOTCONN
                | Errno::HOSTDOWN
                | Errno::HOSTUNREACH
                | Errno::NETUNREACH
                | Errno::TIMEDOUT
                | Errno::STALE
        )
    )
}

/// A media folder itself could not be opened.
pub(super) fn of_folder(error: io::Error) -> Fault {
    if is_away(&error) {
        return Fault::Skip(OpenError::FolderMissing(error));
    }
    match sort(&error) {
        Sort::Missing => Fault::Skip(OpenError::FolderMissing(error)),
        Sort::Forbidden => Fault::Skip(OpenError::Forbidden(error)),
        Sort::Exhausted => Fault::Stop(OpenError::Exhausted(error)),
        Sort::Disk => Fault::Stop(OpenError::Disk(error)),
    }
}

/// A file below a media folder could not be opened.
pub(super) fn of_file(error: io::Error) -> Fault {
    match sort(&error) {
        Sort::Missing => Fault::Missing,
        Sort::Forbidden => Fault::Skip(OpenError::Forbidden(error)),
        Sort::Exhausted => Fault::Stop(OpenError::Exhausted(error)),
        Sort::Disk => Fault::Stop(OpenError::Disk(error)),
    }
}

enum Sort {
    Missing,
    Forbidden,
    Exhausted,
    Disk,
}

fn sort(error: &io::Error) -> Sort {
    match error.kind() {
        // The last two: a name too long, or not possible on this file system.
        ErrorKind::NotFound
        | ErrorKind::NotADirectory
        | ErrorKind::IsADirectory
        | ErrorKind::InvalidFilename
        | ErrorKind::InvalidInput => return Sort::Missing,
        ErrorKind::PermissionDenied => return Sort::Forbidden,
        ErrorKind::OutOfMemory => return Sort::Exhausted,
        _ => {}
    }
    match Errno::from_io_error(error) {
        // Links in a circle; a socket, or a pipe or device with nothing behind it; a name in
        // bytes that this file system cannot hold.
        Some(Errno::LOOP | Errno::NXIO | Errno::NODEV | Errno::ILSEQ) => Sort::Missing,
        Some(Errno::MFILE | Errno::NFILE) => Sort::Exhausted,
        _ => Sort::Disk,
    }
}
