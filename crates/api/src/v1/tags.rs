//! `/api/v1/tags`, and the tags of a video.

use axum::{
    Json as Answer,
    extract::State,
    response::{IntoResponse as _, Response},
};
use catalogue::{TagId, UserId};
use http::{HeaderMap, StatusCode, header};
use media::ContentId;
use serde::{Deserialize, Serialize};
use store::TagRow;
use utoipa::ToSchema;

use super::{
    shapes::{TagNames, TagText},
    video::{TagName, Video},
    videos::content,
};
use crate::{
    etag,
    input::{Json, JsonList, Name, Names, number, whole},
    problem::Problem,
    routes::Shared,
};

/// A tag.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tag {
    id: i64,
    name: String,
    /// As in `#334455`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    colour: Option<String>,
    /// How many videos have it.
    count: u64,
    /// Counts the changes of name and colour: its ETag is `"v<version>"`.
    version: i64,
}

impl From<TagRow> for Tag {
    fn from(row: TagRow) -> Self {
        let TagRow { id, name, colour, count, version } = row;
        Self { id: id.0, name, colour, count, version }
    }
}

/// Tags, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Tags {
    items: Vec<Tag>,
    /// How many there are.
    total: u64,
}

impl From<Vec<TagRow>> for Tags {
    fn from(rows: Vec<TagRow>) -> Self {
        let items: Vec<Tag> = rows.into_iter().map(Tag::from).collect();
        Self { total: items.len() as u64, items }
    }
}

/// The tags of a video, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VideoTags {
    items: Vec<TagName>,
}

/// A tag to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTag {
    #[schema(value_type = TagText)]
    name: String,
    /// As in `#334455`.
    #[serde(default)]
    #[schema(pattern = "^#[0-9a-fA-F]{6}$")]
    colour: Option<String>,
}

/// What to change; what is left out stays as it is.
#[allow(clippy::option_option, reason = "`null` takes away what leaving it out would keep")]
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct EditTag {
    #[schema(value_type = TagText, required = false)]
    name: Option<String>,
    /// As in `#334455`; `null` takes it away.
    #[serde(deserialize_with = "super::said")]
    #[schema(value_type = Option<String>, pattern = "^#[0-9a-fA-F]{6}$")]
    colour: Option<Option<String>>,
}

/// Where to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Merge {
    /// The tag that stays.
    #[serde(deserialize_with = "whole")]
    into: i64,
}

/// All tags
#[utoipa::path(
    get, path = "/api/v1/tags", tag = "tags", operation_id = "tags",
    responses((status = 200, description = "By name", body = Tags)),
)]
pub(crate) async fn list(State(shared): State<Shared>) -> Result<Answer<Tags>, Problem> {
    Ok(Answer(shared.library.tags().await?.into()))
}

/// Make a tag
#[utoipa::path(
    post, path = "/api/v1/tags", tag = "tags", operation_id = "new_tag", request_body = NewTag,
    responses((status = 201, description = "The tag", body = Tag, headers(("etag" = String))),
        (status = 409, description = "There is one of this name", body = crate::problem::Document, content_type = "application/problem+json")),
)]
pub(crate) async fn new(
    State(shared): State<Shared>,
    Json(NewTag { name, colour }): Json<NewTag>,
) -> Result<Response, Problem> {
    check_colour(colour.as_deref())?;
    let tag = shared.library.new_tag(&name, colour.as_deref()).await?;
    let said = [(header::ETAG, etag::of_version(tag.version))];
    Ok((StatusCode::CREATED, said, Answer(Tag::from(tag))).into_response())
}

/// Rename or colour a tag
#[utoipa::path(
    patch, path = "/api/v1/tags/{id}", tag = "tags", operation_id = "edit_tag",
    params(("id" = i64, Path, description = "Its number"),
        ("If-Match" = String, Header, pattern = r#"^(\*|"[^"]*")$"#, description = "The ETag of the version that is changed, or `*`")),
    request_body = EditTag,
    responses((status = 200, description = "As it is now", body = Tag, headers(("etag" = String)))),
)]
pub(crate) async fn edit(
    State(shared): State<Shared>,
    Name(id): Name,
    headers: HeaderMap,
    Json(EditTag { name, colour }): Json<EditTag>,
) -> Result<Response, Problem> {
    let id = TagId(number(&id, "tag")?);
    let version = etag::expected(&headers)?;
    check_colour(colour.as_ref().and_then(Option::as_deref))?;
    let colour = colour.as_ref().map(Option::as_deref);
    let tag = shared.library.edit_tag(id, name.as_deref(), colour, version).await?;
    let said = [(header::ETAG, etag::of_version(tag.version))];
    Ok((said, Answer(Tag::from(tag))).into_response())
}

