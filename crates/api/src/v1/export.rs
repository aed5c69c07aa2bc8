//! `/api/v1/export`: what is known, for other programs: in the files of older installations, or all of it
//! as one JSON text.
//!
//! The JSON text is written while it is sent, some hundred videos at a time: it takes as little memory of a
//! million videos as of ten. It is not of one moment, as a backup is.

use std::collections::BTreeMap;

use axum::{
    Json as Answer,
    body::Body,
    extract::State,
    response::{IntoResponse as _, Response},
};
use bytes::Bytes;
use catalogue::{PlaylistId, UserId, VideoId};
use futures_util::stream;
use http::header;
use library::{Library, LibraryError};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use utoipa::{IntoParams, ToSchema};

use super::{
    ask::now_ms,
    filter::time,
    video::{Video, VideoFile, seconds},
};
use crate::{input::Query, problem::Problem, routes::Shared};

/// How many videos are written at a time.
const AT_ONCE: u32 = 500;
/// How many items of a playlist, and how many plays.
const MANY: u32 = 5_000;
/// The version of the text's form.
const FORMAT: u32 = 1;

/// In which form.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ExportFormat {
    /// The files of older installations.
    #[default]
    Files,
    /// All of the library.
    Json,
}

/// How it is exported.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct HowToExport {
    /// `files` for the four files of older installations, `json` for all of the library; the first unless said.
    #[param(inline)]
    format: ExportFormat,
}

/// What an export is, in either form.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "only described: both are written piece by piece")]
pub(crate) enum Exported {
    Files(LegacyFiles),
    Library(LibraryExport),
}

/// The files of older installations, by name.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described")]
pub(crate) struct LegacyFiles {
    /// Stars, by file name.
    #[serde(rename = "ratings.json")]
    ratings: BTreeMap<String, u8>,
    /// Views, by file name.
    #[serde(rename = "views.json")]
    views: BTreeMap<String, u64>,
    /// Tags, by file name.
    #[serde(rename = "tags.json")]
    tags: BTreeMap<String, Vec<String>>,
    /// File names.
    #[serde(rename = "favorites.json")]
    favorites: Vec<String>,
}

/// All of the library.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described: it is written piece by piece")]
pub(crate) struct LibraryExport {
    /// Always `library`.
    vidicon: String,
    /// The version of this form: 1.
    format: u32,
    /// When it was begun.
    #[schema(format = DateTime)]
    made: String,
    /// In the order in which they came.
    videos: Vec<ExportedVideo>,
    /// By name.
    tags: Vec<ExportedTag>,
    playlists: Vec<ExportedPlaylist>,
    /// What was played, the newest first.
    history: Vec<ExportedPlay>,
}

/// A video.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportedVideo {
    #[serde(flatten)]
    #[schema(inline)]
    video: Video,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    description: Option<String>,
    /// All files that hold it, or did; at most 1,000.
    files: Vec<VideoFile>,
}

/// A tag.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportedTag {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    colour: Option<String>,
}

/// A playlist.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "only described: it is written piece by piece")]
pub(crate) struct ExportedPlaylist {
    name: String,
    /// Ids of videos, in order.
    videos: Vec<String>,
}

/// Something that was played.
#[derive(Serialize, ToSchema)]
pub(crate) struct ExportedPlay {
    /// The id of the video.
    video: String,
    #[schema(format = DateTime)]
    started: String,
    /// How far, in seconds.
    position: f64,
}

