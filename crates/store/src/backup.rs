//! Backups: everything that cannot be found again, in one file that either database can be made
//! from.
//!
//! ```text
//! zstd( {"vidicon":"library","format":1,"schema":1,"made_ms":…,"last_change":…}
//!       {"table":"videos","columns":["id",…]}
//!       [1,…]                                    a row: numbers, texts, nulls
//!       …
//!       {"end":true,"rows":123} )
//! ```
//!
//! Left out is what is only of the moment: sessions, jobs, the journal.

mod file;
mod load;
mod tables;

use std::path::Path;

use serde_json::{Value, json};
use tokio::sync::mpsc;

pub use load::{remove_unfinished_restore, restore};

use self::tables::{Kind, SECRETS, TABLES, columns};
use crate::{
    Store, StoreError,
    db::{Columns, args},
    migrate,
};

/// The version of the file's form.
const FORMAT: i64 = 1;

/// A backup that was made or restored.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Backup {
    /// How many rows it has.
    pub rows: u64,
    /// How many bytes the file has.
    pub bytes: u64,
    /// When it was made, in milliseconds since 1970.
    pub made_ms: i64,
}

impl Store {
    /// Writes a backup of one moment, while others read and write. The file appears when it is
    /// whole, and replaces one with this name. Only its owner may read it.
    pub async fn backup(&self, path: &Path, now_ms: i64) -> Result<Backup, StoreError> {
        self.write_backup(path, now_ms, true).await
    }

    /// The same without what would let somebody in, for a file that may get into other hands.
    pub async fn backup_without_secrets(
        &self,
        path: &Path,
        now_ms: i64,
    ) -> Result<Backup, StoreError> {
        self.write_backup(path, now_ms, false).await
    }

    async fn write_backup(
        &self,
        path: &Path,
        now_ms: i64,
        secrets: bool,
    ) -> Result<Backup, StoreError> {
        let (blocks, taken) = mpsc::channel(4);
        let path = path.to_owned();
        let writing = tokio::task::spawn_blocking(move || file::Part::write(&path, taken));
        let poured = self.pour(&blocks, now_ms, secrets).await;
        drop(blocks);
        let part = writing.await.map_err(|error| StoreError::Unavailable {
            text: format!("the backup was not finished: {error}"),
        })??;
        let rows = poured?;
        Ok(Backup { rows, bytes: part.keep()?, made_ms: now_ms })
    }

    async fn pour(
        &self,
        blocks: &mpsc::Sender<Vec<u8>>,
        now_ms: i64,
        secrets: bool,
    ) -> Result<u64, StoreError> {
        let mut link = self.db.snapshot().await?;
        let last = link.row("SELECT COALESCE(MAX(seq), 0) FROM changes", args![]).await?;
        let last_change = last.map_or(Ok(0), |row| row.int())?;
        line(
            blocks,
            &json!({
                "vidicon": "library", "format": FORMAT, "schema": migrate::NEWEST,
                "made_ms": now_ms, "last_change": last_change,
            }),
        )
        .await;
        let mut rows = 0;
        for table in TABLES {
            let columns = columns(&mut link, table).await?;
            let names: Vec<_> = columns.iter().map(|(name, _)| name.as_str()).collect();
            line(blocks, &json!({ "table": table, "columns": names })).await;
            // By the first column, which begins every key: the order in which they were made.
            let only = if secrets || *table != "meta" { String::new() } else { no_secrets() };
            let sql = format!("SELECT {} FROM {table}{only} ORDER BY 1", names.join(", "));
            link.pour(sql, blocks, |row, block| {
                rows += 1;
                write_row(&mut row.columns(), &columns, block)
            })
            .await?;
        }
        line(blocks, &json!({ "end": true, "rows": rows })).await;
        Ok(rows)
    }
}

/// Leaves the secrets out of the single values.
fn no_secrets() -> String {
    format!(" WHERE key NOT IN ('{}')", SECRETS.join("', '"))
}

/// Writes a line. If nobody takes it, who should have says why.
async fn line(blocks: &mpsc::Sender<Vec<u8>>, line: &Value) {
    let _ = blocks.send(format!("{line}\n").into_bytes()).await;
}

fn write_row(
    row: &mut Columns<'_>,
    columns: &[(String, Kind)],
    block: &mut Vec<u8>,
) -> Result<(), StoreError> {
    let mut before = b'[';
    for (_, kind) in columns {
        block.push(before);
        before = b',';
        let value = match kind {
            Kind::Int => Value::from(row.maybe_int()?),
            Kind::Text => Value::from(row.maybe_text()?),
        };
        block.extend_from_slice(value.to_string().as_bytes());
    }
    block.extend_from_slice(b"]\n");
    Ok(())
}
