//! One way to speak to two databases.
//!
//! Statements are written once: `$1` names a parameter and `json_each($1)` a list on both, columns
//! are whole numbers, texts and bytes only. A [`Link`] is a connection, for reading or with a
//! transaction open; a [`Row`] is read from left to right.

use std::sync::Arc;

use catalogue::{PlaylistId, TagId, UserId, VideoId};
use futures_util::StreamExt as _;
use media::ContentId;
use sqlx::{
    AssertSqlSafe, Database, Executor, PgConnection, PgPool, Postgres, Row as _, SqlSafeStr,
    Sqlite, SqliteConnection, SqlitePool, Transaction, TypeInfo as _, ValueRef as _,
    pool::PoolConnection, postgres::PgRow, query::Query, sqlite::SqliteRow,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::{StoreError, text::clean};

/// The pools of one of the two.
#[derive(Clone, Debug)]
pub(crate) enum Db {
    /// One connection writes, a few read beside it.
    Sqlite {
        /// Has one connection.
        writer: SqlitePool,
        /// Refuse to write.
        readers: SqlitePool,
    },
    /// A server.
    Postgres {
        pool: PgPool,
        /// Who waits to write waits here, without a connection that readers need.
        writer: Arc<Semaphore>,
    },
}

/// Held by who writes to a `PostgreSQL` database, to the end of the transaction: the numbers of the
/// journal are then in the order in which they become visible.
const ONE_WRITER: &str = "SELECT pg_advisory_xact_lock(8434266)";

impl Db {
    /// Ends all connections, after what they are doing.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres { pool, .. } => pool.close().await,
        }
    }

    /// A connection to read with.
    pub(crate) async fn read(&self) -> Result<Link, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Link::Sqlite(readers.acquire().await?),
            Self::Postgres { pool, .. } => Link::Postgres(pool.acquire().await?),
        })
    }

    /// A connection that sees one state for as long as it is used, and writes nothing.
    pub(crate) async fn snapshot(&self) -> Result<Link, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Link::SqliteTx(readers.begin().await?),
            Self::Postgres { pool, .. } => Link::PostgresTx(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?,
                None,
            ),
        })
    }

    /// A transaction to write in: [`Link::commit`] ends it, dropping it undoes it.
    pub(crate) async fn write(&self) -> Result<Link, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => {
                let begun = match writer.begin_with(BEGIN).await {
                    // Where the disk was full, the database has undone the last transaction by itself, and the
                    // connection waits for its end for ever.
                    Err(sqlx::Error::InvalidSavePointStatement) => {
                        let _ = writer.acquire().await?.close().await;
                        writer.begin_with(BEGIN).await?
                    }
                    begun => begun?,
                };
                Link::SqliteTx(begun)
            }
            Self::Postgres { pool, writer } => {
                // Is never closed.
                let turn = writer.clone().acquire_owned().await.ok();
                let mut transaction = pool.begin().await?;
                (&mut *transaction).execute(ONE_WRITER).await?;
                Link::PostgresTx(transaction, turn)
            }
        })
    }
}

/// Who begins like this never has to wait in the middle.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// How much is handed on at once.
const BLOCK: usize = 256 << 10;