/// Take a tag away from all videos, and away
#[utoipa::path(
    delete, path = "/api/v1/tags/{id}", tag = "tags", operation_id = "delete_tag",
    params(("id" = i64, Path, description = "Its number")),
    responses((status = 204, description = "It is gone")),
)]
pub(crate) async fn delete(
    State(shared): State<Shared>,
    Name(id): Name,
) -> Result<StatusCode, Problem> {
    shared.library.delete_tag(TagId(number(&id, "tag")?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a tag part of another
#[utoipa::path(
    post, path = "/api/v1/tags/{id}/merge", tag = "tags", operation_id = "merge_tags",
    params(("id" = i64, Path, description = "The tag that goes")), request_body = Merge,
    responses((status = 200, description = "The one that stays", body = Tag)),
)]
pub(crate) async fn merge(
    State(shared): State<Shared>,
    Name(id): Name,
    Json(Merge { into }): Json<Merge>,
) -> Result<Answer<Tag>, Problem> {
    let tag = shared.library.merge_tags(TagId(number(&id, "tag")?), TagId(into)).await?;
    Ok(Answer(tag.into()))
}

/// Give a video a tag
///
/// One that does not exist yet is made.
#[utoipa::path(
    put, path = "/api/v1/videos/{id}/tags/{name}", tag = "tags", operation_id = "tag_video",
    params(("id" = String, Path, description = "The video's id"), ("name" = String, Path, description = "The tag's name")),
    responses((status = 200, description = "The video's tags", body = VideoTags)),
)]
pub(crate) async fn put(
    State(shared): State<Shared>,
    Names(id, name): Names,
) -> Result<Answer<VideoTags>, Problem> {
    let id = content(&id)?;
    shared.library.tag(id, &name).await?;
    tags_of(&shared, id).await
}

/// Take a tag from a video
#[utoipa::path(
    delete, path = "/api/v1/videos/{id}/tags/{name}", tag = "tags", operation_id = "untag_video",
    params(("id" = String, Path, description = "The video's id"), ("name" = String, Path, description = "The tag's name")),
    responses((status = 200, description = "The video's tags", body = VideoTags)),
)]
pub(crate) async fn remove(
    State(shared): State<Shared>,
    Names(id, name): Names,
) -> Result<Answer<VideoTags>, Problem> {
    let id = content(&id)?;
    shared.library.untag(id, &name).await?;
    tags_of(&shared, id).await
}

/// Give a video these tags and no others
#[utoipa::path(
    put, path = "/api/v1/videos/{id}/tags", tag = "tags", operation_id = "set_tags",
    params(("id" = String, Path, description = "The video's id")),
    request_body = TagNames,
    responses((status = 200, description = "The video's tags", body = VideoTags)),
)]
pub(crate) async fn set(
    State(shared): State<Shared>,
    Name(id): Name,
    JsonList(TagNames(names)): JsonList<TagNames>,
) -> Result<Answer<VideoTags>, Problem> {
    let id = content(&id)?;
    shared.library.set_tags(id, &names).await?;
    tags_of(&shared, id).await
}

async fn tags_of(shared: &Shared, id: ContentId) -> Result<Answer<VideoTags>, Problem> {
    let video = shared.library.store().video(UserId::HOUSEHOLD, id).await?;
    let video = video.ok_or_else(|| Problem::not_found("there is no such video"))?;
    Ok(Answer(VideoTags { items: Video::of(video).tags }))
}

/// A colour goes into pages as it is.
fn check_colour(colour: Option<&str>) -> Result<(), Problem> {
    let Some(colour) = colour else { return Ok(()) };
    let digits = colour.strip_prefix('#').unwrap_or_default();
    if digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Ok(());
    }
    Err(Problem::unprocessable(format!("{colour:?} is no colour: write it as #334455")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_six_hexadecimal_digits() {
        assert!(check_colour(None).is_ok() && check_colour(Some("#00ffAA")).is_ok());
        for wrong in ["red", "#fff", "#gggggg", "#12345é", "url(x)"] {
            assert!(check_colour(Some(wrong)).is_err(), "{wrong}");
        }
    }
}
