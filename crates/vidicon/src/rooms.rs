//! What the settings come to for the rooms below the network: media folders, films, the library. Servers and
//! commands make them the same way.

use std::path::{Path, PathBuf};

use delivery::{
    Folders, FoldersError, Symlinks,
    films::{FilmSettings, Films},
};
use store::Location;

use crate::settings::{self, Settings};

/// What symbolic links may do.
pub fn symlinks(settings: &Settings) -> Symlinks {
    match settings.files.symlinks {
        settings::Symlinks::Follow => Symlinks::Follow,
        settings::Symlinks::Inside => Symlinks::Inside,
        settings::Symlinks::Refuse => Symlinks::Refuse,
    }
}

/// These media folders; the files that are withheld are not in them.
pub fn folders(
    settings: &Settings,
    roots: Vec<PathBuf>,
    withheld: Vec<PathBuf>,
) -> Result<Folders, FoldersError> {
    Ok(Folders::new(roots, symlinks(settings))?.withhold(withheld))
}

/// The films of these folders.
pub fn films(settings: &Settings, data: &Path, folders: &Folders) -> Films {
    let settings = FilmSettings {
        cutting: settings.segments.policy(),
        shelf: Some(data.join("index")),
        time_limit: settings.index.time_limit.get(),
    };
    Films::new(folders.clone(), settings)
}

/// The library of these films.
pub fn library(
    settings: &Settings,
    data: &Path,
    folders: &Folders,
    films: &Films,
) -> library::Options {
    library::Options {
        location: settings.database.location(data),
        folders: folders.clone(),
        films: films.clone(),
        symlinks: symlinks(settings),
        times: library::Times {
            scan_every: settings.library.scan_every.get(),
            poll_every: settings.library.poll_every.get(),
            answers: settings.library.cache_ttl.get(),
        },
        pictures: data.join("pictures"),
        pictures_ahead: settings.library.pictures_ahead,
        backups: library::Backups {
            folder: data.join("backups"),
            every: Some(settings.library.backup_every.get()).filter(|every| !every.is_zero()),
            keep: usize::try_from(settings.library.backups_kept).unwrap_or(usize::MAX),
        },
    }
}

/// The files of a database of our own, which are served to nobody wherever they lie.
pub fn database_files(location: &Location) -> Vec<PathBuf> {
    match location {
        Location::Postgres(_) => Vec::new(),
        Location::Sqlite(path) => ["", "-wal", "-shm"]
            .into_iter()
            .map(|ending| {
                let mut name = path.clone().into_os_string();
                name.push(ending);
                name.into()
            })
            .collect(),
    }
}
