//! `GET` and `POST /playback/<name>`: how a client can play a file, and why.

use axum::{
    Json,
    body::Bytes,
    extract::{OriginalUri, RawQuery, State},
    response::{IntoResponse as _, Response},
};
use delivery::films::{Film, FilmError, Films};
use http::{HeaderValue, StatusCode, header};
use media::Timescale;
use packager::playback::{self, Client, Decision};
use percent_encoding::percent_decode_str;
use serde::Serialize;

use crate::{films, problem::Problem};

/// The answer.
#[derive(Serialize)]
struct Answer {
    id: String,
    path: String,
    container: &'static str,
    duration_seconds: f64,
    #[serde(flatten)]
    decision: Decision,
    urls: Urls,
    notes: Vec<String>,
}

/// Where each form of the film is; the decision says which to take.
#[derive(Serialize)]
struct Urls {
    file: String,
    hls: String,
    dash: String,
    #[serde(rename = "hls-ts", skip_serializing_if = "Option::is_none")]
    hls_ts: Option<String>,
    clip: String,
}

/// What a client can decode comes in the query…
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

/// …or as JSON.
pub(crate) async fn post(
    State(films): State<Films>,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> Response {
    match serde_json::from_slice::<Client>(&body) {
        Ok(client) => answer(&films, uri.path(), client).await,
        Err(error) => {
            let detail = format!(
                "the body must be JSON such as {{\"video\": [\"avc1.640028\"], \"audio\": \
                 [\"mp4a.40.2\"], \"containers\": [\"mp4\", \"hls\"]}}: {error}"
            );
            Problem::new(StatusCode::BAD_REQUEST, detail).into_response()
        }
    }
}

async fn answer(kept: &Films, path: &str, client: Client) -> Response {
    let name = path.strip_prefix("/playback/").unwrap_or_default();
    match kept.named(name).await {
        Ok(film) => {
            let answer = Json(of(&film, client));
            let no_cache = (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            ([no_cache], answer).into_response()
        }
        // An answer too: there is a way to play it, but not without work.
        Err(error @ (FilmError::Unreadable(_) | FilmError::NothingToPlay(_))) => {
            let detail = format!("it needs transcoding: {error}");
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).into_response()
        }
        Err(error) => films::problem(&error, path).into_response(),
    }
}

fn of(film: &Film, client: Client) -> Answer {
    let presentation = &film.presentation;
    let (id, path) = (film.id.to_string(), film.path.to_url_path());
    Answer {
        container: presentation.index.container.name(),
        duration_seconds: Timescale::MICROS.seconds(presentation.duration),
        decision: playback::decide(presentation, &client.or_browser()),
        urls: Urls {
            file: format!("/video/{path}"),
            hls: format!("/hls/{id}/master.m3u8"),
            dash: format!("/dash/{id}/manifest.mpd"),
            hls_ts: packager::ts::check(presentation)
                .is_ok()
                .then(|| format!("/hls-ts/{id}/master.m3u8")),
            clip: format!("/clip/{id}.mp4"),
        },
        notes: presentation.index.notes.iter().map(|note| note.text.clone()).collect(),
        id,
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