/// What is known, for other programs
///
/// In the files of older installations, by file name; or all of the library as one text, which is sent while it is
/// written. If something fails in the middle, the answer is cut off.
#[utoipa::path(
    get, path = "/api/v1/export", tag = "admin", operation_id = "export", params(HowToExport),
    responses((status = 200, description = "In the form that was asked for", body = Exported)),
)]
pub(crate) async fn export(
    State(shared): State<Shared>,
    Query(HowToExport { format }): Query<HowToExport>,
) -> Result<Response, Problem> {
    if format == ExportFormat::Json {
        return whole(&shared.library).await;
    }
    let files = shared.library.export_legacy(UserId::HOUSEHOLD).await?;
    let files: BTreeMap<&str, serde_json::Value> = files.into_iter().collect();
    let said = [
        (header::CONTENT_DISPOSITION, "attachment; filename=\"vidicon-export.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((said, Answer(files)).into_response())
}

async fn whole(library: &Library) -> Result<Response, Problem> {
    let mut pieces = library_as_json(library.clone());
    // What fails at once gets a status of its own.
    let first = match pieces.recv().await {
        Some(first) => first?,
        None => Bytes::new(),
    };
    let pieces = stream::unfold((Some(first), pieces), |(first, mut pieces)| async move {
        let piece = match first {
            Some(first) => Ok(first),
            None => pieces.recv().await?,
        };
        Some((piece, (None, pieces)))
    });
    let said = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"library.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((said, Body::from_stream(pieces)).into_response())
}

/// All of the library as a JSON text, in pieces; an error is the last of them. Must be called within a runtime.
pub fn library_as_json(library: Library) -> mpsc::Receiver<Result<Bytes, LibraryError>> {
    let (pieces, taken) = mpsc::channel(2);
    tokio::spawn(async move {
        let mut out = Out { pieces, text: Vec::new(), between: false };
        if let Err(Stopped::Failed(error)) = write(&library, &mut out).await {
            tracing::error!(%error, "an export ends in the middle");
            // Nobody may be there any more.
            let _ = out.pieces.send(Err(error)).await;
        }
    });
    taken
}

/// Why nothing more is written.
enum Stopped {
    /// Nobody takes it.
    Gone,
    Failed(LibraryError),
}

impl<E: Into<LibraryError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// A JSON text in the making.
struct Out {
    pieces: mpsc::Sender<Result<Bytes, LibraryError>>,
    text: Vec<u8>,
    /// Whether a comma must come before what is next.
    between: bool,
}

impl Out {
    fn raw(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
    }

    /// Begins a list under this name, behind another member.
    fn begin(&mut self, name: &str) {
        self.raw(&format!(",\n\"{name}\":["));
        self.between = false;
    }

    fn end(&mut self) {
        self.raw("]");
    }

    /// An item of a list.
    fn item(&mut self, item: &impl Serialize) {
        self.raw(if self.between { ",\n" } else { "\n" });
        self.between = true;
        // None of these types can fail to be written.
        self.text.extend(serde_json::to_vec(item).unwrap_or_else(|_| b"null".to_vec()));
    }

    /// Hands on what was written.
    async fn flush(&mut self) -> Result<(), Stopped> {
        let piece = Bytes::from(std::mem::take(&mut self.text));
        self.pieces.send(Ok(piece)).await.map_err(|_| Stopped::Gone)
    }
}

async fn write(library: &Library, out: &mut Out) -> Result<(), Stopped> {
    let made = time(now_ms());
    out.raw(&format!("{{\"vidicon\":\"library\",\"format\":{FORMAT},\"made\":\"{made}\""));
    videos(library, out).await?;
    out.begin("tags");
    for tag in library.tags().await? {
        out.item(&ExportedTag { name: tag.name, colour: tag.colour });
    }
    out.end();
    out.begin("playlists");
    for playlist in library.playlists(UserId::HOUSEHOLD).await? {
        let name = serde_json::to_string(&playlist.name).unwrap_or_default();
        out.raw(if out.between { ",\n" } else { "\n" });
        out.raw(&format!("{{\"name\":{name},\"videos\":["));
        out.between = false;
        playlist_items(library, playlist.id, out).await?;
        out.raw("]}");
        out.between = true;
    }
    out.end();
    history(library, out).await?;
    out.raw("}\n");
    out.flush().await
}

async fn videos(library: &Library, out: &mut Out) -> Result<(), Stopped> {
    out.begin("videos");
    let mut after: Option<VideoId> = None;
    loop {
        let page = library.store().videos_after(UserId::HOUSEHOLD, after, AT_ONCE).await?;
        let Some((last, _)) = page.last() else { break };
        after = Some(last.video);
        for (row, files) in page {
            let description = row.description.clone();
            let files = files.iter().map(VideoFile::of).collect();
            out.item(&ExportedVideo { video: Video::of(row), description, files });
        }
        out.flush().await?;
    }
    out.end();
    Ok(())
}

async fn playlist_items(
    library: &Library,
    playlist: PlaylistId,
    out: &mut Out,
) -> Result<(), Stopped> {
    let mut after = None;
    loop {
        let store = library.store();
        let items = match store.playlist_items(UserId::HOUSEHOLD, playlist, after, MANY).await {
            // Somebody has deleted it meanwhile.
            Err(store::StoreError::NotFound { .. }) => break,
            items => items?,
        };
        let Some(last) = items.last() else { break };
        after = Some((last.rank, last.item));
        for item in items {
            out.item(&item.content.to_string());
        }
        out.flush().await?;
    }
    Ok(())
}

async fn history(library: &Library, out: &mut Out) -> Result<(), Stopped> {
    out.begin("history");
    let mut before = None;
    loop {
        let plays = library.store().history(UserId::HOUSEHOLD, before, MANY).await?;
        let Some(last) = plays.last() else { break };
        before = Some(last.id);
        for play in plays {
            out.item(&ExportedPlay {
                video: play.content.to_string(),
                started: time(play.started_ms),
                position: seconds(play.position_ms),
            });
        }
        out.flush().await?;
    }
    out.end();
    Ok(())
}
