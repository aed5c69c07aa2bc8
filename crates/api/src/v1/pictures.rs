//! Posters, storyboards and previews. Those that are not there yet are made when they are asked for.

use std::{sync::Arc, time::SystemTime};

use axum::{
    Json as Answer,
    body::Bytes,
    extract::{FromRequest as _, Request, State},
    response::{IntoResponse as _, Response},
};
use catalogue::UserId;
use delivery::{Ask, Made, MediaType, reply_made};
use extents::{Extent, Part, Plan};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use library::{Action, NoPicture, OpenPicture, PictureError, Selection, storyboard_vtt};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    jobs::Job,
    marks::position_ms,
    video::{Video, address},
    videos::content,
};
use crate::{
    files,
    input::{Json, Name, Names, Query, body, maybe_whole, number},
    problem::Problem,
    routes::Shared,
};

/// The widest poster that is asked for, in pixels.
const WIDEST: u32 = 4096;

/// Which form of a picture.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Form {
    /// At least so many pixels wide, where the picture has them; 640 unless said.
    #[serde(deserialize_with = "maybe_whole")]
    #[param(minimum = 1, maximum = 4096)]
    w: Option<u32>,
    /// Its version, as the address in a video has it: then the answer may be kept for ever.
    #[param(max_length = 32)]
    v: Option<String>,
}

/// Its version.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Version {
    /// Its version, as the address in a video has it: then the answer may be kept for ever.
    #[param(max_length = 32)]
    v: Option<String>,
}

/// The bytes of a picture.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct Image(#[allow(dead_code, reason = "only described")] Vec<u8>);

/// Which moment of the video is its poster.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PosterAt {
    /// Seconds from the beginning.
    #[schema(minimum = 0, maximum = 31_536_000)]
    at: f64,
}

/// The poster of a video
///
/// One that is not there yet is made, which may take seconds.
#[utoipa::path(
    get, path = "/api/v1/videos/{id}/poster.jpg", tag = "pictures", operation_id = "poster",
    params(("id" = String, Path, description = "The video's id"), Form),
    responses((status = 200, description = "The picture", body = Image, content_type = "image/jpeg"),
        (status = 304, description = "It is what `If-None-Match` shows"),
        (status = 404, description = "There is no such video, or no picture can be made of it: the problem says why")),
)]
pub(crate) async fn poster(
    State(shared): State<Shared>,
    Name(id): Name,
    Query(Form { w, v }): Query<Form>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_version(v.as_deref())?;
    let width = w.unwrap_or(640);
    if !(1..=WIDEST).contains(&width) {
        return Err(Problem::bad(format!("w is {width}; it can be 1 to {WIDEST}")));
    }
    let picture = shared.library.poster(content(&id)?, width).await?;
    sent(&shared, picture, "poster.jpg", v.is_some(), &headers)
}

/// Small pictures of a video for the seek bar, as WebVTT
///
/// Each cue names a part of a sheet.
#[utoipa::path(
    get, path = "/api/v1/videos/{id}/storyboard.vtt", tag = "pictures", operation_id = "storyboard",
    params(("id" = String, Path, description = "The video's id"), Version),
    responses((status = 200, description = "The cues", body = String, content_type = "text/vtt"),
        (status = 304, description = "It is what `If-None-Match` shows"),
        (status = 404, description = "There is no such video, or it has no storyboard")),
)]
pub(crate) async fn storyboard(
    State(shared): State<Shared>,
    Name(id): Name,
    Query(Version { v }): Query<Version>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_version(v.as_deref())?;
    let id = content(&id)?;
    let board = shared.library.storyboard(id).await?;
    let base = address(&id.to_string());
    let version = v.as_deref().filter(|version| version.bytes().all(|byte| byte.is_ascii_digit()));
    let suffix = version.map(|version| format!("?v={version}")).unwrap_or_default();
    let text = storyboard_vtt(&board, |sheet| format!("{base}/storyboard/{sheet}{suffix}"));
    let tag = crate::etag::of_text(text.as_bytes());
    let tag = tag.to_str().unwrap_or_default().trim_matches('"').to_owned();
    let plan = Plan::new([Part::Bytes(text.into())]);
    let kind = MediaType::of("storyboard.vtt".as_ref());
    made(&shared, plan, tag, kind, version.is_some(), &headers)
}

