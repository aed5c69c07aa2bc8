//! `/api/v1/videos`: lists, facets, single videos and what is written about them.

use std::collections::HashMap;

use axum::{
    Json as Answer,
    extract::State,
    response::{IntoResponse as _, Response},
};
use catalogue::{FacetKind, Position, UserId};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use media::ContentId;
use serde::{Deserialize, Serialize};
use store::Edit;
use utoipa::ToSchema;

use super::{
    ask,
    filter::{ListQuery, RandomQuery, Selection, seed, time_of},
    shapes::TitleText,
    video::{Video, VideoDetails},
};
use crate::{
    etag,
    input::{Json, Name, Query},
    problem::Problem,
    routes::Shared,
};

/// How many videos a list has unless said.
const USUAL: u32 = 60;
/// How many it has at most.
const MOST: u32 = 500;
/// How many videos may be left out at the beginning.
const MOST_LEFT_OUT: u32 = 100_000_000;
/// The longest description, in characters.
const LONGEST_DESCRIPTION: usize = 16_384;
/// The longest cursor that can be ours, in bytes.
const LONGEST_CURSOR: usize = 1024;

/// A stretch of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct Videos {
    items: Vec<Video>,
    /// How many there are in all.
    total: u64,
    /// The cursor of the next stretch, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// How many videos there would be with one filter more.
#[derive(Serialize, ToSchema)]
pub(crate) struct FacetLists {
    /// How many videos there are.
    total: u64,
    /// The values of each filter, by its name in the query, the most frequent first.
    facets: HashMap<String, Vec<FacetValue>>,
}

/// A value of a filter.
#[derive(Serialize, ToSchema)]
pub(crate) struct FacetValue {
    /// What the filter would be.
    value: String,
    /// The value for people, where it differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    label: Option<String>,
    /// How many videos have it.
    count: u64,
}

/// Videos
///
/// Filters combine. The answer goes on at `next` whatever comes and goes meanwhile.
#[utoipa::path(
    get, path = "/api/v1/videos", tag = "videos", operation_id = "videos", params(ListQuery),
    responses((status = 200, description = "A stretch of the list", body = Videos, headers(("etag" = String))),
        (status = 304, description = "It is what `If-None-Match` shows")),
)]
pub(crate) async fn list(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Query(wanted): Query<ListQuery>,
) -> Result<Response, Problem> {
    let limit = wanted.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::bad(format!("limit is {limit}; it can be 1 to {MOST}")));
    }
    if wanted.offset.is_some_and(|offset| offset > MOST_LEFT_OUT) {
        return Err(Problem::bad(format!("offset can be 0 to {MOST_LEFT_OUT}")));
    }
    let position = match (&wanted.cursor, wanted.offset) {
        (Some(_), Some(_)) => {
            return Err(Problem::bad("cursor and offset exclude each other: send one of them"));
        }
        (Some(cursor), None) if cursor.len() > LONGEST_CURSOR => {
            return Err(Problem::bad("the cursor is none that Vidicon has made"));
        }
        (Some(cursor), None) if !cursor.is_empty() => Position::After(cursor.clone()),
        (_, offset) => Position::Offset(usize::try_from(offset.unwrap_or(0)).unwrap_or(usize::MAX)),
    };
    let query = ask::list(&shared.library, &wanted).await?;
    let listed = shared.library.list(&query, position, limit as usize).await?;
    let answer = Videos {
        items: listed.videos.into_iter().map(Video::of).collect(),
        total: listed.total,
        next: listed.next,
    };
    Ok(tagged(&headers, &answer))
}

/// A JSON answer with an ETag of its text; 304 when the client has it.
fn tagged<T: Serialize>(headers: &HeaderMap, answer: &T) -> Response {
    let text = serde_json::to_vec(answer).unwrap_or_default();
    let etag = etag::of_text(&text);
    let said = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::ETAG, etag.clone()),
    ];
    if etag::is_known(headers, &etag) {
        return (StatusCode::NOT_MODIFIED, said).into_response();
    }
    (said, text).into_response()
}

/// What the filters could be
///
/// With how many videos each value has, all other filters applied.
#[utoipa::path(
    get, path = "/api/v1/videos/facets", tag = "videos", operation_id = "facets", params(Selection),
    responses((status = 200, description = "The values", body = FacetLists)),
)]
pub(crate) async fn facets(
    State(shared): State<Shared>,
    Query(wanted): Query<Selection>,
) -> Result<Answer<FacetLists>, Problem> {
    const KINDS: [(FacetKind, &str); 12] = [
        (FacetKind::Tags, "tags"),
        (FacetKind::Rating, "rating"),
        (FacetKind::Duration, "duration"),
        (FacetKind::Height, "height"),
        (FacetKind::VideoCodec, "codec"),
        (FacetKind::AudioCodec, "audio"),
        (FacetKind::AudioLanguage, "language"),
        (FacetKind::TextLanguage, "subtitles"),
        (FacetKind::Folder, "folder"),
        (FacetKind::Container, "container"),
        (FacetKind::Watched, "watched"),
        (FacetKind::Added, "added"),
    ];
    let query = ask::selection(&shared.library, &wanted).await?;
    let found = shared.library.facets(&query, &KINDS.map(|(kind, _)| kind)).await?;
    let names: HashMap<i64, String> =
        shared.library.tags().await?.into_iter().map(|tag| (tag.id.0, tag.name)).collect();
    let mut facets = HashMap::new();
    for (kind, values) in found.all {
        let Some((_, name)) = KINDS.iter().find(|(known, _)| *known == kind) else { continue };
        let values = values.into_iter().filter_map(|facet| {
            // Clients filter by the names of tags.
            let value = match kind {
                FacetKind::Tags => names.get(&facet.value.parse().ok()?)?.clone(),
                _ => facet.value,
            };
            Some(FacetValue {
                label: label(kind, &value),
                value: ask::escaped(kind, value),
                count: facet.count,
            })
        });
        facets.insert((*name).to_owned(), values.collect());
    }
    Ok(Answer(FacetLists { total: found.total, facets }))
}

