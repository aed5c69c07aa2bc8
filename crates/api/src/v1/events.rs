//! `/api/v1/events`: what changes, as it changes.

use axum::{
    Extension,
    extract::{Request, State},
    response::Response,
};
use library::{Event, JobRow, ScanStatus, Watch};
use net::Peer;
use serde::Serialize;
use serde_json::Value;

use super::{
    jobs::Job,
    upkeep::{Scan, Watcher},
};
use crate::{
    access::Access,
    problem::Problem,
    routes::Shared,
    sse::{self, Missed},
};

/// The most events that are told to whoever missed them; more is read anew faster.
const MOST: u32 = 2_000;

/// What changes, as it changes
///
/// Server-sent events. Kinds: `videos` `{added, changed, removed}` (ids), `views` `{id, views}`, `rating`
/// `{id, rating}`, `favourite`, `watched`, `progress`, `tags`, `playlists`; `scan` (as `GET /api/v1/scan` answers),
/// `watcher` (as `GET /api/v1/watcher`); `job` (a `Job`, or a `JobRemoved`), to who may administer; and `reset`: too much
/// was missed, ask anew. With `Last-Event-ID` the stream goes on where it was cut off.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "events", operation_id = "events",
    params(("Last-Event-ID" = Option<String>, Header, description = "The number of the last event that was seen")),
    responses((status = 200, description = "A stream that does not end", body = String, content_type = "text/event-stream")),
)]
pub(crate) async fn stream(
    State(shared): State<Shared>,
    Extension(access): Extension<Access>,
    Extension(peer): Extension<Peer>,
    request: Request,
) -> Result<Response, Problem> {
    let (head, _) = request.into_parts();
    let administers = access.may_administer(&head, peer).await?;
    // First, so that nothing falls between what was missed and what comes.
    let live = shared.library.listen();
    let newest = shared.library.store().last_change().await?;
    let missed = match sse::last_event_id(&head.headers) {
        None => Missed::All(Vec::new()),
        Some(last) => match shared.library.store().changes_after(last, MOST).await? {
            Some(changes) if changes.len() < MOST as usize => {
                Missed::All(changes.into_iter().map(Event::from).collect())
            }
            _ => Missed::TooMuch,
        },
    };
    shared.listeners.stream(live, newest, missed, administers)
}

/// What an event says, as clients see it: what has a route looks as it does there.
pub(crate) fn shown(kind: &str, body: &Value) -> Option<Value> {
    match kind {
        "scan" => written(&Scan::from(serde_json::from_value::<ScanStatus>(body.clone()).ok()?)),
        "watcher" => {
            written(&Watcher::from(serde_json::from_value::<Vec<Watch>>(body.clone()).ok()?))
        }
        "job" => written(&Job::of(serde_json::from_value::<JobRow>(body.clone()).ok()?)?),
        _ => None,
    }
}

fn written(news: &impl Serialize) -> Option<Value> {
    serde_json::to_value(news).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn what_has_a_route_looks_in_events_as_it_does_there() {
        let status = ScanStatus { since_ms: 1_000, took_ms: Some(1_500), ..ScanStatus::default() };
        let scan = shown("scan", &json!(status)).unwrap();
        assert_eq!(
            scan,
            json!({"state": "idle", "seen": 0, "expected": 0, "read": 0, "since": "1970-01-01T00:00:01Z", "took": 1.5})
        );
        let watch =
            Watch { root: "/media".to_owned(), mode: library::WatchMode::Notified, reason: None };
        let watcher = shown("watcher", &json!([watch])).unwrap();
        assert_eq!(watcher, json!({"roots": [{"root": "/media", "mode": "notified"}]}));
        assert_eq!(shown("job", &json!({"id": 1, "removed": true})), None, "as it is");
        assert_eq!(shown("views", &json!({"id": "x", "views": 1})), None, "as it is");
    }
}
