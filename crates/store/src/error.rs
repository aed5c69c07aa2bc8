//! What can go wrong, by what the caller can do about it.

/// Why the store did not do what it was asked. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such thing.
    #[error("there is no {what}")]
    NotFound {
        /// What was looked for.
        what: &'static str,
    },
    /// It was changed since the version that the caller has seen.
    #[error("it was changed meanwhile: its version is {current} now")]
    Conflict {
        /// The version that it has now.
        current: i64,
    },
    /// The name belongs to another already.
    #[error("{what} exists already")]
    Taken {
        /// What has the name.
        what: String,
    },
    /// A value that the store does not keep: too long, out of its range.
    #[error("{what}")]
    Refused {
        /// Which value, what is wrong, what would be right.
        what: String,
    },
    /// The database cannot be reached or cannot write now; it may work again later.
    #[error("{text}")]
    Unavailable {
        /// What is wrong and what to do, for the person who runs it.
        text: String,
    },
    /// A newer Vidicon has written it.
    #[error(
        "{what} was written by a newer Vidicon (its schema is {found}, this one knows {known}): \
         start the newer Vidicon, or restore a backup that was made before"
    )]
    Newer {
        /// The database or the backup.
        what: String,
        /// The version of its schema.
        found: i64,
        /// The newest that this Vidicon knows.
        known: i64,
    },
    /// What is stored cannot be what Vidicon wrote.
    #[error("{text}")]
    Corrupt {
        /// What is damaged and what to do.
        text: String,
    },
    /// Anything else: a fault of Vidicon's own.
    #[error("the database refused a statement: {0}")]
    Other(#[source] sqlx::Error),
}

impl StoreError {
    /// What is stored does not read as what it must be.
    pub(crate) fn damaged(what: &str, value: &str) -> Self {
        let value: String = value.chars().take(80).collect();
        Self::Corrupt {
            text: format!(
                "the database is damaged: {what} is stored as {value:?}; restore the last backup"
            ),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error::{Database, Io, PoolClosed, PoolTimedOut, Tls, WorkerCrashed};
        let code = match &error {
            Database(error) => error.code().map(std::borrow::Cow::into_owned),
            Io(_) | Tls(_) | PoolClosed | PoolTimedOut | WorkerCrashed => {
                return Self::Unavailable {
                    text: format!("the database cannot be reached: {error}"),
                };
            }
            _ => None,
        };
        let Some(code) = code else { return Self::Other(error) };
        match kind_of(&code) {
            Some(Kind::Full) => Self::Unavailable {
                text: format!(
                    "the database cannot write because its disk is full ({error}); make room"
                ),
            },
            Some(Kind::Unavailable) => {
                Self::Unavailable { text: format!("the database is not available: {error}") }
            }
            Some(Kind::Corrupt) => Self::Corrupt {
                text: format!(
                    "the database is damaged ({error}); restore the last backup with `vidicon restore`"
                ),
            },
            None => Self::Other(error),
        }
    }
}

enum Kind {
    Full,
    Unavailable,
    Corrupt,
}

/// What an error code means: `SQLite`'s are numbers whose low byte is the kind, `PostgreSQL`'s have
/// five letters whose first two are the class.
fn kind_of(code: &str) -> Option<Kind> {
    if code.len() == 5 {
        return match (code.get(..2)?, code) {
            (_, "53100") => Some(Kind::Full),
            // Connections, resources, operators who stop it, read-only servers, locks that do not come.
            ("08" | "53" | "57", _) | (_, "25006" | "55P03" | "40001" | "40P01" | "3D000") => {
                Some(Kind::Unavailable)
            }
            // Who may not log in.
            ("28", _) => Some(Kind::Unavailable),
            ("XX", "XX001" | "XX002") => Some(Kind::Corrupt),
            _ => None,
        };
    }
    match code.parse::<u32>().ok()? & 0xff {
        13 => Some(Kind::Full),
        // Permission, busy, locked, read-only, input and output, cannot be opened.
        3 | 5 | 6 | 8 | 10 | 14 => Some(Kind::Unavailable),
        11 | 26 => Some(Kind::Corrupt),
        _ => None,
    }
}
