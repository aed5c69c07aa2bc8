//! Routes that older clients know, with their shapes.
//!
//! They name videos by file: the path below the media folders, or the name alone where only one
//! video has it. Bodies are JSON or forms. What browsers ask for as a page is a page (`pages`).

use axum::{
    Json,
    extract::{OriginalUri, State},
    response::{IntoResponse as _, Redirect, Response},
};
use catalogue::{Position, Query, Sort, UserId};
use http::header;
use library::LibraryError;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::VideoRow;
use utoipa::ToSchema;

use crate::{
    input::{FormOrJson, whole},
    problem::Problem,
    routes::Shared,
    v1::{VideoDetails, any_seed},
};

/// The most videos of one answer: these lists have no pages.
const MOST: usize = 100_000;
/// How many are read at a time.
const AT_ONCE: usize = 500;

/// A path as text, as a URL has it.
const IN_PATHS: AsciiSet =
    NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');

/// Stars for a file.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OldRating)]
pub(crate) struct Rate {
    filename: String,
    #[serde(deserialize_with = "whole")]
    #[schema(minimum = 1, maximum = 5)]
    rating: u8,
}

/// A file.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OldFile)]
pub(crate) struct File {
    filename: String,
}

/// A file, and whether it is a favourite.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OldFavourite)]
pub(crate) struct Favourite {
    filename: String,
    /// Turned round unless said. In a form also 1 and 0, yes and no, on and off.
    #[serde(default, deserialize_with = "flag")]
    favorite: Option<bool>,
}

/// Yes or no, however scripts and forms write it.
fn flag<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Flag(bool),
        Number(u8),
        Text(String),
    }
    let text = match Option::<Written>::deserialize(from)? {
        None => return Ok(None),
        Some(Written::Flag(flag)) => return Ok(Some(flag)),
        Some(Written::Number(number)) => number.to_string(),
        Some(Written::Text(text)) => text,
    };
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(Some(true)),
        "false" | "0" | "no" | "off" => Ok(Some(false)),
        "" | "null" => Ok(None),
        _ => Err(serde::de::Error::custom(format!("{text:?} is neither true nor false"))),
    }
}

/// A file and its tags.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = OldTags)]
pub(crate) struct Tags {
    filename: String,
    /// All of them; in a form separated by commas.
    tags: Words,
}

/// Words, as a list or separated by commas.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum Words {
    /// A list.
    List(Vec<String>),
    /// Separated by commas.
    Text(String),
}

impl Words {
    fn list(self) -> Vec<String> {
        match self {
            Self::List(words) => words,
            Self::Text(text) => {
                let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
                words.map(str::to_owned).collect()
            }
        }
    }
}

/// Stars of a file, as they are now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OldRated)]
pub(crate) struct Rated {
    /// Always true.
    success: bool,
    filename: String,
    #[schema(minimum = 1, maximum = 5)]
    rating: u8,
}

/// Views of a file, as they are now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OldViewed)]
pub(crate) struct Viewed {
    /// Always true.
    success: bool,
    filename: String,
    views: u64,
}

/// Whether a file is a favourite now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OldFavoured)]
pub(crate) struct Favoured {
    /// Always true.
    success: bool,
    filename: String,
    favorite: bool,
}

/// The tags of a file, as they are now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OldTagged)]
pub(crate) struct Tagged {
    /// Always true.
    success: bool,
    filename: String,
    tags: Vec<String>,
}

/// A video, by its file
///
/// A page for browsers. Its name may be the id of the video, the path of its file, or the name of the file where
/// only one video has it.
#[utoipa::path(
    get, path = "/watch/{*filename}", tag = "old", operation_id = "old_watch",
    params(("filename" = String, Path, description = "Which one")),
    responses((status = 200, description = "The video", content((VideoDetails = "application/json"), (String = "text/html"))),
        (status = 409, description = "Several files have this name", body = crate::problem::Document, content_type = "application/problem+json")),
)]
pub(crate) async fn watch(
    State(shared): State<Shared>,
    OriginalUri(uri): OriginalUri,
) -> Result<Response, Problem> {
    let name = uri.path().strip_prefix("/watch/").unwrap_or_default();
    let row = shared.library.meant(UserId::HOUSEHOLD, name).await?;
    let details = shared.library.details(UserId::HOUSEHOLD, row.content).await?;
    let said = [(header::CACHE_CONTROL, "no-store"), (header::VARY, "accept")];
    Ok((said, Json(VideoDetails::of(details))).into_response())
}

