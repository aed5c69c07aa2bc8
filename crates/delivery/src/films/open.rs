//! The films that are open, those asked for last.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Instant,
};

use super::{Film, FilmError, lock, shelf::State};
use crate::RelativePath;

/// The most films that are kept open. Each holds a file and a mapped index.
const OPEN_MAX: usize = 256;

/// A film that is open, or why there is none.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) film: Result<Arc<Film>, FilmError>,
    pub(super) state: State,
    pub(super) checked: Instant,
}

/// The open films by their paths.
#[derive(Debug, Default)]
pub(super) struct OpenFilms(Mutex<HashMap<RelativePath, Kept>>);

impl OpenFilms {
    pub(super) fn get(&self, path: &RelativePath) -> Option<Kept> {
        lock(&self.0).get(path).cloned()
    }

    /// Keeps one in place of the one that was looked at longest ago.
    pub(super) fn keep(&self, path: RelativePath, kept: Kept) {
        let mut open = lock(&self.0);
        if open.len() >= OPEN_MAX && !open.contains_key(&path) {
            let oldest = open.iter().min_by_key(|(_, kept)| kept.checked).map(|(path, _)| path);
            if let Some(oldest) = oldest.cloned() {
                open.remove(&oldest);
            }
        }
        open.insert(path, kept);
    }

    pub(super) fn forget(&self, path: &RelativePath) {
        lock(&self.0).remove(path);
    }
}
