//! The last thing of many videos that a user did, so that it can be undone.

use catalogue::UserId;
use serde_json::Value;

use crate::{
    Store, StoreError,
    db::{Link, args},
    text::clean_within,
};

/// What can be undone.
#[derive(Clone, Debug, PartialEq)]
pub struct Undo {
    /// Its number; a later one of the same user has a greater one.
    pub id: i64,
    /// When it was done, in milliseconds since 1970.
    pub at_ms: i64,
    /// What was done, for a person.
    pub label: String,
    /// How to undo it, as who did it wrote it down.
    pub body: Value,
}

/// The most bytes of how to undo something.
const BODY: usize = 32 << 20;

impl Store {
    /// Keeps how to undo what a user did last; what was kept before is forgotten. Its number.
    pub async fn save_undo(
        &self,
        user: UserId,
        label: &str,
        body: &Value,
        now_ms: i64,
    ) -> Result<i64, StoreError> {
        let body = body.to_string();
        if body.len() > BODY {
            return Err(StoreError::Refused {
                what: format!("what can be undone has {} bytes, more than {BODY}", body.len()),
            });
        }
        let mut link = self.db.write().await?;
        let row = link
            .row(
                "INSERT INTO undos (user_id, id, at_ms, label, body) VALUES ($1, 1, $2, $3, $4) \
                 ON CONFLICT (user_id) DO UPDATE SET id = undos.id + 1, at_ms = excluded.at_ms, \
                   label = excluded.label, body = excluded.body RETURNING id",
                args![user, now_ms, clean_within(label.to_owned(), 500), body],
            )
            .await?;
        let id = row.ok_or(StoreError::NotFound { what: "such user" })?.int()?;
        link.commit().await?;
        Ok(id)
    }

    /// What a user can undo.
    pub async fn undo(&self, user: UserId) -> Result<Option<Undo>, StoreError> {
        let mut link = self.db.read().await?;
        read(&mut link, user).await
    }

    /// Forgets how to undo this, because it is undone; a later one stays.
    pub async fn forget_undo(&self, user: UserId, id: i64) -> Result<(), StoreError> {
        let mut link = self.db.write().await?;
        // The row stays, so that its number is never given out again.
        link.run("UPDATE undos SET body = 'null' WHERE user_id = $1 AND id = $2", args![user, id])
            .await?;
        link.commit().await
    }
}

async fn read(link: &mut Link, user: UserId) -> Result<Option<Undo>, StoreError> {
    let row = link
        .row(
            "SELECT id, at_ms, label, body FROM undos WHERE user_id = $1 AND body <> 'null'",
            args![user],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut columns = row.columns();
    Ok(Some(Undo {
        id: columns.int()?,
        at_ms: columns.int()?,
        label: columns.text()?,
        body: columns.json()?,
    }))
}