/// The page of some video
#[utoipa::path(
    get, path = "/random", tag = "old", operation_id = "old_random",
    responses((status = 303, description = "There", headers(("location" = String))),
        (status = 404, description = "There is no video")),
)]
pub(crate) async fn random(State(shared): State<Shared>) -> Result<Response, Problem> {
    let video = shared.library.random(&Query::default(), any_seed()).await?;
    let video = video.ok_or_else(|| Problem::not_found("there is no video yet"))?;
    let path = video.file.map_or_else(|| video.content.to_string(), |file| file.path);
    let said = [(header::CACHE_CONTROL, "no-store")];
    Ok((said, Redirect::to(&format!("/watch/{path}"))).into_response())
}

/// Rate a file
#[utoipa::path(
    post, path = "/rate", tag = "old", operation_id = "old_rate",
    request_body(content((Rate = "application/json"), (Rate = "application/x-www-form-urlencoded"))),
    responses((status = 200, description = "It is rated", body = Rated)),
)]
pub(crate) async fn rate(
    State(shared): State<Shared>,
    FormOrJson(Rate { filename, rating }): FormOrJson<Rate>,
) -> Result<Json<Rated>, Problem> {
    let video = named(&shared, &filename).await?;
    shared.library.rate(UserId::HOUSEHOLD, video.content, Some(rating)).await?;
    Ok(Json(Rated { success: true, filename, rating }))
}

/// Count a view of a file
#[utoipa::path(
    post, path = "/view", tag = "old", operation_id = "old_view",
    request_body(content((File = "application/json"), (File = "application/x-www-form-urlencoded"))),
    responses((status = 200, description = "It is counted", body = Viewed)),
)]
pub(crate) async fn view(
    State(shared): State<Shared>,
    FormOrJson(File { filename }): FormOrJson<File>,
) -> Result<Json<Viewed>, Problem> {
    let video = named(&shared, &filename).await?;
    let views = shared.library.view(UserId::HOUSEHOLD, video.content).await?;
    Ok(Json(Viewed { success: true, filename, views }))
}

/// How often files were viewed
///
/// Those that were, at most 100,000.
#[utoipa::path(
    get, path = "/get_views", tag = "old", operation_id = "old_views",
    responses((status = 200, description = "By file name", body = std::collections::HashMap<String, u64>)),
)]
pub(crate) async fn views(
    State(shared): State<Shared>,
) -> Result<Json<Map<String, Value>>, Problem> {
    let query = Query { sort: Sort::Views, descending: true, ..Query::default() };
    let mut views = Map::new();
    each(&shared, &query, |video| {
        if video.views > 0 {
            views.insert(filename(video), video.views.into());
        }
        video.views > 0
    })
    .await?;
    Ok(Json(views))
}

/// Favourites
///
/// A page for browsers.
#[utoipa::path(
    get, path = "/favorites", tag = "old", operation_id = "old_favourites",
    responses((status = 200, description = "File names", content((Vec<String> = "application/json"), (String = "text/html")))),
)]
pub(crate) async fn favourites(State(shared): State<Shared>) -> Result<Response, Problem> {
    let mut query = Query::default();
    query.filters.favourite = Some(true);
    let mut names = Vec::new();
    each(&shared, &query, |video| {
        names.push(filename(video));
        true
    })
    .await?;
    Ok(([(header::VARY, "accept")], Json(names)).into_response())
}

