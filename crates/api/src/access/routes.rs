//! `/api/v1/session`, `/api/v1/sessions` and `/api/v1/admin/password`: signing in, what is signed in, and the password.

use axum::{
    Extension, Json,
    response::{IntoResponse as _, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use jiff::Timestamp;
use net::Peer;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Access, TryError, cookies,
    keeper::session_id,
    now_ms,
    password::PasswordError,
    sessions::{self, COOKIE},
    unreachable_keeper,
};
use crate::{
    input::{self, Name},
    problem::Problem,
};

/// Who is asking, and what that allows.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WhoAsks {
    #[schema(inline)]
    role: Role,
    #[schema(inline)]
    name: Called,
    /// Whether the request comes from the machine itself, and that is enough to administer.
    local: bool,
    /// Whether there is an administrator's password, so that one can sign in from elsewhere.
    password_set: bool,
}

/// What somebody may do.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    /// Administer.
    Admin,
    /// What everybody may.
    Viewer,
}

/// What somebody is called.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Called {
    Administrator,
    Household,
}

/// What one signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The administrator's password.
    #[schema(min_length = 8, max_length = 256)]
    password: String,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// The new one, 8 to 256 bytes.
    #[schema(min_length = 8, max_length = 256)]
    password: String,
    /// The one that it replaces. Wanted from elsewhere than the machine itself.
    old: Option<String>,
}

/// A session.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionItem {
    /// Its name, for ending it.
    id: String,
    /// What its user may do.
    role: String,
    /// When it began.
    #[schema(format = DateTime)]
    created: String,
    /// When it was last used, to the minute.
    #[schema(format = DateTime)]
    used: String,
    /// When it ends by itself.
    #[schema(format = DateTime)]
    ends: String,
    /// From which address it was begun.
    address: String,
    /// What the browser said it was.
    agent: String,
    /// Whether it is the one in which this is asked.
    current: bool,
}

/// The sessions.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SessionList {
    /// The one used last first.
    items: Vec<SessionItem>,
    /// How many there are.
    total: usize,
}

/// Who is asking, and what that allows
#[utoipa::path(get, path = "/api/v1/session", operation_id = "session", tag = "session",
    responses((status = 200, description = "Who is asking", body = WhoAsks)))]
pub(crate) async fn who(
    Extension(access): Extension<Access>,
    Extension(peer): Extension<Peer>,
    parts: Parts,
) -> Result<Response, Problem> {
    Ok(fresh(Json(who_asks(&access, &parts, peer).await?)))
}

/// Sign in as administrator
#[utoipa::path(post, path = "/api/v1/session", operation_id = "start_session", tag = "session", request_body = SignIn,
    responses(
        (status = 200, description = "Signed in: the answer sets a cookie", body = WhoAsks),
        (status = 401, description = "The password is wrong"),
        (status = 409, description = "There is no administrator's password yet"),
        (status = 429, description = "Too many tries: `Retry-After` says when the next is possible"),
    ))]
pub(crate) async fn sign_in(
    Extension(access): Extension<Access>,
    Extension(peer): Extension<Peer>,
    parts: Parts,
    input::Json(body): input::Json<SignIn>,
) -> Result<Response, Problem> {
    let SignIn { password } = body;
    let near = access.is_near(&parts, peer);
    let Some(hash) = access.password_hash().await? else {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "no administrator's password has been set: set one from the machine itself, or by \
             `vidicon admin password`",
        ));
    };
    let address = peer.address.ip();
    let right = access.try_password(password, hash, address, near).await.map_err(not_tried)?;
    if !right {
        access.0.metrics.refused("password_wrong");
        access.0.observe.refused("password_wrong", &parts.method, &parts.uri, peer);
        tracing::warn!(remote = %peer.address, "a wrong administrator's password was tried");
        return Err(wrong_password());
    }
    let agent = parts.headers.get(header::USER_AGENT);
    let begun = access.0.sessions.begin(peer, agent, now_ms()).await.map_err(unreachable_keeper)?;
    let cookie = begun.ok_or_else(|| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the machine has no random numbers to give")
    })?;
    tracing::info!(remote = %peer.address, "an administrator signed in");
    let who =
        WhoAsks { role: Role::Admin, name: Called::Administrator, local: near, password_set: true };
    Ok(with_cookie(fresh(Json(who)), cookie))
}

/// Sign out
#[utoipa::path(delete, path = "/api/v1/session", operation_id = "end_session", tag = "session",
    responses((status = 204, description = "The session, if there was one, is over")))]
pub(crate) async fn sign_out(
    Extension(access): Extension<Access>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(token) = sessions::token_of(&headers) {
        access.0.sessions.end(session_id(&token)).await.map_err(unreachable_keeper)?;
    }
    let response = StatusCode::NO_CONTENT.into_response();
    Ok(match cookies::unset(COOKIE, peer.tls) {
        Some(cookie) => with_cookie(response, cookie),
        None => response,
    })
}

