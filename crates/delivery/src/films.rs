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
mod clip;
mod content;
mod error;
mod film;
mod kept;
mod rendered;
mod samples;
mod shelf;
mod sides;
mod source;
mod text;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use media::{Budget, ContentId, Unreadable};
use packager::Policy as Cutting;
use tokio::sync::{Semaphore, watch};

pub use alone::read_index;
pub use content::Wanted;
pub use error::FilmError;
pub use film::Film;
pub use source::FileSource;
use source::Watched;

use self::shelf::{Record, Shelf, State};
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

/// How long a client waits for a file that is read for the first time before it hears how far it
/// is. Less than players and proxies wait by default.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long a film is taken for unchanged without looking.
const FRESH: Duration = Duration::from_secs(1);
/// The most films that are kept open. Each holds a file and a mapped index.
const OPEN_MAX: usize = 256;
/// How many files are read for their indexes at a time, of all folders together: many at once make
/// one disk slower, and so many that hang hold up the others.
const READERS: usize = 6;

/// The films. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Films(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    folders: Folders,
    settings: FilmSettings,
    shelf: Shelf,
    open: Mutex<HashMap<RelativePath, Kept>>,
    reading: Mutex<HashMap<State, Arc<Reading>>>,
    ids: Mutex<HashMap<ContentId, RelativePath>>,
    readers: Arc<Semaphore>,
    forgetful: AtomicBool,
}

/// A film that is open, or why there is none.
#[derive(Clone, Debug)]
struct Kept {
    film: Result<Arc<Film>, FilmError>,
    state: State,
    checked: Instant,
}

/// A file that is being read for its index.
#[derive(Debug)]
struct Reading {
    /// Bytes of the file behind us, and its length.
    at: AtomicU64,
    len: u64,
    done: watch::Sender<Option<Arc<Record>>>,
}

impl Reading {
    fn percent(&self) -> u8 {
        let share = self.at.load(Ordering::Relaxed).min(self.len) * 100 / self.len.max(1);
        u8::try_from(share.min(99)).unwrap_or(99)
    }
}

impl Films {
    /// The films of these folders.
    pub fn new(folders: Folders, settings: FilmSettings) -> Self {
        Self(Arc::new(Inner {
            folders,
            shelf: Shelf::new(settings.shelf.clone()),
            settings,
            open: Mutex::default(),
            reading: Mutex::default(),
            ids: Mutex::default(),
            readers: Arc::new(Semaphore::new(READERS)),
            forgetful: AtomicBool::new(false),
        }))
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
        if let Some(kept) = self.kept(path)
            && kept.checked.elapsed() < FRESH
        {
            return kept.film;
        }
        let file = self.0.folders.open(path).await?;
        let state = State::of(&file);
        if let Some(kept) = self.kept(path)
            && kept.state == state
        {
            self.look_for_sides(path, &kept);
            self.keep(path.clone(), Kept { checked: Instant::now(), ..kept.clone() });
            return kept.film;
        }
        let record = self.record(path, &file, &state).await?;
        let film = self.film(path, &file, &record).await;
        if let Ok(film) = &film {
            lock(&self.0.ids).insert(film.id, path.clone());
        }
        let checked = Instant::now();
        // A disk that failed may work the next time.
        if record.lasting {
            self.keep(path.clone(), Kept { film: film.clone(), state, checked });
        }
        film
    }

    /// The film with this content, wherever its file is now.
    async fn by_id(&self, id: ContentId) -> Result<Option<Arc<Film>>, FilmError> {
        let known = lock(&self.0.ids).get(&id).cloned();
        if let Some(path) = known
            && let Some(film) = self.with_id(id, &path).await?
        {
            return Ok(Some(film));
        }
        // Another file is there now, or none: there may be a copy.
        let inner = Arc::clone(&self.0);
        let shelved = tokio::task::spawn_blocking(move || inner.shelf.paths(id)).await;
        for path in shelved.unwrap_or_default() {
            let Ok(path) = RelativePath::from_url_path(&path) else { continue };
            if let Some(film) = self.with_id(id, &path).await? {
                return Ok(Some(film));
            }
        }
        lock(&self.0.ids).remove(&id);
        Ok(None)
    }

    /// The film at this path if it is the one with this content.
    async fn with_id(
        &self,
        id: ContentId,
        path: &RelativePath,
    ) -> Result<Option<Arc<Film>>, FilmError> {
        match Box::pin(self.at(path)).await {
            Ok(film) if film.id == id => Ok(Some(film)),
            Err(busy @ FilmError::Busy { .. }) => Err(busy),
            _ => Ok(None),
        }
    }

    fn kept(&self, path: &RelativePath) -> Option<Kept> {
        lock(&self.0.open).get(path).cloned()
    }

    fn keep(&self, path: RelativePath, kept: Kept) {
        let mut open = lock(&self.0.open);
        if open.len() >= OPEN_MAX && !open.contains_key(&path) {
            let oldest = open.iter().min_by_key(|(_, kept)| kept.checked).map(|(path, _)| path);
            if let Some(oldest) = oldest.cloned() {
                open.remove(&oldest);
            }
        }
        open.insert(path, kept);
    }

