//! The face as one service: the rules that every request passes, in order, and then its route.
//!
//! The rules are one function rather than a stack of layers. It reads from top to bottom, and
//! costs a small file less than layers that box each other: docs/performance.md has the figures.

use std::{convert::Infallible, panic::AssertUnwindSafe, pin::Pin, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use delivery::{Folders, Policy, films::Films};
use futures_util::FutureExt as _;
use http::{HeaderValue, Method, StatusCode, header};
use http_body::Body as HttpBody;
use library::Library;
use net::{Answer, Call, Route};
use tower::ServiceExt as _;

use crate::{
    accept,
    access::Access,
    compression,
    cors::{self, Cors},
    files::{self, Files},
    films::{self, Door, Kino},
    load::LoadTests,
    metrics::Metrics,
    observe::Observe,
    pages,
    problem::Problem,
    ready::Readiness,
    routes::{self, Parts, Shared},
    sse::Listeners,
};

/// What the routes need.
pub struct App {
    /// The media folders.
    pub folders: Folders,
    /// The files of the folders as players see them.
    pub films: Films,
    /// Every video known.
    pub library: Library,
    /// How files are described.
    pub policy: Policy,
    /// Who may do what.
    pub access: Access,
    /// Which pages of other sites may use the answers.
    pub cors: Cors,
    /// What is wrong at the moment.
    pub readiness: Readiness,
    /// What is counted.
    pub metrics: Metrics,
    /// What an operator sees.
    pub observe: Observe,
    /// The load tests of this server by itself.
    pub load: LoadTests,
    /// The largest body of a request, in bytes. A longer one gets 413.
    pub body_size: usize,
    /// When to stop.
    pub stop: net::Stop,
}

/// The service that the connection layer serves. Everything but `/health` and CORS preflights
/// needs an API key when keys are set.
pub fn service(app: App) -> Face {
    let parts = Parts {
        readiness: app.readiness,
        metrics: app.metrics.clone(),
        films: app.films.clone(),
        library: app.library,
        policy: app.policy.clone(),
        listeners: Listeners::new(app.stop.drain),
    };
    Face(Arc::new(Inner {
        routes: routes::router(Shared::new(parts)),
        kino: Kino { films: app.films, policy: app.policy.clone(), metrics: app.metrics.clone() },
        files: Files { folders: app.folders, policy: app.policy, metrics: app.metrics.clone() },
        cors: cors::Rule::new(&app.cors),
        access: app.access,
        observe: app.observe,
        load: app.load,
        metrics: app.metrics,
        body_size: app.body_size,
    }))
}

/// Who answers for a path.
#[derive(Clone, Copy)]
enum Way {
    /// A page for people.
    Page,
    /// A file that belongs to the pages.
    Asset,
    /// A route of its own.
    Route,
    /// The films.
    Film(Door),
    /// The files.
    File,
}

/// The way of a request, and its name in logs and metrics.
fn way_of<B>(request: &http::Request<B>) -> (Way, Route) {
    let path = request.uri().path();
    let route = routes::of(path);
    // Forms of older pages are sent to where a page is now, by browsers that would like a page as answer.
    let of_form = route.is_some() && !matches!(*request.method(), Method::GET | Method::HEAD);
    let wants_page = || path == "/" || accept::wants_page(request.headers());
    if !of_form && pages::is_page(path) && wants_page() {
        return (Way::Page, Route("page"));
    }
    if let Some(route) = route {
        return (Way::Route, route);
    }
    match films::door_of(path) {
        Some((door, name)) => (Way::Film(door), Route(name)),
        None if pages::is_asset(path) => (Way::Asset, Route("page")),
        None => (Way::File, Route("files")),
    }
}

/// The rules and the routes.
#[derive(Clone)]
pub struct Face(Arc<Inner>);

struct Inner {
    routes: Router,
    files: Files,
    kino: Kino,
    cors: cors::Rule,
    access: Access,
    observe: Observe,
    load: LoadTests,
    metrics: Metrics,
    body_size: usize,
}

impl Inner {
    async fn answer<B>(&self, call: Call<B>) -> Answer<Body>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let (way, route) = way_of(&call.request);
        let of = match way {
            Way::File | Way::Film(_) => cors::Of::Media,
            Way::Route if matches!(route.0, "playback" | "health") => cors::Of::Media,
            Way::Route | Way::Page | Way::Asset => cors::Of::Household,
        };
        if let Some(response) = self.cors.preflight(of, &call.request) {
            return Answer { response, route };
        }
        let origin = call.request.headers().get(header::ORIGIN).cloned();
        let mut response = match self.let_in(&call) {
            Err(refusal) => *refusal,
            Ok(None) => self.answer_known(call, way).await,
            Ok(Some(cookie)) => with_key(self.answer_known(call, way).await, cookie),
        };
        self.cors.allow(of, origin.as_ref(), response.headers_mut());
        // A route knows its name better.
        let route = match way {
            Way::Route => response.extensions_mut().remove::<Route>().unwrap_or(route),
            _ => route,
        };
        Answer { response, route }
    }

    /// Refuses a request that shows no key where one is needed, or whose body is longer than it may
    /// be. Else the cookie for a page that was opened with a key.
    fn let_in<B: HttpBody>(&self, call: &Call<B>) -> Result<Option<HeaderValue>, Box<Response>> {
        let Call { request, peer, .. } = call;
        let cookie = self.access.check_key(request, *peer).map_err(|refusal| {
            self.access.refused(refusal, request, *peer);
            refusal.into_response()
        })?;
        let length = request.body().size_hint().lower();
        let allowed = routes::body_size(request.method(), request.uri().path(), self.body_size);
        if usize::try_from(length).is_ok_and(|length| length <= allowed) {
            return Ok(cookie);
        }
        self.metrics.refused("body_size");
        let detail = if allowed == self.body_size {
            format!("the body has {length} bytes; limits.body_size allows {allowed}")
        } else {
            format!("the picture has {length} bytes; it may have {allowed}")
        };
        Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail).into_response().into())
    }

    async fn answer_known<B>(&self, call: Call<B>, way: Way) -> Response
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let Call { request, head_only, peer } = call;
        let (mut head, body) = request.into_parts();
        let offer = compression::Offer::take(&mut head.headers);
        let response = match way {
            Way::File => files::answer(&self.files, &head, head_only).await,
            // Boxed, here and below: what is asked for less often must not make every request
            // larger.
            Way::Film(door) => {
                Box::pin(films::answer(&self.kino, door, &head, head_only, &offer)).await
            }
            Way::Page => page(&head),
            Way::Asset => pages::file(head.uri.path().get(1..).unwrap_or_default(), &head.headers),
            Way::Route => {
                // What access rules and handlers look at beside the request.
                head.extensions.insert(peer);
                head.extensions.insert(self.access.clone());
                head.extensions.insert(self.observe.clone());
                head.extensions.insert(self.load.clone());
                // One whose length was not announced ends where the limit is.
                let longest = routes::body_size(&head.method, head.uri.path(), self.body_size);
                let body = Body::new(http_body_util::Limited::new(body, longest));
                let response = Box::pin(self.route(Request::from_parts(head, body))).await;
                return offer.apply(response).await;
            }
        };
        let response = if is_unknown(&response, way, &head) {
            pages::unknown(&head.headers)
        } else {
            response
        };
        offer.apply(response).await
    }

    async fn route(&self, request: Request) -> Response {
        match self.routes.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

impl<B> hyper::service::Service<Call<B>> for Face
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    type Response = Answer<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Answer<Body>, Infallible>> + Send>>;

    fn call(&self, call: Call<B>) -> Self::Future {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let answer = AssertUnwindSafe(inner.answer(call)).catch_unwind();
            Ok(answer.await.unwrap_or_else(|cause| Answer {
                response: panicked(cause.as_ref()),
                route: Route("none"),
            }))
        })
    }
}

/// Whether a browser has asked for a page of which there is none: it shows people what is not there.
fn is_unknown(response: &Response, way: Way, request: &http::request::Parts) -> bool {
    response.status() == StatusCode::NOT_FOUND
        && matches!(way, Way::File | Way::Film(_))
        && matches!(request.method, Method::GET | Method::HEAD)
        && accept::wants_page(&request.headers)
}

fn page(request: &http::request::Parts) -> Response {
    if request.method == Method::GET {
        return pages::page(&request.headers);
    }
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "pages can only be read")
        .header(header::ALLOW, HeaderValue::from_static("GET, HEAD"))
        .into_response()
}

/// A page that was opened with a key keeps it, so that what the page asks for shows it too.
fn with_key(mut response: Response, cookie: HeaderValue) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE);
    if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A handler that panics costs one answer, never the process.
fn panicked(cause: &(dyn std::any::Any + Send)) -> Response {
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
