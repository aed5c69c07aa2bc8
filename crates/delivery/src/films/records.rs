//! What is known of a file: from the shelf, or by reading it.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Instant,
};

use media::Unreadable;

use super::{
    FilmError, Films,
    reading::Reading,
    shelf::{Record, State},
    survey::read_now,
    unknown,
};
use crate::{OpenFile, RelativePath};

impl Films {
    /// What is known of a file; others may already be finding out.
    pub(super) async fn record(
        &self,
        path: &RelativePath,
        file: &OpenFile,
        state: &State,
    ) -> Result<Arc<Record>, FilmError> {
        let find = |reading| {
            let (films, path) = (self.clone(), path.to_url_path());
            let (file, state) = (file.clone(), state.clone());
            async move { films.find(path, &file, &state, &reading).await }
        };
        self.0.readings.wait(state.clone(), file.len, find).await
    }

    async fn find(
        &self,
        path: String,
        file: &OpenFile,
        state: &State,
        reading: &Arc<Reading>,
    ) -> Record {
        let (inner, wanted) = (Arc::clone(&self.0), state.clone());
        let shelved = tokio::task::spawn_blocking(move || inner.shelf.load(&wanted)).await;
        let record = match shelved.ok().flatten() {
            Some(record) if record.path == path => return record,
            // Renamed: only the way to it is new.
            Some(record) => Record { path, ..record },
            None => self.read(path, file, reading).await,
        };
        if record.lasting {
            self.shelve(state, &record).await;
        }
        record
    }

    async fn read(&self, path: String, file: &OpenFile, reading: &Arc<Reading>) -> Record {
        let len = file.len;
        let until = Instant::now() + self.0.settings.time_limit;
        let (read, reading, name) = (file.clone(), Arc::clone(reading), path.clone());
        let read = move || read_now(&read, name, until, &|at| reading.is_at(at));
        file.gate.run_long(read).await.unwrap_or_else(|error| {
            let text = format!("reading it failed: {error}");
            let index = Err(Unreadable::Damaged(text));
            Record { id: unknown(&path), path, index, len, lasting: false }
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
        let inner = Arc::clone(&self.0);
        drop(tokio::task::spawn_blocking(move || inner.shelf.tidy_if_due()));
    }
}
