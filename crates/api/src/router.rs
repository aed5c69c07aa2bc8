//! The list of what the product does.

use std::sync::Arc;

use axum::{
    Router,
    handler::Handler as _,
    middleware,
    response::{IntoResponse as _, Response},
    routing,
};
use delivery::{Folders, Policy};
use http::StatusCode;
use net::Route;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    access::{self, ApiKeys, Rule},
    compression,
    cors::Cors,
    files::{self, Files},
    health, metrics,
    metrics::Metrics,
    problem::Problem,
    ready::{self, Readiness},
    welcome,
};

/// What the routes need.
pub struct App {
    /// The media folders.
    pub folders: Folders,
    /// How files are described.
    pub policy: Policy,
    /// Who may ask.
    pub keys: ApiKeys,
    /// Which pages of other sites may use the answers.
    pub cors: Cors,
    /// What is wrong at the moment.
    pub readiness: Readiness,
    /// What is counted.
    pub metrics: Metrics,
}

/// The routes, with the rules around them. `/health` is open; everything else needs an API key
/// when keys are set.
pub fn router(app: App) -> Router {
    let files =
        Files { folders: app.folders, policy: Arc::new(app.policy), metrics: app.metrics.clone() };
    let mut router = Router::new()
        .route("/", named("page", routing::get(welcome::page)))
        .route("/health", named("health", routing::get(health::health)))
        .route("/ready", named("ready", routing::get(ready::ready).with_state(app.readiness)))
        .route(
            "/metrics",
            named("metrics", routing::get(metrics::metrics).with_state(app.metrics.clone())),
        )
        .fallback_service(files::file.with_state(files))
        .layer(middleware::from_fn(compression::compress));
    if !app.keys.is_empty() {
        let rule = Rule { keys: app.keys, metrics: app.metrics };
        router = router.layer(middleware::from_fn_with_state(rule, access::require_key));
    }
    router.layer(app.cors.layer()).layer(CatchPanicLayer::custom(panicked))
}

/// Files the route's requests under `name` in the log and the metrics.
fn named(name: &'static str, route: routing::MethodRouter) -> routing::MethodRouter {
    route.layer(middleware::map_response(move |mut response: Response| async move {
        response.extensions_mut().insert(Route(name));
        response
    }))
}

/// A handler that panics costs one answer, never the process.
fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let cause = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("no message");
    tracing::error!(cause, "a request ended in a panic; this is a fault of Vidicon");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "something went wrong in the server; its log says more",
    )
    .into_response()
}
