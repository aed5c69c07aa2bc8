//! The journal: what happened, in order, so that pages that were away for a while can catch up.

use serde_json::Value;

use crate::{
    Store, StoreError,
    db::{Link, Row, args},
};

/// A line of the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Its number; later lines have greater ones.
    pub seq: i64,
    /// When it happened, in milliseconds since 1970.
    pub at_ms: i64,
    /// What happened: `videos`, `views`, `rating`, `favourite`, `watched`, `progress`, `tags`,
    /// `playlists`, or `reset`: more than the journal tells.
    pub kind: String,
    /// To what. Videos are named by content ids.
    pub body: Value,
}

/// How many lines are kept.
const KEPT: i64 = 10_000;
/// After how many lines the oldest are removed: it is no work for each.
const TRIMMED_EVERY: i64 = 500;

impl Store {
    /// The lines after `seq`, at most `limit`; nothing if lines after it are not kept any more, so
    /// that only a fresh start helps.
    pub async fn changes_after(
        &self,
        seq: i64,
        limit: u32,
    ) -> Result<Option<Vec<Change>>, StoreError> {
        let mut link = self.db.snapshot().await?;
        let (oldest, newest) = match link
            .row("SELECT COALESCE(MIN(seq), 0), COALESCE(MAX(seq), 0) FROM changes", args![])
            .await?
        {
            Some(row) => {
                let mut columns = row.columns();
                (columns.int()?, columns.int()?)
            }
            None => (0, 0),
        };
        if seq > newest || seq < oldest - 1 {
            return Ok(None);
        }
        let rows = link
            .rows(
                "SELECT seq, at_ms, kind, body FROM changes WHERE seq > $1 ORDER BY seq LIMIT $2",
                args![seq, limit],
            )
            .await?;
        rows.iter().map(read).collect::<Result<_, _>>().map(Some)
    }

    /// The number of the newest line; 0 before the first.
    pub async fn last_change(&self) -> Result<i64, StoreError> {
        let mut link = self.db.read().await?;
        match link.row("SELECT COALESCE(MAX(seq), 0) FROM changes", args![]).await? {
            Some(row) => row.int(),
            None => Ok(0),
        }
    }
}

fn read(row: &Row) -> Result<Change, StoreError> {
    let mut columns = row.columns();
    Ok(Change {
        seq: columns.int()?,
        at_ms: columns.int()?,
        kind: columns.text()?,
        body: columns.json()?,
    })
}

/// Appends lines, in the transaction of what they tell of.
pub(crate) async fn append(
    link: &mut Link,
    at_ms: i64,
    lines: Vec<(&'static str, Value)>,
) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::with_capacity(lines.len());
    for (kind, body) in lines {
        let row = link
            .row(
                "INSERT INTO changes (at_ms, kind, body) VALUES ($1, $2, $3) RETURNING seq",
                args![at_ms, kind, &body],
            )
            .await?;
        let Some(row) = row else { continue };
        let seq = row.int()?;
        if seq % TRIMMED_EVERY == 0 {
            link.run("DELETE FROM changes WHERE seq <= $1", args![seq - KEPT]).await?;
        }
        changes.push(Change { seq, at_ms, kind: kind.to_owned(), body });
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;
    use crate::{Location, done::Notes};

    #[tokio::test]
    async fn only_the_newest_lines_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Location::Sqlite(folder.path().join("a.db"))).await.unwrap();
        for round in 0..3 {
            let link = store.db.write().await.unwrap();
            let mut notes = Notes::new(round);
            (0..4_000).for_each(|_| notes.line("views", json!({})));
            notes.commit(link, ()).await.unwrap();
        }
        let oldest = 12_000 - KEPT;
        assert_eq!(store.changes_after(oldest - 1, 1).await.unwrap(), None);
        let next = store.changes_after(oldest, 1).await.unwrap().unwrap();
        assert_eq!(next.first().map(|change| change.seq), Some(oldest + 1));
    }
}
