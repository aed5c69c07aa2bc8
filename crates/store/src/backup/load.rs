//! Making a database from a backup.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use serde_json::Value;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, sqlite::SqliteConnectOptions};
use tokio::sync::mpsc;

use super::{
    Backup,
    file::{Head, Line, Reader, sync_folder},
    tables::{Kind, LEFT_OUT, TABLES, columns},
};
use crate::{
    Location, StoreError,
    db::{Db, Link, args},
    migrate, open,
};

/// By which a server shows who restores.
const NAME: &str = "vidicon restore";
/// How the name ends of a file that is made from a backup.
const RESTORING: &str = ".restoring";
/// A server needs a moment to notice that somebody has left.
const LEAVING: Duration = Duration::from_secs(2);
/// How many rows one statement takes, and how many bytes.
const ROWS: usize = 1_000;
const BYTES: usize = 4 << 20;

/// Makes a database from a backup, whichever database the backup is of. Nobody may use it meanwhile.
/// The backup is read to its end before anything is touched; either all of it is there afterwards,
/// or what was there before.
///
/// # Errors
/// [`StoreError::Taken`] if there is a database already and `replace` does not say that it may go,
/// [`StoreError::Newer`] and [`StoreError::Corrupt`] if the backup cannot be used,
/// [`StoreError::Unavailable`] if the database is in use.
pub async fn restore(
    backup: &Path,
    location: &Location,
    replace: bool,
    now_ms: i64,
) -> Result<Backup, StoreError> {
    let path = backup.to_owned();
    let (head, rows) = blocking(move || {
        let mut reader = Reader::open(&path)?;
        while reader.next()?.is_some() {}
        Ok((reader.head, reader.rows()))
    })
    .await?;
    match location {
        Location::Sqlite(target) => sqlite(backup, head, target, replace, now_ms).await?,
        Location::Postgres(_) => postgres(backup, head, location, replace, now_ms).await?,
    }
    let bytes = std::fs::metadata(backup).map_or(0, |file| file.len());
    Ok(Backup { rows, bytes, made_ms: head.made_ms })
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Unavailable {
        text: format!("the backup was not read to its end: {error}"),
    })?
}

/// Makes a new file and puts it where the old one is.
async fn sqlite(
    backup: &Path,
    head: Head,
    target: &Path,
    replace: bool,
    now_ms: i64,
) -> Result<(), StoreError> {
    let there = target.metadata().is_ok_and(|file| file.len() > 0);
    if there && !replace {
        return Err(taken(&Location::Sqlite(target.to_owned())));
    }
    let new = beside(target, RESTORING);
    remove(&new)?;
    let location = Location::Sqlite(new.clone());
    let db = open::connect(&location, NAME).await?;
    let made = fill_new(&db, &location, backup, head, now_ms).await;
    db.close().await;
    let put = match made {
        Ok(()) => put_in_place(&new, target, there).await,
        Err(error) => Err(error),
    };
    if put.is_err() {
        let _ = remove(&new);
    }
    put
}

async fn fill_new(
    db: &Db,
    location: &Location,
    backup: &Path,
    head: Head,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut link = db.write().await?;
    migrate::version(&mut link, location).await?;
    fill(&mut link, backup, head, now_ms).await?;
    link.commit().await?;
    migrate::up(db, location).await
}

async fn put_in_place(new: &Path, target: &Path, there: bool) -> Result<(), StoreError> {
    let cannot = |error: std::io::Error| StoreError::Unavailable {
        text: format!("the database {} cannot be replaced: {error}", target.display()),
    };
    // The log is part of a database until all is in its file.
    leave_log(new).await?;
    std::fs::File::open(new).and_then(|file| file.sync_all()).map_err(cannot)?;
    if there {
        match leave_log(target).await {
            // A damaged one may be why somebody restores.
            Ok(()) | Err(StoreError::Corrupt { .. }) => {}
            Err(StoreError::Unavailable { .. }) => {
                return Err(StoreError::Unavailable {
                    text: format!(
                        "the database {} is in use; stop Vidicon first",
                        target.display()
                    ),
                });
            }
            Err(other) => return Err(other),
        }
    }
    for log in ["-wal", "-shm"] {
        remove_file(&beside(target, log)).map_err(cannot)?;
    }
    std::fs::rename(new, target).map_err(cannot)?;
    sync_folder(target).map_err(cannot)
}

