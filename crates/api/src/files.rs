//! `GET` and `HEAD` of `/<path>` and `/video/<path>`: any regular file below the media folders.

use std::error::Error;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use delivery::{Ask, Folders, PathErrorKind, Policy, RelativePath, Reply};
use extents::Part;
use http::{HeaderValue, Method, StatusCode, header, request::Parts};

use crate::{compression, metrics::Metrics, problem::Problem};

/// What serving files needs.
pub(crate) struct Files {
    pub(crate) folders: Folders,
    pub(crate) policy: Policy,
    pub(crate) metrics: Metrics,
}

/// Answers for both routes. A name that collides with a route stays reachable under `/video/`,
/// which is never part of the path on disk here.
pub(crate) async fn answer(files: &Files, request: &Parts, head_only: bool) -> Response {
    match reply(files, request, head_only).await {
        Ok(reply) => dress(reply),
        Err(problem) => problem.into_response(),
    }
}

async fn reply(files: &Files, request: &Parts, head_only: bool) -> Result<Reply, Problem> {
    if request.method != Method::GET {
        files.metrics.refused("method");
        return Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "files can only be read")
            .header(header::ALLOW, HeaderValue::from_static("GET, HEAD")));
    }
    let path = request.uri.path();
    let below = path.strip_prefix("/video/").or_else(|| path.strip_prefix('/')).unwrap_or(path);
    let path = RelativePath::from_url_path(below).map_err(|error| match error.kind() {
        PathErrorKind::NotFound => Problem::new(StatusCode::NOT_FOUND, error.to_string()),
        PathErrorKind::Malformed => {
            files.metrics.refused("path");
            Problem::new(StatusCode::BAD_REQUEST, error.to_string())
        }
    })?;
    let file = files.folders.open(&path).await.map_err(|error| {
        log_if_ours(error.status(), &error, request);
        Problem::new(error.status(), error.to_string())
    })?;
    let ask = Ask {
        method: if head_only { &Method::HEAD } else { &request.method },
        headers: &request.headers,
        download: wants_download(request.uri.query()),
    };
    delivery::reply(file, ask, &files.policy).await.map_err(|error| {
        log_if_ours(error.status(), &error, request);
        if error.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            files.metrics.refused("range");
        }
        Problem::new(error.status(), error.to_string()).headers(error.headers())
    })
}

/// What the person who runs the server can mend goes into the log, once, with its causes.
fn log_if_ours(status: StatusCode, error: &(dyn Error + 'static), request: &Parts) {
    if status.is_server_error() || status == StatusCode::FORBIDDEN {
        let error = net::with_causes(error);
        tracing::error!(path = request.uri.path(), error, "a file cannot be served");
    }
}

pub(crate) fn wants_download(query: Option<&str>) -> bool {
    let download = |pair: &str| matches!(pair, "download" | "download=1" | "download=true");
    query.is_some_and(|query| query.split('&').any(download))
}

pub(crate) fn dress(reply: Reply) -> Response {
    let Reply { status, mut headers, plan, media_type } = reply;
    if compression::is_text_type(media_type.as_str()) {
        compression::vary(&mut headers);
    }
    let (body, plan) = match plan.parts() {
        [] => (Body::empty(), None),
        // Read already, to leave with the head.
        [Part::Bytes(_)] => match plan.into_parts().pop() {
            Some(Part::Bytes(bytes)) => (Body::from(bytes), None),
            _ => (Body::empty(), None),
        },
        _ => (Body::new(plan.clone().read()), Some(plan)),
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if let Some(plan) = plan {
        // For the connection layer, should the body reach it as it is.
        response.extensions_mut().insert(plan);
    }
    response
}
