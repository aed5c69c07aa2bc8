//! The schema and its versions.
//!
//! A version is a file for each database in `migrations/`, named after its number. A file that was
//! released never changes. All that are missing are applied in one transaction, so a database is
//! always of one version.

use crate::{
    Location, StoreError,
    db::{Db, Link, args},
};

struct Migration {
    version: i64,
    sqlite: &'static str,
    postgres: &'static str,
}

const ALL: &[Migration] = &[
    Migration {
        version: 1,
        sqlite: include_str!("../migrations/sqlite/0001_library.sql"),
        postgres: include_str!("../migrations/postgres/0001_library.sql"),
    },
    Migration {
        version: 2,
        sqlite: include_str!("../migrations/sqlite/0002_imported.sql"),
        postgres: include_str!("../migrations/postgres/0002_imported.sql"),
    },
];

/// The newest version of the schema that this Vidicon knows.
pub(crate) const NEWEST: i64 = 2;

/// Brings the schema up to date.
pub(crate) async fn up(db: &Db, location: &Location) -> Result<(), StoreError> {
    let mut link = db.write().await?;
    let found = version(&mut link, location).await?;
    if found == NEWEST {
        return Ok(());
    }
    check(found, || format!("the database {location}"))?;
    steps(&mut link, found, NEWEST).await?;
    link.commit().await
}

/// Refuses what a newer Vidicon has written.
pub(crate) fn check(found: i64, what: impl FnOnce() -> String) -> Result<(), StoreError> {
    if found > NEWEST {
        return Err(StoreError::Newer { what: what(), found, known: NEWEST });
    }
    Ok(())
}

/// Takes the schema from one version to another.
pub(crate) async fn steps(link: &mut Link, from: i64, to: i64) -> Result<(), StoreError> {
    for migration in ALL.iter().filter(|step| step.version > from && step.version <= to) {
        apply(link, migration).await?;
    }
    Ok(())
}

async fn apply(link: &mut Link, migration: &Migration) -> Result<(), StoreError> {
    let sql = if link.is_postgres() { migration.postgres } else { migration.sqlite };
    link.script(sql.to_owned()).await?;
    link.run("INSERT INTO migrations (version) VALUES ($1)", args![migration.version]).await?;
    Ok(())
}

/// The version of the schema; 0 for a database that is empty, which is made ready for the first.
pub(crate) async fn version(link: &mut Link, location: &Location) -> Result<i64, StoreError> {
    let tables = if link.is_postgres() {
        "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()"
    } else {
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    };
    let rows = link.rows(tables, args![]).await?;
    let mut ours = false;
    for row in &rows {
        ours |= row.columns().text()? == "migrations";
    }
    if !ours {
        if !rows.is_empty() {
            return Err(StoreError::Corrupt {
                text: format!(
                    "the database {location} holds tables of another program; give Vidicon one of its own"
                ),
            });
        }
        link.script("CREATE TABLE migrations (version BIGINT PRIMARY KEY)".to_owned()).await?;
        return Ok(0);
    }
    let newest = link.row("SELECT MAX(version) FROM migrations", args![]).await?;
    match newest {
        Some(row) => Ok(row.columns().maybe_int()?.unwrap_or(0)),
        None => Ok(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_follow_each_other_without_gaps() {
        let versions: Vec<i64> = ALL.iter().map(|migration| migration.version).collect();
        assert_eq!(versions, (1..=NEWEST).collect::<Vec<_>>());
    }
}
