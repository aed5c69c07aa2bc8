//! Sessions: who has shown a password, and until when that counts.
//!
//! Only SHA-256 of a token is kept: who reads the database cannot use it.

use catalogue::UserId;

use crate::{
    Store, StoreError,
    db::{Row, args},
    text::{clean_within, hex},
};

/// A session.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionRow {
    /// By which it is listed and ended; it is no secret.
    pub id: String,
    /// Whose it is.
    pub user: UserId,
    /// What it may do.
    pub role: String,
    /// When it began, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it was used last.
    pub used_ms: i64,
    /// When it ends.
    pub ends_ms: i64,
    /// From where it began.
    pub address: String,
    /// With which browser.
    pub agent: String,
}

/// A session that begins.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'a> {
    /// SHA-256 of its token.
    pub token_hash: &'a [u8; 32],
    /// Whose it is.
    pub user: UserId,
    /// What it may do.
    pub role: &'a str,
    /// When it ends, in milliseconds since 1970.
    pub ends_ms: i64,
    /// From where it begins.
    pub address: &'a str,
    /// With which browser.
    pub agent: &'a str,
}

/// The most sessions; the one that was not used for longest makes room.
const SESSIONS: i64 = 1_000;

impl Store {
    /// Begins a session. Sessions that have ended are forgotten on the way.
    pub async fn new_session(
        &self,
        new: NewSession<'_>,
        now_ms: i64,
    ) -> Result<SessionRow, StoreError> {
        let mut link = self.db.write().await?;
        link.run("DELETE FROM sessions WHERE ends_ms <= $1", args![now_ms]).await?;
        link.run(
            "DELETE FROM sessions WHERE id IN (\
               SELECT id FROM sessions ORDER BY used_ms DESC, id LIMIT 100000 OFFSET $1)",
            args![SESSIONS - 1],
        )
        .await?;
        let id = hex(new.token_hash.get(..8).unwrap_or_default());
        let row = link
            .row(
                "INSERT INTO sessions (token_hash, id, user_id, role, created_ms, used_ms, ends_ms, address, agent) \
                 VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8) \
                 RETURNING id, user_id, role, created_ms, used_ms, ends_ms, address, agent",
                args![
                    new.token_hash.as_slice(),
                    id,
                    new.user,
                    new.role,
                    now_ms,
                    new.ends_ms,
                    clean_within(new.address.to_owned(), 100),
                    clean_within(new.agent.to_owned(), 300),
                ],
            )
            .await?;
        let session = read(&row.ok_or(NONE)?)?;
        link.commit().await?;
        Ok(session)
    }

    /// The session of a token, if it has not ended.
    pub async fn session(
        &self,
        token_hash: &[u8; 32],
        now_ms: i64,
    ) -> Result<Option<SessionRow>, StoreError> {
        let mut link = self.db.read().await?;
        let row = link
            .row(
                "SELECT id, user_id, role, created_ms, used_ms, ends_ms, address, agent FROM sessions \
                 WHERE token_hash = $1 AND ends_ms > $2",
                args![token_hash.as_slice(), now_ms],
            )
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Notes that a session was used, and until when it counts now. Not with every request: a
    /// minute is exact enough.
    pub async fn session_used(
        &self,
        id: &str,
        ends_ms: i64,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let mut link = self.db.write().await?;
        link.run(
            "UPDATE sessions SET used_ms = $2, ends_ms = $3 WHERE id = $1",
            args![id, now_ms, ends_ms],
        )
        .await?;
        link.commit().await
    }

    /// The sessions that have not ended, the one that was used last first.
    pub async fn sessions(&self, now_ms: i64) -> Result<Vec<SessionRow>, StoreError> {
        let mut link = self.db.read().await?;
        let rows = link
            .rows(
                "SELECT id, user_id, role, created_ms, used_ms, ends_ms, address, agent FROM sessions \
                 WHERE ends_ms > $1 ORDER BY used_ms DESC, id",
                args![now_ms],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// Ends a session.
    pub async fn end_session(&self, id: &str) -> Result<(), StoreError> {
        let mut link = self.db.write().await?;
        let ended = link.run("DELETE FROM sessions WHERE id = $1", args![id]).await?;
        if ended == 0 {
            return Err(NONE);
        }
        link.commit().await
    }

    /// Ends all sessions but this one, as after a new password; how many.
    pub async fn end_sessions(&self, but: Option<&str>) -> Result<u64, StoreError> {
        let mut link = self.db.write().await?;
        let ended =
            link.run("DELETE FROM sessions WHERE id <> $1", args![but.unwrap_or("")]).await?;
        link.commit().await?;
        Ok(ended)
    }
}

const NONE: StoreError = StoreError::NotFound { what: "such session" };

fn read(row: &Row) -> Result<SessionRow, StoreError> {
    let mut columns = row.columns();
    Ok(SessionRow {
        id: columns.text()?,
        user: UserId(columns.int()?),
        role: columns.text()?,
        created_ms: columns.int()?,
        used_ms: columns.int()?,
        ends_ms: columns.int()?,
        address: columns.text()?,
        agent: columns.text()?,
    })
}
