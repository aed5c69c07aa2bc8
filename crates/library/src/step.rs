//! Keeping the catalogue in step with the store.

use std::sync::atomic::Ordering;

use catalogue::{UserId, VideoId};
use store::Done;

use crate::{Library, error::LibraryError};

/// How many entries are read at once after the start.
const PAGE: u32 = 5_000;

impl Library {
    /// Lets the catalogue follow what was written, and tells those who listen. What was written stays
    /// written if this fails: then the catalogue is behind, which the log says.
    pub(crate) async fn follow<T>(&self, done: Done<T>) -> Result<T, LibraryError> {
        let Done { value, changes, videos, gone } = done;
        {
            let _in_step = self.0.step.lock().await;
            if let Err(error) = self.renew(&videos, &gone).await {
                tracing::error!(%error, "what was written is not in lists yet; it will be after a restart");
            }
            self.0.generation.fetch_add(1, Ordering::Release);
        }
        for change in changes {
            self.0.listeners.tell(change);
        }
        Ok(value)
    }

    async fn renew(&self, videos: &[VideoId], gone: &[VideoId]) -> Result<(), LibraryError> {
        for some in videos.chunks(1_000) {
            let entries = self.0.store.entries_of(some).await?;
            let personals = self.0.store.personals_of(UserId::HOUSEHOLD, some).await?;
            let mut catalogue = self.catalogue_to_write();
            for (video, entry) in entries {
                catalogue.put(video, entry);
            }
            for (video, personal) in personals {
                catalogue.set_personal(UserId::HOUSEHOLD, video, personal);
            }
        }
        if !gone.is_empty() {
            let mut catalogue = self.catalogue_to_write();
            for video in gone {
                catalogue.remove(*video);
            }
        }
        Ok(())
    }

    /// Reads all of the store into the catalogue, a stretch at a time, so that what is written
    /// meanwhile need not wait.
    pub(crate) async fn read_all(&self) -> Result<(), LibraryError> {
        let store = &self.0.store;
        let total = store.count().await?.max(1);
        let (mut after, mut read) = (None, 0_u64);
        loop {
            let _in_step = self.0.step.lock().await;
            let entries = store.entries(after, PAGE).await?;
            let Some((last, _)) = entries.last() else { break };
            after = Some(*last);
            read += entries.len() as u64;
            self.catalogue_to_write().load(entries);
            let percent = u8::try_from((read * 100 / total).min(99)).unwrap_or(99);
            self.0.opened.store(percent, Ordering::Release);
        }
        let mut after = None;
        loop {
            let _in_step = self.0.step.lock().await;
            let personals = store.personals(UserId::HOUSEHOLD, after, PAGE).await?;
            let Some((last, _)) = personals.last() else { break };
            after = Some(*last);
            self.catalogue_to_write().load_personal(UserId::HOUSEHOLD, personals);
        }
        self.0.opened.store(100, Ordering::Release);
        self.0.generation.fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// That lists are whole; until then whoever asks hears how far it is.
    pub(crate) fn is_open(&self) -> Result<(), LibraryError> {
        match self.0.opened.load(Ordering::Acquire) {
            100.. => Ok(()),
            percent => Err(LibraryError::Opening { percent }),
        }
    }
}
