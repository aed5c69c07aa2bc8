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
const PAGE: u32 = 1_000;
/// How many lines of the journal are read at once.
pub(crate) const LINES: u32 = 1_000;
/// How many videos are sorted in before those who wait to find something have their turn.
const AT_ONCE: usize = 32;
/// How long they have then. A lock that is taken again at once is hardly ever theirs.
const TURN: Duration = Duration::from_millis(1);

impl Library {
    /// Lets the catalogue follow what was written, and tells those who listen. What was written stays
    /// written if this fails: then the catalogue is behind, which the log says. It is done to its end
    /// also if whoever asked for it waits no longer.
    pub(crate) async fn follow<T>(&self, done: Done<T>) -> Result<T, LibraryError> {
        let Done { value, changes, videos, gone, .. } = done;
        // Before anything else: the follower must not take these lines for somebody else's.
        lock(&self.0.own).extend(changes.iter().map(|change| change.seq));
        let library = self.clone();
        let following = tokio::spawn(async move {
            let _in_step = library.0.step.lock().await;
            if let Err(error) = library.renew(&videos, &gone).await {
                tracing::error!(%error, "what was written is not in lists yet; it will be after a restart");
            }
            library.0.generation.fetch_add(1, Ordering::Release);
            for change in changes {
                library.0.listeners.tell(change);
            }
        });
        following.await.map_err(|error| LibraryError::Failed(error.to_string()))?;
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

    /// Reads all of the store into the catalogue; what is written meanwhile waits for the end of it, not
    /// for all of it.
    pub(crate) async fn read_all(&self) -> Result<(), LibraryError> {
        let before = self.0.store.last_change().await?;
        let catalogue = self.read().await?;
        let _in_step = self.0.step.lock().await;
        // What came meanwhile is in it or is not.
        let since = self.0.store.changes_after(before, LINES).await?;
        let named = match since.filter(|lines| lines.len() < LINES as usize) {
            Some(lines) if lines.iter().all(|line| line.kind != "reset") => {
                Some(self.numbers(&lines).await?)
            }
            _ => None,
        };
        *self.catalogue_to_write() = match named {
            Some(_) => catalogue,
            // So much that nobody can say what. Now nobody writes.
            None => self.read().await?,
        };
        self.renew(&named.unwrap_or_default(), &[]).await?;
        self.0.opened.store(100, Ordering::Release);
        self.0.generation.fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// What the store has, as a catalogue.
    async fn read(&self) -> Result<Catalogue, LibraryError> {
        let store = &self.0.store;
        let total = store.count().await?.max(1);
        let is_open = self.is_open().is_ok();
        // A few pages ahead of whoever sorts them in.
        let (pages, to_sort) = mpsc::sync_channel::<Vec<(VideoId, Entry)>>(2);
        let sorting = tokio::task::spawn_blocking(move || {
            let mut catalogue = Catalogue::default();
            catalogue.load(to_sort.into_iter().flatten());
            // While it grew, holes were left between its parts. A copy has none.
            catalogue.clone()
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
            if !is_open {
                let percent = u8::try_from((read * 99 / total).min(99)).unwrap_or(99);
                self.0.opened.store(percent, Ordering::Release);
            }
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
        Ok(catalogue)
    }

    /// That lists are whole; until then whoever asks hears how far it is.
    pub(crate) fn is_open(&self) -> Result<(), LibraryError> {
        match self.0.opened.load(Ordering::Acquire) {
            100.. => Ok(()),
            percent => Err(LibraryError::Opening { percent }),
        }
    }
}
