//! Work in the background, as it is shown: scans, pictures, backups.

use serde_json::json;

use crate::{
    Done, Store, StoreError,
    db::{Link, Row, args, column},
    done::Notes,
    text::clean_within,
};

/// A job.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JobRow {
    /// Its number.
    pub id: i64,
    /// What kind of work: `scan`.
    pub kind: String,
    /// How it stands.
    pub state: JobState,
    /// What it is about.
    pub subject: Option<String>,
    /// How many steps are done.
    pub done: u64,
    /// Of how many, if that is known.
    pub total: Option<u64>,
    /// What it is doing, or what came of it, for a person.
    pub note: Option<String>,
    /// Why it failed, for a person.
    pub error: Option<String>,
    /// When it was asked for, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it began.
    pub started_ms: Option<i64>,
    /// When it ended.
    pub ended_ms: Option<i64>,
}

/// How a job stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JobState {
    /// Others come first.
    Waiting,
    /// It is at work.
    Running,
    /// It did what it should.
    Done,
    /// It could not.
    Failed,
    /// Somebody stopped it, or Vidicon was stopped.
    Stopped,
}

impl JobState {
    /// Its name: `waiting`, `running`, `done`, `failed`, `stopped`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }

    /// Whether there is nothing more to come.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Stopped)
    }

    fn of(name: &str) -> Self {
        match name {
            "waiting" => Self::Waiting,
            "running" => Self::Running,
            "done" => Self::Done,
            "failed" => Self::Failed,
            _ => Self::Stopped,
        }
    }
}

/// How many jobs that are over are kept.
const KEPT: i64 = 500;
const NONE: StoreError = StoreError::NotFound { what: "such job" };

macro_rules! columns {
    () => {
        "id, kind, state, subject, done, total, note, error, created_ms, started_ms, ended_ms"
    };
}

impl Store {
    /// A job that waits. Old ones that are over are forgotten on the way.
    pub async fn new_job(
        &self,
        kind: &str,
        subject: Option<&str>,
        total: Option<u64>,
        now_ms: i64,
    ) -> Result<Done<JobRow>, StoreError> {
        let mut link = self.db.write().await?;
        link.run(
            "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state IN ('done', 'failed', 'stopped') \
             ORDER BY id DESC LIMIT 100000 OFFSET $1)",
            args![KEPT],
        )
        .await?;
        let row = link
            .row(
                concat!(
                    "INSERT INTO jobs (kind, state, subject, done, total, created_ms) \
                     VALUES ($1, 'waiting', $2, 0, $3, $4) RETURNING ",
                    columns!()
                ),
                args![kind, subject.map(short), total.map(column), now_ms],
            )
            .await?;
        tell(link, row, now_ms).await
    }

    /// A job begins.
    pub async fn start_job(&self, job: i64, now_ms: i64) -> Result<Done<JobRow>, StoreError> {
        let mut link = self.db.write().await?;
        let row = link
            .row(
                concat!(
                    "UPDATE jobs SET state = 'running', started_ms = $2 WHERE id = $1 RETURNING ",
                    columns!()
                ),
                args![job, now_ms],
            )
            .await?;
        tell(link, row, now_ms).await
    }

    /// How far a job is. The journal does not tell of it: that would fill it.
    pub async fn job_progress(
        &self,
        job: i64,
        done: u64,
        total: Option<u64>,
        note: Option<&str>,
    ) -> Result<JobRow, StoreError> {
        let mut link = self.db.write().await?;
        let row = link
            .row(
                concat!(
                    "UPDATE jobs SET done = $2, total = $3, note = $4 WHERE id = $1 RETURNING ",
                    columns!()
                ),
                args![job, column(done), total.map(column), note.map(short)],
            )
            .await?;
        let job = read(&row.ok_or(NONE)?)?;
        link.commit().await?;
        Ok(job)
    }

    /// A job is over.
    pub async fn end_job(
        &self,
        job: i64,
        state: JobState,
        error: Option<&str>,
        now_ms: i64,
    ) -> Result<Done<JobRow>, StoreError> {
        let mut link = self.db.write().await?;
        let row = link
            .row(
                concat!(
                    "UPDATE jobs SET state = $2, error = $3, ended_ms = $4 WHERE id = $1 RETURNING ",
                    columns!()
                ),
                args![job, state.name(), error.map(short), now_ms],
            )
            .await?;
        tell(link, row, now_ms).await
    }

    /// Jobs that were not over when Vidicon ended are stopped now; how many.
    pub async fn stop_lost_jobs(&self, now_ms: i64) -> Result<u64, StoreError> {
        let mut link = self.db.write().await?;
        let stopped = link
            .run(
                "UPDATE jobs SET state = 'stopped', ended_ms = $1 WHERE state IN ('waiting', 'running')",
                args![now_ms],
            )
            .await?;
        link.commit().await?;
        Ok(stopped)
    }

    /// The newest jobs, at most `limit`, those that are not over first.
    pub async fn jobs(&self, limit: u32) -> Result<Vec<JobRow>, StoreError> {
        let mut link = self.db.read().await?;
        let rows = link
            .rows(
                concat!(
                    "SELECT ",
                    columns!(),
                    " FROM jobs ORDER BY CASE state WHEN 'running' THEN 0 WHEN 'waiting' THEN 1 ELSE 2 END, \
                     id DESC LIMIT $1"
                ),
                args![limit],
            )
            .await?;
        rows.iter().map(read).collect()
    }

    /// One job.
    pub async fn job(&self, job: i64) -> Result<Option<JobRow>, StoreError> {
        let mut link = self.db.read().await?;
        let row = link
            .row(concat!("SELECT ", columns!(), " FROM jobs WHERE id = $1"), args![job])
            .await?;
        row.as_ref().map(read).transpose()
    }
}

fn short(text: &str) -> String {
    clean_within(text.to_owned(), 2_000)
}

async fn tell(link: Link, row: Option<Row>, now_ms: i64) -> Result<Done<JobRow>, StoreError> {
    let job = read(&row.ok_or(NONE)?)?;
    let mut notes = Notes::new(now_ms);
    notes.line(
        "job",
        json!({
            "id": job.id, "kind": job.kind, "state": job.state.name(), "subject": job.subject,
            "done": job.done, "total": job.total, "note": job.note, "error": job.error,
        }),
    );
    notes.commit(link, job).await
}

fn read(row: &Row) -> Result<JobRow, StoreError> {
    let mut columns = row.columns();
    Ok(JobRow {
        id: columns.int()?,
        kind: columns.text()?,
        state: JobState::of(&columns.text()?),
        subject: columns.maybe_text()?,
        done: columns.count()?,
        total: columns.maybe_count()?,
        note: columns.maybe_text()?,
        error: columns.maybe_text()?,
        created_ms: columns.int()?,
        started_ms: columns.maybe_int()?,
        ended_ms: columns.maybe_int()?,
    })
}
