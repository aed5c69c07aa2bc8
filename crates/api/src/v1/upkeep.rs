//! Scanning and watching, and what is not as it should be: duplicates, problems. What was played.

use axum::{Json as Answer, extract::State};
use catalogue::{UserId, VideoId};
use http::StatusCode;
use library::{ScanState, ScanStatus, Watch, WatchMode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    filter::time,
    video::{Video, VideoFile, seconds},
};
use crate::{
    input::{Query, maybe_whole},
    problem::Problem,
    routes::Shared,
};

/// How the scan is getting on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Scan {
    state: Scanning,
    /// Files that were met in this scan.
    seen: u64,
    /// About how many there are.
    expected: u64,
    /// Files that were new or changed, and were read.
    read: u64,
    /// When the running scan began, or the last one ended; none before the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    since: Option<String>,
    /// How long the last whole scan took, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    took: Option<f64>,
    /// Why the last scan did not come to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<String>,
}

/// Whether the media folders are looked through at the moment.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Scanning {
    /// All that is known is up to date, as far as it is watched.
    Idle,
    Running,
}

impl From<ScanStatus> for Scan {
    fn from(status: ScanStatus) -> Self {
        Self {
            state: match status.state {
                ScanState::Idle => Scanning::Idle,
                ScanState::Running => Scanning::Running,
            },
            seen: status.seen,
            expected: status.expected,
            read: status.read,
            since: (status.since_ms > 0).then(|| time(status.since_ms)),
            took: status.took_ms.map(seconds),
            error: status.error,
        }
    }
}

/// How the media folders are watched.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Watcher {
    roots: Vec<WatchedRoot>,
}

/// How one media folder is watched.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WatchedRoot {
    root: String,
    mode: Watching,
    /// Why it is not notified, and what could be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    reason: Option<String>,
}

/// How a media folder is watched.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Watching {
    /// The system tells at once.
    Notified,
    /// It is looked through at intervals.
    Polled,
    /// It is not there.
    Missing,
}

impl From<Vec<Watch>> for Watcher {
    fn from(watches: Vec<Watch>) -> Self {
        let roots = watches.into_iter().map(|watch| WatchedRoot {
            root: watch.root,
            mode: match watch.mode {
                WatchMode::Notified => Watching::Notified,
                WatchMode::Polled => Watching::Polled,
                WatchMode::Missing => Watching::Missing,
            },
            reason: watch.reason,
        });
        Self { roots: roots.collect() }
    }
}

/// How the scan is getting on
#[utoipa::path(
    get, path = "/api/v1/scan", tag = "upkeep", operation_id = "scan",
    responses((status = 200, description = "How far it is", body = Scan)),
)]
pub(crate) async fn scan(State(shared): State<Shared>) -> Answer<Scan> {
    Answer(shared.library.scan_status().into())
}

/// Look through all media folders
///
/// It is a job.
#[utoipa::path(
    post, path = "/api/v1/scan", tag = "upkeep", operation_id = "start_scan",
    responses((status = 202, description = "It will be done, after a scan that runs already", body = Scan)),
)]
pub(crate) async fn start_scan(
    State(shared): State<Shared>,
) -> Result<(StatusCode, Answer<Scan>), Problem> {
    shared.library.ask_scan().await?;
    Ok((StatusCode::ACCEPTED, Answer(shared.library.scan_status().into())))
}

/// Stop the scan that runs
///
/// What it has found stays; the next one goes on there.
#[utoipa::path(
    delete, path = "/api/v1/scan", tag = "upkeep", operation_id = "stop_scan",
    responses((status = 202, description = "It is told to stop", body = Scan)),
)]
pub(crate) async fn stop_scan(State(shared): State<Shared>) -> (StatusCode, Answer<Scan>) {
    shared.library.stop_scan();
    (StatusCode::ACCEPTED, Answer(shared.library.scan_status().into()))
}

/// How the media folders are watched
#[utoipa::path(
    get, path = "/api/v1/watcher", tag = "upkeep", operation_id = "watcher",
    responses((status = 200, description = "Each folder, and why it is watched the way it is", body = Watcher)),
)]
pub(crate) async fn watcher(State(shared): State<Shared>) -> Answer<Watcher> {
    Answer(shared.library.watches().into())
}

/// A stretch of a list.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Stretch {
    /// How many at most; 50 unless said.
    #[serde(deserialize_with = "maybe_whole")]
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Where to go on: `next` of the stretch before.
    #[param(max_length = 64, pattern = "^([0-9]{1,18}(-[0-9]{1,18})?)?$")]
    cursor: Option<String>,
}

impl Stretch {
    fn limit(&self) -> Result<u32, Problem> {
        match self.limit.unwrap_or(50) {
            limit @ 1..=200 => Ok(limit),
            limit => Err(Problem::bad(format!("limit is {limit}; it can be 1 to 200"))),
        }
    }

    /// The cursor as numbers.
    fn after<const N: usize>(&self) -> Result<Option<[i64; N]>, Problem> {
        let Some(text) = self.cursor.as_deref().filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let is_long = text.len() > 64;
        let numbers: Option<Vec<i64>> = text.split('-').map(|number| number.parse().ok()).collect();
        let numbers =
            numbers.filter(|_| !is_long).and_then(|numbers| <[i64; N]>::try_from(numbers).ok());
        numbers.map(Some).ok_or_else(|| Problem::bad("the cursor is none that Vidicon has made"))
    }
}

/// Where a list goes on, if it may: after a whole stretch.
fn next<T>(items: &[T], limit: u32, cursor: impl Fn(&T) -> String) -> Option<String> {
    let whole = items.len() >= limit as usize;
    items.last().filter(|_| whole).map(cursor)
}

