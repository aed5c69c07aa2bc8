//! `/api/v1/jobs`: what is done in the background, and calling it off.

use axum::{
    Json as Answer,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{StatusCode, header};
use library::{Dismissed, JobRow, JobState as Stands};
use serde::Serialize;
use utoipa::ToSchema;

use super::filter::time;
use crate::{
    input::{Name, number},
    problem::Problem,
    routes::Shared,
};

/// Something that is done in the background.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Job {
    id: i64,
    kind: JobKind,
    state: JobState,
    /// What it is about: the folder of an import.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    subject: Option<String>,
    /// How many steps are done: files of a scan, videos of a pass over pictures, seconds of a load test.
    done: u64,
    /// Of about how many, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    total: Option<u64>,
    /// What came of it, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    note: Option<String>,
    /// Why it failed, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<String>,
    /// When it was asked for.
    #[schema(format = DateTime)]
    created: String,
    /// When it began.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    started: Option<String>,
    /// When it ended. Of one that was interrupted: when Vidicon started again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = DateTime)]
    ended: Option<String>,
}

/// What is done.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum JobKind {
    /// The media folders are looked through.
    Scan,
    /// Posters and storyboards are made.
    Pictures,
    /// What an older installation knew is taken over.
    Import,
    /// The library is backed up.
    Backup,
    /// Simulated users ask this server.
    LoadTest,
}

/// How it stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum JobState {
    /// Something else comes first.
    Waiting,
    Running,
    Done,
    Failed,
    /// Somebody called it off.
    Cancelled,
    /// Vidicon ended before it did.
    Interrupted,
}

/// A job that was taken off the list, as events tell of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JobRemoved {
    id: i64,
    /// Always true.
    removed: bool,
}

/// Jobs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Jobs {
    /// Those that run, those that wait, then those that ended, each the newest first; at most 200.
    items: Vec<Job>,
    /// How many are listed.
    total: u64,
}

impl Job {
    /// As clients see it; none if its kind is one that only a later Vidicon knows.
    pub(crate) fn of(row: JobRow) -> Option<Self> {
        let kind = match row.kind.as_str() {
            "scan" => JobKind::Scan,
            "pictures" => JobKind::Pictures,
            "import" => JobKind::Import,
            "backup" => JobKind::Backup,
            "load-test" => JobKind::LoadTest,
            _ => return None,
        };
        Some(Self {
            id: row.id,
            kind,
            state: match row.state {
                Stands::Waiting => JobState::Waiting,
                Stands::Running => JobState::Running,
                Stands::Done => JobState::Done,
                Stands::Failed => JobState::Failed,
                Stands::Cancelled => JobState::Cancelled,
                Stands::Interrupted => JobState::Interrupted,
            },
            subject: row.subject,
            done: row.done,
            total: row.total,
            note: row.note,
            error: row.error,
            created: time(row.created_ms),
            started: row.started_ms.map(time),
            ended: row.ended_ms.map(time),
        })
    }

    /// The answer of a route that asks for one.
    pub(crate) fn accepted(row: JobRow) -> Result<Response, Problem> {
        let job = Self::of(row).ok_or_else(|| Problem::not_found("there is no such job"))?;
        let said = [(header::CACHE_CONTROL, "no-store")];
        Ok((StatusCode::ACCEPTED, said, Answer(job)).into_response())
    }
}

/// What is done in the background
///
/// What runs and waits, and what ended last, with what came of it. What nobody asked for is listed once it has lasted two
/// seconds. Events of the kind `job` tell of changes, to who may administer: a `Job`, or a `JobRemoved`.
#[utoipa::path(
    get, path = "/api/v1/jobs", tag = "upkeep", operation_id = "jobs",
    responses((status = 200, description = "The list", body = Jobs)),
)]
pub(crate) async fn list(State(shared): State<Shared>) -> Result<Response, Problem> {
    let rows = shared.library.jobs().list().await?;
    let items: Vec<Job> = rows.into_iter().filter_map(Job::of).collect();
    let jobs = Jobs { total: items.len() as u64, items };
    Ok(([(header::CACHE_CONTROL, "no-store")], Answer(jobs)).into_response())
}

/// Call a job off, or take one that has ended off the list
///
/// One that runs is told to end, which it does soon. What a scan or a pass over pictures has done until then stays;
/// of an import or a backup nothing is left.
#[utoipa::path(
    delete, path = "/api/v1/jobs/{id}", tag = "upkeep", operation_id = "dismiss_job",
    params(("id" = i64, Path, description = "Its number")),
    responses((status = 202, description = "It is told to end; as it is now", body = Job),
        (status = 204, description = "It was over, and is off the list"),
        (status = 409, description = "Another process does it, such as a command")),
)]
pub(crate) async fn dismiss(
    State(shared): State<Shared>,
    Name(id): Name,
) -> Result<Response, Problem> {
    match shared.library.jobs().dismiss(number(&id, "job")?).await? {
        Dismissed::Told(row) => Job::accepted(row),
        Dismissed::Removed => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}
