//! `/api/v1/playlists`.

use std::collections::HashMap;

use axum::{
    Json as Answer,
    extract::State,
    response::{IntoResponse as _, Response},
};
use catalogue::{PlaylistId, UserId, VideoId};
use http::{HeaderMap, StatusCode, header};
use library::PlaylistRow;
use serde::{Deserialize, Serialize};
use store::VideoRow;
use utoipa::ToSchema;

use super::{
    shapes::{PlaylistText, VideoIdText},
    video::{Video, seconds},
    videos::content,
};
use crate::{
    etag,
    input::{Json, Name, Names, maybe_whole, number},
    problem::Problem,
    routes::Shared,
};

/// The most videos that are added at once.
const MOST: usize = 1_000;

/// Videos in an order of one's own.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Playlist {
    id: i64,
    name: String,
    /// How many items there are.
    count: u64,
    /// Seconds, all of them together.
    duration: f64,
    /// The posters of the first few.
    posters: Vec<String>,
    /// Counts its changes: its ETag is `"v<version>"`.
    version: i64,
}

/// A playlist with what is in it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaylistItems {
    #[serde(flatten)]
    playlist: Playlist,
    items: Vec<PlaylistItem>,
}

/// A place in a playlist. A video may have several.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaylistItem {
    /// The number of the place, which it keeps when it is moved.
    item: i64,
    video: Video,
}

/// Playlists, by name.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Playlists {
    items: Vec<Playlist>,
    /// How many there are.
    total: u64,
}

impl Playlist {
    fn of(row: PlaylistRow, posters: &HashMap<VideoId, String>) -> Self {
        Self {
            id: row.id.0,
            name: row.name,
            count: row.count,
            duration: seconds(row.duration_ms),
            posters: row.first.iter().filter_map(|video| posters.get(video).cloned()).collect(),
            version: row.version,
        }
    }
}

/// Playlists as clients see them.
async fn shown(shared: &Shared, rows: Vec<PlaylistRow>) -> Result<Vec<Playlist>, Problem> {
    let firsts: Vec<VideoId> = rows.iter().flat_map(|row| row.first.iter().copied()).collect();
    let mut posters = HashMap::new();
    for some in firsts.chunks(MOST) {
        for row in shared.library.store().videos(UserId::HOUSEHOLD, some).await? {
            let video = row.video;
            posters.extend(Video::of(row).poster_url().map(|url| (video, url)));
        }
    }
    Ok(rows.into_iter().map(|row| Playlist::of(row, &posters)).collect())
}

/// One of them.
async fn shown_one(shared: &Shared, row: PlaylistRow) -> Result<Playlist, Problem> {
    let one = shown(shared, vec![row]).await?.pop();
    one.ok_or_else(|| Problem::not_found("there is no such playlist"))
}

/// A name.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = NewPlaylist)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlaylistName {
    #[schema(value_type = PlaylistText)]
    name: String,
}

/// Which videos, and where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddItems {
    /// Ids of videos, in order.
    #[schema(max_items = 1000, value_type = Vec<VideoIdText>)]
    videos: Vec<String>,
    /// How many items of the playlist stay before them; they go to the end unless said.
    #[serde(default, deserialize_with = "maybe_whole")]
    at: Option<u64>,
}

/// Where to.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct MoveItem {
    /// The item before which it goes; to the end unless said.
    #[serde(deserialize_with = "maybe_whole")]
    before: Option<i64>,
}

/// All playlists
#[utoipa::path(
    get, path = "/api/v1/playlists", tag = "playlists", operation_id = "playlists",
    responses((status = 200, description = "By name", body = Playlists)),
)]
pub(crate) async fn list(State(shared): State<Shared>) -> Result<Answer<Playlists>, Problem> {
    let rows = shared.library.playlists(UserId::HOUSEHOLD).await?;
    let items = shown(&shared, rows).await?;
    Ok(Answer(Playlists { total: items.len() as u64, items }))
}

/// Make a playlist
#[utoipa::path(
    post, path = "/api/v1/playlists", tag = "playlists", operation_id = "new_playlist", request_body = PlaylistName,
    responses((status = 201, description = "The playlist", body = Playlist, headers(("etag" = String)))),
)]
pub(crate) async fn new(
    State(shared): State<Shared>,
    Json(PlaylistName { name }): Json<PlaylistName>,
) -> Result<Response, Problem> {
    let playlist = shared.library.new_playlist(UserId::HOUSEHOLD, &name).await?;
    let said = [(header::ETAG, etag::of_version(playlist.version))];
    let playlist = shown_one(&shared, playlist).await?;
    Ok((StatusCode::CREATED, said, Answer(playlist)).into_response())
}

