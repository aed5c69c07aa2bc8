//! `GET` and `HEAD` of `/hls/…`, `/dash/…`, `/hls-ts/…` and `/clip/…`: files as players see them.
//!
//! ```text
//! /hls/<name>/master.m3u8        and what it names      <name>: a content id, or the path of the
//! /dash/<name>/manifest.mpd      and what it names              file below its media folder
//! /hls-ts/<name>/master.m3u8     and what it names
//! /clip/<name>.mp4?start=&end=&exact=&download=
//! ```

mod clip;
mod keyed;

use axum::response::{IntoResponse as _, Response};
use delivery::{
    Ask, Policy, Reply,
    films::{FilmError, Films, Wanted},
    reply_made,
};
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use packager::{names::Resource, playlists::Flavour};

use crate::{compression::Offer, files, metrics::Metrics, problem::Problem};

/// What serving films needs.
pub(crate) struct Kino {
    pub(crate) films: Films,
    pub(crate) policy: Policy,
    pub(crate) metrics: Metrics,
}

/// Which of the routes it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Door {
    Hls,
    HlsTs,
    Dash,
    Clip,
}

/// The door that a path goes through, with its name in logs and metrics.
pub(crate) fn door_of(path: &str) -> Option<(Door, &'static str)> {
    let (first, _) = path.strip_prefix('/')?.split_once('/')?;
    Some(match first {
        "hls" => (Door::Hls, "hls"),
        "hls-ts" => (Door::HlsTs, "hls_ts"),
        "dash" => (Door::Dash, "dash"),
        "clip" => (Door::Clip, "clip"),
        _ => return None,
    })
}

/// Answers a request that came through one of the doors.
pub(crate) async fn answer(
    kino: &Kino,
    door: Door,
    request: &Parts,
    head_only: bool,
    offer: &Offer,
) -> Response {
    match reply(kino, door, request, head_only, offer).await {
        Ok(reply) => files::dress(reply),
        Err(problem) => problem.into_response(),
    }
}

async fn reply(
    kino: &Kino,
    door: Door,
    request: &Parts,
    head_only: bool,
    offer: &Offer,
) -> Result<Reply, Problem> {
    if request.method != Method::GET {
        kino.metrics.refused("method");
        return Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "films can only be read")
            .header(header::ALLOW, HeaderValue::from_static("GET, HEAD")));
    }
    let path = request.uri.path().get(1..).unwrap_or_default();
    let (_, below) = path.split_once('/').unwrap_or_default();
    let query = request.uri.query();
    let made = match door {
        Door::Clip => clip::made(&kino.films, below, query).await,
        Door::Hls | Door::HlsTs | Door::Dash => resource(kino, door, below).await,
    };
    let made = made.map_err(|error| problem(&error, request.uri.path()))?;
    let made = keyed::with_key(made, query);
    let ask = Ask {
        method: if head_only { &Method::HEAD } else { &request.method },
        headers: &request.headers,
        download: files::wants_download(query),
    };
    let forms = made.forms.clone();
    let mut reply = reply_made(made, ask, &kino.policy).map_err(|error| {
        if error.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            kino.metrics.refused("range");
        }
        Problem::new(error.status(), error.to_string()).headers(error.headers())
    })?;
    if let Some(forms) = forms {
        offer.take_kept(&mut reply, &forms).await;
    }
    Ok(reply)
}

async fn resource(kino: &Kino, door: Door, below: &str) -> Result<delivery::Made, FilmError> {
    let (name, file) = below.rsplit_once('/').ok_or_else(no_such_route)?;
    let resource = Resource::parse(file).ok_or_else(no_such_route)?;
    let fits = match resource {
        Resource::Master => door != Door::Dash,
        Resource::Manifest => door == Door::Dash,
        _ => true,
    };
    if !fits {
        return Err(no_such_route());
    }
    let film = kino.films.named(name).await?;
    let flavour = if door == Door::HlsTs { Flavour::Ts } else { Flavour::Cmaf };
    let by_id = name.len() == media::ContentId::TEXT_LEN && film.id.to_string() == name;
    let depth = name.split('/').count();
    film.content(Wanted { by_id, depth, flavour, resource }).await
}

fn no_such_route() -> FilmError {
    FilmError::Open {
        status: StatusCode::NOT_FOUND,
        text: "there is no such playlist or segment; /hls/PATH/master.m3u8 and \
               /dash/PATH/manifest.mpd are where films begin"
            .to_owned(),
    }
}

/// The problem document of a film that cannot be had.
pub(crate) fn problem(error: &FilmError, path: &str) -> Problem {
    let status = error.status();
    if status == StatusCode::INTERNAL_SERVER_ERROR || status == StatusCode::FORBIDDEN {
        tracing::error!(path, %error, "a film cannot be served");
    }
    let problem = Problem::new(status, error.to_string());
    match error {
        FilmError::Busy { .. } | FilmError::Searching => {
            problem.header(header::RETRY_AFTER, HeaderValue::from_static("3"))
        }
        _ => problem,
    }
}
