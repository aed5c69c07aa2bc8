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
    /// Its name in lists, by which it is ended. It is no secret: see [`session_id`].
    pub id: String,
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

/// The name of a session in lists: the first eight bytes of what is kept of its token, in hexadecimal digits. Nobody can
/// sign in with it.
pub fn session_id(token: &TokenHash) -> String {
    hex(token.get(..8).unwrap_or_default())
}

/// Bytes as hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Keeps sessions, and small texts under names.
pub trait SessionKeeper: Send + Sync + 'static {
    /// Keeps a session that begins, under the hash of its token. Those that are over by its beginning may be forgotten.
    fn begin(&self, token: TokenHash, session: Session) -> Kept<'_, ()>;
    /// The session of this token, if it is not over.
    fn session(&self, token: TokenHash, now_ms: i64) -> Kept<'_, Option<Session>>;
    /// Notes that a session was used.
    fn used(&self, session: Session, now_ms: i64) -> Kept<'_, ()>;
    /// The sessions that are not over.
    fn list(&self, now_ms: i64) -> Kept<'_, Vec<Session>>;
    /// Forgets a session; whether there was one.
    fn end(&self, id: String) -> Kept<'_, bool>;
    /// Forgets all sessions but this one.
    fn end_others(&self, but: Option<String>) -> Kept<'_, ()>;
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
    fn begin(&self, token: TokenHash, session: Session) -> Kept<'_, ()> {
        let mut memory = self.lock();
        memory.sessions.retain(|_, kept| kept.ends_ms > session.created_ms);
        memory.sessions.insert(token, session);
        at_once(())
    }

    fn session(&self, token: TokenHash, now_ms: i64) -> Kept<'_, Option<Session>> {
        let found = self.lock().sessions.get(&token).cloned();
        at_once(found.filter(|session| session.ends_ms > now_ms))
    }

    fn used(&self, session: Session, now_ms: i64) -> Kept<'_, ()> {
        for kept in self.lock().sessions.values_mut().filter(|kept| kept.id == session.id) {
            kept.used_ms = now_ms;
        }
        at_once(())
    }

    fn list(&self, now_ms: i64) -> Kept<'_, Vec<Session>> {
        let memory = self.lock();
        at_once(memory.sessions.values().filter(|kept| kept.ends_ms > now_ms).cloned().collect())
    }

    fn end(&self, id: String) -> Kept<'_, bool> {
        let mut memory = self.lock();
        let before = memory.sessions.len();
        memory.sessions.retain(|_, kept| kept.id != id);
        at_once(memory.sessions.len() < before)
    }

    fn end_others(&self, but: Option<String>) -> Kept<'_, ()> {
        self.lock().sessions.retain(|_, kept| Some(&kept.id) == but.as_ref());
        at_once(())
    }

    fn meta(&self, key: &'static str) -> Kept<'_, Option<String>> {
        at_once(self.lock().meta.get(key).cloned())
    }

    fn set_meta(&self, key: &'static str, value: String) -> Kept<'_, ()> {
        self.lock().meta.insert(key, value);
        at_once(())
    }
}
