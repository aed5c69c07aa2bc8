//! What Vidicon remembers: schema, migrations and typed queries, on `SQLite` or `PostgreSQL`.
//!
//! ```text
//! Store ─┬─ open, migrate, backup          the database as a whole
//!        ├─ files ─► videos                what a scan found, and which content it is
//!        ├─ entries, personals             the feed of the catalogue
//!        ├─ rows                           what pages show of a video
//!        ├─ personal, edit, tags, playlists, undo
//!        ├─ changes                        the journal: what happened, in order
//!        └─ users, sessions, meta, jobs, artwork, imports
//! ```
//!
//! Every method that writes is one transaction: either all of it happened, its lines in the journal
//! too, or nothing. What it answers is a [`Done`]. The time comes in as an argument. Finding, sorting
//! and counting are not done here but by the catalogue; this room gives it what it must know.
//!
//! It has never heard of HTTP, of how a file is read, or of who is told about changes.

mod artwork;
mod backup;
mod changes;
mod content;
mod db;
mod done;
mod edit;
mod entries;
mod error;
mod files;
mod imports;
mod jobs;
mod location;
mod lookups;
mod meta;
mod migrate;
mod open;
mod personal;
mod places;
mod playlists;
mod put_back;
mod record;
mod rows;
mod sessions;
mod stored;
mod tags;
mod text;
mod undo;
mod users;

pub use {
    artwork::Artwork,
    backup::{Backup, remove_unfinished_restore, restore},
    changes::Change,
    content::{Content, Facts, FileState, Found, TitleFrom, What},
    done::Done,
    edit::Edit,
    error::StoreError,
    files::{Duplicate, Known, Problem, Same},
    imports::{Import, ImportFile, ImportRow},
    jobs::{JobEnd, JobRow, JobState},
    location::{Location, NoLocation, Secret},
    open::Store,
    personal::Play,
    places::Place,
    playlists::{PlaylistItem, PlaylistRow},
    put_back::PutBack,
    rows::{ArtworkRow, FileRow, TagName, VideoDetails, VideoRow},
    sessions::{NewSession, SessionRow},
    tags::TagRow,
    undo::Undo,
    users::UserRow,
};
