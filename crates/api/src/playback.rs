//! `GET` and `POST /playback/<name>`: how a client can play a file, and why.

use axum::{
    Json,
    body::Bytes,
    extract::{OriginalUri, RawQuery, State},
    response::{IntoResponse as _, Response},
};
use delivery::{
    RelativePath,
    films::{Film, FilmError, Films},
};
use http::{HeaderValue, StatusCode, header};
use media::{ContentId, Kind, Timescale};
use packager::playback::{self, Client, Decision};
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{films, problem::Problem};

/// How a client can play a film, and why.
#[derive(Serialize, ToSchema)]
#[schema(as = Playback)]
pub(crate) struct Answer {
    /// The id of the video.
    id: String,
    /// The path of its file below the media folder, percent-encoded.
    path: String,
    /// As in `mp4`.
    container: String,
    /// How long it lasts; none of files that are only recognised.
    duration_seconds: Option<f64>,
    method: Method,
    /// How it is sent; none if it must be transcoded.
    #[schema(required)]
    delivery: Option<Delivery>,
    /// The numbers of the tracks that the client can play, from 1, as in the names of renditions.
    tracks: Vec<u32>,
    /// Why, in the order in which it was decided.
    reasons: Vec<String>,
    urls: Urls,
    /// What is odd about the file.
    notes: Vec<String>,
}

/// How to play it.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PlaybackMethod)]
pub(crate) enum Method {
    /// The file as it is.
    Direct,
    /// The media as they are, in segments.
    Copy,
    /// Pictures or sound must be coded anew.
    NeedsTranscoding,
}

/// How it is sent.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = PlaybackDelivery)]
pub(crate) enum Delivery {
    File,
    Hls,
    Dash,
    HlsTs,
}

/// What a client can do. What is left out or empty is what browsers can do.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = PlaybackClient)]
pub(crate) struct Able {
    /// Codings of pictures, as in `avc1.640028`, or `avc1` for all of a kind; `*` for whatever there is.
    video: Vec<String>,
    /// Codings of sound.
    audio: Vec<String>,
    /// `mp4`, `mov`, `webm`, `matroska`, `mpegts`, `hls`, `hls-ts`, `dash`; `*` for every kind of file.
    containers: Vec<String>,
}

/// Where each form of the film is; the decision says which to take.
#[derive(Serialize, ToSchema)]
#[schema(as = PlaybackUrls)]
pub(crate) struct Urls {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    hls: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    dash: Option<String>,
    #[serde(rename = "hls-ts", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    hls_ts: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    clip: Option<String>,
}

/// A decision as clients see it.
fn decided(decision: Decision) -> (Method, Option<Delivery>, Vec<u32>, Vec<String>) {
    let method = match decision.method {
        playback::Method::Direct => Method::Direct,
        playback::Method::Copy => Method::Copy,
        playback::Method::NeedsTranscoding => Method::NeedsTranscoding,
    };
    let delivery = decision.delivery.and_then(|delivery| match delivery {
        "file" => Some(Delivery::File),
        "hls" => Some(Delivery::Hls),
        "dash" => Some(Delivery::Dash),
        "hls-ts" => Some(Delivery::HlsTs),
        _ => None,
    });
    (method, delivery, decision.tracks, decision.reasons)
}

impl Urls {
    /// Of a file of which there is no other form.
    fn of_file(path: &str) -> Self {
        Self { file: format!("/video/{path}"), hls: None, dash: None, hls_ts: None, clip: None }
    }
}

/// How a client can play a film
///
/// What the client decodes comes in the query; without it, what browsers decode counts.
#[utoipa::path(
    get, path = "/playback/{*name}", tag = "playing", operation_id = "playback",
    params(
        ("name" = String, Path, description = "The id of a video, or the path of its file below the media folder"),
        ("video" = Option<String>, Query, description = "Codings of pictures, as in `avc1.640028`, separated by commas; several add up"),
        ("audio" = Option<String>, Query, description = "Codings of sound"),
        ("containers" = Option<String>, Query, description = "Containers; `*` for all"),
    ),
    responses((status = 200, description = "How, and why", body = Answer)),
)]
pub(crate) async fn get(
    State(films): State<Films>,
    OriginalUri(uri): OriginalUri,
    RawQuery(query): RawQuery,
) -> Response {
    match client_of_query(query.as_deref().unwrap_or_default()) {
        Ok(client) => answer(&films, uri.path(), client).await,
        Err(problem) => (*problem).into_response(),
    }
}

