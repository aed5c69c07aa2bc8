//! Opening the database.

use std::{path::Path, sync::Arc, time::Duration};

use sqlx::{
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use tokio::sync::Semaphore;

use crate::{
    Location, StoreError,
    db::{Db, args},
    migrate,
};

/// What Vidicon remembers. Cloning is cheap.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) db: Db,
    pub(crate) location: Arc<Location>,
}

/// The first `SQLite` whose write-ahead log cannot be damaged by a checkpoint at the wrong moment.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];
/// The first `PostgreSQL` that we look after, as it numbers itself.
const OLDEST_POSTGRES: i64 = 130_000;
/// How many may read at once.
const READERS: u32 = 4;
/// How many connections to a server.
const CONNECTIONS: u32 = 8;
/// How long to wait for a connection or a lock before the database counts as unavailable.
const PATIENCE: Duration = Duration::from_secs(10);
/// A reader that nobody needed for so long is closed: each has a thread and its own cache.
const IDLE: Duration = Duration::from_secs(30);

impl Store {
    /// Opens the database, makes the file if there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Newer`] if a newer Vidicon has written it, [`StoreError::Unavailable`] if it
    /// cannot be reached or written, [`StoreError::Corrupt`] if it is no database of Vidicon.
    pub async fn open(location: &Location) -> Result<Self, StoreError> {
        let db = connect(location, "vidicon").await?;
        migrate::up(&db, location).await?;
        Ok(Self { db, location: Arc::new(location.clone()) })
    }

    /// Ends all connections, after what they are doing.
    pub async fn close(&self) {
        self.db.close().await;
    }

    /// Where the database is.
    pub fn location(&self) -> &Location {
        &self.location
    }
}

/// Connects, whatever is in the database. A server shows who does by this name.
pub(crate) async fn connect(location: &Location, name: &str) -> Result<Db, StoreError> {
    match location {
        Location::Sqlite(path) => sqlite(path).await,
        Location::Postgres(url) => postgres(url.reveal(), name).await,
    }
}

async fn sqlite(path: &Path) -> Result<Db, StoreError> {
    make_file(path)?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // What was acknowledged is on the disk, also when the power fails.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        .pragma("temp_store", "MEMORY")
        // A long scan must not leave a log of gigabytes behind.
        .pragma("journal_size_limit", "67108864")
        .statement_cache_capacity(100)
        .row_buffer_size(256);
    let writer = SqlitePoolOptions::new()
        .min_connections(1)
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        // Who waits here waits for others who write, a restored backup at worst.
        .acquire_timeout(PATIENCE * 3)
        // Negative: KiB.
        .connect_with(options.clone().pragma("cache_size", "-2048"))
        .await
        .map_err(|error| cannot_open(path, error))?;
    let readers = SqlitePoolOptions::new()
        .max_connections(READERS)
        .idle_timeout(IDLE)
        .max_lifetime(None)
        .test_before_acquire(false)
        .acquire_timeout(PATIENCE)
        .connect_with(options.pragma("cache_size", "-1024").pragma("query_only", "1"))
        .await?;
    let db = Db::Sqlite { writer, readers };
    let version = db.read().await?.row("SELECT sqlite_version()", args![]).await?;
    let version = match version {
        Some(row) => row.columns().text()?,
        None => String::new(),
    };
    if numbers(&version) < OLDEST_SQLITE {
        return Err(StoreError::Unavailable {
            text: format!(
                "this Vidicon was built with SQLite {version}; it needs 3.51.3 or newer, because older ones can damage a database"
            ),
        });
    }
    Ok(db)
}

/// An empty file that only its owner can read: there will be hashes of sessions in it.
fn make_file(path: &Path) -> Result<(), StoreError> {
    let cannot = |error: std::io::Error| StoreError::Unavailable {
        text: format!("the database {} cannot be made: {error}", path.display()),
    };
    if path.exists() {
        return Ok(());
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(cannot)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(cannot)
}

fn cannot_open(path: &Path, error: sqlx::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Corrupt { .. } => StoreError::Corrupt {
            text: format!(
                "{} is no SQLite database, or it is damaged; restore the last backup with `vidicon restore`",
                path.display()
            ),
        },
        StoreError::Unavailable { text } => StoreError::Unavailable {
            text: format!("the database {} cannot be opened: {text}", path.display()),
        },
        other => other,
    }
}

fn numbers(version: &str) -> [u32; 3] {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    [(); 3].map(|()| parts.next().unwrap_or(0))
}

async fn postgres(url: &str, name: &str) -> Result<Db, StoreError> {
    let options: PgConnectOptions = url.parse().map_err(|_| StoreError::Unavailable {
        text: "the URL of the PostgreSQL database cannot be read".to_owned(),
    })?;
    let options = options.application_name(name).statement_cache_capacity(200);
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .idle_timeout(IDLE)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await?;
    let db = Db::Postgres { pool, writer: Arc::new(Semaphore::new(1)) };
    let row = db
        .read()
        .await?
        .row(
            "SELECT CAST(current_setting('server_version_num') AS BIGINT), current_setting('server_encoding')",
            args![],
        )
        .await?;
    if let Some(row) = row {
        let mut columns = row.columns();
        let (version, encoding) = (columns.int()?, columns.text()?);
        if version < OLDEST_POSTGRES {
            return Err(StoreError::Unavailable {
                text: format!(
                    "the server is PostgreSQL {}; Vidicon needs 13 or newer",
                    version / 10_000
                ),
            });
        }
        if encoding != "UTF8" {
            return Err(StoreError::Unavailable {
                text: format!(
                    "the PostgreSQL database keeps texts as {encoding}; make one with ENCODING 'UTF8'"
                ),
            });
        }
    }
    Ok(db)
}
