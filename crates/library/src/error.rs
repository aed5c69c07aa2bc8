//! What can go wrong in the library, by what the caller can do about it.

use store::StoreError;

/// Why the library did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// There is no such thing.
    #[error("there is no {0}")]
    NotFound(&'static str),
    /// It was changed since the version that the caller has seen.
    #[error("it was changed meanwhile: its version is {current} now")]
    Conflict {
        /// The version that it has now.
        current: i64,
    },
    /// The name belongs to another already.
    #[error("{0} exists already")]
    Taken(String),
    /// What was asked makes no sense; which, why, and what would.
    #[error("{0}")]
    Refused(String),
    /// Several videos are meant by one name; their paths.
    #[error("several videos have this name: {}", .0.join(", "))]
    Ambiguous(Vec<String>),
    /// Something else is at it, and has to end first; what.
    #[error("{0}")]
    Busy(String),
    /// Somebody called the work off.
    #[error("somebody called it off")]
    Cancelled,
    /// The catalogue is still being read after the start.
    #[error("the library is being opened: {percent} % of it is read")]
    Opening {
        /// How much of it is read.
        percent: u8,
    },
    /// The database cannot be reached or cannot write now.
    #[error("{0}")]
    Unavailable(String),
    /// Anything else; a fault of ours or of the machine.
    #[error("the library failed: {0}")]
    Failed(String),
}

impl From<StoreError> for LibraryError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound { what } => Self::NotFound(what),
            StoreError::Conflict { current } => Self::Conflict { current },
            StoreError::Taken { what } => Self::Taken(what),
            StoreError::Refused { what } => Self::Refused(what),
            StoreError::Unavailable { .. } => Self::Unavailable(error.to_string()),
            other => Self::Failed(other.to_string()),
        }
    }
}
