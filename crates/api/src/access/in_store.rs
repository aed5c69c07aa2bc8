//! Sessions and passwords' hashes in the store.

use catalogue::UserId;
use futures_util::future::FutureExt as _;
use store::{NewSession, SessionRow, Store, StoreError};

use super::keeper::{KeeperError, Kept, Session, SessionKeeper, TokenHash};

/// Keeps sessions in the store.
#[derive(Clone)]
pub struct InStore(Store);

impl InStore {
    /// In this store.
    pub fn new(store: Store) -> Self {
        Self(store)
    }
}

impl SessionKeeper for InStore {
    fn begin(&self, token: TokenHash, session: Session) -> Kept<'_, ()> {
        async move {
            let new = NewSession {
                token_hash: &token,
                user: UserId(session.user),
                role: &session.role,
                ends_ms: session.ends_ms,
                address: &session.address,
                agent: &session.agent,
            };
            self.0.new_session(new, session.created_ms).await.map_err(unreachable)?;
            Ok(())
        }
        .boxed()
    }

    fn session(&self, token: TokenHash, now_ms: i64) -> Kept<'_, Option<Session>> {
        async move {
            let row = self.0.session(&token, now_ms).await.map_err(unreachable)?;
            Ok(row.map(Session::from))
        }
        .boxed()
    }

    fn used(&self, session: Session, now_ms: i64) -> Kept<'_, ()> {
        async move {
            let used = self.0.session_used(&session.id, session.ends_ms, now_ms).await;
            used.map_err(unreachable)
        }
        .boxed()
    }

    fn list(&self, now_ms: i64) -> Kept<'_, Vec<Session>> {
        async move {
            let rows = self.0.sessions(now_ms).await.map_err(unreachable)?;
            Ok(rows.into_iter().map(Session::from).collect())
        }
        .boxed()
    }

    fn end(&self, id: String) -> Kept<'_, bool> {
        async move {
            match self.0.end_session(&id).await {
                Ok(()) => Ok(true),
                Err(StoreError::NotFound { .. }) => Ok(false),
                Err(error) => Err(unreachable(error)),
            }
        }
        .boxed()
    }

    fn end_others(&self, but: Option<String>) -> Kept<'_, ()> {
        async move {
            self.0.end_sessions(but.as_deref()).await.map_err(unreachable)?;
            Ok(())
        }
        .boxed()
    }

    fn meta(&self, key: &'static str) -> Kept<'_, Option<String>> {
        async move { self.0.meta(key).await.map_err(unreachable) }.boxed()
    }

    fn set_meta(&self, key: &'static str, value: String) -> Kept<'_, ()> {
        async move { self.0.set_meta(key, Some(&value)).await.map_err(unreachable) }.boxed()
    }
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        let SessionRow { id, user, role, created_ms, used_ms, ends_ms, address, agent } = row;
        Self { id, user: user.0, role, created_ms, used_ms, ends_ms, address, agent }
    }
}

fn unreachable(error: StoreError) -> KeeperError {
    KeeperError(Box::new(error))
}
