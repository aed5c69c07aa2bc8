//! Sessions of administrators: begun with a password, carried by a cookie, listed and ended.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue};
use net::Peer;
use sha2::{Digest as _, Sha256};

use super::{
    cookies,
    keeper::{KeeperError, Session, SessionKeeper, TokenHash, hex, session_id},
};

/// The cookie that holds a session's token.
pub(crate) const COOKIE: &str = "vidicon_session";

/// What an administrator's session says of its user.
const ADMIN: &str = "admin";

/// Users come later; until then sessions belong to the household, with another role.
const HOUSEHOLD: i64 = 1;

/// The most sessions at a time. Beginning one more ends the one that was used least recently.
const MOST: usize = 64;

/// How many bytes of what a browser says it is are kept.
const AGENT: usize = 256;

/// Using a session is noted once in this time: it costs a write.
const NOTED_EVERY_MS: i64 = 60_000;

/// Random, and shown once: the store has its hash only.
struct Token([u8; 32]);

impl Token {
    fn new() -> Option<Self> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(bytes))
    }

    fn text(&self) -> String {
        hex(&self.0)
    }

    fn hash(text: &str) -> TokenHash {
        Sha256::digest(text.as_bytes()).into()
    }
}

/// The sessions of one server.
#[derive(Clone)]
pub(crate) struct Sessions {
    keeper: Arc<dyn SessionKeeper>,
    lifetime_ms: i64,
}

impl Sessions {
    pub(crate) fn new(keeper: Arc<dyn SessionKeeper>, lifetime: Duration) -> Self {
        Self { keeper, lifetime_ms: i64::try_from(lifetime.as_millis()).unwrap_or(i64::MAX) }
    }

    /// Begins a session; its cookie. None if the machine has no randomness.
    pub(crate) async fn begin(
        &self,
        peer: Peer,
        agent: Option<&HeaderValue>,
        now_ms: i64,
    ) -> Result<Option<HeaderValue>, KeeperError> {
        let Some(token) = Token::new() else { return Ok(None) };
        let text = token.text();
        self.make_room(now_ms).await?;
        let hash = Token::hash(&text);
        let session = Session {
            id: session_id(&hash),
            user: HOUSEHOLD,
            role: ADMIN.to_owned(),
            created_ms: now_ms,
            used_ms: now_ms,
            ends_ms: now_ms.saturating_add(self.lifetime_ms),
            address: peer.address.ip().to_canonical().to_string(),
            agent: shortened(agent),
        };
        self.keeper.begin(hash, session).await?;
        let seconds = u64::try_from(self.lifetime_ms / 1000).unwrap_or(0);
        Ok(cookies::set(COOKIE, &text, seconds, peer.tls))
    }

    /// The session in which a request is made, if it has one that is not over.
    pub(crate) async fn of(
        &self,
        token: Option<TokenHash>,
        now_ms: i64,
    ) -> Result<Option<Session>, KeeperError> {
        let Some(token) = token else { return Ok(None) };
        let Some(mut session) = self.keeper.session(token, now_ms).await? else { return Ok(None) };
        if session.role != ADMIN {
            return Ok(None);
        }
        if now_ms - session.used_ms >= NOTED_EVERY_MS {
            session.used_ms = now_ms;
            // A full disk must not lock out who could mend that.
            if let Err(error) = self.keeper.used(session.clone(), now_ms).await {
                tracing::warn!(
                    error = net::with_causes(&error),
                    "the use of a session is not noted"
                );
            }
        }
        Ok(Some(session))
    }

    /// Every session that is not over, the one used last first.
    pub(crate) async fn list(&self, now_ms: i64) -> Result<Vec<Session>, KeeperError> {
        let mut sessions = self.keeper.list(now_ms).await?;
        sessions.retain(|session| session.role == ADMIN);
        sessions.sort_by_key(|session| std::cmp::Reverse((session.used_ms, session.created_ms)));
        Ok(sessions)
    }

    /// Ends the session of this name in lists; whether there was one.
    pub(crate) async fn end(&self, id: String) -> Result<bool, KeeperError> {
        self.keeper.end(id).await
    }

    /// Ends all but this one.
    pub(crate) async fn end_others(&self, but: Option<TokenHash>) -> Result<(), KeeperError> {
        self.keeper.end_others(but.as_ref().map(session_id)).await
    }

    async fn make_room(&self, now_ms: i64) -> Result<(), KeeperError> {
        for session in self.list(now_ms).await?.into_iter().skip(MOST - 1) {
            self.keeper.end(session.id).await?;
        }
        Ok(())
    }
}

/// The hash of the token that a request shows.
pub(crate) fn token_of(headers: &HeaderMap) -> Option<TokenHash> {
    cookies::value(headers, COOKIE).filter(|text| text.len() == 64).map(Token::hash)
}