/// A connection.
pub(crate) enum Link {
    Sqlite(PoolConnection<Sqlite>),
    SqliteTx(Transaction<'static, Sqlite>),
    Postgres(PoolConnection<Postgres>),
    /// With the turn of who writes.
    PostgresTx(Transaction<'static, Postgres>, Option<OwnedSemaphorePermit>),
}

enum Connection<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Link {
    /// Whether it is `PostgreSQL`.
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_) | Self::PostgresTx(..))
    }

    fn connection(&mut self) -> Connection<'_> {
        match self {
            Self::Sqlite(held) => Connection::Sqlite(held),
            Self::SqliteTx(held) => Connection::Sqlite(held),
            Self::Postgres(held) => Connection::Postgres(held),
            Self::PostgresTx(held, _) => Connection::Postgres(held),
        }
    }

    /// Runs a statement; how many rows it changed.
    pub(crate) async fn run<const N: usize>(
        &mut self,
        sql: impl SqlSafeStr,
        args: [Arg; N],
    ) -> Result<u64, StoreError> {
        Ok(match self.connection() {
            Connection::Sqlite(held) => held.execute(sqlite(sql, args)).await?.rows_affected(),
            Connection::Postgres(held) => held.execute(postgres(sql, args)).await?.rows_affected(),
        })
    }

    /// The rows that a statement answers with.
    pub(crate) async fn rows<const N: usize>(
        &mut self,
        sql: impl SqlSafeStr,
        args: [Arg; N],
    ) -> Result<Vec<Row>, StoreError> {
        Ok(match self.connection() {
            Connection::Sqlite(held) => {
                held.fetch_all(sqlite(sql, args)).await?.into_iter().map(Row::Sqlite).collect()
            }
            Connection::Postgres(held) => {
                held.fetch_all(postgres(sql, args)).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The one row, if there is one.
    pub(crate) async fn row<const N: usize>(
        &mut self,
        sql: impl SqlSafeStr,
        args: [Arg; N],
    ) -> Result<Option<Row>, StoreError> {
        Ok(match self.connection() {
            Connection::Sqlite(held) => {
                held.fetch_optional(sqlite(sql, args)).await?.map(Row::Sqlite)
            }
            Connection::Postgres(held) => {
                held.fetch_optional(postgres(sql, args)).await?.map(Row::Postgres)
            }
        })
    }

    /// Writes the rows of an answer one after the other, and hands on what was written whenever it
    /// is [`BLOCK`] bytes. Whoever takes it sets the pace.
    pub(crate) async fn pour(
        &mut self,
        sql: String,
        blocks: &mpsc::Sender<Vec<u8>>,
        mut write: impl FnMut(&Row, &mut Vec<u8>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let sql = AssertSqlSafe(sql);
        let mut rows = match self.connection() {
            Connection::Sqlite(held) => {
                held.fetch(sqlx::query(sql)).map(|row| row.map(Row::Sqlite)).boxed()
            }
            Connection::Postgres(held) => {
                held.fetch(sqlx::query(sql)).map(|row| row.map(Row::Postgres)).boxed()
            }
        };
        let mut block = Vec::new();
        while let Some(row) = rows.next().await {
            write(&row?, &mut block)?;
            if block.len() >= BLOCK && blocks.send(std::mem::take(&mut block)).await.is_err() {
                // Whoever took it has failed, and says why.
                return Ok(());
            }
        }
        let _ = blocks.send(block).await;
        Ok(())
    }

    /// Statements without parameters that are not fixed: migrations, names of tables.
    pub(crate) async fn script(&mut self, sql: String) -> Result<(), StoreError> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        match self.connection() {
            Connection::Sqlite(held) => held.execute(sql).await.map(drop)?,
            Connection::Postgres(held) => held.execute(sql).await.map(drop)?,
        }
        Ok(())
    }

    /// Makes what was written since [`Db::write`] lasting.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::SqliteTx(held) => held.commit().await?,
            Self::PostgresTx(held, _turn) => held.commit().await?,
            Self::Sqlite(_) | Self::Postgres(_) => {}
        }
        Ok(())
    }
}

/// A parameter of a statement.
#[derive(Debug)]
pub(crate) enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Vec<u8>),
}

/// Parameters, from whatever has a natural form in the database.
macro_rules! args {
    ($($value:expr),* $(,)?) => { [$($crate::db::Arg::from($value)),*] };
}
pub(crate) use args;

macro_rules! arg {
    ($($from:ty: |$value:ident| $arg:expr;)*) => {
        $(impl From<$from> for Arg {
            fn from($value: $from) -> Self {
                $arg
            }
        })*
    };
}

arg! {
    i64: |value| Self::Int(Some(value));
    Option<i64>: |value| Self::Int(value);
    u32: |value| Self::Int(Some(i64::from(value)));
    bool: |value| Self::Int(Some(i64::from(value)));
    VideoId: |value| Self::Int(Some(i64::from(value.0)));
    UserId: |value| Self::Int(Some(value.0));
    TagId: |value| Self::Int(Some(value.0));
    PlaylistId: |value| Self::Int(Some(value.0));
    ContentId: |value| Self::Text(Some(value.to_string()));
    &str: |value| Self::Text(Some(clean(value.to_owned())));
    String: |value| Self::Text(Some(clean(value)));
    Option<String>: |value| Self::Text(value.map(clean));
    &serde_json::Value: |value| Self::Text(Some(value.to_string()));
    &[u8]: |value| Self::Bytes(value.to_vec());
}

fn sqlite<const N: usize>(
    sql: impl SqlSafeStr,
    args: [Arg; N],
) -> Query<'static, Sqlite, <Sqlite as Database>::Arguments> {
    let mut query = sqlx::query(sql);
    for arg in args {
        query = match arg {
            Arg::Int(value) => query.bind(value),
            Arg::Text(value) => query.bind(value),
            Arg::Bytes(value) => query.bind(value),
        };
    }
    query
}

fn postgres<const N: usize>(
    sql: impl SqlSafeStr,
    args: [Arg; N],
) -> Query<'static, Postgres, <Postgres as Database>::Arguments> {
    let mut query = sqlx::query(sql);
    for arg in args {
        query = match arg {
            Arg::Int(value) => query.bind(value),
            Arg::Text(value) => query.bind(value),
            Arg::Bytes(value) => query.bind(value),
        };
    }
    query
}

