//! Why a file cannot be played as HLS or DASH, for the client.

use std::sync::Arc;

use http::StatusCode;
use media::{ContentId, Unreadable};

use super::Film;
use crate::{OpenError, RelativePath};

/// Why there is no film, or no such part of it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum FilmError {
    /// The file cannot be opened: status and text of [`OpenError`].
    #[error("{text}")]
    Open {
        /// The status that tells this to a client.
        status: StatusCode,
        /// The text for the client.
        text: String,
    },
    /// It has no index.
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
    /// Its container is recognised and not read: it has to be prepared before it can be packaged.
    #[error("{}", Unreadable::NeedsPreparation(container.clone()))]
    NeedsPreparation {
        /// What the container is called.
        container: String,
        /// The identity of its bytes.
        id: ContentId,
        /// Where the file is.
        path: RelativePath,
    },
    /// It has an index, and nothing in it can be sent in segments.
    #[error("nothing in this file can be played without transcoding: {reasons}")]
    NothingToPlay {
        /// Why its tracks are left out.
        reasons: String,
        /// The film, of which there are no segments.
        film: Arc<Film>,
    },
    /// Reading it for the first time takes longer than a client should wait.
    #[error(
        "the file is being read for the first time; {percent} % are done, ask again in a moment"
    )]
    Busy {
        /// How much of it is read.
        percent: u8,
    },
    /// The file with this content is not where it was, and is being looked for.
    #[error("the file has been moved and is being looked for; ask again in a moment")]
    Searching,
    /// The name belongs to no part of this film, or to one of an earlier version of the file.
    #[error("this film has no such part; load its playlist again")]
    NoSuchPart,
    /// The film cannot be put into this form.
    #[error("{0}")]
    NotCarried(String),
    /// What was asked for makes no sense.
    #[error("{0}")]
    Malformed(String),
    /// Reading failed.
    #[error("the file cannot be read: {0}")]
    Read(String),
}

impl FilmError {
    /// The identity of a file that is known and cannot be played as a film.
    pub(super) fn id(&self) -> Option<ContentId> {
        match self {
            Self::NeedsPreparation { id, .. } => Some(*id),
            Self::NothingToPlay { film, .. } => Some(film.id),
            _ => None,
        }
    }

    /// The status that tells this to a client.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Open { status, .. } => *status,
            Self::Unreadable(_)
            | Self::NeedsPreparation { .. }
            | Self::NothingToPlay { .. }
            | Self::NotCarried(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Busy { .. } | Self::Searching => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoSuchPart => StatusCode::NOT_FOUND,
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Read(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<OpenError> for FilmError {
    fn from(error: OpenError) -> Self {
        Self::Open { status: error.status(), text: error.to_string() }
    }
}

impl From<std::io::Error> for FilmError {
    fn from(error: std::io::Error) -> Self {
        Self::Read(error.to_string())
    }
}