/// How a client can play a film, asked with a body
#[utoipa::path(
    post, path = "/playback/{*name}", tag = "playing", operation_id = "playback_of",
    params(("name" = String, Path, description = "The id of a video, or the path of its file below the media folder")),
    request_body = Able,
    responses((status = 200, description = "How, and why", body = Answer)),
)]
pub(crate) async fn post(
    State(films): State<Films>,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> Response {
    match serde_json::from_slice::<Able>(&body) {
        Ok(Able { video, audio, containers }) => {
            answer(&films, uri.path(), Client { video, audio, containers }).await
        }
        Err(error) => {
            let detail = format!(
                "the body must be JSON such as {{\"video\": [\"avc1.640028\"], \"audio\": \
                 [\"mp4a.40.2\"], \"containers\": [\"mp4\", \"hls\"]}}: {error}"
            );
            Problem::new(StatusCode::BAD_REQUEST, detail).into_response()
        }
    }
}

/// There is no film without a name.
pub(crate) async fn nameless() -> Problem {
    let detail = "name a film: /playback/PATH, or /playback/ID";
    Problem::new(StatusCode::NOT_FOUND, detail)
}

async fn answer(kept: &Films, path: &str, client: Client) -> Response {
    let name = path.strip_prefix("/playback/").unwrap_or_default();
    let client = client.or_browser();
    let answer = match kept.named(name).await {
        Ok(film) => of(&film, &client),
        // There may be a client for the file as it is.
        Err(FilmError::NothingToPlay { film, .. }) if has_media(&film) => of(&film, &client),
        Err(FilmError::NeedsPreparation { container, id, path }) => {
            of_unread(&container, id, &path, &client)
        }
        Err(error @ (FilmError::Unreadable(_) | FilmError::NothingToPlay { .. })) => {
            let detail = format!("it needs transcoding: {error}");
            return Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).into_response();
        }
        Err(error) => return films::problem(&error, path).into_response(),
    };
    let no_cache = (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    ([no_cache], Json(answer)).into_response()
}

fn has_media(film: &Film) -> bool {
    film.index().tracks.iter().any(|track| matches!(track.kind(), Kind::Video | Kind::Audio))
}

fn of(film: &Film, client: &Client) -> Answer {
    let presentation = &film.presentation;
    let (id, path) = (film.id.to_string(), film.path.to_url_path());
    let urls = if presentation.is_playable() {
        Urls {
            file: format!("/video/{path}"),
            hls: Some(format!("/hls/{id}/master.m3u8")),
            dash: Some(format!("/dash/{id}/manifest.mpd")),
            hls_ts: packager::ts::check(presentation)
                .is_ok()
                .then(|| format!("/hls-ts/{id}/master.m3u8")),
            clip: Some(format!("/clip/{id}.mp4")),
        }
    } else {
        Urls::of_file(&path)
    };
    let (method, delivery, tracks, reasons) = decided(playback::decide(presentation, client));
    Answer {
        container: presentation.index.container.name().to_owned(),
        duration_seconds: Some(Timescale::MICROS.seconds(presentation.duration)),
        method,
        delivery,
        tracks,
        reasons,
        urls,
        notes: presentation.index.notes.iter().map(|note| note.text.clone()).collect(),
        id,
        path,
    }
}

/// Of a file whose container is only recognised.
fn of_unread(container: &str, id: ContentId, path: &RelativePath, client: &Client) -> Answer {
    let path = path.to_url_path();
    let (method, delivery, tracks, reasons) = decided(playback::decide_unread(container, client));
    Answer {
        method,
        delivery,
        tracks,
        reasons,
        container: container.to_ascii_lowercase(),
        duration_seconds: None,
        urls: Urls::of_file(&path),
        notes: Vec::new(),
        id: id.to_string(),
        path,
    }
}

/// `video`, `audio` and `containers`, each a list with commas; several of one name add up.
fn client_of_query(query: &str) -> Result<Client, Box<Problem>> {
    let mut client = Client::default();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let list = match name {
            "video" => &mut client.video,
            "audio" => &mut client.audio,
            "container" | "containers" => &mut client.containers,
            "api_key" => continue,
            _ => {
                let detail = format!(
                    "{name} is not known here: tell what the client decodes by video=, audio= and \
                     containers="
                );
                return Err(Box::new(Problem::new(StatusCode::BAD_REQUEST, detail)));
            }
        };
        let value = value.replace('+', " ");
        let value = percent_decode_str(&value).decode_utf8_lossy();
        let words = value.split(',').map(str::trim).filter(|word| !word.is_empty());
        list.extend(words.map(str::to_owned));
    }
    Ok(client)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_query_tells_what_a_client_decodes() {
        let client = client_of_query("video=avc1.640028,vp09&audio=mp4a.40.2&containers=mp4%2Chls");
        let client = client.unwrap();
        assert_eq!(client.video, ["avc1.640028", "vp09"]);
        assert_eq!(client.audio, ["mp4a.40.2"]);
        assert_eq!(client.containers, ["mp4", "hls"]);
        assert!(client_of_query("vidoe=avc1").is_err());
    }
}