/// A row of an answer.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// Its columns from left to right.
    pub(crate) fn columns(&self) -> Columns<'_> {
        Columns { row: self, next: 0 }
    }

    /// The first column, a number.
    pub(crate) fn int(&self) -> Result<i64, StoreError> {
        self.columns().int()
    }
}

/// Reads a row from left to right.
pub(crate) struct Columns<'a> {
    row: &'a Row,
    next: usize,
}

impl Columns<'_> {
    fn step(&mut self) -> usize {
        let at = self.next;
        self.next += 1;
        at
    }

    /// A number, or nothing.
    pub(crate) fn maybe_int(&mut self) -> Result<Option<i64>, StoreError> {
        let at = self.step();
        Ok(match self.row {
            Row::Sqlite(row) => row.try_get_unchecked(at)?,
            Row::Postgres(row) => {
                // Literals and conditions are narrower than columns.
                let value = row.try_get_raw(at)?;
                match value.type_info().name() {
                    "INT4" => row.try_get::<Option<i32>, _>(at)?.map(i64::from),
                    "BOOL" => row.try_get::<Option<bool>, _>(at)?.map(i64::from),
                    _ => row.try_get(at)?,
                }
            }
        })
    }

    /// A number.
    pub(crate) fn int(&mut self) -> Result<i64, StoreError> {
        self.maybe_int()?.ok_or_else(|| StoreError::damaged("a number", "nothing"))
    }

    /// A number that is not negative.
    pub(crate) fn count(&mut self) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.int()?).unwrap_or(0))
    }

    /// The same, or nothing.
    pub(crate) fn maybe_count(&mut self) -> Result<Option<u64>, StoreError> {
        Ok(self.maybe_int()?.map(|value| u64::try_from(value).unwrap_or(0)))
    }

    /// A number that is not negative and fits 32 bits.
    pub(crate) fn small(&mut self) -> Result<u32, StoreError> {
        Ok(clamp(self.int()?))
    }

    /// 0 or 1.
    pub(crate) fn flag(&mut self) -> Result<bool, StoreError> {
        Ok(self.int()? != 0)
    }

    /// The number of a video.
    pub(crate) fn video(&mut self) -> Result<VideoId, StoreError> {
        let value = self.int()?;
        u32::try_from(value)
            .map(VideoId)
            .map_err(|_| StoreError::damaged("the number of a video", &value.to_string()))
    }

    /// The same, or nothing.
    pub(crate) fn maybe_video(&mut self) -> Result<Option<VideoId>, StoreError> {
        Ok(self.maybe_int()?.map(|value| VideoId(clamp(value))))
    }

    /// A text, or nothing.
    pub(crate) fn maybe_text(&mut self) -> Result<Option<String>, StoreError> {
        let at = self.step();
        Ok(match self.row {
            Row::Sqlite(row) => row.try_get_unchecked(at)?,
            Row::Postgres(row) => row.try_get(at)?,
        })
    }

    /// A text.
    pub(crate) fn text(&mut self) -> Result<String, StoreError> {
        self.maybe_text()?.ok_or_else(|| StoreError::damaged("a text", "nothing"))
    }

    /// Words that are separated by commas.
    pub(crate) fn words(&mut self) -> Result<Vec<String>, StoreError> {
        Ok(self.text()?.split(',').filter(|word| !word.is_empty()).map(str::to_owned).collect())
    }

    /// A content id.
    pub(crate) fn content(&mut self) -> Result<ContentId, StoreError> {
        let text = self.text()?;
        text.parse().map_err(|_| StoreError::damaged("the id of a video", &text))
    }

    /// JSON.
    pub(crate) fn json(&mut self) -> Result<serde_json::Value, StoreError> {
        let text = self.text()?;
        serde_json::from_str(&text).map_err(|_| StoreError::damaged("a JSON text", &text))
    }

    /// JSON, or nothing.
    pub(crate) fn maybe_json(&mut self) -> Result<Option<serde_json::Value>, StoreError> {
        let Some(text) = self.maybe_text()? else { return Ok(None) };
        serde_json::from_str(&text).map(Some).map_err(|_| StoreError::damaged("a JSON text", &text))
    }
}

/// What 32 bits can hold of it.
fn clamp(value: i64) -> u32 {
    u32::try_from(value.max(0)).unwrap_or(u32::MAX)
}

/// A number for a column; none that Vidicon meets is too large for one.
pub(crate) fn column(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A list of videos as a parameter for `json_each`.
pub(crate) fn list(videos: &[VideoId]) -> String {
    let mut text = String::with_capacity(2 + videos.len() * 7);
    text.push('[');
    for (at, video) in videos.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&video.0.to_string());
    }
    text.push(']');
    text
}
