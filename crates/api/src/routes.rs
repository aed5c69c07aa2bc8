//! What the product does, apart from files and films: every route, its rule and its name.

use std::sync::Arc;

use axum::{Router, extract::FromRef, routing};
use delivery::films::Films;
use http::StatusCode;
use net::Route;
use utoipa_axum::routes;

use crate::{
    access::{Rule, routes as signing_in},
    docs,
    guarded::Guarded,
    health, load, metrics,
    metrics::Metrics,
    observe::routes as observed,
    openapi, playback,
    problem::Problem,
    ready,
    ready::Readiness,
    sse::Listeners,
};

/// What the routes need. Clones share it.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Parts>);

/// The parts of it.
pub(crate) struct Parts {
    pub(crate) readiness: Readiness,
    pub(crate) metrics: Metrics,
    pub(crate) films: Films,
    pub(crate) listeners: Listeners,
}

impl Shared {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl std::ops::Deref for Shared {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<Shared> for Films {
    fn from_ref(shared: &Shared) -> Self {
        shared.films.clone()
    }
}

impl FromRef<Shared> for Metrics {
    fn from_ref(shared: &Shared) -> Self {
        shared.metrics.clone()
    }
}

impl FromRef<Shared> for Readiness {
    fn from_ref(shared: &Shared) -> Self {
        Arc::clone(&shared.readiness)
    }
}

/// Every route.
pub(crate) fn all() -> Guarded<Shared> {
    use Rule::{Admin, Edit, Open, Watch};
    Guarded::new(openapi::base())
        .with(Open, "health", routes!(health::health))
        .with(Watch, "ready", routes!(ready::ready))
        .with(Watch, "metrics", routes!(metrics::metrics))
        .with(Watch, "playback", routes!(playback::get, playback::post))
        .with(Watch, "api_docs", routes!(docs::openapi_json))
        .with(Watch, "session", routes!(signing_in::who))
        .with(Edit, "session", routes!(signing_in::sign_in, signing_in::sign_out))
        .with(Admin, "sessions", routes!(signing_in::list))
        .with(Admin, "sessions", routes!(signing_in::end))
        .with(Admin, "admin_password", routes!(signing_in::set_password))
        .with(Admin, "admin_status", routes!(observed::status))
        .with(Admin, "admin_logs", routes!(observed::logs))
        .with(Admin, "admin_loadtest", routes!(load::status, load::start, load::stop))
        .page(Watch, "api_docs", "/api/docs", docs::page)
}

/// The routes at work.
pub(crate) fn router(shared: Shared) -> Router {
    let metrics = shared.metrics.clone();
    let (router, _) = all().split();
    router
        .route("/playback/", routing::any(playback::nameless))
        .method_not_allowed_fallback(move || async move {
            metrics.refused("method");
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this route does not know the method")
        })
        .fallback(|| async { Problem::not_found("there is no such route; /api/docs lists all") })
        .with_state(shared)
}

/// The name of the route that a path belongs to, as long as no route has said its own; none when
/// the path is a file's or a film's.
pub(crate) fn of(path: &str) -> Option<Route> {
    let name = match path {
        "/health" => "health",
        "/ready" => "ready",
        "/metrics" => "metrics",
        _ if path.starts_with("/playback/") => "playback",
        _ if path.starts_with("/api/") => "api",
        _ => return None,
    };
    Some(Route(name))
}