/// A sheet of small pictures
#[utoipa::path(
    get, path = "/api/v1/videos/{id}/storyboard/{sheet}", tag = "pictures", operation_id = "storyboard_sheet",
    params(("id" = String, Path, description = "The video's id"),
        ("sheet" = u32, Path, description = "Its number, from 0"), Version),
    responses((status = 200, description = "The picture", body = Image, content_type = "image/jpeg"),
        (status = 304, description = "It is what `If-None-Match` shows")),
)]
pub(crate) async fn sheet(
    State(shared): State<Shared>,
    Names(id, sheet): Names,
    Query(Version { v }): Query<Version>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_version(v.as_deref())?;
    let sheet = usize::try_from(number(&sheet, "sheet")?).unwrap_or(usize::MAX);
    let picture = shared.library.sheet(content(&id)?, sheet).await?;
    sent(&shared, picture, "sheet.jpg", v.is_some(), &headers)
}

/// A few seconds of a video, without sound
#[utoipa::path(
    get, path = "/api/v1/videos/{id}/preview.mp4", tag = "pictures", operation_id = "preview",
    params(("id" = String, Path, description = "The video's id"), Version),
    responses((status = 200, description = "The film", body = Image, content_type = "video/mp4"),
        (status = 206, description = "The range of it", body = Image, content_type = "video/mp4"),
        (status = 304, description = "It is what `If-None-Match` shows"),
        (status = 404, description = "There is no such video, or no preview can be made of it"),
        (status = 416, description = "It has no such range")),
)]
pub(crate) async fn preview(
    State(shared): State<Shared>,
    Name(id): Name,
    Query(Version { v }): Query<Version>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    check_version(v.as_deref())?;
    let picture = shared.library.preview(content(&id)?).await?;
    sent(&shared, picture, "preview.mp4", v.is_some(), &headers)
}

/// The most bytes of a picture that is to be a poster: larger ones no camera makes.
pub(crate) const UPLOAD_MAX: usize = 20 << 20;

/// Choose the poster of a video
///
/// A moment of it, or a picture of one's own: JPEG, PNG or WebP, at most 20 MiB.
#[utoipa::path(
    put, path = "/api/v1/videos/{id}/poster", tag = "pictures", operation_id = "choose_poster",
    params(("id" = String, Path, description = "The video's id")),
    request_body(content((PosterAt = "application/json"), (Image = "image/jpeg"), (Image = "image/png"), (Image = "image/webp"))),
    responses((status = 200, description = "The video, with its new poster", body = Video)),
)]
pub(crate) async fn choose_poster(
    State(shared): State<Shared>,
    Name(id): Name,
    request: Request,
) -> Result<Answer<Video>, Problem> {
    let id = content(&id)?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.starts_with("image/")) {
        let image: Bytes = body(request, &()).await?;
        shared.library.poster_from(id, image).await?;
    } else {
        let Json(PosterAt { at }) = Json::from_request(request, &()).await?;
        shared.library.poster_at(id, position_ms(at)?).await?;
    }
    video(&shared, id).await
}

/// Let Vidicon choose the poster again
#[utoipa::path(
    delete, path = "/api/v1/videos/{id}/poster", tag = "pictures", operation_id = "automatic_poster",
    params(("id" = String, Path, description = "The video's id")),
    responses((status = 200, description = "The video, with its new poster", body = Video)),
)]
pub(crate) async fn automatic_poster(
    State(shared): State<Shared>,
    Name(id): Name,
) -> Result<Answer<Video>, Problem> {
    let id = content(&id)?;
    shared.library.poster_again(id).await?;
    video(&shared, id).await
}

/// Read the files of a video again, and make its pictures anew
#[utoipa::path(
    post, path = "/api/v1/videos/{id}/refresh", tag = "pictures", operation_id = "refresh_video",
    params(("id" = String, Path, description = "The video's id")),
    responses((status = 202, description = "It will be done", body = Video)),
)]
pub(crate) async fn refresh(
    State(shared): State<Shared>,
    Name(id): Name,
) -> Result<(StatusCode, Answer<Video>), Problem> {
    let id = content(&id)?;
    let only = Selection::Ids(vec![id]);
    shared.library.batch(UserId::HOUSEHOLD, &only, &Action::Refresh).await?;
    Ok((StatusCode::ACCEPTED, video(&shared, id).await?))
}

