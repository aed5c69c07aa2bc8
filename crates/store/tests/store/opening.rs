//! Opening databases: new ones, older ones, newer ones, others' ones, ones that go away.

use catalogue::UserId;
use sqlx::{Connection as _, Executor as _};
use store::{Location, Store, StoreError};

use crate::kit::{Held, Place, content, file, stores};

/// Runs statements in a database, past the store.
async fn past(place: &Place, sql: &'static str) {
    match (&place.location, &place.held) {
        (Location::Sqlite(path), _) => {
            let url = format!("sqlite://{}?mode=rwc", path.display());
            let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
            connection.execute(sqlx::raw_sql(sql)).await.unwrap();
            connection.close().await.unwrap();
        }
        (_, Held::Database(database)) => drop(database.run(sql)),
        _ => unreachable!(),
    }
}

fn of<'a>(place: &Place, sqlite: &'a str, postgres: &'a str) -> &'a str {
    if matches!(place.location, Location::Sqlite(_)) { sqlite } else { postgres }
}

#[tokio::test]
async fn a_database_of_every_released_schema_is_brought_up_to_date_with_all_that_is_in_it() {
    for place in Place::each() {
        past(&place, "CREATE TABLE migrations (version BIGINT PRIMARY KEY)").await;
        past(
            &place,
            of(
                &place,
                include_str!("../../migrations/sqlite/0001_library.sql"),
                include_str!("../../migrations/postgres/0001_library.sql"),
            ),
        )
        .await;
        past(&place, "INSERT INTO migrations (version) VALUES (1)").await;
        past(&place, include_str!("released/0001.sql")).await;
        let store = Store::open(&place.location).await.unwrap();
        let row = store.video(UserId::HOUSEHOLD, content(1)).await.unwrap().unwrap();
        assert_eq!((row.title.as_str(), row.views, row.copies), ("Pilot", 3, 1));
        assert_eq!((row.personal.rating, row.tags[0].name.as_str()), (Some(4), "old"));
        assert_eq!(store.entries(None, 9).await.unwrap().len(), 1);
        let list = &store.playlists(UserId::HOUSEHOLD).await.unwrap()[0];
        assert_eq!(list.count, 2);
    }
}

#[tokio::test]
async fn a_database_of_a_newer_vidicon_is_refused_and_left_alone() {
    for place in Place::each() {
        Store::open(&place.location).await.unwrap().close().await;
        past(&place, "INSERT INTO migrations (version) VALUES (99)").await;
        let newer = Store::open(&place.location).await;
        assert!(matches!(newer, Err(StoreError::Newer { found: 99, .. })));
    }
}

#[tokio::test]
async fn a_database_of_another_program_is_refused_and_left_alone() {
    for place in Place::each() {
        past(&place, "CREATE TABLE theirs (a BIGINT)").await;
        let foreign = Store::open(&place.location).await;
        assert!(matches!(foreign, Err(StoreError::Corrupt { .. })), "{foreign:?}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    std::fs::write(&path, "this is not a database, and long enough to be read as one".repeat(99))
        .unwrap();
    let error = Store::open(&Location::Sqlite(path.clone())).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    assert!(error.to_string().contains("library.db"));
    let below = Location::Sqlite(path.join("library.db"));
    let error = Store::open(&below).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let place = Place::sqlite();
    let store = Store::open(&place.location).await.unwrap();
    store.record(vec![file("a.mp4", 1)], 1, 1).await.unwrap();
    let Location::Sqlite(path) = &place.location else { unreachable!() };
    for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.path());
    }
}

#[tokio::test]
async fn a_server_that_was_started_anew_is_connected_to_again() {
    for fresh in stores().await {
        let Some(server) = fresh.server() else { continue };
        fresh.store.record(vec![file("a.mp4", 1)], 1, 1).await.unwrap();
        server.cut_connections();
        assert_eq!(fresh.store.entries(None, 9).await.unwrap().len(), 1);
        fresh.store.view(UserId::HOUSEHOLD, content(1), 2).await.unwrap();
    }
}

#[tokio::test]
async fn who_is_stopped_in_the_middle_of_writing_has_written_nothing() {
    for fresh in stores().await {
        let store = &fresh.store;
        let batch: Vec<_> =
            (1..=500).map(|number| file(&format!("{number}.mp4"), number)).collect();
        let writing = store.record(batch, 1, 1);
        let stopped = tokio::time::timeout(std::time::Duration::from_micros(300), writing).await;
        let expected = if stopped.is_ok() { 500 } else { 0 };
        assert_eq!(store.entries(None, 1_000).await.unwrap().len(), expected, "{}", fresh.name);
        // And nobody has to wait for it.
        store.record(vec![file("a.mp4", 1_000)], 1, 1).await.unwrap();
    }
}

#[tokio::test]
async fn every_future_can_be_run_by_any_thread() {
    fn any_thread<T: Send>(_: &T) {}
    for fresh in stores().await {
        let store = &fresh.store;
        any_thread(&store.record(Vec::new(), 1, 1));
        any_thread(&store.backup(std::path::Path::new(""), 1));
        any_thread(&store.details(UserId::HOUSEHOLD, content(1)));
        any_thread(&store::restore(std::path::Path::new(""), &fresh.location, false, 1));
    }
}