fn shortened(agent: Option<&HeaderValue>) -> String {
    let text = agent.map(|agent| String::from_utf8_lossy(agent.as_bytes())).unwrap_or_default();
    let mut end = text.len().min(AGENT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::keeper::{InMemory, Kept};
    use super::*;

    const DAY_MS: i64 = 86_400_000;

    fn sessions() -> Sessions {
        Sessions::new(Arc::new(InMemory::default()), Duration::from_hours(24))
    }

    fn peer() -> Peer {
        Peer { address: "[::ffff:10.0.0.7]:1".parse().unwrap(), tls: true }
    }

    /// The token that a browser would show after it was given this cookie.
    fn shown(cookie: &HeaderValue) -> Option<TokenHash> {
        let mut headers = HeaderMap::new();
        let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
        headers.insert(http::header::COOKIE, pair.parse().unwrap());
        token_of(&headers)
    }

    #[tokio::test]
    async fn a_session_lasts_until_its_end_and_no_longer() {
        let sessions = sessions();
        let agent = HeaderValue::from_static("a browser");
        let cookie = sessions.begin(peer(), Some(&agent), 1000).await.unwrap().unwrap();
        assert!(cookie.to_str().unwrap().ends_with("HttpOnly; SameSite=Strict; Secure"));
        let token = shown(&cookie);
        let session = sessions.of(token, 1001).await.unwrap().unwrap();
        assert_eq!((session.address.as_str(), session.agent.as_str()), ("10.0.0.7", "a browser"));
        assert!(sessions.of(token, 999 + DAY_MS).await.unwrap().is_some());
        assert!(sessions.of(token, 1000 + DAY_MS).await.unwrap().is_none());
        assert!(sessions.list(1000 + DAY_MS).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_token_is_kept_as_its_hash_only() {
        let sessions = sessions();
        let cookie = sessions.begin(peer(), None, 0).await.unwrap().unwrap();
        let kept = sessions.list(0).await.unwrap().remove(0);
        let (_, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
        let text = rest.split(';').next().unwrap();
        assert_eq!(text.len(), 64);
        assert!(!text.starts_with(&kept.id));
        assert_eq!(session_id(&Token::hash(text)), kept.id);
    }

    #[tokio::test]
    async fn using_a_session_is_noted_to_the_minute() {
        let sessions = sessions();
        let token = shown(&sessions.begin(peer(), None, 0).await.unwrap().unwrap());
        let used = async |now_ms| sessions.of(token, now_ms).await.unwrap().unwrap().used_ms;
        assert_eq!(used(59_999).await, 0);
        assert_eq!(used(60_000).await, 60_000);
        assert_eq!(used(60_001).await, 60_000);
    }

    /// Keeps sessions, and cannot write that they are used.
    #[derive(Default)]
    struct Full(InMemory);

    impl SessionKeeper for Full {
        fn begin(&self, token: TokenHash, session: Session) -> Kept<'_, ()> {
            self.0.begin(token, session)
        }

        fn session(&self, token: TokenHash, now_ms: i64) -> Kept<'_, Option<Session>> {
            self.0.session(token, now_ms)
        }

        fn used(&self, _: Session, _: i64) -> Kept<'_, ()> {
            Box::pin(async { Err(KeeperError("the disk is full".into())) })
        }

        fn list(&self, now_ms: i64) -> Kept<'_, Vec<Session>> {
            self.0.list(now_ms)
        }

        fn end(&self, id: String) -> Kept<'_, bool> {
            self.0.end(id)
        }

        fn end_others(&self, but: Option<String>) -> Kept<'_, ()> {
            self.0.end_others(but)
        }

        fn meta(&self, key: &'static str) -> Kept<'_, Option<String>> {
            self.0.meta(key)
        }

        fn set_meta(&self, key: &'static str, value: String) -> Kept<'_, ()> {
            self.0.set_meta(key, value)
        }
    }

    #[tokio::test]
    async fn a_full_disk_locks_no_administrator_out() {
        let sessions = Sessions::new(Arc::new(Full::default()), Duration::from_hours(24));
        let token = shown(&sessions.begin(peer(), None, 0).await.unwrap().unwrap());
        assert!(sessions.of(token, 60_000).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn sessions_are_listed_and_ended_by_name() {
        let sessions = sessions();
        let first = shown(&sessions.begin(peer(), None, 10).await.unwrap().unwrap());
        let second = shown(&sessions.begin(peer(), None, 20).await.unwrap().unwrap());
        let listed = sessions.list(30).await.unwrap();
        assert_eq!(listed.iter().map(|one| one.created_ms).collect::<Vec<_>>(), [20, 10]);
        assert!(!sessions.end("0000000000000000".to_owned()).await.unwrap());
        assert!(sessions.end(listed[1].id.clone()).await.unwrap());
        assert!(sessions.of(first, 30).await.unwrap().is_none());
        sessions.end_others(second).await.unwrap();
        assert!(sessions.of(second, 30).await.unwrap().is_some());
        sessions.end_others(None).await.unwrap();
        assert!(sessions.of(second, 30).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn there_is_an_end_to_how_many_there_can_be() {
        let sessions = sessions();
        let first = shown(&sessions.begin(peer(), None, 0).await.unwrap().unwrap());
        for now_ms in 1..=64 {
            sessions.begin(peer(), None, now_ms).await.unwrap();
        }
        assert_eq!(sessions.list(100).await.unwrap().len(), MOST);
        assert!(sessions.of(first, 100).await.unwrap().is_none());
    }

    #[test]
    fn what_a_browser_says_it_is_is_cut_at_a_letter() {
        let long = HeaderValue::from_bytes("ü".repeat(200).as_bytes()).unwrap();
        assert_eq!(shortened(Some(&long)).len(), 256);
        let odd = HeaderValue::from_bytes(format!("a{}", "ü".repeat(200)).as_bytes()).unwrap();
        assert_eq!(shortened(Some(&odd)).len(), 255);
    }
}
