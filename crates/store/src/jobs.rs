//! Work in the background, as it is shown: scans, pictures, backups.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Done, Store, StoreError,
    db::{Link, Row, args, column},
    done::Notes,
    text::clean_within,
};

/// A job.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct JobRow {
    /// Its number.
    pub id: i64,
    /// What kind of work: `scan`. Whoever does it names it.
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
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Others come first.
    Waiting,
    /// It is at work.
    Running,
    /// It did what it should.
    Done,
    /// It could not.
    Failed,
    /// Somebody called it off.
    Cancelled,
    /// Vidicon ended before it did.
    Interrupted,
}

impl JobState {
    /// Its name: `waiting`, `running`, `done`, `failed`, `cancelled`,
    /// `interrupted`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether there is nothing more to come.
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }

    fn of(name: &str) -> Self {
        match name {
            "waiting" => Self::Waiting,
            "running" => Self::Running,
            "done" => Self::Done,
            "failed" => Self::Failed,
            "cancelled" => Self::Cancelled,
            _ => Self::Interrupted,
        }
    }
}

/// How a job ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JobEnd {
    /// As what: a state that is over.
    pub state: JobState,
    /// How many steps were done.
    pub done: u64,
    /// Of how many, if that was known.
    pub total: Option<u64>,
    /// What came of it, for a person.
    pub note: Option<String>,
    /// Why it failed, for a person.
    pub error: Option<String>,
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
            "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state NOT IN ('waiting', 'running') \
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

    /// A job is over.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such job.
    pub async fn end_job(
        &self,
        job: i64,
        end: JobEnd,
        now_ms: i64,
    ) -> Result<Done<JobRow>, StoreError> {
        let mut link = self.db.write().await?;
        let row = link
            .row(
                concat!(
                    "UPDATE jobs SET state = $2, done = $3, total = $4, note = $5, error = $6, ended_ms = $7 \
                     WHERE id = $1 RETURNING ",
                    columns!()
                ),
                args![
                    job,
                    end.state.name(),
                    column(end.done),
                    end.total.map(column),
                    end.note.as_deref().map(short),
                    end.error.as_deref().map(short),
                    now_ms
                ],
            )
            .await?;
        tell(link, row, now_ms).await
    }

    /// Jobs that were not over when Vidicon ended are interrupted now; which.
    pub async fn interrupt_jobs(&self, now_ms: i64) -> Result<Done<Vec<JobRow>>, StoreError> {
        let mut link = self.db.write().await?;
        let rows = link
            .rows(
                concat!(
                    "UPDATE jobs SET state = 'interrupted', ended_ms = $1 \
                     WHERE state IN ('waiting', 'running') RETURNING ",
                    columns!()
                ),
                args![now_ms],
            )
            .await?;
        let jobs = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let mut notes = Notes::new(now_ms);
        for job in &jobs {
            notes.line("job", json!(job));
        }
        notes.commit(link, jobs).await
    }

    /// Takes a job that is over off the list; the journal says `{id, removed}`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such job, [`StoreError::Taken`] if it is not over.
    pub async fn forget_job(&self, job: i64, now_ms: i64) -> Result<Done<()>, StoreError> {
        let mut link = self.db.write().await?;
        let row = link
            .row(concat!("DELETE FROM jobs WHERE id = $1 RETURNING ", columns!()), args![job])
            .await?;
        if !read(&row.ok_or(NONE)?)?.state.is_over() {
            return Err(StoreError::Taken { what: "the work of this job".to_owned() });
        }
        let mut notes = Notes::new(now_ms);
        notes.line("job", json!({ "id": job, "removed": true }));
        notes.commit(link, ()).await
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
    notes.line("job", json!(job));
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