/// How a value reads, where that is not the value.
fn label(kind: FacetKind, value: &str) -> Option<String> {
    match kind {
        FacetKind::Tags => Some(value.to_owned()),
        FacetKind::Folder => {
            let name = value.rsplit('/').next().unwrap_or(value);
            Some(percent_encoding::percent_decode_str(name).decode_utf8_lossy().into_owned())
        }
        _ => None,
    }
}

/// One video of many
#[utoipa::path(
    get, path = "/api/v1/videos/random", tag = "videos", operation_id = "random_video", params(RandomQuery),
    responses((status = 200, description = "One of them", body = Video),
        (status = 404, description = "There is none like that")),
)]
pub(crate) async fn random(
    State(shared): State<Shared>,
    Query(wanted): Query<RandomQuery>,
) -> Result<Response, Problem> {
    let query = ask::random(&shared.library, &wanted).await?;
    let seed = seed(wanted.seed)?.unwrap_or_else(ask::any_seed);
    let video = shared.library.random(&query, seed).await?;
    let video = video.ok_or_else(|| Problem::not_found("there is no video like that"))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Answer(Video::of(video))).into_response())
}

/// A video, with all that is known of it
#[utoipa::path(
    get, path = "/api/v1/videos/{id}", tag = "videos", operation_id = "video",
    params(("id" = String, Path, description = "Its id")),
    responses((status = 200, description = "The video", body = VideoDetails, headers(("etag" = String)))),
)]
pub(crate) async fn get(State(shared): State<Shared>, Name(id): Name) -> Result<Response, Problem> {
    details(&shared, content(&id)?).await
}

/// The answer with a video and its version.
async fn details(shared: &Shared, id: ContentId) -> Result<Response, Problem> {
    let found = shared.library.details(UserId::HOUSEHOLD, id).await?;
    let details = VideoDetails::of(found);
    let said = [
        (header::ETAG, etag::of_version(details.version())),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((said, Answer(details)).into_response())
}

/// What to write about a video; what is left out stays as it is.
#[allow(clippy::option_option, reason = "`null` takes away what leaving it out would keep")]
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct EditVideo {
    #[schema(value_type = TitleText, required = false)]
    title: Option<String>,
    /// `null` takes it away.
    #[serde(deserialize_with = "super::said")]
    #[schema(value_type = Option<String>, max_length = 16384)]
    description: Option<Option<String>>,
    #[schema(nullable = false)]
    hidden: Option<bool>,
    /// When it was made; `null` for unknown.
    #[serde(deserialize_with = "super::said")]
    #[schema(value_type = Option<String>, format = DateTime)]
    made: Option<Option<String>>,
}

/// Write about a video
///
/// What is written here is not replaced by what a scan finds.
#[utoipa::path(
    patch, path = "/api/v1/videos/{id}", tag = "videos", operation_id = "edit_video",
    params(("id" = String, Path, description = "Its id"),
        ("If-Match" = String, Header, pattern = r#"^(\*|"[^"]*")$"#, description = "The ETag of the version that is changed, or `*`")),
    request_body = EditVideo,
    responses((status = 200, description = "As it is now", body = VideoDetails, headers(("etag" = String))),
        (status = 412, description = "It has changed since that version"),
        (status = 428, description = "`If-Match` is wanted")),
)]
pub(crate) async fn edit(
    State(shared): State<Shared>,
    Name(id): Name,
    headers: HeaderMap,
    Json(wanted): Json<EditVideo>,
) -> Result<Response, Problem> {
    let id = content(&id)?;
    let version = etag::expected(&headers)?;
    let made_ms = match wanted.made {
        None => None,
        Some(None) => Some(None),
        Some(Some(text)) => Some(Some(time_of(&text)?)),
    };
    if let Some(Some(description)) = &wanted.description {
        // The store cuts what is longer than four times as many bytes.
        let length = description.chars().count();
        if length > LONGEST_DESCRIPTION {
            let detail =
                format!("description has {length} characters; {LONGEST_DESCRIPTION} are allowed");
            return Err(Problem::unprocessable(detail));
        }
    }
    let edit = Edit {
        title: wanted.title,
        description: wanted.description,
        hidden: wanted.hidden,
        made_ms,
    };
    shared.library.edit(id, edit, version).await?;
    details(&shared, id).await
}

/// The id in a path.
pub(crate) fn content(text: &str) -> Result<ContentId, Problem> {
    text.parse().map_err(|_| Problem::not_found(format!("there is no video {text:?}")))
}
