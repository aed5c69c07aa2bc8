//! `/api/v1/backup`: all of the library in a file, made now; the files that are there.

use std::sync::Arc;

use axum::{
    Json as Answer,
    extract::State,
    response::{IntoResponse as _, Response},
};
use delivery::MediaType;
use extents::{Extent, Part, Plan};
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::{filter::time, jobs::Job, pictures};
use crate::{input::Name, problem::Problem, routes::Shared};

/// The backups that are there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BackupList {
    /// The newest first.
    items: Vec<BackupItem>,
    /// How many there are.
    total: u64,
}

/// A backup.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Backup)]
pub(crate) struct BackupItem {
    /// The name of its file, by which it is downloaded.
    name: String,
    /// When it was made.
    #[schema(format = DateTime)]
    made: String,
    /// Bytes.
    size: u64,
}

/// The bytes of a backup.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct BackupBytes(#[allow(dead_code, reason = "only described")] Vec<u8>);

/// The backups that are there
///
/// Those that are made by themselves, and those that somebody asked for here.
#[utoipa::path(
    get, path = "/api/v1/backup", tag = "admin", operation_id = "backups",
    responses((status = 200, description = "The newest first", body = BackupList)),
)]
pub(crate) async fn list(State(shared): State<Shared>) -> Result<Response, Problem> {
    let items: Vec<BackupItem> = shared
        .library
        .backups()
        .await?
        .into_iter()
        .map(|file| BackupItem { name: file.name, made: time(file.made_ms), size: file.bytes })
        .collect();
    let said = [(header::CACHE_CONTROL, "no-store")];
    Ok((said, Answer(BackupList { total: items.len() as u64, items })).into_response())
}

/// Back up the library now
///
/// As a job, whose note says the name of the file when it is done. The oldest backups go, so that
/// `library.backups_kept` stay.
#[utoipa::path(
    post, path = "/api/v1/backup", tag = "admin", operation_id = "back_up",
    responses((status = 202, description = "It will be made", body = Job)),
)]
pub(crate) async fn make(State(shared): State<Shared>) -> Result<Response, Problem> {
    Job::accepted(shared.library.ask_backup().await?)
}

/// Download a backup
///
/// `vidicon restore` makes a library of it. It holds the hash of the administrator's password.
#[utoipa::path(
    get, path = "/api/v1/backup/{name}", tag = "admin", operation_id = "backup",
    params(("name" = String, Path, description = "The name of its file")),
    responses((status = 200, description = "The file", body = BackupBytes, content_type = "application/octet-stream"),
        (status = 206, description = "The range of it", body = BackupBytes, content_type = "application/octet-stream"),
        (status = 304, description = "It is what `If-None-Match` shows"),
        (status = 416, description = "It has no such range")),
)]
pub(crate) async fn download(
    State(shared): State<Shared>,
    Name(name): Name,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (file, len) = shared.library.open_backup(&name).await?;
    let plan = Plan::new([Part::Extent(Extent { file: Arc::new(file), range: 0..len })]);
    // A file of this name and length is this one: it is written once.
    let tag = format!("{len:x}-{}", name.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let mut response = pictures::made(&shared, plan, tag, MediaType::UNKNOWN, false, &headers)?;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    // Its name is letters, digits, hyphens and a dot.
    if let Ok(said) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, said);
    }
    Ok(response)
}
