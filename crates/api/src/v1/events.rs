//! `/api/v1/events`: what changes, as it changes.

use axum::{extract::State, response::Response};
use http::HeaderMap;
use library::Event;

use crate::{
    problem::Problem,
    routes::Shared,
    sse::{self, Missed},
};

/// The most events that are told to whoever missed them; more is read anew faster.
const MOST: u32 = 2_000;

/// What changes, as it changes
///
/// Server-sent events. Kinds: `videos` `{added, changed, removed}` (ids), `views` `{id, views}`, `rating`
/// `{id, rating}`, `favourite`, `watched`, `progress`, `tags`, `playlists`, `job`, `scan`, `watcher`, and `reset`:
/// too much was missed, ask anew. With `Last-Event-ID` the stream goes on where it was cut off.
#[utoipa::path(
    get, path = "/api/v1/events", tag = "events", operation_id = "events",
    params(("Last-Event-ID" = Option<String>, Header, description = "The number of the last event that was seen")),
    responses((status = 200, description = "A stream that does not end", body = String, content_type = "text/event-stream")),
)]
pub(crate) async fn stream(
    State(shared): State<Shared>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // First, so that nothing falls between what was missed and what comes.
    let live = shared.library.listen();
    let newest = shared.library.store().last_change().await?;
    let missed = match sse::last_event_id(&headers) {
        None => Missed::All(Vec::new()),
        Some(last) => match shared.library.store().changes_after(last, MOST).await? {
            Some(changes) if changes.len() < MOST as usize => {
                Missed::All(changes.into_iter().map(Event::from).collect())
            }
            _ => Missed::TooMuch,
        },
    };
    shared.listeners.stream(live, newest, missed)
}
