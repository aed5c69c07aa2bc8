//! What a backup holds.

use crate::{
    StoreError,
    db::{Link, args},
};

/// The tables of a backup; what a row refers to comes before it.
pub(super) const TABLES: &[&str] = &[
    "meta",
    "users",
    "videos",
    "details",
    "aliases",
    "files",
    "personal",
    "plays",
    "tags",
    "video_tags",
    "playlists",
    "playlist_items",
    "artwork",
    "imports",
    "imported",
    "undos",
];

/// The tables that it leaves out.
pub(super) const LEFT_OUT: &[&str] = &["changes", "sessions", "jobs", "migrations"];

/// The single values that let somebody in: the hash of the administrator's password.
pub(super) const SECRETS: &[&str] = &["admin_password"];

/// What a column holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Int,
    Text,
}

/// The columns of a table, in order; none if there is no such table.
pub(super) async fn columns(
    link: &mut Link,
    table: &str,
) -> Result<Vec<(String, Kind)>, StoreError> {
    let sql = if link.is_postgres() {
        "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) FROM information_schema.columns \
         WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
    } else {
        "SELECT name, type FROM pragma_table_info($1) ORDER BY cid"
    };
    let mut found = Vec::new();
    for row in link.rows(sql, args![table]).await? {
        let mut columns = row.columns();
        let name = columns.text()?;
        let kind = match columns.text()?.as_str() {
            "INTEGER" | "bigint" => Kind::Int,
            _ => Kind::Text,
        };
        found.push((name, kind));
    }
    Ok(found)
}