/// The sessions of administrators
#[utoipa::path(get, path = "/api/v1/sessions", operation_id = "sessions", tag = "session",
    responses((status = 200, description = "The sessions", body = SessionList)))]
pub(crate) async fn list(
    Extension(access): Extension<Access>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let own = sessions::token_of(&headers).as_ref().map(session_id);
    let kept = access.0.sessions.list(now_ms()).await.map_err(unreachable_keeper)?;
    let items: Vec<_> = kept
        .into_iter()
        .map(|session| SessionItem {
            current: own.as_ref() == Some(&session.id),
            id: session.id,
            role: session.role,
            created: moment(session.created_ms),
            used: moment(session.used_ms),
            ends: moment(session.ends_ms),
            address: session.address,
            agent: session.agent,
        })
        .collect();
    let total = items.len();
    Ok(fresh(Json(SessionList { items, total })))
}

/// End a session
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", operation_id = "end_sessions_id", tag = "session",
    params(("id" = String, Path, description = "The session, by its name in the list")),
    responses((status = 204, description = "It is over")))]
pub(crate) async fn end(
    Extension(access): Extension<Access>,
    Name(id): Name,
) -> Result<Response, Problem> {
    if access.0.sessions.end(id).await.map_err(unreachable_keeper)? {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Err(Problem::new(StatusCode::NOT_FOUND, "there is no such session"))
}

/// Set the administrator's password
///
/// Every other session ends.
#[utoipa::path(put, path = "/api/v1/admin/password", operation_id = "set_admin_password", tag = "session", request_body = NewPassword,
    responses(
        (status = 204, description = "It is set"),
        (status = 401, description = "The old password is wrong"),
        (status = 422, description = "The new one is too short or too long"),
        (status = 429, description = "Too many tries: `Retry-After` says when the next is possible"),
    ))]
pub(crate) async fn set_password(
    Extension(access): Extension<Access>,
    Extension(peer): Extension<Peer>,
    parts: Parts,
    input::Json(body): input::Json<NewPassword>,
) -> Result<Response, Problem> {
    let NewPassword { password, old } = body;
    let near = access.is_near(&parts, peer);
    // Who sits at the machine could set it without us, by the command.
    if !near && let Some(hash) = access.password_hash().await? {
        let old = old.unwrap_or_default();
        let tried = access.try_password(old, hash, peer.address.ip(), near).await;
        if !tried.map_err(not_tried)? {
            access.0.metrics.refused("password_wrong");
            access.0.observe.refused("password_wrong", &parts.method, &parts.uri, peer);
            return Err(wrong_password());
        }
    }
    let hash = access
        .0
        .passwords
        .hash(password)
        .await
        .map_err(|error| not_tried(TryError::Password(error)))?;
    let own = sessions::token_of(&parts.headers);
    access.0.keeper.set_meta(super::PASSWORD, hash).await.map_err(unreachable_keeper)?;
    access.0.sessions.end_others(own).await.map_err(unreachable_keeper)?;
    tracing::info!(remote = %peer.address, "the administrator's password was set");
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn who_asks(access: &Access, parts: &Parts, peer: Peer) -> Result<WhoAsks, Problem> {
    let near = access.is_near(parts, peer);
    let token = sessions::token_of(&parts.headers);
    let session = access.0.sessions.of(token, now_ms()).await.map_err(unreachable_keeper)?;
    let admin = near || session.is_some();
    Ok(WhoAsks {
        role: if admin { Role::Admin } else { Role::Viewer },
        name: if admin { Called::Administrator } else { Called::Household },
        local: near,
        password_set: access.password_hash().await?.is_some(),
    })
}

/// The same for every wrong password.
fn wrong_password() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "this is not the administrator's password").header(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static("Vidicon-Session realm=\"vidicon\""),
    )
}

fn not_tried(error: TryError) -> Problem {
    let (status, detail, wait) = match error {
        TryError::Wait(wait) => {
            let seconds = wait.as_millis().div_ceil(1000);
            let detail = format!("too many passwords were tried: wait {seconds} s");
            (StatusCode::TOO_MANY_REQUESTS, detail, Some(seconds))
        }
        TryError::Password(error) => match error {
            PasswordError::Busy => (StatusCode::TOO_MANY_REQUESTS, error.to_string(), Some(5)),
            PasswordError::Length(_) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string(), None),
            PasswordError::Unable => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string(), None),
        },
    };
    let problem = Problem::new(status, detail);
    match wait.and_then(|seconds| HeaderValue::from_str(&seconds.to_string()).ok()) {
        Some(seconds) => problem.header(header::RETRY_AFTER, seconds),
        None => problem,
    }
}

/// What is true of whoever asks, and for now.
fn fresh(answer: impl axum::response::IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
}

fn with_cookie(mut response: Response, cookie: HeaderValue) -> Response {
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// Milliseconds since 1970 UTC, as RFC 3339 has it.
fn moment(ms: i64) -> String {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}