/// Whose pictures.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Thumbnails {
    /// Of all videos, but for posters that somebody chose; only where there are none unless said.
    all: bool,
}

/// How many pictures are to be made.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MakingPictures {
    /// Of how many videos the old ones were forgotten.
    videos: u64,
    /// The job in which what is missing is made; none where pictures are made only when somebody looks at their
    /// place (`library.pictures_ahead`).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    job: Option<Job>,
}

/// Make pictures anew
#[utoipa::path(
    post, path = "/api/v1/thumbnails", tag = "upkeep", operation_id = "make_pictures", request_body = Thumbnails,
    responses((status = 202, description = "It will be done in the background", body = MakingPictures)),
)]
pub(crate) async fn thumbnails(
    State(shared): State<Shared>,
    Json(Thumbnails { all }): Json<Thumbnails>,
) -> Result<(StatusCode, Answer<MakingPictures>), Problem> {
    let videos = shared.library.make_pictures(all).await?;
    let job = shared.library.ask_pictures().await?.and_then(Job::of);
    Ok((StatusCode::ACCEPTED, Answer(MakingPictures { videos, job })))
}

/// Refuses a version that no address of ours has.
fn check_version(version: Option<&str>) -> Result<(), Problem> {
    match version {
        Some(version) if version.chars().count() > 32 => {
            Err(Problem::bad("v is longer than any version; take it from the address in a video"))
        }
        _ => Ok(()),
    }
}

async fn video(shared: &Shared, id: media::ContentId) -> Result<Answer<Video>, Problem> {
    let row = shared.library.store().video(UserId::HOUSEHOLD, id).await?;
    let row = row.ok_or_else(|| Problem::not_found("there is no such video"))?;
    Ok(Answer(Video::of(row)))
}

/// The answer with an open picture. Its name tells its bytes from any other.
fn sent(
    shared: &Shared,
    picture: OpenPicture,
    name: &str,
    immutable: bool,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let OpenPicture { file, len, name: tag } = picture;
    let tag = tag.replace(|character: char| !character.is_ascii_alphanumeric(), "-");
    let plan = Plan::new([Part::Extent(Extent { file: Arc::new(file), range: 0..len })]);
    made(shared, plan, tag, MediaType::of(name.as_ref()), immutable, headers)
}

/// The answer with something that was made; `tag` tells its bytes from any other.
pub(super) fn made(
    shared: &Shared,
    plan: Plan,
    tag: String,
    media_type: MediaType,
    immutable: bool,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let made = Made {
        plan,
        tag,
        modified: SystemTime::UNIX_EPOCH,
        media_type,
        immutable,
        download: None,
        forms: None,
    };
    let ask = Ask { method: &Method::GET, headers, download: false };
    let reply = reply_made(made, ask, &shared.policy).map_err(|error| {
        Problem::new(error.status(), error.to_string()).headers(error.headers())
    })?;
    Ok(files::dress(reply).into_response())
}

impl From<PictureError> for Problem {
    fn from(error: PictureError) -> Self {
        let picture = match error {
            PictureError::Library(error) => return error.into(),
            PictureError::None(picture) => picture,
        };
        let detail = picture.to_string();
        match picture {
            NoPicture::NoVideo | NoPicture::Damaged(_) | NoPicture::Unreadable(_) => {
                Self::not_found(detail)
            }
            NoPicture::Upload(_) => Self::unprocessable(detail),
            NoPicture::Later(_) | NoPicture::Busy | NoPicture::Cancelled => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
                    .header(header::RETRY_AFTER, HeaderValue::from_static("2"))
            }
            // What the person who runs it can mend: no ffmpeg, a full disk.
            _ => {
                tracing::warn!(error = detail, "a picture cannot be made");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, detail)
                    .header(header::RETRY_AFTER, HeaderValue::from_static("60"))
            }
        }
    }
}
