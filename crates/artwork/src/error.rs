//! Why a video yields no picture, in words for the person who looks at its placeholder.

use std::{io, time::Duration};

use delivery::films::FilmError;
use media::Unreadable;

/// Why there is no picture.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NoPicture {
    /// It has sound at most, and no cover.
    #[error("there are no pictures in this file, only sound or text")]
    NoVideo,
    /// Nothing in it could be decoded; the tool's last words.
    #[error("none of its pictures could be decoded: {0}")]
    Damaged(String),
    /// It is no video, or cannot be read as one.
    #[error("{0}")]
    Unreadable(String),
    /// The file cannot be opened or the disk failed.
    #[error("the video cannot be read: {0}")]
    Disk(String),
    /// The tool is not there.
    #[error("pictures are made by {0}, which is not installed; install the package ffmpeg")]
    NoTool(&'static str),
    /// The tool was built without something.
    #[error("the installed ffmpeg cannot do this: {0}; install one with all its codecs")]
    Lacking(String),
    /// It took longer than allowed, in seconds.
    #[error("making it took longer than {0} s and was given up")]
    Timeout(u64),
    /// There is no room for it.
    #[error("the disk with Vidicon's data is full; make room and try again")]
    DiskFull,
    /// The folder for pictures cannot be used.
    #[error("the picture cannot be kept: {0}")]
    Unkept(String),
    /// An uploaded picture is not usable.
    #[error("{0}")]
    Upload(String),
    /// The file is being read or looked for; ask again later.
    #[error("{0}")]
    Later(String),
    /// Too many are waiting already.
    #[error("too many pictures are being made; ask again in a moment")]
    Busy,
    /// It was called off.
    #[error("making it was called off")]
    Cancelled,
}

impl NoPicture {
    /// Whether it lies in the video itself, so that trying again makes no sense before the file has
    /// changed. The others may pass: a full disk, a missing program, a slow machine.
    pub fn is_lasting(&self) -> bool {
        matches!(self, Self::NoVideo | Self::Damaged(_) | Self::Unreadable(_) | Self::Upload(_))
    }

    pub(crate) fn timeout(limit: Duration) -> Self {
        Self::Timeout(limit.as_secs().max(1))
    }

    /// Of our own folder.
    pub(crate) fn unkept(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::Unkept(error.to_string()),
        }
    }

    pub(crate) fn disk(error: &io::Error) -> Self {
        Self::Disk(error.to_string())
    }
}

impl From<FilmError> for NoPicture {
    fn from(error: FilmError) -> Self {
        match error {
            FilmError::Open { text, .. } | FilmError::Read(text) => Self::Disk(text),
            FilmError::Busy { .. } | FilmError::Searching => Self::Later(error.to_string()),
            FilmError::Unreadable(_)
            | FilmError::NeedsPreparation { .. }
            | FilmError::NothingToPlay { .. }
            | FilmError::NoSuchPart
            | FilmError::NotCarried(_)
            | FilmError::Malformed(_) => Self::Unreadable(error.to_string()),
        }
    }
}

impl From<Unreadable> for NoPicture {
    fn from(error: Unreadable) -> Self {
        Self::Unreadable(error.to_string())
    }
}
