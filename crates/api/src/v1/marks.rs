//! Ratings, favourites, what was watched and how far, views.

use axum::{Json as Answer, extract::State};
use catalogue::UserId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{video::Marks, videos::content};
use crate::{
    input::{Json, Name, maybe_whole},
    problem::Problem,
    routes::Shared,
};

/// The longest film, in seconds: a year.
const LONGEST: f64 = 31_536_000.0;

/// Stars.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rating {
    /// `null` takes the rating away.
    #[serde(deserialize_with = "maybe_whole")]
    #[schema(value_type = Option<u8>, required = true, minimum = 1, maximum = 5)]
    rating: Option<u8>,
}

/// Whether it is one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Favourite {
    favourite: bool,
}

/// Whether it was.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WatchedMark {
    watched: bool,
}

/// How far somebody is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Progress {
    /// Seconds from the beginning.
    #[schema(minimum = 0, maximum = 31_536_000)]
    position: f64,
}

/// How often it was viewed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Views {
    views: u64,
}

/// Rate a video
#[utoipa::path(
    put, path = "/api/v1/videos/{id}/rating", tag = "marks", operation_id = "rate",
    params(("id" = String, Path, description = "The video's id")), request_body = Rating,
    responses((status = 200, description = "As it is now", body = Marks)),
)]
pub(crate) async fn rate(
    State(shared): State<Shared>,
    Name(id): Name,
    Json(Rating { rating }): Json<Rating>,
) -> Result<Answer<Marks>, Problem> {
    let personal = shared.library.rate(UserId::HOUSEHOLD, content(&id)?, rating).await?;
    Ok(Answer(Marks::of(personal)))
}

/// Make a video a favourite, or no longer
#[utoipa::path(
    put, path = "/api/v1/videos/{id}/favourite", tag = "marks", operation_id = "favourite",
    params(("id" = String, Path, description = "The video's id")), request_body = Favourite,
    responses((status = 200, description = "As it is now", body = Marks)),
)]
pub(crate) async fn favourite(
    State(shared): State<Shared>,
    Name(id): Name,
    Json(Favourite { favourite }): Json<Favourite>,
) -> Result<Answer<Marks>, Problem> {
    let personal = shared.library.favourite(UserId::HOUSEHOLD, content(&id)?, favourite).await?;
    Ok(Answer(Marks::of(personal)))
}

/// Say that a video was watched, or was not
///
/// Either way there is no place left to go on from.
#[utoipa::path(
    put, path = "/api/v1/videos/{id}/watched", tag = "marks", operation_id = "watched",
    params(("id" = String, Path, description = "The video's id")), request_body = WatchedMark,
    responses((status = 200, description = "As it is now", body = Marks)),
)]
pub(crate) async fn watched(
    State(shared): State<Shared>,
    Name(id): Name,
    Json(WatchedMark { watched }): Json<WatchedMark>,
) -> Result<Answer<Marks>, Problem> {
    let personal = shared.library.watched(UserId::HOUSEHOLD, content(&id)?, watched).await?;
    Ok(Answer(Marks::of(personal)))
}

/// Say how far somebody is
///
/// From nine tenths on it counts as watched.
#[utoipa::path(
    put, path = "/api/v1/videos/{id}/progress", tag = "marks", operation_id = "progress",
    params(("id" = String, Path, description = "The video's id")), request_body = Progress,
    responses((status = 200, description = "As it is now", body = Marks)),
)]
pub(crate) async fn progress(
    State(shared): State<Shared>,
    Name(id): Name,
    Json(Progress { position }): Json<Progress>,
) -> Result<Answer<Marks>, Problem> {
    let id = content(&id)?;
    let position_ms = position_ms(position)?;
    let personal = shared.library.progress(UserId::HOUSEHOLD, id, position_ms).await?;
    Ok(Answer(Marks::of(personal)))
}

/// Count a view
#[utoipa::path(
    post, path = "/api/v1/videos/{id}/view", tag = "marks", operation_id = "view",
    params(("id" = String, Path, description = "The video's id")),
    responses((status = 200, description = "How many there are now", body = Views)),
)]
pub(crate) async fn view(
    State(shared): State<Shared>,
    Name(id): Name,
) -> Result<Answer<Views>, Problem> {
    let views = shared.library.view(UserId::HOUSEHOLD, content(&id)?).await?;
    Ok(Answer(Views { views }))
}

/// Seconds as milliseconds.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is within bounds")]
pub(crate) fn position_ms(position: f64) -> Result<u64, Problem> {
    if !(0.0..=LONGEST).contains(&position) {
        let detail = format!("position is {position}; it must be seconds, 0 to {LONGEST}");
        return Err(Problem::unprocessable(detail));
    }
    Ok((position * 1000.0).round() as u64)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_position_is_some_seconds_from_the_beginning() {
        assert_eq!(position_ms(0.0).unwrap(), 0);
        assert_eq!(position_ms(12.3456).unwrap(), 12_346);
        for wrong in [-0.1, f64::NAN, f64::INFINITY, 1e30] {
            assert!(position_ms(wrong).is_err(), "{wrong}");
        }
    }
}