/// Videos that several files hold.
#[derive(Serialize, ToSchema)]
pub(crate) struct Duplicates {
    items: Vec<Duplicate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// A video that several files hold.
#[derive(Serialize, ToSchema)]
pub(crate) struct Duplicate {
    video: Video,
    /// The files.
    files: Vec<VideoFile>,
}

/// Videos that several files hold
#[utoipa::path(
    get, path = "/api/v1/duplicates", tag = "upkeep", operation_id = "duplicates", params(Stretch),
    responses((status = 200, description = "A stretch of the list", body = Duplicates)),
)]
pub(crate) async fn duplicates(
    State(shared): State<Shared>,
    Query(stretch): Query<Stretch>,
) -> Result<Answer<Duplicates>, Problem> {
    let limit = stretch.limit()?;
    let after = stretch.after::<1>()?.and_then(|[video]| u32::try_from(video).ok()).map(VideoId);
    let found = shared.library.store().duplicates(after, limit).await?;
    let next = next(&found, limit, |duplicate| duplicate.video.0.to_string());
    let videos: Vec<VideoId> = found.iter().map(|duplicate| duplicate.video).collect();
    let mut items = Vec::with_capacity(videos.len());
    for row in shared.library.store().videos(UserId::HOUSEHOLD, &videos).await? {
        let details = shared.library.details(UserId::HOUSEHOLD, row.content).await?;
        let files = details.files.iter().map(VideoFile::of).collect();
        items.push(Duplicate { video: Video::of(row), files });
    }
    Ok(Answer(Duplicates { items, next }))
}

/// What is not as it should be.
#[derive(Serialize, ToSchema)]
pub(crate) struct Problems {
    items: Vec<FileProblem>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// Something that is wrong with a file.
#[derive(Serialize, ToSchema)]
pub(crate) struct FileProblem {
    /// The media folder.
    root: String,
    /// The path below it, percent-encoded.
    path: String,
    /// What is wrong, in words.
    problem: String,
    /// The id of its video, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    video: Option<String>,
    /// Since when the file is known.
    #[schema(format = DateTime)]
    found: String,
}

/// Why files are no videos, or yield no pictures
#[utoipa::path(
    get, path = "/api/v1/problems", tag = "upkeep", operation_id = "problems", params(Stretch),
    responses((status = 200, description = "A stretch of the list", body = Problems)),
)]
pub(crate) async fn problems(
    State(shared): State<Shared>,
    Query(stretch): Query<Stretch>,
) -> Result<Answer<Problems>, Problem> {
    let limit = stretch.limit()?;
    let after = stretch.after::<2>()?.map(|[kind, number]| (kind, number));
    let found = shared.library.problems(after, limit).await?;
    let next = next(&found, limit, |problem| format!("{}-{}", problem.at.0, problem.at.1));
    let items = found.into_iter().map(|found| FileProblem {
        root: found.root,
        path: found.path,
        problem: found.problem,
        video: found.content.map(|id| id.to_string()),
        found: time(found.found_ms),
    });
    Ok(Answer(Problems { items: items.collect(), next }))
}

/// What was played.
#[derive(Serialize, ToSchema)]
#[schema(as = PlayHistory)]
pub(crate) struct History {
    items: Vec<Played>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next: Option<String>,
}

/// Something that was played.
#[derive(Serialize, ToSchema)]
pub(crate) struct Played {
    id: i64,
    video: Video,
    /// When it was begun.
    #[schema(format = DateTime)]
    started: String,
    /// How far it was played, in seconds from its beginning.
    position: f64,
}

/// What was played, the newest first
#[utoipa::path(
    get, path = "/api/v1/history", tag = "marks", operation_id = "history", params(Stretch),
    responses((status = 200, description = "A stretch of the list", body = History)),
)]
pub(crate) async fn history(
    State(shared): State<Shared>,
    Query(stretch): Query<Stretch>,
) -> Result<Answer<History>, Problem> {
    let limit = stretch.limit()?;
    let before = stretch.after::<1>()?.map(|[before]| before);
    let store = shared.library.store();
    let plays = store.history(UserId::HOUSEHOLD, before, limit).await?;
    let next = next(&plays, limit, |play| play.id.to_string());
    let videos: Vec<VideoId> = plays.iter().map(|play| play.video).collect();
    // Each play has its row, also where a video was played twice.
    let rows = store.videos(UserId::HOUSEHOLD, &videos).await?;
    let items = plays.into_iter().filter_map(|play| {
        let row = rows.iter().find(|row| row.video == play.video)?.clone();
        Some(Played {
            id: play.id,
            video: Video::of(row),
            started: time(play.started_ms),
            position: seconds(play.position_ms),
        })
    });
    Ok(Answer(History { items: items.collect(), next }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn stretch(cursor: &str) -> Stretch {
        Stretch { limit: None, cursor: Some(cursor.to_owned()) }
    }

    #[test]
    fn a_cursor_is_numbers_that_were_given_out() {
        assert_eq!(stretch("1-7").after::<2>().unwrap(), Some([1, 7]));
        assert_eq!(stretch("").after::<2>().unwrap(), None);
        for wrong in ["1", "1-2-3", "a-b", "1-"] {
            assert!(stretch(wrong).after::<2>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_list_goes_on_after_a_whole_stretch_only() {
        assert_eq!(next(&[1, 2], 2, ToString::to_string).as_deref(), Some("2"));
        assert_eq!(next(&[1], 2, ToString::to_string), None);
        assert_eq!(next::<u8>(&[], 2, ToString::to_string), None);
    }
}
