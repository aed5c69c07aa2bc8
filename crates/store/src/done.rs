//! What a writing method did.

use catalogue::VideoId;
use media::ContentId;
use serde_json::{Value, json};

use crate::{Change, StoreError, changes::append, db::Link};

/// What was done, and what of it others want to hear.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Done<T> {
    /// The answer.
    pub value: T,
    /// What was appended to the journal, in order.
    pub changes: Vec<Change>,
    /// The videos whose entry, row or personal data may be different now, each once.
    pub videos: Vec<VideoId>,
    /// Those of them that are new.
    pub added: Vec<VideoId>,
    /// The videos that are part of others now; their numbers mean nothing any more.
    pub gone: Vec<VideoId>,
}

/// The most videos that one line of the journal names; of more it says that everything may be new.
const NAMED: usize = 1_000;

/// What is noted while a transaction is open.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    now_ms: i64,
    lines: Vec<(&'static str, Value)>,
    videos: Vec<VideoId>,
    added: Vec<VideoId>,
    gone: Vec<VideoId>,
}

impl Notes {
    pub(crate) fn new(now_ms: i64) -> Self {
        Self { now_ms, ..Self::default() }
    }

    /// A line of the journal.
    pub(crate) fn line(&mut self, kind: &'static str, body: Value) {
        self.lines.push((kind, body));
    }

    /// A line about many videos.
    pub(crate) fn videos_line(
        &mut self,
        added: &[ContentId],
        changed: &[ContentId],
        removed: &[ContentId],
    ) {
        match added.len() + changed.len() + removed.len() {
            0 => {}
            1..=NAMED => self.line(
                "videos",
                json!({ "added": names(added), "changed": names(changed), "removed": names(removed) }),
            ),
            _ => self.line("reset", json!({})),
        }
    }

    /// A video that may be different now.
    pub(crate) fn video(&mut self, video: VideoId) {
        self.videos.push(video);
    }

    /// Videos that may be different now.
    pub(crate) fn all(&mut self, videos: &[VideoId]) {
        self.videos.extend_from_slice(videos);
    }

    /// A video that is new.
    pub(crate) fn added(&mut self, video: VideoId) {
        self.videos.push(video);
        self.added.push(video);
    }

    /// A video that became part of another.
    pub(crate) fn gone(&mut self, video: VideoId) {
        self.gone.push(video);
    }

    /// Writes the journal and ends the transaction.
    pub(crate) async fn commit<T>(
        mut self,
        mut link: Link,
        value: T,
    ) -> Result<Done<T>, StoreError> {
        let changes = append(&mut link, self.now_ms, self.lines).await?;
        link.commit().await?;
        self.videos.sort_unstable();
        self.videos.dedup();
        Ok(Done { value, changes, videos: self.videos, added: self.added, gone: self.gone })
    }
}

fn names(contents: &[ContentId]) -> Vec<String> {
    contents.iter().map(ContentId::to_string).collect()
}
