//! `/api/v1/batch` and `/api/v1/undo`: the same for many videos, and taking the last of it back.

use axum::{Json as Answer, extract::State};
use catalogue::{PlaylistId, UserId};
use library::{Action, Selection as Selected};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    ask,
    filter::BatchQuery,
    shapes::{IDS, Only, Stars, TagText, VideoIds},
    videos::content,
};
use crate::{
    input::{Json, object, whole},
    problem::Problem,
    routes::Shared,
};

/// Which videos, and what to do with them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Batch {
    select: Select,
    action: BatchAction,
}

/// Which videos.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Select {
    /// These, at most 10,000.
    Ids(VideoIds),
    /// All that a list with this query has.
    #[serde(deserialize_with = "object")]
    Query(Box<BatchQuery>),
}

/// What to do with them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum BatchAction {
    /// Give them this tag.
    Tag(TagText),
    /// Take this tag away.
    Untag(TagText),
    /// Give stars, 1 to 5; `null` takes them away.
    Rate(Stars),
    /// Make them favourites, or no longer.
    Favourite(bool),
    /// Say that they were watched, or were not.
    Watched(bool),
    /// Put them at the end of this playlist.
    #[serde(deserialize_with = "whole")]
    Playlist(i64),
    /// Keep them out of lists, or no longer.
    Hide(bool),
    /// Read their files again, and make their pictures anew.
    Refresh(Only),
}

/// What was done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Batched {
    /// How many videos are different now.
    changed: u64,
    /// What can be taken back, if anything can.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    undo: Option<Undo>,
}

/// Something that can be taken back.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Undo {
    /// Tells it from later ones.
    id: i64,
    /// What was done.
    label: String,
}

impl From<library::UndoOffer> for Undo {
    fn from(offer: library::UndoOffer) -> Self {
        Self { id: offer.id, label: offer.label }
    }
}

/// What can be taken back, or was.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Undoable {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    undo: Option<Undo>,
}

/// Do the same to many videos
#[utoipa::path(
    post, path = "/api/v1/batch", tag = "videos", operation_id = "batch", request_body = Batch,
    responses((status = 200, description = "What was done", body = Batched)),
)]
pub(crate) async fn run(
    State(shared): State<Shared>,
    Json(Batch { select, action }): Json<Batch>,
) -> Result<Answer<Batched>, Problem> {
    let selected = match select {
        Select::Ids(VideoIds(ids)) if ids.len() > IDS => {
            let detail = format!("{} ids at once; {IDS} are taken: select by a query", ids.len());
            return Err(Problem::unprocessable(detail));
        }
        Select::Ids(VideoIds(ids)) => {
            Selected::Ids(ids.iter().map(|id| content(id)).collect::<Result<_, _>>()?)
        }
        Select::Query(query) => {
            Selected::Query(Box::new(ask::batch(&shared.library, &query).await?))
        }
    };
    let action = match action {
        BatchAction::Tag(TagText(name)) => Action::Tag(name),
        BatchAction::Untag(TagText(name)) => Action::Untag(name),
        BatchAction::Rate(Stars(stars)) => Action::Rate(stars),
        BatchAction::Favourite(favourite) => Action::Favourite(favourite),
        BatchAction::Watched(watched) => Action::Watched(watched),
        BatchAction::Playlist(id) => Action::Playlist(PlaylistId(id)),
        BatchAction::Hide(hide) => Action::Hide(hide),
        BatchAction::Refresh(Only(true)) => Action::Refresh,
        BatchAction::Refresh(Only(false)) => {
            return Err(Problem::unprocessable(
                "refresh can only be true: nothing is what is done otherwise",
            ));
        }
    };
    let done = shared.library.batch(UserId::HOUSEHOLD, &selected, &action).await?;
    let undo = done.undo.map(Undo::from);
    Ok(Answer(Batched { changed: done.changed, undo }))
}

/// What can be taken back
#[utoipa::path(
    get, path = "/api/v1/undo", tag = "videos", operation_id = "undoable",
    responses((status = 200, description = "The last batch, if it can be", body = Undoable)),
)]
pub(crate) async fn undoable(State(shared): State<Shared>) -> Result<Answer<Undoable>, Problem> {
    let undo = shared.library.can_undo(UserId::HOUSEHOLD).await?;
    Ok(Answer(Undoable { undo: undo.map(Undo::from) }))
}

/// Take the last batch back
#[utoipa::path(
    post, path = "/api/v1/undo", tag = "videos", operation_id = "undo",
    responses((status = 200, description = "What was taken back", body = Undoable),
        (status = 404, description = "There is nothing to take back")),
)]
pub(crate) async fn undo(State(shared): State<Shared>) -> Result<Answer<Undoable>, Problem> {
    let nothing = || Problem::not_found("there is nothing to take back");
    let offer = shared.library.can_undo(UserId::HOUSEHOLD).await?.ok_or_else(nothing)?;
    shared.library.undo(UserId::HOUSEHOLD, Some(offer.id)).await?.ok_or_else(nothing)?;
    Ok(Answer(Undoable { undo: Some(offer.into()) }))
}
