//! Films: files as players see them, found by path or by content, opened once and kept while they
//! are asked for.
//!
//! ```text
//! path or id ─► Film ─┬─ playlists, MPD      rendered once
//!                     ├─ inits, segments     a Plan: made head, extents of the file
//!                     └─ text                cues of the window asked for
//! ```
//!
//! A file is read for its index once: the shelf keeps the index through restarts and renames. Who
//! asks for a file that takes long to read hears how far it is. A file that was changed is noticed
//! within a second; whatever was named before it carries the old tag and is gone.

mod alone;
mod bodies;
mod clip;
mod content;
mod error;
mod film;
mod ids;
mod kept;
mod laid;
mod open;
mod reading;
mod records;
mod rendered;
mod samples;
mod search;
mod segments;
mod shelf;
mod sides;
mod source;
mod survey;
mod text;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, atomic::AtomicBool},
    time::{Duration, Instant},
};

use media::{ContentId, Unreadable};
use packager::Policy as Cutting;

pub use alone::read_index;
pub use content::Wanted;
pub use error::FilmError;
pub use film::Film;
pub use ids::Locate;
pub use source::FileSource;
pub use survey::Survey;

use self::{
    ids::Ids,
    laid::Layouts,
    open::{Kept, OpenFilms},
    reading::Readings,
    search::Searches,
    shelf::{Record, Shelf, State},
};
use crate::{Folders, OpenFile, RelativePath};

/// How films are read and cut.
#[derive(Clone, Debug)]
pub struct FilmSettings {
    /// How long segments shall be.
    pub cutting: Cutting,
    /// Where indexes are kept; none: only in memory.
    pub shelf: Option<PathBuf>,
    /// The longest time that reading one file for its index may take.
    pub time_limit: Duration,
}

impl Default for FilmSettings {
    fn default() -> Self {
        Self { cutting: Cutting::default(), shelf: None, time_limit: Duration::from_mins(30) }
    }
}

/// How long a film is taken for unchanged without looking.
const FRESH: Duration = Duration::from_secs(1);

/// The films. Cloning is cheap.
#[derive(Clone)]
pub struct Films(Arc<Inner>);

impl std::fmt::Debug for Films {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Films").field("folders", &self.0.folders).finish_non_exhaustive()
    }
}

struct Inner {
    folders: Folders,
    settings: FilmSettings,
    shelf: Shelf,
    open: OpenFilms,
    readings: Readings,
    ids: Ids,
    searches: Searches,
    layouts: Layouts,
    locate: OnceLock<Locate>,
    /// Whether it was said that indexes cannot be kept.
    forgetful: AtomicBool,
}

impl Films {
    /// The films of these folders.
    pub fn new(folders: Folders, settings: FilmSettings) -> Self {
        Self(Arc::new(Inner {
            folders,
            shelf: Shelf::new(settings.shelf.clone()),
            settings,
            open: OpenFilms::default(),
            readings: Readings::default(),
            ids: Ids::default(),
            searches: Searches::default(),
            layouts: Layouts::shared(),
            locate: OnceLock::new(),
            forgetful: AtomicBool::new(false),
        }))
    }

    /// Removes what a process that was killed has left unfinished among the indexes. For whoever has them for itself.
    /// Blocks.
    pub fn remove_unfinished(&self) -> std::io::Result<()> {
        self.0.shelf.remove_unfinished()
    }

    /// The film that is named by a content id or by the path of its file, as a URL has it. A file
    /// whose path looks like an id is found by its path when no content has that id.
    pub async fn named(&self, name: &str) -> Result<Arc<Film>, FilmError> {
        if let Ok(id) = name.parse::<ContentId>()
            && let Some(film) = self.by_id(id).await?
        {
            return Ok(film);
        }
        let path = RelativePath::from_url_path(name).map_err(|error| FilmError::Open {
            status: match error.kind() {
                crate::PathErrorKind::NotFound => http::StatusCode::NOT_FOUND,
                crate::PathErrorKind::Malformed => http::StatusCode::BAD_REQUEST,
            },
            text: error.to_string(),
        })?;
        self.at(&path).await
    }

    /// The film of the file at this path.
    pub async fn at(&self, path: &RelativePath) -> Result<Arc<Film>, FilmError> {
        if let Some(kept) = self.0.open.get(path)
            && kept.checked.elapsed() < FRESH
        {
            return kept.film;
        }
        let file = self.0.folders.open(path).await?;
        let state = State::of(&file);
        if let Some(kept) = self.0.open.get(path)
            && kept.state == state
        {
            self.look_for_sides(path, &kept);
            self.0.open.keep(path.clone(), Kept { checked: Instant::now(), ..kept.clone() });
            return kept.film;
        }
        let record = self.record(path, &file, &state).await?;
        let film = self.film(path, &file, &record).await;
        let id = film.as_ref().map_or_else(FilmError::id, |film| Some(film.id));
        if let Some(id) = id {
            self.0.ids.saw(id, path, file.len);
        }
        let checked = Instant::now();
        // A disk that failed may work the next time.
        if record.lasting {
            self.0.open.keep(path.clone(), Kept { film: film.clone(), state, checked });
        }
        film
    }

    /// Looks whether subtitles were put beside the file or taken away; nobody waits for it.
    fn look_for_sides(&self, path: &RelativePath, kept: &Kept) {
        let Ok(film) = kept.film.clone() else { return };
        if !film.sides_are_old() {
            return;
        }
        let (films, path) = (self.clone(), path.clone());
        tokio::spawn(async move {
            let now = sides::find(&films.0.folders, &path, Some(&film.gate)).await;
            let same =
                now.all.iter().map(|one| &one.side).eq(film.sides.iter().map(|one| &one.side));
            // Of a drive that hangs nobody knows what is there; what was there is kept.
            if now.whole && !same {
                films.0.open.forget(&path);
            }
        });
    }

    async fn film(
        &self,
        path: &RelativePath,
        file: &OpenFile,
        record: &Record,
    ) -> Result<Arc<Film>, FilmError> {
        let index = match record.index.clone() {
            Ok(index) => Arc::new(index),
            Err(Unreadable::NeedsPreparation(container)) => {
                let (id, path) = (record.id, path.clone());
                return Err(FilmError::NeedsPreparation { container, id, path });
            }
            Err(error) => return Err(error.into()),
        };
        let sides = sides::find(&self.0.folders, path, Some(&file.gate)).await.all;
        let folders = self.0.folders.clone();
        let cutting = self.0.settings.cutting;
        let film = Film::new(record.id, path.clone(), file, index, sides, folders, cutting);
        let film = Arc::new(film.beside(&self.0.layouts));
        if film.presentation.is_playable() {
            return Ok(film);
        }
        let reasons: Vec<&str> =
            film.presentation.left_out.iter().map(|left| left.reason.as_str()).collect();
        let reasons = if reasons.is_empty() {
            "it has neither pictures nor sound".to_owned()
        } else {
            reasons.join("; ")
        };
        Err(FilmError::NothingToPlay { reasons, film })
    }
}

/// The id of what cannot even be read: that of its path.
fn unknown(path: &str) -> ContentId {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"unknown").update(path.as_bytes());
    ContentId::of(&hasher)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
