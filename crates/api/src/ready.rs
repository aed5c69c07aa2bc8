//! What is degraded, in words.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract, response::IntoResponse};
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// How long the conditions may take to find out. A network drive that hangs is itself news.
const PATIENCE: Duration = Duration::from_secs(3);

/// How much a condition matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// All is well.
    Ready,
    /// Something is missing, and the rest works.
    Degraded,
    /// Requests cannot be answered.
    Unavailable,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Condition {
    /// How much it matters.
    pub state: State,
    /// What is wrong, and with what.
    pub what: String,
    /// What it costs, and what to do about it.
    pub mend: String,
}

/// Finds out what is wrong at the moment. May block: it is asked on a blocking thread.
pub type Readiness = Arc<dyn Fn() -> Vec<Condition> + Send + Sync>;

/// What is wrong.
#[derive(Serialize, ToSchema)]
#[schema(as = Readiness)]
pub(crate) struct Report {
    /// The worst of the conditions.
    status: State,
    /// What is not as it should be.
    conditions: Vec<Condition>,
}

/// Whether requests can be answered
///
/// And what is degraded.
#[utoipa::path(
    get, path = "/ready", tag = "server",
    responses((status = 200, description = "They can", body = Report),
        (status = 503, description = "They cannot", body = Report)),
)]
pub(crate) async fn ready(
    extract::State(readiness): extract::State<Readiness>,
) -> impl IntoResponse {
    let asked = tokio::task::spawn_blocking(move || readiness());
    let conditions = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(conditions)) => conditions,
        Ok(Err(_)) => vec![hung("the readiness checks ended unexpectedly")],
        Err(_) => vec![hung("the readiness checks did not finish in 3 s")],
    };
    let status = conditions.iter().map(|condition| condition.state).max().unwrap_or(State::Ready);
    let code = match status {
        State::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        State::Ready | State::Degraded => StatusCode::OK,
    };
    (code, [(http::header::CACHE_CONTROL, "no-store")], Json(Report { status, conditions }))
}

fn hung(what: &str) -> Condition {
    Condition {
        state: State::Degraded,
        what: what.to_owned(),
        mend: "a media folder's drive may hang: look for a network drive that is away".to_owned(),
    }
}
