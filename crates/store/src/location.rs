//! Where the database is.

use std::{fmt, path::PathBuf, str::FromStr};

/// Where the database is: a file of our own, or a server.
#[derive(Clone, Eq, PartialEq)]
pub enum Location {
    /// The path of an `SQLite` file, which is made if it is not there.
    Sqlite(PathBuf),
    /// The URL of a `PostgreSQL` database, which must be there. It may hold a password.
    Postgres(Secret),
}

/// A text that is never shown.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text from being shown.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for whom it is meant.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// The text says no place of a database.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct NoLocation(String);

impl FromStr for Location {
    type Err = NoLocation;

    /// `sqlite:PATH`, `postgres://USER:PASSWORD@HOST:PORT/DATABASE` or `postgresql://…`.
    fn from_str(text: &str) -> Result<Self, NoLocation> {
        let text = text.trim();
        if let Some(path) = text.strip_prefix("sqlite:") {
            // Written as a URL by some.
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err(NoLocation("sqlite: needs the path of a file behind it".to_owned()));
            }
            return Ok(Self::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return match text.parse::<sqlx::postgres::PgConnectOptions>() {
                Ok(_) => Ok(Self::Postgres(Secret::new(text))),
                // Without the text: it may hold a password.
                Err(_) => Err(NoLocation(
                    "not a URL of PostgreSQL: postgres://USER:PASSWORD@HOST:PORT/DATABASE, with \
                     special characters percent-encoded"
                        .to_owned(),
                )),
            };
        }
        Err(NoLocation(
            "begin with sqlite: and the path of a file, or with postgres:// and a server"
                .to_owned(),
        ))
    }
}

impl fmt::Display for Location {
    /// Without user and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => match url.reveal().parse::<sqlx::postgres::PgConnectOptions>() {
                Ok(options) => write!(
                    f,
                    "postgres://{}:{}/{}",
                    options.get_host(),
                    options.get_port(),
                    options.get_database().unwrap_or_default()
                ),
                Err(_) => f.write_str("postgres://"),
            },
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_location_is_read_from_its_text() {
        assert_eq!("sqlite:a/b.db".parse(), Ok(Location::Sqlite(PathBuf::from("a/b.db"))));
        assert_eq!("sqlite:///v/b.db".parse(), Ok(Location::Sqlite(PathBuf::from("/v/b.db"))));
        assert!("sqlite:".parse::<Location>().is_err());
        assert!("mysql://x".parse::<Location>().is_err());
    }

    #[test]
    fn a_password_is_never_shown() {
        let location: Location = "postgres://v:hush%40@db.example:5433/video".parse().unwrap();
        assert_eq!(location.to_string(), "postgres://db.example:5433/video");
        assert!(!format!("{location:?}").contains("hush"));
        let wrong = "postgres://v:hush@:x:/".parse::<Location>().unwrap_err();
        assert!(!wrong.to_string().contains("hush"));
    }
}