/// A playlist with its items
#[utoipa::path(
    get, path = "/api/v1/playlists/{id}", tag = "playlists", operation_id = "playlist",
    params(("id" = i64, Path, description = "Its number")),
    responses((status = 200, description = "The playlist", body = PlaylistItems, headers(("etag" = String)))),
)]
pub(crate) async fn get(State(shared): State<Shared>, Name(id): Name) -> Result<Response, Problem> {
    whole(&shared, playlist(&id)?).await
}

/// Rename a playlist
#[utoipa::path(
    patch, path = "/api/v1/playlists/{id}", tag = "playlists", operation_id = "rename_playlist",
    params(("id" = i64, Path, description = "Its number"),
        ("If-Match" = String, Header, pattern = r#"^(\*|"[^"]*")$"#, description = "The ETag of the version that is changed, or `*`")),
    request_body = PlaylistName,
    responses((status = 200, description = "As it is now", body = PlaylistItems, headers(("etag" = String)))),
)]
pub(crate) async fn rename(
    State(shared): State<Shared>,
    Name(id): Name,
    headers: HeaderMap,
    Json(PlaylistName { name }): Json<PlaylistName>,
) -> Result<Response, Problem> {
    let id = playlist(&id)?;
    let version = etag::expected(&headers)?;
    shared.library.rename_playlist(UserId::HOUSEHOLD, id, &name, version).await?;
    whole(&shared, id).await
}

/// Delete a playlist
#[utoipa::path(
    delete, path = "/api/v1/playlists/{id}", tag = "playlists", operation_id = "delete_playlist",
    params(("id" = i64, Path, description = "Its number")),
    responses((status = 204, description = "It is gone; its videos are not")),
)]
pub(crate) async fn delete(
    State(shared): State<Shared>,
    Name(id): Name,
) -> Result<StatusCode, Problem> {
    shared.library.delete_playlist(UserId::HOUSEHOLD, playlist(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Add videos to a playlist
#[utoipa::path(
    post, path = "/api/v1/playlists/{id}/items", tag = "playlists", operation_id = "add_items",
    params(("id" = i64, Path, description = "The playlist's number")), request_body = AddItems,
    responses((status = 200, description = "As it is now", body = PlaylistItems, headers(("etag" = String)))),
)]
pub(crate) async fn add(
    State(shared): State<Shared>,
    Name(id): Name,
    Json(AddItems { videos, at }): Json<AddItems>,
) -> Result<Response, Problem> {
    let id = playlist(&id)?;
    if videos.len() > MOST {
        let detail = format!("{} videos at once; {MOST} are taken", videos.len());
        return Err(Problem::unprocessable(detail));
    }
    let videos = videos.iter().map(|id| content(id)).collect::<Result<Vec<_>, _>>()?;
    shared.library.add_to_playlist(UserId::HOUSEHOLD, id, &videos, at).await?;
    whole(&shared, id).await
}

/// Take an item out of a playlist
#[utoipa::path(
    delete, path = "/api/v1/playlists/{id}/items/{item}", tag = "playlists", operation_id = "remove_item",
    params(("id" = i64, Path, description = "The playlist's number"), ("item" = i64, Path, description = "The item's number")),
    responses((status = 200, description = "As it is now", body = PlaylistItems, headers(("etag" = String)))),
)]
pub(crate) async fn remove(
    State(shared): State<Shared>,
    Names(id, item): Names,
) -> Result<Response, Problem> {
    let (id, item) = (playlist(&id)?, number(&item, "item")?);
    shared.library.remove_from_playlist(UserId::HOUSEHOLD, id, item).await?;
    whole(&shared, id).await
}

/// Move an item of a playlist
#[utoipa::path(
    post, path = "/api/v1/playlists/{id}/items/{item}/move", tag = "playlists", operation_id = "move_item",
    params(("id" = i64, Path, description = "The playlist's number"), ("item" = i64, Path, description = "The item's number")),
    request_body = MoveItem,
    responses((status = 200, description = "As it is now", body = PlaylistItems, headers(("etag" = String)))),
)]
pub(crate) async fn move_item(
    State(shared): State<Shared>,
    Names(id, item): Names,
    Json(MoveItem { before }): Json<MoveItem>,
) -> Result<Response, Problem> {
    let (id, item) = (playlist(&id)?, number(&item, "item")?);
    shared.library.move_in_playlist(UserId::HOUSEHOLD, id, item, before).await?;
    whole(&shared, id).await
}

async fn whole(shared: &Shared, id: PlaylistId) -> Result<Response, Problem> {
    let (row, items) = shared.library.playlist(UserId::HOUSEHOLD, id).await?;
    let said = [(header::ETAG, etag::of_version(row.version))];
    let item = |(item, row): (i64, VideoRow)| PlaylistItem { item, video: Video::of(row) };
    let whole = PlaylistItems {
        playlist: shown_one(shared, row).await?,
        items: items.into_iter().map(item).collect(),
    };
    Ok((said, Answer(whole)).into_response())
}

fn playlist(text: &str) -> Result<PlaylistId, Problem> {
    number(text, "playlist").map(PlaylistId)
}
