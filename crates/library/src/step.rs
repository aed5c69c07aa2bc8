//! Keeping the catalogue in step with the store.

use std::{
    collections::HashMap,
    sync::{atomic::Ordering, mpsc},
    time::Duration,
};

use catalogue::{Catalogue, Entry, UserId, VideoId};
use store::Done;

use crate::{Library, error::LibraryError, lock};

/// How many entries are read at once after the start.
const PAGE: u32 = 5_000;
/// How many videos are sorted in before those who wait to find something have their turn.
const AT_ONCE: usize = 64;
/// How long they have then. A lock that is taken again at once is hardly ever theirs.
const TURN: Duration = Duration::from_millis(1);

impl Library {
    /// Lets the catalogue follow what was written, and tells those who listen. What was written stays
    /// written if this fails: then the catalogue is behind, which the log says.
    pub(crate) async fn follow<T>(&self, done: Done<T>) -> Result<T, LibraryError> {
        let Done { value, changes, videos, gone, .. } = done;
        {
            let _in_step = self.0.step.lock().await;
            if let Err(error) = self.renew(&videos, &gone).await {
                tracing::error!(%error, "what was written is not in lists yet; it will be after a restart");
            }
            self.0.generation.fetch_add(1, Ordering::Release);
        }
        lock(&self.0.own).extend(changes.iter().map(|change| change.seq));
        for change in changes {
            self.0.listeners.tell(change);
        }
        Ok(value)
    }

    pub(crate) async fn renew(
        &self,
        videos: &[VideoId],
        gone: &[VideoId],
    ) -> Result<(), LibraryError> {
        for some in videos.chunks(1_000) {
            let entries = self.0.store.entries_of(some).await?;
            let personals = self.0.store.personals_of(UserId::HOUSEHOLD, some).await?;
            let personals: HashMap<_, _> = personals.into_iter().collect();
            for (at, some) in entries.chunks(AT_ONCE).enumerate() {
                if at > 0 {
                    tokio::time::sleep(TURN).await;
                }
                let mut catalogue = self.catalogue_to_write();
                for (video, entry) in some {
                    catalogue.put(*video, entry);
                    let personal = personals.get(video).copied().unwrap_or_default();
                    catalogue.set_personal(UserId::HOUSEHOLD, *video, &personal);
                }
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

    /// Reads all of the store into the catalogue. What is written meanwhile waits for it.
    pub(crate) async fn read_all(&self) -> Result<(), LibraryError> {
        let _in_step = self.0.step.lock().await;
        let store = &self.0.store;
        let total = store.count().await?.max(1);
        // A few pages ahead of whoever sorts them in.
        let (pages, to_sort) = mpsc::sync_channel::<Vec<(VideoId, Entry)>>(4);
        let sorting = tokio::task::spawn_blocking(move || {
            let mut catalogue = Catalogue::default();
            catalogue.load(to_sort.into_iter().flatten());
            catalogue
        });
        let (mut after, mut read) = (None, 0_u64);
        loop {
            let page = store.entries(after, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            read += page.len() as u64;
            let pages = pages.clone();
            // Waits where the other side is slower, so it must not hold up a connection.
            let sent = tokio::task::spawn_blocking(move || pages.send(page)).await;
            if !matches!(sent, Ok(Ok(()))) {
                break;
            }
            let percent = u8::try_from((read * 99 / total).min(99)).unwrap_or(99);
            self.0.opened.store(percent, Ordering::Release);
        }
        drop(pages);
        let mut catalogue = sorting
            .await
            .map_err(|error| LibraryError::Failed(format!("sorting failed: {error}")))?;
        let (mut after, mut all) = (None, Vec::new());
        loop {
            let page = store.personals(UserId::HOUSEHOLD, after, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            all.extend(page);
        }
        catalogue.load_personal(UserId::HOUSEHOLD, all);
        *self.catalogue_to_write() = catalogue;
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
