//! Where the library is kept, as it is written.

use std::{fmt, path::Path, str::FromStr};

use store::Location;

/// Where the library is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Database {
    /// In a file in the data folder.
    #[default]
    InDataFolder,
    /// Where it was named.
    Named(Location),
}

impl Database {
    /// The place of the database, given the data folder.
    pub fn location(&self, data: &Path) -> Location {
        match self {
            Self::InDataFolder => Location::Sqlite(data.join("library.db")),
            Self::Named(location) => location.clone(),
        }
    }
}

impl FromStr for Database {
    type Err = store::NoLocation;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "sqlite" => Ok(Self::InDataFolder),
            named => named.parse().map(Self::Named),
        }
    }
}

impl fmt::Display for Database {
    /// Without a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InDataFolder => f.write_str("sqlite"),
            Self::Named(location) => location.fmt(f),
        }
    }
}
