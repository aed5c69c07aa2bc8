//! Where passwords' hashes and sessions are kept: a few questions to whoever keeps them.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use futures_util::future::{BoxFuture, FutureExt as _, ready};

/// What a keeper answers, in time.
pub type Kept<'a, T> = BoxFuture<'a, Result<T, KeeperError>>;

/// What went wrong where sessions are kept.
#[derive(Debug, thiserror::Error)]
#[error("sessions and passwords cannot be reached: {0}")]
pub struct KeeperError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// The SHA-256 of a session's token. Whoever reads the store cannot take over a session with it.
pub type TokenHash = [u8; 32];

/// A session, as it is kept. Times are milliseconds since 1970 UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The hash of its token.
    pub token_hash: TokenHash,
    /// Whose it is: a number of the store's users.
    pub user: i64,
    /// What that user may do; `admin` for administrators.
    pub role: String,
    /// When it began.
    pub created_ms: i64,
    /// When it was last used, to the minute.
    pub used_ms: i64,
    /// When it ends by itself.
    pub ends_ms: i64,
    /// From which address it was begun.
    pub address: String,
    /// What the browser said it was, at most 256 bytes.
    pub agent: String,
}

/// Keeps sessions, and small texts under names.
pub trait SessionKeeper: Send + Sync + 'static {
    /// The session of this token.
    fn get(&self, token: TokenHash) -> Kept<'_, Option<Session>>;
    /// Keeps a session, in place of the one with the same token.
    fn put(&self, session: Session) -> Kept<'_, ()>;
    /// Forgets a session; whether there was one.
    fn end(&self, token: TokenHash) -> Kept<'_, bool>;
    /// Every session, also those that are over.
    fn list(&self) -> Kept<'_, Vec<Session>>;
    /// The text that is kept under a name.
    fn meta(&self, key: &'static str) -> Kept<'_, Option<String>>;
    /// Keeps a text under a name.
    fn set_meta(&self, key: &'static str, value: String) -> Kept<'_, ()>;
}

/// Keeps sessions as long as the process lives.
#[derive(Debug, Default)]
pub struct InMemory(Mutex<Memory>);

#[derive(Debug, Default)]
struct Memory {
    sessions: HashMap<TokenHash, Session>,
    meta: HashMap<&'static str, String>,
}

impl InMemory {
    fn lock(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn at_once<'a, T: Send + 'a>(value: T) -> Kept<'a, T> {
    ready(Ok(value)).boxed()
}

impl SessionKeeper for InMemory {
    fn get(&self, token: TokenHash) -> Kept<'_, Option<Session>> {
        at_once(self.lock().sessions.get(&token).cloned())
    }

    fn put(&self, session: Session) -> Kept<'_, ()> {
        self.lock().sessions.insert(session.token_hash, session);
        at_once(())
    }

    fn end(&self, token: TokenHash) -> Kept<'_, bool> {
        at_once(self.lock().sessions.remove(&token).is_some())
    }

    fn list(&self) -> Kept<'_, Vec<Session>> {
        at_once(self.lock().sessions.values().cloned().collect())
    }

    fn meta(&self, key: &'static str) -> Kept<'_, Option<String>> {
        at_once(self.lock().meta.get(key).cloned())
    }

    fn set_meta(&self, key: &'static str, value: String) -> Kept<'_, ()> {
        self.lock().meta.insert(key, value);
        at_once(())
    }
}
