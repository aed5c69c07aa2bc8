//! Opening the library, and what runs in it from then on.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, RwLock,
        atomic::{AtomicU8, AtomicU64},
    },
    time::Duration,
};

use artwork::{Crew, Pictures, Studio, Workshop};
use catalogue::Catalogue;
use delivery::{Folders, Symlinks, films::Films};
use store::{Location, Store};
use tokio::time::sleep;

use crate::{
    Backups, Inner, Library, error::LibraryError, events::Listeners, jobs::Jobs, lists::Answers,
    scans::Scans, walk::Links,
};

/// What the library needs to know.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where it is kept.
    pub location: Location,
    /// The media folders.
    pub folders: Folders,
    /// Their files as films.
    pub films: Films,
    /// What symbolic links do.
    pub symlinks: Symlinks,
    /// When it does what by itself.
    pub times: Times,
    /// The folder for pictures.
    pub pictures: PathBuf,
    /// Whether pictures are made before somebody asks for them.
    pub pictures_ahead: bool,
    /// Backups that are made by themselves.
    pub backups: Backups,
}

/// When the library does what by itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Times {
    /// From one look through all folders to the next, whatever the system tells of changes.
    pub scan_every: Duration,
    /// The same for folders of whose changes the system does not tell.
    pub poll_every: Duration,
    /// How long an answer may be given again; writes make it invalid at once in any case.
    pub answers: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            scan_every: Duration::from_hours(6),
            poll_every: Duration::from_secs(30),
            answers: Duration::from_mins(5),
        }
    }
}

/// When reading the library is tried again.
const AGAIN: Duration = Duration::from_secs(5);

impl Library {
    /// Opens the library: the store, its schema brought up to date. Lists are whole a moment after
    /// [`Library::start`].
    pub async fn open(options: Options) -> Result<Self, LibraryError> {
        let store = Store::open(&options.location).await?;
        let workshop = Workshop::new(Pictures::new(options.pictures), artwork::Settings::default());
        let crew = Crew { background: usize::from(options.pictures_ahead), ..Crew::default() };
        let studio = Studio::new(workshop, options.films.clone(), options.folders.clone(), crew);
        let links = match options.symlinks {
            Symlinks::Refuse => Links::Leave,
            // Whether one may be followed is decided where the file is opened.
            Symlinks::Follow | Symlinks::Inside => Links::Follow,
        };
        let (listeners, own) = (Listeners::default(), Arc::default());
        let jobs = Jobs::new(store.clone(), listeners.clone(), Arc::clone(&own));
        Ok(Self(Arc::new(Inner {
            store,
            films: options.films,
            folders: options.folders,
            links,
            times: options.times,
            catalogue: RwLock::new(Catalogue::default()),
            step: tokio::sync::Mutex::default(),
            generation: AtomicU64::new(0),
            opened: AtomicU8::new(0),
            own,
            answers: Answers::new(options.times.answers),
            listeners,
            jobs,
            scans: Scans::default(),
            studio,
            pictures_ahead: options.pictures_ahead,
            pictures_asked: Mutex::default(),
            backups: options.backups,
            backing_up: tokio::sync::Mutex::default(),
            keeping: tokio::sync::Mutex::default(),
            more_pictures: tokio::sync::Notify::new(),
        })))
    }

    /// Reads the catalogue and keeps it up to date, in the background, for as long as the runtime
    /// lives.
    ///
    /// Nobody else may have the folders of pictures, indexes and backups for itself: what lies there
    /// unfinished is of a process that was killed, and goes.
    pub fn start(&self) {
        let library = self.clone();
        // A few files at most, and before anything is written.
        let pictures = self.0.studio.workshop().pictures().remove_unfinished();
        for removed in [pictures, self.0.films.remove_unfinished()] {
            if let Err(error) = removed {
                tracing::warn!(%error, "an unfinished file cannot be removed");
            }
        }
        if let Err(error) = store::remove_unfinished_restore(self.0.store.location()) {
            tracing::warn!(%error, "what a restore has left cannot be removed");
        }
        tokio::spawn(async move {
            let begun = std::time::Instant::now();
            let passed = library.read_when_possible().await;
            library.0.jobs.interrupt_lost().await;
            library.remove_unfinished_backups().await;
            let videos = library.catalogue().len();
            tracing::info!(videos, took_ms = begun.elapsed().as_millis(), "the library is open");
            library.locate_films();
            let backups = library.0.backups.clone();
            tokio::spawn(library.clone().keep_backing_up(backups));
            tokio::spawn(library.clone().keep_following(passed));
            tokio::spawn(library.clone().keep_making_pictures());
            library.keep_scanning().await;
        });
    }

    /// Reads the catalogue, again and again until it works; the last line of the journal that is in it.
    async fn read_when_possible(&self) -> i64 {
        loop {
            let read = async {
                // Before, so that what is written meanwhile is followed rather than missed.
                let passed = self.0.store.last_change().await?;
                self.read_all().await.map(|()| passed)
            };
            match read.await {
                Ok(passed) => return passed,
                Err(error) => {
                    tracing::error!(%error, "the library cannot be read; it is tried again");
                }
            }
            sleep(AGAIN).await;
        }
    }

    /// Lets films be found by their ids wherever the store knows their files.
    fn locate_films(&self) {
        let store = self.0.store.clone();
        self.0.films.locate_with(Arc::new(move |id| {
            let store = store.clone();
            Box::pin(async move {
                let places = store.place_of(id).await.unwrap_or_default();
                places.into_iter().map(|place| place.path).collect()
            })
        }));
    }
}