    /// Looks whether subtitles were put beside the file or taken away; nobody waits for it.
    fn look_for_sides(&self, path: &RelativePath, kept: &Kept) {
        let Ok(film) = kept.film.clone() else { return };
        if !film.sides_are_old() {
            return;
        }
        let (films, path) = (self.clone(), path.clone());
        tokio::spawn(async move {
            let now = sides::find(&films.0.folders, &path).await;
            if !now.iter().map(|text| &text.side).eq(film.sides.iter().map(|text| &text.side)) {
                lock(&films.0.open).remove(&path);
            }
        });
    }

    async fn film(
        &self,
        path: &RelativePath,
        file: &OpenFile,
        record: &Record,
    ) -> Result<Arc<Film>, FilmError> {
        let index = Arc::new(record.index.clone()?);
        let sides = sides::find(&self.0.folders, path).await;
        let folders = self.0.folders.clone();
        let cutting = self.0.settings.cutting;
        let film = Film::new(record.id, path.clone(), file, index, sides, folders, cutting);
        if film.presentation.is_playable() {
            return Ok(Arc::new(film));
        }
        let reasons: Vec<&str> =
            film.presentation.left_out.iter().map(|left| left.reason.as_str()).collect();
        let reasons = if reasons.is_empty() {
            "it has neither pictures nor sound".to_owned()
        } else {
            reasons.join("; ")
        };
        Err(FilmError::NothingToPlay(reasons))
    }

    /// What is known of a file: from the shelf, or by reading it, which others may already do.
    async fn record(
        &self,
        path: &RelativePath,
        file: &OpenFile,
        state: &State,
    ) -> Result<Arc<Record>, FilmError> {
        let (reading, is_new) = {
            let mut all = lock(&self.0.reading);
            if let Some(reading) = all.get(state) {
                (Arc::clone(reading), false)
            } else {
                let reading = Arc::new(Reading {
                    at: AtomicU64::new(0),
                    len: file.len,
                    done: watch::Sender::new(None),
                });
                all.insert(state.clone(), Arc::clone(&reading));
                (reading, true)
            }
        };
        let mut done = reading.done.subscribe();
        if is_new {
            // Goes on when the client leaves: the next one will want it.
            let films = self.clone();
            let (path, file, state) = (path.clone(), file.clone(), state.clone());
            let reading = Arc::clone(&reading);
            tokio::spawn(async move { films.read(&path, &file, &state, &reading).await });
        }
        let record = tokio::time::timeout(PATIENCE, done.wait_for(Option::is_some)).await;
        match record {
            Ok(Ok(record)) => record.clone().ok_or(FilmError::Busy { percent: 99 }),
            _ => Err(FilmError::Busy { percent: reading.percent() }),
        }
    }

    async fn read(
        &self,
        path: &RelativePath,
        file: &OpenFile,
        state: &State,
        reading: &Arc<Reading>,
    ) {
        let inner = Arc::clone(&self.0);
        let wanted = state.clone();
        let kept = file.gate.run(move || inner.shelf.load(&wanted)).await.ok().flatten();
        let url = path.to_url_path();
        let record = match kept {
            Some(record) if record.path == url => record,
            kept => {
                let record = match kept {
                    // Renamed: only the way to it is new.
                    Some(record) => Record { path: url, ..record },
                    None => self.read_file(url, file, reading).await,
                };
                if record.lasting {
                    self.shelve(state, &record).await;
                }
                record
            }
        };
        lock(&self.0.reading).remove(state);
        reading.done.send_replace(Some(Arc::new(record)));
    }

    async fn read_file(&self, path: String, file: &OpenFile, reading: &Arc<Reading>) -> Record {
        let permit = Arc::clone(&self.0.readers).acquire_owned().await;
        let source = FileSource { file: Arc::clone(&file.file), len: file.len };
        let limit = self.0.settings.time_limit;
        let reading = Arc::clone(reading);
        let name = path.clone();
        let read = move || {
            let until = Instant::now() + limit;
            let stop = || Instant::now() > until;
            let progress = |at: u64| reading.at.store(at, Ordering::Relaxed);
            let budget = Budget { stop: &stop, progress: &progress, ..Budget::default() };
            let source = Watched { source: &source, failed: AtomicBool::new(false) };
            let index = demux::read(&source, &budget);
            let id = match &index {
                Ok(index) => demux::of_index(&source, index),
                Err(_) => demux::of_bytes(&source).unwrap_or_else(|_| unknown(&name)),
            };
            // What a failing disk or too little time left unread is read again the next time.
            let lasting = !source.failed.load(Ordering::Relaxed) && !stop();
            Record { id, path: name, index, lasting }
        };
        let record = file.gate.run(read).await;
        drop(permit);
        record.unwrap_or_else(|error| {
            let text = format!("reading it failed: {error}");
            let index = Err(Unreadable::Damaged(text));
            Record { id: unknown(&path), path, index, lasting: false }
        })
    }

    async fn shelve(&self, state: &State, record: &Record) {
        let (inner, state, record) = (Arc::clone(&self.0), state.clone(), record.clone());
        let saved = tokio::task::spawn_blocking(move || inner.shelf.save(&state, &record)).await;
        match saved {
            Ok(Ok(())) => self.0.forgetful.store(false, Ordering::Relaxed),
            // Once, not for every file of a full disk.
            Ok(Err(error)) if !self.0.forgetful.swap(true, Ordering::Relaxed) => {
                tracing::warn!(%error, "indexes cannot be kept: files are read again after a restart");
            }
            _ => {}
        }
    }
}

/// The id of what cannot even be read: that of its path.
fn unknown(path: &str) -> ContentId {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"unknown").update(path.as_bytes());
    ContentId::of(&hasher)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