/// Make a file a favourite, or no longer
#[utoipa::path(
    post, path = "/favorites", tag = "old", operation_id = "old_favourite",
    request_body(content((Favourite = "application/json"), (Favourite = "application/x-www-form-urlencoded"))),
    responses((status = 200, description = "As it is now", body = Favoured)),
)]
pub(crate) async fn favourite(
    State(shared): State<Shared>,
    FormOrJson(Favourite { filename, favorite }): FormOrJson<Favourite>,
) -> Result<Json<Favoured>, Problem> {
    let video = named(&shared, &filename).await?;
    let favorite = favorite.unwrap_or(video.personal.favourite_ms.is_none());
    shared.library.favourite(UserId::HOUSEHOLD, video.content, favorite).await?;
    Ok(Json(Favoured { success: true, filename, favorite }))
}

/// The tags of files
///
/// A page for browsers.
#[utoipa::path(
    get, path = "/tags", tag = "old", operation_id = "old_tags",
    responses((status = 200, description = "By file name", content((std::collections::HashMap<String, Vec<String>> = "application/json"), (String = "text/html")))),
)]
pub(crate) async fn tags(State(shared): State<Shared>) -> Result<Response, Problem> {
    let all = shared.library.tags().await?;
    let mut tags = Map::new();
    if !all.is_empty() {
        let mut query = Query::default();
        query.filters.any_tags = all.into_iter().map(|tag| tag.id).collect();
        each(&shared, &query, |video| {
            let names: Vec<Value> = video.tags.iter().map(|tag| tag.name.clone().into()).collect();
            tags.insert(filename(video), names.into());
            true
        })
        .await?;
    }
    Ok(([(header::VARY, "accept")], Json(tags)).into_response())
}

/// Give a file these tags and no others
#[utoipa::path(
    post, path = "/tags", tag = "old", operation_id = "old_tag",
    request_body(content((Tags = "application/json"), (Tags = "application/x-www-form-urlencoded"))),
    responses((status = 200, description = "As it is now", body = Tagged)),
)]
pub(crate) async fn tag(
    State(shared): State<Shared>,
    FormOrJson(Tags { filename, tags }): FormOrJson<Tags>,
) -> Result<Json<Tagged>, Problem> {
    let video = named(&shared, &filename).await?;
    let tags = tags.list();
    shared.library.set_tags(video.content, &tags).await?;
    Ok(Json(Tagged { success: true, filename, tags }))
}

/// The video that an older client means by a file name: as it is, or as a URL has it.
async fn named(shared: &Shared, filename: &str) -> Result<VideoRow, Problem> {
    let filename = filename.trim_start_matches('/');
    let encoded = utf8_percent_encode(filename, &IN_PATHS).to_string();
    match shared.library.meant(UserId::HOUSEHOLD, &encoded).await {
        Err(LibraryError::NotFound(_)) if filename.contains('%') => {
            // However it was encoded: encodeURIComponent encodes the slashes too.
            let name = percent_decode_str(filename).decode_utf8_lossy();
            let encoded = utf8_percent_encode(&name, &IN_PATHS).to_string();
            Ok(shared.library.meant(UserId::HOUSEHOLD, &encoded).await?)
        }
        other => Ok(other?),
    }
}

/// Its path below the media folder as text, which is its name where folders do not matter.
fn filename(video: &VideoRow) -> String {
    let path = video.file.as_ref().map(|file| file.path.as_str()).unwrap_or_default();
    percent_decode_str(path).decode_utf8_lossy().into_owned()
}

/// Shows `take` the videos of a query one by one, for as long as it wants more.
async fn each(
    shared: &Shared,
    query: &Query,
    mut take: impl FnMut(&VideoRow) -> bool,
) -> Result<(), Problem> {
    let mut position = Position::Start;
    for _ in 0..MOST / AT_ONCE {
        let listed = shared.library.list(query, position, AT_ONCE).await?;
        if !listed.videos.iter().all(&mut take) {
            return Ok(());
        }
        let Some(next) = listed.next else { return Ok(()) };
        position = Position::After(next);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_as_a_list_or_with_commas() {
        assert_eq!(Words::Text("a, b c,,".to_owned()).list(), ["a", "b c"]);
        assert_eq!(Words::List(vec!["a, b".to_owned()]).list(), ["a, b"]);
    }
}
