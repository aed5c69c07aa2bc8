//! Who may do what.
//!
//! ```text
//! request ─► a key, where keys are set ─► the route's rule ─► Open: yes
//!                                            Play:  yes
//!                                            Watch, Edit: not for pages of other sites
//!                                            Admin: nor for those; from this machine, unless a proxy may stand
//!                                                   before (`near`), or in a session
//! ```
//!
//! The decisions are functions of what a request says ([`asked`], [`decide`], [`foreign`], [`hosts`]). Around them: the keys,
//! the password, the tries that one has ([`attempts`]), and the sessions, which somebody else keeps ([`keeper`]).

mod asked;
mod attempts;
mod cookies;
mod decide;
mod foreign;
mod hosts;
mod in_store;
mod keeper;
mod keys;
mod near;
mod password;
mod refusal;
pub(crate) mod routes;
mod rule;
mod sessions;

use std::{
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use http::{HeaderValue, Uri, request::Parts};
use net::Peer;

use self::{
    asked::Asked,
    attempts::Attempts,
    decide::{Ground, Standing},
    foreign::Friends,
    keeper::TokenHash,
    password::Passwords,
    sessions::Sessions,
};
use crate::{Metrics, observe::Observe, problem::Problem};

pub(crate) use self::refusal::Refusal;
pub use self::{
    hosts::Hosts,
    in_store::InStore,
    keeper::{
        InMemory, KeeperError, Kept, Session, SessionKeeper, TokenHash as SessionToken, session_id,
    },
    keys::ApiKeys,
    near::LocalAdmin,
    password::{
        LENGTH as PASSWORD_LENGTH, PasswordError, hash as hash_password,
        is_hash as is_password_hash,
    },
    rule::Rule,
};

/// Under which name the hash of the administrator's password is kept.
const PASSWORD: &str = "admin_password";

/// What the rules are, beyond what they always are.
#[derive(Clone, Debug, Default)]
pub struct AccessSettings {
    /// The keys of which a client must show one.
    pub keys: ApiKeys,
    /// The names that are ours.
    pub hosts: Hosts,
    /// Origins whose pages may read. `*`, for every one, does not count here, unless they may also change things.
    pub reading_origins: Vec<String>,
    /// Origins whose pages may change things; `*` for every one.
    pub writing_origins: Vec<String>,
    /// Whether sitting at this machine is enough to administer.
    pub local_admin: LocalAdmin,
    /// How long a session lasts.
    pub session_lifetime: Duration,
}

/// The rules of one server, and what they need to know. Clones share it.
#[derive(Clone)]
pub struct Access(Arc<Inner>);

struct Inner {
    keys: ApiKeys,
    hosts: Hosts,
    friends: Friends,
    readers: Friends,
    near_administers: bool,
    keeper: Arc<dyn SessionKeeper>,
    sessions: Sessions,
    passwords: Passwords,
    attempts: Mutex<Attempts>,
    metrics: Metrics,
    observe: Observe,
}

impl Access {
    /// These rules; sessions and the password's hash are with `keeper`. Refusals are counted in `metrics` and shown to
    /// administrators by `observe`.
    pub fn new(
        settings: AccessSettings,
        keeper: Arc<dyn SessionKeeper>,
        metrics: Metrics,
        observe: Observe,
    ) -> Self {
        let AccessSettings {
            keys,
            hosts,
            mut reading_origins,
            writing_origins,
            local_admin,
            session_lifetime,
        } = settings;
        // What every site may play is not what every site may know.
        reading_origins.retain(|origin| origin != "*" || writing_origins.contains(origin));
        let near_administers = local_admin.allows(hosts.has_names());
        if !near_administers && local_admin == LocalAdmin::Auto {
            tracing::info!(
                "a proxy may stand before: administration wants the password on this machine too, unless \
                 access.local_admin says otherwise"
            );
        }
        Self(Arc::new(Inner {
            keys,
            hosts,
            friends: Friends { origins: writing_origins },
            readers: Friends { origins: reading_origins },
            near_administers,
            sessions: Sessions::new(Arc::clone(&keeper), session_lifetime),
            keeper,
            passwords: Passwords::default(),
            attempts: Mutex::default(),
            metrics,
            observe,
        }))
    }

    /// Takes a new administrator's password, as its [hash](hash_password), and ends every session begun with the old.
    pub async fn set_password_hash(&self, hash: String) -> Result<(), KeeperError> {
        self.0.keeper.set_meta(PASSWORD, hash).await?;
        self.0.sessions.end_others(None).await
    }

    /// Asks for a key, where keys are set: `/health` is open, everything else needs one.
    ///
    /// The answer is a cookie to be set if a page is what was asked for, and it was opened with the key in its address.
    pub(crate) fn check_key<B>(
        &self,
        request: &http::Request<B>,
        peer: Peer,
    ) -> Result<Option<HeaderValue>, Refusal> {
        if self.0.keys.is_empty() || request.uri().path() == "/health" {
            return Ok(None);
        }
        match keys::shown_key(request.uri(), request.headers()) {
            None => Err(Refusal::KeyMissing),
            Some(shown) if !self.0.keys.admit(&shown.key) => Err(Refusal::KeyWrong),
            Some(shown) if shown.in_address => Ok(keys::cookie(&shown.key, peer.tls)),
            Some(_) => Ok(None),
        }
    }

    /// Counts a refusal, logs it, and shows it to administrators.
    pub(crate) fn refused<B>(&self, refusal: Refusal, request: &http::Request<B>, peer: Peer) {
        self.tell(refusal, request.method(), request.uri(), peer);
    }

    fn tell(&self, refusal: Refusal, method: &http::Method, uri: &Uri, peer: Peer) {
        self.0.metrics.refused(refusal.name());
        self.0.observe.refused(refusal.name(), method, uri, peer);
        refusal.log(uri, peer);
    }

    /// Whether a request may be made.
    async fn admit(&self, rule: Rule, request: &Parts, peer: Peer) -> Result<(), Problem> {
        let asked = Asked::of(request, peer);
        let verdict = if let Some(verdict) = decide::without_session(rule, &asked, self.ground()) {
            verdict
        } else {
            let token = sessions::token_of(&request.headers);
            decide::with_standing(self.standing(token).await?)
        };
        verdict.map_err(|refusal| {
            self.tell(refusal, &request.method, &request.uri, peer);
            refusal.problem()
        })
    }

    /// What decisions stand on.
    fn ground(&self) -> Ground<'_> {
        let Inner { hosts, friends, readers, near_administers, .. } = self.0.as_ref();
        Ground { hosts, friends, readers, near_administers: *near_administers }
    }

    /// Whether whoever asks may administer. It is no refusal if not.
    pub(crate) async fn may_administer(
        &self,
        request: &Parts,
        peer: Peer,
    ) -> Result<bool, Problem> {
        let ground = self.ground();
        let asked = Asked::of(request, peer);
        if let Some(verdict) = decide::without_session(Rule::Admin, &asked, ground) {
            return Ok(verdict.is_ok());
        }
        let standing = self.standing(sessions::token_of(&request.headers)).await?;
        Ok(decide::with_standing(standing).is_ok())
    }

    async fn standing(&self, token: Option<TokenHash>) -> Result<Standing, Problem> {
        if self.0.sessions.of(token, now_ms()).await.map_err(unreachable_keeper)?.is_some() {
            return Ok(Standing::Administrator);
        }
        let has_password = self.password_hash().await?.is_some();
        Ok(if has_password { Standing::NoSession } else { Standing::NoPassword })
    }

    async fn password_hash(&self) -> Result<Option<String>, Problem> {
        self.0.keeper.meta(PASSWORD).await.map_err(unreachable_keeper)
    }

    /// Whether this is the administrator's password. Tries are counted.
    async fn try_password(
        &self,
        password: String,
        hash: String,
        address: IpAddr,
        near: bool,
    ) -> Result<bool, TryError> {
        let taken = self.attempts(|attempts| attempts.take(address, near, Instant::now()));
        taken.map_err(TryError::Wait)?;
        let right = self.0.passwords.is_right(password, hash).await.map_err(TryError::Password)?;
        if right {
            self.attempts(|attempts| attempts.forgive(address, near));
        }
        Ok(right)
    }

    /// Whether whoever asks sits at this machine, and that is enough to administer.
    fn is_near(&self, asked: &Parts, peer: Peer) -> bool {
        self.0.near_administers && near::seems_near(&Asked::of(asked, peer))
    }

    fn attempts<T>(&self, ask: impl FnOnce(&mut Attempts) -> T) -> T {
        ask(&mut self.0.attempts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Why a password was not even tried.
#[derive(Clone, Copy, Debug)]
enum TryError {
    /// There were too many tries; so long until the next.
    Wait(Duration),
    Password(PasswordError),
}

/// Whether the request may be made under this rule. [`Access`] and the [`Peer`] were put into the request's extensions
/// by the face; without them nobody is let in.
pub(crate) async fn admit(rule: Rule, request: &Parts) -> Result<(), Problem> {
    if rule == Rule::Open {
        return Ok(());
    }
    let known = (request.extensions.get::<Access>(), request.extensions.get::<Peer>());
    match known {
        (Some(access), Some(peer)) => access.admit(rule, request, *peer).await,
        _ => Err(Refusal::Unknown.problem()),
    }
}

/// Milliseconds since 1970 UTC.
fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[allow(clippy::needless_pass_by_value, reason = "it is what a failed answer is mapped with")]
fn unreachable_keeper(error: KeeperError) -> Problem {
    tracing::error!(error = net::with_causes(&error), "an access rule cannot be judged");
    Problem::new(
        http::StatusCode::SERVICE_UNAVAILABLE,
        "who may do this cannot be looked up at the moment; the server's log says more",
    )
}
