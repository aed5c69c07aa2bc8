//! What the product does, apart from files and films: every route, its rule and its name.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    routing,
};
use delivery::{Policy, films::Films};
use http::{Method, StatusCode};
use library::Library;
use net::Route;
use utoipa_axum::routes;

use crate::{
    access::{Rule, routes as signing_in},
    docs,
    guarded::Guarded,
    health, load, metrics,
    metrics::Metrics,
    observe::routes as observed,
    old, openapi, playback,
    problem::Problem,
    ready,
    ready::Readiness,
    sse::Listeners,
    v1::{
        backups, batch, cache, events, export, home, jobs, marks, moving, pictures, playlists,
        tags, upkeep, videos,
    },
};

/// What the routes need. Clones share it.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Parts>);

/// The parts of it.
pub(crate) struct Parts {
    pub(crate) readiness: Readiness,
    pub(crate) metrics: Metrics,
    pub(crate) films: Films,
    pub(crate) library: Library,
    /// How pictures are kept by caches.
    pub(crate) policy: Policy,
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
    use Rule::{Admin, Edit, Open, Play, Watch};
    Guarded::new(openapi::base())
        .with(Open, "health", routes!(health::health))
        .with(Play, "ready", routes!(ready::ready))
        .with(Play, "metrics", routes!(metrics::metrics))
        .with(Play, "playback", routes!(playback::get, playback::post))
        .with(Play, "api_docs", routes!(docs::openapi_json))
        .with(Watch, "session", routes!(signing_in::who))
        .with(Edit, "session", routes!(signing_in::sign_in, signing_in::sign_out))
        .with(Admin, "sessions", routes!(signing_in::list))
        .with(Admin, "sessions", routes!(signing_in::end))
        .with(Admin, "admin_password", routes!(signing_in::set_password))
        .with(Admin, "admin_status", routes!(observed::status))
        .with(Admin, "admin_logs", routes!(observed::logs))
        .with(Admin, "admin_loadtest", routes!(load::status, load::start, load::stop))
        .with(Admin, "old_performance", routes!(load::old_status, load::old_start))
        .page(Play, "api_docs", "/api/docs", docs::page)
        .with(Watch, "videos", routes!(videos::list))
        .with(Watch, "facets", routes!(videos::facets))
        .with(Watch, "random_video", routes!(videos::random))
        .with(Watch, "video", routes!(videos::get))
        .with(Edit, "edit_video", routes!(videos::edit))
        .with(Edit, "rate", routes!(marks::rate))
        .with(Edit, "favourite", routes!(marks::favourite))
        .with(Edit, "watched", routes!(marks::watched))
        .with(Edit, "progress", routes!(marks::progress))
        .with(Edit, "view", routes!(marks::view))
        .with(Edit, "tag_video", routes!(tags::put, tags::remove))
        .with(Edit, "set_tags", routes!(tags::set))
        .with(Watch, "poster", routes!(pictures::poster))
        .with(Watch, "storyboard", routes!(pictures::storyboard))
        .with(Watch, "storyboard", routes!(pictures::sheet))
        .with(Watch, "preview", routes!(pictures::preview))
        .with(Edit, "edit_poster", routes!(pictures::choose_poster, pictures::automatic_poster))
        .with(Edit, "refresh_video", routes!(pictures::refresh))
        .with(Admin, "make_pictures", routes!(pictures::thumbnails))
        .with(Admin, "import", routes!(moving::import, moving::imports))
        .with(Admin, "export", routes!(export::export))
        .with(Admin, "backup", routes!(backups::list, backups::make))
        .with(Admin, "backup", routes!(backups::download))
        .with(Admin, "cache", routes!(cache::status))
        .with(Admin, "cache", routes!(cache::refresh))
        .with(Admin, "jobs", routes!(jobs::list))
        .with(Admin, "jobs", routes!(jobs::dismiss))
        .with(Watch, "home", routes!(home::home))
        .with(Watch, "folders", routes!(home::folders))
        .with(Watch, "suggest", routes!(home::suggest))
        .with(Watch, "tags", routes!(tags::list))
        .with(Edit, "edit_tags", routes!(tags::new))
        .with(Edit, "edit_tags", routes!(tags::edit, tags::delete))
        .with(Edit, "edit_tags", routes!(tags::merge))
        .with(Watch, "playlists", routes!(playlists::list))
        .with(Edit, "edit_playlist", routes!(playlists::new))
        .with(Watch, "playlist", routes!(playlists::get))
        .with(Edit, "edit_playlist", routes!(playlists::rename, playlists::delete))
        .with(Edit, "edit_playlist", routes!(playlists::add))
        .with(Edit, "edit_playlist", routes!(playlists::remove))
        .with(Edit, "edit_playlist", routes!(playlists::move_item))
        .with(Edit, "batch", routes!(batch::run))
        .with(Watch, "undo", routes!(batch::undoable))
        .with(Edit, "undo", routes!(batch::undo))
        .with(Watch, "events", routes!(events::stream))
        .with(Watch, "duplicates", routes!(upkeep::duplicates))
        .with(Watch, "problems", routes!(upkeep::problems))
        .with(Watch, "history", routes!(upkeep::history))
        .with(Watch, "scan", routes!(upkeep::scan))
        .with(Admin, "scan", routes!(upkeep::start_scan, upkeep::stop_scan))
        .with(Watch, "watcher", routes!(upkeep::watcher))
        .with(Watch, "old_watch", routes!(old::watch))
        .with(Watch, "old_random", routes!(old::random))
        .with(Edit, "old_rate", routes!(old::rate))
        .with(Edit, "old_view", routes!(old::view))
        .with(Watch, "old_views", routes!(old::views))
        .with(Watch, "old_favourites", routes!(old::favourites))
        .with(Edit, "old_favourites", routes!(old::favourite))
        .with(Watch, "old_tags", routes!(old::tags))
        .with(Edit, "old_tags", routes!(old::tag))
        .with(Admin, "old_cache", routes!(cache::old_status))
        .with(Admin, "old_cache", routes!(cache::old_refresh))
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
        // The face limits them before anything reads them, each to what it may have.
        .layer(DefaultBodyLimit::disable())
        .with_state(shared)
}

/// The longest body that a request may have, in bytes, where it is usually so long: pictures are longer than what is
/// written.
pub(crate) fn body_size(method: &Method, path: &str, usual: usize) -> usize {
    let of_poster = || {
        let id = path.strip_prefix("/api/v1/videos/")?.strip_suffix("/poster")?;
        (!id.contains('/')).then_some(pictures::UPLOAD_MAX)
    };
    if method == Method::PUT { usual.max(of_poster().unwrap_or(0)) } else { usual }
}

/// The name of the route that a path belongs to, as long as no route has said its own; none when
/// the path is a file's or a film's.
pub(crate) fn of(path: &str) -> Option<Route> {
    let name = match path {
        "/health" => "health",
        "/ready" => "ready",
        "/metrics" => "metrics",
        "/random" | "/rate" | "/view" | "/get_views" | "/favorites" | "/tags" => "old",
        _ if path.starts_with("/playback/") => "playback",
        _ if path.starts_with("/watch/") => "old",
        _ if path == "/admin/performance" || path.starts_with("/admin/cache/") => "old",
        _ if path.starts_with("/api/") => "api",
        _ => return None,
    };
    Some(Route(name))
}
