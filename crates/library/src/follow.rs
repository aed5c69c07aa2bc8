//! Following what others write: a command beside a running server, another machine with the same
//! database. The journal tells of it.

use std::time::Duration;

use catalogue::VideoId;
use media::ContentId;
use serde_json::Value;
use store::Change;
use tokio::time::{MissedTickBehavior, interval};

use crate::{Library, error::LibraryError, lock, step::LINES};

/// How often the journal is looked at.
const EVERY: Duration = Duration::from_secs(1);

impl Library {
    /// Follows the journal from this line on, for as long as the runtime lives.
    pub(crate) async fn keep_following(self, mut passed: i64) {
        let mut look = interval(EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            look.tick().await;
            match self.follow_from(passed).await {
                Ok(last) => passed = last,
                // It is tried again; the store says what is wrong when somebody asks for something.
                Err(error) => tracing::debug!(%error, "the journal cannot be read now"),
            }
        }
    }

    /// Takes in what others wrote after this line; the last line.
    async fn follow_from(&self, passed: i64) -> Result<i64, LibraryError> {
        let last = self.0.store.last_change().await?;
        if last == passed {
            return Ok(last);
        }
        let Some(lines) = self.0.store.changes_after(passed, LINES).await? else {
            self.read_all().await?;
            self.0.listeners.tell_now("reset", Value::Object(serde_json::Map::new()));
            return Ok(last);
        };
        let passed = lines.last().map_or(last, |line| line.seq);
        let foreign: Vec<Change> = {
            let mut own = lock(&self.0.own);
            let foreign = lines.into_iter().filter(|line| !own.contains(&line.seq)).collect();
            own.retain(|line| *line > passed);
            foreign
        };
        if foreign.is_empty() {
            return Ok(passed);
        }
        if foreign.iter().any(|line| line.kind == "reset") {
            self.read_all().await?;
        } else {
            let videos = self.numbers(&foreign).await?;
            let _in_step = self.0.step.lock().await;
            self.renew(&videos, &[]).await?;
        }
        self.0.generation.fetch_add(1, std::sync::atomic::Ordering::Release);
        for line in foreign {
            self.0.listeners.tell(line);
        }
        self.0.more_pictures.notify_one();
        Ok(passed)
    }

    /// The videos that lines of the journal name.
    pub(crate) async fn numbers(&self, lines: &[Change]) -> Result<Vec<VideoId>, LibraryError> {
        let mut videos = Vec::new();
        for id in lines.iter().flat_map(|line| named(&line.body)) {
            videos.extend(self.0.store.number_of(id).await?);
        }
        videos.sort_unstable();
        videos.dedup();
        Ok(videos)
    }
}

/// The videos that a line names.
fn named(body: &Value) -> impl Iterator<Item = ContentId> + '_ {
    let lists =
        ["added", "changed", "removed"].into_iter().filter_map(|key| body.get(key)?.as_array());
    let ids = lists.flatten().chain(body.get("id"));
    ids.filter_map(|id| id.as_str()?.parse().ok())
}
