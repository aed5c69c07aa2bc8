//! `/api/v1/admin/status` and `/api/v1/admin/logs`.

use axum::{
    Extension, Json,
    response::{IntoResponse as _, Response},
};
use http::header;
use jiff::Timestamp;
use serde::Deserialize;
use tracing::Level;
use utoipa::{IntoParams, ToSchema};

use super::{
    Observe,
    logs::PAGE,
    status::{LogPage, Status},
};
use crate::{
    input::{Query, maybe_whole},
    problem::Problem,
};

/// What of the past is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatusQuery {
    /// Only samples after this moment (RFC 3339): the `at` of the last one that is known. All that there are without it.
    #[param(format = DateTime)]
    since: Option<String>,
}

/// How bad something is.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// Which lines are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LogQuery {
    /// Only lines after this one: the `next` of the last answer. The newest lines without it.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[param(minimum = 0, maximum = 9_007_199_254_740_991_u64)]
    after: Option<u64>,
    /// The most lines.
    #[serde(default, deserialize_with = "maybe_whole")]
    #[param(minimum = 1, maximum = 500, default = 200)]
    limit: Option<usize>,
    /// Only lines of this level and worse ones.
    #[param(inline)]
    level: Option<LogLevel>,
}

/// How the server is doing
#[utoipa::path(get, path = "/api/v1/admin/status", operation_id = "admin_status", tag = "admin", params(StatusQuery),
    responses((status = 200, description = "How the server is doing", body = Status)))]
pub(crate) async fn status(
    Extension(observe): Extension<Observe>,
    Query(query): Query<StatusQuery>,
) -> Result<Response, Problem> {
    let since_ms = match query.since {
        None => 0,
        Some(text) => text
            .parse::<Timestamp>()
            .map_err(|error| Problem::bad(format!("since: {text:?} is no RFC 3339 time: {error}")))?
            .as_millisecond(),
    };
    Ok(fresh(Json(observe.status(since_ms).await)))
}

/// The last lines of the log
#[utoipa::path(get, path = "/api/v1/admin/logs", operation_id = "admin_logs", tag = "admin", params(LogQuery),
    responses((status = 200, description = "The lines, the oldest first", body = LogPage)))]
pub(crate) async fn logs(
    Extension(observe): Extension<Observe>,
    Query(query): Query<LogQuery>,
) -> Result<Response, Problem> {
    let limit = query.limit.unwrap_or(200);
    if !(1..=PAGE).contains(&limit) {
        return Err(Problem::bad(format!("limit: write 1 to {PAGE}")));
    }
    let level = match query.level {
        None | Some(LogLevel::Trace) => Level::TRACE,
        Some(LogLevel::Debug) => Level::DEBUG,
        Some(LogLevel::Info) => Level::INFO,
        Some(LogLevel::Warn) => Level::WARN,
        Some(LogLevel::Error) => Level::ERROR,
    };
    let page = match query.after {
        Some(number) => observe.logs().after(number, limit, level),
        None => observe.logs().last(limit, level),
    };
    Ok(fresh(Json(page)))
}

fn fresh(answer: impl axum::response::IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
}
