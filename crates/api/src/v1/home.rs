//! What the first page shows, folders, and what somebody may mean who types.

use axum::{Json as Answer, extract::State};
use catalogue::UserId;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    filter::{LONGEST_FOLDER, LONGEST_TEXT, too_long},
    video::{TagName, Video},
};
use crate::{
    input::{Query, maybe_whole},
    problem::Problem,
    routes::Shared,
};

/// How many posters stand for a folder.
const POSTERS: usize = 4;
/// How many folders of one answer have posters: the rest is far below what is on screen.
const WITH_POSTERS: usize = 60;

/// What the first page shows.
#[derive(Serialize, ToSchema)]
pub(crate) struct Home {
    /// What was begun, what was played last first.
    r#continue: Vec<Video>,
    /// What came last.
    added: Vec<Video>,
    favourites: Vec<Video>,
    /// The folders at the top.
    collections: Vec<Folder>,
    /// A few of all.
    random: Vec<Video>,
}

/// A folder.
#[allow(clippy::struct_field_names, reason = "clients know them by these names")]
#[derive(Serialize, ToSchema)]
pub(crate) struct Folder {
    /// Its path below the media folders, percent-encoded.
    folder: String,
    /// Its name, readable.
    name: String,
    /// How many videos are in it and below it.
    videos: u64,
    /// The addresses of a few posters.
    posters: Vec<String>,
}

/// Folders.
#[derive(Serialize, ToSchema)]
pub(crate) struct Folders {
    items: Vec<Folder>,
    /// How many there are.
    total: u64,
}

/// What somebody may mean.
#[derive(Serialize, ToSchema)]
pub(crate) struct Suggestions {
    titles: Vec<TitleOf>,
    tags: Vec<TagName>,
    folders: Vec<FolderName>,
}

/// A video, as it is suggested.
#[derive(Serialize, ToSchema)]
pub(crate) struct TitleOf {
    id: String,
    title: String,
}

/// A folder, as it is suggested.
#[derive(Serialize, ToSchema)]
pub(crate) struct FolderName {
    /// Its path, percent-encoded.
    folder: String,
    /// Its name, readable.
    name: String,
}

/// What the first page shows
#[utoipa::path(
    get, path = "/api/v1/home", tag = "videos", operation_id = "home",
    responses((status = 200, description = "Rows of videos", body = Home)),
)]
pub(crate) async fn home(State(shared): State<Shared>) -> Result<Answer<Home>, Problem> {
    let home = Box::pin(shared.library.home(UserId::HOUSEHOLD)).await?;
    let row = |rows: Vec<store::VideoRow>| rows.into_iter().map(Video::of).collect();
    Ok(Answer(Home {
        r#continue: row(home.begun),
        added: row(home.added),
        favourites: row(home.favourites),
        collections: with_posters(&shared, home.folders).await?,
        random: row(home.random),
    }))
}

/// Which folders.
#[derive(Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
#[derive(Default)]
pub(crate) struct Parent {
    /// The folder whose folders are listed; those at the top unless said.
    #[param(max_length = 8192)]
    parent: Option<String>,
}

/// The folders in a folder
#[utoipa::path(
    get, path = "/api/v1/folders", tag = "videos", operation_id = "folders", params(Parent),
    responses((status = 200, description = "By name", body = Folders)),
)]
pub(crate) async fn folders(
    State(shared): State<Shared>,
    Query(Parent { parent }): Query<Parent>,
) -> Result<Answer<Folders>, Problem> {
    let parent = parent.unwrap_or_default();
    too_long("parent", &parent, LONGEST_FOLDER)?;
    let found = shared.library.folders(parent.trim_matches('/')).await?;
    let items = with_posters(&shared, found).await?;
    Ok(Answer(Folders { total: items.len() as u64, items }))
}

async fn with_posters(shared: &Shared, found: Vec<(String, u64)>) -> Result<Vec<Folder>, Problem> {
    let some: Vec<String> =
        found.iter().take(WITH_POSTERS).map(|(folder, _)| folder.clone()).collect();
    let first = shared.library.first_of_folders(UserId::HOUSEHOLD, some, POSTERS).await?;
    let rest = std::iter::repeat_with(Vec::new);
    let folders = found.into_iter().zip(first.into_iter().chain(rest));
    Ok(folders
        .map(|((folder, videos), first)| {
            let posters = first.into_iter().filter_map(|row| Video::of(row).poster_url());
            Folder { name: name(&folder), folder, videos, posters: posters.collect() }
        })
        .collect())
}

/// The last name of a path, readable.
fn name(folder: &str) -> String {
    let name = folder.rsplit('/').next().unwrap_or(folder);
    percent_decode_str(name).decode_utf8_lossy().into_owned()
}

/// What was typed so far.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Typed {
    /// The words; the last one may be unfinished.
    #[param(max_length = 256)]
    q: String,
    /// How many of each kind at most; 8 unless said.
    #[serde(deserialize_with = "maybe_whole")]
    #[param(minimum = 1, maximum = 50)]
    limit: Option<u32>,
}

/// What somebody may mean who has typed this
#[utoipa::path(
    get, path = "/api/v1/suggest", tag = "videos", operation_id = "suggest", params(Typed),
    responses((status = 200, description = "Titles, tags and folders", body = Suggestions)),
)]
pub(crate) async fn suggest(
    State(shared): State<Shared>,
    Query(Typed { q, limit }): Query<Typed>,
) -> Result<Answer<Suggestions>, Problem> {
    too_long("q", &q, LONGEST_TEXT)?;
    let limit = limit.unwrap_or(8);
    if !(1..=50).contains(&limit) {
        return Err(Problem::bad(format!("limit is {limit}; it can be 1 to 50")));
    }
    let limit = limit as usize;
    let found = shared.library.suggest(UserId::HOUSEHOLD, &q, limit).await?;
    let titles = found
        .videos
        .into_iter()
        .map(|row| TitleOf { id: row.content.to_string(), title: row.title });
    let tags = found.tags.into_iter().map(|tag| TagName {
        id: tag.id.0,
        name: tag.name,
        colour: tag.colour,
    });
    Ok(Answer(Suggestions {
        titles: titles.collect(),
        tags: tags.collect(),
        folders: found
            .folders
            .into_iter()
            .map(|folder| FolderName { name: name(&folder), folder })
            .collect(),
    }))
}
