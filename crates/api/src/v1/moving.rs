//! Moving in from older installations.

use std::path::PathBuf;

use axum::{Json as Answer, extract::State};
use catalogue::UserId;
use library::ImportReport;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::filter::too_long;
use crate::{input::Json, problem::Problem, routes::Shared};

/// Where to look.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportFrom {
    /// A folder of the machine that Vidicon runs on, with `ratings.json`, `views.json`, `tags.json` or
    /// `favorites.json` in it.
    #[schema(min_length = 1, max_length = 4096, pattern = "^/")]
    folder: String,
}

/// What an import did.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Import {
    folder: String,
    /// The files that were read.
    files: Vec<String>,
    /// Whether all that could be done had been done before.
    known: bool,
    /// How many names were found to be videos.
    matched: u64,
    /// How many videos got stars.
    ratings: u64,
    favourites: u64,
    /// How many got views.
    views: u64,
    /// How many got tags.
    tags: u64,
    /// Names that are no video's here, and why.
    unmatched: Vec<UnmatchedName>,
    /// How many such names there are, also those that are not listed.
    unmatched_count: u64,
    /// Entries that make no sense.
    malformed: Vec<MalformedEntry>,
}

/// A name that is no video's.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UnmatchedName {
    name: String,
    reason: String,
}

/// An entry that makes no sense.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MalformedEntry {
    /// The file that it stands in.
    file: String,
    /// The entry; none if it is the file as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    entry: Option<String>,
    reason: String,
}

/// Imports, the last first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Imports {
    items: Vec<Import>,
    total: u64,
}

impl From<ImportReport> for Import {
    fn from(report: ImportReport) -> Self {
        let unmatched = report.unmatched.into_iter();
        let malformed = report.malformed.into_iter();
        Self {
            folder: report.folder,
            files: report.files,
            known: report.known,
            matched: report.matched,
            ratings: report.taken.ratings,
            favourites: report.taken.favourites,
            views: report.taken.views,
            tags: report.taken.tags,
            unmatched: unmatched
                .map(|one| UnmatchedName { name: one.name, reason: one.reason })
                .collect(),
            unmatched_count: report.unmatched_count,
            malformed: malformed
                .map(|one| MalformedEntry { file: one.file, entry: one.entry, reason: one.reason })
                .collect(),
        }
    }
}

/// Take over what an older installation knew
///
/// Its files are left as they are; doing it again changes nothing. It is a job: it goes on though nobody waits for the
/// answer, and can be called off.
#[utoipa::path(
    post, path = "/api/v1/import", tag = "admin", operation_id = "import", request_body = ImportFrom,
    responses((status = 200, description = "What was done", body = Import),
        (status = 409, description = "Somebody called it off: nothing was done")),
)]
pub(crate) async fn import(
    State(shared): State<Shared>,
    Json(ImportFrom { folder }): Json<ImportFrom>,
) -> Result<Answer<Import>, Problem> {
    too_long("folder", &folder, 4096)?;
    let path = PathBuf::from(&folder);
    if !path.is_absolute() {
        let detail =
            format!("{folder:?} is no whole path: write it from the root on, as in /srv/videos");
        return Err(Problem::unprocessable(detail));
    }
    Ok(Answer(shared.library.import_as_job(UserId::HOUSEHOLD, &path).await?.into()))
}

/// What was imported so far
#[utoipa::path(
    get, path = "/api/v1/import", tag = "admin", operation_id = "imports",
    responses((status = 200, description = "The last first", body = Imports)),
)]
pub(crate) async fn imports(State(shared): State<Shared>) -> Result<Answer<Imports>, Problem> {
    let items: Vec<Import> =
        shared.library.imports().await?.into_iter().map(Import::from).collect();
    Ok(Answer(Imports { total: items.len() as u64, items }))
}
