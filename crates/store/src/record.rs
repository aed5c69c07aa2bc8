//! Writing down what a scan found.
//!
//! A batch is loaded, thought over in memory ([`model`]), and written with a handful of statements
//! that each take all rows at once.

mod load;
mod merge;
mod model;
mod write;

pub(crate) use write::recount;

use catalogue::VideoId;

use crate::{Done, Found, Store, StoreError, done::Notes};

/// The most files of a batch.
const BATCH: usize = 10_000;

impl Store {
    /// Writes down files that were found, at most 10,000 (1,000 are a good number), and answers with
    /// the video of each. Where a batch names a file twice, the later one counts.
    ///
    /// A content that is known keeps everything that belongs to it, wherever its file is now. A file
    /// that holds something else than before leaves its old video, which stays, away if no other
    /// file holds it. If the same file has another id than before, because ids are made in a new
    /// way, its video gets that id and answers to the old one too; if both ids have videos, they
    /// become one that has what both had.
    pub async fn record(
        &self,
        batch: Vec<Found>,
        generation: i64,
        now_ms: i64,
    ) -> Result<Done<Vec<Option<VideoId>>>, StoreError> {
        if batch.len() > BATCH {
            return Err(StoreError::Refused {
                what: format!("{} files at once; write down at most {BATCH}", batch.len()),
            });
        }
        let mut notes = Notes::new(now_ms);
        let mut link = self.db.write().await?;
        let mut model = load::load(&mut link, &batch).await?;
        for found in batch {
            model.take(found);
        }
        let videos = write::write(&mut link, model, generation, now_ms, &mut notes).await?;
        notes.commit(link, videos).await
    }
}
