//! The file of a backup: written whole or not at all, read with suspicion.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
};

use serde_json::Value;
use tokio::sync::mpsc;

use super::{FORMAT, tables::TABLES};
use crate::{StoreError, migrate};

/// The longest line that is read.
const LINE: u64 = 64 << 20;
/// How hard to compress: databases of gigabytes are written as fast as disks take them.
const LEVEL: i32 = 3;

/// A file that is not finished. It goes away unless it is [`kept`](Self::keep).
pub(super) struct Part {
    part: PathBuf,
    path: PathBuf,
}

impl Part {
    /// Writes blocks, to the last, onto the disk.
    pub(super) fn write(path: &Path, blocks: mpsc::Receiver<Vec<u8>>) -> Result<Self, StoreError> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let this = Self { part: path.with_file_name(name), path: path.to_owned() };
        this.fill(blocks).map_err(|error| this.cannot(&error))?;
        Ok(this)
    }

    fn fill(&self, mut blocks: mpsc::Receiver<Vec<u8>>) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut encoder = zstd::Encoder::new(options.open(&self.part)?, LEVEL)?;
        encoder.include_checksum(true)?;
        while let Some(block) = blocks.blocking_recv() {
            encoder.write_all(&block)?;
        }
        encoder.finish()?.sync_all()
    }

    /// Gives it its name; how many bytes it has.
    pub(super) fn keep(self) -> Result<u64, StoreError> {
        let keep = || {
            let bytes = fs::metadata(&self.part)?.len();
            fs::rename(&self.part, &self.path)?;
            sync_folder(&self.path)?;
            Ok(bytes)
        };
        keep().map_err(|error| self.cannot(&error))
    }

    fn cannot(&self, error: &io::Error) -> StoreError {
        StoreError::Unavailable {
            text: format!("the backup {} cannot be written: {error}", self.path.display()),
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.part);
    }
}

/// Makes the names in the folder of a file lasting.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// What a backup says of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head {
    pub(super) schema: i64,
    pub(super) made_ms: i64,
    pub(super) last_change: i64,
}

/// A line of a backup.
#[derive(Debug)]
pub(super) enum Line {
    /// What follows are rows of this table.
    Table(&'static str, Vec<String>),
    /// A row, as a JSON array.
    Row(Vec<Value>),
}

/// Reads a backup.
pub(super) struct Reader {
    path: PathBuf,
    lines: BufReader<zstd::Decoder<'static, BufReader<File>>>,
    pub(super) head: Head,
    /// How many columns the rows have now.
    columns: usize,
    rows: u64,
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let cannot = |error: io::Error| StoreError::Unavailable {
            text: format!("the backup {} cannot be read: {error}", path.display()),
        };
        let decoder = zstd::Decoder::new(File::open(path).map_err(cannot)?).map_err(cannot)?;
        let mut reader = Self {
            path: path.to_owned(),
            lines: BufReader::new(decoder),
            head: Head { schema: 0, made_ms: 0, last_change: 0 },
            columns: 0,
            rows: 0,
        };
        let head = reader.json()?;
        let number = |key: &str| head.get(key).and_then(Value::as_i64);
        let (Some("library"), Some(format), Some(schema), Some(made_ms), Some(last_change)) = (
            head.get("vidicon").and_then(Value::as_str),
            number("format"),
            number("schema"),
            number("made_ms"),
            number("last_change"),
        ) else {
            return Err(reader.damaged("it does not begin as a backup of Vidicon does"));
        };
        migrate::check(schema, || format!("the backup {}", path.display()))?;
        if format != FORMAT || schema < 1 {
            return Err(reader.damaged("its form is unknown"));
        }
        reader.head = Head { schema, made_ms, last_change };
        Ok(reader)
    }

    /// The next line; none behind the last, if that says what it must.
    pub(super) fn next(&mut self) -> Result<Option<Line>, StoreError> {
        match self.json()? {
            Value::Array(row) if row.len() == self.columns && self.columns > 0 => {
                self.rows += 1;
                Ok(Some(Line::Row(row)))
            }
            Value::Object(line) if line.contains_key("table") => {
                let name = line.get("table").and_then(Value::as_str);
                let table = TABLES.iter().find(|table| Some(**table) == name);
                let columns = line.get("columns").and_then(Value::as_array);
                let columns: Option<Vec<String>> = columns.and_then(|columns| {
                    columns.iter().map(|name| name.as_str().map(str::to_owned)).collect()
                });
                match (table, columns) {
                    (Some(table), Some(columns)) if !columns.is_empty() => {
                        self.columns = columns.len();
                        Ok(Some(Line::Table(table, columns)))
                    }
                    _ => Err(self.damaged("it names a table that is unknown")),
                }
            }
            Value::Object(line) if line.contains_key("end") => {
                if line.get("rows").and_then(Value::as_u64) != Some(self.rows) {
                    return Err(self.damaged("rows are missing"));
                }
                let mut rest = [0];
                match self.lines.read(&mut rest) {
                    Ok(0) => Ok(None),
                    Ok(_) => Err(self.damaged("something comes behind its end")),
                    Err(error) => Err(self.damaged(&error.to_string())),
                }
            }
            _ => Err(self.damaged("a line is none of a backup")),
        }
    }

    /// How many rows there were so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    fn json(&mut self) -> Result<Value, StoreError> {
        let mut line = Vec::new();
        let read = (&mut self.lines).take(LINE).read_until(b'\n', &mut line);
        if let Err(error) = read {
            return Err(self.damaged(&error.to_string()));
        }
        if line.last() != Some(&b'\n') {
            return Err(self.damaged("it is cut off"));
        }
        serde_json::from_slice(&line).map_err(|error| self.damaged(&error.to_string()))
    }

    fn damaged(&self, why: &str) -> StoreError {
        StoreError::Corrupt {
            text: format!(
                "the backup {} is damaged ({why}); nothing was changed: take another one",
                self.path.display()
            ),
        }
    }
}