/// Removes what a restore that was killed has left beside a database. For whoever has the database for itself.
///
/// # Errors
/// [`StoreError::Unavailable`] if it cannot be removed.
pub fn remove_unfinished_restore(location: &Location) -> Result<(), StoreError> {
    match location {
        Location::Sqlite(target) => remove(&beside(target, RESTORING)),
        Location::Postgres(_) => Ok(()),
    }
}

/// Takes what is in the log of a database into its file, and the log away. That needs the database
/// for oneself alone.
async fn leave_log(path: &Path) -> Result<(), StoreError> {
    let mut connection =
        SqliteConnectOptions::new().filename(path).busy_timeout(LEAVING).connect().await?;
    let left = sqlx::raw_sql("PRAGMA journal_mode = DELETE").execute(&mut connection).await;
    connection.close().await?;
    left?;
    Ok(())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

fn remove(database: &Path) -> Result<(), StoreError> {
    for ending in ["", "-wal", "-shm", "-journal"] {
        let path = beside(database, ending);
        remove_file(&path).map_err(|error| StoreError::Unavailable {
            text: format!("{} cannot be removed: {error}", path.display()),
        })?;
    }
    Ok(())
}

fn remove_file(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn taken(location: &Location) -> StoreError {
    StoreError::Taken { what: format!("the database {location}") }
}

/// Replaces all tables in one transaction.
async fn postgres(
    backup: &Path,
    head: Head,
    location: &Location,
    replace: bool,
    now_ms: i64,
) -> Result<(), StoreError> {
    let db = open::connect(location, NAME).await?;
    let done = replace_tables(&db, backup, head, location, replace, now_ms).await;
    db.close().await;
    done
}

async fn replace_tables(
    db: &Db,
    backup: &Path,
    head: Head,
    location: &Location,
    replace: bool,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut link = db.write().await?;
    // Also says whether the tables are ours.
    if migrate::version(&mut link, location).await? > 0 && !replace {
        return Err(taken(location));
    }
    drop(link);
    let asked = Instant::now();
    while is_used(db).await? {
        if asked.elapsed() > LEAVING {
            return Err(StoreError::Unavailable {
                text: format!("the database {location} is in use; stop Vidicon first"),
            });
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let mut link = db.write().await?;
    for table in LEFT_OUT.iter().chain(TABLES.iter().rev()) {
        link.script(format!("DROP TABLE IF EXISTS {table}")).await?;
    }
    link.script("DROP FUNCTION IF EXISTS json_each(TEXT)".to_owned()).await?;
    migrate::version(&mut link, location).await?;
    fill(&mut link, backup, head, now_ms).await?;
    migrate::steps(&mut link, head.schema, migrate::NEWEST).await?;
    link.commit().await
}

/// Whether a Vidicon is connected.
async fn is_used(db: &Db) -> Result<bool, StoreError> {
    let sql = "SELECT COUNT(*) FROM pg_stat_activity \
               WHERE datname = current_database() AND application_name = 'vidicon'";
    let row = db.read().await?.row(sql, args![]).await?;
    Ok(row.is_some_and(|row| row.int().is_ok_and(|count| count > 0)))
}

/// Fills an empty database with the schema and the rows of a backup.
async fn fill(link: &mut Link, backup: &Path, head: Head, now_ms: i64) -> Result<(), StoreError> {
    migrate::steps(link, 0, head.schema).await?;
    link.run("DELETE FROM users", args![]).await?;
    let (batches, mut taken) = mpsc::channel(2);
    let path = backup.to_owned();
    let reading = tokio::task::spawn_blocking(move || read(&path, &batches));
    let mut insert = String::new();
    while let Some(batch) = taken.recv().await {
        match batch {
            Batch::Table(table, names) => insert = statement(link, table, &names).await?,
            Batch::Rows(rows) => {
                link.run(AssertSqlSafe(insert.clone()), args![&rows]).await?;
            }
        }
    }
    reading.await.map_err(|error| StoreError::Unavailable {
        text: format!("the backup was not read to its end: {error}"),
    })??;
    // A page that knew another journal must not go on in this one: its numbers are all greater.
    let seq = now_ms.max(head.last_change.saturating_add(1));
    link.run(
        "INSERT INTO changes (seq, at_ms, kind, body) VALUES ($1, $2, 'reset', '{}')",
        args![seq, now_ms],
    )
    .await?;
    if link.is_postgres() {
        for table in TABLES.iter().chain(LEFT_OUT) {
            if *table != "undos" && has_numbers(link, table).await? {
                link.script(format!(
                    "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), \
                     GREATEST((SELECT MAX({column}) FROM {table}), 1))",
                    column = if *table == "changes" { "seq" } else { "id" },
                ))
                .await?;
            }
        }
    }
    Ok(())
}

/// Whether the database numbers the rows of a table.
async fn has_numbers(link: &mut Link, table: &str) -> Result<bool, StoreError> {
    let row = link
        .row(
            "SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = current_schema() \
             AND table_name = $1 AND is_identity = 'YES'",
            args![table],
        )
        .await?;
    Ok(row.is_some_and(|row| row.int().is_ok_and(|count| count > 0)))
}

enum Batch {
    Table(&'static str, Vec<String>),
    Rows(Value),
}

fn read(path: &Path, batches: &mpsc::Sender<Batch>) -> Result<(), StoreError> {
    let mut reader = Reader::open(path)?;
    let mut rows = Vec::new();
    let mut bytes = 0;
    let send = |batch| batches.blocking_send(batch).is_ok();
    while let Some(line) = reader.next()? {
        match line {
            Line::Row(row) => {
                bytes += row.iter().map(|value| value.as_str().map_or(8, str::len)).sum::<usize>();
                rows.push(Value::Array(row));
                if rows.len() < ROWS && bytes < BYTES {
                    continue;
                }
                bytes = 0;
                if !send(Batch::Rows(Value::Array(std::mem::take(&mut rows)))) {
                    return Ok(());
                }
            }
            Line::Table(table, names) => {
                if !rows.is_empty() && !send(Batch::Rows(Value::Array(std::mem::take(&mut rows)))) {
                    return Ok(());
                }
                bytes = 0;
                if !send(Batch::Table(table, names)) {
                    return Ok(());
                }
            }
        }
    }
    if !rows.is_empty() {
        send(Batch::Rows(Value::Array(rows)));
    }
    Ok(())
}

/// The statement that inserts rows of a table; only columns that the table has get into it.
async fn statement(link: &mut Link, table: &str, names: &[String]) -> Result<String, StoreError> {
    let known = columns(link, table).await?;
    let mut values = Vec::with_capacity(names.len());
    for (at, name) in names.iter().enumerate() {
        let kind = known.iter().find(|(known, _)| known == name).map(|(_, kind)| *kind);
        values.push(match kind {
            Some(Kind::Int) => format!("CAST(e.value->>{at} AS BIGINT)"),
            Some(Kind::Text) => format!("e.value->>{at}"),
            None => {
                return Err(StoreError::damaged("a column of the backup", name));
            }
        });
    }
    Ok(format!(
        "INSERT INTO {table} ({}) SELECT {} FROM json_each($1) e",
        names.join(", "),
        values.join(", ")
    ))
}
